"""`bp grade`: notebooks as a class would be graded, sandboxed, without a database."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer


def grade(
    notebooks: Annotated[list[Path], typer.Argument(
        metavar="NOTEBOOK...", help="Notebooks (or lessons as Python files) to grade.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per notebook.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N",
                                      help="How many to grade at the same time.")] = 1,
    lesson: Annotated[str | None, typer.Option(
        "--lesson", help="The lesson they belong to, where they do not tell themselves.")] = None,
    time_limit: Annotated[float | None, typer.Option(
        "--time-limit", metavar="SECONDS",
        help="For each exercise, in place of its own (or BP_TIME_LIMIT).")] = None,
) -> int:
    """Grade notebooks, without a database."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads get in the way of small tasks
    from autograder.exercises import all_exercises
    from autograder.grading import grade_many
    from autograder.verdict_text import console, write_notebook

    if lesson is not None:
        from autograder.course import choose

        lesson = choose(lesson, list(dict.fromkeys(e.lesson for e in all_exercises().values())))
    out, good = None if as_json else console(), True
    missing = [path for path in notebooks if not path.exists()]
    for graded in grade_many(notebooks, jobs, lesson=lesson, seconds=time_limit):
        good = good and "error" not in graded and all(
            verdict["status"] == "passed" for verdict in graded["exercises"].values())
        if as_json:
            print(json.dumps(graded), flush=True)
        else:
            write_notebook(out, graded)
    return 2 if missing else 0 if good else 1
