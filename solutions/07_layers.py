# ---
# jupyter:
#   bp:
#     title: Layers
#     level: 3
#     question: A layer has 8,192 weights. Must the computer go through them one by one?
# ---

# %% [markdown]
# # Layers
#
# **A layer with 128 inputs and 64 outputs has 8,192 weights. A batch of 64 examples passes through
# it: 524,288 multiplications forward, and twice as many back. Must the computer go through them one
# by one?**
#
# In the last lesson every number was a node of its own. Here one node is a whole layer, and a
# gradient is a whole table. You write a forward and a backward for everything that a network is
# made of; at the end they sort the stars of a galaxy.

# %% [markdown] tags=["talk"] slide="slide"
# ## 8,192 weights
#
# 128 inputs, 64 outputs, a batch of 64 examples:
#
# * **524,288** multiplications forward
# * twice as many back
#
# Must the computer go through them one by one?

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Operations as pairs, `out, cache = op_forward(...)` and `grads = op_backward(dout,
# cache)`; every backward derived by the same four steps; shapes as proof-reader; softmax as
# something other than sigmoids; a stable loss. **Time**, about 180 minutes: loops and products 20,
# the linear layer 40, bends 30, softmax and its backward 35, losses 35, the galaxy and
# the claim 20.
#
# **What the class usually gets wrong.**
#
# - linear_backward: db-not-summed
# - linear_backward: dw-averaged
# - linear_backward: square-not-transposed
# - relu_backward: cuts-the-gradient
# - sigmoid_backward: x-for-out
# - softmax_backward: diagonal-only
# - softmax_cross_entropy_forward: every-label
# - softmax_cross_entropy_forward: log-of-zero
#
# **Questions to ask.** Which axis was copied on the way forward? What is the shape of what you
# return, and of what must it be the shape? Where has the 1/N gone, and why is it nowhere else?
#
# **When the prediction fails.** Most guess that a product is ten or a hundred times faster than
# loops. Let them count: half a million turns of a Python loop, each of them many times slower than
# one multiplication. For the softmax, most expect the other bars to stay. Ask where the share
# comes from.
#
# **Further reading.** Rumelhart, Hinton and Williams, *Learning representations by back-propagating
# errors*, Nature 323 (1986); Bridle's chapter of 1990 in which the softmax got its name.

# %%
import time

import numpy as np

from autograder import check
from bplib import layers as course
from bplib import losses as course_losses
from bplib.play import ask
from bplib.play.layers import bends, ledger, one_score
from bplib.play.stars import galaxy, galaxy_picture, times_picture

# %% [markdown]
# ## Before you start: how much faster?
#
# Below, the same layer is computed twice: with three loops, one product at a time, and as one
# matrix product. Same numbers in, same numbers out.

# %% slide="slide"
faster = ask.predict(
    "128 inputs, 64 outputs, 64 examples: how much faster is one matrix product than three loops?",
    ["about as fast", "about 10 times", "about 100 times", "more than 1,000 times"],
)
faster

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 128))
W = rng.normal(size=(128, 64))
b = rng.normal(size=64)


def duration(work, times):
    """Seconds that work() takes, the best of several tries."""
    tries = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        tries.append(time.perf_counter() - start)
    return min(tries)


loops = duration(lambda: course.linear_forward_loops(x, W, b), 2)
product = duration(lambda: x @ W + b, 50)
difference = np.abs(course.linear_forward_loops(x, W, b) - (x @ W + b)).max()
print("largest difference between the two results:", difference)

# %% [markdown] tags=["talk"] slide="slide"
# ## Measured on this machine

# %% slide="-"
times_picture({"three loops": loops, "one matrix product": product})

# %%
ratio = loops / product
faster.reveal("more than 1,000 times" if ratio > 1000 else "about 100 times" if ratio > 40
              else "about 10 times", f"Measured here just now: {ratio:,.0f} times.")

# %% [markdown]
# Nothing was left out: both do every multiplication. But a Python loop spends most of its time on
# everything *around* a multiplication (whose turn is it, what kind of number is this, where does
# the result go), and a matrix product says all of that once. So we want to think in whole tables,
# forward and back.

# %% [markdown]
# ## From loops to one product
#
# One **neuron** with $D$ inputs has $D$ weights and a bias: $\text{out} = x_1 w_1 + \dots + x_D
# w_D + b$. A **layer** is $M$ neurons that see the same inputs. Put each neuron's weights into a
# *column* of a table $W$, put $N$ examples into the *rows* of a table $x$, and all $N \cdot M$
# outputs are
#
# $$\text{out} = x\,W + b \qquad
# \text{out}_{nm} = \sum_d x_{nd} W_{dm} + b_m$$
#
# | | shape | holds |
# |---|---|---|
# | `x` | `(N, D)` | one example in each row |
# | `W` | `(D, M)` | one neuron in each column |
# | `b` | `(M,)` | one bias for each neuron |
# | `out` | `(N, M)` | one row for each example |

# %% [markdown] tags=["talk"] slide="slide"
# ## From loops to one product
#
# $$\text{out} = x\,W + b$$
#
# | | shape | holds |
# |---|---|---|
# | `x` | `(N, D)` | one example in each row |
# | `W` | `(D, M)` | one neuron in each column |
# | `b` | `(M,)` | copied to every row |
# | `out` | `(N, M)` | one row for each example |

# %%
x = np.array([[1.0, 2.0], [3.0, -1.0]])              # N = 2 examples, D = 2 inputs
W = np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 0.0]])    # M = 3 neurons, one in each column
b = np.array([0.0, 10.0, 20.0])
print("first example, first neuron:", 1 * 2 + 2 * 1 + 0)
print(x @ W + b)

# %% [markdown]
# `b` has shape `(3,)` and `x @ W` has shape `(2, 3)`: numpy copies `b` to every row. That is called
# **broadcasting**. Remember that it happened; on the way back it will matter.

# %% [markdown]
# ### Your turn: `linear_forward`
#
# From here on, every operation is a pair. The forward returns two things: its result, and a
# **cache**, which is whatever its backward will want to know. For this layer that is `(x, W, b)`.
#
# <details><summary>Hint</summary>The result is the line in the cell above. The cache is a tuple of
# the three arguments.</details>

# %% solution="linear_forward"
def linear_forward(x, W, b):
    """out (N, M) and cache = (x, W, b), for x (N, D), W (D, M) and b (M,)."""
    ### BEGIN SOLUTION
    out = x @ W + b
    cache = (x, W, b)
    ### END SOLUTION
    return out, cache

# %% check="linear_forward"
check("linear_forward", linear_forward)

# %% [markdown]
# ## Backwards through one product
#
# Someone behind the layer hands us `dout`, of the shape of `out`: by how much the loss would rise
# for each unit of each output. We owe three gradients, `dx`, `dW` and `db`, each in the shape of
# its own. Four steps, the same for every operation of this course:
#
# 1. **LOCAL DERIVATIVE**: how does one output move with one input?
# 2. **TIMES UPSTREAM**: times how much that output matters.
# 3. **SUM OVER WHAT WAS BROADCAST**: add up over every place where the thing was used.
# 4. **CHECK THE SHAPE**: `dname` has the shape of `name`.

# %% [markdown] tags=["talk"] slide="slide"
# ## Four steps, the same for every operation
#
# 1. **Local derivative**: how does one output move with one input?
# 2. **Times upstream**: how much does that output matter?
# 3. **Sum over what was broadcast**: add up over every place where it was used.
# 4. **Check the shape**: `dname` has the shape of `name`.

# %% [markdown]
# **For `W`.** Which outputs does $W_{dm}$ touch? Neuron $m$'s, in *every* example.
#
# 1. $\text{out}_{nm} = \dots + x_{nd} W_{dm} + \dots$, so it moves by $x_{nd}$ for each unit of
#    $W_{dm}$.
# 2. Times upstream: $x_{nd}\, \text{dout}_{nm}$.
# 3. $W_{dm}$ was used for all $N$ examples, so add up: $dW_{dm} = \sum_n x_{nd}\,
#    \text{dout}_{nm}$.
# 4. A sum over $n$ of things with $d$ and things with $m$: a matrix product. `x` is `(N, D)` and
#    `dout` is `(N, M)`; for $n$ to stand in the middle, `x` has to lie on its side: `(D, N) @ (N,
#    M)` is `(D, M)`, the shape of `W`.
#
# **For `x`.** $x_{nd}$ went into all $M$ neurons of its own example.
#
# 1. It moves $\text{out}_{nm}$ by $W_{dm}$.
# 2. Times upstream: $\text{dout}_{nm} W_{dm}$.
# 3. Add up over the neurons: $dx_{nd} = \sum_m \text{dout}_{nm} W_{dm}$.
# 4. Now $m$ has to stand in the middle: `(N, M) @ (M, D)`. What has to lie on its side this time?
#
# **For `b`.** $b_m$ was copied to every row.
#
# 1. The local derivative is 1.
# 2. Times upstream: $\text{dout}_{nm}$.
# 3. It was broadcast along $N$, so add up along $N$.
# 4. The shape is `(M,)`.
#
# Go through all four lines of the ledger below. In each, one letter disappears. Whose is it, and
# who had been used more than once?

# %% slide="slide"
ledger()

# %% [markdown]
# Do one entry of each by hand before you write the whole. With `x` and `W` from above and this
# `dout`:

# %%
dout = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, -1.0]])
print("dW[0, 2]: example 0 gives 1 * 2, example 1 gives 3 * (-1), together", 1 * 2 + 3 * -1)
print("dx[1, 0]: neurons 0, 1, 2 give 0 * 2, 3 * 0, -1 * 1, together", 0 * 2 + 3 * 0 + -1 * 1)
print("db[2]:    examples 0 and 1 give 2 and -1, together", 2 + -1)

# %% slide="slide" jupyter={"source_hidden": true}
square = ask.choose(
    "A colleague writes dx = dout @ W. Her layer has as many outputs as inputs, and nothing complains. "
    "Is her dx right?",
    {"yes: it runs, and the shape is right":
         "The shape is right, since D = M. But which axis of W stands in the middle?",
     "no: it adds up over the wrong axis of W":
         "Just so. `dout @ W` runs over W's inputs where it should run over its outputs. Try your "
         "code on layers whose sizes all differ, and mistakes like this one cannot hide.",
     "no: it should be W @ dout":
         "Examples are rows of `dout`; W @ dout would mix them up."},
    right="no: it adds up over the wrong axis of W",
)
square

# %% [markdown]
# ### Your turn: `linear_backward`
#
# <details><summary>Hint 1</summary>Write the shape of each array above it. The letters that must
# vanish have to stand side by side in the middle.</details>
# <details><summary>Hint 2</summary>For <code>db</code>: <code>dout</code> has one row for each
# copy of <code>b</code>. Which axis counts the copies?</details>
# <details><summary>Hint 3</summary>There is no 1/N anywhere here. The mean belongs to the loss; its
# 1/N has already come down inside <code>dout</code>.</details>

# %% solution="linear_backward"
def linear_backward(dout, cache):
    """dx (N, D), dW (D, M) and db (M,), for dout (N, M) and the cache of linear_forward."""
    x, W, b = cache
    # LOCAL DERIVATIVE, TIMES UPSTREAM and SUM: one matrix product, or one sum, does all three.
    ### BEGIN SOLUTION
    dx = dout @ W.T
    dW = x.T @ dout
    db = dout.sum(axis=0)
    ### END SOLUTION
    # CHECK THE SHAPE: dx like x, dW like W, db like b.
    return dx, dW, db

# %% check="linear_backward"
check("linear_backward", linear_backward)

# %% [markdown]
# ## A bend between two layers
#
# Two linear layers in a row, $(x W_1) W_2 = x (W_1 W_2)$, are one linear layer in disguise. What
# makes a deep network more than a shallow one is a **bend** between them, applied to each number
# by itself:
#
# $$\text{ReLU}(x) = \max(x, 0) \qquad
# \sigma(x) = \frac{1}{1 + e^{-x}} \qquad
# \tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$$

# %% slide="slide"
through = ask.predict(
    "The input of a sigmoid is 6, and a gradient of 1 arrives from behind. How much is passed on?",
    ["1", "about 0.25", "about 0.002", "0"],
)
through

# %% slide="slide"
bends()

# %%
_, cache = course.sigmoid_forward(np.array([6.0]))
print("passed on at x = 6:", course.sigmoid_backward(np.array([1.0]), cache))
through.reveal("about 0.002", "On the flat part of its curve a sigmoid lets next to nothing back.")

# %% [markdown]
# **Back through a bend.** Each output depends on one input only, so nothing was broadcast and
# there is no sum. Two steps are left: the slope, times upstream, entry by entry.
#
# **ReLU.** Where $x > 0$ the output moves with $x$ one to one: slope 1. Where $x < 0$ it does not
# move: slope 0. At the corner $x = 0$ we agree on 0. So $dx = \text{dout}$ where $x > 0$, and 0
# elsewhere. Note what decides: the sign of $x$, which is why `x` is what the forward caches. A
# negative *gradient* passes like any other.
#
# By hand: `x = [-1, 3, 2]`, `dout = [5, -7, 4]` gives `dx = [0, -7, 4]`.

# %% [markdown]
# ### Your turn: `relu_forward` and `relu_backward`
#
# `x` is a table of any numbers; `np.maximum` compares entry by entry (and `np.max` does not).
#
# <details><summary>Hint</summary>A comparison such as <code>x &gt; 0</code> gives a table of True
# and False, which count as 1 and 0 in a product.</details>

# %% solution="relu_forward"
def relu_forward(x):
    """out = max(x, 0), entry by entry, in the shape of x; cache = x."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0), x
    ### END SOLUTION

# %% check="relu_forward"
check("relu_forward", relu_forward)

# %% solution="relu_backward"
def relu_backward(dout, cache):
    """dx in the shape of x, for dout of that shape and the cache of relu_forward."""
    x = cache
    ### BEGIN SOLUTION
    return dout * (x > 0)
    ### END SOLUTION

# %% check="relu_backward"
check("relu_backward", relu_backward)

# %% [markdown]
# **Sigmoid.** With $s = 1 / (1 + e^{-x})$:
#
# $$\frac{ds}{dx} = \frac{e^{-x}}{(1 + e^{-x})^2}
# = \frac{1}{1 + e^{-x}} \cdot \frac{e^{-x}}{1 + e^{-x}} = s\,(1 - s)$$
#
# The slope can be read off the *output*: that is what the forward caches. At $x = 0$ it is
# $0.5 \cdot 0.5 = 0.25$, and it is nowhere larger.
#
# One thing to watch in the forward: for `x = -1000`, `np.exp(-x)` is beyond the largest number
# that a computer holds. In $1 / (1 + e^{1000})$ that does no harm, since 1 divided by infinity is
# 0; numpy only warns (the form of lesson 05 avoids even that). In $e^{1000} / (1 + e^{1000})$ it
# leaves infinity over infinity, which is not a number.

# %% [markdown]
# ### Your turn: `sigmoid_forward` and `sigmoid_backward`
#
# <details><summary>Hint</summary>In the backward, <code>cache</code> is the output $s$. The input
# is not needed any more.</details>

# %% solution="sigmoid_forward"
def sigmoid_forward(x):
    """out = 1 / (1 + exp(-x)), entry by entry, in the shape of x; cache = out."""
    ### BEGIN SOLUTION
    out = 0.5 + 0.5 * np.tanh(0.5 * x)  # the same curve, and nothing can overflow
    return out, out
    ### END SOLUTION

# %% check="sigmoid_forward"
check("sigmoid_forward", sigmoid_forward)

# %% solution="sigmoid_backward"
def sigmoid_backward(dout, cache):
    """dx in the shape of out, for dout of that shape and the cache of sigmoid_forward."""
    out = cache
    ### BEGIN SOLUTION
    return dout * out * (1 - out)
    ### END SOLUTION

# %% check="sigmoid_backward"
check("sigmoid_backward", sigmoid_backward)

# %% [markdown]
# **Tanh.** With $t = u / v$, $u = e^x - e^{-x}$ and $v = e^x + e^{-x}$: the slope of $u$ is $v$,
# the slope of $v$ is $u$, and the rule for a quotient gives
#
# $$\frac{dt}{dx} = \frac{v \cdot v - u \cdot u}{v^2} = 1 - t^2$$
#
# Again the output is all that the backward needs. `np.tanh` does the forward without overflow.

# %% [markdown]
# ### Your turn: `tanh_forward` and `tanh_backward`
#
# This time the page is blank.

# %% solution="tanh_forward"
def tanh_forward(x):
    """out = tanh(x), entry by entry, in the shape of x; cache = out."""
    ### BEGIN SOLUTION
    out = np.tanh(x)
    return out, out
    ### END SOLUTION

# %% check="tanh_forward"
check("tanh_forward", tanh_forward)

# %% solution="tanh_backward"
def tanh_backward(dout, cache):
    """dx in the shape of out, for dout of that shape and the cache of tanh_forward."""
    ### BEGIN SOLUTION
    return dout * (1 - cache**2)
    ### END SOLUTION

# %% check="tanh_backward"
check("tanh_backward", tanh_backward)

# %% [markdown]
# ## From scores to shares
#
# A net that tells cats from dogs from owls ends in three numbers, one **score** (also: logit) for
# each. Scores may be negative and may be 1,000. We want **shares**: positive, and adding up to 1.
# Two steps: make every score positive with `exp`, then divide by the sum.
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# That is the **softmax**. By hand, for the scores 1, 2, 3: $e^1 \approx 2.72$, $e^2 \approx 7.39$,
# $e^3 \approx 20.09$, sum $30.19$; the shares are $0.09$, $0.24$, $0.67$.

# %% slide="slide"
moves = ask.predict(
    "Three scores: cat 1, dog 2, owl 3. Only the cat's score rises. What do the shares of dog and owl "
    "do in the softmax?",
    ["both stay", "both fall, in the same proportion", "both fall by the same amount", "both rise"],
)
moves

# %% slide="slide"
one_score()

# %%
before, after = course.softmax(np.array([1.0, 2.0, 3.0])), course.softmax(np.array([4.0, 2.0, 3.0]))
print("before:", before.round(3), "  after:", after.round(3))
print("dog and owl were multiplied by", (after[1:] / before[1:]).round(3))
moves.reveal("both fall, in the same proportion")

# %% [markdown]
# **One danger.** Look at what `exp` does to a large score, and what that does to the shares:

# %%
z = np.array([1000.0, 1001.0])
with np.errstate(all="ignore"):  # we want to see the result, not be warned of it
    print("exp:   ", np.exp(z))
    print("shares:", np.exp(z) / np.exp(z).sum())

# %% [markdown]
# The way out is in the widget: shift all scores of a row by the same number, and no share changes,
# because $e^{z_i - c} = e^{z_i} / e^c$, and the $e^c$ cancels. So take off the *row's own* largest
# score first. The largest exponential is then $e^0 = 1$, and nothing can overflow.
#
# ### Your turn: `softmax`
#
# `z` has its classes along the **last** axis: `(C,)`, `(N, C)`, or more axes before. With
# `axis=-1, keepdims=True`, a maximum or a sum keeps its place, with length 1, and fits what it is
# to be subtracted from.
#
# <details><summary>Hint 1</summary>Three lines: shift, exp, divide.</details>
# <details><summary>Hint 2</summary>The largest score of the whole table will not do: a row that
# lies 900 below it would become 0 / 0.</details>

# %% solution="softmax"
def softmax(z):
    """Shares in the shape of z: positive, and adding up to 1 along the last axis."""
    ### BEGIN SOLUTION
    shifted = z - np.max(z, axis=-1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION

# %% check="softmax"
check("softmax", softmax)

# %% [markdown]
# ## Move one score, and every share moves
#
# That is what sets the backward of a softmax apart: score $i$ has a hand in *every* share of its
# row.
#
# 1. **LOCAL DERIVATIVE.** (The curly $\partial$ is the $d$ of a slope while all else is at rest.)
#    Write $p_i = e^{z_i} / S$, with $S$ for the sum; as $z_i$ moves, $e^{z_i}$ and $S$ both have the
#    slope $e^{z_i}$. Its own share, by the rule for a quotient: $\partial p_i / \partial z_i =
#    (e^{z_i} S - e^{z_i} e^{z_i}) / S^2 = p_i - p_i^2 = p_i (1 - p_i)$. Another one, $j$: only the
#    sum below the line moves, $\partial p_j / \partial z_i = -e^{z_j} e^{z_i} / S^2 = -p_j p_i$.
#    Both in one, with $\delta_{ij}$ for "1 if $i = j$, else 0": $\;p_j (\delta_{ij} - p_i)$.
# 2. **TIMES UPSTREAM**: $\text{dout}_j \, p_j (\delta_{ij} - p_i)$.
# 3. **SUM** over all the shares that score $i$ touched:
#
# $$dz_i = \sum_j \text{dout}_j\, p_j\, (\delta_{ij} - p_i)
# = p_i \Big( \text{dout}_i - \sum_j \text{dout}_j\, p_j \Big)$$
#
# 4. **CHECK THE SHAPE**: one number for each score. The sum inside is one number for each *row*.

# %% [markdown]
# Read it in words: a score is pushed up when its share is wanted more than the row's (weighted)
# average, and pushed down when less. By hand, for two equal scores: `p = [0.5, 0.5]` and
# `dout = [4, 0]`. The average is $4 \cdot 0.5 + 0 \cdot 0.5 = 2$, so
#
# $$dz = [\,0.5 \cdot (4 - 2),\;\; 0.5 \cdot (0 - 2)\,] = [1, -1]$$
#
# What if `dout` is the same everywhere? Then every difference is 0, and so is the gradient. The
# shares always add up to 1: nobody can raise them all.
#
# ### Your turn: `softmax_backward`
#
# This one takes the shares themselves: `probs = softmax(z)`, of any number of axes.
#
# <details><summary>Hint</summary><code>keepdims=True</code> again, so that each row's average can
# be taken off that row.</details>

# %% solution="softmax_backward"
def softmax_backward(dout, probs):
    """dz in the shape of probs, for dout of that shape and probs = softmax(z)."""
    ### BEGIN SOLUTION
    average = np.sum(dout * probs, axis=-1, keepdims=True)
    return probs * (dout - average)
    ### END SOLUTION

# %% check="softmax_backward"
check("softmax_backward", softmax_backward)

# %% [markdown]
# ## One number that says how wrong
#
# For "how much?" there is the mean squared error, as in lesson 04, now over *all* elements of a
# table: $N$ examples times $M$ outputs.
#
# $$\text{loss} = \frac{1}{N M} \sum_{n, m} (\text{prediction}_{nm} - \text{target}_{nm})^2$$
#
# For "which one?" there is the **cross-entropy**: minus the logarithm of the share that the *true*
# class got, and the mean of that over the batch.
#
# $$\text{loss} = -\frac{1}{N} \sum_n \log p_{n, \text{label}_n}$$
#
# Share 1 for the truth costs $-\log 1 = 0$; share 0.665 (the owl's, above) costs 0.41;
# share 0.09 (the cat's) costs 2.41.

# %% [markdown]
# ### Your turn: `mse_forward`
#
# `predictions` and `targets` have the same shape. The cache is both of them.

# %% solution="mse_forward"
def mse_forward(predictions, targets):
    """loss, the mean square of the differences over all elements; cache = (predictions, targets)."""
    ### BEGIN SOLUTION
    return np.mean((predictions - targets) ** 2), (predictions, targets)
    ### END SOLUTION

# %% check="mse_forward"
check("mse_forward", mse_forward)

# %% [markdown]
# **Cross-entropy without accidents.** Suppose the net is very sure, and wrong. Its share for the
# truth is $e^{-2000}$, which a computer rounds to 0; and $\log 0$ is minus infinity. But the
# logarithm we want is no monster. Take it before dividing:
#
# $$\log p_i = \log \frac{e^{z_i}}{\sum_j e^{z_j}} = z_i - \log \sum_j e^{z_j}$$
#
# With the row's largest score taken off all $z$ first, this is exact for scores of any size.
#
# **Picking one entry in each row.** `labels` holds a class number for each example, such as
# `[2, 0, 2]`. To pick row 0 column 2, row 1 column 0, row 2 column 2, give numpy both lists:

# %%
table = np.array([[10, 11, 12], [20, 21, 22], [30, 31, 32]])
labels = np.array([2, 0, 2])
print("one entry for each row:", table[np.arange(3), labels])
print("not the same thing:    ", table[:, labels].tolist())

# %% [markdown]
# ### Your turn: `softmax_cross_entropy_forward`
#
# `logits` are scores `(N, C)`, `labels` whole numbers from 0 to C - 1, `(N,)`. The cache is
# `(probs, labels)`, with `probs` the shares, for the backward.
#
# <details><summary>Hint 1</summary>Lines: take off each row's largest score; exp; the sum of each
# row; then the formula above, for the true class of each row.</details>
# <details><summary>Hint 2</summary>Adding a tiny number inside the logarithm hides the infinity,
# and gives a wrong loss in its place. With the formula above there is nothing to hide.</details>

# %% solution="softmax_cross_entropy_forward"
def softmax_cross_entropy_forward(logits, labels):
    """loss, the mean of -log(share of the true class); cache = (probs, labels)."""
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    log_probs = shifted - np.log(total)
    rows = np.arange(len(labels))
    return -np.mean(log_probs[rows, labels]), (e / total, labels)
    ### END SOLUTION

# %% check="softmax_cross_entropy_forward"
check("softmax_cross_entropy_forward", softmax_cross_entropy_forward)

# %% [markdown]
# ## Back through the loss
#
# The loss is one number, so its upstream `dout` is one number too: 1.0 when nothing follows. It is
# still to be used, for a loss may be one of two, each with its weight.
#
# **Mean squared error.** The slope of a square is twice what is squared; each element has a share
# of $1 / (N M)$ in the mean: $\;\text{dout} \cdot 2\,(\text{prediction} - \text{target}) / (N M)$.

# %% [markdown]
# **Softmax and cross-entropy together.** Let $y$ be the true class of a row.
#
# 1. **LOCAL DERIVATIVE** of $-\log p_y$ with respect to the shares: $-1 / p_y$ at $y$, 0 elsewhere.
# 2. Send that back through the softmax, as its upstream. The row's average is
#    $\sum_j \text{dout}_j\, p_j = -\frac{1}{p_y}\, p_y = -1$, so
#    $dz_i = p_i (\text{dout}_i + 1)$: for $i \ne y$ that is $p_i$, and for $y$ it is
#    $p_y (1 - 1/p_y) = p_y - 1$.
# 3. In one line: **share minus truth**, $\;dz_i = p_i - \delta_{iy}$. The loss is a mean, so each
#    row counts $1/N$; and `dout` times all of it.
#
# For the shares $0.09$, $0.24$, $0.67$ and the truth "dog": $[0.09,\ -0.76,\ 0.67]$. The dog's
# score is to rise, the others are to fall, and the three add up to 0.

# %% [markdown] tags=["talk"] slide="slide"
# ## All that is left: share minus truth
#
# Scores 1, 2, 3; the truth is "dog".
#
# | | cat | dog | owl |
# |---|---|---|---|
# | score | 1 | 2 | 3 |
# | share | 0.09 | 0.24 | 0.67 |
# | truth | 0 | 1 | 0 |
# | gradient | 0.09 | **−0.76** | 0.67 |
#
# The dog's score is to rise, the others to fall, and the three add up to 0.

# %% [markdown]
# ### Your turn: `mse_backward` and `softmax_cross_entropy_backward`
#
# <details><summary>Hint 1</summary><code>predictions.size</code> counts all elements.</details>
# <details><summary>Hint 2</summary>Subtract 1 in one place of each row, in a *copy* of the shares:
# the cache still belongs to whoever made it.</details>

# %% solution="mse_backward"
def mse_backward(dout, cache):
    """dpredictions in the shape of predictions, for a number dout and the cache of mse_forward."""
    predictions, targets = cache
    ### BEGIN SOLUTION
    return dout * 2 * (predictions - targets) / predictions.size
    ### END SOLUTION

# %% check="mse_backward"
check("mse_backward", mse_backward)

# %% solution="softmax_cross_entropy_backward"
def softmax_cross_entropy_backward(dout, cache):
    """dlogits (N, C), for a number dout and the cache of softmax_cross_entropy_forward."""
    probs, labels = cache
    ### BEGIN SOLUTION
    N = len(labels)
    dlogits = probs.copy()
    dlogits[np.arange(N), labels] -= 1
    return dout * dlogits / N
    ### END SOLUTION

# %% check="softmax_cross_entropy_backward"
check("softmax_cross_entropy_backward", softmax_cross_entropy_backward)

# %% [markdown]
# ## The stars of a galaxy
#
# Now they work together. Our galaxy is *made* (the recipe is `galaxy` in `bplib.play.stars`): 600
# stars on three spiral arms, each star a place `(x, y)` and the number of its arm. No straight
# line tells the arms apart. The net has 2 inputs, 128 neurons, then our layer of 128 by 64, then 3
# scores.
#
# First the order of things. Forward, a layer comes after the one before it. And back?

# %% jupyter={"source_hidden": true}
order = ask.order_lines(
    "Forward was: linear, ReLU, linear, loss. Put the backward of this small net in order.",
    ["dlogits = softmax_cross_entropy_backward(1.0, loss_cache)",
     "dbent, dW2, db2 = linear_backward(dlogits, second_cache)",
     "dz = relu_backward(dbent, bend_cache)",
     "dx, dW1, db1 = linear_backward(dz, first_cache)"],
    {"dz = relu_backward(dlogits, bend_cache)":
         "dlogits has the shape of the scores; the bend was between the two layers.",
     "dbent, dW2, db2 = linear_backward(1.0, second_cache)":
         "1.0 is the upstream of the loss; what arrives at the second layer has been through the loss."},
)
order

# %%
stars, arms = galaxy(600, np.random.default_rng(0))
new_stars, new_arms = galaxy(300, np.random.default_rng(1))
rng = np.random.default_rng(2)
sizes = [2, 128, 64, 3]
# Small random weights to start from; why of just this size is a matter of lesson 10.
weights = [rng.normal(0, np.sqrt(2 / d), (d, m)) for d, m in zip(sizes[:-1], sizes[1:], strict=True)]
biases = [np.zeros(m) for m in sizes[1:]]


def forward(x):
    """Scores (N, 3) for places (N, 2), and the caches of all operations on the way."""
    caches = []
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        x, cache = course.linear_forward(x, W, b)
        caches.append(cache)
        if layer < 2:
            x, cache = course.relu_forward(x)
            caches.append(cache)
    return x, caches


losses = []
for _ in range(300):
    logits, caches = forward(stars)
    loss, loss_cache = course_losses.softmax_cross_entropy_forward(logits, arms)
    losses.append(loss)
    dout = course_losses.softmax_cross_entropy_backward(1.0, loss_cache)
    for layer in (2, 1, 0):
        dout, dW, db = course.linear_backward(dout, caches.pop())
        weights[layer] = weights[layer] - 0.5 * dW
        biases[layer] = biases[layer] - 0.5 * db
        if layer > 0:
            dout = course.relu_backward(dout, caches.pop())
print("weights and biases:", sum(p.size for p in weights + biases))

# %% [markdown] tags=["talk"] slide="slide"
# ## 9,000 numbers sort the stars of a galaxy

# %% slide="-"
galaxy_picture(losses, new_stars, new_arms, lambda x: forward(x)[0].argmax(axis=1))

# %% [markdown]
# Nearly nine thousand numbers, three hundred steps, and each step was one run forward and one run
# back: every backward took the `dout` of the one behind it, and handed its own `dx` on as the next
# `dout`. That chain is all there is to backpropagation, whatever the depth.

# %% [markdown]
# ## A claim put to the test
#
# In more than one article you can read: *"the softmax is several sigmoids combined"*. Take the
# scores 1, 2, 3. Put each through a sigmoid, and scale the three results so that they add up to 1.

# %% slide="slide" jupyter={"source_hidden": true}
myth = ask.predict(
    "Are the three scaled sigmoids the softmax of 1, 2, 3?",
    ["yes, exactly", "nearly: within a hundredth", "no: they are far apart"],
)
myth

# %%
scores = np.array([1.0, 2.0, 3.0])
sigmoids = course.sigmoid_forward(scores)[0]
print("sigmoids:       ", sigmoids.round(2), "  sum", sigmoids.sum().round(2))
print("scaled sigmoids:", (sigmoids / sigmoids.sum()).round(2))
print("softmax:        ", course.softmax(scores).round(2))
myth.reveal("no: they are far apart")

# %% [markdown] tags=["talk"] slide="slide"
# ## Three questions, or one?

# %% tags=["talk"] slide="-"
scores = np.array([1.0, 2.0, 3.0])
sigmoids = course.sigmoid_forward(scores)[0]
print("scaled sigmoids:", (sigmoids / sigmoids.sum()).round(2))
print("softmax:        ", course.softmax(scores).round(2))

# %% [markdown] tags=["talk"] slide="-"
# * Three sigmoids: is it a cat, yes or no? is it a dog? All may be yes.
# * One softmax: **which** of the three?

# %% [markdown]
# Three sigmoids are three separate questions: is it a cat, yes or no? is it a dog? All three may be
# answered yes. A softmax is one question with one answer: which of the three?
#
# There is a grain of truth. With *two* classes, the first share is $e^{z_1} / (e^{z_1} + e^{z_2}) =
# 1 / (1 + e^{-(z_1 - z_2)})$: one sigmoid, of the *difference* of the scores.

# %%
two = np.array([0.3, -1.2])
print("softmax of two scores:       ", course.softmax(two)[0])
print("sigmoid of their difference: ", course.sigmoid_forward(two[0] - two[1])[0])

# %% [markdown]
# ## What we now know
#
# * A layer is one matrix product, and so are its gradients. Python's loops do the same sums,
#   thousands of times slower.
# * Every backward takes the same four steps: local derivative, times upstream, sum over what was
#   broadcast, check the shape.
# * What was copied on the way forward is added up on the way back. The mean belongs to the loss,
#   once.
# * In a softmax every share depends on every score; with the cross-entropy behind it, all that is
#   left is share minus truth.
#
# **What still bothers us.** The checks on this page knew the right gradients. Out there nobody
# does. How could you find out that a backward of your own is wrong, with nothing but the forward?
# That is lesson 08.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > What was copied on the way forward is added up on the way back.
#
# A layer is one matrix product, and so are its gradients.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# In this lesson somebody knew the right gradients. Out there nobody does.
#
# **How could you find out that a backward of your own is wrong, with nothing but the forward?**
#
# That is lesson 08.
