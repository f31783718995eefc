"""Lists of names to learn from, and the way from letters to numbers and back (lesson 13).

The lists hold plain facts, gathered for this course: chemical elements, stars, cities, dinosaurs.
"""

from importlib.resources import files

import numpy as np

from bplib.sequences import END, generate, init_sequence_model, train_sequence_model

TOPICS = ("elements", "stars", "cities", "dinosaurs")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYMBOLS = len(LETTERS) + 1  # the letters are 1 to 26, END, the silence around a name, is 0


def load_names(topic):
    """Return the names of one of `TOPICS`, a list of str in lower-case letters a to z.

    Raises ValueError for another topic.

    >>> names = load_names("elements")
    >>> len(names), names[:3]
    (118, ['hydrogen', 'helium', 'lithium'])
    """
    if topic not in TOPICS:
        raise ValueError(f"topic must be one of {', '.join(TOPICS)}; got {topic!r}")
    return files("bplib").joinpath("datasets", f"{topic}.txt").read_text("utf-8").split()


def encode_name(name):
    """Return the ids of a name's letters, a list of int: a is 1, z is 26.

    Raises ValueError for anything but letters a to z.

    >>> encode_name("cab")
    [3, 1, 2]
    """
    for letter in name:
        if letter not in LETTERS:
            raise ValueError(f"name must be written in letters a to z; got {letter!r} in {name!r}")
    return [LETTERS.index(letter) + 1 for letter in name]


def decode_name(ids):
    """Return the name that ids stand for, up to the first END.

    Raises ValueError for an id beyond 26.

    >>> decode_name([3, 1, 2, 0, 5])
    'cab'
    """
    ids = np.asarray(ids, dtype=int).ravel().tolist()
    if END in ids:
        ids = ids[: ids.index(END)]
    if not all(1 <= letter <= len(LETTERS) for letter in ids):
        raise ValueError(f"ids must lie between 0 and {len(LETTERS)}; got {ids}")
    return "".join(LETTERS[letter - 1] for letter in ids)


def train_names(names, rng, epochs=25, hidden=128, cell="rnn", on_step=None):
    """Train a character model on names, a few seconds' work: returns a `bplib.fitting.Fit`.

    Args: `names`, a list of str; `hidden`, the number of units; `cell`, "rnn", "lstm", "gru" or a
    `bplib.sequences.Cell` of one's own functions; `on_step(step, loss, params)` after each step.

    >>> result = train_names(["aba", "abab"], np.random.default_rng(0), epochs=30, hidden=8)
    >>> bool(result.losses[-1] < result.losses[0])
    True
    """
    params = init_sequence_model(SYMBOLS, 16, hidden, rng, cell)
    ids = [encode_name(name) for name in names]
    return train_sequence_model(params, ids, 0.003, epochs, 32, rng, cell, on_step)


def invent_names(params, count, temperature, rng, known=(), cell="rnn"):
    """Return a list of up to `count` names that the model makes up and that are not among `known`.

    It gives up after 20 attempts per name, since a model that has learned its list by heart, asked
    at a low temperature, may have nothing new to say.

    >>> result = train_names(["aba", "abab"], np.random.default_rng(0), epochs=30, hidden=8)
    >>> len(invent_names(result.params, 3, 1.0, np.random.default_rng(1), known=["aba"]))
    3
    """
    names = []
    for _ in range(20 * count):
        name = decode_name(generate(params, temperature, rng, cell=cell))
        if name and name not in known and name not in names:
            names.append(name)
        if len(names) == count:
            break
    return names
