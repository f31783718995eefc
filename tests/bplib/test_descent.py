"""Lesson 03: slopes, walks downhill, and the border between crawling and exploding."""

import math

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.descent import (
    gradient_descent,
    largest_stable_rate,
    long_bowl,
    long_bowl_gradient,
    slope,
    two_valleys,
    two_valleys_slope,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("x", [-3, -0.5, 0, 0.1, 2])
def test_slope_is_a_central_difference(x):
    assert slope(math.sin, x) == pytest.approx(math.cos(x), abs=1e-9)
    assert slope(lambda x: x**2, x, h=0.5) == pytest.approx(2 * x, abs=1e-12)  # exact for squares
    assert slope(lambda x: x**3, 1.0, h=0.1) == pytest.approx(3.01)


def test_walk_of_a_number():
    points = gradient_descent(lambda x: 2 * x, 3, 0.1, 4)
    np.testing.assert_allclose(points, 3 * 0.8 ** np.arange(5))
    assert points.dtype == np.float64


def test_walk_of_a_vector():
    start, = frozen([4, -2])
    points = gradient_descent(long_bowl_gradient, start, 0.05, 6)
    assert points.shape == (7, 2)
    np.testing.assert_allclose(points[:, 0], 4 * 0.95 ** np.arange(7))
    np.testing.assert_allclose(points[:, 1], -2 * 0.5 ** np.arange(7))


def test_start_stays_and_precision_is_kept():
    start = np.array([1.0, 2.0], dtype=np.float32)
    points = gradient_descent(lambda x: x, start, np.float64(0.5), 3)
    assert points.dtype == np.float32
    assert start.tolist() == [1.0, 2.0]
    again = gradient_descent(lambda x: x, start, np.float64(0.5), 3)
    assert np.array_equal(points, again)


def test_a_gradient_that_reuses_its_buffer_does_no_harm():
    buffer = np.empty(2)

    def df(x):
        buffer[:] = 2 * x
        return buffer
    points = gradient_descent(df, [1.0, 2.0], 0.25, 2)
    np.testing.assert_allclose(points, [[1, 2], [0.5, 1], [0.25, 0.5]])


def test_a_list_as_gradient_and_no_steps():
    points = gradient_descent(lambda x: [1, 2], [0, 0], 1.0, 1)
    np.testing.assert_allclose(points, [[0, 0], [-1, -2]])
    assert gradient_descent(lambda x: x, 1.5, 0.1, 0).tolist() == [1.5]


@pytest.mark.parametrize("curvature", [0.5, 1.0, 8.0])
def test_the_largest_stable_rate_is_the_border(curvature):
    border = largest_stable_rate(curvature)
    assert border == pytest.approx(2 / curvature)
    below, above = (np.abs(gradient_descent(lambda x: curvature * x, 1.0, rate, 500))
                    for rate in (0.99 * border, 1.01 * border))
    assert below[-1] < 1e-4 < 1e3 < above[-1]


def test_exploding_ends_in_inf_without_a_warning():
    assert not np.isfinite(gradient_descent(lambda x: x**3, 10.0, 1.0, 50)[-1])


def test_landscapes_and_their_gradients():
    for x in (-1.3, 0.0, 0.4, 2.0):
        assert slope(two_valleys, x) == pytest.approx(two_valleys_slope(x), abs=1e-7)
    point = np.array([0.7, -1.1])
    assert_slopes(long_bowl_gradient(point), long_bowl, point)


def test_the_start_decides_the_valley():
    deep = gradient_descent(two_valleys_slope, -0.2, 0.05, 300)[-1]
    shallow = gradient_descent(two_valleys_slope, 0.2, 0.05, 300)[-1]
    assert deep == pytest.approx(-1.0355, abs=1e-3)
    assert shallow == pytest.approx(0.9601, abs=1e-3)
    assert two_valleys(deep) < two_valleys(shallow) - 0.5


@pytest.mark.parametrize("call, message", [
    (lambda: slope(math.sin, 0.0, h=0), "h must be a finite number above 0; got 0"),
    (lambda: gradient_descent(abs, 1.0, -1, 3),
     "learning_rate must be a finite number from 0 on; got -1"),
    (lambda: gradient_descent(abs, 1.0, 0.1, 3.0),
     "steps must be a whole number, at least 0; got 3.0"),
    (lambda: gradient_descent(lambda x: 1.0, [1.0, 2.0], 0.1, 3),
     "df(x) must have the shape of start, (2,); got ()"),
    (lambda: gradient_descent(lambda x: None, 1.0, 0.1, 3),
     "df(x) must hold numbers; got NoneType of dtype object"),
    (lambda: largest_stable_rate(-1.0), "curvature must be a finite number above 0; got -1.0"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
