"""What keeps training in bounds: clipping, dropout, weight decay, stopping early, and two detours.

The detours are for gradients: around a layer (a residual connection) and through a step that has no
slope (the straight-through estimate).
"""

import numpy as np

from bplib.arrays import as_float, as_floats, check_count, check_ndim, check_positive, check_shape
from bplib.randomness import check_generator


def clip_by_global_norm(grads, max_norm):
    """Scale all gradients by one number, so that together they are no longer than `max_norm`.

    `norm = sqrt(sum over all entries of all gradients, squared)`; each gradient is multiplied by
    `min(1, max_norm / norm)`. The direction stays; clipping never makes a gradient larger.

    Args: `grads`, a list of arrays; `max_norm` above 0. Returns `clipped`, a list of new arrays,
    and `norm`, a float, the length before. Raises ValueError when a gradient is not finite, as
    no scaling mends that, or an argument does not fit.
    Source: R. Pascanu, T. Mikolov, Y. Bengio (2013), algorithm 1.

    >>> clipped, norm = clip_by_global_norm([[30.0], [[0.0], [40.0]]], max_norm=5)
    >>> norm, [grad.tolist() for grad in clipped]
    (50.0, [[3.0], [[0.0], [4.0]]])
    """
    check_positive(max_norm, "max_norm")
    grads = [as_float(grad, f"grads[{i}]") for i, grad in enumerate(grads)]
    if not all(np.all(np.isfinite(grad)) for grad in grads):
        raise ValueError("grads must be finite; an entry is infinite or not a number")
    largest = max((float(np.max(np.abs(grad), initial=0)) for grad in grads), default=0.0)
    if largest == 0:
        return [grad.copy() for grad in grads], 0.0
    # Squares of 1e200 overflow and those of 1e-200 vanish; so measure in units of the largest.
    scaled = [grad / largest for grad in grads]
    length = sum(float(np.sum(grad * grad, dtype=np.float64)) for grad in scaled) ** 0.5
    norm = largest * length
    if norm <= max_norm:
        return [grad.copy() for grad in grads], norm
    return [grad * (float(max_norm) / length) for grad in scaled], norm


def dropout_forward(x, drop_probability, rng):
    """Switch off each entry with a given probability, and raise the others to make up for it.

    `out = x * mask`; an entry of `mask` is 0 with probability `drop_probability`, and else
    `1 / (1 - drop_probability)`, so that the mean stays and nothing is left to do after training.

    Args: `x`, any shape; `drop_probability`, from 0 to below 1; `rng`, a np.random.Generator.
    Returns `out` and `cache`, the mask, both of `x`'s shape. Raises ValueError or TypeError when an
    argument does not fit. Source: N. Srivastava and others (2014), section 10 for the scaling.

    >>> out, mask = dropout_forward(np.ones(6), 0.5, np.random.default_rng(0))
    >>> out.tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """
    x = as_float(x, "x")
    check_generator(rng)
    if not 0 <= check_positive(drop_probability, "drop_probability", zero_too=True) < 1:
        raise ValueError("drop_probability must be at least 0 and below 1; "
                         f"got {drop_probability!r}")
    kept = rng.random(x.shape) >= drop_probability
    mask = kept.astype(x.dtype) / (1 - float(drop_probability))
    return x * mask, mask


def dropout_backward(dout, cache):
    """Return `dx = dout * mask`: what was switched off is not to blame.

    Args: `dout` of the shape of `out`; `cache` of `dropout_forward`. Returns `dx`, of that shape.
    Raises ValueError when the shape differs.

    >>> dropout_backward([1.0, 1.0, 5.0], np.array([2.0, 0.0, 2.0])).tolist()
    [2.0, 0.0, 10.0]
    """
    dout, mask = as_float(dout, "dout"), as_float(cache, "cache")
    check_shape(dout, mask.shape, "dout", f"{mask.shape} as out has")
    return dout * mask


def residual_forward(x, branch_forward):
    """Return a branch's output added to what went into it: `out = x + branch(x)`.

    Args: `x`, any shape; `branch_forward(x)`, which gives `branch, cache`, the branch of `x`'s
    shape. Returns `out` and the branch's `cache`. Raises ValueError when the shapes differ.
    Source: K. He, X. Zhang, S. Ren, J. Sun (2016), Deep residual learning.

    >>> residual_forward([2.0], lambda x: (10 * x, None))
    (array([22.]), None)
    """
    x = as_float(x, "x")
    branch, cache = branch_forward(x)
    check_shape(np.asarray(branch), x.shape, "the branch's output", f"{x.shape} as x has")
    return x + branch, cache


def residual_backward(dout, branch_backward, cache):
    """Return the gradient of `x + branch(x)`: one way leads through the branch, one around it.

    `dx = dout + branch_backward(dout, cache)`. However weak the branch, the 1 keeps blame alive.

    Args: `dout` of the shape of `out`; `branch_backward(dout, cache)`, which gives the branch's
    `dx`; its `cache`. Returns `dx`, of that shape. Raises ValueError when the shapes differ.

    >>> residual_backward([1.0, 2.0], lambda dout, cache: dout * cache, 10.0).tolist()
    [11.0, 22.0]
    """
    dout = as_float(dout, "dout")
    through = as_float(branch_backward(dout, cache), "the branch's dx")
    check_shape(through, dout.shape, "the branch's dx", f"{dout.shape} as dout has")
    return dout + through


def straight_through_backward(dout, x):
    """Return a useful stand-in for the gradient of `sign(x)`, whose slope is 0 wherever it has one.

    `dx = dout` where `|x| <= 1` and 0 elsewhere, as if the step were the line between -1 and 1.

    Args: `dout` and `x` of one shape. Returns `dx`, of that shape. Raises ValueError when the
    shapes differ. Source: Y. Bengio, N. Leonard, A. Courville (2013); clipped as in M. Courbariaux
    and others (2016), Binarized neural networks, section 1.3.

    >>> straight_through_backward([5.0, 6.0, 7.0], [-0.5, 1.0, 1.5]).tolist()
    [5.0, 6.0, 0.0]
    """
    dout, x = as_floats(dout=dout, x=x)
    check_shape(dout, x.shape, "dout", f"{x.shape} as x has")
    return dout * (np.abs(x) <= 1)


def add_weight_decay(grads, params, strength):
    """Return gradients that also pull every weight towards 0, and no bias.

    The penalty `strength / 2 * sum(W**2)` has the gradient `strength * W`.

    Args: `grads`, a list of `(dW, db)`; `params`, a list of `(W, b)` of the same shapes;
    `strength`, 0 or more. Returns a new list of `(dW, db)`. Raises ValueError when lengths or
    shapes differ.

    >>> grads = add_weight_decay([(np.array([[1.0]]), np.array([2.0]))],
    ...                          [(np.array([[10.0]]), np.array([10.0]))], strength=0.1)
    >>> [(dW.tolist(), db.tolist()) for dW, db in grads]
    [([[2.0]], [2.0])]
    """
    check_positive(strength, "strength", zero_too=True)
    if len(grads) != len(params):
        raise ValueError(f"grads must have one (dW, db) for each of the {len(params)} (W, b) of "
                         f"params; got {len(grads)}")
    decayed = []
    for i, ((dW, db), (W, _)) in enumerate(zip(grads, params, strict=True)):
        dW, W = as_floats(dW=dW, W=W)
        check_shape(dW, W.shape, f"dW of layer {i}", f"{W.shape} as its W has")
        decayed.append((dW + float(strength) * W, as_float(db, "db").copy()))
    return decayed


def early_stop(losses, patience):
    """Tell when one would have stopped, and which epoch's parameters one would have kept.

    Training stops after `patience` epochs in a row that were no better than the best so far.

    Args: `losses` (E,), on held-out examples, one per epoch; `patience`, at least 1.
    Returns `best`, the epoch to keep, and `last`, the last epoch run, both counted from 0.
    Raises ValueError or TypeError when an argument does not fit.

    >>> early_stop([5.0, 3.0, 4.0, 3.5, 1.0], patience=2)
    (1, 3)
    """
    losses = as_float(losses, "losses")
    check_ndim(losses, 1, "losses", "(E,)")
    patience = check_count(patience, "patience", least=1)
    if len(losses) == 0:
        raise ValueError("losses must have at least one entry; got none")
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1
