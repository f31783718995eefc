# ---
# jupyter:
#   bp:
#     title: Training troubles
#     level: 3
#     question: Why did deep nets refuse to learn for so long, and what cured them?
# ---

# %% [markdown]
# # Training troubles
#
# **Backprop was known in 1986. Why did nets of ten or twenty layers refuse to learn until about
# 2010, and what cured them?**
#
# The gradients were right. The *numbers* were wrong: too small, too large, or stuck. In this lesson
# each trouble is made to happen, measured, and cured. Everything runs on the digits of lesson 09.

# %% [markdown] tags=["talk"] slide="slide"
# ## Right gradients, wrong numbers
#
# Backprop was known in 1986. Nets of twenty layers refused to learn until about 2010.
#
# Every layer multiplies the gradient. If each one halves it:
#
# $$0.5^{20} \approx \text{a millionth}$$
#
# Too small, too large, or stuck: each trouble can be **measured**, and cured.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Learners can say what went wrong from a measurement, not from a guess: gradients by
# layer, share of dead units, norm of the gradient, seen against held-out loss. They write the cures.
# **Time**, about 145 minutes: gradients by layer and first weights 25, dead units 10, clipping 15,
# batch norm 30, residual 10, step 10, saddles 10, overfitting and dropout 20, data 10, myths 5.
#
# **What the class usually gets wrong.**
#
# - he_init: variance-as-spread
# - clip_by_global_norm: each-by-itself
# - batchnorm_backward: constants
# - batchnorm_backward: gamma-missing
# - residual_backward: skip-missing
# - dropout_forward: cache-not-scaled
# - dropout_forward: keeps-with-p
#
# **Questions to ask.** If a gradient of 1e-12 reaches the first layer, why not raise the learning
# rate? (The last layer gets the same rate.) With `dout` all ones, what is `dx` of batch norm, and why
# does a test with ones prove nothing? Of twenty layers that
# learn nothing, which one do you look at first, and what do you measure there?
#
# **When the prediction fails.** Most expect the ten-layer net at half the right size to learn
# slowly. It does not learn at all. Let them print the gradient of the first layer.
#
# **Further reading.** S. Hochreiter (1991), his thesis, on vanishing gradients; X. Glorot, Y. Bengio
# (2010); K. He and others (2015, 2016); S. Ioffe, C. Szegedy (2015); N. Srivastava and others (2014);
# J. Kirkpatrick and others (2017) on forgetting.

# %%
import numpy as np

from autograder import check
from bplib.init import he_init as course_he, xavier_init as course_xavier
from bplib.layers import relu_forward, sigmoid_forward, tanh_forward
from bplib.play import ask
from bplib.play import trouble_nets as nets
from bplib.play import trouble_runs as runs
from bplib.play.troubles import (
    by_layer, histogram_picture, lines_picture, saddle, table_picture,
)

x, y, x_new, y_new = runs.digits()
print("digits to learn from:", x.shape, "  held out:", x_new.shape)

# %% [markdown]
# ## Where a deep net goes blind
#
# On its way back the gradient is multiplied, in every layer, by the weights and by the slope of the
# bend. Twenty layers are twenty multiplications. If each one halves the gradient, what is left at the
# first layer is $0.5^{20}$, about a millionth.
#
# A word for the size of the first weights: the **gain** of a layer with 64 inputs is the standard
# deviation of its weights times $\sqrt{64} = 8$. A layer of gain 1 without a bend passes a signal on
# at its own size; gain 0.5 halves it.

# %% slide="slide" jupyter={"source_hidden": true}
deep = ask.predict(
    "A net of 10 ReLU layers with first weights of gain 0.5 is trained for 150 steps. What will it "
    "do?",
    ["learn slowly", "not learn at all", "learn fast, as the steps are careful"],
)
deep

# %%
def ten_layers(gain, cure="none"):
    weights = nets.deep_weights([64] * 11 + [10], gain, np.random.default_rng(0))
    return nets.train_deep(x, y, weights, learning_rate=0.1, steps=150, cure=cure)

half, he = ten_layers(0.5), ten_layers(np.sqrt(2))
print(f"gain 0.5:     loss {half[0]:.4f} -> {half[-1]:.4f}    (guessing: log 10 = {np.log(10):.4f})")
print(f"gain sqrt(2): loss {he[0]:.4f} -> {he[-1]:.4f}")
deep.reveal("not learn at all")

# %% [markdown]
# Now look inside, before any learning. The solid line is the size of each layer's output on the way
# forward, the dashed one the size of its gradient on the way back. Note the axis: every mark is a
# factor of ten thousand.
#
# **Find the gain at which the same gradient reaches all 20 layers of ReLU. Then try tanh, and
# sigmoid. Does sigmoid have such a gain?**

# %% slide="slide"
by_layer()

# %% [markdown]
# * Gain too small: the gradient **vanishes**. Too large: it **explodes**.
# * The sigmoid's slope is at most 1/4, so it shrinks the gradient in every layer. Larger weights help
#   a little; then the units sit at the flat ends of the curve (they are **saturated**) where the
#   slope is nearly 0. That was the bend of the 1980s.
# * For ReLU the right gain is near 1.4, and the window is narrow.
#
# How many sigmoid units are saturated? Count those whose slope is below 0.01, with the digits as
# input, for weights of three sizes:

# %%
for gain in [1, 4, 32]:
    (W,) = nets.deep_weights([64, 64], gain, np.random.default_rng(0))
    s, _ = sigmoid_forward(x @ W)
    print(f"gain {gain:2d}: slope below 0.01 in {np.mean(s * (1 - s) < 0.01):.0%} of all cases")

# %% [markdown]
# ## How large should the first weights be?
#
# One unit adds up `fan_in` products. If the inputs have mean square $q$ and the weights variance
# $v$, and all are independent with mean 0, variances add:
#
# $$\text{mean square of the sum} = \text{fan\_in} \cdot v \cdot q$$
#
# To keep $q$, choose $v = 1/\text{fan\_in}$. Two refinements have names:
#
# * **Xavier** (for tanh): backward, each unit adds up `fan_out` products, which asks for
#   $1/\text{fan\_out}$. The compromise is $v = \dfrac{2}{\text{fan\_in} + \text{fan\_out}}$.
# * **He** (for ReLU): ReLU cuts half of the signal's square away, so double:
#   $v = \dfrac{2}{\text{fan\_in}}$.

# %% [markdown] tags=["talk"] slide="slide"
# ## How large should the first weights be?
#
# $$\text{mean square of a sum} = \text{fan\_in} \cdot v \cdot q$$
#
# To keep the signal's size $q$, choose the variance $v$:
#
# * **Xavier** (for tanh): $v = \dfrac{2}{\text{fan\_in} + \text{fan\_out}}$
# * **He** (for ReLU, which cuts half away): $v = \dfrac{2}{\text{fan\_in}}$

# %% [markdown]
# By hand: a layer with 200 inputs and 50 outputs. He: $v = 2/200 = 0.01$, so the *standard deviation*
# is $\sqrt{0.01} = 0.1$. Xavier: $v = 2/250 = 0.008$, standard deviation 0.089. Watch which of the
# two numbers a function asks for: `rng.normal(mean, standard_deviation, shape)`.
#
# ### Your turn: `xavier_init` and `he_init`
#
# Normal numbers from the generator `rng` that you are given, of shape `(fan_in, fan_out)`.
#
# <details><summary>Hint 1</summary>Numbers of standard deviation 1, times s, have standard deviation
# s and variance s squared.</details>
# <details><summary>Hint 2</summary><code>rng.normal(size=(fan_in, fan_out))</code> draws numbers of
# standard deviation 1.</details>

# %% solution="xavier_init"
def xavier_init(fan_in, fan_out, rng):
    """Normal weights (fan_in, fan_out) of variance 2 / (fan_in + fan_out)."""
    ### BEGIN SOLUTION
    variance = 2 / (fan_in + fan_out)
    return np.sqrt(variance) * rng.normal(size=(fan_in, fan_out))
    ### END SOLUTION

# %% check="xavier_init"
check("xavier_init", xavier_init)

# %% solution="he_init"
def he_init(fan_in, fan_out, rng):
    """Normal weights (fan_in, fan_out) of variance 2 / fan_in."""
    ### BEGIN SOLUTION
    variance = 2 / fan_in
    return np.sqrt(variance) * rng.normal(size=(fan_in, fan_out))
    ### END SOLUTION

# %% check="he_init"
check("he_init", he_init)

# %%
rng = np.random.default_rng(0)
for name, init, bend in [("He and ReLU    ", course_he, relu_forward),
                         ("Xavier and ReLU", course_xavier, relu_forward),
                         ("Xavier and tanh", course_xavier, tanh_forward)]:
    h = x
    for _ in range(20):
        h, _ = bend(h @ init(64, 64, rng))
    print(f"{name}: size of the signal after 20 layers {np.sqrt(np.mean(h**2)):.2g}")

# %% [markdown]
# And zeros? With equal weights all units of a layer compute the same and get the same gradient: they
# stay twins for ever. The weights have to be *different*; random is the easy way.

# %% [markdown]
# ## Dead units
#
# A ReLU unit whose sum is negative for *every* example has slope 0 for every example. No gradient
# reaches its weights, so it cannot move itself: it is **dead**. (Further up, the layers below may
# still move and wake it; in the first layer, whose inputs never change, it is dead for good.) One
# step that was too large is enough. Count them, in a net of 64 hidden units, after three epochs:

# %%
for rate in [0.1, 0.5, 1.0, 2.0]:
    net = runs.fit(x, y, rate=rate, epochs=3)
    print(f"learning rate {rate}: {runs.dead_units(net, x):2d} of 64 units dead, "
          f"{runs.score(net, x_new, y_new):.0%} of new digits right")

# %% [markdown]
# With all units dead, the net gives the same scores to every picture. The cure is a smaller
# learning rate; a leaky ReLU (slope 0.01 on the left in place of 0) also lets a dead unit come back.

# %% [markdown]
# ## When one step destroys everything
#
# One picture in 300 comes from a broken sensor, a thousand times too bright. It makes a gradient
# that is thousands of times longer than usual, and **one** step along it throws the weights far away.
#
# The rope: if the gradient is longer than `max_norm`, shorten it to that length. Shorten the *whole*
# gradient, all layers by the same factor, so that it still points the same way:
#
# $$\text{norm} = \sqrt{\sum_{\text{all entries of all gradients}} g^2}, \qquad
# g \leftarrow g \cdot \min\!\left(1, \frac{\text{max\_norm}}{\text{norm}}\right)$$

# %% [markdown]
# By hand: two gradients, `[30]` and `[0, 40]`, and `max_norm = 5`. The squares add up to
# $900 + 0 + 1600 = 2500$; the norm is 50; the factor is $5/50 = 0.1$; what is left is `[3]` and
# `[0, 4]`, and its norm is 5. Clipping each by itself would give `[5]` and `[0, 5]`: another
# direction.
#
# ### Your turn: `clip_by_global_norm`
#
# `grads` is a list of arrays of any shapes. Return the list of clipped arrays, and the norm *before*
# clipping (that is the number to watch during training). Gradients that are short enough, or all
# zero, stay as they are; the caller's arrays are left alone.
#
# <details><summary>Hint 1</summary>One norm for all: add up <code>np.sum(grad**2)</code> over the
# list, then take the root once.</details>
# <details><summary>Hint 2</summary>Ask first whether the norm is larger than
# <code>max_norm</code>. Then nothing is ever divided by 0.</details>

# %% solution="clip_by_global_norm"
def clip_by_global_norm(grads, max_norm):
    """The gradients, shortened together to max_norm if longer, and their norm before that."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [grad * scale for grad in grads], norm
    ### END SOLUTION

# %% check="clip_by_global_norm"
check("clip_by_global_norm", clip_by_global_norm)

# %% [markdown] tags=["talk"] slide="slide"
# ## One picture in 300 is a thousand times too bright

# %% slide="-"
norms, without = runs.broken_sensor(max_norm=None)
_, with_rope = runs.broken_sensor(max_norm=1.0)
print(f"right on new digits: without clipping {without:.0%}, with clipping {with_rope:.0%}")
lines_picture("Without clipping: the length of each step's gradient", "steps", "norm",
              {"norm": np.maximum(norms, 1e-3)}, log=True, limits=(1e-3, 1e5))

# %%
print(f"length of a gradient: usually {np.median(norms):.1f}, the longest {norms.max():,.0f}")

# %% [markdown]
# Clipping only ever shortens. It does nothing for a gradient that has *vanished*.

# %% [markdown]
# ## Batch norm: every unit kept in range
#
# Good first weights put every layer in range *at the start*. Training moves them out again. Batch
# norm keeps them there: each unit (a column of the batch) is shifted to mean 0 and scaled to variance
# 1 over the $N$ examples of the batch; then two learned numbers per unit, $\gamma$ and $\beta$, may
# scale and shift it again.
#
# $$\mu = \tfrac1N\sum_n x_n \qquad v = \tfrac1N\sum_n (x_n - \mu)^2 \qquad
# \hat x = \frac{x - \mu}{\sqrt{v + \varepsilon}} \qquad \text{out} = \gamma\,\hat x + \beta$$
#
# (When the net is *used*, running averages stand in for $\mu$ and $v$, so that a picture's score does
# not depend on its neighbours: `bplib.normalization.batchnorm_inference`.)

# %% [markdown]
# By hand, one unit, a batch of two: $x = 1, 3$. The mean is 2, the variance
# $\tfrac12(1 + 1) = 1$; so $\hat x = -1, 1$. With $\gamma = 10$, $\beta = 5$ the output is $-5, 15$.

# %% [markdown]
# ### Going back: three ways
#
# Raise one $x_i$ a little. Its own $\hat x_i$ moves. But the mean of the column moves as well, and so
# does its variance: *every* output of the column changes. So blame comes back three ways.
#
# With $g = \text{dout}\cdot\gamma$ (what arrives at $\hat x$), and all means over the batch:
#
# $$dx = \frac{1}{\sqrt{v+\varepsilon}}\Big(\underbrace{g}_{\text{direct}}
# - \underbrace{\operatorname{mean}(g)}_{\text{through }\mu}
# - \underbrace{\hat x\,\operatorname{mean}(g\,\hat x)}_{\text{through }v}\Big)$$
#
# $$d\gamma = \sum_n \text{dout}_n\,\hat x_n \qquad d\beta = \sum_n \text{dout}_n$$

# %% [markdown] tags=["talk"] slide="slide"
# ## Batch norm: blame comes back three ways
#
# Raise one $x_i$: its own $\hat x_i$ moves, and so do the mean and the variance of its column.
#
# $$dx = \frac{1}{\sqrt{v+\varepsilon}}\Big(g - \operatorname{mean}(g) - \hat x\,\operatorname{mean}(g\,\hat x)\Big)$$
#
# * $g$: directly
# * $\operatorname{mean}(g)$: through the mean
# * $\hat x\,\operatorname{mean}(g\,\hat x)$: through the variance

# %% [markdown]
# Where do the two new terms come from?
#
# * **Through the mean.** LOCAL DERIVATIVE: raising $x_i$ by 1 raises $\mu$ by $1/N$, and lowers every
#   $\hat x_n$ by $\frac1N\frac{1}{\sqrt{v+\varepsilon}}$. TIMES UPSTREAM, summed over all the $\hat x_n$
#   that were lowered: $-\frac{1}{\sqrt{v+\varepsilon}}\cdot\frac1N\sum_n g_n$.
# * **Through the variance.** LOCAL DERIVATIVE: raising $x_i$ by 1 raises $v$ by
#   $\frac2N(x_i - \mu)$; and raising $v$ by 1 changes $\hat x_n$ by
#   $-\frac12\,\hat x_n / (v+\varepsilon)$. The 2 and the $\frac12$ cancel. TIMES UPSTREAM, summed:
#   $-\frac{x_i-\mu}{v+\varepsilon}\cdot\frac1N\sum_n g_n\hat x_n$, which is the third term.
# * SUM OVER WHAT WAS BROADCAST: $\gamma$ and $\beta$ were used in every row.
#   CHECK THE SHAPE: `dx` (N, D), `dgamma` and `dbeta` (D,).

# %% jupyter={"source_hidden": true}
ask.order_lines(
    "Batch norm's backward, cache (x_hat, inv_std, gamma). Three of these lines are real bugs.",
    ["x_hat, inv_std, gamma = cache",
     "g = dout * gamma",
     "through_mean = g.mean(axis=0)",
     "through_var = x_hat * (g * x_hat).mean(axis=0)",
     "dx = inv_std * (g - through_mean - through_var)"],
    {"g = dout":
         "gamma multiplied x_hat on the way forward; this line forgets it.",
     "through_var = x_hat * (g * x_hat).sum(axis=0)":
         "the 1/N of the variance is missing: this term is N times too large.",
     "dx = inv_std * g":
         "here mean and variance are treated as constants, and they are made of x."},
    hints={"g = dout * gamma": "gamma has to be taken out of the cache first.",
           "dx = inv_std * (g - through_mean - through_var)": "it needs both other terms."},
    also=[["x_hat, inv_std, gamma = cache", "g = dout * gamma",
           "through_var = x_hat * (g * x_hat).mean(axis=0)", "through_mean = g.mean(axis=0)",
           "dx = inv_std * (g - through_mean - through_var)"]])

# %% [markdown]
# ### Your turn: `batchnorm_forward` and `batchnorm_backward`
#
# Both in one cell, since what goes into the cache is your own business. `x` is `(N, D)`, `gamma` and
# `beta` are `(D,)`.
#
# <details><summary>Hint 1</summary><code>x.mean(axis=0)</code> and <code>x.var(axis=0)</code> run down
# the columns.</details>
# <details><summary>Hint 2</summary>Try your backward with an upstream gradient of all ones: dx must
# come out as 0, since the outputs of a column add up to N times beta whatever x is. (So never
# <i>test</i> with ones.)
# </details>

# %% solution="batchnorm_backward"
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """out (N, D) and a cache for x (N, D), gamma and beta (D,)."""
    ### BEGIN SOLUTION
    inv_std = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) * inv_std
    return gamma * x_hat + beta, (x_hat, inv_std, gamma)
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """dx (N, D), dgamma (D,) and dbeta (D,) for dout (N, D)."""
    ### BEGIN SOLUTION
    x_hat, inv_std, gamma = cache
    g = dout * gamma
    dx = inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION

# %% check="batchnorm_forward"
check("batchnorm_forward", batchnorm_forward)

# %% check="batchnorm_backward"
check("batchnorm_backward", batchnorm_backward)

# %%
normed = ten_layers(0.5, "batch norm")
lines_picture("Ten layers, first weights of gain 0.5", "steps", "loss",
              {"no cure": half, "batch norm": normed}, limits=(0, 2.7))

# %% [markdown]
# The same bad start that learned nothing now learns. Go back to the widget and switch batch norm on:
# the gain hardly matters to the outputs any more.

# %% [markdown]
# ## A way around: residual connections
#
# Another cure: let each layer *add* to what came in, $\text{out} = x + \text{branch}(x)$.
#
# $x$ is used twice, so blame comes back twice and adds up, as in lesson 02: once around the branch,
# unchanged, and once through it.
#
# $$dx = \text{dout} + \text{branch\_backward}(\text{dout})$$
#
# By hand: $\text{branch}(x) = 0.01\,x$, twenty times in a row. Without the way around, a gradient of 1
# comes back as $0.01^{20} = 10^{-40}$; with it, as $1.01^{20} \approx 1.22$.

# %% [markdown] tags=["talk"] slide="slide"
# ## A way around
#
# $$\text{out} = x + \text{branch}(x) \qquad dx = \text{dout} + \text{branch's blame}$$
#
# A branch of $0.01\,x$, twenty times in a row. A gradient of 1 comes back as
#
# * without the way around: $0.01^{20} = 10^{-40}$
# * with it: $1.01^{20} \approx 1.22$

# %%
print(f"without: {0.01**20:.0e}   with: {1.01**20:.2f}")

# %% [markdown]
# ### Your turn: `residual_backward`
#
# `branch_backward(dout, cache)` is a function that you are handed: it returns the branch's own `dx`.
#
# <details><summary>Hint</summary>Two ways lead back to x. What comes back along each of
# them?</details>

# %% solution="residual_backward"
def residual_backward(dout, branch_backward, cache):
    """dx for out = x + branch(x), of dout's shape."""
    ### BEGIN SOLUTION
    return dout + branch_backward(dout, cache)
    ### END SOLUTION

# %% check="residual_backward"
check("residual_backward", residual_backward)

# %% [markdown] tags=["talk"] slide="slide"
# ## The same bad start, cured twice

# %% slide="-"
around = ten_layers(0.5, "residual")
lines_picture("Ten layers, first weights of gain 0.5", "steps", "loss",
              {"no cure": half, "batch norm": normed, "residual": around}, limits=(0, 3.0))

# %% [markdown]
# Small first weights are now a good thing: each layer begins as "leave it as it is, nearly".

# %% [markdown]
# ## A step has no slope
#
# The first artificial neurons gave out 1 or -1, nothing between: $\text{sign}(x)$. People say that a
# step cannot be trained because it has no derivative at 0. ReLU has none at 0 either. The trouble is
# everywhere *else*: the slope of a step is **0 wherever it has one**, so every gradient behind it is 0.
#
# The **straight-through estimate** is a useful lie: forward, the step; backward, pretend it was the
# straight line from $(-1,-1)$ to $(1,1)$, with slope 1 there and 0 outside.

# %% [markdown]
# By hand: `x = [-0.5, 1.0, 1.5]`, `dout = [5, 6, 7]`. The first two lie on the line ($|x| \le 1$) and
# pass whole; the third is too far from the step. `dx = [5, 6, 0]`.
#
# ### Your turn: `straight_through_backward`
#
# <details><summary>Hint</summary><code>np.abs(x) &lt;= 1</code> is an array of True and False;
# multiplied, they count as 1 and 0.</details>

# %% solution="straight_through_backward"
def straight_through_backward(dout, x):
    """The clipped straight-through estimate for sign(x): dout where |x| <= 1, else 0."""
    ### BEGIN SOLUTION
    return dout * (np.abs(x) <= 1)
    ### END SOLUTION

# %% check="straight_through_backward"
check("straight_through_backward", straight_through_backward)

# %%
for estimate in ["true slope", "straight through"]:
    losses, moved, right = runs.step_net(estimate)
    print(f"{estimate:16s}: hidden weights moved by {moved:.2f}; loss {losses[-1]:.3f}, {right:.0%} "
          "right on two moons")

# %% [markdown]
# With the true slope the hidden weights stay exactly where chance put them, and only the last layer
# learns. With the lie they move, and it helps.

# %% [markdown]
# ## Saddles: flat, and no valley
#
# Where the gradient is 0 descent stands still. That need not be a valley: on a **saddle**, a mountain
# pass, it goes up in some directions and down in others. The more directions there are, the less
# likely it seems that *all* of them go up at once.

# %% slide="slide"
saddle()

# %% [markdown]
# Ten times closer to the middle costs about 24 steps more, because the distance grows by a factor of
# 1.1 with every step and $1.1^{24} \approx 10$. Exactly in the middle descent would stay for ever; a
# little noise, such as small batches bring, is enough to leave.

# %% [markdown]
# ## A claim put to the test: "backprop finds the global minimum"
#
# XOR is a task of four points: the answer is 1 for $(0, 1)$ and $(1, 0)$, and 0 for $(0, 0)$ and
# $(1, 1)$. No straight line parts them. A net with 2 hidden tanh units can do it; it starts from 200
# different first weights, 4000 steps each.

# %% [markdown] tags=["talk"] slide="slide"
# *"Backprop finds the global minimum."* XOR with 2 hidden tanh units, from 200 different first
# weights.

# %% slide="-" jupyter={"source_hidden": true}
xor = ask.predict("How many of the 200 nets end with a loss near 0?", low=0, high=200, step=1,
                  unit="nets")
xor

# %% [markdown] tags=["talk"] slide="slide"
# ## Where 200 nets came to rest

# %% slide="-"
endings = runs.xor_endings()
found = int((endings < 0.01).sum())
print(f"2 hidden units: {found} of 200 near 0.   6 hidden units:",
      int((runs.xor_endings(hidden=6) < 0.01).sum()), "of 200")
histogram_picture("Where 200 nets came to rest, 2 hidden units", endings, "last loss", "nets",
                  np.linspace(0, 0.6, 13))

# %%
xor.reveal(found, "Backprop computes slopes. Where they lead depends on where you start.")

# %% [markdown]
# More than a third are stuck at a loss near 0.35, with all slopes close to 0. Six hidden units instead
# of two, and every one of the 200 arrives. No theorem says so; wider nets have more ways down.

# %% [markdown]
# ## Learning by heart
#
# 200 digits to learn from, and one label in five drawn by lot. The net has 9,610 parameters: room
# enough to learn every single label by heart, the wrong ones too.

# %% slide="slide" jupyter={"source_hidden": true}
longer = ask.predict(
    "The loss on the 200 falls all the time. Train for 20 epochs, or for 100: which net reads more of "
    "the new digits?", ["the one with 20", "the one with 100", "both the same"])
longer

# %% [markdown] tags=["talk"] slide="slide"
# ## More training, worse net

# %% slide="-"
seen, held_out, right = runs.by_heart()
best = int(held_out.argmin())
print(f"best held-out loss after epoch {best + 1}: {right[best]:.0%} of new digits right; "
      f"after {len(right)}: {right[-1]:.0%}")
lines_picture("More training, worse net", "epochs", "loss",
              {"seen": seen, "held out": held_out}, limits=(0, 1.5), mark=best + 1)

# %%
longer.reveal("the one with 20", "So much for 'more training is always better'.")

# %% [markdown]
# Three cures, all of which keep the net from fitting every single dot:
#
# * **early stopping**: keep the parameters of the epoch with the best held-out loss (the dotted
#   line; `bplib.regularization.early_stop`). Digits that have chosen the epoch are no longer unseen:
#   below they judge as well, which flatters early stopping a little. An honest score takes a third set;
# * **weight decay**: add $\lambda W$ to every weight's gradient, which pulls it towards 0;
# * **dropout**, the next section.

# %% [markdown]
# ## Training with holes: dropout
#
# In every step, switch each hidden unit off with probability $p$: nobody can rely on one neighbour.
# On average only a share $1-p$ of the signal is left. So that the next layer meets the same mean, what
# is left is raised at once, by $1/(1-p)$:
#
# $$\text{out} = x \cdot \text{mask}, \qquad
# \text{mask} = \begin{cases} 0 & \text{with probability } p\\
# \frac{1}{1-p} & \text{otherwise}\end{cases}$$
#
# When the net is *used*, nothing is dropped and nothing need be scaled. Backward: LOCAL DERIVATIVE is
# the mask. What was switched off is not to blame.

# %% [markdown] tags=["talk"] slide="slide"
# ## Training with holes
#
# Switch each hidden unit off with probability $p$: nobody can rely on one neighbour.
#
# $$\text{out} = x \cdot \text{mask} \qquad \text{mask} = 0 \;\text{ or }\; \frac{1}{1-p}$$
#
# By hand, $p = 0.2$: $x = (2, 4)$, the second falls: $\text{mask} = (1.25, 0)$, $\text{out} = (2.5, 0)$.
#
# What was switched off is **not to blame**.

# %% [markdown]
# By hand: $p = 0.2$, so a kept entry is multiplied by $1/0.8 = 1.25$. `x = [2, 4]`, and the second
# falls: `mask = [1.25, 0]`, `out = [2.5, 0]`; for `dout = [1, 1]` comes `dx = [1.25, 0]`.
#
# ### Your turn: `dropout_forward` and `dropout_backward`
#
# The cache is the *scaled* mask, of `x`'s shape. Draw from `rng`, one number for each entry.
#
# <details><summary>Hint 1</summary><code>rng.random(x.shape)</code> draws numbers spread evenly from 0
# to 1. A share p of them lies below p.</details>
# <details><summary>Hint 2</summary>p is the probability of <i>dropping</i>. What is divided by in
# the mask is the probability of keeping.</details>

# %% solution="dropout_forward"
def dropout_forward(x, drop_probability, rng):
    """out and the scaled mask, both of x's shape."""
    ### BEGIN SOLUTION
    kept = rng.random(x.shape) >= drop_probability
    mask = kept / (1 - drop_probability)
    return x * mask, mask
    ### END SOLUTION

# %% check="dropout_forward"
check("dropout_forward", dropout_forward)

# %% solution="dropout_backward"
def dropout_backward(dout, cache):
    """dx, of dout's shape; the cache is the scaled mask."""
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION

# %% check="dropout_backward"
check("dropout_backward", dropout_backward)

# %%
for name, result in [("no cure, 100 epochs", right[-1]), ("early stopping", right[best]),
                     ("weight decay 0.03", runs.by_heart(decay=0.03)[2][-1]),
                     ("dropout 0.5", runs.by_heart(dropout=0.5)[2][-1])]:
    print(f"{name:20s} {result:.1%} of new digits right")

# %% [markdown]
# ## When the data lie
#
# *"Such a net can never be better than the humans who labelled its data."* Lesson 09 tried it with 30
# wrong labels in 100. Now half of all labels are drawn by lot (one in ten of those is right by luck).
# And a second net, whose teachers are right far more often, but call four out of five 4s a 9.

# %% slide="slide" jupyter={"source_hidden": true}
lies = ask.predict(
    "Which does more harm to the net's reading of 4s?",
    ["half of all labels replaced at random", "four in five 4s labelled 9, all else right"])
lies

# %%
teachers, net_right, fours = runs.wrong_at_random(0.5)
print(f"at random:   {teachers:.0%} of the labels are right; the net reads {net_right:.0%} of new "
      f"digits, and {fours:.0%} of the 4s")
teachers, net_right, fours = runs.wrong_with_system(0.8)
print(f"with system: {teachers:.0%} of the labels are right; the net reads {net_right:.0%} of new "
      f"digits, and {fours:.0%} of the 4s")
lies.reveal("four in five 4s labelled 9, all else right")

# %% [markdown]
# Random mistakes point every which way and cancel: the net beats its teachers. Mistakes with a
# system add up: the net learns the prejudice, and yet its overall score is the better of the two. Look
# at every group by itself.

# %% [markdown]
# ## Forgetting
#
# Learn 0 to 4 for twelve epochs, then 5 to 9 for twelve more.

# %%
old, new = runs.old_and_new()
rehearsed, _ = runs.old_and_new(kept=0.1)
lines_picture("Old digits (0 to 4), new digits (5 to 9)", "epochs", "share right",
              {"new": new, "old, one in ten kept": rehearsed, "old": old},
              limits=(0, 1.05), mark=12.5)

# %% [markdown]
# Nothing in the gradient of the new task speaks for the old one: in the end the net calls every old
# digit by a new one's name. Keeping one old example in ten brings most of it back. (Lesson 20 tries
# a cure without old data.)

# %% [markdown]
# ## How fast, how many at a time?
#
# Four epochs for each pair of learning rate and batch size; the share of new digits read.

# %%
rates, sizes = [0.01, 0.03, 0.1, 0.3, 1.0], [4, 32, 256]
shares = runs.rate_and_batch(rates, sizes)
table_picture("New digits read after four epochs", shares, sizes, rates, "batch size",
              "learning rate")

# %% [markdown]
# Small batches take more steps in an epoch, and each step is noisier: they want a smaller learning
# rate. Large batches take few steps and need larger ones to get anywhere. To choose: double the rate
# until the loss jumps about, then halve it; when you change the batch size, look again.

# %% jupyter={"source_hidden": true}
ask.choose(
    "A colleague's 15-layer net starts at a loss of log(10) and stays there. What do you look at "
    "first?",
    {"the size of the gradient in each layer":
         "If it vanishes on the way back, first weights, batch norm or residuals are the cure.",
     "more data": "More data do not help a layer that gets no gradient.",
     "a longer training": "Thousands of steps times a gradient of 1e-12 are still nothing.",
     "dropout": "That is for a net that fits its data too well; this one does not fit at all."},
    right="the size of the gradient in each layer")

# %% [markdown]
# ## What we now know
#
# | what you see | what to measure | what helps |
# |---|---|---|
# | loss stays where it began | gradient by layer | He or Xavier, batch norm, residuals |
# | loss jumps, or is nan | norm of the gradient | smaller rate, clipping |
# | many units always 0 | share of dead units | smaller rate, leaky ReLU |
# | seen good, new bad | both losses by epoch | early stopping, decay, dropout, more data |
# | fine on average, bad for a group | score by group | better labels, more of that group |
# | new task in, old one out | score on the old task | rehearse |
#
# **What still bothers us.** One learning rate for all parameters, chosen by trial. Could each
# parameter find its own? That is lesson 11.

# %% [markdown] tags=["talk"] slide="slide"
# ## What you see, what to measure, what helps
#
# | you see | measure | helps |
# |---|---|---|
# | loss stays where it began | gradient by layer | He, batch norm, residuals |
# | loss jumps, or is nan | norm of the gradient | smaller rate, clipping |
# | many units always 0 | share of dead units | smaller rate, leaky ReLU |
# | seen good, new bad | both losses by epoch | early stop, decay, dropout |
# | bad for one group | score by group | better labels, more of it |

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Do not guess what went wrong: measure it, layer by layer.
#
# **What still bothers us.** One learning rate for all parameters, chosen by trial. Could each
# parameter find its own? That is lesson 11.
