"""A claim under the warranty: what is excluded is said before it is sent (clause 4)."""

from PySide6.QtWidgets import QWidget

from vidphone.phone.case_commands import MakeClaim
from vidphone.phone.case_events import CaseOpened
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request
from vidphone.terms.warranty import COVERED, Category, Ground
from vidphone.ui.design.choice import DropDown
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.service.asking import WritingDialog
from vidphone.ui.main.service.writing import Attachments
from vidphone.wire.cases import Terminal


def ground_of(terminal: Terminal, category: Category) -> Ground:
    """What clause 4 says of a claim now. The day is the provider's: this machine's clock may be another."""
    if category is Category.OPENED or terminal.opened_on is not None:
        return Ground.OPENED
    if category not in COVERED:
        return Ground.EXCLUDED
    return Ground.COVERED if terminal.covered else Ground.LATE


class ClaimDialog(WritingDialog):
    """What happened to a device, in a category and in words, with pictures."""

    def __init__(self, theme: Theme, parent: QWidget, terminal: Terminal) -> None:
        super().__init__(
            theme, parent, "ui.service.claim.title", "ui.service.claim.send", "ui.service.claim.words", Request.CLAIM
        )
        self._terminal = terminal
        self.category = DropDown(theme, "ui.service.claim.category")
        for category in (*(each for each in Category if each in COVERED),
                         *(each for each in Category if each not in COVERED)):  # fmt: skip
            self.category.addItem(theme.words(f"warranty.category.{category.value}"), category.value)
        self.ruling = StatusLine(theme)
        self.attachments = Attachments(theme)
        what = Label(theme, strong=True, wrap=True)
        what.show_text(f"{terminal.model} · {terminal.serial}")
        self.lines.addWidget(what)
        self.lines.addWidget(Label(theme, "ui.service.claim.what", tone="muted", wrap=True))
        self.lines.addWidget(Label(theme, "ui.service.claim.category", strong=True))
        for widget in (self.category, self.ruling, self.words, self.attachments):
            self.lines.addWidget(widget)
        self.category.currentIndexChanged.connect(self._changed)
        self.attachments.changed.connect(self._edited)
        self.category.setFocus()
        self._rule()
        self.enable()

    @property
    def chosen(self) -> Category:
        """The category that is chosen."""
        return Category(self.category.currentData())

    def command(self) -> Command:
        """As of every one."""
        return MakeClaim(self._terminal.id, self.chosen, self.words.text(), tuple(self.attachments.paths))

    def answers(self, event: Event) -> bool:
        """As of every one."""
        return isinstance(event, CaseOpened) and isinstance(self._sent, MakeClaim) and event.id == self._sent.id

    def _changed(self) -> None:
        self._rule()
        self._edited()

    def _rule(self) -> None:
        ground = ground_of(self._terminal, self.chosen)
        day = full_day(self._terminal.last_day, self._theme.words)
        standing = Standing.GOOD if ground is Ground.COVERED else Standing.CARE
        self.ruling.say(standing, f"ui.service.claim.{ground.value}", day=day)
