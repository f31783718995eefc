"""`bp autograde`: grades everything that was handed in for a lesson into nbgrader's gradebook."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.course import find_course
from autograder.errors import CourseError


def autograde(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="Number or name.")],
    jobs: Annotated[int, typer.Option(min=1, help="How many at once.")] = os.cpu_count() or 1,
    resume: Annotated[bool, typer.Option(
        "--resume", help="Go on where a run was ended: what is graded stays graded (the default "
        "for work that has not changed).")] = False,
    again: Annotated[bool, typer.Option(
        "--again", help="Grade everything anew, also what has not changed.")] = False,
    collect: Annotated[Path | None, typer.Option(
        metavar="PATH", help="First take in archives or notebooks from a folder or an LMS "
        "download (zip).")] = None,
    cluster: Annotated[str | None, typer.Option(
        metavar="ADDRESS", help="Grade on the workers of a dask cluster.")] = None,
    feedback: Annotated[bool, typer.Option(help="Write nbgrader's feedback pages.")] = True,
    seconds: Annotated[float | None, typer.Option(
        "--time-limit", help="Seconds for each exercise, in place of its own limit.")] = None,
    trust: Annotated[bool, typer.Option(
        "--trust", help="Run other people's code also where it cannot be isolated.")] = False,
) -> int:
    """Grade all submissions of a lesson, in a sandbox, and give feedback."""
    from autograder.classroom.session import Session

    if resume and again:
        raise CourseError("--resume keeps what is graded and --again does not; say one.", 2)
    course = find_course()
    slug = course.lesson(lesson).slug
    session = Session(course, slug)
    if collect is not None:
        for sentence in session.collect(collect):
            print(sentence, file=sys.stderr)
    summary = session.grade(jobs, again=again, seconds=seconds, apart=not trust, cluster=cluster,
                            feedback=feedback)  # fmt: skip
    print(summary.text())
    return 0 if summary.complete else 1
