"""Widgets before an audience: one page per lesson, and a gallery of all; served by voila.

The demonstrations are the lessons' own widgets in their stage size, made when they are chosen. What
the page's address asks for (``?demo=tangent&scheme=dark&seed=3``) decides where it starts.
"""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import ipywidgets as ipw

from bplib.play import catalogue
from bplib.play.base import Demo, Play, render
from bplib.play.filling import UNFINISHED
from bplib.play.theme import SCHEMES, make_look

THUMBNAIL_DPI = 60


def wishes(query: str | None = None) -> dict:
    """What the page's address asks for: ``demo``, ``scheme`` and ``seed``, made sane.

    ``query``: the part behind the question mark; by default what voila hands to the kernel.

    >>> wishes("demo=tangent&scheme=dark&seed=3&x=<b>")
    {'demo': 'tangent', 'scheme': 'dark', 'seed': 3}
    """
    given = dict(parse_qsl(os.environ.get("QUERY_STRING", "") if query is None else query))
    scheme = given.get("scheme", "light")
    seed = given.get("seed", "0")
    return {"demo": given.get("demo", ""), "scheme": scheme if scheme in SCHEMES else "light",
            "seed": int(seed) if seed.isdecimal() and len(seed) < 9 else 0}


def ground(scheme: str) -> str:
    """The style sheet of the page around the widgets, for a scheme."""
    look = make_look("stage", scheme)
    return f"""<style>
body, .jp-Notebook, .jp-Cell, .voila-notebook, #rendered_cells {{ background: {look.paper} !important;
  color: {look.ink}; padding: 0 !important; }}
.bp-stage-nav {{ display: flex; flex-wrap: wrap; gap: .4em 1em; align-items: baseline;
  font: 17px system-ui, "DejaVu Sans", sans-serif; color: {look.ink}; margin: .2em .6em; }}
.bp-stage .bp-stage-nav {{ margin: .2em 16px; }}
.bp-stage-nav a {{ color: {look.blue} !important; }} .bp-stage-nav b {{ font-size: 1.15em; }}
.bp-cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 20px;
  padding: 0 !important; margin: 10px 16px !important; list-style: none !important; }}
.bp-cards li {{ list-style: none !important; margin: 0 !important; }}
.bp-cards a {{ display: block; height: 100%; text-decoration: none !important;
  color: {look.ink} !important; background: {look.panel}; border: 2px solid {look.rule};
  border-radius: 10px; overflow: hidden;
  font: 16px/1.4 system-ui, "DejaVu Sans", sans-serif; }}
.bp-cards em, .bp-cards strong {{ color: {look.ink}; }}
.bp-cards .bp-soon {{ display: flex; aspect-ratio: 24 / 13; align-items: center;
  justify-content: center; color: {look.quiet}; }}
.bp-cards a:hover, .bp-cards a:focus {{ border-color: {look.blue}; outline: none; }}
.bp-cards img {{ width: 100%; display: block; }}
.bp-cards strong {{ display: block; font-size: 19px; margin: 10px 14px 2px; }}
.bp-cards span {{ display: block; margin: 4px 14px 0; color: {look.quiet}; }}
.bp-cards em {{ display: block; margin: 6px 14px 14px; }}
.bp-stage h1, .bp-stage h2 {{ font: bold 30px system-ui, "DejaVu Sans", sans-serif; color: {look.ink};
  margin: 16px 16px 4px; }} .bp-stage h2 {{ font-size: 22px; }}
.bp-choices .widget-toggle-button {{ height: auto; line-height: 1.3; padding: 6px 12px; font-size: 17px;
  width: auto; }}
</style>"""


def switch(scheme: str, **rest) -> str:
    """A link to the same page in the other scheme."""
    other = "dark" if scheme == "light" else "light"
    query = urlencode({key: value for key, value in {**rest, "scheme": other}.items() if value})
    return f'<a href="?{query}">{other} scheme</a>'


class LessonPage:
    """All demonstrations of a lesson on one page; one is shown, the others are a key press away."""

    def __init__(self, lesson: str, title: str = "", asked: Mapping | None = None) -> None:
        self.asked = dict(wishes() if asked is None else asked)
        self.demos = {demo.name: demo for demo in catalogue(lesson)}
        if not self.demos:
            raise ValueError(f"lesson must be one that has widgets; got {lesson!r}")
        self.made: dict[str, Play] = {}
        first = self.asked["demo"] if self.asked["demo"] in self.demos else next(iter(self.demos))
        self.choice = ipw.ToggleButtons(
            options=[(demo.title, name) for name, demo in self.demos.items()], value=first,
            description="", tooltips=[demo.question for demo in self.demos.values()])
        self.choice.add_class("bp-choices")
        self.choice.observe(lambda change: self.show(change["new"]), "value")
        self.place = ipw.VBox()
        scheme = self.asked["scheme"]
        nav = ipw.HTML(f'{ground(scheme)}<nav class="bp-stage-nav"><b>{html.escape(title or lesson)}</b>'
                       f'<a href="gallery.ipynb?{urlencode({"scheme": scheme})}">all demonstrations</a>'
                       f'{switch(scheme, demo=first)}</nav>')
        self.ui = ipw.VBox([nav, *([self.choice] if len(self.demos) > 1 else []), self.place])
        self.show(first)

    def show(self, name: str) -> Play:
        """Bring a demonstration on the page; it keeps its state while others are shown."""
        if name not in self.made:
            self.made[name] = self.demos[name]("stage", self.asked["scheme"], self.asked["seed"])
        self.place.children = [self.made[name].ui]
        return self.made[name]

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.ui._repr_mimebundle_(include=include, exclude=exclude)


def thumbnail(demo: Demo, scheme: str = "light") -> bytes:
    """A small PNG of a demonstration as it begins."""
    look = make_look("page", scheme)
    small = type(look)(**{**look.__dict__, "dpi": THUMBNAIL_DPI})
    return render(demo.draw, small, demo.defaults())[0]


def _picture(png: bytes | None) -> str:
    if png is None:
        return f"<i {UNFINISHED}>its picture is being drawn</i>"
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'


def gallery(lessons: Mapping[str, str], scheme: str = "light", thumbnails: Mapping | None = None) -> str:
    """The gallery as HTML: every demonstration with a picture, a sentence and its question.

    lessons: slug -> title, in order; thumbnails: (lesson, name) -> PNG bytes. Where one is missing the
    card says that it is being drawn (see ``bplib.play.filling``).
    """
    known = dict(thumbnails or {})
    parts = [ground(scheme), '<div class="bp-stage"><h1>Demonstrations</h1>',
             f'<nav class="bp-stage-nav">{switch(scheme)}</nav>']
    for slug, title in lessons.items():
        demos = catalogue(slug)
        if not demos:
            continue
        parts.append(f"<h2>{html.escape(title)}</h2><ul class='bp-cards'>")
        for demo in demos:
            query = urlencode({"demo": demo.name, "scheme": scheme})
            parts.append(
                f'<li><a href="{slug}.ipynb?{query}">{_picture(known.get((slug, demo.name)))}'
                f"<strong>{html.escape(demo.title)}</strong><span>{html.escape(demo.sentence)}</span>"
                f"<em>{html.escape(demo.question)}</em></a></li>")
        parts.append("</ul>")
    return "".join([*parts, "</div>"])
