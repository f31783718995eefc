"""Lesson 10: batch normalisation against its definition, slopes and PyTorch."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_inference,
    update_running_stats,
)


@pytest.fixture
def case(rng):
    return frozen(rng.normal(2, 3, size=(7, 4)), rng.normal(size=4), rng.normal(size=4))


def test_columns_get_the_asked_mean_and_spread(case):
    x, gamma, beta = case
    out, _ = batchnorm_forward(x, gamma, beta, eps=1e-12)
    np.testing.assert_allclose(out.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=0), np.abs(gamma), rtol=1e-9)


@pytest.mark.parametrize("count", [2, 7])
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_gradients_are_slopes(count, eps, rng):
    x, gamma, beta, dout = frozen(rng.normal(size=(count, 3)), rng.normal(size=3),
                                  rng.normal(size=3), rng.normal(size=(count, 3)))
    _, cache = batchnorm_forward(x, gamma, beta, eps=eps)
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)

    def loss(x, gamma, beta):
        return np.sum(dout * batchnorm_forward(x, gamma, beta, eps)[0])

    assert_slopes(dx, lambda x: loss(x, gamma, beta), x, tolerance=1e-6)
    assert_slopes(dgamma, lambda gamma: loss(x, gamma, beta), gamma)
    assert_slopes(dbeta, lambda beta: loss(x, gamma, beta), beta)
    for one, two in zip(batchnorm_backward(dout, cache), (dx, dgamma, dbeta), strict=True):
        np.testing.assert_array_equal(one, two)


def test_against_torch_in_training_and_after(case, rng):
    torch = pytest.importorskip("torch")
    x, gamma, beta = case
    layer = torch.nn.BatchNorm1d(4, dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(gamma.copy()), torch.tensor(beta.copy())
    running = np.zeros(4), np.ones(4)
    for shift in (0, 1, -2):
        tensor = torch.tensor(x + shift, requires_grad=True)
        theirs = layer(tensor)
        out, cache = batchnorm_forward(x + shift, gamma, beta)
        np.testing.assert_allclose(out, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)
        running = update_running_stats(x + shift, *running)
        np.testing.assert_allclose(running[0], layer.running_mean.numpy())
        np.testing.assert_allclose(running[1], layer.running_var.numpy())
        layer.zero_grad()
        dout = rng.normal(size=x.shape)
        theirs.backward(torch.tensor(dout))
        for one, two in zip(batchnorm_backward(dout, cache),
                            (tensor, layer.weight, layer.bias), strict=True):
            np.testing.assert_allclose(one, two.grad.numpy(), rtol=1e-8, atol=1e-10)
    layer.eval()
    np.testing.assert_allclose(batchnorm_inference(x, gamma, beta, *running),
                               layer(torch.tensor(x.copy())).detach().numpy(), rtol=1e-9)


def test_one_example_and_constant_columns(rng):
    gamma, beta = rng.normal(size=3), rng.normal(size=3)
    out, cache = batchnorm_forward(rng.normal(size=(1, 3)), gamma, beta)
    np.testing.assert_array_equal(out, beta[np.newaxis])
    assert np.all(batchnorm_backward(np.ones((1, 3)), cache)[0] == 0)
    out, cache = batchnorm_forward(np.full((5, 3), 0.1), gamma, beta)
    np.testing.assert_allclose(out, np.tile(beta, (5, 1)), atol=1e-9)
    assert np.all(np.isfinite(batchnorm_backward(rng.normal(size=(5, 3)), cache)[0]))


def test_precision_lists_views_and_integers(case, rng):
    x, gamma, beta = case
    out, cache = batchnorm_forward(x, gamma, beta)
    dout = rng.normal(size=x.shape)
    want = batchnorm_backward(dout, cache)
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        again, cache = batchnorm_forward(form(x), form(gamma), form(beta))
        np.testing.assert_allclose(again, out, rtol=1e-12)
        for one, two in zip(batchnorm_backward(form(dout), cache), want, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)
    single = [array.astype(np.float32) for array in case]
    out, cache = batchnorm_forward(*single, eps=np.float64(1e-5))
    grads = batchnorm_backward(dout.astype(np.float32), cache)
    running = update_running_stats(single[0], single[1], np.ones(4, np.float32))
    ready = batchnorm_inference(*single, *running)
    assert {array.dtype for array in (out, *grads, *running, ready)} == {np.dtype(np.float32)}
    assert batchnorm_forward([[1], [2]], [1], [0])[0].dtype == np.float64


@pytest.mark.parametrize("change, words", [
    ({"x": np.zeros(4)}, "x must have shape (N, D); got (4,)"),
    ({"x": np.zeros((0, 4))}, "x must not be empty; got shape (0, 4)"),
    ({"gamma": np.zeros(3)}, "gamma must have shape (D,) with D = x.shape[1] = 4; got (3,)"),
    ({"beta": np.zeros((1, 4))}, "beta must have shape (D,) with D = x.shape[1] = 4; got (1, 4)"),
    ({"eps": 0}, "eps must be a finite number above 0; got 0"),
])
def test_words(change, words):
    good = {"x": np.zeros((7, 4)), "gamma": np.ones(4), "beta": np.zeros(4)}
    more = {"running_mean": np.zeros(4), "running_var": np.ones(4)}
    for function, arguments in ((batchnorm_forward, good), (batchnorm_inference, {**good, **more})):
        with pytest.raises(ValueError) as caught:
            function(**{**arguments, **change})
        assert str(caught.value) == words


def test_words_for_the_rest(case):
    x, gamma, beta = case
    _, cache = batchnorm_forward(x, gamma, beta)
    with pytest.raises(ValueError, match=r"^dout must have shape \(7, 4\) as out has; got \(4,\)$"):
        batchnorm_backward(np.ones(4), cache)
    with pytest.raises(ValueError, match="^x must have N of at least 2, as one example has no"):
        update_running_stats(x[:1], gamma, beta)
    with pytest.raises(ValueError, match="^momentum must be from 0 to 1; got 2$"):
        update_running_stats(x, gamma, beta, momentum=2)
    with pytest.raises(ValueError, match="^running_var must not be negative; its smallest"):
        batchnorm_inference(x, gamma, beta, beta, -np.ones(4))
