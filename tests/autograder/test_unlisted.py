"""Mistakes that nobody listed are caught all the same, and described by what they are like."""

import warnings

import numpy as np
import pytest

from autograder.check import check
from autograder.exercise import Case
from autograder.exercises import find_exercise
from autograder.judge import judge
from autograder.solution import Direct
from bplib import optim


def diagnose(name, seed=0, **functions):
    exercise = find_exercise(name)
    return judge(exercise, Direct({name: functions["answer"]}), np.random.default_rng(seed))


def grads(X, t, w, b, k=1.0):
    r = X @ w + b - t
    return k * 2 / len(X) * X.T @ r, k * 2 * r.mean()


@pytest.mark.parametrize(
    ("ident", "answer"),
    [
        ("times-3", lambda X, targets, w, b: grads(X, targets, w, b, 3)),
        ("results-swapped", lambda X, targets, w, b: grads(X, targets, w, b)[::-1]),
        ("wrong-number-of-results", lambda X, targets, w, b: grads(X, targets, w, b)[0]),
        ("wrong-number-of-results", lambda X, targets, w, b: None),
        ("zeros", lambda X, targets, w, b: (0 * w, 0.0)),
        ("times-1-over-D", lambda X, targets, w, b: grads(X, targets, w, b, 1 / X.shape[1])),
        ("as-if-ones-w", lambda X, targets, w, b: grads(X, targets, 0 * w + 1, b)),
        ("raised-NameError", lambda X, targets, w, b: grads(X, targets, w, bias)),  # noqa: F821
        ("fails-with-one-house-alone-n-1",
         lambda X, targets, w, b: grads(X, targets, w, b, 1.0 + (len(X) == 1))),
        ("right-values-wrong-shape",
         lambda X, targets, w, b: (grads(X, targets, w, b)[0][:, None], grads(X, targets, w, b)[1])),
    ],
)  # fmt: skip
def test_an_unlisted_mistake_is_described(ident, answer):
    verdict = diagnose("mse_gradients", answer=answer)
    assert not verdict.passed
    assert ident in verdict.diagnosis, (verdict.diagnosis, verdict.diagnoses)


def test_two_mistakes_at_once_are_both_named():
    def answer(X, targets, w, b):
        r = targets - X @ w - b  # sign, and the mean is missing
        return 2 * X.T @ r, 2 * r.sum()

    assert set(diagnose("mse_gradients", answer=answer).diagnosis) & {
        "sign", "mean-missing", "minus-times-N"
    }  # fmt: skip


def test_state_between_calls_is_noticed():
    calls = []

    def answer(X, targets, w, b):
        calls.append(1)
        dw, db = grads(X, targets, w, b)
        return dw, db + (len(calls) > 9)

    assert "state-kept" in diagnose("mse_gradients", answer=answer).diagnosis


def test_nothing_is_claimed_that_was_not_reproduced():
    verdict = diagnose("mse", answer=lambda predictions, targets: np.sin(predictions).sum() + 3)
    assert not verdict.passed and verdict.diagnosis == []
    assert verdict.example["outputs"][0]["right"]


def test_the_score_shows_itself_and_is_a_number():
    score = check("mse", lambda predictions, targets: np.sum((predictions - targets) ** 2), seed=1)
    assert repr(score) == "0" and float(score) == 0.0
    assert "times too large" in score.message and "N is" in score.message
    assert "<script" not in score._repr_html_() and "role=" in score._repr_html_()


def test_what_a_learner_writes_is_escaped():
    def answer(predictions, targets):
        raise ValueError("<script>alert(1)</script>")

    shown = check("mse", answer, seed=1)._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_a_call_instead_of_a_function_gets_a_sentence():
    with pytest.raises(TypeError, match="expects the function itself"):
        check("mse", 3.0)


def overflowing(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def in_a_browser(monkeypatch):
    for module in ("judge", "exercises.graph_06"):
        monkeypatch.setattr(f"autograder.{module}.IN_BROWSER", True)


def test_where_numpy_cannot_warn_nothing_is_claimed_about_warnings(monkeypatch):
    heard = diagnose("sigmoid", answer=overflowing)
    assert not heard.passed and heard.diagnosis == ["overflow"] and not heard.remarks
    in_a_browser(monkeypatch)
    unheard = diagnose("sigmoid", answer=overflowing)
    assert unheard.passed and any("gives no warnings" in remark for remark in unheard.remarks)
    assert "no overflow, no warning" not in [goal.says for goal in unheard.goals]


@pytest.mark.parametrize("name", ["topological_order", "value_backward"])
def test_where_a_deep_graph_would_end_python_it_is_not_tried(monkeypatch, name):
    exercise = find_exercise(name)
    in_a_browser(monkeypatch)
    verdict = judge(exercise, Direct(dict(exercise.reference)), np.random.default_rng(0))
    assert verdict.passed and any("not tried here" in remark for remark in verdict.remarks)
    assert not any("100,000" in goal.says for goal in verdict.goals)


def test_settings_of_numpy_that_a_cell_leaves_behind_change_no_verdict():
    before = np.seterr(all="ignore")
    try:
        quiet = diagnose("sigmoid", answer=overflowing)
    finally:
        np.seterr(**before)
    assert quiet.diagnosis == ["overflow"]
    assert quiet.points == diagnose("sigmoid", answer=overflowing).points


@pytest.mark.parametrize("name", ["momentum_step", "dropout_forward", "cosine_schedule"])
def test_an_answer_that_always_raises_is_not_likened_to_a_changed_input(name):
    def raising(*args, **keywords):
        raise ValueError("x")

    verdict = judge(find_exercise(name), Direct({name: raising}), np.random.default_rng(0))
    assert verdict.diagnosis == ["raised-ValueError"]


def test_an_overflow_is_named_by_what_it_warns_of_and_where():
    def both(z):
        return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))

    assert diagnose("sigmoid", answer=both).diagnosis == ["overflow-both-branches"]


def test_of_one_number_alone_no_odd_factor_is_told():
    from autograder.relations import factor

    right = np.array(0.7)
    assert factor([right * 2.543e4], [right], [None]) is None
    assert "exactly 2 times too large" in factor([right * 2], [right], [None]).says


def test_an_answer_that_is_merely_imprecise_is_likened_to_nothing():
    from autograder.relations import find_relation

    right = np.array([0.7, 0.3])
    case = Case(x=np.array([1.0, 2.0]))
    found = find_relation([right * (1 + 3e-6)], [right], [case])
    assert found.id == "imprecise" and "not close enough" in found.says


def test_a_relation_of_special_cases_alone_says_so():
    def capped(step, total_steps, peak, warmup_steps=0):
        return optim.cosine_schedule(step, total_steps, min(peak, 1.0), warmup_steps)

    verdict = diagnose("cosine_schedule", answer=capped)
    assert verdict.diagnoses[0].says.endswith("happens only with: a whole number for the peak.")


def test_of_one_number_it_is_not_said_that_all_of_it_is_zero():
    from autograder.relations import changed

    one, table = np.array(0.7), np.array([0.7, 0.3])
    assert changed([0 * one], [one], [None]).says == "your {out} is 0"
    assert changed([0 * table], [table], [None]).says == "your {out} is all zeros"


def test_warnings_that_are_not_about_numbers_are_not_told():
    def deprecated(z):
        warnings.warn("this will be gone", DeprecationWarning, stacklevel=1)
        warnings.warn("unclosed file", ResourceWarning, stacklevel=1)
        return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(z, dtype=float))

    verdict = diagnose("sigmoid", answer=deprecated)
    assert verdict.passed and not verdict.remarks
