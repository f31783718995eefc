"""Checks of lesson 11: AdaGrad and RMSprop, which divide each slope by the size it has had so far."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Variant
from autograder.exercises.steps_11 import (
    BIG_EPS,
    DEFAULTS,
    LESSON,
    in_other_numbers,
    ordinary_walks,
    walk_case,
    walk_outputs,
    walk_run,
)
from bplib import optim

REFERENCE = {name: getattr(optim, name) for name in ("adagrad_step", "rmsprop_step")}

STEP = "float(learning_rate) * grad / (np.sqrt({0}) + float(eps))"


def _root_mistakes(state, update):
    """Slips around the root and eps, and around what is kept; ``state`` is total or average."""
    step = STEP.format(state)
    known = f"param = param - {step}"
    keep = f"return param, {state}"
    keep_old = (update, f"old = {state}\n    {update}")

    def move(text, *more):
        return ((known, f"param = {text}"), *more)

    return (
        Mistake(
            "climbs", "It steps uphill: the step is added to the parameter.",
            edits=move(f"param + {step}"),
        ),
        Mistake(
            "eps-missing", "eps is missing: a gradient that starts at zero divides 0 by 0.",
            "eps is there for the places where no gradient has come by yet.",
            edits=move(f"param - float(learning_rate) * grad / np.sqrt({state})"),
            equivalent=("as-if-0-eps",),
        ),
        Mistake(
            "eps-inside", "eps stands under the root; agreed was sqrt(...) + eps.",
            "Under the root, 1e-8 becomes 1e-4 for tiny gradients: a different brake.",
            edits=move(f"param - float(learning_rate) * grad / np.sqrt({state} + float(eps))"),
        ),
        Mistake(
            "eps-in-stone", "The `eps` that was given is not used: what comes out is as with 1e-8, or "
            "with none.",
            edits=move(f"param - float(learning_rate) * grad / (np.sqrt({state}) + 1e-8)"),
        ),
        Mistake(
            "eps-as-floor", "eps is only the smallest that the root may be; agreed was that it is "
            "added to the root.",
            edits=move(f"param - float(learning_rate) * grad / np.maximum(np.sqrt({state}), "
                       "float(eps))"),
        ),
        Mistake(
            "eps-over-all", "eps is added after the division; it belongs to the denominator.",
            "Without a bracket, a / b + eps is (a / b) + eps.",
            edits=move(f"param - (float(learning_rate) * grad / np.sqrt({state}) + float(eps))"),
        ),
        Mistake(
            "eps-beside", "eps is added to the result; it belongs to the denominator.",
            "Without a bracket, a / b + eps is (a / b) + eps.",
            edits=move(f"param - float(learning_rate) * grad / np.sqrt({state}) + float(eps)"),
        ),
        Mistake(
            "root-missing", "The gradient is divided by the squares themselves: the root is missing.",
            "A gradient divided by a square shrinks as it grows; its size cancels only against a "
            "root of squares.",
            edits=move(f"param - float(learning_rate) * grad / ({state} + float(eps))"),
        ),
        Mistake(
            "old-used", f"The root is taken of the old `{state}`; today's gradient belongs in it "
            "first.",
            f"Update `{state}` first, then divide by its root.",
            edits=move(f"param - {STEP.format('old')}", keep_old),
        ),
        Mistake(
            "state-lost", f"The `{state}` that comes back is the old one: every step starts anew.",
            "What is computed but not returned is gone when the function ends.",
            edits=(keep_old, (keep, "return param, old")),
        ),
        Mistake(
            "root-kept", f"What comes back as `{state}` is its root; the next step would square the "
            "wrong number into it.",
            edits=((keep, f"return param, np.sqrt({state})"),),
        ),
        Mistake(
            "gradient-missing", "The step does not contain the gradient: only how large it has been.",
            "The root says how far to scale; the gradient says which way, and must stand above it.",
            edits=move(f"param - float(learning_rate) / (np.sqrt({state}) + float(eps))"),
        ),
        Mistake(
            "sign-only", "The step is only the gradient's sign, and not its size.",
            edits=move("param - float(learning_rate) * np.sign(grad) / "
                       f"(np.sqrt({state}) + float(eps))"),
        ),
        Mistake(
            "multiplied", "The gradient is multiplied by the root: steep places get longer steps.",
            "It should be the other way about: where it has been steep, go carefully.",
            edits=move(f"param - float(learning_rate) * grad * (np.sqrt({state}) + float(eps))"),
        ),
        Mistake(
            "rate-missing", "The learning rate is not used.",
            edits=move(f"param - grad / (np.sqrt({state}) + float(eps))"),
            equivalent=("as-if-1-learning_rate",),
        ),
        Mistake(
            "step-only", "What comes back first is the step alone; the new parameter was asked for.",
            edits=move(step),
        ),
        Mistake(
            "other-order", f"`{state}` comes back first; agreed was the new parameter, then `{state}`.",
            edits=((keep, f"return {state}, param"),), equivalent=("results-swapped",),
        ),
    )  # fmt: skip


# --- adagrad_step -------------------------------------------------------------------------------


def adagrad_cases(rng):
    def settings():
        return {"learning_rate": float(rng.uniform(0.1, 0.5))}

    yield from ordinary_walks(rng, settings)
    yield _small_slopes(rng, learning_rate=0.4)
    yield walk_case(rng, 3, 6, "a learning rate that is lowered on the way", (4,), learning_rate=0.4,
                    later_rate=0.1)  # fmt: skip
    yield from in_other_numbers(rng, settings())


def _small_slopes(rng, **settings):
    """Gradients around 0.1 with eps = 0.1: where eps stands, and that it is used, shows."""
    case = walk_case(rng, 3, 5, BIG_EPS, (2,), eps=0.1, **settings)
    for name in ("grads", "other_grads"):
        case.inputs[name] = case.inputs[name] * 0.1
    return case


TOTAL = "total = total + grad * grad"

ADAGRAD = Exercise(
    "adagrad_step", LESSON, 2,
    outputs=walk_outputs(total="the total of the squares after each step"),
    cases=adagrad_cases,
    run=walk_run("adagrad_step", ("total",), ("eps",), positional=("learning_rate",)),
    reference=REFERENCE,
    see="Shorter steps where it has been steep",
    mistakes=(
        *_root_mistakes("total", TOTAL),
        Mistake(
            "forgets", "The squares are averaged and forgotten, as RMSprop does; AdaGrad adds up "
            "every one.",
            edits=((TOTAL, "total = 0.9 * total + (1 - 0.9) * grad * grad"),),
        ),
        Mistake(
            "not-squared", "The gradients are added up without being squared.",
            "Plus and minus cancel, and a negative total has no root.",
            edits=((TOTAL, "total = total + grad"),),
        ),
        Mistake(
            "sizes-added", "The sizes of the gradients are added up; agreed was their squares.",
            edits=((TOTAL, "total = total + np.abs(grad)"),),
        ),
        Mistake(
            "replaced", "`total` is only the newest square: the earlier ones are lost.",
            edits=((TOTAL, "total = 0 * total + grad * grad"),),
        ),
        Mistake(
            "rate-in-total", "The learning rate has gone into the total of the squares.",
            "The total is of squared gradients; the learning rate scales the step alone.",
            edits=((TOTAL, "total = total + (float(learning_rate) * grad) ** 2"),),
        ),
        Mistake(
            "starts-at-one", "1 too much is under the root: the total should start from what is "
            "handed in.",
            edits=(("np.sqrt(total)", "np.sqrt(1 + total)"),),
        ),
        Mistake(
            "one-total-for-all", "The squares are added up over the whole array: each entry needs a "
            "total of its own.",
            "AdaGrad's idea is a step size for every single number.",
            edits=((TOTAL, "total = total + np.sum(grad * grad)"),),
        ),
        Mistake(
            "one-mean-for-all", "The squares are averaged over the whole array: each entry needs a "
            "total of its own.",
            "AdaGrad's idea is a step size for every single number.",
            edits=((TOTAL, "total = total + np.mean(grad * grad)"),),
        ),
        Mistake(
            "bracket-squared", "The old total is squared along with the gradient.",
            "(total + grad)**2 squares the bracket whole; only the gradient is to be squared.",
            edits=((TOTAL, "total = (total + grad) ** 2"),),
        ),
    ),
    variants=(
        Variant("power", {"adagrad_step": lambda param, grad, total, learning_rate, eps=1e-8: (
            lambda s: (param - learning_rate / (s**0.5 + eps) * grad, s))(
                total + np.square(grad, dtype=float))}),
        Variant("lists", {"adagrad_step": lambda param, grad, total, learning_rate, eps=1e-8: (
            lambda s: [(param - learning_rate * np.divide(grad, np.sqrt(s) + eps)).tolist(),
                       s.tolist()])(np.asarray(total) + np.asarray(grad, float) ** 2)}),
        Variant("one-by-one", {"adagrad_step": lambda param, grad, total, learning_rate, eps=1e-8: (
            _one_by_one(param, grad, total, learning_rate, eps))}),
    ),
)  # fmt: skip


def _one_by_one(param, grad, total, learning_rate, eps):
    shape = np.shape(param)
    param, grad, total = (np.array(a, float).ravel() for a in (param, grad, total))
    for i in range(len(param)):
        total[i] += grad[i] * grad[i]
        param[i] -= learning_rate * grad[i] / (float(total[i]) ** 0.5 + eps)
    return param.reshape(shape), total.reshape(shape)


# --- rmsprop_step -------------------------------------------------------------------------------


def rmsprop_cases(rng):
    def settings():
        return {"learning_rate": float(rng.uniform(0.05, 0.3)),
                "decay": float(rng.uniform(0.55, 0.85))}  # fmt: skip

    yield from ordinary_walks(rng, settings)
    yield walk_case(rng, 3, 5, DEFAULTS, (2, 2), learning_rate=0.2)
    yield _small_slopes(rng, learning_rate=0.3, decay=0.7)
    yield walk_case(rng, 3, 6, "a learning rate that is lowered on the way", (4,), learning_rate=0.3,
                    later_rate=0.05, decay=0.7)  # fmt: skip
    yield from in_other_numbers(rng, settings())


AVERAGE = "average = float(decay) * average + (1 - float(decay)) * grad * grad"


def _average(text):
    return ((AVERAGE, f"average = {text}"),)


RMSPROP = Exercise(
    "rmsprop_step", LESSON, 2,
    outputs=walk_outputs(average="the average of the squares after each step"),
    cases=rmsprop_cases,
    run=walk_run("rmsprop_step", ("average",), ("decay", "eps"), positional=("learning_rate",)),
    reference=REFERENCE,
    see="A memory that fades",
    mistakes=(
        *_root_mistakes("average", AVERAGE),
        Mistake(
            "accumulates", "The squares are added up and never forgotten: that is AdaGrad.",
            "RMSprop keeps an average of recent squares, so that its steps do not die out.",
            edits=_average("average + grad * grad"),
        ),
        Mistake(
            "decay-swapped", "decay multiplies the new square and (1 - decay) the old average.",
            "A decay near 1 means a long memory: it belongs to the old average.",
            edits=_average("(1 - float(decay)) * average + float(decay) * grad * grad"),
            equivalent=("one-minus-decay",),
        ),
        Mistake(
            "weight-missing", "The new square counts in full: its factor (1 - decay) is missing.",
            "In an average the weights add up to 1; without the factor it grows to a sum.",
            edits=_average("float(decay) * average + grad * grad"),
        ),
        Mistake(
            "nothing-forgotten", "The old average is kept whole: its factor decay is missing.",
            edits=_average("average + (1 - float(decay)) * grad * grad"),
        ),
        Mistake(
            "not-squared", "The gradients are averaged without being squared.",
            "Plus and minus cancel, and a negative average has no root.",
            edits=_average("float(decay) * average + (1 - float(decay)) * grad"),
        ),
        Mistake(
            "sizes-averaged", "The sizes of the gradients are averaged; agreed was their squares.",
            edits=_average("float(decay) * average + (1 - float(decay)) * np.abs(grad)"),
        ),
        Mistake(
            "replaced", "`average` is only the newest square: nothing is remembered.",
            edits=_average("0 * average + grad * grad"), equivalent=("as-if-0-decay",),
        ),
        Mistake(
            "weight-squared", "(1 - decay) has been squared together with the gradient.",
            "((1 - decay) * grad)**2 squares the bracket whole.",
            edits=_average("float(decay) * average + ((1 - float(decay)) * grad) ** 2"),
        ),
        Mistake(
            "decay-in-stone", "decay is always 0.9: the `decay` that was given is not used.",
            edits=_average("0.9 * average + (1 - 0.9) * grad * grad"),
        ),
        Mistake(
            "starts-full", "The first square fills the average whole; agreed was a share of it, from "
            "the first step on.",
            "Then the average need not grow from 0. Adam, further down, has another way to mend that.",
            edits=_average("grad * grad if not average.any() else float(decay) * average "
                           "+ (1 - float(decay)) * grad * grad"),
        ),
        Mistake(
            "share-in-stone", "The new square is always weighed with 0.1; its share is what `decay` "
            "leaves over.",
            "With decay 0.9 that is 0.1; with another decay the two shares no longer add up to 1.",
            edits=_average("float(decay) * average + 0.1 * grad * grad"),
        ),
        Mistake(
            "zeros-skipped", "Where a gradient is exactly 0 the average is left as it was; it fades "
            "there too.",
            edits=_average("np.where(grad == 0, average, float(decay) * average + (1 - float(decay)) "
                           "* grad * grad)"),
        ),
        Mistake(
            "rate-in-average", "The learning rate has gone into the average of the squares.",
            edits=_average("float(decay) * average + (1 - float(decay)) "
                           "* (float(learning_rate) * grad) ** 2"),
        ),
        Mistake(
            "one-average-for-all", "The squares are averaged over the whole array: each entry needs "
            "an average of its own.",
            "The idea is a step size for every single number.",
            edits=_average("float(decay) * average + (1 - float(decay)) * np.mean(grad * grad)"),
        ),
    ),
    variants=(
        Variant("difference", {"rmsprop_step": lambda param, grad, average, learning_rate, decay=0.9,
                eps=1e-8: (lambda a: (param - learning_rate * grad / (np.sqrt(a) + eps), a))(
                    average + (1 - decay) * (np.square(grad, dtype=float) - average))}),
        Variant("lists", {"rmsprop_step": lambda param, grad, average, learning_rate, decay=0.9,
                eps=1e-8: (lambda a: [(param - learning_rate / (eps + a**0.5) * grad).tolist(), a])(
                    (1 - decay) * np.power(np.asarray(grad, float), 2) + decay * average)}),
        Variant("single-precision", {"rmsprop_step": lambda *given, **named: [
            np.float32(value) for value in optim.rmsprop_step(*given, **named)]}),
    ),
)  # fmt: skip

EXERCISES = (ADAGRAD, RMSPROP)
