"""What every page of signing up has: a title, a sentence, its contents, and the name of the button that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from vidphone.account.sign_up.draft import Page
from vidphone.phone.commands import Command
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.model import FirstRun
from vidphone.ui.first_run.parts import muted
from vidphone.ui.main.page import scrolled

COLUMN_PX = 720
TYPING_MS = 600


@dataclass(frozen=True, slots=True)
class Context:
    """What pages stand on."""

    theme: Theme
    run: FirstRun


class WizardPage(QWidget):
    """One page. It shows `run` at `refresh`, changes it, and emits what the engine is to be asked."""

    step: ClassVar[Page]
    wanted = Signal(object)
    """A list of commands; afterwards everything is shown anew."""
    edited = Signal()
    """Something was typed: the draft is worth keeping after a pause."""

    def __init__(self, context: Context, *, fills: bool = False, parent: QWidget | None = None) -> None:
        """`fills`: the contents scroll by themselves and take all the room there is."""
        super().__init__(parent)
        self.theme = context.theme
        self.run = context.run
        key = f"ui.first-run.{self.step.value}"
        self.title = Label(self.theme, f"{key}.title", TypeRole.TITLE, wrap=True)
        self.what = muted(self.theme, f"{key}.what")
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * GRID_PX)
        self.area: QScrollArea | None = None
        """What scrolls the page, if anything does."""
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(3, 0, 3, 3)
        column.setSpacing(GRID_PX)
        column.addWidget(self.title)
        column.addWidget(self.what)
        column.addSpacing(GRID_PX)
        column.addLayout(self.body, 1 if fills else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if fills:
            layout.addWidget(self._column)
            return
        column.addStretch(1)
        inside = QWidget()
        line = QHBoxLayout(inside)
        line.setContentsMargins(0, 0, GRID_PX, 0)
        line.addWidget(self._column, 100)
        line.addStretch(1)
        self.area = scrolled(inside)
        layout.addWidget(self.area)
        self.theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def next_key(self) -> str:
        """The text of the button that goes on."""
        return "ui.first-run.next"

    def refresh(self) -> None:
        """Show what there is."""

    def begin(self) -> None:
        """The page is shown: its first control takes the focus."""

    def leave(self) -> None:
        """Another page is shown."""

    def show_lacks(self) -> None:
        """Somebody wanted to go on too early: show where."""

    def ask(self, commands: Sequence[Command]) -> None:
        """Have the engine asked, and everything shown anew."""
        self.wanted.emit(list(commands))

    def _restyle(self) -> None:
        self._column.setMaximumWidth(self.theme.px(COLUMN_PX))


class Pause(QTimer):
    """Tells when typing pauses."""

    def __init__(self, parent: QWidget, ms: int = TYPING_MS) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(ms)
