"""Checks of lesson 07: the linear layer; the other pairs have modules of their own beside it."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises import activations_07, losses_07, mse_07, softmax_07, squashing_07
from autograder.exercises.common import forward_run, in_other_forms
from autograder.exercises.pairs_07 import CUT, LESSON, TWICE, WHOLE_X, pair_backward_run
from bplib import layers

REFERENCE = {name: getattr(layers, name) for name in ("linear_forward", "linear_backward")}


def _layer(rng, sizes, special="", upstream=False):
    n, d, m = sizes["N"], sizes["D"], sizes["M"]
    more = {"dout": rng.normal(size=(n, m))} if upstream else {}
    return Case(special, sizes, x=rng.normal(size=(n, d)), W=rng.normal(size=(d, m)),
                b=rng.normal(size=m), **more)  # fmt: skip


def _layer_cases(upstream):
    def cases(rng):
        yield _layer(rng, draw_sizes(rng, "NDM", 2, 4), "", upstream)
        for _ in range(4):
            yield _layer(rng, draw_sizes(rng, "NDM"), "", upstream)
        yield _layer(rng, {"N": 1, "D": 3, "M": 2}, "one example (N = 1)", upstream)
        yield _layer(rng, {"N": 3, "D": 1, "M": 4}, "one input (D = 1)", upstream)
        yield _layer(rng, {"N": 4, "D": 3, "M": 1}, "one output (M = 1)", upstream)
        yield _layer(rng, {"N": 3, "D": 3, "M": 3}, "all sizes equal (N = D = M)", upstream)
        mixed = _layer(rng, draw_sizes(rng, "NDM"), "", upstream)
        yield mixed.but(WHOLE_X, x=rng.integers(-4, 5, mixed.x.shape))
        yield from in_other_forms(_layer(rng, draw_sizes(rng, "NDM"), "", upstream), rng)
        if upstream:
            yield _layer(rng, {"N": 3, "D": 2, "M": 4}, TWICE, upstream)

    return cases


def _kept_as_it_came(x, W, b):
    """A right forward and the documented cache: x itself, in whole numbers if it came so."""
    return layers.linear_forward(x, W, b)[0], (x, W, b)


# --- linear_forward -----------------------------------------------------------------------------

OUT = "return x @ W + b, (x, W, b)"


def _forward_slip(text):
    return ((OUT, f"return {text}, (x, W, b)"),)


LINEAR_FORWARD = Exercise(
    "linear_forward", LESSON, 2,
    outputs=(Output("out", "the layer's output"),),
    cases=_layer_cases(False),
    run=forward_run("linear_forward", "x W b"),
    reference=REFERENCE,
    see="From loops to one product",
    mistakes=(
        Mistake(
            "bias-missing", "The bias `b` is missing.",
            "x @ W gives what the inputs bring; each output starts from its own b.",
            edits=_forward_slip("x @ W"), equivalent=("ignores-b",),
        ),
        Mistake(
            "bias-subtracted", "`b` is subtracted, and should be added.",
            edits=_forward_slip("x @ W - b"), equivalent=("negates-b",),
        ),
        Mistake(
            "bias-summed",
            "The sum of all biases is added to every output; each output has its own.",
            edits=_forward_slip("x @ W + b.sum()"),
        ),
        Mistake(
            "bias-averaged", "The mean of the biases is added to every output; each has its own.",
            edits=_forward_slip("x @ W + b.mean()"), equivalent=("averages-b",),
        ),
        Mistake(
            "bias-per-input", "`b` is added once for every input; it comes once for each output.",
            "A bias inside the sum over the inputs is added D times.",
            edits=_forward_slip("x @ W + x.shape[1] * b"),
        ),
        Mistake(
            "bias-inside", "`b` is multiplied along with the weights: it comes after the product.",
            edits=_forward_slip("x @ (W + b)"),
        ),
        Mistake(
            "transposed-result",
            "The result stands on its side, (M, N): agreed was one row for each "
            "example, (N, M).",
            "Many books write W x with one column for each example; here examples are rows.",
            edits=_forward_slip("(x @ W + b).T"), equivalent=("transposed",),
        ),
        Mistake(
            "activation-too", "The result has been through a ReLU; a linear layer has none.",
            "The bend between two layers is an operation of its own, with its own backward.",
            edits=_forward_slip("np.maximum(x @ W + b, 0)"), equivalent=("negatives-cut",),
        ),
        Mistake(
            "averaged-over-inputs", "The products are averaged over the inputs; they are added up.",
            edits=_forward_slip("x @ W / x.shape[1] + b"),
        ),
        Mistake(
            "last-input-only", "Only the last input's product is left: the others are overwritten.",
            "Inside the loop over the inputs it should be +=, not =.",
            edits=_forward_slip("x[:, -1:] @ W[-1:] + b"),
        ),
        Mistake(
            "whole-numbers", "The result is cut to whole numbers when x holds whole numbers.", CUT,
            functions={"linear_forward": lambda x, W, b: (
                lambda out: (np.trunc(out) if np.asarray(x).dtype.kind == "i" else out, (x, W, b))
            )(layers.linear_forward(x, W, b)[0])},
            equivalent=("fails-with-whole-numbers-in-x-alone",),
        ),
        Mistake(
            "first-example-only", "Every row holds the output of the first example.",
            edits=_forward_slip("np.repeat(x[:1] @ W + b, len(x), axis=0)"),
        ),
        Mistake(
            "summed-over-batch", "The outputs of the examples are added up; each example keeps its "
            "own row.",
            edits=_forward_slip("(x @ W + b).sum(axis=0)"), equivalent=("summed-too-much",),
        ),
    ),
    variants=(
        Variant("loops", {"linear_forward": lambda x, W, b: (
            [[sum(float(x[n, d]) * W[d, m] for d in range(len(W))) + b[m]
              for m in range(len(b))] for n in range(len(x))], None)}),
        Variant("einsum", {"linear_forward": lambda x, W, b: (
            np.einsum("nd,dm->nm", x, W) + b[None, :], {"x": x, "W": W})}),
        Variant("columns", {"linear_forward": lambda x, W, b: (
            (W.T @ x.T + b[:, np.newaxis]).T, [x, W, b])}),
        Variant("bias-row", {"linear_forward": lambda x, W, b: (
            np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b]), (x, W, b))}),
        Variant("single-precision", {"linear_forward": lambda x, W, b: (
            np.float32(x) @ np.float32(W) + np.float32(b), (x, W, b))}),
    ),
)  # fmt: skip

# --- linear_backward ----------------------------------------------------------------------------

GRADS = "return dout @ W.T, x.T @ dout, dout.sum(axis=0)"


def _slip(dx="dout @ W.T", dW="x.T @ dout", db="dout.sum(axis=0)"):
    return ((GRADS, f"return {dx}, {dW}, {db}"),)


LINEAR_BACKWARD = Exercise(
    "linear_backward", LESSON, 4,
    outputs=(Output("dx", "the gradient dx"), Output("dW", "the gradient dW"),
             Output("db", "the gradient db")),
    cases=_layer_cases(True),
    run=pair_backward_run("linear_forward", "linear_backward", "x W b", "dx dW db",
                       _kept_as_it_came),
    reference=REFERENCE,
    uses=("linear_forward",),
    upstream="dout",
    see="Backwards through one product",
    mistakes=(
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used: all three gradients are "
            "what comes out when it is all ones.",
            "Local derivatives alone say how out moves; how much that matters is in dout.",
            edits=_slip("np.ones_like(dout) @ W.T", "x.T @ np.ones_like(dout)",
                        "np.ones_like(dout).sum(axis=0)"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "sign", "All three gradients have the wrong sign.",
            "The minus belongs to the step of descent; the gradient itself points uphill.",
            edits=_slip("-dout @ W.T", "-x.T @ dout", "-dout.sum(axis=0)"),
            equivalent=("negates-dout",),
        ),
        Mistake(
            "dw-db-averaged", "`dW` and `db` are divided by the number of examples; they are sums.",
            "The mean belongs to the loss, which has already put its 1/N into dout. A second one "
            "makes the gradients N times too small.",
            edits=_slip(dW="x.T @ dout / len(x)", db="dout.mean(axis=0)"),
        ),
        Mistake(
            "dw-averaged", "`dW` is divided by the number of examples; it is a sum over them.",
            "The mean belongs to the loss, which has already put its 1/N into dout.",
            edits=_slip(dW="x.T @ dout / len(x)"), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "db-averaged", "`db` is the mean over the examples; it should be the sum.",
            "The mean belongs to the loss, which has already put its 1/N into dout.",
            edits=_slip(db="dout.mean(axis=0)"), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "db-not-summed", "`db` has a row for every example: the sum over them is missing.",
            "b was copied to every row of out; every copy sends its gradient back to the same b.",
            edits=_slip(db="dout"), equivalent=("unsummed",),
        ),
        Mistake(
            "db-wrong-axis", "`db` is summed over the outputs, and should be over the examples.",
            "Broadcasting copied b along axis 0, so axis 0 is the one to add up.",
            edits=_slip(db="dout.sum(axis=1)"),
        ),
        Mistake(
            "db-one-number", "`db` is summed over everything; each output has a bias of its own.",
            edits=_slip(db="dout.sum()"), equivalent=("summed-too-much",),
        ),
        Mistake(
            "db-keeps-row",
            "`db` has shape (1, M); the bias has shape (M,), and so has its gradient.",
            "With keepdims=True the summed axis stays, with length 1.",
            edits=_slip(db="dout.sum(axis=0, keepdims=True)"),
            equivalent=("right-values-wrong-shape",),
        ),
        Mistake(
            "db-through-x", "`db` has gone through the inputs; the bias never meets x.",
            "Only W is multiplied by x. The local derivative of out with respect to b is 1.",
            edits=_slip(db="(x.T @ dout).sum(axis=0)"),
        ),
        Mistake(
            "db-first-example",
            "`db` is the first example's gradient alone: the others are missing.",
            edits=_slip(db="dout[0]"),
        ),
        Mistake(
            "db-local-only", "`db` is the local derivative alone, all ones: what arrived from above is "
            "missing.",
            "Times upstream, and summed over the examples that b was copied to.",
            edits=_slip(db="np.ones_like(dout[0])"), equivalent=("ones",),
        ),
        Mistake(
            "db-times-b", "`db` is multiplied by b; out moves by 1 for each 1 of b, however large b is.",
            edits=_slip(db="dout.sum(axis=0) * cache[2]"),
        ),
        Mistake(
            "dw-last-example", "`dW` holds the last example's gradient alone.",
            "Inside the loop over the examples it should be +=, not =.",
            edits=_slip(dW="x[-1:].T @ dout[-1:]"),
        ),
        Mistake(
            "dw-first-example", "`dW` is the first example's gradient alone: the others are missing.",
            edits=_slip(dW="x[:1].T @ dout[:1]"),
        ),
        Mistake(
            "whole-numbers", "`dx` is cut to whole numbers when x holds whole numbers.", CUT,
            functions={"linear_forward": _kept_as_it_came,
                       "linear_backward": lambda dout, cache: _truncated(dout, *cache)},
            equivalent=("fails-with-whole-numbers-in-x-alone",),
        ),
        Mistake(
            "dw-transposed", "`dW` stands on its side: it has shape (M, D), and W has (D, M).",
            "A gradient has the shape of what it is the gradient of.",
            edits=_slip(dW="dout.T @ x"), equivalent=("transposed",),
        ),
        Mistake(
            "dw-without-x", "`dW` does not look at the inputs: x is missing in it.",
            "The local derivative of out[n, m] with respect to W[d, m] is x[n, d].",
            edits=_slip(dW="np.ones_like(x).T @ dout"), equivalent=("as-if-ones-x",),
        ),
        Mistake(
            "dw-upstream-ignored", "`dW` does not use the upstream gradient `dout`.",
            edits=_slip(dW="x.T @ np.ones_like(dout)"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "dw-not-summed", "`dW` is there for every example; W is shared, so it is added up.",
            edits=_slip(dW="x[:, :, None] * dout[:, None, :]"), equivalent=("unsummed",),
        ),
        Mistake(
            "dx-transposed", "`dx` stands on its side: it has shape (D, N), and x has (N, D).",
            edits=_slip(dx="W @ dout.T"), equivalent=("transposed",),
        ),
        Mistake(
            "dx-without-w", "`dx` does not look at the weights: W is missing in it.",
            "The local derivative of out[n, m] with respect to x[n, d] is W[d, m].",
            edits=_slip(dx="dout @ np.ones_like(W).T"), equivalent=("as-if-ones-W",),
        ),
        Mistake(
            "dx-upstream-ignored", "`dx` does not use the upstream gradient `dout`.",
            edits=_slip(dx="np.ones_like(dout) @ W.T"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "dx-averaged",
            "`dx` is divided by the number of examples; each example has its own row, "
            "and nothing is averaged.",
            edits=_slip(dx="dout @ W.T / len(x)"), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "dx-summed", "`dx` is added up over the examples; each example has inputs of its own.",
            edits=_slip(dx="(dout @ W.T).sum(axis=0)"), equivalent=("summed-too-much",),
        ),
        Mistake(
            "dx-not-transposed",
            "`dx` is `dout @ W`: the shapes do not fit, except where D = M, and "
            "there the numbers are wrong.",
            "It is W's outputs, M, that `dout` has to meet in the middle. Which axis of W "
            "are they on?",
            edits=_slip(dx="dout @ W"),
        ),
        Mistake(
            "dx-sides-swapped",
            "`dx` is `W.T @ dout`: the shapes do not fit unless sizes happen to be "
            "equal, and then the numbers are wrong.",
            "Examples are rows of `dout`, and stay rows in `dx`: `dout` has to come first.",
            edits=_slip(dx="W.T @ dout"),
        ),
        Mistake(
            "dw-not-transposed",
            "`dW` is `x @ dout`: the shapes do not fit unless sizes happen to be "
            "equal, and then the numbers are wrong.",
            "It is the examples, N, that are added up: they have to stand in the middle.",
            edits=_slip(dW="x @ dout"),
        ),
        Mistake(
            "dw-sides-swapped",
            "`dW` is `dout @ x`: the shapes do not fit unless sizes happen to be "
            "equal, and then the numbers are wrong.",
            "It is the examples, N, that are added up: they have to stand in the middle.",
            edits=_slip(dW="dout @ x"),
        ),
        Mistake(
            "dw-elementwise",
            "`dW` is `x * dout`, entry by entry: that runs only where sizes happen to "
            "be equal, and then the numbers are wrong.",
            "Every input meets every output: that is a matrix product, @.",
            edits=_slip(dW="x * dout"),
        ),
        Mistake(
            "square-not-transposed",
            "`dx` is `dout @ W`, without the transpose, wherever that runs; "
            "it is right only where a transpose changes nothing.",
            "With D = M the shapes raise no objection, and the numbers are wrong all the same.",
            edits=_slip(dx="(dout @ W if W.shape[0] == W.shape[1] else dout @ W.T)"),
            equivalent=("fails-with-all-sizes-equal-n-d-m",),
        ),
        Mistake(
            "other-order",
            "The gradients come in another order; agreed was dx, dW, db, the order of "
            "forward's arguments.",
            edits=((GRADS, "return x.T @ dout, dout.sum(axis=0), dout @ W.T"),),
            equivalent=("results-swapped",),
        ),
        Mistake(
            "dw-first", "`dx` and `dW` have changed places; agreed was dx, dW, db, the order of "
            "forward's arguments.",
            edits=((GRADS, "return x.T @ dout, dout @ W.T, dout.sum(axis=0)"),),
            equivalent=("results-swapped",),
        ),
    ),
    variants=(
        Variant("loops", {"linear_backward": lambda dout, cache: _by_loops(dout, *cache)}),
        Variant("einsum", {"linear_backward": lambda dout, cache: (
            np.einsum("nm,dm->nd", dout, cache[1]), np.einsum("nd,nm->dm", cache[0], dout),
            np.einsum("nm->m", dout))}),
        Variant("other-cache", {
            "linear_forward": lambda x, W, b: (x @ W + b, {"inputs": x, "weights": W}),
            "linear_backward": lambda dout, cache: [
                np.tensordot(dout, cache["weights"], (1, 1)),
                np.tensordot(cache["inputs"], dout, (0, 0)), np.ones(len(dout)) @ dout]}),
        Variant("views", {"linear_backward": lambda dout, cache: (
            (cache[1] @ np.asarray(dout).T).T, np.asfortranarray((dout.T @ cache[0]).T),
            list(np.add.reduce(dout)))}),
        Variant("one-matrix", {"linear_backward": lambda dout, cache: (
            lambda both: (dout @ cache[1].T, both[:-1], both[-1])
        )(np.hstack([cache[0], np.ones((len(dout), 1))]).T @ dout)}),
    ),
)  # fmt: skip


def _truncated(dout, x, W, b):
    dx, dW, db = _by_loops(np.asarray(dout), np.asarray(x), np.asarray(W), np.asarray(b))
    return (np.trunc(dx) if np.asarray(x).dtype.kind == "i" else dx), dW, db


def _by_loops(dout, x, W, b):
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(b.shape)
    for n in range(dout.shape[0]):
        for m in range(dout.shape[1]):
            db[m] += dout[n, m]
            for d in range(x.shape[1]):
                dx[n, d] += dout[n, m] * W[d, m]
                dW[d, m] += dout[n, m] * x[n, d]
    return dx, dW, db


EXERCISES = (LINEAR_FORWARD, LINEAR_BACKWARD, *activations_07.EXERCISES, *squashing_07.EXERCISES,
             *softmax_07.EXERCISES, *losses_07.EXERCISES, *mse_07.EXERCISES)
