"""nbgrader's own commands give what `bp build` gives, and find nothing wrong with it."""

import subprocess
import sys

import pytest

from autograder.exercises import exercises_of
from autograder.pipeline.build import build, write

pytestmark = pytest.mark.e2e


def test_nbgrader_releases_the_same_bytes_and_validates(course_copy, own_process_environment):
    graded = [slug for slug in course_copy.source_slugs() if exercises_of(slug)]
    if not graded:
        pytest.skip("no lesson has exercises yet")
    slug = graded[0]
    built = build(course_copy, [slug])
    write(course_copy, built)
    solved = str(course_copy.solutions_dir / slug / f"{slug}.ipynb")
    for words in (["generate_assignment", slug, "--force"], ["validate", solved]):
        done = subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=course_copy.root,
                              env=own_process_environment, capture_output=True, text=True,
                              timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Success" in done.stdout
    assert course_copy.notebook(slug).read_text() == built.released[slug]
    assert [path.name for path in course_copy.notebook(slug).parent.iterdir()] == [f"{slug}.ipynb"]
