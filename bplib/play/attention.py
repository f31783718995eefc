"""Lesson 15 to play with: a query among keys, scores that grow with D, a translator's looks."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bplib import attention as ours
from bplib.layers import softmax
from bplib.play.base import Play, demo
from bplib.play.controls import player, slider, switch, whole
from bplib.play.still import Still
from bplib.play.theme import Look, panels
from bplib.seq2seq import translate
from bplib.transformer import Pairs

LESSON = "15_attention"

# -- one query among five keys -------------------------------------------------------------------

ANGLES = np.radians([10.0, 70.0, 130.0, 215.0, 300.0])
KEYS = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])  # (5, 2)
VALUES = np.array([1.0, 4.0, 2.0, 5.0, 3.0])


@demo(lesson=LESSON, name="query", title="A query looks round",
      sentence="Five keys in a circle, each with a value. Turn the query, and make it longer.",
      question="How does attention choose one value without ever choosing?",
      controls=[slider("angle", "direction of the query (degrees)", 0, 360, 5, 80, show=".0f"),
                slider("length", "length of the query", 0, 12, 0.25, 3)])
def query(figure: Figure, look: Look, angle: float, length: float, seed: int) -> str:
    """Keys as arrows, the query among them; the weights beside, and the mix of the values."""
    turned = np.radians(angle)
    q = length * np.array([np.cos(turned), np.sin(turned)])
    weights = softmax((KEYS @ q / np.sqrt(2.0))[None])[0]
    mix = float(weights @ VALUES)
    plane, bars = panels(figure, look, widths=(1.0, 1.35), bare=(0,))
    for place, (key, weight) in enumerate(zip(KEYS, weights, strict=True), start=1):
        plane.plot([0, key[0]], [0, key[1]], color=look.curve, lw=look.thin + 6 * weight)
        plane.text(*(1.22 * key), f"key {place}", ha="center", va="center", fontsize=look.small)
    tip = 0.08 * q
    plane.plot([0, tip[0]], [0, tip[1]], color=look.guess, lw=look.line)
    plane.plot(*tip, "o", color=look.guess)
    plane.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
    plane.set_title("query among keys")
    bars.bar(range(1, 6), weights, color=look.curve, width=0.6)
    for place, weight in enumerate(weights, start=1):
        bars.text(place, weight + 0.02, f"{weight:.2f}", ha="center", fontsize=look.small)
    bars.set(ylim=(0, 1.12), ylabel="weight")
    bars.set_xticks(range(1, 6), [f"key {i}\nval. {v:.0f}" for i, v in enumerate(VALUES, start=1)])
    bars.set_title(f"the mix is {mix:.2f}")
    best = int(weights.argmax())
    if length == 0:
        return ("A query of length 0 asks nothing: all weights are 0.20, and the mix is the plain "
                "mean, **3.00**.")
    return (f"Key {best + 1} gets **{weights[best]:.2f}** of the weight; the mix of the values is "
            f"**{mix:.2f}**.\nThe weights sum to 1: what one key gains, the others lose.")


# -- the root of D -------------------------------------------------------------------------------

MANY = 256


@demo(lesson=LESSON, name="scale", title="Long vectors, loud scores",
      sentence="One random query and eight random keys, with more and more components.",
      question="What does the division by the root of D save?",
      controls=[whole("power", "components: D is 2 to the power", 0, 8, 6),
                switch("scaled", "divide the scores by the root of D", False)])
def scale(figure: Figure, look: Look, power: int, scaled: bool, seed: int) -> str:
    """The weights for one draw, and how much blame softmax lets through."""
    D = 2**power
    rng = np.random.default_rng(seed + 5)
    q, keys = rng.normal(size=MANY)[:D], rng.normal(size=(8, MANY))[:, :D]
    scores = keys @ q / (np.sqrt(D) if scaled else 1.0)
    weights = softmax(scores[None])[0]
    slope = float((weights * (1 - weights)).max())
    left, right = panels(figure, look, widths=(1.0, 1.0))
    left.bar(range(1, 9), scores, color=look.curve, width=0.6)
    left.axhline(0, color=look.quiet, lw=look.thin)
    left.set(ylim=(-48, 48), xlabel="key", ylabel="score", xticks=range(1, 9))
    left.set_title(f"scores, D = {D}")
    right.bar(range(1, 9), weights, color=look.guess, width=0.6)
    right.set(ylim=(0, 1.08), xlabel="key", ylabel="weight", xticks=range(1, 9))
    right.set_title(f"largest weight {weights.max():.2f}")
    verdict = "no blame gets through." if slope < 1e-3 else "blame gets through."
    return (f"D = {D}, {'' if scaled else 'not '}scaled: the largest weight is "
            f"**{weights.max():.3f}**.\nThe steepest slope of any weight with respect to its own "
            f"score is {slope:.1g}: {verdict}")


# -- where a translator looked -------------------------------------------------------------------


def alignment(params, texts, length: int = 10, size: str = "page", scheme: str = "light") -> Play:
    """A live widget for a trained translator (`bplib.seq2seq`): step through what it wrote.

    ``texts``: a few things to translate, a list of str of the course's letters; ``length``: that of
    the longest translation in training.
    """
    written, weights = translate(params, texts, length)
    longest = max(map(len, texts))

    @demo(lesson=LESSON, name="alignment", title="Where it looked",
          sentence="Letter by letter: what it wrote, and where it looked for that.",
          question="Does it read from left to right?",
          controls=[whole("text", "which text", 1, len(texts), 1),
                    player("letter", "letter written", weights.shape[1], 1, 600)])
    def draw(figure: Figure, look: Look, text: int, letter: int, seed: int) -> str:
        """The table of weights up to the letter that is being written."""
        source, wrote = texts[text - 1], written[text - 1]
        table = weights[text - 1][:, longest - len(source):].copy()
        table[letter:] = 0.0
        _table(figure, look, table, source, wrote, letter)
        if letter == 0:
            return f"It has read “{source}” and written nothing yet."
        if letter > len(wrote):
            return f"It wrote **{wrote}** for “{source}”."
        best = int(table[letter - 1].argmax())
        return (f"Letter {letter} of **{wrote}** is **{wrote[letter - 1]}**. It looked most at "
                f"place {best + 1}, {_named(source[best])}, with weight "
                f"{table[letter - 1, best]:.2f}.")

    return draw(size, scheme)


def _named(letter: str) -> str:
    return "the blank" if letter == " " else f"“{letter}”"


def _table(figure, look, table, source, wrote, letter=None):
    """Weights as squares: rows are letters written, columns letters read."""
    (ax,) = panels(figure, look, grid=False)
    rows, columns = table.shape
    ax.imshow(np.sqrt(table), cmap="Blues" if look.scheme == "light" else "Blues_r",
              vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    ax.set_xticks(range(columns), [c if c != " " else "\N{OPEN BOX}" for c in source])
    shown = list(wrote.ljust(rows))
    if letter is not None:
        shown = [c if place < letter else "" for place, c in enumerate(shown)]
        if 0 < letter <= rows:
            ax.axhspan(letter - 1.5, letter - 0.5, fill=False, edgecolor=look.guess, lw=look.thin)
    ax.set_yticks(range(rows), shown)
    ax.tick_params(labelsize=look.text, labelcolor=look.ink)
    ax.set(xlabel="letters read", ylabel="letters written")
    ax.set_title("darker: more weight" if look.scheme == "light" else "brighter: more weight")


def places_picture(weights, read, wrote, size: str = "page", scheme: str = "light") -> Still:
    """The table of one example: ``weights`` (rows, columns), ``read`` and ``wrote`` as text."""
    weights = np.asarray(weights, dtype=float)

    def draw(figure: Figure, look: Look) -> str:
        _table(figure, look, weights, read, wrote)
        best = ", ".join(str(place + 1) for place in weights.argmax(axis=1))
        return (f"For {read} it wrote {wrote}. The places with the largest weight, letter by "
                f"letter: {best}.")

    return Still(draw, size, scheme)


def losses_picture(curves: dict, size: str = "page", scheme: str = "light") -> Still:
    """Losses against steps, a dict of name -> losses (steps,), averaged over 10 steps."""

    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        said, longest = [], max(map(len, curves.values()))
        colours = (look.blame, look.curve, look.truth)
        for (name, losses), colour, style in zip(curves.items(), colours, ("--", "-", ":"),
                                                 strict=False):
            smooth = np.convolve(losses, np.ones(10) / 10, mode="valid")
            ax.plot(np.arange(9, 9 + len(smooth)), smooth, style, color=colour)
            low = 0.05 * max(max(each) for each in curves.values())
            ax.text(1.01 * len(losses), max(smooth[-1], low), name, color=colour, weight="bold",
                    fontsize=look.small, va="center", path_effects=look.halo())
            said.append(f"{name} ends at {smooth[-1]:.2f}")
        ax.set(xlim=(0, 1.4 * longest), ylim=(0, None), xlabel="steps",
               ylabel="mean cross-entropy (nats per letter)")
        ax.set_title("what is left to learn")
        return "Losses while training: " + ", ".join(said) + "."

    return Still(draw, size, scheme)


# -- a learner's own functions, in our models ----------------------------------------------------


def own_pairs(**functions) -> tuple[Pairs, list[str]]:
    """Pairs for a model, the learner's own where they work, and the names of those that do.

    ``functions`` has the names of `bplib.transformer.Pairs`. A pair is taken if forward and
    backward agree with bplib's on a small example; what is not written yet is lent by bplib.
    """
    chosen, own = {}, []
    for kind, agrees in (("attention", _attention_agrees), ("layernorm", _norm_agrees)):
        pair = functions[f"{kind}_forward"], functions[f"{kind}_backward"]
        try:
            taken = agrees(*pair)
        except Exception:  # not written yet, or it stops: the check has said so already
            taken = False
        if not taken:
            pair = getattr(ours, f"{kind}_forward"), getattr(ours, f"{kind}_backward")
        elif kind == "attention":
            pair = _with_weights(*pair)
        chosen[f"{kind}_forward"], chosen[f"{kind}_backward"] = pair
        own += [f"{kind}_forward", f"{kind}_backward"] if taken else []
    return Pairs(**chosen), own


def _with_weights(forward, backward):
    """Their pair with the table of weights as the cache's last entry, where our models look."""

    def with_weights(Q, K, V, causal=False):
        out, cache = forward(Q, K, V, causal=causal)
        return np.asarray(out), (cache, ours.attention_forward(Q, K, V, causal)[1][-1])

    return with_weights, lambda dout, cache: backward(dout, cache[0])


def _attention_agrees(forward, backward):
    rng = np.random.default_rng(0)
    Q, K, V, dout = (rng.normal(size=(2, 3, d)) for d in (4, 4, 5, 5))
    return _agree(forward, backward, ours.attention_forward, ours.attention_backward,
                  (Q, K, V, True), dout)


def _norm_agrees(forward, backward):
    rng = np.random.default_rng(0)
    x, dout = rng.normal(size=(2, 2, 3, 4))
    gamma, beta = rng.normal(size=(2, 4))
    return _agree(forward, backward, ours.layernorm_forward, ours.layernorm_backward,
                  (x, gamma, beta), dout)


def _agree(forward, backward, our_forward, our_backward, args, dout):
    (out, cache), (right, kept) = forward(*args), our_forward(*args)
    pairs = [(out, right), *zip(backward(dout, cache), our_backward(dout, kept), strict=True)]
    return all(np.shape(a) == np.shape(b) and np.allclose(a, b) for a, b in pairs)
