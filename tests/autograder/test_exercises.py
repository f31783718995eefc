"""The gate that every exercise of every lesson passes: mistakes are named, right answers are right."""

import inspect
import zlib

import numpy as np
import pytest

from autograder.exercises import all_exercises
from autograder.judge import judge
from autograder.memo import Memo
from autograder.solution import Direct

EXERCISES = tuple(all_exercises().values())
MISTAKES = [(e, m) for e in EXERCISES for m in e.mistakes]
VARIANTS = [(e, v) for e in EXERCISES for v in e.variants]
SEEDS = (1, 2)


def names(pairs):
    return [f"{exercise.name}-{item.id}" for exercise, item in pairs]


MEMOS = {}  # (exercise, seed) -> Memo, of one exercise at a time


def verdict_on(exercise, namespace, seed):
    return judge(exercise, Direct(namespace), np.random.default_rng(seed))


def verdict_in_class(exercise, namespace, seed):
    """The same with one memory for all answers to an exercise, which is proved to change nothing."""
    if not any(name == exercise.name for name, _ in MEMOS):
        MEMOS.clear()
    memo = MEMOS.setdefault((exercise.name, seed), Memo())
    return judge(exercise, Direct(namespace), np.random.default_rng(seed), memo=memo)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_reference_gets_full_points(exercise):
    for seed in SEEDS:
        verdict = verdict_on(exercise, dict(exercise.reference), seed)
        assert verdict.passed and verdict.points == exercise.points, verdict.goals
        assert not verdict.diagnoses


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_nothing_written_gets_nothing(exercise):
    def not_written(*args, **kwargs):
        raise NotImplementedError

    empty = verdict_on(exercise, dict.fromkeys(exercise.functions, not_written), 0)
    absent = verdict_on(exercise, {}, 0)
    assert (empty.status, empty.points, empty.diagnosis) == ("missing", 0, ["not-written"])
    assert (absent.status, absent.points, absent.diagnosis) == ("missing", 0, ["missing"])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize("nothing", [lambda *a, **k: None, lambda *a, **k: 0.0], ids=["None", "0"])
def test_an_empty_answer_never_passes(exercise, nothing):
    verdict = verdict_on(exercise, dict.fromkeys(exercise.functions, nothing), 0)
    assert not verdict.passed and verdict.points < 0.5 * exercise.points


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=names(MISTAKES))
def test_a_known_mistake_is_caught_and_named(exercise, mistake):
    seed = SEEDS[zlib.crc32(mistake.id.encode()) % len(SEEDS)]  # two thousand of them: one each
    verdict = verdict_in_class(exercise, mistake.namespace(exercise), seed)
    assert not verdict.passed and verdict.points < exercise.points
    named = verdict.diagnosis[:1]
    assert named and named[0] in (mistake.id, *mistake.equivalent), verdict.diagnosis


@pytest.mark.parametrize(("exercise", "variant"), VARIANTS, ids=names(VARIANTS))
def test_a_correct_variant_loses_nothing(exercise, variant):
    for seed in SEEDS:
        verdict = verdict_on(exercise, {**exercise.reference, **variant.functions}, seed)
        assert verdict.passed, (verdict.diagnoses, verdict.example)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_enough_is_known_about_each_exercise(exercise):
    ids = [mistake.id for mistake in exercise.mistakes]
    assert len(ids) == len(set(ids)) and len(ids) >= 8
    assert len(exercise.variants) >= 2
    assert all(mistake.says.rstrip().endswith((".", "?", "!")) for mistake in exercise.mistakes)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_ordinary_cases_differ_in_size_and_come_first(exercise):
    cases = list(exercise.cases(np.random.default_rng(0)))
    ordinary = [case for case in cases if not case.special]
    assert len(ordinary) >= 3 and not cases[0].special
    for letter in ordinary[0].sizes:
        assert len({case.sizes.get(letter) for case in ordinary}) > 1, letter


def takes_arrays(exercise):
    """Whether its graded function is handed floating arrays, which it could write into."""
    return not inspect.isclass(exercise.reference[exercise.functions[0]]) and any(
        isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim
        for case in exercise.cases(np.random.default_rng(0))
        for value in case.inputs.values()
    )


@pytest.mark.parametrize("exercise", list(filter(takes_arrays, EXERCISES)), ids=lambda e: e.name)
def test_a_mutating_answer_is_told_so(exercise):
    """The right answer, given after writing into the array arguments."""
    name = exercise.functions[0]
    right = exercise.reference[name]
    written = []

    def writes(*args, **kwargs):
        result = right(*args, **kwargs)
        for value in args:
            if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "f":
                value += 1.0
                written.append(name)
        return result

    verdict = verdict_on(exercise, {**exercise.reference, name: writes}, 0)
    assert not written or "input-mutated" in verdict.diagnosis


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_what_is_remembered_from_one_answer_to_the_next_changes_no_verdict(exercise):
    """As in a class: the same cases for everyone, and one memory of what hypotheses predict."""
    memo = Memo()
    for mistake in exercise.mistakes[:: max(1, len(exercise.mistakes) // 2)]:
        alone, among = (judge(exercise, Direct(mistake.namespace(exercise)),
                              np.random.default_rng(1), memo=memory) for memory in (None, memo))
        assert alone.as_dict() == among.as_dict()
