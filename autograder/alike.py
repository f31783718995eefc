"""When two arrays are the same up to rounding, and how a relation between answers is put."""

import itertools
from dataclasses import dataclass

import numpy as np

NEAR = (1e-5, 1e-6, 1e-12)


@dataclass(frozen=True)
class Relation:
    """A relation found: its stable id, and the words; ``{out}`` stands for the output's name."""

    id: str
    says: str


def near(a, b, loose=1.0):
    """Same shape, and the same values up to rounding."""
    if a.shape != b.shape:
        return False
    a, b = a.astype(float), b.astype(float)
    finite = np.isfinite(b)
    scale = np.abs(b[finite]).max() if finite.any() else 0.0
    with np.errstate(all="ignore"):
        close = np.abs(a - b) <= loose * (NEAR[2] + NEAR[1] * scale + NEAR[0] * np.abs(b))
    close &= np.isfinite(a) & finite  # infinity is near to nothing but itself
    return bool((close | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def all_hold(test, *lists):
    """Whether ``test`` holds for the first entries of the lists, for the second, and so on."""
    return all(itertools.starmap(test, zip(*lists, strict=True)))


def number(value):
    """A number as one would write it: 7, 0.5, 1/3, 3.142."""
    if abs(value - round(value)) < 1e-6 * max(1, abs(value)):
        return str(round(value))
    inverse = 1 / value if value else 0
    if abs(inverse) > 1 and abs(inverse - round(inverse)) < 1e-5 * abs(inverse):
        return f"1/{round(inverse)}" if inverse > 0 else f"-1/{-round(inverse)}"
    return f"{value:.4g}"
