# ---
# jupyter:
#   bp:
#     title: Sharing weights across a picture
#     level: 3
#     question: Move a 7 by one pixel. Why does the network take it for something else?
# ---

# %% [markdown]
# # Sharing weights across a picture
#
# **Our network reads 98 digits of 100. Move each of them to the right by a single pixel. How many
# does it still read?**
#
# For you it is the same digit. In this lesson you find out what it is for the network, and build
# the layer that made machines see: the convolution.

# %% [markdown] tags=["talk"] slide="slide"
# ## The same digit, for you
#
# Our network reads **98 digits of 100**. Move each of them to the right by a single pixel.
#
# For you it is the same digit. What is it for the network?
#
# * pixel 27 is input number 27, with weights of its own
# * it is no neighbour of number 28

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Sharing weights over places; convolution as a linear layer on windows; its backward as the
# linear layer's, with blame added up where windows overlap; stride, border, leftovers; max-pooling and
# ties; an honest comparison with an MLP of equal size. **Time**, about 105 minutes: the shifted
# digits 10, patterns 15, windows as rows and forward 25, backward 25, pooling 15, the two networks and
# the myth 15.
#
# **What the class usually gets wrong.**
#
# - conv2d_forward: filters-scrambled
# - conv2d_forward: stride-not-in-place
# - conv2d_backward: overlaps-lost
# - conv2d_backward: cropped-by-minus-pad
# - conv2d_backward: dw-averaged
# - maxpool_backward: ties-all
#
# **Questions to ask.** How many weights would a linear layer from 8 x 8 pixels to 8 maps of 8 x 8
# need, and how many has the convolution? Which pixel has the fewest windows looking at it? What does
# the layer know about *where* something is? What would happen without the ReLU between two
# convolutions?
#
# **When the prediction fails.** Many expect the shifted digits to be read nearly as well as before: to
# the eye nothing happened. Ask what pixel 27 is to the network: input number 27, with weights of
# its own, no neighbour of number 28.
#
# **Further reading.** K. Fukushima (1980), Neocognitron; Y. LeCun and others (1989, 1998).

# %%
import numpy as np

from autograder import check
from bplib import conv as course
from bplib.cnn import CNN, init_cnn
from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.gradcheck import gradient_check
from bplib.optim import FlatAdam
from bplib.play import ask
from bplib.play.cnn import filters_picture, shifts_picture
from bplib.play.conv import convolve, overlap, patterns, pool, windows
from bplib.training import accuracy, train

# %% [markdown]
# ## One pixel to the right
#
# The network of lesson 09, a small one: 64 pixels, 25 hidden units, 10 digits. It learns, and then it
# reads 359 digits that it has never seen, once as they are and once shifted by a pixel.

# %% slide="slide" jupyter={"source_hidden": true}
shift = ask.predict(
    "Shifted to the right by one of their eight pixels: what share of the digits does it still read?",
    low=0, high=100, step=1, unit="%",
)
shift

# %%
images, labels = load_digits()
x, y, x_new, y_new = train_test_split(images, labels, 0.2, np.random.default_rng(0))

def shifted(pictures, right):
    """Pictures (N, 64) moved to the right by so many pixels; what leaves the frame is lost."""
    moved = np.zeros((len(pictures), 8, 8))
    square = pictures.reshape(-1, 8, 8)
    if right >= 0:
        moved[:, :, right:] = square[:, :, :8 - right]
    else:
        moved[:, :, :right] = square[:, :, -right:]
    return moved.reshape(-1, 64)

rng = np.random.default_rng(2)
mlp = Network.of_sizes([64, 25, 10], rng)
train(mlp, x, y, epochs=30, batch_size=32, rng=rng, progress=True,
      update=FlatAdam(mlp.vector.size, learning_rate=5e-3).step)
as_they_are = accuracy(mlp.predict(x_new), y_new)
one_pixel = accuracy(mlp.predict(shifted(x_new, 1)), y_new)
print(f"as they are: {as_they_are:.1%}, one pixel to the right: {one_pixel:.1%}")
shift.reveal(round(100 * one_pixel))

# %% [markdown]
# About every second digit is lost. A linear layer has a weight of its own for every pixel. What it has
# learned about pixel 27 says nothing about pixel 28; that the two are neighbours it does not know.
# It would have to learn every stroke anew at every place.
#
# The idea that mends this is simple to say: **look for the same small pattern everywhere, with the
# same weights.**

# %% [markdown] tags=["talk"] slide="slide"
# ## About every second digit is lost
#
# What it has learned about pixel 27 says nothing about pixel 28. It would have to learn every stroke
# anew at every place.
#
# > Look for the same small pattern everywhere, with the same weights.

# %% [markdown]
# ## What a small pattern finds
#
# Nine weights in a square of 3 by 3, a **kernel** or **filter**. Lay it on the picture, multiply each
# weight by the pixel under it, add up: one number, large where the picture looks like the
# pattern. Slide it over all places: a whole picture of such numbers, a **feature map**.
#
# **Find the pattern that tells a 1 from a 7. Which one finds the slanting foot of the 7?**

# %% slide="slide"
patterns()

# %% [markdown]
# One window by hand. The pixels under the kernel, the kernel, and their products:
#
# | pixels | kernel | products |
# |---|---|---|
# | 0 5 2 | −1 1 0 | 0 5 0 |
# | 1 6 3 | −1 1 0 | −1 6 0 |
# | 0 7 1 | −1 1 0 | 0 7 0 |
#
# The products add up to $5 - 1 + 6 + 7 = 17$: on the left almost nothing, next to it ink: a left edge.

# %% [markdown] tags=["talk"] slide="slide"
# ## One window by hand
#
# | pixels | kernel | products |
# |---|---|---|
# | 0 5 2 | −1 1 0 | 0 5 0 |
# | 1 6 3 | −1 1 0 | −1 6 0 |
# | 0 7 1 | −1 1 0 | 0 7 0 |
#
# They add up to $5 - 1 + 6 + 7 = \mathbf{17}$: nothing on the left, ink next to it. A left edge.

# %%
pixels = np.array([[0, 5, 2], [1, 6, 3], [0, 7, 1]])
kernel = np.array([[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]])
print((pixels * kernel).sum(), convolve(pixels, kernel))

# %% [markdown]
# (A mathematician turns the kernel by half a turn before laying it on, and calls only *that* a
# convolution, and ours a cross-correlation. Every deep-learning framework does it without the turn,
# and so do we. For weights that are learned it makes no difference.)
#
# ### Sizes
#
# A window of $k$ pixels, a border of `pad` zeros on each side, and steps of `stride` pixels: into a
# height of $H$ fit
#
# $$o_h = \left\lfloor \frac{H + 2\,\text{pad} - k_h}{\text{stride}} \right\rfloor + 1$$
#
# windows. What is left over at the end, too little for another step, is seen by nobody.

# %% slide="slide" jupyter={"source_hidden": true}
size = ask.predict(
    "A picture 8 pixels high, windows 3 high, no border, steps of 2: how many windows fit?",
    ["2", "3", "4"],
)
size

# %%
print("windows begin at rows", list(range(0, 8 - 3 + 1, 2)))
size.reveal("3", "They begin at 0, 2 and 4; one at 6 would stick out. Row 7 is seen by none.")

# %% [markdown]
# ## Every window a row
#
# With several channels $c$ coming in (grey pictures have one) and several filters $f$ going out:
#
# $$\text{out}[n, f, i, j] = b[f] + \sum_{c,u,v} W[f, c, u, v] \cdot
# x[n, c,\; i \cdot \text{stride} + u,\; j \cdot \text{stride} + v]$$
#
# ($x$ with its border already around it; $u$ and $v$ count rows and columns inside the window.)
# Seven letters. But look at one window at a time: its numbers in a row, times the weights of a filter
# in a row, plus a bias. That is a linear layer! So lay **every window out as a row** of one big table
# (this is called *im2col*), and the whole convolution is one product:
#
# $$\text{out} = \text{patches} \; @ \; \text{weights}^T + b$$

# %% [markdown] tags=["talk"] slide="slide"
# ## Every window a row
#
# Lay each window out as a row of one big table, each filter as a row of another:
#
# $$\text{out} = \text{patches} \; @ \; \text{weights}^T + b$$
#
# * the whole convolution is **one product**
# * and a linear layer is what lesson 07 can walk back through

# %% slide="slide"
windows()

# %% [markdown]
# **Press play, then change window, step and border.** How often does the same pixel stand in the table
# when windows of 2 by 2 move by 1? And when they move by 2?
#
# `course.im2col` makes that table, for pictures `(N, C, H, W)`: picture by picture, window by window
# from the top left, and inside each row channel by channel. Watch the shapes:

# %%
two = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)       # N=2 pictures, C=3 channels, 4 x 5
patches = course.im2col(two, 2, 2)
print("x", two.shape, "-> patches", patches.shape, "= (N * oh * ow, C * kh * kw) =",
      (2 * 3 * 4, 3 * 2 * 2))

# %% [markdown]
# One trap on the way home. The product has one row per window, `(N * oh * ow, F)`; `out` should be
# `(N, F, oh, ow)`. Reshape never changes the order of the numbers, it only cuts the same row of them
# differently. So first cut: `(N, oh, ow, F)`. Then move the last axis: `.transpose(0, 3, 1, 2)`
# says, place by place, which old axis comes to stand there.

# %%
rows = np.array([[1, 10], [2, 20], [3, 30], [4, 40]])      # 4 windows, F=2 filters
print("right:", rows.reshape(1, 2, 2, 2).transpose(0, 3, 1, 2)[0].tolist())
print("wrong:", rows.reshape(1, 2, 2, 2)[0].tolist(), " the filters are mixed up")

# %% [markdown]
# ### Your turn: `conv2d_forward`
#
# Return `out` of shape `(N, F, oh, ow)` and `cache = (x, W, b, stride, pad)`. `course.im2col(x, kh,
# kw, stride, pad)` and `course.output_size(x, kh, kw, stride, pad)` are there to be used; loops over
# windows are as right, and slower.
#
# <details><summary>Hint 1</summary><code>W.reshape(F, -1)</code> lays each filter out in a row, in the
# order of the patches.</details>
# <details><summary>Hint 2</summary>Patches, product, reshape, transpose: four lines.</details>

# %% solution="conv2d_forward"
def conv2d_forward(x, W, b, stride=1, pad=0):
    """out (N, F, oh, ow) and the cache, for x (N, C, H, W), W (F, C, kh, kw) and b (F,)."""
    F, C, kh, kw = W.shape
    oh, ow = course.output_size(x, kh, kw, stride, pad)
    ### BEGIN SOLUTION
    patches = course.im2col(x, kh, kw, stride, pad)
    out = patches @ W.reshape(F, -1).T + b
    out = out.reshape(len(x), oh, ow, F).transpose(0, 3, 1, 2)
    return out, (x, W, b, stride, pad)
    ### END SOLUTION

# %% check="conv2d_forward"
check("conv2d_forward", conv2d_forward)

# %% [markdown]
# ## Blame put back where the windows lay
#
# Backward, too, it is a linear layer. Bring `dout` into rows, one per window, and lesson 07 gives:
#
# $$dW = \text{rows}^T @ \; \text{patches} \qquad db = \sum \text{rows} \qquad
# d\text{patches} = \text{rows} \; @ \; \text{weights}$$
#
# Weights that are used in every window get the blame of **every** window, added up. That is all that
# "sharing weights" means for the gradient.
#
# What is left is to put `dpatches` back. Each row is the blame for the pixels of one window. A pixel
# that was seen by four windows stands in four rows. What does it get?

# %% [markdown] tags=["talk"] slide="slide"
# ## Blame put back where the windows lay
#
# * **Shared weights** are used in every window: they get the blame of every window, added up.
# * **Shared pixels** are seen by several windows: they get the blame of each, added up.
#
# > Multiply along a path, add where paths meet.

# %% slide="slide"
overlap()

# %% [markdown]
# The two rules of lesson 02 again: multiply along a path, **add where paths meet**. Switch the adding
# off and see who is hurt. Then find a window and a step for which nobody is: a test with such sizes
# would never find the mistake.

# %% jupyter={"source_hidden": true}
ask.choose(
    "Somebody writes = in place of += when putting blame back. With which sizes does a test find it?",
    {"window 2, step 2": "These windows lie side by side: every pixel is seen once.",
     "window 3, step 2": "Yes: neighbouring windows share a row or a column, and there the blame of one "
                         "wipes out the other's.",
     "window 2, step 3": "These windows do not even touch; some pixels are seen by none."},
    right="window 3, step 2",
)

# %% [markdown]
# By hand: a picture of 1 by 3, one filter $[3, 4]$ of 1 by 2, step 1. Two windows, which share the
# middle pixel. With $dout = [1, 10]$:
#
# * the first window puts $1 \cdot [3, 4]$ on pixels 0 and 1: $dx = [3, 4, 0]$;
# * the second puts $10 \cdot [3, 4]$ on pixels 1 and 2, added: $dx = [3, 4 + 30, 40] = [3, 34, 40]$.
#
# `course.col2im(dpatches, x.shape, kh, kw, stride, pad)` does this, and cuts off the border, whose
# blame nobody needs.

# %% [markdown] tags=["talk"] slide="slide"
# ## By hand: three pixels, two windows
#
# A filter $[3, 4]$, step 1, $dout = [1, 10]$. The windows share the middle pixel.
#
# | | pixel 0 | pixel 1 | pixel 2 |
# |---|---|---|---|
# | first window: $1 \cdot [3, 4]$ | 3 | 4 | |
# | second window: $10 \cdot [3, 4]$ | | 30 | 40 |
# | **dx** | **3** | **34** | **40** |

# %%
dout_rows = np.array([[1.0], [10.0]])                      # two windows, one filter
dpatches = dout_rows @ np.array([[3.0, 4.0]])
print(dpatches.tolist(), "->", course.col2im(dpatches, (1, 1, 1, 3), 1, 2)[0, 0].tolist())

# %% [markdown]
# ### Your turn: `conv2d_backward`
#
# The four labels of lesson 07: LOCAL DERIVATIVE, TIMES UPSTREAM, SUM OVER WHAT WAS SHARED, CHECK THE
# SHAPE. Return `dx`, `dW`, `db` with the shapes of `x`, `W`, `b`.
#
# <details><summary>Hint 1</summary>Into rows: undo the last two steps of forward in the opposite
# order. Move the filter axis to the end, then reshape to <code>(-1, F)</code>.</details>
# <details><summary>Hint 2</summary>The three products are in the formulas above; <code>dW</code> comes
# out as (F, C * kh * kw) and wants W's shape.</details>

# %% solution="conv2d_backward"
def conv2d_backward(dout, cache):
    """dx, dW and db for dout (N, F, oh, ow) and the cache of conv2d_forward."""
    x, W, b, stride, pad = cache
    F, C, kh, kw = W.shape
    ### BEGIN SOLUTION
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    patches = course.im2col(x, kh, kw, stride, pad)
    dW = (rows.T @ patches).reshape(W.shape)
    db = rows.sum(axis=0)
    dpatches = rows @ W.reshape(F, -1)
    dx = course.col2im(dpatches, x.shape, kh, kw, stride, pad)
    return dx, dW, db
    ### END SOLUTION

# %% check="conv2d_backward"
check("conv2d_backward", conv2d_backward)

# %% [markdown]
# Trust, but verify: the gradient check of lesson 08, on the course's convolution with a border and
# steps of 2.

# %%
rng_check = np.random.default_rng(0)
picture, W, b = rng_check.normal(size=(2, 3, 6, 5)), rng_check.normal(size=(4, 3, 3, 2)), np.ones(4)
dout = rng_check.normal(size=(2, 4, 3, 3))
print("relative error:", gradient_check(
    lambda x: course.conv2d_forward(x, W, b, stride=2, pad=1),
    lambda dout, cache: course.conv2d_backward(dout, cache)[0], picture, dout))

# %% [markdown]
# ## Max-pooling: the winner takes it all
#
# *That* there is a stroke often matters more than *exactly where*. **Max-pooling** keeps the largest
# number of each window, windows side by side, and forgets which pixel it was: half the height,
# half the width, and a stroke may move by a pixel and still win.
#
# Backward: only the winner had a say in the result. Nudge a loser, and nothing changes. So the winner
# gets all the blame, and the others get 0.

# %% slide="slide" jupyter={"source_hidden": true}
tie = ask.predict(
    "A window of four pixels that are all 4. dout is 12 there. What should the four pixels' blames add "
    "up to?",
    ["48", "12", "3"],
)
tie

# %% slide="slide"
pool()

# %%
equal = np.full((1, 1, 2, 2), 4.0)
out, cache = course.maxpool_forward(equal, 2)
dx = course.maxpool_backward(np.array([[[[12.0]]]]), cache)
print("one of them:", dx[0, 0].tolist(), "adds up to", dx.sum())
every = np.where(equal == equal.max(), 12.0, 0.0)
print("all get all:", every[0, 0].tolist(), "adds up to", every.sum())
tie.reveal("12", "Lift all four by a little, and the maximum rises by that little, once.")

# %% [markdown]
# With ties no gradient is *the* right one (it is a kink, like ReLU's at 0). Giving it to any one of
# the winners, or sharing it out equally, hands out what came in. Giving all of it to each does not.
#
# ### Your turn: `maxpool_forward` and `maxpool_backward`
#
# `x` is `(N, C, H, W)`, and `size` divides height and width. Loops over windows are fine. The way
# without: `x.reshape(N, C, H // size, size, W // size, size)` splits each axis in two, and axes 3 and
# 5 together are a window.
#
# <details><summary>Hint 1</summary><code>.max(axis=(3, 5))</code> takes the maximum over two axes at
# once.</details>

# %% solution="maxpool_forward"
def maxpool_forward(x, size):
    """out (N, C, H/size, W/size), the largest of each window, and cache (x, size)."""
    N, C, H, W = x.shape
    ### BEGIN SOLUTION
    out = x.reshape(N, C, H // size, size, W // size, size).max(axis=(3, 5))
    return out, (x, size)
    ### END SOLUTION

# %% check="maxpool_forward"
check("maxpool_forward", maxpool_forward)

# %% [markdown]
# <details><summary>Hint 1</summary>With loops: cut out the window, find its winner with
# <code>np.unravel_index(window.argmax(), window.shape)</code>, and write the blame
# there.</details>
# <details><summary>Hint 2</summary>Without: a mask where <code>tiles == tiles.max(axis=(3, 5),
# keepdims=True)</code>, divided by how many are equal, times the blame of the window.
# <code>dout[:, :, :, None, :, None]</code> has an axis of length 1 for each axis of the
# window.</details>

# %% solution="maxpool_backward"
def maxpool_backward(dout, cache):
    """dx (N, C, H, W): each window's blame goes to its winner, or shared among equal winners."""
    x, size = cache
    N, C, H, W = x.shape
    ### BEGIN SOLUTION
    tiles = x.reshape(N, C, H // size, size, W // size, size)
    winners = tiles == tiles.max(axis=(3, 5), keepdims=True)
    equals = winners.sum(axis=(3, 5), keepdims=True, dtype=dout.dtype)
    blames = dout[:, :, :, np.newaxis, :, np.newaxis]
    return (winners * blames / equals).reshape(x.shape)
    ### END SOLUTION

# %% check="maxpool_backward"
check("maxpool_backward", maxpool_backward)

# %% [markdown]
# ## Two networks, equally large
#
# `bplib.cnn` puts the pieces together: convolution with 8 filters, ReLU, pool; convolution with 16,
# ReLU, pool; a linear layer. The MLP from above has almost exactly as many parameters. Both get the
# same digits, the same optimiser and the same number of epochs.

# %%
rng = np.random.default_rng(2)
cnn = CNN(init_cnn(rng))
print(f"parameters: MLP {mlp.vector.size}, CNN {cnn.vector.size}")
history = train(cnn, x, y, epochs=30, batch_size=32, rng=rng, progress=True,
                update=FlatAdam(cnn.vector.size, learning_rate=5e-3).step)

# %% [markdown] tags=["talk"] slide="slide"
# ## Two networks, equally large

# %% slide="-"
shifts = [-2, -1, 0, 1, 2]
scores = {name: [accuracy(net.predict(shifted(x_new, s)), y_new) for s in shifts]
          for name, net in [("MLP", mlp), ("CNN", cnn)]}
shifts_picture(shifts, scores)

# %%
for name in scores:
    print(name, *(f"  {s:+d}: {v:5.1%}" for s, v in zip(shifts, scores[name], strict=True)))

# %% [markdown]
# The honest reading. On digits as they come, in the middle of their frame, the two are nearly the same:
# this set is easy, and both read almost all of it. Shifted by a pixel, which neither has ever been
# shown, the CNN keeps far more; how much more depends on the first weights (try another seed). But
# it is not *immune*: the pools forgive a pixel, and the last layer, which is linear again, does not
# forgive two. And every epoch of the CNN took many times as long, with as many parameters: each
# weight of its filters is used at 64 or at 16 places.
#
# What has it learned to look for? Nobody drew these patterns:

# %% [markdown] tags=["talk"] slide="slide"
# ## What it has learned to look for

# %% slide="-"
seven = x_new[y_new == 7][0].reshape(8, 8)
filters_picture(*cnn.params[0], seven)

# %% [markdown]
# Some of the filters have become edges and strokes in one direction, much like those that you tried by
# hand; others are hard to name.

# %% [markdown]
# ## A claim put to the test
#
# *"A convolutional network does not care where in the picture something is."* You have seen the
# figures for shifted digits. What is true of **one convolution**, without pool and linear layer?

# %% [markdown] tags=["talk"] slide="slide"
# *"A convolutional network does not care where in the picture something is."* One convolution, no
# pool, no linear layer:

# %% slide="-" jupyter={"source_hidden": true}
where = ask.predict(
    "Shift the picture by a pixel, then convolve. Compare with: convolve, then shift the result.",
    ["the same numbers in the same places (away from the edge)", "the result does not change at all",
     "other numbers altogether"],
)
where

# %%
first_shift = convolve(np.roll(seven, 1, axis=1), kernel)
first_convolve = np.roll(convolve(seven, kernel), 1, axis=1)
print("largest difference away from the edge:", np.abs(first_shift - first_convolve)[:, 1:].max())
print("largest difference to the unshifted result:", np.abs(first_shift - convolve(seven, kernel)).max())
where.reveal("the same numbers in the same places (away from the edge)")

# %% [markdown]
# A convolution *moves along* with the picture (it is **equivariant**). It does not forget where
# something is; pooling forgets a little of it, and the linear layer at the end has a weight for each
# place that is left.

# %% [markdown] tags=["talk"] slide="slide"
# ## It moves along
#
# * A **convolution** moves along with the picture. It forgets nothing about places.
# * **Pooling** forgets a little of it.
# * The **linear layer** at the end has a weight for each place that is left.
#
# So a network of them forgives one pixel, and not two.

# %% [markdown]
# ## Find the bug
#
# Three lines of a backward, meant for any stride and any border. With `pad = 1` its gradients are
# right. With `pad = 0` its `dx` has no pixels at all.
#
# ```python
# dx_padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
# ...                                  # blame is added to dx_padded, correctly
# dx = dx_padded[:, :, pad:-pad, pad:-pad]
# ```

# %% jupyter={"source_hidden": true}
ask.choose(
    "What happens when pad is 0?",
    {"np.zeros makes an empty array": "H + 0 and W + 0: it has the picture's size.",
     "pad:-pad is 0:-0, and -0 is 0": "Yes: the slice ends where it begins. pad:pad + H says where it "
                                      "ends for every pad.",
     "the blame is added twice": "There is no dx left in which to see that."},
    right="pad:-pad is 0:-0, and -0 is 0",
)

# %% [markdown]
# ## What we now know
#
# * A convolution is a linear layer on windows, the same weights for every window.
# * Shared weights get the **sum** of all blames; shared pixels get the sum of all windows' blames.
# * Max-pooling passes blame to winners, and hands out no more than came in.
# * Reshape never changes the order of the numbers. Check with sizes that all differ, steps that leave
#   a remainder and windows that overlap: anything else hides mistakes.
#
# **What still bothers us.** A picture has a fixed size. A sentence has not, nor a melody, and what comes
# later in it depends on what came before. Weights shared over *time* are lesson 13.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > A convolution is a linear layer on windows, with the same weights for every window.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# A picture has a fixed size. A sentence has not, nor a melody, and what comes later depends on what
# came before.
#
# **Weights shared over time** are lesson 13.
