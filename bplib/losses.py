"""Where every backward pass begins: one number that says how wrong, and its gradient.

Both losses are means, so that the size of a batch does not change the size of a step; their
backward takes an upstream `dout` like any other operation, 1.0 when the loss ends the road.
"""

import numpy as np

from bplib.arrays import as_float, as_floats, check_ndim, check_not_empty, check_shape


def softmax_cross_entropy_forward(logits, labels):
    """Return the mean cross-entropy of `softmax(logits)`, `-mean(log probs[n, labels[n]])`.

    Args: `logits` (N, C), scores of any size; `labels` (N,), integers from 0 to C - 1.
    Returns `loss`, a float, and `cache = (probs, labels)` with probs (N, C).
    Raises ValueError or TypeError when the labels do not fit.

    >>> loss, _ = softmax_cross_entropy_forward([[0.0, 0.0], [1000.0, -1000.0]], [0, 1])
    >>> round(loss, 4)   # log 2 and 2000, in the mean
    1000.3466
    """
    logits, labels = as_float(logits, "logits"), np.asarray(labels)
    check_ndim(logits, 2, "logits", "(N, C)")
    check_not_empty(logits, "logits")
    N, C = logits.shape
    check_shape(labels, (N,), "labels", f"(N,) with N = logits.shape[0] = {N}")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers; got dtype {labels.dtype}")
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels must lie from 0 to C - 1 = {C - 1}; "
                         f"got {labels.min()} to {labels.max()}")
    # The softmax of lesson 07, but its logarithm is taken term by term, log(total) - score: the log
    # of a share that has been rounded to 0 would be -inf.
    shifted = logits - logits.max(axis=1, keepdims=True)
    with np.errstate(under="ignore"):
        e = np.exp(shifted)
        total = e.sum(axis=1)
        probs = e / total[:, None]
    loss = np.mean(np.log(total) - shifted[np.arange(N), labels]).item()
    return loss, (probs, labels)


def softmax_cross_entropy_backward(dout, cache):
    """Return `dlogits = dout * (probs - onehot(labels)) / N`: what it said minus what is true.

    Args: `dout`, a number; `cache` of the forward. Returns `dlogits` (N, C).

    >>> _, cache = softmax_cross_entropy_forward([[0.0, 0.0]], [1])
    >>> softmax_cross_entropy_backward(1.0, cache)
    array([[ 0.5, -0.5]])
    """
    probs, labels = cache
    dout, probs = as_floats(dout=dout, probs=probs)
    check_shape(dout, (), "dout", "(), a single number")
    dlogits = probs.copy()
    dlogits[np.arange(len(probs)), labels] -= 1
    return dlogits * (dout / len(probs))


def mse_forward(predictions, targets):
    """Return the mean squared error over all elements, `mean((predictions - targets)**2)`.

    Args: `predictions` and `targets`, of one shape, such as (N, M).
    Returns `loss`, a float, and `cache = (predictions, targets)`. Raises ValueError for two shapes.

    >>> mse_forward([[1.0, 2.0]], [[1.0, 4.0]])[0]
    2.0
    """
    predictions, targets = as_floats(predictions=predictions, targets=targets)
    check_not_empty(predictions, "predictions")
    check_shape(targets, predictions.shape, "targets", f"{predictions.shape} as predictions has")
    mistakes = predictions - targets
    return np.mean(mistakes * mistakes).item(), (predictions, targets)


def mse_backward(dout, cache):
    """Return `dpredictions = dout * 2 * (predictions - targets) / number of elements`.

    Args: `dout`, a number; `cache` of the forward. Returns the shape of predictions.

    >>> mse_backward(1.0, mse_forward([[1.0, 2.0]], [[1.0, 4.0]])[1])
    array([[ 0., -2.]])
    """
    dout, predictions, targets = as_floats(dout=dout, predictions=cache[0], targets=cache[1])
    check_shape(dout, (), "dout", "(), a single number")
    return (dout * 2 / predictions.size) * (predictions - targets)
