"""The benchmarks' own machinery: ratios in rounds, agreement before timing, tables that parse."""

import numpy as np
import pytest

pytest.importorskip("benchmarks.rounds", reason="benchmarks/ lies beside the installed packages")

from benchmarks import engines, memory, networks, recurrent  # noqa: E402
from benchmarks.closures import Node  # noqa: E402
from benchmarks.rounds import Race, agree, ratio, run  # noqa: E402


def test_a_race_gives_everybody_a_turn_in_every_round():
    calls = []
    contenders = {name: lambda name=name: calls.append(name) for name in "abc"}
    times = run(Race("work", [], lambda: contenders), seconds=0, least_rounds=7)
    assert list(times) == ["a", "b", "c"] and all(len(t) == 7 for t in times.values())
    assert set(calls) == set("abc")


def test_a_ratio_is_taken_round_by_round():
    found = ratio({"a": np.array([1.0, 20.0, 3.0]), "b": np.array([2.0, 10.0, 3.0])}, "a", "b")
    assert (found.median, str(found)) == (1.0, "1.00 (0.75 to 1.50)")


@pytest.mark.parametrize("other", [[[1.0, 2.1]], [[1.0]], [[1.0, np.nan]]])
def test_what_differs_is_not_timed(other):
    agree([[1.0, 2.0]], [[1.0, 2.0 + 1e-9]], 1e-6)
    with pytest.raises((AssertionError, ValueError)):
        agree([[1.0, 2.0]], other, 1e-3)


def test_all_races_but_the_large_ones_can_be_built_without_torch_and_jax():
    for module in (networks, recurrent, engines):
        for race in module.races(None, None):
            if "1024" not in race.work:
                contenders = race.build()  # it compares their results while building
                assert next(iter(contenders)) == "bplib"
                assert {goal.over for goal in race.goals} <= set(contenders)


def test_closures_give_the_right_gradient():
    x = Node(0.5)
    y = ((x * x + x).tanh().exp() + 1.0).log()
    y.backward()
    t = np.tanh(0.75)
    assert x.grad == pytest.approx(np.exp(t) / (np.exp(t) + 1) * (1 - t * t) * 2)


def test_memory_is_that_of_the_arrays():
    assert memory.peak(lambda: np.ones(125_000)) == pytest.approx(1e6, rel=0.01)
