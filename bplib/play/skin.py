"""The part of a widget that is HTML: heading, words and style sheet, in both sizes and schemes."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from bplib.play.theme import Look, make_look

if TYPE_CHECKING:
    from bplib.play.base import Demo


def words(text: str) -> str:
    """Words below a picture as HTML; ``**strong**`` and line breaks are understood.

    >>> words("**7** < 8")
    '<div class="bp-said" role="status" aria-live="polite"><b>7</b> &lt; 8</div>'
    """
    return f'<div class="bp-said" role="status" aria-live="polite">{marked(text)}</div>'


def marked(text: str) -> str:
    """Plain text with ``**strong**``, `code` and line breaks, as safe HTML."""
    safe = html.escape(text, quote=False)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe)
    safe = re.sub(r"`(?!\u2060)([^`]+)`(?!\u2060)", r"<code>\1</code>", safe)
    return safe.replace("\n", "<br>").replace("\u2060", "")


def quoted(text: str) -> str:
    """Somebody else's words, safe to put into marked text: their own marks stay as they are.

    >>> plain("**" + quoted("2**10") + "**")
    '2**10'
    """
    return re.sub(r"([*`])", "\\1\u2060", text)


def plain(text: str) -> str:
    """The same words without any marks, on one line.

    >>> plain("**7** steps,\\nthen `x`")
    '7 steps, then x'
    """
    bare = re.sub(r"\*\*|`(?!\u2060)", "", text).replace("\u2060", "")
    return bare.replace("\n", " ").strip()


def trouble(error: Exception) -> str:
    """What is shown where the words should be when a callback raised."""
    what = html.escape(f"{type(error).__name__}: {error}")
    return (f'<div class="bp-said bp-trouble" role="alert"><b>This widget broke.</b> {what} '
            "Press <i>Start again</i>; if it comes back, please report it.</div>")


def head(demo: Demo, look: Look) -> str:
    """Title, question and style sheet of a widget."""
    return (f"<style>{sheet()}</style><div class='bp-head'><div class='bp-title'>"
            f"{html.escape(demo.title)}</div><div class='bp-question'>"
            f"{html.escape(demo.question)}</div></div>")


def scheme_rules(scheme: str) -> str:
    """The colours of a scheme as CSS variables."""
    look = make_look("page", scheme)
    names = ("paper", "panel", "ink", "quiet", "rule", "blue", "orange", "green", "purple")
    body = "".join(f"--bp-{name}:{getattr(look, name)};" for name in names)
    return f".bp-{scheme}{{{body}}}"


def sheet() -> str:
    """The style sheet: everything is scoped to ``.bp-play`` and ``.bp-ask``."""
    return scheme_rules("light") + scheme_rules("dark") + _SHEET


_SHEET = """
.bp-play,.bp-ask{--bp-t:15px;color:var(--bp-ink);background:var(--bp-paper);
 border:1px solid var(--bp-rule);border-radius:10px;padding:14px 18px 12px;max-width:780px;
 box-sizing:border-box;overflow:hidden;margin:6px 0}
.bp-any,.bp-any .jupyter-button{font-family:var(--jp-ui-font-family,system-ui,sans-serif)}
.bp-play.bp-stage{--bp-t:clamp(17px,1.8vw,36px);max-width:none;border:0;border-radius:0;
 padding:1.5vh 2vw;display:grid!important;grid-template-columns:minmax(0,1fr) minmax(250px,29%);
 grid-template-areas:"head head" "picture desk" "words words";column-gap:2vw;row-gap:1vh}
.bp-stage>.widget-html:first-child{grid-area:head}
.bp-stage>.bp-picture{grid-area:picture}
.bp-stage>.bp-words{grid-area:words}
.bp-stage>.bp-desk{grid-area:desk;justify-content:center;gap:.6vh;min-width:0}
.bp-play .widget-html,.bp-play .widget-html-content,.bp-ask .widget-html,
.bp-ask .widget-html-content{height:auto;margin:0;line-height:1.4;font-size:var(--bp-t);
 overflow:visible;color:var(--bp-ink)}
.bp-title{font-size:1.25em;font-weight:700;line-height:1.25}
.bp-question{color:var(--bp-quiet);line-height:1.35;margin-top:2px}
.bp-picture{width:100%!important;height:auto!important;max-width:100%;margin:6px 0 0;
 object-fit:contain;object-position:left;flex:0 0 auto}
.bp-said{min-height:2.8em;padding:4px 0 2px;font-size:var(--bp-t)}
.bp-stage .bp-said{font-size:1.08em}
.bp-trouble{color:var(--bp-orange)}
.bp-desk{overflow:visible}
.bp-play .bp-desk .widget-inline-hbox,.bp-play .bp-desk .widget-hslider{width:auto;height:auto;
 min-height:calc(var(--bp-t)*2.3);align-items:center}
.bp-play .widget-label,.bp-play .widget-readout,.bp-play .widget-label-basic,
.bp-play .widget-checkbox{font-size:var(--bp-t)!important;color:var(--bp-ink)!important;
 height:auto;line-height:1.5}
.bp-play .widget-hslider>.widget-label,.bp-play .widget-toggle-buttons>.widget-label{
 width:11em!important;min-width:11em;flex:none;text-align:left;white-space:normal}
.bp-stage .bp-desk .widget-hslider{flex-flow:row wrap!important}
.bp-play.bp-stage .bp-desk .widget-hslider>.widget-label,
.bp-play.bp-stage .bp-desk .widget-toggle-buttons>.widget-label{width:100%!important}
.bp-stage .bp-desk .slider-container{flex:1 1 8em;min-width:0}
.bp-stage .bp-desk .widget-readout{min-width:3.2em}
.bp-stage .bp-desk .widget-toggle-buttons{flex-flow:row wrap!important}
.bp-stage .bp-player{flex-flow:column!important;align-items:stretch!important}
.bp-stage .bp-player .widget-play{order:2}
.bp-play .bp-player .widget-hslider>.widget-label{width:auto!important;min-width:3.5em}
.bp-play .widget-readout{min-width:4.2em;font-variant-numeric:tabular-nums;background:transparent}
.bp-any .slider-container{min-height:calc(var(--bp-t)*1.9);display:flex;align-items:center}
.bp-any .noUi-target{width:100%;height:calc(var(--bp-t)*.4);background:var(--bp-rule);border:0;
 border-radius:99px;box-shadow:none;margin:0 calc(var(--bp-t)*.75)}
.bp-any .noUi-connect{background:var(--bp-blue)}
.bp-any .noUi-horizontal .noUi-handle{width:calc(var(--bp-t)*1.5);height:calc(var(--bp-t)*1.5);
 top:calc(var(--bp-t)*-.55);right:calc(var(--bp-t)*-.75);border-radius:50%;
 background:var(--bp-blue);border:3px solid var(--bp-paper);box-shadow:0 0 0 1px var(--bp-quiet);
 cursor:grab;transform:none}
.bp-any .noUi-handle:focus,.bp-any .noUi-handle:hover{outline:3px solid var(--bp-orange);
 outline-offset:1px;transform:none}
.bp-any .noUi-handle:before,.bp-any .noUi-handle:after{display:none}
.bp-buttons,.bp-ask .bp-row{flex-flow:row wrap!important;gap:8px;margin-top:6px;overflow:visible}
.bp-play .widget-button,.bp-play .widget-toggle-button,.bp-ask .widget-button{height:auto;
 width:auto;min-width:0;font-size:var(--bp-t);line-height:1.2;padding:.55em 1.05em;
 border-radius:8px;border:1px solid var(--bp-rule);background:var(--bp-panel);
 color:var(--bp-ink);font-weight:600;white-space:normal;overflow:visible;margin:0}
.bp-play .jupyter-button.mod-primary,.bp-play .widget-toggle-button.mod-active,
.bp-ask .jupyter-button.mod-primary{background:var(--bp-blue);color:var(--bp-paper);
 border-color:var(--bp-blue);box-shadow:none}
.bp-play .jupyter-button:focus-visible,.bp-ask .jupyter-button:focus-visible,
.bp-play input:focus-visible{outline:3px solid var(--bp-orange);outline-offset:2px}
.bp-play .bp-buttons .jupyter-button.mod-primary{font-size:1.25em;padding:.6em 1.4em}
.bp-play .widget-button.bp-reset{margin-left:auto;background:transparent;font-weight:400;
 color:var(--bp-quiet)}
.bp-play .widget-toggle-buttons{display:flex!important;width:auto;height:auto;
 align-items:center;flex-flow:row nowrap}
.bp-play .jupyter-button i{margin-right:.4em}
.bp-play .widget-toggle-buttons .widget-toggle-button{padding:.4em .8em;margin:2px 4px 2px 0}
.bp-play .widget-checkbox input{width:1.2em;height:1.2em}
.bp-player{align-items:center;width:auto}
.bp-player .widget-play{width:auto;flex:0 0 auto}
.bp-player .widget-play .jupyter-button{background:var(--bp-panel);color:var(--bp-ink);
 border:1px solid var(--bp-rule);border-radius:8px;padding:.4em .7em;margin-right:4px;flex:0 0 auto;
 font-size:var(--bp-t);width:auto;height:auto;line-height:1.2}
.bp-ask .bp-done{color:var(--bp-quiet)}
.bp-ask .bp-asked{font-weight:600}
.bp-ask .bp-answer:not(:empty){border-left:4px solid var(--bp-quiet);margin-top:8px;
 padding:2px 0 2px 10px;line-height:1.45;font-size:var(--bp-t)}
.bp-ask>style+.bp-answer:not(:empty){margin-top:0}
.bp-ask .bp-answer.bp-yes{border-color:var(--bp-green)}
.bp-ask .bp-answer.bp-no{border-color:var(--bp-orange)}
.bp-ask .jupyter-button:disabled{opacity:.55}
.bp-ask .jupyter-button.mod-primary:disabled{opacity:.85}
.bp-ask .bp-stock{gap:5px;margin:8px 0;overflow:visible;align-items:flex-start}
.bp-ask .widget-button.bp-code{font-family:var(--jp-code-font-family,monospace);font-weight:400;
 text-align:left;padding:.3em .8em;white-space:pre}
.bp-ask pre.bp-program{margin:0;padding:8px 12px;background:var(--bp-panel);border-radius:8px;
 font:.93em/1.55 var(--jp-code-font-family,monospace);white-space:pre-wrap;color:var(--bp-ink)}
.bp-ask .widget-hslider{width:auto;max-width:520px}
.bp-ask .widget-label,.bp-ask .widget-readout{font-size:var(--bp-t);color:var(--bp-ink)}
@media (max-width:800px){.bp-play.bp-stage{grid-template-columns:minmax(0,1fr);
 grid-template-areas:"head" "picture" "words" "desk"}}
"""
