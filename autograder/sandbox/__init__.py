"""Runs a stranger's program where it can do no harm, and talks to it over a pipe.

On the judge's side: `launch` (starts the sandbox), `remote` (the learner's functions as a
`Solution`), `stage` and `answers` (what the sandbox gets, and what it must not get), `replay`
(which cells are run). On the other side, in files of their own without any answers: `zygote`,
`child`, `cells`, `imports`, `limits`, `seccomp`. Both speak `wire`.
"""
