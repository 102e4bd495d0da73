"""What tells a person how things are: a banner that stays, a toast that goes, a page that has nothing to show yet."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, ICON_PX, TypeRole

TOAST_MS = 6000
MAX_TOASTS = 8


class Banner(QFrame):
    """A line across the window for as long as something is so."""

    acted = Signal()
    """The person takes the way on that it offers."""

    def __init__(self, theme: Theme, icon: str, action: str = "", parent: QWidget | None = None) -> None:
        """`action` is what the button says; without it there is none."""
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self.setProperty("kind", "banner")
        self._icon = QLabel()
        self.label = Label(theme, wrap=True)
        self.button = PushButton(theme, action or "ui.close")
        self._has_action = bool(action)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, GRID_PX)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        self.button.clicked.connect(self.acted)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def say(self, key: str, *, acts: bool = True, **places: object) -> None:
        """Show it with a text; an empty key hides it. Not `acts`: its button helps nothing now."""
        if key:
            self.label.say(key, **places)
        self.button.setVisible(self._has_action and acts)
        self.setVisible(bool(key))

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, self._theme.palette.on_warning_soft))


class EmptyState(QWidget):
    """Nothing here yet: what it will be, and what to do next."""

    def __init__(self, theme: Theme, icon: str, title: str, next_step: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = Label(theme, title, TypeRole.LEAD, strong=True, wrap=True)
        self.next_step = Label(theme, next_step, TypeRole.BODY, "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        layout.setSpacing(GRID_PX)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        for label in (self.title, self.next_step):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        self._ways_out = QVBoxLayout()
        self._ways_out.setSpacing(GRID_PX)
        layout.addLayout(self._ways_out)
        layout.addStretch(3)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add_action(self, button: PushButton) -> None:
        """A way out of emptiness."""
        self._ways_out.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, self._theme.palette.muted, 2 * ICON_PX))


@dataclass(frozen=True, slots=True)
class Notice:
    """A toast's words, and what its button does, if it has one."""

    key: str
    places: tuple[tuple[str, object], ...] = ()
    next_key: str = ""
    action_key: str = ""
    action: Callable[[], None] | None = None


class Toasts(QFrame):
    """Shows notices one after another at the foot of a window; each stays while the pointer or the focus is on it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._waiting: deque[Notice] = deque(maxlen=MAX_TOASTS)
        self._shown: Notice | None = None
        self.setProperty("kind", "toast")
        self.label = Label(theme, wrap=True)
        self.button = PushButton(theme, "ui.close")
        self.close_button = PushButton(theme, "ui.close")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        self.button.clicked.connect(self._act)
        self.close_button.clicked.connect(self._next)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_up)
        theme.words.changed.connect(self._say)
        window.installEventFilter(self)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show it now, or after those that wait; the oldest gives way where too many do."""
        if self._shown is None:
            self._put(notice)
        elif notice not in (self._shown, *self._waiting):
            self._waiting.append(notice)

    def say(self, key: str, **places: object) -> None:
        """A notice without a button."""
        self.show_notice(Notice(key, tuple(places.items())))

    def clear(self) -> None:
        """What is shown and what waits is past: nobody is signed in whom it concerns."""
        self._waiting.clear()
        if self._shown is not None:
            self._next()

    @property
    def shown(self) -> Notice | None:
        """What stands there now."""
        return self._shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot of the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _put(self, notice: Notice) -> None:
        self._shown = notice
        self._say()
        self.button.setVisible(bool(notice.action_key))
        if notice.action_key:
            self.button.say(notice.action_key)
        self.show()
        self._place()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self.label, QAccessible.Event.Alert))
        self._timer.start(TOAST_MS)

    def _say(self) -> None:
        if self._shown is None:
            return
        places = dict(self._shown.places)
        self.label.show_text(self._theme.words.sentences(self._shown.key, self._shown.next_key, **places))
        self._place()

    def _place(self) -> None:
        if self._shown is None:
            return
        window = self._window
        margin = 2 * GRID_PX
        width = min(self._theme.px(560), window.width() - 2 * margin)
        buttons = [button for button in (self.button, self.close_button) if not button.isHidden()]
        beside = sum(button.sizeHint().width() + GRID_PX for button in buttons)
        words = self.label.height_at(width - beside - 3 * GRID_PX)
        height = 2 * GRID_PX + max(words, *(button.sizeHint().height() for button in buttons))
        self.label.setMinimumHeight(words)
        self.setGeometry((window.width() - width) // 2, window.height() - height - margin, width, height)

    def _time_up(self) -> None:
        if self.underMouse() or self.button.hasFocus() or self.close_button.hasFocus():
            self._timer.start(TOAST_MS)
        else:
            self._next()

    def _act(self) -> None:
        notice = self._shown
        self._next()
        if notice and notice.action:
            notice.action()

    def _next(self) -> None:
        self._timer.stop()
        self._shown = None
        if self._waiting:
            self._put(self._waiting.popleft())
        else:
            self.hide()
