"""What this machine has of what the course can use, and how to get the rest."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "backprop-course"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, missing (needed by learners) or optional."""

    group: str
    name: str
    state: str
    says: str
    remedy: str = ""


def findings() -> list[Finding]:
    """Everything that `bp doctor` looks at, in the order it shows it."""
    return [python(), *packages(), course(), isolation(), browser()]


def python() -> Finding:
    """The interpreter, against the versions that the course is tested with."""
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 15):
        return Finding("Python", "Python", "ok", version)
    return Finding("Python", "Python", "missing", f"{version} is outside 3.11 to 3.14",
                   "install one of these and make the environment again")


def packages() -> list[Finding]:
    """Each package that the course's own metadata asks for, by what it is for."""
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return [Finding("For learners", DISTRIBUTION, "missing", "is not installed here",
                        "python -m pip install --editable '.[instructor]' in the course's folder")]
    found = []
    for line in lines:
        need = Requirement(line)
        extra = "".join(re.findall(r"extra == ['\"](\w+)['\"]", line))
        if need.name != DISTRIBUTION:
            found.append(package(need, extra))
    return found


def package(need, extra: str) -> Finding:
    """One required package: there, absent, or of another version than was tested."""
    groups = {"": "For learners", "instructor": "For instructors", "dev": "For development",
              "torch": "For development"}
    absent = "optional" if extra else "missing"
    remedy = f'python -m pip install "{need.name}{need.specifier}"'
    try:
        version = metadata.version(need.name)
    except metadata.PackageNotFoundError:
        return Finding(groups[extra], need.name, absent, "is not installed", remedy)
    if not need.specifier.contains(version, prereleases=True):
        return Finding(groups[extra], need.name, absent,
                       f"{version} is not among {need.specifier}", remedy)
    return Finding(groups[extra], need.name, "ok", version)


def course() -> Finding:
    """The lessons around the working folder."""
    from autograder.course import find_course
    from autograder.errors import CourseError

    try:
        around = find_course()
        lessons = around.lessons()
    except CourseError as error:
        return Finding("Course", "lessons", "missing", str(error))
    return Finding("Course", "lessons", "ok" if lessons else "missing",
                   f"{len(lessons)} in {around.lessons_dir}", "" if lessons else "bp build")


def isolation() -> Finding:
    """Whether other people's code can be locked away while it is graded."""
    remedy = "apt install bubblewrap (Linux); elsewhere grade only code you trust"
    program = shutil.which("bwrap")
    if program is None:
        return Finding("System", "bubblewrap", "optional", "is not installed: grading is not "
                       "isolated", remedy)
    try:
        subprocess.run([program, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/",
                        "true"], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return Finding("System", "bubblewrap", "optional", "is installed, but this machine does "
                       "not let it isolate: grading is not isolated",
                       "allow user namespaces, or run where they are allowed")
    return Finding("System", "bubblewrap", "ok", "isolates what is graded")


def browser() -> Finding:
    """A Chromium for the tests that drive one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        return Finding("System", "chromium", "optional", "is not installed: the browser tests "
                       "do not run", "apt install chromium")
    return Finding("System", "chromium", "ok", str(Path(program)))
