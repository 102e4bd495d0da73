"""A meter of sound: filled as far as it is loud, with a mark where the peak was."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vidphone.ui.design.theme import Theme

BARS = 30
HEIGHT_PX = 16
LOUD = 1 - 6 / 60
"""From here on, of a meter of 60 dB, sound is about to be cut off."""
_FADED = 64
_BAR_SHARE = 0.7


class LevelMeter(QWidget):
    """Bars from left to right. What it means is said in words beside it: a screen reader is told those, not bars."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self.level = self.peak = 0.0
        """Both 0 to 1."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def show_level(self, level: float, peak: float) -> None:
        """Show another level and peak, each 0 to 1."""
        if (level, peak) != (self.level, self.peak):
            self.level, self.peak = level, peak
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(self._theme.px(240), self._theme.px(HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars: those below the level full, the others faint, that of the peak full."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        pitch = self.width() / BARS
        peak_bar = min(BARS - 1, int(self.peak * BARS)) if self.peak > 0 else -1
        for bar in range(BARS):
            colour = QColor(palette.danger if (bar + 1) / BARS > LOUD else palette.success)
            if bar >= round(self.level * BARS) and bar != peak_bar:
                colour = QColor(palette.outline)
                colour.setAlpha(_FADED)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(bar * pitch, 0, pitch * _BAR_SHARE, self.height()), 2, 2)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(HEIGHT_PX))
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))
