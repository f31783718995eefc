"""The chain rule as a program: numbers that remember what they were made from, on one page.

Every operation makes a new `Value` that keeps its inputs and, for each of them, its own slope there
(the local gradient). Walking back from the end, each node hands `slope * grad` to each input:
multiply along a path, add where paths meet. That is all of backpropagation.
"""

import math
from numbers import Real


def _number(data, name="data"):
    """Return `data` as a float, or say that it is not a single real number."""
    if isinstance(data, Real) or getattr(data, "shape", None) == ():
        return float(data)
    raise TypeError(f"{name} must be a number; got {type(data).__name__}")


class Value:
    """A number in a graph: `data`, its gradient `grad`, and the `inputs` it was made from.

    Understands `+ - * /` with values and numbers on either side, `**` by a constant, unary minus,
    `exp`, `log`, `tanh`, `relu`. `slopes[i]` is d data / d inputs[i], known since the operation
    ran, and `op` its sign; both are empty in a leaf, which is a number you put in.

    Raises TypeError when `data` is not a single real number.

    >>> x = Value(3.0)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y.data, x.grad   # 9 + 6, and 2 x + 2
    (15.0, 8.0)
    """

    # Slots and tuples, no dictionary and no closure: small, and free of the cycles of references
    # that would keep the garbage collector busy for most of a training run.
    __slots__ = ("data", "grad", "inputs", "slopes", "op")

    def __init__(self, data, inputs=(), slopes=(), op=""):
        self.data = data if inputs else _number(data)
        self.grad = 0.0
        self.inputs = inputs
        self.slopes = slopes
        self.op = op

    def __add__(self, other):
        if not isinstance(other, Value):
            if not isinstance(other, Real):
                return NotImplemented
            other = Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __sub__(self, other):
        if not isinstance(other, Value):
            if not isinstance(other, Real):
                return NotImplemented
            other = Value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0), "-")

    def __mul__(self, other):
        if not isinstance(other, Value):
            if not isinstance(other, Real):
                return NotImplemented
            other = Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __truediv__(self, other):
        if not isinstance(other, Value):
            if not isinstance(other, Real):
                return NotImplemented
            other = Value(other)
        out = self.data / other.data
        return Value(out, (self, other), (1 / other.data, -out / other.data), "/")

    def __radd__(self, other):
        return Value(other) + self

    def __rsub__(self, other):
        return Value(other) - self

    def __rmul__(self, other):
        return Value(other) * self

    def __rtruediv__(self, other):
        return Value(other) / self

    def __neg__(self):
        return Value(-self.data, (self,), (-1.0,), "neg")

    def __pow__(self, exponent):
        n, x = _number(exponent, "the exponent of **"), self.data
        if x < 0 and n != int(n):
            raise ValueError(f"{x} ** {n} is not a real number")
        if x == 0 and n < 1:
            slope = math.inf if n else 0.0  # a root stands upright at 0; x ** 0 is flat
        else:
            slope = n * x ** (n - 1)
        return Value(x**n, (self,), (slope,), f"**{n:g}")

    def exp(self):
        """Return e to the power of this value; its slope is itself.

        >>> Value(0.0).exp()
        Value(1.0)
        """
        out = math.exp(self.data)
        return Value(out, (self,), (out,), "exp")

    def log(self):
        """Return the natural logarithm, slope `1 / data`; ValueError unless data > 0.

        >>> Value(1.0).log()
        Value(0.0)
        """
        if self.data <= 0:
            raise ValueError(f"log needs a number above 0; got {self.data}")
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")

    def tanh(self):
        """Return the hyperbolic tangent, slope `1 - out**2`.

        >>> Value(0.0).tanh()
        Value(0.0)
        """
        out = math.tanh(self.data)
        return Value(out, (self,), (1 - out * out,), "tanh")

    def relu(self):
        """Return the value if it is above 0, else 0; slope 1 or 0, and 0 at 0.

        >>> Value(-2.0).relu()
        Value(0.0)
        """
        if self.data > 0:
            return Value(self.data, (self,), (1.0,), "relu")
        return Value(0.0, (self,), (0.0,), "relu")

    def backward(self):
        """Add d self / d leaf to the `grad` of every leaf that this value was made from.

        Two passes add up in the leaves (set `grad = 0.0` to start anew); what lies between starts
        from 0 every time, or the first pass would be handed on a second time.

        >>> a = Value(2.0)
        >>> (a * a).backward(); (a * a).backward(); a.grad
        8.0
        """
        inner = [node for node in topological_order(self) if node.inputs]
        for node in inner:
            node.grad = 0.0
        self.grad += 1.0
        for node in reversed(inner):
            grad = node.grad
            for source, slope in zip(node.inputs, node.slopes):  # noqa: B905 (strict costs a third)
                source.grad += slope * grad

    def __repr__(self):
        return f"Value({self.data!r})"


def topological_order(root):
    """Return every node that `root` was made from, and `root`, each once, inputs before users.

    A stack of our own instead of recursion, so that a graph may be as deep as memory allows.

    Args: `root`, a Value, or anything with `inputs`. Returns a list, `root` last.

    >>> a = Value(1.0); b = a + a
    >>> topological_order(b) == [a, b]
    True
    """
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node is None:  # the mark above a node whose inputs are all listed by now
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            if node.inputs:
                stack += (node, None)
                stack += node.inputs
            else:
                order.append(node)
    return order
