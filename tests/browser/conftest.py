"""Browser tests skip with a sentence where there is no browser, unless BP_REQUIRE_ALL=1."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import harness  # noqa: E402


@pytest.fixture(scope="session")
def needs_browser():
    """Asked for by every browser test, directly or through another fixture."""
    reason = harness.why_not()
    if reason and os.environ.get("BP_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason} BP_REQUIRE_ALL=1 makes that a failure.")
    if reason:
        pytest.skip(reason)
