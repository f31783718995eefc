"""The untrusted side: runs a submission's cells, then what the judge asks of its functions.

Everything here may be taken over by the submission it runs; nothing here knows an expected
answer. All that leaves is data, and the judge believes none of it without comparing.
"""

import builtins
import itertools
import weakref

from autograder.compare import Unreadable, read
from autograder.errors import LearnerError
from autograder.machine import Machine, Ref, Rng, Strided, Trace, materialise
from autograder.sandbox import cells, imports
from autograder.sandbox.needed import which_are_needed
from autograder.sandbox.wire import ChannelClosed, Decoder, Encoder, WireError
from autograder.solution import count_results


class Token:
    """Stands here for an object of the judge's, which gets the object back for it."""

    def __init__(self, number):
        self.number = number


class JudgeRaised(Exception):
    """What a function of the judge's raised, when its class is not a built-in one."""


class Child:
    """Serves one judge over one channel."""

    def __init__(self, channel):
        self.channel, self.machine = channel, Machine({})
        self.handles = itertools.count(-1, -1)
        self.dropped = []
        self.callbacks = weakref.WeakValueDictionary()  # number -> function, while anybody has it
        self.operations = {"open": self.open, "evaluate": self.evaluate, "count": self.count}

    def serve(self):
        """Answer until the judge has gone."""
        while True:
            try:
                message, buffers = self.channel.receive()
            except ChannelClosed:
                return
            self.dispatch(message, buffers)

    def dispatch(self, message, buffers):
        """Carry out one message; every one is answered."""
        self.operations[message["op"]](message, buffers)

    # --- cells ----------------------------------------------------------------------------------

    def open(self, message, buffers):
        """Take in the library, run the cells, tell of each, and say which names are there."""
        imports.install(message["modules"], buffers, message["folder"])
        namespace = cells.fresh_namespace(message["main"])
        cells.fill(namespace, message["fill"])
        errors = []
        needed = which_are_needed([cell[1] for cell in message["cells"]], message["bound"])
        for number, (name, source, mode, seconds) in enumerate(message["cells"]):
            if number and needed[number]:
                self.channel.send({"op": "cell", "errors": errors})
            errors.append(cells.run_cell(name, source, mode, namespace, seconds)
                          if needed[number] else None)
        imports.judging()
        there = {name: namespace[name] for name in message["names"]
                 if callable(namespace.get(name))}  # fmt: skip
        self.machine.namespace = there
        self.channel.send({"op": "ready", "names": list(there), "errors": errors})

    # --- programs -------------------------------------------------------------------------------

    def evaluate(self, message, buffers):
        """Run a program and send the results that are asked for."""
        if message["fresh"]:
            self.machine.trace = Trace()
            self.machine.results.clear()
        decoder = Decoder(buffers, self.tags())
        encoder, reply = Encoder(self.unreadable), {"op": "reply"}
        try:
            program = [decoder.value(step) for step in message["program"]]
            self.machine.run(message["start"], program)
            if message["unpack"]:
                reply["count"] = self.unpack(message["start"], *message["unpack"])
            reply["results"] = [self.result(encoder, index) for index in message["fetch"]
                                if index in self.machine.results]
        except LearnerError as error:
            reply = {"op": "reply", "error": [error.kind, error.text[:500], error.where]}
        except BaseException as error:  # KeyboardInterrupt, or an error whose text raises
            reply = {"op": "reply", "error": [type(error).__name__, cells.text_of(error), ""]}
        trace = self.machine.trace
        reply["trace"] = [sorted(trace.mutated), trace.warnings[:20], trace.printed]
        reply["dropped"] = self.forgotten()
        try:
            self.channel.send(reply, encoder.buffers)
        except WireError:  # many small things: each could be sent, all together cannot
            reply["results"] = [{"u": "more than can be checked"}] * len(reply["results"])
            self.channel.send(reply)

    def unpack(self, index, first, wanted):
        """How many results a kept one holds; as many as wanted are kept too, from ``first`` on."""
        value = self.machine.results[index]
        count = count_results(value, wanted)
        if count == wanted:
            self.machine.run(first, [("item", Ref(index), place) for place in range(count)])
        return count

    def result(self, encoder, index):
        """The node of one kept result."""
        value = self.machine.results[index]
        try:
            return encoder.node(value)
        except WireError as error:
            return {"u": f"a {type(value).__name__} that is {error}"}
        except Exception:
            return {"u": f"a {type(value).__name__} that cannot be read"}

    def unreadable(self, value, encoder):
        """The node of what is not plain: numbers if numpy sees some in it, else words."""
        seen = read(value)
        return {"u": seen.what} if isinstance(seen, Unreadable) else encoder.node(seen)

    def count(self, message, buffers):
        """How many results stand in a kept result."""
        value = self.machine.results[message["ref"]]
        self.channel.send({"op": "reply", "count": count_results(value, message["wanted"])})

    # --- functions of the judge's ---------------------------------------------------------------

    def tags(self):
        """What only the judge may send: steps' references, generators, views, its functions."""
        return {
            "r": lambda index, _: Ref(index),
            "g": lambda node, decoder: Rng(decoder.value(node)),
            "v": lambda node, decoder: Strided(decoder.value(node)),
            "c": self.callback, "h": self.token,
        }  # fmt: skip

    def callback(self, content, _):
        """A function that asks the judge, wherever the learner's code calls it."""
        number, name = content

        def ask(*args, **kwargs):
            return self.ask(number, args, kwargs)

        ask.__name__ = ask.__qualname__ = name
        return self.callbacks.setdefault(number, ask)

    def token(self, number, _):
        """The stand-in of an object of the judge's, who hears when it is forgotten here."""
        token = Token(number)
        weakref.finalize(token, self.dropped.append, number)
        return token

    def forgotten(self):
        """Numbers of the judge's objects that nobody here has any more, each told once."""
        numbers = self.dropped[:]
        del self.dropped[: len(numbers)]
        return numbers

    def handle(self, value, _):
        """The node of an object of ours that the judge may use but never sees."""
        if isinstance(value, Token):
            return {"h": value.number}
        index = next(self.handles)
        self.machine.results[index] = value
        return {"o": index}

    def ask(self, number, args, kwargs):
        """Have the judge call its function; meanwhile carry out what it wants done here."""
        encoder = Encoder(self.handle)
        nodes = [encoder.node(args), encoder.node(kwargs)]
        self.channel.send({"op": "callback", "id": number, "args": nodes,
                           "dropped": self.forgotten()}, encoder.buffers)  # fmt: skip
        while True:
            message, buffers = self.channel.receive()
            if message["op"] == "answer":
                value = Decoder(buffers, self.tags()).value(message["value"])
                return materialised(value, self.machine)
            if message["op"] == "raise":
                raise exception(*message["error"])
            self.dispatch(message, buffers)


def materialised(value, machine):
    """An answer with the objects that its references mean."""
    return materialise(value, lambda ref: machine.results[ref.index])


def exception(kind, text):
    """An exception of the built-in class ``kind``, or one that is called like it."""
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Exception):
        try:
            return known(text)
        except TypeError:  # UnicodeDecodeError and its like want more
            pass
    return type(kind, (JudgeRaised,), {})(text)
