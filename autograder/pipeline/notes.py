"""The instructor's notes of a lesson: the parts they must have, and the mistakes they name.

Notes are markdown cells tagged `instructor`. Each part begins with its name in bold. Under *What the
class usually gets wrong* the author lists known mistakes by their ids, `- mse: mean-missing`; the
build puts in the words that the check itself says, so that they are written in one place.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.errors import CourseError
from autograder.pipeline.source import INSTRUCTOR, first_line, has_tag

AIMS, TIME, WRONG = "Aims", "Time", "What the class usually gets wrong"
PARTS = (AIMS, TIME, WRONG, "Questions to ask", "When the prediction fails", "Further reading")
NAMED = re.compile(r"^- (\w+): ([\w-]+)$", re.M)
MINUTES = re.compile(r"([^,;:.]+?) (\d+)(?= *[,;.]|$)")


def notes_of(nb: Any) -> dict[str, str]:
    """The parts of a lesson's notes: name -> markdown, in the order in which they stand."""
    text = "\n\n".join(cell.source for cell in nb.cells
                       if cell.cell_type == "markdown" and has_tag(cell, INSTRUCTOR))
    found = re.split(r"\*\*((?:[A-Z][a-z]+)(?: [a-z]+)*)\.?\*\*,?", text)
    return {name: words.strip() for name, words in zip(found[1::2], found[2::2], strict=True)}


def minutes(text: str) -> tuple[int, list[tuple[str, int]]]:
    """The minutes of a lesson and of its parts, from the words behind **Time**.

    >>> minutes("about 40 minutes: the line 15, three\\nhouses and the error 25.")
    (40, [('the line', 15), ('three houses and the error', 25)])
    """
    head, _, parts = " ".join(text.split()).partition(":")
    total = re.search(r"\d+", head)
    return int(total[0]) if total else 0, [
        (name.strip(), int(number)) for name, number in MINUTES.findall(parts)]


def note_rules(nb: Any) -> Iterator[str]:
    """What the instructor's notes lack, a sentence each."""
    notes = notes_of(nb)
    for part in PARTS:
        if not notes.get(part):
            yield (f'the instructor\'s notes lack a part; write one that begins **{part}.** in a '
                   f'cell with tags=["{INSTRUCTOR}"].')
    total, parts = minutes(notes.get(TIME, ""))
    if notes.get(TIME) and (len(parts) < 2 or sum(number for _, number in parts) != total):
        yield (f"the minutes of its parts add up to {sum(number for _, number in parts)}, and the "
               f"instructor's notes say {total}; write **Time**, about 40 minutes: this 15, that 25.")
    if notes.get(WRONG) and "\n- **" not in f"\n{notes[WRONG]}":
        yield f"the instructor's notes name no mistake under **{WRONG}.**; list some: - mse: sign."


def with_mistakes(source: str, where: str, exercises: Mapping[str, Any]) -> str:
    """Notes with the words of the known mistakes in the place of their ids."""
    def words(found: re.Match) -> str:
        name, ident = found.groups()
        known = {mistake.id: mistake for mistake in getattr(exercises.get(name), "mistakes", ())}
        if ident not in known:
            near = f"it knows {', '.join(known)}" if known else "there is no such exercise"
            raise CourseError(f"{where}: {name} has no known mistake {ident!r}; {near}.")
        thought = f" *{known[ident].thought}*" if known[ident].thought else ""
        return f"- **{name}**: {known[ident].says}{thought}"

    return NAMED.sub(words, source)


def spelled_out(cells: list, slug: str, exercises: Mapping[str, Any]) -> list:
    """The same cells, in the instructor's ones the mistakes in words (in place)."""
    for cell in cells:
        if cell.cell_type == "markdown" and has_tag(cell, INSTRUCTOR):
            where = f"{slug} ({first_line(cell.source)})"
            cell.source = with_mistakes(cell.source, where, exercises)
    return cells
