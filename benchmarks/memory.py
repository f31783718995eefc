"""How much memory a pass takes at its peak, against what has to be kept for the way back.

Measured as numpy reports its arrays to tracemalloc, from before the forward pass to the end of the
backward one, results included; the arguments were there before and do not count.
"""

import tracemalloc

import numpy as np

from bplib import fast_recurrent, gated
from bplib.conv import conv2d_backward, conv2d_forward
from bplib.fast_conv import conv2d_backward_fast, conv2d_forward_fast
from bplib.fast_mlp import Network
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import init_mlp, mlp_backward, mlp_forward


def peak(function):
    """Return the bytes that `function` holds at its peak beyond what was there before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        result = function()
        del result
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def rows():
    """Yield `work, kept, bytes kept, [(who, peak bytes)]`, for three passes in float32."""
    yield mlp()
    yield lstm()
    yield convolution()


def mlp():
    rng, sizes, N = np.random.default_rng(0), [784, 128, 64, 10], 1024
    x, labels = rng.random((N, sizes[0]), np.float32), rng.integers(10, size=N)
    params = [(W.astype(np.float32), b.astype(np.float32)) for W, b in init_mlp(sizes, rng)]

    def plain():
        logits, cache = mlp_forward(x, params)
        _, judged = softmax_cross_entropy_forward(logits, labels)
        return mlp_backward(softmax_cross_entropy_backward(1.0, judged), cache)

    network = Network(params)  # its gradient was made with it, and counts
    kept = 4 * (N * sum(sizes[1:]) + network.vector.size)
    fast = peak(lambda: network.loss_and_gradient(x, labels)) + network.gradient.nbytes
    return ("MLP step, batch 1024", "outputs of three layers, and the gradients", kept,
            [("bplib", fast), ("bplib, plain", peak(plain))])


def lstm():
    rng = np.random.default_rng(0)
    N, T, D, H = 32, 50, 64, 128
    arrays = [rng.normal(size=size).astype(np.float32) / 10 for size in
              ((N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,))]
    dh = rng.normal(size=(N, T, H)).astype(np.float32)

    def both(forward, backward):
        h, cache = forward(*arrays)
        return h, backward(dh, cache)

    kept = 4 * (6 * N * T * H + sum(array.size for array in arrays))
    fast = fast_recurrent.fast_lstm_forward, fast_recurrent.fast_lstm_backward
    plain = gated.lstm_forward, gated.lstm_backward
    return ("LSTM forward and BPTT, T50 B32 D64 H128", "four gates, c and h, and the gradients",
            kept, [("bplib", peak(lambda: both(*fast))),
                   ("bplib, plain", peak(lambda: both(*plain)))])


def convolution():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=size).astype(np.float32) for size in
              ((32, 8, 28, 28), (16, 8, 3, 3), (16,))]
    dout = rng.normal(size=(32, 16, 28, 28)).astype(np.float32)

    def both(forward, backward):
        out, cache = forward(*arrays, 1, 1)
        return out, backward(dout, cache)

    kept = dout.nbytes + sum(array.nbytes for array in arrays)
    return ("conv2d 3x3, N32, 8 to 16, 28x28", "the output, and the gradients", kept,
            [("bplib", peak(lambda: both(conv2d_forward_fast, conv2d_backward_fast))),
             ("bplib, plain", peak(lambda: both(conv2d_forward, conv2d_backward)))])
