"""Lesson 11 to play with: six walkers in a ravine, Adam taken apart, a schedule and its noise."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from bplib.optim import (
    Stepper,
    adagrad_step,
    adam_step,
    adamw_step,
    cosine_schedule,
    momentum_step,
    rmsprop_step,
)
from bplib.play.base import demo
from bplib.play.controls import choice, log_slider, player, slider, switch, whole
from bplib.play.surface import levels, shades
from bplib.play.theme import Look, panels

LESSON = "11_optimizers"
STEPS = 80
BOTTOM = np.array([0.9, 0.0])
CURVATURES = np.array([1.0, 40.0])
START = np.array([-3.0, 0.7])      # from the bottom, along the ravine and across it


class Walker(NamedTuple):
    """A walker: what it is called, its step (None: plain descent), its rate, colour and mark."""

    name: str
    function: object
    rate: float
    settings: dict
    colour: str
    mark: str


WALKERS = (
    Walker("plain descent", None, 0.045, {}, "ink", "o"),
    Walker("momentum", momentum_step, 0.01, {}, "blue", "s"),
    Walker("AdaGrad", adagrad_step, 0.7, {}, "green", "D"),
    Walker("RMSprop", rmsprop_step, 0.1, {}, "purple", "^"),
    Walker("Adam", adam_step, 0.2, {}, "orange", "P"),
    Walker("AdamW", adamw_step, 0.2, {"weight_decay": 0.1}, "gold", "X"),
)


def ravine(turn: float) -> np.ndarray:
    """The matrix A (2, 2) of ``height = (p - bottom) A (p - bottom) / 2``, turned by degrees."""
    angle = np.radians(turn)
    along = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return along @ np.diag(CURVATURES) @ along.T


@lru_cache(maxsize=64)
def walk(name: str, turn: float, share: float) -> tuple[np.ndarray, np.ndarray]:
    """A walker's places ``(STEPS + 1, 2)`` and heights ``(STEPS + 1,)``, at a share of its rate."""
    walker = next(w for w in WALKERS if w.name == name)
    A, angle = ravine(turn), np.radians(turn)
    rate = share * walker.rate
    stepper = Stepper(walker.function, rate, **walker.settings) if walker.function else None
    place = BOTTOM + np.array([np.cos(angle) * START[0] - np.sin(angle) * START[1],
                               np.sin(angle) * START[0] + np.cos(angle) * START[1]])
    path = [place.copy()]
    for _ in range(STEPS):
        gradient = A @ (place - BOTTOM)
        if stepper is None:
            place -= rate * gradient
        else:
            stepper.step(place, gradient)
        place = np.clip(place, -1e6, 1e6)
        path.append(place.copy())
    away = np.array(path) - BOTTOM
    return np.array(path), 0.5 * np.einsum("ti,ij,tj->t", away, A, away)


def short_height(height: float) -> str:
    """A height as people read it: 12.3, 0.05, 3e-07, or "gone"."""
    if height > 1e4:
        return "gone"
    return f"{height:.2f}" if height >= 0.01 else f"{height:.0e}".replace("-", "\N{MINUS SIGN}")


@demo(lesson=LESSON, name="ravine", title="One ravine, six walkers",
      sentence="Six ways to turn the same slopes into steps, walked side by side.",
      question="Who is nearest to the bottom at the end? And when the ravine is turned by 45 degrees?",
      controls=[player("frame", "step", STEPS, STEPS, 200),
                choice("who", "draw", {"all": "all", **{w.name: w.name for w in WALKERS}}, "all"),
                slider("turn", "turn the ravine (degrees)", 0, 90, 15, 0, show=".0f"),
                log_slider("share", "times each one's own learning rate", 0.1, 3.0, 1.0)])
def ravine_walk(figure: Figure, look: Look, frame: int, who: str, turn: float, share: float,
                seed: int) -> str:
    """Paths on the map of ``(u**2 + 40 v**2) / 2``, and a table of heights in order."""
    chart, table = panels(figure, look, widths=(1.55, 1.0), bare=(1,), grid=False)
    x, y = np.linspace(-3.2, 3.2, 61), np.linspace(-2.6, 2.6, 51)
    away = np.stack(np.meshgrid(x, y), -1) - BOTTOM
    heights = 0.5 * np.einsum("yxi,ij,yxj->yx", away, ravine(turn), away)
    chart.contourf(x, y, np.minimum(heights, 59), levels=levels(60), colors=shades(look))
    rows = []
    for walker in WALKERS:
        path, height = walk(walker.name, turn, share)
        rows.append((float(height[frame]), walker))
        if who in ("all", walker.name):
            colour = getattr(look, walker.colour)
            seen = np.clip(path[: frame + 1], -9, 9)
            chart.plot(seen[:, 0], seen[:, 1], color=colour, lw=look.thin,
                       path_effects=look.halo(2.4))
            chart.plot(seen[-1:, 0], seen[-1:, 1], walker.mark, color=colour, ms=0.85 * look.dot,
                       mec=look.paper, mew=1.0)
    chart.plot(*BOTTOM, marker="*", ms=1.5 * look.dot, color=look.truth, mec=look.paper, mew=1.0)
    chart.set(xlim=(-3.2, 3.2), ylim=(-2.6, 2.6), xlabel="first parameter",
              ylabel="second parameter")
    chart.set_title(f"after {frame} step{'s' * (frame != 1)}")
    rows.sort(key=lambda row: row[0])
    _ranking(table, look, rows)
    best, last = rows[0], rows[-1]
    if frame == 0:
        return "All six stand at the same place, and are told the same slopes. Press play."
    gone = [w.name for height, w in rows if height > 1e4]
    lost = f"\n{' and '.join(gone)} left the map: the rate is too large." if gone else (
        f"\n{last[1].name} is the last: {short_height(last[0])} above it.")
    return (f"**{best[1].name}** is lowest after {frame} steps: {short_height(best[0])} above the "
            f"bottom.{lost}")


def _ranking(ax, look: Look, rows: list) -> None:
    """Marks, names and heights from the lowest to the highest."""
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.text(1.0, 0.97, "height above\nthe bottom", ha="right", va="top", fontsize=look.small,
            color=look.quiet, weight="bold")
    for place, (height, walker) in enumerate(rows):
        level = 0.74 - 0.125 * place
        colour = getattr(look, walker.colour)
        ax.plot([0.06], [level], walker.mark, color=colour, ms=0.85 * look.dot)
        ax.text(0.14, level, walker.name, va="center", color=colour, weight="bold")
        ax.text(1.0, level, short_height(height), va="center", ha="right")


# -- Adam taken apart ------------------------------------------------------------------------------

KINDS = {"always 1": "constant", "1, −1, 1, ...": "alternating", "noise": "noise",
         "one in ten": "rare"}


def gradients(kind: str, count: int) -> np.ndarray:
    """Gradients ``(count,)`` of size about 1 that come in one of four ways."""
    t = np.arange(count)
    if kind == "constant":
        return np.ones(count)
    if kind == "alternating":
        return np.where(t % 2 == 0, 1.0, -1.0)
    if kind == "rare":
        return np.where(t % 10 == 2, 1.0, 0.0)
    return np.random.default_rng(5).normal(0.3, 1.0, count)


def adam_steps(grads, beta1=0.9, beta2=0.999, corrected=True) -> dict[str, np.ndarray]:
    """What Adam makes of gradients ``(T,)``: ``m``, ``root`` of v, and ``step`` in learning rates.

    All as the step uses them: with ``corrected`` divided by ``1 - beta**t``, else as averaged.
    """
    param, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    found = {"m": [], "root": [], "step": []}
    for t, grad in enumerate(grads, start=1):
        param, m, v = adam_step(param, [grad], m, v, t, beta1=beta1, beta2=beta2)
        a, b = (1 - beta1**t, 1 - beta2**t) if corrected else (1.0, 1.0)
        found["m"].append(m[0] / a)
        found["root"].append(np.sqrt(v[0] / b))
        found["step"].append(m[0] / a / (np.sqrt(v[0] / b) + 1e-8))
    return {name: np.array(values) for name, values in found.items()}


@demo(lesson=LESSON, name="adam_parts", title="Adam taken apart",
      sentence="Two averages and their correction, step by step, for gradients that you choose.",
      question="Which gradients make Adam stride, which stop it, and what does the correction mend?",
      controls=[choice("kind", "gradients", KINDS, "constant"),
                switch("corrected", "bias correction", True),
                log_slider("scale", "size of the gradients", 0.001, 1000, 1.0),
                whole("count", "steps", 2, 60, 10)])
def adam_parts(figure: Figure, look: Look, kind: str, corrected: bool, scale: float, count: int,
               seed: int) -> str:
    """Left: gradient, ``m`` and the root of ``v``. Right: the step, in learning rates."""
    grads = scale * gradients(kind, count)
    found = adam_steps(grads, corrected=corrected)
    ax, bars = panels(figure, look, widths=(1.0, 1.0))
    t = np.arange(1, count + 1)
    ax.plot(t, grads / scale, "o", color=look.quiet, ms=0.5 * look.dot)
    ax.plot(t, found["m"] / scale, color=look.curve)
    ax.plot(t, found["root"] / scale, color=look.blame, ls=(0, (3, 1.5)))
    low, high = -1.35, 1.9
    if kind == "noise":
        low, high = -2.6, 2.9
    ax.set(xlim=(0.5, count + 0.5), ylim=(low, high), xlabel="step t",
           ylabel="in units of the gradients' size")
    for words, colour, x, y, side in (("average m", look.curve, 0.03, 0.9, "left"),
                                      ("root of v", look.blame, 0.98, 0.9, "right"),
                                      ("• gradient", look.quiet, 0.03, 0.03, "left")):
        ax.text(x, y, words, color=colour, weight="bold", ha=side, fontsize=look.small,
                transform=ax.transAxes)
    bars.axhline(1, color=look.truth, lw=look.thin, ls=(0, (4, 2)))
    bars.bar(t, found["step"], color=look.guess, width=0.7)
    bars.set(xlim=(0.4, count + 0.6), ylim=(-1.3, 7.4 if not corrected else 1.9), xlabel="step t",
             ylabel="step (learning rates)")
    ax.set_title("m and v, corrected" if corrected else "m and v, as averaged")
    bars.set_title(f"first step {abs(found['step'][0]):.2f} long" if kind != "rare" else
                   f"longest step {np.abs(found['step']).max():.2f}")
    return _adam_words(kind, corrected, scale, found["step"])


def _adam_words(kind: str, corrected: bool, scale: float, step: np.ndarray) -> str:
    longest = np.abs(step).max()
    if not corrected:
        return (f"Without the correction m and v both start too small, v much more so: the longest "
                f"step is **{longest:.1f} learning rates**, though no gradient grew.\nSwitch the "
                "correction on to compare.")
    tail = f" It would be the same for gradients of size 1; these are {scale:g}." if scale != 1 else ""
    if kind == "constant":
        return ("Gradients that agree: every step is **one learning rate** long, from the first on."
                f"{tail}")
    if kind == "alternating":
        return (f"Gradients that contradict each other: the steps shrink to **{abs(step[-1]):.2f}** "
                f"learning rates, while the root of v stays as large as each of them.{tail}")
    if kind == "rare":
        return (f"A gradient that comes once in ten steps: it still moves the parameter, by up to "
                f"**{longest:.2f}** learning rates a step.{tail}")
    return (f"Noise with a small drift: the last step is **{abs(step[-1]):.2f}** learning rates "
            f"long; the noise cancels in m but not in v.{tail}")


# -- schedules ---------------------------------------------------------------------------------------

TOTAL = 200


@lru_cache(maxsize=64)
def noisy_descent(kind: str, peak: float, warmup: int) -> tuple[np.ndarray, np.ndarray]:
    """Rates and typical distances from the bottom, ``(TOTAL,)``, of 200 walkers in noise.

    Each has the gradient of ``x**2 / 2`` with noise of size 1 on top, as small batches have.
    """
    rng = np.random.default_rng(0)
    x = np.full(200, 3.0)
    rates = np.array([peak if kind == "constant" else cosine_schedule(t, TOTAL, peak, warmup)
                      for t in range(TOTAL)])
    typical = []
    for rate in rates:
        typical.append(np.sqrt(np.mean(x * x)))
        x = np.clip(x - rate * (x + rng.normal(size=x.shape)), -1e3, 1e3)
    return rates, np.array(typical)


@demo(lesson=LESSON, name="schedule", title="Fast, then slow",
      sentence="A learning rate that warms up and then glides down, against one that stays.",
      question="With noisy gradients, which peak and warm-up end nearest to the bottom?",
      controls=[slider("peak", "peak learning rate", 0.02, 1.0, 0.02, 0.5),
                whole("warmup", "warm-up (steps)", 0, 100, 20)])
def schedule(figure: Figure, look: Look, peak: float, warmup: int, seed: int) -> str:
    """Left: the two learning rates. Right: typical distance from the bottom, in noise."""
    ax, far = panels(figure, look, widths=(1.0, 1.0))
    ends = {}
    for kind, colour, style in (("constant", look.quiet, (0, (3, 1.5))), ("cosine", look.curve, "-")):
        rates, typical = noisy_descent(kind, peak, warmup)
        ax.plot(rates, color=colour, ls=style)
        far.plot(typical, color=colour, ls=style)
        ends[kind] = typical[-1]
    ax.set(xlim=(0, TOTAL), ylim=(0, 1.1), xlabel="step", ylabel="learning rate")
    ax.text(TOTAL * 0.98, peak + 0.02, "constant", color=look.quiet, weight="bold", ha="right",
            va="bottom", fontsize=look.small)
    ax.text(0.03 * TOTAL, 0.02, "schedule", color=look.curve, weight="bold", va="bottom",
            fontsize=look.small, path_effects=look.halo())
    far.set(xlim=(0, TOTAL), ylim=(0, 3.2), xlabel="step", ylabel="typical distance")
    ax.set_title("the rate")
    far.set_title(f"ends at {ends['cosine']:.2f}, not {ends['constant']:.2f}")
    late = " It had not arrived yet: its rates add up to less." if (
        ends["cosine"] > ends["constant"]) else ""
    return (f"With the rate held at {peak:.2f}, the walkers are **{ends['constant']:.2f}** away from "
            f"the bottom after {TOTAL} steps.\nWith the schedule, **{ends['cosine']:.2f}**.{late}")
