"""Every number that the prose of lesson 06 states, and how deep the right answers get."""

import math
import sys

import numpy as np
import pytest

from autograder.exercises import right_06
from autograder.exercises.graph_06 import missing_depth
from autograder.solution import Direct
from bplib import scalar, scalar_net
from bplib.play.scalar import NET_SEED, RATE, diamond, graph, meeting, moon_run, moons, two_moons
from bplib.scalar import Value


def test_the_diamond_of_21_and_6():
    assert diamond(1.0, True)[1][0].grad == 21 and diamond(1.0, False)[1][0].grad == 6
    assert "**21**" in meeting(line="+=").words and "the same." in meeting(line="+=").words
    assert "**6**" in meeting().words and "not the same" in meeting().words


def test_the_table_of_slopes_at_2_and_5():
    x, y = Value(2.0), Value(5.0)
    made = {"*": (x * y, (5, 2)), "/": (x / y, (0.2, -0.08)), "**": (x**3, (12,)),
            "exp": (x.exp(), (7.389,)), "log": (x.log(), (0.5,)), "tanh": (x.tanh(), (0.0707,))}
    for node, slopes in made.values():
        assert np.allclose(node.slopes, slopes, rtol=1e-3)


def test_the_case_by_hand():
    x = Value(2.0)
    c = x * x + 3 * x
    c.backward()
    assert (c.data, x.grad) == (10, 7)


def test_two_ways_for_w_to_get_no_gradient():
    still, flat = graph(x=0.0, w=1.0, b=0.0, step=18), graph(x=3.0, w=-2.0, b=-2.0, step=18)
    for play in (still, flat):
        x, w, b = (play.state[name] for name in "xwb")
        leaf = Value(w)
        loss = ((leaf * x + b).tanh() - 1.0) ** 2
        loss.backward()
        assert abs(leaf.grad) < 1e-5 and loss.data > 0.5


def test_a_net_of_33_numbers_parts_the_moons():
    history, losses = moon_run()
    net = scalar_net.init_scalar_net([2, 8, 1], np.random.default_rng(NET_SEED))
    assert len(scalar_net.scalar_net_parameters(net)) == len(history[0]) == 33
    assert (NET_SEED, RATE) == (6, 5.0), "the notebook says so"
    assert losses[-1] < 0.03 < 0.9 < losses[0]
    assert "**100%**" in two_moons(step=60).words
    assert len(moons()[0]) == 60


def test_the_loop_and_the_engine_that_tells_at_once():
    w, h = Value(0.8), 0.3
    for _ in range(5):
        h = (w * h + 0.5).tanh()
    h.backward()

    def end(w, h=0.3):
        for _ in range(5):
            h = math.tanh(w * h + 0.5)
        return h

    assert np.isclose(w.grad, (end(0.8 + 1e-6) - end(0.8 - 1e-6)) / 2e-6, rtol=1e-8)
    assert 3 * 5 + 3 * (5 + 2) == 36 and 2**30 > 1e9


class Learners(scalar.Value):
    """As a learner would have it: a class and functions of no module of ours."""


Learners.__module__ = "__main__"


@pytest.mark.slow
@pytest.mark.parametrize("order", [scalar.topological_order, right_06.postorder,
                                   right_06.by_counting], ids=lambda f: f.__name__)  # fmt: skip
def test_right_answers_reach_a_hundred_thousand(order):
    def learners(root):
        return order(root)

    learners.__module__ = "__main__"
    namespace = {"Value": Learners, "topological_order": learners}
    assert missing_depth(Direct(namespace), backward=False) == 0


@pytest.mark.slow
@pytest.mark.parametrize("made", [Learners, right_06.Closures, right_06.FewRules],
                         ids=lambda c: c.__name__)  # fmt: skip
def test_right_classes_walk_back_a_hundred_thousand(made):
    was, made.__module__ = made.__module__, "__main__"
    try:
        assert missing_depth(Direct({"Value": made}), backward=True) == 0
    finally:
        made.__module__ = was


@pytest.mark.slow
def test_recursion_and_the_square_are_told_apart():
    def visit(node, order, seen):
        if node not in seen:
            seen.add(node)
            for source in node.inputs:
                visit(source, order, seen)
            order.append(node)
        return order

    def recursive(root):
        return visit(root, [], set())

    def square(root):
        order, stack = [], [root]
        while stack:
            node = stack[-1]
            left = [source for source in node.inputs if source not in order]
            if left:
                stack += left
            else:
                stack.pop()
                if node not in order:
                    order.append(node)
        return order

    assert sys.getrecursionlimit() < 20_000
    for answer, said in ((recursive, 100_000), (square, -1)):
        answer.__module__ = "__main__"
        namespace = {"Value": Learners, "topological_order": answer}
        assert missing_depth(Direct(namespace), backward=False) == said
