"""Reads the arguments of an operation as arrays and says in one sentence which one does not fit.

The operations of lessons 13 to 15 take five or six arrays whose sizes must agree. The letters of
the curriculum, written beside each argument, keep the check in one line and the message exact.
"""

from bplib.arrays import as_float, as_floats


def float_arrays(**arguments):
    """Read arguments given as `name=(value, letters)`; return the arrays in the same order.

    `letters` names the axes, separated by blanks: "N T D", or "D 4H" for four times H. A letter is
    bound where it first stands and must agree wherever it stands again; the arrays come back in one
    precision, as `bplib.arrays.as_floats` chooses it. Raises TypeError for what is not a number and
    ValueError for a shape that does not fit.

    >>> x, W = float_arrays(x=([[1, 2, 3]], "N D"), W=([[1.0], [2.0], [3.0]], "D M"))
    >>> x.shape, W.shape
    ((1, 3), (3, 1))
    >>> float_arrays(x=([[1, 2, 3]], "N D"), W=([[1.0], [2.0]], "D M"))
    Traceback (most recent call last):
    ValueError: W must have shape (D, M) with D = x.shape[1] = 3; got (2, 1)
    """
    sizes, origins = {}, {}
    arrays = as_floats(**{name: value for name, (value, _) in arguments.items()})
    for (name, (_, letters)), array in zip(arguments.items(), arrays, strict=True):
        letters = letters.split()
        fits = array.ndim == len(letters)
        for axis, letter in enumerate(letters if fits else ()):
            times, letter = int(letter[:-1] or 1), letter[-1]
            if letter in sizes:
                fits = fits and array.shape[axis] == times * sizes[letter]
            else:
                sizes[letter], rest = divmod(array.shape[axis], times)
                origins[letter] = f"{name}.shape[{axis}]"
                fits = fits and rest == 0
        if not fits:
            raise ValueError(_misfit(name, array, letters, sizes, origins))
    return arrays


def upstream(name, value, shape, of):
    """Return an upstream gradient as floats, or raise ValueError unless it has the shape of `of`.

    >>> upstream("dh", [1.0], (2,), "h")
    Traceback (most recent call last):
    ValueError: dh must have the shape of h, (2,); got (1,)
    """
    array = as_float(value, name)
    if array.shape != tuple(shape):
        raise ValueError(f"{name} must have the shape of {of}, {tuple(shape)}; got {array.shape}")
    return array


def check_steps(x):
    """Raise ValueError when a batch of sequences, x (N, T, D), has no steps.

    >>> import numpy as np
    >>> check_steps(np.zeros((2, 0, 3)))
    Traceback (most recent call last):
    ValueError: x must have at least one step, T >= 1; got shape (2, 0, 3)
    """
    if x.shape[1] == 0:
        raise ValueError(f"x must have at least one step, T >= 1; got shape {x.shape}")


def _misfit(name, array, letters, sizes, origins):
    """Say which shape was expected, where its sizes come from, and which one came."""
    comma = "," if len(letters) == 1 else ""
    known = [
        f"{letter} = {origins[letter]} = {sizes[letter]}"
        for letter in dict.fromkeys(letter[-1] for letter in letters)
        if letter in sizes and not origins[letter].startswith(name + ".")
    ]
    where = " with " + ", ".join(known) if known else ""
    return f"{name} must have shape ({', '.join(letters)}{comma}){where}; got {array.shape}"
