"""The room of devices: each with its warranty, its history, and a way to tell of a defect (clause 4)."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.case_commands import FetchTerminals
from vidphone.phone.case_events import CaseOpened
from vidphone.phone.events import Event, Request
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.labels import Label
from vidphone.ui.design.slices import Slices
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.service.claim import ClaimDialog
from vidphone.ui.main.service.room import Column, Room
from vidphone.ui.main.service.view import CaseView
from vidphone.wire.cases import Terminal, TerminalEvent
from vidphone.wire.signaling import Topic

AT_ONCE = 1
"""See `Slices`."""


class RuleCard(Panel):
    """What the warranty is. `answer`, how asking for the devices stands, has its place above all cards."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.service.terminals.title", parent)
        self._view = view
        self.rule = Label(theme, "ui.service.terminals.rule", tone="muted", wrap=True)
        self.excluded = Label(theme, "ui.service.terminals.excluded", TypeRole.CAPTION, "muted", wrap=True)
        self.answer = Answer(theme, self, view, Request.TERMINALS)
        self.empty = EmptyState(theme, "monitor", "ui.service.terminals.none", "ui.service.terminals.none.next")
        for widget in (self.rule, self.excluded, self.empty):
            self.inside.addWidget(widget)

    def refresh(self) -> None:
        """As of every card."""
        waiting = "ui.account.fetching" if self._view.terminals is None else ""
        self.answer.refresh(waiting, retry=FetchTerminals())
        self.empty.setVisible(self._view.terminals == ())


class TerminalCard(Panel):
    """One device."""

    claim_wanted = Signal()
    """To tell of a defect."""
    case_wanted = Signal(str)
    """The number of a case that belongs to it."""

    def __init__(self, theme: Theme, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.service.terminal", parent)
        self._terminal = terminal
        words = theme.words
        self.title.show_text(terminal.model)
        self.status = StatusLine(theme)
        self.facts = Facts(theme)
        self.claim = PushButton(theme, "ui.service.claim.open-it", icon="circle-alert")
        self.inside.addWidget(self.status)
        self.inside.addWidget(self.facts)
        self.inside.addLayout(self.buttons(self.claim))
        self.inside.addWidget(Label(theme, "ui.service.terminal.history", strong=True, wrap=True))
        for event in terminal.history:
            self.inside.addWidget(self._event(event))
        day = full_day(terminal.last_day, words)
        if terminal.opened_on is not None:
            opened = full_day(terminal.opened_on, words)
            self.status.say(Standing.BAD, "ui.service.terminal.opened", day=opened)
        elif terminal.covered:
            self.status.say(Standing.GOOD, "ui.service.terminal.covered", day=day)
        else:
            self.status.say(Standing.PLAIN, "ui.service.terminal.over", day=day)
        self.facts.show_facts(
            [
                ("ui.service.terminal.serial", terminal.serial),
                ("ui.service.terminal.installed", full_day(terminal.installed_on, words)),
                *((("ui.service.terminal.until", day),) if terminal.opened_on is None else ()),
                ("ui.service.terminal.order", terminal.order or "—"),
            ]
        )
        self.claim.clicked.connect(self.claim_wanted)

    def _event(self, event: TerminalEvent) -> QWidget:
        words = self._theme.words
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * GRID_PX)
        said = Label(self._theme, wrap=True)
        parts = [full_day(event.on, words), words(f"warranty.event.{event.kind.value}")]
        if event.serial != self._terminal.serial:
            parts.append(event.serial)
        said.show_text(" · ".join(parts))
        line.addWidget(said, 1)
        if (case := event.case) is not None:
            button = PushButton(self._theme, "ui.service.case.title", "link")
            button.say("ui.service.terminal.case", case=case)
            button.clicked.connect(lambda: self.case_wanted.emit(case))
            line.addWidget(button)
        return row


class TerminalsRoom(Room):
    """Asks for the devices when it is opened, or told while it is that a claim has moved on."""

    topics = frozenset({Topic.CASES})
    case_wanted = Signal(str)
    """The number of a case that is to be shown."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = view
        self._shown: tuple[object, ...] = ()
        self.dialog: ClaimDialog | None = None
        self.rule = RuleCard(theme, view)
        self._devices = QWidget()
        cards = QVBoxLayout(self._devices)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(2 * GRID_PX)
        self._cards: Slices[TerminalCard] = Slices(cards, self, at_once=AT_ONCE)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Column(theme, self.rule.answer, self._devices, self.rule))
        self.rule.wanted.connect(self.ask)
        self.refresh()

    @property
    def cards(self) -> list[TerminalCard]:
        """Those that are shown so far."""
        return self._cards.made

    @property
    def failed(self) -> bool:
        """As of every room."""
        return Request.TERMINALS in self._view.failed

    def fetch(self) -> None:
        """As of every room."""
        self.ask(FetchTerminals())

    def happened(self, event: Event) -> None:
        """As of every room."""
        if self.dialog is not None:
            self.dialog.happened(event)
        if isinstance(event, CaseOpened) and event.detail.claim is not None and self.isVisible():
            self.case_wanted.emit(event.detail.case.number)

    def refresh(self) -> None:
        """As of every room."""
        self.rule.refresh()
        shown = (self._view.terminals, self._theme.language)
        if shown == self._shown:
            return
        self._shown = shown
        terminals = self._view.terminals or ()
        self._devices.setVisible(bool(terminals))
        self._cards.fill(partial(self._card, terminal) for terminal in terminals)

    def claim(self, terminal: Terminal) -> None:
        """Tell of a defect of a device."""
        self.dialog = dialog = ClaimDialog(self._theme, self, terminal)
        dialog.wanted.connect(self.ask)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _card(self, terminal: Terminal) -> TerminalCard:
        card = TerminalCard(self._theme, terminal)
        card.claim_wanted.connect(lambda: self.claim(terminal))
        card.case_wanted.connect(self.case_wanted)
        return card

    def _closed(self) -> None:
        self.dialog = None
