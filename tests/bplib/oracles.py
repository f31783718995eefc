"""A gradient by finite differences that shares no code with bplib, for its tests to judge by."""

import numpy as np


def slopes(f, x, h=1e-5):
    """Return d f / d x by central differences; `f` maps an array to a number, `x` has any shape."""
    x = np.array(x, dtype=np.float64)
    result = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        there, back = x.copy(), x.copy()
        there[place] += h
        back[place] -= h
        result[place] = (float(f(there)) - float(f(back))) / (2 * h)
    return result


def assert_slopes(gradient, f, x, tolerance=1e-7, h=1e-5):
    """Assert that `gradient` is the gradient of `f` at `x`, to `tolerance` of its largest entry."""
    expected = slopes(f, x, h)
    assert np.shape(gradient) == expected.shape
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=tolerance * scale)


def strided(x):
    """Return a view of the same values that is not contiguous in memory."""
    x = np.asarray(x)
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), dtype=x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


def frozen(*arrays):
    """Return copies that raise when anything writes to them."""
    copies = [np.array(array) for array in arrays]
    for copy in copies:
        copy.setflags(write=False)
    return copies
