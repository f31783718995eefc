"""The one class behind every widget of the course: state in, picture and words out.

A widget is a pure function ``draw(figure, look, **state) -> words`` and a list of controls.
``Play`` holds the state, draws it with matplotlib's Agg canvas (no pyplot, no global figure) into
an ``ipywidgets.Image``, and shows the words below. There are no threads and no timers, so the same
widget runs in JupyterLab, voila and a browser's own Python.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image as Picture
from traitlets import Unicode

from bplib.play import skin
from bplib.play.controls import Button, Control, beside
from bplib.play.theme import Look, make_look


@dataclass(frozen=True)
class Demo:
    """One widget as declared: call it to get a ``Play``, in any size, scheme and starting state.

    ``lesson`` is the slug of its lesson, ``question`` what a learner can answer with it, ``start``
    an optional function from a seed to the state that no control shows (a treasure, a trail).
    """

    lesson: str
    name: str
    title: str
    sentence: str
    question: str
    draw: Callable[..., str]
    controls: tuple[Control | Button, ...]
    start: Callable[[int], dict] | None = None
    after: Callable[[dict, str], dict] | None = None

    def __call__(self, size: str = "page", scheme: str = "light", seed: int = 0,
                 **state: Any) -> Play:
        """A live widget; keyword arguments set controls to other starting values."""
        return Play(self, size, scheme, seed, state)

    def defaults(self, seed: int = 0) -> dict:
        """The state at the start: each control's value, ``seed``, and what ``start`` gives."""
        state = {c.name: c.value for c in self.controls if isinstance(c, Control)}
        return {**state, **(self.start(seed) if self.start else {}), "seed": seed}

    def extremes(self) -> Iterator[dict]:
        """Settings a test should try: each control at each of its ends, then all low, all high."""
        controls = [c for c in self.controls if isinstance(c, Control)]
        for control in controls:
            for end in control.ends:
                yield {control.name: end}
        if controls:
            yield {c.name: c.ends[0] for c in controls}
            yield {c.name: c.ends[-1] for c in controls}


def demo(*, lesson: str, name: str, title: str, sentence: str, question: str,
         controls: list[Control | Button], start: Callable[[int], dict] | None = None,
         after: Callable[[dict, str], dict] | None = None) -> Callable[[Callable], Demo]:
    """Decorator: makes a ``Demo`` of a draw function. See ``bplib.play`` for how to write one.

    ``after(state, changed)`` may return further changes when the learner has moved the control
    named ``changed``: for instance to wind an animation back to its first frame.
    """

    taken = {"size", "scheme", "seed", "reset"} & {c.name for c in controls}
    if taken:
        raise ValueError(f"{name}: no control may be called {sorted(taken)}")

    def wrap(draw: Callable[..., str]) -> Demo:
        made = Demo(lesson, name, title, sentence, question, draw, tuple(controls), start, after)
        object.__setattr__(made, "__doc__", draw.__doc__)
        object.__setattr__(made, "__module__", draw.__module__)
        return made

    return wrap


def render(draw: Callable[..., str], look: Look, state: dict,
           figure: Figure | None = None) -> tuple[bytes, str, Figure]:
    """Draws a state: the PNG's bytes, the words that ``draw`` returned, and the figure.

    A ``figure`` from an earlier call makes the next frame faster; its picture is the same.
    """
    if figure is None:
        figure = Figure(figsize=look.figsize, dpi=look.dpi)
        FigureCanvasAgg(figure)
    canvas = figure.canvas
    with look.context():
        figure.set_facecolor(look.paper)
        words = draw(figure, look, **state)
        canvas.draw()
    if not isinstance(words, str) or not words.strip():
        raise TypeError(f"draw must return the words that go with the picture; got {words!r}")
    picture = Picture.fromarray(pixels(canvas))
    out = io.BytesIO()
    picture.save(out, "png", compress_level=1)  # level 1: a third of the time, a tenth more bytes
    return out.getvalue(), words, figure


def pixels(canvas: FigureCanvasAgg) -> np.ndarray:
    """The canvas' pixels without transparency, ``(height, width, 3)`` uint8."""
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


class _Picture(ipw.Image):
    """An image whose tooltip is its accessible name. ipywidgets 8.1 cannot draw an Image that has a
    tooltip unless it also has a (here empty) description."""

    description = Unicode("").tag(sync=True)


class Play:
    """A live widget: controls, a picture, and the words that say what the picture shows.

    Show it by leaving it as a cell's last line. ``set``, ``press`` and ``reset`` drive it from code
    along the same path as the browser does, and raise what a callback raises.
    """

    def __init__(self, declared: Demo, size: str = "page", scheme: str = "light", seed: int = 0,
                 state: dict | None = None) -> None:
        self.demo, self.seed = declared, seed
        self.look = make_look(size, scheme)
        self._quiet = False
        self.figure: Figure | None = None
        self._state = declared.defaults(seed)
        self._items = {item.name: item for item in declared.controls}
        self.controls: dict[str, ipw.Widget] = {}
        self.buttons: dict[str, ipw.Button] = {}
        self._begin = dict(state or {})
        self._build()
        self._update(self._begin)
        self.first_png, self.first_words = self.png, self.words

    # -- what a caller may read --------------------------------------------------------------
    @property
    def state(self) -> dict:
        """A copy of the whole state."""
        return dict(self._state)

    # -- what a caller, or a test, may do ------------------------------------------------------
    def set(self, **values: Any) -> Play:
        """Moves controls as the browser does, and draws. Raises ``KeyError`` for an unknown name,
        ``ValueError`` for a value that the control does not take."""
        for name in values:
            if name not in self.controls:
                raise KeyError(f"no control {name!r}; there are {sorted(self.controls)}")
        for name, value in values.items():
            value = self._items[name].fit(value)
            self.controls[name].value = value  # the observer draws, and raises
            if not _same(self.controls[name].value, value):
                raise ValueError(f"{name} must lie in the control's range; got {value!r}")
        return self

    def press(self, name: str, times: int = 1) -> Play:
        """Presses a button by its name, as the browser does. ``KeyError`` if there is none."""
        if name not in self.buttons:
            raise KeyError(f"no button {name!r}; there are {sorted(self.buttons)}")
        for _ in range(times):
            self.buttons[name].click()
        return self

    def reset(self) -> Play:
        """Back to the state in which it was made."""
        self._guard(lambda: self._update({**self.demo.defaults(self.seed), **self._begin}))
        return self

    # -- inside --------------------------------------------------------------------------------
    def _build(self) -> None:
        sliders, presses = [], []
        for item in self.demo.controls:
            widget = item.make()
            if isinstance(item, Button):
                self.buttons[item.name] = widget
                widget.on_click(lambda _, b=item: self._guard(lambda: self._press(b)))
                presses.append(widget)
            else:
                self.controls[item.name] = widget
                widget.observe(lambda change, n=item.name: self._moved(n, change["new"]), "value")
                sliders.append(beside(item, widget))
        again = ipw.Button(description="Start again", icon="undo", tooltip="back to the beginning")
        again.on_click(lambda _: self.reset())
        self.buttons["reset"] = again
        again.add_class("bp-reset")
        self.image = _Picture(format="png", value=b"")
        self.message = ipw.HTML()
        self.image.add_class("bp-picture")
        self.message.add_class("bp-words")
        head = ipw.HTML(skin.head(self.demo, self.look))
        row = ipw.HBox([*presses, again])
        row.add_class("bp-buttons")
        desk = ipw.VBox([*sliders, row])
        desk.add_class("bp-desk")
        self.ui = ipw.VBox([head, self.image, self.message, desk])
        for name in ("bp-any", "bp-play", f"bp-{self.look.size}", f"bp-{self.look.scheme}"):
            self.ui.add_class(name)

    def _moved(self, name: str, value: Any) -> None:
        if self._quiet:
            return

        def move() -> None:
            state = {**self._state, name: value}
            more = self.demo.after(state, name) if self.demo.after else None
            self._update({name: value, **(more or {})})

        self._guard(move)

    def _press(self, pressed: Button) -> None:
        self._update(pressed.action(self.state) or {})

    def _update(self, changes: dict) -> None:
        """Takes changes over into state and controls, then draws once."""
        unknown = set(changes) - set(self._state)
        if unknown:
            raise KeyError(f"{self.demo.name} has no {sorted(unknown)} in its state")
        self._state.update(changes)
        self._quiet = True
        try:
            for name, value in changes.items():
                if name in self.controls:
                    self.controls[name].value = self._items[name].fit(value)
                    self._state[name] = self.controls[name].value
        finally:
            self._quiet = False
        self._draw()

    def _draw(self) -> None:
        figure, self.figure = self.figure, None  # a drawing that broke off is not drawn on again
        self.png, self.words, self.figure = render(self.demo.draw, self.look, self._state, figure)
        with self.image.hold_sync():  # one message for both
            self.image.value = self.png
            self.image.tooltip = skin.plain(self.words)  # becomes the picture's accessible name
        self.message.value = skin.words(self.words)

    def _guard(self, work: Callable[[], None]) -> None:
        """Says on screen that something broke, and still raises: no error is ever swallowed."""
        try:
            work()
        except Exception as error:
            self.message.value = skin.trouble(error)
            raise

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The live view, and the first state's picture and words for where no kernel runs."""
        data = dict(self.ui._repr_mimebundle_(include=include, exclude=exclude) or {})
        stop = "" if self.demo.title[-1] in ".?!" else "."
        alt = f"{self.demo.title}{stop} {skin.plain(self.first_words)}"
        data["text/plain"] = alt
        data["image/png"] = base64.b64encode(self.first_png).decode("ascii")
        return data, {"image/png": {"alt": alt, "width": 720, "title": self.demo.title,
                                    "question": self.demo.question}}


def _same(got: Any, wanted: Any) -> bool:
    try:
        return abs(float(got) - float(wanted)) <= 1e-9 * max(1.0, abs(float(wanted)))
    except (TypeError, ValueError):
        return got == wanted
