"""Checks of lesson 03: the slope by a central difference, a walk downhill, how large a step may "
"be."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant, function_run
from autograder.machine import Strided
from bplib import descent

LESSON = "03_slopes_and_steps"
REFERENCE = {
    name: getattr(descent, name) for name in ("slope", "gradient_descent", "largest_stable_rate")
}


def formula(text):
    """The function of x that ``text`` writes down; it takes numbers, lists and arrays alike."""
    code = compile(text, "<formula>", "eval")

    def function(x):
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else x.astype(float)
        return np.asarray(eval(code, {"np": np, "x": x}), dtype=x.dtype)[()]

    return function


def _number(rng, low, high):
    """A number with two digits behind the point, and not near 0: it is shown as it is."""
    return float(np.round(rng.uniform(low, high), 2) or low)


# --- slope --------------------------------------------------------------------------------------


def slope_cases(rng):
    def place():
        return _number(rng, 0.6, 2.4)

    def half():
        return _number(rng, 0.2, 0.7)

    yield Case(f="x**3", x=place(), h=0.5)
    yield Case(f=f"{_number(rng, 1.1, 3)} * x**2 - {_number(rng, 12, 20)} * x", x=place(), h=half())
    yield Case(f=f"{_number(rng, 2, 4)} * np.exp(-x)", x=-place(), h=half())
    yield Case(f=f"x**3 + {_number(rng, 2, 5)} * x + 7", x=-place(), h=half())
    yield Case("h left out (its default, 1e-5)", f=f"np.sin(20 * x) + {place()} * x", x=0.3)
    yield Case("h left out (its default, 1e-5)", f="5 - x**4", x=place())
    yield Case("x is a whole number (an int)", f="x**3 - x", x=int(rng.integers(2, 5)), h=half())
    yield Case("level ground (slope 0)", f="4 - x**2", x=0.0, h=half())
    yield Case("a kink (the slope changes at once)", f="abs(x)", x=0.1, h=0.5)
    yield Case("ground that hardly rises", f="0.000013 * x**3", x=1.7, h=0.3)


def run_slope(solution, case):
    step = {"h": case.h} if "h" in case.inputs else {}
    return {"result": solution.call("slope", formula(case.f), case.x, **step)}


RISE, RUN = "f(x + h) - f(x - h)", "(2 * h)"
QUOTIENT = "(f(x + h) - f(x - h)) / (2 * h)"

SLOPE = Exercise(
    "slope", LESSON, 2,
    outputs=(Output("result", "the slope"),),
    cases=slope_cases,
    run=run_slope,
    reference=REFERENCE,
    see="Two feet on the hill",
    mistakes=(
        Mistake(
            "two-missing", "Your slope is twice too large: the rise is divided by h, but the two "
            "feet stand 2 h apart.",
            "From x - h to x + h it is one h on the left and one on the right.",
            edits=((RUN, "h"),), equivalent=("times-2",),
        ),
        Mistake(
            "one-sided", "One foot stands at x itself, the other in front of it: that is a "
            "one-sided difference, and it leans.",
            "It is a slope too, but of a place half a step ahead; agreed was one foot on each "
            "side.",
            edits=(("f(x - h)", "f(x)"), (RUN, "h")),
        ),
        Mistake(
            "one-sided-backward", "One foot stands at x itself, the other behind it: that is a "
            "one-sided difference, and it leans.",
            "It is a slope too, but of a place half a step back; agreed was one foot on each side.",
            edits=(("f(x + h)", "f(x)"), (RUN, "h")),
        ),
        Mistake(
            "one-sided-over-two", "Only one foot has moved away from x, yet the rise is divided by "
            "2 h.",
            "Rise and run must belong to the same two places.",
            edits=(("f(x - h)", "f(x)"),),
        ),
        Mistake(
            "brackets-below", "The rise is halved and then multiplied by h: the run has lost its "
            "brackets.",
            "Python works from left to right: a / 2 * h is (a / 2) * h.",
            edits=((RUN, "2 * h"),),
        ),
        Mistake(
            "brackets-above", "Only the second height is divided by the run: the rise has lost its "
            "brackets.",
            "Python divides before it subtracts: a - b / c is a - (b / c).",
            edits=((QUOTIENT, "f(x + h) - f(x - h) / (2 * h)"),),
        ),
        Mistake(
            "no-brackets", "Neither rise nor run has its brackets, so Python puts in others.",
            "It divides and multiplies from left to right, and only then subtracts.",
            edits=((QUOTIENT, "f(x + h) - f(x - h) / 2 * h"),),
        ),
        Mistake(
            "sign", "The sign is turned: ground that rises to the right gets a minus.",
            "Rise and run must be counted in the same direction, from left to right.",
            edits=((RISE, "f(x - h) - f(x + h)"),),
        ),
        Mistake(
            "absolute-value", "It never says minus: how steep is right, but which way is lost.",
            "The sign of the slope is what tells downhill from uphill.",
            edits=((QUOTIENT, "abs(f(x + h) - f(x - h)) / (2 * h)"),),
        ),
        Mistake(
            "not-divided", "That is the rise alone; it has not been divided by the run.",
            edits=((QUOTIENT, "f(x + h) - f(x - h)"),),
        ),
        Mistake(
            "multiplied", "The rise is multiplied by the run where it should be divided.",
            edits=((QUOTIENT, "(f(x + h) - f(x - h)) * (2 * h)"),),
        ),
        Mistake(
            "added", "The two heights are added; a rise is the difference of two heights.",
            edits=((RISE, "f(x + h) + f(x - h)"),),
        ),
        Mistake(
            "upside-down", "It is upside down: the run is divided by the rise.",
            edits=((QUOTIENT, "(2 * h) / ((f(x + h) - f(x - h)) or np.inf)"),),
        ),
        Mistake(
            "h-ignored", "The `h` that was given is not used: the feet stand equally far apart "
            "whatever it says.",
            "Then nobody can choose how far apart the feet stand.",
            edits=(("    return", "    h = 1e-5\n    return"),),
        ),
        Mistake(
            "half-stride", "The feet stand at x - h/2 and x + h/2; agreed was h on each side.",
            "Halving both gives a fair slope too, but of a shorter stride than asked for.",
            edits=(("    return", "    h = h / 2\n    return"),), equivalent=("halves-h",),
        ),
        Mistake(
            "half-stride-whole-run", "The feet stand at x - h/2 and x + h/2, h apart, and the rise is "
            "divided by 2 h.", "Rise and run must belong to the same two places.",
            edits=((QUOTIENT, "(f(x + h / 2) - f(x - h / 2)) / (2 * h)"),),
        ),
        Mistake(
            "double-stride", "The feet stand at x - 2h and x + 2h, 4 h apart, and the rise is divided "
            "by 2 h.", "Rise and run must belong to the same two places.",
            edits=((QUOTIENT, "(f(x + 2 * h) - f(x - 2 * h)) / (2 * h)"),),
        ),
        Mistake(
            "height-of-the-run", "`f` is asked once, for the height at 2 h: that is the run, not a "
            "place on the hill.", "A rise is the difference of two heights: ask f twice, then subtract.",
            edits=((RISE, "f((x + h) - (x - h))"),),
        ),
        Mistake(
            "bend", "That is how fast the slope changes (the bend), not the slope.",
            "With two outer heights minus twice the middle one, a straight hill gives 0.",
            edits=((QUOTIENT, "(f(x + h) - 2 * f(x) + f(x - h)) / h**2"),),
        ),
        Mistake(
            "height", "That is the height at x, not how steep it is there.",
            edits=((QUOTIENT, "f(x)"),),
        ),
        Mistake(
            "run-is-x", "The rise is divided by x; the run is the distance between the two feet.",
            edits=((QUOTIENT, "(f(x + h) - f(x - h)) / (x or 1)"),),
        ),
        Mistake(
            "rounded", "The slope has been rounded; a result is handed on as it is.",
            "Round when you show a number, never when you compute with it.",
            edits=(("return float(", "return round("), ("(2 * h))", "(2 * h), 2)")),
        ),
        Mistake(
            "default-h", "With h left out it is not accurate: the default should be 1e-5.",
            "A larger h lets the feet straddle the bends; a tiny one drowns in rounding.",
            functions={"slope": lambda f, x, h=0.1: (f(x + h) - f(x - h)) / (2 * h)},
            equivalent=("fails-with-h-left-out-its-default-1e-5",),
        ),
    ),
    variants=(
        Variant("two-lines", {"slope": lambda f, x, h=1e-5: (
            lambda right, left: (right - left) / (h + h))(f(x + h), f(x - h))}),
        Variant("both-at-once", {"slope": lambda f, x, h=1e-5: (
            np.diff(f(np.array([x - h, x + h]))) / (2 * h)).item()}),
        Variant("mean-of-both-sides", {"slope": lambda f, x, h=1e-5: np.array(
            0.5 * ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h))}),
        Variant("distance", {"slope": lambda f, x, h=1e-5: np.float64(
            (f(x - h) - f(x + h)) / -(2 * h))}),
    ),
)  # fmt: skip

# --- gradient_descent -----------------------------------------------------------------------------


def _vector_df(rng, d):
    """A bowl's gradient in which the coordinates pull at each other, written down, and its "
    "bottom."""
    table = np.round(rng.uniform(-0.4, 0.4, (d, d)), 1) + np.diag(rng.choice([1.0, 1.5, 2.0], d))
    bottom = np.round(np.round(rng.uniform(-2, 2, d), 1) + 0.25, 2)
    return f"np.array({table.tolist()}) @ (x - np.array({bottom.tolist()}))", bottom


def descent_cases(rng):
    def number(special="", df=None, steps=4, start=None, rate=None):
        df = df or f"{_number(rng, 1.2, 3)} * (x - {_number(rng, 0.3, 2)})"
        start = _number(rng, 2.5, 4) if start is None else start
        rate = _number(rng, 0.05, 0.25) if rate is None else rate
        return Case(special, df=df, start=start, learning_rate=rate, steps=steps)

    def vector(special, d, steps, **changes):
        case = Case(special, {"D": d}, df=_vector_df(rng, d)[0], start=rng.normal(0, 3, d).round(2),
                    learning_rate=_number(rng, 0.05, 0.25), steps=steps)  # fmt: skip
        return case.but(**changes)

    yield number(df="2 * x", steps=3)
    yield number(df="4 * x**3 - 4 * x + 0.3", start=-_number(rng, 1.3, 1.6), rate=0.04, steps=5)
    yield number(steps=7)
    yield vector("", 2, 3)
    yield vector("", 3, 6)
    yield number("no steps at all (steps = 0)", steps=0)
    yield number("a single step (steps = 1)", steps=1)
    yield number("the start is a whole number (an int)", start=int(rng.integers(3, 9)))
    whole = rng.integers(-9, 10, 3)
    yield vector("the start is an array of whole numbers", 3, 4, start=whole)
    yield vector("one coordinate (D = 1)", 1, 3)
    df, bottom = _vector_df(rng, 2)
    yield vector("the start is the bottom: every slope is 0", 2, 3, df=df, start=bottom)
    yield number("a learning rate so large that it explodes", rate=2.5, steps=6)
    yield vector("a view into a larger array", 2, 3, start=Strided(rng.normal(0, 3, 2).round(2)))
    yield number("ground that hardly slopes", df="1e-9 * (x - 1.2)", start=2.7, rate=2e8, steps=4)


def run_descent(solution, case):
    df = formula(case.df)
    return {"result": solution.call(
        "gradient_descent", df, case.start, case.learning_rate, case.steps
    )}  # fmt: skip


def _walk(df, start, learning_rate, steps, move, first=None):
    """Points of a walk with ``move(x, df, learning_rate, step)`` for the next one."""
    x = np.asarray(start, float)[()]
    points = [x]
    for step in range(steps):
        x = move(x, df, learning_rate, step)
        points.append(x)
    return np.array(points)


def _walking(move):
    return {"gradient_descent": lambda df, start, learning_rate, steps: _walk(
        df, start, learning_rate, steps, move)}  # fmt: skip


def _aliasing(df, x, learning_rate, steps):
    points = [x]
    for _ in range(steps):
        x -= learning_rate * df(x)
        points.append(x)
    return points


def _writing_into_start(df, start, learning_rate, steps):
    points = [start * 1.0]
    for _ in range(steps):
        start -= learning_rate * df(start)
        points.append(start * 1.0)
    return points


def _aliasing_start(df, start, learning_rate, steps):
    points = [start]
    for _ in range(steps):
        start -= learning_rate * df(start)
        points.append(start)
    return points


def _like_start(df, start, learning_rate, steps):
    points = np.zeros((steps + 1, *np.shape(start)), dtype=np.asarray(start).dtype)
    points[0] = start
    for step in range(steps):
        points[step + 1] = points[step] - learning_rate * df(points[step])
    return points


def _one_coordinate_at_a_time(x, df, learning_rate, step):
    x = np.array(x)
    for place in np.ndindex(x.shape):
        x[place] = x[place] - learning_rate * np.asarray(df(x))[place]
    return x[()]


def _stopping(df, start, learning_rate, steps, behind=False):
    x = np.asarray(start, float)[()]
    points = [x]
    for step in range(steps):
        if np.all(np.abs(df(x)) < 1e-9) and not (behind and step == 0):
            break
        x = x - learning_rate * df(x)
        points.append(x)
    return points


STEP = "x = x - learning_rate * gradient"
KEEP = "points[step + 1] = x"
FINISH = "return points"

GRADIENT_DESCENT = Exercise(
    "gradient_descent", LESSON, 4,
    outputs=(Output("result", "the list of points"),),
    cases=descent_cases,
    run=run_descent,
    reference=REFERENCE,
    see="One step, and then another",
    mistakes=(
        Mistake(
            "climbs", "It walks uphill: the slope is added where it should be subtracted.",
            "The slope points to where the ground rises; you want to go the other way.",
            edits=((STEP, "x = x + learning_rate * gradient"),),
        ),
        Mistake(
            "return-in-loop", "Only one step is taken: the `return` stands inside the loop and ends it "
            "in its first turn.", "What is indented as far as the loop's lines belongs to the loop.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: (
                descent.gradient_descent(df, start, learning_rate, 1) if steps else None)},
        ),
        Mistake(
            "place-before-step", "A place is written down before the step of its turn: the start stands "
            "there twice, and the last place is missing.",
            "The start is in the list when the loop begins; a turn adds the place after its step.",
            edits=((FINISH, "return np.concatenate([points[:1], points[:-1]])"),),
            equivalent=("off-by-one",),
        ),
        Mistake(
            "append-outside-loop", "The list holds two places, the start and the last: the line that "
            "writes a place down stands outside the loop.",
            "What is to happen in every turn has to be indented as far as the loop's other lines.",
            edits=((FINISH, "return np.array([points[0], x])"),),
        ),
        Mistake(
            "place-not-moved", "`x` itself never moves: every entry after the start is one step away "
            "from it.", "The new place has to get the name x before the next turn asks for its slope.",
            edits=((STEP, "pass"), (KEEP, "points[step + 1] = x - learning_rate * gradient")),
        ),
        Mistake(
            "one-way", "The slope has lost its sign: the walk goes to the left on any ground.",
            "The sign of the slope is what tells where downhill is.",
            edits=((STEP, "x = x - learning_rate * np.abs(gradient)"),),
        ),
        Mistake(
            "start-missing", "The start is missing from the list of points.",
            "The list tells the whole walk: steps + 1 places, and the first is where it began.",
            edits=((FINISH, "return points[1:]"),), equivalent=("first-missing",),
        ),
        Mistake(
            "last-missing", "The last place is missing: the walk took its last step unseen.",
            "When a place is written down before the step, one is left to write at the end.",
            edits=((FINISH, "return points[:-1]"),), equivalent=("last-missing",),
        ),
        Mistake(
            "one-step-too-many", "One step too many is taken.",
            "The start is a place, not a step: `steps` steps lead to steps + 1 places.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: (
                descent.gradient_descent(df, start, learning_rate, steps + 1))},
            equivalent=("one-more-steps", "one-too-many"),
        ),
        Mistake(
            "only-last", "Only the last place comes back; asked for was the whole walk.",
            edits=((FINISH, "return x"),),
        ),
        Mistake(
            "slope-of-the-start", "The slope is taken at the start and never again.",
            "After a step you stand on other ground: ask for the slope where you are now.",
            edits=(("as_float(df(x), ", 'as_float(df(points[0]), '),),
        ),
        Mistake(
            "rate-ignored", "The learning rate is not used: every step is as long as the slope.",
            edits=((STEP, "x = x - gradient"),), equivalent=("as-if-1-learning_rate",),
        ),
        Mistake(
            "slope-ignored", "Every step has the same length: only the direction of the slope is "
            "used, not how steep it is.",
            "Near the bottom the slope is small, and so the steps become small by themselves.",
            edits=((STEP, "x = x - learning_rate * np.sign(gradient)"),),
        ),
        Mistake(
            "slope-never-asked", "The step is a share of the place itself; `df` is never asked.",
            "That walks to 0 on any ground. Downhill is where df(x) says.",
            edits=((STEP, "x = x - learning_rate * x"),),
        ),
        Mistake(
            "rate-divided", "The slope is divided by the learning rate; it should be multiplied.",
            edits=((STEP, "x = x - gradient / learning_rate"),),
        ),
        Mistake(
            "rate-decays", "The learning rate shrinks from step to step; it should stay as given.",
            edits=((STEP, "x = x - learning_rate / (step + 1) * gradient"),),
        ),
        Mistake(
            "rate-halves", "The learning rate is halved after every step; it should stay as given.",
            edits=((STEP, "x = x - learning_rate / 2**step * gradient"),),
        ),
        Mistake(
            "step-for-place", "Each entry is the step alone: the place it started from is lost.",
            "A step leads from somewhere: the new place is the old one minus the step.",
            edits=((STEP, "x = -learning_rate * gradient"),),
        ),
        Mistake(
            "always-from-start", "Every step begins at the start again, so the walk gets nowhere.",
            "The next step begins where the last one ended.",
            edits=((STEP, "x = points[0] - learning_rate * gradient"),),
        ),
        Mistake(
            "place-shrinks", "The place is multiplied by the learning rate too.",
            "Only the slope is multiplied: x minus (rate times slope).",
            edits=((STEP, "x = learning_rate * (x - gradient)"),),
        ),
        Mistake(
            "slopes-listed", "The list holds the slopes met on the way, not the places.",
            edits=((KEEP, "points[step + 1] = gradient"),),
        ),
        Mistake(
            "slopes-listed-behind", "The list holds the slopes met on the way (after the start), not "
            "the places.", edits=((KEEP, "points[step + 1] = df(x)"),),
        ),
        Mistake(
            "moves-kept", "The list holds the moves (after the start), not the places.",
            edits=((KEEP, "points[step + 1] = -learning_rate * gradient"),),
        ),
        Mistake(
            "same-array-in-every-row", "All places of your list are one and the same array: each "
            "`x -= ...` rewrites it, and the whole walk shows its end.",
            "`points.append(x)` stores no copy. `x = x - ...` makes a new array for each place.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: _aliasing(
                df, start * 1.0, learning_rate, steps)},
        ),
        Mistake(
            "same-array-everywhere", "All places of your list are one and the same array: each "
            "`x -= ...` rewrites it, and the whole walk shows its end.",
            "`points.append(x)` stores no copy. `x = x - ...` makes a new array for each place.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: _aliasing(
                df, np.array(start, dtype=float), learning_rate, steps)},
        ),
        Mistake(
            "writes-into-start", "`start -= ...` writes into the array that you were handed.",
            "For a plain number that makes a new one; an array is changed where it lies.",
            functions={"gradient_descent": _writing_into_start},
            equivalent=("input-mutated",),
        ),
        Mistake(
            "start-in-every-row", "All places of your list are the array `start` itself, which "
            "each `start -= ...` rewrites.",
            "`points.append(x)` stores no copy. `x = x - ...` makes a new array for each place.",
            functions={"gradient_descent": _aliasing_start},
        ),
        Mistake(
            "whole-number-start", "From a start made of whole numbers, every place is cut to whole "
            "numbers.",
            "A table made in the image of `start` takes over its kind: an array of int cannot hold "
            "fractions.",
            functions={"gradient_descent": _like_start},
        ),
        Mistake(
            "one-coordinate-at-a-time", "Each coordinate moves before the next one's slope is "
            "taken: all slopes of a step belong to the same place.",
            functions=_walking(_one_coordinate_at_a_time),
        ),
        Mistake(
            "first-coordinate-only", "Only the first coordinate moves.",
            functions=_walking(lambda x, df, rate, step: x - rate * np.asarray(df(x)) * (
                np.arange(np.size(x)).reshape(np.shape(x)) == 0)),
        ),
        Mistake(
            "stops-early", "It stops when the ground is level, so the list is too short; agreed "
            "was steps + 1 places always.",
            functions={"gradient_descent": _stopping},
            equivalent=("fails-with-the-start-is-the-bottom-every-slope-is-0",),
        ),
        Mistake(
            "stops-early-behind", "It stops when the ground is level, so the list is too short; agreed "
            "was steps + 1 places always.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: _stopping(
                df, start, learning_rate, steps, behind=True)},
            equivalent=("fails-with-the-start-is-the-bottom-every-slope-is-0",),
        ),
        Mistake(
            "rests-on-gentle-ground", "Where the slope is small it stays where it is; agreed was to "
            "take every step.",
            "How small is small? With a large learning rate a gentle slope goes far.",
            functions=_walking(lambda x, df, rate, step: x - rate * np.asarray(df(x)) * (
                np.max(np.abs(df(x))) > 1e-6)),
            equivalent=("fails-with-ground-that-hardly-slopes",),
        ),
        Mistake(
            "length-one-steps", "The slopes of a place are scaled to length 1: each step is as "
            "long as the learning rate.",
            functions=_walking(lambda x, df, rate, step: x - rate * df(x) / (
                np.linalg.norm(df(x)) or 1.0)),
            equivalent=("slope-ignored",),
        ),
        Mistake(
            "columns-for-rows", "Each place stands in a column; agreed was one place in each row.",
            edits=((FINISH, "return points.T"),), equivalent=("transposed",),
        ),
        Mistake(
            "speed-kept", "Each step adds to the one before, as if the ball had momentum.",
            "That is a fine method (lesson 11), but not this one.",
            functions={"gradient_descent": lambda df, start, learning_rate, steps: _with_speed(
                df, start, learning_rate, steps)},
        ),
    ),
    variants=(
        Variant("list", {"gradient_descent": lambda df, start, learning_rate, steps: _growing_list(
            df, start, learning_rate, steps)}),
        Variant("array-filled", {"gradient_descent": lambda df, start, learning_rate, steps: (
            _filled(df, start, learning_rate, steps))}),
        Variant("coordinate-lists", {"gradient_descent": lambda df, start, learning_rate, steps: (
            _in_plain_lists(df, start, learning_rate, steps))}),
        Variant("copies", {"gradient_descent": lambda df, start, learning_rate, steps: (
            _with_copies(df, start, learning_rate, steps))}),
    ),
)  # fmt: skip


def _with_speed(df, start, learning_rate, steps):
    x, speed = np.asarray(start, float)[()], 0.0
    points = [x]
    for _ in range(steps):
        speed = 0.9 * speed - learning_rate * df(x)
        x = x + speed
        points.append(x)
    return points


def _growing_list(df, start, learning_rate, steps):
    points = [start]
    while len(points) <= steps:
        points.append(points[-1] - learning_rate * df(points[-1]))
    return points


def _filled(df, start, learning_rate, steps):
    points = np.zeros((steps + 1,) + np.shape(start))
    points[0] = start
    for i in range(1, steps + 1):
        points[i] = points[i - 1] - learning_rate * df(points[i - 1])
    return points


def _in_plain_lists(df, start, learning_rate, steps):
    if np.ndim(start) == 0:
        return tuple(_growing_list(df, float(start), learning_rate, steps))
    place, points = [float(v) for v in start], []
    for _ in range(steps):
        points.append(place)
        place = [v - learning_rate * g for v, g in zip(place, df(place), strict=True)]
    return points + [place]


def _with_copies(df, start, learning_rate, steps):
    x = np.array(start, dtype=float)
    points = [x.copy()]
    for _ in range(steps):
        x -= learning_rate * np.asarray(df(x))
        points.append(x.copy())
    return np.vstack(points) if x.ndim else np.stack(points)


# --- largest_stable_rate --------------------------------------------------------------------------


def rate_cases(rng):
    yield Case(curvature=_number(rng, 3.2, 3.9))
    yield Case(curvature=_number(rng, 0.2, 0.8))
    yield Case(curvature=_number(rng, 6, 20))
    yield Case(curvature=_number(rng, 1.1, 1.9))
    yield Case("the curvature is a whole number (an int)", curvature=int(rng.choice([5, 7, 9])))
    yield Case("a very flat bowl", curvature=1e-3)
    yield Case("a very steep bowl", curvature=3e4)


def _rate_mistake(ident, formula, says, thought="", equivalent=()):
    return Mistake(ident, says, thought, edits=(("float(2 / check_positive(curvature, "
                   '"curvature"))', formula),), equivalent=equivalent)  # fmt: skip


LARGEST_STABLE_RATE = Exercise(
    "largest_stable_rate", LESSON, 2,
    outputs=(Output("result", "the largest stable learning rate"),),
    cases=rate_cases,
    run=function_run("largest_stable_rate", "curvature"),
    reference=REFERENCE,
    see="Where exactly does it explode?",
    mistakes=(
        _rate_mistake(
            "jumps-to-the-bottom", "1 / curvature", "With that rate it jumps straight to the "
            "bottom; it can be twice as large before it stops converging.",
            "Overshooting alone is no explosion: landing lower on the other side still converges.",
            ("times-1-over-2",),
        ),
        _rate_mistake(
            "times-curvature", "2 * curvature", "It grows with the curvature; the steeper the "
            "bowl, the smaller the steps must be.",
            "A steeper bowl has larger slopes, and so longer steps at the same rate.",
        ),
        _rate_mistake(
            "upside-down", "curvature / 2", "It is upside down: 1 divided by yours is right.",
            equivalent=("reciprocal",),
        ),
        _rate_mistake("the-curvature", "curvature", "That is the curvature itself.",
                      equivalent=("returns-curvature",)),
        _rate_mistake(
            "curvature-ignored", "2.0", "It is the same for every bowl: right only for curvature "
            "1.",
            "The flat bowl of the slider had curvature 1; try the walk on a steeper one.",
            ("as-if-1-curvature",),
        ),
        _rate_mistake(
            "half-of-it", "1 / (2 * curvature)", "It is four times too small.",
            equivalent=("times-1-over-4",),
        ),
        _rate_mistake(
            "four", "4 / curvature", "It is twice too large: there the walk has long exploded.",
            "The height has a half in it: curvature * x**2 / 2 has the slope curvature * x.",
            ("times-2",),
        ),
        _rate_mistake(
            "curvature-squared", "2 / curvature**2", "The curvature is squared; a step holds it "
            "once.",
            equivalent=("squares-curvature",),
        ),
        _rate_mistake("root", "2 / curvature**0.5", "The root of the curvature is taken."),
        _rate_mistake("root-of-all", "(2 / curvature) ** 0.5", "A root has been taken; the right "
                      "answer is yours times yours.", equivalent=("square-root",)),
        _rate_mistake("minus", "-2 / curvature", "A learning rate is positive; yours is negative.",
                      equivalent=("sign", "negates-curvature")),
        _rate_mistake(
            "whole-number-division", "2 // curvature", "The fraction is lost: `//` divides and "
            "cuts to whole numbers.", "One stroke `/` divides; two cut off what follows the point.",
        ),
        _rate_mistake("difference", "2 - curvature", "The curvature is subtracted from 2; a step "
                      "multiplies by it."),
        _rate_mistake("one-more", "1 + 1 / curvature", "For curvature 1 it is right, for others "
                      "not: look at where 1 minus rate times curvature becomes -1."),
        _rate_mistake("just-below", "1.99 / curvature", "It is a little too small: asked for is "
                      "the border itself.", "A safe rate is below the border; the question is "
                      "where the border lies.", ("factor",)),
    ),
    variants=(
        Variant("power", {"largest_stable_rate": lambda curvature: 2 * curvature**-1.0}),
        Variant("zero-d", {"largest_stable_rate": lambda curvature: np.array(2) / curvature}),
        Variant("searched", {"largest_stable_rate": lambda curvature: _searched(curvature)}),
    ),
)  # fmt: skip


def _searched(curvature):
    low, high = 0.0, 4.0 / curvature
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if abs(1 - middle * curvature) < 1 else (low, middle)
    return low


EXERCISES = (SLOPE, GRADIENT_DESCENT, LARGEST_STABLE_RATE)
