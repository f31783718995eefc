"""What every test of a widget may want: a look at where a figure's texts lie."""

from __future__ import annotations

import pytest
from matplotlib.text import Text


def _axis_texts(axes) -> list:
    return [t for axis in (axes.xaxis, axes.yaxis) for t in
            [axis.label, axis.offsetText, *axis.get_ticklabels()]]


def _drawn(axes) -> list:
    """The axis texts that matplotlib draws: not those of a hidden axis or outside the view."""
    if not axes.axison:
        return []
    drawn = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-6 * (high - low)
        drawn += [axis.label] + [t.label1 for t in axis.get_major_ticks()
                                 if low - slack <= t.get_loc() <= high + slack]
    return drawn


def faults(figure) -> list[str]:
    """Texts that leave the figure, and pairs of texts that lie on each other."""
    of_axes = {id(t) for ax in figure.axes for t in _axis_texts(ax)}
    drawn = {id(t) for ax in figure.axes for t in _drawn(ax)}
    seen = []
    for text in figure.findobj(Text):
        shown = text.get_visible() and text.get_text().strip()
        if shown and (id(text) not in of_axes or id(text) in drawn):
            seen.append((text.get_text(), text.get_window_extent(figure.canvas.get_renderer())))
    width, height = figure.bbox.width, figure.bbox.height
    said = [f"{text!r} leaves the figure" for text, box in seen
            if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1]
    for i, (one, a) in enumerate(seen):
        for other, b in seen[i + 1:]:
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            tall = min(a.y1, b.y1) - max(a.y0, b.y0)
            if wide > 2 and tall > 0.25 * min(a.height, b.height):
                said.append(f"{one!r} lies on {other!r}")
    return said


@pytest.fixture
def check_figure():
    """Fails the test with the list of what is clipped or overprinted in a figure."""
    def check(figure, where=""):
        assert not faults(figure), f"{where}: {faults(figure)}"
    return check
