"""Lesson 01, the learner's own machine at work: pictures of where it walked, and what it found.

Each takes the learner's ``guess_and_check``. Where that is not written yet, or stops, the machine
of the course walks in its place and the picture says so: it never stands in a learner's way.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bplib.guessing import LEMONS, SUGAR_PER_LEMON, guess_and_check, lemonade_error
from bplib.play.said import Said
from bplib.play.still import Still
from bplib.play.theme import Look, panels

BEST = SUGAR_PER_LEMON * LEMONS
FARTHEST = 100  # a secret number lies between 0 and this
SECRET_TRIES = 40


def walk_of(machine: Callable, error: Callable, start: float, step: float,
            tries: int) -> tuple[list[float], str]:
    """The guesses of a learner's machine, a list of numbers, and a remark if they are not its own.

    >>> walk_of(guess_and_check, abs, 2, 1, 3)
    ([2.0, 1.0, 0.0, 0.0], '')
    """
    try:
        path = [float(guess) for guess in machine(error, start, step, tries)]
        if path and np.isfinite(path).all():
            return path, ""
        trouble = "Your machine gave back no numbers"
    except NotImplementedError:
        trouble = "Your machine is not written yet"
    except Exception as stopped:  # whatever a beginner's code may do: say it, and go on
        trouble = f"Your machine stopped ({type(stopped).__name__}: {str(stopped)[:60]})"
    path = [float(guess) for guess in guess_and_check(error, start, step, tries)]
    return path, f"{trouble}, so the machine of the course walks here."


def remark(ax: Axes, look: Look, note: str, x: float = 0.97, y: float = 0.06) -> None:
    """Puts a sentence into the picture, bottom right, where everybody sees it."""
    if note:
        ax.text(x, y, textwrap.fill(note, 52), transform=ax.transAxes, ha="right", va="bottom",
                color=look.ink, fontsize=look.small, bbox={"facecolor": look.panel, "pad": 5.0,
                                                           "edgecolor": look.quiet})


def watch(machine: Callable, start: float = 0, step: float = 2, tries: int = 16,
          size: str = "page", scheme: str = "light") -> Still:
    """Every guess of ``machine`` on its way to the best lemonade, try by try (in spoons)."""
    path, note = walk_of(machine, lemonade_error, start, step, tries)
    error = float(lemonade_error(path[-1]))

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        ax.axhline(BEST, color=look.truth, lw=look.thin)
        ax.text(0.99, BEST + 0.45, "the best jug", color=look.truth, weight="bold", ha="right",
                va="bottom", transform=ax.get_yaxis_transform())
        ax.plot(path, "s--", color=look.blame, lw=look.thin, ms=0.75 * look.dot)
        ax.plot([len(path) - 1], path[-1:], "s", color=look.blame, ms=1.4 * look.dot)
        low, high = min(*path, 0.0), max(*path, 8.0)
        ax.set(xlabel="tries", ylabel="sugar (spoons)", ylim=(low - 0.6, high + 0.6),
               xlim=(-0.5, max(len(path) - 0.5, 4)))
        remark(ax, look, note)
        ax.set_title(f"after {_tries(len(path) - 1)}: {path[-1]:.2f} spoons, wrong by {error:.2f}")
        return _joined(note, f"It begins at {path[0]:g} spoons with steps of {step:g}. After "
                             f"{_tries(len(path) - 1)} it is at **{path[-1]:.2f} spoons**, wrong "
                             f"by {error:.2f}.")

    return Still(draw, size, scheme)


def race(machine: Callable, first_step: float, second_step: float, tries: int = 16,
         size: str = "page", scheme: str = "light") -> Still:
    """Two machines that begin at 0 spoons with steps of different size, side by side."""
    walks = [walk_of(machine, lemonade_error, 0, step, tries) for step in (first_step, second_step)]
    note = walks[0][1] or walks[1][1]

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        colours, marks = (look.curve, look.guess), ("o-", "s--")
        ends = [path[-1] for path, _ in walks]
        for (path, _), step, colour, mark in zip(walks, (first_step, second_step), colours, marks,
                                                 strict=True):
            ax.plot(path, mark, color=colour, lw=look.thin, ms=0.6 * look.dot)
            other = ends[0] if path[-1] == ends[1] else ends[1]
            ax.annotate(f"steps of {step:g}", (len(path) - 1, path[-1]), ha="right", color=colour,
                        va="bottom" if path[-1] >= other else "top", weight="bold",
                        xytext=(0, 9 if path[-1] >= other else -9), textcoords="offset points")
        both = [guess for path, _ in walks for guess in path]
        ax.set(xlabel="tries", ylabel="sugar (spoons)",
               ylim=(min(*both, 0) - 1.2, max(*both, 8) + 1.0))
        remark(ax, look, note, y=0.36)
        wrong = [float(lemonade_error(end)) for end in ends]
        ax.set_title(f"after {_tries(tries)}: wrong by {wrong[0]:.2f} and by {wrong[1]:.2f}")
        return _joined(note, f"With steps of {first_step:g} it is at {ends[0]:.2f} spoons after "
                             f"{_tries(tries)}, with steps of {second_step:g} at {ends[1]:.2f}.")

    return Still(draw, size, scheme)


def hide_and_seek(machine: Callable, lucky_number: int) -> Said:
    """Hides a number between 0 and 100 that nobody has seen, and lets ``machine`` look for it.

    >>> hide_and_seek(guess_and_check, 7).kind
    'yes'
    """
    secret = float(np.random.default_rng(abs(int(lucky_number))).uniform(0, FARTHEST))
    path, note = walk_of(machine, lambda guess: abs(guess - secret), 0, 8, SECRET_TRIES)
    found = abs(path[-1] - secret) < 0.01
    text = (f"Hidden number {lucky_number}: the machine says **{path[-1]:.2f}** after "
            f"{len(path) - 1} tries. The number that was hidden: **{secret:.2f}**.")
    return Said(_joined(note, text), "yes" if found else "no")


def _tries(number: int) -> str:
    return "1 try" if number == 1 else f"{number} tries"


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
