"""Every number that the prose of lesson 04 states."""

import numpy as np
import pytest

from bplib import linear
from bplib.play.linear import AREA, PRICE, C, M, one_step, stable_rate


@pytest.fixture(scope="module")
def houses():
    X, prices = linear.make_houses(400, np.random.default_rng(0))
    return linear.split_examples(X, prices, 0.25, np.random.default_rng(1))


def test_three_houses_by_hand():
    assert linear.mse([350.0, 300.0, 220.0], [400.0, 290.0, 200.0]) == 1000
    assert round(np.sqrt(1000)) == 32


def test_the_rookie_and_his_one_step():
    assert M * AREA + C == 350_000 and 1_500 * 200 + 50_000 == 350_000
    dw, db = linear.mse_gradients([[AREA]], [PRICE], [M], C)
    assert (dw[0], db) == (-200_000, -100_000)
    assert np.allclose(one_step(0.1), (170_000, 60_000, 400_000))
    assert np.isclose(one_step(0.2)[2] - PRICE, 50_000)
    assert np.isclose(stable_rate(np.array([[AREA]])), 0.2)


def test_sizes_of_the_features(houses):
    X = houses[0]
    area, bedrooms, _ = X.mean(axis=0)
    assert 110 < area < 130 and 3 <= bedrooms < 4
    assert 30 < area / bedrooms < 40, "the prose says: more than 30 times as strongly"
    assert len(houses[0]) == 300 and len(houses[2]) == 100


@pytest.mark.parametrize(("rate", "away"), [(0.1, True), (1e-3, True), (1e-4, True), (2e-5, False)])
def test_raw_features_run_away_or_get_stuck(houses, rate, away):
    with np.errstate(all="ignore"):
        *_, losses = linear.fit_linear(houses[0], houses[1], rate, 60)
    typical = np.sqrt(losses[-1])
    assert typical > 1e9 if away else 40_000 < typical < 60_000


def test_the_agent_beats_the_average_price_by_the_stated_margin(houses):
    X_seen, prices_seen, X_new, prices_new = houses
    Z, mean, std = linear.standardize(X_seen)
    w, b, losses = linear.fit_linear(Z, prices_seen, 0.1, 200)
    agent = np.sqrt(linear.mse(linear.predict((X_new - mean) / std, w, b), prices_new))
    always_mean = np.sqrt(linear.mse(np.full(100, prices_seen.mean()), prices_new))
    assert agent < always_mean / 5
    assert np.isclose(agent, linear.HOUSE_NOISE, rtol=0.1)
    assert np.allclose(w / std, linear.HOUSE_RECIPE, rtol=0.05)
    assert np.isclose(np.sqrt(losses[-1]), linear.HOUSE_NOISE, rtol=0.1)
