"""What a lesson must keep to before it may be released; each broken rule is one sentence.

A graded cell that only defines a test, a stub that does not raise, a solution shown twice: each
of these has given points for nothing in somebody's course. Here they stop the build.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.course import SLUG
from autograder.pipeline.source import INSTRUCTOR, SHOWN, TALK, UNRELEASED, has_tag

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
FOREIGN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME", "END MARK SCHEME",
           "AUTOTEST")
TOO_SHORT_TO_LEAK = 20


def broken_rules(nb: Any, slug: str, exercises: Mapping[str, Any]) -> list[str]:
    """All that is wrong with the solved notebook `nb` of lesson `slug`, a sentence each."""
    sentences = list(name_rules(nb, slug, exercises))
    sentences += [rule for cell in nb.cells for rule in marker_rules(cell)]
    if sentences:  # what follows reads the markers, and would only repeat these
        return [f"{slug}: {sentence}" for sentence in sentences]
    emptied = EmptiedNames()
    for cell in nb.cells:
        if is_kind(cell, "solution"):
            sentences += emptied.add(cell)
        elif is_kind(cell, "grade"):
            sentences += check_rules(cell, emptied)
    sentences += leaks(nb)
    sentences += slide_rules(nb)
    return [f"{slug}: {sentence}" for sentence in sentences]


def is_kind(cell: Any, kind: str) -> bool:
    """Whether nbgrader treats the cell as `solution` or `grade`."""
    return bool(cell.metadata.get("nbgrader", {}).get(kind))


def grade_id(cell: Any) -> str:
    """The cell's nbgrader name, else its id: what an author finds it by."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id


def name_rules(nb: Any, slug: str, exercises: Mapping[str, Any]) -> Iterator[str]:
    """The lesson's name, and its exercises against those of the autograder."""
    if not SLUG.fullmatch(slug):
        yield "the file must be named NN_slug.py: two digits, then words in small letters."
    checked = [grade_id(cell) for cell in nb.cells if is_kind(cell, "grade")]
    for name in checked:
        if name.removeprefix("check_") not in exercises:
            yield (f"the cell {name} checks an exercise that autograder/exercises/"
                   f"lesson_{slug[:2]}.py does not list; add it there or remove the cell.")
    for name, exercise in exercises.items():
        points = getattr(exercise, "points", None)
        if not isinstance(points, (int, float)) or not points > 0:
            yield f"the exercise {name} has no points; give it a number above 0."
        if f"check_{name}" not in checked:
            yield (f"the autograder lists the exercise {name}, and the lesson has no cell "
                   f'check="{name}"; add the cell or remove the exercise.')
    for twice in sorted({name for name in checked if checked.count(name) > 1}):
        yield f"the id {twice} is used twice; give every cell its own."
    if checked and not any(imports_check(cell) for cell in nb.cells):
        yield "it never says `from autograder import check`; put that into its first code cell."


def imports_check(cell: Any) -> bool:
    """Whether a code cell, which learners get too, imports `check` from the autograder."""
    return (cell.cell_type == "code" and not has_tag(cell, *UNRELEASED)
            and bool(re.search(r"(?m)^from autograder import .*\bcheck\b", cell.source)))


def marker_rules(cell: Any) -> Iterator[str]:
    """Solution markers stand in pairs, in solution cells alone; no other markers stand at all."""
    name = grade_id(cell)
    inside = False
    for line in cell.source.split("\n"):
        if any(marker in line for marker in FOREIGN):
            yield f"the cell {name} holds {line.strip()!r}; checks here are public, remove it."
        begins, ends = BEGIN in line, END in line
        if (begins or ends) and not is_kind(cell, "solution"):
            yield f"the cell {name} holds {line.strip()!r} and is no solution cell; move it."
            return
        if begins == inside and (begins or ends):
            yield f"the cell {name} has {line.strip()!r} without its partner; pair them."
            return
        inside = begins or (inside and not ends)
    if inside:
        yield f"the cell {name} has BEGIN SOLUTION without END SOLUTION; add it."


def emptied_source(source: str) -> str:
    """A solution cell's text as learners get it, by the rule nbgrader follows.

    >>> print(emptied_source("def f():\\n    ### BEGIN SOLUTION\\n    1\\n    ### END SOLUTION"))
    def f():
        # YOUR CODE HERE
        raise NotImplementedError()
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
            indent = line[:len(line) - len(line.lstrip())]
            lines += [indent + stub for stub in STUB.split("\n")]
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines) if BEGIN in source else STUB


def regions(source: str) -> list[list[str]]:
    """The solution regions of a cell, each as its lines; the whole cell when none is marked."""
    if BEGIN not in source:
        return [source.split("\n")]
    found: list[list[str]] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
            found.append([])
        elif END in line:
            inside = False
        elif inside:
            found[-1].append(line)
    return found


class EmptiedNames:
    """The functions and classes of the solution cells so far, and whether their stubs raise."""

    def __init__(self) -> None:
        self.raises: dict[str, bool] = {}

    def add(self, cell: Any) -> Iterator[str]:
        """Take in a solution cell; gives a sentence when its emptied form cannot raise."""
        if cell.cell_type != "code":
            return
        name = grade_id(cell)
        try:
            tree = ast.parse(emptied_source(cell.source))
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"the cell {name} is not Python, solved or emptied: {error}."
            return
        defined = {node.name: stub_raises(node) for node in tree.body
                   if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        self.raises.update(defined)
        if not any(defined.values()) and not any(is_stub(node) for node in tree.body):
            yield (f"the emptied cell {name} does not raise NotImplementedError; put "
                   "BEGIN SOLUTION where the function's own statements begin.")


def is_stub(node: ast.stmt) -> bool:
    """Whether a statement is `raise NotImplementedError()`."""
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)


def stub_raises(definition: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether calling the function (a method of the class) is sure to reach the stub.

    >>> stub_raises(ast.parse("def f(x):\\n  if x:\\n    raise NotImplementedError()").body[0])
    False
    """
    if isinstance(definition, ast.ClassDef):
        return any(isinstance(node, ast.FunctionDef) and stub_raises(node)
                   for node in definition.body)
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(definition)):
        return False  # a generator's body does not run when it is called
    for node in definition.body:
        if is_stub(node):
            return True
        if any(isinstance(inner, ast.Return) for inner in ast.walk(node)):
            return False
    return False


def check_rules(cell: Any, emptied: EmptiedNames) -> Iterator[str]:
    """A graded cell executes the check of its own exercise, and shows what it gives."""
    name = grade_id(cell)
    if cell.cell_type != "code":
        yield f"the graded cell {name} is not code; only code is graded here."
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield f"the cell {name} is not Python: {error}."
        return
    calls = [node for node in ast.walk(tree) if is_check(node)]
    last = tree.body[-1] if tree.body else None
    wanted = f'check("{name.removeprefix("check_")}", ...)'
    if not isinstance(last, ast.Expr) or not is_check(last.value):
        yield f"the graded cell {name} executes no check; its last expression must be {wanted}."
    elif len(calls) > 1:
        yield f"the graded cell {name} calls check more than once; keep {wanted} alone."
    elif ends_in_semicolon(cell.source):
        yield f"the graded cell {name} ends in a semicolon, which hides the points; remove it."
    else:
        yield from argument_rules(last.value, name, wanted, emptied)


def argument_rules(call: Any, name: str, wanted: str, emptied: EmptiedNames) -> Iterator[str]:
    """`check` is given its own name, then what the learner wrote, which is empty at first."""
    own = call.args[0] if call.args else None
    if not isinstance(own, ast.Constant) or f"check_{own.value}" != name:
        yield f"the graded cell {name} checks another exercise; it must say {wanted}."
        return
    if len(call.args) < 2 or not isinstance(call.args[1], ast.Name):
        yield f"the graded cell {name} must hand over the learner's answer by name: {wanted}."
        return
    answer = call.args[1].id
    if answer not in emptied.raises:
        yield (f"the graded cell {name} checks {answer}, which no solution cell above it defines "
               "in its emptied form; keep the def line outside BEGIN SOLUTION.")
    elif not emptied.raises[answer]:
        yield (f"the emptied {answer} does not raise NotImplementedError when it is called; put "
               "BEGIN SOLUTION where its own statements begin.")


def is_check(node: ast.AST) -> bool:
    """Whether a node is a call of `check`."""
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            and node.func.id == "check")


def ends_in_semicolon(source: str) -> bool:
    """Whether IPython would swallow the cell's result.

    >>> ends_in_semicolon("check('a', a);  # done")
    True
    """
    idle = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER)
    words = [token.string for token in tokenize.generate_tokens(io.StringIO(source).readline)
             if token.type not in idle]
    return words[-1:] == [";"]


def leaks(nb: Any) -> Iterator[str]:
    """Solutions whose every line a learner could read in another cell.

    A single line may well be shown on purpose; a cell whose header says `reveals=true` may hold
    a whole solution (say, one that the lesson asks to look at critically).
    """
    shown = {cell.id: code_lines((emptied_source if is_kind(cell, "solution") else str)(
        cell.source).split("\n")) for cell in nb.cells
        if not cell.metadata.get("bp_reveals") and not has_tag(cell, INSTRUCTOR)}
    for cell in nb.cells:
        if not is_kind(cell, "solution") or cell.cell_type != "code":
            continue
        for region in map(code_lines, regions(cell.source)):
            if sum(map(len, region)) < TOO_SHORT_TO_LEAK:
                continue
            for other, lines in shown.items():
                if other != cell.id and region <= lines:
                    yield (f"the solution of {grade_id(cell)} can be read in the cell {other}; "
                           "change that cell, or say reveals=true in its header.")


def slide_rules(nb: Any) -> Iterator[str]:
    """Nothing that is graded stands on a slide, and what is made for slides stands on one."""
    for cell in nb.cells:
        shown = cell.metadata.get("slideshow", {}).get("slide_type") in SHOWN
        if shown and (is_kind(cell, "solution") or is_kind(cell, "grade")):
            yield f"the cell {grade_id(cell)} is graded and stands on a slide; take slide= away."
        if has_tag(cell, TALK) and not shown:
            yield f'the cell {grade_id(cell)} is tagged talk and has no slide="slide"; add it.'


def code_lines(lines: list[str]) -> set[str]:
    """The lines that say something, without indentation, comments and spacing."""
    bare = {re.sub(r"\s+", " ", line).strip(" `") for line in lines}
    return {line for line in bare if line and not line.startswith("#")}
