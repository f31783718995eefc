"""`bp demo`: the lessons' widgets before an audience, as an app or on the slides of a talk."""

import importlib.util
import signal
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
    slides: Annotated[bool, typer.Option(
        "--slides", help="The lesson's talk, live in JupyterLab.")] = False,
    export: Annotated[str | None, typer.Option(
        metavar="FOLDER", help="Write the lesson's talk there: one HTML file, and a PDF.")] = None,
    scheme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    port: Annotated[int, typer.Option(help="Port of this machine; 0 for any free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> int:
    """Show a lesson's demonstrations, or the gallery of all, large enough for the last row.

    With --slides the lesson's talk opens live in JupyterLab, every cell run and every widget at
    work; with --export FOLDER it is written as slides to take along.
    """
    if scheme not in ("light", "dark"):
        raise CourseError(f"The scheme is light or dark; got {scheme!r}.", 2)
    if slides and export is not None:
        raise CourseError("Give --slides or --export, not both.", 2)
    course = find_course()
    about = course.lesson(lesson) if lesson else None
    if slides or export is not None:
        if about is None:
            raise CourseError("Say which lesson's talk, as in bp demo 4 --slides.", 2)
        if not course.source(about.slug).is_file():
            raise CourseError(f"A talk is made from solutions/{about.slug}.py, which is not here.", 2)
        if export is not None:
            return write_slides(course, about.slug, Path(export), scheme)
    with tempfile.TemporaryDirectory(prefix="bp-demo-") as name:
        show = show_talk if slides else show_demonstrations
        return show(course, about, Path(name).resolve(), scheme, port, browser)


def write_slides(course, slug, folder, scheme) -> int:
    """Write a lesson's slides as HTML and PDF into `folder`, which is made where it is missing."""
    from autograder.files import replace_file
    from autograder.publish.pdf import print_pdf
    from autograder.publish.slides import html_file

    print(f"Running what the slides of {slug} show ...", flush=True)
    text, count = html_file(course, slug, scheme)
    page, pdf = folder / f"{slug}.html", folder / f"{slug}.pdf"
    try:
        replace_file(page, text.encode())
        print(f"wrote {page} ({count} slides)")
        why_not = print_pdf(page, pdf)
    except OSError as error:
        raise CourseError(f"{folder} cannot be written: {error.strerror}.", 2) from None
    print(why_not or f"wrote {pdf}")
    return 0


def show_talk(course, about, folder, scheme, port, browser) -> int:
    """Run a lesson's talk in JupyterLab until it is stopped."""
    from autograder import stage
    from autograder.publish import live
    from autograder.publish.talk import talk_notebook

    for module, package in {"jupyterlab": "jupyterlab", "jupyterlab_deck": "jupyterlab-deck"}.items():
        if importlib.util.find_spec(module) is None:
            raise CourseError(f"A live talk needs {package}; python -m pip install {package}.", 2)
    name = live.prepare(folder, talk_notebook(course, about.slug, scheme), about.slug, scheme)
    port, token = stage.free_port(port), live.new_token()
    home = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(live.command(folder, port), env=live.environment(folder, token),
                              cwd=folder / "talk", stdin=subprocess.DEVNULL)

    def ready():
        stage.wait_until_it_answers(f"{home}/api", server, 60)
        live.run_on_server(folder, name, home, token)

    return serve(server, ready, f"{home}/lab/tree/{name}?token={token}",
                 "The talk is at {} (arrows or space move on, Ctrl-C here ends it).", browser)


def show_demonstrations(course, about, folder, scheme, port, browser) -> int:
    """Run the gallery, or a lesson's demonstrations, until they are stopped."""
    from autograder import stage

    lessons = {item.slug: item.title for item in course.lessons()}
    page = f"{about.slug}.ipynb" if about else "gallery.ipynb"
    port = stage.free_port(port)
    home = f"http://127.0.0.1:{port}/voila"
    server = subprocess.Popen(stage.command(folder, port), env=stage.environment(folder),
                              stdin=subprocess.DEVNULL)

    def ready():  # the pages are written while the server starts
        if page not in stage.write_pages(folder, lessons):
            raise CourseError(f"{about.slug} has no demonstrations.")
        stage.wait_until_it_answers(f"{home}/tree", server)

    return serve(server, ready, f"{home}/render/{page}?scheme={scheme}",
                 "The demonstrations are at {} (Ctrl-C ends them).", browser,
                 lambda: stage.draw_gallery(folder, lessons, scheme))


def serve(server, ready, address, words, browser, afterwards=lambda: None) -> int:
    """Say where a server is once it is ready, and keep it until it ends or is stopped.

    afterwards: what may be done while it is already at work.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server ends with us
    try:
        ready()
        print(words.format(address), flush=True)
        if browser:
            webbrowser.open(address)
        afterwards()
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
