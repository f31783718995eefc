"""Lesson 11: each optimiser against its formula number by number, against PyTorch, and in place."""

import math

import numpy as np
import pytest
from oracles import frozen, strided

from bplib.optim import (
    FlatAdam,
    adagrad_step,
    adam_step,
    adamw_step,
    cosine_schedule,
    momentum_step,
    rmsprop_step,
)

STEPS = {  # name: (function, how many arrays it remembers, other arguments)
    "momentum": (momentum_step, 1, {"learning_rate": 0.1}),
    "adagrad": (adagrad_step, 1, {"learning_rate": 0.1}),
    "rmsprop": (rmsprop_step, 1, {"learning_rate": 0.1}),
    "adam": (adam_step, 2, {"t": 3, "learning_rate": 0.1}),
    "adamw": (adamw_step, 2, {"t": 3, "learning_rate": 0.1}),
}
every_step = pytest.mark.parametrize("name", STEPS)


def by_number(name, p, g, memory, t, rate):
    """One step on plain Python numbers, written out from the papers."""
    if name == "momentum":
        s = 0.9 * memory[0] + g
        return p - rate * s, [s]
    if name == "adagrad":
        s = memory[0] + g**2
        return p - rate * g / (math.sqrt(s) + 1e-8), [s]
    if name == "rmsprop":
        s = 0.9 * memory[0] + 0.1 * g**2
        return p - rate * g / (math.sqrt(s) + 1e-8), [s]
    decay = 0.01 if name == "adamw" else 0.0
    m, v = 0.9 * memory[0] + 0.1 * g, 0.999 * memory[1] + 0.001 * g**2
    move = m / (1 - 0.9**t) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return p - rate * move - rate * decay * p, [m, v]


def gradients(rng, shape, count=6):
    """Gradients of varying size and sign, the first of them 0."""
    return [rng.normal(size=shape) * 10.0 ** rng.integers(-3, 3) * (t > 0) for t in range(count)]


def walk(name, param, grads, rate=0.1):
    function, remembered, _ = STEPS[name]
    memory = [np.zeros_like(param)] * remembered
    for t, grad in enumerate(grads, start=1):
        more = {"t": t} if remembered == 2 else {}
        param, *memory = function(param, grad, *memory, learning_rate=rate, **more)
    return param, memory


@every_step
def test_against_plain_numbers(name, rng):
    start, grads = rng.normal(size=(2, 3)), gradients(rng, (2, 3))
    param, memory = walk(name, start, grads)
    for place in np.ndindex(2, 3):
        p, kept = float(start[place]), [0.0] * len(memory)
        for t, grad in enumerate(grads, start=1):
            p, kept = by_number(name, p, float(grad[place]), kept, t, 0.1)
        assert param[place] == pytest.approx(p, rel=1e-10)
        assert [float(array[place]) for array in memory] == pytest.approx(kept, rel=1e-10)


@every_step
def test_against_torch(name, rng):
    torch = pytest.importorskip("torch")
    start, grads = rng.normal(size=5), gradients(rng, 5)
    tensor = torch.tensor(start.copy(), requires_grad=True)
    optimiser = {
        "momentum": lambda: torch.optim.SGD([tensor], lr=0.1, momentum=0.9),
        "adagrad": lambda: torch.optim.Adagrad([tensor], lr=0.1, eps=1e-8),
        "rmsprop": lambda: torch.optim.RMSprop([tensor], lr=0.1, alpha=0.9),
        "adam": lambda: torch.optim.Adam([tensor], lr=0.1),
        "adamw": lambda: torch.optim.AdamW([tensor], lr=0.1, weight_decay=0.01),
    }[name]()
    for grad in grads:
        tensor.grad = torch.tensor(grad)
        optimiser.step()
    np.testing.assert_allclose(walk(name, start, grads)[0], tensor.detach().numpy(), rtol=1e-9)


@every_step
def test_same_twice_from_lists_views_and_integers(name, rng):
    function, remembered, more = STEPS[name]
    arrays = frozen(rng.normal(size=(3, 2)), rng.normal(size=(3, 2)),
                    *rng.uniform(1, 2, size=(remembered, 3, 2)))
    want = function(*arrays, **more)
    for form in (lambda a: a, lambda a: a.tolist(), strided, np.asfortranarray):
        for one, two in zip(function(*map(form, arrays), **more), want, strict=True):
            np.testing.assert_array_equal(one, two)
    ones = function(*[np.ones(2, dtype=int)] * (2 + remembered), **more)
    assert all(array.dtype == np.float64 for array in ones)


@every_step
@pytest.mark.parametrize("shape", [(), (1,), (0,), (4, 3)])
def test_float32_stays_float32_and_shapes_stay(name, shape, rng):
    function, remembered, more = STEPS[name]
    arrays = [np.asarray(rng.uniform(1, 2, shape), dtype=np.float32)] * (2 + remembered)
    more = {key: np.float64(value) if key == "learning_rate" else value
            for key, value in more.items()}
    for array in function(*arrays, **more):
        assert array.shape == shape
        assert array.dtype == np.float32 or shape == ()     # a single number is float64


@every_step
def test_words_for_arguments_that_do_not_fit(name):
    function, remembered, more = STEPS[name]
    good = [np.zeros(3)] * (2 + remembered)
    with pytest.raises(ValueError, match=r"^grad must have shape \(3,\) as param has; got \(2,\)$"):
        function(good[0], np.zeros(2), *good[2:], **more)
    with pytest.raises(ValueError, match=r"must have shape \(3,\) as param has; got \(\)$"):
        function(*good[:-1], 0.0, **more)
    with pytest.raises(ValueError, match="^learning_rate must be a finite number from 0"):
        function(*good, **{**more, "learning_rate": -1})
    with pytest.raises(TypeError, match="^param must hold numbers"):
        function(["a"] * 3, *good[1:], **more)


@pytest.mark.parametrize("name, argument, value, words", [
    ("momentum", "beta", 1.0, "beta must be at least 0 and below 1; got 1.0"),
    ("rmsprop", "decay", 1.5, "decay must be at least 0 and below 1; got 1.5"),
    ("rmsprop", "eps", 0, "eps must be a finite number above 0; got 0"),
    ("adagrad", "eps", -1, "eps must be a finite number above 0; got -1"),
    ("adam", "t", 0, "t must be a whole number, at least 1; got 0"),
    ("adam", "beta1", -0.1, "beta1 must be a finite number from 0 on; got -0.1"),
    ("adamw", "beta2", 1, "beta2 must be at least 0 and below 1; got 1"),
    ("adamw", "weight_decay", -1, "weight_decay must be a finite number from 0 on; got -1"),
])
def test_words_for_numbers_out_of_range(name, argument, value, words):
    function, remembered, more = STEPS[name]
    with pytest.raises(ValueError) as caught:
        function(*[np.zeros(3)] * (2 + remembered), **{**more, argument: value})
    assert str(caught.value) == words


def test_adam_takes_equal_steps_on_a_constant_slope():
    param = np.zeros(2)
    grads = [np.array([1e-3, -1e4])] * 20
    np.testing.assert_allclose(walk("adam", param, grads)[0], [-2.0, 2.0], rtol=1e-4)


def test_adamw_without_decay_is_adam_and_decay_ignores_the_slope(rng):
    arrays = rng.uniform(1, 2, size=(4, 5))
    without = adamw_step(*arrays, t=2, weight_decay=0.0)
    np.testing.assert_array_equal(without[0], adam_step(*arrays, t=2)[0])
    with_decay = adamw_step(*arrays, t=2, learning_rate=1e-3, weight_decay=0.5)[0]
    np.testing.assert_allclose(without[0] - with_decay, 5e-4 * arrays[0], rtol=1e-9)


def test_schedule():
    assert cosine_schedule(0, 10, 0.3) == 0.3
    assert cosine_schedule(5, 10, 0.3) == pytest.approx(0.15)
    assert cosine_schedule(0, 10, 0.3, warmup_steps=4) == 0.0
    assert cosine_schedule(4, 10, 0.3, 4) == 0.3
    assert cosine_schedule(10, 10, 0.3, 10) == cosine_schedule(99, 10, 0.3) == 0.0
    rates = [cosine_schedule(np.int64(step), 20, 1, 5) for step in range(25)]
    assert all(type(rate) is float for rate in rates)
    assert np.all(np.diff(rates[:6]) > 0) and np.all(np.diff(rates[5:21]) < 0)
    torch = pytest.importorskip("torch")
    optimiser = torch.optim.SGD([torch.zeros(1)], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 10)
    for step in range(10):
        assert cosine_schedule(step, 10, 0.3) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9)
        optimiser.step()
        theirs.step()


@pytest.mark.parametrize("arguments, words", [
    ((-1, 10, 0.1), "step must be a finite number from 0 on; got -1"),
    ((0, 0, 0.1), "total_steps must be a whole number, at least 1; got 0"),
    ((0, 10, -0.1), "peak must be a finite number from 0 on; got -0.1"),
    ((0, 10, 0.1, 11), "warmup_steps must be at most total_steps = 10; got 11"),
])
def test_schedule_words(arguments, words):
    with pytest.raises(ValueError) as caught:
        cosine_schedule(*arguments)
    assert str(caught.value) == words


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_flat_adam_is_adam(decay, dtype, tolerance, rng):
    start = rng.normal(size=50).astype(dtype)
    fast = FlatAdam(50, learning_rate=0.01, weight_decay=decay, dtype=dtype)
    param, slow, m, v = start.copy(), start.astype(np.float64), np.zeros(50), np.zeros(50)
    for t, grad in enumerate(gradients(rng, 50, count=100), start=1):
        grad, = frozen(grad.astype(dtype))
        assert fast.step(param, grad) is None
        slow, m, v = adamw_step(slow, grad, m, v, t, learning_rate=0.01, weight_decay=decay)
    assert param.dtype == fast.m.dtype == fast.v.dtype == dtype
    np.testing.assert_allclose(param, slow, rtol=tolerance, atol=tolerance)


def test_flat_adam_does_not_sink_into_denormals():
    tiny = np.finfo(np.float32).tiny
    fast, param = FlatAdam(3, dtype=np.float32), np.ones(3, np.float32)
    fast.step(param, np.array([1.0, -1e-6, 1e-15], np.float32))
    for _ in range(1500):
        fast.step(param, np.zeros(3, np.float32))
        for memory in (fast.m, fast.v):
            assert not np.any((memory != 0) & (np.abs(memory) < tiny))
    assert np.all(fast.m == 0)


def test_flat_adam_words():
    fast = FlatAdam(3)
    with pytest.raises(ValueError, match=r"^grad must have shape \(3,\) as FlatAdam was made for"):
        fast.step(np.zeros(3), np.zeros(4))
    assert fast.t == 0
    with pytest.raises(ValueError, match="^beta1 must be at least 0 and below 1; got 1$"):
        FlatAdam(3, beta1=1)
