"""nbgrader's configuration: its folders inside this course, and the cleaners of a release.

Found by `nbgrader ...` and by the formgrader when they are started in this folder. Works from a
fresh clone, once `bp build` has made the solved notebooks: `nbgrader generate_assignment
04_house_prices --force`, then the notebooks handed in go to
autograder/submitted/STUDENT/04_house_prices/04_house_prices.ipynb, then `nbgrader autograde`.
"""

import os
import sys
from pathlib import Path

root = Path(__file__).resolve().parent
if (root / "autograder" / "__init__.py").is_file():
    sys.path.insert(0, str(root))  # so that a checkout is found even where it is not installed
# elsewhere `autograder` is nbgrader's folder of that name, which would hide the package
# nbgrader starts `alembic` by name when it makes the gradebook: it lies beside this interpreter,
# which need not be on the path where the environment was not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

from autograder.pipeline.release import PREPROCESSORS  # noqa: E402

c = get_config()  # noqa: F821

c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
for step in ("submitted", "autograded", "feedback", "source_with_tests", "solution"):
    setattr(c.CourseDirectory, f"{step}_directory", f"autograder/{step}")
c.CourseDirectory.db_url = f"sqlite:///{root / 'autograder' / 'gradebook.db'}"
# nbgrader copies everything that lies beside a notebook to learners, except these.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.md", ".*",
]  # fmt: skip

# The same bytes in lessons/ as `bp build` gives, whoever starts the step.
c.GenerateAssignment.preprocessors = PREPROCESSORS

# A submission may have lost cells (deleted, or pasted into a new notebook): grade what is there.
c.OverwriteCells.add_missing_cells = True
c.Execute.timeout = 120
c.ExecutePreprocessor.timeout = 120
