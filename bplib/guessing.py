"""Getting better without being told how: try both neighbours of a guess, keep the best of them.

The machine never sees the recipe. It only hears how wrong a guess is, and that is enough to find
it, as it will be in every later lesson; what changes is how cleverly the next guess is chosen.
"""

from bplib.arrays import check_count, check_positive

LEMONS = 3.2           # lemons in the best jug, the secret that the machine has to find
SUGAR_PER_LEMON = 2.0  # spoons of sugar that balance one lemon


def better_guess(error, guess, step):
    """Return the one of `guess - step`, `guess` and `guess + step` with the smallest error.

    Args: `error(guess)` returns a number, smaller is better; `guess` a number; `step` above 0.
    Returns `guess` itself unless a neighbour is strictly better. Raises ValueError when step <= 0.

    >>> better_guess(lambda guess: abs(guess - 10), 4, 1)
    5
    """
    check_positive(step, "step")
    best, smallest = guess, error(guess)
    for neighbour in (guess - step, guess + step):
        wrong_by = error(neighbour)
        if wrong_by < smallest:
            best, smallest = neighbour, wrong_by
    return best


def guess_and_check(error, guess, step, tries):
    """Return the guesses of a machine that moves to a better neighbour, or halves its step.

    Args: `error(guess)` returns a number; `guess` to start at; `step` above 0; `tries`, how many.
    Returns a list of `tries + 1` guesses, the start first. Raises ValueError when step <= 0.

    >>> guess_and_check(lambda guess: abs(guess - 2.5), 0, 1, 4)
    [0, 1, 2, 2, 2.5]
    """
    check_positive(step, "step")
    guesses = [guess]
    for _ in range(check_count(tries, "tries")):
        guesses.append(better_guess(error, guesses[-1], step))
        if guesses[-1] == guesses[-2]:
            step = step / 2
    return guesses


def tune_knobs(error, knobs, step, tries):
    """Turn several knobs the same way: each in turn to its better neighbour, while the others rest.

    When no knob has moved in a whole round, the step halves for the next one.

    Args: `error(*knobs)` returns a number; `knobs`, K numbers to start at; `step` above 0; `tries`,
    how many rounds. Returns a list of `tries + 1` tuples of K numbers, the start first.

    >>> tune_knobs(lambda a, b: (a - 2) ** 2 + (b + 1) ** 2, (0, 0), 1, 2)
    [(0, 0), (1, -1), (2, -1)]
    """
    check_positive(step, "step")
    path = [tuple(knobs)]
    for _ in range(check_count(tries, "tries")):
        now = list(path[-1])
        for k in range(len(now)):
            def error_of_knob(value, k=k, now=now):
                return error(*now[:k], value, *now[k + 1:])
            now[k] = better_guess(error_of_knob, now[k], step)
        path.append(tuple(now))
        if path[-1] == path[-2]:
            step = step / 2
    return path


def lemonade_error(sugar, lemons=LEMONS):
    """Return how bad a jug tastes: `(sugar - SUGAR_PER_LEMON * lemons)**2 + (lemons - LEMONS)**2`.

    The first part is the balance of sweet and sour, the second the strength. With `lemons` left out
    only the sugar is a knob.

    Args: `sugar` in spoons, `lemons` a number of them. Returns a number, 0 for the perfect jug.

    >>> lemonade_error(5.4), lemonade_error(6.4, 3.2)
    (1.0, 0.0)
    """
    return (sugar - SUGAR_PER_LEMON * lemons) ** 2 + (lemons - LEMONS) ** 2


def warmer_or_colder(treasure, before, after):
    """Return what a treasure hunter hears: "warmer", "colder" or "the same" after a move.

    Args: `treasure`, `before` and `after` are places on a line, numbers of one unit.

    >>> warmer_or_colder(treasure=7, before=2, after=3)
    'warmer'
    """
    was, now = abs(before - treasure), abs(after - treasure)
    return "warmer" if now < was else "colder" if now > was else "the same"
