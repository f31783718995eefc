"""One look for every picture of the course: colours, type and lines are decided here, nowhere else.

The colours follow the idea of Okabe and Ito (2008): hues that stay apart for readers who cannot
tell red from green. Each scheme has its own shades, so that every line has a contrast of 3:1 or
better against its paper. Widgets ask for a *role* (``look.guess``, ``look.blame``), not for a hue;
shapes and words always say the same thing as the colour does.
"""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bplib.play.reuse import emptied, keep

SIZES = ("page", "stage")
SCHEMES = ("light", "dark")

LIGHT = {
    "paper": "#ffffff", "panel": "#f3f5f8", "ink": "#1b2430", "quiet": "#5d6875", "rule": "#d9dee5",
    "blue": "#0069a8", "orange": "#d14f00", "green": "#008060", "purple": "#a3377f",
    "gold": "#ad7b00", "brown": "#6a4a00", "sky": "#2f8fd0",
}
DARK = {
    "paper": "#12161d", "panel": "#1e252f", "ink": "#f2f5f9", "quiet": "#aab4c0", "rule": "#37414e",
    "blue": "#5fb0f2", "orange": "#ff8a4a", "green": "#3fd0a4", "purple": "#ee8fc8",
    "gold": "#f2c14a", "brown": "#ffe08a", "sky": "#a5d4ff",
}


@dataclass(frozen=True)
class Look:
    """What a picture needs to know: its colours (hex), type sizes and line widths (points).

    >>> look = make_look("stage", "dark")
    >>> look.text > make_look("page", "light").text
    True
    >>> look.guess == DARK["orange"]
    True
    """

    size: str
    scheme: str
    paper: str
    panel: str
    ink: str
    quiet: str
    rule: str
    blue: str
    orange: str
    green: str
    purple: str
    gold: str
    brown: str
    sky: str
    text: float = 11.0
    small: float = 9.5
    big: float = 13.0
    line: float = 3.0
    thin: float = 1.6
    dot: float = 11.0
    dpi: int = 144
    figsize: tuple[float, float] = (7.2, 3.9)

    # Roles. A widget that finds none of them fitting takes a hue by name.
    @property
    def curve(self) -> str:
        """The thing given: a landscape, a function, the signal that runs forward."""
        return self.blue

    @property
    def guess(self) -> str:
        """Where the learner or the machine stands now; drawn as a round dot."""
        return self.orange

    @property
    def path(self) -> str:
        """Where it has been before."""
        return self.brown

    @property
    def truth(self) -> str:
        """What is right: a target, a treasure, a label; drawn as a star or a diamond."""
        return self.green

    @property
    def blame(self) -> str:
        """What runs backward: a gradient, a blame; drawn as an arrow to the left or dashed."""
        return self.purple

    def rc(self) -> dict:
        """Matplotlib's settings for this look, for ``matplotlib.rc_context``."""
        return {
            "figure.facecolor": self.paper, "axes.facecolor": self.paper,
            "savefig.facecolor": self.paper, "text.color": self.ink,
            "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"],
            "font.size": self.text, "mathtext.fontset": "dejavusans",
            "axes.titlesize": self.big, "axes.titleweight": "bold", "axes.titlelocation": "left",
            "axes.titlepad": 0.6 * self.text, "axes.titlecolor": self.ink,
            "axes.titley": 1.0,  # a fixed place: looking for a free one costs a tenth of a frame
            "axes.labelsize": self.text, "axes.labelcolor": self.ink,
            "axes.edgecolor": self.quiet, "axes.linewidth": 1.2,
            "axes.spines.top": False, "axes.spines.right": False,
            "axes.grid": True, "axes.axisbelow": True, "grid.color": self.rule,
            "grid.linewidth": 0.9, "axes.unicode_minus": True,
            "xtick.labelsize": self.small, "ytick.labelsize": self.small,
            "xtick.color": self.quiet, "ytick.color": self.quiet,
            "xtick.major.size": 0, "ytick.major.size": 0,
            "lines.linewidth": self.line, "lines.markersize": self.dot,
            "lines.solid_capstyle": "round", "lines.markeredgewidth": 0,
            "legend.frameon": False, "legend.fontsize": self.text, "legend.labelcolor": self.ink,
        }

    def context(self):
        """A ``with`` block inside which matplotlib draws in this look."""
        return matplotlib.rc_context(self.rc())

    def halo(self, width: float = 3.0) -> list:
        """Path effects that keep text readable on lines: an outline in the paper's colour."""
        from matplotlib import patheffects

        return [patheffects.withStroke(linewidth=width, foreground=self.paper)]


def make_look(size: str = "page", scheme: str = "light") -> Look:
    """The look for a size ("page" or "stage") and a scheme ("light" or "dark").

    Raises ``ValueError`` for any other word.
    """
    if size not in SIZES:
        raise ValueError(f"size must be 'page' or 'stage'; got {size!r}")
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be 'light' or 'dark'; got {scheme!r}")
    colours = LIGHT if scheme == "light" else DARK
    if size == "page":
        return Look(size, scheme, **colours)
    return Look(size, scheme, **colours, text=13.0, small=11.5, big=15.0, line=4.2, thin=2.2,
                dot=14.0, dpi=160)


def panels(figure: Figure, look: Look, widths: tuple[float, ...] = (1.0,),
           bare: tuple[int, ...] = (), top: bool = True, grid: bool = True) -> list[Axes]:
    """Axes side by side with room for title, labels and numbers, so that nothing is clipped.

    ``widths`` are the relative widths of the panels. The panels whose index is in ``bare`` have
    neither axis nor grid (for drawings and tables). ``top=False`` leaves no room for titles.
    A fixed layout costs nothing per frame; matplotlib's own layout engines cost several draws.
    On a figure that has been drawn before, the same axes come back, emptied.
    """
    key = (tuple(widths), tuple(bare), top, grid, look)
    axes = emptied(figure, key)
    if axes is None:
        axes = _make_panels(figure, look, widths, bare, top, grid)
        keep(figure, key, axes)
    for i, ax in enumerate(axes):
        if i not in bare:
            few_ticks(ax)
    return axes


def _make_panels(figure, look, widths, bare, top, grid) -> list[Axes]:
    em = look.text / 72.0
    width, height = figure.get_size_inches()
    total = width / sum(widths)
    axes, x = [], 0.0
    for i, share in enumerate(widths):
        left, right = (0.8 * em, 0.8 * em) if i in bare else (4.7 * em, 1.3 * em)
        low = 0.6 * em if i in bare else 3.3 * em
        high = 2.5 * em if top else 0.8 * em
        box = (x + left, low, share * total - left - right, height - low - high)
        x += share * total
        ax = figure.add_axes((box[0] / width, box[1] / height, box[2] / width, box[3] / height))
        if i in bare:
            ax.set_axis_off()
        ax.grid(grid and i not in bare)
        axes.append(ax)
    return axes


def few_ticks(ax: Axes, most: int = 5) -> None:
    """At most ``most`` intervals an axis: readable from afar, and each tick costs 2 ms a frame."""
    ax.xaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))


def mix(first: str, second: str, share: float) -> tuple[float, float, float]:
    """A colour between two: ``share`` 0 gives the first, 1 the second. Result: rgb in 0..1.

    >>> mix("#000000", "#ffffff", 0.5)
    (0.5, 0.5, 0.5)
    """
    a, b = (tuple(int(c[i:i + 2], 16) / 255 for i in (1, 3, 5)) for c in (first, second))
    return tuple((1 - share) * p + share * q for p, q in zip(a, b, strict=True))
