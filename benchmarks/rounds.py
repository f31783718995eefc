"""How things are timed: side by side, in turns, and judged by ratios rather than by clocks.

A machine's speed changes from second to second, and what else it does changes with it. So all
contenders take a turn in every round, in an order that rotates, and only ratios within a round
count; their median is reported, with the middle half of them to show how sure it is. The clock is
the processor's time spent on this process, which with one thread is what the work itself costs.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass
class Goal:
    """A ratio of two contenders' times that must not exceed `bound`; `why` is said when it does."""

    over: str
    under: str
    bound: float
    why: str = ""


@dataclass
class Race:
    """One piece of work, its goals, and `build()` -> who does it, bplib's fast way first.

    Where contenders leave `garbage`, it is cleared between turns: each pays for its own.
    """

    work: str
    goals: list[Goal]
    build: Callable[[], dict[str, Callable]]
    garbage: bool = False


@dataclass
class Ratio:
    """The median of a ratio over all rounds, and its quartiles."""

    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def run(race, seconds, least_rounds=7):
    """Return the seconds per call of every contender in every round: dict of name to array.

    Each contender is called twice before the clock starts; a turn lasts at least ten milliseconds;
    `seconds` are those of a clock on the wall.
    """
    contenders, calls = race.build(), {}
    for name, function in contenders.items():
        function()
        start = time.perf_counter()
        function()
        calls[name] = max(1, round(0.01 / max(time.perf_counter() - start, 1e-7)))
    names = list(contenders)
    times = {name: [] for name in names}
    end = time.perf_counter() + seconds
    while len(times[names[0]]) < least_rounds or time.perf_counter() < end:
        for name in names:
            function, count = contenders[name], calls[name]
            if race.garbage:
                gc.collect()
            start = time.process_time()
            for _ in range(count):
                function()
            times[name].append((time.process_time() - start) / count)
        names = names[1:] + names[:1]
    return {name: np.array(times[name]) for name in contenders}


def ratio(times, over, under):
    """Return the `Ratio` of two contenders' times, round by round."""
    ratios = times[over] / times[under]
    return Ratio(float(np.median(ratios)), *np.quantile(ratios, [0.25, 0.75]).tolist())


def agree(mine, theirs, tolerance):
    """Raise AssertionError unless two lists of arrays agree to `tolerance` of their largest entry.

    Nothing is timed before it has been shown to compute the same as its peer.
    """
    for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        one, other = np.asarray(one), np.asarray(other)
        error = np.abs(one - other).max() / max(1e-12, np.abs(other).max())
        if one.shape != other.shape or not error < tolerance:
            raise AssertionError(f"result {number} differs by {error:.1e}, not {tolerance:.0e}")
