"""`python -m benchmarks` measures everything and rewrites the tables in benchmarks/README.md.

PyTorch and JAX take part where they are installed; a goal that needs one that is missing is shown
as not measured. Names of races, or parts of them, after the command measure those alone.
"""

import os

for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):  # before numpy looks: one thread each
    os.environ[f"{name}_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse  # noqa: E402
import sys  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from benchmarks import engines, memory, networks, recurrent  # noqa: E402
from benchmarks.rounds import ratio, run  # noqa: E402

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def peers():
    """Return torch and jax, each a module or None, held to one thread."""
    try:
        import torch
        torch.set_num_threads(1)
    except ImportError:
        torch = None
    try:
        import jax
        jax.config.update("jax_platforms", "cpu")
    except ImportError:
        jax = None
    return torch, jax


def measure(race, seconds):
    """Run a race; return the rows of its goals and of its times."""
    times = run(race, seconds)
    goals = []
    for goal in race.goals:
        wanted = f"at most {goal.bound:.3g}x {goal.under}"
        who = "" if goal.over == "bplib" else f" ({goal.over.removeprefix('bplib, ')})"
        if goal.under not in times:
            goals.append((race.work + who, wanted, "-", "not measured", f"no {goal.under} here"))
            continue
        found = ratio(times, goal.over, goal.under)
        met = found.median <= goal.bound
        goals.append((race.work + who, wanted, str(found), "yes" if met else "**no**",
                      "" if met else goal.why))
    clocks = [(race.work if place == 0 else "", name, f"{1000 * np.median(seconds):.2f}",
               f"{ratio(times, name, 'bplib').median:.2f}")
              for place, (name, seconds) in enumerate(times.items())]
    return goals, clocks


def single_goals():
    """The goals that are no ratios: the full gradient check, and how deep a graph may be."""
    parameters, seconds, error = engines.gradient_check()
    met = seconds < 3 and error <= 1e-14
    yield (f"full gradient check, ReLU net of {parameters:,} parameters, float64",
           "under 3 s, error at most 1e-14", f"{seconds:.2f} s, {error:.1e}",
           "yes" if met else "**no**", "" if met else "the machine was busy, or is slower")
    yield ("scalar engine, chain of 1,000,000 nodes, forward and back", "no recursion",
           f"{engines.depth():.1f} s", "yes", "")
    yield ("tensor autodiff against hand-written", "at most 1.2x at batch 32 and up", "-",
           "not measured", "lesson 16, which brings it, is not written yet")


def table(head, rows):
    """Return a markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def here():
    """Say what was measured with."""
    found = [f"Python {sys.version.split()[0]}"]
    for package in ("numpy", "torch", "jax"):
        try:
            found.append(f"{package} {version(package)}")
        except ImportError:
            found.append(f"no {package}")
    text = ", ".join(found) + f"; one thread of {os.cpu_count()} processors"
    if hasattr(os, "getloadavg"):  # how many others wanted the processors at the same time
        text += f", on average {os.getloadavg()[1]:.1f} programs running in the machine"
    return text + "."


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of races' names; all when none is given")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each race (default 8)")
    arguments = parser.parse_args()
    torch, jax = peers()
    goals, clocks = [], []
    for module in (networks, recurrent, engines):
        for race in module.races(torch, jax):
            if not arguments.names or any(n.lower() in race.work.lower() for n in arguments.names):
                print(race.work, file=sys.stderr, flush=True)
                more_goals, more_clocks = measure(race, arguments.seconds)
                goals += more_goals
                clocks += more_clocks
    parts = [here(), table(("work", "goal", "measured", "met", "why not"), goals),
             table(("work", "who", "milliseconds", "of bplib's time"), clocks)]
    if arguments.names:
        print("\n\n".join(parts))
        return
    parts[1] = table(("work", "goal", "measured", "met", "why not"), [*goals, *single_goals()])
    held = [(work, what, who, f"{taken / 1e6:.1f} MB", f"{taken / kept:.2f}")
            for work, what, kept, contenders in memory.rows() for who, taken in contenders]
    parts.append(table(("work", "what must be kept", "who", "peak", "of what must be kept"), held))
    titles = ["", "### Goals\n\n", "### Times\n\n", "### Memory\n\n"]
    text = "\n\n".join(title + part for title, part in zip(titles, parts, strict=True))
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")
    print(f"wrote {README}", file=sys.stderr)


if __name__ == "__main__":
    main()
