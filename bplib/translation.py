"""Dates and numbers as people write them, and what a machine writes for them (lesson 15).

Pairs are made, not collected: every date in one of many wordings against its ISO 8601 form, every
number in words against its digits. Text becomes whole numbers letter by letter.
"""

import calendar

import numpy as np

from bplib.arrays import check_count
from bplib.randomness import check_generator

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
            "nine": "ninth", "twelve": "twelfth"}
MONTHS = ("january february march april may june july august september october november "
          "december").split()
LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789-,."  # a blank, id 0, also fills up
SYMBOLS = len(LETTERS)
YEARS = (1900, 2099)


def number_in_words(number):
    """Return a number from 0 to 9999 in English words.

    Raises ValueError beyond.

    >>> number_in_words(14), number_in_words(305), number_in_words(7042)
    ('fourteen', 'three hundred and five', 'seven thousand and forty-two')
    """
    if not 0 <= check_count(number, "number") <= 9999:
        raise ValueError(f"number must lie between 0 and 9999; got {number}")
    if number < 20:
        return ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS[ten - 2] + (f"-{ONES[one]}" if one else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    words = f"{ONES[many]} {name}"
    if not rest:
        return words
    return f"{words} {'and ' if rest < 100 else ''}{number_in_words(rest)}"


def ordinal_in_words(number):
    """Return the place that a number from 1 to 99 stands for, in words.

    >>> ordinal_in_words(3), ordinal_in_words(20), ordinal_in_words(31)
    ('third', 'twentieth', 'thirty-first')
    """
    if not 1 <= check_count(number, "number") <= 99:
        raise ValueError(f"number must lie between 1 and 99; got {number}")
    *before, last = number_in_words(number).split("-")
    if last in ORDINALS:
        last = ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return "-".join([*before, last])


def date_pair(rng):
    """Return a random date as `written, iso`: in one of ten wordings, and as YYYY-MM-DD.

    >>> date_pair(np.random.default_rng(4))
    ('2045 december 28', '2045-12-28')
    """
    check_generator(rng)
    year = int(rng.integers(YEARS[0], YEARS[1] + 1))
    month = int(rng.integers(1, 13))
    day = int(rng.integers(1, calendar.monthrange(year, month)[1] + 1))
    name = MONTHS[month - 1]
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    word = ordinal_in_words(day)
    wordings = (
        f"{day} {name} {year}", f"{name} {day}, {year}", f"{day} {name[:3]} {year}",
        f"{name[:3]}. {day} {year}", f"{day}{ending} of {name} {year}", f"{year} {name} {day}",
        f"{name} the {word}, {year}", f"the {word} of {name}, {year}", f"{word} {name[:3]}. {year}",
        f"{year}, {name} {word}",
    )  # fmt: skip
    return wordings[rng.integers(len(wordings))], f"{year:04d}-{month:02d}-{day:02d}"


def number_pair(rng):
    """Return a random number from 0 to 9999 as `words, digits`, small ones as often as large.

    >>> number_pair(np.random.default_rng(0))
    ('six thousand three hundred and sixty-nine', '6369')
    """
    check_generator(rng)
    number = int(rng.integers(10 ** int(rng.integers(1, 5))))
    return number_in_words(number), str(number)


def make_pairs(count, rng, pair=date_pair):
    """Return `count` different pairs, a list of (written, wanted); `pair` makes one from rng.

    Raises ValueError when so many different ones cannot be found.

    >>> len(make_pairs(50, np.random.default_rng(0)))
    50
    """
    check_count(count, "count", least=1)
    pairs = {}
    for _ in range(20 * count + 100):
        pairs[pair(rng)] = None  # a dict keeps the order, a set would not
        if len(pairs) == count:
            return list(pairs)
    raise ValueError(f"count must not exceed the different pairs there are; found {len(pairs)}")


def encode_texts(texts, length=None, align="right"):
    """Return the ids of some texts, (N, L), filled up with blanks to one length.

    Args: `texts`, a list of str over LETTERS; `length`, L, the longest text's if None; `align`,
    "right" to fill up in front, so that a reader ends on the last letter, or "left".
    Raises ValueError for other letters, a text longer than `length` or another `align`.

    >>> encode_texts(["b a", "c"]).tolist(), encode_texts(["c"], 2, "left").tolist()
    ([[2, 0, 1], [0, 0, 3]], [[3, 0]])
    """
    if align not in ("left", "right"):
        raise ValueError(f"align must be 'left' or 'right'; got {align!r}")
    length = max(map(len, texts), default=0) if length is None else check_count(length, "length")
    ids = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        if len(text) > length:
            raise ValueError(f"texts must have at most {length} letters; got {text!r}")
        for place, letter in enumerate(text, start=length - len(text) if align == "right" else 0):
            if letter not in LETTERS:
                raise ValueError(f"texts must be written in {LETTERS!r}; got {letter!r} "
                                 f"in {text!r}")
            ids[row, place] = LETTERS.index(letter)
    return ids


def decode_texts(ids):
    """Return the texts that ids (N, L) stand for, without blanks at either end.

    >>> decode_texts([[0, 2, 0, 1]])
    ['b a']
    """
    return ["".join(LETTERS[letter] for letter in row).strip() for row in np.asarray(ids, int)]
