# ---
# jupyter:
#   bp:
#     title: Guess and check
#     level: 1
#     question: How can a machine get better at something it was never told how to do?
# ---

# %% [markdown]
# # Guess and check
#
# **How can a machine get better at something that nobody has told it how to do?**
#
# Meet a kitchen machine. It makes lemonade, and it makes it badly. It has no tongue. It has no
# recipe. It hears one thing only: *how bad was this jug?*
#
# At the end of this lesson it makes perfect lemonade. And it is **your** machine: you build it.

# %% [markdown] tags=["talk"] slide="slide"
# ## A machine that makes bad lemonade
#
# It has no tongue. It has no recipe. It hears one thing only:
#
# > How bad was this jug?
#
# Nobody ever tells it what to do. **Can it get better?**

# %% [markdown]
# ## How this page works
#
# This page has words, toys, and grey boxes with code in them. To run a box, click into it, hold
# **Shift** and press **Enter** (or press ▶ at the top of the page). Do that again and again, and
# you walk down the page from box to box. Some boxes are folded: you see one line and three dots.
# They run in the same way.
#
# You cannot break anything. If something looks odd, run the boxes again from the top.
#
# Wrong answers are welcome here. They are how your machine learns, and you too.
#
# **Run the first box now.** It fetches the toys. Nothing happens that you can see, and that is
# fine.

# %%
from autograder import check
from autograder.progress import course_map
from bplib.guessing import better_guess as best_of_three
from bplib.guessing import guess_and_check as finished_machine
from bplib.guessing import lemonade_error
from bplib.play import ask
from bplib.play.guessing import one_knob, treasure, two_knobs
from bplib.play.walks import hide_and_seek, race, watch

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Aims.** Learning is possible from one number that says how wrong a guess was; compare
# neighbours, keep the best; when nothing helps, take smaller steps. No calculus, no symbols; the
# word *error* for "how wrong". **Time**, about 60 minutes: the treasure 10, the lemonade 10, three
# jugs and the first task 15, smaller steps and the second task 15, watching, two knobs and the
# claim 10.
#
# **What the class usually gets wrong.**
#
# - better_guess: ties-move
# - better_guess: last-better
# - guess_and_check: halved-every-try
# - guess_and_check: one-less
# - guess_and_check: start-missing
#
# **Questions to ask.** What is the least that you have to tell a player so that the treasure can
# be found? Would "warm" and "cold" do, without the -er? What if the taster sometimes fibs? What
# happens if there are two good jugs with a bad one between them?
#
# **When the prediction fails.** Most bet on the careful machine in the race. Ask how many steps of
# a tenth of a spoon it is from 0 to 6: a big step is not bold, it is for far away.
#
# **Without a computer.** Play the treasure hunt in the room, then once more with a number in place
# of the words: how many steps away. The number is the error.
#
# **Further reading.** R. Hooke and T. A. Jeeves, *"Direct search" solution of numerical and statistical
# problems*, Journal of the ACM 8 (1961): the same machine, neighbours and halved steps, in print.

# %% [markdown]
# ## Warmer, colder
#
# A treasure is buried somewhere on a beach. You cannot see it. After each move you hear one of two
# words: **warmer** or **colder**.
#
# Before you start, make a guess. Nobody counts whether you are right.

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
hunt = ask.predict(
    "You hear only 'warmer' or 'colder'. Can you find the treasure wherever it is?",
    ["yes, always", "only with luck", "no, two words are not enough"])
hunt

# %% slide="slide"
treasure()

# %% [markdown] tags=["talk"] slide="slide"
# ## What did you listen for?
#
# * **Warmer:** go on the same way.
# * **Colder:** turn round.
# * **Close by:** take smaller steps.
#
# Two words were enough. Nobody told you where the treasure was.

# %% [markdown]
# Found it? Hide a new one and try again with fewer moves. Then run this box:

# %% jupyter={"source_hidden": true}
# The answer: run this box.
hunt.reveal("yes, always", "Warmer: go on. Colder: turn round. Close by: take small steps.")

# %% [markdown]
# ## A machine that cannot taste
#
# Now the lemonade. How much sugar belongs in the jug? Our machine cannot taste, so somebody tastes
# for it and says a number: **how wrong is this jug?** We call this number the **error**.
#
# * Error 0 is perfect.
# * A small error is nearly right.
# * Error 40 is yuck!

# %% [markdown] tags=["talk"] slide="slide"
# ## How wrong is this jug?
#
# The machine cannot taste, so somebody tastes for it and says a number: the **error**.
#
# * Error 0 is perfect.
# * A small error is nearly right.
# * Error 40 is yuck!

# %% slide="slide"
one_knob()

# %% [markdown]
# 1. **Move the sugar.** Every jug that you taste leaves a dot. How few jugs do you need to find
#    the best one?
# 2. **Then press the ▶ button** beside *the machine's tries*. Now the machine plays. Watch: when
#    does it move, and when does it stay where it is?

# %% [markdown]
# You can also ask for an error with a line of code. This asks for the jug with 4 spoons, and
# rounds the answer to two digits after the point. **Change the 4 to another number and run it
# again.**

# %%
round(lemonade_error(4), 2)

# %% [markdown]
# ## Three jugs on the table
#
# Here is the whole trick. The machine stands at 4 spoons. It puts **three jugs** on the table: a
# bit less sugar, the same, a bit more. Its **step** is 1 spoon.
#
# | jug | sugar | error |
# |---|---|---|
# | less | 3 spoons | 11.56 |
# | the same | 4 spoons | 5.76 |
# | more | 5 spoons | **1.96** |
#
# The jug with 5 spoons has the smallest error. So the machine moves to 5.

# %% [markdown] tags=["talk"] slide="slide"
# ## Three jugs on the table
#
# The machine stands at 4 spoons. Its **step** is 1 spoon.
#
# | jug | sugar | error |
# |---|---|---|
# | less | 3 spoons | 11.56 |
# | the same | 4 spoons | 5.76 |
# | more | 5 spoons | **1.96** |
#
# The smallest error wins: the machine moves to 5.

# %% [markdown]
# The next three jugs have 4, 5 and 6 spoons. And the three after that? **Run this box, then change
# the three numbers and run it again.**

# %%
for sugar in [4, 5, 6]:
    print(sugar, "spoons: error", round(lemonade_error(sugar), 2))

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
ask.choose(
    "Now the machine stands at 6 spoons. The errors are: 5 spoons 1.96, 6 spoons 0.16, 7 spoons "
    "0.36. Where does it go?",
    {"to 5 spoons": "1.96 is the biggest of the three errors. We want the smallest.",
     "it stays at 6": "0.16 is the smallest, so no neighbour is better. It stays.",
     "to 7 spoons": "0.36 is close, but 0.16 is smaller still."},
    right="it stays at 6")

# %% [markdown]
# One more rule, for a draw. If the other jug is *exactly as good* as the one it has, the machine
# stays. It moves only for something **better**.
#
# ### Your turn: `better_guess`
#
# This is the code for the three jugs. Some words in it:
#
# * `def better_guess(error, guess, step):` means: the lines below are called `better_guess`, and
#   they are given three things to work with.
# * `guess` is where the machine stands, and `step` is how far it reaches.
# * `error(guess)` means: taste this jug and say how wrong it is.
# * `<` means *is smaller than*.
# * `best = guess` means: remember `guess` under the name `best`.
# * `return best` means: `best` is the answer, hand it over.
# * After a `#` stands a note for people. Python skips it.
#
# So these two lines, which are already there, say: *if the jug with less is better than the best
# so far, it is the best now.*
#
# ```
# if error(guess - step) < error(best):
#     best = guess - step
# ```
#
# **Write the same two lines for the jug with *more*.** Take away the line
# `raise NotImplementedError()` and put yours in its place. Keep the spaces at the beginning of
# the lines: they say what belongs to the `if`.
#
# <details><summary>Hint 1</summary>Less is minus. What is more?</details>
# <details><summary>Hint 2</summary>Your two lines look like the two that are there. There are two
# minus signs in them. Nothing else changes.</details>

# %% solution="better_guess"
def better_guess(error, guess, step):
    best = guess
    if error(guess - step) < error(best):
        best = guess - step
    ### BEGIN SOLUTION
    if error(guess + step) < error(best):
        best = guess + step
    ### END SOLUTION
    return best

# %% [markdown]
# Run your box, then the next one. It tries your code on many jugs, and tells you what is right and
# what is not yet.
#
# If red words come up, Python did not understand a line. The *last* of the red words say what it
# stumbled over: often a colon or a bracket is missing. Mend it and run the box again. If they say
# *name 'better_guess' is not defined*, go back: the box with your code has not run to its end yet.

# %% check="better_guess"
check("better_guess", better_guess)

# %% [markdown]
# ## Smaller and smaller steps
#
# The machine is at 6 spoons, and neither 5 nor 7 is better. But 6 is not perfect: its error is
# 0.16.
#
# What should it do now?

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
stuck = ask.predict("Nothing better to the left, nothing better to the right. What would you do?",
                    ["give up", "take bigger steps", "take smaller steps"])
stuck

# %%
print("a bigger step, 2:    ", round(lemonade_error(4), 2), "and", round(lemonade_error(8), 2))
print("a smaller step, half:", round(lemonade_error(5.5), 2), "and", round(lemonade_error(6.5), 2))

# %% jupyter={"source_hidden": true}
# The answer: run this box.
stuck.reveal("take smaller steps", "At 6 the error was 0.16. At 6.5 it is 0.01: much better!")

# %% [markdown]
# So here is the rule: **when neither neighbour is better, halve the step for the next try.**
#
# | try | step | the machine tastes | and goes to |
# |---|---|---|---|
# | start | | | 4 |
# | 1 | 1 | 3, 4, 5 | 5 |
# | 2 | 1 | 4, 5, 6 | 6 |
# | 3 | 1 | 5, 6, 7 | 6, it stays: **halve the step** |
# | 4 | 0.5 | 5.5, 6, 6.5 | 6.5 |
# | 5 | 0.5 | 6, 6.5, 7 | 6.5, it stays: **halve the step** |
#
# What it writes down is its **path**: 4, 5, 6, 6, 6.5, 6.5. Six numbers for five tries, because
# the start is written down too.

# %% [markdown] tags=["talk"] slide="slide"
# ## Nothing better? Halve the step
#
# | try | step | it tastes | and goes to |
# |---|---|---|---|
# | 1 | 1 | 3, 4, 5 | 5 |
# | 2 | 1 | 4, 5, 6 | 6 |
# | 3 | 1 | 5, 6, 7 | 6, it stays: **halve** |
# | 4 | 0.5 | 5.5, 6, 6.5 | 6.5 |
# | 5 | 0.5 | 6, 6.5, 7 | 6.5, it stays: **halve** |

# %% jupyter={"source_hidden": true}
# A puzzle for you: run this box.
ask.order_lines(
    "Press the lines in the order in which the machine works.",
    ["write down where you start", "again and again: taste the three jugs",
     "if you have to stay: halve the step", "write down where you are now"],
    {"halve the step every time":
         "then the steps get tiny long before the machine arrives. When is the step too big?"},
    hints={"write down where you are now": "first the tasting, then the writing."},
    also=[["write down where you start", "again and again: taste the three jugs",
           "write down where you are now", "if you have to stay: halve the step"]])

# %% [markdown]
# ### Your turn: `guess_and_check`
#
# This code has **two gaps**: each is a place that says `YOUR CODE HERE`.
#
# * **First gap:** begin the path. A list is written with square brackets: `[5]` is a list with the
#   number 5 in it. Which number is in your `path` before the first try?
# * **Second gap:** `new` is the best of the three jugs. Write the rule of this section in two
#   lines: *if `new` is the same as `guess`, then `step` becomes half of `step`.*
#
# Two signs that look alike: `==` asks *is it the same?* and `=` says *becomes*. Half of something
# is written `/ 2`. (`best_of_three` does what your `better_guess` does. It is finished already, so
# that a slip up there does no harm down here.)
#
# The line `for _ in range(tries):` means: for every try, do once what stands below it and
# begins further to the right.
#
# <details><summary>Hint 1, first gap</summary>The machine starts at <code>guess</code>. Write
# <code>path =</code> and then a list with that in it.</details>
# <details><summary>Hint 2, second gap</summary>The first line begins with <code>if</code> and ends
# with a colon, as in <code>better_guess</code>. In it you ask with <code>==</code>.</details>
# <details><summary>Hint 3, second gap</summary>The second line has to <em>keep</em> the new step.
# It begins with <code>step =</code>.</details>

# %% solution="guess_and_check"
def guess_and_check(error, guess, step, tries):
    ### BEGIN SOLUTION
    path = [guess]
    ### END SOLUTION
    for _ in range(tries):
        new = best_of_three(error, guess, step)
        ### BEGIN SOLUTION
        if new == guess:
            step = step / 2
        ### END SOLUTION
        guess = new
        path.append(guess)  # write it down at the end of the path
    return path

# %% [markdown]
# Run both boxes. If it still says *not written yet*, one of the gaps is still open.

# %% check="guess_and_check"
check("guess_and_check", guess_and_check)

# %% [markdown]
# ## The machine finds the recipe
#
# Your machine goes to work. It starts with no sugar at all, and nobody tells it the recipe.

# %%
watch(guess_and_check, start=0, step=2, tries=16)

# %% [markdown] tags=["talk"] slide="slide"
# ## The machine finds the recipe

# %% tags=["talk"] slide="-"
watch(finished_machine, start=0, step=2, tries=16)

# %% [markdown]
# Every square is one try. **Change the three numbers in the box and run it again.** What happens
# if it starts at 12? If the step is 5? If there are only 4 tries?

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
bet = ask.predict(
    "Two machines start at 0 spoons, and each has 16 tries. One is careful: its step is a tenth of "
    "a spoon. One is bold: its step is 2 spoons. Which is closer to the best jug at the end?",
    ["the careful one", "the bold one", "both alike"])
bet

# %% [markdown] tags=["talk"] slide="slide"
# ## Big steps for far away, small ones close by

# %% slide="-"
race(finished_machine, 0.1, 2)

# %% jupyter={"source_hidden": true}
# The answer: run this box.
bet.reveal("the bold one", "The careful one got as far as 1.6 spoons. A big step is for far away, "
                           "and close by the bold one makes its step smaller on its own.")

# %% [markdown]
# ## Two knobs
#
# Real lemonade has lemons in it too, and the two must fit each other: more lemons need more sugar.
# Your machine can do that as well. Each thing that it can turn up or down is called a **knob**, and
# it turns **one knob at a time**: first the sugar, then the
# lemons, then the sugar again.

# %% slide="slide"
two_knobs()

# %% [markdown]
# Find the best jug yourself first. Then press ▶ and watch the machine. It goes up like stairs: a
# bit of sugar, a bit of lemon. In 24 rounds it is almost there: the best jug has 6.4 spoons and
# 3.2 lemons, and it is at 6.06 and 3.06. Tick *show the whole map* to see why: it walks along a
# narrow valley.

# %% [markdown]
# ## True or not?
#
# People say: **"A machine can only know what somebody has told it."** What do you think?

# %% slide="slide" jupyter={"source_hidden": true}
# A question for you: run this box.
claim = ask.predict("A machine can only know what somebody has told it.",
                    ["true", "not true", "I am not sure"])
claim

# %% [markdown]
# Let us try it out. Think of a number that you like, and write it in place of the 7. The computer
# then hides another number somewhere between 0 and 100, and shows it to nobody. Your machine hears
# only how far off each guess is.

# %%
hide_and_seek(guess_and_check, 7)

# %% [markdown] tags=["talk"] slide="slide"
# ## Nobody told it the number

# %% tags=["talk"] slide="-"
hide_and_seek(finished_machine, 7)

# %% jupyter={"source_hidden": true}
# The answer: run this box.
claim.reveal("not true", "Nobody told it the number. But one thing somebody did have to tell it, "
                         "at every try: how wrong it was.")

# %% [markdown]
# ## What we now know
#
# * A machine can find something that it was never told. It needs to hear **how wrong** each guess
#   is.
# * **Try both neighbours. Keep the best.**
# * **Nothing better? Take a smaller step.**
#
# **What still bothers us.** Each knob costs two extra jugs in every round: one with less and one
# with more. Two knobs, 4 jugs. A big machine has a million knobs: 2 million jugs, and that for a
# single round. Is there a way to find out which way to turn each knob *without* trying them all?
# There is. It starts with a question: whose fault was it? That is lesson 02.

# %% [markdown] tags=["talk"] slide="slide"
# ## The idea in one line
#
# > Try both neighbours and keep the best. Nothing better? Take a smaller step.
#
# All it needs to hear is **how wrong** each guess was.

# %% [markdown] tags=["talk"] slide="slide"
# ## What still bothers us
#
# Each knob costs two extra jugs in every round.
#
# * 2 knobs: 4 jugs
# * 1,000,000 knobs: 2,000,000 jugs, for a single round
#
# **Is there a way to know which way to turn each knob without trying them all?**
#
# It starts with a question: whose fault was it? Lesson 02.

# %% [markdown]
# ### Where am I?
#
# Save this page (hold **Ctrl** and press **S**; on a Mac **⌘** and **S**), then run the last box:
# it shows the map of the whole course, and what you have done so far.

# %%
course_map()
