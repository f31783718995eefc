"""Checks of lesson 14: one step of an LSTM, forward."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_14
from autograder.exercises.pairs_14 import LESSON, REFERENCE, slip, step_cases

SPLIT = "zi, zf, zo, zg = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)"
SUM = "x @ Wx + h_prev @ Wh + b"
GATES = "i, f, o, g = _gate(zi), _gate(zf), _gate(zo), np.tanh(zg)"
CELL = "    c = f * c_prev + i * g\n"
OUT = "return o * tanh_c, c,"
EXP = "lambda z: np.exp(z) / (1 + np.exp(z))"


def run(solution, case):
    args = [case.inputs[name] for name in ("x", "h_prev", "c_prev", "Wx", "Wh", "b")]
    h, c, _cache = solution.call("lstm_step_forward", *args, returns=("h", "c", "cache"))
    return {"h": h, "c": c}


LSTM_STEP_FORWARD = Exercise(
    "lstm_step_forward", LESSON, 3,
    outputs=(Output("h", "the state h"), Output("c", "the cell c")),
    cases=step_cases(4),
    run=run,
    reference=REFERENCE,
    see="One step of an LSTM",
    mistakes=(
        Mistake(
            "candidate-before-output",
            "The columns are read as input, forget, candidate, output; agreed was input, forget, "
            "output, candidate.",
            "Libraries differ in this order, and nothing but a comparison shows it: every shape "
            "fits. The lesson's weights have the three sigmoids side by side and the tanh last.",
            edits=slip(SPLIT, SPLIT.replace("zo, zg", "zg, zo")),
        ),
        Mistake(
            "input-forget-swapped",
            "The input gate and the forget gate have changed places.",
            "Either the columns are read in the order forget, input, or the cell multiplies its "
            "old content by i. The first block belongs to the input gate, the second to forgetting.",
            edits=slip(SPLIT, SPLIT.replace("zi, zf", "zf, zi")),
        ),
        Mistake(
            "forget-output-swapped", "The forget gate and the output gate have changed places.",
            "The second block of columns belongs to the forget gate, the third to the output gate.",
            edits=slip(SPLIT, SPLIT.replace("zf, zo", "zo, zf")),
        ),
        Mistake(
            "candidate-first",
            "The columns are read with the candidate first; it comes last, after the three gates.",
            edits=slip(SPLIT, SPLIT.replace("zi, zf, zo, zg", "zg, zi, zf, zo")),
        ),
        Mistake(
            "columns-interleaved",
            "The gates take every fourth column; each gate has H columns side by side.",
            "reshape(N, H, 4) deals the columns out like cards. The first H columns are the input "
            "gate's, the next H the forget gate's, and so on.",
            edits=slip(SPLIT, f"zi, zf, zo, zg = np.moveaxis(({SUM}).reshape(len(x), -1, 4), 2, 0)"),
        ),
        Mistake(
            "forget-gate-missing",
            "The old cell goes on unchanged: the forget gate is not used.",
            "That is the cell of 1997. Since 2000 a gate may close on what is no longer wanted.",
            edits=slip(CELL, CELL.replace("f * c_prev", "c_prev")),
        ),
        Mistake(
            "input-gate-missing", "The candidate goes into the cell whole: the input gate is not used.",
            edits=slip(CELL, CELL.replace("i * g", "g")),
        ),
        Mistake(
            "output-gate-missing", "h is tanh(c) itself: the output gate is not used.",
            edits=slip(OUT, "return tanh_c, c,"),
        ),
        Mistake(
            "old-cell-forgotten", "The old cell does not enter: c holds the new part alone.",
            "A cell without its past is no memory. What was there stays, as far as f lets it.",
            edits=slip(CELL, "    c = i * g\n"), equivalent=("ignores-c_prev",),
        ),
        Mistake(
            "candidate-forgotten", "Nothing new enters the cell: the part with i and g is missing.",
            edits=slip(CELL, "    c = f * c_prev\n"),
        ),
        Mistake(
            "gates-coupled", "1 - i stands where the forget gate belongs (or 1 - f for i).",
            "One gate for both is a fair variant, and the GRU's way; here i and f have weights of "
            "their own.",
            edits=slip(CELL, "    c = (1 - i) * c_prev + i * g\n"),
        ),
        Mistake(
            "input-coupled", "1 - f stands where the input gate belongs.",
            "One gate for both is a fair variant; here i and f have weights of their own.",
            edits=slip(CELL, "    c = f * c_prev + (1 - f) * g\n"),
        ),
        Mistake(
            "new-part-subtracted", "The new part is subtracted from the cell, and should be added.",
            edits=slip(CELL, CELL.replace("+ i", "- i")),
        ),
        Mistake(
            "tanh-of-cell-missing", "h is o * c: the cell passes its tanh before the output gate.",
            edits=slip(OUT, "return o * c, c,"),
        ),
        Mistake(
            "tanh-of-cell-twice", "The cell goes through tanh twice on its way to h.",
            "Is the c that you use already a tanh?",
            edits=slip(OUT, "return o * np.tanh(tanh_c), c,"),
        ),
        Mistake(
            "cell-returned-through-tanh",
            "The c that is handed on has been through tanh; the next step needs c itself.",
            "The cell's strength is that nothing squeezes it from step to step; tanh is for h alone.",
            edits=slip(OUT, "return o * tanh_c, tanh_c,"),
        ),
        Mistake(
            "cell-squashed", "The new cell is squeezed through tanh before anything else.",
            "tanh is for the way out to h; the cell itself is a plain sum.",
            edits=slip(CELL, "    c = np.tanh(f * c_prev + i * g)\n"),
        ),
        Mistake(
            "output-inside-tanh", "The output gate stands inside tanh; agreed was o times tanh(c).",
            edits=slip(OUT, "return np.tanh(o * c), c,"),
        ),
        Mistake(
            "forget-bias-added",
            "1 is added to what goes into the forget gate; here nothing is added but b.",
            "Libraries start with such a 1, so that a fresh net remembers. In this course it is put "
            "into b itself, at the start of the training.",
            edits=slip(GATES, GATES.replace("_gate(zf)", "_gate(zf + 1)")),
        ),
        Mistake(
            "output-from-old-cell", "h is made from the old cell, c_prev; it shows the new one.",
            edits=slip("tanh_c = np.tanh(c)", "tanh_c = np.tanh(c_prev)"),
        ),
        Mistake(
            "candidate-sigmoid", "The candidate goes through a sigmoid; it should be tanh.",
            "A gate says how much, from 0 to 1. The candidate says what, and may be negative.",
            edits=slip(GATES, GATES.replace("np.tanh(zg)", "_gate(zg)")),
        ),
        Mistake(
            "candidate-plain", "The candidate has not been through tanh.",
            edits=slip(GATES, GATES.replace("np.tanh(zg)", "zg")),
        ),
        Mistake(
            "gates-tanh", "The gates go through tanh; a gate is a share from 0 to 1: a sigmoid.",
            edits=slip(GATES, GATES.replace("_gate(", "np.tanh(")),
        ),
        Mistake(
            "gates-mirrored", "The gates are open where they should be closed: a sign in the sigmoid.",
            "1 / (1 + exp(z)) is the sigmoid of -z.",
            edits=slip(GATES, GATES.replace("_gate(", "_gate(-")),
        ),
        Mistake(
            "bias-missing", "The bias `b` is missing.",
            edits=slip(SUM, "x @ Wx + h_prev @ Wh"), equivalent=("ignores-b",),
        ),
        Mistake(
            "old-state-missing",
            "The old state h_prev is not looked at: its product with Wh is missing.",
            edits=slip(SUM, "x @ Wx + b"), equivalent=("ignores-h_prev", "ignores-Wh"),
        ),
        Mistake(
            "input-missing", "The input x is not looked at: its product with Wx is missing.",
            edits=slip(SUM, "h_prev @ Wh + b"), equivalent=("ignores-x", "ignores-Wx"),
        ),
        Mistake(
            "cell-for-state", "The gates look at the old cell, c_prev; they see the old state, h_prev.",
            edits=slip(SUM, "x @ Wx + c_prev @ Wh + b"),
        ),
        Mistake(
            "state-for-cell", "h_prev stands where the old cell, c_prev, belongs.",
            "Two things travel from step to step: h, which all gates see, and c, which only the "
            "forget gate touches.",
            edits=slip(CELL, "    c = f * h_prev + i * g\n"),
        ),
        Mistake(
            "state-and-cell-swapped", "h and c have changed places; agreed was h, c, cache.",
            edits=slip(OUT, "return c, o * tanh_c,"), equivalent=("results-swapped",),
        ),
        Mistake(
            "overflow", "With very large inputs the result is not a number: exp(1000) is infinite, "
            "and infinity over infinity is nothing.",
            "There are two ways to write a sigmoid with exp; one of them stays finite at each end.",
            edits=slip(GATES, f"s = {EXP}\n    i, f, o, g = s(zi), s(zf), s(zo), np.tanh(zg)"),
            equivalent=("fails-with-very-large-inputs-up-to-1000-either-way",),
        ),
    ),
    variants=(
        Variant("slices", {"lstm_step_forward": right_14.lstm_by_slices}),
        Variant("concatenated", {"lstm_step_forward": right_14.lstm_concatenated}),
        Variant("loops", {"lstm_step_forward": right_14.lstm_by_loops}),
        Variant("exponentials", {"lstm_step_forward": right_14.lstm_with_exponentials}),
        Variant("single-precision", {"lstm_step_forward": lambda *given: (
            right_14.lstm_by_slices(*(np.float32(array) for array in given)))}),
    ),
)  # fmt: skip
