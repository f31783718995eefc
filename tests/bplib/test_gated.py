"""Lesson 14: LSTM and GRU pairs against finite differences, PyTorch and each other."""

import numpy as np
import pytest
from pairs import assert_all_close, assert_pair

from bplib.gated import (
    gru_backward,
    gru_forward,
    gru_step_backward,
    gru_step_forward,
    lstm_backward,
    lstm_forward,
    lstm_step_backward,
    lstm_step_forward,
)

pytestmark = pytest.mark.filterwarnings("error")


def weights(rng, D, H, gates):
    sizes = (D, gates * H), (H, gates * H), (gates * H,)
    return [0.7 * rng.normal(size=size) for size in sizes]


def sequence_case(rng, gates, N=2, T=4, D=3, H=4):
    return [rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), *weights(rng, D, H, gates)]


def lstm_step_joined(x, h_prev, c_prev, Wx, Wh, b):
    """The step with h and c in one array, so that one upstream gradient reaches both."""
    h, c, cache = lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b)
    return np.stack([h, c]), cache


def lstm_step_joined_backward(dout, cache):
    return lstm_step_backward(dout[0], dout[1], cache)


@pytest.mark.parametrize(("N", "D", "H"), [(3, 5, 4), (1, 2, 3), (2, 1, 1)])
def test_lstm_step(rng, N, D, H):
    # A large cell tells 1 - tanh(c)**2 from 1 - c**2.
    arrays = [rng.normal(size=(N, D)), rng.normal(size=(N, H)), 3 * rng.normal(size=(N, H)),
              *weights(rng, D, H, 4)]
    assert_pair(lstm_step_joined, lstm_step_joined_backward, arrays, rng)


@pytest.mark.parametrize(("N", "D", "H"), [(3, 5, 4), (1, 2, 3), (2, 1, 1)])
def test_gru_step(rng, N, D, H):
    arrays = [rng.normal(size=(N, D)), rng.normal(size=(N, H)), *weights(rng, D, H, 3)]
    assert_pair(gru_step_forward, gru_step_backward, arrays, rng)


@pytest.mark.parametrize(("N", "T"), [(2, 4), (1, 3), (3, 1)])
@pytest.mark.parametrize(("forward", "backward", "gates"), [(lstm_forward, lstm_backward, 4),
                                                            (gru_forward, gru_backward, 3)])
def test_sequences(rng, forward, backward, gates, N, T):
    assert_pair(forward, backward, sequence_case(rng, gates, N, T), rng)


def torch_pass(torch, net, arrays, dh, state):
    """Run torch's net forward and back; `state` makes its initial state from h0."""
    x, h0, Wx, Wh, b = [torch.tensor(a, requires_grad=True) for a in arrays]
    with torch.no_grad():
        net.weight_ih_l0.copy_(Wx.T)
        net.weight_hh_l0.copy_(Wh.T)
        net.bias_ih_l0.copy_(b)
        net.bias_hh_l0.zero_()
    out, _ = net(x, state(h0))
    out.backward(torch.tensor(dh))
    return [g.numpy() for g in (out.detach(), x.grad, h0.grad, net.weight_ih_l0.grad.T,
                                net.weight_hh_l0.grad.T, net.bias_ih_l0.grad)]


def swap_output_and_candidate(array, H):
    """Between our columns (input, forget, output, candidate) and torch's (i, f, g, o)."""
    i, f, o, g = np.split(array, 4, axis=-1)
    return np.concatenate([i, f, g, o], axis=-1)


def test_lstm_agrees_with_torch(rng):
    torch = pytest.importorskip("torch")
    arrays = sequence_case(rng, 4, N=3, T=6, D=5, H=4)
    dh = rng.normal(size=(3, 6, 4))
    net = torch.nn.LSTM(5, 4, batch_first=True, dtype=torch.float64)
    theirs = torch_pass(torch, net, arrays[:2] + [swap_output_and_candidate(a, 4)
                                                  for a in arrays[2:]], dh,
                        lambda h0: (h0[None], torch.zeros_like(h0)[None]))
    theirs[3:] = [swap_output_and_candidate(a, 4) for a in theirs[3:]]
    h, cache = lstm_forward(*arrays)
    assert_all_close([h, *lstm_backward(dh, cache)], theirs, 1e-12)


def test_gru_agrees_with_torch(rng):
    torch = pytest.importorskip("torch")
    arrays = sequence_case(rng, 3, N=3, T=6, D=5, H=4)
    dh = rng.normal(size=(3, 6, 4))
    net = torch.nn.GRU(5, 4, batch_first=True, dtype=torch.float64)
    theirs = torch_pass(torch, net, arrays, dh, lambda h0: h0[None])
    h, cache = gru_forward(*arrays)
    assert_all_close([h, *gru_backward(dh, cache)], theirs, 1e-12)


def test_gates_do_not_overflow():
    for forward, gates in ((lstm_forward, 4), (gru_forward, 3)):
        for sign in (1, -1):
            h, _ = forward(np.full((1, 3, 1), sign * 1e4), [[0.5]], np.ones((1, gates)),
                           np.ones((1, gates)), np.zeros(gates))
            assert np.isfinite(h).all()


def test_an_open_forget_gate_carries_the_cell_unchanged():
    b = np.array([-1e3, 1e3, 0.0, 0.0])  # input shut, forget open: the cell never changes
    zeros = np.zeros((1, 4))
    h, c = np.zeros((1, 1)), np.array([[0.3]])
    caches = []
    for _ in range(50):
        h, c, cache = lstm_step_forward([[1.0]], h, c, zeros, zeros, b)
        caches.append(cache)
    dh, dc = np.zeros((1, 1)), np.ones((1, 1))
    for cache in reversed(caches):
        _, dh, dc, *_ = lstm_step_backward(dh, dc, cache)
    assert c.item() == 0.3 and dc.item() == 1.0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lstm_step_forward(np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 4)),
                               np.ones((3, 12)), np.ones((4, 16)), np.ones(16)),
     r"Wx must have shape \(D, 4H\) with D = x.shape\[1\] = 3, H = h_prev.shape\[1\] = 4; "
     r"got \(3, 12\)"),
    (lambda: gru_step_forward(np.ones((2, 3)), np.ones((2, 4)), np.ones((3, 12)),
                              np.ones((4, 16)), np.ones(12)),
     r"Wh must have shape \(H, 3H\) with H = h_prev.shape\[1\] = 4; got \(4, 16\)"),
    (lambda: lstm_forward(np.ones((2, 0, 3)), np.ones((2, 1)), np.ones((3, 4)), np.ones((1, 4)),
                          np.ones(4)), r"x must have at least one step, T >= 1"),
    (lambda: gru_forward(np.ones((2, 3)), np.ones((2, 1)), np.ones((3, 3)), np.ones((1, 3)),
                         np.ones(3)), r"x must have shape \(N, T, D\); got \(2, 3\)"),
])
def test_shapes_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_upstream_that_does_not_fit():
    ones = np.ones
    _, _, cache = lstm_step_forward(ones((2, 3)), ones((2, 1)), ones((2, 1)), ones((3, 4)),
                                    ones((1, 4)), ones(4))
    with pytest.raises(ValueError, match=r"^dc must have the shape of c, \(2, 1\); got \(2,\)$"):
        lstm_step_backward(ones((2, 1)), ones(2), cache)
    for forward, backward, gates in ((lstm_forward, lstm_backward, 4),
                                     (gru_forward, gru_backward, 3)):
        _, cache = forward(ones((2, 5, 3)), ones((2, 1)), ones((3, gates)), ones((1, gates)),
                           ones(gates))
        with pytest.raises(ValueError, match=r"^dh must have the shape of h, \(2, 5, 1\)"):
            backward(ones((2, 1)), cache)
