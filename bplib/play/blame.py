"""Lesson 02 to play with: a row of machines to nudge, blame that walks back, paths that meet."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from bplib.blame import (
    gear,
    gear_sensitivity,
    lemonade,
    lemonade_sensitivity,
    megaphone,
    megaphone_sensitivity,
    pass_blame_back,
    total_blame,
)
from bplib.play.base import demo
from bplib.play.controls import choice, player, slider, whole
from bplib.play.theme import Look, panels

LESSON = "02_passing_blame"
ROW = (("gear", gear, gear_sensitivity, "× 3"),
       ("lemonade", lemonade, lemonade_sensitivity, "s × (10 − s)"),
       ("megaphone", megaphone, megaphone_sensitivity, "v × v"))
PLACES = ("handle", "spoons", "voice", "loudness")
SPOTS = (6.0, 35.0, 65.0, 94.0)  # where the numbers stand; the machines stand between them


def _canvas(figure: Figure, look: Look):
    """An empty sheet of 100 x 50 to draw machines on."""
    (ax,) = panels(figure, look, bare=(0,))
    ax.set(xlim=(0, 100), ylim=(0, 50))
    return ax


def _box(ax, look: Look, x: float, y: float, name: str, rule: str, wide: float = 18.5) -> None:
    """A machine: a box with its name and what it does."""
    ax.add_patch(FancyBboxPatch((x - wide / 2, y - 5.5), wide, 11, linewidth=look.thin,
                                boxstyle="round,pad=0,rounding_size=2", facecolor=look.panel,
                                edgecolor=look.quiet))
    ax.text(x, y + 1.7, name, ha="center", va="center", weight="bold",
            fontsize=0.93 * look.text)
    ax.text(x, y - 2.6, rule, ha="center", va="center", color=look.quiet, fontsize=look.small)


def _arrow(ax, look: Look, start: tuple, end: tuple, colour: str, back: bool = False,
           bend: float = 0.0) -> None:
    """An arrow; those that run backward are dashed."""
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=1.6 * look.text,
                                 lw=look.thin + 0.4, color=colour, shrinkA=0, shrinkB=0,
                                 ls=(0, (4, 2)) if back else "-",
                                 connectionstyle=f"arc3,rad={bend}"))


def _number(value: float, sign: bool = False) -> str:
    """A number short enough for a picture, with a real minus."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "+0") else text).replace("-", "−")


def _values(turns: float) -> list[float]:
    """What stands before, between and after the machines: handle, spoons, voice, loudness."""
    values = [turns]
    for _, machine, _, _ in ROW:
        values.append(machine(values[-1]))
    return values


def _draw_row(ax, look: Look, values: list[float], y: float) -> None:
    """The three machines with the numbers that run through them, left to right."""
    for i, (name, _, _, rule) in enumerate(ROW):
        middle = (SPOTS[i] + SPOTS[i + 1]) / 2
        _box(ax, look, middle, y, name, rule)
        _arrow(ax, look, (SPOTS[i] - 4.5, y), (middle - 9.5, y), look.curve)
    _arrow(ax, look, ((SPOTS[2] + SPOTS[3]) / 2 + 9.5, y), (98.5, y), look.curve)
    for x, place, value in zip(SPOTS, PLACES, values, strict=True):
        ax.text(x, y + 2.4, _number(value), ha="center", va="bottom", weight="bold",
                color=look.curve, fontsize=look.text, path_effects=look.halo())
        ax.text(x, y - 9.5, place, ha="center", va="center", color=look.quiet,
                fontsize=look.small)


# -- nudging -------------------------------------------------------------------------------------
@demo(lesson=LESSON, name="nudge", title="Three machines in a row: nudge one, watch the end",
      sentence="A small nudge anywhere in the row moves everything that comes after it.",
      question="Where does a nudge of the same size move the loudness most?",
      controls=[slider("turns", "the handle", 0.1, 3.2, 0.1, 1.0, show=".1f"),
                choice("where", "nudge", {"the handle": 0, "the spoons": 1, "the voice": 2}, 0),
                slider("amount", "size of the nudge", -0.5, 0.5, 0.05, 0.1)])
def nudge(figure: Figure, look: Look, turns: float, where: int, amount: float, seed: int) -> str:
    """The row runs once as it is and once with a number nudged; what moved stands below."""
    before = _values(turns)
    after = before[: where] + [before[where] + amount]
    for _, machine, _, _ in ROW[where:]:
        after.append(machine(after[-1]))
    ax = _canvas(figure, look)
    _draw_row(ax, look, before, 37)
    for i in range(where, 4):
        ax.text(SPOTS[i], 15, _number(after[i] - before[i], sign=True), ha="center", va="center",
                color=look.guess, weight="bold", fontsize=look.big)
    for i in range(where, 3):
        _arrow(ax, look, (SPOTS[i] + 6.5, 15), (SPOTS[i + 1] - 6.5, 15), look.guess)
        factor = (after[i + 1] - before[i + 1]) / (after[i] - before[i]) if amount else 0
        if amount:
            ax.text((SPOTS[i] + SPOTS[i + 1]) / 2, 17, f"× {_number(factor)}", ha="center",
                    va="bottom", color=look.quiet, fontsize=look.text)
    moved = after[3] - before[3]
    ax.text(SPOTS[where], 9, "the nudge", ha="center", va="center", color=look.guess,
            fontsize=look.small)
    ax.set_title(f"the end moves by {_number(moved, sign=True)}")
    if not amount:
        return "No nudge, no move. Pull the last slider to one side."
    return (f"A nudge of {_number(amount, sign=True)} at the {PLACES[where]} moves the loudness by "
            f"**{_number(moved, sign=True)}**: {_number(moved / amount)} times as much. "
            "The factors along the way multiply.")


# -- backward ----------------------------------------------------------------------------------
@demo(lesson=LESSON, name="blame_back", title="Run the row backward: the blame comes back",
      sentence="Each machine multiplies the blame it gets by its own sensitivity, from the end on.",
      question="Which machine makes the blame bigger, and when does one make it vanish?",
      controls=[slider("turns", "the handle", 0.1, 3.2, 0.1, 1.0, show=".1f"),
                whole("blame", "blame at the end", -3, 3, 1),
                player("frame", "steps back", 3, 3, 1200)])
def blame_back(figure: Figure, look: Look, turns: float, blame: int, frame: int,
               seed: int) -> str:
    """Values run forward on top, blame backward below: ``blame before = sensitivity * after``."""
    values = _values(turns)
    sensitivities = [s(v) for (_, _, s, _), v in zip(ROW, values, strict=False)]
    blames = pass_blame_back(sensitivities, blame)
    ax = _canvas(figure, look)
    _draw_row(ax, look, values, 37)
    for i in range(3, 2 - frame, -1):
        ax.text(SPOTS[i], 11, _number(blames[i]), ha="center", va="center", color=look.blame,
                weight="bold", fontsize=look.big)
    for i in range(2, 2 - frame, -1):
        middle = (SPOTS[i] + SPOTS[i + 1]) / 2
        _arrow(ax, look, (SPOTS[i + 1] - 6, 11), (SPOTS[i] + 6, 11), look.blame, back=True)
        ax.text(middle, 13.5, f"× {_number(sensitivities[i])}", ha="center", va="bottom",
                color=look.ink, weight="bold", fontsize=look.text)
    ax.text(50, 3, "blame runs from right to left; × is each machine's sensitivity",
            ha="center", va="center", color=look.quiet, fontsize=look.small)
    ax.set_title(f"blame at the {PLACES[3 - frame]}: {_number(blames[3 - frame])}")
    if frame == 0:
        return (f"The end is blamed with {_number(blame)}. Step back: what does the megaphone "
                "hand on?")
    name, factor = ROW[3 - frame][0], sensitivities[3 - frame]
    gone = (" At 5 spoons the lemonade is at its best: a little more or less changes nothing, so "
            "no blame gets past it." if frame > 1 and abs(sensitivities[1]) < 1e-9 else "")
    return (f"The {name} got the blame {_number(blames[4 - frame])} and hands on "
            f"{_number(factor)} times as much: **{_number(blames[3 - frame])}**.{gone}")


# -- two paths ---------------------------------------------------------------------------------
@demo(lesson=LESSON, name="two_paths", title="Two paths that meet: the blames add",
      sentence="One knob reaches the end by two roads; multiply along each, then add.",
      question="When do the two roads cancel, so that the knob is not to blame at all?",
      controls=[slider("a", "gear, upper road", -4, 4, 0.5, 2, show=".1f"),
                slider("b", "belt, upper road", -4, 4, 0.5, 3, show=".1f"),
                slider("c", "rope, lower road", -12, 12, 0.5, 5, show=".1f"),
                whole("blame", "blame at the end", -3, 3, 1)])
def two_paths(figure: Figure, look: Look, a: float, b: float, c: float, blame: int,
              seed: int) -> str:
    """``blame of the knob = (a * b + c) * blame``: products along roads, their sum at the knob."""
    total = total_blame([[a, b], [c]], blame)
    ax = _canvas(figure, look)
    _box(ax, look, 8, 25, "knob", f"blame {_number(total)}", 15.5)
    _box(ax, look, 33, 39, "gear", f"× {_number(a)}")
    _box(ax, look, 63, 39, "belt", f"× {_number(b)}")
    _box(ax, look, 48, 11, "rope", f"× {_number(c)}")
    _box(ax, look, 91, 25, "end", f"blame {_number(blame)}", 15.5)
    _arrow(ax, look, (8, 31), (23, 41), look.curve, bend=-0.3)
    _arrow(ax, look, (43, 41), (53, 41), look.curve)
    _arrow(ax, look, (73, 41), (92, 31), look.curve, bend=-0.3)
    _arrow(ax, look, (8, 19), (38, 9), look.curve, bend=0.3)
    _arrow(ax, look, (58, 9), (92, 19), look.curve, bend=0.3)
    for start, stop in (((83, 28), (66, 33.2)), ((53.5, 37), (42.5, 37)), ((30, 33.2), (16, 28)),
                        ((83, 22), (57, 16.2)), ((39, 16.2), (16, 22))):
        _arrow(ax, look, start, stop, look.blame, back=True)
    for y, text in ((28.4, f"{_number(a)} × {_number(b)} × {_number(blame)} = "
                           f"{_number(a * b * blame)}"),
                    (22.4, f"{_number(c)} × {_number(blame)} = {_number(c * blame)}")):
        ax.text(48, y, text, ha="center", va="center", color=look.blame, weight="bold",
                fontsize=look.text)
    ax.set_title(f"blame of the knob: {_number(a * b * blame)} + {_number(c * blame)} = "
                 f"{_number(total)}")
    if blame == 0:
        return "No blame at the end, none anywhere."
    if total == 0:
        return ("**The roads cancel.** Turning the knob moves the end as much up by one road as "
                "down by the other: it is not to blame.")
    return (f"Along the upper road the factors multiply to {_number(a * b)}, the lower has "
            f"{_number(c)}. Where they meet they add: {_number(a * b + c)}, times the blame "
            f"{_number(blame)}: **{_number(total)}**.")
