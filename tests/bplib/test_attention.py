"""Lesson 15: attention and layer norm against finite differences, loops and PyTorch."""

import numpy as np
import pytest
from pairs import assert_all_close, assert_pair

from bplib.attention import (
    attention_backward,
    attention_forward,
    layernorm_backward,
    layernorm_forward,
)

pytestmark = pytest.mark.filterwarnings("error")


def attention_case(rng, N=2, T=3, S=4, D=5, M=6):
    return [rng.normal(size=(N, T, D)), rng.normal(size=(N, S, D)), rng.normal(size=(N, S, M))]


@pytest.mark.parametrize("sizes", [{}, {"N": 1, "T": 1}, {"S": 1}, {"D": 1, "M": 1}])
def test_attention(rng, sizes):
    assert_pair(attention_forward, attention_backward, attention_case(rng, **sizes), rng)


@pytest.mark.parametrize("T", [1, 2, 5])
def test_causal_attention(rng, T):
    assert_pair(lambda *qkv: attention_forward(*qkv, causal=True), attention_backward,
                attention_case(rng, T=T, S=T), rng)


def test_the_future_has_no_say(rng):
    Q, K, V = attention_case(rng, T=5, S=5)
    out, cache = attention_forward(Q, K, V, causal=True)
    K2, V2 = K.copy(), V.copy()
    K2[:, 3:] += 100
    V2[:, 3:] -= 7
    np.testing.assert_array_equal(attention_forward(Q, K2, V2, causal=True)[0][:, :3], out[:, :3])
    dout = np.zeros_like(out)
    dout[:, 2] = rng.normal(size=dout[:, 2].shape)
    dQ, dK, dV = attention_backward(dout, cache)
    assert (dK[:, 3:] == 0).all() and (dV[:, 3:] == 0).all()
    assert (dQ[:, [0, 1, 3, 4]] == 0).all() and np.abs(dQ[:, 2]).min() > 0
    assert (cache[-1][:, ~np.tri(5, dtype=bool)] == 0).all()


def test_attention_is_a_weighted_mean_of_the_values(rng):
    Q, K, V = attention_case(rng)
    expected = np.empty((2, 3, 6))
    for n in range(2):
        for t in range(3):
            scores = np.array([Q[n, t] @ K[n, s] for s in range(4)]) / 5**0.5
            shares = np.exp(scores) / np.exp(scores).sum()
            expected[n, t] = sum(share * v for share, v in zip(shares, V[n], strict=True))
    np.testing.assert_allclose(attention_forward(Q, K, V)[0], expected, rtol=1e-12)


def test_scores_of_a_thousand(rng):
    Q, K, V = attention_case(rng)
    out, cache = attention_forward(3000 * Q, K, V)
    assert np.isfinite(out).all()
    assert all(np.isfinite(grad).all() for grad in attention_backward(np.ones_like(out), cache))


@pytest.mark.parametrize("causal", [False, True])
def test_attention_agrees_with_torch(rng, causal):
    torch = pytest.importorskip("torch")
    arrays = attention_case(rng, T=4, S=4)
    dout = rng.normal(size=(2, 4, 6))
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    theirs = torch.nn.functional.scaled_dot_product_attention(*tensors, is_causal=causal)
    theirs.backward(torch.tensor(dout))
    out, cache = attention_forward(*arrays, causal=causal)
    assert_all_close([out, *attention_backward(dout, cache)],
                     [theirs.detach().numpy(), *(t.grad.numpy() for t in tensors)], 1e-12)


@pytest.mark.parametrize("shape", [(5,), (3, 5), (1, 5), (2, 3, 5), (2, 1, 3, 4), (3, 1)])
def test_layernorm(rng, shape):
    D = shape[-1]
    arrays = [1 + 2 * rng.normal(size=shape), rng.normal(size=D), rng.normal(size=D)]
    assert_pair(layernorm_forward, layernorm_backward, arrays, rng, tolerance=1e-6)


def test_layernorm_normalises_each_row_whatever_its_scale(rng):
    x = rng.normal(size=(4, 6)) * [[1], [1e3], [1e6], [1]] + [[0], [1e4], [0], [-1e4]]
    out, _ = layernorm_forward(x, np.ones(6), np.zeros(6), eps=1e-12)
    np.testing.assert_allclose(out.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(out.std(axis=1), 1, atol=1e-6)
    constant, cache = layernorm_forward(np.full((1, 6), 3.0), np.ones(6), np.zeros(6))
    assert (constant == 0).all()
    assert np.isfinite(layernorm_backward(np.arange(6.0)[None], cache)[0]).all()


def test_layernorm_agrees_with_torch(rng):
    torch = pytest.importorskip("torch")
    arrays = [rng.normal(size=(2, 3, 5)), rng.normal(size=5), rng.normal(size=5)]
    dout = rng.normal(size=(2, 3, 5))
    x, gamma, beta = [torch.tensor(array, requires_grad=True) for array in arrays]
    theirs = torch.nn.functional.layer_norm(x, (5,), gamma, beta, eps=1e-3)
    theirs.backward(torch.tensor(dout))
    out, cache = layernorm_forward(*arrays, eps=1e-3)
    assert_all_close([out, *layernorm_backward(dout, cache)],
                     [t.detach().numpy() for t in (theirs, x.grad, gamma.grad, beta.grad)], 1e-12)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: attention_forward(np.ones((2, 3, 5)), np.ones((2, 4, 6)), np.ones((2, 4, 7))),
     r"K must have shape \(N, S, D\) with N = Q.shape\[0\] = 2, D = Q.shape\[2\] = 5; "
     r"got \(2, 4, 6\)"),
    (lambda: attention_forward(np.ones((2, 3, 5)), np.ones((2, 4, 5)), np.ones((2, 3, 7))),
     r"V must have shape \(N, S, M\) with N = Q.shape\[0\] = 2, S = K.shape\[1\] = 4; "
     r"got \(2, 3, 7\)"),
    (lambda: attention_forward(np.ones((2, 3, 5)), np.ones((2, 0, 5)), np.ones((2, 0, 7))),
     r"K must have shape \(N, S, D\) with S >= 1 and D >= 1; got \(2, 0, 5\)"),
    (lambda: attention_forward(np.ones((2, 3, 5)), np.ones((2, 4, 5)), np.ones((2, 4, 7)), True),
     "causal attention must have T = S; got T = 3 and S = 4"),
    (lambda: attention_backward(np.ones(3), attention_forward(*[np.ones((1, 2, 3))] * 3)[1]),
     r"dout must have the shape of out, \(1, 2, 3\); got \(3,\)"),
    (lambda: layernorm_forward(np.float64(3), [1.0], [0.0]),
     r"x must have shape \(..., D\) with D >= 1; got \(\)"),
    (lambda: layernorm_forward(np.ones((2, 3)), np.ones(2), np.ones(3)),
     r"gamma must have shape \(D,\) with D = x.shape\[-1\] = 3; got \(2,\)"),
    (lambda: layernorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), eps=-1),
     "eps must be a finite number from 0 on; got -1"),
    (lambda: layernorm_backward(np.ones(2), layernorm_forward(np.ones(3), *[np.ones(3)] * 2)[1]),
     r"dout must have the shape of out, \(3,\); got \(2,\)"),
])
def test_arguments_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()
