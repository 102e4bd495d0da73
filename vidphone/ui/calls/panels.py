"""The panels beside a call: keypad, security code, shortcuts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.controls import HANG_UP_ALSO, KEYS
from vidphone.ui.calls.parts import SMALL_PX, StageButton
from vidphone.ui.calls.scene import Control
from vidphone.ui.design.buttons import shortcut_text
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TOUCH_PX, TypeRole

DTMF_KEYS = "123456789*0#"
MOST_KEYS_SHOWN = 32
PANEL_PX = 288


class Panel(QFrame):
    """A card with a title and a way to close it."""

    close_wanted = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        head = QHBoxLayout()
        head.addWidget(Label(theme, title, TypeRole.LEAD, strong=True), 1)
        close = StageButton(theme, "x", "calls.do.close-panel", "quiet", shortcut="Esc", diameter_px=SMALL_PX)
        close.clicked.connect(self.close_wanted)
        head.addWidget(close)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, 2 * GRID_PX)
        self.body.setSpacing(GRID_PX)
        self.body.addLayout(head)
        theme.changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self.setFixedWidth(self._theme.px(PANEL_PX))


class Keypad(Panel):
    """Twelve keys; `pressed` tells each."""

    pressed = Signal(str)

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "calls.keypad.title", parent)
        self._shown = ""
        self.display = ElidedLabel(context.theme, TypeRole.TITLE, centred=True)
        self.body.addWidget(self.display)
        grid = QGridLayout()
        grid.setSpacing(GRID_PX)
        self._keys: dict[str, QToolButton] = {}
        for place, key in enumerate(DTMF_KEYS):
            button = QToolButton()
            button.setText(key)
            button.setProperty("kind", "key")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, key=key: self.press(key))
            self._keys[key] = button
            grid.addWidget(button, place // 3, place % 3)
        self.body.addLayout(grid)
        context.theme.words.changed.connect(self._say)
        self._resize()
        self._say()

    def press(self, key: str) -> None:
        """Press a key, by pointer or keyboard."""
        self._shown = (self._shown + key)[-MOST_KEYS_SHOWN:]
        self.display.show_text(self._shown)
        self._say()
        self.pressed.emit(key)

    def clear(self) -> None:
        """Another call: nothing was pressed yet."""
        self._shown = ""
        self.display.show_text("")

    def _resize(self) -> None:
        super()._resize()
        for button in getattr(self, "_keys", {}).values():
            button.setMinimumHeight(self._theme.px(TOUCH_PX))

    def _say(self) -> None:
        words = self._theme.words
        names = {"*": words("calls.keypad.star"), "#": words("calls.keypad.hash")}
        for key, button in self._keys.items():
            button.setAccessibleName(names.get(key) or words("calls.keypad.key", digit=key))
        self.display.setAccessibleName(f"{words('calls.keypad.pressed')} {self._shown}".strip())


class CodePanel(Panel):
    """The six digits that both sides compare (clause 10)."""

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "calls.code.title", parent)
        self.digits = Label(context.theme, role=TypeRole.DISPLAY)
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.digits)
        self.body.addWidget(Label(context.theme, "calls.code.how", wrap=True))
        self.body.addWidget(Label(context.theme, "calls.code.differs", tone="muted", wrap=True))

    def show_code(self, code: str) -> None:
        """Show the digits in two groups."""
        half = len(code) // 2
        self.digits.show_text(f"{code[:half]} {code[half:]}")
        self.digits.setAccessibleName(self._theme.words("calls.code.spoken", digits=" ".join(code)))


class ShortcutsPanel(Panel):
    """The keys of the call's window."""

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "calls.shortcuts.title", parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        grid.setColumnMinimumWidth(2, 2 * GRID_PX)
        for column in (0, 3):
            grid.setColumnStretch(column, 1)
        rows = [(f"calls.control.{control.value}", KEYS[control]) for control in Control if KEYS[control]]
        rows += [
            ("calls.shortcuts.own-picture", "S"),
            ("calls.shortcuts.fit", "Z"),
            ("calls.do.small-picture", "P"),
            ("calls.do.code", "C"),
            ("calls.shortcuts.statistics", "I"),
            ("calls.shortcuts.leave", "Esc"),
            ("calls.do.shortcuts", "F1"),
        ]
        half = (len(rows) + 1) // 2
        for place, (key, shortcut) in enumerate(rows):
            row, column = place % half, 3 * (place // half)
            grid.addWidget(Label(context.theme, key, wrap=True), row, column)
            shown = Label(context.theme, strong=True)
            keys = (shortcut, HANG_UP_ALSO) if shortcut == KEYS[Control.HANG_UP] else (shortcut,)
            shown.show_text("\n".join(shortcut_text(key) for key in keys))
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(shown, row, column + 1, Qt.AlignmentFlag.AlignRight)
        self.body.addLayout(grid)

    def _resize(self) -> None:
        self.setFixedWidth(self._theme.px(2.3 * PANEL_PX))
