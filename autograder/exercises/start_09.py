"""Checks of lesson 09: the first weights, told by their statistics, and a step of descent."""

import numpy as np

from autograder.compare import Unreadable, read
from autograder.errors import ContractError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.mlp_09 import LESSON, as_pairs, layer_outputs, named, params_of
from autograder.machine import Rng
from bplib import network, training

# --- init_mlp -----------------------------------------------------------------------------------


def init_cases(rng):
    def case(sizes, special=""):
        return Case(special, {"layers": len(sizes) - 1}, ("layer_sizes", "rng"), layer_sizes=sizes,
                    rng=Rng(int(rng.integers(1 << 30))), other=Rng(int(rng.integers(1 << 30))))

    yield case([64, 150, 10])
    yield case([90, 110, 120, 7])
    yield case([50, 200])
    yield case([200, 60, 160, 70, 5])
    yield case([120, 120, 120], "layers of one size")
    yield case([3, 2], "a tiny network")


def _arrays(params, sizes):
    pairs = as_pairs(params, len(sizes) - 1, "init_mlp")
    arrays = [(read(W), read(b)) for W, b in pairs]
    if any(isinstance(item, Unreadable) for pair in arrays for item in pair):
        raise ContractError("not-numbers", "init_mlp should return arrays; one of yours is none")
    return arrays


def _init_run(solution, case):
    sizes = list(case.layer_sizes)
    first, same, other = (_arrays(solution.call("init_mlp", sizes, rng), sizes)
                          for rng in (case.rng, case.rng, case.other))  # fmt: skip
    found = {
        "W shapes": [[*W.shape, 0, 0][:2] for W, _ in first],
        "b shapes": [[b.ndim, *b.shape, 0][:2] for _, b in first],
        "biases": float(max(np.abs(b).max() for _, b in first)),
        "same seed": _equal(first, same),
        "other seed": not _equal(first, other),
    }
    sizes = list(zip(case.layer_sizes[:-1], case.layer_sizes[1:], strict=True))
    large = [(W, d) for (W, _), (d, m) in zip(first, sizes, strict=True) if d * m >= 2500]
    if large:
        found["spread"] = [float(W.std() / np.sqrt(2 / d)) for W, d in large]
        found["centre"] = [float(abs(W.mean()) * np.sqrt(d / 2)) < 0.12 for W, d in large]
    columns = [W for (W, _), (d, _) in zip(first, sizes, strict=True) if d > 2]
    found["columns"] = [W.ndim == 2 and len(np.unique(W, axis=1).T) == W.shape[1] for W in columns]
    shapes = [W.shape for W, _ in first]
    found["layers differ"] = len(set(shapes)) == len(shapes) or not any(
        a.shape == b.shape and np.array_equal(a, b)
        for i, (a, _) in enumerate(first) for b, _ in first[:i])  # fmt: skip
    return found


def _equal(a, b):
    return all(p.shape == q.shape and np.array_equal(p, q)
               for x, y in zip(a, b, strict=True) for p, q in zip(x, y, strict=True))  # fmt: skip


SCALE = "np.sqrt(2 / D) * rng.normal(size=(D, M))"


def _scaled(text):
    return ((SCALE, text),)


INIT_MLP = Exercise(
    "init_mlp", LESSON, 2,
    outputs=(
        Output("W shapes", "the shapes of the weights, (D, M) for each layer"),
        Output("b shapes", "the shapes of the biases, (M,): one axis, and how long"),
        Output("biases", "the largest bias at the start", atol=1e-9),
        Output("spread", "the spread of each layer's weights, in units of sqrt(2 / D)",
               weight=2.0, rtol=0.08, atol=1e-6),
        Output("centre", "the weights lie around 0"),
        Output("same seed", "the same seed gives the same weights"),
        Output("other seed", "another seed gives other weights"),
        Output("columns", "no two units of a layer start alike"),
        Output("layers differ", "no two layers start alike"),
    ),
    cases=init_cases,
    run=_init_run,
    reference={"init_mlp": network.init_mlp},
    see="Where to start",
    mistakes=(
        Mistake("fan-out", "The weights are scaled by the number of a layer's outputs; it is the "
                "inputs whose sum must stay in hand.", "A unit adds up D products: D is what makes "
                "its sum large.", edits=_scaled("np.sqrt(2 / M) * rng.normal(size=(D, M))")),
        Mistake("first-size-for-all", "All layers are scaled by the number of pixels; each should be by "
                "its own number of inputs.", "A unit adds up as many products as its own layer has "
                "inputs.", edits=_scaled("np.sqrt(2 / sizes[0]) * rng.normal(size=(D, M))")),
        Mistake("root-of-two-only", "The root is taken of the 2 only; it goes over the whole of 2 / D.",
                "Multiplying by s multiplies the variance by s squared.",
                edits=_scaled("np.sqrt(2) / D * rng.normal(size=(D, M))")),
        Mistake("xavier", "The variance is 2 / (D + M); agreed was 2 / D.", "That is Xavier's rule "
                "for tanh; with ReLU, which drops half, it is He's.",
                edits=_scaled("np.sqrt(2 / (D + M)) * rng.normal(size=(D, M))")),
        Mistake("one-over-d", "The variance is 1 / D; the 2 is missing.", "ReLU drops half of what "
                "comes, and the 2 makes up for it.",
                edits=_scaled("np.sqrt(1 / D) * rng.normal(size=(D, M))")),
        Mistake("root-missing", "The weights are multiplied by the variance 2 / D; it should be by "
                "its root.", "Multiplying by s multiplies the variance by s squared.",
                edits=_scaled("2 / D * rng.normal(size=(D, M))")),
        Mistake("root-of-two-d", "The spread grows with the number of inputs: 2 / D stands upside "
                "down.", "", edits=_scaled("np.sqrt(D / 2) * rng.normal(size=(D, M))")),
        Mistake("not-scaled", "The weights are not scaled: their spread is 1 however many inputs "
                "there are.", "", edits=_scaled("rng.normal(size=(D, M))")),
        Mistake("hundredth", "The weights are all of size 0.01, however many inputs there are.",
                "With several layers the signal dies out.",
                edits=_scaled("0.01 * rng.normal(size=(D, M))")),
        Mistake("zeros", "All weights start at 0: every unit of a layer is the same, and stays it.",
                "Units that start alike get the same blame, and move alike for ever.",
                edits=_scaled("np.zeros((D, M))")),
        Mistake("all-equal", "All weights start at one number: every unit of a layer is the same, "
                "and stays it.", "Units that start alike get the same blame, and move alike.",
                edits=_scaled("np.full((D, M), np.sqrt(2 / D))")),
        Mistake("columns-alike", "All units of a layer start with the same weights.",
                "Units that start alike get the same blame, and move alike for ever.",
                edits=_scaled("np.sqrt(2 / D) * np.repeat(rng.normal(size=(D, 1)), M, axis=1)")),
        Mistake("positive-only", "The weights are all positive; they should lie around 0.",
                "rng.random goes from 0 to 1; a normal has both signs.",
                edits=_scaled("np.sqrt(2 / D) * np.abs(rng.normal(size=(D, M)))")),
        Mistake("uniform-not-centred", "The weights are drawn from 0 to 1 and scaled: they should "
                "lie around 0.", "", edits=_scaled("np.sqrt(2 / D) * rng.random((D, M))")),
        Mistake("rng-ignored", "The generator `rng` is not used: the same seed gives other weights.",
                "np.random.normal draws from a hidden generator of numpy's own.",
                edits=_scaled("np.sqrt(2 / D) * np.random.default_rng().normal(size=(D, M))")),
        Mistake("own-seed", "Another seed gives the same weights: they do not come from the `rng` "
                "that was handed over in that call.",
                "With a generator made inside, no two networks are ever different.",
                edits=_scaled("np.sqrt(2 / D) * np.random.default_rng(len(sizes) + D)"
                              ".normal(size=(D, M))")),
        Mistake("weights-transposed", "The weights stand on their side: agreed was (D, M), inputs "
                "first.", "Here out = x @ W + b.",
                edits=_scaled("np.sqrt(2 / D) * rng.normal(size=(M, D))")),
        Mistake("pairs-turned", "The pairs hold (b, W); agreed was (W, b).", "",
                edits=((f"({SCALE}, np.zeros(M))", f"(np.zeros(M), {SCALE})"),)),
        Mistake("biases-drawn", "The biases are drawn at random; they should start at 0.", "",
                edits=(("np.zeros(M)", "rng.normal(size=M)"),)),
        Mistake("biases-one", "The biases start at 1; they should start at 0.", "",
                edits=(("np.zeros(M)", "np.ones(M)"),)),
        Mistake("biases-per-input", "There is a bias for every input; it should be one for every "
                "output.", "", edits=(("np.zeros(M)", "np.zeros(D)"),)),
        Mistake("biases-in-a-row", "The biases have shape (1, M); agreed was (M,).", "",
                edits=(("np.zeros(M)", "np.zeros((1, M))"),)),
    ),
    variants=(
        Variant("uniform", {"init_mlp": lambda sizes, rng: [
            (rng.uniform(-np.sqrt(6 / d), np.sqrt(6 / d), (d, m)), np.zeros((m,)))
            for d, m in zip(sizes, sizes[1:], strict=False)]}),
        Variant("loop", {"init_mlp": lambda sizes, rng: _init_loop(sizes, rng)}),
        Variant("last-first", {"init_mlp": lambda sizes, rng: [
            [rng.normal(0, (2 / d) ** 0.5, (d, m)), [0.0] * m]
            for d, m in [*zip(sizes, sizes[1:], strict=False)][::-1]][::-1]}),
    ),
)  # fmt: skip


def _init_loop(sizes, rng):
    params = []
    for i in range(len(sizes) - 1):
        W = rng.standard_normal((sizes[i + 1], sizes[i])).T / (sizes[i] / 2) ** 0.5
        params.append((W.astype(np.float32), np.zeros(sizes[i + 1], dtype=np.float32)))
    return tuple(params)


# --- sgd_step -----------------------------------------------------------------------------------


def plain_sgd_step(params, grads, learning_rate):
    """bplib's step without its checks, so that slips in it are easy to read."""
    stepped = []
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        stepped.append((W - learning_rate * dW, b - learning_rate * db))
    return stepped


def sgd_cases(rng):
    def case(sizes, special="", rate=None):
        rate = float(rng.uniform(0.05, 0.9)) if rate is None else rate
        grads = [(rng.normal(size=W.shape), rng.normal(size=b.shape))
                 for W, b in params_of(rng, sizes)]  # fmt: skip
        return Case(special, {"D": sizes[0], "C": sizes[-1]}, params=params_of(rng, sizes),
                    grads=grads, learning_rate=rate)  # fmt: skip

    yield case((3, 2))
    yield case((2, 4, 3))
    yield case((4, 3, 5))
    yield case((3, 5, 2, 4))
    yield case((2, 3, 6, 4, 5))
    yield case((5, 3, 4, 6, 2))
    yield case((3, 2, 4), "a learning rate of 0", 0.0)
    yield case((3, 2, 4), "a large learning rate", 3.0)
    yield case((4, 4, 4, 4), "all layers of one size")
    whole = case((2, 3))
    yield whole.but("whole numbers (an array of int)", **{name: [
        tuple(rng.integers(-4, 5, array.shape) for array in pair) for pair in whole.inputs[name]]
        for name in ("params", "grads")})  # fmt: skip
    single = case((2, 3, 4))
    yield single.but("single precision (float32)", **{name: [
        tuple(array.astype(np.float32) for array in pair) for pair in single.inputs[name]]
        for name in ("params", "grads")})  # fmt: skip


def _sgd_run(solution, case):
    answer = solution.call("sgd_step", case.params, case.grads, case.learning_rate)
    return named(as_pairs(answer, len(case.params), "sgd_step"), ("W", "b"))


STEP = "(W - learning_rate * dW, b - learning_rate * db)"


def _step(text):
    return ((STEP, text),)


SGD_STEP = Exercise(
    "sgd_step", LESSON, 2,
    outputs=layer_outputs(("W", "b"), "the new {} of the {} layer"),
    cases=sgd_cases,
    run=_sgd_run,
    reference={"sgd_step": plain_sgd_step},
    see="A handful at a time",
    mistakes=(
        Mistake("uphill", "The step goes uphill: the gradient is added.", "The gradient points to "
                "where the loss grows.", edits=_step("(W + learning_rate * dW, b + learning_rate * "
                                                     "db)")),
        Mistake("rate-missing", "The learning rate is not used.", "",
                edits=_step("(W - dW, b - db)"), equivalent=("as-if-1-learning_rate",)),
        Mistake("weights-only", "Only the weights move; the biases learn as well.", "",
                edits=_step("(W - learning_rate * dW, b)")),
        Mistake("biases-only", "Only the biases move.", "",
                edits=_step("(W, b - learning_rate * db)")),
        Mistake("bias-uphill", "The biases go uphill, the weights downhill.", "",
                edits=_step("(W - learning_rate * dW, b + learning_rate * db)")),
        Mistake("weights-uphill", "The weights go uphill, the biases downhill.", "",
                edits=_step("(W + learning_rate * dW, b - learning_rate * db)")),
        Mistake("bias-rate-missing", "In the biases' step the learning rate is missing.", "",
                edits=_step("(W - learning_rate * dW, b - db)")),
        Mistake("steps-returned", "The steps are returned; wanted are the new parameters.", "",
                edits=_step("(-learning_rate * dW, -learning_rate * db)")),
        Mistake("not-moved", "Nothing moves: the old parameters come back.", "`W - ...` makes a new "
                "array; it has to be kept.", edits=_step("(W, b)"),
                equivalent=("as-if-0-learning_rate",)),
        Mistake("divided", "The gradient is divided by the learning rate.", "",
                edits=_step("(W - dW / (learning_rate or 1), b - db / (learning_rate or 1))")),
        Mistake("sign-only", "Only the sign of the gradient counts; its size should too.", "",
                edits=_step("(W - learning_rate * np.sign(dW), b - learning_rate * np.sign(db))")),
        Mistake("normalised", "The gradient is brought to length 1; the step should be as long as "
                "the gradient says.", "", edits=_step(
                    "(W - learning_rate * dW / np.sqrt((dW * dW).sum()), "
                    "b - learning_rate * db / np.sqrt((db * db).sum()))")),
        Mistake("twice", "The step is twice as long as it should be.", "",
                edits=_step("(W - 2 * learning_rate * dW, b - 2 * learning_rate * db)"),
                equivalent=("doubles-learning_rate",)),
        Mistake("back-to-front", "The layers come back in the opposite order.", "",
                edits=(("return stepped", "return stepped[::-1]"),)),
        Mistake("first-layer-only", "Only the first layer moves.", "",
                edits=(("return stepped", "return [*stepped[:1], *params[1:]]"),)),
        Mistake("last-layer-only", "Only the last layer moves.", "",
                edits=(("return stepped", "return [*params[:-1], *stepped[-1:]]"),)),
        Mistake("shrinks", "The weights shrink besides: that is weight decay, and not wanted here.",
                "", edits=_step("(W - learning_rate * (dW + 0.01 * W), b - learning_rate * db)")),
    ),
    variants=(
        Variant("comprehension", {"sgd_step": lambda params, grads, learning_rate: [
            tuple(p - learning_rate * g for p, g in zip(pair, grad, strict=False))
            for pair, grad in zip(params, grads, strict=False)]}),
        Variant("lists", {"sgd_step": lambda params, grads, learning_rate: tuple(
            [(W + -learning_rate * np.asarray(dW)).tolist(), np.subtract(b, db * learning_rate)]
            for (W, b), (dW, db) in zip(params, grads, strict=False))}),
        Variant("bplib", {"sgd_step": training.sgd_step}),
    ),
)  # fmt: skip
