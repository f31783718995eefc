"""Checks of lesson 14: one step of a GRU, backward, on the cache of the learner's own forward."""

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_14
from autograder.exercises.own_forward import forgotten_cache, on_own_forward
from autograder.exercises.pairs_14 import LESSON, REFERENCE, slip, step_cases

DZN = "dzn = dh * (1 - z) * (1 - n * n)"
DZZ = "dzz = dh * (h_prev - n) * z * (1 - z)"
DZR = "dzr = dzn * zhn * r * (1 - r)"
DZX = "dzx = np.concatenate([dzr, dzz, dzn], axis=1)"
DZH = "dzh = np.concatenate([dzr, dzz, dzn * r], axis=1)"
RETURN = "return dzx @ Wx.T, dh * z + dzh @ Wh.T, x.T @ dzx, h_prev.T @ dzh, dzx.sum(axis=0)"
DX, DHP, DWX = "return dzx @ Wx.T,", " dh * z + dzh @ Wh.T,", " x.T @ dzx,"
DWH, DB = " h_prev.T @ dzh,", " dzx.sum(axis=0)"


def _state(reset="dzr", update="dzz", candidate="dzn * r"):
    """dh_prev with other blocks on its way through Wh."""
    return slip(DHP, f" dh * z + np.concatenate([{reset}, {update}, {candidate}], axis=1) @ Wh.T,")


PATHS = (
    Mistake(
        "blend-path-missing",
        "dh_prev lacks the direct way: z * h_prev stands in the blend.",
        "h_prev is used four times: in the blend, in both gates and in the candidate. Four blames "
        "add up.",
        edits=slip(DHP, " dzh @ Wh.T,"),
    ),
    Mistake(
        "reset-path-missing", "dh_prev lacks the way through the reset gate.",
        "h_prev is used four times: in the blend, in both gates and in the candidate.",
        edits=_state(reset="0 * dzr"),
    ),
    Mistake(
        "update-path-missing", "dh_prev lacks the way through the update gate.",
        "h_prev is used four times: in the blend, in both gates and in the candidate.",
        edits=_state(update="0 * dzz"),
    ),
    Mistake(
        "candidate-path-missing", "dh_prev lacks the way through the candidate.",
        "h_prev is used four times: in the blend, in both gates and in the candidate.",
        edits=_state(candidate="0 * dzn"),
    ),
    Mistake(
        "gate-paths-missing", "dh_prev lacks the ways through both gates: they were computed from "
        "h_prev too.",
        edits=_state("0 * dzr", "0 * dzz"),
    ),
    Mistake(
        "blend-path-alone", "dh_prev holds the direct way alone; the three products are missing.",
        edits=slip(DHP, " dh * z,"),
    ),
    Mistake(
        "blend-path-whole", "On the direct way, dh reaches h_prev whole; z stood before it.",
        edits=slip(DHP, " dh + dzh @ Wh.T,"),
    ),
    Mistake(
        "blend-path-mirrored", "On the direct way stands 1 - z; what multiplied h_prev was z.",
        edits=slip(DHP, " dh * (1 - z) + dzh @ Wh.T,"),
    ),
    Mistake(
        "reset-missing-in-dh-prev",
        "In dh_prev, the candidate's blame has not passed the reset gate.",
        edits=_state(candidate="dzn"),
    ),
    Mistake(
        "reset-missing-both",
        "dWh and dh_prev take the candidate's blame without r; r stood before h_prev Whn.",
        "The candidate is tanh(zx + r * zh): the local derivative with respect to zh is r. Wx and "
        "Wh see different blames in their last third.",
        edits=slip(DZH, "dzh = dzx"),
    ),
    Mistake(
        "reset-missing-in-dwh", "dWh takes the candidate's blame without r; r stood before h_prev Whn.",
        edits=slip(DWH, " h_prev.T @ dzx,"),
    ),
    Mistake(
        "reset-on-input-too", "dWx, dx and db take the candidate's blame times r; the input's part "
        "did not pass the reset gate.",
        edits=slip(DZX, "dzx = np.concatenate([dzr, dzz, dzn * r], axis=1)"),
    ),
    Mistake(
        "as-if-reset-before",
        "The backward is that of a reset gate before the product with Wh; here it acts after.",
        "Two GRUs are in print. In this one r multiplies h_prev Whn, so its local derivative is "
        "that product.",
        edits=slip(DZR, "back = dzn @ Wh[:, 2 * r.shape[1]:].T\n"
                   "    dzr = back * h_prev * r * (1 - r)",
                   DWH, " np.hstack([h_prev.T @ dzh[:, :2 * r.shape[1]], (r * h_prev).T @ dzn]),",
                   DHP, " dh * z + back * r + dzh[:, :2 * r.shape[1]] @ "
                   "Wh[:, :2 * r.shape[1]].T,"),
    ),
)  # fmt: skip

GATES = (
    Mistake(
        "update-mirrored", "z and 1 - z have changed places on the way back.",
        "Write the forward line beside it: (1 - z) multiplies the candidate, z the old state.",
        edits=slip(DZN, DZN.replace("(1 - z)", "z"),
                   DZZ, DZZ.replace("(h_prev - n)", "(n - h_prev)"),
                   DHP, " dh * (1 - z) + dzh @ Wh.T,"),
    ),
    Mistake(
        "new-state-in-update",
        "The update gate's blame takes the new state h; what z weighed against n was h_prev.",
        edits=slip(DZZ, DZZ.replace("(h_prev - n)", "((1 - z) * n + z * h_prev - n)")),
    ),
    Mistake(
        "candidate-slope-not-squared",
        "The candidate's slope is not 1 - n: the square is missing.",
        edits=slip(DZN, "dzn = dh * (1 - z) * (1 - n)"),
    ),
    Mistake(
        "candidate-share-mirrored", "The candidate takes z of the blame; its share was 1 - z.",
        edits=slip(DZN, "dzn = dh * z * (1 - n * n)"),
    ),
    Mistake(
        "candidate-share-missing", "The candidate takes the whole blame; its share was 1 - z.",
        edits=slip(DZN, "dzn = dh * (1 - n * n)"),
    ),
    Mistake(
        "candidate-slope-missing", "The slope of tanh is missing for the candidate.",
        edits=slip(DZN, "dzn = dh * (1 - z)"),
    ),
    Mistake(
        "candidate-tanh-twice",
        "The candidate's slope is 1 - tanh(n)**2, and n has been through tanh already.",
        edits=slip(DZN, "dzn = dh * (1 - z) * (1 - np.tanh(n) ** 2)"),
    ),
    Mistake(
        "candidate-with-sigmoid-slope", "The candidate takes a sigmoid's slope; it was a tanh.",
        edits=slip(DZN, "dzn = dh * (1 - z) * n * (1 - n)"),
    ),
    Mistake(
        "update-sign", "The update gate's blame has the wrong sign.",
        "Growing z moves h from n towards h_prev: the local derivative is one minus the other, and "
        "the order counts.",
        edits=slip(DZZ, DZZ.replace("(h_prev - n)", "(n - h_prev)")),
    ),
    Mistake(
        "update-without-candidate",
        "The update gate's blame forgets the candidate: z stands twice in the blend.",
        edits=slip(DZZ, "dzz = dh * h_prev * z * (1 - z)"),
    ),
    Mistake(
        "update-without-state",
        "The update gate's blame forgets the old state: z stands twice in the blend.",
        edits=slip(DZZ, "dzz = -dh * n * z * (1 - z)"),
    ),
    Mistake(
        "update-slope-missing", "The sigmoid's slope is missing for the update gate.",
        edits=slip(DZZ, "dzz = dh * (h_prev - n)"),
    ),
    Mistake(
        "reset-slope-missing", "The sigmoid's slope is missing for the reset gate.",
        edits=slip(DZR, "dzr = dzn * zhn"),
    ),
    Mistake(
        "both-slopes-missing", "The sigmoids' slopes are missing for both gates.",
        edits=slip(DZZ, "dzz = dh * (h_prev - n)", DZR, "dzr = dzn * zhn"),
    ),
    Mistake(
        "half-a-slope", "The slope of the sigmoid is taken as the gate itself: half of it is missing.",
        edits=slip(DZZ, "dzz = dh * (h_prev - n) * z", DZR, "dzr = dzn * zhn * r"),
    ),
    Mistake(
        "gates-with-tanh-slope", "The gates take the slope of tanh, 1 - y**2; they are sigmoids.",
        edits=slip(DZZ, "dzz = dh * (h_prev - n) * (1 - z * z)", DZR, "dzr = dzn * zhn * (1 - r * r)"),
    ),
    Mistake(
        "reset-looks-at-state",
        "The reset gate's blame is multiplied by h_prev; what it multiplied was h_prev Whn.",
        edits=slip(DZR, "dzr = dzn * h_prev * r * (1 - r)"),
    ),
    Mistake(
        "reset-without-partner",
        "The reset gate's blame lacks what the gate multiplied, h_prev Whn.",
        edits=slip(DZR, "dzr = dzn * r * (1 - r)"),
    ),
    Mistake(
        "reset-past-the-tanh",
        "The reset gate's blame has not passed the tanh of the candidate, inside which r stands.",
        edits=slip(DZR, "dzr = dh * (1 - z) * zhn * r * (1 - r)"),
    ),
    Mistake(
        "reset-from-dh", "The reset gate takes dh as it came; it stands inside the candidate.",
        edits=slip(DZR, "dzr = dh * zhn * r * (1 - r)"),
    ),
    Mistake(
        "blocks-swapped", "The blocks of reset and update gate have changed places on the way back.",
        edits=slip(DZX, "dzx = np.concatenate([dzz, dzr, dzn], axis=1)",
                   DZH, "dzh = np.concatenate([dzz, dzr, dzn * r], axis=1)"),
    ),
)  # fmt: skip

SHARES = (
    Mistake(
        "reset-on-the-state",
        "In the candidate's block of dWh, r multiplies h_prev; it belongs to the candidate's blame.",
        "In the forward r multiplies the product h_prev Whn, a unit of the result at a time.",
        edits=slip(DWH, " np.hstack([h_prev.T @ dzh[:, :2 * r.shape[1]], (r * h_prev).T @ dzn]),"),
    ),
    Mistake(
        "new-state-for-dwh", "dWh is made with the new state h; what met Wh was h_prev.",
        edits=slip(DWH, " ((1 - z) * n + z * h_prev).T @ dzh,"),
    ),
    Mistake(
        "db-not-summed", "db has a row for every example: the sum over the batch is missing.",
        "Broadcasting copied b to every row; every copy sends its blame back to the same b.",
        edits=slip(DB, " dzx"), equivalent=("unsummed",),
    ),
    Mistake(
        "db-averaged", "db is the mean over the examples; it should be the sum.",
        "The mean belongs to the loss, which has put its 1/N into dh already.",
        edits=slip(DB, " dzx.mean(axis=0)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "db-through-reset", "db takes the candidate's blame times r; the bias stands outside the "
        "reset gate.",
        edits=slip(DB, " dzh.sum(axis=0)"),
    ),
    Mistake(
        "weights-averaged", "dWx, dWh and db are divided by the number of examples; they are sums.",
        "The mean belongs to the loss, which has put its 1/N into dh already.",
        edits=slip(DWX, " x.T @ dzx / len(x),", DWH, " h_prev.T @ dzh / len(x),",
                   DB, " dzx.mean(axis=0)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "db-one-row", "db has shape (1, 3H); the bias has shape (3H,), and so has its gradient.",
        edits=slip(DB, " dzx.sum(axis=0, keepdims=True)"), equivalent=("right-values-wrong-shape",),
    ),
    Mistake(
        "upstream-ignored", "dh is not used: the gradients are what all ones would give.",
        edits=slip(DZN, f"dh = np.ones_like(dh)\n    {DZN}"), equivalent=("ignores-dh",),
    ),
    Mistake(
        "sign", "All gradients have the wrong sign.",
        "The minus belongs to the step of descent; the gradient itself points uphill.",
        edits=slip(DZN, f"dh = -dh\n    {DZN}"), equivalent=("negates-dh",),
    ),
    Mistake(
        "weights-first",
        "The gradients come in another order; agreed was dx, dh_prev, dWx, dWh, db, the order of "
        "forward's arguments.",
        edits=slip(RETURN, "return x.T @ dzx, h_prev.T @ dzh, dzx.sum(axis=0), dzx @ Wx.T, "
                   "dh * z + dzh @ Wh.T"), equivalent=("results-swapped",),
    ),
    Mistake(
        "state-first", "dx and dh_prev have changed places; agreed was the order of forward's "
        "arguments.",
        edits=slip(RETURN, "return dh * z + dzh @ Wh.T, dzx @ Wx.T, x.T @ dzx, h_prev.T @ dzh, "
                   "dzx.sum(axis=0)"), equivalent=("results-swapped",),
    ),
)  # fmt: skip

GRU_STEP_BACKWARD = Exercise(
    "gru_step_backward", LESSON, 6,
    outputs=(
        Output("dx", "the gradient dx"), Output("dh_prev", "the gradient dh_prev"),
        Output("dWx", "the gradient dWx"), Output("dWh", "the gradient dWh"),
        Output("db", "the gradient db"),
    ),
    cases=step_cases(3, "dh"),
    run=on_own_forward("gru_step_forward", "gru_step_backward", "x h_prev Wx Wh b", "h", "dh",
                       "dx dh_prev dWx dWh db", REFERENCE, step_cases(3, "dh")),
    reference=REFERENCE,
    uses=("gru_step_forward",),
    upstream="dh",
    see="The GRU backwards",
    mistakes=(*PATHS, *GATES, *SHARES,
              forgotten_cache(REFERENCE, "gru_step_forward", "gru_step_backward")),
    variants=(
        Variant("slices-dict-cache", {
            "gru_step_forward": right_14.gru_by_slices,
            "gru_step_backward": right_14.gru_back_by_slices}),
        Variant("loops", {
            "gru_step_forward": right_14.gru_by_loops,
            "gru_step_backward": right_14.gru_back_by_loops}),
        Variant("recomputed-from-inputs", {
            "gru_step_forward": right_14.gru_from_inputs,
            "gru_step_backward": right_14.gru_back_from_inputs}),
        Variant("right-for-a-reset-before-the-product", {
            "gru_step_forward": right_14.gru_of_2014,
            "gru_step_backward": right_14.gru_of_2014_back}),
    ),
)  # fmt: skip
