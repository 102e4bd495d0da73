"""The licences of this program and of all that it is made with (clause 3): a list to search, the text beside it."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.rows import ListRow, RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.main.about.licence_list import Licensed, licences
from vidphone.ui.main.about.sheet import Sheet
from vidphone.ui.main.money.rows import AmountList, AmountRow

SIZE_PX = (920, 640)
LIST_PX = 280
OVERVIEW = "overview"
"""What the first row stands for."""
_LIST, _NO_HIT = range(2)


class LicencesDialog(Sheet):
    """What to know first, then each part of the program with the whole text of its licence."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, "ui.licences.title", "ui.licences.what")
        self._licences = licences(theme.words("ui.window"))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.list = AmountList(theme, "ui.licences.title")
        self.model = RowModel(self)
        self.list.setModel(self.model)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.list)
        self.lists.addWidget(EmptyState(theme, "search", "ui.licences.no-hit", "ui.licences.no-hit.next"))
        self.close_button = PushButton(theme, "ui.close", "accent")
        self.line.addStretch(1)
        self.add_button(self.close_button)
        left = QWidget()
        left.setFixedWidth(theme.px(LIST_PX))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.search)
        column.addWidget(self.lists, 1)
        self.body.insertWidget(0, left)
        self.setTabOrder(self.search, self.list)
        self.setTabOrder(self.list, self.paper)
        open_at(self, theme, SIZE_PX)
        self.close_button.clicked.connect(self.accept)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._choose)
        theme.words.changed.connect(self._fill)
        self._fill()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search the arrow leads into the list."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return True  # it sought already
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        words, sought = self._theme.words, self.search.text()
        self.search.setPlaceholderText(words("ui.licences.search"))
        self.search.setAccessibleName(words("ui.licences.search"))
        rows: list[tuple[ListRow, object]] = []
        if not sought.strip():
            rows.append((AmountRow(words("ui.licences.all"), "", icon="info", tone="accent"), OVERVIEW))
        for one in self._licences.found(sought):
            rows.append((AmountRow(one.name, one.licence, icon="shield"), one))
        self.model.show_rows(rows)
        self.lists.setCurrentIndex(_LIST if rows else _NO_HIT)
        self.paper.clear()
        if rows:
            self.list.setCurrentIndex(self.model.index(0, 0))

    def _choose(self, index: QModelIndex) -> None:
        chosen = self.model.thing(index)
        if chosen == OVERVIEW:
            self.paper.setMarkdown(self._licences.overview)
        elif isinstance(chosen, Licensed):
            head = "\n".join(filter(None, (chosen.name, chosen.licence, chosen.home)))
            text = chosen.read() or self._theme.words("ui.licences.elsewhere")
            self.paper.setPlainText(f"{head}\n\n{text}")
