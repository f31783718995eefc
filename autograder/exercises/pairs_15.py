"""What the checks of lesson 15 share: cases, and backwards on their own forwards."""

import numpy as np

from autograder.compare import agree, read
from autograder.exercise import Case, draw_sizes
from autograder.exercises.common import in_other_forms
from autograder.exercises.own_forward import BETWEEN, TWICE, on_own_forward
from autograder.solution import Direct
from bplib import attention

LESSON = "15_attention"
REFERENCE = {
    name: getattr(attention, name)
    for name in (
        "layernorm_forward", "layernorm_backward", "attention_forward", "attention_backward",
    )
}  # fmt: skip
LOOSE = (1e-3, 1e-4, 1e-9)
LARGE = "scores up to 1000 either way, and 1000 apart from query to query"


def slip(*texts):
    """Edits: slip(old, new, old, new, ...)."""
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def own_forward_run(forward, backward, arguments, keyword, grads, probes, least):
    """`on_own_forward` for forwards that may meet large scores.

    A forward that does not stand them has lost its points; where it gives something else than the
    right answer there, nothing is asked of the backward.
    """
    go = on_own_forward(forward, backward, arguments, "out", "dout", grads, REFERENCE, probes,
                        keyword, least)  # fmt: skip

    def run(solution, case):
        if case.special == LARGE and solution.has(forward):
            keywords = {keyword: case.inputs[keyword]} if keyword in case.inputs else {}
            args = [case.inputs[name] for name in arguments.split()]
            out, _ = solution.call(forward, *args, returns=("out", "cache"), **keywords)
            there = Direct(REFERENCE)
            wanted, kept = there.call(forward, *args, returns=("out", "cache"), **keywords)
            if not agree(read(out), read(wanted), LOOSE):
                names = tuple(grads.split())
                found = there.call(backward, case.dout, kept, returns=names)
                return dict(zip(names, found, strict=True))
        return go(solution, case)

    return run


# --- layer norm ---------------------------------------------------------------------------------


def _norm_case(rng, shape, eps=0.1, special="", upstream=False, sizes=None):
    """Examples of different level and spread: x of any shape, D columns."""
    letters = {1: "D", 2: "ND", 3: "NTD", 4: "NTKD"}[len(shape)]
    sizes = dict(zip(letters, shape, strict=True)) if sizes is None else sizes
    more = {} if eps is None else {"eps": eps}
    if upstream:
        more["dout"] = rng.normal(size=shape)
    rows = (*shape[:-1], 1)
    x = rng.normal(size=shape) * rng.uniform(0.5, 3, rows) + rng.normal(scale=2, size=rows)
    D = shape[-1]
    gamma = np.where(rng.random(D) < 0.3, -1, 1) * rng.uniform(0.4, 2.5, D)
    return Case(special, sizes, x=x, gamma=gamma, beta=rng.normal(size=D), **more)


def norm_probes(rng):
    """Cases to ask whether a wrong forward is a near miss.

    Examples are nearly centred, and their spreads differ much: whoever normalises in some way gives
    nearly the right gradients, and whoever only scales does not.
    """
    for N, D in ((4, 9), (6, 10), (5, 8), (7, 11)):
        case = _norm_case(rng, (N, D), 0.01, "", True)
        spread = rng.permutation(np.geomspace(0.1, 10, N))[:, None]
        x = case.x - case.x.mean(axis=1, keepdims=True)
        yield case.but(x=(x / x.std(axis=1, keepdims=True) + 0.1 * rng.normal(size=(N, 1))) * spread)


def norm_cases(upstream=False):
    """rng -> cases of layer norm; eps is large enough to be seen but where it is left out."""

    def cases(rng):
        yield _norm_case(rng, (2, 3), 0.1, "", upstream)
        for eps in (0.1, 0.03, 0.4):
            sizes = draw_sizes(rng, "ND", 2, 7)
            yield _norm_case(rng, (sizes["N"], max(sizes["D"], 3)), eps, "", upstream)
        for shape in ((2, 4, 3), (3, 2, 5)):
            yield _norm_case(rng, shape, 0.1, "sequences: x of rank 3, (N, T, D)", upstream)
        yield _norm_case(rng, (5,), 0.1, "a single vector: x of rank 1, (D,)", upstream)
        yield _norm_case(rng, (1, 4), 0.1, "one example alone (N = 1)", upstream)
        yield _norm_case(rng, (3, 1), 0.1, "one feature alone (D = 1)", upstream)
        yield _norm_case(rng, (4, 4), 0.1, "as many examples as features (N = D)", upstream)
        small = _norm_case(rng, (3, 5), None, "examples of little spread, and eps left out",
                           upstream)
        yield small.but(x=small.x * 0.003)
        off = _norm_case(rng, (3, 5), 0.1, "a gamma of exactly 0", upstream)
        off.inputs["gamma"][rng.integers(5)] = 0.0
        yield off
        flat = _norm_case(rng, (4, 3), 0.1, "an example whose features are all equal", upstream)
        flat.inputs["x"][1] = 1.5
        yield flat
        if upstream:
            yield _norm_case(rng, (3, 4), 0.1, TWICE, upstream)
            yield _norm_case(rng, (3, 4), 0.1, BETWEEN, upstream)
        yield from in_other_forms(_norm_case(rng, (3, 5), 0.1, "", upstream), rng)
        yield _norm_case(rng, (2, 3, 2, 4), 0.1, "x of rank 4", upstream)

    return cases


# --- attention ----------------------------------------------------------------------------------


def _look(rng, N, T, S, D, M, special="", causal=None, upstream=False):
    more = {} if causal is None else {"causal": causal}
    if upstream:
        more["dout"] = rng.normal(size=(N, T, M))
    sizes = {"N": N, "T": T, "S": S, "D": D, "M": M}
    return Case(special, sizes, Q=rng.normal(scale=1.2, size=(N, T, D)),
                K=rng.normal(scale=1.2, size=(N, S, D)), V=rng.normal(size=(N, S, M)), **more)


def _far_apart(case, rng):
    """Every query's scores lie around a level of its own, from -1000 to 1000, a little apart."""
    Q, K = case.Q.copy(), case.K.copy()
    levels = np.array([1000.0, -1000.0, 0.0, 900.0, -900.0])
    Q[:, :, 0] = levels[: Q.shape[1]] * np.sqrt(Q.shape[2])
    K[:, :, 0] = 1.0
    return case.but(LARGE, Q=Q, K=K)


def _louder_future(case):
    """Every key scores 600 more than the one before it: what is to be hidden is loud."""
    Q, K = case.Q.copy(), case.K.copy()
    Q[:, :, 0] = np.sqrt(Q.shape[2])
    K[:, :, 0] = 600.0 * np.arange(K.shape[1]) - 800.0
    return case.but("a future that scores far higher than the past", Q=Q, K=K)


def _silent_query(case):
    """The third query is all zeros, so that each of its scores is exactly 0."""
    Q = case.Q.copy()
    Q[:, 2] = 0.0
    return case.but("scores of exactly 0", Q=Q)


def look_cases(upstream=False):
    """rng -> cases of attention: all sizes differ, with a mask where the past alone may be seen."""

    def drawn(rng, causal):
        sizes = draw_sizes(rng, "NTSDM", 2, 7)
        if causal:
            sizes["S"] = sizes["T"]
        return _look(rng, **sizes, causal=causal, upstream=upstream)

    def cases(rng):
        yield _look(rng, 1, 2, 3, 4, 2, causal=False, upstream=upstream)
        yield _look(rng, 2, 3, 3, 5, 4, causal=True, upstream=upstream)
        for causal in (False, True, None):
            yield drawn(rng, causal)
        yield _look(rng, 1, 4, 3, 5, 2, "one example (N = 1)", False, upstream)
        yield _look(rng, 3, 1, 4, 2, 5, "one query alone (T = 1)", False, upstream)
        yield _look(rng, 3, 4, 1, 2, 5, "one key alone (S = 1)", False, upstream)
        for causal in (False, True):
            yield _look(rng, 3, 3, 3, 3, 3, "all sizes equal (N = T = S = D = M)", causal, upstream)
        for causal in (False, True):
            yield _far_apart(_look(rng, 2, 4, 4, 3, 5, "", causal, upstream), rng)
        if upstream:
            yield _look(rng, 2, 3, 3, 4, 5, TWICE, True, upstream)
            yield _look(rng, 2, 3, 3, 4, 5, BETWEEN, False, upstream)
        else:
            yield _louder_future(_look(rng, 2, 4, 4, 3, 5, causal=True))
        whole = _look(rng, 2, 3, 4, 5, 3, "", False, upstream)
        yield from in_other_forms(whole, rng)
        yield _look(rng, 3, 4, 2, 1, 1, "keys and values of one number (D = M = 1)", False, upstream)
        if not upstream:
            yield _silent_query(_look(rng, 2, 4, 4, 3, 5, causal=True))

    return cases
