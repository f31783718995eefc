"""Checks of lesson 13: backpropagation through time, cut into spans."""

from functools import partial

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Exercise, Mistake, Variant
from autograder.exercises import rnn_plain_13 as plain
from autograder.exercises.common import in_other_forms
from autograder.exercises.recurrent_13 import (
    AS_DX,
    GRADS,
    LESSON,
    MEASURED,
    OUTPUTS,
    STEEP,
    TWICE,
    differences,
    fitted,
    gentle_probes,
    sequence,
    sequence_run,
    whole,
)
from autograder.exercises.rnn_backward_13 import (
    COMMON,
    DWH,
    TOTAL,
    out,
    weights_shares,
    writes_upstream,
)
from bplib import recurrent

CUT = "if t > 0 and t % span == 0:\n            carry = np.zeros_like(carry)"
LONG = "a span at least as long as the sequence"


def truncated_cases(rng):
    """Spans that do not divide the sequence first; then 1, a divisor, T and more than T."""
    def spans(T, span, special="", **sizes):
        N, D, H = sizes.values() if sizes else rng.permutation([2, 3, 4])
        sizes = {"N": int(N), "D": int(D), "H": int(H), "T": T}
        return sequence(rng, sizes, special, True, span=span)

    yield spans(5, 2, N=2, D=1, H=3)
    yield spans(7, 3, N=3, D=4, H=2)
    yield spans(8, 3, N=4, D=2, H=3)
    yield spans(5, 4)
    yield spans(6, 1, "a span of one step")
    yield spans(6, 3, "spans that divide the sequence evenly")
    yield spans(4, 4, LONG)
    yield spans(4, 9, LONG)
    yield spans(1, 2, "one step (T = 1)")
    ordinary = spans(5, 2)
    yield whole(ordinary, rng, ["x", "h0", "dh"])
    yield from in_other_forms(ordinary, rng, integers=False)
    yield ordinary.but(TWICE)
    yield ordinary.but(STEEP, dh=1000 * ordinary.dh)


def measured_in_spans(solution, args, dh, cache, span):
    """What is right for a wrong forward: each span as a sequence that starts where it was reached.

    That needs a forward that can go on from its own state. For one that cannot, only dx and dh0
    can be measured, by letting each span's losses alone count.
    """
    x, h0, *weights = args
    T = x.shape[1]
    starts = range(0, T, span)
    try:
        states, _ = solution.call("rnn_forward", *args, returns=("h", "cache"))
        states = read(states)
        if isinstance(states, Unreadable) or states.shape != dh.shape:
            return None
        parts, whole_again = [], []
        for start in starts:
            piece = slice(start, start + span)
            first = states[:, start - 1] if start else h0
            again, _ = solution.call("rnn_forward", x[:, piece], first, *weights,
                                     returns=("h", "cache"))  # fmt: skip
            whole_again.append(read(again))
            parts.append(differences(solution, [x[:, piece], first, *weights], dh[:, piece]))
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
            raise
        return None
    pieces = [dh[:, start : start + span].shape for start in starts]
    fits = [not isinstance(a, Unreadable) and a.shape == s
            for a, s in zip(whole_again, pieces, strict=True)]  # fmt: skip
    if all(fits) and None not in parts and agree(
        np.concatenate(whole_again, axis=1), states, MEASURED
    ):
        return [np.concatenate([part[0] for part in parts], axis=1), parts[0][1],
                *(sum(part[i] for part in parts) for i in (2, 3, 4))]  # fmt: skip
    return _by_masks(solution, args, dh, cache, span)


def _by_masks(solution, args, dh, cache, span):
    """dx and dh0 span by span from whole runs; the weights, shared by all spans, cannot be had so.

    They count as right if they are right uncut, and dx is right cut.
    """
    dx, dh0 = np.zeros(args[0].shape), None
    for start in range(0, dh.shape[1], span):
        piece = slice(start, start + span)
        alone = np.zeros_like(dh, dtype=float)
        alone[:, piece] = dh[:, piece]
        found = differences(solution, args, alone)
        if found is None:
            return None
        dx[:, piece] = found[0][:, piece]
        dh0 = found[1] if dh0 is None else dh0
    try:
        uncut = solution.call("truncated_rnn_backward", dh, cache, len(dh[0]), returns=GRADS)
    except ContractError:
        return [dx, dh0, None, None, None]
    full = differences(solution, args, dh)
    return [dx, dh0, *(
        AS_DX if fitted(mine, right, right) is right else None
        for mine, right in zip(uncut[2:], full[2:], strict=True)
    )]  # fmt: skip


def _in_windows(dh, cache, span):
    """Each step's blame goes back through the last `span` steps: a sliding window."""
    dh, total = np.asarray(dh, float), None
    for t in range(len(cache)):
        alone = np.zeros_like(dh)
        alone[:, t] = dh[:, t]
        first = max(0, t - span + 1)
        part = list(plain.rnn_backward(alone[:, first : t + 1], cache[first : t + 1]))
        dx = np.zeros((len(dh), len(cache), part[0].shape[2]))
        dx[:, first : t + 1] = part[0]
        part[0], part[1] = dx, part[1] * (first == 0)
        total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
    return tuple(total)


def _state_reset(dh, cache, span):
    """The weights' gradients as if every span had started from zeros."""
    again = [(x, h_prev * (t == 0 or t % span != 0), Wx, Wh, h)
             for t, (x, h_prev, Wx, Wh, h) in enumerate(cache)]  # fmt: skip
    return plain.truncated_rnn_backward(dh, again, span)


def _cut(text):
    return ((CUT, text),)


def _if(condition):
    return _cut(f"if {condition}:\n            carry = np.zeros_like(carry)")


def _whole_spans_only(dh, cache, span):
    T = len(cache)
    kept = T - T % span if T >= span else 0
    dh = np.array(dh, float)
    dh[:, kept:] = 0
    return plain.truncated_rnn_backward(dh, cache, span)


SHARED = (  # the slips of the uncut backward that are likely here too
    "upstream-ignored", "sign", "last-loss-only", "carry-after-tanh", "carry-before-tanh",
    "one-step-back", "carry-piles-up", "wh-not-transposed", "tanh-skipped", "slope-of-previous",
    "weights-overwritten", "dwh-overwritten", "averaged-over-time", "averaged-over-batch",
    "db-not-summed", "dwh-from-new-state", "dwh-transposed", "dx-backwards",
)  # fmt: skip

TRUNCATED = Exercise(
    "truncated_rnn_backward", LESSON, 3,
    outputs=OUTPUTS,
    cases=truncated_cases,
    run=sequence_run("truncated_rnn_backward", partial(gentle_probes, span=2), ["span"],
                     measured_in_spans),
    reference=plain.REFERENCE,
    uses=("rnn_forward",),
    upstream="dh",
    see="Cutting the film",
    mistakes=(
        Mistake("never-cut", "Nothing is cut: the answer is the whole gradient, for any span.",
                "Where a span begins, what would go to the step before has to stop.",
                edits=_cut("pass")),
        Mistake("cut-everywhere", "Every step is cut off from the one after it, whatever `span` "
                "is.", edits=_if("t > 0")),
        Mistake("cut-once", "Only the last cut is made; before it the blame runs on freely.",
                edits=_if("t > 0 and t % span == 0 and t + span >= len(cache)")),
        Mistake("one-cut-from-the-end", "There is a single cut, `span` steps before the end; agreed "
                "was a cut wherever a span begins, counted from the first step.",
                edits=_if("t > 0 and t == len(cache) - span")),
        Mistake("first-cut-only", "Only the first span is cut off from the rest; the others still "
                "pass blame on.", edits=_if("t == span")),
        Mistake("one-step-late", "The cuts lie one step too late in time: a span begins at "
                "t = span, 2 span, ..., and hands nothing to the step before it.",
                "Who hands over is the step at which a span begins.",
                edits=_if("t > 1 and (t - 1) % span == 0")),
        Mistake("one-step-early", "The cuts lie one step too early in time: the last step of a span "
                "sends nothing back, and it is the first one that should not.",
                "Spans begin at t = span, 2 span, ..., with t counted from 0.",
                edits=_if("(t + 1) % span == 0 and t > 0")),
        Mistake("span-too-long", "The spans are one step too long.",
                edits=_if("t > 0 and t % (span + 1) == 0")),
        Mistake("span-too-short", "The spans are one step too short.",
                edits=_if("t > 0 and t % max(span - 1, 1) == 0")),
        Mistake("counted-from-the-end", "The spans are counted from the last step back; agreed was "
                "from the first step on.",
                edits=_if("t > 0 and (len(cache) - t) % span == 0")),
        Mistake("number-of-spans", "The sequence is cut into `span` pieces; `span` is the number "
                "of steps in a piece.",
                edits=_if("t > 0 and t % -(-len(cache) // span) == 0")),
        Mistake("sliding-window", "Each step's blame goes back through the last `span` steps, "
                "across the borders: a sliding window. Agreed were spans side by side.",
                functions={"truncated_rnn_backward": _in_windows}),
        Mistake("start-cut-too", "The cut is made at the very first step as well, and `dh0` is "
                "lost: the first span has all it needs for it.",
                "0 % span is 0 for every span.", edits=_if("t % span == 0"),),
        Mistake("upstream-cut", "Where a span begins, the step's own `dh` is dropped; only what "
                "comes back from later steps is cut.",
                edits=((TOTAL, "total = dh[:, t] * (t == 0 or t % span != 0) + carry"),)),
        Mistake("received-not-sent", "What the first step of a span *receives* is dropped; cut off "
                "is what it would *send*.",
                edits=((TOTAL, "total = dh[:, t] + carry * (t % span != 0)"), *_cut("pass"))),
        Mistake("border-step-silenced", "Where a span begins, the step loses all its blame, its own "
                "as well; cut is only what it would send to the step before.",
                edits=((TOTAL, "total = (dh[:, t] + carry) * (t == 0 or t % span != 0)"),
                       *_cut("pass"))),
        Mistake("carry-halved", "At the border half of the blame still goes through.",
                edits=_cut("if t > 0 and t % span == 0:\n            carry = carry / 2")),
        Mistake("short-span-joined", "Where the spans do not come out even, what is left over is joined "
                "to the last whole span; agreed was a shorter span of its own.",
                edits=_if("t > 0 and t % span == 0 and t + span <= len(cache)")),
        Mistake("short-span-dropped", "The last, shorter span is left out.",
                "T // span is the number of whole spans; what is left over is a span too.",
                functions={"truncated_rnn_backward": _whole_spans_only}),
        Mistake("last-span-only", "Only the last span's losses count; every span has its own.",
                edits=((TOTAL, "total = dh[:, t] * (t >= (len(cache) - 1) // span * span) + carry"),
                       )),
        Mistake("state-reset", "`dWh` gets nothing from the first step of a span, as if the state "
                "before it were zeros; only the way back is cut, the states are handed on as ever.",
                functions={"truncated_rnn_backward": _state_reset}),
        Mistake("divided-by-span", "The weights' gradients are divided by `span`; they are sums.",
                edits=weights_shares("{name} + {share} / span")),
        Mistake("averaged-over-spans", "The weights' gradients are averaged over the spans; they "
                "are sums.", edits=weights_shares("{name} + {share} / -(-len(cache) // span)")),
        Mistake("spans-overwrite", "The weights' gradients are those of the first span alone: what "
                "the other spans said was written over.",
                edits=weights_shares("{name} * (t % span != span - 1 or t // span > 0) + {share}")),
        Mistake("dh0-from-last-span", "`dh0` is what the last span sends back; the start of the "
                "sequence is blamed by the first span.",
                edits=((DWH, DWH + "\n        kept = carry if t == (len(cache) - 1) // span * span "
                        "else kept if t < len(cache) - 1 else None"), *out(dh0="kept"))),
        Mistake("dh-written-into", "Your function changes its input `dh`: a second call gets a "
                "spoilt one.", "`dh[:, t] += carry` writes into the caller's own array.",
                functions={"truncated_rnn_backward": writes_upstream("truncated_rnn_backward")},
                equivalent=("input-mutated",)),
        *(mistake for mistake in COMMON if mistake.id in SHARED),
    ),
    variants=(
        Variant("library", {name: getattr(recurrent, name) for name in plain.REFERENCE}),
        Variant("buffer", plain.BUFFER),
        Variant("columns", plain.COLUMNS),
        Variant("single-precision", plain.SINGLE),
        *(Variant(f"own-forward-{name}", functions)
          for name, functions in plain.OTHER_FORWARDS.items()),
    ),
)  # fmt: skip
