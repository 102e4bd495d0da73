"""Choosing one of several: a drop-down, and a row of segments."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from vidphone.ui.design.theme import Theme


class DropDown(QComboBox):
    """A drop-down with a name, an arrow of our set, and entries that keep their data."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.words.changed.connect(self._say)
        self._say()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: turning it over a drop-down must not change a device."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entry, cut with … where it must be, and the arrow."""
        side = self._theme.px(16)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - side - 4 * self._theme.px(12)
        whole = self.currentText()
        option.currentText = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        arrow = self._theme.pixmap("chevron-down", self._theme.palette.muted, 16)
        painter.drawPixmap(QPoint(self.width() - side - self._theme.px(12), (self.height() - side) // 2), arrow)

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))


class Segments(QWidget):
    """A few choices beside each other, one of them taken; arrow keys move among them."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, key: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """`choices` are pairs of value and the key of its text."""
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        self._keys = dict(choices)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for value, _ in choices:
            button = QToolButton()
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            self._group.addButton(button)
            self._buttons[value] = button
            layout.addWidget(button)
        layout.addStretch(1)
        theme.words.changed.connect(self._say)
        self._say()

    def choose(self, value: str) -> None:
        """Show which one is taken; says nothing."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def button(self, value: str) -> QToolButton:
        """The segment of a value."""
        return self._buttons[value]

    def minimumSizeHint(self) -> QSize:
        """All of its words."""
        return self.sizeHint()

    def _say(self) -> None:
        name = self._theme.words(self._key)
        self.setAccessibleName(name)
        for value, button in self._buttons.items():
            said = self._theme.words(self._keys[value])
            button.setText(said)
            button.setAccessibleName(f"{name}: {said}")
