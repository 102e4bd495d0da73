"""One window of the demonstration: the desktop as it is, with a driver that signs in, calls, and keeps the figures."""

import argparse
import json
import os
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from vidphone.app import DesktopApp
from vidphone.call.view import CallState, CallView
from vidphone.demo.command import CALLEE, CALLER
from vidphone.demo.figures import Side
from vidphone.media.devices import DeviceKind
from vidphone.phone import commands, events
from vidphone.phone.options import PhoneOptions
from vidphone.resources import assets_dir
from vidphone.ui.bridge import Bridge
from vidphone.ui.desktop import Desktop
from vidphone.wire.reasons import EndReason

RETRY_MS = 300
TRIES = 100
PICTURE_BEFORE_END_S = 1.5
LEAVE_MS = 700


def run_window(arguments: argparse.Namespace) -> int:
    """Open the window of a side and run its part of the call."""
    side: str = arguments.window
    real = side == "a" and not arguments.offscreen  # two programs cannot share a camera, nor a room its microphone
    speech = assets_dir() / "speech" / ("zh.opus" if side == "a" else "en.opus")
    options = PhoneOptions(
        camera="" if real else "test",
        microphone="" if real else str(speech),
        speaker="" if real else "none",
        who=side,
        keep_token=False,
    )
    app = DesktopApp(Path(arguments.profile), options)
    driver = DemoDriver(app.bridge, app.desktop, side, arguments, fallback_speech=str(speech))
    code = app.run()
    print(json.dumps(driver.side.summary(), ensure_ascii=False), flush=True)  # noqa: T201 - read by the command
    return code


class DemoDriver(QObject):
    """Presses the buttons of one side."""

    def __init__(
        self, bridge: Bridge, desktop: Desktop, side: str, arguments: argparse.Namespace, fallback_speech: str
    ) -> None:
        super().__init__(bridge)
        self.side = Side(real_microphone=side == "b" and not arguments.offscreen)
        self._bridge = bridge
        self._desktop = desktop
        self._calls = side == "a"
        self._service: str = arguments.service
        self._out = Path(arguments.out) / f"{side}.png"
        self._seconds: float = arguments.seconds
        self._leaves: bool = arguments.offscreen
        self._speech = fallback_speech
        self._tries = 0
        self._connected = False
        bridge.happened.connect(self._happened)

    def _happened(self, event: events.Event) -> None:
        match event:
            case events.Ready():
                password = os.environ.get("VIDPHONE_DEMO_PASSWORD", "")
                number = CALLER if self._calls else CALLEE
                self._bridge.post(commands.SignIn(self._service, number, password))
            case events.LinkChanged(state=events.LinkState.UP) if self._calls and not self._connected:
                self._dial()
            case events.CallChanged(view=view):
                self._call(view)
            case events.StatsReport(stats=stats):
                self.side.reports.append(stats)
            case events.DeviceNotice(kind=DeviceKind.CAMERA, code=code) if code is not None:
                self._bridge.post(commands.SelectDevice(DeviceKind.CAMERA, "test"))
            case events.DeviceNotice(kind=DeviceKind.MICROPHONE, code=code) if code is not None:
                self._bridge.post(commands.SelectDevice(DeviceKind.MICROPHONE, self._speech))
            case _:
                pass

    def _dial(self) -> None:
        self._tries += 1
        self._bridge.post(commands.Dial(CALLEE, video=True))

    def _call(self, view: CallView) -> None:
        if view.state is CallState.INCOMING and not self._connected:
            self._bridge.post(commands.Answer(video=True, call=view.call))
        if view.first_frame_at is not None and view.dialled_at is not None:
            self.side.first_frame_ms = round((view.first_frame_at - view.dialled_at) * 1000, 1)
        if view.connected_at is not None and not self._connected:
            self._connected = True
            if view.dialled_at is not None:
                self.side.setup_ms = round((view.connected_at - view.dialled_at) * 1000, 1)
            if self._leaves:
                QTimer.singleShot(int(max(0.5, self._seconds - PICTURE_BEFORE_END_S) * 1000), self._take_picture)
                if self._calls:
                    QTimer.singleShot(int(self._seconds * 1000), self._hang_up)
        if view.state is CallState.ENDED:
            if not self._connected and view.reason is EndReason.UNREACHABLE and self._tries < TRIES:
                QTimer.singleShot(RETRY_MS, self._dial)  # the other window is still starting
            elif self._leaves:
                QTimer.singleShot(LEAVE_MS, self._desktop.quit_now)

    def _hang_up(self) -> None:
        self._bridge.post(commands.HangUp())

    def _take_picture(self) -> None:
        window = self._desktop.calls.window or self._desktop.window
        window.grab().save(str(self._out))
