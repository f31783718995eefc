"""Learning from examples with a straight line: so much per square metre, so much per bedroom.

The guess is wrong by some amount on every house; the mean of the squared mistakes says how wrong,
its gradient says which way to turn each weight, and features of different size are scaled first.
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

HOUSE_FEATURES = ("area in square metres", "bedrooms", "location score from 0 to 10")
HOUSE_RECIPE = (2000.0, 8000.0, 12000.0)  # coins per square metre, per bedroom, per point
HOUSE_BASE = 30000.0                      # coins for a house of nothing, nowhere
HOUSE_NOISE = 20000.0                     # coins: what the three features cannot explain


def _check_examples(X, targets):
    """Return `X` (N, D) and `targets` (N,) as arrays, or say which of them does not fit."""
    X, targets = as_floats(X=X, targets=targets)
    check_ndim(X, 2, "X", "(N, D)")
    check_not_empty(X, "X")
    check_shape(targets, X.shape[:1], "targets", f"(N,) with N = X.shape[0] = {X.shape[0]}")
    return X, targets


def predict(X, w, b):
    """Return the guesses of a linear model, `X @ w + b`.

    Args: `X` (N, D), one example per row; `w` (D,), weight per feature; `b` a number.
    Returns (N,), in the unit of the targets. Raises ValueError when the shapes do not fit.

    >>> predict([[1.0, 2.0], [3.0, 4.0]], [10.0, 1.0], 5.0)
    array([17., 39.])
    """
    X, w, b = as_floats(X=X, w=w, b=b)
    check_ndim(X, 2, "X", "(N, D)")
    check_shape(w, X.shape[1:], "w", f"(D,) with D = X.shape[1] = {X.shape[1]}")
    check_shape(b, (), "b", "(), a single number")
    return X @ w + b


def mse(predictions, targets):
    """Return the mean squared error, `mean((predictions - targets)**2)`.

    Args: `predictions` and `targets`, arrays of one and the same shape, (N,) in this lesson.
    Returns a float in the squared unit of the targets. Raises ValueError when the shapes differ:
    (N, 1) against (N,) would be broadcast to N * N mistakes, silently.

    >>> mse([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    predictions, targets = as_floats(predictions=predictions, targets=targets)
    check_not_empty(predictions, "predictions")
    check_shape(targets, predictions.shape, "targets", f"{predictions.shape} as predictions has")
    mistakes = predictions - targets
    return np.mean(mistakes * mistakes).item()


def mse_gradients(X, targets, w, b):
    """Return the gradients of `mse(predict(X, w, b), targets)` with respect to `w` and `b`.

    `dw = 2/N X.T (X w + b - targets)` and `db = 2/N sum(X w + b - targets)`.

    Args: `X` (N, D); `targets` (N,); `w` (D,); `b` a number.
    Returns `dw` (D,) and `db`, a float. Raises ValueError when the shapes do not fit.

    >>> dw, db = mse_gradients([[2.0]], [10.0], [3.0], 0.0)   # guesses 6, is 4 too low
    >>> float(dw[0]), db
    (-16.0, -8.0)
    """
    X, targets = _check_examples(X, targets)
    mistakes = predict(X, w, b) - targets
    scale = 2 / len(X)
    return scale * (X.T @ mistakes), (scale * mistakes.sum()).item()


def standardize(X):
    """Shift and scale every column to mean 0 and standard deviation 1: `Z = (X - mean) / std`.

    Args: `X` (N, D). Returns `Z` (N, D), `mean` (D,), `std` (D,), the population's (divisor N), so
    that new examples are scaled by the old numbers: `(X_new - mean) / std`. A column whose values
    differ by no more than rounding gives zeros, and 1 as its std. Raises ValueError if not (N, D).

    >>> Z, mean, std = standardize([[1.0, 0.1], [3.0, 0.1]])
    >>> Z.tolist(), mean.tolist(), std.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [2.0, 0.1], [1.0, 1.0])
    """
    X = as_float(X, "X")
    check_ndim(X, 2, "X", "(N, D)")
    check_not_empty(X, "X")
    low, high = X.min(axis=0), X.max(axis=0)
    # The mean of equal numbers need not be that number: three times 0.1 make 0.30000000000000004,
    # and dividing that last-digit dust by a std of the same dust would turn it into ones.
    rounding = 8 * np.finfo(X.dtype).eps * np.maximum(np.abs(low), np.abs(high))
    constant = high - low <= rounding
    mean = np.where(constant, low, X.mean(axis=0))
    std = np.where(constant, X.dtype.type(1), X.std(axis=0))
    return np.where(constant, X.dtype.type(0), (X - mean) / std), mean, std


def fit_linear(X, targets, learning_rate, steps):
    """Fit `X @ w + b` to `targets` by gradient descent on the mean squared error, from zeros.

    Args: `X` (N, D), best standardized; `targets` (N,); `learning_rate`, 0 or more; `steps`.
    Returns `w` (D,), `b` a float, `losses` (steps + 1,), the first before any step.
    Raises ValueError or TypeError when an argument does not fit.

    >>> w, b, losses = fit_linear([[-1.0], [1.0]], [1.0, 5.0], learning_rate=0.5, steps=1)
    >>> float(w[0]), b, losses.tolist()
    (2.0, 3.0, [13.0, 0.0])
    """
    X, targets = _check_examples(X, targets)
    steps = check_count(steps, "steps")
    learning_rate = float(check_positive(learning_rate, "learning_rate", zero_too=True))
    w, b = np.zeros(X.shape[1], dtype=X.dtype), 0.0
    losses = [mse(predict(X, w, b), targets)]
    for _ in range(steps):
        dw, db = mse_gradients(X, targets, w, b)
        w = w - learning_rate * dw
        b = b - learning_rate * db
        losses.append(mse(predict(X, w, b), targets))
    return w, b, np.array(losses)


def make_houses(count, rng):
    """Make up houses and their prices: a straight-line recipe plus noise nobody can predict.

    Area is uniform from 40 to 200 square metres, bedrooms about one per 35 square metres (1 to 6),
    location uniform from 0 to 10, `price = HOUSE_BASE + features @ HOUSE_RECIPE + noise`, the noise
    normal with standard deviation HOUSE_NOISE.

    Args: `count`, how many; `rng`, a np.random.Generator.
    Returns `X` (count, 3), columns as in HOUSE_FEATURES, and `prices` (count,), in coins.

    >>> X, prices = make_houses(100, np.random.default_rng(0))
    >>> X.shape, prices.shape
    ((100, 3), (100,))
    """
    count = check_count(count, "count", least=1)
    area = rng.uniform(40, 200, count)
    bedrooms = np.clip(np.round(area / 35 + rng.normal(0, 0.7, count)), 1, 6)
    location = rng.uniform(0, 10, count)
    X = np.stack([area, bedrooms, location], axis=1)
    return X, HOUSE_BASE + X @ np.array(HOUSE_RECIPE) + rng.normal(0, HOUSE_NOISE, count)


def split_examples(X, targets, test_fraction, rng):
    """Put some examples aside, at random, to see later how the model does on what it never saw.

    Args: `X` (N, ...); `targets` (N, ...); `test_fraction` between 0 and 1; `rng`, a Generator.
    Returns `X_train, targets_train, X_test, targets_test`; at least one example on either side.
    Raises ValueError when the lengths differ or either side would be empty.

    >>> parts = split_examples(np.zeros((10, 3)), np.zeros(10), 0.3, np.random.default_rng(0))
    >>> [len(part) for part in parts]
    [7, 7, 3, 3]
    """
    X, targets = np.asarray(X), np.asarray(targets)
    if len(X) != len(targets):
        raise ValueError(f"targets must have N = len(X) = {len(X)} rows; got {len(targets)}")
    aside = round(test_fraction * len(X))
    if not 0 < aside < len(X):
        raise ValueError(f"test_fraction must leave examples on both sides; got {test_fraction!r} "
                         f"for {len(X)} examples")
    order = rng.permutation(len(X))
    test, train = order[:aside], order[aside:]
    return X[train], targets[train], X[test], targets[test]
