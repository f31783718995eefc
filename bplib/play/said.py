"""Words on show: a short answer, HTML or plain text, and the box that questions sit in."""

from __future__ import annotations

import html

import ipywidgets as ipw

from bplib.play import skin

KINDS = ("note", "yes", "no")


class Said:
    """Words to show as a cell's result: HTML in Jupyter, plain text elsewhere.

    >>> Said("**5** steps.")
    5 steps.
    """

    def __init__(self, text: str, kind: str = "note") -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}; got {kind!r}")
        self.text, self.kind = text, kind

    def __repr__(self) -> str:
        return skin.plain(self.text)

    def html(self) -> str:
        """The words as one HTML element, in the colours of their kind."""
        return (f'<div class="bp-answer bp-{self.kind}" role="status" aria-live="polite">'
                f"{skin.marked(self.text)}</div>")

    def _repr_html_(self) -> str:
        return f'<div class="bp-ask bp-light"><style>{skin.sheet()}</style>{self.html()}</div>'


class Asked:
    """What all questions share: the box on screen, and a static text where no kernel runs."""

    def __init__(self, question: str, rest: list[ipw.Widget]) -> None:
        self.question = question
        self.message = ipw.HTML()
        head = ipw.HTML(f'<style>{skin.sheet()}</style><div class="bp-asked">'
                        f"{skin.marked(question)}</div>")
        self.ui = ipw.VBox([head, *rest, self.message])
        for name in ("bp-any", "bp-ask", "bp-light"):
            self.ui.add_class(name)

    def say(self, text: str, kind: str = "note") -> Said:
        """Shows words below the question, and returns them for a cell without widgets."""
        said = Said(text, kind)
        self.message.value = said.html()
        return said

    def static_lines(self) -> list[str]:
        """What stands below the question where no kernel runs."""
        return []

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        data = dict(self.ui._repr_mimebundle_(include=include, exclude=exclude) or {})
        lines = self.static_lines()
        items = "".join(f"<li><code>{html.escape(line)}</code></li>" for line in lines)
        data["text/html"] = f"<p>{skin.marked(self.question)}</p><ul>{items}</ul>"
        data["text/plain"] = "\n".join([skin.plain(self.question), *(f"- {x}" for x in lines)])
        return data


def row(children: list[ipw.Widget]) -> ipw.HBox:
    """Buttons side by side, wrapping onto further lines."""
    box = ipw.HBox(children)
    box.add_class("bp-row")
    return box


def mark(buttons: dict, chosen) -> None:
    """Shows which of the buttons is chosen: by colour, and by a tick for those who see none."""
    for value, button in buttons.items():
        own = button.description.removeprefix("✓ ")
        button.description = f"✓ {own}" if value == chosen else own
        button.button_style = "primary" if value == chosen else ""
