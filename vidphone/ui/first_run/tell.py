"""A window that tells something to read: a title, the provider's or the agreement's words, and a way back."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.page import scrolled

_SIZE_PX = (480, 280)


class Telling(QDialog):
    """Any of Escape, Return and the button closes it."""

    def __init__(self, theme: Theme, parent: QWidget, title: str, words: str, **places: object) -> None:
        super().__init__(parent)
        self.title = Label(theme, role=TypeRole.TITLE, wrap=True)
        self.title.say(title, **places)
        self.words = Label(theme, wrap=True)
        self.words.show_text(words)
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        lines.setSpacing(2 * GRID_PX)
        lines.addWidget(self.title)
        lines.addWidget(self.words)
        lines.addStretch(1)
        close = PushButton(theme, "ui.close", "accent")
        close.clicked.connect(self.accept)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        line.addStretch(1)
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside), 1)
        layout.addLayout(line)
        self.setWindowTitle(self.title.plain)
        open_at(self, theme, _SIZE_PX)
        close.setFocus()

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()


def tell(theme: Theme, parent: QWidget, title: str, words: str, **places: object) -> Telling:
    """Tell without stopping anything else; `words` are data, `title` is the key of a text."""
    telling = Telling(theme, parent, title, words, **places)
    telling.open()
    return telling
