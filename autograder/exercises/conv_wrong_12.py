"""Wrong convolutions that are not a slip of one line, for the checks of lesson 12."""

import numpy as np

from bplib import conv


def windows_without_stride(x, W, b, stride=1, pad=0):
    """The output's size knows of the stride, the windows' places do not."""
    out, _ = conv.conv2d_forward(x, W, b, 1, pad)
    oh, ow = conv.output_size(np.asarray(x), *W.shape[2:], stride, pad)
    return out[:, :, :oh, :ow], (x, W, b, stride, pad)


def a_window_beyond_the_end(x, W, b, stride=1, pad=0):
    """The number of steps is rounded up: the last window reaches into zeros beyond the border."""
    oh, ow = (-(-(side + 2 * pad - k) // stride) + 1
              for side, k in zip(x.shape[2:], W.shape[2:], strict=True))  # fmt: skip
    beyond = np.pad(x, ((0, 0), (0, 0), (pad, pad + stride), (pad, pad + stride)))
    return conv.conv2d_forward(beyond, W, b, stride)[0][:, :, :oh, :ow], (x, W, b, stride, pad)


def backward_that_overwrites(dout, cache):
    """dx is written with = instead of +=: the last window's blame stays."""
    x, W, b, stride, pad = cache
    _, dW, db = conv.conv2d_backward(dout, cache)
    kh, kw = W.shape[2:]
    border = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    dxp = np.zeros_like(np.pad(np.asarray(x, dW.dtype), border))
    dout = np.asarray(dout)
    for i, j in np.ndindex(*dout.shape[2:]):
        top, left = i * stride, j * stride
        blame = np.tensordot(dout[:, :, i, j], W, (1, 0))
        dxp[:, :, top : top + kh, left : left + kw] = blame
    H, W_ = np.shape(x)[2:]
    return dxp[:, :, pad : pad + H, pad : pad + W_], dW, db


def cropped_by_minus_pad(dout, cache):
    """The border is cut off with [pad:-pad], which is empty for pad = 0."""
    x, W, b, stride, pad = cache
    border = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    padded = np.pad(np.asarray(x), border)
    dx, dW, db = conv.conv2d_backward(dout, (padded, W, b, stride, 0))
    return dx[:, :, pad:-pad, pad:-pad], dW, db


def last_example_only(dout, cache):
    """dW of the last picture alone."""
    return _dw_of(dout, cache, slice(-1, None), slice(None))


def last_window_only(dout, cache):
    """dW of the last window of each picture."""
    return _dw_of(dout, cache, slice(None), slice(-1, None))


def very_last_window_only(dout, cache):
    """dW of the last window of the last picture."""
    return _dw_of(dout, cache, slice(-1, None), slice(-1, None))


def _dw_of(dout, cache, pictures, places):
    """The gradients, where dW is made of some pictures and of some rows and columns of windows."""
    dx, _, db = conv.conv2d_backward(dout, cache)
    chosen = np.zeros_like(np.asarray(dout))
    chosen[pictures, :, places, places] = np.asarray(dout)[pictures, :, places, places]
    return dx, conv.conv2d_backward(chosen, cache)[1], db


def as_long_as_the_windows(dout, cache):
    """dx ends where the last window ends: what no window saw is cut off."""
    x, W, _, stride, pad = cache
    dx, dW, db = conv.conv2d_backward(dout, cache)
    oh, ow = ((n - 1) * stride + k - 2 * pad
              for n, k in zip(np.shape(dout)[2:], W.shape[2:], strict=True))  # fmt: skip
    return dx[:, :, :oh, :ow], dW, db


def keeps_x_as_it_came(x, W, b, stride=1, pad=0):
    """A right forward whose cache holds the picture itself, in whole numbers if they came so."""
    return conv.conv2d_forward(x, W, b, stride, pad)[0], (x, W, b, stride, pad)


def truncated_dx(dout, cache):
    """dx is collected in an array like x, which is of whole numbers when x is."""
    x, *rest = cache
    dx, dW, db = conv.conv2d_backward(dout, (np.asarray(x, float), *rest))
    return (np.trunc(dx) if np.asarray(x).dtype.kind == "i" else dx), dW, db
