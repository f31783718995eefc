"""Lesson 08: gradients from trying, and a check that is neither fooled nor frightened."""

import numpy as np
import pytest
from oracles import frozen, strided

from bplib import layers
from bplib.gradcheck import (
    METHODS,
    complex_step_gradient,
    forward_passes,
    gradient_check,
    numerical_gradient,
    relative_error,
)
from bplib.layers import softmax, softmax_backward
from bplib.linear import mse, mse_gradients, predict

pytestmark = pytest.mark.filterwarnings("error")


def wave(x):
    return np.sum(np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape))


def wave_gradient(x):
    return np.cos(x) * np.arange(1, x.size + 1).reshape(x.shape)


@pytest.mark.parametrize("gradient, tolerance", [(numerical_gradient, 1e-9),
                                                 (complex_step_gradient, 1e-15)])
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 1, 4)])
def test_gradient_of_any_shape(rng, gradient, tolerance, shape):
    x, = frozen(rng.normal(size=shape))
    for _ in range(2):
        result = gradient(wave, x)
        assert result.shape == shape and result.dtype == np.float64
        np.testing.assert_allclose(result, wave_gradient(x), rtol=0, atol=tolerance * 10)


@pytest.mark.parametrize("gradient", [numerical_gradient, complex_step_gradient])
def test_integers_lists_views_and_float32(rng, gradient):
    x = np.array([[1, -2, 0], [3, 1, 2]])
    np.testing.assert_allclose(gradient(wave, x), wave_gradient(x), atol=1e-8)
    np.testing.assert_allclose(gradient(wave, x.tolist()), wave_gradient(x), atol=1e-8)
    assert x.tolist() == [[1, -2, 0], [3, 1, 2]]
    y = strided(rng.normal(size=(3, 4)))
    np.testing.assert_allclose(gradient(wave, y), wave_gradient(y), atol=1e-8)
    np.testing.assert_allclose(gradient(wave, y.T), wave_gradient(y.T), atol=1e-8)
    single = y.astype(np.float32)
    np.testing.assert_allclose(gradient(wave, single), wave_gradient(np.float64(single)), atol=1e-8)


@pytest.mark.parametrize("gradient", [numerical_gradient, complex_step_gradient])
def test_a_function_that_spoils_its_argument_spoils_nothing_else(gradient):
    def f(x):
        x *= x
        return x.sum()
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(gradient(f, x), [2, 4], atol=1e-9)
    assert x.tolist() == [1, 2]


def test_central_not_one_sided():
    assert numerical_gradient(lambda x: x[0] ** 2, [3.0], h=0.5)[0] == 6
    assert numerical_gradient(lambda x: x[0] ** 3, [1.0], h=0.1)[0] == pytest.approx(3.01)


def test_complex_step_is_exact_where_differences_are_not(rng):
    X, targets, w = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    dw, _ = mse_gradients(X, targets, w, 0.5)
    by_steps = complex_step_gradient(lambda w: mse(predict(X, w, 0.5), targets), w)
    np.testing.assert_allclose(by_steps, dw, rtol=1e-13)
    through_softmax = complex_step_gradient(lambda z: np.sum(softmax(z) * w), [1000.0, 999.0, 0.0])
    np.testing.assert_allclose(through_softmax, softmax_backward(w, softmax([1000.0, 999.0, 0.0])),
                               rtol=1e-13, atol=1e-300)


def test_relative_error_entry_by_entry():
    assert relative_error([1.0, 3.0], [1.0, 1.0]) == 0.5
    assert relative_error([1e6, 1e-6], [1e6, 2e-6]) == pytest.approx(1 / 3)
    assert relative_error([0.0], [0.0]) == 0 and relative_error([], []) == 0
    assert relative_error([1.0], [-1.0]) == 1
    assert relative_error([1e-14], [0.0]) == pytest.approx(0.01)
    assert relative_error(3, 1) == 0.5 and relative_error(np.array([3]), [1]) == 0.5
    assert np.isnan(relative_error([np.nan, 1.0], [0.0, 1.0]))
    assert type(relative_error([1.0], [2.0])) is float


PAIRS = {name: (getattr(layers, f"{name}_forward"), getattr(layers, f"{name}_backward"))
         for name in ("relu", "sigmoid", "tanh")}
PAIRS["softmax"] = (lambda z: (softmax(z),) * 2, softmax_backward)
PAIRS["square"] = (lambda x: (x * x, x), lambda dout, x: 2 * x * dout)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 4.0])
def test_a_right_backward_passes(rng, name, scale):
    forward, backward = PAIRS[name]
    for _ in range(20):
        x, dout = frozen(rng.normal(0, scale, (3, 4)), rng.normal(size=(3, 4)))
        assert gradient_check(forward, backward, x, dout) < 1e-6
        assert gradient_check(forward, backward, strided(x), 1e-6 * dout) < 1e-6


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_backward_passes_on_integers_and_kinks(rng, name):
    forward, backward = PAIRS[name]
    x = np.array([[-2, -1, 0], [0, 1, 2]])
    assert gradient_check(forward, backward, x, rng.normal(size=(2, 3))) < 1e-6
    assert gradient_check(forward, backward, x + 3e-6, rng.normal(size=(2, 3))) < 1e-6
    assert gradient_check(forward, backward, x + 3e-4, rng.normal(size=(2, 3))) < 1e-6


WRONG = {
    "upstream ignored": ("tanh", lambda dout, out: 1 - out**2),
    "minus": ("tanh", lambda dout, out: -dout * (1 - out**2)),
    "pre-activation taken": ("tanh", lambda dout, out: dout * (1 - out)),
    "one percent off": ("tanh", lambda dout, out: 1.01 * dout * (1 - out**2)),
    "always one": ("relu", lambda dout, x: dout),
    "masked by the gradient": ("relu", lambda dout, x: dout * (dout > 0)),
    "diagonal only": ("softmax", lambda dout, probs: dout * probs * (1 - probs)),
    "half": ("square", lambda dout, x: dout * x),
    "nothing": ("square", lambda dout, x: 0 * x),
    "not a number": ("square", lambda dout, x: np.nan * x),
    "one entry": ("square", lambda dout, x: dout * 2 * np.where(x == x.flat[0], 0, x)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_backward_fails(rng, name):
    forward, wrong = PAIRS[WRONG[name][0]][0], WRONG[name][1]
    for scale in (1e-6, 1.0, 1e6):
        x, dout = rng.normal(size=(3, 4)), scale * rng.normal(size=(3, 4))
        if name == "upstream ignored" and scale == 1:
            dout = np.abs(dout) + 0.5
        assert gradient_check(forward, wrong, x, dout) > 1e-3
    whole = np.array([[-3, -1, 1], [2, -2, 3]])
    assert gradient_check(forward, wrong, whole, rng.normal(size=(2, 3))) > 1e-3


def test_slopes_that_vanish_raise_no_alarm():
    # The same upstream everywhere: softmax's true gradient is 0, and differences only see rounding.
    x = np.linspace(-1, 2, 12).reshape(3, 4)
    assert gradient_check(*PAIRS["softmax"], x, np.ones((3, 4))) < 1e-6
    assert gradient_check(*PAIRS["tanh"], np.array([0.0, 17.0, -30.0]), np.ones(3)) < 1e-6
    assert gradient_check(PAIRS["softmax"][0], lambda dout, p: dout * p, x, np.ones((3, 4))) > 1e-3


def test_the_check_changes_nothing_it_is_given(rng):
    def forward(x):
        x[x < 0] = 0
        return x, x.copy()
    x, dout = frozen(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
    assert gradient_check(forward, lambda dout, out: dout * (out > 0), x, dout) < 1e-6


def test_forward_passes():
    assert [forward_passes(1_000_000, method) for method in METHODS] == [1_000_001, 2_000_000, 2]
    assert [forward_passes(1, method) for method in METHODS] == [2, 2, 2]


@pytest.mark.parametrize("call, message", [
    (lambda: numerical_gradient(wave, [1j]), "x must hold real numbers; got dtype complex128"),
    (lambda: numerical_gradient(wave, [1.0], h=0), "h must be a finite number above 0; got 0"),
    (lambda: numerical_gradient(wave, [1e12], h=1e-5),
     "h must be large enough to move x = 1e+12; got 1e-05"),
    (lambda: numerical_gradient(lambda x: x, [1.0, 2.0]),
     "f(x) must have shape (), a single number; got (2,)"),
    (lambda: numerical_gradient(lambda x: None, [1.0]),
     "f(x) must hold numbers; got NoneType of dtype object"),
    (lambda: complex_step_gradient(lambda x: np.abs(x).sum(), [1.0]),
     "f must return a complex number for a complex x; got float64"),
    (lambda: relative_error([1.0], [1.0, 2.0]), "b must have shape (1,) as a has; got (2,)"),
    (lambda: gradient_check(*PAIRS["tanh"], [1.0, 2.0], [1.0]),
     "dout must have shape (2,) as out has; got (1,)"),
    (lambda: gradient_check(PAIRS["tanh"][0], lambda dout, out: dout.sum(), [1.0], [1.0]),
     "backward(dout, cache) must have shape (1,) as x has; got ()"),
    (lambda: forward_passes(10, "luck"), "method must be one of 'forward difference', "
     "'central difference', 'backprop'; got 'luck'"),
    (lambda: forward_passes(-1, "backprop"),
     "parameters must be a whole number, at least 0; got -1"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
