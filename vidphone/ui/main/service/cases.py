"""The room of cases: all of them, newest first, and beside them the one that was chosen."""

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.case_commands import FetchCase, FetchCases
from vidphone.phone.case_events import CasePhotoShown
from vidphone.phone.events import Event, Request
from vidphone.terms.cases import CaseState
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState, Notice
from vidphone.ui.design.rows import RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.money.rows import AmountList, AmountRow
from vidphone.ui.main.page import LIST_PX, Lists, scrolled
from vidphone.ui.main.service.about import about_words, due_words
from vidphone.ui.main.service.asking import WritingDialog
from vidphone.ui.main.service.case import CaseCard
from vidphone.ui.main.service.messages import PictureDialog
from vidphone.ui.main.service.room import Room
from vidphone.ui.main.service.view import CaseView
from vidphone.wire.cases import CaseSummary
from vidphone.wire.signaling import Topic

_LIST, _EMPTY = range(2)


class CasesCard(Panel):
    """The list."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.service.cases.title", parent)
        self._view = view
        self.answer = Answer(theme, self, view, Request.CASES)
        self.list = AmountList(theme, "ui.service.cases.title")
        self.model = RowModel(self)
        self.list.setModel(self.model)
        self.lists = Lists()
        self.lists.addWidget(self.list)
        self.lists.addWidget(EmptyState(theme, "circle-check", "ui.service.cases.none", "ui.service.cases.none.next"))
        self.more = PushButton(theme, "ui.service.cases.more")
        self._shown: tuple[object, ...] = ()
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.lists, 1)
        self.inside.addLayout(self.buttons(self.more))
        self.more.clicked.connect(self._fetch_more)

    def refresh(self) -> None:
        """As of every card."""
        view = self._view
        self.answer.refresh("ui.account.fetching" if view.cases is None else "", retry=FetchCases())
        self.lists.setVisible(view.cases is not None)
        self.lists.setCurrentIndex(_LIST if view.cases else _EMPTY)
        self.more.setVisible(view.more and bool(view.cases))
        self.more.setEnabled(Request.CASES not in view.waiting)
        shown = (view.cases, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            self.model.show_rows([(self._row(case), case.number) for case in view.cases or ()])
        self.mark()

    def mark(self) -> None:
        """The chosen one stands out."""
        cases = self._view.cases or ()
        place = next((at for at, case in enumerate(cases) if case.number == self._view.chosen), None)
        if place is not None and self.list.currentIndex().row() != place:
            self.list.setCurrentIndex(self.model.index(place, 0))

    def _row(self, case: CaseSummary) -> AmountRow:
        words = self._theme.words
        icon, tone = ("info", "muted")
        if case.state is CaseState.CLOSED:
            icon = "circle-check"
        elif case.unread:
            icon, tone = "bell", "accent"
        elif case.late or case.state in (CaseState.ASKED, CaseState.ANSWERED):
            icon, tone = "triangle-alert", "on_warning_soft"
        key = "ui.service.row.late" if case.late else f"ui.service.row.{case.state.value}"
        state = words(key, day=due_words(case.due, self._theme))
        if case.unread:
            state = f"{words('ui.service.row.new')} · {state}"
        return AmountRow(about_words(case.about, self._theme), state, case.number, icon, tone=tone)

    def _fetch_more(self) -> None:
        if self._view.cases:
            self.ask(FetchCases(self._view.cases[-1].number))


class CasesRoom(Room):
    """Asks for the list with each hint, since the rail counts what is new; for a case only when it is looked at."""

    topics = frozenset({Topic.CASES})

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = view
        self.cases = CasesCard(theme, view)
        self.case = CaseCard(theme, view)
        self.dialogs: list[WritingDialog] = []
        around = QWidget()
        inset = QVBoxLayout(around)
        inset.setContentsMargins(0, 0, 0, 0)
        inset.addWidget(self.case)
        line = QHBoxLayout(self)
        line.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        line.setSpacing(2 * GRID_PX)
        line.addWidget(self.cases, 5)
        self.detail_area = scrolled(around)
        line.addWidget(self.detail_area, 6)
        self.cases.wanted.connect(self.ask)
        self.case.wanted.connect(self.ask)
        self.case.dialog_opened.connect(self._hear)
        self.cases.list.selectionModel().currentChanged.connect(self._chosen)
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
        return self._view.fetch_failed

    def fetch(self) -> None:
        """As of every room."""
        self.ask(FetchCases())
        if self._view.chosen:
            self.ask(FetchCase(self._view.chosen))

    def hinted(self, *, open_now: bool) -> None:
        """As of every room."""
        if open_now:
            self.fetch()
        else:
            self.ask(FetchCases())

    def open_case(self, number: str) -> None:
        """Look at a case, whoever asks for it."""
        if number != self._view.chosen:
            self._view.choose(number)
            self.case.begin()
        self.ask(FetchCase(number))

    def happened(self, event: Event) -> None:
        """As of every room."""
        for dialog in list(self.dialogs):
            dialog.happened(event)
        if isinstance(event, CasePhotoShown) and event.case == self._view.chosen and self.isVisible():
            picture = PictureDialog(self._theme, self, event.content)
            if picture.readable:
                picture.open()
            else:
                picture.deleteLater()
                self.notice.emit(Notice("ui.service.picture.bad"))

    def refresh(self) -> None:
        """As of every room."""
        self.cases.refresh()
        self.case.refresh()

    def _hear(self, dialog: WritingDialog) -> None:
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda: self.dialogs.remove(dialog))

    def _chosen(self, index: QModelIndex) -> None:
        number = self.cases.model.thing(index)
        if isinstance(number, str) and number != self._view.chosen:
            self.open_case(number)

    def _restyle(self) -> None:
        self.cases.setMinimumWidth(self._theme.px(LIST_PX))
