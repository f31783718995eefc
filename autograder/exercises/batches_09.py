"""Checks of lesson 09: mini-batches, by what any fair way of dealing the examples has in common."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.errors import ContractError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.mlp_09 import LESSON
from autograder.machine import Ref, Rng
from bplib import training


def cases(rng):
    def case(n, batch_size, special="", d=3):
        x = np.arange(n)[:, None] + rng.uniform(0.1, 0.8, (n, d)).round(2)
        y = rng.permutation(n) % 10
        return Case(special, {"N": n, "B": batch_size}, ("x", "y", "batch_size", "rng"), x=x, y=y,
                    batch_size=batch_size, rng=Rng(int(rng.integers(1 << 30))),
                    other=Rng(int(rng.integers(1 << 30))))  # fmt: skip

    yield case(11, 4)
    yield case(40, 9)
    yield case(53, 6)
    yield case(47, 7)
    yield case(36, 9, "batches that come out even")
    yield case(15, 40, "fewer examples than a batch holds")
    yield case(24, 1, "batches of one")
    yield case(25, 25, "one batch of all")
    yield case(1, 3, "one example (N = 1)")
    yield case(16, 5, "a last batch of one")
    whole = case(29, 8)
    yield whole.but("whole numbers (an array of int)",
                    x=np.arange(29)[:, None] * 10 + rng.integers(0, 9, (29, 2)))  # fmt: skip


def _dealt(solution, case, rng):
    """The batches as lists of rows of x and of y, and for each row its number among case.x."""
    start = solution.reserve(2)
    call = ("call", "minibatches", (case.x, case.y, case.batch_size, rng), {})
    limit = 3 * len(case.x) + 5
    [batches] = solution.evaluate(start, [call, ("list", Ref(start), limit)], [Ref(start + 1)])
    if not isinstance(batches, list):
        raise ContractError("wrong-form", "minibatches should give pairs, one batch after another")
    rows = []
    for pair in batches:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ContractError("wrong-form", "minibatches should give pairs (x_batch, y_batch); "
                                "one of yours is no pair")  # fmt: skip
        x, y = map(read, pair)
        if isinstance(x, Unreadable) or isinstance(y, Unreadable) or x.ndim != 2 or y.ndim != 1:
            raise ContractError("wrong-shape", "x_batch should have shape (B, D) and y_batch (B,); "
                                f"yours have {_form(x)} and {_form(y)}")  # fmt: skip
        rows.append((x, y))
    return rows


def _form(value):
    return value.what if isinstance(value, Unreadable) else str(value.shape)


def _ids(x, known):
    """The number of each row of x among the rows of known; -1 for a row that is none of them."""
    if x.shape[1:] != known.shape[1:]:
        return [-1] * len(x)
    found = []
    for row in x:
        same = np.flatnonzero(np.isclose(known, row, atol=1e-6).all(axis=1))
        found.append(int(same[0]) if len(same) else -1)
    return found


def run(solution, case):
    batches = _dealt(solution, case, case.rng)
    ids = [_ids(x, case.x) for x, _ in batches]
    flat, n = [i for batch in ids for i in batch], len(case.x)
    labels = [int(v) for _, y in batches for v in y]
    known = [i for i in flat if i >= 0]
    together = len(labels) == len(flat) and all(
        i < 0 or case.y[i] == label for i, label in zip(flat, labels, strict=True))
    found = {
        "sizes": [len(x) for x, _ in batches],
        "y sizes": [len(y) for _, y in batches],
        "missing": n - len(set(known)),
        "repeated": len(known) - len(set(known)),
        "strangers": len(flat) - len(known),
        "together": together,
    }
    again = [_ids(x, case.x) for x, _ in _dealt(solution, case, case.rng)]
    found["same seed"] = again == ids
    if n >= 11 and not 0 < len(flat) < 11:
        other = [i for x, _ in _dealt(solution, case, case.other) for i in _ids(x, case.x)]
        found["other seed"] = other != flat
        found["shuffled"] = flat != sorted(flat)
        inside = [b - a for batch in ids for a, b in zip(batch, batch[1:], strict=False)]
        blocks = [max(batch) - min(batch) < len(batch) for batch in ids if len(batch) > 3]
        found["mixed"] = n < 30 or len(inside) < 15 or bool(
            np.mean(np.array(inside) == 1) < 0.5 and np.mean(blocks or [0]) < 0.5)
    else:
        found |= {"other seed": True, "shuffled": n < 11, "mixed": n < 11}
    return found


BATCHES = "batches = (order[i:i + batch_size] for i in range(0, len(x), batch_size))"
ORDER = "order = rng.permutation(len(x))"
PAIRS = "return ((x[batch], y[batch]) for batch in batches)"

MINIBATCHES = Exercise(
    "minibatches", LESSON, 3,
    outputs=(
        Output("sizes", "the sizes of the batches"),
        Output("y sizes", "the numbers of labels in the batches"),
        Output("missing", "the number of examples that never come"),
        Output("repeated", "the number of examples that come again"),
        Output("strangers", "the number of rows that are no example"),
        Output("together", "every picture comes with its own label"),
        Output("shuffled", "the order is shuffled"),
        Output("mixed", "the batches are mixed, not blocks of neighbours"),
        Output("same seed", "the same seed gives the same order"),
        Output("other seed", "another seed gives another order"),
    ),
    cases=cases,
    run=run,
    reference={"minibatches": training.minibatches},
    see="A handful at a time",
    mistakes=(
        Mistake("short-batch-dropped", "The examples of the last, short batch never come.",
                "Rounding N / batch_size down leaves a rest, and the rest has things to teach too.",
                edits=((BATCHES, BATCHES.replace("len(x), batch_size", "len(x) - batch_size + 1, "
                                                                       "batch_size")),)),
        Mistake("empty-batch", "Where the batches come out even, there is an empty one at the end.",
                "The mean over no examples is not a number.",
                edits=((BATCHES, BATCHES.replace("len(x), batch", "len(x) + 1, batch")),)),
        Mistake("not-shuffled", "The order is never shuffled.", "Neighbours in a file are often "
                "alike: a batch of nothing but sevens teaches sevens.",
                edits=((ORDER, "order = np.arange(len(x))"),)),
        Mistake("labels-not-shuffled", "The pictures are shuffled, the labels are not, or in "
                "another order: most pictures come with a stranger's label.", "One order for both.",
                edits=((PAIRS, "return ((x[batch], y[i * batch_size:(i + 1) * batch_size]) "
                        "for i, batch in enumerate(batches))"),)),
        Mistake("pictures-not-shuffled", "The labels are shuffled, the pictures are not: most "
                "pictures come with a stranger's label.", "One order for both.",
                edits=((PAIRS, "return ((x[i * batch_size:(i + 1) * batch_size], y[batch]) "
                        "for i, batch in enumerate(batches))"),)),
        Mistake("with-replacement", "Examples are drawn anew each time: some come twice, and some "
                "never.", "rng.integers and rng.choice put back what they drew; a permutation does "
                "not.", edits=((ORDER, "order = rng.integers(0, len(x), len(x))"),)),
        Mistake("batches-shuffled-only", "The batches change places, but each holds neighbours of "
                "the old order.", "Shuffle the examples, then cut.",
                edits=((PAIRS, "batches = [np.arange(i, min(i + batch_size, len(x))) for i in "
                        "rng.permutation(range(0, len(x), batch_size))]\n"
                        "    batches.sort(key=len, reverse=True)\n    " + PAIRS),)),
        Mistake("blocks-shuffled", "The batches come in random order, the short one anywhere, but each "
                "holds neighbours of the old order.", "Shuffle the examples, then cut.",
                edits=((ORDER, "starts = rng.permutation(range(0, len(x), batch_size))"),
                       (BATCHES, "batches = (np.arange(i, min(i + batch_size, len(x))) for i in "
                        "starts)"))),
        Mistake("shuffled-inside", "Only inside a batch the order changes: each batch holds neighbours "
                "of the old order.", "Shuffle the examples, then cut.",
                edits=((ORDER, "order = np.arange(len(x))"),
                       (PAIRS, "batches = map(rng.permutation, batches)\n    " + PAIRS))),
        Mistake("drawn-apart", "Every batch is drawn from all examples anew: nobody comes twice in a "
                "batch, but over all batches some come twice, and some never.",
                "One shuffled order for the whole turn, then cut.",
                edits=((ORDER, ""), (BATCHES, "batches = (rng.choice(len(x), min(batch_size, len(x) - "
                                     "i), replace=False) for i in range(0, len(x), batch_size))"))),
        Mistake("one-step", "The batches begin one example apart; agreed was batch_size apart.",
                "range(start, end, step): the step is missing.",
                edits=((BATCHES, BATCHES.replace("len(x), batch_size)", "len(x))")),)),
        Mistake("filled-up", "The last batch is filled up with examples that have had their turn; it "
                "may be short.", "", edits=((BATCHES, "batches = (np.take(order, range(i, i + "
                                         "batch_size), mode='wrap') for i in range(0, len(x), "
                                         "batch_size))"),)),
        Mistake("overlapping", "The batches overlap: the next one begins before the last has ended.",
                "", edits=((BATCHES, BATCHES.replace("len(x), batch_size", "len(x), "
                                                                           "max(batch_size // 2, "
                                                                           "1)")),)),
        Mistake("one-too-few", "Every batch is one example short: a slice ends before its end.", "",
                edits=((BATCHES, BATCHES.replace("i + batch_size]", "i + batch_size - 1]")),)),
        Mistake("one-too-many", "Every batch holds the first example of the next one as well.",
                "order[i:j] leaves out j.",
                edits=((BATCHES, BATCHES.replace("i + batch_size]", "i + batch_size + 1]")),)),
        Mistake("first-batch-only", "Only the first batch comes.", "A `return` inside the loop ends "
                "it; `yield` goes on.", edits=((PAIRS, "batches = [next(batches)]\n    " + PAIRS),)),
        Mistake("number-of-batches", "batch_size is taken for the number of batches.", "",
                edits=((BATCHES, "batches = np.array_split(order, min(batch_size, len(x)))"),)),
        Mistake("even-shares", "The batches are made about equally long; agreed was batch_size each, "
                "and only the last one short.", "",
                edits=((BATCHES, "batches = np.array_split(order, -(-len(x) // batch_size))"),)),
        Mistake("rng-ignored", "The generator `rng` is not used: the same seed gives another order.",
                "np.random.permutation draws from a hidden generator of numpy's own.",
                edits=((ORDER, "order = np.random.default_rng().permutation(len(x))"),)),
        Mistake("last-one-dropped", "An example that is left for a batch of its own never comes.",
                "Where does your loop over the beginnings of the batches stop? The last example is "
                "number N - 1, and a batch may begin there.",
                edits=((BATCHES, BATCHES.replace("len(x), batch_size", "len(x) - 1, batch_size")),)),
        Mistake("own-seed", "Another seed gives the same order: it does not come from the `rng` that "
                "was handed over in that call.",
                "With a generator made inside, or an order kept from an earlier call, every epoch "
                "goes through the same batches.",
                edits=((ORDER, "order = np.random.default_rng(0).permutation(len(x))"),)),
        Mistake("reversed-pair", "The pairs hold (y, x); agreed was (x, y).", "",
                edits=((PAIRS, "return ((y[batch], x[batch]) for batch in batches)"),),
                equivalent=("wrong-shape",)),
    ),
    variants=(
        Variant("generator", {"minibatches": lambda x, y, batch_size, rng: _generator(
            x, y, batch_size, rng)}),
        Variant("list", {"minibatches": lambda x, y, batch_size, rng: _as_list(
            x, y, batch_size, rng)}),
        Variant("sorted-by-chance", {"minibatches": lambda x, y, batch_size, rng: _keys(
            x, y, batch_size, rng)}),
        Variant("popping", {"minibatches": lambda x, y, batch_size, rng: _popping(
            x, y, batch_size, rng)}),
    ),
)  # fmt: skip


def _generator(x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    x, y = x[order], y[order]
    for start in range(0, len(x), batch_size):
        yield x[start:start + batch_size], y[start:start + batch_size]


def _as_list(x, y, batch_size, rng):
    both = rng.permutation(np.column_stack([x, y]).astype(float))
    return [(part[:, :-1], part[:, -1].astype(int))
            for part in np.split(both, range(batch_size, len(x), batch_size))]  # fmt: skip


def _keys(x, y, batch_size, rng):
    order = np.argsort(rng.random(len(x)))
    for number in range(int(np.ceil(len(x) / batch_size))):
        take = order[number * batch_size:][:batch_size]
        yield [x.take(take, axis=0).tolist(), tuple(y[take])]


def _popping(x, y, batch_size, rng):
    left = list(rng.choice(len(x), len(x), replace=False))
    while left:
        batch = [left.pop() for _ in range(min(batch_size, len(left)))]
        yield x[batch], y[batch]
