"""`bp doctor`: true on this machine, and of help on a poorer one."""

import subprocess
from importlib import metadata

import pytest

from autograder import cli, health


def names(state):
    return {finding.name for finding in health.findings() if finding.state == state}


def test_it_knows_what_is_here(capsys):
    assert {"numpy", "jupyterlab", "Python"} <= names("ok")
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor"])
    assert left.value.code == 0 and "numpy" in capsys.readouterr().out


def test_what_is_missing_says_how_to_get_it(monkeypatch, capsys):
    whole = metadata.version

    def version(name):
        if name in ("jupyterlab", "nbgrader"):
            raise metadata.PackageNotFoundError(name)
        return "1.0" if name == "numpy" else whole(name)
    monkeypatch.setattr(health.metadata, "version", version)
    monkeypatch.setattr(health.shutil, "which", lambda name: None)
    assert names("missing") == {"jupyterlab", "numpy"}
    assert {"nbgrader", "bubblewrap", "chromium"} <= names("optional")
    assert all(finding.remedy for finding in health.findings() if finding.state != "ok")
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor"])
    assert left.value.code == 1 and "apt install chromium" in capsys.readouterr().out


def test_a_bwrap_that_may_not_isolate_is_not_trusted(monkeypatch):
    def refuse(*_, **__):
        raise subprocess.CalledProcessError(1, "bwrap")
    monkeypatch.setattr(health.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(health.subprocess, "run", refuse)
    assert health.isolation().state == "optional" and "not isolated" in health.isolation().says
