"""Checks of lesson 12: max-pooling forward, and the cases for both its ways."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.common import forward_run
from autograder.machine import Strided
from bplib import conv

LESSON = "12_convolution"
REFERENCE = {name: getattr(conv, name) for name in ("maxpool_forward", "maxpool_backward")}
TIES = "several equal maxima in a window"


def _pictures(rng, sizes, special="", upstream=False, x=None):
    """Pictures without equal numbers; ``sizes`` are (N, C, rows, columns of windows, size)."""
    n, c, oh, ow, size = sizes
    shape = (n, c, oh * size, ow * size)
    x = rng.normal(size=shape) * 2 if x is None else x(shape)
    more = {"dout": rng.normal(size=(n, c, oh, ow))} if upstream else {}
    letters = {"N": n, "channels": c, "height": shape[2], "width": shape[3], "size": size}
    return Case(special, letters, x=x, **more, size=size)


def pool_cases(upstream):
    def cases(rng):
        def case(sizes, special="", x=None):
            return _pictures(rng, sizes, special, upstream, x)

        def ties(shape):
            return rng.integers(0, 2, shape) / 2

        yield case((2, 1, 1, 2, 2))
        yield case((2, 3, 2, 4, 2))
        yield case((3, 2, 4, 2, 3))
        yield case((4, 2, 3, 1, 3))
        yield case((2, 3, 3, 2, 2), "negative numbers only", lambda s: -rng.uniform(0.1, 3, s))
        yield case((1, 2, 2, 3, 2), "one picture (N = 1)")
        yield case((2, 3, 2, 4, 1), "windows of one pixel (size = 1)")
        yield case((3, 2, 1, 2, 4), "large windows (size = 4)")
        yield case((2, 3, 2, 4, 2), TIES, ties)
        yield case((2, 2, 2, 3, 3), TIES, np.zeros)
        yield from _other_forms(case((2, 3, 2, 4, 2)), rng)
        yield case((2, 3, 3, 2, 2), "numbers below minus a million",
                   lambda s: -1e6 * rng.uniform(1, 3, s))  # fmt: skip
        if upstream:
            yield case((2, 3, 2, 4, 2), "numbers that are nearly equal",
                       lambda s: 1000 + rng.permutation(np.prod(s)).reshape(s) / 1000)  # fmt: skip

    return cases


def _other_forms(case, rng):
    """The case in whole numbers (all different), in float32, and as views."""
    names = [name for name in ("x", "dout") if name in case.inputs]
    numbers = np.arange(case.x.size) - case.x.size // 2
    whole = rng.permutation(numbers).reshape(case.x.shape)
    yield case.but("whole numbers in the picture (an array of int)", x=whole)
    single = {name: case.inputs[name].astype(np.float32) for name in names}
    yield case.but("single precision (float32)", **single)
    views = {name: Strided(case.inputs[name]) for name in names}
    yield case.but("a view into a larger array", **views)


BEST = "return _windows(x, size).max(axis=4), (x, size)"


def _best(text):
    return ((BEST, f"return {text}, (x, size)"),)


TILES = "x.reshape(*x.shape[:2], x.shape[2] // size, size, x.shape[3] // size, size)"

POOL_FORWARD = Exercise(
    "maxpool_forward", LESSON, 2,
    outputs=(Output("out", "the largest values"),),
    cases=pool_cases(False),
    run=forward_run("maxpool_forward", "x size"),
    reference=REFERENCE,
    see="Max-pooling: the winner takes it all",
    mistakes=(
        Mistake(
            "smallest", "The smallest value of each window is kept; agreed was the largest.",
            edits=_best("_windows(x, size).min(axis=4)"),
        ),
        Mistake(
            "average", "Each window is averaged: that is average pooling. Agreed was the largest.",
            edits=_best("_windows(x, size).mean(axis=4)"),
        ),
        Mistake(
            "sum", "Each window is added up; agreed was its largest value.",
            edits=_best("_windows(x, size).sum(axis=4)"),
        ),
        Mistake(
            "starts-at-zero", "Where a whole window is negative, 0 comes out: the search for the "
            "largest starts from 0.",
            "A maximum that starts from 0 never sees numbers below it.",
            edits=_best("np.maximum(_windows(x, size).max(axis=4), 0)"),
            equivalent=("negatives-cut",),
        ),
        Mistake(
            "starts-too-high", "Where a whole window is far below zero, a number comes out that is not "
            "in it: the search for the largest starts from a number such as -1000.",
            "However low such a number is, there are lower ones; the window's own first pixel, or "
            "-np.inf, is never too large.",
            edits=_best("np.maximum(_windows(x, size).max(axis=4), -1000)"),
        ),
        Mistake(
            "largest-size", "The value of largest size is taken, whatever its sign, or its sign is "
            "lost.",
            edits=_best("np.abs(_windows(x, size)).max(axis=4)"),
        ),
        Mistake(
            "first-pixel", "The first pixel of each window is kept: nothing is compared.",
            edits=_best("_windows(x, size)[..., 0]"),
        ),
        Mistake(
            "windows-scrambled", "The windows are cut up in the wrong order: pixels that lie together "
            "in memory are not the ones that lie together in the picture.",
            "Reshape never moves numbers. Split the height and the width first, then move the axes.",
            edits=_best("x.reshape(*x.shape[:2], x.shape[2] // size, x.shape[3] // size, "
                        "size * size).max(axis=4)"),
        ),
        Mistake(
            "windows-far-apart", "The pixels of a window do not lie side by side: the axes were split "
            "into (size, H // size), which takes pixels far apart together.",
            "Pixel i lies in window i // size: count the windows first, then the places inside.",
            edits=_best("x.reshape(*x.shape[:2], size, x.shape[2] // size, size, -1).max(axis=(2, 4))"),
        ),
        Mistake(
            "size-not-in-place", "The result has the right size, but the windows are taken one pixel "
            "apart: window i begins at i * size.",
            edits=_best("np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))"
                        ".max(axis=(4, 5))[:, :, :x.shape[2] // size, :x.shape[3] // size]"),
        ),
        Mistake(
            "one-step-windows", "The windows move by one pixel; agreed was side by side.",
            edits=_best("np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))"
                        ".max(axis=(4, 5))"),
        ),
        Mistake(
            "rows-only", "The largest is taken down the columns of a window only: its width is still "
            "there.",
            edits=_best(f"{TILES}.max(axis=3).reshape(*x.shape[:2], x.shape[2] // size, -1)"),
        ),
        Mistake(
            "columns-only", "The largest is taken along the rows of a window only: its height is still "
            "there.",
            edits=_best(f"{TILES}.max(axis=5).reshape(*x.shape[:2], x.shape[2], -1)"),
        ),
        Mistake(
            "over-the-places", "The largest is taken over all windows, for each place inside them; "
            "wanted is over all places, for each window.",
            "Of the six axes, 2 and 4 count the windows; 3 and 5 count the places in a window.",
            edits=_best(f"{TILES}.max(axis=(2, 4))"),
        ),
        Mistake(
            "whole-rows", "The largest of each whole row of pixels comes out, instead of each window's.",
            "Of the six axes, the last two together are a row of the picture, not a window.",
            edits=_best(f"{TILES}.max(axis=(4, 5))"),
        ),
        Mistake(
            "size-always-two", "The windows are always 2 by 2: the `size` that was given is not used.",
            edits=(("x = check_pool(x, size)", "x, size = np.asarray(x), 2\n    x = x[:, :, :x.shape[2]"
                    " // 2 * 2, :x.shape[3] // 2 * 2]"),),
        ),
        Mistake(
            "over-channels", "The largest is taken over the channels too; each channel is a picture "
            "of its own.",
            edits=_best("_windows(x, size).max(axis=(1, 4))"),
        ),
        Mistake(
            "channels-alike", "All channels get the same numbers, the largest over all of them; each "
            "channel is a picture of its own.",
            edits=_best("np.broadcast_to(_windows(x, size).max(axis=(1, 4))[:, None], (*x.shape[:2], "
                        "x.shape[2] // size, x.shape[3] // size))"),
        ),
        Mistake(
            "first-picture-only", "Only the first picture is pooled; the others come out as 0.",
            "x holds N pictures, and each of them is pooled.",
            edits=_best("_windows(x, size).max(axis=4) * (np.arange(len(x)) == 0)[:, None, None, None]"),
        ),
        Mistake(
            "place-for-value", "What comes out is where the largest stands; agreed was its value.",
            "argmax tells the place, max the value.",
            edits=_best("_windows(x, size).argmax(axis=4)"),
        ),
        Mistake(
            "transposed", "Height and width have changed places.",
            edits=_best("_windows(x, size).max(axis=4).swapaxes(2, 3)"),
            equivalent=("permuted-axes",),
        ),
    ),
    variants=(
        Variant("loops", {"maxpool_forward": lambda x, size: (np.array(
            [[[[max(picture[i * size + u][j * size + v] for u in range(size) for v in range(size))
                for j in range(x.shape[3] // size)] for i in range(x.shape[2] // size)]
              for picture in pictures] for pictures in x.tolist()]), (x, size))}),
        Variant("tiles", {"maxpool_forward": lambda x, size: (
            x.reshape(*x.shape[:2], x.shape[2] // size, size, -1, size).max(axis=(3, 5)),
            {"x": x, "size": size})}),
        Variant("shifts", {"maxpool_forward": lambda x, size: (np.maximum.reduce(
            [x[:, :, u::size, v::size] for u in range(size) for v in range(size)]), None)}),
        Variant("lists", {"maxpool_forward": lambda x, size: [
            conv.maxpool_forward(x, size)[0].tolist(), []]}),
    ),
)  # fmt: skip
