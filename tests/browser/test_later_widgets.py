"""Widgets of the later lessons in a real JupyterLab: drawing a digit, the walkers, one a lesson."""

from __future__ import annotations

import harness
import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.e2e, pytest.mark.timeout(600)]

CELLS = {
    "pad": "from bplib.play.pad import Pad\nPad()",
    "ravine": "from bplib.play.optim import ravine_walk\nravine_walk()",
    "film": "from bplib.play.recurrent import film\nfilm()",
    "gates": "from bplib.play.gated import gates\ngates()",
    "query": "from bplib.play.attention import query\nquery()",
}


@pytest.fixture(scope="module")
def notebook(needs_browser, tmp_path_factory):
    folder, scratch = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("scratch")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells),
                   folder / "later.ipynb")
    with harness.lab_server(folder, scratch) as lab:
        notebook = lab.open("later.ipynb")
        notebook.run_all()
        assert notebook.errors() == []
        yield notebook
        assert lab.errors == [] and lab.outside == []


@pytest.mark.parametrize("name", [name for name in CELLS if name != "pad"])
def test_a_slider_by_keyboard_gives_a_new_picture(notebook, name):
    index = list(CELLS).index(name)
    before = notebook.picture(index)
    ends_at_its_last_frame = name in ("ravine", "film")
    notebook.keys(index, "ArrowLeft" if ends_at_its_last_frame else "ArrowRight", times=3)
    assert notebook.wait_for_new_picture(index, before) < 5


def test_a_digit_drawn_with_the_mouse_is_read(notebook):
    index = list(CELLS).index("pad")
    before = notebook.picture(index)
    board = notebook.cell(index).locator(".jupyter-button, .widget-toggle-button")
    fields = board.filter(has_not_text="e").element_handles()[:64]
    assert len(fields) == 64
    for row in range(1, 7):  # a one
        fields[8 * row + 4].click()
    notebook.wait_for_new_picture(index, before)
    assert "reads" in notebook.text(index) or "sees" in notebook.text(index)
