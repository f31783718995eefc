"""Every number that the prose of lesson 15 states."""

import numpy as np
import pytest

from bplib import attention, seq2seq, transformer
from bplib.gradcheck import numerical_gradient
from bplib.layers import softmax
from bplib.translation import date_pair, encode_texts, make_pairs, number_pair


def test_attention_by_hand():
    q = np.array([[[1.0, 0, 0, 0]]])
    k = np.array([[[2 * np.log(3), 0, 0, 0], [0, 1, 0, 0]]])
    v = np.array([[[8.0], [4.0]]])
    out, cache = attention.attention_forward(q, k, v)
    assert cache[-1].ravel() == pytest.approx([0.75, 0.25]) and out.ravel() == pytest.approx([7])
    dq, dk, dv = attention.attention_backward(np.ones((1, 1, 1)), cache)
    assert dv.ravel() == pytest.approx([0.75, 0.25])
    assert dq.ravel() == pytest.approx([0.824, -0.375, 0, 0], abs=5e-4)
    assert dk[0] == pytest.approx(np.array([[0.375, 0, 0, 0], [-0.375, 0, 0, 0]]))


def test_layer_norm_by_hand_and_gamma_taken_out_of_the_means():
    x, gamma = np.array([[2.0, 4.0, 4.0, 10.0]]), np.array([1.0, 1.0, 1.0, 3.0])
    out, cache = attention.layernorm_forward(x, gamma, np.zeros(4), eps=0)
    n, inverse_std, _ = cache
    assert n.ravel() == pytest.approx([-1, -1 / 3, -1 / 3, 5 / 3])
    dout = np.array([[0.0, 0.0, 0.0, 1.0]])
    dx, _, _ = attention.layernorm_backward(dout, cache)
    assert dx[0, [0, 3]] == pytest.approx([0.167, 0.056], abs=5e-4) and abs(dx.sum()) < 1e-12

    def last(x):
        return attention.layernorm_forward(x, gamma, np.zeros(4), eps=0)[0][0, 3]

    assert dx == pytest.approx(numerical_gradient(last, x), abs=1e-6)
    outside = gamma * (dout - dout.mean() - n * (dout * n).mean()) * inverse_std
    assert abs(outside - dx).max() > 0.05 and abs(outside.sum()) > 1e-3


def test_dot_products_of_256_pairs_have_a_spread_of_16():
    q, k = np.random.default_rng(0).normal(size=(2, 4000, 256))
    assert (q * k).sum(axis=1).std() == pytest.approx(16, rel=0.05)


def test_to_attention_a_sentence_is_a_bag_of_places():
    rng = np.random.default_rng(3)
    Q, K, V = rng.normal(size=(3, 1, 6, 4))
    order = rng.permutation(6)
    plain, _ = attention.attention_forward(Q, K, V)
    assert plain == pytest.approx(attention.attention_forward(Q, K[:, order], V[:, order])[0])


def test_attention_adds_about_a_fifth_to_the_weights():
    counts = [sum(a.size for a in seq2seq.init_translator(
        48, np.random.default_rng(0), attention=looks).values()) for looks in (True, False)]
    assert counts[0] / counts[1] == pytest.approx(1.2, abs=0.05)


def test_with_attention_it_learns_sooner():
    pairs = make_pairs(3000, np.random.default_rng(1), date_pair)
    last = [seq2seq.train_translator(pairs, np.random.default_rng(0), attention=looks, steps=150,
                                     H=48).losses[-10:].mean()
            for looks in (True, False)]
    assert last[0] < 0.8 * last[1]


def test_the_transformer_reverses():
    fit = transformer.train_transformer("reverse", 3, 150, np.random.default_rng(0), D=16)
    digits = np.random.default_rng(5).integers(10, size=(200, 3))
    answers, _ = transformer.rearrange(fit.params, digits)
    assert (answers == digits[:, ::-1]).all(axis=1).mean() > 0.8


@pytest.mark.slow
def test_a_short_text_is_read_behind_blanks_and_a_look_is_no_proof():
    dates = make_pairs(3000, np.random.default_rng(1), date_pair)
    held_out = dates[-200:]
    params = seq2seq.train_translator(dates[:-200], np.random.default_rng(0), steps=400, H=48).params
    behind_blanks = seq2seq.accuracy(params, held_out)
    alone = np.mean([seq2seq.translate(params, [written])[0] == [wanted]
                     for written, wanted in held_out])
    assert behind_blanks > 0.8 and alone < behind_blanks - 0.3

    longest, hits = max(len(written) for written, _ in dates), []
    for written, wanted in held_out[:60]:
        source = encode_texts([written], length=longest)
        target = encode_texts([wanted], align="left")
        texts = np.repeat(source, longest + 1, axis=0)
        np.fill_diagonal(texts[1:], 0)
        before = np.repeat(np.insert(target[:, :-1], 0, 0, axis=1), len(texts), axis=0)
        logits, weights, _ = seq2seq.translator_forward(params, texts, before)
        chances = np.log(softmax(logits.astype(float)))[:, np.arange(target.shape[1]), target[0]]
        cost = (chances[0] - chances[1:]).T
        hits += [row.argmax() == look.argmax() for row, look, letter
                 in zip(cost, weights[0], wanted, strict=True) if letter != "-" and row.max() > 0.1]
    assert 0.5 < np.mean(hits) < 0.9


@pytest.mark.slow
def test_the_numbers_whose_looks_are_drawn_are_right():
    numbers = make_pairs(3000, np.random.default_rng(2), number_pair)
    params = seq2seq.train_translator(
        numbers[:-200], np.random.default_rng(0), steps=250, H=48).params
    texts = ["seven thousand and forty-two", "six hundred and eighteen",
             "four thousand six hundred and ninety-one"]
    right = [mine == wanted for mine, wanted in
             zip(seq2seq.translate(params, texts, 4)[0], ["7042", "618", "4691"], strict=True)]
    assert sum(right) >= 2
