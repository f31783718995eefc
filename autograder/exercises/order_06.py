"""Checks of lesson 06: every node once, inputs before what uses them; any such order is right."""

import numpy as np

from autograder.errors import ContractError, LearnerError
from autograder.exercise import Case, Exercise, Mistake, Output, Variant
from autograder.exercises.graph_06 import (
    DEEP,
    LESSON,
    REFERENCE,
    SHALLOW,
    Graph,
    deep_cases,
    missing_depth,
)
from autograder.exercises.right_06 import by_counting, postorder

NAMES = "abcdefghijklmnopqrstuvwxyz"


def _case(rng, leaves, operations, special=""):
    """A graph of sums and products; some nodes are used twice, some not by the root at all."""
    links = []
    for number in range(leaves, leaves + operations):
        near, far = number - 1, int(rng.integers(0, number))
        pair = (near, far) if number == leaves or rng.random() < 0.7 else (
            int(rng.integers(0, number)), far)  # fmt: skip
        links.append((str(rng.choice(["+", "*"])), *pair))
    root = leaves + operations - 1 - int(operations > 4)
    data = [float(value) for value in rng.choice([0.5, 1.0, 2.0], leaves)]  # equal ones among them
    return _written(links, data, root, special)


def _written(links, data, root, special=""):
    leaves = [f"{NAMES[i]} = Value({value})" for i, value in enumerate(data)]
    made = [f"{NAMES[i]} = {NAMES[a]} {sign} {NAMES[b]}"
            for i, (sign, a, b) in enumerate(links, len(data))]  # fmt: skip
    return Case(special, {}, ("graph", "root"), graph="; ".join(leaves + made),
                root=NAMES[root], links=links, data=data)  # fmt: skip


def cases(rng):
    yield _written([("*", 0, 1), ("+", 2, 0)], [2.0, 3.0], 3)
    yield _written([("*", 0, 0), ("+", 1, 0), ("*", 2, 1), ("+", 3, 1)], [2.0], 4)
    for last in (("+", 2, 3), ("+", 3, 2)):  # a square beside another use, on either side
        yield _written([("*", 0, 0), ("+", 0, 1), last], [2.0, 3.0], 4)
    yield _written([("+", 0, 1), ("*", 2, 2), ("+", 3, 2), ("*", 4, 0)], [1.0, 1.0], 5)
    for _ in range(5):
        yield _case(rng, int(rng.integers(2, 4)), int(rng.integers(4, 10)))
    yield _case(rng, 3, 16)
    yield _written([], [3.0], 0, "a leaf alone")
    yield from deep_cases()


def _ancestors(case):
    """The numbers of the nodes that the root was made from, the root among them."""
    first, root = len(case.data), NAMES.index(case.root)
    needed, stack = {root}, [root]
    while stack:
        node = stack.pop()
        for source in case.links[node - first][1:] if node >= first else ():
            if source not in needed:
                needed.add(source)
                stack.append(source)
    return needed


def run(solution, case):
    if case.special == DEEP:
        return {"missing": missing_depth(solution, backward=False)}
    graph = Graph(solution)
    nodes = [graph.value(value) for value in case.data]
    graph.send()
    try:
        for sign, a, b in case.links:
            nodes.append(nodes[a] + nodes[b] if sign == "+" else nodes[a] * nodes[b])
        if case.links:
            graph.send()
    except LearnerError as error:
        if error.kind != "NotWritten":
            raise
        raise ContractError("value-not-written", "topological_order is tried on your own Value, "
                            "whose + and * are not written yet") from None
    root = nodes[NAMES.index(case.root)]
    try:
        found, again = graph.send(*[graph.positions(graph.order(root), nodes) for _ in range(2)])
    except LearnerError as error:
        if error.text != "'NoneType' object is not iterable" or error.where:
            raise
        raise ContractError("returns-none", "topological_order returned nothing (None): is the "
                            "`return` missing?") from None
    needed, place = _ancestors(case), {}
    for index, node in enumerate(found):
        place.setdefault(node, index)
    return {
        "missing": sum(node not in place for node in needed),
        "repeated": len(found) - len(set(found)) if -1 not in found else 0,
        "strangers": sum(node not in needed for node in found),
        "too_late": sum(place.get(source, -1) >= place.get(i, len(found))
                        for i, source in _uses(case, needed)),
        "second_call": len(set(found) ^ set(again)),
    }  # fmt: skip


def _uses(case, needed):
    """Pairs of a node that the root needs and one of its inputs."""
    links = enumerate(case.links, len(case.data))
    return [(i, source) for i, (_, *sources) in links if i in needed for source in sources]


def _none_some_all(seen, expected, case):
    """Whether two counts of late inputs are of another kind: how many is up to the graph."""
    every = len(_uses(case, _ancestors(case)))
    return np.asarray(np.sign(seen) + (seen == every) != np.sign(expected) + (expected == every))


def _none_or_some(seen, expected, case):
    return np.asarray((seen > 0) != (expected > 0))


# --- mistakes -----------------------------------------------------------------------------------


def _recursive(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source in node.inputs:
                visit(source)
            order.append(node)

    visit(root)
    return order


_recursive.missing_depth = 100_000


def _breadth_first(root):
    queue, seen = [root], {root}
    for node in queue:
        for source in node.inputs:
            if source not in seen:
                seen.add(source)
                queue.append(source)
    return queue


def _preorder(root, last=False):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack += node.inputs if last else node.inputs[::-1]
    return order


def _forgets(root, seen=set()):  # noqa: B006 (the mistake)
    found = [node for node in REFERENCE["topological_order"](root) if node not in seen]
    seen.update(found)
    return found


def _square(root):
    order, stack, opened = [], [root], []
    while stack:
        node = stack[-1]
        if node in order or node in opened:
            stack.pop()
            if node not in order:
                order.append(node)
        else:
            opened.append(node)
            stack += node.inputs
    return order


_square.missing_depth = -1


def _every_path(root):
    return REFERENCE["topological_order"](root)


_every_path.missing_depth = -2


def _seen_when_pushed(root):
    order, seen, stack = [], {root}, [root]
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())
            continue
        stack += [node, None]
        for source in node.inputs:
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return order


def _takes_apart(root):
    order = REFERENCE["topological_order"](root)
    for node in order:
        node.inputs = ()
    return order


def _counts_squares_once(root):
    nodes = REFERENCE["topological_order"](root)
    users = dict.fromkeys(nodes, 0)
    for node in nodes:
        for source in set(node.inputs):
            users[source] += 1
    order, ready = [], [root]
    while ready:
        order.append(ready.pop())
        for source in order[-1].inputs:
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return order[::-1]


def _order(function):
    return {"topological_order": function}


def _of(change):
    return _order(lambda root: change(REFERENCE["topological_order"](root)))


MISTAKES = (
    Mistake("recursive", "The function calls itself for every input: a chain of a few thousand "
            "operations ends with a RecursionError.",
            "Each call waits for the calls inside it, and Python lets only about 1,000 wait. A list "
            "used as a stack has no such limit.", functions=_order(_recursive)),
    Mistake("root-first", "The order is back to front: the root stands first.",
            "Backward will walk from the end; the order itself goes from the leaves to the root. (And a "
            "set keeps no order at all.)",
            functions=_of(lambda order: order[::-1])),
    Mistake("repeated", "A node that is used twice is listed twice.",
            "There is one path to it for every use, but only one node. Remember which ones you "
            "have seen.", edits=(("elif node not in seen:", "else:"),)),
    Mistake("root-missing", "The root itself is missing in the list.", "",
            functions=_of(lambda order: order[:-1])),
    Mistake("leaves-missing", "The leaves are missing: they are nodes as well, and the gradients "
            "are wanted there most of all.", "",
            functions=_of(lambda order: [node for node in order if node.inputs])),
    Mistake("leaves-only", "Only the leaves are listed; what was made of them on the way is missing.",
            "", functions=_of(lambda order: [node for node in order if not node.inputs])),
    Mistake("direct-inputs-only", "Only the root and its own inputs are listed, not what these were "
            "made from.", "The walk has to go on from each input in the same way.",
            functions=_order(lambda root: [*dict.fromkeys(root.inputs), root])),
    Mistake("first-input-only", "The walk follows the first input of every node and leaves out the "
            "others.", "", edits=(("stack += node.inputs", "stack += node.inputs[:1]"),)),
    Mistake("last-input-only", "The walk follows the last input of every node and leaves out the "
            "others.", "", edits=(("stack += node.inputs", "stack += node.inputs[-1:]"),)),
    Mistake("breadth-first", "Nearest first, turned round: a node that is used both near the root "
            "and far from it comes too late in the list.",
            "The number of steps from the root does not settle the order: of two paths to a node "
            "the longer one counts.", functions=_order(lambda root: _breadth_first(root)[::-1])),
    Mistake("listed-on-the-way-down", "Nodes are listed when they are first met, and the list is "
            "turned round; a node that is used twice can then come after one of its users.",
            "A node may be listed only once all its inputs are listed, on the way back up.",
            functions=_order(lambda root: _preorder(root)[::-1])),
    Mistake("listed-on-the-way-down-last-first", "Nodes are listed when they are first met, and the "
            "list is turned round; a node that is used twice can then come after one of its users.",
            "A node may be listed only once all its inputs are listed, on the way back up.",
            functions=_order(lambda root: _preorder(root, last=True)[::-1])),
    Mistake("told-apart-by-data", "Two different nodes that hold the same number are taken for one.",
            "Not the number tells nodes apart: remember the nodes themselves.",
            edits=(("node not in seen", "node.data not in seen"),
                   ("seen.add(node)", "seen.add(node.data)"))),
    Mistake("data-listed", "The list holds something else than the nodes of this graph: their "
            "numbers, say, or copies.", "A gradient put into a copy does not reach the node itself.",
            functions=_of(lambda order: [node.data for node in order])),
    Mistake("sorted-by-data", "The nodes are sorted by their numbers; what was made from what does "
            "not show in the size of a number.", "",
            functions=_of(lambda order: sorted(order, key=lambda node: node.data))),
    Mistake("seen-kept", "A second call on the same graph finds nothing: it remembers what the first "
            "one has seen.", "A set as a default argument is made once, and lives on; so "
            "does a mark on a node.",
            functions=_order(_forgets)),
    Mistake("seen-when-put-on-the-stack", "A node counts as seen as soon as it is put on the stack. "
            "Met again on a longer way, it is then not put above the node that needs it, and comes "
            "too late.", "Only when its own turn comes is it sure that nothing lies above it.",
            functions=_order(_seen_when_pushed)),
    Mistake("squares-counted-once", "Where both inputs of a node are the same, as in x * x, they are "
            "counted as one use and taken off as two: x is then listed after one of its users.",
            "Count the uses and take them off in the same way.",
            functions=_order(_counts_squares_once)),
    Mistake("graph-taken-apart", "Your function takes the graph apart: after it, nodes have lost "
            "their `.inputs`, so that a second call, or backward, finds nothing behind them.",
            "`pop` on `node.inputs`, or a new `inputs`, changes the node itself. Only look at it.",
            functions=_order(_takes_apart)),
    Mistake("walks-every-path", "It is right, but it walks every path: each diamond doubles their "
            "number, and a graph of 30 diamonds in a row has a billion.",
            "Ask whether a node has been seen before you go down into its inputs, not afterwards.",
            functions=_order(_every_path)),
    Mistake("takes-the-square", "It is right, but ten times as many nodes take a hundred times as "
            "long: 100,000 would take minutes.",
            "`node in some_list` looks through the whole list every time; a set knows at once.",
            functions=_order(_square)),
)  # fmt: skip

TOPOLOGICAL_ORDER = Exercise(
    "topological_order", LESSON, 3,
    outputs=(
        Output("missing", "the number of nodes that are missing in the list", weight=2.0),
        Output("repeated", "the number of nodes listed more than once"),
        Output("strangers", "the number of entries that are no part of this graph"),
        Output("too_late", "the number of inputs that stand after what uses them", weight=3.0,
               unlike=_none_some_all),
        Output("second_call", "the number of nodes that only one of two calls finds",
               unlike=_none_or_some),
    ),
    cases=cases,
    run=run,
    reference=REFERENCE,
    uses=("Value",),
    lent=("Value",),  # a file may hold the function alone
    see="In which order?",
    not_in_browser=SHALLOW,
    time_limit=60.0,
    mistakes=MISTAKES,
    variants=(
        Variant("places", _order(postorder)),
        Variant("by-counting", _order(by_counting)),
        Variant("tuple", _order(lambda root: tuple(_two_stacks(root)))),
        Variant("generator", _order(lambda root: iter(_two_stacks(root)))),
    ),
)  # fmt: skip


def _two_stacks(root):
    """With a flag beside each node on the stack, and a dict in place of a set."""
    order, stack = {}, [(root, False)]
    while stack:
        node, done = stack.pop()
        if id(node) in order:
            continue
        if done:
            order[id(node)] = node
        else:
            stack.append((node, True))
            stack.extend((source, False) for source in node.inputs)
    return list(order.values())


