"""The wire carries data alone, exactly, and refuses everything else without harm."""

import json
import random
import socket
import struct
import time

import numpy as np
import pytest

from autograder.compare import Unreadable
from autograder.sandbox.wire import (
    DTYPES,
    LENGTHS,
    MOST_DIGITS,
    Channel,
    ChannelClosed,
    ChannelTimeout,
    Decoder,
    Encoder,
    WireError,
    clean,
    pack,
    unpack,
)


def refuse(value, encoder):
    raise WireError(f"{type(value).__name__} is not plain")


def there_and_back(value):
    encoder = Encoder(refuse)
    node = encoder.node(value)
    data = pack({"v": node}, encoder.buffers)
    head, body = LENGTHS.unpack(data[:8])
    message, buffers = unpack(data[8:8 + head], data[8 + head:])
    assert len(data) == 8 + head + body
    return Decoder(buffers).value(message["v"])


PLAIN = [
    None, True, False, 0, -1, 2**53, -(2**64), 10**MOST_DIGITS - 1, 0.1, -0.0, 1e308, 5e-324,
    "", "word", "\x1b[0m", "\u202e", (), [], {}, (1, (2.5, [None, "a"])), {"a": 1, 2: [3]}, 1 + 2j,
    np.float32(1.5), np.int8(-3), np.bool_(True), np.complex64(1j),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_come_back_as_they_were(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


def test_what_is_not_finite_comes_back():
    back = there_and_back([np.inf, -np.inf, np.nan])
    assert back[:2] == [np.inf, -np.inf] and back[2] != back[2]


@pytest.mark.parametrize("name", sorted(DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_arrays_come_back_as_they_were(name, shape):
    rng = np.random.default_rng(0)
    array = np.asarray(rng.normal(size=shape) * 3).astype(name)
    back = there_and_back(array)
    assert back.dtype == array.dtype and back.shape == shape and back.flags.writeable
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("array", [
    np.arange(12.0).reshape(3, 4).T, np.arange(12.0)[::-2], np.asfortranarray(np.eye(3)),
    np.arange(4, dtype=">f8"), np.ma.array([1.0, 2.0], mask=[0, 1]), np.eye(2).view(np.matrix),
], ids=["transposed", "strided", "fortran", "big-endian", "masked", "matrix"])  # fmt: skip
def test_other_layouts_become_plain_arrays(array):
    back = there_and_back(array)
    assert type(back) is np.ndarray and back.dtype.isnative
    np.testing.assert_array_equal(back, np.array(array))


def test_what_holds_no_numbers_is_named():
    assert there_and_back(np.array(["a"])) == Unreadable("a ndarray, not numbers")
    assert there_and_back(np.array([None])) == Unreadable("a ndarray, not numbers")
    assert "300 digits" in there_and_back(10**5000).what


def test_many_dimensions_are_not_looked_at():
    assert there_and_back(np.zeros((2,) * 7)) == Unreadable("an array of 7 dimensions")
    assert there_and_back(np.zeros((2,) * 6)).shape == (2,) * 6


def test_too_deep_and_too_large_is_refused():
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(WireError):
        there_and_back(deep)
    with pytest.raises(WireError):
        there_and_back(np.zeros(3 << 20))
    with pytest.raises(WireError):
        there_and_back(["word"] * 2_000_000)


@pytest.mark.parametrize("node", [
    {"a": ["object", [1], 0]}, {"a": ["float64", [2], 0]}, {"a": ["float64", [-1], 0]},
    {"a": ["float64", [1 << 40, 0], 0]}, {"a": ["float64", [True], 0]}, {"a": ["float64", [1], 9]},
    {"a": ["float64", [1], -1]}, {"a": ["float64", "1", 0]}, {"a": [["float64"], [1], 0]},
    {"a": ["float64", [1] * 40, 0]}, {"a": 1}, {"a": None}, {"n": ["float64", [1], 0, 4]},
    {"i": "0x10"}, {"i": "9" * 10_000}, {"i": 5}, {"f": "1e9"}, {"f": None}, {"z": [1]},
    {"z": ["a", "b"]}, {"d": [[1]]}, {"d": [[[], 1]]}, {"d": 4}, {"t": 4}, {"u": 4}, {},
    {"a": 1, "b": 2}, {"r": 1}, {"c": [1, "f"]}, {"o": 1}, {"g": 1}, {"v": 1}, {"__class__": "os"},
], ids=str)  # fmt: skip
def test_a_bad_node_is_refused(node):
    with pytest.raises(WireError):
        Decoder([bytes(8)]).value(node)


def test_a_truth_is_zero_or_one():
    array = Decoder([b"\x00\x02\xff"]).value({"a": ["bool", [3], 0]})
    assert array.view(np.uint8).tolist() == [0, 1, 1]


def random_node(chance, depth=0):
    kind = chance.randrange(9 if depth < 4 else 5)
    if kind < 5:
        return chance.choice([None, True, -1, 1e300, "a", "nan", 2**70, ""])
    if kind == 5:
        return [random_node(chance, depth + 1) for _ in range(chance.randrange(4))]
    tag = chance.choice("tdifzanugrcohv")
    if kind == 6:
        return {tag: random_node(chance, depth + 1)}
    if kind == 7:
        return {tag: [random_node(chance, depth + 1) for _ in range(chance.randrange(4))]}
    return {tag: [chance.choice(sorted(DTYPES)), [chance.randrange(-1, 5)], chance.randrange(-1, 3)]}


def test_random_nodes_give_plain_data_or_are_refused():
    chance, read = random.Random(5), 0
    for _ in range(20_000):
        try:
            value = Decoder([bytes(8), b"", bytes(16)]).value(random_node(chance))
        except WireError:
            continue
        read += 1
        assert isinstance(value, (type(None), bool, int, float, complex, str, list, tuple, dict,
                                  np.ndarray, np.generic, Unreadable))  # fmt: skip
    assert read > 1000


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    yield Channel(ours), theirs
    ours.close()
    theirs.close()


def test_random_bytes_never_do_more_than_end_the_line(line):
    chance = random.Random(6)
    for _ in range(300):
        ours, theirs = socket.socketpair()
        good = bytearray(pack({"op": "reply", "results": [1.5]}, [bytes(8)]))
        for _ in range(chance.randrange(1, 6)):
            good[chance.randrange(len(good))] = chance.randrange(256)
        theirs.sendall(good)
        theirs.close()
        try:
            message, _ = Channel(ours).receive(time.monotonic() + 5)
            assert isinstance(message, dict)
        except (WireError, ChannelClosed):
            pass
        ours.close()


def test_lengths_are_capped_before_anything_is_read(line):
    channel, other = line
    other.sendall(struct.pack("<II", 2**31, 0))
    with pytest.raises(WireError):
        channel.receive()


def test_a_silent_line_ends_in_time(line):
    channel, other = line
    other.sendall(b"\x05")
    begun = time.monotonic()
    with pytest.raises(ChannelTimeout):
        channel.receive(begun + 0.2)
    assert time.monotonic() - begun < 2


def test_a_line_that_nobody_reads_ends_in_time(line):
    channel, _ = line
    with pytest.raises(ChannelTimeout):
        channel.send({}, [bytes(8 << 20)], time.monotonic() + 0.2)


def test_a_closed_line_says_so(line):
    channel, other = line
    other.close()
    with pytest.raises(ChannelClosed):
        channel.receive()


@pytest.mark.parametrize("head", [b"", b"[]", b"{}", b'{"m": 1, "b": []}', b'{"m": {}, "b": [5]}',
                                  b'{"m": {}, "b": [-1]}', b'{"m": {}, "b": ["1"]}', b"\xff\xfe",
                                  b"[" * 100_000, b'{"m": ' + b"9" * 5000 + b', "b": []}'])  # fmt: skip
def test_a_bad_header_is_refused(head):
    with pytest.raises(WireError):
        unpack(head, b"")


def test_messages_are_json_alone():
    assert json.loads(pack({"op": "x"})[8:]) == {"m": {"op": "x"}, "b": []}


def test_clean_text_is_one_safe_line():
    text = clean("a\r\n\tb\x1b]0;title\x07\u202e\u2066\x00 c\ud800" + "x" * 9000)
    assert text.isprintable() and text.startswith("a b\\x1b]0;title") and len(text) < 520
