"""Arrays on disk: numpy's own `.npz`, which any program can read and which cannot run code.

A file is first written beside its place and then moved there in one go, so that a crash, or a full
disk, leaves the old file as it was and never half of a new one.
"""

import os
import zipfile
from pathlib import Path

import numpy as np


def save_arrays(path, arrays):
    """Write named arrays to one `.npz` file, replacing what was there only when all is written.

    Args: `path`, used as given; `arrays`, a dict of name to array of numbers. Returns None.
    Raises TypeError for what would need pickle, FileNotFoundError when there is no such folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(os.path.join(folder, "a.npz"), {"W": np.ones(2)})
    ...     load_arrays(os.path.join(folder, "a.npz"))
    {'W': array([1., 1.])}
    """
    path = Path(path)
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"{name} must be an array of numbers; got dtype {array.dtype}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path must lie in a folder that exists; got {str(path)!r}")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def load_arrays(path):
    """Read the named arrays of a `.npz` file, never running what a stranger may have put there.

    Args: `path`. Returns a dict of name to array. Raises FileNotFoundError when there is no file,
    ValueError when it is damaged, is something else, or holds Python objects.

    >>> load_arrays("nowhere.npz")
    Traceback (most recent call last):
    FileNotFoundError: path must be a .npz file; there is no 'nowhere.npz'
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path must be a .npz file; there is no {str(path)!r}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{str(path)!r} must be a whole .npz file; it is something else")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except Exception as error:  # a damaged file makes zipfile, zlib, ast or tokenize raise its own
        if "allow_pickle" in str(error):
            raise ValueError(f"{str(path)!r} must hold plain arrays; it holds Python objects, "
                             "which could run code when loaded") from None
        raise ValueError(f"{str(path)!r} must be a whole .npz file; it cannot be read "
                         f"({error})") from None
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):       # numpy hands out other members as bytes
            raise ValueError(f"{str(path)!r} must hold arrays; {name} is none")
    return arrays
