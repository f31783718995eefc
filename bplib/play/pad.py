"""A pad of 8 by 8 fields to draw a digit on, by mouse or by keyboard, and a net that reads it.

Made of native buttons alone: each field can be reached by Tab and switched by the space bar.
"""

from __future__ import annotations

import base64

import ipywidgets as ipw
import numpy as np
from matplotlib.figure import Figure

from bplib.play import skin
from bplib.play.base import render
from bplib.play.digits import _bars, digits, picture, probabilities, trained
from bplib.play.theme import Look, make_look, panels

SIDE = 8
FIELD = "26px"
SOFT = np.array([[0.02, 0.1, 0.02], [0.1, 1.0, 0.1], [0.02, 0.1, 0.02]])  # a pen is not a pixel wide


def softened(ink: np.ndarray) -> np.ndarray:
    """A drawing (8, 8) of 0 and 1 as a pen would leave it: the neighbours get a little ink.

    >>> softened(np.eye(8))[0, :3].round(2).tolist()
    [1.0, 0.2, 0.02]
    """
    padded = np.pad(np.asarray(ink, dtype=float), 1)
    total = sum(SOFT[r, c] * padded[r:r + SIDE, c:c + SIDE] for r in range(3) for c in range(3))
    return np.minimum(total, 1.0)


class Pad:
    """Draw a digit on 8 by 8 fields; the net says what it reads after every stroke.

    ``toggle(row, column)`` and ``set_ink(table)`` drive it from code; ``reads`` is the digit it
    sees, ``words`` what it says.
    """

    def __init__(self, params=None, size: str = "page", scheme: str = "light") -> None:
        self.params = trained() if params is None else params
        self.look = make_look(size, scheme)
        self.figure, self._quiet, self._next = None, False, 0
        self.fields = [[self._field(row, column) for column in range(SIDE)] for row in range(SIDE)]
        board = ipw.GridBox([field for line in self.fields for field in line], layout=ipw.Layout(
            grid_template_columns=f"repeat({SIDE}, {FIELD})", grid_gap="1px"))
        self.buttons = {
            "clear": ipw.Button(description="Clear", icon="eraser"),
            "example": ipw.Button(description="A digit from the data", button_style="primary"),
            "shift": ipw.Button(description="Move it one to the right", icon="arrow-right"),
        }
        self.buttons["clear"].on_click(lambda _: self.set_ink(np.zeros((SIDE, SIDE))))
        self.buttons["example"].on_click(lambda _: self._example())
        self.buttons["shift"].on_click(lambda _: self.set_ink(np.roll(self.ink, 1, axis=1)))
        self.image, self.message = ipw.Image(format="png"), ipw.HTML()
        self.image.add_class("bp-picture")
        self.message.add_class("bp-words")
        row = ipw.HBox(list(self.buttons.values()))
        row.add_class("bp-buttons")
        hint = ipw.HTML("Click the fields, or walk with Tab and press the space bar.")
        self.ui = ipw.VBox([ipw.HBox([ipw.VBox([hint, board]), self.image],
                                     layout=ipw.Layout(flex_flow="row wrap", align_items="center")),
                            self.message, row])
        self.image.layout.width = "480px"
        for name in ("bp-any", "bp-play", f"bp-{self.look.size}", f"bp-{self.look.scheme}"):
            self.ui.add_class(name)
        self.set_ink(_two())

    def _field(self, row: int, column: int) -> ipw.ToggleButton:
        field = ipw.ToggleButton(tooltip=f"row {row + 1}, column {column + 1}", layout=ipw.Layout(
            width=FIELD, height=FIELD, min_width=FIELD, padding="0", margin="0"))
        field.observe(lambda _: self._changed(), "value")
        return field

    @property
    def ink(self) -> np.ndarray:
        """What is drawn: (8, 8) of 0 and 1."""
        return np.array([[float(field.value) for field in line] for line in self.fields])

    def toggle(self, row: int, column: int) -> None:
        """Puts ink on a field or takes it away, as a click does."""
        field = self.fields[row][column]
        field.value = not field.value

    def set_ink(self, table) -> None:
        """Draws a whole picture: (8, 8), ink where it is above 0.5."""
        self._quiet = True
        for line, values in zip(self.fields, np.asarray(table), strict=True):
            for field, value in zip(line, values, strict=True):
                field.value = bool(value > 0.5)
        self._quiet = False
        self._changed()

    def _example(self) -> None:
        *_, x_new, _ = digits()
        self.set_ink(x_new[self._next % len(x_new)].reshape(SIDE, SIDE))
        self._next += 1

    def _changed(self) -> None:
        if self._quiet:
            return
        for line in self.fields:
            for field in line:  # ink shows as a sign and a colour
                field.description = "\N{BLACK SQUARE}" if field.value else ""
                field.button_style = "info" if field.value else ""
        self.png, self.words, self.figure = render(self._draw, self.look, {}, self.figure)
        self.image.value = self.png
        self.message.value = skin.words(self.words)

    def _draw(self, figure: Figure, look: Look) -> str:
        soft = softened(self.ink)
        p = probabilities(soft.reshape(-1), self.params)[0]
        self.reads = int(p.argmax())
        ax, bars = panels(figure, look, widths=(1.0, 1.4), bare=(0,))
        picture(ax, look, soft)
        ax.set_title("what it is given")
        _bars(bars, look, p)
        bars.set_title(f"it reads a {self.reads}")
        second = int(np.argsort(p)[-2])
        if not self.ink.any():
            return ("An empty page. The net has to say one of ten digits all the same: it says "
                    f"**{self.reads}** with probability {p[self.reads]:.2f}.")
        return (f"It reads a **{self.reads}** with probability {p[self.reads]:.2f}; its second choice "
                f"is {second}, with {p[second]:.2f}.")

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The live pad, and its first picture and words for where no kernel runs."""
        data = dict(self.ui._repr_mimebundle_(include=include, exclude=exclude) or {})
        alt = f"Draw a digit. {skin.plain(self.words)}"
        data["text/plain"] = alt
        data["image/png"] = base64.b64encode(self.png).decode("ascii")
        return data, {"image/png": {"alt": alt, "width": 720}}


def _two() -> np.ndarray:
    """A drawn 2 to begin with."""
    lines = ("..####..", ".#...##.", ".....##.", "....##..", "...##...", "..##....", ".##.....",
             ".######.")
    return np.array([[float(mark == "#") for mark in line] for line in lines])
