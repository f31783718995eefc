"""Finds what explains a wrong answer, and says nothing that it has not reproduced.

A hypothesis is a known mistake, a changed input ("as if dout were ones"), a relation to the right
answer, or a mistake with a relation or a second mistake on top. It is spoken only if it gives what
the learner's code gave on every case tried; otherwise the words describe the evidence.
"""

from autograder.evidence import (
    form_of,
    properties,
    raised,
    relation_words,
    remarks_on,
    special_evidence,
)
from autograder.hypotheses import (
    changed_inputs,
    known_mistakes,
    pairs_of_mistakes,
    size,
    wrong_outputs,
)
from autograder.show import show_example


def explain(exercise, trials, again, verdict, memo):
    """Add example, diagnoses and remarks to ``verdict``; ``memo`` holds what hypotheses predict."""
    failing = [trial for trial in trials if not trial.ok]
    if failing:
        trial = min(failing, key=size)
        verdict.example = show_example(exercise, trial)
        verdict.diagnoses += _diagnose(exercise, trials, failing, memo)
    verdict.diagnoses += properties(exercise, trials, again)
    verdict.diagnoses = list({item.id: item for item in reversed(verdict.diagnoses)}.values())[::-1]
    verdict.remarks += remarks_on(exercise, trials)


def _diagnose(exercise, trials, failing, memo):
    form = form_of(exercise, failing)
    if form and form[0].id.startswith("wrong-number"):
        return form
    wrong = wrong_outputs(exercise, trials)
    places = {id(trial): place for place, trial in enumerate(trials)}
    order = [places[id(t)] for t in sorted(failing, key=size)]
    order += [place for place in range(len(trials)) if place not in order]
    found, left = [], dict(wrong)
    for forgive in (frozenset(), _special_kinds(trials, failing)):
        if left and (forgive or not found):
            found += _search(exercise, trials, wrong, left, order, forgive, memo)
    if any(trial.seen.error for trial in failing) and not found:
        return form + raised(failing)
    words = relation_words(exercise, failing, wrong, brief=set(wrong) - set(left))
    explained = {item.id for item in found}
    found += [item for item in words if item.id not in explained]
    if not words and left and not found:
        found += form or special_evidence(exercise, trials, failing)
    elif left and not any(not t.case.special for t in failing):
        found += special_evidence(exercise, trials, failing)
    return found


def _special_kinds(trials, failing):
    """Special kinds that fail, when ordinary cases fail too: they may have a reason of their own."""
    if any(not trial.case.special for trial in failing):
        return frozenset(t.case.special for t in failing if t.case.special)
    return frozenset()


def _search(exercise, trials, wrong, left, order, forgive, memo):
    """Greedy: the hypothesis that explains most of what is left, until none does."""
    found = []
    for candidates in (known_mistakes, changed_inputs, pairs_of_mistakes):
        if not left:
            break
        covered = []
        for rank, (diagnosis, hypothesis) in enumerate(
                memo.candidates(candidates, exercise, trials)):
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
