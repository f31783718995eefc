"""Where processes cannot be forked (Windows, macOS): a fresh one per task, over two pipes.

Both ends stand here: `serve` in the child, `Pipes` and `Spawned` on the judge's side. Nothing is
kept apart but the process; limits are those that the system has.
"""

import os
import queue
import subprocess
import sys
import threading

BOOT = ("import sys; sys.path[:0] = [{folder!r}]; sys.path += {packages!r}; "
        "from autograder.sandbox.spawned import serve; serve()")


class Pipes:
    """Two file descriptors that look like a socket to a `Channel`.

    A thread reads ahead, because a pipe cannot be asked for data for a limited time everywhere.
    """

    def __init__(self, reader, writer, ahead=True):
        self.reader, self.writer, self.rest, self.seconds = reader, writer, b"", None
        self.pieces = queue.Queue(64) if ahead else None
        if ahead:
            threading.Thread(target=self._read_ahead, daemon=True).start()

    def _read_ahead(self):
        while True:
            try:
                piece = os.read(self.reader, 1 << 16)
            except OSError:
                piece = b""
            self.pieces.put(piece)
            if not piece:
                return

    def settimeout(self, seconds):
        """Seconds that the next `recv` may take; None for no limit."""
        self.seconds = seconds

    def recv(self, size):
        """At most ``size`` bytes, b"" at the end; raises TimeoutError."""
        if self.pieces is None:
            return os.read(self.reader, size)
        if not self.rest:
            try:
                self.rest = self.pieces.get(timeout=self.seconds)
            except queue.Empty:
                raise TimeoutError from None
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def sendall(self, data):
        """Write all of ``data``."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.writer, view[: 1 << 16]):]

    def close(self):
        """Close the writing end; the reader ends with the other side."""
        if self.writer is not None:
            try:
                os.close(self.writer)
            except OSError:
                pass
            self.writer = None


def serve():
    """The child's side: take the standard streams for the judge, and leave none to the cells."""
    from autograder.sandbox import limits
    from autograder.sandbox.child import Child
    from autograder.sandbox.wire import Channel

    pipes = Pipes(os.dup(0), os.dup(1), ahead=False)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if os.name == "posix":
        limits.few_resources()
    try:
        Child(Channel(pipes, judging=False)).serve()
    finally:
        os._exit(0)


def spawn(folder, packages, environment):
    """A new child's process and the `Pipes` to it."""
    boot = BOOT.format(folder=folder, packages=packages)
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", boot], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=folder, bufsize=0,
    )  # fmt: skip
    return process, Pipes(process.stdout.fileno(), os.dup(process.stdin.fileno()))


def end(process, pipes, patience):
    """End a child; how it ended, as `zygote.end` says it."""
    pipes.close()
    process.stdin.close()
    try:
        status = process.wait(patience) if patience else process.poll()
    except subprocess.TimeoutExpired:
        status = None
    if status is None:
        process.kill()
        process.wait()
    if pipes.pieces is not None:
        while not pipes.pieces.empty():
            pipes.pieces.get_nowait()
    process.stdout.close()
    if status is None:
        return {"killed": True}
    return {"signal": -status} if status < 0 else {"exit": status}
