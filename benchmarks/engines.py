"""The scalar engine of lesson 06 beside one made of closures, and the gradient check of 08."""

import time

import numpy as np

from benchmarks.closures import Node
from benchmarks.rounds import Goal, Race, agree
from bplib.gradcheck_fast import relu_net_gradients
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import init_mlp, mlp_backward, mlp_forward
from bplib.scalar import Value
from bplib.scalar_net import make_moons, weighted_sum

SIZES, POINTS = (2, 16, 16, 1), 50
SCALAR_WHY = ("the graph is the same and so is the arithmetic, which Python does one number at a "
              "time; the weighted sum as one node is where the large factor lies")


def races(torch, jax):
    """Yield the one race of this module; neither torch nor jax takes part."""
    yield Race(f"scalar engine, two-moons step, net {'-'.join(map(str, SIZES))}, {POINTS} points",
               [Goal("bplib", "closures", 1 / 6, SCALAR_WHY),
                Goal("bplib, weighted sum one node", "closures", 1 / 6)], moons, garbage=True)


def moons():
    """The same net and points for two kinds of numbers and two ways to add up."""
    rng = np.random.default_rng(0)
    X, labels = make_moons(POINTS, rng)
    start = [(rng.normal(size=(m, d)) / np.sqrt(d), np.zeros(m))
             for d, m in zip(SIZES[:-1], SIZES[1:], strict=True)]
    contenders = {
        "bplib": moons_step(Value, sum_node_by_node, start, X, labels),
        "bplib, weighted sum one node": moons_step(Value, weighted_sum, start, X, labels),
        "closures": moons_step(Node, sum_node_by_node, start, X, labels),
    }
    losses = [[step() for _ in range(2)] for step in contenders.values()]
    agree(losses[1:], [losses[0], losses[0]], 1e-9)
    return contenders


def sum_node_by_node(weights, xs, bias):
    """One node for every product and every sum, as a first engine does it."""
    total = bias
    for weight, x in zip(weights, xs, strict=True):
        total = total + weight * x
    return total


def moons_step(kind, add_up, start, X, labels):
    """A step of gradient descent on the mean logistic loss, all numbers being of one `kind`."""
    net = [[([kind(float(w)) for w in row], kind(float(bias)))
            for row, bias in zip(W, b, strict=True)] for W, b in start]
    parameters = [p for layer in net for weights, bias in layer for p in (*weights, bias)]
    points, signs = X.tolist(), [1.0 if label else -1.0 for label in labels]

    def step():
        total = kind(0.0)
        for x, sign in zip(points, signs, strict=True):
            for layer in net[:-1]:
                x = [add_up(weights, x, bias).tanh() for weights, bias in layer]
            score = add_up(net[-1][0][0], x, net[-1][0][1])
            total = total + ((score * -sign).exp() + 1.0).log()
        loss = total * (1 / len(points))
        for parameter in parameters:
            parameter.grad = 0.0
        loss.backward()
        for parameter in parameters:
            parameter.data -= 0.1 * parameter.grad
        return loss.data
    return step


def depth(links=1_000_000):
    """Return the seconds that a chain of so many links takes, forward and back."""
    started = time.process_time()
    leaf = value = Value(1.0)
    for _ in range(links):
        value = value + 1.0
    value.backward()
    assert leaf.grad == 1.0
    return time.process_time() - started


def gradient_check(rounds=3):
    """Return `parameters, seconds, error` of checking every entry of a ReLU net's gradient."""
    rng = np.random.default_rng(0)
    params = init_mlp([784, 120, 50, 10], rng)
    x, labels = rng.normal(size=(1, 784)), rng.integers(10, size=1)

    def loss(logits):
        shifted = logits - logits.real.max(axis=-1, keepdims=True)
        picked = shifted[..., np.arange(len(labels)), labels]
        return np.mean(np.log(np.exp(shifted).sum(axis=-1)) - picked, axis=-1)

    logits, cache = mlp_forward(x, params)
    _, judged = softmax_cross_entropy_forward(logits, labels)
    claimed = mlp_backward(softmax_cross_entropy_backward(1.0, judged), cache)
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        found = relu_net_gradients(x, params, loss)
        seconds.append(time.process_time() - started)
    error = max(np.abs(a - b).max() / np.abs(b).max()
                for mine, theirs in zip(found, claimed, strict=True)
                for a, b in zip(mine, theirs, strict=True))
    return sum(W.size + b.size for W, b in params), float(np.median(seconds)), float(error)
