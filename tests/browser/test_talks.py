"""Talks in a real browser: every exported slide measured, the keyboard, the PDF, and a live talk."""

from __future__ import annotations

import os
import re
from pathlib import Path

import harness
import pytest

from autograder.course import find_course
from autograder.publish import pdf
from autograder.publish.slides import html_file

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.e2e,
              pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
SLUGS = find_course(ROOT).source_slugs()
LIVE = ("03_slopes_and_steps", "08_gradient_checking")

# How far anything reaches beyond the body of its slide, what has no title, and the smallest type.
MEASURE = """() => [...document.querySelectorAll('.slide')].map(slide => {
  const box = slide.querySelector('.body').getBoundingClientRect(), found = [];
  let smallest = 99;
  for (const node of slide.querySelectorAll('.body *')) {
    const own = node.getBoundingClientRect();
    if (!own.width || !own.height) continue;
    const over = Math.max(own.right - box.right, own.bottom - box.bottom, box.left - own.left,
                          box.top - own.top, node.tagName === 'PRE' ? node.scrollWidth - own.width : 0);
    if (over > 1) found.push(`${node.tagName} by ${Math.round(over)}: ${node.textContent.slice(0, 40)}`);
    const words = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (words && !node.closest('math')) {
      smallest = Math.min(smallest, parseFloat(getComputedStyle(node).fontSize)
                                    + (node.closest('pre') ? 6 : 0));  // code from 18, text from 24
    }
  }
  return {found, smallest, title: !!slide.querySelector('h1, h2')};
})"""


@pytest.fixture(scope="module")
def chromium(needs_browser):
    with harness.browser(1280, 720) as context:
        yield context


def exported(course, slug, folder):
    """The slides of a lesson as a file, and how many they are."""
    text, count = html_file(course, slug)
    path = folder / f"{slug}.html"
    path.write_text(text, encoding="utf-8")
    return path, count


@pytest.mark.parametrize("slug", SLUGS)
def test_no_slide_overflows(chromium, course, slug, tmp_path):
    path, count = exported(course, slug, tmp_path)
    page, broken = chromium.new_page(), []
    page.on("pageerror", lambda error: broken.append(str(error)))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('.hidden').forEach(n => n.classList.remove('hidden'))")
    measured = page.evaluate(MEASURE)
    assert len(measured) == count
    assert [(place, one["found"]) for place, one in enumerate(measured, 1) if one["found"]] == []
    assert all(one["title"] for one in measured)
    assert min(one["smallest"] for one in measured) >= 24
    pictures = "() => [...document.images].every(i => i.complete && i.naturalWidth && i.alt)"
    assert page.evaluate(pictures)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [] and broken == []
    page.close()


def test_the_keyboard_moves_and_the_scheme_changes(chromium, course, tmp_path):
    path, count = exported(course, "03_slopes_and_steps", tmp_path)
    page = chromium.new_page()
    page.goto(path.as_uri())

    def at():
        assert page.locator(".slide.on").count() == 1
        return int(page.locator(".slide.on").get_attribute("id"))

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)
        return at()

    assert at() == 1
    assert press("ArrowRight", "Space", "PageDown") == 4
    assert press("ArrowLeft") == 3 and press("Shift+Space") == 2
    assert press("End") == count and press("ArrowRight") == count
    assert press("Home") == 1 and press("ArrowLeft") == 1
    page.goto(f"{path.as_uri()}#5")
    assert at() == 5 and page.locator(".slide.on .foot").inner_text().endswith(f"5 / {count}")
    paper = "() => getComputedStyle(document.querySelector('.slide.on')).backgroundColor"
    light = page.evaluate(paper)
    page.keyboard.press("d")
    assert page.evaluate(paper) != light
    assert page.locator("main").count() == 1
    assert page.locator("[role=status]").inner_text().startswith("5 of")
    page.close()


def test_fragments_come_one_after_another(chromium, tmp_path):
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    from autograder.publish.slides import Page
    from bplib.play.theme import DARK, LIGHT

    environment = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True)
    environment.filters["safe_html"] = Markup
    path = tmp_path / "two.html"
    path.write_text(environment.get_template("talk.html").render(
        about={"title": "Two"}, slug="01_two", scheme="light", light=LIGHT, dark=DARK, drawn=LIGHT,
        wide=1280, high=720, pages=[Page("A", ["<h2>A</h2>", "<p>b</p>"]), Page("C", ["<h2>C</h2>"])]))
    page = chromium.new_page()
    page.goto(path.as_uri())
    seen = lambda: [page.get_by_text(one, exact=True).is_visible() for one in "AbC"]  # noqa: E731
    assert seen() == [True, False, False]
    page.keyboard.press("ArrowRight")
    assert seen() == [True, True, False]
    page.keyboard.press("ArrowRight")
    assert seen() == [False, False, True]
    page.keyboard.press("ArrowLeft")
    assert seen() == [True, True, False]
    page.close()


def test_the_pdf_has_a_page_for_each_slide(needs_browser, course, tmp_path, monkeypatch):
    monkeypatch.setenv("BP_CHROMIUM", harness.CHROMIUM)
    path, count = exported(course, "03_slopes_and_steps", tmp_path)
    assert pdf.print_pdf(path, tmp_path / "slides.pdf") is None
    made = (tmp_path / "slides.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == count
    assert set(re.findall(rb"/MediaBox\s*\[0 0 (\d+) (\d+)", made)) == {(b"960", b"540")}  # in points


@pytest.fixture(scope="module", params=LIVE)
def talk(chromium, tmp_path_factory, request):
    """A talk opened as `bp demo LESSON --slides` says, in a browser before it."""
    scratch = tmp_path_factory.mktemp("scratch")
    env = {**os.environ, "TMPDIR": str(scratch)}
    with harness.bp_demo(request.param, "--slides", env=env) as address:
        home, outside = address.split("/lab/")[0], []
        page = chromium.new_page()
        page.on("request", lambda r: outside.append(r.url) if not r.url.startswith(
            (home, home.replace("http", "ws"), "data:", "blob:")) else None)
        page.goto(address)
        page.wait_for_selector(".jp-Deck .jp-deck-mod-visible", timeout=150_000)
        page.wait_for_timeout(1500)
        yield page, outside
        page.close()


LOOK = """() => {
  const stage = document.querySelector('.jp-Deck .jp-Notebook');
  const cells = [...document.querySelectorAll('.jp-deck-mod-onscreen')];
  const wide = Math.max(0, ...cells.flatMap(c => [...c.querySelectorAll('*')])
    .filter(n => !n.closest('mjx-assistive-mml, .noUi-target') && n.getClientRects().length)
    .map(n => n.getBoundingClientRect().right));
  // what a box cuts off is in its scroll width, on the left in its place
  const cut = cells.flatMap(c => [...c.querySelectorAll('.bp-stage, .bp-ask, pre, img, mjx-container')])
    .some(n => n.getBoundingClientRect().left < stage.getBoundingClientRect().left
               || n.getBoundingClientRect().right > stage.getBoundingClientRect().right)
    || cells.some(c => c.getBoundingClientRect().left
                       < parseFloat(getComputedStyle(stage).paddingLeft) - 1);
  return {cut, over: stage.scrollHeight - stage.clientHeight, wide, key: cells.map(c =>
    c.getAttribute('data-windowed-list-index')).join(), slider: cells.some(c =>
    c.querySelector('.noUi-handle') && c.querySelector('img.bp-picture'))};
}"""


def test_a_live_talk_fits_its_slides_and_its_slider_moves_the_figure(talk):
    page, outside = talk
    seen, moved = [], 0
    while len(seen) < 25:
        now = page.evaluate(LOOK)
        if seen and now["key"] == seen[-1]:
            break
        seen.append(now["key"])
        assert now["over"] <= 0, f"slide {len(seen)} is {now['over']} pixels too high"
        assert not now["cut"], f"slide {len(seen)} is cut off at a side"
        assert now["wide"] <= 1281, f"slide {len(seen)} reaches to {now['wide']}"
        if now["slider"] and not moved:
            picture = page.locator(".jp-deck-mod-onscreen img.bp-picture")
            before = picture.get_attribute("src")
            page.locator(".jp-deck-mod-onscreen .noUi-handle").first.focus()
            for _ in range(30):  # until the page has found its kernel, on a machine that is busy
                page.keyboard.press("ArrowLeft")
                page.wait_for_timeout(1000)
                if picture.get_attribute("src") != before:
                    break
            assert picture.get_attribute("src") != before
            assert page.evaluate(LOOK)["key"] == now["key"]  # the arrow was the slider's
            moved += 1
        page.keyboard.press("PageDown")
        page.wait_for_timeout(400)
    assert 12 <= len(seen) <= 25 and moved == 1
    page.keyboard.press("PageUp")
    page.wait_for_timeout(400)
    assert page.evaluate(LOOK)["key"] == seen[-2]
    assert outside == []
