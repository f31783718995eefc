"""What holds for every widget of the course, now and later: this reads the catalogue."""

from __future__ import annotations

import time
from itertools import islice

import numpy as np
import pytest

from bplib.play import catalogue
from bplib.play.base import render
from bplib.play.controls import Button
from bplib.play.theme import panels

DEMOS = catalogue()
NAMES = [f"{d.lesson}/{d.name}" for d in DEMOS]
each = pytest.mark.parametrize("declared", DEMOS, ids=NAMES)


def finite(value) -> bool:
    if isinstance(value, (list, tuple)):
        return all(finite(v) for v in value)
    if isinstance(value, (float, np.ndarray)):
        return bool(np.all(np.isfinite(value)))
    return True


def test_names_are_unique_and_the_catalogue_can_be_narrowed():
    assert len(set(NAMES)) == len(NAMES) > 0
    lesson = DEMOS[0].lesson
    assert {d.lesson for d in catalogue(lesson)} == {lesson}


@each
def test_is_declared_with_words_that_fit_a_gallery(declared):
    assert declared.lesson[:2].isdigit() and declared.lesson[2] == "_"
    for words, most in ((declared.title, 60), (declared.sentence, 120), (declared.question, 120)):
        assert 0 < len(words) <= most, words
    assert declared.question.strip()[-1] in "?.!"
    assert declared.sentence.strip()[-1] in ".?!"
    assert declared.__doc__, "the draw function needs a docstring"


def buttons(declared) -> list[str]:
    return [item.name for item in declared.controls if isinstance(item, Button)]


@each
@pytest.mark.parametrize(("size", "scheme"), [("page", "light"), ("stage", "dark")])
def test_both_ends_of_every_control_and_every_button(declared, size, scheme, check_figure):
    play = declared(size, scheme)
    check_figure(play.figure, "at the start")
    first = play.png
    settings = {}
    every = list(declared.extremes())
    corners = every[-2:]  # all controls low, all high
    for settings in every if size == "page" else corners:
        play.set(**settings)
        assert finite(list(play.state.values())), settings
        assert "nan" not in play.words.split() and "inf" not in play.words.split(), play.words
        check_figure(play.figure, settings)
        if settings in corners:
            fresh, words, _ = render(declared.draw, play.look, play.state)
            assert play.png == fresh and play.words == words, f"{settings}: left over from before"
    for name in buttons(declared):
        play.press(name, 3)
        check_figure(play.figure, f"{settings}, then {name} three times")
    play.reset()
    assert play.png == first, "Start again does not lead back to the first picture"
    for name in buttons(declared):
        play.press(name)
        check_figure(play.figure, f"{name} at the start")


@each
def test_the_same_seed_gives_the_same_picture_and_drawing_changes_no_state(declared):
    one, two = declared(seed=3), declared(seed=3)
    assert one.png == two.png
    before = one.state
    one._draw()
    assert str(one.state) == str(before) and one.png == two.png


@each
def test_the_static_picture_and_its_alternative_text(declared):
    play = declared()
    data, metadata = play._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR") and len(data["image/png"]) < 300_000
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert play.image.tooltip in data["text/plain"]


def plain_frame(figure, look, seed):
    (ax,) = panels(figure, look)
    ax.plot([0, 1], [0, 1])
    ax.set(xlabel="x", ylabel="y", title="a line")
    return "a line"


def seconds(work) -> float:
    """Processor time, which other programs on the machine lengthen less than the clock's."""
    start = time.process_time()
    work()
    return time.process_time() - start


@each
def test_a_drag_costs_no_more_than_five_plain_frames(declared):
    """A bare line on fresh axes takes 15 to 30 ms on a quiet machine: five of them are the 150 ms
    within which a change has to be seen."""
    play = declared("stage")
    frames = []
    for settings in islice(declared.extremes(), 5):
        for name, value in settings.items():
            frames.append(seconds(lambda n=name, v=value: play.set(**{n: v})))
    frames += [seconds(lambda n=name: play.press(n)) for name in buttons(declared)]
    bare = min(seconds(lambda: render(plain_frame, play.look, {"seed": 0})) for _ in range(3))
    drawn = [f for f in frames if f > bare / 4]  # a control that stands there already draws nothing
    assert drawn and min(drawn) < 5 * bare, f"{min(drawn) / bare:.1f} plain frames"
