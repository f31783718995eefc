"""Networks that read step by step and keep what matters behind gates: LSTM and GRU (lesson 14).

The sequence pairs only thread the step pairs through time, as in lesson 13; all that is new
stands in the steps. Fast versions, tested equal to these, lie in `bplib.fast_recurrent`.
"""

import numpy as np

from bplib.shapes import check_steps, float_arrays, upstream


def _gate(z):
    """Sigmoid by way of tanh, which cannot overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
    """One step of an LSTM: a cell c that is added to, and three gates that guard it.

    `z = x Wx + h_prev Wh + b`, cut into four: i, f, o = sigmoid of the first three, g = tanh of the
    last; `c = f * c_prev + i * g`, `h = o * tanh(c)`.
    x (N, D), h_prev and c_prev (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,), columns in the order input,
    forget, output, candidate -> h (N, H), c (N, H), cache.
    Raises ValueError for shapes that do not fit. Source: Hochreiter and Schmidhuber 1997, Long
    short-term memory; the forget gate from Gers, Schmidhuber and Cummins 2000, Learning to forget.

    >>> zeros = np.zeros((1, 4))
    >>> h, c, cache = lstm_step_forward([[1.0]], [[0.0]], [[2.0]], zeros, zeros, zeros[0])
    >>> float(c.item()), round(float(h.item()), 4)
    (1.0, 0.3808)
    """
    x, h_prev, c_prev, Wx, Wh, b = float_arrays(
        x=(x, "N D"), h_prev=(h_prev, "N H"), c_prev=(c_prev, "N H"),
        Wx=(Wx, "D 4H"), Wh=(Wh, "H 4H"), b=(b, "4H"),
    )  # fmt: skip
    zi, zf, zo, zg = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
    i, f, o, g = _gate(zi), _gate(zf), _gate(zo), np.tanh(zg)
    c = f * c_prev + i * g
    tanh_c = np.tanh(c)
    return o * tanh_c, c, (x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dh, dc, cache):
    """Backward of `lstm_step_forward`.

    The cell is used twice, by h here and by the next step, so its blames add up:
    `dc_total = dc + dh * o * (1 - tanh(c)**2)`; the gates take theirs from there.
    dh (N, H), dc (N, H), what the next step sends to the cell
    -> dx (N, D), dh_prev (N, H), dc_prev (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    Raises ValueError when dh or dc has not the shape of h.

    >>> zeros = np.zeros((1, 4))
    >>> _, _, cache = lstm_step_forward([[1.0]], [[0.0]], [[2.0]], zeros, zeros, zeros[0])
    >>> dx, dh_prev, dc_prev, dWx, dWh, db = lstm_step_backward([[0.0]], [[4.0]], cache)
    >>> dc_prev, db
    (array([[2.]]), array([0., 2., 0., 2.]))
    """
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = cache
    dh = upstream("dh", dh, tanh_c.shape, of="h")
    dc = upstream("dc", dc, tanh_c.shape, of="c")
    dc_total = dc + dh * o * (1 - tanh_c * tanh_c)
    dzi = dc_total * g * i * (1 - i)
    dzf = dc_total * c_prev * f * (1 - f)
    dzo = dh * tanh_c * o * (1 - o)
    dzg = dc_total * i * (1 - g * g)
    dz = np.concatenate([dzi, dzf, dzo, dzg], axis=1)
    return dz @ Wx.T, dz @ Wh.T, dc_total * f, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    """Run the LSTM step over a sequence, the cell starting at 0.

    x (N, T, D), h0 (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> h (N, T, H), cache (the step caches).
    Raises ValueError for shapes that do not fit or a sequence without steps.

    >>> h, cache = lstm_forward(np.ones((1, 2, 1)), [[0.0]], [[0, 0, 0, 2]], [[0] * 4], [0] * 4)
    >>> h.round(3)
    array([[[0.224],
            [0.309]]])
    """
    x, h, Wx, Wh, b = float_arrays(
        x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D 4H"), Wh=(Wh, "H 4H"), b=(b, "4H")
    )
    check_steps(x)
    c = np.zeros_like(h)
    states, cache = [], []
    for t in range(x.shape[1]):
        h, c, step_cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        cache.append(step_cache)
    return np.stack(states, axis=1), cache


def lstm_backward(dh, cache):
    """Backpropagation through time for the LSTM: two carries travel back, one of h and one of c.

    dh (N, T, H), the upstream gradient of each step
    -> dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    Raises ValueError when dh has not the shape of h.

    >>> h, cache = lstm_forward(np.ones((1, 2, 1)), [[0.0]], [[0, 0, 0, 2]], [[0] * 4], [0] * 4)
    >>> dx, dh0, dWx, dWh, db = lstm_backward([[[0.0], [1.0]]], cache)
    >>> dx.round(4).ravel()
    array([0.0109, 0.0218])
    """
    N, H = cache[0][1].shape
    dh = upstream("dh", dh, (N, len(cache), H), of="h")
    carry = dc = np.zeros((N, H), dh.dtype)
    dx, shares = [], [0.0, 0.0, 0.0]
    for t in reversed(range(len(cache))):
        dx_t, carry, dc, *step_shares = lstm_step_backward(dh[:, t] + carry, dc, cache[t])
        dx.append(dx_t)
        shares = [total + share for total, share in zip(shares, step_shares, strict=True)]
    return np.stack(dx[::-1], axis=1), carry, *shares


def gru_step_forward(x, h_prev, Wx, Wh, b):
    """One step of a GRU: the new state is a blend of the old one and a candidate.

    With `zx = x Wx + b` and `zh = h_prev Wh`, each cut into three, `r = sigmoid(zxr + zhr)`,
    `z = sigmoid(zxz + zhz)`, `n = tanh(zxn + r * zhn)`, `h = (1 - z) * n + z * h_prev`.
    The reset gate acts after the product with Wh; acting before it makes another function.
    x (N, D), h_prev (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,), columns in the order reset, update,
    candidate -> h (N, H), cache. Raises ValueError for shapes that do not fit.
    Source: Cho et al. 2014, Learning phrase representations using RNN encoder-decoder, 2.3.

    >>> zeros = np.zeros((1, 3))
    >>> h, cache = gru_step_forward([[1.0]], [[2.0]], zeros, zeros, zeros[0])
    >>> h
    array([[1.]])
    """
    x, h_prev, Wx, Wh, b = float_arrays(
        x=(x, "N D"), h_prev=(h_prev, "N H"), Wx=(Wx, "D 3H"), Wh=(Wh, "H 3H"), b=(b, "3H")
    )
    zxr, zxz, zxn = np.split(x @ Wx + b, 3, axis=1)
    zhr, zhz, zhn = np.split(h_prev @ Wh, 3, axis=1)
    r, z = _gate(zxr + zhr), _gate(zxz + zhz)
    n = np.tanh(zxn + r * zhn)
    h = (1 - z) * n + z * h_prev
    return h, (x, h_prev, Wx, Wh, r, z, n, zhn)


def gru_step_backward(dh, cache):
    """Backward of `gru_step_forward`: h_prev is used in the blend and in all three products.

    `dn = dh * (1 - z)`, `dz = dh * (h_prev - n)`, then through tanh and the sigmoids; Wx and Wh see
    different blames in their last third, because r stands between the candidate and `h_prev Wh`.
    dh (N, H) -> dx (N, D), dh_prev (N, H), dWx (D, 3H), dWh (H, 3H), db (3H,).
    Raises ValueError when dh has not the shape of h.

    >>> zeros = np.zeros((1, 3))
    >>> _, cache = gru_step_forward([[1.0]], [[2.0]], zeros, zeros, zeros[0])
    >>> dx, dh_prev, dWx, dWh, db = gru_step_backward([[4.0]], cache)
    >>> dh_prev, db
    (array([[2.]]), array([0., 2., 2.]))
    """
    x, h_prev, Wx, Wh, r, z, n, zhn = cache
    dh = upstream("dh", dh, h_prev.shape, of="h")
    dzn = dh * (1 - z) * (1 - n * n)
    dzz = dh * (h_prev - n) * z * (1 - z)
    dzr = dzn * zhn * r * (1 - r)
    dzx = np.concatenate([dzr, dzz, dzn], axis=1)
    dzh = np.concatenate([dzr, dzz, dzn * r], axis=1)
    return dzx @ Wx.T, dh * z + dzh @ Wh.T, x.T @ dzx, h_prev.T @ dzh, dzx.sum(axis=0)


def gru_forward(x, h0, Wx, Wh, b):
    """Run the GRU step over a sequence.

    x (N, T, D), h0 (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,) -> h (N, T, H), cache (the step caches).
    Raises ValueError for shapes that do not fit or a sequence without steps.

    >>> h, cache = gru_forward(np.ones((1, 2, 1)), [[8.0]], [[0] * 3], [[0] * 3], [0] * 3)
    >>> h.ravel()
    array([4., 2.])
    """
    x, h, Wx, Wh, b = float_arrays(
        x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D 3H"), Wh=(Wh, "H 3H"), b=(b, "3H")
    )
    check_steps(x)
    states, cache = [], []
    for t in range(x.shape[1]):
        h, step_cache = gru_step_forward(x[:, t], h, Wx, Wh, b)
        states.append(h)
        cache.append(step_cache)
    return np.stack(states, axis=1), cache


def gru_backward(dh, cache):
    """Backpropagation through time for the GRU.

    dh (N, T, H), the upstream gradient of each step
    -> dx (N, T, D), dh0 (N, H), dWx (D, 3H), dWh (H, 3H), db (3H,).
    Raises ValueError when dh has not the shape of h.

    >>> _, cache = gru_forward(np.ones((1, 2, 1)), [[8.0]], [[0] * 3], [[0] * 3], [0] * 3)
    >>> gru_backward([[[0.0], [8.0]]], cache)[1]
    array([[2.]])
    """
    N, H = cache[0][1].shape
    dh = upstream("dh", dh, (N, len(cache), H), of="h")
    dx, carry, shares = [], 0.0, [0.0, 0.0, 0.0]
    for t in reversed(range(len(cache))):
        dx_t, carry, *step_shares = gru_step_backward(dh[:, t] + carry, cache[t])
        dx.append(dx_t)
        shares = [total + share for total, share in zip(shares, step_shares, strict=True)]
    return np.stack(dx[::-1], axis=1), carry, *shares
