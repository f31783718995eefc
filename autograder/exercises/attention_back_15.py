"""Checks of lesson 15: softmax attention, backward, on the learner's own forward."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_15
from autograder.exercises.own_forward import ALIKE, forgotten_cache
from autograder.exercises.pairs_15 import LESSON, REFERENCE, look_cases, own_forward_run, slip
from bplib import attention
from bplib.layers import softmax

DV = "dV = weights.transpose(0, 2, 1) @ dout"
DS = "dscores = softmax_backward(dout @ V.transpose(0, 2, 1), weights)"
SCALE = "dscores = dscores / np.sqrt(Q.shape[2], dtype=dscores.dtype)"
RETURN = "return dscores @ K, dscores.transpose(0, 2, 1) @ Q, dV"
DA = "(dout @ V.transpose(0, 2, 1))"


def _dv(text):
    return slip(DV, f"dV = {text}")


def _ds(text):
    return slip(DS, f"dA = {DA}\n    dscores = {text}")


def _return(dQ="dscores @ K", dK="dscores.transpose(0, 2, 1) @ Q", dV="dV"):
    return slip(RETURN, f"return {dQ}, {dK}, {dV}")


def _keeps_cache(dout, cache):
    answer = attention.attention_backward(dout, cache)
    cache[3][...] *= 0.5
    return answer


def _without_mask(dout, cache):
    Q, K, V, _ = cache
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])
    return attention.attention_backward(dout, (Q, K, V, softmax(scores)))


SHARED = "Softmax shares out a fixed sum of 1: what one key gains the others lose."
MISTAKES = (
    Mistake("scale-missing", "In `dQ` and `dK` the division by the root of D is missing: the forward "
            "scaled the scores.", "Every step of the forward has its local derivative, a constant "
            "factor too.", edits=slip(SCALE, "pass")),
    Mistake("dq-scale-missing", "In `dQ` the division by the root of D is missing.",
            edits=_return(dQ="dscores @ K * np.sqrt(Q.shape[2])")),
    Mistake("dk-scale-missing", "In `dK` the division by the root of D is missing.",
            edits=_return(dK="dscores.transpose(0, 2, 1) @ Q * np.sqrt(Q.shape[2])")),
    Mistake("scale-twice", "`dQ` and `dK` are divided by the root of D twice, by D in all.",
            edits=slip(SCALE, "dscores = dscores / Q.shape[2]")),
    Mistake("scale-multiplied", "`dQ` and `dK` are multiplied by the root of D; they should be "
            "divided by it.", edits=slip(SCALE, "dscores = dscores * np.sqrt(Q.shape[2])")),
    Mistake("scale-by-keys", "`dQ` and `dK` are divided by the root of S, the number of keys; the "
            "forward divided by the root of D.",
            edits=slip(SCALE, "dscores = dscores / np.sqrt(K.shape[1])")),
    Mistake("dv-scaled", "`dV` is divided by the root of D; the values come after the scaling.",
            edits=_dv("weights.transpose(0, 2, 1) @ dout / np.sqrt(Q.shape[2])")),
    Mistake("softmax-skipped", "The way back through softmax is missing: the blame for the weights is "
            "taken for the blame for the scores.", SHARED, edits=_ds("dA")),
    Mistake("softmax-arguments-swapped", "`softmax_backward` is handed its arguments the wrong way "
            "round: the blame comes first, then the weights.",
            edits=_ds("softmax_backward(weights, dA)")),
    Mistake("mask-forgotten", "The weights are worked out again in the backward, and the mask is "
            "forgotten: what was hidden gets blame.",
            "The forward had the weights in its hands: the cache is there to keep them.",
            functions={"attention_backward": _without_mask}),
    forgotten_cache(REFERENCE, "attention_forward", "attention_backward"),
    Mistake("softmax-again", "On the way back the blame goes through softmax itself; it is to be "
            "multiplied by softmax's slopes.", edits=_ds("softmax(dA)")),
    Mistake("softmax-diagonal", "Softmax's backward has its diagonal alone, w (1 - w); every weight "
            "depends on all the scores of its query.", f"That is a sigmoid's slope. {SHARED}",
            edits=_ds("dA * weights * (1 - weights)")),
    Mistake("softmax-only-weight", "In softmax's backward what the others lose is missing.", SHARED,
            edits=_ds("dA * weights")),
    Mistake("softmax-over-queries", "In softmax's backward the sum runs over the queries; softmax ran "
            "over the keys.", edits=_ds("weights * (dA - (dA * weights).sum(1, keepdims=True))")),
    Mistake("softmax-over-table", "In softmax's backward the sum runs over the whole table; each "
            "query has its own.",
            edits=_ds("weights * (dA - (dA * weights).sum((1, 2), keepdims=True))")),
    Mistake("softmax-unweighted", "In softmax's backward the sum is taken of the blames alone; each "
            "has to be weighted.", edits=_ds("weights * (dA - dA.sum(-1, keepdims=True))")),
    Mistake("softmax-mean", "In softmax's backward the plain mean of the blames is taken away; it is "
            "the mean with the weights.",
            edits=_ds("weights * (dA - dA.mean(-1, keepdims=True))")),
    Mistake("softmax-weighted-mean", "In softmax's backward the weighted blames are averaged over "
            "the keys; they are summed: the weights sum to 1 already.",
            edits=_ds("weights * (dA - (dA * weights).mean(-1, keepdims=True))")),
    Mistake("softmax-weight-missing", "In softmax's backward the factor of the weights is missing in "
            "front of the difference.", edits=_ds("dA - (dA * weights).sum(-1, keepdims=True)")),
    Mistake("softmax-weight-late", "In softmax's backward the weight multiplies the first term alone.",
            "Brackets: both terms carry the weight.",
            edits=_ds("weights * dA - (dA * weights).sum(-1, keepdims=True)")),
    Mistake("softmax-plus", "In softmax's backward the sum is added; it has to be taken away.",
            SHARED, edits=_ds("weights * (dA + (dA * weights).sum(-1, keepdims=True))")),
    Mistake("softmax-reversed", "In softmax's backward the difference is turned round: `dQ` and `dK` "
            "have the wrong sign.",
            edits=_ds("weights * ((dA * weights).sum(-1, keepdims=True) - dA)"),
            equivalent=("sign",)),
    Mistake("dv-not-transposed", "In `dV` the table of weights is not transposed: value s collects "
            "blame from all queries t that looked at it, its column.",
            "With T = S it runs, and is wrong: the shapes do not always tell.",
            edits=_dv("weights @ dout")),
    Mistake("dv-scores", "`dV` is made with the scores; what multiplied V were the weights, after "
            "softmax.",
            edits=_dv("(Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])).transpose(0, 2, 1) @ dout")),
    Mistake("dv-softmax", "`dV` went back through softmax; V was multiplied after softmax.",
            edits=_dv("softmax_backward(weights, weights).transpose(0, 2, 1) @ dout")),
    Mistake("dv-unweighted", "In `dV` the weights are missing: every value gets the whole blame of "
            "all queries.",
            edits=_dv("np.ones_like(weights).transpose(0, 2, 1) @ dout")),
    Mistake("dv-mean", "`dV` is averaged over the queries; it is a sum.",
            "Where paths meet, blame is added.",
            edits=_dv("weights.transpose(0, 2, 1) @ dout / Q.shape[1]"),
            equivalent=("times-1-over-T",)),
    Mistake("dk-not-transposed", "In `dK` the table of blames is not transposed: key s collects from "
            "all queries t, its column.",
            "With T = S it runs, and is wrong: the shapes do not always tell.",
            edits=_return(dK="dscores @ Q")),
    Mistake("dq-transposed", "In `dQ` the table of blames is transposed: query t collects from all "
            "keys s, its row.", edits=_return(dQ="dscores.transpose(0, 2, 1) @ K")),
    Mistake("both-wrong-way", "The table of blames is transposed in `dQ` and not in `dK`; it has to "
            "be the other way round.",
            edits=_return("dscores.transpose(0, 2, 1) @ K", "dscores @ Q")),
    Mistake("dq-uses-q", "`dQ` is made with Q; what met Q in the product was K.",
            "The derivative of a product with respect to one factor is the other.",
            edits=_return(dQ="dscores @ Q")),
    Mistake("dk-uses-k", "`dK` is made with K; what met K in the product was Q.",
            "The derivative of a product with respect to one factor is the other.",
            edits=_return(dK="dscores.transpose(0, 2, 1) @ K")),
    Mistake("own-factors", "`dQ` is made with Q and `dK` with K; each needs the other.",
            "The derivative of a product with respect to one factor is the other.",
            edits=_return("dscores @ Q", "dscores.transpose(0, 2, 1) @ K")),
    Mistake("dq-through-weights", "`dQ` is made with the weights; it needs the blame for the scores.",
            edits=_return(dQ="weights @ K / np.sqrt(Q.shape[2])")),
    Mistake("dk-through-weights", "`dK` is made with the weights; it needs the blame for the scores.",
            edits=_return(dK="weights.transpose(0, 2, 1) @ Q / np.sqrt(Q.shape[2])")),
    Mistake("swapped", "`dQ` and `dK` have changed places.",
            edits=_return("dscores.transpose(0, 2, 1) @ Q", "dscores @ K"),
            equivalent=("results-swapped",)),
    Mistake("values-first", "The gradients come in another order; agreed was dQ, dK, dV.",
            "Going backwards one meets V first; it is handed in last all the same.",
            edits=_return("dV", "dscores @ K", "dscores.transpose(0, 2, 1) @ Q"),
            equivalent=("results-swapped",)),
    Mistake("values-first-keys", "The gradients come in reverse order; agreed was dQ, dK, dV.",
            "Going backwards one meets V first; it is handed in last all the same.",
            edits=_return("dV", "dscores.transpose(0, 2, 1) @ Q", "dscores @ K"),
            equivalent=("results-swapped",)),
    Mistake("batch-summed", "The blames for the weights are summed over the batch; each example has "
            "its own.", "Q, K and V are not shared by the examples, as weights of a layer are.",
            edits=_ds("softmax_backward(dA.sum(axis=0, keepdims=True) + 0 * dA, weights)")),
    Mistake("averaged", "All gradients are divided by the number of examples.",
            "The loss has already put its 1/N into dout.",
            edits=slip(DV, f"dout = dout / len(dout)\n    {DV}"), equivalent=("times-1-over-N",)),
    Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
            edits=slip(DV, f"dout = np.ones_like(dout)\n    {DV}"), equivalent=("ignores-dout",)),
    Mistake("dv-upstream-ignored", "In `dV` the upstream gradient `dout` is not used.",
            edits=_dv("weights.transpose(0, 2, 1) @ np.ones_like(dout)")),
    Mistake("sign-of-all", "All gradients have the wrong sign.",
            edits=slip(DV, f"dout = -dout\n    {DV}"), equivalent=("negates-dout", "sign")),
    Mistake("dq-dk-zero", "`dQ` and `dK` are zero: no blame comes back through the weights.",
            "Queries and keys decide where to look; they learn by the same blame as the values.",
            edits=_return("0 * Q", "0 * K"), equivalent=("zeros",)),
    Mistake("writes-into-cache", "The first gradients are right, but the backward writes into its "
            "cache: used a second time, it gives others.",
            functions={"attention_backward": _keeps_cache},
            equivalent=("input-mutated", "cache-changed")),
)  # fmt: skip


BACKWARD = Exercise(
    "attention_backward", LESSON, 4,
    outputs=(Output("dQ", "the gradient dQ"), Output("dK", "the gradient dK"),
             Output("dV", "the gradient dV")),
    cases=look_cases(upstream=True),
    run=own_forward_run("attention_forward", "attention_backward", "Q K V", "causal", "dQ dK dV",
                        look_cases(upstream=True), ALIKE),
    reference=REFERENCE, uses=("attention_forward",), upstream="dout",
    see="The blame for every look", mistakes=MISTAKES,
    variants=(
        Variant("einsum", {"attention_forward": right_15.look_einsum,
                           "attention_backward": right_15.look_einsum_back}),
        Variant("jacobians-in-loops", {"attention_forward": right_15.look_loops,
                                       "attention_backward": right_15.look_loops_back}),
        Variant("recomputed", {"attention_forward": right_15.look_logs,
                               "attention_backward": right_15.look_again_back}),
        Variant("right-for-an-unscaled-forward", {
            "attention_forward": right_15.look_unscaled,
            "attention_backward": right_15.look_einsum_back}),
        Variant("right-for-a-forward-without-mask", {
            "attention_forward": lambda Q, K, V, causal=False: right_15.look_einsum(Q, K, V),
            "attention_backward": right_15.look_einsum_back}),
    ),
)  # fmt: skip
