"""Every number and outcome that the prose of lesson 13 states."""

import numpy as np
import pytest

from bplib import recurrent
from bplib.names import invent_names, load_names, train_names
from bplib.play.recurrent import cut_cosines, lengths, matrix, shares
from bplib.recall import recall_accuracy
from bplib.regularization import clip_by_global_norm


def test_the_step_by_hand():
    Wx, Wh, b = [[1.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]], [-0.5, 0.0]
    h, _ = recurrent.rnn_step_forward([[1.0]], [[0.5, -0.5]], Wx, Wh, b)
    assert np.allclose(h, np.tanh([[0.0, 1.0]]))


def test_three_steps_by_hand_whole_and_cut():
    one = [[1.0]]
    _, cache = recurrent.rnn_forward(np.zeros((1, 3, 1)), [[0.0]], one, [[0.5]], [0.0])
    dx, dh0, _, _, db = recurrent.rnn_backward([[[0.0], [0.0], [8.0]]], cache)
    assert (dx.ravel().tolist(), dh0.item(), db.item()) == ([2, 4, 8], 1, 14)
    dx, dh0, _, _, db = recurrent.truncated_rnn_backward([[[0.0], [0.0], [8.0]]], cache, 2)
    assert (dx.ravel().tolist(), dh0.item(), db.item()) == ([0, 0, 8], 0, 8)


def test_the_last_frame_has_the_largest_share():
    sizes = np.linalg.norm(shares(0.7, "end")[0], axis=(1, 2))
    assert sizes.argmax() == len(sizes) - 1


def test_a_singular_value_above_one_explodes_nothing():
    W = np.array([[0.8, 1.2], [0.0, 0.8]])
    assert np.isclose(np.linalg.norm(W, 2), 1.6) and np.allclose(np.linalg.eigvals(W), 0.8)
    g = np.array([0.0, 1.0])
    after = [np.linalg.norm(g @ np.linalg.matrix_power(W.T, T)) for T in (1, 2, 100)]
    assert after[0] > 1.4 and after[1] > 2 and after[2] < 1e-6


def test_tanh_pulls_an_exploding_product_down_and_linear_nets_vanish_too():
    assert lengths(matrix("rotation", 1.2), False)[-1] > 1e4
    assert lengths(matrix("rotation", 1.2), True)[-1] < 1e-3
    assert lengths(matrix("rotation", 0.9), False)[-1] < 0.01


@pytest.mark.slow
def test_a_cut_gradient_recalls_sometimes():
    whole = [recall_accuracy(12, 12, np.random.default_rng(seed)) for seed in range(4)]
    cut = [recall_accuracy(3, 12, np.random.default_rng(seed)) for seed in range(4)]
    assert min(whole) > 0.95
    assert 0 < sum(right > 0.9 for right in cut) < 4


def test_on_names_the_bias_of_the_cut_is_small_and_shrinks():
    cosines = cut_cosines(load_names("dinosaurs")[:64], [1, 2, 4, 8, 16, 30])
    assert cosines == sorted(cosines) and cosines[0] < 0.9 < cosines[2]
    assert np.isclose(cosines[-1], 1)


def test_clipping_shortens_and_never_lengthens():
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0]
    dh = np.zeros((1, 60, 8))
    dh[:, -1] = 1.0
    norms = {}
    for size in (1.3, 0.7):
        _, cache = recurrent.rnn_forward(np.zeros((1, 60, 1)), np.zeros((1, 8)), np.zeros((1, 8)),
                                         size * rotation, np.zeros(8))
        (clipped,), norm = clip_by_global_norm([recurrent.rnn_backward(dh, cache)[1]], 5.0)
        norms[size] = norm, float(np.linalg.norm(clipped))
    assert norms[1.3][0] > 1e7 and np.isclose(norms[1.3][1], 5)
    assert norms[0.7][0] < 1e-8 and np.isclose(*norms[0.7])


@pytest.mark.slow
def test_dinosaurs_are_learned_and_invented():
    names = load_names("dinosaurs")
    assert len(names) == 337 and 3_800 < sum(map(len, names)) < 4_200
    result = train_names(names, np.random.default_rng(0), epochs=30, hidden=64)
    assert result.losses[0] > 3 and result.losses[-10:].mean() < 1.5
    timid = invent_names(result.params, 6, 0.3, np.random.default_rng(1), known=names)
    assert sum(name.endswith("saurus") for name in timid) >= 3 and not set(timid) & set(names)
