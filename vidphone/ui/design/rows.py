"""Rows of lists: avatar, two lines, a note at the right. One delegate paints thousands without a widget each."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vidphone.ui.design.avatar import AVATAR_PX, paint_avatar
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, RADIUS_PX, TYPE_PX, TypeRole

ROW_PX = 60
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ListRow:
    """What one row shows. `icon` stands before the second line; `alarm` colours both (a missed call)."""

    title: str
    second: str = ""
    note: str = ""
    icon: str = ""
    alarm: bool = False
    marked: bool = False
    """A dot at the right: not looked at yet."""
    star: bool = False

    @property
    def spoken(self) -> str:
        """The row in one sentence, for those who hear it."""
        return ", ".join(part for part in (self.title, self.second, self.note) if part)


class RowDelegate(QStyledItemDelegate):
    """Paints `ListRow`s found under `ROW_ROLE`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(self._theme.px(160), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, ListRow):
            return
        theme, palette = self._theme, self._theme.palette
        state = option.state
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect).adjusted(4, 2, -4, -2)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        ground = palette.accent_soft if selected else palette.hover
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS_PX, RADIUS_PX)
        side = theme.px(AVATAR_PX)
        left = box.left() + theme.px(GRID_PX)
        avatar = QRectF(left, box.center().y() - side / 2, side, side)
        paint_avatar(painter, avatar, row.title, theme)
        self._paint_lines(painter, box, avatar.right() + theme.px(1.5 * GRID_PX), row)
        painter.restore()

    def _paint_lines(self, painter: QPainter, box: QRectF, left: float, row: ListRow) -> None:
        theme, palette = self._theme, self._theme.palette
        right = box.right() - theme.px(1.5 * GRID_PX)
        if row.marked:
            dot = theme.px(GRID_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.danger))
            painter.drawEllipse(QRectF(right - dot, box.center().y() - dot / 2, dot, dot))
            right -= 2 * dot
        if row.star:
            side = theme.px(2 * GRID_PX)
            star = theme.pixmap("star-filled", palette.accent, 2 * GRID_PX)
            painter.drawPixmap(round(right - side), round(box.center().y() - side / 2), star)
            right -= side + theme.px(GRID_PX)
        if row.note:
            painter.setFont(theme.font(TypeRole.CAPTION))
            width = painter.fontMetrics().horizontalAdvance(row.note) + 2
            painter.setPen(QColor(palette.muted))
            area = QRectF(right - width, box.top(), width, box.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.note)
            right -= width + theme.px(GRID_PX)
        alarm = QColor(palette.danger if row.alarm else palette.text)
        one, two = theme.px(1.4 * TYPE_PX[TypeRole.BODY]), theme.px(1.4 * TYPE_PX[TypeRole.CAPTION])
        top = box.center().y() - (one + two if row.second else one) / 2
        self._line(painter, QRectF(left, top, right - left, one), row.title, TypeRole.BODY, alarm)
        if row.second:
            colour = palette.danger if row.alarm else palette.muted
            at, top = left, top + one
            if row.icon:
                side = theme.px(14)
                painter.drawPixmap(round(at), round(top + (two - side) / 2), theme.pixmap(row.icon, colour, 14))
                at += side + 6
            self._line(painter, QRectF(at, top, right - at, two), row.second, TypeRole.CAPTION, QColor(colour))

    def _line(self, painter: QPainter, area: QRectF, text: str, role: TypeRole, colour: QColor) -> None:
        painter.setFont(self._theme.font(role, strong=role is TypeRole.BODY))
        painter.setPen(colour)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class RowList(QListView):
    """A list of `ListRow`s that fits its width and follows the theme."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self.setItemDelegate(RowDelegate(theme, self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._say()

    def _restyle(self) -> None:
        self.doItemsLayout()

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))


class RowModel(QAbstractListModel):
    """Rows and what each stands for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[ListRow, object]] = []

    def show_rows(self, rows: list[tuple[ListRow, object]]) -> None:
        """Show other rows; each with the thing it stands for."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def thing(self, index: Index) -> object:
        """What a row stands for; None where there is no such row."""
        return self._rows[index.row()][1] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row itself for the delegate, its sentence for everyone else."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, thing = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.EditRole and isinstance(thing, str):
            return thing
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return None
