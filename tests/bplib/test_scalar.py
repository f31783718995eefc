"""Lesson 06: numbers that remember what they were made from."""

import math

import numpy as np
import pytest
from oracles import slopes

from bplib.scalar import Value, topological_order
from bplib.scalar_net import (
    fit_scalar_net,
    init_scalar_net,
    make_moons,
    scalar_net,
    scalar_net_loss,
    scalar_net_parameters,
    weighted_sum,
)

pytestmark = pytest.mark.filterwarnings("error")

EXPRESSIONS = {
    "sum of one": lambda a, b: a + a,
    "both sides": lambda a, b: 2 + a - 3 * b + (1 - a) * (5 / b) - a / 4 + b - 1,
    "power": lambda a, b: a**3 + b**-2 + (a * a) ** 0.5 + a**0 + b**1,
    "functions": lambda a, b: (a * b).tanh() + (-a).exp() * b.log() + (a - b).relu() + b.relu(),
    "diamond": lambda a, b: (lambda c: (2 * c + 5 * c) * c)(3 * a),
    "inner node three times": lambda a, b: (lambda c: c * c / (c + b))((a + b).tanh()),
    "same object": lambda a, b: (a * a - a / a) / b,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("a, b", [(0.7, 1.3), (-1.2, 0.4), (2.5, 3.0)])
def test_values_and_gradients_are_those_of_plain_numbers(name, a, b):
    f = EXPRESSIONS[name]

    def plain(x):
        return f(Value(x[0]), Value(x[1])).data
    left, right = Value(a), Value(b)
    out = f(left, right)
    out.backward()
    np.testing.assert_allclose([left.grad, right.grad], slopes(plain, [a, b]), atol=1e-6, rtol=1e-6)
    assert out.grad == 1


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_torch_agrees(name):
    torch = pytest.importorskip("torch")
    pair = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.7, 1.3)]
    EXPRESSIONS[name](*pair).backward()
    left, right = Value(0.7), Value(1.3)
    EXPRESSIONS[name](left, right).backward()
    assert left.grad == pytest.approx(float(pair[0].grad), rel=1e-12)
    assert right.grad == pytest.approx(float(pair[1].grad) if pair[1].grad is not None else 0.0)


def test_operations_by_hand():
    x = Value(4)
    assert isinstance(x.data, float)
    results = [(x + 1, 5), (1 + x, 5), (x - 1, 3), (1 - x, -3), (x * 2, 8), (2 * x, 8), (x / 2, 2),
               (2 / x, 0.5), (x**0.5, 2), (-x, -4), (x.exp(), math.exp(4)), (x.log(), math.log(4)),
               (x.tanh(), math.tanh(4)), (x.relu(), 4), ((-x).relu(), 0)]
    for out, expected in results:
        assert out.data == pytest.approx(expected, rel=1e-15)
        assert x in topological_order(out)


@pytest.mark.parametrize("number", [np.float64(2), np.float32(2), np.int64(2), 2, True + 1])
def test_numbers_of_every_kind_on_either_side(number):
    assert [out.data for out in (number * Value(3.0), Value(3.0) * number, number - Value(3.0),
                                 Value(3.0) ** number, number / Value(4.0))] == [6, 6, -1, 9, 0.5]


def test_inputs_are_kept():
    a, b = Value(2), Value(3)
    product = a * b
    assert product.inputs == (a, b)
    assert a.inputs == () and isinstance((-a).inputs, tuple)


def test_two_passes_add_up_in_the_leaves():
    a = Value(3.0)
    out = (2 * a).tanh() * a
    out.backward()
    once = a.grad
    out.backward()
    assert a.grad == pytest.approx(2 * once)
    other = a * 5
    other.backward()
    assert a.grad == pytest.approx(2 * once + 5)


def test_a_leaf_is_its_own_end():
    a = Value(3.0)
    a.backward()
    a.backward()
    assert a.grad == 2


def test_edges_of_power_and_relu():
    for exponent, slope in [(0, 0.0), (1, 1.0), (2, 0.0), (0.5, math.inf)]:
        x = Value(0.0)
        (x**exponent).backward()
        assert x.grad == slope
    x = Value(0.0)
    x.relu().backward()
    assert x.grad == 0
    x = Value(-2)
    (x**3).backward()
    assert x.grad == 12


def test_order_lists_every_node_once_and_inputs_first(rng):
    nodes = [Value(1.0), Value(2.0)]
    for _ in range(60):
        left, right = (nodes[i] for i in rng.integers(0, len(nodes), 2))
        nodes.append(left + right)
    root = nodes[-1] + nodes[-2]
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order) and order[-1] is root
    assert all(place[source] < place[node] for node in order for source in node.inputs)


def test_an_input_that_is_also_an_input_of_its_sibling():
    a = Value(2.0)
    b = -a
    for root in (a * b, b * a):
        assert topological_order(root) == [a, b, root]


def test_order_of_anything_with_inputs():
    class Node:
        def __init__(self, *inputs):
            self.inputs = inputs
    leaf = Node()
    middle = Node(leaf, leaf)
    root = Node(middle, leaf)
    assert topological_order(root) == [leaf, middle, root]


def test_a_chain_of_a_million_is_made_walked_and_freed():
    x = Value(2.0)
    y = x
    for _ in range(1_000_000):
        y = -y
    assert y.data == 2.0
    y.backward()
    assert x.grad == 1.0
    del y  # one long chain of tuples to free, on a C stack that is not that deep


def test_exponentially_many_paths_take_linear_time():
    x = Value(1.0)
    y = x
    for _ in range(200):
        y = (y + y) * 0.5
    y.backward()
    assert x.grad == pytest.approx(1.0)


def test_nodes_carry_no_dictionary():
    assert not hasattr(Value(1.0), "__dict__")
    assert repr(Value(2) * 3) == "Value(6.0)"


@pytest.mark.parametrize("call, error, message", [
    (lambda: Value([1.0]), TypeError, "data must be a number; got list"),
    (lambda: Value("1"), TypeError, "data must be a number; got str"),
    (lambda: Value(1j), TypeError, "data must be a number; got complex"),
    (lambda: Value(2) ** Value(3), TypeError, "the exponent of ** must be a number; got Value"),
    (lambda: Value(-2) ** 0.5, ValueError, "-2.0 ** 0.5 is not a real number"),
    (lambda: Value(-1).log(), ValueError, "log needs a number above 0; got -1.0"),
    (lambda: Value(1) + "x", TypeError, "unsupported operand type(s) for +: 'Value' and 'str'"),
    (lambda: weighted_sum([Value(1)], [1.0, 2.0], Value(0)), ValueError,
     "xs must have as many entries as weights, 1; got 2"),
    (lambda: init_scalar_net([3], None), ValueError,
     "sizes must name inputs and outputs, at least two numbers; got [3]"),
    (lambda: init_scalar_net([3, 0], None), ValueError,
     "a size must be a whole number, at least 1; got 0"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_weighted_sum_is_its_long_form(rng):
    w = [Value(v) for v in rng.normal(size=3)]
    x = [Value(v) for v in rng.normal(size=3)]
    bias = Value(1)
    long = w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + bias
    long.tanh().backward()
    expected = [leaf.grad for leaf in (*w, *x, bias)]
    for leaf in (*w, *x, bias):
        leaf.grad = 0.0
    short = weighted_sum(w, x, bias)
    short.tanh().backward()
    assert short.data == pytest.approx(long.data)
    np.testing.assert_allclose([leaf.grad for leaf in (*w, *x, bias)], expected)


def test_gradients_of_a_net(rng):
    net = init_scalar_net([2, 3, 1], rng)
    X, labels = make_moons(5, rng)
    parameters = scalar_net_parameters(net)
    scalar_net_loss(X, labels, net).backward()
    gradients = [parameter.grad for parameter in parameters]

    def loss(values):
        for parameter, value in zip(parameters, values, strict=True):
            parameter.data = float(value)
        return scalar_net_loss(X, labels, net).data
    np.testing.assert_allclose(
        gradients, slopes(loss, [parameter.data for parameter in parameters]), atol=1e-8)


def test_a_small_net_tells_two_moons_apart():
    X, labels = make_moons(60, np.random.default_rng(0))
    net = init_scalar_net([2, 8, 1], np.random.default_rng(0))
    losses = fit_scalar_net(X, labels, net, 2.0, 150)
    right = [(scalar_net(x, net)[0].data > 0) == (label == 1)
             for x, label in zip(X.tolist(), labels, strict=True)]
    assert len(losses) == 151 and losses[-1] < losses[0]
    assert np.mean(right) >= 0.95
