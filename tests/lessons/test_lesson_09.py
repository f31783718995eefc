"""Every number that the prose of lesson 09 states; the checks' references held to bplib's."""

import numpy as np
import pytest

from autograder.exercises import mlp_09, saliency_09, start_09, train_09
from bplib import network, training
from bplib.data import load_digits
from bplib.fast_mlp import Network
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.play import digits as show
from bplib.play.pad import Pad, softened


@pytest.fixture(scope="module")
def trained():
    return show.trained()


def test_the_data_and_the_split():
    x, y, x_new, _ = show.digits()
    assert len(load_digits()[0]) == 1797 and len(x) == 1397 and len(x_new) == 400
    assert 1397 // 20 == 69, "the prose says: a seventieth"
    assert show.digits()[3][show.A_THREE] == 3


def test_at_least_97_of_100_in_under_a_minute():
    _, history = show.run()
    assert history[-1].accuracy >= 0.97 and history[-1].seconds < 60
    assert len(history) == 30


@pytest.mark.parametrize(("scale", "low", "high"), [(0.05, 0, 1e-6), (0.01**0.5, 0, 0.01),
                                                    (0.02**0.5, 0.1, 3), (0.3, 1e4, 1e9)])
def test_only_he_keeps_the_signal_level(scale, low, high):
    rng = np.random.default_rng(0)
    h = rng.normal(size=(200, 100))
    for _ in range(10):
        h = np.maximum(h @ (scale * rng.normal(size=(100, 100))), 0)
    assert low < np.mean(h**2) < high


def test_seventy_rough_steps_lead_further_than_an_exact_one():
    x, y, _, _ = show.digits()
    start = network.init_mlp([64, 32, 10], np.random.default_rng(1))

    def stepped(params, x, y):
        logits, cache = network.mlp_forward(x, params)
        loss, loss_cache = softmax_cross_entropy_forward(logits, y)
        dlogits = softmax_cross_entropy_backward(1.0, loss_cache)
        return training.sgd_step(params, network.mlp_backward(dlogits, cache), 0.3), loss

    exact, before = stepped(start, x, y)
    rough, count = start, 0
    for x_batch, y_batch in training.minibatches(x, y, 20, np.random.default_rng(2)):
        rough, count = stepped(rough, x_batch, y_batch)[0], count + 1
    assert count == 70 and stepped(rough, x, y)[1] < 1 < stepped(exact, x, y)[1] < before


def test_the_case_by_hand():
    params = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[2.0], [3.0]]), np.ones(1))]
    logits, cache = network.mlp_forward(np.array([[5.0]]), params)
    (dW1, db1), (dW2, db2) = network.mlp_backward(np.array([[1.0]]), cache)
    assert logits.item() == 11 and dW1.tolist() == [[10, 0]] and db1.tolist() == [2, 0]
    assert dW2.ravel().tolist() == [5, 0] and db2.item() == 1
    assert network.input_saliency(np.array([5.0]), params, 0).tolist() == [2]


def test_moved_digits_and_noise(trained):
    *_, x_new, y_new = show.digits()
    moved = np.roll(x_new.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
    assert np.mean(network.predict_labels(moved, trained) == y_new) < 0.5
    noise = np.random.default_rng(0).random((200, 64))
    assert np.median(show.probabilities(noise, trained).max(axis=1)) > 0.7


def pupil(labels, rng, shuffle, batch_size=50):
    x, _, x_new, _ = show.digits()
    net = Network.of_sizes([64, 64, 10], rng)
    training.train(net, x, labels, epochs=12, batch_size=batch_size, rng=shuffle,
                   update=training.plain_descent(0.2))
    return net.predict(x_new)


def test_random_mistakes_cancel_and_a_bias_is_learned():
    _, y, _, y_new = show.digits()
    rng = np.random.default_rng(0)
    spoiled = rng.random(len(y)) < 0.3
    labels = np.where(spoiled, (y + rng.integers(1, 10, len(y))) % 10, y)
    assert abs(np.mean(labels == y) - 0.7) < 0.03
    assert np.mean(pupil(labels, rng, rng) == y_new) > 0.85
    biased = np.where(y == 7, 1, y)
    said = pupil(biased, np.random.default_rng(0), np.random.default_rng(0))
    assert np.mean(said[y_new == 7] == 1) > 0.9 and not np.any(said == 7)


def test_the_pad_reads_what_is_drawn_by_code_and_by_key():
    pad = Pad()
    assert pad.reads == 2 and "**2**" in pad.words
    pad.buttons["example"].click()
    assert pad.ink.any() and softened(pad.ink).max() <= 1
    pad.buttons["shift"].click()
    pad.buttons["clear"].click()
    assert not pad.ink.any() and "empty page" in pad.words
    before = pad.png
    pad.toggle(3, 4)
    assert pad.ink[3, 4] == 1 and pad.png != before
    assert "Draw a digit" in pad._repr_mimebundle_()[0]["text/plain"]


def test_the_references_of_the_checks_are_bplibs():
    rng = np.random.default_rng(0)
    for sizes in ((4, 3), (4, 6, 3), (5, 6, 7, 2)):
        params, x = mlp_09.params_of(rng, sizes), rng.normal(size=(8, sizes[0]))
        dlogits = rng.normal(size=(8, sizes[-1]))
        out, cache = mlp_09.plain_forward(x, params)
        right, right_cache = network.mlp_forward(x, params)
        assert np.allclose(out, right)
        grads = network.mlp_backward(dlogits, right_cache)
        for pair, right_pair in zip(mlp_09.plain_backward(dlogits, cache), grads, strict=True):
            assert all(map(np.allclose, pair, right_pair))
        stepped = start_09.plain_sgd_step(params, grads, 0.3)
        for pair, right_pair in zip(stepped, training.sgd_step(params, grads, 0.3), strict=True):
            assert all(map(np.allclose, pair, right_pair))
        for pictures in (x, x[0]):
            assert np.allclose(saliency_09.plain_saliency(pictures, params, 1),
                               network.input_saliency(pictures, params, 1))


def test_bplibs_training_reads_well_with_room():
    for seed in range(3):
        for case in list(train_09.cases(np.random.default_rng(seed)))[:3]:
            net_rng = np.random.default_rng(case.rng.seed)
            net = Network.of_sizes(case.layer_sizes, net_rng)
            training.train(net, case.x, case.y, epochs=case.epochs, batch_size=case.batch_size,
                           rng=net_rng, update=training.plain_descent(case.learning_rate))
            assert training.accuracy(net.predict(case.new_x), case.new_y) > train_09.ENOUGH + 0.01
