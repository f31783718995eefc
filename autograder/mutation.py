"""How many wrong answers that nobody listed are rejected: small changes to every reference, judged.

``python -m autograder.mutation [EXERCISE...]`` changes the syntax tree of each reference in one place
at a time (operators, axes, terms, transposes, constants, comparisons, sums, order of results), judges
the result like a learner's answer, and prints the rate and the survivors. A survivor is either the
same function in other words, and explained in ``mutation_survivors.toml``, or a hole in the checks.
"""

import ast
import copy
import inspect
import signal
import sys
import textwrap
import tomllib
from pathlib import Path

import numpy as np

from autograder.exercises import all_exercises
from autograder.judge import judge
from autograder.solution import Direct

EXPLAINED = Path(__file__).with_name("mutation_survivors.toml")
SECONDS = 5  # a change can make a loop endless
OTHER_OPERATORS = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,), ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div,),
}  # fmt: skip
OTHER_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
}  # fmt: skip
OTHER_NAMES = {
    "sum": "mean", "mean": "sum", "maximum": "minimum", "minimum": "maximum", "max": "min",
    "min": "max", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "argmax": "argmin",
    "ones_like": "zeros_like", "sqrt": "square", "abs": "negative", "exp": "expm1", "tanh": "sin",
    "log1p": "log",
}  # fmt: skip

SAME_EITHER_WAY = {"maximum", "minimum", "max", "min", "add", "multiply", "logaddexp", "hypot"}
FORM_ONLY = {"item", "astype", "type", "asarray", "array", "copy", "ascontiguousarray", "float"}


def is_validation(node):
    """Whether a statement only checks or converts arguments; a change there is not a wrong answer."""
    if isinstance(node, ast.If) and all(isinstance(item, ast.Raise) for item in node.body):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # the docstring
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).lstrip("_").startswith(("check", "as_float"))
    return isinstance(node, (ast.Raise, ast.Assert))


def changed_nodes(node):
    """The nodes that may stand in the place of ``node``: pairs (what was done, new node)."""
    new = copy.deepcopy
    if isinstance(node, ast.BinOp):
        for other in OTHER_OPERATORS.get(type(node.op), ()):
            yield "operator", ast.BinOp(new(node.left), other(), new(node.right))
        if not isinstance(node.op, ast.MatMult):
            yield "left term alone", new(node.left)
            yield "right term alone", new(node.right)
        if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
            yield "sides swapped", ast.BinOp(new(node.right), node.op, new(node.left))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in OTHER_COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", ast.Compare(new(node.left), [other()], new(node.comparators))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield "sign dropped", new(node.operand)
    elif isinstance(node, ast.Attribute):
        if node.attr in ("T", "mT"):
            yield "transpose dropped", new(node.value)
        if node.attr in OTHER_NAMES:
            yield "other function", ast.Attribute(new(node.value), OTHER_NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in {node.value + 1, node.value * 2, -node.value} - {node.value}:
            yield "constant", ast.Constant(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node, ast.Call):
        yield from _changed_calls(node)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        swapped = new(node)
        swapped.elts[0], swapped.elts[1] = swapped.elts[1], swapped.elts[0]
        yield "order", swapped
    elif isinstance(node, ast.AugAssign):
        target = new(node.target)
        yield "assigned for added", ast.Assign([target], new(node.value))
    elif isinstance(node, ast.IfExp):
        yield "always the first", new(node.body)
        yield "always the second", new(node.orelse)


def _changed_calls(node):
    new = copy.deepcopy
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name in FORM_ONLY:
        return
    for place, keyword in enumerate(node.keywords):
        if keyword.arg == "dtype":
            continue
        dropped = new(node)
        del dropped.keywords[place]
        yield f"{keyword.arg} dropped", dropped
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = new(node)
            other.keywords[place].value = ast.Constant(1 if keyword.value.value == 0 else 0)
            yield "other axis", other
    if len(node.args) == 2 and name not in SAME_EITHER_WAY:
        swapped = new(node)
        swapped.args.reverse()
        yield "arguments swapped", swapped
    if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        yield "call dropped", new(node.args[0])
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield "call dropped", new(node.func.value)


class _Replace(ast.NodeTransformer):
    """Puts one node in the place of another, found by identity."""

    def __init__(self, old, replacement):
        self.old, self.replacement = old, replacement

    def visit(self, node):
        return self.replacement if node is self.old else self.generic_visit(node)


def _walk(node):
    """Every node below that belongs to the computation, not to checks of the arguments."""
    for child in ast.iter_child_nodes(node):
        if not is_validation(child) and not isinstance(child, ast.arguments):
            yield child
            yield from _walk(child)


def mutants(function):
    """(description, function) for every single change of a function's (or a class's) source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    # counted, since the same change may be made in several places that read alike
    seen = {}
    for node in list(_walk(tree)):
        for what, replacement in list(changed_nodes(node)):
            before = ast.unparse(node)
            try:
                changed = ast.fix_missing_locations(_Replace(node, replacement).visit(
                    _copy_but(tree, node)))  # fmt: skip
                text = f"{what}: {before} -> {ast.unparse(replacement)}"
                namespace = dict(vars(sys.modules[function.__module__]))
                exec(compile(changed, "<mutant>", "exec"), namespace)
            except (SyntaxError, TypeError, ValueError):
                continue
            seen[text] = seen.get(text, 0) + 1
            label = text if seen[text] == 1 else f"{text} (place {seen[text]})"
            yield label, namespace[function.__name__]


def _copy_but(tree, node):
    """A deep copy of ``tree`` in which ``node`` is still the same object."""
    return copy.deepcopy(tree, {id(node): node})


def _too_long(signum, frame):
    raise TimeoutError


def survivors(exercise, seeds=(1, 2)):
    """(number of mutants, descriptions of those that got full points) for one exercise.

    A change in a function that several exercises look at, such as a forward with its backward's own
    cache, is rejected where one of them rejects it.
    """
    count, alive = 0, []
    for name in dict.fromkeys(exercise.functions):
        function = exercise.reference[name]
        if getattr(function, "__module__", None) not in sys.modules:
            continue
        judges = [exercise, *(other for other in all_exercises().values()
                              if other is not exercise and name in other.functions)]  # fmt: skip
        for label, mutant in mutants(function):
            count += 1
            if all(_passes(judge_of, {**judge_of.reference, name: mutant}, seed)
                   for judge_of in judges for seed in seeds):  # fmt: skip
                alive.append(label)
    return count, alive


def _passes(exercise, namespace, seed):
    old = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS + exercise.time_limit)
    try:
        return judge(exercise, Direct(namespace), np.random.default_rng(seed)).passed
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def explained():
    """exercise -> {description: why it is no wrong answer}."""
    return tomllib.loads(EXPLAINED.read_text(encoding="utf-8")) if EXPLAINED.exists() else {}


def main(names):
    """Print the rate and the survivors; exit status 1 when one is not explained."""
    known, holes, total, rejected = explained(), 0, 0, 0
    for exercise in all_exercises().values():
        if names and exercise.name not in names and exercise.lesson not in names:
            continue
        count, alive = survivors(exercise)
        reasons = known.get(exercise.name, {})
        unexplained = [label for label in alive if label not in reasons]
        total, rejected = total + count, rejected + count - len(alive)
        holes += len(unexplained)
        print(f"{exercise.name}: {count - len(alive)} of {count} rejected, "
              f"{len(alive) - len(unexplained)} explained", flush=True)  # fmt: skip
        for label in unexplained:
            print(f"    survives: {label}", flush=True)
    print(f"{rejected} of {total} changed references rejected; {holes} survivors not explained")
    return 1 if holes else 0


if __name__ == "__main__":
    np.seterr(all="ignore")
    sys.exit(main(sys.argv[1:]))
