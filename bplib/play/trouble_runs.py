"""Lesson 10's experiments: each trouble made to happen on the handwritten digits, and measured."""

from __future__ import annotations

from functools import cache

import numpy as np

from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.losses import softmax_cross_entropy_forward
from bplib.regularization import clip_by_global_norm, straight_through_backward
from bplib.training import accuracy, minibatches


@cache
def digits():
    """``x (1347, 64), y, x_new (450, 64), y_new``: seen and held-out digits, the same every time."""
    x, y = load_digits()
    return train_test_split(x, y, 0.25, np.random.default_rng(0))


def fit(x, y, sizes=(64, 64, 10), rate=0.1, epochs=20, batch_size=32, seed=0, decay=0.0,
        watch=None, network=None):
    """A ``Network`` trained by plain descent; ``watch(network)`` is called after every epoch.

    ``decay`` is the strength of weight decay, on weights and not on biases.
    """
    rng = np.random.default_rng(seed)
    net = network or Network.of_sizes(list(sizes), rng)
    for _ in range(epochs):
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            net.loss_and_gradient(x_batch, y_batch)
            if decay:
                for (W, _), (dW, _) in zip(net.params, net.grads, strict=True):
                    dW += decay * W
            net.vector -= rate * net.gradient
        if watch:
            watch(net)
    return net


def score(net, x, y) -> float:
    """Share of right labels."""
    return accuracy(net.predict(x), y)


def loss_on(net, x, y) -> float:
    """Mean cross-entropy."""
    return softmax_cross_entropy_forward(net.logits(x), y)[0]


def dead_units(net, x) -> int:
    """How many units of the first hidden layer are 0 for every example of ``x (N, D)``."""
    W, b = net.params[0]
    return int(np.all(x @ W + b <= 0, axis=0).sum())


def broken_sensor(max_norm: float | None, epochs: int = 6):
    """Train with one picture in 300 a thousand times too bright; norms of all steps, and accuracy.

    ``max_norm``: the length to clip to, or None. Returns ``norms (steps,)`` and a float.
    """
    x, y, x_new, y_new = digits()
    x = x.copy()
    x[::300] *= 1000
    rng, norms = np.random.default_rng(1), []
    net = Network.of_sizes([64, 64, 10], rng)
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            for x_batch, y_batch in minibatches(x, y, 32, rng):
                net.loss_and_gradient(x_batch, y_batch)
                gradient = net.gradient
                norms.append(float(np.linalg.norm(gradient)))
                if max_norm is not None:
                    (gradient,), _ = clip_by_global_norm([gradient], max_norm)
                net.vector -= 0.1 * gradient
    return np.array(norms), score(net, x_new, y_new)


def by_heart(decay: float = 0.0, dropout: float = 0.0, epochs: int = 100):
    """Losses by epoch on 200 seen digits, one label in five wrong, and on the held-out ones.

    Returns two arrays ``(epochs,)`` and the held-out accuracies, likewise. ``dropout`` is the
    probability in the hidden layer.
    """
    x, y, x_new, y_new = digits()
    rng = np.random.default_rng(5)
    x, y = x[:200], np.where(rng.random(200) < 0.2, rng.integers(0, 10, 200), y[:200])
    rows = []

    def watch(net):
        rows.append((loss_on(net, x, y), loss_on(net, x_new, y_new), score(net, x_new, y_new)))

    if dropout:
        fit_with_dropout(x, y, dropout, epochs, watch)
    else:
        fit(x, y, (64, 128, 10), 0.2, epochs, 20, decay=decay, watch=watch)
    return np.array(rows).T


def fit_with_dropout(x, y, drop_probability, epochs, watch=None, rate=0.2):
    """A ``Network`` [64, 128, 10] trained with holes in its hidden layer; whole when it is used."""
    from bplib.layers import linear_backward, linear_forward, relu_backward, relu_forward
    from bplib.losses import softmax_cross_entropy_backward
    from bplib.regularization import dropout_backward, dropout_forward

    rng = np.random.default_rng(0)
    net = Network.of_sizes([64, 128, 10], rng)
    (W1, b1), (W2, b2) = net.params
    for _ in range(epochs):
        for x_batch, y_batch in minibatches(x, y, 20, rng):
            z, first = linear_forward(x_batch, W1, b1)
            h, bent = relu_forward(z)
            h, mask = dropout_forward(h, drop_probability, rng)
            logits, second = linear_forward(h, W2, b2)
            _, loss = softmax_cross_entropy_forward(logits, y_batch)
            dh, dW2, db2 = linear_backward(softmax_cross_entropy_backward(1.0, loss), second)
            _, dW1, db1 = linear_backward(relu_backward(dropout_backward(dh, mask), bent), first)
            for param, grad in zip((W1, b1, W2, b2), (dW1, db1, dW2, db2), strict=True):
                param -= rate * grad
        if watch:
            watch(net)
    return net


def wrong_at_random(share: float):
    """A network taught with ``share`` of its labels replaced at random: its teachers' share of right
    labels, then its own on the held-out digits, and on the 4s among them."""
    x, y, x_new, y_new = digits()
    rng = np.random.default_rng(2)
    hit = rng.random(len(y)) < share
    taught = np.where(hit, rng.integers(0, 10, len(y)), y)
    net = fit(x, taught, epochs=8, rate=0.1, decay=1e-3)
    fours = y_new == 4
    return accuracy(taught, y), score(net, x_new, y_new), score(net, x_new[fours], y_new[fours])


def wrong_with_system(share: float):
    """A network taught to call ``share`` of the 4s a 9; the three shares of ``wrong_at_random``."""
    x, y, x_new, y_new = digits()
    hit = (y == 4) & (np.random.default_rng(2).random(len(y)) < share)
    taught = np.where(hit, 9, y)
    net = fit(x, taught, epochs=8, rate=0.1, decay=1e-3)
    fours = y_new == 4
    return accuracy(taught, y), score(net, x_new, y_new), score(net, x_new[fours], y_new[fours])


def old_and_new(kept: float = 0.0, epochs: int = 12):
    """Learn 0 to 4, then 5 to 9, with a share ``kept`` of the old examples mixed in.

    Returns accuracies on the held-out old and new digits by epoch, two arrays ``(2 * epochs,)``.
    """
    x, y, x_new, y_new = digits()
    old, old_new, rows = y < 5, y_new < 5, []

    def watch(net):
        rows.append((score(net, x_new[old_new], y_new[old_new]),
                     score(net, x_new[~old_new], y_new[~old_new])))

    net = fit(x[old], y[old], epochs=epochs, watch=watch)
    again = ~old | (np.random.default_rng(3).random(len(y)) < kept)
    fit(x[again], y[again], epochs=epochs, seed=1, watch=watch, network=net)
    return np.array(rows).T


def rate_and_batch(rates, batch_sizes, epochs: int = 4):
    """Held-out accuracy after ``epochs`` for each pair: ``(len(batch_sizes), len(rates))``."""
    x, y, x_new, y_new = digits()
    with np.errstate(all="ignore"):
        return np.array([[score(fit(x, y, rate=rate, batch_size=size, epochs=epochs), x_new, y_new)
                          for rate in rates] for size in batch_sizes])


def step_net(estimate: str, steps: int = 400, rate: float = 0.3):
    """Two moons by a net whose 20 hidden units are steps, ``sign(x @ W1 + b1)``.

    ``estimate``: "true slope" or "straight through". Returns the losses ``(steps,)``, how far the
    hidden weights moved (root of the summed squares), and the share of right labels.
    """
    from bplib.data import make_moons

    x, y = make_moons(300, 0.15, np.random.default_rng(0))
    rng = np.random.default_rng(4)
    W1, b1, W2, b2 = rng.normal(size=(2, 20)), np.zeros(20), 0.3 * rng.normal(size=(20, 2)), 0.0
    first, losses = W1.copy(), []
    for _ in range(steps):
        z = x @ W1 + b1
        h = np.sign(z)
        logits = h @ W2 + b2
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        losses.append(float(-np.log(p[np.arange(len(y)), y]).mean()))
        dlogits = (p - np.eye(2)[y]) / len(y)
        dh = dlogits @ W2.T
        dz = straight_through_backward(dh, z) if estimate == "straight through" else 0.0 * dh
        W1, b1 = W1 - rate * x.T @ dz, b1 - rate * dz.sum(axis=0)
        W2, b2 = W2 - rate * h.T @ dlogits, b2 - rate * dlogits.sum(axis=0)
    right = float(np.mean((np.sign(x @ W1 + b1) @ W2 + b2).argmax(axis=1) == y))
    return losses, float(np.sqrt(((W1 - first) ** 2).sum())), right


@cache
def xor_endings(count: int = 200, steps: int = 4000, rate: float = 1.0, hidden: int = 2):
    """Last losses ``(count,)`` of as many tanh nets 2-``hidden``-1 learning XOR, each its own start.

    All nets are trained at once: a leading axis of length ``count`` in every array.
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([0.0, 1.0, 1.0, 0.0])[:, None]
    rng = np.random.default_rng(0)
    W1, b1 = rng.normal(size=(count, 2, hidden)), np.zeros((count, 1, hidden))
    W2, b2 = rng.normal(size=(count, hidden, 1)), np.zeros((count, 1, 1))
    for _ in range(steps):
        h = np.tanh(x @ W1 + b1)
        p = 1 / (1 + np.exp(-(h @ W2 + b2)))
        dz = (p - y) / 4
        dh = dz @ W2.transpose(0, 2, 1) * (1 - h * h)
        W2, b2 = W2 - rate * h.transpose(0, 2, 1) @ dz, b2 - rate * dz.sum(axis=1, keepdims=True)
        W1, b1 = W1 - rate * x.T @ dh, b1 - rate * dh.sum(axis=1, keepdims=True)
    p = np.clip(1 / (1 + np.exp(-(np.tanh(x @ W1 + b1) @ W2 + b2))), 1e-12, 1 - 1e-12)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=(1, 2))
