"""A picture without controls, in the same look as the widgets, with words that say what it shows.

For results: a loss that fell, guesses against truth. The draw function is written like a widget's,
``draw(figure, look)``, and returns the words, which are the caption and the alternative text.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from matplotlib.figure import Figure

from bplib.play import skin
from bplib.play.base import render
from bplib.play.theme import Look, make_look


class Still:
    """A drawn picture: ``png`` bytes, ``words``, and the ``figure`` for those who want to look."""

    def __init__(self, draw: Callable[[Figure, Look], str], size: str = "page",
                 scheme: str = "light") -> None:
        self.png, self.words, self.figure = render(draw, make_look(size, scheme), {})

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The picture with its words as alternative text, and the words alone as plain text."""
        plain = skin.plain(self.words)
        data = {"text/plain": plain, "image/png": base64.b64encode(self.png).decode("ascii")}
        return data, {"image/png": {"alt": plain, "width": 720}}
