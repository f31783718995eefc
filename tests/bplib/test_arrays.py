"""The checks of arguments that all modules share: precision, numbers only, clear sentences."""

import numpy as np
import pytest

from bplib.arrays import as_float, as_floats, check_count, check_positive


def test_precision_is_kept_and_integers_become_floats():
    assert as_float(np.zeros(2, np.float32), "x").dtype == np.float32
    assert as_float(np.zeros(2, complex), "x").dtype == complex
    assert as_float([1, 2], "x").dtype == as_float([True], "x").dtype == np.float64


def test_floats_are_not_copied():
    x = np.zeros(3)
    assert as_float(x, "x") is x
    assert as_floats(x=x)[0] is x


def test_the_floating_arrays_decide_the_precision():
    single, double = np.zeros(2, np.float32), np.zeros(2)
    names = [array.dtype.name for array in as_floats(x=single, y=np.array([1, 2]), b=0.5)]
    assert names == ["float32"] * 3
    assert {array.dtype.name for array in as_floats(x=single, y=double, b=1)} == {"float64"}
    assert {array.dtype.name for array in as_floats(x=[1], b=0.5)} == {"float64"}
    assert {array.dtype.name for array in as_floats(x=single, dout=np.array(1.0))} == {"float32"}
    assert {array.dtype.name for array in as_floats(x=double, b=1e-30j)} == {"complex128"}


@pytest.mark.parametrize("call, error, message", [
    (lambda: as_float(None, "x"), TypeError, "x must hold numbers; got NoneType of dtype object"),
    (lambda: as_floats(x=1, y="1"), TypeError, "y must hold numbers; got str of dtype <U1"),
    (lambda: check_count(True, "steps"), TypeError,
     "steps must be a whole number, at least 0; got True"),
    (lambda: check_count(0, "count", least=1), ValueError,
     "count must be a whole number, at least 1; got 0"),
    (lambda: check_positive(0, "h"), ValueError, "h must be a finite number above 0; got 0"),
    (lambda: check_positive([1], "h"), TypeError, "h must be a finite number above 0; got [1]"),
    (lambda: check_positive(1j, "h"), TypeError, "h must be a finite number above 0; got 1j"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
