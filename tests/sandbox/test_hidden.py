"""Nothing in the library that the sandbox gets is an answer to the exercise under grading."""

import ast
import inspect
import textwrap
import warnings

import numpy as np
import pytest

from autograder.exercises import all_exercises
from autograder.grading import Grader, seed_of
from autograder.judge import try_case
from autograder.notebooks import Cell, Submission
from autograder.sandbox.answers import hidden, lesson_of, pattern, sources, trees
from autograder.sandbox.remote import Remote
from autograder.sandbox.stage import bundle

EXERCISES = [e for e in all_exercises().values()
             if e.reference[e.functions[0]].__module__.startswith("bplib")]  # fmt: skip


@pytest.fixture(scope="module")
def grader():
    with Grader(seconds=5) as grader:
        yield grader


def status(grader, exercise, source):
    return grader.verdict(exercise, Submission(None, [Cell(1, source)])).status


def is_right(grader, exercise, source):
    """Whether an answer is right in every case. The first wrong one decides, and nobody asks why."""
    submission = Submission(None, [Cell(1, source)])
    line, names, _ = grader.opened(exercise, submission, submission.cells)
    solution = Remote(grader.sandbox, line, names, grader.seconds)
    right = grader.memos[exercise.name].right_answer
    cases = exercise.cases(np.random.default_rng(seed_of(grader.seed_source, exercise.name)))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return all(try_case(exercise, solution, case, right(exercise, place, case)).ok
                       for place, case in enumerate(cases))
    finally:
        grader.sandbox.end(line)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_references_own_text_is_not_there(exercise):
    index, buffers = bundle(exercise, "/course")
    left = {body_of(node) for _, _, source in index
            for node in ast.walk(ast.parse(buffers[source].decode()))
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))}  # fmt: skip
    for name in exercise.functions:
        source = textwrap.dedent(inspect.getsource(exercise.reference[name]))
        assert body_of(ast.parse(source).body[0]) not in left


def body_of(node):
    """What a function does, without its name and its words."""
    return "\n".join(ast.dump(part) for part in node.body[ast.get_docstring(node) is not None:])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_references_are_forbidden(grader, exercise):
    imports = "\n".join(f"from {exercise.reference[name].__module__} import {name}"
                        for name in exercise.functions)  # fmt: skip
    assert status(grader, exercise, imports) == "forbidden"


def public(hide):
    """(module, name, most and fewest arguments) of the library's functions that are not hidden."""
    for module, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name not in hide.get(module, ()):
                count = len(node.args.posonlyargs + node.args.args)
                yield module, node.name, count - len(node.args.defaults), count


# Answers of one product, which functions with another purpose compute as well.
ONE_PRODUCT = {"dropout_backward"}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_no_other_function_of_the_library_passes(grader, exercise):
    graded = exercise.functions[0]
    if inspect.isclass(exercise.reference[graded]) or len(exercise.functions) > 1:
        return  # a class is no function's answer
    if exercise.name in ONE_PRODUCT:
        return
    given = len(inspect.signature(exercise.reference[graded]).parameters)
    for module, name, fewest, most in public(hidden(exercise)):
        if fewest <= given <= most + 1:
            assert not is_right(grader, exercise, f"from {module} import {name} as {graded}"), (
                f"{module}.{name} is an answer to {exercise.name}: list it in answers.py")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_what_the_reference_stands_on_is_left(grader, exercise):
    """Modules can be imported, and what belongs to earlier lessons still works."""
    lesson = int(exercise.lesson[:2])
    earlier = [name for name in sources() if lesson_of(name) <= lesson]
    source = "\n".join(f"import {name}" for name in earlier) + f"\ndef {exercise.functions[0]}(): pass"
    submission = Submission(None, [Cell(1, source)])
    line, names, stopped = grader.opened(exercise, submission, submission.cells)
    grader.sandbox.end(line)
    assert not stopped and exercise.functions[0] in names


def test_siblings():
    matches = pattern({"conv2d_forward"}).fullmatch
    assert matches("conv2d_forward_fast") and matches("fast_conv2d_forward") and matches(
        "_conv2d_forward")
    assert not matches("conv2d_backward") and not matches("my_conv2d_forward")


def test_other_functions_of_the_lesson_stay():
    hide = hidden(all_exercises()["mse_gradients"])
    assert hide["bplib.linear"] == {"mse_gradients"}
    assert not {"bplib.arrays", "bplib.shapes", "bplib.data", "bplib.randomness"} & set(hide)
    assert "mse" in hidden(all_exercises()["mse"])["bplib.linear"]
    assert "mse_gradients" not in hidden(all_exercises()["mse"])["bplib.linear"]
