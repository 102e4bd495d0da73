"""Where else something of the customer's is: cases and devices have their place under Service."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.account.section import Section
from vidphone.ui.main.account.view import AccountView


class ElsewhereSection(Section):
    """Two ways to the service page."""

    room_wanted = Signal(str)
    """The name of a room of the service page."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.elsewhere.title", parent)
        self.cases = PushButton(theme, "ui.account.elsewhere.cases", icon="circle-question-mark")
        self.terminals = PushButton(theme, "ui.account.elsewhere.terminals", icon="monitor")
        self.inside.addWidget(Label(theme, "ui.account.elsewhere.what", tone="muted", wrap=True))
        self.inside.addLayout(self.buttons(self.cases, self.terminals))
        self.cases.clicked.connect(lambda: self.room_wanted.emit("cases"))
        self.terminals.clicked.connect(lambda: self.room_wanted.emit("terminals"))
