"""The instructor's guide: the notes of all lessons as one page to print, made without running any."""

from dataclasses import dataclass
from pathlib import Path

from autograder.course import LEVELS, Course
from autograder.errors import CourseError
from autograder.pipeline.build import known_exercises, read_lesson
from autograder.pipeline.notes import TIME, minutes, notes_of

NAME = "instructors_guide.html"


@dataclass(frozen=True)
class Chapter:
    """A lesson in the guide: what it is, its minutes, and the parts of its notes as HTML."""

    slug: str
    about: dict
    level: str
    total: int
    minutes: list
    parts: list


def chapter(course: Course, slug: str) -> Chapter:
    """The chapter of one lesson. Raises `CourseError` when its source cannot be read."""
    from autograder.publish import words

    notebook = read_lesson(course, slug, known_exercises(slug))
    about, notes = notebook.metadata["bp"], notes_of(notebook)
    total, parts = minutes(notes.get(TIME, ""))
    return Chapter(slug, about, LEVELS[about["level"]], total, parts, [
        (name, words.text(text)) for name, text in notes.items() if name != TIME])


def page(chapters: list[Chapter]) -> str:
    """The guide as one HTML page that asks nothing of any network; the same sources, the same bytes."""
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    environment = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters["safe_html"] = Markup
    return environment.get_template("guide.html").render(chapters=chapters)


def write_guide(course: Course) -> Path | None:
    """Write the guide beside the sources; its path, or None when there is nothing new to write.

    Lessons whose source is refused are left out: the build says what is wrong with them.
    """
    from autograder.files import replace_file

    chapters = []
    for slug in course.source_slugs():
        try:
            chapters.append(chapter(course, slug))
        except CourseError:
            continue
    path = course.solutions_dir / NAME
    return path if chapters and replace_file(path, page(chapters).encode()) else None
