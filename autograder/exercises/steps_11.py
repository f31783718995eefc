"""What the checks of lesson 11 share: an optimiser is judged by several steps in a row.

A single step shows little: state that is lost or stale, a correction that never fades and a swapped
pair of factors all need a few gradients of different size and sign. So a case holds all gradients of
one or two parameters, and what each step returns is what the next step gets.
"""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.errors import ContractError
from autograder.exercise import Case, Output
from autograder.machine import Strided

LESSON = "11_optimizers"
BIG_EPS = "an eps large enough to be seen"
DEFAULTS = "the default values"


def draw_grads(rng, steps, shape, scale=1.0):
    """Gradients (steps, *shape) of varying size and sign, none of them tiny."""
    sizes = scale * 10 ** rng.uniform(-0.6, 0.6, (steps, *shape))
    signs = rng.choice([-1.0, 1.0], (steps, *shape))
    signs[1], signs[2] = 1.0, -1.0
    return sizes * signs


def walk_case(rng, d, steps, special="", second=None, **settings):
    """A case: `param` (d,) with its `grads` (steps, d), the first of them zero, and settings.

    second: the shape of a second parameter, which walks in turns with the first and whose first
    gradient is not zero.
    """
    grads = draw_grads(rng, steps, (d,))
    grads[0] = 0.0
    more = {}
    if second:
        more = {"other_param": rng.normal(size=second), "other_grads": draw_grads(rng, steps, second)}
    sizes = {"D": d, "T": steps}
    return Case(special, sizes, param=rng.normal(size=d), grads=grads, **more, **settings)


def ordinary_walks(rng, settings):
    """Three ordinary cases, the first one small; ``settings()`` draws their keyword arguments."""
    for d, steps, second in ((2, 5, None), (3, 6, (2, 4)), (5, 7, (3, 2))):
        yield walk_case(rng, d, steps, "", second, **settings())


def in_other_numbers(rng, settings):
    """One parameter alone as whole numbers, in float32, as a view, of one entry, and at the edges."""
    case = walk_case(rng, 4, 5, **settings)
    whole = {"param": rng.integers(-4, 5, 4), "grads": rng.integers(1, 5, (5, 4))}
    whole["grads"][0], whole["grads"][2] = 0, -whole["grads"][2]
    yield case.but("whole numbers (an array of int)", **whole)
    single = {name: case.inputs[name].astype(np.float32) for name in ("param", "grads")}
    yield case.but("single precision (float32)", **single)
    views = {name: Strided(case.inputs[name]) for name in ("param", "grads")}
    yield case.but("a view into a larger array", **views)
    alone = {"param": case.param[:1], "grads": case.grads[:, :1]}
    yield Case("a parameter of one number (D = 1)", {"D": 1, "T": 5}, **{**case.inputs, **alone})
    rests = case.grads.copy()
    rests[1, ::2], rests[3] = 0.0, 0.0
    yield case.but("gradients of exactly 0 on the way", grads=rests)
    yield case.but("gradients of many thousands", grads=1e4 * case.grads)


def walk_run(name, states, keywords, counted=False, positional=()):
    """A ``run`` that takes all steps of a case, handing each step what the one before returned.

    states: names of what is remembered, zeros at first unless the case has ``start_<state>``;
    keywords: settings handed over by name, when the case has them; positional: settings handed over
    in order; counted: whether the step number t, from ``case.first_t`` (or 1), is an argument.
    """
    def run(solution, case):
        walkers = [_Walker(case, "param", "grads", states)]
        if "other_param" in case.inputs:
            walkers.append(_Walker(case, "other_param", "other_grads", states))
        named = {key: case.inputs[key] for key in keywords if key in case.inputs}
        for place in range(len(walkers[0].grads)):
            settings = {key: _setting(case, key, place) for key in (*positional, *named)}
            order = [settings[key] for key in positional]
            if counted:
                order.insert(0, case.inputs.get("first_t", 1) + place)
            kwargs = {key: settings[key] for key in named}
            for walker in walkers:
                walker.step(solution, name, place, order, kwargs)
        found = {"param": walkers[0].seen[0]}
        found.update(zip(states, walkers[0].seen[1:], strict=True))
        if len(walkers) > 1:
            found["other_param"] = walkers[1].seen[0]
        return {key: np.array(values) for key, values in found.items()}

    return run


def _setting(case, key, place):
    """A setting at a step: from the third step on ``later_rate`` replaces the learning rate."""
    if key == "learning_rate" and place >= 2 and "later_rate" in case.inputs:
        return case.later_rate
    return case.inputs[key]


class _Walker:
    """One parameter under way, with what is remembered about it."""

    def __init__(self, case, param, grads, states):
        self.grads, self.names = _rows(case.inputs[grads]), ("param", *states)
        start = case.inputs[param]
        plain = start.array if isinstance(start, Strided) else start
        memory = [case.inputs.get(f"start_{state}", np.zeros_like(plain)) for state in states]
        if param != "param":
            memory = [np.zeros_like(plain) for _ in states]
        self.now, self.shape = [start, *memory], np.shape(plain)
        self.seen = [[] for _ in self.now]

    def step(self, solution, name, place, order, kwargs):
        """Call the learner's step once; what it returns is where the next one starts."""
        param, *memory = self.now
        came = solution.call(name, param, self.grads[place], *memory, *order,
                             returns=self.names, **kwargs)  # fmt: skip
        self.now = [self._read(value, what) for value, what in zip(came, self.names, strict=True)]
        for kept, value in zip(self.seen, self.now, strict=True):
            kept.append(value)

    def _read(self, value, what):
        value = read(value)
        if isinstance(value, Unreadable):
            raise ContractError("not-numbers", f"The new `{what}` should be numbers; yours is "
                                f"{value.what}")  # fmt: skip
        if value.shape != self.shape:
            raise ContractError("wrong-shape", f"The new `{what}` should have the shape of `param`, "
                                f"{self.shape}; yours has {value.shape}")  # fmt: skip
        return value


def _rows(grads):
    """The gradients of the steps, one by one; rows of a view are views too."""
    if isinstance(grads, Strided):
        return [Strided(row) for row in grads.array]
    return list(grads)


def walk_outputs(**states):
    """The outputs of `walk_run`: the parameter, what is remembered, the second parameter."""
    kept = tuple(Output(name, says) for name, says in states.items())
    return (Output("param", "the parameter after each step", weight=2), *kept,
            Output("other_param", "a second parameter, of another shape, after each step"))
