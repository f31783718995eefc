"""What the README says of the lessons is what the lessons say of themselves."""

import re
from pathlib import Path

from autograder.course import LEVELS, Course

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
START, END = "<!-- lessons: held by tests/test_readme.py -->\n", "<!-- end of lessons -->"


def lesson_map():
    """The table of the lessons, as it should stand in the README."""
    rows, level = ["| | lesson | the question |", "|---|---|---|"], 0
    for lesson in Course(ROOT).lessons():
        if lesson.level != level:
            level = lesson.level
            rows.append(f"| | **Level {level}: {LEVELS[level]}** | |")
        path = f"lessons/{lesson.slug}/{lesson.slug}.ipynb"
        rows.append(f"| {lesson.number:02d} | [{lesson.title}]({path}) | {lesson.question} |")
    return "\n".join(rows) + "\n"


def test_the_map_of_the_lessons_is_true():
    text = README.read_text(encoding="utf-8")
    stands = text[text.index(START) + len(START) : text.index(END)]
    assert stands == lesson_map(), "run python tests/test_readme.py"


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_it_names_no_command_that_is_not_there():
    from autograder.cli import available

    text = README.read_text(encoding="utf-8")
    assert set(re.findall(r"\bbp ([a-z]+)\b", text)) <= set(available())
    assert "make lab" in text and "make test" in text


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    head, tail = text[: text.index(START) + len(START)], text[text.index(END) :]
    README.write_text(head + lesson_map() + tail, encoding="utf-8")
