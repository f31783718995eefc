"""Hands kept verdicts to nbgrader: gradebook, formgrader and feedback go on as they are.

Of nbgrader's steps only *execute* is replaced, by a look into the records. One process writes the
database; feedback, which only reads it, is made in several.
"""

import logging
import math
import multiprocessing
import shutil
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.v4 import new_output
from nbgrader import preprocessors as stock
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.classroom.records import BOOKED, Records
from autograder.classroom.staging import stage
from autograder.classroom.submissions import HandedIn
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.judge import Verdict
from autograder.show import as_html

log = logging.getLogger("autograder.classroom")
CHUNK = 20
FIELDS = ("exercise", "points", "max_points", "status", "goals", "example", "diagnoses", "remarks",
          "see")  # fmt: skip


class LookUpVerdicts(NbGraderPreprocessor):
    """Stands where nbgrader executes: puts each check's points and words in as its output."""

    records: dict = {}

    def preprocess(self, nb, resources):
        """The notebook with an output for every graded cell, and for no other."""
        record = self.records[resources["nbgrader"]["student"]]
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                name = about["grade_id"].removeprefix("check_")
                cell.outputs = [result_of(record, name, float(about.get("points", 0)))]
                cell.execution_count = 1
        return nb, resources


def result_of(record, name, most):
    """The one execute_result of a check cell: the points as plain text, the words as HTML."""
    found = record["exercises"].get(name)
    if found is None:
        reason = record["error"] or f"There was no answer to {name}."
        verdict = Verdict(name, 0.0, most, "missing", remarks=[reason])
    else:
        verdict = Verdict.from_dict({key: found[key] for key in FIELDS})
    points = verdict.points if math.isfinite(verdict.points) else 0.0
    points = min(max(points, 0.0), most)
    return new_output("execute_result", execution_count=1, data={
        "text/plain": f"{points:g}", "text/html": as_html(verdict)})  # fmt: skip


class _Chosen:
    """A converter that takes the learners it is told instead of a pattern."""

    learners: list = []

    def init_notebooks(self):
        lesson = self.coursedir.assignment_id
        self.assignments = {}
        for learner in self.learners:
            folder = self._format_source(lesson, learner)
            self.assignments[folder] = [str(Path(folder) / f"{lesson}.ipynb")]


class _Book(_Chosen, Autograde):
    """nbgrader's autograde step on chosen learners, save that nothing is executed.

    Nor is the metadata of each staged notebook held against nbgrader's schema, twice: it is that of
    the solved notebook, which `enter_assignment` has just had looked at.
    """

    sanitize_preprocessors = [step for step in Autograde.sanitize_preprocessors.default()
                              if step is not stock.CheckCellMetadata]
    autograde_preprocessors = [SanitizeHTML, LookUpVerdicts, stock.IgnorePattern,
                               ClearMetadataPreprocessor, stock.LimitOutput, stock.SaveAutoGrades,
                               stock.AssignLatePenalties]  # fmt: skip


class _Feedback(_Chosen, GenerateFeedback):
    """nbgrader's feedback step on chosen learners."""


def configuration(root):
    """The course's nbgrader configuration, from its nbgrader_config.py where there is one."""
    config = Config()
    if (root / "nbgrader_config.py").is_file():
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.Exporter.optimistic_validation = True  # a look at the end, not after every step
    return config


@contextmanager
def _quiet():
    """nbgrader tells a lot; only what goes wrong is kept, and given back."""
    words = []
    warnings.simplefilter("ignore", SAWarning)  # nbgrader's own way with its sessions
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: words.append(record.getMessage())
    log.addHandler(handler)
    log.propagate = False
    try:
        yield words
    finally:
        log.removeHandler(handler)


def _course(root, lesson, **places):
    config = configuration(root)
    (root / "autograder").mkdir(exist_ok=True)
    course = CourseDirectory(root=str(root), assignment_id=lesson, config=config, **places)
    return course, config


def enter_assignment(root, lesson):
    """Put the lesson's cells and points into the gradebook; CourseError when nbgrader refuses."""
    scratch = root / "autograder" / ".released"
    course, config = _course(root, lesson, release_directory="autograder/.released")
    converter = GenerateAssignment(coursedir=course, config=config, log=log, force=True)
    converter.create_assignment = True
    with _quiet() as words:
        try:
            converter.start()
        except Exception as error:
            reason = (words or [str(error)])[-1].strip().splitlines()[-1]
            raise CourseError(f"nbgrader cannot enter {lesson} into its gradebook: {reason}") from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def book(root, lesson, records, submissions, tell=lambda: None):
    """Write the records of some learners into the gradebook, each as soon as it can be.

    records: a `Records`; submissions: an iterable of HandedIn, which may wait for each other's
    grading: booking goes on meanwhile; tell is called after each learner. Returns learner -> reason
    for those whom nbgrader could not take even empty.
    """
    solved = nbformat.read(root / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    staged = root / "autograder" / ".staged"
    lost = {}
    for handed_in in submissions:
        learner = handed_in.learner
        record = records.get(learner)
        reason = _book_one(root, lesson, solved, staged, handed_in, record)
        if reason:  # the notebook itself upsets nbgrader: book the verdict with an empty one
            reason = _book_one(root, lesson, solved, staged, handed_in, record, empty=True)
        if reason:
            lost[learner] = reason
        else:
            records.put({**record, BOOKED: True})
        tell()
    shutil.rmtree(staged, ignore_errors=True)
    return lost


def _book_one(root, lesson, solved, staged, handed_in, record, empty=False):
    """Book one learner; the reason when that fails, else ""."""
    learner = handed_in.learner
    folder = staged / learner / lesson
    error = record["error"] or ("Its text cannot be shown here." if empty else "")
    try:
        text = stage(solved, handed_in, error)
    except Exception:
        text = stage(solved, HandedIn(learner, lesson, handed_in.folder, None), "It is damaged.")
    replace_file(folder / f"{lesson}.ipynb", text.encode("utf-8", "replace"))
    stamp = handed_in.folder / "timestamp.txt"
    if stamp.is_file():
        shutil.copy(stamp, folder / "timestamp.txt")
    course, config = _course(root, lesson, submitted_directory="autograder/.staged")
    config.SanitizeHTML.enabled = True
    config.SanitizeHTML.tags = [*SanitizeHTML().tags, "details", "summary"]  # the lessons' hints
    LookUpVerdicts.records = {learner: record}
    converter = _Book(coursedir=course, config=config, log=log, force=True)
    converter.learners = [learner]
    with _quiet() as words:
        try:
            converter.start()
        except Exception as failure:
            return (words or [str(failure)])[-1].strip().splitlines()[-1]
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)
    return ""


def give_feedback(root, lesson, learners, jobs, tell=lambda count: None):
    """Write nbgrader's feedback pages; learner -> reason for those that failed."""
    learners = sorted(learners)
    rounds = math.ceil(len(learners) / (jobs * CHUNK))
    size = math.ceil(len(learners) / (jobs * rounds))  # so that all are busy to the end
    chunks = [learners[i : i + size] for i in range(0, len(learners), size)]
    lost = {}
    if jobs == 1 or len(chunks) == 1:
        for chunk in chunks:
            lost.update(_feedback_chunk(root, lesson, chunk))
            tell(len(chunk))
        return lost
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        futures = [pool.submit(_feedback_chunk, root, lesson, chunk) for chunk in chunks]
        for future, chunk in zip(futures, chunks, strict=True):
            lost.update(future.result())
            tell(len(chunk))
    return lost


def _feedback_chunk(root, lesson, learners):
    course, config = _course(root, lesson)
    converter = _Feedback(coursedir=course, config=config, log=log, force=True)
    converter.learners = learners
    with _quiet() as words:
        try:
            converter.start()
        except Exception as failure:
            reason = (words or [str(failure)])[-1].strip().splitlines()[-1]
            return {name: reason for name in learners if not feedback_page(root, lesson, name).is_file()}
    return {}


def feedback_page(root, lesson, learner):
    """Where nbgrader writes a learner's feedback."""
    return root / "autograder" / "feedback" / learner / lesson / f"{lesson}.html"


def records_of(root, lesson):
    """The kept verdicts of a lesson in a course."""
    return Records(root / "autograder" / "verdicts", lesson)
