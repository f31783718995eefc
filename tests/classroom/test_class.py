"""A small class from hand-in to gradebook, feedback and report: nobody is lost, nothing done twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[2]
LESSON = "04_house_prices"
pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def bp(root, *words, status=0):
    """Run bp in the course; its output."""
    done = subprocess.run([sys.executable, "-m", "autograder.cli", *words], cwd=root, text=True,
                          capture_output=True, env=environment(root), timeout=280)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def environment(root):
    scratch = {name: str(root / ".scratch" / name) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    return {**os.environ, **scratch, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def hand_in(root, learner, notebook, name=f"{LESSON}.ipynb"):
    folder = root / "autograder" / "submitted" / learner / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (folder / name).write_text(text, encoding="utf-8")


def changed(notebook, old, new):
    copy = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert any(old in cell.source for cell in copy.cells)
    for cell in copy.cells:
        cell.source = cell.source.replace(old, new)
    return copy


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose class has handed in all kinds of things."""
    root = tmp_path_factory.mktemp("class")
    shutil.copytree(ROOT / "lessons" / LESSON, root / "lessons" / LESSON)
    (root / "solutions").mkdir()
    (root / "autograder").mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    bp(root, "build", LESSON)
    solved = nbformat.read(root / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    hand_in(root, "right", solved)
    hand_in(root, "empty", (root / "lessons" / LESSON / f"{LESSON}.ipynb").read_text("utf-8"))
    hand_in(root, "no_mean", changed(solved, "2 * mistakes / len(X)", "2 * mistakes"))
    hand_in(root, "dies", changed(solved, "return np.mean(mistakes**2)", "import os; os._exit(0)"))
    hand_in(root, "broken", '{"cells": [')
    hand_in(root, "renamed", solved, "my homework.ipynb")
    stripped = changed(solved, "slopes", "steep")
    for cell in stripped.cells:
        cell.metadata.pop("nbgrader", None)
        if cell.id == "check_mse":
            cell.source = "2.0"
    stripped.cells.insert(0, nbformat.v4.new_markdown_cell("<script>alert(1)</script>"))
    hand_in(root, "stripped", stripped)
    bp(root, "autograde", "4", "--jobs", "2")
    return root


def points(root):
    """learner -> points in nbgrader's gradebook."""
    with Gradebook(f"sqlite:///{root / 'autograder' / 'gradebook.db'}") as book:
        return {s.student.id: s.score for s in book.assignment_submissions(LESSON)}


def test_everybody_is_in_the_gradebook_with_the_right_points(course):
    found = points(course)
    assert set(found) == {"right", "empty", "no_mean", "dies", "broken", "renamed", "stripped"}
    assert found["right"] == found["renamed"] == found["stripped"] == 15
    assert found["empty"] == found["broken"] == 0
    assert found["no_mean"] == 11 and found["dies"] == 13


def test_each_feedback_page_says_what_was_wrong_and_runs_nothing(course):
    pages = {p.parent.parent.name: p.read_text("utf-8")
             for p in (course / "autograder" / "feedback").glob(f"*/{LESSON}/*.html")}
    assert set(pages) == set(points(course))
    assert "The mean over the houses is missing" in pages["no_mean"]
    assert "damaged notebook" in pages["broken"]
    assert "<script>alert(1)" not in pages["stripped"]
    assert "<summary>Hint" in pages["stripped"], "hints are folded there as in the lesson"


def test_only_what_changed_is_graded_again(course):
    before = {p.name: p.read_text() for p in (course / "autograder/verdicts" / LESSON).glob("*.json")}
    solved = nbformat.read(course / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    hand_in(course, "empty", solved)
    said = bp(course, "autograde", "4", "--jobs", "1", "--resume")
    assert "1 graded now, 6 unchanged" in said
    assert points(course)["empty"] == 15
    after = {p.name: p.read_text() for p in (course / "autograder/verdicts" / LESSON).glob("*.json")}
    assert {name for name in before if before[name] != after[name]} == {"empty.json"}


def test_the_report_accounts_for_everybody(course):
    bp(course, "report", "4")
    text = (course / "autograder" / "reports" / f"{LESSON}.html").read_text("utf-8")
    assert "nothing to grade" in text and "damaged notebook" in text and "http" not in text
    rows = (course / "autograder" / "reports" / f"{LESSON}.csv").read_text("utf-8").splitlines()
    assert len(rows) == 8


def test_killed_and_taken_up_again_it_gives_the_same(course, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(course, root)
    kept = root / "autograder" / "verdicts" / LESSON
    wanted = {p.name: graded(p) for p in kept.glob("*.json")}
    for path in [*kept.glob("*.json")]:
        path.unlink()
    (root / "autograder" / "gradebook.db").unlink()
    run = subprocess.Popen([sys.executable, "-m", "autograder.cli", "autograde", "4", "--jobs", "2"],
                           cwd=root, env=environment(root), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(1200):
        if len([*kept.glob("*.json")]) >= 2:
            break
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert 2 <= len([*kept.glob("*.json")]) < 7
    bp(root, "autograde", "4", "--jobs", "2", "--resume")
    assert {p.name: graded(p) for p in kept.glob("*.json")} == wanted
    assert points(root) == points(course)


def graded(path):
    """What was decided, without the numbers of examples that a cut word may differ in."""
    record = json.loads(path.read_text())
    return record["points"], record["error"], {
        name: (v["status"], v["points"], v["diagnosis"]) for name, v in record["exercises"].items()}


def test_nobody_has_handed_in_is_a_sentence(tmp_path, course):
    root = tmp_path / "none"
    shutil.copytree(course, root, ignore=shutil.ignore_patterns("submitted", "verdicts"))
    assert "no submissions" in bp(root, "autograde", "4", status=2)
    assert "Nothing is graded" in bp(root, "report", "4", status=1)
