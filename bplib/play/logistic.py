"""Lesson 05 to play with: a line between fruits, a score made probability, the cost of a miss."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from bplib.linear import standardize
from bplib.logistic import binary_cross_entropy, decision_line, fit_logistic, make_fruit, sigmoid
from bplib.play.base import demo
from bplib.play.controls import choice, log_slider, player, slider
from bplib.play.still import Still
from bplib.play.theme import Look, mix, panels

LESSON = "05_apples_and_oranges"
SEED, COUNT = 2, 60                       # the fruits of the lesson: the same in text and widgets
RADII, COLOURS = (2.5, 6.0), (-0.05, 1.05)  # what the pictures show, in cm and on the colour scale
STEPS = 60


@cache
def few_fruit() -> tuple[np.ndarray, np.ndarray]:
    """The 60 fruits that the pictures show: ``X`` (60, 2), radius in cm and colour, ``y`` (60,)."""
    return make_fruit(COUNT, np.random.default_rng(SEED))


def many(number: int, what: str) -> str:
    """A number of things, as one says it.

    >>> many(1, "apple"), many(3, "apple")
    ('1 apple', '3 apples')
    """
    return f"{number} {what}" + ("" if number == 1 else "s")


def _fruit(ax, look: Look, wrong: np.ndarray) -> None:
    """All fruits: apples as green dots, oranges as orange diamonds; rings around the wrong ones."""
    X, y = few_fruit()
    for kind, mark, colour in ((0, "o", look.green), (1, "D", look.orange)):
        ax.plot(*X[y == kind].T, mark, color=colour, mec=look.paper, mew=0.7, ms=0.6 * look.dot)
    ax.plot(*X[wrong].T, "o", color="none", mec=look.ink, mew=look.thin, ms=1.15 * look.dot)
    ax.set(xlim=RADII, ylim=COLOURS, xlabel="radius (cm)", ylabel="colour (0 green, 1 orange)")


def _sides(wrong: np.ndarray) -> str:
    """Who lies on the wrong side, in words."""
    apples = int((wrong & (few_fruit()[1] == 0)).sum())
    oranges = int(wrong.sum()) - apples
    if not wrong.any():
        return "Every fruit is on its own side."
    return f"{many(apples, 'apple')} and {many(oranges, 'orange')} on the wrong side, ringed."


# -- a line by hand ------------------------------------------------------------------------------


def wrong_above(left: float, right: float) -> np.ndarray:
    """Which fruits are wrong, (60,), if oranges are above the line and apples below it.

    The line is given by its colour at both edges of the picture, radius 2.5 cm and 6 cm.
    """
    X, y = few_fruit()
    edge = left + (right - left) * (X[:, 0] - RADII[0]) / (RADII[1] - RADII[0])
    return (X[:, 1] > edge) != (y == 1)


@demo(lesson=LESSON, name="line", title="A line between apples and oranges",
      sentence="Lay a straight line between two kinds of fruit: above it, all is called orange.",
      question="What is the smallest number of fruits on the wrong side that you can get?",
      controls=[slider("left", "colour at the left edge", -0.5, 2.0, 0.05, 0.3),
                slider("right", "colour at the right edge", -1.0, 1.5, 0.05, 0.3)])
def line(figure: Figure, look: Look, left: float, right: float, seed: int) -> str:
    """Fruits by radius and colour, and a line: above it means orange, below it apple."""
    wrong = wrong_above(left, right)
    (ax,) = panels(figure, look)
    edge = np.array([left, right])
    ax.fill_between(RADII, edge, 3, color=mix(look.paper, look.orange, 0.13), lw=0)
    ax.fill_between(RADII, -3, edge, color=mix(look.paper, look.green, 0.13), lw=0)
    ax.plot(RADII, edge, color=look.ink)
    _fruit(ax, look, wrong)
    note = {"weight": "bold", "fontsize": look.small, "transform": ax.transAxes,
            "path_effects": look.halo()}
    ax.text(0.015, 0.93, "called orange above the line", color=look.orange, **note)
    ax.text(0.985, 0.03, "called apple below it", color=look.green, ha="right", **note)
    ax.set_title(f"{wrong.sum()} of {COUNT} on the wrong side")
    return f"{_sides(wrong)}\nOranges are diamonds, apples are dots."


# -- the sigmoid ---------------------------------------------------------------------------------


@demo(lesson=LESSON, name="squash", title="From a score to a probability",
      sentence="Any score, however large, becomes a number between 0 and 1: the sigmoid.",
      question="Where does one more point of score matter much, and where hardly at all?",
      controls=[slider("z", "score z", -8.0, 8.0, 0.1, 0.0, show=".1f")])
def squash(figure: Figure, look: Look, z: float, seed: int) -> str:
    """The sigmoid, and the two shares that a score stands for."""
    p = float(sigmoid(z))
    ax, bar = panels(figure, look, widths=(2.5, 1.0))
    scores = np.linspace(-8.5, 8.5, 200)
    ax.plot(scores, sigmoid(scores), color=look.curve)
    ax.plot([z, z, -8.5], [0, p, p], color=look.guess, lw=look.thin, ls=(0, (3, 1.5)))
    ax.plot([z], [p], "o", color=look.guess)
    ax.set(xlim=(-8.5, 8.5), ylim=(-0.03, 1.03), xlabel="score z",
           ylabel="probability of an orange")
    ax.set_title(f"score {z:.1f}: probability {p:.3f}".replace("-", "\N{MINUS SIGN}"))
    bar.bar([0], [1 - p], width=0.8, color=look.green)
    bar.bar([0], [p], bottom=[1 - p], width=0.8, color=look.orange)
    for share, middle, name in ((1 - p, (1 - p) / 2, "apple"), (p, 1 - p / 2, "orange")):
        if share > 0.09:
            bar.text(0, middle, name, ha="center", va="center", color=look.paper, weight="bold",
                     fontsize=look.small)
    bar.set(xlim=(-0.5, 0.5), ylim=(0, 1.0), xticks=[], ylabel="share")
    more = float(sigmoid(z + 1)) - p
    return (f"An orange with probability **{p:.4g}**, an apple with {1 - p:.4g}: the odds are "
            f"{_odds(z)}.\nOne more point of score would add {more:.4f}.")


def _odds(z: float) -> str:
    """The odds ``exp(z)`` as one says them.

    >>> _odds(0.0), _odds(2.0), _odds(-2.0)
    ('even', '7.4 to 1 for the orange', '7.4 to 1 for the apple')
    """
    if abs(z) < 0.005:
        return "even"
    return f"{np.exp(abs(z)):,.1f} to 1 for the {'orange' if z > 0 else 'apple'}"


# -- what it costs -------------------------------------------------------------------------------

LEAST = 0.001  # the least probability that the slider gives


@demo(lesson=LESSON, name="cost", title="What does a forecast cost when the truth comes out?",
      sentence="The minus logarithm: cheap when you trusted the truth, dear when you were sure and "
               "wrong.",
      question="The truth was given 10 % by one forecast, 1 % by another. How much dearer is that?",
      controls=[slider("p", "probability said for an orange", LEAST, 1 - LEAST, LEAST, 0.3,
                       show=".3f"),
                choice("truth", "in truth it is", {"an orange": "orange", "an apple": "apple"},
                       "orange")])
def cost(figure: Figure, look: Look, p: float, truth: str, seed: int) -> str:
    """Cross-entropy of one forecast as its probability goes from 0 to 1, and the square beside."""
    y = int(truth == "orange")
    said = p if y else 1 - p
    price = binary_cross_entropy(p, y)
    (ax,) = panels(figure, look)
    ps = np.linspace(LEAST, 1 - LEAST, 400)
    ax.plot(ps, -np.log(ps if y else 1 - ps), color=look.curve,
            label="minus log of what the truth was given")
    ax.plot(ps, (ps - y) ** 2, color=look.quiet, lw=look.thin, ls=(0, (4, 2)),
            label="squared mistake")
    ax.plot([p, p], [0, price], color=look.guess, lw=look.thin, ls=(0, (3, 1.5)))
    ax.plot([p], [price], "o", color=look.guess)
    ax.legend(loc="upper center")
    ax.set(xlim=(0, 1), ylim=(-0.12, 7.3), xlabel="probability said for an orange", ylabel="cost")
    ax.set_title(f"cost {price:.2f}")
    how = ("Sure and right: almost free." if said > 0.9 else
           "On the right side, with doubts." if said > 0.5 else
           "As good as a coin." if said == 0.5 else
           "Wrong, but with doubts." if said > 0.1 else
           "**Sure and wrong**: that is dear.")
    return (f"The truth was given {said:.3g}, so the forecast costs **{price:.2f}**; its squared "
            f"mistake is {(p - y) ** 2:.2f}, and could never be more than 1.\n{how}")


# -- learning ------------------------------------------------------------------------------------


@cache
def walk(rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Line and cost at every step of learning: ``(61, 3)`` with w and b, for standardized fruits,
    and ``(61,)``."""
    X, y = few_fruit()
    Z = standardize(X)[0]
    places = [np.zeros(3)]
    A = np.column_stack([Z, np.ones(COUNT)])
    for _ in range(STEPS):
        places.append(places[-1] - rate * A.T @ (sigmoid(A @ places[-1]) - y) / COUNT)
    return np.array(places), fit_logistic(Z, y, rate, STEPS)[2]


@demo(lesson=LESSON, name="learning", title="The line moves as it learns",
      sentence="Step by step the line turns into place, and the picture takes sides.",
      question="When does the line stand still, and what goes on changing after that?",
      controls=[log_slider("rate", "learning rate", 0.05, 20.0, 1.0),
                player("frame", "step", STEPS, 0, 250)])
def learning(figure: Figure, look: Look, rate: float, frame: int, seed: int) -> str:
    """The probability of an orange everywhere in the picture, the fruits, and the cost so far."""
    places, losses = walk(rate)
    w, b = places[frame, :2], places[frame, 2]
    X, y = few_fruit()
    _, mean, std = standardize(X)
    ax, curve = panels(figure, look, widths=(1.45, 1.0))
    scores = (X - mean) / std @ w + b
    wrong = ((scores > 0) != (y == 1)) & (frame > 0)
    if frame:
        _bands(ax, look, w / std, b - w / std @ mean)
    _fruit(ax, look, wrong)
    ax.set_title(f"{wrong.sum()} of {COUNT} wrong" if frame else "no line yet")
    curve.plot(losses, color=mix(look.paper, look.curve, 0.35), lw=look.thin)
    curve.plot(losses[: frame + 1], color=look.curve)
    curve.plot([frame], [losses[frame]], "o", color=look.guess)
    top = max(0.75, 1.1 * float(losses.max()))
    curve.set(xlim=(-2, STEPS + 2), ylim=(0, top), xlabel="steps", ylabel="cross-entropy")
    curve.set_title(f"cost {losses[frame]:.2f}")
    if not frame:
        return ("Before the first step all weights are 0: every fruit gets probability 0.5, and "
                f"the cost is log 2, about {losses[0]:.2f}.\nPress play, or pull the step.")
    sure = np.abs(sigmoid(scores) - 0.5).mean() + 0.5
    return (f"After {many(frame, 'step')}: {_sides(wrong)}\nOn average it is **{sure:.0%}** sure "
            f"of what it says, right or wrong. The cost is {losses[frame]:.3f}.")


def _bands(ax, look: Look, w: np.ndarray, b: float) -> None:
    """The line where the model is undecided, and bands of a tenth of probability on both sides.

    All their edges are straight and parallel: where the score has one value. (A smooth picture
    would take four times as long to pack.)
    """
    shares = np.linspace(0, 1, 11)
    scores = np.array([-99.0, *np.log(shares[1:-1] / (1 - shares[1:-1])), 99.0])
    ends = np.array(RADII)
    edges = [np.stack([ends, decision_line(w, b - score, ends)], axis=1) for score in scores]
    quads = [np.concatenate([low, high[::-1]]) for low, high in pairwise(edges)]
    tints = [mix(look.paper, look.orange if p > 0.5 else look.green, 0.8 * abs(p - 0.5))
             for p in shares[:-1] + 0.05]
    ax.add_collection(PolyCollection(quads, facecolors=tints, linewidths=0, zorder=1))
    ax.plot(*edges[5].T, color=look.ink)  # the score there is 0


# -- a result ------------------------------------------------------------------------------------


def trust_picture(p, y, groups: int = 5, size: str = "page", scheme: str = "light") -> Still:
    """Of the fruits called 80 % orange, are 80 % oranges? Said against found, in a few groups.

    ``p``: probabilities said, ``(N,)``; ``y``: the truth, 0 or 1, ``(N,)``; a group with fewer than
    5 fruits is left out.
    """
    p, y = np.asarray(p, float), np.asarray(y, float)
    group = np.minimum((p * groups).astype(int), groups - 1)
    kept = [g for g in range(groups) if (group == g).sum() >= 5]
    said = np.array([p[group == g].mean() for g in kept])
    found = np.array([y[group == g].mean() for g in kept])
    counts = [int((group == g).sum()) for g in kept]

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        ax.plot([0, 1], [0, 1], color=look.quiet, lw=look.thin)
        ax.plot(said, found, "o", color=look.guess)
        for x, share, count in zip(said, found, counts, strict=True):
            ax.text(x + (0.025 if x < 0.5 else -0.025), share, f"{count} fruits", va="center",
                    ha="left" if x < 0.5 else "right", fontsize=look.small, color=look.quiet,
                    path_effects=look.halo())
        ax.set(xlim=(-0.04, 1.04), ylim=(-0.06, 1.06), ylabel="share that are oranges",
               xlabel="probability that was said")
        ax.set_title("what was said, and what was so")
        pairs = ", ".join(f"{a:.0%} said and {f:.0%} found" for a, f in
                          zip(said, found, strict=True))
        return f"Groups of fruits by the probability said for an orange: {pairs}."

    return Still(draw, size, scheme)
