"""A notebook that nbgrader can take, made from whatever was handed in.

nbgrader believes a submission's metadata: a doubled or stripped ``grade_id`` aborts its batch or loses
points in silence. So the ids are put on anew: each solution and check cell of the source is looked
for by name, by what it defines or checks, and is added where it is missing. Nothing is executed.
"""

import json
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.exercises import exercises_of
from autograder.notebooks import Cell, cell_text, decoded, grade_id
from autograder.pipeline.rules import emptied_source


def stage(source, handed_in, error=""):
    """The staged notebook for a HandedIn; ``source`` is the lesson's solved notebook.

    error: the reason why nothing can be graded; the released form then stands in for it.
    """
    wanted = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("grade_id")]
    cells = [] if error else _their_cells(handed_in)
    owners = {id(cell): name for name, cell in _owners(wanted, cells, handed_in.lesson).items()}
    by_name = {cell.metadata.nbgrader.grade_id: cell for cell in wanted}
    staged, taken = [], set()
    if error:
        staged.append(_cell("markdown", f"**Nothing could be graded.** {_plain(error)}", "why"))
    for number, cell in enumerate(cells):
        name = owners.get(id(cell))
        identity = name or f"theirs-{number}"
        staged.append(_cell(cell["cell_type"], cell["source"], identity))
        if name:
            staged[-1].metadata["nbgrader"] = by_name[name].metadata.nbgrader
            taken.add(name)
    for name, cell in by_name.items():
        if name not in taken:
            text = emptied_source(cell.source) if cell.metadata.nbgrader.solution else cell.source
            staged.append(_cell(cell.cell_type, text, name))
            staged[-1].metadata["nbgrader"] = cell.metadata.nbgrader
    notebook = new_notebook(cells=staged, metadata=source.metadata)
    return nbformat.writes(notebook, version=4)  # which also looks whether all of it is valid


def _cell(kind, source, identity):
    """As nbformat's `new_code_cell` makes one, without a look of its own at every single cell."""
    cell = NotebookNode(id=identity, cell_type=kind, source=source, metadata=NotebookNode())
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _plain(text):
    """Text that markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>&$~-])", r"\\\1", text)


def _their_cells(handed_in):
    """The cells of a submission as plain dicts: cell_type, source, name."""
    data = handed_in.path.read_bytes()
    text = decoded(data)
    if handed_in.path.suffix == ".py":
        from autograder.notebooks import python_cells

        return [{"cell_type": "code", "source": c.source, "name": c.grade_id}
                for c in python_cells(text)]  # fmt: skip
    notebook = json.loads(text)
    found = notebook.get("cells")
    if not isinstance(found, list):
        found = [cell for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])]
    cells = []
    for cell in found:
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown"):
            cells.append({"cell_type": cell["cell_type"], "source": cell_text(cell),
                          "name": grade_id(cell)})  # fmt: skip
    return cells


def _owners(wanted, cells, lesson):
    """grade_id -> the cell of the submission that it belongs to, each cell at most once.

    The last cell that defines (or checks) what the id is about is the one that counts in a run
    from top to bottom; failing that, the last one that still carries the id.
    """
    exercises, owners, free = exercises_of(lesson), {}, {id(cell) for cell in cells}
    for source in wanted:
        about, name = source.metadata.nbgrader, source.metadata.nbgrader.grade_id
        exercise = exercises.get(name.removeprefix("check_"))
        best = None
        for cell in cells:
            if id(cell) not in free or cell["cell_type"] != source.cell_type:
                continue
            look = Cell(0, cell["source"], cell["name"])
            subject = look.checks if about.grade else look.defines
            known = {exercise.name} if exercise and about.grade else set(
                exercise.functions if exercise else ())  # fmt: skip
            rank = (bool(known & subject), cell["name"] == name)
            if any(rank) and (best is None or rank >= best[0]):
                best = (rank, cell)
        if best is not None:
            owners[name] = best[1]
            free.discard(id(best[1]))
    return owners
