"""Checks of lesson 11: Adam, and AdamW, which differs from it in one term."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Variant
from autograder.exercises.adam_slips_11 import ADAM_MISTAKES, M_LINE, MOVE, STEP
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

REFERENCE = {"adam_step": optim.adam_step}
REFERENCE_W = {"adamw_step": optim.adamw_step}



def adam_settings(rng):
    return {"learning_rate": float(rng.uniform(0.05, 0.3)), "beta1": float(rng.uniform(0.4, 0.7)),
            "beta2": float(rng.uniform(0.75, 0.95))}  # fmt: skip


def special_walks(rng, **more):
    """What Adam and AdamW are both tried on besides ordinary walks."""
    settings = {**adam_settings(rng), **more}
    case = walk_case(rng, 3, 5, BIG_EPS, (2,), **{**settings, "eps": 0.1})
    for name in ("grads", "other_grads"):
        case.inputs[name] = case.inputs[name] * 0.1
    yield case
    yield walk_case(rng, 3, 5, "a walk taken up again at t = 30", **{**settings, "beta2": 0.98},
                    first_t=30, start_m=rng.normal(size=3),
                    start_v=rng.uniform(0.5, 2.0, 3))  # fmt: skip
    yield walk_case(rng, 2, 5, "no memory at all (beta1 = beta2 = 0)",
                    **{**settings, "beta1": 0.0, "beta2": 0.0})  # fmt: skip
    yield from in_other_numbers(rng, settings)
    yield walk_case(rng, 2, 4, "a walk taken up again at t = 1000", **{**settings, "beta2": 0.999},
                    first_t=1000, start_m=rng.normal(size=2),
                    start_v=rng.uniform(0.5, 2.0, 2))  # fmt: skip


def adam_cases(rng):
    yield from ordinary_walks(rng, lambda: adam_settings(rng))
    yield walk_case(rng, 3, 6, DEFAULTS, (2, 2), learning_rate=0.2)
    tiny = walk_case(rng, 3, 5, DEFAULTS)  # the default rate is 0.001: seen from near by
    tiny.inputs["param"] = tiny.param * 1e-3
    yield tiny
    yield from special_walks(rng)


STATES = {"m": "the average m after each step", "v": "the average v of squares after each step"}
SETTINGS = ("learning_rate", "beta1", "beta2", "eps")

def _plain(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam with the correction folded into the rate, which is right when eps is folded in too."""
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad, dtype=float) - v)
    root = (1 - beta2**t) ** 0.5
    return param - learning_rate * root / (1 - beta1**t) * m / (v**0.5 + eps * root), m, v


def _numbers(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam on plain Python numbers, one by one."""
    shape = np.shape(param)
    flat = [np.ravel(a).tolist() for a in (param, grad, m, v)]
    rows = []
    for p, g, a, b in zip(*flat, strict=True):
        a, b = beta1 * a + (1 - beta1) * g, beta2 * b + (1 - beta2) * g**2
        p -= learning_rate * (a / (1 - beta1**t)) / ((b / (1 - beta2**t)) ** 0.5 + eps)
        rows.append((p, a, b))
    return [np.reshape(column, shape).tolist() for column in zip(*rows, strict=True)]


ADAM = Exercise(
    "adam_step", LESSON, 4,
    outputs=walk_outputs(**STATES),
    cases=adam_cases,
    run=walk_run("adam_step", ("m", "v"), SETTINGS, counted=True),
    reference=REFERENCE,
    see="Adam, put together",
    mistakes=ADAM_MISTAKES,
    variants=(
        Variant("folded", {"adam_step": _plain}),
        Variant("numbers", {"adam_step": _numbers}),
        Variant("in-place-on-copies", {"adam_step": lambda param, grad, m, v, t, learning_rate=1e-3,
                beta1=0.9, beta2=0.999, eps=1e-8: _on_copies(
                    param, grad, m, v, t, learning_rate, beta1, beta2, eps)}),
        Variant("single-precision", {"adam_step": lambda param, grad, m, v, t, learning_rate=1e-3,
                beta1=0.9, beta2=0.999, eps=1e-8: _plain(
                    *(np.float32(a) for a in (param, grad, m, v)), t, learning_rate, beta1, beta2,
                    eps)}),
    ),
)  # fmt: skip


def _on_copies(param, grad, m, v, t, learning_rate, beta1, beta2, eps):
    param, m, v = (np.array(a, dtype=float) for a in (param, m, v))
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * np.asarray(grad) ** 2
    param -= learning_rate * np.divide(m / (1 - beta1**t), eps + np.sqrt(v / (1 - beta2**t)))
    return param, m, v


# --- adamw_step ---------------------------------------------------------------------------------

DECAY = " - rate * weight_decay * param"


def adamw_cases(rng):
    def settings():
        return {**adam_settings(rng), "weight_decay": float(rng.uniform(0.2, 0.6))}

    yield from ordinary_walks(rng, settings)
    yield walk_case(rng, 3, 6, DEFAULTS, (2, 2), learning_rate=0.4)
    tiny = walk_case(rng, 3, 5, DEFAULTS, weight_decay=0.5)
    tiny.inputs["param"] = tiny.param * 1e-2
    yield tiny
    yield walk_case(rng, 3, 5, "no decay (weight_decay = 0)", **{**settings(), "weight_decay": 0.0})
    yield from special_walks(rng, weight_decay=0.4)


DECAY_MISTAKES = (
    Mistake(
        "decay-missing", "There is no weight decay: this is plain Adam.",
        edits=((DECAY, ""),), equivalent=("as-if-0-weight_decay",),
    ),
    Mistake(
        "decay-unscaled", "The decay is not scaled by the learning rate.",
        "Then lowering the rate leaves the shrinking as strong as ever, and the weights vanish.",
        edits=((DECAY, " - weight_decay * param"),),
    ),
    Mistake(
        "decay-in-gradient", "The decay is added to the gradient: that is L2 regularisation, and "
        "goes through m and v. Agreed was a decay beside them.",
        "Divided by the root of v, steep parameters would shrink less than flat ones; keeping the "
        "decay out of that is the point of AdamW.",
        edits=((M_LINE, "grad = grad + weight_decay * param\n    " + M_LINE), (DECAY, "")),
    ),
    Mistake(
        "decay-in-m", "The decay is added to m_hat, and then divided by the root of v with it.",
        edits=((STEP, "step = (m_hat + weight_decay * param) / (np.sqrt(v_hat) + eps)"),
               (DECAY, "")),
    ),
    Mistake(
        "decay-grows", "The decay has the wrong sign: the parameters grow.",
        edits=((DECAY, " + rate * weight_decay * param"),), equivalent=("negates-weight_decay",),
    ),
    Mistake(
        "decay-after", "The decay is taken of the parameter that has already moved; agreed was the "
        "old one.",
        "Adam's step and the decay both start from where the parameter was.",
        edits=((MOVE + DECAY, MOVE + "\n    param = param" + DECAY),),
    ),
    Mistake(
        "decay-by-sign", "Every entry shrinks by the same amount; decay takes a share of each.",
        edits=((DECAY, " - rate * weight_decay * np.sign(param)"),),
    ),
    Mistake(
        "decay-doubled", "The decay is twice as strong: the gradient of weight_decay * param**2 has "
        "a 2, but agreed was weight_decay * param.",
        edits=((DECAY, " - 2 * rate * weight_decay * param"),), equivalent=("doubles-weight_decay",),
    ),
    Mistake(
        "decay-without-param", "The same number comes off everywhere: the parameter is missing in "
        "the decay.",
        edits=((DECAY, " - rate * weight_decay"),),
    ),
    Mistake(
        "decay-rate-squared", "The decay is scaled by the learning rate twice.",
        edits=((DECAY, " - rate * rate * weight_decay * param"),),
    ),
    Mistake(
        "decay-of-gradient", "The decay takes a share of the gradient; it is the parameter that "
        "shrinks.",
        edits=((DECAY, " - rate * weight_decay * grad"),),
    ),
    Mistake(
        "decay-of-square", "The decay takes a share of the parameter's square; agreed was a share of "
        "the parameter itself.",
        "weight_decay / 2 * param**2 would stand in the loss; its slope is weight_decay * param.",
        edits=((DECAY, " - rate * weight_decay * param**2"),),
    ),
    Mistake(
        "decay-twice", "The decay comes twice: once in the gradient, and once beside the step.",
        "AdamW takes it out of the gradient and keeps it beside the step alone.",
        edits=((M_LINE, "grad = grad + weight_decay * param\n    " + M_LINE),),
    ),
    Mistake(
        "decay-in-stone", "The decay is always 0.01: the `weight_decay` that was given is not used.",
        edits=((DECAY, " - rate * 1e-2 * param"),),
    ),
    Mistake(
        "decay-of-tables-alone", "A parameter with a single axis is not decayed; agreed was a decay of "
        "every parameter that comes in.",
        "Many people spare the biases, and then whoever calls says so, with weight_decay = 0.",
        edits=((DECAY, f"{DECAY} * (param.ndim > 1)"),),
    ),
    Mistake(
        "decay-shrinks-all", "The moved parameter is multiplied by 1 - weight_decay: the learning rate "
        "is missing in the decay, and the step shrinks along.",
        edits=((MOVE + DECAY, "param = (1 - weight_decay) * (param - rate * step)"),),
    ),
)  # fmt: skip

ADAMW = Exercise(
    "adamw_step", LESSON, 3,
    outputs=walk_outputs(**STATES),
    cases=adamw_cases,
    run=walk_run("adamw_step", ("m", "v"), (*SETTINGS, "weight_decay"), counted=True),
    reference=REFERENCE_W,
    see="Weight decay that stays decoupled",
    mistakes=(*DECAY_MISTAKES, *ADAM_MISTAKES),
    variants=(
        Variant("shrink-first", {"adamw_step": lambda param, grad, m, v, t, learning_rate=1e-3,
                beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2: (lambda new: (
                    new[0] - learning_rate * weight_decay * np.asarray(param), *new[1:]))(
                    _plain(param, grad, m, v, t, learning_rate, beta1, beta2, eps))}),
        Variant("on-a-shrunken-copy", {"adamw_step": lambda param, grad, m, v, t,
                learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2: _on_copies(
                    (1 - learning_rate * weight_decay) * np.asarray(param), grad, m, v, t,
                    learning_rate, beta1, beta2, eps)}),
        Variant("lists", {"adamw_step": lambda param, grad, m, v, t, learning_rate=1e-3, beta1=0.9,
                beta2=0.999, eps=1e-8, weight_decay=1e-2: _numbers(
                    np.asarray(param) * (1 - learning_rate * weight_decay), grad, m, v, t,
                    learning_rate, beta1, beta2, eps)}),
    ),
)  # fmt: skip

EXERCISES = (ADAM, ADAMW)
