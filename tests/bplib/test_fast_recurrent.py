"""The fast sequence pairs must be the plain ones of lessons 13 and 14, only sooner."""

import numpy as np
import pytest
from oracles import frozen, strided
from pairs import assert_all_close, assert_all_equal, assert_pair, results

from bplib.fast_recurrent import (
    fast_gru_backward,
    fast_gru_forward,
    fast_lstm_backward,
    fast_lstm_forward,
    fast_rnn_backward,
    fast_rnn_forward,
)
from bplib.gated import gru_backward, gru_forward, lstm_backward, lstm_forward
from bplib.recurrent import rnn_backward, rnn_forward

pytestmark = pytest.mark.filterwarnings("error")
PAIRS = {
    "rnn": (1, rnn_forward, rnn_backward, fast_rnn_forward, fast_rnn_backward),
    "lstm": (4, lstm_forward, lstm_backward, fast_lstm_forward, fast_lstm_backward),
    "gru": (3, gru_forward, gru_backward, fast_gru_forward, fast_gru_backward),
}


@pytest.fixture(params=PAIRS, name="pair")
def _pair(request):
    return PAIRS[request.param]


def case(rng, gates, N, T, D, H, dtype=np.float64):
    arrays = [rng.normal(size=(N, T, D)), rng.normal(size=(N, H)),
              rng.normal(size=(D, gates * H)), rng.normal(size=(H, gates * H)) / np.sqrt(H),
              rng.normal(size=gates * H)]
    return frozen(*[array.astype(dtype) for array in arrays])


@pytest.mark.parametrize("sizes", [(5, 7, 3, 4), (1, 6, 2, 3), (4, 1, 3, 2), (2, 3, 1, 1),
                                   (32, 50, 16, 24)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_equal_to_the_plain_pair(rng, pair, sizes, dtype, tolerance):
    gates, forward, backward, fast_forward, fast_backward = pair
    arrays = case(rng, gates, *sizes, dtype)
    (dh,) = frozen(rng.normal(size=(*sizes[:2], sizes[3])).astype(dtype))
    expected = results(forward, backward, arrays, dh)
    actual = results(fast_forward, fast_backward, arrays, dh)
    assert {array.dtype for array in actual} == {np.dtype(dtype)}
    assert_all_close(actual, expected, tolerance)
    assert_all_close(results(fast_forward, fast_backward, [strided(a) for a in arrays],
                             strided(dh)), expected, tolerance)


def test_pair_against_finite_differences(rng, pair):
    gates, _, _, fast_forward, fast_backward = pair
    assert_pair(fast_forward, fast_backward, case(rng, gates, 2, 4, 3, 2), rng)


def test_h_cannot_be_changed_under_the_cache_and_gradients_are_the_callers_own(rng, pair):
    gates, _, _, fast_forward, fast_backward = pair
    h, cache = fast_forward(*case(rng, gates, 3, 4, 2, 5))
    with pytest.raises(ValueError, match="read-only"):
        h[:] = 7
    dh = rng.normal(size=h.shape)
    before = [grad.copy() for grad in fast_backward(dh, cache)]
    for grad in fast_backward(dh, cache):
        grad[:] = 7
    assert_all_equal(fast_backward(dh, cache), before)


def test_bad_input_is_refused_in_the_words_of_the_plain_pair(rng, pair):
    gates, forward, _, fast_forward, fast_backward = pair
    x, h0, Wx, Wh, b = case(rng, gates, 2, 3, 4, 5)
    for bad in [(x[0], h0, Wx, Wh, b), (x, h0, Wx[1:], Wh, b), (x, h0, Wx, Wh, b[1:]),
                (x[:, :0], h0, Wx, Wh, b), (x, h0, Wx, ["a"], b)]:
        messages = []
        for function in (forward, fast_forward):
            with pytest.raises((ValueError, TypeError)) as caught:
                function(*bad)
            messages.append(str(caught.value))
        assert messages[0] == messages[1]
    _, cache = fast_forward(x, h0, Wx, Wh, b)
    with pytest.raises(ValueError, match=r"^dh must have the shape of h, \(2, 3, 5\); got \(2,\)$"):
        fast_backward([1, 2], cache)
