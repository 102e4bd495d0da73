"""The network test in a window of its own, from the settings."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.events import Event
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.network.card import NetworkCard
from vidphone.ui.main.page import scrolled
from vidphone.wire.cases import AboutClause

SIZE_PX = (600, 640)
CLAUSE = 12


class NetworkDialog(QDialog):
    """The card, and the way to the provider with its result."""

    wanted = Signal(object)
    """A command."""
    case_wanted = Signal(object, str, str)
    """What a case is to be opened about, its name, and the findings that belong to it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.card = NetworkCard(theme)
        self.case = PushButton(theme, "network.case", icon="circle-question-mark")
        self.close_button = PushButton(theme, "ui.close")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(Label(theme, "network.what", tone="muted", wrap=True))
        column.addWidget(self.card)
        column.addStretch(1)
        title = Label(theme, "network.title", TypeRole.TITLE, wrap=True)
        title.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
        line.setSpacing(GRID_PX)
        line.addWidget(self.case)
        line.addStretch(1)
        line.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 3 * GRID_PX, 0, 2 * GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(title)
        layout.addWidget(scrolled(inside), 1)
        layout.addLayout(line)
        open_at(self, theme, SIZE_PX)
        for button in (self.card.begin, self.card.copy, self.case, self.close_button):
            button.setAutoDefault(False)
        self.case.hide()
        self.card.wanted.connect(self.wanted)
        self.card.tested.connect(self.case.show)
        self.case.clicked.connect(self._ask)
        self.close_button.clicked.connect(self.reject)
        theme.words.changed.connect(self._say)
        self._say()
        self.card.begin.setFocus()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        self.card.happened(event)

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()

    def _ask(self) -> None:
        findings = self.card.findings
        self.accept()
        self.case_wanted.emit(AboutClause(clause=CLAUSE), self._theme.words("network.about"), findings)

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words("network.title"))
