"""The network of `bplib.network` made fast: everything in place, in memory laid out beforehand.

All parameters lie in one vector and all gradients in another, the layers hold views of both, and an
optimiser sees two vectors. Nothing is allocated in a step, and the first layer's `dx`, which nobody
needs, is not computed: for wide pictures that is a third of the work.
"""

import numpy as np

from bplib.arrays import as_float, check_ndim, check_not_empty, check_shape
from bplib.network import check_params, flatten, init_mlp, load_params, save_params


class Network:
    """A network of linear layers with ReLU between them, for training.

    `vector` and `gradient` (P,) hold all parameters and their gradients; `params` and `grads` are
    the same memory as lists of `(W, b)` and `(dW, db)`.

    >>> net = Network(init_mlp([2, 8, 2], np.random.default_rng(0)))
    >>> x, labels = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1])
    >>> before = net.loss_and_gradient(x, labels)
    >>> net.vector -= 0.1 * net.gradient
    >>> net.loss_and_gradient(x, labels) < before
    True
    """

    def __init__(self, params, dtype=None):
        """Copy `params`, a list of `(W, b)`; `dtype` is the precision to compute in, if not theirs.

        Raises ValueError or TypeError when the layers do not fit each other.
        """
        self.vector, self.params = flatten(check_params(params), dtype)
        self.gradient, self.grads = flatten([(0 * W, 0 * b) for W, b in self.params])
        self._rows = 0

    @classmethod
    def of_sizes(cls, sizes, rng, dtype=np.float64):
        """Return a new network; `sizes` and `rng` as in `init_mlp`.

        >>> Network.of_sizes([64, 32, 10], np.random.default_rng(0)).vector.shape
        (2410,)
        """
        return cls(init_mlp(sizes, rng), dtype)

    @classmethod
    def load(cls, path, dtype=None):
        """Return the network that `save` wrote to `path`; raises as `load_params` does."""
        return cls(load_params(path), dtype)

    def save(self, path):
        """Write the parameters to a `.npz` file; raises as `save_arrays` does."""
        save_params(path, self.params)

    def logits(self, x):
        """Return the scores (N, C) of `x` (N, D), as a new array."""
        out = self._checked(x)
        for layer, (W, b) in enumerate(self.params):
            if layer:
                np.maximum(out, 0, out=out)
            out = out @ W
            out += b
        return out

    def predict(self, x):
        """Return the labels (N,) with the largest scores for `x` (N, D)."""
        return self.logits(x).argmax(axis=1)

    def loss_and_gradient(self, x, labels):
        """Return the mean cross-entropy and leave its gradient in `gradient`.

        Args: `x` (N, D); `labels` (N,), integers 0 to C - 1. Returns a float. Raises ValueError or
        TypeError when an argument does not fit.
        """
        x = self._checked(x)
        check_not_empty(x, "x")
        N, labels = len(x), np.asarray(labels)
        check_shape(labels, (N,), "labels", f"(N,) with N = x.shape[0] = {N}")
        self._reserve(N)
        outs = [x, *(out[:N] for out in self._outs)]        # (N, D), (N, H), ..., (N, C)
        last = len(self.params) - 1
        for layer, (W, b) in enumerate(self.params):
            out = outs[layer + 1]
            np.dot(outs[layer], W, out=out)
            out += b
            if layer < last:
                np.maximum(out, 0, out=out)                 # not x * (x > 0): -inf would give nan
        loss = softmax_cross_entropy_in_place(outs[-1], labels)
        dout, ones = outs[-1], self._ones[:N]               # the scores have become dlogits
        for layer in range(last, -1, -1):
            dW, db = self.grads[layer]
            np.dot(outs[layer].T, dout, out=dW)
            np.dot(ones, dout, out=db)                      # the sum of rows, twice as fast as sum
            if layer:
                below, alive = self._douts[layer - 1][:N], self._alive[layer - 1][:N]
                np.dot(dout, self.params[layer][0].T, out=below)
                np.greater(outs[layer], 0, out=alive)
                below *= alive
                dout = below
        return loss

    def _checked(self, x):
        """Return `x` in the network's precision, or say what shape it must have."""
        x = as_float(x, "x").astype(self.vector.dtype, copy=False)
        check_ndim(x, 2, "x", "(N, D)")
        D = len(self.params[0][0])
        check_shape(x, (len(x), D), "x", f"(N, D) with D = {D} inputs")
        return x

    def _reserve(self, rows):
        """Make room for a batch of `rows`; a smaller batch later uses the first part of it."""
        if rows <= self._rows:
            return
        widths, dtype = [W.shape[1] for W, _ in self.params], self.vector.dtype
        self._outs = [np.empty((rows, width), dtype) for width in widths]
        self._douts = [np.empty((rows, width), dtype) for width in widths[:-1]]
        self._alive = [np.empty((rows, width), bool) for width in widths[:-1]]
        self._ones, self._rows = np.ones(rows, dtype), rows


def softmax_cross_entropy_in_place(logits, labels):
    """Return the mean cross-entropy, and leave in `logits` its gradient by them.

    The two functions of `bplib.losses` in one, for a network that no longer needs its scores.

    Args: `logits` (N, C), overwritten by `(softmax(logits) - onehot(labels)) / N`; `labels` (N,),
    integers 0 to C - 1. Returns a float. Raises ValueError or TypeError when the labels do not fit.

    >>> logits = np.zeros((1, 2))
    >>> round(softmax_cross_entropy_in_place(logits, np.array([1])), 4), logits.tolist()
    (0.6931, [[0.5, -0.5]])
    """
    N, C = logits.shape
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers; got dtype {labels.dtype}")
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels must lie from 0 to C - 1 = {C - 1}; "
                         f"got {labels.min()} to {labels.max()}")
    rows = np.arange(N)
    logits -= logits.max(axis=1, keepdims=True)
    right = logits[rows, labels]
    np.exp(logits, out=logits)
    total = logits.sum(axis=1, keepdims=True)
    loss = float(np.log(total).mean(dtype=np.float64) - right.mean(dtype=np.float64))
    total *= N
    logits /= total
    logits[rows, labels] -= logits.dtype.type(1 / N)
    return loss
