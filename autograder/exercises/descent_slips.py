"""Slips in a loop of gradient descent that lessons 04 and 05 share: their fits read the same there."""

from autograder.errors import ContractError
from autograder.exercise import Mistake, function_run

STEP_W, STEP_B = "w = w - learning_rate * dw", "b = b - learning_rate * db"
ZEROS = "np.zeros(X.shape[1], dtype=X.dtype)"
FINISH = "return w, b, np.array(losses)"


def _both(w, b):
    """Edits of the two steps of a turn."""
    return ((STEP_W, f"w = {w}"), (STEP_B, f"b = {b}"))


def fit_run(name, arguments):
    """A ``run`` of a fit with the results w, b and losses."""
    plain = function_run(name, arguments, "w b losses")

    def run(solution, case):
        try:
            return plain(solution, case)
        except ContractError as error:
            if case.steps or not error.text.endswith("(None): is the `return` missing?"):
                raise
            raise ContractError("nothing-without-steps", f"With steps = 0 `{name}` returned nothing: "
                                "does the `return` stand inside the loop?") from None

    return run


def descent_slips(fit, gradients, cost, examples):
    """The mistakes of a fit by bplib's loop.

    fit: bplib's; gradients: the call that gives dw and db; cost, examples: what it descends, what
    it learns from.
    """
    def one_turn(X, targets, learning_rate, steps):
        return fit(X, targets, learning_rate, 1) if steps else None

    return (
        Mistake(
            "return-in-loop", "Only one step is taken: the `return` stands inside the loop and ends it "
            "in its first turn.", "What is indented as far as the loop's lines belongs to the loop.",
            functions={fit.__name__: one_turn},
        ),
        Mistake(
            "climbs", "It steps uphill: the gradient is added where it should be subtracted.",
            f"The gradient points to where the {cost} grows; learning goes the other way.",
            edits=_both("w + learning_rate * dw", "b + learning_rate * db"),
        ),
        Mistake(
            "bias-never-moves", "`b` is never updated: it stays 0.", edits=((STEP_B, "pass"),),
        ),
        Mistake(
            "weights-never-move", "`w` is never updated: it stays 0.", edits=((STEP_W, "pass"),),
        ),
        Mistake(
            "rate-ignored", "The learning rate is not used: every step has rate 1.",
            edits=_both("w - dw", "b - db"), equivalent=("as-if-1-learning_rate",),
        ),
        *(Mistake(
            f"rate-of-its-own-{rate}", f"The `learning_rate` that was given is not used: every step has "
            f"rate {rate}.", "It should work for whatever rate it is called with.",
            edits=_both(f"w - {rate} * dw", f"b - {rate} * db"),
        ) for rate in (0.1, 0.01)),
        Mistake(
            "rate-missing-in-b", "The step of `b` is not multiplied by the learning rate; that of `w` "
            "is.", edits=((STEP_B, "b = b - db"),),
        ),
        Mistake(
            "starts-anew-every-step", "Each step starts from 0 again: `w` and `b` are put where the "
            "step leads, not moved on by it.", "What they were before belongs into the new value: a "
            "step is taken from where you stand.",
            edits=_both("-learning_rate * dw", "-learning_rate * db"),
        ),
        Mistake(
            "starts-from-ones", "It does not start from zeros: the weights begin at 1.",
            edits=((ZEROS, ZEROS.replace("zeros", "ones")),),
        ),
        Mistake(
            "new-weights-for-db", "`db` is computed after `w` has moved: both gradients belong to "
            "the same point.",
            "Compute both gradients first, then move both numbers.",
            edits=((STEP_B, f"b = b - learning_rate * {gradients}[1]"),),
        ),
        Mistake(
            "loss-before-step", "The loss is written down before the step of each turn: the first one "
            "stands there twice, and the one after the last step is missing.",
            "The first loss is in the list when the loop begins; a turn adds the loss after its step.",
            edits=((FINISH, "return w, b, np.array(losses[:1] + losses[:-1])"),),
            equivalent=("off-by-one",),
        ),
        Mistake(
            "append-outside-loop", "`losses` holds two numbers, the first and the last: the line that "
            "writes a loss down stands outside the loop.",
            "What is to happen in every turn has to be indented as far as the loop's other lines.",
            edits=((FINISH, "return w, b, np.array(losses[:1] + losses[-1:])"),),
        ),
        Mistake(
            "losses-first", "The order of the results is another: agreed was w, b, losses.",
            edits=((FINISH, "return np.array(losses), w, b"),),
        ),
        Mistake(
            "summed-gradient", "The steps are N times too long: the gradient is summed over the "
            f"{examples}, not averaged.",
            edits=_both("w - learning_rate * dw * len(X)", "b - learning_rate * db * len(X)"),
        ),
    )  # fmt: skip
