"""What the rooms of the service page share: they ask, they are told, and they say how much waits in them."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import Command
from vidphone.phone.events import Event
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.page import Reading, scrolled
from vidphone.wire.signaling import Topic

ROOM_PX = 680


class Room(QWidget):
    """One thing of the service page. It keeps nothing of a customer who has signed out."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""
    waiting_changed = Signal()
    """`waiting` may be another."""
    room_wanted = Signal(str)
    """The name of another room of the page."""

    topics: ClassVar[frozenset[Topic]] = frozenset()
    """What the provider may have something new on; each start of the program is about all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def waiting(self) -> int:
        """How much waits here that the customer did not look at."""
        return 0

    @property
    def failed(self) -> bool:
        """Whether something that was asked for did not come, so that it is asked for once more when the link is up."""
        return False

    def fetch(self) -> None:
        """The room is opened, or what it shows is to be made new."""

    def hinted(self, *, open_now: bool) -> None:
        """There may be something new on a topic of the room; `open_now` tells whether the person looks at it."""
        if open_now:
            self.fetch()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""

    def refresh(self) -> None:
        """The language changed."""

    def ask(self, command: Command) -> None:
        """Ask the engine, and show that it was asked."""
        self.wanted.emit(command)


class Column(QWidget):
    """Cards one below another, no wider than is read with ease; it scrolls when the window is smaller."""

    def __init__(self, theme: Theme, *cards: QWidget, reading: str = "") -> None:
        """`reading` names what is read in cards that hold nothing to press."""
        super().__init__()
        self._theme = theme
        self._column = QWidget()
        self.lines = QVBoxLayout(self._column)
        self.lines.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        self.lines.setSpacing(2 * GRID_PX)
        for card in cards:
            self.lines.addWidget(card)
        self.lines.addStretch(1)
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._column, 100)
        line.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Reading(theme, reading, page) if reading else scrolled(page))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setMaximumWidth(self._theme.px(ROOM_PX) + 6 * GRID_PX)
