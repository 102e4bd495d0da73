"""This month: how the credit is used, and what the calls of each day cost."""

from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from vidphone.phone.commands import FetchAccount
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.money.card import MoneyCard
from vidphone.ui.main.money.credit_bar import CreditBar, CreditLegend
from vidphone.ui.main.money.dates import month_name, short_day
from vidphone.ui.main.money.day_chart import DayChart
from vidphone.ui.main.money.figures import credit, days_of_month, suggestions
from vidphone.ui.main.money.view import MoneyView
from vidphone.wire.billing import Account, DaySpent


class CreditCard(MoneyCard):
    """How much is left to call with, and what took the rest."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.credit.title", parent)
        self.left = Label(theme, role=TypeRole.DISPLAY)
        self.of = Label(theme, tone="muted", wrap=True)
        self.bar = CreditBar(theme)
        self.legend = CreditLegend(theme)
        self.at = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.pay = PushButton(theme, "ui.money.pay.some")
        self.again = PushButton(theme, "ui.money.refresh", icon="refresh-cw")
        self.inside.setSpacing(GRID_PX)
        for widget in (self.left, self.of, self.bar, self.legend):
            self.inside.addWidget(widget)
        self.inside.addSpacing(GRID_PX)
        self.inside.addLayout(self.buttons(self.pay, self.again))
        self.inside.addWidget(self.at)
        self.pay.clicked.connect(self._pay)
        self.again.clicked.connect(lambda: self.ask(FetchAccount()))
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account, words = self._view.account, self._theme.words
        self.setVisible(account is not None)
        if account is None:
            return
        used = credit(account.balance)
        if used.over_fen:
            self.left.say("ui.money.credit.over", amount=format_fen(used.over_fen))
        else:
            self.left.say("ui.money.credit.left-over", amount=format_fen(account.balance.available_fen))
        self.left.set_tone("danger" if used.over_fen else "")
        self.of.say(
            "ui.money.credit.of-prepaid" if account.balance.prepaid_fen else "ui.money.credit.of",
            limit=format_fen(account.balance.limit_fen), prepaid=format_fen(account.balance.prepaid_fen),
        )  # fmt: skip
        spoken = (f"{words(f'ui.money.credit.{use.value}')} {format_fen(fen)}" for use, fen in used.parts)
        self.bar.show_credit(used, words("ui.account.comma").join(spoken))
        self.legend.show_credit(used)
        self.at.say("ui.money.at", at=self.when(account.at))

    def _pay(self) -> None:
        amounts = suggestions(self._view.account) if self._view.account is not None else ()
        self.pay_wanted.emit(amounts[0][1] if amounts else 0)


class DaysCard(MoneyCard):
    """A bar a day; the day that is looked at in words above."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.days.title", parent)
        self.sum = Label(theme, wrap=True)
        self.day = Label(theme, tone="muted", wrap=True)
        self.chart = DayChart(theme)
        self._shown: tuple[DaySpent, ...] = ()
        self._looked_in: date | None = None
        self.inside.setSpacing(GRID_PX)
        for widget in (self.sum, self.chart, self.day):
            self.inside.addWidget(widget)
        self.chart.looked_at.connect(self._look_at)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account = self._view.account
        self.setVisible(account is not None)
        if account is None:
            self._shown = ()
            return
        month = month_name(account.month, self._theme.words)
        self.sum.say(
            "ui.money.days.sum" if account.spent_fen else "ui.money.days.none",
            month=month, amount=format_fen(account.spent_fen),
        )  # fmt: skip
        days = days_of_month(account.month, account.days)
        if days != self._shown:
            self._shown = days
            self.chart.show_days(days, self.chart.at if self._looked_in == account.month else _last_spent(account))
        self._look(self.chart.at)

    def _look_at(self, at: int) -> None:
        """The person chose a day: it stays chosen while the month lasts."""
        self._looked_in = self._shown[0].day
        self._look(at)

    def _look(self, at: int) -> None:
        day, words = self._shown[at], self._theme.words
        self.day.say("ui.money.days.day", day=short_day(day.day, words), amount=format_fen(day.spent_fen))


def _last_spent(account: Account) -> int:
    """The place of the last day on which something was spent; where none was, that of the moment told of."""
    today = datetime.fromtimestamp(account.at).astimezone().date()
    here = today.day - 1 if (today.year, today.month) == (account.month.year, account.month.month) else 0
    return max((one.day.day - 1 for one in account.days if one.spent_fen), default=here)
