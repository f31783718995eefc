"""The instructor's notes and the guide made of them: all parts are there, in the checks' own words."""

import re

import pytest

from autograder.course import find_course
from autograder.errors import CourseError
from autograder.exercises import exercises_of
from autograder.pipeline.build import build, known_exercises, read_lesson
from autograder.pipeline.notes import PARTS, TIME, WRONG, minutes, note_rules, notes_of, with_mistakes
from autograder.publish import guide

SLUGS = find_course().source_slugs()


@pytest.fixture(scope="module")
def page(course):
    return guide.page([guide.chapter(course, slug) for slug in SLUGS])


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lesson_has_every_part_of_the_notes(course, slug):
    notebook = read_lesson(course, slug, known_exercises(slug))
    assert list(note_rules(notebook)) == []
    notes = notes_of(notebook)
    assert set(PARTS) <= set(notes)
    total, parts = minutes(notes[TIME])
    assert total >= 40 and len(parts) >= 5
    assert notes["Questions to ask"].count("?") >= 3 and len(notes["Further reading"]) > 40


@pytest.mark.parametrize("slug", SLUGS)
def test_mistakes_are_told_in_the_words_of_the_check(course, slug):
    said = notes_of(read_lesson(course, slug, known_exercises(slug)))[WRONG]
    words = {mistake.says for exercise in exercises_of(slug).values() for mistake in exercise.mistakes}
    told = re.findall(r"(?m)^- \*\*\w+\*\*: (.+)$", said)
    assert len(told) >= 5
    assert all(any(line.startswith(one) for one in words) for line in told)
    # in the source stand the ids alone
    assert not any(one in course.source(slug).read_text(encoding="utf-8") for one in words)


def test_the_guide_has_a_chapter_for_every_lesson(page):
    for slug in SLUGS:
        assert page.count(f'id="{slug}"') == 1 and f'href="#{slug}"' in page
    for part in set(PARTS) - {TIME}:
        assert page.count(f"<h3>{part}</h3>") == len(SLUGS)
    assert page.count("<h3>Minutes</h3>") == len(SLUGS)


def test_the_guide_asks_nobody_and_prints_a_page_for_each_lesson(page):
    assert "<script" not in page and not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "size: A4" in page and "break-before: page" in page


def test_the_same_sources_give_the_same_bytes(course, page):
    assert page == guide.page([guide.chapter(course, slug) for slug in SLUGS])


def test_bp_build_writes_it_once_and_check_never(course_copy, monkeypatch, capsys):
    from autograder.commands.build import build as bp_build

    monkeypatch.chdir(course_copy.root)
    path = course_copy.solutions_dir / guide.NAME
    path.unlink(missing_ok=True)
    bp_build(["1"], check=True)
    assert not path.exists()
    assert bp_build(["1"], check=False) == 0
    assert f"wrote solutions/{guide.NAME}" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").count("<section") == len(SLUGS)
    assert guide.write_guide(course_copy) is None


@pytest.mark.parametrize(("old", "new", "says"), [
    *[(f"**{part}", f"**Not {part.lower()}", f"begins **{part}.**") for part in PARTS],
    (" 15, ", " 25, ", "the minutes of its parts add up to"),
    ("- mse: ", "- of mse: ", "name no mistake"),
    ("- mse: not-squared", "- mse: not-known", "no known mistake 'not-known'"),
    ("- mse: not-squared", "- msw: not-squared", "no such exercise"),
])
def test_the_build_refuses_notes_that_lack_a_part(course_copy, old, new, says):
    path, slug = course_copy.source("04_house_prices"), "04_house_prices"
    text = re.sub(r"# - \w+: [\w-]+\n(?:# - \w+: [\w-]+\n)*", "# - mse: not-squared\n",
                  path.read_text(encoding="utf-8"), count=1)
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused = build(course_copy, [slug]).refused
    assert any(says in sentence for sentence in refused), refused
    assert all(sentence.startswith(slug) and "\n" not in sentence for sentence in refused)


def test_an_unknown_mistake_names_what_is_known():
    with pytest.raises(CourseError, match="it knows .*mean-missing"):
        with_mistakes("- mse_gradients: nothing", "here", exercises_of("04_house_prices"))
