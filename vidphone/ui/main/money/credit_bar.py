"""The credit as a bar: what is unpaid, not billed yet, held for running calls, and left (clause 9)."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from vidphone.terms.money import format_fen
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.money.figures import Credit, Use, shares

BAR_PX = 24
SWATCH_PX = 16
GAP_PX = 2


def _fill(painter: QPainter, box: QRectF, use: Use, theme: Theme, *, over: bool) -> None:
    """Each use has a pattern of its own: who sees no colours tells them apart too."""
    palette = theme.palette
    ink = QColor(palette.danger if over else palette.accent)
    painter.setPen(Qt.PenStyle.NoPen)
    match use:
        case Use.UNPAID:
            painter.fillRect(box, ink)
        case Use.UNBILLED:
            painter.fillRect(box, QColor(palette.danger_soft if over else palette.accent_soft))
            painter.fillRect(box, QBrush(ink, Qt.BrushStyle.Dense4Pattern))
        case Use.RESERVED:
            painter.fillRect(box, QColor(palette.danger_soft if over else palette.accent_soft))
            painter.fillRect(box, QBrush(ink, Qt.BrushStyle.BDiagPattern))
        case Use.LEFT:
            painter.fillRect(box, QColor(palette.surface))


def _edge(painter: QPainter, path: QPainterPath, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.palette.outline), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


class CreditBar(QWidget):
    """The parts beside each other, in the proportion of what they are."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._credit: Credit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_credit(self, credit: Credit, spoken: str) -> None:
        """Show other parts; `spoken` says them to those who hear."""
        self._credit = credit
        self.setAccessibleName(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts within one rounded edge."""
        if self._credit is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(box, GRID_PX, GRID_PX)
        painter.setClipPath(path)
        painter.fillRect(box, QColor(self._theme.palette.surface))
        at = 0.0
        fens = tuple(fen for _, fen in self._credit.parts)
        for (use, _), wide in zip(self._credit.parts, shares(fens, self.width()), strict=True):
            if wide:
                part = QRectF(at, 0, max(1, wide - GAP_PX), self.height())
                _fill(painter, part, use, self._theme, over=self._credit.over_fen > 0)
            at += wide
        painter.setClipping(False)
        _edge(painter, path, self._theme)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(BAR_PX))
        self.update()


class _Swatch(QWidget):
    """The pattern of one use beside its name."""

    def __init__(self, theme: Theme, use: Use, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._use = use
        self.over = False
        theme.changed.connect(self._restyle)
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a small field of it."""
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        _fill(painter, box, self._use, self._theme, over=self.over)
        path = QPainterPath()
        path.addRect(box)
        _edge(painter, path, self._theme)

    def _restyle(self) -> None:
        side = self._theme.px(SWATCH_PX)
        self.setFixedSize(side, side)
        self.update()


class CreditLegend(QWidget):
    """What each pattern of the bar means, and how much it is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.amounts: dict[Use, Label] = {}
        self._swatches: dict[Use, _Swatch] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        grid.setColumnStretch(1, 1)
        for row, use in enumerate(Use):
            self._swatches[use] = _Swatch(theme, use)
            self.amounts[use] = Label(theme, strong=True)
            grid.addWidget(self._swatches[use], row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(Label(theme, f"ui.money.credit.{use.value}", wrap=True), row, 1)
            grid.addWidget(self.amounts[use], row, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_credit(self, credit: Credit) -> None:
        """Show other amounts."""
        for use, fen in credit.parts:
            self.amounts[use].show_text(format_fen(fen))
            self._swatches[use].over = credit.over_fen > 0
            self._swatches[use].update()
