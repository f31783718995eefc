"""Where chance comes from: always an argument, so that a run can be repeated to the last digit."""

import numpy as np


def check_generator(rng, name="rng"):
    """Return `rng` when it is a numpy generator; raise a TypeError that says how to get one else.

    >>> check_generator(7)
    Traceback (most recent call last):
    TypeError: rng must be a np.random.Generator, such as np.random.default_rng(0); got int
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{name} must be a np.random.Generator, such as np.random.default_rng(0); "
                        f"got {type(rng).__name__}")
    return rng
