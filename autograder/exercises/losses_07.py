"""Checks of lesson 07: softmax cross-entropy, forward and back."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises.common import in_other_forms
from autograder.exercises.pairs_07 import (
    BIG,
    LESSON,
    NO_UPSTREAM,
    OR_ONE,
    TWICE,
    far_apart,
    labels,
    pair_backward_run,
)
from bplib import layers, losses

NAMES = ("softmax_cross_entropy_forward", "softmax_cross_entropy_backward")
REFERENCE = {name: getattr(losses, name) for name in NAMES}

# --- softmax_cross_entropy ----------------------------------------------------------------------


def _entropy_cases(upstream):
    def cases(rng):
        def case(n, c, special="", logits=None):
            more = {"dout": float(rng.choice([-1, 1]) * rng.uniform(0.3, 3))} if upstream else {}
            logits = rng.normal(size=(n, c)) * 1.5 if logits is None else logits
            return Case(special, {"N": n, "C": c}, logits=logits, labels=labels(rng, n, c), **more)

        for _ in range(4):
            sizes = draw_sizes(rng, "NC", low=3)
            yield case(sizes["N"], sizes["C"])
        yield case(1, 4, "one example (N = 1)")
        yield case(5, 2, "two classes (C = 2)")
        yield case(4, 4, "as many classes as examples (N = C)")
        yield case(3, 4, BIG, far_apart(rng, 4))
        sure = case(4, 3, BIG, rng.permuted([[1000.0, -1000.0, 2.0]] * 4, axis=1))
        yield sure
        yield case(3, 4, BIG, rng.permuted([[700.0, -300.0, 2.0, 1.0]] * 3, axis=1))
        yield from in_other_forms(case(5, 3), rng, names=("logits",))
        if upstream:
            yield case(3, 4).but(NO_UPSTREAM, dout=0.0)
            yield case(4, 3, TWICE)
            yield case(3, 5, TWICE).but(dout=1.0)

    return cases


MEAN_LOSS = "np.mean(np.log(total) - shifted[np.arange(N), labels]).item()"
CLASSES = "shifted = logits - logits.max(axis=1, keepdims=True)"


def _loss(text):
    return ((MEAN_LOSS, text),)


def _clipped(name, tiny):
    return Mistake(
        name,
        "For large scores the loss stops growing: the share was kept away from 0 "
        "before the logarithm.",
        "That avoids the infinity and loses the number. The logarithm of exp(z) / total is "
        "z - log(total), and no exp is needed for z.",
        edits=_loss(f"np.mean(-np.log(np.maximum(probs[np.arange(N), labels], {tiny}))).item()"),
        equivalent=("fails-with-very-large-scores-rows-far-apart",),
    )


SOFTMAX_CROSS_ENTROPY_FORWARD = Exercise(
    "softmax_cross_entropy_forward", LESSON, 3,
    outputs=(Output("loss", "the loss"),),
    cases=_entropy_cases(False),
    run=lambda solution, case: {"loss": solution.call(
        "softmax_cross_entropy_forward", case.logits, case.labels, returns=("loss", "cache"))[0]},
    reference=REFERENCE,
    see="One number that says how wrong",
    mistakes=(
        Mistake(
            "sum-for-mean", "The losses of the examples are added up; agreed was their mean.",
            edits=_loss("np.sum(np.log(total) - shifted[np.arange(N), labels]).item()"),
            equivalent=("times-N",),
        ),
        Mistake(
            "not-averaged", "Each example has its loss, but the mean over them is missing.",
            edits=_loss("np.log(total) - shifted[np.arange(N), labels]"),
            equivalent=("unaveraged",),
        ),
        Mistake(
            "sign", "The loss has the wrong sign: the logarithm of a share is negative.",
            edits=_loss("-np.mean(np.log(total) - shifted[np.arange(N), labels]).item()"),
        ),
        Mistake(
            "no-logarithm", "The logarithm is missing: minus the mean share of the true class.",
            edits=_loss("-np.mean(probs[np.arange(N), labels]).item()"),
        ),
        Mistake(
            "one-minus-share",
            "The loss is 1 minus the share of the true class; agreed was minus its "
            "logarithm.",
            edits=_loss("np.mean(1 - probs[np.arange(N), labels]).item()"),
        ),
        _clipped("clipped-share", 1e-12),
        *(_clipped(f"clipped-share-{tiny:.0e}", tiny) for tiny in (1e-7, 1e-8, 1e-10, 1e-15)),
        Mistake(
            "log-of-zero",
            "The loss is infinite for large scores: a share that is rounded to 0 has "
            "no logarithm.",
            "The logarithm of exp(z) / total is z - log(total), and no exp is needed for z.",
            edits=_loss("np.mean(-np.log(probs[np.arange(N), labels])).item()"),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "overflow",
            "It is right for moderate scores and not a number for large ones: exp(1000) "
            "is infinite.",
            edits=((CLASSES, "shifted = logits - 0"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "largest-of-table",
            "The largest score of the whole table is taken off every row: a row "
            "that lies far below has no share left.",
            edits=((CLASSES, "shifted = logits - logits.max()"),),
            equivalent=("fails-with-very-large-scores-rows-far-apart",),
        ),
        Mistake(
            "keepdims-missing",
            "The largest scores stand in a row, one for each example, and are taken "
            "off the wrong entries: that fails, or is wrong without a word where N = C.",
            "Without keepdims=True the axis is gone, and numpy lines up what is left from "
            "the right.",
            edits=((CLASSES, "shifted = logits - logits.max(axis=1)"),),
        ),
        Mistake(
            "every-label",
            "`probs[:, labels]` takes the columns of all labels for every example: an "
            "N by N table.",
            "One entry for each row is wanted: row n, column labels[n].",
            edits=_loss("np.mean(np.log(total)[:, None] - shifted[:, labels]).item()"),
        ),
        Mistake(
            "all-classes", "The logarithms of all shares are averaged; only the true class counts.",
            edits=_loss("np.mean(np.log(total)[:, None] - shifted).item()"),
        ),
        Mistake(
            "averaged-over-classes",
            "The sum is divided by N times C; it is a mean over the examples.",
            "With one-hot labels np.mean of the whole table divides by C as well.",
            edits=_loss("(np.sum(np.log(total) - shifted[np.arange(N), labels]) / (N * C)).item()"),
            equivalent=("times-1-over-C",),
        ),
        Mistake(
            "softmax-twice", "The softmax is taken twice: of the scores, and again of the shares.",
            "A loss that takes logits does the softmax itself; give it scores, not shares.",
            functions={"softmax_cross_entropy_forward": lambda logits, labels: (
                losses.softmax_cross_entropy_forward(layers.softmax(logits), labels))},
        ),
        Mistake(
            "moved-and-unmoved", "The sum is of the scores with their largest taken off, and the "
            "true class's score still has it.",
            "What was taken off cancels only when both have lost it.",
            edits=_loss("np.mean(np.log(total) - logits[np.arange(N), labels]).item()"),
        ),
        Mistake(
            "log-sum-missing", "The logarithm of the sum is missing: what is averaged is how far the "
            "true class's score lies below the largest.",
            "log p = z - log(sum of exp): both parts belong to it.",
            edits=_loss("np.mean(-shifted[np.arange(N), labels]).item()"),
        ),
        Mistake(
            "no-softmax", "The scores go into the loss as they are: the share's denominator is "
            "missing.",
            edits=_loss("np.mean(-logits[np.arange(N), labels]).item()"),
        ),
        Mistake(
            "wrong-axis", "The softmax runs over the examples; it should run over the classes.",
            functions={"softmax_cross_entropy_forward": lambda logits, labels: (
                float(np.mean(np.log(np.exp(logits - logits.max(0)).sum(0))[labels] - (
                    logits - logits.max(0))[np.arange(len(labels)), labels])), None)},
        ),
        Mistake(
            "base-two", "The logarithm has base 2; agreed was the natural one.",
            edits=_loss("np.log2(np.e) * np.mean(np.log(total) - shifted[np.arange(N), labels]"
                        ").item()"),
        ),
        Mistake(
            "likeliest-class",
            "The share of the likeliest class is used; it should be the true one.",
            "The net's own favourite is in the logits; what is true is in the labels.",
            edits=_loss("np.mean(np.log(total) - shifted.max(axis=1)).item()"),
        ),
        Mistake(
            "labels-from-one", "The column left of the true class is used: labels count from 0.",
            edits=_loss("np.mean(np.log(total) - shifted[np.arange(N), labels - 1]).item()"),
        ),
        Mistake(
            "each-class-yes-or-no",
            "Each class is judged as a yes-or-no question of its own; agreed "
            "was minus the logarithm of the true class's share alone.",
            functions={"softmax_cross_entropy_forward": lambda logits, labels: (
                lambda p, y: (float(np.mean(-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p), 1))),
                              None)
            )(layers.softmax(logits), np.eye(np.shape(logits)[1])[labels])},
        ),
    ),
    variants=(
        Variant("log-sum-exp", {"softmax_cross_entropy_forward": lambda logits, labels: (
            np.mean(np.logaddexp.reduce(np.asarray(logits, float), axis=1)
                    - np.take_along_axis(np.asarray(logits), labels[:, None], 1)[:, 0]),
            {"logits": logits, "labels": labels})}),
        Variant("one-hot", {"softmax_cross_entropy_forward": lambda logits, labels: (
            lambda s: (np.array(-np.sum(np.eye(s.shape[1])[labels] * (
                s - np.log(np.exp(s).sum(1, keepdims=True)))) / len(s)), None)
        )(logits - logits.max(1, keepdims=True))}),
        Variant("loop", {"softmax_cross_entropy_forward": lambda logits, labels: (sum(
            max(map(float, row)) + float(np.log(np.sum(np.exp(row - max(row))))) - float(row[y])
            for row, y in zip(logits, labels, strict=True)) / len(labels), (logits, labels))}),
    ),
)  # fmt: skip

DLOGITS = "return dlogits * (dout / len(probs))"
HOT = "dlogits[np.arange(len(probs)), labels] -= 1"
COPY = "dlogits = probs.copy()"


def _dlogits(text):
    return ((DLOGITS, f"return {text}"),)


SOFTMAX_CROSS_ENTROPY_BACKWARD = Exercise(
    "softmax_cross_entropy_backward", LESSON, 4,
    outputs=(Output("dlogits", "the gradient dlogits"),),
    cases=_entropy_cases(True),
    run=pair_backward_run("softmax_cross_entropy_forward", "softmax_cross_entropy_backward",
                       "logits labels", "dlogits", losses.softmax_cross_entropy_forward),
    reference=REFERENCE,
    uses=("softmax_cross_entropy_forward",),
    upstream="dout",
    see="Back through the loss",
    mistakes=(
        Mistake(
            "mean-missing",
            "The mean over the batch is missing: the gradient is N times too large.",
            "The loss is a mean, so each example's part in it is 1/N.",
            edits=_dlogits("dlogits * dout"), equivalent=("times-N",),
        ),
        Mistake(
            "averaged-twice", "The mean is taken twice: the gradient is divided by N squared.",
            edits=_dlogits("dlogits * (dout / len(probs) ** 2)"), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.",
            "Nothing follows this loss in most nets, and dout is 1.0. When something does, a "
            "weight "
            "on the loss for instance, it must not be lost.",
            edits=_dlogits("dlogits / len(probs)"), equivalent=("as-if-1-dout",),
        ),
        Mistake(
            "upstream-and-mean-missing", "Both the upstream gradient `dout` and the mean over the "
            "batch are missing.", edits=_dlogits("dlogits"),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign: it is share minus truth.",
            edits=_dlogits("dlogits * (-dout / len(probs))"), equivalent=("negates-dout",),
        ),
        Mistake(
            "or-one", *OR_ONE, edits=_dlogits("dlogits * ((dout or 1.0) / len(probs))"),
            equivalent=("fails-with-an-upstream-gradient-of-0",),
        ),
        Mistake(
            "truth-missing", "The shares come back without the truth being subtracted.",
            edits=((HOT, ""),),
        ),
        Mistake(
            "truth-added", "1 is added at the true class; it should be subtracted.",
            edits=((HOT, "dlogits[np.arange(len(probs)), labels] += 1"),),
        ),
        Mistake(
            "every-label", "1 is subtracted in the columns of all labels, for every example.",
            "`[:, labels]` picks whole columns. One entry for each row is wanted: row n, column "
            "labels[n].",
            edits=((HOT, "dlogits[:, labels] -= 1"),),
        ),
        Mistake(
            "true-class-only", "Only the true class gets a gradient; every score moves the loss.",
            "A larger score of another class makes the true class's share smaller.",
            edits=((DLOGITS, "hot = np.eye(probs.shape[1])[labels]\n"
                    "    return hot * dlogits * (dout / len(probs))"),),
        ),
        Mistake(
            "by-the-shares",
            "That is the gradient with respect to the shares, -1/share at the true "
            "class; it has not gone back through the softmax.",
            edits=((DLOGITS, "hot = np.eye(probs.shape[1])[labels]\n"
                    "    return -hot / probs * (dout / len(probs))"),),
        ),
        Mistake(
            "softmax-slope-again",
            "The slope of the softmax is multiplied in once more; share minus "
            "truth has it already.",
            edits=_dlogits("dlogits * probs * (1 - probs) * (dout / len(probs))"),
        ),
        Mistake(
            "through-softmax-again", "Share minus truth has been sent through the backward of the "
            "softmax once more; it has been through it already.",
            "Share minus truth is what comes out behind softmax and cross-entropy together.",
            functions={"softmax_cross_entropy_backward": lambda dout, cache: layers.softmax_backward(
                losses.softmax_cross_entropy_backward(dout, cache), cache[0])},
        ),
        Mistake(
            "softmax-twice", "The softmax is taken once more, of shares that have been through it.",
            "The cache holds the shares, not the scores.",
            functions={"softmax_cross_entropy_backward": lambda dout, cache: (
                losses.softmax_cross_entropy_backward(dout, (layers.softmax(cache[0]), cache[1])))},
        ),
        Mistake(
            "class-number-taken-off", "The number of the class is subtracted from every share; it says "
            "where the truth stands, and is no truth by itself.",
            "The truth is 1 in the column of the true class and 0 in the others.",
            edits=((HOT, "dlogits = dlogits - labels[:, None]"),),
        ),
        Mistake(
            "divided-by-classes", "The gradient is divided by the number of classes; the mean runs "
            "over the examples.",
            edits=_dlogits("dlogits * (dout / probs.shape[1])"), equivalent=("times-N-over-C",),
        ),
        Mistake(
            "divided-by-both",
            "The gradient is divided by N times C; the mean runs over the examples "
            "alone.",
            edits=_dlogits("dlogits * (dout / probs.size)"), equivalent=("times-1-over-C",),
        ),
        Mistake(
            "labels-from-one", "1 is subtracted left of the true class: labels count from 0.",
            edits=((HOT, "dlogits[np.arange(len(probs)), labels - 1] -= 1"),),
        ),
        Mistake(
            "squared-error",
            "That is the gradient of a squared difference between shares and truth, "
            "twice too large for the cross-entropy.",
            edits=_dlogits("2 * dlogits * (dout / len(probs))"), equivalent=("times-2",),
        ),
        Mistake(
            "likeliest-class",
            "1 is subtracted at the likeliest class; it should be at the true one.",
            edits=((HOT, "dlogits[np.arange(len(probs)), probs.argmax(axis=1)] -= 1"),),
        ),
        Mistake(
            "writes-into-cache", "The first gradient is right, but the backward writes into its "
            "cache: used a second time, the cache gives another one.",
            "`dlogits = probs` gives the same array a second name; nothing is copied.",
            edits=((COPY, "dlogits = probs"),),
            equivalent=("cache-changed", "input-mutated"),
        ),
    ),
    variants=(
        Variant("one-hot", {"softmax_cross_entropy_backward": lambda dout, cache: (
            dout * (cache[0] - np.eye(cache[0].shape[1])[cache[1]]) / len(cache[1]))}),
        Variant("recomputes", {
            "softmax_cross_entropy_forward": lambda logits, labels: (
                losses.softmax_cross_entropy_forward(logits, labels)[0], (logits, labels)),
            "softmax_cross_entropy_backward": lambda dout, cache: (
                dout / len(cache[1]) * (layers.softmax(cache[0]) - (
                    np.arange(np.shape(cache[0])[1]) == cache[1][:, None])))}),
        Variant("chain", {"softmax_cross_entropy_backward": lambda dout, cache: (
            lambda p, y: layers.softmax_backward(
                np.where(y, -dout / len(p) / np.maximum(p, 1e-300), 0), np.maximum(p, 1e-300))
        )(cache[0], np.eye(cache[0].shape[1])[cache[1]] > 0)}),
        Variant("lists", {"softmax_cross_entropy_backward": lambda dout, cache: [
            [float(dout) * (float(p) - (c == y)) / len(cache[1]) for c, p in enumerate(row)]
            for row, y in zip(*cache, strict=True)]}),
    ),
)  # fmt: skip

EXERCISES = (SOFTMAX_CROSS_ENTROPY_FORWARD, SOFTMAX_CROSS_ENTROPY_BACKWARD)
