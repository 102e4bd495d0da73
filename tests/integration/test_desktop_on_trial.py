"""The desktop as a build on trial: what a person does within its first moments says nothing against it."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import trees
from tests.support.thorough import all_or
from tests.support.trees import NEW, OLD
from vidphone.installation import locks
from vidphone.installation.launcher import Launcher
from vidphone.installation.tree import Installation
from vidphone.ui.single import socket_name

pytestmark = pytest.mark.slow
STARTS = 3
PROJECT = Path(__file__).resolve().parents[2]

PROGRAM = """#!{python}
import sys
sys.path.insert(0, {project!r})
sys.executable = __file__  # a frozen program is its own interpreter
from pathlib import Path
from PySide6.QtCore import QTimer
from vidphone import app

class QuicklyClosed(app.DesktopApp):
    def run(self):
        QTimer.singleShot(0, self.desktop.window.close)
        return super().run()

app.DesktopApp = QuicklyClosed
{breaks}
sys.exit(app.run_desktop({profile!r}, ""))
"""
BREAKS = """
def broken(*_):
    import no_such_module
app.phone_maker = lambda *_: broken
from vidphone.phone.engine import EngineThread
real = EngineThread.start
EngineThread.start = lambda engine: (real(engine), engine._thread.join())
"""


def on_trial(folder: Path, breaks: str = "") -> tuple[Installation, Launcher]:
    """A tree with a proved build and the desktop as a new one, and what starts it."""
    installation = Installation(folder / "installed", environment={})
    text = PROGRAM.format(python=sys.executable, project=str(PROJECT), profile=str(folder / "profile"), breaks=breaks)
    for build, program in ((OLD, trees.program(OLD, 4)), (NEW, text.encode())):
        trees.install(installation, build, trees.content(build, vidphone=program))
        installation.switch(build)
        if build == OLD:
            installation.healthy(build)
    (installation.root / "launcher.json").write_text(json.dumps({"starts": STARTS}))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    return installation, Launcher(installation, (), environment)


def test_a_person_who_closes_a_new_build_at_once_does_not_get_it_blocked(tmp_path: Path) -> None:
    installation, launcher = on_trial(tmp_path)
    for _ in range(all_or(1, STARTS + 1)):
        assert launcher.run() == 0
        assert installation.state().starts == {NEW: 0}
    assert installation.current() == NEW
    assert installation.blocked() == {}


def test_a_new_build_whose_phone_cannot_start_is_not_excused_by_closing_it(tmp_path: Path) -> None:
    installation, launcher = on_trial(tmp_path, BREAKS)
    assert launcher.run() == 0
    assert installation.state().starts == {NEW: 1}


@pytest.fixture
def runs_already(tmp_path: Path) -> Iterator[None]:
    """Something that listens as a program with this profile would."""
    place = Path(tempfile.gettempdir(), socket_name(tmp_path / "profile"))
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place))
        other.listen()
        yield
    place.unlink()


@pytest.mark.usefixtures("runs_already")
def test_a_start_that_hands_over_does_not_count(tmp_path: Path) -> None:
    installation, launcher = on_trial(tmp_path)
    assert launcher.run() == 0
    assert installation.state().starts == {NEW: 0}


@pytest.mark.usefixtures("runs_already")
def test_a_start_that_hands_over_excuses_nothing_of_the_trial_beside_it(tmp_path: Path) -> None:
    installation, launcher = on_trial(tmp_path)
    with locks.held(installation.layout.lock("trial")):
        installation.change(lambda state: state.starting(NEW, 0.0))
        assert launcher.run() == 0
    assert installation.state().starts == {NEW: 1}
