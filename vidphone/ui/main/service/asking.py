"""The dialogs in which a customer writes: a new case, a step with its reason."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.case_commands import OpenCase, TakeCaseStep
from vidphone.phone.case_events import CaseOpened, CaseShown
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request, RequestFailed, SignedOut
from vidphone.terms.cases import CaseStep
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Problem
from vidphone.ui.main.page import scrolled
from vidphone.ui.main.service.writing import Attachments, WordsField
from vidphone.wire.cases import Asked

DIALOG_PX = (560, 620)


class WritingDialog(QDialog):
    """A title, what it is about, a field, and a button that sends; it stays until the service has what was written."""

    wanted = Signal(object)
    """A command."""

    def __init__(self, theme: Theme, parent: QWidget, title: str, send: str, words: str, request: Request) -> None:
        """`title`, `send` and `words` are keys of texts; `request` is what is answered."""
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._request = request
        self._sent: Command | None = None
        self.waiting = False
        self.lines = QVBoxLayout()
        self.lines.setSpacing(2 * GRID_PX)
        self.words = WordsField(theme, words)
        self.status = StatusLine(theme)
        self.problem = Problem(theme)
        self.cancel = PushButton(theme, "ui.cancel")
        self.send = PushButton(theme, send, "accent")
        for button in (self.cancel, self.send):
            button.setAutoDefault(False)
        self._build()
        self.cancel.clicked.connect(self.reject)
        self.send.clicked.connect(self._send)
        self.problem.retry.connect(self._send_again)
        self.words.edited.connect(self._edited)
        theme.words.changed.connect(self._say)
        self._say()

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(Label(self._theme, self._title, TypeRole.TITLE, wrap=True))
        column.addLayout(self.lines)
        column.addWidget(self.status)
        column.addWidget(self.problem)
        column.addStretch(1)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        line.setSpacing(GRID_PX)
        line.addStretch(1)
        line.addWidget(self.cancel)
        line.addWidget(self.send)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(inside), 1)
        around.addLayout(line)
        open_at(self, self._theme, DIALOG_PX)

    @property
    def complete(self) -> bool:
        """Whether it can be sent."""
        return bool(self.words.text())

    def command(self) -> Command:
        """What is asked when it is sent."""
        raise NotImplementedError

    def answers(self, event: Event) -> bool:
        """Whether an event says that what was sent is there."""
        raise NotImplementedError

    def enable(self) -> None:
        """What can be pressed now."""
        self.send.setEnabled(self.complete and not self.waiting)
        self.status.say(Standing.BUSY, *(("ui.service.sending",) if self.waiting else ()))

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        match event:
            case SignedOut():
                self.reject()
            case RequestFailed(request, code, about) if request is self._request and self.waiting:
                self.waiting = False
                self.problem.show_error(code.value, dict(about), again=True)
                self.enable()
            case _ if self.waiting and self.answers(event):
                self.accept()

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()

    def _edited(self) -> None:
        self._sent = None  # it says something else now, so it is another one
        self.problem.clear()
        self.enable()

    def _send(self) -> None:
        if self.complete and not self.waiting:
            self._sent = self._sent or self.command()
            self._send_again()

    def _send_again(self) -> None:
        """Under the same id: it may have arrived, and its answer been lost."""
        self._sent = self._sent or self.command()
        self.waiting = True
        self.problem.clear()
        self.enable()
        self.wanted.emit(self._sent)

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words(self._title))


class CaseDialog(WritingDialog):
    """A new case about a line of a bill, a call or a clause."""

    def __init__(self, theme: Theme, parent: QWidget, about: Asked, what: str, findings: str = "") -> None:
        """`what` names the thing for the person; `findings` is what a network test told, and is shown."""
        key = "question" if about.kind == "clause" else "dispute"
        super().__init__(
            theme, parent, f"ui.service.new.{key}", "ui.service.new.send", f"ui.service.new.{key}.words",
            Request.NEW_CASE,
        )  # fmt: skip
        self._about = about
        self._findings = findings
        self.what = Label(theme, strong=True, wrap=True)
        self.what.show_text(what)
        self.attachments = Attachments(theme)
        self.lines.addWidget(self.what)
        self.lines.addWidget(Label(theme, f"ui.service.new.{key}.next", tone="muted", wrap=True))
        self.lines.addWidget(self.words)
        self.lines.addWidget(self.attachments)
        if findings:
            told = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
            told.show_text(findings)
            self.lines.addWidget(Label(theme, "ui.service.new.findings", strong=True, wrap=True))
            self.lines.addWidget(told)
        self.attachments.changed.connect(self._edited)
        self.words.setFocus()
        self.enable()

    def command(self) -> Command:
        """As of every one."""
        return OpenCase(self._about, self.words.text(), self._findings, tuple(self.attachments.paths))

    def answers(self, event: Event) -> bool:
        """As of every one."""
        return isinstance(event, CaseOpened) and isinstance(self._sent, OpenCase) and event.id == self._sent.id


class StepDialog(WritingDialog):
    """A step that is said in words: to contest the answer, which needs them, or to go to the commission."""

    def __init__(self, theme: Theme, parent: QWidget, case: str, step: CaseStep, commission: str) -> None:
        super().__init__(
            theme, parent, f"ui.service.step.{step.value}.title", f"case.step.{step.value}",
            f"ui.service.step.{step.value}.words", Request.CASE_STEP,
        )  # fmt: skip
        self._case = case
        self._step = step
        self.what = Label(theme, wrap=True)
        self.what.say(f"ui.service.step.{step.value}.what", commission=commission)
        self.lines.addWidget(self.what)
        self.lines.addWidget(self.words)
        self.words.setFocus()
        self.enable()

    @property
    def complete(self) -> bool:
        """To contest says why."""
        return self._step is not CaseStep.CONTEST or super().complete

    def command(self) -> Command:
        """As of every one."""
        return TakeCaseStep(self._case, self._step, self.words.text())

    def answers(self, event: Event) -> bool:
        """As of every one."""
        return isinstance(event, CaseShown) and event.request is Request.CASE_STEP
