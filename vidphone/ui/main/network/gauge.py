"""A bar on the scale of qualities: the longer, the better, whatever it measures."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vidphone.ui.design.theme import Theme

ZONES = 4
"""Nothing, voice, small video, good video; each as wide as the next."""
HEIGHT_PX = 16
GAP_PX = 2
_FADED = 56


class Gauge(QWidget):
    """Four pieces of a bar, filled as far as the score goes; words beside it say the same."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.score: float | None = None
        """0 to 1; None, not measured."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_score(self, score: float | None, said: str) -> None:
        """Show another score; `said` is what a screen reader hears of it."""
        self.score = score
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(self._theme.px(240), self._theme.px(HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pieces: faint ground, filled up to the score in the colour of the zone where it ends."""
        palette = self._theme.palette
        score = 0.0 if self.score is None else self.score
        zone = min(ZONES - 1, int(score * ZONES))
        colour = QColor((palette.danger, palette.accent, palette.accent, palette.success)[zone])
        ground = QColor(palette.outline)
        ground.setAlpha(_FADED)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = self._theme.px(GAP_PX)
        width = (self.width() - (ZONES - 1) * gap) / ZONES
        for piece in range(ZONES):
            left = piece * (width + gap)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(left, 0, width, self.height()), 3, 3)
            filled = min(1.0, max(0.0, score * ZONES - piece))
            if filled > 0 and self.score is not None:
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(left, 0, max(filled * width, gap), self.height()), 3, 3)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(HEIGHT_PX))
        self.update()
