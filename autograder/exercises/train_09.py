"""Checks of lesson 09: training, judged by how many digits it reads that it never saw."""

from functools import cache

import numpy as np

from autograder.compare import Unreadable, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.mlp_09 import LESSON, as_pairs, plain_backward, plain_forward
from autograder.machine import Rng
from bplib import training
from bplib.data import load_digits

ENOUGH = 0.95
SPLITS = (57, 32)  # with other digits held out there is less room above 95 of 100
TINY = 1e-6  # so small that all gradients of a run are those of its start


@cache
def _digits():
    return load_digits()


def cases(rng):
    images, labels = _digits()

    def case(count, hidden, batch_size, epochs, rate, special=""):
        order = np.random.default_rng(int(rng.choice(SPLITS))).permutation(len(images))
        seen, new = order[:count], order[1400:]
        sizes = [64, *hidden, 10]
        return Case(special, {"N": count, "H": hidden[0]}, ("layer_sizes", "learning_rate",
                    "epochs", "batch_size"), x=images[seen], y=labels[seen], layer_sizes=sizes,
                    learning_rate=rate, epochs=epochs, batch_size=batch_size,
                    rng=Rng(int(rng.integers(1 << 30))), new_x=images[new],
                    new_y=labels[new])  # fmt: skip

    yield case(1400, (64,), 32, 16, 0.12)
    yield case(1390, (48,), 30, 17, 0.12)
    yield case(1380, (80,), 35, 16, 0.15)
    few = case(101, (12,), 16, 3, 0.1, "a training set that no batch size divides")
    yield few


def _train(solution, case, **changes):
    given = {**case.inputs, **changes}
    names = ("x", "y", "layer_sizes", "learning_rate", "epochs", "batch_size", "rng")
    params, losses = solution.call("train_mlp", *[given[name] for name in names],
                                   returns=("params", "losses"))
    pairs = as_pairs(params, len(case.layer_sizes) - 1, "train_mlp")
    arrays = [(read(W), read(b)) for W, b in pairs]
    for (W, b), d, m in zip(arrays, case.layer_sizes[:-1], case.layer_sizes[1:], strict=True):
        if isinstance(W, Unreadable) or isinstance(b, Unreadable):
            raise ContractError("not-numbers", "train_mlp should return params as arrays")
        if W.shape != (d, m) or b.shape != (m,):
            raise ContractError("wrong-shape", f"for sizes {case.layer_sizes} a layer of params should "
                                f"have shapes ({d}, {m}) and ({m},); yours has {W.shape} and "
                                f"{b.shape}")  # fmt: skip
    losses = read(losses)
    if isinstance(losses, Unreadable) or losses.ndim != 1:
        raise ContractError("wrong-losses", "losses should be a list of numbers")
    return arrays, losses.astype(float)


READS = "reads well, length of the first steps, astray"
FALLS = "losses fall, length of the first steps, astray"
COUNT = "losses enough, length of the first steps, astray"
GOOD = (1.0, 1.0, 0.0)
RIGHT = {READS: GOOD, COUNT: GOOD, FALLS: GOOD, "same seed": True, "other seed": True}


def unlike(seen, expected, case):
    """Whether it went otherwise: yes or no beside the right answer, the first steps beside a guess.

    Beside every yes and no stand the length and the aim of the first steps, for "it does not read"
    has many causes: a known mistake explains it only where its first steps are the same.
    """
    apart = np.abs(seen - expected) > [0.5, 0.02 + 0.05 * abs(expected[1]), 0.1 + 0.2 * expected[2]]
    return apart & [True, False, False] if tuple(expected) == GOOD else apart


def unlike_falls(seen, expected, case):
    """The same for the losses: where the steps lead astray, whether they fall is chance."""
    apart = unlike(seen, expected, case)
    return apart & [False, True, True] if expected[2] > 0.1 else apart


def run(solution, case):
    """What training led to. Only a learner's own training is walked to its end.

    The tests hold that bplib's reads well. A known mistake is tried on few pictures: whether its
    first steps are those of plain descent tells whether it would have learned to read.
    """
    namespace = getattr(getattr(solution, "machine", None), "namespace", {})
    function = namespace.get("train_mlp")
    if function is training.train_mlp:
        return RIGHT
    code = getattr(function, "__code__", None)
    known = code is not None and code.co_filename == "<train_mlp with a mistake>"
    if known:
        case = case.but(x=case.x[:280], y=case.y[:280])
    params, losses = _train(solution, case)
    batches = -(-len(case.x) // case.batch_size)
    counts = [n + more for n in (case.epochs, case.epochs * batches) for more in (0, 1)]
    third = max(1, len(losses) // 3)
    with np.errstate(all="ignore"):
        falls = len(losses) in counts and bool(
            losses[-third:].mean() < 0.95 * losses[:third].mean())
    enough = len(losses) in counts and np.isfinite(losses).all()
    found = {COUNT: enough, FALLS: falls, READS: True}
    seeds = _by_seed(solution, case)
    steps = (1.0, 0.0)
    if case.special:  # a few small batches: nobody reads yet, and whether the losses fall is chance
        reads = found[FALLS] = True
    elif known:
        steps = _first_steps(solution, case) if seeds["same seed"] else steps
        reads = abs(steps[0] - 1) < 0.02 and steps[1] < 0.02
    else:  # the last steps of descent on batches are a little shaky: another start may have its turn
        reads = _reads(params, case) or falls and any(
            _reads(_train(solution, case, rng=Rng(case.rng.seed + more))[0], case)
            for more in (1, 2))  # fmt: skip
        steps = steps if reads else _first_steps(solution, case)
    found[READS] = reads
    return {**{name: [float(value), *steps] for name, value in found.items()}, **seeds}


def _by_seed(solution, case):
    """Whether the weights after a few steps hang on the seed of ``rng``, and on nothing else."""
    few = {"x": case.x[:3 * case.batch_size], "y": case.y[:3 * case.batch_size], "epochs": 1}
    first, same, other = (_train(solution, case, **few, rng=Rng(case.rng.seed + more))[0][0][0]
                          for more in (0, 0, 1))  # fmt: skip
    return {"same seed": np.allclose(first, same), "other seed": not np.allclose(first, other)}


def _reads(params, case):
    with np.errstate(all="ignore"):
        logits, _ = plain_forward(case.new_x, params)
    return np.isfinite(logits).all() and np.mean(logits.argmax(axis=1) == case.new_y) >= ENOUGH


def _first_steps(solution, case):
    """How far two epochs of tiny steps go, as a part of the way of plain descent, and how far astray.

    Only looked at where the reading fails, to tell why: the start is what a rate of 0 leaves.
    """
    count = 8 * case.batch_size
    small = {"x": case.x[:count], "y": case.y[:count], "epochs": 2}
    try:
        start, _ = _train(solution, case, **small, learning_rate=0.0)
        end, _ = _train(solution, case, **small, learning_rate=TINY)
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in ("Timeout", "Died", "Forbidden"):
            raise
        return 0.0, 0.0
    if np.ptp(start[0][0]) == 0:
        return 0.0, 1.0  # units that are all alike have one way to go between them
    logits, cached = plain_forward(small["x"], start)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(count), small["y"]] -= 1
    way = _flat(plain_backward(p / count, cached)) * 16
    went = (_flat(start) - _flat(end)) / TINY
    if not np.isfinite(went).all():
        return np.inf, np.inf
    size = float(went @ way / (way @ way))
    rest = float(np.linalg.norm(went - size * way) / (np.linalg.norm(went) + 1e-12))
    return round(size, 3), round(rest, 2)


def _flat(pairs):
    return np.concatenate([np.ravel(array) for pair in pairs for array in pair])


STEP = "params = sgd_step(params, grads, learning_rate)"
GRADS = "grads = mlp_backward(softmax_cross_entropy_backward(1.0, loss_cache), cache)"
DEAL = "for x_batch, y_batch in minibatches(x, y, batch_size, rng):"
START = "params, losses = init_mlp(sizes, rng), []"
APPEND = "losses.append(total / len(x))"
ONE_STEP = "Every epoch takes one step only, with the gradient of a single batch."
ONE_STEP_THOUGHT = ("There should be a step for every batch. Does something end the inner loop at once, "
                    "or does the step stand behind it?")  # fmt: skip

TRAIN_MLP = Exercise(
    "train_mlp", LESSON, 4,
    outputs=(
        Output(READS, "at least 95 of 100 digits that it never saw are read right", weight=3.0,
               unlike=unlike),
        Output(FALLS, "the losses fall", unlike=unlike_falls),
        Output(COUNT, "one loss for each epoch or for each step, each a number", weight=0.5,
               unlike=unlike),
        Output("same seed", "the same seed gives the same weights", weight=0.25),
        Output("other seed", "another seed gives other weights", weight=0.25),
    ),
    cases=cases,
    run=run,
    reference={"train_mlp": training.train_mlp},
    see="Training",
    time_limit=60.0,
    mistakes=(
        Mistake("never-moves", "The parameters never move: what sgd_step returns is not kept.",
                "sgd_step makes new parameters; the old ones stay as they are.",
                edits=((STEP, "sgd_step(params, grads, learning_rate)"),)),
        Mistake("uphill", "The steps go uphill.", "The gradient points to where the loss grows.",
                edits=((STEP, "params = sgd_step(params, [(-dW, -db) for dW, db in grads], "
                        "learning_rate)"),)),
        Mistake("averaged-twice", "The gradient is divided by the number of examples once more: the "
                "mean is in the loss already.", "", edits=((
                    GRADS, GRADS.replace("(1.0,", "(1.0 / len(x_batch),")),)),
        Mistake("summed", "The gradients are summed over the batch, and should be averaged: the "
                "steps are as many times too long as a batch has examples.", "", edits=((
                    GRADS, GRADS.replace("(1.0,", "(1.0 * len(x_batch),")),)),
        Mistake("whole-set-at-once", "Every epoch takes one step with all examples, whatever "
                "batch_size says.", "Many cheap steps get further than a few exact ones.",
                edits=((DEAL, "for x_batch, y_batch in [(x, y)]:"),)),
        Mistake("first-batch-only", ONE_STEP, ONE_STEP_THOUGHT, equivalent=("one-step-an-epoch",),
                edits=((
            "params = sgd_step(params, grads, learning_rate)\n            total += loss * "
            "len(x_batch)", STEP + "\n            total += loss * len(x_batch)\n            break"),)),
        Mistake("one-step-an-epoch", ONE_STEP, ONE_STEP_THOUGHT, equivalent=("first-batch-only",),
                edits=((STEP, "pass"), (APPEND, APPEND + "\n        " + STEP))),
        Mistake("one-epoch", "The training ends after the first epoch.", "A `return` inside the loop "
                "ends it; and batches that were dealt out before the loop are used up after one turn.",
                edits=(("for _ in range(epochs):", "for _ in range(1):"),)),
        Mistake("starts-anew", "Every epoch starts with new weights: what the epoch before has "
                "learned is thrown away.", "init_mlp belongs before the loop.",
                edits=(("total = 0.0", "total, params = 0.0, init_mlp(sizes, rng)"),)),
        Mistake("batches-used-up", "The batches are dealt out once, before the first epoch, and are "
                "used up after it: the later epochs have nothing to learn from.",
                "Deal them out anew in every epoch.",
                edits=((START, START + "\n    dealt = minibatches(x, y, batch_size, rng)"),
                       (DEAL, "for x_batch, y_batch in dealt:"))),
        Mistake("truth-missing", "What goes back are the shares as they are: the truth has not been "
                "taken off, so every score is pushed down.", "Share minus truth: the loss has a "
                "backward for this.",
                edits=((GRADS, "grads = mlp_backward(loss_cache[0] / len(x_batch), cache)"),)),
        Mistake("rng-ignored", "The generator `rng` is not used, or not for all that is drawn: the "
                "same seed gives other weights.", "np.random draws from a hidden generator of numpy's "
                "own.",
                edits=((START, "rng = np.random.default_rng()\n    " + START),)),
        Mistake("own-seed", "Another seed gives the same weights: a generator is made inside.",
                "Then no two trainings are ever different.",
                edits=((START, "rng = np.random.default_rng(0)\n    " + START),)),
        Mistake("zero-weights", "All weights start at 0, and the units never become different.",
                "Units that start alike get the same blame, and move alike for ever.",
                edits=((START, START + "\n    params = [(0 * W, b) for W, b in params]"),)),
        Mistake("labels-shuffled", "Pictures and labels are not kept together.", "",
                edits=((DEAL, DEAL.replace("minibatches(x, y,", "minibatches(x, rng.permutation(y),"
                                           )),)),
        Mistake("last-layer-only", "Only the last layer learns.", "",
                edits=((STEP, "params = [*params[:-1], *sgd_step(params, grads, learning_rate)"
                        "[-1:]]"),)),
        Mistake("first-params-returned", "What is returned are the parameters before the training.",
                "", edits=((START, START + "\n    first = params"),
                           ("return params, losses", "return first, losses"))),
        Mistake("losses-empty", "The losses are not written down: there should be one for each epoch, "
                "or for each step.", "", edits=((APPEND, "pass"),)),
        Mistake("losses-add-up", "The network learns, and yet the losses that you write down do not "
                "fall: they are not the loss of each epoch by itself.",
                "A sum over the batches has to start from 0 in every epoch, and the loss has to be "
                "taken anew at every step.",
                edits=(("for _ in range(epochs):\n        total = 0.0", "total = 0.0\n    "
                        "for _ in range(epochs):"),)),
    ),
    variants=(
        Variant("loss-per-step", {"train_mlp": lambda *args: _by_hand(*args)}),
        Variant("momentum", {"train_mlp": lambda *args: _by_hand(*args, momentum=0.5)}),
        Variant("in-order-of-keys", {"train_mlp": lambda *args: _by_hand(*args, start=True)}),
    ),
)  # fmt: skip


def _by_hand(x, y, sizes, learning_rate, epochs, batch_size, rng, momentum=0.0, start=False):
    """Training in one function, with a loss for each step."""
    params = [(rng.normal(0, (2 / d) ** 0.5, (d, m)), np.zeros(m))
              for d, m in zip(sizes[:-1], sizes[1:], strict=True)]  # fmt: skip
    speed = [(0 * W, 0 * b) for W, b in params]
    losses = []
    for _ in range(epochs):
        order = np.argsort(rng.random(len(x))) if start else rng.permutation(len(x))
        for i in range(0, len(x), batch_size):
            take = order[i:i + batch_size]
            logits, cached = plain_forward(x[take], params)
            z = logits - logits.max(axis=1, keepdims=True)
            logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
            losses.append(-logp[np.arange(len(take)), y[take]].mean())
            dlogits = (np.exp(logp) - np.eye(sizes[-1])[y[take]]) / len(take)
            grads = plain_backward(dlogits, cached)
            speed = [(momentum * sW + dW, momentum * sb + db)
                     for (sW, sb), (dW, db) in zip(speed, grads, strict=True)]  # fmt: skip
            params = [(W - learning_rate * dW, b - learning_rate * db)
                      for (W, b), (dW, db) in zip(params, speed, strict=True)]  # fmt: skip
    return params, losses
