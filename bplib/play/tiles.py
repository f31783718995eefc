"""Small pictures as tiles: shades for many numbers, digits for few, outlines for windows."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from bplib.play.theme import Look


def shade(values, look: Look, scale: float | None = None) -> np.ndarray:
    """Colours (..., 3) for numbers: paper for 0, towards blue above it, towards orange below it."""
    values = np.asarray(values, dtype=float)
    scale = scale or float(np.abs(values).max()) or 1.0
    share = 0.75 * np.clip(np.abs(values) / scale, 0, 1)[..., None]
    paper, blue, orange = (np.array(to_rgb(c)) for c in (look.paper, look.blue, look.orange))
    return (1 - share) * paper + share * np.where(values[..., None] < 0, orange, blue)


def tiles(ax: Axes, look: Look, values, scale: float | None = None, numbers: bool = False,
          size: float | None = None, room: tuple[int, int] | None = None) -> None:
    """Draws a table (H, W) as tiles on bare axes, row 0 on top; a bar marks what is below 0.

    ``numbers``: write them in; ``size``: their type size; ``room``: (rows, columns) that the axes
    are laid out for, so that tiles keep their size from frame to frame.
    """
    values = np.asarray(values, dtype=float)
    H, W = values.shape
    rows, columns = room or (H, W)
    box = ax.get_window_extent()
    unit = min(box.width / (columns + 0.1), box.height / (rows + 0.1))     # pixels a tile
    wide, tall = box.width / unit, box.height / unit
    ax.imshow(shade(values, look, scale), extent=(-0.5, W - 0.5, 0.5 - H, 0.5),
              interpolation="nearest", aspect="auto")
    # At the top left, by the title. Row r lies at y = -r: an axis turned over would not be kept.
    ax.set(xlim=(-0.55, wide - 0.55), ylim=(0.55 - tall, 0.55))
    x, y = np.arange(W + 1) - 0.5, 0.5 - np.arange(H + 1)
    across = np.array([[[x[0], at], [x[-1], at]] for at in y])
    down = np.array([[[at, y[0]], [at, y[-1]]] for at in x])
    ax.add_collection(LineCollection([*across, *down], colors=look.rule, linewidths=0.8))
    if numbers:
        for (y, x), value in np.ndenumerate(values):
            ax.text(x, -y, written(value), ha="center", va="center", fontsize=size or look.small)
    elif (values < 0).any():
        y, x = np.nonzero(values < 0)
        ax.plot(x, -y, "_", color=look.ink, ms=0.35 * look.dot, mew=1.2)


def written(value: float) -> str:
    """A number as short as it goes: 3, 0.5, −1.

    >>> [written(v) for v in (3.0, 0.25, -1.0)]
    ['3', '0.25', '\N{MINUS SIGN}1']
    """
    return f"{value + 0.0:.3g}".replace("-", "\N{MINUS SIGN}")


def outline(ax: Axes, look: Look, top: float, left: float, height: float, width: float,
            colour: str, line: float | None = None, dashed: bool = False) -> None:
    """An open rectangle around tiles, from row ``top`` and column ``left`` on."""
    ax.add_patch(Rectangle((left - 0.5, 0.5 - top - height), width, height, fill=False, ec=colour,
                           lw=line or look.line, ls=(0, (3, 1.5)) if dashed else "-", zorder=4))
