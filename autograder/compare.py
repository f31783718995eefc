"""When two answers are the same: scale-aware, forgiving of form, strict about values and shapes."""

from dataclasses import dataclass

import numpy as np

from autograder.machine import Strided

# Relative to each element, and relative to the largest element of the right answer: a sum of many
# terms is only as exact as its largest term. Wide enough for a float32 detour (values count, the
# dtype earns a remark), far narrower than any mistake.
TOLERANCES = {"double": (1e-5, 1e-6), "single": (1e-3, 1e-4)}


@dataclass(frozen=True)
class Unreadable:
    """A result that is not numbers: ``what`` names what came instead."""

    what: str


def read(value):
    """``value`` as a numeric array, or Unreadable: list, tuple, number and array are the same."""
    if value is None:
        return Unreadable("None")
    if isinstance(value, Unreadable):
        return value
    if isinstance(value, (str, bytes, dict, set)):
        return Unreadable(f"a {type(value).__name__}")
    try:
        array = np.array(value)  # a plain copy: np.matrix and other subclasses become arrays
    except Exception:
        return Unreadable(f"a {type(value).__name__} that is not a rectangular array of numbers")
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind == "c":
        return Unreadable("complex numbers")
    return Unreadable(f"a {type(value).__name__}, not numbers")


def is_single(case):
    """Whether every floating input of the case is float32."""
    kinds = {
        array.dtype
        for value in case.inputs.values()
        for array in _arrays(value)
        if array.dtype.kind == "f"
    }
    return kinds == {np.dtype(np.float32)}


def _arrays(value):
    if isinstance(value, Strided):
        yield value.array
    elif isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _arrays(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item)


def tolerances(output, case):
    """(rtol, atol relative to scale) for one output on one case."""
    rtol, scale_tol = TOLERANCES["single" if is_single(case) else "double"]
    if output.rtol is not None:
        rtol, scale_tol = output.rtol, output.rtol / 10
    return rtol, scale_tol, (1e-12 if output.atol is None else output.atol)


def wrong_mask(answer, right, rtol, scale_tol, atol):
    """Boolean array: where ``answer`` differs from ``right`` by more than the tolerance."""
    answer, right = np.asarray(answer, float), np.asarray(right, float)
    finite = np.isfinite(right)
    scale = np.max(np.abs(right[finite])) if finite.any() else 0.0
    with np.errstate(all="ignore"):
        near = np.abs(answer - right) <= atol + scale_tol * scale + rtol * np.abs(right)
    near &= np.isfinite(answer) & finite  # infinity is near to nothing but itself
    same = (answer == right) | (np.isnan(answer) & np.isnan(right))
    return ~(near | same)


def agree(answer, right, tolerance):
    """Whether two readable arrays have the same shape and values."""
    if isinstance(answer, Unreadable) or isinstance(right, Unreadable):
        return isinstance(answer, Unreadable) and isinstance(right, Unreadable) and answer == right
    return answer.shape == right.shape and not wrong_mask(answer, right, *tolerance).any()


@dataclass(frozen=True)
class Finding:
    """How one output compares on one case: ``kind`` is ok, unreadable, shape, nonfinite or value.

    ``wrong`` is the mask of wrong elements where shapes agree.
    """

    kind: str
    wrong: np.ndarray | None = None

    @property
    def ok(self):
        return self.kind == "ok"


def compare(answer, right, output, case):
    """The Finding for a read answer against the reference's read answer."""
    if isinstance(answer, Unreadable):
        return Finding("unreadable")
    if answer.shape != right.shape:
        if output.any_shape and answer.size == right.size:
            answer = answer.reshape(right.shape)
        else:
            return Finding("shape")
    if output.unlike is not None:
        wrong = output.unlike(answer, right, case)
    else:
        wrong = wrong_mask(answer, right, *tolerances(output, case))
    if not wrong.any():
        return Finding("ok")
    if (~np.isfinite(answer.astype(float)) & wrong).any() and np.isfinite(right).all():
        return Finding("nonfinite", wrong)
    return Finding("value", wrong)
