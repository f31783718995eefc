"""Every lesson, run top to bottom: solved it earns all points, released it waits to be written."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.course import Course
from autograder.pipeline.build import build
from autograder.progress import saved_points

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
SLUGS = Course(ROOT).source_slugs()


@pytest.fixture(scope="module", params=SLUGS)
def lesson(request, course):
    """A lesson's slug with its notebooks, freshly built."""
    built = build(course, [request.param])
    assert built.refused == []
    return request.param, built.solved[request.param], built.released[request.param]


def run(text, folder, monkeypatch, allow_errors):
    """The notebook's cells after one run in one kernel."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    nb = nbformat.reads(text, as_version=4)
    client = NotebookClient(nb, timeout=120, kernel_name="python3", allow_errors=allow_errors,
                            resources={"metadata": {"path": str(folder)}})
    client.execute()
    return nb.cells


def graded(cells):
    """The check cells."""
    return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]


def outputs(cells, kind, stream=None):
    """Cell and output for each output of a kind."""
    return [(cell, output) for cell in cells if cell.cell_type == "code" for output in cell.outputs
            if output.output_type == kind and stream in (None, output.get("name"))]


def test_the_solved_notebook_runs_and_earns_everything(lesson, tmp_path, monkeypatch):
    slug, solved, _ = lesson
    cells = run(solved, tmp_path, monkeypatch, allow_errors=False)
    lost = {cell.id: saved_points(cell) for cell in graded(cells)
            if saved_points(cell) != cell.metadata.nbgrader.points}
    assert lost == {}, f"{slug} does not earn its own points"
    said = [(cell.id, output.text) for cell, output in outputs(cells, "stream", "stderr")]
    assert said == [], "nbgrader counts anything on stderr as a failure"


def test_the_released_notebook_only_waits_to_be_written(lesson, tmp_path, monkeypatch):
    _, _, released = lesson
    cells = run(released, tmp_path, monkeypatch, allow_errors=True)
    raised = {cell.id: f"{output.ename}: {output.evalue}"
              for cell, output in outputs(cells, "error") if output.ename != "NotImplementedError"}
    assert raised == {}
    assert {cell.id: saved_points(cell) for cell in graded(cells)} == {
        cell.id: 0.0 for cell in graded(cells)}
    assert not outputs(graded(cells), "error"), "a check says what is missing, it does not raise"
