"""What a learner can touch: descriptions of sliders and buttons, made into ipywidgets.

A description is plain data, so a widget can be listed, tested at both ends of every slider and
built anew in another size. Only native ipywidgets are used: they can be worked by keyboard.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import ipywidgets as ipw


@dataclass(frozen=True)
class Control:
    """One control: ``make()`` gives the ipywidget that holds its value, ``ends`` what tests try."""

    name: str
    label: str
    value: Any
    ends: tuple
    kind: str
    tip: str = ""
    options: dict = field(default_factory=dict)

    def make(self) -> ipw.ValueWidget:
        """The ipywidget whose ``value`` is this control's value."""
        common = {"description": self.label, "tooltip": self.tip or self.label,
                  "style": {"description_width": "initial"}}
        return _MAKERS[self.kind](value=self.value, **self.options, **common)

    def fit(self, value: Any) -> Any:
        """The value that this control takes for ``value``: on a log slider, the nearest one."""
        if self.kind != "log":
            return value
        if not value > 0:
            raise ValueError(f"{self.name} must be above 0; got {value!r}")
        return min((v for _, v in self.options["options"]), key=lambda v: abs(math.log(v / value)))


@dataclass(frozen=True)
class Button:
    """A big button. ``action(state)`` gives the changes of the state as a dict, or None."""

    name: str
    label: str
    action: Callable[[dict], dict | None]
    tip: str = ""
    main: bool = False

    def make(self) -> ipw.Button:
        """The ipywidgets button (without its callback)."""
        return ipw.Button(description=self.label, tooltip=self.tip or self.label,
                          button_style="primary" if self.main else "")


def slider(name: str, label: str, low: float, high: float, step: float, value: float,
           tip: str = "", show: str = ".2f") -> Control:
    """A slider over real numbers. Put the unit into the label: ``"sugar (spoons)"``."""
    options = {"min": low, "max": high, "step": step, "readout_format": show,
               "continuous_update": True}
    return Control(name, label, float(value), (float(low), float(high)), "slider", tip, options)


def whole(name: str, label: str, low: int, high: int, value: int, tip: str = "") -> Control:
    """A slider over whole numbers."""
    return Control(name, label, int(value), (int(low), int(high)), "whole", tip,
                   {"min": low, "max": high, "continuous_update": True})


_NICE = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.3, 2.6, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)


def log_slider(name: str, label: str, low: float, high: float, value: float, tip: str = "",
               show: str = "g") -> Control:
    """A slider over round numbers (..., 0.9, 1, 1.2, ...) on a logarithmic scale, ``low`` > 0.

    Other values are taken to the nearest of them.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    grid = [float(f"{n}e{e}") for e in range(first, last + 1) for n in _NICE]
    grid = [v for v in grid if low * 0.999 <= v <= high * 1.001]
    options = {"options": [(format(v, show), v) for v in grid], "continuous_update": True}
    made = Control(name, label, 0.0, (grid[0], grid[-1]), "log", tip, options)
    return replace(made, value=made.fit(value))


def choice(name: str, label: str, options: list | dict, value: Any, tip: str = "") -> Control:
    """One of a few, as a row of buttons. A dict maps what is shown to the value."""
    values = tuple(options.values()) if isinstance(options, dict) else tuple(options)
    shown = list(options.items()) if isinstance(options, dict) else list(options)
    return Control(name, label, value, values, "choice", tip, {"options": shown})


def switch(name: str, label: str, value: bool = False, tip: str = "") -> Control:
    """A check box: on or off."""
    return Control(name, label, bool(value), (False, True), "switch", tip, {"indent": False})


def player(name: str, label: str, last: int, value: int = 0, milliseconds: int = 400,
           tip: str = "") -> Control:
    """A slider over frames 0..last with a play button beside it; nothing starts by itself."""
    return Control(name, label, int(value), (0, int(last)), "player", tip,
                   {"min": 0, "max": int(last), "interval": int(milliseconds)})


def button(label: str, action: Callable[[dict], dict | None], name: str = "", tip: str = "",
           main: bool = False) -> Button:
    """A big button; ``main=True`` for the one that should be pressed first."""
    return Button(name or label.lower(), label, action, tip, main)


def _make_player(interval: int, **options) -> ipw.IntSlider:
    """The frame slider; the base puts an ``ipywidgets.Play`` beside it."""
    return ipw.IntSlider(continuous_update=True, **options)


_MAKERS = {"slider": ipw.FloatSlider, "whole": ipw.IntSlider, "log": ipw.SelectionSlider,
           "choice": ipw.ToggleButtons, "switch": ipw.Checkbox, "player": _make_player}


def beside(control: Control, widget: ipw.ValueWidget) -> ipw.Widget:
    """What is laid out for a control: the widget itself, or play buttons and the frame slider."""
    if control.kind != "player":
        return widget
    options = control.options
    play = ipw.Play(min=options["min"], max=options["max"], value=control.value, step=1,
                    interval=options["interval"], show_repeat=False,
                    tooltip=f"play {control.label}")
    ipw.jslink((play, "value"), (widget, "value"))
    widget.layout.flex = "1 1 auto"
    row = ipw.HBox([play, widget])
    row.add_class("bp-player")
    return row
