"""Lesson 01: a machine that only hears how wrong it is, and still finds the recipe."""

import pytest

from bplib.guessing import (
    LEMONS,
    SUGAR_PER_LEMON,
    better_guess,
    guess_and_check,
    lemonade_error,
    tune_knobs,
    warmer_or_colder,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_moves_to_the_better_neighbour():
    assert better_guess(lambda guess: (guess - 10) ** 2, 4, 1) == 5
    assert better_guess(lambda guess: (guess - 10) ** 2, 14, 0.5) == 13.5
    assert better_guess(lambda guess: (guess - 10) ** 2, -3.0, 100) == -3.0


def test_stays_unless_a_neighbour_is_strictly_better():
    assert better_guess(lambda guess: 7.0, 4, 1) == 4
    assert better_guess(lambda guess: max(guess - 4, 0), 4, 1) == 4
    assert better_guess(lambda guess: abs(guess - 4.5), 4, 1) == 4


def test_either_neighbour_on_a_tie_of_the_two():
    assert better_guess(lambda guess: -abs(guess), 0, 1) in (-1, 1)


def test_takes_the_smallest_not_the_first_better():
    heights = {0: 2.0, 1: 3.0, 2: 1.0}
    assert better_guess(heights.get, 1, 1) == 2


def test_each_error_is_asked_for_once():
    asked = []
    better_guess(lambda guess: asked.append(guess) or guess, 5, 2)
    assert sorted(asked) == [3, 5, 7]


def test_the_step_halves_only_after_a_try_that_found_nothing_better():
    assert guess_and_check(lambda guess: abs(guess - 2.5), 0, 1, 4) == [0, 1, 2, 2, 2.5]
    path = guess_and_check(lambda guess: abs(guess - 0.3), 0.0, 1.0, 6)
    assert path == [0.0, 0.0, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_no_tries_is_the_start_alone():
    assert guess_and_check(abs, 3, 1, 0) == [3]


def test_finds_the_sugar_of_the_lemonade():
    path = guess_and_check(lemonade_error, 0.0, 1.0, 40)
    assert path[-1] == pytest.approx(SUGAR_PER_LEMON * LEMONS, abs=1e-4)
    errors = [lemonade_error(guess) for guess in path]
    assert errors == sorted(errors, reverse=True)


def test_finds_the_whole_recipe_with_two_knobs():
    path = tune_knobs(lemonade_error, (0.0, 0.0), 1.0, 200)
    assert len(path) == 201
    assert path[-1] == pytest.approx((SUGAR_PER_LEMON * LEMONS, LEMONS), abs=1e-3)
    errors = [lemonade_error(*knobs) for knobs in path]
    assert errors == sorted(errors, reverse=True)


def test_the_start_of_the_knobs_is_left_alone():
    start = [0.0, 0.0]
    tune_knobs(lemonade_error, start, 1.0, 3)
    assert start == [0.0, 0.0]


def test_warmer_or_colder():
    assert warmer_or_colder(7, 2, 3) == "warmer"
    assert warmer_or_colder(7, 8, 9) == "colder"
    assert warmer_or_colder(7, 6, 8) == "the same"


@pytest.mark.parametrize("call, message", [
    (lambda: better_guess(abs, 1, 0), "step must be a finite number above 0; got 0"),
    (lambda: guess_and_check(abs, 1, -1, 3), "step must be a finite number above 0; got -1"),
    (lambda: guess_and_check(abs, 1, 1, -3), "tries must be a whole number, at least 0; got -3"),
    (lambda: tune_knobs(abs, [1], 1, 0.5), "tries must be a whole number, at least 0; got 0.5"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
