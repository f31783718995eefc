"""What goes wrong in a convolution, most of it as edits of the reference's source."""

from autograder.exercise import Mistake
from autograder.exercises.conv_wrong_12 import a_window_beyond_the_end, windows_without_stride

CHECKED = "x, W, b = check_convolution(x, W, b)"
COLS = "patches = im2col(x, kh, kw, stride, pad)"
SIZE = "oh, ow = output_size(x, kh, kw, stride, pad)"
PRODUCT = "out = patches @ W.reshape(F, -1).T + b"
SHAPED = "out = out.reshape(len(x), oh, ow, F).transpose(0, 3, 1, 2)"


def _product(weights="W", bias=" + b"):
    return ((PRODUCT, f"out = patches @ {weights}.reshape(F, -1).T{bias}"),)


def _looking(kind="x", stride="stride", pad="pad"):
    """Edits that give the windows of other pictures, steps or borders."""
    return ((COLS, f"patches = im2col({kind}, kh, kw, {stride}, {pad})"),
            (SIZE, f"oh, ow = output_size({kind}, kh, kw, {stride}, {pad})"))  # fmt: skip


FORWARD = (
    Mistake(
        "bias-missing", "The bias `b` is missing: each filter adds its own to all its results.",
        edits=_product(bias=""), equivalent=("ignores-b",),
    ),
    Mistake(
        "bias-subtracted", "`b` is subtracted, and should be added.",
        edits=_product(bias=" - b"), equivalent=("negates-b",),
    ),
    Mistake(
        "bias-per-window-pixel", "The bias is added once for every pixel of the window, and should "
        "come once a window.",
        "Inside the sum over the window it is counted C * kh * kw times.",
        edits=_product(bias=" + b * W[0].size"),
    ),
    Mistake(
        "bias-per-channel", "The bias is added once for every channel; it comes once a window.",
        "Channels are summed first; the bias belongs outside that loop.",
        edits=_product(bias=" + b * W.shape[1]"),
    ),
    Mistake(
        "one-bias", "Every filter gets the sum of all biases; each has its own.",
        edits=_product(bias=" + b.sum()"),
    ),
    Mistake(
        "kernel-flipped", "The kernel is turned by half a turn: that is the mathematician's "
        "convolution. Agreed was the one of every framework, without turning.",
        edits=_product("W[:, :, ::-1, ::-1]"),
    ),
    Mistake(
        "kernel-upside-down", "The kernel is flipped top to bottom.",
        edits=_product("W[:, :, ::-1]"),
    ),
    Mistake(
        "kernel-mirrored", "The kernel is flipped left to right.",
        edits=_product("W[:, :, :, ::-1]"),
    ),
    Mistake(
        "kernel-scrambled", "The kernel is read column by column while the windows are read row by "
        "row: each pixel meets the wrong weight.",
        "Both must be laid out in the same order before they are multiplied.",
        edits=_product("W.transpose(0, 1, 3, 2)"),
    ),
    Mistake(
        "channels-last-in-kernel", "The kernel is laid out with its channels last, the windows with "
        "theirs first: each pixel meets the wrong weight.",
        "Both must be laid out in the same order before they are multiplied.",
        edits=_product("W.transpose(0, 2, 3, 1)"),
    ),
    Mistake(
        "kernel-cut-up", "`W.reshape(-1, F)` cuts the weights up anew: each filter gets weights of "
        "others. Each filter should be a column of its own.",
        "Reshape never moves numbers. First a filter in each row, (F, -1), then .T turns the table.",
        edits=((PRODUCT, "out = patches @ W.reshape(-1, F) + b"),),
    ),
    Mistake(
        "filters-scrambled", "The results of all filters are cut up in the wrong order: `reshape` to "
        "(N, F, ...) where the filters stand last in each row.",
        "Reshape never moves numbers. First (N, oh, ow, F), then move the axis.",
        edits=((SHAPED, "out = out.reshape(len(x), F, oh, ow)"),),
    ),
    Mistake(
        "filters-last", "The filters stand on the last axis, (N, oh, ow, F); agreed was "
        "(N, F, oh, ow).",
        edits=((SHAPED, "out = out.reshape(len(x), oh, ow, F)"),), equivalent=("permuted-axes",),
    ),
    Mistake(
        "channels-averaged", "The channels are averaged, and should be added up.",
        edits=((PRODUCT, "out = patches @ W.reshape(F, -1).T / W.shape[1] + b"),),
    ),
    Mistake(
        "window-averaged", "The products are averaged over the window, and should be added up.",
        edits=((PRODUCT, "out = patches @ W.reshape(F, -1).T / W[0].size + b"),),
    ),
    Mistake(
        "first-channel-only", "Only the first channel of the picture is looked at.",
        edits=_product("(W * (np.arange(W.shape[1]) == 0)[:, None, None])"),
    ),
    Mistake(
        "last-channel-only", "Only the last channel is looked at: the others are overwritten.",
        "Inside the loop over channels it should be +=, not =.",
        edits=_product("(W * (np.arange(W.shape[1]) == W.shape[1] - 1)[:, None, None])"),
    ),
    Mistake(
        "filters-channels-shared", "All channels use the weights of the first one; each channel has "
        "its own.",
        edits=_product("(W * 0 + W[:, :1])"),
    ),
    Mistake(
        "last-row-missing", "The last window of each direction is missing: + 1 is forgotten in the "
        "output's size.",
        "A window of 2 fits into 3 pixels twice: (3 - 2) // 1 + 1.",
        edits=((SHAPED, SHAPED + "[:, :, :-1, :-1]"),),
    ),
    Mistake(
        "leftover-counted", "There is a window too many at the end where the steps do not come out "
        "even: what is left over is too little for another one.",
        "How many steps fit is rounded down (//), then comes + 1 for the first window.",
        functions={"conv2d_forward": a_window_beyond_the_end},
    ),
    Mistake(
        "pad-not-counted", "The border of zeros is there, but it is missing in the output's size: the "
        "last windows are left out.",
        "The picture has grown by pad at both ends, so its height is H + 2 * pad.",
        edits=((SHAPED, SHAPED + "[:, :, :(x.shape[2] - kh) // stride + 1, "
                                 ":(x.shape[3] - kw) // stride + 1]"),),
    ),
    Mistake(
        "pad-counted-once", "In the output's size the border is counted once; there are zeros at both "
        "ends.",
        "The picture has grown by pad at the top and by pad at the bottom.",
        edits=((SHAPED, SHAPED + "[:, :, :(x.shape[2] + pad - kh) // stride + 1, "
                                 ":(x.shape[3] + pad - kw) // stride + 1]"),),
    ),
    Mistake(
        "stride-ignored", "`stride` is not used: the window moves by one pixel at a time.",
        edits=_looking(stride="1"),
    ),
    Mistake(
        "stride-not-in-place", "The output has the right size, but the windows are taken one pixel "
        "apart: place i begins at i * stride.",
        functions={"conv2d_forward": windows_without_stride},
    ),
    Mistake(
        "stride-for-rows", "`stride` is used downwards but not to the right.",
        edits=((COLS, "patches = im2col(x, kh, kw, 1, pad).reshape(len(x), *output_size(x, kh, kw, 1,"
                " pad), -1)[:, ::stride]\n    patches = patches.reshape(-1, patches.shape[-1])"),
               (SIZE, "oh, ow = output_size(x, kh, kw, stride, pad)[0], "
                "output_size(x, kh, kw, 1, pad)[1]")),
    ),
    Mistake(
        "pad-ignored", "`pad` is not used: there is no border of zeros.",
        edits=_looking(pad="0"), equivalent=("as-if-0-pad",),
    ),
    Mistake(
        "pad-fixed", "The border is always one pixel wide where there is one: `pad` says how wide.",
        edits=_looking(pad="min(pad, 1)"),
    ),
    Mistake(
        "pad-top-left", "The zeros are all put above and to the left; they go on every side.",
        edits=_looking("np.pad(x, ((0, 0), (0, 0), (2 * pad, 0), (2 * pad, 0)))", pad="0"),
    ),
    Mistake(
        "pad-one-direction", "Zeros are put above and below, but not at the left and right.",
        edits=_looking("np.pad(x, ((0, 0), (0, 0), (pad, pad), (0, 0)))", pad="0"),
    ),
    Mistake(
        "pad-with-edge", "The border repeats the picture's edge; agreed was zeros.",
        edits=_looking("np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='edge')", pad="0"),
    ),
    Mistake(
        "activation-too", "The result has been through a ReLU; the convolution itself has none.",
        edits=((SHAPED, SHAPED + "\n    out = np.maximum(out, 0)"),), equivalent=("negatives-cut",),
    ),
    Mistake(
        "first-picture-only", "Every result is of the first picture.",
        edits=_looking("np.repeat(x[:1], len(x), axis=0)"),
    ),
    Mistake(
        "whole-numbers", "The result is cut to whole numbers when the picture holds whole numbers.",
        "An array made like the picture, zeros_like(x), holds whole numbers too and cuts what is "
        "written into it.",
        edits=((SHAPED, SHAPED + "\n    out = np.trunc(out) if integers else out"),
               (CHECKED, "integers = np.asarray(x).dtype.kind == 'i'\n    " + CHECKED)),
        equivalent=("fails-with-whole-numbers-in-the-picture-an-array-of-int",),
    ),
)  # fmt: skip
