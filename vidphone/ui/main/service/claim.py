"""A claim under the warranty: what is excluded is said before it is sent (clause 4)."""

from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from vidphone.phone.case_commands import MakeClaim
from vidphone.phone.case_events import CaseOpened
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request
from vidphone.terms import warranty
from vidphone.terms.warranty import COVERED, Category, Ground
from vidphone.ui.design.choice import DropDown
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.service.asking import WritingDialog
from vidphone.ui.main.service.writing import Attachments
from vidphone.wire.cases import Terminal


def ground_today(terminal: Terminal, category: Category, today: date) -> Ground:
    """What clause 4 says of a claim that is made today; how many years it runs is told by the provider's last day."""
    known = warranty.Terminal(terminal.installed_on, terminal.opened_on)
    ground = warranty.judge(known, category, today).ground
    if ground in (Ground.COVERED, Ground.LATE):
        return Ground.COVERED if today <= terminal.last_day else Ground.LATE
    return ground


class ClaimDialog(WritingDialog):
    """What happened to a device, in a category and in words, with pictures."""

    def __init__(self, theme: Theme, parent: QWidget, terminal: Terminal, today: date | None = None) -> None:
        """`today` is of the provider; without it, this machine's."""
        super().__init__(
            theme, parent, "ui.service.claim.title", "ui.service.claim.send", "ui.service.claim.words", Request.CLAIM
        )
        self._terminal = terminal
        self._today = today or datetime.now().astimezone().date()
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
        ground = ground_today(self._terminal, self.chosen, self._today)
        day = full_day(self._terminal.last_day, self._theme.words)
        standing = Standing.GOOD if ground is Ground.COVERED else Standing.CARE
        self.ruling.say(standing, f"ui.service.claim.{ground.value}", day=day)
