"""Bills: all of them, newest first, and beside them the one that was chosen (clause 5)."""

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from vidphone.phone.commands import FetchBill, FetchBills
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.rows import RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.money.bill import BillCard
from vidphone.ui.main.money.card import MoneyCard
from vidphone.ui.main.money.dates import full_day, month_name
from vidphone.ui.main.money.rows import AmountList, AmountRow
from vidphone.ui.main.money.view import MoneyView
from vidphone.ui.main.page import Lists
from vidphone.wire.billing import Bill

_LIST, _EMPTY = range(2)


class BillsCard(MoneyCard):
    """The list; what is chosen is fetched and shown by `detail`."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.bills.title", parent)
        self.detail = BillCard(theme, view)
        self.answer = Answer(theme, self, view, Request.BILLS)
        self.list = AmountList(theme, "ui.money.bills.title")
        self._model = RowModel(self)
        self.list.setModel(self._model)
        self.lists = Lists()
        self.lists.addWidget(self.list)
        self.lists.addWidget(EmptyState(theme, "circle-check", "ui.money.bills.none", "ui.money.bills.none.next"))
        self._shown: tuple[object, ...] = ()
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.lists, 1)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        bills = self._view.bills
        self.answer.refresh("ui.account.fetching" if bills is None else "", retry=FetchBills())
        self.lists.setVisible(bills is not None)
        self.lists.setCurrentIndex(_LIST if bills else _EMPTY)
        shown = (bills, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            self._model.show_rows([(self._row(bill), bill.number) for bill in bills or ()])
            self._mark()
        self.detail.refresh()

    def open(self, number: str) -> None:
        """Show a bill, whoever asks for it."""
        self.detail.chosen = number
        self.ask(FetchBill(number))
        self._mark()

    def _mark(self) -> None:
        chosen = self.detail.chosen
        place = next((at for at, bill in enumerate(self._view.bills or ()) if bill.number == chosen), None)
        if place is not None and self.list.currentIndex().row() != place:
            self.list.setCurrentIndex(self._model.index(place, 0))

    def _choose(self, index: QModelIndex) -> None:
        number = self._model.thing(index)
        if isinstance(number, str) and number != self.detail.chosen:
            self.open(number)

    def _row(self, bill: Bill) -> AmountRow:
        words = self._theme.words
        places = {"day": full_day(bill.due_on, words), "open": format_fen(bill.open_fen)}
        icon, tone = (("circle-alert", "danger") if bill.overdue else ("info", "accent")) if bill.open_fen > 0 else (
            "circle-check", "success")  # fmt: skip
        return AmountRow(
            title_of(bill, self._theme),
            words(f"ui.money.bill.state.{state_of(bill)}", **places),
            format_fen(bill.total_fen),
            icon,
            alarm=bill.overdue,
            tone=tone,
        )


def title_of(bill: Bill, theme: Theme) -> str:
    """What a bill is called: its month, or that it is the last statement."""
    month = month_name(bill.begins_on, theme.words)
    return theme.words("ui.money.bill.final", month=month) if bill.final else month


def state_of(bill: Bill) -> str:
    """The end of the key of what is said of a bill."""
    if bill.total_fen < 0:
        return "credit"
    if bill.open_fen <= 0:
        return "paid"
    if bill.overdue:
        return "overdue"
    return "part" if bill.paid_fen > 0 else "open"
