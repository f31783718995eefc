"""A neuron, a layer and a small net of single numbers, enough to tell two moons apart.

Everything is made of `Value`s, so the gradient of every weight comes from one `backward()`. A
weighted sum is one node with many inputs instead of a chain of products and sums: many times fewer
nodes, and the same chain rule.
"""

import numpy as np

from bplib.arrays import check_count, check_positive
from bplib.scalar import Value


def weighted_sum(weights, xs, bias):
    """Return one node for `sum(w * x) + bias`; the slope of a weight is its x, and vice versa.

    Args: `weights`, K Values; `xs`, K numbers or K Values; `bias`, a Value. Returns a Value.
    Raises ValueError when the numbers of weights and inputs differ.

    >>> w = [Value(2.0), Value(-1.0)]
    >>> out = weighted_sum(w, [3.0, 5.0], Value(0.5))
    >>> out.backward()
    >>> out.data, w[0].grad, w[1].grad
    (1.5, 3.0, 5.0)
    """
    if len(xs) != len(weights):
        raise ValueError(f"xs must have as many entries as weights, {len(weights)}; got {len(xs)}")
    w = tuple([weight.data for weight in weights])
    if isinstance(xs[0], Value):
        x = tuple([value.data for value in xs])
        inputs, slopes = (*weights, *xs, bias), (*x, *w, 1.0)
    else:
        x = tuple(xs)  # plain numbers need no gradient and no place in the graph
        inputs, slopes = (*weights, bias), (*x, 1.0)
    return Value(sum([a * b for a, b in zip(w, x, strict=True)], bias.data), inputs, slopes, "sum")


def init_scalar_net(sizes, rng):
    """Return a net's parameters: for each layer a list of neurons, each a pair `(weights, bias)`.

    Weights are normal with variance 1 / inputs, biases 0.

    Args: `sizes`, inputs first, outputs last, as [2, 8, 1]; `rng`, a np.random.Generator.
    Returns a list of len(sizes) - 1 layers. Raises ValueError for fewer than two sizes.

    >>> net = init_scalar_net([2, 3, 1], np.random.default_rng(0))
    >>> [len(layer) for layer in net], len(net[0][0][0])
    ([3, 1], 2)
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes must name inputs and outputs, at least two numbers; got {sizes}")
    sizes = [check_count(size, "a size", least=1) for size in sizes]
    return [[([Value(w) for w in rng.normal(0, d**-0.5, d)], Value(0.0)) for _ in range(m)]
            for d, m in zip(sizes[:-1], sizes[1:], strict=True)]


def scalar_net(x, net):
    """Return the outputs of a net with tanh between its layers and none after the last.

    Args: `x`, D numbers or Values; `net` as `init_scalar_net` returns it. Returns a list of Values.

    >>> [score] = scalar_net([0.3, 0.4], init_scalar_net([2, 3, 1], np.random.default_rng(0)))
    >>> type(score).__name__
    'Value'
    """
    for layer in net[:-1]:
        x = [weighted_sum(weights, x, bias).tanh() for weights, bias in layer]
    return [weighted_sum(weights, x, bias) for weights, bias in net[-1]]


def scalar_net_parameters(net):
    """Return all weights and biases of a net as one list of Values, layer by layer.

    >>> len(scalar_net_parameters(init_scalar_net([2, 3, 1], np.random.default_rng(0))))
    13
    """
    return [parameter for layer in net for weights, bias in layer
            for parameter in (*weights, bias)]


def scalar_net_loss(X, labels, net):
    """Return the mean cross-entropy of a net with one output, `mean(log(1 + exp(-sign * score)))`.

    Args: `X` (N, D); `labels` (N,), 0 or 1, whose sign is -1 or 1; `net` with one output.
    Returns a Value.

    >>> net = init_scalar_net([1, 1], np.random.default_rng(0))
    >>> round(scalar_net_loss([[0.0]], [1], net).data, 4)   # undecided: log 2
    0.6931
    """
    total = Value(0.0)
    for x, label in zip(np.asarray(X, dtype=float).tolist(), labels, strict=True):
        [score] = scalar_net(x, net)
        total = total + ((score * (-1.0 if label else 1.0)).exp() + 1.0).log()
    return total / len(labels)


def fit_scalar_net(X, labels, net, learning_rate, steps):
    """Return the losses of gradient descent on a net's parameters, whose `data` it changes.

    This is the one function here that changes what it is given: a net of Values *is* its state.

    Args: `X` (N, D); `labels` (N,), 0 or 1; `net`; `learning_rate`, 0 or more; `steps`.
    Returns a list of `steps + 1` floats, the first before any step.

    >>> net = init_scalar_net([1, 1], np.random.default_rng(0))
    >>> before, after = fit_scalar_net([[1.0], [-1.0]], [1, 0], net, 0.5, 1)
    >>> after < before
    True
    """
    check_positive(learning_rate, "learning_rate", zero_too=True)
    parameters, losses = scalar_net_parameters(net), []
    for _ in range(check_count(steps, "steps")):
        loss = scalar_net_loss(X, labels, net)
        losses.append(loss.data)
        for parameter in parameters:
            parameter.grad = 0.0
        loss.backward()
        for parameter in parameters:
            parameter.data -= learning_rate * parameter.grad
    losses.append(scalar_net_loss(X, labels, net).data)
    return losses


def make_moons(count, rng, noise=0.1):
    """Make up two interleaved half circles that no straight line can part.

    Label 0: (cos a, sin a); label 1: (1 - cos a, 0.5 - sin a); a uniform from 0 to pi; both with
    normal noise of the given standard deviation.

    Args: `count`, how many; `rng`, a np.random.Generator; `noise`, 0 or more.
    Returns `X` (count, 2) and `labels` (count,), 0 or 1, as equally often as `count` allows.

    >>> X, labels = make_moons(10, np.random.default_rng(0))
    >>> X.shape, int(labels.sum())
    ((10, 2), 5)
    """
    count = check_count(count, "count", least=1)
    check_positive(noise, "noise", zero_too=True)
    labels = rng.permutation(count) % 2
    a = rng.uniform(0, np.pi, count)
    upper = np.stack([np.cos(a), np.sin(a)], axis=1)
    lower = np.stack([1 - np.cos(a), 0.5 - np.sin(a)], axis=1)
    return np.where(labels[:, None] == 1, lower, upper) + rng.normal(0, noise, (count, 2)), labels
