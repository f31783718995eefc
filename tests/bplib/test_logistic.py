"""Lesson 05: probabilities from scores, their cost, and the gradients, also where exp gives up."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.linear import split_examples, standardize
from bplib.logistic import (
    accuracy,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    decision_line,
    fit_logistic,
    logistic_gradients,
    make_fruit,
    sigmoid,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def case(rng):
    y = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.3, 0.0])
    return frozen(rng.normal(size=(7, 3)), y, rng.normal(size=3))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sigmoid_never_overflows(dtype):
    z = np.array([-1e4, -1000, -750, -50, -1, 0, 1, 50, 750, 1000, 1e4], dtype=dtype)
    with np.errstate(all="raise"):
        p = sigmoid(z)
    assert p.dtype == dtype
    assert p[0] == 0 and p[-1] == 1 and p[5] == 0.5
    np.testing.assert_allclose(p + p[::-1], 1, rtol=1e-6)
    assert p[3] == pytest.approx(1.928749847963918e-22, rel=1e-6)


def test_sigmoid_of_numbers_lists_and_any_shape(rng):
    assert sigmoid(0) == 0.5
    z = rng.normal(size=(2, 3, 4))
    np.testing.assert_allclose(sigmoid(z.tolist()), 1 / (1 + np.exp(-z)))
    np.testing.assert_allclose(sigmoid(strided(z)), sigmoid(z))
    assert np.isnan(sigmoid(np.nan))


def test_cross_entropy_by_hand():
    expected = -(np.log(0.9) + np.log(1 - 0.2) + 0.3 * np.log(0.5) + 0.7 * np.log(0.5)) / 3
    assert binary_cross_entropy([0.9, 0.2, 0.5], [1, 0, 0.3]) == pytest.approx(expected)
    assert binary_cross_entropy([1e-20], [1]) == pytest.approx(20 * np.log(10))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_cross_entropy_is_finite_when_sure_and_wrong(dtype):
    p = np.array([0, 1, 0, 1], dtype=dtype)
    with np.errstate(all="raise"):
        sure = [binary_cross_entropy(p[i:i + 1], [y]) for i, y in enumerate([0, 1, 1, 0])]
    assert sure[0] == sure[1] == 0
    assert 15 < sure[2] < np.inf and 15 < sure[3] < np.inf


def test_from_logits_agrees_and_stays_exact(rng):
    z, y = rng.normal(0, 3, 9), rng.uniform(0, 1, 9)
    assert binary_cross_entropy_from_logits(z, y) == pytest.approx(
        binary_cross_entropy(sigmoid(z), y), rel=1e-12)
    with np.errstate(all="raise"):
        assert binary_cross_entropy_from_logits([1000.0, -1e4], [0, 1]) == 5500
        assert binary_cross_entropy_from_logits([1000.0, -1e4], [1, 0]) == 0
    assert binary_cross_entropy_from_logits([-50.0], [0]) == pytest.approx(1.9287498e-22)
    assert binary_cross_entropy_from_logits(np.float32([900]), [0]) == 900


@pytest.mark.parametrize("count", [1, 7])
def test_gradients_are_the_slopes_of_the_cost(case, count):
    X, y, w = case
    X, y = X[:count], y[:count]
    dw, db = logistic_gradients(X, y, w, 0.3)
    assert_slopes(dw, lambda w: binary_cross_entropy(sigmoid(X @ w + 0.3), y), w)
    assert_slopes(db, lambda b: binary_cross_entropy(sigmoid(X @ w + b), y), np.array(0.3))


def test_gradients_of_large_scores_are_not_lost():
    dw, db = logistic_gradients([[1000.0], [-1000.0]], [0, 1], [1.0], 0.0)
    assert dw.tolist() == [1000.0] and db == 0


def test_lists_views_integers_and_float32(case):
    X, y, w = case
    dw, db = logistic_gradients(X, y, w, 0.3)
    for arguments in [(X.tolist(), y.tolist(), w.tolist()), (strided(X), strided(y), strided(w))]:
        again, db_again = logistic_gradients(*arguments, 0.3)
        np.testing.assert_allclose(again, dw)
        assert db_again == pytest.approx(db)
    whole = logistic_gradients(np.array([[2, 1]]), np.array([1]), np.array([0, 0]), 0)
    np.testing.assert_allclose(whole[0], [-1.0, -0.5])
    single = logistic_gradients(X.astype(np.float32), np.array([0, 1, 0, 1, 0, 1, 0]),
                                w.astype(np.float32), 0.3)
    assert single[0].dtype == np.float32


def test_fit_reaches_the_point_where_the_gradient_vanishes(case):
    X, y, _ = case
    w, b, losses = fit_logistic(X, np.round(y), 0.3, 50)
    assert losses[0] == pytest.approx(np.log(2))
    assert len(losses) == 51 and np.all(np.diff(losses) < 0)
    soft = np.full(7, 0.25)
    w, b, losses = fit_logistic(X, soft, 0.5, 5000)
    np.testing.assert_allclose(logistic_gradients(X, soft, w, b)[0], 0, atol=1e-9)
    assert sigmoid(b) == pytest.approx(0.25)


def test_fruit_can_be_told_apart_but_not_perfectly():
    X, y = make_fruit(600, np.random.default_rng(5))
    train, train_y, test, test_y = split_examples(X, y, 0.33, np.random.default_rng(1))
    Z, mean, std = standardize(train)
    w, b, _ = fit_logistic(Z, train_y, 0.5, 300)
    assert 0.88 < accuracy((test - mean) / std, test_y, w, b) < 0.99
    assert np.all(w > 0)
    assert np.array_equal(make_fruit(600, np.random.default_rng(5))[0], X)


def test_decision_line_is_where_the_score_is_zero(rng):
    w, b, first = rng.normal(size=2), 0.7, rng.normal(size=5)
    second = decision_line(w, b, first)
    np.testing.assert_allclose(np.stack([first, second], axis=1) @ w + b, 0, atol=1e-12)


@pytest.mark.parametrize("call, message", [
    (lambda: sigmoid("x"), "z must hold numbers; got str of dtype <U1"),
    (lambda: binary_cross_entropy([0.5], [[1]]), "y must have shape (1,) as p has; got (1, 1)"),
    (lambda: binary_cross_entropy([1.5], [1]), "p must lie between 0 and 1; got 1.5"),
    (lambda: binary_cross_entropy_from_logits([1.0], [2]), "y must lie between 0 and 1; got 2"),
    (lambda: binary_cross_entropy_from_logits([], []), "z must not be empty; got shape (0,)"),
    (lambda: logistic_gradients([[1.0, 2.0]], [1], [1.0], 0.0),
     "w must have shape (D,) with D = X.shape[1] = 2; got (1,)"),
    (lambda: logistic_gradients([[1.0]], [1, 0], [1.0], 0.0),
     "y must have shape (N,) with N = X.shape[0] = 1; got (2,)"),
    (lambda: fit_logistic([1.0], [1], 0.1, 1), "X must have shape (N, D); got (1,)"),
    (lambda: decision_line([1.0, 0.0], 0.0, 1.0),
     "w[1] must not be 0: an upright line has no second feature to give"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
