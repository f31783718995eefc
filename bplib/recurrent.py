"""A network that reads one step at a time, and how blame travels back through time (lesson 13).

The same weights act at every step, so the unrolled network is a deep one whose layers share their
weights: run the step pair backwards along the film strip and add up what each step says.
Fast versions of the sequence pair, tested equal to these, lie in `bplib.fast_recurrent`.
"""

import numpy as np

from bplib.arrays import check_count, check_positive
from bplib.randomness import check_generator
from bplib.shapes import check_steps, float_arrays, upstream


def rnn_step_forward(x, h_prev, Wx, Wh, b):
    """One step of a plain recurrent network: `h = tanh(x Wx + h_prev Wh + b)`.

    x (N, D), h_prev (N, H), Wx (D, H), Wh (H, H), b (H,)
    -> h (N, H), cache=(x, h_prev, Wx, Wh, h).
    Raises ValueError for shapes that do not fit. Source: Elman 1990, Finding structure in time.

    >>> h, cache = rnn_step_forward([[1.0]], [[2.0]], [[0.5]], [[0.25]], [-1.0])
    >>> h
    array([[0.]])
    """
    x, h_prev, Wx, Wh, b = float_arrays(
        x=(x, "N D"), h_prev=(h_prev, "N H"), Wx=(Wx, "D H"), Wh=(Wh, "H H"), b=(b, "H")
    )
    h = np.tanh(x @ Wx + h_prev @ Wh + b)
    return h, (x, h_prev, Wx, Wh, h)


def rnn_step_backward(dh, cache):
    """Backward of `rnn_step_forward`: `dz = dh * (1 - h**2)`, shared out through the products.

    dh (N, H) -> dx (N, D), dh_prev (N, H), dWx (D, H), dWh (H, H), db (H,).
    Raises ValueError when dh has not the shape of h.

    >>> _, cache = rnn_step_forward([[1.0]], [[2.0]], [[0.5]], [[0.25]], [-1.0])
    >>> [float(grad.item()) for grad in rnn_step_backward([[3.0]], cache)]
    [1.5, 0.75, 3.0, 6.0, 3.0]
    """
    x, h_prev, Wx, Wh, h = cache
    dh = upstream("dh", dh, h.shape, of="h")
    dz = dh * (1 - h * h)  # tanh' written with tanh's own output
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    """Run the step over a whole sequence, each step handing its h to the next.

    x (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,)
    -> h (N, T, H), cache (the list of step caches).
    Raises ValueError for shapes that do not fit or a sequence without steps.

    >>> h, cache = rnn_forward(np.ones((1, 2, 1)), [[0.0]], [[1.0]], [[-1.0]], [0.0])
    >>> h.round(3)
    array([[[0.762],
            [0.234]]])
    """
    x, h, Wx, Wh, b = float_arrays(
        x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D H"), Wh=(Wh, "H H"), b=(b, "H")
    )
    check_steps(x)
    states, cache = [], []
    for t in range(x.shape[1]):
        h, step_cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        states.append(h)
        cache.append(step_cache)
    return np.stack(states, axis=1), cache


def rnn_backward(dh, cache):
    """Backpropagation through time: the steps backwards, shared weights adding up.

    At every step two blames meet and are added: the step's own `dh[:, t]` and what the next step
    sends back. dh (N, T, H), the upstream gradient of each step
    -> dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,).
    Raises ValueError when dh has not the shape of h.
    Source: Werbos 1990, Backpropagation through time: what it does and how to do it.

    >>> _, cache = rnn_forward(np.zeros((1, 3, 1)), [[0.0]], [[1.0]], [[0.5]], [0.0])
    >>> dx, dh0, dWx, dWh, db = rnn_backward([[[0.0], [0.0], [8.0]]], cache)
    >>> dx.ravel(), dh0.ravel()
    (array([2., 4., 8.]), array([1.]))
    """
    return truncated_rnn_backward(dh, cache, len(cache))


def truncated_rnn_backward(dh, cache, span):
    """`rnn_backward` with the blame through h cut wherever a span of `span` steps begins.

    Spans are counted from the first step and the last may be short. No blame crosses from a span's
    first step to the step before it, while dh0 still receives what the first span sends;
    `span >= T` gives the whole gradient.
    dh (N, T, H) -> dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,).
    Raises ValueError for `span < 1` and a dh of another shape, TypeError for a span not whole.
    Source: Williams and Peng 1990, An efficient gradient-based algorithm for on-line training.

    >>> _, cache = rnn_forward(np.zeros((1, 3, 1)), [[0.0]], [[1.0]], [[0.5]], [0.0])
    >>> dx, dh0, dWx, dWh, db = truncated_rnn_backward([[[0.0], [0.0], [8.0]]], cache, 2)
    >>> dx.ravel(), dh0.ravel()
    (array([0., 0., 8.]), array([0.]))
    """
    span = check_count(span, "span", least=1)
    N, H = cache[0][1].shape
    dh = upstream("dh", dh, (N, len(cache), H), of="h")
    dx, carry, shares = [], 0.0, [0.0, 0.0, 0.0]  # nothing comes back from after the last step
    for t in reversed(range(len(cache))):
        dx_t, carry, *step_shares = rnn_step_backward(dh[:, t] + carry, cache[t])
        dx.append(dx_t)
        shares = [total + share for total, share in zip(shares, step_shares, strict=True)]
        if t > 0 and t % span == 0:
            carry = np.zeros_like(carry)  # a span begins here: the step before hears nothing
    return np.stack(dx[::-1], axis=1), carry, *shares


def embedding_forward(ids, E):
    """Look up a row of E for every id: `out = E[ids]`.

    ids of any shape (...), whole numbers from 0 to V - 1; E (V, D)
    -> out (..., D), cache=(ids, E.shape).
    Raises TypeError for ids that are no integers, ValueError for ids out of range.

    >>> embedding_forward([2, 0], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])[0]
    array([[5., 6.],
           [1., 2.]])
    """
    ids = np.asarray(ids)
    (E,) = float_arrays(E=(E, "V D"))
    if ids.dtype.kind not in "iu" and ids.size:
        raise TypeError(f"ids must be whole numbers; got values of type {ids.dtype}")
    if ids.size and (ids.min() < 0 or ids.max() >= len(E)):
        raise ValueError(
            f"ids must lie between 0 and V - 1 = {len(E) - 1}; got {ids.min()} to {ids.max()}"
        )
    return E[ids.astype(np.intp)], (ids, E.shape)


def embedding_backward(dout, cache):
    """Backward of `embedding_forward`: a row of E collects the blame of every place it was used.

    dout (..., D) -> dE (V, D); a row used twice gets the sum, one never used gets exactly 0.
    Raises ValueError when dout has not the shape of out.

    >>> _, cache = embedding_forward([1, 1], np.zeros((3, 2)))
    >>> embedding_backward([[1.0, 2.0], [10.0, 20.0]], cache)
    array([[ 0.,  0.],
           [11., 22.],
           [ 0.,  0.]])
    """
    ids, shape = cache
    dout = upstream("dout", dout, (*ids.shape, shape[1]), of="out")
    dE = np.zeros(shape, dout.dtype)
    np.add.at(dE, ids.astype(np.intp), dout)  # dE[ids] += dout keeps only the last of equal ids
    return dE


def sample_next(logits, temperature, rng):
    """Draw an index with probabilities `softmax(logits / temperature)`.

    logits (V,); temperature > 0: near 0 the largest logit always wins, far above 1 it is close to
    throwing dice -> index (int). Raises ValueError for a temperature that is not above 0.

    >>> sample_next([0.0, 5.0, 1.0], 1e-9, np.random.default_rng(0))
    1
    """
    (logits,) = float_arrays(logits=(logits, "V"))
    check_positive(temperature, "temperature")
    check_generator(rng)
    if len(logits) == 0:
        raise ValueError("logits must hold at least one entry; got shape (0,)")
    # Subtracting before dividing keeps a tiny temperature from making inf - inf.
    with np.errstate(over="ignore"):
        weights = np.exp((logits - logits.max()).astype(np.float64) / temperature)
    return int(rng.choice(len(logits), p=weights / weights.sum()))
