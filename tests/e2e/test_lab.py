"""`make lab` up to the server's answer, and the first notebook it opens, run as a learner would."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def lab(folder, environment):
    """`bp lab` as a program of its own; gives the address that it showed."""
    server = subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", "lab", "--no-browser", "--dir", str(folder)],
        cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    try:
        for line in server.stdout:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                yield found[0], server, said
                return
        pytest.fail("bp lab showed no address: " + "".join(said))
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()


def answer(address, server, seconds=60):
    """What the server answers at an address, once it does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as reply:
                return reply.read().decode()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)


def test_make_lab_opens_the_course(course, tmp_path, own_process_environment, monkeypatch):
    lessons = course.lessons()
    if not lessons:
        pytest.skip("no lesson is built yet")
    first = lessons[0].slug
    folder = tmp_path / "my copy"  # with a space, as on many people's machines
    with lab(folder, own_process_environment) as (address, server, said):
        assert f"/lab/tree/{first}/{first}.ipynb?token=" in address
        assert str(folder) in "".join(said)
        assert "JupyterLab" in answer(address, server)
        token = address.partition("?")[2]
        contents = address.partition("/lab/")[0] + f"/api/contents/{first}/{first}.ipynb?{token}"
        assert json.loads(answer(contents, server))["content"]["metadata"]["bp"]["title"]
        with pytest.raises(urllib.error.HTTPError):  # no token, no course
            urllib.request.urlopen(contents.partition("?")[0], timeout=10)
    path = folder / first / f"{first}.ipynb"
    nb = nbformat.read(path, as_version=4)
    monkeypatch.setenv("PYTHONPATH", own_process_environment["PYTHONPATH"])
    NotebookClient(nb, timeout=120, kernel_name="python3", allow_errors=True,
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    errors = {cell.id: output.evalue for cell in nb.cells if cell.cell_type == "code"
              for output in cell.outputs
              if output.output_type == "error" and output.ename != "NotImplementedError"}
    assert errors == {}
    nbformat.write(nb, path)
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "progress", "--dir", str(folder)],
        cwd=ROOT, env=own_process_environment, capture_output=True, text=True)
    assert done.returncode == 0 and f"lesson {first[:2]}" in done.stdout


def test_the_makefile_and_the_documents_call_what_is_there():
    text = (ROOT / "Makefile").read_text()
    assert "$(BIN)/bp lab" in text and "pytest" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "make test" in (ROOT / ".ci" / "run").read_text()
