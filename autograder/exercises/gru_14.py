"""Checks of lesson 14: one step of a GRU, forward."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_14
from autograder.exercises.common import forward_run
from autograder.exercises.pairs_14 import LESSON, REFERENCE, slip, step_cases

X = "zxr, zxz, zxn = np.split(x @ Wx + b, 3, axis=1)"
H = "zhr, zhz, zhn = np.split(h_prev @ Wh, 3, axis=1)"
GATES = "r, z = _gate(zxr + zhr), _gate(zxz + zhz)"
NEW = "n = np.tanh(zxn + r * zhn)"
BLEND = "    h = (1 - z) * n + z * h_prev\n"
BN = "b[2 * r.shape[1]:]"
EXP = "lambda z: np.exp(z) / (1 + np.exp(z))"


def _blend(text):
    return slip(BLEND, f"    h = {text}\n")


def _new(text):
    return slip(NEW, f"n = {text}")


GRU_STEP_FORWARD = Exercise(
    "gru_step_forward", LESSON, 3,
    outputs=(Output("h", "the state h"),),
    cases=step_cases(3),
    run=forward_run("gru_step_forward", "x h_prev Wx Wh b", out="h"),
    reference=REFERENCE,
    see="The GRU: one state, two gates",
    mistakes=(
        Mistake(
            "update-mirrored",
            "z and 1 - z have changed places: agreed was h = (1 - z) * n + z * h_prev.",
            "Both conventions are in print, and a network can learn with either; here z = 1 keeps "
            "the old state.",
            edits=_blend("z * n + (1 - z) * h_prev"),
        ),
        Mistake(
            "reset-before-product",
            "The reset gate acts on h_prev before its product with Wh; agreed was after.",
            "Both are in use, and they are different functions: before, a unit's reset gate cuts "
            "it off for all candidates; after, it cuts one candidate off from all units.",
            edits=_new("np.tanh(zxn + (r * h_prev) @ Wh[:, 2 * r.shape[1]:])"),
        ),
        Mistake(
            "reset-missing", "The reset gate is not used: the candidate sees the old state whole.",
            edits=_new("np.tanh(zxn + zhn)"),
        ),
        Mistake(
            "reset-on-everything", "The reset gate acts on the input's part of the candidate too.",
            edits=_new("np.tanh(r * (zxn + zhn))"),
        ),
        Mistake(
            "reset-on-input", "The reset gate acts on the input's part; it belongs to the old state's.",
            edits=_new("np.tanh(r * zxn + zhn)"),
        ),
        Mistake(
            "bias-inside-reset", "The candidate's bias stands inside the bracket that r multiplies.",
            "Some libraries have a second bias there; here there is one, and it stands with x Wxn.",
            edits=_new(f"np.tanh(zxn - {BN} + r * (zhn + {BN}))"),
        ),
        Mistake(
            "reset-mirrored", "The reset gate is mirrored: 1 - r stands where r belongs.",
            edits=_new("np.tanh(zxn + (1 - r) * zhn)"),
        ),
        Mistake(
            "old-state-for-product", "r multiplies h_prev itself, unit by unit: its product with Wh "
            "is missing in the candidate.",
            edits=_new("np.tanh(zxn + r * h_prev)"),
        ),
        Mistake(
            "gates-swapped", "Reset and update gate have changed places: agreed was reset first.",
            edits=slip(GATES, "z, r = _gate(zxr + zhr), _gate(zxz + zhz)"),
        ),
        Mistake(
            "candidate-first", "The columns are read with the candidate first; it comes last.",
            edits=slip(X, X.replace("zxr, zxz, zxn", "zxn, zxr, zxz"),
                       H, H.replace("zhr, zhz, zhn", "zhn, zhr, zhz")),
        ),
        Mistake(
            "columns-interleaved",
            "The gates take every third column; each gate has H columns side by side.",
            "reshape(N, H, 3) deals the columns out like cards.",
            edits=slip(X, "zxr, zxz, zxn = np.moveaxis((x @ Wx + b).reshape(len(x), -1, 3), 2, 0)",
                       H, "zhr, zhz, zhn = np.moveaxis((h_prev @ Wh).reshape(len(x), -1, 3), 2, 0)"),
        ),
        Mistake(
            "candidate-sigmoid", "The candidate goes through a sigmoid; it should be tanh.",
            "A gate says how much, from 0 to 1. The candidate says what, and may be negative.",
            edits=_new("_gate(zxn + r * zhn)"),
        ),
        Mistake(
            "candidate-plain", "The candidate has not been through tanh.",
            edits=_new("zxn + r * zhn"),
        ),
        Mistake(
            "gates-tanh", "The gates go through tanh; a gate is a share from 0 to 1: a sigmoid.",
            edits=slip(GATES, GATES.replace("_gate(", "np.tanh(")),
        ),
        Mistake(
            "update-missing", "h is the candidate itself: the update gate is not used.",
            edits=_blend("n"),
        ),
        Mistake(
            "old-state-missing", "The old state's part is missing in the blend.",
            edits=_blend("(1 - z) * n"),
        ),
        Mistake(
            "candidate-unweighted", "The candidate goes into the blend whole: 1 - z is missing.",
            "A blend has shares that add up to 1.",
            edits=_blend("n + z * h_prev"),
        ),
        Mistake(
            "old-state-unweighted", "The old state goes into the blend whole: z is missing before it.",
            edits=_blend("(1 - z) * n + h_prev"),
        ),
        Mistake(
            "sum-squashed", "The blend goes through another tanh; h is the blend itself.",
            edits=_blend("np.tanh((1 - z) * n + z * h_prev)"),
        ),
        Mistake(
            "gates-blind-to-state", "The gates look at the input alone: h_prev is missing in them.",
            edits=slip(GATES, "r, z = _gate(zxr), _gate(zxz)"),
        ),
        Mistake(
            "gates-blind-to-input", "The gates look at the old state alone: x is missing in them.",
            edits=slip(GATES, "r, z = _gate(zhr), _gate(zhz)"),
        ),
        Mistake(
            "candidate-blind-to-input", "The candidate looks at the old state alone: x is missing.",
            edits=_new("np.tanh(r * zhn)"),
        ),
        Mistake(
            "candidate-blind-to-state", "The candidate looks at the input alone: the old state's "
            "part is missing.",
            edits=_new("np.tanh(zxn)"),
        ),
        Mistake(
            "bias-missing", "The bias `b` is missing.",
            edits=slip(X, X.replace(" + b", "")), equivalent=("ignores-b",),
        ),
        Mistake(
            "bias-twice", "The bias is added twice, with both products.",
            edits=slip(H, H.replace("h_prev @ Wh", "h_prev @ Wh + b")),
        ),
        Mistake(
            "gates-mirrored", "Both gates are mirrored: a sign in the sigmoid.",
            "1 / (1 + exp(z)) is the sigmoid of -z.",
            edits=slip(GATES, "r, z = _gate(-zxr - zhr), _gate(-zxz - zhz)"),
        ),
        Mistake(
            "overflow", "With very large inputs the result is not a number: exp(1000) is infinite, "
            "and infinity over infinity is nothing.",
            "There are two ways to write a sigmoid with exp; one of them stays finite at each end.",
            edits=slip(GATES, f"s = {EXP}\n    r, z = s(zxr + zhr), s(zxz + zhz)"),
            equivalent=("fails-with-very-large-inputs-up-to-1000-either-way",),
        ),
    ),
    variants=(
        Variant("slices", {"gru_step_forward": right_14.gru_by_slices}),
        Variant("loops", {"gru_step_forward": right_14.gru_by_loops}),
        Variant("from-inputs", {"gru_step_forward": right_14.gru_from_inputs}),
        Variant("single-precision", {"gru_step_forward": lambda *given: (
            right_14.gru_by_slices(*(np.float32(array) for array in given)))}),
    ),
)  # fmt: skip
