"""The class behind every widget: one path for browser and test, and no swallowed exception."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bplib.play.base import demo
from bplib.play.controls import button, choice, log_slider, player, slider, switch, whole
from bplib.play.theme import panels


@demo(lesson="99_test", name="toy", title="Toy", sentence="One.", question="What?",
      controls=[slider("x", "x (m)", -1, 1, 0.5, 0.5), whole("n", "n", 0, 3, 1),
                log_slider("rate", "rate", 0.01, 4, 0.3), choice("kind", "kind", ["a", "b"], "a"),
                switch("on", "on"), player("frame", "frame", 5),
                button("Bump", lambda state: {"x": 1.0, "count": state["count"] + 1}),
                button("Nothing", lambda state: None)],
      start=lambda seed: {"count": 0, "log": ()},
      after=lambda state, changed: {"log": (*state["log"], changed)})
def toy(figure, look, x, n, rate, kind, on, frame, count, log, seed):
    """A toy."""
    if n == 3:
        raise RuntimeError("three is too many")
    (ax,) = panels(figure, look)
    ax.plot([x], [n], "o", color=look.guess)
    return f"x is **{x}** & n is {n}, pressed {count}"


@pytest.fixture
def play():
    return toy()


def test_moving_a_control_in_the_browser_and_in_code_is_one_path(play):
    before = play.png
    play.controls["x"].value = -1.0  # what the browser's message does
    assert play.state["x"] == -1.0 and play.png != before and "-1.0" in play.words
    assert play.image.value == play.png and "<b>-1.0</b> &amp;" in play.message.value
    play.set(x=0.5)
    assert play.png == before and play.state["log"] == ("x", "x")


def test_an_exception_in_a_callback_is_said_and_raised_and_can_be_reset(play):
    with pytest.raises(RuntimeError, match="three is too many"):
        play.set(n=3)
    assert "This widget broke" in play.message.value
    with pytest.raises(RuntimeError, match="three"):
        play.controls["x"].value = 0.0
    play.reset()
    assert "x is" in play.message.value and play.state["n"] == 1


def test_a_button_changes_state_and_control_and_draws_once(play):
    play.press("bump", 2)
    assert play.state["count"] == 2 and play.controls["x"].value == 1.0
    play.press("nothing")
    assert play.state["count"] == 2
    play.press("reset")
    assert play.state == toy().state


@pytest.mark.parametrize(("values", "kind", "words"), [
    ({"y": 1}, KeyError, "no control 'y'"), ({"x": 7}, ValueError, "x must lie"),
    ({"rate": 0}, ValueError, "rate must be above 0")])
def test_a_wrong_set_is_refused_in_words(play, values, kind, words):
    with pytest.raises(kind, match=words):
        play.set(**values)


def test_a_wrong_press_size_scheme_or_state_is_refused_in_words(play):
    with pytest.raises(KeyError, match="no button 'jump'"):
        play.press("jump")
    with pytest.raises(ValueError, match="size must be 'page' or 'stage'"):
        toy(size="huge")
    with pytest.raises(ValueError, match="scheme must be"):
        toy(scheme="pink")
    with pytest.raises(KeyError, match="toy has no"):
        toy(z=3)


def test_a_log_slider_stands_on_round_numbers(play):
    assert play.set(rate=0.314).state["rate"] == 0.3
    assert toy(rate=2.0).state["rate"] == 2.0
    assert play.demo.controls[2].ends == (0.01, 4.0)


def test_starting_values_survive_a_reset_and_seed_is_part_of_the_state():
    play = toy(seed=4, x=1.0)
    play.set(x=0.0).reset()
    assert play.state["x"] == 1.0 and play.state["seed"] == 4


def test_the_sizes_and_schemes_differ_and_the_stage_is_larger():
    def opened(size, scheme):
        return Image.open(io.BytesIO(toy(size, scheme).png))
    page, stage = opened("page", "light"), opened("stage", "dark")
    assert stage.width > page.width
    assert page.getpixel((2, 2)) == (255, 255, 255) and max(stage.getpixel((2, 2))) < 60


def test_a_control_may_not_take_the_name_of_an_argument():
    with pytest.raises(ValueError, match="no control may be called"):
        demo(lesson="99_test", name="s", title="S", sentence="S.", question="S?",
             controls=[slider("size", "size", 0, 1, 1, 0)])


def test_words_are_required():
    silent = demo(lesson="99_test", name="s", title="S", sentence="S.", question="S?",
                  controls=[])(lambda figure, look, seed: "")
    with pytest.raises(TypeError, match="draw must return the words"):
        silent()


def test_every_control_has_a_label_and_a_tooltip(play):
    for widget in [*play.controls.values(), *play.buttons.values()]:
        assert widget.description and widget.tooltip


def test_no_global_figure_is_left_behind(play):
    import matplotlib
    before = dict(matplotlib.rcParams)
    play.set(x=0.0)
    assert dict(matplotlib.rcParams) == before
    import sys
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []
