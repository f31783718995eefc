"""`bp demo` as an instructor uses it: the gallery, and one demonstration by keyboard alone."""

from __future__ import annotations

import time
from pathlib import Path

import harness
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.e2e,
              pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address(needs_browser, tmp_path_factory):
    """Where `bp demo 3` says that it is."""
    scratch = tmp_path_factory.mktemp("scratch")
    env = harness.scratch_environment(scratch) | {"XDG_CACHE_HOME": str(scratch)}
    with harness.bp_demo("3", env=env) as address:
        yield address


def test_gallery_and_keyboard(address):
    home = address.split("/voila/")[0]
    with harness.browser(1280, 720) as context:
        outside, broken = [], []
        context.on("request", lambda r: outside.append(r.url) if not r.url.startswith(
            (home, "data:", "blob:")) else None)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address)
        page.wait_for_selector(harness.PICTURE, timeout=150_000)
        overflow = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
        assert not overflow
        before = page.locator(harness.PICTURE).get_attribute("src")
        page.locator(harness.HANDLE).first.focus()
        page.keyboard.press("ArrowRight")
        changed = "b => document.querySelector('img.bp-picture').src !== b"
        page.wait_for_function(changed, arg=before, timeout=30_000)
        page.goto(f"{home}/voila/render/gallery.ipynb?scheme=dark")
        page.wait_for_selector(".bp-cards a", timeout=150_000)
        assert page.locator(".bp-cards a").count() > 10
        page.wait_for_function("() => !document.querySelector('.bp-soon')", timeout=150_000)
        assert page.locator(".bp-cards img").count() == page.locator(".bp-cards a").count()
        page.locator(".bp-cards a[href*='03_slopes_and_steps.ipynb?demo=tangent']").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{harness.PICTURE}", timeout=150_000)
        assert "demo=tangent" in page.url and "scheme=dark" in page.url
        assert [url for url in outside if "font" not in url] == [] and broken == []
    time.sleep(0.1)
