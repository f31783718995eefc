"""Finds what explains a wrong answer, and says nothing that it has not reproduced.

A hypothesis is a known mistake, a changed input ("as if dout were ones"), a relation to the right
answer, or a mistake with a relation or a second mistake on top. It is spoken only if it gives what
the learner's code gave on every case tried; otherwise the words describe the evidence.
"""

import itertools

import numpy as np

from autograder.compare import Unreadable, tolerances
from autograder.errors import ContractError
from autograder.judge import Diagnosis, observe
from autograder.relations import BRIEF, RELATIONS, find_relation, near, number
from autograder.show import show_example
from autograder.solution import Direct, Strided

MOST_PAIRS = 120


def explain(exercise, trials, again, verdict):
    """Add example, diagnoses and remarks to ``verdict``."""
    failing = [trial for trial in trials if not trial.ok]
    if failing:
        trial = min(failing, key=_size)
        verdict.example = show_example(exercise, trial)
        verdict.diagnoses += _diagnose(exercise, trials, failing)
    verdict.diagnoses += _properties(exercise, trials, again)
    verdict.diagnoses = list({item.id: item for item in reversed(verdict.diagnoses)}.values())[::-1]
    verdict.remarks += _remarks(exercise, trials)


def _size(trial):
    total = sum(
        value.size if isinstance(value, np.ndarray) else 1 for value in trial.case.inputs.values()
    )
    return (bool(trial.case.special), total)


# --- what was seen, and whether a hypothesis gives the same ------------------------------------


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
    if output.rtol is not None:
        return a.shape == b.shape and np.allclose(
            a, b, rtol=tolerances(output, case)[0], atol=output.atol or 1e-12, equal_nan=True
        )
    single = tolerances(output, case)[0] > 1e-4
    return near(a, b, loose=100.0 if single else 1.0)


def _wrong_outputs(exercise, trials):
    """Names of the outputs that are wrong on some case (all of them where it raised)."""
    wrong = {}
    for trial in trials:
        for output in exercise.outputs:
            finding = trial.findings.get(output.name)
            if trial.seen.error is not None or (finding is not None and not finding.ok):
                wrong[output.name] = output
    return wrong


class _Hypothesis:
    """What a namespace would have given, compared lazily with what was seen."""

    def __init__(self, exercise, trials, namespace, change=None):
        self.exercise, self.trials, self.change = exercise, trials, change
        self.solution = Direct(namespace)
        self.cache = {}

    def predict(self, place):
        if place not in self.cache:
            case = self.trials[place].case
            case = self.change(case) if self.change else case
            self.cache[place] = observe(self.exercise, self.solution, case)
        return self.cache[place]

    def covers(self, wrong, order, forgive=frozenset()):
        """The wrong outputs it reproduces on all cases; empty when it contradicts a right one.

        order: places of the trials, the most telling first; forgive: special kinds left out.
        """
        alive, different = dict(wrong), set()
        for place in order:
            trial = self.trials[place]
            if trial.case.special in forgive:
                continue
            seen, predicted = trial.seen, self.predict(place)
            for output in self.exercise.outputs:
                if output.name not in trial.right.outputs:
                    continue
                same = _same(self.exercise, seen, predicted, output, trial.case)
                if not same and output.name not in wrong:
                    return set()
                if not same:
                    alive.pop(output.name, None)
                elif trial.seen.error is not None or not trial.findings[output.name].ok:
                    different.add(output.name)
            if not alive:
                return set()
        return set(alive) & different


# --- the search ---------------------------------------------------------------------------------


def _diagnose(exercise, trials, failing):
    form = _form(exercise, failing)
    if form and form[0].id.startswith("wrong-number"):
        return form
    wrong = _wrong_outputs(exercise, trials)
    places = {id(trial): place for place, trial in enumerate(trials)}
    order = [places[id(t)] for t in sorted(failing, key=_size)]
    order += [place for place in range(len(trials)) if place not in order]
    found, left = [], dict(wrong)
    for forgive in (frozenset(), _special_kinds(trials, failing)):
        if left and (forgive or not found):
            found += _search(exercise, trials, wrong, left, order, forgive)
    if any(trial.seen.error for trial in failing) and not found:
        return form + _raised(failing)
    words = _relation_words(exercise, failing, wrong, brief=set(wrong) - set(left))
    explained = {item.id for item in found}
    found += [item for item in words if item.id not in explained]
    if not words and left and not found:
        found += form or _evidence(exercise, trials, failing)
    elif left and not any(not t.case.special for t in failing):
        found += _evidence(exercise, trials, failing)
    return found


def _special_kinds(trials, failing):
    """Special kinds that fail, when ordinary cases fail too: they may have a reason of their own."""
    if any(not trial.case.special for trial in failing):
        return frozenset(t.case.special for t in failing if t.case.special)
    return frozenset()


def _search(exercise, trials, wrong, left, order, forgive):
    """Greedy: the hypothesis that explains most of what is left, until none does."""
    found = []
    for candidates in (_mistakes, _changed_inputs, _pairs):
        if not left:
            break
        covered = []
        for rank, (diagnosis, hypothesis) in enumerate(candidates(exercise, trials)):
            outputs = hypothesis.covers(wrong, order, forgive) & set(left)
            if outputs:
                covered.append((-len(outputs), rank, diagnosis, outputs))
                if len(outputs) == len(left):
                    break
        for _, _, diagnosis, outputs in sorted(covered, key=lambda item: item[:2]):
            if outputs & set(left):
                found += diagnosis
                for name in outputs:
                    left.pop(name, None)
    return found


def _mistakes(exercise, trials):
    for mistake in exercise.mistakes:
        diagnosis = Diagnosis(mistake.id, mistake.says, mistake.thought)
        yield [diagnosis], _Hypothesis(exercise, trials, mistake.namespace(exercise))


def _pairs(exercise, trials):
    """Two known mistakes at once: slips in the same function, or mistakes in different ones."""
    pairs = itertools.islice(itertools.combinations(exercise.mistakes, 2), MOST_PAIRS)
    for first, second in pairs:
        namespace = _both(exercise, first, second)
        if namespace is not None:
            both = [Diagnosis(m.id, m.says, m.thought) for m in (first, second)]
            yield both, _Hypothesis(exercise, trials, namespace)


def _both(exercise, first, second):
    from autograder.exercise import edited

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


def _changed_inputs(exercise, trials):
    """The reference on a changed input: what is ignored, negated, swapped or written in stone."""
    case = trials[0].case
    for name, value in case.inputs.items():
        for ident, says, change in _changes(exercise, name, value):
            yield (
                [Diagnosis(f"{ident}-{name}", says)],
                _Hypothesis(exercise, trials, exercise.reference, _changing(name, change)),
            )
    arrays = [n for n, v in case.inputs.items() if isinstance(v, np.ndarray)]
    for a, b in itertools.combinations(arrays, 2):
        if case.inputs[a].shape == case.inputs[b].shape:
            says = f"your answer is what comes out when `{a}` and `{b}` change places"
            yield (
                [Diagnosis(f"swaps-{a}-{b}", says)],
                _Hypothesis(exercise, trials, exercise.reference, _swapping(a, b)),
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
                   "first axis", lambda v: v[::-1].copy())  # fmt: skip
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


# --- words for what is left ---------------------------------------------------------------------


def _relation_words(exercise, failing, wrong, brief):
    """A relation for each wrong output, where one holds on all failing (ordinary) cases."""
    ordinary = [trial for trial in failing if not trial.case.special] or failing
    diagnoses, names = {}, {}
    rights = {}
    for name, output in wrong.items():
        trials = [t for t in ordinary if name in t.findings and not t.findings[name].ok]
        pairs = [(t.seen.outputs[name], t.right.outputs[name], t.case) for t in trials]
        if not pairs or any(isinstance(came, Unreadable) for came, *_ in pairs):
            continue
        came, right, cases = map(list, zip(*pairs, strict=True))
        rights[name] = (output, came, right)
        relation = find_relation(came, right, cases, BRIEF if name in brief else RELATIONS)
        if relation is not None:
            diagnoses[relation.id] = relation
            name = output.short
            names.setdefault(relation.id, []).append(f"`{name}`" if name == output.name else name)
    said = [
        Diagnosis(key, _sentence(found.says, names[key])) for key, found in diagnoses.items()
    ]
    return _swapped(rights) + said


def _swapped(rights):
    """Two results in each other's place."""
    for (a, (_, came_a, right_a)), (b, (_, came_b, right_b)) in itertools.combinations(
        rights.items(), 2
    ):
        if len(came_a) == len(came_b) and all(map(near, came_a, right_b)) and all(
            map(near, came_b, right_a)
        ):
            return [Diagnosis("results-swapped", f"Your {a} and {b} are right, but have changed "
                              "places: look at the order in which they are returned.")]  # fmt: skip
    return []


def _sentence(says, names):
    if len(names) > 1:
        for one, many in ((" is ", " are "), (" has ", " have "), (" holds ", " hold ")):
            says = says.replace("{out}" + one, "{out}" + many)
    text = says.format(out=" and ".join(names))
    return text[0].upper() + text[1:] + "."


def _form(exercise, failing):
    """Answers that have the wrong form before any value can be compared."""
    found = {}
    for trial in failing:
        if isinstance(trial.seen.error, ContractError):
            found[trial.seen.error.kind] = Diagnosis(trial.seen.error.kind, f"{trial.seen.error}.")
        for name, value in trial.seen.outputs.items():
            if isinstance(value, Unreadable):
                if value.what == "None":
                    item = Diagnosis("returns-none", f"`{exercise.functions[0]}` returned nothing "
                                     "(None): is the `return` missing, or a `print` in its place?")
                else:
                    item = Diagnosis("not-numbers", f"`{name}` should be numbers; yours is "
                                     f"{value.what}.")  # fmt: skip
                found.setdefault(item.id, item)
    return list(found.values())


def _raised(failing):
    errors = [t.seen.error for t in failing if t.seen.error is not None]
    error = errors[0]
    if isinstance(error, ContractError):
        return []
    if error.kind == "Timeout":
        return [Diagnosis("timeout", "It did not come back in time: does a loop never end?")]
    if error.kind == "Died":
        return [Diagnosis("died", "The program died while this ran: " + error.text)]
    where = f", in the line `{error.where}`" if error.where else ""
    first = f"It stopped with {error.kind}: {error.text}{where}."
    kinds = {t.case.special for t in failing if t.seen.error is not None}
    if all(kinds):
        first += f" That happens only with: {', '.join(sorted(kinds))}."
    return [Diagnosis(f"raised-{error.kind}", first, _error_thought(error))]


def _error_thought(error):
    text = error.text
    if "operands could not be broadcast" in text or "matmul" in text or "not aligned" in text:
        return ("Two shapes do not fit. Write the shape of each array of that line beside it; "
                "the ones that must meet in a matrix product are the inner two.")  # fmt: skip
    if error.kind == "NameError":
        return "A name is used that the function does not know: is it an argument, or misspelt?"
    if "Cannot cast ufunc" in text or error.kind == "UFuncTypeError":
        return ("An array of whole numbers cannot take in fractions: work on a float copy, "
                "np.asarray(x, dtype=float).")  # fmt: skip
    if error.kind == "ZeroDivisionError":
        return "Something is divided by zero: which of the inputs can be empty or zero?"
    if error.kind == "RecursionError":
        return "A function calls itself too deeply: an explicit list used as a stack has no limit."
    return ""


def _evidence(exercise, trials, failing):
    """Nothing explains it: which kinds of input fail, if only special ones do."""
    kinds = dict.fromkeys(trial.case.special for trial in failing)
    if "" in kinds:
        return []
    return [
        Diagnosis("fails-with-" + "-".join("".join(
            c if c.isalnum() else " " for c in kind.lower()).split()),
            f"Right for ordinary inputs; not right for: {kind}.")
        for kind in kinds
    ]  # fmt: skip


def _properties(exercise, trials, again):
    found = []
    mutated = sorted({place for trial in trials for place in trial.seen.mutated})
    if mutated:
        names = exercise.argument_names
        words = " and ".join(f"`{names[p]}`" if p < len(names) else f"argument {p + 1}"
                             for p in mutated)  # fmt: skip
        found.append(Diagnosis("input-mutated", f"Your function changes its input {words}; "
                     "whoever called it still needs the old values.",
                     "`x -= ...`, `x[...] = ...` and `x *= ...` write into the caller's own array; "
                     "`x = x - ...` makes a new one."))  # fmt: skip
    if again and not all(trial.ok for trial in again):
        found.append(Diagnosis("state-kept", "Called a second time with the same inputs, your "
                     "function gives another answer: something is remembered between calls.",
                     "A list or array outside the function, or as a default argument, lives on "
                     "from call to call."))  # fmt: skip
    noisy = [trial for trial in trials if trial.seen.warnings]
    if exercise.no_warnings and noisy:
        found.append(Diagnosis("warns", f"A warning came up: {noisy[0].seen.warnings[0]}. The right"
                     " answer can be had without one."))  # fmt: skip
    return found


def _remarks(exercise, trials):
    """Worth a word, no points: dtype (from lesson 07 on, where it is a topic) and warnings."""
    remarks = []
    for trial in trials:
        single = exercise.lesson[:2] >= "07" and tolerances(exercise.outputs[0], trial.case)[0] > 1e-4
        for name, value in trial.seen.outputs.items():
            if single and name in trial.seen.arrays and value.ndim and value.dtype == np.float64:
                remarks.append(f"`{name}` is float64 although all inputs are float32: a constant or"
                               " a new array brought it in.")  # fmt: skip
    if not exercise.no_warnings:
        remarks += [f"numpy warned: {text}" for t in trials for text in t.seen.warnings[:1]][:1]
    return list(dict.fromkeys(remarks))[:3]
