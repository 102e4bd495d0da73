"""A window with a long text in it, to be read whole."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.agreement import Paper

SHEET_PX = (680, 640)
LEAST_PX = 160


class Sheet(QDialog):
    """A title, what it is about, the text, and a line of buttons that begins empty."""

    def __init__(self, theme: Theme, parent: QWidget, title: str, what: str, **places: object) -> None:
        """`places` are those of `what`."""
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self.paper = Paper()
        self.paper.setMinimumHeight(LEAST_PX)
        self.above = QVBoxLayout()
        self.above.setSpacing(GRID_PX)
        self.body = QHBoxLayout()
        self.body.setSpacing(2 * GRID_PX)
        self.body.addWidget(self.paper, 1)
        self.line = QHBoxLayout()
        self.line.setSpacing(GRID_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(Label(theme, title, TypeRole.TITLE, wrap=True))
        about = Label(theme, role=TypeRole.BODY, tone="muted", wrap=True)
        about.say(what, **places)
        layout.addWidget(about)
        layout.addLayout(self.above)
        layout.addLayout(self.body, 1)
        layout.addLayout(self.line)
        open_at(self, theme, SHEET_PX)
        theme.words.changed.connect(self._say)
        self._say()

    def add_button(self, button: PushButton) -> None:
        """One more button, from the left."""
        button.setAutoDefault(False)
        self.line.addWidget(button)

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words(self._title))
        self.paper.setAccessibleName(self._theme.words(self._title))
