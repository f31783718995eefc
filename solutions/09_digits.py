# ---
# jupyter:
#   bp:
#     title: Digits
#     level: 3
#     question: Can a heap of numbers learn to read handwriting that it has never seen?
# ---

# %% [markdown]
# # Digits
#
# **Can a heap of numbers learn to read handwriting that it has never seen?**
#
# You have layers (lesson 07) and you can trust their gradients (lesson 08). Now put them together:
# a
# network of two layers, 1,797 digits written by 13 people, and a few seconds of training. At the
# end
# you draw a digit yourself, and the network says what it reads.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** A network as a loop over layers, forward and back; initialisation; mini-batches and
# epochs;
# judging on held-out data; looking inside: confusion matrix, mistakes, hidden units, saliency.
# **Time**, about 120 minutes: data and start 20, forward and back 35, batches and steps 20,
# training
# 20, looking inside 15, the myth 10.
#
# **What the class usually gets wrong.**
#
# - mlp_forward: relu-at-the-end
# - mlp_backward: relu-missing
# - mlp_backward: back-to-front
# - minibatches: labels-not-shuffled
# - minibatches: short-batch-dropped
# - train_mlp: never-moves
# - input_saliency: of-loss
#
# **Questions to ask.** Why must the 400 digits be laid aside *before* training? The net is sure of
# itself on pure noise: how can that be? Which mistakes would you have made too?
#
# **When the prediction fails.** On noisy labels most predict 70 % or less. Ask what a network would
# have to do in order to learn *random* errors, and whether one small net can do it in a few epochs.
#
# **Further reading.** K. He and others (2015) on initialisation; K. Simonyan and others (2014) on
# saliency maps; D. Rolnick and others (2017) on learning from very noisy labels.

# %%
import numpy as np

from autograder import check
from bplib import losses as course_losses
from bplib import network as course
from bplib import training
from bplib.data import load_digits, train_test_split
from bplib.fast_mlp import Network
from bplib.play import ask
from bplib.play import digits as show
from bplib.play.pad import Pad

# %% [markdown]
# ## What the network is given
#
# Each picture is 8 by 8 pixels: 64 numbers from 0 (paper) to 1 (ink), in one row. Its label is the
# digit that the writer was asked for.

# %%
images, labels = load_digits()
x_train, y_train, x_test, y_test = train_test_split(
    images, labels, 400 / len(images), np.random.default_rng(0))
print("to learn from:", x_train.shape, "  held out:", x_test.shape)
show.some_digits(16)

# %% [markdown] tags=["talk"] slide="slide"
# ## 64 numbers, and a label

# %% tags=["talk"] slide="-"
show.some_digits(16)

# %% [markdown]
# 400 digits are laid aside. The network never learns from them: they alone tell whether it can
# *read*,
# or has learned its exercise book by heart. (The same 13 people wrote both parts. How it would do
# on the
# hand of a fourteenth is another question, and this experiment does not answer it.)
#
# Guessing blindly would be right once in ten. What do you expect of a few seconds of training?

# %% slide="slide" jupyter={"source_hidden": true}
reads = ask.predict("Of 100 digits it never saw, how many will the network read right?",
                    low=0, high=100, step=1, unit="of 100")
reads

# %% [markdown]
# ## Where to start
#
# The network is a list of layers, each a pair `(W, b)`: `[64, 32, 10]` means 64 pixels, 32 hidden
# units,
# 10 scores. What should the weights be at first?
#
# * **Not all equal.** Units that start alike get the same gradient, move alike, and stay one unit
#   forever. So: random.
# * **Not too large, not too small.** A unit adds up $D$ products. If each weight has the variance
#   $v$,
#   their sum has a variance of about $D \cdot v$ times the mean square of the inputs. Layer after
# layer,
#   the signal would grow or die. ReLU sets about half of the signal to 0, which halves its mean
#   square. To keep it level: $D \cdot v / 2 = 1$, so
#
# $$v = \frac{2}{D} \qquad\text{that is, normal numbers times } \sqrt{2/D}$$
#
# Put to the test: signals of mean square 1 go through ten layers of $D = 100$ ReLU units, with
# weights of four sizes.

# %% [markdown] tags=["talk"] slide="slide"
# ## Where to start
#
# * **Not all equal.** Units that start alike stay one unit forever. So: random.
# * **Not too large, not too small.** Layer after layer the signal would grow or die.
#
# A ReLU lets half of the signal's square through. To keep it level:
#
# $$\text{variance} = \frac{2}{D}$$

# %%
rng = np.random.default_rng(0)
scales = {"0.05": 0.05, "sqrt(1 / D)": np.sqrt(1 / 100), "sqrt(2 / D)": np.sqrt(2 / 100), "0.3": 0.3}
for name, scale in scales.items():
    h = rng.normal(size=(200, 100))
    for _ in range(10):
        h = np.maximum(h @ (scale * rng.normal(size=(100, 100))), 0)
    print(f"times {name:11}: after 10 layers the mean square is {np.mean(h**2):.3g}")

# %% [markdown]
# ### Your turn: `init_mlp`
#
# For `sizes` such as `[64, 32, 10]` return a list of pairs: `W` of shape `(D, M)`, normal with
# variance
# $2/D$ drawn from `rng`, and `b` of shape `(M,)`, zeros.
#
# <details><summary>Hint 1</summary><code>zip(sizes[:-1], sizes[1:])</code> gives (64, 32), then
# (32, 10).</details>
# <details><summary>Hint 2</summary><code>rng.normal(size=(D, M))</code> has the variance 1.
# Multiplying by
# s multiplies the variance by s squared.</details>

# %% solution="init_mlp"
def init_mlp(sizes, rng):
    """A list of (W, b), W (D, M) normal with variance 2 / D, b (M,) zeros."""
    ### BEGIN SOLUTION
    params = []
    for D, M in zip(sizes[:-1], sizes[1:], strict=True):
        W = np.sqrt(2 / D) * rng.normal(size=(D, M))
        params.append((W, np.zeros(M)))
    return params
    ### END SOLUTION

# %% check="init_mlp"
check("init_mlp", init_mlp)

# %% [markdown]
# ## A network is a loop
#
# $$x \;\to\; \text{linear} \;\to\; \text{ReLU} \;\to\; \text{linear} \;\to\; \text{ReLU} \;\to\;
# \cdots
# \;\to\; \text{linear} \;\to\; \text{scores}$$
#
# A ReLU stands *between* layers. After the last one there is none: a score may be negative, and the
# softmax of the loss wants to know how far below the others it lies.

# %% [markdown] tags=["talk"] slide="slide"
# ## A network is a loop
#
# $$x \to \text{linear} \to \text{ReLU} \to \text{linear} \to \dots \to \text{linear} \to \text{scores}$$
#
# * A ReLU stands *between* layers.
# * After the last one there is none: a score may be negative.
#
# And the gradient is the **same loop backwards**.

# %% [markdown]
# Two layers by hand, one picture of one pixel, $x = 5$:
#
# $$W_1 = (1, -1),\; b_1 = (0, 0): \quad z = (5, -5), \quad h = \text{ReLU}(z) = (5, 0)$$
#
# $$W_2 = \begin{pmatrix}2\\3\end{pmatrix},\; b_2 = 1: \quad \text{score} = 5 \cdot 2 + 0 \cdot 3 +
# 1 = 11$$

# %% [markdown]
# ## And the same loop backwards
#
# Suppose the score should rise: $d\text{score} = 1$. Backwards through the same picture:
#
# * the last layer: $dW_2 = h \cdot 1 = (5, 0)$, $db_2 = 1$, and $dh = 1 \cdot W_2 = (2, 3)$;
# * the ReLU: the second unit was at rest ($z = -5$), so $dz = (2, 0)$;
# * the first layer: $dW_1 = x \cdot dz = (10, 0)$, $db_1 = (2, 0)$.
#
# Every step of forward has its step back, in the opposite order, and needs what forward saw there:
# so forward keeps it, layer by layer, in `cache`.

# %% [markdown] tags=["talk"] slide="slide"
# ## One pixel, there and back
#
# | | forward | back |
# |---|---|---|
# | pixel | $x = 5$ | $dW_1 = x \cdot dz = (10, 0)$ |
# | sums | $z = (5, -5)$ | $dz = (2, 0)$: the second was at rest |
# | ReLU | $h = (5, 0)$ | $dh = (2, 3)$, $dW_2 = h = (5, 0)$ |
# | score | $5 \cdot 2 + 0 \cdot 3 + 1 = 11$ | 1 |
#
# Every step back needs what forward saw there. So forward keeps it.

# %%
params = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[2.0], [3.0]]), np.ones(1))]
logits, cache = course.mlp_forward(np.array([[5.0]]), params)
print("score", logits)
for dW, db in course.mlp_backward(np.array([[1.0]]), cache):
    print("dW", dW.tolist(), " db", db.tolist())

# %% [markdown]
# ### Your turn: `mlp_forward` and `mlp_backward`
#
# `x` is `(N, D)`, `params` a list of `(W, b)`. Forward returns the scores `(N, C)` and a cache of
# your own
# design. Backward gets the gradient of the scores `(N, C)` and that cache, and returns a list of
# `(dW, db)` **in the order of** `params`.
#
# <details><summary>Hint 1</summary>What does the step back through a layer need? Its input and its W
# (for a linear layer), and where z was positive (for a ReLU).</details>
# <details><summary>Hint 2</summary>Of a linear layer: <code>dW</code> is x.T @ dout,
# <code>db</code> the sum
# of dout over the examples, and dout @ W.T goes on downwards.</details>
# <details><summary>Hint 3</summary>Going back, you find the last layer's gradients first.</details>

# %% solution="mlp_backward"
def mlp_forward(x, params):
    """Scores (N, C) of pictures x (N, D), and a cache for the way back."""
    cache = []
    ### BEGIN SOLUTION
    out = x
    for layer, (W, b) in enumerate(params):
        seen = out
        z = seen @ W + b
        cache.append((seen, W, z))
        out = np.maximum(z, 0) if layer < len(params) - 1 else z
    return out, cache
    ### END SOLUTION


def mlp_backward(dlogits, cache):
    """A list of (dW, db), one pair for each layer, in the order of params."""
    grads = []
    ### BEGIN SOLUTION
    dout = dlogits
    for place, (seen, W, z) in enumerate(reversed(cache)):
        dz = dout if place == 0 else dout * (z > 0)
        grads.append((seen.T @ dz, dz.sum(axis=0)))
        dout = dz @ W.T
    return grads[::-1]
    ### END SOLUTION

# %% check="mlp_forward"
check("mlp_forward", mlp_forward)

# %% check="mlp_backward"
check("mlp_backward", mlp_backward, mlp_forward)

# %% [markdown]
# ## A handful at a time
#
# The gradient over all 1,397 pictures is exact, and one step costs the whole set. The mean over 20
# pictures points *roughly* the same way, and costs a seventieth. Seventy rough steps lead further
# than a
# single exact one; below, once you can take a step, the two are measured.
#
# * A **mini-batch**: the handful of a step.
# * An **epoch**: one turn through all pictures. They are dealt out anew each time, in random order,
#   every
#   one exactly once. The last batch may be short.

# %% [markdown] tags=["talk"] slide="slide"
# ## A handful at a time
#
# * All 1,397 pictures: the exact gradient, at the price of the whole set.
# * 20 pictures: *roughly* the same way, at a seventieth of the price.
#
# > Seventy rough steps lead further than a single exact one.

# %%
params = course.init_mlp([64, 32, 10], np.random.default_rng(1))


def gradient(x, y):
    """All gradients of the mean loss on some pictures, as one long vector."""
    logits, cache = course.mlp_forward(x, params)
    _, loss_cache = course_losses.softmax_cross_entropy_forward(logits, y)
    grads = course.mlp_backward(course_losses.softmax_cross_entropy_backward(1.0, loss_cache), cache)
    return np.concatenate([array.ravel() for pair in grads for array in pair])


exact = gradient(x_train, y_train)
for count in [1, 20, 200]:
    rough = gradient(x_train[:count], y_train[:count])
    cosine = rough @ exact / np.linalg.norm(rough) / np.linalg.norm(exact)
    print(f"{count:4} pictures: cosine of the angle to the exact gradient {cosine:.2f}")

# %% [markdown]
# (A cosine of 1 means the same direction, 0 a right angle: a step that way gains nothing at first.)

# %% [markdown]
# ### Your turn: `minibatches`
#
# Deal out `(x_batch, y_batch)`, `batch_size` pictures at a time, shuffled by `rng`. A picture and
# its label
# must stay together. A list of pairs will do, and so will a function with `yield`.
#
# <details><summary>Hint 1</summary><code>rng.permutation(len(x))</code> is every index once, in random
# order. One order for both arrays: <code>x[order]</code> picks the rows in that order.</details>
# <details><summary>Hint 2</summary><code>range(0, len(x), batch_size)</code> gives the beginnings of the
# batches; a slice that reaches past the end is simply shorter.</details>

# %% solution="minibatches"
def minibatches(x, y, batch_size, rng):
    """Pairs (x_batch, y_batch) that together hold every example once, shuffled by rng."""
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    batches = []
    for start in range(0, len(x), batch_size):
        chosen = order[start:start + batch_size]
        batches.append((x[chosen], y[chosen]))
    return batches
    ### END SOLUTION

# %% check="minibatches"
check("minibatches", minibatches)

# %% [markdown]
# ### Your turn: `sgd_step`
#
# Descent on batches is called *stochastic gradient descent*, SGD. One step: every `W` and every `b`
# goes
# against its gradient. Return **new** params; the old ones stay as they are.
#
# <details><summary>Hint</summary><code>zip(params, grads)</code> gives a pair of pairs for each
# layer.</details>

# %% solution="sgd_step"
def sgd_step(params, grads, learning_rate):
    """New params, a list of (W, b), after one step downhill."""
    ### BEGIN SOLUTION
    return [(W - learning_rate * dW, b - learning_rate * db)
            for (W, b), (dW, db) in zip(params, grads, strict=True)]
    ### END SOLUTION

# %% check="sgd_step"
check("sgd_step", sgd_step)

# %% [markdown]
# One exact step, or seventy rough ones? Either way every picture is looked at once:

# %%
def stepped(params, x, y, learning_rate=0.3):
    """The params after one step on some pictures, and the loss before it."""
    logits, cache = course.mlp_forward(x, params)
    loss, loss_cache = course_losses.softmax_cross_entropy_forward(logits, y)
    grads = course.mlp_backward(course_losses.softmax_cross_entropy_backward(1.0, loss_cache), cache)
    return training.sgd_step(params, grads, learning_rate), loss


exact_step, before = stepped(params, x_train, y_train)
rough_steps = params
for x_batch, y_batch in training.minibatches(x_train, y_train, 20, np.random.default_rng(2)):
    rough_steps, _ = stepped(rough_steps, x_batch, y_batch)
print(f"loss on all pictures: before {before:.2f}, "
      f"after one exact step {stepped(exact_step, x_train, y_train)[1]:.2f}, "
      f"after seventy rough ones {stepped(rough_steps, x_train, y_train)[1]:.2f}")

# %% [markdown]
# ## Training
#
# All pieces are there. Put them in order before you write them down.

# %% jupyter={"source_hidden": true}
lines = ask.order_lines(
    "One step of training. What comes first, and what last?",
    ["logits, cache = mlp_forward(x_batch, params)",
     "loss, loss_cache = softmax_cross_entropy_forward(logits, y_batch)",
     "dlogits = softmax_cross_entropy_backward(1.0, loss_cache)",
     "grads = mlp_backward(dlogits, cache)",
     "params = sgd_step(params, grads, learning_rate)"],
    {"sgd_step(params, grads, learning_rate)": "What it returns is thrown away: nothing moves.",
     "params = init_mlp(sizes, rng)": "Once, before the first step; here all learning would be lost."},
)
lines

# %% [markdown]
# ### Your turn: `train_mlp`
#
# Start with `init_mlp`; for each epoch go through `minibatches` and take a step on each. Return
# `params` and
# `losses`, one number per epoch (the mean of its batches' losses) or one per step. The pieces are
# in
# `course` and `training`, or use your own:
#
# `course.init_mlp`, `training.minibatches`, `course.mlp_forward`,
# `course_losses.softmax_cross_entropy_forward`, `course_losses.softmax_cross_entropy_backward`,
# `course.mlp_backward`, `training.sgd_step`.
#
# The check trains three networks and lets them read digits they have never seen: 95 of 100 should
# be
# right. It takes some seconds.
#
# <details><summary>Hint 1</summary>Two loops, one inside the other: epochs, and batches.</details>
# <details><summary>Hint 2</summary>The five lines you put in order are the inside of the inner
# loop.</details>

# %% solution="train_mlp"
def train_mlp(x, y, sizes, learning_rate, epochs, batch_size, rng):
    """params of a trained network, and its losses, one per epoch or one per step."""
    ### BEGIN SOLUTION
    params, losses = course.init_mlp(sizes, rng), []
    for _ in range(epochs):
        for x_batch, y_batch in training.minibatches(x, y, batch_size, rng):
            logits, cache = course.mlp_forward(x_batch, params)
            loss, loss_cache = course_losses.softmax_cross_entropy_forward(logits, y_batch)
            dlogits = course_losses.softmax_cross_entropy_backward(1.0, loss_cache)
            params = training.sgd_step(params, course.mlp_backward(dlogits, cache), learning_rate)
            losses.append(loss)
    return params, losses
    ### END SOLUTION

# %% check="train_mlp"
check("train_mlp", train_mlp)

# %% [markdown]
# ## It learns to read
#
# `training.train` is the loop to reuse: the same steps on a faster network, with progress and the
# score on the held-out digits after every epoch.

# %%
rng = np.random.default_rng(1)
net = Network.of_sizes([64, 64, 10], rng)
history = training.train(net, x_train, y_train, epochs=30, batch_size=20, rng=rng,
                         update=training.plain_descent(0.3), held_out=(x_test, y_test),
                         progress=True)
show.losses_picture(history)

# %% [markdown] tags=["talk"] slide="slide"
# ## It learns to read

# %% tags=["talk"] slide="-"
show.losses_picture(history)

# %%
share = 100 * history[-1].accuracy
print(f"{share:.1f} of 100 digits it never saw are read right, after {history[-1].seconds:.1f} seconds")
reads.reveal(round(share), "64 hidden units, 30 epochs.")

# %% [markdown]
# **Move the epoch forward. Which digits does it read at once, and which only late, or never?**

# %% slide="slide"
show.epochs(epoch=1)

# %% [markdown]
# ## What does it get wrong?
#
# One number hides much. The **confusion matrix** has a row for what a digit was and a column for
# what it
# was taken for.

# %% [markdown] tags=["talk"] slide="slide"
# ## What does it get wrong?

# %% slide="-"
show.confusion_picture(net.predict(x_test), y_test)

# %% [markdown] tags=["talk"] slide="slide"
# ## Which would you have read right?

# %% slide="-"
show.mistakes(net.params, x_test, y_test)

# %% [markdown]
# Look at them yourself before you laugh at the machine. Which would you have read right?

# %% [markdown]
# ## What do the hidden units look for?
#
# Each hidden unit has 64 weights: one for each pixel, so they can be shown as a picture.

# %% [markdown] tags=["talk"] slide="slide"
# ## What do the hidden units look for?

# %% slide="-"
show.hidden_picture(net.params)

# %% [markdown]
# Few of them look like digits, or like strokes a person would name. A unit only has to be *useful
# together with the others*. Beware of stories about what a unit "means".

# %% [markdown]
# ## What did it look at?
#
# Training asks how the loss changes with the *weights*. The same walk back, one layer further,
# tells how
# one **score** changes with each *pixel*. Held as a picture, this gradient is called a **saliency
# map**.
#
# It starts differently. Not from the loss, but from a single score: 1 for the score in question, 0
# for all the others, in every row.

# %% [markdown]
# By hand, with the network of one pixel from above and one score: $dz = (2, 0)$, and one layer
# further
# down $dx = dz \cdot W_1^T = 2 \cdot 1 + 0 \cdot (-1) = 2$. One unit more ink raises the score by
# 2.
#
# ### Your turn: `input_saliency`
#
# `x` is one picture `(D,)` or a batch `(N, D)`; the result has its shape. `label` says which score.
# Compute
# forward and back yourself, layer by layer: `course.mlp_backward` stops at the weights of the first
# layer
# and does not hand out `dx`.
#
# <details><summary>Hint 1</summary>Make a batch of a single picture with
# <code>np.atleast_2d(x)</code>, and give the result the shape <code>np.shape(x)</code> at the
# end.</details>
# <details><summary>Hint 2</summary>Forward: keep where each z was positive. Back: times W.T, then the
# mask of the layer below, and so on down to the pixels.</details>

# %% solution="input_saliency"
def input_saliency(x, params, label):
    """The gradient of the score `label` by the pixels, in the shape of x: (D,) or (N, D)."""
    ### BEGIN SOLUTION
    out, awake = np.atleast_2d(x), []
    for W, b in params[:-1]:
        z = out @ W + b
        awake.append(z > 0)
        out = np.maximum(z, 0)
    W, b = params[-1]
    dout = np.zeros((len(out), len(b)), dtype=W.dtype)
    dout[:, label] = 1
    dout = dout @ W.T
    for (W, _), mask in zip(params[-2::-1], awake[::-1], strict=True):
        dout = (dout * mask) @ W.T
    return dout.reshape(np.shape(x))
    ### END SOLUTION

# %% check="input_saliency"
check("input_saliency", input_saliency)

# %% [markdown]
# **Which pixels speak for a 3 and against an 8? Would you look there too?**

# %% slide="slide"
show.saliency()

# %% [markdown]
# A saliency map answers one precise question: what would happen to this score if *this pixel*
# changed a
# *little*? It does not say why the network decided as it did. Lesson 20 comes back to this.

# %% [markdown]
# ## Draw one yourself
#
# Click on the fields, or walk through them with Tab and press the space bar. The network reads
# along.
#
# **Draw a 3 and make it an 8, field by field: when does it change its mind? Then empty the page.**

# %% [markdown] tags=["talk"] slide="slide"
# ## Draw a 3 and make it an 8

# %% slide="-"
Pad(net.params)

# %%
moved = np.roll(x_test.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
right = np.mean(net.predict(moved) == y_test)
print(f"every held-out digit moved one column to the right: {right:.0%} are read right")
noise = np.random.default_rng(0).random((200, 64))
sure = show.probabilities(noise, net.params).max(axis=1)
print(f"200 pictures of noise: half are read with a probability of {np.median(sure):.2f} or more")

# %% [markdown]
# Pure noise is no digit, and still the network is mostly quite sure of one. It has never seen
# anything but digits, and its ten probabilities add up to 1 whatever it is shown. Being sure and
# being
# right are two things. And a digit moved by a single column is read right less than half the time:
# every weight belongs to one pixel, and knows nothing of the pixel beside it. Lesson 12 mends much
# of that.

# %% [markdown]
# ## A claim put to the test
#
# *"Such a network can never be better than the people who labelled its data."* Let us see. We spoil
# the
# labels of the training set: 30 of 100 are replaced by a wrong digit, at random. The teacher is
# right 7
# times out of 10. The held-out digits keep their true labels.

# %% [markdown] tags=["talk"] slide="slide"
# *"A network can never be better than the people who labelled its data."* We replace 30 of 100
# labels by a wrong digit, at random.

# %% slide="-" jupyter={"source_hidden": true}
myth = ask.predict("How many of 100 held-out digits will the pupil of this teacher read right?",
                   ["about 50", "about 70", "more than 85"])
myth

# %%
rng = np.random.default_rng(0)
spoiled = rng.random(len(y_train)) < 0.3
y_spoiled = np.where(spoiled, (y_train + rng.integers(1, 10, len(y_train))) % 10, y_train)
pupil = Network.of_sizes([64, 64, 10], rng)
training.train(pupil, x_train, y_spoiled, epochs=12, batch_size=50, rng=rng,
               update=training.plain_descent(0.2))
print(f"the teacher is right in {np.mean(y_spoiled == y_train):.0%} of the labels it gave")
print(f"the pupil is right in {np.mean(pupil.predict(x_test) == y_test):.0%} of the held-out digits")
myth.reveal("more than 85")

# %% [markdown]
# Random mistakes point in all directions and cancel; what the labels have in common does not. So
# the
# pupil can beat the teacher. But try a teacher who is wrong *always in the same way*, and calls
# every 7
# a 1:

# %%
biased = np.where(y_train == 7, 1, y_train)
pupil = Network.of_sizes([64, 64, 10], np.random.default_rng(0))
training.train(pupil, x_train, biased, epochs=12, batch_size=50, rng=np.random.default_rng(0),
               update=training.plain_descent(0.2))
said = pupil.predict(x_test[y_test == 7])
as_1, as_7 = np.mean(said == 1), np.mean(said == 7)
print(f"of {len(said)} sevens, {as_1:.0%} are read as a 1, {as_7:.0%} as a 7")

# %% [markdown]
# That mistake is learned faithfully. The claim is false for mistakes that are random, and true for
# those
# that have a system, which is the kind people make.

# %% [markdown] tags=["talk"] slide="slide"
# ## Better than its teacher, and not
#
# * Mistakes at **random** point in all directions and cancel. The pupil reads more than 85 of 100;
#   its teacher was right in 70.
# * Mistakes with a **system** add up. A teacher who calls every 7 a 1 has a pupil who does.
#
# People make the second kind.

# %% [markdown]
# ## What we now know
#
# * A network is a loop over layers, and its gradient is the same loop backwards.
# * Start with random weights of variance $2/D$; step on small, shuffled batches; judge on what was
#   laid
#   aside.
# * One score hides much: look at the confusions, at the mistakes themselves, at the gradient by the
#   pixels.
# * It is sure of itself even where it has no idea.
#
# **What still bothers us.** Two layers learned in seconds. For decades, hardly anybody could train
# twenty.
# What
# goes wrong in deep networks, and what cured it? That is lesson 10.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Small, shuffled batches, forward and back; judge on what was laid aside.
#
# And look: at the confusions, at the mistakes, at the gradient by the pixels. It is sure of itself
# even where it has no idea.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# Two layers learned in seconds. For decades, hardly anybody could train twenty.
#
# **What goes wrong in deep networks, and what cured it?**
#
# That is lesson 10.
