"""A solution at the other end of the pipe is the same as one in this process."""

from functools import partial

import numpy as np
import pytest

from autograder.errors import ContractError, LearnerError
from autograder.exercises import all_exercises
from autograder.grading import Grader, seed_of
from autograder.judge import judge
from autograder.machine import Ref, Rng, Strided
from autograder.memo import Memo
from autograder.notebooks import Cell, Submission
from autograder.sandbox.remote import Handle, Remote
from autograder.solution import Direct

EXERCISES = tuple(all_exercises().values())


@pytest.fixture(scope="module")
def grader():
    with Grader(seed_source=7, seconds=60) as grader:
        yield grader


class Opened:
    """A `Remote` and a `Direct` of the same source."""

    def __init__(self, grader, source, names):
        exercise = type("Any", (), {"functions": tuple(names), "uses": (), "lent": (), "name": "any",
                                    "lesson": "99_any"})  # fmt: skip
        submission = Submission(None, [Cell(1, source)])
        self.line, there, stopped = grader.opened(exercise, submission, submission.cells)
        assert not stopped, stopped
        self.remote = Remote(grader.sandbox, self.line, there, 10)
        space = {}
        exec(source, space)
        self.direct = Direct({name: space[name] for name in names})

    def both(self, action):
        """What ``action`` gives with either; they must be the same."""
        results = []
        for solution in (self.direct, self.remote):
            solution.fresh_trace()
            try:
                results.append(("value", action(solution)))
            except (LearnerError, ContractError) as error:
                results.append((error.kind, error.text))
        assert repr(results[0]) == repr(results[1])
        assert self.direct.trace.mutated == self.remote.trace.mutated
        assert self.direct.trace.printed == self.remote.trace.printed
        assert list(self.direct.trace.warnings) == list(self.remote.trace.warnings)
        return results[1]


@pytest.fixture
def opened(grader):
    lines = []

    def open_it(source, *names):
        lines.append(Opened(grader, source, names))
        return lines[-1]

    yield open_it
    for item in lines:
        grader.sandbox.end(item.line)


A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(("body", "args"), [
    ("return a", (A,)), ("return a", (1,)), ("return a", (2.5,)), ("return a", (None,)),
    ("return [a, (a, 1)]", (A,)), ("return {'x': a}", (A,)), ("return a.T", (A,)),
    ("a += 1\n    return a", (A,)), ("a[0][0] = 5", ([A],)), ("a.append(1)", ([1, 2],)),
    ("return a.flags.c_contiguous, a", (Strided(A),)), ("a *= 2", (Strided(A),)),
    ("return a.normal(size=3)", (Rng(4),)), ("print(a)", (A,)),
    ("import warnings; warnings.warn('careful')", (A,)), ("import numpy as np; np.log(a - 9)", (A,)),
    ("return 1 / 0", (A,)), ("raise NotImplementedError", (A,)), ("raise SystemExit(3)", (A,)),
    ("raise ValueError('a b')", (A,)), ("return lambda: 1", (A,)), ("return 'word'", (A,)),
    ("return object", (A,)), ("return b'x'", (A,)), ("return {1, 2}", (A,)), ("return 1j", (A,)),
    ("return (i for i in [1])", (A,)), ("return [[1], [2, 3]]", (A,)), ("return 10**30", (A,)),
    ("import numpy as np; return np.float32(a.sum())", (A,)), ("return range(3)", (A,)),
    ("return a.astype(int).tolist()", (A,)), ("return a > 2", (A,)), ("return a.astype('i1')", (A,)),
], ids=str)  # fmt: skip
def test_every_kind_of_value_and_event(opened, body, args):
    from autograder.compare import read

    opened(f"def f(a):\n    {body}\n", "f").both(lambda s: read(s.call("f", *args)))


@pytest.mark.parametrize("given", ["1, 2", "[1, 2]", "(1, 2, 3)", "None", "5", "np.eye(2)", "{}"])
def test_results_are_counted_alike(opened, given):
    source = f"import numpy as np\ndef f():\n    return {given}\n"
    opened(source, "f").both(lambda s: s.call("f", returns=("a", "b")))


def test_a_cache_stays_where_it_is(opened):
    source = """
def forward(x):
    return 2 * x, {"own": [x, object()]}
def backward(dout, cache):
    return dout * cache["own"][0]
"""
    pair = opened(source, "forward", "backward")

    def run(solution):
        out, cache = solution.call("forward", A, returns=("out", "cache"))
        assert isinstance(cache, Ref)
        return out, solution.call("backward", A, cache), solution.call("backward", A + 1, cache)

    assert pair.both(run)[0] == "value"


def test_programs_on_objects(opened):
    source = """
class Value:
    def __init__(self, data, inputs=()): self.data, self.inputs = data, inputs
    def __add__(self, other): return Value(self.data + getattr(other, 'data', other), (self, other))
    __radd__ = __add__
    def __neg__(self): return Value(-self.data, (self,))
    def exp(self): return Value(2.718281828 ** self.data, (self,))
"""
    pair = opened(source, "Value")

    def run(solution):
        start = solution.reserve(6)
        refs = [Ref(start + n) for n in range(6)]
        program = [("call", "Value", (2.0,), {}), ("binary", "+", 3, refs[0]),
                   ("negative", refs[1]), ("method", refs[2], "exp", (), {}),
                   ("attribute", refs[3], "data"), ("attribute", refs[1], "inputs")]  # fmt: skip
        value = solution.evaluate(start, program, [refs[4]])
        more = solution.reserve(2)
        places = solution.evaluate(
            more, [("list", refs[5], 9), ("positions", Ref(more), [refs[1], refs[0]])],
            [Ref(more + 1)])  # fmt: skip
        return value, places, solution.count(refs[5], 2)

    assert pair.both(run) == ("value", ([2.718281828 ** -5.0], [[1, -1]], 2))


def test_a_function_that_comes_twice_is_the_same_there_too(opened):
    pair = opened("def distinct(functions):\n    return len(set(functions))\n", "distinct")
    for functions, count in (([abs, abs, np.sin], 2), ([np.sin, abs, abs, len], 3)):
        assert pair.both(lambda s, given=functions: s.call("distinct", given)) == ("value", count)


def test_functions_of_the_judge(opened):
    source = """
def apply(f, x, times):
    for _ in range(times):
        x = f(x)
    return x
def safely(f, x):
    try:
        return f(x)
    except ZeroDivisionError:
        return "caught"
"""
    pair = opened(source, "apply", "safely")
    seen = []
    assert pair.both(lambda s: s.call("apply", lambda x: x * 2 + 1, 3, 4))[1] == 63
    assert pair.both(lambda s: s.call("apply", lambda x: seen.append(type(x)) or x, A, 1))
    assert set(seen) == {np.ndarray}
    assert pair.both(lambda s: s.call("safely", lambda x: 1 / x, 0)) == ("value", "caught")
    assert pair.both(lambda s: s.call("safely", lambda x: [].pop(), 0))[0] == "IndexError"
    assert pair.both(lambda s: s.call("apply", np.sin, 1.0, 2))[1] == np.sin(np.sin(1.0))
    assert pair.both(lambda s: s.call("apply", None, 1.0, 2))[0] == "TypeError"

    def complains(x):
        import warnings

        warnings.warn("not so", stacklevel=1)
        return x

    assert pair.both(lambda s: s.call("apply", complains, 1.0, 1))
    assert pair.remote.trace.warnings == ["not so"]


def test_functions_that_return_functions_and_lists_of_them(opened):
    source = """
def chain(fs, x):
    caches = []
    for f in fs:
        x, cache = f(x)
        caches.append(cache)
    return x, [c(1.0) for c in caches]
"""
    make = [lambda x, k=k: (k * x, lambda d: d * k) for k in (2, 3)]
    assert opened(source, "chain").both(lambda s: s.call("chain", make, 5)) == (
        "value", (30, [2.0, 3.0]))


DUAL = """
import numpy as np
class Dual:
    __array_priority__ = 1000
    def __init__(self, a, b): self.a, self.b = a, b
    def __add__(self, o): return Dual(self.a + getattr(o, 'a', o), self.b + getattr(o, 'b', 0))
    __radd__ = __add__
    def __mul__(self, o):
        oa, ob = getattr(o, 'a', o), getattr(o, 'b', 0)
        return Dual(self.a * oa, self.b * oa + self.a * ob)
    __rmul__ = __mul__
    def __neg__(self): return Dual(-self.a, -self.b)
    def __rmatmul__(self, o): return Dual(o @ self.a, o @ self.b)
    def __pow__(self, k): return Dual(self.a ** k, k * self.a ** (k - 1) * self.b)
    def exp(self): return Dual(np.exp(self.a), np.exp(self.a) * self.b)
    def sum(self): return Dual(self.a.sum(), self.b.sum())
    def __array_ufunc__(self, ufunc, method, *inputs, **kw):
        if ufunc is np.exp: return self.exp()
        if ufunc is np.multiply: return self * inputs[0]
        if ufunc is np.matmul: return self.__rmatmul__(inputs[0])
        if ufunc is np.add: return self + inputs[0]
        return NotImplemented
def jvp(f, x, v):
    out = f(Dual(x, v))
    return out.a, out.b
"""


@pytest.mark.parametrize("f", [
    lambda x: (x * x + 3).sum(), lambda x: np.exp(x) * np.array([1.0, 2.0, 3.0]),
    lambda x: np.array([1.0, 2.0, 3.0]) * x + x, lambda x: (-x ** 2).exp().sum(),
    lambda x: np.ones((2, 3)) @ x, lambda x: 2.0 * x, lambda x: x - 1, lambda x: np.sin(x),
    lambda x: x.nothing(), lambda x: np.float64(3.0) * x,
], ids=range(10))  # fmt: skip
def test_objects_of_the_learner_in_functions_of_the_judge(opened, f):
    pair = opened(DUAL, "Dual", "jvp")
    x, v = np.array([0.5, 1.0, -1.0]), np.array([1.0, 0.0, 2.0])
    results = []
    for solution in (pair.direct, pair.remote):
        solution.fresh_trace()
        try:
            results.append(solution.call("jvp", f, x, v, returns=("value", "tangent")))
        except LearnerError as error:
            results.append(error.kind)
    if isinstance(results[0], str):
        assert results[0] == results[1]
    else:
        np.testing.assert_array_equal(results[0][0], results[1][0])
        np.testing.assert_array_equal(results[0][1], results[1][1])


def test_a_handle_offers_no_more_than_it_should():
    with pytest.raises(ValueError):
        Handle(None, "1")
    handle = Handle(None, 1)
    for name in ("__class_getitem__", "remote_", "data", "__array__", "__len__"):
        with pytest.raises(AttributeError):
            getattr(handle, name)


def test_objects_of_the_judge_are_tokens_and_dropping_them_is_noticed(opened):
    import weakref

    class Cache:
        pass

    alive = weakref.WeakSet()

    def forward(x):
        cache = Cache()
        alive.add(cache)
        counts.append(len(alive))
        return x + 1, cache

    source = """
def hoards(f, n):
    kept = [f(i) for i in range(n)]
    return len(kept)
def forgets(f, n):
    for i in range(n):
        out, cache = f(i)
    return out
def returns(f, g):
    return g(f(1)[1])
"""
    pair = opened(source, "hoards", "forgets", "returns")
    for name, most in (("hoards", 6), ("forgets", 2)):
        for solution in (pair.direct, pair.remote):
            counts = []
            solution.fresh_trace()
            solution.call(name, forward, 6)
            assert max(counts) == most, (name, solution)
    assert pair.both(lambda s: s.call("returns", forward, lambda c: type(c).__name__)) == (
        "value", "Cache")


def test_names_that_are_not_there(opened):
    pair = opened("def f(): pass\ng = 5\n", "f", "g")
    assert pair.remote.has("f") and not pair.remote.has("g")


# --- verdicts -----------------------------------------------------------------------------------


class Loaded(Direct):
    """Functions of this process behind the very messages that a child would get."""


def same_verdict(grader, exercise, make, memo):
    """The verdict of the judge with ``make()`` here, and with the same functions over there."""
    import socket
    import threading

    from autograder.sandbox.child import Child
    from autograder.sandbox.launch import Line
    from autograder.sandbox.wire import Channel

    ours, theirs = socket.socketpair()
    child = Child(Channel(theirs, judging=False))
    child.machine.namespace = namespace = make()  # its own: what a function keeps stays its own
    thread = threading.Thread(target=child.serve, daemon=True)
    thread.start()
    remote = Remote(grader.sandbox, Line(Channel(ours), -1, True, {"exit": 0}), namespace, 60)
    seed = seed_of(7, exercise.name)
    here = judge(exercise, Direct(make()), np.random.default_rng(seed), memo=memo)
    there = judge(exercise, remote, np.random.default_rng(seed), memo=memo)
    ours.close()
    thread.join(5)
    theirs.close()
    return here, there


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_verdicts_are_the_same_here_and_there(grader, exercise, tmp_path):
    # not those that only claim to be slow or recursive
    mistakes = [m for m in exercise.mistakes
                if not any(hasattr(item, "missing_depth") for item in m.functions.values())]
    makers = [lambda: dict(exercise.reference)]
    makers += [partial(m.namespace, exercise) for m in mistakes[:: max(1, len(mistakes) // 2)]]
    makers += [lambda v=v: {**exercise.reference, **v.functions} for v in exercise.variants[:1]]
    memo = Memo()  # what hypotheses predict is the same for both, and for all
    for make in makers:
        here, there = same_verdict(grader, exercise, make, memo)
        assert here.as_dict() == there.as_dict()
