"""Results of lesson 12 as pictures: what the filters have become, and what a shift costs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bplib.conv import conv2d_forward
from bplib.play.still import Still
from bplib.play.theme import Look, panels
from bplib.play.tiles import tiles


def filters_picture(W, b, picture, size: str = "page", scheme: str = "light") -> Still:
    """Learned filters, and beside each what it makes of one picture (after the ReLU).

    ``W`` (F, 1, 3, 3) and ``b`` (F,): the first convolution; ``picture``: (8, 8).
    """
    W, picture = np.asarray(W, float), np.asarray(picture, float).reshape(8, 8)
    found = np.maximum(conv2d_forward(picture[None, None], W, b, pad=1)[0][0], 0)

    def draw(figure: Figure, look: Look) -> str:
        columns = 4
        wide, tall = 1 / columns, 1 / -(-len(W) // columns)
        for f in range(len(W)):
            x, y = f % columns * wide, 1 - (f // columns + 1) * tall
            kernel = figure.add_axes((x + 0.04 * wide, y + 0.3 * tall, 0.32 * wide, 0.52 * tall))
            found_in = figure.add_axes((x + 0.4 * wide, y + 0.1 * tall, 0.55 * wide, 0.72 * tall))
            for ax in (kernel, found_in):
                ax.set_axis_off()
            tiles(kernel, look, W[f, 0], scale=float(np.abs(W).max()))
            tiles(found_in, look, found[f], scale=float(found.max()) or 1.0)
            kernel.set_title(f"filter {f}")
        return (f"{len(W)} filters of 3 by 3 (orange with a bar: below 0), and beside each what it "
                "finds in the picture.")

    return Still(draw, size, scheme)


def shifts_picture(shifts, scores: dict[str, list], size: str = "page",
                   scheme: str = "light") -> Still:
    """Share of digits read right against how far the picture was shifted, a line for each network.

    ``shifts``: (S,) in pixels; ``scores``: name -> shares (S,), at most three names.
    """
    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        marks = (("o", look.guess, (0, (3, 1.5))), ("s", look.curve, "-"), ("D", look.truth, ":"))
        said = []
        for (name, values), (mark, colour, style) in zip(scores.items(), marks, strict=False):
            values = 100 * np.asarray(values)
            ax.plot(shifts, values, color=colour, marker=mark, ls=style, ms=0.8 * look.dot)
            place = int(np.argmax(np.asarray(shifts) == 1))
            ax.text(shifts[place] + 0.12, values[place] + 1, name, color=colour, weight="bold",
                    path_effects=look.halo())
            said.append(f"{name}: " + ", ".join(f"{v:.0f} % at {s:+d}" for s, v in
                                                zip(shifts, values, strict=True)))
        ax.set(ylim=(0, 104), xlim=(min(shifts) - 0.15, max(shifts) + 0.6),
               xlabel="picture shifted to the right by (pixels)", ylabel="read right (%)")
        ax.set_xticks(list(shifts))
        ax.set_title("what a shift costs")
        return "Held-out digits read right. " + "; ".join(said) + "."

    return Still(draw, size, scheme)
