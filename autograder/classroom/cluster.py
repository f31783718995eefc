"""Grades on the workers of a dask cluster, for classes larger than one machine.

A worker needs this package installed; the submissions travel as bytes, the verdicts as plain data.
"""

import tempfile
import threading
from pathlib import Path

from autograder.classroom.run import failed, record_of
from autograder.classroom.submissions import HandedIn
from autograder.errors import CourseError

_graders = {}
# A worker's threads share its warnings filters, its standard output and its sandbox: the judge must
# have them to itself. Workers of one thread each (dask worker --nworkers auto) lose nothing by it.
_one_at_a_time = threading.Lock()


def grade_there(learner, lesson, name, data, problem, digest, seed, seconds, apart):
    """Runs on a worker: the record of one submission."""
    from autograder.grading import Grader

    key = (seed, seconds, apart)
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
        if key not in _graders:
            _graders[key] = Grader(seed_source=seed, seconds=seconds, apart=apart)
        path = None
        if data is not None:
            path = Path(folder) / name
            path.write_bytes(data)
        return record_of(_graders[key], HandedIn(learner, lesson, Path(folder), path, problem), digest)


def grade_on_cluster(address, todo, seed, seconds, apart, max_points=0.0):
    """Yield the records of ``todo``, pairs (HandedIn, digest), from the cluster at ``address``.

    What a worker could not give back, since it died or has no such package, is a record with the
    reason: the batch goes on, and the next run takes it up again.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise CourseError("--cluster needs dask: install the package distributed.") from None
    try:
        client = Client(address, timeout="5s")
    except (OSError, ValueError) as error:
        raise CourseError(f"No dask cluster answers at {address}: {error}.") from None
    with client:
        futures = {
            client.submit(
                grade_there, item.learner, item.lesson, item.path.name if item.path else "",
                item.path.read_bytes() if item.path else None, item.problem, digest, seed, seconds,
                apart, pure=False, retries=1,
            ): (item, digest)
            for item, digest in todo
        }  # fmt: skip
        for future in as_completed(list(futures)):
            submission, digest = futures.pop(future)
            error = future.exception()
            if error is None:
                yield future.result()
            else:
                yield failed(submission, max_points,
                             f"the cluster could not grade it ({type(error).__name__}: {error})")
            future.release()
