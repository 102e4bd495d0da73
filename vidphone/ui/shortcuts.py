"""The keyboard shortcuts of the main window, and the window that lists them."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton, shortcut_text
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.page import scrolled


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key and the text of what it does."""

    key: str
    does: str


DIAL = Shortcut("Ctrl+1", "ui.nav.dial")
CONTACTS = Shortcut("Ctrl+2", "ui.nav.contacts")
HISTORY = Shortcut("Ctrl+3", "ui.nav.history")
ACCOUNT = Shortcut("Ctrl+4", "ui.nav.account")
MONEY = Shortcut("Ctrl+5", "ui.nav.money")
SERVICE = Shortcut("Ctrl+6", "ui.service.title")
SETTINGS = Shortcut("Ctrl+,", "ui.nav.settings")
NUMBER = Shortcut("Ctrl+L", "ui.shortcuts.number")
SEARCH = Shortcut("Ctrl+F", "ui.contacts.search")
QUIT = Shortcut("Ctrl+Q", "ui.quit")
HELP = Shortcut("F1", "ui.shortcuts.title")
HELP_ALSO = Shortcut("Ctrl+/", "ui.shortcuts.title")

LISTED = (
    DIAL,
    CONTACTS,
    HISTORY,
    ACCOUNT,
    MONEY,
    SERVICE,
    SETTINGS,
    NUMBER,
    Shortcut("Return", "ui.shortcuts.call"),
    Shortcut("Ctrl+Return", "ui.call.video"),
    Shortcut("Ctrl+Shift+Return", "ui.call.voice"),
    SEARCH,
    Shortcut("Ctrl+N", "ui.contacts.add"),
    HELP,
    QUIT,
)


class ShortcutsDialog(QDialog):
    """Lists them; any of Escape, Return and the button closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        grid.setHorizontalSpacing(4 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        grid.addWidget(Label(theme, "ui.shortcuts.title", TypeRole.TITLE), 0, 0, 1, 2)
        for row, shortcut in enumerate(LISTED, 1):
            key = Label(theme, strong=True)
            keys = (HELP, HELP_ALSO) if shortcut is HELP else (shortcut,)
            key.show_text(" / ".join(shortcut_text(one.key) for one in keys))
            grid.addWidget(Label(theme, shortcut.does), row, 0)
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(Label(theme, "ui.shortcuts.in-call", TypeRole.CAPTION, "muted", wrap=True), 99, 0, 1, 2)
        grid.setRowStretch(100, 1)
        self.report = PushButton(theme, "ui.report.open", icon="circle-alert")
        self.report.setAutoDefault(False)
        self.report.clicked.connect(self.accept)
        close = PushButton(theme, "ui.close", "accent")
        close.clicked.connect(self.accept)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        line.addWidget(self.report)
        line.addStretch(1)
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside), 1)
        layout.addLayout(line)
        open_at(self, theme, (440, 560))
        self.setWindowTitle(theme.words("ui.shortcuts.title"))
        close.setFocus()

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()
