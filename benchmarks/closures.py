"""A scalar engine in the usual style, as a peer for `bplib.scalar`: each node keeps a function.

Written for this comparison. Every operation stores a closure that knows how to hand its gradient
on, the order comes from a recursive walk, and nodes are ordinary objects with a dictionary.
"""

import math


class Node:
    """A number with a gradient, the nodes it came from, and a closure for the way back."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = set(parents)
        self.hand_on = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.data + other.data, (self, other))

        def hand_on():
            self.grad += out.grad
            other.grad += out.grad

        out.hand_on = hand_on
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.data * other.data, (self, other))

        def hand_on():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.hand_on = hand_on
        return out

    def tanh(self):
        out = Node(math.tanh(self.data), (self,))

        def hand_on():
            self.grad += (1 - out.data**2) * out.grad

        out.hand_on = hand_on
        return out

    def exp(self):
        out = Node(math.exp(self.data), (self,))

        def hand_on():
            self.grad += out.data * out.grad

        out.hand_on = hand_on
        return out

    def log(self):
        out = Node(math.log(self.data), (self,))

        def hand_on():
            self.grad += out.grad / self.data

        out.hand_on = hand_on
        return out

    def backward(self):
        order, visited = [], set()

        def visit(node):
            if node not in visited:
                visited.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.hand_on()
