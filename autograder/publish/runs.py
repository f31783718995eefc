"""Solved lessons with their outputs: executed once for each version of the course, then kept."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import cache_folder, replace_file

SECONDS = 300  # a cell's limit; the slowest lesson takes a quarter of that altogether


def version_of(course: Course, slug: str) -> str:
    """A hash of everything that a lesson's outputs depend on, save the installed libraries."""
    total = hashlib.sha256()
    packages = Path(__file__).resolve().parents[2]
    for package in ("bplib", "autograder/exercises"):
        for path in sorted((packages / package).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                total.update(path.read_bytes())
    total.update(course.source(slug).read_bytes())
    return total.hexdigest()[:16]


def solved_run(course: Course, slug: str, cache: Path | None = None):
    """The solved notebook of a lesson with its outputs, instructor cells included (nbformat's node).

    Raises `CourseError` when the source is refused or a cell of the solved notebook fails.
    """
    import nbformat

    def make():
        return nbformat.reads(_solved(course, slug), as_version=4)

    return kept_run(make, slug, version_of(course, slug), cache)


def kept_run(make, name: str, version: str, cache: Path | None = None):
    """The notebook that `make()` gives, run once for each version and then kept under `name`.

    Raises `CourseError` when one of its cells fails.
    """
    import nbformat

    cache = cache_folder("runs") if cache is None else cache
    path = cache / f"{name}.{version}.ipynb"
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        pass
    notebook = _execute(make(), name)
    try:
        for old in cache.glob(f"{name}.*.ipynb"):
            old.unlink(missing_ok=True)
        replace_file(path, nbformat.writes(notebook).encode())
    except OSError:  # nowhere to keep it: it is run each time
        pass
    return notebook


def shown_run(course: Course, slug: str, cache: Path | None = None):
    """What a reader sees: the released cells, never a solution, with the solved run's outputs.

    Check cells come without outputs: their verdict is about an answer that the page does not show.
    """
    import nbformat

    solved = {cell.id: cell for cell in solved_run(course, slug, cache).cells}
    notebook = nbformat.read(course.notebook(slug), as_version=4)
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not grader.get("grade") and cell.id in solved:
            cell.outputs = solved[cell.id].outputs
    return notebook


def _solved(course, slug):
    from autograder.pipeline.build import build

    built = build(course, [slug])
    if built.refused:
        raise CourseError(" ".join(built.refused))
    return built.solved[slug]


def _execute(notebook, slug):
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory(prefix="bp-run-") as folder:
        client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3",
                                resources={"metadata": {"path": folder}}, store_widget_state=False,
                                extra_arguments=["--IPKernelApp.log_level=40"])
        # the course's nets are small: threads that wait for each other would take ten times as long
        env = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": paths,
               "IPYTHONDIR": f"{folder}/.ipython"}
        try:
            client.execute(env=env)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            last = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()[-1]  # no colours
            raise CourseError(f"{slug}: its solved notebook does not run to the end: {last}") from None
    return notebook
