"""What calls cost day by day of a month: a bar each, and one of them looked at."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vidphone.terms.money import format_fen
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.money.dates import short_day
from vidphone.ui.main.money.figures import top_of_axis
from vidphone.wire.billing import DaySpent

CHART_PX = 176
BAR_MOST_PX = 32
LEAST_SHOWN_PX = 2
"""However little a day cost, it is seen to have cost something."""


class DayChart(QWidget):
    """Bars over the days. The pointer and the arrow keys look at one; `looked_at` says which."""

    looked_at = Signal(int)
    """The place of the day in the month."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._days: tuple[DaySpent, ...] = ()
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    @property
    def at(self) -> int:
        """The place of the day that is looked at."""
        return self._at

    def show_days(self, days: tuple[DaySpent, ...], at: int) -> None:
        """Show another month, or other amounts, with one day looked at."""
        self._days, self._at = days, max(0, min(at, len(days) - 1))
        self._say()
        self.update()

    def look_at(self, at: int) -> None:
        """Look at a day."""
        at = max(0, min(at, len(self._days) - 1))
        if self._days and at != self._at:
            self._at = at
            self._say()
            self.update()
            self.looked_at.emit(at)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def sizeHint(self) -> QSize:
        """As wide as there is room, at least a few pixels a day."""
        return QSize(self._theme.px(320), self._theme.px(CHART_PX))

    def minimumSizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(self._theme.px(240), self._theme.px(CHART_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right, first and last."""
        moves = {
            Qt.Key.Key_Left: self._at - 1,
            Qt.Key.Key_Right: self._at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._days) - 1,
        }
        if event.key() in moves:
            self.look_at(moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look at the day below the pointer."""
        plot = self._plot()
        if self._days and plot.left() <= event.position().x() < plot.right():
            self.look_at(int((event.position().x() - plot.left()) / (plot.width() / len(self._days))))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the axis and the bars."""
        if not self._days:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(TypeRole.CAPTION))
        plot = self._plot()
        top = top_of_axis(max(day.spent_fen for day in self._days))
        self._paint_axis(painter, plot, top)
        self._paint_bars(painter, plot, top)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), GRID_PX, GRID_PX)

    def _plot(self) -> QRectF:
        """Where the bars stand: beside the words of the axis and above those of the days."""
        metrics = self._theme.font(TypeRole.CAPTION)
        line = 1.6 * metrics.pixelSize()
        most = max((day.spent_fen for day in self._days), default=0)
        words = 0.62 * metrics.pixelSize() * len(format_fen(top_of_axis(most)))
        return QRectF(self.rect()).adjusted(GRID_PX + words, line, -GRID_PX, -1.5 * line)

    def _paint_axis(self, painter: QPainter, plot: QRectF, top: int) -> None:
        palette = self._theme.palette
        high = painter.fontMetrics().height()
        for part in (0, 1, 2):
            y = plot.bottom() - plot.height() * part / 2
            painter.setPen(QPen(QColor(palette.outline if part == 0 else palette.border), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(palette.muted))
            box = QRectF(GRID_PX / 2, y - high / 2, plot.left() - GRID_PX, high)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, format_fen(top * part // 2)
            )

    def _paint_bars(self, painter: QPainter, plot: QRectF, top: int) -> None:
        palette = self._theme.palette
        room = plot.width() / len(self._days)
        wide = min(self._theme.px(BAR_MOST_PX), max(2.0, room * 0.7))
        for at, day in enumerate(self._days):
            middle = plot.left() + (at + 0.5) * room
            looked_at = at == self._at
            if looked_at:
                ground = QRectF(middle - room / 2, plot.top(), room, plot.height())
                painter.fillRect(ground, QColor(palette.hover))
            if day.spent_fen > 0:
                tall = max(LEAST_SHOWN_PX, plot.height() * day.spent_fen / top)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(palette.accent))
                painter.drawRoundedRect(QRectF(middle - wide / 2, plot.bottom() - tall, wide, tall), 2, 2)
            if at % 5 == 0 and len(self._days) - at > 1:
                painter.setPen(QColor(palette.muted))
                box = QRectF(middle - 4 * room, plot.bottom() + GRID_PX / 2, 8 * room, painter.fontMetrics().height())
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, str(day.day.day))

    def _say(self) -> None:
        words = self._theme.words
        self.setAccessibleName(words("ui.money.days.chart"))
        if self._days:
            day = self._days[self._at]
            said = words("ui.money.days.day", day=short_day(day.day, words), amount=format_fen(day.spent_fen))
            self.setAccessibleDescription(said)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(CHART_PX))
        self.update()
