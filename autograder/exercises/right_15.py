"""Right answers to lesson 15 in other styles, and pairs that are right for another forward.

They stand in for learners' own code: loops, einsum, Jacobians, other caches, other masks.
"""

import numpy as np

# --- layer norm ---------------------------------------------------------------------------------


def norm_staged(x, gamma, beta, eps=1e-5):
    mu = np.sum(x, axis=-1, keepdims=True) / np.shape(x)[-1]
    centred = x - mu
    var = np.mean(centred**2, axis=-1, keepdims=True)
    std = np.sqrt(var + eps)
    hat = centred / std
    return gamma * hat + beta, {"centred": centred, "std": std, "hat": hat, "gamma": gamma}


def norm_staged_back(dout, cache):
    """Ioffe and Szegedy's way, by variance and mean, along the last axis."""
    centred, std, D = cache["centred"], cache["std"], dout.shape[-1]
    dhat = dout * cache["gamma"]
    dvar = np.sum(dhat * centred, axis=-1, keepdims=True) * -0.5 / std**3
    dmean = -np.sum(dhat, axis=-1, keepdims=True) / std
    dmean = dmean + dvar * np.mean(-2 * centred, axis=-1, keepdims=True)
    dx = dhat / std + dvar * 2 * centred / D + dmean / D
    dgamma, dbeta = dout * cache["hat"], dout
    while dbeta.ndim > 1:
        dgamma, dbeta = dgamma.sum(axis=0), dbeta.sum(axis=0)
    return [dx, dgamma, dbeta]


def norm_rows(x, gamma, beta, eps=1e-5):
    x = np.asarray(x)
    out = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        mean = sum(row) / len(row)
        var = sum((v - mean) ** 2 for v in row) / len(row)
        out.append([g * (v - mean) / (var + eps) ** 0.5 + b
                    for v, g, b in zip(row, gamma, beta, strict=True)])
    return np.array(out).reshape(x.shape).tolist(), None


def norm_line(x, gamma, beta, eps=1e-5):
    return (x - x.mean(-1, keepdims=True)) / (x.var(-1, keepdims=True) + eps) ** 0.5 * gamma + beta, x


def norm_single(x, gamma, beta, eps=1e-5):
    out, cache = norm_staged(np.asarray(x, np.float32), np.float32(gamma), np.float32(beta), eps)
    return np.asfortranarray(out), cache


def norm_keeps_x(x, gamma, beta, eps=1e-5):
    return norm_staged(x, gamma, beta, eps)[0], (x, gamma, beta, eps)


def norm_jacobian_back(dout, cache):
    """One Jacobian for each example."""
    x, gamma, _, eps = cache
    D = x.shape[-1]
    rows, blames = np.reshape(x, (-1, D)).astype(float), np.reshape(dout, (-1, D))
    dx, dgamma, dbeta = np.zeros(rows.shape), np.zeros(D), np.zeros(D)
    for i in range(len(rows)):
        std = np.sqrt(np.var(rows[i]) + eps)
        hat = (rows[i] - rows[i].mean()) / std
        jacobian = (np.eye(D) - 1 / D - np.outer(hat, hat) / D) / std * np.reshape(gamma, (D, 1))
        dx[i] = blames[i] @ jacobian
        dgamma += blames[i] * hat
        dbeta += blames[i]
    return dx.reshape(x.shape), dgamma, dbeta


def norm_line_back(dout, cache):
    hat, inverse_std, gamma = cache
    g, D = dout * gamma, dout.shape[-1]
    dx = inverse_std / D * (D * g - g.sum(-1, keepdims=True) - hat * (g * hat).sum(-1, keepdims=True))
    flat = np.reshape(dout, (-1, D))
    return dx, np.einsum("nd,nd->d", flat, np.reshape(hat, (-1, D))), np.ones(len(flat)) @ flat


def rms_norm(x, gamma, beta, eps=1e-5):
    """Not the agreed forward: the mean stays where it is."""
    s = np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    return gamma * x / s + beta, (x, gamma, s)


def rms_norm_back(dout, cache):
    x, gamma, s = cache
    g = dout * gamma
    dx = g / s - x * np.mean(g * x, axis=-1, keepdims=True) / s**3
    D = dout.shape[-1]
    return dx, (dout * x / s).reshape(-1, D).sum(0), dout.reshape(-1, D).sum(0)


# --- attention ----------------------------------------------------------------------------------


def look_einsum(Q, K, V, causal=False):
    scale = Q.shape[-1] ** -0.5
    scores = np.einsum("ntd,nsd->nts", Q, K) * scale
    if causal:
        scores = np.where(np.triu(np.ones(scores.shape[1:]), 1) > 0, -1e9, scores)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    w = e / np.sum(e, axis=-1, keepdims=True)
    return np.einsum("nts,nsm->ntm", w, V), {"w": w, "Q": Q, "K": K, "V": V, "scale": scale}


def look_einsum_back(dout, cache):
    w, scale = cache["w"], cache["scale"]
    dw = np.einsum("ntm,nsm->nts", dout, cache["V"])
    ds = w * (dw - np.sum(w * dw, axis=-1, keepdims=True)) * scale
    return (np.einsum("nts,nsd->ntd", ds, cache["K"]), np.einsum("nts,ntd->nsd", ds, cache["Q"]),
            np.einsum("nts,ntm->nsm", w, dout))


def look_loops(Q, K, V, causal=False):
    """One query at a time; what must not be seen is not looked at. The scaled queries are kept."""
    N, T, D = Q.shape
    out, kept = np.zeros((N, T, V.shape[2])), []
    for n in range(N):
        for t in range(T):
            seen = t + 1 if causal else K.shape[1]
            q = Q[n, t] / np.sqrt(D)
            scores = K[n, :seen] @ q
            w = np.exp(scores - scores.max())
            w = w / w.sum()
            out[n, t] = w @ V[n, :seen]
            kept.append((n, t, seen, q, w))
    return out, (kept, Q, K, V)


def look_loops_back(dout, cache):
    """By the Jacobian of softmax, built for every query."""
    kept, Q, K, V = cache
    dQ, dK, dV = np.zeros(Q.shape), np.zeros(K.shape), np.zeros(V.shape)
    for n, t, seen, q, w in kept:
        jacobian = np.diag(w) - np.outer(w, w)
        ds = jacobian @ (V[n, :seen] @ dout[n, t])
        dV[n, :seen] += np.outer(w, dout[n, t])
        dK[n, :seen] += np.outer(ds, q)
        dQ[n, t] = K[n, :seen].T @ ds / Q.shape[2] ** 0.5
    return [dQ, dK, dV]


def look_logs(Q, K, V, causal=False):
    """An additive mask, weights by way of their logarithms, and nothing but the inputs kept."""
    scores = (Q / np.sqrt(Q.shape[2])) @ np.swapaxes(K, 1, 2)
    if causal:
        scores = scores + np.triu(np.full(scores.shape[1:], -np.inf), 1)
    top = scores.max(axis=2)[:, :, None]
    logs = scores - (top + np.log(np.exp(scores - top).sum(axis=2))[:, :, None])
    return np.exp(logs) @ V, [Q, K, V, causal]


def look_again_back(dout, cache):
    """The weights computed anew; the sum in softmax's backward taken as dout times out."""
    Q, K, V, causal = cache
    out, kept = look_einsum(Q, K, V, causal)
    w = kept["w"]
    ds = w * (np.matmul(dout, np.swapaxes(V, 1, 2)) - (dout * out).sum(axis=2)[:, :, None])
    ds /= np.sqrt(Q.shape[2])
    return ds @ K, np.swapaxes(ds, 1, 2) @ Q, np.swapaxes(w, 1, 2) @ dout


def look_single(Q, K, V, causal=False):
    out, cache = look_einsum(*(np.asarray(a, np.float32) for a in (Q, K, V)), causal)
    return np.asfortranarray(out), cache


def look_unscaled(Q, K, V, causal=False):
    """Not the agreed forward: the scores are not scaled."""
    out, cache = look_einsum(np.asarray(Q) * np.sqrt(Q.shape[2]), K, V, causal)
    return out, {**cache, "Q": Q, "scale": 1.0}
