"""Questions to learners: predict before you run, choose and hear why, put lines in order.

None of them holds up a notebook that runs from top to bottom, and none of them is an exam. A
prediction counts as *given* whatever it is, and only the experiment says what is so. Import the
module, ``from bplib.play import ask``: its ``predict`` would hide that of ``bplib.linear``.
"""

from __future__ import annotations

import math
from typing import Any

import ipywidgets as ipw

from bplib.play import skin
from bplib.play.order import OrderLines
from bplib.play.said import Asked, Said, mark, row

EMPTY = (None, ..., "", "...")


class Prediction(Asked):
    """A guess that is given before an experiment and compared after it. Made by ``predict``."""

    def __init__(self, question: str, choices: list | None, low: float, high: float, step: float,
                 unit: str) -> None:
        self.choices, self.unit = list(choices or []), unit
        self.span = (low, high)
        self.value: Any = None
        self.actual: Any = None
        self.buttons: dict[Any, ipw.Button] = {}
        if self.choices:
            for choice in self.choices:
                self.buttons[choice] = ipw.Button(description=str(choice), tooltip=str(choice))
                self.buttons[choice].on_click(lambda _, c=choice: self.guess(c))
            rest = [row(list(self.buttons.values()))]
        else:
            digits = 0 if step == int(step) else max(1, -math.floor(math.log10(step)))
            self.slider = ipw.FloatSlider(
                min=low, max=high, step=step, value=low + round((high - low) / 2 / step) * step,
                description=unit or "guess", readout_format=f".{digits}f",
                style={"description_width": "initial"})
            self.commit = ipw.Button(description="That is my guess", button_style="primary")
            self.commit.on_click(lambda _: self.guess(self.slider.value))
            rest = [self.slider, row([self.commit])]
        super().__init__(question, rest)
        self.say("Guess before you run on. A wrong guess teaches as well as a right one.")

    @property
    def given(self) -> bool:
        """Whether a guess has been made, right or wrong."""
        return self.value is not None

    def guess(self, value: Any) -> Said:
        """Makes the guess, as a press in the browser does. After ``reveal`` it stays as it was."""
        if self.actual is not None:
            return self.say("The experiment has spoken; guesses are closed.")
        if self.choices and value not in self.choices:
            shown = ", ".join(str(c) for c in self.choices)
            return self.say(f"{value!r} is not one of the choices. They are: {shown}.", "no")
        if not self.choices and not isinstance(value, (int, float)):
            return self.say(f"A number, please; {value!r} is none.", "no")
        self.value = value
        mark(self.buttons, value)
        return self.say(f"Your guess is in: **{self._named(value)}**. "
                        "Now run the experiment and see.")

    def reveal(self, actual: Any, because: str = "") -> Said:
        """What the experiment said, beside the guess. Leave it as the last line of a cell."""
        self.actual = actual
        for button in self.buttons.values():
            button.disabled = True
        if not self.choices:
            self.slider.disabled = self.commit.disabled = True
        why = f"\n{because}" if because else ""
        now = f"**{self._named(actual)}**"
        if not self.given:
            return self.say(f"The experiment says {now}. You had not guessed: next time guess "
                            f"first, it makes the answer stick.{why}")
        if self._hit(actual):
            return self.say(f"You said {self._named(self.value)}, and the experiment says {now}: "
                            f"just so.{why}", "yes")
        return self.say(f"You said {self._named(self.value)}; the experiment says {now}."
                        f"{self._distance(actual)} Good to have asked first.{why}", "no")

    def _hit(self, actual: Any) -> bool:
        if self.choices:
            return str(actual) == str(self.value)
        return abs(self.value - actual) <= 0.05 * abs(self.span[1] - self.span[0])

    def _distance(self, actual: Any) -> str:
        if self.choices:
            return ""
        way = "high" if self.value > actual else "low"
        return f" That was {abs(self.value - actual):.3g} too {way}."

    def _named(self, value: Any) -> str:
        shown = f"{value:.4g}" if isinstance(value, float) else skin.quoted(str(value))
        return f"{shown} {self.unit}".strip()

    def static_lines(self) -> list[str]:
        if self.choices:
            return [str(c) for c in self.choices]
        return [f"a number from {self.span[0]:g} to {self.span[1]:g} {self.unit}".strip()]


def predict(question: str, choices: list | None = None, *, low: float = 0.0, high: float = 10.0,
            step: float = 0.0, unit: str = "", answer: Any = None) -> Prediction:
    """Asks for a guess: one of ``choices``, or a number from ``low`` to ``high`` (in ``unit``).

    ``answer`` gives the guess in code, for those who use no widgets. Later, ``reveal(actual)``.

    >>> guess = predict("Which is larger?", ["2**10", "10**3"], answer="10**3")
    >>> guess.given
    True
    >>> guess.reveal("2**10", "1024 is more.")
    You said 10**3; the experiment says 2**10. Good to have asked first. 1024 is more.
    """
    asked = Prediction(question, choices, low, high, step or (high - low) / 100, unit)
    if answer not in EMPTY:
        asked.guess(answer)
    return asked


class Choice(Asked):
    """One question, a few answers, and words for each of them. Made by ``choose``."""

    def __init__(self, question: str, options: dict[str, str], right: str) -> None:
        if right not in options:
            raise ValueError(f"right must be one of the options {list(options)}; got {right!r}")
        self.options, self.answer_right = dict(options), right
        self.answer: str | None = None
        self.buttons = {o: ipw.Button(description=o, tooltip=o) for o in options}
        for option, button in self.buttons.items():
            button.on_click(lambda _, o=option: self.choose(o))
        super().__init__(question, [row(list(self.buttons.values()))])

    @property
    def right(self) -> bool:
        """Whether the right answer is chosen now."""
        return self.answer == self.answer_right

    def choose(self, option: str) -> Said:
        """Chooses an answer, as a press in the browser does, and says what is to be said to it."""
        if option not in self.options:
            return self.say(f"{option!r} is not one of the answers: {', '.join(self.options)}.",
                            "no")
        self.answer = option
        mark(self.buttons, option)
        opening = "**Yes.** " if self.right else "**Not quite.** "
        return self.say(opening + self.options[option], "yes" if self.right else "no")

    def static_lines(self) -> list[str]:
        return list(self.options)


def choose(question: str, options: dict[str, str], right: str, answer: Any = None) -> Choice:
    """Asks a question with a few answers; ``options`` maps each answer to what is said to it.

    >>> asked = choose("2 + 2?", {"4": "Two pairs.", "22": "That joins them."}, right="4")
    >>> asked.choose("22")
    Not quite. That joins them.
    """
    asked = Choice(question, options, right)
    if answer not in EMPTY:
        asked.choose(answer)
    return asked


def order_lines(question: str, lines: list[str], distractors: dict[str, str] | None = None, *,
                hints: dict[str, str] | None = None, also: list[list[str]] | None = None,
                seed: int = 0, answer: list[str] | None = None) -> OrderLines:
    """Asks to put the lines of a program in order; ``distractors`` maps wrong lines to words.

    ``hints`` maps a line to why it comes where it comes, said when it comes too early or too late;
    ``also`` lists further orders that are right. The lines are shuffled by ``seed``.

    >>> asked = order_lines("A step", ["g = df(x)", "x = x - g"], {"x = x + g": "That is uphill."})
    >>> asked.arrange(["g = df(x)", "x = x + g"])
    Not quite. Line 2: That is uphill.
    """
    asked = OrderLines(question, lines, distractors or {}, hints or {}, also or [], seed)
    if answer not in EMPTY:
        asked.arrange(answer)
    return asked
