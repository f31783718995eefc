"""Lesson 12: the small convolutional network against slopes, and on digits it has not seen."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.cnn import CNN, cnn_backward, cnn_forward, init_cnn
from bplib.data import load_digits, train_test_split
from bplib.losses import softmax_cross_entropy_forward
from bplib.network import init_mlp
from bplib.optim import FlatAdam, cosine_schedule
from bplib.training import train


def parameters(params):
    return sum(W.size + b.size for W, b in params)


def test_about_as_many_parameters_as_a_small_mlp(rng):
    assert parameters(init_cnn(rng)) == 1898 and parameters(init_mlp([64, 25, 10], rng)) == 1885


def test_gradients_are_slopes(rng):
    params = [(W, rng.normal(size=b.shape)) for W, b in init_cnn(rng, 4, (2, 3), 3)]
    x, dlogits = frozen(rng.normal(size=(5, 16)), rng.normal(size=(5, 3)))
    logits, cache = cnn_forward(x, params)
    np.testing.assert_array_equal(cnn_forward(x.reshape(5, 4, 4), params)[0], logits)
    grads = cnn_backward(dlogits, cache)
    for layer in range(3):
        for place in (0, 1):
            def loss(value, layer=layer, place=place):
                pairs = [list(pair) for pair in params]
                pairs[layer][place] = value
                return np.sum(dlogits * cnn_forward(x, pairs)[0])
            assert_slopes(grads[layer][place], loss, params[layer][place])


def test_flat_network_is_the_functions(rng):
    params = init_cnn(rng)
    x, labels = frozen(rng.random((6, 64)), rng.integers(0, 10, 6))
    net = CNN(params)
    loss = net.loss_and_gradient(x, labels)
    logits = cnn_forward(x, params)[0]
    assert loss == pytest.approx(softmax_cross_entropy_forward(logits, labels)[0])
    assert np.array_equal(net.predict(x), logits.argmax(axis=1))
    assert net.vector.shape == net.gradient.shape == (1898,)
    step = 1e-6 * net.gradient
    net.vector += step
    assert net.loss_and_gradient(x, labels) - loss == pytest.approx(1e6 * np.sum(step**2), rel=1e-3)
    single = CNN(params, np.float32)
    single.loss_and_gradient(x, labels)
    assert single.gradient.dtype == np.float32 and single.gradient.any()


def test_reads_digits(rng):
    x, y, x_test, y_test = train_test_split(*load_digits(), 0.2, rng)
    net = CNN(init_cnn(rng), np.float32)
    adam = FlatAdam(net.vector.size, dtype=np.float32)

    def update(vector, gradient):
        adam.learning_rate = cosine_schedule(adam.t, 8 * 45, 1e-2, warmup_steps=20)
        adam.step(vector, gradient)

    history = train(net, x, y, epochs=8, batch_size=32, rng=rng, update=update,
                    held_out=(x_test, y_test))
    assert history[-1].accuracy >= 0.95


def test_words(rng):
    with pytest.raises(ValueError, match="^side must be a multiple of 4, for two pools of"):
        init_cnn(rng, side=6)
    for shape in ((3, 63), (3, 8, 7), (64,), (3, 0), (3, 1, 8, 8)):
        with pytest.raises(ValueError, match=r"^x must have shape \(N, side \* side\) or \(N, "):
            cnn_forward(np.zeros(shape), init_cnn(rng))
    with pytest.raises(TypeError, match="^rng must be a np.random.Generator"):
        init_cnn(0)
