# ---
# jupyter:
#   bp:
#     title: Computation graphs
#     level: 3
#     question: Can a program find the slope of any formula, without ever seeing the formula?
# ---

# %% [markdown]
# # Computation graphs
#
# **Can a program find the slope of any formula, without ever seeing the formula?**
#
# So far every gradient of this course was worked out on paper: one for the line, one for the
# sigmoid. A network with a million weights has a formula nobody wants to write down. In this lesson
# you build an engine of about 80 lines that needs no formula. It watches a calculation while it
# runs, and then walks back through it.

# %% [markdown] tags=["talk"] slide="slide"
# ## No formula, please
#
# So far every gradient of this course was worked out on paper.
#
# A network with a million weights has a formula that nobody wants to write down.
#
# > An engine of 80 lines watches a calculation while it runs, and then walks back through it.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The chain rule as a program: local slopes, a graph, an order, one walk back. Why
# gradients are *added* where paths meet. What a framework's `backward()` does. **Time**, about 120
# minutes: the diamond and its prediction 15, values that remember 30, the order 25, the walk back
# 25, neuron and moons 15, the myth 10.
#
# **What the class usually gets wrong.**
#
# - value_backward: overwrites
# - value_backward: nearest-first
# - value_operations: no-rsub
# - topological_order: recursive
# - value_backward: exp-of-input
# - value_backward: inner-not-zeroed
#
# **Questions to ask.** Which number does the slope of exp need: the input or the output? Why may y
# not hand on its gradient when the first path has reached it? What would change if the walk went
# forward?
#
# **When the prediction fails.** Most say 15 or 6: the last path wins. Let them nudge x by hand, in
# the widget, and ask through how many doors the nudge goes.
#
# **Further reading.** S. Linnainmaa (1970) and B. Speelpenning (1980) on reverse accumulation; A.
# Griewank and A. Walther, *Evaluating Derivatives* (2008).

# %%
import math
import time

import numpy as np

from autograder import check
from bplib import scalar as course
from bplib import scalar_net
from bplib.play import ask
from bplib.play.scalar import graph, meeting, moons, moons_picture, two_moons

# %% [markdown]
# ## One number, two ways round
#
# $$y = 3x \qquad\qquad c = 5y + 2y$$
#
# `x` goes into `y`, and `y` goes into `c` along two paths. How strongly does `c` react to `x`? Take
# lesson 02 with you (multiply along a path), and commit yourself before you look.

# %% [markdown] tags=["talk"] slide="slide"
# $$y = 3x \qquad\qquad c = 5y + 2y$$

# %% slide="-" jupyter={"source_hidden": true}
paths = ask.predict("By how much does c rise when x rises by 1?", ["6", "7", "15", "21", "30"])
paths

# %% [markdown]
# An engine that walks back from `c` reaches `y` twice: once along `5y`, once along `2y`. In the
# widget one line of the engine can be switched. **Which of the two agrees with a nudge by hand?**

# %% slide="slide"
meeting()

# %%
paths.reveal("21", "5 * 3 along one path, 2 * 3 along the other, and the two are added.")

# %% [markdown]
# With `=`, the path that comes last overwrites the first: 2 times 3 is 6. With `+=` the blames
# add up: (5 + 2) times 3. A nudge of `x` goes through *both* doors. `=` in place of `+=` is a
# treacherous mistake: with every number used once it shows nowhere. Two paths that part and meet
# again are called a **diamond**, after the shape they draw.

# %% [markdown] tags=["talk"] slide="slide"
# ## One character: `=` or `+=`
#
# * With `=`, the path that comes last overwrites the first: $2 \cdot 3 = 6$
# * With `+=`, the blames add up: $(5 + 2) \cdot 3 = 21$
#
# A nudge of $x$ goes through **both** doors.
#
# With every number used once, the mistake shows nowhere.

# %% [markdown]
# ## A number that remembers
#
# Wrap every number in an object that keeps
#
# * `data`, the number; `grad`, its gradient, 0 at first;
# * `inputs`, a tuple of the objects it was made from (empty for a **leaf**, a number you put in);
# * `slopes`, a tuple with one **local slope** for each input: how far this number moves when that
#   input moves by 1, all else at rest.
#
# Such an object is a **node**; all of them, each tied to its inputs, are the **graph** of the
# calculation. Every operation knows its own local slopes *at the moment it runs*. No formula of the
# whole is ever needed.

# %% [markdown] tags=["talk"] slide="slide"
# ## A number that remembers
#
# * `data`: the number
# * `grad`: how strongly the end reacts to it, 0 at first
# * `inputs`: what it was made from
# * `slopes`: one **local slope** for each input
#
# > Every operation knows its own slopes at the moment it runs.

# %% [markdown]
# | operation | local slopes | at x = 2, y = 5 |
# |---|---|---|
# | `x + y` | 1 and 1 | 1, 1 |
# | `x - y` | 1 and -1 | 1, -1 |
# | `x * y` | y and x (each has the *other* one) | 5, 2 |
# | `x / y` | 1/y and -x/y² | 0.2, -0.08 |
# | `x ** n`, n a constant | n xⁿ⁻¹ | for n = 3: 12 |
# | `-x` | -1 | -1 |
# | `x.exp()` | e to the x, which is the *result* itself | 7.389 |
# | `x.log()` | 1/x | 0.5 |
# | `x.tanh()` | 1 - result² | 0.0707 |
# | `x.relu()`: x if positive, else 0 | 1 if x is positive, else 0 | 1 |
#
# New here is tanh: the S-shaped curve of the sigmoid in lesson 05, stretched so that it runs from
# -1 to 1.

# %% [markdown] tags=["talk"] slide="slide"
# ## Local slopes are all you need
#
# | operation | local slopes | at x = 2, y = 5 |
# |---|---|---|
# | `x + y` | 1 and 1 | 1, 1 |
# | `x * y` | y and x: the *other* one | 5, 2 |
# | `x / y` | 1/y and −x/y² | 0.2, −0.08 |
# | `exp(x)` | the result itself | 7.389 |
# | `tanh(x)` | 1 − result² | 0.0707 |
# | `relu(x)` | 1 if x > 0, else 0 | 1 |

# %%
x, y, step = 2.0, 5.0, 1e-6
print("x * y by x:", ((x + step) * y - x * y) / step, "  by y:", (x * (y + step) - x * y) / step)
print("x / y by y:", (x / (y + step) - x / y) / step)
print("tanh x:    ", (math.tanh(x + step) - math.tanh(x)) / step, "=", 1 - math.tanh(x) ** 2)

# %% [markdown]
# Python lets a class say what `+` means: `a + b` calls `a.__add__(b)`. With a plain number on the
# left, as in `2 + a`, Python asks the number first, which knows nothing about our class, and then
# calls `a.__radd__(2)`: "add, from the right". That is what the four methods with an `r` are for.
#
# One operation as a worked example, which is not among yours: the sine, whose slope is the cosine.
#
# ```python
# def sin(self):
#     out = math.sin(self.data)                       # the number
#     return Value(out, (self,), (math.cos(self.data),))   # its inputs, and a slope for each
# ```

# %% [markdown]
# ### Your turn: the operations of `Value`
#
# Ten short methods. `lift` makes a Value of a plain number, so in the four methods that take an
# `other`, both sides are Values after the first line. The four `r` methods are done. For log and
# tanh there are `math.log` and `math.tanh`.
#
# The check below looks at the numbers alone. What your slopes are worth shows when `backward` uses
# them, further down: if a gradient is wrong there, look here again.
#
# <details><summary>Hint 1</summary>Each is the pattern of the sine: compute the number, then return a
# new Value with the inputs and their slopes, in the same order.</details>
# <details><summary>Hint 2</summary>For exp and tanh compute <code>out</code> first: the slope needs
# it.</details>
# <details><summary>Hint 3</summary>A new Value each time. <code>self</code> must stay as it is: others
# may use it.</details>

# %% solution="value_operations"
class Value:
    """A number that remembers what it was made from, and its local slope for each input."""

    def __init__(self, data, inputs=(), slopes=()):
        self.data = data          # the number
        self.grad = 0.0           # how strongly the end reacts to it; filled in by backward
        self.inputs = inputs      # the Values it was made from
        self.slopes = slopes      # d self / d input, one for each

    @staticmethod
    def lift(other):
        """`other` as a Value."""
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = Value.lift(other)
        ### BEGIN SOLUTION
        return Value(self.data + other.data, (self, other), (1.0, 1.0))
        ### END SOLUTION

    def __sub__(self, other):
        other = Value.lift(other)
        ### BEGIN SOLUTION
        return Value(self.data - other.data, (self, other), (1.0, -1.0))
        ### END SOLUTION

    def __mul__(self, other):
        other = Value.lift(other)
        ### BEGIN SOLUTION
        return Value(self.data * other.data, (self, other), (other.data, self.data))
        ### END SOLUTION

    def __truediv__(self, other):
        other = Value.lift(other)
        ### BEGIN SOLUTION
        slopes = 1 / other.data, -self.data / other.data**2
        return Value(self.data / other.data, (self, other), slopes)
        ### END SOLUTION

    def __radd__(self, other):
        return Value.lift(other) + self

    def __rsub__(self, other):
        return Value.lift(other) - self

    def __rmul__(self, other):
        return Value.lift(other) * self

    def __rtruediv__(self, other):
        return Value.lift(other) / self

    def __pow__(self, n):
        """self to the power of a constant, such as 2, -1 or 0.5."""
        ### BEGIN SOLUTION
        x = float(self.data)
        return Value(x**n, (self,), (n * x ** (n - 1),))
        ### END SOLUTION

    def __neg__(self):
        ### BEGIN SOLUTION
        return Value(-self.data, (self,), (-1.0,))
        ### END SOLUTION

    def exp(self):
        ### BEGIN SOLUTION
        out = math.exp(self.data)
        return Value(out, (self,), (out,))
        ### END SOLUTION

    def log(self):
        ### BEGIN SOLUTION
        return Value(math.log(self.data), (self,), (1 / self.data,))
        ### END SOLUTION

    def tanh(self):
        ### BEGIN SOLUTION
        out = math.tanh(self.data)
        return Value(out, (self,), (1 - out**2,))
        ### END SOLUTION

    def relu(self):
        ### BEGIN SOLUTION
        awake = self.data > 0
        return Value(self.data if awake else 0.0, (self,), (1.0 if awake else 0.0,))
        ### END SOLUTION

# %% check="value_operations"
check("value_operations", Value)

# %% [markdown]
# ## The graph
#
# Every box below is one Value. Play the steps: first the numbers flow forward (blue, solid), then the
# gradients flow back (purple, dashed). Each box hands to each of its inputs
#
# $$\text{slope} \cdot \text{its own gradient}$$
#
# **Find settings where `w` gets no gradient although the loss is not 0.**

# %% slide="slide"
graph()

# %% [markdown]
# There are two ways. With `x = 0` the product does not notice `w`: the slope is 0. And with
# `w * x + b` far to the left, tanh is flat: its slope is nearly 0, and whatever arrives from above is
# multiplied by it. A neuron in that state learns next to nothing, however wrong it is; lesson 10 comes
# back to it.

# %% [markdown]
# ## In which order?
#
# `y` of the diamond may hand on its gradient only when *both* paths have brought theirs. So the walk
# back needs an order of all nodes in which **everything stands after what it was made from**; then
# we walk through it from the end.
#
# Would it do to walk back with "the nearest to the end first"? Try it by hand on
#
# $$a = 2x \qquad b = a \cdot x \qquad c = b + x + a$$

# %% [markdown] tags=["talk"] slide="slide"
# $$a = 2x \qquad b = a \cdot x \qquad c = b + x + a$$

# %% slide="-" jupyter={"source_hidden": true}
order = ask.choose(
    "c is made from b, x and a. Which order for the walk back lets every node wait for all its users?",
    {"c, b, x, a": "x hands on (or counts as finished) before b and a have reported to it.",
     "c, a, b, x": "a hands on its gradient before b, which uses a, has reported.",
     "c, b, a, x": "Yes: b before a, because b uses a; x last, because all of them use it."},
    right="c, b, a, x",
)
order

# %% [markdown]
# "The nearest first" will not do: `a` goes straight into `c`, and still has to wait for `b`.
#
# How to find such an order for any graph: go down into the inputs first, and **write a node down on
# the way back up**, when all its inputs are written down. Each node once.
#
# The natural way to write this is a function that calls itself for every input. Python allows about
# 1,000 calls inside each other. A chain of 100,000 additions, nothing special for a loop, would end
# in a `RecursionError`. So keep the list of what is to be done yourself: a **stack**, to which
# things are added at the end, and from whose end `pop()` takes them.

# %% jupyter={"source_hidden": true}
lines = ask.order_lines(
    "A stack that writes a node down when its inputs are done. `None` marks the way back up.",
    ["node = stack.pop()",
     "if node is None:",
     "    order.append(stack.pop())",
     "elif node not in seen:",
     "    seen.add(node)",
     "    stack += [node, None, *node.inputs]"],
    {"    order.append(node)": "Here its inputs are not written down yet.",
     "    stack += [*node.inputs, node, None]":
         "What lies on top is taken first: the inputs have to lie above the node."},
)
lines

# %% [markdown]
# ### Your turn: `topological_order`
#
# Return a list of all Values that `root` was made from, and `root` itself: each once, inputs before
# what uses them. It has to work for a chain of 100,000 operations.
#
# <details><summary>Hint 1</summary>The lines that you put in order are the inside of a
# <code>while stack:</code>.</details>
# <details><summary>Hint 2</summary>Two different nodes may hold the same number. Remember the nodes in
# <code>seen</code>, a set, not their numbers.</details>

# %% solution="topological_order"
def topological_order(root):
    """All nodes behind root, and root: a list, each node once, inputs before what uses them."""
    ### BEGIN SOLUTION
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            stack += [node, None, *node.inputs]
    return order
    ### END SOLUTION

# %% check="topological_order"
check("topological_order", topological_order, Value)

# %% [markdown]
# ## The blame walks back
#
# One case by hand, with numbers: $x = 2$, $a = x \cdot x$, $c = a + 3x$.
#
# | node | data | what reaches it | grad |
# |---|---|---|---|
# | `c` | 10 | the start: c moves by 1 when c moves by 1 | 1 |
# | `3x` | 6 | slope 1, times 1 | 1 |
# | `a` | 4 | slope 1, times 1 | 1 |
# | `x` | 2 | from `a`: 2 times 1, *twice* (both factors); from `3x`: 3 times 1 | 2 + 2 + 3 = **7** |
#
# Check it: $c = x^2 + 3x$ has the slope $2x + 3$, which is 7 at $x = 2$.

# %% [markdown] tags=["talk"] slide="slide"
# ## By hand: $x = 2$, $a = x \cdot x$, $c = a + 3x$
#
# | node | data | what reaches it | grad |
# |---|---|---|---|
# | $c$ | 10 | the start | 1 |
# | $3x$ | 6 | slope 1, times 1 | 1 |
# | $a$ | 4 | slope 1, times 1 | 1 |
# | $x$ | 2 | from $a$: 2, *twice*; from $3x$: 3 | **7** |
#
# And indeed $c = x^2 + 3x$ has the slope $2x + 3 = 7$.

# %% [markdown] tags=["talk"] slide="slide"
# ## The engine at work
#
# ```python
# x = Value(2.0)
# c = x * x + 3 * x
# c.backward()
#
# x.grad       # 7.0
# ```
#
# Nobody told it the formula. It was there when the numbers were made.

# %%
x = course.Value(2.0)
c = x * x + 3 * x
c.backward()
print("c =", c.data, "  slope by x:", x.grad)

# %% [markdown]
# ### Your turn: `backward`
#
# Written as a function first and hung into the class in the last line. Four steps:
#
# 1. Find the order. Set the gradients of all **inner** nodes (those with inputs) to 0. The leaves keep
#    theirs: two passes are to add up there, as a mean over examples needs it.
# 2. The end's gradient is 1.
# 3. Walk from the end to the leaves.
# 4. LOCAL DERIVATIVE, TIMES UPSTREAM, and added: each node gives each of its inputs the slope for
#    that input (the local derivative) times its own gradient (what came from upstream).
#
# <details><summary>Hint 1</summary><code>reversed(order)</code> walks a list from its end.</details>
# <details><summary>Hint 2</summary><code>zip(node.inputs, node.slopes)</code> gives each input with its
# slope; for <code>x * x</code> it gives <code>x</code> twice.</details>
# <details><summary>Hint 3</summary>Think of 6 and 21.</details>

# %% solution="value_backward"
def backward(self):
    """Add d self / d leaf to the grad of every leaf; inner nodes start from 0 in every pass."""
    ### BEGIN SOLUTION
    order = topological_order(self)
    for node in order:
        if node.inputs:
            node.grad = 0.0
    self.grad = 1.0 if self.inputs else self.grad + 1.0
    for node in reversed(order):
        for source, slope in zip(node.inputs, node.slopes, strict=True):
            source.grad += slope * node.grad
    ### END SOLUTION


Value.backward = backward

# %% check="value_backward"
check("value_backward", Value)

# %% [markdown]
# ## A neuron that learns
#
# Nothing about neurons is built into the engine. A neuron is a formula like any other: weigh, add,
# bend. (From here on the lesson uses `course.Value`, the same class from `bplib`.)

# %% [markdown] tags=["talk"] slide="slide"
# ## A neuron is a formula like any other

# %% slide="-"
w, b = course.Value(0.5), course.Value(-0.5)
for step in range(4):
    loss = ((w * 2.0 + b).tanh() - 1.0) ** 2
    w.grad = b.grad = 0.0
    loss.backward()
    print(f"step {step}: loss {loss.data:.4f}   dw {w.grad:+.4f}   db {b.grad:+.4f}")
    w.data -= 0.3 * w.grad
    b.data -= 0.3 * b.grad

# %% [markdown] tags=["talk"] slide="-"
# Weigh, add, bend. Nothing about neurons is built into the engine.

# %% [markdown]
# ## A small net and two moons
#
# Two inputs, eight neurons with tanh, one output: 33 numbers. No straight line parts these points.
#
# **After how many steps does the border bend?**

# %% slide="slide"
two_moons()

# %% [markdown]
# The same without the widget. `scalar_net` builds the formula out of Values for all points,
# `backward` fills in 33 gradients, and a step moves 33 numbers.

# %%
X, labels = moons()
net = scalar_net.init_scalar_net([2, 8, 1], np.random.default_rng(6))
begin = time.perf_counter()
losses = scalar_net.fit_scalar_net(X, labels, net, learning_rate=5.0, steps=60)
seconds = time.perf_counter() - begin
print(f"60 steps: loss from {losses[0]:.3f} to {losses[-1]:.3f}, {seconds / 60 * 1000:.0f} ms a step")
moons_picture(net, X, labels)

# %% [markdown]
# ### How fast is it?
#
# One backward pass gives *all* gradients. What does it cost, compared with the forward pass?

# %%
count = 100_000
x = course.Value(0.5)
begin = time.perf_counter()
out = x
for _ in range(count):
    out = out * 0.9999 + 0.0001
forward = time.perf_counter() - begin
begin = time.perf_counter()
out.backward()
back = time.perf_counter() - begin
print(f"{2 * count:,} operations one after another: forward {forward:.2f} s, back {back:.2f} s")
print(f"that is {2 * count / (forward + back):,.0f} operations a second; and the depth is no obstacle")

# %% [markdown]
# The walk back costs about as much as the way there, often less: the objects are made already. Fast
# enough for 33 numbers, and far too slow for a million. A processor multiplies a billion times a
# second; here, each multiplication pays for a Python object. The cure is not another engine: it is to
# put a whole *layer* of numbers into one node. That is lesson 07.

# %% [markdown]
# ## A claim put to the test
#
# You may read that *backpropagation can only train feed-forward networks*: nets without loops. Here is
# a loop: the same weight `w` is used again and again,
#
# $$h_0 = 0.3 \qquad h_{t} = \tanh(w \, h_{t-1} + 0.5)$$
#
# After five turns we want the slope of $h_5$ with respect to the one number `w`.

# %% [markdown] tags=["talk"] slide="slide"
# A loop uses the same weight $w$ again and again: $h_{t} = \tanh(w\, h_{t-1} + 0.5)$, five turns.

# %% slide="-" jupyter={"source_hidden": true}
myth = ask.predict(
    "Will one backward() through the loop give the slope by w that a nudge by hand gives?",
    ["no: there is no gradient through a loop", "only for the last turn", "yes, to many digits"],
)
myth

# %%
def loop(w, turns=5):
    h = 0.3
    for _ in range(turns):
        h = (w * h + 0.5).tanh()
    return h

w = course.Value(0.8)
end = loop(w)
end.backward()
nudged = (loop(course.Value(0.8 + 1e-6)).data - loop(course.Value(0.8 - 1e-6)).data) / 2e-6
print("backward:", w.grad, "  nudged:", nudged)
myth.reveal("yes, to many digits")

# %% [markdown]
# A loop that has run *is* a feed-forward graph: five turns, five copies of the operation, one `w` with
# five users, whose blames are added. The engine never knew that there was a loop. Networks that read a
# text letter by letter are trained in just this way; lesson 13 does it.

# %% [markdown] tags=["talk"] slide="slide"
# ## A loop that has run is a chain
#
# * five turns: five copies of the operation
# * one $w$ with five users, whose blames are **added**
#
# The engine never knew that there was a loop.
#
# Networks that read a text letter by letter are trained in just this way (lesson 13).

# %% [markdown]
# ## Find the bug
#
# A colleague writes an engine in which every node tells its inputs at once:
#
# ```python
# def backward(self, grad=1.0):
#     self.grad += grad
#     for source, slope in zip(self.inputs, self.slopes):
#         source.backward(slope * self.grad)
# ```

# %% jupyter={"source_hidden": true}
bug = ask.choose(
    "On a graph in which nothing is used twice it is right. What happens with y = 3x, c = 5y + 2y?",
    {"x gets 21, as it should": "Follow y: it is told 5 first. What does it hand on when it is told 2?",
     "x gets 6": "It adds up, so nothing is overwritten.",
     "x gets 36": "Yes. y hands on 5, and then, told 2 more, hands on 5 + 2: 3 * 5 + 3 * 7."},
    right="x gets 36",
)
bug

# %%
class Told(course.Value):
    def tell(self, grad=1.0):
        self.grad += grad
        for source, slope in zip(self.inputs, self.slopes, strict=True):
            Told.tell(source, slope * self.grad)

x = course.Value(1.0)
y = 3 * x
Told.tell(5 * y + 2 * y)
print("x.grad =", x.grad)

# %% [markdown]
# (Handing on `slope * grad` instead would give 21; but then every *path* is walked on its own, and a
# graph of 30 diamonds in a row has a billion paths.)

# %% [markdown]
# ## What we now know
#
# * Every operation knows its own slopes when it runs. The chain rule does the rest: **multiply along
#   a path, add where paths meet.**
# * A node waits until everything that uses it has reported. A topological order sees to that.
# * One backward pass gives the slopes by *all* leaves, at about the price of a forward pass.
# * The engine knows nothing about networks, layers or loops. Whatever runs can be walked back.
#
# **What still bothers us.** A Python object for every number is slow. How does one walk back through a
# whole layer at once? That is lesson 07.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Whatever runs can be walked back: multiply along a path, add where paths meet.
#
# One walk back gives the slopes by *all* leaves, at about the price of a run forward.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# A Python object for every number: fast enough for 33 of them, far too slow for a million.
#
# **How does one walk back through a whole layer at once?**
#
# That is lesson 07.
