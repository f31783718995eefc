"""The widgets of lesson 11: the walkers know where they stand, and the words say what is drawn."""

import numpy as np

from bplib.play.contest import rates_picture
from bplib.play.optim import STEPS, WALKERS, adam_parts, ravine_walk, schedule, walk


def test_all_walkers_start_at_one_place_and_are_told_apart():
    starts = {tuple(walk(walker.name, 30, 1.0)[0][0]) for walker in WALKERS}
    assert len(starts) == 1
    assert len({w.colour for w in WALKERS}) == len({w.mark for w in WALKERS}) == len(WALKERS) == 6


def test_the_words_name_who_is_lowest():
    play = ravine_walk()
    heights = {w.name: walk(w.name, 0.0, 1.0)[1][STEPS] for w in WALKERS}
    assert min(heights, key=heights.get) in play.words
    play.set(frame=0)
    assert "Press play" in play.words


def test_a_rate_that_is_too_large_drives_plain_descent_off_the_map():
    play = ravine_walk()
    play.set(share=3.0)
    assert "left the map" in play.words and "plain descent" in play.words
    assert np.isfinite(walk("plain descent", 0.0, 3.0)[0]).all()


def test_the_correction_makes_the_first_step_one_learning_rate():
    play = adam_parts()
    assert "one learning rate" in play.words
    play.set(corrected=False)
    assert "6.5 learning rates" in play.words
    play.set(corrected=True, scale=1000.0)
    assert "one learning rate" in play.words and "1000" in play.words


def test_a_schedule_ends_nearer_in_noise():
    play = schedule()
    assert "0.61" in play.words and "0.15" in play.words


def test_the_picture_of_rates_says_each_ones_best():
    still = rates_picture([0.01, 0.1, 1.0], {"Adam": [0.5, 0.2, np.nan], "momentum": [3, 1, 0.7]})
    assert "Adam 0.20 at rate 0.1" in still.words and "momentum 0.70 at rate 1" in still.words
