"""Contacts: search, favourites, add, edit, delete with a way back, vCard in and out."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QToolButton, QWidget

from vidphone.account.contacts import Contact
from vidphone.phone.commands import ExportContacts, ImportContacts, RemoveContact, SaveContact
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.feedback import EmptyState, Notice
from vidphone.ui.design.rows import ListRow, RowList, RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TOUCH_PX
from vidphone.ui.main.contact_dialog import ContactDialog
from vidphone.ui.main.moved import MovedNumbers
from vidphone.ui.main.page import ListAndDetail
from vidphone.ui.main.person import PersonCard
from vidphone.ui.state import ViewState, found
from vidphone.wire.notices import ChangedNumber

_LIST, _EMPTY, _NO_HIT = range(3)
_NOBODY, _SOMEBODY = range(2)


class ContactsPage(ListAndDetail):
    """Shows contacts and asks for what is to become of them."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(object)
    """A `Notice`."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.contacts.title", parent)
        self._state = state
        self._chosen = ""
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(64)
        self.add = RoundButton(theme, "user-plus", "ui.contacts.add", "quiet", shortcut="Ctrl+N", diameter_px=TOUCH_PX)
        self.more = RoundButton(theme, "ellipsis-vertical", "ui.contacts.more", "quiet", diameter_px=TOUCH_PX)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self.import_action = self._menu.addAction("")
        self.export_action = self._menu.addAction("")
        self.more.setMenu(self._menu)
        self.list = RowList(theme, "ui.contacts.title")
        self._model = RowModel(self)
        self.list.setModel(self._model)
        self.card = PersonCard(theme)
        self.moved = MovedNumbers(theme)
        self._changed: tuple[ChangedNumber, ...] = ()
        self.favourite = RoundButton(theme, "star", "ui.contacts.favourite", "quiet", diameter_px=TOUCH_PX)
        self.edit = RoundButton(theme, "pencil", "ui.contacts.edit", "quiet", diameter_px=TOUCH_PX)
        self.delete = RoundButton(theme, "trash-2", "ui.contacts.delete", "quiet", diameter_px=TOUCH_PX)
        self._build()
        self._wire()
        self._say()
        self.refresh()

    def _build(self) -> None:
        theme = self._theme
        self.title_line.addWidget(self.add)
        self.title_line.addWidget(self.more)
        self.above.addWidget(self.search)
        empty = EmptyState(theme, "users", "ui.contacts.empty", "ui.contacts.empty.next")
        self.first = PushButton(theme, "ui.contacts.add", "accent", icon="user-plus")
        self.first_import = PushButton(theme, "ui.contacts.import", "link", icon="upload")
        empty.add_action(self.first)
        empty.add_action(self.first_import)
        for page in (self.list, empty, EmptyState(theme, "search", "ui.contacts.no-hit", "ui.contacts.no-hit.next")):
            self.lists.addWidget(page)
        for button in (self.favourite, self.edit, self.delete):
            self.card.ways.addWidget(button)
        self.card.offers.addWidget(self.moved)
        self.detail.addWidget(EmptyState(theme, "user", "ui.contacts.none-chosen", "ui.contacts.none-chosen.next"))
        self.detail.addWidget(self.card)

    def _wire(self) -> None:
        self.search.textChanged.connect(self.refresh)
        self.add.clicked.connect(self.add_contact)
        self.first.clicked.connect(self.add_contact)
        self.first_import.clicked.connect(self._import)
        self.import_action.triggered.connect(self._import)
        self.export_action.triggered.connect(self._export)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.activated.connect(self._edit)
        self.favourite.clicked.connect(self._turn_favourite)
        self.edit.clicked.connect(self._edit)
        self.delete.clicked.connect(self._delete)
        self.card.call.connect(self.wanted)
        self._theme.words.changed.connect(self._say)
        self._theme.words.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Contacts or what is sought changed."""
        chosen = self._chosen
        hits = found(self._state.contacts, self.search.text())
        comma = self._theme.words("ui.account.comma")
        rows: list[tuple[ListRow, object]] = [
            (ListRow(contact.name, comma.join(contact.numbers), star=contact.favourite), contact.id) for contact in hits
        ]
        self._model.show_rows(rows)
        self.lists.setCurrentIndex(_LIST if hits else (_NO_HIT if self._state.contacts else _EMPTY))
        self.detail.setVisible(bool(self._state.contacts))
        self.search.setVisible(bool(self._state.contacts))
        self.export_action.setEnabled(bool(self._state.contacts))
        place = next((i for i, contact in enumerate(hits) if contact.id == chosen), None)
        if place is not None:
            self.list.setCurrentIndex(self._model.index(place, 0))
        self._chosen = chosen if place is not None else ""
        self._show_chosen()

    def show_changed(self, changed: tuple[ChangedNumber, ...]) -> None:
        """These numbers are others now: the new ones are offered."""
        self._changed = changed
        self._show_chosen()

    def add_contact(self, number: str = "") -> None:
        """Ask for a new contact, with a number where there is one already."""
        numbers = (number,) if isinstance(number, str) and number else ()
        dialog = ContactDialog(self._theme, Contact("", "", numbers), self)
        dialog.saved.connect(self._save_new)
        dialog.open()

    def _save_new(self, contact: Contact) -> None:
        self._chosen = contact.id
        self.search.clear()
        self.wanted.emit(SaveContact(contact))

    def _choose(self, index: QModelIndex) -> None:
        self._chosen = str(self._model.thing(index) or "")
        self._show_chosen()

    def _show_chosen(self) -> None:
        contact = self._state.contact(self._chosen)
        self.detail.setCurrentIndex(_SOMEBODY if contact else _NOBODY)
        if contact is None:
            return
        self.card.show_person(contact.name, contact.numbers, contact.note)
        self.moved.show_moves(tuple((contact.name, one) for one in self._changed if one.old in contact.numbers))
        if contact.favourite:
            self.favourite.set_face("star-filled", "ui.contacts.no-favourite")
        else:
            self.favourite.set_face("star", "ui.contacts.favourite")

    def _turn_favourite(self) -> None:
        if contact := self._state.contact(self._chosen):
            self.wanted.emit(SaveContact(replace(contact, favourite=not contact.favourite)))

    def _edit(self) -> None:
        if contact := self._state.contact(self._chosen):
            dialog = ContactDialog(self._theme, contact, self)
            dialog.saved.connect(lambda changed: self.wanted.emit(SaveContact(changed)))
            dialog.open()

    def _delete(self) -> None:
        contact = self._state.contact(self._chosen)
        if contact is None:
            return
        self.wanted.emit(RemoveContact(contact.id))
        self.list.setFocus()
        self.notice.emit(
            Notice(
                "ui.contacts.deleted",
                (("name", contact.name),),
                action_key="ui.undo",
                action=lambda: self.wanted.emit(SaveContact(contact)),
            )
        )

    def _import(self) -> None:
        words = self._theme.words
        kinds = f"{words('ui.contacts.vcards')} (*.vcf *.vcard)"
        path, _ = QFileDialog.getOpenFileName(self, words("ui.contacts.import"), "", kinds)
        if path:
            self.wanted.emit(ImportContacts(Path(path)))

    def _export(self) -> None:
        words = self._theme.words
        name = str(Path.home() / f"{words('ui.contacts.title')}.vcf")
        kinds = f"{words('ui.contacts.vcards')} (*.vcf)"
        path, _ = QFileDialog.getSaveFileName(self, words("ui.contacts.export"), name, kinds)
        if path:
            self.wanted.emit(ExportContacts(Path(path)))

    def _say(self) -> None:
        words = self._theme.words
        self.search.setAccessibleName(words("ui.contacts.search"))
        self.search.setPlaceholderText(words("ui.contacts.search"))
        self.import_action.setText(words("ui.contacts.import"))
        self.export_action.setText(words("ui.contacts.export"))
