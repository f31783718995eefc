"""Lesson 13: what its widgets say is so, and its pictures say it whole."""

import numpy as np
import pytest

from bplib.play.recurrent import (
    film,
    jacobians,
    learning_picture,
    lengths,
    matrix,
    shares,
    spans_picture,
)
from bplib.recurrent import rnn_backward, rnn_forward

LOOKS = [("page", "light"), ("stage", "dark")]


@pytest.mark.parametrize("losses", ["end", "every"])
def test_the_shares_add_up_to_the_gradient(losses):
    rng = np.random.default_rng(4)
    Wh = 0.9 * np.linalg.qr(rng.normal(size=(4, 4)))[0]
    x, Wx = rng.normal(size=(1, 8, 2)), 0.3 * rng.normal(size=(2, 4))
    h, cache = rnn_forward(x, 0.3 * rng.normal(size=(1, 4)), Wx, Wh, np.zeros(4))
    dh = rng.normal(size=h.shape) * 0.5
    if losses == "end":
        dh[:, :-1] = 0
    found, blames = shares(0.9, losses)
    _, _, _, dWh, db = rnn_backward(dh, cache)
    assert np.allclose(found.sum(axis=0), dWh) and np.allclose(blames.sum(axis=0), db)


def test_the_film_names_the_share_of_the_chosen_frame():
    play = film()
    assert "Frame 8" in play.words and "the largest of all" in play.words
    play.set(step=2)
    size = np.linalg.norm(shares(0.7, "end")[0][1])
    assert f"**{size:.3g}**" in play.words


def test_jacobians_tell_vanishing_from_exploding():
    play = jacobians()
    assert "neither vanishes nor explodes" in play.words
    play.set(kind="shear", radius=0.8)
    assert "vanishes" in play.words and "singular value above 1" in play.words
    assert "had grown" in play.words
    play.set(kind="rotation", radius=1.5)
    assert "explodes" in play.words


@pytest.mark.parametrize("kind", ["rotation", "random", "shear"])
def test_a_matrix_has_the_radius_asked_for(kind):
    W = matrix(kind, 0.7)
    assert np.isclose(np.abs(np.linalg.eigvals(W)).max(), 0.7)
    assert np.isclose(lengths(W, False)[0], 1) and len(lengths(W, True)) == 61


@pytest.mark.parametrize("look", LOOKS)
def test_pictures_are_whole(look, check_figure):
    spans = spans_picture([1, 2, 4], [0.7, 0.9, 1.0], *look)
    learning = learning_picture(np.linspace(3.4, 1.2, 300), 27, *look)
    assert "span 2: 0.90" in spans.words and "3.40 to 1.2" in learning.words
    for still in (spans, learning):
        check_figure(still.figure, still.words)
