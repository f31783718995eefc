"""Lesson 07: the numbers that its text states, and what its demonstrations rest on."""

import numpy as np
import pytest

from bplib import layers, losses
from bplib.play.layers import passed_on, shares
from bplib.play.stars import galaxy, seconds


def test_the_layer_of_the_question():
    assert 128 * 64 == 8_192 and 64 * 128 * 64 == 524_288


def test_the_worked_layer():
    x, W = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 0.0]])
    b, dout = np.array([0.0, 10.0, 20.0]), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, -1.0]])
    out, cache = layers.linear_forward(x, W, b)
    dx, dW, db = layers.linear_backward(dout, cache)
    assert (out[0, 0], dW[0, 2], dx[1, 0], db[2]) == (4, -1, -1, 1)


def test_the_worked_bends():
    _, cache = layers.relu_forward(np.array([-1.0, 3.0, 2.0]))
    assert layers.relu_backward(np.array([5.0, -7.0, 4.0]), cache).tolist() == [0, -7, 4]
    xs = np.linspace(-8, 8, 1601)
    slopes = layers.sigmoid_backward(np.ones_like(xs), layers.sigmoid_forward(xs)[1])
    assert slopes.max() == pytest.approx(0.25) and xs[slopes.argmax()] == pytest.approx(0, abs=1e-9)
    assert passed_on("sigmoid", 6.0, 1.0)[1] == pytest.approx(0.002, abs=6e-4)


def test_the_scores_of_cat_dog_and_owl():
    _, soft, single = shares("cat", 0.0, 0.0)
    assert np.exp([1, 2, 3]).round(2).tolist() == [2.72, 7.39, 20.09]
    assert np.exp([1, 2, 3]).sum() == pytest.approx(30.19, abs=0.005)
    assert soft == pytest.approx([0.09, 0.24, 0.67], abs=0.006)
    assert -np.log(soft[[2, 0]]) == pytest.approx([0.41, 2.41], abs=0.005)
    assert (soft - [0, 1, 0]) == pytest.approx([0.09, -0.76, 0.67], abs=0.006)
    assert np.abs(single / single.sum() - soft).max() > 0.2, "far apart, as the claim's test says"
    moved = shares("cat", 3.0, 0.0)[1]
    assert moved[1] / soft[1] == pytest.approx(moved[2] / soft[2]) and moved[1] < soft[1]
    assert shares("owl", 0.0, 4.0)[1] == pytest.approx(soft)


def test_the_worked_softmax_backward():
    assert layers.softmax_backward(np.array([4.0, 0.0]), np.array([0.5, 0.5])).tolist() == [1, -1]
    two = np.array([0.3, -1.2])
    assert layers.softmax(two)[0] == pytest.approx(layers.sigmoid_forward(two[0] - two[1])[0])


def test_a_very_sure_and_wrong_net_has_a_share_that_is_rounded_to_0():
    assert np.exp(-2000.0) == 0
    assert losses.softmax_cross_entropy_forward([[2000.0, 0.0]], [1])[0] == 2000


def test_a_galaxy_that_no_straight_line_sorts():
    places, arms = galaxy(600, np.random.default_rng(0))
    assert np.bincount(arms).tolist() == [200, 200, 200] and np.hypot(*places.T).max() <= 1
    W, b = np.zeros((2, 3)), np.zeros(3)
    for _ in range(500):
        scores, cache = layers.linear_forward(places, W, b)
        _, loss_cache = losses.softmax_cross_entropy_forward(scores, arms)
        dscores = losses.softmax_cross_entropy_backward(1.0, loss_cache)
        _, dW, db = layers.linear_backward(dscores, cache)
        W, b = W - dW, b - db
    assert np.mean((places @ W + b).argmax(axis=1) == arms) < 0.7


@pytest.mark.parametrize(("duration", "said"), [
    (3e-7, "3.0e-07 seconds"), (2.5e-4, "250 microseconds"), (0.012, "12 milliseconds"),
    (45.0, "45 seconds"), (600.0, "10 minutes"), (7200.0, "2.0 hours"), (200_000.0, "2.3 days"),
])  # fmt: skip
def test_durations_as_one_says_them(duration, said):
    assert seconds(duration) == said
