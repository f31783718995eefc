"""`bp check`: one exercise in Python files or notebooks, judged as in grading."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import CourseError


def check_file(grader, exercise, path):
    """What is said about one file, as a dict, and the exit status that it stands for."""
    from autograder.grading import plain
    from autograder.notebooks import read_submission
    from autograder.sandbox.wire import clean

    row = {"file": str(path), "exercise": exercise.name, "passed": False}
    try:
        verdict = plain(grader.safely(exercise, read_submission(path)))
    except CourseError as error:
        reason = clean(error)
        return {**row, "points": 0.0, "max_points": exercise.points, "status": "missing",
                "diagnosis": [], "message": reason, "error": reason}, error.exit_status  # fmt: skip
    passed = verdict["status"] == "passed"
    return {**row, "passed": passed, **verdict}, 0 if passed else 1


def check(
    exercise: Annotated[str, typer.Argument(help="Name of the exercise, such as mse_gradients.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files that define it.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
    time_limit: Annotated[float | None, typer.Option(
        "--time-limit", metavar="SECONDS",
        help="For each file, in place of the exercise's own (or BP_TIME_LIMIT).")] = None,
) -> int:
    """Check one exercise's function in Python files or notebooks."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads get in the way of small tasks
    from autograder.exercises import find_exercise
    from autograder.grading import Grader
    from autograder.verdict_text import console, write, write_verdict

    wanted, worst = find_exercise(exercise), 0
    out = None if as_json else console()
    with Grader(seconds=time_limit) as grader:
        for path in files:
            row, status = check_file(grader, wanted, path)
            worst = max(worst, status)
            if as_json:
                print(json.dumps(row), flush=True)
                continue
            if len(files) > 1:
                write(out, row["file"], "bold underline")
            write_verdict(out, row)
    return worst
