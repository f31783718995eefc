"""What might explain a wrong answer: each hypothesis predicts what the learner's code would give.

A hypothesis is a known mistake, two of them at once, or the reference on a changed input ("as if
dout were ones"); it holds only if its predictions agree with what was seen on every case tried.
"""

import itertools

import numpy as np

from autograder.compare import Unreadable, tolerances
from autograder.errors import ContractError
from autograder.exercise import edited
from autograder.judge import Diagnosis, Observation, observe
from autograder.machine import Strided
from autograder.relations import near, number
from autograder.solution import Known

MOST_PAIRS = 120


def _same(exercise, seen, predicted, output, case):
    """Whether the prediction gives what was seen, for one output of one case."""
    if seen.error is not None or predicted.error is not None:
        return (
            seen.error is not None
            and predicted.error is not None
            and seen.error.kind == predicted.error.kind
        )
    a, b = seen.outputs.get(output.name), predicted.outputs.get(output.name)
    if isinstance(a, Unreadable) or isinstance(b, Unreadable) or a is None or b is None:
        return type(a) is type(b) and a == b
    if output.unlike is not None:
        return a.shape == b.shape and not output.unlike(a, b, case).any()
    if output.rtol is not None:
        return a.shape == b.shape and np.allclose(
            a, b, rtol=tolerances(output, case)[0], atol=output.atol or 1e-12, equal_nan=True
        )
    single = tolerances(output, case)[0] > 1e-4
    return near(a, b, loose=100.0 if single else 1.0)


def wrong_outputs(exercise, trials):
    """Names of the outputs that are wrong on some case (all of them where it raised)."""
    wrong = {}
    for trial in trials:
        for output in exercise.outputs:
            finding = trial.findings.get(output.name)
            if trial.seen.error is not None or (finding is not None and not finding.ok):
                wrong[output.name] = output
    return wrong


class Hypothesis:
    """What a namespace would have given, compared lazily with what was seen."""

    def __init__(self, exercise, trials, namespace, change=None):
        self.exercise, self.trials, self.change = exercise, trials, change
        self.solution = Known(namespace)
        self.cache = {}

    def predict(self, place):
        if place not in self.cache:
            case = self.trials[place].case
            case = self.change(case) if self.change else case
            self.cache[place] = self._observe(case)
        return self.cache[place]

    def _observe(self, case):
        # a changed input that the exercise or its reference has no use for explains nothing
        try:
            found = observe(self.exercise, self.solution, case)
            error = found.error if self.change else None
        except (ValueError, TypeError, ArithmeticError, LookupError) as raised:
            error = raised
        if error is not None:
            return Observation({}, ContractError("cannot-be-tried", str(error)))
        return found

    def covers(self, wrong, order, forgive=frozenset()):
        """The wrong outputs it reproduces on all cases; empty when it contradicts a right one.

        Empty, too, when it is wrong in another way than the answer in as many outputs as it
        reproduces: what it has in common with the answer is then chance rather than the cause.

        order: places of the trials, the most telling first; forgive: special kinds left out.
        """
        alive, different, otherwise = dict(wrong), set(), set()
        for place in order:
            trial = self.trials[place]
            if trial.case.special in forgive:
                continue
            seen, predicted = trial.seen, self.predict(place)
            given = [item for item in self.exercise.outputs if item.name in trial.right.outputs]
            for output in [item for item in given if item.name in alive]:
                if not _same(self.exercise, seen, predicted, output, trial.case):
                    del alive[output.name]
                    if not _same(self.exercise, trial.right, predicted, output, trial.case):
                        otherwise.add(output.name)
                elif trial.seen.error is not None or not trial.findings[output.name].ok:
                    different.add(output.name)
            if not alive or not all(_same(self.exercise, seen, predicted, output, trial.case)
                                    for output in given if output.name not in wrong):
                return set()
        explained = set(alive) & different
        return explained if len(explained) > len(otherwise) else set()


def known_mistakes(exercise, trials):
    for mistake in exercise.mistakes:
        diagnosis = Diagnosis(mistake.id, mistake.says, mistake.thought)
        yield [diagnosis], Hypothesis(exercise, trials, mistake.namespace(exercise))


def pairs_of_mistakes(exercise, trials):
    """Two known mistakes at once: slips in the same function, or mistakes in different ones."""
    pairs = itertools.islice(itertools.combinations(exercise.mistakes, 2), MOST_PAIRS)
    for first, second in pairs:
        namespace = _both(exercise, first, second)
        if namespace is not None:
            both = [Diagnosis(m.id, m.says, m.thought) for m in (first, second)]
            yield both, Hypothesis(exercise, trials, namespace)


def _both(exercise, first, second):
    names = [{m.of or exercise.name} if m.edits else set(m.functions) for m in (first, second)]
    if not names[0] & names[1]:
        return {**first.namespace(exercise), **{
            name: second.namespace(exercise)[name] for name in names[1]
        }}  # fmt: skip
    if first.edits and second.edits:
        name = first.of or exercise.name
        if {old for old, _ in first.edits} & {old for old, _ in second.edits}:
            return None
        try:
            both = edited(exercise.reference[name], first.edits + second.edits)
        except (ValueError, SyntaxError):
            return None
        return {**exercise.reference, name: both}
    return None


def changed_inputs(exercise, trials):
    """The reference on a changed input: what is ignored, negated, swapped or written in stone."""
    case = trials[0].case
    for name, value in case.inputs.items():
        for ident, says, change in _changes(exercise, name, value):
            yield (
                [Diagnosis(f"{ident}-{name}", says[0].upper() + says[1:] + ".")],
                Hypothesis(exercise, trials, exercise.reference, _changing(name, change)),
            )
    arrays = [n for n, v in case.inputs.items() if isinstance(v, np.ndarray)]
    for a, b in itertools.combinations(arrays, 2):
        if case.inputs[a].shape == case.inputs[b].shape:
            says = f"Your answer is what comes out when `{a}` and `{b}` change places."
            yield (
                [Diagnosis(f"swaps-{a}-{b}", says)],
                Hypothesis(exercise, trials, exercise.reference, _swapping(a, b)),
            )


def _changes(exercise, name, value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        if name == exercise.upstream:
            yield ("ignores", f"your answer is what comes out when `{name}` is all ones: "
                   f"the upstream gradient `{name}` is not used", np.ones_like)  # fmt: skip
        else:
            yield ("as-if-ones", f"your answer is what comes out when `{name}` is all ones: "
                   f"`{name}` itself is not used", np.ones_like)  # fmt: skip
        yield ("ignores" if name != exercise.upstream else "as-if-zeros",
               f"your answer is what comes out when `{name}` is all zeros: `{name}` is not used",
               np.zeros_like)  # fmt: skip
        yield "negates", f"your answer is right for `-{name}`: a sign is turned", np.negative
        yield ("absolute", f"your answer is right for the absolute value of `{name}`", np.abs)
        yield ("doubles", f"your answer is right for `2 * {name}`: it is counted twice",
               lambda v: 2 * v)  # fmt: skip
        yield "halves", f"your answer is right for `{name} / 2`", lambda v: v / 2
        yield ("truncates", f"your answer is right for `{name}` cut to whole numbers", np.trunc)
        if value.ndim:
            yield ("reverses", f"your answer is right for `{name}` taken back to front along its "
                   "first axis", lambda v: v[::-1].copy() if np.ndim(v) else v)  # fmt: skip
            yield ("averages", f"your answer is right for the mean of `{name}` put in every place",
                   lambda v: np.full_like(v, v.mean()))  # fmt: skip
    elif isinstance(value, float):
        for fixed in (0.0, 1.0):
            yield (f"as-if-{number(fixed)}", f"your answer is what comes out when `{name}` is "
                   f"{number(fixed)}: the `{name}` that was given is not used",
                   lambda v, fixed=fixed: fixed)  # fmt: skip
        yield "negates", f"your answer is right for `-{name}`: a sign is turned", lambda v: -v
        yield "doubles", f"your answer is right for `2 * {name}`", lambda v: 2 * v
        yield "halves", f"your answer is right for `{name} / 2`", lambda v: v / 2
        yield "squares", f"your answer is right for `{name}` squared", lambda v: v * v
        yield "one-minus", f"your answer is right for `1 - {name}`", lambda v: 1 - v
    elif isinstance(value, int) and not isinstance(value, bool):
        yield "one-more", f"your answer is right for `{name} + 1`: one too many", lambda v: v + 1
        yield "one-less", f"your answer is right for `{name} - 1`: one too few", lambda v: v - 1


def _changing(name, change):
    def changed(case):
        value = case.inputs.get(name)
        if isinstance(value, Strided):
            value = value.array
        if value is None or isinstance(value, bool):
            return case
        return case.but(**{name: change(value)})

    return changed


def _swapping(a, b):
    return lambda case: case.but(**{a: case.inputs[b], b: case.inputs[a]})


def size(trial):
    """Sorts trials: ordinary before special, then small before large: the most telling first."""
    total = sum(
        value.size if isinstance(value, np.ndarray) else 1 for value in trial.case.inputs.values()
    )
    return (bool(trial.case.special), total)
