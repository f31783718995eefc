"""The map of the course: which exercises are done, and what comes next.

Read from the notebooks as they were last saved, without running a line of them: the output of
a check cell is the points it gave.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.copies import MEMORY
from autograder.course import LEVELS, Lesson, read_lessons, read_notebook
from autograder.errors import CourseError

MARKS = {"done": "✓", "begun": "◐", "new": "○"}


@dataclass(frozen=True)
class Result:
    """One check of a lesson: its points, and those earned (None when it never ran)."""

    name: str
    points: float
    earned: float | None

    @property
    def done(self) -> bool:
        """Whether it earned all its points."""
        return self.earned is not None and self.earned >= self.points


@dataclass(frozen=True)
class LessonProgress:
    """A lesson of the copy with the results of its checks."""

    lesson: Lesson
    results: tuple[Result, ...]
    begun: bool

    @property
    def state(self) -> str:
        """`done`, `begun` or `new`; a lesson without checks is done once some of it has run."""
        if all(result.done for result in self.results) and (self.results or self.begun):
            return "done"
        return "begun" if self.begun else "new"

    @property
    def count(self) -> str:
        """How many exercises are done, in words."""
        if not self.results:
            return "to play with"
        done = sum(result.done for result in self.results)
        return f"{done} of {len(self.results)} exercise{'s' * (len(self.results) != 1)}"

    def next_exercise(self) -> str:
        """The first exercise that is not done yet; empty when there is none."""
        return next((result.name for result in self.results if not result.done), "")


@dataclass(frozen=True)
class Progress:
    """The map: shown as text in a terminal, as HTML in a notebook."""

    lessons: tuple[LessonProgress, ...]
    unreadable: tuple[str, ...] = ()

    def next_slug(self) -> str | None:
        """The first lesson that is not done; None when all are."""
        return next((item.lesson.slug for item in self.lessons if item.state != "done"), None)

    def levels(self) -> Iterator[tuple[str, list[LessonProgress]]]:
        """The lessons by level, each with the level's heading."""
        for level in sorted({item.lesson.level for item in self.lessons}):
            heading = f"Level {level} · {LEVELS.get(level, '')}".rstrip(" ·")
            yield heading, [item for item in self.lessons if item.lesson.level == level]

    def summary(self) -> str:
        """One sentence on what comes next."""
        here = {item.lesson.slug: item for item in self.lessons}
        slug = self.next_slug()
        if not here:
            return "There are no lessons here yet."
        if slug is None:
            return "All lessons are done."
        exercise = here[slug].next_exercise()
        return f"Next: lesson {slug[:2]}, {here[slug].lesson.title}" + (
            f" (exercise {exercise})." if exercise else ".")

    def __repr__(self) -> str:
        width = max((len(item.lesson.title) for item in self.lessons), default=0)
        lines = []
        for heading, items in self.levels():
            lines += ["", heading] if lines else [heading]
            for item in items:
                arrow = "→" if item.lesson.slug == self.next_slug() else " "
                lines.append(f"{arrow} {MARKS[item.state]} {item.lesson.slug[:2]}  "
                             f"{item.lesson.title:<{width}}  {item.count}")
        lines += [f"! {sentence}" for sentence in self.unreadable]
        return "\n".join([*lines, *[""] * bool(lines), self.summary()])

    def _repr_html_(self) -> str:
        rows = []
        for heading, items in self.levels():
            rows.append(f'<tr><th colspan="4" scope="colgroup" style="{HEADING}">'
                        f"{html.escape(heading)}</th></tr>")
            rows += [self._row(item) for item in items]
        notes = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.unreadable)
        return (f'<div style="max-width:46em"><table style="{TABLE}"><caption style="{CAPTION}">'
                f"The map of the course</caption>{''.join(rows)}</table>{notes}"
                f"<p><strong>{html.escape(self.summary())}</strong></p></div>")

    def _row(self, item: LessonProgress) -> str:
        here = item.lesson.slug == self.next_slug()
        slug = item.lesson.slug  # the notebook that shows the map lies in a folder beside it
        title = (f'<a href="../{slug}/{slug}.ipynb" target="_blank">'
                 f"{html.escape(item.lesson.title)}</a>")
        mark = f'<span aria-hidden="true">{MARKS[item.state]}</span>'
        return (f'<tr style="background:none;{"font-weight:600" if here else ""}">'
                f'<td style="{CELL}">{mark}</td><td style="{CELL}">{slug[:2]}</td>'
                f'<td style="{CELL};width:99%">{title}<br><span style="{QUIET}">'
                f"{html.escape(item.lesson.question)}</span></td>"
                f'<td style="{CELL};white-space:nowrap">{item.count}'
                f'{"<br>next" if here else ""}</td></tr>')


TABLE = "border-collapse:collapse;table-layout:auto;width:100%;font-size:100%;color:inherit"
CAPTION = "text-align:left;font-weight:600;font-size:115%;padding:.2em .5em"
HEADING = "text-align:left;padding:.9em .5em .2em;border-bottom:1px solid currentColor"
CELL = "text-align:left;vertical-align:top;padding:.35em .5em"
QUIET = "font-weight:400;opacity:.75"


def read_results(notebook: dict) -> tuple[Result, ...]:
    """The results of all check cells of a notebook, in its order."""
    found = []
    for cell in notebook["cells"]:
        about = cell.get("metadata", {}).get("nbgrader", {})
        if about.get("grade"):
            name = str(about.get("grade_id", "")).removeprefix("check_")
            found.append(Result(name, float(about.get("points", 0)), saved_points(cell)))
    return tuple(found)


def saved_points(cell: dict) -> float | None:
    """The number that a check cell showed when it last ran; None when it did not.

    >>> saved_points({"outputs": [{"output_type": "execute_result", "data": {"text/plain": "2"}}]})
    2.0
    """
    for output in cell.get("outputs") or []:
        if output.get("output_type") == "error":
            return 0.0
        if output.get("output_type") == "execute_result":
            text = output.get("data", {}).get("text/plain", "")
            try:
                return float(text if isinstance(text, str) else "".join(text))
            except ValueError:
                return None
    return None


def read_progress(folder: Path) -> Progress:
    """The map of the lessons in `folder`, whose notebooks lie in NN_slug/NN_slug.ipynb."""
    items, unreadable = [], []
    for path in sorted(folder.glob("[0-9][0-9]_*/*.ipynb")):
        if path.stem != path.parent.name:
            continue
        try:
            lesson = read_lessons(folder, [path.stem])[0]
            notebook = read_notebook(path)
            begun = any(cell.get("outputs") for cell in notebook["cells"])
            items.append(LessonProgress(lesson, read_results(notebook), begun))
        except (CourseError, AttributeError, TypeError, ValueError, IndexError):
            unreadable.append(f"{path.name} cannot be read; is it damaged?")
    return Progress(tuple(items), tuple(unreadable))


def course_map(folder: Path | str | None = None) -> Progress:
    """The map of the course for a cell: of `folder`, else of the copy around the notebook.

    >>> print(course_map("/nowhere"))
    There are no lessons here yet.
    """
    if folder is not None:
        return read_progress(Path(folder))
    here = Path.cwd().resolve()
    for place in (here, *here.parents):
        if (place / MEMORY).is_file() or any(place.glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb")):
            return read_progress(place)
    return Progress(())
