"""Lines of a program to be put in order, with real mistakes among them (a Parsons problem).

Pressing a line appends it to the program, so that mouse, finger and keyboard do equally well.
"""

from __future__ import annotations

import html
import random

import ipywidgets as ipw

from bplib.play.said import Asked, Said, row


class OrderLines(Asked):
    """The program so far, and the lines to take from. Made by ``ask.order_lines``."""

    def __init__(self, question: str, lines: list[str], distractors: dict[str, str],
                 hints: dict[str, str], also: list[list[str]], seed: int) -> None:
        self.lines, self.distractors, self.hints = list(lines), dict(distractors), dict(hints)
        self.orders = [self.lines, *also]
        if len(set(lines) | set(distractors)) < len(lines) + len(distractors):
            raise ValueError("lines and distractors must all differ from one another")
        for order in also:
            if sorted(order) != sorted(lines):
                raise ValueError(f"also must hold orders of the same lines; got {order}")
        pool = [*lines, *distractors]
        random.Random(seed).shuffle(pool)
        self.program: list[str] = []
        self.pool = {line: ipw.Button(description=line, tooltip="append this line")
                     for line in pool}
        for line, button in self.pool.items():
            button.add_class("bp-code")
            button.on_click(lambda _, a=line: self.append(a))
        self.listing = ipw.HTML()
        check = ipw.Button(description="Check", button_style="primary")
        back = ipw.Button(description="Take the last line back", icon="undo")
        clear = ipw.Button(description="Clear")
        check.on_click(lambda _: self.check())
        back.on_click(lambda _: self.take_back())
        clear.on_click(lambda _: self.clear())
        stock = ipw.VBox(list(self.pool.values()))
        stock.add_class("bp-stock")
        super().__init__(question, [stock, self.listing, row([check, back, clear])])
        self._show()

    @property
    def right(self) -> bool:
        """Whether the program as it stands is right."""
        return self.program in self.orders

    def append(self, line: str) -> None:
        """Appends a line to the program, as a press on it does."""
        if line not in self.pool:
            raise KeyError(f"no such line: {line!r}; there are {list(self.pool)}")
        if line not in self.program:
            self.program.append(line)
            self._show()

    def take_back(self) -> None:
        """Takes the last line out of the program."""
        self.program = self.program[:-1]
        self._show()

    def clear(self) -> None:
        """Empties the program."""
        self.program = []
        self._show()

    def arrange(self, program: list[str]) -> Said:
        """Lays down a whole program and checks it; for those who use no widgets."""
        self.clear()
        for line in program:
            self.append(line)
        return self.check()

    def check(self) -> Said:
        """Says whether the program is right, or what is wrong with the first line that is."""
        if self.right:
            return self.say("**Yes.** That is the program.", "yes")
        if not self.program:
            return self.say("Press the lines in the order in which they should run.")
        good = max(self._agreeing(order) for order in self.orders)
        if good == len(self.program):
            missing = len(self.lines) - good
            return self.say(f"**Right so far.** {missing} more "
                            f"{'line is' if missing == 1 else 'lines are'} needed.")
        line = self.program[good]
        words = self.distractors.get(line) or self.hints.get(line) or (
            "this line belongs into the program, but not here. What must have run before it?")
        return self.say(f"**Not quite.** Line {good + 1}: {words}", "no")

    def _agreeing(self, order: list[str]) -> int:
        """How many lines agree with an order before the first that does not."""
        for i, line in enumerate(self.program):
            if i >= len(order) or line != order[i]:
                return i
        return len(self.program)

    def _show(self) -> None:
        for line, button in self.pool.items():
            button.disabled = line in self.program
        body = "\n".join(f"{i + 1}  {line}" for i, line in enumerate(self.program))
        empty = '<span class="bp-done">your program: press the lines above in order</span>'
        self.listing.value = f'<pre class="bp-program">{html.escape(body) or empty}</pre>'
        self.say("")

    def static_lines(self) -> list[str]:
        return list(self.pool)
