"""Lessons 07 and 08: what their widgets say is so, and their pictures say it whole."""

import numpy as np
import pytest

from bplib.play.gradcheck import cost_picture, nudges, suspects_picture
from bplib.play.layers import bends, ledger, one_score
from bplib.play.stars import galaxy, galaxy_picture, times_picture

LOOKS = [("page", "light"), ("stage", "dark")]


@pytest.mark.parametrize(("line", "axis"), [("out", "D"), ("dx", "M"), ("dW", "N"), ("db", "N")])
def test_the_ledger_names_the_axis_that_disappears(line, axis):
    play = ledger()
    play.set(line=line, N=2, D=3, M=4)
    assert f"over {axis}" in play.words or f"so {axis} is added up" in play.words
    sizes = {"N": 2, "D": 3, "M": 4}
    assert play.figure.axes[0].get_title(loc="left").endswith(f"{axis}, with {sizes[axis]} entries")


def test_a_bend_says_what_it_passes_on():
    play = bends()
    play.set(kind="relu", x=-1.0, dout=2.0)
    assert "nothing is passed on" in play.words
    play.set(x=1.0)
    assert "**2.000** goes on" in play.words
    play.set(kind="sigmoid", x=0.0, dout=-2.0)
    assert "**\N{MINUS SIGN}0.500** goes on" in play.words


def test_one_score_moves_every_share():
    play = one_score()
    assert "0.09, 0.24, 0.67" in play.words
    play.set(which="owl", move=-2.0)
    assert "all three shares moved" in play.words and "cat and dog too" in play.words
    play.set(move=0.0, shift=3.0)
    assert "no share" in play.words


def test_nudges_too_large_too_small_and_lost():
    play = nudges()
    assert "A smaller one is better" in play.words
    play.set(h=1e-8)
    assert "as good as it gets" in play.words
    play.set(h=1e-13)
    assert "A larger one is better" in play.words
    play.set(h=1e-16)
    assert "too small to change anything" in play.words
    play.set(way="complex")
    assert "nothing is lost" in play.words


@pytest.mark.parametrize("look", LOOKS)
def test_pictures_are_whole(look, check_figure):
    times = times_picture({"three loops": 0.4, "one matrix product": 3e-5}, *look)
    assert "13,333 times" in times.words
    cost = cost_picture(1_000_000, 4e-3, *look)
    assert "forward difference 67 minutes" in cost.words
    errors = {"dx": 0.9, "dW1": 0.5, "db1": 1.0, "dW2": 0.0, "db2": 1e-9}
    suspects = suspects_picture(errors, *look)
    assert "Wrong: dx, dW1, db1." in suspects.words
    freed = suspects_picture(dict.fromkeys(errors, 1e-10), *look)
    assert "all are below 1e-6" in freed.words
    places, arms = galaxy(90, np.random.default_rng(0))
    stars = galaxy_picture([1.6, 0.4, 0.1], places, arms, lambda x: np.zeros(len(x), int), *look)
    assert "33.3%" in stars.words
    for still in (times, cost, suspects, freed, stars):
        check_figure(still.figure, still.words)
