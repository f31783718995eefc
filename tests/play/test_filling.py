"""A page that is written while it is being looked at."""

import time

from bplib.play.filling import UNFINISHED, filling_page


def put(path, text):
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)  # as the writer of the gallery does: never half of it


def wait_for(page, text):
    until = time.monotonic() + 20
    while text not in page.value and time.monotonic() < until:
        time.sleep(0.01)
    assert text in page.value


def test_the_page_takes_over_what_is_written_until_nothing_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "x=1&scheme=dark")
    path = tmp_path / "g.dark.html"
    path.write_text(f"<i {UNFINISHED}>wait</i>", encoding="utf-8")
    page = filling_page("g", tmp_path, pause=0.01)
    path.write_text("", encoding="utf-8")
    time.sleep(0.05)
    assert "wait" in page.value
    put(path, f"one <i {UNFINISHED}>wait</i>")
    wait_for(page, "one")
    put(path, "all")
    wait_for(page, "all")
    put(path, "something else")
    time.sleep(0.1)
    assert page.value == "all"


def test_an_ended_demonstration_leaves_the_page_as_it_was(tmp_path, monkeypatch):
    monkeypatch.delenv("QUERY_STRING", raising=False)
    path = tmp_path / "g.light.html"
    path.write_text(f"<i {UNFINISHED}>wait</i>", encoding="utf-8")
    page = filling_page("g", tmp_path, pause=0.01)
    path.unlink()
    time.sleep(0.1)
    assert UNFINISHED in page.value
