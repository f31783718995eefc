"""A lesson's slides as one HTML file that asks nothing of any network."""

import html
import re
from dataclasses import dataclass, field

from autograder.course import Course
from autograder.publish import words
from autograder.publish.runs import kept_run, version_of
from autograder.publish.talk import talk_notebook

WIDE, HIGH = 1280, 720
ROOM = 1140  # pixels for a line of output, between the margins of a slide
LARGEST, SMALLEST = 34, 18  # type sizes of such a line, in pixels
# Large type: how many of its lines there is room for; and for each kind of block, the characters
# that fit a line, how much a line of it takes, and how much the block takes on top.
ROOMY = 11.8
LINES = {"h2": (36, 1.2, 0.9), "p": (52, 1, 0.5), "li": (50, 1, 0.4), "ask": (48, 1.1, 1.1),
         "tr": (60, 0.9, 0.4), "blockquote": (36, 1.25, 1.4)}
VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass
class Page:
    """One slide: what it is called, its steps as HTML, and whether it opens the talk."""

    title: str
    steps: list = field(default_factory=list)
    kind: str = ""


def run_talk(course: Course, slug: str, scheme: str = "light", cache=None):
    """The talk's notebook with its outputs, run once for each version of the lesson and then kept."""
    import hashlib

    notebook = talk_notebook(course, slug, scheme)
    text = "\n".join(cell.source for cell in notebook.cells)
    version = hashlib.sha256(f"{version_of(course, slug)}{text}".encode()).hexdigest()[:16]
    run = kept_run(lambda: notebook, f"talk-{scheme}.{slug}", version, cache)
    for cell, now in zip(run.cells, notebook.cells, strict=True):
        cell.metadata = now.metadata
    return run


def pages_of(notebook) -> list[Page]:
    """The slides of a talk that has been run, fragments as further steps of their slide."""
    pages = []
    for cell in notebook.cells:
        kind = cell.metadata.slideshow.slide_type
        if kind == "skip":
            continue
        body = step_html(cell)
        if kind == "slide" or not pages:
            opening = "opening" in cell.metadata.get("tags", [])
            pages.append(Page("", kind="opening" if opening else ""))
        pages[-1].steps.append(body)
    for page in pages:
        page.title = title_of("".join(page.steps))
        page.kind = page.kind or kind_of("".join(page.steps))
    return pages


def kind_of(body: str) -> str:
    """How a slide is laid out: around a picture, or with large type where there are few words.

    >>> kind_of("<h2>A rule</h2><p>Multiply along a path.</p>"), kind_of("<p>so many words</p>" * 9)
    ('roomy', '')
    """
    if "<figure" in body:
        return "shows"
    if "<pre" in body:
        return ""
    lines = 2.2 * body.count('display="block"')
    asked = "ask" if '<div class="ask">' in body else ""
    for tag, text in re.findall(r"<(h2|p|li|tr|blockquote)\b[^>]*>(.*?)</\1>", body, flags=re.S):
        bare = html.unescape(re.sub(r"<math.*?</math>", "x" * 9, text, flags=re.S))
        chars, each, more = LINES[asked * (tag == "li") or tag]
        lines += each * -(-len(re.sub(r"<[^>]+>", "", bare).strip()) // chars) + more
    return "roomy" if lines <= ROOMY else ""


def step_html(cell) -> str:
    """A step as HTML: its text, or what its code has shown; never the code."""
    if cell.cell_type == "markdown":
        return words.text(cell.source)
    return "".join(output_html(item) for item in cell.outputs)


def output_html(item) -> str:
    """One output as HTML in the size of a slide."""
    data = item.get("data", {})
    if "text/markdown" in data:
        return words.text(data["text/markdown"])
    if item.output_type == "stream":
        return f'<pre class="output" style="font-size:{type_size(item.text)}px">' \
               f"{html.escape(item.text.rstrip())}</pre>"
    if VIEW in data and "image/png" not in data and "text/html" in data:
        asked = re.sub(r"^<p>(.*?)</p>", r"<h2>\1</h2>", data["text/html"], count=1, flags=re.S)
        return f'<div class="ask">{asked}</div>'
    about = item.get("metadata", {}).get("image/png", {})
    head = (f'<h2>{html.escape(about["title"])}</h2><p class="question">'
            f'{html.escape(about["question"])}</p>') if "question" in about else ""
    return head + words.output(item)


def type_size(text: str) -> int:
    """The size in pixels at which the longest line of a print-out fits a slide.

    >>> type_size("short"), type_size("x" * 90)
    (34, 21)
    """
    longest = max(map(len, text.rstrip().split("\n")), default=1) or 1
    return max(SMALLEST, min(LARGEST, int(ROOM / (0.603 * longest))))


def title_of(body: str) -> str:
    """The words of the first heading, as plain text; empty where there is none.

    >>> title_of('<p>Lesson</p><h1 id="x">A <em>line</em></h1>')
    'A line'
    """
    found = re.search(r"<h[123][^>]*>(.*?)</h[123]>", body, flags=re.S)
    return html.unescape(re.sub(r"<annotation.*?</annotation>|<[^>]+>", "", found[1])) if found else ""


def html_file(course: Course, slug: str, scheme: str = "light", cache=None) -> tuple[str, int]:
    """The slides of a lesson as one HTML page, and how many there are."""
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    from bplib.play.theme import DARK, LIGHT

    run = run_talk(course, slug, scheme, cache)
    pages = pages_of(run)
    environment = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters["safe_html"] = Markup
    page = environment.get_template("talk.html").render(
        about=run.metadata["bp"], slug=slug, scheme=scheme, pages=pages, wide=WIDE, high=HIGH,
        light=LIGHT, dark=DARK, drawn={"light": LIGHT, "dark": DARK}[scheme])
    return page, len(pages)
