"""Axes are kept from frame to frame: making them and their ticks anew is a third of a frame's time.

A frame must look as if it were drawn on an empty figure. What a draw function usually does to its
axes is undone here; axes on which anything unusual was done are thrown away and made again.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter
from matplotlib.transforms import Bbox

_KEPT = "_bp_kept"


def keep(figure: Figure, key: tuple, axes: list[Axes]) -> None:
    """Remembers freshly made axes under a key that says how they were laid out."""
    setattr(figure, _KEPT, (key, axes, [_habits(ax) for ax in axes]))


def emptied(figure: Figure, key: tuple) -> list[Axes] | None:
    """The axes kept under ``key``, emptied; or None and an empty figure if they cannot serve."""
    kept = getattr(figure, _KEPT, None)
    if kept is not None:
        known, axes, habits = kept
        if known == key and figure.axes == axes and [_habits(ax) for ax in axes] == habits:
            for thing in [*figure.texts, *figure.lines, *figure.patches, *figure.images,
                          *figure.legends, *(a for a in figure.artists if a not in axes)]:
                thing.remove()
            for ax in axes:
                _empty(ax)
            return axes
    figure.clear()
    setattr(figure, _KEPT, None)
    return None


def _habits(ax: Axes) -> tuple:
    """What ``_empty`` does not undo; compared as text, so that nothing inside can change later."""
    return (ax.get_xscale(), ax.get_yscale(), str(ax.get_aspect()), ax.axison, ax.get_frame_on(),
            str(ax.get_facecolor()), ax.xaxis_inverted(), ax.yaxis_inverted(),
            ax.get_xmargin(), ax.get_ymargin(), str(ax.get_position(original=True)),
            ax.get_visible(), ax.get_zorder(), len(ax.child_axes), ax.get_axisbelow(),
            *(f"{axis.get_tick_params()}{axis.get_visible()}{axis.get_label_position()}"
              f"{axis.label.get_color()}{axis.label.get_size()}{axis.label.get_rotation()}"
              for axis in (ax.xaxis, ax.yaxis)),
            *(f"{s.get_visible()}{s.get_edgecolor()}{s.get_linewidth()}{s.get_position()}"
              for s in ax.spines.values()))


def _empty(ax: Axes) -> None:
    """Takes off what was drawn, and puts title, labels, limits and ticks back."""
    for thing in [*ax.lines, *ax.collections, *ax.texts, *ax.patches, *ax.images, *ax.artists]:
        thing.remove()
    if ax.get_legend() is not None:
        ax.get_legend().remove()
    for place in ("left", "center", "right"):
        ax.set_title("", loc=place)
    ax.dataLim.set(Bbox.null())
    ax.ignore_existing_data_limits = True
    ax.set_xlim(0.0, 1.0, auto=True)
    ax.set_ylim(0.0, 1.0, auto=True)
    ax.set_prop_cycle(None)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_label_text("")
        axis.set_major_formatter(ScalarFormatter())
        axis.set_minor_locator(NullLocator())
