"""A page that is written while it is being looked at, such as a gallery whose pictures are drawn.

It imports nothing of the course, so that it shows before anything else could be loaded.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import ipywidgets as ipw

UNFINISHED = 'class="bp-soon"'
"""How a page marks what it still waits for."""


def filling_page(name: str, folder: str | Path = ".", pause: float = 0.5) -> ipw.HTML:
    """The HTML file ``name.SCHEME.html`` as a widget, read again while parts of it are missing.

    The scheme, light or dark, comes from the page's address. pause: seconds between two looks. A
    widget, since voila turns the links of HTML outputs into downloads.
    """
    dark = "scheme=dark" in os.environ.get("QUERY_STRING", "").split("&")
    path = Path(folder) / f"{name}.{'dark' if dark else 'light'}.html"
    page = ipw.HTML(path.read_text(encoding="utf-8"))

    def fill() -> None:
        while UNFINISHED in page.value:
            time.sleep(pause)
            try:
                text = path.read_text(encoding="utf-8")
            except OSError:
                return  # the demonstration was ended
            page.value = text or page.value  # empty while somebody begins to write it

    threading.Thread(target=fill, daemon=True).start()
    return page
