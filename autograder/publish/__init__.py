"""Lessons as pages: the book, the talks and the instructor's guide.

`runs` executes a lesson's solved notebook once and keeps the outputs, `words` turns cells into HTML
that needs no script: mathematics as MathML, code coloured, pictures with their alternative texts.
"""
