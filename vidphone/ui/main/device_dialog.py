"""The device test as a window of its own, from the settings."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.bridge import Bridge
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.device_test import DeviceTestPage
from vidphone.ui.main.page import scrolled

DIALOG_PX = (560, 640)


class DeviceTestDialog(QDialog):
    """Runs the test while it is open; nothing of it stays."""

    def __init__(self, theme: Theme, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.page = DeviceTestPage(theme, bridge)
        self.close_button = PushButton(theme, "ui.close")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(Label(theme, "ui.devices.test.title", TypeRole.TITLE))
        column.addWidget(Label(theme, "ui.devices.test.what", TypeRole.BODY, "muted", wrap=True))
        column.addWidget(self.page, 1)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        line.addStretch(1)
        line.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scrolled(inside), 1)
        layout.addLayout(line)
        self.close_button.clicked.connect(self.accept)
        open_at(self, theme, DIALOG_PX)
        theme.words.changed.connect(self._say)
        self._say()
        self.page.begin()

    def done(self, result: int) -> None:
        """Closed, by whatever way: the devices are off."""
        self.page.leave()
        super().done(result)
        self.deleteLater()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words("ui.devices.test.title"))
