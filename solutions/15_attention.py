# ---
# jupyter:
#   bp:
#     title: Looking back without walking back
#     level: 4
#     question: A whole sentence must pass through one vector before it is translated. Must it?
# ---

# %% [markdown]
# # Looking back without walking back
#
# **A network reads a sentence of thirty letters. Then it closes the book, keeps one vector of 48
# numbers, and writes the translation from that. What if it could keep the book open?**
#
# In this lesson a machine learns to read dates the way people write them, once without and once
# with one new operation. You write that operation, **attention**, forward and back, then
# **layer normalisation**, and with both of them you train a transformer of one block on your own
# gradients.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The bottleneck of the plain encoder-decoder, measured; scaled dot-product attention
# and its backward; why the root of D; layer norm against batch norm, and where gamma stands in
# its backward; what a transformer block is made of; what attention weights do and do not tell.
# **Time**, about 110 minutes: the bottleneck 15, alignment 10, attention forward and back 35,
# layer norm 20, the transformer 15, the myth 15.
#
# **What the class usually gets wrong.**
#
# - attention_forward: softmax-over-queries
# - attention_forward: mask-after-softmax
# - attention_backward: scale-missing
# - attention_backward: softmax-diagonal
# - attention_backward: dk-not-transposed
# - layernorm_backward: gamma-after-means
# - layernorm_backward: first-axis-only
#
# **Questions to ask.** Which of Q, K and V could be left out, and what would then be impossible?
# What does the backward pass do to a key that got weight 0? Why may gamma leave the mean in batch
# norm and not in layer norm? What does attention cost in a sentence twice as long?
#
# **When the prediction fails.** Many expect the plain translator to be mediocre, not hopeless.
# Show a few of its dates: they are perfectly formed, and wrong. It has learned the target
# language, and little about the source.
#
# **Further reading.** I. Sutskever, O. Vinyals, Q. Le (2014); D. Bahdanau, K. Cho, Y. Bengio
# (2015); M.-T. Luong, H. Pham, C. Manning (2015); J. L. Ba, J. R. Kiros, G. Hinton (2016); A.
# Vaswani and others (2017); R. Xiong and others (2020); S. Jain, B. Wallace (2019) and the answer
# by S. Wiegreffe and Y. Pinter (2019).

# %%
import numpy as np

from autograder import check
from bplib import attention as course
from bplib import seq2seq, transformer
from bplib.gradcheck import numerical_gradient
from bplib.layers import softmax, softmax_backward
from bplib.play import ask
from bplib.play.attention import (
    alignment,
    losses_picture,
    own_pairs,
    places_picture,
    query,
    scale,
)
from bplib.translation import date_pair, decode_texts, encode_texts, make_pairs, number_pair

# %% [markdown]
# ## Everything through one vector
#
# The task, which nobody has to label by hand: a date in one of ten wordings goes in, its ISO form
# comes out. Both are read and written letter by letter.

# %%
dates = make_pairs(3000, np.random.default_rng(1), date_pair)
train, held_out = dates[:-200], dates[-200:]
for written, wanted in train[:5]:
    print(f"{written:38} -> {wanted}")

# %% [markdown] tags=["talk"] slide="slide"
# ## A date in words goes in, its ISO form comes out

# %% tags=["talk"] slide="-"
for written, wanted in train[:5]:
    print(f"{written:36} {wanted}")

# %% [markdown] tags=["talk"] slide="-"
# Read letter by letter, kept in **one vector of 48 numbers**, written letter by letter.

# %% [markdown]
# **The encoder-decoder** (Cho and others 2014; Sutskever, Vinyals and Le 2014). One LSTM reads the
# letters $x_1 \dots x_S$; its last state $h_S$ is all that is kept. A second LSTM starts from $h_S$
# (with a cell of zeros) and writes, each time given the letter it wrote before:
#
# $$s_0 = h_S \qquad s_t = \text{LSTM}(y_{t-1}, s_{t-1}) \qquad
# p(y_t \mid y_{<t}, x) = \text{softmax}(s_t W_o + b_o)$$
#
# In training the writer is given the *right* letter before, not its own, so that one mistake does
# not spoil all that follows; the loss is the mean cross-entropy of the letters. Every gradient in
# it comes from a pair that you have written in lessons 07, 13 and 14.
#
# **With attention** (the idea is Bahdanau, Cho and Bengio's, 2015; our form of it follows Luong,
# Pham and Manning 2015), the writer also looks, before each letter, at *all* the reader's states
# $h_1 \dots h_S$, and takes from them a mix of its own choosing.

# %% slide="slide" jupyter={"source_hidden": true}
plain_guess = ask.predict(
    "400 steps, 48 hidden units. How many of 200 unseen dates does the plain translator get right "
    "to the last letter?",
    low=0, high=200, step=1, unit="dates")
plain_guess

# %%
def tell(step, loss, params):
    if step % 100 == 99:
        print(f"  step {step + 1}: loss {loss:.3f}")

print("without attention")
plain = seq2seq.train_translator(
    train, np.random.default_rng(0), attention=False, steps=400, H=48, on_step=tell)
print("with attention")
looking = seq2seq.train_translator(train, np.random.default_rng(0), steps=400, H=48, on_step=tell)

# %%
right = {name: seq2seq.accuracy(model.params, held_out)
         for name, model in [("without attention", plain), ("with attention", looking)]}
for name, share in right.items():
    print(f"{name:18}: {share:6.1%} of the held-out dates right to the last letter")
plain_guess.reveal(round(200 * right["without attention"]),
                   "The same data and the same steps; attention adds about a fifth to the weights.")

# %%
texts = [written for written, _ in held_out[:4]]
for (written, wanted), one, two in zip(
        held_out, seq2seq.translate(plain.params, texts)[0],
        seq2seq.translate(looking.params, texts)[0], strict=False):
    print(f"{written:34} {wanted}   without: {one}   with: {two}")

# %% [markdown] tags=["talk"] slide="slide"
# ## Let the writer look at every state of the reader

# %% slide="-"
losses_picture({"without attention": plain.losses, "with attention": looking.losses})

# %% [markdown]
# Look at what the plain translator writes: well-formed dates, and often the very same one. It has
# learned the language it writes, and little of what it read. Nothing forbids it to learn more: a
# vector of 48 numbers has room for a date. But the blame for a letter leads back to the letter it
# was read from through every step in between, of both LSTMs. (Sutskever, Vinyals and Le fed the
# source in backwards, which brings some words nearer, and found that it helped a great deal.)
# Attention adds a way of one step from every letter written to every state of the reader.

# %% [markdown]
# ## Where it looked
#
# The mix has weights, so one can draw them. One row for every letter written, one column for every
# letter read.

# %% slide="slide"
alignment(looking.params, ["the twenty-third of september, 2041", "feb. 17 1988", "2009 march 30"])

# %% [markdown]
# **Step through it.** To write the month, where does it look? And for the day, in the text whose
# day comes first? Nobody told it which letters belong together: the table fell out of the blame
# for wrong letters. Bahdanau, Cho and Bengio drew the same kind of picture for English and
# French.
#
# Mind one thing, to which we return at the end: a column is not a letter, but the *state* of a
# reader that has read everything up to that letter.
#
# The same machine on another language, numbers in words. Short texts stand behind blanks, in
# training as here, and the longest text sets how many; so one long text is among the three.
# (Without its blanks a short text is one that this reader has never seen the like of, and it often
# goes wrong.)

# %%
numbers = make_pairs(3000, np.random.default_rng(2), number_pair)
counting = seq2seq.train_translator(
    numbers[:-200], np.random.default_rng(0), steps=250, H=48, on_step=tell)
print(f"{seq2seq.accuracy(counting.params, numbers[-200:]):.1%} of 200 held-out numbers right")

# %%
alignment(counting.params, ["seven thousand and forty-two", "six hundred and eighteen",
                            "four thousand six hundred and ninety-one"], length=4)

# %% [markdown]
# ## Attention by hand: ask, compare, mix
#
# Three tables. **Queries** $Q$ $(N, T, D)$ ask. **Keys** $K$ $(N, S, D)$ say what there is to be
# found at each of $S$ places. **Values** $V$ $(N, S, M)$ are what one gets there. For every
# example of the batch (Vaswani and others 2017, section 3.2.1):
#
# $$\underset{(T, S)}{\text{scores}} = \frac{Q K^\top}{\sqrt D} \qquad
# \underset{(T, S)}{A} = \text{softmax}(\text{scores}) \text{ over the keys} \qquad
# \underset{(T, M)}{\text{out}} = A V$$
#
# Row $t$ of $A$ holds the weights with which query $t$ looks at the $S$ keys. They are positive and
# sum to 1, so row $t$ of the result is a weighted mean of the values.
#
# In the translator above the reader's states are both keys and values, and the query is the
# writer's state times a table, $s_t W_a$. The mix $m_t$ that it finds is set beside $s_t$, and
# $\tanh([s_t\; m_t]\, W_c + b_c)$ takes the place of $s_t$ before $W_o$.

# %% [markdown] tags=["talk"] slide="slide"
# ## Ask, compare, mix
#
# $$\text{scores} = \frac{Q K^\top}{\sqrt D} \qquad A = \text{softmax}(\text{scores}) \qquad
# \text{out} = A V$$
#
# * **Queries** ask.
# * **Keys** say what there is to be found at each place.
# * **Values** are what one gets there.
#
# Each row of $A$ is positive and sums to 1: the result is a weighted mean.

# %% slide="slide"
query()

# %% [markdown]
# **Turn the query, then make it longer.** At what length does the mix become one single value, for
# all practical purposes? And what happens then to the slope, if you turn it a little further?
#
# ### Why the root of D
#
# If the entries of $q$ and $k$ are independent with mean 0 and variance 1, the dot product of $D$
# pairs has variance $D$: long vectors make loud scores, and a loud softmax has no slope left.

# %% slide="slide" jupyter={"source_hidden": true}
spread_guess = ask.predict(
    "D = 256, random q and k of variance 1. The unscaled scores have a spread of about ...",
    ["1", "16", "256"])
spread_guess

# %%
rng = np.random.default_rng(0)
for wide in (4, 64, 256):
    q, k = rng.normal(size=(2000, 1, wide)), rng.normal(size=(2000, 8, wide))
    raw = (q @ k.transpose(0, 2, 1))[:, 0]
    for name, scores in (("raw", raw), ("scaled", raw / np.sqrt(wide))):
        weights = softmax(scores)
        slope = (weights * (1 - weights)).max(axis=1)
        print(f"D {wide:3} {name:6}: spread {scores.std():5.2f}, mean largest weight "
              f"{weights.max(axis=1).mean():.2f}, steepest slope (median) {np.median(slope):.1g}")
spread_guess.reveal("16", "Variances add up, so the spread grows like the root.")

# %% slide="slide"
scale()

# %% [markdown]
# ### Not looking ahead
#
# A model that predicts the next symbol must not see it. With `causal=True` step $t$ sees
# steps $0$ to $t$ only, itself included (so $T = S$). The mask acts *before* softmax: a score of
# $-\infty$ becomes a weight of exactly 0, and the weights that are left still sum to 1.
#
# ### By hand
#
# One query, two keys, $D = 4$, so the root is 2. Let $q = (1, 0, 0, 0)$, $k_1 = (2\ln 3, 0, 0, 0)$,
# $k_2 = (0, 1, 0, 0)$, and the values 8 and 4.
#
# | | key 1 | key 2 |
# |---|---|---|
# | dot product with $q$ | $2 \ln 3$ | 0 |
# | score, divided by 2 | $\ln 3$ | 0 |
# | exponential | 3 | 1 |
# | weight | 3/4 | 1/4 |
# | weight times value | 6 | 1 |
#
# The result is 7.

# %% [markdown] tags=["talk"] slide="slide"
# ## By hand: one query, two keys, $D = 4$
#
# | | key 1 | key 2 |
# |---|---|---|
# | dot product with $q$ | $2 \ln 3$ | 0 |
# | score, divided by $\sqrt 4 = 2$ | $\ln 3$ | 0 |
# | exponential | 3 | 1 |
# | weight | 3/4 | 1/4 |
# | weight times value (8 and 4) | 6 | 1 |
#
# The result is **7**.

# %%
q = np.array([[[1.0, 0, 0, 0]]])
k = np.array([[[2 * np.log(3), 0, 0, 0], [0, 1, 0, 0]]])
v = np.array([[[8.0], [4.0]]])
out, cache = course.attention_forward(q, k, v)
print("weights", cache[-1].ravel(), "  out", out.ravel())

# %% [markdown]
# ## The blame for every look
#
# Upstream comes `dout` $(T, M)$. Three operations, backwards, each known from lesson 07. We write
# $dS$ $(T, S)$ for the blame of the scores before the mask; $S$ alone is still the number of keys.
#
# 1. **The mix**, $\text{out} = A V$. A matrix product: $dV = A^\top\, dout$ and
#    $dA = dout\, V^\top$.
# 2. **Softmax**, row by row. Every weight depends on all scores of its row:
#    $dS_{ts} = A_{ts} \left( dA_{ts} - \sum_{u} A_{tu}\, dA_{tu} \right)$.
# 3. **The comparison**, $\text{scores} = Q K^\top / \sqrt D$. A matrix product and a constant:
#    $dQ = dS\, K / \sqrt D$ and $dK = dS^\top Q / \sqrt D$.
#
# The mask needs no line of its own: where $A_{ts} = 0$, $dS_{ts} = 0$.

# %% [markdown] tags=["talk"] slide="slide"
# ## The blame for every look
#
# 1. The mix: $dV = A^\top dout$ and $dA = dout\, V^\top$
# 2. Softmax, row by row:
#
# $$dS_{ts} = A_{ts} \Big( dA_{ts} - \sum_{u} A_{tu}\, dA_{tu} \Big)$$
#
# 3. The comparison: $dQ = dS\, K / \sqrt D$ and $dK = dS^\top Q / \sqrt D$
#
# The mask needs no line of its own: where $A_{ts} = 0$, $dS_{ts} = 0$.

# %% [markdown]
# The case from above, with $dout = 1$:
#
# * LOCAL DERIVATIVE of the mix: $dV = (3/4,\, 1/4)$, and $dA = (8, 4)$.
# * TIMES UPSTREAM, through softmax: $\sum A\,dA = 3/4 \cdot 8 + 1/4 \cdot 4 = 7$ (the result
#   itself, for $dA$ is here the values). So $dS = (3/4 \cdot (8 - 7),\; 1/4 \cdot (4 - 7)) =
#   (0.75, -0.75)$. The row sums to 0: what one key gains the other loses.
# * The comparison: $dS / 2 = (0.375, -0.375)$, so $dk_1 = 0.375\, q$, $dk_2 = -0.375\, q$ and
#   $dq = 0.375\, k_1 - 0.375\, k_2 = (0.824, -0.375, 0, 0)$.
# * SUM OVER WHAT WAS BROADCAST: nothing was; each example has tables of its own.
# * CHECK THE SHAPE: $dQ$ $(N, T, D)$, $dK$ $(N, S, D)$, $dV$ $(N, S, M)$.
#
# In words: value 1 lies above the mix. More of key 1, then, and less of key 2.

# %%
dq, dk, dv = course.attention_backward(np.ones((1, 1, 1)), cache)
print("dQ", dq.ravel().round(3), "\ndK", dk[0].round(3).tolist(), "\ndV", dv.ravel())

# %% jupyter={"source_hidden": true}
mix, down = "dV = A.transpose(0, 2, 1) @ dout", "dA = dout @ V.transpose(0, 2, 1)"
through = "dS = A * (dA - (A * dA).sum(axis=-1, keepdims=True))"
scaled = "dS = dS / np.sqrt(D)"
last = "return dS @ K, dS.transpose(0, 2, 1) @ Q, dV"
ask.order_lines(
    "The backward of attention, from dout to the three gradients:",
    [mix, down, through, scaled, last],
    {"dV = A @ dout": "Value s collects from all queries that looked at it: its column of A.",
     "dS = A * (1 - A) * dA": "That is a sigmoid's slope. In softmax every weight depends on every "
     "score of its row.",
     "return dS @ Q, dS.transpose(0, 2, 1) @ K, dV": "The derivative of a product with respect to "
     "one factor is the other factor."},
    also=[[down, mix, through, scaled, last], [down, through, mix, scaled, last],
          [down, through, scaled, mix, last]],
)

# %% [markdown]
# ### Your turn: `attention_forward` and `attention_backward`
#
# What you keep in the cache is your own business: the backward is graded with the cache that *your*
# forward made. Scores may be as large as 1000, so use a softmax that stands it: `softmax` from
# lesson 07 is imported above, and so is `softmax_backward(dA, A)`. You may also write your own.
#
# <details><summary>Hint 1</summary><code>K.transpose(0, 2, 1)</code> turns (N, S, D) into
# (N, D, S); <code>@</code> multiplies the matrices of each example.</details>
# <details><summary>Hint 2</summary><code>np.tri(T, dtype=bool)</code> is True on and below the
# diagonal; <code>np.where(seen, scores, -np.inf)</code> hides the rest.</details>
# <details><summary>Hint 3</summary>Forget no division in the backward that there was in the
# forward.</details>

# %% solution="attention_backward"
def attention_forward(Q, K, V, causal=False):
    """out (N, T, M) and a cache for Q (N, T, D), K (N, S, D), V (N, S, M)."""
    ### BEGIN SOLUTION
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])
    if causal:
        scores = np.where(np.tri(Q.shape[1], dtype=bool), scores, -np.inf)
    A = softmax(scores)
    return A @ V, (Q, K, V, A)
    ### END SOLUTION


def attention_backward(dout, cache):
    """dQ (N, T, D), dK (N, S, D) and dV (N, S, M) for dout (N, T, M)."""
    ### BEGIN SOLUTION
    Q, K, V, A = cache
    dV = A.transpose(0, 2, 1) @ dout
    dS = softmax_backward(dout @ V.transpose(0, 2, 1), A) / np.sqrt(Q.shape[2])
    return dS @ K, dS.transpose(0, 2, 1) @ Q, dV
    ### END SOLUTION

# %% check="attention_forward"
check("attention_forward", attention_forward)

# %% check="attention_backward"
check("attention_backward", attention_backward)

# %% [markdown]
# Find the bug. A colleague's model trains and her samples look fine. Only her picture of the
# alignment puzzles her: its *columns* sum to 1.

# %% jupyter={"source_hidden": true}
ask.choose(
    "What is wrong in her forward?",
    {"The mask comes after softmax": "Then neither rows nor columns would sum to 1.",
     "The scale is missing": "The scale changes how sharp the weights are, not what they sum to.",
     "Softmax runs over the queries": "Yes: over axis -2. Now the queries compete for each key. A "
     "network can often live with that, and no falling loss will ever tell you."},
    right="Softmax runs over the queries",
)

# %% [markdown]
# ## Layer norm: every example by itself
#
# Stacked layers need their inputs in range. Batch norm (lesson 10) takes mean and variance of a
# unit over the *batch*. For sequences that is awkward: every position would need statistics of its
# own, and few sequences reach the last ones. **Layer normalisation** (Ba, Kiros and Hinton 2016)
# turns the table round: mean and variance of one example, at one position, over its own $D$
# features.
#
# $$\mu = \frac1D \sum_j x_j \qquad \sigma^2 = \frac1D \sum_j (x_j - \mu)^2 \qquad
# n = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad \text{out} = \gamma \cdot n + \beta$$
#
# $\gamma$ and $\beta$, both $(D,)$, serve all examples and all positions. Nothing is remembered
# from training to use: there are no running statistics.

# %% [markdown]
# By hand, with $\epsilon = 0$ and $x = (2, 4, 4, 10)$. The mean is 5, the distances from it are
# $(-3, -1, -1, 5)$, their squares $9 + 1 + 1 + 25 = 36$, so $\sigma^2 = 36 / 4 = 9$ and
# $n = (-1, -1/3, -1/3, 5/3)$.
#
# **Backward.** With $g = \gamma \cdot dout$, each $x_j$ acts on three ways: directly, through the
# mean, and through the variance.
#
# $$dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}}
# \left( g - \text{mean}(g) - n \cdot \text{mean}(g \cdot n) \right)
# \qquad d\gamma = \sum dout \cdot n \qquad d\beta = \sum dout$$
#
# The means run over the $D$ features of the example. The sums run over everything that $\gamma$ and
# $\beta$ were broadcast to: all examples, and all positions.
#
# With $\gamma = (1, 1, 1, 3)$ and $dout = (0, 0, 0, 1)$: $g = (0, 0, 0, 3)$, its mean is 0.75,
# and the mean of $g \cdot n$ is $5/4 = 1.25$. So
#
# $$dx_1 = \tfrac13 (0 - 0.75 + 1 \cdot 1.25) = 0.167 \qquad
# dx_4 = \tfrac13 (3 - 0.75 - \tfrac53 \cdot 1.25) = 0.056$$

# %%
x, gamma = np.array([[2.0, 4.0, 4.0, 10.0]]), np.array([1.0, 1.0, 1.0, 3.0])
out, cache = course.layernorm_forward(x, gamma, np.zeros(4), eps=0)
dx, dgamma, dbeta = course.layernorm_backward(np.array([[0.0, 0.0, 0.0, 1.0]]), cache)
print("out", out.round(3), "\ndx ", dx.round(3), "  sum", abs(dx.sum()).round(12))

# %% [markdown]
# `dx` sums to 0, as it must: raise all features alike, and nothing changes.
#
# In batch norm $\gamma$ may be taken out of the means, for there a mean runs over numbers that
# share one $\gamma$. Try it here:

# %%
n, inverse_std, _ = cache
dout = np.array([[0.0, 0.0, 0.0, 1.0]])
outside = gamma * (dout - dout.mean() - n * (dout * n).mean()) * inverse_std
def last_output(x):
    return course.layernorm_forward(x, gamma, np.zeros(4), eps=0)[0][0, 3]

true = numerical_gradient(last_output, x)
print("finite differences     ", true.round(3))
print("gamma inside the means ", dx.round(3))
print("gamma taken out of them", outside.round(3), "  sum", outside.sum().round(3))

# %% [markdown]
# ### Your turn: `layernorm_forward` and `layernorm_backward`
#
# Over the *last* axis of an `x` of any rank: $(D,)$, $(N, D)$, $(N, T, D)$.
#
# <details><summary>Hint 1</summary><code>axis=-1, keepdims=True</code> keeps means where they can
# be subtracted from their own example.</details>
# <details><summary>Hint 2</summary>For <code>dgamma</code> and <code>dbeta</code>:
# <code>reshape(-1, D)</code> first, then sum over axis 0; or sum over
# <code>tuple(range(dout.ndim - 1))</code>.</details>

# %% [markdown] tags=["talk"] slide="slide"
# ## Layer norm: each example by itself
#
# $$dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( g - \text{mean}(g) - n \cdot \text{mean}(g \cdot n) \right)$$
#
# * Batch norm's means run over **examples**, which share one $\gamma$.
# * Layer norm's means run over **features**, each with a $\gamma$ of its own: so $g = \gamma \cdot dout$
#   stays *inside*.

# %% solution="layernorm_backward"
def layernorm_forward(x, gamma, beta, eps=1e-5):
    """out, of x's shape (..., D), and a cache; gamma and beta are (D,)."""
    ### BEGIN SOLUTION
    inverse_std = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    n = (x - x.mean(axis=-1, keepdims=True)) * inverse_std
    return gamma * n + beta, (n, inverse_std, gamma)
    ### END SOLUTION


def layernorm_backward(dout, cache):
    """dx of dout's shape (..., D), dgamma (D,) and dbeta (D,)."""
    ### BEGIN SOLUTION
    n, inverse_std, gamma = cache
    g = gamma * dout
    mean_g = g.mean(axis=-1, keepdims=True)
    mean_gn = (g * n).mean(axis=-1, keepdims=True)
    dx = (g - mean_g - n * mean_gn) * inverse_std
    D = dout.shape[-1]
    return dx, (dout * n).reshape(-1, D).sum(axis=0), dout.reshape(-1, D).sum(axis=0)
    ### END SOLUTION

# %% check="layernorm_forward"
check("layernorm_forward", layernorm_forward)

# %% check="layernorm_backward"
check("layernorm_backward", layernorm_backward)

# %% [markdown]
# ## A transformer of one block
#
# If looking back works so well, who needs the recurrent network? Vaswani and others (2017) left it
# out. Queries, keys and values are all made from the same sequence (**self-attention**), with three
# tables $W_q, W_k, W_v$:
#
# $$x = E[\text{ids}] + P \qquad x \leftarrow x + \text{attention}(\text{norm}(x))\, W_o \qquad
# x \leftarrow x + \text{mlp}(\text{norm}(x)) \qquad \text{logits} = \text{norm}(x)\, W_y + b_y$$
#
# Two residual branches (lesson 10), with the norm inside the branch as in Xiong and others (2020);
# the mlp is linear, ReLU, linear. The real ones look several times side by side (*heads*) and stack
# many such blocks; ours looks once, in one. Attention is causal, so every place can be trained at
# once to say the next symbol.
#
# What is $P$ for? Shuffle keys and values together and see what attention notices:

# %% [markdown] tags=["talk"] slide="slide"
# ## A transformer of one block
#
# $$x = E[\text{ids}] + P$$
#
# $$x \leftarrow x + \text{attention}(\text{norm}(x))\, W_o$$
#
# $$x \leftarrow x + \text{mlp}(\text{norm}(x))$$
#
# Attention, layer norm, residual branches, and lesson 07. $P$, because to attention a sentence is a
# bag of places.

# %%
rng = np.random.default_rng(3)
Q, K, V = rng.normal(size=(3, 1, 6, 4))
shuffle = rng.permutation(6)
plainly, _ = course.attention_forward(Q, K, V)
shuffled, _ = course.attention_forward(Q, K[:, shuffle], V[:, shuffle])
print("largest difference:", np.abs(plainly - shuffled).max().round(12))

# %% [markdown]
# Nothing. To attention a sentence is a bag of places (with the mask, a bag of the places so far),
# so the order has to be written into the vectors: $P$ has a row for every place, learned here like
# any other weight.
#
# The task: five digits, a separator, and then the same digits **in reverse**. Training uses
# *your* four functions where they are right, and ours for what is not written yet.

# %%
pairs, own = own_pairs(
    attention_forward=attention_forward, attention_backward=attention_backward,
    layernorm_forward=layernorm_forward, layernorm_backward=layernorm_backward)
print("your own functions in it:", ", ".join(own) or "none yet")
model = transformer.train_transformer(
    "reverse", 5, 300, np.random.default_rng(0), pairs=pairs, on_step=tell)
digits = np.random.default_rng(5).integers(10, size=(500, 5))
answers, weights = transformer.rearrange(model.params, digits, pairs=pairs)
whole = (answers == digits[:, ::-1]).all(axis=1).mean()
print(f"{whole:.1%} of 500 new rows reversed without an error")

# %% [markdown] tags=["talk"] slide="slide"
# ## Five digits, reversed: where it looked

# %% slide="-"
read = "".join(map(str, digits[0])) + "|" + "".join(map(str, answers[0][:-1]))
places_picture(weights[0], read, "".join(map(str, answers[0])))

# %% [markdown]
# Rows are the digits written, columns the places it could see, the separator `|` among them. In
# what order does it visit the five digits? Each answer fetches its digit in one jump, however far
# away it lies; the blame for a wrong one comes back by the same jump. That is the
# difference to lesson 13.
#
# The price: $T$ queries times $S$ keys. For a text twice as long, the table is four times as large.

# %% [markdown]
# ## A claim put to the test
#
# **"The attention weights explain the decision."** One reads it under many a picture like ours.
# If it is so, then for each digit that the translator writes, the letter it looked at most must
# be the letter that mattered most. That can be measured: blank out one letter of the text at a
# time, and see which blank costs the right digit the most log-probability.

# %% [markdown] tags=["talk"] slide="slide"
# *"The attention weights explain the decision."* We blank out one letter at a time and see which
# blank costs the right digit most.

# %% slide="-" jupyter={"source_hidden": true}
explain_guess = ask.predict(
    "In how many of 100 digits is the letter with the most weight also the one that matters most?",
    low=0, high=100, step=1, unit="of 100")
explain_guess

# %%
longest = max(len(written) for written, _ in dates)              # blanks in front, as in training

def blanking(params, written, wanted):
    """What each letter's absence costs each letter of the answer (T, S), and the weights (T, S)."""
    source = encode_texts([written], length=longest)
    target = encode_texts([wanted], align="left")
    texts = np.repeat(source, source.shape[1] + 1, axis=0)      # row 0 stays whole
    np.fill_diagonal(texts[1:], 0)
    before = np.repeat(np.insert(target[:, :-1], 0, 0, axis=1), len(texts), axis=0)
    logits, weights, _ = seq2seq.translator_forward(params, texts, before)
    chances = np.log(softmax(logits.astype(float)))[:, np.arange(target.shape[1]), target[0]]
    return (chances[0] - chances[1:]).T, weights[0]

hits, distances = [], []
for written, wanted in held_out[:60]:
    cost, weights = blanking(looking.params, written, wanted)
    for place, letter in enumerate(wanted):
        if letter != "-" and cost[place].max() > 0.1:           # digits that some letter decides
            hits.append(cost[place].argmax() == weights[place].argmax())
            distances.append(weights[place].argmax() - cost[place].argmax())
print(f"{len(hits)} digits; the most looked-at letter mattered most in {np.mean(hits):.0%} of them")
print(f"when it did not, the look fell later than that letter in "
      f"{np.mean(np.array(distances)[np.array(distances) != 0] > 0):.0%}")
explain_guess.reveal(round(100 * np.mean(hits)), "A look is a hint, and not a proof.")

# %% [markdown]
# More often right than wrong, and far from always: the claim does not hold as it stands. One
# reason can be seen in the second line: what is looked at is a *state*, and the state at place 9
# has already read places 1 to 8. The letter that decides may have been handed on inside the reader
# before anybody looked. Jain and Wallace (2019) found more of the kind, weights that could be
# changed a great deal without changing the answer; Wiegreffe and Pinter (2019) answered that
# weights can still be *an* explanation, if one tests them. Do as they did: treat a picture of
# weights as a hypothesis, and take something away to test it.

# %% [markdown] tags=["talk"] slide="slide"
# ## A look is a hint, not a proof
#
# What is looked at is a *state*. The state at place 9 has already read places 1 to 8.
#
# The letter that decides may have been handed on before anybody looked.
#
# > Treat a picture of weights as a hypothesis, and take something away to test it.

# %% [markdown]
# ## What we now know
#
# * One vector between reader and writer is a bottleneck for learning. **Attention** opens a way
#   of one step from every letter written to every state read, for the signal and for the blame.
# * Ask, compare, mix: $\text{softmax}(Q K^\top / \sqrt D)\, V$. Backwards: two matrix products,
#   softmax's coupling, two matrix products.
# * **Layer norm** puts each example in range by itself. Its means run over features with
#   different $\gamma$, which therefore stays inside.
# * A **transformer** is attention, layer norm, residual branches and lesson 07.
# * Weights show where it looked, and not why it decided.
#
# **What still bothers us.** In every lesson you have written each backward by hand, with care and
# by the same two rules. Cannot the machine do that? In lesson 16 it does.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Ask, compare, mix: one step from every letter written to every state read, for the signal and for
# > the blame.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# In every lesson you have written each backward by hand, with care and by the same two rules.
#
# **Cannot the machine do that?**
#
# In lesson 16 it does.
