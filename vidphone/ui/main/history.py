"""The calls that were: missed ones apart, calling back, forgetting them."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from vidphone.account.history import HistoryEntry
from vidphone.phone.commands import Dial, ForgetHistory, MarkMissedSeen
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.rows import ListRow, RowList, RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TOUCH_PX
from vidphone.ui.main.ask import ask
from vidphone.ui.main.moments import duration, exact, moment
from vidphone.ui.main.page import ListAndDetail
from vidphone.ui.main.person import PersonCard
from vidphone.ui.network_fault import network_at_fault, was_poor
from vidphone.ui.state import ViewState
from vidphone.wire.cases import AboutCall

_LIST, _EMPTY, _NONE_MISSED = range(3)
_NOTHING, _SOMETHING = range(2)
SEEN_AFTER_MS = 1500
"""So long the dots stay that say which missed calls are new."""


class HistoryPage(ListAndDetail):
    """Shows past calls and asks for what is to become of them."""

    wanted = Signal(object)
    """A command."""
    dial_wanted = Signal()
    """Nothing here yet: to the dialler."""
    add_contact = Signal(str)
    """The number to make a contact of."""
    test_wanted = Signal()
    """To find out what the network is fit for."""
    case_wanted = Signal(object, str)
    """What a case is to be opened about, and its name."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.history.title", parent)
        self._state = state
        self._chosen = ""
        self._only_missed = False
        self.clear = RoundButton(theme, "trash-2", "ui.history.clear", "quiet", diameter_px=TOUCH_PX)
        self.filter = Segments(theme, "ui.history.filter", (("all", "ui.history.all"), ("missed", "ui.history.missed")))
        self.filter.choose("all")
        self.list = RowList(theme, "ui.history.title")
        self._model = RowModel(self)
        self.list.setModel(self._model)
        self.card = PersonCard(theme)
        self.save = PushButton(theme, "ui.history.save", "link", icon="user-plus")
        self.dispute = PushButton(theme, "ui.service.dispute.call", "link", icon="circle-question-mark")
        self.test = PushButton(theme, "network.open", icon="signal")
        self._seen = QTimer(self)
        self._seen.setSingleShot(True)
        self._seen.setInterval(SEEN_AFTER_MS)
        self._build()
        self._wire()
        self.refresh()

    def _build(self) -> None:
        theme = self._theme
        self.title_line.addWidget(self.clear)
        self.above.addWidget(self.filter)
        empty = EmptyState(theme, "history", "ui.history.empty", "ui.history.empty.next")
        first = PushButton(theme, "ui.nav.dial", "accent", icon="grid-3x3")
        first.clicked.connect(self.dial_wanted)
        empty.add_action(first)
        for page in (
            self.list,
            empty,
            EmptyState(theme, "phone-missed", "ui.history.none-missed", "ui.history.none-missed.next"),
        ):
            self.lists.addWidget(page)
        self.card.ways.addWidget(self.save)
        self.card.ways.addWidget(self.dispute)
        self.card.offers.addWidget(self.test, 0, Qt.AlignmentFlag.AlignHCenter)
        self.detail.addWidget(EmptyState(theme, "history", "ui.history.none-chosen", "ui.history.none-chosen.next"))
        self.detail.addWidget(self.card)

    def _wire(self) -> None:
        self.clear.clicked.connect(self._clear)
        self.filter.chosen.connect(self._filter)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.activated.connect(self._call_back)
        self.card.call.connect(self.wanted)
        self.save.clicked.connect(self._save)
        self.dispute.clicked.connect(self._dispute)
        self.test.clicked.connect(self.test_wanted)
        self._seen.timeout.connect(self._mark_seen)
        self._theme.words.changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Missed calls count as seen once they were looked at for a moment."""
        super().showEvent(event)
        self.refresh()
        self._seen.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._seen.stop()

    def refresh(self) -> None:
        """History, contacts or the language changed."""
        chosen = self._chosen
        entries = [entry for entry in self._state.history if entry.missed or not self._only_missed]
        self._model.show_rows([(self._row(entry), entry.id) for entry in entries])
        empty = _NONE_MISSED if self._state.history else _EMPTY
        self.lists.setCurrentIndex(_LIST if entries else empty)
        self.detail.setVisible(bool(self._state.history))
        self.filter.setVisible(bool(self._state.history))
        self.clear.setVisible(bool(self._state.history))
        place = next((i for i, entry in enumerate(entries) if entry.id == chosen), None)
        if place is not None:
            self.list.setCurrentIndex(self._model.index(place, 0))
        self._chosen = chosen if place is not None else ""
        self._show_chosen()
        if self.isVisible() and self._state.missed:
            self._seen.start()

    def _name(self, entry: HistoryEntry) -> str:
        return self._state.name_of(entry.number) or entry.name or entry.number

    def _what(self, entry: HistoryEntry) -> str:
        kind = "video" if entry.video else "voice"
        way = "missed" if entry.missed else ("incoming" if entry.incoming else "outgoing")
        return self._theme.words(f"ui.history.{way}.{kind}")

    def _row(self, entry: HistoryEntry) -> ListRow:
        icon = "phone-missed" if entry.missed else ("phone-incoming" if entry.incoming else "phone-outgoing")
        return ListRow(
            self._name(entry),
            self._what(entry),
            self._when(entry),
            icon,
            alarm=entry.missed,
            marked=entry.missed and not entry.seen,
        )

    def _when(self, entry: HistoryEntry) -> str:
        at = datetime.fromtimestamp(entry.started_at_epoch_s, UTC).astimezone()
        return moment(at, datetime.now(UTC).astimezone(), self._theme.words)

    def _entry(self) -> HistoryEntry | None:
        return next((entry for entry in self._state.history if entry.id == self._chosen), None)

    def _choose(self, index: QModelIndex) -> None:
        self._chosen = str(self._model.thing(index) or "")
        self._show_chosen()

    def _show_chosen(self) -> None:
        entry = self._entry()
        self.detail.setCurrentIndex(_SOMETHING if entry else _NOTHING)
        if entry is None:
            return
        words = self._theme.words
        lasted = duration(entry.talked_s, words) if entry.talked_s > 0 else ""
        reason = "" if entry.missed or entry.talked_s > 0 else words(f"reason.{entry.reason.value}")
        poor = words("calls.ended.poor") if was_poor(entry.quality) and entry.talked_s > 0 else ""
        lines = (self._what(entry), " · ".join(part for part in (self._when(entry), lasted) if part), reason, poor)
        self.card.show_person(self._name(entry), (entry.number,), "\n".join(line for line in lines if line))
        self.save.setVisible(not self._state.name_of(entry.number))
        self.test.setVisible(network_at_fault(entry.reason, entry.quality))

    def _call_back(self) -> None:
        if entry := self._entry():
            self.wanted.emit(Dial(entry.number, entry.video))

    def _save(self) -> None:
        if entry := self._entry():
            self.add_contact.emit(entry.number)

    def _dispute(self) -> None:
        if (entry := self._entry()) is not None:
            at = exact(datetime.fromtimestamp(entry.started_at_epoch_s, UTC).astimezone(), self._theme.words)
            what = self._theme.words("ui.service.what.call", name=self._name(entry), at=at)
            self.case_wanted.emit(AboutCall(call=entry.id), what)

    def _filter(self, value: str) -> None:
        self._only_missed = value == "missed"
        self.refresh()

    def _clear(self) -> None:
        ask(
            self._theme,
            self,
            "ui.history.clear.title",
            "ui.history.clear.what",
            [("ui.cancel", "plain", None), ("ui.history.clear", "danger", lambda: self.wanted.emit(ForgetHistory()))],
        )

    def _mark_seen(self) -> None:
        if self._state.missed and self.isVisible():
            self.wanted.emit(MarkMissedSeen())
