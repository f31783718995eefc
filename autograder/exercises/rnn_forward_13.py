"""Checks of lesson 13: a whole sequence forward."""

from functools import partial

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import rnn_plain_13 as plain
from autograder.exercises.common import forward_run
from autograder.exercises.recurrent_13 import LESSON, sequence_cases
from bplib import fast_recurrent, recurrent

STEP = "h = np.tanh(x[:, t] @ Wx + h_prev @ Wh + b)"
BEFORE = "h_prev = h\n"
OUT = "return np.stack(states, axis=1), cache"


def _step(text):
    return ((STEP, f"h = {text}"),)


def _before(text):
    return ((BEFORE, f"h_prev = {text}\n"),)


def _out(text):
    return ((OUT, f"return {text}, cache"),)


def _overflows(x, h0, Wx, Wh, b, of_twice=False):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = plain.tanh_of_exponentials(x[:, t] @ Wx + h @ Wh + b, of_twice)
        states.append(h)
    return np.stack(states, axis=1), None


def _integer_buffer(x, h0, Wx, Wh, b):
    h, _ = recurrent.rnn_forward(x, h0, Wx, Wh, b)
    out = np.zeros_like(h0, shape=h.shape)
    out[...] = h
    return out, None


RNN_FORWARD = Exercise(
    "rnn_forward", LESSON, 3,
    outputs=(Output("h", "the states"),),
    cases=sequence_cases(False),
    run=forward_run("rnn_forward", "x h0 Wx Wh b", out="h"),
    reference=plain.REFERENCE,
    see="The film forward",
    mistakes=(
        Mistake("start-ignored", "The first step starts from zeros; it should start from `h0`.",
                edits=(("h, states, cache = h0, [], []", "h, states, cache = 0 * h0, [], []"),),
                equivalent=("ignores-h0",)),
        Mistake("return-in-the-loop", "The `return` stands inside the loop: it ends after one step.",
                "What is indented with the loop is done at every step.",
                edits=(("states.append(h)", "states.append(h)\n        " + OUT),)),
        Mistake("always-from-start", "Every step starts from `h0`: the state is not handed on.",
                "The name that the step reads must be the name that the step before wrote.",
                edits=_before("h0")),
        Mistake("never-from-before", "The state before is used at no step at all.",
                edits=_before("0 * h0"), equivalent=("ignores-Wh",)),
        Mistake("wraps-around", "The first step starts from the last state of all instead of `h0`: "
                "index -1 means the last one in Python.",
                edits=(("h, states, cache = h0, [], []",
                        "h, states, cache = rnn_forward_once(x, h0, Wx, Wh, b), [], []"),
                       ("def rnn_forward(x, h0, Wx, Wh, b):\n",
                        "def rnn_forward_once(x, h, Wx, Wh, b):\n"
                        "    for t in range(x.shape[1]):\n"
                        "        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)\n"
                        "    return h\n\n\ndef rnn_forward(x, h0, Wx, Wh, b):\n"))),
        Mistake("first-input-only", "Every step reads the first input.",
                edits=_step("np.tanh(x[:, 0] @ Wx + h_prev @ Wh + b)")),
        Mistake("last-input-only", "Every step reads the last input.",
                edits=_step("np.tanh(x[:, -1] @ Wx + h_prev @ Wh + b)")),
        Mistake("read-backwards", "The inputs are taken from the last to the first.",
                edits=(("for t in range(x.shape[1])", "for t in reversed(range(x.shape[1]))"),)),
        Mistake("from-the-end", "The film runs from the last step to the first: each state is made "
                "from the one after it.",
                edits=(("for t in range(x.shape[1])", "for t in reversed(range(x.shape[1]))"),
                       (OUT, "return np.stack(states[::-1], axis=1), cache"))),
        Mistake("input-at-start-only", "Only the first step hears its input.",
                edits=_step("np.tanh((t == 0) * x[:, t] @ Wx + h_prev @ Wh + b)")),
        Mistake("bias-at-start-only", "`b` is added in the first step alone.",
                edits=_step("np.tanh(x[:, t] @ Wx + h_prev @ Wh + b * (t == 0))")),
        Mistake("overflows", "Right for ordinary inputs; for very large ones the exponentials are "
                "infinite, and infinity divided by infinity is no number.",
                "`np.tanh` stands any number.", functions={"rnn_forward": _overflows}),
        Mistake("overflows-upwards", "Right for ordinary inputs; where the sum is very large, the "
                "exponential is infinite, and infinity divided by infinity is no number.",
                "`np.tanh` stands any number.",
                functions={"rnn_forward": partial(_overflows, of_twice=True)}),
        Mistake("bias-missing", "The bias `b` is missing.",
                edits=_step("np.tanh(x[:, t] @ Wx + h_prev @ Wh)"), equivalent=("ignores-b",)),
        Mistake("wh-transposed", "`Wh` is used transposed: the state is a row, on Wh's left.",
                edits=_step("np.tanh(x[:, t] @ Wx + h_prev @ Wh.T + b)")),
        Mistake("tanh-missing", "The squashing is missing: each state is the `tanh` of the sum.",
                edits=_step("x[:, t] @ Wx + h_prev @ Wh + b")),
        Mistake("tanh-at-the-end", "The state is handed on before it was squashed; the next step "
                "reads what came out of tanh.",
                edits=((STEP, "h = x[:, t] @ Wx + h_prev @ Wh + b"),
                       ("states.append(h)", "states.append(np.tanh(h))"))),
        Mistake("sigmoid-instead", "The squashing is a sigmoid; agreed was tanh.",
                edits=_step("1 / (1 + np.exp(-(x[:, t] @ Wx + h_prev @ Wh + b)))")),
        Mistake("relu-instead", "The squashing is a ReLU; agreed was tanh.",
                edits=_step("np.maximum(x[:, t] @ Wx + h_prev @ Wh + b, 0)")),
        Mistake("skip-connection", "The state before is added to the new one: a plain recurrent "
                "step has no way around the squashing.",
                edits=_step("h_prev + np.tanh(x[:, t] @ Wx + h_prev @ Wh + b)")),
        Mistake("squashed-apart", "Only the input's part is squashed; tanh is taken of the sum.",
                edits=_step("np.tanh(x[:, t] @ Wx + b) + h_prev @ Wh")),
        Mistake("state-not-mixed", "Each unit looks back at itself alone: `*` is not `@`.",
                edits=_step("np.tanh(x[:, t] @ Wx + h_prev * np.diag(Wh) + b)")),
        Mistake("first-example-starts-all", "All examples start from the first one's `h0`.",
                edits=(("h, states, cache = h0, [], []",
                        "h, states, cache = np.repeat(h0[:1], len(h0), 0), [], []"),)),
        Mistake("last-state-only", "Only the last state is returned; agreed was the state of every "
                "step, (N, T, H).", edits=_out("h")),
        Mistake("time-first", "Time stands on the first axis, (T, N, H); agreed was (N, T, H).",
                "Stacking a list of steps puts them on axis 0; axis=1 puts them second.",
                edits=_out("np.stack(states)"), equivalent=("permuted-axes",)),
        Mistake("scrambled", "The steps are stacked time first and then reshaped to (N, T, H): "
                "the numbers of different examples are mixed.",
                "reshape never moves numbers; an axis is moved by stacking on it or by transpose.",
                edits=_out("np.stack(states).reshape(len(h), -1, h.shape[1])")),
        Mistake("glued", "The states are glued side by side, (N, T * H); agreed was (N, T, H).",
                edits=_out("np.concatenate(states, axis=1)"),
                equivalent=("right-values-wrong-shape",)),
        Mistake("start-among-states", "`h0` stands among the states: that makes T + 1 of them.",
                edits=_out("np.stack([h0, *states], axis=1)")),
        Mistake("one-late", "The states are those before each step, h0 first; agreed were those "
                "after it.", edits=_out("np.stack([h0, *states[:-1]], axis=1)")),
        Mistake("all-the-last", "Every step shows the last state: the same array was put into the "
                "list again and again.",
                "Writing into an array changes it wherever it is in a list.",
                edits=_out("np.stack([h] * len(states), axis=1)")),
        Mistake("summed-over-time", "The states of all steps are added up; each stands by itself.",
                edits=_out("np.sum(states, axis=0)")),
        Mistake("stops-early", "The last step is missing.",
                edits=_out("np.stack(states[:-1] or states, axis=1)")),
        Mistake("whole-numbers", "The states are cut to whole numbers when the start holds whole "
                "numbers.", "An array made like h0, zeros_like(h0), cannot hold fractions then.",
                functions={"rnn_forward": _integer_buffer},
                equivalent=("fails-with-whole-numbers-an-array-of-int",)),
    ),
    variants=(
        Variant("library", {"rnn_forward": recurrent.rnn_forward}),
        Variant("fast", {"rnn_forward": fast_recurrent.fast_rnn_forward}),
        Variant("buffer", {"rnn_forward": plain.forward_into_a_buffer}),
        Variant("columns", {"rnn_forward": plain.forward_in_columns}),
        Variant("single-precision", {"rnn_forward": plain.SINGLE["rnn_forward"]}),
        Variant("lists", {"rnn_forward": lambda *args: (
            recurrent.rnn_forward(*args)[0].tolist(), "nothing kept")}),
    ),
)  # fmt: skip
