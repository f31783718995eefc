"""Checks of lesson 09: a network forward and backward, judged with the learner's own cache."""

import numpy as np

from autograder.compare import Unreadable, agree, read
from autograder.errors import ContractError, LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.common import forward_run
from autograder.exercises.own_forward import (
    BETWEEN,
    FATAL,
    another,
    forgotten_cache,
    near_misses,
)
from autograder.machine import Strided
from autograder.solution import Direct
from bplib import network

LESSON = "09_digits"
LAYERS = ("last", "second from the end", "third from the end", "fourth from the end")
LOOSE = (2e-3, 1e-4, 1e-9)
CACHE_KEPT = Output("second_call_agrees", "the cache, used a second time", weight=0.0)


def plain_forward(x, params):
    """bplib's forward in one loop, so that slips in it can be put together."""
    out, cache = np.asarray(x), []
    for layer, (W, b) in enumerate(params):
        seen = out
        out = seen @ W + b
        cache.append((seen, W, out))
        if layer < len(params) - 1:
            out = np.maximum(out, 0)
    return out, cache


def plain_backward(dlogits, cache):
    """bplib's backward in one loop; the tests hold both to bplib's."""
    dout, grads = dlogits, []
    for layer in reversed(range(len(cache))):
        x, W, z = cache[layer]
        if layer < len(cache) - 1:
            dout = dout * (z > 0)
        grads.append((x.T @ dout, dout.sum(axis=0)))
        dout = dout @ W.T
    return grads[::-1]


def _exactly_two(x, params):
    (W1, b1), (W2, b2) = params
    hidden = np.maximum(x @ W1 + b1, 0)
    return hidden @ W2 + b2, (x, hidden, W2)


REFERENCE = {"mlp_forward": plain_forward, "mlp_backward": plain_backward}


def params_of(rng, sizes):
    """Weights of ordinary size, and biases that are not 0."""
    return [(rng.normal(size=(d, m)) * np.sqrt(2 / d), rng.normal(size=m) * 0.5)
            for d, m in zip(sizes[:-1], sizes[1:], strict=True)]  # fmt: skip


def net_case(rng, n, sizes, special="", upstream=False):
    more = {"dlogits": rng.normal(size=(n, sizes[-1]))} if upstream else {}
    letters = {"N": n, "D": sizes[0], "C": sizes[-1]}
    if len(sizes) > 2:
        letters["H"] = sizes[1]
    return Case(special, letters, x=rng.normal(size=(n, sizes[0])), params=params_of(rng, sizes),
                **more)  # fmt: skip


def net_cases(upstream):
    def cases(rng):
        yield net_case(rng, 2, (3, 4, 5), "", upstream)
        yield net_case(rng, 3, (5, 4, 2), "", upstream)
        yield net_case(rng, 4, (3, 6, 5, 2), "", upstream)
        yield net_case(rng, 6, (4, 5, 7, 3), "", upstream)
        yield net_case(rng, 5, (2, 6, 3, 4, 7), "", upstream)
        yield net_case(rng, 5, (4, 3), "one layer, no ReLU at all", upstream)
        yield net_case(rng, 1, (3, 5, 4), "one picture (N = 1)", upstream)
        yield net_case(rng, 3, (4, 4, 4, 4), "all layers of one size", upstream)
        bright = net_case(rng, 3, (5, 6, 4, 3), "bright pixels (0 to 16)", upstream)
        yield bright.but(x=rng.uniform(0, 16, bright.x.shape))
        if upstream:
            yield net_case(rng, 3, (4, 5, 3), BETWEEN, upstream)
        else:
            fresh = net_case(rng, 3, (4, 5, 5, 5), "biases of 0, as at the start")
            yield fresh.but(params=[(W, 0 * b) for W, b in fresh.params])
        case = net_case(rng, 4, (3, 5, 2), "", upstream)
        yield case.but("whole numbers (an array of int)", x=rng.integers(-4, 5, case.x.shape))
        yield case.but("a view into a larger array", x=Strided(case.x))
        single = {"dlogits": case.dlogits.astype(np.float32)} if upstream else {}
        yield case.but("single precision (float32)", x=case.x.astype(np.float32), params=[
            (W.astype(np.float32), b.astype(np.float32)) for W, b in case.params], **single)

    return cases


MLP_FORWARD = Exercise(
    "mlp_forward", LESSON, 3,
    outputs=(Output("logits", "the scores"),),
    cases=net_cases(False),
    run=forward_run("mlp_forward", "x params", out="logits"),
    reference=REFERENCE,
    see="A network is a loop",
    mistakes=(
        Mistake("relu-missing", "There is no ReLU between the layers: without it, all layers "
                "together are one linear map.", "A product of matrices is a matrix; only the bend "
                "between them makes a second layer worth having.",
                edits=(("np.maximum(out, 0)", "out"),)),
        Mistake("relu-at-the-end", "The last layer has been through a ReLU as well: scores may be "
                "negative.", "Softmax wants to know how far below the others a score lies.",
                edits=(("if layer < len(params) - 1:", "if True:"),)),
        Mistake("relu-at-the-end-only", "The ReLU stands after the last layer, and between the "
                "layers there is none.", "", edits=(("layer < len(params) - 1",
                                                     "layer == len(params) - 1"),)),
        Mistake("relu-before-first", "The pictures themselves have been through a ReLU.",
                "The first layer takes them as they are; each later one takes ReLU of the one "
                "before.", edits=(("out, cache = np.asarray(x), []",
                                   "out, cache = np.maximum(np.asarray(x), 0), []"),)),
        Mistake("relu-after-first-only", "Only the first layer is followed by a ReLU.", "",
                edits=(("layer < len(params) - 1", "layer == 0 and len(params) > 1"),)),
        Mistake("bias-missing", "The biases are missing.", "",
                edits=(("seen @ W + b", "seen @ W"),)),
        Mistake("bias-subtracted", "The biases are subtracted.", "",
                edits=(("seen @ W + b", "seen @ W - b"),)),
        Mistake("first-bias-only", "Only the first layer's bias is added.", "",
                edits=(("seen @ W + b", "seen @ W + (b if layer == 0 else 0)"),)),
        Mistake("last-layer-missing", "The last layer is left out.", "An off-by-one in the loop: "
                "the last one has no ReLU, but it is a layer.",
                edits=(("enumerate(params)", "enumerate(params[:-1])"),)),
        Mistake("two-layers-only", "Just two layers are written out; params may hold any number of "
                "them, one or five as well.", "A loop over params takes them as they come.",
                functions={"mlp_forward": _exactly_two}),
        Mistake("first-two-layers", "Only the first two layers are written out; params may hold any "
                "number of them, one or five as well.", "A loop over params takes them as they come.",
                functions={"mlp_forward": lambda x, params: _exactly_two(x, [params[0], params[1]])}),
        Mistake("relu-before-bias", "The bias is added after the ReLU; it belongs inside.", "",
                edits=(("out = np.maximum(out, 0)", "out = np.maximum(out - b, 0) + b"),)),
        Mistake("sigmoid-between", "Between the layers stands a sigmoid; agreed was ReLU.", "",
                edits=(("np.maximum(out, 0)", "1 / (1 + np.exp(-out))"),)),
        Mistake("tanh-between", "Between the layers stands tanh; agreed was ReLU.", "",
                edits=(("np.maximum(out, 0)", "np.tanh(out)"),)),
        Mistake("leaky", "Between the layers a little of the negative numbers gets through.", "",
                edits=(("np.maximum(out, 0)", "np.maximum(out, 0.01 * out)"),)),
        Mistake("absolute", "Between the layers negative numbers are turned round.", "",
                edits=(("np.maximum(out, 0)", "np.abs(out)"),)),
        Mistake("softmax-inside", "The result has been through softmax; agreed were the scores "
                "themselves.", "The loss function takes the softmax: here it would be taken twice.",
                edits=(("return out, cache", "out = np.exp(out - out.max(axis=1, keepdims=True))\n"
                        "    return out / out.sum(axis=1, keepdims=True), cache"),)),
        Mistake("transposed", "The result stands on its side: agreed was a row for each picture.",
                "", edits=(("return out, cache", "return out.T, cache"),),
                equivalent=("transposed-result",)),
        Mistake("always-from-x", "Where the sizes allow it, every layer is given the pictures; each "
                "should get what the layer before made of them.", "",
                edits=(("seen = out", "seen = out if layer == 0 or len(W) != x.shape[1] else "
                        "np.asarray(x)"),)),
    ),
    variants=(
        Variant("recursive", {"mlp_forward": lambda x, params: _recursive(x, params)}),
        Variant("last-apart", {"mlp_forward": lambda x, params: _last_apart(x, params)}),
        Variant("masks", {"mlp_forward": lambda x, params: _masks(x, params)}),
    ),
)  # fmt: skip


def _recursive(x, params):
    (W, b), rest = params[0], params[1:]
    out = np.einsum("nd,dm->nm", np.asarray(x, dtype=float), W) + b
    return (out, None) if not rest else _recursive(np.where(out > 0, out, 0.0), rest)


def _last_apart(x, params):
    hidden = [np.asarray(x, dtype=np.float32).astype(float)]
    for W, b in params[:-1]:
        hidden.append(np.clip(hidden[-1].dot(W) + b, 0, None))
    return (hidden[-1] @ params[-1][0] + params[-1][1]).tolist(), {"h": hidden, "p": params}


def _masks(x, params):
    for W, b in params[:-1]:
        z = x @ W + b[None]
        x = z * (z > 0)
    return x @ params[-1][0] + params[-1][1], (x, params)


# --- mlp_backward -------------------------------------------------------------------------------


def as_pairs(grads, count, name="mlp_backward"):
    """The learner's list of pairs in the order of params; ContractError for another form."""
    if grads is None:
        return [(None, None)] * count
    pair = "(dW, db)" if name == "mlp_backward" else "(W, b)"
    form = f"{name} should return a list of pairs {pair}, one for each layer, {count} in all"
    if not isinstance(grads, (list, tuple)):
        raise ContractError("wrong-form", f"{form}; yours returned a {type(grads).__name__}")
    if len(grads) != count:
        raise ContractError("wrong-number-of-layers", f"{form}; yours returned {len(grads)} things")
    for pair in grads:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ContractError("wrong-form", f"{form}; one of yours is no pair")
    return [tuple(pair) for pair in grads]


def named(pairs, letters=("dW", "db")):
    """Outputs by name, counted from the last layer."""
    return {f"{letter}[-{place}]": item for place, pair in enumerate(reversed(pairs), 1)
            for letter, item in zip(letters, pair, strict=True)}  # fmt: skip


def layer_outputs(letters=("dW", "db"), says="the gradient {} of the {} layer"):
    return tuple(Output(f"{letter}[-{place}]", says.format(letter, LAYERS[place - 1]))
                 for place in range(1, 5) for letter in letters)  # fmt: skip


def _backward_run(solution, case):
    try:
        logits, cache = solution.call("mlp_forward", case.x, case.params, returns=("logits", "cache"))
    except LearnerError as error:
        if error.kind in (*FATAL, "Missing"):
            raise
        if error.kind == "NotWritten":
            _raise_if_unwritten(solution, case)
            raise ContractError("forward-missing", "mlp_backward is judged with the cache that "
                                "your own mlp_forward makes, and mlp_forward is not written yet"
                                ) from None  # fmt: skip
        raise ContractError("forward-raises", "mlp_backward is judged with the cache that your own "
                            f"mlp_forward makes, and that stops with {error}") from None
    if case.special == BETWEEN:
        other = [(another(W), another(b)) for W, b in case.params]
        solution.call("mlp_forward", another(case.x), other, returns=("logits", "cache"))
    first = as_pairs(solution.call("mlp_backward", case.dlogits, cache), len(case.params))
    kept = _same(first, _once_more(solution, case, cache, first))
    x = case.x.array if isinstance(case.x, Strided) else case.x
    right_logits, right_cache = plain_forward(x, case.params)
    if (
        not agree(read(logits), read(right_logits), LOOSE)
        and all(near_misses(solution, "mlp_backward", _asked, Direct(REFERENCE),
                            net_cases(True), [case.dlogits]))
        and _fits_own_forward(solution, case, x, first, read(logits))
    ):  # fmt: skip
        first = plain_backward(case.dlogits, right_cache)  # one mistake costs once
    return {**named(first), CACHE_KEPT.name: kept}


def _once_more(solution, case, cache, first):
    """The gradients when asked again; none where a cache that was taken apart gives no such answer."""
    try:
        return as_pairs(solution.call("mlp_backward", case.dlogits, cache), len(first))
    except (LearnerError, ContractError) as error:
        if getattr(error, "kind", "") in FATAL:
            raise
        return [(None, None)] * len(first)


def _asked(solution, case):
    """All gradients in one row, each array counting alike beside the right one's size."""
    _, cache = solution.call("mlp_forward", case.x, case.params, returns=("logits", "cache"))
    pairs = as_pairs(solution.call("mlp_backward", case.dlogits, cache), len(case.params))
    grads = [read(grad) for pair in pairs for grad in pair]
    shapes = [array.shape for pair in case.params for array in pair]
    if [getattr(grad, "shape", None) for grad in grads] != shapes:
        return [None]
    right = plain_backward(case.dlogits, plain_forward(case.x, case.params)[1])
    sizes = [np.linalg.norm(grad) or 1.0 for pair in right for grad in pair]
    parts = [(grad / size).ravel() for grad, size in zip(grads, sizes, strict=True)]
    return [np.concatenate(parts)]


def _raise_if_unwritten(solution, case):
    """Raise the error of a backward that is not written either; whatever else comes is dropped."""
    try:
        solution.call("mlp_backward", case.dlogits, [])
    except LearnerError as error:
        if error.kind in ("NotWritten", "Timeout", "Died", "Forbidden"):
            raise


def _same(a, b):
    return all(agree(read(p), read(q), LOOSE) for x, y in zip(a, b, strict=True)
               for p, q in zip(x, y, strict=True))  # fmt: skip


def _fits_own_forward(solution, case, x, grads, logits):
    """Whether grads are the slopes of the learner's own forward, by finite differences."""
    if isinstance(logits, Unreadable) or logits.shape != case.dlogits.shape:
        return False
    params = [(np.array(W, float), np.array(b, float)) for W, b in case.params]
    x, dlogits = np.asarray(x, float), np.asarray(case.dlogits, float)

    def total():
        out, _ = solution.call("mlp_forward", x, params, returns=("logits", "cache"))
        return float((np.asarray(read(out), float) * dlogits).sum())

    for pair, grad_pair in zip(params, grads, strict=True):
        for array, grad in zip(pair, map(read, grad_pair), strict=True):
            if isinstance(grad, Unreadable) or grad.shape != array.shape:
                return False
            found = np.empty(array.shape)
            for place in np.ndindex(array.shape):
                old = array[place]
                sums = []
                for shift in (1e-5, -1e-5):
                    array[place] = old + shift
                    sums.append(total())
                array[place] = old
                found[place] = (sums[0] - sums[1]) / 2e-5
            if not agree(grad.astype(float), found, LOOSE):
                return False
    return True


DW, DB = "x.T @ dout", "dout.sum(axis=0)"
MASK = "dout = dout * (z > 0)"
THROUGH = "dout = dout @ W.T"
RELU_AT = "if layer < len(cache) - 1:"

MLP_BACKWARD = Exercise(
    "mlp_backward", LESSON, 4,
    outputs=(*layer_outputs(), CACHE_KEPT),
    cases=net_cases(True),
    run=_backward_run,
    reference=REFERENCE,
    functions=("mlp_backward", "mlp_forward"),
    upstream="dlogits",
    see="And the same loop backwards",
    mistakes=(
        Mistake("relu-missing", "On the way back the ReLUs are left out: blame goes through units "
                "that were at rest.", "Every operation of forward has its step back, in the "
                "opposite order.", edits=((MASK, "pass"),)),
        forgotten_cache(REFERENCE, "mlp_forward", "mlp_backward"),
        Mistake("relu-of-gradient", "The gradient itself is put through ReLU; what counts is whether "
                "the unit's input was positive.", "A negative blame is a blame.",
                edits=((MASK, "dout = np.maximum(dout, 0)"),)),
        Mistake("relu-by-gradient", "The mask looks at the gradient's sign; it should look at the "
                "unit's input.", "", edits=((MASK, "dout = dout * (dout >= 0) * (z > 0)"),)),
        Mistake("relu-turned", "The mask is the wrong way round: it stops the units that were "
                "awake.", "", edits=((MASK, "dout = dout * (z <= 0)"),)),
        Mistake("relu-at-the-end", "A ReLU is undone after the last layer too, where there is none.",
                "", edits=((RELU_AT, "if True:"),)),
        Mistake("relu-late", "The mask comes a line too late: dW and db are made of the blame before "
                "the ReLU was undone.", "First back through the ReLU, then the layer's dW and db.",
                edits=((MASK, "pass"), (THROUGH, "dout = (dout * (z > 0) if layer < len(cache) - 1 "
                                                 "else dout) @ W.T"))),
        Mistake("cache-used-up", "Asked a second time with the same cache, mlp_backward gives another "
                "answer: the first call has taken the cache apart, or written into it.",
                "cache.pop() removes what it gives; reversed(cache) leaves it where it is.",
                edits=(("return grads[::-1]", "cache.clear()\n    return grads[::-1]"),)),
        Mistake("relu-of-value", "ReLU's slope is 1 or 0; here the unit's own number is handed on.",
                "", edits=((MASK, "dout = dout * np.maximum(z, 0)"),)),
        Mistake("relu-first-hidden-only", "Only the first hidden layer's ReLU is undone.", "",
                edits=((RELU_AT, "if layer == 0 and len(cache) > 1:"),)),
        Mistake("relu-last-hidden-only", "Only the last hidden layer's ReLU is undone.", "",
                edits=((RELU_AT, "if layer == len(cache) - 2:"),)),
        Mistake("averaged", "All gradients are divided by the number of pictures: the mean has been "
                "taken once already, in dlogits.", "The 1/N belongs to the loss.",
                edits=((DW, "x.T @ dout / len(x)"), (DB, "dout.mean(axis=0)"))),
        Mistake("averaged-in-every-layer", "The gradient is divided by N in every layer again.",
                "The 1/N belongs to the loss, and comes in once.",
                edits=(("x, W, z = cache[layer]", "x, W, z = cache[layer]\n"
                        "        dout = dout / len(x)"),)),
        Mistake("dw-averaged", "Every dW is divided by the number of pictures; it is a sum.", "",
                edits=((DW, "x.T @ dout / len(x)"),)),
        Mistake("db-averaged", "Every db is the mean over the pictures; it is a sum.", "",
                edits=((DB, "dout.mean(axis=0)"),)),
        Mistake("db-not-summed", "db has a row for every picture; the bias is shared.", "",
                edits=((DB, "dout"),)),
        Mistake("db-keeps-row", "db has shape (1, M), and b has (M,).", "keepdims=True keeps it.",
                edits=((DB, "dout.sum(axis=0, keepdims=True)"),)),
        Mistake("dw-transposed", "Every dW stands on its side: it should have the shape of W.", "",
                edits=((DW, "dout.T @ x"),)),
        Mistake("weights-skipped", "Where a layer is as wide as the one before, the blame goes down "
                "without passing through its weights.", "",
                edits=((THROUGH, "dout = dout @ W.T if W.shape[0] != W.shape[1] else dout"),)),
        Mistake("weights-not-transposed", "The blame goes through W instead of its transpose, where "
                "that runs.", "With equal sizes nothing warns you.",
                edits=((THROUGH, "dout = dout @ (W if W.shape[0] == W.shape[1] else W.T)"),)),
        Mistake("wrong-input", "dW uses what came out of the layer before its ReLU; the layer saw "
                "what came after it.", "", edits=((DW, "(cache[layer - 1][2] if layer else x).T @ "
                                                   "dout"),)),
        Mistake("upstream-ignored", "dlogits is not used: it is as if it were all ones.", "",
                edits=(("dout, grads = dlogits, []", "dout, grads = np.ones_like(dlogits), []"),),
                equivalent=("ignores-dlogits",)),
        Mistake("sign", "All gradients have the wrong sign.", "The minus belongs to the step.",
                edits=(("dout, grads = dlogits, []", "dout, grads = -dlogits, []"),),
                equivalent=("negates-dlogits",)),
        Mistake("back-to-front", "The list begins with the last layer; agreed was the order of "
                "params.", "Walking back, the last layer comes first: turn the list round at the "
                "end.", edits=(("return grads[::-1]", "return grads"),)),
        Mistake("pairs-turned", "The pairs hold (db, dW); agreed was (dW, db).", "",
                edits=((f"({DW}, {DB})", f"({DB}, {DW})"),)),
        Mistake("last-layer-only", "Only the last layer gets its gradient; below it everything is "
                "0.", "", edits=((THROUGH, "dout = 0 * (dout @ W.T)"),)),
    ),
    variants=(
        Variant("own-cache", {"mlp_forward": _last_apart,
                              "mlp_backward": lambda dlogits, cache: _from_hidden(dlogits, cache)}),
        Variant("bplib", {"mlp_forward": network.mlp_forward,
                          "mlp_backward": network.mlp_backward}),
        Variant("arrays", {"mlp_forward": _last_apart, "mlp_backward": lambda dlogits, cache: [
            [dW.tolist(), np.float32(db)] for dW, db in _from_hidden(dlogits, cache)]}),
        Variant("another-forward", {
            "mlp_forward": lambda x, params: plain_forward(x, [(W, 2 * b) for W, b in params]),
            "mlp_backward": lambda dlogits, cache: [
                (dW, 2 * db) for dW, db in plain_backward(dlogits, cache)]}),
    ),
)  # fmt: skip


def _from_hidden(dlogits, cache):
    dout, grads = dlogits, []
    for h, (W, _) in zip(cache["h"][::-1], cache["p"][::-1], strict=True):
        grads.insert(0, (np.einsum("nd,nm->dm", h, dout), np.ones(len(h)) @ dout))
        dout = np.where(h > 0, dout @ W.T, 0)
    return grads
