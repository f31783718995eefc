"""`bp doctor`: what is installed, what is isolated, what is missing and how to get it."""

from itertools import groupby

from autograder.health import findings

WORDS = {"ok": "ok", "missing": "MISSING", "optional": "not here"}


def doctor() -> int:
    """Say what this machine has of what the course can use, and how to get the rest."""
    found = findings()
    for group, items in groupby(found, key=lambda item: item.group):
        print(group)
        for item in items:
            print(f"  {WORDS[item.state]:<9}{item.name:<28}{item.says}")
            if item.remedy:
                print(f"           -> {item.remedy}")
    missing = sum(item.state == "missing" for item in found)
    absent = sum(item.state == "optional" for item in found)
    if missing:
        print(f"\n{missing} of these the course cannot do without.")
    elif absent:
        print("\nEverything a learner needs is here.")
    else:
        print("\nEverything is here.")
    return 1 if missing else 0
