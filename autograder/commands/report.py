"""`bp report`: the class report of a lesson as a page for the projector, and as CSV."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from autograder.course import find_course
from autograder.errors import CourseError
from autograder.files import replace_file


def report(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="Number or name.")],
    output: Annotated[Path | None, typer.Option(
        metavar="FILE.html", help="Where to write it (default: autograder/reports/LESSON.html).")
    ] = None,
) -> int:
    """Write the class report: points, sub-goals, the mistakes of the class, who is missing."""
    from autograder.classroom.gradebook import records_of
    from autograder.classroom.similar import alike
    from autograder.report import page, table

    course = find_course()
    about = course.lesson(lesson)
    kept = records_of(course.root, about.slug)
    records = kept.all()
    if not records:
        raise CourseError(f"Nothing is graded for {about.slug} yet: run bp autograde "
                          f"{about.slug[:2]} first.")  # fmt: skip
    target = output or course.root / "autograder" / "reports" / f"{about.slug}.html"
    if target.suffix != ".html":
        raise CourseError(f"The report is a page, NAME.html; {target} is not named like one.", 2)
    made = datetime.now().strftime("%d %B %Y, %H:%M").lstrip("0")
    text = page(about.slug, about.title, records, kept.earlier(), alike(records), made)
    try:
        replace_file(target, text.encode("utf-8"))
        replace_file(target.with_suffix(".csv"), table(about.slug, records).encode("utf-8"))
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}.") from None
    print(f"{target} and {target.with_suffix('.csv').name} are ready.")
    return 0
