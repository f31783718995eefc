"""Lesson 04: the linear model against finite differences, its edges, and the houses."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.linear import (
    HOUSE_BASE,
    HOUSE_RECIPE,
    fit_linear,
    make_houses,
    mse,
    mse_gradients,
    predict,
    split_examples,
    standardize,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def case(rng):
    return frozen(rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3))


@pytest.mark.parametrize("count", [1, 7])
def test_gradients_are_the_slopes_of_the_error(rng, count):
    X, targets, w = frozen(rng.normal(size=(count, 3)), rng.normal(size=count), rng.normal(size=3))
    dw, db = mse_gradients(X, targets, w, 0.3)
    assert_slopes(dw, lambda w: mse(predict(X, w, 0.3), targets), w)
    assert_slopes(db, lambda b: mse(predict(X, w, b), targets), np.array(0.3))


def test_same_answer_twice_and_from_lists_and_views(case):
    X, targets, w = case
    dw, db = mse_gradients(X, targets, w, 0.3)
    for arguments in [(X, targets, w), (X.tolist(), targets.tolist(), w.tolist()),
                      (strided(X), strided(targets), strided(w)),
                      (np.asfortranarray(X), targets, w)]:
        again, db_again = mse_gradients(*arguments, np.array(0.3))
        np.testing.assert_allclose(again, dw, rtol=1e-12)
        assert db_again == pytest.approx(db, rel=1e-12)


def test_integers_are_computed_as_floats():
    X, targets = np.array([[1, 2], [3, 5]]), np.array([1, 2])
    dw, db = mse_gradients(X, targets, np.array([1, 0]), 0)
    np.testing.assert_allclose(dw, [3.0, 5.0])
    assert db == 1.0
    assert standardize(X)[0].dtype == np.float64


def test_float32_stays_float32(case):
    X, targets, w = (array.astype(np.float32) for array in case)
    assert predict(X, w, 0.5).dtype == np.float32
    assert mse_gradients(X, np.array([1, 2, 3, 4, 5, 6, 7]), w, 0.5)[0].dtype == np.float32
    assert fit_linear(X, targets, np.float64(0.1), 3)[0].dtype == np.float32
    assert all(array.dtype == np.float32 for array in standardize(X))


def test_standardize(rng):
    X, = frozen(rng.normal(5, 3, size=(9, 4)) * [1, 10, 1e6, 1e-9])
    Z, mean, std = standardize(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(Z.std(axis=0), 1)
    np.testing.assert_allclose(Z * std + mean, X)


@pytest.mark.parametrize("value", [0.0, 0.1, -0.3, 1 / 3, 1e-20, 1e20, 123456.789])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("count", [1, 3, 10, 999])
def test_a_constant_column_gives_exact_zeros(value, dtype, count):
    X = np.full((count, 2), value, dtype=dtype)
    X[:, 1] = np.arange(count)
    with np.errstate(all="raise", under="ignore"):
        Z, mean, std = standardize(X)
    assert np.all(Z[:, 0] == 0)
    assert std[0] == 1
    assert mean[0] == dtype(value)


def test_a_column_equal_up_to_rounding_counts_as_constant():
    Z, _, _ = standardize([[0.1 + 0.2, 1e9], [0.3, 1e9 + 1], [0.3, 1e9 + 2]])
    assert np.all(Z[:, 0] == 0)
    np.testing.assert_allclose(Z[:, 1], np.array([-1, 0, 1]) * np.sqrt(1.5))


def test_fit_finds_the_least_squares_answer(rng):
    X, targets = frozen(rng.normal(size=(40, 3)), rng.normal(size=40))
    w, b, losses = fit_linear(X, targets, 0.1, 2000)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), targets, rcond=None)[0]
    np.testing.assert_allclose([*w, b], best, rtol=1e-9)
    assert len(losses) == 2001
    assert losses[0] == pytest.approx(np.mean(targets**2))
    assert losses[-1] == pytest.approx(mse(predict(X, w, b), targets))


def test_fit_of_no_steps_is_zeros(case):
    X, targets, _ = case
    w, b, losses = fit_linear(X, targets, 0.1, 0)
    assert not w.any() and b == 0 and len(losses) == 1


def test_houses_follow_their_recipe_and_the_model_finds_it():
    X, prices = make_houses(400, np.random.default_rng(4))
    train, train_prices, test, test_prices = split_examples(X, prices, 0.25,
                                                            np.random.default_rng(1))
    Z, mean, std = standardize(train)
    w, b, _ = fit_linear(Z, train_prices, 0.1, 300)
    error = mse(predict((test - mean) / std, w, b), test_prices) ** 0.5
    mean_error = mse(np.full(len(test), train_prices.mean()), test_prices) ** 0.5
    assert error < 0.3 * mean_error
    np.testing.assert_allclose(w / std, HOUSE_RECIPE, rtol=0.3)
    assert b - (w / std) @ mean == pytest.approx(HOUSE_BASE, abs=10000)
    again = make_houses(400, np.random.default_rng(4))
    assert np.array_equal(again[0], X) and np.array_equal(again[1], prices)


def test_split_keeps_rows_together(rng):
    X = np.arange(10)[:, None]
    parts = split_examples(X, np.arange(10), 0.3, rng)
    assert np.array_equal(parts[0][:, 0], parts[1]) and np.array_equal(parts[2][:, 0], parts[3])
    assert sorted([*parts[1], *parts[3]]) == list(range(10))


@pytest.mark.parametrize("call, message", [
    (lambda: predict([1.0, 2.0], [1.0], 0.0), "X must have shape (N, D); got (2,)"),
    (lambda: predict([[1.0, 2.0]], [1.0], 0.0),
     "w must have shape (D,) with D = X.shape[1] = 2; got (1,)"),
    (lambda: predict([[1.0]], [1.0], [0.0]), "b must have shape (), a single number; got (1,)"),
    (lambda: mse(np.zeros((3, 1)), np.zeros(3)),
     "targets must have shape (3, 1) as predictions has; got (3,)"),
    (lambda: mse([], []), "predictions must not be empty; got shape (0,)"),
    (lambda: mse_gradients([[1.0]], [[1.0]], [1.0], 0.0),
     "targets must have shape (N,) with N = X.shape[0] = 1; got (1, 1)"),
    (lambda: standardize([[1.0, 2.0], [3.0]]),
     "X must be a rectangular array; its rows differ in length"),
    (lambda: standardize(["a"]), "X must hold numbers; got list of dtype <U1"),
    (lambda: fit_linear([[1.0]], [1.0], -0.1, 3),
     "learning_rate must be a finite number from 0 on; got -0.1"),
    (lambda: fit_linear([[1.0]], [1.0], 0.1, 2.5),
     "steps must be a whole number, at least 0; got 2.5"),
    (lambda: fit_linear([[1.0]], [1.0], "fast", 2),
     "learning_rate must be a finite number from 0 on; got 'fast'"),
    (lambda: split_examples([1, 2], [1], 0.5, None),
     "targets must have N = len(X) = 2 rows; got 1"),
    (lambda: split_examples([1, 2], [1, 2], 0.1, None),
     "test_fraction must leave examples on both sides; got 0.1 for 2 examples"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
