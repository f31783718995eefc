"""The messages between judge and sandbox: JSON with raw buffers, which can carry data alone.

A message is two lengths, a JSON header and the bytes of its arrays. Nothing in it can name a
class or a function, so reading one runs no code; whatever is too large, too deep or of another
dtype is refused with a `WireError`. Used on both sides: the judge trusts none of what it reads.
"""

import json
import math
import struct
import time

import numpy as np

from autograder.compare import Unreadable
from autograder.machine import Ref, Rng, Strided

LENGTHS = struct.Struct("<II")
CHUNK = 1 << 16
MOST_HEADER, MOST_PROGRAM = 4 << 20, 64 << 20
MOST_BYTES = 16 << 20
MOST_DEPTH, MOST_DIMENSIONS = 12, 6
MOST_TEXT = 10_000
MOST_DIGITS = 300
EXACT = 1 << 53
DTYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 "
                   "complex64 complex128".split())  # fmt: skip
NAMES = {np.dtype(name): name for name in DTYPES}  # numpy takes longer to tell a name


class WireError(Exception):
    """A message that cannot be sent, or that must not be believed."""


class ChannelClosed(Exception):
    """The other side is gone."""


class ChannelTimeout(Exception):
    """The other side did not answer in time."""


# --- values -------------------------------------------------------------------------------------


class Encoder:
    """Writes values as JSON nodes; arrays go into ``buffers``.

    special: called with whatever is not plain (a function, an object) and this encoder; gives its
        node.
    """

    def __init__(self, special):
        self.special, self.buffers, self.size = special, [], 0

    def node(self, value, depth=0):
        """The node of ``value``; raises WireError for what is too large or too deep."""
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if -EXACT < value < EXACT else self._long(value)
        if kind is float:
            return value if math.isfinite(value) else {"f": repr(value)}
        if kind is str:
            return value[:MOST_TEXT]
        if kind is Ref:
            return {"r": value.index}
        if depth > MOST_DEPTH:
            raise WireError("nested too deeply")
        if kind is tuple:
            return {"t": [self.node(item, depth + 1) for item in value]}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "n")
        if isinstance(value, tuple):
            return {"t": [self.node(item, depth + 1) for item in value]}
        if isinstance(value, list):
            return [self.node(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {"d": [[self.node(key, depth + 1), self.node(item, depth + 1)]
                          for key, item in value.items()]}  # fmt: skip
        return self._other(value, depth)

    def _other(self, value, depth):
        if isinstance(value, Rng):
            return {"g": self._long(value.seed)}
        if isinstance(value, Strided):
            return {"v": self.node(value.array, depth + 1)}
        if isinstance(value, Unreadable):
            return {"u": value.what[:MOST_TEXT]}
        if type(value) is complex:
            return {"z": [repr(value.real), repr(value.imag)]}
        return self.special(value, self)

    def _long(self, value):
        if value.bit_length() > 1000:
            return {"u": "a whole number of more than 300 digits"}
        return {"i": str(value)}

    def _array(self, value, tag="a"):
        array = np.array(value, order="C")  # subclasses become plain arrays
        name = NAMES.get(array.dtype) or array.dtype.name
        if array.dtype.kind in "fc" and name not in DTYPES:
            array = array.astype(complex if array.dtype.kind == "c" else float)
            name = array.dtype.name
        if name not in DTYPES:
            return {"u": f"a {type(value).__name__}, not numbers"[:MOST_TEXT]}
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise WireError("too large")
        self.buffers.append(data)
        return {tag: [name, list(array.shape), len(self.buffers) - 1]}


class Decoder:
    """Reads nodes back; ``tags`` maps further allowed tags to functions of (content, decoder)."""

    def __init__(self, buffers, tags=None, depth=MOST_DEPTH + 5):
        self.buffers, self.tags, self.depth = buffers, tags or {}, depth

    def value(self, node, depth=0):
        """The value of ``node``; raises WireError for whatever is not plain data."""
        kind = type(node)
        if kind is str:
            return node[:MOST_TEXT]
        if node is None or kind is int or kind is float or kind is bool:
            return node
        if depth > self.depth:
            raise WireError("nested too deeply")
        if kind is list:
            return [self.value(item, depth + 1) for item in node]
        if kind is not dict or len(node) != 1:
            raise WireError("not a node")
        (tag, content), = node.items()
        try:
            return self._tagged(tag, content, depth)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise WireError(f"a bad {tag!r}: {error}") from None

    def _tagged(self, tag, content, depth):
        if tag in self.tags:
            return self.tags[tag](content, self)
        if tag == "t" and isinstance(content, list):
            return tuple(self.value(item, depth + 1) for item in content)
        if tag == "d":
            return {self.value(key): self.value(item, depth + 1) for key, item in content}
        if tag == "i" and len(content) <= MOST_DIGITS + 4:
            return int(content)
        if tag == "f" and content in ("nan", "inf", "-inf"):
            return float(content)
        if tag == "z":
            real, imaginary = content
            return complex(float(real), float(imaginary))
        if tag == "u" and isinstance(content, str):
            return Unreadable(clean(content, 120))
        if tag == "a":
            return self._array(*content)
        if tag == "n":
            scalar = self._array(*content)
            return scalar[()] if isinstance(scalar, np.ndarray) and not scalar.ndim else scalar
        raise WireError(f"an unknown tag {tag!r}")

    def _array(self, name, shape, place):
        if name not in DTYPES or len(shape) > 32 or not all(
            type(n) is int and 0 <= n < 1 << 31 for n in shape
        ) or type(place) is not int or place < 0:
            raise WireError("not an array")
        if len(shape) > MOST_DIMENSIONS:  # comparing every order of the axes would take for ever
            return Unreadable(f"an array of {len(shape)} dimensions")
        dtype, data = np.dtype(name), self.buffers[place]
        if math.prod(shape) * dtype.itemsize != len(data):
            raise WireError("an array of another size than it says")
        if name == "bool":  # any byte but 0 is True: a bool array with a 2 in it is undefined
            return (np.frombuffer(data, np.uint8) != 0).reshape(shape)
        little = np.frombuffer(data, dtype.newbyteorder("<"))
        return little.astype(dtype).reshape(shape)  # a copy of its own, writable


def clean(text, limit=500):
    r"""A stranger's text as one line without control characters, safe on a terminal.

    >>> clean("a" + chr(27) + "[2Jb")
    'a\\x1b[2Jb'
    """
    shown = printable(" ".join(str(text)[: 4 * limit].split()))
    return shown if len(shown) <= limit else shown[:limit] + " ..."


def printable(text):
    """``text`` with everything that is not a letter, sign or space written out as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# --- messages -----------------------------------------------------------------------------------


def pack(message, buffers=(), most_header=MOST_HEADER):
    """The bytes of a message: a JSON-able dict and its buffers."""
    head = json.dumps({"m": message, "b": [len(data) for data in buffers]}).encode()
    size = sum(map(len, buffers))
    if len(head) > most_header or size > MOST_BYTES:
        raise WireError("too large")
    return b"".join((LENGTHS.pack(len(head), size), head, *buffers))


def unpack(head, body):
    """The message and its buffers from header and body bytes; raises WireError."""
    try:
        parsed = json.loads(head)
        message, lengths = parsed["m"], parsed["b"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise WireError(f"not a message: {error}") from None
    if not isinstance(message, dict) or not isinstance(lengths, list) or not all(
        type(n) is int and n >= 0 for n in lengths
    ) or sum(lengths) != len(body):
        raise WireError("not a message")
    buffers, place = [], 0
    for length in lengths:
        buffers.append(body[place:place + length])
        place += length
    return message, buffers


class Channel:
    """Messages over a socket (or anything with settimeout, sendall, recv and close).

    judging: whether this is the judge's end, which may say more than it listens to.
    """

    def __init__(self, sock, judging=True):
        self.sock, self.ahead = sock, bytearray()
        self.most_sent, self.most_read = MOST_PROGRAM, MOST_HEADER
        if not judging:
            self.most_sent, self.most_read = self.most_read, self.most_sent

    def send(self, message, buffers=(), deadline=None):
        """Send one message; raises ChannelClosed, ChannelTimeout, WireError."""
        data = pack(message, buffers, self.most_sent)
        try:
            self.sock.settimeout(_left(deadline))
            self.sock.sendall(data)
        except TimeoutError:
            raise ChannelTimeout from None
        except OSError:
            raise ChannelClosed from None

    def receive(self, deadline=None):
        """The next message and its buffers; raises ChannelClosed, ChannelTimeout, WireError."""
        head, body = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        if head > self.most_read or body > MOST_BYTES:
            raise WireError("too large")
        return unpack(self._read(head, deadline), self._read(body, deadline))

    def _read(self, size, deadline):
        while len(self.ahead) < size:
            try:
                self.sock.settimeout(_left(deadline))
                piece = self.sock.recv(max(CHUNK, min(size - len(self.ahead), 1 << 20)))
            except TimeoutError:
                raise ChannelTimeout from None
            except OSError:
                raise ChannelClosed from None
            if not piece:
                raise ChannelClosed
            self.ahead += piece
        data = bytes(self.ahead[:size])
        del self.ahead[:size]
        return data

    def close(self):
        """Close this end."""
        self.sock.close()


def _left(deadline):
    """Seconds until a time.monotonic(); raises TimeoutError when it is over, None for no limit."""
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
