"""Every number that the prose of lesson 03 states."""

import numpy as np
import pytest

from bplib import descent


def cube(x):
    return x**3


def test_the_worked_slope():
    assert descent.slope(cube, 2.0, 0.5) == 12.25 == (15.625 - 3.375) / 1
    assert np.isclose(descent.slope(cube, 2.0, 0.1), 12.01)
    assert (cube(2.5) - cube(2.0)) / 0.5 == 15.25
    assert abs(15.25 - 3 * 2.25**2) < 0.1, "about the slope half way to the other foot"


def test_the_error_shrinks_and_then_grows_again():
    steps = [1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13]
    errors = [abs(descent.slope(cube, 2.0, h) - 12) for h in steps]
    assert int(np.argmin(errors)) in (2, 3), "the best distance is in the middle, near 1e-5"
    assert errors[0] > 1e-3 and errors[-1] > 1e-3


@pytest.mark.parametrize("x", [-2.0, 0.0, 1.0, 3.0, 5.0])
def test_the_slope_of_a_square(x):
    assert np.isclose(descent.slope(lambda x: x**2, x), 2 * x)


def test_the_walk_by_hand():
    walk = descent.gradient_descent(lambda x: 2 * x, 3.0, 0.25, 3)
    assert walk.tolist() == [3, 1.5, 0.75, 0.375]


def test_bolder_is_faster_at_first_and_then_runs_away():
    ends = [abs(descent.gradient_descent(lambda x: x, 4.0, rate, 10)[-1])
            for rate in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)]
    assert ends[0] > ends[1] > ends[2] > ends[3] < ends[4] < 1 and ends[5] > 1000


@pytest.mark.parametrize(("curvature", "border"), [(1, 2), (2, 1), (4, 0.5), (8, 0.25), (10, 0.2)])
def test_the_border(curvature, border):
    assert descent.largest_stable_rate(curvature) == border
    for rate, settles in ((0.99 * border, True), (1.01 * border, False)):
        end = descent.gradient_descent(lambda x: curvature * x, 1.0, rate, 40)[-1]
        assert (abs(end) < 1) == settles


@pytest.mark.parametrize(
    ("step", "factor"), [(0.1, 0.9), (1, 0), (1.5, -0.5), (2, -1), (2.5, -1.5)]
)
def test_each_step_multiplies(step, factor):
    walk = descent.gradient_descent(lambda x: x, 1.0, step, 3)
    assert np.allclose(walk, factor ** np.arange(4.0))


def test_about_four_in_ten_of_the_walkers_find_the_deeper_valley():
    starts = np.linspace(-1, 1.6, 100)
    ends = descent.gradient_descent(descent.two_valleys_slope, starts, 0.02, 500)[-1]
    assert sorted(set(ends.round(3).tolist())) == [-1.036, 0.96]
    assert 38 <= np.sum(ends < 0) <= 42
    assert descent.two_valleys(-1.036) < descent.two_valleys(0.96)


def test_the_long_valley():
    curvatures = np.array([1.0, 6.0])
    assert descent.long_bowl_gradient([3.0, 1.0], curvatures).tolist() == [3, 6]
    walk = descent.gradient_descent(lambda p: curvatures * p, np.array([3.0, 1.0]), 0.25, 1)
    assert walk[-1].tolist() == [2.25, -0.5]
    assert round(2 / 6, 2) == 0.33
    far = descent.gradient_descent(lambda p: curvatures * p, np.array([3.0, 1.0]), 0.35, 40)
    near = descent.gradient_descent(lambda p: curvatures * p, np.array([3.0, 1.0]), 0.32, 40)
    assert abs(far[-1, 1]) > 1 > abs(near[-1, 1])


@pytest.mark.parametrize("volume", [100.0, 330.0, 1000.0])
def test_the_thriftiest_can_is_as_tall_as_wide(volume):
    def steepness(r):
        return descent.slope(lambda r: 2 * np.pi * r**2 + 2 * volume / r, r)

    start = 0.8 * (volume / (2 * np.pi)) ** (1 / 3)
    curvature = descent.slope(steepness, start, h=0.01)
    rate = descent.largest_stable_rate(curvature) / 2
    r = descent.gradient_descent(steepness, start, rate, 60)[-1]
    assert np.isclose(2 * r, volume / (np.pi * r**2), rtol=1e-4)
