"""The course as a site: built beside its place and moved there whole; what is not ours stays."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder.course import Course, Lesson
from autograder.errors import CourseError
from autograder.publish.book import write_book
from autograder.publish.lite import build_lite, check_installed
from autograder.publish.runs import shown_run
from autograder.publish.runtime import check_distribution

MARKER = ".bp-site.json"


def publish(course: Course, lessons: list[Lesson], output: Path, pyodide: Path | None,
            tell: Callable[[str], None] = lambda step: None) -> int:
    """Build the site of some lessons into `output`; its size in bytes.

    tell: called with each step, a few words, before it begins.
    """
    check_installed()
    if pyodide is not None:
        check_distribution(pyodide)
    check_output(output)
    check_sources(course, lessons)
    notebooks = {}
    for lesson in lessons:
        tell(f"running lesson {lesson.number:02d}")
        notebooks[lesson.slug] = shown_run(course, lesson.slug)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as scratch:
            built = Path(scratch) / "site"
            tell("building JupyterLite")
            build_lite(course, list(notebooks), built / "lite", Path(scratch), pyodide)
            tell("writing the book")
            plan = json.loads((built / "lite" / "runtime" / "runtime.json").read_text("utf-8"))
            write_book(built, lessons, notebooks, plan["bytes"])
            files = sorted(_files(built))
            (built / MARKER).write_text(json.dumps({"made by": "bp site", "files": files}, indent=0))
            os.chmod(built, 0o755)
            check_output(output)  # minutes have passed
            size = sum((built / name).stat().st_size for name in files)
            _put(built, output, Path(scratch) / "old")
    except OSError as error:
        raise CourseError(f"The site cannot be written to {output}: {error.strerror}.") from None
    return size


def check_sources(course: Course, lessons: list[Lesson]) -> None:
    """CourseError unless each lesson's source is here: the book shows what the solved lesson gives."""
    missing = [lesson.slug for lesson in lessons if not course.source(lesson.slug).is_file()]
    if missing:
        raise CourseError(f"bp site needs the lessons' sources, and solutions/{missing[0]}.py is not "
                          "here: call it in a checkout of the course.", 2)
    if not lessons:
        raise CourseError("There are no lessons here to make a site of.", 2)


def check_output(output: Path) -> None:
    """CourseError when building into `output` would take away what we did not put there."""
    if not output.exists():
        return
    if not output.is_dir() or output.is_symlink():
        raise CourseError(f"{output} is not a folder; give a new or an empty one.", 2)
    here = set(_files(output))
    if not here and not any(output.iterdir()):
        return
    try:
        ours = set(json.loads((output / MARKER).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(f"{output} is not empty, and what it holds was not made by bp site; give "
                          "a new or an empty folder with --output.", 2) from None
    foreign = sorted(here - ours - {MARKER})
    if foreign:
        raise CourseError(f"{output} holds {foreign[0]}, which bp site did not put there; move it "
                          "away first, or give another folder with --output.", 2)


def _files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*")
            if not path.is_dir() or path.is_symlink()]


def _put(built: Path, output: Path, old: Path) -> None:
    """Rename `built` to `output`; what stood there goes to `old`, and comes back if that fails."""
    if output.exists():
        os.rename(output, old)
    try:
        os.rename(built, output)
    except OSError:
        if old.exists():
            os.rename(old, output)
        raise
    shutil.rmtree(old, ignore_errors=True)
