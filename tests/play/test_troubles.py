"""The widgets of lesson 10 say what is so, and its patient's gradients are right."""

import numpy as np
import pytest

from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.play import trouble_nets as nets
from bplib.play import troubles


@pytest.mark.parametrize("cure", nets.CURES)
@pytest.mark.parametrize("bend", ["tanh", "sigmoid", "relu"])
def test_the_gradients_of_the_deep_stack_are_those_of_finite_differences(bend, cure):
    rng = np.random.default_rng(1)
    weights = nets.deep_weights([3, 4, 4, 5, 2], 1.2, rng)
    x, labels = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])

    def loss(weights):
        return softmax_cross_entropy_forward(nets.deep_forward(x, weights, bend, cure)[0], labels)

    logits, outs, caches = nets.deep_forward(x, weights, bend, cure)
    dlogits = softmax_cross_entropy_backward(1.0, loss(weights)[1])
    grads, _ = nets.deep_backward(dlogits, weights, outs, caches, bend)
    for layer, place in ((0, (1, 2)), (1, (3, 0)), (2, (0, 4)), (3, (2, 1))):
        up, down = ([W.copy() for W in weights] for _ in range(2))
        up[layer][place] += 1e-6
        down[layer][place] -= 1e-6
        slope = (loss(up)[0] - loss(down)[0]) / 2e-6
        assert np.isclose(grads[layer][place], slope, rtol=1e-4, atol=1e-8)


def test_the_words_name_the_trouble():
    play = troubles.by_layer()
    assert "vanishes" in play.words
    assert "arrives" in play.set(gain=1.4).words
    assert "explodes" in play.set(gain=4.0).words
    assert "vanishes" in play.set(gain=1.0, bend="sigmoid", cure="none").words
    assert "arrives" in play.set(gain=1.0, bend="tanh").words
    assert "vanishes" not in play.set(gain=0.5, bend="relu", cure="residual").words


def test_leaving_the_saddle_takes_about_24_steps_more_for_each_ten_times():
    steps = [troubles.steps_to_leave(troubles.saddle_walk(10.0**-k)) for k in range(2, 9)]
    assert all(23 <= b - a <= 25 for a, b in zip(steps, steps[1:], strict=False))
    assert f"{steps[0]} steps" in troubles.saddle(offset=0.01).words
    walk = troubles.saddle_walk(0.0)
    assert troubles.steps_to_leave(walk) is None and abs(walk[-1]).max() < 1e-9


def test_pictures_say_what_they_show():
    still = troubles.lines_picture("Two", "steps", "loss", {"a": [1.0, 2.0], "b": [1.0, 2.01]})
    assert "a ends at 2" in still.words
    assert "1, 0, 2" in troubles.histogram_picture("H", [0.1, 2.5, 2.6], "v", "n", [0, 1, 2, 3]).words
    table = troubles.table_picture("T", [[0.1, 0.9]], [1], [2, 3], "batch", "rate")
    assert "90%" in table.words and "rate 3" in table.words
