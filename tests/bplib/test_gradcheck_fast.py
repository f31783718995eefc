"""Lesson 08: the whole of a network checked by complex steps, quickly and to the last digits."""

import numpy as np
import pytest
from oracles import slopes

from bplib.gradcheck_fast import directional_error, relu_net_gradients
from bplib.layers import linear_backward, linear_forward, relu_backward, relu_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward

pytestmark = pytest.mark.filterwarnings("error")


def make_net(rng, sizes, count):
    params = [(rng.normal(0, (2 / d) ** 0.5, (d, m)), rng.normal(0, 0.1, m))
              for d, m in zip(sizes[:-1], sizes[1:], strict=True)]
    return params, rng.normal(size=(count, sizes[0])), rng.integers(0, sizes[-1], count)


def cross_entropy(labels):
    def loss(z):  # (K, N, C), complex -> (K,)
        shifted = z - z.max(axis=-1, keepdims=True)
        picked = shifted[..., np.arange(len(labels)), labels]
        return np.mean(np.log(np.exp(shifted).sum(axis=-1)) - picked, axis=-1)
    return loss


def backprop(params, x, labels):
    caches = []
    for W, b in params:
        z, linear_cache = linear_forward(x, W, b)
        x, relu_cache = relu_forward(z)
        caches.append((linear_cache, relu_cache))
    dz, grads = softmax_cross_entropy_backward(1.0, softmax_cross_entropy_forward(z, labels)[1]), []
    for layer in range(len(params) - 1, -1, -1):
        dx, dW, db = linear_backward(dz, caches[layer][0])
        grads.insert(0, (dW, db))
        dz = relu_backward(dx, caches[layer - 1][1]) if layer else None
    return grads


@pytest.mark.parametrize("sizes, count, chunk", [([5, 7, 4, 3], 6, 1 << 16), ([5, 7, 4, 3], 1, 20),
                                                 ([4, 3], 2, 7)])
def test_complex_steps_agree_with_backprop_in_every_entry(rng, sizes, count, chunk):
    params, x, labels = make_net(rng, sizes, count)
    found = relu_net_gradients(x, params, cross_entropy(labels), chunk=chunk)
    for mine, theirs in zip(found, backprop(params, x, labels), strict=True):
        for a, b in zip(mine, theirs, strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-14 * np.abs(b).max())


def test_complex_steps_agree_with_differences(rng):
    params, x, labels = make_net(rng, [3, 4, 2], 5)
    (dW, _), _ = relu_net_gradients(x, params, cross_entropy(labels))

    def loss(W):
        hidden = np.maximum(x @ W + params[0][1], 0)
        return softmax_cross_entropy_forward(hidden @ params[1][0] + params[1][1], labels)[0]
    np.testing.assert_allclose(dW, slopes(loss, params[0][0]), atol=1e-9)


def test_a_net_of_a_hundred_thousand_to_the_last_digits(rng):
    params, x, labels = make_net(rng, [784, 120, 50, 10], 1)
    assert sum(W.size + b.size for W, b in params) > 100_000
    found = relu_net_gradients(x, params, cross_entropy(labels))
    for mine, theirs in zip(found, backprop(params, x, labels), strict=True):
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-14 * np.abs(b).max())


def test_random_directions_detect_one_wrong_entry_in_ten_thousand(rng):
    x = rng.normal(size=(100, 100))
    right = 3 * x**2
    assert directional_error(lambda x: np.sum(x**3), right, x, rng) < 1e-14
    wrong = right.copy()
    wrong[17, 3] += 0.01
    assert directional_error(lambda x: np.sum(x**3), wrong, x, rng) > 1e-9
    assert directional_error(lambda x: np.sum(x**3), -right, x, rng) > 1e-3
    assert directional_error(lambda x: np.sum(x**3), 0 * x, x, rng) > 1e-3


def test_bad_input_is_named(rng):
    with pytest.raises(ValueError) as caught:
        directional_error(np.sum, np.zeros(2), np.zeros(3), rng)
    assert str(caught.value) == "gradient must have shape (3,) as x has; got (2,)"
