"""What a class handed in for a lesson: one notebook per learner, wherever it lies in their folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

KINDS = (".ipynb", ".py")


@dataclass(frozen=True)
class HandedIn:
    """One learner's submission: the file to grade, or why there is none."""

    learner: str
    lesson: str
    folder: Path
    path: Path | None
    problem: str = ""

    def digest(self):
        """A digest of the file and of what stands beside it (a timestamp), to see changes by."""
        total = hashlib.sha256()
        for path in (self.path, self.folder / "timestamp.txt"):
            if path is not None and path.is_file():
                total.update(path.read_bytes())
            total.update(b"\0")
        return total.hexdigest()


def handed_in(folder, lesson):
    """Every HandedIn of a lesson below ``folder`` (``LEARNER/LESSON/...``), by learner.

    A learner without a folder for the lesson handed nothing in, and is not listed.
    """
    if not folder.is_dir():
        raise CourseError(
            f"There are no submissions: {folder} should hold LEARNER/{lesson}/{lesson}.ipynb.", 2
        )
    found = []
    for learner in sorted(path for path in folder.iterdir() if path.is_dir()):
        place = learner / lesson
        if place.is_dir() and not learner.name.startswith("."):
            path, problem = _the_file(place, lesson)
            found.append(HandedIn(learner.name, lesson, place, path, problem))
    return found


def _the_file(folder, lesson):
    """The notebook of a folder: the one of the right name, else the only one that there is."""
    right = folder / f"{lesson}.ipynb"
    if right.is_file():
        return right, ""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in KINDS and ".ipynb_checkpoints" not in path.parts
    )
    notebooks = [path for path in files if path.suffix.lower() == ".ipynb"] or files
    named = [path for path in notebooks if lesson[:2] in path.name or lesson[3:] in path.name.lower()]
    if len(notebooks) == 1 or len(named) == 1:
        return (notebooks if len(notebooks) == 1 else named)[0], ""
    if not notebooks:
        return None, f"There is no notebook in the folder; {lesson}.ipynb was expected."
    names = ", ".join(path.name for path in notebooks[:5])
    return None, f"There are several notebooks ({names}), none of them called {lesson}.ipynb."
