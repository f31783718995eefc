"""The loop that every model of lessons 13 to 15 is trained by: gradient, clip, Adam, report.

A model is a dict of arrays and a function that gives its loss and gradients; what Adam remembers
goes out with the result and may come in again, so that training can stop and go on.
"""

from typing import NamedTuple

import numpy as np

from bplib.arrays import check_count
from bplib.optim import adam_step
from bplib.regularization import clip_by_global_norm


class Fit(NamedTuple):
    """What `fit` returns: the parameters, the loss of every step, and what Adam remembers."""

    params: dict
    losses: np.ndarray
    memory: tuple


def fit(params, loss_and_grads, batches, learning_rate, max_norm=5.0, on_step=None, memory=None):
    """Train a model by Adam on clipped gradients, one step for each batch.

    Args: `params`, a dict of name to array; `loss_and_grads(params, batch)` -> `loss, grads`, where
    grads has the names and shapes of params; `batches`, an iterable; `learning_rate`, a number or
    a function of the step (0 at first); `max_norm`, see `clip_by_global_norm`;
    `on_step(step, loss, params)`, called after each step, ends the training by returning True;
    `memory`, that of an earlier `Fit`, to go on where it ended.
    Returns a `Fit` with losses (steps,), each taken before its step. Raises FloatingPointError when
    the loss is no longer a number, ValueError when grads do not fit.

    >>> def bowl(params, batch):
    ...     return float(params["x"] @ params["x"]), {"x": 2 * params["x"]}
    >>> result = fit({"x": np.array([1.0, -2.0])}, bowl, range(200), learning_rate=0.05)
    >>> float(result.losses[0]), float(result.losses[-1]) < 1e-3
    (5.0, True)
    """
    vector = np.concatenate([np.ravel(array) for array in params.values()])
    m, v, done = memory or (np.zeros_like(vector), np.zeros_like(vector), 0)
    check_count(done, "memory's number of steps")
    shapes = {name: np.shape(array) for name, array in params.items()}
    losses = []
    for step, batch in enumerate(batches):
        params = _views(vector, shapes)
        loss, grads = loss_and_grads(params, batch)
        if not np.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss} at step {step}; a smaller learning_rate "
                                     "may keep it finite")
        (gradient,), _ = clip_by_global_norm([_joined(grads, shapes, vector.dtype)], max_norm)
        rate = learning_rate(done) if callable(learning_rate) else learning_rate
        done += 1
        vector, m, v = adam_step(vector, gradient, m, v, done, rate)
        losses.append(loss)
        if on_step is not None and on_step(step, loss, _views(vector, shapes)):
            break
    return Fit(_views(vector, shapes), np.array(losses, dtype=np.float64), (m, v, done))


def _joined(grads, shapes, dtype):
    """All gradients in one vector, in the order of the parameters."""
    if set(grads) != set(shapes):
        raise ValueError(f"grads must have the names of params, {list(shapes)}; got {list(grads)}")
    for name, shape in shapes.items():
        if np.shape(grads[name]) != shape:
            raise ValueError(
                f"grads[{name!r}] must have the shape of params[{name!r}], {shape}; "
                f"got {np.shape(grads[name])}"
            )
    return np.concatenate([np.ravel(grads[name]) for name in shapes]).astype(dtype, copy=False)


def _views(vector, shapes):
    """The vector cut back into named arrays, without copying."""
    params, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        params[name] = vector[start : start + size].reshape(shape)
        start += size
    return params
