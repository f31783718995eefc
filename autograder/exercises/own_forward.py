"""Grading a backward whose cache is the learner's own business: always on their own forward.

Where the curriculum documents no cache, forward and backward stand in one cell. A right forward
leaves the backward to be compared with the reference. A wrong one still lets it be judged, against
finite differences of that forward: one mistake costs once.
"""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.solution import Direct, Ref, Strided

TWICE = "one cache used twice"
SAME = (1e-6, 1e-7, 1e-12)
NUDGE = 1e-4
DIRECTIONS = 4


def on_own_forward(forward, backward, arguments, outs, upstreams, grads, reference):
    """A ``run`` for a backward with an undocumented cache; in the case `TWICE` it is called twice.

    arguments, outs: the forward's inputs and results (the cache, which comes last, left out);
    upstreams: the case's upstream gradients, one for each of outs; grads: names of the backward's
    results; reference: contract name -> function of bplib. A forward that is not there at all is
    replaced by bplib's.
    """
    arguments, outs, upstreams = arguments.split(), outs.split(), upstreams.split()
    grads = tuple(grads.split())

    def run(solution, case):
        args = [case.inputs[name] for name in arguments]
        given = [case.inputs[name] for name in upstreams]
        lent = not solution.has(forward)
        there = Direct(reference)
        if lent or not _is_reference(solution, forward, reference):
            *right, kept = there.call(forward, *args, returns=(*outs, "cache"))
        if lent:
            cache, mine = there.machine.results[kept.index], right
        else:
            *mine, cache = solution.call(forward, *args, returns=(*outs, "cache"))
            if _is_reference(solution, forward, reference):
                right = mine
        try:
            found = solution.call(backward, *given, cache, returns=grads)
            if case.special == TWICE:
                _use_again(solution, backward, [*given, cache], found, grads)
        except LearnerError as error:
            if lent and error.kind not in ("NotWritten", "Timeout", "Died", "Forbidden"):
                raise LearnerError("Missing", forward) from None
            raise
        if not all(agree(read(a), read(b), SAME) for a, b in zip(mine, right, strict=True)):
            wanted = there.call(backward, *given, kept, returns=grads)
            slopes = _differences(solution, forward, args, given, mine, right)
            found = _settled(found, slopes, wanted)
        return dict(zip(grads, found, strict=True))

    return run


def _is_reference(solution, name, reference):
    """Whether ``solution`` runs here with bplib's own function under this name: the judge's side."""
    return isinstance(solution, Direct) and solution.machine.namespace.get(name) is reference[name]


def _use_again(solution, backward, args, found, grads):
    again = solution.call(backward, *args, returns=grads)
    if not all(agree(read(a), read(b), SAME) for a, b in zip(found, again, strict=True)):
        raise ContractError("cache-changed", "Called twice with the same upstream gradient and the "
                            f"same cache, your {backward} gives two different answers: does it "
                            "write into the cache, or remember something")  # fmt: skip


def _settled(grads, slopes, wanted):
    """The reference's gradient where a gradient is right for the learner's own wrong forward."""
    if slopes is None:
        return grads
    return [
        right if _fits(read(grad), right, directions, along) else grad
        for grad, right, (directions, along) in zip(grads, wanted, slopes, strict=True)
    ]


def _fits(grad, right, directions, along):
    """Whether a gradient says what the forward's output does in each of some random directions."""
    if isinstance(grad, Unreadable) or grad.shape != np.shape(right):
        return False
    said = np.array([float((grad * direction).sum()) for direction in directions])
    scale = np.sqrt(float((grad.astype(float) ** 2).sum())) + np.abs(along).max()
    return bool(np.isfinite(said).all()) and bool((np.abs(said - along) <= 1e-3 * scale).all())


def _differences(solution, forward, args, given, mine, right):
    """For each argument some random directions, and the slope of ``sum(upstream * out)`` along each.

    By central differences of the learner's own forward; None when its results have not the shape
    of the right ones, and so fit no upstream gradient.
    """
    for a, b in zip(mine, right, strict=True):
        a = read(a)
        if isinstance(a, Unreadable) or a.shape != np.shape(b):
            return None
    args, given = [_plain(arg) for arg in args], [_plain(array) for array in given]
    rng = np.random.default_rng(len(args))
    return [_slopes(solution, forward, args, place, given, rng) for place in range(len(args))]


def _plain(array):
    return np.array(array.array if isinstance(array, Strided) else array, dtype=float)


def _slopes(solution, forward, args, place, given, rng):
    """Directions for one argument and the slopes along them: all nudges travel in one message."""
    directions = rng.normal(size=(DIRECTIONS, *args[place].shape))
    count = len(given)
    start = solution.reserve(2 * DIRECTIONS * (count + 1))
    program, fetch = [], []
    for nudge in (*NUDGE * directions, *-NUDGE * directions):
        call = start + len(program)
        changed = [*args[:place], args[place] + nudge, *args[place + 1 :]]
        program.append(("call", forward, changed, {}))
        for k in range(count):
            fetch.append(Ref(start + len(program)))
            program.append(("item", Ref(call), k))
    values = solution.evaluate(start, program, fetch)
    total = np.zeros(2 * DIRECTIONS)
    for k, upstream in enumerate(given):
        outs = np.array([np.asarray(read(value), dtype=float).ravel() for value in values[k::count]])
        total += outs @ upstream.ravel()
    return directions, (total[:DIRECTIONS] - total[DIRECTIONS:]) / (2 * NUDGE)
