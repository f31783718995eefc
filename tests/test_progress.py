"""The map of the course, read from saved notebooks."""

import json
import re

import pytest

from autograder.commands.progress import own_folder
from autograder.errors import CourseError
from autograder.progress import course_map, read_progress


def output(text, kind="execute_result"):
    return {"output_type": kind, "data": {"text/plain": text, "text/html": "<p>words</p>"}}


def lesson(folder, slug, outputs, title="A <b>title</b>", level=1):
    cells = [{"cell_type": "code", "source": "x", "outputs": out, "metadata": {"nbgrader": {
        "grade": True, "grade_id": f"check_e{number}", "points": 2}}}
        for number, out in enumerate(outputs)]
    content = {"cells": [{"cell_type": "markdown", "source": "# Hi", "metadata": {}}, *cells],
               "metadata": {"bp": {"title": title, "level": level, "question": "How & why?"}}}
    (folder / slug).mkdir()
    (folder / slug / f"{slug}.ipynb").write_text(json.dumps(content))


@pytest.fixture
def folder(tmp_path):
    lesson(tmp_path, "01_first", [[output("2")], [output(["2.0"])]])
    lesson(tmp_path, "02_second", [[output("2.0")], [output("0.5")], [output("", "error")], []])
    lesson(tmp_path, "03_third", [[], []], level=2)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.ipynb").write_text("mine")
    return tmp_path


def test_the_map(folder):
    found = read_progress(folder)
    assert [item.state for item in found.lessons] == ["done", "begun", "new"]
    assert [item.count for item in found.lessons] == [
        "2 of 2 exercises", "1 of 4 exercises", "0 of 2 exercises"]
    assert [result.earned for result in found.lessons[1].results] == [2.0, 0.5, 0.0, None]
    assert found.next_slug() == "02_second"
    assert found.summary() == "Next: lesson 02, A <b>title</b> (exercise e1)."


def test_as_text_and_as_html(folder):
    text, page = repr(read_progress(folder)), read_progress(folder)._repr_html_()
    assert "Level 1 · Kid" in text and "Level 2 · High school" in text
    assert re.search(r"→ ◐ 02 ", text)
    assert "&lt;b&gt;title" in page and "<b>title" not in page and "How &amp; why?" in page
    assert page.count("<tr") == 5 and "<caption" in page


def test_all_done(folder):
    for slug in ("02_second", "03_third"):
        (folder / slug / f"{slug}.ipynb").unlink()
    assert read_progress(folder).summary() == "All lessons are done."


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": [1]}', '{"cells": 3}', "\udcff",
                                     '{"cells": [], "metadata": {"bp": {"level": "x"}}}'])
def test_a_damaged_notebook_is_named_and_hides_nothing(folder, content):
    (folder / "02_second" / "02_second.ipynb").write_bytes(
        content.encode("utf-8", "surrogateescape"))
    found = read_progress(folder)
    assert "02_second.ipynb" in found.unreadable[0] and len(found.lessons) == 2
    assert "02_second" in repr(found)


def test_in_a_cell_it_finds_the_copy_around_the_notebook(folder, monkeypatch):
    monkeypatch.chdir(folder / "01_first")
    assert len(course_map().lessons) == 3
    assert len(course_map(folder).lessons) == 3


def test_the_folder_of_the_command(folder, monkeypatch):
    (folder / ".bp-course.json").write_text("{}")
    monkeypatch.chdir(folder / "01_first")
    assert own_folder(None) == folder == own_folder(str(folder))
    with pytest.raises(CourseError, match="no copy of the course"):
        own_folder("nowhere")
