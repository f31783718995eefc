"""Whose fault is it? Machines stand in a row, the end came out wrong, and each must hear its share.

The two rules of the whole course are here, on plain numbers: multiply along a path, add where paths
meet. Every backward pass of every later lesson is these two rules on bigger shapes.
"""

from bplib.arrays import check_positive


def sensitivity(machine, x, nudge=1e-4):
    """Return the output's move per unit of nudge n, `(machine(x + n) - machine(x - n)) / (2 n)`.

    Args: `machine(x)` returns a number; `x` where it stands; `nudge` above 0, in the unit of `x`.
    Returns a float, output units per input unit. Raises ValueError when nudge <= 0.

    >>> round(sensitivity(lambda x: x * x, 3.0), 6)
    6.0
    """
    check_positive(nudge, "nudge")
    return float((machine(x + nudge) - machine(x - nudge)) / (2 * nudge))


def chain_sensitivity(machines, x, nudge=1e-4):
    """Return the sensitivity of a whole row: the product of each machine's own, at its own input.

    Args: `machines`, functions of one number, the first gets `x`; `nudge` above 0.
    Returns a float, 1 for an empty row. Raises ValueError when nudge <= 0.

    >>> round(chain_sensitivity([lambda x: 3 * x, lambda x: x * x], 2.0), 6)   # 3, then 2 * 6
    36.0
    """
    check_positive(nudge, "nudge")
    product = 1.0
    for machine in machines:
        product *= sensitivity(machine, x, nudge)
        x = machine(x)
    return product


def pass_blame_back(sensitivities, blame):
    """Return the blame before, between and after the machines of a row, walking from its end.

    What stands before a machine is blamed for `sensitivity * blame after the machine`.

    Args: `sensitivities`, K numbers, the first machine's first; `blame` at the end, a number.
    Returns a list of K + 1 numbers: the blame at the row's input first, `blame` itself last.

    >>> pass_blame_back([3.0, 12.0], 2.0)
    [72.0, 24.0, 2.0]
    """
    blames = [blame]
    for machine_sensitivity in reversed(list(sensitivities)):
        blames.append(machine_sensitivity * blames[-1])
    return blames[::-1]


def total_blame(paths, blame):
    """Return the blame of a knob that reaches the end by several paths: products along, sum across.

    Args: `paths`, lists of the sensitivities along each path from the knob to the end (an empty
    path is the end itself, 1; no path at all is no blame, 0); `blame` at the end, a number.
    Returns a number.

    >>> total_blame([[2.0, 3.0], [5.0]], 10.0)   # (6 + 5) * 10
    110.0
    """
    total = 0.0
    for path in paths:
        product = 1.0
        for path_sensitivity in path:
            product *= path_sensitivity
        total += product
    return total * blame


def gear(turns):
    """Return the turns of a small wheel driven by a three times larger one, `3 * turns`.

    >>> gear(2)
    6
    """
    return 3 * turns


def gear_sensitivity(turns):
    """Return the gear's sensitivity: 3 wherever it stands.

    >>> gear_sensitivity(2)
    3
    """
    return 3 + 0 * turns


def lemonade(spoons):
    """Return how good lemonade tastes, `spoons * (10 - spoons)`: better up to 5 spoons, then worse.

    >>> lemonade(2)
    16
    """
    return spoons * (10 - spoons)


def lemonade_sensitivity(spoons):
    """Return the taste per further spoon, `10 - 2 * spoons`: nothing at 5 spoons, negative beyond.

    >>> lemonade_sensitivity(6)
    -2
    """
    return 10 - 2 * spoons


def megaphone(voice):
    """Return the loudness a megaphone makes of a voice, `voice**2`.

    >>> megaphone(3)
    9
    """
    return voice**2


def megaphone_sensitivity(voice):
    """Return the loudness per further unit of voice, `2 * voice`: it grows with the voice.

    >>> megaphone_sensitivity(3)
    6
    """
    return 2 * voice


MACHINES = {"gear": (gear, gear_sensitivity),
            "lemonade": (lemonade, lemonade_sensitivity),
            "megaphone": (megaphone, megaphone_sensitivity)}
