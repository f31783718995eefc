"""Lesson 04 to play with: a line through houses, one mistake of 50,000, features of unequal size."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from bplib.linear import fit_linear, make_houses, mse, mse_gradients, standardize
from bplib.play.base import demo
from bplib.play.controls import button, log_slider, slider
from bplib.play.still import Still
from bplib.play.theme import Look, panels

LESSON = "04_house_prices"
SEED = 4      # the houses of the lesson: the same in text, figures and widgets
COUNT = 30


@cache
def few_houses() -> tuple[np.ndarray, np.ndarray]:
    """The 30 houses that the pictures show: area ``(30,)`` in square metres, prices in coins."""
    X, prices = make_houses(COUNT, np.random.default_rng(SEED))
    return X[:, 0], prices


def coins(amount: float) -> str:
    """An amount as people write it.

    >>> coins(-50000)
    '\N{MINUS SIGN}50,000'
    """
    return f"{amount:,.0f}".replace("-", "\N{MINUS SIGN}")


# -- the line ------------------------------------------------------------------------------------


@demo(lesson=LESSON, name="line", title="A price for every square metre",
      sentence="Turn two knobs until the line lies in the houses; the mean squared error keeps score.",
      question="Which line is wrong by least?",
      controls=[slider("m", "m: coins per square metre", 0, 5000, 50, 1000, show=".0f"),
                slider("c", "c: coins for the plot", -50000, 250000, 5000, 200000, show=".0f"),
                button("One step of descent", lambda state: _line_step(state), main=True)])
def line(figure: Figure, look: Look, m: float, c: float, seed: int) -> str:
    """Houses by area, the line ``price = m * area + c``, and every miss as a stick."""
    area, prices = few_houses()
    guesses = m * area + c
    misses = guesses - prices
    (ax,) = panels(figure, look)
    ends = np.array([30.0, 210.0])
    sticks = [[(a, p / 1000), (a, g / 1000)] for a, p, g in zip(area, prices, guesses, strict=True)]
    ax.add_collection(LineCollection(sticks, colors=look.blame, linewidths=look.thin))
    ax.plot(ends, (m * ends + c) / 1000, color=look.guess)
    ax.plot(area, prices / 1000, "D", color=look.truth, ms=0.6 * look.dot)
    ax.set(xlim=(30, 210), ylim=(0, 700), xlabel="area (square metres)",
           ylabel="price (thousand coins)")
    typical = np.sqrt(np.mean(misses**2))
    ax.set_title(f"mean squared error {np.mean(misses**2) / 1e6:,.0f} million")
    worst = int(np.argmax(np.abs(misses)))
    way = "too high" if misses[worst] > 0 else "too low"
    return (f"A typical miss is about **{coins(typical)} coins** (the square root of the mean "
            f"squared error).\nThe worst guess is {coins(abs(misses[worst]))} coins {way}, for the "
            f"house of {area[worst]:.0f} square metres.")


def _line_step(state: dict) -> dict:
    """One step in scaled units, so that both knobs get somewhere; held inside the sliders."""
    area, prices = few_houses()
    Z, mean, std = standardize(area[:, None])
    w, b = np.array([state["m"] * std[0]]), state["c"] + state["m"] * mean[0]
    dw, db = mse_gradients(Z, prices, w, b)
    m = float(np.clip((w[0] - 0.15 * dw[0]) / std[0], 0, 5000))
    return {"m": m, "c": float(np.clip(b - 0.15 * db - m * mean[0], -50000, 250000))}


# -- one house, one mistake ----------------------------------------------------------------------

AREA, PRICE, M, C = 2.0, 400_000.0, 150_000.0, 50_000.0  # hundreds of square metres; coins


def one_step(rate: float) -> tuple[float, float, float]:
    """The rookie's ``m`` and ``c`` after one step with ``rate``, and his new guess, in coins."""
    dw, db = mse_gradients([[AREA]], [PRICE], [M], C)
    m, c = M - rate * dw[0], C - rate * db
    return float(m), float(c), float(m * AREA + c)


@demo(lesson=LESSON, name="one_house", title="50,000 off: how far to turn the two knobs?",
      sentence="One house, one mistake, one step: from too timid to too bold.",
      question="Which learning rate makes the next guess exactly right, and which as bad as before?",
      controls=[slider("rate", "learning rate", 0.0, 0.25, 0.005, 0.02, show=".3f")])
def one_house(figure: Figure, look: Look, rate: float, seed: int) -> str:
    """The worked case: guess 350,000, price 400,000, and the guess after one step."""
    m, c, guess = one_step(rate)
    ax, bars = panels(figure, look, widths=(1.6, 1.0))
    rates = np.array([0.0, 0.25])
    ax.plot(rates, [one_step(r)[2] / 1000 for r in rates], color=look.curve)
    ax.axhline(PRICE / 1000, color=look.truth, lw=look.thin, ls=(0, (4, 2)))
    ax.text(0.003, PRICE / 1000 + 4, "the price", color=look.truth, weight="bold",
            fontsize=look.small, va="bottom")
    ax.plot([rate], [guess / 1000], "o", color=look.guess)
    ax.set(xlim=(-0.005, 0.255), ylim=(340, 485), xlabel="learning rate",
           ylabel="next guess (thousand coins)")
    ax.set_title(f"next guess {coins(guess)}")
    bars.bar([0, 1], [M / 1000, C / 1000], width=0.36, color=look.quiet)
    bars.bar([0.4, 1.4], [m / 1000, c / 1000], width=0.36, color=look.guess)
    bars.set(xticks=[0.2, 1.2], ylim=(0, 230), ylabel="thousand coins")
    bars.set_xticklabels(["m", "c"])
    bars.set_title("before, after")
    miss = guess - PRICE
    if abs(miss) < 1:
        verdict = "Exactly right, in one step."
    elif abs(miss) > 50_000 + 1:
        verdict = "Further off than before: this step is too bold."
    elif abs(abs(miss) - 50_000) < 1:
        verdict = "As far off as before" + (", on the other side." if miss > 0 else ": nothing moved.")
    else:
        verdict = f"Still {coins(abs(miss))} coins too {'high' if miss > 0 else 'low'}."
    return (f"m goes from {coins(M)} to **{coins(m)}**, c from {coins(C)} to **{coins(c)}**: "
            f"the new guess is {coins(guess)} coins.\n{verdict}")


# -- scaling -------------------------------------------------------------------------------------

STEPS = 60


@cache
def _both_tables():
    X, prices = make_houses(COUNT, np.random.default_rng(SEED))
    Z = standardize(X)[0]
    return {"raw": (X, prices), "standardized": (Z, prices)}


def stable_rate(X: np.ndarray) -> float:
    """The learning rate at which descent on the mean squared error stops converging.

    Two divided by the largest curvature, as in lesson 03; here the largest eigenvalue of
    ``2/N A.T A``, where ``A`` is ``X`` ``(N, D)`` with a column of ones for ``b``.
    """
    A = np.column_stack([X, np.ones(len(X))])
    return float(2 / np.linalg.eigvalsh(2 / len(A) * A.T @ A)[-1])


@demo(lesson=LESSON, name="scaling", title="Big numbers, small numbers: does it matter?",
      sentence="The same houses, the same number of steps, with and without scaling the features.",
      question="At its very best learning rate, how far does each of the two get in 60 steps?",
      controls=[log_slider("share", "share of the largest stable rate", 0.01, 1.05, 0.1)])
def scaling(figure: Figure, look: Look, share: float, seed: int) -> str:
    """Loss against steps for raw and for standardized features, each at its own best rates."""
    (ax,) = panels(figure, look)
    last, rates = {}, {}
    for name, colour, style in (("raw", look.blame, (0, (3, 1.5))),
                                ("standardized", look.curve, "-")):
        X, prices = _both_tables()[name]
        rates[name] = share * stable_rate(X)
        *_, losses = fit_linear(X, prices, rates[name], STEPS)
        typical = np.sqrt(np.minimum(losses, 1e14)) / 1000
        ax.plot(typical, color=colour, ls=style)
        last[name] = typical[-1]
        ax.text(STEPS + 1, np.clip(typical[-1], 14, 900), name, color=colour, weight="bold",
                fontsize=look.small, va="center", path_effects=look.halo())
    ax.set(xlim=(0, STEPS * 1.28), ylim=(10, 1000), yscale="log", xlabel="steps",
           ylabel="typical miss (thousand coins)")
    ax.set_yticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1000"])
    ax.set_title("too bold: both explode" if share > 1 else
                 f"after {STEPS} steps: {last['raw']:,.0f} against {last['standardized']:,.0f} "
                 "thousand coins")
    if share > 1:
        return ("**Both explode.** Past its largest stable rate, descent climbs, whatever the "
                "features.\nGo back below 1.")
    return (f"Raw features (learning rate {rates['raw']:.2g}): a typical miss of "
            f"**{last['raw'] * 1000:,.0f} coins**.\nStandardized (learning rate "
            f"{rates['standardized']:.2g}): **{last['standardized'] * 1000:,.0f} coins**.")


def losses_picture(losses, floor: float, size: str = "page", scheme: str = "light") -> Still:
    """How the typical miss falls while it learns, and the noise that no line can go below.

    ``losses``: mean squared errors, ``(steps + 1,)``, in squared coins; ``floor``: coins.
    """
    typical = np.sqrt(losses)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        ax.plot(typical / 1000, color=look.curve)
        ax.axhline(floor / 1000, color=look.truth, lw=look.thin, ls=(0, (4, 2)))
        ax.text(len(losses) - 1, floor / 1000 + typical[0] / 40000, "the noise in the prices",
                ha="right", va="bottom", color=look.truth, weight="bold", fontsize=look.small)
        ax.set(xlabel="steps", ylabel="typical miss (thousand coins)", ylim=(0, None))
        ax.set_title(f"from {coins(typical[0])} to {coins(typical[-1])} coins")
        return (f"The typical miss falls from {coins(typical[0])} to {coins(typical[-1])} coins in "
                f"{len(losses) - 1} steps; the noise in the prices is {coins(floor)} coins.")

    return Still(draw, size, scheme)


def guesses_picture(prices, guesses, size: str = "page", scheme: str = "light") -> Still:
    """Guess against price for houses that were not learned from; on the line means exactly right.

    ``prices`` and ``guesses``: coins, ``(N,)``.
    """
    prices, guesses = np.asarray(prices), np.asarray(guesses)
    miss = float(np.sqrt(mse(guesses, prices)))

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        low = min(prices.min(), guesses.min()) / 1000 - 20
        high = max(prices.max(), guesses.max()) / 1000 + 20
        ax.plot([low, high], [low, high], color=look.quiet, lw=look.thin)
        ax.plot(prices / 1000, guesses / 1000, "o", color=look.guess, ms=0.6 * look.dot)
        ax.set(xlim=(low, high), ylim=(low, high), xlabel="true price (thousand coins)",
               ylabel="guess (thousand coins)")
        ax.set_title(f"a typical miss of {coins(miss)} coins")
        return (f"{len(prices)} houses, guess against true price: they lie along the line on which "
                f"guess and price are equal, with a typical miss of {coins(miss)} coins.")

    return Still(draw, size, scheme)
