"""The sequence pairs of lessons 13 and 14 beside PyTorch, JAX and their matrix products alone."""

from functools import partial

import numpy as np

from benchmarks.rounds import Goal, Race, agree
from bplib import fast_recurrent, gated, recurrent

T, N, D, H = 50, 32, 64, 128
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
RNN_WHY = ("what each of numpy's calls costs weighs most where a step's product is smallest, and a "
           "busy neighbour's share of the cache adds to it")


def races(torch, jax):
    """Yield the races; `torch` and `jax` are None where they are not installed."""
    for cell, kind, goals in [
        ("rnn", "float32", [Goal("bplib", "floor", 1.35, RNN_WHY), Goal("bplib", "torch", 1.0)]),
        ("gru", "float32", [Goal("bplib", "floor", 1.7), Goal("bplib", "torch", 1.0)]),
        ("lstm", "float32", [Goal("bplib", "floor", 1.6)]),
        ("lstm", "float64", [Goal("bplib", "torch", 1.0)]),
    ]:
        yield Race(f"{cell.upper()} forward and BPTT, T{T} B{N} D{D} H{H}, {kind}", goals,
                   partial(contenders, cell, kind, torch, jax))


def contenders(cell, kind, torch, jax):
    """Forward pass and backpropagation through time of one cell, every step with a loss."""
    rng, dtype, gates = np.random.default_rng(0), np.dtype(kind), GATES[cell]
    x = rng.normal(size=(T, N, D)).astype(dtype)
    dh = rng.normal(size=(T, N, H)).astype(dtype)
    Wx = (rng.normal(size=(D, gates * H)) / np.sqrt(D)).astype(dtype)
    Wh = (rng.normal(size=(H, gates * H)) / np.sqrt(H)).astype(dtype)
    arrays = (x.transpose(1, 0, 2), np.zeros((N, H), dtype), Wx, Wh, np.zeros(gates * H, dtype))

    def pair(forward, backward):
        def both():
            h, cache = forward(*arrays)
            return [h, *backward(dh.transpose(1, 0, 2), cache)]
        return both

    plain = recurrent if cell == "rnn" else gated
    found = {
        "bplib": pair(getattr(fast_recurrent, f"fast_{cell}_forward"),
                      getattr(fast_recurrent, f"fast_{cell}_backward")),
        "bplib, plain": pair(getattr(plain, f"{cell}_forward"), getattr(plain, f"{cell}_backward")),
        "floor": floor(x, dh, Wx, Wh),
    }
    tolerance = 1e-4 if kind == "float32" else 1e-11
    agree(found["bplib"](), found["bplib, plain"](), tolerance)
    if torch:
        found["torch"] = torch_pass(torch, cell, x, dh, Wx, Wh)
        agree([found["bplib"]()[0].transpose(1, 0, 2)], [found["torch"]()], tolerance)
    if jax and (cell, kind) == ("lstm", "float32"):
        found["jax, jitted"] = jax_lstm(jax, x, dh, Wx, Wh)
        agree([found["bplib"]()[3]], [found["jax, jitted"]()[1]], tolerance)
    return found


def floor(x, dh, Wx, Wh):
    """The matrix products that cannot be done without, into memory that is already there."""
    dtype, width = x.dtype, Wx.shape[1]
    steps, WhT = x.reshape(T * N, D), np.ascontiguousarray(Wh.T)
    z, dx = np.empty((T * N, width), dtype), np.empty((T * N, D), dtype)
    dz = np.random.default_rng(1).normal(size=(T, N, width)).astype(dtype)
    step, carry = np.empty((N, width), dtype), np.empty((N, H), dtype)
    dWx, dWh = np.empty((D, width), dtype), np.empty((H, width), dtype)
    rows, states = dz.reshape(T * N, width), dh.reshape(T * N, H)

    def products():
        np.dot(steps, Wx, out=z)
        for t in range(T):
            np.dot(dh[t], Wh, out=step)
        for t in range(T):
            np.dot(dz[t], WhT, out=carry)
        np.dot(steps.T, rows, out=dWx)
        np.dot(states.T, rows, out=dWh)
        np.dot(rows, Wx.T, out=dx)
    return products


def torch_pass(torch, cell, x, dh, Wx, Wh):
    """PyTorch's own layer, eager, time first as it likes it best."""
    layer = getattr(torch.nn, cell.upper())(D, H, dtype=getattr(torch, x.dtype.name))
    if cell == "lstm":  # theirs: input, forget, candidate, output
        order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]
        Wx, Wh = Wx[:, order], Wh[:, order]
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(Wx.T.copy()))
        layer.weight_hh_l0.copy_(torch.tensor(Wh.T.copy()))
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
    steps, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dh)

    def both():
        layer.zero_grad()
        steps.grad = None
        out, _ = layer(steps)
        out.backward(upstream)
        return out.detach().numpy()
    return both


def jax_lstm(jax, x, dh, Wx, Wh):
    """The same LSTM as a scan, compiled; gradients by JAX."""
    np_ = jax.numpy
    zeros = np_.zeros((N, H), x.dtype)

    def loss(x, Wx, Wh, b):
        def step(carry, x_t):
            h, c = carry
            z = x_t @ Wx + h @ Wh + b
            i, f, o = (jax.nn.sigmoid(part) for part in np_.split(z[:, : 3 * H], 3, axis=1))
            c = f * c + i * np_.tanh(z[:, 3 * H :])
            h = o * np_.tanh(c)
            return (h, c), h
        _, states = jax.lax.scan(step, (zeros, zeros), x)
        return (states * dh).sum()

    gradients = jax.jit(jax.grad(loss, argnums=(0, 1, 2, 3)))
    arguments = [np_.asarray(array) for array in (x, Wx, Wh, np.zeros(4 * H, x.dtype))]
    return lambda: jax.block_until_ready(gradients(*arguments))
