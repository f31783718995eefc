"""Every number that the prose of lesson 11 states."""

import numpy as np
import pytest

from bplib import optim
from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.play.optim import CURVATURES, STEPS, adam_steps, gradients, noisy_descent, walk
from bplib.training import plain_descent, train

STEPPERS = {"plain descent": None, "momentum": optim.momentum_step, "AdaGrad": optim.adagrad_step,
            "RMSprop": optim.rmsprop_step, "Adam": optim.adam_step, "AdamW": optim.adamw_step}


def many(function, grads, states, **settings):
    """The parameter of one number, from 0, after steps with these gradients."""
    stepper, place, path = optim.Stepper(function, **settings), np.zeros(1), []
    for grad in grads:
        stepper.step(place, np.array([grad]))
        path.append(place[0])
    return np.array(path)


def test_the_ravine_is_40_times_steeper_across_and_80_steps_long():
    assert CURVATURES[1] / CURVATURES[0] == 40 and STEPS == 80


def test_who_wins_in_the_ravine_and_who_when_it_is_turned():
    names = ["plain descent", "momentum", "AdaGrad", "RMSprop", "Adam"]

    def lowest(turn):
        return min(names, key=lambda name: walk(name, turn, 1.0)[1][-1])

    assert lowest(0) == "AdaGrad" and lowest(45) != "AdaGrad"
    assert walk("plain descent", 0, 1.0)[1][-1] == pytest.approx(
        walk("plain descent", 45, 1.0)[1][-1]), "plain descent does not notice the turn"


def test_momentum_by_hand():
    param, velocity, seen = np.array(1.0), np.array(0.0), []
    for grad in (2.0, 2.0, -3.0):
        param, velocity = optim.momentum_step(param, grad, velocity, 0.1, beta=0.5)
        seen.append((float(velocity), round(float(param), 6)))
    assert seen == [(2.0, 0.8), (3.0, 0.5), (-1.5, 0.65)]
    speed = np.array(0.0)
    for _ in range(300):
        _, speed = optim.momentum_step(0.0, 1.0, speed, 0.1)
    assert speed == pytest.approx(10)


def test_adagrad_by_hand_and_its_first_and_late_steps():
    param, total = optim.adagrad_step([0.0], [3.0], [16.0], 0.5)
    assert total == 25 and -param[0] == pytest.approx(0.3)
    for grad in (1000.0, 0.001):
        assert -optim.adagrad_step([0.0], [grad], [0.0], 0.5)[0][0] == pytest.approx(0.5, rel=1e-4)
    path = many(optim.adagrad_step, np.ones(10_000), 1, learning_rate=1.0)
    assert -np.diff(path)[[98, 9998]] == pytest.approx([0.1, 0.01])


def test_without_correction_adams_first_steps_are_too_long():
    steps = adam_steps(np.ones(10), corrected=False)["step"]
    assert steps[0] == pytest.approx(3.16, abs=0.005) and (np.diff(steps) > 0).all()
    assert steps[-1] == pytest.approx(6.5, abs=0.05)
    assert np.allclose(adam_steps(np.ones(10))["step"], 1)


def test_what_contradicts_itself_hardly_moves_and_size_does_not_matter():
    alternating = adam_steps(gradients("alternating", 60))
    assert abs(alternating["step"][-1]) < 0.1 and np.allclose(alternating["root"], 1)
    grads = np.random.default_rng(0).normal(1.0, 1.0, 50)
    one, other = (many(optim.adam_step, k * grads, 2, learning_rate=1e-3) for k in (1, 1000))
    assert np.allclose(one, other, rtol=1e-6)


def test_decay_in_the_gradient_depends_on_the_noise_and_decoupled_decay_does_not():
    noise = np.random.default_rng(0).normal(size=(1000, 2)) * np.array([10.0, 0.1])
    ends = {}
    for name in ("L2", "AdamW"):
        param, m, v = np.ones(2), np.zeros(2), np.zeros(2)
        for t, grad in enumerate(noise - noise.mean(axis=0), start=1):
            if name == "L2":
                param, m, v = optim.adam_step(param, grad + 0.5 * param, m, v, t, 1e-3)
            else:
                param, m, v = optim.adamw_step(param, grad, m, v, t, 1e-3, weight_decay=0.5)
        ends[name] = param
    assert ends["L2"][0] > 0.9 and ends["L2"][1] < 0.4
    assert abs(ends["AdamW"][0] - ends["AdamW"][1]) < 0.05


def test_the_schedule_by_hand():
    assert [optim.cosine_schedule(step, 8, 0.4, 4) for step in (2, 4, 6, 8)] == pytest.approx(
        [0.2, 0.4, 0.2, 0.0])
    constant, cosine = noisy_descent("constant", 0.5, 20)[1], noisy_descent("cosine", 0.5, 20)[1]
    assert cosine[-1] < constant[-1] / 3


def test_a_float32_shrinks_to_a_denormal_and_stays():
    m = np.array([1e-36], dtype=np.float32)
    for _ in range(300):
        m = np.float32(0.9) * m
    assert m == np.float32(0.9) * m and m == 4 * np.finfo(np.float32).smallest_subnormal
    assert (np.float32(1e-40) + np.float32(1e-28)) - np.float32(1e-28) == 0


def test_adagrads_memory_has_no_direction():
    grads = np.tile([1.0, -1.0], 5)
    velocity, totals = np.zeros(1), []
    for series in (np.ones(10), grads):
        total = np.zeros(1)
        for grad in series:
            _, total = optim.adagrad_step(np.zeros(1), [grad], total, 0.1)
        totals.append(float(total[0]))
    for grad in grads:
        _, velocity = optim.momentum_step(np.zeros(1), [grad], velocity, 0.1)
    assert totals == [10, 10] and abs(velocity[0]) < 1


@pytest.mark.slow
def test_on_the_digits_good_rates_matter_and_bad_units_part_the_walkers():
    images, labels = load_digits()
    x, y, _, _ = train_test_split(images, labels, 0.2, np.random.default_rng(0))
    units = 10.0 ** np.random.default_rng(3).uniform(-1.5, 1.5, 64)

    def lowest(x, step, rates):
        losses = []
        for rate in rates:
            rng = np.random.default_rng(1)
            net = Network.of_sizes([64, 32, 10], rng)
            update = plain_descent(rate) if step is None else optim.Stepper(step, rate).step
            losses.append(train(net, x, y, epochs=4, batch_size=32, rng=rng, update=update)[-1].loss)
        return min(losses)

    tame = {name: lowest(x, step, (0.01, 0.03, 0.1, 0.3)) for name, step in STEPPERS.items()}
    units = {name: lowest(x * units, step, (0.01, 0.03, 0.1)) for name, step in STEPPERS.items()}
    assert max(tame.values()) < 0.25
    one_rate = min(units["plain descent"], units["momentum"])
    assert max(units[name] for name in ("AdaGrad", "RMSprop", "Adam", "AdamW")) < 0.75 * one_rate
