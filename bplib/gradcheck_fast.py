"""Checks of a whole network's gradient that end before the coffee is cold.

Along a random direction one complex forward pass checks all parameters at once and tells whether
something is wrong, to the last digits; to tell where, every parameter is nudged after all, but many
at a time and only from its own layer on.
"""

import numpy as np

from bplib.arrays import as_float, check_count, check_positive, check_shape


def directional_error(f, gradient, x, rng, directions=20, h=1e-30):
    """Return how far a gradient is from the slopes of `f` along random directions v.

    The slope along v is `imag(f(x + i h v)) / h`, and a right gradient says `sum(gradient * v)`;
    the difference is given in units of `|gradient| |v|`, so it is about 1e-16 when all is well.

    Args: `f` maps a complex array in the shape of `x` to a number; `gradient` and `x`, of one
    shape; `rng`, a np.random.Generator; `directions`, how many; `h` above 0.
    Returns a float, the largest of them. Raises ValueError when the shapes differ.

    >>> x = np.array([1.0, -2.0, 0.5])
    >>> error = directional_error(lambda x: np.sum(x**3), 3 * x**2, x, np.random.default_rng(0))
    >>> error < 1e-14
    True
    """
    x, gradient = as_float(x, "x"), as_float(gradient, "gradient")
    check_shape(gradient, x.shape, "gradient", f"{x.shape} as x has")
    check_positive(h, "h")
    worst = 0.0
    for _ in range(check_count(directions, "directions", least=1)):
        v = rng.normal(size=x.shape)
        measured, claimed = np.imag(f(x + 1j * h * v)) / h, np.sum(gradient * v)
        scale = max(np.linalg.norm(gradient), abs(measured) / np.linalg.norm(v), 1e-300)
        worst = max(worst, float(abs(measured - claimed) / (scale * np.linalg.norm(v))))
    return worst


def relu_net_gradients(x, params, loss, h=1e-30, chunk=1 << 16):
    """Return every gradient of a net with ReLU between its layers, by complex steps alone.

    A nudge of W[i, j] moves the layer's pre-activation j by the nudge times its input i, so all
    layers before are computed once, and the nudged copies of the layers behind run side by side.

    Args: `x` (N, D); `params`, a list of `(W, b)`; `loss` maps logits (K, N, C), complex, to (K,);
    `h` above 0; `chunk`, how many complex numbers a batch of copies may hold in one layer.
    Returns a list of `(dW, db)`.

    >>> W, b = np.array([[1.0], [2.0]]), np.array([0.5])
    >>> relu_net_gradients([[3.0, 4.0]], [(W, b)], lambda out: out.sum(axis=(1, 2)))
    [(array([[3.],
           [4.]]), array([1.]))]
    """
    a, grads = as_float(x, "x"), []
    check_positive(h, "h")
    behind = [(as_float(W, "W").astype(complex), as_float(b, "b")) for W, b in params]
    for layer, (W, b) in enumerate(params):
        z = a @ W + b
        # The bias is the weight of one more input that is always 1.
        inputs = np.concatenate([a, np.ones((len(a), 1))], axis=1)
        grad = np.empty((inputs.shape[1], z.shape[1]))
        entries, at_once = grad.size, max(1, chunk // z.size)
        for start in range(0, entries, at_once):
            k = np.arange(start, min(start + at_once, entries))
            i, j = np.unravel_index(k, grad.shape)
            nudged = np.repeat(z[None].astype(complex), len(k), axis=0)  # (K, N, M)
            nudged[np.arange(len(k)), :, j] += 1j * h * inputs[:, i].T
            grad.flat[k] = loss(_run(nudged, behind[layer + 1:])).imag / h
        grads.append((grad[:-1], grad[-1]))
        a = np.maximum(z, 0)
    return grads


def _run(z, layers):
    """Return the logits (K, N, C) of pre-activations `z` (K, N, M) through ReLU and `layers`."""
    for W, b in layers:
        z = (z * (z.real > 0)) @ W + b
    return z
