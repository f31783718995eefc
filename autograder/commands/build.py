"""`bp build`: from the lessons' text sources to the notebooks."""

import sys
from typing import Annotated

import typer

from autograder.course import choose, find_course
from autograder.pipeline.build import build as build_lessons
from autograder.pipeline.build import stale, strays, write
from autograder.publish.guide import write_guide


def build(
    lessons: Annotated[list[str] | None, typer.Argument(
        metavar="LESSON", help="Numbers or names; all lessons when none is given.")] = None,
    check: Annotated[bool, typer.Option(
        "--check", help="Write nothing; fail when anything would change.")] = False,
) -> int:
    """Make solutions/NN_slug.py into notebooks: solved for instructors, emptied for learners.

    The notes of all lessons are gathered into solutions/instructors_guide.html.
    """
    course = find_course()
    slugs = course.source_slugs()
    if lessons:
        slugs = list(dict.fromkeys(choose(name, slugs) for name in lessons))
    built = build_lessons(course, slugs)
    problems = list(built.refused)
    if check:
        problems += stale(course, built)
    else:
        for path in [*write(course, built), *filter(None, [write_guide(course)])]:
            print(f"wrote {path.relative_to(course.root)}")
    problems += [] if lessons else strays(course)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    if not problems:
        count = f"{len(slugs)} lesson{'s' * (len(slugs) != 1)}"
        print(f"{count} up to date" if check else f"{count} built")
    return 1 if problems else 0
