"""A tiny course of one lesson, which owes nothing to the real ones."""

from types import SimpleNamespace

import pytest

from autograder.course import Course
from autograder.pipeline.build import build
from autograder.pipeline.source import read_source

SLUG = "04_tiny_lesson"
HEADER = '''\
# ---
# jupyter:
#   bp: {title: A tiny lesson, level: 2, question: "Why: so small?"}
# ---

'''
CELLS = '''\
# %% [markdown] id="intro" slide="slide"
# # A tiny lesson

# %%
import numpy as np
from autograder import check

# %% solution="mse"
def mse(predictions, targets):
    """Mean of the squared differences."""
    ### BEGIN SOLUTION
    differences = predictions - targets
    return float(np.mean(differences ** 2))
    ### END SOLUTION

# %% check="mse"
# Run this cell.
check("mse", mse)

# %% [markdown] tags=["instructor"]
# **Aims.** A secret for instructors. **Time**, about 40 minutes: the start 15, the end 25.
#
# **What the class usually gets wrong.**
#
# - mse: mean-missing
#
# **Questions to ask.** Why? **When the prediction fails.** Ask again.
#
# **Further reading.** The next lesson.

# %% [markdown] tags=["talk"] slide="slide"
# ## Only on the wall

# %% [markdown]
# The end.
'''


@pytest.fixture
def exercises():
    slip = SimpleNamespace(id="mean-missing", says="The mean is missing.", thought="Divide by N.")
    return {"mse": SimpleNamespace(name="mse", points=3.0, mistakes=(slip,))}


@pytest.fixture
def tiny_text():
    return HEADER + CELLS


@pytest.fixture
def tiny_course(tmp_path, tiny_text):
    """A course with the source of one lesson, nothing built yet."""
    (tmp_path / "lessons").mkdir()
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / f"{SLUG}.py").write_text(tiny_text)
    return Course(tmp_path)


@pytest.fixture
def notebook_of(exercises):
    """The solved notebook of a text, the header left out or not."""
    def make(text):
        text = text if text.startswith("# ---") else HEADER + text
        return read_source(text, SLUG, exercises)
    return make


@pytest.fixture
def built(tiny_course, exercises):
    """The tiny course, built in memory."""
    return build(tiny_course, [SLUG], lambda slug: exercises)
