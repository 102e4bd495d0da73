"""What the pages of the main window share: a title line, a card, and a list beside what is chosen in it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole

LIST_PX = 320


class Card(QFrame):
    """A raised ground with room at its edges."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        self.inside.setSpacing(2 * GRID_PX)


def scrolled(inside: QWidget) -> QScrollArea:
    """A page that scrolls when the window is smaller than its words."""
    area = QScrollArea()
    area.setProperty("kind", "plain")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside.setObjectName("page")
    area.setWidget(inside)
    return area


class Reading(QScrollArea):
    """Words that scroll and hold nothing to press: Tab stops here, so that the arrow keys can scroll them."""

    def __init__(self, theme: Theme, key: str, inside: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._key = key
        self.setProperty("kind", "reading")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside.setObjectName("page")
        self.setWidget(inside)
        theme.words.changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        self.setAccessibleName(self._theme.words(self._key))


class Lists(QStackedWidget):
    """A list or what stands for it. While it is hidden its room stays, so that what is said above it stays above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)


class ListAndDetail(QWidget):
    """A page with a list at the left and what is chosen in it at the right."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        layout.setSpacing(3 * GRID_PX)
        left = QVBoxLayout()
        left.setSpacing(GRID_PX)
        self.title_line = QHBoxLayout()
        self.title_line.setSpacing(GRID_PX)
        self.title_line.addWidget(Label(theme, title, TypeRole.TITLE), 1)
        self.above = QVBoxLayout()
        self.above.setSpacing(GRID_PX)
        self.lists = QStackedWidget()
        left.addLayout(self.title_line)
        left.addLayout(self.above)
        left.addWidget(self.lists, 1)
        self._left = QWidget()
        self._left.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        left.setContentsMargins(0, 0, 0, 0)
        self._left.setLayout(left)
        self.detail = QStackedWidget()
        layout.addWidget(self._left, 5)
        layout.addWidget(self.detail, 6)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._left.setMinimumWidth(self._theme.px(LIST_PX))
