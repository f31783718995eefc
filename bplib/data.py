"""Real digits to read, and toy points to look at: the data of lessons 09 to 12.

The digits come with the package, so that a lesson needs no download and no account; MNIST, which is
larger, is read from files that the learner already has.
"""

import gzip
import struct
import zlib
from importlib.resources import files
from pathlib import Path

import numpy as np

from bplib.arrays import check_count, check_positive
from bplib.linear import split_examples
from bplib.randomness import check_generator

MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
               "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def load_digits():
    """Return 1,797 handwritten digits of 8 x 8 pixels, written by 13 people, and what they show.

    Returns `images` (1797, 64), floats from 0 (paper) to 1 (ink), each picture row by row from its
    top left, and `labels` (1797,), integers 0 to 9. `images[0].reshape(8, 8)` is a picture again.

    Source: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, CC BY 4.0; the test part. See `datasets/digits.txt` beside this file.

    >>> images, labels = load_digits()
    >>> images.shape, labels[:10].tolist(), float(images.max())
    ((1797, 64), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1.0)
    """
    source = files("bplib").joinpath("datasets", "digits.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return stored["images"] / 16.0, stored["labels"].astype(np.int64)


def train_test_split(x, y, test_fraction, rng):
    """Put some examples aside, at random, to see later how a network does on what it never saw.

    Args: `x` (N, ...); `y` (N, ...); `test_fraction` between 0 and 1; `rng`, a np.random.Generator.
    Returns `x_train, y_train, x_test, y_test`, the test part of round(test_fraction * N) examples.
    Raises ValueError when the lengths differ or either side would be empty.

    >>> parts = train_test_split(np.zeros((10, 3)), np.arange(10), 0.2, np.random.default_rng(0))
    >>> [part.shape for part in parts]
    [(8, 3), (8,), (2, 3), (2,)]
    """
    check_generator(rng)
    check_positive(test_fraction, "test_fraction")
    if np.ndim(x) == 0 or np.ndim(y) == 0 or len(x) != len(y):
        raise ValueError("x and y must have one row per example, equally many; "
                         f"got shapes {np.shape(x)} and {np.shape(y)}")
    return split_examples(x, y, test_fraction, rng)


def make_moons(count, noise, rng):
    """Make up points on two half moons that no straight line can part.

    Moon 0 is `(cos a, sin a)`, moon 1 is `(1 - cos a, 1/2 - sin a)`, the angles `a` uniform from 0
    to pi; every coordinate then gets normal noise of standard deviation `noise`.

    Args: `count`, how many points; `noise`, 0 or more; `rng`, a np.random.Generator.
    Returns `x` (count, 2) and `y` (count,), integers 0 and 1, half of each, shuffled.

    >>> x, y = make_moons(100, 0.1, np.random.default_rng(0))
    >>> x.shape, int(y.sum())
    ((100, 2), 50)
    """
    count = check_count(count, "count", least=1)
    check_positive(noise, "noise", zero_too=True)
    y = check_generator(rng).permutation(np.arange(count) % 2)
    angle = rng.uniform(0, np.pi, count)
    sign = 1 - 2 * y
    x = np.stack([y + sign * np.cos(angle), 0.5 * y + sign * np.sin(angle)], axis=1)
    return x + noise * rng.normal(size=x.shape), y


def load_mnist_files(folder):
    """Read MNIST from the four files a learner already has, packed (`.gz`) or not.

    Args: `folder`, which holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the two
    that begin with `t10k`; a dot before `idx` does as well.
    Returns `x_train, y_train, x_test, y_test`: pictures (N, 784), float32 from 0 to 1 (in float64
    they need 440 MB), and labels (N,), integers 0 to 9.
    Raises FileNotFoundError when a file is missing, ValueError when one is not what its name says.
    Source of the format: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "File formats".

    >>> load_mnist_files("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: folder must be a directory with the four MNIST files; got 'no/such/folder'
    """
    if not Path(folder).is_dir():
        raise FileNotFoundError("folder must be a directory with the four MNIST files; "
                                f"got {str(folder)!r}")
    arrays = [read_idx(_find(Path(folder), name)) for name in MNIST_FILES]
    for kind, images, labels in (("train", *arrays[:2]), ("t10k", *arrays[2:])):
        if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
            raise ValueError(f"the {kind} files must hold equally many pictures and labels; "
                             f"got shapes {images.shape} and {labels.shape}")
    pictures = [a.reshape(len(a), -1) / np.float32(255) for a in arrays[::2]]
    return (pictures[0], arrays[1].astype(np.int64), pictures[1], arrays[3].astype(np.int64))


def _find(folder, name):
    for candidate in (name, name.replace("-idx", ".idx")):
        for path in (folder / candidate, folder / f"{candidate}.gz"):
            if path.is_file():
                return path
    raise FileNotFoundError(f"folder must hold {name} or {name}.gz; {str(folder)!r} has neither")


def read_idx(path):
    """Return the array of bytes in an IDX file, packed with gzip or not.

    The file is: two zero bytes, 8 for "bytes", the number of axes; the length of each axis, four
    bytes with the largest first; then the values.

    Args: `path`. Returns an array of uint8. Raises ValueError when the file is not such a file.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "labels")
    ...     _ = Path(path).write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    raw = Path(path).read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{path} must be a whole gzip file; it cannot be unpacked "
                             f"({error})") from None
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} must be an IDX file of bytes, which begins with 00 00 08; "
                         f"it begins with {raw[:3].hex(' ') or 'nothing'}")
    start = 4 + 4 * raw[3]
    if len(raw) < start:
        raise ValueError(f"{path} must tell the lengths of its {raw[3]} axes; it ends before that")
    shape = struct.unpack(f">{raw[3]}I", raw[4:start])
    expected = int(np.prod(shape, dtype=object))
    if len(raw) - start != expected:
        raise ValueError(f"{path} must hold {expected} values for its shape {shape}; "
                         f"it holds {len(raw) - start}")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)
