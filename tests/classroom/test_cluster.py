"""The class graded on a dask cluster: the same verdicts, and a sentence where there is no cluster."""

import json
import shutil
import subprocess
import sys
import time

import pytest
from nbgrader.api import Gradebook
from test_class import LESSON, ROOT, bp, changed, environment, hand_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three submissions, not yet graded."""
    import nbformat

    root = tmp_path_factory.mktemp("cluster")
    shutil.copytree(ROOT / "lessons" / LESSON, root / "lessons" / LESSON)
    for name in ("solutions", "autograder"):
        (root / name).mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    bp(root, "build", LESSON)
    solved = nbformat.read(root / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    hand_in(root, "right", solved)
    hand_in(root, "no_mean", changed(solved, "2 * mistakes / len(X)", "2 * mistakes"))
    hand_in(root, "broken", '{"cells": [')
    return root


@pytest.fixture(scope="module")
def cluster(course, tmp_path_factory):
    """The address of a scheduler with one worker of two threads."""
    pytest.importorskip("distributed")
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    here = ["--scheduler-file", str(file), "--no-dashboard"]
    programs = [["scheduler", *here, "--host", "127.0.0.1", "--port", "0"],
                ["worker", *here, "--nthreads", "2", "--no-nanny", "--host", "127.0.0.1",
                 "--local-directory", str(file.parent)]]
    running = []
    try:
        for words in programs:
            running.append(subprocess.Popen(
                [sys.executable, "-m", "dask", *words], env=environment(course), cwd=file.parent,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        end = time.monotonic() + 60
        while not (file.is_file() and file.stat().st_size) and time.monotonic() < end:
            time.sleep(0.1)
        yield json.loads(file.read_text("utf-8"))["address"]
    finally:
        for process in reversed(running):
            process.kill()
            process.wait(20)


def test_nobody_there_is_said_in_a_sentence(course):
    pytest.importorskip("distributed")
    said = bp(course, "autograde", "4", "--cluster", "tcp://127.0.0.1:9", status=1)
    assert "No dask cluster answers at tcp://127.0.0.1:9" in said and "Traceback" not in said


def test_the_class_is_graded_by_the_workers(course, cluster):
    said = bp(course, "autograde", "4", "--cluster", cluster)
    assert "3 graded now" in said
    with Gradebook(f"sqlite:///{course / 'autograder' / 'gradebook.db'}") as book:
        found = {s.student.id: s.score for s in book.assignment_submissions(LESSON)}
    assert found == {"right": 15, "no_mean": 11, "broken": 0}
