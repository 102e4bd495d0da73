"""The launcher with small real programs as versions."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import trees
from tests.support.trees import NEW, NEWER, OLD
from vidphone.installation import locks
from vidphone.installation.child import environment_for
from vidphone.installation.launcher import NOTHING_TO_START, RESTART, Launcher, find_root, main, opens_window
from vidphone.installation.tree import Installation

PROJECT = Path(__file__).resolve().parents[3]
WINDOW = {"DISPLAY": ":0", "PATH": os.environ["PATH"]}
NOTES = "echo $VIDPHONE_BUILD $* >> $VIDPHONE_INSTALLATION/runs"


def shell(*lines: str) -> bytes:
    return "\n".join(["#!/bin/sh", NOTES, *lines, ""]).encode()


def python(*lines: str) -> bytes:
    head = [
        f"#!{sys.executable} -IS",
        "import os, sys, time",
        f"sys.path.insert(0, {str(PROJECT)!r})",
        "from pathlib import Path",
        "from vidphone.installation.tree import Installation",
        "tree = Installation(Path(os.environ['VIDPHONE_INSTALLATION']))",
        "build = tree.running()",
        "with (tree.root / 'runs').open('a') as runs: print(build, *sys.argv[1:], file=runs)",
    ]
    return "\n".join([*head, *lines, ""]).encode()


Make = Callable[..., Installation]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A tree whose old build is proved, and whose new one, on trial, is this program."""

    def made(new: bytes, old: bytes = shell("exit 4"), **rules: object) -> Installation:
        installation = Installation(tmp_path, environment={})
        for build, own, proved in ((OLD, old, True), (NEW, new, False)):
            trees.install(installation, build, trees.content(build, vidphone=own))
            installation.switch(build)
            if proved:
                installation.healthy(build)
        (tmp_path / "launcher.json").write_text(json.dumps(rules))
        return installation

    return made


def start(installation: Installation, *arguments: str, environment: dict[str, str] | None = None) -> int:
    return Launcher(installation, arguments, WINDOW if environment is None else environment).run()


def runs(installation: Installation) -> list[str]:
    return (installation.root / "runs").read_text().splitlines()


def told(installation: Installation) -> list[tuple[str, str, str]]:
    return [(report.event, report.build_id, report.code) for report in installation.pending_reports()][1:]


def test_a_build_that_crashes_gets_three_starts_and_the_one_before_runs_at_once(make: Make) -> None:
    installation = make(shell("exit 3"))
    assert start(installation, "tel:1002") == 4
    assert runs(installation) == [f"{NEW} tel:1002"] * 3 + [f"{OLD} tel:1002"]
    assert installation.current() == OLD
    assert installation.blocked() == {NEW: "exit-3"}
    assert told(installation) == [
        ("started", NEW, ""),
        ("crashed", NEW, "exit-3"),
        ("crashed", NEW, "exit-3"),
        ("fell-back", NEW, "exit-3"),
        ("crashed", OLD, "exit-4"),
    ]


def test_a_build_that_hangs_is_ended_even_where_it_does_not_listen(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidphone.installation.child.END_WAIT_S", 0.1)
    installation = make(shell("trap '' TERM", "while :; do :; done"), healthy_within_s=0.3, starts=2)
    assert start(installation) == 4
    assert runs(installation) == [NEW, NEW, OLD]
    assert installation.blocked() == {NEW: "hung"}


def test_a_build_that_says_it_is_healthy_is_not_given_up_whatever_comes_later(make: Make) -> None:
    installation = make(
        python("tree.healthy(build)", "time.sleep(0.4)", "os.kill(os.getpid(), 11)"), healthy_within_s=60
    )
    for _ in range(4):
        assert start(installation) == 128 + signal.SIGSEGV
    assert installation.current() == NEW
    assert installation.blocked() == {}
    assert ("healthy", NEW, "") in told(installation)
    assert ("crashed", NEW, "signal-11") in told(installation)


def test_starts_that_say_nothing_about_a_build_do_not_count(make: Make) -> None:
    installation = make(python("tree.left(build)"))
    for _ in range(4):
        assert start(installation) == 0
    assert installation.state().starts == {NEW: 0}
    assert installation.current() == NEW


def test_a_build_that_knows_it_does_not_work_is_counted_however_it_is_closed(make: Make) -> None:
    installation = make(python("tree.failed(build)", "tree.left_as_meant()"), starts=2)
    assert start(installation) == 0
    assert (runs(installation), installation.current()) == ([NEW], NEW)
    assert start(installation) == 0
    assert runs(installation) == [NEW, NEW]  # who has closed it is not shown the one before
    assert installation.current() == OLD
    assert installation.blocked() == {NEW: "self-test"}
    assert told(installation)[1:] == [("crashed", NEW, "self-test"), ("fell-back", NEW, "self-test")]


def test_a_signal_does_not_excuse_a_build_that_knows_it_does_not_work(make: Make) -> None:
    installation = make(python("tree.failed(build)", "(tree.root / 'seen').touch()", "time.sleep(30)"), starts=1)
    code = _LAUNCH.format(project=str(PROJECT), root=str(installation.root))
    launcher = subprocess.Popen([sys.executable, "-IS", "-c", code], env=WINDOW)
    _until((installation.root / "seen").exists)
    launcher.send_signal(signal.SIGTERM)
    assert launcher.wait(30) == 128 + signal.SIGTERM
    assert (runs(installation), installation.current()) == ([NEW], OLD)


def test_a_later_start_is_excused_as_any_other_and_a_proof_ends_all_doubts(make: Make) -> None:
    installation = make(python("tree.left_as_meant()"))
    installation.change(lambda state: state.starting(NEW, 0))
    installation.failed(NEW)
    assert start(installation) == 0
    assert installation.state().starts == {NEW: 1}
    installation.failed(NEW)
    installation.healthy(NEW)
    assert installation.state().failing == ""


def test_ending_without_a_word_counts_but_nothing_is_started_in_the_persons_face(make: Make) -> None:
    installation = make(shell("exit 0"))
    assert [start(installation) for _ in range(3)] == [0, 0, 4]
    assert runs(installation) == [NEW, NEW, NEW, OLD]


def test_a_command_that_fails_is_no_failed_start(make: Make) -> None:
    installation = make(shell("exit 1"))
    for _ in range(4):
        assert start(installation, "doctor") == 1
    assert installation.state().starts == {}


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ((), True),
        (("tel:1002",), True),
        (("phone", "--profile", "here", "vidphone:1002"), True),
        (("--profile=here",), True),
        (("phone", "--headless"), False),
        (("--help",), False),
        (("admin", "add"), False),
    ],
)
def test_only_a_window_proves_a_build(arguments: tuple[str, ...], window: bool) -> None:
    assert opens_window(arguments, WINDOW) is window
    if sys.platform == "linux":
        assert not opens_window(arguments, {})


def test_a_program_that_cannot_be_executed_counts_as_failed(make: Make) -> None:
    installation = make(b"\x7fELF of another machine")
    assert start(installation) == 4
    assert installation.blocked() == {NEW: "cannot-start"}


def test_a_restart_takes_what_is_current_by_then(make: Make) -> None:
    installation = make(shell("exit 5"), old=python(f"tree.switch({NEW!r})", f"sys.exit({RESTART})"))
    installation.fall_back(NEW, "test")
    installation.unblock(NEW)
    installation.healthy(NEW)
    assert start(installation) == 5
    assert runs(installation) == [OLD, NEW]


def test_a_build_that_does_nothing_but_restart_is_left_alone_at_last(tmp_path: Path) -> None:
    installation = Installation(tmp_path, environment={})
    trees.install(installation, OLD, trees.content(OLD, vidphone=shell(f"exit {RESTART}")))
    installation.switch(OLD)
    assert start(installation) == RESTART


def test_the_only_version_is_never_given_up(tmp_path: Path) -> None:
    installation = Installation(tmp_path, environment={})
    trees.install(installation, OLD, trees.content(OLD, vidphone=shell("exit 3")))
    installation.switch(OLD)
    for _ in range(4):
        assert start(installation) == 3
    assert installation.current() == OLD
    assert runs(installation) == [OLD] * 4


@pytest.mark.parametrize("damage", ["pointer", "state", "version", "program"])
def test_whatever_is_damaged_the_best_whole_version_starts_and_that_is_told(make: Make, damage: str) -> None:
    installation = make(shell("exit 0"), old=shell("exit 0"))
    installation.healthy(NEW)
    if damage == "pointer":
        installation.layout.pointer.write_bytes(b"\0\0\0\0")
    elif damage == "state":
        installation.layout.state.write_text("{")
    elif damage == "version":
        installation.layout.manifest(NEW).unlink()
    else:
        installation.layout.program(NEW).unlink()
    assert start(installation) == 0
    assert runs(installation) == [OLD if damage in {"pointer", "version", "program"} else NEW]
    assert "damaged" in [report.event for report in installation.pending_reports()]


def test_a_tree_that_cannot_be_written_is_started_all_the_same(make: Make) -> None:
    installation = make(shell("exit 7"))
    locks_folder = installation.root / "locks"
    for file in locks_folder.iterdir():
        file.unlink()
    locks_folder.rmdir()
    locks_folder.write_text("no folder can be made here")
    assert start(installation) == 7
    assert installation.current() == NEW


def test_a_full_disk_does_not_keep_a_broken_build_in_place(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = make(shell("exit 3"), starts=1)

    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    begun = Launcher(installation, (), WINDOW)
    real = installation.fall_back
    monkeypatch.setattr(
        installation, "fall_back", lambda *given: (monkeypatch.setattr(os, "write", full), real(*given))[1]
    )
    assert begun.run() == 4
    assert runs(installation) == [NEW, OLD]


def test_nothing_to_start_has_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    assert main([], tmp_path) == NOTHING_TO_START


def test_a_second_start_beside_a_trial_is_not_counted(make: Make) -> None:
    installation = make(shell("exit 3"))
    with locks.held(installation.layout.lock("trial")):
        assert start(installation) == 3
    assert installation.state().starts == {}


def test_a_signal_reaches_the_program_and_ends_no_trial(make: Make) -> None:
    installation = make(shell("trap 'exit 9' TERM", "while :; do sleep 0.05; done"), healthy_within_s=600)
    launcher = subprocess.Popen(
        [sys.executable, "-IS", "-c", _LAUNCH.format(project=str(PROJECT), root=str(installation.root))], env=WINDOW
    )
    _until((installation.root / "runs").exists)
    launcher.send_signal(signal.SIGTERM)
    assert launcher.wait(30) == 9
    assert installation.state().starts == {NEW: 0}


def test_a_version_stays_in_use_when_its_launcher_is_killed(make: Make) -> None:
    installation = make(shell("while [ ! -e $VIDPHONE_INSTALLATION/end ]; do sleep 0.05; done"))
    installation.healthy(NEW)
    launcher = subprocess.Popen(
        [sys.executable, "-IS", "-c", _LAUNCH.format(project=str(PROJECT), root=str(installation.root))], env=WINDOW
    )
    _until((installation.root / "runs").exists)
    launcher.kill()
    launcher.wait()
    for build in (OLD, NEWER):
        trees.install(installation, build)
        installation.switch(build)
        installation.healthy(build)
    installation.block(OLD, "test")
    try:
        assert installation.remove_old() == ()
        assert NEW in installation.versions()
    finally:
        (installation.root / "end").touch()
    _until(lambda: installation.remove_old() == (NEW,))


def test_a_frozen_launcher_keeps_its_own_libraries_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    given = {"LD_LIBRARY_PATH": "/launcher", "LD_LIBRARY_PATH_ORIG": "/own", "_PYI_ARCHIVE_FILE": "x", "HOME": "/h"}
    assert environment_for(given, Path("/r"), OLD) == {
        "LD_LIBRARY_PATH": "/own",
        "HOME": "/h",
        "VIDPHONE_INSTALLATION": "/r",
        "VIDPHONE_BUILD": OLD,
    }


def test_a_launcher_finds_its_tree_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "tree/launcher").mkdir(parents=True)
    (tmp_path / "tree/versions").mkdir()
    (tmp_path / "tree/launcher/vidphone").touch()
    (tmp_path / "vidphone").symlink_to(tmp_path / "tree/launcher/vidphone")
    assert find_root(tmp_path / "vidphone") == tmp_path / "tree"
    assert find_root(tmp_path / "elsewhere") is None


_LAUNCH = """
import sys
sys.path.insert(0, {project!r})
from pathlib import Path
from vidphone.installation.launcher import main
sys.exit(main([], Path({root!r})))
"""


def _until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.02)
