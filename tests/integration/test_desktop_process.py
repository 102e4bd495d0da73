"""The desktop as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from vidphone.app import DesktopApp
from vidphone.phone import events
from vidphone.phone.options import PhoneOptions
app = DesktopApp(Path(sys.argv[1]), PhoneOptions(keep_token=False))
def happened(event):
    if isinstance(event, events.Ready):
        print("ready", flush=True)
        if sys.argv[2] == "quit":
            app.desktop.quit_asked()
app.bridge.happened.connect(happened)
sys.exit(app.run())
"""


def start(profile: Path, how: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(profile), how],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_in_order(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "wait")
    time.sleep(0.2)
    process.send_signal(number)
    _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")


def test_quitting_ends_the_program_in_order(tmp_path: Path) -> None:
    process = start(tmp_path, "quit")
    _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")
