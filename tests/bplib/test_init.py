"""Lesson 10: the spread of first weights, and what it does to a signal forty layers on."""

import numpy as np
import pytest

from bplib.init import he_init, xavier_init

both = pytest.mark.parametrize("init", [xavier_init, he_init])


@pytest.mark.parametrize("fan_in, fan_out", [(400, 150), (150, 400), (60, 1500)])
def test_variance(fan_in, fan_out, rng):
    for init, variance in ((xavier_init, 2 / (fan_in + fan_out)), (he_init, 2 / fan_in)):
        W = init(fan_in, fan_out, rng)
        assert W.shape == (fan_in, fan_out) and W.dtype == np.float64
        spread = variance * np.sqrt(2 / W.size)             # the standard error of a variance
        assert abs(W.var() - variance) < 5 * spread
        assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
        fourth = np.mean(W**4) / W.var() ** 2               # 3 if normal, 1.8 if uniform
        assert abs(fourth - 3) < 5 * np.sqrt(24 / W.size) + 0.05


def test_signal_keeps_its_size(rng):
    x = rng.normal(size=(200, 256))
    relu = tanh = x
    for _ in range(40):
        relu = np.maximum(relu @ he_init(256, 256, rng), 0)
        tanh = np.tanh(0.1 * tanh @ xavier_init(256, 256, rng)) * 10
    assert 0.1 < np.mean(relu**2) / np.mean(x**2) * 2 < 10
    assert 0.1 < np.std(tanh) < 10


@both
def test_repeats_with_the_seed_and_small_sizes(init):
    one, two = (init(3, 2, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one, two)
    assert init(1, 1, np.random.default_rng(0)).shape == (1, 1)
    rng = np.random.default_rng(4)
    assert not np.array_equal(init(3, 2, rng), init(3, 2, rng))


@both
def test_words(init, rng):
    with pytest.raises(ValueError, match="^fan_in must be a whole number, at least 1; got 0$"):
        init(0, 3, rng)
    with pytest.raises(TypeError, match="^fan_out must be a whole number, at least 1; got 2.5$"):
        init(3, 2.5, rng)
    with pytest.raises(TypeError, match="^rng must be a np.random.Generator.*; got module$"):
        init(3, 2, np.random)
