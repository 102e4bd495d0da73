"""The main window: sign-in first, then dialler, contacts, history and settings beside a rail."""

from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from vidphone.phone.commands import ChangeSettings, SignOut
from vidphone.phone.diagnosis.program import ThisProgram
from vidphone.phone.events import (
    CallChanged,
    ContactsChanged,
    CrashFound,
    DevicesChanged,
    Event,
    Failure,
    HistoryChanged,
    LinkChanged,
    LinkState,
    Ready,
    SettingsChanged,
    SignedIn,
    SignedOut,
    SignUpKept,
)
from vidphone.phone.notice_events import NumbersChangedShown
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.feedback import Banner, Notice, Toasts
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.icons import icon
from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.wizard import FirstRunPage
from vidphone.ui.main.about.licences import LicencesDialog
from vidphone.ui.main.about.line import UpgradeLine
from vidphone.ui.main.about.news import NewsDialog
from vidphone.ui.main.about.report import CrashDialog, ReportDialog
from vidphone.ui.main.about.view import AboutView
from vidphone.ui.main.account.forgotten import ForgottenDialog
from vidphone.ui.main.account.page import AccountPage
from vidphone.ui.main.contacts import ContactsPage
from vidphone.ui.main.device_dialog import DeviceTestDialog
from vidphone.ui.main.dialler import DiallerPage
from vidphone.ui.main.history import HistoryPage
from vidphone.ui.main.money.page import MoneyPage
from vidphone.ui.main.network.dialog import NetworkDialog
from vidphone.ui.main.rail import Rail
from vidphone.ui.main.service.page import ServicePage
from vidphone.ui.main.settings import SettingsPage
from vidphone.ui.main.sign_in import SignInPage
from vidphone.ui.shortcuts import (
    ACCOUNT,
    CONTACTS,
    DIAL,
    HELP,
    HELP_ALSO,
    HISTORY,
    MONEY,
    NUMBER,
    QUIT,
    SEARCH,
    SERVICE,
    SETTINGS,
    ShortcutsDialog,
)
from vidphone.ui.state import SIGN_IN_FAILURES

WINDOW_PX = (1000, 700)
NAMED = 3
"""Altered files that are named above the pages; the settings have more."""


class Page(IntEnum):
    """The pages beside the rail."""

    DIAL = 0
    CONTACTS = 1
    HISTORY = 2
    ACCOUNT = 3
    MONEY = 4
    SERVICE = 5
    SETTINGS = 6


class MainWindow(QMainWindow):
    """Everything but calls. It asks before it goes: who owns it decides what closing means."""

    close_asked = Signal()
    quit_asked = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._theme = theme
        self._may_close = False
        state = bridge.state
        self.sign_in = SignInPage(theme, state.settings)
        self.first_run = FirstRunPage(bridge, theme)
        self.dialler = DiallerPage(theme, state)
        self.contacts = ContactsPage(theme, state)
        self.history = HistoryPage(theme, state)
        self.account = AccountPage(theme, state)
        self.money = MoneyPage(theme, state)
        self.service = ServicePage(theme, state)
        self.about, program = AboutView(), ThisProgram.here()
        self.settings = SettingsPage(theme, state, bridge.local_slot, self.about, program)
        self.banner = Banner(theme, "wifi-off", "network.open")
        self.altered = Banner(theme, "shield-alert")
        self.upgrade_line = UpgradeLine(theme, self.about, program.version)
        pages = [
            ("grid-3x3", DIAL),
            ("users", CONTACTS),
            ("history", HISTORY),
            ("user", ACCOUNT),
            ("coin", MONEY),
            ("bell", SERVICE),
            ("settings", SETTINGS),
        ]
        self.rail = Rail(theme, pages)
        self.pages = QStackedWidget()
        self.whole = QStackedWidget()
        self._build()
        self.toasts = Toasts(theme, self)
        self._wire()
        self._say()
        self._show_pages()

    def _build(self) -> None:
        for page in (
            self.dialler, self.contacts, self.history, self.account, self.money, self.service, self.settings,
        ):  # fmt: skip
            self.pages.addWidget(page)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.banner)
        beside.addWidget(self.pages, 1)
        inside = QWidget()
        layout = QHBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(beside, 1)
        self.whole.addWidget(self.sign_in)
        self.whole.addWidget(inside)
        self.whole.addWidget(self.first_run)
        around = QWidget()
        column = QVBoxLayout(around)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.altered)
        column.addWidget(self.upgrade_line)
        column.addWidget(self.whole, 1)
        self.setCentralWidget(around)
        self.setWindowIcon(icon("vidphone", "#FFFFFF", 64))
        open_at(self, self._theme, WINDOW_PX)
        self.rail.choose(Page.DIAL)

    def _wire(self) -> None:
        self._bridge.happened.connect(self._happened)
        self.rail.chosen.connect(self.open_page)
        self.sign_in.sign_in.connect(self._bridge.post)
        self.sign_in.given_up.connect(lambda: self._bridge.post(SignOut()))
        self.sign_in.language_chosen.connect(self._choose_language)
        self.sign_in.sign_up_wanted.connect(self.sign_up)
        self.sign_in.forgotten_wanted.connect(self.reset_password)
        self.first_run.left.connect(self._sign_up_left)
        self.first_run.finished.connect(self._signed_up)
        self.first_run.notice.connect(self.toasts.show_notice)
        self.dialler.call.connect(self._bridge.post)
        self.dialler.wanted.connect(self._bridge.post)
        self.dialler.pay_wanted.connect(self.pay)
        self.contacts.wanted.connect(self._bridge.post)
        self.contacts.notice.connect(self.toasts.show_notice)
        self.history.wanted.connect(self._bridge.post)
        self.history.dial_wanted.connect(lambda: self.open_page(Page.DIAL))
        self.history.add_contact.connect(self._add_contact)
        self.account.wanted.connect(self._bridge.post)
        self.account.notice.connect(self.toasts.show_notice)
        self.account.attention.connect(lambda on: self.rail.buttons[Page.ACCOUNT].show_count(int(on)))
        self.account.elsewhere.room_wanted.connect(self.open_service)
        self.money.wanted.connect(self._bridge.post)
        self.money.notice.connect(self.toasts.show_notice)
        self.money.attention.connect(lambda on: self.rail.buttons[Page.MONEY].show_count(int(on)))
        self.service.wanted.connect(self._bridge.post)
        self.service.notice.connect(self.toasts.show_notice)
        self.service.show_wanted.connect(lambda: self.open_page(Page.SERVICE))
        for teller in (
            self.history, self.account.questions, self.money.calls.detail, self.money.bills.detail,
        ):  # fmt: skip
            teller.case_wanted.connect(self.service.begin_case)
        self.contacts.moved.taken.connect(self.service.news.take)
        self.service.attention.connect(self.rail.buttons[Page.SERVICE].show_count)
        self.settings.wanted.connect(self._bridge.post)
        self.settings.devices.test_wanted.connect(self.test_devices)
        self.settings.network_wanted.connect(self.test_network)
        self.settings.about.report_wanted.connect(self.report_problem)
        self.settings.about.licences_wanted.connect(lambda: LicencesDialog(self._theme, self).open())
        self.upgrade_line.wanted.connect(self._bridge.post)
        self.upgrade_line.more_wanted.connect(lambda: NewsDialog(self._theme, self.about, self).open())
        self.banner.acted.connect(self.test_network)
        self.history.test_wanted.connect(self.test_network)
        self._theme.words.changed.connect(self._say)
        self._theme.words.changed.connect(self._say_about)
        for shortcut, do in (
            (NUMBER, lambda: self.open_page(Page.DIAL)),
            (SEARCH, self._search),
            (QUIT, self.quit_asked.emit),
            (HELP, self.show_shortcuts),
            (HELP_ALSO, self.show_shortcuts),
        ):
            QShortcut(QKeySequence(shortcut.key), self).activated.connect(do)

    def open_page(self, page: int) -> None:
        """Show a page, its first control with the focus."""
        self.rail.choose(page)
        self.pages.setCurrentIndex(page)
        first: dict[int, QWidget] = {
            Page.DIAL: self.dialler.field,
            Page.CONTACTS: self.contacts.search,
            Page.HISTORY: self.history.list,
        }
        if page in first:
            first[page].setFocus()

    def prefill(self, number: str) -> None:
        """Put a number into the dialler and show it."""
        self.open_page(Page.DIAL)
        self.dialler.prefill(number)

    def pay(self, fen: int = 0) -> None:
        """Open the page where an amount in fen is paid; 0 leaves the amount open."""
        self.open_page(Page.MONEY)
        self.money.pay(fen)

    def open_service(self, room: str) -> None:
        """Open a room of the service page."""
        self.open_page(Page.SERVICE)
        self.service.open_room(room)

    def say(self, notice: Notice) -> None:
        """Show a notice at the foot."""
        self.toasts.show_notice(notice)

    def test_devices(self) -> None:
        """Try camera, microphone and speaker, one after the other."""
        DeviceTestDialog(self._theme, self._bridge, self).open()

    def test_network(self) -> None:
        """Find out what calls will be like in this network."""
        if any(dialog.isVisible() for dialog in self.findChildren(NetworkDialog)):
            return
        dialog = NetworkDialog(self._theme, self)
        dialog.wanted.connect(self._bridge.post)
        dialog.case_wanted.connect(self.service.begin_case)
        self._bridge.happened.connect(dialog.happened)
        dialog.open()

    def reset_password(self, service: str, number: str) -> None:
        """Set a password in place of a forgotten one."""
        dialog = ForgottenDialog(self._theme, service, number, self)
        dialog.wanted.connect(self._bridge.post)
        dialog.reset.connect(self._password_reset)
        self._bridge.happened.connect(dialog.happened)
        dialog.open()

    def _password_reset(self, service: str, number: str) -> None:
        self.sign_in.show_account(service, number)
        self.sign_in.begin()
        self.say(Notice("ui.account.forgotten.done"))

    def show_shortcuts(self) -> None:
        """List the shortcuts."""
        dialog = ShortcutsDialog(self._theme, self)
        dialog.report.clicked.connect(self.report_problem)
        dialog.open()

    def report_problem(self) -> None:
        """Make a report, show it, and send it if the person says so."""
        dialog = ReportDialog(self._theme, self)
        dialog.wanted.connect(self._bridge.post)
        dialog.notice.connect(self.toasts.show_notice)
        self._bridge.happened.connect(dialog.happened)
        dialog.open()
        dialog.begin()

    def _ask_about_crash(self, text: str) -> None:
        dialog = CrashDialog(self._theme, self, text)
        dialog.wanted.connect(self._bridge.post)
        dialog.open()

    def _say_about(self) -> None:
        self.settings.about.refresh()
        self.upgrade_line.refresh()
        named, count = self.about.altered[:NAMED], self.about.altered_count
        files = self.about.altered_words(self._theme.language, NAMED)
        if not named:
            self.altered.say("")
        elif count > len(named):
            self.altered.say("ui.altered.more", files=files, more=count - len(named))
        else:
            self.altered.say("ui.altered", files=files)

    def allow_close(self) -> None:
        """The program ends: the next close is not asked about."""
        self._may_close = True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the owner decide."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.close_asked.emit()

    @property
    def signed_in(self) -> bool:
        """Whether the pages beside the rail are shown."""
        return self.whole.currentIndex() == 1

    @property
    def signing_up(self) -> bool:
        """Whether the pages of signing up are shown."""
        return self.first_run.active

    def sign_up(self, service: str) -> None:
        """Sign up at a service, or go on with what was begun there."""
        self.first_run.open(service)
        self._show_pages()

    def _happened(self, event: Event) -> None:
        state = self._bridge.state
        self.account.happened(event)
        self.money.happened(event)
        self.service.happened(event)
        self.dialler.happened(event)
        if self.about.take(event):
            self._say_about()
        match event:
            case CrashFound(text):
                self._ask_about_crash(text)
            case SignedIn():
                self.sign_in.signed_in()
                self.settings.refresh()
                self._show_pages()
            case SignedOut(code, about):
                self.contacts.show_changed(())
                if self.signed_in:
                    self.toasts.clear()
                    self.sign_in.show_account(state.settings.service, state.settings.number)
                if code is not None:
                    self.sign_in.show_failure(Failure(code, (("service", state.settings.service), *about)))
                self._show_pages()
            case Failure() if not self.signed_in and not self.signing_up and event.code in SIGN_IN_FAILURES:
                self.sign_in.show_failure(event)
            case SignUpKept(service) if not self.signed_in and not self.signing_up:
                self.sign_in.offer_to_go_on(service)
                if state.account is None and not state.signing_in:
                    self.sign_up(service)
            case LinkChanged() | Ready():
                self._show_pages()
            case ContactsChanged():
                self.contacts.refresh()
                self.dialler.refresh()
                self.history.refresh()
            case NumbersChangedShown(changed):
                self.contacts.show_changed(changed)
            case HistoryChanged(_, missed):
                self.history.refresh()
                self.dialler.refresh()
                self.rail.buttons[Page.HISTORY].show_count(missed)
            case DevicesChanged():
                self.settings.devices.refresh()
            case SettingsChanged():
                self.settings.refresh()
                self.settings.devices.refresh()
                if not state.account and not self.sign_in.service.text():
                    self.sign_in.show_account(state.settings.service, state.settings.number)
            case CallChanged():
                self.settings.devices.calls_changed()
            case _:
                pass

    def _show_pages(self) -> None:
        state = self._bridge.state
        coming_back = state.signing_in and not self.sign_in.busy
        inside = state.account is not None or coming_back
        was_inside = self.signed_in
        if self.signing_up:
            self.whole.setCurrentWidget(self.first_run)
            return
        self.whole.setCurrentIndex(1 if inside else 0)
        if inside and not was_inside:
            self.open_page(self.pages.currentIndex())
        elif not inside:
            self.sign_in.begin()
        if not inside or (state.account and state.link is LinkState.UP):
            self.banner.say("")
        elif state.account is None or state.link is LinkState.CONNECTING:
            self.banner.say("ui.link.connecting", acts=False)
        else:
            self.banner.say("ui.link.down")

    def _signed_up(self, number: str) -> None:
        self._show_pages()
        if number:
            self.prefill(number)

    def _sign_up_left(self, number: str) -> None:
        if number:
            self.sign_in.show_account(self._bridge.state.settings.service, number)
        self._show_pages()

    def _choose_language(self, value: str) -> None:
        self._bridge.post(ChangeSettings(replace(self._bridge.state.settings, language=Language(value))))

    def _add_contact(self, number: str) -> None:
        self.open_page(Page.CONTACTS)
        self.contacts.add_contact(number)

    def _search(self) -> None:
        self.open_page(Page.CONTACTS)
        self.contacts.search.selectAll()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words("ui.window"))
