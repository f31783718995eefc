"""What can be said of a wrong answer without a hypothesis: its form, its errors, its habits."""

import itertools
import re

import numpy as np

from autograder.compare import Unreadable, tolerances
from autograder.errors import ContractError
from autograder.hypotheses import size
from autograder.judge import Diagnosis, observe
from autograder.relations import BRIEF, RELATIONS, find_relation, near
from autograder.solution import Known

PLURAL = ("guesses", "probabilities", "shares")  # outputs that are called so


def relation_words(exercise, failing, wrong, brief):
    """A relation for each wrong output, where one holds on all failing (ordinary) cases."""
    ordinary = [trial for trial in failing if not trial.case.special] or failing
    ordinary = sorted(ordinary, key=size)  # the numbers in the words are those of the case shown
    diagnoses, names = {}, {}
    rights = {}
    for name, output in wrong.items():
        trials = [t for t in ordinary if name in t.findings and not t.findings[name].ok]
        pairs = [(t.seen.outputs[name], t.right.outputs[name], t.case) for t in trials]
        if not pairs or any(isinstance(came, Unreadable) for came, *_ in pairs):
            continue
        came, right, cases = map(list, zip(*pairs, strict=True))
        if output.unlike is not None or any(np.asarray(value).dtype.kind == "b" for value in right):
            continue  # a yes or no, or a draw of chance: no factor or sign can be told of it
        rights[name] = (output, came, right)
        relation = find_relation(came, right, cases, BRIEF if name in brief else RELATIONS)
        if relation is not None:
            diagnoses[relation.id] = relation
            name = output.short
            names.setdefault(relation.id, []).append(f"`{name}`" if name == output.name else name)
    said = [
        Diagnosis(key, _sentence(found.says, names[key]) + _only_with(ordinary), measured=True)
        for key, found in diagnoses.items()
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
    if len(names) > 1:  # the shape told would be that of one of them
        says = re.sub(r"but its shape is .* was agreed", "but not in the agreed shapes", says)
    if len(names) > 1 or names[0] in PLURAL:
        for one, many in ((" is ", " are "), (" has ", " have "), (" holds ", " hold "),
                          (" comes ", " come "), (" adds ", " add ")):
            says = says.replace("{out}" + one, "{out}" + many)
        says = says.replace(" and has the wrong sign", " and have the wrong sign")
    text = says.format(out=" and ".join(names))
    return text[0].upper() + text[1:] + "."


def _ended(text):
    """A sentence with something at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def form_of(exercise, failing):
    """Answers that have the wrong form before any value can be compared."""
    found = {}
    for trial in failing:
        if isinstance(trial.seen.error, ContractError):
            found[trial.seen.error.kind] = Diagnosis(trial.seen.error.kind,
                                                       _ended(str(trial.seen.error)))
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


def raised(failing):
    errors = [t.seen.error for t in failing if t.seen.error is not None]
    error = errors[0]
    if isinstance(error, ContractError):
        return []
    if error.kind == "Timeout":
        return [Diagnosis("timeout", "It did not come back in time: does a loop never end?")]
    if error.kind == "Died":
        return [Diagnosis("died", "The program died while this ran: " + error.text)]
    where = f", in the line `{error.where}`" if error.where else ""
    first = _ended(f"It stopped with {error.kind}: {error.text}{where}")
    first += _only_with([t for t in failing if t.seen.error is not None])
    return [Diagnosis(f"raised-{error.kind}", first, _error_thought(error))]


def _only_with(trials):
    """The special cases that something happens with, if it happens with no ordinary one."""
    kinds = {trial.case.special for trial in trials}
    return f" That happens only with: {', '.join(sorted(kinds))}." if all(kinds) else ""


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


def special_evidence(exercise, trials, failing):
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


def properties(exercise, trials, again):
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
        named = [Diagnosis(mistake.id, mistake.says, mistake.thought) for mistake in exercise.mistakes
                 if "warns" in mistake.equivalent and _warns_alike(exercise, mistake, trials)]
        found.append(named[0] if named else Diagnosis(
            "warns", f"A warning came up: {noisy[0].seen.warnings[0]}. The right answer can be had "
            "without one."))  # fmt: skip
    return found


def _warns_alike(exercise, mistake, trials):
    """Whether a known mistake gives the same warnings on all cases, and no other."""
    known = Known(mistake.namespace(exercise))
    return all(set(observe(exercise, known, trial.case).warnings) == set(trial.seen.warnings)
               for trial in trials)


def remarks_on(exercise, trials):
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
