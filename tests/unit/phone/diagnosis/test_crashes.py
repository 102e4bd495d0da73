"""What a crash leaves behind, in processes of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vidphone.phone.diagnosis.crashes import CrashNotebook, fingerprint, forget_crash, last_crash

PROGRAM = """\
import faulthandler, logging, os, sys, threading
from pathlib import Path
from vidphone.phone.diagnosis.crashes import CrashNotebook
from vidphone.phone.logs import log_into
log_into(Path(sys.argv[1]))
book = CrashNotebook(Path(sys.argv[1]))
book.open()
def go_wrong():
    raise ValueError("number 13800138000")
{what}
book.close()
"""


def run(profile: Path, what: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(what=what), str(profile)], capture_output=True, check=False
    )
    return done.returncode


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("faulthandler._sigsegv()", ("Segmentation fault", "in <module>")),
        ("go_wrong()", ("ValueError: number <number>", "in go_wrong")),
        ("t = threading.Thread(target=go_wrong); t.start(); t.join(); os._exit(1)", ("ValueError", "in go_wrong")),
    ],
)
def test_a_crash_is_found_at_the_next_start(tmp_path: Path, what: str, left: tuple[str, ...]) -> None:
    assert run(tmp_path, what) != 0
    assert last_crash(tmp_path) == ""
    assert run(tmp_path, "") == 0
    found = last_crash(tmp_path)
    assert all(part in found for part in left), found
    assert "13800138000" not in found
    forget_crash(tmp_path)
    assert last_crash(tmp_path) == ""


def test_a_run_without_a_crash_leaves_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "logging.critical('not a crash'); logging.error('neither')") == 0
    assert {path.name for path in (tmp_path / "logs").iterdir()} == {"vidphone.log"}


def test_a_folder_that_cannot_be_written_does_not_stop_the_program(tmp_path: Path) -> None:
    book = CrashNotebook(tmp_path / "is not there")
    book.open()
    book.close()


def test_a_folder_that_is_cleared_meanwhile_does_not_stop_the_end(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    book = CrashNotebook(tmp_path)
    book.open()
    shutil.rmtree(tmp_path / "logs")
    book.close()
    book.close()


def test_the_same_crash_on_another_machine_has_the_same_fingerprint() -> None:
    one = 'Traceback:\n  File "/home/somebody/vidphone/x.py", line 10, in go\nValueError: 5'
    same = 'Traceback:\n  File "C:\\\\app\\\\x.py", line 12, in go\nValueError: other'
    others = one.replace("in go", "in come"), one.replace("ValueError", "KeyError")
    assert fingerprint(one) == fingerprint(same)
    assert len({fingerprint(crash) for crash in (one, *others)}) == 3
