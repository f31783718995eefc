"""A notebook's cells as HTML without scripts: text, mathematics, code, outputs."""

import functools
import html
import re

# What a page shows of an output, best first. A widget's bundle holds its still picture as image/png.
KINDS = ("image/svg+xml", "image/png", "text/html", "text/plain")


@functools.cache
def _markdown():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False, "highlight": _coloured})
    reader.use(dollarmath_plugin, renderer=lambda text, how: mathml(text, how["display_mode"]),
               allow_space=False, double_inline=True)
    return reader.use(anchors_plugin, max_level=3)


def mathml(text: str, display: bool) -> str:
    r"""LaTeX as MathML, which browsers draw by themselves.

    >>> "<mfrac>" in mathml(r"\frac{1}{N}", display=True)
    True
    """
    from latex2mathml.converter import convert

    # inside \text the converter leaves an escaped underscore as it is
    text = re.sub(r"(\\(?:text|mathrm|texttt|operatorname)\{[^{}]*\})",
                  lambda found: found[0].replace(r"\_", "_"), text)
    return convert(text.strip(), display="block" if display else "inline")


def text(source: str) -> str:
    """Markdown as HTML; headings of levels 1 to 3 get an id."""
    return _markdown().render(source)


def code(source: str, language: str = "python") -> str:
    """Source text as coloured HTML, in a `pre` of class `code`."""
    return f'<pre class="code" tabindex="0"><code>{_coloured(source, language, "")}</code></pre>'


def _coloured(source, language, _attributes):
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return highlight(source, lexer, HtmlFormatter(nowrap=True)).rstrip("\n")


def outputs(cell) -> str:
    """All outputs of a code cell as HTML; empty when it has none that a page can show."""
    return "".join(output(item) for item in cell.get("outputs", ()))


def output(item) -> str:
    """One output as HTML: a picture with its words, the author's HTML, or text in a `pre`."""
    if item.output_type == "stream":
        return f'<pre class="output">{html.escape(item.text)}</pre>'
    if item.output_type == "error":
        return f'<pre class="output error">{html.escape(f"{item.ename}: {item.evalue}")}</pre>'
    kind = next((kind for kind in KINDS if kind in item.data), None)
    if kind is None:
        return ""
    held, about = item.data[kind], item.get("metadata", {}).get(kind, {})
    if kind == "image/png":
        alt = about.get("alt") or item.data.get("text/plain", "")
        held = "".join(held.split())
        return (f'<figure><img src="data:image/png;base64,{held}" alt="{html.escape(alt)}"'
                f'{_width(about)}></figure>')
    if kind == "text/plain":
        return f'<pre class="output">{html.escape(held)}</pre>'
    return f'<div class="output html">{held}</div>'


def _width(about):
    return f' width="{int(about["width"])}"' if about.get("width") else ""
