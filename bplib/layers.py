"""A whole layer at once: the loops of single numbers become products of matrices, forward and back.

Every operation is a pair. `out, cache = op_forward(...)` keeps in `cache` what its backward needs;
`op_backward(dout, cache)` turns the loss's gradient by `out` into its gradients by the inputs, each
in the shape of what it is the gradient of. The shapes are the best proof-reader there is.
"""

import numpy as np

from bplib.arrays import as_float, as_floats, check_ndim, check_shape
from bplib.logistic import sigmoid


def linear_forward(x, W, b):
    """Return `out = x @ W + b` and what the backward needs of it.

    Args: `x` (N, D); `W` (D, M); `b` (M,). Returns `out` (N, M), `cache = (x, W, b)`.
    Raises ValueError when the shapes do not fit.

    >>> out, cache = linear_forward([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [0.0, 5.0])
    >>> out
    array([[1., 7.]])
    """
    x, W, b = as_floats(x=x, W=W, b=b)
    check_ndim(x, 2, "x", "(N, D)")
    if W.ndim != 2 or len(W) != x.shape[1]:
        raise ValueError(f"W must have shape (D, M) with D = x.shape[1] = {x.shape[1]}; "
                         f"got {W.shape}")
    check_shape(b, W.shape[1:], "b", f"(M,) with M = W.shape[1] = {W.shape[1]}")
    return x @ W + b, (x, W, b)


def linear_backward(dout, cache):
    """Return the gradients of a linear layer: `dx = dout W.T`, `dW = x.T dout`, `db = sum of rows`.

    Args: `dout` (N, M); `cache` of `linear_forward`. Returns `dx` (N, D), `dW` (D, M), `db` (M,).
    Raises ValueError when `dout` does not have the shape of `out`.

    >>> _, cache = linear_forward([[1.0, 2.0]], [[1.0], [3.0]], [0.0])
    >>> [grad.tolist() for grad in linear_backward([[10.0]], cache)]
    [[[10.0, 30.0]], [[10.0], [20.0]], [10.0]]
    """
    x, W, b = cache
    dout, x, W = as_floats(dout=dout, x=x, W=W)
    _check_upstream(dout, (len(x), W.shape[1]))
    return dout @ W.T, x.T @ dout, dout.sum(axis=0)


def linear_forward_loops(x, W, b):
    """Return `x @ W + b` one product at a time, to see what a matrix product saves.

    Args: `x` (N, D); `W` (D, M); `b` (M,). Returns (N, M).

    >>> linear_forward_loops([[1.0, 2.0]], [[1.0], [3.0]], [0.5])
    array([[7.5]])
    """
    x, W, b = linear_forward(x, W, b)[1]
    out = np.empty((len(x), W.shape[1]), dtype=x.dtype)
    for n in range(len(x)):
        for m in range(W.shape[1]):
            total = b[m]
            for d in range(x.shape[1]):
                total = total + x[n, d] * W[d, m]
            out[n, m] = total
    return out


def relu_forward(x):
    """Return `max(x, 0)`, entry by entry.

    Args: `x`, any shape. Returns `out` of that shape, `cache = x`.

    >>> relu_forward([-1.0, 0.0, 2.0])[0]
    array([0., 0., 2.])
    """
    x = as_float(x, "x")
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    """Return `dx = dout` where x > 0, and 0 elsewhere, also at x = 0.

    Args: `dout` in the shape of x; `cache` of `relu_forward`. Returns `dx` in that shape.

    >>> relu_backward([5.0, 5.0, -5.0], relu_forward([-1.0, 0.0, 2.0])[1]).tolist()
    [0.0, 0.0, -5.0]
    """
    dout, x = as_floats(dout=dout, x=cache)
    _check_upstream(dout, x.shape)
    return np.where(x > 0, dout, dout.dtype.type(0))  # not dout * (x > 0), which is -0.0 or nan


def sigmoid_forward(x):
    """Return `1 / (1 + exp(-x))`, entry by entry, without overflow.

    Args: `x`, any shape. Returns `out` of that shape, `cache = out`.

    >>> sigmoid_forward([0.0, -1000.0])[0]
    array([0.5, 0. ])
    """
    out = sigmoid(as_float(x, "x"))
    return out, out


def sigmoid_backward(dout, cache):
    """Return `dx = dout * out * (1 - out)`.

    Args: `dout` in the shape of out; `cache` of `sigmoid_forward`. Returns `dx` in that shape.

    >>> sigmoid_backward([8.0], sigmoid_forward([0.0])[1])
    array([2.])
    """
    dout, out = as_floats(dout=dout, out=cache)
    _check_upstream(dout, out.shape)
    return dout * out * (1 - out)


def tanh_forward(x):
    """Return `tanh(x)`, entry by entry.

    Args: `x`, any shape. Returns `out` of that shape, `cache = out`.

    >>> tanh_forward([0.0, 1000.0])[0]
    array([0., 1.])
    """
    out = np.tanh(as_float(x, "x"))
    return out, out


def tanh_backward(dout, cache):
    """Return `dx = dout * (1 - out**2)`.

    Args: `dout` in the shape of out; `cache` of `tanh_forward`. Returns `dx` in that shape.

    >>> tanh_backward([8.0], tanh_forward([0.0])[1])
    array([8.])
    """
    dout, out = as_floats(dout=dout, out=cache)
    _check_upstream(dout, out.shape)
    return dout * (1 - out * out)


def softmax(z):
    """Return `exp(z) / sum(exp(z))` over the last axis: scores become shares of one.

    Args: `z` (..., C), C at least 1; -inf is a share of 0. Returns the same shape.
    Raises ValueError when there is no last axis, or nothing on it.

    >>> softmax([[0.0, 0.0], [1000.0, -1000.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    z = as_float(z, "z")
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z must have shape (..., C) with C at least 1; got {z.shape}")
    # Each row's own largest score comes off, which changes nothing but keeps exp from overflowing;
    # with the largest of all rows, a row far below it would be 0 / 0.
    with np.errstate(under="ignore"):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(dout, probs):
    """Return `dz = probs * (dout - sum(dout * probs))`: moving one score moves every share.

    Args: `dout` and `probs = softmax(z)`, (..., C). Returns `dz` (..., C).

    >>> softmax_backward([4.0, 0.0], softmax([0.0, 0.0])).tolist()
    [1.0, -1.0]
    """
    dout, probs = as_floats(dout=dout, probs=probs)
    _check_upstream(dout, probs.shape)
    return probs * (dout - (dout * probs).sum(axis=-1, keepdims=True))


def _check_upstream(dout, shape):
    """Raise ValueError unless `dout` has the shape of the output it is the gradient of."""
    check_shape(dout, shape, "dout", f"{tuple(shape)} as out has")
