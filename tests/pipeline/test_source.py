"""A lesson's text: short headers become nbgrader's metadata, ids stay put."""

import pytest

from autograder.errors import CourseError


def test_short_headers_are_spelled_out(notebook_of, tiny_text):
    cells = {cell.id: cell for cell in notebook_of(tiny_text).cells}
    assert cells["mse"].metadata.nbgrader == {
        "grade": False, "grade_id": "mse", "locked": False, "schema_version": 3,
        "solution": True, "task": False}
    assert cells["check_mse"].metadata.nbgrader == {
        "grade": True, "grade_id": "check_mse", "locked": True, "schema_version": 3,
        "solution": False, "task": False, "points": 3}
    assert cells["intro"].metadata.slideshow == {"slide_type": "slide"}


def test_points_come_from_the_exercise_alone(notebook_of):
    text = ('# %% nbgrader={"grade": true, "grade_id": "check_mse", "locked": true, "points": 99, '
            '"schema_version": 3, "solution": false, "task": false}\ncheck("mse", mse)\n')
    assert notebook_of(text).cells[0].metadata.nbgrader.points == 3


def test_the_lesson_says_what_it_is(notebook_of, tiny_text):
    assert notebook_of(tiny_text).metadata.bp == {
        "title": "A tiny lesson", "level": 2, "question": "Why: so small?"}


def test_an_id_follows_its_text_wherever_it_moves(notebook_of):
    one, two = "# %% [markdown]\n# one\n", "# %% [markdown]\n# two\n"
    first, second = (cell.id for cell in notebook_of(one + "\n" + two).cells)
    assert [cell.id for cell in notebook_of(two + "\n" + one).cells] == [second, first]
    twins = [cell.id for cell in notebook_of(one + "\n" + one).cells]
    assert twins == [first, f"{first}-2"]


@pytest.mark.parametrize(("text", "says"), [
    ('# %% soluton="mse"\nx = 1', "soluton"),
    ('# %% solution="mse" check="mse"\nx = 1', "not two of these"),
    ("# %% solution=true\nx = 1", "needs a name in quotes"),
    ('# %% slide="slied"\nx = 1', "slide must be one of"),
    ('# %% id="a b"\nx = 1', "an id is made of"),
    ('# %% id="a"\nx = 1\n\n# %% id="a"\nx = 2', "'a' is used twice"),
    ('# %% solution="a"\nx = 1\n\n# %% solution="a"\nx = 2', "'a' is used twice"),
    ("# ---\n# jupyter:\n#   bp: {level: 2, question: why}\n# ---\n", "title is missing"),
    ("# ---\n# jupyter:\n#   bp: {title: a, level: 7, question: why}\n# ---\n", "level must be"),
    ("# ---\n# jupyter:\n#   bp: {a: [\n# ---\n", "cannot be read"),
])
def test_what_is_not_clear_is_refused_with_a_sentence(notebook_of, text, says):
    with pytest.raises(CourseError, match=says) as caught:
        notebook_of(text)
    assert str(caught.value).startswith("04_tiny_lesson") and "\n" not in str(caught.value)
