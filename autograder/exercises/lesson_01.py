"""Checks of lesson 01: the better of two neighbours, and a machine that walks to the recipe."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.formulas import Formula, plain, written
from bplib import guessing

LESSON = "01_guess_and_check"
REFERENCE = {name: getattr(guessing, name) for name in ("better_guess", "guess_and_check")}

EQUAL = "a neighbour that is only just as good (the guess stays)"
BOTH = "both neighbours better by the same amount (either will do)"
BELOW_ZERO = "errors below zero"
HUGE = "very large errors"
WHOLE = "whole numbers (int)"
ZERO = "a guess of 0"
TINY = "a very small step"

# --- errors that a guess can have ---------------------------------------------------------------


def _square(target):
    return Formula(f"(guess - {written(target)})**2", "guess")


def _distance(target):
    return Formula(f"abs(guess - {written(target)})", "guess")


def _steep(target):
    return Formula(f"3 * (guess - {written(target)})**4", "guess")


def _two_valleys(left, right):
    return Formula(f"(guess - {written(left)})**2 * (guess - {written(right)})**2", "guess")


def _flat_above(edge):
    return Formula(f"max({written(edge)} - guess, 0)", "guess")


def _flat_below(edge):
    return Formula(f"max(guess - {written(edge)}, 0)", "guess")


def _flat(anywhere):
    return Formula("7 + 0 * guess", "guess")


def _start(rng):
    """A guess and a step that floating point holds exactly, so that ties are ties."""
    guess = float(rng.integers(-12, 13)) / 2 or 1.5
    return guess, float(rng.choice([0.5, 1.0, 2.0, 4.0]))


# --- better_guess -------------------------------------------------------------------------------


def better_cases(rng):
    shapes = [_square, _distance, _steep]
    guess = float(rng.integers(2, 6))
    yield Case(error=_square(guess + int(rng.integers(3, 6))), guess=guess, step=1.0)
    # where the target lies, in steps from the guess: far left, near on both sides, hardly off
    for away in (-3.3, 0.7, -0.8, 0.2, 5.6, -0.3):
        guess, step = _start(rng)
        shape = shapes[int(rng.integers(3))]
        yield Case(error=shape(guess + away * step), guess=guess, step=step)
    for side in (1, -1, 1, -1):  # better on both sides, and better on one than on the other
        guess, step = _start(rng)
        valleys = sorted((guess - side * 1.5 * step, guess + side * 1.2 * step))
        yield Case(error=_two_valleys(*valleys), guess=guess, step=step)
    yield from _better_special(rng)


def _better_special(rng):
    for number, away in enumerate((-0.5, 0.5, 0.5, -0.5, 0.0)):
        guess, step = float(3 * number + rng.integers(1, 4)), float(rng.choice([0.5, 1.0, 2.0]))
        shape = (_flat_above, _flat_below, _distance, _distance, _flat)[number]
        yield Case(EQUAL, error=shape(guess + away * step), guess=guess, step=step)
    guess, step = _start(rng)
    yield Case(BOTH, error=Formula(f"9 - (guess - {written(guess)})**2", "guess"), guess=guess,
               step=step)  # fmt: skip
    for away in (2.6, -2.6):
        guess, step = _start(rng)
        below = Formula(f"abs(guess - {written(guess + away * step)}) - 1000", "guess")
        yield Case(BELOW_ZERO, error=below, guess=guess, step=step)
        huge = Formula(f"10**9 + 10**7 * abs(guess - {written(guess - away * step)})", "guess")
        yield Case(HUGE, error=huge, guess=guess, step=step)
        whole = int(rng.integers(1, 9))
        yield Case(WHOLE, error=_square(whole + (9 if away > 0 else -9)), guess=whole, step=2)
        yield Case(ZERO, error=_distance(away * step), guess=0.0, step=step)
        guess = 3.25 + 2.0**-10  # errors that rounding would make equal
        yield Case(TINY, error=_square(guess + away / 4 * 2.0**-10), guess=guess, step=2.0**-10)


def run_better(solution, case):
    """The guess; where both neighbours are as good as each other, the left one stands for both."""
    result = solution.call("better_guess", plain(case.error), case.guess, case.step)
    left, right = case.guess - case.step, case.guess + case.step
    came = read(result)
    if case.special == BOTH and not isinstance(came, Unreadable) and came.shape == () and (
        abs(float(came) - right) < 1e-9 * max(1.0, abs(right))
    ):
        result = left
    return {"result": result}


COMPARE = "if wrong_by < smallest:"
SIDES = "(guess - step, guess + step)"
BEGIN = "best, smallest = guess, error(guess)"
TAKE = "best, smallest = neighbour, wrong_by"


def _first_better(error, guess, step):
    if error(guess - step) < error(guess):
        return guess - step
    return guess + step if error(guess + step) < error(guess) else guess


def _last_better(error, guess, step):
    if error(guess + step) < error(guess):
        return guess + step
    return guess - step if error(guess - step) < error(guess) else guess


def _less(error, guess, step):
    """The smaller guess where it is better: what the given lines find."""
    return guess - step if error(guess - step) < error(guess) else guess


def _walks_on(error, guess, step):
    for _ in range(1000):
        new = guessing.better_guess(error, guess, step)
        if new == guess:
            break
        guess = new
    return guess


def _nearer_to_zero(error, guess, step):
    return min((guess, guess - step, guess + step), key=lambda g: abs(error(g)))


def _place(*sides):
    """Where the winner stands in a list of the guess and its neighbours."""
    def better_guess(error, guess, step):
        errors = [error(guess + side * step) for side in sides]
        return errors.index(min(errors))

    return better_guess


BETTER_GUESS = Exercise(
    "better_guess", LESSON, 2,
    outputs=(Output("result", "the better guess"),),
    cases=better_cases,
    run=run_better,
    reference=REFERENCE,
    see="Three jugs on the table",
    mistakes=(
        Mistake(
            "ties-move", "Your machine moves even when the new jug is only just as good.",
            "`<=` says yes to two equal errors as well. The rule is: move only for something "
            "better.",
            edits=((COMPARE, "if wrong_by <= smallest:"),),
        ),
        Mistake(
            "tie-goes-down", "When the smaller guess is only just as good, your machine takes it.",
            "Whoever stands first in a list wins a draw. Who should win a draw here?",
            functions={"better_guess": lambda error, guess, step: min(
                (guess - step, guess, guess + step), key=error)},
        ),
        Mistake(
            "tie-goes-up", "When the larger guess is only just as good, your machine takes it.",
            "Whoever stands first in a list wins a draw. Who should win a draw here?",
            functions={"better_guess": lambda error, guess, step: min(
                (guess + step, guess, guess - step), key=error)},
        ),
        Mistake(
            "takes-the-worst", "Your machine takes the guess with the biggest error, not the "
            "smallest.",
            "The error says how bad a guess is, so less is better. The comparison looks the wrong "
            "way.",
            edits=((COMPARE, "if wrong_by > smallest:"),),
        ),
        Mistake(
            "returns-error", "You give back the error. Wanted is the guess that has this error.",
            "The error tells you who wins; what the machine needs to go on is the winner itself.",
            edits=(("return best", "return smallest"),),
        ),
        Mistake(
            "only-more", "Only the larger guess is tried; the smaller one never gets a chance.",
            "Sometimes there is too much sugar already. Then the better jug is on the other side.",
            edits=((SIDES, "(guess + step,)"),),
        ),
        Mistake(
            "only-less", "Only the smaller guess is ever taken; the larger one never gets a chance.",
            "Is there a second `if`, with a plus in both its lines? (And a single `=` takes the guess; "
            "`==` only asks.)",
            edits=((SIDES, "(guess - step,)"),),
        ),
        Mistake(
            "always-moves", "Your machine always moves, even when the guess it has is the best of "
            "the three.",
            "You compared the two neighbours with each other. The old guess is in the race too.",
            functions={"better_guess": lambda error, guess, step: min(
                (guess - step, guess + step), key=error)},
        ),
        Mistake(
            "first-better", "Your machine takes the smaller guess as soon as it is better, and "
            "never finds out that the larger one is better still.",
            "Both neighbours can be better than the guess. Then the best of them should win.",
            functions={"better_guess": _first_better},
        ),
        Mistake(
            "last-better", "Your machine takes the larger guess as soon as it is better, even when "
            "the smaller one is better still.",
            "Both neighbours can be better than the guess. After you moved to the first, the "
            "second must beat that one, not the old guess.",
            functions={"better_guess": _last_better},
        ),
        Mistake(
            "more-when-worse", "Your machine goes to the larger guess when that is *worse*.",
            "`<` means: is smaller than. A small error is a good one.",
            functions={"better_guess": lambda error, guess, step: (
                guess + step if error(guess + step) > min(error(guess), error(guess - step))
                else _less(error, guess, step))},
        ),
        Mistake(
            "more-without-asking", "Where the smaller guess is no better, your machine takes the larger "
            "one without tasting it.", "The larger one needs an `if` of its own.",
            functions={"better_guess": lambda error, guess, step: (
                guess - step if error(guess - step) < error(guess) else guess + step)},
        ),
        Mistake(
            "step-of-1", "The larger guess is 1 more, and should be `step` more.",
            "In the example the step was 1. It may be 0.5, or 2.",
            functions={"better_guess": lambda error, guess, step: (
                guess + 1 if error(guess + 1) < error(_less(error, guess, step))
                else _less(error, guess, step))},
        ),
        Mistake(
            "return-in-if", "When the larger guess is not better, nothing comes back at all: the "
            "`return` belongs to the `if`.",
            "The line with `return` must begin as far to the left as the `if` above it.",
            functions={"better_guess": lambda error, guess, step: (
                guess + step if error(guess + step) < error(_less(error, guess, step)) else None)},
        ),
        Mistake(
            "more-turned-round", "When the larger guess is better, your machine takes the smaller "
            "one.",
            "Each side has its own answer: the plus you asked about must be the plus you go to.",
            functions={"better_guess": lambda error, guess, step: (
                guess - step if min(error(guess - step), error(guess + step)) < error(guess)
                else guess)},
        ),
        Mistake(
            "less-turned-round", "When the smaller guess is better, your machine takes the larger "
            "one.",
            "Each side has its own answer: the minus you asked about must be the minus you go to.",
            functions={"better_guess": lambda error, guess, step: (
                guess + step if min(error(guess - step), error(guess + step)) < error(guess)
                else guess)},
        ),
        Mistake(
            "less-inside-more", "The smaller guess is tried only when the larger one was better.",
            "Look at how far in your second `if` stands: inside the first, it is asked only when "
            "the first says yes.",
            functions={"better_guess": lambda error, guess, step: (
                guessing.better_guess(error, guess, step) if error(guess + step) < error(guess)
                else guess)},
        ),
        Mistake(
            "more-inside-less", "The larger guess is tried only when the smaller one was better.",
            "Look at how far in your second `if` stands: inside the first, it is asked only when "
            "the first says yes.",
            functions={"better_guess": lambda error, guess, step: (
                guessing.better_guess(error, guess, step) if error(guess - step) < error(guess)
                else guess)},
        ),
        Mistake(
            "loser-of-neighbours", "When there is something better, your machine moves to the "
            "wrong side.",
            "Look at what you give back for each answer of the comparison: have plus and minus "
            "changed places?",
            edits=((TAKE, "best, smallest = 2 * guess - neighbour, wrong_by"),),
        ),
        Mistake(
            "returns-step", "You give back how far to move. Wanted is the place where you arrive.",
            edits=(("return best", "return best - guess"),),
        ),
        *(Mistake(
            name, "You give back which of the three won: 0, 1 or 2. Wanted is the winner itself.",
            "`argmin` and `index` tell the place in a list. The list still has to be asked for what "
            "stands there.",
            functions={"better_guess": _place(*sides)}, equivalent=("returns-place",),
        ) for name, sides in (("returns-place", (-1, 0, 1)), ("returns-place-of-mine", (0, -1, 1)))),
        Mistake(
            "never-moves", "Your machine always stays at its old guess.",
            "Making a better guess is not enough: it also has to be given back with `return`.",
            edits=(("return best", "return guess"),), equivalent=("returns-guess",),
        ),
        Mistake(
            "always-more", "Your machine always takes the larger guess and never looks at the "
            "error.",
            functions={"better_guess": lambda error, guess, step: guess + step},
        ),
        Mistake(
            "always-less", "Your machine always takes the smaller guess and never looks at the "
            "error.",
            functions={"better_guess": lambda error, guess, step: guess - step},
        ),
        Mistake(
            "walks-on", "Your machine walks on until nothing gets better. Wanted is one step only.",
            "This is one try; the walking comes in the next task.",
            functions={"better_guess": _walks_on},
        ),
        Mistake(
            "smallest-starts-at-0", "Nothing ever beats the error 0 that you start with.",
            "The number to beat is the error of the guess you have, not 0.",
            edits=((BEGIN, "best, smallest = guess, 0"),),
        ),
        Mistake(
            "nearest-to-zero", "You look for the error nearest to 0. An error below 0 is smaller "
            "still, and here smaller is better.",
            functions={"better_guess": _nearer_to_zero},
        ),
        Mistake(
            "step-not-used", "Your machine always moves by 1; it should move by `step`.",
            edits=((SIDES, "(guess - 1, guess + 1)"),), equivalent=("as-if-1-step",),
        ),
        Mistake(
            "step-times-guess", "The neighbours are made by multiplying and dividing; they should "
            "be one step below and one step above.",
            edits=((SIDES, "(guess / step, guess * step)"),),
        ),
        Mistake(
            "returns-all-three", "You give back three guesses; wanted is the best one alone.",
            functions={"better_guess": lambda error, guess, step: [
                guess - step, guess, guess + step]},
        ),
        Mistake(
            "returns-guess-and-error", "You give back the guess together with its error; wanted is "
            "the guess alone.",
            edits=(("return best", "return best, smallest"),),
        ),
    ),
    variants=(
        Variant("min-by-error", {"better_guess": lambda error, guess, step: min(
            [guess, guess - step, guess + step], key=error)}),
        Variant("three-errors", {"better_guess": lambda error, guess, step: (
            _three_errors(error, guess, step))}),
        Variant("larger-first", {"better_guess": lambda error, guess, step: np.float64(min(
            [guess, guess + step, guess - step], key=lambda g: float(error(g))))}),
        Variant("argmin", {"better_guess": lambda error, guess, step: (
            lambda three: three[int(np.argmin([error(g) for g in three]))])(
                np.array([guess, guess + step, guess - step]))}),
    ),
)  # fmt: skip


def _three_errors(error, guess, step):
    here, less, more = error(guess), error(guess - step), error(guess + step)
    if less < here and less <= more:
        return guess - step
    if more < here:
        return guess + step
    return guess


# --- guess_and_check ----------------------------------------------------------------------------


def walk_cases(rng):
    start = float(rng.integers(0, 3))
    target = start + float(rng.choice([1.3, 1.6, 2.3]))
    yield Case(error=_distance(target), guess=start, step=1.0, tries=5)
    tries, steps = rng.permutation([6, 8, 9, 11]), rng.permutation([0.5, 2.0, 4.0, 8.0])
    shapes = (_square, _distance, _steep, _square)
    for count, step, away, shape in zip(tries, steps, (-2.3, 1.7, 0.3, -0.3), shapes, strict=True):
        guess, step = _start(rng)[0], float(step)
        yield Case(error=shape(guess + away * step), guess=guess, step=step, tries=int(count))
    guess, step = _start(rng)  # a second valley, four steps away, that a smaller step cannot find
    valleys = _two_valleys(guess + 0.3 * step, guess + 4 * step)
    yield Case(error=valleys, guess=guess, step=step, tries=7)
    yield from _walk_special(rng)


def _walk_special(rng):
    guess, step = _start(rng)
    yield Case("no tries at all (tries = 0)", error=_square(guess + 5), guess=guess, step=step,
               tries=0)  # fmt: skip
    yield Case("one try", error=_square(guess + 5 * step), guess=guess, step=step, tries=1)
    yield Case("one try", error=_square(guess), guess=guess, step=step, tries=1)
    yield Case(EQUAL, error=_flat(guess), guess=guess, step=step, tries=4)
    yield Case(EQUAL, error=_flat_above(guess + 1.5 * step), guess=guess, step=step, tries=6)
    yield Case(EQUAL, error=_flat_below(guess - 1.5 * step), guess=guess, step=step, tries=6)
    below = Formula(f"(guess - {written(guess + 1.7 * step)})**2 - 1000", "guess")
    yield Case(BELOW_ZERO, error=below, guess=guess, step=step, tries=7)
    whole = int(rng.integers(1, 5))
    yield Case(WHOLE, error=_square(whole + 13.3), guess=whole, step=4, tries=8)
    yield Case(ZERO, error=_square(-1.3 * step), guess=0.0, step=step, tries=7)
    yield Case(TINY, error=_square(3.25 + 5.3 * 2.0**-10), guess=3.25, step=2.0**-10, tries=8)


def run_walk(solution, case):
    answer = solution.call(
        "guess_and_check", plain(case.error), case.guess, case.step, case.tries
    )
    return {"guesses": answer}


HALVE = "            step = step / 2"
WHEN = "if guesses[-1] == guesses[-2]:"
MOVE = "guesses.append(better_guess(error, guesses[-1], step))"
BOUNDS = 'range(check_count(tries, "tries"))'


def _walk(error, guess, step, tries, halve=lambda step: step / 2, keep=True, stop=False):
    """The right walk with a place or two where it can go wrong."""
    guesses, now = [guess], guess
    for _ in range(tries):
        new = min([now, now - step, now + step], key=error)
        if new == now:
            step = halve(step)
            if stop:
                break
            if not keep:
                continue
        now = new
        guesses.append(now)
    return guesses


def _stops_when_perfect(error, guess, step, tries):
    guesses = guessing.guess_and_check(error, guess, step, tries)
    perfect = [place for place, one in enumerate(guesses) if place and error(one) == 0]
    return guesses[:perfect[0] + 1] if perfect else guesses


def _halved_at_once(error, guess, step, tries):
    guesses = [guess]
    for _ in range(tries):
        new = guessing.better_guess(error, guesses[-1], step)
        if new == guesses[-1]:
            step = step / 2
            new = guessing.better_guess(error, guesses[-1], step)
        guesses.append(new)
    return guesses


def _step_comes_back(error, guess, step, tries):
    guesses, now = [guess], step
    for _ in range(tries):
        guesses.append(guessing.better_guess(error, guesses[-1], now))
        now = now / 2 if guesses[-1] == guesses[-2] else step
    return guesses


def _walker(**how):
    return {"guess_and_check": lambda error, guess, step, tries: (
        _walk(error, guess, step, tries, **how))}


GUESS_AND_CHECK = Exercise(
    "guess_and_check", LESSON, 3,
    outputs=(Output("guesses", "the list of guesses"),),
    cases=walk_cases,
    run=run_walk,
    reference=REFERENCE,
    uses=("better_guess",),
    see="Smaller and smaller steps",
    mistakes=(
        Mistake(
            "start-missing", "The guess that it started from is missing at the front of your list.",
            "The path begins where the walk begins, before the first try.",
            edits=(("return guesses", "return guesses[1:]"),),
        ),
        *(Mistake(
            f"path-begins-with-{name}", f"Your path begins with {words}; it should begin with the guess "
            "that the machine starts from.", "Under which name were you given it?",
            functions={"guess_and_check": lambda error, guess, step, tries, first=first: [
                step if first is None else first,
                *guessing.guess_and_check(error, guess, step, tries)[1:]]},
        ) for name, words, first in (("0", "0", 0), ("5", "5", 5), ("step", "the step", None))),
        Mistake(
            "return-in-loop", "Your machine stops after one try: the `return` stands inside the loop.",
            "The line with `return` must begin as far to the left as the `for` above it.",
            functions={"guess_and_check": lambda error, guess, step, tries: (
                guessing.guess_and_check(error, guess, step, 1) if tries else None)},
        ),
        Mistake(
            "append-outside-loop", "Your list has two guesses, the first and the last: the line that "
            "writes a guess down stands outside the loop.",
            "A line that belongs to the loop begins further to the right than the `for`.",
            functions={"guess_and_check": lambda error, guess, step, tries: [
                guess, guessing.guess_and_check(error, guess, step, tries)[-1]]},
        ),
        Mistake(
            "errors-listed", "Your list holds the errors (after the start); wanted are the guesses.",
            functions={"guess_and_check": lambda error, guess, step, tries: [
                guess, *map(error, guessing.guess_and_check(error, guess, step, tries)[1:])]},
        ),
        Mistake(
            "half-for-ever", "When nothing better is found the step becomes 0.5, and stays so; it "
            "should become half of what it was.",
            "Half of the step is `step / 2`: half of 1 is 0.5, half of 0.5 is 0.25.",
            functions=_walker(halve=lambda step: 0.5),
        ),
        Mistake(
            "one-try-too-few", "Your machine makes one try too few.",
            "For `tries` tries the list has `tries + 1` guesses: the start does not count as a "
            "try.",
            edits=((BOUNDS, "range(max(tries - 1, 0))"),), equivalent=("one-less-tries",),
        ),
        Mistake(
            "one-try-too-many", "Your machine makes one try too many.",
            edits=((BOUNDS, "range(tries + 1)"),), equivalent=("one-more-tries",),
        ),
        Mistake(
            "never-halved", "The step never gets smaller, so your machine gets stuck near the "
            "goal.",
            "A new step has to be put into `step`: `step / 2` alone works it out and forgets it, and "
            "`==` only asks whether two things are the same.",
            edits=((HALVE, "            pass"),),
        ),
        Mistake(
            "half-of-the-place", "The new step is half of where the machine stands; it should be half "
            "of the step.",
            "`step` says how far the machine reaches, `new` says where it is.",
            edits=((HALVE, "            step = abs(guesses[-1] / 2) or step"),),
        ),
        Mistake(
            "halved-every-try", "The step is halved after every try; it should be halved only when "
            "nothing better was found.",
            "While things get better the step is a good one. Halved each time, it runs out before "
            "the machine arrives.",
            edits=((WHEN, "if True:"),),
        ),
        Mistake(
            "halved-when-better", "The step is halved when the machine moved; it should be halved "
            "when it did not.",
            "Two guesses in a row that are the same mean: this step is too big to help.",
            edits=((WHEN, "if guesses[-1] != guesses[-2]:"),),
        ),
        Mistake(
            "halved-too-early", "The step is already halved before the first try.",
            edits=(("guesses = [guess]", "guesses, step = [guess], step / 2"),),
            equivalent=("halves-step",),
        ),
        Mistake(
            "halved-at-once", "After a try that found nothing you try again with half the step and "
            "count both as one. The smaller step belongs to the next try.",
            "A try that finds nothing is a try too: the same guess goes into the list again.",
            functions={"guess_and_check": _halved_at_once},
        ),
        Mistake(
            "step-comes-back", "After a move, your step jumps back to its first size.",
            "Once halved, the step stays small: the goal is close by now.",
            functions={"guess_and_check": _step_comes_back},
        ),
        Mistake(
            "doubled", "The step is doubled where it should be halved.",
            edits=((HALVE, "            step = step * 2"),),
        ),
        Mistake(
            "quartered", "The step gets four times smaller; it should get two times smaller.",
            edits=((HALVE, "            step = step / 4"),),
        ),
        Mistake(
            "one-less", "The step gets smaller by 1; it should get two times smaller.",
            functions=_walker(halve=lambda step: step - 1),
        ),
        Mistake(
            "halved-to-whole", "The half of the step has lost what stands behind the point: half "
            "of 1 became 0.",
            "`//` divides and drops the rest; `/` keeps it.",
            functions=_walker(halve=lambda step: step // 2),
        ),
        Mistake(
            "stops-when-stuck", "Your machine gives up at the first try that finds nothing better.",
            "That is the moment to take a smaller step and go on.",
            functions=_walker(stop=True),
        ),
        Mistake(
            "stops-when-perfect", "Your machine stops as soon as the error is 0, so the list is too "
            "short.",
            "The rule is to make all the `tries`, and to write each one down, also when it stays.",
            functions={"guess_and_check": _stops_when_perfect},
        ),
        Mistake(
            "stuck-tries-left-out", "Tries that find nothing better are left out of your list.",
            "Every try writes one number down, also when it is the same number again.",
            functions=_walker(keep=False),
        ),
        Mistake(
            "always-from-the-start", "Every try begins at the first guess again; it should begin "
            "at the newest.",
            "`guess` is where it all began; the newest guess is the last one in the list.",
            edits=((MOVE, "guesses.append(better_guess(error, guess, step))"),),
        ),
        Mistake(
            "last-only", "You give back the last guess alone; wanted is the list of all of them.",
            edits=(("return guesses", "return guesses[-1]"),),
        ),
        Mistake(
            "no-list", "You give back the first guess, a number; wanted is a list of all guesses.",
            "A list is written with square brackets. It begins with the guess you start from, and "
            "grows with `append`.",
            functions={"guess_and_check": lambda error, guess, step, tries: guess},
            equivalent=("returns-guess",),
        ),
        Mistake(
            "only-the-start", "Your list holds the first guess and nothing else.",
            "A path of one place has gone nowhere yet: each try puts one more guess into the list.",
            functions={"guess_and_check": lambda error, guess, step, tries: [guess]},
        ),
        Mistake(
            "errors-returned", "Your list holds the errors; wanted are the guesses.",
            edits=(("return guesses", "return [error(guess) for guess in guesses]"),),
        ),
        Mistake(
            "back-to-front", "Your list is back to front: the start belongs at the front.",
            edits=(("return guesses", "return guesses[::-1]"),), equivalent=("reversed",),
        ),
        Mistake(
            "never-moves", "Your list holds the first guess again and again.",
            "Is the better guess put into the list, or the old one?",
            edits=((MOVE, "guesses.append(guess)"),),
        ),
    ),
    variants=(
        Variant("while-loop", {"guess_and_check": lambda error, guess, step, tries: (
            _while_loop(error, guess, step, tries))}),
        Variant("array", {"guess_and_check": lambda error, guess, step, tries: np.array(
            _walk(error, float(guess), step, tries, halve=lambda s: 0.5 * s))}),
        Variant("by-errors", {"guess_and_check": lambda error, guess, step, tries: tuple(
            _by_errors(error, guess, step, tries))}),
    ),
)  # fmt: skip


def _while_loop(error, guess, step, tries):
    path = [guess]
    while len(path) < tries + 1:
        here, less, more = error(guess), error(guess - step), error(guess + step)
        if more < here and more < less:
            guess += step
        elif less < here:
            guess -= step
        else:
            step *= 0.5
        path.append(guess)
    return path


def _by_errors(error, guess, step, tries):
    path, smallest = np.zeros(tries + 1), error(guess)
    path[0] = guess
    for place in range(tries):
        new = min([path[place], path[place] + step, path[place] - step], key=error)
        if error(new) < smallest:
            path[place + 1], smallest = new, error(new)
        else:
            path[place + 1], step = path[place], step / 2
    return path


EXERCISES = (BETTER_GUESS, GUESS_AND_CHECK)
