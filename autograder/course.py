"""Where the course lies on disk, and which lessons it has: every command asks here."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

SLUG = re.compile(r"\d\d_[a-z0-9]+(_[a-z0-9]+)*")
LEVELS = {1: "Kid", 2: "High school", 3: "Undergraduate", 4: "Graduate", 5: "Research"}


@dataclass(frozen=True)
class Lesson:
    """One lesson as its notebook describes itself.

    >>> Lesson("04_house_prices", "House prices", 2, "How?", Path("x.ipynb")).number
    4
    """

    slug: str
    title: str
    level: int
    question: str
    path: Path

    @property
    def number(self) -> int:
        """The lesson's place in the course: 4 for `04_house_prices`."""
        return int(self.slug[:2])


@dataclass(frozen=True)
class Course:
    """A folder with `lessons/` (what learners open) and, in a checkout, `solutions/`."""

    root: Path

    @property
    def lessons_dir(self) -> Path:
        """The folder of the released notebooks."""
        return self.root / "lessons"

    @property
    def solutions_dir(self) -> Path:
        """The folder of the lessons' text sources."""
        return self.root / "solutions"

    def notebook(self, slug: str) -> Path:
        """Where the released notebook of a lesson lies."""
        return self.lessons_dir / slug / f"{slug}.ipynb"

    def source(self, slug: str) -> Path:
        """Where the text source of a lesson lies."""
        return self.solutions_dir / f"{slug}.py"

    def source_slugs(self) -> list[str]:
        """The slugs of all text sources, in the order of the course; misnamed ones too."""
        return sorted(path.stem for path in self.solutions_dir.glob("*.py"))

    def lessons(self) -> list[Lesson]:
        """The released lessons in the order of the course."""
        return read_lessons(self.lessons_dir)

    def lesson(self, name: str) -> Lesson:
        """The released lesson that `name` means: `4`, `04`, `04_house_prices`, a path to it."""
        lessons = {lesson.slug: lesson for lesson in self.lessons()}
        return lessons[choose(name, list(lessons))]


def choose(name: str, slugs: list[str]) -> str:
    """The one slug that `name` means, else a `CourseError` that lists what there is.

    >>> choose("4", ["03_slopes_and_steps", "04_house_prices"])
    '04_house_prices'
    >>> choose("lessons/04_house_prices/", ["04_house_prices"])
    '04_house_prices'
    """
    wanted = Path(name).name.removesuffix(".ipynb").removesuffix(".py")
    for slug in slugs:
        number, _, words = slug.partition("_")
        if wanted in (slug, words) or (wanted.isdigit() and int(wanted) == int(number)):
            return slug
    known = ", ".join(slugs) or "none yet"
    raise CourseError(f"There is no lesson {name!r}; the lessons are: {known}.", exit_status=2)


def read_lessons(folder: Path, slugs: list[str] | None = None) -> list[Lesson]:
    """The lessons (all, or `slugs` alone) that lie in `folder`, as they describe themselves."""
    found = []
    for path in sorted(folder.glob("*/*.ipynb")):
        slug = path.stem
        if slug == path.parent.name and SLUG.fullmatch(slug) and (not slugs or slug in slugs):
            about = read_notebook(path).get("metadata", {}).get("bp", {})
            found.append(Lesson(slug, str(about.get("title", slug)), int(about.get("level", 0)),
                                str(about.get("question", "")), path))
    return found


def read_notebook(path: Path) -> dict:
    """The notebook as plain JSON; a `CourseError` says so when the file is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}.", exit_status=2) from None
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}.") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise CourseError(f"{path} is not a notebook: it has no list of cells.")
    return notebook


def cell_source(cell: dict) -> str:
    """The text of a cell, which the notebook format allows to be a string or a list of lines.

    >>> cell_source({"source": ["a = 1\\n", "a"]})
    'a = 1\\na'
    """
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (default: the working folder), else the checkout we run from."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents, Path(__file__).resolve().parent.parent):
        if (folder / "lessons").is_dir() and (
                (folder / "solutions").is_dir() or any(folder.glob("lessons/[0-9][0-9]_*"))):
            return Course(folder)
    raise CourseError(
        "No course found here: go to the folder that holds lessons/ and call bp again.",
        exit_status=2)
