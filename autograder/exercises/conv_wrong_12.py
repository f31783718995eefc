"""Wrong convolutions that are not a slip of one line, for the checks of lesson 12."""

import numpy as np

from bplib import conv


def windows_without_stride(x, W, b, stride=1, pad=0):
    """The output's size knows of the stride, the windows' places do not."""
    out, _ = conv.conv2d_forward(x, W, b, 1, pad)
    oh, ow = conv.output_size(np.asarray(x), *W.shape[2:], stride, pad)
    return out[:, :, :oh, :ow], (x, W, b, stride, pad)


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
    x, W, b, stride, pad = cache
    dx, _, db = conv.conv2d_backward(dout, cache)
    last = (np.asarray(x)[-1:], W, b, stride, pad)
    return dx, conv.conv2d_backward(np.asarray(dout)[-1:], last)[1], db


def keeps_x_as_it_came(x, W, b, stride=1, pad=0):
    """A right forward whose cache holds the picture itself, in whole numbers if they came so."""
    return conv.conv2d_forward(x, W, b, stride, pad)[0], (x, W, b, stride, pad)


def truncated_dx(dout, cache):
    """dx is collected in an array like x, which is of whole numbers when x is."""
    x, *rest = cache
    dx, dW, db = conv.conv2d_backward(dout, (np.asarray(x, float), *rest))
    return (np.trunc(dx) if np.asarray(x).dtype.kind == "i" else dx), dW, db
