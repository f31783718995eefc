"""Slides on paper: the exported HTML, printed by the Chromium that the machine has."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS = 120


def find_chromium() -> str | None:
    """The path of a Chromium, or None; ``BP_CHROMIUM`` names one that is not on the search path."""
    named = os.environ.get("BP_CHROMIUM")
    if named is not None:
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, NAMES)), None)


def print_pdf(page: Path, pdf: Path) -> str | None:
    """Print an HTML file into a PDF; a sentence on why there is none, or None when all is well."""
    chromium = find_chromium()
    if chromium is None:
        return ("The PDF needs Chromium or Chrome, which was not found (BP_CHROMIUM names one); you "
                f"can also open {page.name} in any browser and print it to a file.")
    with tempfile.TemporaryDirectory(prefix="bp-print-") as scratch:
        made = Path(scratch) / "slides.pdf"
        flags = ["--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={scratch}/profile",
                 "--no-pdf-header-footer", "--disable-background-networking", "--no-proxy-server",
                 *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
        try:
            subprocess.run([chromium, *flags, f"--print-to-pdf={made}", page.resolve().as_uri()],
                           capture_output=True, timeout=SECONDS, check=True)
            shutil.copyfile(made, pdf)
        except (OSError, subprocess.SubprocessError):
            return (f"{Path(chromium).name} could not print the PDF; you can also open {page.name} in "
                    "any browser and print it to a file.")
    return None
