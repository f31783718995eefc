"""Checks of lesson 05: sigmoid, cross-entropy from probabilities and from scores, logistic "
"fitting."""

import numpy as np

from autograder.compare import read
from autograder.exercise import (
    Case,
    Exercise,
    Mistake,
    Output,
    Variant,
    draw_sizes,
    function_run,
)
from autograder.exercises.common import in_other_forms
from autograder.exercises.descent_slips import (
    FINISH,
    STEP_B,
    STEP_W,
    descent_slips,
    fit_run,
)
from autograder.machine import Strided
from bplib import logistic

LESSON = "05_apples_and_oranges"
REFERENCE = {
    name: getattr(logistic, name)
    for name in ("sigmoid", "binary_cross_entropy", "binary_cross_entropy_from_logits",
                 "logistic_gradients", "fit_logistic")
}  # fmt: skip


def _labels(rng, n):
    """Truths 0 and 1 as an array of int, both there from two on, in no order."""
    y = rng.integers(0, 2, n)
    if n > 1:
        y[rng.choice(n, 2, replace=False)] = [0, 1]
    return y


def _forms(case, rng, names):
    """As `in_other_forms`, but without float32: no school student should hear of it here."""
    return (c for c in in_other_forms(case, rng, names) if "float32" not in c.special)


def _sizes_of_batches(rng, count=4):
    return [int(n) for n in rng.choice(np.arange(3, 9), count, replace=False)]


# --- sigmoid --------------------------------------------------------------------------------------


def sigmoid_cases(rng):
    def scores(n, special=""):
        return Case(special, {"N": n}, z=rng.normal(0.3, 2.0, n))

    for n in _sizes_of_batches(rng):
        yield scores(n)
    yield scores(1, "one score alone (N = 1)")
    far = np.array([-10000.0, 3.0, -800.0, 10000.0, -40.0, 0.0, 800.0, 40.0])
    yield Case("scores as far out as -10000 and 10000", {"N": 8}, z=rng.permutation(far))
    yield from _forms(scores(6), rng, ("z",))


def _sigmoid_mistake(ident, formula, says, thought="", equivalent=()):
    def answer(z):
        with np.errstate(all="ignore"):
            return formula(z)

    return Mistake(ident, says, thought, functions={"sigmoid": answer}, equivalent=equivalent)


def _plain(z):
    return 1 / (1 + np.exp(-z))


def _small(z):
    return np.exp(-np.abs(z))


SIGMOID = Exercise(
    "sigmoid", LESSON, 3,
    outputs=(Output("result", "the probabilities"),),
    cases=sigmoid_cases,
    run=function_run("sigmoid", "z"),
    reference=REFERENCE,
    see="From a score to a probability",
    no_warnings=True,
    not_in_browser="In a browser numpy gives no warnings, so this check cannot tell whether a number "
    "overflows on the way. Grading will.",
    mistakes=(
        _sigmoid_mistake(
            "sign", lambda z: 1 / (1 + np.exp(z)), "It falls where it should rise: a large score "
            "gets a small probability.", "A large score speaks for an orange, so its probability "
            "must be near 1. Is the minus in front of z missing? Or, with two forms for z above and "
            "below 0: have they changed places?", ("one-minus", "negates-z"),
        ),
        _sigmoid_mistake("exponential", lambda z: np.exp(z), "That is the exponential alone: it "
                         "grows beyond 1, and a probability cannot."),
        _sigmoid_mistake("odds-missing-one", lambda z: np.exp(-z), "The 1 / (1 + ...) around the "
                         "exponential is missing."),
        _sigmoid_mistake(
            "brackets", lambda z: 1 / 1 + np.exp(-z), "It comes out as 1 + exp(-z); the 1 should "
            "be divided by all of that.", "Python reads 1 / 1 + a as (1 / 1) + a: the part below "
            "the line needs brackets of its own.", ("reciprocal",),
        ),
        _sigmoid_mistake(
            "brackets-around-choice", lambda z: np.where(z >= 0, 1, _small(z)) / 1 + _small(z),
            "What stands above the line is divided by 1, and the small one added afterwards.",
            "Python divides before it adds: the part below the line needs brackets of its own.",
        ),
        _sigmoid_mistake(
            "one-above-everywhere", lambda z: 1 / (1 + _small(z)), "The form for scores above 0 is "
            "used for all: no probability comes out below a half.",
            "For scores below 0 the small one stands above the line.", ("absolute-z",),
        ),
        _sigmoid_mistake(
            "small-above-everywhere", lambda z: _small(z) / (1 + _small(z)), "The form for scores "
            "below 0 is used for all: no probability comes out above a half.",
            "For scores above 0 a 1 stands above the line.",
        ),
        _sigmoid_mistake(
            "minus-below-choice", lambda z: np.where(z >= 0, 1, _small(z)) / (1 - _small(z)),
            "Below the line stands a minus where a plus belongs.",
        ),
        _sigmoid_mistake("minus-below", lambda z: 1 / (1 - np.exp(-z)), "Below the line stands a "
                         "minus where a plus belongs."),
        _sigmoid_mistake("tanh", np.tanh, "That is tanh: it runs from -1 to 1, a probability from "
                         "0 to 1.", "The two curves look alike; one is the other, stretched and "
                         "moved."),
        _sigmoid_mistake(
            "tanh-unscaled", lambda z: (np.tanh(z) + 1) / 2, "It is twice as steep as it should "
            "be.",
            "tanh moved up and halved is a sigmoid, but of 2 z.", ("doubles-z",),
        ),
        _sigmoid_mistake(
            "slope", lambda z: _plain(z) * (1 - _plain(z)), "That is the slope of the sigmoid, "
            "not the sigmoid itself.",
        ),
        _sigmoid_mistake("step", lambda z: np.where(z > 0, 1.0, 0.0), "It only says yes or no; "
                         "asked for is how sure it is, as a number between."),
        _sigmoid_mistake("base-two", lambda z: 1 / (1 + 2.0 ** -np.asarray(z, float)),
                         "It uses powers of 2; the sigmoid is made with e = 2.718..., np.exp."),
        _sigmoid_mistake("relu", lambda z: np.maximum(z, 0), "It cuts off below 0 and grows "
                         "without end above; a probability stays below 1."),
        _sigmoid_mistake("straight", lambda z: np.clip(0.5 + np.asarray(z) / 4, 0, 1), "It is a "
                         "straight line cut off at 0 and 1; the sigmoid bends and never quite "
                         "arrives."),
        _sigmoid_mistake(
            "softmax", lambda z: np.exp(z - np.max(z)) / np.exp(z - np.max(z)).sum(), "The scores "
            "share one probability of 1 among them; each fruit has its own.",
            "That is softmax: for one fruit and many kinds, not for many fruits.",
        ),
        _sigmoid_mistake("clipped-hard", lambda z: _plain(np.clip(z, -5, 5)), "Scores beyond 5 are "
                         "treated like 5: the curve goes on.",
                         equivalent=("fails-with-scores-as-far-out-as-10000-and-10000",)),
        _sigmoid_mistake("rounded", lambda z: np.round(_plain(z), 2), "The probabilities are "
                         "rounded; hand a result on as it is."),
        Mistake(
            "overflow", "The values are right, but np.exp overflows for scores far below 0.",
            "exp(800) is more than a float holds. For z below 0 there is a form that needs only "
            "exp(z).",
            functions={"sigmoid": _plain}, equivalent=("warns",),
        ),
        Mistake(
            "overflow-both-branches", "np.exp overflows although you chose between two forms.",
            "np.where computes both forms everywhere and then chooses: the one not chosen "
            "overflows too.",
            functions={"sigmoid": lambda z: np.where(
                z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))},
            equivalent=("warns",),
        ),
        Mistake(
            "nan-far-out", "For large scores it gives nan: infinity divided by infinity.",
            "exp(z) / (1 + exp(z)) is the same formula, but exp(800) is more than a float holds.",
            functions={"sigmoid": lambda z: np.exp(z) / (1 + np.exp(z))},
        ),
    ),
    variants=(
        Variant("tanh", {"sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z))}),
        Variant("masks", {"sigmoid": lambda z: _sigmoid_by_masks(z)}),
        Variant("loop", {"sigmoid": lambda z: [
            1 / (1 + 2.718281828459045**-v) if v >= 0 else 1 - 1 / (1 + 2.718281828459045**v)
            for v in map(float, z)]}),
        Variant("clipped", {"sigmoid": lambda z: 1 / (1 + np.exp(-np.clip(z, -500.0, 500.0)))}),
        Variant("logaddexp", {"sigmoid": lambda z: np.exp(-np.logaddexp(0, -z))}),
        Variant("quietly", {"sigmoid": lambda z: _sigmoid_quietly(z)}),
    ),
)  # fmt: skip


def _sigmoid_by_masks(z):
    z = np.asarray(z, dtype=float)
    out = np.empty_like(z)
    up = z >= 0
    out[up] = 1 / (1 + np.exp(-z[up]))
    out[~up] = np.exp(z[~up]) / (1 + np.exp(z[~up]))
    return out


def _sigmoid_quietly(z):
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-z))


# --- binary_cross_entropy -------------------------------------------------------------------------

SURE_WRONG = "p exactly 0 or 1, and wrong (any large finite cost will do)"


def entropy_cases(rng):
    def guesses(n, special=""):
        return Case(special, {"N": n}, p=rng.uniform(0.06, 0.94, n), y=_labels(rng, n))

    for n in _sizes_of_batches(rng):
        yield guesses(n)
    yield guesses(1, "one fruit alone (N = 1)").but(y=np.array([1]))
    yield guesses(1, "one fruit alone (N = 1)").but(y=np.array([0]))
    yield Case("truths between 0 and 1 (y = 0.3)", {"N": 5}, p=rng.uniform(0.06, 0.94, 5),
               y=np.array([0.3, 1.0, 0.75, 0.0, 0.6]))  # fmt: skip
    yield Case("almost sure (p = 0.0005 and 0.9995)", {"N": 4},
               p=np.array([0.0005, 0.9995, 0.0005, 0.4]), y=np.array([1, 0, 0, 1]))  # fmt: skip
    yield Case("p exactly 0, and right", {"N": 4},
               p=np.array([0.0, 0.7, 0.0, 0.3]), y=np.array([0, 1, 0, 1]))  # fmt: skip
    yield Case("p exactly 1, and right", {"N": 4},
               p=np.array([0.7, 1.0, 0.3, 1.0]), y=np.array([0, 1, 1, 1]))  # fmt: skip
    yield Case(SURE_WRONG, {"N": 4}, p=np.array([0.0, 1.0, 0.6, 0.5]), y=np.array([1, 0, 1, 0]))
    yield guesses(6, "truths given as floats (0.0 and 1.0)").but(
        y=rng.permutation([0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    )
    case = guesses(6)
    yield case.but("single precision (float32)", p=case.p.astype(np.float32),
                   y=case.y.astype(np.float32))  # fmt: skip
    yield case.but("a view into a larger array", p=Strided(case.p), y=Strided(case.y))


def run_entropy(solution, case):
    answer = solution.call("binary_cross_entropy", case.p, case.y)
    value = read(answer)
    finite = isinstance(value, np.ndarray) and bool(np.isfinite(value).all())
    if case.special == SURE_WRONG:  # how large the cost is, is up to the clip, but large it must be
        free = finite and value.size == 1 and float(value.ravel()[0]) < 1
        large = logistic.binary_cross_entropy(case.p, case.y)
        return {"result": answer if free else large, "finite": finite}
    return {"result": answer} if case.special else {"result": answer, "finite": finite}


def _sure_is_free(p, y):
    with np.errstate(all="ignore"):
        costs = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return np.mean(np.where(np.isfinite(costs), costs, 0))


def _safe_logs(p, floor=1e-12):
    p = np.clip(p, floor, 1 - floor)
    return np.log(p), np.log(1 - p)


def _entropy_mistake(ident, formula, says, thought="", equivalent=()):
    """formula: (y, log p, log(1 - p)) -> the answer."""

    def answer(p, y):
        return formula(np.asarray(y), *_safe_logs(np.asarray(p, float)))

    return Mistake(ident, says, thought, functions={"binary_cross_entropy": answer},
                   equivalent=equivalent)  # fmt: skip


def _noisy_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


BINARY_CROSS_ENTROPY = Exercise(
    "binary_cross_entropy", LESSON, 3,
    outputs=(Output("result", "the cross-entropy", rtol=3e-4),
             Output("finite", "a finite number", weight=0)),
    cases=entropy_cases,
    run=run_entropy,
    reference=REFERENCE,
    see="The cost of being sure and wrong",
    mistakes=(
        _entropy_mistake(
            "apples-cost-nothing", lambda y, a, b: -np.mean(y * a), "The second term is missing: "
            "the fruits with y = 0 cost nothing, however wrong the guess.",
            "For y = 0 the probability of the truth is 1 - p, and it has its price as well.",
        ),
        _entropy_mistake(
            "oranges-cost-nothing", lambda y, a, b: -np.mean((1 - y) * b), "The first term is "
            "missing: the fruits with y = 1 cost nothing, however wrong the guess.",
        ),
        _entropy_mistake(
            "sum-for-mean", lambda y, a, b: -np.sum(y * a + (1 - y) * b), "The costs are added up "
            "but not divided by their number.",
            "A sum grows with every fruit you add; the mean stays comparable.", ("times-N",),
        ),
        _entropy_mistake(
            "sign", lambda y, a, b: np.mean(y * a + (1 - y) * b), "The minus is missing: your "
            "cost is negative.", "The logarithm of a number below 1 is negative; the minus turns "
            "it into a cost.",
        ),
        _entropy_mistake(
            "minus-on-first-term", lambda y, a, b: np.mean(-y * a + (1 - y) * b), "The minus "
            "stands in front of the first term alone.",
            "It belongs to both: put brackets around the whole, or a minus in front of each.",
        ),
        _entropy_mistake(
            "minus-on-second-term", lambda y, a, b: np.mean(y * a - (1 - y) * b), "The minus "
            "stands in front of the second term alone; it belongs to both.",
        ),
        _entropy_mistake(
            "truths-turned", lambda y, a, b: -np.mean((1 - y) * a + y * b), "Apples and oranges "
            "have changed places: y = 1 goes with log p.",
            "p is the probability that y is 1.",
        ),
        _entropy_mistake("base-two", lambda y, a, b: -np.mean(y * a + (1 - y) * b) / np.log(2),
                         "The logarithm is the one to base 2; agreed was the natural one, np.log.",
                         "That counts in bits, and is a fair measure too.", ("times-1.443",)),
        _entropy_mistake("base-ten", lambda y, a, b: -np.mean(y * a + (1 - y) * b) / np.log(10),
                         "The logarithm is the one to base 10; agreed was the natural one, np.log.",
                         equivalent=("times-0.4343",)),
        _entropy_mistake("not-averaged", lambda y, a, b: -(y * a + (1 - y) * b), "Each fruit has "
                         "its cost, but the mean over them is missing.", equivalent=(
                         "unaveraged",)),
        _entropy_mistake("halved", lambda y, a, b: -np.mean(y * a + (1 - y) * b) / 2, "It is half "
                         "of what it should be.", "Each fruit has one cost: one of the two terms "
                         "is 0.",
                         ("times-1-over-2",)),
        _entropy_mistake("probability-of-truth", lambda y, a, b: np.mean(
            y * (1 - np.exp(a)) + (1 - y) * (1 - np.exp(b))), "The logarithm is missing: the cost "
            "is how much probability the truth lacks.", "Then being sure and wrong costs 1 at "
            "most."),
        Mistake(
            "squared", "That is the mean squared error; agreed was the cross-entropy.",
            "It works, but being sure and wrong costs 1 at most, and its slope dies out there.",
            functions={"binary_cross_entropy": lambda p, y: np.mean((p - y) ** 2)},
        ),
        Mistake(
            "arguments-swapped", "p and y have changed places: the logarithm is taken of the "
            "truth.",
            "The logarithm belongs to the guess; the truth only says which one counts.",
            functions={"binary_cross_entropy": lambda p, y: -np.mean(
                p * _safe_logs(y)[0] + (1 - p) * _safe_logs(y)[1])},
        ),
        Mistake(
            "nan-at-zero-and-one", "For p = 0 or 1 it is not finite: log(0) is minus infinity, "
            "and 0 times infinity is not a number.",
            "Keep p a hair away from 0 and 1 before you take the logarithm. (np.clip returns the "
            "clipped numbers; it does not change its input.)",
            functions={"binary_cross_entropy": _noisy_entropy},
        ),
        Mistake(
            "one-end-open", "p is kept away from 0, but not from 1: log(1 - p) is not finite.",
            "If your upper limit is 1 minus something: a float has about 16 digits, so 1 - 1e-17 is "
            "exactly 1.",
            functions={"binary_cross_entropy": lambda p, y: _noisy_entropy(
                np.maximum(p, 1e-12), y)},
        ),
        Mistake(
            "sure-is-free", "A fruit with p = 0 or p = 1 costs nothing in your answer, also where that "
            "is wrong.",
            "To be sure and wrong is the worst of all. Something other than a number was put to 0 after "
            "the logarithm; keep p away from 0 and 1 before it.",
            functions={"binary_cross_entropy": _sure_is_free},
        ),
        Mistake(
            "infinite-cost", "The cost of p = 0 where the truth is 1 is infinite; it should be "
            "finite.",
            "0 times infinity is avoided, and still log(0) is minus infinity.",
            functions={"binary_cross_entropy": lambda p, y: -np.mean(np.where(
                y == 0, 0, y * np.log(p)) + np.where(y == 1, 0, (1 - y) * np.log(1 - p)))},
        ),
        Mistake(
            "clipped-too-hard", "p is kept too far away from 0 and 1: almost sure guesses get the "
            "cost of others.",
            "A guess of 0.0005 is an ordinary one. Something like 1e-12 keeps log finite and harms "
            "nothing.",
            functions={"binary_cross_entropy": lambda p, y: -np.mean(
                y * _safe_logs(p, 0.01)[0] + (1 - y) * _safe_logs(p, 0.01)[1])},
        ),
        Mistake(
            "only-yes-or-no", "A truth between 0 and 1 is taken for 0 or 1.",
            "y = 0.3 means: 3 in 10 say orange. The formula with y and 1 - y counts both sides.",
            functions={"binary_cross_entropy": lambda p, y: -np.mean(np.where(
                np.asarray(y) == 1, *_safe_logs(p)))},
        ),
        Mistake(
            "truth-cut", "A truth between 0 and 1 is cut to a whole number.",
            functions={"binary_cross_entropy": lambda p, y: -np.mean(np.where(
                np.asarray(y) >= 0.5, *_safe_logs(p)))},
        ),
    ),
    variants=(
        Variant("clip", {"binary_cross_entropy": lambda p, y: -np.mean(
            y * _safe_logs(p, 1e-7)[0] + (1 - y) * _safe_logs(p, 1e-7)[1])}),
        Variant("added-guard", {"binary_cross_entropy": lambda p, y: np.mean(
            -(y * np.log(p + 1e-9)) - (1 - y) * np.log(1 - p + 1e-9))}),
        Variant("loop", {"binary_cross_entropy": lambda p, y: _entropy_by_loop(p, y)}),
        Variant("dot", {"binary_cross_entropy": lambda p, y: np.array(np.dot(
            y, _safe_logs(p, 1e-15)[0]) + np.dot(1 - y, _safe_logs(p, 1e-15)[1])) / -len(y)}),
    ),
)  # fmt: skip


def _entropy_by_loop(p, y):
    total = 0.0
    for guess, truth in zip(p, y, strict=True):
        guess = min(max(float(guess), 1e-10), 1 - 1e-10)
        total -= truth * np.log(guess) + (1 - truth) * np.log(1 - guess)
    return [total / len(p)][0]


# --- binary_cross_entropy_from_logits -------------------------------------------------------------


def logit_cases(rng):
    def scores(n, special=""):
        return Case(special, {"N": n}, z=rng.normal(0, 2.0, n), y=_labels(rng, n))

    for n in _sizes_of_batches(rng):
        yield scores(n)
    yield scores(1, "one fruit alone (N = 1)")
    yield Case("truths between 0 and 1 (y = 0.3)", {"N": 5}, z=rng.normal(0, 2.0, 5),
               y=np.array([0.3, 1.0, 0.75, 0.0, 0.6]))  # fmt: skip
    sure = (("quite sure (scores near 50)", 50), ("very sure (scores near 1000)", 1000))
    for words, size in sure:
        signs = np.array([1, -1, 1, -1, -1])
        yield Case(words, {"N": 5}, z=signs * size * rng.uniform(0.8, 1.0, 5),
                   y=np.array([0, 1, 1, 0, 1]))  # fmt: skip
    yield Case("very sure and right (scores near 1000)", {"N": 4},
               z=np.array([900.0, -1000.0, 0.4, 980.0]), y=np.array([1, 0, 1, 1]))  # fmt: skip
    yield Case("rather sure (scores near 7)", {"N": 4},
               z=np.array([6.5, -7.5, 8.0, -5.5]), y=np.array([1, 0, 1, 0]))  # fmt: skip
    truths = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    yield from in_other_forms(scores(6).but(y=truths), rng, ("z",))


def _logit_mistake(ident, formula, says, thought="", equivalent=()):
    def answer(z, y):
        with np.errstate(all="ignore"):
            return formula(z, y)

    return Mistake(ident, says, thought, functions={"binary_cross_entropy_from_logits": answer},
                   equivalent=equivalent)  # fmt: skip


def _costs(z, y):
    return np.logaddexp(0, z) - z * y


def _by_probability(z, y, floor):
    return -np.mean(y * _safe_logs(_plain(z), floor)[0] + (1 - y) * _safe_logs(_plain(z), floor)[1])


BINARY_CROSS_ENTROPY_FROM_LOGITS = Exercise(
    "binary_cross_entropy_from_logits", LESSON, 3,
    outputs=(Output("result", "the cross-entropy"),),
    cases=logit_cases,
    run=function_run("binary_cross_entropy_from_logits", "z y"),
    reference=REFERENCE,
    see="Straight from the score",
    mistakes=(
        _logit_mistake("sum-for-mean", lambda z, y: np.sum(_costs(z, y)), "The costs are added up "
                       "but not divided by their number.", equivalent=("times-N",)),
        _logit_mistake("not-averaged", _costs, "Each fruit has its cost, but the mean over them is "
                       "missing.", equivalent=("unaveraged",)),
        _logit_mistake("sign", lambda z, y: -np.mean(_costs(z, y)), "Your cost is negative: a "
                       "sign is turned."),
        _logit_mistake("truths-turned", lambda z, y: np.mean(_costs(z, 1 - y)), "Apples and "
                       "oranges have changed places: a large z speaks for y = 1.",
                       equivalent=("negates-z",)),
        _logit_mistake("truth-missing", lambda z, y: np.mean(np.logaddexp(0, z)), "The truth y "
                       "does not enter: the term with z times y is missing."),
        _logit_mistake("truth-added", lambda z, y: np.mean(np.logaddexp(0, z) + z * y),
                       "z times y is added; it should be subtracted."),
        _logit_mistake(
            "tail-missing", lambda z, y: np.mean(np.maximum(z, 0) - z * y), "The logarithm is "
            "missing: right where the scores are large, too small near 0.",
            "At z = 0 nobody knows, and that costs log 2, not nothing.",
        ),
        _logit_mistake("kink-missing", lambda z, y: np.mean(-z * y + np.log1p(np.exp(-np.abs(z)))),
                       "max(z, 0) is missing: right only for negative scores."),
        _logit_mistake(
            "absolute-missing", lambda z, y: np.mean(
                np.maximum(z, 0) - z * y + np.logaddexp(0, -z)),
            "Wrong for negative scores: -z stands in the exponent where -|z| belongs, or |z| in front "
            "where max(z, 0) belongs.", "Below 0 the first piece is 0, and exp must only ever see a "
            "number below 0.",
        ),
        _logit_mistake("largest-of-all", lambda z, y: np.mean(np.max(z) - z * y + np.log1p(_small(z))),
                       "The largest of all scores is taken for every fruit; wanted is the larger of "
                       "z and 0, fruit by fruit.", "np.max looks for one number in the whole array, "
                       "np.maximum compares two entry by entry."),
        _logit_mistake("smaller-of-both", lambda z, y: np.mean(
            np.minimum(z, 0) - z * y + np.log1p(_small(z))), "The smaller of z and 0 is taken; it is "
            "the larger one."),
        _logit_mistake("one-added-twice", lambda z, y: np.mean(
            np.maximum(z, 0) - z * y + np.log1p(1 + _small(z))), "1 is added twice.",
            "np.log1p(a) is the logarithm of 1 + a: it adds the 1 itself."),
        _logit_mistake("absolute-sign", lambda z, y: np.mean(
            np.maximum(z, 0) - z * y + np.logaddexp(0, np.abs(z))), "The minus in front of |z| is "
            "missing.", "exp must only ever see a number below 0."),
        _logit_mistake("log-for-log1p", lambda z, y: np.mean(
            np.maximum(z, 0) - z * y - np.abs(z)), "The logarithm is taken of exp(-|z|) alone: "
            "the 1 beside it is missing."),
        _logit_mistake("base-two", lambda z, y: np.mean(_costs(z, y)) / np.log(2), "The logarithm "
                       "is the one to base 2; agreed was the natural one.", equivalent=(
                       "times-1.443",)),
        _logit_mistake("score-for-probability", lambda z, y: _noisy_entropy(z, y),
                       "The logarithm is taken of the score: a score is no probability yet.",
                       "log z is not even a number when z is negative."),
        _logit_mistake("clipped-score-for-probability", lambda z, y: _noisy_entropy(
            np.clip(z, 1e-12, 1 - 1e-12), y), "The logarithm is taken of the score: a score is no "
            "probability yet, and held between 0 and 1 it loses nearly all it has to say."),
        _logit_mistake("sigmoid-twice", lambda z, y: np.mean(_costs(_plain(z), y)), "The sigmoid "
                       "is applied to z before a formula that holds the sigmoid already."),
        _logit_mistake(
            "through-clipped-probability-1e-15", lambda z, y: _by_probability(z, y, 1e-15), "For "
            "large scores the cost stops growing: p was kept away from 0 and 1.",
            "Clipping p keeps the logarithm finite, and caps the cost at the same time: start from "
            "z.", ("through-clipped-probability",),
        ),
        _logit_mistake(
            "through-clipped-probability-1e-7", lambda z, y: _by_probability(z, y, 1e-7), "For "
            "large scores the cost stops growing: p was kept away from 0 and 1.",
            "Clipping p keeps the logarithm finite, and caps the cost at the same time: start from "
            "z.", ("through-clipped-probability",),
        ),
        _logit_mistake("clipped-scores", lambda z, y: np.mean(_costs(np.clip(z, -30, 30), y)),
                       "Scores are cut off at a limit, and so the cost stops growing.",
                       "With exp(-|z|) nothing can overflow, and no limit is needed."),
        _logit_mistake("clipped-far-out", lambda z, y: np.mean(_costs(np.clip(z, -500, 500), y)),
                       "Scores are cut off at a limit, and so the cost stops growing.",
                       "With exp(-|z|) nothing can overflow, and no limit is needed."),
        _logit_mistake(
            "overflow", lambda z, y: np.mean(np.log(1 + np.exp(z)) - z * y), "For large scores it "
            "is not finite: exp(1000) is more than a float holds.",
            "The formula is right on paper. Written with exp(-|z|) it is right in floats as well.",
        ),
        _logit_mistake(
            "through-probability", lambda z, y: _by_probability(z, y, 0.0), "For large scores it "
            "is not finite: the probability is rounded to exactly 0 or 1 on the way.",
            "What is lost in rounding p cannot be won back by the logarithm: start from z.",
        ),
        _logit_mistake(
            "through-clipped-probability", lambda z, y: _by_probability(z, y, 1e-12), "For large "
            "scores the cost stops growing: p was kept away from 0 and 1.",
            "Clipping p keeps the logarithm finite, and caps the cost at the same time: start "
            "from z.",
        ),
        _logit_mistake("truths-as-signs", lambda z, y: np.mean(np.logaddexp(0, -z * (2 * y - 1))),
                       "The formula with 2 y - 1 holds for truths 0 and 1 alone; one between them "
                       "gets another cost."),
        _logit_mistake("truth-cut", lambda z, y: np.mean(np.where(
            y > 0.5, np.logaddexp(0, -z), np.logaddexp(0, z))), "A truth between 0 and 1 is cut to a "
            "whole number."),
        _logit_mistake("only-yes-or-no", lambda z, y: np.mean(np.where(
            y == 1, np.logaddexp(0, -z), np.logaddexp(0, z))), "A truth between 0 and 1 is taken "
            "for 0 or 1."),
    ),
    variants=(
        Variant("logaddexp", {"binary_cross_entropy_from_logits": lambda z, y: np.mean(
            np.logaddexp(0, z) - z * y)}),
        Variant("two-sides", {"binary_cross_entropy_from_logits": lambda z, y: np.array(np.mean(
            y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)))}),
        Variant("loop", {"binary_cross_entropy_from_logits": lambda z, y: _logits_by_loop(z, y)}),
        Variant("minus-minimum", {"binary_cross_entropy_from_logits": lambda z, y: (np.sum(
            (1 - y) * z - np.minimum(z, 0) + np.log(1 + np.exp(-abs(z)))) / z.size)}),
    ),
)  # fmt: skip


def _logits_by_loop(z, y):
    total = 0.0
    for score, truth in zip(z.tolist(), y.tolist(), strict=True):
        total += max(score, 0.0) - score * truth + float(np.log1p(np.exp(-abs(score))))
    return total / len(z)


# --- logistic_gradients ---------------------------------------------------------------------------


def _fruit(rng, sizes, special=""):
    n, d = sizes["N"], sizes["D"]
    return Case(special, sizes, X=rng.normal(size=(n, d)), y=_labels(rng, n),
                w=rng.normal(size=d), b=float(rng.normal()))  # fmt: skip


def gradient_cases(rng):
    for _ in range(4):
        yield _fruit(rng, draw_sizes(rng, "ND"))
    yield _fruit(rng, {"N": 1, "D": 3}, "one fruit alone (N = 1)")
    yield _fruit(rng, {"N": 5, "D": 1}, "one feature (D = 1)")
    sure = _fruit(rng, {"N": 5, "D": 2}, "scores far from 0 (the sigmoid is all but 0 or 1)")
    far = np.array([900.0, -900.0, 2000.0, -1500.0, 800.0])[:, None]
    yield sure.but(X=sure.X + far * sure.w / (sure.w @ sure.w))
    soft = _fruit(rng, {"N": 4, "D": 2}, "truths between 0 and 1 (y = 0.3)")
    yield soft.but(y=np.array([0.3, 1.0, 0.0, 0.75]))
    yield from _forms(_fruit(rng, draw_sizes(rng, "ND")), rng, ("X", "w"))
    yield _fruit(rng, {"N": 3, "D": 3}, "as many fruits as features (N = D)")


DW, DB = "X.T @ too_sure / len(X)", "float(np.mean(too_sure))"
SURE = "too_sure = sigmoid(z) - y"


def _gradient_mistake(ident, says, thought="", edits=(), **more):
    return Mistake(ident, says, thought, edits=edits, **more)


LOGISTIC_GRADIENTS = Exercise(
    "logistic_gradients", LESSON, 4,
    outputs=(Output("dw", "the gradient dw"), Output("db", "the gradient db")),
    cases=gradient_cases,
    run=function_run("logistic_gradients", "X y w b", "dw db"),
    reference=REFERENCE,
    see="Probability minus truth",
    mistakes=(
        _gradient_mistake(
            "mean-missing", "The mean over the fruits is missing: `dw` and `db` are N times too "
            "large.",
            "The cost is a mean, so its gradient is a mean too: divide by N, once.",
            edits=((DW, "X.T @ too_sure"), (DB, "float(np.sum(too_sure))")), equivalent=(
            "times-N",),
        ),
        _gradient_mistake(
            "mean-missing-dw", "The mean over the fruits is missing in `dw`; in `db` it is there.",
            edits=((DW, "X.T @ too_sure"),), equivalent=("times-N",),
        ),
        _gradient_mistake(
            "mean-missing-db", "The mean over the fruits is missing in `db`; in `dw` it is there.",
            edits=((DB, "float(np.sum(too_sure))"),), equivalent=("times-N",),
        ),
        _gradient_mistake(
            "sigmoid-slope-again", "The slope of the sigmoid, p (1 - p), is multiplied in once too "
            "often.",
            "It is there, but the slope of the logarithm, 1 / (p (1 - p)), cancels it: that is why "
            "sigmoid and cross-entropy go so well together.",
            edits=((SURE, "p = sigmoid(z)\n    too_sure = (p - y) * p * (1 - p)"),),
        ),
        _gradient_mistake(
            "stops-at-probability", "That is the slope by the probability p; the way from p back "
            "to the score z is missing.",
            "(p - y) / (p (1 - p)) is right up to there. The sigmoid has a slope as well.",
            edits=((SURE, "p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)\n    "
                    "too_sure = (p - y) / (p * (1 - p))"),),
        ),
        _gradient_mistake(
            "sign", "Both gradients have the wrong sign: they point downhill.",
            "It is probability minus truth. Descent subtracts the gradient afterwards; turning the "
            "sign here as well makes it climb.",
            edits=((SURE, "too_sure = y - sigmoid(z)"),),
        ),
        _gradient_mistake(
            "score-for-probability", "The truth is subtracted from the score; the sigmoid is "
            "missing.",
            "That is the gradient of a straight line through the labels, up to a factor 2.",
            edits=((SURE, "too_sure = z - y"),),
        ),
        _gradient_mistake(
            "factor-two", "There is a factor 2 too much; it belonged to the square of lesson 04.",
            edits=((DW, "2 * X.T @ too_sure / len(X)"), (DB, "float(2 * np.mean(too_sure))")),
            equivalent=("times-2",),
        ),
        _gradient_mistake(
            "halved", "There is a factor 1/2 too much.",
            edits=((DW, "X.T @ too_sure / len(X) / 2"), (DB, "float(np.mean(too_sure) / 2)")),
            equivalent=("times-1-over-2",),
        ),
        _gradient_mistake(
            "averaged-twice", "The mean is taken twice: the gradients are divided by N squared.",
            edits=((SURE, "too_sure = (sigmoid(z) - y) / len(X)"),), equivalent=("times-1-over-N",),
        ),
        _gradient_mistake(
            "features-forgotten", "`dw` does not look at the features: each weight hears of a "
            "mistake in proportion to its own feature.",
            edits=((DW, "np.mean(too_sure) * np.ones(X.shape[1])"),),
        ),
        _gradient_mistake(
            "bias-missing", "The scores are made without `b`.",
            edits=((SURE, "too_sure = sigmoid(z - b) - y"),), equivalent=("ignores-b", "as-if-0-b"),
        ),
        _gradient_mistake(
            "truth-ignored", "The truth `y` does not enter.",
            edits=((SURE, "too_sure = sigmoid(z)"),), equivalent=("ignores-y",),
        ),
        _gradient_mistake(
            "yes-or-no", "The probability is rounded to yes or no before the truth is subtracted.",
            "That is an older rule (the perceptron's): it no longer knows how sure the guess was.",
            edits=((SURE, "too_sure = (z > 0) - y"),),
        ),
        _gradient_mistake(
            "db-not-summed", "`db` is one number for each fruit: the mean over them is missing.",
            "`b` goes into every score, so its gradient hears what every fruit says.",
            edits=((DB, "too_sure"),), equivalent=("unaveraged",),
        ),
        _gradient_mistake(
            "db-unsummed-divided", "`db` is one number for each fruit: they are not added up.",
            edits=((DB, "too_sure / len(X)"),), equivalent=("unsummed",),
        ),
        _gradient_mistake(
            "dw-not-summed", "`dw` has one row for each fruit: the mean over them is missing.",
            edits=((DW, "X * too_sure[:, None]"),), equivalent=("unaveraged",),
        ),
        _gradient_mistake(
            "divides-by-features", "The sum is divided by the number of features; it is a mean "
            "over the fruits.",
            edits=((DW, "X.T @ too_sure / X.shape[1]"), (DB, "float(np.sum(too_sure) / "
            "X.shape[1])")),
            equivalent=("times-N-over-D",),
        ),
        _gradient_mistake(
            "db-through-features", "`db` is added up over the features as well: `b` meets no "
            "feature.",
            edits=((DB, "float((X.T @ too_sure / len(X)).sum())"),),
        ),
        _gradient_mistake(
            "minus-one-labels", "The truth is taken as -1 and 1; here it is 0 and 1.",
            edits=((SURE, "too_sure = sigmoid(z) - (2 * y - 1)"),),
        ),
        _gradient_mistake(
            "sigmoid-twice", "The sigmoid is taken twice.", "A probability came out of it the first "
            "time; there is nothing to squeeze any more.",
            edits=((SURE, "too_sure = sigmoid(sigmoid(z)) - y"),),
        ),
        _gradient_mistake(
            "means-apart", "In `dw` the mean of each feature is multiplied by the mean of what it is "
            "too sure by; agreed was the mean of the products.",
            "First multiply fruit by fruit, then take the mean.",
            edits=((DW, "X.mean(axis=0) * np.mean(too_sure)"),),
        ),
        _gradient_mistake(
            "dw-of-features", "`dw` holds the slopes with respect to the features: too sure by, times "
            "weights. What is to be turned are the weights.",
            "Turn a weight up by 1: by how much does the score rise?",
            edits=((DW, "w * np.mean(too_sure)"),),
        ),
        _gradient_mistake(
            "tanh", "The score goes through tanh instead of the sigmoid.",
            edits=((SURE, "too_sure = np.tanh(z) - y"),),
        ),
        _gradient_mistake(
            "squared-error", "That is the gradient of the mean squared error of the probabilities.",
            "There the slope of the sigmoid stays, and learning stalls where it is sure and wrong.",
            edits=((SURE, "p = sigmoid(z)\n    too_sure = 2 * (p - y) * p * (1 - p)"),),
        ),
        Mistake(
            "nan-far-out", "For scores far from 0 it gives nan: infinity divided by infinity.",
            "exp(z) / (1 + exp(z)) overflows above and below the line; use your safe sigmoid.",
            functions={"logistic_gradients": lambda X, y, w, b: _gradients(
                X, y, w, b, lambda z: np.exp(z) / (1 + np.exp(z)))},
            equivalent=("fails-with-scores-far-from-0-the-sigmoid-is-all-but-0-or-1",),
        ),
    ),
    variants=(
        Variant("loops", {"logistic_gradients": lambda X, y, w, b: _gradients_by_loops(
            X, y, w, b)}),
        Variant("einsum", {"logistic_gradients": lambda X, y, w, b: (
            np.einsum("nd,n->d", X, logistic.sigmoid(X @ w + b) - y) / y.size,
            np.array((logistic.sigmoid(X @ w + b) - y).mean()))}),
        Variant("list-of-results", {"logistic_gradients": lambda X, y, w, b: [
            np.mean((logistic.sigmoid(X @ w + b) - y)[:, None] * X, axis=0).tolist(),
            sum(logistic.sigmoid(X @ w + b) - y) / len(y)]}),
        Variant("naive-sigmoid", {"logistic_gradients": lambda X, y, w, b: _gradients(
            X, y, w, b, _plain)}),
        Variant("bias-column", {"logistic_gradients": lambda X, y, w, b: (
            lambda A: (lambda g: (g[:-1], g[-1]))(
                (logistic.sigmoid(A @ np.append(w, b)) - y) @ A / len(X))
        )(np.column_stack([X, np.ones(len(X))]))}),
    ),
)  # fmt: skip


def _gradients(X, y, w, b, activation):
    difference = activation(X @ w + b) - y
    return difference @ X / len(y), difference.mean()


def _gradients_by_loops(X, y, w, b):
    dw, db = [0.0] * len(w), 0.0
    for row, truth in zip(X, y, strict=True):
        score = sum(float(x) * float(v) for x, v in zip(row, w, strict=True)) + b
        difference = float(0.5 * (1 + np.tanh(score / 2))) - truth
        for place, x in enumerate(row):
            dw[place] += difference * float(x) / len(X)
        db += difference / len(X)
    return dw, db


# --- fit_logistic ---------------------------------------------------------------------------------


def fit_cases(rng):
    def table(n, d, rate, steps, special=""):
        X = rng.normal(size=(n, d))
        y = _labels(rng, n)
        return Case(special, {"N": n, "D": d}, X=X, y=y, learning_rate=rate, steps=steps)

    for steps in (3, 5, 4):
        sizes = draw_sizes(rng, "ND", low=3)
        yield table(sizes["N"], sizes["D"], float(rng.uniform(0.2, 0.7)), steps)
    yield table(5, 2, 0.5, 0, "no steps at all (steps = 0)")
    yield table(5, 2, 0.5, 1, "a single step (steps = 1)")
    yield table(1, 3, 0.5, 4, "one fruit alone (N = 1)")
    yield from _forms(table(6, 2, 0.5, 3), rng, ("X",))
    yield table(24, 2, 0.5, 3, "many fruits (N = 24)")
    yield _leap(table(8, 2, 1.0, 1, "a very long step (to scores up to 11)"))


def _leap(case):
    """Three fruits stand there twice, as both kinds, and the one step leads to scores up to 11."""
    X, y = case.X.copy(), case.y.copy()
    X[3:6], y[3:6] = X[:3], 1 - y[:3]
    dw, db = logistic.logistic_gradients(X, y, np.zeros(2), 0.0)
    return case.but(X=X, y=y, learning_rate=round(11 / float(np.max(np.abs(X @ dw + db))), 2))


GRADIENT = "        dw, db = logistic_gradients(X, y, w, b)\n"

FIT_LOGISTIC = Exercise(
    "fit_logistic", LESSON, 4,
    outputs=(Output("w", "the weights w"), Output("b", "the number b"),
             Output("losses", "the list of losses")),
    cases=fit_cases,
    run=fit_run("fit_logistic", "X y learning_rate steps"),
    reference=REFERENCE,
    see="The line moves",
    mistakes=(
        *descent_slips(logistic.fit_logistic, "logistic_gradients(X, y, w, b)", "cost", "fruits"),
        Mistake("bias-climbs", "`w` goes downhill, but `b` goes uphill.",
                edits=((STEP_B, "b = b + learning_rate * db"),)),
        Mistake(
            "first-loss-missing", "The loss before the first step is missing from `losses`.",
            "`losses` has steps + 1 entries: the first tells where you started, and it is log 2.",
            edits=((FINISH, "return w, b, np.array(losses[1:])"),), equivalent=("first-missing",),
        ),
        Mistake(
            "last-loss-missing", "The loss after the last step is missing from `losses`.",
            "When the loss is written down before the step, one is left to write at the end.",
            edits=((FINISH, "return w, b, np.array(losses[:-1])"),), equivalent=("last-missing",),
        ),
        Mistake("only-last-loss", "`losses` holds only the last loss; asked for was the whole "
            "list.",
                edits=((FINISH, "return w, b, losses[-1]"),)),
        Mistake(
            "one-step-too-many", "One step too many is taken.",
            functions={"fit_logistic": lambda X, y, learning_rate, steps: logistic.fit_logistic(
                X, y, learning_rate, steps + 1)}, equivalent=("one-more-steps", "one-too-many"),
        ),
        Mistake(
            "one-step-too-few", "One step too few is taken.",
            functions={"fit_logistic": lambda X, y, learning_rate, steps: logistic.fit_logistic(
                X, y, learning_rate, max(steps - 1, 0))}, equivalent=("last-missing",),
        ),
        Mistake(
            "gradient-once", "The gradient is computed once, before the loop, and never again.",
            "After every step the probabilities are different, and so is the way downhill.",
            edits=((GRADIENT, "        dw, db = logistic_gradients(X, y, 0 * w, 0.0)\n"),),
        ),
        Mistake(
            "straight-line-gradient", "The steps follow a straight line through the labels: the "
            "sigmoid is missing in the gradient.",
            edits=((GRADIENT, "        r = X @ w + b - y\n        dw, db = X.T @ r / len(X), "
                    "r.mean()\n"),),
        ),
        Mistake(
            "gradient-of-lesson-04", "The steps follow a straight line through the labels: that is the "
            "gradient of lesson 04.",
            edits=((GRADIENT, "        r = 2 * (X @ w + b - y)\n        dw, db = X.T @ r / len(X), "
                    "r.mean()\n"),),
        ),
        Mistake(
            "scales-inside", "The features are standardized inside: the weights are those of other "
            "features than the ones that came in.",
            "Scaling is done before the call; here the table is taken as it comes.",
            edits=(("    w, b, losses = np.zeros", "    X = (X - X.mean(axis=0)) / np.where("
                    "X.std(axis=0) == 0, 1, X.std(axis=0))\n    w, b, losses = np.zeros"),),
        ),
        Mistake(
            "losses-of-probabilities", "For `losses` the sigmoid is taken twice: the cost of scores "
            "was handed probabilities.", "`binary_cross_entropy_from_logits` takes scores, and does "
            "the rest itself.",
            functions={"fit_logistic": lambda X, y, learning_rate, steps: _fit_plainly(
                X, y, learning_rate, steps, lambda z, y: _costs(_plain(z), y).mean())},
        ),
        Mistake(
            "losses-without-b", "For `losses` the scores are made without `b`.",
            functions={"fit_logistic": lambda X, y, learning_rate, steps: _fit_plainly(
                X, y, learning_rate, steps, of_b=0)},
        ),
        Mistake(
            "sigmoid-slope-again", "The slope of the sigmoid, p (1 - p), is multiplied into the "
            "gradient once too often.",
            edits=((GRADIENT, "        p = sigmoid(X @ w + b)\n        r = (p - y) * p * (1 - p)\n"
                    "        dw, db = X.T @ r / len(X), r.mean()\n"),),
        ),
        Mistake(
            "half-steps", "The steps are half as long as they should be.",
            edits=((STEP_W, "w = w - learning_rate * dw / 2"),
                   (STEP_B, "b = b - learning_rate * db / 2")),
            equivalent=("halves-learning_rate",),
        ),
        Mistake(
            "double-steps", "The steps are twice too long; the factor 2 belonged to lesson 04.",
            edits=((STEP_W, "w = w - learning_rate * dw * 2"),
                   (STEP_B, "b = b - learning_rate * db * 2")),
            equivalent=("doubles-learning_rate",),
        ),
        Mistake(
            "loss-of-zeros", "`losses` never changes: the loss is taken of the first guess each "
            "time.",
            edits=((FINISH, "return w, b, np.full(len(losses), losses[0])"),),
        ),
        Mistake(
            "squared-losses", "`losses` holds mean squared errors; agreed was the cross-entropy.",
            functions={"fit_logistic": lambda X, y, learning_rate, steps: _fit_plainly(
                X, y, learning_rate, steps, lambda z, y: np.mean((_plain(z) - y) ** 2))},
        ),
        Mistake(
            "summed-losses", "`losses` holds sums over the fruits; the cross-entropy is their "
            "mean.",
            edits=((FINISH, "return w, b, np.array(losses[:1] + [len(X) * v for v in losses[1:]])"),),
        ),
        Mistake(
            "one-fruit-a-step", "Each step looks at one fruit alone; agreed was all of them.",
            "That is stochastic descent, a fine method for later.",
            edits=((GRADIENT, "        k = len(losses) % len(X)\n        dw, db = "
                    "logistic_gradients(X[k:k + 1], y[k:k + 1], w, b)\n"),),
        ),
    ),
    variants=(
        Variant("bias-column", {"fit_logistic": lambda X, y, learning_rate, steps: (
            _fit_with_bias_column(X, y, learning_rate, steps))}),
        Variant("in-place-on-own", {"fit_logistic": lambda X, y, learning_rate, steps: (
            _fit_in_place(X, y, learning_rate, steps))}),
        Variant("clipped-losses", {"fit_logistic": lambda X, y, learning_rate, steps: (
            _fit_plainly(X, y, learning_rate, steps))}),
    ),
)  # fmt: skip


def _fit_with_bias_column(X, y, learning_rate, steps):
    A, theta = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    losses = []
    for step in range(steps + 1):
        z = A @ theta
        losses.append(np.mean(np.logaddexp(0, z) - z * y))
        if step < steps:
            theta = theta - learning_rate / len(X) * (A.T @ (logistic.sigmoid(z) - y))
    return theta[:-1], theta[-1:].reshape(()), losses


def _fit_in_place(X, y, learning_rate, steps):
    w, b, losses = [0.0] * X.shape[1], 0.0, np.zeros(steps + 1)
    for step in range(steps + 1):
        z = [float(np.dot(row, w)) + b for row in X]
        losses[step] = sum(np.logaddexp(0, s) - s * t for s, t in zip(z, y, strict=True)) / len(z)
        if step == steps:
            break
        wrong = [_plain(s) - t for s, t in zip(z, y, strict=True)]
        for d in range(len(w)):
            w[d] -= learning_rate * float(np.mean(np.multiply(wrong, X[:, d])))
        b -= learning_rate * sum(wrong) / len(wrong)
    return w, b, losses


def _clipped_loss(z, y):
    log_p, log_q = _safe_logs(_plain(z))
    return -np.mean(y * log_p + (1 - y) * log_q)


def _fit_plainly(X, y, learning_rate, steps, loss=_clipped_loss, of_b=1):
    """Descent with another loss in the list, whose first entry is given to the learner."""
    w, b = np.zeros(X.shape[1]), np.float64(0)
    losses = [_clipped_loss(X @ w, y)]
    for _ in range(steps):
        dw, db = logistic.logistic_gradients(X, y, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db
        losses.append(loss(X @ w + of_b * b, y))
    return [w, b, tuple(losses)]


EXERCISES = (SIGMOID, BINARY_CROSS_ENTROPY, BINARY_CROSS_ENTROPY_FROM_LOGITS, LOGISTIC_GRADIENTS,
             FIT_LOGISTIC)  # fmt: skip
