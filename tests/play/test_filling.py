"""A page that is written while it is being looked at."""

import time

from bplib.play.filling import UNFINISHED, filling_page


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
    path.write_text(f"one <i {UNFINISHED}>wait</i>", encoding="utf-8")
    wait_for(page, "one")
    path.write_text("all", encoding="utf-8")
    wait_for(page, "all")
    path.write_text("something else", encoding="utf-8")
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
