"""Lessons 01 and 03 as a learner has them: run, play, answer wrong, be told, answer right."""

from __future__ import annotations

import shutil
from pathlib import Path

import harness
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.e2e]
ROOT = Path(__file__).resolve().parents[2]
LESSONS = ("01_guess_and_check", "03_slopes_and_steps")

WRONG = {
    "better_guess": "def better_guess(error, guess, step):\n    return guess + step",
    "slope": "def slope(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / h",
}
RIGHT = {
    "better_guess": "def better_guess(error, guess, step):\n"
                    "    return min([guess, guess - step, guess + step], key=error)",
    "slope": "def slope(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)",
}


@pytest.fixture(scope="module")
def lab(needs_browser, tmp_path_factory):
    folder, scratch = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("scratch")
    for slug in LESSONS:
        shutil.copy(ROOT / "lessons" / slug / f"{slug}.ipynb", folder)
    with harness.lab_server(folder, scratch) as lab:
        yield lab


@pytest.fixture(scope="module", params=LESSONS)
def lesson(lab, request):
    notebook = lab.open(f"{request.param}.ipynb")
    notebook.run_all()
    return notebook


def find(notebook, part):
    """The number of the first cell with a line that begins with some text; prose indents code."""
    return next(i for i, source in enumerate(notebook.sources())
                if any(line.startswith(part) for line in source.splitlines()))


def test_the_released_lesson_runs_and_asks_nobody_outside(lab, lesson):
    assert [text for _, text in lesson.errors()] == []
    assert lab.errors == []
    assert lab.outside == []


def test_a_dragged_slider_changes_the_figure(lesson):
    index = next(i for i in range(len(lesson.sources()))
                 if lesson.cell(i).locator(harness.HANDLE).count()
                 and lesson.cell(i).locator(harness.PICTURE).count())
    before = lesson.picture(index)
    lesson.drag(index, 0.9)
    assert lesson.wait_for_new_picture(index, before) < 3


def test_an_exercise_is_explained_when_wrong_and_confirmed_when_right(lesson):
    name = next(name for name in WRONG if f'check("{name}"' in "".join(lesson.sources()))
    answer, check = find(lesson, f"def {name}("), find(lesson, f'check("{name}"')
    assert "Not written yet" in lesson.text(check)
    lesson.run_cell(answer, WRONG[name])
    lesson.run_cell(check)
    lesson.wait_for_words(check, "For example")
    said = lesson.text(check)
    assert "Read again" in said and ("0 of" in said or "Partly" in said)
    lesson.run_cell(answer, RIGHT[name])
    lesson.run_cell(check)
    lesson.cell(check).locator("section[role=status]", has_text="Right").first.wait_for()
    assert "For example" not in lesson.text(check)
