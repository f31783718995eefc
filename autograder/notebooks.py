"""Reads what was handed in, whatever state it is in, as a list of code cells; runs none of it.

A submission may be a notebook of any format version, with cells deleted, moved, doubled or
renamed and metadata gone, or a Python file, plain or in percent format. What cannot be read at
all raises a `CourseError` whose sentence is the reason. Its text is only ever looked at with
regular expressions: parsing a stranger's Python is left to the sandbox.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import SLUG
from autograder.errors import CourseError
from autograder.exercises import all_exercises, exercises_of, lesson_numbers
from autograder.pipeline.source import UNRELEASED

MOST_BYTES = 40 << 20
MOST_CELLS = 2000
MOST_SOURCE = 2_000_000
DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
BINDS = re.compile(r"^[ \t]*(\w+)[ \t]*(?::[^=\n]*)?=[^=]", re.MULTILINE)
CHECKS = re.compile(r"\bcheck\(\s*[rRuUbB]*['\"](\w+)['\"]")
PERCENT = re.compile(r"^#[ ]?%%(.*)$", re.MULTILINE)
NOT_HANDED_IN = re.compile(rf"\btags=\[[^]]*\"(?:{'|'.join(sorted(UNRELEASED))})\"")


@dataclass(frozen=True)
class Cell:
    """A code cell: its number (the first is 1, text cells counted), its text, nbgrader's name."""

    number: int
    source: str
    grade_id: str = ""

    @property
    def defines(self):
        """Names of the functions and classes it seems to define, and of what it assigns."""
        return set(DEFINES.findall(self.source)) | set(BINDS.findall(self.source))

    @property
    def checks(self):
        """Names of the exercises that it seems to check."""
        named = {self.grade_id.removeprefix("check_")} if self.grade_id.startswith("check_") else ()
        return set(CHECKS.findall(self.source)) | set(named)


@dataclass(frozen=True)
class Submission:
    """What was handed in: its code cells, and where it came from.

    trouble: cell number -> how often it ended its process, and how; slow: numbers of cells that
    were stopped in time. Both are what a grader remembers between the exercises.
    """

    path: Path
    cells: list[Cell]
    is_notebook: bool = True
    trouble: dict = field(default_factory=dict, compare=False)
    slow: set = field(default_factory=set, compare=False)

    @property
    def main(self):
        """The name of the module in which its cells run; a file's own main part is not run."""
        return "__main__" if self.is_notebook else "submission"


def read_submission(path):
    """The Submission at ``path``; CourseError with the reason where there is none to read."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CourseError(f"{path.name} is larger than {MOST_BYTES >> 20} MB: clear its "
                              "outputs and save it again.")  # fmt: skip
        data = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}.", exit_status=2) from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    return parse_submission(data, path)


def parse_submission(data, path):
    """The Submission that ``data``, bytes, is; see `read_submission`."""
    text = decoded(data)
    if path.suffix == ".py" or (path.suffix != ".ipynb" and not text.lstrip().startswith("{")):
        return Submission(path, python_cells(text), is_notebook=False)
    if not text.strip():
        raise CourseError(f"{path.name} is empty.")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not text.lstrip().startswith("{"):
            reason = "is not a notebook: it does not begin with {"
        else:
            reason = f"is a damaged notebook: {str(error)[:100]}"
        raise CourseError(f"{path.name} {reason}.") from None
    return Submission(path, notebook_cells(notebook, path.name))


def decoded(data):
    """Bytes as text: by the mark at their beginning, as UTF-8, or as what Windows writes."""
    for mark, encoding in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
                           (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                           (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data[:200].count(0) > 20:
        return data.decode(json.detect_encoding(data), "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def python_cells(text):
    """The code cells of a Python file in percent format; the whole file where it has no marks.

    A lesson's source may be graded too: what of it no learner gets is left out.
    """
    marks = list(PERCENT.finditer(text))
    if not marks:
        return [Cell(1, text)]
    cells = [Cell(0, text[: marks[0].start()])]
    for number, mark in enumerate(marks, 1):
        end = marks[number].start() if number < len(marks) else len(text)
        head = mark.group(1)
        if "[markdown]" in head or "[raw]" in head or NOT_HANDED_IN.search(head):
            continue
        name = re.search(r"\b(solution|check)=\"(\w+)\"", head)
        grade_id = "" if name is None else ("check_" * (name[1] == "check")) + name[2]
        cells.append(Cell(number, text[mark.end(): end].lstrip("\n"), grade_id))
    return [cell for cell in cells if cell.source.strip()]


def notebook_cells(notebook, name):
    """The code cells of a notebook of any version, as far as they are there."""
    if not isinstance(notebook, dict):
        raise CourseError(f"{name} is not a notebook: it holds a {type(notebook).__name__}.")
    found = notebook.get("cells")
    if not isinstance(found, list):  # formats 1 to 3 kept cells in worksheets
        sheets = notebook.get("worksheets")
        sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if isinstance(
            sheets, list) else []
        found = [cell for sheet in sheets if isinstance(sheet.get("cells"), list)
                 for cell in sheet["cells"]]  # fmt: skip
        if not sheets:
            raise CourseError(f"{name} is not a notebook: it has no list of cells.")
    if len(found) > MOST_CELLS:
        raise CourseError(f"{name} has more than {MOST_CELLS} cells.")
    cells = []
    for number, cell in enumerate(found, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell_text(cell)
            if len(source) > MOST_SOURCE:
                raise CourseError(f"{name} has a cell of more than {MOST_SOURCE} letters.")
            cells.append(Cell(number, source, grade_id(cell)))
    return cells


def cell_text(cell):
    """The text of a code cell; old formats called it input or code."""
    for key in ("source", "input", "code"):
        text = cell.get(key)
        if isinstance(text, str):
            return text
        if isinstance(text, list):
            return "".join(line for line in text if isinstance(line, str))
    return ""


def grade_id(cell):
    """nbgrader's name of a cell, or what is left of it: its own id."""
    about = cell.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else None
    for text in (name, cell.get("id")):
        if isinstance(text, str) and re.fullmatch(r"\w{1,80}", text):
            return text
    return ""


def find_lesson(submission):
    """The slug of the lesson that a submission belongs to; "" where nothing tells.

    Looks at the file's and its folder's name, the names of cells, what they check and define.
    """
    votes = dict.fromkeys(
        dict.fromkeys(exercise.lesson for exercise in all_exercises().values()), 0.0
    )
    text = submission.path.name.lower()
    folder = submission.path.parent.name.lower()
    for slug in votes:
        votes[slug] += 3 * (slug in text) + 2 * (slug in folder)
        if not SLUG.search(text) and re.match(rf"0?{int(slug[:2])}\D", text):
            votes[slug] += 1
    taught = {name: exercise.lesson for name, exercise in all_exercises().items()}
    for cell in submission.cells:
        named = {cell.grade_id.removeprefix("check_")}
        for weight, names in ((2, named), (1, cell.checks), (1, cell.defines)):
            for name in names:
                if name in taught:
                    votes[taught[name]] += weight
    best = max(votes, key=votes.get, default="")
    return best if best and votes[best] > 0 else ""


def lesson_exercises(slug):
    """The exercises of the lesson ``slug``, or CourseError where there are none."""
    found = exercises_of(slug) if slug[:2] in lesson_numbers() else {}
    if not found:
        raise CourseError(f"There are no exercises for a lesson {slug!r}.", exit_status=2)
    return found
