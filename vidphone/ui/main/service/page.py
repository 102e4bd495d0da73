"""The service page of the main window: what both sides owe each other, one thing at a time."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from vidphone.phone.case_events import CaseOpened
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, LinkChanged, LinkState, Noticed, SignedOut
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.service.agreement import AgreementRoom
from vidphone.ui.main.service.asking import CaseDialog
from vidphone.ui.main.service.cases import CasesRoom
from vidphone.ui.main.service.evidence import EvidenceRoom
from vidphone.ui.main.service.news import NewsRoom
from vidphone.ui.main.service.notice_view import NoticeView
from vidphone.ui.main.service.outages import OutagesRoom
from vidphone.ui.main.service.room import Room
from vidphone.ui.main.service.terminals import TerminalsRoom
from vidphone.ui.main.service.view import CaseView
from vidphone.ui.state import ViewState
from vidphone.wire.cases import Asked


class ServicePage(QWidget):
    """Leads to its rooms; a hint of the provider makes that room ask which it is about."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""
    attention = Signal(int)
    """How much waits in all rooms that the customer did not look at."""
    show_wanted = Signal()
    """The page is to be seen: what was begun elsewhere goes on here."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.view = view = CaseView()
        self.notices = NoticeView()
        self.news = NewsRoom(theme, state, self.notices)
        self.cases = CasesRoom(theme, view)
        self.terminals = TerminalsRoom(theme, view)
        self.agreement = AgreementRoom(theme, self.notices)
        self.outages = OutagesRoom(theme, self.notices)
        self.evidence = EvidenceRoom(theme, view)
        self.dialog: CaseDialog | None = None
        self.rooms: dict[str, Room] = {
            "news": self.news,
            "cases": self.cases,
            "terminals": self.terminals,
            "agreement": self.agreement,
            "network": self.outages,
            "evidence": self.evidence,
        }
        self.stack = QStackedWidget()
        for room in self.rooms.values():
            self.stack.addWidget(room)
        self.tabs = Segments(theme, "ui.service.title", [(name, f"ui.service.tab.{name}") for name in self.rooms])
        head = QVBoxLayout()
        head.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        head.setSpacing(2 * GRID_PX)
        head.addWidget(Label(theme, "ui.service.title", TypeRole.TITLE))
        head.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)
        self._wire()
        self.tabs.choose(next(iter(self.rooms)))

    def _wire(self) -> None:
        self.tabs.chosen.connect(self.open_room)
        for room in self.rooms.values():
            room.wanted.connect(self._ask)
            room.notice.connect(self.notice)
            room.waiting_changed.connect(self._count)
            room.room_wanted.connect(self.open_room)
            self._theme.words.changed.connect(room.refresh)
        self.terminals.case_wanted.connect(self.open_case)
        self.agreement.case_wanted.connect(self.open_case)

    @property
    def room(self) -> Room | None:
        """The room that is open."""
        room = self.stack.currentWidget()
        return room if isinstance(room, Room) else None

    def open_room(self, name: str) -> None:
        """Show a room, and ask for what it shows."""
        self.tabs.choose(name)
        self.stack.setCurrentWidget(self.rooms[name])
        self._fetch()

    def open_case(self, number: str) -> None:
        """Show a case."""
        self.open_room("cases")
        self.cases.open_case(number)

    def begin_case(self, about: Asked, what: str, findings: str = "") -> None:
        """Write to the provider about something, which `what` names; where a case about it is open, in that one."""
        open_one = self.view.open_about(about)
        if open_one:
            self.show_wanted.emit()
            self.open_case(open_one)
            return
        self.dialog = dialog = CaseDialog(self._theme, self.window(), about, what, findings)
        dialog.wanted.connect(self._ask)
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        folded = self.view.fold(event)
        noticed = self.notices.fold(event)
        if self.dialog is not None:
            self.dialog.happened(event)
            if isinstance(event, CaseOpened) and event.detail.claim is None:
                self._opened(event.detail.case.number)
        for room in self.rooms.values():
            room.happened(event)
        match event:
            case Noticed(topics):
                for room in self.rooms.values():
                    if room.topics & topics:
                        room.hinted(open_now=self.isVisible() and room is self.room)
            case LinkChanged(LinkState.UP) if self.room is not None and self.room.failed:
                self._fetch()
            case SignedOut():
                self.cases.case.begin()
            case _:
                pass
        if folded:
            self._refresh_cases()
        if noticed:
            self._refresh_notices()

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown may be of yesterday."""
        super().showEvent(event)
        self._fetch()

    def _fetch(self) -> None:
        if self._state.account is not None and self.isVisible() and self.room is not None:
            self.room.fetch()

    def _ask(self, command: Command) -> None:
        self.view.asked(command)
        noticed = self.notices.asked(command)
        self.wanted.emit(command)
        self._refresh_cases()
        if noticed:
            self._refresh_notices()

    def _refresh_cases(self) -> None:
        for room in (self.cases, self.terminals, self.evidence):
            room.refresh()
        self._count()

    def _refresh_notices(self) -> None:
        for room in (self.news, self.agreement, self.outages):
            room.refresh()
        self._count()

    def _opened(self, case: str) -> None:
        self.notice.emit(Notice("ui.service.opened", (("case", case),)))
        self.show_wanted.emit()
        self.open_case(case)

    def _dialog_closed(self) -> None:
        self.dialog = None

    def _count(self) -> None:
        self.attention.emit(sum(room.waiting for room in self.rooms.values()))
