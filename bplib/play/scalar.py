"""Lesson 06 to play with: a graph whose values flow forward and gradients back, and two moons."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from bplib.play.base import demo
from bplib.play.controls import choice, player, slider
from bplib.play.still import Still
from bplib.play.theme import Look, mix, panels
from bplib.scalar import Value, topological_order
from bplib.scalar_net import (
    fit_scalar_net,
    init_scalar_net,
    make_moons,
    scalar_net,
    scalar_net_loss,
    scalar_net_parameters,
)

LESSON = "06_computation_graphs"


# -- drawing a graph -----------------------------------------------------------------------------


def columns_of(order: list) -> dict:
    """The column of each node: leaves in 0, every other one right of all that it was made from."""
    column = {}
    for node in order:
        column[node] = 1 + max((column.get(source, -1) for source in node.inputs), default=-1)
    return column


def draw_graph(figure: Figure, look: Look, order: list, names: dict, shown: int, back: int) -> None:
    """Boxes for nodes in the given order; data in the first ``shown``, gradients in the last ``back``.

    ``names``: node -> what stands on its box; every other node shows its operation.
    """
    (ax,) = panels(figure, look, bare=(0,))
    column = columns_of(order)
    for node in order:  # a leaf stands right before what uses it
        if not node.inputs:
            users = [column[user] for user in order if node in user.inputs]
            column[node] = min(users, default=1) - 1
    last = max(column.values())
    rows: dict[int, list] = {}
    for node in order:
        rows.setdefault(column[node], []).append(node)
    most = max(map(len, rows.values()))
    place = {node: (at, most - (most - len(group)) / 2 - i - 0.5)
             for at, group in rows.items() for i, node in enumerate(group)}
    ax.set(xlim=(-0.5, last + 0.5), ylim=(-0.05, most + 0.05))
    behind = set(order[len(order) - back:])
    for number, node in enumerate(order):
        x, y = place[node]
        for source in [s for s in dict.fromkeys(node.inputs) if s in place]:
            sx, sy = place[source]
            lit = node in behind
            ax.annotate("", (x - 0.38, y), (sx + 0.38, sy), arrowprops={
                "arrowstyle": "<|-" if lit else "-|>", "lw": look.thin,
                "ls": "--" if lit else "-", "color": look.blame if lit else look.curve,
                "shrinkA": 0, "shrinkB": 0})
        ax.add_patch(FancyBboxPatch((x - 0.36, y - 0.33), 0.72, 0.66, lw=look.thin,
                                    boxstyle="round,pad=0.02", facecolor=look.panel,
                                    edgecolor=look.blame if node in behind else look.rule))
        ax.text(x, y + 0.17, names.get(node, node.op), ha="center", va="center", weight="bold",
                fontsize=look.small)
        if number < shown:
            ax.text(x, y - 0.03, f"{node.data:.3g}", ha="center", va="center", color=look.curve,
                    fontsize=look.small)
        if node in behind:
            ax.text(x, y - 0.22, f"grad {_short(node.grad)}", ha="center", va="center",
                    color=look.blame, fontsize=0.9 * look.small, weight="bold")


def _short(grad: float) -> str:
    """A gradient in a few signs: what is nearly 0 is said to be."""
    return f"{grad:.3g}" if grad == 0 or abs(grad) >= 0.001 else "near 0"


def neuron_graph(x: float, w: float, b: float) -> tuple[Value, dict]:
    """The squared mistake of a neuron, ``(tanh(w * x + b) - 1) ** 2``, and its nodes' names."""
    leaf_w, leaf_x, leaf_b = Value(w), Value(x), Value(b)
    out = ((leaf_w * leaf_x + leaf_b).tanh() - 1.0) ** 2
    names = {leaf_w: "w", leaf_x: "x", leaf_b: "b", out: "loss"}
    for node in topological_order(out):
        if not node.inputs and node not in names:
            names[node] = "target"
    return out, names


NODES = len(topological_order(neuron_graph(1.0, 1.0, 0.0)[0]))


@demo(lesson=LESSON, name="graph", title="Values flow forward, gradients flow back",
      sentence="A neuron, its target of 1 and its squared mistake, one operation a box.",
      question="For which w, x and b does w get no gradient, although the loss is not 0?",
      controls=[player("step", "step", 2 * NODES, 0, 700),
                slider("x", "x", -3, 3, 0.1, 2.0, show=".1f"),
                slider("w", "w", -2, 2, 0.1, 0.5, show=".1f"),
                slider("b", "b", -2, 2, 0.1, -0.5, show=".1f")])
def graph(figure: Figure, look: Look, step: int, x: float, w: float, b: float, seed: int) -> str:
    """The graph of a neuron's loss; the first half of the steps goes forward, the second back."""
    out, names = neuron_graph(x, w, b)
    out.backward()
    order = topological_order(out)
    shown, back = min(step, NODES), max(0, step - NODES)
    draw_graph(figure, look, order, names, shown, back)
    if step == 0:
        return "Nothing is computed yet.\nPress play, or move the step slider to the right."
    node = order[shown - 1] if not back else order[NODES - back]
    name = f"`{names.get(node, node.op)}`"
    if not back:
        return (f"**Forward**, {shown} of {NODES}: {name} is {node.data:.4g}."
                + ("\nThe loss is there; now the blame walks back." if shown == NODES else ""))
    if node is out:
        return f"**Back**, 1 of {NODES}: the loss moves by 1 when the loss moves by 1."
    return (f"**Back**, {back} of {NODES}: when {name} rises by a little, the loss changes "
            f"**{node.grad:.4g}** times as much.")


# -- the diamond ---------------------------------------------------------------------------------


def diamond(x: float, add: bool) -> tuple[Value, list]:
    """``y = 3 x``, ``c = 5 y + 2 y``: the end, and the nodes in order, gradients filled in.

    add: whether gradients that meet are added (``+=``), or overwrite each other (``=``).
    """
    leaf = Value(x)
    y = leaf * 3.0
    five, two = y * 5.0, y * 2.0
    out = five + two
    order = [leaf, y, five, two, out]
    out.grad = 1.0
    for node in reversed(topological_order(out)):
        for source, slope in zip(node.inputs, node.slopes, strict=True):
            source.grad = slope * node.grad + (source.grad if add else 0.0)
    return out, order


@demo(lesson=LESSON, name="meeting", title="Where two paths meet",
      sentence="y = 3x, c = 5y + 2y. One line of the engine differs: = or +=.",
      question="What is the slope of c with respect to x: what does each of the two say?",
      controls=[choice("line", "the engine says", {"grad = slope * grad": "=",
                                                   "grad += slope * grad": "+="}, "="),
                slider("x", "x", -2, 2, 0.1, 1.0, show=".1f")])
def meeting(figure: Figure, look: Look, line: str, x: float, seed: int) -> str:
    """A diamond: y is used twice, and what comes back to it is added or overwritten."""
    out, order = diamond(x, line == "+=")
    leaf, y, five, two, _ = order
    draw_graph(figure, look, order, {leaf: "x", y: "y = 3x", five: "5y", two: "2y",
                                     out: "c = 5y + 2y"}, 5, 5)
    nudge = (diamond(x + 0.01, True)[0].data - diamond(x - 0.01, True)[0].data) / 0.02
    verdict = "the same" if abs(nudge - leaf.grad) < 1e-9 else "not the same"
    return (f"The engine with `{line}` says that c has slope **{leaf.grad:.4g}** at x. Nudging x "
            f"by hand gives **{nudge:.4g}**: {verdict}.")


# -- two moons -----------------------------------------------------------------------------------

MOONS, EPOCHS, RATE = 60, 60, 5.0
POINTS_SEED, NET_SEED = 3, 6


def moons() -> tuple[np.ndarray, np.ndarray]:
    """The points of the lesson: ``(60, 2)`` and labels ``(60,)``, 0 or 1."""
    return make_moons(MOONS, np.random.default_rng(POINTS_SEED), noise=0.1)


@cache
def moon_run() -> tuple[list, list]:
    """The parameters of a 2-8-1 net before each of 60 steps and after the last, and the losses."""
    X, labels = moons()
    net = init_scalar_net([2, 8, 1], np.random.default_rng(NET_SEED))
    history, losses = [], []
    for _ in range(EPOCHS):
        history.append([p.data for p in scalar_net_parameters(net)])
        losses.append(fit_scalar_net(X, labels, net, RATE, 1)[0])
    history.append([p.data for p in scalar_net_parameters(net)])
    losses.append(scalar_net_loss(X, labels, net).data)
    return history, losses


def scores(flat: list, X: np.ndarray, hidden: int = 8) -> np.ndarray:
    """The scores (N,) of a 2-hidden-1 net given its parameters as one list, for many points."""
    rows = np.reshape(flat[:3 * hidden], (hidden, 3))
    h = np.tanh(X @ rows[:, :2].T + rows[:, 2])
    return h @ np.asarray(flat[3 * hidden:-1]) + flat[-1]


def _field(ax, look: Look, score, X, labels) -> float:
    """Draws the field of a score function with the points; gives the share that is right."""
    side = np.linspace(-1.6, 2.6, 90), np.linspace(-1.2, 1.7, 60)
    grid = np.stack(np.meshgrid(*side), axis=-1)
    p = 1 / (1 + np.exp(-np.clip(score(grid.reshape(-1, 2)), -30, 30)))
    bands = [mix(look.paper, c, s) for c, s in ((look.blue, 0.35), (look.blue, 0.15),
                                                (look.orange, 0.15), (look.orange, 0.35))]
    ax.contourf(*side, p.reshape(grid.shape[:2]), [0, 0.1, 0.5, 0.9, 1], colors=bands)
    ax.contour(*side, p.reshape(grid.shape[:2]), [0.5], colors=[look.ink], linewidths=look.thin)
    for label, mark, colour in ((0, "s", look.blue), (1, "o", look.orange)):
        ax.plot(*X[labels == label].T, mark, color=colour, ms=0.5 * look.dot)
    ax.set(xlim=(-1.6, 2.6), ylim=(-1.2, 1.7), xlabel="x1 (no unit)", ylabel="x2 (no unit)")
    return float(np.mean((score(X) > 0) == labels))


@demo(lesson=LESSON, name="two_moons", title="A net of single numbers learns two moons",
      sentence="33 Values, one backward() a step; squares and circles are to be told apart.",
      question="After how many steps does the border bend, and when is every point right?",
      controls=[player("step", "step", EPOCHS, 0, 250)])
def two_moons(figure: Figure, look: Look, step: int, seed: int) -> str:
    """The field of the net's probabilities after so many steps of descent, and its loss so far."""
    X, labels = moons()
    history, losses = moon_run()
    ax, curve = panels(figure, look, widths=(1.5, 1.0))
    share = _field(ax, look, lambda points: scores(history[step], points), X, labels)
    ax.set_title(f"after {step} steps: {share:.0%} right")
    curve.plot(losses, color=look.rule)
    curve.plot(losses[:step + 1], color=look.curve)
    curve.plot([step], [losses[step]], "o", color=look.guess)
    curve.set(xlim=(-2, EPOCHS + 2), ylim=(0, 1.05 * max(losses)), xlabel="steps",
              ylabel="loss (no unit)")
    return (f"After {step} steps the loss is **{losses[step]:.3f}** and **{share:.0%}** of the "
            f"{MOONS} points lie on their own side of the black line.")


def moons_picture(net, X, labels, size: str = "page", scheme: str = "light") -> Still:
    """What a scalar net thinks of every place in the plane, with the points it learned from.

    ``net`` with two inputs and one output; ``X`` (N, 2); ``labels`` (N,), 0 or 1.
    """
    X, labels = np.asarray(X), np.asarray(labels)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        share = _field(ax, look, lambda points: np.array(
            [scalar_net(p, net)[0].data for p in points.tolist()]), X, labels)
        ax.set_title(f"{share:.0%} of {len(X)} points on their own side")
        return (f"Two moons of {len(X)} points, squares and circles; the net's border between them "
                f"is a black line, and {share:.0%} of the points lie on their own side of it.")

    return Still(draw, size, scheme)
