"""Signing up as a whole: the pages, the list of them, what went wrong, and the buttons that lead on and back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone.commands import ChangeSettings, Command, KeepDraft
from vidphone.phone.events import Event, FreeNumbersFound, SignedUp, SigningReady, SignUpFailed, SignUpOffer
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.buttons import PrimaryButton, PushButton
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme, application
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.agreement import AgreementPage
from vidphone.ui.first_run.consent import ConsentPage
from vidphone.ui.first_run.credit import CreditPage
from vidphone.ui.first_run.data import DataPage
from vidphone.ui.first_run.devices import DevicesPage
from vidphone.ui.first_run.language import LanguagePage
from vidphone.ui.first_run.model import PAGES, FirstRun
from vidphone.ui.first_run.number import NumberPage
from vidphone.ui.first_run.page import Context, Pause, WizardPage
from vidphone.ui.first_run.parts import Problem, announce
from vidphone.ui.first_run.password import PasswordPage
from vidphone.ui.first_run.plan import PlanPage
from vidphone.ui.first_run.rail import StepRail
from vidphone.ui.first_run.receipt import ReceiptPage
from vidphone.ui.first_run.sign import SignPage
from vidphone.ui.main.ask import Question, ask
from vidphone.ui.main.sign_in import LANGUAGES

RAIL_FROM_PX = 880
OURS = (SignUpOffer, FreeNumbersFound, SigningReady, SignedUp, SignUpFailed)
"""The events that signing up is about."""
_AROUND_PX = 72
"""What is seen above and below the control that has the focus: its label and what is wrong with it."""
_SMALLEST = QSize(480, 400)


class FirstRunPage(QWidget):
    """Takes the window over while somebody signs up."""

    left = Signal(str)
    """Back to signing in; with the number that was signed up, where the phone does not sign in by itself."""
    finished = Signal(str)
    """Signed up, the receipt read; the number to put into the dialler, or nothing."""
    notice = Signal(object)
    """A `Notice`."""

    def __init__(
        self, bridge: Bridge, theme: Theme, today: Callable[[], date] = date.today, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._theme = theme
        self.run = FirstRun(today)
        context = Context(theme, self.run)
        self.language = LanguagePage(context)
        self.agreement = AgreementPage(context)
        self.data = DataPage(context)
        self.consent = ConsentPage(context)
        self.plan = PlanPage(context)
        self.credit = CreditPage(context)
        self.number = NumberPage(context)
        self.password = PasswordPage(context)
        self.sign = SignPage(context)
        self.devices = DevicesPage(context, bridge)
        self.receipt = ReceiptPage(context)
        ours: tuple[WizardPage, ...] = (
            self.language, self.agreement, self.data, self.consent, self.plan, self.credit, self.number, self.password,
            self.sign, self.devices, self.receipt,
        )  # fmt: skip
        self.pages = {page.step: page for page in ours}
        self.rail = StepRail(theme)
        self.place = Label(theme, role=TypeRole.CAPTION, tone="muted")
        self.languages = Segments(theme, "ui.settings.language", LANGUAGES)
        self.problem = Problem(theme)
        self.lacking = Label(theme, "", TypeRole.BODY, "danger", wrap=True)
        self.leave_button = PushButton(theme, "ui.first-run.leave", "link")
        self.back = PushButton(theme, "ui.first-run.back", icon="chevron-left")
        self.next = PrimaryButton(theme, "ui.first-run.next")
        self.stack = QStackedWidget()
        self._shown: Page | None = None
        self._pause = Pause(self)
        self._kept: Draft | None = None
        self._build()
        self._wire()

    def _build(self) -> None:
        for page in PAGES:
            self.stack.addWidget(self.pages[page])
        top = QHBoxLayout()
        top.addWidget(self.place, 1)
        top.addWidget(self.languages)
        line = QFrame()
        line.setProperty("kind", "line")
        foot = QHBoxLayout()
        foot.setSpacing(GRID_PX)
        foot.addWidget(self.leave_button)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column = QVBoxLayout()
        column.setContentsMargins(3 * GRID_PX, 2 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(GRID_PX)
        column.addLayout(top)
        column.addWidget(self.problem)
        column.addWidget(self.stack, 1)
        column.addWidget(self.lacking)
        column.addWidget(line)
        column.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(column, 1)
        self.lacking.hide()

    def _wire(self) -> None:
        for page in self.pages.values():
            page.wanted.connect(self._do)
            page.edited.connect(self._edited)
        self.agreement.refused.connect(lambda: self._refuse("agreement"))
        self.agreement.keep.saved.connect(self._saved)
        self.consent.refused.connect(lambda: self._refuse("consent"))
        self.sign.saved.connect(self._saved)
        self.language.languages.chosen.connect(self._choose_language)
        self.receipt.first_call.connect(lambda: self._finish(call=True))
        self._bridge.happened.connect(self._happened)
        self.rail.chosen.connect(self._go)
        self.languages.chosen.connect(self._choose_language)
        self.problem.retry.connect(lambda: self._do(self.run.retry()))
        self.leave_button.clicked.connect(self.ask_to_leave)
        self.back.clicked.connect(lambda: self._do(self.run.back()))
        self.next.clicked.connect(self.go_on)
        self._pause.timeout.connect(self._keep)
        application().aboutToQuit.connect(self._keep)
        application().focusChanged.connect(self._bring_into_view)
        self._theme.words.changed.connect(self._spoken)
        self._theme.changed.connect(self._fit)
        for key, do in (("Esc", self.ask_to_leave), ("Alt+Left", lambda: self._do(self.run.back()))):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    @property
    def active(self) -> bool:
        """Whether somebody signs up."""
        return self.run.active

    def open(self, service: str) -> None:
        """Begin to sign up at a service, or go on with what was begun there."""
        if not self.run.active:
            settings = self._bridge.state.settings
            if settings.service != service:
                self._bridge.post(ChangeSettings(replace(settings, service=service)))  # found again after a crash
            self._do(self.run.open(service, self._theme.language))

    def begin(self) -> None:
        """The page is shown: its first control takes the focus."""
        self.pages[self.run.page].begin()

    def go_on(self) -> None:
        """To the next page, or say what is still to be done on this one."""
        if self.run.page is Page.RECEIPT:
            self._finish(call=False)
            return
        self._do(self.run.go_on())
        self._show_lacks()

    def ask_to_leave(self) -> Question | None:
        """Leaving is asked about; what was entered can be kept."""
        if not self.run.active:
            return None
        if self.run.done:
            self._finish(call=False)
            return None
        what = "ui.first-run.leave.what" if self.run.keyring else "ui.first-run.leave.what.no-keyring"
        return ask(
            self._theme,
            self,
            "ui.first-run.leave.title",
            what,
            [
                ("ui.first-run.leave.stay", "plain", None),
                ("ui.first-run.leave.forget", "danger", lambda: self._leave(forget=True)),
                ("ui.first-run.leave.keep", "accent", lambda: self._leave(forget=False)),
            ],
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in a field goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QLineEdit):
            self.go_on()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list of pages gives way where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Pages scroll."""
        return _SMALLEST

    def _go(self, page: Page) -> None:
        self._do(self.run.go(page))
        self._show_lacks()

    def _show_lacks(self) -> None:
        if self.run.lacking:
            self.pages[self.run.page].show_lacks()
            self._show_focus()
            announce(self.lacking)

    def _happened(self, event: Event) -> None:
        if self.run.active and isinstance(event, OURS):
            before = (self.run.page, self.run.problem)
            self._do(self.run.fold(event))
            if self.run.problem is not None and (self.run.page, self.run.problem) != before:
                self.pages[self.run.page].begin()
                self._show_focus()

    def _do(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, KeepDraft):
                self._pause.stop()
                self._kept = command.draft
            self._bridge.post(command)
        self.refresh()
        if self.run.offer and not self.run.done and self.run.draft != self._kept:
            self._pause.start()

    def refresh(self) -> None:
        """Show the page that is open, and how things are."""
        run = self.run
        if not run.active:
            return
        page = self.pages[run.page]
        page.refresh()
        if self._shown is not run.page:
            if self._shown is not None:
                self.pages[self._shown].leave()
            self._shown = run.page
            self.stack.setCurrentWidget(page)
            page.begin()
            announce(page.title)
        self.rail.refresh(run)
        self.languages.choose(self._theme.language.value)
        self.place.say("ui.first-run.place", place=PAGES.index(run.page) + 1, count=len(PAGES))
        self.next.say(page.next_key)
        self.next.setEnabled(not run.busy and (run.offer is not None))
        self.back.setVisible(run.page not in (Page.LANGUAGE, Page.DEVICES))
        self.back.setEnabled(run.may_go(PAGES[max(0, PAGES.index(run.page) - 1)]))
        self.leave_button.setVisible(run.done is None)
        self.lacking.say(run.lacking) if run.lacking else self.lacking.show_text("")
        self.lacking.setVisible(bool(run.lacking))
        if run.problem is None:
            self.problem.clear()
        else:
            again = (run.page in (Page.LANGUAGE, Page.SIGN) or run.finding_failed) and not run.problem.faults
            self.problem.show_error(run.problem.code.value, dict(run.problem.about), again=again)

    def _edited(self) -> None:
        self.lacking.setVisible(bool(self.run.lacking))
        self._pause.start()

    def _keep(self) -> None:
        self._pause.stop()
        if self.run.draft and self.run.offer and not self.run.done:
            self._kept = self.run.draft
            self._bridge.post(KeepDraft(self.run.draft))

    def _leave(self, *, forget: bool) -> None:
        self._close(self.run.leave(forget=forget))
        self.left.emit("")

    def _finish(self, *, call: bool) -> None:
        offer, done = self.run.offer, self.run.done
        number = offer.provider.support_number if call and offer else ""
        self._close(self.run.leave(forget=False))
        if done and done.signs_in:
            self.finished.emit(number)
        else:
            self.left.emit(done.number if done else "")

    def _close(self, commands: list[Command]) -> None:
        self._pause.stop()
        for command in commands:
            self._bridge.post(command)
        self.sign.close_document()
        self._shown = self._kept = None
        self.stack.setCurrentIndex(0)
        self.problem.clear()

    def _refuse(self, what: str) -> None:
        ask(
            self._theme,
            self,
            f"ui.first-run.refuse.{what}",
            f"ui.first-run.refuse.{what}.what",
            [
                ("ui.first-run.refuse.back", "plain", None),
                ("ui.first-run.leave.forget", "danger", lambda: self._leave(forget=True)),
                ("ui.first-run.leave.keep", "accent", lambda: self._leave(forget=False)),
            ],
        )

    def _choose_language(self, value: str) -> None:
        self._bridge.post(ChangeSettings(replace(self._bridge.state.settings, language=Language(value))))

    def _spoken(self) -> None:
        self.run.speak(self._theme.language)
        if self.run.active:
            self._pause.start()
        self.refresh()

    def _saved(self, path: str, well: bool) -> None:
        self.notice.emit(Notice("ui.first-run.saved" if well else "ui.first-run.not-saved", (("path", path),)))

    def _show_focus(self) -> None:
        QTimer.singleShot(0, self, lambda: self._bring_into_view(None, self.focusWidget()))  # once it is laid out

    def _bring_into_view(self, _before: QWidget | None, now: QWidget | None) -> None:
        area = self.pages[self.run.page].area
        inside = area.widget() if area is not None else None
        if now is not None and area is not None and inside is not None and inside.isAncestorOf(now):
            area.ensureWidgetVisible(now, 0, self._theme.px(_AROUND_PX))

    def _fit(self) -> None:
        self.rail.setVisible(self.width() >= self._theme.px(RAIL_FROM_PX))
