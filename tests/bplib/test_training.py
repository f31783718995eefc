"""Lesson 09: batches that lose nobody, steps, the loop, and 97 % of digits never seen before."""

import time

import numpy as np
import pytest
from oracles import frozen, strided

from bplib.data import load_digits, make_moons, train_test_split
from bplib.fast_mlp import Network
from bplib.network import init_mlp, predict_labels
from bplib.optim import FlatAdam
from bplib.training import (
    Epoch,
    accuracy,
    confusion_matrix,
    minibatches,
    plain_descent,
    sgd_step,
    train,
    train_mlp,
)


@pytest.fixture
def moons(rng):
    return make_moons(200, 0.1, rng)


@pytest.mark.parametrize("count, size", [(10, 3), (10, 5), (1, 4), (7, 100), (0, 2), (5, 1)])
def test_batches_lose_nobody(count, size, rng):
    x, y = frozen(np.arange(count * 2).reshape(count, 2), np.arange(count))
    batches = list(minibatches(x, y, size, rng))
    assert [len(b) for _, b in batches[:-1]] == [size] * (len(batches) - 1)
    assert all(np.array_equal(a[:, 0], 2 * b) and len(b) for a, b in batches)
    assert sorted(label for _, b in batches for label in b) == list(range(count))


def test_batches_are_shuffled_anew_and_repeat_with_the_seed():
    x = np.arange(50)

    def order(rng):
        return [int(i) for a, _ in minibatches(x, x, 7, rng) for i in a]

    rng = np.random.default_rng(3)
    first, second = order(rng), order(rng)
    assert first != second and first != sorted(first)
    assert order(np.random.default_rng(3)) == first
    assert next(minibatches(np.zeros((3, 2), np.float32), [1, 2, 3], 2, rng))[0].dtype == np.float32


def test_words_of_batches_come_at_once(rng):
    with pytest.raises(ValueError, match=r"^x and y must have .* got shapes \(4, 2\) and \(3,\)$"):
        minibatches(np.zeros((4, 2)), np.zeros(3), 2, rng)
    with pytest.raises(ValueError, match="^batch_size must be a whole number, at least 1; got 0$"):
        minibatches(np.zeros(4), np.zeros(4), 0, rng)
    with pytest.raises(TypeError, match="^rng must be a np.random.Generator"):
        minibatches(np.zeros(4), np.zeros(4), 2, np.random)


def test_step(rng):
    W, b, dW, db = frozen(rng.normal(size=(3, 2)), rng.normal(size=2),
                          rng.normal(size=(3, 2)), rng.normal(size=2))
    for form in (lambda a: a, lambda a: a.tolist(), strided):
        (new_W, new_b), = sgd_step([(form(W), form(b))], [(form(dW), form(db))], 0.3)
        np.testing.assert_allclose(new_W, W - 0.3 * dW)
        np.testing.assert_allclose(new_b, b - 0.3 * db)
    single = sgd_step([(W.astype(np.float32), b.astype(np.float32))],
                      [(dW.astype(np.float32), db.astype(np.float32))], np.float64(0.3))
    assert {array.dtype for array in single[0]} == {np.dtype(np.float32)}
    with pytest.raises(ValueError, match=r"^grads must have one \(dW, db\) for each of the 1 "):
        sgd_step([(W, b)], [], 0.3)
    with pytest.raises(ValueError, match=r"^db of layer 0 must have shape \(2,\) as its b has"):
        sgd_step([(W, b)], [(dW, dW)], 0.3)
    with pytest.raises(ValueError, match="^learning_rate must be a finite number from 0 on"):
        sgd_step([(W, b)], [(dW, db)], -0.3)


def test_train_mlp_repeats_and_leaves_the_data_alone(moons):
    x, y = frozen(*moons)
    one, two = (train_mlp(x, y, [2, 8, 2], 0.5, 5, 32, np.random.default_rng(1)) for _ in range(2))
    assert one[1] == two[1] and len(one[1]) == 5 and one[1][-1] < one[1][0]
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(one[0], two[0], strict=True))
    assert train_mlp(x, y, [2, 8, 2], 0.5, 0, 32, np.random.default_rng(1))[1] == []
    still = train_mlp(x, y, [2, 8, 2], 0.0, 2, 32, np.random.default_rng(1))
    start = init_mlp([2, 8, 2], np.random.default_rng(1))
    assert np.array_equal(still[0][0][0], start[0][0])
    assert still[1][0] == pytest.approx(still[1][1])


def test_train_mlp_reads_digits_it_has_never_seen():
    images, labels = load_digits()
    scores, start = [], time.process_time()
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, y, x_test, y_test = train_test_split(images, labels, 0.2, rng)
        params, losses = train_mlp(x, y, [64, 128, 10], 0.3, 25, 16, rng)
        scores.append(accuracy(predict_labels(x_test, params), y_test))
        assert losses[-1] < 0.1 < losses[0]
    assert np.mean(scores) >= 0.97 and min(scores) >= 0.955
    assert time.process_time() - start < 60, "three trainings; one must stay below 10 s"


def test_train_is_train_mlp_with_everything_around_it(moons):
    x, y = frozen(*moons)
    params, losses = train_mlp(x, y, [2, 8, 2], 0.5, 5, 32, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    net = Network.of_sizes([2, 8, 2], rng)
    history = train(net, x, y, epochs=5, batch_size=32, rng=rng, update=plain_descent(0.5))
    assert [epoch.loss for epoch in history] == pytest.approx(losses, rel=1e-9)
    np.testing.assert_allclose(net.params[0][0], params[0][0], rtol=1e-9)
    assert [epoch.number for epoch in history] == [1, 2, 3, 4, 5]
    assert all(epoch.accuracy is None for epoch in history)
    assert np.all(np.diff([epoch.seconds for epoch in history]) > 0)


def test_train_with_adam_callback_and_progress(moons, capsys, rng):
    x, y = moons
    net, seen = Network.of_sizes([2, 16, 2], rng), []
    history = train(net, x, y, epochs=30, batch_size=20, rng=rng, held_out=(x, y), progress=True,
                    update=FlatAdam(net.vector.size, 0.02).step, callback=seen.append)
    assert seen == history and isinstance(history[0], Epoch) and len(history) == 30
    assert history[-1].accuracy == accuracy(net.predict(x), y) > 0.95
    lines = capsys.readouterr().out.split("\r")
    assert lines[0].startswith("epoch  1 of 30: loss ") and "held out" in lines[0]
    assert lines[-1] == "\n" and len(lines) == 31
    stopped = train(net, x, y, epochs=30, batch_size=20, rng=rng, update=plain_descent(0.1),
                    callback=lambda epoch: epoch.number == 4)
    assert len(stopped) == 4
    assert train(net, x, y, epochs=0, batch_size=20, rng=rng, update=plain_descent(0.1)) == []


def test_patience_stops_and_goes_back_to_the_best(moons, rng):
    x, y = moons
    net, kept = Network.of_sizes([2, 8, 2], rng), []
    step = plain_descent(0.5)

    def update(vector, gradient):
        step(vector, gradient)
        if len(kept) >= 3:                                  # from the fourth epoch on, ruin it
            vector[:] = 0

    history = train(net, x, y, epochs=50, batch_size=50, rng=rng, update=update, held_out=(x, y),
                    patience=4, callback=lambda epoch: kept.append(net.vector.copy()))
    scores = [epoch.accuracy for epoch in history]
    best = int(np.argmax(scores[:3]))
    assert len(history) == best + 1 + 4
    assert np.array_equal(net.vector, kept[best])
    assert accuracy(net.predict(x), y) == scores[best] > 0.6


def test_words_of_train(moons, rng):
    x, y = moons
    net = Network.of_sizes([2, 8, 2], rng)
    more = {"batch_size": 20, "rng": rng, "update": plain_descent(0.1)}
    with pytest.raises(ValueError, match="^patience needs held_out examples to judge by; got"):
        train(net, x, y, epochs=3, patience=2, **more)
    with pytest.raises(ValueError, match="^epochs must be a whole number, at least 0; got -1$"):
        train(net, x, y, epochs=-1, **more)
    with pytest.raises(ValueError, match="^learning_rate must be a finite number from 0 on"):
        plain_descent(float("nan"))


def test_accuracy_and_confusion(rng):
    labels, predicted = frozen(rng.integers(0, 4, 200), rng.integers(0, 4, 200))
    counts = confusion_matrix(predicted, labels, 5)
    assert counts.shape == (5, 5) and counts.sum() == 200 and not counts[4].any()
    for i, j in np.ndindex(5, 5):
        assert counts[i, j] == np.sum((labels == i) & (predicted == j))
    assert accuracy(predicted, labels) == pytest.approx(np.trace(counts) / 200)
    assert confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match=r"^predicted must have shape \(3,\) as labels has; got"):
        accuracy([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="^labels must not be empty"):
        accuracy([], [])
    with pytest.raises(ValueError, match="^labels must lie from 0 to classes - 1 = 1; got 0 to 2$"):
        confusion_matrix([0, 1], [0, 2], 2)
    with pytest.raises(TypeError, match="^predicted must be integers; got dtype float64$"):
        confusion_matrix([0.5, 1], [0, 1], 2)
