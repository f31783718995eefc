"""Checks of lesson 10: two detours for gradients, around a branch and through a step."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes, function_run
from autograder.exercises.common import in_other_forms
from autograder.machine import Strided
from bplib import regularization

LESSON = "10_training_troubles"
REFERENCE = {name: getattr(regularization, name)
             for name in ("residual_backward", "straight_through_backward")}  # fmt: skip

# --- residual_backward --------------------------------------------------------------------------

BRANCHES = {
    "tanh(x @ A)": lambda dout, x, A: (dout * (1 - np.tanh(x @ A) ** 2)) @ A.T,
    "x @ A": lambda dout, x, A: dout @ A.T,
    "relu(x) * A": lambda dout, x, A: dout * (x > 0) * A,
}


def _branch_backward(formula):
    """The backward of a branch, as a learner is handed it: its cache is (x, A)."""
    def branch_backward(dout, cache):
        dout = np.asarray(dout)
        x, A = (np.asarray(item, dtype=float) for item in cache)
        dx = BRANCHES[formula](dout.astype(float), x, A)
        return dx.astype(np.float32) if dout.dtype == np.float32 else dx

    return branch_backward


def _block(rng, sizes, formula, special=""):
    shape = tuple(sizes[letter] for letter in "NTD" if letter in sizes)
    d = shape[-1]
    A = rng.normal(size=shape) if formula.startswith("relu") else 0.7 * rng.normal(size=(d, d))
    return Case(special, sizes, dout=rng.normal(size=shape), branch=formula,
                cache=(rng.normal(size=shape), A))  # fmt: skip


def residual_cases(rng):
    product, tanh, relu = "x @ A", "tanh(x @ A)", "relu(x) * A"
    yield _block(rng, {"N": 3, "D": 2}, product)
    for formula in (tanh, relu, tanh):
        yield _block(rng, draw_sizes(rng, "ND"), formula)
    yield _block(rng, {"N": 1, "D": 4}, tanh, "one example (N = 1)")
    yield _block(rng, {"N": 3, "D": 3}, tanh, "all sizes equal (N = D)")
    yield _block(rng, {"N": 2, "T": 3, "D": 4}, relu, "three axes")
    yield _block(rng, {"N": 5}, relu, "one row (N,)")
    silent = _block(rng, {"N": 4, "D": 3}, product, "a branch that lets nothing through")
    yield silent.but(cache=(silent.cache[0], 0 * silent.cache[1]))
    case = _block(rng, draw_sizes(rng, "ND"), tanh)
    yield case.but("whole numbers (an array of int)", dout=rng.integers(-4, 5, case.dout.shape))
    yield case.but("single precision (float32)", dout=case.dout.astype(np.float32),
                   cache=tuple(item.astype(np.float32) for item in case.cache))  # fmt: skip
    yield case.but("a view into a larger array", dout=Strided(case.dout))


def run_residual(solution, case):
    branch = _branch_backward(case.branch)
    return {"dx": solution.call("residual_backward", case.dout, branch, case.cache)}


THROUGH = 'through = as_float(branch_backward(dout, cache), "the branch\'s dx")'
SUM = "return dout + through"


def _sum(text):
    return ((SUM, f"return {text}"),)


def _adds_in_place(dout, branch_backward, cache):
    dout += branch_backward(dout, cache)
    return dout


RESIDUAL = Exercise(
    "residual_backward", LESSON, 2,
    outputs=(Output("dx", "the gradient dx"),),
    cases=residual_cases, run=run_residual, reference=REFERENCE, upstream="dout",
    see="A way around: residual connections",
    mistakes=(
        Mistake("skip-missing", "The way around the branch is missing: only what comes through the "
                "branch is there.",
                "x was used twice: once by the branch and once by the plus sign behind it. Blame "
                "comes back along both.", edits=_sum("through")),
        Mistake("branch-missing", "The way through the branch is missing: `dout` comes back as it "
                "is.", "The shortcut does not take the branch's place; the branch also moved out.",
                edits=_sum("dout"), equivalent=("returns-dout",)),
        Mistake("one-for-dout", "The way around brings 1 where it should bring `dout`.",
                "1 is the local derivative of the shortcut. The chain rule multiplies by what "
                "arrives.", edits=_sum("1 + through")),
        Mistake("branch-without-dout", "The branch's backward is handed ones; it should get `dout`.",
                edits=((THROUGH, THROUGH.replace("(dout, cache)", "(np.ones_like(dout), cache)")),)),
        Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
                edits=((THROUGH, THROUGH.replace("(dout, cache)", "(np.ones_like(dout), cache)")),
                       (SUM, "return 1 + through")), equivalent=("ignores-dout",)),
        Mistake("multiplied", "The two ways are multiplied; where paths meet, blame is added.",
                edits=_sum("dout * through")),
        Mistake("one-plus", "The branch's gradient is multiplied by `dout` once more.",
                "branch_backward has used dout already: what it returns is the branch's dx.",
                edits=_sum("dout * (1 + through)")),
        Mistake("averaged", "The mean of the two ways is taken; where paths meet, blame is added.",
                edits=_sum("(dout + through) / 2"), equivalent=("times-1-over-2", "halves-dout")),
        Mistake("skip-twice", "The way around is counted twice.", edits=_sum("2 * dout + through")),
        Mistake("branch-twice", "The way through the branch is counted twice.",
                edits=_sum("dout + 2 * through")),
        Mistake("subtracted", "The branch's part is subtracted; where paths meet, blame is added.",
                edits=_sum("dout - through")),
        Mistake("sign", "The gradient has the wrong sign.", edits=_sum("-dout - through"),
                equivalent=("negates-dout",)),
        Mistake("through-twice", "What came through the branch is sent through it again.",
                edits=((SUM, "return dout + branch_backward(through, cache)"),)),
        Mistake("sum-sent-through", "The sum is sent through the branch once more.",
                edits=((SUM, "return branch_backward(dout + through, cache)"),)),
        Mistake("two-results", "The two ways came back one by one; dx is their sum.",
                edits=_sum("np.stack([dout, through])")),
        Mistake("relu-on-top", "Negative gradients are cut to 0; nothing here cuts them.",
                edits=_sum("np.maximum(dout + through, 0)"), equivalent=("negatives-cut",)),
        Mistake("written-into", "An array is written into in place; one that holds whole numbers "
                "cannot take in fractions.", "`dx += ...` keeps the array and its dtype; "
                "`dx = dx + ...` makes a new one.",
                functions={"residual_backward": _adds_in_place},
                equivalent=("input-mutated", "raised-UFuncTypeError",
                            "raised-_UFuncOutputCastingError")),
    ),
    variants=(
        Variant("other-order", {"residual_backward": lambda dout, branch_backward, cache: (
            branch_backward(dout, cache) + dout)}),
        Variant("careful-copy", {"residual_backward": lambda dout, branch_backward, cache: np.add(
            dout, branch_backward(np.array(dout), cache))}),
        Variant("by-name", {"residual_backward": lambda dout, branch_backward, cache: (
            np.asarray(branch_backward(dout=dout, cache=cache)) + dout).tolist()}),
        Variant("accumulates-in-a-copy", {
            "residual_backward": lambda dout, branch_backward, cache: np.sum(
                [np.asarray(dout, float), branch_backward(dout, cache)], axis=0)}),
    ),
)  # fmt: skip

# --- straight_through_backward ------------------------------------------------------------------


def _pair(rng, sizes, special=""):
    shape = (sizes["N"], sizes["D"])
    return Case(special, sizes, dout=rng.normal(scale=1.5, size=shape),
                x=rng.uniform(-2.2, 2.2, size=shape))  # fmt: skip


def straight_cases(rng):
    yield _pair(rng, {"N": 3, "D": 4})
    for _ in range(3):
        yield _pair(rng, draw_sizes(rng, "ND", 4, 9))
    edge = _pair(rng, {"N": 4, "D": 3}, "inputs of exactly 1 and -1")
    yield edge.but(x=rng.permutation([1.0, -1, 1, -1, 0.3, -0.4, 1.5, -1.7, 2, -2, 0.9, -0.9])
                   .reshape(4, 3))  # fmt: skip
    zero = _pair(rng, {"N": 4, "D": 2}, "inputs of exactly 0")
    yield zero.but(x=np.where(rng.random((4, 2)) < 0.5, 0.0, zero.x), dout=zero.dout)
    yield _pair(rng, {"N": 1, "D": 5}, "one example (N = 1)")
    row = _pair(rng, {"N": 1, "D": 7}, "one row (N,)")
    yield row.but(x=row.x[0], dout=row.dout[0])
    far = _pair(rng, {"N": 4, "D": 3}, "inputs far from 0")
    yield far.but(x=far.x * 300)
    beyond = _pair(rng, {"N": 4, "D": 2}, "inputs just beyond 1 and -1")
    yield beyond.but(x=rng.permutation([1.0005, -1.0005, 1.01, -1.01, 0.9995, -0.9995, 1.05, 0.5])
                     .reshape(4, 2))  # fmt: skip
    mixed = _pair(rng, {"N": 4, "D": 3}, "whole numbers in x alone")
    yield mixed.but(x=rng.integers(-3, 4, (4, 3)))
    yield from in_other_forms(_pair(rng, draw_sizes(rng, "ND", 4, 7)), rng)


STRAIGHT = "return dout * (np.abs(x) <= 1)"


def _straight(text):
    return ((STRAIGHT, f"return {text}"),)


def _cut(dout, x):
    dx = np.zeros_like(x)
    near = np.abs(x) <= 1
    dx[near] = np.asarray(dout)[near]
    return dx


def _cuts_in_place(dout, x):
    dout[np.abs(x) > 1] = 0
    return dout


STRAIGHT_THROUGH = Exercise(
    "straight_through_backward", LESSON, 2,
    outputs=(Output("result", "the gradient dx"),),
    cases=straight_cases, run=function_run("straight_through_backward", "dout x"),
    reference=REFERENCE, upstream="dout", see="A step has no slope",
    mistakes=(
        Mistake("true-slope", "The gradient is 0 everywhere: that is the true slope of a step, and "
                "with it nothing is ever learned.",
                "The estimate pretends that the step were a straight line between -1 and 1.",
                edits=_straight("0.0 * dout"), equivalent=("zeros", "as-if-zeros-dout")),
        Mistake("never-cut", "The gradient passes everywhere; agreed was the clipped estimate, "
                "which passes near the step alone.",
                "Without the cut an input far from the step is pushed on and on, and nothing "
                "changes.", edits=_straight("dout + 0 * x"), equivalent=("returns-dout",)),
        Mistake("whole-numbers", "The gradient is cut to whole numbers when x holds whole numbers.",
                "An array made like x, zeros_like(x), holds whole numbers too and cuts what is "
                "written into it.", functions={"straight_through_backward": _cut},
                equivalent=("fails-with-whole-numbers-in-x-alone",)),
        Mistake("border-cut", "At exactly 1 and -1 the gradient is cut; agreed was that it passes "
                "there.", edits=_straight("dout * (np.abs(x) < 1)"),
                equivalent=("fails-with-inputs-of-exactly-1-and-1",)),
        Mistake("upper-border-cut", "At exactly 1 the gradient is cut; agreed was that it passes.",
                edits=_straight("dout * ((x >= -1) & (x < 1))")),
        Mistake("lower-border-cut", "At exactly -1 the gradient is cut; agreed was that it passes.",
                edits=_straight("dout * ((x > -1) & (x <= 1))")),
        Mistake("outside", "The gradient passes far from the step and is cut near it; it should be "
                "the other way round.", edits=_straight("dout * (np.abs(x) > 1)")),
        Mistake("one-sided", "Large negative inputs let the gradient pass: only one side is cut.",
                edits=_straight("dout * (x <= 1)")),
        Mistake("other-side", "Large positive inputs let the gradient pass: only one side is cut.",
                edits=_straight("dout * (x >= -1)")),
        Mistake("relu", "The gradient passes where x is positive: that is the slope of a ReLU.",
                edits=_straight("dout * (x > 0)")),
        Mistake("positive-half", "The gradient passes between 0 and 1; the negative half is missing.",
                edits=_straight("dout * ((x >= 0) & (x <= 1))")),
        Mistake("narrow", "The gradient passes only where |x| is at most 1/2.",
                edits=_straight("dout * (np.abs(x) <= 0.5)")),
        Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
                "Where the estimate passes, what arrives from above passes.",
                edits=_straight("1.0 * (np.abs(x) <= 1)"), equivalent=("ignores-dout",)),
        Mistake("gradient-looked-at", "The gradient is cut where `dout` is large; it is x that "
                "decides.", edits=_straight("dout * (np.abs(dout) <= 1)")),
        Mistake("gradient-clipped", "`dout` is clipped to the range from -1 to 1; it should pass "
                "whole or not at all.", edits=_straight("np.clip(dout, -1, 1)")),
        Mistake("both-clipped", "Where it passes, `dout` is clipped as well.",
                edits=_straight("np.clip(dout, -1, 1) * (np.abs(x) <= 1)")),
        Mistake("times-sign", "`dout` is multiplied by sign(x): the forward's value is no slope.",
                edits=_straight("dout * np.sign(x)")),
        Mistake("times-sign-cut", "Where it passes, `dout` is multiplied by sign(x) as well.",
                edits=_straight("dout * np.sign(x) * (np.abs(x) <= 1)")),
        Mistake("times-x", "Where it passes, `dout` is multiplied by x; the line's slope is 1.",
                edits=_straight("dout * x * (np.abs(x) <= 1)")),
        Mistake("times-clipped-x", "`dout` is multiplied by the clipped x. The line's slope is 1 "
                "wherever x lies between -1 and 1, and 0 beyond.",
                edits=_straight("dout * np.clip(x, -1, 1)")),
        Mistake("x-passes", "Where it passes, x comes back; what passes is `dout`.",
                edits=_straight("x * (np.abs(x) <= 1)")),
        Mistake("fades", "The gradient fades towards |x| = 1; the straight line has slope 1 all the "
                "way.", edits=_straight("dout * np.maximum(0, 1 - np.abs(x))")),
        Mistake("tanh-slope", "That is the slope of tanh; agreed was the straight line.",
                edits=_straight("dout * (1 - np.tanh(x)**2)")),
        Mistake("half", "Where it passes, the gradient is halved; the line from (-1, -1) to (1, 1) "
                "has slope 1.", edits=_straight("0.5 * dout * (np.abs(x) <= 1)"),
                equivalent=("times-1-over-2", "halves-dout")),
        Mistake("sign", "The gradient has the wrong sign.",
                edits=_straight("-dout * (np.abs(x) <= 1)"), equivalent=("negates-dout", "sign")),
        Mistake("averaged", "The gradient is divided by the number of examples.",
                "The loss has already divided by N where it took its mean.",
                edits=_straight("dout * (np.abs(x) <= 1) / len(x)"),
                equivalent=("times-1-over-N",)),
        Mistake("summed", "The gradient is added up over the batch; each entry has its own.",
                edits=_straight("(dout * (np.abs(x) <= 1)).sum(axis=0)"),
                equivalent=("summed-too-much",)),
        Mistake("drops-entries", "The entries that are cut are left out; they should be 0.",
                "`dout[mask]` picks entries into one long row.",
                edits=_straight("dout[np.abs(x) <= 1]")),
        Mistake("written-into", "The caller's own `dout` is changed.",
                functions={"straight_through_backward": _cuts_in_place},
                equivalent=("input-mutated",)),
    ),
    variants=(
        Variant("where", {"straight_through_backward": lambda dout, x: np.where(
            np.logical_and(np.asarray(x) >= -1, np.asarray(x) <= 1), dout, 0)}),
        Variant("copy-and-cut", {"straight_through_backward": lambda dout, x: (
            lambda dx: (dx.__setitem__(np.abs(x) > 1, 0), dx)[1])(np.array(dout))}),
        Variant("lists", {"straight_through_backward": lambda dout, x: np.reshape(
            [d if -1 <= v <= 1 else 0.0 for d, v in zip(np.ravel(dout), np.ravel(x), strict=True)],
            np.shape(x)).tolist()}),
        Variant("by-clip", {"straight_through_backward": lambda dout, x: (
            dout * (np.clip(x, -1, 1) == x).astype(float))}),
    ),
)  # fmt: skip

EXERCISES = (RESIDUAL, STRAIGHT_THROUGH)
