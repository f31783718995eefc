"""Lesson 10: clipping, dropout, weight decay, early stopping, and the two detours."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.regularization import (
    add_weight_decay,
    clip_by_global_norm,
    dropout_backward,
    dropout_forward,
    early_stop,
    residual_backward,
    residual_forward,
    straight_through_backward,
)


def length(grads):
    return np.sqrt(sum(np.sum(np.square(grad)) for grad in grads))


@pytest.mark.parametrize("max_norm", [0.3, 1, 1e6])
def test_clipping_keeps_direction_and_never_lengthens(max_norm, rng):
    grads = frozen(rng.normal(size=(3, 4)), rng.normal(size=5), rng.normal(), np.zeros(2))
    clipped, norm = clip_by_global_norm(grads, max_norm)
    assert type(norm) is float and norm == pytest.approx(length(grads))
    assert length(clipped) == pytest.approx(min(norm, max_norm))
    for one, two in zip(clipped, grads, strict=True):
        np.testing.assert_allclose(one, two * min(1, max_norm / norm), rtol=1e-12)
        assert not np.shares_memory(one, two)


def test_clipping_at_the_edges():
    clipped, norm = clip_by_global_norm([np.zeros((2, 3)), np.zeros(0)], 1.0)
    assert norm == 0 and clipped[0].tolist() == [[0.0] * 3] * 2 and clipped[1].shape == (0,)
    assert clip_by_global_norm([], 1.0) == ([], 0.0)
    assert clip_by_global_norm([[3, 4]], 1.0)[0][0].tolist() == pytest.approx([0.6, 0.8])
    for size in (1e200, 1e-200, 1e-320):
        clipped, norm = clip_by_global_norm([np.array([3.0, 4.0]) * size], 1e-300)
        assert norm == pytest.approx(5 * size, rel=1e-3)
        assert length(np.array(clipped) * 1e300) == pytest.approx(min(1, norm * 1e300), rel=1e-3)


def test_clipping_float32_and_views(rng):
    grads = [rng.normal(size=(3, 4)).astype(np.float32) * np.float32(1e25)]
    clipped, norm = clip_by_global_norm(grads, np.float64(2.0))
    assert clipped[0].dtype == np.float32 and length(clipped) == pytest.approx(2, rel=1e-5)
    again, same = clip_by_global_norm([strided(grads[0])], 2.0)
    np.testing.assert_array_equal(again[0], clipped[0])
    assert same == pytest.approx(norm)


def test_clipping_against_torch(rng):
    torch = pytest.importorskip("torch")
    grads = [rng.normal(size=(3, 4)), rng.normal(size=5)]
    tensors = [torch.zeros(grad.shape, dtype=torch.float64) for grad in grads]
    for tensor, grad in zip(tensors, grads, strict=True):
        tensor.grad = torch.tensor(grad.copy())
    theirs = float(torch.nn.utils.clip_grad_norm_(tensors, 1.5))
    clipped, norm = clip_by_global_norm(grads, 1.5)
    assert norm == pytest.approx(theirs)
    for one, tensor in zip(clipped, tensors, strict=True):
        np.testing.assert_allclose(one, tensor.grad.numpy(), rtol=1e-5)


@pytest.mark.parametrize("grads, max_norm, words", [
    ([[1.0]], 0, "max_norm must be a finite number above 0; got 0"),
    ([[1.0], [np.nan]], 1, "grads must be finite; an entry is infinite or not a number"),
    ([[np.inf]], 1, "grads must be finite; an entry is infinite or not a number"),
])
def test_clipping_words(grads, max_norm, words):
    with pytest.raises(ValueError) as caught:
        clip_by_global_norm(grads, max_norm)
    assert str(caught.value) == words
    with pytest.raises(TypeError, match=r"^grads\[1\] must hold numbers; got str of dtype"):
        clip_by_global_norm([[1.0], "steep"], 1.0)


@pytest.mark.parametrize("probability", [0, 0.2, 0.75])
def test_dropout(probability, rng):
    x, = frozen(rng.normal(size=(200, 300)))
    out, mask = dropout_forward(x, probability, rng)
    assert set(np.unique(mask)) <= {0.0, 1 / (1 - probability)}
    assert np.mean(mask == 0) == pytest.approx(probability, abs=0.01)
    assert mask.mean() == pytest.approx(1, abs=0.03)
    np.testing.assert_array_equal(out, x * mask)
    dout, = frozen(rng.normal(size=x.shape))
    np.testing.assert_array_equal(dropout_backward(dout, mask), dout * mask)


def test_dropout_gradient_is_the_slope(rng):
    x, dout = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    _, mask = dropout_forward(x, 0.4, np.random.default_rng(1))
    assert 0 in mask
    assert_slopes(dropout_backward(dout, mask), lambda x: np.sum(
        dout * dropout_forward(x, 0.4, np.random.default_rng(1))[0]), x)


def test_dropout_forms(rng):
    x = rng.normal(size=(3, 4))
    out, mask = dropout_forward(x.astype(np.float32), np.float64(0.5), rng)
    assert {out.dtype, mask.dtype, dropout_backward(out, mask).dtype} == {np.dtype(np.float32)}
    want = dropout_forward(x, 0.5, np.random.default_rng(1))[0]
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        again = dropout_forward(form(x), 0.5, np.random.default_rng(1))[0]
        np.testing.assert_array_equal(again, want)
    assert dropout_forward([1, 2], 0.5, rng)[0].dtype == np.float64
    assert dropout_forward(np.zeros((0, 3)), 0.5, rng)[0].shape == (0, 3)
    one, two = dropout_forward(x, 0.5, rng)[1], dropout_forward(x, 0.5, rng)[1]
    assert not np.array_equal(one, two), "each call draws a new mask"


def test_dropout_words(rng):
    with pytest.raises(ValueError, match="^drop_probability must be at least 0 and below 1; got"):
        dropout_forward([1.0], 1, rng)
    with pytest.raises(ValueError, match="^drop_probability must be a finite number from 0 on"):
        dropout_forward([1.0], -0.1, rng)
    with pytest.raises(TypeError, match="^rng must be a np.random.Generator"):
        dropout_forward([1.0], 0.5, 0)
    with pytest.raises(ValueError, match=r"^dout must have shape \(2,\) as out has; got \(3,\)$"):
        dropout_backward(np.ones(3), np.ones(2))


def test_residual_gradient_is_the_slope(rng):
    x, W, dout = frozen(rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=(3, 4)))

    def forward(x):
        return residual_forward(x, lambda x: (np.tanh(x @ W), np.tanh(x @ W)))

    def branch_backward(dout, cache):
        return (dout * (1 - cache**2)) @ W.T

    out, cache = forward(x)
    np.testing.assert_allclose(out, x + np.tanh(x @ W))
    dx = residual_backward(dout, branch_backward, cache)
    assert_slopes(dx, lambda x: np.sum(dout * forward(x)[0]), x)
    np.testing.assert_array_equal(residual_backward(dout, lambda *_: 0 * dout, None), dout)
    single = residual_backward(dout.astype(np.float32), lambda dout, cache: dout * 2, None)
    assert single.dtype == np.float32


def test_residual_words():
    with pytest.raises(ValueError) as caught:
        residual_backward(np.ones((3, 4)), lambda dout, cache: np.ones(4), None)
    assert str(caught.value) == "the branch's dx must have shape (3, 4) as dout has; got (4,)"
    with pytest.raises(ValueError, match=r"^the branch's output must have shape \(3, 4\) as x has"):
        residual_forward(np.ones((3, 4)), lambda x: (x[:2], None))


def test_straight_through(rng):
    dout, x = frozen(rng.normal(size=(5, 6)), rng.normal(size=(5, 6)) * 1.5)
    dx = straight_through_backward(dout, x)
    line = np.clip(x, -1, 1)                                # its slope is what is borrowed
    assert_slopes(dx, lambda x: np.sum(dout * np.clip(x, -1, 1)), x)
    assert np.any(line != x) and np.any(line == x)
    assert straight_through_backward([2.0, 3.0, 4.0], [1, -1, 1.0001]).tolist() == [2, 3, 0]
    np.testing.assert_array_equal(straight_through_backward(strided(dout), strided(x)), dx)
    single = straight_through_backward(dout.astype(np.float32), x.astype(np.float32))
    assert single.dtype == np.float32
    with pytest.raises(ValueError, match=r"^dout must have shape \(5, 6\) as x has; got \(6,\)$"):
        straight_through_backward(np.ones(6), x)


def test_weight_decay_is_the_slope_of_its_penalty(rng):
    (W, b, V, c), zeros = frozen(rng.normal(size=(3, 4)), rng.normal(size=4),
                                 rng.normal(size=(4, 2)), rng.normal(size=2)), np.zeros
    grads = add_weight_decay([(zeros((3, 4)), b), (zeros((4, 2)), c)], [(W, b), (V, c)], 0.3)
    assert_slopes(grads[0][0], lambda W: 0.15 * (np.sum(W**2) + np.sum(V**2)), W)
    assert_slopes(grads[1][0], lambda V: 0.15 * (np.sum(W**2) + np.sum(V**2)), V)
    np.testing.assert_array_equal(grads[0][1], b)
    assert not np.shares_memory(grads[0][1], b)
    with pytest.raises(ValueError, match=r"^grads must have one \(dW, db\) for each of the 1 "):
        add_weight_decay([], [(W, b)], 0.3)
    with pytest.raises(ValueError, match=r"^dW of layer 0 must have shape \(3, 4\) as its W has"):
        add_weight_decay([(V, c)], [(W, b)], 0.3)


@pytest.mark.parametrize("losses, patience, answer", [
    ([3, 2, 1], 1, (2, 2)),
    ([3, 2, 2, 1], 1, (1, 2)),
    ([3, 2, 2, 1], 2, (3, 3)),
    ([1, 2, 3, 4, 0], 3, (0, 3)),
    ([1.0], 5, (0, 0)),
    ([2.0, np.nan, np.nan, 1.0], 2, (0, 2)),
])
def test_early_stop(losses, patience, answer):
    assert early_stop(losses, patience) == answer
    assert all(type(epoch) is int for epoch in early_stop(np.array(losses), patience))


def test_early_stop_words():
    with pytest.raises(ValueError, match="^losses must have at least one entry; got none$"):
        early_stop([], 1)
    with pytest.raises(ValueError, match="^patience must be a whole number, at least 1; got 0$"):
        early_stop([1.0], 0)
