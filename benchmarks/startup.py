"""From the start of the program to its window painted; then what it costs when nothing happens.

    python -m benchmarks.startup [STARTS]

The real program is started on a fresh profile, offscreen where there is no display. `painted` is told by the probe
below, which waits for the first paint of the main window; the parent's clock began before the process. The anchor is a
bare PySide6 window started the same way. Bars: 1.0 s at the median of 10, idle CPU under 1 % of a core.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.report import spread, tell

IDLE_SETTLE_S, IDLE_S = 10.0, 20.0
MIB = 1 << 20

PROBE = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

class FirstPaint(QObject):
    told = False
    def eventFilter(self, watched, event):
        paints = event.type() == QEvent.Type.Paint and isinstance(watched, QWidget)
        if not self.told and paints and watched.window().isVisible():
            self.told = True
            QTimer.singleShot(0, lambda: print("painted", time.monotonic(), flush=True))
        return False

application = QApplication(sys.argv[:1])
watcher = FirstPaint(application)
application.installEventFilter(watcher)
{body}
"""
PROGRAM = """
from pathlib import Path
from vidphone.app import DesktopApp
from vidphone.phone.options import PhoneOptions
sys.exit(DesktopApp(Path(sys.argv[1]), PhoneOptions(keep_token=False)).run())
"""
BARE = """
window = QWidget()
window.resize(400, 300)
window.show()
sys.exit(application.exec())
"""


def start(body: str, profile: Path) -> tuple["subprocess.Popen[str]", float]:
    """The process, and the milliseconds from before its start to its first paint."""
    began_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", PROBE.format(body=body), str(profile)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    painted_s = float(process.stdout.readline().split()[1])
    return process, (painted_s - began_s) * 1000


def leave(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def main(starts: int) -> None:
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    painted_ms: dict[str, list[float]] = {"program": [], "bare window": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(starts):
            for name, body in (("program", PROGRAM), ("bare window", BARE)):
                process, milliseconds = start(body, Path(folder) / f"profile-{number}")
                painted_ms[name].append(milliseconds)
                leave(process)
        process, _ = start(PROGRAM, Path(folder) / "idle")
        try:
            watched = psutil.Process(process.pid)
            time.sleep(IDLE_SETTLE_S)
            before, began_s = watched.cpu_times(), time.monotonic()
            time.sleep(IDLE_S)
            after, took_s = watched.cpu_times(), time.monotonic() - began_s
            idle_percent = (after.user + after.system - before.user - before.system) / took_s * 100
            memory = watched.memory_full_info()
            threads = watched.num_threads()
        finally:
            leave(process)
    tell(
        "startup",
        {
            "window painted ms": spread(painted_ms["program"]),
            "bare PySide6 window painted ms": spread(painted_ms["bare window"]),
            "idle CPU % of a core": round(idle_percent, 2),
            "idle memory MiB": {"rss": round(memory.rss / MIB, 1), "uss": round(memory.uss / MIB, 1)},
            "idle threads": threads,
        },
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
