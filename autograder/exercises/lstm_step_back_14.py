"""Checks of lesson 14: one step of an LSTM, backward, on the cache of the learner's own forward."""

from autograder.exercise import Exercise, Mistake, Output, Variant
from autograder.exercises import right_14
from autograder.exercises.own_forward import forgotten_cache, on_own_forward
from autograder.exercises.pairs_14 import LESSON, REFERENCE, slip, step_cases

TOTAL = "dc_total = dc + dh * o * (1 - tanh_c * tanh_c)"
DZI = "dzi = dc_total * g * i * (1 - i)"
DZF = "dzf = dc_total * c_prev * f * (1 - f)"
DZO = "dzo = dh * tanh_c * o * (1 - o)"
DZG = "dzg = dc_total * i * (1 - g * g)"
DZ = "[dzi, dzf, dzo, dzg]"
DC = "dz @ Wh.T, dc_total * f,"
DX, DWX, DWH, DB = "return dz @ Wx.T,", " x.T @ dz,", " h_prev.T @ dz,", " dz.sum(axis=0)"
RETURN = "return dz @ Wx.T, dz @ Wh.T, dc_total * f, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)"
CELL = "c = f * c_prev + i * g"

PATHS = (
    Mistake(
        "dc-ignored",
        "What the next step sends to the cell, dc, is not used: only dh comes back.",
        "c is used twice: by h here, and by the next step. Where a value is used twice, its "
        "blames add up; assigning the second one overwrites the first.",
        edits=slip(TOTAL, TOTAL.replace("dc + ", "")), equivalent=("ignores-dc", "as-if-zeros-dc"),
    ),
    Mistake(
        "dh-not-to-cell",
        "The cell takes blame from the next step alone; what comes down from h is missing.",
        "h = o * tanh(c): h was made from the cell too, so dh goes on to it.",
        edits=slip(TOTAL, "dc_total = dc"),
    ),
    Mistake(
        "tanh-slope-missing",
        "On the way from h to the cell, the slope of tanh is missing.",
        edits=slip(TOTAL, "dc_total = dc + dh * o"),
    ),
    Mistake(
        "slope-not-squared",
        "The slope of tanh at the cell is not 1 - tanh(c): the square is missing.",
        edits=slip(TOTAL, TOTAL.replace("tanh_c * tanh_c", "tanh_c")),
    ),
    Mistake(
        "state-for-its-tanh",
        "1 - h**2 stands where the slope of tanh belongs: h is o * tanh(c), and the shortcut wants "
        "tanh(c) alone.",
        edits=slip(TOTAL, TOTAL.replace("tanh_c * tanh_c", "(o * tanh_c) ** 2")),
    ),
    Mistake(
        "dc-past-the-gates",
        "dc goes on to c_prev, but not to the input gate, the forget gate and the candidate; they "
        "made c too, and take their part of it.",
        edits=slip(TOTAL, TOTAL.replace("dc + ", ""), DC, "dz @ Wh.T, (dc_total + dc) * f,"),
    ),
    Mistake(
        "cell-for-its-tanh",
        "1 - c**2 stands where the slope of tanh belongs: that is the cell, not its tanh.",
        "The shortcut 1 - y**2 wants tanh's own output y. Near 0 the two look alike; a cell of 3 "
        "gives 1 - 9 = -8, and no slope of tanh is negative.",
        edits=slip(TOTAL, f"{CELL}\n    dc_total = dc + dh * o * (1 - c * c)"),
    ),
    Mistake(
        "tanh-of-tanh",
        "The slope is taken at tanh(tanh(c)): what was cached had been through tanh already.",
        edits=slip(TOTAL, "dc_total = dc + dh * o * (1 - np.tanh(tanh_c) ** 2)"),
    ),
    Mistake(
        "old-cell-for-new",
        "The slope of tanh is taken at the old cell, c_prev; h was made from the new one.",
        edits=slip(TOTAL, "dc_total = dc + dh * o * (1 - np.tanh(c_prev) ** 2)"),
    ),
    Mistake(
        "output-gate-missing",
        "On the way from h to the cell, the output gate is missing: h = o * tanh(c).",
        edits=slip(TOTAL, "dc_total = dc + dh * (1 - tanh_c * tanh_c)"),
    ),
    Mistake(
        "dc-through-tanh",
        "dc goes through the output gate and tanh's slope as well; it comes to the cell from "
        "outside, past both.",
        "Adding dc to the blame of tanh(c) is one station too early.",
        edits=slip(TOTAL, "dc_total = (dc + dh * o) * (1 - tanh_c * tanh_c)"),
    ),
    Mistake(
        "dc-through-output",
        "dc and dh are added first and then taken through the output gate; dc comes to the cell "
        "past it.",
        "h and c are different results: their blames meet at the cell, not before.",
        edits=slip(TOTAL, "dc_total = (dc + dh) * o * (1 - tanh_c * tanh_c)"),
    ),
    Mistake(
        "gates-from-dc-alone",
        "The input gate, forget gate and candidate take dc as it came in; their blame is the "
        "cell's whole one, with dh's part in it.",
        edits=slip(DZI, DZI.replace("dc_total", "dc"), DZF, DZF.replace("dc_total", "dc"),
                   DZG, DZG.replace("dc_total", "dc")),
    ),
    Mistake(
        "dc-prev-without-f",
        "dc_prev is the blame of c itself: the forget gate stood between the two cells.",
        "c = f * c_prev + ...: the local derivative of c with respect to c_prev is f, not 1.",
        edits=slip(DC, "dz @ Wh.T, dc_total,"),
    ),
    Mistake(
        "dc-prev-from-dc-alone",
        "dc_prev takes dc as it came in: what dh adds to the cell's blame goes back too.",
        edits=slip(DC, "dz @ Wh.T, dc * f,"),
    ),
    Mistake(
        "dc-prev-through-input",
        "dc_prev goes through the input gate; it is the forget gate that stood before c_prev.",
        edits=slip(DC, "dz @ Wh.T, dc_total * i,"),
    ),
)  # fmt: skip

GATES = (
    Mistake(
        "all-sigmoid-slopes-missing", "The slopes of the three sigmoids are missing.",
        "What you have is the blame of the gates; Wx and Wh made what went into the sigmoids.",
        edits=slip(DZI, "dzi = dc_total * g", DZF, "dzf = dc_total * c_prev",
                   DZO, "dzo = dh * tanh_c"),
    ),
    Mistake(
        "input-slope-missing", "The sigmoid's slope is missing for the input gate.",
        "What you have is the blame of i; the weights made what went into its sigmoid.",
        edits=slip(DZI, "dzi = dc_total * g"),
    ),
    Mistake(
        "forget-slope-missing", "The sigmoid's slope is missing for the forget gate.",
        "What you have is the blame of f; the weights made what went into its sigmoid.",
        edits=slip(DZF, "dzf = dc_total * c_prev"),
    ),
    Mistake(
        "output-slope-missing", "The sigmoid's slope is missing for the output gate.",
        "What you have is the blame of o; the weights made what went into its sigmoid.",
        edits=slip(DZO, "dzo = dh * tanh_c"),
    ),
    Mistake(
        "candidate-slope-missing", "The slope of tanh is missing for the candidate.",
        edits=slip(DZG, "dzg = dc_total * i"),
    ),
    Mistake(
        "half-a-slope", "The slope of the sigmoid is taken as the gate itself: half of it is missing.",
        "The sigmoid's slope is a product of two things, and is never larger than 1/4.",
        edits=slip(DZI, "dzi = dc_total * g * i", DZF, "dzf = dc_total * c_prev * f",
                   DZO, "dzo = dh * tanh_c * o"),
    ),
    Mistake(
        "sigmoid-of-gate",
        "The slopes of the sigmoids are taken at the gates instead of at what went into them.",
        "A gate has been through its sigmoid already; the shortcut wants it as it is.",
        edits=slip(DZI, "dzi = dc_total * g * _gate(i) * (1 - _gate(i))",
                   DZF, "dzf = dc_total * c_prev * _gate(f) * (1 - _gate(f))",
                   DZO, "dzo = dh * tanh_c * _gate(o) * (1 - _gate(o))"),
    ),
    Mistake(
        "gates-with-tanh-slope", "The gates take the slope of tanh, 1 - y**2; they are sigmoids.",
        edits=slip(DZI, "dzi = dc_total * g * (1 - i * i)",
                   DZF, "dzf = dc_total * c_prev * (1 - f * f)",
                   DZO, "dzo = dh * tanh_c * (1 - o * o)"),
    ),
    Mistake(
        "candidate-with-sigmoid-slope", "The candidate takes a sigmoid's slope; it was a tanh.",
        edits=slip(DZG, "dzg = dc_total * i * g * (1 - g)"),
    ),
    Mistake(
        "candidate-slope-not-squared",
        "The candidate's slope is not 1 - g: the square is missing.",
        edits=slip(DZG, "dzg = dc_total * i * (1 - g)"),
    ),
    Mistake(
        "candidate-tanh-twice",
        "The candidate's slope is 1 - tanh(g)**2, and g has been through tanh already.",
        edits=slip(DZG, "dzg = dc_total * i * (1 - np.tanh(g) ** 2)"),
    ),
    Mistake(
        "forget-looks-at-new-cell",
        "The forget gate's blame is multiplied by the new cell; it stood before the old one.",
        edits=slip(DZF, f"{CELL}\n    dzf = dc_total * c * f * (1 - f)"),
    ),
    Mistake(
        "output-looks-at-cell",
        "The output gate's blame is multiplied by c; it stood before tanh(c).",
        edits=slip(DZO, f"{CELL}\n    dzo = dh * c * o * (1 - o)"),
    ),
    Mistake(
        "output-from-the-cells-blame",
        "The output gate takes the cell's blame; it stands after the cell and takes dh.",
        edits=slip(DZO, DZO.replace("dh", "dc_total")),
    ),
    Mistake(
        "partners-swapped",
        "Input gate and candidate are multiplied by themselves; in i * g each has the other as "
        "its local derivative.",
        edits=slip(DZI, "dzi = dc_total * i * i * (1 - i)", DZG, "dzg = dc_total * g * (1 - g * g)"),
    ),
    Mistake(
        "input-candidate-from-dh",
        "Input gate and candidate take dh; they stand before the cell and take the cell's blame.",
        edits=slip(DZI, DZI.replace("dc_total", "dh"), DZG, DZG.replace("dc_total", "dh")),
    ),
    Mistake(
        "candidate-before-output",
        "The four blocks come back as input, forget, candidate, output; forward has the "
        "candidate last.",
        edits=slip(DZ, "[dzi, dzf, dzg, dzo]"),
    ),
    Mistake(
        "forget-before-input",
        "The blocks of input and forget gate have changed places on the way back.",
        edits=slip(DZ, "[dzf, dzi, dzo, dzg]"),
    ),
    Mistake(
        "output-before-forget",
        "The blocks of forget and output gate have changed places on the way back.",
        edits=slip(DZ, "[dzi, dzo, dzf, dzg]"),
    ),
)  # fmt: skip

SHARES = (
    Mistake(
        "new-state-for-dwh",
        "dWh is made with the new state h; what met Wh was h_prev.",
        "At step t, Wh is multiplied by the state before. Write the forward line beside it.",
        edits=slip(DWH, " (o * tanh_c).T @ dz,"),
    ),
    Mistake(
        "cell-for-dwh", "dWh is made with the old cell; what met Wh was the old state, h_prev.",
        edits=slip(DWH, " c_prev.T @ dz,"),
    ),
    Mistake(
        "db-not-summed", "db has a row for every example: the sum over the batch is missing.",
        "Broadcasting copied b to every row; every copy sends its blame back to the same b.",
        edits=slip(DB, " dz"), equivalent=("unsummed",),
    ),
    Mistake(
        "db-averaged", "db is the mean over the examples; it should be the sum.",
        "The mean belongs to the loss, which has put its 1/N into dh and dc already.",
        edits=slip(DB, " dz.mean(axis=0)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "weights-averaged", "dWx, dWh and db are divided by the number of examples; they are sums.",
        "The mean belongs to the loss, which has put its 1/N into dh and dc already.",
        edits=slip(DWX, " x.T @ dz / len(x),", DWH, " h_prev.T @ dz / len(x),",
                   DB, " dz.mean(axis=0)"), equivalent=("times-1-over-N",),
    ),
    Mistake(
        "db-one-row", "db has shape (1, 4H); the bias has shape (4H,), and so has its gradient.",
        edits=slip(DB, " dz.sum(axis=0, keepdims=True)"), equivalent=("right-values-wrong-shape",),
    ),
    Mistake(
        "upstream-ignored", "dh and dc are not used: the gradients are what all ones would give.",
        edits=slip(TOTAL, f"dh, dc = np.ones_like(dh), np.ones_like(dc)\n    {TOTAL}"),
    ),
    Mistake(
        "dh-ignored", "dh is not used: only what the next step sends to the cell comes back.",
        edits=slip(TOTAL, f"dh = np.zeros_like(dh)\n    {TOTAL}"),
        equivalent=("as-if-zeros-dh",),
    ),
    Mistake(
        "sign", "All gradients have the wrong sign.",
        "The minus belongs to the step of descent; the gradient itself points uphill.",
        edits=slip(TOTAL, f"dh, dc = -dh, -dc\n    {TOTAL}"),
    ),
    Mistake(
        "cell-before-state",
        "dh_prev and dc_prev have changed places: forward's arguments go x, h_prev, c_prev.",
        edits=slip("dz @ Wh.T, dc_total * f,", "dc_total * f, dz @ Wh.T,"),
        equivalent=("results-swapped",),
    ),
    Mistake(
        "weights-first",
        "The gradients come in another order; agreed was dx, dh_prev, dc_prev, dWx, dWh, db, the "
        "order of forward's arguments.",
        edits=slip(RETURN, "return x.T @ dz, h_prev.T @ dz, dz.sum(axis=0), dz @ Wx.T, dz @ Wh.T, "
                   "dc_total * f"), equivalent=("results-swapped",),
    ),
)  # fmt: skip

LSTM_STEP_BACKWARD = Exercise(
    "lstm_step_backward", LESSON, 6,
    outputs=(
        Output("dx", "the gradient dx"), Output("dh_prev", "the gradient dh_prev"),
        Output("dc_prev", "the gradient dc_prev"), Output("dWx", "the gradient dWx"),
        Output("dWh", "the gradient dWh"), Output("db", "the gradient db"),
    ),
    cases=step_cases(4, "dh dc"),
    run=on_own_forward("lstm_step_forward", "lstm_step_backward", "x h_prev c_prev Wx Wh b",
                       "h c", "dh dc", "dx dh_prev dc_prev dWx dWh db", REFERENCE,
                       step_cases(4, "dh dc")),
    reference=REFERENCE,
    uses=("lstm_step_forward",),
    upstream="dh",
    see="One step backwards",
    mistakes=(*PATHS, *GATES, *SHARES,
              forgotten_cache(REFERENCE, "lstm_step_forward", "lstm_step_backward")),
    variants=(
        Variant("slices-dict-cache", {
            "lstm_step_forward": right_14.lstm_by_slices,
            "lstm_step_backward": right_14.lstm_back_by_slices}),
        Variant("concatenated", {
            "lstm_step_forward": right_14.lstm_concatenated,
            "lstm_step_backward": right_14.lstm_back_concatenated}),
        Variant("loops", {
            "lstm_step_forward": right_14.lstm_by_loops,
            "lstm_step_backward": right_14.lstm_back_by_loops}),
        Variant("recomputed-from-inputs", {
            "lstm_step_forward": right_14.lstm_with_exponentials,
            "lstm_step_backward": right_14.lstm_back_recomputed}),
        Variant("right-for-a-forward-without-forget-gate", {
            "lstm_step_forward": right_14.lstm_of_1997,
            "lstm_step_backward": right_14.lstm_of_1997_back}),
    ),
)  # fmt: skip
