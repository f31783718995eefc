"""The page that documents every ``diagnosis`` id, made from the exercises themselves.

``python -m autograder.diagnoses`` rewrites ``DIAGNOSES.md`` beside this file; a test holds that it is
fresh. Ids are stable: programs, reports and gradebooks refer to them.
"""

from pathlib import Path

from autograder.exercises import all_exercises
from autograder.files import replace_file

PAGE = Path(__file__).with_name("DIAGNOSES.md")

GENERAL = """\
| id | what was seen |
|---|---|
| `not-written`, `missing` | the cell still raises NotImplementedError; there is no such function |
| `returns-none`, `not-numbers`, `wrong-number-of-results` | the answer has not the agreed form |
| `raised-NAME` | it stopped with the exception NAME |
| `cell-unreadable` | the cell that defines it is no Python |
| `timeout`, `died`, `forbidden` | it did not come back; its process ended; it called the answer itself |
| `transposed`, `permuted-axes` | the right answer with its axes in another order |
| `right-values-wrong-shape` | the right numbers in another shape |
| `broadcast` | (N,) met (N, 1): a table of every pair |
| `unsummed`, `unaveraged`, `summed-too-much` | a sum or mean over an axis is missing, or one too many |
| `sign` | exactly minus the right answer |
| `times-K`, `minus-times-K` | K times the right answer, where K is a number (`times-2`, \
`times-1-over-2`) or made from the sizes (`times-N`, `times-1-over-N`, `times-sqrtD`, `times-N-over-D`) |
| `factor` | a constant factor, seen in one case alone or negative |
| `constant-offset` | too large or too small by the same amount everywhere |
| `zeros`, `ones`, `fixed-number` | all zeros; all ones; the same number in every case |
| `absolute-value`, `negatives-cut`, `truncated`, `rounded` | a sign, the negative part, or the \
fraction is lost |
| `square-root`, `squared`, `one-minus`, `reciprocal`, `exponential`, `logarithm`, `running-sum` | \
that function of the right answer |
| `reversed`, `shifted-late`, `shifted-early`, `off-by-one` | moved along an axis |
| `first-missing`, `last-missing`, `one-too-many` | an entry too few or too many |
| `results-swapped` | two results in each other's place |
| `returns-INPUT` | the input INPUT handed back |
| `wrong-where-INPUT-negative` (`-positive`, `-zero`, ...) | wrong exactly where INPUT is so |
| `ignores-INPUT`, `as-if-ones-INPUT`, `as-if-zeros-INPUT`, `as-if-0-INPUT`, `as-if-1-INPUT` | what \
comes out when INPUT is all ones, all zeros, or that number: it is not used |
| `negates-INPUT`, `absolute-INPUT`, `doubles-INPUT`, `halves-INPUT`, `squares-INPUT`, \
`one-minus-INPUT`, `truncates-INPUT`, `reverses-INPUT`, `averages-INPUT`, `one-more-INPUT`, \
`one-less-INPUT` | right for INPUT changed in that way |
| `swaps-A-B` | right when the inputs A and B change places |
| `fails-with-SPECIAL` | right for ordinary inputs, wrong with that special kind |
| `input-mutated` | an input was changed |
| `state-kept` | the same call gave another answer the second time |
| `warns` | a warning, where the contract forbids one |
"""


def page():
    """The whole page as markdown."""
    parts = [
        "# What a diagnosis means",
        "",
        "Made by `python -m autograder.diagnoses` from the exercises; do not edit. A diagnosis is "
        "given only when it reproduces what the answer gave on every failing case.",
        "",
        "## Relations that are looked for in every exercise",
        "",
        GENERAL,
    ]
    lesson = ""
    for exercise in all_exercises().values():
        if exercise.lesson != lesson:
            lesson = exercise.lesson
            parts += [f"## {lesson}", ""]
        parts += [f"### `{exercise.name}` ({exercise.points:g} points)", "", "| id | what is wrong |",
                  "|---|---|"]  # fmt: skip
        for mistake in exercise.mistakes:
            says = " ".join(mistake.says.split()).replace("|", "\\|")
            same = (f" (may be named {', '.join(f'`{i}`' for i in mistake.equivalent)})"
                    if mistake.equivalent else "")  # fmt: skip
            parts.append(f"| `{mistake.id}` | {says}{same} |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    replace_file(PAGE, page().encode("utf-8"))
