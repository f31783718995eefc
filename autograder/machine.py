"""What is asked of a learner's functions, and what carries it out where they are.

A *program* is a short list of steps (call this function, take that attribute, add these two) whose
results stay where the learner's code is until they are fetched. `Machine` carries programs out: in
this process for `Direct`, at the other end of a pipe in the sandbox.
"""

import contextlib
import io
import itertools
import operator
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.errors import LearnerError

BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "**": operator.pow, "@": operator.matmul,
}  # fmt: skip
NUMPY = {"exp": np.exp, "log": np.log, "tanh": np.tanh}


@dataclass(frozen=True)
class Ref:
    """The result of a step, by number; it stays where the learner's code is."""

    index: int


@dataclass(frozen=True)
class Rng:
    """A random generator to be made from ``seed`` where the learner's code is."""

    seed: int


@dataclass(frozen=True, eq=False)
class Strided:
    """An array to be handed over as a non-contiguous view of a larger one."""

    array: np.ndarray


def materialise(value, look_up):
    """The object that a learner's function receives for ``value``; arrays are always copies."""
    if isinstance(value, Ref):
        return look_up(value)
    if isinstance(value, Rng):
        return np.random.default_rng(value.seed)
    if isinstance(value, Strided):
        wide = np.zeros((*value.array.shape[:-1], 2 * value.array.shape[-1]), value.array.dtype)
        wide[..., ::2] = value.array
        return wide[..., ::2]
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(materialise(item, look_up) for item in value)
    if isinstance(value, dict):
        return {key: materialise(item, look_up) for key, item in value.items()}
    return value


def unchanged(before, now):
    """Whether ``now`` still holds what ``before`` (a case's own value) describes."""
    if isinstance(before, Strided):
        before = before.array
    if isinstance(before, np.ndarray):
        if not isinstance(now, np.ndarray) or before.shape != now.shape:
            return False
        return np.array_equal(before, now, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (list, tuple)):
        return len(before) == len(now) and all(map(unchanged, before, now))
    if isinstance(before, (bool, int, float, str)):
        return type(before) is type(now) and before == now
    return True


@dataclass
class Trace:
    """What was noticed beside the results: inputs changed, warnings given, text printed."""

    mutated: set = field(default_factory=set)
    warnings: list = field(default_factory=list)
    printed: bool = False


class Printed(io.TextIOBase):
    """Takes the place of standard output: notices that something was printed, and keeps nothing."""

    encoding, anything = "utf-8", False

    def writable(self):
        return True

    def write(self, text):
        self.anything = self.anything or bool(text)
        return len(text)


class Machine:
    """Carries out programs on the learner's namespace, and remembers results by number."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.results = {}
        self.trace = Trace()

    def _look_up(self, ref):
        return self.results[ref.index]

    def _call(self, function, args, kwargs):
        given = [materialise(value, self._look_up) for value in args]
        named = {key: materialise(value, self._look_up) for key, value in kwargs.items()}
        result = function(*given, **named)
        for place, (before, now) in enumerate(zip(args, given, strict=True)):
            if not isinstance(before, Ref) and not unchanged(before, now):
                self.trace.mutated.add(place)
        return result

    def step(self, index, operation, *rest):
        """Carry out one step and keep its result under ``index``."""
        if operation == "call":
            name, args, kwargs = rest
            if name not in self.namespace:
                raise LearnerError("Missing", name)
            result = self._call(self.namespace[name], args, kwargs)
        elif operation == "method":
            owner, name, args, kwargs = rest
            result = self._call(getattr(self._look_up(owner), name), args, kwargs)
        elif operation == "attribute":
            result = getattr(self._look_up(rest[0]), rest[1])
        elif operation == "binary":
            left, right = (materialise(value, self._look_up) for value in rest[1:])
            result = BINARY[rest[0]](left, right)
        elif operation == "repeat":  # a long chain in one step: x + y + y + ...
            result, other = (materialise(value, self._look_up) for value in rest[1:3])
            for _ in range(rest[3]):
                result = BINARY[rest[0]](result, other)
        elif operation == "negative":
            result = -self._look_up(rest[0])
        elif operation == "numpy":
            result = NUMPY[rest[0]](self._look_up(rest[1]))
        elif operation == "item":
            result = self._look_up(rest[0])[rest[1]]
        elif operation == "list":
            result = list(itertools.islice(iter(self._look_up(rest[0])), rest[1]))
        elif operation == "positions":
            result = _positions(self._look_up(rest[0]), [self._look_up(ref) for ref in rest[1]])
        else:
            raise ValueError(f"unknown step {operation!r}")
        self.results[index] = result

    def run(self, start, program, count_of=None):
        """Run the steps, numbered from ``start``; raise LearnerError for whatever they raise."""
        printed = Printed()
        with (warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed),
              np.errstate(divide="warn", over="warn", invalid="warn", under="ignore")):
            # numpy's own settings, whatever np.seterr a cell has left behind
            warnings.simplefilter("always")
            for category in (ResourceWarning, DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", category)  # not about the numbers, or of others' doing
            try:
                for index, step in enumerate(program, start):
                    self.step(index, *step)
            except LearnerError:
                raise
            except NotImplementedError as error:
                raise LearnerError("NotWritten", str(error)) from None
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # SystemExit too: exit() in an answer is an answer
                kind = type(error).__name__
                raise LearnerError(kind, str(error)[:500].strip(), _where(error)) from None
            finally:
                self.trace.warnings += [str(item.message)[:200] for item in caught[:5]]
                self.trace.printed = self.trace.printed or printed.anything


def _positions(found, known):
    """For each object of ``found`` its place in ``known``, by identity; -1 for a stranger."""
    place = {id(item): number for number, item in enumerate(known)}
    return [place.get(id(item), -1) for item in found]


def _where(error):
    """The last line of the learner's own code in the traceback, as text.

    Not one of bplib's, which a learner may call: its checks name the argument that does not fit.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "autograder" not in frame.filename and "numpy" not in frame.filename
        and Path(frame.filename).parent.name != "bplib"
    ]
    return (frames[-1].line or "")[:200] if frames else ""
