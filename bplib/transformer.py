"""A transformer of one block, forward and back, from the pairs of this course (lesson 15).

It predicts the next symbol of a sequence, as the character model of lesson 13 does, but no state is
handed on: each place looks at all places before it at once. Sources: Vaswani et al. 2017, Attention
is all you need; layer norm before each branch as in Xiong et al. 2020, On layer normalization in
the transformer architecture.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bplib.arrays import check_count
from bplib.attention import (
    attention_backward,
    attention_forward,
    layernorm_backward,
    layernorm_forward,
)
from bplib.fitting import fit
from bplib.layers import linear_backward, linear_forward, relu_backward, relu_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.optim import cosine_schedule
from bplib.randomness import check_generator
from bplib.recurrent import embedding_backward, embedding_forward


class Pairs(NamedTuple):
    """The pairs of lesson 15 that the block is built from; a learner puts in their own."""

    attention_forward: Callable = attention_forward
    attention_backward: Callable = attention_backward
    layernorm_forward: Callable = layernorm_forward
    layernorm_backward: Callable = layernorm_backward


REFERENCE = Pairs()


def init_transformer(V, T, D, rng, dtype=np.float32):
    """First parameters for V symbols, at most T places and D channels: a dict of arrays.

    `E` (V, D) and `P` (T, D), what stands at a place and which place it is; `Wq, Wk, Wv, Wo`
    (D, D); a network of one hidden layer, `W1` (D, 4D) and `W2` (4D, D); gamma and beta of three
    layer norms; the read-out `Wy` (D, V).

    >>> len(init_transformer(5, 8, 4, np.random.default_rng(0)))
    18
    """
    check_generator(rng)

    def matrix(rows, columns):
        return rng.normal(size=(rows, columns)) / np.sqrt(rows)

    params = {"E": rng.normal(size=(V, D)), "P": rng.normal(size=(T, D))}
    params |= {name: matrix(D, D) for name in ("Wq", "Wk", "Wv", "Wo")}
    params |= {"W1": matrix(D, 4 * D), "b1": np.zeros(4 * D), "W2": matrix(4 * D, D),
               "b2": np.zeros(D), "Wy": matrix(D, V), "by": np.zeros(V)}
    for norm in "123":
        params |= {f"gamma{norm}": np.ones(D), f"beta{norm}": np.zeros(D)}
    return {name: array.astype(dtype) for name, array in params.items()}


def transformer_forward(params, ids, pairs=REFERENCE):
    """Return the scores of what comes next at every place, and where each place looked.

    `x = E[ids] + P`, `x = x + attention(norm(x)) Wo`, `x = x + network(norm(x))`,
    `logits = norm(x) Wy + by`. Args: `ids` (N, T). Returns `logits` (N, T, V), `weights` (N, T, T)
    and a cache. Raises ValueError for more places than P has.

    >>> params = init_transformer(5, 8, 4, np.random.default_rng(0))
    >>> logits, weights, cache = transformer_forward(params, [[1, 2, 3]])
    >>> logits.shape, bool(weights[0, 0, 1] == 0)
    ((1, 3, 5), True)
    """
    p = params
    x, looked_up = embedding_forward(ids, p["E"])
    if x.ndim != 3 or x.shape[1] > len(p["P"]):
        raise ValueError(
            f"ids must have shape (N, T) with T at most {len(p['P'])}; got {np.shape(ids)}"
        )
    x = x + p["P"][: x.shape[1]]
    a, norm1 = pairs.layernorm_forward(x, p["gamma1"], p["beta1"])
    mixed, attending = pairs.attention_forward(a @ p["Wq"], a @ p["Wk"], a @ p["Wv"], causal=True)
    x = x + mixed @ p["Wo"]
    m, norm2 = pairs.layernorm_forward(x, p["gamma2"], p["beta2"])
    z, first = linear_forward(_rows(m), p["W1"], p["b1"])
    hidden, bending = relu_forward(z)
    out, second = linear_forward(hidden, p["W2"], p["b2"])
    x = x + out.reshape(x.shape)
    y, norm3 = pairs.layernorm_forward(x, p["gamma3"], p["beta3"])
    logits, read_out = linear_forward(_rows(y), p["Wy"], p["by"])
    cache = (looked_up, norm1, a, attending, mixed, norm2, first, bending, second, norm3, read_out)
    return logits.reshape(*x.shape[:2], -1), attending[-1], cache


def transformer_backward(dlogits, params, cache, pairs=REFERENCE):
    """Backward of `transformer_forward`: dlogits (N, T, V) -> a dict of gradients like params.

    Where a branch leaves the road and comes back by an addition, two blames meet and are added.

    >>> params = init_transformer(5, 8, 4, np.random.default_rng(0))
    >>> logits, _, cache = transformer_forward(params, [[1, 2, 3]])
    >>> sorted(transformer_backward(0 * logits, params, cache)) == sorted(params)
    True
    """
    p, g = params, {}
    looked_up, norm1, a, attending, mixed, norm2, first, bending, second, norm3, read_out = cache
    dy, g["Wy"], g["by"] = linear_backward(_rows(dlogits), read_out)
    dx, g["gamma3"], g["beta3"] = pairs.layernorm_backward(dy.reshape(a.shape), norm3)

    dhidden, g["W2"], g["b2"] = linear_backward(_rows(dx), second)
    dm, g["W1"], g["b1"] = linear_backward(relu_backward(dhidden, bending), first)
    dbranch, g["gamma2"], g["beta2"] = pairs.layernorm_backward(dm.reshape(a.shape), norm2)
    dx = dx + dbranch

    g["Wo"] = _rows(mixed).T @ _rows(dx)
    blames = pairs.attention_backward(dx @ p["Wo"].T, attending)
    da = 0
    for name, blame in zip(("Wq", "Wk", "Wv"), blames, strict=True):
        g[name] = _rows(a).T @ _rows(blame)
        da = da + blame @ p[name].T
    dbranch, g["gamma1"], g["beta1"] = pairs.layernorm_backward(da, norm1)
    dx = dx + dbranch

    g["P"] = np.zeros_like(p["P"])
    g["P"][: dx.shape[1]] = dx.sum(axis=0)
    g["E"] = embedding_backward(dx, looked_up)
    return g


def transformer_loss(params, ids, counts, pairs=REFERENCE):
    """Mean cross-entropy of the next symbol where `counts` says so, and its gradients.

    Args: `ids` (N, T + 1), whose places 0 to T - 1 are read and 1 to T are to be said; `counts`
    (T,), True at the places read whose answer matters.

    >>> params = init_transformer(5, 8, 4, np.random.default_rng(0))
    >>> loss, grads = transformer_loss(params, np.array([[1, 2, 3]]), np.array([False, True]))
    >>> 0 < loss < 9
    True
    """
    logits, _, cache = transformer_forward(params, ids[:, :-1], pairs)
    asked = logits[:, counts]
    loss, judged = softmax_cross_entropy_forward(_rows(asked), ids[:, 1:][:, counts].ravel())
    dlogits = np.zeros_like(logits)
    dlogits[:, counts] = softmax_cross_entropy_backward(1.0, judged).reshape(asked.shape)
    return loss, transformer_backward(dlogits, params, cache, pairs)


def _rows(array):
    """(N, T, D) to (N * T, D)."""
    return array.reshape(-1, array.shape[-1])


TASKS = {"copy": lambda digits: digits, "reverse": lambda digits: digits[:, ::-1],
         "sort": lambda digits: np.sort(digits, axis=1)}
SEPARATOR = 10


def make_task(task, N, length, rng):
    """Return ids (N, 2 * length + 1): random digits, SEPARATOR, and the same digits rearranged.

    `task` is one of TASKS: "copy", "reverse" or "sort". Raises ValueError for another.

    >>> make_task("reverse", 1, 3, np.random.default_rng(0)).tolist()
    [[8, 6, 5, 10, 5, 6, 8]]
    """
    if task not in TASKS:
        raise ValueError(f"task must be one of {', '.join(TASKS)}; got {task!r}")
    check_generator(rng)
    size = check_count(N, "N", least=1), check_count(length, "length", least=1)
    digits = rng.integers(10, size=size)
    return np.column_stack([digits, np.full(N, SEPARATOR), TASKS[task](digits)])


def train_transformer(task, length, steps, rng, D=32, learning_rate=0.01, batch_size=64,
                      pairs=REFERENCE, on_step=None):
    """Train a transformer on fresh examples of a task; returns a `bplib.fitting.Fit`.

    >>> result = train_transformer("copy", 2, 20, np.random.default_rng(0), D=8)
    >>> bool(result.losses[-1] < result.losses[0])
    True
    """
    params = init_transformer(SEPARATOR + 1, 2 * length, D, rng)
    counts = np.arange(2 * length) >= length  # only what follows the separator can be known
    batches = (make_task(task, batch_size, length, rng) for _ in range(steps))
    return fit(params, lambda p, ids: transformer_loss(p, ids, counts, pairs), batches,
               lambda step: cosine_schedule(step, steps, learning_rate, steps // 10),
               on_step=on_step)


def rearrange(params, digits, pairs=REFERENCE):
    """Let the transformer write its answer, likeliest symbol by symbol.

    Args: `digits` (N, length). Returns what it wrote (N, length), and `weights`
    (N, length, 2 * length), where it looked for each of them.

    >>> params = init_transformer(11, 6, 4, np.random.default_rng(0))
    >>> written, weights = rearrange(params, [[3, 1, 2]])
    >>> written.shape, weights.shape
    ((1, 3), (1, 3, 6))
    """
    digits = np.asarray(digits)
    N, length = digits.shape
    ids = np.column_stack([digits, np.full(N, SEPARATOR)])
    for _ in range(length):
        logits, weights, _ = transformer_forward(params, ids, pairs)
        ids = np.column_stack([ids, logits[:, -1].argmax(axis=1)])
    return ids[:, length + 1 :], weights[:, length:]
