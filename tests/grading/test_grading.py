"""A notebook is graded exercise by exercise: whatever can be graded is, the rest has a reason."""

import json
import random
import time

import pytest

from autograder.errors import CourseError
from autograder.exercises import exercises_of
from autograder.grading import Grader, grade_many, seed_of, time_limit
from autograder.sandbox import launch
from autograder.sandbox.launch import BUBBLEWRAP, LIMITS, NOT_ISOLATED, UNSHARE, Sandbox

LESSON = "04_house_prices"
IMPORTS = "import numpy as np\nfrom autograder import check"
ANSWERS = {
    "predict": "def predict(X, w, b):\n    return X @ w + b\n",
    "mse": "def mse(predictions, targets):\n    return float(np.mean((predictions - targets) ** 2))\n",
    "mse_gradients": "def mse_gradients(X, targets, w, b):\n"
                     "    mistakes = predict(X, w, b) - targets\n"
                     "    return 2 * X.T @ mistakes / len(X), 2 * mistakes.mean()\n",
    "standardize": "def standardize(X):\n    m, s = X.mean(0), X.std(0)\n"
                   "    flat = s < 1e-9\n"
                   "    return np.where(flat, 0.0, (X - m) / np.where(flat, 1.0, s)), m, s\n",
    "fit_linear": "def fit_linear(X, targets, learning_rate, steps):\n"
                  "    w, b, losses = np.zeros(X.shape[1]), 0.0, []\n"
                  "    for step in range(steps + 1):\n"
                  "        losses.append(mse(predict(X, w, b), targets))\n"
                  "        if step < steps:\n"
                  "            dw, db = mse_gradients(X, targets, w, b)\n"
                  "            w, b = w - learning_rate * dw, b - learning_rate * db\n"
                  "    return w, b, losses\n",
}  # fmt: skip
ALL = 15


@pytest.fixture(scope="module")
def grader():
    with Grader(seconds=2, cell_seconds=2) as grader:
        yield grader


def code(source, name=None, check=False):
    about = {"nbgrader": {"grade_id": name, "grade": check, "solution": not check,
                          "schema_version": 3}} if name else {}  # fmt: skip
    return {"cell_type": "code", "source": source, "metadata": about, "outputs": [],
            "execution_count": None}  # fmt: skip


def cells_of(**changes):
    """The cells of a right notebook, with some answers replaced."""
    cells = [code(IMPORTS)]
    for name, source in {**ANSWERS, **changes}.items():
        cells += [code(source, name), code(f"check('{name}', {name})", f"check_{name}", True)]
    return cells


@pytest.fixture
def graded(grader, tmp_path):
    def grade(cells, name=f"{LESSON}.ipynb", lesson=None):
        path = tmp_path / name
        content = cells if isinstance(cells, bytes) else json.dumps(
            {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
        path.write_bytes(content)
        found = grader.grade(path, lesson)
        assert json.loads(json.dumps(found)) == found
        assert set(found) - {"error"} == {"notebook", "lesson", "points", "max_points",
                                          "isolation", "exercises"}  # fmt: skip
        if "error" not in found:
            assert list(found["exercises"]) == list(exercises_of(LESSON))
            for verdict in found["exercises"].values():
                assert set(verdict) == {"points", "max_points", "status", "diagnosis", "message"}
        return found

    return grade


def statuses(found):
    return {name: verdict["status"] for name, verdict in found["exercises"].items()}


def test_a_right_notebook_gets_everything(graded):
    found = graded(cells_of())
    assert (found["points"], found["max_points"], found["lesson"]) == (ALL, ALL, LESSON)
    assert found["isolation"] in (BUBBLEWRAP, UNSHARE, LIMITS, NOT_ISOLATED)


def test_an_empty_notebook_gets_nothing_and_says_why(graded):
    found = graded([])
    assert found["points"] == 0 and set(statuses(found).values()) == {"missing"}


@pytest.mark.parametrize("name", ["predict", "mse"])
@pytest.mark.parametrize(("source", "status"), [
    ("import os\nos._exit(1)", "died"), ("while True: pass", "missing"),
    ("raise NotImplementedError()", "missing"), ("def f(:", "missing"), ("", "missing"),
    ("def {name}(*a):\n    raise NotImplementedError()", "missing"),
    ("def {name}(*a):\n    import os\n    os._exit(1)", "died"),
    ("def {name}(*a):\n    while True: pass", "timeout"),
    ("def {name}(*a):\n    return 1 / 0", "raised"), ("def {name}(*a):\n    return 5", "wrong"),
    ("from bplib.linear import {name}", "forbidden"),
    ("{answer}\nimport os\nos._exit(0)", "passed"), ("{answer}\nwhile True: pass", "passed"),
    ("{answer}\nraise SystemExit", "passed"), ("print('x' * 10**8)\n{answer}", "passed"),
    ("%matplotlib inline\n!ls\nx = !ls\n{answer}\n{name}?", "passed"),
    ("%%time\n{answer}", "passed"), ("%%bash\nls", "missing"), ("import this_is_not_there", "missing"),
    ("x = input('?')\n{answer}", "missing"), ("\tdef x(): pass\n  y", "missing"),
    ("await __import__('asyncio').sleep(0)\n{answer}", "passed"), ("\x00", "missing"),
    ("from __future__ import annotations\n{answer}", "passed"),
    ("display(1); get_ipython().run_line_magic('x', '')\n{answer}", "passed"),
])  # fmt: skip
def test_one_broken_exercise_costs_only_itself(graded, name, source, status):
    text = source.replace("{name}", name).replace("{answer}", ANSWERS[name])
    found = graded(cells_of(**{name: text}))
    others = {"mse_gradients", "fit_linear"} if name == "predict" else {"fit_linear"}
    seen = statuses(found)
    assert seen[name] == status, found["exercises"][name]["message"]
    for other, verdict in found["exercises"].items():
        if other != name and (other not in others or status == "passed"):
            assert verdict["status"] == "passed", verdict["message"]


def test_a_cell_that_hangs_is_remembered(graded):
    begun = time.monotonic()
    cells = cells_of()
    cells.insert(1, code("import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass"))
    found = graded(cells)
    assert found["points"] == ALL
    assert time.monotonic() - begun < 40, "it hung once or twice, not once per exercise"


def test_the_message_names_the_cell_that_stopped(graded):
    found = graded(cells_of(mse="x = 1 / 0\n" + ANSWERS["mse"]))
    assert "stopped with ZeroDivisionError" in found["exercises"]["mse"]["message"]
    found = graded(cells_of(mse="def mse(:"))
    assert "SyntaxError" in found["exercises"]["mse"]["message"]
    found = graded(cells_of(mse="import os\nos._exit(7)\n" + ANSWERS["mse"].replace("def", "def")))
    assert found["exercises"]["mse"]["status"] == "passed", "its definitions alone are run"


def test_deleted_moved_doubled_and_renamed_cells(graded):
    assert graded([c for c in cells_of() if "check_" not in str(c)])["points"] == ALL
    assert graded([code(c["source"]) for c in cells_of()])["points"] == ALL
    assert graded(cells_of()[::-1])["points"] == ALL, "upside down: all cells are run, twice over"
    assert graded([*cells_of(), *cells_of()])["points"] == ALL
    assert graded([code(c["source"], "mse" if n % 2 else "x") for n, c in enumerate(cells_of())],
                  )["points"] == ALL  # fmt: skip
    one = graded([code(c["source"]) for c in cells_of() if "mse" not in c["source"]])
    assert statuses(one)["predict"] == statuses(one)["standardize"] == "passed"


def test_the_last_definition_wins(graded):
    wrong = "def mse(predictions, targets):\n    return 0.0\n"
    assert statuses(graded(cells_of(mse=wrong + ANSWERS["mse"])))["mse"] == "passed"
    assert statuses(graded(cells_of(mse=ANSWERS["mse"] + wrong)))["mse"] == "wrong"


def test_all_in_one_cell_or_one_file(graded):
    text = "\n\n".join([IMPORTS, *ANSWERS.values()])
    assert graded([code(text)])["points"] == ALL
    assert graded(text.encode(), "04_house_prices.py")["points"] == ALL
    assert graded(text.encode(), "anything.py")["points"] == ALL
    assert graded(text.encode(), "anything.py", LESSON)["points"] == ALL
    main = text + "\nif __name__ == '__main__':\n    import os\n    os._exit(3)\n"
    assert graded(main.encode(), "anything.py")["points"] == ALL


def test_a_file_may_hold_one_answer_alone(grader, tmp_path):
    from autograder.exercises import find_exercise
    from autograder.notebooks import read_submission

    def status(name, source):
        path = tmp_path / "one.py"
        path.write_text(source)
        return grader.verdict(find_exercise(name), read_submission(path)).status

    for name, source in ANSWERS.items():
        assert status(name, source) == "passed", "np and the lesson's other functions are there"
    own = "def predict(X, w, b):\n    return 0 * X.sum(1)\n" + ANSWERS["mse_gradients"]
    assert status("mse_gradients", own) == "wrong", "what it defines itself is used"
    assert status("mse", ANSWERS["predict"]) == "missing"


def test_what_cannot_be_graded_has_a_reason(graded):
    for content, name in ((b"", "x.ipynb"), (b"{", "x.ipynb"), (b"{}", "x.ipynb")):
        found = graded(content, name)
        assert found["error"] and found["exercises"] == {} and found["points"] == 0
    assert "no lesson" in graded([code("x = 1")], "x.ipynb")["error"]


def test_plots_widgets_and_prompts_do_no_harm(graded):
    cells = cells_of()
    cells.insert(1, code("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
                         "ax.plot([1, 2])\nplt.show()\nfrom ipywidgets import interact\n"
                         "@interact(x=(0, 3))\ndef show(x=1):\n    plt.plot([x])\nscale = 1.0"))
    cells.insert(2, code("from bplib.play.linear import anything\nanything().show()[3].x\n"
                         "from IPython.display import display, HTML\ndisplay(HTML('x'))"))
    cells.insert(3, code("from bplib.data import load_digits\nx, y = load_digits()\nassert len(x)"))
    cells[4]["source"] += "\npredict_scaled = lambda *a: scale * predict(*a)"
    cells.append(code("assert len(x) and scale == 1.0"))
    found = graded(cells)
    assert found["points"] == ALL, [v["message"] for v in found["exercises"].values()]


def test_the_same_seed_gives_the_same_verdict(tmp_path):
    path = tmp_path / f"{LESSON}.ipynb"
    wrong = ANSWERS["mse"].replace("** 2", "")
    path.write_text(json.dumps({"cells": cells_of(mse=wrong), "nbformat": 4}))
    first, second, third = (next(grade_many([path], seed_source=s)) for s in (b"a", b"a", b"b"))
    assert first == second and first != third
    assert first["points"] == third["points"]
    assert seed_of(b"a", "mse") != seed_of(b"a", "predict") != seed_of(b"b", "predict")


def test_many_at_a_time_in_their_order(tmp_path):
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}_{LESSON}.ipynb"
        keep = cells_of()[: 1 + 2 * (number % 6)]
        path.write_text(json.dumps({"cells": keep, "nbformat": 4}))
        paths.append(path)
    paths.insert(2, tmp_path / "missing.ipynb")
    found = list(grade_many(paths, jobs=2, seed_source=1))
    assert [item["notebook"] for item in found] == [str(path) for path in paths]
    assert [item["points"] for item in found] == [0, 2, 0, 4, 8, 11, 15]
    assert "error" in found[2]


def test_random_damage_is_graded_or_has_a_reason(graded):
    chance = random.Random(3)
    whole = json.dumps({"cells": cells_of(), "metadata": {}, "nbformat": 4}, indent=1).encode()
    outcomes = set()
    for _ in range(12):
        place, size = chance.randrange(len(whole)), chance.randrange(1, 40)
        found = graded(whole[:place] + bytes(chance.randrange(32, 127) for _ in range(size % 5))
                       + whole[place + size:])  # fmt: skip
        outcomes.add("error" in found)
        assert 0 <= found["points"] <= ALL
    assert outcomes == {True, False}


# --- where it runs ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [BUBBLEWRAP, UNSHARE, LIMITS, NOT_ISOLATED])
def test_every_way_of_running_gives_the_same_points(way, tmp_path):
    path = tmp_path / f"{LESSON}.ipynb"
    changes = {"mse": "def mse(*a):\n    import os\n    os._exit(3)\n",
               "standardize": "def standardize(X):\n    while True: pass\n",
               "predict": "from bplib.linear import predict"}  # fmt: skip
    path.write_text(json.dumps({"cells": cells_of(**changes), "nbformat": 4}))
    try:
        grader = Grader(seconds=3, isolation=way)
    except CourseError as error:
        pytest.skip(str(error))
    with grader:
        found = grader.grade(path)
    assert found["isolation"] == way
    assert statuses(found) == {"predict": "forbidden", "mse": "died", "mse_gradients": "passed",
                               "standardize": "timeout", "fit_linear": "died"}  # fmt: skip


def test_a_weaker_way_is_taken_and_named(monkeypatch):
    monkeypatch.setattr(launch, "bubblewrap_command", lambda folder: ["this-is-not-there"])
    with Sandbox() as sandbox:
        assert sandbox.isolation in (UNSHARE, LIMITS) and BUBBLEWRAP in sandbox.why_not


def test_other_peoples_work_needs_a_sandbox(monkeypatch):
    monkeypatch.setattr(launch, "ways", lambda: [NOT_ISOLATED])
    with pytest.raises(CourseError, match="bubblewrap"):
        Grader(apart=True)
    with Grader() as grader:
        assert grader.isolation == NOT_ISOLATED


def test_a_sandbox_that_died_is_started_again(tmp_path):
    path = tmp_path / f"{LESSON}.ipynb"
    path.write_text(json.dumps({"cells": cells_of(), "nbformat": 4}))
    with Grader() as grader:
        grader.sandbox.process.kill()
        grader.sandbox.process.wait()
        assert grader.grade(path)["points"] == ALL


def test_the_grader_failing_is_a_verdict_too(grader, graded, monkeypatch):
    monkeypatch.setattr("autograder.grading.judge", lambda *a, **k: 1 / 0)
    found = graded(cells_of())
    assert found["points"] == 0 and set(statuses(found).values()) == {"died"}
    assert "grader failed" in found["exercises"]["mse"]["message"]


@pytest.mark.parametrize(("given", "seconds"), [(None, None), ("", None), ("2.5", 2.5), (3, 3.0)])
def test_time_limits(monkeypatch, given, seconds):
    monkeypatch.setenv("BP_TIME_LIMIT", str(given or ""))
    assert time_limit() == seconds and time_limit(given) == seconds


@pytest.mark.parametrize("given", ["x", "-1", 0, "nan", "inf"])
def test_bad_time_limits(given):
    with pytest.raises(CourseError):
        time_limit(given)
