"""Lesson 08: the mended backward is right, the planted one wrong, and the check tells which."""

import inspect

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.detective import fixed_backward, planted_backward, two_layer_forward
from bplib.gradcheck import gradient_check

pytestmark = pytest.mark.filterwarnings("error")
NAMES = ["x", "W1", "b1", "W2", "b2"]


@pytest.fixture(params=[1, 4])
def case(request, rng):
    shapes = [(request.param, 5), (5, 6), (6,), (6, 3), (3,), (request.param, 3)]
    arrays = frozen(*(rng.normal(0, 0.7, shape) for shape in shapes))
    return arrays[:5], arrays[5]


def one_argument(arguments, place, backward):
    """Return a forward and backward pair in one of the five arguments, for gradient_check."""
    def forward(value):
        changed = list(arguments)
        changed[place] = value
        return two_layer_forward(*changed)
    return forward, lambda dout, cache: backward(dout, cache)[place]


def test_forward_by_hand(case):
    (x, W1, b1, W2, b2), _ = case
    out, cache = two_layer_forward(x, W1, b1, W2, b2)
    np.testing.assert_allclose(out, np.tanh(x @ W1 + b1) @ W2 + b2)
    np.testing.assert_allclose(cache[5], np.tanh(x @ W1 + b1))
    assert all(np.array_equal(*both) for both in zip(cache[:5], (x, W1, b1, W2, b2), strict=True))


@pytest.mark.parametrize("place", range(5), ids=NAMES)
def test_fixed_backward_is_right(case, place):
    arguments, dout = case
    _, cache = two_layer_forward(*arguments)
    grads = fixed_backward(dout, cache)
    forward, backward = one_argument(arguments, place, fixed_backward)
    assert_slopes(grads[place], lambda value: np.sum(dout * forward(value)[0]), arguments[place])
    assert gradient_check(forward, backward, arguments[place], dout) < 1e-6


def test_the_check_finds_every_planted_bug(case):
    arguments, dout = case
    errors = [gradient_check(*one_argument(arguments, place, planted_backward), arguments[place],
                             dout) for place in range(5)]
    assert [error > 1e-3 for error in errors] == [True, True, True, False, False]
    shapes = [grad.shape for grad in planted_backward(dout, two_layer_forward(*arguments)[1])]
    assert shapes == [array.shape for array in arguments]


def test_planted_bugs_are_labelled():
    assert "WRONG ON PURPOSE" in planted_backward.__doc__
    assert inspect.getsource(planted_backward).count("# planted") == 3


def test_float32_stays(case):
    arguments, dout = case
    _, cache = two_layer_forward(*(array.astype(np.float32) for array in arguments))
    grads = fixed_backward(dout.astype(np.float32), cache)
    assert {grad.dtype.name for grad in grads} == {"float32"}


def test_bad_input_is_named():
    with pytest.raises(ValueError) as caught:
        two_layer_forward(np.zeros((2, 3)), np.zeros((4, 5)), np.zeros(5), None, None)
    assert str(caught.value) == "W must have shape (D, M) with D = x.shape[1] = 3; got (4, 5)"
