"""The lines of the house, read from the code: who imports whom, how long, how documented."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
import bplib
from autograder.pipeline.build import build, stale, strays

ROOT = Path(__file__).resolve().parent.parent
# The lesson of each module that the curriculum names; others belong where their imports stand.
LESSON_OF = {
    "guessing": 1, "blame": 2, "descent": 3, "linear": 4, "logistic": 5, "scalar": 6,
    "layers": 7, "losses": 7, "gradcheck": 8, "network": 9, "training": 9, "data": 9,
    "init": 10, "normalization": 10, "regularization": 10, "optim": 11, "conv": 12,
    "recurrent": 13, "gated": 14, "attention": 15, "autodiff": 16, "alternatives": 19,
}  # fmt: skip
WIDGETS = {"matplotlib", "ipywidgets", "IPython", "PIL", "traitlets"}  # what the first two stand on
PARALLEL = {"threading", "_thread", "subprocess", "multiprocessing", "concurrent", "ctypes",
            "socket", "signal"}


def sources(package):
    """Dotted name -> file of every module of a package, itself included."""
    folder = ROOT / package
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path):
    """Every dotted name that a file imports, anywhere in it; `from a import b` gives a and a.b."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import from the full name, not relatively"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


BPLIB, AUTOGRADER = sources("bplib"), sources("autograder")
LIBRARY = {name: path for name, path in BPLIB.items() if not name.startswith("bplib.play")}
FILES = {**BPLIB, **AUTOGRADER}


@pytest.mark.parametrize("name", BPLIB)
def test_bplib_imports_nothing_above_it(name):
    tops = {dotted.split(".")[0] for dotted in imports(BPLIB[name])} - sys.stdlib_module_names
    play = WIDGETS if name.startswith("bplib.play") else set()
    assert tops <= {"numpy", "bplib"} | play
    if not play:
        assert not any(dotted.startswith("bplib.play") for dotted in imports(BPLIB[name]))


def lesson_of(name, above=()):
    """The lesson that a module of bplib belongs to; 0 for a helper that needs none of them."""
    assert name not in above, f"{' -> '.join(above)} -> {name} is a circle"
    own = name.removeprefix("bplib.")
    needed = [lesson_of(dotted, (*above, name)) for dotted in imports(LIBRARY[name])
              if dotted in LIBRARY and dotted != "bplib"]
    return LESSON_OF.get(own, max(needed, default=0))


@pytest.mark.parametrize("name", [name for name in LIBRARY if "." in name])
def test_a_lesson_builds_on_earlier_ones(name):
    for dotted in imports(LIBRARY[name]):
        if dotted in LIBRARY and dotted != "bplib":
            assert lesson_of(dotted) <= lesson_of(name), f"{name} imports the later {dotted}"


def reached(name, seen=None):
    """All modules of ours that importing `name` may ever import."""
    seen = set() if seen is None else seen
    if name in FILES and name not in seen:
        seen.add(name)
        for dotted in imports(FILES[name]) | {name.rpartition(".")[0]}:
            reached(dotted, seen)
    return seen


def test_a_browser_can_run_bplib_and_check():
    ours = set(LIBRARY) | reached("autograder.check")
    for name in AUTOGRADER:
        if name.startswith("autograder.exercises"):
            ours |= reached(name)
    guilty = {name: sorted(used) for name in ours
              if (used := {dotted.split(".")[0] for dotted in imports(FILES[name])} & PARALLEL)}
    assert guilty == {}


@pytest.mark.parametrize("name", [name for name in FILES if ".exercises." not in name])
def test_a_module_is_one_idea(name):
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("name", FILES)
def test_a_module_opens_by_saying_why_it_exists(name):
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{FILES[name]} has no docstring"


def test_no_star_imports():
    for path in FILES.values():
        assert not any(dotted.endswith(".*") for dotted in imports(path)), path


def find_public_functions():
    """Name and object of every public function and class of bplib."""
    for name in LIBRARY:
        module = importlib.import_module(name)
        for own, thing in vars(module).items():
            if (not own.startswith("_") and getattr(thing, "__module__", "") == name
                    and (inspect.isfunction(thing) or inspect.isclass(thing))):
                yield pytest.param(own, thing, id=f"{name}.{own}")


PUBLIC = list(find_public_functions())
# In words, in the notation (N, D), or before the reader's eyes in an example.
SHAPE = re.compile(r"\bshape|\([A-Z]\w*,|\b(float|number|list|scalar)s?\b|>>>")


@pytest.mark.parametrize(("name", "thing"), PUBLIC)
def test_a_public_function_says_its_shapes(name, thing):
    text = inspect.getdoc(thing) or ""
    assert text, f"{name} has no docstring"
    if inspect.isfunction(thing) and inspect.signature(thing).parameters:
        assert SHAPE.search(text), f"the docstring of {name} names no shape"


@pytest.fixture(scope="module")
def words_of_tests():
    """Every name that stands in a test of bplib."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return set(re.findall(r"\w+", "\n".join(texts)))


@pytest.mark.parametrize(("name", "thing"), [
    item for item in PUBLIC if inspect.isfunction(item.values[1])])
def test_a_public_function_has_a_doctest_or_a_test(name, thing, words_of_tests):
    assert ">>>" in (inspect.getdoc(thing) or "") or name in words_of_tests


def modules(package):
    """The names of all modules of an installed package, itself included."""
    walk = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package.__name__, *(module.name for module in walk)]


@pytest.mark.parametrize("name", [
    name for name in modules(bplib) + modules(autograder)
    if not name.startswith("autograder.jupyter")])
def test_doctests(name):
    failed, _ = doctest.testmod(importlib.import_module(name),
                                optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize("names", [("bplib",), tuple(sorted(LIBRARY))], ids=["bplib", "all of it"])
def test_importing_bplib_imports_numpy_and_nothing_slower(names):
    code = f"import sys, {', '.join(names)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n"
                           + code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split()) - sys.stdlib_module_names
    assert {name for name in loaded if not name.startswith("_")} <= {"numpy", "bplib"}


def committed_files():
    """What git knows here; every file of ours where there is no git."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


# Spelled apart, so that this file does not find itself.
HOSTS = "|".join(map(re.escape, (
    "pypi" ".org", "python" "hosted", "anaconda" ".org", "npm" "js", "download.py" "torch")))
PLACES = "|".join(("/ro" "ot/", "/ho" r"me/\w+/", "/Us" r"ers/\w+/", "/wo" "rk/(?:main|shared)",
                   r"[A-Z]:\\\\?Us" "ers"))


def test_no_registry_and_no_place_on_a_machine():
    pattern = re.compile(f"{HOSTS}|{PLACES}")
    found = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_the_linter_is_content():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=ROOT,
                          capture_output=True, text=True)
    if "No module named ruff" in done.stderr:
        pytest.skip("ruff is not installed")
    assert done.returncode == 0, done.stdout


@pytest.mark.e2e
def test_lessons_are_what_their_sources_give(course):
    built = build(course, course.source_slugs())
    assert built.refused + stale(course, built) + strays(course) == []
