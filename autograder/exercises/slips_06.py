"""Known mistakes of `value_backward`: in the walk back, and in the slope of each operation."""

from autograder.exercises.graph_06 import comma_missing, forgets_its_inputs, slip

ORDER = "inner = [node for node in topological_order(self) if node.inputs]"
ZERO = "        for node in inner:\n            node.grad = 0.0\n"
SEED = "self.grad += 1.0"
WALK = "for node in reversed(inner):"
GIVE = "source.grad += slope * grad"
INPUTS = "zip(node.inputs, node.slopes)"
POSTORDER = ("from autograder.exercises.right_06 import postorder\n"
             "        inner = [node for node in postorder(self) if node.inputs]")  # fmt: skip
SUB = "(self, other), (1.0, -1.0), \"-\""
MUL = "(other.data, self.data), \"*\""
DIV = "(1 / other.data, -out / other.data)"
POW = "slope = n * x ** (n - 1)"
TANH = "(1 - out * out,)"
LOG = "(1 / self.data,)"
ADD = "(self, other), (1.0, 1.0)"
RELU = "return Value(0.0, (self,), (0.0,), \"relu\")"
OPEN = "return Value(self.data, (self,), (1.0,), \"relu\")"
ZERO_FIRST = """for node in topological_order(self):
            if node.inputs:
                node.grad = 0.0
        inner, seen = [self], {self}"""
ONCE = "if source not in seen: seen.add(source); "
AND_ALL = """inner = [self]
        self.grad += 1.0
        while inner:
            node = inner.pop({place})
            grad = node.grad
            for source, slope in zip(node.inputs, node.slopes):
                source.grad += slope * grad
                {again}inner.append(source)
        inner = []
        if False:
            pass
"""


def _whole(body):
    """Another walk in the place of the reference's."""
    return ((SEED, "pass"), (ORDER, body))


MISTAKES = (
    slip("walks-every-path", "It is right, but every path is walked on its own: each diamond doubles "
         "their number, and a graph of 30 diamonds in a row has a billion.",
         "A node may wait until everything that uses it has reported, and then hand on all at once.",
         ('__slots__ = (', 'missing_depth = -2\n    __slots__ = (')),
    slip("recursive", "`backward` calls itself for every input, or uses a function that does: a "
         "chain of a few thousand operations ends with a RecursionError.",
         "Python lets only about 1,000 calls wait for each other; a list used as a stack has no "
         "such limit.", ('__slots__ = (', 'missing_depth = 100_000\n    __slots__ = (')),
    slip("walk-stops", "`backward` stops with an error whatever it walks through: one thing is taken "
         "for many.", "`for` and `zip` need something to go through, such as `node.inputs` or "
         "`node.slopes`; a single number is none.", (GIVE, "iter(grad)")),
    slip("overwrites", "Where a value is used more than once, only one of its gradients is left: "
         "the one that arrives last overwrites the others.",
         "`=` is right as long as every value is used once. Where paths meet, blames are added.",
         (GIVE, "source.grad = slope * grad")),
    slip("overwrites-last", "Where a value is used more than once, only one of its gradients is "
         "left: the one that arrives last overwrites the others.",
         "`=` is right as long as every value is used once. Where paths meet, blames are added.",
         (GIVE, "source.grad = slope * grad"), (ORDER, POSTORDER)),
    slip("every-path-on-its-own", "A node that is used twice hands its gradient on twice, and the "
         "second time it hands on the first share again.",
         "A node may hand on only what it has when everything that uses it has reported: once, in "
         "the right order.", *_whole(AND_ALL.format(place=-1, again=""))),
    slip("nearest-first", "Nodes hand their gradient on in the order of their distance from the "
         "end; what reaches a node later is lost or counted twice.",
         "Distance is not the order: a node has to wait for all that use it, the longest way too.",
         *_whole(AND_ALL.format(place=0, again=""))),
    slip("nearest-first-once", "Nodes hand their gradient on in the order of their distance from "
         "the end; what reaches a node later never goes on from there.",
         "Distance is not the order: a node has to wait for all that use it, the longest way too.",
         *_whole(AND_ALL.format(place=0, again=ONCE).replace("inner = [self]", ZERO_FIRST, 1))),
    slip("first-come", "A node hands its gradient on when it is first met, before everything that "
         "uses it has reported.", "It has to wait for all that use it: that is what the order is "
         "for.",
         *_whole(AND_ALL.format(place=-1, again=ONCE).replace("inner = [self]", ZERO_FIRST, 1))),
    slip("seen-when-put-on-the-stack", "The order of your walk is not right for every graph: a node "
         "counts as seen when it is put on the stack, so a longer way to it does not count.",
         "What it hands on lacks what reaches it later. Only when its own turn comes is it sure that "
         "nothing lies above it.",
         (ORDER, "from autograder.exercises.order_06 import _seen_when_pushed\n        inner = "
          "[node for node in _seen_when_pushed(self) if node.inputs]")),
    slip("not-started", "All gradients are still 0: nothing has reached the leaves.",
         "The end's gradient with respect to itself is 1, and somebody has to say so before the walk "
         "starts; and what a node hands on has to go into its inputs' `grad`.",
         (SEED, "pass")),
    slip("starts-with-data", "The walk starts with the end's own number instead of 1.",
         "How far does the end move when the end moves by 1?", (SEED, "self.grad += self.data")),
    slip("sign", "All gradients have the wrong sign.", "The minus belongs to the step of descent.",
         (SEED, "self.grad += 1.0 if not self.inputs else -1.0")),
    slip("from-the-leaves", "Only the end's own inputs get a gradient: the walk starts at the leaves, "
         "where nothing has arrived yet, or it stops after one step.",
         "Inputs come first in the order; the blame walks the other way.",
         (WALK, "for node in inner:")),
    slip("first-input-only", "Only the first input of an operation gets its gradient.", "",
         (INPUTS, "zip(node.inputs[:1], node.slopes)")),
    slip("zeroed-every-pass", "A second pass wipes out what the first one left in the leaves.",
         "Only inner nodes start anew in every pass; in the leaves the passes add up.",
         (ORDER, ORDER + "\n        for node in topological_order(self): node.grad = 0.0")),
    slip("inner-not-zeroed", "In a second pass the inner nodes still hold their gradients from the "
         "first, and hand them on once more.",
         "Leaves collect over passes; what lies between has to start from 0 each time.",
         (ZERO, ""), (SEED, "self.grad = 1.0")),
    slip("nothing-zeroed", "In a second pass the inner nodes and the end still hold their gradients "
         "from the first, and hand them on once more.",
         "Leaves collect over passes; what lies between has to start from 0 each time.",
         (ZERO, "")),
    slip("end-not-zeroed", "In a second pass from the same end, the end still holds its gradient of "
         "the first, and 1 is added to it: everything it hands on is too large.",
         "An end that was made from something starts anew with 1 in every pass.",
         (ZERO, ZERO.replace("= 0.0", "*= node is self"))),
    slip("graph-thrown-away", "After one pass the graph is gone: a second pass from the same end "
         "reaches nothing.", "Some engines do that to save memory; here two passes are to add up in "
         "the leaves.",
         (INPUTS, f"(lambda kept: (setattr(node, 'inputs', ()), kept)[1])(list({INPUTS}))"),
         equivalent=("times-1-over-2",)),
    slip("slope-ignored", "Each node hands on its own gradient as it is: the slopes are not used.",
         "Along a path blames are multiplied: slope times the node's own gradient.",
         (GIVE, "source.grad += grad")),
    slip("same-input-once", "Where both inputs are the same Value, as in x * x, only one of them gets "
         "its share.", "In a dict or a set the two become one; x needs both.",
         (INPUTS, f"dict({INPUTS}).items()")),
    slip("upstream-ignored", "Each node hands on its slope alone; the gradient that reached it is "
         "not used.", "Along a path blames are multiplied: slope times the node's own gradient.",
         (GIVE, "source.grad += slope")),
    slip("upstream-added", "Slope and gradient are added; along a path they are multiplied.", "",
         (GIVE, "source.grad += slope + grad")),
    *forgets_its_inputs(),
    *comma_missing(),
    slip("add-first-only", "In x + y only x gets a gradient: y has the slope 0.",
         "How far does x + y move when y moves by 1?", (ADD, ADD.replace("1.0)", "0.0)"))),
    slip("sub-sign", "In x - y the gradient of y should have a minus.",
         "When y goes up, the difference goes down.", (SUB, SUB.replace("-1.0", "1.0"))),
    slip("sub-turned", "In x - y the signs of the two gradients have changed places.", "",
         (SUB, SUB.replace("1.0, -1.0", "-1.0, 1.0"))),
    slip("mul-own-factor", "In x * y each factor gets its own number as slope; it should be the "
         "other one's.", "How far does x * y move when x moves by 1? By y.",
         (MUL, MUL.replace("other.data, self.data", "self.data, other.data"))),
    slip("mul-ones", "In x * y both slopes are 1, as in a sum.", "",
         (MUL, MUL.replace("other.data, self.data", "1.0, 1.0"))),
    slip("div-sign", "In x / y the gradient of y should have a minus.",
         "A larger divisor makes the quotient smaller.", (DIV, DIV.replace("-out", "out"))),
    slip("div-square-missing", "In x / y the slope of y is -x / y squared; the square is missing.",
         "", (DIV, "(1 / other.data, -out)")),
    slip("div-numerator-missing", "In x / y the slope of y does not look at x.", "The slope of 1/y "
         "is -1/y**2; here x stands on top.", (DIV, "(1 / other.data, -1 / other.data**2)")),
    slip("div-turned", "In x / y the two slopes have changed places.", "Slopes stand in the order of "
         "the inputs.", (DIV, "(-out / other.data, 1 / other.data)")),
    slip("div-like-mul", "In x / y the slopes are those of a product.", "",
         (DIV, "(other.data, self.data)")),
    slip("pow-without-n", "In x ** n the factor n is missing.", "", (POW, "slope = x ** (n - 1)")),
    slip("pow-same-exponent", "In x ** n the exponent goes down by one in the slope; here it does "
         "not.", "", (POW, "slope = n * x**n")),
    slip("pow-of-two", "The slope of x ** n is taken as 2 x, which is right for squares only.", "",
         (POW, "slope = 2 * x")),
    slip("pow-smaller-factor", "In x ** n the factor in front is n itself, not n - 1.", "",
         (POW, "slope = (n - 1) * x ** (n - 1)")),
    slip("pow-like-exp", "The slope of x ** n is taken as if n moved: x is what moves.", "",
         (POW, "slope = x**n * math.log(abs(x))")),
    slip("neg-sign", "The gradient of -x should turn its sign.", "", ("(-1.0,), \"neg\"",
                                                                     "(1.0,), \"neg\"")),
    slip("exp-of-input", "The slope of exp is its result; here it is its input.",
         "Look for which number you keep: what went in, or what came out.",
         ("(self,), (out,), \"exp\"", "(self,), (self.data,), \"exp\"")),
    slip("exp-one", "The slope of exp is its result; here it is 1.", "",
         ("(self,), (out,), \"exp\"", "(self,), (1.0,), \"exp\"")),
    slip("exp-like-power", "exp is treated like a power: its slope is not x times e to the x - 1.",
         "", ("(self,), (out,), \"exp\"", "(self,), (self.data * math.exp(self.data - 1),), \"exp\"")),
    slip("log-of-result", "The slope of log is 1 / its input; here it is 1 / its result.", "",
         (LOG, "(1 / math.log(self.data),)")),
    slip("log-not-inverted", "The slope of log is 1 / its input; here it is the input.", "",
         (LOG, "(self.data,)")),
    slip("tanh-of-input", "The slope of tanh is 1 - out**2, with its *result*; here the input is "
         "squared.", "Near 0 the two are alike, which is why it can look right.",
         (TANH, "(1 - self.data**2,)")),
    slip("tanh-not-squared", "The slope of tanh is 1 - out**2; the square is missing.", "",
         (TANH, "(1 - out,)")),
    slip("tanh-square-alone", "The slope of tanh is 1 - out**2; the 1 - is missing.", "",
         (TANH, "(out * out,)")),
    slip("tanh-like-sigmoid", "The slope of tanh is taken as out * (1 - out): that is the "
         "sigmoid's.", "", (TANH, "(out * (1 - out),)")),
    slip("tanh-twice", "The slope of tanh is taken at its result instead of its input.", "",
         (TANH, "(1 - math.tanh(out) ** 2,)")),
    slip("relu-always-open", "relu hands on the gradient of negative numbers too.",
         "Where relu gives 0 whatever x does, its slope is 0.", (RELU, RELU.replace("(0.0,)",
                                                                                  "(1.0,)"))),
    slip("relu-of-data", "The slope of relu is 1 where x is positive; here it is x.", "",
         (OPEN, OPEN.replace("(1.0,)", "(self.data,)"))),
    slip("relu-closed", "relu lets no gradient through at all.", "",
         (OPEN, OPEN.replace("(1.0,)", "(0.0,)"))),
    slip("relu-turned", "relu lets the gradient of negative numbers through and stops the others.",
         "", (OPEN, OPEN.replace("(1.0,)", "(0.0,)")), (RELU, RELU.replace("(0.0,)", "(1.0,)"))),
    slip("gradient-clipped", "Negative gradients are cut to 0 in relu, tanh or everywhere.",
         "relu looks at the sign of x, not at the sign of the gradient.",
         (GIVE, "source.grad += max(slope * grad, 0.0)")),
    slip("right-number-turned", "In `c - x` the gradient of x should have a minus.",
         "", ("return Value(other) - self", "return Value(other.__sub__(self.data), (self,), (1.0,))")),
    slip("left-division", "In `c / x` the slope of x is -c / x squared; here it is that of x / c.",
         "", ("return Value(other) / self", "return Value(other / self.data, (self,), (1 / other,))")),
)  # fmt: skip
