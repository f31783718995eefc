"""Every lesson's own solution gets everything in the sandbox, whichever of its cells are left out."""

from pathlib import Path

import pytest

from autograder.exercises import exercises_of, lesson_numbers
from autograder.grading import Grader
from autograder.notebooks import find_lesson, read_submission
from autograder.sandbox import opening, replay
from autograder.sandbox.needed import looked_up, which_are_needed

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [path for path in sorted((ROOT / "solutions").glob("*.py"))
           if path.stem[:2] in lesson_numbers()]  # fmt: skip


@pytest.fixture(scope="module")
def grader():
    with Grader(seed_source=1, cell_seconds=60) as grader:
        yield grader


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lessons_own_solution_gets_everything(grader, path):
    submission = read_submission(path)
    assert find_lesson(submission) == path.stem
    for name, verdict in grader.verdicts(submission, path.stem).items():
        assert verdict.passed, f"{name}: {verdict}"


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_leaving_cells_out_changes_no_verdict(grader, path, monkeypatch):
    """The learner's release, with one answer wrong, run with and without all given cells."""
    submission = read_submission(path)
    exercise = list(exercises_of(path.stem).values())[-1]
    broken = [type(cell)(cell.number, cell.source.replace("return ", "return 0 * ", 1)
                         if cell.grade_id == exercise.name else cell.source, cell.grade_id)
              for cell in submission.cells]  # fmt: skip
    found = []
    for given in (replay.given_cells, lambda slug: {}):
        monkeypatch.setattr(replay, "given_cells", given)
        opened = type(submission)(path, list(broken), submission.is_notebook)
        found.append(grader.verdict(exercise, opened).as_dict())
    assert found[0]["points"] == found[1]["points"] and found[0]["status"] == found[1]["status"]
    assert opening.bound_by(broken, exercise) == [None] * len(broken)


@pytest.mark.parametrize(("source", "names"), [
    ("x = 1", set()), ("x = y", {"y"}), ("def f(a, b=c): return a + d", {"c", "d"}),
    ("def f():\n    def g(): return h\n    return g", {"h"}), ("[i for i in z]", {"z"}),
    ("class A(B):\n    c = d\n    def e(self): return g", {"B", "d", "g"}), ("x += 1", {"x"}),
    ("def f():\n    global k\n    k = 1\n    return k", {"k"}), ("lambda q: q + r", {"r"}),
    ("%time x = y", {"x", "y", "time"}), ("!ls\nx", {"x"}), ("def f(:", {"def", "f"}),
    ("f(x)\nx = 1", {"f", "x"}), ("@d\ndef f(a: T) -> R: pass", {"d", "T", "R"}),
])  # fmt: skip
def test_names_that_a_cell_looks_up(source, names):
    found = looked_up(source)
    assert found >= names - {"x", "y", "time"} and found <= names | {"x", "y", "time", "ls"}


def test_cells_needed_through_others():
    sources = ["a = 1", "b = a", "c = 2", "def f(c): return b"]
    assert which_are_needed(sources, [["a"], ["b"], ["c"], None]) == [True, True, False, True]
    assert which_are_needed(sources, [None] * 4) == [True] * 4
