"""The prices beneath the dialler's buttons: under each what it costs and how long the credit lasts, or why not."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from vidphone.phone.events import Event, LinkState
from vidphone.ui.costs.prices import (
    PAYABLE,
    Prices,
    changes_prices,
    destination,
    is_short,
    lasting,
    price,
    refused,
)
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.state import ViewState

PAUSE_MS = 350
"""So long nothing more is typed before a price is asked for."""
HEIGHT_PX = 104
"""Kept free from the beginning, so that nothing moves when prices come."""


class PriceLine(QWidget):
    """Asks by itself, and never stands in the way: the call is made whether or not an answer has come."""

    wanted = Signal(object)
    """A `Quote` command."""
    pay_wanted = Signal()

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self._prices = Prices()
        self.ways = {video: Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True) for video in (True, False)}
        self.sentence = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.pay = PushButton(theme, "ui.costs.pay", "link")
        self.pay.clicked.connect(self.pay_wanted)
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(PAUSE_MS)
        self.pause.timeout.connect(self._ask)
        columns = QGridLayout()
        columns.setSpacing(GRID_PX)
        for column, label in enumerate((*self.ways.values(),)):
            columns.addWidget(label, 0, column, Qt.AlignmentFlag.AlignTop)
            columns.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX // 2)
        layout.addLayout(columns)
        layout.addWidget(self.sentence)
        layout.addWidget(self.pay, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        for label in (*self.ways.values(), self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._refresh)
        self._restyle()
        self._refresh()

    def mean(self, number: str | None) -> None:
        """The number that would be called; None where there is none yet."""
        if self._prices.mean(number):
            self._refresh()
            self._ask_soon()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        if self._prices.take(event):
            self._refresh()
            self._ask()
        elif changes_prices(event) and self._prices.number:
            self._prices.renew()
            self._ask_soon()

    def _ask_soon(self) -> None:
        if self._prices.number:
            self.pause.start()
        else:
            self.pause.stop()

    def _ask(self) -> None:
        if self._state.account is None or self._state.link is not LinkState.UP or self.pause.isActive():
            return
        question = self._prices.question()
        if question is not None:
            self.wanted.emit(question)

    def _refresh(self) -> None:
        prices = self._prices
        for video, label in self.ways.items():
            self._show_way(video, label)
        refusal = prices.refusal
        some = next(iter(prices.quotes.values()), None)
        self.sentence.set_tone("danger" if refusal is not None else "muted")
        language = self._theme.language
        if refusal is not None:
            self.sentence.show_text(refused(refusal, language))
        elif some is not None:
            self.sentence.say(
                "ui.costs.free" if prices.free else "ui.costs.to", destination=destination(some, language)
            )
        elif prices.failed:
            self.sentence.say("ui.costs.unknown")
        else:
            self.sentence.show_text("")
        self.pay.setVisible(refusal is not None and refusal.code in PAYABLE)

    def _show_way(self, video: bool, label: Label) -> None:
        quote, language = self._prices.quotes.get(video), self._theme.language
        label.setVisible(not self._prices.free)
        if quote is None:
            label.show_text("")
        elif quote.refusal is not None:
            label.set_tone("danger")
            label.say("ui.costs.blocked")
        elif quote.free:
            label.set_tone("muted")
            label.say("ui.costs.free-way")
        else:
            label.set_tone("warning" if is_short(quote) else "muted")
            label.show_text("\n".join(filter(None, (price(quote, language), lasting(quote, language)))))

    def _restyle(self) -> None:
        self.setMinimumHeight(self._theme.px(HEIGHT_PX))
        self._refresh()
