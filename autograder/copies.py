"""A learner's own copy of the lessons: made once, added to, and never written over.

The copy remembers, in a small file, which version of each lesson it began from. A notebook whose
cells still say what was copied is untouched and may be updated when its owner agrees; every
other notebook is its owner's work.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, Lesson, cell_source, read_notebook
from autograder.errors import CourseError
from autograder.files import replace_file

MEMORY = ".bp-course.json"
DEFAULT_NAME = "my-course"


def fingerprint(path: Path) -> str:
    """A digest of what a person can change in a notebook: its cells' kinds, texts and outputs.

    Saving without a change alters a file's bytes (JupyterLab adds metadata), but not this.
    """
    cells = [[cell.get("cell_type"), cell_source(cell), cell.get("outputs") or []]
             for cell in read_notebook(path)["cells"]]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


@dataclass
class Copy:
    """The folder of a learner's copy, and the fingerprints of what was copied there."""

    folder: Path
    copied: dict[str, str]

    def notebook(self, slug: str) -> Path:
        """Where the copy of a lesson lies."""
        return self.folder / slug / f"{slug}.ipynb"

    def untouched(self, slug: str) -> bool:
        """Whether the copy of a lesson still is what was copied."""
        try:
            return self.copied.get(slug) == fingerprint(self.notebook(slug))
        except CourseError:  # damaged, and so not ours to judge
            return False

    def take(self, lesson: Lesson) -> None:
        """Copy a released lesson here, and remember which version it was."""
        replace_file(self.notebook(lesson.slug), lesson.path.read_bytes())
        self.copied[lesson.slug] = fingerprint(lesson.path)
        self.remember()

    def remember(self) -> None:
        """Write down which versions were copied."""
        text = json.dumps({"lessons": self.copied}, indent=1, sort_keys=True) + "\n"
        replace_file(self.folder / MEMORY, text.encode())


def open_copy(folder: Path) -> Copy:
    """The copy in `folder`, which may be new."""
    try:
        copied = json.loads((folder / MEMORY).read_text(encoding="utf-8"))["lessons"]
        return Copy(folder, {str(slug): str(digest) for slug, digest in copied.items()})
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return Copy(folder, {})  # new, or its memory is lost: then everything counts as touched


def copy_folder(course: Course, name: str | None) -> Path:
    """The folder called `name` (default: my-course beside lessons/), unless it would do harm."""
    folder = (Path(name).expanduser() if name else course.root / DEFAULT_NAME).resolve()
    ours = (course.lessons_dir, course.solutions_dir)
    if folder == course.root or any(folder == own or own in folder.parents for own in ours):
        raise CourseError(f"{folder} belongs to the course itself; give another folder for your "
                          "own copy, for example --dir my-course.", exit_status=2)
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file; give a folder for your copy.", exit_status=2)
    return folder


@dataclass
class Sync:
    """What bringing a copy up to date found: slugs of lessons by what can be done about them."""

    added: list[str]
    outdated: list[str]
    kept: list[str]


def add_lessons(copy: Copy, lessons: list[Lesson], wanted: str | None = None) -> Sync:
    """Copy the lessons that are new here; sort the others into outdated and kept.

    A lesson that was copied once and is gone was removed by its owner, and comes back only when
    it is the `wanted` one.
    """
    sync = Sync([], [], [])
    for lesson in lessons:
        if not copy.notebook(lesson.slug).exists():
            if lesson.slug not in copy.copied or lesson.slug == wanted:
                copy.take(lesson)
                sync.added.append(lesson.slug)
        elif copy.copied.get(lesson.slug) != fingerprint(lesson.path):
            (sync.outdated if copy.untouched(lesson.slug) else sync.kept).append(lesson.slug)
    return sync
