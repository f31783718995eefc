"""Every number that the prose of lesson 12 states."""

import re
from pathlib import Path

import numpy as np
import pytest

from bplib import conv
from bplib.cnn import CNN, init_cnn
from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.optim import FlatAdam
from bplib.play.conv import DOUT, KERNELS, POOLED, convolve, counted, routed
from bplib.training import accuracy, train

ROOT = Path(__file__).resolve().parents[2]
KERNEL = np.array([[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]])


def test_one_window_by_hand():
    pixels = np.array([[0, 5, 2], [1, 6, 3], [0, 7, 1]])
    assert (pixels * KERNEL).sum() == 5 - 1 + 6 + 7 == 17
    assert convolve(pixels, KERNEL) == [[17]] and KERNELS["left edge"] == KERNEL.tolist()


def test_three_windows_of_3_fit_into_8_by_steps_of_2():
    assert conv.output_size(np.zeros((1, 1, 8, 8)), 3, 3, stride=2) == (3, 3)


def test_the_table_of_two_coloured_pictures():
    patches = conv.im2col(np.arange(120.0).reshape(2, 3, 4, 5), 2, 2)
    assert patches.shape == (2 * 3 * 4, 3 * 2 * 2)


def test_blame_put_back_by_hand():
    dx = conv.col2im(np.array([[3.0, 4.0], [30.0, 40.0]]), (1, 1, 1, 3), 1, 2)
    assert dx[0, 0].tolist() == [[3, 34, 40]]


@pytest.mark.parametrize(("K", "S", "found"), [(2, 2, False), (3, 2, True), (2, 3, False)])
def test_which_sizes_find_an_equals_sign(K, S, found):
    added, wiped = (counted((6, 8), K, S, 99, add) for add in (True, False))
    assert (not np.array_equal(added, wiped)) == found


def test_a_tie_hands_out_what_came_in_unless_all_get_all():
    for rule, total in (("first", 12), ("share", 12), ("all", 48)):
        assert routed(POOLED["all equal"], rule)[2:, 2:].sum() == total
        for name, picture in POOLED.items():
            right = rule != "all" or name == "all different"
            assert np.isclose(routed(picture, rule).sum(), DOUT.sum()) == right


def test_a_convolution_moves_along_with_its_picture():
    picture = load_digits()[0][7].reshape(8, 8)
    moved = convolve(np.roll(picture, 1, axis=1), KERNEL)
    assert np.array_equal(moved[:, 1:], np.roll(convolve(picture, KERNEL), 1, axis=1)[:, 1:])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_equally_large_networks_read_alike_and_shifts_part_them(seed):
    images, labels = load_digits()
    x, y, x_new, y_new = train_test_split(images, labels, 0.2, np.random.default_rng(0))
    scores = {}
    for name in ("MLP", "CNN"):
        rng = np.random.default_rng(seed)
        net = Network.of_sizes([64, 25, 10], rng) if name == "MLP" else CNN(init_cnn(rng))
        assert net.vector.size == {"MLP": 1885, "CNN": 1898}[name]
        train(net, x, y, epochs=30, batch_size=32, rng=rng,
              update=FlatAdam(net.vector.size, learning_rate=5e-3).step)
        moved = np.zeros((len(x_new), 8, 8))
        moved[:, :, 1:] = x_new.reshape(-1, 8, 8)[:, :, :-1]
        scores[name] = (accuracy(net.predict(x_new), y_new),
                        accuracy(net.predict(moved.reshape(-1, 64)), y_new))
    (mlp, mlp_moved), (cnn, cnn_moved) = scores["MLP"], scores["CNN"]
    assert len(x_new) == 359 and mlp > 0.97 and cnn > 0.97 and abs(mlp - cnn) < 0.02
    assert 0.4 < mlp_moved < 0.6 and cnn_moved > mlp_moved + 0.08
    if seed == 2:  # the lesson's own network
        source = (ROOT / "solutions" / "12_convolution.py").read_text(encoding="utf-8")
        assert set(re.findall(r"reads \**(\d+) digits of 100", source)) == {f"{100 * mlp:.0f}"}
