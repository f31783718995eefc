"""Checks of lesson 11: a learning rate that warms up in a line and goes down along a cosine."""

import math

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.steps_11 import LESSON
from bplib import optim

REFERENCE = {"cosine_schedule": optim.cosine_schedule}


def schedule_cases(rng):
    def plan(total, warmup, special="", steps=None, **changes):
        steps = list(range(total)) if steps is None else steps
        more = {"warmup_steps": warmup} if warmup is not None else {}
        peak = float(rng.uniform(0.1, 0.9))
        return Case(special, {"T": total}, **{"steps": steps, "total_steps": total, "peak": peak,
                                              **more, **changes})  # fmt: skip

    yield plan(5, 2)
    yield plan(int(rng.integers(9, 12)), 3)
    yield plan(int(rng.integers(13, 17)), 4)
    yield plan(int(rng.integers(20, 24)), 6)
    yield plan(6, 1, "a warm-up of one step")
    yield plan(7, 0, "no warm-up (warmup_steps = 0)")
    yield plan(8, None, "no warm-up (warmup_steps not given)")
    yield plan(6, 2, "the end and beyond", [6, 7, 8, 11, 60])
    yield plan(1, 0, "one step in all", [0, 1, 2])
    yield plan(8, 3, "a whole number for the peak", peak=3)
    yield plan(3000, 700, "a long run", [0, 1, 350, 699, 700, 701, 1850, 2998, 2999, 3000])


def run_schedule(solution, case):
    """The rates at all steps of the case."""
    named = {"warmup_steps": case.warmup_steps} if "warmup_steps" in case.inputs else {}
    rates = [
        solution.call("cosine_schedule", step, case.total_steps, case.peak, **named)
        for step in case.steps
    ]
    none = [rate for rate in map(read, rates) if isinstance(rate, Unreadable)]
    return {"rates": none[0] if none else rates}


END = "if step >= total_steps:\n        return 0.0"
RISE = "return float(peak * step / warmup_steps)"
WARM = "if step < warmup_steps:"
PROGRESS = "progress = (step - warmup_steps) / (total_steps - warmup_steps)"
FALL = "return float(peak * (1 + math.cos(math.pi * progress)) / 2)"


def _fall(text):
    return ((FALL, f"return float({text})"),)


SCHEDULE = Exercise(
    "cosine_schedule", LESSON, 2,
    outputs=(Output("rates", "the learning rates at those steps"),),
    cases=schedule_cases,
    run=run_schedule,
    reference=REFERENCE,
    see="Fast, then slow: schedules",
    mistakes=(
        Mistake(
            "warm-up-ignored", "There is no warm-up: the cosine begins at step 0.",
            edits=((WARM, "if False:"), (PROGRESS, "progress = step / total_steps")),
            equivalent=("as-if-0-warmup_steps",),
        ),
        Mistake(
            "warm-up-is-cosine", "The warm-up does not rise from 0: the cosine's formula is used "
            "there too, with a progress below 0.",
            "Ask first whether the warm-up is still going on.",
            edits=((WARM, "if False:"),),
        ),
        Mistake(
            "warm-up-bent", "The warm-up rises along a cosine; agreed was a straight line.",
            edits=((RISE, "return float(peak * (1 - math.cos(math.pi * step / warmup_steps)) / 2)"),),
        ),
        Mistake(
            "warm-up-not-divided", "The warm-up rises by a whole peak at each step; it takes "
            "warmup_steps of them to get there.",
            edits=((RISE, "return float(peak * step)"),),
        ),
        Mistake(
            "warm-up-early", "The warm-up is one step ahead: it starts above 0 and reaches the peak "
            "a step too soon.",
            "(step + 1) / warmup_steps is a common choice; agreed was 0 at step 0.",
            edits=((RISE, "return float(peak * (step + 1) / warmup_steps)"),),
        ),
        Mistake(
            "warm-up-late", "The warm-up is divided by one step too many: it has not reached the "
            "peak when it ends.",
            edits=((RISE, "return float(peak * step / (warmup_steps + 1))"),),
        ),
        Mistake(
            "warm-up-flat", "During the warm-up the rate is at its peak; it should rise in a line.",
            edits=((RISE, "return float(peak)"),),
        ),
        Mistake(
            "warm-up-zero", "During the warm-up the rate is 0; it should rise in a line.",
            "step // warmup_steps divides in whole numbers, and is 0 until the end.",
            edits=((RISE, "return 0.0"),),
        ),
        Mistake(
            "warm-up-without-peak", "The warm-up rises to 1, and should rise to the peak.",
            edits=((RISE, "return float(step / warmup_steps)"),),
        ),
        Mistake(
            "progress-from-zero", "The cosine does not start at the peak: its progress is counted "
            "from step 0, and should be from the end of the warm-up.",
            "Where the warm-up ends the cosine must stand at its top: progress 0.",
            edits=((PROGRESS, "progress = step / total_steps"),),
        ),
        Mistake(
            "progress-not-shortened", "The cosine has not come down at `total_steps`: the warm-up's "
            "steps are missing from what it is divided by.",
            "What is left for the cosine is total_steps - warmup_steps.",
            edits=((PROGRESS, "progress = (step - warmup_steps) / total_steps"),),
        ),
        Mistake(
            "progress-starts-late", "The cosine's progress counts from step 0 but is divided by the "
            "steps after the warm-up: it is past its end too soon.",
            edits=((PROGRESS, "progress = step / (total_steps - warmup_steps)"),),
        ),
        Mistake(
            "ends-early", "The cosine reaches 0 one step too soon: at total_steps - 1.",
            "Agreed was 0 at step total_steps.",
            edits=((PROGRESS, "progress = (step - warmup_steps) / max(total_steps - warmup_steps - 1,"
                    " 1)"),),
        ),
        Mistake(
            "rises-again", "Beyond `total_steps` the rate rises again: agreed was 0 from there on.",
            "A cosine is a wave: after its lowest point it goes up.",
            edits=((END, "if step == total_steps:\n        return 0.0"),),
            equivalent=("fails-with-the-end-and-beyond",),
        ),
        Mistake(
            "peak-at-the-end", "From `total_steps` on the rate is at its peak; agreed was 0.",
            edits=((END, END.replace("0.0", "float(peak)")),),
        ),
        Mistake(
            "progress-in-whole-numbers", "The rate stays at the peak until the end: `//` divides in "
            "whole numbers, and so the progress is 0.",
            edits=((PROGRESS, PROGRESS.replace(" / ", " // ")),),
        ),
        Mistake(
            "zero-warm-up-divides", "Without a warm-up it divides by zero.",
            "When warmup_steps is 0 no step lies before it: `<`, not `<=`.",
            edits=((WARM, "if step <= warmup_steps:"),),
            equivalent=("raised-ZeroDivisionError",),
        ),
        Mistake(
            "half-missing", "The cosine part is twice too high: (1 + cos) runs from 2 to 0.",
            "Halve it, so that it runs from 1 to 0.",
            edits=_fall("peak * (1 + math.cos(math.pi * progress))"),
        ),
        Mistake(
            "one-missing", "The rate becomes negative: the cosine itself runs from 1 to -1.",
            "Lift it by 1 and halve it.",
            edits=_fall("peak * math.cos(math.pi * progress)"),
        ),
        Mistake(
            "upside-down", "The cosine part rises from 0 to the peak; it should fall.",
            "1 - cos is 0 at the start and 2 at the end; 1 + cos is the other way about.",
            edits=_fall("peak * (1 - math.cos(math.pi * progress)) / 2"),
        ),
        Mistake(
            "whole-wave", "The cosine runs through a whole wave; half of one was agreed.",
            "Half a wave is pi, not 2 pi.",
            edits=_fall("peak * (1 + math.cos(2 * math.pi * progress)) / 2"),
        ),
        Mistake(
            "quarter-wave", "The cosine runs from 1 to 0 in a quarter of a wave: it comes down with "
            "a jolt instead of gently.",
            edits=_fall("peak * math.cos(math.pi * progress / 2)"),
        ),
        Mistake(
            "sine", "There is a sine where the cosine should be.",
            edits=_fall("peak * (1 + math.sin(math.pi * progress)) / 2"),
        ),
        Mistake(
            "degrees", "The angle is in degrees: Python's cos takes radians, and half a turn is pi.",
            edits=_fall("peak * (1 + math.cos(180 * progress)) / 2"),
        ),
        Mistake(
            "straight", "The rate falls in a straight line; agreed was half a cosine.",
            edits=_fall("peak * (1 - progress)"),
        ),
        Mistake(
            "peak-ignored", "`peak` is not used: the rates run up to 1.",
            edits=((RISE, "return float(step / warmup_steps)"),
                   (FALL, "return float((1 + math.cos(math.pi * progress)) / 2)")),
            equivalent=("as-if-1-peak",),
        ),
        Mistake(
            "both-at-once", "The warm-up is multiplied by the cosine: during it the rate is a little "
            "too low.",
            "First the line alone, then the cosine alone.",
            edits=((RISE, "return float(peak * step / warmup_steps * (1 + math.cos(math.pi * step / "
                    "total_steps)) / 2)"),),
        ),
    ),
    variants=(
        Variant("numpy", {"cosine_schedule": lambda step, total_steps, peak, warmup_steps=0: (
            np.where(step < warmup_steps, peak * step / max(warmup_steps, 1),
                     0.5 * peak * (1 + np.cos(np.pi * np.clip(
                         (step - warmup_steps) / (total_steps - warmup_steps), 0, 1)))))}),
        Variant("squared-cosine", {"cosine_schedule": lambda step, total_steps, peak,
                warmup_steps=0: (
                    step / warmup_steps * peak if step < warmup_steps else
                    0 if step > total_steps else
                    peak * math.cos(math.pi / 2 * (step - warmup_steps)
                                    / (total_steps - warmup_steps)) ** 2)}),
        Variant("smaller-of-two", {"cosine_schedule": lambda step, total_steps, peak,
                warmup_steps=0: np.float32(_smaller(step, total_steps, peak, warmup_steps))}),
    ),
)  # fmt: skip


def _smaller(step, total_steps, peak, warmup_steps):
    if step < warmup_steps:
        return np.interp(step, [0, warmup_steps], [0, peak])
    left = max(total_steps - step, 0) / (total_steps - warmup_steps)
    return peak / 2 - peak / 2 * math.cos(math.pi * left)


EXERCISES = (SCHEDULE,)
