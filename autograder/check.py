"""``check("name", function)``: judges an answer right where it is written, and says what it sees.

The same cell serves in the learner's notebook, in nbgrader (the value of the cell is the points)
and in the browser. No threads, no subprocesses.
"""

import sys

import numpy as np

from autograder.exercises import find_exercise
from autograder.judge import judge
from autograder.show import as_html, as_text
from autograder.solution import Direct


class Score(float):
    """The points, as a number; in Jupyter it shows the whole verdict.

    Its plain text is the number alone, which nbgrader reads as partial credit.
    """

    def __new__(cls, verdict):
        score = super().__new__(cls, verdict.points)
        score.verdict = verdict
        return score

    def __repr__(self):
        return f"{float(self):g}"

    __str__ = __repr__

    @property
    def message(self):
        """What is said, as plain text."""
        return as_text(self.verdict)

    def _repr_html_(self):
        return as_html(self.verdict)


def namespace_of(exercise, objects):
    """The learner's functions by contract name: what was handed over, and what stands beside it."""
    found = dict(zip((*exercise.functions, *exercise.uses), objects, strict=False))
    beside = {}
    for item in objects:
        if hasattr(item, "__globals__"):
            beside = item.__globals__
        elif isinstance(item, type) and item.__module__ in sys.modules:
            beside = vars(sys.modules[item.__module__])
        if beside:
            break
    for name in (*exercise.functions, *exercise.uses):
        if name not in found and name in beside:
            found[name] = beside[name]
    return {name: item for name, item in found.items() if callable(item)}


def check(name, *objects, seed=None):
    """Judge the learner's ``objects`` (functions or classes) for the exercise ``name``.

    Returns a `Score`: the points as a float, which displays what was tried and what it showed.
    seed: draws the same cases again; by default every check draws new ones.
    """
    exercise = find_exercise(name)
    bad = [item for item in objects if not callable(item)]
    if bad:
        raise TypeError(
            f"check({name!r}, ...) expects the function itself, as in check({name!r}, "
            f"{exercise.functions[0]}) without brackets behind it; got {type(bad[0]).__name__}"
        )
    verdict = judge(exercise, Direct(namespace_of(exercise, objects)), np.random.default_rng(seed))
    score = Score(verdict)
    if not _rich_display():
        print(score.message)
    return score


def _rich_display():
    """Whether the value of a cell is shown as HTML: a Jupyter kernel, and not a terminal."""
    shell = sys.modules.get("IPython")
    current = shell.get_ipython() if shell else None
    return current is not None and hasattr(current, "kernel")
