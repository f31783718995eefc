"""Lesson 08: the numbers that its text states, and that its planted bugs are the planted ones."""

import ast
from pathlib import Path

import numpy as np
import pytest

from bplib import gradcheck
from bplib.detective import fixed_backward, planted_backward, two_layer_forward
from bplib.play.gradcheck import measured_slope, slope_error

SOURCE = Path(__file__).parents[2] / "solutions" / "08_gradient_checking.py"


def defined(name):
    """A function that the lesson defines, made from its source."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    namespace = {"np": np}
    exec(compile(ast.Module(found, []), str(SOURCE), "exec"), namespace)
    return namespace[name]


def test_the_worked_nudges():
    def f(x):
        return x[0] ** 2 + 3 * x[0] * x[1]

    ups_and_downs = [f(p) for p in ([1.1, 2], [0.9, 2], [1, 2.1], [1, 1.9])]
    assert ups_and_downs == pytest.approx([7.81, 6.21, 7.3, 6.7])
    assert gradcheck.numerical_gradient(f, [1, 2], 0.1) == pytest.approx([8, 3])


def typical(way, kind, around):
    """The median error for nudges of about the same size: single ones are good or bad by luck."""
    hs = around * np.logspace(-0.25, 0.25, 41)
    return np.median([slope_error(way, kind, h) for h in hs])


@pytest.mark.parametrize(("way", "kind", "best"), [
    ("forward", "float64", 1e-8), ("central", "float64", 1e-5), ("central", "float32", 4e-3),
])  # fmt: skip
def test_where_a_nudge_is_best(way, kind, best):
    least = typical(way, kind, best)
    for factor in (1e-3, 30):
        assert typical(way, kind, best * factor) > 3 * least


def test_what_the_text_says_of_errors():
    assert typical("central", "float32", 4e-3) > 1e-6, "no more than five digits"
    ratio = slope_error("central", "float64", 0.01) / slope_error("central", "float64", 0.001)
    assert ratio == pytest.approx(100, rel=0.02), "a tenth of the nudge, a hundredth of the error"
    ratio = slope_error("forward", "float64", 0.01) / slope_error("forward", "float64", 0.001)
    assert ratio == pytest.approx(10, rel=0.02)
    errors = [slope_error("forward", "float64", h) for h in (1e-3, 1e-8, 1e-16)]
    assert np.argmin(errors) == 1
    assert slope_error("complex", "float64", 1e-16) < 1e-15
    assert measured_slope("complex", "float32", 1e-30) == pytest.approx(3.756, abs=1e-3)


def test_a_complex_step_by_hand():
    h = 0.1
    assert (complex(2, h) ** 3).imag / h == pytest.approx(12 - h**2)


def test_what_relative_errors_mean():
    assert gradcheck.relative_error([0.0002], [0.0001]) == pytest.approx(1 / 3)
    assert gradcheck.relative_error([1000.0001], [1000.0]) < 1e-6
    assert gradcheck.relative_error([1.0], [-0.5]) == 1 == gradcheck.relative_error([0.0], [3.0])


def test_the_nets_that_are_timed():
    for D, H, C, parameters in ((100, 90, 10, 10_000), (802, 1230, 10, 1_000_000)):
        assert D * H + H + H * C + C == parameters
    assert gradcheck.forward_passes(1_000_000, "forward difference") == 1_000_001


def test_the_suspect_is_labelled_and_has_the_planted_bugs():
    suspect = defined("suspect_backward")
    assert "WRONG ON PURPOSE" in suspect.__doc__
    rng = np.random.default_rng(0)
    arguments = [rng.normal(size=shape) for shape in ((5, 2), (2, 4), (4,), (4, 3), (3,))]
    _, cache = two_layer_forward(*arguments)
    dout = rng.normal(size=(5, 3))
    for mine, planted in zip(suspect(dout, cache), planted_backward(dout, cache), strict=True):
        np.testing.assert_array_equal(mine, planted)
    mended = defined("fixed_backward")
    for mine, right in zip(mended(dout, cache), fixed_backward(dout, cache), strict=True):
        np.testing.assert_allclose(mine, right)
