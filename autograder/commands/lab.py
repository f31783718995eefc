"""`bp lab`: the learner's own copy of the course, opened in JupyterLab."""

import importlib.util
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.copies import Copy, Sync, add_lessons, copy_folder, open_copy
from autograder.course import Course, choose, find_course
from autograder.errors import CourseError

SETTINGS = Path(__file__).resolve().parent.parent / "jupyter"


def lab(
    lesson: Annotated[str | None, typer.Argument(
        metavar="LESSON", help="Number or name; where you left off when none is given.")] = None,
    dir: Annotated[str | None, typer.Option(
        "--dir", metavar="NAME", help="Folder of your own copy (default: my-course).")] = None,
    browser: Annotated[bool, typer.Option(
        "--browser/--no-browser", help="Open a browser window.")] = True,
    port: Annotated[int | None, typer.Option(
        min=1, max=65535, help="Port of the server (default: the first free one).")] = None,
) -> int:
    """Open JupyterLab in your own copy of the course, which is made at the first call."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed here; run make lab, or "
                          "python -m pip install jupyterlab.", exit_status=2)
    course = find_course()
    copy, slug = prepare(course, dir, lesson)
    os.chdir(course.root)  # where nbgrader looks for its configuration
    return serve(copy.folder, slug, port or free_port(), browser)


def prepare(course: Course, name: str | None, wanted: str | None) -> tuple[Copy, str]:
    """The learner's copy, brought up to date as far as its owner likes, and where to open it."""
    lessons = course.lessons()
    if not lessons:
        raise CourseError(f"There are no lessons in {course.lessons_dir} yet; an author makes "
                          "them with bp build.")
    slug = choose(wanted, [lesson.slug for lesson in lessons]) if wanted else None
    copy = open_copy(copy_folder(course, name))
    sync = add_lessons(copy, lessons, slug)
    tell(copy, sync, len(lessons))
    if sync.outdated and agreed(sync.outdated):
        for lesson in lessons:
            if lesson.slug in sync.outdated and copy.untouched(lesson.slug):
                copy.take(lesson)
    if slug is None:
        from autograder.progress import read_progress

        slug = read_progress(copy.folder).next_slug() or lessons[0].slug
    return copy, slug


def tell(copy: Copy, sync: Sync, total: int) -> None:
    """Say what was copied and what was left alone."""
    if len(sync.added) == total:
        print(f"Your own copy of the course is in {copy.folder}: change it as you like.")
    elif sync.added:
        print(f"New in your copy: {', '.join(sync.added)}.")
    if sync.kept:
        print(f"There is a newer version of {', '.join(sync.kept)}; yours is kept, because you "
              "have worked in it.")


def agreed(outdated: list[str]) -> bool:
    """Ask whether notebooks without any work in them may be replaced; no answer is a no."""
    names = ", ".join(outdated)
    if not sys.stdin.isatty():
        print(f"There is a newer version of {names}; yours is kept (call bp lab in a terminal to "
              "be asked).")
        return False
    return typer.confirm(f"There is a newer version of {names}, which you have not changed. "
                         "Take it?", default=True)


def free_port(first: int = 8888) -> int:
    """The first port from `first` on that nobody on this machine listens at."""
    for port in [*range(first, first + 50), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise CourseError("There is no free port on this machine; give one with --port.")


def serve(folder: Path, slug: str, port: int, browser: bool) -> int:
    """Run JupyterLab in `folder`, opened at a lesson, until it is stopped."""
    place = f"/lab/tree/{slug}/{slug}.ipynb"
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_urlsafe(24)
    command = [
        sys.executable, "-P", "-m", "autograder.quick", "jupyterlab", f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={place}", f"--ServerApp.port={port}",
        "--Application.log_level=ERROR", *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),  # containers
    ]  # fmt: skip
    print(f"JupyterLab {'opens in your browser' if browser else 'is starting'}; its address is\n"
          f"  http://localhost:{port}{place}?token={token}\n"
          "Press Ctrl-C here when you are done.", flush=True)
    paths = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    # The course's nets are small: one thread each is faster than several that wait for each other.
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "JUPYTER_TOKEN": token,
                   "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
    if os.name == "posix":  # become the server, so that Ctrl-C and signals reach it directly
        os.execve(sys.executable, command, environment)
    return subprocess.call(command, env=environment)
