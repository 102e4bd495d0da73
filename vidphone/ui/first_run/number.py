"""The number, chosen from those that are free."""

from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from vidphone.account.sign_up.draft import Page
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, Pause, WizardPage
from vidphone.ui.first_run.parts import Option, Options, announce

COLUMNS = 3
MAX_DIGITS = 15
SEARCH_MS = 350


class NumberPage(WizardPage):
    """A search by digits, the free numbers found, and the one that is chosen."""

    step = Page.NUMBER

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.search = QLineEdit()
        self.search.setMaxLength(MAX_DIGITS)
        self.search.setValidator(QRegularExpressionValidator(r"[0-9]*", self.search))
        self.search.setClearButtonEnabled(True)
        self.others = PushButton(self.theme, "ui.first-run.number.others", icon="refresh-cw")
        self.chosen = Label(self.theme, role=TypeRole.LEAD, strong=True, wrap=True)
        self.status = Label(self.theme, tone="muted", wrap=True)
        self.numbers = Options(self.theme, "ui.first-run.number.free", columns=COLUMNS)
        self._shown: tuple[str, ...] | None = None
        self._pause = Pause(self, SEARCH_MS)
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        line.addWidget(self.search, 1)
        line.addWidget(self.others)
        column = QVBoxLayout()
        column.setSpacing(GRID_PX)
        column.addLayout(line)
        column.addWidget(self.status)
        self.body.addLayout(column)
        self.body.addWidget(self.numbers)
        self.body.addWidget(self.chosen)
        self.search.textEdited.connect(self._typed)
        self.search.returnPressed.connect(self._find)
        self._pause.timeout.connect(self._find)
        self.others.clicked.connect(self._find)
        self.numbers.chosen.connect(self._choose)
        self.theme.words.changed.connect(self._say)
        self._say()

    def refresh(self) -> None:
        """Show what was found, and what is chosen."""
        run = self.run
        draft = run.draft
        if draft is None:
            return
        if run.numbers != self._shown:
            self._shown = run.numbers
            self.numbers.show_options(run.numbers or (), self._fill)
        self.numbers.choose(draft.number)
        self.others.setEnabled(not run.finding)
        before = self.status.plain
        if run.finding:
            self.status.say("ui.first-run.number.finding")
        elif run.numbers is None:
            self.status.show_text("")
        elif run.numbers:
            self.status.say("ui.first-run.number.found", count=len(run.numbers))
        elif run.numbers_for:
            self.status.say("ui.first-run.number.none-with", digits=run.numbers_for)
        else:
            self.status.say("ui.first-run.number.none")
        if self.status.plain != before and not run.finding:
            announce(self.status)
        if draft.number:
            self.chosen.say("ui.first-run.number.chosen", number=draft.number)
        else:
            self.chosen.say("ui.first-run.number.not-chosen")
        self.chosen.set_tone("" if draft.number else "muted")

    def begin(self) -> None:
        """The focus goes to the search."""
        self.search.setFocus()

    def leave(self) -> None:
        """A search that was not begun is not needed."""
        self._pause.stop()

    def show_lacks(self) -> None:
        """To the numbers, or to the search where there are none."""
        if self.numbers.options:
            self.numbers.focus()
        else:
            self.search.setFocus()

    def _typed(self) -> None:
        self._pause.start()

    def _find(self) -> None:
        self._pause.stop()
        self.ask(self.run.find_numbers(self.search.text()))

    def _choose(self, number: str) -> None:
        self.run.change(number=number)
        self.ask([])

    def _fill(self, option: Option) -> None:
        title = Label(self.theme, strong=True)
        title.show_text(option.value)
        option.inside.addWidget(title)
        option.name(option.value)

    def _say(self) -> None:
        words = self.theme.words("ui.first-run.number.search")
        self.search.setAccessibleName(words)
        self.search.setPlaceholderText(words)
