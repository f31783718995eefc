"""Simple relations between an answer and the right one: transposed, times N, shifted, unsummed...

Each relation looks at *all* failing cases at once and speaks only when it holds on every one of
them. It gets lists of arrays (what came, what is right) and the cases, and gives a `Relation` or
None.
"""

import itertools
from dataclasses import dataclass

import numpy as np

NEAR = (1e-5, 1e-6, 1e-12)


@dataclass(frozen=True)
class Relation:
    """A relation found: its stable id, and the words; ``{out}`` stands for the output's name."""

    id: str
    says: str


def near(a, b, loose=1.0):
    """Same shape, and the same values up to rounding."""
    if a.shape != b.shape:
        return False
    a, b = a.astype(float), b.astype(float)
    finite = np.isfinite(b)
    scale = np.abs(b[finite]).max() if finite.any() else 0.0
    with np.errstate(all="ignore"):
        close = np.abs(a - b) <= loose * (NEAR[2] + NEAR[1] * scale + NEAR[0] * np.abs(b))
    return bool((close | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def _all(test, *lists):
    return all(itertools.starmap(test, zip(*lists, strict=True)))


def number(value):
    """A number as one would write it: 7, 0.5, 1/3, 3.142."""
    if abs(value - round(value)) < 1e-6 * max(1, abs(value)):
        return str(round(value))
    inverse = 1 / value if value else 0
    if abs(inverse) > 1 and abs(inverse - round(inverse)) < 1e-5 * abs(inverse):
        return f"1/{round(inverse)}" if inverse > 0 else f"-1/{-round(inverse)}"
    return f"{value:.4g}"


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
    return k if k and near(came, k * right) else None


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
    if np.allclose(ks, 1, rtol=1e-5):
        return None
    if np.allclose(ks, ks[0], rtol=1e-5) and not _follows_single(ks, pairs):
        if np.isclose(ks[0], -1, rtol=1e-5):
            return Relation("sign", "your {out} has the right size and the wrong sign")
        way = "large" if abs(ks[0]) > 1 else "small"
        if ks[0] < 0:
            return Relation("factor", f"your {{out}} is {number(ks[0])} times the right one")
        times = number(ks[0] if ks[0] > 1 else 1 / ks[0])
        return Relation(
            f"times-{number(ks[0]).replace('/', '-over-')}" if len(ratios) > 1 else "factor",
            f"your {{out}} is exactly {times} times too {way}",
        )
    return _sized(ks, pairs)


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


# --- shapes -----------------------------------------------------------------------------------


def transposed(came, right, cases):
    """Transposed, or another order of the axes."""
    ranks = {r.ndim for r in right}
    if len(ranks) != 1 or (rank := ranks.pop()) not in (2, 3, 4):
        return None
    for order in itertools.permutations(range(rank)):
        if order == tuple(range(rank)):
            continue
        if _all(lambda c, r, order=order: near(c, r.transpose(order)), came, right):
            if rank == 2:
                return Relation("transposed", "your {out} is the right one transposed")
            return Relation("permuted-axes", f"your {{out}} has its axes in the order {order}")
    return None


def other_shape(came, right, cases):
    """The right numbers in another shape."""
    if _all(lambda c, r: c.shape != r.shape and c.size == r.size and near(c.ravel(), r.ravel()),
            came, right):  # fmt: skip
        return Relation(
            "right-values-wrong-shape",
            f"the numbers in your {{out}} are right, but its shape is {came[0].shape} "
            f"where {right[0].shape} was agreed",
        )
    return None


def unsummed(came, right, cases):
    """A sum (or mean) over an axis that was not taken."""
    for axis in range(4):
        for name, reduce in (("sum", np.sum), ("mean", np.mean)):
            if _all(
                lambda c, r, reduce=reduce, axis=axis: (
                    axis < c.ndim and c.shape != r.shape
                    and near(reduce(c, axis=axis).reshape(-1), r.reshape(-1))
                ),
                came, right,
            ):  # fmt: skip
                return Relation(
                    f"un{name}med" if name == "sum" else "unaveraged",
                    f"the {name} over axis {axis} is missing: your {{out}} has shape "
                    f"{came[0].shape}, and its {name} over axis {axis} is right",
                )
    return None


def oversummed(came, right, cases):
    """Summed over an axis that should have stayed."""
    for axes in [(0,), (1,), (2,), None]:
        def fits(c, r, axes=axes):
            if c.shape == r.shape or (axes and axes[-1] >= r.ndim):
                return False
            return near(c.reshape(-1), np.sum(r, axis=axes).reshape(-1))

        if _all(fits, came, right):
            where = "everything" if axes is None else f"axis {axes[0]}"
            return Relation("summed-too-much", f"your {{out}} is the right one summed over {where}")
    return None


def broadcast(came, right, cases):
    """(N,) against (N, 1): an (N, N) table came of it."""
    if _all(lambda c, r: r.ndim == 1 and r.size > 1 and c.shape == (r.size, r.size), came, right):
        n = right[0].size
        return Relation(
            "broadcast",
            f"your {{out}} has shape ({n}, {n}) where ({n},) was agreed: somewhere an array of "
            f"shape ({n},) met one of shape ({n}, 1), and numpy made a table of every pair",
        )
    return None


# --- positions --------------------------------------------------------------------------------


def shifted(came, right, cases):
    """Moved by one place, or back to front."""
    for axis in range(3):
        if any(r.ndim <= axis or r.shape[axis] < 2 for r in right):
            break
        tests = {
            "reversed": lambda r, axis=axis: np.flip(r, axis),
            "shifted-late": lambda r, axis=axis: np.roll(r, 1, axis),
            "shifted-early": lambda r, axis=axis: np.roll(r, -1, axis),
        }
        for ident, change in tests.items():
            if _all(lambda c, r, change=change: near(c, change(r)), came, right):
                what = "back to front" if ident == "reversed" else "moved by one place"
                return Relation(ident, f"your {{out}} is the right one {what} along axis {axis}")
        if _all(lambda c, r, axis=axis: _inner_shift(c, r, axis) , came, right):
            return Relation(
                "off-by-one", f"your {{out}} is the right one moved by one place along axis {axis}"
            )
    return None


def _inner_shift(c, r, axis):
    if c.shape != r.shape or r.shape[axis] < 3:
        return False
    first, last = [np.take(x, range(0, x.shape[axis] - 1), axis) for x in (c, r)], [
        np.take(x, range(1, x.shape[axis]), axis) for x in (c, r)
    ]
    return near(first[0], last[1]) or near(last[0], first[1])


def length(came, right, cases):
    """One too few or too many entries, otherwise right."""
    if not all(c.ndim == r.ndim and c.ndim >= 1 for c, r in zip(came, right, strict=True)):
        return None
    looks = {
        "first-missing": lambda c, r: len(c) == len(r) - 1 and near(c, r[1:]),
        "last-missing": lambda c, r: len(c) == len(r) - 1 and near(c, r[:-1]),
        "one-too-many": lambda c, r: len(c) == len(r) + 1 and (near(c[1:], r) or near(c[:-1], r)),
    }
    says = {
        "first-missing": "your {out} is right except that its first entry is missing",
        "last-missing": "your {out} is right except that its last entry is missing",
        "one-too-many": "your {out} is right except that it has one entry too many",
    }
    for ident, look in looks.items():
        if _all(look, came, right):
            return Relation(ident, says[ident])
    return None


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


def changed(came, right, cases):
    """An elementary function of the right answer."""
    with np.errstate(all="ignore"):
        for ident, change, says in CHANGES:
            if any(r.ndim == 0 for r in right) and ident == "running-sum":
                continue
            if _all(lambda c, r, change=change: near(c, change(r.astype(float))), came, right):
                return Relation(ident, says)
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


def same_as_input(came, right, cases):
    """One of the inputs handed back."""
    for name in cases[0].inputs:
        values = [case.inputs.get(name) for case in cases]
        if all(isinstance(v, (np.ndarray, float, int)) for v in values) and _all(
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
        if not _all(lambda c, r, v: isinstance(v, np.ndarray) and v.shape == r.shape == c.shape,
                    came, right, values):  # fmt: skip
            continue
        wrong = [np.array([not near(np.asarray(a), np.asarray(b)) for a, b in
                           zip(c.ravel(), r.ravel(), strict=True)]).reshape(c.shape)
                 for c, r in zip(came, right, strict=True)]  # fmt: skip
        if all(w.all() for w in wrong):
            continue
        for sign, test in signs.items():
            if _all(lambda w, v, test=test: np.array_equal(w, test(v)), wrong, values):
                kind = words.get(sign, sign)
                return Relation(f"wrong-where-{name}-{sign}",
                                f"your {{out}} is wrong exactly where `{name}` is {kind}")  # fmt: skip
    return None


RELATIONS = (
    broadcast, transposed, other_shape, unsummed, oversummed, length, changed, factor, same_as_input,
    shifted, offset, where_input,
)  # fmt: skip
BRIEF = (transposed, other_shape, unsummed, factor)


def find_relation(came, right, cases, relations=RELATIONS):
    """The first relation that holds on all failing cases, or None."""
    if not came:
        return None
    for relation in relations:
        found = relation(came, right, cases)
        if found is not None:
            return found
    return None
