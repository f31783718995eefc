"""Lesson 13: recurrent pairs against finite differences and PyTorch, truncation, sampling."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen
from pairs import assert_all_close, assert_all_equal, assert_pair

from bplib.recurrent import (
    embedding_backward,
    embedding_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    rnn_step_forward,
    sample_next,
    truncated_rnn_backward,
)

pytestmark = pytest.mark.filterwarnings("error")


def weights(rng, D, H):
    return [0.7 * rng.normal(size=size) for size in ((D, H), (H, H), (H,))]


def sequence_case(rng, N=2, T=5, D=3, H=4):
    return [rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), *weights(rng, D, H)]


@pytest.mark.parametrize(("N", "D", "H"), [(3, 5, 4), (1, 2, 3), (2, 1, 1)])
def test_step(rng, N, D, H):
    arrays = [rng.normal(size=(N, D)), rng.normal(size=(N, H)), *weights(rng, D, H)]
    assert_pair(rnn_step_forward, rnn_step_backward, arrays, rng)


def test_step_cache_is_the_documented_one(rng):
    x, h_prev, Wx, Wh, b = frozen(rng.normal(size=(3, 5)), rng.normal(size=(3, 4)),
                                  *weights(rng, 5, 4))
    h, cache = rnn_step_forward(x, h_prev, Wx, Wh, b)
    assert_all_equal(cache, (x, h_prev, Wx, Wh, h))


@pytest.mark.parametrize(("N", "T"), [(2, 5), (1, 3), (3, 1)])
def test_sequence(rng, N, T):
    assert_pair(rnn_forward, rnn_backward, sequence_case(rng, N, T), rng)


def test_sequence_agrees_with_torch(rng):
    torch = pytest.importorskip("torch")
    x, h0, Wx, Wh, b = sequence_case(rng, N=3, T=6, D=5, H=4)
    dh = rng.normal(size=(3, 6, 4))
    net = torch.nn.RNN(5, 4, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), (Wx.T, Wh.T, b, 0 * b), strict=True):
            parameter.copy_(torch.tensor(value))
    tx, th0 = torch.tensor(x, requires_grad=True), torch.tensor(h0[None], requires_grad=True)
    out, _ = net(tx, th0)
    out.backward(torch.tensor(dh))
    h, cache = rnn_forward(x, h0, Wx, Wh, b)
    theirs = [out.detach(), tx.grad, th0.grad[0], net.weight_ih_l0.grad.T, net.weight_hh_l0.grad.T,
              net.bias_ih_l0.grad]
    assert_all_close([h, *rnn_backward(dh, cache)], [t.numpy() for t in theirs], 1e-12)


def chunked_backward(arrays, dh, span):
    """Truncation by its definition: each span is a sequence that starts from a constant."""
    x, h, Wx, Wh, b = arrays
    dx, dh0, shares = [], None, [0.0, 0.0, 0.0]
    for start in range(0, x.shape[1], span):
        out, cache = rnn_forward(x[:, start : start + span], h, Wx, Wh, b)
        dx_part, dh_part, *parts = rnn_backward(dh[:, start : start + span], cache)
        dh0 = dh_part if start == 0 else dh0
        dx.append(dx_part)
        shares = [total + part for total, part in zip(shares, parts, strict=True)]
        h = out[:, -1]
    return [np.concatenate(dx, axis=1), dh0, *shares]


@pytest.mark.parametrize("span", [1, 2, 3, 6, 7])
def test_truncation_is_spans_on_their_own(rng, span):
    arrays = sequence_case(rng, N=2, T=7)
    (dh,) = frozen(rng.normal(size=(2, 7, 4)))
    _, cache = rnn_forward(*arrays)
    mine = truncated_rnn_backward(dh, cache, span)
    assert_all_close(mine, chunked_backward(arrays, dh, span), 1e-13)
    whole = rnn_backward(dh, cache)
    assert span == 7 or np.abs(mine[3] - whole[3]).max() > 1e-3


@pytest.mark.parametrize("span", [5, 6, 10**9, np.int64(5)])
def test_a_span_over_the_whole_sequence_is_the_whole_gradient(rng, span):
    _, cache = rnn_forward(*sequence_case(rng, T=5))
    dh = rng.normal(size=(2, 5, 4))
    assert_all_equal(truncated_rnn_backward(dh, cache, span), rnn_backward(dh, cache))


def test_dh0_hears_of_the_first_span_alone(rng):
    _, cache = rnn_forward(*sequence_case(rng, T=6))
    dh = rng.normal(size=(2, 6, 4))
    late = dh.copy()
    late[:, 3:] += 1
    assert_all_equal(truncated_rnn_backward(dh, cache, 3)[1:2],
                     truncated_rnn_backward(late, cache, 3)[1:2])


@pytest.mark.parametrize("ids", [[3, 0, 3, 3], [[1, 0, 1], [5, 1, 0]], 2, [[0]], np.int32([4, 4]),
                                 np.uint8([[7], [7]]), np.zeros((2, 0), int)])
def test_embedding(rng, ids):
    (E,) = frozen(rng.normal(size=(8, 3)))
    out, cache = embedding_forward(ids, E)
    assert out.shape == (*np.shape(ids), 3)
    dout = rng.normal(size=out.shape)
    dE = embedding_backward(dout, cache)
    assert_slopes(dE, lambda E: np.sum(dout * embedding_forward(ids, E)[0]), E)
    unused = np.setdiff1d(np.arange(8), ids)
    assert (dE[unused] == 0).all() and len(cache) == 2 and cache[1] == (8, 3)
    assert_all_equal([embedding_backward(dout, cache)], [dE])


def test_embedding_keeps_precision_and_does_not_hand_out_its_table():
    E = np.zeros((3, 2), np.float32)
    out, cache = embedding_forward([1, 1], E)
    out += 1
    assert (E == 0).all() and out.dtype == np.float32
    assert embedding_backward(out, cache).dtype == np.float32


def test_sampling_follows_the_probabilities(rng):
    logits = np.array([1.0, -1.0, 2.0, 0.0])
    for temperature in (0.5, 1.0, 3.0):
        expected = np.exp(logits / temperature)
        draws = [sample_next(logits, temperature, rng) for _ in range(3000)]
        shares = np.bincount(draws, minlength=4) / len(draws)
        np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.035)


def test_sampling_at_the_edges(rng):
    assert sample_next([1000.0, -1000.0, 999.0], 1e-300, rng) == 0
    assert {sample_next([1000.0, -1000.0], 1e9, rng) for _ in range(40)} == {0, 1}
    assert sample_next(np.float32([3]), 1.0, rng) == 0
    assert type(sample_next([0, 1], 1.0, rng)) is int
    first = [sample_next([0, 1, 2], 1.0, np.random.default_rng(5)) for _ in range(2)]
    assert first[0] == first[1]


def case(**changes):
    arrays = {"x": np.ones((2, 3, 5)), "h0": np.ones((2, 4)), "Wx": np.ones((5, 4)),
              "Wh": np.ones((4, 4)), "b": np.ones(4)}
    return {**arrays, **changes}


@pytest.mark.parametrize(("changes", "message"), [
    ({"Wx": np.ones((4, 3))}, r"Wx must have shape \(D, H\) with D = x.shape\[2\] = 5, "
                              r"H = h0.shape\[1\] = 4; got \(4, 3\)"),
    ({"h0": np.ones((3, 4))}, r"h0 must have shape \(N, H\) with N = x.shape\[0\] = 2; "
                              r"got \(3, 4\)"),
    ({"b": np.ones((1, 4))}, r"b must have shape \(H,\) with H = h0.shape\[1\] = 4; got \(1, 4\)"),
    ({"x": np.ones((2, 5))}, r"x must have shape \(N, T, D\); got \(2, 5\)"),
    ({"x": np.ones((2, 0, 5))}, r"x must have at least one step, T >= 1; got shape \(2, 0, 5\)"),
])
def test_shapes_that_do_not_fit(changes, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        rnn_forward(**case(**changes))


def test_words_for_other_bad_input(rng):
    _, cache = rnn_forward(**case())
    for call, kind, message in [
        (lambda: rnn_forward(**case(b=["a"] * 4)), TypeError, "b must hold numbers; got"),
        (lambda: rnn_backward(np.ones((2, 4)), cache), ValueError,
         r"dh must have the shape of h, \(2, 3, 4\); got \(2, 4\)"),
        (lambda: rnn_step_backward(np.ones((1, 4)), cache[0]), ValueError,
         r"dh must have the shape of h, \(2, 4\); got \(1, 4\)"),
        (lambda: truncated_rnn_backward(np.ones((2, 3, 4)), cache, 0), ValueError,
         "span must be a whole number, at least 1; got 0"),
        (lambda: truncated_rnn_backward(np.ones((2, 3, 4)), cache, 1.5), TypeError,
         "span must be a whole number, at least 1; got 1.5"),
        (lambda: embedding_forward([0.5], np.ones((2, 2))), TypeError,
         "ids must be whole numbers; got values of type float64"),
        (lambda: embedding_forward([0, -1], np.ones((2, 2))), ValueError,
         "ids must lie between 0 and V - 1 = 1; got -1 to 0"),
        (lambda: embedding_backward(np.ones((2, 2)), embedding_forward([0], np.ones((2, 2)))[1]),
         ValueError, r"dout must have the shape of out, \(1, 2\); got \(2, 2\)"),
        (lambda: sample_next([1.0, 2.0], 0, rng), ValueError,
         "temperature must be a finite number above 0; got 0"),
        (lambda: sample_next([], 1, rng), ValueError, "logits must hold at least one entry"),
        (lambda: sample_next([[1.0]], 1, rng), ValueError,
         r"logits must have shape \(V,\); got \(1, 1\)"),
    ]:
        with pytest.raises(kind, match=f"^{message}"):
            call()
