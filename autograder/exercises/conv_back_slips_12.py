"""What goes wrong on the way back through a convolution, most of it as edits of the reference."""

from autograder.exercise import Mistake
from autograder.exercises.conv_wrong_12 import (
    as_long_as_the_windows,
    backward_that_overwrites,
    cropped_by_minus_pad,
    keeps_x_as_it_came,
    last_example_only,
    last_window_only,
    truncated_dx,
    very_last_window_only,
)

DW = "dW = (rows.T @ im2col(x, kh, kw, stride, pad)).reshape(W.shape)"
DPATCHES = "dpatches = rows @ W.reshape(F, -1)"
GRADS = "return col2im(dpatches, x.shape, kh, kw, stride, pad), dW, rows.sum(axis=0)"
ROWS = "rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)"


def _grads(dx="col2im(dpatches, x.shape, kh, kw, stride, pad)", dW="dW", db="rows.sum(axis=0)"):
    return ((GRADS, f"return {dx}, {dW}, {db}"),)


# the windows of dW, and those of dx, taken one pixel apart
NEAR_DW = ((DW, "near = im2col(x, kh, kw, 1, pad).reshape(len(x), *output_size(x, kh, kw, 1, pad), -1)"
            "[:, :dout.shape[2], :dout.shape[3]]\n    dW = (rows.T @ near.reshape(len(rows), "
            "-1)).reshape(W.shape)"),)  # fmt: skip
NEAR_DX = ((GRADS, "all_rows = np.zeros((len(x), *output_size(x, kh, kw, 1, pad), W[0].size), "
            "dout.dtype)\n    all_rows[:, :dout.shape[2], :dout.shape[3]] = dpatches.reshape("
            "len(x), *dout.shape[2:], -1)\n    return col2im(all_rows.reshape(-1, W[0].size), "
            "x.shape, kh, kw, 1, pad), dW, rows.sum(axis=0)"),)  # fmt: skip


BACKWARD = (
    Mistake(
        "upstream-ignored", "The upstream gradient `dout` is not used: the gradients are what comes "
        "out when it is all ones.",
        "Local derivatives alone say how out moves; how much that matters is in dout.",
        edits=((ROWS, "rows = np.ones_like(dout.transpose(0, 2, 3, 1).reshape(-1, F))"),),
        equivalent=("ignores-dout",),
    ),
    Mistake(
        "sign", "All three gradients have the wrong sign.",
        "The minus belongs to the step of descent; the gradient itself points uphill.",
        edits=((ROWS, "rows = -dout.transpose(0, 2, 3, 1).reshape(-1, F)"),),
        equivalent=("negates-dout",),
    ),
    Mistake(
        "rows-scrambled", "`dout` is reshaped to rows before its filter axis is moved to the end: "
        "each window gets another window's blame.",
        "Reshape never moves numbers. First the order (N, oh, ow, F), then the rows.",
        edits=((ROWS, "rows = dout.reshape(-1, F)"),),
    ),
    Mistake(
        "overlaps-lost", "Where windows overlap, the blame of the last one replaces the others in "
        "`dx`; it should be added.",
        "A pixel seen by four windows gets four blames: +=, not =.",
        functions={"conv2d_backward": backward_that_overwrites},
    ),
    Mistake(
        "border-kept", "`dx` still has the border of zeros around it: it has not the shape of `x`.",
        "The border was added on the way forward; its gradient is dropped on the way back.",
        edits=_grads(dx="col2im(dpatches, (*x.shape[:2], x.shape[2] + 2 * pad, x.shape[3] + 2 * pad),"
                     " kh, kw, stride, 0)"),
        equivalent=("fails-with-a-border-of-zeros-pad-1",),
    ),
    Mistake(
        "cropped-by-minus-pad", "Without a border (pad = 0) `dx` is empty: the slice [pad:-pad] is "
        "[0:0] then.",
        "-0 is 0, and so the slice ends where it begins. Say where it ends: pad + H.",
        functions={"conv2d_backward": cropped_by_minus_pad},
    ),
    Mistake(
        "dx-not-flipped", "In `dx` the filters lie the wrong way round, by half a turn.",
        "Putting blame back window by window takes W as it is. Only where dout is convolved instead "
        "do the filters have to be turned.",
        edits=((DPATCHES, "dpatches = rows @ W[:, :, ::-1, ::-1].reshape(F, -1)"),),
    ),
    Mistake(
        "border-cut-at-the-end", "The border is cut off `dx` at the bottom and at the right only: every "
        "pixel gets the blame of one further up and left.",
        "The picture begins at pad, not at 0, in the padded one.",
        edits=_grads(dx="col2im(dpatches, (*x.shape[:2], x.shape[2] + 2 * pad, x.shape[3] + 2 * pad),"
                     " kh, kw, stride, 0)[:, :, :x.shape[2], :x.shape[3]]"),
    ),
    Mistake(
        "leftover-missing", "`dx` ends where the last window ended: the pixels that were left over are "
        "missing. Nobody saw them, so their blame is 0.",
        "Begin with zeros in the shape of x (with its border), and add the blame to them.",
        functions={"conv2d_backward": as_long_as_the_windows},
    ),
    Mistake(
        "dx-kernel-cut-up", "In `dx` the weights are cut up anew by `W.reshape(-1, F)`: each filter "
        "gets weights of others.",
        "Reshape never moves numbers. A filter in each row is (F, -1).",
        edits=((DPATCHES, "dpatches = rows @ W.reshape(-1, F).T"),),
    ),
    Mistake(
        "dx-averaged-over-windows", "`dx` is divided by the number of windows that saw the pixel; it is "
        "the sum of their blames.",
        "Each window is a way of its own to the loss: add where paths meet.",
        edits=_grads(dx="col2im(dpatches, x.shape, kh, kw, stride, pad) / np.maximum(1, col2im("
                     "np.ones_like(dpatches), x.shape, kh, kw, stride, pad))"),
    ),
    Mistake(
        "dx-without-w", "`dx` does not look at the filters: W is missing in it.",
        edits=((DPATCHES, "dpatches = rows @ np.ones_like(W).reshape(F, -1)"),),
        equivalent=("as-if-ones-W",),
    ),
    Mistake(
        "dx-upstream-ignored", "`dx` does not use the upstream gradient `dout`.",
        edits=((DPATCHES, "dpatches = np.ones_like(rows) @ W.reshape(F, -1)"),),
        equivalent=("ignores-dout",),
    ),
    Mistake(
        "dx-first-filter", "`dx` gets the blame of the first filter alone: all of them looked at the "
        "pixel.",
        edits=((DPATCHES, "dpatches = rows[:, :1] @ W.reshape(F, -1)[:1]"),),
    ),
    Mistake(
        "dx-filters-averaged", "`dx` is averaged over the filters; it is a sum over them.",
        edits=((DPATCHES, "dpatches = rows @ W.reshape(F, -1) / F"),), equivalent=("times-1-over-F",),
    ),
    Mistake(
        "dx-averaged", "`dx` is divided by the number of pictures; each picture has its own.",
        edits=_grads(dx="col2im(dpatches, x.shape, kh, kw, stride, pad) / len(x)"),
        equivalent=("times-1-over-N",),
    ),
    Mistake(
        "dw-averaged", "`dW` is divided by the number of pictures; it is a sum over them.",
        "The mean belongs to the loss, which has already put its 1/N into dout.",
        edits=_grads(dW="dW / len(x)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "dw-averaged-over-windows", "`dW` is averaged over the windows; it is a sum over all of them.",
        "The same weights were used in every window, and every use adds its blame.",
        edits=_grads(dW="dW / len(rows)"),
    ),
    Mistake(
        "dw-last-example", "`dW` holds the blame of the last picture alone.",
        "Inside the loop over pictures it should be +=, not =.",
        functions={"conv2d_backward": last_example_only},
    ),
    Mistake(
        "dw-last-window", "`dW` holds the blame of the last window alone, for all pictures.",
        "Inside the loop over places it should be +=, not =.",
        functions={"conv2d_backward": last_window_only},
    ),
    Mistake(
        "dw-very-last-window", "`dW` holds the blame of one window alone, the last of the last picture.",
        "Inside the loops it should be +=, not =.",
        functions={"conv2d_backward": very_last_window_only},
    ),
    Mistake(
        "dw-cut-up", "`dW` has the right numbers in the wrong places: `patches.T @ rows` has the "
        "filters in its columns, and reshape does not bring them to the front.",
        "Reshape never moves numbers. rows.T @ patches has a filter in each row, as W has.",
        edits=((DW, "dW = (im2col(x, kh, kw, stride, pad).T @ rows).reshape(W.shape)"),),
    ),
    Mistake(
        "dw-flipped", "`dW` is turned by half a turn.",
        edits=_grads(dW="dW[:, :, ::-1, ::-1]"), equivalent=("reversed",),
    ),
    Mistake(
        "dw-without-x", "`dW` does not look at the pictures: x is missing in it.",
        edits=((DW, "dW = (rows.T @ im2col(np.ones_like(x), kh, kw, stride, pad)).reshape(W.shape)"),),
        equivalent=("as-if-ones-x",),
    ),
    Mistake(
        "dw-upstream-ignored", "`dW` does not use the upstream gradient `dout`.",
        edits=((DW, "dW = (np.ones_like(rows).T @ im2col(x, kh, kw, stride, pad)).reshape(W.shape)"),),
        equivalent=("ignores-dout",),
    ),
    Mistake(
        "dw-scrambled", "`dW` has the right numbers in the wrong places: it was cut up with its "
        "channels last.",
        "The columns of the patches run channel by channel, then row by row.",
        edits=_grads(dW="dW.reshape(F, kh, kw, -1).transpose(0, 3, 1, 2)"),
    ),
    Mistake(
        "db-upstream-ignored", "`db` does not use the upstream gradient `dout`: it counts the windows.",
        edits=_grads(db="np.ones_like(rows).sum(axis=0)"), equivalent=("ignores-dout",),
    ),
    Mistake(
        "db-averaged", "`db` is a mean; it should be the sum over all pictures and places.",
        "The mean belongs to the loss, which has already put its 1/N into dout.",
        edits=_grads(db="rows.mean(axis=0)"),
    ),
    Mistake(
        "db-averaged-over-pictures", "`db` is divided by the number of pictures; it is a sum.",
        edits=_grads(db="rows.sum(axis=0) / len(x)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "db-per-place", "`db` is summed over the pictures only: it still has a value for every place.",
        "b was added at every place, and every place sends its blame back to it.",
        edits=_grads(db="dout.sum(axis=0)"),
    ),
    Mistake(
        "db-per-picture", "`db` is summed over the places only: it still has a row for every picture.",
        "b was added to every picture, and every picture sends its blame back to it.",
        edits=_grads(db="dout.sum(axis=(2, 3))"), equivalent=("unsummed",),
    ),
    Mistake(
        "db-one-number", "`db` is summed over everything; each filter has a bias of its own.",
        edits=_grads(db="rows.sum()"), equivalent=("summed-too-much",),
    ),
    Mistake(
        "db-wrong-axes", "`db` is summed over the filters too early: the axes that go are pictures, "
        "rows and columns.",
        edits=_grads(db="dout.sum(axis=(1, 2, 3))"),
    ),
    Mistake(
        "db-through-x", "`db` has gone through the pictures; the bias never meets x.",
        edits=_grads(db="dW.sum(axis=(1, 2, 3))"),
    ),
    Mistake(
        "stride-ignored", "`stride` is not used on the way back: the windows are taken one pixel "
        "apart.",
        "Forward, place i looked at the rows from i * stride on; the blame goes back there.",
        edits=NEAR_DW + NEAR_DX,
    ),
    Mistake(
        "dw-stride-ignored", "In `dW` the windows are taken one pixel apart: `stride` is not used.",
        "Place i looked at the rows from i * stride on; its blame belongs to those pixels.",
        edits=NEAR_DW,
    ),
    Mistake(
        "dx-stride-ignored", "In `dx` the blame is put back one pixel apart: `stride` is not used.",
        "Place i looked at the rows from i * stride on; the blame goes back there.",
        edits=NEAR_DX,
    ),
    Mistake(
        "whole-numbers", "`dx` is cut to whole numbers when the picture holds whole numbers.",
        "An array made like the picture, zeros_like(x), holds whole numbers too and cuts what is "
        "written into it.",
        functions={"conv2d_forward": keeps_x_as_it_came, "conv2d_backward": truncated_dx},
        equivalent=("fails-with-whole-numbers-in-the-picture-an-array-of-int",),
    ),
    Mistake(
        "other-order", "The gradients come in another order; agreed was dx, dW, db, the order of "
        "forward's arguments.",
        edits=((GRADS, "return dW, rows.sum(axis=0), col2im(dpatches, x.shape, kh, kw, stride, pad)"),),
        equivalent=("results-swapped",),
    ),
    Mistake(
        "dw-first", "`dx` and `dW` have changed places; agreed was dx, dW, db.",
        edits=((GRADS, "return dW, col2im(dpatches, x.shape, kh, kw, stride, pad), rows.sum(axis=0)"),),
        equivalent=("results-swapped",),
    ),
)  # fmt: skip
