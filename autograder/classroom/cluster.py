"""Grades on the workers of a dask cluster, for classes larger than one machine.

A worker needs this package installed; the submissions travel as bytes, the verdicts as plain data.
"""

import tempfile
from pathlib import Path

from autograder.classroom.run import record_of
from autograder.classroom.submissions import HandedIn
from autograder.errors import CourseError

_graders = {}


def grade_there(learner, lesson, name, data, problem, digest, seed, seconds, apart):
    """Runs on a worker: the record of one submission."""
    from autograder.grading import Grader

    key = (seed, seconds, apart)
    if key not in _graders:
        _graders[key] = Grader(seed_source=seed, seconds=seconds, apart=apart)
    with tempfile.TemporaryDirectory() as folder:
        path = None
        if data is not None:
            path = Path(folder) / name
            path.write_bytes(data)
        return record_of(_graders[key], HandedIn(learner, lesson, Path(folder), path, problem), digest)


def grade_on_cluster(address, todo, seed, seconds, apart):
    """Yield the records of ``todo``, pairs (HandedIn, digest), from the cluster at ``address``."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise CourseError("--cluster needs dask: install the packages dask and distributed.") from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise CourseError(f"No dask cluster answers at {address}: {error}.") from None
    with client:
        futures = [
            client.submit(
                grade_there, item.learner, item.lesson, item.path.name if item.path else "",
                item.path.read_bytes() if item.path else None, item.problem, digest, seed, seconds,
                apart, pure=False, retries=1,
            )
            for item, digest in todo
        ]  # fmt: skip
        for future in as_completed(futures):
            yield future.result()
            future.release()
