"""Lesson 13 to play with: the film strip, products of Jacobians, and pictures of what was measured."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bplib.names import SYMBOLS, encode_name
from bplib.play.base import demo
from bplib.play.controls import choice, slider, switch, whole
from bplib.play.still import Still
from bplib.play.theme import Look, mix, panels
from bplib.recurrent import (
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    truncated_rnn_backward,
)
from bplib.sequences import Cell, init_sequence_model, pad_sequences, sequence_loss

LESSON = "13_bptt"

# -- the film strip ------------------------------------------------------------------------------

FRAMES, UNITS = 8, 4


def shares(scale: float, losses: str) -> tuple[np.ndarray, np.ndarray]:
    """Each step's share of dWh, `(T, H, H)`, and the blame at each step's z, `(T, H)`.

    A fixed small net, its recurrent weights a rotation times ``scale``; ``losses`` is "end" or
    "every".
    """
    rng = np.random.default_rng(4)
    Wh = scale * np.linalg.qr(rng.normal(size=(UNITS, UNITS)))[0]
    x, Wx = rng.normal(size=(1, FRAMES, 2)), 0.3 * rng.normal(size=(2, UNITS))
    h, cache = rnn_forward(x, 0.3 * rng.normal(size=(1, UNITS)), Wx, Wh, np.zeros(UNITS))
    dh = rng.normal(size=h.shape) * 0.5
    if losses == "end":
        dh[:, :-1] = 0
    carry, found, blames = 0.0, [], []
    for t in reversed(range(FRAMES)):
        _, carry, _, dWh, db = rnn_step_backward(dh[:, t] + carry, cache[t])
        found.append(dWh)
        blames.append(db)
    return np.array(found[::-1]), np.array(blames[::-1])


@demo(lesson=LESSON, name="film", title="The film strip",
      sentence="One net at eight moments, and what each moment adds to the gradient of its weights.",
      question="The same Wh acts in every frame. Does every frame have the same share of dWh?",
      controls=[whole("step", "frame", 1, FRAMES, FRAMES),
                choice("losses", "a loss stands", {"at the last frame": "end",
                                                   "at every frame": "every"}, "end"),
                slider("scale", "size of Wh", 0.3, 1.8, 0.1, 0.7, show=".1f")])
def film(figure: Figure, look: Look, step: int, losses: str, scale: float, seed: int) -> str:
    """The unrolled net; each frame's share of dWh as a bar, and the chosen share as a table."""
    found, blames = shares(scale, losses)
    sizes = np.sqrt((found**2).sum(axis=(1, 2)))
    left, right = panels(figure, look, widths=(2.6, 1.0), bare=(0, 1))
    _strip(left, look, step - 1, losses, sizes / sizes.max(),
           np.sqrt((blames**2).sum(axis=1)))
    total = found.sum(axis=0)
    _table(right, look, found[step - 1], np.abs(found).max())
    left.set_title(f"share of frame {step}: length {_short(sizes[step - 1])}")
    right.set_title(f"frame {step}")
    part = sizes[step - 1] / sizes.max()
    which = "the largest of all" if part == 1 else f"{part:.1%} of the largest"
    return (f"Frame {step} adds a table of length **{_short(sizes[step - 1])}** to dWh, {which}.\n"
            f"All eight tables **added up** are dWh, of length "
            f"{_short(np.sqrt((total**2).sum()))}.")


def _short(number: float) -> str:
    """A number in three digits.

    >>> _short(0.01234), _short(1.5)
    ('0.0123', '1.5')
    """
    return f"{number:.3g}"


def _strip(ax: Axes, look: Look, chosen: int, losses: str, bars: np.ndarray,
           blames: np.ndarray) -> None:
    """Frames with arrows of both directions above, bars of the shares below."""
    ax.set(xlim=(-1.05, FRAMES - 0.4), ylim=(0, 1))
    wide = look.line * 1.2 * (blames / blames.max()) ** 0.5 + 0.3
    places, now = np.arange(FRAMES), np.arange(FRAMES) == chosen
    for y, x, mark, colour, widths in (
        (0.752, places - 0.38, ">", look.curve, look.thin),
        (0.692, places - 0.62, "<", look.blame, wide),
    ):
        ax.add_collection(LineCollection([[(t - 0.7, y), (t - 0.3, y)] for t in places],
                                         colors=colour, linewidths=widths))
        ax.plot(x, np.full(FRAMES, y), mark, color=colour, ms=look.dot * 0.6)
    frames = [Rectangle((t - 0.27, 0.66), 0.54, 0.13) for t in places]
    pale = (mix(look.paper, look.curve, 0.15), mix(look.paper, look.guess, 0.35))
    ax.add_collection(PatchCollection(
        frames, facecolors=[pale[int(n)] for n in now], linewidths=look.thin, zorder=3,
        edgecolors=[look.guess if n else look.curve for n in now]))
    rods = [Rectangle((t - 0.3, 0.1), 0.6, 0.4 * bars[t]) for t in places]
    ax.add_collection(PatchCollection(rods, linewidths=0, facecolors=[
        look.guess if n else mix(look.paper, look.blame, 0.6) for n in now]))
    judged = places if losses == "every" else places[-1:]
    ax.plot(judged, np.full(len(judged), 0.9), "v", color=look.blame, ms=look.dot * 0.8)
    for t in places:
        ax.text(t, 0.725, f"h{t + 1}", ha="center", va="center", fontsize=look.text, zorder=4)
    ax.text(-0.88, 0.722, "h0", ha="center", va="center", fontsize=look.text)
    ax.plot([-0.5, FRAMES - 0.5], [0.1, 0.1], color=look.rule, lw=look.thin)
    ax.text(-1.0, 0.975, "losses", va="center", fontsize=look.small, color=look.quiet)
    ax.text(-1.0, 0.57, "shares of dWh (length)", va="center", fontsize=look.small,
            color=look.quiet)


def _table(ax: Axes, look: Look, share: np.ndarray, most: float) -> None:
    """A share as a table of squares: size and sign."""
    ax.set(xlim=(-0.2, UNITS + 0.2), ylim=(UNITS + 0.2, -0.2), aspect="equal")
    squares, colours = [], []
    for i, j in np.ndindex(share.shape):
        value = share[i, j] / most
        squares.append(Rectangle((j, i), 0.96, 0.96))
        colours.append(mix(look.panel, look.blame if value < 0 else look.curve,
                           min(1.0, abs(value) ** 0.5)))
    ax.add_collection(PatchCollection(squares, linewidths=0, facecolors=colours))
    for mark, signs in (("+", share >= 0), ("_", share < 0)):
        rows, columns = np.nonzero(signs)
        ax.plot(columns + 0.48, rows + 0.48, mark, color=look.ink, ms=look.dot * 0.6,
                mew=look.thin * 0.7)


# -- products of Jacobians -----------------------------------------------------------------------

STEPS, WIDTH = 60, 8
KINDS = {"a rotation": "rotation", "random": "random", "one-way": "shear"}


def matrix(kind: str, radius: float) -> np.ndarray:
    """Recurrent weights ``(8, 8)`` whose largest eigenvalue has the size ``radius``.

    "rotation" keeps every length, "random" is normal noise, "shear" feeds units forward in pairs.
    """
    rng = np.random.default_rng(1)
    if kind == "rotation":
        W = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    elif kind == "random":
        W = rng.normal(size=(WIDTH, WIDTH))
    else:
        W = np.kron(np.eye(WIDTH // 2), [[1.0, 1.5], [0.0, 1.0]])
    return radius * W / np.abs(np.linalg.eigvals(W)).max()


def lengths(Wh: np.ndarray, bend: bool, steps: int = STEPS) -> np.ndarray:
    """How long a gradient of length 1 is after going back 0, 1, ..., ``steps`` steps.

    ``bend``: through tanh, at the states of a run on noise; otherwise a net without a bend.
    """
    rng = np.random.default_rng(2)
    h, slopes = np.zeros(len(Wh)), []
    for _ in range(steps):
        h = np.tanh(0.5 * rng.normal(size=len(Wh)) + h @ Wh)
        slopes.append(1 - h * h if bend else np.ones(len(Wh)))
    g = rng.normal(size=len(Wh))
    found = [g / np.linalg.norm(g)]
    for slope in slopes[::-1]:
        found.append((found[-1] * slope) @ Wh.T)
    return np.linalg.norm(found, axis=1)


@demo(lesson=LESSON, name="jacobians", title="A gradient going back in time",
      sentence="The length of a gradient after T steps, beside the eigenvalue and the singular value.",
      question="Which of the two numbers decides whether it vanishes or explodes?",
      controls=[choice("kind", "Wh is", KINDS, "rotation"),
                slider("radius", "spectral radius", 0.5, 1.5, 0.05, 1.0, show=".2f"),
                switch("bend", "through tanh")])
def jacobians(figure: Figure, look: Look, kind: str, radius: float, bend: bool, seed: int) -> str:
    """The gradient's length over T on a logarithmic scale, with two bounds to compare."""
    Wh = matrix(kind, radius)
    largest, found = np.linalg.norm(Wh, 2), lengths(Wh, bend)
    T = np.arange(STEPS + 1)
    (ax,) = panels(figure, look)
    low, high = -16, 16
    lines = ((largest**T, look.gold, (0, (1, 1)), r"$\sigma_{max}^{\,T}$", 0.93),
             (radius**T, look.quiet, (0, (5, 2)), r"$\rho^{\,T}$", 0.83),
             (found, look.blame, "-", "the gradient", 0.73))
    for values, colour, style, name, place in lines:
        y = np.log10(np.maximum(values, 1e-300))
        shown = np.abs(y) <= high
        ax.plot(T[shown], y[shown], color=colour, ls=style,
                lw=look.line if style == "-" else look.thin * 1.4)
        ax.plot([0.03, 0.10], [place, place], color=colour, ls=style, transform=ax.transAxes,
                lw=look.line if style == "-" else look.thin * 1.4)
        ax.text(0.12, place, name, transform=ax.transAxes, va="center", fontsize=look.text)
    ax.set(xlim=(0, STEPS), ylim=(low, high), yticks=[-15, -10, -5, 0, 5, 10, 15],
           xlabel="steps back in time, T", ylabel="length of the gradient")
    ax.set_yticklabels([f"$10^{{{k}}}$" if k else "1" for k in (-15, -10, -5, 0, 5, 10, 15)])
    ax.set_title(f"$\\rho$ = {radius:.2f}, $\\sigma_{{max}}$ = {largest:.2f}")
    after = found[-1]
    fate = ("it **vanishes**" if after < 0.01 else "it **explodes**" if after > 100 else
            "it **neither vanishes nor explodes**")
    still = (" And that with a largest singular value above 1." if after < 0.01 and largest > 1.005
             else "")
    peak = f" It had grown to {found.max():.1f} first." if after < 0.01 and found.max() > 1.2 else ""
    return (f"Spectral radius {radius:.2f}, largest singular value {largest:.2f}"
            f"{', through tanh' if bend else ''}: after {STEPS} steps back a gradient of length 1 "
            f"has length {after:.1e}; {fate}.{peak}{still}").replace("e-", "e\N{MINUS SIGN}")


# -- pictures of results -------------------------------------------------------------------------


def spans_picture(spans, cosines, size: str = "page", scheme: str = "light") -> Still:
    """How far the cut gradient points where the whole one does; ``cosines`` for each of ``spans``."""
    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        places = np.arange(len(spans))
        ax.bar(places, cosines, width=0.6, color=look.curve)
        for place, value in zip(places, cosines, strict=True):
            ax.text(place, value + 0.015, f"{value:.2f}", ha="center", va="bottom", weight="bold",
                    fontsize=look.small)
        ax.set(ylim=(0, 1.15), xlim=(-0.6, len(spans) - 0.4), xticks=places,
               xlabel="span (steps)", ylabel="cosine with the whole gradient")
        ax.set_xticklabels([str(span) for span in spans])
        ax.set_title("the cut gradient beside the whole one")
        return "Cosine between the cut and the whole dWh: " + ", ".join(
            f"span {s}: {c:.2f}" for s, c in zip(spans, cosines, strict=True)) + "."

    return Still(draw, size, scheme)


def learning_picture(losses, symbols: int, size: str = "page", scheme: str = "light") -> Still:
    """The loss of every training step; ``symbols`` gives the loss of guessing evenly."""
    losses = np.asarray(losses)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        even = np.log(symbols)
        ax.plot(np.arange(len(losses)), losses, color=look.curve)
        ax.axhline(even, color=look.quiet, ls="--", lw=look.thin)
        ax.text(len(losses), even + 0.06, f"all {symbols} symbols alike: {even:.2f}", ha="right",
                fontsize=look.small, color=look.quiet)
        ax.set(xlim=(0, len(losses)), ylim=(0, max(even, losses.max()) + 0.4),
               xlabel="training step", ylabel="loss per letter (nats)")
        last = losses[-10:].mean()
        ax.set_title(f"from {losses[0]:.2f} to {last:.2f}")
        return (f"The loss per letter falls from {losses[0]:.2f} to {last:.2f}, which is to choose "
                f"among {np.exp(last):.1f} letters instead of {np.exp(losses[0]):.0f}.")

    return Still(draw, size, scheme)


def cut_cosines(names: list[str], spans: list[int]) -> list[float]:
    """The cosine between the cut and the whole dWh, for each span, on an untrained name model."""
    params = init_sequence_model(SYMBOLS, 16, 64, np.random.default_rng(0))
    inputs, targets = pad_sequences([encode_name(name) for name in names])
    kept = {}

    def backward(dh: np.ndarray, cache: list):
        kept["dh"], kept["cache"] = dh, cache
        return rnn_backward(dh, cache)

    whole_one = sequence_loss(params, inputs, targets, Cell(1, rnn_forward, backward))[1]["Wh"]
    found = []
    for span in spans:
        cut = truncated_rnn_backward(kept["dh"], kept["cache"], span)[3]
        found.append(float((cut * whole_one).sum()
                           / (np.linalg.norm(cut) * np.linalg.norm(whole_one))))
    return found


def own_or_course(forward, backward) -> tuple[Cell | str, str]:
    """A learner's pair as a `Cell` if both are written and right, else "rnn"; and what to say.

    >>> own_or_course(rnn_forward, rnn_backward)[1]
    'Training with your own rnn_forward and rnn_backward.'
    """
    rng = np.random.default_rng(0)
    args = [rng.normal(size=shape) for shape in ((2, 3, 4), (2, 5), (4, 5), (5, 5), (5,))]
    dh = rng.normal(size=(2, 3, 5))
    try:
        h, cache = forward(*args)
        right, kept = rnn_forward(*args)
        same = np.allclose(h, right) and all(
            np.allclose(mine, true)
            for mine, true in zip(backward(dh, cache), rnn_backward(dh, kept), strict=True))
    except Exception:  # whatever a half-written answer may raise: the course's net stands in
        same = False
    if same:
        return Cell(1, forward, backward), "Training with your own rnn_forward and rnn_backward."
    return "rnn", "Training with the course's net: yours comes in as soon as its checks are green."
