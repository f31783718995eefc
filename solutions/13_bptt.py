# ---
# jupyter:
#   bp:
#     title: Backpropagation through time
#     level: 4
#     question: A net reads a name letter by letter and errs at the end. Which letter was to blame?
# ---

# %% [markdown]
# # Backpropagation through time
#
# **A network reads a name letter by letter, and errs at the last one. The cause may lie ten letters
# back. How does the blame find its way there, and how much of it arrives?**
#
# A recurrent network uses the same few weights at every step. Unrolled in time it is a deep network
# like any other, with two peculiarities: its layers share their weights, and there may be a loss at
# each of them. In this lesson you write its forward and its backward, measure what becomes of a
# gradient over sixty steps, cut it, clip it, and train a model that invents dinosaurs.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** BPTT as ordinary backpropagation on an unrolled graph; sums over steps, products along a
# path; vanishing and exploding as statements about products of Jacobians, with the right
# quantifiers; truncation as a bias that can be measured; a working character model. **Time**, about
# 180 minutes: step 25, film and BPTT 50, Jacobians 30, cutting and clipping 25, embedding
# and draw 25, names 15, claims 10.
#
# **What the class usually gets wrong.**
#
# - rnn_backward: dwh-overwritten
# - rnn_backward: upstream-ignored
# - rnn_step_backward: dwh-from-new-state
# - rnn_step_backward: wh-not-transposed
# - rnn_backward: dh-written-into
# - truncated_rnn_backward: start-cut-too
# - embedding_backward: last-one-wins
# - sample_next: no-exponential
#
# **Questions to ask.** Along what do factors multiply, and over what do terms add? Which of the
# numbers in `cache` would have to be kept for a sequence of a million steps? What does a cut
# gradient still know about the past?
#
# **When the prediction fails.** On the singular value most answer "it explodes". Let them find a
# vector that grows in the first step, and ask where that vector points after the step. On the
# untrained-span experiment some runs learn in spite of the cut: the state itself is never cut, and
# a lucky first Wh carries the symbol to where a short gradient can read it.
#
# **Further reading.** Werbos, *Backpropagation through time: what it does and how to do it* (Proc.
# IEEE 78, 1990); Williams and Peng, *An efficient gradient-based algorithm for on-line training of
# recurrent network trajectories* (Neural Computation 2, 1990); Bengio, Simard and Frasconi,
# *Learning long-term dependencies with gradient descent is difficult* (IEEE Trans. Neural Networks
# 5, 1994); Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*
# (ICML 2013); Elman, *Finding structure in time* (Cognitive Science 14, 1990).

# %%
import time

import numpy as np

from autograder import check
from bplib import recurrent as course
from bplib.names import SYMBOLS, invent_names, load_names, train_names
from bplib.play import ask
from bplib.play.recurrent import (
    cut_cosines,
    film,
    jacobians,
    learning_picture,
    own_or_course,
    spans_picture,
)
from bplib.recall import recall_accuracy
from bplib.regularization import clip_by_global_norm

# %% [markdown]
# ## One frame of the film
#
# The plain recurrent step (Elman 1990) takes the input of this moment, `x`, and the state that the
# moment before has left, `h_prev`, and makes a new state:
#
# $$z = x\,W_x + h_{\text{prev}}\,W_h + b \qquad h = \tanh(z)$$
#
# | | shape | |
# |---|---|---|
# | `x` | `(N, D)` | one example in each row |
# | `h_prev`, `h` | `(N, H)` | the state: what is remembered |
# | `Wx`, `Wh` | `(D, H)`, `(H, H)` | the same at every step |
# | `b` | `(H,)` | |
#
# That is the linear layer of lesson 07, twice, and a bend. There is no other way from `h_prev` to
# `h`: what is to survive must go through `Wh` and through tanh at every single step.

# %% [markdown] tags=["talk"] slide="slide"
# ## One frame of the film
#
# $$h = \tanh(x\,W_x + h_{\text{prev}}\,W_h + b)$$
#
# | | shape | |
# |---|---|---|
# | `x` | `(N, D)` | one example in each row |
# | `h_prev`, `h` | `(N, H)` | the state: what is remembered |
# | `Wx`, `Wh` | `(D, H)`, `(H, H)` | the same at every step |
#
# There is no other way from `h_prev` to `h`.

# %%
# One example, one input, two hidden units, by hand.
x, h_prev = np.array([[1.0]]), np.array([[0.5, -0.5]])
Wx, Wh, b = np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [1.0, 0.0]]), np.array([-0.5, 0.0])
print("z[0] = 1 * 1 + (0.5 * 0 - 0.5 * 1) - 0.5 =", 1 * 1 + (0.5 * 0 - 0.5 * 1) - 0.5)
print("z[1] = 1 * 0 + (0.5 * 2 - 0.5 * 0) + 0   =", 1 * 0 + (0.5 * 2 - 0.5 * 0) + 0)
print("h = tanh(z) =", np.tanh([0.0, 1.0]).round(3))

# %% [markdown]
# ### Your turn: `rnn_step_forward`
#
# The cache is documented here, as `(x, h_prev, Wx, Wh, h)`. Note what it holds of tanh: its output.
#
# <details><summary>Hint</summary>Both products are <code>@</code>, and rows stand on the
# left.</details>

# %% solution="rnn_step_forward"
def rnn_step_forward(x, h_prev, Wx, Wh, b):
    """h (N, H) and cache = (x, h_prev, Wx, Wh, h), for one step."""
    ### BEGIN SOLUTION
    h = np.tanh(x @ Wx + h_prev @ Wh + b)
    ### END SOLUTION
    cache = (x, h_prev, Wx, Wh, h)
    return h, cache

# %% check="rnn_step_forward"
check("rnn_step_forward", rnn_step_forward)

# %% [markdown]
# ## One frame backwards
#
# `dh` arrives: by how much the loss rises for each unit of each entry of `h`.
#
# - **LOCAL DERIVATIVE**: $\tanh'(z) = 1 - \tanh^2(z) = 1 - h^2$, entry by entry.
# - **TIMES UPSTREAM**: $dz = dh \odot (1 - h^2)$. From here on it is two linear layers with the
#   same `dz`: $dx = dz\,W_x^\top$ and $dh_{\text{prev}} = dz\,W_h^\top$.
# - **SUM OVER WHAT WAS BROADCAST**: weights and bias served all N examples: $dW_x = x^\top dz$,
#   $dW_h = h_{\text{prev}}^\top dz$, $db = \sum_n dz_n$.
# - **CHECK THE SHAPE**: `Wh` is square, so here the shapes cannot warn you of a missing transpose.

# %% [markdown] tags=["talk"] slide="slide"
# ## One frame backwards
#
# $$dz = dh \odot (1 - h^2)$$
#
# From there it is two linear layers with the same $dz$:
#
# * to the input: $dx = dz\,W_x^\top$, to the past: $dh_{\text{prev}} = dz\,W_h^\top$
# * to the weights: $dW_x = x^\top dz$, $dW_h = h_{\text{prev}}^\top dz$
#
# `Wh` is square: here the shapes cannot warn you.

# %% jupyter={"source_hidden": true}
whose = ask.choose(
    "Somebody writes dWh = h.T @ dz, with h the state that this step has just made. What is wrong?",
    {"nothing, h and h_prev have the same shape":
         "The shapes agree, and the numbers do not. Which of the two was multiplied by Wh?",
     "Wh was multiplied by h_prev":
         "Just so: a weight's blame is its *input* times the blame at its output.",
     "it should be dz.T @ h":
         "That has the right shape too. Which state was multiplied by Wh?"},
    right="Wh was multiplied by h_prev",
)
whose

# %% [markdown]
# ### Your turn: `rnn_step_backward`
#
# <details><summary>Hint 1</summary>Write <code>dz</code> first; all five results are made of
# it.</details>
# <details><summary>Hint 2</summary><code>dh *= ...</code> would write into the array of whoever
# called you.</details>

# %% solution="rnn_step_backward"
def rnn_step_backward(dh, cache):
    """dx, dh_prev, dWx, dWh, db, each in the shape of its own, for dh (N, H)."""
    x, h_prev, Wx, Wh, h = cache
    # LOCAL DERIVATIVE, TIMES UPSTREAM
    ### BEGIN SOLUTION
    dz = dh * (1 - h**2)
    dx, dh_prev = dz @ Wx.T, dz @ Wh.T
    dWx, dWh = x.T @ dz, h_prev.T @ dz
    db = dz.sum(axis=0)
    ### END SOLUTION
    return dx, dh_prev, dWx, dWh, db

# %% check="rnn_step_backward"
check("rnn_step_backward", rnn_step_backward)

# %% [markdown]
# ## The film forward
#
# A sequence `x` of shape `(N, T, D)` is a film of `T` frames. Each frame hands its state to the
# next; the first gets `h0`. All states are kept, `h` of shape `(N, T, H)`, since a loss may stand at
# any of them. `np.stack(states, axis=1)` puts a list of `T` arrays `(N, H)` into that form; without
# `axis=1` time would come first.

# %% [markdown]
# ## The film backwards
#
# Unrolled, this is a network `T` layers deep, and everything you know applies. Two places deserve a
# second look, both from lesson 02: *multiply along a path, add where paths meet*.
#
# - A **state** is used twice: by its own step's loss, and by the next step. Its blame is the
#   **sum**: $\;\text{total}_t = dh_t + \text{carry}_{t+1}$, and the carry is what the next step
#   gave as its $dh_{\text{prev}}$.
# - The **weights** are used T times. Their gradient is the **sum of the T shares**:
#   $\;dW_h = \sum_t h_{t-1}^\top\, dz_t$.
#
# The same weights, but not the same shares. Before you look:

# %% [markdown] tags=["talk"] slide="slide"
# ## Two places deserve a second look
#
# * A **state** is used twice, by its own loss and by the next step:
#
# $$\text{total}_t = dh_t + \text{carry}_{t+1}$$
#
# * The **weights** are used $T$ times:
#
# $$dW_h = \sum_t h_{t-1}^\top\, dz_t$$
#
# > Multiply along a path, add where paths meet.

# %% slide="slide"
equal = ask.predict(
    "A loss at the last of 8 frames, Wh a rotation times 0.7: which frame has the largest share of dWh?",
    ["the first", "all the same", "the last"],
)
equal

# %% slide="slide"
film()

# %% [markdown]
# Go through the frames, then make `Wh` larger, then put a loss at every frame. The arrows to
# the left are the carries; the thicker, the more blame. A bar is the length of a frame's share of
# dWh, and the table is the share of the frame that you chose, entry by entry.

# %%
equal.reveal("the last", "Each step back multiplies the blame by 0.7 and by tanh's slope, "
             "which is below 1.")

# %% [markdown]
# **By hand**, with one number for everything: $T = 3$, all inputs 0, $h_0 = 0$, $W_x = 1$, $W_h =
# 0.5$, $b = 0$. Then all states are 0 and tanh's slope is 1. A loss at the last step alone, $dh = (0,
# 0, 8)$:
#
# | step | its own `dh` | carry from behind | total = dz | hands back dz · 0.5 |
# |---|---|---|---|---|
# | 3 | 8 | 0 | 8 | 4 |
# | 2 | 0 | 4 | 4 | 2 |
# | 1 | 0 | 2 | 2 | 1 |
#
# So $dx = (2, 4, 8)$, $dh_0 = 1$ and $db = 8 + 4 + 2 = 14$. And $dW_h = 0$: a share is a state
# times a blame, and here every state is 0.

# %% [markdown] tags=["talk"] slide="slide"
# ## By hand: three steps, $W_h = 0.5$
#
# | step | own `dh` | carry | total = dz | hands back dz · 0.5 |
# |---|---|---|---|---|
# | 3 | 8 | 0 | 8 | 4 |
# | 2 | 0 | 4 | 4 | 2 |
# | 1 | 0 | 2 | 2 | 1 |
#
# So $dx = (2, 4, 8)$, $dh_0 = 1$ and $db = 8 + 4 + 2 = \mathbf{14}$.

# %% jupyter={"source_hidden": true}
loop = ask.order_lines(
    "Put the body of the backward loop in order (it runs from the last step to the first).",
    ["total = dh[:, t] + carry",
     "dx_t, carry, dWx_t, dWh_t, db_t = rnn_step_backward(total, cache[t])",
     "dWh = dWh + dWh_t"],
    {"dh[:, t] += carry": "that writes into the caller's array; a second call would get a spoilt dh.",
     "total = carry": "every step has a blame of its own too, dh[:, t].",
     "dWh = dWh_t": "that keeps the share of the first step alone; the shares are added up.",
     "dWh = dWh * dWh_t": "factors multiply along one path; these are different paths to the "
                          "same weights, and where paths meet, blame adds up."},
)
loop

# %% [markdown]
# ## Cutting the film
#
# A book has a million letters. To go back through all of them for one gradient is out of the
# question, so the film is cut into **spans** of `span` steps, counted from the first. The *state* is
# handed across every border as ever; the *blame* is not. That is truncated backpropagation through
# time (Williams and Peng 1990 describe the family).
#
# In the loop, where `t` counts from 0: where a span begins, at $t = \text{span}, 2\,\text{span},
# \dots$, what that step would send to the step before it is replaced by zeros. At $t = 0$ nothing
# is cut: the first span has all it needs for `dh0`. If `T` is no multiple of `span`, the last span
# is short; with `span >= T` nothing is cut.
#
# The example above with `span = 2`: the spans are steps 1 and 2, then step 3. Step 3 keeps its 8, its 4
# is dropped, and $dx = (0, 0, 8)$, $dh_0 = 0$, $db = 8$.

# %% [markdown] tags=["talk"] slide="slide"
# ## Cutting the film
#
# A book has a million letters. So the film is cut into **spans**:
#
# * the *state* is handed across every border,
# * the *blame* is not.
#
# The same example with spans of 2: step 3 keeps its 8, its 4 is dropped, and
#
# $$dx = (0, 0, 8) \qquad dh_0 = 0 \qquad db = 8$$

# %% [markdown]
# ### Your turn: `rnn_forward`, `rnn_backward`, `truncated_rnn_backward`
#
# The three stand in one cell because they share a cache, and what is in it is your own business.
# Each has a check of its own. If your forward is not right yet, your backward is still judged:
# against finite differences of the forward that you wrote. You may use `course.rnn_step_forward` and
# `course.rnn_step_backward`, or write it all out.
#
# <details><summary>Hint 1</summary>A list with the cache of every step is all that the backward
# needs.</details>
# <details><summary>Hint 2</summary>Before the loop the carry is zero, since nothing comes after the
# last step. After the loop it is <code>dh0</code>.</details>
# <details><summary>Hint 3</summary>The loop runs backwards, so a list of <code>dx</code> fills up
# from the end.</details>
# <details><summary>Hint 4</summary>The uncut backward is the cut one with a span of T.</details>

# %% solution="rnn_backward"
def rnn_forward(x, h0, Wx, Wh, b):
    """h (N, T, H) and a cache, for x (N, T, D) and h0 (N, H)."""
    ### BEGIN SOLUTION
    h, states, cache = h0, [], []
    for t in range(x.shape[1]):
        h, step_cache = course.rnn_step_forward(x[:, t], h, Wx, Wh, b)
        states.append(h)
        cache.append(step_cache)
    return np.stack(states, axis=1), cache
    ### END SOLUTION


def rnn_backward(dh, cache):
    """dx (N, T, D), dh0 (N, H), dWx, dWh, db, for dh (N, T, H), each step's own upstream."""
    ### BEGIN SOLUTION
    return truncated_rnn_backward(dh, cache, span=len(cache))
    ### END SOLUTION


def truncated_rnn_backward(dh, cache, span):
    """As rnn_backward, with the blame through h cut wherever a span of `span` steps begins."""
    ### BEGIN SOLUTION
    carry, dx, dWx, dWh, db = 0, [], 0, 0, 0
    for t in reversed(range(len(cache))):
        dx_t, carry, dWx_t, dWh_t, db_t = course.rnn_step_backward(dh[:, t] + carry, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
        if t > 0 and t % span == 0:
            carry = np.zeros_like(carry)
    return np.stack(dx[::-1], axis=1), carry, dWx, dWh, db
    ### END SOLUTION

# %% check="rnn_forward"
check("rnn_forward", rnn_forward)

# %% check="rnn_backward"
check("rnn_backward", rnn_backward)

# %% check="truncated_rnn_backward"
check("truncated_rnn_backward", truncated_rnn_backward)

# %% [markdown]
# ## What sixty steps do to a gradient
#
# Follow one blame from step $T$ back to step 0. Each step multiplies it by the same matrix and by a
# diagonal one:
#
# $$g_{t-1} = \big(g_t \odot (1 - h_t^2)\big)\, W_h^\top = g_t\, J_t \qquad
# J_t = \operatorname{diag}(1 - h_t^2)\, W_h^\top$$
#
# $J_t$ is the Jacobian $\partial h_t / \partial h_{t-1}$, and the whole way back is a product of
# them: $g_0 = g_T\, J_T J_{T-1} \cdots J_1$.
#
# Let $\rho$ be the **spectral radius** of $W_h$, the size of its largest eigenvalue, and
# $\sigma_{max}$ its **largest singular value**, the most by which it can stretch any vector in one
# step. Always $\rho \le \sigma_{max}$.
#
# Take a net without tanh. Notes on the subject often say: *if $\sigma_{max}$ is above 1, gradients
# explode*.

# %% slide="slide"
explodes = ask.predict(
    "Wh has a largest singular value of 1.6 and a spectral radius of 0.8. "
    "No tanh. After 100 steps back, a gradient of length 1 has length",
    ["about 1e20 (it explodes)", "about 1", "below 1e-6 (it vanishes)"],
)
explodes

# %% slide="slide"
jacobians()

# %%
W = np.array([[0.8, 1.2], [0.0, 0.8]])
print("largest singular value:", np.linalg.norm(W, 2).round(2))
print("spectral radius:       ", np.abs(np.linalg.eigvals(W)).max())
g = np.array([0.0, 1.0])
for T in (0, 1, 2, 5, 20, 100):
    print(f"after {T:3d} steps: {np.linalg.norm(g @ np.linalg.matrix_power(W.T, T)):.3g}")
explodes.reveal("below 1e-6 (it vanishes)", "It grows at first and then decays: what is stretched in "
                "one step points in another direction at the next.")

# %% [markdown]
# What can be proved (Pascanu, Mikolov and Bengio 2013, section 2; tanh's slope is at most 1):
#
# - $\sigma_{max} < 1$ is **sufficient** for vanishing: every step shrinks every vector.
# - $\sigma_{max} > 1$ is **necessary** for exploding, and **not sufficient**. In a linear net it is
#   $\rho$ that decides in the long run: $\|W_h^{\,k}\|^{1/k} \to \rho$ as the number of steps $k$
#   grows. The matrix above is a pair of units of the widget's "one-way" at radius 0.8.
# - With tanh the product is one of different matrices, and slopes below 1 pull it down. Set "a
#   rotation" and radius 1.2 in the widget, and switch tanh on.
#
# Nor is vanishing a disease of sigmoids: "a rotation", radius 0.9, without tanh.
#
# A gradient that vanishes is not a gradient of 0. The *sum* over steps still has its recent terms;
# what is lost is the share of the distant past, drowned by the share of what came last.

# %% [markdown] tags=["talk"] slide="slide"
# ## What can be proved
#
# * $\sigma_{max} < 1$ is **sufficient** for vanishing: every step shrinks every vector.
# * $\sigma_{max} > 1$ is **necessary** for exploding, and not sufficient.
# * In a linear net the spectral radius decides in the long run: $\|W_h^{\,k}\|^{1/k} \to \rho$.
#
# What is stretched in one step points another way at the next.

# %% [markdown]
# ## What a cut misses, measured
#
# A net that forgets quickly (`Wh` a rotation times 0.5) is shown one of two symbols, then eleven
# steps of noise, and has to say which it was. Guessing gives 50%. We train it with the whole gradient
# and with one cut into spans of 3, from four starting points each. The state is handed on in both.

# %% [markdown] tags=["talk"] slide="slide"
# One of two symbols, then eleven steps of noise; at the end: which symbol was it? Guessing gives 50 %.

# %% slide="-"
cut_off = ask.predict(
    "With spans of 3, can the net still learn to recall what came 11 steps before?",
    ["always", "sometimes", "never"],
)
cut_off

# %%
start, results = time.perf_counter(), {12: [], 3: []}
for span, found in results.items():
    for seed in range(4):
        found.append(recall_accuracy(span, 12, np.random.default_rng(seed)))
        took = time.perf_counter() - start
        print(f"span {span:2d}, start {seed}: {found[-1]:.0%} right   ({took:.0f} s)")
learned = sum(right > 0.9 for right in results[3])
cut_off.reveal("always" if learned == 4 else "never" if learned == 0 else "sometimes",
               "The cut gradient cannot ask for the symbol to be kept. But nobody cuts the state: "
               "if a trace of the symbol happens to survive, the last span can learn to read it.")

# %% [markdown]
# A cut gradient is not a noisy gradient, whose errors cancel; it is wrong in the same direction each
# time, a **bias** towards what lies near. On names, where most of what predicts a letter stands just
# before it, the bias is small. Here it is measured on 64 dinosaurs and a net that has not learned yet:
# the cosine between the cut and the whole `dWh`, which is 1 where both point the same way.

# %%
spans = [1, 2, 4, 8, 16, 30]
cosines = cut_cosines(load_names("dinosaurs")[:64], spans)

# %% [markdown] tags=["talk"] slide="slide"
# ## What a cut misses, measured

# %% slide="-"
spans_picture(spans, cosines)

# %% [markdown]
# ## Clipping: what it mends and what it does not
#
# Where a gradient explodes, one step of descent throws the weights across the room. Pascanu, Mikolov
# and Bengio (2013) propose to **clip**: if the length of the whole gradient is above a limit, scale it
# down to the limit. The direction stays. You wrote it in lesson 10.

# %% [markdown] tags=["talk"] slide="slide"
# ## What clipping mends, and what not
#
# If the whole gradient is longer than a limit, scale it down to the limit. The direction stays.
#
# * It tames a gradient that **explodes**.
# * It does nothing for one that has **vanished**: it only ever shortens.
#
# Against vanishing only another path through time helps.

# %%
rng = np.random.default_rng(0)
rotation = np.linalg.qr(rng.normal(size=(8, 8)))[0]
x, Wx, b, h0 = np.zeros((1, 60, 1)), np.zeros((1, 8)), np.zeros(8), np.zeros((1, 8))
dh = np.zeros((1, 60, 8))
dh[:, -1] = 1.0                          # a loss at the end, no input, no bend: states are 0
for size in (1.3, 1.0, 0.7):
    _, cache = course.rnn_forward(x, h0, Wx, size * rotation, b)
    dh0 = course.rnn_backward(dh, cache)[1]
    (clipped,), norm = clip_by_global_norm([dh0], max_norm=5.0)
    print(f"Wh a rotation times {size}: dh0 has length {norm:.1e}, "
          f"clipped {np.linalg.norm(clipped):.1e}")

# %% [markdown]
# The first was cut down to 5. The last is as tiny as it was: clipping never makes a gradient longer.
# What helps against vanishing is another path through time, the subject of lesson 14.

# %% [markdown]
# ## Letters become vectors
#
# A letter is a number from 1 to 26, and 0 is the silence before and after a name. As a *quantity*
# that number means nothing: `c` is not three times `a`. So each symbol gets a row of a table `E` of
# shape `(V, D)`, its **embedding**, and the rows are learned like any weights.
#
# Forward is a lookup, `out = E[ids]`, for `ids` of any shape. Backward: a row that was looked up
# three times was used three times, so it collects three blames. **Add where paths meet.**

# %% jupyter={"source_hidden": true}
twice = ask.choose(
    "dE starts as zeros and ids = [1, 1]. What does dE[ids] += dout do to row 1?",
    {"it adds both rows of dout":
         "One would think so. numpy reads dE[ids], adds, and writes the result back: row 1 is "
         "written twice, and the second writing wins.",
     "it adds the last row of dout alone":
         "So it is: read once, added, written twice. `np.add.at(dE, ids, dout)` adds each in turn; "
         "so does a loop.",
     "it raises an error": "No, and that is the trouble: it runs."},
    right="it adds the last row of dout alone",
)
twice

# %% [markdown]
# ### Your turn: `embedding_forward` and `embedding_backward`
#
# The cache is `(ids, E.shape)`. Rows that were not looked up get exactly 0.
#
# <details><summary>Hint</summary>If you prefer a loop: <code>ids.ravel()</code> and
# <code>dout.reshape(-1, D)</code> go through both in the same order.</details>

# %% solution="embedding_forward"
def embedding_forward(ids, E):
    """out (..., D) and cache = (ids, E.shape), for whole numbers ids (...) and E (V, D)."""
    ### BEGIN SOLUTION
    return E[ids], (ids, E.shape)
    ### END SOLUTION

# %% check="embedding_forward"
check("embedding_forward", embedding_forward)

# %% solution="embedding_backward"
def embedding_backward(dout, cache):
    """dE (V, D), for dout (..., D)."""
    ids, shape = cache
    ### BEGIN SOLUTION
    dE = np.zeros(shape)
    np.add.at(dE, ids, dout)
    return dE
    ### END SOLUTION

# %% check="embedding_backward"
check("embedding_backward", embedding_backward)

# %% [markdown]
# ## Inventing a name
#
# The model: embedding, recurrent net, a linear layer to one score for each of 27 symbols, trained to
# give the *next* letter a high share. To invent, feed it silence, **draw** a letter by its shares,
# feed that, and so on until it draws silence.
#
# How boldly? Divide the scores by a **temperature** before the softmax: $p = \text{softmax}(\text{
# logits} / \tau)$. For $\tau \to 0$ the largest score always wins; for large $\tau$ all symbols are
# alike.

# %%
logits = np.array([2.0, 1.0, 0.0])
for temperature in (0.1, 0.5, 1.0, 10.0):
    e = np.exp((logits - logits.max()) / temperature)
    print(f"temperature {temperature:4}: shares {(e / e.sum()).round(3)}")

# %% [markdown]
# ### Your turn: `sample_next`
#
# Scores may be as large as 1000 and temperatures as small as $10^{-9}$: remember what one may
# subtract from all scores before the exponential. Randomness comes from `rng` alone; every way of
# drawing that has these shares is right.
#
# <details><summary>Hint 1</summary><code>rng.choice(V, p=p)</code> draws an index.</details>
# <details><summary>Hint 2</summary>Scores less their maximum are 0 or below. Divide by the
# temperature, and the exponential of what comes out is at most 1.</details>

# %% solution="sample_next"
def sample_next(logits, temperature, rng):
    """An index from 0 to V - 1, drawn by softmax(logits / temperature), for logits (V,)."""
    ### BEGIN SOLUTION
    e = np.exp((logits - np.max(logits)) / temperature)
    return int(rng.choice(len(logits), p=e / e.sum()))
    ### END SOLUTION

# %% check="sample_next"
check("sample_next", sample_next)

# %% [markdown]
# ## Dinosaurs that never were
#
# 337 dinosaurs, 4,000 letters, a plain RNN of 64 units. Choose another list if you like:
# `"elements"`, `"stars"`, `"cities"`. It is trained with *your* forward and backward if they are
# written; about ten seconds of work.

# %%
topic = "dinosaurs"
names = load_names(topic)
cell, words = own_or_course(rnn_forward, rnn_backward)
print(words)


def report(step, loss, params):
    """Every forty steps: how it goes, and a name."""
    if step % 40 == 39:
        name = invent_names(params, 1, 0.7, np.random.default_rng(step), names)
        print(f"step {step + 1:3d}: loss {loss:.2f} per letter   {''.join(name)}")


trained = train_names(names, np.random.default_rng(0), epochs=30, hidden=64, cell=cell, on_step=report)

# %%
learning_picture(trained.losses, SYMBOLS)

# %%
for temperature in (0.3, 0.7, 1.0, 1.5):
    invented = invent_names(trained.params, 6, temperature, np.random.default_rng(1), known=names)
    print(f"temperature {temperature}: {', '.join(invented)}")

# %% [markdown] tags=["talk"] slide="slide"
# ## Dinosaurs that never were
#
# 337 real ones to learn from; drawn timidly (0.3), freely (0.7), boldly (1.5):

# %% tags=["talk"] slide="-"
for temperature in (0.3, 0.7, 1.5):
    invented = invent_names(trained.params, 3, temperature, np.random.default_rng(1), known=names)
    print(f"{temperature}:  {',  '.join(invented)}")

# %% [markdown] tags=["talk"] slide="-"
# No rule about *-saurus* was given to it. The gradient of "which letter comes next", added up over
# all frames of all films, was enough.

# %% [markdown]
# At 0.3 it is timid, and nearly everything ends in *-saurus*; at 0.7 most of its animals could
# stand in a museum; at 1.5 you would not like to read the labels aloud. None is on the list:
# `invent_names` leaves out what is. No rule about *-saurus* was given to it; the gradient of
# "which letter comes next", added up over all frames of all films, was enough.

# %% [markdown]
# ## Claims put to the test
#
# Three sentences that one can read, each settled by a few lines.

# %% slide="slide" jupyter={"source_hidden": true}
claims = ask.predict(
    "How many of these are true? (a) A plain RNN has skip connections through time. (b) The gradients "
    "of the time steps are multiplied to give dWh. (c) Clipping cures vanishing gradients.",
    ["none", "one", "two", "all three"],
)
claims

# %%
rng = np.random.default_rng(3)
x, h0 = rng.normal(size=(1, 3, 2)), rng.normal(size=(1, 2))
Wx, Wh, b = rng.normal(size=(2, 2)), 0.5 * rng.normal(size=(2, 2)), np.zeros(2)

# (a) With Wh = 0 a way around it would still carry h0 to the end. Change h0 and look.
ends = [course.rnn_forward(x, start, Wx, 0 * Wh, b)[0][:, -1] for start in (h0, h0 + 1)]
print("(a) h0 still felt at the end when Wh = 0:", bool(np.any(ends[0] != ends[1])))

# (b) Shares added, shares multiplied, and the truth by differences: the loss is the sum of all h.
dh, carry, found = np.ones((1, 2)), 0, []
for step_cache in course.rnn_forward(x, h0, Wx, Wh, b)[1][::-1]:
    _, carry, _, share, _ = course.rnn_step_backward(dh + carry, step_cache)
    found.append(share)
nudge = np.array([[1e-6, 0.0], [0.0, 0.0]])
up, down = (course.rnn_forward(x, h0, Wx, Wh + way * nudge, b)[0].sum() for way in (1, -1))
print(f"(b) dWh[0, 0] by differences {(up - down) / 2e-6:.4f}, shares added "
      f"{sum(found)[0, 0]:.4f}, multiplied {np.prod(found, axis=0)[0, 0]:.4f}")

# (c) A gradient of length 1e-9, clipped at 5.
(clipped,), _ = clip_by_global_norm([np.array([1e-9])], max_norm=5.0)
print("(c) a gradient of 1e-9 after clipping:", clipped[0])
claims.reveal("none")

# %% [markdown]
# (a) The only way through time is `Wh` and tanh; nets *with* a way around exist, and the next lesson
# builds one. (b) Factors multiply along a path, from one step to an earlier one; the T shares belong
# to T different uses of the same weights and add up. (c) Clipping only ever shortens.

# %% [markdown] tags=["talk"] slide="slide"
# ## None of them
#
# * (a) The only way through time is `Wh` and tanh. Nets *with* a way around: next lesson.
# * (b) Factors multiply along a path. The shares belong to different uses of the weights, and **add
#   up**.
# * (c) Clipping only ever shortens.

# %% [markdown]
# ## What we now know, and what still bothers us
#
# - A recurrent net unrolled is a deep net with shared weights. Its gradient is a sum over steps; what
#   reaches a step from a later loss is a product along time.
# - $\sigma_{max} < 1$ makes gradients vanish; $\sigma_{max} > 1$ alone makes nothing explode.
# - A cut gradient is biased towards the near past. Clipping tames the exploding ones and leaves the
#   vanished where they are.
# - Names can be learned all the same: most of what predicts a letter lies near.
#
# What still bothers us: to remember for long, a plain net must keep every product near 1 at every
# step, and tanh works against it. Could a state be *kept* by default, and changed only when the net
# decides to? That needs a gate.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Unrolled, a recurrent net is a deep net with shared weights: a sum over steps, a product along
# > time.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# To remember for long, a plain net must keep every product near 1 at every step, and tanh works
# against it.
#
# **Could a state be kept by default, and changed only when the net decides to?**
#
# That needs a gate: lesson 14.
