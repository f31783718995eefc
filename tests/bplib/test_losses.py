"""Lesson 07: the two losses, exact for scores of any size, with the upstream gradient used."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.layers import softmax
from bplib.losses import (
    mse_backward,
    mse_forward,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("count", [1, 6])
def test_cross_entropy_and_its_gradient(rng, count):
    labels = rng.permutation([2, 0, 2, 3, 1, 2])[:count]
    logits, labels = frozen(rng.normal(size=(count, 4)), labels)
    loss, cache = softmax_cross_entropy_forward(logits, labels)
    probs = softmax(logits)
    assert loss == pytest.approx(-np.mean(np.log(probs[np.arange(count), labels])))
    np.testing.assert_allclose(cache[0], probs)
    np.testing.assert_array_equal(cache[1], labels)
    for _ in range(2):  # the cache is not used up
        dlogits = softmax_cross_entropy_backward(-1.7, cache)
        assert_slopes(
            dlogits, lambda z: -1.7 * softmax_cross_entropy_forward(z, labels)[0], logits)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_cross_entropy_of_scores_a_thousand_apart(dtype):
    logits = np.array([[1000, -1000, 0], [-1000, -1900, -1000], [5, 5, 5]], dtype)
    with np.errstate(all="raise"):
        loss, cache = softmax_cross_entropy_forward(logits, [1, 1, 0])
        dlogits = softmax_cross_entropy_backward(1.0, cache)
    assert loss == pytest.approx((2000 + 900 + np.log(2) + np.log(3)) / 3, rel=1e-6)
    assert dlogits.dtype == dtype
    np.testing.assert_allclose(3 * dlogits[0], [1, -1, 0], atol=1e-7)
    assert softmax_cross_entropy_forward(logits[:1], [0])[0] == 0


def test_cross_entropy_of_integers_lists_and_views(rng):
    logits, labels = rng.normal(size=(3, 4)), np.array([1, 0, 3], dtype=np.uint8)
    expected = softmax_cross_entropy_forward(logits, labels)[0]
    assert softmax_cross_entropy_forward(logits.tolist(), labels.tolist())[0] == expected
    assert softmax_cross_entropy_forward(strided(logits), labels)[0] == pytest.approx(expected)
    whole = softmax_cross_entropy_forward(np.array([[1, 2]]), [0])
    assert whole[0] == pytest.approx(np.log(1 + np.e))
    assert type(expected) is float


@pytest.mark.parametrize("shape", [(5, 2), (1, 1), (6,), (2, 3, 4)])
def test_mse_and_its_gradient(rng, shape):
    predictions, targets = frozen(rng.normal(size=shape), rng.normal(size=shape))
    loss, cache = mse_forward(predictions, targets)
    assert loss == pytest.approx(np.mean((predictions - targets) ** 2))
    assert np.array_equal(cache[0], predictions) and np.array_equal(cache[1], targets)
    dpredictions = mse_backward(np.array(0.6), cache)
    assert_slopes(dpredictions, lambda p: 0.6 * mse_forward(p, targets)[0], predictions)


def test_mse_of_integers_and_float32():
    assert mse_backward(1, mse_forward(np.array([3, 1]), np.array([1, 2]))[1]).tolist() == [2, -1]
    single = np.float32([[1.5, 2.0]])
    assert mse_backward(1.0, mse_forward(single, np.array([[1, 2]]))[1]).dtype == np.float32


def test_torch_agrees(rng):
    torch = pytest.importorskip("torch")
    logits, labels = rng.normal(0, 300, size=(5, 4)), np.array([0, 3, 3, 1, 2])
    z = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(z, torch.tensor(labels))
    expected.backward()
    loss, cache = softmax_cross_entropy_forward(logits, labels)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(
        softmax_cross_entropy_backward(1.0, cache), z.grad.numpy(), atol=1e-14)


@pytest.mark.parametrize("call, message", [
    (lambda: softmax_cross_entropy_forward([1.0], [0]), "logits must have shape (N, C); got (1,)"),
    (lambda: softmax_cross_entropy_forward(np.zeros((0, 3)), []),
     "logits must not be empty; got shape (0, 3)"),
    (lambda: softmax_cross_entropy_forward(np.zeros((2, 3)), [[0, 1]]),
     "labels must have shape (N,) with N = logits.shape[0] = 2; got (1, 2)"),
    (lambda: softmax_cross_entropy_forward(np.zeros((2, 3)), [0.0, 1.0]),
     "labels must be integers; got dtype float64"),
    (lambda: softmax_cross_entropy_forward(np.zeros((2, 3)), [-1, 1]),
     "labels must lie from 0 to C - 1 = 2; got -1 to 1"),
    (lambda: softmax_cross_entropy_forward(np.zeros((2, 3)), [0, 3]),
     "labels must lie from 0 to C - 1 = 2; got 0 to 3"),
    (lambda: softmax_cross_entropy_backward([1.0], (np.ones((1, 1)), np.array([0]))),
     "dout must have shape (), a single number; got (1,)"),
    (lambda: mse_forward(np.zeros((3, 1)), np.zeros(3)),
     "targets must have shape (3, 1) as predictions has; got (3,)"),
    (lambda: mse_forward([], []), "predictions must not be empty; got shape (0,)"),
    (lambda: mse_backward([1.0], ([1.0], [1.0])),
     "dout must have shape (), a single number; got (1,)"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
