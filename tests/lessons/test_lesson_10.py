"""Every number that the prose of lesson 10 states, and every claim that an experiment decides."""

import numpy as np
import pytest

from bplib import init, layers, normalization, regularization
from bplib.play import trouble_nets as nets
from bplib.play import trouble_runs as runs
from bplib.play.troubles import sizes_by_layer


def ten_layers(gain, cure="none"):
    x, y, _, _ = runs.digits()
    weights = nets.deep_weights([64] * 11 + [10], gain, np.random.default_rng(0))
    return nets.train_deep(x, y, weights, 0.1, 150, cure=cure)


def test_ten_layers_refuse_and_are_cured():
    refuses = ten_layers(0.5)
    assert np.allclose(refuses, np.log(10), atol=1e-4)
    assert ten_layers(np.sqrt(2))[-1] < 1
    assert np.mean(ten_layers(0.5, "batch norm")[-20:]) < 0.3
    assert np.mean(ten_layers(0.5, "residual")[-20:]) < 0.3


def test_what_the_widget_shows():
    assert 9e-7 < 0.5**20 < 1e-6
    outs, douts = sizes_by_layer(1.4, "relu", "none")
    assert 0.3 < douts[0] / douts[-1] < 3
    assert sizes_by_layer(1.0, "relu", "none")[1][0] < 1e-5
    assert sizes_by_layer(2.0, "relu", "none")[1][0] > 1
    for gain in (0.5, 1.0, 1.4, 2.0, 3.0, 4.0):
        down = sizes_by_layer(gain, "sigmoid", "none")[1]
        assert down[0] / down[-1] < 1e-3, "sigmoid has no such gain"
    for gain in (0.5, 4.0):
        outs, _ = sizes_by_layer(gain, "relu", "batch norm")
        assert outs.min() > 0.6 and outs.max() < 0.8, "the gain hardly matters to the outputs"


def test_larger_weights_saturate_sigmoids():
    x, shares = runs.digits()[0], []
    for gain in (1, 4, 32):
        (W,) = nets.deep_weights([64, 64], gain, np.random.default_rng(0))
        s, _ = layers.sigmoid_forward(x @ W)
        shares.append(np.mean(s * (1 - s) < 0.01))
    assert shares[0] < 0.01 < shares[1] < 0.5 < shares[2]


def test_first_weights_by_hand():
    rng = np.random.default_rng(0)
    assert np.isclose(init.he_init(200, 50, rng).std(), 0.1, rtol=0.03)
    assert np.isclose(np.sqrt(2 / 250), 0.089, atol=5e-4)
    assert np.isclose(init.xavier_init(200, 50, rng).std(), 0.089, rtol=0.03)


def test_dead_units_come_with_the_learning_rate():
    x = runs.digits()[0]
    dead = [runs.dead_units(runs.fit(x, runs.digits()[1], rate=r, epochs=3), x) for r in (0.1, 2.0)]
    assert dead[0] <= 5 and dead[1] >= 60


def test_the_rope_holds():
    clipped, norm = regularization.clip_by_global_norm([[30.0], [0.0, 40.0]], 5.0)
    assert norm == 50 and np.allclose(clipped[0], 3) and np.allclose(clipped[1], [0, 4])
    norms, without = runs.broken_sensor(None)
    _, with_rope = runs.broken_sensor(1.0)
    assert norms.max() > 2000 * np.median(norms), "thousands of times longer than usual"
    assert without < 0.2 and with_rope > 0.9


def test_batch_norm_by_hand():
    out, cache = normalization.batchnorm_forward([[1.0], [3.0]], [10.0], [5.0], eps=1e-12)
    assert np.allclose(out, [[-5], [15]])
    assert np.allclose(normalization.batchnorm_backward(np.ones((2, 1)), cache)[0], 0, atol=1e-9)


def test_small_numbers_of_the_prose():
    assert np.isclose(0.01**20, 1e-40) and round(1.01**20, 2) == 1.22
    assert round(1.1**24) == 10
    assert 64 * 128 + 128 + 128 * 10 + 10 == 9610


def test_the_step_learns_by_a_lie():
    _, still, low = runs.step_net("true slope")
    _, moved, high = runs.step_net("straight through")
    assert still == 0 and moved > 1 and high > low + 0.03


def test_backprop_does_not_find_the_global_minimum():
    endings = runs.xor_endings()
    stuck = endings[endings > 0.01]
    assert len(endings) == 200 and 67 < len(stuck) < 100, "more than a third"
    assert np.mean(np.abs(stuck - 0.35) < 0.03) > 0.95
    assert (runs.xor_endings(hidden=6) < 0.01).all()


def test_more_training_is_worse_and_the_cures_help():
    seen, held_out, right = runs.by_heart()
    best = int(held_out.argmin())
    assert best + 1 == 20, "the prose says 20 epochs"
    assert seen[-1] < seen[best] and right[best] > right[-1] + 0.05
    assert runs.by_heart(decay=0.03)[2][-1] > right[-1] + 0.02
    assert runs.by_heart(dropout=0.5)[2][-1] > right[-1] + 0.02


def test_random_mistakes_cancel_and_systematic_ones_do_not():
    teachers, net_by_lot, fours = runs.wrong_at_random(0.5)
    assert teachers < 0.6 and net_by_lot > teachers + 0.15 and fours > 0.5
    teachers, net, fours = runs.wrong_with_system(0.8)
    assert teachers > 0.9 and net > max(0.8, net_by_lot) and fours < 0.2


def test_an_old_task_is_forgotten_and_rehearsal_keeps_most():
    old, new = runs.old_and_new()
    assert old[11] > 0.95 and old[-1] < 0.02 and new[-1] > 0.9
    assert runs.old_and_new(0.1)[0][-1] > 0.65


@pytest.mark.parametrize(("size", "rate"), [(4, 0.1), (256, 1.0)])
def test_small_batches_want_small_rates(size, rate):
    shares = runs.rate_and_batch([0.01, rate], [size], 4)[0]
    assert shares[1] > shares[0]
