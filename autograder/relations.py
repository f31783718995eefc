"""Simple relations between an answer and the right one: transposed, times N, shifted, unsummed...

Each relation looks at *all* failing cases at once and speaks only when it holds on every one of
them. It gets lists of arrays (what came, what is right) and the cases, and gives a `Relation` or
None.
"""

import itertools

import numpy as np

from autograder.alike import Relation, all_hold, near, number
from autograder.relations_of_form import (
    broadcast,
    length,
    other_shape,
    oversummed,
    shifted,
    transposed,
    unsummed,
)

# --- factors ----------------------------------------------------------------------------------


def _ratio(came, right):
    """The number k with ``came == k * right``, or None."""
    if came.shape != right.shape or not right.size:
        return None
    came, right = came.astype(float), right.astype(float)
    if not (np.isfinite(came).all() and np.isfinite(right).all()):
        return None
    power = float((right * right).sum())
    if power == 0:
        return None
    k = float((came * right).sum()) / power
    return k if abs(k) > 1e-8 and near(came, k * right) else None


LETTERS = {
    "N": "the number of examples", "T": "the number of time steps", "D": "the number of inputs",
    "M": "the number of outputs", "H": "the number of hidden units", "C": "the number of classes",
    "K": "the number of classes", "V": "the number of symbols", "S": "the number of keys",
}  # fmt: skip


def _forms(sizes):
    """Candidate factors made from the sizes of a case: (key, words, value)."""
    for letter, n in sizes.items():
        yield letter, letter, n
        yield f"1/{letter}", f"1/{letter}", 1 / n
        yield f"2{letter}", f"2 times {letter}", 2 * n
        yield f"{letter}/2", f"{letter}/2", n / 2
        yield f"2/{letter}", f"2/{letter}", 2 / n
        yield f"1/2{letter}", f"1/(2 {letter})", 0.5 / n
        yield f"sqrt({letter})", f"the square root of {letter}", n**0.5
        yield f"1/sqrt({letter})", f"1/sqrt({letter})", n**-0.5
        yield f"{letter}^2", f"{letter} squared", n * n
        yield f"1/{letter}^2", f"1/{letter} squared", 1 / (n * n)
        if n > 1:
            yield f"{letter}/({letter}-1)", f"{letter}/({letter} - 1)", n / (n - 1)
            yield f"({letter}-1)/{letter}", f"({letter} - 1)/{letter}", (n - 1) / n
    for (a, n), (b, m) in itertools.combinations(sizes.items(), 2):
        yield f"{a}{b}", f"{a} times {b}", n * m
        yield f"1/{a}{b}", f"1/({a} {b})", 1 / (n * m)
        yield f"{a}/{b}", f"{a}/{b}", n / m
        yield f"{b}/{a}", f"{b}/{a}", m / n


def factor(came, right, cases):
    """Times k, with k told from the sizes where it follows them."""
    pairs = [(c, r, case) for c, r, case in zip(came, right, cases, strict=True)
             if np.any(r) or np.any(c)]  # fmt: skip
    if not pairs:
        return None
    ratios = [_ratio(c, r) for c, r, _ in pairs]
    if any(k is None for k in ratios):
        return None
    ks = np.array(ratios)
    if np.allclose(ks, 1, rtol=1e-5) or len(ks) == pairs[0][1].size == 1 and not _simple(ks[0]):
        return None  # of one number alone everything is some multiple
    if np.allclose(ks, ks[0], rtol=1e-5) and not _follows_single(ks, pairs):
        if np.isclose(ks[0], -1, rtol=1e-5):
            return Relation("sign", "your {out} has the right size and the wrong sign")
        way = "large" if abs(ks[0]) > 1 else "small"
        if ks[0] < 0:
            return Relation("factor", f"your {{out}} is {number(ks[0])} times the right one")
        times = number(ks[0] if ks[0] > 1 else 1 / ks[0])
        if times == "1":
            return Relation("factor", f"your {{out}} is {ks[0]:.8g} times the right one")
        return Relation(
            f"times-{number(ks[0]).replace('/', '-over-')}" if len(ratios) > 1 else "factor",
            f"your {{out}} is exactly {times} times too {way}",
        )
    return _sized(ks, pairs)


def _simple(k):
    """Whether a factor is a small whole number or one over it."""
    size = max(abs(k), 1 / abs(k)) if k else np.inf
    return size < 12.5 and bool(np.isclose(size, round(size), rtol=1e-6))


def _follows_single(ks, pairs):
    """One failing case alone, or equal sizes: a constant cannot be told from a size."""
    return len(pairs) > 1 and _sized(ks, pairs) is not None and len(
        {tuple(sorted(case.sizes.items())) for *_, case in pairs}
    ) > 1


def _sized(ks, pairs):
    for sign in (1, -1):
        forms = [{key: (words, value) for key, words, value in _forms(case.sizes)}
                 for *_, case in pairs]  # fmt: skip
        for key, (words, value) in forms[0].items():
            values = [form[key][1] if key in form else np.nan for form in forms]
            if np.allclose(ks, sign * np.array(values), rtol=1e-5):
                return _sized_words(key, words, value, sign, pairs[0][2])
    return None


def _sized_words(key, words, value, sign, case):
    letter = next((c for c in key if c.isalpha() and c.isupper()), "")
    meaning = f", and {LETTERS[letter]} {letter} is {case.sizes[letter]}" if (
        letter in LETTERS and letter in case.sizes
    ) else ""
    times = number(value if value > 1 else 1 / value)
    way = "large" if value > 1 else "small"
    flip = " and has the wrong sign" if sign < 0 else ""
    ident = "times-" + key.replace("/", "-over-").replace("(", "").replace(")", "")
    return Relation(
        ident if sign > 0 else "minus-" + ident,
        f"your {{out}} is exactly {times} times too {way}{flip}{meaning}: "
        f"the factor is {words} in every case tried",
    )


# --- values -----------------------------------------------------------------------------------

CHANGES = (
    ("zeros", lambda r: 0 * r, "your {out} is all zeros"),
    ("ones", lambda r: 0 * r + 1, "your {out} is all ones"),
    ("absolute-value", np.abs, "your {out} has the right size everywhere, but never a minus sign"),
    ("negatives-cut", lambda r: np.maximum(r, 0), "your {out} is right where it should be positive"
     " and 0 where it should be negative"),
    ("truncated", np.trunc, "your {out} has lost everything after the decimal point"),
    ("rounded", np.round, "your {out} is rounded to whole numbers; never round a result"),
    ("square-root", lambda r: np.sqrt(np.abs(r)), "your {out} is the square root of the right one"),
    ("squared", lambda r: r * r, "your {out} is the square of the right one"),
    ("one-minus", lambda r: 1 - r, "your {out} is 1 minus the right one"),
    ("reciprocal", lambda r: 1 / r, "your {out} is 1 divided by the right one"),
    ("exponential", np.exp, "your {out} is the exponential of the right one"),
    ("logarithm", np.log, "your {out} is the logarithm of the right one"),
    ("running-sum", lambda r: np.cumsum(r, axis=0), "your {out} adds up along axis 0: each entry "
     "holds all those before it too"),
)  # fmt: skip
ALONE = {"zeros": "your {out} is 0", "ones": "your {out} is 1"}


def changed(came, right, cases):
    """An elementary function of the right answer."""
    with np.errstate(all="ignore"):
        for ident, change, says in CHANGES:
            if any(r.ndim == 0 for r in right) and ident == "running-sum":
                continue
            if all_hold(lambda c, r, change=change: near(c, change(r.astype(float))), came, right):
                alone = all(r.ndim == 0 for r in right)  # one number is not "all zeros"
                return Relation(ident, ALONE.get(ident, says) if alone else says)
    return None


def offset(came, right, cases):
    """A constant too much."""
    def gap(c, r):
        return (c.astype(float) - r).reshape(-1) if c.shape == r.shape else np.array([np.nan, 0])

    gaps = np.concatenate([gap(c, r) for c, r in zip(came, right, strict=True)])
    if gaps.size > 1 and np.isfinite(gaps).all() and abs(gaps[0]) > 1e-9:
        if np.allclose(gaps, gaps[0], rtol=1e-5, atol=1e-9):
            return Relation("constant-offset", f"your {{out}} is too large by {number(gaps[0])} "
                            "everywhere" if gaps[0] > 0 else f"your {{out}} is too small by "
                            f"{number(-gaps[0])} everywhere")  # fmt: skip
    return None


def fixed(came, right, cases):
    """One and the same number, whatever goes in."""
    numbers = np.concatenate([c.astype(float).ravel() for c in came])
    if len(came) > 2 and numbers.size and np.isfinite(numbers).all() and np.ptp(numbers) == 0:
        return Relation("fixed-number", f"your {{out}} is {numbers[0]:.6g} in every case tried, "
                        "whatever goes in: it is a fixed number")  # fmt: skip
    return None


def same_as_input(came, right, cases):
    """One of the inputs handed back."""
    for name in cases[0].inputs:
        values = [case.inputs.get(name) for case in cases]
        if all(isinstance(v, (np.ndarray, float, int)) for v in values) and all_hold(
            lambda c, v: near(c, np.asarray(v)), came, values
        ):
            return Relation(f"returns-{name}", f"your {{out}} is just the input `{name}`")
    return None


def where_input(came, right, cases):
    """Wrong exactly where an input of the same shape is negative, positive or zero."""
    signs = {
        "negative": lambda v: v < 0, "positive": lambda v: v > 0, "zero": lambda v: v == 0,
        "not-positive": lambda v: v <= 0, "not-negative": lambda v: v >= 0,
    }  # fmt: skip
    words = {"not-positive": "negative or zero", "not-negative": "positive or zero"}
    for name in cases[0].inputs:
        values = [case.inputs.get(name) for case in cases]
        if not all_hold(lambda c, r, v: isinstance(v, np.ndarray) and v.shape == r.shape == c.shape,
                    came, right, values):  # fmt: skip
            continue
        wrong = [np.array([not near(np.asarray(a), np.asarray(b)) for a, b in
                           zip(c.ravel(), r.ravel(), strict=True)]).reshape(c.shape)
                 for c, r in zip(came, right, strict=True)]  # fmt: skip
        if all(w.all() for w in wrong) or not any(w.any() for w in wrong):
            continue
        for sign, test in signs.items():
            if all_hold(lambda w, v, test=test: np.array_equal(w, test(v)), wrong, values):
                kind = words.get(sign, sign)
                return Relation(f"wrong-where-{name}-{sign}",
                                f"your {{out}} is wrong exactly where `{name}` is {kind}")  # fmt: skip
    return None


RELATIONS = (
    broadcast, transposed, other_shape, unsummed, oversummed, length, changed, factor, same_as_input,
    fixed, shifted, offset, where_input,
)  # fmt: skip
BRIEF = (transposed, other_shape, unsummed, factor)


def find_relation(came, right, cases, relations=RELATIONS):
    """The first relation that holds on all failing cases, or None."""
    if not came:
        return None
    if all_hold(near, came, right):  # what follows would hold of the right answer as well
        return Relation("imprecise", "your {out} comes close, but not close enough: there are "
                        "differences after some digits")  # fmt: skip
    for relation in relations:
        found = relation(came, right, cases)
        if found is not None:
            return found
    return None
