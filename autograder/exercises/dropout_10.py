"""Checks of lesson 10: dropout, judged by its properties: any order of drawing is right."""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises.common import in_other_forms
from autograder.machine import Rng, Strided
from bplib import regularization

LESSON = "10_training_troubles"
SEE = "Training with holes: dropout"
REFERENCE = {name: getattr(regularization, name)
             for name in ("dropout_forward", "dropout_backward")}  # fmt: skip
CLOSE, SAME = (1e-4, 1e-5, 1e-9), (1e-6, 1e-7, 1e-12)
MANY = 2000  # from so many entries on shares are judged
FEW = ("same_shape", "factor", "one_factor", "cache", "cache_fits")  # what few entries can show


def _table(rng, sizes, p, special="", upstream=False):
    shape = tuple(sizes[letter] for letter in "NTD" if letter in sizes)
    x = rng.normal(size=shape) + np.sign(rng.normal(size=shape)) * 0.1
    more = {"dout": rng.normal(size=shape)} if upstream else {}
    return Case(special, sizes, x=x, drop_probability=p, rng=Rng(int(rng.integers(10**9))), **more)


def forward_cases(rng):
    yield _table(rng, {"N": 4, "D": 3}, 0.2)
    for p, low in ((0.2, 90), (0.8, 70), (0.5, 110)):
        n = int(rng.integers(low, low + 20))
        yield _table(rng, {"N": n, "D": 14_000 // n}, p)
    yield _table(rng, {"N": 50, "D": 60}, 0.0, "nothing is dropped (probability 0)")
    holes = _table(rng, {"N": 80, "D": 250}, 0.2, "entries that are 0 already")
    yield holes.but(x=holes.x * (rng.random(holes.x.shape) < 0.5))
    yield _table(rng, {"N": 10_000}, 0.8, "one row (N,)")
    yield _table(rng, {"N": 12, "T": 20, "D": 50}, 0.35, "three axes")
    yield _table(rng, {"N": 90, "D": 150}, 0.05, "a small probability (0.05)")
    yield _table(rng, {"N": 6, "D": 5}, 0, "a probability that is the whole number 0")
    case = _table(rng, {"N": 70, "D": 150}, 0.2)
    whole = rng.integers(1, 5, case.x.shape) * np.where(case.x < 0, -1, 1)
    yield case.but("whole numbers (an array of int)", x=whole)
    yield from in_other_forms(case, rng, integers=False)


def _given(value):
    return value.array if isinstance(value, Strided) else value


def run_forward(solution, case):
    """What is the same for every order of drawing: shape, factor, shares, the cache's fit, the rng."""
    p, x = case.drop_probability, _given(case.x).astype(float)
    out, mask = (read(item) for item in solution.call(
        "dropout_forward", case.x, p, case.rng, returns=("out", "mask")))
    if isinstance(out, Unreadable):
        return {output.name: out for output in FORWARD.outputs}
    found = {"same_shape": out.shape == x.shape, "factor": np.nan, "one_factor": False,
             "kept": np.nan, "each_alone": False, **_of_cache(mask, x, out, p)}
    if found["same_shape"]:
        found.update(_of_out(out.astype(float), x, p))
    if x.size < MANY:
        return {name: found[name] for name in FEW}
    drawn = _draws(solution, p, case.rng)
    found["each_alone"] &= drawn.pop("count_varies")
    return {**found, **drawn}


def _of_out(out, x, p):
    """Share of entries kept, their factor, whether all have it, and whether each falls alone."""
    ratio = np.divide(out, x, out=np.full(x.shape, np.nan), where=x != 0)
    seen = np.isfinite(ratio)
    kept = seen & (ratio != 0)
    factor = np.median(ratio[kept]) if kept.any() else 0.0
    even = bool(np.all(out[x == 0] == 0)) and bool(
        np.allclose(ratio[kept], factor, rtol=1e-3, atol=0))
    alone = not (p and x.ndim == 2 and seen.all()) or all(
        kept.mean(axis=axis).var() < 2.5 * p * (1 - p) / x.shape[axis] for axis in (0, 1))
    return {"factor": factor, "one_factor": even, "kept": kept.sum() / max(seen.sum(), 1),
            "each_alone": bool(alone)}


def _of_cache(mask, x, out, p):
    """What the cache holds beside 0 (nan: several numbers), whether it fits, how much is not 0."""
    if isinstance(mask, Unreadable) or mask.shape != x.shape:
        return {"cache": np.nan, "cache_fits": False, "kept_in_cache": np.nan}
    mask = mask.astype(float)
    kept = mask[mask != 0]
    factor = np.median(kept) if kept.size else 1 / (1 - p)
    return {"cache": factor if np.allclose(kept, factor, rtol=1e-4, atol=0) else np.nan,
            "cache_fits": agree(out, x * mask, CLOSE), "kept_in_cache": np.mean(mask != 0)}


def _draws(solution, p, rng):
    """Whether the generator decides what falls: the same seed the same; and whether how many."""
    x = np.linspace(1, 2, 40).reshape(5, 8)
    outs = [read(solution.call("dropout_forward", x, min(max(p, 0.3), 0.7), seed,
                               returns=("out", "mask"))[0])
            for seed in (rng, rng, *(Rng(rng.seed + k) for k in range(1, 10)))]  # fmt: skip
    varies = not agree(outs[0], outs[2], SAME)
    counts = {np.count_nonzero(out) for out in outs if not isinstance(out, Unreadable)}
    return {"repeats": agree(outs[0], outs[1], SAME), "varies": varies,
            "count_varies": len(counts) > 1 or not varies}


# --- dropout_forward ----------------------------------------------------------------------------

KEPT = "kept = rng.random(x.shape) >= drop_probability"
MASK = "mask = kept.astype(x.dtype) / (1 - float(drop_probability))"
RETURN = "return x * mask, mask"


def _slip(*edits):
    return tuple(edits)


def _writes(x, drop_probability, rng):
    mask = (rng.random(x.shape) >= drop_probability) / (1 - drop_probability)
    x *= mask
    return x, mask


UP = ("Only a share 1 - p is left. To keep the mean, what is left must count for more, already "
      "while training.")

FORWARD_MISTAKES = (
    # Also for whoever drops by another rule than chance: so it stands first.
    Mistake("own-generator", "The generator `rng` is not used: the same entries fall every time.",
            "With a seed of its own inside, the same units are missing in every step.",
            edits=_slip((KEPT, "kept = np.random.default_rng(0).random(x.shape) >= "
                               "drop_probability"))),
    Mistake("not-raised", "The entries that are kept are not raised: the mean of the output falls.",
            UP, edits=_slip((MASK, "mask = kept.astype(x.dtype)"))),
    Mistake("raised-by-share", "The entries that are kept are divided by the share that this draw "
            "happened to keep; agreed was the probability of keeping, 1 - p.",
            "Over many draws the two are alike; in a small batch they differ by luck.",
            edits=_slip((MASK, "mask = kept.astype(x.dtype) / max(kept.mean(), 1e-9)"))),
    Mistake("divided-by-p", "The entries that are kept are divided by the probability of dropping; "
            "it should be that of keeping.", UP,
            edits=_slip((MASK, "mask = kept.astype(x.dtype) / max(drop_probability, 1e-9)"))),
    Mistake("lowered", "The entries that are kept are made smaller; they should be raised.", UP,
            edits=_slip((MASK, "mask = kept.astype(x.dtype) * (1 - float(drop_probability))"))),
    Mistake("keeps-with-p", "Dropping and keeping are mixed up: the given probability is that of "
            "dropping.", "For p = 0.5 the two look the same.",
            edits=_slip((KEPT, "kept = rng.random(x.shape) < drop_probability"))),
    Mistake("p-is-keep", "The given probability is taken for that of keeping, in the mask and in "
            "the factor.", "For p = 0.5 the two look the same.",
            edits=_slip((KEPT, "kept = rng.random(x.shape) < drop_probability"),
                        (MASK, "mask = kept.astype(x.dtype) / max(drop_probability, 1e-9)"))),
    Mistake("normal-for-uniform", "The mask is drawn from normal numbers: the share that is kept is "
            "not the one asked for.",
            "`randn` gives negative numbers half of the time; a chance of p needs numbers spread "
            "evenly from 0 to 1.",
            edits=_slip((KEPT, "kept = rng.normal(size=x.shape) < 1 - drop_probability"))),
    Mistake("normal-above-p", "The mask is drawn from normal numbers: the share that is kept is not "
            "the one asked for.",
            "`randn` gives negative numbers half of the time; a chance of p needs numbers spread "
            "evenly from 0 to 1.",
            edits=_slip((KEPT, "kept = rng.normal(size=x.shape) >= drop_probability"))),
    Mistake("cache-not-scaled", "The output is right, but the cache is the mask of 0s and 1s; agreed "
            "was the scaled mask.", "The factor belongs to the local derivative too.",
            edits=_slip((RETURN, "return x * mask, kept"))),
    Mistake("cache-other", "The output is right, but the cache is something else than agreed: it "
            "should be the scaled mask alone, an array of x's shape.",
            edits=_slip((RETURN, "return x * mask, (kept, drop_probability)"))),
    Mistake("cache-is-out", "The output is right, but the cache is the output; agreed was the "
            "scaled mask.", edits=_slip((RETURN, "return x * mask, x * mask"))),
    Mistake("cache-is-x", "The output is right, but the cache is x; agreed was the scaled mask.",
            edits=_slip((RETURN, "return x * mask, x"))),
    Mistake("cache-dropped", "The output is right, but the cache marks what was dropped; agreed was "
            "the scaled mask of what is kept.",
            edits=_slip((RETURN, "return x * mask, (1 - kept) / (1 - float(drop_probability))"))),
    Mistake("mask-from-zeros", "The mask is read off the output: an entry that was 0 to begin with "
            "looks dropped.", "The coin has been thrown for it all the same.",
            edits=_slip((RETURN, "out = x * mask\n    return out, (out != 0) / "
                                 "(1 - float(drop_probability))"))),
    Mistake("nothing-dropped", "Nothing is dropped: the input comes back.",
            edits=_slip((KEPT, "kept = np.ones(x.shape)"), (MASK, "mask = kept"))),
    Mistake("only-raised", "Nothing is dropped, and all is raised.",
            edits=_slip((KEPT, "kept = np.ones(x.shape)"))),
    Mistake("whole-columns", "Whole columns are dropped: each entry needs a coin of its own.",
            edits=_slip((KEPT, "kept = (rng.random(x.shape[-1:]) >= drop_probability) "
                               "& np.ones(x.shape, bool)"))),
    Mistake("whole-rows", "Whole rows are dropped: each entry needs a coin of its own.",
            edits=_slip((KEPT, "kept = (rng.random((len(x),) + (1,) * (x.ndim - 1)) >= "
                               "drop_probability) & np.ones(x.shape, bool)"))),
    Mistake("one-coin", "One coin is thrown for all: everything is kept or everything dropped.",
            edits=_slip((KEPT, "kept = np.full(x.shape, rng.random() >= drop_probability)"))),
    Mistake("exact-count", "The same number of entries falls every time. How many fall is a matter "
            "of chance too, when each entry has a coin of its own.",
            edits=_slip((KEPT, "kept = (rng.permutation(x.size) >= round(drop_probability * x.size))"
                               ".reshape(x.shape)"))),
    Mistake("global-generator", "The generator `rng` is not used: the same seed gives another mask "
            "each time.", "`np.random.rand` draws from a generator that all the program shares.",
            edits=_slip((KEPT, "kept = np.random.rand(*x.shape) >= drop_probability"))),
    Mistake("half", "The probability that was given is not used: half of the entries fall.",
            edits=_slip((KEPT, "kept = rng.random(x.shape) >= 0.5"))),
    Mistake("two-masks", "The output is not x times the cache: do both come from one draw?",
            edits=_slip((RETURN, "return x * mask, (rng.random(x.shape) >= drop_probability) / "
                                 "(1 - float(drop_probability))"))),
    Mistake("mask-first", "The output and the cache have changed places.",
            edits=_slip((RETURN, "return mask, x * mask"))),
    Mistake("noise", "The output is not x with some entries set to 0 and all others multiplied by "
            "one number.",
            edits=_slip((RETURN, "return x + drop_probability * rng.normal(size=x.shape), mask"))),
    Mistake("raised-twice", "The entries that are kept are raised twice.",
            edits=_slip((RETURN, "return x * mask / (1 - float(drop_probability)), mask"))),
    Mistake("writes-into-x", "An array is written into in place; one that holds whole numbers cannot "
            "take in fractions.", "`x *= mask` keeps the array and its dtype; `x * mask` makes a new "
            "one.",
            functions={"dropout_forward": _writes},
            equivalent=("input-mutated", "raised-UFuncTypeError",
                        "raised-_UFuncOutputCastingError")),
)  # fmt: skip


def _by_choice(x, drop_probability, rng):
    keep = 1 - drop_probability
    mask = rng.choice([0.0, 1 / keep], size=np.shape(x), p=[drop_probability, keep])
    return np.asarray(x) * mask, mask


def _by_loops(x, drop_probability, rng):
    flat = [0.0 if rng.random() < drop_probability else 1 / (1 - drop_probability)
            for _ in range(np.size(x))]  # fmt: skip
    mask = np.reshape(flat, np.shape(x))
    return np.where(mask > 0, np.asarray(x) * mask, 0.0), mask


def _transposed_draw(x, drop_probability, rng):
    mask = (rng.random(np.shape(x)[::-1]).T < 1 - drop_probability) / (1 - drop_probability)
    return (x * mask), mask


FORWARD = Exercise(
    "dropout_forward", LESSON, 3,
    outputs=(Output("same_shape", "the output has the shape of x", 0.5),
             Output("factor", "what a kept entry is multiplied by", 4.0, rtol=1e-4),
             Output("one_factor", "each entry is dropped, or multiplied by one common factor", 0.5),
             Output("kept", "the share of entries that are kept", 4.0, rtol=0.01, atol=0.03),
             Output("cache", "what the cache holds where an entry is kept", 2.0, rtol=1e-4),
             Output("cache_fits", "the output is x times the cache", 2.0),
             Output("kept_in_cache", "the share of entries of the cache that are not 0", 0.5,
                    rtol=0.01, atol=0.03),
             Output("each_alone", "each entry falls for itself", 1.0),
             Output("repeats", "the same generator drops the same entries", 0.5),
             Output("varies", "another generator drops others", 0.5)),
    cases=forward_cases, run=run_forward, reference=REFERENCE, see=SEE,
    mistakes=FORWARD_MISTAKES,
    variants=(
        Variant("binomial", {"dropout_forward": lambda x, drop_probability, rng: (
            lambda mask: (np.asarray(x) * mask, mask))(
                rng.binomial(1, 1 - drop_probability, np.shape(x)) / (1 - drop_probability))}),
        Variant("choice", {"dropout_forward": _by_choice}),
        Variant("loops", {"dropout_forward": _by_loops}),
        Variant("transposed-draw", {"dropout_forward": _transposed_draw}),
        Variant("divides-out", {"dropout_forward": lambda x, drop_probability, rng: (lambda kept: (
            kept * x / (1 - drop_probability), kept / (1 - drop_probability)))(
                rng.uniform(size=np.shape(x)) > drop_probability)}),
        Variant("lists", {"dropout_forward": lambda x, drop_probability, rng: (lambda mask: [
            (np.asarray(x) * mask).tolist(), mask.tolist()])(
                (rng.random(np.shape(x)) >= drop_probability) / (1 - drop_probability))}),
    ),
)  # fmt: skip

# --- dropout_backward ---------------------------------------------------------------------------


def backward_cases(rng):
    yield _table(rng, {"N": 4, "D": 3}, 0.4, "", True)
    for p in (0.2, 0.8, 0.5):
        yield _table(rng, draw_sizes(rng, "ND", 4, 9), p, "", True)
    yield _table(rng, {"N": 3, "D": 4}, 0.0, "nothing was dropped (probability 0)", True)
    yield _table(rng, {"N": 1, "D": 6}, 0.4, "one example (N = 1)", True)
    yield _table(rng, {"N": 9}, 0.4, "one row (N,)", True)
    zero = _table(rng, {"N": 5, "D": 6}, 0.4, "upstream gradients that are exactly 0", True)
    zero.inputs["dout"][rng.random((5, 6)) < 0.5] = 0.0
    yield zero
    case = _table(rng, draw_sizes(rng, "ND", 4, 7), 0.3, "", True)
    yield from in_other_forms(case, rng, ("dout",))


def run_backward(solution, case):
    """The gradient on the learner's own cache where that fits, else on the documented one."""
    p, x, dout = case.drop_probability, _given(case.x), _given(case.dout)
    if not 0 <= p < 1:  # a hypothesis about p ("as if it were 1") that cannot be tried
        raise LearnerError("ValueError", f"no such probability: {p}")
    documented = regularization.dropout_forward(x, p, np.random.default_rng(case.rng.seed))[1]
    dx = _with_own_cache(solution, case, x, dout, 1 / (1 - p))
    if dx is not None and not isinstance(dx[0], Unreadable) and agree(dx[0], dx[1], CLOSE):
        # Another order of drawing has another mask: right for its own mask is right.
        second = solution.call("dropout_backward", case.dout, dx[2])
        return {"dx": dout * documented, "second_call_agrees": _alike(read(second), dx[0])}
    first = solution.call("dropout_backward", case.dout, documented)
    kept = read(first)  # a copy: the second call may write into what the first returned
    second = solution.call("dropout_backward", case.dout, documented)
    return {"dx": kept if isinstance(first, np.ndarray) else first,
            "second_call_agrees": _alike(kept, read(second))}


def _alike(first, second):
    """Whether two answers are the same, in numbers or in being none."""
    if isinstance(first, Unreadable) or isinstance(second, Unreadable):
        return type(first) is type(second)
    return agree(first, second, SAME)


def _with_own_cache(solution, case, x, dout, scale):
    """(dx, what it should be, the cache) for a forward that drops and raises; else None."""
    if not solution.has("dropout_forward"):
        return None
    try:
        out, cache = solution.call("dropout_forward", case.x, case.drop_probability, case.rng,
                                   returns=("out", "cache"))  # fmt: skip
        out = read(out)
        if isinstance(out, Unreadable) or out.shape != x.shape or np.any(x == 0):
            return None
        mask = out / x
        if not np.all((mask == 0) | np.isclose(mask, scale, rtol=1e-4)):
            return None
        return read(solution.call("dropout_backward", case.dout, cache)), dout * mask, cache
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
            raise
        return None


DX = "return dout * mask"


def _dx(text):
    return ((DX, f"return {text}"),)


def _divides(dout, cache):
    with np.errstate(all="ignore"):
        return dout / cache


def _writes_cache(dout, cache):
    cache *= dout
    return cache


BACKWARD_MISTAKES = (
    Mistake("upstream-ignored", "The upstream gradient `dout` is not used: the mask comes back.",
            "The mask is the local derivative; the chain rule multiplies it by what arrives.",
            edits=_dx("mask"), equivalent=("ignores-dout",)),
    Mistake("mask-ignored", "`dout` comes back as it is: what was dropped gets blame as well.",
            edits=_dx("dout"), equivalent=("returns-dout",)),
    Mistake("not-raised", "The factor 1 / (1 - p) is missing in the gradient.",
            "The cache is the scaled mask: each kept entry was multiplied by more than 1.",
            edits=_dx("dout * (mask > 0)")),
    Mistake("raised-twice", "The factor 1 / (1 - p) is there twice.",
            edits=_dx("dout * mask * mask")),
    Mistake("dropped-for-kept", "The gradient goes where entries were dropped, and is 0 where they "
            "were kept.", edits=_dx("dout * (mask == 0)")),
    Mistake("dropped-raised", "The gradient goes where entries were dropped, and is 0 where they "
            "were kept.", edits=_dx("dout * (mask.max() - mask)")),
    Mistake("divided", "`dout` is divided by the factor; the chain rule multiplies by the local "
            "derivative.", edits=_dx("np.where(mask > 0, dout / np.where(mask > 0, mask, 1), 0)")),
    Mistake("divided-by-zeros", "`dout` is divided by the mask, and where that is 0 the result is "
            "infinite; the chain rule multiplies by the local derivative.",
            functions={"dropout_backward": _divides}),
    Mistake("one-minus-mask", "1 - mask stands where the mask belongs: what was dropped gets the "
            "blame, and what was kept a share of the wrong sign.", edits=_dx("dout * (1 - mask)")),
    Mistake("matrix-product", "`dout` and the mask meet in a matrix product; each entry meets its "
            "own entry of the mask.", "`@` sums over rows and columns, `*` does not.",
            edits=_dx("dout @ mask.T")),
    Mistake("new-mask", "A new mask is drawn: the entries to blame are those of the forward pass.",
            "What was dropped then is in the cache; another throw of the coins knows nothing "
            "of it.",
            edits=_dx("dout * mask[::-1]")),
    Mistake("sign", "The gradient has the wrong sign.", edits=_dx("-dout * mask"),
            equivalent=("negates-dout",)),
    Mistake("averaged", "The gradient is divided by the number of examples.",
            "The loss has already divided by N where it took its mean.",
            edits=_dx("dout * mask / len(dout)"), equivalent=("times-1-over-N",)),
    Mistake("divided-by-all", "The gradient is divided by the number of entries.",
            edits=_dx("dout * mask / dout.size")),
    Mistake("summed", "The gradient is added up over the batch; each entry has its own.",
            edits=_dx("(dout * mask).sum(axis=0)"), equivalent=("summed-too-much",)),
    Mistake("added", "The mask is added to `dout`; it should multiply it.",
            edits=_dx("dout + mask")),
    Mistake("negatives-cut", "Negative gradients are cut to 0; only what was dropped is cut.",
            edits=_dx("np.maximum(dout * mask, 0)")),
    Mistake("always-two", "The factor is 2 whatever the probability was: right for p = 0.5 alone.",
            edits=_dx("2 * dout * (mask > 0)")),
    Mistake("writes-into-cache", "The first gradient is right, but the backward writes into its "
            "cache: used a second time, it gives another.",
            functions={"dropout_backward": _writes_cache}, equivalent=("input-mutated",)),
)  # fmt: skip

BACKWARD = Exercise(
    "dropout_backward", LESSON, 2,
    outputs=(Output("dx", "the gradient dx"),
             Output("second_call_agrees", "the cache, used a second time", weight=0.0)),
    cases=backward_cases, run=run_backward, reference=REFERENCE, uses=("dropout_forward",),
    upstream="dout", see=SEE, mistakes=BACKWARD_MISTAKES,
    variants=(
        Variant("where", {"dropout_backward": lambda dout, cache: np.where(
            np.asarray(cache) != 0, np.asarray(dout) * np.max(cache), 0.0)}),
        Variant("lists", {"dropout_backward": lambda dout, cache: [
            float(d * m) for d, m in zip(dout, cache, strict=True)] if np.ndim(dout) == 1 else [
                [float(d * m) for d, m in zip(*rows, strict=True)]
                for rows in zip(dout, cache, strict=True)]}),
        Variant("other-draw", {"dropout_forward": _by_choice,
                               "dropout_backward": lambda dout, cache: cache * dout}),
        Variant("other-cache", {
            "dropout_forward": lambda x, drop_probability, rng: (lambda kept: (
                x * kept / (1 - drop_probability), (kept, 1 - drop_probability)))(
                    rng.random(np.shape(x)) > drop_probability),
            "dropout_backward": lambda dout, cache: dout * cache[0] / cache[1]}),
        Variant("forward-not-raised", {
            "dropout_forward": lambda x, drop_probability, rng: (lambda kept: (x * kept, kept))(
                rng.random(np.shape(x)) > drop_probability),
            "dropout_backward": lambda dout, cache: np.multiply(cache, dout)}),
    ),
)  # fmt: skip

EXERCISES = (FORWARD, BACKWARD)
