"""Lesson 02, the learner's own measuring at work: a row that is too loud is turned down.

As in lesson 01, what is not written yet is stood in for by the course, and the picture says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from matplotlib.figure import Figure

from bplib.blame import chain_sensitivity, gear, lemonade, megaphone
from bplib.play.still import Still
from bplib.play.theme import Look, panels
from bplib.play.walks import remark

ROW = (gear, lemonade, megaphone)


def loudness(handle: float) -> float:
    """What comes out of the row gear, lemonade, megaphone.

    >>> loudness(1)
    441
    """
    out = handle
    for machine in ROW:
        out = machine(out)
    return out


def turns_of(measure: Callable, wanted: float, handle: float,
             turns: int) -> tuple[list[float], str]:
    """Where the handle stands before and after each turn: back by *too loud / loudness per turn*.

    Returns ``turns + 1`` numbers (fewer where a turn leads nowhere), and a sentence if it was not
    the learner's own ``measure`` that told how sensitive the row is.
    """
    note = ""
    places = [float(handle)]
    for _ in range(turns):
        try:
            strength = float(measure(list(ROW), places[-1]))
        except NotImplementedError:
            note = "Yours is not written yet, so the course measures here."
        except Exception as stopped:  # whatever a beginner's code may do: say it, and go on
            note = (f"Yours stopped ({type(stopped).__name__}: {str(stopped)[:60]}), "
                    "so the course measures here.")
        if note:
            strength = chain_sensitivity(ROW, places[-1])
        place = places[-1] - (loudness(places[-1]) - wanted) / strength if strength else math.nan
        if not math.isfinite(place) or abs(place) > 10:
            break
        places.append(place)
    return places, note


def turn_to(measure: Callable, wanted: float = 400, handle: float = 1, turns: int = 1,
            size: str = "page", scheme: str = "light") -> Still:
    """The loudness of the row before and after each turn of the handle towards ``wanted``."""
    places, note = turns_of(measure, wanted, handle, turns)
    heard = [loudness(place) for place in places]

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        ax.axhline(wanted, color=look.truth, lw=look.thin, ls=(0, (4, 2)))
        ax.plot(heard, "o-", color=look.guess, lw=look.thin)
        for turn, value in enumerate(heard[:4]):
            ax.annotate(f"{value:.1f}", (turn, value), textcoords="offset points", ha="center",
                        xytext=(0, -14 if turn else 12), va="top" if turn else "bottom",
                        weight="bold")
        span = max(abs(value - wanted) for value in heard) or 1
        ax.text(len(heard) - 0.55, wanted + 0.04 * span, "wanted", color=look.truth, ha="right",
                weight="bold", va="bottom")
        remark(ax, look, note, y=0.6)
        ax.set(xlabel="how often the handle was moved", ylabel="loudness",
               xlim=(-0.5, len(heard) - 0.5),
               ylim=(min(*heard, wanted) - 0.35 * span, max(*heard, wanted) + 0.35 * span))
        ax.set_xticks(range(len(heard)))
        ax.set_title(f"from {heard[0]:.0f} to {heard[-1]:.1f}; wanted: {wanted:g}")
        words = (f"The handle goes from {places[0]:g} to {places[-1]:.4f}, and the loudness from "
                 f"{heard[0]:.0f} to **{heard[-1]:.1f}**; wanted is {wanted:g}.")
        return f"{note} {words}".strip()

    return Still(draw, size, scheme)
