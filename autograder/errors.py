"""The errors of the course's programs: for a person at the keyboard, and about a learner's code."""


class CourseError(Exception):
    """Something a person can mend; its message is the sentence that `bp` prints.

    `exit_status` is 1 when what was looked at is wrong (a failing exercise, a stale
    notebook) and 2 when the call was wrong (no such lesson, a missing program).

    >>> CourseError("There is no lesson 99.", exit_status=2).exit_status
    2
    """

    def __init__(self, sentence: str, exit_status: int = 1) -> None:
        super().__init__(" ".join(sentence.split()))  # others' errors, quoted in it, have lines
        self.exit_status = exit_status


class LearnerError(Exception):
    """A learner's code raised: the ``kind`` (a class name, or NotWritten, Missing, Timeout, Died,
    Forbidden), the ``text`` it gave, and ``where``, the line of their code it came from.
    """

    def __init__(self, kind, text="", where=""):
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind, self.text, self.where = kind, text, where


class ContractError(Exception):
    """A result that the contract does not allow: a stable ``kind``, and a sentence as its text."""

    def __init__(self, kind, sentence):
        super().__init__(sentence)
        self.kind, self.text = kind, sentence
