# ---
# jupyter:
#   bp:
#     title: Passing blame
#     level: 1
#     question: Three machines in a row made a mistake. Whose fault is it?
# ---

# %% [markdown]
# # Passing blame
#
# **Three machines in a row made a mistake. Whose fault is it?**
#
# You turn a **handle**. A *gear* makes sugar of it: 3 spoons for each turn. The sugar goes into
# the *lemonade*. A singer drinks it, and the better it tastes, the stronger her **voice**. Then
# comes the *megaphone*, and out comes the **loudness**.
#
# The neighbours say: *too loud!* Was it the megaphone? The sugar? The handle?

# %% [markdown] tags=["talk"] slide="slide"
# ## A row of machines
#
# | machine | what it does | with the handle at 1 |
# |---|---|---|
# | **gear** | times 3 | 3 spoons |
# | **lemonade** | spoons × (10 − spoons) | voice 3 × 7 = 21 |
# | **megaphone** | voice × voice | loudness 441 |
#
# The neighbours say: *too loud!*
#
# **Was it the megaphone? The sugar? The handle?**

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** The two rules that carry the whole course: *multiply along a path, add where paths
# meet*. How much the end moves when I nudge this (*sensitivity*); that each machine is measured
# where it stands; that one walk backward gives the blame of every place. **Time**, about 75
# minutes: the row 10, measuring 15, multiplying 15, walking back 15, two paths 10, the party and
# the claim 10.
#
# **What the class usually gets wrong.**
#
# - sensitivity: not-divided
# - chain_sensitivity: added
# - chain_sensitivity: x-not-moved-on
# - pass_blame_back: back-to-front
# - total_blame: not-started-anew
#
# **Questions to ask.** If a machine hands on nothing, can anything before it be to blame? Can
# blame be below zero, and what does that tell you to do? How many runs of the row does nudging
# need for ten knobs? And walking back?
#
# **When the prediction fails.** Most say the last machine, the megaphone, reacts most to a nudge,
# as it stands next to the end. Nudge the voice and the handle by the same 0.1, then let the class
# find the three numbers that make 504.
#
# **Without a computer.** A row of children, each with a rule on a card (times 3, times 4, times
# 42). A number walks forward; then the question "how much of it was yours?" walks back.
#
# **Further reading.** M. Minsky, *Steps toward artificial intelligence*, Proceedings of the IRE 49
# (1961), the section on learning, which gave the question "whose fault was it?" its name, the
# *credit-assignment problem*.

# %% [markdown]
# As in lesson 01: click into a box, hold **Shift** and press **Enter**. Run the first box now, it
# fetches the toys.

# %%
from math import prod as multiply

from autograder import check
from bplib.blame import gear, lemonade, megaphone
from bplib.blame import pass_blame_back as finished_walk
from bplib.blame import sensitivity as how_sensitive
from bplib.blame import total_blame as finished_total
from bplib.play import ask
from bplib.play.blame import blame_back, nudge, two_paths
from bplib.play.rows import turn_to

# %% [markdown]
# ## A row of machines
#
# | | what comes in | the machine | what comes out |
# |---|---|---|---|
# | **gear** | 1 turn of the handle | times 3 | 3 spoons |
# | **lemonade** | 3 spoons | spoons × (10 − spoons) | voice 3 × 7 = 21 |
# | **megaphone** | voice 21 | voice × voice | loudness 441 |

# %% [markdown]
# The machines are ready to use. **Run this box. Then change the 1 and run it again:** how loud is
# it with 2 turns of the handle?

# %%
handle = 1
print(gear(handle), lemonade(gear(handle)), megaphone(lemonade(gear(handle))))

# %% [markdown]
# ## Nudge it and see
#
# A **nudge** is a tiny push. You may nudge one thing by 0.1: the handle, the spoons, or the voice.
# Which of the three moves the loudness most?

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
strongest = ask.predict("A nudge of 0.1 moves the loudness most when I give it to ...",
                        ["the handle", "the spoons", "the voice"])
strongest

# %% slide="slide"
nudge()

# %% [markdown]
# Press the three buttons in turn, and read how far the end moves. Then turn the handle up, slowly.
# Can you find a place where a nudge at the handle makes the end *quieter*?

# %% jupyter={"source_hidden": true}
# The answer: run this box.
strongest.reveal(
    "the handle", "With the handle at 1, a nudge of 0.1 at the handle moves the end by 47.85, at "
    "the spoons by 16.53, and at the voice by only 4.21.")

# %% [markdown]
# ## How much does the end move?
#
# Some machines make a lot out of a small nudge, some very little. **How much the end moves when I
# nudge this**, for each bit of nudge: that is called the **sensitivity**.
#
# The lemonade at 3 spoons, step by step:
#
# * before: 3 spoons give 3 × 7 = 21
# * after a nudge of 0.1: 3.1 spoons give 3.1 × 6.9 = 21.39
# * it moved by 21.39 − 21 = 0.39
# * for each bit of nudge: 0.39 divided by 0.1 = **3.9**. It moved 3.9 times as far as the nudge.

# %% [markdown] tags=["talk"] slide="slide"
# ## Sensitivity
#
# > How much does the end move when I nudge this, for each bit of nudge?
#
# The lemonade at 3 spoons, nudged by 0.1:
#
# * before: 3 × 7 = 21
# * after: 3.1 × 6.9 = 21.39
# * it moved by 0.39, for a nudge of 0.1: **3.9 times as far**
#
# With smaller and smaller nudges it comes to exactly **4**.

# %% [markdown]
# With a smaller nudge you see more exactly what happens at this very place. **Run this box. Then
# make the nudge smaller: 0.01, then 0.001. Which number does it come closer and closer to?**

# %%
tiny = 0.1
round((lemonade(3 + tiny) - lemonade(3)) / tiny, 4)

# %% [markdown]
# It comes closer and closer to 4. At 3 spoons, the lemonade makes each nudge 4 times as big.
#
# ### Your turn: `sensitivity`
#
# * `machine(x)` means: run the machine with `x` and take what comes out.
# * `before` and `after` are what comes out before the nudge and after it.
# * `nudge=1e-4` means: when nobody says how big the nudge is, take 0.0001.
# * `return` means: this is the answer, hand it over. Dividing is written `/`.
#
# Only the last line is missing: **how far did it move, for each bit of nudge?** Take away
# `raise NotImplementedError()` and write your line in its place.
#
# <details><summary>Hint 1</summary>Two steps, as by hand: how far did it move? Then
# divide.</details>
# <details><summary>Hint 2</summary>Put the moving into brackets, so that it is worked out first:
# <code>return ( ... ) / ...</code></details>

# %% solution="sensitivity"
def sensitivity(machine, x, nudge=1e-4):
    before = machine(x)
    after = machine(x + nudge)
    ### BEGIN SOLUTION
    return (after - before) / nudge
    ### END SOLUTION

# %% check="sensitivity"
check("sensitivity", sensitivity)

# %% [markdown]
# From here on, `how_sensitive` does what your `sensitivity` does. It is finished already, so that
# a slip up there does no harm down here.

# %%
for spoons in [3, 5, 7]:
    print(spoons, "spoons: voice", lemonade(spoons),
          "sensitivity", round(how_sensitive(lemonade, spoons), 2))

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
ask.choose(
    "3 spoons give a voice of 21, and 7 spoons give 21 too. The sensitivity at 3 is 4, and at 7 it "
    "is -4. What does the minus tell you?",
    {"at 7 the lemonade tastes bad":
         "It tastes as good as with 3 spoons. What happens if you add a little?",
     "at 7, more sugar makes it worse":
         "It is too sweet already. And at 5, where it is best, the sensitivity is 0.",
     "somebody made a mistake": "No mistake: 7.1 spoons give 20.59, which is less than 21."},
    right="at 7, more sugar makes it worse")

# %% [markdown]
# ## One machine after another: multiply
#
# At handle 1, the gear makes a nudge **3 times** as big. Then comes the lemonade, which stands at
# 3 spoons, and makes it **4 times** as big. And both together?

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
together = ask.predict("3 times as big, and then 4 times as big. Together, a nudge gets ...",
                       ["7 times as big", "12 times as big", "4 times as big"])
together

# %%
round((lemonade(gear(1 + 0.0001)) - lemonade(gear(1))) / 0.0001, 2)

# %% jupyter={"source_hidden": true}
# The answer: run this box.
together.reveal("12 times as big", "The lemonade takes what the gear gives: 4 times 3.")

# %% [markdown]
# **Along a row, multiply.** The whole row at handle 1:
#
# | machine | it stands at | its sensitivity | the nudge so far |
# |---|---|---|---|
# | gear | 1 turn | 3 | 3 |
# | lemonade | 3 spoons | 4 | 3 × 4 = 12 |
# | megaphone | voice 21 | 42 | 12 × 42 = **504** |
#
# The 3 and the 42 are found like the 4, with tiny nudges. (In the toy, 0.1 at the voice moved the
# end by 4.21, which is about 42 times as far.)
#
# Turn the handle a tiny bit, and the loudness moves 504 times as far.
#
# Careful: each machine is measured **where it stands**. The lemonade gets 3 spoons, not 1.

# %% [markdown] tags=["talk"] slide="slide"
# ## Along a row, multiply
#
# | machine | it stands at | sensitivity | the nudge so far |
# |---|---|---|---|
# | gear | 1 turn | 3 | 3 |
# | lemonade | 3 spoons | 4 | 3 × 4 = 12 |
# | megaphone | voice 21 | 42 | 12 × 42 = **504** |
#
# Each machine is measured **where it stands**.

# %% jupyter={"source_hidden": true}
# A question for you: run this box.
ask.choose(
    "Mia measures the megaphone at 1, because the handle stands at 1. She gets 2 in place of 42. "
    "What went wrong?",
    {"her nudge was too big":
         "A smaller nudge gives 2 as well. Which number goes into the megaphone?",
     "the megaphone gets 21, not 1": "Yes. Only the first machine of the row sees the handle.",
     "nothing, 2 is right": "Look at the table: what comes into the megaphone?"},
    right="the megaphone gets 21, not 1")

# %% [markdown]
# ### Your turn: `chain_sensitivity`
#
# `machines` is a row of machines, and `x` goes into the first one. This code has **two gaps**.
#
# * **First gap:** `total` collects the answer. Before the first machine, nothing has happened to
#   the nudge. By which number can you multiply so that nothing changes? Write `total =` that
#   number.
# * **Second gap:** two lines, done for one machine after the other. First: multiply `total` by how
#   sensitive *this* machine is at `x`. Then: move on. What comes out of this machine is the `x` of
#   the next one.
#
# `how_sensitive(machine, x, nudge)` measures one machine. Times is written `*`.
#
# <details><summary>Hint 1, first gap</summary>5 times what is 5?</details>
# <details><summary>Hint 2, second gap</summary>The first line begins with <code>total = total
# *</code>. The second begins with <code>x =</code>.</details>
# <details><summary>Hint 3, second gap</summary>How do you run a machine with <code>x</code>? Look
# at the first line of <code>sensitivity</code>.</details>

# %% solution="chain_sensitivity"
def chain_sensitivity(machines, x, nudge=1e-4):
    ### BEGIN SOLUTION
    total = 1
    ### END SOLUTION
    for machine in machines:
        ### BEGIN SOLUTION
        total = total * how_sensitive(machine, x, nudge)
        x = machine(x)
        ### END SOLUTION
    return total

# %% check="chain_sensitivity"
check("chain_sensitivity", chain_sensitivity)

# %% [markdown]
# ## Too loud!
#
# Now you can put it right. The loudness is 441, and the neighbours want 400: that is **41 too
# loud**. For each turn of the handle it moves by 504. So turn the handle back by
#
# **41 divided by 504 = 0.081** turns.

# %%
turn_to(chain_sensitivity, wanted=400, handle=1, turns=1)

# %% [markdown] tags=["talk"] slide="slide"
# ## 41 too loud: turn back by 41 / 504 = 0.081

# %% tags=["talk"] slide="-"
from bplib.blame import chain_sensitivity as finished_chain

turn_to(finished_chain, wanted=400, handle=1, turns=1)

# %% [markdown]
# One move of the handle, and it is almost right. In lesson 01 the machine had to try again and
# again; now you *know* which way to turn and how far. It is not exact, because the sensitivity
# changes on the way. **Change `turns=1` to `turns=2`.** Then try another loudness.

# %% [markdown]
# ## Run the row backwards
#
# We nudged the handle and looked at the end. Now we stand at the end and look back. How much
# **blame** does each place have? *Blame* is: how much louder does it get when this goes up by a
# tiny bit, for each bit?
#
# * The loudness itself: **1**. One louder is one louder.
# * The voice: the megaphone makes it 42 times as big, so 42 × 1 = **42**.
# * The spoons: the lemonade makes it 4 times as big, so 4 × 42 = **168**.
# * The handle: the gear makes it 3 times as big, so 3 × 168 = **504**.
#
# The same 504! But on the way we found the blame of *every* place.

# %% [markdown] tags=["talk"] slide="slide"
# ## Stand at the end and look back
#
# How much **blame** does each place have?
#
# * the loudness: **1**
# * the voice: 42 × 1 = **42**
# * the spoons: 4 × 42 = **168**
# * the handle: 3 × 168 = **504**
#
# The same 504. But on the way we found the blame of *every* place.

# %% slide="slide"
blame_back()

# %% [markdown]
# Pull *steps back* to 0, press ▶, and watch the blame walk back. Then move the handle slowly from
# 1.5 to 1.8. The blame of the handle gets small, and then it gets a minus. **Why?** (At which
# number of spoons is the lemonade best?)
#
# Here is what makes walking back so good. To find the blame of a million knobs by nudging, you
# must run the row about a million times. Walking back, **one walk** is enough for all of them.

# %% [markdown]
# ### Your turn: `pass_blame_back`
#
# You get the sensitivities of a row, such as `[3, 4, 42]`, and the blame at the end, such as `1`.
# The answer is a list with one place more: `[504, 168, 42, 1]`. The blame of the input stands at
# the front, the blame at the end stands last.
#
# How do you put a number in front of a list? Like this:

# %%
[168] + [42, 1]

# %% [markdown]
# The code has **two gaps** again.
#
# * **First gap:** begin the list, as you began the path in lesson 01. Call it `blames`. Which
#   blame is known at the beginning of the walk?
# * **Second gap:** two lines, done for each machine, from the *last* to the first (that is what
#   `reversed` is for). `strength` is the sensitivity of this machine. First: the new `blame` is
#   `strength` times the old one. Then: put it in front of the list.
#
# <details><summary>Hint 1, first gap</summary>A list with one number in it has square brackets:
# <code>[ ... ]</code>.</details>
# <details><summary>Hint 2, second gap</summary>The first line begins with <code>blame =</code>,
# the second with <code>blames =</code>.</details>

# %% solution="pass_blame_back"
def pass_blame_back(sensitivities, blame):
    ### BEGIN SOLUTION
    blames = [blame]
    ### END SOLUTION
    for strength in reversed(sensitivities):
        ### BEGIN SOLUTION
        blame = strength * blame
        blames = [blame] + blames
        ### END SOLUTION
    return blames

# %% check="pass_blame_back"
check("pass_blame_back", pass_blame_back)

# %% jupyter={"source_hidden": true}
# A question for you: run this box.
ask.choose(
    "Tom wrote each new blame at the back of his list and got [1, 42, 168, 504]. He says: 'The "
    "first one is the handle, so the handle has blame 1.' What is wrong?",
    {"he multiplied in the wrong order": "His numbers are all right: 1, 42, 168 and 504.",
     "his list is back to front": "Yes. He walked from the end, so his first number is the end's.",
     "nothing is wrong": "Nudge the handle in the toy above. Does the end move by 1 for each bit?"},
    right="his list is back to front")

# %% [markdown]
# ## Two paths: add
#
# Sometimes one knob reaches the end by **two paths**. One path goes through a gear (2 times) and a
# belt (3 times). The other goes along a rope (5 times). At the end, what comes by both paths is
# put together.
#
# You turn the knob by 1. By the upper path the end moves 2 × 3 = 6, by the lower path it moves 5.

# %% [markdown] tags=["talk"] slide="slide"
# One knob reaches the end by **two paths**: a gear (2 times) and a belt (3 times) along one, a rope
# (5 times) along the other. You turn the knob by 1.

# %% slide="-" jupyter={"source_hidden": true}
# A question for you: run this box.
meeting = ask.predict("By how much does the end move altogether?",
                      ["6, the stronger path", "11", "30"])
meeting

# %%
for knob in [1, 2]:
    print("knob", knob, "end", 2 * 3 * knob + 5 * knob)

# %% jupyter={"source_hidden": true}
# The answer: run this box.
meeting.reveal("11", "From 11 to 22 it moved by 11. The two paths arrive side by side: 6 + 5.")

# %% slide="slide"
two_paths()

# %% [markdown]
# Move the sliders. A path can have a minus: then it works *against* the other one. Can you make
# the knob have no blame at all, although both paths are strong?

# %% [markdown]
# ### The two rules of the whole course
#
# 1. **Along a path: multiply.**
# 2. **Where paths meet: add.**
#
# With a blame of 10 at the end: (2 × 3 + 5) × 10 = 11 × 10 = **110**.

# %% [markdown] tags=["talk"] slide="slide"
# ## The two rules of the whole course
#
# > **Along a path: multiply.**
#
# > **Where paths meet: add.**
#
# (2 × 3 + 5) × 10 = **110**, for a blame of 10 at the end.

# %% jupyter={"source_hidden": true}
# A puzzle for you: run this box.
ask.order_lines(
    "Press the lines in the right order: how do you find the total blame of a knob?",
    ["begin with a total of 0", "take one path after the other, and multiply along it",
     "add that to the total", "at the very end: total times the blame"],
    {"multiply that with the total": "paths that meet do not multiply. What do they do?"},
    hints={"at the very end: total times the blame": "first all the paths, then the blame."})

# %% [markdown]
# ### Your turn: `total_blame`
#
# Now the whole thing is yours. `paths` is a list of paths, and each path is a list of
# sensitivities, such as `[[2, 3], [5]]`. `multiply([2, 3])` multiplies along one path and gives 6.
#
# You need about four lines. The puzzle above has them in words.
#
# <details><summary>Hint 1</summary>Begin with <code>total = 0</code>.</details>
# <details><summary>Hint 2</summary><code>for path in paths:</code> takes one path after the other.
# The line that belongs to it has more spaces at its beginning.</details>
# <details><summary>Hint 3</summary>In the loop, <code>total</code> becomes <code>total +
# ...</code> The line with <code>return</code> comes after it, without the extra spaces.</details>

# %% solution="total_blame"
def total_blame(paths, blame):
    ### BEGIN SOLUTION
    total = 0
    for path in paths:
        total = total + multiply(path)
    return total * blame
    ### END SOLUTION

# %% check="total_blame"
check("total_blame", total_blame)

# %% [markdown]
# ### A secret inside the lemonade
#
# The lemonade's rule is spoons × (10 − spoons). Look: *spoons* is in it **twice**. So inside this
# machine there are two paths! At 3 spoons:
#
# * The first one is multiplied by 10 − 3, which is 7. Its path: `[7]`.
# * The second one has a minus before it, and is multiplied by 3. Its path: `[-1, 3]`.
#
# Add them up:

# %%
finished_total([[7], [-1, 3]], 1)

# %% [markdown]
# 7 − 3 = 4. The very same 4 that you found with tiny nudges, and this time without a single nudge.

# %% [markdown]
# ## True or not?
#
# Some people explain it like this: **"Blame is like a cake. It is cut into slices, and each
# machine gets a slice. Together, the slices make the whole cake."**

# %% [markdown] tags=["talk"] slide="slide"
# *"Blame is like a cake. Each machine gets a slice, and together the slices make the whole cake."*

# %% slide="-" jupyter={"source_hidden": true}
# A question for you: run this box.
cake = ask.predict("The blame at the end is 1. Do the blames of handle, spoons and voice add up "
                   "to 1?", ["yes, like slices of a cake", "no", "I am not sure"])
cake

# %%
slices = finished_walk([3, 4, 42], 1)
print("handle, spoons, voice:", slices[:3], "together:", sum(slices[:3]))

# %% [markdown] tags=["talk"] slide="slide"
# ## Not a cake
#
# The blame at the end is 1. And yet:
#
# | handle | spoons | voice | together |
# |---|---|---|---|
# | 504 | 168 | 42 | 714 |
#
# Each place answers a question of its own: how far would the end move if **only I** moved a bit?
# Nothing is cut up.

# %% jupyter={"source_hidden": true}
# The answer: run this box.
cake.reveal("no", "Each place gets the answer to a question of its own: how far would the end move "
                  "if only I moved a bit? Nothing is cut up.")

# %% [markdown]
# ## What we now know
#
# * **Sensitivity** is how much the end moves when I nudge this, for each bit of nudge.
# * **Along a path, multiply. Where paths meet, add.**
# * One walk from the end to the front tells **every** place its blame.
#
# This walk has a long name, which you will hear again: *backpropagation*. You have done it.
#
# **What still bothers us.** The blame tells which way to turn each knob. But how *far* should we
# turn? Too little takes for ever. Too much, and things fly apart. That is lesson 03.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Multiply along a path, add where paths meet: one walk back tells every place its blame.
#
# This walk has a long name, *backpropagation*. You have done it.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# The blame tells us which way to turn each knob. But how **far**?
#
# * Too little takes for ever.
# * Too much, and things fly apart.
#
# That is lesson 03.
