"""The lessons live: JupyterLite with the released notebooks, the widgets and the course's wheel."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.course import Course
from autograder.errors import CourseError
from autograder.publish.runtime import KERNEL as KERNEL_PACKAGES
from autograder.publish.runtime import PRELOADED, write_runtime

KERNEL = "@jupyterlite/pyodide-kernel-extension"
# Of all that is installed here only these: nbgrader's extension, for one, wants a server.
EXTENSIONS = (KERNEL, "@jupyter-widgets/jupyterlab-manager", "jupyterlab_pygments")
SETTINGS = Path(__file__).resolve().parents[1] / "jupyter" / "settings" / "overrides.json"


def check_installed() -> None:
    """CourseError unless JupyterLite and its Python kernel are installed."""
    for module in ("jupyterlite_core", "jupyterlite_pyodide_kernel"):
        if importlib.util.find_spec(module) is None:
            raise CourseError(f"{module} is not installed, and bp site needs it: "
                              "pip install 'backprop-course[instructor]'.", 2)


def build_lite(course: Course, slugs: list[str], target: Path, scratch: Path,
               pyodide: Path | None) -> None:
    """Write JupyterLite's site into `target`, with the released notebooks of `slugs` as its files."""
    stage, files = scratch / "lite", scratch / "files"
    for slug in slugs:
        (files / slug).mkdir(parents=True)
        shutil.copyfile(course.notebook(slug), files / slug / f"{slug}.ipynb")
    stage.mkdir()
    for name, content in {"jupyter_lite_config.json": _build_settings(files, target),
                          "jupyter-lite.json": _page_settings(),
                          "overrides.json": _user_settings()}.items():
        (stage / name).write_text(json.dumps(content), encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERLITE_")}
    places = {name: str(scratch / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    done = subprocess.run([sys.executable, "-m", "autograder.quick", "jupyterlite_core", "build"],
                          cwd=stage, env=env | places, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise CourseError(f"JupyterLite could not be built: {' '.join(said)}")
    for font in (target / "build").glob("fa-*"):  # for browsers that cannot run Python anyway
        if font.suffix in {".svg", ".eot", ".ttf", ".woff"}:
            font.unlink()
    wheels = target / "extensions" / KERNEL / "static" / "pypi"
    write_runtime(target / "runtime", pyodide, wheels)


def _build_settings(files: Path, target: Path) -> dict:
    return {"LiteBuildConfig": {
        "contents": [str(files)], "output_dir": str(target), "apps": ["notebooks"],
        "no_sourcemaps": True, "no_unused_shared_packages": True,
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(_extension(name)) for name in EXTENSIONS],
    }}


def _extension(name: str) -> Path:
    from jupyter_core.paths import jupyter_path

    for folder in jupyter_path("labextensions"):
        if (Path(folder) / name / "package.json").is_file():
            return Path(folder) / name
    raise CourseError(f"JupyterLab's extension {name} is not installed, and bp site needs it: "
                      "pip install 'backprop-course[instructor]'.", 2)


def _page_settings() -> dict:
    kernel = {"pyodideUrl": "./runtime/start.mjs", "disablePyPIFallback": True,
              "loadPyodideOptions": {"packages": [*PRELOADED, *KERNEL_PACKAGES]}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": {
        "appName": "Backpropagation", "exposeAppInBrowser": True,
        "litePluginSettings": {f"{KERNEL}:kernel": kernel},
    }}


def _user_settings() -> dict:
    """The settings of `bp lab`, less a logo; work is kept at once, for tabs are closed quickly."""
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    return settings | {"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},
                       "@jupyter-notebook/application-extension:top": {"visible": "no"}}
