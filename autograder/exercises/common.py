"""What many lessons' checks share: one input in other forms, and forward-backward pairs."""

import numpy as np

from autograder.compare import agree, read
from autograder.errors import ContractError, LearnerError
from autograder.machine import Strided
from autograder.solution import Direct

DOUBLE = (1e-5, 1e-6, 1e-12)


def _floats(case, names):
    chosen = case.inputs if names is None else {name: case.inputs[name] for name in names}
    return {
        name: value
        for name, value in chosen.items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    }


def in_other_forms(case, rng, names=None, integers=True):
    """The case as whole numbers, as float32 and as non-contiguous views: three special cases.

    names: the arrays to change; all floating ones unless given.
    """
    arrays = _floats(case, names)
    if integers:
        whole = {name: rng.integers(-4, 5, value.shape) for name, value in arrays.items()}
        yield case.but("whole numbers (an array of int)", **whole)
    single = {name: value.astype(np.float32) for name, value in _floats(case, None).items()}
    yield case.but("single precision (float32)", **single)
    views = {name: Strided(value) for name, value in arrays.items() if value.ndim}
    yield case.but("a view into a larger array", **views)


def forward_run(name, arguments, keywords="", out="out"):
    """A ``run`` for the forward of a pair: compares ``out``, leaves the cache alone."""
    names = arguments.split()

    def run(solution, case):
        args = [case.inputs[key] for key in names]
        kwargs = {key: case.inputs[key] for key in keywords.split() if key in case.inputs}
        value, _cache = solution.call(name, *args, returns=(out, "cache"), **kwargs)
        return {out: value}

    return run


def own_cache(solution, forward, reference, args, kwargs):
    """The cache that the learner's own forward makes, or the documented one of the reference.

    The documented cache (plain values of the reference) serves when the learner's forward is not
    there, does not run, or gives another result: one mistake costs once.
    """
    there = Direct({"forward": reference})
    out, ref = there.call("forward", *args, returns=("out", "cache"), **kwargs)
    documented = there.machine.results[ref.index]
    if not solution.has(forward):
        return documented
    try:
        mine, cache = solution.call(forward, *args, returns=("out", "cache"), **kwargs)
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
            raise
        return documented
    loose = (1e-3, 1e-4, 1e-12)
    return cache if agree(read(mine), read(out), loose) else documented


def backward_run(forward, backward, arguments, grads, reference, keywords=""):
    """A ``run`` for a backward whose cache is documented: forward first, then ``backward(dout, cache)``.

    arguments: forward's inputs in the case; ``case.dout`` is the upstream gradient; grads: names
    of the results, or one name for a single gradient; reference: the reference's forward.
    """
    names, wanted = arguments.split(), tuple(grads.split())

    def run(solution, case):
        args = [case.inputs[key] for key in names]
        kwargs = {key: case.inputs[key] for key in keywords.split() if key in case.inputs}
        cache = own_cache(solution, forward, reference, args, kwargs)
        if len(wanted) == 1:
            return {wanted[0]: solution.call(backward, case.dout, cache)}
        answer = solution.call(backward, case.dout, cache, returns=wanted)
        return dict(zip(wanted, answer, strict=True))

    return run
