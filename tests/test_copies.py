"""A learner's copy: made once, added to, never written over."""

import json
import sys

import pytest

from autograder import copies
from autograder.commands import lab
from autograder.copies import add_lessons, copy_folder, open_copy
from autograder.course import Course
from autograder.errors import CourseError


def notebook(text, slug="03_first", points=2):
    check = {"cell_type": "code", "id": "c", "source": f'check("{slug}", f)', "outputs": [],
             "execution_count": None, "metadata": {"nbgrader": {
                 "grade": True, "grade_id": f"check_{slug}", "points": points}}}
    return {"cells": [{"cell_type": "markdown", "id": "a", "source": text, "metadata": {}}, check],
            "metadata": {"bp": {"title": f"Lesson {slug[:2]}", "level": 2, "question": "Why?"}},
            "nbformat": 4, "nbformat_minor": 5}


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def small_course(tmp_path):
    course = Course(tmp_path)
    for slug in ("03_first", "04_second"):
        put(course.notebook(slug), notebook("old", slug))
    (tmp_path / "solutions").mkdir()
    return course


@pytest.fixture
def learner(small_course, monkeypatch, capsys):
    """What `bp lab` does before the server starts; gives the lesson it opens and what it said."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    def prepare(wanted=None, name=None, answer=None):
        if answer is not None:
            monkeypatch.setattr(lab.typer, "confirm", lambda *_, **__: answer)
        else:
            monkeypatch.setattr(lab.typer, "confirm", None)  # asking would fail
        copy, slug = lab.prepare(small_course, name, wanted)
        return copy, slug, capsys.readouterr().out
    return prepare


def test_the_first_use_copies_everything(learner, small_course):
    copy, slug, said = learner()
    assert copy.folder == small_course.root / "my-course" and slug == "03_first"
    assert copy.notebook("04_second").read_bytes() == small_course.notebook(
        "04_second").read_bytes()
    assert "my-course" in said
    assert learner("4")[1:] == ("04_second", "")


def work_in(copy, slug, text="mine"):
    put(copy.notebook(slug), notebook(text, slug))


def test_work_is_never_written_over(learner, small_course):
    copy, *_ = learner()
    work_in(copy, "03_first")
    mine = copy.notebook("03_first").read_bytes()
    for slug in ("03_first", "04_second"):
        put(small_course.notebook(slug), notebook("new", slug))
    _, _, said = learner(answer=True)
    assert copy.notebook("03_first").read_bytes() == mine
    assert "03_first; yours is kept" in said
    assert copy.notebook("04_second").read_bytes() == small_course.notebook(
        "04_second").read_bytes()


@pytest.mark.parametrize("touch", ["output", "damage", "lost memory"])
def test_whatever_may_be_work_is_kept(learner, small_course, touch):
    copy, *_ = learner()
    path = copy.notebook("03_first")
    if touch == "output":
        content = notebook("old")
        content["cells"][1]["outputs"] = [{"output_type": "stream", "text": "2"}]
        put(path, content)
    elif touch == "damage":
        path.write_text(path.read_text()[:-5])
    else:
        (copy.folder / copies.MEMORY).write_text("{")
    before = path.read_bytes()
    put(small_course.notebook("03_first"), notebook("new"))
    learner(answer=True)
    assert path.read_bytes() == before


def test_saving_without_a_change_is_no_work(learner, small_course):
    copy, *_ = learner()
    content = notebook("old")
    content["metadata"]["language_info"] = {"version": "3.14"}
    content["cells"][0]["source"] = ["old"]
    put(copy.notebook("03_first"), content)
    put(small_course.notebook("03_first"), notebook("new"))
    learner(answer=True)
    assert "new" in copy.notebook("03_first").read_text()


def test_no_is_no_and_nobody_there_is_no(learner, small_course, monkeypatch):
    copy, *_ = learner()
    put(small_course.notebook("03_first"), notebook("new"))
    learner(answer=False)
    assert "old" in copy.notebook("03_first").read_text()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert "yours is kept" in learner()[2]
    assert "old" in copy.notebook("03_first").read_text()


def test_a_removed_lesson_comes_back_when_it_is_asked_for(learner):
    copy, *_ = learner()
    copy.notebook("03_first").unlink()
    learner("4")
    assert not copy.notebook("03_first").exists()
    learner("3")
    assert copy.notebook("03_first").exists()


def test_a_new_lesson_is_added(learner, small_course):
    learner()
    put(small_course.notebook("05_third"), notebook("x", "05_third"))
    assert "05_third" in learner()[2]


def test_it_opens_where_one_left_off(learner):
    copy, *_ = learner()
    done = notebook("old")
    done["cells"][1]["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "2"}}]
    put(copy.notebook("03_first"), done)
    assert learner()[1] == "04_second"


@pytest.mark.parametrize("name", ["lessons", "lessons/03_first", "solutions/x", "."])
def test_the_course_itself_is_no_copy(small_course, monkeypatch, name):
    monkeypatch.chdir(small_course.root)
    with pytest.raises(CourseError, match="belongs to the course itself"):
        copy_folder(small_course, name)


def test_a_name_is_a_folder_from_here(small_course, monkeypatch, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert copy_folder(small_course, "mine") == tmp_path / "elsewhere" / "mine"
    (tmp_path / "elsewhere" / "file").write_text("")
    with pytest.raises(CourseError, match="is a file"):
        copy_folder(small_course, "file")


def test_adding_lessons_sorts_them(small_course, tmp_path):
    copy = open_copy(tmp_path / "copy")
    first = add_lessons(copy, small_course.lessons())
    assert (first.added, first.outdated, first.kept) == (["03_first", "04_second"], [], [])
    put(small_course.notebook("03_first"), notebook("new"))
    put(small_course.notebook("04_second"), notebook("new", "04_second"))
    work_in(copy, "04_second")
    again = add_lessons(open_copy(tmp_path / "copy"), small_course.lessons())
    assert (again.added, again.outdated, again.kept) == ([], ["03_first"], ["04_second"])
