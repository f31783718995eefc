"""A detective story: the backward of a two-layer network with bugs planted in it, and mended.

`planted_backward` is wrong on purpose. It raises nothing, its shapes are right, and a net still
learns a little with it; only a gradient check tells.
"""

import numpy as np

from bplib.layers import linear_backward, linear_forward, tanh_backward, tanh_forward


def two_layer_forward(x, W1, b1, W2, b2):
    """Return `out = tanh(x @ W1 + b1) @ W2 + b2`.

    Args: `x` (N, D); `W1` (D, H); `b1` (H,); `W2` (H, M); `b2` (M,).
    Returns `out` (N, M), `cache = (x, W1, b1, W2, b2, hidden)` with hidden (N, H).
    Raises ValueError when the shapes do not fit.

    >>> out, cache = two_layer_forward([[0.0]], [[1.0]], [0.0], [[1.0]], [7.0])
    >>> out
    array([[7.]])
    """
    z, (x, W1, b1) = linear_forward(x, W1, b1)
    hidden, _ = tanh_forward(z)
    out, (_, W2, b2) = linear_forward(hidden, W2, b2)
    return out, (x, W1, b1, W2, b2, hidden)


def fixed_backward(dout, cache):
    """Return the gradients of `two_layer_forward`, all bugs of `planted_backward` mended.

    `dhidden = dout W2.T`, `dz = dhidden * (1 - hidden**2)`, and a linear layer's rules around them.

    Args: `dout` (N, M); `cache` of the forward.
    Returns `dx` (N, D), `dW1` (D, H), `db1` (H,), `dW2` (H, M), `db2` (M,).

    >>> _, cache = two_layer_forward([[0.0]], [[3.0]], [0.0], [[5.0]], [0.0])
    >>> [grad.item() for grad in fixed_backward([[1.0]], cache)]
    [15.0, 0.0, 5.0, 0.0, 1.0]
    """
    x, W1, b1, W2, b2, hidden = cache
    dhidden, dW2, db2 = linear_backward(dout, (hidden, W2, b2))
    dx, dW1, db1 = linear_backward(tanh_backward(dhidden, hidden), (x, W1, b1))
    return dx, dW1, db1, dW2, db2


def planted_backward(dout, cache):
    """Return gradients of `two_layer_forward`, WRONG ON PURPOSE: three bugs are planted here.

    Arguments and results as in `fixed_backward`; never use it to learn with.

    >>> _, cache = two_layer_forward([[0.5]], [[3.0]], [0.0], [[5.0]], [0.0])
    >>> right, planted = fixed_backward([[1.0]], cache), planted_backward([[1.0]], cache)
    >>> [bool(np.allclose(*both)) for both in zip(right, planted)]
    [False, False, False, True, True]
    """
    x, W1, b1, W2, b2, hidden = cache
    dout = np.asarray(dout)
    dW2 = hidden.T @ dout
    db2 = dout.sum(axis=0)
    dhidden = dout @ W2.T
    dz = dhidden * (1 - hidden)  # planted
    dW1 = x.T @ dz
    db1 = dz.mean(axis=0)        # planted
    dx = dhidden @ W1.T          # planted
    return dx, dW1, db1, dW2, db2
