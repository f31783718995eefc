"""What a learner hands in is looked at first, and packed so that nothing is lost."""

import hashlib
import io
import json
import zipfile

import pytest

from autograder import cli
from autograder.handin import archive, look_at

SLUG = "04_tiny"


def content(answer="raise NotImplementedError()", check="check('mse', mse)", drop=(), twice=()):
    def cell(name, source, **kind):
        return {"cell_type": "code", "source": source, "outputs": [],
                "metadata": {"nbgrader": {"grade_id": name, "points": 3, **kind}}}
    cells = [cell("mse", answer, solution=True), cell("check_mse", check, grade=True)]
    cells = [c for c in cells if c["metadata"]["nbgrader"]["grade_id"] not in drop]
    cells += [c for c in cells if c["metadata"]["nbgrader"]["grade_id"] in twice]
    return {"cells": cells, "metadata": {"bp": {"title": "Tiny", "level": 2, "question": "?"}}}


def put(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    return path


@pytest.fixture
def learner(tmp_path, monkeypatch, capsys):
    """Hand in a notebook with `bp submit`; gives status, standard output and standard error."""
    put(tmp_path / "lessons" / SLUG / f"{SLUG}.ipynb", content())
    monkeypatch.chdir(tmp_path)

    def submit(notebook, *arguments):
        put(tmp_path / "my-course" / SLUG / f"{SLUG}.ipynb", notebook)
        with pytest.raises(SystemExit) as left:
            cli.main(["submit", "4", *arguments])
        out, err = capsys.readouterr()
        return left.value.code, out, err
    return submit


def test_a_whole_notebook_is_packed_with_its_digest(learner, tmp_path):
    status, out, err = learner(content("return 1"))
    assert (status, err) == (0, "") and f"{SLUG}.zip" in out
    with zipfile.ZipFile(tmp_path / f"{SLUG}.zip") as packed:
        assert packed.testzip() is None
        data = packed.read(f"{SLUG}/{SLUG}.ipynb")
        manifest = json.loads(packed.read("manifest.json"))
    assert data == (tmp_path / "my-course" / SLUG / f"{SLUG}.ipynb").read_bytes()
    assert manifest["lesson"] == SLUG
    assert manifest["files"][0]["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("notebook", "says"), [
    (content("x", drop=["check_mse"]), "check cell check_mse is missing"),
    (content("x", drop=["mse"]), "answer cell mse is missing"),
    (content("x", twice=["mse"]), "there 2 times"),
    (content("x", drop=["mse", "check_mse"]), "is not a notebook of this lesson"),
])
def test_a_notebook_with_holes_is_not_packed_unless_one_insists(learner, tmp_path, notebook, says):
    status, out, err = learner(notebook)
    assert (status, out) == (1, "") and says in err
    assert not (tmp_path / f"{SLUG}.zip").exists()
    assert learner(notebook, "--anyway")[0] == 0
    assert (tmp_path / f"{SLUG}.zip").exists()


@pytest.mark.parametrize(("notebook", "says"), [
    (content(), "mse is not written yet"), (content("x", "check('mse', cheat)"), "was changed")])
def test_what_is_only_worth_a_word(learner, notebook, says):
    status, _, err = learner(notebook)
    assert status == 0 and says in err


def test_a_damaged_notebook(learner, tmp_path):
    learner(content("x"))
    (tmp_path / "my-course" / SLUG / f"{SLUG}.ipynb").write_text("{")
    with pytest.raises(SystemExit) as left:
        cli.main(["submit", "4"])
    assert left.value.code == 1


def test_only_an_archive_is_ever_replaced(learner, tmp_path):
    (tmp_path / "thesis.docx").write_text("all my work")
    assert learner(content("x"), "--output", "thesis.docx")[0] == 2
    assert (tmp_path / "thesis.docx").read_text() == "all my work"
    assert learner(content("x"), "--output", "mine.zip")[0] == 0


def test_the_same_notebook_gives_the_same_bytes(tmp_path):
    path = put(tmp_path / f"{SLUG}.ipynb", content("x"))
    first = archive(SLUG, path)
    path.touch()
    assert archive(SLUG, path) == first
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == [f"{SLUG}/{SLUG}.ipynb",
                                                             "manifest.json"]


def test_looking_runs_nothing(tmp_path):
    mark = tmp_path / "ran"
    path = put(tmp_path / "a.ipynb", content(f"open({str(mark)!r}, 'w')"))
    look_at(path, put(tmp_path / "b.ipynb", content()))
    assert not mark.exists()
