"""Chooses the cells that are run before an exercise is judged.

All of the submission's own, in order, up to the exercise's check (or to the end, where what is
graded is defined later). Left out are only cells that stand unchanged in the released lesson, are
no answers, and bind nothing that any cell to be run so much as mentions: plots, demonstrations.
The child, which may parse what it is given, leaves out those of the rest whose names are only
mentioned as something else, such as an argument (`needed.py`).
"""

import ast
import builtins
import json
import re
from functools import lru_cache

from autograder.course import find_course
from autograder.errors import CourseError

WORD = re.compile(r"[^\W\d]\w*")
# Mentioned by a learner's cell: names may be reached that do not stand there.
REACHES = {"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__", "__dict__",
           "getattr", "sys", "importlib", "gc", "inspect"}  # fmt: skip
# Called or reached into by a lesson's own cell: it changes something that has no name.
CHANGES = {"seterr", "seed", "filterwarnings", "simplefilter", "setattr", "exec", "globals",
           "environ", "setrecursionlimit"}  # fmt: skip
# Methods that change their object, which may have another name too.
INTO_OBJECTS = {"append", "update", "extend", "insert", "add", "pop", "popitem", "remove", "clear",
                "setdefault", "sort", "reverse", "fill", "shuffle"}  # fmt: skip
WARM = {"matplotlib": ("matplotlib.pyplot",), "ipywidgets": ("ipywidgets",),
        "IPython": ("IPython.display",), "pandas": ("pandas",), "scipy": ("scipy",)}  # fmt: skip


def cells_for(submission, exercise):
    """The cells to run for ``exercise``, in order."""
    wanted, cells = set(exercise.functions), submission.cells
    checked = [place for place, cell in enumerate(cells) if exercise.name in cell.checks]
    if checked:
        before = cells[: checked[-1]]
        if wanted <= set().union(*(cell.defines for cell in before), ()):
            cells = before
    return without_given(cells, given_cells(exercise.lesson))


def without_given(cells, given):
    """``cells`` without those of ``given`` (text -> names it binds) that nobody needs."""
    unneeded = {cell.number for cell in cells if cell.source.strip() in given}
    words = words_of(cell for cell in cells if cell.number not in unneeded)
    if words & REACHES:
        return list(cells)
    changed = True
    while changed:
        changed = False
        for cell in cells:
            if cell.number in unneeded and given[cell.source.strip()] & words:
                unneeded.discard(cell.number)
                words |= set(WORD.findall(cell.source))
                changed = True
    return [cell for cell in cells if cell.number not in unneeded]


@lru_cache(maxsize=32)
def given_cells(slug):
    """Text -> names bound, of the released lesson's cells that may be left out."""
    try:
        path = find_course().notebook(slug)
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (CourseError, OSError, ValueError):
        return {}
    texts = ["".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"]
    modules = frozenset().union(*map(imported_names, texts))
    found = {}
    for cell in cells:
        about = cell.get("metadata", {}).get("nbgrader", {})
        if cell.get("cell_type") != "code" or about.get("solution"):
            continue
        text = "".join(cell["source"]).strip()
        names = bound_names(text, modules)
        if names is not None:
            found[text] = names
    return found


def parsed(text):
    """The tree of a trusted cell without its magics; an empty one where it is no Python."""
    try:
        return ast.parse("\n".join(line for line in text.split("\n")
                                   if not re.match(r"\s*[%!]", line)))  # fmt: skip
    except SyntaxError:
        return None


def imported_names(text):
    """The names that a trusted cell imports."""
    return {(alias.asname or alias.name).split(".")[0] for node in ast.walk(parsed(text) or
            ast.Module([], [])) if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names}  # fmt: skip


def bound_names(text, modules=frozenset()):
    """The names that a trusted cell binds, or whose objects it may change; None for unnamed things.

    modules: names of imported modules, whose functions may be called.
    """
    tree = parsed(text)
    if tree is None:
        return None
    names, reached, loaded, into_objects = imported_names(text), set(), set(), False
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else names).add(node.id)
        elif isinstance(node, ast.Attribute):
            reached.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            reached.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names |= {part.id for part in ast.walk(node.func) if isinstance(part, ast.Name)
                      } - modules  # fmt: skip
            into_objects |= node.func.attr in INTO_OBJECTS
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}  # a module too
            into_objects = True
        into_objects |= isinstance(node, ast.AugAssign)
    if into_objects:  # whatever the cell mentions may be another name of what it changes
        names |= loaded - modules - set(dir(builtins))
    return None if reached & CHANGES or names & {"*", "environ"} else names


def bound_by(cells, exercise):
    """For each cell the names it binds, when it may be left out if nobody needs them; else None."""
    given = given_cells(exercise.lesson)
    if words_of(cell for cell in cells if cell.source.strip() not in given) & REACHES:
        return [None] * len(cells)
    return [sorted(given[text]) if (text := cell.source.strip()) in given else None
            for cell in cells]


def words_of(cells):
    """All names that the cells mention, in whatever way."""
    return set().union(*(WORD.findall(cell.source) for cell in cells), ())


def missing_names(cells, exercise):
    """What a file that holds one answer alone may count on: numpy, and the lesson's other names.

    Pairs (name, module) of what the cells mention and do not seem to define or import.
    """
    words, defined = words_of(cells), set().union(*(cell.defines for cell in cells), ())
    found = [("np", "numpy")] if "np" in words and "numpy" not in words else []
    for name, function in exercise.reference.items():
        module = getattr(function, "__module__", "")
        if (name in words - defined and module.startswith("bplib.")
                and name not in (*exercise.functions, *exercise.uses)):
            found.append((name, module))
    return found


def modules_to_warm(cells):
    """What the cells seem to import that is slow to import."""
    words = words_of(cells)
    words |= {"matplotlib"} if words & {"plt", "pyplot", "pylab"} else set()
    return [module for word in WARM if word in words for module in WARM[word]]
