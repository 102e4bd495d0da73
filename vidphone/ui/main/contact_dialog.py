"""Adding and changing a contact."""

import uuid
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.account.contacts import Contact
from vidphone.account.numbers import digits_of
from vidphone.ui.design.buttons import PrimaryButton, PushButton, RoundButton
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TOUCH_PX
from vidphone.ui.main.page import scrolled
from vidphone.ui.main.sign_in import number_fault

MAX_NUMBERS = 8
MAX_NAME = 64
MAX_NOTE = 200


def name_fault(typed: str) -> str:
    """The key of what is wrong with a name."""
    return "" if typed else "ui.contact.name.missing"


class ContactDialog(QDialog):
    """Emits `saved` with the contact, its numbers as they are dialled."""

    saved = Signal(object)

    def __init__(self, theme: Theme, contact: Contact, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._contact = contact
        self.name = TextField(theme, "ui.contact.name", name_fault)
        self.name.input.setMaxLength(MAX_NAME)
        self.name.set_text(contact.name)
        self.note = TextField(theme, "ui.contact.note")
        self.note.input.setMaxLength(MAX_NOTE)
        self.note.set_text(contact.note)
        self.numbers: list[TextField] = []
        self._lines: list[QWidget] = []
        self._number_lines = QVBoxLayout()
        self._number_lines.setSpacing(GRID_PX)
        self.more = PushButton(theme, "ui.contact.more-numbers", "link", icon="plus")
        self.save = PrimaryButton(theme, "ui.contact.save")
        self.cancel = PushButton(theme, "ui.cancel")
        self._build()
        for number in contact.numbers or ("",):
            self._add_number(number)
        self.more.clicked.connect(lambda: self._add_number("", focus=True))
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        theme.words.changed.connect(self._say)
        self._say()
        self.name.input.setFocus()

    def _build(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(self.name)
        layout.addLayout(self._number_lines)
        adding = QHBoxLayout()
        adding.addWidget(self.more)
        adding.addStretch(1)
        layout.addLayout(adding)
        layout.addWidget(self.note)
        layout.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        buttons.setSpacing(GRID_PX)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(inside), 1)
        around.addLayout(buttons)
        open_at(self, self._theme, (440, 520))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is cancelling."""
        self.reject()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Over, saved or not: nothing of it stays."""
        super().done(result)
        self.deleteLater()

    def _add_number(self, number: str, *, focus: bool = False) -> None:
        field = TextField(self._theme, "ui.contact.number", number_fault)
        field.set_text(number)
        field.input.setMaxLength(64)
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        layout.addWidget(field, 1)
        if self.numbers:
            remove = RoundButton(self._theme, "x", "ui.contact.remove-number", "quiet", diameter_px=TOUCH_PX)
            remove.clicked.connect(lambda: self._remove(field, line))
            column = QVBoxLayout()
            column.addSpacing(self._theme.px(22))
            column.addWidget(remove)
            column.addStretch(1)
            layout.addLayout(column)
        self.numbers.append(field)
        self._number_lines.addWidget(line)
        self.more.setEnabled(len(self.numbers) < MAX_NUMBERS)
        if focus:
            field.input.setFocus()

    def _remove(self, field: TextField, line: QWidget) -> None:
        self.numbers.remove(field)
        self._number_lines.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.more.setEnabled(True)
        self.numbers[-1].input.setFocus()

    def _save(self) -> None:
        wrong = [field for field in (self.name, *self.numbers) if not field.valid()]
        if wrong:
            wrong[0].input.setFocus()
            return
        numbers = tuple(dict.fromkeys(digits for field in self.numbers if (digits := digits_of(field.text()))))
        contact = replace(
            self._contact,
            id=self._contact.id or uuid.uuid4().hex,
            name=self.name.text(),
            numbers=numbers,
            note=self.note.text(),
        )
        self.saved.emit(contact)
        self.accept()

    def _say(self) -> None:
        self.setWindowTitle(self._theme.words("ui.contacts.edit" if self._contact.id else "ui.contacts.add"))
