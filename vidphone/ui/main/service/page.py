"""The service page of the main window: what both sides owe each other, one thing at a time."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from vidphone.phone.events import Event, LinkChanged, LinkState, Noticed
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.service.room import Room
from vidphone.ui.state import ViewState


class ServicePage(QWidget):
    """Leads to its rooms; a hint of the provider makes that room ask which it is about."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""
    attention = Signal(int)
    """How much waits in all rooms that the customer did not look at."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.rooms: dict[str, Room] = {}
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
        if self.rooms:
            self.tabs.choose(next(iter(self.rooms)))

    def _wire(self) -> None:
        self.tabs.chosen.connect(self.open_room)
        for room in self.rooms.values():
            room.wanted.connect(self.wanted)
            room.notice.connect(self.notice)
            room.waiting_changed.connect(self._count)
            room.room_wanted.connect(self.open_room)
            self._theme.words.changed.connect(room.refresh)

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

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        for room in self.rooms.values():
            room.happened(event)
        match event:
            case Noticed(topics):
                for room in self.rooms.values():
                    if room.topics & topics:
                        room.hinted(open_now=self.isVisible() and room is self.room)
            case LinkChanged(LinkState.UP) if self.room is not None and self.room.failed:
                self._fetch()
            case _:
                pass

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown may be of yesterday."""
        super().showEvent(event)
        self._fetch()

    def _fetch(self) -> None:
        if self._state.account is not None and self.isVisible() and self.room is not None:
            self.room.fetch()

    def _count(self) -> None:
        self.attention.emit(sum(room.waiting for room in self.rooms.values()))
