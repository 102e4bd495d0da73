"""Calls with what they cost and how good they were."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QWidget

from vidphone.phone.commands import FetchCharges
from vidphone.phone.events import Request
from vidphone.terms.money import format_fen, format_price
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.labels import Label
from vidphone.ui.design.rows import RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.moments import duration, moment
from vidphone.ui.main.money.card import MoneyCard
from vidphone.ui.main.money.figures import kept_call
from vidphone.ui.main.money.rows import AmountList, AmountRow
from vidphone.ui.main.money.view import MoneyView
from vidphone.ui.main.page import Lists
from vidphone.ui.state import ViewState
from vidphone.wire.billing import CallCharge
from vidphone.wire.cases import AboutCall

_LIST, _EMPTY = range(2)


class CallsCard(MoneyCard):
    """The list, newest first, and what is chosen in it beside it."""

    def __init__(self, theme: Theme, view: MoneyView, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.calls.title", parent)
        self._state = state
        self.detail = CallCard(theme, view, state)
        self.answer = Answer(theme, self, view, Request.CHARGES)
        self.list = AmountList(theme, "ui.money.calls.title")
        self._model = RowModel(self)
        self.list.setModel(self._model)
        self.lists = Lists()
        self.lists.addWidget(self.list)
        self.lists.addWidget(EmptyState(theme, "phone", "ui.money.calls.none", "ui.money.calls.none.next"))
        self.more = PushButton(theme, "ui.money.calls.more")
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.lists, 1)
        self.inside.addWidget(self.more)
        self._shown: tuple[object, ...] = ()
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.more.clicked.connect(self._fetch_more)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        view = self._view
        self.answer.refresh("ui.account.fetching" if view.calls is None else "", retry=FetchCharges())
        self.lists.setVisible(view.calls is not None)
        self.lists.setCurrentIndex(_LIST if view.calls else _EMPTY)
        self.more.setVisible(view.more_calls and bool(view.calls))
        self.more.setEnabled(Request.CHARGES not in view.waiting)
        shown = (view.calls, self._state.contacts, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            chosen = self.detail.chosen
            self._model.show_rows([(self._row(call), call.call) for call in view.calls or ()])
            place = next((at for at, call in enumerate(view.calls or ()) if call.call == chosen), None)
            if place is not None:
                self.list.setCurrentIndex(self._model.index(place, 0))
        self.detail.refresh()

    def _row(self, call: CallCharge) -> AmountRow:
        words = self._theme.words
        at = datetime.fromtimestamp(call.started_at, UTC).astimezone()
        parts = [moment(at, datetime.now(UTC).astimezone(), words)]
        if call.seconds:
            parts.append(duration(call.seconds, words))
        return AmountRow(
            self._state.name_of(call.number) or call.number,
            " · ".join(parts),
            cost(call) or words("ui.money.calls.free"),
            "phone-outgoing" if call.outgoing else "phone-incoming",
        )

    def _choose(self, index: QModelIndex) -> None:
        self.detail.choose(str(self._model.thing(index) or ""))

    def _fetch_more(self) -> None:
        if self._view.calls:
            self.ask(FetchCharges(self._view.calls[-1].started_at))


class CallCard(MoneyCard):
    """One call in full."""

    case_wanted = Signal(object, str)
    """What a case is to be opened about, and its name."""

    def __init__(self, theme: Theme, view: MoneyView, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.call.title", parent)
        self._state = state
        self.chosen = ""
        self.none = Label(theme, "ui.money.call.none", tone="muted", wrap=True)
        self.facts = Facts(theme)
        self.bill = PushButton(theme, "ui.money.call.bill")
        self.dispute = PushButton(theme, "ui.service.dispute.call", icon="circle-question-mark")
        self.clause = Label(theme, "ui.money.call.rule", TypeRole.CAPTION, "muted", wrap=True)
        self.inside.addWidget(self.none)
        self.inside.addWidget(self.facts)
        self.inside.addLayout(self.buttons(self.bill, self.dispute))
        self.inside.addWidget(self.clause)
        self.inside.addStretch(1)
        self.bill.clicked.connect(self._open_bill)
        self.dispute.clicked.connect(self._dispute)
        self.refresh()

    def choose(self, call: str) -> None:
        """Show this one."""
        self.chosen = call
        self.refresh()

    @property
    def charge(self) -> CallCharge | None:
        """The call that is shown."""
        return next((call for call in self._view.calls or () if call.call == self.chosen), None)

    def refresh(self) -> None:
        """As of every card."""
        call = self.charge
        self.none.setVisible(call is None)
        self.facts.setVisible(call is not None)
        self.clause.setVisible(call is not None)
        self.dispute.setVisible(call is not None)
        self.bill.setVisible(call is not None and call.billed_in is not None)
        if call is None:
            return
        words, language = self._theme.words, self._theme.language
        name = self._state.name_of(call.number)
        way = "outgoing" if call.outgoing else "incoming"
        answered = call.answered_at is not None
        self.facts.show_facts(
            [
                ("ui.money.call.with", f"{name}\n{call.number}" if name else call.number),
                ("ui.money.call.kind", words(f"ui.history.{way}.{'video' if call.video else 'voice'}")),
                ("ui.money.call.began", self.when(call.started_at)),
                ("ui.money.call.answered", self.when(call.answered_at) if call.answered_at is not None else "—"),
                ("ui.money.call.seconds", duration(call.seconds, words) if call.seconds else "—"),
                ("ui.money.call.to", words_in(call.destination, language) if call.destination is not None else "—"),
                ("ui.money.call.price", words("ui.money.per-minute", price=format_price(call.price_e4_yuan))
                 if call.price_e4_yuan else "—"),
                ("ui.money.call.cost", cost(call) or words("ui.money.calls.free")),
                ("ui.money.call.billed", call.billed_in or words("ui.money.call.not-billed")),
                ("ui.money.call.quality", self._quality(call) if answered else "—"),
            ]
        )  # fmt: skip

    def _quality(self, call: CallCharge) -> str:
        kept = kept_call(call, self._state.history)
        if kept is None or kept.quality is None:
            return self._theme.words("ui.money.call.quality.unknown")
        return self._theme.words(f"ui.money.call.quality.{kept.quality}")

    def _open_bill(self) -> None:
        if (call := self.charge) is not None and call.billed_in is not None:
            self.bill_wanted.emit(call.billed_in)

    def _dispute(self) -> None:
        if (call := self.charge) is not None:
            name = self._state.name_of(call.number) or call.number
            what = self._theme.words("ui.service.what.call", name=name, at=self.when(call.started_at))
            self.case_wanted.emit(AboutCall(call=call.call), what)


def cost(call: CallCharge) -> str:
    """What a call cost the customer; empty where it was free."""
    return format_fen(call.charge_fen) if call.charge_fen or call.price_e4_yuan else ""
