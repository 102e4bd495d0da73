"""The icon in the system's tray: the window, how things stand, and the way out."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from vidphone.ui.design.icons import pixmap
from vidphone.ui.design.theme import Theme

SIDE_PX = 64


class Tray(QObject):
    """There or not, as the system has one; notifications go through it."""

    show_asked = Signal()
    quit_asked = Signal()
    notification_clicked = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._status_key = "ui.tray.signed-out"
        self._missed = 0
        self._icon = QSystemTrayIcon(self)
        self._menu = QMenu()
        self.show_action = QAction(self._menu)
        self.status_action = QAction(self._menu)
        self.status_action.setEnabled(False)
        self.quit_action = QAction(self._menu)
        self._menu.addAction(self.status_action)
        self._menu.addSeparator()
        self._menu.addAction(self.show_action)
        self._menu.addAction(self.quit_action)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.notification_clicked)
        self.show_action.triggered.connect(self.show_asked)
        self.quit_action.triggered.connect(self.quit_asked)
        theme.words.changed.connect(self._say)
        self._say()

    @property
    def there(self) -> bool:
        """Whether the system has a tray, so that the program can live on without a window."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Put the icon there, if the system has a tray."""
        if self.there:
            self._icon.show()

    def hide(self) -> None:
        """Take it away."""
        self._icon.hide()

    def show_status(self, key: str, missed: int) -> None:
        """The text of how things stand, and how many missed calls nobody has looked at."""
        if (key, missed) != (self._status_key, self._missed):
            self._status_key, self._missed = key, missed
            self._say()

    def notify(self, title: str, what: str) -> bool:
        """A desktop notification; False where the system shows none of ours."""
        if not (self.there and QSystemTrayIcon.supportsMessages()):
            return False
        self._icon.showMessage(title, what, self._icon.icon())
        return True

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.show_asked.emit()

    def _say(self) -> None:
        words = self._theme.words
        status = words(self._status_key)
        if self._missed:
            status = f"{status} · {words('ui.tray.missed', count=self._missed)}"
        self.status_action.setText(status)
        self.show_action.setText(words("ui.tray.show"))
        self.quit_action.setText(words("ui.quit"))
        self._icon.setToolTip(f"{words('ui.window')}: {status}")
        self._icon.setIcon(self._picture())

    def _picture(self) -> QIcon:
        picture = QPixmap(pixmap("vidphone", "#FFFFFF", SIDE_PX))
        if self._missed:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(self._theme.stage.danger))
            painter.setPen(QColor("#FFFFFF"))
            painter.drawEllipse(SIDE_PX - 26, 2, 24, 24)
            painter.end()
        return QIcon(picture)
