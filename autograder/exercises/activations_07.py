"""Checks of lesson 07: ReLU, forward and back, and what it shares with sigmoid and tanh."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises.common import forward_run
from autograder.exercises.pairs_07 import (
    CUT,
    LESSON,
    WHOLE_X,
    pair_backward_run,
    table,
    table_cases,
)
from autograder.machine import Strided
from bplib import layers

NAMES = [f"{kind}_{way}" for kind in ("relu", "sigmoid", "tanh") for way in ("forward", "backward")]
REFERENCE = {name: getattr(layers, name) for name in NAMES}
SEE = "A bend between two layers"
OUT = Output("out", "the output")


def activation_forward(name, cases, mistakes, variants):
    return Exercise(
        name, LESSON, 2, outputs=(OUT,), cases=cases, run=forward_run(name, "x"),
        reference=REFERENCE, see=SEE, mistakes=mistakes, variants=variants,
    )  # fmt: skip


def activation_backward(kind, cases, mistakes, variants, look=None, lent=None):
    """The check of a backward; lent: the forward whose cache serves where the learner's cannot."""
    forward, name = f"{kind}_forward", f"{kind}_backward"
    return Exercise(
        name, LESSON, 2, outputs=(Output("dx", "the gradient dx"),), cases=cases,
        run=pair_backward_run(forward, name, "x", "dx", lent or REFERENCE[forward], look),
        reference=REFERENCE, uses=(forward,), upstream="dout", see=SEE,
        mistakes=mistakes, variants=variants,
    )  # fmt: skip


UPSTREAM = ("The local derivative alone says how out moves with x; the chain rule multiplies it by "
            "what arrives from above.")
LOCAL = "What arrives from above is to be multiplied by how much out moves with x, entry by entry."
SHAPED = "An operation on single entries has a gradient of the same shape: nothing is added up."
SHARED = "The loss has already divided by N where it took its mean; that happens once."

# --- relu ---------------------------------------------------------------------------------------

CLOSE = "entries close to 0 (a thousandth and less)"
RELU = "return np.maximum(x, 0), x"


def _with_zeros(upstream):
    def cases(rng):
        for case in table_cases(upstream)(rng):
            if case.special.startswith("whole"):  # zeros have a case of their own
                case.inputs["x"][case.x == 0] = 3
            yield case
        yield table(rng, {"N": 4, "D": 3}, "large entries", upstream, scale=100.0)
        yield table(rng, {"N": 4, "D": 3}, CLOSE, upstream, scale=1e-4)
        if upstream:
            case = table(rng, {"N": 4, "D": 3}, WHOLE_X, upstream)
            yield case.but(x=rng.choice([-1, 1], (4, 3)) * rng.integers(1, 5, (4, 3)))
        case = table(rng, {"N": 4, "D": 3}, "entries that are exactly 0", upstream)
        case.inputs["x"][rng.permutation(4)[:2], rng.permutation(3)[:2]] = 0.0
        yield case

    return cases


RELU_FORWARD = activation_forward(
    "relu_forward", _with_zeros(False),
    mistakes=(
        Mistake(
            "lets-all-through", "Negative entries go through as they are.",
            edits=((RELU, "return x, x"),), equivalent=("returns-x",),
        ),
        Mistake(
            "absolute", "Negative entries come out positive; they should come out as 0.",
            edits=((RELU, "return np.abs(x), x"),), equivalent=("absolute-value",),
        ),
        Mistake(
            "keeps-negatives", "The negative entries are kept and the positive ones cut to 0.",
            "The larger of x and 0 is wanted; the smaller one came.",
            edits=((RELU, "return np.minimum(x, 0), x"),),
        ),
        Mistake(
            "step", "Positive entries come out as 1; they should come out as they are.",
            "`x > 0` is a mask, and a good one for the backward. The forward keeps the value.",
            edits=((RELU, "return np.where(x > 0, 1.0, 0.0), x"),),
        ),
        Mistake(
            "leaky", "Negative entries keep a hundredth of themselves: that is a leaky ReLU.",
            edits=((RELU, "return np.where(x > 0, x, 0.01 * x), x"),),
        ),
        Mistake(
            "softplus", "The corner is rounded off: that is log(1 + exp(x)), the softplus.",
            edits=((RELU, "return np.log1p(np.exp(x)), x"),),
        ),
        Mistake(
            "capped", "Entries above 1 are cut to 1; a ReLU has no upper end.",
            edits=((RELU, "return np.clip(x, 0, 1), x"),),
        ),
        Mistake(
            "sign", "The result has the wrong sign.",
            edits=((RELU, "return -np.maximum(x, 0), x"),),
        ),
        Mistake(
            "threshold", "Small positive entries are cut to 0 as well: the corner lies at 0 exactly.",
            "However small a positive entry is, it comes out as it is.",
            edits=((RELU, "return np.where(x > 1e-3, x, 0), x"),),
            equivalent=("fails-with-entries-close-to-0-a-thousandth-and-less",),
        ),
        Mistake(
            "whole-numbers", "The fractions are cut off where the first entry of x is negative.",
            "np.vectorize looks at the first result to decide what kind of numbers all are to be: "
            "for `max(v, 0)` that may be the whole number 0. With 0.0 they stay floats.",
            functions={"relu_forward": lambda x: (
                np.vectorize(lambda v: max(v, 0))(np.asarray(x)), x)},
        ),
        Mistake(
            "drops-entries", "The negative entries are left out instead of set to 0, and the table "
            "has lost its shape.",
            "`x[x > 0]` picks entries into one long row.",
            edits=((RELU, "return x[x > 0], x"),),
        ),
        Mistake(
            "largest-of-columns", "The largest entry of each column came back.",
            "`np.max(x, 0)` reads its 0 as an axis; `np.maximum` compares entry by entry.",
            edits=((RELU, "return np.max(x, 0), x"),),
        ),
        Mistake(
            "largest-only", "Only the largest entry of the table came back.",
            "`np.max` looks for one largest entry; `np.maximum` compares entry by entry.",
            edits=((RELU, "return np.maximum(x.max(), 0), x"),),
        ),
        Mistake(
            "whole-rows", "Whole rows are kept or cut: each entry must be looked at by itself.",
            edits=((RELU, "return np.where(x.sum(axis=1, keepdims=True) > 0, x, 0), x"),),
        ),
    ),
    variants=(
        Variant("mask", {"relu_forward": lambda x: (x * (x > 0), x > 0)}),
        Variant("where", {"relu_forward": lambda x: (np.where(x < 0, 0, x), {"x": x})}),
        Variant("lists", {"relu_forward": lambda x: (
            [[max(float(v), 0.0) for v in row] for row in x], None)}),
        Variant("half-of-sum", {"relu_forward": lambda x: ((x + np.abs(x)) / 2, (x,))}),
        Variant("own-copy", {"relu_forward": lambda x: (
            lambda y: (y.__setitem__(y < 0, 0), (y, y.copy()))[1])(np.array(x, dtype=float))}),
    ),
)  # fmt: skip


def _any_slope_at_zero(case, dx):
    """At x = 0 any slope from 0 to 1 is right: then the entry becomes 0, as in the reference."""
    x, dout = (v.array if isinstance(v, Strided) else v for v in (case.x, case.dout))
    came = read(dx)
    if isinstance(came, Unreadable) or came.shape != x.shape:
        return dx
    low, high = np.minimum(dout, 0) - 1e-6, np.maximum(dout, 0) + 1e-6
    return np.where((x == 0) & (came >= low) & (came <= high), came.dtype.type(0), came)


def _kept_as_it_came(x):
    """A right forward and the documented cache: x itself, in whole numbers if it came so."""
    return layers.relu_forward(x)[0], x


RELU_DX = "return np.where(x > 0, dout, dout.dtype.type(0))"


def _relu_dx(text):
    return ((RELU_DX, f"return {text}"),)


def _writes_dout_cut(dout, cache):
    dx = np.asarray(dout)
    dx[np.asarray(cache) <= 0] = 0
    return dx


RELU_BACKWARD = activation_backward(
    "relu", _with_zeros(True),
    look=_any_slope_at_zero, lent=_kept_as_it_came,
    mistakes=(
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.", UPSTREAM,
            edits=_relu_dx("np.where(x > 0, 1.0, 0.0)"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "cuts-the-gradient",
            "The negative entries of `dout` are cut: it is x that decides what "
            "passes, not the gradient.",
            "The backward of a ReLU is not a ReLU. A gradient may be negative and still pass.",
            edits=_relu_dx("np.maximum(dout, 0)"),
        ),
        Mistake(
            "cuts-both",
            "What passes is right by x, but negative entries of `dout` are cut as well.",
            "A gradient may be negative and still pass.",
            edits=_relu_dx("np.where(x > 0, np.maximum(dout, 0), 0)"),
        ),
        Mistake(
            "lets-all-through",
            "`dout` passes everywhere; where x was negative, out did not move at "
            "all.", LOCAL,
            edits=_relu_dx("dout"), equivalent=("returns-dout",),
        ),
        Mistake(
            "value-for-slope",
            "`dout` is multiplied by the value of the ReLU, and should be by its "
            "slope.",
            "Where x is positive, out moves by 1 for each 1 of x, however large x is.",
            edits=_relu_dx("dout * np.maximum(x, 0)"),
        ),
        Mistake(
            "times-x", "`dout` is multiplied by x; the slope of a ReLU is 1 or 0.",
            edits=_relu_dx("dout * x"),
        ),
        Mistake(
            "threshold", "Nothing passes where x is positive but small: the corner lies at 0 exactly.",
            "However small a positive entry is, out moves with it, 1 for 1.",
            edits=_relu_dx("dout * (x > 1e-3)"),
            equivalent=("fails-with-entries-close-to-0-a-thousandth-and-less",),
        ),
        Mistake(
            "wrong-side",
            "The gradient passes where x is negative, and is cut where it is positive.",
            edits=_relu_dx("np.where(x < 0, dout, 0)"),
        ),
        Mistake(
            "leaky",
            "A hundredth of the gradient passes where x is negative: that is a leaky ReLU.",
            edits=_relu_dx("np.where(x > 0, dout, 0.01 * dout)"),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign.",
            edits=_relu_dx("np.where(x > 0, -dout, 0)"), equivalent=("negates-dout",),
        ),
        Mistake(
            "sign-of-x", "The gradient is turned around where x is negative; it should be 0 there.",
            "That is the slope of |x|.",
            edits=_relu_dx("dout * np.sign(x)"),
        ),
        Mistake(
            "drops-entries", "The entries that do not pass are left out instead of set to 0, and the "
            "table has lost its shape.",
            "`dout[x > 0]` picks entries into one long row.",
            edits=_relu_dx("dout[x > 0]"),
        ),
        Mistake(
            "whole-numbers", "`dx` is cut to whole numbers when x holds whole numbers.", CUT,
            functions={"relu_forward": _kept_as_it_came, "relu_backward": lambda dout, cache: (
                lambda dx: np.trunc(dx) if np.asarray(cache).dtype.kind == "i" else dx
            )(np.where(np.asarray(cache) > 0, dout, 0))},
            equivalent=("fails-with-whole-numbers-in-x-alone",),
        ),
        Mistake(
            "first-result-decides", "The fractions of `dx` are cut off where the first entry is 0.",
            "np.vectorize looks at the first result to decide what kind of numbers all are to be: a "
            "plain 0 is a whole number, 0.0 is not.",
            functions={"relu_backward": lambda dout, cache: np.vectorize(
                lambda d, v: d if v > 0 else 0)(np.asarray(dout), np.asarray(cache))},
            equivalent=("truncated",),
        ),
        Mistake(
            "zero-is-nan", "Where x is exactly 0 your gradient is not a number.",
            "x / x gives 1 for positive x and nothing at all for 0.",
            edits=_relu_dx("dout * (np.maximum(x, 0) / x)"),
            equivalent=("fails-with-entries-that-are-exactly-0",),
        ),
        Mistake("summed", "The gradient is added up over the batch.", SHAPED,
                edits=_relu_dx("np.where(x > 0, dout, 0).sum(axis=0)"),
                equivalent=("summed-too-much",)),
        Mistake("averaged", "The gradient is divided by the number of examples.", SHARED,
                edits=_relu_dx("np.where(x > 0, dout, 0) / len(x)"),
                equivalent=("times-1-over-N",)),
        Mistake(
            "writes-into-dout",
            "The right entries are cut, but in `dout` itself, which still belongs "
            "to whoever called.",
            "`dx = dout` gives the same array a second name; nothing is copied.",
            functions={"relu_backward": _writes_dout_cut},
            equivalent=("cache-changed", "input-mutated"),
        ),
    ),
    variants=(
        Variant("mask", {"relu_backward": lambda dout, cache: dout * (cache > 0)}),
        Variant("one-at-zero", {"relu_backward": lambda dout, cache: dout * (cache >= 0)}),
        Variant("half-at-zero", {"relu_backward": lambda dout, cache: (
            dout * np.heaviside(cache, 0.5))}),
        Variant("out-cached", {
            "relu_forward": lambda x: (lambda out: (out, {"out": out}))(np.maximum(0, x)),
            "relu_backward": lambda dout, cache: np.where(cache["out"] > 0, dout, 0)}),
        Variant("own-copy", {"relu_backward": lambda dout, cache: (
            lambda dx: (dx.__setitem__(cache <= 0, 0), dx)[1])(np.array(dout, dtype=float))}),
        Variant("lists", {"relu_backward": lambda dout, cache: [
            [float(d) if v > 0 else 0.0 for d, v in zip(*rows, strict=True)]
            for rows in zip(dout, cache, strict=True)]}),
    ),
)  # fmt: skip

EXERCISES = (RELU_FORWARD, RELU_BACKWARD)
