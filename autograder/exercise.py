"""What an exercise is: cases, a way to run an answer on a case, a reference, known mistakes.

The one abstraction behind every check. Judging compares ``run(learner, case)`` with
``run(reference, case)``; explaining looks for the known mistake or the simple relation that gives
what the learner's code gave; testing the grader is making sure that every known mistake is caught
and named and every correct variant gets full points.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

IN_BROWSER = sys.platform == "emscripten"


class Case:
    """One input to try: named values, the sizes they stand for, and what is special about it.

    special: "" for an ordinary case, otherwise a few words that finish "when there is/are ..." or
        stand alone in a list, such as ``"one example (N = 1)"``; cases with the same words are one
        sub-goal.
    sizes: letter -> number, such as ``{"N": 7, "D": 3}``: what a wrong factor is looked up in.
    inputs: the values, reached as attributes too: ``case.x``.
    show: names of the inputs that a learner is shown; all of them unless given.
    """

    def __init__(self, special="", sizes=None, show=None, **inputs):
        self.special, self.sizes, self.inputs = special, dict(sizes or {}), inputs
        self._show = None if show is None else tuple(show)

    def __getattr__(self, name):
        try:
            return self.__dict__["inputs"][name]
        except KeyError:
            raise AttributeError(f"this case has no input {name!r}") from None

    @property
    def show(self):
        return tuple(self.inputs) if self._show is None else self._show

    def but(self, special=None, **changes):
        """The same case with some inputs changed."""
        special = self.special if special is None else special
        return Case(special, self.sizes, self._show, **{**self.inputs, **changes})

    def __repr__(self):
        return f"Case({self.special!r}, {self.sizes})"


@dataclass(frozen=True)
class Output:
    """A named result of ``run``: how much it weighs, how closely it must agree, what it is.

    says: a few words for the learner in place of the name, such as "the gradient dw"; for a
        derived result they must read well in "{says} is not right".
    rtol, atol: relative and absolute tolerance; by default from the dtype of the case's inputs.
    weight: share of the points, relative to the other outputs'.
    unlike: for a result of chance, ``unlike(seen, expected, case)``: a mask of the elements of
        ``seen`` that chance does not make of ``expected``; it stands in for the tolerances.
    """

    name: str
    says: str = ""
    weight: float = 1.0
    rtol: float | None = None
    atol: float | None = None
    any_shape: bool = False
    unlike: Callable[[np.ndarray, np.ndarray, Case], np.ndarray] | None = None

    @property
    def short(self):
        """What it is called behind "your": its name, or its words where there is one result."""
        return self.says.removeprefix("the ") if self.name == "result" and self.says else self.name


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that real learners give, and what to tell them.

    id: stable, documented, unique in its exercise, such as ``"mean-missing"``.
    says: what is wrong, in a sentence that speaks to the learner.
    thought: the likely line of thought behind it and where it goes astray; never the solution.
    functions: the mistake as functions by contract name; or
    edits: pairs (old, new) of text in the source of the reference function named ``of``
        (default: the exercise's own), for mistakes that are a slip in an otherwise right answer.
    equivalent: ids of other mistakes or relations that behave just the same, and may be named.
    """

    id: str
    says: str
    thought: str = ""
    functions: Mapping[str, Callable] = field(default_factory=dict)
    edits: tuple[tuple[str, str], ...] = ()
    of: str = ""
    equivalent: tuple[str, ...] = ()

    def namespace(self, exercise):
        """The reference's functions with this mistake put in."""
        found = dict(exercise.reference)
        found.update(self.functions)
        if self.edits:
            name = self.of or exercise.name
            found[name] = edited(exercise.reference[name], self.edits)
        return found


@dataclass(frozen=True)
class Variant:
    """A right answer that looks different: it must get full points (used by the tests alone)."""

    id: str
    functions: Mapping[str, Callable]


@dataclass(frozen=True)
class Exercise:
    """See the module's docstring.

    name, lesson, points: as in the curriculum; ``lesson`` is the slug.
    functions: the names looked up in the learner's code; the first is the one that is graded and
        shown; all of these must be there.
    uses: contract names that are taken from the learner when there, and not missed otherwise.
    lent: those of them for which the course's own stand in where the learner has none.
    outputs: the results that ``run`` gives, in the order in which they are talked about.
    cases: rng -> iterable of Case, ordinary ones first; at least three ordinary ones of different
        sizes, so that a factor can be told from a constant.
    run: (solution, case) -> dict of output name -> value; must work for any Solution.
    reference: contract name -> the function of bplib.
    mistakes, variants: the known wrong answers, and the right ones that look different.
    upstream: name of the input that is the upstream gradient, if there is one.
    see: heading of the lesson's section where it is taught.
    no_warnings: whether the contract forbids a warning (an overflow, say).
    not_in_browser: what a check cannot find out where Python runs in a browser, in words.
    time_limit: seconds that all cases together may take where time is limited.
    """

    name: str
    lesson: str
    points: float
    outputs: tuple[Output, ...]
    cases: Callable[[np.random.Generator], Iterable[Case]]
    run: Callable
    reference: Mapping[str, Callable]
    mistakes: tuple[Mistake, ...] = ()
    variants: tuple[Variant, ...] = ()
    functions: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    lent: tuple[str, ...] = ()
    upstream: str = ""
    see: str = ""
    no_warnings: bool = False
    not_in_browser: str = ""
    time_limit: float = 10.0

    def __post_init__(self):
        if not self.functions:
            object.__setattr__(self, "functions", (self.name,))

    @property
    def argument_names(self):
        """The names of the graded function's arguments, in order."""
        return tuple(inspect.signature(self.reference[self.functions[0]]).parameters)


_COMPILED = {}


def edited(function, edits):
    """``function`` with pieces of its source replaced; ValueError when a piece is not there once.

    >>> def double(x):
    ...     return 2 * x
    """
    key = (function.__module__, function.__qualname__, tuple(edits))
    if key not in _COMPILED:
        source = textwrap.dedent(inspect.getsource(function))
        for old, new in edits:
            if old not in source:
                raise ValueError(f"{function.__qualname__} has no {old!r} to replace")
            source = source.replace(old, new)
        try:
            ast.parse(source)
        except SyntaxError as error:
            raise ValueError(f"{function.__qualname__} with {edits} is no Python: {error}") from None
        _COMPILED[key] = compile(source, f"<{function.__name__} with a mistake>", "exec")
    namespace = dict(function.__globals__)
    exec(_COMPILED[key], namespace)  # each time anew: a mistake may keep something between calls
    return namespace[function.__name__]


def draw_sizes(rng, letters, low=2, high=7):
    """Different numbers for different letters: equal sizes hide transposes and wrong divisors."""
    numbers = rng.choice(np.arange(low, high + 1), size=len(letters), replace=False)
    return {letter: int(number) for letter, number in zip(letters, numbers, strict=True)}


def function_run(name, arguments, results=None, keywords=""):
    """A ``run`` that calls one function: ``function_run("mse_gradients", "X y w b", "dw db")``.

    arguments: the case's inputs to hand over, in order; results: names of the outputs, None when
    the single result is the output named ``result``; keywords: inputs handed over by name, when
    the case has them.
    """
    names, wanted = arguments.split(), tuple(results.split()) if results else None

    def run(solution, case):
        args = [case.inputs[key] for key in names]
        kwargs = {key: case.inputs[key] for key in keywords.split() if key in case.inputs}
        answer = solution.call(name, *args, returns=wanted, **kwargs)
        return {"result": answer} if wanted is None else dict(zip(wanted, answer, strict=True))

    return run
