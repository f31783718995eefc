# ---
# jupyter:
#   bp:
#     title: Slopes and steps
#     level: 2
#     question: Which way is downhill, and how far should I step?
# ---

# %% [markdown]
# # Slopes and steps
#
# **You stand on a hillside in thick fog and want to get down into the valley. You cannot see a
# thing. You can only feel the ground under your feet. Which way is downhill, and how far should
# you step?**
#
# Every machine in this course learns like that: it feels how the ground slopes where it stands,
# takes a step downhill, and feels again. In this lesson the ground is a curve, or a bowl. Later it
# will be the mistakes of a machine with thousands of knobs, and the walk will be the same.

# %% [markdown] tags=["talk"] slide="slide"
# ## A hillside in thick fog
#
# You want to get down into the valley. You cannot see a thing. You can only feel the ground under
# your feet.
#
# * Which way is downhill?
# * How far should you step?
#
# Every machine in this course learns like that: it feels the slope where it stands, takes a step
# downhill, and feels again.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The slope as a limit that is *measured* (central difference), gradient descent as a
# loop of one line, the learning rate from crawling to exploding with the border found by
# experiment and then explained, the local minimum, the gradient in two dimensions. **Time**, about
# 90 minutes: the tangent and `slope` 20, the step and `gradient_descent` 25, the learning rate and
# its border 20, two valleys 10, the bowl 10, the can and the myth 5.
#
# **What the class usually gets wrong.**
#
# - slope: two-missing
# - slope: brackets-below
# - gradient_descent: start-missing
# - gradient_descent: slope-of-the-start
# - gradient_descent: same-array-in-every-row
# - largest_stable_rate: jumps-to-the-bottom
#
# **Questions to ask.** What does a negative slope feel like underfoot? Why do the steps become
# shorter by themselves near the bottom? Two people start a metre apart and end in different
# valleys: which of them made a mistake?
#
# **When the prediction fails.** Most expect that a smaller $h$ is always better, and that a larger
# rate is always faster. Let them find the best $h$ and the best rate themselves, to within a
# factor of two: both experiments have a middle, and that is worth more than the formula.
#
# **Further reading.** A.-L. Cauchy described the method in a note of three pages in 1847, for the
# orbits of planets.

# %%
import numpy as np

from autograder import check
from bplib import descent as course
from bplib.play import ask
from bplib.play.descent import bowl, learning_rate, tangent, two_valleys

# %% [markdown]
# ## Two feet on the hill
#
# Put one foot a little to the left of you and one a little to the right. How much higher is the
# right foot, and how far apart are the two?
#
# $$\text{slope} = \frac{\text{rise}}{\text{run}} = \frac{f(x+h) - f(x-h)}{2h}$$
#
# $f(x)$ is the height of the ground at the place $x$, and each foot is $h$ away from you. So the
# feet stand $2h$ apart.

# %% [markdown] tags=["talk"] slide="slide"
# ## Two feet on the hill
#
# One foot a little to the left, one a little to the right:
#
# $$\text{slope} = \frac{\text{rise}}{\text{run}} = \frac{f(x+h) - f(x-h)}{2h}$$
#
# For $f(x) = x^3$ at $x = 2$, with $h = 0.5$:
#
# $$\frac{15.625 - 3.375}{1} = 12.25$$
#
# With $h = 0.1$ it is $12.01$. The closer the feet, the closer to **12**.

# %% slide="slide"
tangent(curve="hills")

# %% [markdown]
# Pull the feet together and the line through them settles: it becomes the **tangent**, the line
# that only touches the hill. Its slope is what we mean by *the slope at $x$*. Look at the sign: a
# positive slope rises to the right, so downhill is to the left; a negative slope is the other way
# round.
#
# ### One case by hand
#
# Take $f(x) = x^3$ at $x = 2$, with feet $h = 0.5$ away:
#
# $$\frac{f(2.5) - f(1.5)}{2 \cdot 0.5} = \frac{15.625 - 3.375}{1} = 12.25$$
#
# With $h = 0.1$ it is $12.01$. The closer the feet, the closer to 12. Why both feet? Leave one at
# $x$ itself, and with $h = 0.5$ you get $(15.625 - 8) / 0.5 = 15.25$. That is about the slope of a
# place half way to the other foot, further up the hill. (In Python `2.5**3` is $2.5^3$.)

# %%
print("h = 0.5, both feet:", (2.5**3 - 1.5**3) / (2 * 0.5))
print("h = 0.5, one foot: ", (2.5**3 - 2.0**3) / 0.5)
print("h = 0.1, both feet:", round((2.1**3 - 1.9**3) / (2 * 0.1), 6))
print("h = 0.1, one foot: ", round((2.1**3 - 2.0**3) / 0.1, 6))

# %% [markdown]
# ### Your turn: `slope`
#
# `f` is a function: `f(3.0)` gives the height at 3. (`1e-5` is
# $10^{-5}$.) Return the slope of `f` at `x`, with one foot
# `h` to the left and one `h` to the right.
#
# <details><summary>Hint 1</summary>You need three numbers: the height at the right foot, the
# height at the left foot, and how far apart they are.</details>
# <details><summary>Hint 2</summary>Divide the rise by the run, and put brackets around each of
# them.</details>

# %% solution="slope"
def slope(f, x, h=1e-5):
    """The slope of f at x, measured with one foot h to the left and one h to the right."""
    ### BEGIN SOLUTION
    rise = f(x + h) - f(x - h)
    run = 2 * h
    return rise / run
    ### END SOLUTION

# %% check="slope"
check("slope", slope)

# %% [markdown]
# ### The closer the better?
#
# The feet of `slope` are $h = 10^{-5}$ away, a hundredth of a millimetre on a hill measured in
# metres. Would a smaller $h$ give a better slope still? (`lambda x: x**3` below is a
# function without a name: it takes `x` and gives `x**3`.)

# %% slide="slide"
closer = ask.predict(
    "We make h smaller and smaller, from 0.1 to 0.0000000000001. What happens to the error?",
    ["it shrinks and shrinks", "it shrinks, then it grows again", "it stays the same"],
)
closer

# %%
for h in [1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13]:
    measured = course.slope(lambda x: x**3, 2.0, h)
    print(f"h = {h:.0e}   slope = {measured:.12f}   error = {abs(measured - 12):.0e}")
closer.reveal("it shrinks, then it grows again")

# %% [markdown] tags=["talk"] slide="slide"
# ## The closer the better? Up to a point
#
# The slope of $x^3$ at 2 is 12. How far off is what we measure?

# %% tags=["talk"] slide="-"
for h in [1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11]:
    print(f"h = {h:.0e}    error = {abs(course.slope(lambda x: x**3, 2.0, h) - 12):.0e}")

# %% [markdown] tags=["talk"] slide="-"
# A computer keeps 16 digits. Too close, and subtracting wipes them out.

# %% [markdown]
# A computer keeps about 16 digits of a number. If the feet are too close, the two heights agree in
# nearly all of them, and the subtraction leaves only the last, rounded ones. So there is a best
# distance in the middle; $10^{-5}$ is a good one.
#
# ### A slope worth remembering
#
# The curve $x^2$ will follow us through the whole course. Measure its slope in a few places:

# %%
for x in [-2.0, 0.0, 1.0, 3.0, 5.0]:
    print(f"x = {x:4}   slope of x**2 = {course.slope(lambda x: x**2, x):.4f}")

# %% [markdown]
# It is $2x$ each time, and algebra says why:
#
# $$\frac{(x+h)^2 - (x-h)^2}{2h} = \frac{4xh}{2h} = 2x$$

# %% [markdown]
# ## One step, and then another
#
# Downhill is *against* the slope. So subtract it, times a number that says how bold you are, the
# **learning rate**:
#
# $$x_{\text{new}} = x - \text{learning rate} \cdot \text{slope at } x$$
#
# Then feel the ground again, at the new place, and do the same. That is **gradient descent**.

# %% [markdown] tags=["talk"] slide="slide"
# ## One step, and then another
#
# Downhill is *against* the slope. How boldly? That is the **learning rate**.
#
# $$x_{\text{new}} = x - \text{learning rate} \cdot \text{slope at } x$$
#
# Then feel the ground again, at the new place, and do the same.
#
# **That is gradient descent.**

# %% [markdown]
# ### One walk by hand
#
# The curve $x^2$, slope $2x$; we start at $x = 3$ with learning rate 0.25.
#
# | step | $x$ | slope $2x$ | move | new $x$ |
# |---|---|---|---|---|
# | 1 | 3 | 6 | $-0.25 \cdot 6 = -1.5$ | 1.5 |
# | 2 | 1.5 | 3 | $-0.25 \cdot 3 = -0.75$ | 0.75 |
# | 3 | 0.75 | 1.5 | $-0.25 \cdot 1.5 = -0.375$ | 0.375 |
#
# Nobody told the walker to slow down. The ground gets flatter near the bottom, so the steps get
# shorter by themselves.

# %% [markdown] tags=["talk"] slide="slide"
# ## One walk by hand
#
# The curve $x^2$, slope $2x$, from $x = 3$ with learning rate 0.25:
#
# | step | $x$ | slope $2x$ | move | new $x$ |
# |---|---|---|---|---|
# | 1 | 3 | 6 | −1.5 | 1.5 |
# | 2 | 1.5 | 3 | −0.75 | 0.75 |
# | 3 | 0.75 | 1.5 | −0.375 | 0.375 |
#
# Nobody told the walker to slow down. The ground gets flatter by itself.

# %% [markdown]
# ### Your turn: `gradient_descent`
#
# `df` is a function that gives the slope: `df(x)` is the slope at `x`. Return the whole walk as one
# array: the start, then the place after every step, `steps + 1` places in all.
#
# `start` may be a number. It may also be an array of several numbers, one for each direction in
# which one can walk; then `df(x)` is an array of as many slopes. (An array is a row of numbers as
# numpy keeps it, and `np` is short for numpy.) The same line of code does both,
# because numpy subtracts entry by entry:

# %%
place, slopes = np.array([3.0, -2.0]), np.array([6.0, -4.0])
print(place - 0.25 * slopes)

# %% [markdown]
# One warning for arrays: `x = x - step` makes a *new* array. `x -= step` writes into the old one,
# and every list that holds the old one changes with it.
#
# <details><summary>Hint 1</summary>Repeat <code>steps</code> times: work out the new place, then
# append it to <code>points</code>.</details>
# <details><summary>Hint 2</summary>The slope has to be asked for anew in every round: it belongs
# to the place where you are now.</details>

# %% solution="gradient_descent"
def gradient_descent(df, start, learning_rate, steps):
    """The places of a walk downhill, steps + 1 of them, the start first."""
    x = start
    points = [x]
    ### BEGIN SOLUTION
    for _ in range(steps):
        x = x - learning_rate * df(x)
        points.append(x)
    ### END SOLUTION
    return np.array(points)

# %% check="gradient_descent"
check("gradient_descent", gradient_descent)

# %% [markdown]
# ## How far should each step go?
#
# Same valley, same start. The learning rate alone is different.

# %% slide="slide"
bolder = ask.predict(
    "We double the learning rate, and double it again, and again. What does the walk do?",
    ["it gets to the bottom faster and faster", "faster at first, then it runs away",
     "the same walk each time, only the numbers differ"],
)
bolder

# %% slide="slide"
learning_rate()

# %%
for rate in [0.1, 0.2, 0.4, 0.8, 1.6, 3.2]:
    walk = course.gradient_descent(lambda x: x, 4.0, rate, 10)
    print(f"learning rate {rate}: from 4 to {walk[-1]:.6g} in 10 steps")
bolder.reveal("faster at first, then it runs away")

# %% [markdown]
# ## Where exactly does it explode?
#
# In the widget it was near 2. But that was one valley, $f(x) = x^2/2$. Valleys can be flat or
# steep. Let us give that a number, the **curvature** $c$:
#
# $$f(x) = \frac{c}{2}\,x^2 \qquad \text{slope} = c\,x$$
#
# The slope grows by $c$ with every metre. The larger $c$, the steeper the walls.
#
# **Find the border by experiment before you read on.** Change the rate until the walk neither
# settles nor runs away.

# %%
curvature, rate = 4.0, 0.3     # change the second number
walk = course.gradient_descent(lambda x: curvature * x, 1.0, rate, 50)
print("it started at 1; after 50 steps it is at", walk[-1])

# %% [markdown]
# And now the machine does the same for several valleys: it tries every rate from 0.01 upwards and
# notes the last one at which the walk still gets closer.

# %%
borders = {}
for curvature in [1.0, 2.0, 4.0, 10.0]:
    for rate in np.arange(0.01, 2.5, 0.01):
        walk = course.gradient_descent(lambda x, c=curvature: c * x, 1.0, rate, 40)
        if abs(walk[-1]) < 1:
            borders[curvature] = rate
    print(f"curvature {curvature:4}: it settles up to a rate of {borders[curvature]:.2f}")

# %% slide="slide"
law = ask.predict(
    "Curvature 1, 2, 4, 10: the border lies near 2, 1, 0.5, 0.2. What is it for curvature 8?",
    ["0.125", "0.25", "0.4", "4"],
)
law

# %%
law.reveal("0.25")

# %% [markdown]
# ### Why there
#
# Put the slope $c\,x$ into the step:
#
# $$x_{\text{new}} = x - \text{rate} \cdot c\,x = (1 - \text{rate} \cdot c) \cdot x$$
#
# Each step *multiplies* $x$ by the same number, $1 - \text{rate} \cdot c$.
#
# | rate $\cdot\, c$ | each step multiplies $x$ by | the walk |
# |---|---|---|
# | 0.1 | 0.9 | creeps towards 0 |
# | 1 | 0 | is there in one jump |
# | 1.5 | -0.5 | jumps across, half as far out each time |
# | 2 | -1 | back and forth for ever |
# | 2.5 | -1.5 | explodes |

# %% [markdown] tags=["talk"] slide="slide"
# ## Why there
#
# $$x_{\text{new}} = x - \text{rate} \cdot c\,x = (1 - \text{rate} \cdot c) \cdot x$$
#
# | rate $\cdot\, c$ | each step multiplies $x$ by | the walk |
# |---|---|---|
# | 0.1 | 0.9 | creeps towards 0 |
# | 1 | 0 | is there in one jump |
# | 1.5 | −0.5 | jumps across, half as far each time |
# | 2 | −1 | back and forth for ever |
# | 2.5 | −1.5 | **explodes** |

# %% [markdown]
# A number that is multiplied again and again by something between -1 and 1 dies away; anything
# beyond makes it grow.
#
# ### Your turn: `largest_stable_rate`
#
# For the valley with the given curvature, return the learning rate at the border: below it the walk
# settles (it *converges*), from there on it does not.
#
# <details><summary>Hint</summary>The border is where each step multiplies x by -1. Which rate makes
# <code>1 - rate * curvature</code> equal to -1?</details>

# %% solution="largest_stable_rate"
def largest_stable_rate(curvature):
    """The learning rate at which descent on curvature * x**2 / 2 stops converging."""
    ### BEGIN SOLUTION
    return 2 / curvature
    ### END SOLUTION

# %% check="largest_stable_rate"
check("largest_stable_rate", largest_stable_rate)

# %% [markdown]
# ## A claim put to the test
#
# You can read it in many places: *"gradient descent finds the lowest point."* This landscape has
# two valleys, and the left one is deeper. A hundred walkers start on it, evenly
# spread from -1 to 1.6.

# %% [markdown] tags=["talk"] slide="slide"
# *"Gradient descent finds the lowest point."* Two valleys, the left one deeper; a hundred walkers,
# spread evenly over both.

# %% slide="-"
myth = ask.predict("How many of the 100 end in the deeper valley?", low=0, high=100, step=1,
                   unit="walkers")
myth

# %%
starts = np.linspace(-1, 1.6, 100)
ends = course.gradient_descent(course.two_valleys_slope, starts, 0.02, 500)[-1]
print("they end at", sorted(set(ends.round(3).tolist())))
print("heights there", course.two_valleys(np.array([-1.036, 0.960])).round(2))
myth.reveal(int(np.sum(ends < 0)))

# %% [markdown]
# About four in ten. None of the others made a mistake: in the right-hand valley every direction
# leads up, the slope is 0, and a walker who feels only the ground under his feet has no reason to
# move. What gradient descent finds is *a* place where the ground is level. Which one depends on
# where it started.

# %% slide="slide"
two_valleys()

# %% [markdown]
# ## Downhill in two directions
#
# On a real hillside you can walk east and north. Then there are two slopes: one when you move a
# foot to the east, one when you move a foot to the north. Together they are called the
# **gradient**. It is an array of slopes, one for each direction.
#
# $$f(x, y) = \frac{x^2 + 6y^2}{2} \qquad \text{gradient} = (x,\; 6y)$$

# %% [markdown]
# At the place $(3, 1)$ the gradient is $(3, 6)$. With learning rate 0.25 the step leads to
#
# $$(3,\, 1) - 0.25 \cdot (3,\, 6) = (2.25,\, -0.5)$$
#
# In $x$ it came a little closer. In $y$ it jumped across the valley. One learning rate has to
# serve both directions, and the steep one sets the limit: its curvature is 6, so the rate must
# stay below $2/6 \approx 0.33$, although the flat direction could do with up to 2.

# %% slide="slide"
bowl()

# %%
def bowl_gradient(place):
    return np.array([1.0, 6.0]) * place

for rate in [0.02, 0.25, 0.32, 0.35]:
    walk = course.gradient_descent(bowl_gradient, np.array([3.0, 1.0]), rate, 40)
    x, y = walk[-1]
    print(f"learning rate {rate}: after 40 steps at x = {x:8.4f}, y = {y:8.4f}")

# %% [markdown]
# The right picture of the widget is a map, like a hiker's: places of one colour have about the
# same height. Follow one band around: where it is narrow, the ground is steep. Each step sets off
# at right angles to the bands, because that is the steepest way. In a long valley the steepest way
# does not point at the bottom, and so the path zigzags.

# %% [markdown]
# ## Something to build: the thriftiest can
#
# A drink can is to hold 330 cubic centimetres and to need as little sheet metal as possible. Wide
# and flat, or slim and tall? Two discs and a wall, for a radius $r$ in centimetres:
#
# $$\text{metal}(r) = 2\pi r^2 + \frac{2 \cdot 330}{r} \quad\text{square centimetres}$$
#
# (The height has to be $330 / (\pi r^2)$, and the wall is $2\pi r$ times the height.)

# %%
def metal(r):
    return 2 * np.pi * r**2 + 2 * 330 / r

def steepness(r):
    return course.slope(metal, r)

print("metal for r = 2, 3, 4, 5:", [round(float(metal(r))) for r in (2, 3, 4, 5)])

# %% [markdown]
# We need no formula for the slope: `steepness` *measures* it. We need no luck for the learning
# rate either: the curvature is the slope of the slope, so we can measure that as well. Half of the
# largest stable rate leaves some room, should the walls get steeper on the way.

# %%
curvature = course.slope(steepness, 3.0, h=0.01)
rate = course.largest_stable_rate(curvature) / 2
walk = course.gradient_descent(steepness, 3.0, rate, 30)
r = walk[-1]
print(f"curvature at r = 3: {curvature:.1f}, so the rate is {rate:.4f}")
print("the walk:", walk[:6].round(3), "...")
print(f"the best can: {2 * r:.2f} cm wide and {330 / (np.pi * r**2):.2f} cm tall")
print(f"metal: {metal(r):.1f} square cm, where r = 3 needs {metal(3.0):.1f}")

# %% [markdown]
# The thriftiest can is exactly as tall as it is wide, for any volume. Most drink cans are slimmer:
# a hand has to hold them, and top and bottom are of thicker metal than the wall. Change the
# formula accordingly, and the same lines of code find the new best.
#
# ## Find the bug
#
# A friend's walk in two directions. Each step is computed correctly, and yet:

# %%
def walk_of_a_friend(df, start, learning_rate, steps):
    here = np.array(start)
    walk = [here]
    while len(walk) <= steps:
        here -= learning_rate * df(here)
        walk.append(here)
    return np.array(walk)

print(walk_of_a_friend(lambda place: 2 * place, [4.0, -2.0], 0.25, 3))

# %% jupyter={"source_hidden": true}
bug = ask.choose(
    "Why are all four places of the walk the same?",
    {"The learning rate is too small to see a difference":
         "With rate 0.25 each step halves both numbers; that could be seen.",
     "here -= ... changes the one array that the list holds four times":
         "The list has four entries, and all of them are that same array.",
     "df is always asked at the start":
         "It is asked at here, and here does change: that is the trouble."},
    right="here -= ... changes the one array that the list holds four times",
)
bug

# %% [markdown]
# ## What we now know
#
# * The slope says which way is downhill and how steep it is; two feet close together measure it.
# * $x - \text{learning rate} \cdot \text{slope}$, again and again: that is the whole method.
# * Too small a rate crawls, too large a one explodes. In a valley of curvature $c$ the border is
#   $2/c$.
# * It finds a place where the ground is level, and not always the lowest one.
# * In several directions the slopes form an array, the gradient, and the steepest direction limits
#   the learning rate for all.
#
# **What still bothers us.** Our hills were formulas. What is the hill for a machine that is to
# guess the price of a house? And how does it feel the slope for each of its knobs? That is lesson
# 04.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Feel the slope, step against it, feel again.
#
# * Too small a rate crawls, too large a one explodes: the border is $2/c$.
# * It finds *a* place where the ground is level, not always the lowest.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# Our hills were formulas.
#
# * What is the hill for a machine that is to guess the price of a house?
# * How does it feel the slope for each of its knobs?
#
# That is lesson 04.
