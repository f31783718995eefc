# ---
# jupyter:
#   bp:
#     title: From plain descent to Adam
#     level: 3
#     question: Backprop says which way is down. How far should each step go?
# ---

# %% [markdown]
# # From plain descent to Adam
#
# **Backpropagation tells a million parameters which way is down. It does not say how far to go. Who
# decides that, and can it be done better than with one learning rate for all?**
#
# An **optimiser** turns gradients into steps. In this lesson you write five of them, each in two or
# three lines, and see what every line is for. At the end they race on the digits.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Momentum, AdaGrad and RMSprop as three answers to three troubles; Adam as their
# combination; why the bias correction is there and what happens without it; decoupled weight decay;
# warm-up and cosine; that backprop and the optimiser are two different things. **Time**, about 100
# minutes: the ravine 15, momentum 15, AdaGrad and RMSprop 20, Adam 25, the race 15, schedules and
# myths 10.
#
# **What the class usually gets wrong.**
#
# - momentum_step: averaged
# - momentum_step: factors-swapped
# - momentum_step: stale-velocity
# - adam_step: power-dropped
# - adam_step: corrected-kept
# - adam_step: eps-inside
# - adamw_step: decay-in-gradient
#
# **Questions to ask.** What would happen to momentum with beta = 1? What is the unit of `v`, and of
# its root? Which of the walkers would notice if you turned the axes? Why does AdaGrad's
# square root grow, and what does that do to the steps after a week of training?
#
# **When the prediction fails.** It is natural to predict that Adam's first steps *without* the
# correction are too short, since m starts at 0. Ask for v: it starts at 0 too, and it starts there
# for longer. Then have them divide 0.1 by the root of 0.001.
#
# **Further reading.** B. Polyak (1964); J. Duchi, E. Hazan, Y. Singer (2011); T. Tieleman,
# G. Hinton (2012), lecture 6.5; D. Kingma, J. Ba (2015), which lesson 18 reads claim by claim;
# I. Loshchilov, F. Hutter (2017, 2019).

# %%
import time

import numpy as np

from autograder import check
from bplib import optim
from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.play import ask
from bplib.play.contest import rates_picture
from bplib.play.optim import adam_parts, ravine_walk, schedule, walk
from bplib.training import plain_descent, train

# %% [markdown]
# ## One ravine, six walkers
#
# Lesson 04 ended in a gorge: steep across, almost flat along. Scaling the features cured it there.
# Inside a deep network nobody can scale the features of layer 7 once and for all: they change with
# every step. Batch norm (lesson 10) keeps them in range, and yet many gorges stay.
#
# Here is one, 40 times steeper across than along. Six walkers start from the same place. At each
# step each of them is told the same thing, the slope under its own feet. They differ in what they
# make of it, and each has a learning rate that suits it. Their names will be explained one by one;
# the sixth, AdamW, is Adam with weight decay, which pulls it a little off the bottom, towards 0.

# %% [markdown] tags=["talk"] slide="slide"
# A ravine, 40 times steeper across than along. Each walker is told the slope under its own feet.

# %% slide="-" jupyter={"source_hidden": true}
winner = ask.predict(
    "After 80 steps in the ravine, who will be nearest to the bottom?",
    ["plain descent", "momentum", "AdaGrad", "RMSprop", "Adam"],
)
winner

# %% slide="slide"
ravine_walk(frame=0)

# %% [markdown]
# **Press play.** Then draw one walker at a time. What does plain descent waste its steps on? Which
# walkers cut straight through? When you have seen enough, turn the ravine by 45 degrees.

# %%
names = ["plain descent", "momentum", "AdaGrad", "RMSprop", "Adam"]
for turn in (0, 45):
    heights = {name: walk(name, turn, 1.0)[1][-1] for name in names}
    order = sorted(heights, key=heights.get)
    print(f"turned by {turn:2} degrees:", ", ".join(f"{n} {heights[n]:.0e}" for n in order))
winner.reveal(min(names, key=lambda name: walk(name, 0, 1.0)[1][-1]),
              "And yet: turn the ravine by 45 degrees, and the order is another one.")

# %% [markdown]
# So there is no best walker, only one that suits the ground. To know which, you have to know what
# each is made of. There are three ideas.

# %% [markdown]
# ## A ball that keeps its speed
#
# Plain descent forgets everything at every step. In the ravine it jumps from wall to wall, and the
# jumps cancel: wasted. A heavy ball would not do that. It keeps a **velocity**, which collects the
# slopes:
#
# $$\text{velocity} \leftarrow \beta \cdot \text{velocity} + \text{grad}
# \qquad \text{param} \leftarrow \text{param} - \text{rate} \cdot \text{velocity}$$
#
# Across the ravine the slopes change sign and cancel in the velocity. Along it they agree and add up.
# $\beta$ is the share of the speed that is kept: 0.9 is usual.

# %% [markdown] tags=["talk"] slide="slide"
# ## A ball that keeps its speed
#
# $$\text{velocity} \leftarrow \beta \cdot \text{velocity} + \text{grad}$$
#
# $$\text{param} \leftarrow \text{param} - \text{rate} \cdot \text{velocity}$$
#
# * Across the ravine the slopes change sign and **cancel**.
# * Along it they agree and **add up**: with $\beta = 0.9$, to ten times the gradient.

# %% [markdown]
# By hand, with $\beta = 0.5$, a learning rate of 0.1, and a parameter that starts at 1. The gradients
# that come are 2, 2 and −3:
#
# | step | velocity before | grad | velocity after | param after |
# |---|---|---|---|---|
# | 1 | 0 | 2 | 0.5 · 0 + 2 = 2 | 1 − 0.1 · 2 = 0.8 |
# | 2 | 2 | 2 | 0.5 · 2 + 2 = 3 | 0.8 − 0.1 · 3 = 0.5 |
# | 3 | 3 | −3 | 0.5 · 3 − 3 = −1.5 | 0.5 + 0.1 · 1.5 = 0.65 |
#
# In step 2 it went further than in step 1, although the slope was the same. In step 3 the slope
# turned, and half of it was spent on braking.

# %% [markdown] tags=["talk"] slide="slide"
# ## Momentum by hand: $\beta = 0.5$, rate 0.1
#
# | step | velocity before | grad | velocity after | param after |
# |---|---|---|---|---|
# | 1 | 0 | 2 | 0.5 · 0 + 2 = 2 | 1 − 0.2 = 0.8 |
# | 2 | 2 | 2 | 0.5 · 2 + 2 = 3 | 0.8 − 0.3 = 0.5 |
# | 3 | 3 | −3 | 0.5 · 3 − 3 = −1.5 | 0.5 + 0.15 = 0.65 |
#
# In step 2 it went further on the same slope. In step 3 half was spent on braking.

# %%
param, velocity = 1.0, 0.0
for grad in [2.0, 2.0, -3.0]:
    velocity = 0.5 * velocity + grad
    param = param - 0.1 * velocity
    print(f"grad {grad:5}   velocity {velocity:5}   param {param:.2f}")

# %% [markdown]
# How fast can it get? If every gradient is $g$, the velocity grows to
# $g + \beta g + \beta^2 g + \dots = g / (1 - \beta)$: with $\beta = 0.9$, ten times the gradient.
# That is why a learning rate that suits plain descent is often ten times too large with momentum.
#
# ### Your turn: `momentum_step`
#
# Every optimiser here is a pure function: what it remembers comes in and goes out again; nothing is
# changed in place. Return the new parameter and the new velocity, in this order.
#
# <details><summary>Hint 1</summary>The cell above has both lines, for fixed numbers.</details>
# <details><summary>Hint 2</summary>The step uses the <em>new</em> velocity, so the order of the two
# lines matters.</details>

# %% solution="momentum_step"
def momentum_step(param, grad, velocity, learning_rate, beta=0.9):
    """The new param and velocity; param, grad and velocity are arrays of one shape."""
    ### BEGIN SOLUTION
    velocity = beta * velocity + grad
    param = param - learning_rate * velocity
    return param, velocity
    ### END SOLUTION

# %% check="momentum_step"
check("momentum_step", momentum_step)

# %% [markdown]
# ## Shorter steps where it has been steep
#
# The second idea: *every parameter deserves its own learning rate.* A weight that belongs to a rare
# word gets a gradient once a week; the bias gets one at every step. One rate for both is too small
# for the first or too large for the second.
#
# **AdaGrad** keeps, for each single number, the total of its squared gradients so far, and divides
# by the root of it:
#
# $$\text{total} \leftarrow \text{total} + \text{grad}^2 \qquad
# \text{param} \leftarrow \text{param} - \text{rate} \cdot
# \frac{\text{grad}}{\sqrt{\text{total}} + \epsilon}$$
#
# All of this happens entry by entry. $\epsilon$, usually $10^{-8}$, is there for a parameter that has
# had no gradient yet: without it, 0 would be divided by 0. It stands *outside* the root.

# %% [markdown] tags=["talk"] slide="slide"
# ## Shorter steps where it has been steep
#
# *Every parameter deserves its own learning rate.* **AdaGrad**:
#
# $$\text{total} \leftarrow \text{total} + \text{grad}^2$$
#
# $$\text{param} \leftarrow \text{param} - \text{rate} \cdot \frac{\text{grad}}{\sqrt{\text{total}} + \epsilon}$$
#
# The first step is one rate long, for a gradient of 1,000 and of 0.001.

# %% [markdown]
# By hand, rate 0.5, for a gradient of 3 that comes after a total of 16:
# the total becomes $16 + 9 = 25$, its root is 5, and the step is $0.5 \cdot 3 / 5 = 0.3$.
#
# Now think of the very first step, when the total is only $\text{grad}^2$. Its root is the *size* of
# the gradient, so the step is rate times the gradient's sign: equally long for a gradient of
# 1,000 and of 0.001.

# %%
for grad in [1000.0, 3.0, 0.001]:
    param, total = optim.adagrad_step(np.array([0.0]), np.array([grad]), np.zeros(1), 0.5)
    print(f"first gradient {grad:8}: the step is {-param[0]:.4f}")

# %% [markdown]
# ### Your turn: `adagrad_step`
#
# <details><summary>Hint 1</summary>Two lines again: first the total, then the step.</details>
# <details><summary>Hint 2</summary><code>np.sqrt(total) + eps</code> needs brackets around it when it
# is divided by.</details>

# %% solution="adagrad_step"
def adagrad_step(param, grad, total, learning_rate, eps=1e-8):
    """The new param and total; param, grad and total are arrays of one shape."""
    ### BEGIN SOLUTION
    total = total + grad**2
    param = param - learning_rate * grad / (np.sqrt(total) + eps)
    return param, total
    ### END SOLUTION

# %% check="adagrad_step"
check("adagrad_step", adagrad_step)

# %% [markdown]
# ## A memory that fades
#
# AdaGrad never forgets, so its total can only grow and its steps can only shrink. With gradients of
# size 1, how long is the step after 1, 100 and 10,000 steps?

# %% [markdown] tags=["talk"] slide="slide"
# ## A memory that fades
#
# AdaGrad's total only grows: after 10,000 steps its steps are 100 times shorter.
#
# **RMSprop** takes an average that forgets:
#
# $$\text{average} \leftarrow \rho \cdot \text{average} + (1 - \rho) \cdot \text{grad}^2$$
#
# A walker who falls asleep, and one who does not.

# %%
param, total = np.zeros(1), np.zeros(1)
for t in range(1, 10_001):
    before = param
    param, total = optim.adagrad_step(param, np.ones(1), total, learning_rate=1.0)
    if t in (1, 100, 10_000):
        print(f"AdaGrad's step number {t:6}: {(before - param)[0]:.3f}")

# %% [markdown]
# The steps die out as one over the root of the number of steps. On a smooth bowl that is fine. In a
# deep network, where the ground changes as you walk, it is a walker who falls asleep.
#
# **RMSprop** replaces the total by an **average that forgets**:
#
# $$\text{average} \leftarrow \rho \cdot \text{average} + (1 - \rho) \cdot \text{grad}^2$$
#
# with $\rho$ = `decay`, usually 0.9, and then steps as AdaGrad does. The two weights add up to 1, so
# this is a mean: if every gradient is $g$, it settles at $g^2$. (Momentum's velocity has no
# $1 - \beta$ in it, and is a *sum* that forgets. Mind the difference:
# the two are easily mixed up.)
#
# ### Your turn: `rmsprop_step`
#
# <details><summary>Hint</summary>One line differs from <code>adagrad_step</code>.</details>

# %% solution="rmsprop_step"
def rmsprop_step(param, grad, average, learning_rate, decay=0.9, eps=1e-8):
    """The new param and average; param, grad and average are arrays of one shape."""
    ### BEGIN SOLUTION
    average = decay * average + (1 - decay) * grad**2
    param = param - learning_rate * grad / (np.sqrt(average) + eps)
    return param, average
    ### END SOLUTION

# %% check="rmsprop_step"
check("rmsprop_step", rmsprop_step)

# %% [markdown]
# ## Adam, put together
#
# Take momentum's idea, the direction smoothed over time, and RMSprop's, each parameter in its own
# units. Both as averages:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,\text{grad} \qquad
# v \leftarrow \beta_2 v + (1 - \beta_2)\,\text{grad}^2$$
#
# $$\text{param} \leftarrow \text{param} - \text{rate} \cdot \frac{m}{\sqrt{v}} \quad\text{?}$$
#
# Almost. There is a flaw in it at the beginning. The usual values are $\beta_1 = 0.9$ and
# $\beta_2 = 0.999$, and both averages start at 0.

# %% [markdown] tags=["talk"] slide="slide"
# ## Adam, put together
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,\text{grad}$$
#
# $$v \leftarrow \beta_2 v + (1 - \beta_2)\,\text{grad}^2$$
#
# $$\text{param} \leftarrow \text{param} - \text{rate} \cdot \frac{m}{\sqrt{v}} \quad\text{?}$$
#
# Almost. $\beta_1 = 0.9$, $\beta_2 = 0.999$, and both start at 0.

# %% slide="slide" jupyter={"source_hidden": true}
first = ask.predict(
    "Every gradient is 1. Without any correction, the first steps of m / root of v are ...",
    ["too short: m starts at 0", "just right: one learning rate", "too long, several learning rates"],
)
first

# %% [markdown]
# By hand, for the first step with a gradient of 1:
#
# $$m = 0.1 \cdot 1 = 0.1 \qquad v = 0.001 \cdot 1^2 = 0.001 \qquad
# \frac{m}{\sqrt v} = \frac{0.1}{0.0316} = 3.16$$

# %%
m, v = 0.0, 0.0
for t in range(1, 11):
    m, v = 0.9 * m + 0.1 * 1.0, 0.999 * v + 0.001 * 1.0**2
    print(f"step {t:2}: m {m:.3f}   root of v {np.sqrt(v):.3f}   step {m / np.sqrt(v):.2f}")
first.reveal("too long, several learning rates",
             "Both start too small, but v, with its longer memory, is too small for longer.")

# %% [markdown]
# How much too small? If every gradient is $g$, then after $t$ steps the average has collected
# $m = (1 - \beta_1^t)\, g$: above, $0.1 = 1 - 0.9$, then $0.19 = 1 - 0.9^2$. The share $\beta_1^t$
# still belongs to the zero it started from. So divide by $1 - \beta_1^t$, and do the same for $v$.
# This is the **bias correction**:
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t} \qquad
# \text{param} \leftarrow \text{param} - \text{rate} \cdot \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$
#
# As $t$ grows, $\beta^t$ goes to 0 and the correction fades away by itself. $\hat m$ and $\hat v$ are
# for this step only; what is remembered are $m$ and $v$.

# %% [markdown] tags=["talk"] slide="slide"
# ## The first step, by hand
#
# $$m = 0.1 \qquad v = 0.001 \qquad \frac{m}{\sqrt v} = \frac{0.1}{0.0316} = \mathbf{3.16}$$
#
# Three times too long. What is missing is a known share, so divide by it:
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t}$$
#
# As $t$ grows the correction fades away by itself.

# %% slide="slide"
adam_parts(corrected=False)

# %% [markdown]
# **Switch the correction on and off.** Then try the other gradients. With alternating ones, m
# cancels and v does not: Adam stands almost still where the slopes contradict each other. Now move
# the *size* of the gradients, from a thousandth to a thousand. What changes in the right picture?
#
# Put the body of the step in order. Three of the lines are wrong and stay outside.

# %% jupyter={"source_hidden": true}
average_m, average_v = "m = beta1 * m + (1 - beta1) * grad", "v = beta2 * v + (1 - beta2) * grad**2"
correct_m, correct_v = "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)"
move = "param = param - learning_rate * m_hat / (np.sqrt(v_hat) + eps)"
ask.order_lines(
    "Adam's step, from the gradient to the new parameter:",
    [average_m, average_v, correct_m, correct_v, move],
    {"v = beta2 * v + (1 - beta2) * m**2": "v measures the size of the gradients; in m they have "
     "already been smoothed.",
     "m_hat = m / (1 - beta1)": "That is right for t = 1 only; later it makes m up to ten times too "
     "large.",
     "param = param - learning_rate * m / np.sqrt(v + eps)": "Uncorrected, and eps under the root."},
    also=[[average_m, average_v, correct_v, correct_m, move],
          [average_v, average_m, correct_m, correct_v, move],
          [average_v, average_m, correct_v, correct_m, move],
          [average_m, correct_m, average_v, correct_v, move],
          [average_v, correct_v, average_m, correct_m, move]],
)

# %% [markdown]
# ### Your turn: `adam_step`
#
# `t` is 1 at the first step; whoever calls counts. Return the new `param`, `m`, `v`.
#
# <details><summary>Hint 1</summary>Five lines: two averages, two corrections, one step.</details>
# <details><summary>Hint 2</summary>Give the corrected values names of their own. If you write
# <code>m = m / (1 - beta1**t)</code>, the next step starts from the wrong m.</details>

# %% solution="adam_step"
def adam_step(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The new param, m and v; t counts the steps from 1; eps is added outside the root."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    param = param - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return param, m, v
    ### END SOLUTION

# %% check="adam_step"
check("adam_step", adam_step)

# %% [markdown]
# ## Weight decay that stays decoupled
#
# Lesson 10 kept weights small by adding $\lambda w$ to the gradient of every weight $w$. (That is the
# slope of $\frac{\lambda}{2} w^2$, as if this stood in the loss too; that way is called
# **L2**.) With plain descent it makes every weight shrink by the share $\text{rate} \cdot \lambda$ at
# each step. Add the same $\lambda w$ to the gradient that *Adam* is given, and something odd happens:
# it goes through $m$ and $v$, and is divided by the root of $v$ like everything else.

# %%
weights = np.array([1.0, 1.0])        # two equal weights; the first one has steep slopes
noise = np.random.default_rng(0).normal(size=(1000, 2)) * np.array([10.0, 0.1])

def shrink(decoupled):
    param, m, v = weights, np.zeros(2), np.zeros(2)
    for t, grad in enumerate(noise - noise.mean(axis=0), start=1):
        if decoupled:
            param, m, v = optim.adamw_step(param, grad, m, v, t, 1e-3, weight_decay=0.5)
        else:
            param, m, v = optim.adam_step(param, grad + 0.5 * param, m, v, t, 1e-3)
    return param

print("decay in the gradient (L2):", shrink(False).round(2))
print("decoupled (AdamW):         ", shrink(True).round(2))

# %% [markdown]
# Both weights started at 1, and both should shrink alike. With the decay in the gradient, the weight
# with the steep, noisy slopes has hardly shrunk, because its $v$ is large; the other one has shrunk
# far more than it should. **AdamW** takes the decay out of the gradient and applies it beside Adam's
# step, to the old parameter:
#
# $$\text{param} \leftarrow \text{param} - \text{rate} \cdot \frac{\hat m}{\sqrt{\hat v} + \epsilon}
# - \text{rate} \cdot \lambda \cdot \text{param}$$
#
# ### Your turn: `adamw_step`
#
# <details><summary>Hint 1</summary>Everything up to the last line is Adam.</details>
# <details><summary>Hint 2</summary>Both terms are computed from the parameter as it came in; then
# both come off.</details>

# %% solution="adamw_step"
def adamw_step(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8,
               weight_decay=1e-2):
    """The new param, m and v of Adam, with learning_rate * weight_decay * param taken off too."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    adam = learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return param - adam - learning_rate * weight_decay * param, m, v
    ### END SOLUTION

# %% check="adamw_step"
check("adamw_step", adamw_step)

# %% [markdown]
# ## The race on the digits
#
# The handwritten digits of lesson 09, and a network of 64, 32 and 10 units. Every optimiser tries the
# same eight learning rates, four epochs each, always from the same first weights. `optim.Stepper`
# keeps an optimiser's memory between the steps.

# %%
images, labels = load_digits()
x, y, x_new, y_new = train_test_split(images, labels, 0.2, np.random.default_rng(0))
rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
steps = {"plain descent": None, "momentum": optim.momentum_step, "AdaGrad": optim.adagrad_step,
         "RMSprop": optim.rmsprop_step, "Adam": optim.adam_step, "AdamW": optim.adamw_step}

def loss_after_four_epochs(step, rate, x):
    rng = np.random.default_rng(1)
    net = Network.of_sizes([64, 32, 10], rng)
    update = plain_descent(rate) if step is None else optim.Stepper(step, rate).step
    return train(net, x, y, epochs=4, batch_size=32, rng=rng, update=update)[-1].loss

def race(x):
    losses, start = {}, time.perf_counter()
    for name, step in steps.items():
        with np.errstate(all="ignore"):  # a rate that is too large runs away: we want to see it
            losses[name] = [loss_after_four_epochs(step, rate, x) for rate in rates]
        print(f"{name:14} done after {time.perf_counter() - start:4.1f} s")
    return losses

losses = race(x)

# %% [markdown] tags=["talk"] slide="slide"
# ## The race on the digits

# %% slide="-"
rates_picture(rates, losses)

# %% [markdown]
# Read it slowly. Where each curve is lowest, the six are not far apart: on this small, tame problem
# a well-chosen rate matters more than the optimiser. But *where* they are lowest differs by a
# factor of ten and more: a comparison at one learning rate for all would have crowned whoever
# happened to like that rate.
#
# Now make the problem less tame. We measure each of the 64 pixels in a unit of its own, from about
# 0.03 to 30, as if each came from another instrument. The information is the same.

# %%
units = 10.0 ** np.random.default_rng(3).uniform(-1.5, 1.5, 64)
badly_scaled = race(x * units)

# %% [markdown] tags=["talk"] slide="slide"
# ## The same, each pixel in a unit of its own

# %% slide="-"
rates_picture(rates, badly_scaled)

# %%
for name in steps:
    print(f"{name:14} lowest loss {min(losses[name]):.2f}, with bad units {min(badly_scaled[name]):.2f}")

# %% [markdown]
# Now the walkers with one rate for all parameters fall behind, and those with a rate for each keep
# up. That is what dividing by the root of the squares buys: in the length of a step, units that differ
# from parameter to parameter cancel. Not everything is mended: the first weights do not know the
# units either, and so all six do worse than before.

# %% [markdown]
# ## Which optimiser for what?
#
# No rule without exceptions; these are good first choices, and what people do.

# %% jupyter={"source_hidden": true}
ask.choose(
    "A model of a million rare words; most words appear in few batches, and the gradients are sparse.",
    {"plain descent": "A rare word's weights would move only when it appears, as little as all others.",
     "momentum": "It would keep rolling a word's weights long after the word has gone by.",
     "AdaGrad or Adam": "Yes: a rate for each weight lets rare words take large steps when they do "
                        "come. AdaGrad was made for this."},
    right="AdaGrad or Adam",
)

# %% jupyter={"source_hidden": true}
ask.choose(
    "Three weights, well scaled, a smooth bowl, and you know its largest curvature.",
    {"plain descent": "Yes: with the right rate it needs nothing more, and nothing can be simpler.",
     "Adam": "It would work, and near the bottom it would still take steps of about one learning "
             "rate unless you lower it.",
     "AdamW": "Nothing here asks for small weights."},
    right="plain descent",
)

# %% jupyter={"source_hidden": true}
ask.choose(
    "A deep network with layers of very different kinds, little time to tune, and you want the weights "
    "kept small.",
    {"AdaGrad": "Its steps die out over a long training.",
     "AdamW, with a schedule": "Yes: rates of their own for all weights, decay that treats them "
                               "alike, and a rate that ends small. It is the usual first choice.",
     "plain descent": "It can be made to work, with much more tuning."},
    right="AdamW, with a schedule",
)

# %% [markdown]
# ## Fast, then slow: schedules
#
# A mini-batch gives a noisy gradient. Even at the bottom, where the true slope is 0, the noise keeps
# pushing, and with a constant rate the walker trembles for ever. A smaller rate trembles less but
# arrives later. So: fast at first, slow at the end.
#
# The **cosine schedule** rises in a line from 0 to its peak during a **warm-up**, while Adam's $v$ is
# still a guess from few gradients, and then comes down along half a cosine:
#
# $$\text{rate} = \text{peak} \cdot \frac{1 + \cos(\pi \cdot \text{progress})}{2}, \qquad
# \text{progress} = \frac{\text{step} - \text{warmup}}{\text{total} - \text{warmup}}$$

# %% slide="slide"
schedule()

# %% [markdown]
# By hand, for a peak of 0.4, 8 steps in all and 4 of warm-up: at step 2 the rate is
# $0.4 \cdot 2 / 4 = 0.2$. At step 4 the warm-up is over: progress 0, cosine 1, rate 0.4. At step 6 the
# progress is $2/4$, the cosine of $\pi / 2$ is 0, rate 0.2. At step 8 it is 0, and stays 0.
#
# ### Your turn: `cosine_schedule`
#
# One number in, one number out. Three cases: from `total_steps` on, during the warm-up, in between.
# `warmup_steps` may be 0: then there is no warm-up, and nothing may be divided by it.
#
# <details><summary>Hint 1</summary><code>np.cos</code> and <code>np.pi</code> are what you need;
# the angle is in radians.</details>
# <details><summary>Hint 2</summary><code>if step &lt; warmup_steps:</code> is never true when there
# is no warm-up.</details>

# %% solution="cosine_schedule"
def cosine_schedule(step, total_steps, peak, warmup_steps=0):
    """The learning rate at a step: a line up to the peak, half a cosine down to 0, then 0."""
    ### BEGIN SOLUTION
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * step / warmup_steps
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * (1 + np.cos(np.pi * progress)) / 2
    ### END SOLUTION

# %% check="cosine_schedule"
check("cosine_schedule", cosine_schedule)

# %% [markdown]
# On the digits: Adam for twelve epochs with a rate of 0.03, which in the race was among its best, but
# is too large to end with. Once it is held constant, once it is the peak of a schedule. A `Stepper`
# takes a function of the step's number in place of a rate.

# %%
def train_with(rate, seed):
    rng = np.random.default_rng(seed)
    net = Network.of_sizes([64, 32, 10], rng)
    history = train(net, x, y, epochs=12, batch_size=32, rng=rng, held_out=(x_new, y_new),
                    update=optim.Stepper(optim.adam_step, rate).step)
    return history[-1].loss, history[-1].accuracy

total = 12 * int(np.ceil(len(x) / 32))
for words, rate in [("constant", 0.03),
                    ("schedule", lambda t: optim.cosine_schedule(t, total, 0.03, total // 10))]:
    ends = np.array([train_with(rate, seed) for seed in range(3)])
    print(f"{words}: loss {ends[:, 0].mean():.4f}, held out {100 * ends[:, 1].mean():.1f} % right "
          "(mean of three trainings)")

# %% [markdown]
# ## A trap in the machine: numbers almost zero
#
# A ReLU that has died gives gradients of exactly 0, for good. Its m is then multiplied by 0.9 at every
# step, and nothing is added. What becomes of it?

# %%
m = np.full(20_000, 1e-36, dtype=np.float32)
for block in range(15):
    start = time.perf_counter()
    for _ in range(20):
        m = np.float32(0.9) * m
    if block in (0, 4, 14):
        micro = 1e6 * (time.perf_counter() - start) / 20
        print(f"after {20 * (block + 1):3} steps: m = {m[0]:.1e}, {micro:6.1f} microseconds a step")
print("smallest float32 of full precision:", np.finfo(np.float32).tiny)
print("smallest float32 of all:           ", np.finfo(np.float32).smallest_subnormal)

# %% [markdown]
# It never reaches 0. Below about $10^{-38}$ a float32 is **denormal**: stored with fewer and fewer
# digits, in the end as a whole number of times the smallest one there is. At four times that it
# stops, for $0.9 \cdot 4 = 3.6$ is rounded to 4. Most processors handle denormals on a slow path,
# often many times slower; look at the times above for yours. A network with dead units carries
# thousands of such numbers through every step. `optim.FlatAdam`, our fast Adam, adds and subtracts
# $10^{-28}$ now and then: beside that a denormal is lost to rounding, and becomes a plain 0.

# %%
tiny = np.float32(1e-40)
print("1e-40 plus and minus 1e-28:", (tiny + np.float32(1e-28)) - np.float32(1e-28))

# %% [markdown]
# ## Three claims put to the test
#
# **"Adam scales the gradients with logarithms."** If so, gradients a thousand times as large should
# give steps that are larger by a logarithm: by about 7, perhaps.

# %% slide="slide" jupyter={"source_hidden": true}
logs = ask.predict(
    "All gradients times 1000. Adam's steps become ...",
    ["1000 times longer", "about 7 times longer", "as long as before"],
)
logs

# %%
def adam_walk(grads):
    param, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    for t, grad in enumerate(grads, start=1):
        param, m, v = optim.adam_step(param, np.array([grad]), m, v, t)
    return param[0]

grads = np.random.default_rng(0).normal(1.0, 1.0, 50)
print("gradients as they are:", adam_walk(grads), "  times 1000:", adam_walk(1000 * grads))
logs.reveal("as long as before", "m grows by 1000, and so does the root of v. There is no logarithm.")

# %% [markdown] tags=["talk"] slide="slide"
# ## No logarithm anywhere
#
# * All gradients times 1000: $m$ grows by 1000, and so does $\sqrt v$.
# * The step is **as long as before**.
# * What Adam cancels is the *unit* of the gradient.

# %% [markdown]
# **"Adam takes its momentum from AdaGrad."** AdaGrad remembers squares. Turn the sign of every second
# gradient: does its memory notice? Does momentum's?

# %%
same, turned = np.ones(10), np.tile([1.0, -1.0], 5)
for words, grads in [("all 1:       ", same), ("1, -1, 1 ...:", turned)]:
    velocity, total = np.zeros(1), np.zeros(1)
    for grad in grads:
        _, velocity = optim.momentum_step(np.zeros(1), np.array([grad]), velocity, 0.1)
        _, total = optim.adagrad_step(np.zeros(1), np.array([grad]), total, 0.1)
    print(words, f"momentum remembers {velocity[0]:6.3f}, AdaGrad remembers {total[0]:.0f}")

# %% [markdown]
# AdaGrad's memory has no direction in it, so there is no momentum to take. From the squares of AdaGrad
# and RMSprop comes Adam's $v$; its $m$ comes from momentum.
#
# **"Backprop *is* gradient descent."** One network, one batch, one call of backprop. Then six
# optimisers:

# %%
net = Network.of_sizes([64, 32, 10], np.random.default_rng(0))
net.loss_and_gradient(x[:100], y[:100])
gradient = net.gradient.copy()               # backprop's work is done here, once
for name, step in steps.items():
    vector = net.vector.copy()
    update = plain_descent(0.01) if step is None else optim.Stepper(step, 0.01).step
    for _ in range(2):                       # the same gradient twice
        update(vector, gradient)
    print(f"{name:14} moved by {np.linalg.norm(vector - net.vector):.4f}")

# %% [markdown]
# The same gradient, six different moves. (Adam and AdamW differ too, by a decay that two steps are too
# few to show in these digits.) Backprop computes a gradient; an optimiser decides what to do
# with it. And the agent of lesson 04 did gradient descent without any backprop.

# %% [markdown] tags=["talk"] slide="slide"
# ## "Backprop *is* gradient descent"?
#
# * **Backprop** computes the gradient.
# * An **optimiser** decides what to do with it.
#
# One gradient, six optimisers: six different moves. And the agent of lesson 04 did gradient descent
# without any backprop.

# %% [markdown]
# ## Find the bug
#
# A colleague's Adam works, but slowly, and worse than plain momentum. In his loop stands:
#
# ```python
# for x_batch, y_batch in minibatches(x, y, 32, rng):
#     grads = mlp_backward(...)
#     m, v = np.zeros_like(W), np.zeros_like(W)
#     W, m, v = adam_step(W, grads, m, v, t=1)
# ```

# %% jupyter={"source_hidden": true}
ask.choose(
    "What does this Adam do?",
    {"It is Adam with a small learning rate": "The rate is not touched. What do m and v hold when the "
                                              "step begins?",
     "It moves every weight by one learning rate, against the gradient's sign":
         "Yes. With fresh m and v and t = 1, m_hat is grad and v_hat is grad squared: all that is left "
         "is the sign. A check with a single step, or with gradients that are always 1, would not see "
         "it.",
     "It is RMSprop": "RMSprop remembers; here nothing is remembered."},
    right="It moves every weight by one learning rate, against the gradient's sign",
)

# %% [markdown]
# ## What we now know
#
# * Backprop finds the gradient. An **optimiser** makes a step of it.
# * **Momentum** sums up gradients: what contradicts itself cancels. **AdaGrad** and **RMSprop** divide
#   by the size that gradients have had: units cancel. **Adam** does both, and corrects for starting
#   from 0.
# * A comparison of optimisers is fair only if each has a learning rate of its own.
# * Decay beside the step, not in the gradient. Fast first, slow at the end.
#
# **What still bothers us.** The network that reads digits has a weight from every pixel to every
# unit. Shift the picture by one pixel, and for the network it is another picture altogether. That is
# lesson 12.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Sum the gradients, and what contradicts itself cancels; divide by their size, and units cancel.
#
# A comparison of optimisers is fair only if each has a learning rate of its own.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# The network that reads digits has a weight from every pixel to every unit.
#
# **Shift the picture by one pixel, and for the network it is another picture altogether.**
#
# That is lesson 12.
