"""Checks of lesson 10: first weights, judged by what many draws have in common, never by the draws."""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.machine import Rng
from bplib import init

LESSON = "10_training_troubles"
REFERENCE = {name: getattr(init, name) for name in ("xavier_init", "he_init")}
EXACT = (1e-6, 1e-7, 0.0)

OUTPUTS = (
    Output("shape", "the shape of the weights"),
    Output("std", "the spread of the weights (their standard deviation)", 6.0, rtol=0.03),
    Output("mean", "the mean of the weights, in units of their spread", rtol=0.03, atol=0.03),
    Output("near", "the share of the weights within one standard deviation of their mean",
           rtol=0.005, atol=0.017),
    Output("different", "the weights differ from each other"),
    Output("repeats", "the same generator gives the same weights"),
    Output("varies", "another generator gives other weights"),
)  # fmt: skip


def _layer(rng, fan_in, fan_out, special=""):
    sizes = {"D": int(fan_in), "M": int(fan_out)}
    return Case(special, sizes, fan_in=sizes["D"], fan_out=sizes["M"],
                rng=Rng(int(rng.integers(10**9))))  # fmt: skip


def cases(rng):
    for fan_in in rng.permutation([rng.integers(150, 170), rng.integers(240, 260), 400]):
        yield _layer(rng, fan_in, 40_000 // fan_in + rng.integers(1, 30))
    yield _layer(rng, 600, 70)
    yield _layer(rng, 70, 600)
    yield _layer(rng, 1, 40_000, "one input (fan_in = 1)")
    yield _layer(rng, 40_000, 1, "one output (fan_out = 1)")


def look(name):
    """A ``run`` that draws one large table of weights and three small ones."""

    def run(solution, case):
        answer = solution.call(name, case.fan_in, case.fan_out, case.rng)
        weights = read(answer)
        if isinstance(weights, Unreadable):
            return {output.name: weights for output in OUTPUTS}
        other = Rng(case.rng.seed + 1)
        small = [read(solution.call(name, 4, 3, seed)) for seed in (case.rng, case.rng, other)]
        shape = (weights.shape if weights.ndim < 3 else (-1, -1)) + (0, 0)
        return {"shape": np.array(shape[:2]), **_statistics(weights.astype(float)),
                "repeats": agree(small[0], small[1], EXACT),
                "varies": not agree(small[0], small[2], EXACT)}

    return run


def _statistics(weights):
    """What does not depend on the draw: spread, mean, share near the mean, no two alike."""
    std, mean = weights.std(), weights.mean()
    if weights.size < 2 or not std > 0:  # zeros, constants, no numbers: no spread to measure with
        return {"std": std, "mean": np.nan, "near": np.nan, "different": False}
    corner = weights.reshape(len(weights), -1)[:400, :400]
    corner = corner[:20] if corner.shape[1] > 20 else corner
    return {"std": std, "mean": mean / std, "near": np.mean(np.abs(weights - mean) <= std),
            "different": len(np.unique(corner)) > 0.95 * corner.size}


def _slips(line, root, others):
    """The mistakes that both recipes share; ``line`` is the reference's return, ``root`` its scale."""
    def slip(text):
        return ((line, f"return {text}"),)

    normal, here = "rng.normal(size=(fan_in, fan_out))", root
    squared = root.removeprefix("np.sqrt")
    return (
        Mistake(
            "variance-as-spread", "The variance stands where the standard deviation belongs: the "
            "square root is missing, and the weights are far too small.",
            "The recipe gives a variance. What a standard normal number is multiplied by (and "
            "what `rng.normal` calls `scale`) is the standard deviation.",
            edits=slip(f"{squared} * {normal}"),
        ),
        *others(slip, normal),
        Mistake(
            "shape-transposed", "The shape is (fan_out, fan_in); agreed was (fan_in, fan_out).",
            "Here a layer computes x @ W: one row of W for each input.",
            edits=slip(f"{here} * rng.normal(size=(fan_out, fan_in))"),
        ),
        Mistake(
            "uniform", "The spread is right, but the weights are uniform; agreed was normal.",
            "Both are used in practice, and work alike. The check looks for the bell.",
            edits=slip(f"{here} * rng.uniform(-np.sqrt(3), np.sqrt(3), size=(fan_in, fan_out))"),
        ),
        Mistake(
            "all-positive", "All weights are positive: the bell has lost its left half.",
            "With weights of one sign every unit of a layer does nearly the same.",
            edits=slip(f"{here} * np.abs({normal})"),
        ),
        Mistake(
            "random-for-normal", "The weights lie between 0 and a limit, all positive: `random` "
            "was drawn where `normal` was meant.",
            edits=slip(f"{here} * rng.random((fan_in, fan_out))"),
        ),
        Mistake(
            "uniform-limits", "The weights are uniform between minus and plus the standard "
            "deviation; agreed was normal with that standard deviation.",
            edits=slip(f"{here} * rng.uniform(-1, 1, size=(fan_in, fan_out))"),
        ),
        Mistake(
            "truncated", "The tails of the bell are missing: nothing lies beyond two standard "
            "deviations. Agreed was the whole bell.",
            edits=slip(f"{here} * np.clip({normal}, -2, 2)"),
        ),
        Mistake(
            "truncated-at-one", "The tails of the bell are missing: nothing lies beyond one "
            "standard deviation. Agreed was the whole bell.",
            edits=slip(f"{here} * np.clip({normal}, -1, 1)"),
        ),
        Mistake(
            "flat", "The weights come as one long row; agreed was a table (fan_in, fan_out).",
            "`size` takes a pair too: a row for each input, a column for each output.",
            edits=slip(f"{here} * rng.normal(size=fan_in * fan_out)"),
        ),
        Mistake(
            "zeros", "All weights are 0: every unit computes the same and gets the same gradient, "
            "and they stay the same for ever.",
            edits=slip("np.zeros((fan_in, fan_out))"),
        ),
        Mistake(
            "constant", "All weights are the same number: every unit computes the same, gets the "
            "same gradient, and stays the twin of its neighbours.",
            edits=slip(f"{here} * np.ones((fan_in, fan_out))"),
        ),
        Mistake(
            "equal-columns", "All columns are the same: the units of this layer are twins and "
            "stay twins.",
            edits=slip(f"np.repeat({here} * rng.normal(size=(fan_in, 1)), fan_out, axis=1)"),
        ),
        Mistake(
            "equal-rows", "All rows are the same: this layer cannot tell its inputs apart.",
            edits=slip(f"np.repeat({here} * rng.normal(size=(1, fan_out)), fan_in, axis=0)"),
        ),
        Mistake(
            "own-generator", "The generator `rng` is not used: the same numbers come every time.",
            "With a seed of its own inside the function every layer gets the same first weights.",
            edits=slip(f"{here} * np.random.default_rng(0).normal(size=(fan_in, fan_out))"),
        ),
        Mistake(
            "global-generator", "The generator `rng` is not used: the same seed gives other "
            "weights each time.",
            "What `np.random` draws, or a new `default_rng()`, does not depend on the `rng` that "
            "you were handed.",
            edits=slip(f"{here} * np.random.randn(fan_in, fan_out)"),
        ),
        Mistake(
            "not-scaled", "The weights have standard deviation 1, whatever the size of the layer.",
            "A sum of 400 such products has standard deviation 20: it grows from layer to layer.",
            edits=slip(normal),
        ),
        Mistake(
            "hundredth", "The weights have standard deviation 0.01, whatever the size of the layer.",
            edits=slip(f"0.01 * {normal}"),
        ),
        Mistake(
            "multiplied", "The normal numbers are divided by the standard deviation instead of "
            "being multiplied by it.",
            edits=slip(f"{normal} / {here}"),
        ),
        Mistake(
            "limit-as-spread", "The 6 belongs to the limit of a uniform distribution; a normal one "
            "takes the 2.",
            edits=slip(f"np.sqrt(3) * {here} * {normal}"),
        ),
        Mistake(
            "centred-on-spread", "The weights are shifted: their mean should be 0.",
            "In `rng.normal(a, b)` the first argument is the mean and the second the spread.",
            edits=slip(f"{here} + {normal}"),
        ),
    )  # fmt: skip


def _xavier(slip, normal):
    return (
        Mistake("he", "That is He's recipe, 2 / fan_in; Xavier's looks at both ends of the layer.",
                edits=slip(f"np.sqrt(2 / fan_in) * {normal}")),
        Mistake("fan-in-only", "The variance is 1 / fan_in; Xavier's recipe looks at both ends.",
                "1 / fan_in keeps the signal's size on the way forward; the gradients on the way "
                "back ask for 1 / fan_out.", edits=slip(f"np.sqrt(1 / fan_in) * {normal}")),
        Mistake("fan-out-only", "The variance is 1 / fan_out; Xavier's recipe looks at both ends.",
                edits=slip(f"np.sqrt(1 / fan_out) * {normal}")),
        Mistake("two-missing", "The variance is 1 / (fan_in + fan_out): the 2 is missing.",
                "The recipe takes the mean of fan_in and fan_out, which is half their sum.",
                edits=slip(f"np.sqrt(1 / (fan_in + fan_out)) * {normal}")),
        Mistake("two-outside-root", "The 2 stands outside the square root.",
                edits=slip(f"2 / np.sqrt(fan_in + fan_out) * {normal}")),
        Mistake("root-of-two-alone", "The root is taken of the 2 alone; it goes over the whole "
                "fraction.", edits=slip(f"np.sqrt(2) / (fan_in + fan_out) * {normal}")),
        Mistake("brackets", "The bracket around fan_in + fan_out is missing below the line.",
                "Python divides before it adds: 2 / a + b is (2 / a) + b.",
                edits=slip(f"np.sqrt(2 / fan_in + fan_out) * {normal}")),
        Mistake("product", "fan_in and fan_out are multiplied; they are added up.",
                edits=slip(f"np.sqrt(2 / (fan_in * fan_out)) * {normal}")),
    )  # fmt: skip


def _he(slip, normal):
    return (
        Mistake("fan-out", "The variance is 2 / fan_out; each unit adds up fan_in products.",
                edits=slip(f"np.sqrt(2 / fan_out) * {normal}")),
        Mistake("two-missing", "The variance is 1 / fan_in: the 2 is missing that makes up for what "
                "ReLU cuts away.", edits=slip(f"np.sqrt(1 / fan_in) * {normal}")),
        Mistake("xavier", "That is Xavier's recipe, 2 / (fan_in + fan_out); He's looks at fan_in.",
                edits=slip(f"np.sqrt(2 / (fan_in + fan_out)) * {normal}")),
        Mistake("two-outside-root", "The 2 stands outside the square root.",
                edits=slip(f"2 / np.sqrt(fan_in) * {normal}")),
        Mistake("root-of-two-alone", "The root is taken of the 2 alone; it goes over the whole "
                "fraction.", edits=slip(f"np.sqrt(2) / fan_in * {normal}")),
        Mistake("two-only-below", "The root is taken of fan_in times 2; the 2 stands above the line.",
                edits=slip(f"np.sqrt(1 / (2 * fan_in)) * {normal}")),
        Mistake("root-below-only", "The 2 is divided by the product of both sizes.",
                edits=slip(f"np.sqrt(2 / (fan_in * fan_out)) * {normal}")),
    )  # fmt: skip


def _loops(variance):
    def drawn(fan_in, fan_out, rng):
        scale = variance(fan_in, fan_out) ** 0.5
        columns = [rng.standard_normal(fan_in) * scale for _ in range(min(fan_out, 10**5))]
        return np.array(columns).T

    return drawn


def _box_muller(variance):
    def drawn(fan_in, fan_out, rng):
        u, v = rng.random((2, fan_in, fan_out))
        return np.sqrt(-2 * np.log1p(-u) * variance(fan_in, fan_out)) * np.cos(2 * np.pi * v)

    return drawn


def _exercise(name, variance, others):
    root = "np.sqrt(2 / (fan_in + fan_out))" if name == "xavier_init" else "np.sqrt(2 / fan_in)"
    line = f"return {root} * rng.normal(size=(fan_in, fan_out))"
    return Exercise(
        name, LESSON, 2, outputs=OUTPUTS, cases=cases, run=look(name), reference=REFERENCE,
        see="How large should the first weights be?",
        mistakes=_slips(line, root, others),
        variants=(
            Variant("scale-argument", {name: lambda fan_in, fan_out, rng: rng.normal(
                0.0, variance(fan_in, fan_out) ** 0.5, (fan_in, fan_out))}),
            Variant("by-columns", {name: _loops(variance)}),
            Variant("box-muller", {name: _box_muller(variance)}),
            Variant("single-precision", {name: lambda fan_in, fan_out, rng: rng.standard_normal(
                (fan_in, fan_out), dtype=np.float32) * np.float32(
                    variance(fan_in, fan_out) ** 0.5)}),
            Variant("lists", {name: lambda fan_in, fan_out, rng: (
                rng.standard_normal((fan_out, fan_in)).T / np.sqrt(
                    1 / variance(fan_in, fan_out))).tolist()}),
            Variant("seed-from-rng", {name: lambda fan_in, fan_out, rng: (
                np.random.RandomState(int(rng.integers(2**31))).randn(fan_in, fan_out)
                * variance(fan_in, fan_out) ** 0.5)}),
        ),
    )  # fmt: skip


EXERCISES = (
    _exercise("xavier_init", lambda a, b: 2 / (a + b), _xavier),
    _exercise("he_init", lambda a, b: 2 / a, _he),
)
