"""The room of news: what the provider announced, newest first, beside it the one that is read, and moved contacts."""

from random import SystemRandom

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import SaveContact
from vidphone.phone.events import ContactsChanged, Event, Request, SignedOut
from vidphone.phone.notice_commands import FetchAnnouncements, FetchChangedNumbers, ReadAnnouncement, TakeNumber
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState, Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.rows import RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.money.rows import AmountList, AmountRow
from vidphone.ui.main.moved import MovedNumbers
from vidphone.ui.main.page import LIST_PX, Lists, Reading
from vidphone.ui.main.service.notice_view import NoticeView, moved
from vidphone.ui.main.service.room import Room
from vidphone.ui.state import ViewState
from vidphone.wire.notices import Announcement, AnnouncementKind
from vidphone.wire.signaling import Topic

CHANCE_MS = 2000
"""What goes to everyone is asked for within this, not by all phones at once."""
_LIST, _EMPTY = range(2)
_ICONS = {
    AnnouncementKind.MAINTENANCE: "settings",
    AnnouncementKind.CAPACITY: "signal",
    AnnouncementKind.UPGRADE: "download",
    AnnouncementKind.NUMBER_CHANGE: "phone",
    AnnouncementKind.PRICE_CHANGE: "coin",
    AnnouncementKind.AGREEMENT: "shield",
}


class NewsCard(Panel):
    """The list."""

    def __init__(self, theme: Theme, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.news.title", parent)
        self._view = view
        self.answer = Answer(theme, self, view, Request.ANNOUNCEMENTS)
        self.list = AmountList(theme, "ui.notices.news.title")
        self.model = RowModel(self)
        self.list.setModel(self.model)
        self.lists = Lists()
        self.lists.addWidget(self.list)
        self.lists.addWidget(EmptyState(theme, "bell", "ui.notices.news.none", "ui.notices.news.none.next"))
        self.more = PushButton(theme, "ui.notices.news.more")
        self._shown: tuple[object, ...] = ()
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.lists, 1)
        self.inside.addLayout(self.buttons(self.more))
        self.more.clicked.connect(self._fetch_more)

    def show_list(self, chosen: str) -> None:
        """Show what there is; the chosen one stands out."""
        view = self._view
        known = view.announcements
        self.answer.refresh("ui.account.fetching" if known is None else "", retry=FetchAnnouncements())
        self.lists.setVisible(known is not None)
        self.lists.setCurrentIndex(_LIST if known else _EMPTY)
        self.more.setVisible(view.more and bool(known))
        self.more.setEnabled(Request.ANNOUNCEMENTS not in view.waiting)
        shown = (known, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            self.model.show_rows([(self._row(each), each.id) for each in known or ()])
        place = next((at for at, each in enumerate(known or ()) if each.id == chosen), None)
        if place is not None and self.list.currentIndex().row() != place:
            self.list.setCurrentIndex(self.model.index(place, 0))

    def _row(self, announcement: Announcement) -> AmountRow:
        second = self.when(announcement.published_at)
        if fresh := announcement.read_at is None:
            second = f"{self._theme.words('ui.notices.news.new')} · {second}"
        title = words_in(announcement.title, self._theme.language)
        return AmountRow(title, second, "", _ICONS[announcement.kind], tone="accent" if fresh else "muted")

    def _fetch_more(self) -> None:
        if self._view.announcements:
            self.ask(FetchAnnouncements(self._view.announcements[-1].published_at))


class AnnouncementCard(Panel):
    """One announcement in full."""

    room_wanted = Signal(str)
    """To where something can be done about it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.notices.news.title", parent)
        self.kind = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.body = Label(theme, wrap=True)
        self.body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.facts = Facts(theme)
        self.compare = PushButton(theme, "ui.notices.news.agreement", "accent")
        for widget in (self.kind, self.body, self.facts):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.buttons(self.compare))
        self.compare.clicked.connect(lambda: self.room_wanted.emit("agreement"))

    def show_one(self, announcement: Announcement | None) -> None:
        """Show one; without any it asks to choose."""
        for widget in (self.kind, self.facts):
            widget.setVisible(announcement is not None)
        self.compare.setVisible(announcement is not None and announcement.agreement_version is not None)
        if announcement is None:
            self.title.say("ui.notices.news.title")
            self.body.say("ui.notices.news.none-chosen")
            return
        language = self._theme.language
        self.title.show_text(words_in(announcement.title, language))
        kind = self._theme.words(f"ui.notices.kind.{announcement.kind.value}")
        self.kind.show_text(f"{kind} · {self.when(announcement.published_at)}")
        self.body.show_text(words_in(announcement.body, language))
        times = (("begins", announcement.begins_at), ("ends", announcement.ends_at))
        self.facts.show_facts([(f"ui.notices.news.{name}", "—" if at is None else self.when(at)) for name, at in times])
        self.facts.setVisible(any(at is not None for _, at in times))


class NewsRoom(Room):
    """Asks for the list with each hint, since the rail counts what is new, and after the numbers of contacts."""

    topics = frozenset({Topic.ANNOUNCEMENTS, Topic.AGREEMENT})

    def __init__(self, theme: Theme, state: ViewState, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._state = state
        self._view = view
        self.chosen = ""
        self._asked_after: frozenset[str] = frozenset()
        """The contacts' numbers that were asked after last."""
        self.later = QTimer(self)
        self.later.setSingleShot(True)
        self.card = NewsCard(theme, view)
        self.announcement = AnnouncementCard(theme)
        self.numbers = Panel(theme, "ui.notices.moved.title")
        self.moved = MovedNumbers(theme)
        self.numbers.inside.addWidget(Label(theme, "ui.notices.moved.rule", tone="muted", wrap=True))
        self.numbers.inside.addWidget(self.moved)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.announcement)
        column.addWidget(self.numbers)
        column.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        line.setSpacing(2 * GRID_PX)
        line.addWidget(self.card, 5)
        line.addWidget(Reading(theme, "ui.notices.news.title", beside), 6)
        self.card.wanted.connect(self.ask)
        self.announcement.room_wanted.connect(self.room_wanted)
        self.moved.taken.connect(self.take)
        self.later.timeout.connect(self.fetch)
        self.card.list.selectionModel().currentChanged.connect(self._choose)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.refresh()

    @property
    def waiting(self) -> int:
        """As of every room."""
        return self._view.unread

    @property
    def failed(self) -> bool:
        """As of every room."""
        return Request.ANNOUNCEMENTS in self._view.failed

    def fetch(self) -> None:
        """As of every room."""
        self.later.stop()
        if self._state.account is not None:
            self.ask(FetchAnnouncements())
            self._ask_after_numbers()

    def hinted(self, *, open_now: bool) -> None:
        """As of every room; all phones hear it at once, so each asks by chance a little later."""
        if not self.later.isActive():
            self.later.start(SystemRandom().randrange(CHANCE_MS))

    def happened(self, event: Event) -> None:
        """As of every room."""
        match event:
            case ContactsChanged():
                if self._state.account is not None and self._numbers() - self._asked_after:
                    self._ask_after_numbers()
                self._show_moved()
            case SignedOut():
                self.later.stop()
                self.chosen, self._asked_after = "", frozenset()
            case _:
                pass

    def refresh(self) -> None:
        """As of every room."""
        self.card.show_list(self.chosen)
        known = self._view.announcements or ()
        self.announcement.show_one(next((each for each in known if each.id == self.chosen), None))
        self.announcement.setVisible(bool(known))
        self._show_moved()

    def take(self, command: TakeNumber) -> None:
        """Put a new number into the contacts; there is a way back."""
        before = tuple(contact for contact in self._state.contacts if command.old in contact.numbers)
        self.wanted.emit(command)
        names = self._theme.words("ui.between").join(contact.name for contact in before)
        places = (("name", names), ("new", command.new))

        def undo() -> None:
            for contact in before:
                self.wanted.emit(SaveContact(contact))

        self.notice.emit(Notice("ui.notices.moved.taken", places, action_key="ui.undo", action=undo))

    def _numbers(self) -> frozenset[str]:
        return frozenset(number for contact in self._state.contacts for number in contact.numbers)

    def _ask_after_numbers(self) -> None:
        self._asked_after = self._numbers()
        if self._asked_after:
            self.ask(FetchChangedNumbers())

    def _show_moved(self) -> None:
        moves = moved(self._state.contacts, self._view.changed)
        self.moved.show_moves(moves)
        self.numbers.setVisible(bool(moves))

    def _choose(self, index: QModelIndex) -> None:
        name = self.card.model.thing(index)
        if not isinstance(name, str) or name == self.chosen:
            return
        self.chosen = name
        self.refresh()
        if any(each.id == name and each.read_at is None for each in self._view.announcements or ()):
            self.ask(ReadAnnouncement(name))

    def _restyle(self) -> None:
        self.card.setMinimumWidth(self._theme.px(LIST_PX))
