"""Every number that the prose of lesson 05 states."""

from decimal import Decimal, getcontext

import numpy as np
import pytest

from bplib import logistic
from bplib.descent import slope
from bplib.linear import split_examples, standardize
from bplib.play.logistic import COUNT, SEED, few_fruit, trust_picture, wrong_above


def test_the_fruits_of_the_text_are_those_of_the_pictures():
    X, y = logistic.make_fruit(60, np.random.default_rng(2))
    assert (SEED, COUNT) == (2, 60)
    assert np.array_equal(X, few_fruit()[0]) and np.array_equal(y, few_fruit()[1])


def test_the_best_of_2601_lines_gets_three_wrong():
    settings = [(a, b) for a in np.linspace(-0.5, 2, 51) for b in np.linspace(-1, 1.5, 51)]
    assert len(settings) == 2601
    assert min(wrong_above(*setting).sum() for setting in settings) == 3


def test_the_sigmoid_by_hand():
    assert [round(float(logistic.sigmoid(z)), 2) for z in (2, -2)] == [0.88, 0.12]
    assert (round(np.exp(-2), 3), round(np.exp(2), 2), round(np.e, 2)) == (0.135, 7.39, 2.72)
    p = logistic.sigmoid(np.array([-1.0, 0.0, 1.0, 2.0]))
    odds = p / (1 - p)
    assert np.allclose(odds[1:] / odds[:-1], np.e)
    assert len(str(int(Decimal(800).exp()))) == 348


def test_three_fruits_cost_a_half():
    costs = -np.log([0.9, 0.8, 0.3])
    assert costs.round(3).tolist() == [0.105, 0.223, 1.204] and round(costs.sum(), 3) == 1.532
    assert round(0.9 * 0.8 * 0.3, 3) == 0.216
    assert round(logistic.binary_cross_entropy([0.9, 0.2, 0.3], [1, 0, 1]), 3) == 0.511
    assert np.isclose(np.log(0.01) / np.log(0.1), 2) and round(np.log(10), 1) == 2.3


def test_a_score_of_fifty():
    assert logistic.sigmoid(50.0) == 1.0
    assert np.isclose(logistic.binary_cross_entropy_from_logits([50.0], [0]), 50)
    getcontext().prec = 40
    p = 1 / (1 + Decimal(-50).exp())
    assert str(p.quantize(Decimal("1e-22"))) == "0.9999999999999999999998"
    assert np.isclose(np.log(1 + np.exp(2.0)), 2 + np.log(1 + np.exp(-2.0)))
    assert round(np.log(8.389), 3) == 2.127 == round(2 + np.log(1.135), 3)


@pytest.mark.parametrize(("z", "y"), [(2.0, 1), (2.0, 0), (-1.0, 1), (0.0, 0), (30.0, 0)])
def test_probability_minus_truth(z, y):
    cost = slope(lambda z: logistic.binary_cross_entropy_from_logits([z], [y]), z)
    assert np.isclose(cost, logistic.sigmoid(z) - y, atol=1e-8)


def test_two_fruits_by_hand():
    X, too_sure = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([0.9, -0.7])
    assert np.allclose(X.T @ too_sure / 2, [0.8, 0.725])
    z = np.log([9.0, 3 / 7])  # the scores that belong to 0.9 and 0.3
    w = np.linalg.solve(X, z)
    dw, db = logistic.logistic_gradients(X, [0, 1], w, 0.0)
    assert np.allclose(dw, [0.8, 0.725]) and np.isclose(db, 0.1)


def test_the_line_settles_before_the_confidence_does():
    Z, y = standardize(few_fruit()[0])[0], few_fruit()[1]
    found = [logistic.fit_logistic(Z, y, 1.0, steps)[0] for steps in (5, 20, 60)]
    directions = [w[1] / w[0] for w in found]
    lengths = [np.linalg.norm(w) for w in found]
    assert np.ptp(directions) < 0.05 and lengths[0] < 0.7 * lengths[1] < 0.7 * lengths[2]


@pytest.fixture(scope="module")
def belt():
    X, y = logistic.make_fruit(3000, np.random.default_rng(0))
    X_seen, y_seen, X_new, y_new = split_examples(X, y, 1 / 3, np.random.default_rng(1))
    Z, mean, std = standardize(X_seen)
    w, b, _ = logistic.fit_logistic(Z, y_seen, 1.0, 200)
    X_more, y_more = logistic.make_fruit(5000, np.random.default_rng(2))
    words = trust_picture(logistic.sigmoid((X_more - mean) / std @ w + b), y_more).words
    return logistic.sigmoid((X_new - mean) / std @ w + b), y_new, w, words


def test_the_belt(belt):
    p, y, w, _ = belt
    right = (p > 0.5) == y
    sure = np.maximum(p, 1 - p) >= 0.95
    assert (len(y), round(right.mean(), 2), (~right).sum()) == (1000, 0.93, 66)
    assert np.sum(~right & ~sure) == 58 and 0.3 < np.mean(~sure) < 0.36
    assert (w > 1).all(), "the prose says: well above 1"


def test_what_it_says_comes_true(belt):
    pairs = [pair.replace("%", "").split() for pair in belt[3].split(": ")[1].split(", ")]
    assert len(pairs) == 5
    assert all(abs(int(said) - int(found)) <= 4 for said, _, _, found, *_ in pairs)


def test_who_knows_the_recipe_gets_93_percent():
    X, y = logistic.make_fruit(100_000, np.random.default_rng(9))
    w = np.array([0.8 / 0.45**2, 0.35 / 0.15**2])  # distance of the means by variance
    assert round(logistic.accuracy(X, y, w, -w @ [4.2, 0.525]), 2) == 0.93


def test_squared_error_goes_blind():
    ends = []
    for slope_of in (lambda p: p - 1, lambda p: 2 * (p - 1) * p * (1 - p)):
        z = -10.0
        for _ in range(60):
            z -= 0.5 * slope_of(float(logistic.sigmoid(z)))
        ends.append(z)
    assert ends[0] > 2 and -10 < ends[1] < -9.99
