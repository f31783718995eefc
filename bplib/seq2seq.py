"""One network reads, another writes: translation without and with attention (lesson 15).

Without attention, all that was read must fit into the reader's last state; with it, the writer
looks back at every state of the reader whenever it writes a letter. Sources: Sutskever, Vinyals and
Le 2014, Sequence to sequence learning with neural networks; Luong, Pham and Manning 2015, Effective
approaches to attention-based neural machine translation, section 3.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bplib.attention import attention_backward, attention_forward
from bplib.fast_recurrent import fast_lstm_backward, fast_lstm_forward
from bplib.fitting import fit
from bplib.layers import linear_backward, linear_forward, tanh_backward, tanh_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.optim import cosine_schedule
from bplib.randomness import check_generator
from bplib.recurrent import embedding_backward, embedding_forward
from bplib.sequences import init_recurrent
from bplib.translation import SYMBOLS, decode_texts, encode_texts


class Operations(NamedTuple):
    """The pairs that a translator is built from; a learner puts in their own."""

    lstm_forward: Callable = fast_lstm_forward
    lstm_backward: Callable = fast_lstm_backward
    attention_forward: Callable = attention_forward
    attention_backward: Callable = attention_backward


REFERENCE = Operations()


def init_translator(H, rng, attention=True, D=24, dtype=np.float32):
    """First parameters: embeddings, an LSTM of H units that reads, one that writes, a read-out.

    With `attention`, a table `Wa` (H, H) turns what is asked before it is compared, and a layer of
    H units joins what was found to what is known. Returns a dict of arrays.

    >>> sorted(init_translator(8, np.random.default_rng(0), attention=False))
    ['E', 'Rh', 'Rx', 'Wh', 'Wo', 'Wx', 'bo', 'br', 'bw']
    """
    check_generator(rng)
    params = {"E": rng.normal(size=(SYMBOLS, D))}
    params["Rx"], params["Rh"], params["br"] = init_recurrent(D, H, 4, rng)
    params["Wx"], params["Wh"], params["bw"] = init_recurrent(D, H, 4, rng)
    if attention:
        params["Wa"] = np.eye(H)
        params["Wc"] = rng.normal(size=(2 * H, H)) / np.sqrt(2 * H)
        params["bc"] = np.zeros(H)
    params["Wo"] = rng.normal(size=(H, SYMBOLS)) / np.sqrt(H)
    params["bo"] = np.zeros(SYMBOLS)
    return {name: array.astype(dtype) for name, array in params.items()}


def translator_forward(params, source, written, operations=REFERENCE):
    """Read a batch and say what comes after every letter written so far.

    Args: `params` as of `init_translator`; `source` (N, L) and `written` (N, T), ids, the latter
    beginning with a blank. Returns `logits` (N, T, V), `weights` (N, T, L), where each letter was
    looked for (None without attention), and a cache.

    >>> params = init_translator(8, np.random.default_rng(0))
    >>> logits, weights, _ = translator_forward(params, [[1, 2, 3]], [[0, 4]])
    >>> logits.shape, weights.shape
    ((1, 2, 40), (1, 2, 3))
    """
    letters, looked_up = embedding_forward(source, params["E"])
    h0 = np.zeros((len(letters), len(params["Rh"])), letters.dtype)
    read, reading = operations.lstm_forward(letters, h0, params["Rx"], params["Rh"], params["br"])
    letters, remembered = embedding_forward(written, params["E"])
    known, writing = operations.lstm_forward(
        letters, read[:, -1], params["Wx"], params["Wh"], params["bw"]
    )
    weights, looking = None, None
    rows = known.reshape(-1, known.shape[2])
    if "Wa" in params:
        rows, weights, looking = _look_back(params, known, read, operations)
    logits, read_out = linear_forward(rows, params["Wo"], params["bo"])
    cache = (looked_up, reading, read.shape, remembered, writing, known.shape, looking, read_out)
    return logits.reshape(*known.shape[:2], -1), weights, cache


def _look_back(params, known, read, operations):
    """Ask with what is known, find in what was read, and join the two: rows (N * T, H)."""
    found, attending = operations.attention_forward(known @ params["Wa"], read, read)
    both = np.concatenate([known, found], axis=2)
    joined, joining = linear_forward(both.reshape(-1, both.shape[2]), params["Wc"], params["bc"])
    rows, bending = tanh_forward(joined)
    return rows, attending[-1], (known, attending, joining, bending)


def _look_back_backward(drows, params, looking, operations):
    """Backward of `_look_back`: `dknown, dread` and the gradients of its three parameters."""
    known, attending, joining, bending = looking
    N, T, H = known.shape
    dboth, dWc, dbc = linear_backward(tanh_backward(drows, bending), joining)
    dboth = dboth.reshape(N, T, 2 * H)
    dasked, dkeys, dvalues = operations.attention_backward(dboth[:, :, H:], attending)
    dWa = known.reshape(-1, H).T @ dasked.reshape(-1, H)
    dknown = dboth[:, :, :H] + dasked @ params["Wa"].T
    return dknown, dkeys + dvalues, {"Wa": dWa, "Wc": dWc, "bc": dbc}


def translator_backward(dlogits, params, cache, operations=REFERENCE):
    """Backward of `translator_forward`: dlogits (N, T, V) -> a dict of gradients like params.

    >>> params = init_translator(8, np.random.default_rng(0))
    >>> logits, _, cache = translator_forward(params, [[1, 2, 3]], [[0, 4]])
    >>> sorted(translator_backward(np.ones_like(logits), params, cache)) == sorted(params)
    True
    """
    looked_up, reading, shape_read, remembered, writing, shape_known, looking, read_out = cache
    drows, dWo, dbo = linear_backward(dlogits.reshape(-1, dlogits.shape[2]), read_out)
    if looking is None:
        dknown, dread, grads = drows.reshape(shape_known), np.zeros(shape_read, drows.dtype), {}
    else:
        dknown, dread, grads = _look_back_backward(drows, params, looking, operations)
    dwritten, dlast, dWx, dWh, dbw = operations.lstm_backward(dknown, writing)
    dread[:, -1] += dlast  # the writer began where the reader ended
    dsource, _, dRx, dRh, dbr = operations.lstm_backward(dread, reading)
    dE = embedding_backward(dsource, looked_up) + embedding_backward(dwritten, remembered)
    return {"E": dE, "Rx": dRx, "Rh": dRh, "br": dbr, "Wx": dWx, "Wh": dWh, "bw": dbw, **grads,
            "Wo": dWo, "bo": dbo}  # fmt: skip


def translator_loss(params, source, target, operations=REFERENCE):
    """Mean cross-entropy of each letter of `target` (N, T) after the right ones: `loss, grads`.

    >>> params = init_translator(8, np.random.default_rng(0))
    >>> loss, grads = translator_loss(params, np.array([[1, 2, 3]]), np.array([[4, 5]]))
    >>> 1 < loss < 8
    True
    """
    written = np.concatenate([np.zeros_like(target[:, :1]), target[:, :-1]], axis=1)
    logits, _, cache = translator_forward(params, source, written, operations)
    loss, judged = softmax_cross_entropy_forward(logits.reshape(target.size, -1), target.ravel())
    dlogits = softmax_cross_entropy_backward(1.0, judged).reshape(logits.shape)
    return loss, translator_backward(dlogits, params, cache, operations)


def train_translator(pairs, rng, attention=True, steps=400, H=64, learning_rate=0.01, batch_size=64,
                     operations=REFERENCE, on_step=None):
    """Train a translator on (written, wanted) pairs; returns a `bplib.fitting.Fit`.

    Args: `pairs` as of `bplib.translation.make_pairs`; the learning rate falls to 0 along a cosine;
    `on_step(step, loss, params)` after each step.

    >>> result = train_translator([("one", "1"), ("two", "2")], np.random.default_rng(0), steps=30,
    ...                           H=8, batch_size=2)
    >>> bool(result.losses[-1] < result.losses[0])
    True
    """
    params = init_translator(H, rng, attention)
    sources = encode_texts([written for written, _ in pairs])
    targets = encode_texts([wanted for _, wanted in pairs], align="left")

    def batches():
        for _ in range(steps):
            chosen = rng.integers(len(pairs), size=batch_size)
            first = (sources[chosen] != 0).any(axis=0).argmax()  # columns before it are all blank
            yield sources[chosen, first:], targets[chosen]

    return fit(params, lambda p, batch: translator_loss(p, *batch, operations), batches(),
               lambda step: cosine_schedule(step, steps, learning_rate, steps // 20),
               on_step=on_step)


def translate(params, texts, length=10, operations=REFERENCE):
    """Translate, always writing the likeliest letter: a list of str, and the attention weights.

    Args: `texts`, a list of str; `length`, that of the longest translation in training.
    The weights are (N, length, L), for each letter written where it was looked for among the L
    letters read, the texts filled up in front to the longest; None without attention.

    >>> params = init_translator(8, np.random.default_rng(0))
    >>> texts, weights = translate(params, ["may 1", "june 21"], length=4)
    >>> len(texts), weights.shape
    (2, (2, 4, 7))
    """
    source = encode_texts(texts)
    written = np.zeros((len(texts), 1), int)
    for _ in range(length):  # what was written is read anew, so that any LSTM pair will do
        logits, weights, _ = translator_forward(params, source, written, operations)
        written = np.column_stack([written, logits[:, -1].argmax(axis=1)])
    return decode_texts(written[:, 1:]), weights


def accuracy(params, pairs, operations=REFERENCE):
    """Return the share of pairs whose translation is right to the last letter.

    >>> params = init_translator(8, np.random.default_rng(0))
    >>> accuracy(params, [("one", "1"), ("two", "2")])
    0.0
    """
    length = max(len(wanted) for _, wanted in pairs)
    texts, _ = translate(params, [written for written, _ in pairs], length, operations)
    return sum(t == wanted for t, (_, wanted) in zip(texts, pairs, strict=True)) / len(pairs)
