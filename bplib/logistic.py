"""A straight line that says yes or no, and how sure it is: apples this side, oranges that side.

The line's score becomes a probability by the sigmoid; cross-entropy makes being sure and wrong very
costly; and the two fit so well together that the gradient is plainly "probability minus truth".
"""

import numpy as np

from bplib.arrays import (
    as_float,
    as_floats,
    check_count,
    check_ndim,
    check_not_empty,
    check_positive,
    check_shape,
)

FRUIT_FEATURES = ("radius in cm", "colour from 0 (green) to 1 (orange)")
FRUIT_NAMES = ("apple", "orange")  # what the labels 0 and 1 stand for


def sigmoid(z):
    """Return the sigmoid, `1 / (1 + exp(-z))`, a probability for every score.

    Args: `z`, scores of any shape. Returns the same shape, from 0 to 1, 0.5 at z = 0.

    >>> sigmoid([0.0, 1000.0, -1000.0])
    array([0.5, 1. , 0. ])
    """
    z = as_float(z, "z")
    # exp is only ever taken of -|z|, which cannot overflow; that it may underflow to 0 is right.
    # (With `real`, as here, complex numbers work too, which lesson 08 makes use of.)
    positive = z.real >= 0
    with np.errstate(under="ignore"):
        small = np.exp(np.where(positive, -z, z))
        return np.where(positive, 1, small) / (1 + small)


def _check_targets(scores, y, name):
    """Return `scores` and `y` as arrays of one shape, `y` from 0 to 1, or say what is wrong."""
    scores, y = as_floats(**{name: scores, "y": y})
    check_not_empty(scores, name)
    check_shape(y, scores.shape, "y", f"{scores.shape} as {name} has")
    _check_probability(y, "y")
    return scores, y


def _check_probability(values, name):
    """Raise ValueError unless all values lie from 0 to 1."""
    outside = ~((values >= 0) & (values <= 1))
    if outside.any():
        raise ValueError(f"{name} must lie between 0 and 1; got {values[outside].flat[0]:g}")


def binary_cross_entropy(p, y):
    """Return the mean cross-entropy of probabilities, `-mean(y log p + (1 - y) log(1 - p))`.

    Args: `p`, probabilities of y = 1; `y`, the truth, 0 or 1 or between; both of one shape, (N,).
    Returns a float, finite also at p = 0 and 1. Raises ValueError for other shapes or values.

    >>> round(binary_cross_entropy([0.5, 0.9], [0, 1]), 4)
    0.3993
    """
    p, y = _check_targets(p, y, "p")
    _check_probability(p, "p")
    tiny = np.finfo(p.dtype).tiny  # the smallest number whose logarithm is safe; others keep theirs
    costs = -y * np.log(np.maximum(p, tiny)) - (1 - y) * np.log(np.maximum(1 - p, tiny))
    return float(np.mean(costs))


def binary_cross_entropy_from_logits(z, y):
    """Return the mean cross-entropy of `sigmoid(z)`, from the scores, with nothing rounded away.

    `mean(max(z, 0) - z y + log(1 + exp(-|z|)))`: the formula with `p`, and exact for large |z|.

    Args: `z`, scores (logits); `y`, the truth, 0 or 1 or between; both of one shape, (N,).
    Returns a float. Raises ValueError for other shapes or values of `y`.

    >>> binary_cross_entropy_from_logits([1000.0, 1000.0], [1, 0])
    500.0
    """
    z, y = _check_targets(z, y, "z")
    with np.errstate(under="ignore"):
        return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))


def _scores(X, y, w, b):
    """Return `X`, `y` and the scores `X @ w + b` after looking at the shapes."""
    X, y, w, b = as_floats(X=X, y=y, w=w, b=b)
    check_ndim(X, 2, "X", "(N, D)")
    check_not_empty(X, "X")
    check_shape(y, X.shape[:1], "y", f"(N,) with N = X.shape[0] = {X.shape[0]}")
    check_shape(w, X.shape[1:], "w", f"(D,) with D = X.shape[1] = {X.shape[1]}")
    check_shape(b, (), "b", "(), a single number")
    _check_probability(y, "y")
    return X, y, X @ w + b


def logistic_gradients(X, y, w, b):
    """Return the gradients of the cross-entropy of `sigmoid(X @ w + b)` by `w` and `b`.

    `dw = X.T (sigmoid(X w + b) - y) / N` and `db = mean(sigmoid(X w + b) - y)`.

    Args: `X` (N, D); `y` (N,), 0 or 1 or between; `w` (D,); `b` a number.
    Returns `dw` (D,) and `db`, a float. Raises ValueError when shapes or values do not fit.

    >>> dw, db = logistic_gradients([[2.0]], [1], [0.0], 0.0)   # says 0.5, should say 1
    >>> float(dw[0]), db
    (-1.0, -0.5)
    """
    X, y, z = _scores(X, y, w, b)
    too_sure = sigmoid(z) - y
    return X.T @ too_sure / len(X), float(np.mean(too_sure))


def fit_logistic(X, y, learning_rate, steps):
    """Fit `sigmoid(X @ w + b)` to `y` by gradient descent on the cross-entropy, from zeros.

    Args: `X` (N, D), best standardized; `y` (N,), 0 or 1; `learning_rate`, 0 or more; `steps`.
    Returns `w` (D,), `b` a float, `losses` (steps + 1,), the first before any step (log 2).
    Raises ValueError or TypeError when an argument does not fit.

    >>> w, b, losses = fit_logistic([[-1.0], [1.0]], [0, 1], learning_rate=1.0, steps=1)
    >>> float(w[0]), b, losses.round(4).tolist()
    (0.5, 0.0, [0.6931, 0.4741])
    """
    X, y = as_floats(X=X, y=y)
    check_ndim(X, 2, "X", "(N, D)")
    learning_rate = float(check_positive(learning_rate, "learning_rate", zero_too=True))
    w, b, losses = np.zeros(X.shape[1], dtype=X.dtype), 0.0, []
    for _ in range(check_count(steps, "steps")):
        losses.append(binary_cross_entropy_from_logits(_scores(X, y, w, b)[2], y))
        dw, db = logistic_gradients(X, y, w, b)
        w = w - learning_rate * dw
        b = b - learning_rate * db
    losses.append(binary_cross_entropy_from_logits(_scores(X, y, w, b)[2], y))
    return w, b, np.array(losses)


def accuracy(X, y, w, b):
    """Return the share of examples on their own side of the line, `mean((X @ w + b > 0) == y)`.

    Args: `X` (N, D); `y` (N,), 0 or 1; `w` (D,); `b` a number. Returns a float from 0 to 1.

    >>> accuracy([[1.0], [2.0], [-1.0]], [1, 0, 0], [1.0], 0.0) == 2 / 3
    True
    """
    _, y, z = _scores(X, y, w, b)
    return float(np.mean((z > 0) == (y > 0.5)))


def decision_line(w, b, first):
    """Return the second feature at which the model is undecided, `-(w[0] first + b) / w[1]`.

    Args: `w` (2,) with w[1] not 0; `b` a number; `first`, values of the first feature, any shape.
    Returns the shape of `first`. Raises ValueError for a `w` of other shape or an upright line.

    >>> decision_line([1.0, 2.0], -3.0, [1.0, 5.0])
    array([ 1., -1.])
    """
    w, b, first = as_float(w, "w"), as_float(b, "b"), as_float(first, "first")
    check_shape(w, (2,), "w", "(2,), one weight per axis of the picture")
    if w[1] == 0:
        raise ValueError("w[1] must not be 0: an upright line has no second feature to give")
    return -(w[0] * first + b) / w[1]


def make_fruit(count, rng):
    """Make up apples and oranges: oranges are larger and more orange, but not every one of them.

    Radius is normal about 3.8 cm for apples and 4.6 cm for oranges, colour about 0.35 and 0.7, with
    standard deviations 0.45 cm and 0.15; colour is kept from 0 to 1. Either kind is equally likely.

    Args: `count`, how many; `rng`, a np.random.Generator.
    Returns `X` (count, 2), columns as in FRUIT_FEATURES, and `y` (count,), as in FRUIT_NAMES.

    >>> X, y = make_fruit(100, np.random.default_rng(0))
    >>> X.shape, sorted(set(y.tolist()))
    ((100, 2), [0, 1])
    """
    count = check_count(count, "count", least=1)
    y = rng.integers(0, 2, count)
    radius = np.where(y == 1, 4.6, 3.8) + rng.normal(0, 0.45, count)
    colour = np.clip(np.where(y == 1, 0.7, 0.35) + rng.normal(0, 0.15, count), 0, 1)
    return np.stack([radius, colour], axis=1), y
