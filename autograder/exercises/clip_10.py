"""Checks of lesson 10: gradients clipped all together, so that their direction stays."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.errors import LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.machine import Ref, Strided
from bplib import regularization

LESSON = "10_training_troubles"
NAME = "clip_by_global_norm"


def _case(rng, sizes, share, special="", arrays=3, kind=list, max_norm=None):
    """Gradients whose norm is ``max_norm / share``: above the threshold where share < 1."""
    d, m = sizes["D"], sizes["M"]
    shapes = [(d, m), (m,), (2, d, m), (d,), (1,)][:arrays]
    grads = [rng.normal(scale=scale, size=shape)
             for shape, scale in zip(shapes, rng.permutation(np.linspace(0.5, 2.0, arrays)),
                                     strict=True)]  # fmt: skip
    length = sum((grad**2).sum() for grad in grads) ** 0.5
    limit = float(np.round(rng.uniform(0.8, 6.0), 2)) if max_norm is None else max_norm
    scale = limit / share / length
    return Case(special, sizes, grads=kind(grad * scale for grad in grads), max_norm=limit)


def cases(rng):
    sizes = [{"D": 3, "M": 2}, draw_sizes(rng, "DM"), draw_sizes(rng, "DM"), {"D": 5, "M": 4}]
    for size, share, arrays in zip(sizes, (0.4, 0.13, 0.7, 0.25), (2, 3, 5, 2), strict=True):
        yield _case(rng, size, share, arrays=arrays)
    below = "gradients shorter than max_norm"
    # a norm below max_norm whose square is above it
    yield _case(rng, draw_sizes(rng, "DM"), 1.6, below,
                max_norm=float(np.round(rng.uniform(4.0, 6.0), 2)))
    yield _case(rng, draw_sizes(rng, "DM"), 3.2, below, max_norm=5.0)  # its square too is below 5
    yield _case(rng, draw_sizes(rng, "DM"), 40.0, below, arrays=2)
    size = {"D": 2, "M": 3}
    tie = _case(rng, size, 1.0, "a norm of exactly max_norm", arrays=2)
    grads = [np.zeros_like(grad) for grad in tie.grads]
    grads[0][0, :2], grads[1][:2] = (1.0, -2.0), (2.0, 4.0)
    yield tie.but(grads=grads, max_norm=5.0)
    zero = _case(rng, size, 0.5, "gradients that are all zero")
    yield zero.but(grads=[0 * grad for grad in zero.grads])
    some = _case(rng, size, 0.3, "one gradient that is all zero")
    yield some.but(grads=[some.grads[0], 0 * some.grads[1], some.grads[2]])
    below_zero = _case(rng, size, 0.3, "gradients that are all negative")
    yield below_zero.but(grads=[-abs(grad) for grad in below_zero.grads])
    yield _case(rng, {"D": 4, "M": 2}, 0.3, "one gradient alone", arrays=1)
    whole = _case(rng, size, 0.3, "whole numbers (an array of int)", max_norm=2)
    yield whole.but(grads=[rng.integers(1, 6, grad.shape) for grad in whole.grads])
    yield _case(rng, size, 0.3, "a tuple of gradients", kind=tuple)
    single = _case(rng, size, 0.3, "single precision (float32)")
    yield single.but(grads=[grad.astype(np.float32) for grad in single.grads])
    view = _case(rng, size, 0.3, "a view into a larger array")
    yield view.but(grads=[Strided(grad) for grad in view.grads])


def run(solution, case):
    """All clipped gradients laid end to end, whether each has its own shape, and the norm."""
    kept, norm = solution.call(NAME, case.grads, case.max_norm, returns=("cache_clipped", "norm"))
    given = [grad.array if isinstance(grad, Strided) else grad for grad in case.grads]
    start = solution.reserve(1)
    try:  # item by item: whatever holds the arrays, a list, a tuple, an array of objects
        step = ("list", kept, len(given) + 1)
        found = [read(item) for item in solution.evaluate(start, [step], [Ref(start)])[0]]
    except LearnerError as error:
        if error.kind in ("Timeout", "Died", "Forbidden"):
            raise
        found = [Unreadable("a single thing, not a list of arrays")]
    unreadable = [item for item in found if isinstance(item, Unreadable)]
    if unreadable:
        return {"clipped": unreadable[0], "shapes": unreadable[0], "norm": norm}
    flat = np.concatenate([item.astype(float).ravel() for item in found] or [np.zeros(0)])
    return {"clipped": flat, "norm": norm,
            "shapes": [item.shape for item in found] == [grad.shape for grad in given]}


# The reference guards against overflow; mistakes are easier to make in the plain form.
def _plain(grads, max_norm):
    grads = [np.asarray(grad, dtype=np.result_type(grad, np.float32)) for grad in grads]
    norm = float(np.sqrt(sum(np.sum(grad**2) for grad in grads)))
    scale = max_norm / norm if norm > max_norm else 1.0
    clipped = [grad * scale for grad in grads]
    return clipped, norm


REFERENCE = {NAME: regularization.clip_by_global_norm}


def _slip(*edits):
    from autograder.exercise import edited

    return {NAME: edited(_plain, edits)}


SCALE = "max_norm / norm if norm > max_norm else 1.0"
NORM = "float(np.sqrt(sum(np.sum(grad**2) for grad in grads)))"
CLIPPED = "[grad * scale for grad in grads]"
RETURN = "return clipped, norm"


def _in_place(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(grad**2) for grad in grads)))
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return grads, norm


def _while_adding(grads, max_norm):
    squares, clipped = 0.0, []
    for grad in grads:
        squares += float(np.sum(np.asarray(grad, float) ** 2))
        clipped.append(grad * min(1.0, max_norm / max(squares**0.5, 1e-30)))
    return clipped, squares**0.5


MISTAKES = (
    Mistake(
        "each-by-itself", "Each gradient is clipped by its own norm: their proportions change, and "
        "the step points another way.",
        "One long arrow is to be shortened, with all gradients in it; so there is one norm.",
        functions=_slip((CLIPPED, "[grad * min(1, max_norm / max(np.sqrt(np.sum(grad**2)), 1e-12))"
                         " for grad in grads]")),
    ),
    Mistake(
        "each-entry", "Each entry is cut at plus and minus max_norm: the direction changes, and the "
        "norm may still be too large.",
        "`np.clip` looks at entries, one by one; the norm is a matter of all of them.",
        functions=_slip((CLIPPED, "[np.clip(grad, -max_norm, max_norm) for grad in grads]")),
    ),
    Mistake(
        "always-rescaled", "Gradients that were short enough are stretched to max_norm; they should "
        "stay as they are.",
        "Near the goal gradients become small, and that is how a walk comes to rest.",
        functions=_slip((SCALE, "max_norm / max(norm, 1e-30)")),
    ),
    Mistake(
        "zero-over-zero", "For gradients that are all zero the result is not a number: 0 / 0.",
        "What is the norm of nothing but zeros, and what is divided by it?",
        functions=_slip((SCALE, "np.minimum(1, max_norm / np.float64(norm)) if norm else np.nan")),
        equivalent=("fails-with-gradients-that-are-all-zero",),
    ),
    Mistake(
        "zero-over-zero-everywhere", "Gradients are stretched to max_norm when they are shorter, and "
        "those that are all zero become nan.",
        functions=_slip((SCALE, "max_norm / norm if norm else np.nan")),
    ),
    Mistake(
        "norm-not-rooted", "The sum of the squares is taken for the norm: the square root is "
        "missing.",
        functions=_slip((NORM, "float(sum(np.sum(grad**2) for grad in grads))")),
    ),
    Mistake(
        "norm-squared-returned", "The clipping is right; what is returned as the norm is its square.",
        functions=_slip((RETURN, "return clipped, norm**2")), equivalent=("squared",),
    ),
    Mistake(
        "norm-after", "The clipping is right; the norm is the one after clipping, and agreed was "
        "before.",
        "After clipping the norm says nothing new. Before, it tells of an explosion.",
        functions=_slip((RETURN, "return clipped, min(norm, max_norm)")),
    ),
    Mistake(
        "scale-returned", "The clipping is right; in place of the norm the factor came back.",
        functions=_slip((RETURN, "return clipped, scale")),
    ),
    Mistake(
        "length-one", "The gradients are scaled to norm 1: max_norm is missing in the factor.",
        functions=_slip((SCALE, "1 / norm if norm > max_norm else 1.0")),
    ),
    Mistake(
        "fraction-upside-down", "The factor is upside down: long gradients become longer.",
        functions=_slip((SCALE, "norm / max_norm if norm > max_norm else 1.0")),
    ),
    Mistake(
        "comparison-upside-down", "Short gradients are stretched to max_norm and long ones are left "
        "alone: the comparison is the wrong way round.",
        functions=_slip((SCALE, "max_norm / norm if 0 < norm < max_norm else 1.0")),
    ),
    Mistake(
        "squares-compared", "The sum of the squares is compared with max_norm; it is the norm, its "
        "root, that must not be longer.",
        functions=_slip((SCALE, "max_norm / norm if norm**2 > max_norm else 1.0")),
    ),
    Mistake(
        "compared-with-one", "The norm is compared with 1; what decides is whether it is longer "
        "than max_norm.",
        functions=_slip((SCALE, "max_norm / norm if norm > 1 else 1.0")),
    ),
    Mistake(
        "not-clipped", "The gradients come back as they went in, however long they are.",
        "`grad * scale` makes a new array; is it kept?",
        functions=_slip((SCALE, "1.0")),
    ),
    Mistake(
        "set-to-zero", "Gradients that are too long are thrown away; they should be shortened.",
        functions=_slip((SCALE, "0.0 if norm > max_norm else 1.0")),
    ),
    Mistake(
        "sum-of-norms", "The norms of the gradients are added up; of a whole, the squares add up.",
        "Two arrows at a right angle, 3 and 4 long, make one of 5 and not of 7.",
        functions=_slip((NORM, "float(sum(np.sqrt(np.sum(grad**2)) for grad in grads))")),
    ),
    Mistake(
        "largest-norm", "The norm of the longest gradient is taken; all of them count together.",
        functions=_slip((NORM, "float(max(np.sqrt(np.sum(grad**2)) for grad in grads))")),
    ),
    Mistake(
        "norm-so-far", "Each gradient is shortened by the norm of itself and those before it. First "
        "the norm of all, then one factor for all.",
        functions={NAME: _while_adding},
    ),
    Mistake(
        "first-norm", "Only the first gradient's norm is taken; all of them count together.",
        functions=_slip((NORM, "float(np.sqrt(np.sum(grads[0]**2)))")),
    ),
    Mistake(
        "sum-of-sizes", "The sizes of the entries are added up; the norm adds their squares and "
        "takes the root.",
        functions=_slip((NORM, "float(sum(np.sum(np.abs(grad)) for grad in grads))")),
    ),
    Mistake(
        "largest-entry", "The largest entry is taken for the norm.",
        functions=_slip((NORM, "float(max(np.max(np.abs(grad)) for grad in grads))")),
    ),
    Mistake(
        "mean-of-squares", "The squares are averaged; for the norm they are added up.",
        functions=_slip((NORM, "float(np.sqrt(sum(np.sum(grad**2) for grad in grads)"
                         " / sum(grad.size for grad in grads)))")),
    ),
    Mistake(
        "mean-within-each", "The squares of each gradient are averaged; for the norm they are added "
        "up.",
        functions=_slip((NORM, "float(np.sqrt(sum(np.mean(grad**2) for grad in grads)))")),
    ),
    Mistake(
        "sum-not-squares", "The entries are added up as they are, and plus and minus cancel; the "
        "squares belong there.",
        functions=_slip((NORM, "float(abs(sum(np.sum(grad) for grad in grads)))")),
    ),
    Mistake(
        "first-only", "Only the first gradient is shortened; the others stay as long as they were.",
        functions=_slip((CLIPPED, "[grads[0] * scale, *grads[1:]]")),
    ),
    Mistake(
        "shapes-lost", "The gradients come back flattened; each should keep its shape.",
        functions=_slip((CLIPPED, "[(grad * scale).ravel() for grad in grads]")),
    ),
    Mistake(
        "cut-to-whole-numbers", "Gradients of whole numbers lose what stands after the point.",
        functions=_slip(("np.asarray(grad, dtype=np.result_type(grad, np.float32))",
                         "np.asarray(grad)"),
                        (CLIPPED, "[(grad * scale).astype(grad.dtype) for grad in grads]")),
        equivalent=("fails-with-whole-numbers-an-array-of-int",),
    ),
    Mistake(
        "written-into", "Arrays are written into in place; one that holds whole numbers cannot take "
        "in fractions.",
        "`grad *= scale` keeps the array and its dtype; `grad = grad * scale` makes a new one.",
        functions={NAME: _in_place},
        equivalent=("input-mutated", "raised-UFuncTypeError", "raised-_UFuncOutputCastingError"),
    ),
    Mistake(
        "norm-first", "Norm and gradients have changed places; agreed was clipped, norm.",
        functions=_slip((RETURN, "return norm, clipped")),
        equivalent=("not-numbers",),
    ),
)  # fmt: skip


def _by_concatenation(grads, max_norm):
    flat = np.concatenate([np.asarray(grad, float).ravel() for grad in grads])
    norm = np.linalg.norm(flat)
    if norm > max_norm:
        flat = flat * (max_norm / norm)
    ends = np.cumsum([np.size(grad) for grad in grads])[:-1]
    parts = np.split(flat, ends)
    return tuple(p.reshape(np.shape(g)) for p, g in zip(parts, grads, strict=True)), norm


def _guarded(grads, max_norm):
    norm = np.sqrt(sum(np.square(grad).sum() for grad in grads))
    return [np.array(grad) * min(1.0, max_norm / (norm + 1e-6)) for grad in grads], norm


def _loops(grads, max_norm):
    total = 0.0
    for grad in grads:
        for entry in np.asarray(grad, float).flat:
            total += float(entry) ** 2
    norm, clipped = total**0.5, []
    for grad in grads:
        clipped.append((np.asarray(grad, float) / max(1.0, norm / max_norm)).tolist())
    return [clipped, np.array(norm)]


EXERCISES = (
    Exercise(
        NAME, LESSON, 3,
        outputs=(Output("clipped", "the clipped gradients, laid end to end", 3.0, rtol=1e-5),
                 Output("shapes", "each clipped gradient has its own shape", 0.25),
                 Output("norm", "the norm before clipping", 1.0, rtol=1e-5)),
        cases=cases, run=run, reference=REFERENCE,
        see="When one step destroys everything",
        mistakes=MISTAKES,
        variants=(
            Variant("plain", {NAME: _plain}),
            Variant("concatenated", {NAME: _by_concatenation}),
            Variant("guarded", {NAME: _guarded}),
            Variant("loops", {NAME: _loops}),
            Variant("norm-of-norms", {NAME: lambda grads, max_norm: (lambda n: (
                [g * np.minimum(1, np.divide(max_norm, n, out=np.array(1.0), where=n > 0))
                 for g in grads], n))(
                     np.linalg.norm([np.linalg.norm(np.ravel(g)) for g in grads]))}),
            Variant("no-copy-when-short", {NAME: lambda grads, max_norm: (lambda n: (
                grads if n <= max_norm else [max_norm * g / n for g in grads], n))(
                    np.sqrt(sum((np.asarray(g, float) ** 2).sum() for g in grads)))}),
        ),
    ),
)  # fmt: skip
