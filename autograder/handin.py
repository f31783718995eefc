"""What a learner hands in: one notebook, looked at first, in an archive that names its digest."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import cell_source, read_notebook

STUB = "raise NotImplementedError()"


@dataclass
class Look:
    """What is wrong with a notebook to be handed in, and what is only worth a word."""

    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def named_cells(notebook: dict) -> list[tuple[str, dict]]:
    """The names and cells that nbgrader would see, in order, twice where they stand twice."""
    found = []
    for cell in notebook["cells"]:
        about = cell.get("metadata", {}).get("nbgrader", {})
        if about.get("grade_id") and (about.get("grade") or about.get("solution")):
            found.append((about["grade_id"], cell))
    return found


def look_at(path: Path, released: Path) -> Look:
    """Compare the notebook at `path` with the one its lesson was released as."""
    look = Look()
    mine, original = read_notebook(path), read_notebook(released)
    wanted = dict(named_cells(original))
    here = dict(named_cells(mine))
    if wanted and not set(wanted) & set(here):
        look.problems.append(f"{path.name} is not a notebook of this lesson: none of its "
                             "exercises is in there.")
        return look
    for name, cell in wanted.items():
        kind = "check" if cell["metadata"]["nbgrader"].get("grade") else "answer"
        if name not in here:
            look.problems.append(f"the {kind} cell {name} is missing; copy it back from the "
                                 f"original, {released}.")
        elif kind == "check" and cell_source(here[name]) != cell_source(cell):
            look.remarks.append(f"the check cell {name} was changed; the original is used for "
                                "grading.")
        elif kind == "answer" and STUB in cell_source(here[name]):
            look.remarks.append(f"{name} is not written yet, and will earn nothing.")
    counts = Counter(name for name, _ in named_cells(mine))
    look.problems += [f"the cell {name} is there {count} times; keep one of them."
                      for name, count in counts.items() if count > 1]
    return look


def archive(slug: str, path: Path) -> bytes:
    """A zip with the notebook under the lesson's name, and its digest in manifest.json.

    The same notebook always gives the same bytes.
    """
    content = path.read_bytes()
    name = f"{slug}/{slug}.ipynb"
    manifest = {"lesson": slug, "files": [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}]}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, data in ((name, content),
                             ("manifest.json", json.dumps(manifest, indent=1).encode())):
            about = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(about, data)
    return buffer.getvalue()
