"""Lesson 10 to play with: gradients through twenty layers, a saddle, and pictures of what went wrong."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from bplib.play.base import demo
from bplib.play.controls import choice, log_slider
from bplib.play.still import Still
from bplib.play.theme import Look, mix, panels
from bplib.play.trouble_nets import CURES, deep_weights, look_inside
from bplib.play.trouble_runs import digits

LESSON = "10_training_troubles"
DEPTH, WIDTH = 20, 64
SHOWN = (1e-14, 1e4)  # what the axis of the gradients can show


# -- gradients, layer by layer -------------------------------------------------------------------


@cache
def sizes_by_layer(gain: float, bend: str, cure: str) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of outputs and of gradients ``(20,)`` in a stack of 20 layers that has learned nothing.

    Weights have spread ``gain / sqrt(64)``; the input is 128 handwritten digits.
    """
    x, y, _, _ = digits()
    weights = deep_weights([WIDTH] * (DEPTH + 1) + [10], gain, np.random.default_rng(0))
    with np.errstate(all="ignore"):
        _, outs, douts = look_inside(x[:128], y[:128], weights, bend, cure)
    return outs, douts


@demo(lesson=LESSON, name="by_layer", title="How much blame reaches the first layer?",
      sentence="Twenty layers, one slider for the size of the first weights, and the gradient in each.",
      question="Which gain lets the same gradient reach all 20 ReLU layers?",
      controls=[log_slider("gain", "gain: spread of the weights, times 8", 0.5, 4.0, 0.5),
                choice("bend", "bend", ["relu", "tanh", "sigmoid"], "relu"),
                choice("cure", "cure", list(CURES), "none")])
def by_layer(figure: Figure, look: Look, gain: float, bend: str, cure: str, seed: int) -> str:
    """Size of the gradient at every hidden layer, on a logarithmic axis."""
    outs, douts = sizes_by_layer(gain, bend, cure)
    (ax,) = panels(figure, look)
    layers = np.arange(1, DEPTH + 1)
    ax.plot(layers, np.clip(outs, *SHOWN), color=look.curve, ls="-")
    ax.plot(layers, np.clip(douts, *SHOWN), color=look.blame, ls=(0, (3, 1.5)))
    ax.set(yscale="log", ylim=SHOWN, xlim=(0.5, DEPTH + 6.5), xlabel="hidden layer",
           ylabel="size (root mean square)")
    ax.set_yticks([1e-12, 1e-8, 1e-4, 1.0, 1e4])
    ax.set_xticks([1, 5, 10, 15, 20])
    tops = np.log10(np.clip([outs[-1], douts[-1]], *SHOWN))
    nudge = 1.0 if abs(tops[0] - tops[1]) < 2 else 0.0
    for name, value, colour, way in (("outputs", tops[0], look.curve, nudge),
                                     ("gradients", tops[1], look.blame, -nudge)):
        ax.text(DEPTH + 0.6, 10 ** float(np.clip(value + way, -13, 3.2)), name, color=colour,
                weight="bold", va="center", fontsize=look.small)
    share = douts[0] / douts[-1]
    ax.set_title(f"first layer's gradient: {share:.2g} of the last one's")
    if share < 1e-2:
        verdict = "The gradient **vanishes**: the first layers hear next to nothing."
    elif share > 1e2:
        verdict = "The gradient **explodes** on its way back."
    else:
        verdict = "The gradient arrives: **all layers hear about the mistake**."
    return (f"{verdict}\nOutputs go from size {outs[0]:.2g} to {outs[-1]:.2g} on the way forward, "
            f"gradients from {douts[-1]:.2g} to {douts[0]:.2g} on the way back.")


# -- a saddle ------------------------------------------------------------------------------------

RATE, START, LONGEST = 0.1, 1.2, 400


def saddle_height(x, y):
    """A pass between two valleys: ``x**2 / 2 - y**2 / 2 + y**4 / 4``, lowest at y = 1 and -1."""
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def saddle_walk(offset: float, steps: int = LONGEST) -> np.ndarray:
    """Places ``(steps + 1, 2)`` of descent with rate 0.1 from x = 1.2 and y = ``offset``."""
    walk = np.empty((steps + 1, 2))
    walk[0] = START, offset
    for i in range(steps):
        x, y = walk[i]
        walk[i + 1] = x - RATE * x, y - RATE * (y**3 - y)
    return walk


def steps_to_leave(walk: np.ndarray) -> int | None:
    """Steps until the walk is nearer to a valley than to the pass (|y| > 1/2); None: not yet."""
    away = np.abs(walk[:, 1]) > 0.5
    return int(away.argmax()) if away.any() else None


@demo(lesson=LESSON, name="saddle", title="A flat place that is no valley",
      sentence="Descent comes down to a mountain pass. How long does it stay there?",
      question="Start ten times closer to the middle: how many more steps does it take to leave?",
      controls=[log_slider("offset", "start beside the middle, at y =", 1e-8, 0.1, 0.01)])
def saddle(figure: Figure, look: Look, offset: float, seed: int) -> str:
    """The walk seen from above, and its height against steps: a long level stretch, then down."""
    walk = saddle_walk(offset)
    above, side = panels(figure, look, widths=(1.0, 1.25))
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 60), np.linspace(-1.5, 1.5, 60))
    above.contour(x, y, saddle_height(x, y), levels=np.linspace(-0.24, 1.4, 12),
                  colors=[look.quiet], linewidths=look.thin / 2)
    above.plot(walk[:, 0], walk[:, 1], color=look.guess)
    above.plot(*walk[0], "o", color=look.guess)
    above.plot([0, 0], [-1, 1], "D", color=look.truth, ms=0.7 * look.dot)
    above.plot([0], [0], "x", color=look.ink, ms=0.8 * look.dot, mew=look.thin)
    above.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), xlabel="x", ylabel="y")
    above.set_title("from above")
    side.plot(saddle_height(walk[:, 0], walk[:, 1]), color=look.curve)
    side.set(xlabel="steps", ylabel="height", xlim=(0, LONGEST), ylim=(-0.3, 0.8))
    left = steps_to_leave(walk)
    side.set_title(f"{left} steps to leave")
    return (f"Starting at y = {offset:g}, it takes **{left} steps** to leave the pass (the cross) "
            "for a valley (the diamonds).\nOn the pass the slope is almost 0, and yet it is no "
            "lowest place: it goes down on two sides.")


# -- pictures of results -------------------------------------------------------------------------


def lines_picture(title: str, xlabel: str, ylabel: str, lines: dict, log: bool = False,
                  limits: tuple | None = None, mark: float | None = None, size: str = "page",
                  scheme: str = "light") -> Still:
    """Up to four named lines ``{name: (steps,)}`` against 1, 2, 3, ..., each named at its end.

    ``mark`` draws an upright line there; ``limits`` are those of the upright axis.
    """
    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        longest = max(map(len, lines.values()))
        colours = (look.curve, look.blame, look.truth, look.guess)
        styles = ("-", (0, (3, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
        if log:
            ax.set_yscale("log")
        for (_, values), colour, style in zip(lines.items(), colours, styles, strict=False):
            ax.plot(np.arange(1, len(values) + 1), values, color=colour, ls=style)
        low, high = limits or ax.get_ylim()
        ax.set(xlim=(0, 1.3 * longest), ylim=(low, high), xlabel=xlabel, ylabel=ylabel)
        for name, place, colour in zip(
                lines, _apart([v[-1] for v in lines.values()], low, high, log), colours,
                strict=False):
            ax.text(1.02 * longest, place, name, color=colour, weight="bold", va="center",
                    fontsize=look.small)
        if mark is not None:
            ax.axvline(mark, color=look.ink, lw=look.thin, ls=(0, (2, 2)))
        ax.set_title(title)
        ends = ", ".join(f"{name} ends at {values[-1]:.3g}" for name, values in lines.items())
        return f"{title}: {ends} ({ylabel}, after {longest} {xlabel})."

    return Still(draw, size, scheme)


def _apart(values, low: float, high: float, log: bool) -> list[float]:
    """Heights for labels near ``values``, moved apart so that none covers another."""
    ease, back = (np.log10, lambda v: 10**v) if log else (float, float)
    bottom, top = ease(low), ease(high)
    gap, places = 0.075 * (top - bottom), {}
    last = -np.inf
    for i in np.argsort(values):
        place = max(float(np.clip(ease(values[i]), bottom + gap, top - gap)), last + gap)
        places[int(i)] = last = place
    return [float(back(places[i])) for i in range(len(values))]


def histogram_picture(title: str, values, xlabel: str, ylabel: str, edges, size: str = "page",
                      scheme: str = "light") -> Still:
    """How many of ``values (n,)`` fall between which ``edges``."""
    counts, edges = np.histogram(values, bins=edges)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        ax.bar(edges[:-1], counts, width=0.9 * np.diff(edges), align="edge", color=look.curve)
        for edge, wide, count in zip(edges, np.diff(edges), counts, strict=False):
            if count:
                ax.text(edge + 0.45 * wide, count, str(count), ha="center", va="bottom",
                        fontsize=look.small)
        ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, 1.15 * counts.max()))
        ax.set_title(title)
        return f"{title}. Counts from left to right: {', '.join(map(str, counts))}."

    return Still(draw, size, scheme)


def table_picture(title: str, values, rows, columns, row_name: str, column_name: str,
                  size: str = "page", scheme: str = "light") -> Still:
    """A table of shares ``(rows, columns)``, each cell the darker the higher, its number in it."""
    values = np.asarray(values)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look, grid=False)
        for i, j in np.ndindex(values.shape):
            share = (values[i, j] - values.min()) / max(np.ptp(values), 1e-9)
            ax.add_patch(_tile(j, i, mix(look.paper, look.blue, 0.9 * share)))
            dark = share > 0.55
            ax.text(j, i, f"{values[i, j]:.0%}", ha="center", va="center", fontsize=look.text,
                    color=look.paper if dark else look.ink, weight="bold")
        ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5), xlabel=column_name,
               ylabel=row_name)
        ax.set_xticks(range(len(columns)), [f"{c:g}" for c in columns])
        ax.set_yticks(range(len(rows)), [f"{r:g}" for r in rows])
        ax.set_title(title)
        best = np.unravel_index(values.argmax(), values.shape)
        return (f"{title}: best is {values.max():.0%}, at {column_name} {columns[best[1]]:g} and "
                f"{row_name} {rows[best[0]]:g}.")

    return Still(draw, size, scheme)


def _tile(x: float, y: float, colour):
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour)
