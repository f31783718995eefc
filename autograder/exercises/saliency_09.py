"""Checks of lesson 09: how much each pixel moves one score, for one picture and for a batch."""

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.mlp_09 import LESSON, params_of, plain_forward
from autograder.machine import Strided
from bplib import network


def plain_saliency(x, params, label):
    """bplib's saliency in one loop; the tests hold it to bplib's."""
    rows = np.atleast_2d(np.asarray(x))
    logits, cache = plain_forward(rows, params)
    dout = np.zeros(logits.shape, logits.dtype)
    dout[:, label] = 1
    for layer in reversed(range(len(cache))):
        _, W, z = cache[layer]
        if layer < len(cache) - 1:
            dout = dout * (z > 0)
        dout = dout @ W.T
    return dout.reshape(np.shape(x))


def cases(rng):
    def case(n, sizes, special=""):
        shape = (sizes[0],) if n is None else (n, sizes[0])
        return Case(special, {"N": n or 1, "D": sizes[0], "C": sizes[-1]},
                    x=rng.normal(size=shape), params=params_of(rng, sizes),
                    label=int(rng.integers(1, sizes[-1])))  # fmt: skip

    yield case(None, (3, 5, 4))
    yield case(4, (3, 6, 5))
    yield case(None, (5, 4, 6, 3))
    yield case(6, (4, 7, 5, 3))
    yield case(5, (6, 8, 2))
    yield case(1, (4, 5, 3), "a batch of one picture, shape (1, D)")
    yield case(3, (5, 4), "one layer, no ReLU at all")
    first = case(4, (3, 6, 5), "the first score (label 0)").but(label=0)
    first.params[-1][1][0] -= 20  # the lowest score: no guess at a label finds it
    yield first
    plain = case(4, (3, 5, 4))
    yield plain.but("whole numbers (an array of int)", x=rng.integers(-4, 5, plain.x.shape))
    yield plain.but("a view into a larger array", x=Strided(plain.x))
    yield plain.but("single precision (float32)", x=plain.x.astype(np.float32), params=[
        (W.astype(np.float32), b.astype(np.float32)) for W, b in plain.params])


def run(solution, case):
    return {"result": solution.call("input_saliency", case.x, case.params, case.label)}


ONE = "dout[:, label] = 1"
END = "return dout.reshape(np.shape(x))"
MASK = "dout = dout * (z > 0)"
SOFTMAX = "p = np.exp(logits - logits.max(axis=1, keepdims=True))\n" \
          "    p = p / p.sum(axis=1, keepdims=True)\n    "

INPUT_SALIENCY = Exercise(
    "input_saliency", LESSON, 3,
    outputs=(Output("result", "the gradient by the pixels"),),
    cases=cases,
    run=run,
    reference={"input_saliency": plain_saliency},
    see="What did it look at?",
    mistakes=(
        Mistake("all-scores", "This is the gradient of all scores added up; wanted is one score's.",
                "Only the score in question starts with 1; the others start with 0.",
                edits=((ONE, "dout[:] = 1"),)),
        Mistake("first-score", "This is the gradient of the first score, whatever `label` says.", "",
                edits=((ONE, "dout[:, 0] = 1"),)),
        Mistake("first-row-only", "In a batch only the first picture gets its gradient; the others get "
        "0.",
                "Every row is a picture of its own, and in each of them the score starts with 1.",
                edits=((ONE, "dout[0, label] = 1"),)),
        Mistake("row-for-column", "The 1 goes to all scores of one row, the row with the number "
                "`label`; it belongs to one score in every row.", "dout[label] is a row, dout[:, label] "
                "a column.",
                edits=((ONE, "dout[label] = 1"),)),
        Mistake("of-weights", "This is the gradient by the first layer's weights; wanted is the one by "
                "the pixels.", "One line differs: there x.T @ dout, here dout @ W.T.",
                functions={"input_saliency": lambda x, params, label: _by_weights(x, params, label)}),
        Mistake("stops-early", "The walk back ends at the first hidden layer: the step down to the "
                "pixels is missing.", "The first layer has weights too; x came in through them.",
                edits=(("reversed(range(len(cache)))", "reversed(range(min(1, len(cache) - 1), "
                                                       "len(cache)))"),
                       (END, "return dout"))),
        Mistake("relu-at-the-end", "A ReLU is undone after the last layer too, where there is none: "
                "where the score is negative everything is 0.", "",
                edits=(("if layer < len(cache) - 1:", "if True:"),)),
        Mistake("two-layers-only", "Just two layers are written out; params may hold any number of "
                "them, one or three as well.", "A loop over params takes them as they come.",
                functions={"input_saliency": lambda x, params, label: _through_two(x, *params, label)}),
        Mistake("winner", "This is the gradient of the winning score; wanted is that of `label`.",
                "", edits=((ONE, "dout[np.arange(len(rows)), logits.argmax(axis=1)] = 1"),)),
        Mistake("label-one-off", "This is the gradient of the score before the one asked for.",
                "Classes are counted from 0.", edits=((ONE, "dout[:, label - 1] = 1"),),
                equivalent=("one-less-label",)),
        Mistake("of-probability", "This is the gradient of a probability: the softmax has come in.",
                "A probability also rises when the other scores fall; wanted is the score.",
                edits=((ONE, SOFTMAX + "dout = p[:, [label]] * (np.eye(p.shape[1])[label] - p)"),)),
        Mistake("of-log-probability", "This is the gradient of a log-probability: the softmax has "
                "come in.", "A probability also rises when the other scores fall.",
                edits=((ONE, SOFTMAX + "dout = np.eye(p.shape[1])[label] - p"),)),
        Mistake("of-loss", "This is the gradient of the loss, softmax minus one-hot; wanted is that "
                "of one score.", "Training asks about the loss; here we ask about a score.",
                edits=((ONE, SOFTMAX + "dout = p - np.eye(p.shape[1])[label]"),)),
        Mistake("of-mean-loss", "This is the gradient of the mean loss; wanted is that of one score.",
                "", edits=((ONE, SOFTMAX + "dout = (p - np.eye(p.shape[1])[label]) / len(p)"),)),
        Mistake("times-score", "The score itself is sent back; it should be 1.",
                "How far does a score move when it moves by 1?",
                edits=((ONE, "dout[:, label] = logits[:, label]"),)),
        Mistake("averaged", "Every row is divided by the number of pictures; each picture stands for "
                "itself.", "", edits=((ONE, "dout[:, label] = 1 / len(rows)"),),
                equivalent=("times-1-over-N",)),
        Mistake("summed", "The pictures' gradients are added up; each row has its own.", "",
                edits=((END, "return dout.sum(axis=0)"),)),
        Mistake("mean-over-batch", "The pictures' gradients are averaged; each row has its own.", "",
                edits=((END, "return dout.mean(axis=0)"),)),
        Mistake("first-row-for-all", "Every row holds the first picture's gradient.", "",
                edits=((END, "return np.broadcast_to(dout[:1], dout.shape).reshape(np.shape(x))"),)),
        Mistake("size-only", "The sign is lost: a pixel can speak for a digit or against it.",
                "For a map one often shows the size; here the gradient itself is wanted.",
                edits=((END, "return np.abs(dout).reshape(np.shape(x))"),),
                equivalent=("absolute-value",)),
        Mistake("negatives-dropped", "The negative slopes are cut to 0.", "",
                edits=((END, "return np.maximum(dout, 0).reshape(np.shape(x))"),),
                equivalent=("negatives-cut",)),
        Mistake("times-pixel", "The gradient is multiplied by the picture; wanted is the gradient "
                "itself.", "", edits=((END, "return (dout * rows).reshape(np.shape(x))"),)),
        Mistake("scaled-to-one", "The gradient is divided by its largest entry.", "For a map that is "
                "fine; here the gradient itself is wanted.",
                edits=((END, "return (dout / np.abs(dout).max()).reshape(np.shape(x))"),)),
        Mistake("relu-missing", "On the way back the ReLUs are left out: blame goes through units "
                "that were at rest.", "", edits=((MASK, "pass"),)),
        Mistake("relu-of-gradient", "The gradient itself is put through ReLU; what counts is whether "
                "the unit's input was positive.", "", edits=((MASK, "dout = np.maximum(dout, 0)"),)),
        Mistake("guided", "The mask looks at the gradient's sign as well as at the unit's input.",
                "That is called guided backpropagation, and it is another thing than the gradient.",
                edits=((MASK, "dout = dout * (z > 0) * (dout > 0)"),)),
        Mistake("sign", "The gradient has the wrong sign.", "", edits=((ONE, "dout[:, label] = -1"),)),
        Mistake("always-a-batch", "One picture of shape (D,) gives a result of shape (1, D); the "
                "result has the shape of x.", "", edits=((END, "return dout"),),
                equivalent=("right-values-wrong-shape",)),
        Mistake("always-one-row", "A batch gives the first picture's row alone.", "",
                edits=((END, "return dout[0]"),)),
    ),
    variants=(
        Variant("row-by-row", {"input_saliency": lambda x, params, label: _by_rows(
            x, params, label)}),
        Variant("jacobian", {"input_saliency": lambda x, params, label: _by_jacobian(
            x, params, label)}),
        Variant("bplib", {"input_saliency": network.input_saliency}),
    ),
)  # fmt: skip


def _by_weights(x, params, label):
    rows = np.atleast_2d(np.asarray(x))
    logits, cache = network.mlp_forward(rows, params)
    dlogits = np.zeros_like(logits)
    dlogits[:, label] = 1
    return network.mlp_backward(dlogits, cache)[0][0]


def _through_two(x, *layers_and_label):
    *params, label = layers_and_label
    (W1, b1), (W2, _) = params
    awake = np.atleast_2d(x) @ W1 + b1 > 0
    return (awake * W2[:, label] @ W1.T).reshape(np.shape(x))


def _by_rows(x, params, label):
    if np.ndim(x) == 2:
        return [_by_rows(row, params, label) for row in x]
    h, masks = np.asarray(x, dtype=float), []
    for W, b in params[:-1]:
        h = np.maximum(h @ W + b, 0)
        masks.append(h > 0)
    grad = params[-1][0][:, label]
    for (W, _), mask in zip(params[-2::-1], masks[::-1], strict=True):
        grad = W @ np.where(mask, grad, 0)
    return grad.tolist()


def _by_jacobian(x, params, label):
    rows = np.atleast_2d(x).astype(float)
    slopes = np.repeat(np.eye(rows.shape[1])[None], len(rows), axis=0)
    for i, (W, b) in enumerate(params):
        rows, slopes = rows @ W + b, slopes @ W
        if i < len(params) - 1:
            slopes = slopes * (rows > 0)[:, None, :]
            rows = np.maximum(rows, 0)
    return slopes[:, :, label].reshape(np.shape(x))
