"""Brings a child to the point where an exercise can be judged: its cells run, whatever they do."""

import time

from autograder.sandbox.launch import how_it_died
from autograder.sandbox.replay import bound_by, missing_names, words_of
from autograder.sandbox.stage import bundle
from autograder.sandbox.wire import ChannelClosed, ChannelTimeout, WireError, clean

CELL_SECONDS, REPLAY_SECONDS, GRACE, SEND_SECONDS = 10.0, 60.0, 2.0, 30.0
MOST_RESTARTS = 12
UNREADABLE = (WireError, TypeError, ValueError, KeyError, IndexError, AttributeError)


class CellTrouble(Exception):
    """A cell hung or died while it was run: which one (None where none was), and how."""

    def __init__(self, cell, kind, text):
        super().__init__(text)
        self.cell, self.kind, self.text = cell, kind, text


def open_child(sandbox, exercise, submission, cells, cell_seconds=CELL_SECONDS):
    """A line to a child in which the cells were run, the names it has, and what stopped.

    A cell that hangs or dies is tried once more with its definitions alone, then left out; the
    submission remembers it for its other exercises. What stopped: cell number -> (kind, text).
    """
    trouble = submission.trouble  # cell number -> how often, kind, text
    until = time.monotonic() + REPLAY_SECONDS
    for _ in range(MOST_RESTARTS):
        line = sandbox.fork()
        try:
            names, stopped = _replay(sandbox, exercise, submission, cells, line,
                                     (cell_seconds, until))  # fmt: skip
        except CellTrouble as error:
            sandbox.end(line)
            if error.cell is None or time.monotonic() > until:
                break
            times = trouble.get(error.cell.number, (0,))[0]
            trouble[error.cell.number] = (times + 1, error.kind, error.text)
        else:
            return line, names, {**stopped, **_ended(trouble)}
    line = sandbox.fork()
    sandbox.end(line)
    return line, (), _ended(trouble)


def _ended(trouble):
    return {number: (kind, text) for number, (_, kind, text) in trouble.items()}


def _replay(sandbox, exercise, submission, cells, line, limits):
    """Run the cells in the child of ``line``; the names that are there, and what stopped."""
    cell_seconds, until = limits
    run = [cell for cell in cells if submission.trouble.get(cell.number, (0,))[0] < 2]
    message, buffers = _opening(sandbox, exercise, submission, run, cell_seconds)
    place = 0
    try:
        line.channel.send(message, buffers, time.monotonic() + SEND_SECONDS)
        while True:
            reply, _ = line.channel.receive(min(until, time.monotonic() + cell_seconds + GRACE))
            errors = list(reply["errors"])
            place = len(errors)
            if reply.get("op") == "ready":
                stopped = _stopped(submission, run, errors)
                return {*exercise.functions, *exercise.uses} & set(reply["names"]), stopped
    except ChannelTimeout:
        kind, text = "Timeout", "it does not end"
    except ChannelClosed:
        sandbox.end(line, patience=0.5)
        kind, text = "Died", how_it_died(line.how)
    except UNREADABLE:
        kind, text = "Died", "it sent what cannot be read"
    raise CellTrouble(run[place] if place < len(run) else None, kind, text)


def _stopped(submission, run, errors):
    """Cell number -> (kind, text) of what stopped it; cells stopped in time are remembered."""
    stopped = {}
    for cell, error in zip(run, errors, strict=True):
        if error:
            stopped[cell.number] = clean(error[0], 60), clean(error[1], 300)
            if error[0] == "TimeLimit":
                submission.slow.add(cell.number)
    return stopped


def _opening(sandbox, exercise, submission, cells, cell_seconds):
    """The message that brings the library and the cells, and its buffers."""
    fill = [(name, exercise.reference[name].__module__) for name in exercise.lent]
    fill += [] if submission.is_notebook else missing_names(cells, exercise)
    words = words_of(cells) | {part for _, module in fill for part in module.split(".")}
    index, buffers = bundle(exercise, sandbox.folder, words)
    manners = [_manner(submission, cell, cell_seconds) for cell in cells]
    return {
        "op": "open", "modules": index, "folder": sandbox.folder, "main": submission.main,
        "cells": [[f"<cell {cell.number}>", cell.source, *manner]
                  for cell, manner in zip(cells, manners, strict=True)],
        "bound": bound_by(cells, exercise),
        "names": [*exercise.functions, *exercise.uses], "fill": fill,
    }, buffers  # fmt: skip


def _manner(submission, cell, cell_seconds):
    """How a cell is run, and for how many seconds: less where that was not enough before."""
    tried = submission.trouble.get(cell.number, (0,))[0]
    seconds = cell_seconds / (4 if cell.number in submission.slow else 1)
    return "definitions" if tried else "all", seconds
