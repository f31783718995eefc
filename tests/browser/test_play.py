"""Widgets in a real JupyterLab: by mouse, by keyboard, and without a kernel."""

from __future__ import annotations

import harness
import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = ["from bplib.play.descent import learning_rate\nlearning_rate()",
         "from bplib.play.guessing import treasure\ntreasure()",
         "from bplib.play import ask\nguess = ask.predict('Which?', ['0.5', '2.5'])\nguess",
         "guess.reveal('2.5')"]


@pytest.fixture(scope="module")
def lab(needs_browser, tmp_path_factory):
    folder, scratch = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("scratch")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel},
                                        cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nbformat.write(notebook, folder / "play.ipynb")
    with harness.lab_server(folder, scratch) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(lab):
    notebook = lab.open("play.ipynb")
    notebook.run_all()
    assert notebook.errors() == []
    return notebook


def test_a_dragged_slider_gives_a_new_picture_and_new_words(notebook):
    first = notebook.picture(0)
    assert "It arrives" in notebook.words(0)
    notebook.drag(0, 1.0)
    assert notebook.wait_for_new_picture(0, first) < 2
    notebook.wait_for_words(0, "It explodes")
    named = notebook.cell(0).locator(f'{harness.PICTURE}[title*="It explodes"]')
    named.wait_for(timeout=5000)  # the picture's name for those who listen


def test_the_slider_moves_by_keyboard_and_start_again_leads_back(notebook):
    notebook.press(0, "Start again")
    notebook.wait_for_words(0, "It arrives")
    before = notebook.picture(0)
    notebook.keys(0, "ArrowRight", times=3)
    notebook.wait_for_new_picture(0, before)
    notebook.keys(0, "Home")
    notebook.wait_for_words(0, "It crawls")


def test_buttons_play_the_treasure_hunt(notebook):
    before = notebook.picture(1)
    notebook.press(1, "Right")
    notebook.wait_for_new_picture(1, before)
    notebook.cell(1).get_by_text("after 1 moves").or_(
        notebook.cell(1).get_by_text("in 1 moves")).first.wait_for()


def test_a_prediction_is_compared_and_kept(notebook):
    assert "You had not guessed" in notebook.text(3)
    notebook.run_cell(2)
    notebook.press(2, "0.5")
    notebook.wait_for_words(2, "Your guess is in")
    notebook.run_cell(3)
    assert "You said 0.5; the experiment says 2.5." in notebook.text(3)


def test_saved_outputs_hold_a_picture_for_those_without_a_kernel(notebook):
    data = notebook.outputs(0)[0]["data"]
    assert data["image/png"].startswith("iVBOR")
    assert "It arrives" in "".join(data["text/plain"])


def test_nothing_was_asked_of_another_machine_and_no_script_failed(lab, notebook):
    assert lab.outside == [] and lab.errors == []
