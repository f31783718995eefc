"""What a submission can import of the course: a `bplib` without the answers, and empty shells.

The library's modules come over the pipe, compiled by the judge after every function that is an
answer has been emptied; they exist in this process alone. `autograder` and `bplib.play` are
shells in which every name is a function that does nothing: checks and widgets cost no time here.
"""

import builtins
import importlib.abc
import importlib.machinery
import linecache
import marshal
import sys
import types

SHELLS = ("autograder", "bplib.play")
WORDS = ("it calls the library's own `{name}`, which is the answer to this very exercise: "
         "write your own")  # fmt: skip
_state = {"judging": False}


class Forbidden(BaseException):
    """The library's own answer was called; not an Exception, so that few handlers catch it."""


def forbid(name):
    """Called by the emptied functions."""
    raise Forbidden(WORDS.format(name=name))


class Nothing:
    """Takes every call, attribute and item, and does nothing; as a number it is 0."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __float__(self):
        return 0.0

    def __repr__(self):
        return "0"


class Shell(types.ModuleType):
    """A module in which every name is `Nothing`."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class ShellLoader(importlib.abc.Loader):
    """Makes shells."""

    def create_module(self, spec):
        return Shell(spec.name)

    def exec_module(self, module):
        module.__path__ = []


class LibraryLoader(importlib.machinery.SourceFileLoader):
    """Loads one module of the library from what came over the pipe."""

    def __init__(self, name, path, code, source):
        super().__init__(name, path)
        self.code, self.source = code, source

    def get_code(self, fullname):
        return marshal.loads(self.code)  # the judge's own: this direction is trusted

    def get_source(self, fullname):
        return self.source

    def exec_module(self, module):
        module.__dict__["_forbid"] = forbid
        exec(self.get_code(module.__name__), module.__dict__)
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.source), None, lines, self.path)


class Library(importlib.abc.MetaPathFinder):
    """Finds the library's modules and the shells before anything on disk is looked at."""

    def __init__(self, modules, folder):
        self.modules, self.folder = modules, folder

    def find_spec(self, name, path=None, target=None):
        if any(name == shell or name.startswith(shell + ".") for shell in SHELLS):
            return importlib.machinery.ModuleSpec(name, ShellLoader(), is_package=True)
        if name != "bplib" and not name.startswith("bplib."):
            return None
        if name not in self.modules:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        code, source = self.modules[name]
        package = name == "bplib"
        place = f"{self.folder}/{name.replace('.', '/')}{'/__init__' if package else ''}.py"
        loader = LibraryLoader(name, place, code, source)
        spec = importlib.machinery.ModuleSpec(name, loader, origin=place, is_package=package)
        if package:
            spec.submodule_search_locations = [f"{self.folder}/bplib"]
        return spec


def install(index, buffers, folder):
    """Make the library importable; index: [name, buffer of its code, buffer of its source].

    What this process itself imported of `autograder` is put aside.
    """
    modules = {name: (buffers[code], buffers[source].decode()) for name, code, source in index}
    for name in [name for name in sys.modules if name.split(".")[0] in ("autograder", "bplib")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Library(modules, folder))


def judging():
    """From now on nobody can be asked."""
    _state["judging"] = True
    builtins.input = no_input


def no_input(*args, **kwargs):
    """`input` where there is nobody to answer."""
    raise EOFError("nobody is there to answer input() while this is graded")
