"""A model that reads symbols one by one and says what comes next: names, and tunes (13 and 14).

Symbols are whole numbers, 0 is the silence before and after; the model is an embedding, a recurrent
cell and a linear layer, trained on the cross-entropy of the next symbol.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bplib.fast_recurrent import (
    fast_gru_backward,
    fast_gru_forward,
    fast_lstm_backward,
    fast_lstm_forward,
    fast_rnn_backward,
    fast_rnn_forward,
)
from bplib.fitting import fit
from bplib.layers import linear_backward, linear_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.randomness import check_generator
from bplib.recurrent import embedding_backward, embedding_forward, sample_next

END = 0
NOTHING = -1  # a target that does not count, where a shorter sequence has ended


class Cell(NamedTuple):
    """A recurrent pair, `forward(x, h0, Wx, Wh, b)` and `backward(dh, cache)`, and its gates.

    A learner's own functions make a cell: `Cell(1, rnn_forward, rnn_backward)`.
    """

    gates: int
    forward: Callable
    backward: Callable


CELLS = {
    "rnn": Cell(1, fast_rnn_forward, fast_rnn_backward),
    "lstm": Cell(4, fast_lstm_forward, fast_lstm_backward),
    "gru": Cell(3, fast_gru_forward, fast_gru_backward),
}


def find_cell(cell):
    """Return a `Cell` given itself or the name "rnn", "lstm" or "gru"; ValueError for another.

    >>> find_cell("gru").gates
    3
    """
    if isinstance(cell, Cell):
        return cell
    if cell not in CELLS:
        raise ValueError(f"cell must be a Cell or one of {', '.join(CELLS)}; got {cell!r}")
    return CELLS[cell]


def init_recurrent(D, H, gates, rng, dtype=np.float64):
    """First weights of a recurrent cell: `Wx` (D, G * H), `Wh` (H, G * H) and `b` (G * H,).

    Inputs by Xavier's scale, orthogonal recurrent blocks, which neither shrink nor stretch, and a
    forget gate (the second of four) that starts open, bias 1.

    >>> Wx, Wh, b = init_recurrent(3, 2, 4, np.random.default_rng(0))
    >>> Wx.shape, Wh.shape, b
    ((3, 8), (2, 8), array([0., 0., 1., 1., 0., 0., 0., 0.]))
    """
    check_generator(rng)
    Wx = rng.normal(size=(D, gates * H)) * np.sqrt(2 / (D + H))
    Wh = np.concatenate([np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(gates)], axis=1)
    b = np.zeros(gates * H)
    if gates == 4:
        b[H : 2 * H] = 1  # Jozefowicz, Zaremba and Sutskever 2015: remember until told otherwise
    return Wx.astype(dtype), Wh.astype(dtype), b.astype(dtype)


def init_sequence_model(V, D, H, rng, cell="rnn", dtype=np.float64):
    """First parameters of a model over V symbols: a dict of E, Wx, Wh, b, Wy, by.

    >>> params = init_sequence_model(5, 3, 2, np.random.default_rng(0))
    >>> {name: array.shape for name, array in params.items()}
    {'E': (5, 3), 'Wx': (3, 2), 'Wh': (2, 2), 'b': (2,), 'Wy': (2, 5), 'by': (5,)}
    """
    check_generator(rng)
    Wx, Wh, b = init_recurrent(D, H, find_cell(cell).gates, rng, dtype)
    E = rng.normal(size=(V, D)).astype(dtype)
    Wy = (rng.normal(size=(H, V)) / np.sqrt(H)).astype(dtype)
    return {"E": E, "Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": np.zeros(V, dtype)}


def pad_sequences(sequences):
    """Return `inputs, targets` (N, T): each sequence after an END, and the same one step ahead.

    Shorter ones are filled up with END in inputs and NOTHING in targets; T is the longest plus 1.

    >>> inputs, targets = pad_sequences([[3, 1, 2], [4]])
    >>> inputs.tolist(), targets.tolist()
    ([[0, 3, 1, 2], [0, 4, 0, 0]], [[3, 1, 2, 0], [4, 0, -1, -1]])
    """
    T = 1 + max(len(sequence) for sequence in sequences)
    inputs = np.full((len(sequences), T), END)
    targets = np.full((len(sequences), T), NOTHING)
    for row, sequence in enumerate(sequences):
        inputs[row, 1 : len(sequence) + 1] = sequence
        targets[row, : len(sequence) + 1] = [*sequence, END]
    return inputs, targets


def sequence_loss(params, inputs, targets, cell="rnn"):
    """Mean cross-entropy of the next symbol, and its gradients: `loss, grads`.

    Args: `params` as of `init_sequence_model`; `inputs` and `targets` (N, T) as of `pad_sequences`.
    Returns a float and a dict like params.

    >>> params = init_sequence_model(5, 3, 2, np.random.default_rng(0))
    >>> loss, grads = sequence_loss(params, *pad_sequences([[3, 1, 2], [4]]))
    >>> 0.5 < loss < 4, grads["E"].shape
    (True, (5, 3))
    """
    cell = find_cell(cell)
    x, looked_up = embedding_forward(inputs, params["E"])
    h0 = np.zeros((len(inputs), len(params["Wh"])), x.dtype)
    h, through_time = cell.forward(x, h0, params["Wx"], params["Wh"], params["b"])
    counts = targets != NOTHING
    logits, read_out = linear_forward(h[counts], params["Wy"], params["by"])
    loss, judged = softmax_cross_entropy_forward(logits, targets[counts])
    dlogits = softmax_cross_entropy_backward(1.0, judged)
    dread, dWy, dby = linear_backward(dlogits, read_out)
    dh = np.zeros(h.shape, dread.dtype)
    dh[counts] = dread
    dx, _, dWx, dWh, db = cell.backward(dh, through_time)
    dE = embedding_backward(dx, looked_up)
    return loss, {"E": dE, "Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}


def train_sequence_model(params, sequences, learning_rate, epochs, batch_size, rng, cell="rnn",
                         on_step=None, memory=None):
    """Train a model on sequences of ids in shuffled batches; returns a `bplib.fitting.Fit`.

    Args: `params` as of `init_sequence_model`; `sequences`, a list of lists of ids, 1 and up; the
    rest as of `bplib.fitting.fit`.

    >>> rng = np.random.default_rng(0)
    >>> params = init_sequence_model(3, 4, 8, rng)
    >>> result = train_sequence_model(params, [[1, 2, 1, 2]], 0.03, 40, 1, rng)
    >>> bool(result.losses[-1] < 0.1 * result.losses[0])
    True
    """
    def batches():
        for _ in range(epochs):
            order = rng.permutation(len(sequences))
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                yield pad_sequences([sequences[place] for place in chosen])

    check_generator(rng)
    return fit(params, lambda p, batch: sequence_loss(p, *batch, cell), batches(), learning_rate,
               on_step=on_step, memory=memory)


def generate(params, temperature, rng, max_length=40, cell="rnn", start=()):
    """Let the model invent a sequence, symbol by symbol, until it says END: a list of ids.

    Args: `temperature` as of `sample_next`; `max_length`, of the whole; `start`, ids to go on from.
    The prefix is read anew for each symbol, which is short work for short sequences and asks
    nothing of a cell but its forward.

    >>> params = init_sequence_model(5, 3, 2, np.random.default_rng(0))
    >>> len(generate(params, 1.0, np.random.default_rng(1), max_length=6)) <= 6
    True
    """
    cell, ids = find_cell(cell), [END, *start]
    h0 = np.zeros((1, len(params["Wh"])), params["Wh"].dtype)
    while len(ids) <= max_length:
        x, _ = embedding_forward([ids], params["E"])
        h, _ = cell.forward(x, h0, params["Wx"], params["Wh"], params["b"])
        symbol = sample_next(h[0, -1] @ params["Wy"] + params["by"], temperature, rng)
        if symbol == END:
            break
        ids.append(symbol)
    return ids[1:]
