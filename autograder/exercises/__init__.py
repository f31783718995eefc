"""One file of checks per lesson; this module finds an exercise by its name or its lesson."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from autograder.errors import CourseError


@cache
def exercises_of(lesson):
    """The exercises of a lesson (a slug such as "04_house_prices"), name -> Exercise, in order."""
    try:
        module = importlib.import_module(f"autograder.exercises.lesson_{lesson[:2]}")
    except ModuleNotFoundError as error:
        if error.name != f"autograder.exercises.lesson_{lesson[:2]}":
            raise
        return {}
    return {item.name: item for item in module.EXERCISES if item.lesson == lesson}


@cache
def lesson_numbers():
    """The two-digit numbers of the lessons that have exercises, in order."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name[7:] for name in names if name.startswith("lesson_")))


@cache
def all_exercises():
    """Every exercise of the course, name -> Exercise, in the order of the lessons."""
    found = {}
    for number in lesson_numbers():
        module = importlib.import_module(f"autograder.exercises.lesson_{number}")
        found.update({item.name: item for item in module.EXERCISES})
    return found


def _mentions(number, name):
    source = Path(__file__).with_name(f"lesson_{number}.py")
    return source.exists() and f'"{name}"' in source.read_text(encoding="utf-8")


def find_exercise(name):
    """The exercise called ``name``; CourseError with the nearest names when there is none."""
    import difflib

    for number in lesson_numbers():  # a check must not wait for the other lessons' checks to load
        if _mentions(number, name):
            module = importlib.import_module(f"{__name__}.lesson_{number}")
            for item in module.EXERCISES:
                if item.name == name:
                    return item
    known = all_exercises()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise CourseError(f"There is no exercise called {name!r}{hint}", exit_status=2)
