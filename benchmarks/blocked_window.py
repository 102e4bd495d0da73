"""Sound while the window's thread is blocked: 100 ms in every 250, asleep or busy.

    python -m benchmarks.blocked_window [SECONDS]

The real desktop (offscreen) takes a call from a headless phone that speaks; a timer on Qt's thread blocks it. The
figure is the 95th percentile of the time between two blocks of sound handed to the player, against the same call with
the thread left alone. The bar is 40 ms.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import tell
from tests.support.phones import HeadlessPhone
from tests.support.provider import PASSWORD, Provider
from vidphone.resources import assets_dir

BLOCK_S, EVERY_MS = 0.1, 250
MODES = ("left alone", "blocked asleep", "blocked busy")
WARM_REPORTS = 3


def block(mode: str) -> None:
    if mode == "blocked asleep":
        time.sleep(BLOCK_S)
    elif mode == "blocked busy":
        until_s = time.perf_counter() + BLOCK_S
        while time.perf_counter() < until_s:
            pass


def main(seconds: float) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from vidphone.app import DesktopApp
    from vidphone.call.view import CallState
    from vidphone.phone import commands, events
    from vidphone.phone.options import PhoneOptions

    gaps_ms: dict[str, list[float]] = {mode: [] for mode in MODES}
    speech = str(next((assets_dir() / "speech").glob("*en*.*")))
    with tempfile.TemporaryDirectory() as folder:
        provider = Provider(Path(folder) / "service")
        provider.add_customer("1001")
        provider.add_customer("1002")
        sources = ("--camera", "test", "--mic", speech, "--speaker", "none")
        with provider, HeadlessPhone(provider.url, Path(folder) / "peer", *sources) as peer:
            peer.sign_in("1002")
            application = QApplication(sys.argv[:1])
            options = PhoneOptions(camera="test", microphone=speech, speaker="none", keep_token=False)
            app = DesktopApp(Path(folder) / "desktop", options)
            modes = iter(MODES)
            current = [next(modes)]
            seen = [0]
            timer = QTimer(application)
            timer.timeout.connect(lambda: block(current[0]))

            def next_mode() -> None:
                seen[0] = 0
                following = next(modes, None)
                if following is None:
                    app.bridge.post(commands.HangUp())
                    QTimer.singleShot(500, application.quit)
                else:
                    current[0] = following
                    QTimer.singleShot(int(seconds * 1000), next_mode)

            def happened(event: events.Event) -> None:
                match event:
                    case events.Ready():
                        app.bridge.post(commands.SignIn(provider.url, "1001", PASSWORD))
                    case events.LinkChanged(state=events.LinkState.UP):
                        app.bridge.post(commands.Dial("1002", video=True))
                        peer.wait_for("incoming")
                        peer.do("answer")
                    case events.CallChanged(view=view) if view.state is CallState.ACTIVE and not timer.isActive():
                        timer.start(EVERY_MS)
                        QTimer.singleShot(int(seconds * 1000), next_mode)
                    case events.StatsReport(stats=stats):
                        seen[0] += 1
                        if seen[0] > WARM_REPORTS and stats.audio_gap_p95_ms is not None:
                            gaps_ms[current[0]].append(stats.audio_gap_p95_ms)

            app.bridge.happened.connect(happened)
            app.run()
    tell(
        "blocked_window",
        {
            f"audio gap p95 ms, {mode}": {
                "median of seconds": round(statistics.median(values), 1) if values else None,
                "worst second": round(max(values), 1) if values else None,
                "seconds": len(values),
            }
            for mode, values in gaps_ms.items()
        },
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 15)
