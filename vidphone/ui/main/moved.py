"""Contacts whose number is another one now: one click takes it (clause 7)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.notice_commands import TakeNumber
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.money.card import emptied
from vidphone.wire.notices import ChangedNumber

Moves = tuple[tuple[str, ChangedNumber], ...]
"""A contact's name, and its number that changed."""


class MovedNumbers(QWidget):
    """A line for each, with its button; nothing where nobody has moved."""

    taken = Signal(object)
    """A `TakeNumber`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Moves = ()
        self.buttons: list[PushButton] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2 * GRID_PX)
        self.hide()

    def show_moves(self, moves: Moves) -> None:
        """Show these; the same again change nothing."""
        if moves == self._shown:
            return
        self._shown = moves
        emptied(self._lines)
        self.buttons = []
        for name, change in moves:
            self._lines.addWidget(self._line(name, change))
        self.setVisible(bool(moves))

    def _line(self, name: str, change: ChangedNumber) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        said = StatusLine(self._theme)
        said.say(Standing.PLAIN, "ui.notices.moved", name=name, old=change.old, new=change.new)
        button = PushButton(self._theme, "ui.notices.moved.title", icon="check")
        button.say("ui.notices.moved.take", new=change.new)
        button.clicked.connect(lambda: self.taken.emit(TakeNumber(change.old, change.new)))
        self.buttons.append(button)
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        column.addWidget(said)
        column.addLayout(row)
        return line
