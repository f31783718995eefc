"""Checks of lesson 08's detective story: a two-layer backward with every planted bug mended."""

import itertools

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes, edited
from autograder.exercises.common import in_other_forms
from autograder.exercises.formulas_08 import array_of
from bplib import detective, layers

LESSON = "08_gradient_checking"
NAMES = ("x", "W1", "b1", "W2", "b2")


def detective_cases(rng):
    def case(sizes, special=""):
        n, d, h, m = (sizes[letter] for letter in "NDHM")
        shapes = ((n, d), (d, h), (h,), (h, m), (m,))
        arrays = {name: rng.normal(0, 0.7, shape)
                  for name, shape in zip(NAMES, shapes, strict=True)}
        return Case(special, sizes, dout=rng.normal(size=(n, m)), **arrays)

    yield case(draw_sizes(rng, "NDHM", 2, 5))
    for _ in range(3):
        yield case(draw_sizes(rng, "NDHM"))
    yield case({"N": 1, "D": 3, "H": 4, "M": 2}, "one example (N = 1)")
    yield case({"N": 3, "D": 3, "H": 3, "M": 3}, "all sizes equal (N = D = H = M)")
    yield from in_other_forms(case(draw_sizes(rng, "NDHM")), rng, names=("x", "dout"))


def run_detective(solution, case):
    arrays = [array_of(case.inputs[name]) for name in NAMES]
    hidden = detective.two_layer_forward(*arrays)[1][5]
    cache = (*(case.inputs[name] for name in NAMES), hidden)
    grads = solution.call("fixed_backward", case.dout, cache,
                          returns=("dx", "dW1", "db1", "dW2", "db2"))
    return dict(zip(("dx", "dW1", "db1", "dW2", "db2"), grads, strict=True))


def _mended(dout, cache):
    x, W1, b1, W2, b2, hidden = cache
    dW2 = hidden.T @ dout
    db2 = dout.sum(axis=0)
    dhidden = dout @ W2.T
    dz = dhidden * (1 - hidden**2)
    dW1 = x.T @ dz
    db1 = dz.sum(axis=0)
    dx = dz @ W1.T
    return dx, dW1, db1, dW2, db2


def _with(*edits):
    return {"fixed_backward": edited(_mended, edits)}


PLANTED = {
    "tanh": (("1 - hidden**2", "1 - hidden"), "the slope of tanh is not right: look "
    "at what it is in "
             "terms of its result"),
    "mean": (("dz.sum(axis=0)", "dz.mean(axis=0)"), "`db1` is averaged over the "
    "examples, and should "
             "be summed"),
    "skip": (("dz @ W1.T", "dhidden @ W1.T"), "`dx` goes around the tanh instead of through it"),
}  # fmt: skip


def _left():
    """A mistake for every set of planted bugs that may be left, the larger sets last."""
    for count in (1, 2, 3):
        for names in itertools.combinations(PLANTED, count):
            words = ["One planted bug is left", "Two planted bugs are left",
                     "All three planted bugs are still there"][count - 1]
            bugs = "; ".join(PLANTED[name][1] for name in names)
            yield Mistake(
                "planted-" + "-".join(names), f"{words}: {bugs}.",
                "Check the five gradients one by one; the first that is wrong tells where to look.",
                functions=_with(*(PLANTED[name][0] for name in names)),
            )  # fmt: skip


FIXED_BACKWARD = Exercise(
    "fixed_backward", LESSON, 4,
    outputs=(Output("dx", "the gradient dx"), Output("dW1", "the gradient dW1"),
             Output("db1", "the gradient db1"), Output("dW2", "the gradient dW2"),
             Output("db2", "the gradient db2")),
    cases=detective_cases,
    run=run_detective,
    reference={"fixed_backward": detective.fixed_backward},
    upstream="dout",
    see="A detective story",
    mistakes=(
        *_left(),
        Mistake(
            "w2-missing", "The gradient goes back into the hidden layer without W2.",
            functions=_with(("dout @ W2.T", "dout @ np.ones_like(W2).T")),
        ),
        Mistake(
            "tanh-missing",
            "The slope of the tanh is missing: the gradient passes the hidden layer as "
            "if it were straight.",
            functions=_with(("dhidden * (1 - hidden**2)", "dhidden")),
        ),
        Mistake(
            "sigmoid-slope", "That is the slope of a sigmoid; the hidden layer is a tanh.",
            functions=_with(("(1 - hidden**2)", "hidden * (1 - hidden)")),
        ),
        Mistake(
            "tanh-twice",
            "The tanh is taken once more, of a hidden layer that has been through it.",
            functions=_with(("hidden**2", "np.tanh(hidden)**2")),
        ),
        Mistake(
            "relu-slope", "That is the slope of a ReLU; the hidden layer is a tanh.",
            functions=_with(("(1 - hidden**2)", "(hidden > 0)")),
        ),
        Mistake(
            "double-for-square", "The hidden layer is doubled in the slope of the tanh; agreed is its "
            "square.", "`**2` squares, `* 2` doubles.",
            functions=_with(("hidden**2", "2 * hidden")),
        ),
        Mistake(
            "slope-sign", "In the slope of the tanh the square has to be taken away from 1, not added.",
            "A tanh is steepest where it is 0, and nowhere steeper than 1.",
            functions=_with(("1 - hidden**2", "1 + hidden**2")),
        ),
        Mistake(
            "tanh-passed-twice", "On its way to x the gradient passes the tanh twice.",
            functions=_with(("dx = dz @", "dx = (dz * (1 - hidden**2)) @")),
        ),
        Mistake(
            "dx-last", "dx comes last in what is returned; agreed was dx, dW1, db1, dW2, db2.",
            functions=_with(("return dx, dW1, db1, dW2, db2", "return dW1, db1, dW2, db2, dx")),
        ),
        Mistake(
            "square-of-difference", "The square is around 1 - hidden; it belongs to hidden alone.",
            functions=_with(("1 - hidden**2", "(1 - hidden)**2")),
        ),
        Mistake(
            "db2-averaged", "`db2` was right before, and is averaged now.",
            "A gradient check of `db2` passed at the start: it needs no mending.",
            functions=_with(("dout.sum(axis=0)", "dout.mean(axis=0)")),
            equivalent=("times-1-over-N",),
        ),
        Mistake(
            "weights-averaged", "`dW1` and `dW2` are divided by the number of examples.",
            "The mean belongs to the loss, which has already put its 1/N into dout.",
            functions=_with(("x.T @ dz", "x.T @ dz / len(x)"),
                            ("hidden.T @ dout", "hidden.T @ dout / len(x)")),
            equivalent=("times-1-over-N",),
        ),
        Mistake(
            "dw1-around-tanh", "`dW1` goes around the tanh instead of through it.",
            functions=_with(("x.T @ dz", "x.T @ dhidden")),
        ),
        Mistake(
            "db1-around-tanh", "`db1` goes around the tanh instead of through it.",
            functions=_with(("dz.sum(axis=0)", "dhidden.sum(axis=0)")),
        ),
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.",
            functions=_with(("x, W1,", "dout = np.ones_like(dout); x, W1,")),
            equivalent=("ignores-dout",),
        ),
        Mistake(
            "sign", "All gradients have the wrong sign.",
            functions=_with(("x, W1,", "dout = -dout; x, W1,")), equivalent=("negates-dout",),
        ),
        Mistake(
            "layers-swapped", "The gradients of the two layers have changed places; agreed was dx, "
            "dW1, db1, dW2, db2.",
            functions=_with(("return dx, dW1, db1, dW2, db2", "return dx, dW2, db2, dW1, db1")),
            equivalent=("results-swapped",),
        ),
    ),
    variants=(
        Variant("mended", {"fixed_backward": _mended}),
        Variant("recomputed", {"fixed_backward": lambda dout, cache: (
            lambda z: _mended(dout, (*cache[:5], np.tanh(z))))(cache[0] @ cache[1] + cache[2])}),
        Variant("from-layers", {"fixed_backward": lambda dout, cache: [
            *layers.linear_backward(
                layers.tanh_backward(np.asarray(dout) @ cache[3].T, cache[5]), cache[:3]),
            cache[5].T @ dout, np.ones(len(dout)) @ dout]}),
        Variant("einsum", {"fixed_backward": lambda dout, cache: (
            lambda dz: (np.einsum("nh,dh->nd", dz, cache[1]), np.einsum("nd,nh->dh", cache[0], dz),
                        dz.sum(0), np.einsum("nh,nm->hm", cache[5], dout), np.sum(dout, 0))
        )(np.einsum("nm,hm->nh", dout, cache[3]) * (1 - cache[5]) * (1 + cache[5]))}),
    ),
)  # fmt: skip

EXERCISES = (FIXED_BACKWARD,)
