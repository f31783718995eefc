"""What the sandbox is given: its own few files, and the library with the answers emptied.

The library is compiled here and sent over the pipe, a different one for every exercise; on the
sandbox's disk lie only the modules that serve the pipe, and the data sets.
"""

import ast
import copy
import marshal
import os
import shutil
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from autograder.sandbox.answers import hidden, library, sources, trees

CHILD_FILES = ("solution.py", "machine.py", "errors.py", "compare.py",
               "sandbox/wire.py", "sandbox/child.py", "sandbox/cells.py", "sandbox/needed.py",
               "sandbox/imports.py", "sandbox/limits.py",
               "sandbox/seccomp.py", "sandbox/zygote.py", "sandbox/spawned.py")  # fmt: skip
DATA = (".npz", ".csv", ".gz", ".json", ".txt", ".npy")


def stage_files(folder):
    """Put what the sandbox's processes are made of into ``folder``, which must be empty."""
    here = Path(__file__).resolve().parent.parent
    for name in CHILD_FILES:
        target = folder / "autograder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((here / name).read_bytes())
    for package in ("autograder", "autograder/sandbox"):
        (folder / package / "__init__.py").write_text('"""The sandbox\'s side."""\n')
    for path in library().rglob("*"):
        if path.suffix in DATA and path.is_file():
            target = folder / "bplib" / path.relative_to(library())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (folder / "bplib").mkdir(exist_ok=True)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    for path in caches.glob("fontlist*.json"):  # the fonts that matplotlib found here before
        (folder / "autograder/sandbox/matplotlib").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / "autograder/sandbox/matplotlib" / path.name)


def staged_folder():
    """A temporary folder with the sandbox's files; its `cleanup` removes it."""
    temporary = tempfile.TemporaryDirectory(prefix="bp-sandbox-")
    stage_files(Path(temporary.name))
    Path(temporary.name).chmod(0o755)
    return temporary


def emptied(node):
    """A function or class without what it does: using it raises `Forbidden`."""
    alarm = ast.parse(f"_forbid({node.name!r})").body
    if isinstance(node, ast.FunctionDef):
        shell = copy.copy(node)
        shell.body, shell.decorator_list = alarm, []
        return shell
    text = f"class {node.name}:\n def __new__(cls, *args, **kwargs):\n  _forbid({node.name!r})"
    return ast.parse(text).body[0]


def without(tree, names):
    """The module with the functions and classes called ``names`` emptied."""
    body = [emptied(node) if getattr(node, "name", None) in names else node for node in tree.body]
    return ast.Module([node for node in body if not declares_answers(node)], [])


def declares_answers(node):
    """Whether a statement is the module's list of answers, which nobody there needs."""
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ANSWERS"


@lru_cache(maxsize=4096)
def compiled(module, empty, folder):
    """Code (marshalled) and text of a module in which the names ``empty`` are emptied."""
    tree, text = trees()[module], sources()[module]
    if empty:
        text = ast.unparse(ast.fix_missing_locations(without(tree, empty)))
        tree = ast.parse(text)
    code = compile(tree, place_of(module, folder), "exec", dont_inherit=True)
    return marshal.dumps(code), text.encode()


def place_of(module, folder):
    """Where a module of the library would lie if it lay in the sandbox's ``folder``."""
    inside = "/__init__" if module == "bplib" else ""
    return f"{folder}/{module.replace('.', '/')}{inside}.py"


@cache
def needs(module):
    """The modules of the library that importing ``module`` imports."""
    found = {node.module for node in ast.walk(trees()[module]) if isinstance(node, ast.ImportFrom)}
    found |= {alias.name for node in ast.walk(trees()[module]) if isinstance(node, ast.Import)
              for alias in node.names}  # fmt: skip
    return found & set(trees())


def mentioned(words):
    """The modules of the library that cells with these words can import; all where unclear."""
    if "bplib" not in words:
        return {"bplib"}
    if words & {"importlib", "pkgutil", "__import__", "exec", "eval", "sys"}:
        return set(trees())
    found, left = set(), {"bplib", *(f"bplib.{word}" for word in words)} & set(trees())
    while left:
        module = left.pop()
        found.add(module)
        left |= needs(module) - found
    return found


def bundle(exercise, folder, words=None):
    """The index and the buffers that `imports.install` takes, for ``exercise``.

    words: what the cells mention; without them, the whole library is taken.
    """
    hide, index, buffers = hidden_of(exercise), [], []
    for module in trees() if words is None else sorted(mentioned(words)):
        index.append([module, len(buffers), len(buffers) + 1])
        buffers += compiled(module, hide.get(module, frozenset()), folder)
    return index, buffers


_hidden = {}


def hidden_of(exercise):
    """`hidden`, remembered by the exercise's name."""
    key = (exercise.name, exercise.functions)
    if key not in _hidden:
        _hidden[key] = {module: frozenset(names) for module, names in hidden(exercise).items()}
    return _hidden[key]
