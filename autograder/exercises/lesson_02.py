"""Checks of lesson 02: how far the end moves, rows of machines, blame walking back, paths meeting.

A slope measured by a nudge n is off by about n times half the curvature, one-sided, and by far
less on both sides. Machines are chosen so that this stays below 3 parts in 10 000 at the usual
nudge, and answers are compared to 1 part in 1000. Where a large nudge is given the ways to measure
differ visibly, and so they do where the slope is 0: `_settled` takes any of them there.
"""

import itertools

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant, function_run
from autograder.exercises.formulas import Formula, plain, written
from bplib import blame as course

LESSON = "02_passing_blame"
REFERENCE = {
    name: getattr(course, name)
    for name in ("sensitivity", "chain_sensitivity", "pass_blame_back", "total_blame")
}

WHOLE = "whole numbers (int)"
FLAT = "a machine whose end does not move"
LARGE = "a large nudge, given by hand"
TWICE = "the same machine twice in one row"
MEASURED = {"rtol": 1e-3, "atol": 1e-9}

# --- machines -----------------------------------------------------------------------------------


def _forward(machine, x, n):
    return (machine(x + n) - machine(x)) / n


def _backward(machine, x, n):
    return (machine(x) - machine(x - n)) / n


def _both_sides(machine, x, n):
    return (machine(x + n) - machine(x - n)) / (2 * n)


def _half_each_side(machine, x, n):
    return _both_sides(machine, x, n / 2)


WAYS = (_both_sides, _forward, _backward, _half_each_side)


def _machine(rng, kind):
    """One machine of everyday life; every one of them has numbers of its own."""
    a = written(int(rng.integers(2, 6)))
    b = written(int(rng.integers(6, 12)))
    return Formula({
        "gear": f"{a} * x",
        "back gear": f"{b} - {a} * x",
        "lemonade": f"x * ({b} - x)",
        "megaphone": "x**2",
        "mixer": f"0.5 * x**2 + {a} * x + {b}",
        "loud gear": f"1000 + {a} * x",
        "sharing": f"{b} / (x + {a})",
        "cube": "x**3 / 4",
    }[kind])


def _tame(machines, x, largest=60.0):
    """Whether each machine of the row can be measured to 3 parts in 10 000 with a nudge of 1e-4."""
    for machine in machines:
        right, bent = _both_sides(machine, x, 1e-4), _forward(machine, x, 1e-4)
        if abs(right) < 0.3 or abs(bent - right) > 3e-4 / len(machines) * abs(right):
            return False
        x = machine(x)
        if abs(x) > largest:
            return False
    return True


def _place(rng):
    return round(float(rng.uniform(0.5, 4.5)), 1)


def _settled(result, right, ways):
    """``right`` when ``result`` is one of the ways to measure it, else ``result`` as it came."""
    came = read(result)
    if isinstance(came, Unreadable) or came.shape != ():
        return result
    near = any(abs(float(came) - way) <= 1e-5 * (1 + abs(way)) for way in ways)
    return right if near else result


# --- sensitivity --------------------------------------------------------------------------------


def sensitivity_cases(rng):
    yield Case(machine=_machine(rng, "gear"), x=float(rng.integers(2, 5)))
    for kind in ("lemonade", "back gear", "megaphone", "mixer", "sharing", "cube", "loud gear"):
        machine, x = _machine(rng, kind), _place(rng)
        while not _tame([machine], x, np.inf):
            machine, x = _machine(rng, kind), _place(rng)
        yield Case(machine=machine, x=x)
    yield Case(WHOLE, machine=_machine(rng, "megaphone"), x=int(rng.integers(2, 6)))
    yield Case("x below zero", machine=Formula("x**2"), x=-_place(rng))
    yield Case(FLAT, machine=Formula("7 + 0 * x"), x=_place(rng))
    top = int(rng.integers(3, 6))
    yield Case(FLAT, machine=Formula(f"x * ({2 * top} - x)"), x=float(top))
    for nudge in (0.5, 0.25):
        machine, x = Formula(f"x**3 + {int(rng.integers(2, 9))}"), _place(rng)
        yield Case(LARGE, machine=machine, x=x, nudge=nudge)
    yield Case(LARGE, machine=Formula("x**3"), x=int(rng.integers(2, 5)), nudge=1)


def run_sensitivity(solution, case):
    given = {"nudge": case.nudge} if "nudge" in case.inputs else {}
    result = solution.call("sensitivity", plain(case.machine), case.x, **given)
    if case.special in (LARGE, FLAT):
        ways = [way(case.machine, case.x, case.inputs.get("nudge", 1e-4)) for way in WAYS]
        result = _settled(result, ways[0], ways)
    return {"result": result}


RATE = "float((machine(x + nudge) - machine(x - nudge)) / (2 * nudge))"


def _slip(formula):
    """The usual one-sided answer with a slip in it."""
    return ((RATE, formula),)


SENSITIVITY = Exercise(
    "sensitivity", LESSON, 2,
    outputs=(Output("result", "the sensitivity", **MEASURED),),
    cases=sensitivity_cases,
    run=run_sensitivity,
    reference=REFERENCE,
    see="How much does the end move?",
    mistakes=(
        Mistake(
            "not-divided", "You give back how far the end moved; wanted is how far it moves for "
            "each bit of nudge.",
            "A small nudge gives a small move, whatever the machine. Only the move compared with "
            "the nudge tells how strong the machine is.",
            edits=_slip("machine(x + nudge) - machine(x)"),
        ),
        Mistake(
            "not-divided-both-sides", "You measured on both sides, but have not divided by the "
            "distance between the two places.",
            edits=_slip("machine(x + nudge) - machine(x - nudge)"),
        ),
        Mistake(
            "halved", "Your answer is half of the right one: one nudge was made, and you divide by "
            "two nudges.",
            "Divide by as much as you moved: from `x` to `x + nudge` is one nudge.",
            edits=_slip("(machine(x + nudge) - machine(x)) / (2 * nudge)"),
            equivalent=("times-1-over-2",),
        ),
        Mistake(
            "doubled", "Your answer is twice the right one: from `x - nudge` to `x + nudge` is two "
            "nudges, and you divide by one.",
            edits=_slip("(machine(x + nudge) - machine(x - nudge)) / nudge"),
            equivalent=("times-2",),
        ),
        Mistake(
            "brackets", "You divide before you subtract: brackets are missing around what belongs "
            "together.",
            "Without brackets, `a - b / c` divides b alone.",
            edits=_slip("machine(x + nudge) - machine(x) / nudge"),
        ),
        Mistake(
            "after-alone", "What comes out after the nudge is divided, but what came out before it has "
            "not been taken away.", "How far did it move? That is after minus before.",
            edits=_slip("machine(x + nudge) / nudge"),
        ),
        Mistake(
            "both-added", "Before and after are added; how far it moved is their difference.",
            "From 10 to 13 is a move of 3, not of 23.",
            edits=_slip("(machine(x + nudge) + machine(x)) / nudge"),
        ),
        Mistake(
            "whole-number-division", "What comes after the point is lost: two strokes `//` divide and "
            "round down.", "One stroke `/` divides.",
            edits=_slip("(machine(x + nudge) - machine(x)) // nudge"),
        ),
        Mistake(
            "brackets-both-sides", "You divide before you subtract: brackets are missing around "
            "what belongs together.",
            edits=_slip("machine(x + nudge) - machine(x - nudge) / (2 * nudge)"),
        ),
        Mistake(
            "brackets-below", "`/ 2 * nudge` divides by 2 and then multiplies by the nudge: "
            "brackets are missing under the line.",
            edits=_slip("(machine(x + nudge) - machine(x - nudge)) / 2 * nudge"),
        ),
        Mistake(
            "sign", "The sign is turned: more in and more out should give a number above zero.",
            "New minus old tells how far something moved; old minus new turns it round.",
            edits=_slip("(machine(x) - machine(x + nudge)) / nudge"),
        ),
        Mistake(
            "never-minus", "The minus sign is lost: some machines give less when you give more.",
            "How strong it is, is half of the answer; which way it moves is the other half.",
            edits=_slip("abs(machine(x + nudge) - machine(x)) / nudge"),
            equivalent=("absolute-value",),
        ),
        Mistake(
            "nudged-by-one", "You nudge by 1 every time; the nudge that was given is much smaller.",
            "With a big nudge you look at a far-off place, where the machine may be stronger or "
            "weaker than here.",
            edits=_slip("machine(x + 1) - machine(x)"),
        ),
        Mistake(
            "nudge-not-used", "You always use the same tiny nudge, also when another one is given.",
            "`nudge` is the place where whoever calls you says how big a nudge to make.",
            edits=_slip("(machine(x + 1e-4) - machine(x - 1e-4)) / 2e-4"),
        ),
        Mistake(
            "one-nudge-two-sizes", "The nudge you make and the nudge you divide by are not the "
            "same.",
            edits=_slip("(machine(x + nudge) - machine(x)) / 1e-4"),
        ),
        Mistake(
            "percentage", "You compare the move with the old output; it should be compared with "
            "the nudge.",
            "Percent is a fine measure too. Here we ask: how many units at the end for one unit "
            "at the start?",
            edits=_slip("(machine(x + nudge) - machine(x)) / machine(x)"),
        ),
        Mistake(
            "percentage-of-x", "You compare the move with `x`; it should be compared with the "
            "nudge.",
            edits=_slip("(machine(x + nudge) - machine(x)) / x"),
        ),
        Mistake(
            "percent-by-percent", "You compare percent with percent; wanted are units at the end "
            "for each unit at the start.",
            edits=_slip("(machine(x + nudge) - machine(x)) / nudge * x / machine(x)"),
        ),
        Mistake(
            "how-many-times", "You divide the new output by the old one; wanted is the difference.",
            edits=_slip("machine(x + nudge) / machine(x)"),
        ),
        Mistake(
            "output-over-x", "You divide the output by the input. That is how much comes out, not "
            "how far it moves.",
            "A machine can give a lot and yet hardly care about a nudge.",
            edits=_slip("machine(x) / x"),
        ),
        Mistake(
            "nudged-times-x", "You nudge by a share of `x`; the nudge should be added to `x`.",
            edits=_slip("(machine(x * (1 + nudge)) - machine(x)) / nudge"),
        ),
        Mistake(
            "end-nudged", "You nudge the end of the machine. The nudge belongs on what goes in.",
            edits=_slip("(machine(x) + nudge - machine(x)) / nudge"), equivalent=("ones",),
        ),
        Mistake(
            "only-the-output", "You give back what comes out; wanted is how far that moves.",
            edits=_slip("machine(x + nudge)"),
        ),
        Mistake(
            "upside-down", "You divide the nudge by the move; it is the other way round.",
            edits=_slip("nudge / (machine(x + nudge) - machine(x) or 1e9)"),
            equivalent=("reciprocal",),
        ),
        Mistake(
            "times-nudge", "You multiply by the nudge; divide by it.",
            edits=_slip("(machine(x + nudge) - machine(x)) * nudge"),
        ),
        Mistake(
            "rounded", "Your answer is rounded; give back the whole number as it came.",
            edits=_slip("round((machine(x + nudge) - machine(x)) / nudge)"),
        ),
    ),
    variants=(
        Variant("one-sided", {"sensitivity": lambda machine, x, nudge=1e-4: (
            (machine(x + nudge) - machine(x)) / nudge)}),
        Variant("from-below", {"sensitivity": lambda machine, x, nudge=1e-4: np.array(
            (machine(x) - machine(x - nudge)) / nudge)}),
        Variant("half-each-side", {"sensitivity": lambda machine, x, nudge=1e-4: np.float64(
            (machine(x + nudge / 2) - machine(x - nudge / 2)) / nudge)}),
        Variant("in-steps", {"sensitivity": lambda machine, x, nudge=1e-4: _in_steps(
            machine, x, nudge)}),
    ),
)  # fmt: skip


def _in_steps(machine, x, nudge):
    before, after = machine(float(x)), machine(float(x) + nudge)
    moved = after - before
    return moved / nudge


# --- chain_sensitivity --------------------------------------------------------------------------

KINDS = ("gear", "lemonade", "back gear", "megaphone", "mixer", "sharing", "cube")


def _row(rng, length):
    """A row of different machines and a place where each of them can be measured."""
    while True:
        kinds = rng.choice(KINDS, length, replace=False)
        machines, x = [_machine(rng, str(kind)) for kind in kinds], _place(rng)
        strength = np.prod([_both_sides(m, v, 1e-4) for m, v in _inputs(machines, x)])
        if _tame(machines, x) and abs(abs(strength) - 1) > 0.3:
            return machines, x


def _inputs(machines, x):
    """Each machine of the row with its own input."""
    for machine in machines:
        yield machine, x
        x = machine(x)


def chain_cases(rng):
    x, times = float(rng.integers(2, 4)), int(rng.integers(3, 6))
    yield Case(machines=[Formula(f"{times} * x"), Formula("x**2")], x=x)
    for length in (2, 3, 3, 4):
        machines, x = _row(rng, length)
        yield Case(machines=machines, x=x)
    machines, x = _row(rng, 1)
    yield Case("one machine alone", machines=machines, x=x)
    yield Case("no machine at all (an empty row)", machines=[], x=_place(rng))
    yield Case(WHOLE, machines=[Formula("2 * x"), Formula("x**2"), Formula("9 - x")],
               x=int(rng.integers(2, 5)))  # fmt: skip
    yield Case(FLAT, machines=[Formula("3 * x"), Formula("7 + 0 * x"), Formula("x**2")], x=2.5)
    for nudge in (0.5, 0.25):
        x = round(float(rng.uniform(0.8, 1.6)), 1)
        yield Case(LARGE, machines=[Formula("x**3"), Formula("2 * x"), Formula("x**3 + 1")], x=x,
                   nudge=nudge)  # fmt: skip
    again = Formula("x * (6 - x)")
    yield Case(TWICE, machines=[again, again, Formula("2 * x")], x=1.5)


def run_chain(solution, case):
    given = {"nudge": case.nudge} if "nudge" in case.inputs else {}
    made = {machine: plain(machine) for machine in case.machines}
    handed = [made[machine] for machine in case.machines]  # what stands there twice is one machine
    result = solution.call("chain_sensitivity", handed, case.x, **given)
    if given:
        ways = [np.prod([way(m, v, case.nudge) for m, v in _inputs(case.machines, case.x)])
                for way in WAYS]  # fmt: skip
        ways += [way(_whole(case.machines), case.x, case.nudge) for way in WAYS]
        result = _settled(result, ways[0], ways)
    return {"result": result}


def _whole(machines):
    def row(x):
        for machine in machines:
            x = machine(x)
        return x

    return row


MULTIPLY = "product *= sensitivity(machine, x, nudge)"
MOVE_ON = "        x = machine(x)\n"
ROW = "for machine in machines:"
BACK = "    return product"

CHAIN_SENSITIVITY = Exercise(
    "chain_sensitivity", LESSON, 3,
    outputs=(Output("result", "the sensitivity of the row", **MEASURED),),
    cases=chain_cases,
    run=run_chain,
    reference=REFERENCE,
    uses=("sensitivity",),
    see="One machine after another: multiply",
    mistakes=(
        Mistake(
            "x-not-moved-on", "Every machine is measured at the `x` of the first one.",
            "The second machine never sees `x`. It gets what the first one gives, so that is where "
            "it must be measured.",
            edits=((MOVE_ON, ""),),
        ),
        Mistake(
            "moved-on-too-early", "Each machine is measured at its own output; it should be "
            "measured at its input.",
            "You moved on first and measured afterwards. Which of the two lines comes first?",
            edits=((MULTIPLY, "x0 = x"), (MOVE_ON,
                   MOVE_ON + "        product *= sensitivity(machine, x, nudge)\n")),
        ),
        Mistake(
            "added", "The sensitivities are added; along a row they multiply.",
            "3 times as much, and then 2 times as much of that, is 6 times as much, not 5.",
            edits=((MULTIPLY, "product += sensitivity(machine, x, nudge)"),
                   ("product = 1.0", "product = 0.0")),
        ),
        Mistake(
            "added-to-1", "The sensitivities are added; along a row they multiply.",
            edits=((MULTIPLY, "product += sensitivity(machine, x, nudge)"),),
        ),
        Mistake(
            "starts-at-0", "You start from 0, and 0 times anything stays 0.",
            "What number can you multiply with so that nothing changes?",
            edits=(("product = 1.0", "product = 0.0"),), equivalent=("zeros",),
        ),
        Mistake(
            "starts-at-x", "`total` begins with `x`, so everything is multiplied by it.",
            "What number can you multiply with so that nothing changes?",
            edits=(("product = 1.0", "product = x"),),
        ),
        Mistake(
            "total-passed-on", "The next machine gets your `total`; it should get what the machine "
            "gives out.",
            "What travels along the row is the stuff itself; `total` is only your note about it.",
            edits=((MOVE_ON, "        x = product\n"),),
        ),
        Mistake(
            "empty-row-0", "A row without machines passes every nudge on as it is: the end moves 1 "
            "for each 1.",
            edits=((BACK, "    return product if machines else 0.0"),),
        ),
        Mistake(
            "last-only", "Only the last machine counts in your answer.",
            "The line in the loop forgets what the machines before it gave.",
            edits=((MULTIPLY, "product = sensitivity(machine, x, nudge)"),),
        ),
        Mistake(
            "first-only", "Only the first machine counts in your answer.",
            "A `return` inside the loop ends it in the first round.",
            edits=((BACK, BACK), (MOVE_ON, MOVE_ON + "        break\n")),
        ),
        Mistake(
            "back-to-front", "You go through the row from its end. `x` goes into the first "
            "machine.",
            "Blame walks back, but here something goes in at the front and comes out at the end.",
            edits=((ROW, "for machine in machines[::-1]:"),),
        ),
        Mistake(
            "sensitivity-passed-on", "The next machine gets the sensitivity; it should get what "
            "the machine gives out.",
            "What travels along the row is the stuff itself; the sensitivity is only your note "
            "about it.",
            edits=((MOVE_ON, "        x = sensitivity(machine, x, nudge)\n"),),
        ),
        Mistake(
            "nudge-kept-inside", "The nudge you were given is not passed on to the measuring.",
            "A call that leaves `nudge` out measures with the usual small one.",
            edits=((MULTIPLY, "product *= sensitivity(machine, x)"),),
        ),
        Mistake(
            "nudged-on", "The next machine gets a nudged input. Move on with the plain one.",
            edits=((MOVE_ON, "        x = machine(x + nudge)\n"),),
        ),
        Mistake(
            "output-returned", "You give back what comes out at the end; wanted is how far it "
            "moves for each bit of nudge.",
            edits=((BACK, "    return x"),),
        ),
        Mistake(
            "outputs-multiplied", "You multiply what the machines give; wanted is how sensitive "
            "they are.",
            edits=((MULTIPLY, "product *= machine(x)"),),
        ),
        Mistake(
            "mean", "You take the mean of the sensitivities; along a row they multiply.",
            edits=((MULTIPLY, "product += sensitivity(machine, x, nudge)"),
                   ("product = 1.0", "product = 0.0"),
                   (BACK, "    return product / max(len(machines), 1)")),
        ),
        Mistake(
            "strongest-only", "You take the strongest machine alone; along a row they multiply.",
            edits=((MULTIPLY, "product = max(product, sensitivity(machine, x, nudge))"),
                   ("product = 1.0", "product = -1e9")),
        ),
        Mistake(
            "a-list", "You give back the list of sensitivities; wanted is one number for the whole "
            "row.",
            edits=(("product = 1.0", "product = []"),
                   (MULTIPLY, "product.append(sensitivity(machine, x, nudge))")),
        ),
        Mistake(
            "whole-row-not-divided", "Your answer is the right one times the nudge: how far the end "
            "moves, not how far for each bit of nudge.",
            "Either the whole row is measured and not divided, or `total` begins with the nudge.",
            functions={"chain_sensitivity": lambda machines, x, nudge=1e-4: (
                _whole(machines)(x + nudge) - _whole(machines)(x))},
        ),
        Mistake(
            "sign", "The sign of every machine is turned round.",
            edits=((MULTIPLY, "product *= -sensitivity(machine, x, nudge)"),),
        ),
        Mistake(
            "never-minus", "The minus signs are lost: a machine can turn more into less.",
            edits=((MULTIPLY, "product *= abs(sensitivity(machine, x, nudge))"),),
        ),
        Mistake(
            "last-left-out", "The last machine of the row is left out.",
            edits=((ROW, "for machine in machines[:-1]:"),),
        ),
        Mistake(
            "first-left-out", "The first machine of the row is left out.",
            edits=((ROW, "for machine in machines[1:]:"),),
        ),
    ),
    variants=(
        Variant("one-sided", {"chain_sensitivity": lambda machines, x, nudge=1e-4: _one_sided(
            machines, x, nudge)}),
        Variant("whole-row", {"chain_sensitivity": lambda machines, x, nudge=1e-4: (
            (_whole(machines)(x + nudge) - _whole(machines)(x - nudge)) / (2 * nudge))}),
        Variant("list-then-product", {"chain_sensitivity": lambda machines, x, nudge=1e-4: np.prod(
            [course.sensitivity(m, v, nudge) for m, v in _inputs(machines, x)])}),
    ),
)  # fmt: skip


def _one_sided(machines, x, nudge):
    total = 1
    for machine in machines:
        out = machine(x)
        total = total * (machine(x + nudge) - out) / nudge
        x = out
    return total


# --- pass_blame_back ----------------------------------------------------------------------------


def _strengths(rng, length):
    """Sensitivities of either sign, none of them 0, 1 or -1, all different."""
    choice = [n / 2 for n in range(-9, 10) if n not in (-2, 0, 2)]
    return [float(s) for s in rng.choice(choice, length, replace=False)]


def _blame(rng):
    return float(rng.choice([-3.0, -2.5, -1.5, 1.5, 2.5, 3.0, 4.0]))


def back_cases(rng):
    first = [float(s) for s in rng.choice([2.0, 3.0, 4.0, 5.0], 2, replace=False)]
    yield Case(sensitivities=first, blame=10.0)
    for length in (3, 4, 5, 2):
        yield Case(sensitivities=_strengths(rng, length), blame=_blame(rng))
    yield Case("one machine alone", sensitivities=_strengths(rng, 1), blame=_blame(rng))
    yield Case("no machine at all (an empty row)", sensitivities=[], blame=_blame(rng))
    for place in (0, 2):
        flat = _strengths(rng, 4)
        flat[place] = 0.0
        yield Case(FLAT, sensitivities=flat, blame=_blame(rng))
    yield Case("no blame at the end (blame = 0)", sensitivities=_strengths(rng, 3), blame=0.0)
    whole = [int(s) for s in rng.choice([-3, -2, 2, 3, 4], 3, replace=False)]
    yield Case(WHOLE, sensitivities=whole, blame=int(rng.integers(2, 6)))
    yield Case("a blame of 1, a whole number (int)", sensitivities=[-2.5, 1.5, 0.5], blame=1)


LAST = "blames = [blame]"
WALK = "for machine_sensitivity in reversed(list(sensitivities)):"
NEXT = "blames.append(machine_sensitivity * blames[-1])"
TURNED = "return blames[::-1]"

PASS_BLAME_BACK = Exercise(
    "pass_blame_back", LESSON, 3,
    outputs=(Output("blames", "the list of blames"),),
    cases=back_cases,
    run=lambda solution, case: {
        "blames": solution.call("pass_blame_back", case.sensitivities, case.blame)},
    reference=REFERENCE,
    see="Run the row backwards",
    mistakes=(
        Mistake(
            "back-to-front", "Your list is back to front: the blame at the row's input comes "
            "first, the blame at the end last.",
            "You walked from the end, so you met the end first. Your list has to be turned round.",
            edits=((TURNED, "return blames"),), equivalent=("reversed",),
        ),
        Mistake(
            "walked-forward", "You begin with the first machine. Blame comes in at the end of the "
            "row, so the last machine is first to get it.",
            "Along the row we went forward; blame goes the other way.",
            edits=((WALK, "for machine_sensitivity in sensitivities:"),),
        ),
        Mistake(
            "walked-forward-and-not-turned", "Your walk goes from the front of the row to its end. "
            "Blame comes in at the end and walks to the front.",
            edits=((WALK, "for machine_sensitivity in sensitivities:"), (TURNED, "return blames")),
        ),
        Mistake(
            "list-begins-with-1", "Your list ends with 1, and should end with the blame you were "
            "given.",
            "1 was only an example. The next learner of this row may be blamed for 2, or for a half.",
            edits=((TURNED, "return [*blames[::-1][:-1], 1]"),),
        ),
        Mistake(
            "last-missing", "The blame at the very end is missing from your list.",
            "It stands behind the last machine, and it is where the walk begins.",
            edits=((TURNED, "return blames[::-1][:-1]"),),
        ),
        Mistake(
            "return-in-loop", "Your walk ends after one machine: the `return` stands inside the loop.",
            "What has more spaces at its beginning belongs to the loop. The `return` comes after it.",
            functions={"pass_blame_back": lambda sensitivities, blame: [
                sensitivities[-1] * blame, blame] if len(sensitivities) else None},
        ),
        Mistake(
            "front-outside-loop", "Your list has two numbers, the first and the last: the line that "
            "puts a blame in front of the list stands outside the loop.",
            "A line that belongs to the loop has more spaces at its beginning.",
            edits=((TURNED, "return [blames[-1], blame]"),),
        ),
        Mistake(
            "list-replaced", "Your list holds one number alone: each new blame takes the place of the "
            "whole list.", "Put the new blame in front of the list that you have: the old list has to "
            "stand on the right side of the `+`.", edits=((TURNED, "return blames[-1:]"),),
        ),
        Mistake(
            "strengths-listed", "You put the strengths of the machines into the list; wanted are the "
            "blames.", "`strength` is what a machine multiplies with. What comes out is the new "
            "`blame`.", functions={"pass_blame_back": lambda sensitivities, blame: [
                *sensitivities, blame]},
        ),
        Mistake(
            "list-in-list", "There is a list inside your list, and in it one more.",
            "With `+` two lists become one; with a comma the second goes into the first as it is.",
            functions={"pass_blame_back": lambda sensitivities, blame: _nested(sensitivities, blame)},
        ),
        Mistake(
            "first-missing", "The blame at the row's input is missing from your list.",
            "With 3 machines there are 4 places: one before each machine, and one at the end.",
            edits=((TURNED, "return blames[::-1][1:]"),),
        ),
        Mistake(
            "starts-with-1", "Your walk starts with a blame of 1; it should start with the `blame` "
            "that was given.",
            edits=((LAST, "blames = [1.0]"),), equivalent=("as-if-1-blame",),
        ),
        Mistake(
            "starts-with-0", "Your walk starts with a blame of 0, and 0 times anything stays 0.",
            edits=((LAST, "blames = [0.0]"),), equivalent=("as-if-0-blame", "zeros"),
        ),
        Mistake(
            "added", "The sensitivities are added to the blame; along a row they multiply.",
            "Each machine makes the blame so many times as strong: times, not plus.",
            edits=((NEXT, "blames.append(machine_sensitivity + blames[-1])"),),
        ),
        Mistake(
            "divided", "The blame is divided by the sensitivities; it is multiplied by them.",
            "A strong machine turns a small nudge into a big move, so its input gets more blame, "
            "not less.",
            edits=((NEXT, "blames.append(blames[-1] / (machine_sensitivity or 1e-30))"),),
        ),
        Mistake(
            "each-alone", "Each place gets the blame of the end times one machine. On its way back "
            "it passes all the machines behind.",
            "Blame is handed on: each place multiplies what its neighbour has got.",
            edits=((NEXT, "blames.append(machine_sensitivity * blame)"),),
        ),
        Mistake(
            "sensitivities-only", "`blame` itself stands at the end of your list, but it is not "
            "multiplied into the others.",
            edits=((LAST, "blames = [1.0]"), (TURNED, "return blames[:0:-1] + [blame]")),
        ),
        Mistake(
            "off-by-one", "Every place has the blame of its neighbour: each machine is one place "
            "off.",
            edits=((TURNED, "return (blames[:1] + blames[:-1])[::-1]"),),
        ),
        Mistake(
            "first-machine-left-out", "The first machine is left out of the walk.",
            edits=((WALK, "for machine_sensitivity in reversed(sensitivities[1:]):"),),
            equivalent=("first-missing",),
        ),
        Mistake(
            "last-machine-left-out", "The last machine is left out of the walk.",
            edits=((WALK, "for machine_sensitivity in reversed(sensitivities[:-1]):"),),
        ),
        Mistake(
            "blame-shared", "The blame is shared out evenly. Strong machines pass on more of it, "
            "weak ones less.",
            functions={"pass_blame_back": lambda sensitivities, blame: [
                blame / (len(sensitivities) + 1)] * (len(sensitivities) + 1)},
        ),
        Mistake(
            "only-the-input", "You give back one number, the blame at the row's input; wanted is "
            "the whole list.",
            edits=((TURNED, "return blames[-1]"),),
        ),
        Mistake(
            "running-sum", "The blames are added up on their way; each place should have its own.",
            edits=((NEXT, "blames.append(blames[-1] + machine_sensitivity * blames[-1])"),),
        ),
        Mistake(
            "sign", "Every machine turns the sign of the blame round; only machines with a minus "
            "do that.",
            edits=((NEXT, "blames.append(-machine_sensitivity * blames[-1])"),),
        ),
        Mistake(
            "never-minus", "The minus signs are lost on the way: less of this would have been "
            "better is blame too, with a minus.",
            edits=((NEXT, "blames.append(abs(machine_sensitivity) * blames[-1])"),),
        ),
    ),
    variants=(
        Variant("insert-in-front", {"pass_blame_back": lambda sensitivities, blame: (
            _insert_in_front(sensitivities, blame))}),
        Variant("filled-array", {"pass_blame_back": lambda sensitivities, blame: (
            _filled(sensitivities, blame))}),
        Variant("cumprod", {"pass_blame_back": lambda sensitivities, blame: np.cumprod(
            [blame, *sensitivities[::-1]])[::-1]}),
    ),
)  # fmt: skip


def _nested(sensitivities, blame):
    blames = [blame]
    for strength in reversed(sensitivities):
        blame = strength * blame
        blames = [blame, blames]
    return blames


def _insert_in_front(sensitivities, blame):
    blames = [blame]
    for strength in sensitivities[::-1]:
        blames = [strength * blames[0]] + blames
    return tuple(blames)


def _filled(sensitivities, blame):
    blames = np.zeros(len(sensitivities) + 1)
    blames[-1] = blame
    for place in range(len(sensitivities) - 1, -1, -1):
        blames[place] = sensitivities[place] * blames[place + 1]
    return blames


# --- total_blame --------------------------------------------------------------------------------


def paths_cases(rng):
    two, three, five = (float(s) for s in rng.permutation([2.0, 3.0, 5.0]))
    yield Case(paths=[[two, three], [five]], blame=10.0)
    for lengths in ((1, 3), (2, 2, 1), (3, 1, 2, 2), (2, 3)):
        yield Case(paths=_paths(rng, lengths), blame=_blame(rng))
    yield Case("one path alone", paths=_paths(rng, (3,)), blame=_blame(rng))
    path = _strengths(rng, 2)
    yield Case("two paths that are alike", paths=[path, list(path)], blame=_blame(rng))
    yield Case("a path without machines", paths=[*_paths(rng, (2, 1)), []], blame=_blame(rng))
    yield Case("a path without machines", paths=[[]], blame=_blame(rng))
    yield Case("no path at all", paths=[], blame=_blame(rng))
    flat = _paths(rng, (3, 2))
    flat[0][1] = 0.0
    yield Case(FLAT, paths=flat, blame=_blame(rng))
    whole = [[int(2 * s) for s in path] for path in _paths(rng, (2, 1, 2))]
    yield Case(WHOLE, paths=whole, blame=int(rng.integers(2, 6)))


def _paths(rng, lengths):
    """Paths of these lengths whose products differ and do not cancel."""
    while True:
        paths = [_strengths(rng, length) for length in lengths]
        products = [np.prod(path) for path in paths]
        apart = all(abs(a - b) > 0.5 for a, b in itertools.combinations(products, 2))
        if apart and abs(sum(products)) > 1 and abs(sum(products) - 1) > 0.5:
            return paths


EACH = "product *= path_sensitivity"
MEET = "total += product"
END = "return total * blame"

TOTAL_BLAME = Exercise(
    "total_blame", LESSON, 3,
    outputs=(Output("result", "the total blame"),),
    cases=paths_cases,
    run=function_run("total_blame", "paths blame"),
    reference=REFERENCE,
    see="Two paths: add",
    mistakes=(
        Mistake(
            "blame-forgotten", "The blame at the end is not multiplied in.",
            "The paths tell how strongly the knob reaches the end. How bad the end is, `blame` "
            "tells.",
            edits=((END, "return total"),), equivalent=("as-if-1-blame",),
        ),
        Mistake(
            "paths-multiplied", "The paths are multiplied with each other; where paths meet, they "
            "add.",
            "Along a path each machine works on what the one before it gave: times. Two paths "
            "arrive side by side: plus.",
            edits=((MEET, "total *= product"), ("total = 0.0", "total = 1.0")),
        ),
        Mistake(
            "everything-added", "The sensitivities along a path are added; along a path they "
            "multiply.",
            "3 times as much, and then 2 times as much of that, is 6 times as much, not 5.",
            edits=((EACH, "product += path_sensitivity"), ("product = 1.0", "product = 0.0")),
        ),
        Mistake(
            "added-to-1", "The sensitivities along a path are added, to a 1 even; along a path "
            "they multiply.",
            edits=((EACH, "product += path_sensitivity"),),
        ),
        Mistake(
            "rules-swapped", "The two rules have changed places: along a path multiply, where "
            "paths meet add.",
            edits=((EACH, "product += path_sensitivity"), ("product = 1.0", "product = 0.0"),
                   (MEET, "total *= product"), ("total = 0.0", "total = 1.0")),
        ),
        Mistake(
            "strongest-path", "Only the strongest path counts in your answer; all of them do.",
            "The end feels both paths at once, so their parts add.",
            edits=((MEET, "total = max(total, product)"), ("total = 0.0", "total = -1e30"),
                   (END, "return total * blame if paths else 0.0")),
        ),
        Mistake(
            "mean-of-paths", "The paths are averaged; where paths meet, they add.",
            "A second path makes the knob stronger. A mean would hide that.",
            edits=((END, "return total * blame / max(len(paths), 1)"),),
        ),
        Mistake(
            "last-path-only", "Only the last path counts in your answer.",
            "The line in the loop forgets the paths before it.",
            edits=((MEET, "total = product"),),
        ),
        Mistake(
            "first-path-only", "Only the first path counts in your answer.",
            "A `return` inside the loop ends it in the first round.",
            edits=((MEET, MEET + "\n        break"),),
        ),
        Mistake(
            "not-started-anew", "The second path goes on with the number of the first. Each path "
            "begins anew with 1.",
            "The line that sets the 1 belongs inside the loop over the paths.",
            edits=(("        product = 1.0\n", ""), ("total = 0.0", "total, product = 0.0, 1.0")),
        ),
        Mistake(
            "starts-at-0", "The product of a path starts from 0, and 0 times anything stays 0.",
            edits=(("product = 1.0", "product = 0.0"),), equivalent=("zeros", "as-if-0-blame"),
        ),
        Mistake(
            "total-starts-at-blame", "The sum over the paths starts from the blame; it should start "
            "from 0.", "The blame comes in at the very end, by multiplying.",
            edits=(("total = 0.0", "total = blame"),),
        ),
        Mistake(
            "blame-in-every-round", "The sum is multiplied by the blame in every round of the loop; "
            "once, at the very end, is enough.",
            "A line that is to come after the loop must not have the extra spaces at its beginning.",
            edits=((MEET, "total = (total + product) * blame"), (END, "return total")),
        ),
        Mistake(
            "total-starts-at-1", "The sum over the paths starts from 1; it should start from 0.",
            edits=(("total = 0.0", "total = 1.0"),),
        ),
        Mistake(
            "blame-added", "The blame is added; it should be multiplied in.",
            edits=((END, "return total + blame"),),
        ),
        Mistake(
            "blame-in-every-machine", "The blame is multiplied in at every machine; once is "
            "enough.",
            edits=((EACH, "product *= path_sensitivity * blame"), (END, "return total")),
        ),
        Mistake(
            "blame-twice", "The blame is multiplied in twice; once is enough.",
            "It is in each path from its start, or comes in at the end: one of the two, not both.",
            edits=((END, "return total * blame * blame"),), equivalent=("squares-blame",),
        ),
        Mistake(
            "blame-once-for-one-path", "The blame is multiplied into one path only; both arrive at "
            "the same end.",
            functions={"total_blame": lambda paths, blame: (
                sum(float(np.prod(path)) for path in paths) + (blame - 1) * (
                    float(np.prod(paths[-1])) if paths else 0.0))},
        ),
        Mistake(
            "alike-counted-once", "Two paths that are alike count once in your answer; they count "
            "twice.",
            functions={"total_blame": lambda paths, blame: blame * sum(
                float(np.prod(path)) for path in {tuple(path) for path in paths})},
        ),
        Mistake(
            "empty-path-0", "A path without machines counts 0 in your answer. The knob is the end "
            "itself there: it counts 1.",
            functions={"total_blame": lambda paths, blame: blame * sum(
                float(np.prod(path)) for path in paths if path)},
        ),
        Mistake(
            "no-path-gives-blame", "Without any path the knob cannot reach the end, so it has no "
            "blame.",
            edits=((END, "return total * blame if paths else blame"),),
        ),
        Mistake(
            "a-list", "You give back one number for each path; wanted is their sum.",
            functions={"total_blame": lambda paths, blame: [
                blame * float(np.prod(path)) for path in paths]},
        ),
        Mistake(
            "never-minus", "The minus signs are lost: a path can work against the others.",
            edits=((MEET, "total += abs(product)"),),
        ),
    ),
    variants=(
        Variant("prod-and-sum", {"total_blame": lambda paths, blame: blame * sum(
            np.prod(path) for path in paths)}),
        Variant("blame-walks-back", {"total_blame": lambda paths, blame: sum(
            course.pass_blame_back(path, blame)[0] for path in paths)}),
        Variant("zero-d-array", {"total_blame": lambda paths, blame: np.array(
            _two_loops(paths, blame))}),
    ),
)  # fmt: skip


def _two_loops(paths, blame):
    total = 0
    for path in paths:
        share = blame
        for place in range(len(path)):
            share = share * path[place]
        total = total + share
    return total


EXERCISES = (SENSITIVITY, CHAIN_SENSITIVITY, PASS_BLAME_BACK, TOTAL_BLAME)
