"""The pages and the server of `bp demo`: a notebook per lesson and one for the gallery, by voila."""

import contextlib
import functools
import hashlib
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import CourseError
from autograder.files import cache_folder, replace_file
from autograder.pipeline.source import KERNELSPEC


def write_pages(folder, lessons):
    """Write a notebook for every lesson that has widgets, and the gallery; their names.

    Nothing is drawn: the gallery shows the pictures that were kept, `draw_gallery` the others.
    """
    from bplib.play.theme import SCHEMES

    lessons = shown(lessons)
    pages = {f"{slug}.ipynb": "from bplib.play.stage import LessonPage\n"
             f"LessonPage({slug!r}, {f'{slug[:2]}  {title}'!r})" for slug, title in lessons.items()}
    pages["gallery.ipynb"] = "from bplib.play.filling import filling_page\nfilling_page('gallery')"
    for scheme in SCHEMES:
        _write_gallery(folder, lessons, scheme)
    # kernels on this machine alone need not warn of connections without encryption
    replace_file(folder / ".ipythondir" / "profile_default" / "ipython_kernel_config.py",
                 b"get_config().IPKernelApp.log_level = 'ERROR'\n")
    for name, source in pages.items():
        notebook = new_notebook(cells=[new_code_cell(source, id="page")],
                                metadata={"kernelspec": KERNELSPEC})
        replace_file(folder / name, nbformat.writes(notebook, version=4).encode())
    return set(pages)


def draw_gallery(folder, lessons, first="light"):
    """Draw the pictures that were not kept, those of the scheme ``first`` before the others.

    The gallery is written anew every second or so, and an open one takes the pictures over.
    """
    from bplib.play import catalogue
    from bplib.play.stage import thumbnail
    from bplib.play.theme import SCHEMES

    lessons = shown(lessons)
    for scheme in sorted(SCHEMES, key=lambda scheme: scheme != first):
        written = time.monotonic()
        missing = [demo for slug in lessons for demo in catalogue(slug)
                   if not _kept(scheme, demo).is_file()]
        for demo in missing:
            try:
                replace_file(_kept(scheme, demo), thumbnail(demo, scheme))
            except OSError:
                return  # nowhere to keep them: the gallery stays one of words
            if time.monotonic() > written + 1 or demo is missing[-1]:
                _write_gallery(folder, lessons, scheme)
                written = time.monotonic()


def shown(lessons):
    """Those of ``lessons``, slug -> title, that have widgets."""
    from bplib.play import catalogue

    with_widgets = {demo.lesson for demo in catalogue()}
    return {slug: title for slug, title in lessons.items() if slug in with_widgets}


def _write_gallery(folder, lessons, scheme):
    from bplib.play import catalogue
    from bplib.play.stage import gallery

    pictures = {}
    for demo in (demo for slug in lessons for demo in catalogue(slug)):
        with contextlib.suppress(OSError):
            pictures[demo.lesson, demo.name] = _kept(scheme, demo).read_bytes()
    replace_file(folder / f"gallery.{scheme}.html", gallery(lessons, scheme, pictures).encode())


def _kept(scheme, demo):
    """The file of a picture, which is drawn once for each version of the widgets."""
    return cache_folder("thumbnails") / _version() / f"{scheme}.{demo.lesson}.{demo.name}.png"


@functools.cache
def _version():
    import bplib.play

    version = hashlib.sha256()
    for path in sorted(Path(bplib.play.__file__).parent.glob("*.py")):
        version.update(path.read_bytes())
    return version.hexdigest()[:16]


def free_port(wanted=0):
    """A port of this machine that nobody listens on: ``wanted``, or any when that is 0."""
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was left a moment ago is free; elsewhere this lets steal
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            raise CourseError(f"Port {wanted} of this machine cannot be used; leave --port out, "
                              "and a free one is taken.", 2) from None
        return probe.getsockname()[1]


def command(folder, port):
    """The command line of the server."""
    return [sys.executable, "-m", "autograder.quick", "voila", str(folder),
            "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1",
            "--strip_sources=True", "--show_tracebacks=True",
            "--preheat_kernel=False", "--Voila.log_level=ERROR",
            # pages that were closed give their kernel back
            "--MappingKernelManager.cull_idle_timeout=120", "--MappingKernelManager.cull_interval=30"]


def environment(folder):
    """The server's environment: the course is found, and Jupyter's files stay in ``folder``."""
    root = str(Path(__file__).resolve().parent.parent)
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    places = {name: str(folder / f".{name.lower()}") for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    return {**os.environ, **places, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}


def wait_until_it_answers(address, server, seconds=30):
    """Return when the server answers; CourseError when it ends or stays silent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + seconds
    while True:
        try:
            opener.open(address, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # it answers, if only that there is no such page
        except OSError:
            pass
        if server.poll() is not None:
            raise CourseError("The server of the demonstrations ended at once; bp doctor says "
                              "whether voila is installed.")  # fmt: skip
        if time.monotonic() > until:
            raise CourseError("The server of the demonstrations does not answer.")
        time.sleep(0.05)
