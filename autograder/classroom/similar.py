"""Points out answers whose code is the same up to names, numbers of blanks and comments.

A hint for a human, never a verdict: a short right answer is often alike by itself, so only answers
of some length count, and what most of the class wrote alike is left out.
"""

import hashlib
import io
import keyword
import tokenize
from collections import defaultdict

LEAST_TOKENS = 40
MOST_OF_CLASS = 0.25
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
           tokenize.ENCODING, tokenize.ENDMARKER}  # fmt: skip


def fingerprint(source):
    """A digest of code up to names, or "" when it is too short to tell anything.

    Looks at tokens alone: the code is a stranger's, and is neither run nor compiled here.
    """
    names, shape, count = {}, [], 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in SKIPPED or (token.type == tokenize.STRING and len(token.string) > 20):
                continue
            count += 1
            text = token.string
            if token.type == tokenize.NAME and not keyword.iskeyword(text):
                text = f"name{names.setdefault(text, len(names))}"
            shape.append(text)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return ""
    if count < LEAST_TOKENS:
        return ""
    return hashlib.sha256("\n".join(shape).encode()).hexdigest()[:16]


def fingerprints(submission, exercises):
    """exercise -> fingerprint of the cell that defines it."""
    found = {}
    for name, exercise in exercises.items():
        cells = [c for c in submission.cells if set(exercise.functions) & c.defines]
        print_ = fingerprint(cells[-1].source) if cells else ""
        if print_:
            found[name] = print_
    return found


def alike(records):
    """Groups (exercise, [learners]) of two or more with the same fingerprint."""
    groups = defaultdict(list)
    for record in records:
        for exercise, print_ in record.get("fingerprints", {}).items():
            groups[exercise, print_].append(record["learner"])
    most = max(3, MOST_OF_CLASS * len(records))
    return [(exercise, sorted(learners)) for (exercise, _), learners in sorted(groups.items())
            if 2 <= len(learners) <= most]  # fmt: skip
