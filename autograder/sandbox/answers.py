"""Which functions of the library are an answer to an exercise: they are empty while it is graded.

Three rules: the graded names themselves wherever the library has them, with their faster or
private siblings; what is declared to give the same answer under another name; and everything that
belongs to a later lesson, which nobody needs yet and which may hold the answer inside.
"""

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from autograder.exercises import all_exercises

# The lesson of each module that the curriculum names; others belong where their imports stand.
LESSON_OF = {
    "guessing": 1, "blame": 2, "descent": 3, "linear": 4, "logistic": 5, "scalar": 6,
    "layers": 7, "losses": 7, "gradcheck": 8, "network": 9, "training": 9, "data": 9,
    "init": 10, "normalization": 10, "regularization": 10, "optim": 11, "conv": 12,
    "recurrent": 13, "gated": 14, "attention": 15, "autodiff": 16, "alternatives": 19,
}  # fmt: skip
# Exercise -> functions of its own or an earlier lesson that hold the same answer.
EQUIVALENT = {
    "better_guess": ("guess_and_check", "tune_knobs"),
    "sensitivity": ("chain_sensitivity",),
    "slope": ("sensitivity",),
    "numerical_gradient": ("complex_step_gradient",),
    "complex_step_gradient": ("numerical_gradient",),
    "softmax": ("softmax_cross_entropy_forward",),
    "rnn_step_forward": ("rnn_forward",),
    "rnn_step_backward": ("rnn_backward", "truncated_rnn_backward"),
    "rnn_backward": ("truncated_rnn_backward",),
    "lstm_step_forward": ("lstm_forward",),
    "lstm_step_backward": ("lstm_backward",),
    "gru_step_forward": ("gru_forward",),
    "gru_step_backward": ("gru_backward",),
    "adam_step": ("adamw_step", "FlatAdam", "amsgrad_step"),
    "adamw_step": ("FlatAdam",),
    "xavier_init": ("_normal",),
    "he_init": ("_normal", "init_mlp"),
}  # fmt: skip
# Modules of data and checks alone, which every lesson may use.
OPEN = {"data", "arrays", "shapes", "randomness"}


@cache
def library():
    """The folder of `bplib`."""
    return Path(find_spec("bplib").origin).parent


@cache
def sources():
    """Dotted name -> text of every module of the library but `bplib.play`, which holds widgets."""
    folder, found = library(), {}
    for path in sorted(folder.rglob("*.py")):
        parts = ("bplib", *path.relative_to(folder).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith("bplib.play"):
            found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def trees():
    """Dotted name -> syntax tree of every module of the library."""
    return {name: ast.parse(text) for name, text in sources().items()}


@cache
def lesson_of(name):
    """The lesson that a module of the library belongs to; 0 for a helper that needs none."""
    own = name.removeprefix("bplib.")
    if own in LESSON_OF:
        return LESSON_OF[own]
    needed = set()
    for node in ast.walk(trees()[name]):
        if isinstance(node, ast.ImportFrom) and node.module in trees() and node.module != "bplib":
            needed.add(lesson_of(node.module))
    return max(needed, default=0)


@cache
def declared():
    """Exercise -> other names, as the library's modules declare them in `ANSWERS = {...}`."""
    found = {}
    for tree in trees().values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ANSWERS":
                for name, others in ast.literal_eval(node.value).items():
                    found.setdefault(name, set()).update(others)
    return found


def pattern(names):
    """Matches the names themselves and their siblings: `_x`, `x_fast`, `fast_x`, `x_by_loops`."""
    own = "|".join(map(re.escape, sorted(names)))
    return re.compile(rf"_*(fast_|slow_|naive_|plain_)?({own})(_\w+)?")


def hidden(exercise):
    """Module -> names of top-level functions and classes that are emptied for ``exercise``."""
    graded = set(exercise.functions)
    others = set(EQUIVALENT.get(exercise.name, ())) | declared().get(exercise.name, set())
    taught = all_exercises()
    siblings, lesson, found = pattern(graded), int(exercise.lesson[:2]), {}
    for module, tree in trees().items():
        later = lesson_of(module) > lesson and module.removeprefix("bplib.") not in OPEN
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                continue
            name = node.name
            sibling = siblings.fullmatch(name) and not (
                name in taught and name not in graded and int(taught[name].lesson[:2]) <= lesson
            )
            if name in graded or name in others or sibling or later:
                found.setdefault(module, set()).add(name)
    return found
