"""What every pair of forward and backward owes its caller: one place for lessons 13 to 15."""

import numpy as np
from oracles import assert_slopes, frozen, strided


def results(forward, backward, arrays, dout):
    """Return `[out, *grads]` of one pass there and back, `dout` taken in the precision of `out`."""
    out, cache = forward(*arrays)
    grads = backward(np.asarray(dout, np.asarray(out).dtype), cache)
    return [out, *(grads if isinstance(grads, tuple) else (grads,))]


def assert_pair(forward, backward, arrays, rng, tolerance=1e-7):
    """Assert gradients, shapes, determinism, untouched inputs, views, lists, float32, integers."""
    arrays = frozen(*arrays)
    out, cache = forward(*arrays)
    (dout,) = frozen(rng.normal(size=out.shape))
    grads = backward(dout, cache)
    assert len(grads) == len(arrays)
    for place, grad in enumerate(grads):

        def loss(value, place=place):
            return np.sum(dout * forward(*arrays[:place], value, *arrays[place + 1 :])[0])

        assert grad.shape == arrays[place].shape
        assert_slopes(grad, loss, arrays[place], tolerance)
    expected = [out, *grads]
    assert_all_equal([out, *backward(dout, cache)], expected)  # the cache is not used up
    assert_all_equal(results(forward, backward, arrays, dout), expected)
    for variant in ([strided(a) for a in arrays], [np.asfortranarray(a) for a in arrays],
                    [a.tolist() for a in arrays]):
        assert_all_close(results(forward, backward, variant, strided(dout)), expected, 1e-12)
    single = results(forward, backward, [np.float32(a) for a in arrays], dout)
    assert {array.dtype.name for array in single} == {"float32"}
    assert_all_close(single, expected, 1e-4)
    whole = [np.rint(3 * a).astype(int) for a in arrays]
    assert_all_close(results(forward, backward, whole, dout),
                     results(forward, backward, [np.float64(a) for a in whole], dout), 1e-12)


def assert_all_equal(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def assert_all_close(actual, expected, tolerance):
    """Assert equality to `tolerance` of the largest entry of each array."""
    for one, other in zip(actual, expected, strict=True):
        assert one.shape == other.shape
        scale = max(1.0, float(np.abs(other).max(initial=0.0)))
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * scale)
