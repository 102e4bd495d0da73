"""One quiet line of the main window about a version that is ready."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from vidphone.phone.commands import DelayUpgrade, InstallUpgradeNow
from vidphone.phone.events import UpgradeStage
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.about.view import LATER_H, AboutView


class UpgradeLine(QFrame):
    """There while something is ready that was not put off, and while this version is too old to call with."""

    wanted = Signal(object)
    """A command."""
    more_wanted = Signal()

    def __init__(self, theme: Theme, view: AboutView, own_version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = view
        self._own_version = own_version
        self._icon = QLabel()
        self.label = Label(theme, wrap=True)
        self.more = PushButton(theme, "ui.upgrade.more", "link")
        self.later = PushButton(theme, "ui.upgrade.later")
        self.install = PushButton(theme, "ui.upgrade.install", "accent")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        for button in (self.more, self.later, self.install):
            layout.addWidget(button)
        self.more.clicked.connect(self.more_wanted)
        self.later.clicked.connect(self._put_off)
        self.install.clicked.connect(lambda: self.wanted.emit(InstallUpgradeNow()))
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is so, or go."""
        view, state = self._view, self._view.upgrade
        needed = state is not None and bool(state.minimum)
        ready = view.can_install and not view.put_off
        waiting = state is not None and state.stage is UpgradeStage.WAITING_FOR_CALL
        self.setProperty("kind", "banner" if needed else "quiet-line")
        self.style().unpolish(self)
        self.style().polish(self)
        self._restyle()
        if state is not None and (needed or ready or waiting):
            key = "ui.upgrade.line.needed" if needed else "ui.upgrade.waiting" if waiting else "ui.upgrade.ready"
            self.label.say(key, version=state.version, minimum=state.minimum, own=self._own_version)
        self.more.setVisible(needed or ready)
        self.later.setVisible(ready and view.can_wait)
        self.install.setVisible(ready)
        self.setVisible(needed or ready or waiting)

    def _put_off(self) -> None:
        self._view.put_off = True
        self.wanted.emit(DelayUpgrade(LATER_H))
        self.refresh()

    def _restyle(self) -> None:
        palette = self._theme.palette
        needed = self.property("kind") == "banner"
        colour = palette.on_warning_soft if needed else palette.accent
        self._icon.setPixmap(self._theme.pixmap("triangle-alert" if needed else "download", colour))
