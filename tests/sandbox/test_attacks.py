"""No attack gains a point, none harms the machine or the next submission."""

import os
import time
from pathlib import Path

import pytest
from attacks import ANSWER, DEATHS, FORBIDDEN, FORGERIES, HANGS

from autograder.exercises import find_exercise
from autograder.grading import Grader
from autograder.notebooks import Cell, Submission
from autograder.sandbox.launch import BUBBLEWRAP
from autograder.show import as_html, as_text

EXERCISE = find_exercise("mse_gradients")


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    with Grader(seconds=2, cell_seconds=2) as grader:
        if grader.isolation != BUBBLEWRAP:
            pytest.skip("no bubblewrap here")
        yield grader


def handed_in(tmp_path, *cells):
    return Submission(tmp_path / "x.ipynb", [Cell(n, text) for n, text in enumerate(cells, 1)])


def grade(grader, tmp_path, *cells):
    verdict = grader.verdict(EXERCISE, handed_in(tmp_path, *cells))
    for text in (as_text(verdict), as_html(verdict)):
        assert all(c.isprintable() or c == "\n" for c in text)
    return verdict


@pytest.fixture(autouse=True)
def the_next_one_is_unharmed(grader, tmp_path):
    yield
    verdict = grade(grader, tmp_path, ANSWER)
    assert verdict.passed, as_text(verdict)


@pytest.mark.parametrize("attack", FORGERIES)
def test_a_forgery_earns_nothing(grader, tmp_path, attack):
    verdict = grade(grader, tmp_path, FORGERIES[attack])
    assert verdict.points == 0 and verdict.status != "passed", as_text(verdict)


@pytest.mark.parametrize("attack", FORBIDDEN)
def test_the_library_is_no_answer(grader, tmp_path, attack):
    verdict = grade(grader, tmp_path, FORBIDDEN[attack])
    assert (verdict.points, verdict.status) == (0, "forbidden")
    assert verdict.diagnosis == ["forbidden"] and "mse_gradients" in as_text(verdict)


@pytest.mark.parametrize("attack", DEATHS)
def test_a_death_is_told_and_costs_itself_alone(grader, tmp_path, attack):
    source, expected = DEATHS[attack]
    begun = time.monotonic()
    verdict = grade(grader, tmp_path, source)
    assert verdict.points == 0 and verdict.status in {*expected, "timeout"}, as_text(verdict)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("attack", HANGS)
def test_a_hang_ends(grader, tmp_path, attack):
    verdict = grade(grader, tmp_path, HANGS[attack])
    assert (verdict.points, verdict.status) in ((0, "timeout"), (0, "died"), (0, "raised"))


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_nothing_is_left_behind(grader, tmp_path):
    for source, _ in DEATHS.values():
        if "children" in source or "fork" in source:
            grade(grader, tmp_path, source)
    zygote = grader.sandbox.process.pid
    inside = children(zygote)
    below = [child for pid in inside for child in children(pid)]
    assert len(inside) == 1 and len(below) <= 1, "only bubblewrap's own two processes are left"


def test_catching_the_refusal_gives_no_answer(grader, tmp_path):
    source = ANSWER.replace("    mistakes", """    from bplib.linear import mse_gradients as own
    try:
        return own(X, targets, w, b)
    except BaseException:
        pass
    mistakes""")
    assert grade(grader, tmp_path, source).passed
    nothing = source[: source.index("    mistakes")] + "    return 0.0, 0.0"
    assert grade(grader, tmp_path, nothing).points == 0


def test_importing_and_trying_the_library_beforehand_is_allowed(grader, tmp_path):
    first = """
from bplib.linear import mse_gradients as reference_mse_gradients, predict, mse
import numpy as np
print(reference_mse_gradients(np.ones((2, 1)), np.ones(2), np.ones(1), 0.0))
rate = 2
"""
    own = ANSWER.replace("X @ w + b", "predict(X, w, b)").replace("2 *", "rate *")
    verdict = grade(grader, tmp_path, first, own, "reference_mse_gradients(1, 2, 3, 4)")
    assert verdict.passed, as_text(verdict)


def test_a_neighbour_leaves_no_trace(grader, tmp_path):
    writes = "for place in ('/tmp', '/dev/shm', '/dev', '/course', '/var/tmp', '/'):\n" \
             "    try: open(place + '/note', 'w').write('4')\n    except OSError: pass\n"
    finds = "import os\ndef mse_gradients(*a):\n    found = [p for p in ('/tmp', '/dev/shm', " \
            "'/dev', '/course', '/var/tmp', '/') if os.path.exists(p + '/note')]\n" \
            "    raise ValueError(found)"
    grade(grader, tmp_path, writes)
    assert "ValueError: []" in as_text(grade(grader, tmp_path, finds))


def test_what_the_sandbox_can_see(grader, tmp_path):
    source = """
import os
def mse_gradients(*a):
    raise ValueError([os.getcwd(), os.listdir('/tmp'), os.listdir('/proc'), os.listdir('/course'),
                      sorted(os.listdir('/'))])
"""
    text = as_text(grade(grader, tmp_path, source))
    assert "['/tmp', [], [], ['autograder', 'bplib'], ['bin', " in text
    source = "import os\ndef mse_gradients(*a):\n    raise ValueError(sorted(os.listdir('/etc')))"
    text = as_text(grade(grader, tmp_path, source))
    assert "passwd" not in text and "hostname" not in text and "ld.so.cache" in text


def test_the_judge_keeps_its_environment(grader, tmp_path, monkeypatch):
    monkeypatch.setenv("BP_TEST_SECRET", "42")
    source = "import os\ndef mse_gradients(*a):\n    raise ValueError(os.environ.get('BP_TEST_SECRET'))"
    with Grader(seconds=2) as fresh:
        assert "ValueError: None" in as_text(fresh.verdict(EXERCISE, handed_in(tmp_path, source)))
    assert os.environ["BP_TEST_SECRET"] == "42"


def test_terminal_and_page_are_safe(grader, tmp_path):
    source = "def mse_gradients(*a):\n" \
             "    raise ValueError('\\x1b[2J\\x07<script>alert(1)</script>[bold]\\u202e\\nmse: Right')"
    verdict = grade(grader, tmp_path, source)
    assert "\x1b" not in as_text(verdict) and "\u202e" not in as_text(verdict)
    assert "<script>" not in as_html(verdict)
