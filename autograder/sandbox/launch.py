"""Starts the sandbox in the strongest way this machine has, and says in words which one that is."""

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandbox import spawned
from autograder.sandbox.stage import staged_folder
from autograder.sandbox.wire import Channel

BUBBLEWRAP = "bubblewrap"
UNSHARE = "unshare: files of this machine can be read"
LIMITS = "subprocess with limits: run only code you trust"
NOT_ISOLATED = "not isolated: run only code you trust"
INSIDE = "/course"
START_SECONDS, ANSWER_SECONDS, WARM_SECONDS = 60, 30, 180
BOOT = ("import sys; sys.path[:0] = [{folder!r}]; sys.path += {packages!r}; import socket; "
        "from autograder.sandbox.zygote import main; main(socket.socket(fileno={descriptor}))")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib", "IPYTHONDIR": "/tmp/ipython", "PYTHONHASHSEED": "random",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip


@dataclass
class Line:
    """One task's child: its channel and its number; ``how`` it ended, once `Sandbox.end` knows."""

    channel: Channel
    child: int
    private: bool
    how: dict = field(default_factory=dict)


def packages():
    """The folders of installed packages that this interpreter uses."""
    return [path for path in sys.path if path.rstrip("/\\").endswith("-packages")
            and os.path.isdir(path)]  # fmt: skip


def secret_folders():
    """Folders that hold answers: the packages themselves, and the checkout around them."""
    found = []
    for package in ("bplib", "autograder"):
        folder = Path(find_spec(package).origin).parent
        found.append(folder)
        if (folder.parent / "solutions").is_dir():
            found += [folder.parent / name for name in ("solutions", "lessons", "tests", ".git",
                                                        "build", "dist", "_site")]  # fmt: skip
    for path in packages():
        found += [Path(path) / package for package in ("bplib", "autograder")]
    return [str(folder) for folder in dict.fromkeys(found) if folder.is_dir()]


def system_folders():
    """What a Python process needs of the machine, as (option, from, to) of bubblewrap."""
    found, seen = [], set()
    for place in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/nix/store",
                  "/gnu/store", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts",
                  sys.base_prefix, sys.prefix, sys.exec_prefix, *packages()):  # fmt: skip
        path = Path(place)
        if place in seen or not path.exists() or any(
            path.is_relative_to(other) for other in seen if other != "/"
        ):
            continue
        if path.is_symlink() and path.parent == Path("/"):
            found.append(("--symlink", os.readlink(path), place))
        else:
            found.append(("--ro-bind", place, place))
            seen.add(place)
    return found


def bubblewrap_command(folder):
    """The command line that starts a program in a bubble, up to the program itself."""
    command = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000",
               "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    # first, so that an interpreter which lies below /tmp is bound on top of it
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for triple in system_folders():
        command += triple
    bound = [where for option, _, where in system_folders() if option == "--ro-bind"]
    command += ["--chdir", "/tmp", "--ro-bind", folder, INSIDE]
    for secret in secret_folders():
        if any(Path(secret).is_relative_to(where) for where in bound):
            command += ["--tmpfs", secret, "--remount-ro", secret]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


class Sandbox:
    """A warm process for many tasks, one after the other; use it in a ``with`` statement.

    isolation: the way to start it; by default the strongest that works here.
    """

    def __init__(self, isolation=None):
        self.staged = staged_folder()
        self.process, self.control, self.warmed = None, None, set()
        self.isolation, self.why_not = "", {}
        for way in [isolation] if isolation else ways():
            if self._start(way):
                break
        else:
            self.close()
            reasons = "; ".join(f"{way}: {why}" for way, why in self.why_not.items())
            raise CourseError(f"No sandbox can be started here ({reasons}).")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    @property
    def folder(self):
        """Where the sandbox sees its own files."""
        return INSIDE if self.isolation == BUBBLEWRAP else self.staged.name

    def _start(self, way):
        """Start the warm process; False (and a reason in ``why_not``) where it does not come up."""
        self.isolation = way
        if way == NOT_ISOLATED:
            return True
        ours, theirs = socket.socketpair()
        folder = INSIDE if way == BUBBLEWRAP else self.staged.name
        boot = BOOT.format(folder=folder, packages=packages(), descriptor=theirs.fileno())
        command = [sys.executable, "-I", "-S", "-B", "-c", boot]
        if way == BUBBLEWRAP:
            command = bubblewrap_command(self.staged.name) + command
        try:
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.staged.name,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            self.why_not[way] = error.strerror
            ours.close()
            return False
        finally:
            theirs.close()
        self.control, self.warmed = ours, set()
        try:
            self._read(START_SECONDS)
        except (OSError, ValueError):
            self.why_not[way] = self._last_words() or "it does not start"
            self._stop()
            return False
        return way != UNSHARE or self._really_apart()

    def _really_apart(self):
        """Whether children get namespaces of their own, which is all that UNSHARE stands on."""
        line = self.fork()
        self.end(line)
        if not line.private:
            self.why_not[UNSHARE] = "this system does not let us have namespaces"
            self._stop()
        return line.private

    def _last_words(self):
        self.process.kill()
        return self.process.stderr.read(2000).decode("utf-8", "replace").strip()[-200:]

    def _ask(self, message, descriptors=(), seconds=ANSWER_SECONDS):
        """Send the warm process a message; its answer. Raises OSError when it is gone."""
        socket.send_fds(self.control, [json.dumps(message).encode()], descriptors)
        return self._read(seconds)

    def _read(self, seconds):
        self.control.settimeout(seconds)
        said = b""
        while not said.endswith(b"\n"):
            piece = self.control.recv(1 << 16)
            if not piece:
                raise OSError("the sandbox is gone")
            said += piece
        return json.loads(said)

    def warm(self, modules):
        """Import ``modules`` once, for all later tasks; those that are not there are passed over."""
        new = [name for name in modules if name not in self.warmed]
        if new and self.isolation != NOT_ISOLATED:
            try:
                self._ask({"op": "warm", "modules": new}, seconds=WARM_SECONDS)
                self.warmed.update(new)
            except (OSError, ValueError):  # each task then imports them for itself
                self.restart()
                self.warmed.update(new)

    def fork(self):
        """A Line to a new child; a sandbox that has died is started once more."""
        if self.isolation == NOT_ISOLATED:
            inside = {**os.environ, **ENVIRONMENT} if os.name == "nt" else ENVIRONMENT
            process, pipes = spawned.spawn(self.staged.name, packages(), inside)
            return Line(Channel(pipes), process, False)
        private = self.isolation in (BUBBLEWRAP, UNSHARE)
        for attempt in (1, 2):
            ours, theirs = socket.socketpair()
            try:
                answer = self._ask({"op": "fork", "private": private, "hide": self._hide()},
                                   [theirs.fileno()])  # fmt: skip
                if answer["child"] > 0:
                    return Line(Channel(ours), answer["child"], answer["private"])
                raise OSError("it could not make a process")
            except (OSError, ValueError):
                ours.close()
                if attempt == 2:
                    raise CourseError("The sandbox cannot make another process.") from None
                self.restart()
            finally:
                theirs.close()
        return None

    def _hide(self):
        return secret_folders() if self.isolation == UNSHARE else []

    def restart(self):
        """A new warm process in place of the old one."""
        if self.isolation == NOT_ISOLATED:
            return
        modules, way = self.warmed, self.isolation
        self._stop()
        if not self._start(way):
            raise CourseError(f"The sandbox does not start again ({self.why_not[way]}).")
        self.warm(sorted(modules))

    def end(self, line, patience=0.0):
        """End a child with all that it has left behind, and note how it ended."""
        line.channel.close()
        if line.how:
            return
        if self.isolation == NOT_ISOLATED:
            line.how = spawned.end(line.child, line.channel.sock, patience)
            return
        try:
            line.how = self._ask({"op": "end", "child": line.child, "patience": patience})
        except (OSError, ValueError):
            line.how = {"signal": 9}
            self.restart()
        if not line.private and self.isolation == BUBBLEWRAP:
            self.restart()  # what a child wrote would be there for the next one

    def _stop(self):
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()

    def close(self):
        """End the sandbox and remove its files."""
        self._stop()
        self.staged.cleanup()


def ways():
    """The ways to start a sandbox on this machine, the strongest first."""
    if sys.platform == "linux":
        found = [BUBBLEWRAP] if shutil.which("bwrap") else []
        return [*found, UNSHARE, LIMITS]
    return [NOT_ISOLATED]


def how_it_died(how):
    """The end of a child in words, for the learner."""
    if "signal" in how:
        name = {9: "it was stopped, most likely for taking too much memory",
                11: "it crashed inside compiled code (segmentation fault)",
                6: "it was aborted", 24: "it used up the processor time it may have",
                25: "it wrote more to a file than it may"}  # fmt: skip
        return name.get(how["signal"], f"it was ended by signal {how['signal']}")
    if how.get("killed"):
        return "it cut the line to the judge"
    return f"it left with exit status {how.get('exit', 0)} (os._exit, or a crash)"
