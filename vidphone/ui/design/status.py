"""A line that says how something stands: an icon in its colour, a sentence, and what to do next."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from vidphone.texts import Language
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import (
    GRID_PX,
    ICON_PX,
    LINE_HEIGHT_CHINESE_PERCENT,
    LINE_HEIGHT_LATIN_PERCENT,
    TYPE_PX,
    TypeRole,
)


class Standing(Enum):
    """How it stands: its icon, and the colour of that among the palette's."""

    PLAIN = "info", "muted"
    BUSY = "loader-circle", "muted"
    GOOD = "circle-check", "success"
    CARE = "triangle-alert", "on_warning_soft"
    BAD = "circle-alert", "danger"


class StatusLine(QWidget):
    """Says it to the eye and to a screen reader, which hears of every change while the line is seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._standing = Standing.PLAIN
        self._said: tuple[tuple[str, ...], dict[str, object]] = ((), {})
        self._icon = QLabel()
        self.label = Label(theme, wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self.hide()

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self._standing

    @property
    def plain(self) -> str:
        """What it says."""
        return self.label.plain

    def say(self, standing: Standing, *keys: str, **places: object) -> None:
        """Say these texts, one after another; without any the line goes."""
        if (standing, (keys, places)) == (self._standing, self._said):
            return
        self._said = keys, places
        if standing is not self._standing:
            self._standing = standing
            self._restyle()
        self._say()
        self.setVisible(bool(keys))
        if keys and self.isVisible():
            QAccessible.updateAccessibility(QAccessibleEvent(self.label, QAccessible.Event.Alert))

    def _say(self) -> None:
        keys, places = self._said
        self.label.show_text(self._theme.words.sentences(*keys, **places))

    def _restyle(self) -> None:
        icon, colour = self._standing.value
        self._icon.setPixmap(self._theme.pixmap(icon, getattr(self._theme.palette, colour)))
        chinese = self._theme.language is Language.CHINESE
        height = LINE_HEIGHT_CHINESE_PERCENT if chinese else LINE_HEIGHT_LATIN_PERCENT
        line_px = TYPE_PX[TypeRole.BODY] * 1.4 * height / 100  # the icon stands in the middle of the first line
        self._icon.setContentsMargins(0, self._theme.px((line_px - ICON_PX) / 2), 0, 0)
        self._icon.setFixedWidth(self._theme.px(ICON_PX))
