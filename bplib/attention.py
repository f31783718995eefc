"""Looking back without walking back: attention and layer normalisation (lesson 15).

A recurrent network hands the past on from step to step; attention lets every query look at every
key at once, so that blame reaches a far step in one jump.
"""

import numpy as np

from bplib.arrays import as_floats, check_positive, check_shape
from bplib.layers import softmax, softmax_backward
from bplib.shapes import float_arrays, upstream


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Normalise each example over its own last axis: `gamma * (x - mean) / sqrt(var + eps) + beta`.

    x (..., D) of any rank, gamma (D,), beta (D,), population variance -> out (..., D), cache.
    Raises ValueError for shapes that do not fit. Source: Ba, Kiros and Hinton 2016, Layer
    normalization, section 3.

    >>> out, cache = layernorm_forward([[1.0, 3.0], [10.0, 30.0]], [1.0, 2.0], [0.0, 0.5])
    >>> out.round(3)
    array([[-1. ,  2.5],
           [-1. ,  2.5]])
    """
    check_positive(eps, "eps", zero_too=True)
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"x must have shape (..., D) with D >= 1; got {x.shape}")
    for name, array in (("gamma", gamma), ("beta", beta)):
        check_shape(array, x.shape[-1:], name, f"(D,) with D = x.shape[-1] = {x.shape[-1]}")
    centred = x - x.mean(axis=-1, keepdims=True)
    inverse_std = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + eps)
    normal = centred * inverse_std
    return gamma * normal + beta, (normal, inverse_std, gamma)


def layernorm_backward(dout, cache):
    """Backward of `layernorm_forward`: mean and variance depend on x too, hence two corrections.

    With `g = gamma * dout` and n the normalised x:
    `dx = (g - mean(g) - n * mean(g * n)) / sqrt(var + eps)`, the means over the last axis.
    dout (..., D) -> dx (..., D), dgamma (D,), dbeta (D,).
    Raises ValueError when dout has not the shape of out.

    >>> out, cache = layernorm_forward([[1.0, 2.0, 6.0]], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    >>> dx, dgamma, dbeta = layernorm_backward([[1.0, 0.0, 0.0]], cache)
    >>> dbeta, abs(float(dx.sum())) < 1e-12
    (array([1., 0., 0.]), True)
    """
    normal, inverse_std, gamma = cache
    dout = upstream("dout", dout, normal.shape, of="out")
    g = gamma * dout
    mean_g = g.mean(axis=-1, keepdims=True)
    mean_gn = (g * normal).mean(axis=-1, keepdims=True)
    dx = (g - mean_g - normal * mean_gn) * inverse_std
    examples = tuple(range(dout.ndim - 1))  # gamma and beta serve all of them
    return dx, (dout * normal).sum(axis=examples), dout.sum(axis=examples)


def attention_forward(Q, K, V, causal=False):
    """Scaled dot-product attention: `out = softmax(Q K^T / sqrt(D)) V`, softmax over the keys.

    Q (N, T, D) asks, K (N, S, D) is asked, V (N, S, M) answers -> out (N, T, M), cache, whose last
    entry is the table of weights (N, T, S). With `causal`, step t sees steps 0 to t only; T = S.
    Raises ValueError for shapes that do not fit. Source: Vaswani et al. 2017, Attention is all you
    need, section 3.2.1.

    >>> out, cache = attention_forward(np.zeros((1, 1, 2)), np.ones((1, 2, 2)), [[[1.0], [3.0]]])
    >>> out, cache[-1]
    (array([[[2.]]]), array([[[0.5, 0.5]]]))
    """
    Q, K, V = float_arrays(Q=(Q, "N T D"), K=(K, "N S D"), V=(V, "N S M"))
    T, S, D = Q.shape[1], K.shape[1], Q.shape[2]
    if S == 0 or D == 0:
        raise ValueError(f"K must have shape (N, S, D) with S >= 1 and D >= 1; got {K.shape}")
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(D, dtype=Q.dtype)  # (N, T, S)
    if causal:
        if T != S:
            raise ValueError(f"causal attention must have T = S; got T = {T} and S = {S}")
        scores = np.where(np.tri(T, dtype=bool), scores, -np.inf)  # the future weighs nothing
    weights = softmax(scores)
    return weights @ V, (Q, K, V, weights)


def attention_backward(dout, cache):
    """Backward of `attention_forward`; a masked entry has weight 0, so no blame passes through it.

    `dV = A^T dout` and `dA = dout V^T` with A the weights, then through softmax to the scores, and
    from the scores `dQ = dS K / sqrt(D)`, `dK = dS^T Q / sqrt(D)`.
    dout (N, T, M) -> dQ (N, T, D), dK (N, S, D), dV (N, S, M).
    Raises ValueError when dout has not the shape of out.

    >>> out, cache = attention_forward(np.zeros((1, 1, 1)), [[[0.0], [1.0]]], [[[1.0], [3.0]]])
    >>> dQ, dK, dV = attention_backward([[[1.0]]], cache)
    >>> dQ.ravel(), dV.ravel()
    (array([0.5]), array([0.5, 0.5]))
    """
    Q, K, V, weights = cache
    dout = upstream("dout", dout, (*Q.shape[:2], V.shape[2]), of="out")
    dV = weights.transpose(0, 2, 1) @ dout
    dscores = softmax_backward(dout @ V.transpose(0, 2, 1), weights)
    dscores = dscores / np.sqrt(Q.shape[2], dtype=dscores.dtype)
    return dscores @ K, dscores.transpose(0, 2, 1) @ Q, dV
