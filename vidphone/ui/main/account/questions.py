"""Questions about the agreement: each clause leads to the provider's customer service (clause 18)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import Dial
from vidphone.phone.events import AgreementShown
from vidphone.terms.agreement import Agreement, fill_known, parse
from vidphone.terms.agreement_text import heading
from vidphone.texts import Language
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Section
from vidphone.ui.main.account.view import AccountView
from vidphone.ui.main.ask import Way, ask
from vidphone.wire.agreement import provider_fields
from vidphone.wire.cases import AboutClause


class QuestionsSection(Section):
    """The clauses by number and title; a press says who answers, and calls or writes to them."""

    case_wanted = Signal(object, str)
    """What a case is to be opened about, and its name."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.questions.title", parent)
        self.status = StatusLine(theme)
        self.what = Label(theme, tone="muted", role=TypeRole.CAPTION, wrap=True)
        self.clauses: dict[int, PushButton] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._shown: tuple[AgreementShown, Language] | None = None
        self.call = PushButton(theme, "ui.account.questions.call", icon="phone")
        self.call.clicked.connect(self._call)
        self.inside.addWidget(self.what)
        self.inside.addWidget(self.status)
        self.inside.addLayout(self.buttons(self.call))
        self.inside.addLayout(self._rows)
        self.refresh()

    def refresh(self) -> None:
        """As of every section."""
        shown, language = self._view.agreement, self._theme.language
        known = shown is not None and shown.provider is not None
        self.status.say(Standing.PLAIN, *(() if known else ("ui.account.questions.later",)))
        self.what.setVisible(known)
        self.call.setVisible(known)
        if shown is None or shown.provider is None or self._shown == (shown, language):
            return
        self._shown = shown, language
        self.what.say(
            "ui.account.questions.what",
            name=words_in(shown.provider.name, language),
            number=shown.provider.support_number,
        )
        self._list(_agreement(shown, language))

    def _list(self, agreement: Agreement | None) -> None:
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.clauses = {}
        titles = {clause.number: heading(clause) for clause in agreement.clauses} if agreement is not None else {}
        for number, title in titles.items():
            button = PushButton(self._theme, "ui.account.questions.ask", icon="circle-question-mark")
            button.say("ui.account.questions.ask.clause", clause=number)
            button.clicked.connect(lambda _=False, number=number, title=title: self._ask(number, title))
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, GRID_PX // 2, 0, GRID_PX // 2)
            line.setSpacing(2 * GRID_PX)
            name = Label(self._theme, wrap=True)
            name.show_text(title)
            line.addWidget(name, 1)
            line.addWidget(button)
            self._rows.addWidget(row)
            self.clauses[number] = button

    def _ask(self, number: int, title: str) -> None:
        """Nobody is called unasked: the person is told first who answers and what to say."""
        ways: list[Way] = [
            ("ui.cancel", "plain", None),
            ("ui.account.questions.call", "plain", self._call),
            ("ui.service.dispute.clause", "accent", lambda: self.case_wanted.emit(AboutClause(clause=number), title)),
        ]
        ask(self._theme, self, "ui.account.questions.call.title", "ui.account.questions.call.what", ways)

    def _call(self) -> None:
        shown = self._view.agreement
        if shown is not None and shown.provider is not None:
            self.ask(Dial(shown.provider.support_number, video=False))


def _agreement(shown: AgreementShown, language: Language) -> Agreement | None:
    """The clauses as they are published; None where they cannot be read, which takes no question away."""
    if shown.wording is None or shown.provider is None:
        return None
    source = shown.wording.zh if language is Language.CHINESE else shown.wording.en
    try:
        return fill_known(parse(source), provider_fields(shown.provider, language))
    except ValueError:  # `FormatFault` and `FieldFault` are such
        return None
