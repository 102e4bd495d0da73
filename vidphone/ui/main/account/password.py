"""Setting another password, and the two fields of a new one that forgotten passwords share."""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.phone.commands import ChangePassword
from vidphone.phone.events import Request, RequestFailed
from vidphone.terms.passwords import MAX_PASSWORD, check_password
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.strength import strength
from vidphone.ui.main.account.section import Answer, Section
from vidphone.ui.main.account.view import AccountView
from vidphone.wire.errors import ErrorCode

Known = Callable[[], Iterable[str]]
"""What others know of the customer: a password made of it is refused."""


class NewPassword(QWidget):
    """A new password, typed twice, with a word on how strong it is."""

    def __init__(self, theme: Theme, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self.first = TextField(theme, "ui.account.password.new", self._fault, secret=True)
        self.again = TextField(theme, "ui.account.password.again", self._differs, secret=True)
        self.advice = Label(theme, "ui.first-run.password.advice", TypeRole.CAPTION, "muted", wrap=True)
        self.fields = (self.first, self.again)
        for field in self.fields:
            field.input.setMaxLength(MAX_PASSWORD)
        self.first.edited.connect(self._say_strength)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self.first)
        layout.addWidget(self.advice)
        layout.addWidget(self.again)

    def text(self) -> str:
        """The password."""
        return self.first.text()

    def clear(self) -> None:
        """Forget it."""
        for field in self.fields:
            field.set_text("")
        self._say_strength()

    def _fault(self, typed: str) -> str:
        fault = check_password(typed, self._known())
        return f"fault.{fault.code.value}" if fault else ""

    def _differs(self, typed: str) -> str:
        return "" if typed == self.first.text() else "ui.first-run.password.differs"

    def _say_strength(self) -> None:
        typed = self.first.text()
        good = typed and not self._fault(typed)
        said = strength(typed, self._known()).value if good else "advice"
        self.advice.say(f"ui.first-run.password.{said}")


class PasswordSection(Section):
    """Old and new; other devices are signed out."""

    def __init__(self, theme: Theme, view: AccountView, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.password.title", parent)
        self.old = TextField(theme, "ui.account.password.old", _missing, secret=True)
        self.old.input.setMaxLength(MAX_PASSWORD)
        self.new = NewPassword(theme, known)
        self.change = PushButton(theme, "ui.account.password.change", "accent")
        self.answer = Answer(theme, self, view, Request.PASSWORD)
        self._told: RequestFailed | None = None
        self._sent = False
        self.inside.addWidget(Label(theme, "ui.account.password.what", TypeRole.CAPTION, "muted", wrap=True))
        self.inside.addWidget(self.old)
        self.inside.addWidget(self.new)
        self.inside.addLayout(self.buttons(self.change))
        self.inside.addWidget(self.answer)
        self.change.clicked.connect(self._send)
        for field in (self.old, *self.new.fields):
            field.input.returnPressed.connect(self._send)
        self.refresh()

    def refresh(self) -> None:
        """As of every section; what the service refused stands beside its field."""
        waiting = Request.PASSWORD in self._view.waiting
        failed = self._view.failed.get(Request.PASSWORD)
        self.change.setEnabled(not waiting)
        if failed is not None and failed is not self._told:
            if failed.code is ErrorCode.PASSWORD_WRONG:
                self.old.refuse("ui.account.password.old.wrong")
                self.old.input.selectAll()
                self.old.input.setFocus()
            elif failed.faults:
                self.new.first.refuse(f"fault.{failed.faults[0].code.value}")
                self.new.first.input.setFocus()
        self._told = failed
        if self._sent and not waiting:
            self._sent = False
            if Request.PASSWORD in self._view.done:
                self.forget()
        self.answer.refresh("ui.account.password.changing", "ui.account.password.changed")

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.old.set_text("")
        self.new.clear()

    def _send(self) -> None:
        wrong = [field for field in (self.old, *self.new.fields) if not field.valid()]
        if wrong:
            wrong[0].input.setFocus()
        elif Request.PASSWORD not in self._view.waiting:
            self._sent = True
            self.ask(ChangePassword(self.old.text(), self.new.text()))


def _missing(typed: str) -> str:
    return "" if typed else "ui.sign-in.password.missing"
