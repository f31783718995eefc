"""Trust, but verify: a gradient from formulas against one from nothing but trying.

Nudging every parameter needs a forward pass or two for each, backpropagation needs two passes for
all of them together; so nudges are far too slow to learn with, and exactly right to check with.
"""

import numpy as np

from bplib.arrays import as_float, check_count, check_positive, check_shape

METHODS = ("forward difference", "central difference", "backprop")


def _real_point(x):
    """Return `x` as a float64 array of its own, or say why it cannot be nudged."""
    x = as_float(x, "x")
    if x.dtype.kind == "c":
        raise TypeError(f"x must hold real numbers; got dtype {x.dtype}")
    return x.astype(np.float64)


def _moved(x, place, by):
    """Return a copy of `x` with one entry moved, so that whatever `f` does to it stays there."""
    point = x.copy()
    point[place] += by
    return point


def numerical_gradient(f, x, h=1e-5):
    """Return the gradient of `f` at `x` by central differences, `(f(x + h) - f(x - h)) / (2 h)`.

    The formula's own error is about h**2, rounding adds about 1e-16 / h; 1e-5 balances the two.

    Args: `f` maps an array to a number; `x` of any shape, integers too, left as it was; `h` > 0.
    Returns float64 in the shape of `x`. Raises ValueError or TypeError when `f` does not return one
    number, or `h` is so small beside `x` that nothing moves.

    >>> numerical_gradient(lambda x: np.sum(x**2), [1, -3]).round(6)
    array([ 2., -6.])
    """
    x = _real_point(x)
    check_positive(h, "h")
    gradient = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        above, below = _moved(x, place, h), _moved(x, place, -h)
        width = above[place] - below[place]  # not quite 2 h, since x + h had to be rounded
        if width == 0:
            raise ValueError(f"h must be large enough to move x = {x[place]:g}; got {h!r}")
        gradient[place] = (_number(f(above)) - _number(f(below))) / width
    return gradient


def _number(value):
    """Return what `f` returned as a number, or say what came instead."""
    value = as_float(value, "f(x)")
    check_shape(value, (), "f(x)", "(), a single number")
    return value[()]


def complex_step_gradient(f, x, h=1e-30):
    """Return the gradient of `f` at `x` by a step off the real line, `imag(f(x + i h)) / h`.

    Nothing is subtracted, so nothing cancels, and h may be so small that the formula is exact to
    the last digit; but `f` must be made of functions that know complex numbers (no abs, no float).
    Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998).

    Args: `f` maps a complex array to a complex number; `x` real, of any shape; `h` above 0.
    Returns float64 in the shape of `x`. Raises TypeError when what `f` returns has lost its
    imaginary part.

    >>> complex_step_gradient(lambda x: np.sum(np.exp(x)), [0.0, 1.0]) - np.exp([0.0, 1.0])
    array([0., 0.])
    """
    x = _real_point(x)
    check_positive(h, "h")
    gradient = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        value = _number(f(_moved(x.astype(complex), place, 1j * h)))
        if value.dtype.kind != "c":
            raise TypeError(f"f must return a complex number for a complex x; got {value.dtype}")
        gradient[place] = value.imag / h
    return gradient


def _relative_errors(a, b):
    """Return `|a - b| / max(|a| + |b|, 1e-12)`, entry by entry; nan where either is not finite."""
    with np.errstate(invalid="ignore"):
        return np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-12)


def relative_error(a, b):
    """Return the largest entry of `|a - b| / max(|a| + |b|, 1e-12)`, taken entry by entry.

    0 means equal, 1 means that one is 0 or the signs differ; nan when an entry is not finite.

    Args: `a` and `b`, of one shape. Returns a float, 0 for empty arrays.
    Raises ValueError when the shapes differ.

    >>> relative_error([1.0, 3.0], [1.0, 1.0])
    0.5
    """
    a, b = as_float(a, "a"), as_float(b, "b")
    check_shape(b, a.shape, "b", f"{a.shape} as a has")
    return float(_relative_errors(a, b).max(initial=0.0))


def gradient_check(forward, backward, x, dout):
    """Return how far a backward is from what nudging its forward says.

    It compares `backward(dout, cache)` with the numerical gradient of `sum(dout * out)`, where
    `out, cache = forward(x)`: below 1e-6 speaks for the backward, above 1e-3 against it. An entry
    that disagrees gets a second look: a kink, or a slope lost in rounding, is no false alarm.

    Args: `forward(x)` returns `out, cache`; `backward(dout, cache)` returns dx in the shape of `x`;
    `x` of any shape, integers too; `dout` in the shape of out.
    Returns a float, inf when something is not finite. Raises ValueError when the shape of dout or
    dx does not fit.

    >>> def square(x): return x**2, x
    >>> right = gradient_check(square, lambda dout, x: dout * 2 * x, [1, 2], [3.0, -1.0])
    >>> wrong = gradient_check(square, lambda dout, x: dout * x, [1, 2], [3.0, -1.0])
    >>> right < 1e-6, wrong > 1e-3
    (True, True)
    """
    x, dout = _real_point(x), as_float(dout, "dout")
    out, cache = forward(x.copy())
    check_shape(dout, np.shape(out), "dout", f"{np.shape(out)} as out has")
    dx = as_float(backward(dout, cache), "backward(dout, cache)")
    check_shape(dx, x.shape, "backward(dout, cache)", f"{x.shape} as x has")
    out = np.array(out)

    def rise(point):
        # Subtracting before summing keeps the entries that did not move from drowning the others.
        return np.sum(dout * (forward(point)[0] - out))

    errors = _relative_errors(dx, numerical_gradient(rise, x))
    rounding = 4 * np.finfo(np.float64).eps * float(np.sum(np.abs(dout * out)))
    for place in zip(*np.nonzero(~(errors < 1e-7)), strict=True):
        second = _second_look(rise, x, place, float(dx[place]), rounding)
        errors[place] = np.fmin(errors[place], second)
    return float(np.nan_to_num(errors.max(initial=0.0), nan=np.inf))


def _second_look(rise, x, place, claimed, rounding):
    """Return the relative error of one `claimed` slope by finer rulers, 0 where it may be right.

    A five-point difference over a wide step sees small slopes; a narrow step misses kinks nearby;
    and on a kink itself every slope between the left one and the right one is right.
    """
    wide, narrow = 1e-3, 1e-6
    one, two = (rise(_moved(x, place, step)) - rise(_moved(x, place, -step))
                for step in (wide, 2 * wide))
    five_point = (8 * one - two) / (12 * wide)
    if abs(claimed - five_point) <= rounding / wide:
        return 0.0
    right, left = (rise(_moved(x, place, step)) / step for step in (narrow, -narrow))
    kink = abs(right - left) > 1e-2 * (abs(right) + abs(left))
    slack = rounding / narrow
    if kink and min(left, right) - slack <= claimed <= max(left, right) + slack:
        return 0.0
    return float(np.fmin(*_relative_errors(claimed, np.array([five_point, (right + left) / 2]))))


def forward_passes(parameters, method):
    """Return how many passes through the net a gradient of `parameters` numbers costs.

    A forward difference needs one for each and one to compare with, a central difference two for
    each, backprop one forward and one backward, whatever the number.

    Args: `parameters`, a whole number; `method`, one of METHODS. Returns an int.
    Raises ValueError for another method.

    >>> [forward_passes(1_000_000, method) for method in METHODS]
    [1000001, 2000000, 2]
    """
    parameters = check_count(parameters, "parameters")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(map(repr, METHODS))}; got {method!r}")
    return {"forward difference": parameters + 1, "central difference": 2 * parameters,
            "backprop": 2}[method]
