"""Right answers of lesson 14 that look different: other caches, other products, loops."""

import math

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))


# --- LSTM step: a slice for each gate, a dict for a cache ----------------------------------------


def lstm_by_slices(x, h_prev, c_prev, Wx, Wh, b):
    H = h_prev.shape[1]
    z = np.einsum("nd,dk->nk", x, Wx) + np.einsum("nh,hk->nk", h_prev, Wh) + b
    i, f = sigmoid(z[:, :H]), sigmoid(z[:, H : 2 * H])
    o, g = sigmoid(z[:, 2 * H : 3 * H]), np.tanh(z[:, 3 * H :])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    cache = {"x": x, "h": h_prev, "c": c_prev, "Wx": Wx, "Wh": Wh, "gates": (i, f, o, g), "new": c}
    return h, c, cache


def lstm_back_by_slices(dh, dc, cache):
    i, f, o, g = cache["gates"]
    x, h, H = cache["x"], cache["h"], cache["h"].shape[1]
    dcell = dh * o / np.cosh(cache["new"]) ** 2 + dc
    blames = {
        0: dcell * g * (i - i**2), 1: dcell * cache["c"] * (f - f**2),
        2: dh * np.tanh(cache["new"]) * (o - o**2), 3: dcell * i * (1 - g) * (1 + g),
    }  # fmt: skip
    dx, dh_prev = np.zeros(x.shape), np.zeros(h.shape)
    dWx, dWh = np.zeros(cache["Wx"].shape), np.zeros(cache["Wh"].shape)
    db = np.zeros(4 * H)
    for k, blame in blames.items():
        columns = slice(k * H, (k + 1) * H)
        dx += blame @ cache["Wx"][:, columns].T
        dh_prev += blame @ cache["Wh"][:, columns].T
        dWx[:, columns] = np.einsum("nd,nh->dh", x, blame)
        dWh[:, columns] = np.einsum("nd,nh->dh", h, blame)
        db[columns] = blame.sum(0)
    return [dx, dh_prev, f * dcell, dWx, dWh, db]


# --- LSTM step: one concatenated weight matrix, as many books have it ----------------------------


def lstm_concatenated(x, h_prev, c_prev, Wx, Wh, b):
    both, W = np.hstack([x, h_prev]), np.vstack([Wx, Wh])
    z = both @ W + b[None, :]
    H = len(Wh)
    gates = 0.5 * (1 + np.tanh(z[:, : 3 * H] / 2))
    g = np.tanh(z[:, 3 * H :])
    i, f, o = gates[:, :H], gates[:, H:-H], gates[:, -H:]
    c = np.multiply(f, c_prev) + np.multiply(i, g)
    return np.multiply(o, np.tanh(c)), c, [both, W, c_prev, gates, g, c, x.shape[1]]


def lstm_back_concatenated(dh, dc, cache):
    both, W, c_prev, gates, g, c, D = cache
    H = g.shape[1]
    i, f, o = np.hsplit(gates, 3)
    total = np.array(dc, dtype=float)
    total += dh * o * (1 - np.tanh(c) ** 2)
    before = np.hstack([total * g, total * c_prev, dh * np.tanh(c)]) * gates * (1 - gates)
    dz = np.hstack([before, total * i * (1 - g**2)])
    dboth, dW = np.dot(dz, W.T), np.dot(both.T, dz)
    assert dz.shape[1] == 4 * H
    return dboth[:, :D], dboth[:, D:], total * f, dW[:D], dW[D:], np.ones(len(dz)) @ dz


# --- LSTM step: number by number -----------------------------------------------------------------


def lstm_by_loops(x, h_prev, c_prev, Wx, Wh, b):
    def squash(z):
        return 1 / (1 + math.exp(-z)) if z > -700 else 0.0

    (N, D), H = x.shape, h_prev.shape[1]
    h, c, kept = np.zeros((N, H)), np.zeros((N, H)), {}
    for n in range(N):
        for k in range(H):
            z = [b[q * H + k] + sum(x[n, d] * Wx[d, q * H + k] for d in range(D))
                 + sum(h_prev[n, j] * Wh[j, q * H + k] for j in range(H)) for q in range(4)]
            i, f, o, g = squash(z[0]), squash(z[1]), squash(z[2]), math.tanh(z[3])
            c[n, k] = f * c_prev[n, k] + i * g
            h[n, k] = o * math.tanh(c[n, k])
            kept[n, k] = i, f, o, g, math.tanh(c[n, k])
    return h.tolist(), c.tolist(), (kept, x, h_prev, c_prev, Wx, Wh)


def lstm_back_by_loops(dh, dc, cache):
    kept, x, h_prev, c_prev, Wx, Wh = cache
    (N, D), H = x.shape, h_prev.shape[1]
    dx, dh_prev, dc_prev = np.zeros((N, D)), np.zeros((N, H)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, 4 * H)), np.zeros((H, 4 * H)), np.zeros(4 * H)
    for (n, k), (i, f, o, g, u) in kept.items():
        cell = dc[n][k] + dh[n][k] * o * (1 - u * u)
        dc_prev[n, k] = cell * f
        blames = (cell * g * i * (1 - i), cell * c_prev[n, k] * f * (1 - f),
                  dh[n][k] * u * o * (1 - o), cell * i * (1 - g * g))
        for q, blame in enumerate(blames):
            column = q * H + k
            db[column] += blame
            dWx[:, column] += blame * x[n]
            dWh[:, column] += blame * h_prev[n]
            dx[n] += blame * Wx[:, column]
            dh_prev[n] += blame * Wh[:, column]
    return dx, dh_prev, dc_prev, dWx, dWh, list(db)


# --- LSTM step: nothing kept but the inputs, all computed again ----------------------------------


def lstm_with_exponentials(x, h_prev, c_prev, Wx, Wh, b):
    with np.errstate(over="ignore"):
        i, f, o, g = np.split(b + h_prev @ Wh + x @ Wx, 4, axis=-1)
        i, f, o = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
    c = i * np.tanh(g) + c_prev * f
    return o * np.tanh(c), c, (x, h_prev, c_prev, Wx, Wh, b)


def lstm_back_recomputed(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, b = cache
    z = (x @ Wx + h_prev @ Wh + b).reshape(len(x), 4, -1).transpose(1, 0, 2)
    (i, f, o), g = sigmoid(z[:3]), np.tanh(z[3])
    h = np.tanh(f * c_prev + i * g)
    cell = dc + dh * o * (1 - h**2)
    dz = np.stack([cell * g * i * (1 - i), cell * c_prev * f * (1 - f),
                   dh * h * o * (1 - o), cell * i * (1 - g**2)], axis=1)
    flat = dz.reshape(len(x), -1)
    return (np.einsum("nk,dk->nd", flat, Wx), np.einsum("nk,dk->nd", flat, Wh), cell * f,
            np.asfortranarray(x.T @ flat), (flat.T @ h_prev).T, flat.sum(axis=0))  # fmt: skip


# --- A forward that is not the agreed one, and a backward that is right for it -------------------


def lstm_of_1997(x, h_prev, c_prev, Wx, Wh, b):
    zi, _, zo, zg = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
    i, o, g = sigmoid(zi), sigmoid(zo), np.tanh(zg)
    c = c_prev + i * g
    return o * np.tanh(c), c, (x, h_prev, Wx, Wh, i, o, g, c)


def lstm_of_1997_back(dh, dc, cache):
    x, h_prev, Wx, Wh, i, o, g, c = cache
    cell = dc + dh * o * (1 - np.tanh(c) ** 2)
    dz = np.hstack([cell * g * i * (1 - i), np.zeros(c.shape), dh * np.tanh(c) * o * (1 - o),
                    cell * i * (1 - g**2)])
    return dz @ Wx.T, dz @ Wh.T, cell, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


# --- A whole sequence ----------------------------------------------------------------------------


def lstm_unrolled(x, h0, Wx, Wh, b):
    """One flat array of states filled step by step; the cache holds dicts."""
    N, T, _ = x.shape
    h, out, kept = np.array(h0, dtype=float), np.zeros((N, T, len(Wh))), []
    c = np.zeros(h.shape)
    for t in range(T):
        h, c, step = lstm_by_slices(np.asarray(x)[:, t, :], h, c, Wx, Wh, b)
        out[:, t, :] = h
        kept.append(step)
    return out, kept


def lstm_unrolled_back(dh, kept):
    N, T, H = dh.shape
    dx, carry, dc = [None] * T, np.zeros((N, H)), np.zeros((N, H))
    totals = [0, 0, 0]
    for t in range(T - 1, -1, -1):
        dx[t], carry, dc, *shares = lstm_back_by_slices(dh[:, t] + carry, dc, kept[t])
        totals = [a + s for a, s in zip(totals, shares, strict=True)]
    return (np.array(dx).swapaxes(0, 1), carry, *totals)


def lstm_at_once(x, h0, Wx, Wh, b):
    """The input's product for all steps at once; everything kept in arrays of (T, N, H)."""
    N, T, D = x.shape
    H = len(Wh)
    before = (x.reshape(N * T, D) @ Wx + b).reshape(N, T, 4, H)
    states, cells, gates = [np.asarray(h0)], [np.zeros((N, H))], []
    for t in range(T):
        z = before[:, t] + (states[-1] @ Wh).reshape(N, 4, H)
        i, f, o, g = *np.moveaxis(sigmoid(z[:, :3]), 1, 0), np.tanh(z[:, 3])
        cells.append(f * cells[-1] + i * g)
        states.append(o * np.tanh(cells[-1]))
        gates.append((i, f, o, g))
    return np.stack(states[1:], 1), (x, Wx, Wh, states, cells, gates)


def lstm_at_once_back(dh, cache):
    x, Wx, Wh, states, cells, gates = cache
    N, T, H = dh.shape
    dz, dstate, dcell = np.empty((N, T, 4 * H)), 0, 0
    for t in range(T)[::-1]:
        i, f, o, g = gates[t]
        total, u = dh[:, t] + dstate, np.tanh(cells[t + 1])
        cell = dcell + total * o * (1 - u * u)
        dz[:, t] = np.hstack([cell * g * i * (1 - i), cell * cells[t] * f * (1 - f),
                              total * u * o * (1 - o), cell * i * (1 - g * g)])
        dcell, dstate = cell * f, dz[:, t] @ Wh.T
    before = np.stack(states[:-1], axis=1)
    return (dz @ Wx.T, dstate, np.einsum("ntd,ntk->dk", x, dz),
            np.tensordot(before, dz, ([0, 1], [0, 1])), dz.sum((0, 1)))  # fmt: skip


# --- GRU step ------------------------------------------------------------------------------------


def gru_by_slices(x, h_prev, Wx, Wh, b):
    H = h_prev.shape[1]
    first, last = slice(0, 2 * H), slice(2 * H, None)
    gates = sigmoid(x @ Wx[:, first] + h_prev @ Wh[:, first] + b[first])
    r, z = gates[:, :H], gates[:, H:]
    inner = h_prev @ Wh[:, last]
    n = np.tanh(np.einsum("nd,dh->nh", x, Wx[:, last]) + b[last] + r * inner)
    cache = {"r": r, "z": z, "n": n, "inner": inner, "x": x, "h": h_prev, "Wx": Wx, "Wh": Wh}
    return n + z * (h_prev - n), cache


def gru_back_by_slices(dh, cache):
    r, z, n, inner, x, h, Wx, Wh = cache.values()
    H = h.shape[1]
    dn = dh * (1 - z) / np.cosh(np.arctanh(n)) ** 2
    dz, dr = dh * (h - n) * (z - z * z), dn * inner * (r - r * r)
    dh_prev = (dh * z + dr @ Wh[:, :H].T + dz @ Wh[:, H : 2 * H].T + (dn * r) @ Wh[:, 2 * H :].T)
    dx = dr @ Wx[:, :H].T + dz @ Wx[:, H : 2 * H].T + dn @ Wx[:, 2 * H :].T
    dWx = np.concatenate([x.T @ dr, x.T @ dz, x.T @ dn], axis=1)
    dWh = np.concatenate([h.T @ dr, h.T @ dz, h.T @ (dn * r)], axis=1)
    return [dx, dh_prev, dWx, dWh, np.concatenate([dr.sum(0), dz.sum(0), dn.sum(0)])]


def gru_by_loops(x, h_prev, Wx, Wh, b):
    N, H = h_prev.shape
    h, kept = np.zeros((N, H)), []
    for n in range(N):
        zx = [sum(x[n] * Wx[:, k]) + b[k] for k in range(3 * H)]
        zh = [sum(h_prev[n] * Wh[:, k]) for k in range(3 * H)]
        for k in range(H):
            r, z = (0.5 + 0.5 * math.tanh(0.5 * (zx[q + k] + zh[q + k])) for q in (0, H))
            new = math.tanh(zx[2 * H + k] + r * zh[2 * H + k])
            h[n, k] = new - z * new + z * h_prev[n, k]
            kept.append((n, k, r, z, new, zh[2 * H + k]))
    return h.tolist(), (kept, x, h_prev, Wx, Wh)


def gru_back_by_loops(dh, cache):
    kept, x, h_prev, Wx, Wh = cache
    H = h_prev.shape[1]
    dx, dh_prev = np.zeros(x.shape), np.zeros(h_prev.shape)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(3 * H)
    for n, k, r, z, new, inner in kept:
        d = float(dh[n][k])
        dnew = d * (1 - z) * (1 - new * new)
        dz, dr = d * (h_prev[n, k] - new) * z * (1 - z), dnew * inner * r * (1 - r)
        dh_prev[n, k] += d * z
        for column, seen, inside in ((k, dr, dr), (H + k, dz, dz), (2 * H + k, dnew, dnew * r)):
            dx[n] += seen * Wx[:, column]
            dWx[:, column] += seen * x[n]
            db[column] += seen
            dh_prev[n] += inside * Wh[:, column]
            dWh[:, column] += inside * h_prev[n]
    return dx, dh_prev, dWx, dWh, db


def gru_from_inputs(x, h_prev, Wx, Wh, b):
    zx, zh = np.hsplit(x @ Wx + b, 3), np.hsplit(h_prev @ Wh, 3)
    keep = sigmoid(-(zx[1] + zh[1]))  # 1 - z
    n = np.tanh(zx[2] + sigmoid(zx[0] + zh[0]) * zh[2])
    return keep * n + (1 - keep) * h_prev, (x, h_prev, Wx, Wh, b)


def gru_back_from_inputs(dh, cache):
    x, h_prev, Wx, Wh, b = cache
    zx = (x @ Wx + b).reshape(len(x), 3, -1)
    zh = (h_prev @ Wh).reshape(len(x), 3, -1)
    r, z = sigmoid(zx[:, 0] + zh[:, 0]), sigmoid(zx[:, 1] + zh[:, 1])
    n = np.tanh(zx[:, 2] + r * zh[:, 2])
    dn = dh * (1 - z) * (1 - n) * (1 + n)
    through = np.stack([dn * zh[:, 2] * r * (1 - r), -dh * (n - h_prev) * z * (1 - z), dn], axis=1)
    inside = through.copy()
    inside[:, 2] *= r
    through, inside = through.reshape(len(x), -1), inside.reshape(len(x), -1)
    return (np.dot(through, Wx.T), np.einsum("nk,hk->nh", inside, Wh) + z * dh,
            np.einsum("nd,nk->dk", x, through), (inside.T @ h_prev).T, through.sum(0))  # fmt: skip


def gru_of_2014(x, h_prev, Wx, Wh, b):
    """The reset gate before the product, as in the paper: not what was agreed."""
    H = h_prev.shape[1]
    zx, zh = np.split(x @ Wx + b, 3, axis=1), np.split(h_prev @ Wh, 3, axis=1)
    r, z = sigmoid(zx[0] + zh[0]), sigmoid(zx[1] + zh[1])
    n = np.tanh(zx[2] + (r * h_prev) @ Wh[:, 2 * H :])
    return (1 - z) * n + z * h_prev, (x, h_prev, Wx, Wh, r, z, n)


def gru_of_2014_back(dh, cache):
    x, h_prev, Wx, Wh, r, z, n = cache
    H = h_prev.shape[1]
    dn, dz = dh * (1 - z) * (1 - n * n), dh * (h_prev - n) * z * (1 - z)
    dgated = dn @ Wh[:, 2 * H :].T
    dr = dgated * h_prev * r * (1 - r)
    both = np.hstack([dr, dz])
    dx = np.hstack([both, dn]) @ Wx.T
    dWh = np.hstack([h_prev.T @ both, (r * h_prev).T @ dn])
    return (dx, dh * z + dgated * r + both @ Wh[:, : 2 * H].T, x.T @ np.hstack([both, dn]), dWh,
            np.hstack([both, dn]).sum(axis=0))  # fmt: skip
