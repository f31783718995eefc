"""Puts a verdict into words: plain text for terminals, accessible HTML for notebooks."""

import html

import numpy as np

from autograder.compare import Unreadable, read
from autograder.judge import Goal
from autograder.machine import Rng, Strided


def show_value(value, limit=400):
    """A value as a learner would write it, short."""
    if isinstance(value, Strided):
        value = value.array
    if isinstance(value, Unreadable):
        return value.what
    if isinstance(value, Rng):
        return f"np.random.default_rng({value.seed})"
    if callable(value):
        return getattr(value, "says", "a function")
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, threshold=40, edgeitems=3, linewidth=72, suppress=True):
            text = np.array2string(value, separator=", ")
        return text if len(text) <= limit else text[:limit] + " ..."
    if isinstance(value, (list, tuple)) and any(
        isinstance(v, (np.ndarray, float)) or callable(v) for v in value
    ):
        return "[" + ", ".join(show_value(item, 80) for item in value) + "]"
    text = repr(value)
    return text if len(text) <= limit else text[:limit] + " ..."


def _shape(value):
    return f"shape {value.shape}" if isinstance(value, np.ndarray) and value.ndim else ""


def show_example(exercise, trial):
    """The failing case in plain words: inputs, and per wrong output both answers and the first gap."""
    shown = [(name, trial.case.inputs[name]) for name in trial.case.show]
    example = {
        "special": trial.case.special,
        "sizes": ", ".join(f"{letter} = {n}" for letter, n in trial.case.sizes.items()),
        "inputs": [[name, show_value(value), _shape(read(value) if not isinstance(
            value, (Strided, Rng)) and not callable(value) else value)] for name, value in shown],
        "outputs": [],
        "error": "",
    }  # fmt: skip
    if trial.seen.error is not None:
        example["error"] = str(trial.seen.error)
    for output in exercise.outputs:
        finding = trial.findings.get(output.name)
        if finding is None or finding.ok:
            continue
        came, right = trial.seen.outputs[output.name], trial.right.outputs[output.name]
        row = {"name": output.short, "yours": show_value(came), "right": show_value(right)}
        row["says"] = _first_gap(came, right, finding)
        example["outputs"].append(row)
    return example


def _first_gap(came, right, finding):
    if finding.kind == "unreadable":
        return f"yours is {came.what}"
    if finding.kind == "shape":
        return f"your shape is {came.shape}, the right one is {right.shape}"
    if right.ndim == 0 or came.shape != right.shape:
        return ""
    place = tuple(int(i) for i in np.argwhere(finding.wrong)[0])
    where = ", ".join(map(str, place))
    count = int(finding.wrong.sum())
    text = f"first difference at [{where}]: yours {came[place]:.6g}, right {right[place]:.6g}"
    return f"{text} ({count} of {right.size} entries differ)"


TITLES = {
    "passed": "Right", "partial": "Partly right", "wrong": "Not right yet",
    "raised": "It stopped with an error", "missing": "Not written yet",
    "timeout": "It did not come back in time", "died": "The program died",
    "forbidden": "Not allowed here",
}  # fmt: skip


def _title(verdict):
    return "Python cannot read it" if "cell-unreadable" in verdict.diagnosis else TITLES[verdict.status]


def _points(verdict):
    def short(value):
        return f"{value:g}"

    return f"{short(verdict.points)} of {short(verdict.max_points)} points"


def _evidence_first(diagnoses):
    """What was measured before the thought behind it, though the thought is the more telling."""
    return sorted(diagnoses, key=lambda item: not item.measured)


def _goals_told(goals):
    """The goals, but in one line all special cases when none is reached: they can wait."""
    special = [goal for goal in goals if goal.special]
    if len(special) < 3 or any(goal.reached for goal in special):
        return goals
    in_one = Goal(f"{len(special)} special cases: none of them yet", False)
    return [in_one if goal is special[0] else goal
            for goal in goals if goal not in special[1:]]  # fmt: skip


def as_text(verdict):
    """What the learner reads, as plain text."""
    lines = [f"{verdict.exercise}: {_title(verdict)}, {_points(verdict)}."]
    if verdict.status != "passed":
        marks = {True: "[x]", False: "[ ]", None: " - "}
        lines += [f"  {marks[goal.reached]} {goal.says}" for goal in _goals_told(verdict.goals)]
        example = verdict.example
        if example:
            special = f", {example['special']}" if example["special"] else ""
            sizes = f" ({example['sizes']})" if example["sizes"] else ""
            lines.append(f"For example{special}{sizes}:")
            for name, value, _ in example["inputs"]:
                lines.append(f"  {name} = " + value.replace("\n", "\n" + " " * (len(name) + 5)))
            for row in example["outputs"]:
                for label, key in (("your", "yours"), ("right", "right")):
                    head = f"  {label} {row['name']} = "
                    lines.append(head + row[key].replace("\n", "\n" + " " * len(head)))
                if row["says"]:
                    lines.append(f"    {row['says']}")
        for item in _evidence_first(verdict.diagnoses):
            lines.append(item.says)
            if item.thought:
                lines.append(f"  {item.thought}")
        if verdict.see:
            lines.append(f"Read again: {verdict.see}")
    lines += [f"Remark: {remark}" for remark in verdict.remarks]
    return "\n".join(lines)


_BOX = (
    "border-left:6px solid {colour};padding:.5em 1em;margin:.3em 0;"
    "background:var(--jp-layout-color1,Canvas);color:var(--jp-content-font-color1,CanvasText);"
    "max-width:60em;line-height:1.5"
)
_COLOURS = {"passed": "#009E73", "partial": "#E69F00", "missing": "#0072B2"}


def _pre(text):
    return (
        '<pre style="margin:0;padding:0;background:none;color:inherit;white-space:pre-wrap">'
        f"{html.escape(text)}</pre>"
    )


def _cell(content, tag="td"):
    style = "text-align:left;vertical-align:top;padding:.1em .8em .1em 0"
    scope = ' scope="row"' if tag == "th" else ""
    return f'<{tag}{scope} style="{style}">{content}</{tag}>'


def as_html(verdict):
    """The same as HTML; everything that comes from a learner is escaped."""
    e = html.escape
    colour = _COLOURS.get(verdict.status, "#D55E00")
    parts = [
        f'<section role="status" aria-label="{e(verdict.exercise)}: {_title(verdict)}" '
        f'style="{_BOX.format(colour=colour)}">',
        f"<strong>{_title(verdict)}</strong> &nbsp;<code>{e(verdict.exercise)}</code>, "
        f"{_points(verdict)}",
    ]
    if verdict.status != "passed":
        if verdict.status != "missing":
            parts.append(_goals_html(verdict))
        if verdict.example:
            parts.append(_example_html(verdict.example))
        for item in _evidence_first(verdict.diagnoses):
            parts.append(f'<p style="margin:.4em 0">{marked(item.says)}')
            if item.thought:
                parts.append(f"<br><em>{marked(item.thought)}</em>")
            parts.append("</p>")
        if verdict.see:
            parts.append(f'<p style="margin:.4em 0">Read again: <em>{e(verdict.see)}</em></p>')
    parts += [f'<p style="margin:.4em 0"><small>{marked(r)}</small></p>' for r in verdict.remarks]
    return "".join(parts) + "</section>"


def marked(text):
    """Escaped text in which `code` becomes code."""
    pieces = html.escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces)
    )


def _goals_html(verdict):
    marks = {True: ("&#10003;", "reached"), False: ("&#10007;", "not reached"),
             None: ("&ndash;", "not tried")}  # fmt: skip
    items = "".join(
        f'<li><span role="img" aria-label="{marks[g.reached][1]}">{marks[g.reached][0]}</span> '
        f"{html.escape(g.says)}</li>"
        for g in _goals_told(verdict.goals)
    )
    return f'<ul style="list-style:none;padding-left:0;margin:.4em 0;columns:2 20em">{items}</ul>'


def _example_html(example):
    e = html.escape
    special = f", {e(example['special'])}" if example["special"] else ""
    sizes = f" ({e(example['sizes'])})" if example["sizes"] else ""
    rows = "".join(
        f"<tr>{_cell(e(name), 'th')}{_cell(_pre(value))}{_cell(e(shape))}</tr>"
        for name, value, shape in example["inputs"]
    )
    for row in example["outputs"]:
        rows += f"<tr>{_cell('your ' + e(row['name']), 'th')}{_cell(_pre(row['yours']))}<td></td></tr>"
        rows += f"<tr>{_cell('right ' + e(row['name']), 'th')}{_cell(_pre(row['right']))}<td></td></tr>"
        if row["says"]:
            rows += f"<tr><td></td>{_cell(e(row['says']))}<td></td></tr>"
    return (
        f'<p style="margin:.4em 0">For example{special}{sizes}:</p>'
        f'<table style="margin:.2em 0;border-collapse:collapse"><tbody>{rows}</tbody></table>'
    )
