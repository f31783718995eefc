"""Grades many submissions at once: workers hold a warm sandbox each, one process writes.

A worker returns plain data; whatever happens to it, every submission gets a record, and a record
that was written is never made again.
"""

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from autograder.classroom.records import checks
from autograder.classroom.similar import fingerprints
from autograder.errors import CourseError

_grader = None
AHEAD = 4  # submissions per worker that are under way: memory stays flat in the size of the class
MOST_DEATHS = 2


def _start_worker(seed, seconds, apart):
    """Runs once in each worker."""
    global _grader
    from autograder.grading import Grader

    _grader = Grader(seed_source=seed, seconds=seconds, apart=apart)


def _work(submission, digest):
    return record_of(_grader, submission, digest)


def record_of(grader, submission, digest):
    """The record of one submission, graded by ``grader``; never raises for what was handed in."""
    from autograder.grading import lesson_exercises, plain
    from autograder.notebooks import read_submission

    exercises = lesson_exercises(submission.lesson)
    record = {
        "learner": submission.learner, "lesson": submission.lesson, "digest": digest,
        "checks": checks(), "isolation": grader.isolation, "points": 0.0, "exercises": {},
        "max_points": sum(exercise.points for exercise in exercises.values()), "error": "",
        "fingerprints": {},
    }  # fmt: skip
    if submission.path is None:
        return {**record, "error": submission.problem}
    try:
        read = read_submission(submission.path)
    except CourseError as error:
        return {**record, "error": str(error)}
    record["fingerprints"] = fingerprints(read, exercises)
    for name, verdict in grader.verdicts(read, submission.lesson).items():
        record["exercises"][name] = {**verdict.as_dict(), **plain(verdict)}
    record["points"] = round(sum(v["points"] for v in record["exercises"].values()), 2)
    return record


def failed(submission, max_points, reason):
    """The record of a submission on which the grading itself broke down.

    It carries no digest: the next run takes the submission up again.
    """
    return {"learner": submission.learner, "lesson": submission.lesson, "digest": "",
            "checks": checks(), "isolation": "", "points": 0.0, "max_points": max_points,
            "exercises": {}, "fingerprints": {}, "error": reason}  # fmt: skip


def grade_all(submissions, seed, jobs, seconds=None, apart=True, max_points=0.0):
    """Yield a record for each of ``submissions``, pairs (HandedIn, digest), as they come."""
    if jobs == 1:
        _start_worker(seed, seconds, apart)
        try:
            for submission, digest in submissions:
                yield record_of(_grader, submission, digest)
        finally:
            _grader.close()
        return
    queue = [(submission, digest, 0) for submission, digest in submissions]
    while queue:
        queue = yield from _with_pool(queue, seed, jobs, seconds, apart, max_points)


def _with_pool(queue, seed, jobs, seconds, apart, max_points):
    """Grade what is in the queue; return what is left when a worker died on the way."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start_worker, (seed, seconds, apart)) as pool:
        running, ready = {}, pool.submit(int)

        def fill():
            while queue and len(running) < jobs * AHEAD:
                item = queue.pop(0)
                running[pool.submit(_work, *item[:2])] = item

        try:
            fill()
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    record = future.result()
                    del running[future]
                    fill()  # before the record goes out: whoever takes it may be long about it
                    yield record
        except BrokenProcessPool:
            if ready.exception() is not None:
                raise CourseError("No process that grades could be started; bp doctor says what is "
                                  "missing on this machine.") from None
            again = []
            for submission, digest, deaths in running.values():
                if deaths + 1 >= MOST_DEATHS:
                    yield failed(submission, max_points, "The grading of this submission broke "
                                 "down twice; please look at it by hand.")  # fmt: skip
                else:
                    again.append((submission, digest, deaths + 1))
            return again + queue
    return []
