"""Paying: an amount, the payment provider's page in the browser, and what came of it (clause 5)."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.phone.commands import FetchPayments, Pay
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Option, Options
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.money.card import MoneyCard, emptied
from vidphone.ui.main.money.figures import Purpose, fen_of_yuan, suggestions, yuan_of_fen
from vidphone.ui.main.money.view import MoneyView
from vidphone.wire.billing import MAX_PAYMENT_FEN, Payment, PaymentState

OTHER = "other"
SHOWN = 20
_LEVELS = {
    PaymentState.PENDING: Standing.PLAIN,
    PaymentState.PAID: Standing.GOOD,
    PaymentState.FAILED: Standing.BAD,
    PaymentState.EXPIRED: Standing.CARE,
}


class PayCard(MoneyCard):
    """What may be worth paying, or another amount. The page opens by itself once the provider has named it."""

    failed = Signal(str)
    """The key of what could not be done here."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.pay.title", parent)
        self._amounts: dict[str, int] = {}
        self._shown: tuple[object, ...] = ()
        self._opened = ""
        self.amounts = Options(theme, "ui.money.pay.title")
        self.amount = TextField(theme, "ui.money.pay.amount", _fault, hint="ui.money.pay.hint")
        self.pay = PushButton(theme, "ui.money.pay.go", "accent")
        self.answer = Answer(theme, self, view, Request.PAY)
        self.status = StatusLine(theme)
        self.open = PushButton(theme, "ui.money.pay.open")
        for widget in (Label(theme, "ui.money.pay.what", tone="muted", wrap=True), self.amounts, self.amount):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.buttons(self.pay, self.open))
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.status)
        self.amounts.chosen.connect(self._choose)
        self.amount.edited.connect(self._typed)
        self.amount.input.returnPressed.connect(self._pay)
        self.pay.clicked.connect(self._pay)
        self.open.clicked.connect(self._open)
        self.refresh()

    def begin(self, fen: int = 0) -> None:
        """An amount to begin with; 0 leaves what is there."""
        if fen:
            self.amount.set_text(yuan_of_fen(fen))
            self._mark(fen)
        self.amount.input.setFocus()

    def refresh(self) -> None:
        """As of every card."""
        account, payment = self._view.account, self._view.payment
        amounts = suggestions(account) if account is not None else ()
        shown = (amounts, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            self._amounts = {purpose.value: fen for purpose, fen in amounts}
            self.amounts.show_options(list(self._amounts), self._fill)
            self._mark(fen_of_yuan(self.amount.text()) or 0)
        self.amounts.setVisible(bool(amounts))
        self.answer.refresh("ui.money.pay.beginning")
        self.pay.setEnabled(Request.PAY not in self._view.waiting)
        self.open.setVisible(self._view.paying and bool(self._view.pay_url))
        if payment is None:
            self.status.say(Standing.PLAIN)
            return
        key = f"ui.money.payment.{payment.state.value}"
        self.status.say(_LEVELS[payment.state], key, f"{key}.next", amount=format_fen(payment.amount_fen))
        if self._view.paying and self._view.pay_url and self._opened != payment.id:
            self._opened = payment.id
            self._open()

    def _fill(self, option: Option) -> None:
        title = Label(self._theme, strong=True, wrap=True)
        purpose = Purpose(option.value)
        title.say(f"ui.money.pay.{purpose.value}", amount=format_fen(self._amounts[option.value]))
        option.inside.addWidget(title)
        option.name(title.plain)

    def _choose(self, value: str) -> None:
        self.amount.set_text(yuan_of_fen(self._amounts[value]))

    def _typed(self, typed: str) -> None:
        self._mark(fen_of_yuan(typed) or 0)

    def _mark(self, fen: int) -> None:
        self.amounts.choose(next((value for value, amount in self._amounts.items() if amount == fen), ""))

    def _pay(self) -> None:
        if Request.PAY in self._view.waiting:
            return
        fen = fen_of_yuan(self.amount.text())
        if not self.amount.valid() or fen is None:
            self.amount.input.setFocus()
            return
        self.ask(Pay(fen))

    def _open(self) -> None:
        url = QUrl(self._view.pay_url)
        if url.scheme() not in ("https", "http") or not QDesktopServices.openUrl(url):
            self.failed.emit("ui.money.pay.no-browser")


class PaymentsCard(MoneyCard):
    """What was paid, newest first."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.payments.title", parent)
        self.answer = Answer(theme, self, view, Request.PAYMENTS)
        self.none = Label(theme, "ui.money.payments.none", tone="muted", wrap=True)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(GRID_PX)
        self._shown: tuple[object, ...] = (None,)
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.none)
        self.inside.addLayout(self.rows)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        payments = self._view.payments
        self.answer.refresh("ui.account.fetching" if payments is None else "", retry=FetchPayments())
        self.none.setVisible(payments == ())
        shown = (payments, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            emptied(self.rows)
            for payment in (payments or ())[:SHOWN]:
                self.rows.addWidget(self._row(payment))

    def _row(self, payment: Payment) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = Label(self._theme, strong=True, wrap=True)
        state = self._theme.words(f"ui.money.payment.state.{payment.state.value}")
        title.say("ui.money.payments.row", amount=format_fen(payment.amount_fen), state=state)
        at = Label(self._theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        at.show_text(self.when(payment.paid_at if payment.paid_at is not None else payment.begun_at))
        column.addWidget(title)
        column.addWidget(at)
        return row


def _fault(typed: str) -> str:
    """The key of what is wrong with an amount; empty where nothing is."""
    if fen_of_yuan(typed) is not None:
        return ""
    plain = typed.replace(",", "").replace(".", "")
    return "ui.money.pay.too-much" if plain.isdigit() and int(plain) > MAX_PAYMENT_FEN // 100 else "ui.money.pay.wrong"
