"""A forgotten password: what the provider knows of the customer stands in for it (number, identity, telephone)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.account.numbers import digits_of
from vidphone.phone.commands import ResetPassword
from vidphone.phone.events import Event, PasswordWasReset, Request, RequestFailed
from vidphone.ui.design.buttons import PrimaryButton, PushButton
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Problem
from vidphone.ui.main.account.password import NewPassword
from vidphone.ui.main.address import address_of, fault_of
from vidphone.ui.main.page import scrolled
from vidphone.wire.errors import ErrorCode

DIALOG_PX = (520, 720)
MAX_TYPED = 32
_BESIDE_SERVICE = frozenset(
    {ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_NOT_SECURE, ErrorCode.SERVICE_INCOMPATIBLE}
)


class ForgottenDialog(QDialog):
    """Asks, waits, and says what came of it; the service tells nobody which of the three was wrong."""

    wanted = Signal(object)
    """A command."""
    reset = Signal(str, str)
    """Service and number whose password is a new one now."""

    def __init__(self, theme: Theme, service: str, number: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waiting = False
        self.service = TextField(theme, "ui.sign-in.service", fault_of, hint="ui.sign-in.service.hint")
        self.number = TextField(theme, "ui.sign-in.number", _number_fault)
        self.identity_number = TextField(theme, "ui.account.forgotten.identity", _missing)
        self.telephone = TextField(theme, "ui.account.forgotten.telephone", _missing)
        self.password = NewPassword(theme, self._known)
        self.fields = (self.service, self.number, self.identity_number, self.telephone, *self.password.fields)
        for field in (self.identity_number, self.telephone):
            field.input.setMaxLength(MAX_TYPED)
        self.status = StatusLine(theme)
        self.problem = Problem(theme)
        self.send = PrimaryButton(theme, "ui.account.forgotten.do")
        self.cancel = PushButton(theme, "ui.cancel")
        self._build()
        self.service.set_text(service)
        self.number.set_text(number)
        for field in self.fields:
            field.edited.connect(lambda _: self.problem.clear())
        self.send.clicked.connect(self._send)
        self.cancel.clicked.connect(self.reject)
        open_at(self, theme, DIALOG_PX)
        theme.words.changed.connect(self._say)
        self._say()
        next((field for field in self.fields if not field.text()), self.service).input.setFocus()

    def _build(self) -> None:
        theme = self._theme
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(Label(theme, "ui.account.forgotten.title", TypeRole.TITLE, wrap=True))
        column.addWidget(Label(theme, "ui.account.forgotten.what", TypeRole.BODY, "muted", wrap=True))
        for field in (self.service, self.number, self.identity_number, self.telephone, self.password):
            column.addWidget(field)
        column.addStretch(1)
        foot = QVBoxLayout()  # in sight wherever the fields are scrolled to
        foot.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        foot.setSpacing(GRID_PX)
        foot.addWidget(self.status)
        foot.addWidget(self.problem)
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        line.addStretch(1)
        line.addWidget(self.cancel)
        line.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scrolled(inside), 1)
        foot.addLayout(line)
        layout.addLayout(foot)

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        if not self._waiting:
            return
        match event:
            case RequestFailed(Request.RESET):
                self._set_waiting(False)
                self._refused(event)
            case PasswordWasReset(service, number):
                self._set_waiting(False)
                self.reset.emit(service, number)
                self.accept()
            case _:
                pass

    def done(self, result: int) -> None:
        """Closed: an answer is not awaited any more, and nothing that was typed stays."""
        self._waiting = False
        super().done(result)
        self.deleteLater()

    def _refused(self, failed: RequestFailed) -> None:
        if failed.code in _BESIDE_SERVICE:
            self._refuse(self.service, f"ui.sign-in.service.{failed.code.value.removeprefix('service-')}")
        elif failed.code is ErrorCode.BAD_NUMBER:
            self._refuse(self.number, "ui.number.wrong")
        elif failed.faults:
            self._refuse(self.password.first, f"fault.{failed.faults[0].code.value}")
        else:
            self.problem.show_error(failed.code.value, dict(failed.about), again=False)

    @staticmethod
    def _refuse(field: TextField, key: str) -> None:
        field.refuse(key)
        field.input.setFocus()

    def _send(self) -> None:
        wrong = [field for field in self.fields if not field.valid()]
        if wrong:
            wrong[0].input.setFocus()
            return
        service, number = address_of(self.service.text()), digits_of(self.number.text())
        if service is None or number is None or self._waiting:
            return
        self.problem.clear()
        self._set_waiting(True)
        identity, telephone = self.identity_number.text(), self.telephone.text()
        self.wanted.emit(ResetPassword(service, number, identity, telephone, self.password.text()))

    def _set_waiting(self, on: bool) -> None:
        self._waiting = on
        self.send.setEnabled(not on)
        self.status.say(Standing.BUSY, *(("ui.account.forgotten.doing",) if on else ()))

    def _known(self) -> tuple[str, ...]:
        return self.number.text(), self.identity_number.text(), self.telephone.text()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words("ui.account.forgotten.title"))


def _missing(typed: str) -> str:
    return "" if typed else "fault.missing"


def _number_fault(typed: str) -> str:
    if not typed:
        return "ui.number.missing"
    return "" if digits_of(typed) else "ui.number.wrong"
