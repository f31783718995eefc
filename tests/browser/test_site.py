"""The site in a real browser: the book read, lesson 01 done live, handed in and graded.

A Pyodide distribution is looked for in `$BP_PYODIDE`, else in `../shared/pyodide` beside the
checkout. Where the variable names none and the folder is not there, what needs it is expected to
fail, which no setting turns into a failure; everything else runs all the same.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import harness
import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.e2e, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
LESSON, SECOND = "01_guess_and_check", "02_passing_blame"
NAMED = os.environ.get("BP_PYODIDE")
PYODIDE = Path(NAMED) if NAMED else ROOT.parent / "shared" / "pyodide"
PATIENCE = 240_000  # milliseconds; a busy machine is slow, and how fast it is, is measured elsewhere
WRONG = "def better_guess(error, guess, step):\n    return guess + step"
RIGHT = """def better_guess(error, guess, step):
    best = guess
    if error(guess - step) < error(best):
        best = guess - step
    if error(guess + step) < error(best):
        best = guess + step
    return best"""

ENDS_PYTHON = """
from bplib.scalar import Value
value = Value(1.0)
for _ in range(100_000):
    value = value + 1.0
del value
"""  # thrown away, each value in turn throws away the one before it


def has_pyodide() -> bool:
    """Whether the folder is there; the one that the variable names has to be."""
    return bool(NAMED) or (PYODIDE / "pyodide-lock.json").is_file()


@pytest.fixture(scope="module")
def built(needs_browser, tmp_path_factory):
    """`bp site 1 2` in a folder of a server's, so that the site lies on a sub-path."""
    place = tmp_path_factory.mktemp("served") / "some" / "where"
    command = [sys.executable, "-m", "autograder.cli", "site", "1", "2", "--output", str(place)]
    if has_pyodide():
        command += ["--pyodide", str(PYODIDE)]
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    print(f"built in {time.monotonic() - start:.1f} s")
    assert "2 lessons" in done.stdout
    return place


@contextlib.contextmanager
def served(folder: Path):
    """The address of a plain web server on `folder`, on loopback."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):  # a browser that is closed hangs up
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def visit(built):
    """visit(folder=..., size...) gives a `harness.Lab`: the site before a browser of its own."""
    with contextlib.ExitStack() as stack:
        def enter(folder=built, width=1280, height=900):
            top = folder.parents[1]
            url = f"{stack.enter_context(served(top))}/{folder.relative_to(top).as_posix()}"
            context = stack.enter_context(harness.browser(width, height))
            context.set_default_timeout(PATIENCE)
            return harness.Lab(url, context)

        yield enter


@pytest.fixture
def needs_pyodide():
    if not has_pyodide():
        pytest.xfail("there is no Pyodide distribution here (BP_PYODIDE names one)")


def test_the_book_is_searched_turned_dark_and_paged_through(visit):
    lab = visit()
    page = lab.page("index.html")
    page.keyboard.press("/")
    page.fill("#words", "treasure")
    page.locator("#found a", has_text="Warmer, colder").click()
    page.wait_for_url("**/lessons/01_guess_and_check.html#*")
    assert page.locator("h2", has_text="Warmer, colder").is_visible()

    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#scheme")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != before
    page.click("a[rel=next]")
    page.wait_for_url(f"**/lessons/{SECOND}.html")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.click("a[rel=prev]")
    page.wait_for_url(f"**/lessons/{LESSON}.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the text"
    assert lab.outside == [] and lab.errors == []


def test_the_book_fits_a_phone_and_follows_the_system(visit):
    lab = visit(width=360, height=740)
    for path in ("index.html", f"lessons/{LESSON}.html", f"lessons/{SECOND}.html",
                 f"live/{LESSON}.html"):
        page = lab.page(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        page.close()
    page = lab.page(f"lessons/{LESSON}.html")
    assert not page.locator("#lessons").is_visible()
    page.click("#menu")
    assert page.locator("#lessons a", has_text="Passing blame").is_visible()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.scheme === 'dark'")
    assert page.evaluate(LOW_CONTRAST) == []
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.documentElement.dataset.scheme === 'light'")
    assert page.evaluate(LOW_CONTRAST) == []
    assert lab.errors == []


def test_a_page_keeps_answers_folded_and_shows_pictures_sharp(visit):
    page = visit().page(f"lessons/{LESSON}.html")
    answers = page.locator("details.answer")
    assert answers.count() >= 3 and answers.evaluate_all("all => all.every(one => !one.open)")
    assert "checked when you" in page.locator("aside.check").first.inner_text()
    picture = page.locator("figure img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('figure img').naturalWidth > 0")
    assert picture.evaluate("img => img.naturalWidth >= 1.4 * img.clientWidth")


def test_it_says_why_it_cannot_run_from_a_file(built):
    with harness.browser() as context:
        page = context.new_page()
        page.goto((built / "live" / f"{LESSON}.html").as_uri())
        page.locator("#trouble").wait_for()
        assert "python -m http.server" in page.locator("#why").inner_text()


def copy_of(built, folder):
    """The same site, cheaply: the files are shared until they are replaced."""
    shutil.copytree(built, folder, copy_function=os.link)
    return folder


def test_it_names_the_file_that_is_missing(visit, built, tmp_path, needs_pyodide):
    site = copy_of(built, tmp_path / "a" / "b")
    (site / "lite" / "runtime" / "pyodide" / "pyodide.asm.wasm").unlink()
    page = visit(site).page(f"live/{LESSON}.html")
    page.locator("#trouble").wait_for()
    said = page.locator("#why").inner_text()
    assert "lite/runtime/pyodide/pyodide.asm.wasm" in said and "404" in said
    (site / "lite" / "runtime" / "start.mjs").unlink()
    page.reload()
    page.locator("#trouble").wait_for()
    assert "lite/runtime/start.mjs" in page.locator("#why").inner_text()


class Frame:
    """The notebook's frame, with the mouse of its page, as `harness.Notebook` wants its page."""

    def __init__(self, page):
        self.frame, self.mouse = page.frame(url="**/lite/notebooks/**"), page.mouse

    def __getattr__(self, name):
        return getattr(self.frame, name)


def live(lab, page, python=True) -> harness.Notebook:
    """The notebook of a live page, when Python has answered too, unless that is not waited for."""
    page.locator("#cover").wait_for(state="hidden")
    opened = time.monotonic()
    if python:
        page.locator("body.ready, body.failed").wait_for()
    assert page.locator("#trouble").is_hidden(), page.locator("#why").inner_text()
    notebook = harness.Notebook(lab, Frame(page), LESSON)
    notebook.page.evaluate("""() => { const panel = window.bpPanel = jupyterapp.shell.currentWidget;
      panel.content.notebookConfig = {...panel.content.notebookConfig, windowingMode: 'none'}; }""")
    notebook.opened = opened
    return notebook


def find(notebook, beginning):
    """The number of the first cell that begins with some text."""
    return next(i for i, source in enumerate(notebook.sources()) if source.startswith(beginning))


def test_lesson_01_is_done_live_handed_in_and_graded(visit, built, tmp_path, needs_pyodide):
    lab = visit()
    page = lab.page(f"lessons/{LESSON}.html")
    start = time.monotonic()
    page.click(".live-now a")
    notebook = live(lab, page)
    notebook.run_cell(find(notebook, "from autograder import check"))
    answer, check = find(notebook, "def better_guess("), find(notebook, 'check("better_guess"')
    notebook.run_cell(answer, WRONG)
    notebook.run_cell(check)
    notebook.wait_for_words(check, "For example", PATIENCE / 1000)
    answered = time.monotonic()
    assert "Right" not in notebook.text(check)
    notebook.run_cell(answer, RIGHT)
    notebook.run_cell(check)
    notebook.cell(check).locator("section[role=status]", has_text="Right").first.wait_for()
    print(f"notebook visible after {notebook.opened - start:.1f} s, "
          f"first exercise answered after {answered - start:.1f} s")

    knob = find(notebook, "one_knob()")
    notebook.run_cell(knob)
    before = notebook.picture(knob)
    notebook.drag(knob, 0.7)
    notebook.wait_for_new_picture(knob, before, PATIENCE / 1000)
    assert notebook.errors() == []

    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == f"{LESSON}.ipynb"
    work = tmp_path / LESSON / f"{LESSON}.ipynb"
    download.value.save_as(work)
    assert lab.outside == [] and lab.errors == []
    notebook.page.evaluate("""code => {
      window.bpPanel.sessionContext.session.kernel.requestExecute({ code }); }""", ENDS_PYTHON)
    page.locator("#state", has_text="Python broke down").wait_for()
    page.reload()
    assert live(lab, page, python=False).sources()[answer] == RIGHT, "the work was not kept"
    assert lab.outside == []

    mine, released = (nbformat.read(path, as_version=4) for path in (
        work, ROOT / "lessons" / LESSON / f"{LESSON}.ipynb"))
    assert [cell.id for cell in mine.cells] == [cell.id for cell in released.cells]
    for cell, was in zip(mine.cells, released.cells, strict=True):
        assert cell.metadata.get("nbgrader") == was.metadata.get("nbgrader")
    done = subprocess.run([sys.executable, "-m", "autograder.cli", "grade", str(work), "--json"],
                          cwd=ROOT, capture_output=True, text=True)
    graded = json.loads(done.stdout)
    assert graded["exercises"]["better_guess"]["status"] == "passed"
    assert graded["points"] == graded["exercises"]["better_guess"]["max_points"]
    done = subprocess.run([sys.executable, "-m", "autograder.cli", "submit", "1", "--dir", str(tmp_path),
                           "--output", str(tmp_path / "work.zip")], cwd=ROOT, capture_output=True)
    assert done.returncode == 0 and (tmp_path / "work.zip").is_file(), done.stderr


def test_without_a_distribution_python_comes_from_pyodide_s_own(visit, built, tmp_path, needs_pyodide):
    """The public distribution is stood in for by the one here: same files, its address."""
    from autograder.publish.runtime import write_runtime

    site = copy_of(built, tmp_path / "a" / "b")
    lite = site / "lite"
    shutil.rmtree(lite / "runtime")
    kernel = next(lite.glob("extensions/**/pypi"))
    write_runtime(lite / "runtime", None, kernel)
    base = json.loads((site / "lite" / "runtime" / "runtime.json").read_text())["base"]
    lab = visit(site)
    asked = []

    def stand_in(route):
        asked.append(route.request.url)
        path = PYODIDE / route.request.url.removeprefix(base)
        kind = {".mjs": "text/javascript", ".wasm": "application/wasm"}.get(path.suffix)
        route.fulfill(path=path, headers={"access-control-allow-origin": "*"} | (
            {"content-type": kind} if kind else {}))

    lab.context.route(f"{base}**", stand_in)
    notebook = live(lab, lab.page(f"live/{LESSON}.html"))
    check = find(notebook, 'check("better_guess"')
    notebook.run_cell(find(notebook, "from autograder import check"))
    notebook.run_cell(find(notebook, "def better_guess("), RIGHT)
    notebook.run_cell(check)
    notebook.cell(check).locator("section[role=status]", has_text="Right").first.wait_for()
    assert lab.outside == [] and f"{base}pyodide-lock.json" in asked


def test_what_is_built_is_small_and_holds_the_released_bytes(built):
    for slug in (LESSON, SECOND):
        name = f"{slug}/{slug}.ipynb"
        assert (built / "lite" / "files" / name).read_bytes() == (
            ROOT / "lessons" / name).read_bytes()
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
    print(f"{size / 1e6:.1f} MB")
    assert size < 60e6


# Texts whose contrast to what lies behind them is below 4.5 to 1 (3 to 1 where large).
LOW_CONTRAST = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (node) => { for (; node; node = node.parentElement) {
    const c = parts(getComputedStyle(node).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c.slice(0, 3); } return [255, 255, 255]; };
  const bad = [];
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    if (!node.checkVisibility() || node.closest('.skip, math, .sr, button:disabled')) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(parts(style.color)), light(behind(node))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) bad.push(node.textContent.trim().slice(0, 40));
  }
  return bad;
}"""
