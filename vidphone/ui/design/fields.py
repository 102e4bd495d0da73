"""Fields: a label above, what is wrong below, said as one types."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole

Check = Callable[[str], str]
"""Takes what was typed; returns the key of the text that tells what is wrong, or nothing."""


class TextField(QWidget):
    """One line of input with its label and its error.

    An error is shown from the first time that the field was left or sent, so that nobody is corrected before they
    finished; from then on it follows every key.
    """

    edited = Signal(str)

    def __init__(
        self,
        theme: Theme,
        key: str,
        check: Check | None = None,
        *,
        hint: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._hint = hint
        self._check = check
        self._judged = False
        self._given_error = ""
        self.label = Label(theme, key, TypeRole.BODY, strong=True)
        self.input = QLineEdit()
        self.label.setBuddy(self.input)
        if secret:
            self.input.setEchoMode(QLineEdit.EchoMode.Password)
        self.error = Label(theme, "", TypeRole.CAPTION, "danger", wrap=True)
        self.error.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.input)
        layout.addWidget(self.error)
        self.setFocusProxy(self.input)
        self.input.textEdited.connect(self._typed)
        self.input.editingFinished.connect(self._left)
        theme.words.changed.connect(self._say)
        self._say()

    def text(self) -> str:
        """What was typed, without blanks around it; a secret as it is."""
        typed = self.input.text()
        return typed if self.input.echoMode() is QLineEdit.EchoMode.Password else typed.strip()

    def set_text(self, text: str) -> None:
        """Put something in; nothing is judged yet."""
        self._judged = False
        self.input.setText(text)
        self._show("")

    def valid(self) -> bool:
        """Whether it can be sent; shows the error where it cannot."""
        self._judged = True
        self._judge()
        return not self._fault()

    def refuse(self, key: str) -> None:
        """Show an error found elsewhere (by the service), until something else is typed."""
        self._given_error = key
        self._judged = True
        self._judge()

    def _fault(self) -> str:
        return self._given_error or (self._check(self.text()) if self._check else "")

    def _typed(self, text: str) -> None:
        self._given_error = ""
        if self._judged:
            self._judge()
        self.edited.emit(text)

    def _left(self) -> None:
        if self.input.text():
            self._judged = True
            self._judge()

    def _judge(self) -> None:
        self._show(self._fault() if self._judged else "")

    def _show(self, key: str) -> None:
        self.error.say(key) if key else self.error.show_text("")
        self.error.setVisible(bool(key))
        self.input.setProperty("wrong", "true" if key else "false")
        self.input.style().unpolish(self.input)
        self.input.style().polish(self.input)
        self.input.setAccessibleDescription(self.error.plain)

    def _say(self) -> None:
        self.input.setAccessibleName(self._theme.words(self._key))
        if self._hint:
            self.input.setPlaceholderText(self._theme.words(self._hint))
        self.input.setAccessibleDescription(self.error.plain)
