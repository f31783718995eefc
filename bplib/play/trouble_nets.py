"""Lesson 10's patient: a deep stack of equal layers, which can be looked into layer by layer."""

from __future__ import annotations

import numpy as np

from bplib.layers import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.normalization import batchnorm_backward, batchnorm_forward

BENDS = {"sigmoid": (sigmoid_forward, sigmoid_backward), "tanh": (tanh_forward, tanh_backward),
         "relu": (relu_forward, relu_backward)}
CURES = ("none", "batch norm", "residual")


def deep_weights(sizes: list[int], gain: float, rng: np.random.Generator) -> list[np.ndarray]:
    """One weight matrix ``(D, M)`` per pair of ``sizes``, normal, of spread ``gain / sqrt(D)``.

    ``gain`` 1 keeps the size of a signal in a layer without a bend; He's is the root of 2.

    >>> [W.shape for W in deep_weights([64, 32, 32, 10], 1.0, np.random.default_rng(0))]
    [(64, 32), (32, 32), (32, 10)]
    """
    return [gain / np.sqrt(D) * rng.normal(size=(D, M))
            for D, M in zip(sizes[:-1], sizes[1:], strict=True)]


def deep_forward(x, weights, bend: str = "relu", cure: str = "none"):
    """Scores ``(N, C)``, the output of every layer before them, and the caches to go back with.

    A layer is ``bend(x @ W)``; with ``cure="batch norm"`` the products are normalised before the
    bend (gamma 1, beta 0), with ``"residual"`` every layer that keeps the width adds what came in.

    >>> weights = deep_weights([4, 3, 3, 2], 1.0, np.random.default_rng(0))
    >>> logits, outs, caches = deep_forward(np.ones((5, 4)), weights)
    >>> logits.shape, [out.shape for out in outs]
    ((5, 2), [(5, 3), (5, 3)])
    """
    outs, caches, h = [], [], x
    for W in weights[:-1]:
        came, norm = h, None
        z = came @ W
        if cure == "batch norm":
            z, norm = batchnorm_forward(z, np.ones(z.shape[1]), np.zeros(z.shape[1]))
        h, bent = BENDS[bend][0](z)
        around = cure == "residual" and W.shape[0] == W.shape[1]
        h = h + came if around else h
        outs.append(h)
        caches.append((came, norm, bent, around))
    return h @ weights[-1], outs, caches


def deep_backward(dlogits, weights, outs, caches, bend: str = "relu"):
    """Gradients of all weights, a list in their order, and of every layer's output, likewise."""
    dweights, douts = [outs[-1].T @ dlogits], []
    dh = dlogits @ weights[-1].T
    for W, (came, norm, bent, around) in zip(weights[-2::-1], caches[::-1], strict=True):
        douts.append(dh)
        dz = BENDS[bend][1](dh, bent)
        if norm is not None:
            dz = batchnorm_backward(dz, norm)[0]
        dweights.append(came.T @ dz)
        dh = dz @ W.T + (dh if around else 0)
    return dweights[::-1], douts[::-1]


def look_inside(x, labels, weights, bend: str = "relu", cure: str = "none"):
    """Loss, and for each hidden layer the size of its output and of its gradient (root mean square).

    Returns a float and two arrays ``(L,)``.
    """
    logits, outs, caches = deep_forward(x, weights, bend, cure)
    loss, cache = softmax_cross_entropy_forward(logits, labels)
    _, douts = deep_backward(softmax_cross_entropy_backward(1.0, cache), weights, outs, caches, bend)
    return loss, *(np.array([np.sqrt(np.mean(a**2)) for a in group]) for group in (outs, douts))


def train_deep(x, labels, weights, learning_rate: float, steps: int, bend: str = "relu",
               cure: str = "none", batch_size: int = 64, seed: int = 0) -> list[float]:
    """Losses ``(steps,)`` of plain descent on small batches; ``weights`` are left as they are."""
    rng, losses = np.random.default_rng(seed), []
    for _ in range(steps):
        batch = rng.integers(0, len(x), batch_size)
        logits, outs, caches = deep_forward(x[batch], weights, bend, cure)
        loss, cache = softmax_cross_entropy_forward(logits, labels[batch])
        dlogits = softmax_cross_entropy_backward(1.0, cache)
        grads, _ = deep_backward(dlogits, weights, outs, caches, bend)
        weights = [W - learning_rate * dW for W, dW in zip(weights, grads, strict=True)]
        losses.append(loss)
    return losses
