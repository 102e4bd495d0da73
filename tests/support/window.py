"""The real window over the real engine, and somebody in front of it who sees, presses, types and chooses."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QMessageLogContext, QPoint, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from vidphone.account.profile import Profile
from vidphone.account.settings import Settings
from vidphone.phone.build import phone_maker
from vidphone.phone.engine import EngineThread
from vidphone.phone.options import PhoneOptions
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.desktop import Desktop

WAIT_S = 30.0
PAUSE_MS = 50
MOST_TABS = 200
QUIET = PhoneOptions(camera="none", microphone="tone", speaker="none", keep_token=False)
OFFSCREEN_SAYS = "This plugin does not support"
_TYPED: tuple[type[QWidget], ...] = (QLineEdit, QPlainTextEdit)
_W = TypeVar("_W", bound=QWidget)


class Person:
    """Finds everything by the words that are on it. By keyboard alone, or by the pointer alone; typing is either."""

    def __init__(self, desktop: Desktop, bridge: Bridge) -> None:
        self.desktop = desktop
        self.bridge = bridge
        self.keys = False

    @property
    def shown(self) -> list[QWidget]:
        """The windows that can be worked in: the one that asks before all others, else those that are open."""
        modal = QApplication.activeModalWidget()
        return [modal] if modal else [one for one in QApplication.topLevelWidgets() if one.isVisible()]

    def until(self, good: Callable[[], object]) -> None:
        """Let the window live until that is so."""
        until_s = time.monotonic() + WAIT_S
        while not good():
            assert time.monotonic() < until_s, self.reads()
            QTest.qWait(PAUSE_MS)

    def reads(self) -> list[str]:
        """Every sentence that is shown, rows of lists too."""
        return [said for window in self.shown for widget in _visible(window, QWidget) for said in _sentences(widget)]

    def sees(self, *words: str) -> None:
        """Wait until all of these are shown."""

        def all_shown() -> bool:
            said = self.reads()
            return all(any(each in one for one in said) for each in words)

        self.until(all_shown)

    def sees_no(self, words: str) -> None:
        """Wait until that is not shown any more."""
        self.until(lambda: not any(words in said for said in self.reads()))

    def named(self, start: str) -> str:
        """The whole name of the first button whose name begins so."""
        names: list[str] = []

        def found() -> bool:
            buttons = [button for window in self.shown for button in _visible(window, QAbstractButton)]
            names[:] = [one.accessibleName() for one in buttons if one.accessibleName().startswith(start)]
            return bool(names)

        self.until(found)
        return names[0]

    def press(self, name: str) -> None:
        """The button of that name, once it can be pressed."""
        self.until(lambda: any(button.isEnabled() for button in self._buttons(name)))
        button = next(button for button in self._buttons(name) if button.isEnabled())
        if self.keys:
            self._reach(button)
            QTest.keyClick(button, Qt.Key.Key_Space)
        else:
            self._point_at(button)
        QApplication.processEvents()

    def write(self, name: str, words: str) -> None:
        """Into the field of that name, in place of what is in it."""
        self.until(lambda: self._fields(name))
        field = self._fields(name)[0]
        if self.keys:
            self._reach(field)
        else:
            self._point_at(field)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, words)

    def choose(self, row: str) -> None:
        """The first row of a list that says so."""
        self.until(lambda: self._row(row) is not None)
        found = self._row(row)
        assert found is not None
        view, place = found
        if self.keys:
            self._reach(view)
            QTest.keyClick(view, Qt.Key.Key_Home)
            for _ in range(place):
                QTest.keyClick(view, Qt.Key.Key_Down)
        else:
            box = view.visualRect(view.model().index(place, 0))
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
        QApplication.processEvents()

    def _buttons(self, name: str) -> list[QAbstractButton]:
        found = [button for window in self.shown for button in _visible(window, QAbstractButton)]
        return [button for button in found if name in (_plain(button.text()), button.accessibleName())]

    def _fields(self, name: str) -> list[QWidget]:
        found = [field for window in self.shown for kind in _TYPED for field in _visible(window, kind)]
        return [field for field in found if field.accessibleName() == name]

    def _row(self, words: str) -> tuple[QListView, int] | None:
        for window in self.shown:
            for view in _visible(window, QListView):
                rows = _rows(view)
                if (place := next((at for at, row in enumerate(rows) if words in row), None)) is not None:
                    return view, place
        return None

    def _point_at(self, widget: QWidget) -> None:
        """Turn the wheel until it is seen, and press where nothing covers it."""
        window = widget.window()

        def uncovered() -> bool:  # the page may still be laid out, and a notice at the foot goes again
            above = widget.parentWidget()
            while above is not None:
                if isinstance(above, QScrollArea):
                    above.ensureWidgetVisible(widget)
                    QApplication.processEvents()
                above = above.parentWidget()
            hit = window.childAt(widget.mapTo(window, _middle(widget)))
            return hit is not None and (hit is widget or widget.isAncestorOf(hit))

        self.until(uncovered)
        target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(widget, _middle(widget)))

    def _reach(self, widget: QWidget) -> None:
        """Press Tab, and arrows among fellows, until it has the focus."""
        window = widget.window()
        window.activateWindow()
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        fellows = set(group.buttons()) if group is not None else {widget}
        passed: list[str] = []
        for _ in range(MOST_TABS):
            focused = window.focusWidget()
            passed.append(focused.accessibleName() or repr(focused) if focused is not None else "")
            if focused is not None and (focused is widget or focused.focusProxy() is widget):
                return
            key = Qt.Key.Key_Tab
            if focused is not None and focused in fellows:
                way = widget.mapTo(window, QPoint(0, 0)) - focused.mapTo(window, QPoint(0, 0))
                if way.y():
                    key = Qt.Key.Key_Down if way.y() > 0 else Qt.Key.Key_Up
                else:
                    key = Qt.Key.Key_Right if way.x() > 0 else Qt.Key.Key_Left
            QTest.keyClick(focused or window, key)
            QApplication.processEvents()
        raise AssertionError(f"the keyboard does not reach {widget.accessibleName()!r}, but {passed}")


def _middle(widget: QWidget) -> QPoint:
    """Of what is seen of it."""
    return widget.visibleRegion().boundingRect().center()


@contextmanager
def window_of(folder: Path, language: Language = Language.ENGLISH) -> Iterator[Person]:
    """The desktop of a machine on which nobody is signed in; any complaint of Qt's fails."""
    complaints: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not message.startswith(OFFSCREEN_SAYS):
            complaints.append(message)

    profile = Profile.open(folder)
    chosen = Settings(language=language, motion=False)
    bridge = Bridge(EngineThread(phone_maker(profile, QUIET)), chosen)
    qInstallMessageHandler(listen)
    desktop = Desktop(bridge, chosen)
    desktop.show()
    bridge.start()
    person = Person(desktop, bridge)
    try:
        person.until(lambda: bridge.state.ready)
        yield person
    finally:
        bridge.stop()
        desktop.close_all()
        desktop.window.deleteLater()
        desktop.deleteLater()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop runs here that would do it
        qInstallMessageHandler(None)
        profile.close()
    assert complaints == []


def _visible(window: QWidget, kind: type[_W]) -> list[_W]:
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _rows(view: QListView) -> list[str]:
    model = view.model()
    return [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]


def _sentences(widget: QWidget) -> list[str]:
    match widget:
        case QListView():
            return _rows(widget) if widget.model() is not None else []
        case QAbstractButton():
            return [_plain(widget.text()), widget.accessibleName()]
        case QLineEdit():
            return [widget.text()]
        case QPlainTextEdit():
            return [widget.toPlainText()]
        case QComboBox():
            return [widget.currentText()]
        case QLabel():
            return [widget.accessibleName() or widget.text()]
        case _:
            said = getattr(widget, "plain", "")
            return [said] if isinstance(said, str) else []
