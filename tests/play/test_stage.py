"""Demonstrations on a stage: chosen by address, kept while others are shown, listed in the gallery."""

import re

import pytest

from bplib.play import catalogue
from bplib.play.filling import UNFINISHED
from bplib.play.stage import LessonPage, gallery, thumbnail, wishes

LESSON = "03_slopes_and_steps"


@pytest.mark.parametrize("query", ["", "demo=&scheme=pink&seed=-1", "seed=1e9", "%%%", "scheme"])
def test_an_address_can_ask_for_nothing_odd(query):
    asked = wishes(query)
    assert asked["scheme"] == "light" and asked["seed"] == 0


def test_a_page_begins_where_the_address_says_and_keeps_each_state():
    page = LessonPage(LESSON, asked=wishes("demo=learning_rate&scheme=dark&seed=2"))
    shown = page.made["learning_rate"]
    assert shown.look.scheme == "dark" and shown.look.size == "stage" and shown.seed == 2
    shown.set(rate=1.0)
    page.choice.value = "tangent"
    assert page.place.children == (page.made["tangent"].ui,)
    page.choice.value = "learning_rate"
    assert page.made["learning_rate"] is shown and shown.state["rate"] == 1.0


def test_an_unknown_demonstration_gives_the_first():
    assert LessonPage(LESSON, asked=wishes("demo=none")).choice.value == catalogue(LESSON)[0].name


def test_a_lesson_without_widgets_is_a_sentence():
    with pytest.raises(ValueError, match="lesson must be one that has widgets"):
        LessonPage("99_none", asked=wishes(""))


def test_the_gallery_lists_everything_once_and_escapes():
    pictures = {(d.lesson, d.name): b"png" for d in catalogue(LESSON)}
    page = gallery({LESSON: "Slopes & <b>"}, "light", pictures)
    assert len(re.findall("<img ", page)) == len(pictures) and "&amp; &lt;b&gt;" in page
    assert "being drawn" not in page
    assert gallery({LESSON: "Slopes"}).count(UNFINISHED) == len(pictures)
    for demo in catalogue(LESSON):
        assert f"{LESSON}.ipynb?demo={demo.name}&scheme=light" in page.replace("&amp;", "&")


def test_a_thumbnail_is_a_small_picture():
    png = thumbnail(catalogue(LESSON)[0])
    assert png.startswith(b"\x89PNG") and len(png) < 60_000
