"""What the build refuses: each way to give points for nothing, or the answer away."""

from types import SimpleNamespace

import pytest

from autograder.pipeline.rules import broken_rules

SLUG = "04_tiny_lesson"


def rules(nb, exercises, slug=SLUG):
    return broken_rules(nb, slug, exercises)


def test_a_good_lesson_breaks_no_rule(notebook_of, tiny_text, exercises):
    assert rules(notebook_of(tiny_text), exercises) == []


CHECK = 'check("mse", mse)'
REGION = """\
    ### BEGIN SOLUTION
    differences = predictions - targets
    return float(np.mean(differences ** 2))
    ### END SOLUTION
"""


@pytest.mark.parametrize(("old", "new", "says"), [
    (CHECK, "def test():\n    " + CHECK, "executes no check"),
    (CHECK, "result = " + CHECK, "executes no check"),
    (CHECK, "print(mse)", "executes no check"),
    (CHECK, "# " + CHECK, "executes no check"),
    (CHECK, CHECK + ";", "semicolon"),
    (CHECK, CHECK + ";  # quiet", "semicolon"),
    (CHECK, 'check("msw", mse)', "checks another exercise"),
    (CHECK, 'check("mse", lambda p, t: 0)', "by name"),
    (CHECK, 'check("mse")', "by name"),
    (CHECK, f"{CHECK}\n{CHECK}", "more than once"),
    (CHECK, 'check("mse", mse', "is not Python"),
    (CHECK, 'check("mse", np)', "no solution cell above it defines"),
    ('check="mse"', 'check="mes"', "does not list"),
    ("from autograder import check", "import autograder", "from autograder import check"),
    (REGION, "    return 0.0\n", "no solution cell above it defines"),
    (REGION, "    if len(targets):\n    " + REGION.replace("\n    ", "\n        "),
     "does not raise NotImplementedError"),
    (REGION, "    return 0\n" + REGION, "does not raise NotImplementedError"),
    (REGION, REGION + "    yield 1\n", "does not raise NotImplementedError"),
    ("### END SOLUTION", "###", "without END SOLUTION"),
    ("    ### BEGIN SOLUTION\n", "", "without its partner"),
    ("# # A tiny lesson", "# ### BEGIN SOLUTION", "is no solution cell"),
    ("# Run this cell.", "### BEGIN HIDDEN TESTS", "checks here are public"),
    ("# The end.", "# ```\n# differences = predictions - targets\n"
     "# return float(np.mean(differences  ** 2))\n# ```", "can be read in the cell"),
])
def test_a_broken_rule_is_named_in_a_sentence(notebook_of, tiny_text, exercises, old, new, says):
    assert old in tiny_text
    found = rules(notebook_of(tiny_text.replace(old, new, 1)), exercises)
    assert any(says in sentence for sentence in found), found
    assert all(sentence.startswith(SLUG) and "\n" not in sentence for sentence in found)


@pytest.mark.parametrize("header", ['reveals=true', 'tags=["instructor"]'])
def test_a_cell_may_reveal_a_solution_when_it_says_so(notebook_of, tiny_text, exercises, header):
    shown = f"# %% {header}\ndifferences = predictions - targets\n" \
            "float(np.mean(differences ** 2))\n"
    text = tiny_text.replace("return float", "float") + "\n" + shown
    assert rules(notebook_of(text), exercises) == []
    assert rules(notebook_of(text.replace(f" {header}\ndiff", "\ndiff")), exercises) != []


def test_one_shared_line_is_no_leak(notebook_of, tiny_text, exercises):
    text = tiny_text + "\n# %%\ndifferences = predictions - targets\n"
    assert rules(notebook_of(text), exercises) == []


def test_the_lesson_and_the_autograder_list_the_same_exercises(notebook_of, tiny_text, exercises):
    more = {**exercises, "predict": SimpleNamespace(points=2)}
    assert any('check="predict"' in rule for rule in rules(notebook_of(tiny_text), more))
    assert any("does not list" in rule for rule in rules(notebook_of(tiny_text), {}))


@pytest.mark.parametrize("points", [None, 0, -1, "3"])
def test_an_exercise_has_points(notebook_of, tiny_text, points):
    nb = notebook_of(tiny_text)
    assert any("has no points" in rule
               for rule in rules(nb, {"mse": SimpleNamespace(points=points)}))


@pytest.mark.parametrize("slug", ["4_tiny", "04-tiny", "04_Tiny", "tiny", "04_"])
def test_a_misnamed_lesson(notebook_of, tiny_text, exercises, slug):
    assert any("NN_slug" in rule for rule in rules(notebook_of(tiny_text), exercises, slug))


def test_a_pair_in_one_cell_has_two_checks(notebook_of, tiny_text):
    text = tiny_text[:tiny_text.index('# %% solution')] + '''\
# %% solution="op_backward"
def op_forward(x):
    ### BEGIN SOLUTION
    return x, None
    ### END SOLUTION


def op_backward(dout, cache):
    ### BEGIN SOLUTION
    return dout
    ### END SOLUTION

# %% check="op_forward"
check("op_forward", op_forward)

# %% check="op_backward"
check("op_backward", op_backward)
'''
    pair = {name: SimpleNamespace(points=1) for name in ("op_forward", "op_backward")}
    assert rules(notebook_of(text), pair) == []
    half = text.replace("    ### BEGIN SOLUTION\n    return dout\n    ### END SOLUTION",
                        "    return dout")
    assert any("emptied op_backward" in rule for rule in rules(notebook_of(half), pair))
