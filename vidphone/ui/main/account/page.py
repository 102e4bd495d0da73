"""The account's page in the main window: four things, one at a time."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from vidphone.phone.commands import Command, FetchAgreement, FetchDisclosures, FetchMyData, FetchReview
from vidphone.phone.events import Event, LinkChanged, LinkState, Noticed, SignedIn, SignedOut
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.account.agreement import AgreementSection
from vidphone.ui.main.account.data import DataSection, DisclosuresSection
from vidphone.ui.main.account.elsewhere import ElsewhereSection
from vidphone.ui.main.account.password import PasswordSection
from vidphone.ui.main.account.questions import QuestionsSection
from vidphone.ui.main.account.review import ReviewSection
from vidphone.ui.main.account.section import Section
from vidphone.ui.main.account.view import AccountView
from vidphone.ui.main.page import scrolled
from vidphone.ui.state import ViewState
from vidphone.wire.signaling import Topic

PAGE_PX = 680
TABS = (
    ("agreement", "ui.account.tab.agreement"),
    ("data", "ui.account.tab.data"),
    ("disclosures", "ui.account.tab.disclosures"),
    ("password", "ui.account.tab.password"),
)
_ASKED: dict[str, tuple[Command, ...]] = {
    "agreement": (FetchAgreement(),),
    "data": (FetchReview(), FetchMyData()),
    "disclosures": (FetchDisclosures(),),
    "password": (),
}


class AccountPage(QWidget):
    """Asks for what a tab shows when it is opened; keeps nothing of it once nobody is signed in."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""
    attention = Signal(bool)
    """Whether the provider waits for the customer."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.view = view = AccountView()
        self.tabs = Segments(theme, "ui.account.title", TABS)
        self.agreement = AgreementSection(theme, view)
        self.elsewhere = ElsewhereSection(theme, view)
        self.questions = QuestionsSection(theme, view)
        self.review = ReviewSection(theme, view)
        self.data = DataSection(theme, view)
        self.disclosures = DisclosuresSection(theme, view)
        self.password = PasswordSection(theme, view, self._known)
        self.sections: tuple[Section, ...] = (
            self.agreement, self.elsewhere, self.questions, self.review, self.data, self.disclosures, self.password,
        )  # fmt: skip
        self._columns: list[QWidget] = []
        self.stack = QStackedWidget()
        for sections in (
            (self.agreement, self.elsewhere, self.questions),
            (self.review, self.data),
            (self.disclosures,),
            (self.password,),
        ):
            self.stack.addWidget(scrolled(self._column(sections)))
        head = QVBoxLayout()
        head.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        head.setSpacing(2 * GRID_PX)
        head.addWidget(Label(theme, "ui.account.title", TypeRole.TITLE))
        head.addWidget(self.tabs)
        self._head = QWidget()
        self._head.setLayout(head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._centred(self._head))
        layout.addWidget(self.stack, 1)
        self.tabs.chosen.connect(self.open_tab)
        for section in self.sections:
            section.wanted.connect(self._ask)
        self.agreement.failed.connect(lambda key: self.notice.emit(Notice(key)))
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._refresh)
        self._restyle()
        self.tabs.choose("agreement")

    def open_tab(self, name: str) -> None:
        """Show one of the four, and ask for what it shows."""
        self.tabs.choose(name)
        self.stack.setCurrentIndex([value for value, _ in TABS].index(name))
        self._fetch()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        match event:
            case SignedIn():
                self._ask(FetchReview())
            case Noticed(topics) if Topic.STANDING in topics and self._state.account is not None:
                self._ask(FetchReview())
            case LinkChanged(LinkState.UP) if self.isVisible() and self.view.failed:
                self._fetch()
            case _ if self.view.fold(event):
                if isinstance(event, SignedOut):
                    self.password.forget()
                self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown may be of yesterday."""
        super().showEvent(event)
        self._fetch()

    def _fetch(self) -> None:
        if self._state.account is None or not self.isVisible():
            return
        for command in _ASKED[TABS[self.stack.currentIndex()][0]]:
            self._ask(command)

    def _ask(self, command: Command) -> None:
        self.view.asked(command)
        self.wanted.emit(command)
        self._refresh()

    def _refresh(self) -> None:
        for section in self.sections:
            section.refresh()
        self.attention.emit(self.view.needs_attention)

    def _known(self) -> tuple[str, ...]:
        account = self._state.account
        return (account.number, account.name) if account is not None else ()

    def _column(self, sections: tuple[Section, ...]) -> QWidget:
        column = QWidget()
        lines = QVBoxLayout(column)
        lines.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        lines.setSpacing(2 * GRID_PX)
        for section in sections:
            lines.addWidget(section)
        lines.addStretch(1)
        page = QWidget()
        page.setLayout(self._centred(column))
        self._columns.append(column)
        return page

    @staticmethod
    def _centred(column: QWidget) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(column, 100)
        line.addStretch(1)
        return line

    def _restyle(self) -> None:
        for column in (*self._columns, self._head):
            column.setMaximumWidth(self._theme.px(PAGE_PX) + 6 * GRID_PX)
