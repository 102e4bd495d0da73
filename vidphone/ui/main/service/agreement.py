"""The room of changed agreements: until when one may object, what changed, what was accepted by time (clause 15)."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request
from vidphone.phone.notice_commands import CompareVersion, FetchVersions, ObjectToVersion
from vidphone.phone.notice_events import VersionObjected
from vidphone.terms.changed_agreement import Answer as Answered
from vidphone.terms.comparison import Change, ClauseComparison, Part
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState, Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.slices import Slices
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.money.card import emptied
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.service.asking import WritingDialog
from vidphone.ui.main.service.marked import MarkedWords, clauses_of
from vidphone.ui.main.service.notice_view import NoticeView
from vidphone.ui.main.service.room import Column, Room
from vidphone.wire.notices import ChangedVersion, ComparedVersions
from vidphone.wire.signaling import Topic

AT_ONCE = 2
"""See `Slices`."""


class ObjectionDialog(WritingDialog):
    """Why one does not agree; it opens a case."""

    def __init__(self, theme: Theme, parent: QWidget, version: ChangedVersion) -> None:
        super().__init__(
            theme, parent, "ui.notices.object.send", "ui.notices.object.send", "ui.notices.object.words",
            Request.OBJECTION,
        )  # fmt: skip
        self._version = version
        what = Label(theme, strong=True, wrap=True)
        what.say("ui.notices.object.title", version=version.version)
        self.lines.addWidget(what)
        self.lines.addWidget(Label(theme, "ui.notices.object.what", tone="muted", wrap=True))
        self.lines.addWidget(self.words)
        self.words.setFocus()
        self.enable()

    def command(self) -> Command:
        """As of every one."""
        return ObjectToVersion(self._version.version, self.words.text())

    def answers(self, event: Event) -> bool:
        """As of every one."""
        return isinstance(event, VersionObjected) and event.version.version == self._version.version


class RuleCard(Panel):
    """What the rule is. `answer`, how asking for the versions stands, has its place above all cards."""

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.versions.title", parent)
        self._view = view
        self.answer = Answer(theme, self, view, Request.VERSIONS)
        self.empty = EmptyState(theme, "circle-check", "ui.notices.versions.none", "ui.notices.versions.none.next")
        self.inside.addWidget(Label(theme, "ui.notices.versions.rule", tone="muted", wrap=True))
        self.inside.addWidget(self.empty)

    def refresh(self) -> None:
        """As of every card."""
        self.answer.refresh("ui.account.fetching" if self._view.versions is None else "", retry=FetchVersions())
        self.empty.setVisible(self._view.versions == ())


class VersionCard(Panel):
    """One version: how the customer stands to it."""

    case_wanted = Signal(str)
    """The number of the case that the objection opened."""
    object_wanted = Signal()

    def __init__(self, theme: Theme, version: ChangedVersion, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.versions.title", parent)
        self.version = version
        self.title.say("ui.notices.version", version=version.version)
        self.status = StatusLine(theme)
        self.facts = Facts(theme)
        self.show_it = PushButton(theme, "ui.notices.version.show", icon="eye")
        self.object = PushButton(theme, "ui.notices.version.object", icon="circle-alert")
        self.case = PushButton(theme, "ui.notices.versions.title", "link")
        for widget in (self.status, self.facts):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.buttons(self.show_it, self.object, self.case))
        self.object.setVisible(version.answer is Answered.PENDING)
        self.case.setVisible(version.case is not None)
        if version.case is not None:
            self.case.say("ui.notices.version.case", case=version.case)
        words = theme.words
        until, since = full_day(version.until, words), full_day(version.since, words)
        self.facts.show_facts(
            [
                ("ui.notices.version.published", full_day(version.published_on, words)),
                ("ui.notices.version.until", until),
            ]
        )
        key, standing = version.answer.value, Standing.PLAIN
        if version.answer is Answered.ACCEPTED:
            standing = Standing.GOOD
            if version.since is not None and version.since > version.until:
                key = "by-time"
        self.status.say(standing, f"ui.notices.version.{key}", until=until, since=since)
        self.show_it.clicked.connect(lambda: self.ask(CompareVersion(version.version)))
        self.object.clicked.connect(self.object_wanted)
        self.case.clicked.connect(lambda: self.case_wanted.emit(version.case or ""))


class ComparedCard(Panel):
    """The present text at the left and the new one at the right, clause by clause, what changes marked in both."""

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.version.show", parent)
        self._view = view
        self._shown: tuple[object, ...] = ()
        self._whole = False
        self.answer = Answer(theme, self, view, Request.VERSION)
        self.legend = Label(theme, "ui.notices.compared.legend", TypeRole.CAPTION, "muted", wrap=True)
        self.whole = PushButton(theme, "ui.notices.compared.whole", "link")
        self._clauses = QVBoxLayout()
        self._clauses.setSpacing(GRID_PX)
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.legend)
        self.inside.addLayout(self._clauses)
        self.inside.addLayout(self.buttons(self.whole))
        self.whole.clicked.connect(self._show_whole)

    def refresh(self) -> None:
        """As of every card."""
        view = self._view
        compared = view.compared
        self.answer.refresh("ui.notices.version.fetching")
        self.setVisible(compared is not None or Request.VERSION in view.waiting or Request.VERSION in view.failed)
        shown = (compared, self._theme.language, self._whole)
        if shown == self._shown:
            return
        if compared is None or not self._shown or compared is not self._shown[0]:
            self._whole = False
        self._shown = (compared, self._theme.language, self._whole)
        emptied(self._clauses)
        self.legend.setVisible(compared is not None)
        self.whole.hide()
        if compared is not None:
            self.title.say("ui.notices.compared.title", version=compared.about.version)
            self._show(compared)
        else:
            self.title.say("ui.notices.version.show")

    def _show(self, compared: ComparedVersions) -> None:
        on_paper = compared.old is None
        self.legend.say(f"ui.notices.compared.{'paper' if on_paper else 'legend'}")
        clauses = clauses_of(compared, self._theme.language)
        listed = [clause for clause in clauses if on_paper or self._whole or clause.changed]
        self.whole.setVisible(len(listed) < len(clauses))
        if not listed:
            self._clauses.addWidget(Label(self._theme, "ui.notices.compared.same", wrap=True))
        for clause in listed:
            head = Label(self._theme, strong=True, wrap=True)
            title = clause.new_title if clause.new_title is not None else clause.old_title or ""
            words = self._theme.words
            name = words("ui.notices.compared.clause", number=clause.number, title=title) if clause.number else title
            only = "gone" if clause.new_title is None else "new" if clause.old_title is None and not on_paper else ""
            head.show_text(f"{name} · {words(f'ui.notices.compared.{only}')}" if only else name)
            self._clauses.addWidget(head)
            if clause.changed and not on_paper:
                self._clauses.addWidget(self._beside(clause, compared.about.version))
            else:
                self._clauses.addWidget(MarkedWords(self._theme, clause.parts))

    def _beside(self, clause: ClauseComparison, version: str) -> QWidget:
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, GRID_PX)
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        for column, (side, gone) in enumerate((("present", Change.ADDED), ("coming", Change.REMOVED))):
            head = Label(self._theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
            head.say(f"ui.notices.compared.{side}", version=version)
            parts = [part for part in clause.parts if part.change is not gone]
            words = parts or [Part(self._theme.words("ui.notices.compared.nothing"), Change.SAME)]
            grid.setColumnStretch(column, 1)
            grid.addWidget(head, 0, column)
            grid.addWidget(MarkedWords(self._theme, words), 1, column, Qt.AlignmentFlag.AlignTop)
        return both

    def _show_whole(self) -> None:
        self._whole = True
        self.refresh()


class AgreementRoom(Room):
    """Asks for the versions when it is opened, or told while it is; that there is a new one is announced as news."""

    topics = frozenset({Topic.AGREEMENT})
    case_wanted = Signal(str)
    """The number of a case that is to be shown."""

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = view
        self._shown: tuple[object, ...] = ()
        self.dialog: ObjectionDialog | None = None
        self.rule = RuleCard(theme, view)
        self.compared = ComparedCard(theme, view)
        self._versions = QWidget()
        cards = QVBoxLayout(self._versions)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(2 * GRID_PX)
        self._cards: Slices[VersionCard] = Slices(cards, self, at_once=AT_ONCE)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Column(theme, self.rule.answer, self.compared, self._versions, self.rule))
        self.rule.wanted.connect(self.ask)
        self.refresh()

    @property
    def cards(self) -> list[VersionCard]:
        """Those that are shown so far."""
        return self._cards.made

    @property
    def failed(self) -> bool:
        """As of every room."""
        return Request.VERSIONS in self._view.failed

    def fetch(self) -> None:
        """As of every room."""
        self.ask(FetchVersions())

    def happened(self, event: Event) -> None:
        """As of every room."""
        if self.dialog is not None:
            self.dialog.happened(event)
        if isinstance(event, VersionObjected):
            self.notice.emit(Notice("ui.notices.object.done", (("case", event.version.case or "—"),)))

    def refresh(self) -> None:
        """As of every room."""
        self.rule.refresh()
        self.compared.refresh()
        shown = (self._view.versions, self._theme.language)
        if shown == self._shown:
            return
        self._shown = shown
        versions = self._view.versions or ()
        self._versions.setVisible(bool(versions))
        self._cards.fill(partial(self._card, version) for version in versions)

    def object(self, version: ChangedVersion) -> None:
        """Write why one does not agree."""
        self.dialog = dialog = ObjectionDialog(self._theme, self, version)
        dialog.wanted.connect(self.ask)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _card(self, version: ChangedVersion) -> VersionCard:
        card = VersionCard(self._theme, version)
        card.wanted.connect(self.ask)
        card.case_wanted.connect(self.case_wanted)
        card.object_wanted.connect(lambda: self.object(version))
        return card

    def _closed(self) -> None:
        self.dialog = None
