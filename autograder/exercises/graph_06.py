"""What the checks of lesson 06 share: expressions sent as programs, and slips in a whole class.

A learner's `Value`s stay where the learner's code is. Here a `Node` stands for one: `x * y + 2.0`
on nodes writes down the steps, and `Graph.send` has them carried out in one message.
"""

import inspect
import time
from collections.abc import Mapping
from functools import partial

import numpy as np

from autograder.compare import Unreadable
from autograder.errors import LearnerError
from autograder.exercise import IN_BROWSER, Case, Mistake
from autograder.machine import Ref
from autograder.solution import Known, Lazy
from bplib import scalar

LESSON = "06_computation_graphs"
REFERENCE = {"Value": scalar.Value, "topological_order": scalar.topological_order}
FINAL = ("Timeout", "Died", "Forbidden", "Missing")
SAMPLES = 40  # how many nodes of a deep chain are looked for in the order
MOST_STEPS = 20_000  # in one message, whose header has a limit


class Graph:
    """Collects steps, and sends them to a solution."""

    def __init__(self, solution):
        self.solution, self.steps, self.start = solution, [], None

    def step(self, *step):
        """Write a step down; the Node of its result."""
        index = self.solution.reserve(1)
        self.start = index if self.start is None else self.start
        self.steps.append(step)
        return Node(self, Ref(index))

    def value(self, number):
        """A new Value."""
        return self.step("call", "Value", (number,), {})

    def order(self, root):
        """What the learner's topological_order gives."""
        return self.step("call", "topological_order", (root.ref,), {})

    def positions(self, found, known):
        """Where the nodes in the list ``found`` stand among ``known``, by identity."""
        return self.step("positions", found.ref, [node.ref for node in known])

    def send(self, *wanted):
        """Carry out what was written down, in pieces; the results of the nodes ``wanted``."""
        steps, start = self.steps, self.start
        start = self.solution.reserve(0) if start is None else start
        self.steps, self.start = [], None
        fetch, values = [node.ref for node in wanted], []
        for first in range(0, len(steps), MOST_STEPS):
            last = first + MOST_STEPS >= len(steps)
            values = self.solution.evaluate(
                start + first, steps[first:first + MOST_STEPS], fetch if last else [])
        return values


def _plain(other):
    return other.ref if isinstance(other, Node) else other


class Node:
    """Stands for an object of the learner's."""

    def __init__(self, graph, ref):
        self.graph, self.ref = graph, ref

    def _binary(self, sign, left, right):
        return self.graph.step("binary", sign, _plain(left), _plain(right))

    def __add__(self, other):
        return self._binary("+", self, other)

    def __radd__(self, other):
        return self._binary("+", other, self)

    def __sub__(self, other):
        return self._binary("-", self, other)

    def __rsub__(self, other):
        return self._binary("-", other, self)

    def __mul__(self, other):
        return self._binary("*", self, other)

    def __rmul__(self, other):
        return self._binary("*", other, self)

    def __truediv__(self, other):
        return self._binary("/", self, other)

    def __rtruediv__(self, other):
        return self._binary("/", other, self)

    def __pow__(self, other):
        return self._binary("**", self, other)

    def __neg__(self):
        return self.graph.step("negative", self.ref)

    def add_often(self, other, times):
        """What comes of adding ``other`` that many times, one after the other."""
        return self.graph.step("repeat", "+", self.ref, other.ref, times)

    def call(self, method):
        """The result of a method without arguments: exp, log, tanh, relu, backward."""
        return self.graph.step("method", self.ref, method, (), {})

    def get(self, name):
        """An attribute: data, grad, inputs."""
        return self.graph.step("attribute", self.ref, name)


class Failed(Unreadable):
    """A part that stopped with an error; the same kind of error counts as the same answer."""

    def __init__(self, kind, text, where=""):
        error = kind.split(",")[0]
        says = "not written yet" if kind == "NotWritten" else f"an error ({error}: {text}" + (
            f", in the line `{where}`)" if where else ")")
        if text.startswith("'NoneType' object has no attribute"):
            says = "nothing (None), as if a `return` were missing"
        super().__init__(says)
        object.__setattr__(self, "kind", kind)

    def __eq__(self, other):
        return isinstance(other, Failed) and other.kind == self.kind

    def __hash__(self):
        return hash(self.kind)


def run_part(part, solution, case):
    """What a part gives, or that it Failed."""
    try:
        return part(Graph(solution), case)
    except LearnerError as error:
        if error.kind in FINAL:
            raise
        return Failed(_finer(error), error.text, error.where)


def _finer(error):
    """The kind of an error, told apart further where different slips lead to the same kind."""
    if error.kind == "TypeError" and "iter" in error.text and "NoneType" not in error.text:
        return "TypeError, no tuple"
    if error.kind == "AttributeError":
        return "AttributeError, " + error.text.split(" ")[0]  # of a 'Value', or of a 'float'
    return error.kind


def run_parts(parts):
    """A ``run`` whose outputs are independent: name -> function of (graph, case).

    A part that raises costs that part alone, unless nothing but ``__init__`` is written.
    """
    def run(solution, case):
        if isinstance(solution, Known):
            return Lazy({name: partial(run_part, part, solution, case) for name, part in parts.items()})
        found = {}
        for name, part in parts.items():
            found[name] = run_part(part, solution, case)
        kinds = [getattr(value, "kind", "") for name, value in found.items()
                 if name not in ("Value(x).data", "inputs")]
        if all(kind == "NotWritten" for kind in kinds):
            raise LearnerError("NotWritten")
        return found

    return run


def as_list(values):
    """Fetched numbers as one array where they are numbers; what is None shows as not a number."""
    if all(np.shape(value) == () and isinstance(value, (int, float, np.generic, np.ndarray))
           for value in values):  # fmt: skip
        return np.array([float(value) for value in values])
    odd = next(value for value in values if np.shape(value) != () or not isinstance(
        value, (int, float, np.generic, np.ndarray)))  # fmt: skip
    return Unreadable("None" if odd is None else f"a {type(odd).__name__}")


class Slips(Mapping):
    """bplib's Value with pieces of its source replaced; compiled when it is first asked for."""

    _compiled = {}

    def __init__(self, *edits):
        self.edits = edits

    def __getitem__(self, name):
        if name != "Value":
            raise KeyError(name)
        if self.edits not in self._compiled:
            self._compiled[self.edits] = self._compile()
        return self._compiled[self.edits]

    def _compile(self):
        source = inspect.getsource(scalar.Value)
        for old, new in self.edits:
            if old not in source:
                raise ValueError(f"Value has no {old!r} to replace")
            source = source.replace(old, new)
        namespace = {**vars(scalar), "__name__": "value_with_a_mistake"}
        exec(compile(source, "<Value with a mistake>", "exec"), namespace)
        return namespace["Value"]

    def __iter__(self):
        return iter(("Value",))

    def __len__(self):
        return 1


def slip(ident, says, thought, *edits, equivalent=()):
    """A Mistake in one of Value's methods."""
    return Mistake(ident, says, thought, functions=Slips(*edits), equivalent=equivalent)


KEPT = {  # what each operation of bplib's Value keeps, as it is written there
    "x + y": '(self, other), (1.0, 1.0)', "x - y": '(self, other), (1.0, -1.0)',
    "x * y": '(self, other), (other.data, self.data)',
    "x / y": '(self, other), (1 / other.data, -out / other.data)',
    "-x": '(self,), (-1.0,)', "x ** n": '(self,), (slope,)', "x.exp()": '(self,), (out,)',
    "x.log()": '(self,), (1 / self.data,)', "x.tanh()": '(self,), (1 - out * out,)',
}  # fmt: skip


def forgets_its_inputs():
    """One operation whose result knows nothing of what it was made from, for each of them."""
    for number, (shown, kept) in enumerate(KEPT.items(), 1):
        yield slip(f"inputs-forgotten-{number}", f"`{shown}` forgets what it was made from: the "
                   "`.inputs` of its result is empty.", "The new Value has to be told, or no gradient "
                   "finds its way through it.", (kept, "(), ()"))


def comma_missing():
    """One operation whose tuple of one slope is no tuple, for each of them."""
    for number, (shown, kept) in enumerate(KEPT.items(), 1):
        if kept.startswith("(self,)"):
            yield slip(f"comma-missing-{number}", f"What `{shown}` keeps, its input or its slope, is "
                       "not a tuple.", "A tuple of one thing needs a comma: `(3)` is the number 3, and "
                       "`(3,)` is a tuple with a 3 in it.", (kept, kept[:-2] + ")"))


DEPTHS = (3_000, 6_000, 100_000)
DIAMONDS = 17  # one behind the other: 51 nodes, and 131,072 paths from end to end
SECONDS = 0.2  # an answer that visits each node once needs a twentieth of that at the second depth
DEEP = "a chain of 100,000 operations"
SHALLOW = ("In a browser Python breaks down when a chain of a few thousand values is thrown away, so "
           "the chain of 100,000 operations is not tried here. Grading will try it.")  # fmt: skip
OURS = ("autograder.", "bplib.", "value_with_a_mistake")


def deep_cases():
    """The chain of 100,000 operations, where Python survives it: see SHALLOW."""
    if not IN_BROWSER:
        yield Case(DEEP, {}, depth=DEPTHS[-1])


def missing_depth(solution, backward):
    """By how many operations a chain of sums falls short of 100,000, tried at rising depths.

    backward: whether to run `backward` and look at the leaves' gradients; otherwise the order of
    the nodes is looked at. 0 is right, 100,000 is said where Python's own stack ends, -1
    where three times the depth takes so much longer that 100,000 would take minutes, -2 where
    a row of diamonds takes as long as it has paths.
    """
    namespace = getattr(getattr(solution, "machine", None), "namespace", {})
    answer = namespace.get("Value" if backward else "topological_order")
    ours = getattr(answer, "__module__", "").startswith(OURS)  # a hypothesis, or bplib's: the tests
    if hasattr(answer, "missing_depth"):                       # hold how far these get
        return answer.missing_depth
    reached = 0
    for depth in (60,) if ours else DEPTHS:
        try:
            fits, seconds = _tried(solution, depth, backward)
            slow = depth == DEPTHS[1] and seconds > SECONDS and _like_a_square(solution, backward)
        except LearnerError as error:
            if error.kind != "RecursionError":
                raise
            return DEPTHS[-1]
        if not fits:
            return reached + 1
        if slow:
            return -1
        reached = depth
    return 0 if ours or not _like_the_paths(solution, backward) else -2


def _tried(solution, depth, backward):
    """Whether a chain of this depth comes out right, and the seconds that it took."""
    graph = Graph(solution)
    one, stride = graph.value(1.0), depth // SAMPLES
    chain = [graph.value(0.5)]  # and every `stride`-th sum
    for _ in range(SAMPLES):
        chain.append(chain[-1].add_often(one, stride))
    graph.send()
    begin, fits = time.monotonic(), _backward_fits if backward else _order_fits
    return fits(graph, chain, one, SAMPLES * stride), time.monotonic() - begin


def _like_a_square(solution, backward):
    """Whether three times the depth takes nine times as long, in the best of three tries each.

    The best of three, because a busy machine must not make a right answer a wrong one.
    """
    short, long = (min(_tried(solution, depth, backward)[1] for _ in range(3))
                   for depth in (DEPTHS[1] // 3, DEPTHS[1]))  # fmt: skip
    return long > SECONDS and long > 7 * short


def _like_the_paths(solution, backward):
    """Whether twice the diamonds, which have 512 times the paths, take 16 times as long."""
    def seconds(diamonds):
        graph = Graph(solution)
        end, one, two = graph.value(0.5), graph.value(1.0), graph.value(2.0)
        for _ in range(diamonds):
            end = (end + one) + (end + two)
        graph.send()
        begin = time.monotonic()
        wanted = end.call("backward") if backward else graph.positions(graph.order(end), [end])
        graph.send(*([] if backward else [wanted]))
        return time.monotonic() - begin

    if seconds(DIAMONDS) < SECONDS / 10:  # the usual end of it
        return False
    return min(seconds(DIAMONDS) for _ in range(2)) > 16 * min(
        seconds(DIAMONDS // 2) for _ in range(3))  # fmt: skip


def _backward_fits(graph, chain, one, depth):
    chain[-1].call("backward")
    grads = as_list(graph.send(one.get("grad"), chain[0].get("grad")))
    return not isinstance(grads, Unreadable) and np.allclose(grads, [depth, 1])


def _order_fits(graph, chain, one, depth):
    [places] = graph.send(graph.positions(graph.order(chain[-1]), [one, *chain]))
    seen = [place for place in places if place > 0]
    return len(places) == depth + 2 and seen == list(range(1, len(chain) + 1))
