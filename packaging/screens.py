"""Shoot every screen into demo-out/screens: both languages, light and dark, and the largest text for the main ones.

`make screens` runs it. The windows are the program's own, over the engine of the tests, which does what it is told.
Where there is no display a virtual one is started for it (Xvfb): Qt's offscreen platform has a screen too small for
the windows. The exit code tells whether all could be shot without a complaint of Qt.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # for tests.fakes

import screens_about  # noqa: E402
import screens_account  # noqa: E402
import screens_console  # noqa: E402
import screens_costs  # noqa: E402
import screens_first_run  # noqa: E402
import screens_money  # noqa: E402
import screens_network  # noqa: E402
import screens_notices  # noqa: E402
import screens_service  # noqa: E402
from PySide6.QtCore import QEvent, QMessageLogContext, QPoint, Qt, QtMsgType, qInstallMessageHandler  # noqa: E402
from PySide6.QtGui import QColor, QCursor, QImage, QPainter  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from tests.fakes.engine import FakeEngine  # noqa: E402
from tests.fakes.people import CONTACTS, calls  # noqa: E402
from tests.fakes.pictures import Projector  # noqa: E402
from vidphone.account.settings import Settings, Theme  # noqa: E402
from vidphone.call.view import CallState, CallView, Direction  # noqa: E402
from vidphone.media.capture.person import Person, look_of  # noqa: E402
from vidphone.media.devices import DeviceKind  # noqa: E402
from vidphone.media.stats import CallStats, InboundStats, OutboundStats  # noqa: E402
from vidphone.phone import events  # noqa: E402
from vidphone.texts import Language  # noqa: E402
from vidphone.ui.bridge import Bridge  # noqa: E402
from vidphone.ui.calls.call_window import CallWindow  # noqa: E402
from vidphone.ui.desktop import Desktop  # noqa: E402
from vidphone.ui.main.window import Page  # noqa: E402
from vidphone.wire.errors import ErrorCode  # noqa: E402
from vidphone.wire.reasons import EndReason  # noqa: E402

SCREEN = "1600x1000x24"
SETTLE_MS = 60
PICTURE_MS = 400
LARGEST = 1.5
SERVICE = "https://phone.example.cn"


@dataclass
class Desk:
    """A desktop over the scripted engine, and what a shot needs to put something on it."""

    settings: Settings
    engine: FakeEngine = field(init=False)
    bridge: Bridge = field(init=False)
    desktop: Desktop = field(init=False)

    def __post_init__(self) -> None:
        self.engine = FakeEngine(self.settings)
        self.bridge = Bridge(self.engine, self.settings)
        self.desktop = Desktop(self.bridge, self.settings)
        self.desktop.show()
        self.bridge.start()
        self.remote = Projector(self.engine.remote_slot, someone("b"))
        self.own = Projector(self.engine.local_slot, someone("a"))
        self.settle()

    def settle(self, ms: int = SETTLE_MS) -> None:
        """Let layouts and repaints come to rest."""
        QTest.qWait(ms)

    def move_in(self, *, people: bool = True) -> None:
        """Sign in; with contacts and a history."""
        if people:
            self.engine.contacts = {contact.id: contact for contact in CONTACTS}
            self.engine.history = calls()
        self.engine.sign_in(SERVICE)
        self.engine.tell_contacts()
        self.engine.tell_history()
        self.engine.tell(events.DevicesChanged(self.engine.devices, {}))
        self.settle()

    def tell(self, view: CallView) -> None:
        """Something of a call changed."""
        self.engine.tell(events.CallChanged(view))
        self.settle()

    def project(self) -> None:
        """Pictures of both sides, for as long as the views need to take them."""
        until_s = time.monotonic() + PICTURE_MS / 1000
        while time.monotonic() < until_s:
            self.remote.show()
            self.own.show()
            self.settle(30)

    @property
    def call_window(self) -> CallWindow:
        """The window of the call."""
        window = self.desktop.calls.window
        if window is None:
            raise RuntimeError("no call window is open")
        return window

    def close(self) -> None:
        """Leave nothing for the next desktop."""
        self.bridge.stop()
        self.desktop.close_all()
        self.desktop.window.deleteLater()
        self.desktop.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.settle()


def someone(who: str) -> np.ndarray:
    """A camera's picture, 1280x720, BGRX: the synthetic person of the demonstration."""
    drawn = cv2.resize(Person(look_of(who)).draw(1.3), (1280, 720), interpolation=cv2.INTER_CUBIC)
    return np.dstack([drawn, np.full(drawn.shape[:2], 255, np.uint8)])


def a_call(**changes: object) -> CallView:
    """A call of two minutes, seen and heard."""
    now = time.monotonic()
    view = CallView(
        "c", Direction.OUTGOING, "13800138000", "", CallState.ACTIVE, video=True, camera=True, peer_camera=True,
        dialled_at=now - 140, connected_at=now - 133.4, first_frame_at=now - 133, comparison_code="402917",
    )  # fmt: skip
    return replace(view, **changes)  # type: ignore[arg-type]


def ringing(call: str = "r", number: str = "1004", **changes: object) -> CallView:
    """A call that rings here."""
    return replace(
        CallView(call, Direction.INCOMING, number, "", CallState.INCOMING, video=True, dialled_at=time.monotonic()),
        **changes,  # type: ignore[arg-type]
    )


def figures(seconds: float) -> CallStats:
    """What a good call comes to after that time."""
    received = int(190_000 * seconds)
    return CallStats(
        "c",
        0.031,
        audio_in=InboundStats(int(5000 * seconds), int(50 * seconds), 2, 0.004, concealment_events=3, codec="Opus"),
        audio_out=OutboundStats(int(5000 * seconds), int(50 * seconds), codec="Opus"),
        video_in=InboundStats(
            received, int(170 * seconds), 6, 0.006, frames_per_second=29.8, frame_width=1280, frame_height=720,
            freeze_count=1, total_freezes_duration_s=0.4, codec="VP8",
        ),
        video_out=OutboundStats(
            received, int(170 * seconds), frames_per_second=30.0, frame_width=1280, frame_height=720, codec="VP8"
        ),
        local_candidate_type="host",
        quality=4,
    )  # fmt: skip


Shot = tuple[str, QWidget]


def sign_in_shots(desk: Desk) -> Iterator[Shot]:
    """First start, and what can go wrong with it."""
    page = desk.desktop.window.sign_in
    window = desk.desktop.window
    yield "sign-in", window
    page.button.click()
    desk.settle()
    yield "sign-in-nothing-typed", window
    desk.engine.accepts_sign_in = False
    page.service.set_text("phone.example.cn")
    page.number.set_text("1001")
    page.password.set_text("secret")
    page.button.click()
    desk.settle()
    yield "sign-in-waiting", window
    desk.engine.tell(events.Failure(ErrorCode.SIGN_IN_REFUSED))
    desk.settle()
    yield "sign-in-refused", window
    page.password.set_text("secret")
    page.button.click()
    desk.engine.tell(events.Failure(ErrorCode.SERVICE_UNREACHABLE, (("service", SERVICE),)))
    desk.settle()
    yield "sign-in-unreachable", window


def empty_shots(desk: Desk) -> Iterator[Shot]:
    """A new customer's first look around."""
    desk.move_in(people=False)
    window = desk.desktop.window
    for page in (Page.DIAL, Page.CONTACTS, Page.HISTORY):
        window.open_page(page)
        desk.settle()
        yield f"{page.name.lower()}-empty", window


def main_shots(desk: Desk) -> Iterator[Shot]:
    """The pages of the main window."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.DIAL)
    desk.settle()
    yield "dial", window
    window.prefill("138")
    desk.settle()
    yield "dial-typing", window
    window.prefill("")
    for page, view in ((Page.CONTACTS, window.contacts.list), (Page.HISTORY, window.history.list)):
        window.open_page(page)
        view.setCurrentIndex(view.model().index(0, 0))
        desk.settle()
        yield page.name.lower(), window
    window.open_page(Page.SETTINGS)
    desk.settle()
    yield "settings", window
    bar = window.settings.findChild(QWidget, "qt_scrollarea_viewport")
    if bar is not None and (area := bar.parentWidget()) is not None:
        area.verticalScrollBar().setValue(10_000)  # type: ignore[attr-defined]
        desk.settle()
        yield "settings-end", window
    window.show_shortcuts()
    window.contacts.add_contact("1009")
    desk.settle()
    for dialog in [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]:
        yield type(dialog).__name__.removesuffix("Dialog").lower(), dialog
        dialog.reject()
    window.open_page(Page.DIAL)
    desk.engine.tell(events.LinkChanged(events.LinkState.DOWN))
    desk.engine.tell(events.Failure(ErrorCode.NO_KEYRING))
    desk.settle()
    yield "link-down", window
    window.toasts.hide()
    desk.engine.tell(events.LinkChanged(events.LinkState.UP))


def incoming_shots(desk: Desk) -> Iterator[Shot]:
    """Calls that ring here."""
    desk.move_in()
    for name, view in (("incoming", ringing()), ("incoming-voice", ringing(number="1009", video=False))):
        desk.tell(view)
        window = desk.desktop.calls.incoming
        if window is None:
            raise RuntimeError("no incoming window is open")
        desk.project()
        yield name, window
        desk.tell(replace(view, state=CallState.ENDED, reason=EndReason.DECLINED))


def call_shots(desk: Desk) -> Iterator[Shot]:
    """A call from dialling to its end."""
    desk.move_in()
    number = "13800138000" if desk.settings.language is Language.CHINESE else "1003"
    active = partial(a_call, peer_number=number)
    desk.tell(active(state=CallState.DIALLING, connected_at=None, peer_camera=False, comparison_code=None))
    window = desk.call_window
    desk.project()
    desk.tell(active(state=CallState.RINGING, connected_at=None, peer_camera=False, comparison_code=None))
    desk.project()
    yield "call-ringing", window
    desk.tell(active())
    desk.engine.tell(events.StatsReport(figures(100)))
    desk.project()
    yield "call", window
    yield from _panel_shots(desk, window)
    desk.tell(active(peer_microphone=False, peer_recording=True))
    desk.engine.tell(events.DeviceNotice(DeviceKind.SPEAKER, None, "Headset"))
    desk.project()
    yield "call-banners", window
    desk.tell(active())
    window.notices.notice.hide()
    desk.tell(ringing(waiting=True))
    desk.project()
    yield "call-waiting", window
    desk.tell(ringing(state=CallState.ENDED, reason=EndReason.CANCELLED))
    window.close()
    desk.settle()
    yield "call-leaving", window
    window.leave_card.hide()
    now = time.monotonic()
    desk.tell(active(state=CallState.RECONNECTING, reconnecting_since=now - 12.2, reconnecting_until=now + 20))
    yield "call-reconnecting", window
    desk.tell(active())
    desk.project()
    window.leave_wanted.emit()
    desk.project()
    small = desk.desktop.calls.small
    if small is None:
        raise RuntimeError("no small picture is open")
    yield "call-small", small
    small.return_wanted.emit()
    for name, changes in (
        ("call-held", {"state": CallState.HELD}),
        ("call-held-by-peer", {"held_by_peer": True}),
        ("call-peer-camera-off", {"peer_camera": False}),
        ("call-voice", {"peer_camera": False, "camera": False, "video": False}),
        ("call-muted", {"microphone": False, "camera": False}),
    ):
        desk.tell(active(**changes))
        desk.project()
        yield name, window
    end = replace(active(), state=CallState.ENDED, ended_at=time.monotonic())
    desk.tell(replace(end, reason=EndReason.HUNG_UP, ended_by_peer=True))
    yield "call-ended", window
    window.finished.emit()
    desk.tell(active(state=CallState.RINGING, connected_at=None))
    desk.tell(replace(end, reason=EndReason.BUSY, connected_at=None))
    yield "call-ended-busy", desk.call_window
    desk.call_window.finished.emit()


def _panel_shots(desk: Desk, window: CallWindow) -> Iterator[Shot]:
    for name, panel in (("statistics", window.stats), ("code", window.code), ("keypad", window.keypad)):
        window.open_panel(panel)
        if panel is window.stats:
            desk.settle(1000)  # data rates need two reports
            desk.engine.tell(events.StatsReport(figures(101)))
        if panel is window.keypad:
            for key in "10#":
                window.keypad.press(key)
        desk.project()
        yield f"call-{name}", window
    window.open_panel(window.shortcuts)
    desk.project()
    yield "call-shortcuts", window
    window.open_panel(None)
    window.controls.more_menu.popup(QPoint(0, 0))
    desk.settle()
    yield "call-more", window.controls.more_menu
    window.controls.more_menu.hide()
    desk.settle()


SERIES: tuple[Callable[[Desk], Iterator[Shot]], ...] = (
    sign_in_shots,
    empty_shots,
    main_shots,
    incoming_shots,
    call_shots,
    *screens_about.SERIES,
    *screens_account.SERIES,
    *screens_costs.SERIES,
    *screens_money.SERIES,
    *screens_network.SERIES,
    *screens_notices.SERIES,
    *screens_service.SERIES,
    *screens_first_run.SERIES,
)


def shoot(folder: Path, only: str) -> int:
    """Shoot all whose names hold `only`; how many failed."""
    failed = 0
    for language in Language:
        for theme in (Theme.LIGHT, Theme.DARK):
            for scale in (1.0, LARGEST) if theme is Theme.LIGHT else (1.0,):
                large = "-large" if scale > 1 else ""
                look = f"{language.value}-{theme.value}{large}"
                settings = Settings(language=language, theme=theme, text_scale=scale, motion=False)
                for series in SERIES:
                    failed += _shoot_series(series, settings, look, folder, only)
    return failed


def _shoot_series(
    series: Callable[[Desk], Iterator[Shot]], settings: Settings, look: str, folder: Path, only: str
) -> int:
    failed = 0
    desk = Desk(settings)
    try:
        for name, widget in series(desk):
            path = folder / f"{look}-{name}.png"
            if only not in path.name:
                continue
            QCursor.setPos(QPoint(0, 999))
            if _grab(widget).save(str(path)):
                _say(str(path))
            else:
                failed += 1
                _say(f"{path} could not be written")
    except Exception as error:
        failed += 1
        _say(f"{look}, {series.__name__}: {type(error).__name__}: {error}")
    finally:
        desk.close()
    return failed


def _grab(widget: QWidget) -> QImage:
    """The widget as it is on the screen; corners that nothing paints get the middle grey of a desktop."""
    shown = widget.grab().toImage()
    image = QImage(shown.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("#7A7F88"))
    painter = QPainter(image)
    painter.drawImage(0, 0, shown)
    painter.end()
    return image


@contextmanager
def display() -> Iterator[None]:
    """A display to open windows on: the one there is, or a virtual one."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("win32", "darwin"):
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                os.environ["DISPLAY"] = f":{told.readline().strip()}"
            os.environ["QT_QPA_PLATFORM"] = "xcb"
            yield
        finally:
            os.environ.pop("DISPLAY", None)
            server.terminate()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person waits


def main() -> int:
    """Shoot; 0 when all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "demo-out" / "screens", metavar="DIR")
    parser.add_argument("--only", default="", metavar="PART", help="only shots whose names hold PART")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg:
            complaints.append(message)

    with display():
        application = QApplication(sys.argv[:1])
        application.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        qInstallMessageHandler(listen)
        failed = shoot(arguments.out, arguments.only)
        failed += screens_console.shoot(arguments.out, arguments.only)
        qInstallMessageHandler(None)
        application.quit()
    for complaint in complaints:
        _say(f"Qt: {complaint}")
    return 1 if failed or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
