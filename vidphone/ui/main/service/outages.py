"""The room of interruptions: when, why, and what they took off the bill (clauses 12 to 14)."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.phone.events import Request
from vidphone.phone.notice_commands import FetchOutages
from vidphone.terms.money import format_fen
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.labels import Label
from vidphone.ui.design.slices import Slices
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.service.notice_view import NoticeView
from vidphone.ui.main.service.room import Column, Room
from vidphone.wire.outages import MyOutage
from vidphone.wire.signaling import Topic

AT_ONCE = 2
"""See `Slices`."""


class OutagesCard(Panel):
    """The rule, and a few lines for each, the latest first."""

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.outages.title", parent)
        self._view = view
        self._shown: tuple[object, ...] = ()
        self.answer = Answer(theme, self, view, Request.OUTAGES)
        self.empty = EmptyState(theme, "circle-check", "ui.notices.outages.none", "ui.notices.outages.none.next")
        rows = QVBoxLayout()
        rows.setSpacing(3 * GRID_PX)
        self._rows: Slices[QWidget] = Slices(rows, self, at_once=AT_ONCE)
        self.inside.addWidget(Label(theme, "ui.notices.outages.rule", tone="muted", wrap=True))
        self.inside.addWidget(self.answer)
        self.inside.addLayout(rows)
        self.inside.addWidget(self.empty)

    @property
    def rows(self) -> list[QWidget]:
        """The interruptions that are shown so far."""
        return self._rows.made

    def refresh(self) -> None:
        """As of every card."""
        outages = self._view.outages
        self.answer.refresh("ui.account.fetching" if outages is None else "", retry=FetchOutages())
        self.empty.setVisible(outages == ())
        shown = (outages, self._theme.language)
        if shown == self._shown:
            return
        self._shown = shown
        self._rows.fill(partial(self._row, outage) for outage in outages or ())

    def _row(self, outage: MyOutage) -> QWidget:
        theme, language = self._theme, self._theme.language
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX // 2)
        span, why = Label(theme, strong=True, wrap=True), Label(theme, wrap=True)
        why.show_text(words_in(outage.words, language))
        column.addWidget(span)
        column.addWidget(why)
        began = self.when(outage.began_at)
        if outage.ended_at is None:
            span.say("ui.notices.outage.since", began=began)
            self._line(column, Standing.CARE, "ui.notices.outage.goes-on")
        else:
            span.say("ui.notices.outage.span", began=began, ended=self.when(outage.ended_at))
        if outage.force_majeure is not None:
            majeure = words_in(outage.force_majeure, language)
            self._line(column, Standing.PLAIN, "ui.notices.outage.majeure", words=majeure)
        if outage.credited_fen:
            self._line(column, Standing.GOOD, "ui.notices.outage.credited", amount=format_fen(outage.credited_fen))
        return row

    def _line(self, column: QVBoxLayout, standing: Standing, key: str, **places: object) -> None:
        line = StatusLine(self._theme)
        line.say(standing, key, **places)
        column.addWidget(line)


class OutagesRoom(Room):
    """Asks when it is opened, or told while it is."""

    topics = frozenset({Topic.OUTAGES})

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = view
        self.card = OutagesCard(theme, view)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Column(theme, self.card, reading="ui.service.tab.network"))
        self.card.wanted.connect(self.ask)
        self.refresh()

    @property
    def failed(self) -> bool:
        """As of every room."""
        return Request.OUTAGES in self._view.failed

    def fetch(self) -> None:
        """As of every room."""
        self.ask(FetchOutages())

    def refresh(self) -> None:
        """As of every room."""
        self.card.refresh()
