"""A lesson's talk as a notebook of its own: one cell for each step on a slide, and what they need.

Which cells stand on slides is said in the lesson's source (``slide="slide"``, ``"fragment"``, and
``"-"`` for what goes on with the slide above). Every step becomes one cell, so that one key press is
one step; of the other code only what the slides need is kept, out of sight, and widgets and pictures
are made in their stage size.
"""

import ast
import importlib
import inspect

from autograder.course import LEVELS, Course
from autograder.pipeline.build import known_exercises
from autograder.pipeline.rules import is_kind
from autograder.pipeline.source import KERNELSPEC, SHOWN, read_source
from autograder.publish.needed import backwards

PLAY = "bplib.play"
SETUP = """\
from IPython.display import Markdown, display


def on_slide(thing):
    if thing is not None:
        display(thing)
"""


def talk_notebook(course: Course, slug: str, scheme: str = "light"):
    """The talk of a lesson as a notebook that has not been run (nbformat's node).

    The cells of slides carry the slide type ``slide`` or ``fragment``, all others ``skip``.
    Raises `CourseError` when the source cannot be read.
    """
    from nbformat.v4 import new_code_cell, new_notebook

    source = read_source(course.source(slug).read_text(encoding="utf-8"), slug, known_exercises(slug))
    steps = steps_of(source.cells)
    shown = {id(cell) for _, cells in steps for cell in cells}
    rest = [cell for cell in source.cells
            if cell.cell_type == "code" and not is_kind(cell, "grade")]
    kept = backwards([(cell.source, id(cell) in shown) for cell in rest])
    known = staged(cell.source for cell in rest)
    # a step stands where its last cell does: what that needs may lie between the two
    ends = {id(cells[-1]): (kind, cells) for kind, cells in steps}
    cells = [new_code_cell(SETUP, id="setup", metadata=slide("skip")),
             opening(source.metadata["bp"], slug)]
    wanted = {id(cell) for cell, keep in zip(rest, kept, strict=True) if keep}
    for cell in source.cells:
        if id(cell) in ends:
            kind, together = ends[id(cell)]
            cells.append(step_cell(kind, together, known, scheme))
        elif id(cell) in wanted and id(cell) not in shown:
            cells.append(new_code_cell(cell.source, id=cell.id, metadata=slide("skip")))
    return new_notebook(cells=cells, metadata={
        "kernelspec": KERNELSPEC, "language_info": {"name": "python"}, "bp": source.metadata["bp"]})


def slide(kind: str) -> dict:
    """A cell's metadata: its slide type, and code that is folded away.

    >>> slide("skip")["slideshow"]
    {'slide_type': 'skip'}
    """
    return {"slideshow": {"slide_type": kind}, "jupyter": {"source_hidden": True}}


def steps_of(cells) -> list:
    """The steps of a talk, ``(slide or fragment, [cells])``, from a source notebook's cells."""
    steps = []
    for cell in cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in SHOWN:
            continue
        if kind == "-" and steps:
            steps[-1][1].append(cell)
        else:  # slides below slides would only hide them from an audience: all stand in one row
            steps.append(("fragment" if kind == "fragment" and steps else "slide", [cell]))
    return steps


def opening(about: dict, slug: str):
    """The first slide: the lesson's name and its question."""
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(
        f"Lesson {slug[:2]} · {LEVELS[about['level']]}\n\n# {about['title']}\n\n{about['question']}",
        id="opening", metadata={"slideshow": {"slide_type": "slide"}, "tags": ["opening"]})


def step_cell(kind, cells, known, scheme):
    """One cell for a step; text alone stays text, else texts and results are shown in order."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    if all(cell.cell_type == "markdown" for cell in cells):
        text = "\n\n".join(cell.source for cell in cells)
        return new_markdown_cell(text, id=cells[0].id, metadata={
            "slideshow": {"slide_type": kind}})
    source = "\n".join(
        f"display(Markdown({cell.source!r}))" if cell.cell_type == "markdown"
        else shown_source(cell.source, known, scheme) for cell in cells)
    return new_code_cell(source, id=cells[0].id, metadata=slide(kind))


def staged(sources) -> dict:
    """What in `bplib.play` is drawn in two sizes, by the names under which a notebook imports it."""
    found = {}
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(PLAY):
            continue
        module = importlib.import_module(node.module)
        for alias in node.names:
            name = alias.asname or alias.name
            try:
                found[name] = getattr(module, alias.name)
            except AttributeError:
                found[name] = importlib.import_module(f"{node.module}.{alias.name}")
    return found


def shown_source(source: str, known: dict, scheme: str) -> str:
    """A code cell's source, its last value displayed and its widgets made in the stage size.

    >>> from bplib.play.descent import tangent
    >>> shown_source("x = 1\\ntangent(x=x)", {"tangent": tangent}, "light")
    "x = 1\\non_slide(tangent(x=x, size='stage', scheme='light'))"
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and two_sizes(node.func, known):
            given = {word.arg for word in node.keywords}
            node.keywords += [ast.keyword(name, ast.Constant(value)) for name, value in
                              {"size": "stage", "scheme": scheme}.items() if name not in given]
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1].value
        tree.body[-1].value = ast.Call(ast.Name("on_slide", ast.Load()), [last], [])
    return ast.unparse(ast.fix_missing_locations(tree))


def two_sizes(function: ast.expr, known: dict) -> bool:
    """Whether a called name is something of `bplib.play` that takes a size and a scheme."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        thing = getattr(known.get(function.value.id), function.attr, None)
    else:
        thing = known.get(function.id) if isinstance(function, ast.Name) else None
    try:
        names = inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return False
    return {"size", "scheme"} <= set(names)
