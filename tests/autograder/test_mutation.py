"""The mutation run: lesson 04's references changed in every place, each change rejected or explained."""

import pytest

from autograder.exercises import all_exercises, exercises_of
from autograder.mutation import explained, mutants, survivors


@pytest.mark.slow
@pytest.mark.parametrize("name", list(exercises_of("04_house_prices")))
def test_every_change_of_a_reference_is_rejected_or_explained(name):
    count, alive = survivors(exercises_of("04_house_prices")[name], seeds=(1,))
    assert count >= 5
    assert [label for label in alive if label not in explained().get(name, {})] == []


def test_a_change_is_one_change_and_says_which():
    found = dict(mutants(all_exercises()["predict"].reference["predict"]))
    assert "left term alone: X @ w + b -> X @ w" in found
    assert all(callable(function) for function in found.values())


def test_only_exercises_that_exist_are_explained():
    assert set(explained()) <= set(all_exercises())
