"""Small parts of the call windows: buttons that tell a key they do not own, grounds over a picture, chips."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from vidphone.ui.design.buttons import RoundButton, shortcut_text
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, ROUND_PX

BARS = 5
LINE_PX = 420
SCRIM = ((0.0, 0.88), (0.6, 0.8), (0.8, 0.4), (1.0, 0.0))
"""How much of the picture is taken back, from the edge inwards: muted text keeps 4.5:1 on a white picture."""
GROUND = 0.8
"""The same for a ground that is as dark all over."""
SMALL_PX = 32
"""Diameter of the small round buttons beside or upon something larger."""


class StageButton(RoundButton):
    """A round button on the stage. Its key is told in the tooltip but belongs to the window, so that it works while
    the button has faded."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        key: str,
        kind: str = "plain",
        *,
        shortcut: str = "",
        diameter_px: int = ROUND_PX,
        wide: float = 1.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, icon, key, kind, diameter_px=diameter_px, wide=wide, stage=True, parent=parent)
        self._shown_shortcut = shortcut
        self._say()


class Scrim(QWidget):
    """The foot of a small picture: keeps white text readable, dark at the edge, clear towards the middle."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        ground = QLinearGradient(QPointF(0, self.height()), QPointF(0, 0))
        for at, alpha in SCRIM:
            colour = QColor(self._theme.stage.background)
            colour.setAlphaF(alpha)
            ground.setColorAt(at, colour)
        QPainter(self).fillRect(self.rect(), ground)


class Ground(QWidget):
    """A round-ended ground for what lies upon a picture, so that the picture itself reaches every edge."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        paint_ground(self, self._theme)


def paint_ground(widget: QWidget, theme: Theme) -> None:
    """Paint such a ground over a whole widget."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    colour = QColor(theme.stage.background)
    colour.setAlphaF(GROUND)
    painter.setBrush(colour)
    radius = min(widget.height() / 2, theme.px(ROUND_PX + 2 * GRID_PX) / 2)
    painter.drawRoundedRect(QRectF(widget.rect()), radius, radius)


class LineLabel(Label):
    """As wide as its line, up to `LINE_PX`; longer ones wrap, so that a long name or sentence never widens a window."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, wrap=True, parent=parent)
        theme.changed.connect(self._claim_height)

    def _claim_height(self) -> None:
        """Know the width before a layout does: lines wrapped at a guess would make the window grow for good."""
        self.ensurePolished()
        wanted = self.fontMetrics().horizontalAdvance(self.plain) + GRID_PX
        width = min(wanted, self._theme.px(LINE_PX))
        self.setFixedWidth(width)
        self.setMinimumHeight(self.height_at(width))


class Chip(QFrame):
    """One line on a small ground: an icon and what is so."""

    def __init__(self, theme: Theme, icon: str, tone: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icon_name, self._tone = theme, icon, tone
        self.setProperty("kind", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._icon = QLabel()
        self.label = LineLabel(theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 2 * GRID_PX, 6)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self._icon)
        layout.addWidget(self.label, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_icon(self, icon: str, tone: str = "text") -> None:
        """Another icon."""
        self._icon_name, self._tone = icon, tone
        self._restyle()

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, getattr(self._theme.stage, self._tone), 16))


class SignalBars(QToolButton):
    """How good the call is, in five bars; pressed, it tells more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._quality: int | None = None
        self.setProperty("round", "true")
        self.setProperty("kind", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    @property
    def quality(self) -> int | None:
        """The bars shown; None while no figures are known."""
        return self._quality

    def show_quality(self, quality: int | None) -> None:
        """Show 0 to 5 bars."""
        if quality != self._quality:
            self._quality = quality
            self._say()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the bars."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        unit = self._theme.px(4)
        gap = max(2, unit // 2)
        left = (self.width() - BARS * unit - (BARS - 1) * gap) / 2
        foot = self.height() / 2 + 2 * unit
        palette, quality = self._theme.stage, self._quality or 0
        lit = QColor(palette.on_warning_soft if quality <= 2 else palette.text)
        for bar in range(BARS):
            height = unit * (1 + 0.75 * bar)
            painter.setBrush(lit if bar < quality else QColor(palette.outline))
            painter.setOpacity(1.0 if bar < quality else 0.55)
            painter.drawRoundedRect(QRectF(left + bar * (unit + gap), foot - height, unit, height), 1, 1)

    def event(self, event: QEvent) -> bool:
        """Say the quality anew where a tooltip is about to show."""
        if event.type() is QEvent.Type.ToolTip:
            self._say()
        return super().event(event)

    def _restyle(self) -> None:
        side = self._theme.px(ROUND_PX)
        self.setFixedSize(side, side)
        self.setStyleSheet(f"QToolButton {{ border-radius: {side // 2}px; }}")
        self.update()

    def _say(self) -> None:
        level = "none" if self._quality is None else str(self._quality)
        words = self._theme.words
        name = words("calls.quality.name", level=words(f"calls.quality.{level}"))
        self.setAccessibleName(name)
        self.setToolTip(words("calls.tooltip", what=name, shortcut=shortcut_text("I")))
