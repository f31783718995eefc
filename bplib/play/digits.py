"""Lesson 09 to play with: digits and what a net makes of them; what its hidden units look for."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.losses import softmax_cross_entropy_forward
from bplib.network import input_saliency, mlp_forward, predict_labels
from bplib.play.base import demo
from bplib.play.controls import choice, player, whole
from bplib.play.still import Still
from bplib.play.theme import Look, panels
from bplib.play.tiles import shade
from bplib.training import confusion_matrix, plain_descent, train

LESSON = "09_digits"
A_THREE = 18  # the first 3 among the held-out digits
SPLIT, NET_SEED, HIDDEN, RATE, EPOCHS, BATCH = 0, 1, 64, 0.3, 30, 20


@cache
def digits() -> tuple:
    """``x_train, y_train, x_test, y_test``: the split of the lesson, 400 digits held out."""
    images, labels = load_digits()
    return train_test_split(images, labels, 400 / len(images), np.random.default_rng(SPLIT))


@cache
def run() -> tuple[list, list]:
    """A net's parameters before training and after each of 30 epochs, and the epochs' records."""
    x, y, x_new, y_new = digits()
    rng = np.random.default_rng(NET_SEED)
    network = Network.of_sizes([64, HIDDEN, 10], rng)
    kept = [_copy(network.params)]
    history = train(network, x, y, epochs=EPOCHS, batch_size=BATCH, rng=rng,
                    update=plain_descent(RATE), held_out=(x_new, y_new),
                    callback=lambda epoch: kept.append(_copy(network.params)))
    return kept, history


def _copy(params) -> list:
    return [(W.copy(), b.copy()) for W, b in params]


def trained() -> list:
    """The parameters of the trained net of the lesson, a list of (W, b)."""
    return run()[0][-1]


def probabilities(x, params) -> np.ndarray:
    """What the net thinks: softmax of its scores, (N, 10) for pictures (N, 64)."""
    logits = mlp_forward(np.atleast_2d(x), params)[0]
    return softmax_cross_entropy_forward(logits, np.zeros(len(logits), dtype=int))[1][0]


# -- drawing -------------------------------------------------------------------------------------


def picture(ax: Axes, look: Look, pixels, side: int = 8, ink: bool = True) -> None:
    """One picture of ``side * side`` numbers on bare axes: ink on paper, or signed in two colours."""
    table = np.asarray(pixels, dtype=float).reshape(side, side)
    if ink:
        ax.imshow(1 - table, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    else:
        ax.imshow(shade(table, look), interpolation="nearest")
        y, x = np.nonzero(table < 0)  # a bar says what the colour says
        width = ax.get_window_extent().width / side
        ax.plot(x, y, "_", color=look.ink, ms=0.2 * width, mew=0.02 * width)
    ax.set(xticks=[], yticks=[])
    ax.set_axis_on()
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=look.rule)


def grid_of(figure: Figure, rows: int, columns: int, top: float = 0.86) -> list[Axes]:
    """Axes in rows and columns with room for a line of text above each."""
    figure.clear()
    made = figure.subplots(rows, columns, gridspec_kw={
        "left": 0.02, "right": 0.98, "bottom": 0.03, "top": top, "wspace": 0.15, "hspace": 0.42})
    return list(np.ravel(made))


def gallery(x, says, title: str, words: str, rows: int = 2, ink: bool = True,
            size: str = "page", scheme: str = "light") -> Still:
    """Pictures side by side, each with a line above it: ``x`` (N, 64), ``says`` N texts."""
    def draw(figure: Figure, look: Look) -> str:
        columns = -(-len(x) // rows)
        axes = grid_of(figure, rows, columns)
        for ax in axes[len(x):]:
            ax.set_axis_off()
        for ax, pixels, text in zip(axes, x, says, strict=False):
            picture(ax, look, pixels, ink=ink)
            ax.set_title(text, fontsize=look.small, weight="normal", loc="center", pad=3)
        figure.suptitle(title, x=0.02, ha="left", weight="bold", fontsize=look.big)
        return words

    return Still(draw, size, scheme)


def some_digits(count: int = 16, **kind) -> Still:
    """The first pictures of the training set with what they show."""
    x, y, *_ = digits()
    return gallery(x[:count], [str(label) for label in y[:count]],
                   "64 numbers each, and the label a person gave",
                   f"{count} handwritten digits of 8 by 8 pixels with their labels: "
                   + ", ".join(map(str, y[:count])) + ".", **kind)


def mistakes(params, x, y, most: int = 12, **kind) -> Still:
    """The held-out pictures that the net reads wrongly, with what they are and what it says."""
    said = predict_labels(x, params)
    wrong = np.flatnonzero(said != y)
    texts = [f"{y[i]}, read as {said[i]}" for i in wrong[:most]]
    shown = ", ".join(texts) or "none"
    return gallery(x[wrong[:most]], texts, f"{len(wrong)} of {len(x)} read wrongly",
                   f"{len(wrong)} of {len(x)} held-out digits are read wrongly: {shown}.", **kind)


def confusion_picture(predicted, labels, size: str = "page", scheme: str = "light") -> Still:
    """How often each digit was read as each other one; ``predicted`` and ``labels`` (N,)."""
    counts = confusion_matrix(predicted, labels, 10)
    off = counts - np.diag(np.diag(counts))
    worst = np.unravel_index(off.argmax(), off.shape)

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look, grid=False)
        ax.imshow(shade(np.where(np.eye(10, dtype=bool), 0, -off), look, max(off.max(), 1)),
                  aspect="auto", interpolation="nearest")
        for (i, j), n in np.ndenumerate(counts):
            if n:
                ax.text(j, i, n, ha="center", va="center", fontsize=look.small,
                        weight="bold" if i != j else "normal",
                        color=look.ink if i != j else look.quiet)
        ax.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="the digit was")
        ax.set_title(f"{np.trace(counts)} of {counts.sum()} on the diagonal")
        often = (f" The most frequent mistake: {worst[0]} read as {worst[1]}, {off[worst]} times."
                 if off[worst] > 1 else " No mistake comes more than once.")
        return f"Of {counts.sum()} digits, {np.trace(counts)} are read right.{often}"

    return Still(draw, size, scheme)


def losses_picture(history, size: str = "page", scheme: str = "light") -> Still:
    """Loss and held-out accuracy by epoch; ``history`` as ``bplib.training.train`` returns it."""
    def draw(figure: Figure, look: Look) -> str:
        left, right = panels(figure, look, widths=(1.0, 1.0))
        number = [epoch.number for epoch in history]
        left.plot(number, [epoch.loss for epoch in history], color=look.curve)
        left.set(ylim=(0, None), xlabel="epoch", ylabel="loss (no unit)")
        left.set_title("learned from")
        shares = [100 * epoch.accuracy for epoch in history]
        right.plot(number, shares, color=look.truth)
        right.set(xlabel="epoch", ylabel="read right (percent)")
        right.set_title(f"never seen: {shares[-1]:.1f} %")
        return (f"In {len(history)} epochs the loss falls from {history[0].loss:.3f} to "
                f"{history[-1].loss:.3f}; of the digits it never saw, {shares[-1]:.1f} percent are "
                "read right.")

    return Still(draw, size, scheme)


def hidden_picture(params, count: int = 16, size: str = "page", scheme: str = "light") -> Still:
    """The weights into the hidden units that matter most: blue wants ink there, orange wants none."""
    (W, _), (V, _) = params[0], params[-1]
    strong = np.argsort(-np.linalg.norm(W, axis=0) * np.linalg.norm(V, axis=1))[:count]
    likes = [int(V[unit].argmax()) for unit in strong]
    return gallery(W[:, strong].T, [f"for a {digit}" for digit in likes],
                   "blue: ink wakes this unit; orange, barred: ink keeps it quiet",
                   f"The weights of {count} hidden units as pictures, blue for positive and orange "
                   f"for negative; they speak for {', '.join(map(str, likes))}.", ink=False,
                   size=size, scheme=scheme)


# -- widgets -------------------------------------------------------------------------------------


def _bars(ax: Axes, look: Look, p: np.ndarray, label: int | None = None) -> None:
    colours = [look.truth if k == label else look.curve for k in range(10)]
    ax.barh(range(10), p, color=colours)
    ax.set(xlim=(0, 1.05), ylim=(9.6, -0.6), yticks=range(10), xlabel="probability", ylabel="digit")


@demo(lesson=LESSON, name="epochs", title="A net learns to read",
      sentence="The same held-out digit, read by the net after more and more epochs.",
      question="Which of these digits does it read at once, and which only late or never?",
      controls=[player("epoch", "epoch", EPOCHS, 0, 300), whole("which", "held-out digit", 0, 399, 0)])
def epochs(figure: Figure, look: Look, epoch: int, which: int, seed: int) -> str:
    """A held-out digit, the net's probabilities for it after some epochs, and its score on all."""
    *_, x_new, y_new = digits()
    params = run()[0][epoch]
    p, label = probabilities(x_new[which], params)[0], int(y_new[which])
    ax, bars = panels(figure, look, widths=(1.0, 1.5), bare=(0,))
    picture(ax, look, x_new[which])
    ax.set_title(f"a {label}")
    _bars(bars, look, p, label)
    share = np.mean(predict_labels(x_new, params) == y_new)
    bars.set_title(f"epoch {epoch}: {100 * share:.1f} %")
    said = int(p.argmax())
    verdict = "right" if said == label else f"wrong, it is a {label}"
    return (f"It says **{said}** with probability {p[said]:.2f}: {verdict}.\nOf the 400 digits it "
            f"never saw it reads {100 * share:.1f} % right.")


@demo(lesson=LESSON, name="saliency", title="What did it look at?",
      sentence="The gradient of one score by the pixels, for the trained net.",
      question="Which pixels speak for a 3 and against an 8, and would you look there too?",
      controls=[whole("which", "held-out digit", 0, 399, A_THREE),
                choice("label", "score of", [str(k) for k in range(10)], "3")])
def saliency(figure: Figure, look: Look, which: int, label: str, seed: int) -> str:
    """A digit beside the slope of one score by each of its pixels."""
    *_, x_new, y_new = digits()
    x = x_new[which]
    slopes = input_saliency(x, trained(), int(label))
    ax, map_ax = panels(figure, look, bare=(0, 1), widths=(1.0, 1.0))
    picture(ax, look, x)
    ax.set_title(f"a {y_new[which]}")
    picture(map_ax, look, slopes, ink=False)
    map_ax.set_title(f"the score of {label}, pixel by pixel")
    row, column = divmod(int(np.abs(slopes).argmax()), 8)
    way = "raises" if slopes[8 * row + column] > 0 else "lowers"
    return ("Blue: more ink here raises the score; orange, with a bar: lowers it.\n"
            f"The strongest pixel is in row {row + 1}, column {column + 1}: ink there **{way}** the "
            f"score of {label} by "
            f"{abs(slopes[8 * row + column]):.2f} per unit of ink.")
