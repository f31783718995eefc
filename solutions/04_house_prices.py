# ---
# jupyter:
#   bp:
#     title: House prices
#     level: 2
#     question: A rookie estate agent is 50,000 off. How does he learn from it?
# ---

# %% [markdown]
# # House prices
#
# **A rookie estate agent looks at a house and says: 350,000 coins. It sells for 400,000.
# He is 50,000 off. How does he learn from it?**
#
# He has two numbers in his head: how much a square metre is worth, and how much he adds for the
# plot of land, whatever stands on it. One of them is wrong, or both. The sale does not say which.
#
# In this lesson you build the agent. At the end he has seen 300 houses, and he guesses the price of
# houses he has never seen.

# %% [markdown] tags=["talk"] slide="slide"
# ## One house
#
# The rookie's rule: 1,500 coins for each square metre, 50,000 for the plot.
#
# $$1{,}500 \cdot 200 + 50{,}000 = 350{,}000$$
#
# It sells for **400,000**. He is 50,000 off.
#
# He has two numbers in his head. One of them is wrong, or both. The sale does not say which.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Labelled data; the mean squared error; the gradient of a linear model, derived by hand
# once and then written for any number of features; why features are scaled; judging on held-out
# data. **Time**, about 90 minutes: the rookie and the line 15, mean squared error 15, the worked
# case and its gradient 25, descent 10, scaling 15, the real task and the myth 10.
#
# **What the class usually gets wrong.**
#
# - mse_gradients: mean-missing
# - mse_gradients: sign
# - mse_gradients: db-not-summed
# - fit_linear: new-weights-for-db
# - mse: every-pair
# - standardize: constant-column
#
# **Questions to ask.** Which of the two numbers had more to do with this house, and how can you
# tell? If every house had the same area, could he learn `m` and `c` apart? Why square the mistakes,
# and what happens to one mansion among cottages?
#
# **When the prediction fails.** Most predict that only one of the two numbers should change. Ask
# them for a house of 0 square metres: now only `c` is to blame. Then for one of 1,000.
#
# **Further reading.** A.-M. Legendre (1805) published least squares first, in an appendix on the
# orbits of comets.

# %%
import numpy as np

from autograder import check
from bplib import linear as course
from bplib.play import ask
from bplib.play.linear import guesses_picture, line, losses_picture, one_house, scaling

# %% [markdown]
# ## Before you start: what would you do?
#
# The house has 200 square metres. The rookie's rule was 1,500 coins for each square metre, plus
# 50,000 for the plot:
#
# $$1{,}500 \cdot 200 + 50{,}000 = 350{,}000$$
#
# The true price is 400,000. Commit yourself before you go on; nobody counts whether you are right.

# %% slide="slide" jupyter={"source_hidden": true}
blame = ask.predict(
    "He may turn two numbers: coins per square metre, and coins for the plot. Which should move?",
    ["only the price per square metre", "only the price of the plot",
     "both, each in proportion to its part in this guess", "neither: one house proves nothing"],
)
blame

# %% [markdown]
# ## A line through the houses
#
# Here are 30 houses that were sold. Each diamond is one house: its area to the right, its price
# upwards. The agent's rule is a straight line,
#
# $$\text{guess} = m \cdot \text{area} + c$$
#
# where $m$ is coins per square metre and $c$ is coins for the plot. The sticks are his mistakes.
#
# **Turn the two knobs until the sticks are as short as you can get them. Then press the button a few
# times, and watch which way it turns them.**

# %% slide="slide"
line()

# %% [markdown]
# You had to weigh up 30 sticks at once, by eye. A machine needs one number for that.

# %% [markdown]
# ## How wrong is the line?
#
# Take a mistake as *guess minus price*. Square each one, and take the mean over all houses:
#
# $$\text{mean squared error} = \frac{1}{N}\sum_{n=1}^{N} (\text{guess}_n - \text{price}_n)^2$$
#
# ($\sum$ says: add up, for every house $n$ from 1 to $N$.)
#
# Why square? A guess that is 10,000 too high and one that is 10,000 too low would cancel if we added
# them as they are. Squared, both count, and one mistake of 20,000 counts as much as four of 10,000.

# %% [markdown] tags=["talk"] slide="slide"
# ## One number for all the sticks
#
# $$\text{mean squared error} = \frac{1}{N}\sum_{n=1}^{N} (\text{guess}_n - \text{price}_n)^2$$
#
# | guess | price | mistake | squared |
# |---|---|---|---|
# | 350 | 400 | −50 | 2500 |
# | 300 | 290 | 10 | 100 |
# | 220 | 200 | 20 | 400 |
#
# Mean: **1000** (in thousands of coins). Its root, about 32, is a typical miss.

# %% [markdown]
# Three houses by hand, in thousands of coins:
#
# | guess | price | mistake | squared |
# |---|---|---|---|
# | 350 | 400 | -50 | 2500 |
# | 300 | 290 | 10 | 100 |
# | 220 | 200 | 20 | 400 |
#
# The squares add up to 3000; there are 3 houses; the mean squared error is **1000** (in squared
# thousands of coins). Its square root, about 32 thousand coins, is a typical miss.

# %%
guesses = np.array([350.0, 300.0, 220.0])
prices = np.array([400.0, 290.0, 200.0])
mistakes = guesses - prices
print(mistakes, mistakes**2, np.mean(mistakes**2), np.sqrt(np.mean(mistakes**2)))

# %% [markdown]
# ### Your turn: `mse`
#
# `predictions` and `targets` are arrays with one number per house, of shape `(N,)`. Return the mean
# squared error, one number.
#
# <details><summary>Hint 1</summary>The cell above has all the pieces, for three houses.</details>
# <details><summary>Hint 2</summary>Three steps: subtract, square, take the mean. In that
# order.</details>

# %% solution="mse"
def mse(predictions, targets):
    """The mean of the squared mistakes: one number for arrays of shape (N,)."""
    mistakes = predictions - targets
    ### BEGIN SOLUTION
    return np.mean(mistakes**2)
    ### END SOLUTION

# %% check="mse"
check("mse", mse)

# %% [markdown]
# ## From one feature to three
#
# Area is not everything. Our houses come with three **features**: area, bedrooms, and a score from 0
# to 10 for the location. Each gets a **weight**, the coins it brings per unit, and what is paid
# in any case is now called the **bias** $b$:
#
# $$\text{guess} = x_1 w_1 + x_2 w_2 + x_3 w_3 + b$$
#
# For all houses at once, put the features into a table `X` with a row for each house and a column
# for each feature: shape `(N, D)`, with $N$ houses and $D$ features. Multiplying each row by the
# weights, entry by entry, and adding up is what numpy writes as `X @ w`.

# %%
X = np.array([[100.0, 3.0, 5.0],   # 100 square metres, 3 bedrooms, location 5
              [50.0, 1.0, 9.0]])
w = np.array([2000.0, 8000.0, 12000.0])
print("by hand: ", 100 * 2000 + 3 * 8000 + 5 * 12000, "and", 50 * 2000 + 1 * 8000 + 9 * 12000)
print("X @ w:   ", X @ w, "  shapes", X.shape, "@", w.shape, "->", (X @ w).shape)

# %% [markdown]
# ### Your turn: `predict`
#
# Return the guesses for all houses, shape `(N,)`.
#
# <details><summary>Hint</summary>The line above gives what the features bring. One thing that is
# paid in any case is not in it yet.</details>

# %% solution="predict"
def predict(X, w, b):
    """Guesses (N,) for a table X (N, D), weights w (D,) and a bias b, a number."""
    ### BEGIN SOLUTION
    return X @ w + b
    ### END SOLUTION

# %% check="predict"
check("predict", predict)

# %% [markdown]
# ## Which way to turn each number
#
# Back to the one house, with the area in hundreds of square metres so that the numbers stay small:
# area $x = 2$, $m = 150{,}000$ per hundred square metres, $c = 50{,}000$.
#
# $$\text{guess} = 150{,}000 \cdot 2 + 50{,}000 = 350{,}000 \qquad
# \text{mistake} = 350{,}000 - 400{,}000 = -50{,}000$$

# %% [markdown]
# The number that says how wrong we are is called the **loss**; for one house it is the squared
# mistake. How does it change when he turns $m$ up by a little? Two slopes, one after the
# other, multiplied, as in lesson 02:
#
# * the squared mistake changes by $2 \cdot \text{mistake}$ for each coin of guess (the slope of
#   $u^2$ is $2u$, from lesson 03);
# * the guess changes by $x = 2$ coins for each coin of $m$, because every hundred square metres get
#   it; and by $1$ coin for each coin of $c$.
#
# $$\frac{d\,\text{loss}}{d\,m} = 2 \cdot (-50{,}000) \cdot 2 = -200{,}000
# \qquad \frac{d\,\text{loss}}{d\,c} = 2 \cdot (-50{,}000) \cdot 1 = -100{,}000$$
#
# Read $d\,\text{loss} / d\,m$ as *how much the loss changes for each bit of $m$*: a slope.
# Both are negative: turning either number *up* makes the loss smaller. And $m$ counts twice as much
# as $c$, since this house has two hundreds of square metres and one plot.

# %% [markdown] tags=["talk"] slide="slide"
# ## Which way to turn each number
#
# Area $x = 2$ (hundred square metres), mistake $-50{,}000$. Two slopes, multiplied:
#
# $$\frac{d\,\text{loss}}{d\,m} = 2 \cdot (-50{,}000) \cdot 2 = -200{,}000$$
#
# $$\frac{d\,\text{loss}}{d\,c} = 2 \cdot (-50{,}000) \cdot 1 = -100{,}000$$
#
# Turn both **up**. And $m$ counts twice as much as $c$: this house has two hundreds of square
# metres, and one plot.

# %% [markdown]
# One step downhill with learning rate 0.1:
#
# $$m = 150{,}000 - 0.1 \cdot (-200{,}000) = 170{,}000 \qquad
# c = 50{,}000 - 0.1 \cdot (-100{,}000) = 60{,}000$$
#
# The new guess is $170{,}000 \cdot 2 + 60{,}000 = 400{,}000$. Exactly the price. But 0.1 was a lucky
# number.
#
# **Find the learning rate at which the next guess is just as wrong as the first one, on the other
# side.**

# %% [markdown] tags=["talk"] slide="slide"
# ## One step, with learning rate 0.1
#
# $$m = 150{,}000 - 0.1 \cdot (-200{,}000) = 170{,}000$$
#
# $$c = 50{,}000 - 0.1 \cdot (-100{,}000) = 60{,}000$$
#
# The new guess: $170{,}000 \cdot 2 + 60{,}000 = 400{,}000$. Exactly the price.
#
# **But 0.1 was a lucky number.**

# %% slide="slide"
one_house()

# %% [markdown]
# At 0.2 the mistake swings to the other side at full size, for ever; above it, it grows. That is the
# largest stable rate of lesson 03: the curvature along this step is $2(x^2 + 1) = 10$, and
# $2 / 10 = 0.2$. (A step turns $m$ by $-\text{rate} \cdot 2 \cdot \text{mistake} \cdot x$, which moves
# the guess by $x$ times that; and $c$ by $-\text{rate} \cdot 2 \cdot \text{mistake}$. Together they
# multiply the mistake by $1 - \text{rate} \cdot 2(x^2 + 1)$.)

# %%
blame.reveal("both, each in proportion to its part in this guess")

# %% [markdown]
# ### With many houses
#
# The loss is the *mean* over $N$ houses, so its gradient is the mean of the houses' gradients:
#
# $$dw_j = \frac{2}{N}\sum_n \text{mistake}_n \cdot x_{nj} \qquad
# db = \frac{2}{N}\sum_n \text{mistake}_n$$
#
# Here $x_{nj}$ is feature $j$ of house $n$. We write `dw` for "the gradient of the loss with
# respect to `w`". It has the shape of `w`: one slope for each weight. Two houses and two
# features, by hand:

# %% [markdown] tags=["talk"] slide="slide"
# ## With many houses: the mean, once
#
# $$dw_j = \frac{2}{N}\sum_n \text{mistake}_n \cdot x_{nj}$$
#
# $$db = \frac{2}{N}\sum_n \text{mistake}_n$$
#
# Each number is turned in proportion to
#
# > the mistake, times what that number was multiplied by.

# %%
X = np.array([[1.0, 3.0], [2.0, 0.0]])
mistakes = np.array([10.0, -20.0])
print("dw[0] = 2/2 * (10 * 1 + -20 * 2) =", 2 / 2 * (10 * 1 + -20 * 2))
print("dw[1] = 2/2 * (10 * 3 + -20 * 0) =", 2 / 2 * (10 * 3 + -20 * 0))
print("all at once:", 2 / 2 * (X.T @ mistakes), "  shapes", X.T.shape, "@", mistakes.shape)

# %% [markdown]
# `X.T` is the table lying on its side: one row for each *feature*. So `X.T @ mistakes` multiplies
# each feature's column by the mistakes and adds up over the houses.
#
# ### Your turn: `mse_gradients`
#
# Four small steps; the first is there.
#
# 1. the mistake of each house, `(N,)`;
# 2. its slope, 2 times the mistake, divided by the number of houses;
# 3. `dw`: times each feature, added up over the houses, shape `(D,)`;
# 4. `db`: the same for the bias, one number.
#
# `np.sum` adds up an array. `return dw, db` hands over both.
#
# <details><summary>Hint 1</summary>The number of houses is <code>len(X)</code>.</details>
# <details><summary>Hint 2</summary>For the bias, the guess changes by 1 for each coin, in every
# house. What is left to add up?</details>

# %% solution="mse_gradients"
def mse_gradients(X, targets, w, b):
    """dw (D,) and db, a number, for X (N, D), targets (N,), w (D,) and b."""
    mistakes = X @ w + b - targets
    ### BEGIN SOLUTION
    slopes = 2 * mistakes / len(X)
    dw = X.T @ slopes
    db = slopes.sum()
    return dw, db
    ### END SOLUTION

# %% check="mse_gradients"
check("mse_gradients", mse_gradients)

# %% [markdown]
# ## Many small steps
#
# Guess, look at the mistakes, turn every number a little, and again. Both gradients belong to the
# *same* guess: compute both, then move both numbers.

# %% [markdown]
# ### Your turn: `fit_linear`
#
# Start from zero weights and a zero bias. Take `steps` steps. Return `w`, `b` and the list of losses:
# `steps + 1` numbers, the first before any step. `course.predict`, `course.mse` and
# `course.mse_gradients` do what yours do; use either. Two results at once are taken apart like
# this: `dw, db = course.mse_gradients(...)`.
#
# <details><summary>Hint 1</summary>The loop of gradient descent is the one of lesson 03, with two
# things to move in place of one.</details>
# <details><summary>Hint 2</summary>After the two lines that move <code>w</code> and <code>b</code>,
# write down the loss again.</details>

# %% solution="fit_linear"
def fit_linear(X, targets, learning_rate, steps):
    """w (D,), b and losses (steps + 1,) of gradient descent on the mean squared error."""
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [course.mse(course.predict(X, w, b), targets)]
    ### BEGIN SOLUTION
    for _ in range(steps):
        dw, db = course.mse_gradients(X, targets, w, b)
        w = w - learning_rate * dw
        b = b - learning_rate * db
        losses.append(course.mse(course.predict(X, w, b), targets))
    ### END SOLUTION
    return w, b, losses

# %% check="fit_linear"
check("fit_linear", fit_linear)

# %% [markdown]
# ## Features of very different size
#
# Now for real houses, or nearly: our data are *made*, by a recipe that you can read in
# `bplib.linear.make_houses`. Each square metre brings 2,000 coins, each bedroom 8,000, each point of
# location 12,000; 30,000 are paid in any case; and on top comes a random amount that nobody could
# predict, typically 20,000 coins. So we know what there is to find.
#
# We lay 100 of 400 houses aside. The agent never sees them while he learns.

# %%
X, prices = course.make_houses(400, np.random.default_rng(0))
X_seen, prices_seen, X_new, prices_new = course.split_examples(
    X, prices, 0.25, np.random.default_rng(1))
print(course.HOUSE_FEATURES)
print(X_seen[:3].round(1), prices_seen[:3].round(-3))

# %%
for rate in [0.1, 0.001, 1e-4, 2e-5]:
    with np.errstate(all="ignore"):  # it may run away: we want to see that, not be warned
        *_, losses = course.fit_linear(X_seen, prices_seen, rate, 60)
    print(f"learning rate {rate:7.0e}: typical miss after 60 steps {np.sqrt(losses[-1]):12.4g} coins")

# %% [markdown]
# Learning rates that served well in lesson 03 run away to absurd numbers; one that does not run away
# gets stuck. What is going on? Look at the columns: areas are around 120, bedrooms around 3 or 4. The
# slope for a weight is *mistake times feature*, so the weight of the area feels every mistake more
# than 30 times as strongly as that of the bedrooms. The bowl of the loss is a gorge: steep across, flat
# along. A step small enough for the steep side hardly moves along the flat one.

# %% slide="slide"
scaling()

# %% [markdown]
# The cure is older than any machine: measure every feature in its own units of *how much it varies*.
# Subtract the column's mean, divide by its standard deviation,
#
# $$z = \frac{x - \text{mean}}{\text{std}}, \qquad
# \text{std} = \sqrt{\frac{1}{N}\sum_n (x_n - \text{mean})^2}$$
#
# A house with $z = 1$ for its area is larger than the average one by one typical deviation, whether
# areas are counted in square metres or in square feet.
#
# ### Your turn: `standardize`
#
# Return the scaled table `Z`, and the `mean` and `std` of each column, shape `(D,)`: they are needed
# to scale new houses in the same way. One thing to watch: a column in which all values are equal has
# nothing to tell. Its `Z` is to be all zeros, and dividing by its std of 0 will not do that (which
# `std` you return for such a column, 0 or 1, does not matter). Choosing
# entry by entry is `np.where(condition, a, b)`: it takes from `a` where the condition holds and from
# `b` elsewhere.
#
# <details><summary>Hint 1</summary><code>X.mean(axis=0)</code> takes the mean down each column.
# </details>
# <details><summary>Hint 2</summary>Rounding can make the std of a constant column 0.00000000000001
# instead of 0. Do not ask whether it is exactly 0; ask whether it is tiny.</details>

# %% [markdown] tags=["talk"] slide="slide"
# ## Measure each feature in its own units
#
# $$z = \frac{x - \text{mean}}{\text{std}}$$
#
# * Areas around 120, bedrooms around 3: the area feels every mistake 30 times as strongly.
# * The bowl is a gorge: steep across, flat along.
# * After scaling, one learning rate suits all.

# %% solution="standardize"
def standardize(X):
    """Z (N, D), mean (D,) and std (D,) of the columns of X (N, D); constant columns give zeros."""
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    std = X.std(axis=0)
    constant = std <= 1e-12 * np.abs(mean)
    safe = np.where(constant, 1.0, std)
    Z = np.where(constant, 0.0, (X - mean) / safe)
    return Z, mean, std
    ### END SOLUTION

# %% check="standardize"
check("standardize", standardize)

# %% [markdown]
# ## The agent goes to work
#
# Scale, learn from 300 houses, then guess the 100 he has never seen. The one rule: new houses are
# scaled with the *old* mean and std. He cannot know those of houses he has not met.

# %% [markdown] tags=["talk"] slide="slide"
# ## 100 houses he has never seen

# %%
Z_seen, mean, std = course.standardize(X_seen)
w, b, losses = course.fit_linear(Z_seen, prices_seen, 0.1, 200)
losses_picture(losses, course.HOUSE_NOISE)

# %% slide="-"
guesses = course.predict((X_new - mean) / std, w, b)
guesses_picture(prices_new, guesses)

# %%
agent = np.sqrt(course.mse(guesses, prices_new))
always_mean = np.sqrt(course.mse(np.full(len(prices_new), prices_seen.mean()), prices_new))
print(f"always guessing the average price: a typical miss of {always_mean:8,.0f} coins")
print(f"the agent:                         a typical miss of {agent:8,.0f} coins")
print(f"the agent's miss is {agent / always_mean:.0%} of the other's")
print("coins per unit he found:", (w / std).round(-1), " the recipe:", course.HOUSE_RECIPE)

# %% [markdown]
# He misses by less than a fifth of what the average price would miss by. And he is about as good as
# anyone can be: what is left is the size of the random part of the prices. The weights he found are
# close to the recipe, which nobody told him.

# %% [markdown]
# ## A claim put to the test
#
# You can read this in more than one article: *"the gradient of $m x + c$ is $m$"*. Learning needs the
# slope with respect to the **numbers he may turn**, $m$ and $c$. What is it?

# %% slide="slide" jupyter={"source_hidden": true}
myth = ask.predict(
    "guess = m * x + c, with m = 150, x = 2, c = 50. Turn m up by 1. By how much does the guess rise?",
    ["by m = 150", "by x = 2", "by 1"],
)
myth

# %%
m, x, c = 150.0, 2.0, 50.0
print("turn m up by 1: the guess rises by", ((m + 1) * x + c) - (m * x + c))
print("turn c up by 1: the guess rises by", (m * x + (c + 1)) - (m * x + c))
print("turn x up by 1: the guess rises by", (m * (x + 1) + c) - (m * x + c))
myth.reveal("by x = 2")

# %% [markdown] tags=["talk"] slide="slide"
# ## "The gradient" of something: with respect to what?
#
# $\text{guess} = m \cdot x + c$ with $m = 150$, $x = 2$, $c = 50$
#
# | turn up by 1 | the guess rises by |
# |---|---|
# | $m$ | $x = 2$ |
# | $c$ | 1 |
# | $x$ | $m = 150$ |
#
# He cannot turn the area of the house. He turns $m$ and $c$.

# %% [markdown]
# The slope with respect to $x$ is $m$; with respect to $m$ it is $x$; with respect to $c$ it is 1.
# "The gradient" of something always needs a "with respect to what". The agent cannot turn the area
# of the house; he turns $m$ and $c$.

# %% [markdown]
# ## Find the bug
#
# A colleague trains for hours, and her loss stays high even where the guesses look right. Her
# `guesses` have shape `(30, 1)`, a column, because they came out of a table; her `prices` have shape
# `(30,)`.

# %%
rng = np.random.default_rng(3)
column, row = rng.normal(size=(30, 1)), rng.normal(size=30)
print("shape of the difference:", (column - row).shape)

# %% jupyter={"source_hidden": true}
bug = ask.choose(
    "What is np.mean((guesses - prices)**2) the mean of?",
    {"30 squared mistakes, one for each house": "Count the entries of the difference above.",
     "900 numbers: every guess against every price":
         "Yes. (30, 1) against (30,) makes a table of every pair, without a word of warning.",
     "30 squared mistakes, each counted 30 times":
         "A table of 900 numbers, yes; but off its diagonal stand guesses for *other* houses."},
    right="900 numbers: every guess against every price",
)
bug

# %% [markdown]
# ## What we now know
#
# * Data with the right answers attached, and one number for how wrong we are: that is what a machine
#   learns from.
# * The gradient shares out a mistake: each number is turned in proportion to *the mistake times what
#   that number was multiplied by*. The mean over the batch comes in exactly once.
# * Scale the features, or descent creeps along a gorge.
# * Judge on what was not learned from.
#
# **What still bothers us.** Not every question is "how much?". Is this an apple or an orange? A
# straight line says 1.7, and there is no fruit number 1.7. That is lesson 05.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Turn each number in proportion to the mistake, times what it was multiplied by.
#
# * Scale the features, or descent creeps along a gorge.
# * Judge on what was not learned from.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# Not every question is "how much?".
#
# Is this an apple or an orange? A straight line says 1.7, and there is no fruit number 1.7.
#
# That is lesson 05.
