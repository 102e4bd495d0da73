"""Where the customer stands: by which clause the service is limited, and what lifts that."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.phone.commands import Dial, FetchAccount
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen
from vidphone.terms.standing import Lift, State
from vidphone.texts import has_text
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.money.bills import title_of
from vidphone.ui.main.money.card import MoneyCard, emptied
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.money.view import MoneyView


class StandingCard(MoneyCard):
    """The state in a sentence with its clause and its day; below it, everything that lifts it, with a button each."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.standing.title", parent)
        self.answer = Answer(theme, self, view, Request.ACCOUNT)
        self.status = StatusLine(theme)
        self.overdue = StatusLine(theme)
        self.lifts_title = Label(theme, "ui.money.lifts", strong=True, wrap=True)
        self.lifts = QVBoxLayout()
        self.lifts.setSpacing(GRID_PX // 2)
        self.pay = PushButton(theme, "ui.money.pay.some", "accent")
        self.raise_limit = PushButton(theme, "ui.money.limit.raise")
        self.stay = PushButton(theme, "ui.money.leaving.stay")
        self.call = PushButton(theme, "ui.money.call-support", icon="phone")
        for widget in (self.answer, self.status, self.overdue, self.lifts_title):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.lifts)
        self.inside.addLayout(self.buttons(self.pay, self.raise_limit, self.stay, self.call))
        self.pay.clicked.connect(lambda: self.pay_wanted.emit(self._least_fen()))
        self.raise_limit.clicked.connect(lambda: self.tab_wanted.emit("plan"))
        self.stay.clicked.connect(lambda: self.tab_wanted.emit("leaving"))
        self.call.clicked.connect(self._call)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account, standing, words = self._view.account, self._view.standing, self._theme.words
        self.answer.refresh("ui.account.fetching" if account is None else "", retry=FetchAccount())
        emptied(self.lifts)
        lifts = self._view.lifts
        self.lifts_title.setVisible(bool(lifts))
        owes = account is not None and account.overdue_fen > 0
        self.pay.setVisible(Lift.PAY in lifts or owes)
        self.pay.say("ui.money.pay.now", amount=format_fen(self._least_fen()))
        self.raise_limit.setVisible(Lift.RAISE_LIMIT in lifts)
        self.stay.setVisible(Lift.WITHDRAW in lifts)
        self.call.setVisible(self._view.needs_support and bool(self._view.support_number))
        if account is None or standing is None:
            self.status.say(Standing.PLAIN)
            self.overdue.say(Standing.PLAIN)
            return
        since = full_day(standing.since, words)
        if standing.state is State.ACTIVE and owes:
            self.status.say(Standing.PLAIN)  # all is not well: what is overdue is told in its place
        elif standing.state is State.ACTIVE:
            self.status.say(Standing.GOOD, "ui.money.standing.active")
        else:
            key = f"ui.money.standing.{standing.state}.{standing.cause}"
            key = key if has_text(key) else "ui.money.standing.other"
            level = Standing.CARE if standing.state is State.RESTRICTED else Standing.BAD
            self.status.say(level, key, "ui.money.standing.since", clause=standing.clause or "—", since=since)
        for lift in lifts:
            line = Label(self._theme, wrap=True)
            key = "ui.money.lift.pay-at-least" if lift is Lift.PAY and standing.lifting_fen else f"ui.money.lift.{lift}"
            line.say(key, amount=format_fen(standing.lifting_fen))
            self.lifts.addWidget(line)
        self._say_overdue()

    def _say_overdue(self) -> None:
        account, words = self._view.account, self._theme.words
        if account is None or not account.due_fen:
            self.overdue.say(Standing.PLAIN)
        elif account.overdue_fen:
            bill = self._view.overdue_bill
            self.overdue.say(
                Standing.BAD,
                "ui.money.overdue.bill" if bill else "",
                "ui.money.overdue-warned" if account.suspended_from else "ui.money.overdue",
                "ui.money.late-fee" if account.late_fee_fen else "",
                "ui.money.overdue.next" if account.standing.state is State.ACTIVE else "",
                bill=title_of(bill, self._theme) if bill else "",
                amount=format_fen(account.overdue_fen), day=full_day(account.due_on, words),
                suspended=full_day(account.suspended_from, words), fee=format_fen(account.late_fee_fen),
            )  # fmt: skip
        else:
            self.overdue.say(
                Standing.PLAIN, "ui.money.due", amount=format_fen(account.due_fen), day=full_day(account.due_on, words)
            )

    def _least_fen(self) -> int:
        """What a person most likely wants to pay here: what lifts the block, or else what is overdue."""
        account = self._view.account
        return max(account.standing.lifting_fen, account.overdue_fen) if account is not None else 0

    def _call(self) -> None:
        self.ask(Dial(self._view.support_number, video=False))
