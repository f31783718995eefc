"""A warm process: everything is imported once, and every task gets a fork that dies with it.

Holds nothing secret, and reads from nobody but the judge: a task's own pipe comes with the
judge's message and goes to the fork. Between the two stands a keeper, which makes the fork the
first process of its own namespaces, so that ending it ends all that it may have left behind.
"""

import gc
import importlib
import json
import os
import platform
import shutil
import signal
import socket
import sys
import time

import numpy as np

from autograder.sandbox import limits, seccomp
from autograder.sandbox.child import Child
from autograder.sandbox.wire import Channel

FONTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "matplotlib")


def main(control):
    """Obey the judge until it has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the judge
    limits.few_resources(start=True)
    np.random.default_rng(0).normal(size=(2, 2)) @ np.ones((2, 2))  # warms numpy's lazy parts
    gc.collect()
    gc.freeze()
    keepers = {}
    control.sendall(b'{"hello": true}\n')
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 4)
        if not data:
            for child in keepers:
                kill(child)
            return
        message = json.loads(data)
        if message["op"] == "fork":
            reply = fork(control, descriptors[0], message["private"], message["hide"])
            keepers[reply["child"]] = reply.pop("keeper")
        elif message["op"] == "end":
            reply = end(message["child"], keepers.pop(message["child"], None), message["patience"])
        else:
            reply = {"warm": [name for name in message["modules"] if warm(name)]}
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(json.dumps(reply).encode() + b"\n")


def warm(name):
    """Import a module now, so that every later fork has it; whether it is there."""
    try:
        if name.startswith("matplotlib") and os.path.isdir(FONTS):  # finding fonts takes seconds
            shutil.copytree(FONTS, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
        importlib.import_module(name)
    except Exception:
        return False
    gc.collect()
    gc.freeze()
    return True


def fork(control, channel, private, hide):
    """A keeper and its child, which serves ``channel``."""
    reader, writer = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        try:
            control.close()
            os.close(reader)
            keep(channel, writer, private, hide)
        finally:
            os._exit(120)
    os.close(writer)
    said = b""
    while piece := os.read(reader, 100):
        said += piece
    os.close(reader)
    child, own = said.split() if said else (b"-1", b"0")
    return {"child": int(child), "private": own == b"1", "keeper": keeper}


def keep(channel, writer, private, hide):
    """Start the child in namespaces of its own, wait for it, and die as it died."""
    sockets = bool(hide) or seccomp.program(platform.machine()) is None
    own = private and limits.own_namespaces(net=sockets)
    child = os.fork()
    if child == 0:
        os.close(writer)
        run(channel, own, hide)
    os.write(writer, f"{child} {int(own)}".encode())
    limits.quiet_descriptors(())
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def run(channel, own, hide):
    """The child: give everything up, then serve."""
    status = 121
    try:
        limits.quiet_descriptors({channel})
        if own:
            limits.own_files(hide)
            limits.no_capabilities()
        elif hasattr(os, "setsid"):
            os.setsid()
        limits.few_resources()
        if sys.platform == "linux":
            limits.guarded()
            seccomp.restrict()
        for name in [name for name in sys.modules if name.startswith("autograder.sandbox.z")]:
            del sys.modules[name]
        Child(Channel(socket.socket(fileno=channel), judging=False)).serve()
        status = 0
    finally:
        os._exit(status)


def end(child, keeper, patience):
    """End a child and say how it ended: {"exit": code}, {"signal": number} or {"killed": true}.

    patience: seconds that it has to finish dying by itself, when its line was seen to be closed.
    """
    if keeper is None:
        return {"exit": 0}
    status = ended(keeper, patience)
    if status is None:
        there = kill(child)
        _, status = os.waitpid(keeper, 0)
        if there:
            return {"killed": True}
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit": os.WEXITSTATUS(status)}


def ended(keeper, patience):
    """The status of a process that ends within ``patience`` seconds; None when it does not."""
    until = time.monotonic() + patience
    while True:
        done, status = os.waitpid(keeper, os.WNOHANG)
        if done:
            return status
        if time.monotonic() >= until:
            return None
        time.sleep(0.002)


def kill(child):
    """Kill the child; whether it was still there."""
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
