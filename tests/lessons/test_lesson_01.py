"""Every number that the prose of lesson 01 states, and the pictures of a learner's machine."""

import pytest

from bplib.guessing import LEMONS, guess_and_check, lemonade_error, tune_knobs
from bplib.play.guessing import two_knobs
from bplib.play.walks import BEST, hide_and_seek, race, walk_of, watch


@pytest.mark.parametrize(("sugar", "error"), [
    (3, 11.56), (4, 5.76), (5, 1.96), (6, 0.16), (7, 0.36), (8, 2.56), (5.5, 0.81), (6.5, 0.01)])
def test_errors_of_the_jugs(sugar, error):
    assert round(lemonade_error(sugar), 2) == error


def test_the_path_of_the_table():
    assert guess_and_check(lemonade_error, 4, 1, 5) == [4, 5, 6, 6, 6.5, 6.5]


def test_error_40_is_yuck_and_0_is_perfect():
    assert lemonade_error(0) > 40 and lemonade_error(BEST) == 0
    assert (BEST, LEMONS) == (6.4, 3.2)


def test_the_race():
    careful, bold = (guess_and_check(lemonade_error, 0, step, 16)[-1] for step in (0.1, 2))
    assert careful == pytest.approx(1.6) and abs(bold - BEST) < 0.01


def test_two_knobs_after_24_rounds():
    path = tune_knobs(lemonade_error, (1.0, 0.5), 1.0, 24)
    assert [round(knob, 2) for knob in path[-1]] == [6.06, 3.06]
    assert "6.06 spoons, 3.06 lemons" in two_knobs().set(frame=24).words


def test_any_lucky_number_is_found():
    for lucky in [*range(60), -3, 1234567]:
        assert hide_and_seek(guess_and_check, lucky).kind == "yes", lucky


def test_the_pictures_say_where_it_arrives():
    assert "6.40 spoons" in watch(guess_and_check).words
    assert "1.60" in race(guess_and_check, 0.1, 2).words
    for start, step, tries in [(12, 5, 4), (0, 2, 0), (-3, 0.01, 1), (1e6, 1, 5)]:
        assert watch(guess_and_check, start, step, tries).png


def not_written(*args):
    raise NotImplementedError


@pytest.mark.parametrize(("machine", "words"), [
    (not_written, "not written yet"), (lambda *a: None, "stopped"), (lambda *a: [], "no numbers"),
    (lambda *a: [float("nan")], "no numbers"), (lambda *a: 1 / 0, "stopped"),
    (lambda error, guess: [guess], "stopped")])
def test_another_machine_walks_where_the_own_one_cannot(machine, words):
    path, note = walk_of(machine, lemonade_error, 0, 2, 16)
    assert path == guess_and_check(lemonade_error, 0, 2, 16) and words in note
    assert words in watch(machine).words and watch(machine).png
    assert words in repr(hide_and_seek(machine, 7))
