"""Lesson 03 to play with: a chord that turns tangent, a step that explodes, a trap, a bowl."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bplib.descent import gradient_descent, long_bowl, long_bowl_gradient, two_valleys_slope
from bplib.descent import two_valleys as two_valleys_height
from bplib.play.base import demo
from bplib.play.controls import choice, log_slider, player, slider
from bplib.play.surface import draw_surface, levels, shades
from bplib.play.theme import Look, panels

LESSON = "03_slopes_and_steps"
STEPS = 30
FAR = 1e6  # where a runaway path is cut off: far outside every picture


def roll(df, start, rate: float, steps: int = STEPS) -> np.ndarray:
    """The walk of ``bplib.descent.gradient_descent``, ``(steps + 1, ...)``, held within +-1e6."""
    return np.clip(gradient_descent(df, start, rate, steps), -FAR, FAR)


# -- the tangent -------------------------------------------------------------------------------
HILLS = {
    "valley": (lambda x: 0.5 * x**2, "height = x²/2"),
    "hills": (lambda x: 2.2 + 1.4 * np.sin(1.5 * x) + 0.25 * x,
              "height = 2.2 + 1.4 sin(1.5 x) + x/4"),
}


@demo(lesson=LESSON, name="tangent", title="How steep is the hill right here?",
      sentence="Two feet on the hill, pulled closer and closer: rise over run becomes the slope.",
      question="Move the hiker, then bring the two feet together. What happens to the line?",
      controls=[choice("curve", "landscape", {"valley": "valley", "hills": "hills"}, "valley"),
                slider("x", "place x (m)", -3.0, 3.0, 0.05, 1.2),
                log_slider("h", "half a stride h (m)", 0.001, 1.0, 0.7)])
def tangent(figure: Figure, look: Look, curve: str, x: float, h: float, seed: int) -> str:
    """The chord from ``x - h`` to ``x + h``: its slope is ``(f(x + h) - f(x - h)) / 2h``."""
    f, formula = HILLS[curve]
    (ax,) = panels(figure, look)
    xs = np.linspace(-4.2, 4.2, 300)
    ax.plot(xs, f(xs), color=look.curve)
    a, b = x - h, x + h
    rise, run = f(b) - f(a), 2 * h
    slope = rise / run
    far = np.array([x - 9, x + 9])  # the line runs on to both edges of the picture
    ax.plot(far, f(a) + slope * (far - a), color=look.guess, lw=look.thin + 0.6)
    ax.plot([a, b, b], [f(a), f(a), f(b)], color=look.truth, lw=look.thin, ls=(0, (3, 1.5)))
    if run > 0.5:
        note = {"color": look.truth, "weight": "bold", "fontsize": look.small,
                "path_effects": look.halo()}
        ax.text(x, f(a) - np.sign(rise or 1) * 0.12, "run", ha="center", **note,
                va="top" if rise >= 0 else "bottom")
        ax.text(b + 0.1, 0.5 * (f(a) + f(b)), "rise" if rise >= 0 else "fall", va="center", **note)
    ax.plot([a, b], [f(a), f(b)], "o", color=look.guess)
    ax.plot([x], [f(x)], "o", color=look.paper, mec=look.guess, mew=look.thin, ms=0.7 * look.dot)
    ax.set(xlim=(-4.2, 4.2), ylim=(-1.2, 6.2), xlabel="place x (m)", ylabel="height (m)")
    ax.set_title(f"slope = rise / run = {slope:+.2f}".replace("-", "\N{MINUS SIGN}"))
    ax.text(0.985, 0.04, formula, transform=ax.transAxes, ha="right", color=look.quiet,
            fontsize=look.small)
    where = ("Level ground: neither way is downhill." if abs(slope) < 0.005 else
             f"Downhill is to the **{'left' if slope > 0 else 'right'}**.")
    feet = ("The feet touch: this line is the tangent." if h < 0.02 else
            "Bring the feet closer for the slope at this very place.")
    return (f"The ground rises by {rise:.3g} m over a run of {run:.3g} m: slope **{slope:.2f}**. "
            f"{where}\n{feet}")


# -- the learning rate ---------------------------------------------------------------------------
def _verdict(rate: float) -> tuple[str, str]:
    """Headline and sentence for ``x**2 / 2``, where a step multiplies x by ``1 - rate``."""
    if rate < 0.15:
        return "It crawls", "Every step goes the right way, but so little that it takes for ever."
    if rate < 0.95:
        return "It arrives", "Each step covers a good part of the way to the bottom."
    if rate <= 1.05:
        return "One jump", "The step is just right for this valley: one jump and it is there."
    if rate < 1.9:
        return "It overshoots, and settles", "It jumps across the valley but lands lower each time."
    if rate < 1.98:
        return "It can hardly settle", "It swings from side to side and calms down very slowly."
    if rate <= 2.02:
        return "Back and forth for ever", "It lands as high on the other side as on this one."
    return "It explodes", "Each jump across the valley lands higher than the one before."


@demo(lesson=LESSON, name="learning_rate", title="How far should each step go?",
      sentence="One slider from crawling to exploding, with the bottom of the valley in between.",
      question="Find the learning rate that arrives fastest, and the one from which it explodes.",
      controls=[log_slider("rate", "learning rate", 0.01, 4.0, 0.3),
                slider("start", "start x (m)", -5.0, 5.0, 0.1, 4.0, show=".1f")])
def learning_rate(figure: Figure, look: Look, rate: float, start: float, seed: int) -> str:
    """Descent on ``f(x) = x**2 / 2`` with a chosen learning rate: the path, and its first steps."""
    path = roll(lambda x: x, start, rate)
    ax, table = panels(figure, look, widths=(1.75, 1.0), bare=(1,))
    xs = np.linspace(-6.5, 6.5, 200)
    ax.plot(xs, xs**2 / 2, color=look.curve)
    shown = path[np.cumsum(np.abs(path) > 60) <= 1]
    ax.plot(shown, shown**2 / 2, color=look.path, lw=look.thin)
    ax.plot(shown[1:], shown[1:] ** 2 / 2, "o", color=look.path, ms=0.6 * look.dot)
    ax.plot(path[:1], path[:1] ** 2 / 2, "o", color=look.paper, mec=look.guess, mew=look.thin)
    ax.plot(path[-1:], path[-1:] ** 2 / 2, "o", color=look.guess)
    ax.set(xlim=(-6.5, 6.5), ylim=(-1.2, 20), xlabel="place x (m)", ylabel="height (m)")
    headline, sentence = _verdict(rate)
    if start == 0:
        headline, sentence = "It stays", "The slope at the bottom is 0, so no step goes anywhere."
    ax.set_title(headline)
    _steps_table(table, look, path)
    gone = np.flatnonzero(np.abs(path) > 6.5)
    out = f" It has left the picture at step {gone[0]}." if len(gone) else ""
    near = np.flatnonzero(np.abs(path) < 0.01)
    when = (f" Within a centimetre of the bottom after {near[0]} steps." if len(near) and start else
            "" if len(gone) or start == 0 else
            f" Still {abs(path[-1]):.2f} m away after {STEPS} steps.")
    return f"**{headline}.** {sentence}{out}{when}"


def _steps_table(ax, look: Look, path: np.ndarray) -> None:
    """The first steps as numbers: step, place, height. One text a column: each text costs time."""
    steps = [0, 1, 2, 3, 4, 5, 10, 20, 30]
    columns = {"step": [str(i) for i in steps], "x (m)": [_short(path[i]) for i in steps],
               "height": [_short(path[i] ** 2 / 2) for i in steps]}
    ax.set(xlim=(0, 1), ylim=(0, 1))
    for (name, cells), x in zip(columns.items(), (0.16, 0.56, 1.0), strict=True):
        ax.text(x, 0.99, name, ha="right", va="top", fontsize=look.small, weight="bold",
                color=look.quiet)
        ax.text(x, 0.88, "\n".join(cells), ha="right", va="top", fontsize=look.small,
                linespacing=1.85)
    ax.plot([0, 1], [0.915, 0.915], color=look.rule, lw=1.2)


def _short(number: float) -> str:
    """At most six characters: 4.00, 0.012, 1234, 1e+05."""
    if abs(number) < 5e-4:
        return "0.000"
    if abs(number) < 10:
        return f"{number:.3f}"
    return f"{number:.1f}" if abs(number) < 1000 else f"{number:.0e}"


# -- two valleys ---------------------------------------------------------------------------------
SHALLOW, RIDGE, DEEP = 0.9601, 0.0755, -1.0356  # where the ground is level

@demo(lesson=LESSON, name="two_valleys", title="Two valleys, and one of them is a trap",
      sentence="The same ball, the same rule: where it starts decides where it ends.",
      question="From which starting places does the ball miss the deeper valley?",
      controls=[slider("start", "start x (m)", -1.6, 1.6, 0.05, 1.5),
                log_slider("rate", "learning rate", 0.003, 0.1, 0.02),
                player("frame", "step", STEPS, STEPS, 250)],
      after=lambda state, changed: None if changed == "frame" else {"frame": STEPS})
def two_valleys(figure: Figure, look: Look, start: float, rate: float, frame: int,
                seed: int) -> str:
    """Descent on a landscape with a deep and a shallow valley: it sees only the slope under it."""
    path = roll(two_valleys_slope, start, rate)[: frame + 1]
    (ax,) = panels(figure, look)
    xs = np.linspace(-1.75, 1.75, 300)
    ax.plot(xs, two_valleys_height(xs), color=look.curve)
    ax.plot([DEEP], [-1.65], marker="*", ms=1.5 * look.dot, color=look.truth)
    ax.text(DEEP, -1.95, "deepest", ha="center", va="top", color=look.truth, weight="bold")
    ax.text(SHALLOW, -1.35, "trap", ha="center", va="top", color=look.quiet, weight="bold")
    ax.plot(path, two_valleys_height(path), "o-", color=look.path, lw=look.thin, ms=0.55 * look.dot)
    ax.plot(path[:1], two_valleys_height(path[:1]), "o", color=look.paper, mec=look.guess,
            mew=look.thin, ms=0.8 * look.dot)
    ax.plot(path[-1:], two_valleys_height(path[-1:]), "o", color=look.guess, ms=1.2 * look.dot)
    ax.set(xlim=(-1.75, 1.75), ylim=(-2.7, 3.2), xlabel="place x (m)", ylabel="height (m)")
    ax.set_title(f"after {frame} steps: height {two_valleys_height(path[-1]):.2f} m".replace(
        "-", "\N{MINUS SIGN}"))
    end = path[-1]
    lost = two_valleys_height(SHALLOW) - two_valleys_height(DEEP)
    if abs(end - DEEP) < 0.1:
        return "It found the **deepest valley**. From here every direction leads up."
    if abs(end - SHALLOW) < 0.1:
        return (f"**Trapped.** Every direction leads up, so it stays, though the other valley is "
                f"{lost:.2f} m deeper.\nIt sees only the slope under it.")
    if abs(end - RIDGE) < 0.08 and frame > 0:
        return "It hangs near the **top of the ridge**, where the ground is almost level."
    side = "left" if two_valleys_slope(end) > 0 else "right"
    return f"Still rolling: downhill is to the **{side}** here."


# -- the bowl --------------------------------------------------------------------------------------
SPAN = 3.0


@demo(lesson=LESSON, name="bowl", title="A bowl, and its map",
      sentence="The same descent seen as a ball in a bowl and as a path on its contour map.",
      question="Stretch the bowl: why does the path begin to zigzag, and which rate cures it?",
      controls=[slider("stretch", "how much steeper across", 1.0, 12.0, 0.5, 6.0, show=".1f"),
                log_slider("rate", "learning rate", 0.01, 1.0, 0.25),
                slider("turn", "turn the bowl (degrees)", -80, 80, 5, -35, show=".0f")])
def bowl(figure: Figure, look: Look, stretch: float, rate: float, turn: float, seed: int) -> str:
    """Descent on ``f(x, y) = (x**2 + stretch * y**2) / 2``, in three dimensions and on its map."""
    curvatures = (1.0, stretch)

    def f(x, y):
        return long_bowl(np.stack(np.broadcast_arrays(x, y), -1), curvatures)

    path = roll(lambda p: long_bowl_gradient(p, curvatures), (-2.6, 1.1), rate)
    inside = np.cumsum(np.any(np.abs(path) > SPAN, axis=1)) == 0
    kept = path[inside]
    room, chart = panels(figure, look, widths=(1.0, 1.15), bare=(0,),
                         grid=False)
    draw_surface(room, look, f, SPAN, kept, turn)
    side = np.linspace(-SPAN, SPAN, 41)
    heights = f(side[None, :], side[:, None])
    chart.contourf(side, side, heights, levels=levels(f(SPAN, SPAN)), colors=shades(look))
    tail = path[: len(kept) + 1]
    chart.plot(tail[:, 0], tail[:, 1], "o-", color=look.guess, lw=look.thin, ms=0.45 * look.dot)
    chart.plot([0], [0], marker="*", ms=1.3 * look.dot, color=look.truth)
    chart.set(xlim=(-SPAN, SPAN), ylim=(-SPAN, SPAN), xlabel="x (m)", ylabel="y (m)")
    chart.set_title("its map")
    room.set_title("the bowl")
    return _bowl_words(rate * stretch, path)


def _bowl_words(step: float, path: np.ndarray) -> str:
    """What the path does: in y, each step multiplies by ``1 - step``, ``step = rate * stretch``."""
    far = np.hypot(path[:, 0], path[:, 1])
    near = np.flatnonzero(far < 0.1)
    left = (f"at the bottom after {near[0]} steps" if len(near) else
            f"still {far[-1]:.2f} m to go after {STEPS} steps")
    if step > 2.001:
        return ("**It explodes across the bowl.** The steep direction decides: the learning rate "
                "must stay below 2 divided by the steepness.")
    if step > 1.999:
        return "**Back and forth for ever**: across the bowl every step lands as high as the last."
    if step > 1.05:
        return (f"**It zigzags**: across the bowl every step overshoots, along it steps are small; "
                f"{left}.")
    if not len(near):
        return f"**It creeps**: no zigzag, but {left}."
    return f"**Straight in**: no overshoot across the bowl, and {left}."
