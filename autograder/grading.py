"""Grades a submission as a class is graded: its code in the sandbox, the judge out here.

A `Grader` holds one warm sandbox; every exercise of every submission gets a fresh process in it.
What an exercise costs (an error, a hang, a death) it costs itself alone.
"""

import atexit
import hashlib
import os
import re
import secrets
import warnings
from collections import defaultdict
from dataclasses import replace

import numpy as np

from autograder.errors import CourseError
from autograder.judge import Diagnosis, Goal, Verdict, judge
from autograder.memo import Memo
from autograder.notebooks import find_lesson, lesson_exercises, read_submission
from autograder.sandbox.launch import BUBBLEWRAP, Sandbox
from autograder.sandbox.opening import CELL_SECONDS, open_child
from autograder.sandbox.remote import Remote
from autograder.sandbox.replay import cells_for, modules_to_warm
from autograder.sandbox.wire import clean
from autograder.show import as_text

UNREADABLE = ("SyntaxError", "IndentationError", "TabError")  # what Python says of a cell's text


def time_limit(given=None):
    """Seconds for an exercise: ``given``, else BP_TIME_LIMIT, else None (each exercise's own)."""
    text = os.environ.get("BP_TIME_LIMIT", "") if given is None else given
    if text in ("", None):
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e6:
        raise CourseError(f"A time limit is a number of seconds above 0; got {text!r}.", 2)
    return seconds


def seed_of(source, exercise):
    """The seed of an exercise's cases: the same for all submissions, unknown to each of them.

    source: bytes, text or a number that stays with the grader.
    """
    data = source if isinstance(source, bytes) else str(source).encode()
    return int.from_bytes(hashlib.blake2b(exercise.encode(), key=data[:64], digest_size=8).digest())


class Grader:
    """One warm sandbox and the judge beside it; use it in a ``with`` statement.

    seed_source: what the cases are drawn from; a new secret unless given.
    seconds: time limit for every exercise, in place of its own.
    cell_seconds: for every cell that is run before an exercise.
    apart: raise CourseError unless submissions are really kept apart from this machine.
    """

    def __init__(self, seed_source=None, seconds=None, apart=False, isolation=None,
                 cell_seconds=CELL_SECONDS):
        self.seed_source = secrets.token_bytes(32) if seed_source is None else seed_source
        self.seconds, self.cell_seconds = time_limit(seconds), cell_seconds
        self.sandbox = Sandbox(isolation)
        self.memos = defaultdict(Memo)  # by exercise: its cases are the same for everyone
        if apart and self.isolation != BUBBLEWRAP:
            self.close()
            raise CourseError("Other people's work is not run here without a sandbox: install "
                              "bubblewrap (bwrap), or say that you trust it.")  # fmt: skip

    @property
    def isolation(self):
        """How submissions are kept apart, in words."""
        return self.sandbox.isolation

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """End the sandbox."""
        self.sandbox.close()

    # --- one exercise ---------------------------------------------------------------------------

    def verdict(self, exercise, submission):
        """The Verdict on one exercise; never raises for what the submission does."""
        cells = cells_for(submission, exercise)
        self.sandbox.warm(modules_to_warm(cells))
        line, names, stopped = self.opened(exercise, submission, cells)
        try:
            solution = Remote(self.sandbox, line, names, self.seconds or exercise.time_limit)
            rng = np.random.default_rng(seed_of(self.seed_source, exercise.name))
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # what odd answers make numpy say concerns nobody
                verdict = judge(exercise, solution, rng, solution.deadline,
                                self.memos[exercise.name])
        finally:
            self.sandbox.end(line)
        return with_trouble(verdict, exercise, cells, stopped)

    def opened(self, exercise, submission, cells):
        """`open_child` in this grader's sandbox."""
        return open_child(self.sandbox, exercise, submission, cells, self.cell_seconds)

    # --- a whole submission ---------------------------------------------------------------------

    def verdicts(self, submission, lesson):
        """Exercise name -> Verdict, for all exercises of the lesson."""
        return {name: self.safely(exercise, submission)
                for name, exercise in lesson_exercises(lesson).items()}  # fmt: skip

    def safely(self, exercise, submission):
        """`verdict`; where the grader itself fails, one that says so: none is ever missing."""
        try:
            return self.verdict(exercise, submission)
        except Exception as error:
            self.sandbox.restart()
            words = f"The grader failed on this answer ({type(error).__name__}): please tell the " \
                    "instructor, it is not your mistake."  # fmt: skip
            return Verdict(exercise.name, 0.0, exercise.points, "died", [],
                           {}, [Diagnosis("grader-failed", words)])  # fmt: skip

    def grade(self, path, lesson=None):
        """What `bp grade` says about a file, as a dict for JSON; never raises for its content."""
        found = {"notebook": str(path), "lesson": lesson or "", "points": 0.0, "max_points": 0.0,
                 "isolation": self.isolation, "exercises": {}}  # fmt: skip
        try:
            submission = read_submission(path)
            slug = lesson or find_lesson(submission)
            if not slug:
                raise CourseError(f"{submission.path.name} belongs to no lesson: no cell, name or "
                                  "function of it is known.")  # fmt: skip
            verdicts = self.verdicts(submission, slug)
        except CourseError as error:
            return {**found, "error": clean(error)}
        found["lesson"] = slug
        found["exercises"] = {name: plain(verdict) for name, verdict in verdicts.items()}
        for key in ("points", "max_points"):
            found[key] = round(sum(item[key] for item in found["exercises"].values()), 2)
        return found


def plain(verdict):
    """The fields that the command line gives of a Verdict."""
    return {"points": verdict.points, "max_points": verdict.max_points, "status": verdict.status,
            "diagnosis": verdict.diagnosis, "message": as_text(verdict)}  # fmt: skip


def grade_notebook(path, seed_source=None, lesson=None, grader=None):
    """`Grader.grade` with a grader of its own unless one is given."""
    if grader is not None:
        return grader.grade(path, lesson)
    with Grader(seed_source) as own:
        return own.grade(path, lesson)


def grade_many(paths, jobs=1, lesson=None, seed_source=None, seconds=None, apart=False):
    """`Grader.grade` for each of ``paths``, in their order, as they get done.

    The cases are the same for all of them. jobs: how many processes grade at the same time.
    """
    source = secrets.token_bytes(32) if seed_source is None else seed_source
    settings, left = (source, seconds, apart), list(paths)
    if jobs > 1 and len(left) > 1:
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        with ProcessPoolExecutor(min(jobs, len(left)), initializer=_worker_begins,
                                 initargs=settings) as pool:  # fmt: skip
            try:
                for graded in pool.map(_worker_grades, paths, [lesson] * len(paths)):
                    yield graded
                    left.pop(0)
            except BrokenProcessPool:  # a worker was killed: this process goes on alone
                pass
    if left:
        with Grader(*settings) as grader:
            for path in left:
                yield grader.grade(path, lesson)


_worker = []


def _worker_begins(*settings):
    """In a worker process: one grader for all that it will be given."""
    _worker.append(Grader(*settings))
    atexit.register(_worker[0].close)


def _worker_grades(path, lesson):
    return _worker[0].grade(path, lesson)


def _unreadable(cell, kind, text):
    """What is said of a cell that is no Python: ``text`` ends with the line, as "(<cell 3>, line 2)"."""
    why, line = re.fullmatch(r"(.*?)(?: \([^()]*, line (\d+)\))?", text, re.DOTALL).groups()
    lines = cell.source.splitlines()
    at = f", in line {line}" if line else ""
    if line and 0 < int(line) <= len(lines) and lines[int(line) - 1].strip():
        at += f": `{lines[int(line) - 1].strip()[:100]}`"
    return f"Python could not read the cell that defines it ({kind}): {why}{at}."


def with_trouble(verdict, exercise, cells, stopped):
    """The verdict with a word about the cells that should have defined what is graded."""
    if verdict.passed:
        return verdict
    wanted = set(exercise.functions)
    own = [cell for cell in cells if cell.number in stopped
           and (wanted & cell.defines or cell.grade_id == exercise.name)]  # fmt: skip
    for cell in own[-1:]:
        kind, text = stopped[cell.number]
        if kind == "NotImplementedError":
            continue
        if verdict.status == "missing" and kind in UNREADABLE:
            verdict = replace(verdict, goals=[Goal("Python can read it", False)], diagnoses=[
                Diagnosis("cell-unreadable", _unreadable(cell, kind, text))])
        elif verdict.status != "missing" or kind not in ("Timeout", "Died"):
            verdict.remarks.append(f"the cell that defines it stopped with {kind}: {text}")
        else:
            verdict = replace(verdict, status=kind.lower(), goals=[Goal("it is written", None)],
                              diagnoses=[Diagnosis(f"cell-{kind.lower()}", "The cell that defines "
                                         f"it ended the program: {text}.")])  # fmt: skip
    return verdict


