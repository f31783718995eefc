"""The widgets and helpers of lesson 15 say what is so."""

import numpy as np
import pytest

from bplib import attention as course
from bplib.play import attention as play
from bplib.seq2seq import init_translator

PAIRS = {name: getattr(course, name) for name in (
    "attention_forward", "attention_backward", "layernorm_forward", "layernorm_backward")}  # fmt: skip


def test_a_query_of_no_length_takes_the_plain_mean_and_a_long_one_a_single_value():
    assert "**3.00**" in play.query(length=0.0).words
    far = play.query(angle=70.0, length=12.0).words
    assert "Key 2" in far and "**3.93**" in far


def test_unscaled_scores_leave_softmax_no_slope():
    loud = play.scale(power=8)
    assert "no blame gets through" in loud.words
    assert "blame gets through" in loud.set(scaled=True).words
    assert "no blame" not in loud.words


@pytest.fixture(scope="module")
def translator():
    return init_translator(8, np.random.default_rng(0))


def test_the_alignment_goes_letter_by_letter(translator, check_figure):
    stepping = play.alignment(translator, ["may 1 1999", "the first of june, 2001"])
    assert "written nothing yet" not in stepping.words
    assert "written nothing yet" in stepping.set(letter=0).words
    for text in (1, 2):
        for letter in (1, 5, 10):
            stepping.set(text=text, letter=letter)
            check_figure(stepping.figure, (text, letter))
            assert "looked most at place" in stepping.words or "It wrote" in stepping.words


def test_pictures_say_what_they_show():
    still = play.places_picture(np.eye(3)[::-1], "123", "321")
    assert "3, 2, 1" in still.words
    curves = {"one": np.ones(20), "other": np.linspace(2, 1, 20)}
    assert "one ends at 1.00" in play.losses_picture(curves).words


def test_own_pairs_takes_what_is_right_and_lends_the_rest():
    pairs, own = play.own_pairs(**PAIRS)
    assert own == ["attention_forward", "attention_backward", "layernorm_forward",
                   "layernorm_backward"]

    def unwritten(*args, **kwargs):
        raise NotImplementedError

    pairs, own = play.own_pairs(**{**PAIRS, "layernorm_backward": unwritten,
                                   "attention_backward": lambda dout, cache: (dout, dout, dout)})
    assert own == [] and pairs.attention_backward is course.attention_backward


def test_any_cache_will_do_in_our_models():
    def forward(Q, K, V, causal=False):
        out, cache = course.attention_forward(Q, K, V, causal)
        return out, {"mine": cache}

    pairs, own = play.own_pairs(**{
        **PAIRS, "attention_forward": forward,
        "attention_backward": lambda dout, cache: course.attention_backward(dout, cache["mine"])})
    assert "attention_forward" in own
    Q = np.random.default_rng(0).normal(size=(1, 3, 2))
    out, cache = pairs.attention_forward(Q, Q, Q, causal=True)
    assert cache[-1].shape == (1, 3, 3)
    right = course.attention_backward(out, course.attention_forward(Q, Q, Q, True)[1])
    for mine, ours in zip(pairs.attention_backward(out, cache), right, strict=True):
        assert np.array_equal(mine, ours)
