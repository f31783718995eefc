"""Other right ways to convolve, which the checks of lesson 12 must accept."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _padded(x, pad):
    return np.pad(np.asarray(x), ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def forward_by_loops(x, W, b, stride=1, pad=0):
    """One number of the result at a time, in plain Python."""
    (n, _, h, w), (f, _, kh, kw) = x.shape, W.shape
    xp = _padded(x, pad).astype(float)
    oh, ow = 1 + (h + 2 * pad - kh) // stride, 1 + (w + 2 * pad - kw) // stride
    out = np.zeros((n, f, oh, ow))
    for k in range(n):
        for m in range(f):
            for i in range(oh):
                for j in range(ow):
                    top, left = i * stride, j * stride
                    window = xp[k, :, top : top + kh, left : left + kw]
                    out[k, m, i, j] = np.sum(window * W[m]) + b[m]
    return out, (x, W, b, stride, pad)


def forward_by_einsum(x, W, b, stride=1, pad=0):
    """All windows at once, summed by letters."""
    windows = sliding_window_view(_padded(x, pad), W.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,fcuv->nfij", windows, W) + b[:, None, None], (x, W, b, stride, pad)


def forward_by_shifts(x, W, b, stride=1, pad=0):
    """The whole picture once for every place in the kernel, moved and weighted."""
    (n, _, h, w), (_, _, kh, kw) = x.shape, W.shape
    xp = _padded(x, pad)
    oh, ow = 1 + (h + 2 * pad - kh) // stride, 1 + (w + 2 * pad - kw) // stride
    out = np.tile(np.asarray(b, float)[None, :, None, None], (n, 1, oh, ow))
    for u in range(kh):
        for v in range(kw):
            part = xp[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            part = part[:, :, :oh, :ow]
            out += np.tensordot(W[:, :, u, v], part, (1, 1)).swapaxes(0, 1)
    return out, (x, W, b, stride, pad)


def backward_by_loops(dout, cache):
    """Every number of dout handed to the window it came from."""
    x, W, b, stride, pad = cache
    dout = np.asarray(dout)
    (n, _, h, w), (f, _, kh, kw) = x.shape, W.shape
    xp = _padded(x, pad)
    dxp, dW, db = np.zeros(xp.shape), np.zeros(W.shape), np.zeros(f)
    for k, i, j in np.ndindex(n, *dout.shape[2:]):
        rows = slice(i * stride, i * stride + kh)
        columns = slice(j * stride, j * stride + kw)
        for m in range(f):
            blame = dout[k, m, i, j]
            dxp[k, :, rows, columns] += blame * W[m]
            dW[m] += blame * xp[k, :, rows, columns]
            db[m] += blame
    return dxp[:, :, pad : pad + h, pad : pad + w], dW, db


def backward_through_full_convolution(dout, cache):
    """dout spread out with zeros between, and convolved with the turned filters."""
    x, W, b, stride, pad = cache
    dout = np.asarray(dout, float)
    (n, _, h, w), (f, _, kh, kw) = x.shape, W.shape
    hp, wp = h + 2 * pad, w + 2 * pad
    spread = np.zeros((n, f, hp - kh + 1, wp - kw + 1))
    spread[:, :, ::stride, ::stride][:, :, : dout.shape[2], : dout.shape[3]] = dout
    around = np.pad(spread, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    seen = sliding_window_view(around, (kh, kw), axis=(2, 3))
    dx = np.einsum("nfijuv,fcuv->ncij", seen, W[:, :, ::-1, ::-1])[:, :, pad : pad + h, pad : pad + w]
    windows = sliding_window_view(_padded(x, pad), spread.shape[2:], axis=(2, 3))
    return dx, np.einsum("ncuvij,nfij->fcuv", windows, spread), np.einsum("nfij->f", dout)
