"""Learning from examples, a handful at a time: batches, steps, epochs, and how well it went.

`train_mlp` is the whole of it on one page. `train` is the loop to reuse: it drives any network that
has `vector`, `gradient`, `loss_and_gradient` and `predict`, and tells a callback how it goes.
"""

import time
from typing import NamedTuple

import numpy as np

from bplib.arrays import as_floats, check_count, check_ndim, check_positive, check_shape
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import init_mlp, mlp_backward, mlp_forward
from bplib.randomness import check_generator


def minibatches(x, y, batch_size, rng):
    """Deal all examples out in random order, `batch_size` at a time; the last batch may be short.

    Args: `x` (N, ...); `y` (N, ...), kept together with `x`; `batch_size`, at least 1; `rng`, a
    np.random.Generator. Returns an iterator over pairs `(x_batch, y_batch)`. Raises ValueError or
    TypeError, at once, when an argument does not fit.

    >>> x, y = np.arange(5) * 10, np.arange(5)
    >>> [(a.tolist(), b.tolist()) for a, b in minibatches(x, y, 2, np.random.default_rng(0))]
    [([20, 40], [2, 4]), ([30, 0], [3, 0]), ([10], [1])]
    """
    x, y = np.asarray(x), np.asarray(y)
    batch_size = check_count(batch_size, "batch_size", least=1)
    check_generator(rng)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError("x and y must have one row per example, equally many; "
                         f"got shapes {x.shape} and {y.shape}")
    order = rng.permutation(len(x))
    batches = (order[i:i + batch_size] for i in range(0, len(x), batch_size))
    return ((x[batch], y[batch]) for batch in batches)


def sgd_step(params, grads, learning_rate):
    """Take a step downhill: `W - learning_rate * dW` and `b - learning_rate * db` in every layer.

    Args: `params`, a list of `(W, b)`; `grads`, a list of `(dW, db)` of the same shapes;
    `learning_rate`, 0 or more. Returns new params. Raises ValueError or TypeError when something
    does not fit.

    >>> sgd_step([([[1.0]], [2.0])], [([[10.0]], [-10.0])], 0.1)
    [(array([[0.]]), array([3.]))]
    """
    check_positive(learning_rate, "learning_rate", zero_too=True)
    if len(params) != len(grads):
        raise ValueError(f"grads must have one (dW, db) for each of the {len(params)} (W, b) of "
                         f"params; got {len(grads)}")
    stepped = []
    for layer, (pair, grad_pair) in enumerate(zip(params, grads, strict=True)):
        moved = []
        for letter, param, grad in zip("Wb", pair, grad_pair, strict=True):
            param, grad = as_floats(param=param, grad=grad)
            check_shape(grad, param.shape, f"d{letter} of layer {layer}",
                        f"{param.shape} as its {letter} has")
            moved.append(param - float(learning_rate) * grad)
        stepped.append(tuple(moved))
    return stepped


def train_mlp(x, y, sizes, learning_rate, epochs, batch_size, rng):
    """Train a network from scratch by plain descent on small batches.

    Args: `x` (N, D); `y` (N,), labels from 0 to C - 1; `sizes`, such as `[D, 64, C]`;
    `learning_rate`, 0 or more; `epochs`, how often every example is seen; `batch_size`, at least 1;
    `rng`, a np.random.Generator, for the first weights and the order of the examples.
    Returns `params`, a list of `(W, b)`, and `losses`, a list of `epochs` floats: the mean over the
    examples as they were seen, before each one's step. Raises ValueError or TypeError when an
    argument does not fit.

    >>> x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    >>> params, losses = train_mlp(x, y, [1, 8, 2], 0.5, 50, 4, np.random.default_rng(0))
    >>> mlp_forward(x, params)[0].argmax(axis=1).tolist(), losses[-1] < losses[0]
    ([0, 0, 1, 1], True)
    """
    epochs = check_count(epochs, "epochs")
    params, losses = init_mlp(sizes, rng), []
    for _ in range(epochs):
        total = 0.0
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            logits, cache = mlp_forward(x_batch, params)
            loss, loss_cache = softmax_cross_entropy_forward(logits, y_batch)
            grads = mlp_backward(softmax_cross_entropy_backward(1.0, loss_cache), cache)
            params = sgd_step(params, grads, learning_rate)
            total += loss * len(x_batch)
        losses.append(total / len(x))
    return params, losses


class Epoch(NamedTuple):
    """What `train` tells after each turn through the examples."""

    number: int             # from 1
    loss: float             # mean over the training examples, each before its step
    accuracy: float | None  # on the held-out examples, 0 to 1; None when there are none
    seconds: float          # since training began


def train(network, x, y, *, epochs, batch_size, rng, update, held_out=None, patience=None,
          callback=None, progress=False):
    """Train `network` in place, telling how it goes, until `epochs` are over or it stops improving.

    Args: `network`, with `vector`, `gradient`, `loss_and_gradient(x, y)` and `predict(x)`, as
    `bplib.fast_mlp.Network`; `x` (N, ...), `y` (N,); `epochs`; `batch_size`; `rng`, a
    np.random.Generator; `update(vector, gradient)`, which moves the vector in place, such as
    `plain_descent(0.1)` or `FlatAdam(...).step`; `held_out`, a pair `(x, y)` to judge by;
    `patience`: stop after so many epochs without a better held-out accuracy, and go back to the
    best parameters; `callback(epoch)`, called after each with an `Epoch`, ends the training by
    returning True; `progress`, whether to print a line that keeps itself up to date.
    Returns the list of `Epoch`s. Raises ValueError or TypeError when an argument does not fit.

    >>> from bplib.fast_mlp import Network
    >>> x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    >>> rng = np.random.default_rng(0)
    >>> history = train(Network.of_sizes([1, 8, 2], rng), x, y, epochs=50, batch_size=4, rng=rng,
    ...                 update=plain_descent(0.5), held_out=(x, y))
    >>> len(history), history[-1].accuracy
    (50, 1.0)
    """
    epochs = check_count(epochs, "epochs")
    if patience is not None:
        patience = check_count(patience, "patience", least=1)
        if held_out is None:
            raise ValueError("patience needs held_out examples to judge by; got held_out=None")
    history, best, start = [], None, time.perf_counter()
    for number in range(1, epochs + 1):
        total = 0.0
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            total += network.loss_and_gradient(x_batch, y_batch) * len(x_batch)
            update(network.vector, network.gradient)
        score = None if held_out is None else accuracy(network.predict(held_out[0]), held_out[1])
        history.append(Epoch(number, total / len(x), score, time.perf_counter() - start))
        if progress:
            print(_line(history[-1], epochs), end="\r", flush=True)
        if patience is not None and (best is None or score > best[0]):
            best = score, number, network.vector.copy()
        if callback is not None and callback(history[-1]) is True:
            break
        if best is not None and number - best[1] >= patience:
            break
    if progress:
        print()
    if best is not None:
        network.vector[:] = best[2]
    return history


def plain_descent(learning_rate):
    """Return `update(vector, gradient)`, which takes a plain step downhill in place.

    >>> vector = np.array([1.0])
    >>> plain_descent(0.1)(vector, np.array([5.0]))
    >>> vector.tolist()
    [0.5]
    """
    rate = float(check_positive(learning_rate, "learning_rate", zero_too=True))

    def update(vector, gradient):
        vector -= rate * gradient

    return update


def accuracy(predicted, labels):
    """Return the share of labels predicted right, from 0 to 1: `predicted` and `labels` (N,).

    >>> accuracy([3, 1, 4, 1], [3, 1, 4, 5])
    0.75
    """
    predicted, labels = _label_pair(predicted, labels)
    if len(labels) == 0:
        raise ValueError("labels must not be empty; got shape (0,)")
    return float(np.mean(predicted == labels))


def confusion_matrix(predicted, labels, classes):
    """Count what was taken for what: entry `[i, j]` is how many i were taken for j.

    Args: `predicted`, `labels` (N,), integers 0 to `classes` - 1; `classes`, at least 1.
    Returns (classes, classes), integers; right answers lie on the diagonal. Raises ValueError or
    TypeError when something does not fit.

    >>> confusion_matrix([0, 1, 1, 0], [0, 1, 0, 0], 2).tolist()
    [[2, 1], [0, 1]]
    """
    predicted, labels = _label_pair(predicted, labels)
    classes = check_count(classes, "classes", least=1)
    for name, array in (("predicted", predicted), ("labels", labels)):
        if array.dtype.kind not in "iu" and array.size:
            raise TypeError(f"{name} must be integers; got dtype {array.dtype}")
        if array.size and not 0 <= array.min() <= array.max() < classes:
            raise ValueError(f"{name} must lie from 0 to classes - 1 = {classes - 1}; "
                             f"got {array.min()} to {array.max()}")
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels.astype(np.int64), predicted.astype(np.int64)), 1)
    return counts


def _label_pair(predicted, labels):
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    check_ndim(labels, 1, "labels", "(N,)")
    check_shape(predicted, labels.shape, "predicted", f"{labels.shape} as labels has")
    return predicted, labels


def _line(epoch, epochs):
    words = f"epoch {epoch.number:>{len(str(epochs))}} of {epochs}: loss {epoch.loss:.4f}"
    if epoch.accuracy is not None:
        words += f", held out {100 * epoch.accuracy:.1f} % right"
    return f"{words}, {epoch.seconds:.1f} s"
