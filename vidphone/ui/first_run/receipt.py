"""The receipt: what was agreed, where the copy lies, whom to ask, and the first call."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout

from vidphone.account.sign_up.draft import Page
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.page import Card


class ReceiptPage(WizardPage):
    """The number large, the facts below it, and where to go from here."""

    step = Page.RECEIPT
    first_call = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.number = Label(self.theme, role=TypeRole.DISPLAY)
        self.facts = Facts(self.theme)
        self.look = PushButton(self.theme, "ui.first-run.receipt.look", icon="eye")
        self.call = PushButton(self.theme, "ui.first-run.receipt.call", icon="phone")
        card = Card()
        card.inside.addWidget(Label(self.theme, "ui.first-run.receipt.number", tone="muted"))
        card.inside.addWidget(self.number)
        card.inside.addWidget(self.facts)
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        line.addWidget(self.look)
        line.addStretch(1)
        card.inside.addLayout(line)
        self.body.addWidget(card)
        self.next_steps = Label(self.theme, "ui.first-run.receipt.next", wrap=True)
        self.body.addWidget(self.next_steps)
        calling = QHBoxLayout()
        calling.addWidget(self.call)
        calling.addStretch(1)
        self.body.addLayout(calling)
        self.look.clicked.connect(self._look)
        self.call.clicked.connect(self.first_call)

    @property
    def next_key(self) -> str:
        """It ends."""
        return "ui.first-run.receipt.done"

    def refresh(self) -> None:
        """Show what was agreed."""
        run, language = self.run, self.theme.language
        if run.done is None or run.offer is None:
            return
        self.number.show_text(run.done.number)
        draft, provider = run.draft, run.offer.provider
        limit = draft.credit_limit_fen if draft else None
        facts = [("ui.first-run.sign.plan", words_in(run.plan.name, language))] if run.plan else []
        if limit is not None:
            facts.append(("ui.first-run.sign.limit", format_fen(limit)))
        facts += [
            ("ui.first-run.receipt.copy", self.theme.words("ui.first-run.receipt.copy.where")),
            ("ui.first-run.receipt.support", f"{provider.support_number} · {provider.telephone}"),
        ]
        self.facts.show_facts(facts)
        self.facts.values["ui.first-run.receipt.copy"].setToolTip(run.done.path)
        self.look.setVisible(bool(run.done.path))
        self.next_steps.say("ui.first-run.receipt.next" if run.done.signs_in else "ui.first-run.receipt.sign-in")
        self.call.setVisible(run.done.signs_in)

    def begin(self) -> None:
        """The focus goes to the first call."""
        (self.call if self.call.isVisibleTo(self) else self.look).setFocus()

    def _look(self) -> None:
        if self.run.done and Path(self.run.done.path).is_file():
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.run.done.path))
