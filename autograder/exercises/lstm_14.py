"""Checks of lesson 14: an LSTM over a whole sequence, forward and back through time."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_14
from autograder.exercises.common import forward_run
from autograder.exercises.lstm_step_14 import CELL, GATES, OUT, SPLIT
from autograder.exercises.lstm_step_back_14 import DC, DWH, DZF, TOTAL
from autograder.exercises.own_forward import forgotten_cache, on_own_forward
from autograder.exercises.pairs_14 import LESSON, REFERENCE, sequence_cases, slip, with_slip

START = "c = np.zeros_like(h)"
STEP = "h, c, step_cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)"
KEEP = "states.append(h)"
STACK = "return np.stack(states, axis=1), cache"
IN_THE_STEP = "Is your step right? It is checked on its own above. "


def _in_step(*texts):
    return with_slip("lstm_forward", "lstm_step_forward", *texts)


def _integer_buffer(*given):
    h, _ = REFERENCE["lstm_forward"](*given)
    states = np.zeros_like(given[1], shape=h.shape)
    states[...] = h
    return states, None


LSTM_FORWARD = Exercise(
    "lstm_forward", LESSON, 3,
    outputs=(Output("h", "the states h"),),
    cases=sequence_cases(4),
    run=forward_run("lstm_forward", "x h0 Wx Wh b", out="h"),
    reference=REFERENCE,
    see="Through time, with two carries",
    mistakes=(
        Mistake(
            "h0-ignored", "The sequence starts from zeros; it should start from h0.",
            "Only the cell starts at zero; the first state is handed in.",
            edits=slip(START, "c = h = np.zeros_like(h)"), equivalent=("ignores-h0",),
        ),
        Mistake(
            "cell-starts-at-h0", "The cell starts at h0; agreed was that it starts at zero.",
            edits=slip(START, "c = h"),
        ),
        Mistake(
            "cell-starts-at-one", "The cell starts at 1; agreed was that it starts at zero.",
            edits=slip(START, "c = np.ones_like(h)"),
        ),
        Mistake(
            "return-in-the-loop", "The `return` stands inside the loop: it ends after one step.",
            "What is indented with the loop is done at every step.",
            edits=slip(KEEP, f"{KEEP}\n        {STACK}"),
        ),
        Mistake(
            "cell-not-carried", "Every step starts with an empty cell: c is not handed on.",
            "Without the cell from the step before there is no memory but h.",
            edits=slip(STEP, STEP.replace("h, c, Wx", "h, np.zeros_like(c), Wx")),
        ),
        Mistake(
            "state-not-carried", "Every step starts from h0: the state is not handed on.",
            edits=slip(START, f"first = h\n    {START}", STEP, STEP.replace("h, c, Wx", "first, c, Wx")),
        ),
        Mistake(
            "carries-swapped", "State and cell change places on the way to the next step.",
            edits=slip(STEP, STEP.replace("h, c, Wx", "c, h, Wx")),
        ),
        Mistake(
            "one-carry", "The next step gets the state in place of the cell as well.",
            edits=slip(STEP, STEP.replace("h, c, Wx", "h, h if t else c, Wx")),
        ),
        Mistake(
            "cells-returned", "What comes back are the cells c; agreed was the states h.",
            edits=slip(KEEP, "states.append(c)"),
        ),
        Mistake(
            "reads-backwards", "The sequence is read from its end to its beginning.",
            edits=slip(STEP, STEP.replace("x[:, t]", "x[:, -1 - t]")),
        ),
        Mistake(
            "first-input-only", "Every step reads the first input.",
            edits=slip(STEP, STEP.replace("x[:, t]", "x[:, 0]")),
        ),
        Mistake(
            "time-first", "The result has time first, (T, N, H); agreed was batch first, (N, T, H).",
            "np.stack puts the new axis at the front unless told where.",
            edits=slip(STACK, "return np.stack(states, axis=0), cache"),
            equivalent=("transposed", "right-values-wrong-shape"),
        ),
        Mistake(
            "last-state-only", "Only the last state comes back; agreed was the state of every step.",
            edits=slip(STACK, "return states[-1], cache"), equivalent=("last-only",),
        ),
        Mistake(
            "start-included", "The states begin with h0, T + 1 of them; agreed was one for each step.",
            edits=slip("states, cache = [], []", "states, cache = [h], []"),
            equivalent=("one-too-many",),
        ),
        Mistake(
            "one-step-late", "At every step the state before it stands: the row begins with h0.",
            "Write down the state after the step, not before.",
            edits=slip("states, cache = [], []", "states, cache = [h], []",
                       STACK, "return np.stack(states[:-1], axis=1), cache"),
            equivalent=("shifted-1", "shifted"),
        ),
        Mistake(
            "last-step-missing", "The last step is not taken.",
            edits=slip("range(x.shape[1])", "range(x.shape[1] - 1 or 1)"),
            equivalent=("last-missing",),
        ),
        Mistake(
            "whole-numbers", "The states are cut to whole numbers when h0 holds whole numbers.",
            "An array made like h0, such as zeros_like(h0), cannot hold fractions then.",
            functions={"lstm_forward": _integer_buffer},
            equivalent=("fails-with-whole-numbers-an-array-of-int",),
        ),
        Mistake(
            "side-by-side", "The states stand side by side in one long row, (N, T*H).",
            "np.concatenate joins along an axis that is there; a new axis for time is wanted.",
            edits=slip(STACK, "return np.concatenate(states, axis=1), cache"),
            equivalent=("right-values-wrong-shape",),
        ),
        Mistake(
            "step-forgets-nothing", "The old cell goes on unchanged: the forget gate is not used.",
            IN_THE_STEP + "The cell of 1997 had no forget gate; this one has.",
            functions=_in_step(CELL, CELL.replace("f * c_prev", "c_prev")),
        ),
        Mistake(
            "step-column-order", "The columns are read as input, forget, candidate, output; agreed "
            "was input, forget, output, candidate.",
            functions=_in_step(SPLIT, SPLIT.replace("zo, zg", "zg, zo")),
        ),
        Mistake(
            "step-input-forget-swapped", "The input gate and the forget gate have changed places.",
            functions=_in_step(SPLIT, SPLIT.replace("zi, zf", "zf, zi")),
        ),
        Mistake(
            "step-cell-without-tanh", "h is o * c: the cell passes its tanh before the output gate.",
            IN_THE_STEP, functions=_in_step(OUT, "return o * c, c,"),
        ),
        Mistake(
            "step-without-output-gate", "h is tanh(c) itself: the output gate is not used.",
            IN_THE_STEP, functions=_in_step(OUT, "return tanh_c, c,"),
        ),
        Mistake(
            "step-candidate-sigmoid", "The candidate goes through a sigmoid; it should be tanh.",
            IN_THE_STEP, functions=_in_step(GATES, GATES.replace("np.tanh(zg)", "_gate(zg)")),
        ),
        Mistake(
            "step-cell-squashed", "The cell is squeezed through tanh at every step; only the way "
            "out to h has a tanh.",
            IN_THE_STEP,
            functions=_in_step(CELL, "    c = np.tanh(f * c_prev + i * g)\n"),
        ),
        Mistake(
            "step-without-bias", "The bias `b` is missing.",
            functions=_in_step("x @ Wx + h_prev @ Wh + b", "x @ Wx + h_prev @ Wh"),
            equivalent=("ignores-b",),
        ),
    ),
    variants=(
        Variant("slices", {"lstm_forward": right_14.lstm_unrolled}),
        Variant("product-at-once", {"lstm_forward": right_14.lstm_at_once}),
        Variant("lists", {"lstm_forward": lambda *given: (
            right_14.lstm_unrolled(*given)[0].tolist(), None)}),
        Variant("fortran-view", {"lstm_forward": lambda *given: (
            _time_first_in_memory(right_14.lstm_at_once(*given)[0]), {})}),
    ),
)  # fmt: skip


def _time_first_in_memory(array):
    """The same values, laid out in memory with time first."""
    return array.swapaxes(0, 1).copy().swapaxes(0, 1)


# --- lstm_backward --------------------------------------------------------------------------------

BACK = "dx_t, carry, dc, *step_shares = lstm_step_backward(dh[:, t] + carry, dc, cache[t])"
ADD = "shares = [total + share for total, share in zip(shares, step_shares, strict=True)]"
END = "return np.stack(dx[::-1], axis=1), carry, *shares"
LOOP = "reversed(range(len(cache)))"
BEGIN = "carry = dc = np.zeros((N, H), dh.dtype)"


def _in_back(*texts):
    return with_slip("lstm_backward", "lstm_step_backward", *texts)


LSTM_BACKWARD = Exercise(
    "lstm_backward", LESSON, 5,
    outputs=(
        Output("dx", "the gradient dx"), Output("dh0", "the gradient dh0"),
        Output("dWx", "the gradient dWx"), Output("dWh", "the gradient dWh"),
        Output("db", "the gradient db"),
    ),
    cases=sequence_cases(4, upstream=True),
    run=on_own_forward("lstm_forward", "lstm_backward", "x h0 Wx Wh b", "h", "dh",
                       "dx dh0 dWx dWh db", REFERENCE, sequence_cases(4, upstream=True)),
    reference=REFERENCE,
    uses=("lstm_forward",),
    upstream="dh",
    see="Through time, with two carries",
    mistakes=(
        Mistake(
            "both-carries-missing", "Nothing travels back from step to step: every step is on its own.",
            "What a step sends to h_prev and c_prev is upstream for the step before.",
            edits=slip(BACK, BACK.replace("+ carry, dc,", ", np.zeros_like(dc),")),
        ),
        Mistake(
            "state-carry-missing", "What a step sends back to the state before it is not added.",
            "The state of step t is read twice: by the loss of that step and by step t + 1.",
            edits=slip(BACK, BACK.replace(" + carry", "")),
        ),
        Mistake(
            "cell-carry-missing", "What a step sends back to the cell before it is lost.",
            "That path is why an LSTM is built as it is: two carries travel back, not one.",
            edits=slip(BACK, BACK.replace(", dc,", ", 0 * dc,").replace("dx_t, carry, 0 * dc",
                                                                      "dx_t, carry, dc")),
        ),
        Mistake(
            "carries-swapped", "The two carries change places on their way to the step before.",
            edits=slip(BACK, BACK.replace("dx_t, carry, dc,", "dx_t, dc, carry,")),
        ),
        Mistake(
            "cell-carry-piles-up", "What a step sends to the cell before it is added to what was "
            "sent before; each step passes on its own result and nothing else.",
            "What came in as dc is in that result already.",
            edits=slip(BACK, BACK.replace("dx_t, carry, dc,", "dx_t, carry, sent,")
                       + "\n        dc = dc + sent"),
        ),
        Mistake(
            "cell-carry-starts-with-dh", "The cell's carry starts with the last step's dh; nothing "
            "has come back to the cell yet.",
            "dh belongs to h. Its way to the cell leads through the step's own backward.",
            edits=slip(BEGIN, BEGIN + "\n    dc = dh[:, -1]"),
        ),
        Mistake(
            "upstream-overwritten",
            "Only the last step's own dh is used; the carry overwrites the others.",
            "The carry comes on top of what each step's own loss says: they add up.",
            edits=slip(BACK, BACK.replace("dh[:, t] + carry",
                                          "carry if t < len(cache) - 1 else dh[:, t]")),
        ),
        Mistake(
            "upstream-into-cell", "Each step's dh is added to the cell's carry as well; the step's "
            "own backward takes it there.",
            edits=slip(BACK, BACK.replace("carry, dc, cache", "carry, dc + dh[:, t], cache")),
        ),
        Mistake(
            "weights-overwritten",
            "dWx, dWh and db hold the first step's share alone: = stands where += belongs.",
            "The same weights are used at every step; each use sends its share, and they add up.",
            edits=slip(ADD, "shares = step_shares"),
        ),
        Mistake(
            "dwh-overwritten", "dWh holds the first step's share alone; the others are lost.",
            "The same weights are used at every step; each use sends its share, and they add up.",
            edits=slip(ADD, "kept = step_shares[1]\n        " + ADD, END,
                       "return np.stack(dx[::-1], axis=1), carry, shares[0], kept, shares[2]"),
        ),
        Mistake(
            "db-overwritten", "db holds the first step's share alone; the others are lost.",
            edits=slip(ADD, "kept = step_shares[-1]\n        " + ADD,
                       END, "return np.stack(dx[::-1], axis=1), carry, *shares[:2], kept"),
        ),
        Mistake(
            "last-step-weights", "dWx, dWh and db hold the last step's share alone.",
            edits=slip(ADD, "shares = step_shares if t == len(cache) - 1 else shares"),
        ),
        Mistake(
            "averaged-over-time", "dWx, dWh and db are averaged over the steps; they are sums.",
            "A mean would belong to the loss, and would be in dh already.",
            edits=slip(END, "return np.stack(dx[::-1], axis=1), carry, *(s / len(cache) for s in "
                       "shares)"), equivalent=("times-1-over-T",),
        ),
        Mistake(
            "averaged-over-batch", "dWx, dWh and db are divided by the number of examples.",
            "The mean belongs to the loss, which has put its 1/N into dh already.",
            edits=slip(END, "return np.stack(dx[::-1], axis=1), carry, *(s / N for s in shares)"),
            equivalent=("times-1-over-N",),
        ),
        Mistake(
            "dx-back-to-front", "dx runs from the last step to the first.",
            "The loop walks backwards, so the first dx that it makes belongs to the last step.",
            edits=slip(END, END.replace("dx[::-1]", "dx")), equivalent=("reversed",),
        ),
        Mistake(
            "time-first", "dx has time first, (T, N, D); x has the batch first, (N, T, D).",
            edits=slip(END, END.replace("axis=1", "axis=0")),
            equivalent=("transposed", "right-values-wrong-shape"),
        ),
        Mistake(
            "walks-forward", "The loop walks forward in time; blame travels from the last step back.",
            edits=slip(LOOP, "range(len(cache))", END, END.replace("dx[::-1]", "dx")),
        ),
        Mistake(
            "return-in-the-loop", "The `return` stands inside the loop: it ends after one step.",
            "What is indented with the loop is done at every step.",
            edits=slip(ADD, f"{ADD}\n        {END}"),
        ),
        forgotten_cache(REFERENCE, "lstm_forward", "lstm_backward"),
        Mistake(
            "last-step-only", "Only the last step is gone back through; those before it send nothing.",
            edits=slip(BACK, "if t < len(cache) - 1:\n            dx.append(0 * dx[0])\n"
                       "            continue\n        " + BACK),
        ),
        Mistake(
            "cache-one-late", "Every step but the last uses the cache of the step after it.",
            edits=slip(BACK, BACK.replace("cache[t]", "cache[min(t + 1, len(cache) - 1)]")),
        ),
        Mistake(
            "dh0-zero", "dh0 is zero; h0 takes what the first step sends back.",
            edits=slip(END, END.replace("carry", "0 * carry")), equivalent=("zeros",),
        ),
        Mistake(
            "dh0-before-first", "dh0 is the blame at the first step's state; it still has to go back "
            "through that step.",
            edits=slip(BACK, "whole = dh[:, t] + carry\n        " + BACK,
                       END, END.replace("carry", "whole")),
        ),
        Mistake(
            "dh0-with-upstream", "dh0 has the first step's own dh added to it.",
            "dh[:, 0] belongs to the state after the first step; h0 is the one before.",
            edits=slip(END, END.replace("carry", "carry + dh[:, 0]")),
        ),
        Mistake(
            "dh0-is-the-cells", "dh0 is what the first step sends to the cell, not to h0.",
            edits=slip(END, END.replace("carry", "dc")),
        ),
        Mistake(
            "carry-starts-with-dh", "The last step's dh is counted twice: the carry starts with it.",
            edits=slip(BEGIN, BEGIN + "\n    carry = dh[:, -1]"),
        ),
        Mistake(
            "upstream-ignored", "dh is not used: the gradients are what all ones would give.",
            edits=slip(BEGIN, "dh = np.ones_like(dh)\n    " + BEGIN), equivalent=("ignores-dh",),
        ),
        Mistake(
            "sign", "All gradients have the wrong sign.",
            edits=slip(BEGIN, "dh = -dh\n    " + BEGIN), equivalent=("negates-dh",),
        ),
        Mistake(
            "weights-first",
            "The gradients come in another order; agreed was dx, dh0, dWx, dWh, db.",
            edits=slip(END, "return *shares, np.stack(dx[::-1], axis=1), carry"),
            equivalent=("results-swapped",),
        ),
        Mistake(
            "clipped", "The gradients of the weights are cut off where they are large; a backward hands "
            "them on as they are.",
            "Clipping is for whoever makes the step: later, and to the whole gradient at once.",
            edits=slip(END, END.replace("*shares", "*(np.clip(share, -5, 5) for share in shares)")),
            equivalent=("fails-with-a-very-large-upstream-gradient",),
        ),
        Mistake(
            "step-drops-dc", "In the step, what comes to the cell from the next step is dropped.",
            IN_THE_STEP + "c is used by h and by the next step: the two blames add up.",
            functions=_in_back(TOTAL, TOTAL.replace("dc + ", "")),
            equivalent=("cell-carry-missing",),
        ),
        Mistake(
            "step-without-f", "In the step, dc_prev goes back without the forget gate.",
            IN_THE_STEP, functions=_in_back(DC, "dz @ Wh.T, dc_total,"),
        ),
        Mistake(
            "step-without-tanh-slope", "In the step, tanh's slope is missing between h and the cell.",
            IN_THE_STEP, functions=_in_back(TOTAL, "dc_total = dc + dh * o"),
        ),
        Mistake(
            "step-cell-for-its-tanh", "In the step, 1 - c**2 stands where the slope of tanh belongs: "
            "that is the cell, not its tanh.",
            IN_THE_STEP, functions=_in_back(
                TOTAL, "c = f * c_prev + i * g\n    dc_total = dc + dh * o * (1 - c * c)"),
        ),
        Mistake(
            "step-forget-slope-missing", "In the step, the forget gate's sigmoid slope is missing.",
            IN_THE_STEP, functions=_in_back(DZF, "dzf = dc_total * c_prev"),
        ),
        Mistake(
            "step-new-state-for-dwh", "In the step, dWh is made with the new state h; what met Wh "
            "was h_prev.",
            IN_THE_STEP, functions=_in_back(DWH, " (o * tanh_c).T @ dz,"),
        ),
    ),
    variants=(
        Variant("slices-dict-cache", {
            "lstm_forward": right_14.lstm_unrolled, "lstm_backward": right_14.lstm_unrolled_back}),
        Variant("products-at-once", {
            "lstm_forward": right_14.lstm_at_once, "lstm_backward": right_14.lstm_at_once_back}),
        Variant("right-for-a-cell-that-starts-at-one", {
            "lstm_forward": lambda x, h0, Wx, Wh, b: _from_one(x, h0, Wx, Wh, b),
            "lstm_backward": right_14.lstm_unrolled_back}),
    ),
)  # fmt: skip


def _from_one(x, h0, Wx, Wh, b):
    """Not the agreed forward: its cell starts at 1."""
    h, c, states, kept = h0, 1.0 + 0.0 * h0, [], []
    for t in range(x.shape[1]):
        h, c, step = right_14.lstm_by_slices(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        kept.append(step)
    return np.stack(states, axis=1), kept
