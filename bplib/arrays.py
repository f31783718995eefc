"""What every module asks of its arguments, asked in one place and in the same words.

A wrong shape that numpy happens to broadcast gives a wrong number and no error, which is the
costliest kind of mistake; so public functions look at their arguments first and say what came.
"""

import numpy as np


def as_float(value, name):
    """Return `value` as an array to compute with: floats keep their kind, integers get float64.

    Args: `value`, a number, list or array of any shape; `name`, what an error calls it.
    Raises TypeError when it does not hold numbers, ValueError when its rows differ in length.

    >>> as_float([1, 2], "x").dtype
    dtype('float64')
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array; its rows differ in length") from None
    if array.dtype.kind in "fc":
        return array
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    raise TypeError(f"{name} must hold numbers; got {type(value).__name__} of dtype {array.dtype}")


def as_floats(**named):
    """Return several arguments as arrays of one precision, in the order given.

    Integers, and single numbers too, take the precision of the floating arrays among them, so that
    a float32 matrix with integer targets and a bias of 0.5 stays float32; alone they are float64.

    Raises as `as_float` does.

    >>> [array.dtype.name for array in as_floats(X=np.zeros(2, np.float32), targets=[1, 2], b=0.5)]
    ['float32', 'float32', 'float32']
    """
    arrays = [as_float(value, name) for name, value in named.items()]
    floating = [array.dtype for array, value in zip(arrays, named.values(), strict=True)
                if array.dtype.kind == "c" or (array.ndim and np.asarray(value).dtype.kind == "f")]
    dtype = np.result_type(*floating) if floating else np.dtype(np.float64)
    return [array.astype(dtype, copy=False) for array in arrays]


def check_ndim(array, ndim, name, letters):
    """Raise ValueError unless `array` has `ndim` axes; `letters` names them, as in `(N, D)`.

    >>> check_ndim(np.zeros(3), 2, "X", "(N, D)")
    Traceback (most recent call last):
    ValueError: X must have shape (N, D); got (3,)
    """
    if array.ndim != ndim:
        raise ValueError(f"{name} must have shape {letters}; got {array.shape}")


def check_shape(array, shape, name, meaning):
    """Raise ValueError unless `array` has `shape`; `meaning` says where that shape comes from.

    >>> check_shape(np.zeros(3), (5,), "w", "(D,) with D = X.shape[1] = 5")
    Traceback (most recent call last):
    ValueError: w must have shape (D,) with D = X.shape[1] = 5; got (3,)
    """
    if array.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {meaning}; got {array.shape}")


def check_not_empty(array, name):
    """Raise ValueError when `array` has no entries, since a mean over nothing is not a number.

    >>> check_not_empty(np.zeros((0, 3)), "X")
    Traceback (most recent call last):
    ValueError: X must not be empty; got shape (0, 3)
    """
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got shape {array.shape}")


def check_count(value, name, least=0):
    """Return `value` as an int, at least `least`; TypeError or ValueError when it is not one.

    >>> check_count(-1, "steps")
    Traceback (most recent call last):
    ValueError: steps must be a whole number, at least 0; got -1
    """
    message = f"{name} must be a whole number, at least {least}; got {value!r}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(message)
    if value < least:
        raise ValueError(message)
    return int(value)


def check_positive(value, name, zero_too=False):
    """Return `value`, a finite number above 0 (or 0 with `zero_too`); TypeError or ValueError else.

    >>> check_positive(float("nan"), "learning_rate")
    Traceback (most recent call last):
    ValueError: learning_rate must be a finite number above 0; got nan
    """
    bound = "from 0 on" if zero_too else "above 0"
    message = f"{name} must be a finite number {bound}; got {value!r}"
    if np.ndim(value) != 0 or np.asarray(value).dtype.kind not in "iuf":
        raise TypeError(message)
    if not np.isfinite(value) or value < 0 or (value == 0 and not zero_too):
        raise ValueError(message)
    return value
