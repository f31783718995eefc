"""Talks without a browser: what stands on slides, what never may, and the file that is exported."""

import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.commands.demo import demo, write_slides
from autograder.course import find_course
from autograder.errors import CourseError
from autograder.pipeline.build import known_exercises
from autograder.pipeline.rules import broken_rules, code_lines, is_kind, regions, slide_rules
from autograder.pipeline.source import has_tag, read_source
from autograder.publish import live, pdf, slides, talk
from autograder.publish.needed import backwards

SLUGS = find_course().source_slugs()


@pytest.fixture(scope="module")
def notebooks(course):
    """slug -> its talk's notebook, not run."""
    return {slug: talk.talk_notebook(course, slug) for slug in SLUGS}


def shown(notebook):
    return [cell for cell in notebook.cells if cell.metadata.slideshow.slide_type != "skip"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_talk_has_twelve_to_twenty_slides(notebooks, slug):
    kinds = [cell.metadata.slideshow.slide_type for cell in shown(notebooks[slug])]
    assert set(kinds) <= {"slide", "fragment"}
    assert 12 <= kinds.count("slide") <= 20


@pytest.mark.parametrize("slug", SLUGS)
def test_a_talk_asks_shows_works_out_and_ends_with_its_idea(notebooks, slug):
    cells = shown(notebooks[slug])
    text = "\n".join(cell.source for cell in cells)
    assert "tags" in cells[0].metadata and cells[0].source.endswith(("?", "!"))
    assert "ask.predict(" in text and "size='stage'" in text
    assert "The idea in one line" in text and "still bothers us" in text


@pytest.mark.parametrize("slug", SLUGS)
def test_no_solution_stands_on_a_slide(course, notebooks, slug):
    source = read_source(course.source(slug).read_text(encoding="utf-8"), slug, known_exercises(slug))
    lines = set()
    for cell in shown(notebooks[slug]):
        lines |= code_lines(cell.source.split("\n"))
        assert "SOLUTION" not in cell.source and "check(" not in cell.source
    for cell in source.cells:
        if is_kind(cell, "solution"):
            assert cell.id not in {other.id for other in shown(notebooks[slug])}
            for region in map(code_lines, regions(cell.source)):
                assert sum(map(len, region)) < 20 or not region <= lines


def test_cells_for_slides_and_for_instructors_never_reach_lessons(course):
    for slug in SLUGS:
        source = read_source(course.source(slug).read_text(encoding="utf-8"), slug, {})
        hidden = {cell.id for cell in source.cells if has_tag(cell, "talk", "instructor")}
        released = json.loads(course.notebook(slug).read_text(encoding="utf-8"))["cells"]
        assert len(hidden) > 2 and not hidden & {cell["id"] for cell in released}
        text = "".join("".join(cell["source"]) for cell in released)
        assert "usually gets wrong" not in text and "The idea in one line" not in text


SOURCE = '''\
# ---
# jupyter:
#   bp: {title: Tiny, level: 2, question: "Why?"}
# ---

# %%
from bplib.play.descent import tangent
start, unused = 2.0, 3.0

# %%
never_needed = unused

# %% [markdown] tags=["talk"] slide="slide"
# ## Look

# %% slide="-"
tangent(x=start)

# %% [markdown] tags=["talk"] slide="fragment"
# And then **this**.

# %% [markdown]
# A text to read.
'''


@pytest.fixture
def tiny(course_copy, monkeypatch):
    for path in course_copy.solutions_dir.glob("*.py"):
        path.unlink()
    course_copy.source("03_tiny").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(talk, "known_exercises", lambda slug: {})
    return course_copy


def test_a_step_is_one_cell_and_only_what_is_needed_comes_along(tiny):
    notebook = talk.talk_notebook(tiny, "03_tiny", "dark")
    kinds = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    assert kinds == ["skip", "slide", "skip", "slide", "fragment"]
    assert notebook.cells[1].source == "Lesson 03 · High school\n\n# Tiny\n\nWhy?"
    assert notebook.cells[3].source == (
        "display(Markdown('## Look'))\non_slide(tangent(x=start, size='stage', scheme='dark'))")
    nbformat.validate(notebook)


def test_the_talk_of_a_lesson_runs_and_becomes_one_file(tiny, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("BP_CHROMIUM", str(tmp_path / "no-such-program"))
    assert write_slides(tiny, "03_tiny", tmp_path / "out", "light") == 0
    said = capsys.readouterr().out
    assert "2 slides" in said and "needs Chromium" in said and "print it to a file" in said
    (page,) = (tmp_path / "out").iterdir()
    text = page.read_text(encoding="utf-8")
    assert text.count('class="slide') == 2 and text.count('class="step"') == 3
    assert 'src="data:image/png;base64,' in text and 'alt="How steep is the hill' in text
    assert "tangent(" not in text and "A text to read" not in text
    assert outside(text) == []
    assert list((tmp_path / "cache").rglob("talk-light.03_tiny.*.ipynb"))


def outside(text):
    """What a page would ask for, save itself."""
    found = re.findall(r"""(?:(?<![-\w])(?:src|href)=|url\()["']?([^"')\s>]+)""", text)
    return [place for place in found if not place.startswith(("data:", "#"))]


def test_outputs_become_what_a_slide_shows():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
    cell = new_code_cell("")
    cell.outputs = [
        new_output("display_data", {"text/markdown": "## A *title*", "text/plain": "<Markdown>"}),
        new_output("stream", name="stdout", text="x" * 90 + "\n<&>\n"),
        new_output("display_data", {**view, "text/html": "<p>Which?</p><ul><li>this</li></ul>"})]
    for item, key in zip(cell.outputs[::2], ("display_data",) * 2, strict=True):
        item.output_type = key
    text = slides.step_html(cell)
    assert "<em>title</em>" in text and "&lt;&amp;&gt;" in text and "font-size:21px" in text
    assert '<div class="ask"><h2>Which?</h2><ul>' in text and "<Markdown>" not in text


def test_pages_fragments_and_titles():
    def cell(source, kind):
        return new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}})
    notebook = new_notebook(cells=[cell("x", "skip"), cell("# One *word*", "slide"),
                                   cell("more", "fragment"), cell("## Two", "slide")])
    pages = slides.pages_of(notebook)
    assert [(page.title, len(page.steps)) for page in pages] == [("One word", 2), ("Two", 1)]


@pytest.mark.parametrize(("old", "new", "says"), [
    ('slide="-"', 'solution="x" slide="-"', "stands on a slide"),
    ('tags=["talk"] slide="slide"', 'tags=["talk"]', "is tagged talk"),
])
def test_the_build_refuses_graded_cells_on_slides_and_talk_cells_on_none(old, new, says):
    notebook = read_source(SOURCE.replace(old, new, 1), "03_tiny", {})
    assert says in " ".join(slide_rules(notebook))
    assert slide_rules is not None and isinstance(broken_rules(notebook, "03_tiny", {}), list)


def test_names_are_followed_backwards():
    cells = [("import numpy as np", False), ("a = {}", False), ("b = 1", False),
             ("a['x'] = np.pi", False), ("def f():\n    return a", False),
             ("a = {}\nb = 2", False), ("f = 3", False), ("f", True)]
    assert backwards(cells) == [False] * 6 + [True, True]
    cells[-1] = ("print(a)", True)
    assert backwards(cells[:5] + cells[-1:]) == [True, True, False, True, False, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_live_talk_keeps_everything_in_its_own_folder(tiny, tmp_path, scheme):
    notebook = talk.talk_notebook(tiny, "03_tiny", scheme)
    name = live.prepare(tmp_path, notebook, "03_tiny", scheme)
    assert nbformat.read(tmp_path / "talk" / name, as_version=4).cells[1].id == "opening"
    overrides = json.loads((tmp_path / "settings" / "overrides.json").read_text())
    assert overrides["@deathbeds/jupyterlab-deck:plugin"] == {"active": True}
    environment = live.environment(tmp_path, "word")
    for place in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR"):
        assert environment[place].startswith(str(tmp_path))
    assert "word" not in " ".join(live.command(tmp_path, 1))
    assert (scheme == "dark") == ("#12161d" in live.sheet(scheme))


@pytest.mark.parametrize(("call", "says"), [
    ({"slides": True}, "Say which lesson"),
    ({"lesson": "4", "slides": True, "export": "x"}, "not both"),
    ({"lesson": "4", "scheme": "sepia"}, "light or dark"),
    ({"lesson": "99", "slides": True}, "no lesson"),
])
def test_a_wrong_call_gets_a_sentence(call, says):
    with pytest.raises(CourseError, match=says) as caught:
        demo(**{"lesson": None, **call})
    assert caught.value.exit_status == 2


def test_a_place_that_cannot_be_written_gets_a_sentence(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "html_file", lambda *_: ("<p>", 1))
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="cannot be written"):
        write_slides(tiny, "03_tiny", tmp_path / "file", "light")


def test_where_chromium_is_looked_for(tmp_path, monkeypatch):
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.delenv("BP_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.find_chromium() == str(program)
    page = tmp_path / "x.html"
    page.write_text("<p>")
    assert "could not print" in pdf.print_pdf(page, tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()
