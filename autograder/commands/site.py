"""`bp site`: the course as a static site, to read and to run in the browser."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.course import find_course


def site(
    lessons: Annotated[list[str] | None, typer.Argument(
        metavar="[LESSON]...", help="Numbers or names; all lessons when left out.")] = None,
    pyodide: Annotated[Path | None, typer.Option(
        metavar="DIR", help="A folder with a Pyodide distribution: the site then needs no other "
        "machine. Left out, the browser fetches Python from Pyodide's public distribution.")] = None,
    output: Annotated[Path, typer.Option(
        metavar="DIR", help="Where to build it; only a site built by this command is replaced.")
    ] = Path("_site"),
) -> int:
    """Build the course as a site: a book to read, and each lesson live in the browser."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from autograder.publish.site import publish

    course = find_course()
    wanted = list({(about := course.lesson(name)).slug: about for name in lessons}.values()) \
        if lessons else course.lessons()
    wanted.sort(key=lambda lesson: lesson.slug)
    console = Console(stderr=True, highlight=False)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(),
                  TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("looking", total=len(wanted) + 2)
        steps = iter(range(len(wanted) + 2))

        def tell(step):
            progress.update(task, description=step, completed=next(steps))

        size = publish(course, wanted, output.absolute(), pyodide, tell)
    many = "lessons" if len(wanted) != 1 else "lesson"
    print(f"{output} holds the site of {len(wanted)} {many}, {size / 1e6:.0f} MB. To look at it: "
          f"python -m http.server --directory {output} 8000, then http://127.0.0.1:8000/.")
    return 0
