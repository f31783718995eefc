"""Lesson 12: convolution and pooling against their sums told in loops, slopes, and PyTorch.

The plain versions and the fast ones are held to the same tests.
"""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib import conv, fast_conv
from bplib.conv import col2im, im2col

CONVOLUTIONS = {
    "plain": (conv.conv2d_forward, conv.conv2d_backward),
    "fast": (fast_conv.conv2d_forward_fast, fast_conv.conv2d_backward_fast),
}
POOLS = {
    "plain": (conv.maxpool_forward, conv.maxpool_backward),
    "fast": (fast_conv.maxpool_forward_fast, fast_conv.maxpool_backward_fast),
}
both = pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
both_pools = pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
CASES = {  # x, W, stride, pad
    "plain": ((2, 3, 6, 7), (4, 3, 3, 2), 1, 0),
    "one of each": ((1, 1, 3, 3), (1, 1, 3, 3), 1, 0),
    "a row and column left over": ((2, 3, 6, 8), (4, 3, 3, 3), 2, 0),
    "padded, overlapping, left over": ((2, 3, 6, 7), (4, 3, 3, 4), 2, 1),
    "windows apart": ((1, 2, 7, 8), (3, 2, 2, 2), 3, 0),
    "pixel by pixel": ((3, 2, 4, 5), (3, 2, 1, 1), 1, 0),
    "kernel larger than the picture": ((2, 1, 2, 3), (2, 1, 4, 3), 1, 2),
    "nobody": ((0, 2, 4, 5), (3, 2, 2, 2), 1, 1),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def in_loops(x, W, b, stride, pad):
    """The sum of the docstring, one term after the other."""
    N, C, H, width = x.shape
    F, _, kh, kw = W.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = (H + 2 * pad - kh) // stride + 1, (width + 2 * pad - kw) // stride + 1
    out = np.zeros((N, F, oh, ow))
    for n, f, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
        out[n, f, i, j] = b[f] + sum(window[place] * W[f][place] for place in np.ndindex(C, kh, kw))
    return out


def arrays(rng, x_shape, w_shape):
    return frozen(rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0]))


@both
@every_case
def test_forward_is_the_sum(convolution, case, rng):
    x, W, b = arrays(rng, *case[:2])
    out, _ = convolution[0](x, W, b, *case[2:])
    np.testing.assert_allclose(out, in_loops(x, W, b, *case[2:]), rtol=1e-11, atol=1e-12)


@both
@every_case
def test_backward_has_the_slopes(convolution, case, rng):
    forward, backward = convolution
    x, W, b = arrays(rng, *case[:2])
    out, cache = forward(x, W, b, stride=case[2], pad=case[3])
    dout, = frozen(rng.normal(size=out.shape))
    dx, dW, db = backward(dout, cache)
    assert_slopes(dx, lambda x: np.sum(dout * forward(x, W, b, *case[2:])[0]), x)
    assert_slopes(dW, lambda W: np.sum(dout * forward(x, W, b, *case[2:])[0]), W)
    assert_slopes(db, lambda b: np.sum(dout * forward(x, W, b, *case[2:])[0]), b)
    for one, two in zip(backward(dout, cache), (dx, dW, db), strict=True):
        np.testing.assert_array_equal(one, two)


@both
@every_case
def test_against_torch(convolution, case, rng):
    torch = pytest.importorskip("torch")
    x, W, b = arrays(rng, *case[:2])
    tensors = [torch.tensor(array.copy(), requires_grad=True) for array in (x, W, b)]
    theirs = torch.nn.functional.conv2d(*tensors, stride=case[2], padding=case[3])
    out, cache = convolution[0](x, W, b, *case[2:])
    np.testing.assert_allclose(out, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    dout = rng.normal(size=out.shape)
    theirs.backward(torch.tensor(dout))
    for gradient, tensor in zip(convolution[1](dout, cache), tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_documented_cache(rng):
    x, W, b = arrays(rng, (2, 3, 6, 7), (4, 3, 3, 2))
    cache = conv.conv2d_forward(x, W, b, stride=2, pad=1)[1]
    for kept, given in zip(cache, (x, W, b, 2, 1), strict=True):
        assert np.array_equal(kept, given)
    kept, size = conv.maxpool_forward(x[:, :, :, :6], 3)[1]
    assert np.array_equal(kept, x[:, :, :, :6]) and size == 3


@both
def test_precision_lists_views_and_integers(convolution, rng):
    forward, backward = convolution
    x, W, b = arrays(rng, (2, 3, 5, 6), (4, 3, 2, 3))
    out, cache = forward(x, W, b, 2, 1)
    dout = rng.normal(size=out.shape)
    want = backward(dout, cache)
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        again, cache = forward(form(x), form(W), form(b), 2, 1)
        np.testing.assert_allclose(again, out, rtol=1e-12)
        for one, two in zip(backward(form(dout), cache), want, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-11, atol=1e-12)
    out, cache = forward(*(array.astype(np.float32) for array in (x, W, b)), 2, 1)
    grads = backward(dout.astype(np.float32), cache)
    assert {array.dtype for array in (out, *grads)} == {np.dtype(np.float32)}
    out, cache = forward(np.ones((1, 1, 3, 3), int), np.ones((1, 1, 2, 2), int), [1])
    assert out.dtype == np.float64 and out.tolist() == [[[[5, 5], [5, 5]]]]
    assert all(array.dtype == np.float64 for array in backward(np.ones((1, 1, 2, 2), int), cache))


def test_fast_first_layer_skips_dx(rng):
    x, W, b = arrays(rng, (2, 3, 5, 6), (4, 3, 2, 3))
    out, cache = fast_conv.conv2d_forward_fast(x, W, b)
    dx, dW, db = fast_conv.conv2d_backward_fast(out, cache, need_dx=False)
    assert dx is None
    np.testing.assert_array_equal(dW, fast_conv.conv2d_backward_fast(out, cache)[1])
    np.testing.assert_array_equal(db, fast_conv.conv2d_backward_fast(out, cache)[2])


@every_case
def test_col2im_is_the_transpose_of_im2col(case, rng):
    x_shape, (_, _, kh, kw), stride, pad = case
    x = rng.normal(size=x_shape)
    patches = im2col(x, kh, kw, stride, pad)
    weights = rng.normal(size=patches.shape)
    back = col2im(weights, x_shape, kh, kw, stride, pad)
    assert np.sum(patches * weights) == pytest.approx(np.sum(x * back), abs=1e-10)


@both
@pytest.mark.parametrize("change, words", [
    ({"x": np.zeros((3, 6, 7))}, "x must have shape (N, C, H, W); got (3, 6, 7)"),
    ({"W": np.zeros((4, 3, 3))}, "W must have shape (F, C, kh, kw); got (4, 3, 3)"),
    ({"W": np.zeros((4, 2, 3, 3))},
     "W must have shape (F, C, kh, kw) with C = x.shape[1] = 3; got (4, 2, 3, 3)"),
    ({"b": np.zeros(3)}, "b must have shape (F,) with F = W.shape[0] = 4; got (3,)"),
    ({"stride": 0}, "stride must be a whole number, at least 1; got 0"),
    ({"pad": -1}, "pad must be a whole number, at least 0; got -1"),
    ({"x": np.zeros((2, 3, 2, 7))},
     "the window must fit into the padded picture of 2 x 7; got 3 x 3"),
])
def test_words_for_a_convolution(convolution, change, words):
    good = {"x": np.zeros((2, 3, 6, 7)), "W": np.zeros((4, 3, 3, 3)), "b": np.zeros(4)}
    with pytest.raises(ValueError) as caught:
        convolution[0](**{**good, **change})
    assert str(caught.value) == words


def test_words_for_the_way_back():
    for forward, backward in CONVOLUTIONS.values():
        _, cache = forward(np.zeros((2, 3, 6, 7)), np.zeros((4, 3, 3, 3)), np.zeros(4))
        with pytest.raises(ValueError) as caught:
            backward(np.zeros((2, 4, 5, 4)), cache)
        assert str(caught.value) == "dout must have shape (2, 4, 4, 5) as out has; got (2, 4, 5, 4)"
    for forward, backward in POOLS.values():
        _, cache = forward(np.zeros((2, 3, 6, 4)), 2)
        with pytest.raises(ValueError, match=r"^dout must have shape \(2, 3, 3, 2\) as out has"):
            backward(np.zeros((2, 3, 2, 3)), cache)
    with pytest.raises(ValueError, match=r"^patches must have shape \(N \* oh"):
        col2im(np.zeros((4, 3)), (1, 1, 3, 3), 2, 2)


@both_pools
@pytest.mark.parametrize("shape, size", [((2, 3, 6, 4), 2), ((1, 1, 3, 3), 3), ((3, 2, 3, 5), 1),
                                         ((0, 2, 4, 4), 2), ((2, 1, 9, 6), 3)])
def test_pool_against_loops_and_slopes(pool, shape, size, rng):
    forward, backward = pool
    x, = frozen(rng.permutation(int(np.prod(shape))).reshape(shape) / 3.0)      # no two are equal
    out, cache = forward(x, size)
    assert out.shape == (*shape[:2], shape[2] // size, shape[3] // size)
    for n, c, i, j in np.ndindex(out.shape):
        window = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
        assert out[n, c, i, j] == window.max()
    dout, = frozen(rng.normal(size=out.shape))
    dx = backward(dout, cache)
    assert_slopes(dx, lambda x: np.sum(dout * forward(x, size)[0]), x)
    np.testing.assert_array_equal(backward(dout, cache), dx)


@both_pools
def test_pool_against_torch(pool, rng):
    torch = pytest.importorskip("torch")
    x = rng.normal(size=(2, 3, 6, 9))
    tensor = torch.tensor(x, requires_grad=True)
    theirs = torch.nn.functional.max_pool2d(tensor, 3)
    out, cache = pool[0](x, 3)
    dout = rng.normal(size=out.shape)
    theirs.backward(torch.tensor(dout))
    np.testing.assert_array_equal(out, theirs.detach().numpy())
    np.testing.assert_array_equal(pool[1](dout, cache), tensor.grad.numpy())


@both_pools
def test_pool_ties_share_nothing_twice(pool, rng):
    x = rng.integers(0, 2, size=(4, 3, 6, 6)).astype(float)       # most windows have several ones
    out, cache = pool[0](x, 3)
    dout = rng.normal(size=out.shape)
    dx = pool[1](dout, cache)
    windows = dx.reshape(4, 3, 2, 3, 2, 3)
    np.testing.assert_allclose(windows.sum(axis=(3, 5)), dout)
    assert np.all((windows != 0).sum(axis=(3, 5)) == 1)
    assert np.all(x[dx != 0] == out.repeat(3, 2).repeat(3, 3)[dx != 0])
    np.testing.assert_array_equal(dx, conv.maxpool_backward(dout, (x, 3)))


@both_pools
def test_pool_precision_lists_views_and_integers(pool, rng):
    forward, backward = pool
    x = rng.normal(size=(2, 3, 4, 6))
    out, cache = forward(x, 2)
    dx = backward(out, cache)
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        again, cache = forward(form(x), 2)
        np.testing.assert_array_equal(again, out)
        np.testing.assert_array_equal(backward(form(out), cache), dx)
    single, cache = forward(x.astype(np.float32), 2)
    assert single.dtype == backward(single, cache).dtype == np.float32
    whole, cache = forward(np.arange(4).reshape(1, 1, 2, 2), 2)
    assert whole.dtype == np.float64 and backward(np.array([[[[5]]]]), cache).dtype == np.float64


@both_pools
def test_words_for_a_pool(pool):
    with pytest.raises(ValueError) as caught:
        pool[0](np.zeros((1, 1, 6, 5)), 2)
    assert str(caught.value) == "size must divide the height and width of x, 6 and 5; got 2"
    with pytest.raises(ValueError, match=r"^x must have shape \(N, C, H, W\); got \(6, 5\)$"):
        pool[0](np.zeros((6, 5)), 2)
    with pytest.raises(TypeError, match="^size must be a whole number, at least 1; got 2.0"):
        pool[0](np.zeros((1, 1, 6, 4)), 2.0)
