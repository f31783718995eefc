"""The class report of a lesson: what the class can do, what it gets wrong, and who was not graded.

Made from the verdicts that `bp autograde` keeps, one record per submission: a JSON object with
``learner``, ``points``, ``max_points``, ``exercises`` (name -> verdict, see `autograder.judge`), and
``error`` where there was nothing to grade. One self-contained HTML page, and the same as CSV.
"""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from autograder.exercises import all_exercises, exercises_of
from autograder.show import marked

BINS = 10


@dataclass
class ExerciseStatistics:
    """How the class did on one exercise."""

    name: str
    max_points: float
    statuses: Counter = field(default_factory=Counter)
    points: float = 0.0
    goals: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    mistakes: Counter = field(default_factory=Counter)
    words: dict = field(default_factory=dict)
    tried: int = 0

    @property
    def passed(self):
        return self.statuses["passed"]

    @property
    def mean_share(self):
        """Mean share of the points among those who tried, from 0 to 1."""
        return self.points / (self.tried * self.max_points) if self.tried else 0.0


def statistics(lesson, records):
    """name -> ExerciseStatistics for the graded records of a lesson."""
    found = {
        name: ExerciseStatistics(name, exercise.points)
        for name, exercise in exercises_of(lesson).items()
    }
    for record in records:
        for name, verdict in record.get("exercises", {}).items():
            if name in found:
                _add(found[name], verdict)
    return found


def _add(one, verdict):
    one.statuses[verdict["status"]] += 1
    if verdict["status"] == "missing":
        return
    one.tried += 1
    one.points += verdict["points"]
    for goal in verdict.get("goals", []):
        if goal["reached"] is not None:
            one.goals[goal["says"]][0] += bool(goal["reached"])
            one.goals[goal["says"]][1] += 1
    for item in _telling(one.name, verdict.get("diagnoses", [])):
        one.mistakes[item["id"]] += 1
        one.words.setdefault(item["id"], (item["says"], item.get("thought", "")))


def _telling(name, diagnoses):
    """The known mistakes among the diagnoses; where there are none, all of them.

    A relation ("times N") that says in numbers what a mistake says in words is not counted twice.
    """
    known = {mistake.id for mistake in all_exercises()[name].mistakes}
    named = [item for item in diagnoses if item["id"] in known]
    return named or diagnoses


def histogram(records, max_points):
    """How many learners lie in each tenth of the points: list of (low, high, count)."""
    edges = [max_points * i / BINS for i in range(BINS + 1)]
    counts = [0] * BINS
    for record in records:
        share = record["points"] / max_points if max_points else 0.0
        counts[min(BINS - 1, int(share * BINS))] += 1
    return list(zip(edges[:-1], edges[1:], counts, strict=True))


def attempts(records, earlier):
    """Learners whose points changed since an earlier attempt: (learner, before, now)."""
    rows = []
    for record in records:
        for old in earlier.get(record["learner"], [])[-1:]:
            if not old.get("error") and old["points"] != record["points"]:
                rows.append((record["learner"], old["points"], record["points"]))
    return sorted(rows)


def mistake_rows(stats, graded):
    """The mistakes of the class, most frequent first, with counts and the words they got."""
    rows = []
    for one in stats.values():
        for ident, count in one.mistakes.items():
            says, thought = one.words[ident]
            rows.append({"exercise": one.name, "id": ident, "count": count, "of": graded,
                         "says": says, "thought": thought})  # fmt: skip
    return sorted(rows, key=lambda row: (-row["count"], row["exercise"], row["id"]))


def page(lesson, title, records, earlier=None, similar=(), made=""):
    """The report as one HTML page that asks nothing of any network.

    records: the latest record of every learner; earlier: learner -> records of former attempts;
    similar: groups of learners whose code is alike, with the exercise: (exercise, [learners]);
    made: when, as text.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    environment = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    environment.filters["marked"] = lambda text: Markup(marked(text))
    graded = [record for record in records if not record.get("error")]
    most = sum(exercise.points for exercise in exercises_of(lesson).values())
    stats = statistics(lesson, graded)
    bars = histogram(graded, most)
    return environment.get_template("report.html").render(
        lesson=lesson, title=title, made=made, records=records, graded=graded, max_points=most,
        failed=[record for record in records if record.get("error")],
        mean=sum(r["points"] for r in graded) / len(graded) if graded else 0,
        bars=bars, tallest=max((count for *_, count in bars), default=0) or 1,
        stats=list(stats.values()), mistakes=mistake_rows(stats, len(graded)),
        attempts=attempts(graded, earlier or {}), similar=list(similar),
    )  # fmt: skip


def table(lesson, records):
    """The same as CSV text: a row per learner, points and diagnoses per exercise, the reason."""
    names = list(exercises_of(lesson))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["learner", "points", "max_points", "isolation", "error",
                     *(f"{name} {what}" for name in names for what in ("points", "diagnosis"))])
    for record in sorted(records, key=lambda record: record["learner"]):
        row = [record["learner"], record.get("points", ""), record.get("max_points", ""),
               record.get("isolation", ""), record.get("error") or ""]  # fmt: skip
        for name in names:
            verdict = record.get("exercises", {}).get(name, {})
            row += [verdict.get("points", ""), " ".join(verdict.get("diagnosis", []))]
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue()


def _harmless(value):
    """Text that a spreadsheet will not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
