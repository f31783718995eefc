"""Lesson 01 to play with: a treasure to be found by ear, and lemonade with one knob, then two."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bplib.guessing import guess_and_check, lemonade_error, tune_knobs, warmer_or_colder
from bplib.play.base import demo
from bplib.play.controls import button, choice, player, slider, switch
from bplib.play.theme import Look, mix, panels

LESSON = "01_guess_and_check"
BEACH, MIDDLE = 30, 15
TRIES = 16


# -- the treasure hunt --------------------------------------------------------------------------
def _hide(seed: int) -> dict:
    """A treasure at least 4 steps from the middle of the beach, and a hunter in the middle."""
    away = int(np.random.default_rng(seed).integers(4, MIDDLE))
    side = 1 if np.random.default_rng([seed, 1]).random() < 0.5 else -1
    return {"treasure": MIDDLE + side * away, "trail": (MIDDLE,)}


def _walk(direction: int):
    """The action of a button: one stride to a side, not beyond the edge, not after the find."""
    def action(state: dict) -> dict | None:
        here = state["trail"][-1]
        there = min(max(here + direction * state["stride"], 0), BEACH)
        if here == state["treasure"] or there == here:
            return None
        return {"trail": (*state["trail"], there)}
    return action


def _hide_again(state: dict) -> dict:
    return {"seed": state["seed"] + 1, **_hide(state["seed"] + 1)}


@demo(lesson=LESSON, name="treasure", title="Warmer, colder: find the treasure",
      sentence="A hidden treasure, and only two words to find it by.",
      question="Can you find it with as few moves as possible?",
      controls=[choice("stride", "one move is", {"1 step": 1, "4 steps": 4}, 4),
                button("◀  Left", _walk(-1), name="left", main=True),
                button("Right  ▶", _walk(1), name="right", main=True),
                button("Hide a new one", _hide_again, name="new")],
      start=_hide)
def treasure(figure: Figure, look: Look, stride: int, treasure: int, trail: tuple,
             seed: int) -> str:
    """A walk along a beach: after each move the hunter hears only whether it got warmer."""
    (ax,) = panels(figure, look)
    here, moves = trail[-1], len(trail) - 1
    found = here == treasure
    heard = warmer_or_colder(treasure, trail[-2], here) if moves else ""
    ax.axhspan(-1.2, 0, color=mix(look.paper, look.gold, 0.25), lw=0)
    shown = trail[-9:]
    for age, (a, b) in enumerate(zip(shown[-2::-1], shown[:0:-1], strict=True)):
        warm = warmer_or_colder(treasure, a, b) == "warmer"
        ax.plot([a, b], [age + 1, age], color=look.orange if warm else look.blue,
                lw=look.line, ls="-" if warm else (0, (2, 1.5)))
        if abs(a - b) > 2:
            ax.text(max(a, b) + 0.5, age + 0.5, "warmer" if warm else "colder", va="center",
                    fontsize=look.small, color=look.orange if warm else look.blue)
    ax.plot(shown[:-1], np.arange(len(shown) - 1, 0, -1), "o", color=look.path, ms=0.6 * look.dot)
    if found:
        ax.plot([treasure], [0], "*", color=look.truth, ms=3.2 * look.dot)
    ax.plot([here], [0], "o", color=look.guess, ms=1.3 * look.dot)
    ax.set(xlim=(-1, BEACH + 3.6), ylim=(-1.2, 8.8), xlabel="place on the beach (steps)",
           ylabel="moves ago")
    ax.set_yticks([0, 2, 4, 6, 8])
    ax.text(here, -0.62, "you", ha="center", va="center", weight="bold")
    if not moves:
        ax.text(MIDDLE, 4.5, "a treasure lies somewhere on this beach", ha="center",
                color=look.quiet, fontsize=look.big)
    ax.set_title("Found it!" if found else f"{heard.capitalize()}!" if heard else "Where is it?",
                 fontsize=1.4 * look.big, color=look.truth if found else
                 {"warmer": look.orange, "colder": look.blue}.get(heard, look.ink))
    if found:
        best = _fewest(treasure)
        praise = ("It cannot be done in fewer." if moves == best else
                  f"It can be done in {best}.")
        return f"**You found it at place {treasure}, in {moves} moves.** {praise}"
    if not moves:
        return "You stand at place 15. Press **Left** or **Right** and listen."
    edge = " That is the edge of the beach." if here in (0, BEACH) else ""
    return f"**{heard.capitalize()}!** You are at place {here}, after {moves} moves.{edge}"


def _fewest(treasure: int) -> int:
    """The fewest moves of 4 and 1 steps that lead from the middle to the treasure."""
    fours, ones = divmod(abs(treasure - MIDDLE), 4)
    return fours + min(ones, 5 - ones if (fours + 1) * 4 <= MIDDLE else ones)


# -- lemonade ----------------------------------------------------------------------------------
def _verdict(error: float) -> str:
    for most, words in ((0.02, "Perfect!"), (1, "Very nice."), (4, "Drinkable."), (12, "Hmm.")):
        if error <= most:
            return words
    return "Yuck!"


def _meter(ax, look: Look, error: float) -> None:
    """A taste meter: a column that is full when nothing is wrong."""
    good = 1 / (1 + error / 4)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.add_patch(Rectangle((0.35, 0.1), 0.3, 0.78, facecolor=look.panel, edgecolor=look.quiet,
                           lw=look.thin))
    ax.add_patch(Rectangle((0.35, 0.1), 0.3, 0.78 * good, lw=0,
                           facecolor=look.truth if error <= 0.02 else
                           mix(look.paper, look.gold, 0.65)))
    for level, words in ((1.0, "perfect"), (0.5, "so so"), (0.0, "yuck")):
        ax.text(0.7, 0.1 + 0.78 * level, words, va="center", color=look.quiet, fontsize=look.small)
    ax.text(0.5, 0.95, "taste", ha="center", va="bottom", weight="bold")
    ax.text(0.5, 0.01, _verdict(error).rstrip("."), ha="center", weight="bold",
            color=look.truth if error <= 0.02 else look.ink)


def _remember(*names: str):
    """Keeps what has been tasted, and clears the machine's walk when the learner moves a knob."""
    def after(state: dict, changed: str) -> dict | None:
        if changed not in names:
            return None
        sip = tuple(round(state[n], 2) for n in names)
        return {"tasted": tuple(dict.fromkeys((*state["tasted"], sip)))[-300:], "frame": 0}
    return after


@demo(lesson=LESSON, name="one_knob", title="Lemonade with one knob",
      sentence="Every sip leaves a dot: find the best jug, then watch the machine find it.",
      question="How much sugar makes the best jug, if all you know is how each jug tastes?",
      controls=[slider("sugar", "sugar (spoons)", 0, 12, 0.1, 2, show=".1f"),
                player("frame", "the machine's tries", TRIES, 0, 700)],
      start=lambda seed: {"tasted": ((2.0,),)}, after=_remember("sugar"))
def one_knob(figure: Figure, look: Look, sugar: float, frame: int, tasted: tuple,
             seed: int) -> str:
    """How wrong a jug tastes against its sugar; the machine tries both neighbours of its guess."""
    ax, meter = panels(figure, look, widths=(2.6, 1.0), bare=(1,))
    sips = np.array([s for (s,) in tasted])
    ax.plot(sips, lemonade_error(sips), "o", color=look.path, ms=0.6 * look.dot)
    path = np.array(guess_and_check(lemonade_error, 0.0, 2.0, TRIES)[: frame + 1])
    now = float(path[-1]) if frame else sugar
    if frame:
        ax.plot(path, lemonade_error(path), "s--", color=look.blame, lw=look.thin,
                ms=0.7 * look.dot)
    ax.plot([now], [lemonade_error(now)], "s" if frame else "o", ms=1.4 * look.dot,
            color=look.blame if frame else look.guess)
    ax.set(xlim=(-0.4, 12.4), ylim=(-3, 46), xlabel="sugar (spoons)", ylabel="how wrong it tastes")
    error = float(lemonade_error(now))
    _meter(meter, look, error)
    if frame:
        ax.set_title(f"the machine's try {frame}: {now:.2f} spoons")
        moved = path[-1] != path[-2]
        did = ("found a better neighbour and moved there" if moved else
               "no neighbour was better, so it **halves its step**")
        return f"The machine, try {frame}: {did}. Now {now:.2f} spoons, wrong by {error:.2f}."
    ax.set_title(f"{sugar:.1f} spoons: wrong by {error:.2f}")
    return (f"**{_verdict(error)}** {sugar:.1f} spoons of sugar are wrong by {error:.2f}. You have "
            f"tasted {len(tasted)} {'jug' if len(tasted) == 1 else 'jugs'}.")


@demo(lesson=LESSON, name="two_knobs", title="Lemonade with two knobs",
      sentence="Sugar and lemons must fit each other: turn one knob at a time.",
      question="Can you find the best jug when one knob's best place depends on the other?",
      controls=[slider("sugar", "sugar (spoons)", 0, 12, 0.2, 2, show=".1f"),
                slider("lemons", "lemons", 0, 6, 0.1, 1, show=".1f"),
                player("frame", "the machine's tries", 24, 0, 600),
                switch("reveal", "show the whole map")],
      start=lambda seed: {"tasted": ((2.0, 1.0),)}, after=_remember("sugar", "lemons"))
def two_knobs(figure: Figure, look: Look, sugar: float, lemons: float, frame: int, reveal: bool,
              tasted: tuple, seed: int) -> str:
    """The map of all jugs: the bluer a dot, the better it tastes; the machine goes knob by knob."""
    ax, meter = panels(figure, look, widths=(2.6, 1.0), bare=(1,))
    shades = [mix(look.paper, look.blue, s) for s in np.linspace(0.9, 0.08, 9)]
    levels = np.array([0, 0.3, 1, 2.5, 5, 10, 20, 40, 80, 1e4])
    if reveal:
        s, n = np.meshgrid(np.linspace(-0.5, 12.5, 40), np.linspace(-0.3, 6.3, 40))
        ax.contourf(s, n, lemonade_error(s, n), levels=levels, colors=shades)
    sips = np.array(tasted)
    ranks = np.searchsorted(levels, lemonade_error(sips[:, 0], sips[:, 1]), side="right") - 1
    ax.scatter(sips[:, 0], sips[:, 1], s=((1.1 - 0.07 * ranks) * look.dot) ** 2,
               c=[shades[r] for r in ranks], edgecolors=look.quiet, linewidths=0.8, zorder=3)
    path = tune_knobs(lemonade_error, (1.0, 0.5), 1.0, 24)[: frame + 1]
    now = path[-1] if frame else (sugar, lemons)
    if frame:
        corners = [p for a, b in zip(path, path[1:], strict=False) for p in ((b[0], a[1]), b)]
        ax.plot(*np.array([path[0], *corners]).T, "-", color=look.blame, lw=look.thin)
        ax.plot(*np.array(path).T, "s", color=look.blame, ms=0.5 * look.dot)
    ax.plot([now[0]], [now[1]], "s" if frame else "o", ms=1.4 * look.dot,
            color=look.blame if frame else look.guess, zorder=4)
    ax.set(xlim=(-0.5, 12.5), ylim=(-0.3, 6.3), xlabel="sugar (spoons)", ylabel="lemons")
    error = float(lemonade_error(*now))
    _meter(meter, look, error)
    if frame:
        ax.set_title(f"the machine's round {frame}: wrong by {error:.2f}")
        return (f"The machine, round {frame}: first the sugar, then the lemons, each to its better "
                f"neighbour. Now {now[0]:.2f} spoons, {now[1]:.2f} lemons, wrong by {error:.2f}.")
    ax.set_title(f"{sugar:.1f} spoons, {lemons:.1f} lemons: wrong by {error:.2f}")
    return (f"**{_verdict(error)}** Wrong by {error:.2f}. You have tasted {len(tasted)} "
            f"{'jug' if len(tasted) == 1 else 'jugs'}. The bigger and bluer a dot, the better.")
