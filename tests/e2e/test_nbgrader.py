"""Stock nbgrader with a class of three: one right, one with a mistake, one with nothing written."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[2]
LESSON = "04_house_prices"
pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    """The folder of a course in which nbgrader has graded and given feedback to three learners."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "lessons" / LESSON, root / "lessons" / LESSON)
    (root / "solutions").mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", root / "solutions")
    (root / "autograder").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    run(root, "autograder.cli", "build", LESSON)
    solved = nbformat.read(root / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    empty = nbformat.read(root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    wrong = nbformat.from_dict(solved)
    for cell in wrong.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "mse_gradients":
            assert "/ len(X)" in cell.source
            cell.source = cell.source.replace("dw = X.T @ slopes", "dw = X.T @ slopes * len(X)")
    for learner, notebook in (("right", solved), ("wrong", wrong), ("empty", empty)):
        folder = root / "autograder" / "submitted" / learner / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    run(root, "nbgrader", "generate_assignment", LESSON, "--force")
    run(root, "nbgrader", "autograde", LESSON, "--create")
    run(root, "nbgrader", "generate_feedback", LESSON)
    run(root, "nbgrader", "export")
    return root


def run(root, module, *words):
    """Run a module's program in the course; its words are shown when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=root, capture_output=True, text=True,
        env=scratch_environment(root), timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def scratch_environment(root):
    scratch = {name: str(root / ".scratch" / name) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    return {**os.environ, **scratch, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def points(root, learner):
    """exercise -> (points, out of) as they stand in the gradebook."""
    with Gradebook(f"sqlite:///{root / 'autograder' / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(LESSON, LESSON, learner)
        return {grade.name: (grade.score, grade.max_score) for grade in notebook.grades}


def test_the_right_notebook_gets_full_points(graded_class):
    grades = points(graded_class, "right")
    assert len(grades) == 5
    assert all(score == most for score, most in grades.values()), grades


def test_the_empty_notebook_gets_none(graded_class):
    assert {score for score, _ in points(graded_class, "empty").values()} == {0}


def test_one_mistake_costs_part_of_one_exercise(graded_class):
    grades = points(graded_class, "wrong")
    score, most = grades.pop("check_mse_gradients")
    assert 0 < score < most
    assert all(score == most for score, most in grades.values()), grades


def test_the_feedback_says_what_is_wrong(graded_class):
    page = graded_class / "autograder" / "feedback" / "wrong" / LESSON / f"{LESSON}.html"
    text = page.read_text(encoding="utf-8")
    assert "mean over the houses is missing" in text and "times too large" in text


def test_nothing_of_the_solution_reaches_the_released_notebook(graded_class):
    released = (graded_class / "lessons" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "slopes.sum()" not in released and "BEGIN SOLUTION" not in released
    assert [p.name for p in (graded_class / "lessons" / LESSON).iterdir()] == [f"{LESSON}.ipynb"]


def test_the_export_has_all_three(graded_class):
    with (graded_class / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["student_id"] for row in rows) == ["empty", "right", "wrong"]
