"""Lesson 09: the digits that come along, the moons, and files that are not what they say."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
from oracles import frozen

from bplib.data import (
    MNIST_FILES,
    load_digits,
    load_mnist_files,
    make_moons,
    read_idx,
    train_test_split,
)


def idx(array):
    array = np.asarray(array, dtype=np.uint8)
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


@pytest.fixture
def mnist(tmp_path, rng):
    """A folder with four small files in MNIST's form: one packed, one with a dot in its name."""
    images, labels = rng.integers(0, 256, (5, 28, 28)), np.array([3, 1, 4, 1, 5])
    (tmp_path / MNIST_FILES[0]).write_bytes(idx(images))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(labels))
    (tmp_path / f"{MNIST_FILES[2]}.gz").write_bytes(gzip.compress(idx(images[:2])))
    (tmp_path / f"{MNIST_FILES[3]}.gz").write_bytes(gzip.compress(idx(labels[:2])))
    return tmp_path, images, labels


def test_digits_are_the_known_ones():
    images, labels = load_digits()
    assert images.shape == (1797, 64) and images.dtype == np.float64
    assert labels.shape == (1797,) and labels.dtype.kind == "i"
    assert images.min() == 0 and images.max() == 1
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    counts = (images * 16).astype(np.uint8)
    assert np.array_equal(counts, images * 16) and int(counts.sum()) == 561718
    assert counts[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    digest = hashlib.sha256(counts.tobytes() + labels.astype(np.uint8).tobytes()).hexdigest()
    assert digest[:16] == "87ff0c9e40dc7e2c"


def test_each_load_is_a_new_copy():
    load_digits()[0][:] = 7
    assert load_digits()[0].max() == 1


def test_split_keeps_pairs_and_loses_nobody(rng):
    x, y = frozen(np.arange(30).reshape(10, 3), np.arange(10))
    x_train, y_train, x_test, y_test = train_test_split(x, y, 0.3, rng)
    assert len(x_test) == 3 and len(x_train) == 7
    assert np.array_equal(x_train[:, 0], 3 * y_train) and np.array_equal(x_test[:, 0], 3 * y_test)
    assert sorted([*y_train, *y_test]) == list(range(10))
    again = train_test_split(x, y, 0.3, np.random.default_rng(5))
    for one, two in zip(again, train_test_split(x, y, 0.3, np.random.default_rng(5)), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("fraction", [0.0, -0.1, 1.0, 0.01])
def test_split_with_an_empty_side(fraction, rng):
    with pytest.raises(ValueError, match="test_fraction must"):
        train_test_split(np.zeros((10, 2)), np.zeros(10), fraction, rng)


def test_split_says_what_does_not_fit(rng):
    with pytest.raises(ValueError, match=r"x and y must .* got shapes \(10, 2\) and \(9,\)"):
        train_test_split(np.zeros((10, 2)), np.zeros(9), 0.5, rng)
    with pytest.raises(TypeError, match="rng must be a np.random.Generator.*got int"):
        train_test_split(np.zeros((10, 2)), np.zeros(10), 0.5, 3)


def test_moons_lie_on_their_arcs(rng):
    x, y = make_moons(101, 0.0, rng)
    assert x.shape == (101, 2) and y.sum() == 50 and y.dtype.kind == "i"
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0 and lower[:, 1].max() <= 0.5
    assert np.any(np.diff(y) < 0), "the classes must be shuffled"


def test_moons_with_noise_repeat_with_the_seed():
    one, two = (make_moons(50, 0.2, np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])
    assert make_moons(1, 0.2, np.random.default_rng(1))[0].shape == (1, 2)


def test_moons_say_what_does_not_fit(rng):
    with pytest.raises(ValueError, match="count must be a whole number, at least 1; got 0"):
        make_moons(0, 0.1, rng)
    with pytest.raises(ValueError, match="noise must be a finite number from 0 on; got -1"):
        make_moons(5, -1, rng)
    with pytest.raises(TypeError, match="rng must be"):
        make_moons(5, 0.1, None)


def test_mnist_files(mnist):
    folder, images, labels = mnist
    x_train, y_train, x_test, y_test = load_mnist_files(str(folder))
    assert x_train.dtype == np.float32 and y_train.dtype == np.int64
    np.testing.assert_allclose(x_train, images.reshape(5, 784) / 255, rtol=1e-6)
    assert np.array_equal(y_train, labels) and np.array_equal(y_test, labels[:2])
    np.testing.assert_allclose(x_test, images[:2].reshape(2, 784) / 255, rtol=1e-6)


def test_mnist_says_which_file_is_missing(mnist):
    folder = mnist[0]
    (folder / f"{MNIST_FILES[3]}.gz").unlink()
    with pytest.raises(FileNotFoundError, match=f"folder must hold {MNIST_FILES[3]} or"):
        load_mnist_files(folder)
    with pytest.raises(FileNotFoundError, match="folder must be a directory"):
        load_mnist_files(folder / "nowhere")


def test_mnist_says_when_labels_do_not_match(mnist):
    folder = mnist[0]
    (folder / MNIST_FILES[0]).write_bytes(idx(np.zeros((4, 28, 28))))
    words = r"train files must hold equally many .*\(4, 28, 28\) and \(5,\)"
    with pytest.raises(ValueError, match=words):
        load_mnist_files(folder)


@pytest.mark.parametrize("raw, words", [
    (b"", "must be an IDX file of bytes.*begins with nothing"),
    (b"<html>", "must be an IDX file of bytes.*begins with 3c 68 74"),
    (bytes([0, 0, 8, 3, 0]), "must tell the lengths of its 3 axes"),
    (bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]), r"must hold 9 values for its shape \(9,\); it holds 1"),
    (bytes([0, 0, 8, 3]) + b"\xff" * 12, "must hold 79228162458924105385300197375 values"),
    (gzip.compress(bytes(100), mtime=0)[:-12], "must be a whole gzip file"),
    (b"\x1f\x8bnonsense", "must be a whole gzip file"),
])
def test_files_that_are_not_idx(tmp_path, raw, words):
    path = tmp_path / "file"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=words):
        read_idx(path)
