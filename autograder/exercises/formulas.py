"""Functions that a case hands to a learner's code: a line of arithmetic that can also be shown.

Lessons 01 and 02 give a learner an error or a machine to call. A case keeps it as text, so that an
example can be shown and repeated; `plain` makes the function that is really handed over.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

NAMES = {"__builtins__": {}, "abs": np.abs, "max": np.maximum}


@dataclass(frozen=True)
class Formula:
    """The function ``letter -> text``, such as ``Formula("(guess - 3)**2", "guess")``.

    Called with a number it gives a float, with an array (or a list) an array of the same shape.

    >>> Formula("abs(guess - 3)", "guess")(1)
    2.0
    """

    text: str
    letter: str = "x"

    def __call__(self, value):
        value = np.asarray(value, dtype=float)
        result = eval(_compiled(self.text), NAMES, {self.letter: value})
        result = np.broadcast_to(np.asarray(result, dtype=float), value.shape)
        return float(result) if result.ndim == 0 else result.copy()

    @property
    def says(self):
        return self.text


@cache
def _compiled(text):
    return compile(text, "<formula>", "eval")


def plain(formula):
    """An ordinary function of one number that computes ``formula``."""
    def computes(value):
        return formula(value)

    return computes


def written(number):
    """A number as a formula should show it: 3, 2.5, -0.75, and brackets around a negative one.

    >>> written(3.0), written(-0.5)
    ('3', '(-0.5)')
    """
    text = f"{float(number):.10g}"
    return f"({text})" if number < 0 else text
