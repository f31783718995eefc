"""What the checks of lesson 07 share: cases for layers, a backward that must spare its cache."""

import numpy as np

from autograder.compare import agree, read
from autograder.errors import ContractError
from autograder.exercise import Case, draw_sizes
from autograder.exercises.common import in_other_forms, own_cache
from autograder.machine import Strided

LESSON = "07_layers"
BIG = "very large scores, rows far apart"
SAME = (1e-6, 1e-7, 1e-12)

TWICE = "one cache used twice"
NO_UPSTREAM = "an upstream gradient of 0"
OR_ONE = (
    "Where `dout` is 0, nothing behind the loss depends on it, and its gradient is 0; yours is not.",
    "`dout or 1.0` gives 1.0 when dout is 0: for Python a 0 counts as \"not\".",
)
WHOLE_X = "whole numbers in x alone"
CUT = ("An array made like x, zeros_like(x), holds whole numbers too and cuts what is written into it.")


def pair_backward_run(forward, backward, arguments, grads, reference, look=None):
    """A ``run`` for a backward with a documented cache; in the case `TWICE` it is called twice.

    arguments: forward's inputs in the case; grads: names of the results; reference: the forward of
    bplib; look: (case, gradient) -> the gradient to compare, where several are right.
    """
    names, wanted = arguments.split(), tuple(grads.split())

    def once(solution, case, cache):
        if len(wanted) == 1:
            return (solution.call(backward, case.dout, cache),)
        return solution.call(backward, case.dout, cache, returns=wanted)

    def run(solution, case):
        cache = own_cache(solution, forward, reference, [case.inputs[n] for n in names], {})
        found = once(solution, case, cache)
        if case.special == TWICE:
            again = once(solution, case, cache)
            if not all(agree(read(a), read(b), SAME) for a, b in zip(found, again, strict=True)):
                raise ContractError("cache-changed", "Called twice with the same dout and the same "
                                    f"cache, your {backward} gives two different answers: it "
                                    "writes into the cache, or remembers something")  # fmt: skip
        if look is not None:
            found = tuple(look(case, item) for item in found)
        return dict(zip(wanted, found, strict=True))

    return run


def table(rng, sizes, special="", upstream=False, scale=2.0):
    """A case with one table ``x`` (N, D), and ``dout`` of its shape if asked for."""
    shape = (sizes["N"], sizes["D"])
    more = {"dout": rng.normal(size=shape)} if upstream else {}
    return Case(special, sizes, x=rng.normal(scale=scale, size=shape), **more)


def table_cases(upstream=False, extremes=()):
    """rng -> cases for an operation that works entry by entry on a table (N, D).

    extremes: inputs so large that a formula may overflow; left out when empty.
    """
    def cases(rng):
        for letters in range(4):
            yield table(rng, draw_sizes(rng, "ND", low=2 + (letters == 3)), upstream=upstream)
        yield table(rng, {"N": 1, "D": 4}, "one example (N = 1)", upstream)
        yield table(rng, {"N": 3, "D": 3}, "as many columns as rows (N = D)", upstream)
        if extremes:
            large = table(rng, {"N": 3, "D": len(extremes)}, "", upstream)
            x = np.stack([rng.permutation(extremes) for _ in range(3)])
            yield large.but("very large inputs (up to 1000 either way)", x=x)
            mixed = table(rng, {"N": 3, "D": 4}, "", upstream)
            x = rng.permutation([0.0, 0, 0, 5.5, -5.5, 7, -7, 9, -9, 0.5, -0.5, 2]).reshape(3, 4)
            yield mixed.but("inputs of exactly 0, and from 5 to 9 either way", x=x)
        yield from in_other_forms(table(rng, draw_sizes(rng, "ND"), "", upstream), rng)
        if upstream:
            yield table(rng, {"N": 3, "D": 2}, TWICE, upstream)

    return cases


def labels(rng, n, c):
    """Class numbers (n,) from 0 to c - 1: unsorted, and from n = 3 on at least one stands twice."""
    found = rng.integers(0, c, n)
    while n > 2 and ((np.diff(found) >= 0).all() or len(set(found.tolist())) == n):
        found = rng.integers(0, c, n)
    return found


def far_apart(rng, c):
    """Scores (3, c) near 1000, near 100 and near -1000: rows at least 900 apart."""
    return rng.normal(size=(3, c)) * 2 + np.array([[100.0], [1000.0], [-1000.0]])


def as_views(case, *names, special="a view into a larger array"):
    """The case with some of its arrays handed over as non-contiguous views."""
    return case.but(special, **{name: Strided(case.inputs[name]) for name in names})


def as_single(case):
    """The case with its floating arrays in single precision."""
    floats = {name: value.astype(np.float32) for name, value in case.inputs.items()
              if isinstance(value, np.ndarray) and value.dtype.kind == "f"}
    return case.but("single precision (float32)", **floats)
