"""Checks of lesson 10: batch normalisation, forward and back.

The cache is the learner's own, so both functions stand in one cell. A backward whose forward is
wrong, but a near miss, is still right where it gives that forward's finite differences.
"""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant, draw_sizes
from autograder.exercises.common import in_other_forms
from autograder.exercises.own_forward import (
    BETWEEN,
    another,
    differences,
    forgotten_cache,
    near_misses,
    settled,
)
from autograder.machine import Strided
from autograder.solution import Direct
from bplib import normalization

LESSON = "10_training_troubles"
SEE = "Batch norm: every unit kept in range"
REFERENCE = {name: getattr(normalization, name)
             for name in ("batchnorm_forward", "batchnorm_backward")}  # fmt: skip
GRADS = ("dx", "dgamma", "dbeta")
LOOSE, SAME = (1e-3, 1e-4, 1e-9), (1e-6, 1e-7, 1e-12)


def _table(rng, sizes, eps, special="", upstream=False):
    n, d = sizes["N"], sizes["D"]
    more = {} if eps is None else {"eps": eps}
    if upstream:
        more["dout"] = rng.normal(size=(n, d))
    x = rng.normal(size=(n, d)) * rng.uniform(0.5, 3, d) + rng.normal(scale=2, size=d)
    sign = np.where(rng.random(d) < 0.3, -1, 1)
    gamma = sign * rng.uniform(0.4, 2.5, d)
    return Case(special, sizes, x=x, gamma=gamma, beta=rng.normal(size=d), **more)


def _cases(upstream):
    def cases(rng):
        yield _table(rng, {"N": 3, "D": 2}, 0.1, "", upstream)
        for eps in (0.1, 0.03, 0.4):
            yield _table(rng, draw_sizes(rng, "ND", 3, 7), eps, "", upstream)
        yield _table(rng, {"N": 2, "D": 3}, 0.1, "two examples (N = 2)", upstream)
        yield _table(rng, {"N": 1, "D": 3}, 0.1, "one example alone (N = 1)", upstream)
        yield _table(rng, {"N": 4, "D": 4}, 0.1, "as many examples as columns (N = D)", upstream)
        small = _table(rng, {"N": 5, "D": 3}, None, "columns of little spread, and eps left out",
                       upstream)
        yield small.but(x=small.x * 0.003)
        flat = _table(rng, {"N": 4, "D": 3}, 0.1, "a column that is constant", upstream)
        flat.inputs["x"][:, 1] = 1.5
        yield flat
        off = _table(rng, {"N": 5, "D": 3}, 0.1, "a gamma of exactly 0", upstream)
        off.inputs["gamma"][rng.integers(3)] = 0.0
        yield off
        if upstream:
            yield _table(rng, {"N": 4, "D": 3}, 0.1, BETWEEN, upstream)
        far = _table(rng, {"N": 5, "D": 2}, 0.1, "columns far from 0", upstream)
        yield far.but(x=far.x + 300.0)
        yield from in_other_forms(_table(rng, draw_sizes(rng, "ND", 3, 6), 0.1, "", upstream), rng)

    return cases


def _arguments(case):
    keywords = {"eps": case.inputs["eps"]} if "eps" in case.inputs else {}
    return (case.x, case.gamma, case.beta), keywords


def run_forward(solution, case):
    args, keywords = _arguments(case)
    out, _ = solution.call("batchnorm_forward", *args, returns=("out", "cache"), **keywords)
    return {"out": out}


def run_backward(solution, case):
    """The backward on the cache of its own forward, twice."""
    args, keywords = _arguments(case)
    if keywords.get("eps", 1.0) <= 0:  # a hypothesis about eps ("as if it were 0"), not to be tried
        raise LearnerError("ValueError", "eps must be above 0")
    out, cache = solution.call("batchnorm_forward", *args, returns=("out", "cache"), **keywords)
    if case.special == BETWEEN:
        solution.call("batchnorm_forward", *map(another, args), returns=("out", "cache"), **keywords)
    first = solution.call("batchnorm_backward", case.dout, cache, returns=GRADS)
    # Copies: a second call may write into what the first one returned.
    first = tuple(v.copy() if isinstance(v, np.ndarray) else v for v in first)
    second = solution.call("batchnorm_backward", case.dout, cache, returns=GRADS)
    alike = all(_agree(a, b, SAME) for a, b in zip(first, second, strict=True))
    plain = [value.array if isinstance(value, Strided) else value for value in args]
    dout = case.dout.array if isinstance(case.dout, Strided) else case.dout
    right_out, right_cache = normalization.batchnorm_forward(*plain, **keywords)
    right = normalization.batchnorm_backward(dout, right_cache)
    if not _agree(out, right_out, LOOSE):
        near = near_misses(solution, "batchnorm_backward", _asked, Direct(REFERENCE), _probes, [dout],
                           least=0.88)  # fmt: skip
        call = ("call", "batchnorm_forward", args, keywords)
        slopes = differences(solution, call, [dout], [out], [right_out]) if any(near) else None
        first = settled(first, right, slopes, near)
    return {**dict(zip(GRADS, first, strict=True)), "second_call_agrees": alike}


def _asked(solution, case):
    args, keywords = _arguments(case)
    _, cache = solution.call("batchnorm_forward", *args, returns=("out", "cache"), **keywords)
    return solution.call("batchnorm_backward", case.dout, cache, returns=GRADS)


def _probes(rng):
    """Columns nearly centred, of much differing spread: whoever only bends them is far from right."""
    for N, D in ((9, 4), (10, 6), (8, 5), (11, 7)):
        case = _table(rng, {"N": N, "D": D}, 0.01, "", True)
        x = (case.x - case.x.mean(axis=0)) / case.x.std(axis=0) + 0.1 * rng.normal(size=D)
        yield case.but(x=x * rng.permutation(np.geomspace(0.1, 10, D)))


def _agree(a, b, tolerance):
    """Whether two results are the same; None and its like are the same as nothing else."""
    a, b = read(a), read(b)
    if isinstance(a, Unreadable) or isinstance(b, Unreadable):
        return type(a) is type(b)
    return agree(a, b, tolerance)


# --- batchnorm_forward --------------------------------------------------------------------------

MEANS = "mean, var = x.mean(axis=0), x.var(axis=0)"
STD = "inv_std = 1 / np.sqrt(var + float(eps))"
HAT = "x_hat = (x - mean) * inv_std"
OUT = "return gamma * x_hat + beta, "


def _out(text):
    return ((OUT, f"return {text}, "),)


def _writes_x(x, gamma, beta, eps=1e-5):
    x -= x.mean(axis=0)
    x /= np.sqrt((x * x).mean(axis=0) + eps)
    return gamma * x + beta, None


FORWARD_MISTAKES = (
    Mistake("over-features", "Mean and variance are taken over the features of an example; they "
            "belong to a column, over the examples.",
            "Axis 0 runs over the batch. Normalising along axis 1 is layer norm, another recipe.",
            edits=((MEANS, "mean, var = x.mean(axis=1, keepdims=True), "
                    "x.var(axis=1, keepdims=True)"),)),
    Mistake("over-everything", "One mean and one variance are taken for the whole table; each "
            "column has its own.", edits=((MEANS, "mean, var = x.mean(), x.var()"),)),
    Mistake("sample-variance", "The variance is divided by N - 1; agreed was N.",
            "N - 1 estimates the spread of a population from a sample; here the batch itself is "
            "brought to variance 1.",
            edits=((MEANS, "mean, var = x.mean(axis=0), x.var(axis=0) * len(x) / "
                    "max(len(x) - 1, 1)"),)),
    Mistake("sample-variance-nan", "The variance is divided by N - 1; agreed was N. With one example "
            "that is 0 / 0.", "N - 1 estimates the spread of a population from a sample.",
            edits=((MEANS, "mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)"),)),
    Mistake("eps-missing", "`eps` is not used: a column without spread is divided by 0.",
            edits=((STD, "inv_std = 1 / np.sqrt(var)"),)),
    Mistake("eps-outside", "`eps` is added to the standard deviation; agreed was to the variance, "
            "under the root.", edits=((STD, "inv_std = 1 / (np.sqrt(var) + float(eps))"),)),
    Mistake("eps-fixed", "The `eps` that was given is not used: it is 1e-5 whatever is asked for.",
            edits=((STD, "inv_std = 1 / np.sqrt(var + 1e-5)"),)),
    Mistake("eps-squared", "The root is taken of var + eps squared.",
            edits=((STD, "inv_std = 1 / np.sqrt(var + float(eps)**2)"),),
            equivalent=("squares-eps",)),
    Mistake("variance-for-spread", "The column is divided by its variance; it should be divided by "
            "the root of it.", edits=((STD, "inv_std = 1 / (var + float(eps))"),)),
    Mistake("multiplied", "The column is multiplied by its spread instead of divided by it.",
            edits=((STD, "inv_std = np.sqrt(var + float(eps))"),)),
    Mistake("only-centred", "The mean is taken away, but nothing is divided by the spread.",
            edits=((HAT, "x_hat = x - mean"),)),
    Mistake("not-centred", "The column is divided by its spread, but its mean is not taken away.",
            edits=((HAT, "x_hat = x * inv_std"),)),
    Mistake("centred-late", "The mean is taken away after the division: it has not been divided.",
            "Without brackets, division comes before subtraction.",
            edits=((HAT, "x_hat = x * inv_std - mean"),)),
    Mistake("variance-about-zero", "The variance is the mean of the squares of x itself; first the "
            "mean has to be taken away.",
            edits=((MEANS, "mean, var = x.mean(axis=0), (x * x).mean(axis=0)"),)),
    Mistake("gamma-missing", "`gamma` is missing: each column should be scaled by its own.",
            edits=_out("x_hat + beta"), equivalent=("as-if-ones-gamma",)),
    Mistake("beta-missing", "`beta` is missing: each column should be shifted by its own.",
            edits=_out("gamma * x_hat"), equivalent=("ignores-beta",)),
    Mistake("both-missing", "The columns are normalised, but `gamma` and `beta` are missing.",
            edits=_out("x_hat")),
    Mistake("gamma-beta-swapped", "`gamma` and `beta` have changed roles: gamma scales, beta shifts.",
            edits=_out("beta * x_hat + gamma"), equivalent=("swaps-gamma-beta",)),
    Mistake("beta-inside", "`beta` is scaled along with the column: it comes last.",
            edits=_out("gamma * (x_hat + beta)")),
    Mistake("beta-subtracted", "`beta` is subtracted, and should be added.",
            edits=_out("gamma * x_hat - beta"), equivalent=("negates-beta",)),
    Mistake("scales-x", "`gamma` and `beta` are applied to x itself, not to the normalised column.",
            edits=_out("gamma * x + beta")),
    Mistake("writes-into-x", "An array is written into in place; one that holds whole numbers cannot "
            "take in fractions.", "`x -= ...` keeps the array and its dtype; `x = x - ...` makes a "
            "new one.",
            functions={"batchnorm_forward": _writes_x},
            equivalent=("input-mutated", "raised-UFuncTypeError",
                        "raised-_UFuncOutputCastingError")),
)  # fmt: skip


def _staged(x, gamma, beta, eps=1e-5):
    mu = np.sum(x, axis=0) / len(x)
    centred = x - mu
    var = np.mean(centred**2, axis=0)
    std = np.sqrt(var + eps)
    hat = centred / std
    return gamma * hat + beta, {"centred": centred, "std": std, "hat": hat, "gamma": gamma}


def _staged_back(dout, cache, zero_term=True):
    centred, std, n = cache["centred"], cache["std"], len(dout)
    dhat = dout * cache["gamma"]
    dvar = np.sum(dhat * centred, axis=0) * -0.5 / std**3
    dmean = -np.sum(dhat, axis=0) / std
    if zero_term:
        dmean = dmean + dvar * np.mean(-2 * centred, axis=0)
    dx = dhat / std + dvar * 2 * centred / n + dmean / n
    return dx, np.sum(dout * cache["hat"], axis=0), np.ones(n) @ dout


def _loops(x, gamma, beta, eps=1e-5):
    rows, columns = np.shape(x)
    out = [[0.0] * columns for _ in range(rows)]
    for j in range(columns):
        column = [float(x[i][j]) for i in range(rows)]
        mean = sum(column) / rows
        var = sum((v - mean) ** 2 for v in column) / rows
        for i in range(rows):
            out[i][j] = gamma[j] * (column[i] - mean) / (var + eps) ** 0.5 + beta[j]
    return out, None


def _jacobian_forward(x, gamma, beta, eps=1e-5):
    return normalization.batchnorm_forward(x, gamma, beta, eps)[0], (x, gamma, eps)


def _jacobian_back(dout, cache):
    x, gamma, eps = cache
    n = len(x)
    std = np.sqrt(np.var(x, axis=0) + eps)
    hat = (x - np.mean(x, axis=0)) / std
    dx = np.zeros(np.shape(x))
    for j in range(dx.shape[1]):
        jacobian = (np.eye(n) - 1 / n - np.outer(hat[:, j], hat[:, j]) / n) * gamma[j] / std[j]
        dx[:, j] = jacobian.T @ dout[:, j]
    return [dx, np.einsum("nd,nd->d", dout, hat), np.add.reduce(dout, axis=0)]


def _one_line_back(dout, cache):
    hat, inv_std, gamma = cache
    n = len(dout)
    dgamma, dbeta = np.sum(hat * dout, 0), np.sum(dout, 0)
    return gamma * inv_std / n * (n * dout - dbeta - hat * dgamma), dgamma, dbeta


def _measured_again(eps):
    """A pair whose backward works out the spread again, with an ``eps`` of its own."""
    def back(dout, cache):
        x, gamma = cache
        with np.errstate(all="ignore"):
            inv_std = 1 / np.sqrt(np.var(x, axis=0) + eps)
            return _one_line_back(dout, ((x - np.mean(x, axis=0)) * inv_std, inv_std, gamma))

    return {"batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
        normalization.batchnorm_forward(x, gamma, beta, eps)[0], (x, gamma)),
        "batchnorm_backward": back}


FORWARD = Exercise(
    "batchnorm_forward", LESSON, 2,
    outputs=(Output("out", "the normalised, scaled and shifted table"),),
    cases=_cases(False), run=run_forward, reference=REFERENCE, see=SEE,
    mistakes=FORWARD_MISTAKES,
    variants=(
        Variant("staged", {"batchnorm_forward": _staged}),
        Variant("loops", {"batchnorm_forward": _loops}),
        Variant("rearranged", {"batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
            lambda scale: (scale * x + (beta - scale * np.mean(x, 0)), (x, scale)))(
                gamma / np.sqrt(np.var(x, 0) + eps))}),
        Variant("transposed-inside", {"batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
            (gamma[:, None] * (x.T - x.T.mean(1, keepdims=True))
             * (x.T.var(1, keepdims=True) + eps) ** -0.5 + beta[:, None]).T, [x])}),
    ),
)  # fmt: skip

# --- batchnorm_backward -------------------------------------------------------------------------

DX = "dx = inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))"
RETURN = "return dx, dgamma, dbeta"
DGAMMA, DBETA = "dgamma = (dout * x_hat).sum(axis=0)", "dbeta = dout.sum(axis=0)"


def _dx(text):
    return ((DX, f"dx = {text}"),)


def _keeps_out(x, gamma, beta, eps=1e-5):
    out, (x_hat, inv_std, gamma) = normalization.batchnorm_forward(x, gamma, beta, eps)
    return out, (out, x_hat, inv_std, gamma, beta)


def _with_out(everywhere):
    """The backward that takes out for x_hat, in dgamma or in dx too."""
    def back(dout, cache):
        out, x_hat, inv_std, gamma, _ = cache
        dx, dgamma, dbeta = normalization.batchnorm_backward(
            dout, (out if everywhere else x_hat, inv_std, gamma))
        return dx, (dout * out).sum(axis=0), dbeta

    return back


def _out_undone(dout, cache):
    out, _, inv_std, gamma, beta = cache
    with np.errstate(all="ignore"):
        return normalization.batchnorm_backward(dout, ((out - beta) / gamma, inv_std, gamma))


def _keeps_cache(dout, cache):
    dx, dgamma, dbeta = normalization.batchnorm_backward(dout, cache)
    cache[0][...] *= 2.0
    return dx, dgamma, dbeta


BACKWARD_MISTAKES = (
    Mistake("constants", "In `dx` mean and variance are taken for constants: two of its three terms "
            "are missing.",
            "Each x also moves the mean and the variance of its column, and with them every output "
            "of the column.", edits=_dx("inv_std * g")),
    Mistake("mean-path-missing", "In `dx` the way through the mean is missing.",
            "Raise one x, and the column's mean rises a little: all outputs fall a little.",
            edits=_dx("inv_std * (g - x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("variance-path-missing", "In `dx` the way through the variance is missing.",
            "Move one x away from the mean, and the spread of the column grows: all outputs shrink "
            "a little.", edits=_dx("inv_std * (g - g.mean(axis=0))")),
    Mistake("gamma-missing", "In `dx` the factor gamma is missing.",
            "The last thing the forward did to x_hat was to multiply it by gamma.",
            edits=(("g = dout * gamma", "g = dout"),), equivalent=("as-if-ones-gamma",)),
    Mistake("spread-missing", "In `dx` the division by the spread is missing.",
            edits=_dx("g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)")),
    Mistake("spread-multiplied", "`dx` is multiplied by the spread; it should be divided by it.",
            edits=_dx("(g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / inv_std")),
    Mistake("spread-squared", "`dx` is divided by the spread twice.",
            edits=_dx("inv_std**2 * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("mean-term-summed", "In the term for the mean the sum over the batch is not divided by "
            "N.", edits=_dx("inv_std * (g - g.sum(axis=0) - x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("variance-term-summed", "In the term for the variance the sum over the batch is not "
            "divided by N.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).sum(axis=0))")),
    Mistake("both-terms-summed", "In the terms for mean and variance the sums over the batch are "
            "not divided by N.",
            edits=_dx("inv_std * (g - g.sum(axis=0) - x_hat * (g * x_hat).sum(axis=0))")),
    Mistake("plus-variance", "The term for the variance has the wrong sign.",
            edits=_dx("inv_std * (g - g.mean(axis=0) + x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("plus-mean", "The term for the mean has the wrong sign.",
            edits=_dx("inv_std * (g + g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("variance-doubled", "The term for the variance is twice too large.",
            "The 2 from the square and the 1/2 from the root cancel.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - 2 * x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("variance-halved", "The term for the variance is half as large as it should be.",
            "The 2 from the square and the 1/2 from the root cancel.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - 0.5 * x_hat * (g * x_hat).mean(axis=0))")),
    Mistake("hat-once", "In the term for the variance a factor x_hat is missing behind the mean.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - (g * x_hat).mean(axis=0))")),
    Mistake("sample-variance", "The term for the variance is divided by N - 1; the forward took N.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).sum(axis=0) "
                      "/ max(len(g) - 1, 1))")),
    Mistake("dx-over-features", "In `dx` the means run over the features; they belong to a column.",
            edits=_dx("inv_std * (g - g.mean(axis=1, keepdims=True) - x_hat * "
                      "(g * x_hat).mean(axis=1, keepdims=True))")),
    Mistake("dx-averaged", "`dx` is divided by the number of examples once more.",
            edits=_dx("inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / len(g)"),
            equivalent=("times-1-over-N",)),
    Mistake("dx-sign", "`dx` has the wrong sign.",
            edits=_dx("-inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))"),
            equivalent=("sign",)),
    Mistake("upstream-ignored", "The upstream gradient `dout` is not used.",
            "With an upstream of ones dx is 0 everywhere: a shift of a whole column changes "
            "nothing.", edits=(("g = dout * gamma", "g = dout = np.ones_like(dout) * gamma"),
                               (DGAMMA, "dgamma = x_hat.sum(axis=0)"),
                               (DBETA, "dbeta = np.ones_like(dout).sum(axis=0)")),
            equivalent=("ignores-dout",)),
    Mistake("dgamma-averaged", "`dgamma` is divided by the number of examples; it is a sum.",
            "The loss has already put its 1/N into dout.",
            edits=((DGAMMA, "dgamma = (dout * x_hat).mean(axis=0)"),),
            equivalent=("times-1-over-N",)),
    Mistake("dbeta-averaged", "`dbeta` is divided by the number of examples; it is a sum.",
            "The loss has already put its 1/N into dout.",
            edits=((DBETA, "dbeta = dout.mean(axis=0)"),), equivalent=("times-1-over-N",)),
    Mistake("both-averaged", "`dgamma` and `dbeta` are divided by the number of examples; they are "
            "sums.", "The loss has already put its 1/N into dout.",
            edits=((DGAMMA, "dgamma = (dout * x_hat).mean(axis=0)"),
                   (DBETA, "dbeta = dout.mean(axis=0)")), equivalent=("times-1-over-N",)),
    Mistake("dgamma-without-hat", "`dgamma` does not look at the normalised x.",
            "The local derivative of out with respect to gamma is x_hat.",
            edits=((DGAMMA, "dgamma = dout.sum(axis=0)"),)),
    Mistake("dgamma-with-x", "`dgamma` uses x as it came in; gamma met it normalised.",
            functions={
                "batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
                    normalization.batchnorm_forward(x, gamma, beta, eps)[0], (x, gamma, beta, eps)),
                "batchnorm_backward": lambda dout, cache: (
                    lambda right: (right[0], (dout * cache[0]).sum(axis=0), right[2]))(
                        normalization.batchnorm_backward(
                            dout, normalization.batchnorm_forward(*cache)[1]))}),
    Mistake("dgamma-with-out", "`dgamma` uses the output; gamma met x_hat, before gamma and beta "
            "came to it.", functions={"batchnorm_forward": _keeps_out,
                                      "batchnorm_backward": _with_out(False)}),
    Mistake("out-for-hat", "The output stands where x_hat belongs, in `dgamma` and in `dx`: right "
            "only where gamma is 1 and beta 0.",
            functions={"batchnorm_forward": _keeps_out, "batchnorm_backward": _with_out(True)}),
    Mistake("divided-by-gamma", "x_hat is worked out from the output again, and that divides by "
            "gamma: where gamma is 0 there is no way back.",
            "The forward had x_hat in its hands: the cache is there to keep it.",
            functions={"batchnorm_forward": _keeps_out, "batchnorm_backward": _out_undone}),
    Mistake("dgamma-times-gamma", "`dgamma` has a factor gamma too many.",
            edits=((RETURN, "return dx, dgamma * gamma, dbeta"),)),
    Mistake("dbeta-times-gamma", "`dbeta` has a factor gamma too many: beta is added after gamma.",
            edits=((RETURN, "return dx, dgamma, dbeta * gamma"),)),
    Mistake("dgamma-not-summed", "`dgamma` has a row for every example: the sum is missing.",
            edits=((DGAMMA, "dgamma = dout * x_hat"),), equivalent=("unsummed",)),
    Mistake("dbeta-not-summed", "`dbeta` has a row for every example: the sum is missing.",
            edits=((DBETA, "dbeta = dout"),), equivalent=("unsummed",)),
    Mistake("sums-over-features", "`dgamma` and `dbeta` are summed over the features; broadcasting "
            "copied gamma and beta over the examples.",
            edits=((DGAMMA, "dgamma = (dout * x_hat).sum(axis=1)"),
                   (DBETA, "dbeta = dout.sum(axis=1)"))),
    Mistake("keeps-row", "`dgamma` and `dbeta` have shape (1, D); gamma and beta have (D,).",
            edits=((RETURN, "return dx, dgamma[None], dbeta[None]"),),
            equivalent=("right-values-wrong-shape",)),
    Mistake("eps-forgotten", "The forward divides by the root of variance plus `eps`; the backward "
            "works out the spread again, without `eps`.",
            "What the forward has divided by can stand in the cache: then both use the same number.",
            functions=_measured_again(0.0)),
    Mistake("eps-fixed", "The forward was given another `eps`; the backward works out the spread "
            "again, with 1e-5.",
            "What the forward has divided by can stand in the cache: then both use the same number.",
            functions=_measured_again(1e-5)),
    Mistake("gamma-beta-swapped", "`dgamma` and `dbeta` have changed places.",
            edits=((RETURN, "return dx, dbeta, dgamma"),), equivalent=("results-swapped",)),
    forgotten_cache(REFERENCE, "batchnorm_forward", "batchnorm_backward"),
    Mistake("writes-into-cache", "The first gradients are right, but the backward writes into its "
            "cache: used a second time, it gives others.",
            functions={"batchnorm_backward": _keeps_cache}, equivalent=("input-mutated",)),
)  # fmt: skip

BACKWARD = Exercise(
    "batchnorm_backward", LESSON, 4,
    outputs=(Output("dx", "the gradient dx", 3.0), Output("dgamma", "the gradient dgamma"),
             Output("dbeta", "the gradient dbeta"),
             Output("second_call_agrees", "the cache, used a second time", weight=0.0)),
    cases=_cases(True), run=run_backward, reference=REFERENCE,
    functions=("batchnorm_backward", "batchnorm_forward"), upstream="dout", see=SEE,
    mistakes=BACKWARD_MISTAKES,
    variants=(
        Variant("one-line", {"batchnorm_backward": _one_line_back}),
        Variant("staged", {"batchnorm_forward": _staged, "batchnorm_backward": _staged_back}),
        Variant("staged-without-the-zero-term", {
            "batchnorm_forward": _staged,
            "batchnorm_backward": lambda dout, cache: _staged_back(dout, cache, False)}),
        Variant("jacobian", {"batchnorm_forward": _jacobian_forward,
                             "batchnorm_backward": _jacobian_back}),
        Variant("right-for-its-wrong-forward", {
            "batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
                lambda out, cache: (out - np.asarray(beta), cache))(
                    *_staged(x, gamma, beta, eps)),
            "batchnorm_backward": _staged_back}),
        Variant("right-for-variance-about-zero", {
            "batchnorm_forward": lambda x, gamma, beta, eps=1e-5: (
                lambda s: (gamma * x / s + beta, (x, gamma, s)))(
                    np.sqrt(np.mean(x * x, axis=0) + eps)),
            "batchnorm_backward": lambda dout, cache: (lambda x, gamma, s: (
                dout * gamma / s - x * (dout * gamma * x).mean(0) / s**3,
                (dout * x / s).sum(0), dout.sum(0)))(*cache)}),
    ),
)  # fmt: skip

EXERCISES = (FORWARD, BACKWARD)
