"""Checks of lesson 07: softmax and its backward, which stands alone."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes, function_run
from autograder.exercises.common import in_other_forms
from autograder.exercises.pairs_07 import BIG, LESSON, as_single, as_views, far_apart
from bplib import layers

REFERENCE = {name: getattr(layers, name) for name in ("softmax", "softmax_backward")}

# --- softmax ------------------------------------------------------------------------------------


def softmax_cases(rng):
    def scores(*shape, special="", sizes=None):
        return Case(special, sizes, z=rng.normal(size=shape) * 2)

    for low in (2, 2, 3, 3):
        sizes = draw_sizes(rng, "NC", low=low)
        yield scores(sizes["N"], sizes["C"], sizes=sizes)
    yield scores(1, 4, special="one example (N = 1)", sizes={"N": 1, "C": 4})
    yield scores(5, special="one row of scores, shape (C,)", sizes={"C": 5})
    yield scores(2, 3, 4, special="three axes, shape (N, T, C)", sizes={"N": 2, "T": 3, "C": 4})
    yield scores(3, 3, special="as many classes as examples (N = C)", sizes={"N": 3, "C": 3})
    yield Case(BIG, {"N": 3, "C": 4}, z=far_apart(rng, 4))
    yield Case(BIG, {"N": 3, "C": 3}, z=np.array([
        [1000.0, -1000.0, 999.0], [-1000.0, 0, 1.0], [-1000.0, 1000.0, -999.0]]))
    yield from in_other_forms(scores(4, 3, sizes={"N": 4, "C": 3}), rng)


SHIFTED, SHARE = "np.exp(z - z.max(axis=-1, keepdims=True))", "e / e.sum(axis=-1, keepdims=True)"

SOFTMAX = Exercise(
    "softmax", LESSON, 3,
    outputs=(Output("result", "the shares"),),
    cases=softmax_cases,
    run=function_run("softmax", "z"),
    reference=REFERENCE,
    see="From scores to shares",
    mistakes=(
        Mistake(
            "wrong-axis", "The shares of each column add up to 1; it should be each row.",
            "axis=0 adds up over the examples. The classes lie along the last axis.",
            functions={"softmax": lambda z: (
                lambda e: e / e.sum(axis=0))(np.exp(z - np.max(z, axis=0)))},
        ),
        Mistake(
            "whole-table", "All shares of the table together add up to 1; it should be each row.",
            "Each example makes its own decision: its shares do not depend on the other rows.",
            edits=((SHIFTED, "np.exp(z - z.max())"), (SHARE, "e / e.sum()")),
        ),
        Mistake(
            "no-exponential", "The scores are divided by their sum, without the exponential.",
            "A share must never be negative, and scores may be; exp makes every score positive.",
            functions={"softmax": lambda z: z / np.sum(z, axis=-1, keepdims=True)},
        ),
        Mistake(
            "not-divided", "The exponentials are there, but they are not divided by their sum.",
            functions={"softmax": lambda z: np.exp(z)},
        ),
        Mistake(
            "overflow",
            "It is right for moderate scores and not a number for large ones: exp(1000) "
            "is infinite, and infinity over infinity is nothing.",
            "Taking the same number off all scores of a row changes no share.",
            edits=((SHIFTED, "np.exp(z)"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "largest-of-table",
            "The largest score of the whole table is taken off every row: a row "
            "that lies far below becomes 0 / 0.",
            "Each row has to be moved by its own largest score.",
            edits=((SHIFTED, "np.exp(z - z.max())"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "mean-taken-off", "The mean of each row is taken off, and exp is still infinite where one "
            "score lies far above the others.",
            "Only when the largest itself comes off is no score left above 0.",
            edits=((SHIFTED, "np.exp(z - z.mean(axis=-1, keepdims=True))"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "sum-of-table", "The exponentials are divided by the sum of the whole table; each row has "
            "its own sum.",
            "Without an axis, sum adds up everything. Each row's shares add up to 1.",
            edits=((SHARE, "e / e.sum()"),),
        ),
        Mistake(
            "largest-at-least-zero", "Rows whose scores are all very negative become 0 / 0.",
            "Their largest score is negative, and it has to come off all the same.",
            edits=((SHIFTED, "np.exp(z - np.maximum(z.max(axis=-1, keepdims=True), 0))"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "keepdims-missing",
            "The sums stand in a row, one for each example, and are divided into "
            "the wrong entries: that fails, or is wrong without a word where N = C.",
            "Without keepdims=True the summed axis is gone, and numpy lines up what is left "
            "from the "
            "right.",
            edits=((SHARE, "e / e.sum(axis=-1)"),),
        ),
        Mistake(
            "keepdims-missing-above",
            "The largest scores stand in a row, one for each example, and "
            "are taken off the wrong entries: that fails, or is wrong without a word where N = C.",
            "Without keepdims=True the axis is gone, and numpy lines up what is left from "
            "the right.",
            edits=((SHIFTED, "np.exp(z - z.max(axis=-1))"),),
        ),
        Mistake(
            "sigmoids",
            "Each score has been through a sigmoid by itself; the shares of a row do not "
            "add up to 1.",
            edits=((SHARE, "1 / (1 + np.exp(-z))"),),
        ),
        Mistake(
            "scaled-sigmoids", "These are sigmoids divided by their sum; that is not a softmax.",
            "They add up to 1, but the shares are others: a sigmoid flattens out, exp does not.",
            functions={"softmax": lambda z: (
                lambda s: s / s.sum(axis=-1, keepdims=True))(layers.sigmoid_forward(z)[0])},
        ),
        Mistake(
            "sign-of-exponent", "The largest share goes to the smallest score.",
            functions={"softmax": lambda z: layers.softmax(-np.asarray(z))},
            equivalent=("negates-z",),
        ),
        Mistake(
            "logarithm-too", "The logarithm of the shares came back.",
            edits=((SHARE, "np.log(e / e.sum(axis=-1, keepdims=True) + 1e-300)"),),
            equivalent=("logarithm",),
        ),
        Mistake(
            "winner-takes-all",
            "The largest score gets 1 and the others 0: that is the hard maximum.",
            functions={"softmax": lambda z: (
                z == np.max(z, axis=-1, keepdims=True)).astype(float)},
        ),
        Mistake(
            "divided-by-largest",
            "The scores are divided by the largest one before exp; it should be "
            "taken off.",
            "Subtracting changes no share; dividing does.",
            functions={"softmax": lambda z: (lambda e: e / e.sum(axis=-1, keepdims=True))(
                np.exp(z / np.max(z, axis=-1, keepdims=True)))},
        ),
        Mistake(
            "base-two", "Powers of 2 are taken; agreed was powers of e.",
            functions={"softmax": lambda z: layers.softmax(np.log(2) * np.asarray(z))},
        ),
        Mistake(
            "second-axis",
            "The sum runs over axis 1, which is the last one only in a table with two "
            "axes.",
            "axis=-1 means the last axis, however many there are.",
            functions={"softmax": lambda z: (lambda e: e / e.sum(axis=1, keepdims=True))(
                np.exp(z - np.max(z, axis=1, keepdims=True)))},
            equivalent=("fails-with-three-axes-shape-n-t-c",),
        ),
        Mistake(
            "averaged",
            "The exponentials are divided by their mean, so that the shares add up to C.",
            edits=((SHARE, "e / e.mean(axis=-1, keepdims=True)"),), equivalent=("times-C",),
        ),
    ),
    variants=(
        Variant("log-sum-exp", {"softmax": lambda z: np.exp(
            z - np.logaddexp.reduce(np.asarray(z, float), axis=-1, keepdims=True))}),
        Variant("last-axis-first", {"softmax": lambda z: (
            lambda e: np.moveaxis(e / e.sum(0), 0, -1))(np.exp(
                np.moveaxis(np.asarray(z, float), -1, 0) - np.max(z, axis=-1)))}),
        Variant("row-by-row", {"softmax": lambda z: np.apply_along_axis(
            lambda row: np.exp(row - row.max()) / np.exp(row - row.max()).sum(), -1,
            np.asarray(z, float))}),
        Variant("pairwise", {"softmax": lambda z: (1 / np.sum(np.exp(np.minimum(
            np.asarray(z, float)[..., None, :] - np.asarray(z, float)[..., :, None], 700)),
            axis=-1)).tolist()}),
    ),
)  # fmt: skip

# --- softmax_backward ---------------------------------------------------------------------------


def softmax_backward_cases(rng):
    def case(*shape, special="", sizes=None, z=None):
        z = rng.normal(size=shape) * 1.5 if z is None else z
        return Case(special, sizes, dout=rng.normal(size=z.shape), probs=layers.softmax(z))

    for low in (2, 2, 3, 3):
        sizes = draw_sizes(rng, "NC", low=low)
        yield case(sizes["N"], sizes["C"], sizes=sizes)
    yield case(1, 4, special="one example (N = 1)", sizes={"N": 1, "C": 4})
    yield case(5, special="one row of shares, shape (C,)", sizes={"C": 5})
    yield case(2, 3, 4, special="three axes, shape (N, T, C)", sizes={"N": 2, "T": 3, "C": 4})
    yield case(3, 3, special="as many classes as examples (N = C)", sizes={"N": 3, "C": 3})
    sure = np.array([[1000.0, -1000.0, 0.0], [0.5, 1000.0, 1000.0]])
    yield case(special="shares that are exactly 0 and 1", sizes={"N": 2, "C": 3}, z=sure)
    plain = case(4, 3, sizes={"N": 4, "C": 3})
    yield plain.but("whole numbers (an array of int)", dout=rng.integers(-4, 5, (4, 3)))
    yield as_single(plain)
    yield as_views(plain, "dout", "probs")


DZ = "return probs * (dout - (dout * probs).sum(axis=-1, keepdims=True))"


def _dz(text):
    return ((DZ, f"return {text}"),)


SOFTMAX_BACKWARD = Exercise(
    "softmax_backward", LESSON, 3,
    outputs=(Output("dz", "the gradient dz"),),
    cases=softmax_backward_cases,
    run=lambda solution, case: {"dz": solution.call("softmax_backward", case.dout, case.probs)},
    reference=REFERENCE,
    upstream="dout",
    see="Move one score, and every share moves",
    mistakes=(
        Mistake(
            "diagonal-only",
            "Only the way from each score to its own share is there; a score moves "
            "all the other shares too.",
            "probs (1 - probs) is the slope of a sigmoid. In a softmax every share depends "
            "on every "
            "score of its row.",
            edits=_dz("dout * probs * (1 - probs)"),
        ),
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.",
            "With an upstream of all ones the right answer is 0, since the shares always add "
            "up to 1.",
            edits=_dz("probs * (1 - probs)"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "sum-missing", "`dout` times the shares is there; what the other classes take off is "
            "missing.", edits=_dz("dout * probs"),
        ),
        Mistake(
            "own-share-missing", "Only the ways from each score to the other shares are there; the way "
            "to its own share is missing.",
            "Its own share rises with the score, with the slope p (1 - p).",
            edits=_dz("probs * (dout * probs - (dout * probs).sum(axis=-1, keepdims=True))"),
        ),
        Mistake(
            "outer-share-missing", "The difference is right, but it has not been multiplied by the "
            "share.", edits=_dz("dout - (dout * probs).sum(axis=-1, keepdims=True)"),
        ),
        Mistake(
            "plus", "The sum is added; it should be subtracted.",
            "When one share grows, the others shrink: the way through them counts with a minus.",
            edits=_dz("probs * (dout + (dout * probs).sum(axis=-1, keepdims=True))"),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign.",
            edits=_dz("probs * ((dout * probs).sum(axis=-1, keepdims=True) - dout)"),
            equivalent=("negates-dout",),
        ),
        Mistake(
            "keepdims-missing",
            "The sums stand in a row, one for each example, and are taken off the "
            "wrong entries: that fails, or is wrong without a word where N = C.",
            "Without keepdims=True the summed axis is gone, and numpy lines up what is left "
            "from the "
            "right.",
            edits=_dz("probs * (dout - (dout * probs).sum(axis=-1))"),
        ),
        Mistake(
            "sum-over-batch", "The sum runs over the examples; it should run over the classes.",
            "Shares of one example never depend on scores of another.",
            edits=_dz("probs * (dout - (dout * probs).sum(axis=0, keepdims=True))"),
        ),
        Mistake(
            "sum-over-all", "The sum runs over the whole table; each row has its own.",
            edits=_dz("probs * (dout - (dout * probs).sum())"),
        ),
        Mistake(
            "unweighted-sum",
            "The sum is of `dout` alone; each entry has to be weighted by its share.",
            edits=_dz("probs * (dout - dout.sum(axis=-1, keepdims=True))"),
        ),
        Mistake(
            "unweighted-mean",
            "The mean of `dout` is taken off; it has to be weighted by the shares.",
            edits=_dz("probs * (dout - dout.mean(axis=-1, keepdims=True))"),
        ),
        Mistake(
            "mean-for-sum", "The mean over the classes is taken off; it should be the sum.",
            "The shares are weights that add up to 1 already.",
            edits=_dz("probs * (dout - (dout * probs).mean(axis=-1, keepdims=True))"),
        ),
        Mistake(
            "cross-entropy",
            "That is `probs - dout`, the gradient of the cross-entropy with dout for "
            "labels. Here the softmax stands alone.",
            "The simple form belongs to softmax and cross-entropy together.",
            edits=_dz("probs - dout"),
        ),
        Mistake(
            "softmax-twice", "The softmax is taken once more, of shares that have been through it.",
            "The second argument is the result of the softmax, not the scores.",
            functions={"softmax_backward": lambda dout, probs: layers.softmax_backward(
                dout, layers.softmax(probs))},
        ),
        Mistake(
            "second-axis",
            "The sum runs over axis 1, which is the last one only in a table with two "
            "axes.",
            "axis=-1 means the last axis, however many there are.",
            edits=_dz("probs * (dout - (dout * probs).sum(axis=1, keepdims=True))"),
            equivalent=("fails-with-three-axes-shape-n-t-c",),
        ),
        Mistake("averaged", "The gradient is divided by the number of examples.",
                "The loss has already divided by N where it took its mean; that happens once.",
                edits=_dz("(probs * (dout - (dout * probs).sum(axis=-1, keepdims=True))"
                          " / len(probs))"),
                equivalent=("times-1-over-N",)),
        Mistake(
            "divided-by-shares", "Somewhere `dout` is divided by the shares: where a share is 0, "
            "nothing is left but not-a-number.",
            functions={"softmax_backward": lambda dout, probs: (
                lambda p: p * p * (dout / p - np.sum(dout * p / p * p, axis=-1, keepdims=True) / p)
            )(np.asarray(probs))},
            equivalent=("fails-with-shares-that-are-exactly-0-and-1",),
        ),
    ),
    variants=(
        Variant("jacobian", {"softmax_backward": lambda dout, probs: np.einsum(
            "...ij,...j->...i", np.einsum("...i,ij->...ij", probs, np.eye(np.shape(probs)[-1]))
            - np.einsum("...i,...j->...ij", probs, probs), dout)}),
        Variant("two-terms", {"softmax_backward": lambda dout, probs: (
            probs * dout - probs * np.einsum("...c,...c->...", probs, dout)[..., None])}),
        Variant("loops", {"softmax_backward": lambda dout, probs: _jacobian_loops(dout, probs)}),
    ),
)  # fmt: skip


def _jacobian_loops(dout, probs):
    dz = np.zeros(probs.shape)
    for place in np.ndindex(probs.shape[:-1]):
        p, g = probs[place], dout[place]
        for i in range(len(p)):
            for j in range(len(p)):
                dz[(*place, i)] += g[j] * p[j] * ((i == j) - p[i])
    return dz.tolist()


EXERCISES = (SOFTMAX, SOFTMAX_BACKWARD)
