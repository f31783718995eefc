"""The program `bp`: finds the command that was asked for, and imports that one alone.

Typer reads each command's own function; this file only looks up where it is, so that
`bp --help` answers before numpy would be loaded, and puts every error into one sentence.
"""

import importlib
import os
import sys
from pathlib import Path

from autograder import quick  # noqa: F401 - before any command imports Jupyter's parts
from autograder.errors import CourseError

COMMANDS = {
    "lab": ("learner", "Open JupyterLab in your own copy of the course."),
    "check": ("learner", "Check one exercise in Python files or notebooks."),
    "progress": ("learner", "Show the map of the course: what is done, what is next."),
    "submit": ("learner", "Make the file to hand in, after a look whether it is whole."),
    "grade": ("instructor", "Grade notebooks, without a database."),
    "autograde": ("instructor", "Grade all submissions into nbgrader's gradebook."),
    "report": ("instructor", "Write the class report of a lesson."),
    "demo": ("instructor", "Show a lesson's demonstrations as an app or as slides."),
    "build": ("author", "Make the lessons' sources into notebooks."),
    "site": ("everyone", "Make the course a site that runs in the browser."),
    "doctor": ("everyone", "Say what is installed, what is missing and how to get it."),
}
AUDIENCES = {"learner": "For learners", "instructor": "For instructors",
             "author": "For authors", "everyone": "For everyone"}


def available() -> list[str]:
    """The commands whose modules are here, in the order of `COMMANDS`; nothing is imported."""
    folder = Path(__file__).with_name("commands")
    return [name for name in COMMANDS if (folder / f"{name}.py").is_file()]


def overview() -> str:
    """What `bp --help` says."""
    lines = ["Usage: bp COMMAND [OPTIONS]", "", "Backpropagation, from a first guess to research."]
    here = available()
    for audience, heading in AUDIENCES.items():
        names = [name for name in here if COMMANDS[name][0] == audience]
        if names:
            lines += ["", f"{heading}:"] + [f"  {name:<11}{COMMANDS[name][1]}" for name in names]
    return "\n".join([*lines, "", "bp COMMAND --help says more about a command."])


def run(name: str, arguments: list[str]) -> int:
    """Carry out one command; its exit status."""
    import typer

    module = importlib.import_module(f"autograder.commands.{name}")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name)(getattr(module, name))
    status = app(arguments, prog_name=f"bp {name}", standalone_mode=False)
    return status if isinstance(status, int) else 0


def complain(sentence: str) -> None:
    """One sentence to standard error."""
    print(f"bp: {' '.join(sentence.split())}", file=sys.stderr)


def guarded(name: str, arguments: list[str]) -> int:
    """`run`, with every error turned into a sentence and an exit status."""
    try:
        return run(name, arguments)
    except CourseError as error:
        complain(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # a wrong call
            complain(f"{error.format_message()} See bp {name} --help.")
            return 2
        if type(error).__name__ == "Abort":  # typer's, after Ctrl-C or Ctrl-D at a question
            return 130
        if os.environ.get("BP_DEBUG"):
            raise
        complain(f"{name} broke on something unforeseen ({type(error).__name__}: {error}); "
                 "set BP_DEBUG=1 to see where.")
        return 1


def main(arguments: list[str] | None = None) -> None:
    """Entry point of `bp`; leaves with status 0, 1 (something is wrong) or 2 (a wrong call)."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(overview())
        sys.exit(0 if given else 2)
    if given[0] == "--version":
        from importlib.metadata import version

        print(f"bp {version('backprop-course')}")
        sys.exit(0)
    if given[0] not in available():
        complain(f"there is no command {given[0]!r}; bp --help lists them.")
        sys.exit(2)
    sys.exit(guarded(given[0], given[1:]))


if __name__ == "__main__":
    main()
