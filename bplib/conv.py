"""A small set of weights slid over a whole picture: a linear layer that sees one window at a time.

A convolution is `patches @ weights + b`, where each row of `patches` is one window; `fast_conv` has
the same four functions made fast. As in every framework, "convolution" does not flip the kernel,
and is a cross-correlation to a mathematician.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bplib.arrays import as_float, as_floats, check_count, check_ndim, check_shape


def im2col(x, kh, kw, stride=1, pad=0):
    """Lay every window of every picture out as a row.

    A window starts at each multiple of `stride` from which it still fits; what is left over at the
    right and below is seen by no window. Windows overlap where `stride` is below `kh` or `kw`.

    Args: `x` (N, C, H, W); `kh`, `kw`, the window's height and width; `stride`, 1 or more; `pad`,
    how many zeros to put around each picture. Returns (N * oh * ow, C * kh * kw) with
    `oh = (H + 2 pad - kh) // stride + 1` and `ow` likewise: picture by picture, from the top left,
    row by row. Raises ValueError or TypeError when an argument does not fit.

    >>> im2col(np.arange(9).reshape(1, 1, 3, 3), 2, 2, stride=1)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    x = as_float(x, "x")
    oh, ow = output_size(x, kh, kw, stride, pad)
    windows = sliding_window_view(pad_pictures(x, pad), (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]             # (N, C, oh, ow, kh, kw)
    windows = windows.transpose(0, 2, 3, 1, 4, 5)           # (N, oh, ow, C, kh, kw)
    return windows.reshape(len(x) * oh * ow, x.shape[1] * kh * kw)


def col2im(patches, x_shape, kh, kw, stride=1, pad=0):
    """Put windows back onto the pictures they came from, adding where they overlap.

    This is what `im2col` does to gradients on the way back: a pixel that was seen by four windows
    gets the sum of four blames.

    Args: `patches` (N * oh * ow, C * kh * kw); `x_shape`, the (N, C, H, W) they came from; the rest
    as in `im2col`. Returns (N, C, H, W). Raises ValueError when the shapes do not fit.

    >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    patches = as_float(patches, "patches")
    N, C, H, W = x_shape
    image = np.zeros((N, C, H + 2 * pad, W + 2 * pad), patches.dtype)
    oh, ow = output_size(image, kh, kw, stride, 0)
    rows = (N * oh * ow, C * kh * kw)
    check_shape(patches, rows, "patches", f"(N * oh * ow, C * kh * kw) = {rows}")
    patches = patches.reshape(N, oh, ow, C, kh, kw)
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            image[:, :, top:top + kh, left:left + kw] += patches[:, i, j]
    return image[:, :, pad:pad + H, pad:pad + W]


def conv2d_forward(x, W, b, stride=1, pad=0):
    """Convolve pictures with filters.

    `out[n, f, i, j] = b[f] + sum_{c,u,v} W[f, c, u, v] x[n, c, i stride + u, j stride + v]`, with
    `pad` zeros put around each picture first.

    Args: `x` (N, C, H, W); `W` (F, C, kh, kw); `b` (F,); `stride`, 1 or more; `pad`, 0 or more.
    Returns `out` (N, F, oh, ow) with `oh = (H + 2 pad - kh) // stride + 1` and `ow` likewise, and
    `cache = (x, W, b, stride, pad)`. Raises ValueError or TypeError when an argument does not fit.
    Source: Y. LeCun and others (1998), Gradient-based learning applied to document recognition.

    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> out, cache = conv2d_forward(x, np.ones((1, 1, 2, 2)), [0.5])
    >>> out[0, 0]
    array([[ 8.5, 12.5],
           [20.5, 24.5]])
    """
    x, W, b = check_convolution(x, W, b)
    F, _, kh, kw = W.shape
    oh, ow = output_size(x, kh, kw, stride, pad)
    patches = im2col(x, kh, kw, stride, pad)                # (N oh ow, C kh kw)
    out = patches @ W.reshape(F, -1).T + b                  # (N oh ow, F)
    out = out.reshape(len(x), oh, ow, F).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(out), (x, W, b, stride, pad)


def conv2d_backward(dout, cache):
    """Return the gradients of a convolution: those of a linear layer, window by window.

    With `dout` as rows, one per window: `dW = dout.T @ patches`, `db = sum of dout`,
    `dpatches = dout @ W`, and `dx` collects `dpatches` where the windows lay.

    Args: `dout` (N, F, oh, ow); `cache` of `conv2d_forward`. Returns `dx` (N, C, H, W), `dW`
    (F, C, kh, kw), `db` (F,). Raises ValueError when `dout` has not the shape of `out`.

    >>> out, cache = conv2d_forward(np.ones((1, 1, 2, 3)), np.full((1, 1, 2, 2), 3.0), [0.0])
    >>> dx, dW, db = conv2d_backward([[[[1.0, 10.0]]]], cache)
    >>> dx[0, 0, 0].tolist(), dW[0, 0, 0].tolist(), db.tolist()
    ([3.0, 33.0, 30.0], [11.0, 11.0], [11.0])
    """
    x, W, b, stride, pad = cache
    F, _, kh, kw = W.shape
    dout = check_dout(dout, (len(x), F, *output_size(x, kh, kw, stride, pad)))
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)        # (N oh ow, F)
    dW = (rows.T @ im2col(x, kh, kw, stride, pad)).reshape(W.shape)
    dpatches = rows @ W.reshape(F, -1)                      # (N oh ow, C kh kw)
    return col2im(dpatches, x.shape, kh, kw, stride, pad), dW, rows.sum(axis=0)


def maxpool_forward(x, size):
    """Keep the largest value of every `size` by `size` window, the windows side by side.

    Args: `x` (N, C, H, W); `size`, which divides H and W. Returns `out` (N, C, H/size, W/size) and
    `cache = (x, size)`. Raises ValueError or TypeError when an argument does not fit.

    >>> maxpool_forward([[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, 0.0, 0.0]]]], 2)[0]
    array([[[[4., 5.]]]])
    """
    x = check_pool(x, size)
    return _windows(x, size).max(axis=4), (x, size)


def maxpool_backward(dout, cache):
    """Return the gradient of max-pooling: it goes to the pixel that won, the first of equals.

    Args: `dout` (N, C, H/size, W/size); `cache` of `maxpool_forward`. Returns `dx` (N, C, H, W).
    Raises ValueError when `dout` has not the shape of `out`.

    >>> out, cache = maxpool_forward([[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, 0.0, 0.0]]]], 2)
    >>> maxpool_backward([[[[7.0, 8.0]]]], cache)
    array([[[[0., 0., 8., 0.],
             [7., 0., 0., 0.]]]])
    """
    x, size = cache
    N, C, H, W = x.shape
    dout = check_dout(dout, (N, C, H // size, W // size))
    windows = _windows(x, size)                             # (N, C, oh, ow, size * size)
    winner = windows.argmax(axis=4)[..., np.newaxis]
    dwindows = np.zeros(windows.shape, dout.dtype)
    np.put_along_axis(dwindows, winner, dout[..., np.newaxis], axis=4)
    dwindows = dwindows.reshape(N, C, H // size, W // size, size, size)
    return dwindows.transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)


def output_size(x, kh, kw, stride=1, pad=0):
    """Return how many windows fit one above the other and side by side: `(oh, ow)`.

    Args: `x` (N, C, H, W); the rest as in `im2col`. Raises ValueError or TypeError when an argument
    does not fit.

    >>> output_size(np.zeros((1, 1, 8, 9)), 3, 3, stride=2)     # the last row is left over
    (3, 4)
    """
    check_ndim(x, 4, "x", "(N, C, H, W)")
    check_count(stride, "stride", least=1)
    check_count(pad, "pad")
    H, W = x.shape[2] + 2 * pad, x.shape[3] + 2 * pad
    if check_count(kh, "kh", least=1) > H or check_count(kw, "kw", least=1) > W:
        raise ValueError(f"the window must fit into the padded picture of {H} x {W}; "
                         f"got {kh} x {kw}")
    return (H - kh) // stride + 1, (W - kw) // stride + 1


def check_convolution(x, W, b):
    """Return `x` (N, C, H, W), `W` (F, C, kh, kw), `b` (F,) as floats of one precision.

    Raises ValueError that says which of them does not fit.

    >>> [a.shape for a in check_convolution(np.ones((2, 1, 3, 3)), np.ones((4, 1, 2, 2)), [0] * 4)]
    [(2, 1, 3, 3), (4, 1, 2, 2), (4,)]
    """
    x, W, b = as_floats(x=x, W=W, b=b)
    check_ndim(x, 4, "x", "(N, C, H, W)")
    check_ndim(W, 4, "W", "(F, C, kh, kw)")
    if W.shape[1] != x.shape[1]:
        raise ValueError(f"W must have shape (F, C, kh, kw) with C = x.shape[1] = {x.shape[1]}; "
                         f"got {W.shape}")
    check_shape(b, W.shape[:1], "b", f"(F,) with F = W.shape[0] = {len(W)}")
    return x, W, b


def check_dout(dout, shape):
    """Return `dout` as floats, or say that it has not the `shape` of what it is the gradient of.

    >>> check_dout([[1, 2]], (1, 2))
    array([[1., 2.]])
    """
    dout = as_float(dout, "dout")
    check_shape(dout, shape, "dout", f"{shape} as out has")
    return dout


def check_pool(x, size):
    """Return `x` (N, C, H, W) as floats, or say why windows of `size` by `size` do not tile it.

    >>> check_pool(np.ones((1, 1, 4, 6), int), 2).dtype
    dtype('float64')
    """
    x = as_float(x, "x")
    check_ndim(x, 4, "x", "(N, C, H, W)")
    check_count(size, "size", least=1)
    if x.shape[2] % size or x.shape[3] % size:
        raise ValueError(f"size must divide the height and width of x, {x.shape[2]} and "
                         f"{x.shape[3]}; got {size}")
    return x


def pad_pictures(x, pad):
    """Return `x` (N, C, H, W) with `pad` zeros on every side of every picture; never `x` changed.

    >>> pad_pictures(np.ones((1, 1, 1, 2)), 1)[0, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 1., 0.],
           [0., 0., 0., 0.]])
    """
    if pad == 0:
        return x
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), x.dtype)
    padded[:, :, pad:pad + H, pad:pad + W] = x
    return padded


def _windows(x, size):
    """Return `x` (N, C, H, W) as windows side by side, (N, C, H/size, W/size, size * size)."""
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // size, size, W // size, size).transpose(0, 1, 2, 4, 3, 5)
    return windows.reshape(N, C, H // size, W // size, size * size)
