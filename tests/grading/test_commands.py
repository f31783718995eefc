"""`bp check` and `bp grade`: what they print, and the status they leave with."""

import inspect
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bplib import scalar

ROOT = Path(__file__).resolve().parents[2]
RIGHT = """import numpy as np
def mse_gradients(X, targets, w, b):
    mistakes = X @ w + b - targets
    return 2 * X.T @ mistakes / len(X), 2 * mistakes.mean()
"""
WRONG = RIGHT.replace("/ len(X)", "").replace(".mean", ".sum")
CHECK_FIELDS = {"file", "exercise", "passed", "points", "max_points", "status", "diagnosis",
                "message"}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    made = {"right": RIGHT, "wrong": WRONG, "empty": "", "syntax": "def f(:"}
    for name, text in made.items():
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "broken.ipynb").write_text("{")
    notebook = {"cells": [{"cell_type": "code", "source": RIGHT, "metadata": {}}], "nbformat": 4}
    (tmp_path / "right.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def bp(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "autograder.cli", *map(str, arguments)], cwd=ROOT,
                          capture_output=True, text=True, timeout=120, **more)  # fmt: skip


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_check_says_json_and_nothing_else(files):
    names = ["right.py", "wrong.py", "empty.py", "syntax.py", "broken.ipynb", "right.ipynb"]
    done = bp("check", "mse_gradients", *[files / name for name in names], "--json")
    rows = lines(done)
    assert done.returncode == 1 and done.stderr == ""
    assert [row["file"] for row in rows] == [str(files / name) for name in names]
    assert [row["status"] for row in rows] == ["passed", "wrong", "missing", "missing", "missing",
                                               "passed"]  # fmt: skip
    assert [row["passed"] for row in rows] == [True, False, False, False, False, True]
    assert all(set(row) - {"error"} == CHECK_FIELDS for row in rows)
    assert "error" in rows[4] and rows[1]["diagnosis"][0] == "mean-missing"
    assert "mean" in rows[1]["message"] and rows[0]["points"] == rows[0]["max_points"] == 4


def test_check_of_a_right_file_leaves_with_0(files):
    begun = time.monotonic()
    done = bp("check", "mse_gradients", files / "right.py")
    assert done.returncode == 0 and "Right, 4 of 4" in done.stdout and "\x1b" not in done.stdout
    assert time.monotonic() - begun < 15  # about one second on a machine that has nothing else to do


def test_a_function_on_values_may_stand_alone(tmp_path):
    path = tmp_path / "order.py"
    path.write_text(inspect.getsource(scalar.topological_order))
    (row,) = lines(bp("check", "topological_order", path, "--json"))
    assert row["points"] == row["max_points"] == 3


@pytest.mark.parametrize("call", [
    ("check", "mse_gradients", "not_there.py"), ("check", "no_such_exercise", "x.py"), ("check",),
    ("check", "mse_gradients"), ("grade",), ("grade", "not_there.ipynb"),
    ("grade", "x.ipynb", "--jobs", "0"), ("grade", "x.ipynb", "--lesson", "99"),
    ("check", "mse_gradients", "x.py", "--time-limit", "-3"),
], ids=" ".join)  # fmt: skip
def test_a_wrong_call_leaves_with_2(call, tmp_path):
    done = bp(*call)
    assert done.returncode == 2
    assert done.stderr.count("\n") <= 1 and "Traceback" not in done.stderr + done.stdout


def test_grade_says_json_and_nothing_else(files):
    done = bp("grade", files / "right.ipynb", files / "wrong.py", files / "broken.ipynb", "--json",
              "--jobs", "2")  # fmt: skip
    rows = lines(done)
    assert done.returncode == 1 and done.stderr == ""
    assert [row["points"] for row in rows] == [4, 0, 0]
    assert rows[0]["lesson"] == rows[1]["lesson"] == "04_house_prices" and "error" in rows[2]
    assert set(rows[0]) == {"notebook", "lesson", "points", "max_points", "isolation", "exercises"}
    assert rows[0]["exercises"]["mse_gradients"]["status"] == "passed"


def test_grade_reads_well_without_json(files):
    done = bp("grade", files / "right.ipynb", files / "broken.ipynb")
    assert "4 of 15 points in all" in done.stdout and "damaged notebook" in done.stdout


def test_a_learners_text_is_no_markup(files):
    evil = files / "[red]evil.py"
    evil.write_text("def mse_gradients(*a):\n    raise ValueError('[bold]\\x1b[31m[/bold][link=x]')\n")
    done = bp("check", "mse_gradients", evil, files / "right.py", env={"FORCE_COLOR": "1", "PATH": ""})
    assert "[red]evil.py" in done.stdout and "[bold]\\x1b[31m[/bold][link=x]" in done.stdout
    assert "\x1b[31m[/bold]" not in done.stdout


def test_a_time_limit_is_taken_from_the_environment(files, monkeypatch):
    monkeypatch.setenv("BP_TIME_LIMIT", "0.5")
    hanging = files / "hanging.py"
    hanging.write_text("def mse_gradients(*a):\n    while True: pass\n")
    row = lines(bp("check", "mse_gradients", hanging, "--json"))[0]
    assert row["status"] == "timeout"
