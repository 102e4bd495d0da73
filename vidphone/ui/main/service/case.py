"""One case in full: how it stands and until when, what it is about, what was written, and what can be done."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from vidphone.phone.case_commands import FetchCase, TakeCaseStep, WriteInCase
from vidphone.phone.events import Request
from vidphone.terms.cases import CaseState, CaseStep
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.ask import ask
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.service.about import about_words, commission_of, due_words, state_key, title_of
from vidphone.ui.main.service.asking import StepDialog, WritingDialog
from vidphone.ui.main.service.case_facts import CaseFacts
from vidphone.ui.main.service.messages import Messages
from vidphone.ui.main.service.view import CaseView
from vidphone.ui.main.service.writing import Attachments, WordsField
from vidphone.wire.cases import CaseDetail, CaseSummary

STEPS = {
    CaseStep.SETTLE: "accent",
    CaseStep.CONTEST: "plain",
    CaseStep.ESCALATE: "plain",
    CaseStep.WITHDRAW: "link",
}
"""The customer's steps, and the kind of button of each."""


class CaseCard(Panel):
    """Shows the case that was chosen."""

    dialog_opened = Signal(object)
    """A `WritingDialog`, which is to hear the events."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.service.case.title", parent)
        self._view = view
        self._written = False
        self.none = Label(theme, "ui.service.case.none", tone="muted", wrap=True)
        self.about = Label(theme, tone="muted", wrap=True)
        self.answer = Answer(theme, self, view, Request.CASE)
        self.status = StatusLine(theme)
        self.facts = CaseFacts(theme)
        self.messages = Messages(theme)
        self.picture = Answer(theme, self, view, Request.CASE_PICTURE)
        self.steps = {step: PushButton(theme, f"case.step.{step.value}", kind) for step, kind in STEPS.items()}
        self.stepping = Answer(theme, self, view, Request.CASE_STEP)
        self.words = WordsField(theme, "ui.service.write")
        self.attachments = Attachments(theme)
        self.send = PushButton(theme, "ui.service.send", "accent")
        self.sending = Answer(theme, self, view, Request.CASE_MESSAGE)
        self.pictures = Answer(theme, self, view, Request.CASE_PHOTO)
        self._build()
        self.messages.wanted.connect(self.ask)
        self.words.edited.connect(self._enable)
        self.attachments.changed.connect(self._enable)
        self.send.clicked.connect(self._send)
        does: dict[CaseStep, Callable[[], None]] = {
            CaseStep.SETTLE: lambda: self._ask_first(CaseStep.SETTLE, "accent"),
            CaseStep.WITHDRAW: lambda: self._ask_first(CaseStep.WITHDRAW, "danger"),
            CaseStep.CONTEST: lambda: self._write_step(CaseStep.CONTEST),
            CaseStep.ESCALATE: lambda: self._write_step(CaseStep.ESCALATE),
        }
        for step, button in self.steps.items():
            button.clicked.connect(does[step])
        self.refresh()

    def _build(self) -> None:
        for widget in (self.none, self.about, self.answer, self.status, self.facts, self.messages, self.picture):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.buttons(self.steps[CaseStep.SETTLE], self.steps[CaseStep.CONTEST]))
        for step in (CaseStep.ESCALATE, CaseStep.WITHDRAW):
            self.inside.addLayout(self.buttons(self.steps[step]))
        self.inside.addWidget(self.stepping)
        self.inside.addWidget(self.words)
        self.inside.addWidget(self.attachments)
        self.inside.addLayout(self.buttons(self.send))
        self.inside.addWidget(self.sending)
        self.inside.addWidget(self.pictures)
        self.inside.addStretch(1)

    def begin(self) -> None:
        """Another case is looked at: what was begun to be written belongs to the one before."""
        self.words.clear()
        self.attachments.clear()
        self._written = False

    def refresh(self) -> None:
        """As of every card."""
        view, detail = self._view, self._view.detail
        summary = detail.case if detail is not None else self._summary
        self.none.setVisible(not view.chosen)
        waiting = "ui.account.fetching" if view.chosen and detail is None else ""
        self.answer.refresh(waiting, retry=FetchCase(view.chosen))
        self.picture.refresh("ui.account.fetching", retry=view.asked_last.get(Request.CASE_PICTURE))
        self.stepping.refresh("ui.service.sending")
        self.sending.refresh("ui.service.sending", retry=view.asked_last.get(Request.CASE_MESSAGE))
        self.pictures.refresh()
        if self._written and Request.CASE_MESSAGE in view.done:
            self.begin()
        self._show_head(summary, detail)
        self.facts.show_case(detail)
        self.messages.show_messages(detail)
        may = detail.may if detail is not None else ()
        for step, button in self.steps.items():
            button.setVisible(step in may)
            button.setEnabled(Request.CASE_STEP not in view.waiting)
        writes = detail is not None and detail.case.state is not CaseState.CLOSED
        for widget in (self.words, self.attachments, self.send):
            widget.setVisible(writes)
        asked = detail is not None and detail.case.state is CaseState.ASKED
        self.words.say("ui.service.reply" if asked else "ui.service.write")
        self._enable()

    @property
    def _summary(self) -> CaseSummary | None:
        return next((case for case in self._view.cases or () if case.number == self._view.chosen), None)

    def _show_head(self, summary: CaseSummary | None, detail: CaseDetail | None) -> None:
        self.about.setVisible(summary is not None)
        if summary is None:
            self.title.say("ui.service.case.title")
            self.status.say(Standing.PLAIN)
            return
        self.title.show_text(f"{title_of(summary, self._theme)} {summary.number}")
        opened = datetime.fromtimestamp(summary.opened_at).astimezone().date()
        self.about.show_text(
            " · ".join((about_words(summary.about, self._theme),
                        self._theme.words("ui.service.case.opened", day=full_day(opened, self._theme.words))))
        )  # fmt: skip
        if detail is None:
            self.status.say(Standing.PLAIN)
            return
        self.status.say(
            standing_of(summary), state_key(summary), day=due_words(summary.due, self._theme),
            commission=commission_of(detail, self._theme),
        )  # fmt: skip

    def _enable(self) -> None:
        said = bool(self.words.text() or self.attachments.paths)
        self.send.setEnabled(said and Request.CASE_MESSAGE not in self._view.waiting)

    def _send(self) -> None:
        if self._view.detail is not None:
            self._written = True
            photos = tuple(self.attachments.paths)
            self.ask(WriteInCase(self._view.detail.case.number, self.words.text(), photos))

    def _ask_first(self, step: CaseStep, kind: str) -> None:
        ask(
            self._theme,
            self,
            f"ui.service.step.{step.value}.title",
            f"ui.service.step.{step.value}.what",
            [("ui.cancel", "plain", None), (f"case.step.{step.value}", kind, lambda: self._take(step))],
        )

    def _take(self, step: CaseStep) -> None:
        if self._view.detail is not None:
            self.ask(TakeCaseStep(self._view.detail.case.number, step))

    def _write_step(self, step: CaseStep) -> None:
        detail = self._view.detail
        if detail is not None:
            self._open(StepDialog(self._theme, self, detail.case.number, step, commission_of(detail, self._theme)))

    def _open(self, dialog: WritingDialog) -> None:
        dialog.wanted.connect(self.ask)
        self.dialog_opened.emit(dialog)
        dialog.open()


def standing_of(case: CaseSummary) -> Standing:
    """How a case stands, at a glance."""
    if case.state is CaseState.CLOSED:
        return Standing.GOOD if case.ending is not None and case.ending.value == "settled" else Standing.PLAIN
    if case.state in (CaseState.ASKED, CaseState.ANSWERED) or case.late:
        return Standing.CARE
    return Standing.PLAIN
