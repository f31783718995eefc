"""Whatever state a submission is in, it is read or there is a reason."""

import json
import random
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.exercises import find_exercise
from autograder.notebooks import find_lesson, parse_submission, python_cells, read_submission
from autograder.sandbox.replay import bound_names, cells_for, without_given

MSE = "def mse(predictions, targets):\n    return ((predictions - targets) ** 2).mean()\n"
PREDICT = "def predict(X, w, b):\n    return X @ w + b\n"


def code(source, grade_id=None, **more):
    about = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": about, "outputs": [],
            "execution_count": None, **more}  # fmt: skip


def notebook(*cells, **more):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def read(content, name="04_house_prices.ipynb", folder="handed_in"):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse_submission(data, Path(folder) / name)


def sources(submission):
    return [cell.source for cell in submission.cells]


def test_text_cells_are_left_out_and_numbers_kept():
    found = read(notebook({"cell_type": "markdown", "source": "x", "metadata": {}}, code(MSE, "mse")))
    assert [(c.number, c.source, c.grade_id) for c in found.cells] == [(2, MSE, "mse")]
    assert found.is_notebook and found.main == "__main__"


@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-16-le"), lambda text: text.encode("utf-32"),
    lambda text: text.encode("cp1252"), lambda text: text.encode("latin-1"),
    lambda text: ("\n\n " + text).encode(), lambda text: text.replace("\n", "\r\n").encode(),
], ids=["bom", "utf-16", "utf-16 without mark", "utf-32", "cp1252", "latin-1", "blank", "crlf"])
def test_other_encodings(encode):
    text = json.dumps(notebook(code("# größer\n" + MSE)), ensure_ascii=False, indent=1)
    assert sources(read(encode(text))) == ["# größer\n" + MSE]


def test_lists_of_lines_and_odd_cells():
    found = read(notebook(code(["a = 1\n", "b = 2"]), code(5), code(None), None, [], "x", {},
                          {"cell_type": "code"}, code(["c", 4, "d"]),
                          code("e", metadata=None), code("f", metadata={"nbgrader": "x"}),
                          code("g", metadata={"nbgrader": {"grade_id": ["x"]}}),
                          code("h", id=7)))  # fmt: skip
    assert sources(found) == ["a = 1\nb = 2", "", "", "", "cd", "e", "f", "g", "h"]
    assert {cell.grade_id for cell in found.cells} == {""}


def test_old_formats():
    old = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [
        {"cells": [{"cell_type": "code", "input": MSE, "language": "python"}]},
        {"cells": [{"cell_type": "code", "input": ["x = 1"]}, {"cell_type": "heading"}]}]}
    assert sources(read(old)) == [MSE, "x = 1"]
    older = {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "code": MSE}]}]}
    assert sources(read(older)) == [MSE]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "empty"), (b"   \n", "empty"), (b"hello", "not a notebook"), (b"\x00\x01\x02", "not a note"),
    (b"{", "damaged"), (b'{"cells": [', "damaged"), (b"[]", "not a notebook"),
    (b"{}", "no list of cells"), (b'{"cells": 5}', "no list of cells"),
    (b'{"cells": null, "worksheets": {}}', "no list of cells"), (b'{"a":' * 90_000, "damaged"),
    (b'{"cells": [' + b"9" * 9000 + b"]}", "damaged"), (b"%PDF-1.7", "not a notebook"),
    (b"PK\x03\x04", "not a notebook"), (b'"{"', "not a notebook"),
], ids=range(15))  # fmt: skip
def test_what_is_no_notebook_has_a_reason(content, says):
    with pytest.raises(CourseError, match=says) as caught:
        read(content)
    assert "04_house_prices.ipynb" in str(caught.value) and len(str(caught.value)) < 300


def test_too_many_or_too_large(tmp_path):
    with pytest.raises(CourseError, match="more than 2000 cells"):
        read(notebook(*[code("x")] * 2001))
    with pytest.raises(CourseError, match="letters"):
        read(notebook(code("x" * 3_000_000)))
    huge = tmp_path / "04_house_prices.ipynb"
    with huge.open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(CourseError, match="larger than 40 MB"):
        read_submission(huge)
    with pytest.raises(CourseError, match="There is no file"):
        read_submission(tmp_path / "nothing.ipynb")
    with pytest.raises(CourseError, match="cannot be read"):
        read_submission(tmp_path)


def test_python_files_plain_and_in_percent_format():
    assert sources(read(MSE.encode(), "mine.py")) == [MSE]
    text = f"# ---\n# jupyter: x\n# ---\n# %% [markdown]\n# words\n# %% solution=\"mse\"\n{MSE}" \
           f"# %% check=\"mse\"\ncheck('mse', mse)\n"
    found = read(text.encode(), "mine.py")
    assert [c.grade_id for c in found.cells] == ["", "mse", "check_mse"]
    assert found.cells[1].source == MSE and not found.is_notebook and found.main == "submission"


def test_a_file_without_a_known_ending_tells_by_its_content():
    assert sources(read(notebook(code(MSE)), "handed_in.txt")) == [MSE]
    assert sources(read(MSE.encode(), "answer.txt")) == [MSE]


# --- the lesson ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "folder", "cells"), [
    ("04_house_prices.ipynb", "x", [code("x = 1")]),
    ("04_house_prices (3) Kopie.ipynb", "x", [code("x = 1")]),
    ("meier_04_house_prices_final2.ipynb", "x", [code("x = 1")]),
    ("Untitled.ipynb", "04_house_prices", [code("x = 1")]),
    ("Untitled.ipynb", "x", [code("x = 1", "mse_gradients")]),
    ("Untitled.ipynb", "x", [code("y = 2", "check_standardize")]),
    ("Untitled.ipynb", "x", [code("check('fit_linear', fit_linear)")]),
    ("Untitled.ipynb", "x", [code(MSE + PREDICT)]),
    ("4.ipynb", "x", [code("x = 1")]),
    ("03_slopes_and_steps.ipynb", "x", [code(MSE, "mse"), code(PREDICT, "predict"),
                                        code("check('mse', mse)", "check_mse")]),
], ids=range(10))  # fmt: skip
def test_the_lesson_is_found(name, folder, cells):
    assert find_lesson(read(notebook(*cells), name, folder)) == "04_house_prices"


def test_a_notebook_of_no_lesson_is_none():
    assert find_lesson(read(notebook(code("x = 1")), "Untitled.ipynb", "x")) == ""


# --- the cells that are run ---------------------------------------------------------------------


def chosen(*cells, name="mse"):
    submission = read(notebook(*cells))
    return [cell.number for cell in cells_for(submission, find_exercise(name))]


def test_cells_up_to_the_check():
    check = code("check('mse', mse)", "check_mse")
    assert chosen(code("import numpy"), code(MSE), check, code("def mse(): pass")) == [1, 2]
    assert chosen(check, code(MSE)) == [1, 2], "moved to the top: everything is run"
    assert chosen(code(MSE), check, code(MSE), check, code("x")) == [1, 2, 3], "the last one counts"
    assert chosen(code(MSE), code("x")) == [1, 2], "deleted"
    assert chosen(code(PREDICT), check, code(MSE)) == [1, 2, 3], "defined after its check"


def test_a_lessons_source_is_read_as_what_a_learner_gets():
    head = '# %% tags=["talk", "x"] slide="-"'
    source = f'{head}\ny = 1\n\n# %% tags=["hide"]\nx = 1\n# %% solution="mse"\n{MSE}\n'
    cells = python_cells(source)
    assert [(cell.source.strip(), cell.grade_id) for cell in cells] == [
        ("x = 1", ""), (MSE.strip(), "mse")]


def test_given_cells_that_nobody_mentions_are_left_out():
    given = {"plot = draw()": {"plot"}, "data = load()": {"data"}, "more = data + 1": {"more"},
             "check('mse', mse)": set()}  # fmt: skip
    cells = read(notebook(*map(code, [*given, "def mse():\n    return more"]))).cells
    assert [c.number for c in without_given(cells, given)] == [2, 3, 5]
    cells = read(notebook(*map(code, [*given, "def mse():\n    return globals()['plot']"]))).cells
    assert len(without_given(cells, given)) == 5
    cells = read(notebook(code("plot = draw(1)"), code("def mse(): pass"))).cells
    assert len(without_given(cells, given)) == 2, "a changed cell is the learner's own"


@pytest.mark.parametrize(("text", "names"), [
    ("x = 1", {"x"}), ("a, (b, *c) = d", {"a", "b", "c"}), ("for i in z: pass", {"i"}),
    ("import os.path as p, sys", {"p", "sys"}), ("with o as f: pass", {"f"}), ("x[0] = 1", {"x"}),
    ("x.y.z = 1", {"x"}), ("rng.normal()", {"rng"}), ("(y := 5)", {"y"}), ("print(1)", set()),
    ("def f():\n    g = 1", {"f", "g"}), ("class A: pass", {"A"}), ("%matplotlib inline", set()),
    ("del q", {"q"}), ("x += 1", {"x"}), ("np.random.seed(0)", None), ("seed = 1", {"seed"}),
    ("a.append(1)", {"a"}), ("for a in b:\n    a.append(len(c))", {"a", "b", "c"}),
    ("for a in b:\n    a[0] = np.pi", {"a", "b"}), ("for a in b:\n    a += c", {"a", "b", "c"}),
    ("np.inf = 1", {"np"}),
    ("from os import environ\nenviron['a'] = 'b'", None), ("from os import *", None),
    ("if (", None), ("exec('x = 1')", None),
])  # fmt: skip
def test_names_that_a_given_cell_binds(text, names):
    assert bound_names(text, {"np"}) == names


# --- damage -------------------------------------------------------------------------------------


def damaged(data, chance):
    """``data`` with one of many things wrong."""
    kind = chance.randrange(6)
    place = chance.randrange(len(data))
    if kind == 0:
        return data[:place]
    if kind == 1:
        return data[:place] + data[place + chance.randrange(200):]
    if kind == 2:
        return data[:place] + bytes(chance.randrange(256) for _ in range(9)) + data[place + 9:]
    if kind == 3:
        return data[:place] + data[place // 2:]
    if kind == 4:
        return data.decode().encode(chance.choice(["utf-16", "utf-8-sig", "cp500", "utf-32"]))
    return data.replace(*chance.choice([(b'"', b"'"), (b"\\n", b"\n"), (b"{", b"["), (b",", b""),
                                        (b"code", b"Code"), (b"source", b"sauce")]))  # fmt: skip


def test_random_damage_is_read_or_has_a_reason():
    chance = random.Random(11)
    whole = json.dumps(notebook(*[code(MSE, "mse"), code(PREDICT, "predict")] * 5), indent=1).encode()
    read_whole = reasons = 0
    for _ in range(2000):
        data = whole
        for _ in range(chance.randrange(1, 4)):
            data = damaged(data or b"x", chance) if data.isascii() else data
        try:
            submission = read(data)
            assert all(isinstance(cell.source, str) for cell in submission.cells)
            find_lesson(submission)
            cells_for(submission, find_exercise("mse"))
            read_whole += 1
        except CourseError as error:
            assert str(error)
            reasons += 1
    assert read_whole > 100 and reasons > 100
