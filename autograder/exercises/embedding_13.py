"""Checks of lesson 13: a table of vectors, looked up by symbol, and the blame that comes back."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.common import forward_run, in_other_forms
from autograder.exercises.recurrent_13 import LESSON, TWICE, bare, pair_run, whole
from bplib import recurrent

REFERENCE = {name: getattr(recurrent, name)
             for name in ("embedding_forward", "embedding_backward")}  # fmt: skip
UNUSED = Output("unused_rows", "the rows of symbols that did not occur (they must be exactly 0)",
                weight=0.5)  # fmt: skip


def _ids(rng, V, shape):
    """Symbols with 0 among them, the first and the last of three or more being equal, and one of
    the table that does not occur."""
    count = int(np.prod(shape))
    absent = int(rng.integers(1, V))
    found = rng.choice([v for v in range(V) if v != absent], count)
    if count >= 3:
        found[1] = 0
        found[0] = found[-1] = rng.choice([v for v in range(1, V) if v != absent])
    return found.reshape(shape)


def _table(rng, V, D, shape, special="", upstream=False, **sizes):
    more = {"dout": rng.normal(size=(*shape, D))} if upstream else {}
    return Case(special, {"V": V, "D": D, **sizes}, ids=_ids(rng, V, shape),
                E=rng.normal(size=(V, D)), **more)  # fmt: skip


def embedding_cases(upstream):
    """rng -> cases: repeated ids, ids in rows, symbol 0, symbols that do not occur."""
    def cases(rng):
        yield _table(rng, 4, 2, (3,), "", upstream, N=3)
        yield _table(rng, 5, 3, (7,), "", upstream, N=7)
        yield _table(rng, 6, 4, (3, 5), "", upstream, N=3, T=5)
        yield _table(rng, 7, 2, (4, 6), "", upstream, N=4, T=6)
        yield _table(rng, 5, 4, (1,), "one id", upstream, N=1)
        yield _table(rng, 4, 3, (2, 3, 5), "ids with three axes", upstream, N=2, T=5)
        yield _table(rng, 3, 3, (3, 3), "all sizes equal", upstream, N=3, T=3)
        short = _table(rng, 5, 2, (2, 4), "", upstream, N=2, T=4)
        yield short.but("ids of type int32", ids=short.ids.astype(np.int32))
        ordinary = _table(rng, 6, 3, (2, 5), "", upstream, N=2, T=5)
        yield whole(ordinary, rng, ["dout"] if upstream else ["E"])
        yield from in_other_forms(ordinary, rng, ["dout"] if upstream else ["E"], integers=False)
        if upstream:
            yield ordinary.but(TWICE)

    return cases


LOOKUP = "return E[ids.astype(np.intp)], (ids, E.shape)"
ROWS = "E[ids.astype(np.intp)]"


def _slip(text):
    return ((LOOKUP, f"return {text}, (ids, E.shape)"),)


EMBEDDING_FORWARD = Exercise(
    "embedding_forward", LESSON, 1,
    outputs=(Output("out", "the vectors looked up"),),
    cases=embedding_cases(False),
    run=forward_run("embedding_forward", "ids E"),
    reference=REFERENCE,
    see="Letters become vectors",
    mistakes=(
        Mistake("columns", "Columns of `E` are taken, and a symbol's vector is a row.",
                edits=_slip("E[:, ids.astype(np.intp) % E.shape[1]]")),
        Mistake("numbers-for-rows", "Single numbers are looked up; a symbol's vector is a row.",
                "Without an axis `np.take` counts through all the numbers of the table.",
                edits=_slip("np.take(E, ids.astype(np.intp))")),
        Mistake("one-too-early", "Symbol 1 gets row 0: the ids are counted from 1. They count from "
                "0.", edits=_slip("E[ids.astype(np.intp) - 1]")),
        Mistake("one-too-late", "Every symbol gets the row after its own.",
                edits=_slip("E[(ids.astype(np.intp) + 1) % len(E)]")),
        Mistake("from-the-end", "The rows are counted from the end of the table.",
                edits=_slip("E[::-1][ids.astype(np.intp)]"), equivalent=("reverses-E",)),
        Mistake("zero-is-padding", "Symbol 0 gets zeros; it has a row like every other.",
                edits=_slip(f"{ROWS} * (ids != 0)[..., None]")),
        Mistake("summed", "The vectors are added up along the sequence; each id keeps its own.",
                edits=_slip(f"{ROWS}.sum(axis=-2)"), equivalent=("summed-too-much",)),
        Mistake("averaged", "The vectors are averaged along the sequence; each id keeps its own.",
                edits=_slip(f"{ROWS}.mean(axis=-2)")),
        Mistake("flattened", "The result has lost the shape of the ids: one long list of vectors.",
                edits=_slip(f"{ROWS}.reshape(-1, E.shape[1])"),
                equivalent=("right-values-wrong-shape",)),
        Mistake("glued", "The vectors of a row of ids are glued into one.",
                edits=_slip(f"{ROWS}.reshape(len(ids), -1)"),
                equivalent=("right-values-wrong-shape",)),
        Mistake("first-id", "Every place gets the vector of the first id.",
                edits=_slip("E[np.full(ids.shape, ids.flat[0])]")),
        Mistake("whole-table", "The result is the whole table, whatever the ids say.",
                edits=_slip("E"), equivalent=("returns-E",)),
        Mistake("one-hot", "The result tells by a 1 which symbol it is; the row of `E` is missing.",
                edits=_slip("np.eye(len(E))[ids.astype(np.intp)]")),
        Mistake("each-once", "Ids that come twice are looked up once: the places no longer fit.",
                edits=_slip("E[np.unique(ids)]")),
        Mistake("sorted", "The ids are sorted before they are looked up.",
                edits=_slip("E[np.sort(ids, axis=None).reshape(ids.shape)]")),
        Mistake("scaled", "The vectors are multiplied by the square root of D; look up, nothing "
                "more.", "Transformers do that; here it was not agreed.",
                edits=_slip(f"{ROWS} * np.sqrt(E.shape[1])")),
        Mistake("vector-axis-first", "The vectors lie along the first axis; agreed was the last.",
                edits=_slip(f"np.moveaxis({ROWS}, -1, 0)"), equivalent=("permuted-axes",
                                                                      "transposed")),
    ),
    variants=(
        Variant("one-hot-product", {"embedding_forward": lambda ids, E: (
            (np.asarray(ids)[..., None] == np.arange(len(E))) @ np.asarray(E, float), {})}),
        Variant("take", {"embedding_forward": lambda ids, E: (np.take(E, ids, axis=0), None)}),
        Variant("lists", {"embedding_forward": lambda ids, E: (
            np.array([E[i] for i in ids.ravel()]).reshape(*ids.shape, -1).tolist(), E)}),
    ),
)  # fmt: skip

# --- embedding_backward -------------------------------------------------------------------------

ADD = "np.add.at(dE, ids.astype(np.intp), dout)"
EMPTY = "dE = np.zeros(shape, dout.dtype)"


def _add(text):
    return ((ADD, text),)


def _writes_dout(dout, cache):
    dE = recurrent.embedding_backward(dout, cache)
    if dout.dtype.kind == "f":
        dout *= 0.5
    return dE


_pair = pair_run("embedding_forward", "embedding_backward", "ids E", "dE", "dout",
                 recurrent.embedding_forward)  # fmt: skip


def _run(solution, case):
    found = _pair(solution, case)
    dE = read(found["dE"])
    fits = not isinstance(dE, Unreadable) and dE.shape == bare(case.E).shape
    unused = np.setdiff1d(np.arange(len(bare(case.E))), case.ids)
    return {**found, UNUSED.name: not fits or bool((dE[unused] == 0).all())}


EMBEDDING_BACKWARD = Exercise(
    "embedding_backward", LESSON, 2,
    outputs=(Output("dE", "the gradient dE"), UNUSED),
    cases=embedding_cases(True),
    run=_run,
    reference=REFERENCE,
    uses=("embedding_forward",),
    upstream="dout",
    see="Letters become vectors",
    mistakes=(
        Mistake("last-one-wins", "When an id comes more than once, one of its gradients is kept and "
                "the others are lost.",
                "`dE[ids] += dout` reads each row once and writes it once, however often its id "
                "comes; a row is used several times, so its gradients add up.",
                edits=_add("dE[ids.astype(np.intp)] = dout")),
        Mistake("first-one-wins", "When an id comes more than once, only its first gradient is "
                "kept.", edits=_add("flat = dout.reshape(-1, shape[1])\n    "
                                    "used, first = np.unique(ids, return_index=True)\n    "
                                    "dE[used] = flat[first]")),
        Mistake("repeats-in-a-row-lost", "An id that comes twice in the same row keeps one of its "
                "gradients.",
                "A loop over the rows adds row by row, but dE[row] += ... still loses what repeats "
                "inside one.",
                edits=_add("for place in np.ndindex(ids.shape[:-1] if ids.ndim > 1 else ids.shape):"
                           "\n        dE[ids[place]] += dout[place]")),
        Mistake("averaged-over-uses", "The gradients of an id that comes several times are "
                "averaged; they are added up.",
                edits=_add(ADD + "\n    counts = np.bincount(ids.ravel(), minlength=shape[0])\n    "
                           "dE = dE / np.maximum(counts, 1)[:, None]")),
        Mistake("averaged-over-batch", "The gradient is divided by the number of examples; it is a "
                "sum.", edits=_add(ADD + "\n    dE = dE / len(ids)")),
        Mistake("averaged-over-ids", "The gradient is divided by the number of ids; it is a sum.",
                edits=_add(ADD + "\n    dE = dE / ids.size")),
        # These stand before the rows out of place, which leave something in unused rows too.
        Mistake("unused-not-zero", "Rows of symbols that did not occur hold something; a row that "
                "was not used is not to blame.",
                "np.empty holds whatever lay in memory; np.zeros holds zeros.",
                edits=((EMPTY, "dE = np.full(shape, 0.5, dout.dtype)"),
                       (ADD, "dE[ids.astype(np.intp)] = 0\n    " + ADD))),
        Mistake("not-quite-zero", "Rows of symbols that did not occur hold a tiny number; it must "
                "be exactly 0.", edits=((EMPTY, "dE = np.full(shape, 1e-12, dout.dtype)"),)),
        Mistake("cut-to-whole-numbers", "`dE` has lost what stands after the point: the table was "
                "made to hold whole numbers.",
                "`np.zeros(shape, dtype=int)` makes such a table, and so does an array like ids.",
                edits=((EMPTY, "dE = np.zeros(shape, int)"),
                       (ADD, "for i, g in zip(ids.ravel(), dout.reshape(-1, shape[1])):\n"
                             "        dE[i] = dE[i] + g"))),
        Mistake("zero-skipped", "Row 0 gets nothing: symbol 0 is skipped. It has a row like every "
                "other.", "`if id:` is false for 0.", edits=_add(ADD + "\n    dE[0] = 0")),
        Mistake("one-too-early", "Each gradient lands one row too early.",
                edits=_add("np.add.at(dE, ids.astype(np.intp) - 1, dout)")),
        Mistake("one-too-late", "Each gradient lands one row too late.",
                edits=_add("np.add.at(dE, (ids.astype(np.intp) + 1) % shape[0], dout)")),
        Mistake("upstream-ignored", "The upstream gradient `dout` is not used: the rows count how "
                "often each id came.", edits=_add("np.add.at(dE, ids.astype(np.intp), 1.0)"),
                equivalent=("ignores-dout",)),
        Mistake("sign", "The gradient has the wrong sign.",
                edits=_add("np.subtract.at(dE, ids.astype(np.intp), dout)"),
                equivalent=("negates-dout",)),
        Mistake("every-row", "Every row of the table gets the sum of all gradients; a row answers "
                "for its own symbol.", edits=_add("dE += dout.reshape(-1, shape[1]).sum(axis=0)")),
        Mistake("used-rows-only", "There is a row for each symbol that occurred; agreed was one for "
                "every symbol of the table.", edits=_add(ADD + "\n    dE = dE[np.unique(ids)]")),
        Mistake("on-its-side", "`dE` stands on its side, (D, V).", edits=_add(ADD + "\n    dE = dE.T"),
                equivalent=("transposed",)),
        Mistake("returns-dout", "What comes back is `dout` itself; it has to be gathered into the "
                "rows of the table.", edits=_add("dE = dout"), equivalent=("returns-dout",)),
        Mistake("components-mixed", "All components of a row get the same number: the gradient was "
                "summed over D.", edits=_add("np.add.at(dE, ids.astype(np.intp), "
                                             "dout.sum(axis=-1, keepdims=True))")),
        Mistake("columns-first", "dout is read as if its vectors lay along another axis: reshape "
                "never moves numbers.",
                edits=_add("np.add.at(dE, ids.astype(np.intp).ravel(), "
                           "dout.reshape(shape[1], -1).T)")),
        Mistake("ids-by-columns", "The ids are read column by column and the gradients row by row.",
                edits=_add("np.add.at(dE, ids.astype(np.intp).T.ravel(), "
                           "dout.reshape(-1, shape[1]))")),
        Mistake("first-row-only", "Only the first row of ids is counted.",
                edits=_add("np.add.at(dE, ids.astype(np.intp)[:1] if ids.ndim > 1 else "
                           "ids.astype(np.intp), dout[:1] if ids.ndim > 1 else dout)")),
        Mistake("buffer-kept", "The second call still holds the gradients of the first: `dE` has to "
                "start from zeros each time.",
                edits=(("(dout, cache):", "(dout, cache, kept={}):"),
                       ("return dE", "kept[dE.shape] = kept.get(dE.shape, 0) + dE\n"
                        "    return kept[dE.shape]")),
                equivalent=("state-kept", "cache-changed")),
        Mistake("dout-written-into", "Your function changes its input `dout`; whoever called it "
                "still needs the old values.",
                functions={"embedding_backward": _writes_dout}, equivalent=("input-mutated",)),
    ),
    variants=(
        Variant("one-hot-product", {"embedding_backward": lambda dout, cache: (
            (np.arange(cache[1][0])[:, None] == np.asarray(cache[0]).ravel())
            @ np.asarray(dout, float).reshape(-1, cache[1][1]))}),
        Variant("loop", {"embedding_backward": lambda dout, cache: [
            [sum(float(g[d]) for i, g in zip(np.ravel(cache[0]), np.reshape(dout, (-1, cache[1][1])),
                                             strict=True) if i == v)
             for d in range(cache[1][1])] for v in range(cache[1][0])]}),
        Variant("bincount", {"embedding_backward": lambda dout, cache: np.stack([
            np.bincount(np.ravel(cache[0]), np.reshape(dout, (-1, cache[1][1]))[:, d], cache[1][0])
            for d in range(cache[1][1])], axis=1)}),
        Variant("own-cache", {
            "embedding_forward": lambda ids, E: (E[ids], {"one-hot": np.eye(len(E))[ids]}),
            "embedding_backward": lambda dout, cache: np.tensordot(
                cache["one-hot"], dout, (list(range(np.ndim(dout) - 1)),) * 2)}),
        Variant("single-precision", {"embedding_backward": lambda dout, cache: (
            recurrent.embedding_backward(np.float32(dout), cache))}),
    ),
)  # fmt: skip

EXERCISES = (EMBEDDING_FORWARD, EMBEDDING_BACKWARD)
