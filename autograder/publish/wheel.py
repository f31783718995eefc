"""The course as a wheel, packed from what is imported here: no build backend, no network.

The browser gets the very files that this Python runs. Only modules and the package's own data are
taken: nbgrader's folders lie inside `autograder/`, and hold other people's work.
"""

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from autograder.errors import CourseError

COURSE = "backprop-course"
PACKAGES = ("autograder", "bplib")
DATA_FOLDERS = ("datasets", "templates", "jupyter")  # folders of a package that hold no modules
DATA = {".npz", ".txt", ".csv", ".json", ".css", ".html", ".j2", ".js", ".mjs", ".svg"}


@dataclass(frozen=True)
class Wheel:
    """A pure Python package as a file for Pyodide: its name, version, bytes and what it needs."""

    name: str
    version: str
    content: bytes = field(repr=False)
    imports: tuple[str, ...]
    depends: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """What the file must be called."""
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @cached_property
    def sha256(self) -> str:
        """The digest that a lock file holds."""
        return hashlib.sha256(self.content).hexdigest()

    def lock_entry(self, file_name: str | None = None) -> dict:
        """What Pyodide's lock file says about a package."""
        return {"name": self.name, "version": self.version, "file_name": file_name or self.file_name,
                "install_dir": "site", "sha256": self.sha256, "package_type": "package",
                "imports": list(self.imports), "depends": list(self.depends),
                "unvendored_tests": False}  # fmt: skip


def course_wheel() -> Wheel:
    """The wheel of this course, from a checkout or from an installed package alike."""
    about = _installed(COURSE)
    root = Path(__file__).resolve().parents[2]
    files = {path.relative_to(root).as_posix(): path.read_bytes()
             for package in PACKAGES for path in course_files(root / package)}
    return _pack(about, files)


def course_files(package: Path) -> list[Path]:
    """The modules and the data of a package folder; nothing that was put there later."""
    def ours(path):
        folders = path.relative_to(package).parts[:-1]
        if path.suffix == ".py":
            places = [package.joinpath(*folders[: n + 1]) for n in range(len(folders))]
            return all((place / "__init__.py").is_file() or place.name in DATA_FOLDERS
                       for place in places)
        return path.suffix in DATA and bool(set(folders) & set(DATA_FOLDERS))

    return [path for path in sorted(package.rglob("*")) if path.is_file() and ours(path)]


def installed_wheel(name: str) -> Wheel:
    """The wheel of another pure Python package, packed again from where it is installed."""
    about = _installed(name)
    files = {}
    for entry in about.files or ():
        if ".." not in entry.parts and entry.suffix != ".pyc" and not entry.parts[0].endswith(
                ".dist-info"):
            files[entry.as_posix()] = Path(entry.locate()).read_bytes()
    return _pack(about, files)


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise CourseError(f"{name} is not installed in this Python, so it cannot be put into the "
                          "site: pip install -e '.[instructor]' first.") from None


def _pack(about: Distribution, files: dict[str, bytes]) -> Wheel:
    """A wheel (PEP 427) of `files`; the same files always give the same bytes."""
    name, version = _normal(about.metadata["Name"]), about.version
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    files = dict(sorted(files.items()))
    # beside a checkout may lie an egg-info, which has the same text under another name
    about_it = about.read_text("METADATA") or about.read_text("PKG-INFO") or ""
    files[f"{info}/METADATA"] = about_it.encode()
    files[f"{info}/WHEEL"] = (b"Wheel-Version: 1.0\nGenerator: backprop-course\n"
                              b"Root-Is-Purelib: true\nTag: py3-none-any\n")
    entry_points = about.read_text("entry_points.txt")
    if entry_points:
        files[f"{info}/entry_points.txt"] = entry_points.encode()
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in files.items():
            member = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(member, data)
    imports = sorted({path.split("/")[0].removesuffix(".py") for path in files
                      if not path.startswith(info)})
    return Wheel(name, version, buffer.getvalue(), tuple(imports), _requirements(about))


def _requirements(about: Distribution) -> tuple[str, ...]:
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in about.requires or ()]
    return tuple(sorted({_normal(one.name) for one in wanted
                         if one.marker is None or one.marker.evaluate({"extra": ""})}))


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
