"""`bp progress`: the map of the course in a terminal."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.copies import DEFAULT_NAME
from autograder.errors import CourseError


def own_folder(name: str | None) -> Path:
    """The learner's copy called `name`, else the working folder's or the course's own."""
    from autograder.copies import MEMORY
    from autograder.course import find_course

    if name:
        folder = Path(name).expanduser().resolve()
    else:
        here = Path.cwd().resolve()
        inside = [place for place in (here, *here.parents) if (place / MEMORY).is_file()]
        folder = inside[0] if inside else find_course().root / DEFAULT_NAME
    if not folder.is_dir():
        raise CourseError(f"There is no copy of the course in {folder}; bp lab makes one, and "
                          "--dir names another folder.", exit_status=2)
    return folder


def progress(
    dir: Annotated[str | None, typer.Option(
        "--dir", metavar="NAME", help="Folder of your own copy (default: my-course).")] = None,
) -> int:
    """Show what is done and what comes next, as your notebooks were last saved."""
    from rich.console import Console
    from rich.text import Text

    from autograder.progress import read_progress

    found = read_progress(own_folder(dir))
    console = Console(highlight=False)
    for line in repr(found).split("\n"):
        style = "bold" if line.startswith(("→", "Level", "Next", "All")) else ""
        console.print(Text(line, style=style), soft_wrap=True)
    return 1 if found.unreadable else 0
