"""What all tests share: copies of the course to work in, and CI's refusal of skipped tests."""

import os
import shutil
from pathlib import Path

import pytest

from autograder import quick  # noqa: F401 - before anything of Jupyter is imported
from autograder.course import Course

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = "skipped, and BP_REQUIRE_ALL allows no skips: "


def refuse_skip(report):
    """Turn a skip into a failure; what is expected to fail (xfail) is left as it is."""
    if os.environ.get("BP_REQUIRE_ALL") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", SKIPPED + str(reason)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return refuse_skip((yield))


def pytest_collection_modifyitems(items):
    """What takes long comes first, so that the workers end together."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None
               and item.get_closest_marker("browser") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests that share something dear go to one worker, all others to whichever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return together(nodeid)

    config.option.loadscopereorder = False  # the order is ours
    return Scheduling(config, log)


def together(nodeid):
    """A name for the tests that belong together; a test's own where it stands alone.

    Tests of one file may share a served page or a graded class; the mistakes of one exercise share
    the right answers, which are worked out once.
    """
    file, _, test = nodeid.partition("::")
    if file.startswith(("tests/browser/", "tests/classroom/")) or file.endswith("test_nbgrader.py"):
        return file
    if file.endswith("test_exercises.py"):
        return f"{file} {test.partition('[')[2].partition('-')[0]}"
    return nodeid


@pytest.fixture(scope="session", autouse=True)
def one_cache_for_all(tmp_path_factory):
    """What is kept between runs (executed lessons, thumbnails) is made once for all workers, anew."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    os.environ["XDG_CACHE_HOME"] = str(base / "cache")


@pytest.fixture(scope="session")
def course():
    """The course of this checkout; only to be read."""
    return Course(ROOT)


@pytest.fixture
def course_copy(tmp_path):
    """A course of one's own with this checkout's lessons, sources and nbgrader configuration."""
    for name in ("lessons", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "autograder").mkdir()  # nbgrader's folders and its gradebook go there
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


@pytest.fixture
def own_process_environment(tmp_path):
    """The environment for a program that a test starts: Jupyter's files in a scratch folder."""
    scratch = tmp_path / "scratch"
    places = {name: str(scratch / name.lower()) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **places, "PYTHONPATH": os.pathsep.join(paths),
            "OPENBLAS_NUM_THREADS": "1", "NO_COLOR": "1"}
