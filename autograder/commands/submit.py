"""`bp submit`: looks whether a notebook is whole, then makes the file to hand in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.progress import own_folder
from autograder.course import find_course
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.handin import archive, look_at


def submit(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="Number or name.")],
    dir: Annotated[str | None, typer.Option(
        "--dir", metavar="NAME", help="Folder of your own copy (default: my-course).")] = None,
    output: Annotated[Path | None, typer.Option(
        metavar="FILE.zip", help="Where to write it (default: LESSON.zip, here).")] = None,
    anyway: Annotated[bool, typer.Option(
        "--anyway", help="Make it even if something is missing.")] = False,
) -> int:
    """Make the file to hand in for a lesson, as your notebook was last saved."""
    released = find_course().lesson(lesson)
    slug = released.slug
    target = output or Path(f"{slug}.zip")
    if target.suffix != ".zip" or target.is_dir():
        raise CourseError(f"The file to hand in is a zip archive; {target} is not named like one.",
                          exit_status=2)
    notebook = own_folder(dir) / slug / f"{slug}.ipynb"
    if not notebook.is_file():
        raise CourseError(f"There is no {notebook}; bp lab {slug[:2]} makes your copy of it.",
                          exit_status=2)
    look = look_at(notebook, released.path)
    for sentence in [*look.problems, *look.remarks]:
        print(f"{slug}: {sentence}", file=sys.stderr)
    if look.problems and not anyway:
        raise CourseError("Nothing was made, because the notebook is not whole; mend it, or say "
                          "--anyway.")
    try:
        replace_file(target, archive(slug, notebook))
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}.") from None
    print(f"{target} is ready to hand in (your notebook as it was last saved).")
    return 0
