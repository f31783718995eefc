"""What is the same for everyone whose answer is judged on the same cases, worked out once."""

import itertools

from autograder.judge import observe
from autograder.solution import Known


class Memo:
    """What depends on the cases alone: right answers, and what each hypothesis predicts.

    A class is graded on the same cases, so one Memo for each exercise spares most of the work of
    explaining. It must not be used with cases of another seed.
    """

    def __init__(self):
        self.right, self.hypotheses = {}, {}

    def right_answer(self, exercise, place, case):
        """The Observation of the reference on the case at this place."""
        if place not in self.right:
            self.right[place] = observe(exercise, Known(exercise.reference), case)
        return self.right[place]

    def candidates(self, source, exercise, trials):
        """Yield (diagnoses, Hypothesis) as ``source(exercise, trials)`` does, made once."""
        made, more = self.hypotheses.setdefault(source.__name__, ([], source(exercise, trials)))
        for place in itertools.count():
            if place == len(made):
                item = next(more, None)
                if item is None:
                    return
                made.append(item)
            made[place][1].trials = trials
            yield made[place]
