"""Checks of lesson 07: the mean squared error over all elements of a table, forward and back."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises.common import in_other_forms
from autograder.exercises.pairs_07 import (
    CUT,
    LESSON,
    NO_UPSTREAM,
    OR_ONE,
    TWICE,
    pair_backward_run,
)
from bplib import losses

REFERENCE = {name: getattr(losses, name) for name in ("mse_forward", "mse_backward")}

def _mse_cases(upstream):
    def cases(rng):
        def case(*shape, special=""):
            more = {"dout": float(rng.choice([-1, 1]) * rng.uniform(0.3, 3))} if upstream else {}
            sizes = dict(zip("NM", shape, strict=False))
            return Case(special, sizes, predictions=rng.normal(1, 2, shape),
                        targets=rng.normal(0, 1.5, shape), **more)

        for low in (2, 2, 3, 3):
            sizes = draw_sizes(rng, "NM", low=low)
            yield case(sizes["N"], sizes["M"])
        yield case(1, 3, special="one example (N = 1)")
        yield case(4, 1, special="one output, shape (N, 1)")
        yield case(5, special="one axis, shape (N,)")
        yield from in_other_forms(case(4, 3), rng)
        large = case(4, 2)
        yield large.but("mistakes in the thousands", predictions=4000 * large.predictions)
        if upstream:
            yield case(3, 2).but(NO_UPSTREAM, dout=0.0)
            yield case(3, 2, special=TWICE)
            yield case(2, 3, special=TWICE).but(dout=1.0)

    return cases


MSE_LOSS = "np.mean(mistakes * mistakes).item()"


def _mse(text):
    return ((MSE_LOSS, text),)


MSE_FORWARD = Exercise(
    "mse_forward", LESSON, 2,
    outputs=(Output("loss", "the loss"),),
    cases=_mse_cases(False),
    run=lambda solution, case: {"loss": solution.call(
        "mse_forward", case.predictions, case.targets, returns=("loss", "cache"))[0]},
    reference=REFERENCE,
    see="One number that says how wrong",
    mistakes=(
        Mistake("sum-for-mean", "The squares are added up; agreed was their mean.",
                edits=_mse("np.sum(mistakes * mistakes).item()"), equivalent=("times-NM",)),
        Mistake(
            "mean-over-examples",
            "The sum is divided by the number of examples; agreed was the mean "
            "over all elements, N times M of them.",
            edits=_mse("np.sum(mistakes * mistakes).item() / len(mistakes)"),
            equivalent=("times-M",),
        ),
        Mistake(
            "mean-over-outputs", "The sum is divided by the number of outputs; agreed was the mean "
            "over all elements, N times M of them.",
            edits=_mse("np.sum(mistakes * mistakes).item() / mistakes.shape[-1]"),
            equivalent=("times-N",),
        ),
        Mistake("half", "There is a factor 1/2 too much: agreed was the plain mean of the squares.",
                edits=_mse("np.mean(mistakes * mistakes).item() / 2"),
                equivalent=("times-1-over-2",)),
        Mistake("not-squared", "The mistakes are averaged without being squared.",
                edits=_mse("np.mean(mistakes).item()")),
        Mistake("absolute", "The sizes of the mistakes are averaged; agreed was their squares.",
                edits=_mse("np.mean(np.abs(mistakes)).item()")),
        Mistake("root", "A square root has been taken: that is the RMSE; agreed was the MSE.",
                edits=_mse("np.sqrt(np.mean(mistakes * mistakes)).item()"),
                equivalent=("square-root",)),
        Mistake("mean-then-square", "The mistakes are averaged first and squared afterwards.",
                edits=_mse("np.mean(mistakes).item() ** 2")),
        Mistake("difference-of-squares",
                "The squares are subtracted; the square belongs around the "
                "difference.",
                edits=(("mistakes = predictions - targets", "mistakes = np.sqrt(np.abs("
                        "predictions**2 - targets**2)) * np.sqrt(np.sign(predictions**2 - "
                        "targets**2) + 0j)"),
                       (MSE_LOSS, "np.mean(mistakes * mistakes).real.item()")),
                ),
        Mistake("not-averaged", "Each element has its square, but the mean over them is missing.",
                edits=_mse("mistakes * mistakes")),
        Mistake("averaged-per-output", "There is a mean for each output; agreed was one number.",
                edits=_mse("np.mean(mistakes * mistakes, axis=0)")),
        Mistake("averaged-per-example", "There is a mean for each example; agreed was one number.",
                edits=_mse("np.mean(mistakes * mistakes, axis=-1)")),
        Mistake("variance", "The mean mistake has been taken off before squaring: that is the variance "
                "of the mistakes.", "A net that is wrong by 3 everywhere would get a loss of 0.",
                edits=_mse("np.var(mistakes).item()")),
        Mistake("one-less", "The sum is divided by one less than the number of elements.",
                edits=_mse("np.sum(mistakes * mistakes).item() / max(mistakes.size - 1, 1)")),
        Mistake("sign", "The loss has the wrong sign.",
                edits=_mse("-np.mean(mistakes * mistakes).item()")),
    ),
    variants=(
        Variant("flat", {"mse_forward": lambda predictions, targets: (
            lambda d: (d @ d / d.size, d))(np.ravel(predictions) - np.ravel(targets))}),
        Variant("of-rows", {"mse_forward": lambda predictions, targets: (
            np.array(np.square(np.subtract(targets, predictions)).mean()), {})}),
        Variant("sum", {"mse_forward": lambda predictions, targets: (
            sum((float(p) - float(t)) ** 2
                for p, t in zip(predictions.flat, targets.flat, strict=True))
            / predictions.size, [predictions, targets])}),
    ),
)  # fmt: skip

SLOPE = "return (dout * 2 / predictions.size) * (predictions - targets)"


def _slope(text):
    return ((SLOPE, f"return {text}"),)


def _kept_as_it_came(predictions, targets):
    """A right forward and the documented cache, in whole numbers where they came so."""
    return losses.mse_forward(predictions, targets)[0], (predictions, targets)


def _cut(dout, cache):
    predictions, targets = map(np.asarray, cache)
    dx = np.zeros_like(predictions)
    dx[...] = dout * 2 * (predictions - targets) / predictions.size
    return dx


def _writes_cache_mse(dout, cache):
    predictions, targets = cache
    predictions -= targets
    return dout * 2 / predictions.size * predictions


MSE_BACKWARD = Exercise(
    "mse_backward", LESSON, 2,
    outputs=(Output("dpredictions", "the gradient dpredictions"),),
    cases=_mse_cases(True),
    run=pair_backward_run("mse_forward", "mse_backward", "predictions targets", "dpredictions",
                       _kept_as_it_came),
    reference=REFERENCE,
    uses=("mse_forward",),
    upstream="dout",
    see="Back through the loss",
    mistakes=(
        Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
                "Where nothing follows the loss dout is 1.0; where something does, it must not be "
                "lost.",
                edits=_slope("(2 / predictions.size) * (predictions - targets)"),
                equivalent=("as-if-1-dout",)),
        Mistake("mean-missing", "The mean over all elements is missing in the gradient.",
                "The loss divides by the number of elements, so its gradient does too.",
                edits=_slope("dout * 2 * (predictions - targets)"), equivalent=("times-NM",)),
        Mistake("mean-over-examples", "The gradient is divided by the number of examples; the loss "
                "is a mean over all N times M elements.",
                edits=_slope("dout * 2 / len(predictions) * (predictions - targets)"),
                equivalent=("times-M",)),
        Mistake("mean-over-outputs",
                "The gradient is divided by the number of outputs; the loss is "
                "a mean over all N times M elements.",
                edits=_slope("dout * 2 / predictions.shape[-1] * (predictions - targets)"),
                equivalent=("times-N",)),
        Mistake("two-missing", "The factor 2 is missing: the slope of m squared is 2 m.",
                edits=_slope("dout / predictions.size * (predictions - targets)"),
                equivalent=("times-1-over-2",)),
        Mistake("bracket-missing", "The bracket is missing: twice the prediction, minus the target.",
                "Python multiplies before it subtracts.",
                edits=_slope("dout * (2 * predictions - targets) / predictions.size")),
        Mistake("targets-too", "Two gradients came back; agreed was one, by the predictions.",
                "The targets are given: nobody learns them.",
                edits=_slope("np.stack([predictions - targets, targets - predictions]) * "
                             "(dout * 2 / predictions.size)")),
        Mistake("two-and-mean-missing", "Both the factor 2 and the mean over the elements are "
                "missing.", edits=_slope("dout * (predictions - targets)")),
        Mistake("averaged-twice", "The mean is taken twice.",
                edits=_slope("dout * 2 / predictions.size**2 * (predictions - targets)"),
                equivalent=("times-1-over-NM",)),
        Mistake("sign", "The gradient has the wrong sign: the mistake is prediction minus target.",
                edits=_slope("dout * 2 / predictions.size * (targets - predictions)"),
                equivalent=("negates-dout",)),
        Mistake("or-one", *OR_ONE,
                edits=_slope("(dout or 1.0) * 2 / predictions.size * (predictions - targets)"),
                equivalent=("fails-with-an-upstream-gradient-of-0",)),
        Mistake("whole-numbers", "The gradient is cut to whole numbers when the predictions are "
                "whole numbers.", CUT,
                functions={"mse_forward": _kept_as_it_came, "mse_backward": _cut},
                equivalent=("fails-with-whole-numbers-an-array-of-int",)),
        Mistake("mistake-missing", "The gradient is the same in every place: the mistake itself is "
                "missing in it.",
                edits=_slope("dout * 2 / predictions.size * np.ones_like(predictions)")),
        Mistake("sign-of-mistake",
                "Only the sign of each mistake is used, not its size: that is the "
                "gradient of the mean absolute error.",
                edits=_slope("dout / predictions.size * np.sign(predictions - targets)")),
        Mistake("targets-ignored", "The targets do not enter: the gradient is taken of the squared "
                "predictions.",
                edits=_slope("dout * 2 / predictions.size * predictions"),
                equivalent=("ignores-targets",)),
        Mistake("summed", "The gradient is one number: each prediction has a slope of its own.",
                edits=_slope("(dout * 2 / predictions.size * (predictions - targets)).sum()"),
                equivalent=("summed-too-much",)),
        Mistake("loss-again", "The squared mistakes came back; their slope was wanted.",
                edits=_slope("dout * (predictions - targets) ** 2 / predictions.size")),
        Mistake("writes-into-cache",
                "The first gradient is right, but the backward writes into its "
                "cache: used a second time, the cache gives another one.",
                "`predictions -= targets` changes the array that the forward was given.",
                functions={"mse_backward": _writes_cache_mse},
                equivalent=("cache-changed", "input-mutated")),
    ),
    variants=(
        Variant("difference-cached", {
            "mse_forward": lambda predictions, targets: (
                lambda d: (np.mean(d**2), d))(np.asarray(predictions, float) - targets),
            "mse_backward": lambda dout, cache: 2 * dout * cache / cache.size}),
        Variant("other-order", {"mse_backward": lambda dout, cache: (
            np.subtract(cache[0], cache[1]) / np.size(cache[0]) * dout * 2)}),
        Variant("lists", {"mse_backward": lambda dout, cache: (
            np.array([dout * 2 * (float(p) - float(t)) / cache[0].size
                      for p, t in zip(cache[0].flat, cache[1].flat, strict=True)]
                     ).reshape(cache[0].shape)
        ).tolist()}),
    ),
)  # fmt: skip

EXERCISES = (MSE_FORWARD, MSE_BACKWARD)
