"""How an answer may lie differently from the right one: transposed, unsummed, shifted, too long."""

import itertools

import numpy as np

from autograder.alike import Relation, all_hold, near


def transposed(came, right, cases):
    """Transposed, or another order of the axes."""
    ranks = {r.ndim for r in right}
    if len(ranks) != 1 or (rank := ranks.pop()) not in (2, 3, 4):
        return None
    for order in itertools.permutations(range(rank)):
        if order == tuple(range(rank)):
            continue
        if all_hold(lambda c, r, order=order: near(c, r.transpose(order)), came, right):
            if rank == 2:
                return Relation("transposed", "your {out} is the right one transposed")
            return Relation("permuted-axes", f"your {{out}} has its axes in the order {order}")
    return None


def other_shape(came, right, cases):
    """The right numbers in another shape."""
    if all_hold(lambda c, r: c.shape != r.shape and c.size == r.size and near(c.ravel(), r.ravel()),
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
            if all_hold(
                lambda c, r, reduce=reduce, axis=axis: (
                    axis < c.ndim and c.size and c.shape != r.shape
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

        if all_hold(fits, came, right):
            where = "everything" if axes is None else f"axis {axes[0]}"
            return Relation("summed-too-much", f"your {{out}} is the right one summed over {where}")
    return None


def broadcast(came, right, cases):
    """(N,) against (N, 1): an (N, N) table came of it."""
    if all_hold(lambda c, r: r.ndim == 1 and r.size > 1 and c.shape == (r.size, r.size), came, right):
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
            if all_hold(lambda c, r, change=change: near(c, change(r)), came, right):
                what = "back to front" if ident == "reversed" else "moved by one place"
                return Relation(ident, f"your {{out}} is the right one {what} along axis {axis}")
        if all_hold(lambda c, r, axis=axis: _inner_shift(c, r, axis) , came, right):
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
        if all_hold(look, came, right):
            return Relation(ident, says[ident])
    return None
