"""The adding problem: two marked numbers in a long row, and their sum to be told at the end (14).

A plain recurrent network has to carry the first one over the whole distance through a tanh at every
step; a gated one may let it lie in its cell. Source: Hochreiter and Schmidhuber 1997, Long
short-term memory, section 5.4, here with numbers from 0 to 1 and rows of one length.
"""

import numpy as np

from bplib.arrays import check_count
from bplib.fitting import fit
from bplib.layers import linear_backward, linear_forward
from bplib.losses import mse_backward, mse_forward
from bplib.randomness import check_generator
from bplib.sequences import find_cell, init_recurrent

BASELINE = 1 / 6  # the error of always answering 1: the variance of the sum of two uniform numbers
INPUTS = 2


def adding_problem(N, T, rng, dtype=np.float64):
    """Return `x` (N, T, 2) and `targets` (N, 1): numbers with marks beside two of them, their sums.

    `x[:, :, 0]` holds numbers from 0 to 1; `x[:, :, 1]` is 1 at one step of the first half and one
    of the second, else 0. Raises ValueError for T < 2.

    >>> x, targets = adding_problem(1, 6, np.random.default_rng(0))
    >>> x[0, :, 1], bool(np.isclose(x[0, :, 0] @ x[0, :, 1], targets[0, 0]))
    (array([0., 1., 0., 0., 1., 0.]), True)
    """
    check_generator(rng)
    N, T = check_count(N, "N", least=1), check_count(T, "T", least=2)
    x = np.zeros((N, T, INPUTS), dtype)
    x[:, :, 0] = rng.random((N, T))
    rows = np.arange(N)
    x[rows, rng.integers(0, T // 2, N), 1] = 1
    x[rows, rng.integers(T // 2, T, N), 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=1, keepdims=True)


def hidden_units(parameters, cell):
    """Return how many units H give a model of at most about `parameters` parameters.

    The model has `G * H * (2 + H + 1)` of them in the cell and `H + 1` in the read-out.

    >>> hidden_units(5000, "rnn"), hidden_units(5000, "gru"), hidden_units(5000, "lstm")
    (68, 39, 33)
    """
    gates = find_cell(cell).gates
    H = 1
    while gates * (H + 1) * (INPUTS + H + 2) + H + 2 <= parameters:
        H += 1
    return H


def init_adder(H, rng, cell="rnn", dtype=np.float64):
    """First parameters of a cell of H units and a read-out of its last state: a dict of arrays.

    >>> {name: array.shape for name, array in init_adder(3, np.random.default_rng(0)).items()}
    {'Wx': (2, 3), 'Wh': (3, 3), 'b': (3,), 'Wy': (3, 1), 'by': (1,)}
    """
    Wx, Wh, b = init_recurrent(INPUTS, H, find_cell(cell).gates, rng, dtype)
    Wy = (rng.normal(size=(H, 1)) / np.sqrt(H)).astype(dtype)
    return {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": np.zeros(1, dtype)}


def adding_loss(params, x, targets, cell="rnn"):
    """Mean squared error of the sum told after the last step, and its gradients: `loss, grads`.

    >>> params = init_adder(3, np.random.default_rng(0))
    >>> loss, grads = adding_loss(params, *adding_problem(4, 5, np.random.default_rng(1)))
    >>> grads["Wh"].shape
    (3, 3)
    """
    cell = find_cell(cell)
    h0 = np.zeros((len(x), len(params["Wh"])), x.dtype)
    h, through_time = cell.forward(x, h0, params["Wx"], params["Wh"], params["b"])
    predictions, read_out = linear_forward(h[:, -1], params["Wy"], params["by"])
    loss, judged = mse_forward(predictions, targets)
    dlast, dWy, dby = linear_backward(mse_backward(1.0, judged), read_out)
    dh = np.zeros(h.shape, dlast.dtype)
    dh[:, -1] = dlast  # only the last step speaks
    _, _, dWx, dWh, db = cell.backward(dh, through_time)
    return loss, {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}


def train_adding(T, steps, rng, cell="rnn", parameters=3000, learning_rate=0.01, batch_size=64,
                 on_step=None):
    """Train a cell on fresh rows of length T; returns a `bplib.fitting.Fit`.

    Cells of different kinds get about the same number of `parameters`; computed in float32. At
    T = 40 and 600 steps, LSTM and GRU end below a hundredth of BASELINE and a plain network at it;
    given 2000 steps at a rate of 0.002 it too begins to see, so "cannot" is "not in this time".

    >>> result = train_adding(4, 30, np.random.default_rng(0), parameters=200)
    >>> result.losses.shape
    (30,)
    """
    params = init_adder(hidden_units(parameters, cell), rng, cell, np.float32)
    batches = (adding_problem(batch_size, T, rng, np.float32) for _ in range(steps))
    return fit(params, lambda p, batch: adding_loss(p, *batch, cell), batches, learning_rate,
               max_norm=1.0, on_step=on_step)
