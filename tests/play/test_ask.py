"""Questions: a prediction counts as given, words come per answer, nothing holds a notebook up."""

from __future__ import annotations

import pytest

from bplib.play import ask


def test_a_prediction_is_given_by_a_press_and_compared_only_after_the_experiment():
    guess = ask.predict("Which?", ["0.1", "0.9"])
    assert not guess.given
    guess.buttons["0.1"].click()
    assert guess.given and guess.value == "0.1"
    assert "Your guess is in: 0.1" in repr(guess.guess("0.1"))
    said = guess.reveal("0.9", "Because.")
    assert repr(said) == ("You said 0.1; the experiment says 0.9. Good to have asked first. "
                          "Because.")
    assert said.kind == "no" and guess.given, "a wrong guess is given all the same"
    guess.buttons["0.9"].click()
    assert guess.value == "0.1", "after the experiment the guess stays"
    assert all(b.disabled for b in guess.buttons.values())


def test_a_right_prediction_and_one_that_was_never_made():
    assert ask.predict("?", ["a", "b"], answer="b").reveal("b").kind == "yes"
    said = ask.predict("?", ["a", "b"]).reveal("b")
    assert "had not guessed" in repr(said) and said.kind == "note"


@pytest.mark.parametrize("blank", ask.EMPTY)
def test_a_placeholder_answers_nothing_and_raises_nothing(blank):
    assert not ask.predict("?", ["a", "b"], answer=blank).given
    assert ask.choose("?", {"a": "x", "b": "y"}, "a", answer=blank).answer is None
    assert ask.order_lines("?", ["a", "b"], answer=blank).program == []


def test_an_answer_that_is_no_choice_is_explained_not_raised():
    guess = ask.predict("?", ["a", "b"], answer="c")
    assert not guess.given and "not one of the choices" in guess.message.value


def test_a_number_is_committed_by_its_button_and_judged_within_a_twentieth_of_the_range():
    guess = ask.predict("How many?", low=0, high=100, step=1, unit="steps")
    guess.slider.value = 40
    assert not guess.given, "moving the slider is not yet a guess"
    guess.commit.click()
    assert guess.value == 40
    assert "9 too high" in repr(guess.reveal(31.0))
    assert ask.predict("?", low=0, high=100, answer=33).reveal(31).kind == "yes"
    assert not ask.predict("?", low=0, high=1, answer="many").given


def test_a_choice_says_its_own_words_for_every_answer():
    asked = ask.choose("?", {"left": "uphill", "right": "downhill"}, right="right")
    asked.buttons["left"].click()
    assert "Not quite" in asked.message.value and "uphill" in asked.message.value
    assert not asked.right and asked.buttons["left"].description == "✓ left"
    asked.buttons["right"].click()
    assert asked.right and asked.buttons["left"].description == "left"
    with pytest.raises(ValueError, match="right must be one of the options"):
        ask.choose("?", {"a": "x"}, right="b")


@pytest.fixture
def order():
    return ask.order_lines("?", ["a", "b", "c"], {"z": "z is wrong."}, hints={"c": "c comes last."},
                           also=[["b", "a", "c"]])


def test_lines_are_laid_down_by_pressing_them(order):
    for line in "abc":
        order.pool[line].click()
    assert order.right and order.check().kind == "yes"
    order.take_back()
    assert not order.right and "Right so far. 1 more line is needed." in repr(order.check())
    order.clear()
    assert order.program == [] and not order.pool["a"].disabled


@pytest.mark.parametrize(("program", "words"), [
    (["a", "z"], "Line 2: z is wrong."), (["c"], "Line 1: c comes last."),
    (["a", "c"], "Line 2: c comes last."), (["b", "a", "c"], "Yes"),
    ([], "Press the lines"), (["b"], "Right so far. 2 more lines are needed.")])
def test_the_first_wrong_line_is_named(order, program, words):
    assert words in repr(order.arrange(program))


def test_the_lines_are_shuffled_by_seed_alone():
    def pool(seed):
        return list(ask.order_lines("?", list("abcdefgh"), seed=seed).pool)
    assert pool(1) == pool(1) != pool(2)


def test_without_a_kernel_the_question_is_still_there():
    for asked in (ask.predict("Which `x` < 1?", ["a", "b"]), ask.predict("n?", low=0, high=5),
                  ask.choose("Q?", {"a": "x"}, "a"), ask.order_lines("Q?", ["a < b", "c"])):
        data = asked._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert "?" in data["text/plain"] and "<li>" in data["text/html"]
        assert "< 1" not in data["text/html"] and "a < b" not in data["text/html"]
