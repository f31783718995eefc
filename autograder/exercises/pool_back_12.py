"""Checks of lesson 12: the way back of max-pooling, where several answers may be right.

Among equal maxima any one may get the blame, or each an equal share.
"""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises.common import own_cache
from autograder.exercises.pool_12 import LESSON, REFERENCE, TIES, pool_cases
from bplib import conv


def run_pool_backward(solution, case):
    """dx; among equal maxima every right choice is put down as the first of them."""
    cache = own_cache(solution, "maxpool_forward", _kept_as_it_came, [case.x, case.size], {})
    dx = read(solution.call("maxpool_backward", case.dout, cache))
    if case.special != TIES or isinstance(dx, Unreadable) or dx.shape != case.x.shape:
        return {"dx": dx}
    windows, seen = conv._windows(case.x, case.size), conv._windows(dx, case.size)
    losers = np.where(windows < windows.max(axis=4, keepdims=True), seen, 0)
    if not losers.any() and agree(seen.sum(axis=4), case.dout, (1e-5, 1e-6, 1e-12)):
        return {"dx": conv.maxpool_backward(case.dout, (case.x, case.size))}
    return {"dx": dx}


def _kept_as_it_came(x, size):
    """A right forward and the documented cache: x itself, in whole numbers if it came so."""
    return conv.maxpool_forward(x, size)[0], (x, size)


SHARE = "np.put_along_axis(dwindows, winner, dout[..., np.newaxis], axis=4)"
WINNER = "winner = windows.argmax(axis=4)[..., np.newaxis]"
BACK = "dwindows.transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)"


def _share(text):
    return ((SHARE, f"dwindows[...] = {text}"),)


def _winner(kept):
    return ((WINNER, f"{WINNER}\n    winner = np.broadcast_to({kept}, winner.shape)"),)


def _along(axis):
    """dout for every winner of a column (axis 4) or a row (axis 5) of each window."""
    tiles = "windows.reshape(*windows.shape[:4], size, size)"
    return (f"np.where({tiles} == {tiles}.max(axis={axis}, keepdims=True), "
            "dout[..., np.newaxis, np.newaxis], 0).reshape(windows.shape)")  # fmt: skip


POOL_BACKWARD = Exercise(
    "maxpool_backward", LESSON, 3,
    outputs=(Output("dx", "the gradient dx"),),
    cases=pool_cases(True),
    run=run_pool_backward,
    reference=REFERENCE,
    uses=("maxpool_forward",),
    upstream="dout",
    see="Max-pooling: the winner takes it all",
    mistakes=(
        Mistake(
            "ties-all", "Where several pixels are equally large, each of them gets the whole blame; "
            "together they should get it once.",
            "`window == max` is true for every winner. Give it to one of them, or share it out.",
            edits=_share("np.where(windows == windows.max(axis=4, keepdims=True), "
                         "dout[..., np.newaxis], 0)"),
            equivalent=("fails-with-several-equal-maxima-in-a-window",),
        ),
        Mistake(
            "nearly-equal-share", "Pixels that are only nearly the largest get a share of the blame; "
            "none but the largest is handed on, so the blame is its alone.",
            "`np.isclose` is for numbers that ought to be equal and differ by rounding. The maximum is "
            "a copy of its pixel, digit for digit: `==` finds it.",
            edits=_share("np.isclose(windows, windows.max(axis=4, keepdims=True)) * (dout / np.isclose("
                         "windows, windows.max(axis=4, keepdims=True)).sum(axis=4))[..., np.newaxis]"),
        ),
        Mistake(
            "upstream-ignored", "The upstream gradient `dout` is not used: each winner gets a 1.",
            "The mask says who won; how much that matters is in dout.",
            edits=((SHARE, SHARE.replace("dout", "np.ones_like(dout)")),), equivalent=("ignores-dout",),
        ),
        Mistake(
            "sign", "`dx` has the wrong sign.",
            edits=((SHARE, SHARE.replace("dout", "-dout")),), equivalent=("negates-dout",),
        ),
        Mistake(
            "shared-by-all", "The blame is shared by all pixels of the window: that is the way back of "
            "average pooling.",
            "A pixel that lost did not change the result; nudging it changes nothing.",
            edits=_share("dout[..., np.newaxis] / size**2"),
        ),
        Mistake(
            "given-to-all", "Every pixel of the window gets the whole blame; only the winner should.",
            "A pixel that lost did not change the result; nudging it changes nothing.",
            edits=_share("dout[..., np.newaxis]"),
        ),
        Mistake(
            "given-to-first", "The blame goes to the first pixel of each window, whoever won.",
            edits=((WINNER, "winner = 0 * windows.argmax(axis=4)[..., np.newaxis]"),),
        ),
        Mistake(
            "given-to-smallest", "The blame goes to the smallest pixel of each window.",
            edits=((WINNER, "winner = windows.argmin(axis=4)[..., np.newaxis]"),),
        ),
        Mistake(
            "winner-misread", "The winner's place is read with rows and columns exchanged.",
            "argmax counts along the row first: place k is row k // size, column k % size.",
            edits=((BACK, "dwindows.transpose(0, 1, 2, 5, 3, 4).reshape(x.shape)"),),
        ),
        Mistake(
            "windows-scrambled", "The windows are put back in the wrong order: `reshape` alone, without "
            "moving the axes.",
            "Reshape never moves numbers; undo the steps of forward in the opposite order.",
            edits=((BACK, "dwindows.reshape(x.shape)"),),
        ),
        Mistake(
            "winner-of-scrambled", "The winners were looked for in windows that were cut up in the "
            "wrong order: place k there is not place k of the window.",
            "Reshape never moves numbers. Move the axes until those of a window are the last two, then "
            "take the argmax.",
            edits=((WINNER, "winner = x.reshape(windows.shape).argmax(axis=4)[..., np.newaxis]"),),
        ),
        Mistake(
            "last-winner-kept", "The winner's place is kept for one window only, the last: all windows "
            "give their blame to that place.",
            "Every window of every channel and picture has a winner of its own, and needs a place to "
            "keep it.",
            edits=_winner("winner[-1:, -1:, -1:, -1:]"),
        ),
        Mistake(
            "winners-of-last-picture", "The winners of the last picture's last channel are used for "
            "all.",
            "Kept by row and column of the window alone, each picture writes over the one before.",
            edits=_winner("winner[-1:, -1:]"),
        ),
        Mistake(
            "winners-of-first-channel", "The winners of the first channel are used for all channels; "
            "each channel has its own.",
            edits=_winner("winner[:, :1]"),
        ),
        Mistake(
            "place-in-window", "The winner's place inside its window is taken for its place in the "
            "picture: all blame lands in the upper left corner.",
            "argmax of a window counts from the window's own corner; that corner lies at i * size, "
            "j * size.",
            functions={"maxpool_backward": lambda dout, cache: _put(dout, *cache, apart=0)},
        ),
        Mistake(
            "place-in-window-added", "The winner's place inside its window is taken for its place in "
            "the picture: all blame is heaped up in the upper left corner.",
            "argmax of a window counts from the window's own corner; that corner lies at i * size, "
            "j * size.",
            functions={"maxpool_backward": lambda dout, cache: _put(dout, *cache, apart=0, add=True)},
        ),
        Mistake(
            "size-not-in-place", "The blame is put back as if the windows lay one pixel apart: window i "
            "begins at i * size.",
            functions={"maxpool_backward": lambda dout, cache: _put(dout, *cache, apart=1)},
        ),
        Mistake(
            "size-not-in-place-added", "The blame is put back as if the windows lay one pixel apart: "
            "window i begins at i * size.",
            functions={"maxpool_backward": lambda dout, cache: _put(dout, *cache, apart=1, add=True)},
        ),
        Mistake(
            "winner-per-column", "Every column of a window has a winner here; the window as a whole has "
            "one.",
            "Both axes of a window belong to one maximum.",
            edits=_share(_along(4)),
        ),
        Mistake(
            "winner-per-row", "Every row of a window has a winner here; the window as a whole has one.",
            "Both axes of a window belong to one maximum.",
            edits=_share(_along(5)),
        ),
        Mistake(
            "blame-tiled", "The windows' blames are laid out again and again as a whole (np.tile), so "
            "most winners get another window's; each should be repeated where it stands.",
            "np.tile gives 1 2 1 2, np.repeat gives 1 1 2 2.",
            functions={"maxpool_backward": lambda dout, cache: _tiled(dout, *cache)},
        ),
        Mistake(
            "given-to-positive", "The blame goes to every pixel above 0: that is the way back of a "
            "ReLU. Here the largest of each window gets it.",
            edits=_share("np.where(windows > 0, dout[..., np.newaxis], 0)"),
        ),
        Mistake(
            "winners-counted-together", "The blame is divided by the number of winners of all windows; "
            "what counts is how many are equal in the same window.",
            edits=_share("np.where(windows == windows.max(axis=4, keepdims=True), dout[..., "
                         "np.newaxis], 0) / (windows == windows.max(axis=4, keepdims=True)).sum()"),
        ),
        Mistake(
            "times-value", "The blame is multiplied by the winner's value; its local derivative is 1.",
            "The largest value is passed on unchanged: a nudge of it comes out as the same nudge.",
            edits=((SHARE, SHARE.replace("dout[..., np.newaxis]",
                    "(dout * windows.max(axis=4))[..., np.newaxis]")),),
        ),
        Mistake(
            "winner-averaged", "The winner's blame is divided by the number of pixels in the window.",
            edits=((SHARE, SHARE.replace("dout[", "(dout / size**2)[")),),
        ),
        Mistake(
            "positive-only", "Only winners above 0 get their blame: that is a ReLU, not the pool.",
            edits=((SHARE, SHARE.replace("dout[..., np.newaxis]",
                    "(dout * (windows.max(axis=4) > 0))[..., np.newaxis]")),),
        ),
        Mistake(
            "one-winner-per-picture", "Only the largest pixel of the whole picture gets blame; every "
            "window has a winner of its own.",
            edits=((SHARE, SHARE.replace("dout[..., np.newaxis]",
                    "(dout * (windows.max(axis=4) == windows.max(axis=(2, 3, 4))[..., np.newaxis, "
                    "np.newaxis]))[..., np.newaxis]")),),
        ),
        Mistake(
            "whole-numbers", "`dx` is cut to whole numbers when the picture holds whole numbers.",
            "An array made like the picture, zeros_like(x), holds whole numbers too and cuts what is "
            "written into it.",
            functions={"maxpool_forward": _kept_as_it_came,
                       "maxpool_backward": lambda dout, cache: _truncated(dout, *cache)},
            equivalent=("fails-with-whole-numbers-in-the-picture-an-array-of-int",),
        ),
        Mistake(
            "averaged", "`dx` is divided by the number of pictures; each picture has its own.",
            edits=((SHARE, SHARE.replace("dout[", "(dout / N)[")),), equivalent=("times-1-over-N",),
        ),
    ),
    variants=(
        Variant("equal-share", {"maxpool_backward": lambda dout, cache: _equal_share(dout, *cache)}),
        Variant("last-winner", {"maxpool_backward": lambda dout, cache: _by_loops(dout, *cache, -1)}),
        Variant("first-winner-lists", {"maxpool_backward": lambda dout, cache: (
            _by_loops(dout, *cache, 0).tolist())}),
        Variant("own-cache", {
            "maxpool_forward": lambda x, size: (conv.maxpool_forward(x, size)[0],
                                                [size, np.array(x)]),
            "maxpool_backward": lambda dout, cache: _equal_share(dout, cache[1], cache[0])}),
    ),
)  # fmt: skip


def _equal_share(dout, x, size):
    best = np.kron(np.maximum.reduce([x[:, :, u::size, v::size] for u in range(size)
                                      for v in range(size)]), np.ones((size, size)))  # fmt: skip
    mask = (x == best).astype(float)
    tiles = mask.reshape(*x.shape[:2], x.shape[2] // size, size, x.shape[3] // size, size)
    counts = tiles.sum(axis=(3, 5))
    return mask * np.kron(np.asarray(dout) / counts, np.ones((size, size)))


def _by_loops(dout, x, size, which):
    dx = np.zeros(np.shape(x))
    for n, c, i, j in np.ndindex(*np.shape(dout)):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        u, v = np.argwhere(window == window.max())[which]
        dx[n, c, i * size + u, j * size + v] = dout[n, c, i, j]
    return dx


def _put(dout, x, size, apart, add=False):
    """The blame written by loops, the windows ``apart`` pixels from each other, = or +=."""
    dx = np.zeros(np.shape(x))
    for n, c, i, j in np.ndindex(*np.shape(dout)):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        u, v = np.argwhere(window == window.max())[0]
        place = n, c, i * apart + u, j * apart + v
        dx[place] = dout[n, c, i, j] + (dx[place] if add else 0)
    return dx


def _tiled(dout, x, size):
    """dout as a whole laid out size times each way, where x is the largest of its window."""
    winners = _equal_share(np.ones(np.shape(dout)), x, size) > 0
    return winners * np.tile(np.asarray(dout), (1, 1, size, size))


def _truncated(dout, x, size):
    dx = conv.maxpool_backward(dout, (np.asarray(x, float), size))
    return np.trunc(dx) if np.asarray(x).dtype.kind == "i" else dx
