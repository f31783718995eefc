"""A bowl from a corner above, and the colours of its map; matplotlib's 3-D axes are slow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from bplib.play.theme import Look, mix


def levels(top: float, count: int = 9) -> np.ndarray:
    """Heights (count + 1,) from 0 to ``top`` where a map changes colour, closer near the bottom."""
    return np.linspace(0, 1, count + 1) ** 2 * (float(top) * 1.001)


def shades(look: Look, count: int = 9) -> list:
    """The colours between those heights, rgb, strongest at the bottom."""
    return [mix(look.paper, look.blue, 0.85 - 0.72 * i / (count - 1)) for i in range(count)]


def draw_surface(ax: Axes, look: Look, f: Callable, span: float, path: np.ndarray,
                 turn: float = -35.0, tilt: float = 32.0, tiles: int = 15) -> None:
    """Draws ``z = f(x, y)`` for x and y within +-``span``, and a path on it, on bare axes.

    Parallel projection, far tiles first. ``f`` takes arrays and is lowest, 0, at the origin;
    ``path`` is (steps, 2), in x and y; ``turn`` and ``tilt`` are in degrees.
    """
    angle, lean = np.deg2rad(turn), np.deg2rad(tilt)
    top = float(np.max(f(np.array([-span, span]), np.array([span, span]))))

    def flat(x, y, z):
        across = x * np.cos(angle) - y * np.sin(angle)
        depth = x * np.sin(angle) + y * np.cos(angle)
        up = depth * np.sin(lean) + 4 / 3 * span * z / top * np.cos(lean)
        return np.stack([across, up], -1), depth

    side = np.linspace(-span, span, tiles + 1)
    x, y = np.meshgrid(side, side)
    z = f(x, y)
    spots, depth = flat(x, y, z)
    quads = np.stack([spots[:-1, :-1], spots[1:, :-1], spots[1:, 1:], spots[:-1, 1:]], 2)
    height = 0.25 * (z[:-1, :-1] + z[1:, :-1] + z[1:, 1:] + z[:-1, 1:])
    order = np.argsort(-(depth[:-1, :-1] + depth[1:, 1:]).ravel())
    colours = [mix(look.paper, look.blue, 0.85 - 0.8 * np.sqrt(min(h / top, 1)))
               for h in height.ravel()[order]]
    ax.add_collection(PolyCollection(quads.reshape(-1, 4, 2)[order], facecolors=colours,
                                     edgecolors=look.rule, linewidths=0.5))
    line, _ = flat(path[:, 0], path[:, 1], f(path[:, 0], path[:, 1]))
    ax.add_collection(LineCollection([line], colors=look.guess, linewidths=look.thin))
    ax.plot(line[:, 0], line[:, 1], "o", color=look.guess, ms=0.45 * look.dot)
    bottom, _ = flat(0.0, 0.0, 0.0)
    ax.plot(*bottom, marker="*", ms=1.3 * look.dot, color=look.truth)
    ax.set(xlim=(-1.47 * span, 1.47 * span), ylim=(-0.8 * span, 1.93 * span))
