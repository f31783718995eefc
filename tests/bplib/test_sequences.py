"""The trainers of lessons 13 and 14: gradients of whole models, tasks that are really learned."""

import numpy as np
import pytest
from oracles import assert_slopes, frozen

from bplib.adding import (
    BASELINE,
    adding_loss,
    adding_problem,
    hidden_units,
    init_adder,
    train_adding,
)
from bplib.fitting import fit
from bplib.names import (
    SYMBOLS,
    TOPICS,
    decode_name,
    encode_name,
    invent_names,
    load_names,
    train_names,
)
from bplib.recurrent import rnn_forward, truncated_rnn_backward
from bplib.sequences import (
    CELLS,
    Cell,
    generate,
    init_recurrent,
    init_sequence_model,
    pad_sequences,
    sequence_loss,
    train_sequence_model,
)

pytestmark = pytest.mark.filterwarnings("error")


def assert_model_slopes(loss_and_grads, params):
    """Check the gradient of every parameter of a model against finite differences."""
    params = dict(zip(params, frozen(*params.values()), strict=True))
    _, grads = loss_and_grads(params)
    assert list(grads) == list(params)
    for name in params:
        assert_slopes(grads[name], lambda value, name=name: loss_and_grads(
            {**params, name: value})[0], params[name])


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_the_sequence_model(rng, cell):
    inputs, targets = frozen(*pad_sequences([[3, 1, 2, 3], [4], [2, 2]]))
    assert_model_slopes(lambda params: sequence_loss(params, inputs, targets, cell),
                        init_sequence_model(5, 3, 4, rng, cell))


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_the_adder(rng, cell):
    x, sums = frozen(*adding_problem(5, 6, rng))
    assert_model_slopes(lambda params: adding_loss(params, x, sums, cell),
                        init_adder(3, rng, cell))


def test_padding_does_not_count(rng):
    params = init_sequence_model(5, 3, 4, rng)
    alone = [sequence_loss(params, *pad_sequences([s]))[0] for s in ([1, 2, 3, 4], [2])]
    both = sequence_loss(params, *pad_sequences([[1, 2, 3, 4], [2]]))[0]
    assert both == pytest.approx((5 * alone[0] + 2 * alone[1]) / 7)


def test_the_lists_are_names_without_repetition():
    for topic in TOPICS:
        names = load_names(topic)
        assert len(names) == len(set(names)) >= 100
        assert [decode_name(encode_name(name)) for name in names] == names
        assert max(max(encode_name(name)) for name in names) < SYMBOLS


@pytest.mark.parametrize(("call", "kind", "message"), [
    (lambda: load_names("dragons"), ValueError,
     "topic must be one of elements, stars, cities, dinosaurs; got 'dragons'"),
    (lambda: encode_name("Ada"), ValueError,
     "name must be written in letters a to z; got 'A' in 'Ada'"),
    (lambda: decode_name([27]), ValueError, "ids must lie between 0 and 26"),
    (lambda: sequence_loss({}, [], [], "lstn"), ValueError,
     "cell must be a Cell or one of rnn, lstm, gru; got 'lstn'"),
    (lambda: adding_problem(3, 1, np.random.default_rng(0)), ValueError,
     "T must be a whole number, at least 2; got 1"),
    (lambda: init_recurrent(2, 3, 1, 7), TypeError, "rng must be a np.random.Generator"),
    (lambda: train_sequence_model({"b": np.zeros(1)}, [], 0.1, 1, 2, None), TypeError,
     "rng must be a np.random.Generator"),
])
def test_words_for_bad_input(call, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        call()


def test_adding_problem_marks_one_of_each_half(rng):
    x, sums = adding_problem(500, 7, rng)
    assert x.shape == (500, 7, 2) and sums.shape == (500, 1)
    marks = x[:, :, 1]
    assert (marks[:, :3].sum(axis=1) == 1).all() and (marks[:, 3:].sum(axis=1) == 1).all()
    np.testing.assert_allclose((x[:, :, 0] * marks).sum(axis=1), sums[:, 0])
    assert np.mean((sums - 1) ** 2) == pytest.approx(BASELINE, rel=0.2)


@pytest.mark.parametrize("cell", CELLS)
def test_cells_get_about_the_same_number_of_parameters(rng, cell):
    params = init_adder(hidden_units(3000, cell), rng, cell)
    assert 0.93 * 3000 <= sum(array.size for array in params.values()) <= 3000


def test_a_gated_cell_learns_to_add(rng):
    losses = train_adding(12, 260, rng, "gru", parameters=1000, learning_rate=0.02).losses
    assert losses[-20:].mean() < BASELINE / 10


def bowl(params, batch):
    return float(np.sum(params["x"] ** 2)), {"x": 2 * params["x"]}


def test_training_goes_on_where_it_stopped():
    start = {"x": np.array([[1.0, -2.0]])}
    whole = fit(start, bowl, range(30), 0.05)
    first = fit(start, bowl, range(12), 0.05)
    rest = fit(first.params, bowl, range(18), 0.05, memory=first.memory)
    np.testing.assert_array_equal(rest.params["x"], whole.params["x"])
    np.testing.assert_array_equal([*first.losses, *rest.losses], whole.losses)
    assert start["x"].tolist() == [[1.0, -2.0]]


def test_on_step_sees_every_step_and_may_end_the_training():
    seen = []
    result = fit({"x": np.ones(2)}, bowl, range(30), lambda step: 0.1 / (1 + step),
                 on_step=lambda step, loss, params: seen.append((step, loss)) or step == 4)
    assert [step for step, _ in seen] == [0, 1, 2, 3, 4]
    assert [loss for _, loss in seen] == result.losses.tolist()


@pytest.mark.parametrize(("grads", "kind", "message"), [
    ({"y": np.ones(2)}, ValueError, r"grads must have the names of params, \['x'\]; got \['y'\]"),
    ({"x": np.ones(3)}, ValueError, r"grads\['x'\] must have the shape of params\['x'\], \(2,\); "
                                    r"got \(3,\)"),
])
def test_gradients_that_do_not_fit(grads, kind, message):
    with pytest.raises(kind, match=f"^{message}$"):
        fit({"x": np.ones(2)}, lambda params, batch: (1.0, grads), [0], 0.1)


def test_a_loss_that_is_no_number_stops_the_training():
    with pytest.raises(FloatingPointError, match="^the loss is nan at step 0; a smaller"):
        fit({"x": np.ones(2)}, lambda p, batch: (np.nan, {"x": np.ones(2)}), [0], 0.1)


def test_names_are_invented_with_ones_own_functions(rng):
    # A learner's cell: the plain functions of lesson 13, truncated to spans of five.
    cell = Cell(1, rnn_forward, lambda dh, cache: truncated_rnn_backward(dh, cache, 5))
    names = load_names("elements")
    result = train_names(names, rng, epochs=12, hidden=48, cell=cell)
    assert result.losses[-4:].mean() < 0.75 * result.losses[:4].mean()
    invented = invent_names(result.params, 5, 0.8, rng, known=names, cell=cell)
    assert len(set(invented)) == 5 and not set(invented) & set(names)


def test_a_model_that_knows_one_word_says_it(rng):
    result = train_names(["banana"], rng, epochs=120, hidden=16, cell="lstm")
    word = generate(result.params, 0.1, rng, cell="lstm")
    assert decode_name(word) == "banana"
    assert generate(result.params, 0.1, rng, cell="lstm", start=word[:3]) == word
    assert generate(result.params, 0.1, rng, cell="lstm", max_length=4) == word[:4]
    assert invent_names(result.params, 1, 0.01, rng, known=["banana"], cell="lstm") == []


def test_the_same_seed_trains_the_same_model():
    losses = [train_names(["abc", "acb"], np.random.default_rng(3), epochs=5, hidden=8).losses
              for _ in range(2)]
    np.testing.assert_array_equal(*losses)
