"""A question before something that cannot be taken back."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole

Way = tuple[str, str, Callable[[], None] | None]
"""The key of a button's text, its kind, and what it does; None only closes."""


class Question(QDialog):
    """A title, a sentence, and a few ways on; Escape takes the first."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        title: str,
        what: str,
        ways: Sequence[Way],
        places: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self.buttons: dict[str, PushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(Label(theme, title, TypeRole.TITLE, wrap=True))
        self.what = Label(theme, wrap=True)
        self.what.say(what, **(places or {}))
        layout.addWidget(self.what)
        layout.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        line.addStretch(1)
        for key, kind, do in ways:
            button = PushButton(theme, key, kind)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, do=do: self._go(do))
            self.buttons[key] = button
            line.addWidget(button)
        layout.addLayout(line)
        next(iter(self.buttons.values())).setFocus()
        theme.words.changed.connect(self._say)
        self._say()
        self.setMinimumWidth(max(theme.px(420), layout.totalMinimumSize().width()))

    def _go(self, do: Callable[[], None] | None) -> None:
        self.accept()
        if do:
            do()

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words(self._title))


def ask(theme: Theme, parent: QWidget, title: str, what: str, ways: Sequence[Way], **places: object) -> Question:
    """Ask without stopping anything else; the first way is the harmless one. `places` are those of the sentence."""
    question = Question(theme, parent, title, what, ways, places)
    question.open()
    return question
