"""The whole way from a text to the files on disk, through nbgrader's own step."""

import json
import os
import subprocess
import sys

import pytest

from autograder import cli
from autograder.pipeline import build as building
from autograder.pipeline.build import build, stale, strays, write

SLUG = "04_tiny_lesson"


def test_learners_get_everything_but_the_answer(built):
    text = built.released[SLUG]
    cells = {cell["id"]: cell for cell in json.loads(text)["cells"]}
    assert "".join(cells["mse"]["source"]) == (
        'def mse(predictions, targets):\n    """Mean of the squared differences."""\n'
        "    # YOUR CODE HERE\n    raise NotImplementedError()")
    assert not cells["mse"]["metadata"]["deletable"]
    assert not cells["check_mse"]["metadata"]["editable"]
    for word in ("differences =", "secret", "SOLUTION", '"outputs": [\n    {'):
        assert word not in text
    assert "differences =" in built.solved[SLUG] and "secret" in built.solved[SLUG]


def test_the_same_source_gives_the_same_bytes(built, tiny_course, exercises):
    again = build(tiny_course, [SLUG], lambda slug: exercises)
    assert again == built
    code = ("import sys; from types import SimpleNamespace as S; from pathlib import Path\n"
            "from autograder.course import Course; from autograder.pipeline.build import build\n"
            "slip = S(id='mean-missing', says='The mean is missing.', thought='')\n"
            f"b = build(Course(Path({str(tiny_course.root)!r})), [{SLUG!r}], "
            "lambda slug: {'mse': S(points=3, mistakes=(slip,))})\n"
            f"sys.stdout.write(b.released[{SLUG!r}])")
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo",
             "PYTHONPATH": os.pathsep.join(sys.path)})
    assert other.stdout == built.released[SLUG]


def test_writing_is_needed_once(built, tiny_course):
    assert len(stale(tiny_course, built)) == 1
    assert write(tiny_course, built) == [tiny_course.notebook(SLUG)]
    before = tiny_course.notebook(SLUG).stat().st_mtime_ns
    assert write(tiny_course, built) == []
    assert tiny_course.notebook(SLUG).stat().st_mtime_ns == before
    assert stale(tiny_course, built) == [] == strays(tiny_course)
    assert (tiny_course.solutions_dir / SLUG / f"{SLUG}.ipynb").read_text() == built.solved[SLUG]


def test_every_difference_is_named(built, tiny_course):
    write(tiny_course, built)
    path = tiny_course.notebook(SLUG)
    path.write_text(path.read_text().replace("The end.", "The end!"))
    (tiny_course.lessons_dir / "notes.txt").write_text("mine")
    (path.parent / "old.ipynb").write_text("{}")
    (path.parent / ".ipynb_checkpoints").mkdir()
    (path.parent / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    assert "cell 5" in stale(tiny_course, built)[0] and "bp build" in stale(tiny_course, built)[0]
    assert [sentence.split(" ")[0] for sentence in strays(tiny_course)] == [
        f"lessons/{SLUG}/old.ipynb", "lessons/notes.txt"]


def test_a_broken_lesson_stops_itself_and_no_other(tiny_course, tiny_text, exercises):
    (tiny_course.solutions_dir / "05_broken.py").write_text(
        tiny_text.replace('check("mse", mse)', "pass"))
    (tiny_course.solutions_dir / "Notes.py").write_text("x = 1")
    built = build(tiny_course, tiny_course.source_slugs(), lambda slug: exercises)
    assert list(built.released) == [SLUG]
    assert [sentence.split(":")[0] for sentence in built.refused] == [
        "05_broken", "solutions/Notes.py"]


def test_a_failing_disk_leaves_the_old_notebook(built, tiny_course, monkeypatch):
    write(tiny_course, built)
    path = tiny_course.notebook(SLUG)
    path.write_text("old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(tiny_course, built)
    assert path.read_text() == "old" and os.listdir(path.parent) == [path.name]


@pytest.fixture
def bp(tiny_course, exercises, monkeypatch, capsys):
    """Call `bp` in the tiny course; gives its status, standard output and standard error."""
    monkeypatch.chdir(tiny_course.root)
    monkeypatch.setattr(building.build, "__defaults__", (lambda slug: exercises,))

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            cli.main(list(arguments))
        out, err = capsys.readouterr()
        return left.value.code, out, err
    return call


def test_bp_build_and_check(bp, tiny_course):
    assert bp("build", "--check")[0] == 1
    assert bp("build", "4") == (0, f"wrote lessons/{SLUG}/{SLUG}.ipynb\n1 lesson built\n", "")
    assert bp("build", "--check") == (0, "1 lesson up to date\n", "")
    (tiny_course.lessons_dir / "x.txt").write_text("")
    status, _, err = bp("build", "--check")
    assert (status, err) == (1, "lessons/x.txt is made by no source; remove it.\n")


def test_bp_build_of_a_lesson_that_is_not_there(bp):
    status, out, err = bp("build", "17")
    assert (status, out) == (2, "") and err.count("\n") == 1 and SLUG in err
