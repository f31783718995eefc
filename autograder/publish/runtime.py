"""Python for the browser: what of a Pyodide distribution a site needs, and the course's wheel in it.

Pyodide finds packages through its lock file, so the course's wheel is an entry there and a plain
`import bplib` loads it. With a distribution at hand, a copy of what is needed goes into the site;
without one, the browser fetches Pyodide's own lock file and `start.mjs` adds the entry to it.
"""

import json
import os
import shutil
from pathlib import Path

from autograder.errors import CourseError
from autograder.publish.wheel import course_wheel, installed_wheel

LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
COURSE = "backprop-course"
# Loaded side by side while Python starts; the kernel would ask for the first four one by one.
PRELOADED = ("micropip", "comm", "ipython", "jedi", "ipywidgets", "matplotlib", "numpy", COURSE)
KERNEL = ("piplite", "ipykernel", "pyodide-kernel")  # what the kernel brings along, loaded likewise
NOT_IN_PYODIDE = ("comm", "ipywidgets")  # some distributions lack them; pure Python, so we have them
START = Path(__file__).resolve().parents[1] / "templates" / "site" / "start.mjs"


def check_distribution(folder: Path) -> dict:
    """The lock file of the Pyodide distribution in `folder`; CourseError says what is missing."""
    expected = f"a folder with {', '.join(CORE[:-1])}, {LOCK} and the wheels that it lists"
    missing = [name for name in CORE if not (folder / name).is_file()]
    if missing:
        raise CourseError(f"{folder} is no Pyodide distribution: {', '.join(missing)} "
                          f"{'is' if len(missing) == 1 else 'are'} not there; give {expected}.", 2)
    try:
        lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        files = {name: about["file_name"] for name, about in lock["packages"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CourseError(f"{folder / LOCK} is not a lock file of Pyodide; give {expected}.",
                          2) from None
    for name in needed(lock):
        if not (folder / files[name]).is_file():
            raise CourseError(f"{folder} is not whole: {files[name]}, which its {LOCK} lists, is "
                              "not there.", 2)
    lacking = [name for name in PRELOADED
               if name not in files and name not in (*NOT_IN_PYODIDE, COURSE)]
    if lacking:
        raise CourseError(f"The Pyodide distribution in {folder} has no {', '.join(lacking)}, which "
                          "the lessons need; give a full distribution.", 2)
    return lock


def needed(lock: dict) -> list[str]:
    """The packages of a lock file that the course needs, directly or through another.

    >>> needed({"packages": {"numpy": {"depends": []}, "scipy": {"depends": ["numpy"]}}})
    ['numpy']
    """
    packages, found = lock["packages"], set()
    waiting = [*PRELOADED, *(name for one in NOT_IN_PYODIDE for name in _depends(one))]
    while waiting:
        name = waiting.pop()
        if name in packages and name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return sorted(found)


def _depends(name: str) -> tuple[str, ...]:
    return installed_wheel(name).depends


def write_runtime(target: Path, pyodide: Path | None, kernel: Path | None = None) -> None:
    """Write `target`: start.mjs, what it is to load, the course's wheel, and Pyodide if given.

    kernel: the folder of the kernel's own wheels in the same site.
    """
    target.mkdir(parents=True)
    shutil.copyfile(START, target / START.name)
    wheels = {wheel.name: wheel for wheel in (course_wheel(), *map(installed_wheel, NOT_IN_PYODIDE))}
    if pyodide is None:
        for wheel in wheels.values():
            (target / wheel.file_name).write_bytes(wheel.content)
        extra = {name: wheel.lock_entry() for name, wheel in wheels.items()}
        plan = {"base": _public_address(), "packages": extra, "bytes": None}
    else:
        plan = {"base": "pyodide/", "packages": {},
                "bytes": _copy(pyodide, target / "pyodide", wheels)}
    if kernel is not None:
        plan["packages"] |= kernel_packages(kernel, target)
    (target / "runtime.json").write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")


def kernel_packages(folder: Path, start: Path) -> dict[str, dict]:
    """Lock entries for the kernel's wheels in `folder`, addressed from the folder `start`."""
    index = json.loads((folder / "all.json").read_text(encoding="utf-8"))
    entries = {}
    for name in KERNEL:
        version, files = list(index[name]["releases"].items())[-1]
        place = Path(os.path.relpath(folder / files[0]["filename"], start)).as_posix()
        entries[name] = {"name": name, "version": version, "file_name": place, "install_dir": "site",
                         "sha256": files[0]["digests"]["sha256"], "package_type": "package",
                         "imports": [], "depends": [], "unvendored_tests": False}
    return entries


def _public_address() -> str:
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    return PYODIDE_CDN_URL.rstrip("/") + "/"


def _copy(pyodide: Path, target: Path, wheels: dict) -> int:
    """Copy what is needed of a distribution, our wheels in its lock file; the bytes to load."""
    lock = check_distribution(pyodide)
    kept = {name: lock["packages"][name] for name in needed(lock)}
    target.mkdir()
    for name in (*CORE[:-1], *(about["file_name"] for about in kept.values())):
        shutil.copyfile(pyodide / name, target / name)
    for name, wheel in wheels.items():
        if name not in kept:
            (target / wheel.file_name).write_bytes(wheel.content)
            kept[name] = wheel.lock_entry()
    for about in kept.values():  # a dependency that is not here is not used: jupyterlab, typer
        about["depends"] = [name for name in about["depends"] if name in kept]
    text = json.dumps({**lock, "packages": kept}, indent=1, sort_keys=True) + "\n"
    (target / LOCK).write_text(text, encoding="utf-8")
    return sum(path.stat().st_size for path in target.iterdir())
