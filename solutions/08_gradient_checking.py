# ---
# jupyter:
#   bp:
#     title: Gradient checking
#     level: 3
#     question: A net learns, but badly. Are its gradients wrong, and how would you know?
# ---

# %% [markdown]
# # Gradient checking
#
# **A net learns, but badly. Are its gradients wrong, and how would you know?**
#
# A wrong gradient raises no error. It has the right shape, the loss falls for a while, and weeks
# later somebody wonders why the results are poor. But there is a witness who knows nothing of
# formulas and has no reason to lie: *nudge a number, and look at what the loss does*.
#
# In this lesson you make that witness reliable, use it to question every backward you have written,
# find three bugs in a network, and learn why, reliable as it is, nobody trains with it.

# %% [markdown] tags=["talk"] slide="slide"
# ## A wrong gradient raises no error
#
# It has the right shape. The loss falls for a while. Weeks later somebody wonders.
#
# There is a witness who knows nothing of formulas and has no reason to lie:
#
# > Nudge a number, and look at what the loss does.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Central differences for arrays; the two errors of a nudge and the best h; complex
# steps; relative error entry by entry; a gradient check as a habit; the cost of a gradient with
# and without backpropagation; debugging from the back to the front; what a check does not show.
# **Time**, about 155 minutes: nudges 30, the error curve 25, complex step 20, the
# check 30, cost 15, the detective story 25, the claim 10.
#
# **What the class usually gets wrong.**
#
# - numerical_gradient: same-array-twice
# - numerical_gradient: not-restored
# - numerical_gradient: whole-number-nudge
# - numerical_gradient: precedence
# - gradient_check: upstream-ones
# - relative_error: norms
# - fixed_backward: planted-skip
#
# **Questions to ask.** Why not the smallest h that there is? What does a relative error of 0.33
# tell you (one side is twice the other)? Of 1? Which of five wrong gradients do you mend first?
#
# **When the prediction fails.** Nearly everybody expects the error to fall with h for ever. Let
# them find the bottom of the curve in the widget, then change to float32.
#
# **Further reading.** Squire and Trapp, *Using complex variables to estimate derivatives of real
# functions*, SIAM Review 40 (1998), two pages; Griewank and Walther, *Evaluating Derivatives*
# (2008), for the cost of a gradient.

# %%
import time

import numpy as np

from autograder import check
from bplib import gradcheck as course
from bplib import layers, losses
from bplib.detective import two_layer_forward
from bplib.play import ask
from bplib.play.gradcheck import cost_picture, nudges, suspects_picture

# %% [markdown]
# ## Two nudges for every number
#
# In lesson 03 the slope of a hill was the rise between a foot in front and a foot behind, divided
# by the distance between them: $(f(x + h) - f(x - h)) / (2h)$, the **central difference**. A
# network's loss depends on many numbers at once. So we take them one at a time: nudge one entry of
# `x` up, then down, leave all the others where they are, and write the slope into the same place
# of the gradient.

# %% [markdown]
# By hand, for $f(x) = x_0^2 + 3 x_0 x_1$ at $x = (1, 2)$ with $h = 0.1$:
#
# | nudged | up | down | slope |
# |---|---|---|---|
# | $x_0$ | $f(1.1, 2) = 7.81$ | $f(0.9, 2) = 6.21$ | $1.60 / 0.2 = 8$ |
# | $x_1$ | $f(1, 2.1) = 7.3$ | $f(1, 1.9) = 6.7$ | $0.6 / 0.2 = 3$ |
#
# The formulas say $2 x_0 + 3 x_1 = 8$ and $3 x_0 = 3$.

# %% [markdown] tags=["talk"] slide="slide"
# ## Two nudges for every number
#
# $f(x) = x_0^2 + 3 x_0 x_1$ at $(1, 2)$, with $h = 0.1$:
#
# | nudged | up | down | slope |
# |---|---|---|---|
# | $x_0$ | $f(1.1, 2) = 7.81$ | $f(0.9, 2) = 6.21$ | $1.60 / 0.2 = 8$ |
# | $x_1$ | $f(1, 2.1) = 7.3$ | $f(1, 1.9) = 6.7$ | $0.6 / 0.2 = 3$ |
#
# The formulas say 8 and 3.

# %%
def f(x):
    return x[0]**2 + 3 * x[0] * x[1]


print("first entry: ", (f([1.1, 2]) - f([0.9, 2])) / 0.2)
print("second entry:", (f([1, 2.1]) - f([1, 1.9])) / 0.2)

# %% [markdown]
# Three traps lie on the way from this to code:

# %%
x = np.array([1.0, 2.0])
above = x                       # a second name for the same array, not a second array
above[0] = above[0] + 0.1
print("x itself has moved:          ", x)

whole = np.array([1, 2])        # an array of whole numbers
whole[0] = whole[0] + 0.1
print("the nudge has been cut off:  ", whole)

# %% [markdown]
# The third: what was nudged must be back in its place before the next entry moves. A fresh copy for
# every nudge avoids all three.
#
# ### Your turn: `numerical_gradient`
#
# `f` maps an array to a number. Return the slopes as floats, in the shape of `x`, which may have
# any number of axes; `x` itself stays as it was.
#
# <details><summary>Hint 1</summary><code>for place in np.ndindex(x.shape)</code> goes through all
# entries, whatever the number of axes; <code>x[place]</code> is one of them.</details>
# <details><summary>Hint 2</summary><code>np.array(x, dtype=float)</code> is a copy, and a copy of
# floats.</details>
# <details><summary>Hint 3</summary>For each place: a copy with that entry h higher, a copy with it
# h lower, and the difference of the two values of f, divided by their distance.</details>

# %% solution="numerical_gradient"
def numerical_gradient(f, x, h=1e-5):
    """The gradient of f at x by central differences, floats in the shape of x."""
    ### BEGIN SOLUTION
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] += h
        below[place] -= h
        gradient[place] = (f(above) - f(below)) / (2 * h)
    return gradient
    ### END SOLUTION

# %% check="numerical_gradient"
check("numerical_gradient", numerical_gradient)

# %% [markdown]
# ## How small should a nudge be?
#
# A curve bends within the nudge, and the straight line between its ends is not quite the tangent.
# So smaller must be better. Must it? (Python's floats have 64 bits each, *float64*; *float32* has
# half as many. The error below is relative: as a share of the true slope. The widget's third way,
# the complex step, is the next section's.)

# %% slide="slide"
smallest = ask.predict(
    "The slope of exp(x) sin(x) at 1 by a forward difference, (f(x + h) - f(x)) / h, in float64. "
    "Which h comes closest to the truth?",
    ["0.001", "0.00000001", "0.0000000000000001"],
)
smallest

# %% slide="slide"
nudges()

# %%
def wave(x):
    return np.exp(x) * np.sin(x)


truth = np.exp(1) * (np.sin(1) + np.cos(1))
for h in [1e-3, 1e-8, 1e-16]:
    slope = (wave(1 + h) - wave(1)) / h
    print(f"h = {h:.0e}: slope {slope:.12f}, relative error {abs(slope - truth) / truth:.0e}")
smallest.reveal("0.00000001")

# %% [markdown]
# Two errors pull at the two ends of the curve.
#
# * **The curve bends.** Taylor's series says how, with $f''$ for the slope of the slope and so on:
#   $f(x + h) = f(x) + h f' + \tfrac{h^2}{2} f'' + \tfrac{h^3}{6} f''' + \dots$ Put that into a
#   forward difference, and $\tfrac{h}{2} f''$ is left over. In a central difference the terms with
#   $h^2$ cancel, and $\tfrac{h^2}{6} f'''$ is left: a tenth of the nudge, a hundredth of the error.
# * **Numbers are rounded.** A float64 keeps about 16 digits. $f(x + h)$ and $f(x - h)$ agree in
#   most of them when $h$ is small; subtracting wipes those out, and what is left is noise of about
#   $10^{-16}$, divided by $h$.
#
# Where the two meet is the best $h$: about $10^{-8}$ for a forward difference in float64, about
# $10^{-5}$ for a central one. In float32, with its 7 digits, a central difference is at its best
# between $10^{-3}$ and $10^{-2}$, and even there no more than five digits of the slope are right.
# **Check gradients in float64.**

# %% [markdown] tags=["talk"] slide="slide"
# ## Two errors pull at the two ends
#
# * Too large: **the curve bends** within the nudge. Error like $h$, or like $h^2$ with two feet.
# * Too small: **numbers are rounded**. Subtracting wipes out the digits they share.
#
# The best $h$ in float64: $10^{-8}$ with one foot, $10^{-5}$ with two.
#
# **Check gradients in float64.**

# %% [markdown]
# ## A step off the real line
#
# Is there a difference without a subtraction? Step sideways: to $x + ih$, with $i^2 = -1$.
#
# $$f(x + ih) = f(x) + ih f'(x) - \tfrac{h^2}{2} f''(x) - \dots$$
#
# The value stays in the real part, and the slope comes out in the *imaginary* part, times $h$.
# Nothing is subtracted, so nothing cancels, and $h$ may be $10^{-30}$: the $h^2$ is then far below
# the last digit.
#
# By hand, for $f(x) = x^3$ at 2: $(2 + ih)^3 = 8 + 12 ih - 6h^2 - ih^3$. Imaginary part divided by
# $h$: $12 - h^2$. And $3 \cdot 2^2 = 12$.

# %% [markdown] tags=["talk"] slide="slide"
# ## A step off the real line
#
# $$f(x + ih) = f(x) + ih f'(x) - \tfrac{h^2}{2} f''(x) - \dots$$
#
# The slope comes out in the *imaginary* part. Nothing is subtracted. For $x^3$ at 2, $h = 10^{-30}$:

# %% slide="-"
h = 1e-30
print("by a complex step:", (complex(2, h)**3).imag / h)
print("by a real one:    ", ((2 + h)**3 - (2 - h)**3) / (2 * h))

# %% [markdown]
# The price: `f` has to be made of functions that know complex numbers. `+`, `*`, `@`, `np.exp`,
# `np.sin` do. `abs` or `float(...)` anywhere inside, and the imaginary part is lost, or Python
# refuses. And which of two complex numbers is the larger? No rule says so: keep comparisons out.
#
# ### Your turn: `complex_step_gradient`
#
# As `numerical_gradient`, with one step for each entry, and no second one.
#
# <details><summary>Hint 1</summary><code>x.astype(complex)</code> is a copy that can hold complex
# numbers; Python writes the imaginary unit <code>1j</code>.</details>
# <details><summary>Hint 2</summary>The gradient itself is real: an array of floats. A complex
# number has its imaginary part in <code>.imag</code>.</details>

# %% solution="complex_step_gradient"
def complex_step_gradient(f, x, h=1e-30):
    """The gradient of f at x by complex steps, floats in the shape of x."""
    x = np.asarray(x)
    gradient = np.zeros(x.shape)
    ### BEGIN SOLUTION
    for place in np.ndindex(x.shape):
        aside = x.astype(complex)
        aside[place] += 1j * h
        gradient[place] = f(aside).imag / h
    return gradient
    ### END SOLUTION

# %% check="complex_step_gradient"
check("complex_step_gradient", complex_step_gradient)

# %% [markdown]
# ## When are two numbers the same?
#
# Nudges give 1000.0001, the formula gives 1000. Fine. Nudges give 0.0002, the formula gives
# 0.0001: the same difference, and one is twice the other. What counts is the difference beside the
# size, that of both, since nobody knows yet which of the two is right:
#
# $$\text{relative error} = \max \frac{|a - b|}{\max(|a| + |b|,\; 10^{-12})}$$
#
# 0 means equal, $1/3$ that one is twice the other, 1 that one is 0 or the signs differ. The guard
# $10^{-12}$ is for two zeros: they agree, and $0/0$ would not say so. And it is the *largest*
# entry that counts: one wrong slope among ten thousand would vanish in a mean.

# %% [markdown] tags=["talk"] slide="slide"
# ## When are two numbers the same?
#
# $$\text{relative error} = \max \frac{|a - b|}{\max(|a| + |b|,\; 10^{-12})}$$
#
# * 0: equal
# * 1/3: one is twice the other
# * 1: one is 0, or the signs differ
#
# Below $10^{-6}$: right. Above $10^{-3}$: wrong. The **largest** entry counts.

# %%
print("1000.0001 and 1000:  ", 0.0001 / 2000.0001)
print("0.0002 and 0.0001:   ", 0.0001 / 0.0003)

# %% [markdown]
# ### Your turn: `relative_error`
#
# `a` and `b` have the same shape, any shape. Return one number.
#
# <details><summary>Hint</summary><code>np.maximum</code> compares entry by entry, and a number
# fits beside an array.</details>

# %% solution="relative_error"
def relative_error(a, b):
    """The largest entry of |a - b| / max(|a| + |b|, 1e-12), a number."""
    ### BEGIN SOLUTION
    size = np.maximum(np.abs(a) + np.abs(b), 1e-12)
    return np.max(np.abs(np.subtract(a, b)) / size)
    ### END SOLUTION

# %% check="relative_error"
check("relative_error", relative_error)

# %% [markdown]
# ## The check
#
# A pair of the last lesson, `out, cache = forward(x)` and `dx = backward(dout, cache)`, has a
# table for an output, and nudges need one number. Make one that has `dout` for its gradient by
# `out`:
#
# $$L(x) = \sum \text{dout} \cdot \text{out}(x)$$
#
# Each entry of `out` moves $L$ by its entry of `dout`, so the gradient of $L$ with respect to $x$
# is what `backward(dout, cache)` claims. Measure it by nudges, and compare.

# %% slide="slide"
ones = ask.predict(
    "A softmax's backward has the wrong sign. We check it with a dout of ones. Does the check notice?",
    ["yes", "no"],
)
ones

# %%
rng = np.random.default_rng(0)
z = rng.normal(size=(3, 4))


def softmax_pair(z):
    probs = layers.softmax(z)
    return probs, probs


def wrong_sign(dout, probs):
    return -layers.softmax_backward(dout, probs)


some = rng.normal(size=(3, 4))
print("largest slope of a right backward, dout all ones:",
      np.abs(layers.softmax_backward(np.ones((3, 4)), softmax_pair(z)[1])).max())
print("check with dout random:  ", course.gradient_check(softmax_pair, wrong_sign, z, some))
ones_check = course.gradient_check(softmax_pair, wrong_sign, z, np.ones((3, 4)))
print("check with dout all ones:", ones_check)
ones.reveal("no", "With dout all ones the right answer is 0, and minus 0 is 0.")

# %% [markdown]
# So `dout` is to be random, of both signs, never all ones. (The course's check sees that such
# slopes are nothing but rounding, and lets them pass. A plainer one compares noise with noise.
# Neither can tell right from wrong here.) What the number means, in float64:
#
# * **below $10^{-6}$**: the backward is right, at this `x` and this `dout`;
# * **above $10^{-3}$**: it is wrong, unless `x` sits on a kink such as the corner of a ReLU;
# * between the two: something smells. A small slope drowned in a large sum, or a kink nearby.

# %% [markdown] tags=["talk"] slide="slide"
# ## The check that could not fail
#
# Shares add up to 1, whatever the scores: nobody can raise them all.
#
# * With a `dout` of ones, the right answer is **0**.
# * And minus 0 is 0.
#
# > The upstream of a check is random, of both signs, never ones.

# %% [markdown]
# ### Your turn: `gradient_check`
#
# Return the relative error between `backward(dout, cache)` and the numerical gradient of the sum
# above. `x` may hold whole numbers. `course.numerical_gradient` and `course.relative_error` do
# what yours do; use either.
#
# <details><summary>Hint 1</summary>You need a function of x alone that gives one number:
# <code>lambda point: ...</code> can be handed to the numerical gradient.</details>
# <details><summary>Hint 2</summary><code>forward(point)</code> returns two things; the output is
# the first.</details>

# %% solution="gradient_check"
def gradient_check(forward, backward, x, dout):
    """The relative error between backward's dx and the numerical gradient of sum(dout * out)."""
    ### BEGIN SOLUTION
    x = np.array(x, dtype=float)
    out, cache = forward(x)
    claimed = backward(dout, cache)
    measured = course.numerical_gradient(lambda point: np.sum(dout * forward(point)[0]), x)
    return course.relative_error(claimed, measured)
    ### END SOLUTION

# %% check="gradient_check"
check("gradient_check", gradient_check)

# %% [markdown]
# Put all pairs of the last lesson before it. (These are the course's own pairs, and the course's
# check. Put your own functions in their place whenever you like.)

# %%
W, b = rng.normal(size=(4, 2)), rng.normal(size=2)
table = rng.normal(size=(3, 4))
labels = np.array([2, 0, 2])
pairs = {
    "linear, dx": (lambda x: layers.linear_forward(x, W, b),
                   lambda dout, cache: layers.linear_backward(dout, cache)[0], table),
    "linear, dW": (lambda W: layers.linear_forward(table, W, b),
                   lambda dout, cache: layers.linear_backward(dout, cache)[1], W),
    "linear, db": (lambda b: layers.linear_forward(table, W, b),
                   lambda dout, cache: layers.linear_backward(dout, cache)[2], b),
    "ReLU": (layers.relu_forward, layers.relu_backward, table),
    "sigmoid": (layers.sigmoid_forward, layers.sigmoid_backward, table),
    "tanh": (layers.tanh_forward, layers.tanh_backward, table),
    "softmax": (softmax_pair, layers.softmax_backward, table),
    "squared error": (lambda x: losses.mse_forward(x, np.ones((3, 4))), losses.mse_backward, table),
    "cross-entropy": (lambda x: losses.softmax_cross_entropy_forward(x, labels),
                      losses.softmax_cross_entropy_backward, table),
}
for name, (forward, backward, x) in pairs.items():
    dout = rng.normal(size=np.shape(forward(x)[0]))
    print(f"{name:14s} {course.gradient_check(forward, backward, x, dout):.0e}")

# %% [markdown]
# **About that kink.** At x = 0.000003 a ReLU lets everything through: the slope is 1. A nudge of
# 0.00001 down reaches over the corner, though, where the ReLU is level:

# %%
def relu(x):
    return np.sum(np.maximum(x, 0))


print("right slope 1, measured slope", course.numerical_gradient(relu, [0.000003]))

# %% [markdown]
# The backward is right, and the witness was standing with one foot in the next room. So when one
# single entry disagrees, look whether it sits on a kink before you doubt the formula; a smaller h,
# or another `x`, will tell.

# %% [markdown]
# ## What it costs
#
# If nudges are so reliable, why not train with them, and never derive a formula again?
#
# Count. A **forward difference** nudges each of the $P$ parameters once, and compares each with
# the one value where nothing is nudged. A **central difference** nudges each twice.
# **Backpropagation** runs forward once and back once; count the run back as one pass.

# %% [markdown]
# ### Your turn: `forward_passes`
#
# How many passes does one gradient cost? `method` is `'forward difference'`, `'central
# difference'` or `'backprop'`.
#
# <details><summary>Hint</summary>For a net with 3 parameters: 4, 6 and 2.</details>

# %% solution="forward_passes"
def forward_passes(parameters, method):
    """The number of passes through the net for one gradient of so many parameters."""
    ### BEGIN SOLUTION
    if method == "backprop":
        return 2
    if method == "central difference":
        return 2 * parameters
    return parameters + 1
    ### END SOLUTION

# %% check="forward_passes"
check("forward_passes", forward_passes)

# %% [markdown]
# Now with a clock. A net with 100 inputs, 90 hidden neurons and 10 classes has exactly 10,000
# parameters.

# %%
def make_net(D, H, C, N, rng):
    """Parameters W1, b1, W2, b2, and a batch of N examples with labels."""
    W1, W2 = rng.normal(0, D**-0.5, (D, H)), rng.normal(0, H**-0.5, (H, C))
    return [W1, np.zeros(H), W2, np.zeros(C)], rng.normal(size=(N, D)), rng.integers(0, C, N)


def loss_of(params, x, labels):
    return losses.softmax_cross_entropy_forward(two_layer_forward(x, *params)[0], labels)[0]


def backprop(params, x, labels):
    """dW1, db1, dW2, db2 by one pass forward and one back."""
    out, (_, W1, b1, W2, b2, hidden) = two_layer_forward(x, *params)
    _, loss_cache = losses.softmax_cross_entropy_forward(out, labels)
    dout = losses.softmax_cross_entropy_backward(1.0, loss_cache)
    dhidden, dW2, db2 = layers.linear_backward(dout, (hidden, W2, b2))
    _, dW1, db1 = layers.linear_backward(layers.tanh_backward(dhidden, hidden), (x, W1, b1))
    return dW1, db1, dW2, db2


params, x, labels = make_net(100, 90, 10, 16, np.random.default_rng(0))
print("parameters:", sum(p.size for p in params))

# %%
passes, h = 1, 1e-7
start = time.perf_counter()
base = loss_of(params, x, labels)
nudged = [np.zeros(p.shape) for p in params]
for p, slopes in zip(params, nudged, strict=True):
    for place in np.ndindex(p.shape):
        kept = p[place]
        p[place] = kept + h
        slopes[place] = (loss_of(params, x, labels) - base) / h
        p[place] = kept
        passes += 1
by_nudges = time.perf_counter() - start

tries = []
for _ in range(20):
    start = time.perf_counter()
    exact = backprop(params, x, labels)
    tries.append(time.perf_counter() - start)
by_backprop = min(tries)
gap = max(np.abs(a - b).max() for a, b in zip(exact, nudged, strict=True))
print(f"nudges:   {passes:6,} passes, {by_nudges:8.2f} seconds")
print(f"backprop: {2:6} passes, {by_backprop:8.5f} seconds")
print(f"backprop is {by_nudges / by_backprop:,.0f} times faster")
print(f"largest difference between the two gradients: {gap:.0e}")

# %% [markdown]
# The same gradient, to seven digits after the point, thousands of times sooner. And 10,000
# parameters make a small net. For a **million**, we time one forward pass of such a net, and work
# out the rest: a million and one passes against two.

# %%
big, x, labels = make_net(802, 1230, 10, 16, np.random.default_rng(0))
print("parameters:", f"{sum(p.size for p in big):,}")
tries = []
for _ in range(10):
    start = time.perf_counter()
    loss_of(big, x, labels)
    tries.append(time.perf_counter() - start)
one_pass = min(tries)
print(f"one forward pass: {1000 * one_pass:.1f} milliseconds")

# %% [markdown] tags=["talk"] slide="slide"
# ## A million and one passes, or two

# %% slide="-"
cost_picture(1_000_000, one_pass)

# %% [markdown]
# That is for *one* step of descent, and training takes thousands. Nobody could walk downhill at
# such a price. The division of labour is: **learn with backprop, check with nudges**, once, on a
# small net with the same code.

# %% [markdown]
# ## A detective story
#
# *Everything in this story is made up, and the bugs are planted: the code below is WRONG ON
# PURPOSE.*
#
# Night at the observatory. The telescope's mirror is bent into shape by a network with one hidden
# layer, $\text{out} = \tanh(x W_1 + b_1) W_2 + b_2$, which learns from last night's errors. Since
# Tuesday the stars are blurred. The night watch swears that the loss was falling. The forward has
# been gone over by three people and is right. That leaves the backward.

# %%
def suspect_backward(dout, cache):
    """Gradients of the mirror's network. WRONG ON PURPOSE: three bugs are planted here."""
    x, W1, b1, W2, b2, hidden = cache
    dW2 = hidden.T @ dout
    db2 = dout.sum(axis=0)
    dhidden = dout @ W2.T
    dz = dhidden * (1 - hidden)
    dW1 = x.T @ dz
    db1 = dz.mean(axis=0)
    dx = dhidden @ W1.T
    return dx, dW1, db1, dW2, db2

# %% [markdown] tags=["talk"] slide="slide"
# The stars are blurred since Tuesday. The mirror's network has three bugs in its backward (planted by
# us).

# %% slide="-"
alibi = ask.predict(
    "Three of its lines are wrong. We let it train for 100 steps. What does the loss do?",
    ["it grows at once", "it stays where it is", "it falls, though not as far as it should"],
)
alibi

# %%
def train(backward, steps):
    """Losses of the mirror's network, on made data, trained with some backward."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    targets = np.sin(2 * x[:, :1]) + x[:, 1:]
    rng = np.random.default_rng(1)
    params = [rng.normal(0, 0.7, (2, 8)), np.zeros(8), rng.normal(0, 0.5, (8, 1)), np.zeros(1)]
    history = []
    for _ in range(steps + 1):
        out, cache = two_layer_forward(x, *params)
        loss, loss_cache = losses.mse_forward(out, targets)
        history.append(loss)
        grads = backward(losses.mse_backward(1.0, loss_cache), cache)[1:]
        params = [p - 0.1 * grad for p, grad in zip(params, grads, strict=True)]
    return history


history = train(suspect_backward, 400)
for step in (0, 100, 400):
    print(f"after {step:3} steps: loss {history[step]:.2f}")
alibi.reveal("it falls, though not as far as it should")

# %% [markdown]
# The night watch told the truth. A falling loss proves little: a gradient that is roughly right
# leads roughly downhill, for a while. So we question the five gradients, one by one.

# %%
NAMES = ["x", "W1", "b1", "W2", "b2"]


def question(backward):
    """The relative error of each of the five gradients, by gradient check; name -> error."""
    rng = np.random.default_rng(3)
    shapes = [(5, 2), (2, 4), (4,), (4, 3), (3,)]
    arguments = [rng.normal(0, 0.7, shape) for shape in shapes]
    dout = rng.normal(size=(5, 3))
    errors = {}
    for place, name in enumerate(NAMES):
        def forward(value, place=place):
            return two_layer_forward(*arguments[:place], value, *arguments[place + 1:])

        def one(dout, cache, place=place):
            return backward(dout, cache)[place]

        errors[f"d{name}"] = course.gradient_check(forward, one, arguments[place], dout)
    return errors

# %% [markdown] tags=["talk"] slide="slide"
# ## The loss fell. Who is guilty?

# %% slide="-"
suspects_picture(question(suspect_backward))

# %% slide="slide" jupyter={"source_hidden": true}
first = ask.choose(
    "dW2 and db2 are right; dW1, db1 and dx are wrong. Which line do you look at first?",
    {"dW2 = hidden.T @ dout": "That one has an alibi: the check passed it.",
     "dz = dhidden * (1 - hidden)":
         "Yes. A backward runs from the end to the start, and this is the first line behind those that "
         "are right which dW1 and db1 both use. Mend it, check again, and see who is still guilty.",
     "dx = dhidden @ W1.T": "It may well be wrong; but nothing else hangs on it. A bug further back "
                            "spoils everything in front of it."},
    right="dz = dhidden * (1 - hidden)",
)
first

# %% [markdown]
# ### Your turn: `fixed_backward`
#
# Copy the lines of `suspect_backward`, mend one, run the check and the cell behind it, look at who
# is still guilty, mend the next.
#
# <details><summary>Hint 1</summary>What is the slope of tanh, written with its result? It was
# derived in lesson 07.</details>
# <details><summary>Hint 2</summary>The bias was copied to every row of the batch. Sum, or
# mean?</details>
# <details><summary>Hint 3</summary>On its way from the hidden layer to x, does the gradient pass
# through the tanh, or around it?</details>

# %% solution="fixed_backward"
def fixed_backward(dout, cache):
    """dx, dW1, db1, dW2, db2 of out = tanh(x @ W1 + b1) @ W2 + b2, with every bug mended."""
    x, W1, b1, W2, b2, hidden = cache
    ### BEGIN SOLUTION
    dW2 = hidden.T @ dout
    db2 = dout.sum(axis=0)
    dhidden = dout @ W2.T
    dz = dhidden * (1 - hidden**2)
    dW1 = x.T @ dz
    db1 = dz.sum(axis=0)
    dx = dz @ W1.T
    return dx, dW1, db1, dW2, db2
    ### END SOLUTION

# %% check="fixed_backward"
check("fixed_backward", fixed_backward)

# %%
try:
    mended = fixed_backward
    verdict = suspects_picture(question(mended))
    print(f"after 400 steps: loss {train(mended, 400)[-1]:.3f}, and with the bugs {history[-1]:.3f}")
except NotImplementedError:
    verdict = "fixed_backward is not written yet."
verdict

# %% [markdown]
# ## A claim put to the test
#
# *"The gradient check passes, so the training code is right."* Here is some training code: three
# kinds of stars, a linear layer and the loss of lesson 07. And a slip in the line that numbers the
# kinds: every star gets the number of the next kind.

# %%
rng = np.random.default_rng(5)
kinds = rng.integers(0, 3, 150)
centres = np.array([[2.0, 0.0], [-1.0, 1.8], [-1.0, -1.8]])
stars = centres[kinds] + rng.normal(0, 0.4, (150, 2))
labels = (kinds + 1) % 3            # the slip


def whole_loss(W):
    scores, cache = layers.linear_forward(stars, W, np.zeros(3))
    loss, loss_cache = losses.softmax_cross_entropy_forward(scores, labels)
    return loss, (cache, loss_cache)


def whole_gradient(dout, caches):
    dscores = losses.softmax_cross_entropy_backward(dout, caches[1])
    return layers.linear_backward(dscores, caches[0])[1]


W = rng.normal(size=(2, 3))
error = course.gradient_check(whole_loss, whole_gradient, W, 1.0)
print(f"gradient check: {error:.0e}", "- passed" if error < 1e-6 else "- failed")

# %% [markdown] tags=["talk"] slide="slide"
# *"The gradient check passes, so the training code is right."* One slip: every star's label is the
# number of the **next** kind.

# %% slide="-"
claim = ask.predict(
    "The check has passed. We train it for 200 steps. What share of the stars does it name rightly?",
    ["nearly all", "about a third, as by guessing", "almost none"],
)
claim

# %%
for _ in range(200):
    W = W - 0.5 * whole_gradient(1.0, whole_loss(W)[1])
named = (stars @ W).argmax(axis=1)
print(f"loss {whole_loss(W)[0]:.3f}; named rightly: {np.mean(named == kinds):.0%}")
claim.reveal("almost none")

# %% [markdown]
# A gradient check compares the backward with *this* loss, at *this* point, on *this* batch. It
# cannot know that the loss is not the one you meant, that labels are mixed up, that the learning
# rate is too large, or that the other branch of an `if` was not taken. It answers one question
# and no other.

# %% [markdown] tags=["talk"] slide="slide"
# ## It proves what it checks
#
# A check compares the backward with *this* loss, at *this* point, on *this* batch.
#
# It cannot know
#
# * that the loss is not the one you meant,
# * that labels are mixed up,
# * that the other branch of an `if` was not taken.

# %% [markdown]
# ## What we now know
#
# * Nudging needs no formula. Two nudges for each entry, h of about $10^{-5}$, float64, a relative
#   error entry by entry: below $10^{-6}$ right, above $10^{-3}$ wrong.
# * Too large an h bends, too small an h drowns in rounding. A complex step does neither.
# * The upstream of a check is random, never ones.
# * A million parameters: a million and one passes, or two. That is why there is backpropagation.
# * A falling loss proves little, and a passing check proves what it checks.
#
# **What still bothers us.** We have layers, losses, and gradients that we may trust. Is that
# enough for a net that reads handwriting? That is lesson 09.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Learn with backprop, check with nudges: once, on a small net, with the same code.
#
# A falling loss proves little.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# We have layers, losses, and gradients that we may trust.
#
# **Is that enough for a net that reads handwriting?**
#
# That is lesson 09.
