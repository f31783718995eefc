"""A forward made easy on purpose does not earn its backward's points.

Where a cache is the learner's own business, a wrong forward lets the backward be judged by that
forward's own slopes. That must not turn into a gift for forwards that are no attempt at all.
"""

import pytest

from autograder.exercises import all_exercises
from autograder.grading import Grader
from autograder.notebooks import Cell, Submission
from autograder.sandbox.launch import BUBBLEWRAP

# backward -> (its forward, the forward's arguments, the shape of its results, how many results)
PAIRS = {
    "batchnorm_backward": ("batchnorm_forward", "x gamma beta", "x.shape", 1),
    "rnn_backward": ("rnn_forward", "x h0 Wx Wh b", "(*x.shape[:2], h0.shape[1])", 1),
    "truncated_rnn_backward": ("rnn_forward", "x h0 Wx Wh b", "(*x.shape[:2], h0.shape[1])", 1),
    "lstm_step_backward": ("lstm_step_forward", "x h_prev c_prev Wx Wh b", "h_prev.shape", 2),
    "lstm_backward": ("lstm_forward", "x h0 Wx Wh b", "(*x.shape[:2], h0.shape[1])", 1),
    "gru_step_backward": ("gru_step_forward", "x h_prev Wx Wh b", "h_prev.shape", 1),
    "layernorm_backward": ("layernorm_forward", "x gamma beta", "x.shape", 1),
    "attention_backward": ("attention_forward", "Q K V", "(*Q.shape[:2], V.shape[2])", 1),
    "mlp_backward": ("mlp_forward", "x params", "(len(x), params[-1][1].size)", 1),
}
# out of the flat sum of all arguments `total`, and its slope for every entry of an argument
CHEAP = {
    "gives zeros": ("np.zeros(shape)", "0 * dout"),
    "gives a huge constant": ("np.full(shape, 1e12)", "0 * dout"),
    "adds everything up": ("np.zeros(shape) + total", "dout"),
    "adds a little to rounded numbers": ("np.round(total, 1) + 1e-3 * total", "1e-3 * dout"),
    "is steep": ("np.zeros(shape) + np.sinh(total / 50) * 1e6", "dout * np.cosh(total / 50) * 2e4"),
}


@pytest.fixture(scope="module")
def grader():
    with Grader(seconds=20) as grader:
        if grader.isolation != BUBBLEWRAP:
            pytest.skip("no bubblewrap here")
        yield grader


def source(backward, out, slope):
    forward, names, shape, count = PAIRS[backward]
    given, douts = names.split(), [f"dout{k}" for k in range(count)]
    return f"""
import numpy as np
def flat(thing):
    return sum(map(flat, thing)) if isinstance(thing, (list, tuple)) else np.sum(thing)
def spread(thing, slope):
    if isinstance(thing, (list, tuple)):
        return [tuple(spread(item, slope) for item in pair) for pair in thing]
    return np.full(np.shape(thing), float(slope))
def {forward}({', '.join(given)}, *more, **named):
    given, shape = [{', '.join(given)}], {shape}
    total = flat(given)
    out = np.zeros(shape) + {out}
    return ({'out, ' * count}given)
def {backward}({', '.join(douts)}, cache, *more):
    total, dout = flat(cache), sum(np.sum(dout) for dout in ({', '.join(douts)},))
    if "{backward}" == "mlp_backward":
        return [tuple(spread(a, {slope}) for a in pair) for pair in cache[1]]
    return tuple(spread(a, {slope}) for a in cache)
"""


@pytest.mark.parametrize("cheap", CHEAP)
@pytest.mark.parametrize("backward", PAIRS)
def test_a_forward_that_is_no_attempt_earns_no_backward(grader, backward, cheap):
    exercise = all_exercises()[backward]
    text = source(backward, *CHEAP[cheap])
    verdict = grader.verdict(exercise, Submission(None, [Cell(1, text)]))
    assert verdict.status != "raised", verdict.example
    assert verdict.points <= 0.1 * verdict.max_points, (verdict.points, verdict.max_points)


NORM = """
import numpy as np
def NAME_forward(x, gamma, beta, eps=1e-5):
    return gamma * BEND + beta, (x, gamma)
def NAME_backward(dout, cache):
    x, gamma = cache
    rows = tuple(range(dout.ndim - 1))
    return dout * gamma * (SLOPE), (dout * BEND).sum(rows), dout.sum(rows)
"""
RECURRENT = """
import numpy as np
def rnn_forward(x, h0, Wx, Wh, b):
    h = np.tanh(x @ Wx + b)
    return h, (x, h0, Wx, Wh, h)
def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    dz = dh * (1 - h * h)
    return dz @ Wx.T, 0 * h0, np.einsum("ntd,nth->dh", x, dz), 0 * Wh, dz.sum((0, 1))
"""
ATTENTION = """
import numpy as np
def attention_forward(Q, K, V, causal=False):
    return V.mean(1, keepdims=True) + np.zeros((*Q.shape[:2], 1)), (Q, K, V)
def attention_backward(dout, cache):
    Q, K, V = cache
    return 0 * Q, 0 * K, np.zeros(V.shape) + dout.sum(1, keepdims=True) / V.shape[1]
"""
SHORTCUTS = {  # each with the exercise that it is for, and the share that its right gradients earn
    "a norm that only scales": ("batchnorm_backward", NORM, "x", "1", 0.4),
    # two draws in a hundred give an x so near its own norm that dgamma counts beside dbeta
    "a norm that only bends": ("batchnorm_backward", NORM, "np.tanh(x)", "1 - np.tanh(x) ** 2", 0.55),
    "a layer that only scales": ("layernorm_backward", NORM, "x", "1", 0.4),
    "a layer that only bends": ("layernorm_backward", NORM, "np.tanh(x)", "1 - np.tanh(x) ** 2", 0.4),
    "steps that know of no other": ("rnn_backward", RECURRENT, "", "", 0.1),
    "attention that looks at nothing": ("attention_backward", ATTENTION, "", "", 0.1),
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_a_forward_that_leaves_out_what_is_hard_earns_little(grader, shortcut):
    name, text, bend, slope, share = SHORTCUTS[shortcut]
    for old, new in (("NAME", name.removesuffix("_backward")), ("BEND", bend), ("SLOPE", slope)):
        text = text.replace(old, new)
    verdict = grader.verdict(all_exercises()[name], Submission(None, [Cell(1, text)]))
    assert verdict.status in ("wrong", "partial"), verdict.diagnoses
    assert verdict.points <= share * verdict.max_points, (verdict.points, verdict.max_points)
