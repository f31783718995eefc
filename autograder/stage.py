"""The pages and the server of `bp demo`: a notebook per lesson and one for the gallery, by voila."""

import contextlib
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
from autograder.files import replace_file
from autograder.pipeline.source import KERNELSPEC


def write_pages(folder, lessons):
    """Write a notebook for every lesson that has widgets, and the gallery; their names."""
    from bplib.play import catalogue

    with_widgets = dict.fromkeys(demo.lesson for demo in catalogue())
    lessons = {slug: title for slug, title in lessons.items() if slug in with_widgets}
    pictures = thumbnails(lessons)
    for (scheme, slug, name), png in pictures.items():
        replace_file(folder / "pictures" / f"{scheme}.{slug}.{name}.png", png)
    pages = {f"{slug}.ipynb": "from bplib.play.stage import LessonPage\n"
             f"LessonPage({slug!r}, {f'{slug[:2]}  {title}'!r})" for slug, title in lessons.items()}
    pages["gallery.ipynb"] = (
        # a widget, since the links of HTML outputs are turned into downloads
        "from pathlib import Path\nfrom ipywidgets import HTML\n"
        "from bplib.play.stage import gallery, wishes\n"
        "scheme = wishes()['scheme']\n"
        "pictures = {tuple(p.stem.split('.')[1:]): p.read_bytes()\n"
        "            for p in Path('pictures').glob(f'{scheme}.*.png')}\n"
        f"HTML(gallery({lessons!r}, scheme, pictures))"
    )
    for name, source in pages.items():
        notebook = new_notebook(cells=[new_code_cell(source, id="page")],
                                metadata={"kernelspec": KERNELSPEC})
        replace_file(folder / name, nbformat.writes(notebook, version=4).encode())
    return set(pages)


def thumbnails(lessons):
    """(scheme, lesson, name) -> PNG; drawn once for each version of the widgets, then kept."""
    import bplib.play
    from bplib.play import catalogue
    from bplib.play.theme import SCHEMES

    version = hashlib.sha256()
    for path in sorted(Path(bplib.play.__file__).parent.glob("*.py")):
        version.update(path.read_bytes())
    cache = cache_folder() / version.hexdigest()[:16]
    return {(scheme, slug, demo.name): _thumbnail(cache, scheme, demo)
            for slug in lessons for demo in catalogue(slug) for scheme in SCHEMES}


def _thumbnail(cache, scheme, demo):
    from bplib.play.stage import thumbnail

    path = cache / f"{scheme}.{demo.lesson}.{demo.name}.png"
    try:
        return path.read_bytes()
    except OSError:
        png = thumbnail(demo, scheme)
    with contextlib.suppress(OSError):  # nowhere to keep it: it is drawn each time
        replace_file(path, png)
    return png


def cache_folder():
    """Where pictures may be kept between runs; nothing is lost when it is emptied."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "backprop-course" / "thumbnails"


def free_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(folder, port):
    """The command line of the server."""
    return [sys.executable, "-m", "voila", str(folder), "--no-browser", f"--port={port}",
            "--Voila.ip=127.0.0.1", "--strip_sources=True", "--show_tracebacks=True",
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
