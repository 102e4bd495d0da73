"""The separate consent for identity data (Personal Information Protection Law, 14 and 29): the notice in full."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from vidphone.account.sign_up.draft import Page
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import TickLine
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.page import Card

LONGEST_HEADING = 60


def parted(notice: str) -> tuple[str, str]:
    """The heading of a notice, where it begins with one line that stands alone, and the rest of it."""
    first, _, rest = notice.strip().partition("\n\n")
    return (first, rest.strip()) if rest and "\n" not in first and len(first) <= LONGEST_HEADING else ("", notice)


class ConsentPage(WizardPage):
    """The notice, a box that nobody ticked beforehand, and the way to refuse."""

    step = Page.CONSENT
    refused = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.heading = Label(self.theme, role=TypeRole.LEAD, strong=True, wrap=True)
        self.notice = Label(self.theme, wrap=True)
        self.tick = TickLine(self.theme, "ui.first-run.consent.tick")
        self.refuse = PushButton(self.theme, "ui.first-run.consent.refuse", "link")
        card = Card()
        card.inside.addWidget(self.heading)
        card.inside.addWidget(self.notice)
        self.body.addWidget(card)
        self.body.addWidget(self.tick)
        line = QHBoxLayout()
        line.addWidget(self.refuse)
        line.addStretch(1)
        self.body.addLayout(line)
        self.tick.ticked.connect(self._tick)
        self.refuse.clicked.connect(self.refused)
        if self.area is not None:
            self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll what is to be read
        self.theme.words.changed.connect(self._name)
        self._name()

    def refresh(self) -> None:
        """Show the notice in the language of the moment."""
        draft, offer = self.run.draft, self.run.offer
        if draft and offer:
            heading, rest = parted(words_in(offer.agreement.identity_notice, self.theme.language))
            self.heading.show_text(heading)
            self.heading.setVisible(bool(heading))
            self.notice.show_text(rest)
            self.tick.box.setChecked(draft.identity_consent)

    def begin(self) -> None:
        """The notice is read from its first line; Tab leads to the box after it."""
        if self.area is not None:
            self.area.verticalScrollBar().setValue(0)
            self.area.setFocus()

    def show_lacks(self) -> None:
        """The box is where it stops; where the words are others now, they are to be read first."""
        if self.run.consent_ended:
            self.begin()
        else:
            self.tick.box.setFocus()

    def _name(self) -> None:
        if self.area is not None:
            self.area.setAccessibleName(self.theme.words("ui.first-run.consent.title"))

    def _tick(self, on: bool) -> None:
        self.run.consent(on)
        self.ask([])
