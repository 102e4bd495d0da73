"""Labels that keep the language and their line height."""

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from vidphone.texts import Language
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import LINE_HEIGHT_CHINESE_PERCENT, LINE_HEIGHT_LATIN_PERCENT, TYPE_PX, TypeRole

_NATURAL_LINE = 1.4
"""The height of a line that has no leading, in sizes of its type."""

_NUMBER_EDGE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\d.]+ [\u4e00-\u9fff])|(?<=\d) (?=[\u4e00-\u9fff])")
"""The blanks that hold a number to its measure, and to the ordinal before it: lines do not break there."""


class Label(QLabel):
    """A line or a paragraph: a text of the catalogue (`say`) or data (`show_text`). Never reads markup from data."""

    def __init__(
        self,
        theme: Theme,
        key: str = "",
        role: TypeRole = TypeRole.BODY,
        tone: str = "",
        *,
        wrap: bool = False,
        strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._places: dict[str, object] = {}
        self._plain = ""
        self._wrap = wrap
        self._role = role
        self.setProperty("role", role.value)
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if strong:
            self.setProperty("weight", "strong")
        self.set_tone(tone)
        theme.words.changed.connect(self._say)
        if wrap:
            theme.changed.connect(self._say)
        self._say()

    @property
    def plain(self) -> str:
        """What it says, without markup."""
        return self._plain

    def say(self, key: str, **places: object) -> None:
        """Say a text of the catalogue, now and after the language changed."""
        self._key, self._places = key, places
        self._say()

    def show_text(self, plain: str) -> None:
        """Show data: a name, a number, a time."""
        self._key = ""
        self._put(plain)

    def set_tone(self, tone: str) -> None:
        """`muted`, `accent`, `danger`, `warning`, or empty for the text's colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)

    @property
    def first_line_px(self) -> int:
        """How high its first line is: what stands beside a paragraph is centred on that."""
        self.ensurePolished()
        return self._leaded_px() if self._wrap else self.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A paragraph claims the height that its lines need at this width: layouts alone would cut it."""
        super().resizeEvent(event)
        self._claim_height()

    def height_at(self, width: int) -> int:
        """The height that its lines need at a width, whatever it has claimed before."""
        if not self._plain:
            return 0
        claimed = self.minimumHeight()
        self.setMinimumHeight(0)  # `heightForWidth` never says less than the minimum
        needed = max(0, self.heightForWidth(width))
        self.setMinimumHeight(claimed)
        return needed

    def _claim_height(self) -> None:
        if self._wrap and self.width() > 0:
            self.setMinimumHeight(self.height_at(self.width()))

    def _say(self) -> None:
        self._put(self._theme.words(self._key, **self._places) if self._key else self._plain)

    def _leading_percent(self) -> int:
        chinese = self._theme.language is Language.CHINESE
        return LINE_HEIGHT_CHINESE_PERCENT if chinese else LINE_HEIGHT_LATIN_PERCENT

    def _leaded_px(self) -> int:
        return round(self._theme.px(TYPE_PX[self._role]) * _NATURAL_LINE * self._leading_percent() / 100)

    def _put(self, plain: str) -> None:
        self._plain = plain
        self.setAccessibleName(plain)
        if not self._wrap:
            self.setText(plain)
            return
        height = self._leading_percent()
        lines = _NUMBER_EDGE.sub("\u00a0", escape(plain)).replace("\n", "<br>")
        # Qt puts all of the leading under a line: moved up by half, the text stands in the middle of its place.
        font_px = self._theme.px(TYPE_PX[self._role])
        half = round(font_px * _NATURAL_LINE * (height - 100) / 200)
        self.setContentsMargins(0, half, 0, -half)
        self.setText(f'<p style="line-height:{height}%; margin:0">{lines}</p>' if plain else "")
        self._claim_height()


class ElidedLabel(QWidget):
    """One line of data that is cut with … where room is short; the whole stands in the tooltip."""

    def __init__(
        self,
        theme: Theme,
        role: TypeRole = TypeRole.BODY,
        *,
        strong: bool = False,
        centred: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._strong = strong
        self._align = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        )
        self._text = ""
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def plain(self) -> str:
        """What it shows."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show another line."""
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._role, strong=self._strong))
        self.setMinimumHeight(round(self.fontMetrics().height() * 1.25))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, cut where it must be."""
        painter = QPainter(self)
        painter.setFont(self._theme.font(self._role, strong=self._strong))
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), self._align, shown)
