"""A lesson's cells for a reader: what each is for, and nothing revealed before its time.

Kinds: text, question (a prediction, asked without its code), answer (an experiment that reveals,
folded), exercise, check (said to be checked live), map, folded (code the author folded), code.
"""

import copy
import re
from dataclasses import dataclass

from autograder.publish import words

ASKS = re.compile(r"(?:\w+\s*=\s*)?ask\.\w+\(")
REVEALS = re.compile(r"^\w+\.reveal\(", re.MULTILINE)
WIDGET = "application/vnd.jupyter.widget-view+json"
# What a reveal says to somebody who has not guessed; a page cannot be told a guess.
NOT_GUESSED = "You had not guessed: next time guess first, it makes the answer stick."
PLAYED = "<p class=\"played\">A toy: it moves when the lesson is open live.</p>"


@dataclass(frozen=True)
class Shown:
    """A cell as a page shows it: its kind, and its pieces as HTML."""

    kind: str
    text: str = ""
    code: str = ""
    shown: str = ""
    name: str = ""
    points: float = 0


def shown(cell) -> Shown:
    """What a page shows of a released cell that has the solved run's outputs."""
    if cell.cell_type != "code":
        return Shown("text", text=words.text(cell.source))
    grader = cell.metadata.get("nbgrader", {})
    name = grader.get("grade_id", "").removeprefix("check_")
    if grader.get("grade"):
        return Shown("check", name=name, points=grader.get("points", 0))
    code, outputs = words.code(cell.source), _outputs(cell)
    if grader.get("solution"):
        return Shown("exercise", code=code, shown=outputs, name=name)
    folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    bare = "\n".join(line for line in cell.source.splitlines() if not line.startswith("#")).strip()
    if bare == "course_map()":
        return Shown("map")
    if REVEALS.search(bare):
        only = REVEALS.match(bare) is not None
        return Shown("answer", code="" if folded or only else code, shown=outputs)
    if ASKS.match(bare):
        return Shown("question", shown=outputs)
    return Shown("folded" if folded and outputs else "code", code=code, shown=outputs)


def _outputs(cell) -> str:
    joined, last = [], None
    for item in cell.get("outputs", ()):  # what is printed may come in several pieces
        if item.output_type == "stream" and last is not None and last.output_type == "stream":
            last.text += item.text
        else:
            last = copy.copy(item)
            joined.append(last)
    found = words.outputs({"outputs": joined}).replace(NOT_GUESSED, "")
    plays = any(WIDGET in item.get("data", {}) and "image/png" in item.data
                for item in cell.get("outputs", ()))
    return found + PLAYED if plays else found


@dataclass(frozen=True)
class Section:
    """A heading of a lesson with the text below it."""

    heading: str
    anchor: str
    level: int
    text: str


HEADING = re.compile(r'<h([1-4])(?: id="([^"]*)")?>(.*?)</h\1>', re.DOTALL)


def with_unique_anchors(html: str, taken: set[str]) -> str:
    """The same HTML with ids that are not in `taken` yet; they are added to it."""
    def named(found):
        level, anchor, inner = found[1], found[2] or "part", found[3]
        unique, number = anchor, 2
        while unique in taken:
            unique, number = f"{anchor}-{number}", number + 1
        taken.add(unique)
        return f'<h{level} id="{unique}">{inner}</h{level}>'

    return HEADING.sub(named, html)


def sections(html: str) -> list[Section]:
    """The sections of a lesson, whose text cells are `html`, in order."""
    marks = list(HEADING.finditer(html))
    ends = [mark.start() for mark in marks[1:]] + [len(html)]
    return [Section(plain(mark[3]), mark[2] or "", int(mark[1]), plain(html[mark.end(): end]))
            for mark, end in zip(marks, ends, strict=True)]


def plain(html: str) -> str:
    """The words of some HTML on one line; of mathematics, its letters.

    >>> plain("<p>a &lt; <b>b</b></p>")
    'a < b'
    """
    import html as entities

    bare = re.sub(r"<annotation.*?</annotation>|<style.*?</style>", " ", html, flags=re.DOTALL)
    bare = re.sub(r"</?(?:b|i|em|strong|code|span|m\w+)\b[^>]*>", "", bare)
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", bare)).split())
