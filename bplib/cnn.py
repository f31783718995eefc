"""A small convolutional network for the digits: as many parameters as a small network of layers.

Two convolutions of 3 x 3, each with a ReLU and a 2 x 2 max-pool after it, then one linear layer.
With 8 and 16 filters on 8 x 8 pixels that is 1,898 parameters; sizes [64, 25, 10] make 1,885.
"""

import math

import numpy as np

from bplib.arrays import as_float, check_count
from bplib.fast_conv import (
    conv2d_backward_fast,
    conv2d_forward_fast,
    maxpool_backward_fast,
    maxpool_forward_fast,
)
from bplib.layers import linear_backward, linear_forward, relu_backward, relu_forward
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import flatten
from bplib.randomness import check_generator


def init_cnn(rng, side=8, filters=(8, 16), classes=10):
    """Return first parameters: normal weights of variance `2 / inputs of a window`, biases 0.

    Args: `rng`, a np.random.Generator; `side`, the pictures' height and width, a multiple of 4;
    `filters`, how many in each convolution; `classes`. Returns a list of three pairs: `W`
    (F, 1, 3, 3), `W` (G, F, 3, 3), `W` (G * side / 4 * side / 4, classes), each with its `b`.
    Raises ValueError or TypeError when an argument does not fit.

    >>> params = init_cnn(np.random.default_rng(0))
    >>> sum(W.size + b.size for W, b in params)
    1898
    """
    check_generator(rng)
    F, G = (check_count(count, "each of filters", least=1) for count in filters)
    if check_count(side, "side", least=4) % 4:
        raise ValueError(f"side must be a multiple of 4, for two pools of 2 x 2; got {side}")
    inputs = G * (side // 4) ** 2
    shapes = [((F, 1, 3, 3), 9, F), ((G, F, 3, 3), 9 * F, G),
              ((inputs, check_count(classes, "classes", least=1)), inputs, classes)]
    return [(np.sqrt(2 / fan_in) * rng.normal(size=shape), np.zeros(outputs))
            for shape, fan_in, outputs in shapes]


def cnn_forward(x, params):
    """Return the scores of a small convolutional network.

    Args: `x`, square pictures, (N, side * side) or (N, side, side); `params` of `init_cnn`.
    Returns `logits` (N, C) and `cache`. Raises ValueError when the pictures are not square.

    >>> logits, cache = cnn_forward(np.zeros((3, 64)), init_cnn(np.random.default_rng(0)))
    >>> logits.shape
    (3, 10)
    """
    x = as_float(x, "x")
    side = math.isqrt(x.shape[1]) if x.ndim == 2 else x.shape[-1] if x.ndim == 3 else 0
    if side == 0 or x.shape[1:] not in ((side * side,), (side, side)):
        raise ValueError("x must have shape (N, side * side) or (N, side, side), square pictures; "
                         f"got {x.shape}")
    out, cache = x.reshape(len(x), 1, side, side), []
    for W, b in params[:2]:
        out, conv_cache = conv2d_forward_fast(out, W, b, stride=1, pad=1)
        out, relu_cache = relu_forward(out)
        out, pool_cache = maxpool_forward_fast(out, 2)
        cache.append((conv_cache, relu_cache, pool_cache))
    shape = out.shape
    logits, linear_cache = linear_forward(out.reshape(len(x), -1), *params[2])
    return logits, (cache, shape, linear_cache)


def cnn_backward(dlogits, cache):
    """Return the gradients of all parameters, a list of `(dW, db)` in the order of `params`.

    Args: `dlogits` (N, C); `cache` of `cnn_forward`. Raises ValueError when the shape differs.

    >>> params = init_cnn(np.random.default_rng(0))
    >>> logits, cache = cnn_forward(np.ones((3, 64)), params)
    >>> [(dW.shape, db.shape) for dW, db in cnn_backward(logits, cache)]
    [((8, 1, 3, 3), (8,)), ((16, 8, 3, 3), (16,)), ((64, 10), (10,))]
    """
    convolutions, shape, linear_cache = cache
    dout, dW, db = linear_backward(dlogits, linear_cache)
    grads, dout = [(dW, db)], dout.reshape(shape)
    for layer in (1, 0):
        conv_cache, relu_cache, pool_cache = convolutions[layer]
        dout = relu_backward(maxpool_backward_fast(dout, pool_cache), relu_cache)
        dout, dW, db = conv2d_backward_fast(dout, conv_cache, need_dx=layer > 0)
        grads.append((dW, db))
    return grads[::-1]


class CNN:
    """The network above with its parameters in one vector, ready for `bplib.training.train`.

    `vector` and `gradient` (P,) hold all parameters and their gradients, `params` and `grads` are
    the same memory as lists of pairs, as in `bplib.fast_mlp.Network`.

    >>> net = CNN(init_cnn(np.random.default_rng(0)))
    >>> x, labels = np.eye(64)[:4], np.array([0, 1, 2, 3])
    >>> before = net.loss_and_gradient(x, labels)
    >>> net.vector -= 0.1 * net.gradient
    >>> net.loss_and_gradient(x, labels) < before
    True
    """

    def __init__(self, params, dtype=None):
        """Copy `params`, as `init_cnn` returns them; `dtype`, the precision, if not theirs."""
        self.vector, self.params = flatten(params, dtype)
        self.gradient, self.grads = flatten([(0 * W, 0 * b) for W, b in self.params])

    def predict(self, x):
        """Return the labels (N,) with the largest scores for `x`, as in `cnn_forward`."""
        return cnn_forward(np.asarray(x, self.vector.dtype), self.params)[0].argmax(axis=1)

    def loss_and_gradient(self, x, labels):
        """Return the mean cross-entropy and leave its gradient in `gradient`."""
        logits, cache = cnn_forward(np.asarray(x, self.vector.dtype), self.params)
        loss, loss_cache = softmax_cross_entropy_forward(logits, labels)
        grads = cnn_backward(softmax_cross_entropy_backward(1.0, loss_cache), cache)
        for kept, new in zip(self.grads, grads, strict=True):
            kept[0][...], kept[1][...] = new
        return loss
