"""The verdicts of a class, one small JSON file per learner: written whole or not at all.

``verdicts/LESSON/LEARNER.json`` is the latest, ``verdicts/LESSON/earlier/`` keeps former attempts,
``verdicts/LESSON/seed`` the secret that the cases are drawn from, so that a run that was killed and
taken up again gives what an undisturbed one would have given.
"""

import hashlib
import json
import os
import secrets
from functools import cache
from pathlib import Path

from autograder.files import replace_file

BOOKED = "booked"


class Records:
    """The kept verdicts of one lesson below ``folder``."""

    def __init__(self, folder, lesson):
        self.lesson = lesson
        self.folder = Path(folder) / lesson

    def path(self, learner):
        """Where the latest record of a learner lies."""
        return self.folder / f"{learner}.json"

    def get(self, learner):
        """The latest record of a learner, or None when there is none that can be read."""
        try:
            return json.loads(self.path(learner).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, record):
        """Keep a record as the learner's latest; an attempt with other contents moves aside."""
        old = self.get(record["learner"])
        if old is not None and old.get("digest") != record["digest"]:
            number = len(self._earlier(record["learner"])) + 1
            self._write(self.folder / "earlier" / f"{record['learner']}.{number:03d}.json", old)
        self._write(self.path(record["learner"]), record)

    def _write(self, path, record):
        text = json.dumps(record, ensure_ascii=False, sort_keys=True, allow_nan=False)
        replace_file(path, text.encode("utf-8"))

    def is_current(self, submission, digest):
        """Whether the latest record is of this very submission, by these very checks."""
        old = self.get(submission.learner)
        return (old is not None and old.get("digest") == digest and old.get("checks") == checks()
                and not broke_down(old))  # fmt: skip

    def all(self):
        """The latest record of every learner, by name."""
        found = [self.get(path.stem) for path in sorted(self.folder.glob("*.json"))]
        return [record for record in found if record is not None]

    def _earlier(self, learner):
        return sorted((self.folder / "earlier").glob(f"{learner}.[0-9][0-9][0-9].json"))

    def earlier(self):
        """learner -> records of former attempts, oldest first."""
        found = {}
        for record in self.all():
            paths = self._earlier(record["learner"])
            found[record["learner"]] = [json.loads(p.read_text(encoding="utf-8")) for p in paths]
        return found

    def seed(self):
        """The secret of this lesson's cases; made on first use, readable by its owner alone."""
        path = self.folder / "seed"
        if not path.is_file():
            replace_file(path, secrets.token_hex(32).encode())
            os.chmod(path, 0o600)
        return path.read_text(encoding="utf-8").strip()


def broke_down(record):
    """Names of the exercises on which not the answer but the grader failed."""
    if not record.get("digest"):
        return ["everything"]
    return [name for name, verdict in record.get("exercises", {}).items()
            if "grader-failed" in verdict.get("diagnosis", ())]  # fmt: skip


@cache
def checks():
    """A digest of everything that decides a verdict: the checks, the judge and the references."""
    root = Path(__file__).resolve().parents[2]
    total = hashlib.sha256()
    for folder in ("autograder", "autograder/exercises", "autograder/sandbox", "bplib"):
        for path in sorted((root / folder).glob("*.py")):
            total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]
