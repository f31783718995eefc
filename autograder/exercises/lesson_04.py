"""Checks of lesson 04: a line through house prices, its mean squared error, scaling, fitting."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.exercise import (
    Case,
    Exercise,
    Mistake,
    Output,
    Variant,
    draw_sizes,
    function_run,
)
from autograder.exercises.common import in_other_forms
from autograder.exercises.descent_slips import (
    FINISH,
    STEP_B,
    STEP_W,
    descent_slips,
    fit_run,
)
from bplib import linear

LESSON = "04_house_prices"
REFERENCE = {
    name: getattr(linear, name)
    for name in ("predict", "mse", "mse_gradients", "standardize", "fit_linear")
}

# --- predict ------------------------------------------------------------------------------------


def _examples(rng, sizes, special=""):
    n, d = sizes["N"], sizes["D"]
    return Case(
        special, sizes, X=rng.normal(size=(n, d)), w=rng.normal(size=d), b=float(rng.normal())
    )


def predict_cases(rng):
    for _ in range(4):
        yield _examples(rng, draw_sizes(rng, "ND"))
    yield _examples(rng, {"N": 1, "D": 3}, "one house alone (N = 1)")
    yield _examples(rng, {"N": 5, "D": 1}, "one feature (D = 1)")
    yield from in_other_forms(_examples(rng, draw_sizes(rng, "ND")), rng)
    yield _examples(rng, {"N": 3, "D": 3}, "as many houses as features (N = D)")


PREDICT = Exercise(
    "predict", LESSON, 2,
    outputs=(Output("result", "the guesses"),),
    cases=predict_cases,
    run=function_run("predict", "X w b"),
    reference=REFERENCE,
    see="From one feature to three",
    mistakes=(
        Mistake(
            "bias-missing", "The starting price `b` is missing: every guess is off by `b`.",
            "X @ w adds up what each feature brings; a house of nothing, nowhere still costs `b`.",
            edits=(("return X @ w + b", "return X @ w"),), equivalent=("ignores-b",),
        ),
        Mistake(
            "bias-subtracted", "`b` is subtracted, and should be added.",
            edits=(("X @ w + b", "X @ w - b"),), equivalent=("negates-b",),
        ),
        Mistake(
            "bias-times-features", "`b` is added once for every feature; it comes once a house.",
            "Adding `b` inside the sum over features adds it D times.",
            edits=(("X @ w + b", "(X * w + b).sum(axis=1)"),),
        ),
        Mistake(
            "not-summed", "Each feature's part is there, but the parts of a house are not added up.",
            "`X * w` multiplies entry by entry; a guess is the sum of a row's products: `X @ w`.",
            edits=(("X @ w + b", "X * w + b"),), equivalent=("unsummed",),
        ),
        Mistake(
            "column-result", "The guesses stand in a column of shape (N, 1); agreed was (N,).",
            "A column looks alike, but (N, 1) minus (N,) makes an N by N table later on.",
            edits=(("return X @ w + b", "return (X @ w + b)[:, None]"),),
            equivalent=("right-values-wrong-shape",),
        ),
        Mistake(
            "mean-of-features", "The features' parts are averaged; they should be added.",
            "A mean divides by the number of features: then each counts for less.",
            edits=(("X @ w + b", "(X * w).mean(axis=1) + b"),),
        ),
        Mistake(
            "first-feature-only", "Only the first feature is used.",
            edits=(("X @ w + b", "X[:, 0] * w[0] + b"),),
        ),
        Mistake(
            "bias-in-bracket", "`b` is multiplied along with the features: it should be added last.",
            edits=(("X @ w + b", "(X + b) @ w"),),
        ),
        Mistake(
            "bias-added-to-weights", "`b` is added to every weight, and then multiplied by the "
            "features: it should be added last.",
            edits=(("X @ w + b", "X @ (w + b)"),),
        ),
        Mistake(
            "bias-multiplied", "The guesses are multiplied by `b`; it should be added.",
            edits=(("X @ w + b", "X @ w * b"),),
        ),
        Mistake(
            "houses-added-up", "One number came back: all houses are added up.",
            "np.sum without an axis adds up the whole table; each house is a row of its own.",
            edits=(("X @ w + b", "np.sum(X * w) + b"),),
        ),
        Mistake(
            "columns-added-up", "The columns are added up: there is one number for each feature, and "
            "one for each house was wanted.",
            "axis=0 runs down a column, from house to house; axis=1 runs along a row.",
            edits=(("X @ w + b", "np.sum(X * w, axis=0) + b"),),
        ),
        Mistake(
            "sum-goes-on", "The sum of one house goes on into the next: every guess holds those of the "
            "houses before.", "A sum has to be set back before every house.",
            edits=(("X @ w + b", "np.cumsum(X @ w) + b"),),
        ),
    ),
    variants=(
        Variant("loops", {"predict": lambda X, w, b: [
            sum(float(row[d]) * float(w[d]) for d in range(len(w))) + b for row in X]}),
        Variant("einsum", {"predict": lambda X, w, b: np.einsum("nd,d->n", X, w) + b}),
        Variant("other-order", {"predict": lambda X, w, b: b + w.T @ X.T}),
        Variant("single-precision", {"predict": lambda X, w, b: (
            X.astype(np.float32) @ np.float32(w) + np.float32(b))}),
    ),
)  # fmt: skip

# --- mse ----------------------------------------------------------------------------------------


def _pairs(rng, n, special=""):
    return Case(
        special, {"N": n}, predictions=rng.normal(1.0, 2.0, n), targets=rng.normal(0.0, 1.5, n)
    )


def mse_cases(rng):
    for n in rng.choice(np.arange(3, 9), 4, replace=False):
        yield _pairs(rng, int(n))
    yield _pairs(rng, 1, "one house alone (N = 1)")
    yield from in_other_forms(_pairs(rng, 6), rng)
    right = _pairs(rng, 5, "guesses that are exactly right")
    yield right.but(targets=np.where([1, 0, 1, 0, 0], right.predictions, right.targets))
    prices = _pairs(rng, 4, "prices in coins, and mistakes of ten thousands")
    yield prices.but(predictions=300_000 + 20_000 * prices.predictions.round(3),
                     targets=300_000 + 20_000 * prices.targets.round(3))


MEAN = "np.mean(mistakes * mistakes)"

MSE = Exercise(
    "mse", LESSON, 2,
    outputs=(Output("result", "the mean squared error"),),
    cases=mse_cases,
    run=function_run("mse", "predictions targets"),
    reference=REFERENCE,
    see="How wrong is the line?",
    mistakes=(
        Mistake(
            "sum-for-mean", "The squared mistakes are added up but not divided by their number.",
            "A sum grows with every house you add; the mean stays comparable.",
            edits=((MEAN, "np.sum(mistakes * mistakes)"),),
            equivalent=("times-N",),
        ),
        Mistake(
            "divides-by-three", "The sum is divided by 3, whatever the number of houses.",
            "3 was the number of houses in the example by hand.",
            edits=((MEAN, "np.sum(mistakes * mistakes / 3)"),),
        ),
        Mistake(
            "half", "There is a factor 1/2 too much: agreed was the plain mean of the squares.",
            "Some books put 1/2 in front so that a 2 cancels later; here it is not there.",
            edits=((MEAN, "np.mean(mistakes * mistakes / 2)"),),
            equivalent=("times-1-over-2",),
        ),
        Mistake(
            "half-sum", "The squares are added up and halved; agreed was their mean.",
            edits=((MEAN, "np.sum(mistakes * mistakes / 2)"),),
            equivalent=("times-N-over-2",),
        ),
        Mistake(
            "not-squared", "The mistakes are averaged without being squared.",
            "Plus and minus cancel: guesses far off on both sides would look perfect.",
            edits=((MEAN, "np.mean(mistakes)"),),
        ),
        Mistake(
            "absolute", "The sizes of the mistakes are averaged; agreed was their squares.",
            "The mean absolute error is a fair measure too, but not this one.",
            edits=((MEAN, "np.mean(np.abs(mistakes))"),),
        ),
        Mistake(
            "rmse", "A square root has been taken: that is the RMSE; agreed was the MSE.",
            edits=((MEAN, "np.sqrt(np.mean(mistakes * mistakes))"),),
            equivalent=("square-root",),
        ),
        Mistake(
            "mean-then-square", "The mistakes are averaged first and squared afterwards.",
            "Square each mistake first: otherwise plus and minus cancel before they are counted.",
            edits=((MEAN, "(np.mean(mistakes) ** 2)"),),
        ),
        Mistake(
            "difference-of-squares", "The squares of guesses and prices are subtracted; the square "
            "belongs around the difference.",
            edits=((MEAN, "np.mean(predictions**2 - targets**2)"),),
        ),
        Mistake(
            "every-pair", "Every guess is compared with every price: an N by N table.",
            "A column of shape (N, 1) minus a row of shape (N,) makes a table; compare (N,) with "
            "(N,).",
            edits=(("mistakes = predictions - targets",
                    "mistakes = predictions[:, None] - targets"),),
        ),
        Mistake(
            "not-averaged", "Each house has its squared mistake, but the mean over them is missing.",
            edits=(("return np.mean(mistakes * mistakes).item()", "return mistakes * mistakes"),),
            equivalent=("unaveraged",),
        ),
        Mistake(
            "divides-by-n-minus-one", "The sum is divided by N - 1; agreed was the mean, with N.",
            "N - 1 belongs to the estimate of a variance; here nothing was estimated first.",
            edits=((MEAN, "np.sum(mistakes * mistakes / max(len(mistakes) - 1, 1))"),),
            equivalent=("times-N-over-N-1",),
        ),
        Mistake(
            "doubled", "The mistakes are doubled; agreed was their squares.",
            "In Python `**2` squares, and `* 2` doubles.", edits=((MEAN, "np.mean(2 * mistakes)"),),
        ),
        Mistake(
            "length", "The squares are added up and a root is taken of the sum; agreed was the mean, "
            "and no root.", "np.linalg.norm does so: it measures a length.",
            edits=((MEAN, "np.sqrt(np.sum(mistakes * mistakes))"),),
        ),
        Mistake(
            "relative", "Each mistake is divided by its price first; agreed was the mistake itself.",
            edits=((MEAN, "np.mean((mistakes / targets) ** 2)"),),
        ),
        Mistake(
            "variance", "The mean of the mistakes is taken away from them before they are squared: that "
            "is their variance.",
            "If all guesses were 10,000 too high, the variance would be 0.",
            edits=((MEAN, "np.var(mistakes)"),),
        ),
        Mistake(
            "return-in-loop", "Only the first house is counted: the `return` stands inside the loop and "
            "ends it in its first turn.",
            "What is indented as far as the loop's lines belongs to the loop.",
            edits=((MEAN, "(mistakes[0] ** 2 / len(mistakes))"),),
        ),
        Mistake(
            "last-house-alone", "Only the last house is counted: each square takes the place of the one "
            "before.", "`=` puts a new number in place of the old one; `+=` adds to it.",
            edits=((MEAN, "(mistakes[-1] ** 2 / len(mistakes))"),),
        ),
        Mistake(
            "first-house-left-out", "The first house is left out.", "Python counts from 0: "
            "`range(1, N)` leaves out house 0.",
            edits=((MEAN, "(np.sum(mistakes[1:] ** 2) / len(mistakes))"),),
        ),
    ),
    variants=(
        Variant("loop", {"mse": lambda predictions, targets: sum(
            (float(predictions[n]) - float(targets[n])) ** 2 for n in range(len(targets))
        ) / len(targets)}),
        Variant("dot", {"mse": lambda predictions, targets: (
            (predictions - targets) @ (predictions - targets) / len(targets))}),
        Variant("zero-d", {"mse": lambda predictions, targets: np.array(
            np.square(np.subtract(targets, predictions)).mean())}),
    ),
)  # fmt: skip

# --- mse_gradients ------------------------------------------------------------------------------


def _targets(case, rng):
    return case.but(targets=rng.normal(0.5, 2.0, case.sizes["N"]))


def gradient_cases(rng):
    for _ in range(4):
        yield _targets(_examples(rng, draw_sizes(rng, "ND")), rng)
    yield _targets(_examples(rng, {"N": 1, "D": 3}, "one house alone (N = 1)"), rng)
    yield _targets(_examples(rng, {"N": 5, "D": 1}, "one feature (D = 1)"), rng)
    yield from in_other_forms(_targets(_examples(rng, draw_sizes(rng, "ND")), rng), rng)
    yield _targets(_examples(rng, {"N": 3, "D": 3}, "as many houses as features (N = D)"), rng)


def _gradient_mistake(ident, says, thought="", edits=(), **more):
    return Mistake(ident, says, thought, edits=edits, **more)


SCALE = "scale = 2 / len(X)"
DW, DB = "scale * (X.T @ mistakes)", "(scale * mistakes.sum()).item()"
MISTAKES = "mistakes = predict(X, w, b) - targets"

MSE_GRADIENTS = Exercise(
    "mse_gradients", LESSON, 4,
    outputs=(Output("dw", "the gradient dw"), Output("db", "the gradient db")),
    cases=gradient_cases,
    run=function_run("mse_gradients", "X targets w b", "dw db"),
    reference=REFERENCE,
    see="Which way to turn each number",
    mistakes=(
        Mistake(
            "mean-missing", "The mean over the houses is missing: `dw` and `db` are N times too large.",
            "The loss is a mean, so its gradient is a mean too: divide by N, once.",
            edits=((SCALE, "scale = 2"),), equivalent=("times-N",),
        ),
        Mistake(
            "mean-missing-dw", "The mean over the houses is missing in `dw`; in `db` it is there.",
            edits=((DW, "2 * (X.T @ mistakes)"),), equivalent=("times-N",),
        ),
        Mistake(
            "mean-missing-db", "The mean over the houses is missing in `db`; in `dw` it is there.",
            edits=((DB, "(2 * mistakes.sum()).item()"),), equivalent=("times-N",),
        ),
        Mistake(
            "two-missing", "The factor 2 is missing: the slope of m squared is 2 m.",
            "It is often swallowed into the learning rate; here the gradient is the real one.",
            edits=((SCALE, "scale = 1 / len(X)"),), equivalent=("times-1-over-2",),
        ),
        Mistake(
            "two-and-mean-missing", "The sums are neither doubled nor divided by the number of houses; "
            "or they are divided by 2 in place of N.",
            "In the example by hand there were 2 houses, so that 2/2 is 1; in general it is 2/N.",
            edits=((SCALE, "scale = 1"),), equivalent=("times-N-over-2",),
        ),
        Mistake(
            "averaged-twice", "The mean is taken twice: the gradients are divided by N squared.",
            edits=((SCALE, "scale = 2 / len(X) ** 2"),), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "sign", "Both gradients have the wrong sign: they point downhill.",
            "The mistake is guess minus price. Descent subtracts the gradient afterwards; "
            "turning the sign here as well makes it climb.",
            edits=((MISTAKES, "mistakes = targets - predict(X, w, b)"),),
        ),
        Mistake(
            "features-forgotten", "`dw` does not look at the features: the slope with respect to a "
            "weight is the mistake times that weight's feature.",
            "The local derivative of X @ w + b with respect to w[j] is X[:, j], not 1.",
            edits=((DW, "scale * mistakes.sum() * np.ones(X.shape[1])"),),
        ),
        Mistake(
            "bias-missing", "The guesses are made without `b`, so the mistakes are off by `b`.",
            edits=(("predict(X, w, b)", "predict(X, w, 0.0 * np.sum(b))"),),
            equivalent=("ignores-b",),
        ),
        Mistake(
            "db-not-summed", "`db` is one number for each house: the sum over the houses is missing.",
            "`b` goes into every guess, so its gradient adds up what every house says.",
            edits=((DB, "scale * mistakes"),), equivalent=("unsummed",),
        ),
        Mistake(
            "dw-not-summed", "`dw` has one row for each house: the sum over the houses is missing.",
            edits=((DW, "scale * (X * mistakes[:, None])"),), equivalent=("unsummed",),
        ),
        Mistake(
            "targets-ignored", "The prices do not enter: the gradient is taken of the guesses alone.",
            edits=((MISTAKES, "mistakes = predict(X, w, b)"),), equivalent=("ignores-targets",),
        ),
        Mistake(
            "divides-by-features", "The sum is divided by the number of features; it is a mean over "
            "the houses.",
            edits=((SCALE, "scale = 2 / X.shape[1]"),), equivalent=("times-N-over-D",),
        ),
        Mistake(
            "sign-of-mistake", "Only the sign of each mistake is used, not its size.",
            "That is the gradient of the mean absolute error.",
            edits=((MISTAKES, "mistakes = np.sign(predict(X, w, b) - targets) / 2"),),
        ),
        Mistake(
            "dw-over-features", "`dw` has one number for each house: it is added up along the features, "
            "and should be over the houses.",
            "axis=1 runs along a row, through the features of one house; axis=0 runs down a column.",
            edits=((DW, "scale * (X * mistakes[:, None]).sum(axis=1)"),),
        ),
        Mistake(
            "dw-of-features", "`dw` holds the slopes with respect to the features: mistakes times "
            "weights. He cannot turn the area of a house; he turns the weights.",
            "Turn a weight up by 1: by how much does the guess rise?",
            edits=((DW, "scale * mistakes.sum() * w"),),
        ),
        Mistake(
            "means-apart", "The mean mistake is multiplied by the mean of each feature; agreed was the "
            "mean of the products.", "First multiply house by house, then add up: a large house with a "
            "large mistake has to count as both.",
            edits=((DW, "scale * mistakes.sum() * X.mean(axis=0)"),),
        ),
        Mistake(
            "mistakes-squared", "The mistakes are squared; in the gradient they stand as they are.",
            "The slope of u squared is 2 u.",
            edits=((MISTAKES, "mistakes = (predict(X, w, b) - targets) ** 2"),),
        ),
        Mistake(
            "db-averaged-twice", "In `db` the mean is taken twice; `dw` is right.",
            "The slopes have been divided by the number of houses before: what is left is to add them "
            "up.", edits=((DB, "(scale * mistakes.mean()).item()"),), equivalent=("times-1-over-N",),
        ),
        Mistake(
            "db-times-b", "`db` is multiplied by `b`: for each coin of `b` the guess rises by 1, "
            "however large `b` is.",
            edits=((DB, "(scale * mistakes.sum() * b)"),),
        ),
        Mistake(
            "db-through-features", "`db` is summed over the features as well: `b` meets no feature.",
            edits=((DB, "scale * (X.T @ mistakes).sum()"),),
        ),
        Mistake(
            "root-of-loss", "These are the gradients of the root of the loss (RMSE).",
            edits=((SCALE, "scale = 1 / len(X) / np.sqrt(np.mean(mistakes**2))"),),
        ),
    ),
    variants=(
        Variant("loops", {"mse_gradients": lambda X, targets, w, b: (
            [sum(2 * (float(X[n] @ w) + b - targets[n]) * X[n, d] for n in range(len(X))) / len(X)
             for d in range(X.shape[1])],
            sum(2 * (float(X[n] @ w) + b - targets[n]) for n in range(len(X))) / len(X))}),
        Variant("einsum", {"mse_gradients": lambda X, targets, w, b: (
            np.einsum("nd,n->d", X, (2 / len(X)) * (np.einsum("nd,d->n", X, w) + b - targets)),
            np.array(2 * np.mean(X @ w + b - targets)))}),
        Variant("list-of-results", {"mse_gradients": lambda X, targets, w, b: [
            np.mean(2 * (X @ w + b - targets)[:, None] * X, axis=0),
            np.mean(2 * (X @ w + b - targets))]}),
        Variant("bias-column", {"mse_gradients": lambda X, targets, w, b: (
            lambda A: (lambda g: (g[:-1], g[-1]))(
                2 / len(X) * A.T @ (A @ np.append(w, b) - targets))
        )(np.hstack([X, np.ones((len(X), 1))]))}),
    ),
)  # fmt: skip

# --- standardize --------------------------------------------------------------------------------


def standardize_cases(rng):
    def table(n, d, special=""):
        X = rng.normal(size=(n, d)) * rng.uniform(1, 50, d) + rng.uniform(-100, 100, d)
        return Case(special, {"N": n, "D": d}, X=X)

    for _ in range(4):
        sizes = draw_sizes(rng, "ND", low=3)
        yield table(sizes["N"], sizes["D"])
    small = table(6, 3, "a column of small numbers")
    small.inputs["X"][:, 1] = rng.choice([-1, 1]) * 1.2e-3 * np.array([-1.0, 0.4, 1.7, -0.3, 0.2, -1.0])
    yield small
    constant = table(6, 3, "a column whose values are all equal")
    constant.inputs["X"][:, 1] = 5.0
    yield constant
    awkward = table(7, 3, "a column whose values are all equal")
    awkward.inputs["X"][:, 2] = 0.1  # the mean of seven 0.1 need not be 0.1
    yield awkward
    yield from in_other_forms(table(6, 4), rng, names=("X",))
    two = table(7, 4, "a column whose values are all equal")
    two.inputs["X"][:, [0, 2]] = 0.1, 1.1
    yield two
    alike = table(6, 2, "a column in which some values are equal")
    alike.inputs["X"][[0, 1, -1], 1] = 12.0
    yield alike


def run_standardize(solution, case):
    """The std of a constant column is free (0 or 1), so it is not compared there."""
    Z, mean, std = solution.call("standardize", case.X, returns=("Z", "mean", "std"))
    constant = np.ptp(np.asarray(getattr(case.X, "array", case.X)), axis=0) == 0
    came = read(std)
    if constant.any() and not isinstance(came, Unreadable) and came.shape == constant.shape:
        std = np.where(constant, 1, came)
    return {"Z": Z, "mean": mean, "std": std}


Z_LINE = "np.where(constant, X.dtype.type(0), (X - mean) / std)"
STD_LINE = "std = np.where(constant, X.dtype.type(1), X.std(axis=0))"
MEAN_LINE = "mean = np.where(constant, low, X.mean(axis=0))"

def _spread_and(more):
    """Nothing is divided by 0, since a number is added to every spread."""
    return {"standardize": lambda X: (
        (X - X.mean(0)) / (X.std(0) + more), X.mean(0), X.std(0))}


STANDARDIZE = Exercise(
    "standardize", LESSON, 3,
    outputs=(Output("Z", "the scaled table Z", weight=2), Output("mean", "the means"),
             Output("std", "the standard deviations")),
    cases=standardize_cases,
    run=run_standardize,
    reference=REFERENCE,
    see="Features of very different size",
    mistakes=(
        Mistake(
            "sample-std", "The standard deviation is the sample's (divisor N - 1); agreed was the "
            "population's, with N.",
            "pandas and statistics courses divide by N - 1; np.std divides by N unless told "
            "otherwise.",
            edits=(("X.std(axis=0)", "X.std(axis=0, ddof=1)"),),
        ),
        Mistake(
            "variance-for-std", "It is divided by the variance; the standard deviation is its root.",
            edits=(("X.std(axis=0)", "X.var(axis=0)"),),
        ),
        Mistake(
            "not-centred", "The mean is not subtracted: the columns are scaled but not moved to 0.",
            edits=((Z_LINE, "X / std"),),
        ),
        Mistake(
            "not-scaled", "The mean is subtracted, but the columns are not divided by their spread.",
            edits=((Z_LINE, "X - mean"),),
        ),
        Mistake(
            "whole-table", "One mean and one spread are used for the whole table; each column needs "
            "its own.",
            "Square metres and bedrooms have different units: scale column by column, axis=0.",
            functions={"standardize": lambda X: (
                (X - np.mean(X)) / np.std(X), np.mean(X), np.std(X))},
        ),
        Mistake(
            "rows-for-columns", "Each row is scaled instead of each column.",
            "axis=1 averages over the features of one house; axis=0 over the houses.",
            functions={"standardize": lambda X: (
                (X - X.mean(1, keepdims=True)) / X.std(1, keepdims=True), X.mean(1), X.std(1))},
        ),
        Mistake(
            "constant-column", "A column whose values are all equal gives no zeros: its spread is 0, "
            "and 0/0 is not a number.",
            "Put another number where the spread is 0 before you divide.",
            functions={"standardize": lambda X: (
                (X - X.mean(0)) / X.std(0), X.mean(0), X.std(0))},
            equivalent=("fails-with-a-column-whose-values-are-all-equal",),
        ),
        Mistake(
            "constant-column-rounding", "A column of equal values gives ones or other noise instead "
            "of zeros: its spread is not exactly 0, only as small as rounding.",
            "The mean of seven times 0.1 need not be exactly 0.1; `std == 0` then misses it.",
            functions={"standardize": lambda X: (
                lambda m, s: ((X - m) / np.where(s == 0, 1, s), m, s))(X.mean(0), X.std(0))},
            equivalent=("fails-with-a-column-whose-values-are-all-equal",),
        ),
        *(Mistake(
            f"added-to-spread{name}", "A small number is added to the spread: where the spread is small "
            "itself, Z comes out too small.",
            "Leave every spread as it is but those of constant columns.",
            functions=_spread_and(more),
        ) for name, more in (("", 1e-5), ("-1e-6", 1e-6), ("-1e-7", 1e-7))),
        *(Mistake(
            f"tiny-added-to-spread{name}", "A tiny number is added to the spread. A column of equal "
            "values then gives no exact zeros: rounding is divided by that tiny number.",
            "The mean of seven times 0.1 need not be exactly 0.1.",
            functions=_spread_and(more),
        ) for name, more in (("", 1e-12), ("-1e-15", 1e-15))),
        Mistake(
            "small-taken-for-constant", "A column of small numbers is taken for one whose values are "
            "all equal.", "A spread of 0.001 is much, if the numbers are about as small: ask for one "
            "that is tiny beside them, or for one far smaller than any real spread.",
            functions={"standardize": lambda X: (lambda m, s: (
                np.where(s < 1e-2, 0.0, (X - m) / np.where(s < 1e-2, 1, s)), m, s))(
                    X.mean(0), X.std(0))},
            equivalent=("fails-with-a-column-of-small-numbers",),
        ),
        Mistake(
            "spread-around-zero", "The spread is measured around 0; it should be around the mean.",
            "Take the mean away before you square.",
            edits=(("X.std(axis=0)", "np.sqrt((X**2).mean(axis=0))"),),
        ),
        Mistake(
            "those-of-z", "`mean` and `std` are those of Z; the ones of X are wanted, to scale new "
            "houses by.", edits=(("return np.where(constant, X.dtype.type(0), (X - mean) / std), mean, "
                                  "std", "Z = np.where(constant, 0.0, (X - mean) / std)\n"
                                  "    return Z, Z.mean(axis=0), Z.std(axis=0)"),),
        ),
        Mistake(
            "zero-to-one", "The columns are stretched to the range from 0 to 1; agreed was mean 0 "
            "and spread 1.",
            functions={"standardize": lambda X: (
                (X - X.min(0)) / (X.max(0) - X.min(0)), X.mean(0), X.std(0))},
        ),
        Mistake(
            "sign", "Z has the wrong sign: it is value minus mean.",
            edits=((Z_LINE, "np.where(constant, 0.0, (mean - X) / std)"),),
        ),
        Mistake(
            "scale-then-shift", "The values are divided first and the unscaled mean subtracted after.",
            "Python divides before it subtracts: X - mean / std is X - (mean / std).",
            edits=((Z_LINE, "X - mean / std"),),
        ),
    ),
    variants=(
        Variant("guarded", {"standardize": lambda X: (lambda m, s: (
            (X - m) / np.where(s < 1e-9, 1.0, s) * (s >= 1e-9), m, s))(X.mean(0), X.std(0))}),
        Variant("loops", {"standardize": lambda X: _standardize_by_loops(X)}),
        Variant("any-close", {"standardize": lambda X: (lambda m, s: (
            np.divide(X - m, s, out=np.zeros(X.shape), where=~np.isclose(s, 0)), list(m), list(s)
        ))(np.mean(X, 0), np.sqrt(np.mean((X - np.mean(X, 0)) ** 2, 0)))}),
    ),
)  # fmt: skip


def _standardize_by_loops(X):
    columns, means, stds = [], [], []
    for column in np.asarray(X, float).T:
        values = [float(v) for v in column]
        mean = sum(values) / len(values)
        std = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
        flat = max(values) - min(values) <= 1e-12 * max(1.0, abs(values[0]))
        columns.append([0.0 if flat else (v - mean) / std for v in values])
        means.append(mean)
        stds.append(0.0 if flat else std)
    return np.array(columns).T, means, stds


# --- fit_linear ---------------------------------------------------------------------------------


def fit_cases(rng):
    def table(n, d, rate, steps, special=""):
        X = rng.normal(size=(n, d))
        targets = X @ rng.normal(size=d) * 2 + 3 + rng.normal(size=n)
        return Case(special, {"N": n, "D": d}, X=X, targets=targets, learning_rate=rate, steps=steps)

    for steps in (3, 5, 4):
        sizes = draw_sizes(rng, "ND", low=3)
        yield table(sizes["N"], sizes["D"], float(rng.uniform(0.02, 0.1)), steps)
    yield table(5, 2, 0.05, 0, "no steps at all (steps = 0)")
    yield table(1, 3, 0.05, 4, "one house alone (N = 1)")
    yield table(8, 2, 0.1, 60, "many steps (steps = 60)")
    yield from in_other_forms(table(6, 2, 0.05, 3), rng, names=("X", "targets"))
    yield table(7, 2, 1.5, 4, "a learning rate so large that the loss grows")
    yield table(24, 2, 0.05, 3, "many houses (N = 24)")


LOOP_LOSS = "        losses.append(mse(predict(X, w, b), targets))"
FIRST_LOSS = "losses = [mse(predict(X, w, b), targets)]"

FIT_LINEAR = Exercise(
    "fit_linear", LESSON, 4,
    outputs=(Output("w", "the weights w"), Output("b", "the bias b"),
             Output("losses", "the list of losses")),
    cases=fit_cases,
    run=fit_run("fit_linear", "X targets learning_rate steps"),
    reference=REFERENCE,
    see="Many small steps",
    mistakes=(
        Mistake(
            "two-results-in-one", "`mse_gradients` hands over two things at once, `dw` and `db`; they "
            "have to be taken apart.",
            "One name on the left takes both as a pair; two names with a comma take one each.",
            edits=(("        dw, db = mse_gradients(X, targets, w, b)\n        w = w",
                    "        dw = mse_gradients(X, targets, w, b)\n        w = w"),
                   ("        b = b - learning_rate * db\n", "")),
        ),
        *descent_slips(linear.fit_linear, "mse_gradients(X, targets, w, b)", "loss", "houses"),
        Mistake(
            "first-loss-missing", "The loss before the first step is missing from `losses`.",
            "`losses` has steps + 1 entries: the first tells where you started.",
            edits=(("losses = [mse(predict(X, w, b), targets)]", "losses = []"),),
            equivalent=("first-missing",),
        ),
        Mistake(
            "last-loss-missing", "The loss after the last step is missing from `losses`.",
            "When the loss is written down before the step, one is left to write at the end.",
            edits=((LOOP_LOSS, ""), ("        w = w - ", "        losses.append(mse(predict(X, w, b)"
                   ", targets))\n        w = w - "), ("losses = [mse(predict(X, w, b), targets)]",
                   "losses = []")), equivalent=("last-missing",),
        ),
        Mistake(
            "last-loss-alone", "The last loss alone came back; agreed was the list of all.",
            edits=((FINISH, "return w, b, losses[-1]"),),
        ),
        Mistake(
            "step-after-last-loss", "The losses are right, but `w` and `b` have taken one more step "
            "after the last of them.", "When the loop writes the loss down first, its last turn must "
            "not step any more.",
            edits=((FIRST_LOSS, "losses = []"), ("range(steps)", "range(steps + 1)"), (LOOP_LOSS, ""),
                   ("        w = w - ", f"{LOOP_LOSS}\n        w = w - ")),
        ),
        Mistake(
            "scales-inside", "The features are standardized inside: the weights are those of other "
            "features than the ones that came in.",
            "Scaling is done before the call; here the table is taken as it comes.",
            edits=((FIRST_LOSS, "X = standardize(X)[0]\n    " + FIRST_LOSS),),
        ),
        Mistake(
            "best-at-once", "The best line is computed at once; agreed was to take `steps` steps of "
            "descent from zeros.", "Where descent is after three steps shows how it learns.",
            functions={"fit_linear": lambda X, targets, learning_rate, steps: _best(
                X, targets, steps)},
        ),
        Mistake(
            "best-kept", "The `w` and `b` with the smallest loss come back; agreed was those after the "
            "last step.", "With too large a learning rate the last ones are worse, and that should be "
            "seen.",
            edits=((FIRST_LOSS, FIRST_LOSS + "\n    best = w, b"),
                   (LOOP_LOSS, LOOP_LOSS + "\n        best = (w, b) if losses[-1] <= min(losses) "
                    "else best"),
                   (FINISH, "return *best, np.array(losses)")),
        ),
        Mistake(
            "one-step-too-many", "One step too many is taken.",
            edits=(("range(steps)", "range(steps + 1)"),),
        ),
        Mistake(
            "one-step-too-few", "One step too few is taken.",
            edits=(("range(steps)", "range(max(steps - 1, 0))"),),
        ),
        Mistake(
            "gradient-once", "The gradient is computed once, before the loop, and never again.",
            "After every step the mistakes are different, and so is the way downhill.",
            edits=(("    for _ in range(steps):\n        dw, db = mse_gradients(X, targets, w, b)",
                    "    dw, db = mse_gradients(X, targets, w, b)\n    for _ in range(steps):"),),
        ),
        Mistake(
            "half-gradient", "The steps are half as long: the factor 2 of the gradient is missing.",
            edits=((STEP_W, "w = w - learning_rate * dw / 2"),
                   (STEP_B, "b = b - learning_rate * db / 2")),
            equivalent=("halves-learning_rate",),
        ),
        Mistake(
            "w-uphill", "The weights climb: `w` steps along its gradient, and `b` alone against it.",
            "The gradient points uphill; both steps go the other way.",
            edits=((STEP_W, "w = w + learning_rate * dw"),),
        ),
        Mistake(
            "b-uphill", "The starting price climbs: `b` steps along its gradient, and `w` alone "
            "against it.", "The gradient points uphill; both steps go the other way.",
            edits=((STEP_B, "b = b + learning_rate * db"),),
        ),
        Mistake(
            "loss-of-zeros", "`losses` never changes: the loss is taken of the first guess each time.",
            edits=((LOOP_LOSS, "        losses.append(losses[0])"),),
        ),
    ),
    variants=(
        Variant("bias-column", {"fit_linear": lambda X, targets, learning_rate, steps: (
            _fit_with_bias_column(X, targets, learning_rate, steps))}),
        Variant("in-place-on-own", {"fit_linear": lambda X, targets, learning_rate, steps: (
            _fit_in_place(X, targets, learning_rate, steps))}),
    ),
)  # fmt: skip


def _best(X, targets, steps):
    best = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), targets, rcond=None)[0]
    w, b = best[:-1], best[-1]
    last = linear.mse(linear.predict(X, w, b), targets)
    return w, b, [linear.mse(np.zeros(len(X)), targets)] + [last] * steps


def _fit_with_bias_column(X, targets, learning_rate, steps):
    A, theta = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    losses = []
    for step in range(steps + 1):
        residual = A @ theta - targets
        losses.append(np.mean(residual**2))
        if step < steps:
            theta = theta - learning_rate * 2 / len(X) * (A.T @ residual)
    return theta[:-1], theta[-1:].reshape(()), losses


def _fit_in_place(X, targets, learning_rate, steps):
    w, b = [0.0] * X.shape[1], 0.0
    losses = np.zeros(steps + 1)
    for step in range(steps + 1):
        errors = [float(np.dot(row, w)) + b - t for row, t in zip(X, targets, strict=True)]
        losses[step] = sum(e * e for e in errors) / len(errors)
        if step == steps:
            break
        for d in range(len(w)):
            parts = [error * X[n, d] for n, error in enumerate(errors)]
            w[d] -= learning_rate * 2 * float(np.mean(parts))
        b -= learning_rate * 2 * sum(errors) / len(errors)
    return w, b, losses


EXERCISES = (PREDICT, MSE, MSE_GRADIENTS, STANDARDIZE, FIT_LINEAR)
