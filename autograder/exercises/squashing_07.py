"""Checks of lesson 07: sigmoid and tanh, forward and back."""

import numpy as np

from autograder.exercise import Mistake, Variant
from autograder.exercises.activations_07 import (
    LOCAL,
    SHAPED,
    SHARED,
    UPSTREAM,
    activation_backward,
    activation_forward,
)
from autograder.exercises.pairs_07 import table_cases
from bplib import layers

EXTREMES = (-1000.0, -50.0, 50.0, 1000.0, 0.25)

# --- sigmoid ------------------------------------------------------------------------------------

SIGMOID = "out = sigmoid(as_float(x, \"x\"))"


def _sigmoid(text):
    return ((SIGMOID, f"x = as_float(x, 'x')\n    out = {text}"),)


SIGMOID_FORWARD = activation_forward(
    "sigmoid_forward", table_cases(extremes=EXTREMES),
    mistakes=(
        Mistake(
            "sign-of-exponent", "The sigmoid is mirrored: it falls where it should rise.",
            "The minus sits in the exponent: exp(-x) becomes small when x is large.",
            edits=_sigmoid("sigmoid(-x)"), equivalent=("negates-x", "one-minus"),
        ),
        Mistake(
            "minus-below", "Below the line stands 1 - exp(-x); it should be 1 + exp(-x).",
            edits=_sigmoid("1 / (1 - np.exp(-x))"),
        ),
        Mistake(
            "one-missing", "The 1 below the line is missing: what is left is exp(x).",
            edits=_sigmoid("1 / np.exp(-x)"), equivalent=("exponential",),
        ),
        Mistake(
            "bracket-missing", "The bracket below the line is missing: 1/1 is taken first, and "
            "exp(-x) added.",
            "Python divides before it adds: 1 / 1 + e is (1 / 1) + e.",
            edits=_sigmoid("1 / 1 + np.exp(-x)"),
        ),
        Mistake(
            "overflow",
            "It is right for moderate x and not a number for large positive x: exp(1000) "
            "is infinite, and infinity over infinity is nothing.",
            "The same curve can be written so that exp is taken of -x.",
            edits=_sigmoid("np.exp(x) / (1 + np.exp(x))"),
            equivalent=("fails-with-very-large-inputs-up-to-1000-either-way",),
        ),
        Mistake(
            "tanh", "That is tanh, from -1 to 1; the sigmoid goes from 0 to 1.",
            edits=_sigmoid("np.tanh(x)"),
        ),
        Mistake(
            "stretched",
            "The result runs from -1 to 1: the sigmoid has been doubled and lowered by 1.",
            edits=_sigmoid("2 * sigmoid(x) - 1"),
        ),
        Mistake(
            "step", "The result is 0 or 1 and nothing between.",
            edits=_sigmoid("(x > 0) * 1.0"), equivalent=("rounded",),
        ),
        Mistake(
            "derivative", "That is the slope of the sigmoid, out (1 - out), and not its value.",
            edits=_sigmoid("sigmoid(x) * (1 - sigmoid(x))"),
        ),
        Mistake(
            "softmax",
            "The entries of a row add up to 1: that is a softmax; a sigmoid looks at each "
            "entry alone.",
            edits=_sigmoid("softmax(x)"),
        ),
        Mistake(
            "straight", "The curve is replaced by a straight line between two ends.",
            edits=_sigmoid("np.clip(0.5 + x / 4, 0, 1)"),
        ),
    ),
    variants=(
        Variant("plain", {"sigmoid_forward": lambda x: (
            lambda out: (out, out))(1 / (1 + np.exp(-x)))}),
        Variant("by-tanh", {"sigmoid_forward": lambda x: (0.5 * (1 + np.tanh(x / 2)), x)}),
        Variant("log-domain", {"sigmoid_forward": lambda x: (np.exp(-np.logaddexp(0, -x)), (x,))}),
        Variant("clipped", {"sigmoid_forward": lambda x: (
            1 / (1 + np.exp(-np.clip(x, -500, 500))), [x])}),
        Variant("lists", {"sigmoid_forward": lambda x: ([[
            1 / (1 + 2.718281828459045 ** -float(v)) if v > -700 else 0.0 for v in row]
            for row in x], None)}),
    ),
)  # fmt: skip

SIGMOID_DX = "return dout * out * (1 - out)"


def _sigmoid_dx(text):
    return ((SIGMOID_DX, f"return {text}"),)


def _writes_cache_sigmoid(dout, cache):
    cache *= 1 - cache
    return dout * cache


SIGMOID_BACKWARD = activation_backward(
    "sigmoid", table_cases(True, EXTREMES),
    mistakes=(
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.", UPSTREAM,
            edits=_sigmoid_dx("out * (1 - out)"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "local-missing", "`dout` comes back as it is: the slope of the sigmoid is missing.",
            LOCAL, edits=_sigmoid_dx("dout"), equivalent=("returns-dout",),
        ),
        Mistake(
            "one-minus-missing", "The slope is out (1 - out); the second factor is missing.",
            edits=_sigmoid_dx("dout * out"),
        ),
        Mistake(
            "out-missing", "The slope is out (1 - out); the first factor is missing.",
            edits=_sigmoid_dx("dout * (1 - out)"),
        ),
        Mistake(
            "tanh-slope", "That is the slope of tanh, 1 - out squared; the sigmoid's is another.",
            edits=_sigmoid_dx("dout * (1 - out**2)"),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign.",
            edits=_sigmoid_dx("dout * out * (out - 1)"), equivalent=("negates-dout",),
        ),
        Mistake(
            "plus", "The slope is out times 1 minus out; yours has a plus.",
            edits=_sigmoid_dx("dout * out * (1 + out)"),
        ),
        Mistake(
            "x-for-out", "The slope is taken as x (1 - x), with the input in place of the output.",
            "The formula out (1 - out) wants the sigmoid's result. Which of the two is in "
            "your cache?",
            functions={
                "sigmoid_forward": lambda x: (layers.sigmoid_forward(x)[0], x),
                "sigmoid_backward": lambda dout, cache: dout * cache * (1 - cache)},
        ),
        Mistake(
            "sigmoid-twice", "The sigmoid is taken once more, of what has been through it already.",
            "The cache holds out, not x.",
            edits=_sigmoid_dx("dout * sigmoid(out) * (1 - sigmoid(out))"),
        ),
        Mistake(
            "divided", "`dout` is divided by the slope; the chain rule multiplies.",
            edits=_sigmoid_dx("dout / (out * (1 - out))"),
        ),
        Mistake("summed", "The gradient is added up over the batch.", SHAPED,
                edits=_sigmoid_dx("(dout * out * (1 - out)).sum(axis=0)"),
                equivalent=("summed-too-much",)),
        Mistake("averaged", "The gradient is divided by the number of examples.", SHARED,
                edits=_sigmoid_dx("dout * out * (1 - out) / len(out)"),
                equivalent=("times-1-over-N",)),
        Mistake(
            "bracket-missing", "The bracket is missing: dout times out times 1, minus out.",
            edits=_sigmoid_dx("dout * out * 1 - out"),
        ),
        Mistake(
            "writes-into-cache", "The first gradient is right, but the backward writes into its "
            "cache: used a second time, the cache gives another one.",
            "`cache *= ...` changes the array that the forward handed out.",
            functions={"sigmoid_backward": _writes_cache_sigmoid},
            equivalent=("cache-changed", "input-mutated"),
        ),
    ),
    variants=(
        Variant("difference", {"sigmoid_backward": lambda dout, cache: (
            (cache - cache**2) * np.asarray(dout))}),
        Variant("from-x", {
            "sigmoid_forward": lambda x: (layers.sigmoid_forward(x)[0], (x,)),
            "sigmoid_backward": lambda dout, cache: dout * (
                lambda s: s * (1 - s))(0.5 * (1 + np.tanh(cache[0] / 2)))}),
        Variant("slope-cached", {
            "sigmoid_forward": lambda x: (
                lambda s: (s, {"slope": s * (1 - s)}))(layers.sigmoid_forward(x)[0]),
            "sigmoid_backward": lambda dout, cache: np.multiply(dout, cache["slope"])}),
        Variant("lists", {"sigmoid_backward": lambda dout, cache: [
            [float(d * s * (1 - s)) for d, s in zip(*rows, strict=True)]
            for rows in zip(dout, cache, strict=True)]}),
    ),
)  # fmt: skip

# --- tanh ---------------------------------------------------------------------------------------

TANH = "out = np.tanh(as_float(x, \"x\"))"


def _tanh(text):
    return ((TANH, f"x = as_float(x, 'x')\n    out = {text}"),)


TANH_FORWARD = activation_forward(
    "tanh_forward", table_cases(extremes=EXTREMES),
    mistakes=(
        Mistake("sigmoid", "That is the sigmoid, from 0 to 1; tanh goes from -1 to 1.",
                edits=_tanh("sigmoid(x)")),
        Mistake(
            "half-argument", "The curve is twice too wide: it is tanh of x / 2.",
            "2 sigmoid(x) - 1 looks like tanh, and rises half as fast.",
            edits=_tanh("np.tanh(x / 2)"), equivalent=("halves-x",),
        ),
        Mistake("double-argument", "The curve is twice too narrow: it is tanh of 2 x.",
                edits=_tanh("np.tanh(2 * x)"), equivalent=("doubles-x",)),
        Mistake(
            "overflow", "It is right for moderate x and not a number for large x: exp(1000) is "
            "infinite, and infinity over infinity is nothing.",
            "np.tanh does this job without overflow.",
            edits=_tanh("(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
            equivalent=("fails-with-very-large-inputs-up-to-1000-either-way",),
        ),
        Mistake("sign", "The curve is mirrored: it falls where it should rise.",
                edits=_tanh("np.tanh(-x)"), equivalent=("negates-x",)),
        Mistake("tan", "That is tan, the ratio of sine and cosine; tanh is another function.",
                edits=_tanh("np.tan(x)")),
        Mistake("sinh", "That is sinh; it has not been divided by cosh.",
                edits=_tanh("np.sinh(np.clip(x, -700, 700))")),
        Mistake("reciprocal", "cosh is divided by sinh; it should be the other way round.",
                edits=_tanh("1 / np.tanh(x)")),
        Mistake("derivative", "That is the slope of tanh, 1 - out squared, and not its value.",
                edits=_tanh("1 - np.tanh(x)**2")),
        Mistake("arctan", "That is arctan, which bends more slowly and ends at 1.57.",
                edits=_tanh("np.arctan(x)")),
        Mistake("straight", "The curve is replaced by a straight line between -1 and 1.",
                edits=_tanh("np.clip(x, -1, 1)")),
    ),
    variants=(
        Variant("by-sigmoid", {"tanh_forward": lambda x: (
            2 * layers.sigmoid_forward(2 * x)[0] - 1, x)}),
        Variant("stable-exp", {"tanh_forward": lambda x: (
            lambda e: (np.sign(x) * (1 - e) / (1 + e), None))(np.exp(-2 * np.abs(x)))}),
        Variant("map", {"tanh_forward": lambda x: (
            [[float(np.tanh(v)) for v in row] for row in x], {"x": x})}),
    ),
)  # fmt: skip

TANH_DX = "return dout * (1 - out * out)"


def _tanh_dx(text):
    return ((TANH_DX, f"return {text}"),)


def _writes_cache_tanh(dout, cache):
    cache *= cache
    return dout * (1 - cache)


TANH_BACKWARD = activation_backward(
    "tanh", table_cases(True, EXTREMES),
    mistakes=(
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used.", UPSTREAM,
            edits=_tanh_dx("1 - out * out"), equivalent=("ignores-dout",),
        ),
        Mistake(
            "local-missing", "`dout` comes back as it is: the slope of tanh is missing.",
            LOCAL, edits=_tanh_dx("dout"), equivalent=("returns-dout",),
        ),
        Mistake(
            "square-missing", "The slope is 1 - out squared; the square is missing.",
            edits=_tanh_dx("dout * (1 - out)"),
        ),
        Mistake(
            "sigmoid-slope", "That is the slope of the sigmoid, out (1 - out); tanh's is another.",
            edits=_tanh_dx("dout * out * (1 - out)"),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign.",
            edits=_tanh_dx("dout * (out * out - 1)"), equivalent=("negates-dout",),
        ),
        Mistake(
            "plus", "The slope is 1 minus out squared; yours has a plus.",
            edits=_tanh_dx("dout * (1 + out * out)"),
        ),
        Mistake(
            "x-for-out",
            "The slope is taken as 1 - x squared, with the input in place of the output.",
            "Close to x = 0 the two look alike. The formula wants the result of tanh; which of the "
            "two is in your cache?",
            functions={
                "tanh_forward": lambda x: (layers.tanh_forward(x)[0], x),
                "tanh_backward": lambda dout, cache: dout * (1 - cache**2)},
        ),
        Mistake(
            "tanh-twice", "tanh is taken once more, of what has been through it already.",
            "The cache holds out, not x.",
            edits=_tanh_dx("dout * (1 - np.tanh(out) ** 2)"),
        ),
        Mistake(
            "square-of-difference", "The square is around the whole difference; it belongs to out "
            "alone.",
            edits=_tanh_dx("dout * (1 - out) ** 2"),
        ),
        Mistake(
            "divided", "`dout` is divided by the slope; the chain rule multiplies.",
            edits=_tanh_dx("dout / (1 - out * out)"),
        ),
        Mistake(
            "bracket-missing", "The bracket is missing: dout times 1, minus out squared.",
            edits=_tanh_dx("dout * 1 - out * out"),
        ),
        Mistake("summed", "The gradient is added up over the batch.", SHAPED,
                edits=_tanh_dx("(dout * (1 - out * out)).sum(axis=0)"),
                equivalent=("summed-too-much",)),
        Mistake("averaged", "The gradient is divided by the number of examples.", SHARED,
                edits=_tanh_dx("dout * (1 - out * out) / len(out)"),
                equivalent=("times-1-over-N",)),
        Mistake(
            "writes-into-cache", "The first gradient is right, but the backward writes into its "
            "cache: used a second time, the cache gives another one.",
            "`cache *= ...` changes the array that the forward handed out.",
            functions={"tanh_backward": _writes_cache_tanh},
            equivalent=("cache-changed", "input-mutated"),
        ),
    ),
    variants=(
        Variant("factored", {"tanh_backward": lambda dout, cache: (
            np.asarray(dout) * (1 - cache) * (1 + cache))}),
        Variant("from-x", {
            "tanh_forward": lambda x: (np.tanh(x), (x,)),
            "tanh_backward": lambda dout, cache: dout * (1 - np.tanh(cache[0]) ** 2)}),
        Variant("cosh", {
            "tanh_forward": lambda x: (np.tanh(x), {"x": x}),
            "tanh_backward": lambda dout, cache: dout / np.cosh(np.clip(
                np.asarray(cache["x"], float), -300, 300)) ** 2}),
        Variant("lists", {"tanh_backward": lambda dout, cache: [
            [float(d * (1 - s**2)) for d, s in zip(*rows, strict=True)]
            for rows in zip(dout, cache, strict=True)]}),
    ),
)  # fmt: skip

EXERCISES = (SIGMOID_FORWARD, SIGMOID_BACKWARD, TANH_FORWARD, TANH_BACKWARD)
