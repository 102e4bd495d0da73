"""The dialler: a field that takes numbers and names, a keypad, two kinds of call, and those one calls often."""

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vidphone.account.numbers import digits_of
from vidphone.phone.commands import Dial
from vidphone.phone.events import Event
from vidphone.ui.costs.price_line import PriceLine
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import EmptyState
from vidphone.ui.design.labels import Label
from vidphone.ui.design.rows import ListRow, RowList, RowModel
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.page import LIST_PX, scrolled
from vidphone.ui.state import ViewState, completions

KEY_PX = 56
PAD_PX = 320
MAX_SPEED_ROWS = 12


class NumberField(QLineEdit):
    """Takes a number however it was written: what is pasted as one becomes its digits."""

    def insert_text(self, pasted: str) -> None:
        """Put text where the cursor is, as a paste does."""
        self.insert(digits_of(pasted) or " ".join(pasted.split()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste through `insert_text`."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.insert_text(QGuiApplication.clipboard().text())
            self.textEdited.emit(self.text())
        else:
            super().keyPressEvent(event)


class Key(QToolButton):
    """One key of the keypad."""

    def __init__(self, theme: Theme, face: str, key: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._face = face
        self._key = key
        self._icon = icon
        self.setProperty("kind", "key")
        self.setText(face)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(KEY_PX))
        if self._icon:
            self.setIcon(self._theme.icon(self._icon, self._theme.palette.muted, 24))
            self.setIconSize(QSize(self._theme.px(24), self._theme.px(24)))

    def _say(self) -> None:
        name = self._theme.words(self._key, digit=self._face)
        self.setAccessibleName(name)
        if self._icon:
            self.setToolTip(name)


class DiallerPage(QWidget):
    """Dials; `call` carries a `Dial` command."""

    call = Signal(object)
    wanted = Signal(object)
    """A question after a price."""
    pay_wanted = Signal()

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self._wrong = False
        self.field = NumberField()
        self.field.setProperty("kind", "display")
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setMaxLength(64)
        self.hint = Label(theme, "ui.dial.hint", TypeRole.CAPTION, "muted", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.video = PushButton(theme, "ui.call.video", "accent", icon="video", shortcut="Ctrl+Return")
        self.voice = PushButton(theme, "ui.call.voice", icon="phone", shortcut="Ctrl+Shift+Return")
        self.prices = PriceLine(theme, state)
        self.keys: dict[str, Key] = {}
        self.speed = RowList(theme, "ui.dial.speed")
        self.speed_model = RowModel(self)
        self.speed.setModel(self.speed_model)
        self._matches = RowModel(self)
        self._completer = QCompleter(self._matches, self)
        self._popup = RowList(theme, "ui.dial.matches")
        self._build()
        self._wire()
        self._say()
        self.refresh()

    def _build(self) -> None:
        theme = self._theme
        pad = QGridLayout()
        pad.setSpacing(GRID_PX)
        faces = [*"123456789", "clear", "0", "erase"]
        for place, face in enumerate(faces):
            made = {
                "clear": lambda: Key(theme, "", "ui.dial.clear", "x"),
                "erase": lambda: Key(theme, "", "ui.dial.erase", "delete"),
            }.get(face, lambda face=face: Key(theme, face, "ui.dial.key"))()
            self.keys[face] = made
            pad.addWidget(made, place // 3, place % 3)
        calls = QHBoxLayout()
        calls.setSpacing(GRID_PX)
        for button in (self.video, self.voice):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            calls.addWidget(button, 1)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GRID_PX)
        left.addStretch(1)
        left.addWidget(self.field)
        left.addWidget(self.hint)
        left.addSpacing(GRID_PX)
        left.addLayout(pad)
        left.addSpacing(GRID_PX)
        left.addLayout(calls)
        left.addWidget(self.prices)
        left.addStretch(1)
        self.speed_stack = QStackedWidget()
        self.speed_stack.addWidget(self.speed)
        self.speed_stack.addWidget(EmptyState(theme, "star", "ui.dial.speed.empty", "ui.dial.speed.empty.next"))
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(GRID_PX)
        right.addWidget(Label(theme, "ui.dial.speed", TypeRole.LEAD, strong=True))
        right.addWidget(self.speed_stack, 1)
        page = QWidget()
        layout = QHBoxLayout(page)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        layout.setSpacing(4 * GRID_PX)
        layout.addStretch(1)
        layout.addWidget(self._left, 0)
        layout.addStretch(1)
        layout.addWidget(self._right, 0)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(page))
        self._popup.setProperty("kind", "popup")
        self._completer.setPopup(self._popup)
        self._popup.setItemDelegate(self.speed.itemDelegate())  # the completer had put in its own
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        self._completer.setMaxVisibleItems(5)
        self.field.setCompleter(self._completer)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _wire(self) -> None:
        for face, key in self.keys.items():
            if face not in ("clear", "erase"):
                key.clicked.connect(lambda _=False, face=face: self._press(face))
        self.keys["clear"].clicked.connect(self._clear)
        self.keys["erase"].clicked.connect(self._erase)
        self.field.textEdited.connect(self._edited)
        self.field.textChanged.connect(self._changed)
        self.field.returnPressed.connect(lambda: self._dial(video=self._state.settings.start_with_video))
        self.prices.wanted.connect(self.wanted)
        self.prices.pay_wanted.connect(self.pay_wanted)
        self.video.clicked.connect(lambda: self._dial(video=True))
        self.voice.clicked.connect(lambda: self._dial(video=False))
        self.speed.clicked.connect(self._take)
        self.speed.activated.connect(self._call_row)
        self._theme.words.changed.connect(self._say)

    def prefill(self, number: str) -> None:
        """Put a number in, ready to be called."""
        self.field.setText(number)
        self.field.setFocus()

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        self.prices.happened(event)

    def refresh(self) -> None:
        """Contacts or history changed: favourites first, then those called last."""
        rows: list[tuple[ListRow, object]] = []
        seen: set[str] = set()
        for contact in self._state.contacts:
            if contact.favourite and contact.numbers:
                rows.append((ListRow(contact.name, contact.numbers[0], star=True), contact.numbers[0]))
                seen.update(contact.numbers)
        for entry in self._state.history:
            if entry.number in seen or len(rows) >= MAX_SPEED_ROWS:
                continue
            seen.add(entry.number)
            name = self._state.name_of(entry.number) or entry.name
            icon = "phone-incoming" if entry.incoming else "phone-outgoing"
            rows.append((ListRow(name or entry.number, entry.number if name else "", icon=icon), entry.number))
        self.speed_model.show_rows(rows)
        self.speed_stack.setCurrentIndex(0 if rows else 1)

    def _press(self, face: str) -> None:
        self.field.insert(face)
        self._edited(self.field.text())

    def _clear(self) -> None:
        self.field.clear()
        self.field.setFocus()

    def _erase(self) -> None:
        self.field.backspace()

    def _edited(self, typed: str) -> None:
        matches = completions(self._state, typed)
        rows = [(ListRow(name or number, number if name else ""), number) for name, number in matches]
        self._matches.show_rows([*rows])
        if not rows:
            self._popup.hide()

    def _changed(self) -> None:
        self._wrong = False
        self._say_hint()
        self.prices.mean(self._meant())

    def _take(self, index: QModelIndex) -> None:
        number = self.speed_model.thing(index)
        if isinstance(number, str):
            self.field.setText(number)

    def _call_row(self, index: QModelIndex) -> None:
        self._take(index)
        self._dial(video=self._state.settings.start_with_video)

    def _dial(self, *, video: bool) -> None:
        number = self._meant()
        if number is None:
            self._wrong = True
            self._say_hint()
            self.field.setFocus()
            return
        self._popup.hide()
        self.call.emit(Dial(number, video))
        QTimer.singleShot(0, self.field, self.field.clear)

    def _meant(self) -> str | None:
        """The number typed, or that of the only one whose name was typed."""
        typed = self.field.text()
        if number := digits_of(typed):
            return number
        matches = completions(self._state, typed)
        return matches[0][1] if len(matches) == 1 else None

    def _say_hint(self) -> None:
        typed = self.field.text()
        if self._wrong:
            self.hint.set_tone("danger")
            self.hint.say("ui.number.wrong" if typed else "ui.number.missing")
            return
        self.hint.set_tone("muted")
        number = digits_of(typed)
        name = self._state.name_of(number) if number else ""
        if name:
            self.hint.show_text(name)
        else:
            self.hint.say("ui.dial.hint")

    def _say(self) -> None:
        self.field.setAccessibleName(self._theme.words("ui.dial.field"))
        self.field.setPlaceholderText(self._theme.words("ui.dial.field"))

    def _restyle(self) -> None:
        self._left.setFixedWidth(self._theme.px(PAD_PX))
        self._right.setMinimumWidth(self._theme.px(LIST_PX - 40))
        self._right.setMaximumWidth(self._theme.px(LIST_PX + 80))
        self.field.setFont(self._theme.font(TypeRole.DISPLAY))
