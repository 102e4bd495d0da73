"""The list of pages at the left: which are done, which is open, and the way back to each."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from vidphone.account.sign_up.draft import Page
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, RADIUS_PX, TypeRole
from vidphone.ui.first_run.model import PAGES, FirstRun
from vidphone.ui.main.page import scrolled

RAIL_PX = 216
ROW_PX = 40
_DOT_PX = 24


class StepButton(QAbstractButton):
    """One page: its number in a circle, or a tick, and its name."""

    def __init__(self, theme: Theme, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self._theme = theme
        self._done = self._open = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def show_state(self, *, done: bool, open_: bool, possible: bool) -> None:
        """Whether it is done, is the one that is shown, and leads there now."""
        self._done, self._open = done, open_
        self.setEnabled(possible)
        self._say()
        self.update()

    def sizeHint(self) -> QSize:
        """A row."""
        return QSize(self._theme.px(RAIL_PX - 3 * GRID_PX), self._theme.px(ROW_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, circle and name."""
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(palette.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        hovered = self.isEnabled() and self.underMouse()
        ground = palette.accent_soft if self._open else palette.hover if hovered else ""
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(whole, RADIUS_PX, RADIUS_PX)
        side = theme.px(_DOT_PX)
        dot = QRectF(theme.px(GRID_PX), (self.height() - side) / 2, side, side)
        filled = self._open or self._done
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(QColor(palette.outline), 1))
        painter.setBrush(QColor(palette.accent) if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if self._done and not self._open:
            check = theme.pixmap("check", palette.on_accent, _DOT_PX - 8)
            half = check.width() / check.devicePixelRatio() / 2
            painter.drawPixmap(round(dot.center().x() - half), round(dot.center().y() - half), check)
        else:
            painter.setFont(theme.font(TypeRole.CAPTION, strong=True))
            painter.setPen(QColor(palette.on_accent if filled else palette.muted))
            painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, str(PAGES.index(self.page) + 1))
        painter.setFont(theme.font(TypeRole.BODY, strong=self._open))
        painter.setPen(QColor(palette.accent if self._open else palette.text if filled else palette.muted))
        left = dot.right() + theme.px(1.5 * GRID_PX)
        room = QRectF(left, 0, self.width() - left - theme.px(GRID_PX), self.height())
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _restyle(self) -> None:
        self.setMinimumHeight(self._theme.px(ROW_PX))
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        words = self._theme.words
        name = words(f"ui.first-run.{self.page.value}.step")
        self.setText(name)
        self.setToolTip(name)
        state = "open" if self._open else "done" if self._done else "ahead"
        said = words(f"ui.first-run.step.{state}", place=PAGES.index(self.page) + 1, name=name)
        self.setAccessibleName(said)


class StepRail(QFrame):
    """All pages below each other."""

    chosen = Signal(object)
    """A `Page`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "rail")
        self.buttons = {page: StepButton(theme, page) for page in PAGES}
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(int(1.5 * GRID_PX), 2 * GRID_PX, int(1.5 * GRID_PX), 2 * GRID_PX)
        rows.setSpacing(GRID_PX // 2)
        for page, button in self.buttons.items():
            button.clicked.connect(lambda _=False, page=page: self.chosen.emit(page))
            rows.addWidget(button)
        rows.addStretch(1)
        area = scrolled(inside)
        inside.setObjectName("steps")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.addWidget(area)
        theme.changed.connect(self._restyle)
        self._restyle()

    def refresh(self, run: FirstRun) -> None:
        """Show how far it is."""
        at = PAGES.index(run.page)
        for place, page in enumerate(PAGES):
            self.buttons[page].show_state(done=place < at, open_=place == at, possible=run.may_go(page))

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(RAIL_PX))
