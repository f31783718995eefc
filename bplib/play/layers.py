"""Lesson 07 to play with: the shape ledger, bends and their slopes, softmax beside sigmoids."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bplib.layers import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    softmax,
    tanh_backward,
    tanh_forward,
)
from bplib.play.base import demo
from bplib.play.controls import choice, slider, whole
from bplib.play.theme import Look, mix, panels

LESSON = "07_layers"

# -- the shape ledger ----------------------------------------------------------------------------

MOST = 6  # entries along an axis

# What is multiplied (or added up), in letters: name and shape of each array, the result last, and
# the axis that disappears.
LINES = {
    "out": ([("x", "ND"), ("@  W", "DM"), ("+  b", "M"), ("=  out", "NM")], "D"),
    "dx": ([("dout", "NM"), ("@  W.T", "MD"), ("=  dx", "ND")], "M"),
    "dW": ([("x.T", "DN"), ("@  dout", "NM"), ("=  dW", "DM")], "N"),
    "db": ([("dout", "NM"), ("summed  =  db", "M")], "N"),
}
WHY = {
    "out": "every input adds its part to an output, so D is added up. And every row gets the same "
           "b: **b is copied along N**.",
    "dx": "every input went into all the outputs, so what they say of it is **added up over M**.",
    "dW": "the same W served all the examples, so what they say of it is **added up over N**.",
    "db": "the same b was copied to all the rows, so what they say of it is **added up over N**.",
}


@demo(lesson=LESSON, name="ledger", title="The shape ledger",
      sentence="Which axis disappears in each product, and why it has to.",
      question="Which axis is added up in dx, in dW and in db, and why that one?",
      controls=[choice("line", "line of the ledger", {"out = x @ W + b": "out", "dx": "dx",
                                                      "dW": "dW", "db": "db"}, "out"),
                whole("N", "N (examples)", 1, MOST, 5), whole("D", "D (inputs)", 1, MOST, 3),
                whole("M", "M (outputs)", 1, MOST, 4)])
def ledger(figure: Figure, look: Look, line: str, N: int, D: int, M: int, seed: int) -> str:
    """The arrays of one line of a linear layer as grids of entries, and the axis that is summed."""
    sizes = {"N": N, "D": D, "M": M}
    arrays, gone = LINES[line]
    (ax,) = panels(figure, look, bare=(0,))
    ax.set(xlim=(0, len(arrays)), ylim=(0, 1))
    for place, (name, letters) in enumerate(arrays):
        last = place == len(arrays) - 1
        copies = N if line == "out" and letters == "M" else 1
        _array(ax, look, place + 0.5, name, letters, sizes, gone, last, copies)
    shapes = [f"{name.split('  ')[-1]} {_shape(letters, sizes)}" for name, letters in arrays]
    many = "entries" if sizes[gone] > 1 else "entry"
    ax.set_title(f"the axis that disappears: {gone}, with {sizes[gone]} {many}")
    return ", ".join(shapes) + ".\nWhy: " + WHY[line]


def _shape(letters: str, sizes: dict) -> str:
    """The shape in numbers, as numpy writes it."""
    return str(tuple(sizes[letter] for letter in letters))


def _array(ax: Axes, look: Look, middle: float, name: str, letters: str, sizes: dict, gone: str,
           result: bool, copies: int) -> None:
    """One array as a grid centred in its slot; the axis ``gone`` is drawn as a thick line.

    A row that is broadcast has its ``copies`` below it, as dotted outlines.
    """
    box = ax.get_window_extent()
    side = min(0.8 / MOST * box.width / 4, 0.62 / MOST * box.height)  # of an entry, in pixels
    unit, tall = side * ax.get_xlim()[1] / box.width, side / box.height
    rows, columns = ([1] + [sizes[letter] for letter in letters])[-2:]
    left, low = middle - unit * columns / 2, 0.5 - tall * rows / 2 + tall * (copies - 1) / 2
    for copy in range(1, copies):
        ax.add_patch(Rectangle((left, low - tall * copy), unit * columns, tall, fill=False,
                               ls=":", lw=look.thin, edgecolor=look.quiet))
    right, high = left + unit * columns, low + tall * rows
    fill = look.curve if result else look.quiet
    ax.add_patch(Rectangle((left, low), right - left, high - low, lw=0,
                           facecolor=mix(look.paper, fill, 0.35 if result else 0.2)))
    lines = [[(left + unit * j, low), (left + unit * j, high)] for j in range(columns + 1)]
    lines += [[(left, low + tall * i), (right, low + tall * i)] for i in range(rows + 1)]
    ax.add_collection(LineCollection(lines, colors=look.paper, linewidths=1.5))
    edges = {letters[-1]: ([left, right], [low - tall * (copies - 1)] * 2)}
    if len(letters) == 2:
        edges[letters[0]] = ([left, left], [low, high])
    for letter, (xs, ys) in edges.items():
        hit = letter == gone and not result
        ax.plot(xs, ys, color=look.blame if hit else look.quiet, solid_capstyle="butt",
                lw=look.line * 1.6 if hit else look.thin)
        below = ys[0] == ys[1]
        ax.text(np.mean(xs) - (0 if below else 0.35 * unit), np.mean(ys) - (0.035 if below else 0),
                letter,
                ha="center" if below else "right", va="top" if below else "center",
                color=look.blame if hit else look.ink, weight="bold" if hit else "normal")
    ax.text(middle, 0.97, name, ha="center", va="top", weight="bold")
    ax.text(middle, 0.02, f"({', '.join(letters)}{',' if len(letters) == 1 else ''}) = "
            f"{_shape(letters, sizes)}", ha="center", va="bottom", color=look.quiet)


# -- bends ---------------------------------------------------------------------------------------

BENDS = {"relu": (relu_forward, relu_backward), "sigmoid": (sigmoid_forward, sigmoid_backward),
         "tanh": (tanh_forward, tanh_backward)}


def passed_on(kind: str, x: float, dout: float) -> tuple[float, float]:
    """The output of a bend at ``x``, and the gradient ``dx`` that it passes on of ``dout``."""
    forward, backward = BENDS[kind]
    out, cache = forward(np.array([x]))
    return float(out[0]), float(backward(np.array([dout]), cache)[0])


@demo(lesson=LESSON, name="bends", title="What a bend lets through",
      sentence="ReLU, sigmoid and tanh: the value goes forward, the slope decides what comes back.",
      question="Where does each of the three let a gradient through, and where does it stop it?",
      controls=[choice("kind", "bend", {"ReLU": "relu", "sigmoid": "sigmoid", "tanh": "tanh"},
                       "sigmoid"),
                slider("x", "input x", -6, 6, 0.1, 1.0, show=".1f"),
                slider("dout", "upstream gradient dout", -2, 2, 0.1, 1.0, show=".1f")])
def bends(figure: Figure, look: Look, kind: str, x: float, dout: float, seed: int) -> str:
    """A bend with its tangent, and its slope for every input."""
    value, slope, flow = _curve(figure, look, kind, x, dout)
    name = "ReLU" if kind == "relu" else kind
    where = "" if abs(slope) > 0.02 else (
        "\nThe curve is **flat** here: whatever arrives, next to nothing is passed on."
        if slope else "\nThe curve is **flat** here: nothing is passed on.")
    return (f"At x = {x:.1f} the {name} gives {value:.3f}, and its slope is {slope:.3f}. Of the "
            f"gradient {dout:.1f} that arrives, dx = {dout:.1f} \N{MULTIPLICATION SIGN} "
            f"{slope:.3f} = **{flow:.3f}** goes on.{where}").replace("-", "\N{MINUS SIGN}")


def _curve(figure: Figure, look: Look, kind: str, x: float, dout: float):
    """Draws both panels; returns the value, the slope and what is passed on."""
    forward, backward = BENDS[kind]
    xs = np.linspace(-6, 6, 241)
    out, cache = forward(xs)
    slopes = backward(np.ones_like(xs), cache)
    (value, slope), flow = passed_on(kind, x, 1.0), passed_on(kind, x, dout)[1]
    left, right = panels(figure, look, widths=(1.0, 1.0))
    left.plot(xs, out, color=look.curve)
    reach = np.array([x - 1.2, x + 1.2])
    left.plot(reach, value + slope * (reach - x), color=look.guess, lw=look.thin)
    left.plot([x], [value], "o", color=look.guess)
    top = {"relu": (-1, 7), "sigmoid": (-0.6, 1.6), "tanh": (-2.4, 2.4)}[kind]
    left.set(xlim=(-7.4, 7.4), ylim=top, xlabel="input x", ylabel="output")
    left.set_title("value and tangent")
    right.plot(xs, slopes, color=look.blame, ls=(0, (4, 1.5)))
    right.plot([x], [slope], "o", color=look.guess)
    right.set(xlim=(-6.3, 6.3), ylim=(-0.06, 1.12), xlabel="input x", ylabel="slope")
    right.set_title(f"slope {slope:.3f}")
    return value, slope, flow


# -- softmax beside sigmoids ---------------------------------------------------------------------

SCORES = np.array([1.0, 2.0, 3.0])
NAMES = ("cat", "dog", "owl")


def shares(which: str, move: float, shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores after one has moved and all have shifted, their softmax and their sigmoids."""
    scores = SCORES + shift + move * (np.array(NAMES) == which)
    return scores, softmax(scores), sigmoid_forward(scores)[0]


@demo(lesson=LESSON, name="one_score", title="Move one score",
      sentence="In a softmax every share moves with every score; sigmoids do not know each other.",
      question="Move one score: which bars move? Then shift all scores: which bars stay?",
      controls=[choice("which", "which score moves", list(NAMES), "cat"),
                slider("move", "move it by", -5, 5, 0.1, 0.0, show=".1f"),
                slider("shift", "shift all scores by", -5, 5, 0.1, 0.0, show=".1f")])
def one_score(figure: Figure, look: Look, which: str, move: float, shift: float, seed: int) -> str:
    """Softmax shares and sigmoids of the same three scores, before (pale) and after (full)."""
    scores, soft, single = shares(which, move, shift)
    _, soft_before, single_before = shares(which, 0.0, 0.0)
    for ax, now, before, name in zip(
        panels(figure, look, widths=(1.0, 1.0)), (soft, single), (soft_before, single_before),
        ("softmax", "sigmoids"), strict=True,
    ):
        places = np.arange(3)
        ax.bar(places - 0.2, before, width=0.36, color=mix(look.paper, look.quiet, 0.55))
        ax.bar(places + 0.2, now, width=0.36, color=look.curve if name == "softmax" else look.gold)
        for place, height in zip(places, now, strict=True):
            ax.text(place + 0.2, height + 0.02, f"{height:.2f}", ha="center", va="bottom",
                    fontsize=look.small, weight="bold")
        ax.set(ylim=(0, 1.15), xlim=(-0.6, 2.6), xticks=places,
               ylabel="share" if name == "softmax" else "value")
        ax.set_xticklabels([f"{n}\n{s:.1f}".replace("-", "\N{MINUS SIGN}")
                            for n, s in zip(NAMES, scores, strict=True)])
        ax.set_title(f"{name}: sum {now.sum():.2f}")
    others = [name for name in NAMES if name != which]
    if move == 0 and shift == 0:
        return ("Pale: before. Full: now. Under each name stands its score.\n"
                f"Softmax {_listed(soft)}, sigmoids {_listed(single)}.")
    moved = (f"You moved the score of {which} by {move:+.1f}. Softmax: **all three shares moved**, "
             f"{others[0]} and {others[1]} too. Sigmoids: of the three, only {which}'s was pushed."
             if move else "No single score has moved.")
    lifted = (f"\nAll scores shifted by {shift:+.1f}: that alone changes **no share** of the "
              "softmax, and every sigmoid." if shift else "")
    return (moved + lifted).replace("-", "\N{MINUS SIGN}")


def _listed(values: np.ndarray) -> str:
    """Numbers as text.

    >>> _listed(np.array([0.25, 0.75]))
    '0.25, 0.75'
    """
    return ", ".join(f"{value:.2f}" for value in values)
