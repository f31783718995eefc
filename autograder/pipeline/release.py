"""The step from a solved notebook to what learners get: nbgrader's own, with two cleaners added.

`nbgrader_config.py` uses the same list, so that an instructor who calls `nbgrader
generate_assignment` (or presses the button) gets the same bytes as `bp build`.
"""

import io
import logging
import tempfile
from pathlib import Path
from typing import Any

from nbgrader import preprocessors as stock
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from autograder.errors import CourseError
from autograder.pipeline.source import UNRELEASED, has_tag


class DropInstructorCells(NbGraderPreprocessor):
    """Leaves out what only an instructor should see: notes, and what is made for slides alone."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook without the cells tagged `instructor` or `talk`."""
        nb.cells = [cell for cell in nb.cells if not has_tag(cell, *UNRELEASED)]
        return nb, resources


class CleanMetadata(NbGraderPreprocessor):
    """Keeps what a learner's notebook needs, so that the same source gives the same bytes."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook without what machines and editors leave behind."""
        for key in sorted(set(nb.metadata) - {"bp", "kernelspec", "language_info"}):
            del nb.metadata[key]
        nb.metadata["language_info"] = {"name": "python"}
        for cell in nb.cells:
            for key in ("bp_reveals", "execution", "lines_to_next_cell"):
                cell.metadata.pop(key, None)
        return nb, resources


PREPROCESSORS = [
    DropInstructorCells, stock.LockCells, stock.ClearSolutions, stock.ClearOutput, CleanMetadata,
    stock.CheckCellMetadata, stock.ComputeChecksums, stock.SaveCells, stock.ClearHiddenTests,
    stock.ClearMarkScheme, stock.ComputeChecksums, stock.CheckCellMetadata,
]


def release(solved: dict[str, str]) -> dict[str, str]:
    """The released notebooks for the solved ones, both as text by slug, in one nbgrader run."""
    if not solved:
        return {}
    with tempfile.TemporaryDirectory(prefix="bp-build-") as folder:
        root = Path(folder).resolve()
        for slug, text in solved.items():
            place = root / "solutions" / slug
            place.mkdir(parents=True)
            (place / f"{slug}.ipynb").write_text(text, encoding="utf-8")
        generate(root)
        return {slug: (root / "lessons" / slug / f"{slug}.ipynb").read_text(encoding="utf-8")
                for slug in solved}


def generate(root: Path) -> None:
    """Run nbgrader's generate step on all of `root/solutions`, without a database."""
    config = Config()
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    config.GenerateAssignment.preprocessors = PREPROCESSORS
    course = CourseDirectory(root=str(root), source_directory="solutions",
                             release_directory="lessons", assignment_id="*", config=config)
    words = io.StringIO()
    log = logging.getLogger("autograder.pipeline.release")
    log.handlers, log.propagate = [logging.StreamHandler(words)], False
    log.setLevel(logging.ERROR)
    converter = GenerateAssignment(coursedir=course, config=config, log=log)
    try:
        converter.start()
    except Exception as error:  # nbgrader logs the reason and raises something general
        reason = words.getvalue().strip().split("\n")[-1]
        raise CourseError(f"nbgrader could not make the released notebooks: {error}; "
                          f"{reason}") from None
