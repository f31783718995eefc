"""Writes verdicts to a terminal: coloured where it has colours, and never as a learner's markup."""

COLOURS = {"passed": "green", "partial": "yellow", "missing": "blue"}


def console():
    """Where it is written to; long lines are left to the terminal."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def write(out, text, style=""):
    """One or more lines as they stand; what could steer a terminal is shown, not obeyed."""
    from rich.text import Text

    from autograder.sandbox.wire import printable

    for line in text.split("\n"):
        out.print(Text(printable(line), style=style))


def write_verdict(out, verdict):
    """A verdict's message, the first line in the colour of its status."""
    first, _, rest = verdict["message"].partition("\n")
    write(out, first, f"bold {COLOURS.get(verdict['status'], 'red')}")
    if rest:
        write(out, rest)


def write_notebook(out, graded):
    """What `Grader.grade` gave for one notebook."""
    write(out, graded["notebook"], "bold underline")
    if "error" in graded:
        write(out, graded["error"], "bold red")
    for verdict in graded["exercises"].values():
        write_verdict(out, verdict)
    if "error" not in graded:
        write(out, f"{graded['points']:g} of {graded['max_points']:g} points in all "
                   f"({graded['isolation']})", "bold")  # fmt: skip
    write(out, "")
