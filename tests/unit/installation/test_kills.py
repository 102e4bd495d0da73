"""Processes that are really killed, and processes at the same time."""

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.support import trees
from tests.support.thorough import THOROUGH
from tests.support.trees import NEW, OLD
from vidphone.installation.tree import Installation

PROJECT = Path(__file__).resolve().parents[3]

_PRELUDE = """
import os, sys
sys.path[:0] = [{project!r}, *{path!r}]
from pathlib import Path
from tests.support import trees
from vidphone.installation.tree import Installation
root = Path({root!r})
"""
_UPGRADE = """
steps = 0
def reached(step):
    global steps
    steps += 1
    if steps == {at}:
        os.kill(os.getpid(), 9)
installation = Installation(root, environment={{}}, reached=reached)
trees.install(installation, trees.NEW)
installation.switch(trees.NEW)
"""
_COUNT = """
installation = Installation(root, environment={})
for _ in range(40):
    installation.change(lambda state: state.starting(trees.NEW, 0.0))
"""


def _python(root: Path, code: str) -> "subprocess.Popen[bytes]":
    prelude = _PRELUDE.format(project=str(PROJECT), path=sys.path, root=str(root))
    return subprocess.Popen([sys.executable, "-IS", "-c", prelude + code])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_an_upgrade_killed_at_any_step_leaves_what_runs_whole_and_is_gone_on_with(tmp_path: Path) -> None:
    for at in count(1) if THOROUGH else (1, 4, 7, 9, 12, 15, 17, 19):
        root = tmp_path / str(at)
        trees.tree(root, OLD)
        code = _python(root, _UPGRADE.format(at=at)).wait()
        if THOROUGH and code == 0:
            assert at > 19
            break  # there is no such step: each has been tried
        assert code == -signal.SIGKILL
        installation = Installation(root, environment={})
        current = installation.current()
        assert current in {OLD, NEW}
        started = subprocess.run(installation.path_of(current) / "vidphone", stdout=subprocess.PIPE, check=True)
        assert started.stdout.decode().strip() == current
        assert all(installation.altered(build) == () for build in installation.versions())
        assert _python(root, _UPGRADE.format(at=0)).wait() == 0
        assert installation.current() == NEW
        assert installation.altered(NEW) == ()


def test_two_processes_lose_nothing_of_what_the_other_remembers(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    both = [_python(tmp_path, _COUNT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert installation.state().starts[NEW] == 80
