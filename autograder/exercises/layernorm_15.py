"""Checks of lesson 15: layer normalisation, forward and back."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_15
from autograder.exercises.common import forward_run
from autograder.exercises.own_forward import forgotten_cache
from autograder.exercises.pairs_15 import (
    LESSON,
    REFERENCE,
    norm_cases,
    norm_probes,
    own_forward_run,
    slip,
)
from bplib import attention

SEE = "Layer norm: every example by itself"

# --- layernorm_forward --------------------------------------------------------------------------

CENTRED = "centred = x - x.mean(axis=-1, keepdims=True)"
STD = "inverse_std = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + eps)"
ROOT = "np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + eps)"
HAT = "normal = centred * inverse_std"
OUT = "return gamma * normal + beta, "


def _out(text):
    return slip(OUT, f"return {text}, ")


def _std(text):
    return slip(STD, f"inverse_std = {text}")


def _along(axis):
    """Mean and spread along other axes."""
    return slip(CENTRED, CENTRED.replace("axis=-1", axis), STD, STD.replace("axis=-1", axis))


def _writes_x(x, gamma, beta, eps=1e-5):
    right = attention.layernorm_forward(x, gamma, beta, eps)
    x -= x.mean(axis=-1, keepdims=True)
    return right


FORWARD_MISTAKES = (
    Mistake("over-examples", "Mean and variance are taken over the examples (axis 0); here they "
            "belong to one example, over its features.",
            "Axis 0 runs over the batch: that is batch norm, the recipe of lesson 10.",
            edits=_along("axis=0")),
    Mistake("over-all-examples", "Mean and variance of a feature are taken over all examples; here "
            "they belong to one example, over its features.",
            "That is batch norm, the recipe of lesson 10.",
            edits=_along("axis=tuple(range(x.ndim - 1))")),
    Mistake("over-everything", "One mean and one variance are taken for the whole array; each "
            "example (each position of a sequence) has its own.", edits=_along("axis=None")),
    Mistake("second-axis", "Mean and variance are taken over axis 1, which is the last one only "
            "where x has rank 2.",
            "In a sequence (N, T, D) axis 1 is time.", edits=_along("axis=1")),
    Mistake("over-time-too", "In a sequence, mean and variance are taken over all positions of an "
            "example at once; each position has its own.",
            edits=_along("axis=tuple(range(1, x.ndim)) or None")),
    Mistake("divided-by-n", "The sum over the features is divided by the number of examples; there "
            "are D features in it.",
            edits=slip(CENTRED, "centred = x - x.sum(axis=-1, keepdims=True) / len(x)",
                       STD, "inverse_std = 1 / np.sqrt((centred * centred)"
                       ".sum(axis=-1, keepdims=True) / len(x) + eps)")),
    Mistake("keepdims-missing", "Mean and variance have lost their last axis, so that they do not "
            "line up with their own example.",
            "(N, D) minus (N,) is read from the right: where N and D happen to be equal it runs, "
            "and takes another example's mean.",
            edits=slip(CENTRED, CENTRED.replace(", keepdims=True", ""),
                       STD, STD.replace("(axis=-1, keepdims=True)", "(axis=-1)"))),
    Mistake("sample-variance", "The variance is divided by D - 1; agreed was D.",
            "D - 1 estimates the spread of a population from a sample; here these features "
            "themselves are brought to variance 1.",
            edits=_std("1 / np.sqrt((centred * centred).sum(axis=-1, keepdims=True) "
                       "/ max(x.shape[-1] - 1, 1) + eps)")),
    Mistake("sample-variance-nan", "The variance is divided by D - 1; agreed was D. With one "
            "feature that is 0 / 0.",
            "D - 1 estimates the spread of a population from a sample.",
            edits=_std("1 / np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + eps)")),
    Mistake("eps-missing", "`eps` is not used: an example without spread is divided by 0.",
            edits=_std("1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True))")),
    Mistake("eps-outside", "`eps` is added to the standard deviation; agreed was to the variance, "
            "under the root.",
            edits=_std("1 / (np.sqrt((centred * centred).mean(axis=-1, keepdims=True)) + eps)")),
    Mistake("eps-fixed", "The `eps` that was given is not used: it is 1e-5 whatever is asked for.",
            edits=_std(f"1 / {ROOT.replace('+ eps', '+ 1e-5')}")),
    Mistake("eps-squared", "The root is taken of the variance plus eps squared.",
            edits=_std(f"1 / {ROOT.replace('+ eps', '+ eps**2')}"), equivalent=("squares-eps",)),
    Mistake("variance-for-spread", "The example is divided by its variance; it should be divided by "
            "the root of it.", edits=_std(f"1 / {ROOT.removeprefix('np.sqrt')}")),
    Mistake("multiplied", "The example is multiplied by its spread instead of divided by it.",
            edits=_std(ROOT)),
    Mistake("mean-distance", "The spread is taken as the mean distance from the mean; agreed was the "
            "root of the mean square.",
            edits=_std("1 / (np.abs(centred).mean(axis=-1, keepdims=True) + eps)")),
    Mistake("only-centred", "The mean is taken away, but nothing is divided by the spread.",
            edits=slip(HAT, "normal = centred")),
    Mistake("not-centred", "The example is divided by its spread, but its mean is not taken away.",
            edits=slip(HAT, "normal = x * inverse_std")),
    Mistake("centred-late", "The mean is taken away after the division: it has not been divided.",
            "Without brackets, division comes before subtraction.",
            edits=slip(HAT, "normal = x * inverse_std - (x - centred)")),
    Mistake("variance-about-zero", "The variance is the mean of the squares of x itself; first the "
            "mean has to be taken away.", edits=_std(f"1 / {ROOT.replace('centred', 'x')}")),
    Mistake("rms-norm", "Neither for the numerator nor for the spread is the mean taken away.",
            "That is RMS norm, a later recipe that leaves the mean where it is.",
            edits=slip(CENTRED, "centred = x")),
    Mistake("gamma-missing", "`gamma` is missing: each feature should be scaled by its own.",
            edits=_out("normal + beta"), equivalent=("as-if-ones-gamma",)),
    Mistake("beta-missing", "`beta` is missing: each feature should be shifted by its own.",
            edits=_out("gamma * normal"), equivalent=("ignores-beta",)),
    Mistake("both-missing", "The examples are normalised, but `gamma` and `beta` are missing.",
            edits=_out("normal")),
    Mistake("gamma-beta-swapped", "`gamma` and `beta` have changed roles: gamma scales, beta shifts.",
            edits=_out("beta * normal + gamma"), equivalent=("swaps-gamma-beta",)),
    Mistake("beta-inside", "`beta` is scaled along with the example: it comes last.",
            edits=_out("gamma * (normal + beta)")),
    Mistake("beta-subtracted", "`beta` is subtracted, and should be added.",
            edits=_out("gamma * normal - beta"), equivalent=("negates-beta",)),
    Mistake("scales-x", "`gamma` and `beta` are applied to x itself, not to the normalised example.",
            edits=_out("gamma * x + beta")),
    Mistake("writes-into-x", "The caller's own x is changed.",
            "`x -= ...` writes into the array that came in.",
            functions={"layernorm_forward": _writes_x},
            equivalent=("input-mutated", "raised-UFuncTypeError",
                        "raised-_UFuncOutputCastingError")),
)  # fmt: skip

FORWARD = Exercise(
    "layernorm_forward", LESSON, 2,
    outputs=(Output("out", "the normalised, scaled and shifted examples"),),
    cases=norm_cases(), run=forward_run("layernorm_forward", "x gamma beta", keywords="eps"),
    reference=REFERENCE, see=SEE, mistakes=FORWARD_MISTAKES,
    variants=(
        Variant("staged", {"layernorm_forward": right_15.norm_staged}),
        Variant("row-by-row", {"layernorm_forward": right_15.norm_rows}),
        Variant("one-line", {"layernorm_forward": right_15.norm_line}),
        Variant("float32-detour", {"layernorm_forward": right_15.norm_single}),
    ),
)  # fmt: skip

# --- layernorm_backward -------------------------------------------------------------------------

G = "g = gamma * dout"
MEAN_G = "mean_g = g.mean(axis=-1, keepdims=True)"
MEAN_GN = "mean_gn = (g * normal).mean(axis=-1, keepdims=True)"
DX = "dx = (g - mean_g - normal * mean_gn) * inverse_std"
EXAMPLES = "examples = tuple(range(dout.ndim - 1))"
RETURN = "return dx, (dout * normal).sum(axis=examples), dout.sum(axis=examples)"
ARGS = "normal, inverse_std, gamma = cache"


def _dx(text):
    return slip(DX, f"dx = {text}")


def _return(dx="dx", dgamma="(dout * normal).sum(axis=examples)", dbeta="dout.sum(axis=examples)"):
    return slip(RETURN, f"return {dx}, {dgamma}, {dbeta}")


def _means(*texts):
    return slip(MEAN_G, f"mean_g = {texts[0]}", MEAN_GN, f"mean_gn = {texts[1]}")


def _keeps_cache(dout, cache):
    answer = attention.layernorm_backward(dout, cache)
    cache[0][...] *= 2.0
    return answer


def _keeps_out(x, gamma, beta, eps=1e-5):
    out, cache = attention.layernorm_forward(x, gamma, beta, eps)
    return out, {"out": out, "beta": beta, "eps": eps, "cache": cache}


def _with_out(everywhere):
    """The backward that takes out for the normalised x, in dgamma or in dx too."""
    def back(dout, cache):
        out, (normal, *rest) = cache["out"], cache["cache"]
        dx, _, dbeta = attention.layernorm_backward(
            dout, (out if everywhere else normal, *rest))
        return dx, (dout * out).reshape(-1, dout.shape[-1]).sum(axis=0), dbeta

    return back


def _out_undone(dout, cache):
    normal, inverse_std, gamma = cache["cache"]
    with np.errstate(all="ignore"):
        normal = (cache["out"] - cache["beta"]) / gamma
        return attention.layernorm_backward(dout, (normal, inverse_std, gamma))


def _without_eps(dout, cache):
    normal, inverse_std, gamma = cache["cache"]
    dx, dgamma, dbeta = attention.layernorm_backward(dout, cache["cache"])
    with np.errstate(all="ignore"):
        variance = np.maximum(inverse_std**-2.0 - cache["eps"], 0.0)
        return dx / inverse_std / np.sqrt(variance), dgamma, dbeta


def _with_x(dout, cache):
    dx, _, dbeta = attention.layernorm_backward(dout, cache["cache"])
    return dx, (dout * cache["x"]).reshape(-1, dout.shape[-1]).sum(axis=0), dbeta


def _keeps_x(x, gamma, beta, eps=1e-5):
    out, cache = attention.layernorm_forward(x, gamma, beta, eps)
    return out, {"x": x, "cache": cache}


TERMS = "Each x also moves the mean and the spread of its example, and with them all its outputs."
BACKWARD_MISTAKES = (
    Mistake("constants", "In `dx` mean and variance are taken for constants: two of its three terms "
            "are missing.", TERMS, edits=_dx("g * inverse_std")),
    Mistake("mean-path-missing", "In `dx` the way through the mean is missing.",
            "Raise one feature, and the example's mean rises a little: all its outputs fall a "
            "little.", edits=_dx("(g - normal * mean_gn) * inverse_std")),
    Mistake("variance-path-missing", "In `dx` the way through the variance is missing.",
            "Move one feature away from the mean, and the spread grows: all outputs of the example "
            "shrink a little.", edits=_dx("(g - mean_g) * inverse_std")),
    Mistake("gamma-missing", "In `dx` the factor gamma is missing.",
            "The last thing the forward did to the normalised x was to multiply it by gamma.",
            edits=slip(G, "g = dout"), equivalent=("as-if-ones-gamma",)),
    Mistake("gamma-after-means", "In `dx` gamma comes after the means; it has to be inside them.",
            "In batch norm gamma is the same for all the numbers of a mean and may be taken out. "
            "Here the mean runs over the features, and every feature has a gamma of its own.",
            edits=slip(G, "g = dout", DX,
                       "dx = gamma * (g - mean_g - normal * mean_gn) * inverse_std")),
    Mistake("gamma-twice", "In `dx` gamma is a factor twice.",
            edits=_dx("gamma * (g - mean_g - normal * mean_gn) * inverse_std")),
    Mistake("gamma-outside-variance", "In the term for the variance gamma is missing.",
            edits=slip(MEAN_GN, "mean_gn = (dout * normal).mean(axis=-1, keepdims=True)")),
    Mistake("gamma-outside-mean", "In the term for the mean gamma is missing.",
            edits=slip(MEAN_G, "mean_g = dout.mean(axis=-1, keepdims=True)")),
    Mistake("spread-missing", "In `dx` the division by the spread is missing.",
            edits=_dx("g - mean_g - normal * mean_gn")),
    Mistake("spread-multiplied", "`dx` is multiplied by the spread; it should be divided by it.",
            edits=_dx("(g - mean_g - normal * mean_gn) / inverse_std")),
    Mistake("spread-squared", "`dx` is divided by the spread twice.",
            edits=_dx("(g - mean_g - normal * mean_gn) * inverse_std**2")),
    Mistake("mean-term-summed", "In the term for the mean the sum over the features is not divided "
            "by D.", edits=slip(MEAN_G, MEAN_G.replace(".mean", ".sum"))),
    Mistake("variance-term-summed", "In the term for the variance the sum over the features is not "
            "divided by D.", edits=slip(MEAN_GN, MEAN_GN.replace(").mean", ").sum"))),
    Mistake("both-terms-summed", "In the terms for mean and variance the sums over the features are "
            "not divided by D.",
            edits=_means("g.sum(axis=-1, keepdims=True)",
                         "(g * normal).sum(axis=-1, keepdims=True)")),
    Mistake("divided-by-n", "In the terms for mean and variance the sums over the D features are "
            "divided by the number of examples.",
            edits=_means("g.sum(axis=-1, keepdims=True) / len(dout)",
                         "(g * normal).sum(axis=-1, keepdims=True) / len(dout)")),
    Mistake("plus-variance", "The term for the variance has the wrong sign.",
            edits=_dx("(g - mean_g + normal * mean_gn) * inverse_std")),
    Mistake("plus-mean", "The term for the mean has the wrong sign.",
            edits=_dx("(g + mean_g - normal * mean_gn) * inverse_std")),
    Mistake("plus-both", "The terms for mean and variance both have the wrong sign.",
            edits=_dx("(g + mean_g + normal * mean_gn) * inverse_std")),
    Mistake("variance-doubled", "The term for the variance is twice too large.",
            "The 2 from the square and the 1/2 from the root cancel.",
            edits=_dx("(g - mean_g - 2 * normal * mean_gn) * inverse_std")),
    Mistake("variance-halved", "The term for the variance is half as large as it should be.",
            "The 2 from the square and the 1/2 from the root cancel.",
            edits=_dx("(g - mean_g - 0.5 * normal * mean_gn) * inverse_std")),
    Mistake("hat-once", "In the term for the variance the normalised x is missing as a factor in "
            "front of the mean.", edits=_dx("(g - mean_g - mean_gn) * inverse_std")),
    Mistake("hat-not-in-mean", "In the term for the variance the mean is taken of g alone; the "
            "normalised x belongs inside it as well.",
            edits=_dx("(g - mean_g - normal * mean_g) * inverse_std")),
    Mistake("sample-variance", "The term for the variance is divided by D - 1; the forward took D.",
            edits=slip(MEAN_GN, "mean_gn = (g * normal).sum(axis=-1, keepdims=True) "
                       "/ max(g.shape[-1] - 1, 1)")),
    Mistake("dx-over-examples", "In `dx` the means run over the examples; they belong to one "
            "example, over its features.",
            "That is batch norm's backward, with the right numbers along the wrong axis.",
            edits=_means("g.mean(axis=0, keepdims=True)",
                         "(g * normal).mean(axis=0, keepdims=True)")),
    Mistake("dx-over-all-examples", "In `dx` the means run over all examples of a feature; they "
            "belong to one example, over its features.",
            edits=_means("g.mean(axis=tuple(range(g.ndim - 1)), keepdims=True)",
                         "(g * normal).mean(axis=tuple(range(g.ndim - 1)), keepdims=True)")),
    Mistake("dx-second-axis", "In `dx` the means run over axis 1, which is the last one only where x "
            "has rank 2.",
            edits=_means("g.mean(axis=1, keepdims=True)",
                         "(g * normal).mean(axis=1, keepdims=True)")),
    Mistake("dx-over-everything", "In `dx` the means run over the whole array; each example has its "
            "own.", edits=_means("g.mean()", "(g * normal).mean()")),
    Mistake("dx-averaged", "`dx` is divided by the number of features once more.",
            edits=_dx("(g - mean_g - normal * mean_gn) * inverse_std / g.shape[-1]"),
            equivalent=("times-1-over-D",)),
    Mistake("dx-sign", "`dx` has the wrong sign.",
            edits=_dx("-(g - mean_g - normal * mean_gn) * inverse_std"), equivalent=("sign",)),
    Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
            edits=slip(G, f"dout = np.ones_like(dout)\n    {G}"), equivalent=("ignores-dout",)),
    Mistake("dgamma-averaged", "`dgamma` is divided by the number of examples; it is a sum.",
            "The loss has already put its 1/N into dout.",
            edits=_return(dgamma="(dout * normal).mean(axis=examples)")),
    Mistake("dbeta-averaged", "`dbeta` is divided by the number of examples; it is a sum.",
            "The loss has already put its 1/N into dout.",
            edits=_return(dbeta="dout.mean(axis=examples)")),
    Mistake("both-averaged", "`dgamma` and `dbeta` are divided by the number of examples; they are "
            "sums.", "The loss has already put its 1/N into dout.",
            edits=_return("dx", "(dout * normal).mean(axis=examples)",
                          "dout.mean(axis=examples)")),
    Mistake("first-axis-only", "`dgamma` and `dbeta` are summed over axis 0 alone; gamma and beta "
            "serve every example, and in a sequence every position too.",
            "In (N, T, D) there are two axes that broadcasting copied gamma along.",
            edits=slip(EXAMPLES, "examples = 0")),
    Mistake("sums-over-features", "`dgamma` and `dbeta` are summed over the features; broadcasting "
            "copied gamma and beta over the examples.",
            "In dx the means run over the features. For gamma and beta it is the other way round: "
            "each feature has one of its own, and serves all examples.",
            edits=slip(EXAMPLES, "examples = -1")),
    Mistake("dgamma-not-summed", "`dgamma` has a row for every example: the sum is missing.",
            edits=_return(dgamma="dout * normal"), equivalent=("unsummed",)),
    Mistake("dbeta-not-summed", "`dbeta` has a row for every example: the sum is missing.",
            edits=_return(dbeta="dout"), equivalent=("unsummed",)),
    Mistake("dgamma-without-hat", "`dgamma` does not look at the normalised x.",
            "The local derivative of out with respect to gamma is the normalised x.",
            edits=_return(dgamma="dout.sum(axis=examples)")),
    Mistake("dgamma-with-x", "`dgamma` uses x as it came in; gamma met it normalised.",
            functions={"layernorm_forward": _keeps_x, "layernorm_backward": _with_x}),
    Mistake("dgamma-with-out", "`dgamma` uses the output; gamma met the normalised x, before gamma "
            "and beta came to it.",
            functions={"layernorm_forward": _keeps_out, "layernorm_backward": _with_out(False)}),
    Mistake("out-for-normal", "The output stands where the normalised x belongs, in `dgamma` and in "
            "`dx`: right only where gamma is 1 and beta 0.",
            functions={"layernorm_forward": _keeps_out, "layernorm_backward": _with_out(True)}),
    Mistake("divided-by-gamma", "The normalised x is worked out from the output again, and that "
            "divides by gamma: where gamma is 0 there is no way back.",
            "The forward had it in its hands: the cache is there to keep it.",
            functions={"layernorm_forward": _keeps_out, "layernorm_backward": _out_undone}),
    Mistake("eps-missing", "In `dx` eps is missing under the root; the forward had it there.",
            functions={"layernorm_forward": _keeps_out, "layernorm_backward": _without_eps}),
    Mistake("dgamma-upstream-ignored", "`dgamma` does not use the upstream gradient `dout`.",
            edits=_return(dgamma="normal.sum(axis=examples)")),
    Mistake("dgamma-times-gamma", "`dgamma` has a factor gamma too many.",
            edits=_return(dgamma="(g * normal).sum(axis=examples)")),
    Mistake("dbeta-times-gamma", "`dbeta` has a factor gamma too many: beta is added after gamma.",
            edits=_return(dbeta="g.sum(axis=examples)")),
    Mistake("gamma-beta-swapped", "`dgamma` and `dbeta` have changed places.",
            edits=_return("dx", "dout.sum(axis=examples)", "(dout * normal).sum(axis=examples)"),
            equivalent=("results-swapped",)),
    Mistake("keeps-row", "`dgamma` and `dbeta` have a row too many, (1, D); gamma and beta have "
            "(D,).", edits=_return("dx", "(dout * normal).sum(axis=examples)[None]",
                                   "dout.sum(axis=examples)[None]"),
            equivalent=("right-values-wrong-shape",)),
    forgotten_cache(REFERENCE, "layernorm_forward", "layernorm_backward"),
    Mistake("writes-into-cache", "The first gradients are right, but the backward writes into its "
            "cache: used a second time, it gives others.",
            functions={"layernorm_backward": _keeps_cache},
            equivalent=("input-mutated", "cache-changed")),
)  # fmt: skip

BACKWARD = Exercise(
    "layernorm_backward", LESSON, 4,
    outputs=(Output("dx", "the gradient dx", 3.0), Output("dgamma", "the gradient dgamma"),
             Output("dbeta", "the gradient dbeta")),
    cases=norm_cases(upstream=True),
    run=own_forward_run("layernorm_forward", "layernorm_backward", "x gamma beta", "eps",
                        "dx dgamma dbeta", norm_probes, 0.88),
    reference=REFERENCE, uses=("layernorm_forward",), upstream="dout", see=SEE,
    mistakes=BACKWARD_MISTAKES,
    variants=(
        Variant("staged", {"layernorm_forward": right_15.norm_staged,
                           "layernorm_backward": right_15.norm_staged_back}),
        Variant("jacobian", {"layernorm_forward": right_15.norm_keeps_x,
                             "layernorm_backward": right_15.norm_jacobian_back}),
        Variant("one-line", {"layernorm_backward": right_15.norm_line_back}),
        Variant("right-for-its-wrong-forward", {
            "layernorm_forward": right_15.rms_norm, "layernorm_backward": right_15.rms_norm_back}),
    ),
)  # fmt: skip

EXERCISES = (FORWARD, BACKWARD)
