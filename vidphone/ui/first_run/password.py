"""The password of the account: how strong it is, in words."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from vidphone.account.sign_up.draft import Page
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.labels import Label
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import TickLine

MAX_CHARACTERS = 256


class PasswordPage(WizardPage):
    """Typed twice, or once while it is shown."""

    step = Page.PASSWORD

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.password = TextField(self.theme, "ui.first-run.password.field", self._fault, secret=True)
        self.repeated = TextField(self.theme, "ui.first-run.password.again", self._fault_again, secret=True)
        self.strength = Label(self.theme, tone="muted", wrap=True)
        self.show_it = TickLine(self.theme, "ui.first-run.password.show")
        self.known = Label(self.theme, "ui.first-run.password.known", tone="muted", wrap=True)
        for field in (self.password, self.repeated):
            field.input.setMaxLength(MAX_CHARACTERS)
            field.input.textEdited.connect(self._typed)
        line = QHBoxLayout()
        line.addWidget(self.show_it)
        for widget in (self.known, self.password, self.strength, self.repeated):
            self.body.addWidget(widget)
        self.body.addLayout(line)
        self.show_it.ticked.connect(self._show)

    def refresh(self) -> None:
        """Show what was typed, hidden or not."""
        run = self.run
        for field, typed in ((self.password, run.password), (self.repeated, run.repeated)):
            if field.input.text() != typed:
                field.set_text(typed)
        echo = QLineEdit.EchoMode.Normal if run.password_shown else QLineEdit.EchoMode.Password
        self.password.input.setEchoMode(echo)
        self.show_it.box.setChecked(run.password_shown)
        self.repeated.setVisible(not run.password_shown)
        self.known.setVisible(run.begun is not None and not run.password)
        self._say_strength()

    def begin(self) -> None:
        """The focus goes to the first field."""
        self.password.input.setFocus()

    def show_lacks(self) -> None:
        """Judge both, and go to the one that is wrong."""
        first = self.password.valid()
        again = self.run.password_shown or self.repeated.valid()
        if not first:
            self.password.input.setFocus()
        elif not again:
            self.repeated.input.setFocus()

    def _typed(self) -> None:
        self.run.password = self.password.input.text()
        self.run.repeated = self.repeated.input.text()
        self.run.lacking = ""
        self.edited.emit()
        self._say_strength()
        if self.run.repeated and self.run.repeated == self.run.password:
            self.repeated.valid()

    def _show(self, on: bool) -> None:
        self.run.password_shown = on
        self.refresh()

    def _say_strength(self) -> None:
        if not self.run.password or self.run.password_fault():
            self.strength.say("ui.first-run.password.advice")
        else:
            self.strength.say(f"ui.first-run.password.{self.run.strength().value}")
        self.password.input.setAccessibleDescription(self.password.error.plain or self.strength.plain)

    def _fault(self, _typed: str) -> str:
        self.run.password = self.password.input.text()  # with the blanks at its ends
        fault = self.run.password_fault()
        return f"fault.{fault.code.value}" if fault else ""

    def _fault_again(self, _typed: str) -> str:
        self.run.repeated = self.repeated.input.text()
        return "" if self.run.repeated == self.run.password else "ui.first-run.password.differs"
