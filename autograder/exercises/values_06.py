"""Checks of lesson 06: what a Value computes, and that it knows what it was made from."""

import numpy as np

from autograder.exercise import Case, Exercise, Output, Variant
from autograder.exercises.graph_06 import (
    LESSON,
    REFERENCE,
    as_list,
    forgets_its_inputs,
    run_parts,
    slip,
)
from autograder.exercises.right_06 import BY_CLOSURES, BY_FEW_RULES, BY_NUMPY


def _numbers(*makers):
    """A part that builds some expressions of x, y and the number c, and fetches their data."""
    def part(graph, case):
        x, y = graph.value(case.x), graph.value(case.y)
        return as_list(graph.send(*[make(x, y, case.c).get("data") for make in makers]))

    return part


def _kept(graph, case):
    """What the operands hold after they were used in everything."""
    x, y, c = graph.value(case.x), graph.value(case.y), case.c
    for make in (lambda: x + y, lambda: x * y, lambda: x - y, lambda: x / y, lambda: x + c,
                 lambda: c * x, lambda: -x, lambda: x**2, lambda: x.call("exp"),
                 lambda: y.call("log"), lambda: x.call("tanh"), lambda: x.call("relu")):  # fmt: skip
        make()
    return as_list(graph.send(x.get("data"), y.get("data")))


def _inputs(graph, case):
    """1, 2, 3, ... where x and y are found in the inputs of what was made of them, else 0 or less.

    The operations behind them may be made of others: their results need to have some input.
    """
    x, y = graph.value(case.x), graph.value(case.y)
    made = (x + y, x * y, x * x, x * case.c, x.call("exp"), x.call("relu"), x,
            x - y, x / y, -x, x**2, y.call("log"), x.call("tanh"))  # fmt: skip
    found = graph.send(*[graph.positions(node.get("inputs"), [x, y]) for node in made])
    wanted = ({0, 1}, {0, 1}, {0}, {0}, {0}, {0}, set())
    plain = [number if set(places) - {-1} == right else -len(places)
             for number, (places, right) in enumerate(zip(found, wanted), 1)]  # noqa: B905
    return plain + [number * bool(places) for number, places in enumerate(found[7:], 8)]


def _powers(graph, case):
    x, y = graph.value(case.x), graph.value(case.y)
    made = [x**2, x**3, x**-1, x**-2, x**1, x**0, y**0.5, y**-0.5, y**1.7, y**-3]
    return as_list(graph.send(*[node.get("data") for node in made]))


def _long(x, y, c):
    return ((x * y + c).call("tanh") * 2.0 - y / (1.0 + x * x)) ** 2 + (y * 0.5).call("exp")


PARTS = {
    "Value(x).data": lambda graph, case: as_list(graph.send(graph.value(case.x).get("data"))),
    "x + y": _numbers(lambda x, y, c: x + y, lambda x, y, c: x + x),
    "x * y": _numbers(lambda x, y, c: x * y, lambda x, y, c: x * x),
    "x - y": _numbers(lambda x, y, c: x - y, lambda x, y, c: y - x, lambda x, y, c: x - x),
    "x / y": _numbers(lambda x, y, c: x / y, lambda x, y, c: y / x, lambda x, y, c: x / x),
    "x + c": _numbers(lambda x, y, c: x + c), "x * c": _numbers(lambda x, y, c: x * c),
    "x - c": _numbers(lambda x, y, c: x - c), "x / c": _numbers(lambda x, y, c: x / c),
    "c + x": _numbers(lambda x, y, c: c + x), "c * x": _numbers(lambda x, y, c: c * x),
    "c - x": _numbers(lambda x, y, c: c - x), "c / x": _numbers(lambda x, y, c: c / x),
    "-x": _numbers(lambda x, y, c: -x, lambda x, y, c: -y),
    "x ** n": _powers,
    "x.exp()": _numbers(lambda x, y, c: x.call("exp"), lambda x, y, c: y.call("exp")),
    "y.log()": _numbers(lambda x, y, c: y.call("log"), lambda x, y, c: (x * x).call("log")),
    "x.tanh()": _numbers(lambda x, y, c: x.call("tanh"), lambda x, y, c: y.call("tanh")),
    "x.relu()": _numbers(lambda x, y, c: x.call("relu"), lambda x, y, c: (-x).call("relu"),
                         lambda x, y, c: y.call("relu")),  # fmt: skip
    "a long expression": _numbers(_long),
    "x and y afterwards": _kept,
    "inputs": _inputs,
}  # fmt: skip
SAYS = {
    "x + y": "sums of two Values", "x * y": "products of two Values",
    "x - y": "differences of two Values", "x / y": "quotients of two Values",
    "x + c": "a number on the right of +", "x * c": "a number on the right of *",
    "x - c": "a number on the right of -", "x / c": "a number on the right of /",
    "c + x": "a number on the left of +", "c * x": "a number on the left of *",
    "c - x": "a number on the left of -", "c / x": "a number on the left of /",
    "-x": "the minus sign in front", "x ** n": "powers (2, 3, -1, -2, 1, 0, 0.5, -0.5, ...)",
    "x.exp()": "exp", "y.log()": "log", "x.tanh()": "tanh", "x.relu()": "relu",
    "x and y afterwards": "x and y keep their data when they are used",
    "inputs": "`.inputs` holds the very nodes that a value was made from, and none for a leaf",
}  # fmt: skip
HEAVY = dict.fromkeys(("Value(x).data", "a long expression", "x and y afterwards"), 0.5)


def _case(rng, special="", **changes):
    x = float(rng.choice([-1, 1]) * rng.uniform(0.4, 2.5))
    y, c = float(rng.uniform(0.5, 3.0)), float(rng.uniform(1.3, 4.0))
    return Case(special, {}, **{"x": x, "y": y, "c": c, **changes})


def cases(rng):
    case = _case(rng)
    yield case
    yield _case(rng, x=float(-np.sign(case.x) * rng.uniform(0.4, 2.5)))
    yield _case(rng)
    yield _case(rng)
    yield _case(rng, "whole numbers (int)", x=int(rng.integers(2, 5)) * -1,
                y=int(rng.integers(2, 5)), c=int(rng.integers(5, 9)))  # fmt: skip
    yield _case(rng, "numbers that numpy made (np.float64)", x=np.float64(rng.uniform(-2, -0.5)))
    yield _case(rng, "a large and a small number (20 and 0.003)", x=20.0, y=0.003)


def _op(name):
    """The line in bplib's Value that makes the result of + - * or /."""
    return {
        "+": "return Value(self.data + other.data,", "-": "return Value(self.data - other.data,",
        "*": "return Value(self.data * other.data,", "/": "out = self.data / other.data",
    }[name]  # fmt: skip


POWER = "return Value(x**n, (self,), (slope,)"
MADE = {  # how bplib's Value makes its results
    "x + y": _op("+"), "x - y": _op("-"), "x * y": _op("*"), "-x": "return Value(-self.data,",
    "x / y": "return Value(out, (self, other),", "x ** n": POWER,
    "x.exp()": "return Value(out, (self,), (out,)", "x.log()": "return Value(math.log(self.data),",
    "x.tanh()": "return Value(out, (self,), (1 - out * out,)",
}  # fmt: skip
LIFT = ("            if not isinstance(other, Real):\n                return NotImplemented\n"
        "            other = Value(other)\n")  # fmt: skip


def _without(name):
    return ((f"def {name}(self", f"def not_{name.strip('_')}(self"),)


MISTAKES = (
    slip("numbers-not-understood", "A plain number beside a Value is not understood: `x + 2.0` and "
         "the others stop with an error.",
         "`other.data` is there only if `other` is a Value; what comes as a number has to become "
         "one first.", (LIFT, "            pass\n")),
    slip("no-radd", "A number on the left of a plus, as in `2 + x`, stops with an error.",
         "Python asks the number first, which knows nothing of Values, and then asks x for "
         "`__radd__`.", *_without("__radd__")),
    slip("no-rmul", "A number on the left of a times, as in `2 * x`, stops with an error.",
         "Python asks the number first, which knows nothing of Values, and then asks x for "
         "`__rmul__`.", *_without("__rmul__")),
    slip("no-rsub", "A number on the left of a minus, as in `1 - x`, stops with an error.",
         "Python asks the number first, and then x for `__rsub__`; `__sub__` is not asked.",
         *_without("__rsub__")),
    slip("no-rtruediv", "A number on the left of a division, as in `1 / x`, stops with an error.",
         "Python asks the number first, and then x for `__rtruediv__`.",
         *_without("__rtruediv__")),
    slip("rsub-turned", "`c - x` gives `x - c`: the order counts in a difference.",
         "In `__rsub__(self, other)` the other one stands on the left.",
         ("return Value(other) - self", "return self - Value(other)")),
    slip("rtruediv-turned", "`c / x` gives `x / c`: the order counts in a quotient.",
         "In `__rtruediv__(self, other)` the other one stands on the left.",
         ("return Value(other) / self", "return self / Value(other)")),
    slip("sub-turned", "`x - y` gives `y - x`.", "", (_op("-"),
         "return Value(other.data - self.data,")),
    slip("sub-adds", "`x - y` gives `x + y`.", "Adding the negative needs the minus.",
         (_op("-"), "return Value(self.data + other.data,")),
    slip("div-turned", "`x / y` gives `y / x`.", "", (_op("/"), "out = other.data / self.data")),
    slip("div-floors", "`x / y` loses what comes after the decimal point.",
         "`//` rounds down; `/` divides.", (_op("/"), "out = self.data // other.data")),
    slip("mul-adds", "`x * y` gives a sum.", "", (_op("*"), "return Value(self.data + other.data,")),
    *(slip(f"number-alone-{number}", f"`{shown}` gives a plain number; it should give a new Value.",
           "A plain number does not remember what it was made from.",
           (made, made.replace("Value(", "(lambda *kept: kept[0])(")))
      for number, (shown, made) in enumerate(MADE.items(), 1)),
    slip("add-writes", "`x + y` changes x itself; it should make a new Value.",
         "`self.data += ...` writes into the operand, which may be needed again.",
         (_op("+"), "self.data += other.data\n        return Value(self.data,")),
    slip("pow-is-times", "`x ** n` gives x times n.", "",
         (POWER, "return Value(x * n, (self,), (slope,)")),
    slip("pow-turned", "`x ** n` gives n to the power of x.", "",
         (POWER, "return Value(abs(n) ** x, (self,), (slope,)")),
    slip("pow-square-only", "`x ** n` squares, whatever n is.", "",
         (POWER, "return Value(x**2, (self,), (slope,)")),
    slip("pow-whole-only", "`x ** n` cuts n to a whole number: `y ** 0.5` is a root.", "",
         (POWER, "return Value(x ** int(n), (self,), (slope,)")),
    slip("neg-does-nothing", "`-x` gives x.", "", ("Value(-self.data,", "Value(self.data,")),
    slip("exp-is-power-of-two", "`exp` takes a power of 2; it should be one of e.", "",
         ("out = math.exp(self.data)", "out = 2.0**self.data")),
    slip("log-of-base-ten", "`log` is the logarithm to base 10; agreed was the natural one.",
         "math.log is the natural logarithm, and so is np.log.",
         ("math.log(self.data)", "math.log10(self.data)")),
    slip("log-of-base-two", "`log` is the logarithm to base 2; agreed was the natural one.", "",
         ("math.log(self.data)", "math.log2(self.data)")),
    slip("tanh-is-sigmoid", "`tanh` gives the sigmoid: it should go from -1 to 1.", "",
         ("out = math.tanh(self.data)", "out = 1 / (1 + math.exp(-self.data))")),
    slip("tanh-is-tan", "`tanh` gives the tangent of an angle; the h stands for hyperbolic.", "",
         ("math.tanh(self.data)", "math.tan(self.data)")),
    slip("tanh-half", "`tanh` forgets a 2: (e^x - 1) / (e^x + 1) is the tanh of x/2.", "",
         ("math.tanh(self.data)", "math.tanh(self.data / 2)")),
    slip("relu-of-everything", "`relu` lets negative numbers through.", "",
         ("return Value(0.0, (self,), (0.0,)", "return Value(self.data, (self,), (0.0,)")),
    slip("relu-is-absolute", "`relu` turns negative numbers round; it should give 0 for them.", "",
         ("return Value(0.0, (self,), (0.0,)", "return Value(-self.data, (self,), (0.0,)")),
    slip("relu-turned", "`relu` keeps the negative numbers and drops the positive ones.",
         "min(0, x) is the other half.", ("if self.data > 0:", "if self.data < 0:")),
    slip("relu-is-step", "`relu` gives 1 for a positive number; it should give the number.",
         "1 is its slope there.",
         ("return Value(self.data, (self,), (1.0,)", "return Value(1.0, (self,), (1.0,)")),
    slip("relu-leaks", "`relu` lets a little of the negative numbers through.",
         "That is the leaky ReLU; this one gives exactly 0.",
         ("return Value(0.0, (self,), (0.0,)", "return Value(0.01 * self.data, (self,), (0.0,)")),
    slip("data-cut", "A Value cuts its number to a whole one.", "int(...) drops the fraction.",
         ("self.data = data if inputs else _number(data)",
          "self.data = data if inputs else int(data)")),
    slip("inputs-empty", "`.inputs` is empty: the graph is lost, and no gradient can find its way.",
         "The new Value has to be told what it was made from.",
         ("self.inputs = inputs", "self.inputs = ()")),
    slip("inputs-copied", "`.inputs` holds something else than the Values it was made from: copies "
         "of them, or their numbers.", "A gradient that is put into a copy does not reach the Value "
         "you have in hand: keep the operands themselves.",
         ("self.inputs = inputs",
          "self.inputs = tuple([Value(v.data, v.inputs, v.slopes, v.op) for v in inputs])")),
    slip("inputs-not-there", "There is no `.inputs`: a Value has to keep what it was made from, under "
         "this name.", "Other engines call it _prev or children; the drawing and the order of the "
         "nodes look for `inputs`.", ("self.inputs = inputs", "pass")),
    slip("inputs-no-tuple", "The `.inputs` of an operation on one number is no tuple.",
         "A tuple of one thing needs a comma: `(3)` is the number 3, and `(3,)` is a tuple with a 3 "
         "in it.", ("self.inputs = inputs", "self.inputs = inputs[0] if len(inputs) == 1 else inputs")),
    *forgets_its_inputs(),
    slip("neg-writes", "`-x` changes x itself; it should make a new Value.",
         "The operand may be needed again, as it was.",
         ("return Value(-self.data,", "self.data = -self.data\n        return Value(self.data,")),
    slip("exp-cut", "`exp` takes 2.718 for e: its digits go on.", "math.exp knows them.",
         ("out = math.exp(self.data)", "out = 2.718**self.data")),
    slip("exp-cut-later", "`exp` takes 2.71828 for e: its digits go on.", "math.exp knows them.",
         ("out = math.exp(self.data)", "out = 2.71828**self.data")),
    slip("inputs-first-only", "`.inputs` holds only the first of two operands.", "",
         ("self.inputs = inputs", "self.inputs = inputs[:1]")),
)  # fmt: skip

OUTPUTS = tuple(
    Output(name, SAYS.get(name, ""), HEAVY.get(name, 1.0)) for name in PARTS
)  # fmt: skip

VALUE_OPERATIONS = Exercise(
    "value_operations", LESSON, 4,
    outputs=OUTPUTS,
    cases=cases,
    run=run_parts(PARTS),
    reference=REFERENCE,
    functions=("Value",),
    see="A number that remembers",
    mistakes=MISTAKES,
    variants=(
        Variant("closures", BY_CLOSURES),
        Variant("few-rules", BY_FEW_RULES),
        Variant("numpy", BY_NUMPY),
    ),
)  # fmt: skip
