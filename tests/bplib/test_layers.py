"""Lesson 07: every pair of a layer against finite differences and torch, and its edges."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib import layers
from bplib.layers import (
    linear_backward,
    linear_forward,
    linear_forward_loops,
    relu_backward,
    relu_forward,
    sigmoid_forward,
    softmax,
    softmax_backward,
    tanh_forward,
)

pytestmark = pytest.mark.filterwarnings("error")
ACTIVATIONS = ["relu", "sigmoid", "tanh"]


def pair(name):
    return getattr(layers, f"{name}_forward"), getattr(layers, f"{name}_backward")


@pytest.fixture
def case(rng):
    return frozen(*(rng.normal(size=shape) for shape in [(4, 5), (5, 3), (3,), (4, 3)]))


@pytest.mark.parametrize("count", [1, 4])
def test_linear_gradients(case, count):
    x, W, b, dout = case
    x, dout = x[:count], dout[:count]
    out, cache = linear_forward(x, W, b)
    np.testing.assert_allclose(out, x @ W + b)
    for _ in range(2):  # nothing is kept between calls
        dx, dW, db = linear_backward(dout, cache)
        assert_slopes(dx, lambda x: np.sum(dout * linear_forward(x, W, b)[0]), x)
        assert_slopes(dW, lambda W: np.sum(dout * linear_forward(x, W, b)[0]), W)
        assert_slopes(db, lambda b: np.sum(dout * linear_forward(x, W, b)[0]), b)


def test_linear_cache_is_documented(case):
    x, W, b, dout = case
    _, cache = linear_forward(x, W, b)
    assert all(np.array_equal(*both) for both in zip(cache, (x, W, b), strict=True))
    np.testing.assert_allclose(linear_backward(dout, [x, W, b])[1], x.T @ dout)


def test_loops_and_matrices_agree(case):
    x, W, b, _ = case
    np.testing.assert_allclose(linear_forward_loops(x, W, b), linear_forward(x, W, b)[0])


def test_linear_from_lists_views_integers_and_float32(case):
    x, W, b, dout = case
    expected = linear_backward(dout, linear_forward(x, W, b)[1])
    for change in (np.ndarray.tolist, strided, np.asfortranarray):
        _, cache = linear_forward(change(x), change(W), change(b))
        for grad, right in zip(linear_backward(change(dout), cache), expected, strict=True):
            np.testing.assert_allclose(grad, right)
    single = [array.astype(np.float32) for array in case]
    out, cache = linear_forward(*single[:3])
    assert {a.dtype.name for a in (out, *linear_backward(single[3], cache))} == {"float32"}
    whole = [np.array(array) for array in ([[1, 2]], [[3], [4]], [5])]
    out, cache = linear_forward(*whole)
    assert out.dtype == np.float64
    assert linear_backward(np.array([[2]]), cache)[0].tolist() == [[6.0, 8.0]]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(4, 3), (7,), (2, 3, 4), ()])
def test_activation_gradients(rng, name, shape):
    forward, backward = pair(name)
    x, dout = frozen(rng.normal(size=shape), rng.normal(size=shape))
    out, cache = forward(x)
    dx = backward(dout, cache)
    assert_slopes(dx, lambda x: np.sum(dout * forward(x)[0]), x)
    np.testing.assert_array_equal(cache, x if name == "relu" else out)
    assert np.array_equal(backward(dout, cache), dx)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_integers_float32_views_and_large_numbers(rng, name):
    forward, backward = pair(name)
    large = np.array([-1e4, -1000, -50, 0, 50, 1000, 1e4])
    with np.errstate(all="raise"):
        out, cache = forward(large)
        dx = backward(np.full(7, -2.0), cache)
    assert np.all(np.isfinite(out)) and np.all(np.isfinite(dx))
    out, cache = forward(np.array([-2, 0, 3]))
    assert out.dtype == backward(np.array([1, 2, 3]), cache).dtype == np.float64
    out, cache = forward(large.astype(np.float32))
    assert out.dtype == backward(np.ones(7, np.float32), cache).dtype == np.float32
    x = rng.normal(size=(3, 4))
    assert np.array_equal(forward(strided(x))[0], forward(x)[0])


def test_relu_at_zero_and_upstream_of_either_sign():
    out, cache = relu_forward([-1.0, 0.0, -0.0, 2.0, -np.inf])
    assert out.tolist() == [0, 0, 0, 2, 0]
    assert relu_backward([5.0, 5.0, 5.0, -5.0, np.inf], cache).tolist() == [0, 0, 0, -5, 0]


def test_known_values():
    assert sigmoid_forward(np.log(3.0))[0] == pytest.approx(0.75)
    assert tanh_forward(0.5)[0] == pytest.approx(np.tanh(0.5))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax_rows_are_shares_however_far_apart(dtype):
    z = np.array([[1000, 999, 0], [-1000, -1001, -2000], [0.1, 0.2, 0.3], [900, -900, 0]], dtype)
    with np.errstate(all="raise"):
        probs = softmax(z)
    assert probs.dtype == dtype
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(probs[0, :2], [1 / (1 + np.exp(-1)), 1 / (1 + np.e)], rtol=1e-6)
    np.testing.assert_allclose(probs[1], probs[0], rtol=1e-6, atol=1e-12)


def test_softmax_of_any_rank_and_a_masked_score(rng):
    z = rng.normal(size=(2, 3, 4))
    np.testing.assert_allclose(softmax(z)[1, 2], softmax(z[1, 2]))
    np.testing.assert_allclose(softmax([0.0, -np.inf, 0.0]), [0.5, 0, 0.5])
    assert softmax([[5]]) == 1


@pytest.mark.parametrize("shape", [(4, 3), (1, 3), (5,), (2, 3, 4)])
def test_softmax_gradient(rng, shape):
    z, dout = frozen(rng.normal(size=shape), rng.normal(size=shape))
    dz = softmax_backward(dout, softmax(z))
    assert_slopes(dz, lambda z: np.sum(dout * softmax(z)), z)
    np.testing.assert_allclose(dz.sum(axis=-1), 0, atol=1e-12)


def test_torch_agrees(case):
    torch = pytest.importorskip("torch")
    x, W, b, dout = case
    tensors = [torch.tensor(array.copy(), requires_grad=True) for array in (x, W, b)]
    hidden = tensors[0] @ tensors[1] + tensors[2]
    out = torch.softmax(torch.relu(torch.tanh(hidden)), dim=-1)
    out.backward(torch.tensor(dout.copy()))
    linear, linear_cache = linear_forward(x, W, b)
    curved, tanh_cache = tanh_forward(linear)
    cut, relu_cache = relu_forward(curved)
    grad = relu_backward(softmax_backward(dout, softmax(cut)), relu_cache)
    grads = linear_backward(layers.tanh_backward(grad, tanh_cache), linear_cache)
    for mine, tensor in zip(grads, tensors, strict=True):
        np.testing.assert_allclose(mine, tensor.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("call, message", [
    (lambda: linear_forward([1.0], [[1.0]], [0.0]), "x must have shape (N, D); got (1,)"),
    (lambda: linear_forward(np.zeros((2, 5)), np.zeros((4, 3)), np.zeros(3)),
     "W must have shape (D, M) with D = x.shape[1] = 5; got (4, 3)"),
    (lambda: linear_forward(np.zeros((2, 5)), np.zeros((5, 3)), np.zeros((1, 3))),
     "b must have shape (M,) with M = W.shape[1] = 3; got (1, 3)"),
    (lambda: linear_backward([1.0], linear_forward([[1.0]], [[1.0]], [0.0])[1]),
     "dout must have shape (1, 1) as out has; got (1,)"),
    (lambda: relu_backward([1.0], np.zeros(2)), "dout must have shape (2,) as out has; got (1,)"),
    (lambda: tanh_forward("x"), "x must hold numbers; got str of dtype <U1"),
    (lambda: softmax(1.0), "z must have shape (..., C) with C at least 1; got ()"),
    (lambda: softmax(np.zeros((3, 0))), "z must have shape (..., C) with C at least 1; got (3, 0)"),
    (lambda: softmax_backward([1.0], [[1.0]]), "dout must have shape (1, 1) as out has; got (1,)"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
