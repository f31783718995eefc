"""Checks of lesson 08: the relative error, the gradient check itself, and what it costs."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import (
    Case,
    Exercise,
    Mistake,
    Output,
    Variant,
    draw_sizes,
    edited,
    function_run,
)
from autograder.exercises.formulas_08 import array_of, pair
from autograder.machine import Strided
from bplib import gradcheck

LESSON = "08_gradient_checking"
REFERENCE = {name: getattr(gradcheck, name) for name in (
    "relative_error", "gradient_check", "forward_passes")}  # fmt: skip

# --- relative_error -----------------------------------------------------------------------------


def error_cases(rng):
    def case(*shape, special="", sizes=None):
        a = 10.0 ** rng.uniform(-3, 3, shape) * rng.choice([-1, 1], shape)
        return Case(special, sizes or {"N": int(np.prod(shape))}, a=a,
                    b=a * rng.uniform(0.3, 1.6, shape))  # fmt: skip

    def given(special, a, b):
        return Case(special, {"N": len(a)}, a=np.array(a), b=np.array(b))

    yield case(3)
    for _ in range(2):
        sizes = draw_sizes(rng, "ND")
        yield case(sizes["N"], sizes["D"], sizes=sizes | {"N": sizes["N"] * sizes["D"]})
    yield case(6)
    k = float(rng.uniform(1, 3))
    yield given("entries that are 0 on both sides", [0.0, k, 0.0, -2.0], [0.0, 1.1 * k, 0.0, -2.0])
    yield given("all entries 0", [0.0, 0.0], [0.0, 0.0])
    yield given("an entry that is 0 on one side", [0.0, k], [1e-3, k])
    yield given("entries of opposite sign", [k, -k, 2.0], [-k / 2, -k, 2.0])
    yield given("equal arrays", [k, -2 * k, 3.0], [k, -2 * k, 3.0])
    yield given("entries that differ in the ninth digit", [k, 2.0], [k * (1 + 3e-9), 2.0])
    yield given("very small entries", [3e-13, -k], [-1e-13, -k])
    yield given("very small entries", [4e-11, 2.0, 5e-10], [3e-11, 2.0, 5e-10])
    plain = case(5)
    yield plain.but("whole numbers (an array of int)", a=np.array([3, -4, 10, 2, 7]),
                    b=np.array([3, -4, 12, 2, 7]))
    yield plain.but("single precision (float32)", a=plain.a.astype(np.float32),
                    b=plain.b.astype(np.float32))
    square = case(3, 2)
    yield square.but("a view into a larger array", a=Strided(square.a), b=Strided(square.b))


def _error(formula):
    code = compile(formula, "<relative error>", "eval")

    def relative_error(a, b):
        with np.errstate(all="ignore"):
            return eval(code, {"np": np, "a": np.asarray(a, float), "b": np.asarray(b, float)})

    return {"relative_error": relative_error}


SUM = "np.maximum(np.abs(a) + np.abs(b), 1e-12)"

RELATIVE_ERROR = Exercise(
    "relative_error", LESSON, 2,
    outputs=(Output("result", "the relative error"),),
    cases=error_cases,
    run=function_run("relative_error", "a b"),
    reference=REFERENCE,
    see="When are two numbers the same?",
    mistakes=(
        Mistake("mean-for-max", "The mean of all entries came back; agreed was the largest one.",
                "One wrong slope among a thousand right ones nearly vanishes in a mean.",
                functions=_error(f"np.mean(np.abs(a - b) / {SUM})")),
        Mistake("sum-for-max", "The entries are added up; agreed was the largest one.",
                functions=_error(f"np.sum(np.abs(a - b) / {SUM})")),
        Mistake("smallest", "The smallest entry came back; agreed was the largest one.",
                functions=_error(f"np.min(np.abs(a - b) / {SUM})")),
        Mistake("first-entry", "The first entry's error came back; agreed was the largest one.",
                functions=_error(f"(np.abs(a - b) / {SUM}).flat[0]")),
        Mistake("not-reduced", "Each entry has its error; agreed was the largest one, one number.",
                functions=_error(f"np.abs(a - b) / {SUM}")),
        Mistake("absolute-error", "The difference is not divided by anything: that is an absolute "
                "error.",
                "A difference of 0.001 is nothing beside 1000 and everything beside 0.001.",
                functions=_error("np.max(np.abs(a - b))")),
        Mistake("largest-over-largest",
                "The largest difference is divided by the largest sum; each "
                "entry has to be divided by its own.",
                "A wrong small entry then hides behind a large one.",
                functions=_error("np.max(np.abs(a - b)) / max(np.max(np.abs(a) + np.abs(b)), "
                                 "1e-12)")),
        Mistake("norms", "The lengths of whole arrays are compared; agreed was entry by entry.",
                "A wrong small entry then hides behind a large one.",
                functions=_error("np.linalg.norm(a - b) / max(np.linalg.norm(a) + "
                                 "np.linalg.norm(b), 1e-12)")),
        Mistake("larger-for-sum",
                "It is divided by the larger of the two; agreed was by their sum.",
                functions=_error("np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), "
                                 "np.abs(b)), 1e-12))")),
        Mistake("mean-below",
                "It is divided by the mean of the two sizes; agreed was by their sum.",
                functions=_error(f"np.max(2 * np.abs(a - b) / {SUM})"), equivalent=("times-2",)),
        Mistake("only-a", "It is divided by the size of a alone; agreed was by the sum of both.",
                functions=_error("np.max(np.abs(a - b) / np.maximum(np.abs(a), 1e-12))")),
        Mistake("only-b", "It is divided by the size of b alone; agreed was by the sum of both.",
                functions=_error("np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-12))")),
        Mistake("sizes-missing-below", "Below the line a and b are added with their signs: for "
                "opposite signs that is nearly 0, or negative.",
                functions=_error("np.max(np.abs(a - b) / np.maximum(np.abs(a + b), 1e-12))")),
        Mistake("sizes-missing-above",
                "The difference keeps its sign, so an error in one direction "
                "is not seen.",
                functions=_error(f"np.max((a - b) / {SUM})")),
        Mistake("zero-over-zero", "Where both entries are 0 the error is not a number: 0 / 0.",
                "Two zeros agree perfectly. What guards the division?",
                functions=_error("np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))")),
        Mistake("guard-added", "The guard 1e-12 is added to the sum; agreed was the larger of the "
                "two.",
                functions=_error("np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-12))")),
        Mistake("guard-too-large",
                "The guard is larger than 1e-12: small entries count too little.",
                functions=_error(f"np.max(np.abs(a - b) / np.maximum({SUM}, 1e-8))")),
        Mistake("guard-turned", "np.minimum takes the smaller of the two, and so divides by the guard "
                "wherever there is something to compare.", "The guard is for sizes that are smaller "
                "still: the larger of the two is wanted.",
                functions=_error("np.max(np.abs(a - b) / np.minimum(np.abs(a) + np.abs(b), 1e-12))")),
        Mistake("one-axis", "The largest entry of each column came back; agreed was the largest of "
                "all, one number.", "With axis=0 np.max looks along the first axis only.",
                functions=_error(f"np.max(np.abs(a - b) / {SUM}, axis=0)")),
        Mistake("rounded", "The error is rounded, and an error of 0.000000001 is no 0.",
                "Whoever shows the number may shorten it; here all its digits are wanted.",
                functions=_error(f"np.round(np.max(np.abs(a - b) / {SUM}), 6)"),
                equivalent=("fails-with-entries-that-differ-in-the-ninth-digit",)),
        Mistake("of-sizes", "The sizes of the entries are compared, and their signs are not seen.",
                functions=_error(f"np.max(np.abs(np.abs(a) - np.abs(b)) / {SUM})")),
    ),
    variants=(
        Variant("loop", {"relative_error": lambda a, b: max(
            abs(float(p) - float(q)) / max(abs(float(p)) + abs(float(q)), 1e-12)
            for p, q in zip(np.ravel(a), np.ravel(b), strict=True))}),
        Variant("zero-d", {"relative_error": lambda a, b: np.array(np.max(
            np.abs(np.subtract(a, b)) / np.clip(np.abs(a) + np.abs(b), 1e-12, None)))}),
        Variant("where", {"relative_error": lambda a, b: (lambda s: np.max(
            np.where(s > 1e-12, np.abs(a - b) / np.where(s > 1e-12, s, 1), np.abs(a - b) / 1e-12))
        )(np.abs(a) + np.abs(b))}),
    ),
)  # fmt: skip

# --- gradient_check -----------------------------------------------------------------------------

VERDICT = "result (0 stands for below 1e-6, 1 for above 1e-3)"
RIGHT, WRONG = "right, so below 1e-6", "wrong, so above 1e-3"
POWER = ("x**3", "dout * 3 * x**2")
TANH = ("np.tanh(x)", "dout * (1 - out**2)")
PRODUCT = ("x @ A", "dout @ A.T")
ROWS = ("x.sum(axis=1) * x[:, 0]",
        "dout[:, None] * (x[:, :1] + x.sum(axis=1, keepdims=True) * (np.arange(x.shape[1]) == 0))")
SHARES = ("np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)",
          "out * (dout - (dout * out).sum(axis=1, keepdims=True))")


def _check_case(rng, right, wrong=None, shape=(2, 3), special="", x=None, scale=1.0, **constants):
    """A pair with ``x`` and ``dout``, drawn until no slope is lost in rounding or in chance."""
    while True:
        point = rng.uniform(0.4, 1.6, shape) * rng.choice([-1, 1], shape) if x is None else x
        forward, backward = pair(*right, **constants)
        out, cache = forward(array_of(point))
        dout = rng.uniform(0.4, 2.0, out.shape) * rng.choice([-1, 1], out.shape) * scale
        dx = backward(dout, cache)
        if np.abs(dx).min() > 0.05 * scale:
            break
    the_backward = RIGHT if wrong is None else WRONG
    return Case(special, {"N": shape[0], "D": shape[-1]}, forward=right[0],
                backward=wrong or right[1], the_backward_is=the_backward, x=point, dout=dout,
                **constants)  # fmt: skip


def check_cases(rng):
    square, wide = rng.normal(size=(3, 3)), rng.normal(size=(4, 2))
    yield _check_case(rng, POWER, shape=(1, 2))
    yield _check_case(rng, POWER, "dout * 2 * x**2", (1, 2))
    yield _check_case(rng, TANH)
    yield _check_case(rng, TANH, "dout * (1 - out)")
    yield _check_case(rng, PRODUCT, shape=(3, 4), A=wide)
    yield _check_case(rng, PRODUCT, "dout @ A", shape=(2, 3), A=square)
    yield _check_case(rng, ROWS, shape=(3, 2))
    yield _check_case(rng, ROWS, "dout[:, None] * x[:, :1] * np.ones_like(x)", (3, 2))
    yield _check_case(rng, SHARES, shape=(2, 4))
    yield _check_case(rng, SHARES, "dout * out * (1 - out)", (2, 4))
    yield _check_case(rng, POWER, "3 * x**2 * np.ones_like(dout)", (2, 3))
    yield _check_case(rng, TANH, "-dout * (1 - out**2)", (2, 3))
    yield _check_case(rng, POWER, "np.zeros_like(x)", (2, 3))
    yield from _special_checks(rng)


def _special_checks(rng):
    one, small = "one wrong entry among many", "one wrong entry, much smaller than the others"
    largest = "dout * 3 * x**2 * np.where(np.abs(dx) == np.abs(dx).max(), 1.02, 1)"
    yield _check_case(rng, POWER, largest.replace("dx", "(dout * x**2)"), (4, 6), one)
    case = _check_case(rng, POWER, "dout * 3 * x**2 * np.where(np.abs(dout) < 0.01, 2, 1)", (3, 4),
                       small)  # fmt: skip
    case.inputs["dout"][1, 2] = 1e-3
    yield case
    whole, x = "whole numbers (an array of int)", rng.choice([-3, -2, -1, 1, 2, 3], (2, 3))
    yield _check_case(rng, POWER, None, (2, 3), whole, x=x)
    yield _check_case(rng, POWER, "dout * 2 * x**2", (2, 3), whole, x=x)
    for words, scale in (("very small gradients", 1e-6), ("very large gradients", 1e6)):
        yield _check_case(rng, TANH, None, (2, 3), words, scale=scale)
        yield _check_case(rng, TANH, "dout * (1 - out)", (2, 3), words, scale=scale)
    zeros = "gradients that are exactly 0"
    case = _check_case(rng, ("np.maximum(x, 0)", "dout"), None, (3, 2), zeros)
    yield case.but(backward="dout * (x > 0)")
    yield case.but(backward="dout", the_backward_is=WRONG, x=-np.abs(case.x))
    view = _check_case(rng, TANH, None, (3, 2), "a view into a larger array")
    yield view.but(x=Strided(view.x), dout=Strided(view.dout))
    yield _check_case(rng, ("np.exp(x) * x", "dout * (out + np.exp(x))"), None, (3,),
                      "one axis, shape (N,)", x=rng.uniform(0.3, 1.5, 3))  # fmt: skip


def run_check(solution, case):
    """0 where a right backward got less than 1e-6, 1 where a wrong one got more than 1e-3."""
    constants = {"A": case.A} if "A" in case.inputs else {}
    forward, backward = pair(case.forward, case.backward, **constants)
    came = read(solution.call("gradient_check", forward, backward, case.x, case.dout))
    if isinstance(came, Unreadable) or came.size != 1:
        return {VERDICT: came}
    error = float(came.reshape(()))
    right = case.the_backward_is == RIGHT
    reached = error < 1e-6 if right else error > 1e-3
    return {VERDICT: float(not right) if reached else error}


def _plain(forward, backward, x, dout):
    x = np.array(x, dtype=float)
    out, cache = forward(x.copy())
    dx = np.asarray(backward(dout, cache))
    numeric = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] = above[place] + 1e-5
        below[place] = below[place] - 1e-5
        rise = np.sum(dout * forward(above)[0]) - np.sum(dout * forward(below)[0])
        numeric[place] = rise / (above[place] - below[place])
    with np.errstate(all="ignore"):
        error = np.abs(dx - numeric) / np.maximum(np.abs(dx) + np.abs(numeric), 1e-12)
    return error.max()


def _check(*edits):
    return {"gradient_check": edited(_plain, edits)}


RISE = "np.sum(dout * forward(above)[0]) - np.sum(dout * forward(below)[0])"
WIDTH = "(above[place] - below[place])"
ERROR = "np.abs(dx - numeric) / np.maximum(np.abs(dx) + np.abs(numeric), 1e-12)"
ABOVE, BELOW = "above[place] + 1e-5", "below[place] - 1e-5"

GRADIENT_CHECK = Exercise(
    "gradient_check", LESSON, 4,
    outputs=(Output(VERDICT, "the verdict on each backward", rtol=1e-4, atol=1e-9),),
    cases=check_cases,
    run=run_check,
    reference=REFERENCE,
    uses=("numerical_gradient", "relative_error"),
    see="The check",
    mistakes=(
        Mistake(
            "upstream-ones",
            "The `dout` that was given is replaced by ones: a backward that ignores "
            "its upstream gradient passes unseen.",
            "With ones, the very mistake that is most common cannot be seen.",
            functions=_check(("x = np.array(x, dtype=float)",
                              "x = np.array(x, dtype=float); dout = np.ones_like(dout)")),
        ),
        Mistake(
            "upstream-missing-in-nudges",
            "`dout` is given to the backward, but the nudged output is "
            "added up without it: right backwards look wrong.",
            "Both sides must be the gradient of the same number, sum(dout * out).",
            functions=_check((RISE, RISE.replace("dout * ", ""))),
        ),
        Mistake(
            "mean-in-nudges", "The nudged output is averaged, and should be added up: right "
            "backwards look wrong.",
            "Agreed was the gradient of sum(dout * out); a mean is smaller by the number of outputs.",
            functions=_check((RISE, RISE.replace("np.sum", "np.mean"))),
        ),
        Mistake(
            "out-for-dout", "The backward is handed `out` in the place of `dout`: right backwards look "
            "wrong.", "`out` is what forward gave; what comes back from upstream is `dout`.",
            functions=_check(("backward(dout, cache)", "backward(out, cache)")),
        ),
        Mistake(
            "output-not-nudged",
            "The nudges do not reach the output: the numerical gradient is 0 everywhere, and right "
            "backwards look wrong.",
            "`forward` has to run again at every nudged point; an `out` from before does not move.",
            functions=_check((RISE, "0.0")),
        ),
        Mistake(
            "compares-with-itself", "Every backward passes, right or wrong: it is compared with "
            "itself.",
            "Where does the second gradient come from? It must not come from the backward.",
            functions=_check((ERROR, "np.abs(dx - dx)")), equivalent=("zeros",),
        ),
        Mistake(
            "sign-blind", "A backward with the wrong sign passes: only the sizes are compared.",
            functions=_check((ERROR, "abs(abs(dx) - abs(numeric)) / np.maximum(np.abs(dx) + "
                              "np.abs(numeric), 1e-12)")),
        ),
        Mistake(
            "one-sided", "The difference is one-sided: too coarse to bring a right backward below "
            "1e-6.",
            "One-sided, the error shrinks in step with h; with a nudge on each side, with h "
            "squared.",
            functions=_check((RISE, "np.sum(dout * forward(above)[0]) - np.sum(dout * out)"),
                             (WIDTH, "1e-5")),
        ),
        Mistake(
            "two-missing",
            "The two points stand 2 h apart, and it is divided by h: right backwards "
            "look wrong by a factor of 2.",
            functions=_check((WIDTH, "1e-5")),
        ),
        Mistake(
            "absolute-error", "The difference is not divided by anything: small gradients pass, "
            "however wrong, and large ones fail, however right.",
            functions=_check((ERROR, "np.abs(dx - numeric)")),
        ),
        Mistake(
            "mean-error", "The errors are averaged: one wrong entry among many right ones passes.",
            functions=_check(("error.max()", "error.mean()")),
        ),
        Mistake(
            "some-entries-only", "Only some of the entries are looked at: a wrong one among the "
            "others passes.",
            "A matrix has rows and columns: nudge every entry, and let the largest error decide.",
            functions=_check(("error.max()", "(error if error.ndim < 2 else error[0]).max()")),
        ),
        Mistake(
            "smallest-error", "The smallest error came back: one right entry, and all pass.",
            functions=_check(("error.max()", "error.min()")),
        ),
        Mistake(
            "norms", "The lengths of the whole gradients are compared: a wrong entry that is much "
            "smaller than the others passes.",
            functions=_check((ERROR, "np.linalg.norm(dx - numeric) / (np.linalg.norm(dx) + "
                              "np.linalg.norm(numeric) + 1e-12)")),
        ),
        Mistake(
            "whole-numbers", "For an x of whole numbers right backwards look wrong: the nudge gets "
            "lost in an array of int.",
            "An array of int cannot hold 3 + h. Work on a copy of x as floats.",
            functions=_check(("x = np.array(x, dtype=float)", "x = np.array(x)"), (WIDTH, "2e-5")),
            equivalent=("fails-with-whole-numbers-an-array-of-int",),
        ),
        Mistake(
            "nudges-all-at-once", "All entries of x are nudged together: that works only when each "
            "output hangs on one input alone.",
            "Where an output depends on several inputs, they must be nudged one by one.",
            functions=_check((RISE, "np.sum(dout * (forward(x + 1e-5)[0] - forward(x - 1e-5)[0]))")),
        ),
        Mistake(
            "step-too-small", "The nudge is so small that rounding drowns the difference: right "
            "backwards look wrong.",
            functions=_check((ABOVE, "above[place] + 1e-13"), (BELOW, "below[place] - 1e-13")),
        ),
        Mistake(
            "step-too-large",
            "The nudge is so large that the curve bends under it: right backwards "
            "look wrong.",
            functions=_check((ABOVE, "above[place] + 1e-2"), (BELOW, "below[place] - 1e-2")),
        ),
        Mistake(
            "yes-or-no", "True or False came back; agreed was the relative error, a number.",
            functions=_check(("return error.max()", "return bool(error.max() < 1e-6)")),
        ),
        Mistake(
            "zero-over-zero",
            "Where both gradients are exactly 0 the error is not a number: 0 / 0.",
            functions=_check((ERROR, "np.abs(dx - numeric) / (np.abs(dx) + np.abs(numeric))")),
            equivalent=("fails-with-gradients-that-are-exactly-0",),
        ),
        Mistake(
            "not-restored", "An entry that has been nudged is not put back before the next one is.",
            functions=_check(("above, below = x.copy(), x.copy()", "above = below = x"),
                             (BELOW, "below[place] - 2e-5"),
                             (RISE, "up - np.sum(dout * forward(x)[0])"), (WIDTH, "2e-5"),
                             ("above[place] = above[place] + 1e-5",
                              "above[place] = above[place] + 1e-5; "
                              "up = np.sum(dout * forward(x)[0])")),
        ),
    ),
    variants=(
        Variant("plain", {"gradient_check": _plain}),
        Variant("from-parts", {"gradient_check": lambda forward, backward, x, dout: (
            gradcheck.relative_error(
                backward(dout, forward(np.asarray(x, float))[1]),
                gradcheck.numerical_gradient(lambda v: np.sum(dout * forward(v)[0]), x)))}),
        Variant("smaller-step", {"gradient_check": lambda forward, backward, x, dout: np.array(
            gradcheck.relative_error(
                backward(dout, forward(np.asarray(x, float))[1]),
                gradcheck.numerical_gradient(lambda v: np.sum(dout * forward(v)[0]), x, 4e-6)))}),
        Variant("complex-step", {"gradient_check": lambda forward, backward, x, dout: (
            gradcheck.relative_error(
                backward(dout, forward(np.asarray(x, float))[1]),
                gradcheck.complex_step_gradient(
                    lambda v: np.sum(dout * forward(v)[0]) + 0j, x)))}),
    ),
)  # fmt: skip

# --- forward_passes -----------------------------------------------------------------------------

FORWARD, CENTRAL, BACK = gradcheck.METHODS


def passes_cases(rng):
    yield Case(sizes={"P": 3}, parameters=3)
    for low, high in ((10, 100), (1000, 10_000), (10**6, 10**7)):
        count = int(rng.integers(low, high))
        yield Case(sizes={"P": count}, parameters=count)
    yield Case("one parameter alone", {"P": 1}, parameters=1)
    yield Case("a million parameters", {"P": 10**6}, parameters=1_000_000)


def run_passes(solution, case):
    return {name: solution.call("forward_passes", case.parameters, method) for name, method in (
        ("forward_difference", FORWARD), ("central_difference", CENTRAL), ("backprop", BACK))}


PASSES = ("""{"forward difference": parameters + 1, "central difference": 2 * parameters,
            "backprop": 2}""")


def _passes(forward="parameters + 1", central="2 * parameters", back="2"):
    return ((PASSES, f'{{"forward difference": {forward}, "central difference": {central}, '
             f'"backprop": {back}}}'),)  # fmt: skip


FORWARD_PASSES = Exercise(
    "forward_passes", LESSON, 2,
    outputs=(Output("forward_difference", "passes of a forward difference"),
             Output("central_difference", "passes of a central difference"),
             Output("backprop", "passes of backprop")),
    cases=passes_cases,
    run=run_passes,
    reference=REFERENCE,
    see="What it costs",
    mistakes=(
        Mistake("base-missing",
                "A forward difference needs one pass more: the value to compare with, "
                "where nothing is nudged.", edits=_passes(forward="parameters")),
        Mistake("forward-as-central", "A forward difference does not need two passes for each "
                "parameter: the value to compare with is the same for all.",
                edits=_passes(forward="2 * parameters")),
        Mistake("central-once",
                "A central difference needs two passes for each parameter: one with "
                "the nudge up, one with the nudge down.", edits=_passes(central="parameters")),
        Mistake("central-and-base", "A central difference does not need the value in the middle.",
                edits=_passes(central="2 * parameters + 1")),
        Mistake("central-as-forward", "A central difference does not compare with a value in the "
                "middle: it needs two passes for each parameter.",
                edits=_passes(central="parameters + 1")),
        Mistake("backward-not-counted", "Backprop's backward pass counts as one more, after the "
                "forward pass.", edits=_passes(back="1")),
        Mistake("backprop-per-parameter", "Backprop does not go back once for each parameter: one "
                "backward pass brings all gradients.", edits=_passes(back="parameters")),
        Mistake("backprop-per-parameter-and-one", "Backprop does not go back once for each "
                "parameter: one backward pass brings all gradients.",
                edits=_passes(back="parameters + 1")),
        Mistake("backprop-three", "Backprop is one forward pass and one backward pass, no more.",
                edits=_passes(back="3")),
        Mistake("methods-swapped", "Forward and central difference have changed places.",
                edits=_passes("2 * parameters", "parameters + 1"), equivalent=("results-swapped",)),
        Mistake("squared", "Every parameter is nudged once, not once for every other parameter.",
                edits=_passes("parameters**2 + 1", "2 * parameters**2")),
    ),
    variants=(
        Variant("branches", {"forward_passes": lambda parameters, method: (
            2 if method == "backprop" else
            parameters + 1 if method.startswith("forward") else parameters * 2)}),
        Variant("floats", {"forward_passes": lambda parameters, method: np.float64(
            {"f": parameters + 1, "c": parameters + parameters, "b": 1 + 1}[method[0]])}),
        Variant("match", {"forward_passes": lambda parameters, method: {
            "forward difference": sum((1, parameters)), "central difference": parameters << 1}.get(
                method, 2)}),
    ),
)  # fmt: skip

EXERCISES = (RELATIVE_ERROR, GRADIENT_CHECK, FORWARD_PASSES)
