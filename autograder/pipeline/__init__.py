"""From one text source per lesson to the notebooks: `solutions/NN_slug.py` is all an author edits.

`source` reads the text and spells out its short headers, `rules` refuses what would grade or
leak wrongly, `release` runs nbgrader's own generate step, `build` compares and writes.
"""
