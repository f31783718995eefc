"""The site without a browser: what stands in it, what never may, what it refuses and leaves alone."""

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.errors import CourseError
from autograder.publish import cells, runtime, site, wheel
from autograder.publish.book import write_book

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
SECRET = 25  # letters of a solution below which the same words may well stand in a lesson's text


def bodies(course, slug):
    """The solutions of a lesson, each squeezed to one line."""
    found = SOLUTION.findall(course.source(slug).read_text(encoding="utf-8"))
    return [body for text in found if len(body := " ".join(text.split())) >= SECRET]


class Links(HTMLParser):
    """All addresses and ids of a page, and its pictures without words."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.ids, self.silent = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.addresses += [about[name] for name in ("href", "src") if name in about]
        self.ids += [about["id"]] if "id" in about else []
        self.silent += tag == "img" and not about.get("alt")


def broken_links(root):
    """Addresses of the book that lead nowhere, or out of the site: (page, address)."""
    pages = {path: Links(path.read_text(encoding="utf-8"))
             for path in [root / "index.html", *root.glob("lessons/*"), *root.glob("live/*")]}
    broken = []
    for path, links in pages.items():
        for address in links.addresses:
            parts = urlsplit(address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = not parts.scheme and root.resolve() in target.parents and target.is_file()
            known = pages[target].ids if target in pages else [parts.fragment]
            if not inside or (parts.fragment and parts.fragment not in known):
                broken.append((path.name, address))
    return broken


@pytest.fixture(scope="module")
def book(course, tmp_path_factory):
    """The book of all lessons, from the released notebooks as they are (nothing is run)."""
    root = tmp_path_factory.mktemp("book")
    lessons = course.lessons()
    notebooks = {one.slug: nbformat.read(course.notebook(one.slug), as_version=4) for one in lessons}
    write_book(root, lessons, notebooks, None)
    return root


def test_every_lesson_has_a_page_and_a_live_page_and_all_links_lead_somewhere(course, book):
    slugs = [lesson.slug for lesson in course.lessons()]
    for folder in ("lessons", "live"):
        assert sorted(path.stem for path in (book / folder).iterdir()) == slugs
    assert broken_links(book) == []
    for path in book.glob("lessons/*.html"):
        ids = Links(path.read_text(encoding="utf-8")).ids
        assert len(ids) == len(set(ids)), path


def test_no_solution_reaches_the_book(course, book):
    texts = {path.name: " ".join(cells.plain(path.read_text(encoding="utf-8")).split())
             for path in book.rglob("*.html")}
    index = (book / "assets" / "search-index.js").read_text(encoding="utf-8")
    for slug in course.source_slugs():
        for body in bodies(course, slug):
            assert body not in index
            assert [name for name, text in texts.items() if body in text] == []


def test_the_search_index_knows_every_section(course, book):
    text = (book / "assets" / "search-index.js").read_text(encoding="utf-8")
    rows = json.loads(text.removeprefix("window.bpIndex = ").rstrip(";\n"))
    assert {row[0] for row in rows} == {f"lessons/{one.slug}.html" for one in course.lessons()}
    assert ["Warmer, colder"] == [row[3] for row in rows if "treasure is buried" in row[4]]


def kind_of(source, outputs=(), **metadata):
    return cells.shown(new_code_cell(source, outputs=list(outputs), metadata=metadata))


def test_a_cell_is_shown_for_what_it_is():
    picture = new_output("display_data", {"text/html": "<p>Which?</p>"})
    asked = kind_of("# A question\nbet = ask.predict('Which?', ['a', 'b'])\nbet", [picture])
    assert (asked.kind, asked.code) == ("question", "") and "Which?" in asked.shown
    assert kind_of("print(4)\nbet.reveal('a')").kind == "answer"
    assert kind_of("bet.reveal('a')").code == ""
    assert kind_of("course_map()").kind == "map"
    assert kind_of("mask.sum()").kind == "code"
    check = kind_of("check('mse', mse)", nbgrader={"grade": True, "points": 3, "grade_id": "check_mse"})
    assert (check.kind, check.name, check.points, check.code) == ("check", "mse", 3, "")
    said = new_output("stream", name="stdout", text=f"The answer is 4. {cells.NOT_GUESSED}")
    assert cells.NOT_GUESSED not in kind_of("bet.reveal('a')", [said]).shown
    lines = [new_output("stream", name="stdout", text=f"{n}\n") for n in range(2)]
    assert kind_of("loop()", lines).shown == '<pre class="output">0\n1\n</pre>'


def test_what_a_reveal_says_to_those_who_did_not_guess_is_known_here():
    from bplib.play import ask

    assert cells.NOT_GUESSED in str(ask.predict("?", ["a", "b"]).reveal("a"))


def test_headings_get_ids_of_their_own():
    taken = set()
    twice = [cells.with_unique_anchors('<h2 id="a">A</h2>', taken) for _ in range(2)]
    assert twice == ['<h2 id="a">A</h2>', '<h2 id="a-2">A</h2>']
    assert [part.text for part in cells.sections("".join(twice) + "<p>x</p>")] == ["", "x"]


def test_pictures_become_files(course, tmp_path):
    png = ("iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAEElEQVR4nGP4//8/AxwgcQB7vAX7zZdQ"
           "JwAAAABJRU5ErkJggg==")
    shown = new_output("display_data", {"image/png": png, "text/plain": "a <curve>"})
    notebook = new_notebook(cells=[new_markdown_cell("# T"), new_code_cell("1", outputs=[shown])])
    lesson = course.lessons()[0]
    write_book(tmp_path, [lesson], {lesson.slug: notebook}, 32_000_000)
    page = (tmp_path / "lessons" / f"{lesson.slug}.html").read_text(encoding="utf-8")
    assert 'alt="a &lt;curve&gt;"' in page and 'width="4" height="2"' in page
    assert "data:" not in page and broken_links(tmp_path) == []
    assert "32 MB" in (tmp_path / "live" / f"{lesson.slug}.html").read_text(encoding="utf-8")


def test_the_wheel_holds_the_course_and_nobody_s_work(tmp_path):
    packed = wheel.course_wheel()
    with zipfile.ZipFile(io.BytesIO(packed.content)) as opened:
        names = set(opened.namelist())
        assert opened.testzip() is None
        about = opened.read("backprop_course-0.1.0.dist-info/METADATA").decode()
    assert "\nName: backprop-course\n" in about
    assert {"bplib/__init__.py", "bplib/datasets/digits.npz", "autograder/check.py",
            "autograder/templates/site/site.css"} <= names
    assert packed == wheel.course_wheel() and {"numpy", "ipywidgets"} <= set(packed.depends)
    package = tmp_path / "autograder"
    for name in ("__init__.py", "gradebook.db", "submitted/ada/04/04.ipynb", "submitted/ada/04/x.py",
                 "reports/04.html", "templates/site/a.css"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("")
    taken = [path.relative_to(package).as_posix() for path in wheel.course_files(package)]
    assert taken == ["__init__.py", "templates/site/a.css"]


def distribution(folder, *missing):
    """A made-up Pyodide distribution, without some of its files."""
    names = [name for name in runtime.PRELOADED if name != runtime.COURSE]
    files = {name: f"{name}.whl" for name in names}
    lock = {"packages": {name: {"file_name": file, "depends": []} for name, file in files.items()}}
    folder.mkdir()
    for name in {*runtime.CORE, *files.values()} - {*missing}:
        (folder / name).write_text(json.dumps(lock) if name == runtime.LOCK else "")
    return folder


def test_what_is_no_distribution_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="no Pyodide distribution: .*pyodide.asm.wasm is not there"):
        runtime.check_distribution(distribution(tmp_path / "a", "pyodide.asm.wasm"))
    with pytest.raises(CourseError, match="numpy.whl, which its pyodide-lock.json lists"):
        runtime.check_distribution(distribution(tmp_path / "b", "numpy.whl"))
    whole = distribution(tmp_path / "c")
    assert "numpy" in runtime.check_distribution(whole)["packages"]
    (whole / runtime.LOCK).write_text("[]")
    with pytest.raises(CourseError, match="is not a lock file of Pyodide"):
        runtime.check_distribution(whole)


def test_the_runtime_is_the_needed_part_with_the_course_in_its_lock_file(tmp_path):
    pyodide = distribution(tmp_path / "pyodide")
    lock = json.loads((pyodide / runtime.LOCK).read_text())
    lock["packages"]["scipy"] = {"file_name": "scipy.whl", "depends": []}
    (pyodide / runtime.LOCK).write_text(json.dumps(lock))
    runtime.write_runtime(tmp_path / "runtime", pyodide)
    kept = json.loads((tmp_path / "runtime" / "pyodide" / runtime.LOCK).read_text())["packages"]
    assert "scipy" not in kept
    course = kept[runtime.COURSE]
    assert {"autograder", "bplib"} == set(course["imports"])
    assert {"numpy", "matplotlib", "ipywidgets"} == set(course["depends"])
    assert (tmp_path / "runtime" / "pyodide" / course["file_name"]).is_file()
    runtime.write_runtime(tmp_path / "public", None)
    plan = json.loads((tmp_path / "public" / "runtime.json").read_text())
    assert plan["base"].startswith("https://") and runtime.COURSE in plan["packages"]


def test_only_what_this_command_built_is_replaced(tmp_path):
    output = tmp_path / "_site"
    site.check_output(output)
    output.mkdir()
    site.check_output(output)
    (output / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError, match="was not made by bp site"):
        site.check_output(output)
    (output / site.MARKER).write_text(json.dumps({"files": ["index.html"]}))
    with pytest.raises(CourseError, match="holds thesis.txt, which bp site did not put there"):
        site.check_output(output)
    (output / "thesis.txt").rename(output / "index.html")
    site.check_output(output)
    with pytest.raises(CourseError, match="not a folder"):
        site.check_output(output / "index.html")


@pytest.fixture
def quick(monkeypatch):
    """`publish` with nothing run and without JupyterLite, which takes seconds."""
    def lite(course, slugs, target, scratch, pyodide):
        (target / "runtime").mkdir(parents=True)
        (target / "runtime" / "runtime.json").write_text('{"bytes": null}')

    monkeypatch.setattr(site, "build_lite", lite)
    monkeypatch.setattr(site, "shown_run", lambda course, slug: nbformat.read(
        course.notebook(slug), as_version=4))


def test_a_site_replaces_its_older_self_and_leaves_no_scraps(course, quick, tmp_path):
    output, lessons = tmp_path / "_site", course.lessons()[:2]
    steps = []
    site.publish(course, lessons, output, None, steps.append)
    assert steps[0] == "running lesson 01" and len(steps) == 4
    site.publish(course, lessons[:1], output, None)
    assert [path.name for path in (output / "lessons").iterdir()] == [f"{lessons[0].slug}.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
    (output / "notes.md").write_text("mine")
    with pytest.raises(CourseError, match="notes.md"):
        site.publish(course, lessons, output, None)
    assert (output / "notes.md").read_text() == "mine"


def test_what_is_missing_is_said(course, course_copy, quick, monkeypatch, tmp_path):
    course_copy.source("02_passing_blame").unlink()
    with pytest.raises(CourseError, match=r"solutions/02_passing_blame.py is not here"):
        site.publish(course_copy, course_copy.lessons(), tmp_path / "_site", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CourseError, match="jupyterlite_core is not installed"):
        site.publish(course, course.lessons(), tmp_path / "_site", None)
    assert not (tmp_path / "_site").exists()
