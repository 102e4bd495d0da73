"""Leaving: what it means, asking for it, how far it has got, and taking it back (clause 11)."""

from PySide6.QtWidgets import QWidget

from vidphone.phone.commands import AskToLeave, FetchAccount, StayCustomer
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.ask import ask
from vidphone.ui.main.money.card import MoneyCard
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.money.view import MoneyView
from vidphone.wire.billing import LeavingState

MEANS = ("calls", "bill", "end", "number", "data", "back")


class LeavingCard(MoneyCard):
    """The rules in short, the state, and the one thing that can be done about it."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.leaving.title", parent)
        self.known = Answer(theme, self, view, Request.ACCOUNT)
        self.status = StatusLine(theme)
        self.open = StatusLine(theme)
        self.means = [Label(theme, f"ui.money.leaving.means.{what}", wrap=True) for what in MEANS]
        self.leave = PushButton(theme, "ui.money.leaving.ask", "danger")
        self.stay = PushButton(theme, "ui.money.leaving.stay", "accent")
        self.pay = PushButton(theme, "ui.money.pay.some", "accent")
        self.bill = PushButton(theme, "ui.money.leaving.bill")
        self.answer = Answer(theme, self, view, Request.LEAVING)
        self.inside.setSpacing(GRID_PX)
        for widget in (self.known, self.status, self.open, *self.means):
            self.inside.addWidget(widget)
        self.inside.addSpacing(GRID_PX)
        self.inside.addLayout(self.buttons(self.leave, self.stay, self.pay, self.bill))
        self.inside.addWidget(self.answer)
        self.leave.clicked.connect(self._ask_first)
        self.stay.clicked.connect(lambda: self.ask(StayCustomer()))
        self.pay.clicked.connect(self._pay)
        self.bill.clicked.connect(self._open_bill)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account, view, words = self._view.account, self._view, self._theme.words
        self.known.refresh("ui.account.fetching" if account is None else "", retry=FetchAccount())
        self.answer.refresh("ui.money.leaving.asking")
        leaving = account.leaving if account is not None else None
        state = leaving.state if leaving is not None else None
        asked = state is not None and state is not LeavingState.NOT_ASKED
        for label in self.means:
            label.setVisible(account is not None and state is not LeavingState.ENDED)
        self.means[-1].setVisible(state is LeavingState.NOT_ASKED or view.may_stay)
        self.leave.setVisible(state is LeavingState.NOT_ASKED)
        self.stay.setVisible(view.may_stay)
        self.pay.setVisible(asked and leaving is not None and leaving.open_fen > 0)
        self.bill.setVisible(leaving is not None and leaving.final_bill is not None)
        for button in (self.leave, self.stay):
            button.setEnabled(Request.LEAVING not in view.waiting)
        if leaving is None or not asked:
            self.status.say(Standing.PLAIN)
            self.open.say(Standing.PLAIN)
            return
        self.pay.say("ui.money.pay.now", amount=format_fen(leaving.open_fen))
        at = self.when(leaving.asked_at) if leaving.asked_at is not None else "—"
        self.status.say(
            Standing.CARE, f"ui.money.leaving.state.{leaving.state}", at=at,
            day=full_day(leaving.number_rests_until, words),
        )  # fmt: skip
        self.open.say(
            Standing.PLAIN, *(("ui.money.leaving.open",) if leaving.open_fen > 0 else ()),
            amount=format_fen(leaving.open_fen),
        )  # fmt: skip

    def _ask_first(self) -> None:
        do = ("ui.money.leaving.ask", "danger", lambda: self.ask(AskToLeave()))
        ways = [("ui.cancel", "plain", None), do]
        ask(self._theme, self, "ui.money.leaving.question", "ui.money.leaving.question.what", ways)

    def _pay(self) -> None:
        if (account := self._view.account) is not None:
            self.pay_wanted.emit(account.leaving.open_fen)

    def _open_bill(self) -> None:
        account = self._view.account
        if account is not None and account.leaving.final_bill is not None:
            self.bill_wanted.emit(account.leaving.final_bill)
