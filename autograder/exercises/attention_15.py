"""Checks of lesson 15: softmax attention, forward."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_15
from autograder.exercises.common import forward_run
from autograder.exercises.pairs_15 import LESSON, REFERENCE, look_cases, slip
from bplib import attention

SEE = "Attention by hand: ask, compare, mix"
SCORES = "scores = Q @ K.transpose(0, 2, 1) / np.sqrt(D, dtype=Q.dtype)"
MASK = "scores = np.where(np.tri(T, dtype=bool), scores, -np.inf)"
SOFTMAX = "weights = softmax(scores)"
OUT = "return weights @ V, "
GUARD = "if causal:"


def _scores(text):
    return slip(SCORES, f"scores = {text}")


def _weights(text):
    return slip(SOFTMAX, f"weights = {text}")


def _out(text):
    return slip(OUT, f"return {text}, ")


def _masked(text):
    return slip(MASK, f"scores = np.where({text}, scores, -np.inf)")


def _writes_q(Q, K, V, causal=False):
    right = attention.attention_forward(Q, K, V, causal)
    Q /= np.sqrt(Q.shape[2])
    return right


PRODUCT = "Q @ K.transpose(0, 2, 1)"
EXP = "np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)"
FORWARD_RUN = forward_run("attention_forward", "Q K V", keywords="causal")


def run(solution, case):
    """With and without mask are two results, so that one of them can be right."""
    out = FORWARD_RUN(solution, case)["out"]
    return {"causal_out" if case.inputs.get("causal") else "out": out}


MISTAKES = (
    Mistake("scale-missing", "The scores are not divided by the root of D.",
            "A dot product of D numbers has a spread of about root D: without the division softmax "
            "saturates as D grows.", edits=_scores(PRODUCT)),
    Mistake("scale-by-d", "The scores are divided by D; agreed was the root of D.",
            "The variance of a dot product grows like D, its spread like the root.",
            edits=_scores(f"{PRODUCT} / D")),
    Mistake("scale-multiplied", "The scores are multiplied by the root of D; they should be divided "
            "by it.", edits=_scores(f"{PRODUCT} * np.sqrt(D)")),
    Mistake("scale-by-keys", "The scores are divided by the root of S, the number of keys; agreed was "
            "the root of D, the length of a key.",
            "`len` and `shape[1]` of K count keys; the sum in the dot product has D terms.",
            edits=_scores(f"{PRODUCT} / np.sqrt(S)")),
    Mistake("scale-by-queries", "The scores are divided by the root of T, the number of queries; "
            "agreed was the root of D, the length of a key.",
            edits=_scores(f"{PRODUCT} / np.sqrt(T)")),
    Mistake("scale-by-values", "The scores are divided by the root of M, the length of a value; it is "
            "queries and keys that are multiplied, and they have length D.",
            edits=_scores(f"{PRODUCT} / np.sqrt(V.shape[2])")),
    Mistake("scale-by-batch", "The scores are divided by the root of N; agreed was the root of D.",
            edits=_scores(f"{PRODUCT} / np.sqrt(len(Q))")),
    Mistake("scale-after-softmax", "The division by root D comes after softmax; it belongs before.",
            "Softmax then saturates all the same, and its weights no longer sum to 1.",
            edits=slip(SCORES, f"scores = {PRODUCT}", SOFTMAX, "weights = softmax(scores)",
                       OUT, "return (weights / np.sqrt(D)) @ V, ")),
    Mistake("scale-twice", "The weights are divided by root D once more, after softmax.",
            edits=_weights("softmax(scores) / np.sqrt(D)")),
    Mistake("sign", "The scores have the wrong sign: the least similar key gets the most weight.",
            edits=_scores(f"-{PRODUCT} / np.sqrt(D)"), equivalent=("negates-Q", "negates-K")),
    Mistake("softmax-over-queries", "Softmax runs over the queries; for each query its weights over "
            "the keys must sum to 1.",
            "In (N, T, S) the keys are the last axis. A model trains with either, which is why this "
            "slip lives long.",
            edits=_weights("softmax(scores.transpose(0, 2, 1)).transpose(0, 2, 1)")),
    Mistake("softmax-over-batch", "Softmax runs over the examples of the batch (axis 0); for each "
            "query its weights over the keys must sum to 1.",
            edits=_weights("np.moveaxis(softmax(np.moveaxis(scores, 0, -1)), -1, 0)")),
    Mistake("softmax-over-table", "Softmax runs over the whole table of an example; each query has "
            "weights of its own, which sum to 1.",
            edits=_weights("softmax(scores.reshape(len(Q), -1)).reshape(scores.shape)")),
    Mistake("softmax-missing", "There is no softmax: the values are mixed with the scores "
            "themselves.", edits=_weights("scores")),
    Mistake("softmax-missing-zeroed", "There is no softmax: the values are mixed with the scores "
            "themselves, and the masked ones are 0.",
            edits=_weights("np.where(np.isfinite(scores), scores, 0.0)")),
    Mistake("sigmoids", "Every score goes through a sigmoid by itself; the weights of a query do not "
            "sum to 1.", "Softmax is not many sigmoids: in it the keys compete.",
            edits=_weights("1 / (1 + np.exp(-scores))")),
    Mistake("exponential-missing", "The scores are divided by their sum; softmax takes their "
            "exponentials first.", "Scores may be negative, and weights may not.",
            edits=slip(SOFTMAX, "weights = np.where(np.isfinite(scores), scores, 0.0)\n    "
                       "weights = weights / weights.sum(axis=-1, keepdims=True)")),
    Mistake("not-normalised", "The exponentials are not divided by their sum: the weights of a query "
            "do not sum to 1.",
            edits=_weights("np.exp(scores - scores.max(axis=-1, keepdims=True))")),
    Mistake("hardest-only", "The value of the best key is taken alone; softmax mixes all of them.",
            "That choice has no slope: no blame could ever come back through it.",
            edits=_weights("(scores == scores.max(axis=-1, keepdims=True)).astype(float)")),
    Mistake("plain-mean", "All keys get the same weight: queries and keys are not used.",
            edits=_weights("softmax(np.where(np.isfinite(scores), 0.0, -np.inf))"),
            equivalent=("ignores-Q", "ignores-K", "as-if-ones-K")),
    Mistake("overflow", "Right for ordinary scores; large ones overflow to inf and nan.",
            "exp(710) is beyond what a float can hold. Softmax does not change when a number is "
            "taken away from all scores of a query.", edits=_weights(EXP)),
    Mistake("one-maximum", "One maximum is taken for the whole array: where another query's scores "
            "are far lower, all their exponentials are 0, and 0 / 0 is nan.",
            "Each query needs the maximum of its own scores.",
            edits=slip(SOFTMAX, f"scores = scores - scores.max()\n    weights = {EXP}")),
    Mistake("causal-ignored", "`causal` is not used: every step sees the future.",
            edits=slip(GUARD, "if False:")),
    Mistake("always-causal", "The future is hidden also where `causal` is False.",
            edits=slip(GUARD, "if True:", "if T != S:", "if False:",
                       MASK, "scores = np.where(np.tri(T, S, dtype=bool), scores, -np.inf)")),
    Mistake("causal-mirrored", "The mask is mirrored: a step sees itself and the future, and not the "
            "past.", "Rows are the queries that ask, columns the keys that are asked.",
            edits=_masked("np.tri(T, dtype=bool).T")),
    Mistake("causal-strict", "A step does not see itself; agreed was steps 0 to t, t included. The "
            "first step then sees nothing at all.",
            edits=_masked("np.tri(T, k=-1, dtype=bool)")),
    Mistake("causal-strict-finite", "A step does not see itself; agreed was steps 0 to t, t "
            "included. The first step, which then sees nothing, weighs all alike.",
            edits=slip(MASK, "scores = np.where(np.tri(T, k=-1, dtype=bool), scores, -1e9)")),
    Mistake("causal-one-ahead", "A step sees one step of the future.",
            edits=_masked("np.tri(T, k=1, dtype=bool)")),
    Mistake("causal-inverted", "The mask hides what may be seen, and shows the future alone.",
            "In some libraries True means 'keep', in others 'hide'.",
            edits=_masked("~np.tri(T, dtype=bool)")),
    Mistake("causal-inverted-finite", "The mask hides what may be seen, and shows the future alone.",
            "In some libraries True means 'keep', in others 'hide'.",
            edits=slip(MASK, "scores = np.where(np.tri(T, dtype=bool), -1e9, scores)")),
    Mistake("causal-self-only", "Every step sees itself alone.",
            edits=_masked("np.eye(T, dtype=bool)")),
    Mistake("mask-after-softmax", "The future is hidden after softmax: the weights that are left no "
            "longer sum to 1.",
            "What is set to 0 there has already taken its share from the others.",
            edits=slip(MASK, "pass",
                       SOFTMAX, "weights = softmax(scores) * (np.tri(T) if causal else 1.0)")),
    Mistake("mask-zero", "Hidden scores are set to 0 before softmax; exp(0) is 1, so they still get "
            "weight.", "0 is a score like any other: what must weigh nothing needs a score of minus "
            "infinity.", edits=slip(MASK, MASK.replace("-np.inf", "0.0"))),
    Mistake("mask-weak", "Hidden scores are lowered by 1 only: they still get weight.",
            edits=slip(MASK, "scores = scores - (1 - np.tri(T))")),
    Mistake("mask-weak-100", "Hidden scores are lowered by 100 only: a future that scores far higher "
            "than the past still gets weight.",
            edits=slip(MASK, "scores = scores - 100 * (1 - np.tri(T))")),
    Mistake("mask-weak-10", "Hidden scores are set to -10: they still get a little weight, and much "
            "where the scores that may be seen are low themselves.",
            edits=slip(MASK, MASK.replace("-np.inf", "-10.0"))),
    Mistake("zero-scores-hidden", "A score of exactly 0 is hidden along with the future; a query may "
            "well have such scores for keys that it may see.",
            "`tril` writes zeros, and afterwards they cannot be told from scores that are 0 by "
            "themselves. A table of True and False can.",
            edits=slip(MASK, "scores = np.tril(scores)\n        "
                       "scores = np.where(scores == 0, -np.inf, scores)")),
    Mistake("values-first-row", "All examples of the batch get the values of the first one.",
            edits=_out("weights @ V[:1]")),
    Mistake("batch-first-scores", "All examples of the batch are scored with the keys of the first "
            "one.", edits=_scores("Q @ K[:1].transpose(0, 2, 1) / np.sqrt(D)")),
    Mistake("averaged", "The mix is divided by the number of keys: the weights sum to 1 already.",
            edits=_out("weights @ V / S"), equivalent=("times-1-over-S",)),
    Mistake("weights-returned", "What comes back is the table of weights; agreed was the mix of the "
            "values.", edits=_out("weights")),
    Mistake("residual", "The query is added to what was found.",
            "In a transformer that addition stands outside, around attention.",
            edits=_out("weights @ V + Q[:, :, :1]")),
    Mistake("writes-into-q", "The caller's own Q is changed.",
            "`Q /= ...` writes into the array that came in.",
            functions={"attention_forward": _writes_q},
            equivalent=("input-mutated", "raised-UFuncTypeError",
                        "raised-_UFuncOutputCastingError")),
)  # fmt: skip

FORWARD = Exercise(
    "attention_forward", LESSON, 3,
    outputs=(Output("out", "the mix of the values", 2.0),
             Output("causal_out", "the mix of the values with causal=True")),
    cases=look_cases(), run=run,
    reference=REFERENCE, see=SEE, mistakes=MISTAKES,
    variants=(
        Variant("einsum", {"attention_forward": right_15.look_einsum}),
        Variant("loops", {"attention_forward": right_15.look_loops}),
        Variant("logarithms", {"attention_forward": right_15.look_logs}),
        Variant("list", {"attention_forward": lambda Q, K, V, causal=False: (
            right_15.look_einsum(Q, K, V, causal)[0].tolist(), None)}),
    ),
)  # fmt: skip
