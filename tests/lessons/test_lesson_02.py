"""Every number that the prose of lesson 02 states, and the party that was too loud."""

import math

import pytest

from bplib import blame
from bplib.blame import gear, lemonade, megaphone
from bplib.play.rows import loudness, turn_to, turns_of

ROW = [gear, lemonade, megaphone]


def test_the_row_at_one_turn():
    assert (gear(1), lemonade(3), megaphone(21), loudness(1)) == (3, 21, 441, 441)
    assert (lemonade(5), lemonade(7)) == (25, 21) and round(lemonade(7.1), 2) == 20.59


def test_where_a_nudge_of_a_tenth_moves_the_end_most():
    moves = [loudness(1.1) - 441, megaphone(lemonade(3.1)) - 441, megaphone(21.1) - 441]
    assert [round(move, 2) for move in moves] == [47.85, 16.53, 4.21]


def test_the_lemonade_by_hand():
    assert round(lemonade(3.1), 2) == 21.39
    assert [round((lemonade(3 + n) - 21) / n, 4) for n in (0.1, 0.01, 0.001)] == [3.9, 3.99, 3.999]
    found = [round(blame.sensitivity(lemonade, spoons), 2) for spoons in (3, 5, 7)]
    assert found == [4, 0, -4]
    assert [math.copysign(1, value) for value in found][1] == 1, "no -0.0 on show"


def test_along_the_row():
    assert round((lemonade(gear(1.0001)) - lemonade(gear(1))) / 0.0001, 2) == 12
    own = [blame.sensitivity(m, x) for m, x in zip(ROW, (1, 3, 21), strict=True)]
    assert own == pytest.approx([3, 4, 42]) and 3 * 4 == 12 and 12 * 42 == 504
    assert blame.chain_sensitivity(ROW, 1) == pytest.approx(504)
    assert blame.sensitivity(megaphone, 1) == pytest.approx(2), "Mia's number"


def test_blame_walks_back():
    assert blame.pass_blame_back([3, 4, 42], 1) == [504, 168, 42, 1]
    handle = [blame.chain_sensitivity(ROW, turns) for turns in (1.5, 1.6, 1.7, 1.8)]
    assert handle[0] > handle[1] > 0 > handle[2] > handle[3]


def test_two_paths():
    assert blame.total_blame([[2, 3], [5]], 1) == 11 and blame.total_blame([[2, 3], [5]], 10) == 110
    assert blame.total_blame([[7], [-1, 3]], 1) == 4


def test_the_party():
    assert 441 - 400 == 41 and round(41 / 504, 3) == 0.081
    once = turn_to(blame.chain_sensitivity, turns=1)
    assert "398.6" in once.words
    places, note = turns_of(blame.chain_sensitivity, 400, 1, 2)
    assert abs(loudness(places[-1]) - 400) < 0.01 and note == ""


@pytest.mark.parametrize(("wanted", "handle", "turns"), [
    (400, 5 / 3, 2), (0, 1, 5), (1000, 1, 5), (400, 0, 3), (400, 2, 3), (441, 1, 0)])
def test_the_party_at_odd_settings(wanted, handle, turns):
    assert turn_to(blame.chain_sensitivity, wanted, handle, turns).png


def not_written(*args):
    raise NotImplementedError


@pytest.mark.parametrize(("measure", "words"), [
    (not_written, "not written yet"), (lambda machines, x: None, "stopped"),
    (lambda machines, x: 1 / 0, "stopped")])
def test_the_course_measures_where_the_own_code_cannot(measure, words):
    places, note = turns_of(measure, 400, 1, 1)
    assert places == pytest.approx([1, 1 - 41 / 504]) and words in note
    assert words in turn_to(measure).words
