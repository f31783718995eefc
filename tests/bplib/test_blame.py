"""Lesson 02: multiply along a path, add where paths meet."""

import math

import pytest

from bplib.blame import (
    MACHINES,
    chain_sensitivity,
    gear,
    lemonade,
    megaphone,
    pass_blame_back,
    sensitivity,
    total_blame,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("x", [-2, 0, 0.7, 5, 12.5])
def test_machines_are_as_sensitive_as_they_say(name, x):
    machine, known = MACHINES[name]
    assert sensitivity(machine, x) == pytest.approx(known(x), abs=1e-7)


def test_a_known_slope():
    assert sensitivity(math.sin, 0.4) == pytest.approx(math.cos(0.4), abs=1e-8)
    assert sensitivity(math.exp, 1.0, nudge=1e-3) == pytest.approx(math.e, abs=1e-6)


def test_a_row_is_the_product_each_at_its_own_input():
    row = [gear, lemonade, megaphone]
    x = 1.2
    whole = chain_sensitivity(row, x)
    assert whole == pytest.approx(3 * (10 - 2 * 3.6) * 2 * lemonade(3.6), rel=1e-6)
    assert whole == pytest.approx(
        sensitivity(lambda x: megaphone(lemonade(gear(x))), x), rel=1e-5)


def test_an_empty_row_passes_everything_on():
    assert chain_sensitivity([], 3.0) == 1
    assert pass_blame_back([], 5.0) == [5.0]


def test_order_of_the_machines_matters():
    assert chain_sensitivity([gear, lemonade], 1.0) != pytest.approx(
        chain_sensitivity([lemonade, gear], 1.0))


def test_blame_walks_back():
    given = [2.0, -3.0, 0.5]
    assert pass_blame_back(given, 4.0) == [-12.0, -6.0, 2.0, 4.0]
    assert pass_blame_back(tuple(given), 4.0) == pass_blame_back(given, 4.0)
    assert given == [2.0, -3.0, 0.5]
    assert pass_blame_back([5.0, 0.0, 2.0], 1.0) == [0.0, 0.0, 2.0, 1.0]


def test_paths_add_up():
    assert total_blame([[2, 3], [5], [-1, 1, 4]], 10) == 70
    assert total_blame([], 10) == 0
    assert total_blame([[]], 10) == 10


def test_a_knob_used_twice_agrees_with_a_nudge():
    x = 1.7
    both = sensitivity(lambda x: megaphone(gear(x)) + lemonade(x), x)
    paths = [[sensitivity(gear, x), sensitivity(megaphone, gear(x))], [sensitivity(lemonade, x)]]
    assert total_blame(paths, 2.0) == pytest.approx(2 * both, rel=1e-6)


@pytest.mark.parametrize("call", [lambda: sensitivity(gear, 1, 0),
                                  lambda: chain_sensitivity([], 1, 0)])
def test_bad_input_is_named(call):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == "nudge must be a finite number above 0; got 0"
