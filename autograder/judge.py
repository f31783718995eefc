"""Runs an answer and the reference on the same cases, and scores what came.

Never executes learner code itself: everything goes through a `Solution`. The result is a `Verdict`,
plain data that the notebook, the command line, nbgrader's feedback and the class report all show.
"""

import time
from dataclasses import asdict, dataclass, field

import numpy as np

from autograder.compare import compare, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import IN_BROWSER
from autograder.solution import Lazy

NO_ANSWER = {"NotWritten": "missing", "Missing": "missing", "Timeout": "timeout", "Died": "died",
             "Forbidden": "forbidden"}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """A sub-goal: what was asked, and whether it was reached (None: not tried).

    special: whether it is one of the special cases, beyond the ordinary inputs.
    """

    says: str
    reached: bool | None
    special: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, by a stable id; ``says`` it and the ``thought`` that likely led there.

    measured: whether it is a relation read off the numbers, which is told before any thought.
    """

    id: str
    says: str
    thought: str = ""
    measured: bool = False


@dataclass
class Verdict:
    """Everything that is said about one exercise of one learner."""

    exercise: str
    points: float
    max_points: float
    status: str
    goals: list = field(default_factory=list)
    example: dict = field(default_factory=dict)
    diagnoses: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    see: str = ""

    @property
    def passed(self):
        return self.status == "passed"

    @property
    def diagnosis(self):
        return [item.id for item in self.diagnoses]

    def as_dict(self):
        """Plain data, for JSON; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data):
        data = dict(data)
        data["goals"] = [Goal(**goal) for goal in data["goals"]]
        data["diagnoses"] = [Diagnosis(**item) for item in data["diagnoses"]]
        return cls(**data)


@dataclass
class Observation:
    """What an answer gave on one case: read outputs, or the error that came instead.

    ``arrays`` names the outputs that came as numpy arrays, whose dtype may be worth a remark.
    """

    outputs: dict
    error: LearnerError | ContractError | None = None
    mutated: frozenset = frozenset()
    warnings: tuple = ()
    arrays: frozenset = frozenset()


def observe(exercise, solution, case):
    """Run ``solution`` on ``case``; errors of the learner's code become part of the Observation."""
    solution.fresh_trace()
    try:
        raw = exercise.run(solution, case)
        if isinstance(raw, Lazy):
            return Observation(raw.mapped(read))
        outputs, error = {name: read(value) for name, value in raw.items()}, None
        arrays = frozenset(name for name, value in raw.items() if isinstance(value, np.ndarray))
    except (LearnerError, ContractError) as caught:
        outputs, error, arrays = {}, caught, frozenset()
    trace = solution.trace
    return Observation(
        outputs, error, frozenset(trace.mutated), tuple(trace.warnings), arrays
    )


@dataclass
class Trial:
    """One case with what the learner gave, what is right, and how each output compares."""

    case: object
    seen: Observation
    right: Observation
    findings: dict

    @property
    def ok(self):
        return self.seen.error is None and all(item.ok for item in self.findings.values())


def try_case(exercise, solution, case, right):
    """The Trial of one case, whose right answer was observed before."""
    seen = observe(exercise, solution, case)
    if right.error is not None:
        raise RuntimeError(f"the reference of {exercise.name} fails on {case}: {right.error}")
    findings = {}
    if seen.error is None:
        for output in exercise.outputs:
            if output.name in right.outputs:
                findings[output.name] = compare(
                    seen.outputs[output.name], right.outputs[output.name], output, case
                )
    return Trial(case, seen, right, findings)


def judge(exercise, solution, rng=None, deadline=None, memo=None):
    """The Verdict on ``solution`` for ``exercise``; ``rng`` draws the cases.

    deadline: a time.monotonic() after which no further case is started.
    memo: a Memo of earlier answers that were judged with a generator of the same seed.
    """
    from autograder.explain import explain  # both need the classes above
    from autograder.memo import Memo

    rng = np.random.default_rng() if rng is None else rng
    absent = [name for name in exercise.functions if not solution.has(name)]
    if absent:
        return _nothing(exercise, "missing", _absent_sentence(absent))
    for name in exercise.lent:
        if not solution.has(name):
            solution.lend(name, exercise.reference[name])
    memo = memo or Memo()
    trials = []
    for place, case in enumerate(exercise.cases(rng)):
        right = memo.right_answer(exercise, place, case)
        trial = try_case(exercise, solution, case, right)
        trials.append(trial)
        kind = getattr(trial.seen.error, "kind", "")
        if kind == "NotWritten" and len(trials) == 1 or kind in ("Timeout", "Died", "Forbidden"):
            break
        if deadline is not None and time.monotonic() > deadline:
            trials[-1].seen.error = LearnerError("Timeout", "")
            break
    first = trials[0].seen.error
    if isinstance(first, LearnerError) and NO_ANSWER.get(first.kind) in ("missing", "forbidden"):
        return _nothing(exercise, NO_ANSWER[first.kind], _no_answer_sentence(exercise, first))
    again = _second_call(exercise, solution, trials)
    goals, share = score(exercise, trials, again)
    verdict = Verdict(
        exercise.name, _rounded(share, exercise.points), exercise.points, "", goals,
        see=exercise.see,
    )  # fmt: skip
    verdict.status = _status(trials, share)
    if verdict.status == "passed":
        verdict.points = exercise.points
    explain(exercise, trials, again, verdict, memo)
    if IN_BROWSER and exercise.not_in_browser:
        verdict.remarks.append(exercise.not_in_browser)
    return verdict


def _rounded(share, points):
    """Points for a share, to a hundredth; what is not all right never rounds up to full marks."""
    value = round(share * points, 2)
    return min(value, round(points - 0.01, 2)) if share < 1 else points


def _status(trials, share):
    errors = [trial.seen.error for trial in trials if trial.seen.error is not None]
    if share >= 1:
        return "passed"
    for error in errors:
        if isinstance(error, LearnerError) and error.kind in ("Timeout", "Died"):
            return NO_ANSWER[error.kind]
    if share > 0:
        return "partial"
    return "raised" if errors and isinstance(errors[0], LearnerError) else "wrong"


def _second_call(exercise, solution, trials):
    """Trials of the first right cases once more: state kept between calls shows here."""
    return [try_case(exercise, solution, trial.case, trial.right)
            for trial in [trial for trial in trials if trial.ok][:2]]


def score(exercise, trials, again):
    """The sub-goals, and the share of the points that they earn together.

    Values on ordinary inputs earn 60 %, special inputs 25 %, leaving inputs alone and answering
    alike a second time the rest; properties earn nothing when no value is right.
    """
    ordinary = [trial for trial in trials if not trial.case.special]
    special = [trial for trial in trials if trial.case.special]
    ran = [trial for trial in ordinary if trial.seen.error is None]
    goals = [Goal("it runs", len(ran) == len(ordinary))]
    shaped = all(
        finding.kind not in ("shape", "unreadable")
        for trial in ran
        for finding in trial.findings.values()
    )
    goals.append(Goal("the results have the right shape", shaped if ran else None))
    total = sum(output.weight for output in exercise.outputs)
    values, right_outputs = 0.0, set()
    for output in exercise.outputs:
        judged = [t for t in ordinary if t.seen.error is not None or output.name in t.findings]
        right = bool(judged) and all(
            t.seen.error is None and t.findings[output.name].ok for t in judged
        )
        if right:
            right_outputs.add(output.name)
            values += output.weight / total
        goals.append(Goal(f"{output.says or output.name}: right values", right if ran else None))
    edges, edge_share = _special_goals(exercise, special, right_outputs)
    goals += edges
    untouched = not any(trial.seen.mutated for trial in trials)
    goals.append(Goal("the inputs are left as they were", untouched if ran else None))
    alike = bool(again) and all(trial.ok for trial in again)
    if exercise.no_warnings and not IN_BROWSER:  # WebAssembly has no flags for an overflow
        quiet = not any(trial.seen.warnings for trial in trials)
        goals.append(Goal("no overflow, no warning", quiet if ran else None))
        edge_share = edge_share * 0.5 + 0.5 * quiet
    goals.append(Goal("a second call gives the same answer", alike if again else None))
    if not values:
        return goals, 0.0
    if all(goal.reached for goal in goals):
        return goals, 1.0
    return goals, min(0.99, 0.6 * values + 0.25 * edge_share + 0.075 * untouched + 0.075 * alike)


def _special_goals(exercise, special, right_outputs):
    """A sub-goal for each kind of special case, and the share of them that is right."""
    kinds = dict.fromkeys(trial.case.special for trial in special)
    goals, share = [], 0.0
    for kind in kinds:
        group = [trial for trial in special if trial.case.special == kind]
        goals.append(Goal(kind, all(trial.ok for trial in group), special=True))
        right = all(
            t.seen.error is None and (name not in t.findings or t.findings[name].ok)
            for t in group
            for name in right_outputs
        )
        share += right * len(right_outputs) / len(exercise.outputs)
    return goals, share / len(kinds) if kinds else (1.0 if right_outputs else 0.0)


def _nothing(exercise, status, diagnosis):
    goals = [Goal("it is written", False)]
    return Verdict(exercise.name, 0.0, exercise.points, status, goals, {}, [diagnosis],
                   see=exercise.see)  # fmt: skip


def _absent_sentence(absent):
    names = " and ".join(f"`{name}`" for name in absent)
    return Diagnosis("missing", f"There is no {names} yet. Run the cell that defines it first.")


def _no_answer_sentence(exercise, error):
    if error.kind == "NotWritten":
        return Diagnosis("not-written", f"`{exercise.functions[0]}` is not written yet.")
    if error.kind == "Forbidden":
        return Diagnosis("forbidden", error.text)
    return Diagnosis("missing", f"There is no `{error.text}` yet. Run the cell that defines it.")
