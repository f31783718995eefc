"""The widgets of lesson 05 say what is so."""

import numpy as np
import pytest

from bplib.linear import standardize
from bplib.logistic import accuracy, binary_cross_entropy_from_logits, fit_logistic, sigmoid
from bplib.play import logistic


def fewest_wrong(X, y):
    """The smallest number of fruits on the wrong side of any straight line, by trying all of them.

    A line can be moved until it touches two fruits without another changing sides; those two may
    then lie on either side of it.
    """
    Z, least = standardize(X)[0], len(X)
    for i in range(len(Z)):
        for j in range(i + 1, len(Z)):
            along = Z[j] - Z[i]
            side = (Z - Z[i]) @ np.array([-along[1], along[0]])
            others = np.delete(side > 0, [i, j]) != np.delete(y == 1, [i, j])
            wrong = int(others.sum())
            least = min(least, wrong, len(others) - wrong)  # the two themselves can be put right
    return least


def test_three_fruits_must_be_wrong_whatever_the_line():
    assert fewest_wrong(*logistic.few_fruit()) == 3


def test_a_good_line_by_hand_reaches_that_and_the_words_count_it():
    best = min((int(logistic.wrong_above(left, right).sum()), left, right)
               for left in np.arange(-0.5, 2.01, 0.05) for right in np.arange(-1, 1.51, 0.05))
    assert best[0] == 3, "the sliders reach the best line"
    play = logistic.line(left=round(best[1], 2), right=round(best[2], 2))
    assert "3 of 60" in play.figure.axes[0].get_title(loc="left")
    play.set(left=2.0, right=1.5)
    oranges = int(logistic.few_fruit()[1].sum())
    assert f"0 apples and {oranges} oranges" in play.words, "everything is called an apple"


@pytest.mark.parametrize("z", [-8.0, -2.0, 0.0, 0.5, 8.0])
def test_the_score_becomes_its_probability(z):
    play = logistic.squash(z=z)
    assert f"{sigmoid(z):.4g}" in play.words
    assert ("even" in play.words) == (z == 0)
    assert ("for the orange" in play.words) == (z > 0)


def test_ten_times_less_probability_costs_log_10_more():
    dear, dearer = logistic.cost(p=0.1), logistic.cost(p=0.01)
    assert "2.30" in dear.words and "4.61" in dearer.words and "Sure and wrong" in dearer.words
    assert "0.01" in logistic.cost(p=0.99).words and "4.61" in dearer.set(p=0.99,
                                                                           truth="apple").words


def test_learning_shows_what_fit_logistic_does():
    X, y = logistic.few_fruit()
    Z = standardize(X)[0]
    w, b, losses = fit_logistic(Z, y, 1.0, 20)
    places, shown = logistic.walk(1.0)
    assert np.allclose(places[20], [*w, b]) and np.allclose(shown[:21], losses)
    play = logistic.learning(rate=1.0, frame=20)
    wrong = round((1 - accuracy(Z, y, w, b)) * 60)
    assert f"{wrong} of 60 wrong" in play.figure.axes[0].get_title(loc="left")
    assert f"{binary_cross_entropy_from_logits(Z @ w + b, y):.3f}" in play.words
    play.set(frame=0)
    assert "0.69" in play.words


def test_the_trust_picture_groups_what_was_said():
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 4000)
    words = logistic.trust_picture(p, rng.uniform(0, 1, 4000) < p).words
    said_found = [pair.split("%")[0:2] for pair in words.split(": ")[1].split(", ")]
    assert len(said_found) == 5
    for said, found in said_found:
        assert abs(int(said) - int(found.split()[-1])) < 6
