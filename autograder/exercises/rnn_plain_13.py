"""The sequence pair of lesson 13 written out in full: each line is a place where a slip may sit."""

import numpy as np

from bplib.arrays import as_float, as_floats


def rnn_forward(x, h0, Wx, Wh, b):
    """As `bplib.recurrent.rnn_forward`."""
    x, h0, Wx, Wh, b = as_floats(x=x, h0=h0, Wx=Wx, Wh=Wh, b=b)
    h, states, cache = h0, [], []
    for t in range(x.shape[1]):
        h_prev = h
        h = np.tanh(x[:, t] @ Wx + h_prev @ Wh + b)
        states.append(h)
        cache.append((x[:, t], h_prev, Wx, Wh, h))
    return np.stack(states, axis=1), cache


def rnn_backward(dh, cache):
    """As `bplib.recurrent.rnn_backward`."""
    dh = as_float(dh, "dh")
    dx, carry, dWx, dWh, db = [], np.zeros_like(dh[:, 0]), 0.0, 0.0, 0.0
    for t in range(len(cache) - 1, -1, -1):
        x, h_prev, Wx, Wh, h = cache[t]
        total = dh[:, t] + carry
        dz = total * (1 - h * h)
        dx.append(dz @ Wx.T)
        carry = dz @ Wh.T
        dWx = dWx + x.T @ dz
        dWh = dWh + h_prev.T @ dz
        db = db + dz.sum(axis=0)
    return np.stack(dx[::-1], axis=1), carry, dWx, dWh, db


def truncated_rnn_backward(dh, cache, span):
    """As `bplib.recurrent.truncated_rnn_backward`."""
    dh = as_float(dh, "dh")
    dx, carry, dWx, dWh, db = [], np.zeros_like(dh[:, 0]), 0.0, 0.0, 0.0
    for t in range(len(cache) - 1, -1, -1):
        x, h_prev, Wx, Wh, h = cache[t]
        total = dh[:, t] + carry
        dz = total * (1 - h * h)
        dx.append(dz @ Wx.T)
        carry = dz @ Wh.T
        dWx = dWx + x.T @ dz
        dWh = dWh + h_prev.T @ dz
        db = db + dz.sum(axis=0)
        if t > 0 and t % span == 0:
            carry = np.zeros_like(carry)
    return np.stack(dx[::-1], axis=1), carry, dWx, dWh, db


REFERENCE = {function.__name__: function
             for function in (rnn_forward, rnn_backward, truncated_rnn_backward)}  # fmt: skip


def tanh_of_exponentials(z, of_twice=False):
    """tanh as one of its formulas says, which is no number where the exponentials are infinite."""
    with np.errstate(all="ignore"):
        up, down = (np.exp(2 * z), 1.0) if of_twice else (np.exp(z), np.exp(-z))
        return (up - down) / (up + down)


# --- other right ways ---------------------------------------------------------------------------


def forward_into_a_buffer(x, h0, Wx, Wh, b):
    """All inputs' products at once, states in an array that starts with h0, a dict for a cache."""
    N, T, _ = x.shape
    h = np.zeros((N, T + 1, len(b)))
    h[:, 0] = h0
    z = x @ Wx + b
    for t in range(T):
        h[:, t + 1] = np.tanh(z[:, t] + h[:, t] @ Wh)
    return h[:, 1:], {"x": x, "h": h, "Wx": Wx, "Wh": Wh}


def backward_from_a_buffer(dh, cache):
    """dz of all steps first, then one product for each weight."""
    x, h, Wx, Wh = (cache[key] for key in ("x", "h", "Wx", "Wh"))
    dz, later = np.zeros(np.shape(dh)), 0
    for t in reversed(range(x.shape[1])):
        dz[:, t] = (dh[:, t] + later) * (1 - h[:, t + 1] ** 2)
        later = dz[:, t] @ Wh.T
    return (np.einsum("nth,dh->ntd", dz, Wx), later, np.einsum("ntd,nth->dh", x, dz),
            np.einsum("nth,ntk->hk", h[:, :-1], dz), dz.sum((0, 1)))  # fmt: skip


def truncated_from_a_buffer(dh, cache, span):
    """Each span as a short sequence of its own, with its own first state."""
    x, h, Wx, Wh = (cache[key] for key in ("x", "h", "Wx", "Wh"))
    parts = []
    for start in range(0, x.shape[1], span):
        end = min(start + span, x.shape[1])
        piece = {"x": x[:, start:end], "h": h[:, start : end + 1], "Wx": Wx, "Wh": Wh}
        parts.append(backward_from_a_buffer(dh[:, start:end], piece))
    dx = np.concatenate([part[0] for part in parts], axis=1)
    return dx, parts[0][1], *(sum(part[i] for part in parts) for i in (2, 3, 4))


def forward_in_columns(x, h0, Wx, Wh, b):
    """Time first inside, examples as columns, one matrix for [h, x], z kept instead of h."""
    W = np.vstack([Wh, Wx])
    h, seen, zs = np.asarray(h0).T, [], []
    for x_t in np.asarray(x).transpose(1, 2, 0):
        both = np.vstack([h, x_t])
        z = W.T @ both + np.asarray(b)[:, None]
        h = np.tanh(z)
        seen.append(both)
        zs.append(z)
    return np.stack([np.tanh(z).T for z in zs], 1), [W, seen, zs, len(h)]


def backward_in_columns(dh, cache):
    """The backward of `forward_in_columns`, by cosh instead of tanh."""
    return truncated_in_columns(dh, cache, len(cache[2]) + 5)


def truncated_in_columns(dh, cache, span):
    """The same, cut at every span."""
    W, seen, zs, H = cache
    dW, dx, carry = np.zeros(W.shape), [], np.zeros(zs[0].shape)
    db = np.zeros(H)
    for t, (both, z) in reversed(list(enumerate(zip(seen, zs, strict=True)))):
        dz = (np.asarray(dh)[:, t].T + carry) / np.cosh(z) ** 2
        dW += both @ dz.T
        db += dz @ np.ones(dz.shape[1])
        down = W @ dz
        carry, before = down[:H], t // span != (t - 1) // span
        dx.insert(0, down[H:].T)
        if before and t:
            carry = carry * 0
    return [np.array(dx).transpose(1, 0, 2), carry.T, dW[H:], dW[:H], db]


BUFFER = {"rnn_forward": forward_into_a_buffer, "rnn_backward": backward_from_a_buffer,
          "truncated_rnn_backward": truncated_from_a_buffer}  # fmt: skip
COLUMNS = {"rnn_forward": forward_in_columns, "rnn_backward": backward_in_columns,
           "truncated_rnn_backward": truncated_in_columns}  # fmt: skip


def _single(function):
    """The same computed in single precision: values count, not types."""
    return lambda *args: function(*(np.float32(a) if isinstance(a, np.ndarray) else a for a in args))


SINGLE = {"rnn_forward": _single(rnn_forward), "rnn_backward": _single(rnn_backward),
          "truncated_rnn_backward": _single(truncated_rnn_backward)}  # fmt: skip

# --- wrong forwards, each with the backward that is right for it --------------------------------


def _without_start(x, h0, Wx, Wh, b):
    """A forward that ignores h0; its own backward must not be blamed for that."""
    return rnn_forward(x, 0 * np.asarray(h0, float), Wx, Wh, b)


def _no_blame_for_start(backward):
    def without_start(*args):
        dx, dh0, *rest = backward(*args)
        return dx, 0 * dh0, *rest

    return without_start


def _linear(x, h0, Wx, Wh, b):
    """A forward that forgot tanh."""
    h, cache = np.asarray(h0, float), []
    for t in range(np.shape(x)[1]):
        cache.append((x[:, t], h, Wx, Wh))
        h = x[:, t] @ Wx + h @ Wh + b
        cache[-1] += (h,)
    return np.stack([step[4] for step in cache], axis=1), cache


def _linear_backward(dh, cache, span=None):
    """The backward of `_linear`."""
    straight = [(*step[:4], 0 * step[4]) for step in cache]
    return truncated_rnn_backward(dh, straight, span or len(cache))


def _time_first(x, h0, Wx, Wh, b):
    """A forward that returns its axes in another order; what it computes is right."""
    h, cache = rnn_forward(x, h0, Wx, Wh, b)
    return h.swapaxes(0, 1), cache


OTHER_FORWARDS = {
    "without-start": {"rnn_forward": _without_start,
                      "rnn_backward": _no_blame_for_start(rnn_backward),
                      "truncated_rnn_backward": _no_blame_for_start(truncated_rnn_backward)},
    "linear": {"rnn_forward": _linear, "rnn_backward": _linear_backward,
               "truncated_rnn_backward": _linear_backward},
    "time-first": {"rnn_forward": _time_first},
}  # fmt: skip
