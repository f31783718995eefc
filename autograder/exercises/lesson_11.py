"""Checks of lesson 11: momentum; the other optimisers and the schedule have modules beside it."""

import numpy as np

from autograder.exercise import Exercise, Mistake, Variant
from autograder.exercises import adam_11, adaptive_11, schedule_11
from autograder.exercises.steps_11 import (
    DEFAULTS,
    LESSON,
    in_other_numbers,
    ordinary_walks,
    walk_case,
    walk_outputs,
    walk_run,
)
from bplib import optim

REFERENCE = {"momentum_step": optim.momentum_step}


def momentum_cases(rng):
    def settings():
        return {"learning_rate": float(rng.uniform(0.05, 0.3)), "beta": float(rng.uniform(0.4, 0.8))}

    yield from ordinary_walks(rng, settings)
    yield walk_case(rng, 3, 5, DEFAULTS, (2, 2), learning_rate=0.2)
    yield walk_case(rng, 3, 6, "a learning rate that is lowered on the way", (4,), learning_rate=0.3,
                    later_rate=0.05, beta=0.7)  # fmt: skip
    yield walk_case(rng, 2, 5, "no memory at all (beta = 0)", learning_rate=0.1, beta=0.0)
    yield from in_other_numbers(rng, settings())


V_LINE = "velocity = float(beta) * velocity + grad"
M_MOVE = "param = param - float(learning_rate) * velocity"
M_KEEP = "return param, velocity"


def _slip(velocity=None, param=None, kept=None, old=False):
    """Edits for another recurrence, another move, another thing kept; ``old`` is the velocity before."""
    edits = []
    if velocity or old:
        line = f"velocity = {velocity}" if velocity else V_LINE
        edits.append((V_LINE, f"old = velocity\n    {line}" if old else line))
    if param:
        edits.append((M_MOVE, f"param = {param}"))
    if kept:
        edits.append((M_KEEP, f"return param, {kept}"))
    return tuple(edits)


MOMENTUM = Exercise(
    "momentum_step", LESSON, 2,
    outputs=walk_outputs(velocity="the velocity after each step"),
    cases=momentum_cases,
    run=walk_run("momentum_step", ("velocity",), ("beta",), positional=("learning_rate",)),
    reference=REFERENCE,
    see="A ball that keeps its speed",
    mistakes=(
        Mistake(
            "climbs", "It steps uphill: the velocity is added to the parameter.",
            "The velocity collects gradients, and gradients point uphill.",
            edits=_slip(param="param + float(learning_rate) * velocity"),
        ),
        Mistake(
            "averaged", "The new gradient is multiplied by (1 - beta): that is a running average. "
            "Agreed was beta * velocity + grad.",
            "Both habits exist, and Adam has the other one. With this one each step is (1 - beta) "
            "times as long, so the learning rates are not comparable.",
            edits=_slip("float(beta) * velocity + (1 - float(beta)) * grad"),
        ),
        Mistake(
            "factors-swapped", "The velocity is multiplied by (1 - beta) and the gradient by beta.",
            "A beta near 1 means a long memory: it belongs to the velocity.",
            edits=_slip("(1 - float(beta)) * velocity + float(beta) * grad"),
        ),
        Mistake(
            "beta-on-gradient", "beta multiplies the new gradient; it belongs to the old velocity.",
            "beta is the share of the speed that is kept. Kept whole, the old speed never fades.",
            edits=_slip("velocity + float(beta) * grad"),
        ),
        Mistake(
            "one-minus-beta", "The old velocity is multiplied by (1 - beta), and should be by beta.",
            "A beta near 1 means a long memory: nearly all of the velocity is kept.",
            edits=_slip("(1 - float(beta)) * velocity + grad"), equivalent=("one-minus-beta",),
        ),
        Mistake(
            "no-friction", "The old velocity is kept whole: beta is missing.",
            "Without friction old gradients are never forgotten, and the ball never settles.",
            edits=_slip("velocity + grad"), equivalent=("as-if-1-beta",),
        ),
        Mistake(
            "stale-velocity", "The parameter moves with the old velocity; the new gradient is in the "
            "new one.",
            "Update the velocity first, then move with it.",
            edits=_slip(param="param - float(learning_rate) * old", old=True),
        ),
        Mistake(
            "velocity-unused", "The velocity is kept up to date, but the parameter moves along the "
            "gradient alone.",
            edits=_slip(param="param - float(learning_rate) * grad"),
        ),
        Mistake(
            "velocity-lost", "The velocity that comes back is the old one: every step starts from "
            "rest again.",
            "What is computed but not returned is gone when the function ends.",
            edits=_slip(kept="old", old=True),
        ),
        Mistake(
            "memory-missing", "The velocity is only the newest gradient: what came before is lost.",
            edits=_slip("0 * velocity + grad"), equivalent=("as-if-0-beta",),
        ),
        Mistake(
            "rate-inside", "The learning rate has gone into the velocity. The walk is the same while "
            "the rate stays the same, but the velocity is not the agreed one.",
            "With the rate inside, speed gathered at a high rate is still there after it is lowered.",
            edits=_slip("float(beta) * velocity + float(learning_rate) * grad", "param - velocity"),
        ),
        Mistake(
            "rate-inside-minus", "The velocity holds minus the learning rate times the gradients; "
            "agreed was beta * velocity + grad.",
            "This other habit walks alike while the learning rate stays the same, not otherwise.",
            edits=_slip("float(beta) * velocity - float(learning_rate) * grad", "param + velocity"),
        ),
        Mistake(
            "rate-twice", "The learning rate is applied twice: in the velocity and in the step.",
            edits=_slip("float(beta) * velocity + float(learning_rate) * grad"),
        ),
        Mistake(
            "minus-in-velocity", "The gradient is subtracted in the velocity, and should be added.",
            "The minus is already in the step of the parameter; two of them go uphill.",
            edits=_slip("float(beta) * velocity - grad"),
        ),
        Mistake(
            "minus-moved", "The velocity has the other sign: it points downhill, and is added to the "
            "parameter. The walk is right, but the velocity is not the agreed one.",
            edits=_slip("float(beta) * velocity - grad", "param + float(learning_rate) * velocity"),
        ),
        Mistake(
            "nesterov", "The parameter moves by grad + beta * velocity: that is Nesterov's form.",
            "It looks one step ahead and is a good optimiser too, but another one.",
            edits=_slip(param="param - float(learning_rate) * (grad + float(beta) * velocity)"),
        ),
        Mistake(
            "zeros-skipped", "Where a gradient is exactly 0 the velocity is left as it was; it fades "
            "there too.",
            "A ball on flat ground rolls on and loses speed: beta * velocity + 0.",
            edits=_slip("np.where(grad == 0, velocity, float(beta) * velocity + grad)"),
        ),
        Mistake(
            "beta-on-both", "beta multiplies the new gradient too: it belongs to the old velocity "
            "alone.",
            "In beta * (velocity + grad) the bracket is too wide.",
            edits=_slip("float(beta) * (velocity + grad)"),
        ),
        Mistake(
            "beta-in-stone", "beta is always 0.9: the `beta` that was given is not used.",
            edits=_slip("0.9 * velocity + grad"),
        ),
        Mistake(
            "rate-missing", "The learning rate is not used: the step is the whole velocity.",
            edits=_slip(param="param - velocity"), equivalent=("as-if-1-learning_rate",),
        ),
        Mistake(
            "step-only", "What comes back first is the step alone; the new parameter was asked for.",
            "The step has still to be taken off the parameter.",
            edits=_slip(param="float(learning_rate) * velocity"),
        ),
        Mistake(
            "other-order", "The velocity comes back first; agreed was the new parameter, then the "
            "velocity.",
            edits=((M_KEEP, "return velocity, param"),),
            equivalent=("results-swapped",),
        ),
    ),
    variants=(
        Variant("in-two-parts", {"momentum_step": lambda param, grad, velocity, learning_rate,
                beta=0.9: (param - learning_rate * beta * velocity - learning_rate * grad,
                           grad + velocity * beta)}),
        Variant("lists", {"momentum_step": lambda param, grad, velocity, learning_rate, beta=0.9: (
            lambda v: [(np.asarray(param) - learning_rate * v).tolist(), v.tolist()])(
                beta * np.asarray(velocity) + grad)}),
        Variant("single-precision", {"momentum_step": lambda param, grad, velocity, learning_rate,
                beta=0.9: (lambda v: (np.float32(param) - np.float32(learning_rate) * v, v))(
                    np.float32(beta) * np.float32(velocity) + np.float32(grad))}),
        Variant("own-copies", {"momentum_step": lambda param, grad, velocity, learning_rate,
                beta=0.9: _in_place_on_copies(param, grad, velocity, learning_rate, beta)}),
    ),
)  # fmt: skip


def _in_place_on_copies(param, grad, velocity, learning_rate, beta):
    param, velocity = np.array(param, float), np.array(velocity, float)
    velocity *= beta
    velocity += grad
    param -= learning_rate * velocity
    return param, velocity


EXERCISES = (MOMENTUM, *adaptive_11.EXERCISES, *adam_11.EXERCISES, *schedule_11.EXERCISES)
