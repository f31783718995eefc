"""What the checks of lesson 14 share: cases for one gated step and for a sequence of them."""

import numpy as np

from autograder.exercise import Case, draw_sizes, edited
from autograder.exercises.common import in_other_forms
from autograder.exercises.own_forward import BETWEEN, TWICE
from bplib import gated

LESSON = "14_gates"
REFERENCE = {
    name: getattr(gated, name)
    for name in (
        "lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward",
        "gru_step_forward", "gru_step_backward",
    )
}  # fmt: skip
INTEGERS = "whole numbers (an array of int)"
LARGE = "very large inputs (up to 1000 either way)"
STEEP = "a very large upstream gradient"


def slip(*texts):
    """Edits: slip(old, new, old, new, ...)."""
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def with_slip(sequence, step, *texts):
    """A sequence function of bplib whose step function has a slip in it, as {name: function}."""
    wrong = edited(REFERENCE[step], slip(*texts))
    source = REFERENCE[sequence]
    twin = type(source)(
        source.__code__, {**source.__globals__, step: wrong}, source.__name__
    )
    return {sequence: twin}


def _weights(rng, sizes, gates):
    D, H = sizes["D"], sizes["H"]
    return {
        "Wx": rng.normal(scale=0.6, size=(D, gates * H)),
        "Wh": rng.normal(scale=0.6, size=(H, gates * H)),
        "b": rng.normal(scale=0.7, size=gates * H),
    }


def step_case(rng, sizes, gates, upstreams, special=""):
    """One step: the cell, where there is one (four columns of weights), of ordinary to large size.

    Its entries reach about 3 and more, where 1 - c**2 and 1 - tanh(c)**2 are worlds apart.
    """
    N, D, H = sizes["N"], sizes["D"], sizes["H"]
    inputs = {"x": rng.normal(size=(N, D)), "h_prev": rng.normal(size=(N, H))}
    if gates == 4:
        inputs["c_prev"] = rng.normal(scale=2.0, size=(N, H))
    inputs |= _weights(rng, sizes, gates)
    inputs |= {name: rng.normal(size=(N, H)) for name in upstreams}
    return Case(special, sizes, **inputs)


def _saturated(case, rng):
    """Inputs of hundreds, and weights that leave no gate half open: right answers cannot differ."""
    x = np.zeros(case.x.shape)
    x[np.arange(len(x)), rng.integers(0, x.shape[1], len(x))] = rng.choice(
        [-1000.0, -400.0, 400.0, 1000.0], len(x)
    )
    Wx = rng.choice([-1.0, 1.0], case.Wx.shape) * rng.uniform(0.3, 1.0, case.Wx.shape)
    x[0], Wx[0] = 0.0, np.resize([0.8, -0.8], Wx.shape[1])  # exp overflows both ways for certain
    x[0, 0] = 1000.0
    return case.but(LARGE, x=x, Wx=Wx)


def step_cases(gates, upstreams=""):
    """rng -> cases of one step; upstreams: names of the upstream gradients, such as "dh dc"."""
    names = upstreams.split()

    def make(rng, special="", **sizes):
        sizes = sizes or draw_sizes(rng, "NDH", 2, 5)
        return step_case(rng, sizes, gates, names, special)

    def cases(rng):
        for N, D, H in ((3, 1, 2), (2, 4, 3), (5, 3, 4), (4, 2, 5)):
            yield make(rng, N=N, D=D, H=H)
        yield make(rng, "one example (N = 1)", N=1, D=3, H=2)
        yield make(rng, "one hidden unit (H = 1)", N=3, D=2, H=1)
        yield make(rng, "all sizes equal (N = D = H)", N=3, D=3, H=3)
        if not names:
            yield _saturated(make(rng), rng)
        else:
            yield make(rng, TWICE)
            yield make(rng, BETWEEN)
        yield from in_other_forms(make(rng), rng)
        if names:
            steep = make(rng)
            yield steep.but(STEEP, **{name: 1000 * steep.inputs[name] for name in names})
        if "dc" in names:
            alone = make(rng, "blame for the cell alone (dh = 0)")
            yield alone.but(dh=0 * alone.dh)

    return cases


def sequence_cases(gates, upstream=False):
    """rng -> cases of a sequence of at least three steps, each with an upstream of its own."""

    def make(rng, special="", **sizes):
        sizes = sizes or {**draw_sizes(rng, "NDH", 2, 4), "T": 5}
        N, T, D, H = (sizes[letter] for letter in "NTDH")
        more = {"dh": rng.normal(size=(N, T, H))} if upstream else {}
        return Case(special, sizes, x=rng.normal(size=(N, T, D)),
                    h0=rng.normal(scale=1.2, size=(N, H)), **_weights(rng, sizes, gates), **more)

    def cases(rng):
        for N, T, D, H in ((2, 3, 1, 4), (3, 4, 2, 5), (4, 5, 3, 2), (2, 4, 3, 5)):
            yield make(rng, N=N, T=T, D=D, H=H)
        yield make(rng, "one example (N = 1)", N=1, T=4, D=3, H=2)
        yield make(rng, "one step (T = 1)", N=3, T=1, D=4, H=2)
        yield make(rng, "all sizes equal (N = T = D = H)", N=3, T=3, D=3, H=3)
        if upstream:
            late = make(rng)
            late.inputs["dh"][:, :-1] = 0.0
            yield late.but("a loss at the last step alone")
            yield make(rng, TWICE)
            yield make(rng, BETWEEN)
        whole = make(rng)
        names = [name for name in ("x", "h0", "dh") if name in whole.inputs]
        yield from in_other_forms(whole, rng, names=names)
        ones = {name: rng.integers(-1, 2, whole.inputs[name].shape) for name in ("Wx", "Wh", "b")}
        yield whole.but(INTEGERS, **ones)
        if upstream:
            steep = make(rng)
            yield steep.but(STEEP, dh=1000 * steep.dh)

    return cases
