"""What the sandbox is given: its own few files, and the library with the answers emptied.

The library is compiled here and sent over the pipe, a different one for every exercise; on the
sandbox's disk lie only the modules that serve the pipe, and the data sets.
"""

import ast
import copy
import marshal
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from autograder.sandbox.answers import hidden, library, sources, trees

CHILD_FILES = ("solution.py", "errors.py", "compare.py", "sandbox/wire.py", "sandbox/child.py",
               "sandbox/cells.py", "sandbox/imports.py", "sandbox/limits.py",
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


@lru_cache(maxsize=64)
def bundle_of(names, folder):
    """The index and the buffers of a library in which ``names`` (module, its names) are empty."""
    index, buffers = [], []
    empty = dict(names)
    for module, tree in trees().items():
        if module in empty:
            tree = ast.fix_missing_locations(without(tree, empty[module]))
            text = ast.unparse(tree)
            tree = ast.parse(text)
        else:
            text = sources()[module]
        code = compile(tree, place_of(module, folder), "exec", dont_inherit=True)
        index.append([module, len(buffers), len(buffers) + 1])
        buffers += [marshal.dumps(code), text.encode()]
    return index, buffers


def place_of(module, folder):
    """Where a module of the library would lie if it lay in the sandbox's ``folder``."""
    inside = "/__init__" if module == "bplib" else ""
    return f"{folder}/{module.replace('.', '/')}{inside}.py"


def bundle(exercise, folder):
    """The index and the buffers that `imports.install` takes, for ``exercise``."""
    names = tuple((module, frozenset(names)) for module, names in hidden(exercise).items())
    return bundle_of(names, folder)
