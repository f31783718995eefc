"""The class report: counts that add up, words that are escaped, nothing from a network."""

import csv
import io
import re

import numpy as np
import pytest

from autograder import report
from autograder.exercises import exercises_of
from autograder.judge import judge
from autograder.solution import Direct

LESSON = "04_house_prices"


def record(learner, **mistakes):
    """A learner's record in which the named exercises have the named mistake."""
    verdicts = {}
    for name, exercise in exercises_of(LESSON).items():
        namespace = dict(exercise.reference)
        for mistake in exercise.mistakes:
            if mistake.id == mistakes.get(name):
                namespace = mistake.namespace(exercise)
        verdict = judge(exercise, Direct(namespace), np.random.default_rng(0))
        verdicts[name] = {**verdict.as_dict(), "diagnosis": verdict.diagnosis}
    points = sum(verdict["points"] for verdict in verdicts.values())
    return {"learner": learner, "points": points, "max_points": 15, "exercises": verdicts}


@pytest.fixture(scope="module")
def records():
    return [
        record("ada"), record("bob", mse_gradients="mean-missing"),
        record("cy", mse_gradients="mean-missing", mse="rmse"), record("di", mse="rmse"),
        {"learner": "<b>eve</b>", "points": 0, "max_points": 15, "exercises": {},
         "error": "The file is no notebook: <script>alert(1)</script>"},
    ]  # fmt: skip


def test_the_mistakes_are_counted_with_their_words(records):
    graded = [r for r in records if not r.get("error")]
    rows = report.mistake_rows(report.statistics(LESSON, graded), len(graded))
    counts = {(row["exercise"], row["id"]): row["count"] for row in rows}
    assert counts["mse_gradients", "mean-missing"] == 2 and counts["mse", "rmse"] == 2
    text = report.page(LESSON, "House prices", records)
    assert "2 of 4" in text and "The mean over the houses is missing" in text


def test_everybody_is_accounted_for(records):
    graded = [r for r in records if not r.get("error")]
    assert sum(count for *_, count in report.histogram(graded, 15)) == 4
    rows = list(csv.DictReader(io.StringIO(report.table(LESSON, records))))
    assert len(rows) == 5 and {row["learner"] for row in rows} >= {"ada", "<b>eve</b>"}
    assert float(rows[1]["points"]) == records[0]["points"]


def test_what_learners_wrote_is_escaped_and_no_network_is_asked(records):
    text = report.page(LESSON, "House prices", records, similar=[("mse", ["cy", "di"])])
    assert "<script" not in text and "<b>eve" not in text and "&lt;b&gt;eve" in text
    assert not re.search(r"(src|href|url\()\s*=?\s*[\"']?(https?:)?//", text)


def test_attempts_are_compared(records):
    rows = report.attempts([records[0]], {"ada": [{**records[1], "learner": "ada"}]})
    assert rows == [("ada", records[1]["points"], 15)]
    assert "Since the last attempt" in report.page(
        LESSON, "x", [records[0]], {"ada": [{**records[1], "learner": "ada"}]})  # fmt: skip


def test_an_empty_class_has_a_page_too():
    assert "No submission could be graded" in report.page(LESSON, "House prices", [])


def test_a_spreadsheet_takes_no_name_for_a_formula():
    bad = {"learner": "=HYPERLINK(1)", "points": 0, "max_points": 15, "exercises": {}, "error": "x"}
    assert "'=HYPERLINK" in report.table(LESSON, [bad])
