"""One bill in full: its lines, what was paid of it, and ways to pay and to keep it."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import BillForm, FetchBill, SaveBill
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.moments import duration
from vidphone.ui.main.money.card import MoneyCard, emptied
from vidphone.ui.main.money.dates import full_day, month_name, short_day
from vidphone.ui.main.money.view import MoneyView
from vidphone.wire.billing import Bill, BillDetail, BillLine
from vidphone.wire.cases import AboutLine

_DISPUTE_PX = 28


class BillCard(MoneyCard):
    """Shows the bill that was fetched; `chosen` is the number of the one that is wanted."""

    case_wanted = Signal(object, str)
    """What a case is to be opened about, and its name."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.bill.title", parent)
        self.chosen = ""
        self.none = Label(theme, "ui.money.bill.none", tone="muted", wrap=True)
        self.answer = Answer(theme, self, view, Request.BILL)
        self.status = StatusLine(theme)
        self.fee = StatusLine(theme)
        self.facts = Facts(theme)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(GRID_PX)
        self.pay = PushButton(theme, "ui.money.pay.some", "accent")
        self.pdf = PushButton(theme, "ui.money.bill.pdf", icon="download")
        self.csv = PushButton(theme, "ui.money.bill.csv", icon="download")
        self.saving = Answer(theme, self, view, Request.SAVE_BILL)
        self._shown: tuple[object, ...] = ()
        for widget in (self.none, self.answer, self.status, self.fee, self.facts):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.lines)
        self.inside.addLayout(self.buttons(self.pay))
        self.inside.addLayout(self.buttons(self.pdf, self.csv))
        self.inside.addWidget(self.saving)
        self.inside.addStretch(1)
        self.pay.clicked.connect(self._pay)
        self.pdf.clicked.connect(lambda: self._save(BillForm.PDF))
        self.csv.clicked.connect(lambda: self._save(BillForm.CSV))
        self.refresh()

    @property
    def shown(self) -> BillDetail | None:
        """The bill that is shown: the one wanted, once it has come."""
        detail = self._view.bill
        return detail if detail is not None and detail.bill.number == self.chosen else None

    def refresh(self) -> None:
        """As of every card."""
        detail = self.shown
        self.answer.refresh(
            "ui.account.fetching" if self.chosen and detail is None else "", retry=FetchBill(self.chosen)
        )
        self.saving.refresh("ui.money.bill.saving", "ui.money.bill.saved")
        self.none.setVisible(not self.chosen)
        self.facts.setVisible(detail is not None)
        for button in (self.pdf, self.csv):
            button.setVisible(detail is not None)
            button.setEnabled(Request.SAVE_BILL not in self._view.waiting)
        self.pay.setVisible(detail is not None and detail.bill.open_fen > 0 and not detail.bill.rehearsal)
        self._show_lines(detail)
        if detail is None:
            self.status.say(Standing.PLAIN)
            self.fee.say(Standing.PLAIN)
            return
        self._say_state(detail.bill)
        self._show_facts(detail.bill)
        self.pay.say("ui.money.pay.now", amount=format_fen(detail.bill.open_fen))
        self.csv.setEnabled(bool(detail.calls) and self.csv.isEnabled())

    def _show_lines(self, detail: BillDetail | None) -> None:
        """The tables; the same again leave the keyboard where it is."""
        shown = (detail, self._theme.language)
        if shown == self._shown:
            return
        self._shown = shown
        emptied(self.lines)
        if detail is None:
            return
        self.lines.addWidget(self._title("ui.money.bill.lines"))
        self.lines.addWidget(self._table([(*self._line(line), line.amount_fen) for line in detail.lines], detail))
        if detail.payments:
            self.lines.addWidget(self._title("ui.money.bill.payments"))
            rows = [(self._method(part.method), self.when(part.at), part.amount_fen) for part in detail.payments]
            self.lines.addWidget(self._table(rows))

    def _say_state(self, bill: Bill) -> None:
        words, account = self._theme.words, self._view.account
        if bill.rehearsal:
            self.status.say(Standing.CARE, "ui.money.bill.rehearsal")
        elif bill.open_fen <= 0:
            self.status.say(Standing.GOOD, "ui.money.bill.settled")
        else:
            key = "ui.money.bill.overdue" if bill.overdue else "ui.money.bill.due"
            self.status.say(
                Standing.BAD if bill.overdue else Standing.PLAIN, key,
                amount=format_fen(bill.open_fen), day=full_day(bill.due_on, words),
            )  # fmt: skip
        fee = account.late_fee_fen if account is not None and bill.overdue else 0
        self.fee.say(Standing.CARE, *(("ui.money.late-fee",) if fee else ()), fee=format_fen(fee))

    def _show_facts(self, bill: Bill) -> None:
        words = self._theme.words
        self.facts.show_facts(
            [
                ("ui.money.bill.number", bill.number),
                ("ui.money.bill.period", words("ui.money.from-to", begin=full_day(bill.begins_on, words),
                                               end=full_day(bill.ends_on, words))),
                ("ui.money.bill.issued", full_day(bill.issued_on, words)),
                ("ui.money.bill.due-on", full_day(bill.due_on, words)),
                ("ui.money.bill.paid", format_fen(bill.paid_fen)),
            ]
        )  # fmt: skip

    def _line(self, line: BillLine) -> tuple[str, str]:
        """The words of a line, and the small ones below them."""
        words = self._theme.words
        parts = []
        if line.begins_on is not None and line.ends_on is not None:
            parts.append(self._span(line.begins_on, line.ends_on))
        if line.seconds:
            parts.append(words("ui.money.bill.calls", count=line.quantity, time=duration(line.seconds, words)))
        return words_in(line.words, self._theme.language), " · ".join(parts)

    def _span(self, begin: date, end: date) -> str:
        words = self._theme.words
        return words("ui.money.from-to", begin=short_day(begin, words), end=short_day(end, words))

    def _method(self, method: str) -> str:
        return self._theme.words("ui.money.method.cash" if method == "cash" else "ui.money.method.online")

    def _title(self, key: str) -> Label:
        return Label(self._theme, key, strong=True, wrap=True)

    def _table(self, rows: list[tuple[str, str, int]], total_of: BillDetail | None = None) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        grid.setColumnStretch(0, 1)
        for at, (title, second, fen) in enumerate(rows):
            what = QVBoxLayout()
            what.setSpacing(0)
            name = Label(self._theme, wrap=True)
            name.show_text(title)
            what.addWidget(name)
            if second:
                below = Label(self._theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
                below.show_text(second)
                what.addWidget(below)
            grid.addLayout(what, at, 0)
            amount = Label(self._theme)
            amount.show_text(format_fen(fen))
            amount.setFixedHeight(name.first_line_px)
            grid.addWidget(amount, at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            if total_of is not None:
                grid.addWidget(self._dispute(total_of.bill.number, at + 1, title), at, 2, Qt.AlignmentFlag.AlignTop)
            else:
                beside = QWidget()  # amounts of both tables stand below each other: an empty column has no spacing
                beside.setFixedWidth(self._theme.px(_DISPUTE_PX))
                grid.addWidget(beside, at, 2)
        if total_of is not None:
            grid.addWidget(Label(self._theme, "ui.money.bill.total", strong=True), len(rows), 0)
            total = Label(self._theme, strong=True)
            total.show_text(format_fen(total_of.bill.total_fen))
            grid.addWidget(total, len(rows), 1, Qt.AlignmentFlag.AlignRight)
        return table

    def _dispute(self, bill: str, line: int, title: str) -> RoundButton:
        """A way to a case about one line (clause 6)."""
        button = RoundButton(
            self._theme, "circle-question-mark", "ui.service.dispute.line", "quiet", diameter_px=_DISPUTE_PX,
            places={"line": title},
        )  # fmt: skip
        what = self._theme.words("ui.service.what.line", bill=bill, line=title)
        button.clicked.connect(lambda: self.case_wanted.emit(AboutLine(bill=bill, line=line), what))
        return button

    def _pay(self) -> None:
        if (detail := self.shown) is not None:
            self.pay_wanted.emit(detail.bill.open_fen)

    def _save(self, form: BillForm) -> None:
        if (detail := self.shown) is None:
            return
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        suffix = f".{form.value}"
        key = f"ui.money.bill.{form.value}"
        name = f"{words(f'{key}.file')}-{month_name(detail.bill.begins_on, words)}-{detail.bill.number}{suffix}"
        chosen, _ = QFileDialog.getSaveFileName(
            self, words(key), str(Path(folder or Path.home()) / name.replace(" ", "-")), f"*{suffix}"
        )
        if chosen:
            path = Path(chosen)
            path = path if path.suffix else path.with_suffix(suffix)
            self.ask(SaveBill(detail.bill.number, path, form, self._theme.language))
