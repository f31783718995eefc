"""Every number that the prose of lesson 14 states, and that its predictions hold."""

import numpy as np
import pytest

from bplib import adding, gated, melody
from bplib.play.gated import GRU, LSTM, PLAIN, evidence, flow, remembered, suspect


def one_unit():
    """The unit that the lesson works by hand: gates 0.5, 0.75, 0.5, candidate 0.5, cell 2."""
    z = np.array([[0.0, np.log(3), 0.0, np.arctanh(0.5)]])
    zeros = np.zeros((1, 4))
    return gated.lstm_step_forward([[0.0]], [[0.0]], [[2.0]], zeros, zeros, z[0])


def test_one_unit_by_hand():
    h, c, cache = one_unit()
    assert np.isclose(c.item(), 1.75) and np.isclose(h.item(), 0.4707, atol=1e-4)
    _, _, dc_prev, *_, db = gated.lstm_step_backward([[1.0]], [[0.2]], cache)
    u = np.tanh(1.75)
    total = 0.2 + 0.5 * (1 - u * u)
    assert np.isclose(dc_prev.item(), 0.75 * total)
    assert np.isclose(db[1], total * 2 * 0.75 * 0.25) and np.isclose(db[2], u * 0.25)
    assert round(1 - 1.75**2, 2) == -2.06


def test_the_gru_by_hand():
    z = np.array([0.0, np.log(3), -40.0])
    h, _ = gated.gru_step_forward([[0.0]], [[2.0]], np.zeros((1, 3)), np.zeros((1, 3)), z)
    assert np.isclose(h.item(), 1.25)


def test_a_constant_answer_in_the_adding_problem():
    _, targets = adding.adding_problem(200_000, 4, np.random.default_rng(0))
    assert np.isclose(np.mean((targets - 1) ** 2), 1 / 6, rtol=0.01) and adding.BASELINE == 1 / 6


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "sees"), [("rnn", False), ("gru", True), ("lstm", True)])
def test_who_can_add(cell, sees):
    result = adding.train_adding(40, 500, np.random.default_rng(1), cell, parameters=2000)
    last = result.losses[-20:].mean()
    assert last < adding.BASELINE / 20 if sees else last > 0.8 * adding.BASELINE


@pytest.mark.slow
def test_a_plain_network_is_slow_and_not_blind():
    ends = [adding.train_adding(40, 2000, np.random.default_rng(seed), "rnn", parameters=2000,
                                learning_rate=0.002).losses[-50:].mean() for seed in (0, 1)]
    assert min(ends) < 0.2 * adding.BASELINE, ends


def test_about_as_many_parameters():
    for cell, gates in (("rnn", 1), ("gru", 3), ("lstm", 4)):
        H = adding.hidden_units(2000, cell)
        count = gates * (H + 1) * H + gates * 2 * H + H + 1
        assert 1800 < count <= 2000, (cell, count)


def test_gates_that_answer_the_widgets_question():
    cells, slopes = remembered(1.0, 0.0, 1.0)
    assert np.isclose(cells[-1], 0.9) and slopes[2] > 0.4
    assert remembered(0.5, 0.3, 0.9)[1][2] < 1e-4


def test_a_fresh_lstm_loses_more_than_a_plain_network():
    assert flow(LSTM)[-1] < flow(PLAIN)[-1] / 100
    assert 0.5**60 < 1e-18 < 1e-14 < flow(LSTM)[-1]  # so most of it came by the other ways
    assert flow(LSTM, 3.0)[-1] > 0.1 and round(1 / (1 + np.exp(-3)), 2) == 0.95
    assert flow(LSTM, 0.0, 4.0)[-1] > 10
    assert flow(GRU, 3.0)[-1] > flow(GRU)[-1]


def test_evidence_as_the_choices_describe_it():
    table = {which: evidence(suspect(which)).splitlines()[1:] for which in "ABC"}
    wrong = {which: [line.split()[0] for line in lines if "WRONG" in line]
             for which, lines in table.items()}
    assert wrong == {"A": ["dWh"], "B": ["dh_prev"], "C": ["dx", "dh_prev", "dWx", "dWh", "db"]}


def test_z_and_one_minus_z_are_mere_naming():
    rng = np.random.default_rng(0)
    z = rng.normal(size=50)
    gate = gated._gate
    assert np.allclose(gate(-z), 1 - gate(z))


@pytest.mark.slow
def test_tunes_are_learned_and_by_heart_only_with_more_epochs():
    tunes = list(melody.load_tunes().values())
    assert len(tunes) == 24
    table = melody.note_table(tunes)
    shares = {}
    for epochs in (30, 60):
        result = melody.train_melody(tunes, np.random.default_rng(0), epochs=epochs, hidden=96)
        made = [melody.invent_tune(result.params, table, 0.7, np.random.default_rng(seed))
                for seed in range(12)]
        shares[epochs] = np.mean([tune in tunes for tune in made])
    assert shares[30] < 0.3 and shares[60] > 0.6, shares
