"""Rows about money: an icon, two lines, and an amount at the right."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from vidphone.ui.design.rows import ROW_ROLE, Index, ListRow, RowDelegate, RowList
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, ICON_PX, RADIUS_PX, TYPE_PX, TypeRole


@dataclass(frozen=True, slots=True)
class AmountRow(ListRow):
    """A row whose `note` is an amount; `icon` stands at the left in the colour of `tone`, a name of the palette."""

    tone: str = "muted"


class AmountDelegate(RowDelegate):
    """Paints `AmountRow`s."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, AmountRow):
            return
        theme, palette = self._theme, self._theme.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(4, 2, -4, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft if selected else palette.hover))
            painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS_PX, RADIUS_PX)
        icon = theme.pixmap(row.icon, getattr(palette, row.tone))
        left, side = box.left() + theme.px(1.5 * GRID_PX), theme.px(ICON_PX)
        painter.drawPixmap(round(left), round(box.center().y() - side / 2), icon)
        left += side + theme.px(1.5 * GRID_PX)
        right = box.right() - theme.px(1.5 * GRID_PX)
        painter.setFont(theme.font(TypeRole.BODY, strong=True))
        painter.setPen(QColor(palette.text))
        wide = painter.fontMetrics().horizontalAdvance(row.note) + 2
        area = QRectF(right - wide, box.top(), wide, box.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.note)
        right -= wide + theme.px(GRID_PX)
        one, two = theme.px(1.4 * TYPE_PX[TypeRole.BODY]), theme.px(1.4 * TYPE_PX[TypeRole.CAPTION])
        top = box.center().y() - (one + two if row.second else one) / 2
        self._line(painter, QRectF(left, top, right - left, one), row.title, TypeRole.BODY, QColor(palette.text))
        second = QColor(palette.danger if row.alarm else palette.muted)
        self._line(painter, QRectF(left, top + one, right - left, two), row.second, TypeRole.CAPTION, second)
        painter.restore()


class AmountList(RowList):
    """A list of `AmountRow`s."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, key, parent)
        self.setItemDelegate(AmountDelegate(theme, self))
