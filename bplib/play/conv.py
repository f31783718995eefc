"""Lesson 12 to play with: patterns in digits, windows as rows, overlapping blame, pooling ties."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from bplib.conv import conv2d_forward, im2col
from bplib.data import load_digits
from bplib.play.base import demo
from bplib.play.controls import choice, player, switch, whole
from bplib.play.theme import Look, panels
from bplib.play.tiles import outline, tiles, written

LESSON = "12_convolution"

# -- patterns in digits ----------------------------------------------------------------------------

KERNELS = {
    "left edge": [[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]],
    "top edge": [[-1, -1, -1], [1, 1, 1], [0, 0, 0]],
    "rising stroke": [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]],
    "blur": [[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]],
}


@cache
def sample_digits() -> np.ndarray:
    """The first picture of each digit, ``(10, 8, 8)``."""
    images, labels = load_digits()
    return np.stack([images[np.argmax(labels == digit)].reshape(8, 8) for digit in range(10)])


def convolve(picture, kernel, stride: int = 1, pad: int = 0) -> np.ndarray:
    """One picture (H, W) with one kernel (kh, kw), no bias: (oh, ow)."""
    picture, kernel = np.asarray(picture, float), np.asarray(kernel, float)
    return conv2d_forward(picture[None, None], kernel[None, None], [0.0], stride, pad)[0][0, 0]


@demo(lesson=LESSON, name="patterns", title="What does a small pattern find?",
      sentence="Nine weights slid over a handwritten digit: where they match, the result is large.",
      question="Which strokes of which digits does each pattern find?",
      controls=[whole("digit", "digit", 0, 9, 7),
                choice("name", "pattern", {name: name for name in KERNELS}, "left edge"),
                switch("turned", "turn the pattern by half a turn", False)])
def patterns(figure: Figure, look: Look, digit: int, name: str, turned: bool, seed: int) -> str:
    """A digit, a pattern of 3 by 3, and the convolution of the two, with a border of zeros."""
    picture, kernel = sample_digits()[digit], np.array(KERNELS[name], float)
    kernel = kernel[::-1, ::-1] if turned else kernel
    out = convolve(picture, kernel, pad=1)
    left, middle, right = panels(figure, look, widths=(1.25, 0.7, 1.25), bare=(0, 1, 2))
    tiles(left, look, picture, scale=1.2)
    tiles(middle, look, kernel, scale=2.5, numbers=True)
    tiles(right, look, out, scale=3.0)
    row, column = np.unravel_index(out.argmax(), out.shape)
    outline(right, look, row, column, 1, 1, look.guess)
    outline(left, look, row - 1, column - 1, 3, 3, look.guess)
    left.set_title("picture")
    middle.set_title("pattern")
    right.set_title("result")
    same = " Turning it changes nothing: it looks the same upside down." if (
        turned and np.array_equal(kernel, kernel[::-1, ::-1])) else ""
    return (f"The pattern fits best at row {row}, column {column}: {written(out.max())}, where the "
            f"orange window lies.\nBlue is above 0, orange with a bar below it.{same}")


# -- every window a row ----------------------------------------------------------------------------

SMALL = np.array([[1, 0, 2, 5, 1], [3, 7, 1, 0, 4], [0, 2, 8, 3, 1], [6, 1, 0, 2, 9]], float)
MOST = 30      # windows at most: 2 by 2, with a border


def places(shape: tuple, K: int, S: int, P: int) -> tuple[int, int]:
    """How many windows fit, downwards and to the right."""
    return (shape[0] + 2 * P - K) // S + 1, (shape[1] + 2 * P - K) // S + 1


def _wind_back(state: dict, changed: str) -> dict | None:
    return None if changed in ("frame", "add") else {"frame": 0}


@demo(lesson=LESSON, name="windows", title="Every window a row",
      sentence="A window slides over a picture; laid out as rows, all of them make one table.",
      question="How many rows and columns has the table, for which window, step and border?",
      controls=[player("frame", "window", MOST - 1, 0, 500),
                whole("K", "K: size of the window", 2, 3, 2), whole("S", "S: step", 1, 3, 1),
                whole("P", "P: border of zeros", 0, 1, 0)], after=_wind_back)
def windows(figure: Figure, look: Look, frame: int, K: int, S: int, P: int, seed: int) -> str:
    """A picture of 4 by 5, its ``im2col`` table, and the places of the result."""
    padded = np.pad(SMALL, P)
    rows = im2col(SMALL[None, None], K, K, S, P)
    oh, ow = places(SMALL.shape, K, S, P)
    now = min(frame, len(rows) - 1)
    i, j = divmod(now, ow)
    left, middle, right = panels(figure, look, widths=(1.2, 1.15, 0.9), bare=(0, 1, 2))
    tiles(left, look, padded, scale=14, numbers=True, room=(6, 7))
    outline(left, look, i * S, j * S, K, K, look.guess)
    if P:
        outline(left, look, P, P, *SMALL.shape, look.quiet, look.thin, dashed=True)
    tiles(middle, look, rows, scale=14, room=(max(len(rows), 9), max(K * K, 4)))
    outline(middle, look, now, 0, 1, K * K, look.guess)
    out = np.full((oh, ow), np.nan)
    out.flat[: now + 1] = 1.0
    tiles(right, look, np.nan_to_num(out), scale=6, room=(6, 7))
    outline(right, look, i, j, 1, 1, look.guess)
    left.set_title("picture")
    middle.set_title(f"table {len(rows)} x {K * K}")
    right.set_title(f"result {oh} x {ow}")
    unseen = _unseen(padded.shape, K, S, oh, ow)
    more = f" {unseen} of {padded.size} pixels are in no window." if unseen else ""
    numbers = " ".join(written(v) for v in rows[now])
    return (f"Window {now}, at row {i * S}, column {j * S}, is row {now} of the table: "
            f"**{numbers}**.\n{oh} x {ow} windows of {K} x {K}: {len(rows)} rows, "
            f"{K * K} columns.{more}")


def _unseen(shape: tuple, K: int, S: int, oh: int, ow: int) -> int:
    counts = counted(shape, K, S, oh * ow, add=True)
    return int((counts == 0).sum())


# -- blame put back --------------------------------------------------------------------------------

WIDE = (6, 8)


def counted(shape: tuple, K: int, S: int, done: int, add: bool) -> np.ndarray:
    """The picture after ``done`` windows have each put a 1 on all their pixels, with += or =."""
    found = np.zeros(shape)
    oh, ow = places(shape, K, S, 0)
    for now in range(min(done, oh * ow)):
        i, j = divmod(now, ow)
        place = (slice(i * S, i * S + K), slice(j * S, j * S + K))
        found[place] = found[place] + 1 if add else 1
    return found


@demo(lesson=LESSON, name="overlap", title="Blame put back where the windows lay",
      sentence="On the way back each window puts its blame on its pixels; overlaps add up.",
      question="For which window and step does = in place of += do no harm?",
      controls=[player("frame", "windows put back", 48, 48, 150),
                whole("K", "K: size of the window", 1, 4, 3), whole("S", "S: step", 1, 4, 2),
                switch("add", "add up (+=) where windows overlap", True)])
def overlap(figure: Figure, look: Look, frame: int, K: int, S: int, add: bool, seed: int) -> str:
    """dout of ones on the left; on the right what has arrived at each pixel, weights of 1."""
    oh, ow = places(WIDE, K, S, 0)
    count = min(frame, oh * ow)
    found, right_answer = counted(WIDE, K, S, count, add), counted(WIDE, K, S, count, True)
    left, right = panels(figure, look, widths=(0.85, 1.0), bare=(0, 1))
    dout = np.zeros((oh, ow))
    dout.flat[:count] = 1.0
    tiles(left, look, dout, scale=2.5, room=WIDE)
    tiles(right, look, found, scale=20, numbers=True, room=WIDE)
    if count:
        i, j = divmod(count - 1, ow)
        outline(left, look, i, j, 1, 1, look.blame)
        outline(right, look, i * S, j * S, K, K, look.blame)
    left.set_title(f"dout, {oh} x {ow}")
    right.set_title("dx so far, all weights 1")
    wrong = int((found != right_answer).sum())
    if not add:
        return (f"With =, each window wipes out what was there: **{wrong} of {found.size}** pixels "
                "are wrong." + (" Here no two windows overlap, so nobody would notice." if not wrong
                            else ""))
    unseen = int((found == 0).sum()) if count == oh * ow else 0
    more = f"\n{unseen} pixels were in no window, and get no blame." if unseen else ""
    return ("A pixel gets blame from every window that saw it: here up to "
            f"**{int(found.max())}**.{more}")


# -- max-pooling -----------------------------------------------------------------------------------

POOLED = {
    "all different": [[1, 5, 2, 0], [3, 4, 7, 6], [8, 2, 1, 3], [0, 6, 5, 4]],
    "a tie": [[5, 5, 2, 0], [3, 4, 7, 7], [8, 2, 1, 3], [8, 6, 3, 3]],
    "all equal": [[4, 4, 4, 4], [4, 4, 4, 4], [4, 4, 4, 4], [4, 4, 4, 4]],
}
DOUT = np.array([[6.0, -2.0], [3.0, 12.0]])
RULES = {"the first of them": "first", "shared equally": "share", "all get all": "all"}


def routed(picture, rule: str) -> np.ndarray:
    """``dx`` (4, 4) of a pool of 2 by 2 with ``DOUT``, ties dealt with by ``rule``."""
    picture, dx = np.asarray(picture, float), np.zeros((4, 4))
    for (i, j), blame in np.ndenumerate(DOUT):
        place = (slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2))
        mask = (picture[place] == picture[place].max()).astype(float)
        if rule == "first":
            mask.flat[int(mask.argmax()) + 1:] = 0
        dx[place] = blame * mask / (mask.sum() if rule == "share" else 1)
    return dx


@demo(lesson=LESSON, name="pool", title="The winner takes the blame",
      sentence="Max-pooling sends each blame to the pixel that won its window. And if two won?",
      question="Which of the three ways to deal with a tie hands out more blame than came in?",
      controls=[choice("kind", "picture", {name: name for name in POOLED}, "all different"),
                choice("rule", "equal winners", RULES, "first")])
def pool(figure: Figure, look: Look, kind: str, rule: str, seed: int) -> str:
    """Picture, dout and dx of a max-pool with windows of 2 by 2."""
    picture = np.array(POOLED[kind], float)
    dx = routed(picture, rule)
    left, middle, right = panels(figure, look, widths=(1.0, 0.62, 1.0), bare=(0, 1, 2))
    tiles(left, look, picture, scale=16, numbers=True, size=look.text)
    tiles(middle, look, DOUT, scale=24, numbers=True, size=look.text, room=(3, 2))
    tiles(right, look, dx, scale=24, numbers=True, size=look.text)
    for i, j in np.ndindex(2, 2):
        for ax in (left, right):
            outline(ax, look, 2 * i, 2 * j, 2, 2, look.ink, look.thin)
    for i, j in zip(*np.nonzero(dx), strict=True):
        outline(left, look, i, j, 1, 1, look.guess)
    left.set_title("picture x")
    middle.set_title("dout")
    right.set_title("dx")
    came, given = float(DOUT.sum()), float(dx.sum())
    if abs(came - given) > 1e-9:
        return (f"Blame of {written(came)} came in, and **{written(given)}** was handed out: a window "
                "with several winners counts several times.")
    ties = "" if kind == "all different" else " Any of the equal winners may have it, or all a share."
    return f"Blame of {written(came)} came in, and {written(given)} was handed out.{ties}"
