"""Lesson 07's pictures of results: what loops cost, and a net that sorts the stars of a galaxy."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bplib.play.still import Still
from bplib.play.theme import Look, mix, panels

ARMS = 3
MARKS = ("o", "s", "^")


def galaxy(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Stars on three spiral arms, made up: places ``(count, 2)`` and arms ``(count,)``, 0 to 2.

    >>> places, arms = galaxy(6, np.random.default_rng(0))
    >>> places.shape, arms.tolist()
    ((6, 2), [0, 1, 2, 0, 1, 2])
    """
    arms = np.arange(count) % ARMS
    radius = np.sqrt(rng.uniform(0.01, 1.0, count))
    angle = 6.0 * radius + 2 * np.pi * arms / ARMS + rng.normal(0, 0.26, count)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), arms


def seconds(duration: float) -> str:
    """A duration as one would say it.

    >>> seconds(0.00025), seconds(7.0), seconds(9000.0)
    ('250 microseconds', '7.0 seconds', '2.5 hours')
    """
    for unit, size in (("days", 86400 * 2), ("hours", 7200.0), ("minutes", 120.0), ("seconds", 1.0),
                       ("milliseconds", 1e-3), ("microseconds", 1e-6)):
        if duration >= size:
            one = {"days": 86400.0, "hours": 3600.0, "minutes": 60.0}.get(unit, size)
            amount = duration / one
            return f"{amount:,.0f} {unit}" if amount >= 10 else f"{amount:.1f} {unit}"
    return f"{duration:.1e} seconds"


def times_picture(times: dict[str, float], size: str = "page", scheme: str = "light") -> Still:
    """Durations side by side on a logarithmic scale; ``times`` maps a name to seconds."""
    names, values = list(times), np.array(list(times.values()))
    ratio = values.max() / values.min()

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        low, high = values.min() / 4, values.max() * 3
        colours = [look.blame] * (len(names) - 1) + [look.curve]
        ax.barh(range(len(names))[::-1], values / low - 1, left=low, height=0.5, color=look.curve,
                visible=False)
        for place, (name, value, colour) in enumerate(zip(names[::-1], values[::-1], colours[::-1],
                                                          strict=True)):
            ax.plot([low, value], [place, place], color=colour, lw=5 * look.line,
                    solid_capstyle="butt")
            ax.text(low * 1.12, place + 0.33, f"{name}: {seconds(value)}", va="bottom",
                    weight="bold", fontsize=look.small)
        ax.set(xscale="log", xlim=(low, high), ylim=(-0.5, len(names) - 0.1), yticks=[],
               xlabel="time (seconds), each line ten times the one before")
        ax.grid(False, axis="y")
        ax.set_title(f"{ratio:,.0f} times faster")
        said = "; ".join(f"{n}: {seconds(v)}" for n, v in times.items())
        return f"{said}. The longest takes {ratio:,.0f} times as long as the shortest."

    return Still(draw, size, scheme)


def galaxy_picture(losses, places, arms, decide, size: str = "page",
                   scheme: str = "light") -> Still:
    """How the loss fell, and which arm the net sees in every place.

    ``losses``: ``(steps,)``; ``places`` ``(N, 2)`` and ``arms`` ``(N,)``: stars to draw;
    ``decide``: places ``(K, 2)`` to arms ``(K,)``.
    """
    side = np.linspace(-1.15, 1.15, 160)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    seen, right = decide(grid).reshape(160, 160), float(np.mean(decide(places) == arms))

    def draw(figure: Figure, look: Look) -> str:
        left, chart = panels(figure, look, widths=(1.0, 1.0))
        left.plot(losses, color=look.curve)
        left.set(xlabel="steps", ylabel="loss (cross-entropy)", ylim=(0, None))
        left.set_title(f"loss {losses[0]:.2f} to {losses[-1]:.2f}")
        hues = (look.blue, look.orange, look.green)
        pale = np.array([mix(look.paper, hue, 0.25) for hue in hues])
        chart.imshow(pale[seen], origin="lower", extent=(-1.15, 1.15, -1.15, 1.15),
                     aspect="auto", interpolation="nearest")
        for arm, (hue, mark) in enumerate(zip(hues, MARKS, strict=True)):
            mine = arms == arm
            chart.plot(places[mine, 0], places[mine, 1], mark, color=hue, ms=0.36 * look.dot)
        chart.set(xlabel="x (galaxy radii)", ylabel="y (galaxy radii)")
        chart.grid(False)
        chart.set_title(f"new stars: {right:.1%}")
        return (f"The loss falls from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses)} steps. "
                f"The map shows which arm the net sees in each place; of {len(arms)} stars that it "
                f"did not learn from, it puts {right:.1%} on the right arm.")

    return Still(draw, size, scheme)
