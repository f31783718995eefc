"""Every lesson, run top to bottom: solved it earns all points, released it waits to be written."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.course import Course
from autograder.pipeline.build import build
from autograder.progress import saved_points
from autograder.publish.runs import solved_run

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
SLUGS = Course(ROOT).source_slugs()


def run(text, folder, monkeypatch):
    """The notebook's cells after one run in one kernel, on beyond errors."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    nb = nbformat.reads(text, as_version=4)
    client = NotebookClient(nb, timeout=120, kernel_name="python3", allow_errors=True,
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


@pytest.mark.parametrize("slug", SLUGS)
def test_the_solved_notebook_runs_and_earns_everything(slug, course):
    cells = solved_run(course, slug).cells  # fails when a cell fails; the talks and the book use it too
    lost = {cell.id: saved_points(cell) for cell in graded(cells)
            if saved_points(cell) != cell.metadata.nbgrader.points}
    assert lost == {}, f"{slug} does not earn its own points"
    said = [(cell.id, output.text) for cell, output in outputs(cells, "stream", "stderr")]
    assert said == [], "nbgrader counts anything on stderr as a failure"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_released_notebook_only_waits_to_be_written(slug, course, tmp_path, monkeypatch):
    built = build(course, [slug])
    assert built.refused == []
    cells = run(built.released[slug], tmp_path, monkeypatch)
    raised = {cell.id: f"{output.ename}: {output.evalue}"
              for cell, output in outputs(cells, "error") if output.ename != "NotImplementedError"}
    assert raised == {}
    assert {cell.id: saved_points(cell) for cell in graded(cells)} == {
        cell.id: 0.0 for cell in graded(cells)}
    assert not outputs(graded(cells), "error"), "a check says what is missing, it does not raise"
