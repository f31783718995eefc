"""Finds which of a lesson's own cells the learner's cells need, by the names they really look up.

Works in the child, before any cell is run: parsing a stranger's program is left to the sandbox.
"""

import re
import symtable

from autograder.sandbox.cells import without_magics

WORD = re.compile(r"[^\W\d]\w*")


def which_are_needed(sources, bound):
    """For each cell whether it has to be run.

    bound: for each cell None (it has to), or the names it binds and may be left out without.

    >>> which_are_needed(["x = 1", "y = 2", "def f(y): return x"], [["x"], ["y"], None])
    [True, False, True]
    """
    needed = [names is None for names in bound]
    wanted = set().union(*(looked_up(source) for source, own in zip(sources, needed, strict=True)
                           if own), ())  # fmt: skip
    changed = True
    while changed:
        changed = False
        for place, names in enumerate(bound):
            if not needed[place] and wanted & set(names):
                needed[place] = changed = True
                wanted |= looked_up(sources[place])
    return needed


def looked_up(source):
    """The names that a cell looks up in its module; all it mentions where it cannot be parsed.

    >>> sorted(looked_up("def f(X, rate=r):\\n    w = X @ v\\n    return w"))
    ['r', 'v']
    """
    try:
        table = symtable.symtable(without_magics(source), "<cell>", "exec")
    except Exception:
        return set(WORD.findall(source))
    found, left = set(), [table]
    while left:
        table = left.pop()
        left += table.get_children()
        module = table.get_type() == "module"
        found |= {symbol.get_name() for symbol in table.get_symbols()
                  if symbol.is_referenced() and (module or symbol.is_global())}
    return found
