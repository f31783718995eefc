"""The widgets and helpers of lesson 14 say what is so."""

import numpy as np
import pytest

from bplib import gated as course
from bplib.gradcheck import numerical_gradient
from bplib.melody import RATE, load_tunes, synthesize
from bplib.play import gated
from bplib.sequences import CELLS, Cell


def test_the_cell_keeps_a_number_behind_closed_gates():
    play = gated.gates(forget=1.0, others=0.0, out=1.0)
    assert "**0.9**" in play.words and "finds the way back" in play.words
    assert "drowns" in play.set(others=1.0).words or "other steps put" in play.words
    assert "nothing can be learned" in play.set(forget=0.5).words


@pytest.mark.parametrize("setting", [(0.8, 0.3, 0.9), (1.0, 0.0, 1.0), (0.95, 0.5, 0.4)])
def test_slopes_of_the_cell_are_slopes(setting, monkeypatch):
    numbers = gated.heard(0).copy()
    forget, _, out = setting

    def last(values):
        monkeypatch.setattr(gated, "heard", lambda seed: values)
        return float(out * np.tanh(gated.remembered(*setting)[0][-1]))

    expected = numerical_gradient(last, numbers)
    assert np.allclose(gated.remembered(*setting)[1], expected, atol=1e-8)
    assert forget <= 1


def test_blame_back_tells_vanished_from_exploded():
    assert "vanished" in gated.blame_back().words
    assert "exploded" in gated.blame_back(scale=4.0).words
    assert "ordinary" in gated.blame_back(bias=3.0).words


def test_blame_of_the_lstm_is_that_of_its_whole_backward():
    """Without the first step's carry of c there is none to compare; h's part is dh0."""
    rng = np.random.default_rng(0)
    Wx, Wh, b = gated.init_recurrent(gated.INPUTS, gated.UNITS, 3, rng)
    x, dh = rng.normal(size=(1, gated.LENGTH, gated.INPUTS)), rng.normal(size=(1, gated.UNITS))
    _, kept = course.gru_forward(x, np.zeros((1, gated.UNITS)), Wx, Wh, b)
    whole = np.zeros((1, gated.LENGTH, gated.UNITS))
    whole[:, -1] = dh / np.linalg.norm(dh)
    dh0 = course.gru_backward(whole, kept)[1]
    assert np.isclose(np.linalg.norm(dh0), gated.flow(gated.GRU)[-1])


def test_the_evidence_acquits_the_right_one_and_points_at_each_suspect():
    assert "WRONG" not in gated.evidence(course.gru_step_backward)
    wrong = {which: gated.evidence(gated.suspect(which)) for which in gated.SUSPECTS}
    assert [line.split() for line in wrong["A"].splitlines()][4] == ["dWh", "right", "right", "WRONG"]
    assert wrong["A"].count("WRONG") == 1
    assert wrong["B"].count("WRONG") == 1 and "dh_prev    WRONG" in wrong["B"]
    assert wrong["C"].count("WRONG") == 5
    with pytest.raises(ValueError, match="A, B, C"):
        gated.suspect("D")


def test_own_cell_uses_what_is_right_and_says_what_stands_in():
    cell, words = gated.own_cell(course.lstm_forward, course.lstm_backward)
    assert isinstance(cell, Cell) and "Your own" in words

    def empty(*given):
        raise NotImplementedError

    assert gated.own_cell(empty, empty)[0] == "lstm"
    gru = CELLS["gru"]
    assert gated.own_cell(gru.forward, gru.backward)[0] == "lstm", "raises, and is stood in for"
    halved = gated.own_cell(course.lstm_forward, lambda dh, kept: course.lstm_backward(dh / 2, kept))
    assert halved[0] == "lstm" and "not right" in halved[1]


@pytest.mark.parametrize(("size", "scheme"), [("page", "light"), ("stage", "dark")])
def test_pictures_fit_their_frame(size, scheme, check_figure):
    falling = np.exp(-np.arange(100) / 20)
    losses = {"plain": 0.2 + 0 * falling, "GRU": falling, "LSTM": falling**0.5}
    check_figure(gated.adding_picture(losses, dict.fromkeys(losses, 20), 1 / 6, size, scheme).figure)
    tune = load_tunes()["The slow ferry"]
    check_figure(gated.tune_picture(tune, synthesize(tune), RATE, size, scheme).figure)
