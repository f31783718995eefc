"""Where to start: weights of the one size at which a signal neither fades nor explodes.

A sum of `fan_in` products has `fan_in` times the variance of one, so that each layer multiplies the
size of what passes by about `sqrt(fan_in * variance of a weight)`; over many layers that had better
be 1. The two recipes differ in what they expect between the layers.
"""

import numpy as np

from bplib.arrays import check_count
from bplib.randomness import check_generator


def xavier_init(fan_in, fan_out, rng):
    """Return normal weights of variance `2 / (fan_in + fan_out)`, for tanh and sigmoid layers.

    The forward signal asks for `1 / fan_in`, the backward one for `1 / fan_out`; this lies between.

    Args: `fan_in`, `fan_out`, how many inputs and outputs the layer has, at least 1; `rng`, a
    np.random.Generator. Returns (fan_in, fan_out). Raises ValueError or TypeError when an argument
    does not fit. Source: X. Glorot, Y. Bengio (2010), equation 12.

    >>> W = xavier_init(300, 100, np.random.default_rng(0))
    >>> W.shape, round(float(W.var() * 200), 2)
    ((300, 100), 0.99)
    """
    _check(fan_in, fan_out, rng)
    return np.sqrt(2 / (fan_in + fan_out)) * rng.normal(size=(fan_in, fan_out))


def he_init(fan_in, fan_out, rng):
    """Return normal weights of variance `2 / fan_in`, for ReLU layers.

    A ReLU lets half of the signal's power through, and the 2 puts it back.

    Args: `fan_in`, `fan_out`, how many inputs and outputs the layer has, at least 1; `rng`, a
    np.random.Generator. Returns (fan_in, fan_out). Raises ValueError or TypeError when an argument
    does not fit. Source: K. He, X. Zhang, S. Ren, J. Sun (2015), equation 10.

    >>> W = he_init(300, 100, np.random.default_rng(0))
    >>> W.shape, round(float(W.var() * 150), 2)
    ((300, 100), 0.99)
    """
    _check(fan_in, fan_out, rng)
    return np.sqrt(2 / fan_in) * rng.normal(size=(fan_in, fan_out))


def _check(fan_in, fan_out, rng):
    check_count(fan_in, "fan_in", least=1)
    check_count(fan_out, "fan_out", least=1)
    check_generator(rng)
