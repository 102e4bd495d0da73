"""A person's round sign: the initials of their name."""

import unicodedata

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vidphone.ui.design import icons
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole

AVATAR_PX = 40


def initials(name: str) -> str:
    """Up to two letters that stand for a name; empty where it has none (a bare number).

    A Chinese name gives its last two characters, the given name of most (张小明: 小明); others the first letters of
    the first and the last word.
    """
    words = [word for word in name.split() if any(c.isalpha() for c in word)]
    if not words:
        return ""
    letters = [c for c in "".join(words) if c.isalpha()]
    if all("CJK UNIFIED" in unicodedata.name(c, "") for c in letters):
        return "".join(letters[-2:])
    firsts = [next(c for c in word if c.isalpha()).upper()[0] for word in words]
    return firsts[0] if len(firsts) == 1 else firsts[0] + firsts[-1]


def paint_avatar(painter: QPainter, rect: QRectF, name: str, theme: Theme, *, stage: bool = False) -> None:
    """Paint the sign of `name` into a square; a figure where the name has no letters."""
    palette = theme.stage if stage else theme.palette
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.accent_soft))
    painter.drawEllipse(rect)
    letters = initials(name)
    if letters:
        font = theme.font(TypeRole.BODY, strong=True)
        font.setPixelSize(max(8, round(rect.height() * (0.36 if len(letters) > 1 else 0.42))))
        painter.setFont(font)
        painter.setPen(QColor(palette.accent))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letters)
    else:
        side = round(rect.height() * 0.5)
        painter.drawPixmap(
            round(rect.center().x() - side / 2),
            round(rect.center().y() - side / 2),
            icons.pixmap("user", palette.accent, side),
        )
    painter.restore()


class Avatar(QWidget):
    """The sign as a widget; decorative, so it carries no name of its own."""

    def __init__(
        self, theme: Theme, size_px: int = AVATAR_PX, *, stage: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size_px = size_px
        self._stage = stage
        self._name = ""
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_name(self, name: str) -> None:
        """Stand for someone else."""
        self._name = name
        self.update()

    def _restyle(self) -> None:
        side = self._theme.px(self._size_px)
        self.setFixedSize(side, side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._name, self._theme, stage=self._stage)
