"""What the widgets of the first three lessons say is true."""

from __future__ import annotations

import numpy as np
import pytest

from bplib.play.blame import blame_back, nudge, two_paths
from bplib.play.descent import HILLS, bowl, learning_rate, tangent, two_valleys
from bplib.play.guessing import BEACH, one_knob, treasure, two_knobs


@pytest.mark.parametrize("seed", range(12))
def test_the_treasure_can_be_found_by_listening_and_the_fewest_moves_are_few(seed):
    play = treasure(seed=seed)
    hidden = play.state["treasure"]
    assert 0 < hidden < BEACH and abs(hidden - 15) >= 4
    play.press("right")
    side = "right" if "Warmer" in play.words else "left"
    for _ in range(12):
        if "Warmer" not in play.press(side).words:
            break
    play.set(stride=1)
    for _ in range(40):
        if "found it" in play.words:
            break
        play.press(side)
        if "Colder" in play.words or "edge" in play.words:
            side = {"left": "right", "right": "left"}[side]
    assert play.state["trail"][-1] == hidden and "found it" in play.words
    trail = play.state["trail"]
    assert play.press("left").state["trail"] == trail, "after the find nobody walks on"
    assert play.press("new").state["trail"] == (15,) and play.state["seed"] == seed + 1


def test_the_hunter_stops_at_the_edge_of_the_beach():
    play = treasure(seed=next(s for s in range(50) if treasure(seed=s).state["treasure"] % 4 != 3))
    play.press("left", 20)
    assert play.state["trail"][-1] >= 0
    assert len(play.state["trail"]) < 8, "a move that does not move is none"


def test_every_sip_leaves_a_dot_and_the_machine_ends_at_the_best_jug():
    play = one_knob()
    play.set(sugar=3.0).set(sugar=6.4)
    assert play.state["tasted"] == ((2.0,), (3.0,), (6.4,)) and "Perfect!" in play.words
    assert "wrong by 0.00" in play.set(frame=16).words
    assert play.set(sugar=5.0).state["frame"] == 0, "the learner's hand ends the machine's turn"


def test_two_knobs_have_one_best_jug_and_the_machine_comes_near_it():
    play = two_knobs(sugar=6.4, lemons=3.2)
    assert "Perfect!" in play.words
    assert "wrong by 0.0" in play.set(frame=24).words


def test_a_nudge_moves_the_end_by_the_product_of_the_factors():
    play = nudge(turns=1.0, where=2, amount=0.1)
    assert "**+4.21**" in play.words  # 21.1**2 - 21**2
    assert "No nudge" in play.set(amount=0.0).words


def test_the_blame_comes_back_multiplied_and_vanishes_at_the_top_of_the_taste():
    play = blame_back(turns=1.0, blame=1)
    assert "**504**" in play.words  # 3 * (10 - 2 * 3) * 2 * 21
    assert [play.set(frame=f).words.count("**") for f in (0, 1, 2, 3)] == [0, 2, 2, 2]
    assert "**168**" in play.set(frame=2).words


def test_two_roads_add_and_can_cancel():
    assert "**11**" in two_paths(a=2, b=3, c=5, blame=1).words
    assert "cancel" in two_paths(a=2, b=3, c=-6, blame=2).words


@pytest.mark.parametrize("curve", HILLS)
def test_the_chord_becomes_the_tangent(curve):
    f = HILLS[curve][0]
    play = tangent(curve=curve, x=1.0, h=0.001)
    slope = (f(1 + 1e-6) - f(1 - 1e-6)) / 2e-6
    assert f"slope **{slope:.2f}**" in play.words and "tangent" in play.words


@pytest.mark.parametrize(("rate", "words"), [
    (0.01, "It crawls"), (0.5, "It arrives"), (1.0, "One jump"), (1.6, "overshoots"),
    (2.0, "Back and forth"), (2.3, "It explodes"), (4.0, "It explodes")])
def test_the_learning_rate_is_described_as_it_behaves(rate, words):
    play = learning_rate(rate=rate)
    assert words in play.words
    assert ("left the picture" in play.words) == (abs(1 - rate) > 1)


def test_where_the_ball_starts_decides_where_it_ends():
    assert "Trapped" in two_valleys(start=1.5).words
    assert "deepest" in two_valleys(start=-0.5).words
    play = two_valleys(start=1.5, frame=3)
    assert "Still rolling" in play.words
    assert play.set(start=-1.5).state["frame"] == 30, "a new start is shown to its end"


def test_the_bowl_zigzags_and_explodes_by_its_steepest_direction():
    assert "Straight in" in bowl(stretch=1.0, rate=0.9).words
    assert "zigzags" in bowl(stretch=8.0, rate=0.2).words
    assert "explodes" in bowl(stretch=12.0, rate=0.2).words
    assert np.isfinite(bowl(stretch=12.0, rate=1.0).state["rate"])
