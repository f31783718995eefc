"""What the checks of lesson 13 share: sequences, and a backward judged with its own forward.

`rnn_forward` has no documented cache, so a backward gets the cache that the same learner's forward
made. Where that forward is wrong, but a near miss, right is what finite differences of that very
forward say: one mistake costs once.
"""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Case, Output, draw_sizes
from autograder.exercises import rnn_plain_13 as plain
from autograder.exercises.common import in_other_forms, own_cache
from autograder.exercises.own_forward import BETWEEN, another, near_misses
from autograder.machine import Ref
from autograder.solution import Direct

LESSON = "13_bptt"
ARGUMENTS = ("x", "h0", "Wx", "Wh", "b")
GRADS = ("dx", "dh0", "dWx", "dWh", "db")
OUTPUTS = (Output("dx", "the gradient dx"), Output("dh0", "the gradient dh0"),
           Output("dWx", "the gradient dWx"), Output("dWh", "the gradient dWh"),
           Output("db", "the gradient db"))  # fmt: skip
LOOSE = (1e-3, 1e-4, 1e-12)  # for two forwards that may have come by different roads
MEASURED = (1e-3, 1e-4, 1e-7)  # for a gradient against finite differences
NUDGE = 1e-5
SAME = (1e-6, 1e-7, 1e-12)
TWICE = "one cache used twice"
LARGE = "very large inputs (the states are 1 or -1)"
STEEP = "a very large upstream gradient"
AS_DX = "as dx"


# --- cases --------------------------------------------------------------------------------------


def weights(rng, D, H):
    """Weights of ordinary scale: tanh neither saturates nor is a straight line."""
    return {"Wx": rng.normal(size=(D, H)) * 0.6, "Wh": rng.normal(size=(H, H)) * 0.5,
            "b": rng.normal(size=H) * 0.5}  # fmt: skip


def sequence(rng, sizes, special="", upstream=False, **more):
    """A case with a batch of sequences, a start that is not zero, and a loss at every step."""
    N, D, H, T = (sizes[letter] for letter in "NDHT")
    inputs = {"x": rng.normal(size=(N, T, D)), "h0": rng.normal(size=(N, H)) * 0.7,
              **weights(rng, D, H)}  # fmt: skip
    if upstream:
        inputs["dh"] = rng.normal(size=(N, T, H))
    return Case(special, sizes, **inputs, **more)


def whole(case, rng, names):
    """The case with some arrays in small whole numbers; large ones would only saturate tanh."""
    changed = {name: rng.integers(-2, 3, case.inputs[name].shape) for name in names}
    return case.but("whole numbers (an array of int)", **changed)


def sequence_cases(upstream):
    """rng -> cases for `rnn_forward` and `rnn_backward`: at least three steps, all sizes different."""
    def cases(rng):
        first = dict(zip("NDHT", (2, 1, 4, 3), strict=True))
        yield sequence(rng, {**first, "D": 5} if upstream else first, "", upstream)
        yield sequence(rng, {"N": 3, "D": 2, "H": 5, "T": 4}, "", upstream)
        for _ in range(2):
            sizes = draw_sizes(rng, "NDHT", 2, 6)
            while sizes["T"] < 3:
                sizes = draw_sizes(rng, "NDHT", 2, 6)
            yield sequence(rng, sizes, "", upstream)
        sizes = {"N": 3, "D": 2, "H": 4, "T": 1}
        yield sequence(rng, sizes, "one step (T = 1)", upstream)
        yield sequence(rng, {"N": 1, "D": 3, "H": 2, "T": 4}, "one example (N = 1)", upstream)
        yield sequence(rng, {"N": 2, "D": 3, "H": 1, "T": 4}, "one hidden unit (H = 1)", upstream)
        ordinary = sequence(rng, {"N": 2, "D": 3, "H": 4, "T": 5}, "", upstream)
        yield whole(ordinary, rng, ["x", "h0", *(["dh"] if upstream else [])])
        yield from in_other_forms(ordinary, rng, integers=False)
        if upstream:
            yield ordinary.but(TWICE)
            yield ordinary.but(BETWEEN)
            yield ordinary.but(STEEP, dh=1000 * ordinary.dh)
        else:
            yield ordinary.but(LARGE, x=1000 * ordinary.x)

    return cases


def gentle_probes(rng, **more):
    """Cases to ask whether a wrong forward is a near miss: tanh neither saturates nor is a line."""
    for N, D, H, T in ((3, 2, 4, 5), (4, 5, 2, 3), (2, 3, 5, 4), (5, 4, 3, 6)):
        case = sequence(rng, {"N": N, "D": D, "H": H, "T": T}, "", True, **more)
        yield case.but(x=0.5 * case.x, h0=0.6 * case.h0)


# --- a backward called once, or twice on one cache ----------------------------------------------


def answered(solution, name, case, args, grads):
    """The gradients that a backward gives; in the case `TWICE` it is asked again with its cache."""
    returns = grads if len(grads) > 1 else None
    first = solution.call(name, *args, returns=returns)
    if case.special == TWICE:
        again = solution.call(name, *args, returns=returns)
        pairs = zip(first, again, strict=True) if returns else [(first, again)]
        if not all(agree(read(a), read(b), SAME) for a, b in pairs):
            raise ContractError(
                "cache-changed", f"Called twice with the same upstream gradient and the same cache, "
                f"your {name} gives two different answers: does it write into the cache, or "
                "remember something?")  # fmt: skip
    return first if returns else (first,)


def pair_run(forward, backward, arguments, grads, upstream, reference):
    """A ``run`` for a backward with a documented cache, `upstream` naming its gradient."""
    names, wanted = arguments.split(), tuple(grads.split())

    def run(solution, case):
        cache = own_cache(solution, forward, reference, [case.inputs[n] for n in names], {})
        answer = answered(solution, backward, case, [case.inputs[upstream], cache], wanted)
        return dict(zip(wanted, answer, strict=True))

    return run


# --- a backward and its own forward -------------------------------------------------------------


def bare(value):
    """The array behind a case's value, whether it is handed over as a view or not."""
    return getattr(value, "array", value)


def own_forward(solution, args):
    """`h, cache, right`: what the learner's forward gives, and whether it is what it should be.

    The reference's list of step caches serves where there is no forward, or none that runs.
    """
    h, documented = plain.rnn_forward(*map(bare, args))
    if solution.has("rnn_forward"):
        try:
            mine, cache = solution.call("rnn_forward", *args, returns=("h", "cache"))
            return read(mine), cache, agree(read(mine), h, LOOSE)
        except (LearnerError, ContractError) as error:
            if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
                raise
    return h, documented, True


def differences(solution, args, dh):
    """Gradients of `sum(dh * h)` by central differences of the learner's own forward, or None.

    All calls travel in one message, so that it is quick through a pipe too.
    """
    args = [np.asarray(arg, dtype=np.float64) for arg in args]
    changed = []
    for place, arg in enumerate(args):
        for entry in np.ndindex(arg.shape):
            for nudge in (NUDGE, -NUDGE):
                moved = arg.copy()
                moved[entry] += nudge
                changed.append((*args[:place], moved, *args[place + 1 :]))
    start = solution.reserve(2 * len(changed))
    program, fetch = [], []
    for nth, moved in enumerate(changed):
        called = start + 2 * nth
        program += [("call", "rnn_forward", moved, {}), ("item", Ref(called), 0)]
        fetch.append(Ref(called + 1))
    try:
        states = [read(value) for value in solution.evaluate(start, program, fetch)]
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
            raise
        return None
    if any(isinstance(h, Unreadable) or h.shape != dh.shape for h in states):
        return None
    losses = np.array([np.sum(dh * h) for h in states])
    slopes = (losses[::2] - losses[1::2]) / (2 * NUDGE)
    ends = np.cumsum([arg.size for arg in args])
    return [part.reshape(arg.shape)
            for part, arg in zip(np.split(slopes, ends[:-1]), args, strict=True)]  # fmt: skip


def fitted(mine, measured, right):
    """`right` where a gradient is right for the learner's own forward, else something as wrong.

    A gradient that is a multiple of the measured one becomes the same multiple of `right`.
    """
    came = read(mine)
    if measured is None or isinstance(came, Unreadable) or came.shape != measured.shape:
        return mine
    if agree(came, measured, MEASURED):
        return right
    power = float(np.sum(measured * measured))
    times = float(np.sum(came * measured)) / power if power else 0.0
    return times * right if times and agree(came, times * measured, MEASURED) else mine


def _fitted_all(mine, measured, right, near):
    """`fitted` for each gradient that is a near miss; AS_DX stands for one that is right if dx is.

    A forward that ignores h0 leaves nothing to measure of dh0: right if all the others are.
    """
    found = [fitted(mine[0], measured[0], right[0]) if near[0] else mine[0]]
    for i in range(1, len(right)):
        if not near[i]:
            found.append(mine[i])
        elif measured[i] is AS_DX:
            found.append(right[i] if found[0] is right[0] else mine[i])
        else:
            found.append(fitted(mine[i], measured[i], right[i]))
    others = all(found[i] is right[i] for i in (0, 2, 3, 4))
    if others and not np.any(measured[1]) and np.shape(mine[1]) == np.shape(right[1]):
        found[1] = right[1]
    return found


def sequence_run(name, probes, keywords=(), measure=lambda *args: differences(*args[:3])):
    """A ``run`` for `rnn_backward` and its truncated sister.

    probes: rng -> cases for `near_misses`; measure: (solution, args, dh, cache, *more) -> what is
    right for a forward that is not.
    """
    reference, there = plain.REFERENCE[name], Direct(plain.REFERENCE)

    def asked(solution, case):
        _, cache = solution.call("rnn_forward", *(case.inputs[key] for key in ARGUMENTS),
                                 returns=("h", "cache"))  # fmt: skip
        more = [case.inputs[key] for key in keywords]
        return solution.call(name, case.dh, cache, *more, returns=GRADS)

    def run(solution, case):
        args = [case.inputs[key] for key in ARGUMENTS]
        more = [case.inputs[key] for key in keywords]
        _, cache, right = own_forward(solution, args)
        if case.special == BETWEEN and solution.has("rnn_forward"):
            solution.call("rnn_forward", *map(another, args), returns=("h", "cache"))
        first = answered(solution, name, case, [case.dh, cache, *more], GRADS)
        if not right:
            arrays = [bare(arg) for arg in args]
            truth = reference(bare(case.dh), plain.rnn_forward(*arrays)[1], *more)
            near = near_misses(solution, name, asked, there, probes, [case.dh])
            measured = measure(solution, arrays, bare(case.dh), cache, *more) if any(near) else None
            first = _fitted_all(first, measured or [None] * len(GRADS), truth, near)
        return dict(zip(GRADS, first, strict=True))

    return run
