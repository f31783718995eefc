"""Lesson 15: the one-block transformer's gradients, its causality, and a task it solves."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.transformer import (
    TASKS,
    init_transformer,
    make_task,
    rearrange,
    train_transformer,
    transformer_forward,
    transformer_loss,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_gradient_of_every_parameter(rng):
    params = init_transformer(4, 6, 3, rng, np.float64)
    params = dict(zip(params, frozen(*params.values()), strict=True))
    ids, counts = frozen(rng.integers(4, size=(2, 6)), np.array([False, True, False, True, True]))
    _, grads = transformer_loss(params, ids, counts)
    assert set(grads) == set(params)
    for name, array in params.items():
        assert_slopes(grads[name], lambda value, name=name: transformer_loss(
            {**params, name: value}, ids, counts)[0], array)
    assert (grads["P"][5] == 0).all()  # a place that no sequence reached


def test_what_comes_later_changes_nothing_before(rng):
    params = init_transformer(7, 8, 6, rng)
    ids = rng.integers(7, size=(3, 8))
    later = ids.copy()
    later[:, 5:] = (later[:, 5:] + 1) % 7
    before, after = (transformer_forward(params, i)[0][:, :5] for i in (ids, later))
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("task", TASKS)
def test_tasks(rng, task):
    ids = make_task(task, 50, 6, rng)
    digits, answers = ids[:, :6], ids[:, 7:]
    assert (ids[:, 6] == 10).all()
    expected = {"copy": digits, "reverse": np.flip(digits, 1), "sort": np.sort(digits, 1)}[task]
    np.testing.assert_array_equal(answers, expected)


def test_it_learns_to_reverse_by_looking_at_the_mirror_image(rng):
    result = train_transformer("reverse", 5, 120, rng, D=24, batch_size=32)
    ids = make_task("reverse", 100, 5, rng)
    written, weights = rearrange(result.params, ids[:, :5])
    assert (written == ids[:, 6:]).all(axis=1).mean() > 0.95
    looked_at = weights.mean(axis=0).argmax(axis=1)  # the place the next symbol was taken from
    assert looked_at.tolist() == [4, 3, 2, 1, 0]


def test_training_can_be_watched_and_repeated():
    runs = [train_transformer("sort", 3, 4, np.random.default_rng(0), D=4).losses
            for _ in range(2)]
    np.testing.assert_array_equal(*runs)
    seen = []
    train_transformer("sort", 3, 9, np.random.default_rng(0), D=4,
                      on_step=lambda step, loss, params: seen.append(step) or step == 2)
    assert seen == [0, 1, 2]


@pytest.mark.parametrize(("call", "kind", "message"), [
    (lambda: make_task("shuffle", 1, 2, np.random.default_rng(0)), ValueError,
     "task must be one of copy, reverse, sort; got 'shuffle'"),
    (lambda: make_task("copy", 0, 2, np.random.default_rng(0)), ValueError,
     "N must be a whole number, at least 1; got 0"),
    (lambda: transformer_forward(init_transformer(4, 3, 2, np.random.default_rng(0)),
                                 [[0, 1, 2, 3]]), ValueError,
     r"ids must have shape \(N, T\) with T at most 3; got \(1, 4\)"),
    (lambda: init_transformer(4, 6, 3, 0), TypeError, "rng must be a np.random.Generator"),
])
def test_words_for_bad_input(call, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        call()
