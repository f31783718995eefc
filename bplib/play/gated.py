"""Lesson 14 to play with: one guarded cell, blame on its way back, suspects, and tunes to look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from matplotlib.figure import Figure

from bplib import gated
from bplib.gradcheck import numerical_gradient, relative_error
from bplib.melody import read_note
from bplib.play.base import demo
from bplib.play.controls import slider
from bplib.play.still import Still
from bplib.play.theme import Look, panels
from bplib.recurrent import rnn_forward, rnn_step_backward
from bplib.sequences import Cell, find_cell, init_recurrent

LESSON = "14_gates"

# -- one cell, three gates -----------------------------------------------------------------------

STEPS, MARKED, NUMBER = 20, 3, 0.9


@cache
def heard(seed: int = 0) -> np.ndarray:
    """What comes along at each of the 20 steps, (20,): 0.9 at step 3, chance numbers elsewhere."""
    numbers = np.random.default_rng(14 + seed).uniform(-1, 1, STEPS)
    numbers[MARKED - 1] = NUMBER
    return numbers


def remembered(forget: float, others: float, out: float, seed: int = 0):
    """A cell of one unit over 20 steps, its input gate fully open at step 3 alone.

    ``forget``, ``others``, ``out``: the forget gate, the input gate at the other steps and the
    output gate. Returns the cell (20,) and the slope of the last state with respect to what comes
    along at each step, (20,).

    >>> c, slopes = remembered(1.0, 0.0, 1.0)
    >>> float(c[-1])
    0.9
    """
    into = np.full(STEPS, others)
    into[MARKED - 1] = 1.0
    c, cells = 0.0, []
    for number, gate in zip(heard(seed), into, strict=True):
        c = forget * c + gate * number
        cells.append(c)
    slope = out * (1 - np.tanh(c) ** 2)
    return np.array(cells), slope * into * forget ** np.arange(STEPS - 1, -1, -1.0)


@demo(lesson=LESSON, name="gates", title="One cell, three gates",
      sentence="A number is written into the cell at step 3. Which gates keep it until step 20?",
      question="Which gates keep 0.9 for 17 steps, and let the blame find its way back to it?",
      controls=[slider("forget", "forget gate f", 0.0, 1.0, 0.01, 0.8),
                slider("others", "input gate i at the other steps", 0.0, 1.0, 0.01, 0.3),
                slider("out", "output gate o at the end", 0.0, 1.0, 0.01, 0.9)])
def gates(figure: Figure, look: Look, forget: float, others: float, out: float, seed: int) -> str:
    """Left the cell from step to step, right how far each step's number would move the last h."""
    cells, slopes = remembered(forget, others, out, seed)
    left, right = panels(figure, look, widths=(1.15, 1.0))
    steps = np.arange(1, STEPS + 1)
    left.axhline(NUMBER, color=look.truth, lw=look.thin, ls=(0, (4, 2)))
    left.plot(steps, cells, color=look.curve)
    left.plot([MARKED], [cells[MARKED - 1]], "D", color=look.truth)
    left.plot([STEPS], [cells[-1]], "o", color=look.guess)
    left.text(1, 2.7, "0.9, written at step 3", color=look.truth, weight="bold",
              fontsize=look.small, path_effects=look.halo())
    left.set(xlim=(0, STEPS + 1), ylim=(-3.6, 3.6), xlabel="step", ylabel="cell c")
    left.set_title(f"c at the end: {cells[-1]:.2f}")
    right.vlines(steps, 0, slopes, color=look.blame, lw=look.line)
    right.plot([MARKED], [slopes[MARKED - 1]], "D", color=look.truth)
    right.set(xlim=(0, STEPS + 1), ylim=(0, 1.05), xlabel="step", ylabel="slope of the last h")
    right.set_title(f"at step 3: {slopes[MARKED - 1]:.2g}")
    kept = NUMBER * forget ** (STEPS - MARKED)
    noise = cells[-1] - kept
    if slopes[MARKED - 1] < 0.05:
        verdict = "Almost no blame reaches step 3: nothing can be learned about it."
    elif abs(noise) > 0.5 * kept:
        verdict = "The blame arrives, but what came along at other steps drowns the number."
    else:
        verdict = "The number is there, and its blame finds the way back."
    return (f"Of the 0.90 written at step 3, **{kept:.2g}** is left at step 20 "
            f"(f to the power 17 is {forget ** 17:.2g}); other steps put {noise:.2f} on top.\n"
            f"{verdict}")


# -- blame on its way back -----------------------------------------------------------------------

LENGTH, UNITS, INPUTS = 60, 24, 4
PLAIN, LSTM, GRU = "plain", "LSTM", "GRU"


@cache
def flow(cell: str, bias: float = 0.0, scale: float = 1.0, seed: int = 0) -> np.ndarray:
    """How long the blame of the last state is 0, 1, ..., 60 steps further back, (61,).

    A fresh network of 24 units reads 60 chance inputs; blame of length 1 starts at the last state
    (an LSTM's also along its cell). ``bias``: of the forget gates (of the GRU's update gates);
    ``scale``: what the orthogonal recurrent weights are multiplied by.

    >>> flow("plain").shape, float(flow("LSTM")[0])
    ((61,), 1.0)
    """
    rng = np.random.default_rng(seed)
    Wx, Wh, b = init_recurrent(INPUTS, UNITS, {PLAIN: 1, LSTM: 4, GRU: 3}[cell], rng)
    b[UNITS : 2 * UNITS] = bias if cell != PLAIN else 0.0
    x, dh = rng.normal(size=(1, LENGTH, INPUTS)), rng.normal(size=(1, UNITS))
    forward = {PLAIN: rnn_forward, LSTM: gated.lstm_forward, GRU: gated.gru_forward}[cell]
    _, caches = forward(x, np.zeros((1, UNITS)), Wx, scale * Wh, b)
    dh, dc = dh / np.linalg.norm(dh), np.zeros((1, UNITS))
    lengths = [1.0]
    for step in reversed(caches):
        if cell == LSTM:
            _, dh, dc, *_ = gated.lstm_step_backward(dh, dc, step)
        else:
            back = rnn_step_backward if cell == PLAIN else gated.gru_step_backward
            _, dh, *_ = back(dh, step)
        lengths.append(float(np.hypot(np.linalg.norm(dh), np.linalg.norm(dc))))
    return np.array(lengths)


@demo(lesson=LESSON, name="blame_back", title="How far back does the blame reach?",
      sentence="Three fresh networks, one blame at the last step: what is left of it 60 steps back.",
      question="Can the blame in an LSTM vanish? Can it explode?",
      controls=[slider("bias", "bias of the forget and update gates", -1.0, 4.0, 0.5, 0.0,
                       show=".1f"),
                slider("scale", "recurrent weights, times", 0.5, 4.0, 0.25, 1.0)])
def blame_back(figure: Figure, look: Look, bias: float, scale: float, seed: int) -> str:
    """The length of the blame against the steps walked back, for the three cells."""
    (ax,) = panels(figure, look)
    back, last = np.arange(LENGTH + 1), {}
    styles = {PLAIN: (look.quiet, (0, (3, 1.5))), LSTM: (look.curve, "-"), GRU: (look.guess,
                                                                                 (0, (6, 1, 1, 1)))}
    for cell, (colour, style) in styles.items():
        lengths = flow(cell, bias, scale, seed)
        last[cell] = lengths[-1]
        ax.plot(back, np.clip(lengths, 1e-24, 1e12), color=colour, ls=style, label=cell)
    ax.axhline(1, color=look.rule, lw=look.thin)
    ax.set(yscale="log", xlim=(0, LENGTH), ylim=(1e-24, 1e12), xlabel="steps back",
           ylabel="length of the blame")
    ax.set_yticks([1e-24, 1e-18, 1e-12, 1e-6, 1, 1e6, 1e12])
    ax.legend(loc="lower left", fontsize=look.small, handlelength=3.2)
    ax.set_title(f"60 steps back: LSTM {last[LSTM]:.1g}, plain {last[PLAIN]:.1g}")
    said = {True: "It has **vanished**", False: "It is of ordinary size"}[last[LSTM] < 1e-3]
    said = "It has **exploded**" if last[LSTM] > 1e2 else said
    return (f"Of a blame of length 1, {last[LSTM]:.2g} is left in the LSTM after 60 steps, "
            f"{last[GRU]:.2g} in the GRU and {last[PLAIN]:.2g} in the plain network.\n"
            f"{said} in the LSTM.")


# -- suspects ------------------------------------------------------------------------------------

SUSPECTS = ("A", "B", "C")


def suspect(which: str) -> Callable:
    """A GRU step backward with one planted bug: "A", "B" or "C"; look at what it does, not in it."""
    if which not in SUSPECTS:
        raise ValueError(f"which must be one of {', '.join(SUSPECTS)}; got {which!r}")

    def backward(dh, kept):
        dx, dh_prev, dWx, dWh, db = gated.gru_step_backward(dh, kept)
        x, h_prev, Wx, Wh, r, z, n, zhn = kept
        H = h_prev.shape[1]
        if which == "A":
            return dx, dh_prev, dWx, np.hstack([dWh[:, : 2 * H], h_prev.T @ _candidate(dh, kept)]), db
        if which == "B":
            return dx, dh_prev - dh * z, dWx, dWh, db
        turned = -2 * dh * (h_prev - n) * z * (1 - z)
        block = slice(H, 2 * H)
        for grad, more in ((dWx, x.T @ turned), (dWh, h_prev.T @ turned), (db, turned.sum(axis=0))):
            grad[..., block] += more
        return dx + turned @ Wx[:, block].T, dh_prev + turned @ Wh[:, block].T, dWx, dWh, db

    return backward


def _candidate(dh, kept):
    *_, z, n, _ = kept
    return dh * (1 - z) * (1 - n * n)


def evidence(backward: Callable) -> str:
    """What finite differences say of a GRU step backward, gradient by gradient and block by block.

    ``backward(dh, cache)`` gets the cache of `bplib.gated.gru_step_forward`. Returns a table as text.
    """
    N, D, H = 4, 3, 5
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=shape) for shape in ((N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,))]
    dh = rng.normal(size=(N, H))
    _, kept = gated.gru_step_forward(*arrays)
    rows = ["gradient   reset     update    candidate"]
    for place, (name, grad) in enumerate(zip("dx dh_prev dWx dWh db".split(), backward(dh, kept),
                                             strict=True)):
        def loss(array, place=place):
            given = [*arrays[:place], array, *arrays[place + 1 :]]
            return float((dh * gated.gru_step_forward(*given)[0]).sum())

        right = numerical_gradient(loss, arrays[place])
        parts = 3 if place > 1 else 1
        pairs = zip(np.split(grad, parts, axis=-1), np.split(right, parts, axis=-1), strict=True)
        words = ["right" if relative_error(a, b) < 1e-5 else "WRONG" for a, b in pairs]
        words += ["(has no blocks)"] if parts == 1 else []
        rows.append(f"{name:<11}" + "     ".join(words))
    return "\n".join(rows)


# -- the learner's own cell, and pictures of results ------------------------------------------------


def own_cell(forward: Callable, backward: Callable) -> tuple[Cell | str, str]:
    """The learner's LSTM as a `Cell` if it is right, else the course's by name; and words for it."""
    rng = np.random.default_rng(0)
    x, h0 = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5))
    given = (x, h0, *init_recurrent(4, 5, 4, rng))
    dh = rng.normal(size=(2, 3, 5))
    course = find_cell("lstm")
    try:
        h, kept = forward(*given)
        mine, (right, theirs) = [h, *backward(dh, kept)], course.forward(*given)
        good = all(np.allclose(a, b, atol=1e-6) for a, b in
                   zip(mine, [right, *course.backward(dh, theirs)], strict=True))
    except NotImplementedError:
        return "lstm", "Your LSTM is not written yet: the course's stands in."
    except Exception as error:  # a learner's code may raise anything; the melody goes on
        return "lstm", f"Your LSTM stopped with {type(error).__name__}: the course's stands in."
    if not good:
        return "lstm", "Your LSTM is not right yet: the course's stands in."
    return Cell(4, forward, backward), "Your own LSTM is at work."


def adding_picture(losses: dict, units: dict, baseline: float, size: str = "page",
                   scheme: str = "light") -> Still:
    """How the error of each cell falls. ``losses``: name -> (steps,); ``units``: name -> H."""
    def draw(figure: Figure, look: Look) -> str:
        (ax,) = panels(figure, look)
        styles = zip((look.quiet, look.guess, look.curve), ((0, (3, 1.5)), (0, (6, 1, 1, 1)), "-"),
                     strict=True)
        said = []
        for (name, loss), (colour, style) in zip(losses.items(), styles, strict=True):
            smooth = np.convolve(loss, np.ones(20) / 20, "valid")
            ax.plot(np.arange(len(smooth)) + 20, smooth, color=colour, ls=style,
                    label=f"{name}, {units[name]} units")
            said.append(f"{name} {smooth[-1]:.2g}")
        ax.axhline(baseline, color=look.truth, lw=look.thin, ls=(0, (1, 1)),
                   label="always answering 1")
        ax.set(yscale="log", xlabel="training steps", ylabel="squared error", ylim=(2e-4, 1.5))
        ax.legend(loc="lower left", fontsize=look.small, handlelength=3.2)
        ax.set_title("Who can add two numbers far apart?")
        return (f"Squared error at the end: {', '.join(said)}; always answering 1 gives "
                f"{baseline:.2g}.")

    return Still(draw, size, scheme)


def tune_picture(notes: list, sound: np.ndarray, rate: int, size: str = "page",
                 scheme: str = "light") -> Still:
    """A tune as a piano roll beside its waveform. ``sound``: (samples,), ``rate`` samples a second."""
    def draw(figure: Figure, look: Look) -> str:
        roll, wave = panels(figure, look, widths=(1.1, 1.0))
        beat, lowest, highest = 0.0, 200, 0
        for note in notes:
            pitch, length = read_note(note)
            if pitch is not None:
                roll.plot([beat + 0.08, beat + length - 0.08], [pitch, pitch], color=look.guess,
                          lw=1.6 * look.line, solid_capstyle="butt")
                lowest, highest = min(lowest, pitch), max(highest, pitch)
            beat += length
        roll.set(xlim=(0, beat), ylim=(lowest - 2, highest + 2), xlabel="beats",
                 ylabel="pitch (semitones, 60 is C4)")
        roll.set_title(f"{len(notes)} notes")
        width = max(1, len(sound) // 800)  # what the eye sees of thousands of samples: their range
        cut = sound[: len(sound) // width * width].reshape(-1, width)
        seconds = np.arange(len(cut)) * width / rate
        wave.fill_between(seconds, cut.min(axis=1), cut.max(axis=1), color=look.curve, lw=0)
        wave.set(xlim=(0, len(sound) / rate), ylim=(-1.05, 1.05), xlabel="seconds",
                 ylabel="loudness (full scale is 1)")
        wave.set_title(f"{len(sound) / rate:.0f} seconds of sound")
        return (f"A tune of {len(notes)} notes and {beat:g} beats, and its sound: "
                f"{len(sound) / rate:.1f} seconds, each note a burst that fades.")

    return Still(draw, size, scheme)
