"""The parts that settings are made of: cards with a title, and lines with a label and a control."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from vidphone.ui.design.labels import Label
from vidphone.ui.design.switch import Switch
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TOUCH_PX, TypeRole
from vidphone.ui.main.page import Card

LABEL_PX = 224


class Section(Card):
    """A card of settings. Labels share one column, so that controls stand in line."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.inside.addWidget(Label(theme, title, TypeRole.LEAD, strong=True))
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(2 * GRID_PX)
        self._lines.setVerticalSpacing(2 * GRID_PX)
        self._lines.setColumnStretch(1, 1)
        self._labels: list[QFrame] = []
        self.inside.addLayout(self._lines)
        theme.changed.connect(self._align)
        self._align()

    def add(self, key: str, control: QWidget, beside: QWidget | None = None, what: str = "") -> None:
        """A line: its label, what it means in a few words, its control, and a second one beside it."""
        row = self._lines.rowCount()
        label = QFrame()
        label.setFixedWidth(self._theme.px(LABEL_PX))
        self._labels.append(label)
        stack = QGridLayout(label)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(Label(self._theme, key, wrap=True), 0, 0)
        if what:
            stack.addWidget(Label(self._theme, what, TypeRole.CAPTION, "muted", wrap=True), 1, 0)
        self._lines.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._lines.addWidget(_from_the_left(control) if isinstance(control, Switch) else control, row, 1)
        if beside:
            self._lines.addWidget(beside, row, 2, Qt.AlignmentFlag.AlignVCenter)

    def _align(self) -> None:
        """Controls begin in one line in all sections, and end in one, a button beside or not."""
        self._lines.setColumnMinimumWidth(2, self._theme.px(TOUCH_PX))
        for label in self._labels:
            label.setFixedWidth(self._theme.px(LABEL_PX))

    def add_wide(self, widget: QWidget) -> None:
        """Something over the whole width."""
        self._lines.addWidget(widget, self._lines.rowCount(), 0, 1, 3)


def _from_the_left(control: QWidget) -> QWidget:
    """A small control at the left of a place as wide as its column."""
    place = QWidget()
    line = QHBoxLayout(place)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(control)
    line.addStretch(1)
    return place
