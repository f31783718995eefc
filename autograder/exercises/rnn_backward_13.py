"""Checks of lesson 13: backpropagation through time."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Variant
from autograder.exercises import rnn_plain_13 as plain
from autograder.exercises.own_forward import forgotten_cache
from autograder.exercises.recurrent_13 import (
    LESSON,
    OUTPUTS,
    gentle_probes,
    sequence_cases,
    sequence_run,
)
from bplib import fast_recurrent, recurrent

TOTAL = "total = dh[:, t] + carry"
DZ = "dz = total * (1 - h * h)"
CARRY = "carry = dz @ Wh.T"
DWX, DWH, DB = "dWx = dWx + x.T @ dz", "dWh = dWh + h_prev.T @ dz", "db = db + dz.sum(axis=0)"
LOOP = "for t in range(len(cache) - 1, -1, -1):"
OUT = "return np.stack(dx[::-1], axis=1), carry, dWx, dWh, db"


def weights_shares(change):
    """Edits of the three lines that add up the shares of the weights: {share} is the step's own."""
    shares = {"dWx": (DWX, "x.T @ dz"), "dWh": (DWH, "h_prev.T @ dz"), "db": (DB, "dz.sum(axis=0)")}
    return tuple((old, f"{name} = " + change.format(name=name, share=share))
                 for name, (old, share) in shares.items())  # fmt: skip


def out(dx="np.stack(dx[::-1], axis=1)", dh0="carry", dWx="dWx", dWh="dWh", db="db"):
    """An edit of what is returned."""
    return ((OUT, f"return {dx}, {dh0}, {dWx}, {dWh}, {db}"),)


def writes_upstream(name):
    """The carry added into the caller's own dh."""
    def backward(dh, cache, *more):
        right = plain.REFERENCE[name](dh, cache, *more)
        if dh.dtype.kind == "f":
            for t in range(len(cache) - 2, -1, -1):
                dh[:, t] += dh[:, t + 1]
        return right

    return backward


def writes_cache(dh, cache):
    """The weights are updated in place, in the arrays that the cache holds."""
    right = plain.rnn_backward(dh, cache)
    Wh = cache[0][3]
    Wh -= 0.1 * right[3]
    return right


def integer_buffer(dh, cache):
    """dx is collected in an array like dh, of whole numbers if that is."""
    dx, *rest = plain.rnn_backward(dh, cache)
    if dh.dtype.kind == "i":
        dx = np.trunc(dx)
    return dx, *rest


COMMON = (  # the same slips are made in both backwards
    Mistake("upstream-ignored", "The upstream gradient `dh` is not used: the answer is what comes "
            "out when it is all ones.",
            edits=((TOTAL, "total = np.ones_like(dh[:, t]) + carry"),),
            equivalent=("ignores-dh",)),
    Mistake("sign", "All gradients have the wrong sign.",
            edits=((TOTAL, "total = carry - dh[:, t]"),), equivalent=("negates-dh",)),
    Mistake("last-loss-only", "Only the last step's `dh` is used; every step has a blame of its "
            "own.",
            "What comes back from the next step meets the step's own `dh`; it does not take its "
            "place. Two ways out of a state, so two blames, added.",
            edits=((TOTAL, "total = dh[:, t] * (t == len(cache) - 1) + carry"),)),
    Mistake("last-loss-everywhere", "Every step uses the `dh` of the last one.",
            edits=((TOTAL, "total = dh[:, -1] + carry"),)),
    Mistake("carry-averaged", "The step's own blame and the one that comes back are averaged; "
            "where paths meet they are added.",
            edits=((TOTAL, "total = (dh[:, t] + carry) / (2 if t < len(cache) - 1 else 1)"),)),
    Mistake("carry-doubled", "What comes back from the next step is counted twice.",
            edits=((TOTAL, "total = dh[:, t] + 2 * carry"),)),
    Mistake("all-losses-at-the-end", "The `dh` of all steps are added up and sent in at the last "
            "step; each enters at the step where it arose.",
            "A loss at step 2 does not know of the steps that come after it.",
            edits=((TOTAL, "total = dh.sum(axis=1) * (t == len(cache) - 1) + carry"),)),
    Mistake("carry-after-tanh", "What comes back from the next step is added after tanh's slope; "
            "it has to cross this step's tanh too.",
            edits=((TOTAL, "total = dh[:, t]"), (DZ, "dz = total * (1 - h * h) + carry"))),
    Mistake("carry-before-tanh", "The blame is handed to the step before without having crossed "
            "tanh: its slope is missing.", edits=((CARRY, "carry = total @ Wh.T"),)),
    Mistake("one-step-back", "Each step's blame goes one step back and no further.",
            "What is handed on has to contain what was received.",
            edits=((CARRY, "carry = (dh[:, t] * (1 - h * h)) @ Wh.T"),)),
    Mistake("carry-piles-up", "What is handed back is added to what was handed back before; each "
            "step passes on its own result and nothing else.",
            "carry += counts a blame again at every step; the weights' gradients add up, "
            "the carry does not.",
            edits=((CARRY, "carry = carry + dz @ Wh.T"),)),
    Mistake("carry-keeps-dh", "The step's whole blame is handed back along with its share through "
            "Wh: that would be right with a way around tanh.",
            edits=((CARRY, "carry = dz @ Wh.T + total"),)),
    Mistake("wh-not-transposed", "The blame goes back through `Wh` as on the way forward; on the "
            "way back it goes through the transpose.",
            "Wh is square, so no shape complains.", edits=((CARRY, "carry = dz @ Wh"),)),
    Mistake("wh-missing", "The blame is handed back without going through `Wh` at all.",
            edits=((CARRY, "carry = dz"),)),
    Mistake("tanh-skipped", "The blame goes past every tanh as if it were not there: the local "
            "derivative is missing.", edits=((DZ, "dz = total"),)),
    Mistake("slope-of-previous", "The slope of tanh is taken at the state before; it belongs to "
            "the step's own state.", edits=((DZ, "dz = total * (1 - h_prev * h_prev)"),)),
    Mistake("slope-not-squared", "The local derivative of tanh is not 1 - h: the square is "
            "missing.", edits=((DZ, "dz = total * (1 - h)"),)),
    Mistake("slope-of-h", "The local derivative is taken as 1 - tanh(h)**2, but `h` is tanh's "
            "output already.", edits=((DZ, "dz = total * (1 - np.tanh(h) ** 2)"),)),
    Mistake("sigmoid-slope", "h * (1 - h) is the slope of a sigmoid; this net squashes by tanh.",
            edits=((DZ, "dz = total * h * (1 - h)"),)),
    Mistake("last-slope-everywhere", "The slope of tanh is taken at the last state in every step.",
            edits=((DZ, "dz = total * (1 - cache[-1][4] ** 2)"),)),
    Mistake("weights-overwritten", "The weights' gradients are those of the first step alone: what "
            "the other steps said was written over.",
            "The same weights act at every step, so the shares are added: += and not =.",
            edits=weights_shares("{share}")),
    Mistake("dwh-overwritten", "`dWh` is the share of the first step alone; the steps' shares are "
            "added up.", edits=((DWH, "dWh = h_prev.T @ dz"),)),
    Mistake("dwx-overwritten", "`dWx` is the share of the first step alone; the steps' shares are "
            "added up.", edits=((DWX, "dWx = x.T @ dz"),)),
    Mistake("db-overwritten", "`db` is the share of the first step alone; the steps' shares are "
            "added up.", edits=((DB, "db = dz.sum(axis=0)"),)),
    Mistake("last-step-weights", "The weights' gradients are those of the last step alone.",
            edits=weights_shares("{name} + {share} * (t == len(cache) - 1)")),
    Mistake("shares-multiplied", "The shares of the steps are multiplied; they are added.",
            "Along one path factors multiply. The steps are different paths to the same weight, "
            "and where paths meet, blame adds up.",
            edits=weights_shares("{share} * ({name} if t < len(cache) - 1 else 1)")),
    Mistake("dwh-multiplied", "The shares of `dWh` are multiplied; they are added.",
            "Along one path factors multiply. The steps are different paths to the same weight, "
            "and where paths meet, blame adds up.",
            edits=((DWH, "dWh = h_prev.T @ dz * (dWh if t < len(cache) - 1 else 1)"),)),
    Mistake("averaged-over-time", "The weights' gradients are divided by the number of steps; they "
            "are sums.", edits=weights_shares("{name} + {share} / len(cache)")),
    Mistake("averaged-over-batch", "The weights' gradients are divided by the number of examples; "
            "they are sums.",
            "The mean belongs to the loss, which has put its 1/N into dh already.",
            edits=weights_shares("{name} + {share} / len(x)")),
    Mistake("averaged-over-both", "The weights' gradients are divided by N * T; they are sums.",
            edits=weights_shares("{name} + {share} / len(x) / len(cache)")),
    Mistake("db-averaged", "`db` is averaged over the examples; it is a sum.",
            edits=((DB, "db = db + dz.mean(axis=0)"),)),
    Mistake("db-not-summed", "`db` has a row for every example: the sum over them is missing.",
            edits=((DB, "db = db + dz"),), equivalent=("unsummed",)),
    Mistake("db-keeps-row", "`db` has shape (1, H); the bias has shape (H,).",
            edits=((DB, "db = db + dz.sum(axis=0, keepdims=True)"),),
            equivalent=("right-values-wrong-shape",)),
    Mistake("dwh-from-new-state", "`dWh` is made with each step's new state; what Wh was "
            "multiplied by is the state before.",
            "A weight's blame is its input times the blame at its output.",
            edits=((DWH, "dWh = dWh + h.T @ dz"),)),
    Mistake("dwh-wraps-around", "At the first step `dWh` takes the last state of all for the state "
            "before: index -1 means the last one in Python.",
            edits=((DWH, "dWh = dWh + (h_prev if t else cache[-1][4]).T @ dz"),)),
    Mistake("start-forgotten", "`dWh` leaves out the first step, as if the state before it were "
            "zero; it is h0.",
            edits=((DWH, "dWh = dWh + (h_prev.T @ dz if t else 0)"),)),
    Mistake("dwh-start-everywhere", "`dWh` uses h0 for the state before at every step.",
            edits=((DWH, "dWh = dWh + cache[0][1].T @ dz"),)),
    Mistake("dwh-transposed", "`dWh` is transposed.", edits=out(dWh="dWh.T"),
            equivalent=("transposed",)),
    Mistake("dwx-transposed", "`dWx` is transposed: its shape is not that of Wx.",
            edits=out(dWx="dWx.T"), equivalent=("transposed",)),
    Mistake("dx-backwards", "`dx` is back to front in time: the loop ran backwards, so the list "
            "did too.", edits=out(dx="np.stack(dx, axis=1)"), equivalent=("reversed",)),
    Mistake("dx-time-first", "`dx` has time on its first axis; it has the shape of x, (N, T, D).",
            edits=out(dx="np.stack(dx[::-1])"), equivalent=("permuted-axes",)),
    Mistake("dh0-zero", "`dh0` is zero: what the first step sends back is lost.",
            edits=out(dh0="np.zeros_like(carry)"), equivalent=("zeros",)),
    Mistake("dh0-before-first", "`dh0` is the blame at the first step's state; it still has to go "
            "back through that step.", edits=out(dh0="total")),
    Mistake("dh0-before-wh", "`dh0` has crossed the first step's tanh but not its `Wh`.",
            edits=out(dh0="dz")),
    Mistake("dh0-averaged", "`dh0` is averaged over the examples; each example has a start of its "
            "own.", edits=out(dh0="carry.mean(axis=0)")),
    Mistake("weights-swapped", "`dWx` and `dWh` have changed places.",
            edits=out(dWx="dWh", dWh="dWx"), equivalent=("results-swapped",)),
    Mistake("dh0-last", "`dh0` comes last; agreed was dx, dh0, dWx, dWh, db.",
            "The gradients stand in the order of forward's arguments.",
            edits=((OUT, "return np.stack(dx[::-1], axis=1), dWx, dWh, db, carry"),)),
    Mistake("dh0-dx-swapped", "`dx` and `dh0` have changed places.",
            edits=((OUT, "return carry, np.stack(dx[::-1], axis=1), dWx, dWh, db"),),
            equivalent=("results-swapped",)),
    Mistake("weights-change-on-the-way", "The weights are changed inside the loop: the earlier "
            "steps go back through other weights than they went forward with.",
            "First the whole gradient, then one step of descent.",
            edits=((CARRY, "carry = dz @ (Wh - 0.1 * dWh).T"),)),
    Mistake("clipped-inside", "The blame is clipped on the way; clipping comes after the gradient "
            "is complete.", edits=((CARRY, "carry = np.clip(dz @ Wh.T, -0.5, 0.5)"),)),
)  # fmt: skip

RNN_BACKWARD = Exercise(
    "rnn_backward", LESSON, 5,
    outputs=OUTPUTS,
    cases=sequence_cases(True),
    run=sequence_run("rnn_backward", gentle_probes),
    reference=plain.REFERENCE,
    uses=("rnn_forward",),
    upstream="dh",
    see="The film backwards",
    mistakes=(
        Mistake("carry-missing", "Nothing is handed back from step to step: each step hears its "
                "own `dh` alone.",
                "A state also moves everything that comes after it. Without that path this is T "
                "separate layers.",
                edits=((TOTAL, "total = dh[:, t]"),)),
        *COMMON,
        Mistake("forward-in-time", "The loop runs from the first step to the last: blame comes "
                "from the future, so start at the end.",
                edits=((LOOP, "for t in range(len(cache)):"),
                       *out(dx="np.stack(dx, axis=1)"))),
        Mistake("return-in-the-loop", "The `return` stands inside the loop: it ends after one step.",
                "What is indented with the loop is done at every step.",
                edits=((DB, DB + "\n        " + OUT),)),
        Mistake("stops-before-first", "The loop ends before the first step: range(T - 1, 0, -1) "
                "does not contain 0.",
                edits=((DZ, "dz = total * (1 - h * h) * (t > 0 or len(cache) == 1)"),
                       (CARRY, "carry = dz @ Wh.T if t or len(cache) == 1 else carry"))),
        Mistake("starts-before-last", "The loop leaves out the last step.",
                edits=((DZ, "dz = total * (1 - h * h) * (t < len(cache) - 1 or t == 0)"),)),
        Mistake("dh-piles-up", "The `dh` of all later steps are added up as they are, besides what "
                "goes back through the steps.",
                edits=((TOTAL, "total = dh[:, t:].sum(axis=1) + carry"),)),
        Mistake("clipped", "The gradients of the weights are cut off where they are large; a backward "
                "hands them on as they are.",
                "Clipping is for whoever makes the step: later, and to the whole gradient at once.",
                edits=out(dWx="np.clip(dWx, -5, 5)", dWh="np.clip(dWh, -5, 5)", db="np.clip(db, -5, 5)"),
                equivalent=("fails-with-a-very-large-upstream-gradient",)),
        forgotten_cache(plain.REFERENCE, "rnn_forward", "rnn_backward"),
        Mistake("dh-written-into", "Your function changes its input `dh`: a second call, or a "
                "gradient check, gets a spoilt one.",
                "`dh[:, t] += carry` writes into the caller's own array.",
                functions={"rnn_backward": writes_upstream("rnn_backward")},
                equivalent=("input-mutated",)),
        Mistake("cache-written-into", "The first call is right and spoils the cache: a second one "
                "with the same cache gives something else.",
                "What is written into an array of the cache, as `Wh -= ...` does, stays there.",
                functions={"rnn_backward": writes_cache}, equivalent=("cache-changed",)),
        Mistake("whole-numbers", "`dx` is cut to whole numbers when x and dh hold whole numbers.",
                "An array like one of them, such as zeros_like(x), cannot hold fractions then.",
                functions={"rnn_backward": integer_buffer},
                equivalent=("fails-with-whole-numbers-an-array-of-int",)),
    ),
    variants=(
        Variant("library", {"rnn_forward": recurrent.rnn_forward,
                            "rnn_backward": recurrent.rnn_backward}),
        Variant("fast", {"rnn_forward": fast_recurrent.fast_rnn_forward,
                         "rnn_backward": fast_recurrent.fast_rnn_backward}),
        Variant("buffer", plain.BUFFER),
        Variant("columns", plain.COLUMNS),
        Variant("single-precision", plain.SINGLE),
        *(Variant(f"own-forward-{name}", functions)
          for name, functions in plain.OTHER_FORWARDS.items()),
    ),
)  # fmt: skip
