"""A network of layers as one function: pictures in, scores out, and blame all the way back.

The parameters are a list of `(W, b)`, one pair per layer, with a ReLU between the layers and none
after the last, whose scores (logits) go to a loss. `bplib.fast_mlp` has the same made fast.
"""

import numpy as np

from bplib.arrays import as_float, as_floats, check_count, check_ndim, check_shape
from bplib.layers import linear_backward, linear_forward, relu_backward, relu_forward
from bplib.randomness import check_generator
from bplib.storage import load_arrays, save_arrays


def init_mlp(sizes, rng):
    """Return the first parameters of a network: normal weights of variance `2 / inputs`, biases 0.

    Args: `sizes`, how wide each layer is, inputs first, as `[64, 32, 10]`; `rng`, a
    np.random.Generator. Returns a list of `len(sizes) - 1` pairs, `W` (D, M) and `b` (M,).
    Raises ValueError or TypeError when an argument does not fit.
    Source: K. He, X. Zhang, S. Ren, J. Sun (2015), equation 10.

    >>> params = init_mlp([64, 32, 10], np.random.default_rng(0))
    >>> [(W.shape, b.shape) for W, b in params]
    [((64, 32), (32,)), ((32, 10), (10,))]
    """
    check_generator(rng)
    sizes = [check_count(size, "each of sizes", least=1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must name at least inputs and outputs, as [64, 10]; got {sizes}")
    return [(np.sqrt(2 / D) * rng.normal(size=(D, M)), np.zeros(M))
            for D, M in zip(sizes[:-1], sizes[1:], strict=True)]


def mlp_forward(x, params):
    """Return the network's scores: linear, ReLU, linear, ReLU, ..., linear.

    Args: `x` (N, D); `params`, a list of `(W, b)` whose sizes follow on each other.
    Returns `logits` (N, C) and `cache`. Raises ValueError or TypeError when something does not fit.

    >>> params = [([[1.0, -1.0]], [0.0, 0.0]), ([[2.0], [3.0]], [1.0])]
    >>> mlp_forward([[5.0], [-5.0]], params)[0].tolist()
    [[11.0], [16.0]]
    """
    params = check_params(params)
    out, cache = as_float(x, "x"), []
    for layer, (W, b) in enumerate(params):
        before_relu = None
        if layer:
            out, before_relu = relu_forward(out)
        out, seen = linear_forward(out, W, b)
        cache.append((before_relu, seen))
    return out, cache


def mlp_backward(dlogits, cache):
    """Return the gradients of all parameters, going through the layers from the last to the first.

    Args: `dlogits` (N, C); `cache` of `mlp_forward`. Returns a list of `(dW, db)` in the order of
    `params`. Raises ValueError when `dlogits` has not the shape of `logits`.

    >>> params = [([[1.0, -1.0]], [0.0, 0.0]), ([[2.0], [3.0]], [1.0])]
    >>> grads = mlp_backward([[1.0]], mlp_forward([[5.0]], params)[1])
    >>> [(dW.tolist(), db.tolist()) for dW, db in grads]
    [([[10.0, 0.0]], [2.0, 0.0]), ([[5.0], [0.0]], [1.0])]
    """
    return _backward(dlogits, cache)[1]


def _backward(dlogits, cache):
    """Return `dx` and the list of `(dW, db)`."""
    dout, grads = dlogits, []
    for before_relu, seen in reversed(cache):
        dout, dW, db = linear_backward(dout, seen)
        grads.append((dW, db))
        if before_relu is not None:
            dout = relu_backward(dout, before_relu)
    return dout, grads[::-1]


def input_saliency(x, params, label):
    """Return how much each pixel moves one score: the gradient of one logit by the picture.

    Args: `x`, one picture (D,) or a batch (N, D), where each row has its own answer; `params` as in
    `mlp_forward`; `label`, which logit, 0 to C - 1. Returns the shape of `x`. Raises ValueError or
    TypeError when an argument does not fit. Source: K. Simonyan, A. Vedaldi, A. Zisserman (2014).

    >>> params = [(np.array([[2.0, 5.0], [3.0, 7.0]]), np.zeros(2))]
    >>> input_saliency([10.0, 20.0], params, label=1).tolist()
    [5.0, 7.0]
    """
    x = as_float(x, "x")
    if x.ndim not in (1, 2):
        raise ValueError(f"x must have shape (D,) or (N, D); got {x.shape}")
    logits, cache = mlp_forward(np.atleast_2d(x), params)
    label, C = check_count(label, "label"), logits.shape[1]
    if label >= C:
        raise ValueError(f"label must be a whole number from 0 to C - 1 = {C - 1}; got {label}")
    dlogits = np.zeros_like(logits)
    dlogits[:, label] = 1                                   # one score per row, all others at rest
    return _backward(dlogits, cache)[0].reshape(x.shape)


def predict_labels(x, params):
    """Return the label with the largest score for each picture: `x` (N, D) -> integers (N,).

    >>> predict_labels([[1.0, 2.0], [5.0, 3.0]], [(np.eye(2), np.zeros(2))]).tolist()
    [1, 0]
    """
    return mlp_forward(x, params)[0].argmax(axis=1)


def flatten(params, dtype=None):
    """Copy all parameters into one vector, and return views of it in their old shapes.

    What is written into the vector shows in the views and the other way round: an optimiser works
    on the vector, the layers on the views, and nothing is copied between them.

    Args: `params`, a list of pairs of arrays of any shapes; `dtype`, that of the vector if not
    theirs. Returns `vector` (P,), and `views`, a list of pairs. Raises TypeError for no numbers.

    >>> vector, views = flatten([(np.array([[1.0, 2.0]]), np.array([3.0, 4.0]))])
    >>> vector *= 10
    >>> views[0][0].tolist(), views[0][1].tolist()
    ([[10.0, 20.0]], [30.0, 40.0])
    """
    arrays = [as_float(array, f"params[{i}]") for i, pair in enumerate(params) for array in pair]
    dtype = np.dtype(dtype or np.result_type(np.float32, *arrays))
    vector = np.empty(sum(array.size for array in arrays), dtype)
    views, start = [], 0
    for array in arrays:
        view = vector[start:start + array.size].reshape(array.shape)
        view[...] = array
        views.append(view)
        start += array.size
    return vector, list(zip(views[::2], views[1::2], strict=True))


def save_params(path, params):
    """Write a network's parameters to a `.npz` file, as `W0`, `b0`, `W1`, `b1` and so on.

    Raises as `bplib.storage.save_arrays` does.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "net.npz")
    ...     save_params(path, [(np.eye(2), np.zeros(2))])
    ...     [(W.tolist(), b.tolist()) for W, b in load_params(path)]
    [([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])]
    """
    save_arrays(path, {f"{letter}{i}": array for i, pair in enumerate(params)
                       for letter, array in zip("Wb", pair, strict=True)})


def load_params(path):
    """Read what `save_params` wrote: a list of `(W, b)`.

    Raises FileNotFoundError when there is no file, ValueError when it holds no network.
    """
    arrays = load_arrays(path)
    layers = len(arrays) // 2
    wanted = {f"{letter}{i}" for i in range(layers) for letter in "Wb"}
    if not arrays or set(arrays) != wanted:
        raise ValueError(f"{str(path)!r} must hold W0, b0, W1, b1 and so on; "
                         f"it holds {', '.join(sorted(arrays)) or 'nothing'}")
    return [(arrays[f"W{i}"], arrays[f"b{i}"]) for i in range(layers)]


def check_params(params):
    """Return `params` as a list of `(W, b)` of floats, or say which layer does not fit.

    >>> check_params([(np.zeros((2, 3)), np.zeros(3)), (np.zeros((4, 1)), np.zeros(1))])
    Traceback (most recent call last):
    ValueError: W of layer 1 must have shape (3, M) as layer 0 has 3 outputs; got (4, 1)
    """
    checked = []
    for i, pair in enumerate(params):
        W, b = as_floats(**{f"W of layer {i}": pair[0], f"b of layer {i}": pair[1]})
        check_ndim(W, 2, f"W of layer {i}", "(D, M)")
        check_shape(b, W.shape[1:], f"b of layer {i}", f"(M,) with M = W.shape[1] = {W.shape[1]}")
        if checked and len(W) != checked[-1][0].shape[1]:
            outputs = checked[-1][0].shape[1]
            raise ValueError(f"W of layer {i} must have shape ({outputs}, M) as layer {i - 1} has "
                             f"{outputs} outputs; got {W.shape}")
        checked.append((W, b))
    if not checked:
        raise ValueError("params must hold at least one layer (W, b); got none")
    return checked
