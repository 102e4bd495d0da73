"""What the pages of signing up are made of: boxes to tick, cards to choose, facts, and what went wrong."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole

MARK_PX = 24
FACT_PX = 176


class Mark(QAbstractButton):
    """A box to tick, or (`round_`) the circle of one choice among several; its accessible name says of what."""

    def __init__(self, theme: Theme, *, round_: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._round = round_
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._restyle)
        self._restyle()

    def sizeHint(self) -> QSize:
        """Its size at the text scale, with room for the ring of the focus."""
        side = self._theme.px(MARK_PX) + 6
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring of the focus, the box or the circle, and what is in it."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            self._shape(painter, whole.adjusted(1, 1, -1, -1), 8)
        box = whole.adjusted(4, 4, -4, -4)
        on = self.isChecked()
        ink = palette.accent if on else palette.outline
        painter.setPen(QPen(QColor(ink if self.isEnabled() else palette.border), 2))
        painter.setBrush(QColor(palette.accent if on and not self._round else palette.surface))
        self._shape(painter, box, 5)
        if not on:
            return
        if self._round:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            inset = box.width() * 0.26
            painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
            return
        check = self._theme.pixmap("check", palette.on_accent, MARK_PX - 6)
        side = check.width() / check.devicePixelRatio()
        painter.drawPixmap(round(box.center().x() - side / 2), round(box.center().y() - side / 2), check)

    def _shape(self, painter: QPainter, box: QRectF, radius: float) -> None:
        painter.drawEllipse(box) if self._round else painter.drawRoundedRect(box, radius, radius)

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()


class Beside:
    """Two columns, a mark's and the words', that have the mark in the middle of the words' first line."""

    def __init__(self, mark: Mark, layout: QHBoxLayout) -> None:
        """Adds both to `layout`; `words` is where the words go."""
        self._mark = mark
        self._marks, self._around, self.words = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._marks.addWidget(mark)
        self._marks.addStretch(1)
        self._around.addLayout(self.words)
        self._around.addStretch(1)
        layout.addLayout(self._marks)
        layout.addLayout(self._around, 1)

    def level(self) -> None:
        """Again, since the type or the language is another, or the words were put in."""
        first = self.words.itemAt(0)
        label = first.widget() if first is not None else None
        if isinstance(label, Label):
            lower = (self._mark.height() - label.first_line_px) // 2
            self._around.setContentsMargins(0, max(0, lower), 0, 0)
            self._marks.setContentsMargins(0, max(0, -lower), 0, 0)


class TickLine(QFrame):
    """A box to tick with its sentence, which ticks it too."""

    ticked = Signal(bool)

    def __init__(self, theme: Theme, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = Mark(theme)
        self.label = Label(theme, key, strong=True, wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        self._beside = Beside(self.box, layout)
        self._beside.words.addWidget(self.label)
        self.box.clicked.connect(self.ticked)
        theme.words.changed.connect(self._name)
        theme.changed.connect(self._beside.level)
        self._name()

    def say(self, key: str, **places: object) -> None:
        """Another sentence."""
        self.label.say(key, **places)
        self._name()

    def set_possible(self, on: bool) -> None:
        """Whether it can be ticked."""
        self.box.setEnabled(on)
        self.label.set_tone("" if on else "muted")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the words ticks."""
        if self.box.isEnabled():
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            self.box.click()

    def _name(self) -> None:
        self.box.setAccessibleName(self.label.plain)
        self._beside.level()


class Option(QFrame):
    """A card that can be chosen, by a press anywhere on it."""

    def __init__(self, theme: Theme, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.setProperty("kind", "option")
        self.mark = Mark(theme, round_=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, int(1.5 * GRID_PX), 2 * GRID_PX, int(1.5 * GRID_PX))
        layout.setSpacing(int(1.5 * GRID_PX))
        self._beside = Beside(self.mark, layout)
        self.inside = self._beside.words
        self.inside.setSpacing(GRID_PX // 2)
        theme.changed.connect(self.level)
        theme.words.changed.connect(self.level)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.mark.toggled.connect(self._show_chosen)
        self._show_chosen(False)

    def name(self, words: str) -> None:
        """What it is called for those who hear it."""
        self.mark.setAccessibleName(words)

    def level(self) -> None:
        """Have the mark stand in the middle of the first line."""
        self._beside.level()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press anywhere chooses it."""
        self.mark.setFocus(Qt.FocusReason.MouseFocusReason)
        self.mark.click()

    def _show_chosen(self, on: bool) -> None:
        self.setProperty("chosen", "true" if on else "false")
        self.style().unpolish(self)
        self.style().polish(self)


class Options(QWidget):
    """Cards below or beside each other, of which one is chosen; arrow keys move among them."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, key: str, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._columns = columns
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(lambda at: self.chosen.emit(self.options[at].value))
        self.options: list[Option] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID_PX)
        theme.words.changed.connect(self._say)
        self._say()

    def show_options(self, values: Sequence[str], fill: Callable[[Option], None]) -> None:
        """Make the cards anew; `fill` puts the contents and the name into each. Nothing is chosen."""
        for option in self.options:
            self._group.removeButton(option.mark)
            option.hide()
            option.setParent(None)
            option.deleteLater()
        self.options = []
        for at, value in enumerate(values):
            option = Option(self._theme, value)
            fill(option)
            option.level()
            self._group.addButton(option.mark, at)
            self._grid.addWidget(option, at // self._columns, at % self._columns)
            self.options.append(option)

    def choose(self, value: str) -> None:
        """Show which one is taken, or none; says nothing."""
        self._group.setExclusive(False)
        for option in self.options:
            option.mark.setChecked(option.value == value)
        self._group.setExclusive(True)

    def option(self, value: str) -> Option:
        """The card of a value."""
        return next(option for option in self.options if option.value == value)

    def focus(self) -> None:
        """Give the focus to what is chosen, or to the first."""
        if self.options:
            next((one for one in self.options if one.mark.isChecked()), self.options[0]).mark.setFocus()

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))


class Facts(QWidget):
    """Pairs of a label and what it is, in two columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, Label] = {}
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Pairs of the key of a label and the words beside it."""
        for key, words in facts:
            if key not in self.values:
                row = len(self.values)
                value = Label(self._theme, wrap=True, strong=True)
                self._grid.addWidget(
                    Label(self._theme, key, tone="muted", wrap=True), row, 0, Qt.AlignmentFlag.AlignTop
                )
                self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
                self.values[key] = value
            self.values[key].show_text(words)

    def _restyle(self) -> None:
        self._grid.setColumnMinimumWidth(0, self._theme.px(FACT_PX))


class Problem(QFrame):
    """What did not work, what to do, and a button that tries again."""

    retry = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "problem")
        self.label = Label(theme, wrap=True)
        self.button = PushButton(theme, "ui.first-run.retry", icon="refresh-cw")
        self._says: tuple[str, Mapping[str, object]] = ("", {})
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.button.clicked.connect(self.retry)
        theme.words.changed.connect(self._say)
        self.hide()

    def show_error(self, code: str, about: Mapping[str, object], *, again: bool) -> None:
        """Say it, to those who hear too; `again`: whether trying again is a way."""
        new = self._says != (code, about) or self.isHidden()
        self._says = (code, about)
        self.button.setVisible(again)
        self._say()
        self.show()
        if new:
            announce(self.label)

    def clear(self) -> None:
        """Nothing is wrong."""
        self._says = ("", {})
        self.hide()

    def _say(self) -> None:
        code, about = self._says
        if code:
            self.label.show_text(self._theme.words.sentences(f"error.{code}", f"error.{code}.next", **about))


def announce(label: Label) -> None:
    """Have a screen reader say what a label says."""
    QAccessible.updateAccessibility(QAccessibleEvent(label, QAccessible.Event.Alert))


def muted(theme: Theme, key: str = "", role: TypeRole = TypeRole.BODY) -> Label:
    """A quiet paragraph."""
    return Label(theme, key, role, "muted", wrap=True)
