"""Checks of lesson 12: convolution forward and back; max-pooling has modules beside it."""

import numpy as np

from autograder.exercise import Case, Exercise, Output, Variant
from autograder.exercises import conv_back_slips_12, conv_slips_12, pool_12, pool_back_12
from autograder.exercises.common import backward_run, forward_run, in_other_forms
from autograder.exercises.conv_ways_12 import (
    backward_by_loops,
    backward_through_full_convolution,
    forward_by_einsum,
    forward_by_loops,
    forward_by_shifts,
)
from autograder.exercises.conv_wrong_12 import keeps_x_as_it_came
from bplib import conv

LESSON = "12_convolution"
REFERENCE = {name: getattr(conv, name) for name in ("conv2d_forward", "conv2d_backward")}


def picture_case(rng, sizes, special="", upstream=False, **settings):
    """Pictures, filters and biases; ``sizes`` are (N, C, F, height, width, kh, kw)."""
    n, c, f, h, w, kh, kw = sizes
    stride, pad = settings.get("stride", 1), settings.get("pad", 0)
    oh, ow = (h + 2 * pad - kh) // stride + 1, (w + 2 * pad - kw) // stride + 1
    more = {"dout": rng.normal(size=(n, f, oh, ow))} if upstream else {}
    letters = {"N": n, "channels": c, "F": f, "height": h, "width": w, "kh": kh, "kw": kw}
    return Case(special, letters, x=rng.normal(size=(n, c, h, w)), **more,
                W=rng.normal(size=(f, c, kh, kw)), b=rng.normal(size=f), **settings)  # fmt: skip


def conv_cases(upstream):
    def cases(rng):
        def case(sizes, special="", **settings):
            return picture_case(rng, sizes, special, upstream, **settings)

        yield case((2, 1, 3, 3, 4, 2, 3))
        yield case((2, 3, 4, 5, 6, 3, 2))
        yield case((3, 2, 4, 4, 5, 2, 3), stride=1, pad=0)
        yield case((4, 3, 2, 6, 5, 2, 4))
        yield case((2, 3, 4, 6, 7, 3, 2), "steps of 2, a column left over (stride = 2)", stride=2)
        yield case((2, 2, 3, 8, 9, 2, 4), "steps of 3 (stride = 3)", stride=3, pad=0)
        yield case((2, 3, 4, 4, 5, 3, 2), "a border of zeros (pad = 1)", pad=1)
        yield case((3, 2, 4, 3, 5, 4, 3), "a border of zeros (pad = 2)", stride=1, pad=2)
        yield case((2, 3, 4, 6, 5, 3, 2), "border and steps together", stride=2, pad=1)
        yield case((1, 2, 3, 4, 5, 3, 2), "one picture (N = 1)")
        yield case((3, 2, 1, 5, 4, 2, 3), "one filter (F = 1)")
        yield case((2, 3, 4, 6, 4, 3, 3), "a square window (kh = kw)")
        yield case((3, 3, 3, 4, 4, 3, 3), "all sizes equal", pad=1)
        yield case((2, 3, 4, 3, 2, 3, 2), "a window as large as the picture")
        mixed = case((2, 2, 3, 4, 5, 3, 2))
        yield mixed.but("whole numbers in the picture (an array of int)",
                        x=rng.integers(-4, 5, mixed.x.shape))  # fmt: skip
        yield from in_other_forms(case((2, 2, 3, 4, 5, 3, 2), pad=1), rng)
        yield case((2, 3, 4, 5, 6, 1, 1), "windows of one pixel, in steps of 2", stride=2)

    return cases


CONV_FORWARD = Exercise(
    "conv2d_forward", LESSON, 4,
    outputs=(Output("out", "the pictures that come out"),),
    cases=conv_cases(False),
    run=forward_run("conv2d_forward", "x W b", "stride pad"),
    reference=REFERENCE,
    see="Every window a row",
    mistakes=conv_slips_12.FORWARD,
    variants=(
        Variant("loops", {"conv2d_forward": forward_by_loops}),
        Variant("einsum", {"conv2d_forward": forward_by_einsum}),
        Variant("shifts", {"conv2d_forward": forward_by_shifts}),
        Variant("lists", {"conv2d_forward": lambda x, W, b, stride=1, pad=0: [
            forward_by_einsum(x, W, b, stride, pad)[0].tolist(), None]}),
        Variant("single-precision", {"conv2d_forward": lambda x, W, b, stride=1, pad=0: (
            forward_by_einsum(np.float32(x), np.float32(W), np.float32(b), stride, pad))}),
    ),
)  # fmt: skip

CONV_BACKWARD = Exercise(
    "conv2d_backward", LESSON, 4,
    outputs=(Output("dx", "the gradient dx"), Output("dW", "the gradient dW"),
             Output("db", "the gradient db")),
    cases=conv_cases(True),
    run=backward_run("conv2d_forward", "conv2d_backward", "x W b", "dx dW db",
                     keeps_x_as_it_came, "stride pad"),
    reference=REFERENCE,
    uses=("conv2d_forward",),
    upstream="dout",
    see="Blame put back where the windows lay",
    mistakes=conv_back_slips_12.BACKWARD,
    variants=(
        Variant("loops", {"conv2d_backward": backward_by_loops}),
        Variant("full-convolution", {"conv2d_backward": backward_through_full_convolution}),
        Variant("own-cache", {
            "conv2d_forward": lambda x, W, b, stride=1, pad=0: (
                forward_by_einsum(x, W, b, stride, pad)[0],
                {"x": x, "W": W, "how": (stride, pad), "b": b}),
            "conv2d_backward": lambda dout, cache: list(backward_by_loops(
                dout, (cache["x"], cache["W"], cache["b"], *cache["how"])))}),
        Variant("im2col-kept", {
            "conv2d_forward": lambda x, W, b, stride=1, pad=0: (
                conv.conv2d_forward(x, W, b, stride, pad)[0],
                (np.shape(x), W, conv.im2col(x, *W.shape[2:], stride, pad), stride, pad)),
            "conv2d_backward": lambda dout, cache: (lambda shape, W, rows, stride, pad: (
                lambda d: (conv.col2im(d @ W.reshape(len(W), -1), shape, *W.shape[2:], stride, pad),
                           (d.T @ rows).reshape(W.shape), np.ones(len(d)) @ d))(
                    np.moveaxis(np.asarray(dout), 1, 3).reshape(-1, len(W))))(*cache)}),
    ),
)  # fmt: skip

EXERCISES = (CONV_FORWARD, CONV_BACKWARD, pool_12.POOL_FORWARD, pool_back_12.POOL_BACKWARD)
