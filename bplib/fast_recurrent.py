"""The sequence pairs of lessons 13 and 14 once more, for speed: same arguments, same results.

What a step need not wait for leaves the loop: the input's product for all steps before it, the
weights' gradients for all steps after it. Gates lie one after the other (G, T, N, H), not side by
side, so that each is one contiguous block, and `sigmoid(z) = 0.5 + 0.5 * tanh(z / 2)`, the half
folded into the weights, lets one tanh serve all gates of a step. `bplib.recurrent` and
`bplib.gated` say what is computed, `benchmarks/` what this gains. The h returned is a
read-only view of what the cache keeps.
"""

import numpy as np

from bplib.shapes import check_steps, float_arrays, upstream


def fast_rnn_forward(x, h0, Wx, Wh, b):
    """As `bplib.recurrent.rnn_forward`: x (N, T, D), h0 (N, H) -> h (N, T, H), a cache of its own.

    >>> h, cache = fast_rnn_forward(np.ones((1, 2, 1)), [[0.0]], [[1.0]], [[-1.0]], [0.0])
    >>> h.round(3).ravel()
    array([0.762, 0.234])
    """
    z, steps, states, Wxg, Whg = _start(x, h0, Wx, Wh, b, gates=1, halved=0)
    product = np.empty_like(states[0])
    for t, h in enumerate(z[0]):  # h begins as what the input says and becomes the state in place
        h += np.dot(states[t], Whg[0], out=product)
        np.tanh(h, out=h)
    return _outputs(states), (steps, states, Wxg, Whg)


def fast_rnn_backward(dh, cache):
    """As `bplib.recurrent.rnn_backward`: dh (N, T, H) -> dx, dh0, dWx, dWh, db.

    >>> _, cache = fast_rnn_forward(np.zeros((1, 3, 1)), [[0.0]], [[1.0]], [[0.5]], [0.0])
    >>> fast_rnn_backward([[[0.0], [0.0], [8.0]]], cache)[0].ravel()
    array([2., 4., 8.])
    """
    steps, states, Wxg, Whg = cache
    dh, WhT, carry = _start_back(dh, states, Whg)
    dz, dh_t = np.empty((1, *dh.shape), dh.dtype), np.empty_like(carry)
    np.multiply(states[1:], states[1:], out=dz[0])
    np.subtract(1, dz, out=dz)  # the slopes of all steps, ready for what comes back
    for t in reversed(range(len(dh))):
        dz[0, t] *= np.add(dh[t], carry, out=dh_t)
        np.dot(dz[0, t], WhT[0], out=carry)
    return _finish(dz, dz, steps, states, Wxg, carry)


def fast_lstm_forward(x, h0, Wx, Wh, b):
    """As `bplib.gated.lstm_forward`: x (N, T, D), h0 (N, H) -> h (N, T, H), a cache of its own.

    >>> h, cache = fast_lstm_forward(np.ones((1, 2, 1)), [[0]], [[0, 0, 0, 2]], [[0] * 4], [0] * 4)
    >>> h.round(3).ravel()
    array([0.224, 0.309])
    """
    z, steps, states, Wxg, Whg = _start(x, h0, Wx, Wh, b, gates=4, halved=3)
    cells = np.zeros_like(states)
    tanh_cells = np.empty_like(states[1:])
    product, fresh = np.empty_like(z[:, 0]), np.empty_like(states[0])
    Wh = _halved(Whg, 3)
    for t in range(z.shape[1]):
        gates, c = z[:, t], cells[t + 1]
        gates += np.matmul(states[t], Wh, out=product)
        np.tanh(gates, out=gates)
        gates[:3] *= 0.5
        gates[:3] += 0.5
        i, f, o, g = gates
        np.multiply(f, cells[t], out=c)
        c += np.multiply(i, g, out=fresh)
        np.tanh(c, out=tanh_cells[t])
        np.multiply(o, tanh_cells[t], out=states[t + 1])
    return _outputs(states), (steps, states, Wxg, Whg, z, cells, tanh_cells)


def fast_lstm_backward(dh, cache):
    """As `bplib.gated.lstm_backward`: dh (N, T, H) -> dx, dh0, dWx, dWh, db.

    >>> _, cache = fast_lstm_forward(np.ones((1, 2, 1)), [[0]], [[0, 0, 0, 2]], [[0] * 4], [0] * 4)
    >>> fast_lstm_backward([[[0.0], [1.0]]], cache)[0].round(4).ravel()
    array([0.0109, 0.0218])
    """
    steps, states, Wxg, Whg, z, cells, tanh_cells = cache
    dh, WhT, carry = _start_back(dh, states, Whg)
    dz = np.empty((4, *dh.shape), dh.dtype)
    dc, dh_t, work = np.zeros_like(carry), np.empty_like(carry), np.empty_like(carry)
    slopes, shares = np.empty_like(dz[:3, 0]), np.empty_like(dz[:, 0])
    for t in reversed(range(len(dh))):
        (i, f, o, g), tanh_c = z[:, t], tanh_cells[t]
        dzi, dzf, dzo, dzg = dz[:, t]
        np.add(dh[t], carry, out=dh_t)
        np.multiply(dh_t, tanh_c, out=dzo)
        dc += _times_tanh_slope(np.multiply(dh_t, o, out=dh_t), tanh_c, work)
        np.multiply(dc, g, out=dzi)
        np.multiply(dc, cells[t], out=dzf)
        np.multiply(dc, i, out=dzg)
        np.multiply(z[:3, t], z[:3, t], out=slopes)
        dz[:3, t] *= np.subtract(z[:3, t], slopes, out=slopes)
        _times_tanh_slope(dzg, g, work)
        dc *= f
        np.add.reduce(np.matmul(dz[:, t], WhT, out=shares), axis=0, out=carry)
    return _finish(dz, dz, steps, states, Wxg, carry)


def fast_gru_forward(x, h0, Wx, Wh, b):
    """As `bplib.gated.gru_forward`: x (N, T, D), h0 (N, H) -> h (N, T, H), a cache of its own.

    >>> h, cache = fast_gru_forward(np.ones((1, 2, 1)), [[8]], [[0] * 3], [[0] * 3], [0] * 3)
    >>> h.ravel()
    array([4., 2.])
    """
    gates, steps, states, Wxg, Whg = _start(x, h0, Wx, Wh, b, gates=3, halved=2)
    hidden = np.empty_like(states[1:])  # what h_prev says to the candidate, before the reset
    product = np.empty_like(gates[:, 0])
    Wh = _halved(Whg, 2)
    for t in range(gates.shape[1]):
        np.matmul(states[t], Wh, out=product)
        opened, n, h = gates[:2, t], gates[2, t], states[t + 1]
        opened += product[:2]
        np.tanh(opened, out=opened)
        opened *= 0.5
        opened += 0.5
        r, z = opened
        hidden[t] = product[2]
        n += np.multiply(r, hidden[t], out=h)
        np.tanh(n, out=n)
        np.subtract(states[t], n, out=h)  # h = n + z * (h_prev - n)
        h *= z
        h += n
    return _outputs(states), (steps, states, Wxg, Whg, gates, hidden)


def fast_gru_backward(dh, cache):
    """As `bplib.gated.gru_backward`: dh (N, T, H) -> dx, dh0, dWx, dWh, db.

    >>> _, cache = fast_gru_forward(np.ones((1, 2, 1)), [[8]], [[0] * 3], [[0] * 3], [0] * 3)
    >>> fast_gru_backward([[[0.0], [8.0]]], cache)[1]
    array([[2.]])
    """
    steps, states, Wxg, Whg, gates, hidden = cache
    dh, WhT, carry = _start_back(dh, states, Whg)
    dzx = np.empty((3, *dh.shape), dh.dtype)
    dzh_n = np.empty_like(dh)  # the one third in which Wh sees another blame than Wx
    dh_t, work = np.empty_like(carry), np.empty_like(carry)
    slopes, shares = np.empty_like(dzx[:2, 0]), np.empty_like(dzx[:, 0])
    for t in reversed(range(len(dh))):
        (r, z, n), (dzr, dzz, dzn) = gates[:, t], dzx[:, t]
        np.add(dh[t], carry, out=dh_t)
        np.subtract(states[t], n, out=dzz)
        dzz *= dh_t
        np.multiply(dh_t, z, out=carry)
        np.subtract(dh_t, carry, out=dzn)
        _times_tanh_slope(dzn, n, work)
        np.multiply(dzn, hidden[t], out=dzr)
        np.multiply(gates[:2, t], gates[:2, t], out=slopes)
        dzx[:2, t] *= np.subtract(gates[:2, t], slopes, out=slopes)
        np.multiply(dzn, r, out=dzh_n[t])
        np.matmul(dzx[:2, t], WhT[:2], out=shares[:2])
        np.matmul(dzh_n[t], WhT[2], out=shares[2])
        carry += np.add.reduce(shares, axis=0, out=work)
    return _finish(dzx, [dzx[0], dzx[1], dzh_n], steps, states, Wxg, carry)


def _start(x, h0, Wx, Wh, b, gates, halved):
    """Check the arguments, go time-major and gate-major, multiply the input for all steps."""
    wide = f"{gates}H" if gates > 1 else "H"
    x, h0, Wx, Wh, b = float_arrays(
        x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, f"D {wide}"), Wh=(Wh, f"H {wide}"), b=(b, wide)
    )
    check_steps(x)
    (N, T, D), H = x.shape, h0.shape[1]
    steps = np.ascontiguousarray(x.transpose(1, 0, 2)).reshape(T * N, D)
    Wxg, Whg = _by_gate(Wx, gates), _by_gate(Wh, gates)
    states = np.empty((T + 1, N, H), Wx.dtype)
    states[0] = h0
    # Without gates, what the input says to a step lies where that step's state will be.
    z = states[np.newaxis, 1:] if gates == 1 else np.empty((gates, T, N, H), Wx.dtype)
    rows = np.matmul(steps, _halved(Wxg, halved), out=z.reshape(gates, T * N, H))
    rows += _halved(b.reshape(gates, 1, H), halved)
    return z, steps, states, Wxg, Whg


def _start_back(dh, states, Whg):
    """Check dh; return it time-major, Wh transposed gate by gate, and an empty carry."""
    T, N, H = states[1:].shape
    dh = upstream("dh", dh, (N, T, H), of="h").transpose(1, 0, 2)
    dtype = np.result_type(dh, states)
    WhT = np.ascontiguousarray(Whg.transpose(0, 2, 1))
    return dh.astype(dtype, copy=False), WhT, np.zeros((N, H), dtype)


def _finish(dzx, dzh, steps, states, Wxg, dh0):
    """The products that could wait: dx, dWx, dWh and db from the blames of all steps at once."""
    gates, T, N, H = dzx.shape
    rows = dzx.reshape(gates, T * N, H)
    dx = rows[0] @ Wxg[0].T
    for gate in range(1, gates):
        dx += rows[gate] @ Wxg[gate].T
    before = states[:-1].reshape(T * N, H).T
    dWx = np.concatenate([steps.T @ gate for gate in rows], axis=1)
    dWh = np.concatenate([before @ gate.reshape(T * N, H) for gate in dzh], axis=1)
    db = (np.ones(T * N, rows.dtype) @ rows).reshape(-1)  # a sum over rows, faster than sum
    return dx.reshape(T, N, -1).transpose(1, 0, 2), dh0, dWx, dWh, db


def _by_gate(W, gates):
    """(D, G * H) to (G, D, H), each gate contiguous."""
    return np.ascontiguousarray(W.reshape(len(W), gates, -1).transpose(1, 0, 2))


def _halved(Wg, count):
    """A copy with the first `count` gates, the sigmoids, halved."""
    scale = np.ones((len(Wg), 1, 1), Wg.dtype)
    scale[:count] = 0.5
    return Wg * scale


def _times_tanh_slope(grad, out, work):
    """Multiply `grad` in place by `1 - out**2`."""
    np.multiply(out, out, out=work)
    grad *= np.subtract(1, work, out=work)
    return grad


def _outputs(states):
    """The states after the first, (T + 1, N, H), as h (N, T, H): a view that cannot be written to.

    A copy would cost a tenth of a plain network's forward pass; the cache needs these numbers kept.
    """
    h = states[1:].transpose(1, 0, 2)
    h.flags.writeable = False
    return h
