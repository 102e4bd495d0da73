"""A long list of widgets that is put together a few at a time: the window answers and is drawn in between."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)


class Slices(QObject, Generic[W]):
    """Fills a layout with widgets: the first `at_once` now, as many more with each turn of the event loop.

    Making, styling and laying out a row of wrapped words takes 8 to 18 ms, fifty of them half a second to a second. A
    list that is not seen is filled no further: what it holds would be styled in one go when it is shown.
    """

    def __init__(self, layout: QBoxLayout, owner: QWidget, at_once: int) -> None:
        """`owner` is the widget that the layout belongs to."""
        super().__init__(owner)
        self._layout = layout
        self._owner = owner
        self._at_once = at_once
        self._left: deque[Callable[[], W]] = deque()
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)
        self.made: list[W] = []
        """The widgets of the list, as far as it is filled."""
        owner.installEventFilter(self)

    @property
    def full(self) -> bool:
        """Whether all widgets are there."""
        return not self._left

    def fill(self, makers: Iterable[Callable[[], W]]) -> None:
        """Other widgets than before."""
        for widget in self.made:
            self._layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.made = []
        self._left = deque(makers)
        self._slice()
        self._turn.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on when the list is seen again."""
        if watched is self._owner and event.type() is QEvent.Type.Show and self._left:
            self._turn.start()
        return super().eventFilter(watched, event)

    def _go_on(self) -> None:
        if self._left and self._owner.isVisible():
            self._slice()
        else:
            self._turn.stop()

    def _slice(self) -> None:
        for _ in range(min(self._at_once, len(self._left))):
            widget = self._left.popleft()()
            self.made.append(widget)
            self._layout.addWidget(widget)
