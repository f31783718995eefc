"""Builds lessons and compares them with what lies on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import SLUG, Course, read_notebook
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.pipeline.notes import note_rules, spelled_out
from autograder.pipeline.rules import broken_rules, emptied_source, grade_id, is_kind
from autograder.pipeline.source import read_source

Exercises = Callable[[str], Mapping[str, Any]]


@dataclass
class Built:
    """What a build gave: notebooks as text by slug, and the sentences that refuse the others."""

    solved: dict[str, str] = field(default_factory=dict)
    released: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def known_exercises(slug: str) -> Mapping[str, Any]:
    """The exercises that the autograder lists for a lesson, by name."""
    try:
        from autograder.exercises import exercises_of

        return exercises_of(slug)
    except Exception as error:
        raise CourseError(f"{slug}: autograder/exercises/lesson_{slug[:2]}.py cannot be "
                          f"loaded: {type(error).__name__}: {error}.") from None


def build(course: Course, slugs: list[str], exercises_of: Exercises = known_exercises) -> Built:
    """Build the lessons `slugs` in memory; nothing is written."""
    import nbformat

    built, notebooks = Built(), {}
    for slug in slugs:
        try:
            if not SLUG.fullmatch(slug):
                raise CourseError(f"solutions/{slug}.py: the file must be named NN_slug.py: two "
                                  "digits, then words in small letters.")
            exercises = exercises_of(slug)
            nb = read_lesson(course, slug, exercises)
            refusals = broken_rules(nb, slug, exercises)
            refusals += [f"{slug}: {sentence}" for sentence in note_rules(nb)]
        except CourseError as error:
            refusals = [str(error)]
        built.refused += refusals
        if not refusals:
            notebooks[slug] = nb
            built.solved[slug] = nbformat.writes(nb) + "\n"
    if notebooks:
        from autograder.pipeline.release import release

        built.released = release(built.solved)
    for slug, nb in notebooks.items():
        differences = unlike_source(nb, nbformat.reads(built.released[slug], 4), slug)
        if differences:
            del built.solved[slug], built.released[slug]
        built.refused += differences
    return built


def read_lesson(course: Course, slug: str, exercises: Mapping[str, Any]) -> Any:
    """A lesson's source as the solved notebook, with the words of mistakes in its notes."""
    nb = read_source(course.source(slug).read_text(encoding="utf-8"), slug, exercises)
    spelled_out(nb.cells, slug, exercises)
    return nb


def unlike_source(solved: Any, released: Any, slug: str) -> list[str]:
    """Sentences about released cells that hold anything but their own source, emptied."""
    wanted = {cell.id: emptied_source(cell.source) if is_kind(cell, "solution")
              and cell.cell_type == "code" else cell.source for cell in solved.cells}
    return [f"{slug}: the released cell {grade_id(cell)} is not its source with the solution "
            "taken out." for cell in released.cells
            if (cell.cell_type == "code" and (cell.outputs or cell.source != wanted[cell.id]))]


def write(course: Course, built: Built) -> list[Path]:
    """Write what differs from the disk, and return the released notebooks that changed."""
    changed = []
    for slug, text in built.solved.items():
        replace_file(course.solutions_dir / slug / f"{slug}.ipynb", text.encode())
    for slug, text in built.released.items():
        if replace_file(course.notebook(slug), text.encode()):
            changed.append(course.notebook(slug))
    return changed


def stale(course: Course, built: Built) -> list[str]:
    """Sentences about released notebooks that are not what their sources give."""
    sentences = []
    for slug, text in built.released.items():
        path = course.notebook(slug)
        name = path.relative_to(course.root)
        if not path.is_file():
            sentences.append(f"{name} is missing; run bp build {slug}.")
        elif path.read_bytes() != text.encode():
            cell = first_difference(path, text)
            sentences.append(f"{name} is not what its source gives{cell}; run bp build {slug}.")
    return sentences


def first_difference(path: Path, text: str) -> str:
    """Where two notebooks part, in words; empty when only the form of the file differs."""
    import json

    try:
        old = read_notebook(path)["cells"]
    except CourseError:
        return ""
    new = json.loads(text)["cells"]
    for number, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if one != other:
            return f" (first at cell {number}, {other.get('id')})"
    return f" ({len(old)} cells, {len(new)} expected)" if len(old) != len(new) else ""


def strays(course: Course) -> list[str]:
    """Sentences about files in lessons/ that no source gives."""
    wanted = {course.notebook(slug) for slug in course.source_slugs()}
    found = (path for path in sorted(course.lessons_dir.rglob("*"))
             if path.is_file() and ".ipynb_checkpoints" not in path.parts)
    return [f"{path.relative_to(course.root)} is made by no source; remove it."
            for path in found if path not in wanted]
