"""What goes wrong inside Adam, as edits of its source; AdamW's source has the same lines."""

from autograder.exercise import Mistake

M_LINE = "m = beta1 * m + (1 - beta1) * grad"
V_LINE = "v = beta2 * v + (1 - beta2) * grad * grad"
M_HAT = "m_hat = m / (1 - beta1**t)"
V_HAT = "v_hat = v / (1 - beta2**t)"
STEP = "step = m_hat / (np.sqrt(v_hat) + eps)"
MOVE = "param = param - rate * step"
KEPT = "return param, m, v"

# Slips in the bias correction.
CORRECTIONS = (
    Mistake(
        "no-correction", "There is no bias correction: m and v are used as they are.",
        "Both start at 0 and are far too small at first; dividing by 1 - beta**t undoes that.",
        edits=((M_HAT, "m_hat = m"), (V_HAT, "v_hat = v")),
    ),
    Mistake(
        "m-not-corrected", "m is used without its bias correction; v has it.",
        edits=((M_HAT, "m_hat = m"),),
    ),
    Mistake(
        "v-not-corrected", "v is used without its bias correction; m has it.",
        "v needs it most: with beta2 = 0.999 it starts 1000 times too small.",
        edits=((V_HAT, "v_hat = v"),),
    ),
    Mistake(
        "power-dropped", "The correction divides by 1 - beta at every step: the power t is "
        "missing.",
        "That is right at the first step only. The correction must fade as t grows.",
        edits=((M_HAT, "m_hat = m / (1 - beta1)"), (V_HAT, "v_hat = v / (1 - beta2)")),
    ),
    Mistake(
        "m-power-dropped", "m's correction divides by 1 - beta1 at every step: the power t is "
        "missing there; v has it.",
        "That is right at the first step only; later it makes m up to ten times too large.",
        edits=((M_HAT, "m_hat = m / (1 - beta1)"),),
    ),
    Mistake(
        "v-power-dropped", "v's correction divides by 1 - beta2 at every step: the power t is "
        "missing there; m has it.",
        "That is right at the first step only. The correction must fade as t grows.",
        edits=((V_HAT, "v_hat = v / (1 - beta2)"),),
    ),
    Mistake(
        "root-before-correction", "The root of v is divided by 1 - beta2**t; it is v itself that is "
        "corrected, before the root is taken.",
        edits=((V_HAT, "v_hat = v / (1 - beta2**t) ** 2"),),
    ),
    Mistake(
        "correction-multiplied", "m and v are multiplied by 1 - beta**t, and should be divided.",
        "They are too small at first; a factor below 1 makes them smaller still.",
        edits=((M_HAT, "m_hat = m * (1 - beta1**t)"), (V_HAT, "v_hat = v * (1 - beta2**t)")),
    ),
    Mistake(
        "t-one-less", "The correction uses t - 1; `t` is 1 at the first step already.",
        "With the power 0 the first correction divides by zero.",
        edits=((M_HAT, "m_hat = m / np.float64(1 - beta1 ** (t - 1))"),
               (V_HAT, "v_hat = v / np.float64(1 - beta2 ** (t - 1))")),
        equivalent=("raised-ZeroDivisionError",),
    ),
    Mistake(
        "t-one-more", "The correction uses t + 1; `t` is 1 at the first step already.",
        edits=((M_HAT, "m_hat = m / (1 - beta1 ** (t + 1))"),
               (V_HAT, "v_hat = v / (1 - beta2 ** (t + 1))")),
    ),
    Mistake(
        "product-for-power", "The correction has beta * t where beta**t was agreed.",
        "After t steps a share of beta * beta * ... * beta of the zero start is left: a power.",
        edits=((M_HAT, "m_hat = m / (1 - beta1 * t)"), (V_HAT, "v_hat = v / (1 - beta2 * t)")),
    ),
    Mistake(
        "one-beta-for-both", "Both corrections use beta1; v was averaged with beta2.",
        edits=((V_HAT, "v_hat = v / (1 - beta1**t)"),),
    ),
    Mistake(
        "corrections-swapped", "m is corrected with beta2 and v with beta1.",
        edits=((M_HAT, "m_hat = m / (1 - beta2**t)"), (V_HAT, "v_hat = v / (1 - beta1**t)")),
    ),
    Mistake(
        "corrected-kept", "What comes back are the corrected averages; the next step needs m and "
        "v as they were averaged.",
        "Corrected once more at every step, they grow without end. Keep m_hat and v_hat to this "
        "step.",
        edits=((KEPT, "return param, m_hat, v_hat"),),
    ),
)  # fmt: skip


# Slips in the two running averages.
AVERAGES = (
    Mistake(
        "betas-swapped", "beta1 and beta2 have changed places.",
        "beta1 belongs to m, the average of gradients; beta2 to v, the average of squares.",
        edits=((M_LINE, "beta1, beta2 = beta2, beta1\n    " + M_LINE),),
    ),
    Mistake(
        "beta1-in-v", "v is averaged with beta1; it has a longer memory of its own, beta2.",
        edits=((V_LINE, "v = beta1 * v + (1 - beta1) * grad * grad"),),
    ),
    Mistake(
        "old-averages", "The step is made of the old m and v; today's gradient belongs in them "
        "first.",
        "Update both averages, then correct them and step.",
        edits=((M_LINE, "old_m, old_v = m, v\n    " + M_LINE),
               (M_HAT, "m_hat = old_m / (1 - beta1**t)"), (V_HAT, "v_hat = old_v / (1 - beta2**t)")),
    ),
    Mistake(
        "weights-swapped", "beta multiplies the new value and (1 - beta) the old average, in m "
        "and in v.",
        "A beta near 1 means a long memory: it belongs to the old average.",
        edits=((M_LINE, "m = (1 - beta1) * m + beta1 * grad"),
               (V_LINE, "v = (1 - beta2) * v + beta2 * grad * grad")),
    ),
    Mistake(
        "weights-missing", "The factors (1 - beta) are missing in m and v: they become sums.",
        "In an average the weights add up to 1.",
        edits=((M_LINE, "m = beta1 * m + grad"), (V_LINE, "v = beta2 * v + grad * grad")),
    ),
    Mistake(
        "m-weight-missing", "The factor (1 - beta1) is missing in m: that is momentum's sum.",
        "In an average the weights add up to 1.",
        edits=((M_LINE, "m = beta1 * m + grad"),),
    ),
    Mistake(
        "v-weight-missing", "The factor (1 - beta2) is missing in v.",
        "In an average the weights add up to 1.",
        edits=((V_LINE, "v = beta2 * v + grad * grad"),),
    ),
    Mistake(
        "v-not-squared", "v averages the gradients; agreed was their squares.",
        "Plus and minus cancel in an average, and a negative v has no root.",
        edits=((V_LINE, "v = beta2 * v + (1 - beta2) * grad"),),
    ),
    Mistake(
        "v-of-sizes", "v averages the gradients' sizes; agreed was their squares.",
        edits=((V_LINE, "v = beta2 * v + (1 - beta2) * np.abs(grad)"),),
    ),
    Mistake(
        "v-of-m", "v averages the squares of m; agreed was the squares of the gradient.",
        "m has smoothed away what v should measure.",
        edits=((V_LINE, "v = beta2 * v + (1 - beta2) * m * m"),),
    ),
    Mistake(
        "one-v-for-all", "v holds the squares of the whole array together; each entry needs its "
        "own.",
        edits=((V_LINE, "v = beta2 * v + (1 - beta2) * np.sum(grad * grad)"),),
    ),
    Mistake(
        "one-mean-for-all", "v averages the squares over the whole array; each entry needs its own.",
        "A step size for every single number is what v is there for.",
        edits=((V_LINE, "v = beta2 * v + (1 - beta2) * np.mean(grad * grad)"),),
    ),
    Mistake(
        "state-lost", "The m and v that come back are the old ones: every step starts anew.",
        "What is computed but not returned is gone when the function ends.",
        edits=((M_LINE, "old_m, old_v = m, v\n    " + M_LINE), (KEPT, "return param, old_m, old_v")),
    ),
    Mistake(
        "betas-in-stone", "beta1 and beta2 are always 0.9 and 0.999: what was given is not used.",
        edits=((M_LINE, "beta1, beta2 = 0.9, 0.999\n    " + M_LINE),),
    ),
    Mistake(
        "states-swapped", "v comes back before m; agreed was param, m, v.",
        "Then the next step takes squares for gradients.",
        edits=((KEPT, "return param, v, m"),), equivalent=("results-swapped",),
    ),
)  # fmt: skip


# Slips in the step itself.
STEPS = (
    Mistake(
        "climbs", "It steps uphill: the step is added to the parameter.",
        edits=((MOVE, "param = param + rate * step"),),
    ),
    Mistake(
        "eps-inside", "eps stands under the root; agreed was sqrt(v_hat) + eps.",
        "Under the root, 1e-8 becomes 1e-4 for tiny gradients: a different brake.",
        edits=((STEP, "step = m_hat / np.sqrt(v_hat + eps)"),),
    ),
    Mistake(
        "eps-missing", "eps is missing: a gradient that starts at zero divides 0 by 0.",
        "eps is there for the places where no gradient has come by yet.",
        edits=((STEP, "step = m_hat / np.sqrt(v_hat)"),), equivalent=("as-if-0-eps",),
    ),
    Mistake(
        "eps-in-stone", "The `eps` that was given is not used: what comes out is as with 1e-8, or with "
        "none.",
        edits=((STEP, "step = m_hat / (np.sqrt(v_hat) + 1e-8)"),),
    ),
    Mistake(
        "eps-before-correction", "eps is added to the root of v before the bias correction; it "
        "comes after.",
        "Both corrections folded into the rate save time, but then eps is scaled along with v.",
        edits=((STEP, "step = m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)"),),
    ),
    Mistake(
        "eps-over-all", "eps is added after the division; it belongs to the denominator.",
        "Without a bracket, a / b + eps is (a / b) + eps.",
        edits=((STEP, "step = m_hat / np.sqrt(v_hat) + eps"),),
    ),
    Mistake(
        "eps-beside", "eps is added to the result; it belongs to the denominator.",
        "Without a bracket, a / b + eps is (a / b) + eps.",
        edits=((STEP, "step = m_hat / np.sqrt(v_hat)"), (MOVE, MOVE + " + eps")),
    ),
    Mistake(
        "nesterov", "The step looks one gradient ahead of m: that is Nadam. Agreed was m_hat alone.",
        "It mixes today's gradient in a second time, and is a good optimiser too, but another one.",
        edits=((STEP, "step = (beta1 * m_hat + (1 - beta1) * grad / (1 - beta1**t)) / "
                      "(np.sqrt(v_hat) + eps)"),),
    ),
    Mistake(
        "root-missing", "m_hat is divided by v_hat itself: the root is missing.",
        "v averages squares; only its root has the unit of a gradient.",
        edits=((STEP, "step = m_hat / (v_hat + eps)"),),
    ),
    Mistake(
        "gradient-for-m", "The step goes along the gradient: m is kept, but not used.",
        "That is RMSprop with a correction; momentum is what m brings in.",
        edits=((STEP, "step = grad / (np.sqrt(v_hat) + eps)"),),
    ),
    Mistake(
        "v-unused", "The step goes along m without dividing by the root of v.",
        "That is momentum alone; the scaling is what v brings in.",
        edits=((STEP, "step = m_hat"),),
    ),
    Mistake(
        "zeros-skipped", "Where a gradient is exactly 0 nothing is done; m and v fade there too, and "
        "the step still goes along what is left of m.",
        "m remembers the slopes before: a ball rolls on where the ground is flat.",
        edits=((M_LINE, f"before = param, m, v\n    {M_LINE}"),
               (KEPT, "return tuple(np.where(grad == 0, old, new) "
                "for old, new in zip(before, (param, m, v)))")),
    ),
    Mistake(
        "extra-gradient", "The step is multiplied by the gradient once more: m_hat already "
        "carries it.",
        "Some tutorials print it so; then the direction is always uphill or downhill by chance.",
        edits=((STEP, "step = m_hat / (np.sqrt(v_hat) + eps) * grad"),),
    ),
    Mistake(
        "rate-missing", "The learning rate is not used.",
        edits=((MOVE, "param = param - step"),), equivalent=("as-if-1-learning_rate",),
    ),
    Mistake(
        "rate-in-stone", "The learning rate is always 0.001: what was given is not used.",
        edits=((MOVE, "param = param - 1e-3 * step"),),
    ),
    Mistake(
        "step-only", "What comes back first is the step alone; the new parameter was asked for.",
        edits=((MOVE, "param = rate * step"),),
    ),
)  # fmt: skip

ADAM_MISTAKES = (*CORRECTIONS, *AVERAGES, *STEPS)
