"""The course's autograder: `check` for learners, judging and reports for instructors."""

from autograder.check import check

__all__ = ["check"]
