"""Batch normalisation: each unit is shifted and scaled to mean 0 and variance 1 over the batch.

What makes its backward pass interesting: mean and variance are made of every example in the batch,
so that every output depends on every input of its column, and blame comes back three ways.
"""

import numpy as np

from bplib.arrays import (
    as_float,
    as_floats,
    check_ndim,
    check_not_empty,
    check_positive,
    check_shape,
)


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """Normalise each column over the batch, then scale and shift it.

    `x_hat = (x - mean) / sqrt(var + eps)`, `out = gamma * x_hat + beta`, the variance with divisor
    N.

    Args: `x` (N, D); `gamma`, `beta` (D,); `eps` above 0. Returns `out` (N, D) and `cache`.
    Raises ValueError or TypeError when an argument does not fit.
    Source: S. Ioffe, C. Szegedy (2015), algorithm 1.

    >>> out, cache = batchnorm_forward([[1.0], [3.0]], [10.0], [5.0], eps=1e-12)
    >>> out.round(6).tolist()
    [[-5.0], [15.0]]
    """
    x, gamma, beta = _checked(x, gamma=gamma, beta=beta)
    check_positive(eps, "eps")
    mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + float(eps))
    x_hat = (x - mean) * inv_std
    return gamma * x_hat + beta, (x_hat, inv_std, gamma)


def batchnorm_backward(dout, cache):
    """Return the gradients of batch normalisation in training.

    With `g = dout * gamma`: `dx = (g - mean(g) - x_hat * mean(g * x_hat)) / sqrt(var + eps)`. The
    first term is the direct way, the second goes through the mean, the third through the variance;
    means are over the batch. `dgamma = sum(dout * x_hat)`, `dbeta = sum(dout)`.

    Args: `dout` (N, D); `cache` of `batchnorm_forward`. Returns `dx` (N, D), `dgamma` (D,), `dbeta`
    (D,). Raises ValueError when `dout` has not the shape of `out`.

    >>> out, cache = batchnorm_forward([[1.0], [2.0], [4.0]], [10.0], [5.0])
    >>> dx, dgamma, dbeta = batchnorm_backward(np.ones((3, 1)), cache)
    >>> bool(np.allclose(dx, 0)), dbeta.tolist()    # a shift of the whole column changes nothing
    (True, [3.0])
    """
    x_hat, inv_std, gamma = cache
    dout = as_float(dout, "dout")
    check_shape(dout, x_hat.shape, "dout", f"{x_hat.shape} as out has")
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    g = dout * gamma
    dx = inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    return dx, dgamma, dbeta


def update_running_stats(x, running_mean, running_var, momentum=0.1):
    """Return running mean and variance moved a little towards those of the batch `x`.

    `running = (1 - momentum) * running + momentum * batch`. The batch's variance has divisor N - 1
    here, for it stands for examples that were not in the batch.

    Args: `x` (N, D), N at least 2; `running_mean`, `running_var` (D,), zeros and ones at first;
    `momentum`, the weight of the batch, from 0 to 1. Returns both, new. Raises ValueError or
    TypeError when an argument does not fit. Source: S. Ioffe, C. Szegedy (2015), algorithm 2.

    >>> mean, var = update_running_stats([[1.0], [3.0]], [0.0], [1.0], momentum=0.5)
    >>> mean.tolist(), var.tolist()
    ([1.0], [1.5])
    """
    x, mean, var = _checked(x, running_mean=running_mean, running_var=running_var)
    if check_positive(momentum, "momentum", zero_too=True) > 1:
        raise ValueError(f"momentum must be from 0 to 1; got {momentum!r}")
    if len(x) < 2:
        raise ValueError(f"x must have N of at least 2, as one example has no variance; "
                         f"got shape {x.shape}")
    keep, weight = 1 - float(momentum), float(momentum)
    return keep * mean + weight * x.mean(axis=0), keep * var + weight * x.var(axis=0, ddof=1)


def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    """Normalise by the running mean and variance, so that an example's neighbours do not matter.

    `out = gamma * (x - running_mean) / sqrt(running_var + eps) + beta`.

    Args: `x` (N, D); the others (D,); `eps` above 0. Returns `out` (N, D). Raises ValueError or
    TypeError when an argument does not fit. Source: as above, algorithm 2.

    >>> batchnorm_inference([[3.0]], [10.0], [5.0], [1.0], [4.0], eps=1e-12).round(6).tolist()
    [[15.0]]
    """
    x, gamma, beta, mean, var = _checked(x, gamma=gamma, beta=beta, running_mean=running_mean,
                                         running_var=running_var)
    check_positive(eps, "eps")
    if np.any(var < 0):
        raise ValueError(f"running_var must not be negative; its smallest entry is {var.min()}")
    return gamma * ((x - mean) / np.sqrt(var + float(eps))) + beta


def _checked(x, **per_column):
    """Return `x` (N, D) and what there is one of per column (D,) as floats of one precision."""
    x, *rest = as_floats(x=x, **per_column)
    check_ndim(x, 2, "x", "(N, D)")
    check_not_empty(x, "x")
    for name, array in zip(per_column, rest, strict=True):
        check_shape(array, x.shape[1:], name, f"(D,) with D = x.shape[1] = {x.shape[1]}")
    return x, *rest
