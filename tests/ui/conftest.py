"""Windows in tests: offscreen, with an engine that does what it is told, and not a word of complaint from Qt."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.engine import FakeEngine
from tests.fakes.people import CONTACTS, calls
from tests.ui.stage import Stage, swept
from vidphone.account.settings import Settings
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.theme import Theme
from vidphone.ui.desktop import Desktop
from vidphone.ui.tray import Tray

OFFSCREEN_SAYS = "This plugin does not support"
"""What the offscreen platform lacks (window hints, grabbing) is no fault of ours."""


@pytest.fixture(autouse=True)
def quiet_qt() -> Iterator[None]:
    """Any warning of Qt fails the test."""
    complaints: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not message.startswith(OFFSCREEN_SAYS):
            complaints.append(message)

    qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(None)
    assert complaints == []


class FakeTray(Tray):
    """A tray that is there, and remembers what it was asked to show."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.notified: list[tuple[str, str]] = []
        self.is_there = True

    @property
    def there(self) -> bool:
        return self.is_there

    def show(self) -> None:
        pass

    def notify(self, title: str, what: str) -> bool:
        self.notified.append((title, what))
        return self.is_there


class House:
    """A desktop over a fake engine."""

    def __init__(self, settings: Settings) -> None:
        self.engine = FakeEngine(settings)
        self.bridge = Bridge(self.engine, settings)
        self.desktop = Desktop(self.bridge, settings)
        self.tray = FakeTray(self.desktop.theme)
        self.desktop.tray = self.tray
        self.window = self.desktop.window

    def settle(self) -> None:
        """Let events, repaints and deletions through."""
        for _ in range(4):
            QApplication.processEvents()
            QApplication.sendPostedEvents()

    def move_in(self) -> None:
        """Signed in, with contacts and a history."""
        self.engine.contacts = {contact.id: contact for contact in CONTACTS}
        self.engine.history = calls()
        self.engine.sign_in()
        self.engine.tell_contacts()
        self.engine.tell_history()
        self.settle()
        self.tray.notified.clear()


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(qtbot: QtBot) -> Iterator[MakeHouse]:
    """Makes desktops: `make_house(text_scale=1.5, language=Language.CHINESE)`."""
    houses: list[House] = []

    def make(*, moved_in: bool = True, language: Language = Language.ENGLISH, **settings: object) -> House:
        house = House(Settings(language=language, motion=False, **settings))  # type: ignore[arg-type]
        houses.append(house)
        house.desktop.show()
        house.bridge.start()
        house.settle()
        if moved_in:
            house.move_in()
        return house

    yield make
    for house in houses:
        house.bridge.stop()
        house.desktop.close_all()
        house.window.deleteLater()
        house.desktop.deleteLater()
        house.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop runs here that would do it


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """An English desktop, signed in, with contacts and a history."""
    return make_house()


@pytest.fixture
def stages(qtbot: QtBot) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []
    QCursor.setPos(QGuiApplication.primaryScreen().geometry().topRight())  # on no window

    def make(**settings: object) -> Stage:
        made.append(Stage(qtbot, **settings))
        return made[-1]

    yield make
    for stage in made:
        stage.windows.close_all()
    swept()


@pytest.fixture
def stage(stages: Callable[..., Stage]) -> Stage:
    return stages()
