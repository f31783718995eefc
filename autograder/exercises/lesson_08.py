"""Checks of lesson 08: numerical gradients; the check and the story have modules beside it."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises import checking_08, detective_08
from autograder.exercises.formulas_08 import array_of, computes, largest_move
from autograder.machine import Strided
from bplib import gradcheck

LESSON = "08_gradient_checking"
REFERENCE = {name: getattr(gradcheck, name) for name in (
    "numerical_gradient", "complex_step_gradient")}  # fmt: skip
ZERO = "entries that are exactly 0"
NO_H = "h left out (its default)"


def _digits(rng, *shape):
    """Numbers from -2 to 2 with two digits behind the point, none of them near 0."""
    size = np.round(rng.uniform(0.4, 2.0, shape), 2)
    return size * rng.choice([-1, 1], shape)


def _c(rng):
    return float(np.round(rng.uniform(0.5, 3.0), 1))


# --- numerical_gradient -------------------------------------------------------------------------
# On a polynomial of second degree a central difference is exact for any h, and a one-sided one is
# off by h times half the curvature; so h may be large, and no tolerance has to be argued about.


def numerical_cases(rng):
    def case(f, *shape, special="", h=None, x=None):
        x = _digits(rng, *shape) if x is None else x
        step = {} if h is None else {"h": h}
        return Case(special, {"D": int(array_of(x).size)}, f=f, x=x, **step)

    square = f"np.sum(x**2) + {_c(rng)} * np.sum(x)**2"
    yield case(f"{_c(rng)} * x[0]**2 + {_c(rng)} * x[0] * x[1] - x[1]", 2, h=0.1)
    yield case(square, 4, h=0.25)
    yield case(f"np.sum(x @ x.T) + {_c(rng)} * np.sum(x**2)", 3, 2, h=0.01)
    yield case(f"{_c(rng)} * np.sum(x * x[::-1]) - np.sum(x**2)", 5, h=0.05)
    yield case(f"np.sum(x[0] * x[1]) + {_c(rng)} * np.sum(x**2)", 2, 4, h=0.1)
    yield case("np.sum(np.sin(x) * np.exp(x / 2))", 3, special=NO_H)
    yield case("np.sum(np.tanh(x)**2) + x[0, 0] * x[1, 1]", 2, 3, special=NO_H)
    whole = "whole numbers (an array of int)"
    yield case("0.3 * np.sum(x**3) + 0.7 * x[0] * x[1]", special=whole, x=rng.integers(1, 5, 3))
    yield case(square, special=whole, x=rng.integers(-4, 5, (2, 2)), h=0.25)
    yield case(square, special="three axes", x=_digits(rng, 2, 3, 2), h=0.1)
    yield case(square, special="one entry alone", x=_digits(rng, 1), h=0.1)
    yield case(square, special=ZERO, x=np.array([1.5, 0.0, -0.7, 0.0]), h=0.1)
    yield case(square, special="a view into a larger array", x=Strided(_digits(rng, 3, 2)), h=0.1)
    quarters = (rng.integers(1, 9, (2, 2)) / 4).astype(np.float32)  # exact, and so is the step
    yield case("np.sum(x**2) + x[0, 0] * x[1, 1]", special="single precision (float32)",
               x=quarters, h=0.125)  # fmt: skip


def run_numerical(solution, case):
    points, x = [], array_of(case.x)
    step = {"h": case.h} if "h" in case.inputs else {}
    result = solution.call("numerical_gradient", computes(case.f, points), case.x, **step)
    if x.dtype == np.float32 and not isinstance(read(result), Unreadable):
        result = read(result).astype(np.float32)  # agreed was float64: no remark on that
    found = {"gradient": result}
    if step:
        found["steps_by_h"] = largest_move(points, x) / case.h
    return found


def _other_size(seen, expected, case):
    """Whether nudges are of another size: none, too small, such as h says, too large."""
    return np.digitize(seen, (1e-12, 0.4, 3)) != np.digitize(expected, (1e-12, 0.4, 3))


def _other_way(seen, expected, case):
    """Whether steps have another size aside, or go along the real line as the others do not."""
    def kinds(steps):
        return np.array([np.digitize(steps[0], (1e-12, 0.5, 2)), np.digitize(steps[1], (1e-9, 1e-3))])

    return kinds(seen) != kinds(expected)


QUOTIENT = "(_number(f(above)) - _number(f(below))) / width"
NUDGES = "above, below = _moved(x, place, h), _moved(x, place, -h)"


def _numerical(*edits):
    return tuple(edits)


def _cumulative(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        x[place] += h
        above = f(x)
        x[place] -= 2 * h
        gradient[place] = (above - f(x)) / (2 * h)
    return gradient


def _same_array_twice(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        old, above, below = x[place], x, x
        above[place] = old + h
        below[place] = old - h
        gradient[place] = (f(above) - f(below)) / (2 * h)
        x[place] = old
    return gradient


def _ravels(f, x, h=1e-5):
    x = np.asarray(x) if np.asarray(x).dtype.kind == "f" else np.asarray(x, float)
    flat, gradient = x.ravel(), np.zeros(x.size)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + h
        above = f(x)
        flat[i] = old - h
        gradient[i] = (above - f(x)) / (2 * h)
        flat[i] = old
    return gradient.reshape(x.shape)


def _buffer_of_ints(f, x, h=1e-5):
    return gradcheck.numerical_gradient(f, x, h).astype(np.asarray(x).dtype)


def _rows(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (f(above) - f(below)) / (2 * h)
    return gradient


def _nudges_ints(f, x, h=1e-5):
    x = np.array(x)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] = above[place] + h
        below[place] = below[place] - h
        gradient[place] = (f(above) - f(below)) / (2 * h)
    return gradient


NUMERICAL_GRADIENT = Exercise(
    "numerical_gradient", LESSON, 3,
    outputs=(Output("gradient", "the gradient", rtol=1e-5, atol=1e-8),
             Output("steps_by_h", "the size of the nudges beside h", weight=0.0,
                    unlike=_other_size)),
    cases=numerical_cases,
    run=run_numerical,
    reference=REFERENCE,
    see="Two nudges for every number",
    mistakes=(
        Mistake(
            "one-sided", "One value is taken at x itself, the other in front of it: a one-sided "
            "difference, which leans.",
            "It is off by h times half the curvature; with one foot on each side that cancels.",
            edits=((NUDGES, "above, below = _moved(x, place, h), x"),),
        ),
        Mistake(
            "one-sided-backward",
            "One value is taken at x itself, the other behind it: a one-sided "
            "difference, which leans.",
            edits=((NUDGES, "above, below = x, _moved(x, place, -h)"),),
        ),
        Mistake(
            "two-missing",
            "Your gradient is twice too large: the two points stand 2 h apart, and it "
            "is divided by h.",
            edits=((QUOTIENT, "(_number(f(above)) - _number(f(below))) / h"),),
            equivalent=("times-2",),
        ),
        Mistake(
            "precedence",
            "`/ 2 * h` divides by 2 and then multiplies by h; the 2 h needs a bracket.",
            "Python works from left to right through / and *.",
            edits=((QUOTIENT, "(_number(f(above)) - _number(f(below))) / 2 * h"),),
        ),
        Mistake(
            "bracket-missing", "Only the second value is divided: the difference needs a bracket.",
            "Python divides before it subtracts.",
            edits=((QUOTIENT, "_number(f(above)) - _number(f(below)) / width"),),
        ),
        Mistake(
            "not-divided", "The difference of the two values is there, but not divided by 2 h.",
            edits=((QUOTIENT, "_number(f(above)) - _number(f(below))"),),
        ),
        Mistake(
            "sign",
            "The gradient has the wrong sign: it is the value in front minus the one behind.",
            edits=((QUOTIENT, "(_number(f(below)) - _number(f(above))) / width"),),
        ),
        Mistake(
            "sum-for-difference", "The two values are added; they should be subtracted.",
            edits=((QUOTIENT, "(_number(f(above)) + _number(f(below))) / width"),),
        ),
        Mistake(
            "all-at-once", "All entries are nudged together, so every place holds the sum of the "
            "whole gradient.",
            "One entry at a time moves; the others stay where they are.",
            edits=((NUDGES, "above, below = x + h, x - h"),),
        ),
        Mistake(
            "not-restored", "An entry that has been nudged is not put back before the next one is: "
            "the slopes are taken at other points.",
            "After the value behind, x stands h too low, and stays there.",
            functions={"numerical_gradient": _cumulative},
        ),
        Mistake(
            "same-array-twice",
            "`above = x` and `below = x` are one array with two names: both end "
            "up at the same point, and the difference is 0.",
            "`.copy()` makes a second array; `=` gives a second name.",
            functions={"numerical_gradient": _same_array_twice}, equivalent=("zeros",),
        ),
        Mistake(
            "h-ignored", "The `h` that was given is not used.",
            edits=((NUDGES, "h = 1e-5; above, below = _moved(x, place, h), _moved(x, place, -h)"),),
        ),
        Mistake(
            "whole-number-buffer", "For an x of whole numbers the slopes have lost what stands "
            "behind the point.",
            "np.zeros_like(x) makes an array of the same kind as x: of int, if x is.",
            functions={"numerical_gradient": _buffer_of_ints},
            equivalent=("fails-with-whole-numbers-an-array-of-int",),
        ),
        Mistake(
            "whole-number-nudge", "For an x of whole numbers the nudge gets lost: an array of int "
            "cannot hold 3 + h.",
            "Work on a copy of x as floats.",
            functions={"numerical_gradient": _nudges_ints},
            equivalent=("fails-with-whole-numbers-an-array-of-int",),
        ),
        Mistake(
            "ravel-of-a-view", "For an x that is a view into a larger array nothing moves: `ravel` "
            "had to make a copy of it, and the copy was nudged.",
            functions={"numerical_gradient": _ravels},
            equivalent=("fails-with-a-view-into-a-larger-array", "input-mutated"),
        ),
        Mistake(
            "flattened",
            "The slopes are right, but they stand in one long row; agreed was the shape "
            "of x.",
            edits=(("return gradient", "return gradient.ravel()"),),
            equivalent=("right-values-wrong-shape", "fails-with-whole-numbers-an-array-of-int"),
        ),
        Mistake(
            "summed", "One number came back; each entry of x has a slope of its own.",
            edits=(("return gradient", "return gradient.sum()"),), equivalent=("summed-too-much",),
        ),
        Mistake(
            "first-axis-only",
            "Whole rows of x are nudged: the slopes of a row's entries have been "
            "added up.",
            "x[i] is one entry only when x has one axis; with two it is a row.",
            functions={"numerical_gradient": _rows},
        ),
        Mistake(
            "return-in-loop", "Only the first entry has a slope, all others are 0: the `return` "
            "stands inside the loop and ends it in its first turn.",
            "What is indented as far as the loop's lines belongs to the loop.",
            edits=(("np.ndindex(x.shape)", "[(0,) * x.ndim]"), ("np.empty", "np.zeros")),
        ),
    ),
    variants=(
        Variant("nditer", {"numerical_gradient": lambda f, x, h=1e-5: _by_nditer(f, x, h)}),
        Variant("identity-rows", {"numerical_gradient": lambda f, x, h=1e-5: np.array([
            (f(x + h * e.reshape(np.shape(x))) - f(x - h * e.reshape(np.shape(x)))) / (2 * h)
            for e in np.eye(np.size(x))]).reshape(np.shape(x))}),
        Variant("nested-lists", {"numerical_gradient": lambda f, x, h=1e-5: (
            gradcheck.numerical_gradient(lambda v: f(v.tolist()), x, h).tolist())}),
        Variant("half-steps", {"numerical_gradient": lambda f, x, h=1e-5: (
            gradcheck.numerical_gradient(f, x, h / 2))}),
        Variant("in-place-restored", {"numerical_gradient": lambda f, x, h=1e-5: (
            _restores(f, x if np.asarray(x).dtype == float else np.array(x, float), h))}),
    ),
)  # fmt: skip


def _by_nditer(f, x, h):
    x = np.asarray(x).astype(np.float64)
    gradient = np.empty_like(x)
    places = np.nditer(x, flags=["multi_index"])
    while not places.finished:
        place = places.multi_index
        bump = np.zeros_like(x)
        bump[place] = h
        gradient[place] = (f(x + bump) - f(x - bump)) / (2 * h)
        places.iternext()
    return gradient


def _restores(f, x, h):
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        old = x[place]
        x[place] = old + h
        above = f(x)
        x[place] = old - h
        below = f(x)
        x[place] = old
        gradient[place] = (above - below) / (2 * h)
    return gradient


# --- complex_step_gradient ----------------------------------------------------------------------


def complex_cases(rng):
    def case(f, *shape, special="", h=None, x=None):
        x = _digits(rng, *shape) if x is None else x
        step = {} if h is None else {"h": h}
        return Case(special, {"D": int(array_of(x).size)}, f=f, x=x, **step)

    yield case(f"x[0]**3 * x[1] + {_c(rng)} * np.cos(x[1])", 2)
    yield case(f"np.sum(np.exp(x) * np.sin({_c(rng)} * x))", 4)
    yield case(f"np.sum(np.tanh(x @ x.T)) + {_c(rng)} * np.sum(x)", 3, 2)
    yield case(f"-np.log(1 + np.sum(np.exp({_c(rng)} * x)))", 5, h=1e-20)
    yield case("np.sqrt(np.sum(x**2)) * x[0]", 3, h=1e-40)
    yield case("0.7 * np.prod(x) + np.exp(x[0])", special="whole numbers (an array of int)",
               x=rng.integers(1, 4, 3))
    yield case("np.sum(np.sin(x)) * np.sum(x)", 2, 2, 2, special="three axes")
    yield case("np.exp(x[0])", 1, special="one entry alone")
    yield case("np.sum(np.exp(2 * x) + np.sin(3 * x))", special=ZERO,
               x=np.array([0.0, 0.8, -1.2, 0.0, 0.5]))  # fmt: skip
    yield case("np.sum(np.exp(x) / (1 + x**2))", special="a view into a larger array",
               x=Strided(_digits(rng, 3, 2)))  # fmt: skip


def run_complex(solution, case):
    points, x = [], array_of(case.x)
    step = {"h": case.h} if "h" in case.inputs else {}
    result = solution.call("complex_step_gradient", computes(case.f, points), case.x, **step)
    values = np.asarray(result) if isinstance(result, (np.ndarray, list, tuple)) else result
    if isinstance(values, np.ndarray) and values.dtype.kind == "c" and not np.any(values.imag):
        result = values.real
    found = {"gradient": result}
    if step:
        aside = largest_move(points, x, lambda move: np.abs(np.imag(move)))
        along = largest_move(points, x, lambda move: np.abs(np.real(move)))
        found["steps_by_ih"] = [aside / case.h, along]
    return found


SLOPE = "gradient[place] = value.imag / h"
STEP = "_moved(x.astype(complex), place, 1j * h)"


def _real_difference(f, x, h=1e-30):
    return gradcheck.numerical_gradient(f, x, 1e-5)


def _tiny_real_difference(f, x, h=1e-30):
    x = np.asarray(x, float)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] += h
        below[place] -= h
        gradient[place] = (f(above) - f(below)) / (2 * h)
    return gradient


def _complex_not_restored(f, x, h=1e-30):
    x = np.array(x, dtype=complex)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        x[place] += 1j * h
        gradient[place] = f(x).imag / h
    return gradient


def _complex_rows(f, x, h=1e-30):
    x = np.asarray(x)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        aside = x.astype(complex)
        aside[i] += 1j * h
        gradient[i] = f(aside).imag / h
    return gradient


def _replaced(f, x, h=1e-30):
    x = np.asarray(x)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        aside = x.astype(complex)
        aside[place] = 1j * h
        gradient[place] = f(aside).imag / h
    return gradient


def _complex_buffer_of_ints(f, x, h=1e-30):
    return gradcheck.complex_step_gradient(f, x, h).astype(np.asarray(x).dtype)


COMPLEX_STEP_GRADIENT = Exercise(
    "complex_step_gradient", LESSON, 2,
    outputs=(Output("gradient", "the gradient", rtol=1e-11, atol=1e-13),
             Output("steps_by_ih", "the size of the steps: aside, beside h, and along the real line",
                    weight=0.0, unlike=_other_way)),
    cases=complex_cases,
    run=run_complex,
    reference=REFERENCE,
    see="A step off the real line",
    mistakes=(
        Mistake(
            "real-part", "The real part is taken: that is the value of f; its slope is in the "
            "imaginary part.",
            edits=((SLOPE, "gradient[place] = value.real / h"),),
        ),
        Mistake(
            "value", "The real part is taken, and not divided: that is the value of f itself.",
            edits=((SLOPE, "gradient[place] = value.real"),),
        ),
        Mistake(
            "not-divided", "The imaginary part is there, but not divided by h.",
            edits=((SLOPE, "gradient[place] = value.imag"),),
        ),
        Mistake(
            "divided-by-2h",
            "It is divided by 2 h: that belongs to two steps, and here there is one.",
            edits=((SLOPE, "gradient[place] = value.imag / (2 * h)"),),
            equivalent=("times-1-over-2",),
        ),
        Mistake(
            "absolute", "The size of the complex number is taken; the slope is its imaginary part.",
            edits=((SLOPE, "gradient[place] = abs(value) / h"),),
        ),
        Mistake(
            "absolute-slope", "The slopes have lost their signs: `abs` was taken of the imaginary "
            "part.",
            edits=((SLOPE, "gradient[place] = abs(value.imag) / h"),),
            equivalent=("absolute-value",),
        ),
        Mistake(
            "sign", "The gradient has the wrong sign: the step is + i h.",
            edits=((STEP, "_moved(x.astype(complex), place, -1j * h)"),),
        ),
        Mistake(
            "real-difference",
            "These slopes come from a difference of two values: good to ten digits "
            "perhaps, and here all of them can be had.",
            "A complex step subtracts nothing, so nothing cancels.",
            functions={"complex_step_gradient": _real_difference},
        ),
        Mistake(
            "tiny-real-difference",
            "The nudge goes along the real line: 1 + 1e-30 is 1, and nothing "
            "moves.",
            "In Python the imaginary unit is written 1j.",
            functions={"complex_step_gradient": _tiny_real_difference}, equivalent=("zeros",),
        ),
        Mistake(
            "not-restored",
            "An entry that has been nudged keeps its nudge while the next ones are: "
            "the slopes add up.",
            functions={"complex_step_gradient": _complex_not_restored}, equivalent=("running-sum",),
        ),
        Mistake(
            "all-at-once", "All entries are nudged together, so every place holds the sum of the "
            "whole gradient.",
            edits=((STEP, "x + 1j * h"),),
        ),
        Mistake(
            "first-axis-only",
            "Whole rows of x step aside: the slopes of a row's entries have been added up.",
            "x[i] is one entry only when x has one axis; with two it is a row.",
            functions={"complex_step_gradient": _complex_rows},
        ),
        Mistake(
            "replaced", "The entry is replaced by i h; it should stay what it is, with i h added.",
            "The slope is wanted at x, and the other point lies somewhere else.",
            functions={"complex_step_gradient": _replaced},
        ),
        Mistake(
            "return-in-loop", "Only the first entry has a slope, all others are 0: the `return` "
            "stands inside the loop and ends it in its first turn.",
            edits=(("np.ndindex(x.shape)", "[(0,) * x.ndim]"), ("np.empty", "np.zeros")),
        ),
        Mistake(
            "h-ignored", "The `h` that was given is not used.",
            edits=((STEP, "_moved(x.astype(complex), place, 1e-30j)"),
                   (SLOPE, "gradient[place] = value.imag / 1e-30")),
        ),
        Mistake(
            "whole-number-buffer", "For an x of whole numbers the slopes have lost what stands "
            "behind the point.",
            "np.zeros_like(x) makes an array of the same kind as x: of int, if x is.",
            functions={"complex_step_gradient": _complex_buffer_of_ints},
            equivalent=("fails-with-whole-numbers-an-array-of-int",),
        ),
        Mistake(
            "flattened",
            "The slopes are right, but they stand in one long row; agreed was the shape "
            "of x.",
            edits=(("return gradient", "return gradient.ravel()"),),
            equivalent=("right-values-wrong-shape",),
        ),
    ),
    variants=(
        Variant("identity-rows", {"complex_step_gradient": lambda f, x, h=1e-30: np.array([
            np.imag(f(x + 1j * h * e.reshape(np.shape(x)))) / h
            for e in np.eye(np.size(x))]).reshape(np.shape(x))}),
        Variant("complex-buffer", {"complex_step_gradient": lambda f, x, h=1e-30: (
            gradcheck.complex_step_gradient(f, x, h).astype(complex))}),
        Variant("flat", {"complex_step_gradient": lambda f, x, h=1e-30: _complex_flat(f, x, h)}),
        Variant("own-small-step", {"complex_step_gradient": lambda f, x, h=1e-25: (
            gradcheck.complex_step_gradient(f, x, h))}),
    ),
)  # fmt: skip


def _complex_flat(f, x, h):
    z = np.array(x, dtype=complex)
    slopes = []
    for i in range(z.size):
        z.flat[i] += complex(0, h)
        slopes.append(f(z).imag / h)
        z.flat[i] = z.flat[i].real
    return np.reshape(slopes, z.shape).tolist()


EXERCISES = (NUMERICAL_GRADIENT, COMPLEX_STEP_GRADIENT, *checking_08.EXERCISES,
             *detective_08.EXERCISES)
