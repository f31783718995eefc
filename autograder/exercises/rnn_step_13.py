"""Checks of lesson 13: one step of a recurrent network, and its backward."""

from functools import partial

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises.common import forward_run, in_other_forms
from autograder.exercises.recurrent_13 import LARGE, LESSON, STEEP, TWICE, pair_run, weights, whole
from autograder.exercises.rnn_plain_13 import tanh_of_exponentials
from bplib import recurrent

REFERENCE = {name: getattr(recurrent, name) for name in ("rnn_step_forward", "rnn_step_backward")}
ARGUMENTS = "x h_prev Wx Wh b"


def _step(rng, sizes, special="", upstream=False):
    N, D, H = (sizes[letter] for letter in "NDH")
    more = {"dh": rng.normal(size=(N, H))} if upstream else {}
    return Case(special, sizes, x=rng.normal(size=(N, D)), h_prev=rng.normal(size=(N, H)) * 0.7,
                **weights(rng, D, H), **more)  # fmt: skip


def step_cases(upstream):
    """rng -> cases for one step: all sizes different, a state before it that is not zero."""
    def cases(rng):
        yield _step(rng, {"N": 2, "D": 1, "H": 3}, "", upstream)
        yield _step(rng, {"N": 3, "D": 4, "H": 2}, "", upstream)
        for _ in range(3):
            yield _step(rng, draw_sizes(rng, "NDH"), "", upstream)
        yield _step(rng, {"N": 1, "D": 3, "H": 2}, "one example (N = 1)", upstream)
        yield _step(rng, {"N": 2, "D": 3, "H": 1}, "one hidden unit (H = 1)", upstream)
        yield _step(rng, {"N": 3, "D": 3, "H": 3}, "all sizes equal (N = D = H)", upstream)
        ordinary = _step(rng, {"N": 4, "D": 2, "H": 3}, "", upstream)
        yield whole(ordinary, rng, ["x", "h_prev", *(["dh"] if upstream else [])])
        yield from in_other_forms(ordinary, rng, integers=False)
        if upstream:
            yield ordinary.but(TWICE)
            yield ordinary.but(STEEP, dh=1000 * ordinary.dh)
        else:
            yield ordinary.but(LARGE, x=1000 * ordinary.x)

    return cases


# --- rnn_step_forward ---------------------------------------------------------------------------

H = "h = np.tanh(x @ Wx + h_prev @ Wh + b)"


def _slip(text):
    return ((H, f"h = {text}"),)


def _overflows(x, h_prev, Wx, Wh, b, of_twice=False):
    h = tanh_of_exponentials(x @ Wx + h_prev @ Wh + b, of_twice)
    return h, (x, h_prev, Wx, Wh, h)


STEP_FORWARD = Exercise(
    "rnn_step_forward", LESSON, 2,
    outputs=(Output("h", "the new state"),),
    cases=step_cases(False),
    run=forward_run("rnn_step_forward", ARGUMENTS, out="h"),
    reference=REFERENCE,
    see="One frame of the film",
    mistakes=(
        Mistake("tanh-missing", "The squashing is missing: h is the sum itself, and should be its "
                "`tanh`.", edits=_slip("x @ Wx + h_prev @ Wh + b")),
        Mistake("previous-state-ignored", "`h_prev` is not used: this net has no memory.",
                "Without h_prev @ Wh every step stands alone, and it is a plain layer again.",
                edits=_slip("np.tanh(x @ Wx + b)"), equivalent=("ignores-h_prev", "ignores-Wh")),
        Mistake("input-ignored", "`x` is not used: the net does not hear what is said to it.",
                edits=_slip("np.tanh(h_prev @ Wh + b)"), equivalent=("ignores-x", "ignores-Wx")),
        Mistake("bias-missing", "The bias `b` is missing.",
                edits=_slip("np.tanh(x @ Wx + h_prev @ Wh)"), equivalent=("ignores-b",)),
        Mistake("bias-twice", "`b` is added twice: once with the input and once with the state. "
                "Here there is one bias.",
                "Some libraries keep two bias vectors; this step has a single one.",
                edits=_slip("np.tanh((x @ Wx + b) + (h_prev @ Wh + b))"),
                equivalent=("doubles-b",)),
        Mistake("bias-subtracted", "`b` is subtracted, and should be added.",
                edits=_slip("np.tanh(x @ Wx + h_prev @ Wh - b)"), equivalent=("negates-b",)),
        Mistake("bias-outside", "`b` is added after the squashing; it belongs inside.",
                edits=_slip("np.tanh(x @ Wx + h_prev @ Wh) + b")),
        Mistake("wh-transposed", "`Wh` is used transposed: here the state is a row, and stands on "
                "the left of Wh.",
                "Wh is square, so the shapes do not complain: only the numbers are wrong.",
                edits=_slip("np.tanh(x @ Wx + h_prev @ Wh.T + b)")),
        Mistake("state-not-mixed", "Each hidden unit looks back at itself alone: "
                "`h_prev * Wh` is not `h_prev @ Wh`.",
                "The star multiplies entry by entry. Every unit hears every unit of the step "
                "before.",
                edits=_slip("np.tanh(x @ Wx + h_prev * np.diag(Wh) + b)")),
        Mistake("squashed-apart", "The two parts are squashed one by one; tanh is taken of their "
                "sum.", edits=_slip("np.tanh(x @ Wx + b) + np.tanh(h_prev @ Wh)")),
        Mistake("squashed-apart-b", "The two parts are squashed one by one; tanh is taken of their "
                "sum.", edits=_slip("np.tanh(x @ Wx) + np.tanh(h_prev @ Wh + b)")),
        Mistake("squashed-apart-c", "The two parts are squashed one by one; tanh is taken of their "
                "sum.", edits=_slip("np.tanh(x @ Wx) + np.tanh(h_prev @ Wh) + b")),
        Mistake("overflows", "Right for ordinary inputs; for very large ones the exponentials are "
                "infinite, and infinity divided by infinity is no number.",
                "`np.tanh` stands any number.", functions={"rnn_step_forward": _overflows}),
        Mistake("overflows-upwards", "Right for ordinary inputs; where the sum is very large, the "
                "exponential is infinite, and infinity divided by infinity is no number.",
                "`np.tanh` stands any number.",
                functions={"rnn_step_forward": partial(_overflows, of_twice=True)}),
        Mistake("input-squashed-alone", "Only the input's part is squashed; tanh is taken of the "
                "whole sum.", edits=_slip("np.tanh(x @ Wx + b) + h_prev @ Wh")),
        Mistake("state-squashed-alone", "Only the state's part is squashed; tanh is taken of the "
                "whole sum.", edits=_slip("x @ Wx + np.tanh(h_prev @ Wh + b)")),
        Mistake("state-squashed-again", "`h_prev` is squashed once more; it has been through tanh "
                "in its own step.", edits=_slip("np.tanh(x @ Wx + np.tanh(h_prev) @ Wh + b)")),
        Mistake("skip-connection", "`h_prev` is added to the result: a plain recurrent step has no "
                "way around the squashing.",
                "That net exists (a residual one), but it is another one.",
                edits=_slip("h_prev + np.tanh(x @ Wx + h_prev @ Wh + b)")),
        Mistake("averaged-with-before", "The result is averaged with the state before.",
                edits=_slip("0.5 * (h_prev + np.tanh(x @ Wx + h_prev @ Wh + b))")),
        Mistake("parts-multiplied", "The input's part and the state's are multiplied, and should "
                "be added.", edits=_slip("np.tanh((x @ Wx) * (h_prev @ Wh) + b)")),
        Mistake("part-subtracted", "The state's part is subtracted, and should be added.",
                edits=_slip("np.tanh(x @ Wx - h_prev @ Wh + b)"),
                equivalent=("negates-h_prev", "negates-Wh")),
        Mistake("sigmoid-instead", "The squashing is a sigmoid; agreed was tanh, from -1 to 1.",
                edits=_slip("1 / (1 + np.exp(-(x @ Wx + h_prev @ Wh + b)))")),
        Mistake("relu-instead", "The squashing is a ReLU; agreed was tanh.",
                edits=_slip("np.maximum(x @ Wx + h_prev @ Wh + b, 0)")),
        Mistake("batch-mixed", "Every example gets the state of the first; each has its own.",
                edits=_slip("np.tanh(x @ Wx + h_prev[:1] @ Wh + b)")),
        Mistake("on-its-side", "The result stands on its side, (H, N); agreed was a row for each "
                "example.", edits=_slip("np.tanh(x @ Wx + h_prev @ Wh + b).T"),
                equivalent=("transposed",)),
    ),
    variants=(
        Variant("one-matrix", {"rnn_step_forward": lambda x, h, Wx, Wh, b: (
            np.tanh(np.hstack([h, x]) @ np.vstack([Wh, Wx]) + b), None)}),
        Variant("by-exponentials", {"rnn_step_forward": lambda x, h, Wx, Wh, b: (
            2 / (1 + np.exp(-2 * (np.dot(x, Wx) + np.einsum("nh,hk->nk", h, Wh) + b))) - 1,
            (x, h))}),
        Variant("columns", {"rnn_step_forward": lambda x, h, Wx, Wh, b: [
            np.tanh(Wx.T @ x.T + Wh.T @ h.T + b[:, None]).T, {"x": x}]}),
        Variant("loops", {"rnn_step_forward": lambda x, h, Wx, Wh, b: (
            [[float(np.tanh(sum(x[n, d] * Wx[d, k] for d in range(len(Wx)))
                            + sum(h[n, j] * Wh[j, k] for j in range(len(Wh))) + b[k]))
              for k in range(len(b))] for n in range(len(x))], ())}),
        Variant("single-precision", {"rnn_step_forward": lambda *args: (
            recurrent.rnn_step_forward(*map(np.float32, args)))}),
    ),
)  # fmt: skip

# --- rnn_step_backward --------------------------------------------------------------------------

DZ = "dz = dh * (1 - h * h)"
GRADS = "return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)"


def _local(text):
    return ((DZ, f"dz = {text}"),)


def _grads(dx="dz @ Wx.T", dh_prev="dz @ Wh.T", dWx="x.T @ dz", dWh="h_prev.T @ dz",
           db="dz.sum(axis=0)"):  # fmt: skip
    return ((GRADS, f"return {dx}, {dh_prev}, {dWx}, {dWh}, {db}"),)


def _writes_dh(dh, cache):
    if dh.dtype.kind == "f":
        dh *= 1 - cache[4] ** 2
        dz = dh
    else:
        dz = dh * (1 - cache[4] ** 2)
    x, h_prev, Wx, Wh, _ = cache
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


def _writes_cache(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    h *= h
    dz = np.asarray(dh) * (1 - h)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


def _loops(dh, cache):
    """One example at a time, with outer products."""
    x, h_prev, Wx, Wh, h = cache
    dx, dh_prev, dWx, dWh, db = [], [], np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    for n in range(len(x)):
        dz = np.array([float(g) * (1 - s) * (1 + s) for g, s in zip(dh[n], h[n], strict=True)])
        dx.append(Wx @ dz)
        dh_prev.append(Wh @ dz)
        dWx += np.outer(x[n], dz)
        dWh += np.outer(h_prev[n], dz)
        db += dz
    return [dx, dh_prev, dWx.tolist(), np.asfortranarray(dWh), db]


def _recomputed(dh, cache):
    """Nothing but the inputs kept; tanh' by cosh."""
    x, h_prev, Wx, Wh, b = cache["in"]
    dz = dh / np.cosh(x @ Wx + h_prev @ Wh + b) ** 2
    both = dz @ np.vstack([Wx, Wh]).T
    D = x.shape[1]
    dW = np.einsum("ni,nj->ij", np.hstack([x, h_prev]), dz)
    return both[:, :D], both[:, D:], dW[:D], dW[D:], np.ones(len(dz)) @ dz


STEP_BACKWARD = Exercise(
    "rnn_step_backward", LESSON, 3,
    outputs=(Output("dx", "the gradient dx"), Output("dh_prev", "the gradient dh_prev"),
             Output("dWx", "the gradient dWx"), Output("dWh", "the gradient dWh"),
             Output("db", "the gradient db")),
    cases=step_cases(True),
    run=pair_run("rnn_step_forward", "rnn_step_backward", ARGUMENTS, "dx dh_prev dWx dWh db", "dh",
                 recurrent.rnn_step_forward),
    reference=REFERENCE,
    uses=("rnn_step_forward",),
    upstream="dh",
    see="One frame backwards",
    mistakes=(
        Mistake("upstream-ignored", "The upstream gradient `dh` is not used: all gradients are "
                "what comes out when it is all ones.",
                "1 - h**2 says how the state moves with z; how much that matters is in dh.",
                edits=_local("1 - h * h"), equivalent=("ignores-dh",)),
        Mistake("sign", "All gradients have the wrong sign.", edits=_local("-dh * (1 - h * h)"),
                equivalent=("negates-dh",)),
        Mistake("tanh-skipped", "The blame goes past tanh as if it were not there: its local "
                "derivative is missing.", edits=_local("dh")),
        Mistake("slope-of-previous", "The slope of tanh is taken at `h_prev`; it belongs to this "
                "step's own state.",
                "The tanh that is to be crossed is the one that made h.",
                edits=_local("dh * (1 - h_prev * h_prev)")),
        Mistake("slope-not-squared", "The local derivative of tanh is not 1 - h: the square is "
                "missing.", edits=_local("dh * (1 - h)")),
        Mistake("slope-of-h", "The local derivative is taken as 1 - tanh(h)**2, but `h` is tanh's "
                "output already.",
                "tanh'(z) = 1 - tanh(z)**2, and tanh(z) is h itself.",
                edits=_local("dh * (1 - np.tanh(h) ** 2)")),
        Mistake("sigmoid-slope", "h * (1 - h) is the slope of a sigmoid; this step squashes by "
                "tanh.", edits=_local("dh * h * (1 - h)")),
        Mistake("slope-halved", "The local derivative is counted as 1 - h**2 / 2.",
                edits=_local("dh * (1 - 0.5 * h * h)")),
        Mistake("forward-again", "The blame is squashed by tanh once more; on the way back it is "
                "multiplied by tanh's slope.", edits=_local("np.tanh(dh)")),
        Mistake("dwh-from-new-state", "`dWh` is made with the new state `h`; what Wh was "
                "multiplied by is `h_prev`.",
                "A weight's blame is its input times the blame at its output.",
                edits=_grads(dWh="h.T @ dz")),
        Mistake("wh-not-transposed", "`dh_prev` goes through Wh as on the way forward; on the way "
                "back it goes through the transpose.",
                "Wh is square, so no shape complains.", edits=_grads(dh_prev="dz @ Wh")),
        Mistake("weights-averaged", "The gradients of the weights and of b are divided by the "
                "number of examples; they are sums.",
                "The mean belongs to the loss, which has put its 1/N into dh already.",
                edits=_grads(dWx="x.T @ dz / len(x)", dWh="h_prev.T @ dz / len(x)",
                             db="dz.mean(axis=0)")),
        Mistake("dws-averaged", "`dWx` and `dWh` are divided by the number of examples; they are "
                "sums.", edits=_grads(dWx="x.T @ dz / len(x)", dWh="h_prev.T @ dz / len(x)")),
        Mistake("db-averaged", "`db` is the mean over the examples; it should be the sum.",
                edits=_grads(db="dz.mean(axis=0)"), equivalent=("times-1-over-N",)),
        Mistake("db-not-summed", "`db` has a row for every example: the sum over them is missing.",
                edits=_grads(db="dz"), equivalent=("unsummed",)),
        Mistake("db-one-number", "`db` is summed over everything; each unit has a bias of its own.",
                edits=_grads(db="dz.sum()"), equivalent=("summed-too-much",)),
        Mistake("db-keeps-row", "`db` has shape (1, H); the bias has shape (H,).",
                edits=_grads(db="dz.sum(axis=0, keepdims=True)"),
                equivalent=("right-values-wrong-shape",)),
        Mistake("db-before-tanh", "`db` is the sum of dh: the slope of tanh lies between.",
                edits=_grads(db="dh.sum(axis=0)")),
        Mistake("dh-prev-before-tanh", "`dh_prev` has not crossed tanh: its slope is missing.",
                edits=_grads(dh_prev="dh @ Wh.T")),
        Mistake("dx-before-tanh", "`dx` has not crossed tanh: its slope is missing.",
                edits=_grads(dx="dh @ Wx.T")),
        Mistake("dwx-before-tanh", "`dWx` is made with dh: the slope of tanh lies between.",
                edits=_grads(dWx="x.T @ dh")),
        Mistake("dwh-before-tanh", "`dWh` is made with dh: the slope of tanh lies between.",
                edits=_grads(dWh="h_prev.T @ dh")),
        Mistake("one-tanh-too-many", "`dh_prev` has crossed the tanh of the step before as well; "
                "that is left to that step's own backward.",
                edits=_grads(dh_prev="(dz @ Wh.T) * (1 - h_prev * h_prev)")),
        Mistake("bias-before-weights", "`db` comes back before the weights' gradients; agreed was "
                "dx, dh_prev, dWx, dWh, db.",
                edits=((GRADS, "return dz @ Wx.T, dz @ Wh.T, dz.sum(axis=0), x.T @ dz, "
                               "h_prev.T @ dz"),)),
        Mistake("weights-before-tanh", "The gradients of the weights have not crossed tanh: its "
                "slope is missing.", edits=_grads(dWx="x.T @ dh", dWh="h_prev.T @ dh")),
        Mistake("skip-too", "`dh` itself is added to `dh_prev`: that would be right with a way "
                "around tanh, which this step has not.",
                edits=_grads(dh_prev="dz @ Wh.T + dh")),
        Mistake("dwh-transposed", "`dWh` is transposed: dz stands where h_prev should.",
                edits=_grads(dWh="dz.T @ h_prev"), equivalent=("transposed",)),
        Mistake("dwx-transposed", "`dWx` has the shape of Wx transposed.",
                edits=_grads(dWx="dz.T @ x"), equivalent=("transposed",)),
        Mistake("first-two-swapped", "`dx` and `dh_prev` have changed places.",
                edits=_grads(dx="dz @ Wh.T", dh_prev="dz @ Wx.T"),
                equivalent=("results-swapped",)),
        Mistake("weights-swapped", "`dWx` and `dWh` have changed places.",
                edits=_grads(dWx="h_prev.T @ dz", dWh="x.T @ dz"),
                equivalent=("results-swapped",)),
        Mistake("dh-written-into", "Your function changes its input `dh`; whoever called it still "
                "needs the old values.",
                "`dh *= ...` writes into the caller's own array; `dz = dh * ...` makes a new one.",
                functions={"rnn_step_backward": _writes_dh}, equivalent=("input-mutated",)),
        Mistake("cache-written-into", "The first call is right and spoils the cache: a second one "
                "with the same cache gives something else.",
                "`h *= h` writes into the very array that the cache holds.",
                functions={"rnn_step_backward": _writes_cache},
                equivalent=("cache-changed",)),
    ),
    variants=(
        Variant("loops", {"rnn_step_backward": _loops}),
        Variant("recomputed", {
            "rnn_step_forward": lambda *args: (
                recurrent.rnn_step_forward(*args)[0], {"in": args}),
            "rnn_step_backward": _recomputed}),
        Variant("z-kept", {
            "rnn_step_forward": lambda x, h_prev, Wx, Wh, b: (
                lambda z: (np.tanh(z), (x, h_prev, Wx, Wh, z)))(x @ Wx + h_prev @ Wh + b),
            "rnn_step_backward": lambda dh, cache: recurrent.rnn_step_backward(
                dh, (*cache[:4], np.tanh(cache[4])))}),
        Variant("single-precision", {"rnn_step_backward": lambda dh, cache: (
            recurrent.rnn_step_backward(np.float32(dh), tuple(map(np.float32, cache))))}),
        Variant("documented-cache-alone", {
            "rnn_step_forward": lambda *args: (_ for _ in ()).throw(NotImplementedError)}),
    ),
)  # fmt: skip

EXERCISES = (STEP_FORWARD, STEP_BACKWARD)
