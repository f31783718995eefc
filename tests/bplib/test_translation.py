"""Lesson 15: the dates and numbers, and the translators that learn them."""

import datetime
import re

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.attention import attention_backward, attention_forward
from bplib.gated import lstm_backward, lstm_forward
from bplib.seq2seq import (
    Operations,
    accuracy,
    init_translator,
    train_translator,
    translate,
    translator_loss,
)
from bplib.translation import (
    LETTERS,
    MONTHS,
    date_pair,
    decode_texts,
    encode_texts,
    make_pairs,
    number_in_words,
    number_pair,
    ordinal_in_words,
)

pytestmark = pytest.mark.filterwarnings("error")


def read_words(words):
    """Number words read back by another road: by adding and multiplying word by word."""
    small = {number_in_words(n): n for n in [*range(20), *range(20, 100, 10)]}
    total = part = 0
    for word in re.split("[ -]", words):
        if word == "thousand":
            total, part = part * 1000, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += small[word]
    return total + part


def test_every_number_can_be_read_back():
    words = [number_in_words(number) for number in range(10000)]
    assert [read_words(text) for text in words] == list(range(10000))
    assert len(set(words)) == 10000
    assert words[100] == "one hundred" and words[9999] == (
        "nine thousand nine hundred and ninety-nine")


def test_ordinals():
    expected = "first second third fourth fifth eighth ninth twelfth thirtieth thirty-first".split()
    assert [ordinal_in_words(n) for n in (1, 2, 3, 4, 5, 8, 9, 12, 30, 31)] == expected


def test_dates_exist_and_name_their_year_and_month(rng):
    pairs = make_pairs(2000, rng)
    assert len(set(pairs)) == 2000
    for written, iso in pairs:
        date = datetime.date.fromisoformat(iso)
        assert str(date.year) in written and MONTHS[date.month - 1][:3] in written
        assert re.search(rf"(^|\D){date.day}(st|nd|rd|th)?(\D|$)", written) or (
            ordinal_in_words(date.day) in written)
    assert decode_texts(encode_texts([w for w, _ in pairs])) == [w for w, _ in pairs]


def test_texts_are_filled_up_in_front_or_behind():
    assert encode_texts(["ab", "c"]).tolist() == [[1, 2], [0, 3]]
    assert encode_texts(["ab", "c"], 3, "left").tolist() == [[1, 2, 0], [3, 0, 0]]
    assert encode_texts([]).shape == (0, 0) and encode_texts([""]).shape == (1, 0)
    assert LETTERS[0] == " " and len(set(LETTERS)) == len(LETTERS)


@pytest.mark.parametrize("attention", [False, True])
def test_gradients_of_the_translator(rng, attention):
    params = init_translator(2, rng, attention, D=1, dtype=np.float64)
    params = dict(zip(params, frozen(*params.values()), strict=True))
    source, target = frozen(rng.integers(0, 40, (2, 5)), rng.integers(0, 40, (2, 3)))
    loss, grads = translator_loss(params, source, target)
    assert set(grads) == set(params)
    for name, array in params.items():
        assert_slopes(grads[name], lambda value, name=name: translator_loss(
            {**params, name: value}, source, target)[0], array)
    plain = Operations(lstm_forward, lstm_backward, attention_forward, attention_backward)
    same_loss, same_grads = translator_loss(params, source, target, plain)
    assert same_loss == pytest.approx(loss, rel=1e-12)
    for name, grad in grads.items():
        np.testing.assert_allclose(same_grads[name], grad, atol=1e-12)


def test_attention_translates_what_the_last_state_cannot_hold(rng):
    # Short numbers keep this quick; the lesson does it with dates.
    pairs = [(number_in_words(n), str(n)) for n in rng.permutation(1000)]
    scores = []
    for attention in (False, True):
        result = train_translator(pairs[100:], np.random.default_rng(0), attention, steps=110, H=32,
                                  learning_rate=0.02, batch_size=32)
        scores.append(accuracy(result.params, pairs[:100]))
    assert scores[1] > scores[0] + 0.3
    texts, weights = translate(result.params, [pairs[0][0], "seven"], length=3)
    assert weights.shape[:2] == (2, 3) and texts[0] == pairs[0][1] or scores[1] < 1
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-5)


def test_training_can_be_watched_and_repeated():
    pairs, seen = make_pairs(20, np.random.default_rng(1), number_pair), []

    def watch(step, loss, params):
        seen.append(step)

    runs = [train_translator(pairs, np.random.default_rng(0), steps=4, H=5, on_step=watch).losses
            for _ in range(2)]
    np.testing.assert_array_equal(*runs)
    assert seen == 2 * [0, 1, 2, 3]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: number_in_words(10000), "number must lie between 0 and 9999; got 10000"),
    (lambda: ordinal_in_words(0), "number must lie between 1 and 99; got 0"),
    (lambda: encode_texts(["a?"]), r"texts must be written in .*; got '\?' in 'a\?'"),
    (lambda: encode_texts(["abc"], 2), "texts must have at most 2 letters; got 'abc'"),
    (lambda: encode_texts(["a"], align="middle"), "align must be 'left' or 'right'; got 'middle'"),
    (lambda: make_pairs(3, np.random.default_rng(0), lambda rng: ("a", "b")),
     "count must not exceed the different pairs there are; found 1"),
])
def test_words_for_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()


def test_rng_must_be_a_generator():
    for call in (date_pair, number_pair, lambda rng: init_translator(4, rng)):
        with pytest.raises(TypeError, match="^rng must be a np.random.Generator"):
            call(0)
