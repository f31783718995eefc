"""Reads a lesson's text source and spells its short cell headers out as notebook metadata.

An author writes `# %% solution="mse"`; nbgrader wants six keys. The points of a check are
those of the exercise, so that they stand in one place; CONTRIBUTING.md lists the headers.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from autograder.course import LEVELS
from autograder.errors import CourseError

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SLIDES = ("slide", "subslide", "fragment", "-", "skip", "notes")
SHOWN = SLIDES[:4]  # "-" goes on with the slide above; a cell without a word is on no slide
SHORT = ("solution", "check", "locked")
KNOWN = {*SHORT, "id", "slide", "tags", "reveals", "nbgrader", "slideshow", "jupyter",
         "title", "lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}
KEPT = ("tags", "slideshow", "jupyter", "nbgrader")
INSTRUCTOR, TALK = "instructor", "talk"
UNRELEASED = {INSTRUCTOR, TALK}  # cells with one of these tags never reach lessons/


def read_source(text: str, slug: str, exercises: Mapping[str, Any]) -> Any:
    """The solved notebook that a lesson's text stands for, as an nbformat notebook.

    `exercises` maps a name to an object with `.points`. What is not clear enough to be
    spelled out raises a `CourseError`; what is clear but wrong is for `rules` to refuse.
    """
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

    try:
        raw = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # jupytext raises what its YAML and JSON readers raise
        raise CourseError(f"{slug}: the text cannot be read as a notebook: {error}.") from None
    makers = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    cells, taken = [], set()
    for ordinal, cell in enumerate(raw.cells, start=1):
        where = f"{slug}, cell {ordinal} ({first_line(cell.source)})"
        metadata = cell_metadata(cell.metadata, where, exercises)
        identity = cell_id(cell, metadata, where, taken)
        cells.append(makers[cell.cell_type](cell.source, metadata=metadata, id=identity))
    about = lesson_header(raw.metadata.get("bp"), slug)
    return new_notebook(cells=cells, metadata={
        "bp": about, "kernelspec": KERNELSPEC, "language_info": {"name": "python"}})


def lesson_header(about: Any, slug: str) -> dict:
    """What a lesson says about itself: its title, its level (1 to 5) and its question."""
    about = dict(about) if isinstance(about, Mapping) else {}
    for key in ("title", "level", "question"):
        if not about.get(key):
            raise CourseError(f"{slug}: the header must say bp: {{title: ..., level: ..., "
                              f"question: ...}}; {key} is missing.")
    if about["level"] not in LEVELS:
        raise CourseError(f"{slug}: level must be one of 1 to 5; got {about['level']!r}.")
    return about


def cell_metadata(header: Mapping, where: str, exercises: Mapping[str, Any]) -> dict:
    """The full metadata of a cell with the header `header`."""
    unknown = sorted(set(header) - KNOWN) + [
        word for word in [str(header.get("title", ""))] if set("=\"'") & set(word)]
    if unknown:
        raise CourseError(f"{where}: the cell header says {', '.join(unknown)}, which means "
                          f"nothing here; known are {', '.join(sorted(SHORT))}, id, slide, tags, "
                          "reveals, nbgrader, slideshow, jupyter.")
    metadata = {key: header[key] for key in KEPT if key in header}
    if "slide" in header:
        if header["slide"] not in SLIDES:
            raise CourseError(f"{where}: slide must be one of {', '.join(SLIDES)}; "
                              f"got {header['slide']!r}.")
        metadata["slideshow"] = {"slide_type": header["slide"]}
    kinds = [kind for kind in SHORT if kind in header]
    if len(kinds) + ("nbgrader" in header) > 1:
        raise CourseError(f"{where}: a cell is one of {', '.join(SHORT)} or has nbgrader "
                          "metadata of its own, not two of these.")
    if kinds:
        metadata["nbgrader"] = nbgrader_metadata(kinds[0], header[kinds[0]], where)
    if "nbgrader" in metadata:
        metadata["nbgrader"] = with_points(dict(metadata["nbgrader"]), exercises)
    if header.get("reveals"):
        metadata["bp_reveals"] = True
    return metadata


def nbgrader_metadata(kind: str, name: Any, where: str) -> dict:
    """nbgrader's own metadata, version 3, for a cell of one of the kinds in `SHORT`.

    >>> nbgrader_metadata("check", "mse", "here")["grade_id"]
    'check_mse'
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise CourseError(f"{where}: {kind}= needs a name in quotes, made of letters, digits "
                          f"and underscores; got {name!r}.")
    return {"grade": kind == "check", "grade_id": f"check_{name}" if kind == "check" else name,
            "locked": kind != "solution", "schema_version": 3,
            "solution": kind == "solution", "task": False}


def with_points(nbgrader: dict, exercises: Mapping[str, Any]) -> dict:
    """The same metadata with the points of its exercise, which have their one source there."""
    exercise = exercises.get(str(nbgrader.get("grade_id", "")).removeprefix("check_"))
    points = getattr(exercise, "points", None)
    if nbgrader.get("grade") and points is not None:
        nbgrader["points"] = int(points) if points == int(points) else float(points)
    return nbgrader


def cell_id(cell: Any, metadata: dict, where: str, taken: set[str]) -> str:
    """An id that stays the same as long as the cell does, wherever it moves.

    The author's own, else nbgrader's, else a digest of the text; `taken` grows by it.
    """
    explicit = cell.metadata.get("id") or metadata.get("nbgrader", {}).get("grade_id")
    if explicit is not None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(explicit)):
            raise CourseError(f"{where}: an id is made of at most 64 letters, digits, _ and -; "
                              f"got {explicit!r}.")
        if explicit in taken:
            raise CourseError(f"{where}: the id {explicit!r} is used twice; give every cell "
                              "its own.")
        taken.add(explicit)
        return explicit
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
    name, copies = f"{cell.cell_type}-{digest}", 1
    while name in taken:
        copies += 1
        name = f"{cell.cell_type}-{digest}-{copies}"
    taken.add(name)
    return name


def has_tag(cell: Any, *tags: str) -> bool:
    """Whether a notebook's cell has one of these tags."""
    return not {*tags}.isdisjoint(cell.metadata.get("tags", []))


def first_line(source: str) -> str:
    """The first line of a cell, short enough to be quoted.

    >>> first_line("# A heading\\nand text")
    '# A heading'
    """
    line = source.strip().split("\n")[0]
    return line if len(line) <= 40 else line[:37] + "..."
