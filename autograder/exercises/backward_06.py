"""Checks of lesson 06: the gradients that a backward pass leaves in the leaves."""

from autograder.exercise import Case, Exercise, Output, Variant
from autograder.exercises.graph_06 import (
    DEEP,
    LESSON,
    REFERENCE,
    SHALLOW,
    as_list,
    deep_cases,
    missing_depth,
    run_part,
    run_parts,
)
from autograder.exercises.right_06 import BY_CLOSURES, BY_FEW_RULES, BY_NUMPY
from autograder.exercises.slips_06 import MISTAKES
from autograder.machine import Ref


def _gradients(*makers, passes=1):
    """A part: for each expression, a graph of its own, a backward pass, and the leaves' gradients.

    A maker gets x, y and the number c; it returns the root, or several roots to start from.
    """
    def part(graph, case):
        wanted = []
        for make in makers:
            x, y = graph.value(case.x), graph.value(case.y)
            roots = make(x, y, case.c)
            for root in (roots if isinstance(roots, tuple) else (roots,)) * passes:
                root.call("backward")
            used = _used(graph)
            wanted += [node.get("grad") for node in (x, y) if node.ref.index in used]
        return as_list(graph.send(*wanted))

    return part


def _used(graph):
    """Numbers of the nodes that steps use: the gradient of one that took no part is nobody's business.
    """
    return {item.index for step in graph.steps for item in step[1:] if isinstance(item, Ref)}


def _data_kept(graph, case):
    x, y = graph.value(case.x), graph.value(case.y)
    out = (x * y + y).call("tanh")
    before = graph.send(out.get("data"))
    graph.start = None
    out.call("backward")
    x.call("backward")
    after = graph.send(x.get("data"), y.get("data"), out.get("data"))
    gaps = as_list([*after[:2], *before, after[2]])
    return gaps if not hasattr(gaps, "shape") else [gaps[0], gaps[1], float(gaps[2] == gaps[3])]


def _upstream(x, y, c):
    made = [x + y, x - y, x * y, x / y, -x, x**3, y**0.5, x.call("exp"), y.call("log"),
            x.call("tanh"), x.call("relu"), (-x).call("relu")]  # fmt: skip
    return made


def _times(index):
    return lambda x, y, c: _upstream(x, y, c)[index] * y


def _diamond(x, y, c):
    h = x * y
    return h * c + h * c


def _uneven(x, y, c):
    h = x * y
    return ((h * 0.3).call("tanh") * y + h) * x


def _uneven_turned(x, y, c):
    h = x * y
    return (h + y * (h * 0.3).call("tanh")) * x


def _shared(x, y, c):
    h = x * y
    return h * 2.0, h * c


def _neuron(x, y, c):
    return ((x * 0.7 + y * c - 1.0).call("tanh") - 0.5) ** 2


def _loop(x, y, c):
    h = y
    for _ in range(4):
        h = (h * x + y * 0.3).call("tanh")
    return h


PARTS = {
    "x + y": _gradients(lambda x, y, c: x + y), "x - y": _gradients(lambda x, y, c: x - y),
    "x * y": _gradients(lambda x, y, c: x * y), "x / y": _gradients(lambda x, y, c: x / y),
    "-x": _gradients(lambda x, y, c: -x),
    "x ** n": _gradients(*[lambda x, y, c, n=n: x**n for n in (2, 3, -1, -2, 1)],
                         *[lambda x, y, c, n=n: y**n for n in (0.5, -0.5, 1.7)],
                         *[lambda x, y, c, n=n: (x - x) ** n * y for n in (1, 2)]),  # fmt: skip
    "x.exp()": _gradients(lambda x, y, c: x.call("exp")),
    "y.log()": _gradients(lambda x, y, c: y.call("log")),
    "x.tanh()": _gradients(lambda x, y, c: x.call("tanh"), lambda x, y, c: y.call("tanh")),
    "x.relu()": _gradients(lambda x, y, c: x.call("relu"), lambda x, y, c: y.call("relu")),
    "number on the right": _gradients(lambda x, y, c: x + c, lambda x, y, c: x - c,
                                      lambda x, y, c: x * c, lambda x, y, c: x / c),  # fmt: skip
    "number on the left": _gradients(lambda x, y, c: c + x, lambda x, y, c: c - x,
                                     lambda x, y, c: c * x, lambda x, y, c: c / x),  # fmt: skip
    "upstream": _gradients(*[_times(index) for index in range(12)]),
    "same value twice": _gradients(lambda x, y, c: x + x, lambda x, y, c: x * x,
                                   lambda x, y, c: x - x, lambda x, y, c: x / x),  # fmt: skip
    "diamond": _gradients(_diamond),
    "uneven paths": _gradients(_uneven, lambda x, y, c: x * y + (x * x) * y, _uneven_turned),
    "loop": _gradients(_loop),
    "neuron": _gradients(_neuron),
    "two graphs": _gradients(lambda x, y, c: (x * y, x + y)),
    "one graph twice": _gradients(lambda x, y, c: (x * y) * c, passes=2),
    "shared node": _gradients(_shared),
    "x.backward()": _gradients(lambda x, y, c: x),
    "data afterwards": _data_kept,
}  # fmt: skip
SAYS = {
    "x + y": "sums", "x - y": "differences", "x * y": "products", "x / y": "quotients",
    "-x": "the minus sign in front", "x ** n": "powers", "x.exp()": "exp", "y.log()": "log",
    "x.tanh()": "tanh", "x.relu()": "relu",
    "number on the right": "a number on the right of + - * /",
    "number on the left": "a number on the left of + - * /",
    "upstream": "every operation, with a product after it",
    "same value twice": "x + x, x * x, x - x, x / x",
    "diamond": "two paths of equal length: h * c + h * c with h = x * y",
    "uneven paths": "paths of different length",
    "loop": "the same x in every turn of a loop",
    "neuron": "a neuron and its squared mistake",
    "two graphs": "two passes from two roots add up in the leaves",
    "one graph twice": "two passes from the same root add up in the leaves",
    "shared node": "two passes from roots that share an inner node",
    "x.backward()": "a leaf's own backward: its gradient is 1",
    "data afterwards": "the data are left as they were",
}  # fmt: skip
WEIGHTS = {"same value twice": 2.0, "diamond": 2.0, "uneven paths": 2.0, "upstream": 2.0,
           "number on the left": 0.5, "x.backward()": 0.25, "data afterwards": 0.25}  # fmt: skip
PLAIN = run_parts(PARTS)


def run(solution, case):
    if case.special == DEEP:
        return {"x + y": run_part(lambda *_: missing_depth(solution, backward=True), solution, case)}
    return PLAIN(solution, case)


def cases(rng):
    def case(sign, special="", **changes):
        values = {"x": float(sign * rng.uniform(0.4, 2.0)), "y": float(rng.uniform(0.5, 2.5)),
                  "c": float(rng.uniform(1.3, 4.0))}  # fmt: skip
        return Case(special, {}, **{**values, **changes})

    yield case(1)
    yield case(-1)
    yield case(1)
    yield case(1, "whole numbers (int)", x=-2, y=3, c=5)
    yield case(1, "numbers close to 0", x=0.07, y=0.03)
    yield from deep_cases()


VALUE_BACKWARD = Exercise(
    "value_backward", LESSON, 4,
    outputs=tuple(Output(name, f"gradients: {SAYS[name]}", WEIGHTS.get(name, 1.0))
                  for name in PARTS),
    cases=cases,
    run=run,
    reference=REFERENCE,
    functions=("Value",),
    uses=("topological_order",),
    see="The blame walks back",
    not_in_browser=SHALLOW,
    time_limit=60.0,
    mistakes=MISTAKES,
    variants=(
        Variant("closures", BY_CLOSURES),
        Variant("few-rules", BY_FEW_RULES),
        Variant("numpy", BY_NUMPY),
    ),
)  # fmt: skip
