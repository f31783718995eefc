"""Runs the code cells of a submission one after the other, as a notebook would, with nobody there.

Magics and shell lines are taken out, output goes nowhere, `input` raises. A cell that raises is
left where it stopped, as in a notebook; the next ones go on.
"""

import __future__

import ast
import asyncio
import builtins
import importlib
import inspect
import io
import linecache
import re
import signal
import sys
import types

from autograder.sandbox import imports

ALONE = re.compile(r"^\s*(%|!|\?)|^[^#'\"]*\?\s*$")
ASSIGNED = re.compile(r"^(\s*[A-Za-z_][\w\s,.\[\]()*]*=\s*)[%!].*$")
PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy")
FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
CONSTANT_NODES = (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.USub, ast.expr_context)
KEPT_NODES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class TimeLimit(BaseException):
    """A cell took longer than it may."""


class Nowhere(io.TextIOBase):
    """A stream that forgets what is written to it."""

    encoding, errors = "utf-8", "replace"

    def writable(self):
        return True

    def write(self, text):
        return len(text)


def text_of(error):
    """What an error says, also when saying it raises."""
    try:
        return str(error)[:500]
    except BaseException:
        return "(an error without words)"


def fresh_namespace(main):
    """An empty namespace like a notebook's, in a module called ``main``."""
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Nowhere()
    builtins.input = imports.no_input
    module = types.ModuleType(main)
    sys.modules[main] = module
    nothing = imports.Nothing()
    vars(module).update(__builtins__=builtins, display=nothing, get_ipython=nothing)
    return vars(module)


def fill(namespace, names):
    """Put names of modules' own into a namespace: [name, module], or a module under its name."""
    for name, place in names:
        module = importlib.import_module(place)
        namespace[name] = getattr(module, name, module)


def without_magics(source):
    """The Python in a cell: magics and shell lines become `pass`, timed cells are run.

    >>> without_magics("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    """
    head = source.lstrip()
    if head.startswith("%%"):
        first, _, rest = head.partition("\n")
        source = rest if first[2:].split(" ")[0] in PYTHON_MAGICS else ""
    if is_python(source):
        return source
    lines = []
    for line in source.split("\n"):
        if ASSIGNED.match(line):
            line = ASSIGNED.sub(r"\1None", line)
        elif ALONE.match(line):
            line = line[: len(line) - len(line.lstrip())] + "pass"
        lines.append(line)
    return "\n".join(lines)


def is_python(source):
    """Whether it can be parsed as it stands."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def run_cell(name, source, mode, namespace, seconds):
    """Run one cell; None, or [kind, text] of what stopped it.

    mode: "all", or "definitions": functions, classes, imports and constants alone, for a cell
    that did not come back as a whole.
    """
    try:
        with Alarm(seconds):
            return _run(name, source, mode, namespace)
    except BaseException as error:  # whatever it is, the next cell goes on
        return [type(error).__name__[:60], text_of(error)]


def _run(name, source, mode, namespace):
    source = without_magics(source.replace("\r\n", "\n"))
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    forbidden, flags = None, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for node in ast.parse(source, name).body:
        if mode == "definitions" and not is_definition(node):
            continue
        code = compile(ast.Module([node], []), name, "exec", flags=flags, dont_inherit=True)
        flags |= code.co_flags & FUTURE
        try:
            if code.co_flags & inspect.CO_COROUTINE:
                asyncio.run(types.FunctionType(code, namespace)())
            else:
                exec(code, namespace)
        except imports.Forbidden as error:  # an experiment with the library's answer: pass over it
            forbidden = ["Forbidden", text_of(error)]
    return forbidden


def is_definition(node):
    """Whether a statement only gives something a name."""
    if isinstance(node, ast.Assign):
        return all(isinstance(part, CONSTANT_NODES) for part in ast.walk(node.value))
    return isinstance(node, KEPT_NODES)


class Alarm:
    """Raises TimeLimit in what runs inside it, where there are alarms; the judge has its own."""

    def __init__(self, seconds):
        self.seconds = seconds if hasattr(signal, "setitimer") else 0

    def __enter__(self):
        if self.seconds:
            signal.signal(signal.SIGALRM, self.ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, *error):
        if self.seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def ring(self, number, frame):
        raise TimeLimit(f"it took longer than {self.seconds:g} seconds")
