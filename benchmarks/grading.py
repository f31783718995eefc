"""How fast a class is graded, beside stock nbgrader on the same submissions, in one run.

``python -m benchmarks.grading`` makes a class for lesson 04 in a temporary course, has stock
``nbgrader autograde`` and ``bp autograde`` grade it by turns, and rewrites the table of grading in
``benchmarks/README.md``. ``--class 1000`` also grades a whole class of that size, with bp alone.
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- grading: begin -->", "<!-- grading: end -->"
LESSON = "04_house_prices"
SLIPS = [("2 * mistakes / len(X)", "2 * mistakes"), ("return X @ w + b", "return X @ w"),
         ("np.mean(mistakes**2)", "np.sum(mistakes**2)"), ("slopes.sum()", "slopes"),
         ("w = w - learning_rate", "w = w + learning_rate")]  # fmt: skip


def make_course(folder, learners):
    """A course with ``learners`` submissions of lesson 04, right and wrong ones."""
    shutil.copytree(ROOT / "lessons" / LESSON, folder / "lessons" / LESSON)
    (folder / "solutions").mkdir()
    (folder / "autograder").mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", folder / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    call(folder, "autograder.cli", "build", LESSON)
    solved = (folder / "solutions" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    rng = random.Random(0)
    for number in range(learners):
        notebook = nbformat.reads(solved, as_version=4)
        for old, new in rng.sample(SLIPS, rng.randint(0, 2)):
            for cell in notebook.cells:
                cell.source = cell.source.replace(old, new)
        place = folder / "autograder" / "submitted" / f"learner{number:04d}" / LESSON
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{LESSON}.ipynb")
    call(folder, "nbgrader", "generate_assignment", LESSON, "--force")


def call(folder, module, *words):
    """Run a program in a course; the seconds it took."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        env[name] = str(folder / ".scratch" / name)
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=folder, env=env, text=True,
                          capture_output=True)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{module} {' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - start


def forget(folder):
    """Back to the state before grading."""
    for name in ("autograded", "feedback", "verdicts"):
        shutil.rmtree(folder / "autograder" / name, ignore_errors=True)


def stock(folder, part):
    """Seconds of stock nbgrader for the submissions of ``part``: autograde, then feedback."""
    forget(folder)
    pattern = f"{part}*"
    return (call(folder, "nbgrader", "autograde", LESSON, "--student", pattern),
            call(folder, "nbgrader", "generate_feedback", LESSON, "--student", pattern))


def ours(folder, jobs):
    """Seconds of bp for all submissions: verdicts alone, then gradebook and feedback."""
    forget(folder)
    start = time.perf_counter()
    code = (
        "import sys; from pathlib import Path; from autograder.classroom.run import grade_all; "
        "from autograder.classroom.submissions import handed_in; "
        "items = [(i, '') for i in handed_in(Path('autograder/submitted'), sys.argv[1])]; "
        "print(sum(1 for _ in grade_all(items, 'seed', int(sys.argv[2]))))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    script = folder / "verdicts.py"
    script.write_text(f"if __name__ == '__main__':\n    {code}\n", encoding="utf-8")
    subprocess.run([sys.executable, str(script), LESSON, str(jobs)], cwd=folder, env=env, check=True,
                   stdout=subprocess.DEVNULL)
    verdicts = time.perf_counter() - start
    return verdicts, call(folder, "autograder.cli", "autograde", "4", "--jobs", str(jobs))


def measure(learners, few, rounds, jobs):
    """Rows of the table: medians over rounds, by turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_course(folder, learners)
        theirs, ours_verdicts, ours_all = [], [], []
        part = "learner000"  # ten of them are enough for the slow one: its time per head is constant
        count = min(few, 10)
        for extra in range(count, 10):
            shutil.rmtree(folder / "autograder" / "submitted" / f"learner000{extra}")
        total = learners - (10 - count)
        for _ in range(rounds):
            grade, feedback = stock(folder, part)
            theirs.append((grade / count, feedback / count))
            verdicts, everything = ours(folder, jobs)
            ours_verdicts.append(verdicts / total)
            ours_all.append(everything / total)
    grade = statistics.median(a for a, _ in theirs)
    both = statistics.median(a + b for a, b in theirs)
    verdict_ratio = statistics.median(a / v for (a, _), v in zip(theirs, ours_verdicts, strict=True))
    all_ratio = statistics.median((a + b) / v for (a, b), v in zip(theirs, ours_all, strict=True))
    rows = [
        ("verdicts", grade, statistics.median(ours_verdicts), verdict_ratio, 15),
        ("with gradebook and feedback", both, statistics.median(ours_all), all_ratio, 8),
    ]
    return total, count, rows


def main():
    """Measure, print, and rewrite the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=60)
    parser.add_argument("--stock", type=int, default=6, help="of them, how many nbgrader grades")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--class", dest="whole", type=int, default=0)
    given = parser.parse_args()
    total, count, rows = measure(given.learners, given.stock, given.rounds, given.jobs)
    lines = [f"Lesson 04, {total} submissions ({count} of them for stock nbgrader, whose time per "
             f"head is constant), {given.jobs} jobs; medians of {given.rounds} rounds by turns.", "",
             "| work | stock nbgrader, s each | bp autograde, s each | ratio | goal | met |",
             "| --- | --- | --- | --- | --- | --- |"]
    for work, theirs, mine, ratio, goal in rows:
        met = "yes" if ratio >= goal else "**no**"
        lines.append(f"| {work} | {theirs:.2f} | {mine:.3f} | {ratio:.1f} | at least {goal} | {met} |")
    if given.whole:
        with tempfile.TemporaryDirectory() as name:
            make_course(Path(name), given.whole)
            seconds = call(Path(name), "autograder.cli", "autograde", "4", "--jobs", str(given.jobs))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        lines += ["", f"A class of {given.whole}, all of it: {seconds / 60:.1f} minutes, at most "
                  f"{peak:.0f} MB in one process."]  # fmt: skip
    page = README.read_text(encoding="utf-8")
    if not given.whole:  # what an earlier run measured stays
        lines += [f"\n{line}" for line in page.splitlines() if line.startswith("A class of ")]
    text = "\n".join(lines) + "\n"
    print(text)
    if BEGIN not in page:
        page += f"\n## Grading\n\n    python -m benchmarks.grading\n\n{BEGIN}\n{END}\n"
    head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    README.write_text(f"{head}\n{text}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
