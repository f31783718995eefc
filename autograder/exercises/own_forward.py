"""Grading a backward whose cache is the learner's own business: always on their own forward.

Where the curriculum documents no cache, forward and backward stand in one cell. A right forward
leaves the backward to be compared with the reference. A wrong one still lets it be judged, against
finite differences of that forward: one mistake costs once. That holds for a near miss alone: zeros
have slopes too, which nobody needs to derive, so the slopes must resemble the right ones.
"""

from weakref import WeakKeyDictionary

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Mistake
from autograder.machine import Ref, Strided
from autograder.solution import Direct

TWICE = "one cache used twice"
BETWEEN = "another forward pass in between"
SAME = (1e-6, 1e-7, 1e-12)
NUDGE = 1e-4
DIRECTIONS = 4
ROUNDS = 5
ALIKE, ALIKE_ON_AVERAGE = 0.5, 0.66  # cosines between a learner's gradients and the right ones
FATAL = ("Timeout", "Died", "Forbidden")
_KINSHIP = WeakKeyDictionary()  # Solution -> {name of its backward: what `near_misses` found}


def on_own_forward(forward, backward, arguments, outs, upstreams, grads, reference, probes,
                   keywords="", least=ALIKE):  # fmt: skip
    """A ``run`` for a backward with an undocumented cache; in the case `TWICE` it is called twice.

    arguments, outs: the forward's inputs and results (the cache, which comes last, left out);
    upstreams: the case's upstream gradients, one for each of outs; grads: names of the backward's
    results; reference: contract name -> function of bplib; probes, least: see `near_misses`;
    keywords: of the forward, handed over when the case has them. A forward that is not there at all
    is replaced by bplib's.
    """
    arguments, outs, upstreams = arguments.split(), outs.split(), upstreams.split()
    grads = tuple(grads.split())

    def named(case):
        return {name: case.inputs[name] for name in keywords.split() if name in case.inputs}

    def answered(solution, case):
        args, given = ([case.inputs[name] for name in names] for names in (arguments, upstreams))
        *_, cache = solution.call(forward, *args, returns=(*outs, "cache"), **named(case))
        return solution.call(backward, *given, cache, returns=grads)

    def run(solution, case):
        args = [case.inputs[name] for name in arguments]
        given = [case.inputs[name] for name in upstreams]
        lent = not solution.has(forward)
        there = Direct(reference)
        if lent or not _is_reference(solution, forward, reference):
            *right, kept = there.call(forward, *args, returns=(*outs, "cache"), **named(case))
        if lent:
            cache, mine = there.machine.results[kept.index], right
        else:
            *mine, cache = solution.call(forward, *args, returns=(*outs, "cache"), **named(case))
            if _is_reference(solution, forward, reference):
                right = mine
            if case.special == BETWEEN:
                solution.call(forward, *map(another, args), returns=(*outs, "cache"), **named(case))
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
            near = near_misses(solution, backward, answered, there, probes, given, least)
            if any(near):
                call = ("call", forward, args, named(case))
                slopes = differences(solution, call, given, mine, right)
                found = settled(found, wanted, slopes, near)
        return dict(zip(grads, found, strict=True))

    return run


def another(array):
    """An input of the same shape for a forward pass that has nothing to do with the first."""
    return 0.7 * np.flip(_plain(array)) + 0.2


def remembering(reference, forward, backward):
    """The pair of functions that hands on what the last forward left behind, and no cache."""
    kept = []

    def forth(*args, **keywords):
        *outs, cache = reference[forward](*args, **keywords)
        kept[:] = [cache]
        return *outs, None

    return {forward: forth, backward: lambda *given: reference[backward](*given[:-1], kept[0])}


def forgotten_cache(reference, forward, backward):
    """The mistake of a cache that is one name for all calls."""
    return Mistake(
        "cache-for-all", "The backward takes what the last forward left behind, and not what is in "
        "its cache: with another forward in between, its gradients belong to other numbers.",
        "A net goes forward through all its layers first, and then back. Each call needs a cache "
        "of its own, and that is what it returns.",
        functions=remembering(reference, forward, backward),
        equivalent=("fails-with-another-forward-pass-in-between", "state-kept"),
    )


def _is_reference(solution, name, reference):
    """Whether ``solution`` runs here with bplib's own function under this name: the judge's side."""
    return isinstance(solution, Direct) and solution.machine.namespace.get(name) is reference[name]


def _use_again(solution, backward, args, found, grads):
    again = solution.call(backward, *args, returns=grads)
    if not all(agree(read(a), read(b), SAME) for a, b in zip(found, again, strict=True)):
        raise ContractError("cache-changed", "Called twice with the same upstream gradient and the "
                            f"same cache, your {backward} gives two different answers: does it "
                            "write into the cache, or remember something?")  # fmt: skip


def near_misses(solution, name, answered, there, probes, given, least=ALIKE):
    """For each gradient of the backward ``name`` whether it is like the right one, and not by chance.

    answered: (solution, case) -> the gradients; there: the reference as a Solution; probes: rng ->
    cases, of which both are asked the ordinary ones; least: the cosine that each gradient must
    reach. All are refused where they are not alike on average, one left out: a forward may have
    forgotten one argument. Decided once for each solution, on cases drawn from the upstream
    gradients ``given``, which a submission does not know before its forward is called.
    """
    known = _KINSHIP.setdefault(solution, {})
    if name not in known:
        seed = np.frombuffer(b"".join(_plain(array).tobytes() for array in given), np.uint8)
        cosines = _cosines(solution, answered, there, probes, np.random.default_rng(seed))
        close = np.mean(sorted(cosines)[1:] or cosines) >= ALIKE_ON_AVERAGE
        known[name] = [bool(close and cosine >= least) for cosine in cosines]
    return known[name]


def _cosines(solution, answered, there, probes, rng):
    """Of each gradient with the right one, on average over many probes; 0 where no answer came."""
    cosines = []
    for case in (case for _ in range(ROUNDS) for case in probes(rng) if not case.special):
        right = answered(there, case)
        try:
            found = answered(solution, case)
        except (LearnerError, ContractError) as error:
            if getattr(error, "kind", "") in FATAL:
                raise
            found = [None] * len(right)
        cosines.append([_cosine(read(a), read(b)) for a, b in zip(found, right, strict=True)])
    return np.abs(np.mean(cosines, axis=0))


def _cosine(grad, right):
    if isinstance(grad, Unreadable) or grad.shape != right.shape:
        return 0.0
    with np.errstate(all="ignore"):
        size = np.linalg.norm(grad.astype(float)) * np.linalg.norm(right)
        return float(np.nan_to_num(np.sum(grad * right) / size, posinf=0.0, neginf=0.0))


def settled(grads, wanted, slopes, near):
    """The reference's gradient where a gradient is right for the learner's own wrong forward.

    near: which gradients may be settled so.
    """
    if slopes is None:
        return grads
    return [
        right if alike and _fits(read(grad), right, directions, along) else grad
        for grad, right, alike, (directions, along) in zip(grads, wanted, near, slopes, strict=True)
    ]


def _fits(grad, right, directions, along):
    """Whether a gradient says what the forward's output does in each of some random directions."""
    if isinstance(grad, Unreadable) or grad.shape != np.shape(right):
        return False
    said = np.array([float((grad * direction).sum()) for direction in directions])
    scale = np.sqrt(float((grad.astype(float) ** 2).sum())) + np.abs(along).max()
    return bool(np.isfinite(said).all()) and bool((np.abs(said - along) <= 1e-3 * scale).all())


def differences(solution, call, given, mine, right):
    """For each argument some random directions, and the slope of ``sum(upstream * out)`` along each.

    By central differences of the learner's own forward, which the step ``call`` calls; None when
    its results have not the shape of the right ones, and so fit no upstream gradient.
    """
    for a, b in zip(mine, right, strict=True):
        a = read(a)
        if isinstance(a, Unreadable) or a.shape != np.shape(b):
            return None
    _, forward, args, keywords = call
    args, given = [_plain(arg) for arg in args], [_plain(array) for array in given]
    rng = np.random.default_rng(len(args))
    return [_slopes(solution, ("call", forward, args, keywords), place, given, rng)
            for place in range(len(args))]  # fmt: skip


def _plain(array):
    return np.array(array.array if isinstance(array, Strided) else array, dtype=float)


def _slopes(solution, call, place, given, rng):
    """Directions for one argument and the slopes along them: all nudges travel in one message."""
    what, forward, args, keywords = call
    directions = rng.normal(size=(DIRECTIONS, *args[place].shape))
    count = len(given)
    size = NUDGE * min(np.sqrt(np.mean(args[place] ** 2)) or 1.0, 1.0)
    start = solution.reserve(2 * DIRECTIONS * (count + 1))
    program, fetch = [], []
    for nudge in (*size * directions, *-size * directions):
        called = start + len(program)
        changed = [*args[:place], args[place] + nudge, *args[place + 1 :]]
        program.append((what, forward, changed, keywords))
        for k in range(count):
            fetch.append(Ref(start + len(program)))
            program.append(("item", Ref(called), k))
    values = solution.evaluate(start, program, fetch)
    total = np.zeros(2 * DIRECTIONS)
    for k, upstream in enumerate(given):
        outs = np.array([np.asarray(read(value), dtype=float).ravel() for value in values[k::count]])
        total += outs @ upstream.ravel()
    return directions, (total[:DIRECTIONS] - total[DIRECTIONS:]) / (2 * size)
