"""A task that asks for memory and nothing else: say at the end what came first (lesson 13).

Between the one symbol that matters and the question lie steps of noise, so a gradient that does not
reach the first step cannot teach a network to keep it.
"""

import numpy as np

from bplib.arrays import check_count
from bplib.fitting import fit
from bplib.layers import linear_backward, linear_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.randomness import check_generator
from bplib.recurrent import rnn_forward, truncated_rnn_backward
from bplib.sequences import init_recurrent


def recall_batch(N, T, rng):
    """Return `x, first`: x (N, T, 3) and what came first (N,), 0 or 1.

    The first step holds a 1 in column 0 or 1; every later one holds noise in column 2.

    >>> x, first = recall_batch(4, 5, np.random.default_rng(0))
    >>> x.shape, bool((x[:, 0, :2].argmax(axis=1) == first).all())
    ((4, 5, 3), True)
    """
    check_generator(rng)
    x, first = np.zeros((N, T, 3)), rng.integers(0, 2, N)
    x[np.arange(N), 0, first] = 1
    x[:, 1:, 2] = rng.normal(size=(N, T - 1))
    return x, first


def recall_accuracy(span, T, rng, steps=300, hidden=16, scale=0.5):
    """Train a plain recurrent net to recall, its gradient cut into spans; the share it gets right.

    Args: `span`, see `truncated_rnn_backward`; `T` steps; `scale` of the first recurrent weights,
    which are orthogonal but for it: 0.5 forgets quickly. Returns a float from 0 to 1, on 500 new
    sequences; 0.5 is guessing. Raises ValueError or TypeError for counts below 1 or not whole.

    >>> recall_accuracy(2, 2, np.random.default_rng(0), steps=60) > 0.9
    True
    """
    check_count(T, "T", least=1)
    Wx, Wh, b = init_recurrent(3, hidden, 1, rng)
    params = {"Wx": Wx, "Wh": scale * Wh, "b": b,
              "Wy": rng.normal(size=(hidden, 2)) / np.sqrt(hidden), "by": np.zeros(2)}  # fmt: skip

    def read(params, x):
        h0 = np.zeros((len(x), hidden))
        h, cache = rnn_forward(x, h0, params["Wx"], params["Wh"], params["b"])
        logits, readout = linear_forward(h[:, -1], params["Wy"], params["by"])
        return h, cache, logits, readout

    def loss_and_grads(params, _):
        x, first = recall_batch(32, T, rng)
        h, cache, logits, readout = read(params, x)
        loss, judged = softmax_cross_entropy_forward(logits, first)
        dlast, dWy, dby = linear_backward(softmax_cross_entropy_backward(1.0, judged), readout)
        dh = np.zeros_like(h)
        dh[:, -1] = dlast  # the only loss stands at the end
        _, _, dWx, dWh, db = truncated_rnn_backward(dh, cache, span)
        return loss, {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    params = fit(params, loss_and_grads, range(steps), learning_rate=0.01).params
    x, first = recall_batch(500, T, rng)
    return float(np.mean(read(params, x)[2].argmax(axis=1) == first))
