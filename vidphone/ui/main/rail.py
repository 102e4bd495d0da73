"""The rail at the left that leads to the pages."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import shortcut_text
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.shortcuts import Shortcut

RAIL_PX = 96
MOST_SHOWN = 99


class RailButton(QToolButton):
    """Leads to one page; may carry a number of things that wait there."""

    def __init__(self, theme: Theme, icon: str, shortcut: Shortcut, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._shortcut = shortcut
        self._count = 0
        self.setProperty("kind", "rail")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def show_count(self, count: int) -> None:
        """How much waits there that was not looked at."""
        self._count = count
        self._say()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the number beside the icon."""
        super().paintEvent(event)
        if not self._count:
            return
        palette = self._theme.palette
        said = str(self._count) if self._count <= MOST_SHOWN else f"{MOST_SHOWN}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self._theme.font(TypeRole.CAPTION, strong=True)
        painter.setFont(font)
        height = self._theme.px(18)
        width = max(height, painter.fontMetrics().horizontalAdvance(said) + self._theme.px(10))
        box = QRectF(self.width() / 2 + self._theme.px(4), self._theme.px(4), width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.danger))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(palette.on_danger))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

    def _restyle(self) -> None:
        palette = self._theme.palette
        self.setIcon(self._theme.icon(self._icon, palette.muted, 24, checked=palette.accent))
        self.setIconSize(QSize(self._theme.px(24), self._theme.px(24)))

    def _say(self) -> None:
        words = self._theme.words
        name = words(self._shortcut.does)
        self.setText(name)
        self.setToolTip(f"{name} ({shortcut_text(self._shortcut.key)})")
        self.setAccessibleName(words("ui.nav.with-count", name=name, count=self._count) if self._count else name)
        self.setShortcut(QKeySequence(self._shortcut.key))  # Qt takes it away when the text changes


class Rail(QFrame):
    """The buttons, one of them on."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, pages: list[tuple[str, Shortcut]], parent: QWidget | None = None) -> None:
        """`pages` are icons with shortcuts; the last stands apart at the foot."""
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "rail")
        self._group = QButtonGroup(self)
        self.buttons: list[RailButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID_PX, 2 * GRID_PX, GRID_PX, 2 * GRID_PX)
        layout.setSpacing(GRID_PX // 2)
        for place, (icon, shortcut) in enumerate(pages):
            if place == len(pages) - 1:
                layout.addStretch(1)
            button = RailButton(theme, icon, shortcut)
            self._group.addButton(button, place)
            self.buttons.append(button)
            layout.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        theme.changed.connect(self._restyle)
        self._restyle()

    def choose(self, place: int) -> None:
        """Show which page is open."""
        self.buttons[place].setChecked(True)

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(RAIL_PX))
