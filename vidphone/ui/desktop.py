"""The desktop as a whole: main window, windows of calls, tray, notifications, and what closing means."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from vidphone.account.numbers import digits_of
from vidphone.account.settings import Settings
from vidphone.call.view import CallState, CallView
from vidphone.installation.launcher import RESTART
from vidphone.media.devices import DeviceKind
from vidphone.phone.commands import ChangeSettings
from vidphone.phone.events import (
    CallChanged,
    ContactsExported,
    ContactsImported,
    DeviceNotice,
    Event,
    Failure,
    HistoryChanged,
    LinkState,
    RestartWanted,
    SettingsChanged,
)
from vidphone.ui.bridge import Bridge
from vidphone.ui.calls.windows import CallWindows
from vidphone.ui.costs import barred
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.theme import Theme, application
from vidphone.ui.links import number_of_link
from vidphone.ui.main.ask import Question, ask
from vidphone.ui.main.window import MainWindow, Page
from vidphone.ui.state import SIGN_IN_FAILURES
from vidphone.ui.tray import Tray
from vidphone.wire.errors import ErrorCode

NETWORK_FAILURES = frozenset({ErrorCode.SERVICE_UNREACHABLE, ErrorCode.MEDIA_FAILED})
"""What fails when the network lets nothing through."""


class Desktop(QObject):
    """Owns every window. The engine is started and stopped by who made it (`app.py`)."""

    def __init__(self, bridge: Bridge, settings: Settings, tray: Tray | None = None) -> None:
        super().__init__()
        self._bridge = bridge
        self.theme = Theme(settings, self)
        self.window = MainWindow(bridge, self.theme)
        self.calls = CallWindows(bridge, self.theme, parent=self)
        self.tray = tray or Tray(self.theme, self)
        self._missed = bridge.state.missed
        self._rung: set[str] = set()
        application().setQuitOnLastWindowClosed(False)
        bridge.happened.connect(self._happened)
        self.window.close_asked.connect(self.close_asked)
        self.window.quit_asked.connect(self.quit_asked)
        self.calls.main_wanted.connect(self.raise_window)
        self.calls.pay_wanted.connect(self._pay)
        self.calls.test_wanted.connect(self._test_network)
        self.calls.page_wanted.connect(self._show_page)
        self.tray.show_asked.connect(self.raise_window)
        self.tray.notification_clicked.connect(self._notification_clicked)
        self.tray.quit_asked.connect(self.quit_asked)

    def show(self) -> None:
        """Show the main window and the tray's icon."""
        self.window.show()
        self.tray.show()

    def raise_window(self) -> None:
        """Bring the main window before the others."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def raise_with(self, link: str) -> None:
        """A second start: raise the window and take its link."""
        self.raise_window()
        if link:
            self.prefill(link)

    def prefill(self, link: str) -> None:
        """Put the number of a `tel:` or `vidphone:` link, or a plain number, into the dialler."""
        number = number_of_link(link) or digits_of(link)
        if number:
            self.window.prefill(number)
        else:
            self.window.say(Notice("ui.link.no-number"))

    def close_all(self) -> None:
        """The program ends: every window and the tray's icon go."""
        self.tray.hide()
        self.window.allow_close()
        self.window.close()
        self.calls.close_all()

    def close_asked(self) -> Question | None:
        """The main window is to be closed: into the tray where there is one, else the program ends."""
        if self._bridge.state.in_call:
            return self._ask_in_call()
        if not self.tray.there:
            self.quit_now()
            return None
        self._hide()
        return None

    def quit_asked(self) -> Question | None:
        """The program is to end; a call is not cut off unasked."""
        if self._bridge.state.in_call:
            self.raise_window()
            return self._ask_in_call()
        self.quit_now()
        return None

    def _test_network(self) -> None:
        self.raise_window()
        self.window.test_network()

    def _pay(self, fen: int) -> None:
        self.raise_window()
        self.window.pay(fen)

    def _show_page(self, page: str) -> None:
        """Go where what bars a call is lifted."""
        self.raise_window()
        if page in (barred.Page.LIMIT, barred.Page.LEAVING):
            self.window.open_page(Page.MONEY)
            self.window.money.open_tab("plan" if page == barred.Page.LIMIT else "leaving")
        else:
            self.window.open_page(Page.ACCOUNT)
            self.window.account.open_tab(page)

    def _ask_in_call(self) -> Question:
        ways = [("ui.leave.stay", "plain", None), ("ui.leave.end", "danger", self.quit_now)]
        if self.tray.there:
            ways.insert(1, ("ui.leave.hide", "plain", self._hide))
        return ask(self.theme, self.window, "ui.leave.title", "ui.leave.what", ways)

    def _hide(self) -> None:
        self.window.hide()
        settings, words = self._bridge.state.settings, self.theme.words
        if not settings.told_of_tray and self.tray.notify(words("ui.window"), words("ui.tray.lives-on")):
            self._bridge.post(ChangeSettings(replace(settings, told_of_tray=True)))

    def restart(self) -> None:
        """Make place for the version that was put in place; a call that came in meanwhile goes first."""
        if not self._bridge.state.calls:
            application().exit(RESTART)

    def quit_now(self) -> None:
        """End the program unasked; calls are hung up. Qt's `quit` would ask the windows first, and they refuse."""
        application().exit()

    def _happened(self, event: Event) -> None:
        state = self._bridge.state
        match event:
            case SettingsChanged(settings):
                self.theme.use(settings)
            case CallChanged(view):
                self._call_changed(view)
            case HistoryChanged(_, missed):
                self._missed_changed(missed)
            case Failure():
                self._failed(event)
            case RestartWanted():
                self.restart()
            case ContactsImported(taken, refused):
                key = "ui.contacts.imported-some" if refused else "ui.contacts.imported"
                self.window.say(Notice(key, (("taken", taken), ("refused", refused))))
            case ContactsExported(path, count):
                self.window.say(Notice("ui.contacts.exported", (("path", path), ("count", count))))
            case DeviceNotice() if not state.calls:
                self._device_notice(event)
            case _:
                pass
        self._show_status()

    def _failed(self, failure: Failure) -> None:
        signs_in = not self.window.signed_in and not self.window.signing_up
        at_sign_in = signs_in and failure.code in SIGN_IN_FAILURES
        if not at_sign_in and not self.calls.tells_failures():
            key = f"error.{failure.code.value}"
            notice = Notice(key, tuple(failure.about), f"{key}.next")
            if self.window.signed_in and failure.code in NETWORK_FAILURES:
                notice = replace(notice, action_key="network.open", action=self.window.test_network)
            self.window.say(notice)

    def _device_notice(self, notice: DeviceNotice) -> None:
        if notice.code is not None:
            key = f"error.{notice.code.value}"
            self.window.say(Notice(key, (("path", notice.name),), f"{key}.next"))
        elif notice.name and notice.kind is not DeviceKind.RINGER:
            self.window.say(Notice("ui.device.switched", (("name", notice.name),)))

    def _call_changed(self, view: CallView) -> None:
        if view.state is CallState.ENDED:
            self._rung.discard(view.call)
        elif view.state is CallState.INCOMING and view.call not in self._rung:
            self._rung.add(view.call)
            if not self.window.isVisible() or not self.window.isActiveWindow():
                self._notify("ui.notify.incoming", self._name(view))

    def _missed_changed(self, missed: int) -> None:
        before, self._missed = self._missed, missed
        newest = self._bridge.state.history[:1]
        if missed > before and newest and newest[0].missed and self._bridge.state.ready:
            name = self._bridge.state.name_of(newest[0].number) or newest[0].name or newest[0].number
            self._notify("ui.notify.missed", name)

    def _notify(self, key: str, name: str) -> None:
        if not self._bridge.state.settings.notifications:
            return
        if not self.tray.notify(self.theme.words(key), name):
            QApplication.alert(self.window)

    def _notification_clicked(self) -> None:
        self.raise_window()
        if self._bridge.state.missed and self.window.signed_in:
            self.window.open_page(Page.HISTORY)

    def _name(self, view: CallView) -> str:
        return self._bridge.state.name_of(view.peer_number) or view.peer_name or view.peer_number

    def _show_status(self) -> None:
        state = self._bridge.state
        if state.account is None:
            key = "ui.tray.signed-out"
        elif state.in_call:
            key = "ui.tray.in-call"
        else:
            key = "ui.tray.ready" if state.link is LinkState.UP else "ui.tray.no-link"
        self.tray.show_status(key, state.missed)
