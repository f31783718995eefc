# ---
# jupyter:
#   bp:
#     title: Gates
#     level: 4
#     question: A number is said at step 3 and asked for at step 40. What keeps it until then?
# ---

# %% [markdown]
# # Gates: LSTM and GRU
#
# **A number is said at step 3 and asked for at step 40. What keeps it until then, and how does the
# blame for a wrong answer find its way back to it?**
#
# Lesson 13 measured what makes this hard for a plain recurrent network: what travels through time
# is multiplied by a Jacobian at every step, and a product of forty matrices seldom stays of
# ordinary size. This lesson builds the two cells that were made against it, derives both backward
# passes, and ends with a network that has learned 24 tunes and makes up its own. You will hear it.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The additive cell and its gates; both backward passes derived and checked against the
# learner's own forward; what the gates do and do not promise about gradients. **Time**, about 120
# minutes: adding problem and the cell 20, LSTM step 35, sequence 20, GRU 25, melody and myth 20.
#
# **What the class usually gets wrong.**
#
# - lstm_step_backward: dc-ignored
# - lstm_step_backward: cell-for-its-tanh
# - lstm_step_backward: dc-prev-without-f
# - lstm_backward: cell-carry-missing
# - gru_step_backward: blend-path-missing
# - gru_step_backward: reset-missing-in-dwh
#
# **Questions to ask.** Where does an LSTM have a path on which nothing is multiplied by a weight
# matrix? What would happen if the cell itself went through tanh at every step? Why does a loss at
# the last step alone hide half of the bugs?
#
# **When the prediction fails.** Almost everybody predicts that a fresh LSTM cannot lose the blame.
# Set the bias slider of `blame_back` from 0 to 3, and ask which number changed.
#
# **Further reading.** S. Hochreiter, J. Schmidhuber (1997), Long short-term memory. F. Gers,
# J. Schmidhuber, F. Cummins (2000), Learning to forget. K. Cho et al. (2014), Learning phrase
# representations using RNN encoder-decoder. R. Jozefowicz, W. Zaremba, I. Sutskever (2015), An
# empirical exploration of recurrent network architectures.

# %%
import numpy as np
from IPython.display import Audio

from autograder import check
from bplib import adding, melody
from bplib import gated as course
from bplib.play import ask
from bplib.play.gated import (
    adding_picture,
    blame_back,
    evidence,
    flow,
    gates,
    own_cell,
    suspect,
    tune_picture,
)

# %% [markdown]
# ## The adding problem
#
# Forty steps. At each one comes a random number from 0 to 1, and beside it a mark that is 0 except
# at two steps: one in the first half, one in the second. After the last step the network is to say
# the **sum of the two marked numbers** (after Hochreiter and Schmidhuber 1997, section 5.4; theirs
# lie between -1 and 1). Knowing nothing, the best constant answer is 1, and its mean squared error
# is the variance of a sum of two uniform numbers, 1/6.

# %% [markdown] tags=["talk"] slide="slide"
# ## The adding problem
#
# Forty steps. At each one a random number from 0 to 1, and beside it a mark, 0 except at two steps.
#
# > After the last step, say the sum of the two marked numbers.
#
# Knowing nothing, the best answer is always 1; its mean squared error is 1/6.

# %%
x, targets = adding.adding_problem(1, 40, np.random.default_rng(0))
marked = np.flatnonzero(x[0, :, 1])
print("marked steps:", marked + 1, " numbers there:", x[0, marked, 0].round(3), " target:",
      targets.round(3).item())

# %% slide="slide" jupyter={"source_hidden": true}
adders = ask.predict(
    "A plain network, a GRU and an LSTM, about 2000 parameters each, see 500 batches of 64 rows. "
    "Which end far below 1/6?",
    ["all three", "the GRU and the LSTM", "the LSTM alone", "none of them: 40 steps are too far"],
)
adders

# %%
# What is printed is the loss of one batch, which jitters; the picture below averages 20 of them.
losses, units = {}, {}
for name, cell in {"plain": "rnn", "GRU": "gru", "LSTM": "lstm"}.items():
    result = adding.train_adding(
        40, 500, np.random.default_rng(1), cell, parameters=2000,
        on_step=lambda step, loss, params, name=name:
            step % 250 == 249 and print(f"{name:5} step {step + 1}: {loss:.4f}"))
    losses[name], units[name] = result.losses, adding.hidden_units(2000, cell)

# %% [markdown] tags=["talk"] slide="slide"
# ## Slow is not blind

# %% slide="-"
adding_picture(losses, units, adding.BASELINE)

# %%
adders.reveal("the GRU and the LSTM",
              "The plain network is slow, not blind: given 2000 steps at a fifth of the learning "
              "rate, one of two starts that we tried came down to about 0.03; the other had not "
              "moved.")

# %% [markdown]
# ## A cell behind gates
#
# The plain step *overwrites* its state: $h_t = \tanh(\dots)$. The idea of 1997 is to **add** instead.
# Beside the state $h$ runs a cell $c$ with
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)$$
#
# The **candidate** $g$, a tanh, says *what* could be written. Three **gates**, sigmoids from 0 to 1,
# say *how much*: the input gate $i$ of what is new, the forget gate $f$ of what is old, the output
# gate $o$ of what is shown. The forget gate was not in the first paper ($f = 1$ there); Gers,
# Schmidhuber and Cummins added it in 2000, because a cell that can only add grows without end.
#
# Below is one unit whose gates are in your hand. 0.9 is written at step 3. **Find gates with which
# it is still there at step 20, undrowned by the rest, and its slope on the right is not nothing.**
# (That slope says how much the last $h$ moves for each unit of what came along at step 3.)

# %% [markdown] tags=["talk"] slide="slide"
# ## Add, do not overwrite
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t$$
#
# $$h_t = o_t \odot \tanh(c_t)$$
#
# * $g$, the candidate: **what** could be written
# * $i$, the input gate: how much of what is **new**
# * $f$, the forget gate: how much of what is **old**
# * $o$, the output gate: how much is **shown**

# %% slide="slide"
gates()

# %% [markdown]
# Along the cell, one step back is a product with $f_t$ **and with nothing else**: no matrix, no
# slope of tanh.
#
# $$\frac{\partial c_t}{\partial c_{t-1}}\Big|_{\text{gates held}} = \operatorname{diag}(f_t)$$
#
# With $f$ near 1 the blame arrives whole. In a real LSTM the gates are not held: they are computed
# from the data and the state, and learn when to open.

# %% [markdown] tags=["talk"] slide="slide"
# ## One step back along the cell
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = \operatorname{diag}(f_t)$$
#
# No matrix, no slope of tanh. With $f$ near 1 the blame arrives whole.
#
# In a real LSTM the gates are computed from the data: they **learn** when to open.

# %% [markdown]
# ## One step of an LSTM
#
# All four blocks are computed at once, from the input and the state before:
#
# $$[\,z_i\;\; z_f\;\; z_o\;\; z_g\,] = x W_x + h_{\text{prev}} W_h + b$$
#
# $x$ is $(N, D)$, $W_x$ is $(D, 4H)$, $W_h$ is $(H, 4H)$, $b$ is $(4H,)$: the first $H$ columns are
# the input gate's, then forget, output, candidate. (Libraries differ in this order. Nothing but a
# comparison shows a mix-up, for every shape fits.) Then
#
# $$i, f, o = \sigma(z_i), \sigma(z_f), \sigma(z_o) \qquad g = \tanh(z_g)$$
#
# and $c$ and $h$ as above. One unit by hand, with $c_{\text{prev}} = 2$ and pre-activations chosen to
# give round gates:

# %% [markdown] tags=["talk"] slide="slide"
# ## One unit by hand: forward

# %% slide="-"
i, f, o, g, c_prev = 0.5, 0.75, 0.5, 0.5, 2.0
c = f * c_prev + i * g
print(f"c = 0.75 * 2 + 0.5 * 0.5 = {c}")
print(f"h = 0.5 * tanh({c}) = 0.5 * {np.tanh(c):.4f} = {o * np.tanh(c):.4f}")

# %% [markdown]
# ## One step backwards
#
# Two blames arrive: $dh$, from everything that read $h$, and $dc$, from the next step, which read
# $c$. Four stations, as in every backward of this course.
#
# **1. The whole blame of the cell.** $c$ was used twice, by $h$ and by the next step, so two blames
# **add up**: $\;\; dc_{\text{total}} = dc + dh \odot o \odot (1 - \tanh(c)^2)$
#
# **2. LOCAL DERIVATIVE, TIMES UPSTREAM**, for each factor of each product. In $i \odot g$ each has
# the other as its derivative; in $f \odot c_{\text{prev}}$ likewise; $o$ stood before $\tanh(c)$ and
# takes $dh$.

# %% [markdown] tags=["talk"] slide="slide"
# ## Two blames arrive at the cell
#
# $$dc_{\text{total}} = dc + dh \odot o \odot (1 - \tanh(c)^2)$$
#
# * $dc$, from the next step, which read $c$
# * $dh$, from everything that read $h$
#
# Then to each factor of each product: **the other factor**, times the blame.

# %% [markdown]
# **3. Through the squashing functions** to the pre-activations: $y(1-y)$ for a sigmoid with output
# $y$, $1 - y^2$ for a tanh. The four blocks side by side are $dz$, of shape $(N, 4H)$.
#
# **4. SUM OVER WHAT WAS BROADCAST, CHECK THE SHAPE.** From $dz$ on it is a linear layer with two
# inputs: lesson 07, twice. And what goes on to $c_{\text{prev}}$ is $dc_{\text{total}}$ times the one
# thing that stood before it.
#
# The unit from above, with $dh = 1$ and $dc = 0.2$:

# %% [markdown] tags=["talk"] slide="slide"
# ## One unit by hand: back

# %% slide="-"
dh, dc, u = 1.0, 0.2, np.tanh(c)
total = dc + dh * o * (1 - u**2)
print(f"slope of tanh at c = {c}:  1 - {u:.4f}**2 = {1 - u**2:.4f}")
print(f"whole blame of the cell: 0.2 + 1 * 0.5 * {1 - u**2:.4f} = {total:.4f}")
print(f"on to c_prev: {total:.4f} * 0.75 = {total * f:.4f}")
print(f"on to z_f:    {total:.4f} * 2 * 0.75 * 0.25 = {total * c_prev * f * (1 - f):.4f}")
print(f"on to z_o:    1 * {u:.4f} * 0.5 * 0.5 = {dh * u * o * (1 - o):.4f}")

# %% [markdown]
# A favourite slip is $1 - c^2$ for the slope. At $c = 0.05$ nobody would notice; here it gives
# $1 - 1.75^2 = -2.06$, and no tanh ever fell.
#
# Before you write it for arrays, put the program for one unit in order. Three of the lines are
# mistakes that people really make; leave them out.

# %% reveals=true jupyter={"source_hidden": true}
order = ask.order_lines(
    "One unit, backwards: dh and dc come in.",
    ["u = tanh(cell)",
     "blame = dc + dh * o * (1 - u*u)",
     "d_forget = blame * cell_before",
     "to_z_forget = d_forget * f * (1 - f)",
     "to_cell_before = blame * f"],
    {"blame = dh * o * (1 - u*u)": "The next step used the cell too: what it sends is overwritten.",
     "blame = dc + dh * o * (1 - cell*cell)":
         "1 - y*y wants tanh's own output; the cell itself may be 3, and 1 - 9 is no slope.",
     "to_cell_before = blame": "Something stood before cell_before in the sum."},
    hints={"u = tanh(cell)": "What is squashed is needed before its slope.",
           "to_z_forget = d_forget * f * (1 - f)": "First the gate's blame, then through its sigmoid."},
    also=[["u = tanh(cell)", "blame = dc + dh * o * (1 - u*u)", "to_cell_before = blame * f",
           "d_forget = blame * cell_before", "to_z_forget = d_forget * f * (1 - f)"],
          ["u = tanh(cell)", "blame = dc + dh * o * (1 - u*u)", "d_forget = blame * cell_before",
           "to_cell_before = blame * f", "to_z_forget = d_forget * f * (1 - f)"]],
    seed=3,
)
order

# %% [markdown]
# ### Your turn: `lstm_step_forward` and `lstm_step_backward`
#
# Both in one cell: what you put into `cache` is your own business, and your backward is checked with
# what *your* forward kept. The gradients come in the order of forward's arguments.
#
# <details><summary>Hint 1</summary><code>np.split(z, 4, axis=1)</code> cuts four blocks;
# <code>np.concatenate([...], axis=1)</code> puts them side by side again.</details>
# <details><summary>Hint 2</summary>Keep in the cache whatever the backward's stations ask for:
# inputs, weights, the four blocks after squashing, and tanh(c).</details>
# <details><summary>Hint 3</summary>Write beside every line the forward line that it undoes. A
# product undone shows the other factor.</details>

# %% solution="lstm_step_backward"
def sigmoid(z):
    """0.5 + 0.5 tanh(z / 2): the sigmoid, and it cannot overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
    """h (N, H), c (N, H) and a cache; columns in the order input, forget, output, candidate."""
    ### BEGIN SOLUTION
    zi, zf, zo, zg = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(zi), sigmoid(zf), sigmoid(zo), np.tanh(zg)
    c = f * c_prev + i * g
    tanh_c = np.tanh(c)
    return o * tanh_c, c, (x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c)
    ### END SOLUTION


def lstm_step_backward(dh, dc, cache):
    """dx (N, D), dh_prev (N, H), dc_prev (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)."""
    ### BEGIN SOLUTION
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = cache
    dc_total = dc + dh * o * (1 - tanh_c**2)
    dzi = dc_total * g * i * (1 - i)
    dzf = dc_total * c_prev * f * (1 - f)
    dzo = dh * tanh_c * o * (1 - o)
    dzg = dc_total * i * (1 - g**2)
    dz = np.concatenate([dzi, dzf, dzo, dzg], axis=1)
    return dz @ Wx.T, dz @ Wh.T, dc_total * f, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
    ### END SOLUTION

# %% check="lstm_step_forward"
check("lstm_step_forward", lstm_step_forward)

# %% check="lstm_step_backward"
check("lstm_step_backward", lstm_step_backward)

# %% [markdown]
# ## Through time, with two carries
#
# Forward, a loop hands $h$ and $c$ from step to step; the cell starts at 0, the state at `h0`.
# Backward, the loop runs from the last step to the first with **two carries**:
#
# * the blame of $h_t$ is what the loss says at step $t$ **plus** what step $t+1$ sent to its `h_prev`;
# * the blame of $c_t$ is what step $t+1$ sent to its `c_prev`.
#
# The weights are shared by all steps, so each step's share is **added up**.

# %% [markdown]
# ### Your turn: `lstm_forward` and `lstm_backward`
#
# `x` is $(N, T, D)$; return all states, $(N, T, H)$. `dh` has a blame for every step. Use your step
# functions; or, if they are not right yet, `course.lstm_step_forward` and
# `course.lstm_step_backward`, and come back to yours. In the end your own should do the work.
#
# <details><summary>Hint 1</summary>Keep the steps' caches in a list; that list is your
# cache.</details>
# <details><summary>Hint 2</summary><code>np.stack(states, axis=1)</code> makes (N, T, H) out of T
# arrays (N, H). The dx come out of the loop last step first.</details>
# <details><summary>Hint 3</summary>Before the loop nothing has come back yet: what are the two carries
# then?</details>

# %% solution="lstm_backward"
def lstm_forward(x, h0, Wx, Wh, b):
    """h (N, T, H) and a cache, for x (N, T, D) and h0 (N, H); the cell starts at zero."""
    ### BEGIN SOLUTION
    h, c = h0, np.zeros_like(h0)
    states, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        cache.append(step)
    return np.stack(states, axis=1), cache
    ### END SOLUTION


def lstm_backward(dh, cache):
    """dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,), for dh (N, T, H)."""
    ### BEGIN SOLUTION
    dh_next = dc_next = np.zeros_like(dh[:, 0])
    dx, dWx, dWh, db = [], 0.0, 0.0, 0.0
    for t in reversed(range(len(cache))):
        grads = lstm_step_backward(dh[:, t] + dh_next, dc_next, cache[t])
        dx_t, dh_next, dc_next, dWx_t, dWh_t, db_t = grads
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dh_next, dWx, dWh, db
    ### END SOLUTION

# %% check="lstm_forward"
check("lstm_forward", lstm_forward)

# %% check="lstm_backward"
check("lstm_backward", lstm_backward)

# %% [markdown]
# ## The GRU: one state, two gates
#
# Cho and others (2014) proposed a unit that is simpler to compute. There is no separate cell; the new
# state is a **blend** of the old one and a candidate, and one update gate $z$ sets both shares:
#
# $$h = (1 - z) \odot n + z \odot h_{\text{prev}}, \qquad
# n = \tanh\big(x W_{xn} + b_n + r \odot (h_{\text{prev}} W_{hn})\big)$$
#
# $r$ and $z$ are sigmoids of their blocks of $x W_x + h_{\text{prev}} W_h + b$, as before. (So $z$
# is a gate here, and no longer a pre-activation.) The reset gate $r$ says how much of the old
# state the candidate gets to see. $W_x$ is $(D, 3H)$, $W_h$ is $(H, 3H)$, $b$ is $(3H,)$; columns
# in the order reset, update, candidate, and $W_{xn}$, $W_{hn}$, $b_n$ are the candidate's.

# %% [markdown] tags=["talk"] slide="slide"
# ## The GRU: one state, two gates
#
# $$h = (1 - z) \odot n + z \odot h_{\text{prev}}$$
#
# $$n = \tanh\big(x W_{xn} + b_n + r \odot (h_{\text{prev}} W_{hn})\big)$$
#
# By hand: $h_{\text{prev}} = 2$, $z = 0.75$, $n = -1$ gives $0.25 \cdot (-1) + 0.75 \cdot 2 = 1.25$.
#
# $h_{\text{prev}}$ is used **four times**: four blames come back to it.

# %% [markdown]
# Two warnings, since two GRUs are in print. In the paper of 2014 the reset gate acts on
# $h_{\text{prev}}$ *before* its product with $W_{hn}$; here, as in the fast libraries, *after* it.
# That is a different function. And whether $z$ or $1 - z$ stands before the old state is mere
# naming (turn the signs of the update gate's weights and bias and the network does the same), but
# one must stick to one.
#
# By hand, one unit: $h_{\text{prev}} = 2$, $z = 0.75$, $n = -1$ gives
# $h = 0.25 \cdot (-1) + 0.75 \cdot 2 = 1.25$.
#
# ## The GRU backwards
#
# The blend first: $n$ takes $dh \odot (1 - z)$. The gate $z$ stands in it twice: growing $z$ moves $h$
# away from $n$ and towards $h_{\text{prev}}$, by their difference. In the example it is
# $2 - (-1) = 3$ for each unit of $z$.

# %% [markdown]
# $h_{\text{prev}}$ is used **four times**: in the blend, in the reset gate, in the update gate, in the
# candidate. Four blames come back to it, and leaving one out is the commonest mistake.
#
# And one subtlety: the product $h_{\text{prev}} W_{hn}$ stands *behind* $r$, the product
# $x W_{xn}$ does not. So the candidate's block of the blame that goes to $W_h$ is not the one that
# goes to $W_x$.

# %% [markdown]
# ### Your turn: `gru_step_forward` and `gru_step_backward`
#
# <details><summary>Hint 1</summary>Keep the two products apart: split <code>x @ Wx + b</code> into
# three and <code>h_prev @ Wh</code> into three.</details>
# <details><summary>Hint 2</summary>Go backwards in this order: candidate, update gate, reset gate. The
# reset gate stands inside the candidate's tanh.</details>
# <details><summary>Hint 3</summary>Make two rows of blocks, one for the products with Wx and b, one
# for the products with Wh.</details>

# %% solution="gru_step_backward"
def gru_step_forward(x, h_prev, Wx, Wh, b):
    """h (N, H) and a cache; columns in the order reset, update, candidate."""
    ### BEGIN SOLUTION
    zxr, zxz, zxn = np.split(x @ Wx + b, 3, axis=1)
    zhr, zhz, zhn = np.split(h_prev @ Wh, 3, axis=1)
    r = 0.5 + 0.5 * np.tanh(0.5 * (zxr + zhr))
    z = 0.5 + 0.5 * np.tanh(0.5 * (zxz + zhz))
    n = np.tanh(zxn + r * zhn)
    return (1 - z) * n + z * h_prev, (x, h_prev, Wx, Wh, r, z, n, zhn)
    ### END SOLUTION


def gru_step_backward(dh, cache):
    """dx (N, D), dh_prev (N, H), dWx (D, 3H), dWh (H, 3H), db (3H,)."""
    ### BEGIN SOLUTION
    x, h_prev, Wx, Wh, r, z, n, zhn = cache
    dzn = dh * (1 - z) * (1 - n**2)
    dzz = dh * (h_prev - n) * z * (1 - z)
    dzr = dzn * zhn * r * (1 - r)
    dzx = np.concatenate([dzr, dzz, dzn], axis=1)
    dzh = np.concatenate([dzr, dzz, dzn * r], axis=1)
    return dzx @ Wx.T, dh * z + dzh @ Wh.T, x.T @ dzx, h_prev.T @ dzh, dzx.sum(axis=0)
    ### END SOLUTION

# %% check="gru_step_forward"
check("gru_step_forward", gru_step_forward)

# %% check="gru_step_backward"
check("gru_step_backward", gru_step_backward)

# %% [markdown]
# ## Find the bug
#
# Three colleagues wrote a GRU backward, each with one bug (planted by us, but all three are
# mistakes that people make). You do not get their code. You get what finite differences say, for
# every gradient, block by block. **Which line would you look at first?**

# %% [markdown] tags=["talk"] slide="slide"
# ## Evidence, block by block

# %% slide="-"
print(evidence(suspect("A")))

# %% slide="slide" jupyter={"source_hidden": true}
bug_a = ask.choose(
    "Suspect A: everything is right but the candidate's block of dWh.",
    {"the slope of tanh is missing": "Then dx, dWx and db would be wrong as well: they share it.",
     "the reset gate is missing on the way to Wh":
         "Only dWh's last block is made from what stands behind r, so only it can show this.",
     "dWh is made with h instead of h_prev": "Then all three blocks of dWh would be wrong."},
    right="the reset gate is missing on the way to Wh",
)
bug_a

# %%
print(evidence(suspect("B")))

# %% jupyter={"source_hidden": true}
bug_b = ask.choose(
    "Suspect B: everything is right but dh_prev.",
    {"one of the four ways back to h_prev is missing":
         "All blocks of dz are right, since the weights' gradients are; what is missing is added "
         "only at the very end.",
     "the update gate's blame has the wrong sign": "Then the update blocks would be wrong too.",
     "dh is not used": "Then nothing would be right."},
    right="one of the four ways back to h_prev is missing",
)
bug_b

# %%
print(evidence(suspect("C")))

# %% jupyter={"source_hidden": true}
bug_c = ask.choose(
    "Suspect C: dx, dh_prev and all update blocks are wrong.",
    {"the update gate's blame: n - h_prev for h_prev - n":
         "One block of dz is wrong; it shows in its own columns and in all that sums over blocks.",
     "db is not summed over the batch": "Then its shape would be wrong, and nothing else.",
     "reset and update gate have changed places": "Then the reset blocks would be wrong too."},
    right="the update gate's blame: n - h_prev for h_prev - n",
)
bug_c

# %% [markdown]
# ## A network that makes up tunes
#
# The course owns 24 tunes, written for it: a note is a name, an octave and a length, such as `C4q`
# for a quarter note. The model is the one that invented names in lesson 13: embedding, recurrent
# cell, softmax over the next note. If your LSTM is right, it is your own that learns now.

# %%
tunes = melody.load_tunes()
known = tunes["Evening fields"]
print(" ".join(known))
sound = melody.synthesize(known, tempo=132)
Audio(sound, rate=melody.RATE)

# %%
cell, words = own_cell(lstm_forward, lstm_backward)
print(words)
composer = melody.train_melody(
    list(tunes.values()), np.random.default_rng(0), epochs=30, hidden=96, cell=cell,
    on_step=lambda step, loss, params: step % 15 == 14 and print(f"step {step + 1}: {loss:.2f}"))

# %%
table = melody.note_table(tunes.values())
made_up = melody.invent_tune(composer.params, table, 0.7, np.random.default_rng(2))
print(" ".join(made_up), "| known by heart:", made_up in tunes.values())
sound = melody.synthesize(made_up, tempo=132)
Audio(sound, rate=melody.RATE)

# %% [markdown] tags=["talk"] slide="slide"
# ## A tune that nobody wrote

# %% tags=["talk"] slide="-"
composer = melody.train_melody(list(tunes.values()), np.random.default_rng(0), epochs=30, hidden=96)
table = melody.note_table(tunes.values())
made_up = melody.invent_tune(composer.params, table, 0.7, np.random.default_rng(2))
for line in range(0, len(made_up), 16):
    print(" ".join(made_up[line:line + 16]))
Audio(melody.synthesize(made_up, tempo=132), rate=melody.RATE)

# %% [markdown] tags=["talk"] slide="-"
# 24 tunes to learn from; a note at a time; our own gradients.

# %%
tune_picture(made_up, sound, melody.RATE)

# %% [markdown]
# Each note is a sum of six sines that fade: the spikes in the waveform are its beginnings. Change
# the temperature (0.7) or the seed and listen again. At 0.2 it walks on trodden paths; at 1.5 it
# stumbles. Trained for 60 epochs instead of 30, it mostly repeats one of the 24 tunes by heart:
# what it lacks is more tunes.

# %% [markdown]
# ## A claim put to the test
#
# *"In an LSTM the gradient cannot vanish."* The widget starts three **fresh** networks of 24 units,
# with orthogonal recurrent weights and all biases 0, on the same 60 random inputs, sends a blame of
# length 1 from the last state, and measures what arrives.

# %% slide="slide" jupyter={"source_hidden": true}
claim = ask.predict(
    "Fresh networks, all biases 0. In which is less left of the blame 60 steps back?",
    ["in the plain network", "in the LSTM", "about the same in both"],
)
claim

# %%
for bias in [0.0, 1.0, 3.0]:
    print(f"forget bias {bias:.0f}: LSTM {flow('LSTM', bias)[-1]:.1e}   plain {flow('plain')[-1]:.1e}")
print(f"recurrent weights times 4, bias 0: LSTM {flow('LSTM', 0.0, 4.0)[-1]:.1e}")
claim.reveal("in the LSTM", "Fresh gates stand half open, and a half to the power 60 is 1e-18. "
             "What still arrives came by the other ways, through h and the matrices.")

# %% slide="slide"
blame_back()

# %% [markdown]
# A fresh LSTM with forget gates at one half loses the blame *faster* than the plain network. With a
# forget bias of 3 (sigmoid 0.95) it arrives. That is why the bias of the forget gate is started
# above 0 (Gers and others 2000; Jozefowicz and others 2015 found that a bias of 1 closes the gap
# between LSTM and GRU), and the course's own models start it at 1. And with recurrent weights four
# times as large the blame *grows*: it also travels through $h$ and the gates, where matrices still
# multiply. So gradients in LSTMs are clipped as well. What the cell gives is not a guarantee but a
# **choice**: a path that the network can learn to keep open.

# %% [markdown] tags=["talk"] slide="slide"
# ## Not a guarantee: a choice
#
# * Fresh gates stand half open, and a half to the power 60 is $10^{-18}$.
# * With a forget bias of 3 the blame arrives: sigmoid(3) = 0.95.
# * With large recurrent weights it *grows*: it also travels through $h$ and the gates.
#
# > A path that the network can learn to keep open.

# %% [markdown]
# ## What we now know
#
# * Adding to a cell instead of overwriting a state gives blame a path with nothing but forget gates.
# * A backward of many small products: each factor shows the other, and blames of one value add up.
#   Two of them reach the cell.
# * The GRU learned to add with one state where the LSTM has two; one gate sets both its shares.
# * Evidence by blocks finds a bug without reading the code.
#
# **What still bothers us.** All of a long sentence has to pass through one vector of fixed length. A
# reader would *look back* at the page. That is lesson 15.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Add to a cell instead of overwriting a state, and blame has a path with nothing but forget gates.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# All of a long sentence has to pass through one vector of fixed length.
#
# **A reader would look back at the page.**
#
# That is lesson 15.
