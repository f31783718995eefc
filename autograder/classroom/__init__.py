"""Grading a class: submissions in, verdicts kept, nbgrader's gradebook and feedback written.

`submissions` finds what was handed in, `records` keeps one file per verdict so that nothing is ever
graded twice or lost, `run` grades in parallel, `staging` and `gradebook` hand the result to nbgrader,
`collect` unpacks what an LMS gives, `similar` points out code that is alike.
"""

from autograder import quick  # noqa: F401 - each worker imports what Jupyter brings
