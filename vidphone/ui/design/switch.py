"""A switch: on or off, at once."""

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import MOVE_MS


class Switch(QAbstractButton):
    """A checkable button that looks like a switch."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._position = 0.0
        self._motion = QVariantAnimation(self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.toggled.connect(self._slide)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def sizeHint(self) -> QSize:
        """Its size at the text scale, with room for the ring of the focus."""
        return QSize(self._theme.px(44) + 6, self._theme.px(24) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track, the knob, and the ring of the focus."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(1, 1, -1, -1), self.height() / 2 - 1, self.height() / 2 - 1
            )
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent if on else palette.outline))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        side = track.height() - 6
        left = track.left() + 3 + self._position * (track.width() - side - 6)
        painter.setBrush(QColor(palette.on_accent if on else palette.surface))
        painter.drawEllipse(QRectF(left, track.top() + 3, side, side))

    def _slide(self, on: bool) -> None:
        self._motion.stop()
        target, duration = float(on), self._theme.duration_ms(MOVE_MS)
        if not self.isVisible() or not duration:
            self._move(target)
            return
        self._motion.setDuration(duration)
        self._motion.setStartValue(self._position)
        self._motion.setEndValue(target)
        self._motion.start()

    def _move(self, position: object) -> None:
        self._position = float(str(position))
        self.update()

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))
