"""How the judge reaches a learner's functions: by name, in this process or through a pipe.

An exercise's ``run(solution, case)`` is trusted and always runs beside the judge. What it wants done
with the learner's code it says as a program of `autograder.machine`: `Direct` has it carried out in
this process (the notebook), and the sandbox's `Remote` at the other end of a pipe.
"""

import numpy as np

from autograder.errors import ContractError
from autograder.machine import Machine, Ref, Trace


class Solution:
    """A learner's (or the reference's) functions; subclasses say where programs are run.

    ``names`` are the contract names that are there. Nothing else can be reached.
    """

    names = frozenset()

    def __init__(self):
        self._next = 0

    def has(self, name):
        """Whether a function or class of this name was handed in."""
        return name in self.names

    def lend(self, name, thing):
        """Have ``thing`` of the course's stand in for a contract name that the learner lacks.

        A sandbox gets it when it is opened, and has nothing to do here.
        """

    def evaluate(self, start, program, fetch):
        """Run ``program``, a list of steps, and return the results that the `Ref`s ``fetch`` name.

        The steps are numbered from ``start``, which `reserve(len(program))` gave, and name each
        other's results by ``Ref(number)``.
        """
        raise NotImplementedError

    def reserve(self, count):
        """The number of the first of ``count`` steps to come."""
        start, self._next = self._next, self._next + count
        return start

    def call(self, name, *args, returns=None, **kwargs):
        """Call the function ``name``; the answer as it came, or a tuple when ``returns`` says so.

        returns: names of the results the contract promises, such as ``("out", "cache")``. A result
        whose name starts with ``cache`` stays where it is: a `Ref` stands for it in later calls.
        Raises ContractError when another number of results came.
        """
        start = self.reserve(1)
        step = ("call", name, args, kwargs)
        if returns is None:
            return self.evaluate(start, [step], [Ref(start)])[0]
        self.evaluate(start, [step], [])
        count = self.count(Ref(start), len(returns))
        if count != len(returns):
            raise ContractError("wrong-number-of-results", count_sentence(name, returns, count))
        first = self.reserve(count)
        items = [("item", Ref(start), place) for place in range(count)]
        kept = [Ref(first + place) for place in range(count)]
        wanted = [ref for ref, what in zip(kept, returns, strict=True)
                  if not what.startswith("cache")]  # fmt: skip
        values = iter(self.evaluate(first, items, wanted))
        return tuple(
            ref if what.startswith("cache") else next(values)
            for ref, what in zip(kept, returns, strict=True)
        )

    def count(self, ref, wanted):
        """How many results stand in a tuple or list; -1 for None, 0 for a single other thing.

        An array counts by its rows, as unpacking does, but only if they are as many as ``wanted``.
        """
        raise NotImplementedError


def count_results(result, wanted):
    """See `Solution.count`."""
    if result is None:
        return -1
    if isinstance(result, (tuple, list)):
        return len(result)
    if isinstance(result, np.ndarray) and result.ndim and len(result) == wanted:
        return wanted
    return 0


def count_sentence(name, returns, count):
    """What is said when ``count`` results came in place of those named in ``returns``."""
    promised = ", ".join(part.removeprefix("cache_") for part in returns)
    if count == -1:
        came = "nothing (None): is the `return` missing?"
    elif count == 0:
        came = "a single thing"
    else:
        came = f"{count} things"
    return f"{name} should return {len(returns)} things ({promised}); yours returned {came}"


class Direct(Solution):
    """Functions of this very process: the learner's own kernel, or the reference."""

    def __init__(self, namespace):
        super().__init__()
        self.names = frozenset(namespace)
        self.machine = Machine(namespace)

    @property
    def trace(self):
        return self.machine.trace

    def fresh_trace(self):
        """Forget what was noticed and kept so far; between cases."""
        self.machine.trace = Trace()
        self.machine.results.clear()

    def lend(self, name, thing):
        self.names |= {name}
        self.machine.namespace = {**self.machine.namespace, name: thing}

    def evaluate(self, start, program, fetch):
        self.machine.run(start, program)
        return [self.machine.results[ref.index] for ref in fetch]

    def count(self, ref, wanted):
        return count_results(self.machine.results[ref.index], wanted)


class Lazy(dict):
    """Results by name that are worked out when they are asked for, from functions without arguments.

    Most hypotheses are refuted by one of an answer's many results, and need not give the others.
    """

    def __init__(self, makers):
        super().__init__(makers)
        self._made = {}

    def __getitem__(self, name):
        if name not in self._made:
            self._made[name] = super().__getitem__(name)()
        return self._made[name]

    def get(self, name, default=None):
        """The result, or ``default`` where there is none of this name."""
        return self[name] if name in self else default

    def items(self):
        """All names with their results."""
        return [(name, self[name]) for name in self]

    def mapped(self, change):
        """The same with ``change`` applied to each result, as late as the results themselves."""
        return Lazy({name: lambda name=name: change(self[name]) for name in self})


class Known(Direct):
    """The course's own functions: the reference, a known mistake. A learner's are never these."""
