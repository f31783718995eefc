"""A talk live in JupyterLab: its notebook has been run when the browser opens, widgets and all.

Everything lies in a temporary folder, JupyterLab's settings too, so nothing of the instructor's is
read or changed. The kernel is started by the server; we run the cells on it before anybody looks,
and JupyterLab, opened on the same kernel, takes the widgets over from there. jupyterlab-deck is
switched on by its setting.
"""

import json
import os
import secrets
import sys
import time
import urllib.request
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import replace_file

SECONDS = 300  # a cell's limit
JUPYTER = Path(__file__).resolve().parent.parent / "jupyter"  # quiet, and without calling home
# JupyterLab gives the focus to a cell, where the arrows would go from heading to heading and not, as
# jupyterlab-deck has it, from slide to slide; and nothing has the focus once that cell is gone. A
# slider that has the focus keeps its arrows. The Page keys, which a speaker's clicker sends, always
# move.
PLACES = (".jp-Deck .jp-Notebook.jp-mod-commandMode .jp-Notebook-cell.jp-Cell:focus:focus:focus",
          "body[data-jp-deck-mode='presenting']:not(:focus-within)")
KEYS = {"forward": ("ArrowRight", "ArrowDown", "Space"), "back": ("ArrowLeft", "ArrowUp", "Shift Space")}
ALWAYS = {"forward": "PageDown", "back": "PageUp"}
# JupyterLab hears no key inside an output; so a slider that was moved hands the Page keys on.
CLICKER = '''
from IPython.display import Javascript

Javascript("""
addEventListener("keydown", event => {
  const inside = event.target.closest && event.target.closest(".jp-Deck .jp-OutputArea");
  if (!inside || !["PageDown", "PageUp"].includes(event.key)) return;
  event.preventDefault(); event.stopImmediatePropagation(); document.activeElement.blur();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {
    key: event.key, code: event.code, keyCode: event.keyCode, bubbles: true, cancelable: true}));
}, true)
""")
'''


def prepare(folder: Path, notebook, slug: str, scheme: str) -> str:
    """Write a talk's notebook and the settings of its JupyterLab below `folder`; the file's name."""
    import nbformat

    name = f"{slug}.ipynb"
    notebook.cells[0].source += CLICKER
    replace_file(folder / "talk" / name, nbformat.writes(notebook).encode())
    overrides = {
        "@deathbeds/jupyterlab-deck:plugin": {"active": True},
        # every cell is in the page from the beginning, so that no slide is drawn late
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
        "@jupyterlab/apputils-extension:themes": {
            "theme": "JupyterLab Dark" if scheme == "dark" else "JupyterLab Light"},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    }
    replace_file(folder / "settings" / "overrides.json", json.dumps(overrides).encode())
    shortcuts = [{"command": f"deck:{way}", "keys": [key], "selector": place}
                 for way, keys in KEYS.items() for key in keys for place in PLACES]
    shortcuts += [{"command": f"deck:{way}", "keys": [key], "selector": "body[data-jp-deck-mode]"}
                  for way, key in ALWAYS.items()]
    replace_file(folder / "user-settings" / "@jupyterlab" / "shortcuts-extension"
                 / "shortcuts.jupyterlab-settings", json.dumps({"shortcuts": shortcuts}).encode())
    replace_file(folder / "config" / "custom" / "custom.css", sheet(scheme).encode())
    return name


def sheet(scheme: str) -> str:
    """The style sheet of a live talk: type in the size of a projector, in the colours of a scheme."""
    from importlib.resources import files

    from bplib.play.skin import scheme_rules
    from bplib.play.theme import DARK, LIGHT

    colours = {"light": LIGHT, "dark": DARK}[scheme]
    variables = "".join(f"--{name}:{value};" for name, value in colours.items())
    # questions are always made in light colours: on a dark slide they take the dark ones
    asked = scheme_rules(scheme).replace(f".bp-{scheme}", ".jp-Deck .bp-ask.bp-light")
    return (f":root{{{variables}}}\n{asked}\n"
            + files("autograder").joinpath("templates", "live.css").read_text(encoding="utf-8"))


def environment(folder: Path, token: str) -> dict:
    """The server's environment: the course is found, and all of Jupyter's files stay in `folder`."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython",
              "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_SETTINGS_DIR": "user-settings",
              "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    return {**os.environ, **{name: str(folder / place) for name, place in places.items()},
            "JUPYTER_CONFIG_PATH": str(JUPYTER), "PYTHONPATH": paths,
            "JUPYTER_TOKEN": token, "OPENBLAS_NUM_THREADS": "1"}


def command(folder: Path, port: int) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "autograder.quick", "jupyterlab", "--no-browser",
            f"--ServerApp.root_dir={folder / 'talk'}",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
            f"--LabApp.app_settings_dir={folder / 'settings'}", "--LabApp.custom_css=True",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--Application.log_level=ERROR",
            *(["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]


def new_token() -> str:
    """A word that opens the server to nobody else on this machine."""
    return secrets.token_urlsafe(24)


def run_on_server(folder: Path, name: str, address: str, token: str, tell=print) -> None:
    """Run a notebook of the server's folder on the kernel that the server keeps for it.

    address: the server's, without a slash at its end. Raises `CourseError` when a cell fails.
    """
    import nbformat
    from jupyter_client import BlockingKernelClient

    path = folder / "talk" / name
    notebook = nbformat.read(path, as_version=4)
    client = BlockingKernelClient(
        connection_file=str(folder / "runtime" / f"kernel-{_kernel(address, token, name)}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        _wait(client)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            tell(f"\rGetting ready: {number} of {len(code)}", end="", flush=True)
            cell.outputs = _run(client, cell.source)
            cell.execution_count = number
            for output in cell.outputs:
                if output.output_type == "error":
                    raise CourseError(f"A cell of the talk failed: {output.ename}: {output.evalue}")
    except (TimeoutError, RuntimeError) as error:
        raise CourseError(f"The talk could not be run: {error}") from None
    finally:
        tell(flush=True)
        client.stop_channels()
    replace_file(path, nbformat.writes(notebook).encode())
    # what JupyterLab has not seen being run it shows only when it is signed
    nbformat.sign.NotebookNotary(data_dir=str(folder / "data")).sign(notebook)


def _kernel(address, token, name):
    """Start the notebook's session; the id of its kernel."""
    body = json.dumps({"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}})
    request = urllib.request.Request(f"{address}/api/sessions", body.encode(), {
        "Authorization": f"token {token}", "Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)["kernel"]["id"]


def _wait(client, seconds=90):
    """Return when the kernel answers; a kernel that is slow to start counts as dead at first."""
    until = time.monotonic() + seconds
    while True:
        try:
            return client.wait_for_ready(timeout=seconds)
        except RuntimeError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _run(client, source):
    """A cell's outputs, as they go into a notebook."""
    from nbformat.v4 import output_from_msg

    outputs = []

    def take(message):
        kind = message["msg_type"]
        if kind == "clear_output":
            outputs.clear()
        elif kind in ("stream", "display_data", "execute_result", "error"):
            output = output_from_msg(message)
            last = outputs[-1] if outputs else {}
            if kind == "stream" and last.get("name") == output.name:
                last["text"] += output.text
            else:
                outputs.append(output)

    client.execute_interactive(source, allow_stdin=False, timeout=SECONDS, output_hook=take)
    return outputs
