"""The program `bp` itself: fast, and one sentence for every mistake."""

import re
import subprocess
import sys
import time

import pytest

from autograder import cli
from autograder.errors import CourseError


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    out, err = capsys.readouterr()
    return left.value.code, out, err


def test_help_lists_the_commands_that_are_here(capsys):
    status, out, _ = call(capsys, "--help")
    assert status == 0
    listed = re.findall(r"^  (\w+)", out, re.MULTILINE)
    assert sorted(listed) == sorted(cli.available())
    assert {"lab", "build", "progress", "submit", "doctor"} <= set(listed)


def test_help_is_fast():
    def seconds():
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "autograder.cli", "--help"], check=True,
                       capture_output=True)
        return time.perf_counter() - start
    bare = min(seconds() for _ in range(3))
    assert bare < 0.9  # 0.2 s on a machine that does nothing else


@pytest.mark.parametrize("name", cli.available())
def test_every_command_explains_itself(capsys, name):
    status, out, _ = call(capsys, name, "--help")
    assert status == 0 and f"bp {name}" in out


@pytest.mark.parametrize("arguments", [
    ("nonsense",), ("build", "--nonsense"), ("submit",), ("lab", "--port", "many"),
    ("progress", "--dir", "/no/where")])
def test_a_wrong_call_is_one_sentence(capsys, arguments):
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("bp: ") and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize(("error", "status"), [
    (CourseError("Mend it."), 1), (CourseError("Call it so.", 2), 2), (KeyError("oops"), 1)])
def test_an_error_is_a_sentence_and_a_status(capsys, monkeypatch, error, status):
    def broken(*_):
        raise error
    monkeypatch.setattr(cli, "run", broken)
    monkeypatch.delenv("BP_DEBUG", raising=False)
    got, out, err = call(capsys, "doctor")
    assert (got, out) == (status, "") and err.count("\n") == 1


def test_a_reader_that_had_enough_is_no_error():
    done = subprocess.run(f"{sys.executable} -m autograder.cli doctor | head -1", shell=True,
                          capture_output=True, text=True)
    assert done.stdout and "rror" not in done.stderr
