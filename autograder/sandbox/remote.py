"""A learner's functions at the other end of a pipe, as a `Solution` that the judge can drive.

Offers what `Direct` offers. Functions of the judge's that a learner's function is given (an error
to minimise, a network to check) stay here: the child asks, and they are called here. What they
are given of the child's own objects are `Handle`s, whose arithmetic happens in the child.

Values are compared out here. What is noticed beside them (inputs changed, warnings) happens inside
the child's memory and is its own word: a program that lies about it saves the points for manners.
"""

import itertools
import time
import warnings

import numpy as np

from autograder.compare import Unreadable
from autograder.errors import ContractError, LearnerError
from autograder.machine import Ref, Trace
from autograder.sandbox.launch import how_it_died
from autograder.sandbox.wire import (
    MOST_DIMENSIONS,
    ChannelClosed,
    ChannelTimeout,
    Decoder,
    Encoder,
    WireError,
    clean,
)
from autograder.solution import Solution, count_sentence

MOST_CALLBACKS_DEEP, MOST_CALLBACK_BYTES = 30, 2 << 20
UFUNCS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/", np.power: "**",
          np.matmul: "@"}  # fmt: skip
NUMPY = {np.exp: "exp", np.log: "log", np.tanh: "tanh"}
OURS = ("Timeout", "Died")


class Remote(Solution):
    """See the module's docstring.

    sandbox, line: where the child lives; names: the contract names it was seen to have;
    seconds: that all calls together may take from now on.
    """

    def __init__(self, sandbox, line, names, seconds):
        super().__init__()
        self.sandbox, self.line, self.names = sandbox, line, frozenset(names)
        self.seconds, self.deadline = seconds, time.monotonic() + seconds
        self.trace, self.over, self.depth = Trace(), None, 0
        self.numbers = itertools.count()  # never used twice: what one stands for is kept over there
        self.fresh_trace()

    def fresh_trace(self):
        """Forget what was noticed and kept so far; between cases."""
        self.trace, self.fresh, self.heard = Trace(), True, []
        self.functions, self.told, self.tokens = {}, {}, {}

    # --- what the judge wants -------------------------------------------------------------------

    def evaluate(self, start, program, fetch):
        """See `Solution.evaluate`; raises LearnerError for all that happens over there."""
        reply, results = self._run(start, program, fetch)
        if len(results) != len(fetch):
            raise self._dead("it sent another number of results")
        return results

    def call(self, name, *args, returns=None, **kwargs):
        """See `Solution.call`; the results are counted and unpacked in the same message."""
        if returns is None:
            return super().call(name, *args, **kwargs)
        start, first = self.reserve(1), self.reserve(len(returns))
        refs = [Ref(first + place) for place in range(len(returns))]
        wanted = [ref for ref, what in zip(refs, returns, strict=True)
                  if not what.startswith("cache")]  # fmt: skip
        step = ("call", name, args, kwargs)
        reply, results = self._run(start, [step], wanted, (first, len(returns)))
        count = reply.get("count")
        if type(count) is not int or (count == len(returns)) != (len(results) == len(wanted)):
            raise self._dead("it sent another number of results than it says")
        if count != len(returns):
            raise ContractError("wrong-number-of-results", count_sentence(name, returns, count))
        values = iter(results)
        return tuple(ref if what.startswith("cache") else next(values)
                     for ref, what in zip(refs, returns, strict=True))  # fmt: skip

    def _run(self, start, program, fetch, unpack=()):
        """Send a program; its whole reply, and the results of it that could be fetched."""
        encoder = Encoder(self._special)
        message = {
            "op": "evaluate", "start": start, "fresh": self.fresh,
            "fetch": [ref.index for ref in fetch], "unpack": list(unpack),
            "program": [encoder.node(tuple(step)) for step in program],
        }  # fmt: skip
        self.fresh = False
        reply, buffers = self._exchange(message, encoder.buffers)
        try:
            self._note(reply)
            if "error" in reply:
                raise learner_error(*reply["error"])
            decoder = Decoder(buffers, depth=MOST_DIMENSIONS + 1)
            results = [_result(decoder, node) for node in reply["results"]]
        except (WireError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise self._dead(f"it sent what cannot be read ({clean(error, 80)})") from None
        return reply, results

    def count(self, ref, wanted):
        """See `Solution.count`."""
        reply, _ = self._exchange({"op": "count", "ref": ref.index, "wanted": wanted}, ())
        count = reply.get("count")
        if type(count) is not int or not -1 <= count < 1 << 40:
            raise self._dead("it sent what cannot be read")
        return count

    def _note(self, reply):
        mutated, said, printed = reply["trace"]
        self.trace.mutated |= {int(place) for place in mutated[:50]}
        self.trace.warnings = [*self.heard, *(clean(text, 200) for text in said[:20])]
        self.trace.printed = bool(printed)
        self._drop(reply)

    def _drop(self, reply):
        for number in reply.get("dropped", ()):
            self.tokens.pop(number, None)

    # --- the line -------------------------------------------------------------------------------

    def _exchange(self, message, buffers):
        """Send a message, call our functions as asked, and give the reply that comes at last."""
        if self.over is not None:
            raise self.over
        channel = self.line.channel
        try:
            channel.send(message, buffers, self.deadline)
            while True:
                reply, buffers = channel.receive(self.deadline)
                if reply.get("op") == "reply":
                    return reply, buffers
                self._answer(reply, buffers)
        except ChannelTimeout:
            self.sandbox.end(self.line)
            self.over = LearnerError("Timeout", f"more than {self.seconds:g} seconds")
            raise self.over from None
        except ChannelClosed:
            self.sandbox.end(self.line, patience=0.5)
            raise self._dead(how_it_died(self.line.how)) from None
        except WireError as error:
            raise self._dead(f"it sent what cannot be read ({clean(error, 80)})") from None

    def _dead(self, why):
        self.sandbox.end(self.line)
        self.over = LearnerError("Died", why)
        return self.over

    # --- our functions, called from over there --------------------------------------------------

    def _special(self, value, encoder):
        """What is not plain: a function or an object of ours stands over there by its number."""
        if isinstance(value, Handle):
            return {"r": value.ref.index}
        if callable(value):
            if id(value) not in self.told:  # the same function is the same one over there
                self.told[id(value)] = number = next(self.numbers)
                self.functions[number] = value
            return {"c": [self.told[id(value)], getattr(value, "__name__", "function")]}
        number = next(self.numbers)
        self.tokens[number] = value
        return {"h": number}

    def _answer(self, message, buffers):
        """Call the function that is asked for and send what it gives."""
        tags = {"o": lambda index, _: Handle(self, index), "h": lambda n, _: self.tokens[n]}
        encoder = Encoder(self._special)
        self.depth += 1
        try:
            if message.get("op") != "callback" or self.depth > MOST_CALLBACKS_DEEP or sum(
                    map(len, buffers)) > MOST_CALLBACK_BYTES:
                raise WireError("not an answer")
            function = self.functions[message["id"]]
            decoder = Decoder(buffers, tags)
            args, kwargs = (decoder.value(node) for node in message["args"])
            self._drop(message)
        except (KeyError, TypeError, ValueError) as error:
            raise WireError(f"not a question: {error}") from None
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                value = function(*args, **kwargs)
            self.heard += [str(item.message)[:200] for item in caught[:5]]
            answer = {"op": "answer", "value": encoder.node(value)}
        except WireError:
            raise
        except Exception as error:
            if self.over is not None:
                raise self.over from None
            answer, encoder = {"op": "raise", "error": _said(error)}, Encoder(None)
        finally:
            self.depth -= 1
        self.line.channel.send(answer, encoder.buffers, self.deadline)


def _result(decoder, node):
    """A result as it came; what is nested deeper than any answer is not looked at."""
    try:
        return decoder.value(node)
    except WireError as error:
        if str(error) == "nested too deeply":
            return Unreadable("a list that is nested too deeply")
        raise


def _said(error):
    """An exception of one of our functions, as its kind and text."""
    if isinstance(error, (LearnerError, ContractError)):
        return [error.kind, error.text]
    return [type(error).__name__, str(error)[:500]]


def learner_error(kind, text, where):
    """The error that the child reports; only the judge itself says that a child died."""
    kind = clean(kind, 60)
    return LearnerError(f"{kind}Error" if kind in OURS else kind, clean(text), clean(where, 200))


class Handle(np.lib.mixins.NDArrayOperatorsMixin):
    """An object of the child's: arithmetic and a few methods on it happen over there."""

    METHODS = ("exp", "log", "tanh", "relu", "sum")

    def __init__(self, remote, index):
        if type(index) is not int:
            raise ValueError("not a number")
        self.remote, self.ref = remote, Ref(index)

    def _step(self, *step):
        start = self.remote.reserve(1)
        self.remote.evaluate(start, [step], [])
        return Handle(self.remote, start)

    def __getattr__(self, name):
        if name == "T":
            return self._step("attribute", self.ref, "T")
        if name not in self.METHODS:
            raise AttributeError(f"this object has no {name!r} here")
        return lambda *args, **kwargs: self._step("method", self.ref, name, args, kwargs)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        given = [item.ref if isinstance(item, Handle) else item for item in inputs]
        if method != "__call__" or kwargs:
            return NotImplemented
        if ufunc in UFUNCS:
            return self._step("binary", UFUNCS[ufunc], *given)
        if ufunc in NUMPY:
            return self._step("numpy", NUMPY[ufunc], *given)
        if ufunc is np.negative:
            return self._step("negative", *given)
        return NotImplemented
