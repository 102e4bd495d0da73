"""What the tests of the call windows stand on: the windows over a scripted engine, and their clock."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.engine import FakeEngine
from tests.fakes.pictures import Projector, person
from vidphone.account.settings import Settings
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.devices import Device
from vidphone.phone.events import (
    CallChanged,
    Event,
)
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.calls.call_window import CallWindow
from vidphone.ui.calls.incoming import IncomingWindow
from vidphone.ui.calls.windows import CallWindows
from vidphone.ui.design.theme import Theme

CALL = CallView(
    "c", Direction.OUTGOING, "1001", "Li Wei", CallState.DIALLING, video=True, camera=True, dialled_at=990.0
)
ACTIVE = replace(CALL, state=CallState.ACTIVE, connected_at=940.0, peer_camera=True, comparison_code="402917")
RINGING = CallView("r", Direction.INCOMING, "1002", "Wang Fang", CallState.INCOMING, video=True)
MICROPHONES = (Device("m", "Built-in", True), Device("h", "Headset", False))


class Stage:
    """The windows, the engine beneath them, and their clock."""

    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        self.qtbot = qtbot
        chosen = Settings(**{"language": Language.ENGLISH, "motion": False, **settings})  # type: ignore[arg-type]
        self.engine, self.theme, self.now_s = FakeEngine(chosen), Theme(chosen), 1000.0
        self.bridge = Bridge(self.engine, chosen)
        self.bridge.start()
        self.windows = CallWindows(self.bridge, self.theme, now_s=lambda: self.now_s)
        self.remote = Projector(self.engine.remote_slot, person(320, 180))

    def tell(self, event: Event) -> None:
        self.engine.tell(event)
        QApplication.processEvents()

    def call(self, view: CallView, **changes: object) -> None:
        self.tell(CallChanged(replace(view, **changes)))  # type: ignore[arg-type]

    def talk(self) -> CallWindow:
        """A call with a picture."""
        self.call(ACTIVE)
        self.remote.show()
        self.qtbot.waitUntil(lambda: self.window.picture.has_picture, timeout=1000)
        return self.window

    @property
    def window(self) -> CallWindow:
        assert self.windows.window is not None
        return self.windows.window

    @property
    def incoming(self) -> IncomingWindow:
        assert self.windows.incoming is not None
        return self.windows.incoming

    @property
    def posted(self) -> list[object]:
        return list(self.engine.posted)


def swept() -> int:
    """How many widgets there are once those to be deleted are gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
    return len(QApplication.allWidgets())


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
