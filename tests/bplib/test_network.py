"""Lesson 09: the network against slopes and PyTorch, its flat memory, and its files on disk."""

import zipfile

import numpy as np
import pytest
from oracles import assert_slopes, frozen, strided

from bplib.network import (
    check_params,
    flatten,
    init_mlp,
    input_saliency,
    load_params,
    mlp_backward,
    mlp_forward,
    predict_labels,
    save_params,
)
from bplib.storage import load_arrays, save_arrays


def some_params(rng, sizes=(4, 6, 5, 3)):
    """Parameters whose biases are not 0."""
    return [tuple(frozen(W, rng.normal(size=b.shape))) for W, b in init_mlp(sizes, rng)]


def swapped(params, layer, place, value):
    """The same parameters with one array replaced."""
    pairs = [list(pair) for pair in params]
    pairs[layer][place] = value
    return pairs


def test_init_is_he_scaled():
    params = init_mlp([200, 300, 10], np.random.default_rng(0))
    assert [W.shape for W, _ in params] == [(200, 300), (300, 10)]
    for W, b in params:
        variance = 2 / len(W)
        assert abs(W.var() - variance) < 5 * variance * np.sqrt(2 / W.size)
        assert b.shape == W.shape[1:] and not b.any()
    again = init_mlp((200, 300, 10), np.random.default_rng(0))
    assert all(np.array_equal(one[0], two[0]) for one, two in zip(params, again, strict=True))


@pytest.mark.parametrize("sizes", [(4, 3), (4, 6, 3), (4, 6, 5, 3)])
@pytest.mark.parametrize("count", [1, 7])
def test_gradients_are_slopes(sizes, count, rng):
    params = some_params(rng, sizes)
    x, dlogits = frozen(rng.normal(size=(count, 4)), rng.normal(size=(count, 3)))
    logits, cache = mlp_forward(x, params)
    assert logits.shape == (count, 3)
    grads = mlp_backward(dlogits, cache)
    assert len(grads) == len(params)
    for layer, (pair, grad_pair) in enumerate(zip(params, grads, strict=True)):
        for place in (0, 1):
            assert_slopes(grad_pair[place], lambda value, layer=layer, place=place: np.sum(
                dlogits * mlp_forward(x, swapped(params, layer, place, value))[0]), pair[place])
    for one, two in zip(mlp_backward(dlogits, cache), grads, strict=True):
        assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])


def test_against_torch(rng):
    torch = pytest.importorskip("torch")
    params, x, dlogits = some_params(rng), rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    tensors = [torch.tensor(np.array(array), requires_grad=True) for pair in params
               for array in pair]
    out = picture = torch.tensor(x, requires_grad=True)
    for layer in range(3):
        out = (out.relu() if layer else out) @ tensors[2 * layer] + tensors[2 * layer + 1]
    out.backward(torch.tensor(dlogits))
    logits, cache = mlp_forward(x, params)
    np.testing.assert_allclose(logits, out.detach().numpy(), rtol=1e-11)
    grads = [array for pair in mlp_backward(dlogits, cache) for array in pair]
    for grad, tensor in zip(grads, tensors, strict=True):
        np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)
    assert picture.grad is not None


def test_forms_of_the_same_numbers(rng):
    params, x, dlogits = some_params(rng), rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    logits, cache = mlp_forward(x, params)
    grads = mlp_backward(dlogits, cache)
    for form in (lambda a: a.tolist(), strided, np.asfortranarray):
        again, cache = mlp_forward(form(x), [(form(W), form(b)) for W, b in params])
        np.testing.assert_allclose(again, logits, rtol=1e-12)
        for one, two in zip(mlp_backward(form(dlogits), cache), grads, strict=True):
            np.testing.assert_allclose(one[0], two[0], rtol=1e-10, atol=1e-12)
    single = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    logits, cache = mlp_forward(x.astype(np.float32), single)
    grads = mlp_backward(dlogits.astype(np.float32), cache)
    assert {a.dtype for a in (logits, *sum(grads, ()))} == {np.dtype(np.float32)}
    saliency = input_saliency(x[0].astype(np.float32), single, 1)
    assert saliency.dtype == np.float32
    assert mlp_forward([[1, 2]], [([[1], [1]], [0])])[0].tolist() == [[3.0]]


def test_saliency_of_one_picture_and_of_each_in_a_batch(rng):
    params = some_params(rng)
    x, = frozen(rng.normal(size=(5, 4)))
    for label in range(3):
        batch = input_saliency(x, params, label)
        assert batch.shape == x.shape
        for row, picture in zip(batch, x, strict=True):
            one = input_saliency(picture, params, label)
            assert one.shape == (4,)
            np.testing.assert_allclose(one, row, rtol=1e-12)
            assert_slopes(one, lambda p, label=label: mlp_forward(p[None], params)[0][0, label],
                          picture)


def test_predict_labels(rng):
    params, x = some_params(rng), rng.normal(size=(9, 4))
    assert predict_labels(x, params).tolist() == mlp_forward(x, params)[0].argmax(1).tolist()


def test_flatten_shares_memory(rng):
    params = some_params(rng)
    vector, views = flatten(params)
    assert vector.shape == (sum(W.size + b.size for W, b in params),)
    for pair, view in zip(params, views, strict=True):
        for array, seen in zip(pair, view, strict=True):
            assert np.array_equal(array, seen) and np.shares_memory(seen, vector)
            assert not np.shares_memory(array, vector)
    vector[:] = np.arange(vector.size)
    assert views[0][0][0, 1] == 1 and views[-1][1][-1] == vector.size - 1
    views[1][1][:] = -5
    assert np.sum(vector == -5) == 5
    assert flatten(params, np.float32)[0].dtype == np.float32
    assert flatten([(np.ones(2, np.float32), np.ones(1, np.float32))])[0].dtype == np.float32
    assert flatten([([1, 2], [3])])[0].dtype == np.float64


def test_saved_and_loaded(tmp_path, rng):
    params, path = some_params(rng), tmp_path / "net.npz"
    params.append((rng.normal(size=(3, 2)).astype(np.float32), np.zeros(2, np.float32)))
    save_params(path, params)
    save_params(str(path), params)                          # over the old one
    loaded = load_params(str(path))
    assert len(loaded) == len(params)
    for one, two in zip(loaded, params, strict=True):
        for a, b in zip(one, two, strict=True):
            assert np.array_equal(a, b) and a.dtype == b.dtype
    assert [file.name for file in tmp_path.iterdir()] == ["net.npz"]
    many = [(np.full((1, 1), i), np.zeros(1)) for i in range(12)]
    save_params(path, many)                                 # W10 comes after W9, not after W1
    assert [int(W[0, 0]) for W, _ in load_params(path)] == list(range(12))


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.npz"
    save_arrays(path, {"W": np.ones(2)})

    def full_disk(file, **arrays):
        file.write(b"half a")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save_arrays(path, {"W": np.zeros(2)})
    assert load_arrays(path)["W"].tolist() == [1, 1]
    assert [file.name for file in tmp_path.iterdir()] == ["net.npz"]


def test_words_about_files(tmp_path):
    path = tmp_path / "net.npz"
    with pytest.raises(FileNotFoundError, match="^path must be a .npz file; there is no "):
        load_params(path)
    with pytest.raises(FileNotFoundError, match="^path must lie in a folder that exists; got "):
        save_params(tmp_path / "no" / "net.npz", [])
    with pytest.raises(TypeError, match="^W0 must be an array of numbers; got dtype object$"):
        save_params(path, [(np.array([None]), np.zeros(1))])
    path.write_bytes(b"not a zip at all")
    with pytest.raises(ValueError, match="must be a whole .npz file; it is something else$"):
        load_params(path)
    np.savez(path, W0=np.ones(2), b1=np.ones(2))
    with pytest.raises(ValueError, match="must hold W0, b0, W1, b1 and so on; it holds W0, b1$"):
        load_params(path)
    np.savez(path)
    with pytest.raises(ValueError, match="it holds nothing$"):
        load_params(path)


def test_objects_are_refused_and_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = tmp_path / "net.npz"
    np.savez(path, W0=np.array([Trap()], dtype=object), b0=np.zeros(1))
    with pytest.raises(ValueError, match="must hold plain arrays; it holds Python objects"):
        load_params(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damaged_files(save, tmp_path, rng):
    path = tmp_path / "net.npz"
    W, b = np.arange(500.0).reshape(50, 10), np.arange(10.0)
    save(path, W0=W, b0=b)
    whole = path.read_bytes()
    for place in rng.integers(0, len(whole), 100):
        damaged = bytearray(whole)
        damaged[place:place + 8] = rng.bytes(min(8, len(whole) - place))
        for content in (bytes(damaged), whole[:place]):
            path.write_bytes(content)
            try:
                (W_read, b_read), = load_params(path)       # where only a date was hit, say
            except ValueError as error:
                assert "must " in str(error)
            else:
                assert np.array_equal(W_read, W) and np.array_equal(b_read, b)


def test_a_zip_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as file:
        file.writestr("W0", b"hello")
        file.writestr("b0", b"hello")
    with pytest.raises(ValueError, match="must hold arrays; W0 is none$"):
        load_params(tmp_path / "net.npz")


@pytest.mark.parametrize("sizes, words", [
    ([5], "sizes must name at least inputs and outputs, as [64, 10]; got [5]"),
    ([5, 0, 2], "each of sizes must be a whole number, at least 1; got 0"),
])
def test_words_of_init(sizes, words, rng):
    with pytest.raises(ValueError) as caught:
        init_mlp(sizes, rng)
    assert str(caught.value) == words
    with pytest.raises(TypeError, match="^rng must be a np.random.Generator"):
        init_mlp([5, 2], 0)


def test_words_of_the_rest(rng):
    params = some_params(rng)
    with pytest.raises(ValueError, match=r"^x must have shape \(N, D\); got \(4,\)$"):
        mlp_forward(np.zeros(4), params)
    with pytest.raises(ValueError, match=r"^W must have shape \(D, M\) with D = x.shape\[1\] = 5"):
        mlp_forward(np.zeros((7, 5)), params)
    with pytest.raises(ValueError, match=r"^W of layer 1 must have shape \(6, M\) as layer 0 has"):
        mlp_forward(np.zeros((7, 4)), [params[0], params[2]])
    with pytest.raises(ValueError, match=r"^b of layer 0 must have shape \(M,\) with M = "):
        check_params([(np.zeros((2, 3)), np.zeros((1, 3)))])
    with pytest.raises(ValueError, match=r"^params must hold at least one layer \(W, b\)"):
        mlp_forward(np.zeros((7, 4)), [])
    with pytest.raises(ValueError, match=r"^dout must have shape \(7, 3\) as out has; got"):
        mlp_backward(np.zeros((7, 2)), mlp_forward(np.zeros((7, 4)), params)[1])
    with pytest.raises(ValueError, match="^label must be a whole number from 0 to C - 1 = 2; got"):
        input_saliency(np.zeros(4), params, 3)
    with pytest.raises(ValueError, match=r"^x must have shape \(D,\) or \(N, D\); got \(1, 1"):
        input_saliency(np.zeros((1, 1, 4)), params, 0)
