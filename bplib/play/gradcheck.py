"""Lesson 08 to play with: how large a nudge should be, what gradients cost, five suspects."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from bplib.gradcheck import forward_passes
from bplib.play.base import demo
from bplib.play.controls import choice, log_slider
from bplib.play.stars import seconds
from bplib.play.still import Still
from bplib.play.theme import Look, panels

LESSON = "08_gradient_checking"
PLACE = 1.0
NAMES = {"forward": "forward difference", "central": "central difference",
         "complex": "complex step"}
KINDS = {"float64": (np.float64, np.complex128), "float32": (np.float32, np.complex64)}
LABELS = {"forward": (1e-3, 30), "central": (4e-3, 0.03), "complex": (1e-12, 90)}  # place, how high
FLOOR = 1e-18  # where an error of exactly 0 is drawn
LOW, HIGH = 1e-16, 0.1


def wave(x):
    """The function of the widget, ``exp(x) * sin(x)``, for real and complex x of any precision."""
    return np.exp(x) * np.sin(x)


TRUE_SLOPE = float(np.exp(PLACE) * (np.sin(PLACE) + np.cos(PLACE)))


def measured_slope(way: str, kind: str, h: float) -> float:
    """The slope of ``wave`` at 1 by one way of nudging, in one precision.

    >>> abs(measured_slope("central", "float64", 1e-5) - TRUE_SLOPE) < 1e-9
    True
    """
    real, complicated = KINDS[kind]
    x, step = real(PLACE), real(h)
    if way == "complex":
        return float(wave(complicated(complex(x, step))).imag / step)
    back, width = (x, step) if way == "forward" else (x - step, 2 * step)
    return float((wave(x + step) - wave(back)) / width)


def slope_error(way: str, kind: str, h: float) -> float:
    """The relative error of ``measured_slope``: 0 is exact, 1 is all wrong."""
    return min(1.0, abs(measured_slope(way, kind, h) - TRUE_SLOPE) / TRUE_SLOPE)


@cache
def error_curve(way: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Nudges from ``LOW`` to ``HIGH`` and the relative error that each of them gives."""
    hs = np.logspace(np.log10(LOW), np.log10(HIGH), 181)
    return hs, np.array([max(slope_error(way, kind, h), FLOOR) for h in hs])


@demo(lesson=LESSON, name="nudges", title="How small should a nudge be?",
      sentence="The error of a measured slope against the size of the nudge, in two precisions.",
      question="Where is the best nudge for each way of measuring, and what spoils smaller ones?",
      controls=[choice("way", "measured by", {"forward difference": "forward", "central difference":
                                              "central", "complex step": "complex"}, "forward"),
                choice("kind", "computed in", ["float64", "float32"], "float64"),
                log_slider("h", "nudge h", LOW, HIGH, 0.1)])
def nudges(figure: Figure, look: Look, way: str, kind: str, h: float, seed: int) -> str:
    """Relative error against h, both on logarithmic scales; the other ways stand pale behind."""
    (ax,) = panels(figure, look)
    for other, (place, up) in LABELS.items():
        if other != way:
            ax.plot(*error_curve(other, kind), color=look.quiet, lw=0.6 * look.thin)
            height = up * max(slope_error(other, kind, place), 1e-16)
            ax.text(place, height, NAMES[other].split()[0], color=look.quiet,
                    fontsize=look.small, ha="right" if up > 1 else "left", va="center",
                    path_effects=look.halo())
    hs, errors = error_curve(way, kind)
    ax.plot(hs, errors, color=look.curve)
    error = max(slope_error(way, kind, h), FLOOR)
    ax.plot([h], [error], "o", color=look.guess, ms=1.2 * look.dot)
    ax.set(xscale="log", yscale="log", xlim=(LOW / 3, HIGH * 3), ylim=(FLOOR / 5, 20),
           xlabel="nudge h", ylabel="relative error")
    ax.set_xticks([1e-16, 1e-12, 1e-8, 1e-4], _powers(16, 12, 8, 4))
    ax.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1], [*_powers(16, 12, 8, 4), "1"])
    ax.set_title(f"{NAMES[way]}, {kind}: error {_short(error)}")
    best = float(hs[np.argmin(errors)])
    return _nudge_words(way, kind, h, error, best, float(errors.min()))


def _nudge_words(way: str, kind: str, h: float, error: float, best: float, least: float) -> str:
    head = f"A nudge of {h:g} gives the slope with a relative error of **{_short(error)}**.\n"
    if way == "complex":
        tiny = "Nothing is subtracted, so **nothing is lost**, however small the nudge."
        return head + (tiny if h < 1e-4 else "The curve still bends within this nudge.")
    if error >= 1:
        return head + "The nudge is lost: beside x it is **too small to change anything** by."
    if h > 10 * best:
        return head + "Too large: the curve bends within the nudge. **A smaller one is better.**"
    if h < best / 10:
        return head + ("Too small: two nearly equal numbers are subtracted and their rounding is "
                       "left. **A larger one is better.**")
    return head + (f"That is about as good as it gets in {kind}: around h = {best:.0e} the error "
                   f"is {least:.0e}.")


def _short(error: float) -> str:
    """An error as text; 0 where it is drawn on the floor.

    >>> _short(0.25), _short(3.2e-9), _short(1e-18)
    ('0.25', '3e-09', '0')
    """
    if error <= FLOOR:
        return "0"
    return f"{error:.2g}" if error >= 0.01 else f"{error:.0e}"


def _powers(*exponents: int) -> list[str]:
    return [rf"$10^{{-{n}}}$" for n in exponents]


def cost_picture(parameters: int, one_pass: float, size: str = "page",
                 scheme: str = "light") -> Still:
    """What one gradient costs by each method, for a net whose passes take ``one_pass`` seconds."""
    costs = {m: forward_passes(parameters, m) * one_pass
             for m in ("central difference", "forward difference", "backprop")}

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        low, high = costs["backprop"] / 6, costs["central difference"] * 4
        for place, (name, cost) in enumerate(costs.items()):
            colour = look.curve if name == "backprop" else look.blame
            ax.plot([low, cost], [-place, -place], color=colour, lw=4 * look.line,
                    solid_capstyle="butt")
            passes = forward_passes(parameters, name)
            ax.text(low * 1.15, -place + 0.3, f"{name}: {passes:,} passes, {seconds(cost)}",
                    va="bottom", fontsize=look.small, weight="bold")
        ax.set(xscale="log", xlim=(low, high), ylim=(-2.5, 0.9), yticks=[],
               xlabel="time for one gradient (seconds)")
        ax.grid(False, axis="y")
        ax.set_title(f"one gradient of {parameters:,} parameters")
        said = "; ".join(f"{name} {seconds(cost)}" for name, cost in costs.items())
        return f"One gradient of {parameters:,} parameters costs: {said}."

    return Still(draw, size, scheme)


def suspects_picture(errors: dict[str, float], size: str = "page", scheme: str = "light") -> Still:
    """The relative error of each gradient, and the two lines that decide; ``errors`` by name."""

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        low = 1e-12
        for place, error in enumerate(errors.values()):
            guilty = error > 1e-3
            ax.plot([place, place], [low, max(error, 2 * low)], lw=6 * look.line,
                    color=look.guess if guilty else look.truth, solid_capstyle="butt")
            ax.text(place, max(error, 2 * low) * 2, "wrong" if guilty else "right", ha="center",
                    va="bottom", weight="bold", fontsize=look.small)
        for line, words in ((1e-3, "wrong above"), (1e-6, "right below")):
            ax.axhline(line, color=look.quiet, lw=look.thin, ls=(0, (4, 2)))
            ax.text(len(errors) + 0.45, line * 1.6, words, ha="right", va="bottom",
                    fontsize=look.small, color=look.quiet)
        ax.set(yscale="log", ylim=(low, 60), xlim=(-0.6, len(errors) + 0.5),
               xticks=range(len(errors)), ylabel="relative error")
        ax.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1], [*_powers(12, 9, 6, 3), "1"])
        ax.set_xticklabels(list(errors))
        ax.grid(False)
        wrong = [name for name, error in errors.items() if error > 1e-3]
        ax.set_title(f"{len(wrong)} of {len(errors)} are wrong" if wrong else "all are right")
        said = "; ".join(f"{name} {error:.0e}" for name, error in errors.items())
        return (f"Relative errors: {said}. " + (f"Wrong: {', '.join(wrong)}." if wrong else
                                               "None is above 1e-3, all are below 1e-6."))

    return Still(draw, size, scheme)
