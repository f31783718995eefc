"""Functions of arrays for lesson 08, kept as text: shown to a learner, and called by theirs."""

import numpy as np

from autograder.machine import Strided


def computes(text, watch=None, **constants):
    """The function of an array ``x`` that ``text`` writes down, for real and complex ``x``.

    watch: a list that gets a copy of every ``x`` it was called with; constants: further names.
    """
    code = compile(text, "<formula>", "eval")

    def f(x):
        x = _numbers(x)
        if watch is not None:
            watch.append(x.copy())
        return np.asarray(eval(code, {"np": np, "x": x, **constants}))[()]

    return f


def pair(forward, backward, **constants):
    """``forward(x) -> out, (x, out)`` and ``backward(dout, cache)`` from their two texts."""
    out_of, dx_of = (compile(text, "<formula>", "eval") for text in (forward, backward))

    def run_forward(x):
        x = _numbers(x)
        out = np.asarray(eval(out_of, {"np": np, "x": x, **constants}))
        return out, (x, out)

    def run_backward(dout, cache):
        x, out = (_numbers(item) for item in cache)
        names = {"np": np, "x": x, "out": out, "dout": _numbers(dout), **constants}
        return np.asarray(eval(dx_of, names))

    return run_forward, run_backward


def _numbers(x):
    x = np.array(x)
    return x if x.dtype.kind in "fc" else x.astype(float)


def array_of(value):
    """The array itself, where it is to be handed over as a view."""
    return value.array if isinstance(value, Strided) else np.asarray(value)


def largest_move(points, x, part=np.abs):
    """How far the points lie from ``x`` at most, in one entry."""
    moves = [np.max(part(p - x)) for p in points if p.shape == x.shape]
    return float(max(moves, default=0.0))
