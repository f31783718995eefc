"""Takes in what learners handed in through mail or an LMS: archives of `bp submit`, or notebooks.

File names are what people and LMSs make of them: ``ada.zip``, ``Lovelace Ada_123_assignsubmission_
file_/04_house_prices.ipynb``, ``ada_04_house_prices_attempt_2026-11-20-10-30-00_x.ipynb``. Who it is
from is read from the name with everything taken out that is not a person's, compared without case,
accents and order with the learners that are known. What cannot be told is listed, and nothing that
was collected before is lost: an older file moves aside, into ``.older``.
"""

import io
import re
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.notebooks import MOST_BYTES, find_lesson, parse_submission

NOISE = re.compile(
    r"assignsubmission_?(file|onlinetext)?_?|attempt[_-]?[\d-]*(_\w{1,3}$)?|onlinetext|submission|late|final|"
    r"copy|\(\d+\)|\d{4}-\d\d-\d\d[\d-]*|(?<!\d)\d{3,}(?!\d)",
    re.IGNORECASE,
)
NOBODY = {"notebook", "lesson", "untitled", "solution", "submissions", "hand", "handin", "in",
          "homework", "answers", "my"}  # fmt: skip
MOST_FILES = 20_000


def collect(path, submitted, lesson, records):
    """Take in every submission for ``lesson`` below ``path``; sentences about what happened."""
    path = Path(path)
    if not path.exists():
        raise CourseError(f"There is no {path} to collect from.", 2)
    known = {item.name for item in submitted.iterdir()} if submitted.is_dir() else set()
    known |= {record["learner"] for record in records.all()}
    said, taken = [], {}
    for name, data, when in sorted(_files(path), key=lambda item: (item[2], item[0])):
        try:
            learner = _take(name, data, when, submitted, lesson, known)
        except CourseError as error:
            said.append(f"not matched: {name}: {error}")
            continue
        if learner in taken:
            said.append(f"{learner}: {name} replaces {taken[learner]}, which is older")
        taken[learner] = name
        known.add(learner)
    said.append(f"{len(taken)} collected for {lesson}.")
    return said


def _files(path, prefix="", depth=0):
    """(name, bytes, timestamp) of every notebook below a folder or in a zip, zips in zips too."""
    if path.is_dir():
        for item in sorted(path.rglob("*"))[:MOST_FILES]:
            if item.is_file() and item.suffix.lower() in (".ipynb", ".py", ".zip"):
                stat = item.stat()
                if stat.st_size <= 20 * MOST_BYTES:
                    yield from _one(str(item.relative_to(path)), item.read_bytes(), stat.st_mtime, 0)
    else:
        yield from _one(path.name, path.read_bytes(), path.stat().st_mtime, 0, outer=True)


def _one(name, data, when, depth, outer=False):
    if not name.lower().endswith(".zip"):
        yield name, data, when
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()[:MOST_FILES]
    except zipfile.BadZipFile:
        yield name, b"", when
        return
    inner = "" if outer and len(infos) > 1 else PurePosixPath(name).with_suffix("").as_posix() + "/"
    for info in infos:
        kind = PurePosixPath(info.filename).suffix.lower()
        if info.is_dir() or kind not in (".ipynb", ".py", ".zip") or info.file_size > MOST_BYTES:
            continue
        if "__MACOSX" in info.filename or (kind == ".zip" and depth >= 2):
            continue
        try:
            content = archive.read(info)
        except (RuntimeError, zipfile.BadZipFile, NotImplementedError):
            yield inner + info.filename, b"", when
            continue
        try:
            stamp = datetime(*info.date_time, tzinfo=UTC).timestamp()
        except ValueError:  # some programs write a month 0
            stamp = when
        yield from _one(inner + info.filename, content, stamp, depth + 1)


def _take(name, data, when, submitted, lesson, known):
    """Put one file in its place; the learner. CourseError says why it cannot be told."""
    path = PurePosixPath(name.replace("\\", "/"))
    if not data:
        raise CourseError("it is a damaged archive or an empty file")
    if lesson not in name:
        found = _lesson_of(data, path)
        if found != lesson:
            raise CourseError(f"it is for {found}" if found else f"it is not for {lesson}")
    learner = who(path, lesson, known)
    if not learner:
        raise CourseError("the name does not say whose it is")
    folder = submitted / learner / lesson
    target = folder / f"{lesson}{'.py' if path.suffix.lower() == '.py' else '.ipynb'}"
    if target.is_file() and target.read_bytes() != data:
        older = submitted / ".older" / learner / lesson
        number = len(list(older.glob("*"))) + 1 if older.is_dir() else 1
        replace_file(older / f"{number:03d}{target.suffix}", target.read_bytes())
    replace_file(target, data)
    stamp = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    replace_file(folder / "timestamp.txt", stamp.encode())
    return learner


def _lesson_of(data, path):
    try:
        return find_lesson(parse_submission(data, Path(path.name)))
    except CourseError:
        return ""


def who(path, lesson, known):
    """Whose file it is: a known learner where one fits, else a name made from the file's; or ""."""
    parts = [path.stem, *reversed(path.parts[:-1])]
    marked = [part for part in parts if "assignsubmission" in part]
    named = []
    for part in [*marked, *parts]:
        words = _words(part.replace(lesson, " "))
        for learner in sorted(known):
            if words and sorted(_words(learner)) == sorted(words):
                return learner
        if words and not set(words) <= {*NOBODY, *lesson.split("_")}:
            named.append("_".join(words))
    return named[0] if named else ""


def _words(text):
    """The words of a name, in small letters without accents, numbers of the LMS left out."""
    plain = unicodedata.normalize("NFKD", NOISE.sub(" ", text)).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.lower())
