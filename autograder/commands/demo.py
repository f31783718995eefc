"""`bp demo`: the lessons' widgets before an audience, as an app in the browser."""

import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from autograder.course import find_course
from autograder.errors import CourseError


def demo(
    lesson: Annotated[str | None, typer.Argument(
        metavar="[LESSON]", help="Number or name; all of them when left out.")] = None,
    scheme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    port: Annotated[int, typer.Option(help="Port of this machine; 0 for any free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> int:
    """Show a lesson's demonstrations, or the gallery of all, large enough for the last row."""
    from autograder import stage

    if scheme not in ("light", "dark"):
        raise CourseError(f"The scheme is light or dark; got {scheme!r}.", 2)
    course = find_course()
    about = course.lesson(lesson) if lesson else None
    with tempfile.TemporaryDirectory(prefix="bp-demo-") as name:
        folder = Path(name)
        lessons = {item.slug: item.title for item in course.lessons()}
        pages = stage.write_pages(folder, lessons)
        page = f"{about.slug}.ipynb" if about else "gallery.ipynb"
        if page not in pages:
            raise CourseError(f"{about.slug} has no demonstrations.")
        port = port or stage.free_port()
        address = f"http://127.0.0.1:{port}/voila/render/{page}?scheme={scheme}"
        server = subprocess.Popen(stage.command(folder, port), env=stage.environment(folder),
                                  stdin=subprocess.DEVNULL)
        try:
            stage.wait_until_it_answers(address.split("?")[0].rsplit("/", 2)[0], server)
            print(f"The demonstrations are at {address} (Ctrl-C ends them).", flush=True)
            if browser:
                webbrowser.open(address)
            return 0 if server.wait() in (0, -15) else 1
        except KeyboardInterrupt:
            return 0
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
            sys.stdout.flush()
