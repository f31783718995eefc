"""Downhill, step by step: the slope says which way and how steep, the learning rate how far to go.

Too small a rate crawls, too large a one throws the walker up the other side, and for a bowl the
border between the two is known exactly. Which valley is reached depends on where the walk began.
"""

import numpy as np

from bplib.arrays import as_float, check_count, check_positive


def slope(f, x, h=1e-5):
    """Return the slope of `f` at `x` by a central difference, `(f(x + h) - f(x - h)) / (2 h)`.

    The error is about `h**2` times the third derivative; a one-sided difference's is about `h`.

    Args: `f` maps a number to a number; `x` a number; `h` above 0, in the unit of `x`.
    Returns a float, the unit of `f` per unit of `x`. Raises ValueError when h <= 0.

    >>> round(slope(lambda x: x**3, 2.0), 6)
    12.0
    """
    check_positive(h, "h")
    return float((f(x + h) - f(x - h)) / (2 * h))


def gradient_descent(df, start, learning_rate, steps):
    """Return the points of a walk downhill, `x = x - learning_rate * df(x)` at every step.

    Args: `df` maps a point to the gradient there, of the same shape; `start`, a number or an array
    (D,); `learning_rate`, 0 or more; `steps`, how many.
    Returns (steps + 1,) or (steps + 1, D), the start first; a walk that explodes ends in inf.
    Raises ValueError or TypeError when an argument, or what `df` returns, does not fit.

    >>> gradient_descent(lambda x: 2 * x, 1.0, learning_rate=0.25, steps=3)
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    learning_rate = float(check_positive(learning_rate, "learning_rate", zero_too=True))
    steps = check_count(steps, "steps")
    x = as_float(start, "start")[()]  # [()] makes a plain number of an array without axes
    points = np.empty((steps + 1, *np.shape(x)), dtype=x.dtype)
    points[0] = x
    # Exploding is a lesson here, not an accident: the points tell it, no warning is needed.
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps):
            gradient = as_float(df(x), "df(x)")
            if gradient.shape != np.shape(x):
                raise ValueError(f"df(x) must have the shape of start, {np.shape(x)}; "
                                 f"got {gradient.shape}")
            x = x - learning_rate * gradient
            points[step + 1] = x
    return points


def largest_stable_rate(curvature):
    """Return the learning rate at which descent on `curvature * x**2 / 2` stops converging.

    A step multiplies x by `1 - learning_rate * curvature`, which shrinks it below `2 / curvature`.

    Args: `curvature` above 0, the second derivative. Returns a float.
    Raises ValueError when the curvature is not above 0: then there is no bowl.

    >>> largest_stable_rate(4.0)
    0.5
    """
    return float(2 / check_positive(curvature, "curvature"))


def two_valleys(x):
    """Return the height of a landscape with a deep valley near -1.04 and a shallow one near 0.96.

    `x**4 - 2 x**2 + 0.3 x`; the hill between them is near 0.08, and a walk from its right side is
    trapped in the shallow valley.

    Args: `x`, a number or an array. Returns the same shape.

    >>> bool(two_valleys(-1.0) < two_valleys(1.0))
    True
    """
    return x**4 - 2 * x**2 + 0.3 * x


def two_valleys_slope(x):
    """Return the slope of `two_valleys`, `4 x**3 - 4 x + 0.3`, in the shape of `x`.

    >>> two_valleys_slope(0.0)
    0.3
    """
    return 4 * x**3 - 4 * x + 0.3


def long_bowl(point, curvatures=(1.0, 10.0)):
    """Return the height of a bowl steeper across than along, `sum(curvatures * point**2) / 2`.

    Args: `point` (..., 2); `curvatures` (2,), one per axis. Returns (...), no last axis.

    >>> float(long_bowl([1.0, 2.0]))
    20.5
    """
    return np.sum(np.asarray(curvatures) * np.square(as_float(point, "point")), axis=-1) / 2


def long_bowl_gradient(point, curvatures=(1.0, 10.0)):
    """Return the gradient of `long_bowl`, `curvatures * point`, in the shape of `point`.

    >>> long_bowl_gradient([1.0, 2.0]).tolist()
    [1.0, 20.0]
    """
    return np.asarray(curvatures) * as_float(point, "point")
