"""Lesson 09: the fast network is the plain one, batch after batch, in the same memory."""

import numpy as np
import pytest
from oracles import frozen, strided

from bplib.fast_mlp import Network, softmax_cross_entropy_in_place
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import init_mlp, mlp_backward, mlp_forward
from bplib.optim import FlatAdam, adam_step


def plain(x, labels, params):
    """Loss and gradients by the functions of lessons 07 and 09."""
    logits, cache = mlp_forward(x, params)
    loss, loss_cache = softmax_cross_entropy_forward(logits, labels)
    return loss, mlp_backward(softmax_cross_entropy_backward(1.0, loss_cache), cache)


def batch(rng, count, inputs=6, classes=4):
    return frozen(rng.normal(size=(count, inputs)), rng.integers(0, classes, count))


@pytest.mark.parametrize("sizes", [(6, 4), (6, 9, 4), (6, 9, 8, 4)])
@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_equal_to_the_plain_network(sizes, dtype, tolerance, rng):
    params = [(W, rng.normal(size=b.shape)) for W, b in init_mlp(sizes, rng)]
    net = Network(params, dtype)
    for count in (5, 1, 8, 3, 8):                           # growing, shrinking, and again
        x, labels = batch(rng, count)
        want_loss, want = plain(x, labels, params)
        for _ in range(2):
            loss = net.loss_and_gradient(x, labels)
            assert type(loss) is float and loss == pytest.approx(want_loss, rel=10 * tolerance)
            for pair, want_pair in zip(net.grads, want, strict=True):
                for one, two in zip(pair, want_pair, strict=True):
                    assert one.dtype == dtype and np.shares_memory(one, net.gradient)
                    np.testing.assert_allclose(one, two, rtol=0, atol=tolerance)
        logits = net.logits(x)
        np.testing.assert_allclose(logits, mlp_forward(x, params)[0], rtol=0, atol=50 * tolerance)
        assert np.array_equal(net.predict(x), logits.argmax(axis=1))


def test_against_torch(rng):
    torch = pytest.importorskip("torch")
    net, (x, labels) = Network.of_sizes([6, 9, 4], rng), batch(rng, 7)
    tensors = [torch.tensor(np.array(a), requires_grad=True) for pair in net.params for a in pair]
    hidden = (torch.tensor(x.copy()) @ tensors[0] + tensors[1]).relu()
    loss = torch.nn.functional.cross_entropy(hidden @ tensors[2] + tensors[3],
                                             torch.tensor(labels.copy()))
    loss.backward()
    assert net.loss_and_gradient(x, labels) == pytest.approx(loss.item(), rel=1e-10)
    theirs = np.concatenate([tensor.grad.numpy().ravel() for tensor in tensors])
    np.testing.assert_allclose(net.gradient, theirs, rtol=1e-9, atol=1e-12)


def test_forms_of_the_same_numbers(rng):
    net, (x, labels) = Network.of_sizes([6, 9, 4], rng), batch(rng, 7)
    loss = net.loss_and_gradient(x, labels)
    want = net.gradient.copy()
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        net.gradient[:] = np.nan
        assert net.loss_and_gradient(form(x), form(labels)) == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(net.gradient, want, rtol=1e-10, atol=1e-14)
    assert net.loss_and_gradient(np.ones((1, 6), int), [np.int8(2)]) > 0


def test_large_scores(rng):
    params = [(300 * W, b) for W, b in init_mlp([6, 9, 4], rng)]
    x, labels = batch(rng, 7)
    net = Network(params)
    want_loss, want = plain(x, labels, params)
    assert want_loss > 100
    assert net.loss_and_gradient(x, labels) == pytest.approx(want_loss, rel=1e-12)
    np.testing.assert_allclose(net.grads[0][0], want[0][0], rtol=1e-9, atol=1e-9)


def test_adam_on_the_vector_is_adam_on_each_array(rng):
    net, adam = Network.of_sizes([6, 9, 4], rng), FlatAdam(6 * 9 + 9 + 9 * 4 + 4)
    params = [array.copy() for pair in net.params for array in pair]
    memories = [(np.zeros_like(array), np.zeros_like(array)) for array in params]
    for t in range(1, 6):
        x, labels = batch(rng, 7)
        net.loss_and_gradient(x, labels)
        adam.step(net.vector, net.gradient)
        grads = plain(x, labels, list(zip(params[::2], params[1::2], strict=True)))[1]
        for i, grad in enumerate(array for pair in grads for array in pair):
            params[i], *memories[i] = adam_step(params[i], grad, *memories[i], t)
    for mine, one in zip((array for pair in net.params for array in pair), params, strict=True):
        np.testing.assert_allclose(mine, one, rtol=1e-9, atol=1e-11)


def test_a_network_owns_its_memory_and_can_be_saved(tmp_path, rng):
    params = init_mlp([6, 9, 4], rng)
    before = params[0][0].copy()
    net = Network(params)
    net.vector += 1
    assert np.array_equal(params[0][0], before) and np.array_equal(net.params[0][0], before + 1)
    net.save(tmp_path / "net.npz")
    assert np.array_equal(Network.load(tmp_path / "net.npz").vector, net.vector)
    assert Network.load(tmp_path / "net.npz", np.float32).vector.dtype == np.float32
    assert np.array_equal(Network.of_sizes([6, 4], np.random.default_rng(1)).params[0][0],
                          init_mlp([6, 4], np.random.default_rng(1))[0][0])


@pytest.mark.parametrize("x, labels, error, words", [
    (np.zeros(6), [0], ValueError, "x must have shape (N, D); got (6,)"),
    (np.zeros((3, 5)), [0] * 3, ValueError,
     "x must have shape (N, D) with D = 6 inputs; got (3, 5)"),
    (np.zeros((0, 6)), [], ValueError, "x must not be empty; got shape (0, 6)"),
    (np.zeros((3, 6)), [0] * 2, ValueError,
     "labels must have shape (N,) with N = x.shape[0] = 3; got (2,)"),
    (np.zeros((3, 6)), [0, 1, 4], ValueError, "labels must lie from 0 to C - 1 = 3; got 0 to 4"),
    (np.zeros((3, 6)), [0, -1, 2], ValueError, "labels must lie from 0 to C - 1 = 3; got -1 to 2"),
    (np.zeros((3, 6)), [0.0] * 3, TypeError, "labels must be integers; got dtype float64"),
])
def test_words(x, labels, error, words, rng):
    with pytest.raises(error) as caught:
        Network.of_sizes([6, 4], rng).loss_and_gradient(x, labels)
    assert str(caught.value) == words


def test_loss_in_place_is_the_pair_of_functions(rng):
    logits, labels = rng.normal(size=(7, 4)) * 400, rng.integers(0, 4, 7)
    loss, cache = softmax_cross_entropy_forward(logits, labels)
    want = softmax_cross_entropy_backward(1.0, cache)
    assert softmax_cross_entropy_in_place(logits, labels) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(logits, want, rtol=1e-10, atol=1e-15)
