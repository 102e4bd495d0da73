"""The costs page of the main window: six things, one at a time."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from vidphone.call.view import CallState
from vidphone.phone.commands import (
    Command,
    FetchAccount,
    FetchAgreement,
    FetchBills,
    FetchCharges,
    FetchPayments,
    FetchPlans,
)
from vidphone.phone.events import (
    AccountShown,
    CallChanged,
    ContactsChanged,
    Event,
    HistoryChanged,
    LinkChanged,
    LinkState,
    Noticed,
    Paid,
    SignedIn,
)
from vidphone.terms.money import format_fen
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.money.bills import BillsCard
from vidphone.ui.main.money.calls import CallsCard
from vidphone.ui.main.money.card import MoneyCard
from vidphone.ui.main.money.leaving import LeavingCard
from vidphone.ui.main.money.month import CreditCard, DaysCard
from vidphone.ui.main.money.pay import PayCard, PaymentsCard
from vidphone.ui.main.money.plan import LimitCard, PlanCard
from vidphone.ui.main.money.standing import StandingCard
from vidphone.ui.main.money.view import MoneyView
from vidphone.ui.main.page import LIST_PX, scrolled
from vidphone.ui.state import ViewState
from vidphone.wire.signaling import Topic

PAGE_PX = 680
TABS = (
    ("month", "ui.money.tab.month"),
    ("calls", "ui.money.tab.calls"),
    ("bills", "ui.money.tab.bills"),
    ("pay", "ui.money.tab.pay"),
    ("plan", "ui.money.tab.plan"),
    ("leaving", "ui.money.tab.leaving"),
)
_ASKED: dict[str, tuple[Command, ...]] = {
    "month": (FetchAccount(),),
    "calls": (FetchCharges(),),
    "bills": (FetchAccount(), FetchBills()),
    "pay": (FetchAccount(), FetchPayments()),
    "plan": (FetchAccount(), FetchPlans()),
    "leaving": (FetchAccount(),),
}


class MoneyPage(QWidget):
    """Asks for what a tab shows when it is opened; keeps nothing of it once nobody is signed in."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""
    attention = Signal(bool)
    """Whether something is overdue, or the service is not there in full."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.view = view = MoneyView()
        self.tabs = Segments(theme, "ui.money.title", TABS)
        self.standing = StandingCard(theme, view)
        self.credit = CreditCard(theme, view)
        self.days = DaysCard(theme, view)
        self.calls = CallsCard(theme, view, state)
        self.bills = BillsCard(theme, view)
        self.paying = PayCard(theme, view)
        self.payments = PaymentsCard(theme, view)
        self.limit = LimitCard(theme, view)
        self.plan = PlanCard(theme, view)
        self.leaving = LeavingCard(theme, view)
        self.cards: tuple[MoneyCard, ...] = (
            self.standing, self.credit, self.days, self.calls, self.calls.detail, self.bills, self.bills.detail,
            self.paying, self.payments, self.limit, self.plan, self.leaving,
        )  # fmt: skip
        self._columns: list[QWidget] = []
        self.stack = QStackedWidget()
        for page in (
            scrolled(self._column(self.standing, self.credit, self.days)),
            self._beside(self.calls, self.calls.detail),
            self._beside(self.bills, self.bills.detail),
            scrolled(self._column(self.paying, self.payments)),
            scrolled(self._column(self.limit, self.plan)),
            scrolled(self._column(self.leaving)),
        ):
            self.stack.addWidget(page)
        self._build()
        self._wire()
        self._restyle()
        self.tabs.choose("month")

    def _build(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        head.setSpacing(2 * GRID_PX)
        head.addWidget(Label(self._theme, "ui.money.title", TypeRole.TITLE))
        head.addWidget(self.tabs)
        self._head = QWidget()
        self._head.setLayout(head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self.stack, 1)

    def _wire(self) -> None:
        self.tabs.chosen.connect(self.open_tab)
        for card in self.cards:
            card.wanted.connect(self._ask)
            card.pay_wanted.connect(self.pay)
            card.tab_wanted.connect(self.open_tab)
            card.bill_wanted.connect(self.open_bill)
        self.paying.failed.connect(lambda key: self.notice.emit(Notice(key)))
        self._theme.changed.connect(self._restyle)
        self._theme.words.changed.connect(self._refresh)

    def open_tab(self, name: str) -> None:
        """Show one of the six, and ask for what it shows."""
        self.tabs.choose(name)
        self.stack.setCurrentIndex([value for value, _ in TABS].index(name))
        self._fetch()

    def open_bill(self, number: str) -> None:
        """Show a bill."""
        self.open_tab("bills")
        self.bills.open(number)

    def pay(self, fen: int = 0) -> None:
        """Where an amount is paid; 0 leaves the amount open."""
        self.open_tab("pay")
        self.paying.begin(fen)

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        match event:
            case SignedIn():
                self._ask(FetchAccount())
            case LinkChanged(LinkState.UP) if self.isVisible() and self.view.failed:
                self._fetch()
            case Noticed(topics) if Topic.STANDING in topics:
                self._fetch()
            case CallChanged(view) if view.state is CallState.ENDED and self.isVisible():
                self._fetch()
            case ContactsChanged() | HistoryChanged():
                self.calls.refresh()
            case _ if self.view.fold(event):
                self._followed_by(event)
                self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown may be of yesterday."""
        super().showEvent(event)
        self._fetch()

    def _followed_by(self, event: Event) -> None:
        """What an answer makes old, or lets be asked."""
        if isinstance(event, AccountShown) and self.view.needs_support and not self.view.support_number:
            self._ask(FetchAgreement())
        if isinstance(event, AccountShown) and self.view.lacks_overdue_bill and self.isVisible():
            self._ask(FetchBills())
        if isinstance(event, Paid) and not self.paying.isVisible():
            paid = (("amount", format_fen(event.payment.amount_fen)),)
            self.notice.emit(Notice("ui.money.payment.paid", paid, "ui.money.payment.paid.next"))
        if isinstance(event, Paid) and self.isVisible() and self.view.bills is not None:
            self._ask(FetchBills())
            if self.bills.detail.chosen:
                self.bills.open(self.bills.detail.chosen)

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
        for card in self.cards:
            card.refresh()
        self.attention.emit(self.view.needs_attention)

    def _column(self, *cards: MoneyCard) -> QWidget:
        column = QWidget()
        lines = QVBoxLayout(column)
        lines.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        lines.setSpacing(2 * GRID_PX)
        for card in cards:
            lines.addWidget(card)
        lines.addStretch(1)
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(column, 100)
        line.addStretch(1)
        self._columns.append(column)
        return page

    def _beside(self, left: MoneyCard, right: MoneyCard) -> QWidget:
        """A list, and what is chosen in it."""
        around = QWidget()
        inset = QVBoxLayout(around)
        inset.setContentsMargins(0, 0, 0, 0)
        inset.addWidget(right)
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        line.setSpacing(2 * GRID_PX)
        line.addWidget(left, 5)
        line.addWidget(scrolled(around), 6)
        return page

    def _restyle(self) -> None:
        for column in self._columns:
            column.setMaximumWidth(self._theme.px(PAGE_PX) + 6 * GRID_PX)
        for card in (self.calls, self.bills):
            card.setMinimumWidth(self._theme.px(LIST_PX))
