"""One grading session of a lesson: what is to do, doing it with progress, and an account of all."""

import itertools
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.classroom import gradebook
from autograder.classroom.records import BOOKED, broke_down
from autograder.classroom.run import grade_all
from autograder.classroom.submissions import handed_in
from autograder.errors import CourseError
from autograder.exercises import exercises_of
from autograder.files import replace_file


@dataclass
class Summary:
    """What became of every submission that was handed in."""

    lesson: str
    handed_in: int = 0
    graded_now: int = 0
    unchanged: int = 0
    isolation: str = ""
    nothing: dict = field(default_factory=dict)
    lost: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)

    @property
    def complete(self):
        """Whether every submission has its grade and its page."""
        return not self.lost and not self.failed

    def text(self):
        """The account, line by line."""
        lines = [f"{self.lesson}: {self.handed_in} handed in, {self.graded_now} graded now, "
                 f"{self.unchanged} unchanged since they were graded."]  # fmt: skip
        if self.isolation:
            lines.append(f"Isolation: {self.isolation}.")
        for learner, reason in sorted(self.nothing.items()):
            lines.append(f"  {learner}: nothing to grade, 0 points. {reason}")
        for learner, names in sorted(self.failed.items()):
            lines.append(f"  {learner}: the grader itself failed on {names}, which stands at 0 points"
                         " for now; run bp autograde again, or look at it by hand.")  # fmt: skip
        for learner, reason in sorted(self.lost.items()):
            lines.append(f"  {learner}: NOT in the gradebook: {reason}")
        return "\n".join(lines)


class Session:
    """Grading one lesson of a course."""

    def __init__(self, course, lesson):
        self.course, self.lesson = course, lesson
        self.submitted = course.root / "autograder" / "submitted"
        self.records = gradebook.records_of(course.root, lesson)

    def collect(self, path):
        """Take submissions in from ``path``; sentences about what was taken and what was not."""
        from autograder.classroom.collect import collect

        return collect(path, self.submitted, self.lesson, self.records)

    def grade(self, jobs, again=False, seconds=None, apart=True, cluster=None, feedback=True):
        """Grade, book and give feedback; the Summary."""
        found = handed_in(self.submitted, self.lesson)
        if not found:
            raise CourseError(f"Nobody has handed in {self.lesson}: there is no {self.submitted}"
                              f"/LEARNER/{self.lesson}.")  # fmt: skip
        self._prepare()
        digests = {item.learner: item.digest() for item in found}
        todo = [(item, digests[item.learner]) for item in found
                if again or not self.records.is_current(item, digests[item.learner])]  # fmt: skip
        summary = Summary(self.lesson, len(found), len(todo), len(found) - len(todo))
        by_name = {item.learner: item for item in found}
        late = {item.learner for item, _ in todo}
        early = [item for item in found if item.learner not in late
                 and not (self.records.get(item.learner) or {}).get(BOOKED)]
        with _progress() as progress:
            # while other processes grade, this one books what they have graded
            graded = self._grade(todo, by_name, jobs, seconds, apart, cluster, progress)
            task = progress.add_task("gradebook", total=len(early) + len(todo))
            summary.lost = gradebook.book(self.course.root, self.lesson, self.records,
                                          itertools.chain(early, graded),
                                          lambda: progress.advance(task))  # fmt: skip
            booked = late | {item.learner for item in early}
            wanted = [name for name in by_name if name not in summary.lost
                      and (name in booked or not self._page(name).is_file())]  # fmt: skip
            if feedback and wanted:
                task = progress.add_task("feedback", total=len(wanted))
                summary.lost |= gradebook.give_feedback(
                    self.course.root, self.lesson, wanted, jobs,
                    lambda count: progress.advance(task, count))  # fmt: skip
        for name in by_name:
            record = self.records.get(name)
            if broke_down(record):
                summary.failed[name] = ", ".join(broke_down(record))
            elif record["error"]:
                summary.nothing[name] = record["error"]
            summary.isolation = summary.isolation or record["isolation"]
        return summary

    def _page(self, learner):
        return gradebook.feedback_page(self.course.root, self.lesson, learner)

    def _prepare(self):
        """The solved notebook and the assignment in the gradebook, which nbgrader needs."""
        solved = self.course.solutions_dir / self.lesson / f"{self.lesson}.ipynb"
        text = self.course.source(self.lesson)
        if not solved.is_file() or (text.is_file()
                                    and text.stat().st_mtime > solved.stat().st_mtime):
            from autograder.pipeline.build import build

            built = build(self.course, [self.lesson])
            if built.refused:
                raise CourseError(" ".join(built.refused))
            replace_file(solved, built.solved[self.lesson].encode())
        gradebook.enter_assignment(self.course.root, self.lesson)

    def _grade(self, todo, by_name, jobs, seconds, apart, cluster, progress):
        """Yield each HandedIn of ``todo``, pairs (HandedIn, digest), when its record is kept."""
        task = progress.add_task("grading", total=len(todo))
        if not todo:
            return
        most = sum(exercise.points for exercise in exercises_of(self.lesson).values())
        jobs = min(jobs, len(todo))
        if cluster:
            from autograder.classroom.cluster import grade_on_cluster

            graded = grade_on_cluster(cluster, todo, self.records.seed(), seconds, apart, most)
        else:
            graded = grade_all(todo, self.records.seed(), jobs, seconds, apart, most)
        for record in graded:
            self.records.put(record)
            progress.advance(task)
            yield by_name[record["learner"]]


def _progress():
    """Bars with the time left, on standard error, so that the account can be redirected."""
    return Progress(TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(),
                    TimeElapsedColumn(), TimeRemainingColumn(),
                    console=Console(stderr=True))  # fmt: skip
