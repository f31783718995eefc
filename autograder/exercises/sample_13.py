"""Checks of lesson 13: drawing the next symbol. Every way of drawing is right that has the odds.

The answer is asked many times, each time with a generator of another seed, and its frequencies are
held against the exact probabilities: `_unlike` says what chance does not make of them. The known
mistakes carry their odds with them (`odds`), so that naming one needs no draws of its own.
"""

import numpy as np

from autograder.compare import read
from autograder.errors import LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.recurrent_13 import LESSON, bare
from autograder.machine import Ref, Rng
from autograder.solution import Known
from bplib import recurrent

DRAWS, MANY = 220, 1200  # where there are many, powers of 2 can be told from powers of e
SIGMAS = 5.2  # about one right answer in a million is doubted
CROWD = 40  # so many symbols, one of them likelier, that an index in stone is hardly that one
SURE = 1 - 1e-9  # that two draws are alike
COLD = "a very low temperature (the largest score always wins)"
BIG = "very large scores (up to 1000 either way)"


def _case(rng, logits, temperature, special="", draws=DRAWS, shuffled=True):
    logits = np.asarray(logits)
    logits = rng.permutation(logits) if shuffled else logits
    return Case(special, {"V": len(logits)}, ("logits", "temperature"), logits=logits,
                temperature=temperature, seed=int(rng.integers(10**8)), draws=draws)  # fmt: skip


def sample_cases(rng):
    """Scores of ordinary size at three temperatures, then the edges."""
    low, high = rng.uniform(-0.2, 0.2, 2)
    yield _case(rng, [0.5, 2.0 + low, 3.0], 1.0, draws=MANY)
    yield _case(rng, [-1.0, 0.0, 2.8 + high, 4.5, 6.2], 4.0)
    yield _case(rng, [0.0, 0.25, 0.5, 0.9 + low], 0.3)
    yield _case(rng, [-6.0, -5.0, -4.6, -4.0, -3.2 + high, -6.5], 1.5)
    yield _case(rng, 2.0 * (np.arange(CROWD) == 4), 1.0, shuffled=False)
    yield _case(rng, [1.0, 1.5, 0.2, -1.0], 0.01, COLD, 20)
    yield _case(rng, [100.0, -300.0, 99.9], 1e-9, COLD, 20)
    yield _case(rng, [1000.0, 999.0, -1000.0, 0.0], 1.0, BIG, 80)
    yield _case(rng, [-1000.0, -999.0, -998.5], 1.0, BIG, 80)
    yield _case(rng, [3.0, -2.0, 0.0, 1.0, 5.0], 1000.0, "a very high temperature", 80)
    yield _case(rng, [1.7], 0.8, "one symbol (V = 1)", 10)
    yield _case(rng, [2, -1, 1, 0], 1.0, "whole numbers (an array of int)", 80)
    yield _case(rng, np.float32([0.5, 2.0, -1.0]), 0.7, "single precision (float32)", 80)
    yield _case(rng, [6e-8, 0.0, 1e-8, -1e-8, -2e-8], 1e-9, COLD, 20)


def chances(logits, temperature):
    """softmax(logits / temperature), safe at any temperature."""
    weights = np.exp((logits - logits.max()) / float(temperature))
    return weights / weights.sum()


def _asked(solution, case, seeds):
    """One answer for each seed, in one message."""
    start = solution.reserve(len(seeds))
    args = [(case.logits, case.temperature, Rng(seed)) for seed in seeds]
    program = [("call", "sample_next", arg, {}) for arg in args]
    return solution.evaluate(start, program, [Ref(start + k) for k in range(len(seeds))])


def _index(answer, V):
    """The index that an answer stands for, or -1."""
    value = read(answer)
    if getattr(value, "size", 0) != 1 or value.dtype.kind == "b":
        return -1
    number = float(value.reshape(()))
    return int(number) if 0 <= number < V and number == int(number) else -1


def _known_odds(solution):
    """The odds of the reference or of a known mistake, and whether its draws can be had again.

    A learner's answer has to be tried: no odds.
    """
    if not isinstance(solution, Known):
        return None, True
    function = solution.machine.namespace.get("sample_next")
    if function is recurrent.sample_next:
        return chances, True
    return getattr(function, "odds", None), getattr(function, "repeats", True)


def _unlike(seen, odds, case):
    """The frequencies that chance does not make of ``odds``; all, when their mean score is off."""
    logits, draws = bare(case.logits).astype(float), case.draws
    slack = SIGMAS * np.sqrt(odds * (1 - odds) / draws) + 3.5 / draws
    wrong = np.abs(seen - odds) > np.where(odds < 1e-9, 1e-9, slack)
    if len(logits) == CROWD:
        return wrong
    possible = odds > 1e-9
    if not possible.any() or abs(seen.sum() - odds.sum()) > 1e-6:  # not an index each time
        return wrong
    mean = odds @ logits
    spread = np.sqrt(odds @ (logits - mean) ** 2 / draws)
    reach = np.ptp(logits[possible]) * 3.5 / draws
    return wrong | (abs(seen @ logits - mean) > SIGMAS * spread + reach + 1e-9)


def _enough(p, draws):
    """How many draws have to come twice before it is no chance (one in a thousand million)."""
    alike = p @ p  # how often two draws are
    return draws if alike > SURE else min(draws, max(15, int(-21 / np.log(alike))))


def _run(solution, case):
    if not case.temperature > 0:  # a hypothesis may ask; a draw has no answer to it
        raise LearnerError("ValueError", "temperature must be above 0")
    logits = bare(case.logits).astype(float)
    V, p = len(logits), chances(logits, case.temperature)
    odds, repeats = _known_odds(solution)
    if odds is not None:
        seen = p if odds is chances else _normal(odds(logits, case.temperature))
        whole, single, repeats = True, True, repeats or p @ p > SURE
        varies = bool(seen.max() < 0.999)
        stuck = int(seen.argmax())
    else:
        seeds = [case.seed + k for k in range(case.draws)]
        answers = _asked(solution, case, seeds)
        drawn = np.array([_index(answer, V) for answer in answers])
        twice = seeds[: _enough(p, case.draws)]
        again = [_index(answer, V) for answer in _asked(solution, case, twice)]
        seen = np.bincount(drawn[drawn >= 0], minlength=V) / case.draws
        whole, repeats = bool((drawn >= 0).all()), again == drawn[: len(twice)].tolist()
        varies = bool((drawn != drawn[0]).any())
        stuck = int(drawn[0])
        single = all(getattr(read(answer), "size", 0) == 1 for answer in answers)
    found = {"frequencies": seen, "index": whole, "single": single, "repeats": repeats}
    if V == CROWD:  # the likeliest against all the others; and which it is that comes every time
        best = int(p.argmax())
        return {"frequencies": np.array([seen[best], seen.sum() - seen[best]]), "varies": varies,
                "stuck": 0 if varies else 2 if stuck == best else 3}
    return found if case.special else {**found, "varies": varies}


def _normal(odds):
    """Odds as probabilities, none of them 0 for certain."""
    q = np.asarray(odds, float) + 1e-15
    return q / q.sum()


def _softmax(logits, temperature=1.0):
    z = np.asarray(logits, float) / temperature
    e = np.exp(z - z.max())
    return e / e.sum()


def _draw(p, rng):
    return int(np.searchsorted(np.cumsum(p)[:-1], rng.random(), side="right"))


def _by(chances_of):
    """A draw by other odds than the right ones."""
    def sample_next(logits, temperature, rng):
        return _draw(_normal(chances_of(np.asarray(logits, float), temperature)), rng)

    sample_next.odds = chances_of
    return {"sample_next": sample_next}


def _then(change):
    """The right draw, handed back in another way."""
    return {"sample_next": lambda logits, temperature, rng: change(
        recurrent.sample_next(logits, temperature, rng), np.asarray(logits, float), temperature)}


def _one_behind(logits, temperature):
    p = _softmax(logits, temperature)
    behind = np.append(0.0, p[:-1])
    behind[-1] += p[-1]
    return behind


def _naive(logits, temperature, rng):
    with np.errstate(all="ignore"):
        e = np.exp(np.asarray(logits, float) / temperature)
        return int(rng.choice(len(e), p=e / e.sum()))


def _overflowing(logits, temperature, rng):
    with np.errstate(all="ignore"):
        e = np.exp(np.asarray(logits, float) / temperature)
        return int(np.sum(np.cumsum(e / e.sum()) < rng.random()))


def _writes(logits, temperature, rng):
    if logits.dtype.kind == "f":
        logits -= logits.max()
    return recurrent.sample_next(logits, temperature, rng)


_writes.odds = chances  # it draws as it should: no odds are to be explained by it


def _shared(logits, temperature, rng):
    return int(np.random.choice(len(logits), p=chances(np.asarray(logits, float), temperature)))


_shared.odds, _shared.repeats = chances, False


def _gumbel(logits, temperature, rng):
    noise = rng.gumbel(size=len(logits))
    return np.argmax((np.asarray(logits, float) - np.max(logits)) / temperature + noise)


SAMPLE = Exercise(
    "sample_next", LESSON, 2,
    outputs=(Output("frequencies", "how often each index comes up", rtol=1e-9, unlike=_unlike),
             Output("single", "one index and not several numbers", rtol=1e-9, weight=0.1),
             Output("index", "a whole number from 0 to V - 1", rtol=1e-9, weight=0.1),
             Output("repeats", "the same draw for the same generator", rtol=1e-9, weight=0.1),
             Output("varies", "another draw for another generator", rtol=1e-9, weight=0.1),
             Output("stuck", "no index comes every time (0: none, 2: the likeliest, 3: another)",
                    rtol=1e-9, weight=0.0)),
    cases=sample_cases,
    run=_run,
    reference={"sample_next": recurrent.sample_next},
    see="Inventing a name",
    mistakes=(
        Mistake("temperature-ignored", "The temperature makes no difference: the draw is right for "
                "temperature 1.", "Dividing *probabilities* by a number and normalising again "
                "leaves them as they were; the scores are what is divided.",
                functions=_by(lambda z, t: _softmax(z)), equivalent=("as-if-1-temperature",)),
        Mistake("temperature-multiplied", "The scores are multiplied by the temperature: the higher "
                "it is, the surer the draw. It should be the other way round.",
                functions=_by(lambda z, t: _softmax(z * t))),
        Mistake("temperature-squared", "The scores are divided by the temperature twice.",
                functions=_by(lambda z, t: _softmax(z / t**2)),
                equivalent=("squares-temperature",)),
        Mistake("temperature-floored", "Below some limit the temperature makes no difference any more: "
                "it is kept from being small, or a little is added to it.",
                "What is meant against dividing by 0 is not needed here: a temperature is above 0.",
                functions=_by(lambda z, t: _softmax(z, max(t, 1e-3)))),
        # Before the largest, which is often the index that comes every time.
        Mistake("own-generator", "The generator `rng` is not used: the same index comes every time.",
                "A generator made inside from a fixed seed starts anew with each call.",
                functions={"sample_next": lambda z, t, rng: recurrent.sample_next(
                    z, t, np.random.default_rng(34))}),
        Mistake("always-the-largest", "The largest score always wins; a draw also gives the others "
                "their chance.", "argmax is what is left at temperature 0.",
                functions=_by(lambda z, t: z == z.max())),
        Mistake("other-base", "The shares go by powers of 2; softmax takes powers of e.",
                "`np.exp2` and `2 **` grow more slowly than `np.exp`: the draw comes out bolder.",
                functions=_by(lambda z, t: _softmax(z * np.log(2), t))),
        Mistake("all-alike", "Every index is equally likely: the scores are not used.",
                functions=_by(lambda z, t: np.ones(len(z)))),
        Mistake("scores-turned", "Small scores are the likely ones: a sign is turned.",
                functions=_by(lambda z, t: _softmax(-z, t)), equivalent=("negates-logits",)),
        Mistake("no-exponential", "The scores themselves, moved to be positive, are taken for "
                "probabilities: the exponential is missing.",
                functions=_by(lambda z, t: z - z.min() + 1e-3)),
        Mistake("absolute-scores", "The scores' sizes are taken for probabilities: the exponential "
                "is missing.", functions=_by(lambda z, t: np.abs(z / t) + 1e-9)),
        Mistake("sigmoids", "Each score went through a sigmoid of its own; softmax shares one sum.",
                functions=_by(lambda z, t: 1 / (1 + np.exp(-np.clip(z / t, -30, 700))))),
        Mistake("global-generator", "The generator `rng` is not used: the same one gives another "
                "draw each time.", "np.random draws from a generator that everybody shares.",
                functions={"sample_next": _shared}),
        Mistake("overflows", "Large scores, or a low temperature, overflow: exp(1000) is infinite, "
                "and infinity divided by infinity is no number.",
                "Softmax stays the same when one number is subtracted from all scores.",
                functions={"sample_next": _naive}),
        Mistake("overflows-silently", "Large scores, or a low temperature, overflow and the draw "
                "always ends at the same index.", "Softmax stays the same when one number is "
                "subtracted from all scores.", functions={"sample_next": _overflowing}),
        # Before indices that are out of range now and then, as scores are too.
        Mistake("score-for-index", "What comes back is a score or a probability; agreed was the "
                "index at which it stands.", functions=_then(lambda i, z, t: float(z[i]))),
        Mistake("one-too-many", "The indices count from 1; they count from 0.",
                functions=_then(lambda i, z, t: i + 1)),
        Mistake("one-off", "The index is one beside the one drawn.",
                functions=_by(lambda z, t: np.roll(_softmax(z, t), 1))),
        Mistake("one-off-but-the-last", "The index is one behind the one drawn, and the last one "
                "stands for two.", "`searchsorted` gives the index itself: nothing is to be added.",
                functions=_by(_one_behind)),
        Mistake("not-normalised", "The exponentials are not divided by their sum: a number from 0 to "
                "1 then always falls among the first of them.",
                functions=_by(lambda z, t: np.diff(np.minimum(np.cumsum(
                    np.exp((z - z.max()) / t)), 1), prepend=0))),
        Mistake("never-the-last", "The last index never comes up.",
                functions=_by(lambda z, t: _softmax(z, t) * (np.arange(len(z)) < max(1, len(z) - 1)))),
        Mistake("never-the-first", "The first index never comes up.",
                functions=_by(lambda z, t: _softmax(z, t) * (np.arange(len(z)) >= min(1, len(z) - 1)))),
        Mistake("two-best-only", "Only the two largest scores have a chance.",
                functions=_by(lambda z, t: _softmax(z, t) * (z >= np.sort(z)[-2:][0]))),
        Mistake("sorted", "The scores are sorted first, and the index belongs to the sorted list.",
                functions=_by(lambda z, t: _softmax(np.sort(z)[::-1], t))),
        Mistake("sorted-upwards", "The scores are sorted first, and the index belongs to the sorted "
                "list.",
                functions=_by(lambda z, t: _softmax(np.sort(z), t))),
        Mistake("several-numbers", "What comes back is a row of numbers; agreed was one index.",
                "Probabilities are the odds, not the draw: one index is still to be drawn.",
                functions=_then(lambda i, z, t: np.eye(max(2, len(z)))[i])),
        Mistake("logits-written-into", "Your function changes its input `logits`; the next draw "
                "gets spoilt ones.", "`logits -= logits.max()` writes into the caller's own array.",
                functions={"sample_next": _writes}, equivalent=("input-mutated",)),
    ),
    variants=(
        Variant("library", {"sample_next": lambda *args: recurrent.sample_next(*args)}),
        Variant("gumbel", {"sample_next": _gumbel}),
        Variant("cumulated", {"sample_next": lambda z, t, rng: np.sum(
            np.cumsum(_softmax(z - np.max(z), t))[:-1] < rng.random())}),
        Variant("searched", {"sample_next": lambda z, t, rng: np.array(_draw(
            _softmax(np.asarray(z, float) - max(z), t), rng))}),
        Variant("multinomial", {"sample_next": lambda z, t, rng: int(np.argmax(rng.multinomial(
            1, chances(np.asarray(z, float), t))))}),
        Variant("one-in-a-row", {"sample_next": lambda z, t, rng: rng.choice(
            len(z), size=1, p=chances(np.asarray(z, float), t))}),
        Variant("exponentials", {"sample_next": lambda z, t, rng: int(np.argmin(
            np.log(rng.exponential(size=len(z))) - (np.asarray(z, float) - max(z)) / t))}),
    ),
)  # fmt: skip
