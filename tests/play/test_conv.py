"""The widgets of lesson 12: what is drawn and said is what `bplib.conv` computes."""

import numpy as np

from bplib.conv import conv2d_backward, conv2d_forward, maxpool_backward
from bplib.play.cnn import filters_picture, shifts_picture
from bplib.play.conv import (
    DOUT,
    KERNELS,
    POOLED,
    WIDE,
    counted,
    overlap,
    patterns,
    places,
    pool,
    routed,
    sample_digits,
    windows,
)


def test_the_counts_are_the_gradient_for_weights_and_blames_of_one():
    for K, S in ((2, 1), (3, 2), (4, 3)):
        x, W = np.zeros((1, 1, *WIDE)), np.ones((1, 1, K, K))
        out, cache = conv2d_forward(x, W, [0.0], stride=S)
        dx = conv2d_backward(np.ones_like(out), cache)[0][0, 0]
        assert np.array_equal(counted(WIDE, K, S, 99, True), dx)
        assert places(WIDE, K, S, 0) == out.shape[2:]


def test_the_first_of_equal_winners_is_the_librarys_choice():
    for picture in POOLED.values():
        x = np.array(picture, float)[None, None]
        assert np.array_equal(routed(picture, "first"),
                              maxpool_backward(DOUT[None, None], (x, 2))[0, 0])


def test_words_follow_the_controls():
    play = windows()
    assert "1 0 3 7" in play.words and "12 rows, 4 columns" in play.words
    play.set(frame=7)
    play.set(K=3)
    assert play.state["frame"] == 0, "another window starts again from the first"
    assert "6 rows, 9 columns" in play.words
    play = overlap()
    play.set(add=False)
    assert "pixels are wrong" in play.words
    play.set(S=3)
    assert "nobody would notice" in play.words
    play = pool()
    play.set(kind="all equal", rule="all")
    assert "76" in play.words


def test_each_pattern_is_found_where_the_window_is_drawn():
    play = patterns()
    for name in KERNELS:
        play.set(name=name)
        assert "fits best" in play.words
    assert sample_digits().shape == (10, 8, 8)


def test_the_pictures_of_results_say_their_numbers():
    still = shifts_picture([0, 1], {"MLP": [0.98, 0.5], "CNN": [0.99, 0.8]})
    assert "MLP: 98 % at +0, 50 % at +1" in still.words
    rng = np.random.default_rng(0)
    still = filters_picture(rng.normal(size=(8, 1, 3, 3)), np.zeros(8), rng.uniform(size=64))
    assert still.words.startswith("8 filters")
