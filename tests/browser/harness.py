"""A real JupyterLab in a real browser, for tests: nothing here mocks anything.

``lab_server(folder)`` starts JupyterLab on loopback with scratch directories for settings, data and
history, so that a test neither sees nor leaves anything of the user's; ``lab.open(path)`` opens a
notebook in Debian's Chromium and gives a ``Notebook`` to drive: run cells, drag sliders, press
buttons, read outputs, wait for a picture to change, make screenshots. What the browser asks of any
other machine is refused and noted in ``outside``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("BP_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-proxy-server"]
HANDLE = ".noUi-handle"
PICTURE = "img.bp-picture"


def why_not() -> str | None:
    """A sentence on why no browser test can run here, or None if all is there."""
    if not Path(CHROMIUM).exists():
        return "Chromium is not installed (apt-get install chromium), so no browser test ran."
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed (pip install playwright), so no browser test ran."
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        return "jupyterlab is not installed, so no browser test ran."
    return None


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scratch_environment(scratch: Path) -> dict[str, str]:
    """Environment in which Jupyter keeps everything below ``scratch`` and finds this checkout."""
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython",
              "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_SETTINGS_DIR": "settings",
              "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "MPLCONFIGDIR": "mpl"}
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1",
           "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    for name, place in places.items():
        (scratch / place).mkdir(parents=True, exist_ok=True)
        env[name] = str(scratch / place)
    # Every cell is in the page, also what is scrolled away; no questions about news.
    settings = {"notebook-extension/tracker": {"windowingMode": "none"},
                "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}
    for name, values in settings.items():
        path = scratch / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    return env


@contextlib.contextmanager
def server_process(command: list[str], env: dict[str, str], url: str, log: Path,
                   cwd: Path | None = None, seconds: float = 60) -> Iterator[subprocess.Popen]:
    """Runs a server until the block ends; enters the block when ``url`` answers.

    Raises ``RuntimeError`` with the end of its log when it dies or stays silent.
    """
    import time

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=env, cwd=cwd, stdout=out, stderr=out,
                                  stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            end = time.monotonic() + seconds
            while True:
                with contextlib.suppress(OSError):
                    opener.open(url, timeout=5).close()
                    break
                if server.poll() is not None or time.monotonic() > end:
                    tail = log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{command[:4]} did not answer at {url}:\n{tail}")
                time.sleep(0.1)
            yield server
        finally:
            stop(server)


def stop(server: subprocess.Popen, signal: int = 15) -> None:
    """Ends a program that leads a session of its own, and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, 9)
        server.wait()


@contextlib.contextmanager
def bp_demo(*words: str, env: dict[str, str]) -> Iterator[str]:
    """`bp demo` with some words, until Ctrl-C ends it; gives the address that it says."""
    server = subprocess.Popen([sys.executable, "-m", "autograder.cli", "demo", *words, "--no-browser"],
                              cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stdout)), None)
        if not found:
            raise RuntimeError(f"bp demo {' '.join(words)} showed no address")
        yield found[0]
    finally:
        stop(server, signal=2)
        server.stdout.close()


@contextlib.contextmanager
def browser(width: int = 1280, height: int = 900, scale: float = 1.0):
    """A browser context (playwright's) in Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield chromium.new_context(viewport={"width": width, "height": height},
                                       device_scale_factor=scale)
        finally:
            chromium.close()


@contextlib.contextmanager
def lab_server(folder: Path, scratch: Path, width: int = 1280, height: int = 900,
               scale: float = 1.0) -> Iterator[Lab]:
    """JupyterLab on ``folder`` and a browser before it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "autograder.quick", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
               f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password=",
               "--expose-app-in-browser", f"--ServerApp.root_dir={folder}",
               *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    env = scratch_environment(scratch)
    with (server_process(command, env, f"{url}/api", scratch / "server.log", cwd=folder),
          browser(width, height, scale) as context):
        yield Lab(url, context)


@dataclass
class Lab:
    """A running JupyterLab with a browser before it."""

    url: str
    context: object
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        home = urlsplit(self.url).netloc

        def decide(route):
            if urlsplit(route.request.url).netloc == home:
                return route.continue_()
            self.outside.append(route.request.url)
            return route.abort()

        self.context.route("**/*", decide)

    def page(self, path: str):
        """A new page of the browser at a path of the server."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.url}/{path.lstrip('/')}")
        return page

    def open(self, notebook: str) -> Notebook:
        """Opens a notebook of the folder in JupyterLab and waits until its kernel is ready."""
        # a workspace of its own: nothing that an earlier page left open comes back
        workspace = f"w{len(self.context.pages)}-{Path(notebook).stem}"
        page = self.page(f"lab/workspaces/{workspace}/tree/{notebook}")
        page.wait_for_function("() => window.jupyterapp", timeout=60_000)
        page.evaluate(_OPEN, notebook)
        return Notebook(self, page, notebook)


@dataclass
class Notebook:
    """An open notebook. Cells are counted from 0, markdown cells too."""

    lab: Lab
    page: object
    path: str

    def run_all(self) -> None:
        """Runs all cells and waits until the last has ended (also when one raises)."""
        self.page.evaluate(_RUN_ALL)

    def run_cell(self, index: int, source: str | None = None) -> None:
        """Runs one cell, with a new source if one is given, and waits for its end."""
        self.page.evaluate(_RUN_CELL, [index, source])

    def cell(self, index: int):
        """Playwright's locator of a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def sources(self) -> list[str]:
        """The sources of all cells."""
        return self.page.evaluate("() => window.bpPanel.content.model.sharedModel.cells"
                                  ".map(c => c.getSource())")

    def outputs(self, index: int) -> list[dict]:
        """A cell's outputs as in the notebook file (``output_type``, ``data``, ``text``...)."""
        return self.page.evaluate("i => window.bpPanel.content.widgets[i].model.outputs"
                                  "? window.bpPanel.content.widgets[i].model.outputs.toJSON() : []",
                                  index)

    def errors(self) -> list[tuple[int, str]]:
        """The exceptions on show: ``[(cell, "NameError: ..."), ...]``."""
        return [(i, f"{out['ename']}: {out['evalue']}") for i in range(len(self.sources()))
                for out in self.outputs(i) if out["output_type"] == "error"]

    def text(self, index: int) -> str:
        """What a reader sees of a cell's outputs, as text."""
        return "\n".join(self.cell(index).locator(".jp-OutputArea-output").all_inner_texts())

    def picture(self, index: int) -> str:
        """The address of a cell's widget picture; it changes with every new picture."""
        image = self.cell(index).locator(PICTURE).first
        image.wait_for(state="visible", timeout=20_000)
        return image.get_attribute("src")

    def wait_for_new_picture(self, index: int, before: str, seconds: float = 10) -> float:
        """Waits until the picture is another than ``before`` and loaded; gives the seconds."""
        return self.page.evaluate(_NEW_PICTURE, [index, before, seconds]) / 1000

    def drag(self, index: int, to: float, slider: int = 0) -> None:
        """Drags a cell's slider with the mouse to a share (0..1) of its length."""
        cell = self.cell(index)
        handle = cell.locator(HANDLE).nth(slider)
        handle.scroll_into_view_if_needed()
        box, track = handle.bounding_box(), cell.locator(".noUi-base").nth(slider).bounding_box()
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + to * track["width"], y, steps=4)
        self.page.mouse.up()

    def keys(self, index: int, key: str, times: int = 1, slider: int = 0) -> None:
        """Moves a cell's slider by keyboard."""
        handle = self.cell(index).locator(HANDLE).nth(slider)
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def press(self, index: int, label: str) -> None:
        """Presses the button with this label in a cell's output."""
        self.cell(index).get_by_role("button", name=label).first.click()

    def words(self, index: int) -> str:
        """The words below a widget's picture."""
        return self.cell(index).locator(".bp-said").first.inner_text()

    def wait_for_words(self, index: int, part: str, seconds: float = 10) -> None:
        """Waits until a cell's output contains some words."""
        self.cell(index).locator(".jp-OutputArea-output").get_by_text(part).first.wait_for(
            timeout=seconds * 1000)

    def screenshot(self, path: Path | str, index: int | None = None) -> None:
        """A picture of the page, or of one cell's output."""
        if index is None:
            self.page.screenshot(path=str(path))
        else:
            self.cell(index).locator(".jp-OutputArea").first.screenshot(path=str(path))


_OPEN = """async path => {
  const app = window.jupyterapp; await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
  window.bpPanel = panel;
}"""
_IDLE = """
  const kernel = panel.sessionContext.session.kernel;
  await kernel.requestKernelInfo();  // answered after everything that was asked before
"""
_RUN_ALL = """async () => { const app = window.jupyterapp, panel = window.bpPanel;
  app.shell.activateById(panel.id);
  await app.commands.execute('notebook:run-all-cells');""" + _IDLE + "}"
_RUN_CELL = """async ([index, source]) => { const app = window.jupyterapp, panel = window.bpPanel;
  app.shell.activateById(panel.id);
  if (source !== null) panel.content.widgets[index].model.sharedModel.setSource(source);
  panel.content.deselectAll(); panel.content.activeCellIndex = index;
  await app.commands.execute('notebook:run-cell');""" + _IDLE + "}"
_NEW_PICTURE = """([index, before, seconds]) => new Promise((done, fail) => {
  const start = performance.now();
  const look = () => {
    const cell = window.bpPanel.content.widgets[index].node;
    const img = cell.querySelector('img.bp-picture'), took = performance.now() - start;
    if (img && img.src !== before && img.complete && img.naturalWidth) return done(took);
    if (took > 1000 * seconds) return fail(new Error('the picture did not change'));
    requestAnimationFrame(look);
  }; look();
})"""
