"""The book: the map of the course, a page for each lesson, a live page for each, and the search."""

import base64
import hashlib
import json
import re
import shutil
import struct
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import LEVELS, Lesson
from autograder.publish import cells

ASSETS = Path(__file__).resolve().parents[1] / "templates" / "site"
COPIED = ("site.css", "live.css", "head.js", "site.js", "live.js", "icon.svg")
PICTURE = re.compile(r'<img src="data:image/png;base64,([^"]+)"([^>]*)>')
WIDTH = re.compile(r' width="(\d+)"')  # in pixels of the page; pictures are drawn finer than that


@dataclass(frozen=True)
class Page:
    """A lesson as the book shows it."""

    lesson: Lesson
    cells: list
    sections: list


def write_book(target: Path, lessons: list[Lesson], notebooks: dict, size: int | None) -> None:
    """Write the book into `target`; `notebooks` maps slugs to lessons with outputs (`shown_run`).

    size: how many bytes of Python a live page loads from this site, where that is known.
    """
    assets = target / "assets"
    assets.mkdir(parents=True)
    for name in COPIED:
        shutil.copyfile(ASSETS / name, assets / name)
    pages = [read_page(lesson, notebooks[lesson.slug]) for lesson in lessons]
    render = _renderer(lessons)
    _write(target / "index.html", render("index", "", title="Backpropagation, from a first guess to "
                                         "research", first=lessons[0], lesson=None, description=
                                         "A course in notebooks, with checks that explain."))
    for at, page in enumerate(pages):
        about = {"lesson": page.lesson, "description": page.lesson.question,
                 "title": f"{page.lesson.number:02d} {page.lesson.title} · Backpropagation"}
        _write(target / "lessons" / f"{page.lesson.slug}.html",
               lesson_page(render, page, assets, about, lessons[at - 1] if at else None,
                           lessons[at + 1] if at + 1 < len(lessons) else None))
        about["title"] = f"Live: {about['title']}"
        _write(target / "live" / f"{page.lesson.slug}.html",
               render("live", "../", size=size and round(size / 1e6), **about))
    index = json.dumps(search_index(pages), ensure_ascii=False, separators=(",", ":"))
    _write(assets / "search-index.js", f"window.bpIndex = {index};\n")


def read_page(lesson: Lesson, notebook) -> Page:
    """The cells and the sections of a lesson; each heading has an id of its own."""
    taken = {"content", "lessons", "menu", "search", "words", "found", "said", "scheme"}
    shown = []
    for cell in notebook.cells:
        one = cells.shown(cell)
        shown.append(cells.Shown("text", text=cells.with_unique_anchors(one.text, taken))
                     if one.kind == "text" else one)
    return Page(lesson, shown, cells.sections("".join(one.text for one in shown)))


def lesson_page(render, page: Page, assets: Path, about: dict, previous, following) -> str:
    """The HTML of a lesson's page; its pictures become files of their own in `assets`."""
    live = f"../live/{page.lesson.slug}.html"
    drawn = [_boxed(_filed(render("cell", "../", live=live, **asdict(one)), assets))
             for one in page.cells]
    checks = [one for one in page.cells if one.kind == "check"]
    return render("lesson", "../", opening=drawn[0] if drawn else "", cells=drawn[1:],
                  sections=page.sections, level=LEVELS.get(page.lesson.level, ""),
                  points=sum(one.points for one in checks), exercises=len(checks),
                  previous=previous, next=following, **about)


def search_index(pages: list[Page]) -> list[list[str]]:
    """For each section: its page, its id, the lesson's title, its heading, its text."""
    return [[f"lessons/{page.lesson.slug}.html", "" if section.level == 1 else section.anchor,
             page.lesson.title, section.heading, section.text]
            for page in pages for section in page.sections]


def _renderer(lessons):
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)
    levels = [(f"Level {level}: {LEVELS[level]}" if level in LEVELS else f"Level {level}",
               [one for one in lessons if one.level == level])
              for level in sorted({one.level for one in lessons})]

    def render(template, base, /, **values):
        page = environment.get_template(f"site/{template}.html")
        return page.render(base=base, levels=levels, **values)

    return render


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _filed(html: str, assets: Path) -> str:
    """Pictures as files: the page is readable before they are there, and each is kept once."""
    def moved(found):
        data = base64.b64decode(found[1])
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.png"
        folder = assets / "pictures"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        wide, high = struct.unpack(">II", data[16:24])
        wanted = WIDTH.search(found[2])
        width = int(wanted[1]) if wanted else wide
        return (f'<img src="../assets/pictures/{name}" loading="lazy" width="{width}" '
                f'height="{round(high * width / wide)}"{WIDTH.sub("", found[2])}>')

    return PICTURE.sub(moved, html)


def _boxed(html: str) -> str:
    """Wide tables scroll in a box of their own, which the keyboard reaches too."""
    opened = '<div class="wide" role="region" aria-label="Table" tabindex="0"><table'
    return html.replace("<table", opened).replace("</table>", "</table></div>")
