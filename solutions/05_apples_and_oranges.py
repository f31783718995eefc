# ---
# jupyter:
#   bp:
#     title: Apples and oranges
#     level: 2
#     question: Can a straight line say yes or no, and how sure it is?
# ---

# %% [markdown]
# # Apples and oranges
#
# **A sorting belt carries fruit past a camera. The camera measures two numbers: the radius in
# centimetres, and the colour on a scale from 0 (green) to 1 (orange). Is this an apple or an
# orange? And how sure are you?**
#
# In lesson 04 the answer was an amount. Here it is a yes or a no, and the truth is a label: 0 for
# an apple, 1 for an orange. Some apples are large and rather orange, and some oranges are small
# and still green. So a good sorter does not only decide. It says how sure it is.

# %% [markdown] tags=["talk"] slide="slide"
# ## A sorting belt with a camera
#
# Two numbers for each fruit: its **radius**, and its **colour** from green to orange.
#
# * Is this an apple or an orange?
# * And how sure are you?
#
# Some apples are large and rather orange. A good sorter does not only decide: it says how sure it
# is.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The decision line; the sigmoid as the way from a score to a probability; cross-entropy
# and why it is a logarithm; the gradient "probability minus truth", measured before it is derived;
# rounding as a reason to compute from the score; a probability that can be checked. **Time**,
# about 100 minutes: line by hand 10, sigmoid 20, cross-entropy 25, straight from the score 15,
# gradient 15, fitting and the belt 10, the two claims 5.
#
# **What the class usually gets wrong.**
#
# - binary_cross_entropy: minus-on-first-term
# - binary_cross_entropy: apples-cost-nothing
# - binary_cross_entropy: nan-at-zero-and-one
# - sigmoid: overflow-both-branches
# - logistic_gradients: sigmoid-slope-again
# - logistic_gradients: mean-missing-db
#
# **Questions to ask.** A forecaster says 50 % every day: what does that cost, and could you call it
# wrong? Who would pay for being sure and right? If you double all weights, does the line move? What
# does move?
#
# **When the prediction fails.** Many expect that the squared mistake teaches as well as
# cross-entropy. Let them read off the slopes: sure and wrong, the squared mistake has almost none,
# and who feels no slope does not move.
#
# **Further reading.** I. J. Good, "Rational decisions" (1952), on the logarithm as the fair price
# of a forecast. D. R. Cox, "The regression analysis of binary sequences" (1958).

# %%
import numpy as np

from autograder import check
from bplib import logistic as course
from bplib.descent import slope
from bplib.linear import split_examples, standardize
from bplib.play import ask
from bplib.play.logistic import cost, learning, line, squash, trust_picture, wrong_above

# %% [markdown]
# ## A line between two kinds
#
# Here are 60 fruits: apples are dots, oranges are diamonds. Lay a straight line between them. What
# lies above it will be called orange, what lies below it apple.

# %% slide="slide"
fewest = ask.predict(
    "With the best straight line there is, how many of the 60 are on the wrong side?",
    low=0, high=15, step=1, unit="fruits",
)
fewest

# %% slide="slide"
line()

# %% [markdown]
# A machine that tries 2,601 lines, every pair of settings of the two sliders:

# %%
lefts, rights = np.linspace(-0.5, 2, 51), np.linspace(-1, 1.5, 51)
settings = [(left, right) for left in lefts for right in rights]
wrong = [wrong_above(left, right).sum() for left, right in settings]
print("the best of them:", np.round(settings[np.argmin(wrong)], 2))
fewest.reveal(min(wrong), "Other lines than these do no better.")

# %% [markdown]
# The two kinds overlap. No line gets all of them right, so near the line nobody should be too sure.
# That is what we want the machine to tell us.

# %% [markdown]
# ## From a score to a probability
#
# The machine adds up, as in lesson 04. Here the result is called the **score**:
#
# $$z = x_1 w_1 + x_2 w_2 + b$$
#
# Positive means orange, negative means apple, and 0 is the line itself. The further from 0, the
# surer. A score can be any number, a probability must lie between 0 and 1. The **sigmoid** leads
# from one to the other:
#
# $$p = \frac{1}{1 + e^{-z}} \qquad\text{the probability of an orange}$$

# %% [markdown] tags=["talk"] slide="slide"
# ## From a score to a probability
#
# $$z = x_1 w_1 + x_2 w_2 + b$$
#
# Positive means orange, negative means apple. The further from 0, the surer.
#
# $$p = \frac{1}{1 + e^{-z}}$$
#
# By hand: $z = 2$ gives $p = 1 / 1.135 \approx 0.88$; $z = -2$ gives $0.12$.

# %% slide="slide"
squash()

# %% [markdown]
# ### One case by hand
#
# $z = 2$: $e^{-2} \approx 0.135$, so $p = 1 / 1.135 \approx 0.88$. And $z = -2$: $e^{2} \approx
# 7.39$, so $p = 1 / 8.39 \approx 0.12$. The two add up to 1: turning the sign of the score
# exchanges apple and orange.
#
# The *odds* are $p / (1 - p)$: how many oranges to one apple. Each point of score multiplies them
# by $e \approx 2.72$. At $z = 2$ they are 7.39 to 1.

# %%
for z in [-2.0, 0.0, 1.0, 2.0, 4.0]:
    p = 1 / (1 + np.exp(-z))
    print(f"z = {z:4}   p = {p:.3f}   odds {p / (1 - p):.2f} to 1")

# %% [markdown]
# ### A number too large
#
# For $z = -800$ the formula asks for $e^{800}$. That number has 348 digits before the point, more
# than a float (a number as the computer keeps it) can hold. numpy answers with infinity and a
# warning:

# %%
import warnings

with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    print(np.exp(np.array([700.0, 800.0])))
for warning in heard:  # none when Python runs in a browser, where numpy cannot notice it
    print("numpy says:", warning.message)

# %% [markdown]
# There is a second form of the same formula; multiply above and below by $e^z$:
#
# $$\frac{1}{1 + e^{-z}} = \frac{e^{z}}{e^{z} + 1}$$
#
# For $z \ge 0$ the left form is safe, for $z < 0$ the right one. Both then contain the exponential
# of $-|z|$, which is at most 1 and cannot overflow. Call it *small*:
#
# $$z \ge 0:\ \frac{1}{1 + \text{small}} \qquad z < 0:\ \frac{\text{small}}{1 + \text{small}}
# \qquad \text{small} = e^{-|z|}$$
#
# ### Your turn: `sigmoid`
#
# `z` is an array of scores. Return the array of probabilities, for scores from -10000 to 10000
# without a warning.
#
# <details><summary>Hint 1</summary><code>np.where(condition, a, b)</code> takes from
# <code>a</code> where the condition holds and from <code>b</code> elsewhere. It works out both
# before it chooses, so neither may overflow.</details>
# <details><summary>Hint 2</summary>Below the fraction bar both forms are equal. Only what stands
# above it has to be chosen.</details>

# %% solution="sigmoid"
def sigmoid(z):
    """The probabilities that belong to an array of scores z, in the same shape."""
    small = np.exp(-np.abs(z))
    ### BEGIN SOLUTION
    return np.where(z >= 0, 1, small) / (1 + small)
    ### END SOLUTION

# %% check="sigmoid"
check("sigmoid", sigmoid)

# %% [markdown]
# ## The cost of being sure and wrong
#
# Two sorters look at the same fruit. One says: an orange, 90 %. The other: an orange, 99 %. It is
# an apple.
#
# So the truth was given 10 % by the first and 1 % by the second. Who deserves the larger fine, and
# how much larger?

# %% [markdown] tags=["talk"] slide="slide"
# Two sorters look at the same fruit. One says: an orange, 90 %. The other: an orange, 99 %. It is
# an **apple**.

# %% slide="-"
fine = ask.predict(
    "What would be a fair fine for the second sorter, compared with the first?",
    ["about the same, both were wrong", "twice as much", "ten times as much"],
)
fine

# %% slide="slide"
cost()

# %% [markdown]
# ### Why a logarithm
#
# Let a sorter judge many fruits. A good one gives the truths a high probability *all together*:
# the product of what each truth was given. For three fruits that got 0.9, 0.8 and 0.3 that is $0.9
# \cdot 0.8 \cdot 0.3 = 0.216$. The logarithm turns the product into a sum, in which every fruit
# has its own share, and the minus turns it into a cost:
#
# $$-\log 0.9 - \log 0.8 - \log 0.3 = 0.105 + 0.223 + 1.204 = 1.532$$
#
# So the fair fine is $-\log$ *of what the truth was given*. Ten times less for the truth always
# costs the same on top: $\log 10 \approx 2.3$. With 10 % the fine is 2.3, with 1 % it is 4.6, and
# to be certain of what is not so costs infinitely much. (`log` is the natural logarithm here,
# `np.log`.)

# %% [markdown] tags=["talk"] slide="slide"
# ## Why a logarithm
#
# A good sorter gives the truths a high probability *all together*:
#
# $$0.9 \cdot 0.8 \cdot 0.3 = 0.216$$
#
# A logarithm makes a sum of it, in which every fruit has its own share:
#
# $$-\log 0.9 - \log 0.8 - \log 0.3 = 0.105 + 0.223 + 1.204$$
#
# The fair fine is $-\log$ **of what the truth was given**: 2.3 for 10 %, 4.6 for 1 %.

# %%
given = np.array([0.9, 0.8, 0.3])
costs = -np.log(given)
print(f"product {given.prod():.3f}, costs {costs.round(3)}, mean {costs.mean():.3f}")
print(f"fines for 10 % and 1 %: {-np.log(0.1):.2f} and {-np.log(0.01):.2f}")
fine.reveal("twice as much", "2.3 and 4.6.")

# %% [markdown]
# ### One formula for both kinds
#
# $p$ is the probability of an *orange*. If it is one ($y = 1$), the truth was given $p$; if it is
# an apple ($y = 0$), the truth was given $1 - p$. One formula, in which $y$ does the choosing:
#
# $$\text{cost} = -\big(y \log p + (1 - y) \log(1 - p)\big)$$
#
# Its mean over all fruits is called the **cross-entropy**.

# %% [markdown]
# | $p$ | $y$ | the truth was given | cost |
# |---|---|---|---|
# | 0.9 | 1 | 0.9 | $-\log 0.9 = 0.105$ |
# | 0.2 | 0 | 0.8 | $-\log 0.8 = 0.223$ |
# | 0.3 | 1 | 0.3 | $-\log 0.3 = 1.204$ |
#
# The mean is $1.532 / 3 = 0.511$. The formula also understands a $y$ in between: if 3 of 10 people
# call a fruit an orange, let $y = 0.3$, and both terms count.
#
# ### Your turn: `binary_cross_entropy`
#
# `p` and `y` are arrays of shape `(N,)`. Return the mean cost, one number. At $p = 0$ or $p = 1$
# the logarithm of 0 would spoil everything: `np.log(0)` is minus infinity, and 0 times infinity is
# not a number. So keep `p` a hair away from both ends first, say between $10^{-12}$ and $1 -
# 10^{-12}$.
#
# <details><summary>Hint 1</summary><code>np.clip(p, low, high)</code> returns a copy of
# <code>p</code> held between the two. It leaves <code>p</code> itself as it was, so give the
# result a name.</details>
# <details><summary>Hint 2</summary>The minus belongs to both terms: mind the brackets.</details>

# %% solution="binary_cross_entropy"
def binary_cross_entropy(p, y):
    """The mean cost of probabilities p (N,) when the truth is y (N,): one finite number."""
    ### BEGIN SOLUTION
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION

# %% check="binary_cross_entropy"
check("binary_cross_entropy", binary_cross_entropy)

# %% [markdown]
# ## Straight from the score
#
# A score of 50, and it was an apple. What does that cost? The truth was given
# $1 - p = 1 / (1 + e^{50}) \approx e^{-50}$, so the cost is 50. Now let the machine compute it:

# %%
p = course.sigmoid(50.0)
print("p =", p, "  1 - p =", 1 - p)
print("cost with clipping:", -np.log(max(1 - p, 1e-12)), "  the true cost: 50")

# %% [markdown]
# A float has about 16 digits. 0.9999999999999999999998 is rounded to exactly 1, and then all is
# lost: the cost becomes infinite, or whatever the clipping makes of it. From the score itself
# nothing is lost. The costs, with $p$ replaced by its formula:
#
# $$y = 0:\ -\log(1 - p) = \log(1 + e^{z}) \qquad\qquad y = 1:\ -\log p = \log(1 + e^{z}) - z$$
#
# In one formula, with $y$ choosing again, and mean over all fruits as before:
#
# $$\text{cost} = \log(1 + e^{z}) - z\,y$$
#
# One trap is left: $e^{z}$ overflows for large $z$. Take out the large part first:
#
# $$\log(1 + e^{z}) = \max(z, 0) + \log(1 + e^{-|z|})$$
#
# By hand for $z = 2$: the left side is $\log 8.389 = 2.127$, the right side $2 + \log 1.135 =
# 2.127$.

# %%
print(np.log(1 + np.exp(2.0)), 2 + np.log(1 + np.exp(-2.0)))

# %% [markdown]
# ### Your turn: `binary_cross_entropy_from_logits`
#
# A score before the sigmoid is also called a **logit**, hence the name. `z` and `y` are arrays
# `(N,)`. Return the mean cost, exact for scores as large as you like.
#
# <details><summary>Hint 1</summary>Three pieces for each fruit: <code>max(z, 0)</code>, minus
# <code>z * y</code>, plus the logarithm. For arrays the larger of two is
# <code>np.maximum</code>.</details>
# <details><summary>Hint 2</summary><code>np.exp</code> should only ever see
# <code>-np.abs(z)</code>.</details>

# %% solution="binary_cross_entropy_from_logits"
def binary_cross_entropy_from_logits(z, y):
    """The mean cost of scores z (N,) when the truth is y (N,), with nothing rounded away."""
    ### BEGIN SOLUTION
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
    ### END SOLUTION

# %% check="binary_cross_entropy_from_logits"
check("binary_cross_entropy_from_logits", binary_cross_entropy_from_logits)

# %% [markdown]
# ## Probability minus truth
#
# To learn, the machine must feel how the cost slopes as the score changes. Two feet on the hill,
# as in lesson 03, for one fruit at a time:

# %%
for z, y in [(2.0, 1), (2.0, 0), (-1.0, 1), (0.0, 0), (30.0, 0)]:
    steepness = slope(lambda z, y=y: course.binary_cross_entropy_from_logits([z], [y]), z)
    p = course.sigmoid(z)
    print(f"z = {z:4}   p = {p:.4f}   y = {y}   slope of the cost {steepness:7.4f}")

# %% [markdown]
# Compare the last column with $p$ and $y$ before you read on. It is
#
# $$\frac{d\,\text{cost}}{d\,z} = p - y$$
#
# **The probability that was said, minus the truth.** A machine that says 0.88 for an apple is too
# sure by 0.88. One that says 0.88 for an orange is not sure enough by 0.12, and the slope is
# negative. Nothing else is left of sigmoid and logarithm: they were made for each other.
#
# <details><summary>For those who know the rules of derivatives</summary>The slope of <code>log(1 +
# e^z)</code> is <code>e^z / (1 + e^z)</code>, which is the sigmoid, <code>p</code>. The slope of
# <code>z y</code> is <code>y</code>. That is all.</details>

# %% [markdown] tags=["talk"] slide="slide"
# ## The plainest of slopes
#
# $$\frac{d\,\text{cost}}{d\,z} = p - y$$
#
# > The probability that was said, minus the truth.
#
# * says 0.88, it was an apple: too sure by **0.88**
# * says 0.88, it was an orange: not sure enough, **−0.12**

# %% [markdown]
# From there on it goes as in lesson 04. The score $z = x_1 w_1 + x_2 w_2 + b$ moves by $x_j$ when
# $w_j$ moves by 1, and by 1 when $b$ does. Slopes along a path multiply, and the mean runs over
# all $N$ fruits:
#
# $$dw_j = \frac{1}{N}\sum_n (p_n - y_n)\, x_{nj} \qquad db = \frac{1}{N}\sum_n (p_n - y_n)$$
#
# No factor 2 this time: nothing was squared. Two fruits by hand:

# %%
X = np.array([[1.0, 2.0], [-1.0, 0.5]])
p, y = np.array([0.9, 0.3]), np.array([0, 1])
too_sure = p - y
print("too sure by", too_sure)
print("dw[0] = (0.9 * 1 - 0.7 * -1) / 2   =", (0.9 * 1 - 0.7 * -1) / 2)
print("dw[1] = (0.9 * 2 - 0.7 * 0.5) / 2  =", (0.9 * 2 - 0.7 * 0.5) / 2)
print("all at once:", X.T @ too_sure / 2, "  db =", too_sure.mean())

# %% [markdown]
# ### Your turn: `logistic_gradients`
#
# `X` is the table `(N, D)`, `y` the truths `(N,)`, `w` the weights `(D,)`, `b` a number. Return
# `dw`, shape `(D,)`, and `db`, one number. `course.sigmoid` does what yours does; use either.
#
# <details><summary>Hint 1</summary>Scores, probabilities, too sure by how much, and then the two
# means.</details>
# <details><summary>Hint 2</summary><code>X.T @ something</code> adds up over the fruits, for each
# feature. It does not divide by their number.</details>

# %% solution="logistic_gradients"
def logistic_gradients(X, y, w, b):
    """dw (D,) and db of the cross-entropy, for X (N, D), y (N,), w (D,) and b, a number."""
    z = X @ w + b
    ### BEGIN SOLUTION
    too_sure = course.sigmoid(z) - y
    dw = X.T @ too_sure / len(X)
    db = np.mean(too_sure)
    return dw, db
    ### END SOLUTION

# %% check="logistic_gradients"
check("logistic_gradients", logistic_gradients)

# %% [markdown]
# ## The line moves
#
# Start with all weights at 0, take a step against the gradient, and again. Each band in the
# picture is a tenth of probability: green for an apple, orange for an orange. The black line is
# where the machine cannot say.

# %% slide="slide"
late = ask.predict(
    "When the line has all but stopped moving, what happens to the bands if learning goes on?",
    ["nothing, it is finished", "they move closer to the line: it gets surer",
     "they spread out: it gets less sure"],
)
late

# %% slide="slide"
learning()

# %%
X, y = course.make_fruit(60, np.random.default_rng(2))   # the fruits of the pictures
Z = standardize(X)[0]
for steps in [5, 20, 60]:
    w, b, losses = course.fit_logistic(Z, y, 1.0, steps)
    print(f"{steps:2} steps: direction of the line {w[1] / w[0]:.2f}, length of w "
          f"{np.linalg.norm(w):.2f}, cost {losses[-1]:.3f}")
late.reveal("they move closer to the line: it gets surer")

# %% [markdown]
# The direction of `w` says where the line lies; its *length* says how sure the machine is. After a
# few steps the direction hardly changes, and the length still grows. It stops growing where more
# confidence would cost more on the fruits that are wrong than it saves on the others.
#
# ### Your turn: `fit_logistic`
#
# Start from zero weights and $b = 0$. Return `w`, `b` and the list of `steps + 1` costs, the first
# before any step. `course.logistic_gradients` and `course.binary_cross_entropy_from_logits` do
# what yours do.
#
# <details><summary>Hint 1</summary>The first cost is that of a machine that knows nothing: log 2,
# about 0.693.</details>
# <details><summary>Hint 2</summary>It is the loop of <code>fit_linear</code> in lesson 04, with
# another gradient and another cost.</details>

# %% solution="fit_logistic"
def fit_logistic(X, y, learning_rate, steps):
    """w (D,), b and the costs (steps + 1,) of gradient descent on the cross-entropy."""
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [course.binary_cross_entropy_from_logits(X @ w + b, y)]
    ### BEGIN SOLUTION
    for _ in range(steps):
        dw, db = course.logistic_gradients(X, y, w, b)
        w = w - learning_rate * dw
        b = b - learning_rate * db
        losses.append(course.binary_cross_entropy_from_logits(X @ w + b, y))
    ### END SOLUTION
    return w, b, losses

# %% check="fit_logistic"
check("fit_logistic", fit_logistic)

# %% [markdown]
# ## At the sorting belt
#
# 3,000 fruits. The machine learns from 2,000, and 1,000 are laid aside. The fruits are made up by a
# recipe you can read in `course.make_fruit`, so we know how good a sorter can be: the two kinds
# overlap, and even who knows the recipe gets about 93 % right in the long run.

# %%
X, y = course.make_fruit(3000, np.random.default_rng(0))
X_seen, y_seen, X_new, y_new = split_examples(X, y, 1 / 3, np.random.default_rng(1))
Z_seen, mean, std = standardize(X_seen)
w, b, losses = course.fit_logistic(Z_seen, y_seen, 1.0, 200)
p = course.sigmoid((X_new - mean) / std @ w + b)
right = (p > 0.5) == y_new
most = max(y_new.mean(), 1 - y_new.mean())
print(f"always naming the commoner kind: {most:.0%} right")
print(f"the machine, on {len(y_new)} new fruits: {right.mean():.0%} right")

# %%
sure = np.maximum(p, 1 - p) >= 0.95
print(f"at least 95 % sure: {np.sum(sure)} fruits, {np.sum(~right & sure)} of them wrong")
print(f"less sure:           {np.sum(~sure)} fruits, {np.sum(~right & ~sure)} of them wrong")

# %% [markdown]
# The last two lines show what the probability is good for. Let the belt sort what the machine is
# sure of, and send the rest to a person. Only a third of the fruit needs one, and of 66 mistakes
# 58 lie there.
#
# Can one take the numbers at their word? Of the fruits that it calls orange with 80 %, are about
# 80 % oranges? Few fruits are as doubtful as that, so we let 5,000 more come along the belt.

# %% [markdown] tags=["talk"] slide="slide"
# ## Can one take it at its word?

# %% slide="-"
X_more, y_more = course.make_fruit(5000, np.random.default_rng(2))
trust_picture(course.sigmoid((X_more - mean) / std @ w + b), y_more)

# %% [markdown]
# On the diagonal, or close to it: what it says is what comes true. It was never taught to say 80
# %. It was taught with labels 0 and 1 alone, and with a cost that makes honesty the cheapest
# policy.

# %% [markdown]
# ## Two claims put to the test
#
# *"The mistake of a machine is measured by the squared error, always."* Here is an orange for
# which the score stands at -10: sure and wrong. Let it learn from this one fruit, 60 steps with
# rate 0.5, once with each cost.

# %% [markdown] tags=["talk"] slide="slide"
# An orange whose score stands at −10: sure and wrong. It learns from this one fruit, 60 steps with
# rate 0.5, with the *squared error* as its cost.

# %% slide="-"
myth = ask.predict("Where does the score stand after 60 steps with the squared error?",
                   ["above 0: it has learned", "half way, near -5",
                    "almost where it was, at -10"])
myth

# %%
slopes = {"cross-entropy":   lambda p: p - 1,                      # truth y = 1
          "squared mistake": lambda p: 2 * (p - 1) * p * (1 - p)}
for name, slope_of in slopes.items():
    z = -10.0
    for _ in range(60):
        z = z - 0.5 * slope_of(float(course.sigmoid(z)))
    print(f"{name:15} score {z:7.3f}, probability of an orange {course.sigmoid(z):.5f}")
myth.reveal("almost where it was, at -10",
            "Far out the sigmoid is flat, and who feels no slope does not move.")

# %% [markdown] tags=["talk"] slide="slide"
# ## Far out the sigmoid is flat

# %% tags=["talk"] slide="-"
for name, slope_of in {"cross-entropy": lambda p: p - 1,
                       "squared mistake": lambda p: 2 * (p - 1) * p * (1 - p)}.items():
    z = -10.0
    for _ in range(60):
        z = z - 0.5 * slope_of(float(course.sigmoid(z)))
    print(f"{name:15}   from -10 to {z:7.3f}")

# %% [markdown] tags=["talk"] slide="-"
# Who feels no slope does not move. Cross-entropy is so steep out there that the two cancel.

# %% [markdown]
# The slope of the squared mistake holds the slope of the sigmoid, $p(1 - p)$, and far out that is
# close to 0. Cross-entropy is so steep there that the two cancel. For an amount, the squared error
# is a good measure. For a yes or no with a sigmoid, it goes blind where it is needed most.
#
# The second claim is one you can hear about networks of any size:

# %%
print("weights after learning:", w.round(2), "  b:", round(b, 2))

# %% jupyter={"source_hidden": true}
weights = ask.choose(
    "A classmate says: weights are switches, so after learning each must be 0 or 1. What is true?",
    {"Right: something went wrong here": "Look at the printed weights, and at how well they sort.",
     "Weights must lie between 0 and 1, like probabilities":
         "The output of the sigmoid must. Its weights may be any numbers, also negative ones.",
     "Weights can be any numbers; it is the probability that lies between 0 and 1":
         "Yes. Here they are well above 1, and the longer w, the surer the machine."},
    right="Weights can be any numbers; it is the probability that lies between 0 and 1",
)
weights

# %% [markdown]
# ## Find the bug
#
# A friend's cross-entropy sinks below 0 while she trains, and keeps sinking. This is her line:
#
# `cost = np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))`

# %% jupyter={"source_hidden": true}
bug = ask.choose(
    "What is wrong with it?",
    {"The logarithm should be np.log10": "Another base only changes the unit.",
     "The minus stands in front of the first term alone":
         "Yes. The second term is then negative, and for apples it pays to be wrong.",
     "np.mean should be np.sum": "A sum is larger, but it has the same sign."},
    right="The minus stands in front of the first term alone",
)
bug

# %% [markdown]
# ## What we now know
#
# * A straight line gives a score; the sigmoid turns it into a probability.
# * $-\log$ of what the truth was given: cheap for the modest, dear for the sure and wrong.
# * Together they have the plainest of slopes: probability minus truth.
# * The direction of `w` says where the line lies, its length how sure the machine is.
# * Compute the cost from the score, before rounding has thrown anything away.
#
# **What still bothers us.** One straight line, that is all it can draw. What if apples lie in the
# middle and oranges all around? Then several such units must work together, in layers. But whose
# fault is it then if the answer is wrong? That is what level 3 is about, and backpropagation is
# its answer.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > A score, squashed to a probability; the cost is minus log of what the truth was given; the slope
# > is probability minus truth.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# One straight line is all it can draw.
#
# What if apples lie in the middle and oranges all around? Then several such units must work
# together, in layers.
#
# **And whose fault is it then, if the answer is wrong?** That is level 3.
