"""The pieces of grading a class, one by one: files found, records kept, names matched, ids put back."""

import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.classroom.collect import collect, who
from autograder.classroom.gradebook import configuration
from autograder.classroom.records import Records, broke_down
from autograder.classroom.run import failed, grade_all
from autograder.classroom.similar import alike, fingerprint
from autograder.classroom.staging import stage
from autograder.classroom.submissions import HandedIn, handed_in
from autograder.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
LESSON = "04_house_prices"
NAMES = ("mse", "predict", "mse_gradients", "fit_linear", "standardize")


def source():
    """A solved notebook of the lesson with its named cells alone."""
    cells = []
    for name in NAMES:
        cells.append(new_code_cell(f"def {name}():\n    ### BEGIN SOLUTION\n    return 'ours'\n"
                                   "    ### END SOLUTION", id=name))
        cells.append(new_code_cell(f'check("{name}", {name})', id=f"check_{name}"))
    for cell in cells:
        grade = cell.id.startswith("check_")
        cell.metadata["nbgrader"] = {"grade_id": cell.id, "grade": grade, "solution": not grade,
                                     "locked": grade, "schema_version": 3, "task": False,
                                     **({"points": 2} if grade else {})}  # fmt: skip
    return new_notebook(cells=cells)


def submission(tmp_path, cells):
    path = tmp_path / "theirs.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4,
                                "nbformat_minor": 5}), encoding="utf-8")  # fmt: skip
    return HandedIn("ada", LESSON, tmp_path, path)


def code(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [{"x": 1}]}


def staged(tmp_path, cells, error=""):
    text = stage(source(), submission(tmp_path, cells), error)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def owner(notebook, name):
    """The source of the one cell that carries the id ``name``."""
    found = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
    assert len(found) == 1
    return found[0].source


def test_stripped_metadata_is_put_back_by_what_a_cell_defines(tmp_path):
    notebook = staged(tmp_path, [code("def mse():\n    return 1"), code("check('mse', mse)")])
    assert owner(notebook, "mse").endswith("return 1")
    assert "check('mse'" in owner(notebook, "check_mse")


def test_of_doubled_cells_the_last_counts_and_the_id_is_there_once(tmp_path):
    about = {"nbgrader": {"grade_id": "mse", "solution": True}}
    notebook = staged(tmp_path, [code("def mse():\n    return 1", **about),
                                 code("def mse():\n    return 2", **about)])  # fmt: skip
    assert owner(notebook, "mse").endswith("return 2")
    assert len(notebook.cells) == 2 + 2 * len(NAMES) - 1


def test_missing_cells_come_back_without_the_solution(tmp_path):
    notebook = staged(tmp_path, [])
    assert "NotImplementedError" in owner(notebook, "predict")
    assert "ours" not in nbformat.writes(notebook)


def test_what_cannot_be_graded_stands_in_with_its_reason(tmp_path):
    notebook = staged(tmp_path, [], error="It is <b>broken</b>.")
    assert "Nothing could be graded" in notebook.cells[0].source
    assert "<b>" not in notebook.cells[0].source


@pytest.mark.parametrize("cells", [[7], [None], [{"cell_type": "code"}], [{"source": "x"}],
                                   [{"cell_type": "code", "source": ["a", 3], "metadata": 5}]])
def test_damaged_cells_do_not_stop_it(tmp_path, cells):
    assert owner(staged(tmp_path, cells), "mse")


def test_outputs_of_learners_are_never_taken_over(tmp_path):
    assert all(not c.outputs for c in staged(tmp_path, [code("1")]).cells if c.cell_type == "code")


def test_old_formats_are_read(tmp_path):
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"worksheets": [{"cells": [
        {"cell_type": "code", "input": ["def mse():\n", "    return 3"]}]}], "nbformat": 3}))
    text = stage(source(), HandedIn("ada", LESSON, tmp_path, path))
    assert owner(nbformat.reads(text, as_version=4), "mse").endswith("return 3")


def test_the_only_notebook_of_a_folder_is_taken_whatever_its_name(tmp_path):
    for learner, names in {"a": ["x.ipynb"], "b": [], "c": ["x.ipynb", "y.ipynb"],
                           "d": ["x.ipynb", f"{LESSON}.ipynb"]}.items():  # fmt: skip
        (tmp_path / learner / LESSON).mkdir(parents=True)
        for name in names:
            (tmp_path / learner / LESSON / name).write_text("{}")
    found = {item.learner: item for item in handed_in(tmp_path, LESSON)}
    assert found["a"].path.name == "x.ipynb" and found["d"].path.name == f"{LESSON}.ipynb"
    assert "no notebook" in found["b"].problem and "several" in found["c"].problem


def test_no_folder_of_submissions_is_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="There are no submissions"):
        handed_in(tmp_path / "none", LESSON)


def test_records_keep_former_attempts_and_survive_damage(tmp_path):
    records = Records(tmp_path, LESSON)
    records.put({"learner": "ada", "digest": "1", "points": 1, "exercises": {}})
    records.put({"learner": "ada", "digest": "2", "points": 2, "exercises": {}})
    assert [r["points"] for r in records.all()] == [2]
    assert [r["points"] for r in records.earlier()["ada"]] == [1]
    records.path("ada").write_text("{half")
    assert records.get("ada") is None
    assert records.seed() == records.seed() and len(records.seed()) == 64


def test_code_alike_up_to_names_is_pointed_out_and_only_that():
    long = "def f(X, y):\n" + "\n".join(f"    a{i} = X * {i} + y" for i in range(12))
    renamed = long.replace("X", "table").replace("a1 ", "other ") + "  # a comment"
    assert fingerprint(long) == fingerprint(renamed) != fingerprint(long.replace("* 3", "* 4"))
    assert fingerprint("def f(x):\n    return x") == "" and fingerprint("'''") == ""
    prints = [{"learner": n, "fingerprints": {"mse": p}} for n, p in zip("abcd", "1123", strict=True)]
    assert alike(prints) == [("mse", ["a", "b"])]


@pytest.mark.parametrize(("name", "learner"), [
    ("ada.zip", "ada"),
    (f"ada_{LESSON}_attempt_2026-11-20-10-30-00_x.ipynb", "ada"),
    (f"Lovelace Ada_123456_assignsubmission_file_/{LESSON}.ipynb", "lovelace_ada"),
    (f"submissions/Ada_Lovelace/{LESSON}/{LESSON}.ipynb", "lovelace_ada"),
    (f"{LESSON} (1).ipynb", ""),
])  # fmt: skip
def test_names_are_matched_forgivingly(name, learner):
    from pathlib import PurePosixPath

    known = {"lovelace_ada", "bob"}
    assert who(PurePosixPath(name), LESSON, known) == learner


def test_archives_in_archives_are_collected_and_the_unknown_is_listed(tmp_path):
    notebook = nbformat.writes(source()).encode()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"{LESSON}/{LESSON}.ipynb", notebook)
    with zipfile.ZipFile(tmp_path / "lms.zip", "w") as archive:
        archive.writestr("Ada Lovelace_1234567_assignsubmission_file_/hand in.zip", inner.getvalue())
        archive.writestr(f"bob_{LESSON}.ipynb", notebook)
        archive.writestr("cy/notes.ipynb", json.dumps({"cells": []}))
        archive.writestr(f"{LESSON}.ipynb", notebook)
        archive.writestr("dee.zip", b"no zip at all")
    submitted = tmp_path / "submitted"
    (submitted / "Ada_Lovelace").mkdir(parents=True)
    said = "\n".join(collect(tmp_path / "lms.zip", submitted, LESSON, Records(tmp_path, LESSON)))
    assert (submitted / "Ada_Lovelace" / LESSON / f"{LESSON}.ipynb").read_bytes() == notebook
    assert (submitted / "bob" / LESSON / "timestamp.txt").is_file()
    assert "2 collected" in said and said.count("not matched") == 3
    again = collect(tmp_path / "lms.zip", submitted, LESSON, Records(tmp_path, LESSON))
    assert "2 collected" in again[-1] and not (submitted / ".older").exists()


def test_a_newer_file_moves_the_older_one_aside(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / f"ada_{LESSON}.ipynb"
    submitted = tmp_path / "submitted"
    for text in ("first", "second"):
        path.write_text(json.dumps({"cells": [code(f"mse = '{text}'")]}))
        collect(tmp_path / "in", submitted, LESSON, Records(tmp_path, LESSON))
    older = list((submitted / ".older" / "ada" / LESSON).iterdir())
    assert len(older) == 1 and "first" in older[0].read_text()


def test_text_cells_may_stay_and_are_not_confused_with_code(tmp_path):
    text = new_markdown_cell("def mse(): in words")
    notebook = staged(tmp_path, [dict(text)])
    assert "NotImplementedError" in owner(notebook, "mse")


def test_graders_that_cannot_start_cost_nobody_a_point(tmp_path):
    item = submission(tmp_path, [])
    with pytest.raises(CourseError, match="No process that grades could be started"):
        list(grade_all([(item, "digest")] * 2, "seed", jobs=2, seconds="nonsense"))


def test_a_breakdown_is_no_verdict_and_is_taken_up_again(tmp_path):
    item = submission(tmp_path, [])
    records = Records(tmp_path / "verdicts", LESSON)
    records.put(failed(item, 5.0, "It broke down."))
    assert broke_down(records.get("ada")) == ["everything"]
    assert not records.is_current(item, item.digest())


def test_a_course_folder_does_not_hide_the_package_from_the_graders(tmp_path, monkeypatch):
    """Its `autograder` holds nbgrader's data; workers look for ours along the same path."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "autograder").mkdir()
    assert configuration(tmp_path).CourseDirectory.source_directory == "solutions"
    assert str(tmp_path) not in sys.path
