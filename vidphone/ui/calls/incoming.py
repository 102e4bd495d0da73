"""Calls that ring here: a window on top that leaves the keyboard where it is."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from vidphone.call.view import CallView
from vidphone.media.devices import DeviceKind
from vidphone.phone.commands import Answer, Decline, Preview
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.device_menu import DeviceMenu
from vidphone.ui.calls.own_picture import RADIUS_PX
from vidphone.ui.calls.parts import StageButton
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.calls.placeholder import BreathingAvatar
from vidphone.ui.calls.scene import end_sentence, title
from vidphone.ui.design.buttons import shortcut_text
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.wire.errors import ErrorCode

WIDTH_PX = 400
AVATAR_PX = 56
TELLS_MS = 3000
"""How long the window says that a call was answered elsewhere before it closes."""
DECLINE_KEY, VOICE_KEY, VIDEO_KEY = "Ctrl+Shift+D", "Ctrl+Shift+A", "Ctrl+Shift+V"
KINDS = (DeviceKind.CAMERA, DeviceKind.MICROPHONE, DeviceKind.SPEAKER)


class Caller(QFrame):
    """One call that rings: who it is, and the three answers."""

    def __init__(self, context: CallContext, view: CallView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self._context, self._view = context, view
        self._key_labels: list[Label] = []
        self.avatar = BreathingAvatar(theme, AVATAR_PX)
        self.name = ElidedLabel(theme, TypeRole.TITLE, strong=True)
        self.number = Label(theme, tone="muted")
        self.what = Label(theme, tone="muted")
        self.decline = self._answer_button("phone-off", "calls.incoming.decline", "danger", DECLINE_KEY)
        self.voice = self._answer_button("phone", "calls.incoming.answer-voice", "success", VOICE_KEY)
        self.video = self._answer_button("video", "calls.incoming.answer-video", "success", VIDEO_KEY)
        self.decline.clicked.connect(self.refuse)
        self.voice.clicked.connect(lambda: self.take(video=False))
        self.video.clicked.connect(lambda: self.take(video=True))
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        for part in (self.name, self.number, self.what):
            names.addWidget(part)
        names.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(GRID_PX)
        head.addWidget(self.avatar)
        head.addLayout(names, 1)
        self._answers = QWidget()
        answers = QHBoxLayout(self._answers)
        answers.setContentsMargins(0, 0, 0, 0)
        answers.setSpacing(GRID_PX)
        for button, key in self._labelled():
            answers.addWidget(self._column(button, key), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        layout.addLayout(head)
        layout.addWidget(self._answers)
        self.show_call(view)

    def _labelled(self) -> list[tuple[StageButton, str]]:
        return [
            (self.decline, "calls.incoming.decline"),
            (self.voice, "calls.incoming.answer-voice"),
            (self.video, "calls.incoming.answer-video"),
        ]

    def _answer_button(self, icon: str, key: str, kind: str, shortcut: str) -> StageButton:
        return StageButton(self._context.theme, icon, key, kind, shortcut=shortcut, diameter_px=56)

    def _column(self, button: StageButton, key: str) -> QWidget:
        """A round button with its name and its key beneath."""
        theme = self._context.theme
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        shortcut = {self.decline: DECLINE_KEY, self.voice: VOICE_KEY, self.video: VIDEO_KEY}[button]
        shown = Label(theme, role=TypeRole.CAPTION, tone="muted")
        shown.show_text(shortcut_text(shortcut))
        self._key_labels.append(shown)
        for label in (Label(theme, key), shown):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        return cell

    @property
    def view(self) -> CallView:
        """The call."""
        return self._view

    def show_call(self, view: CallView) -> None:
        """Show who calls."""
        self._view = view
        self.avatar.show_name(title(view), waiting=True)
        self.name.show_text(title(view))
        self.number.show_text(view.peer_number)
        self.number.setVisible(bool(view.peer_name))
        self.what.say("calls.incoming.video" if view.video else "calls.incoming.voice")

    def show_keys(self, on: bool) -> None:
        """The keys answer the call that came first; the others do not show them."""
        for label in self._key_labels:
            label.setVisible(on)

    def show_end(self, view: CallView) -> None:
        """Say what became of it."""
        self._view = view
        self.avatar.show_name(title(view), waiting=False)
        self.what.show_text(end_sentence(view, self._context.theme.language))
        self._answers.hide()

    def take(self, *, video: bool) -> None:
        """Answer it."""
        self._context.post(Answer(video, self._view.call))

    def refuse(self) -> None:
        """Decline it."""
        self._context.post(Decline(self._view.call))


class IncomingWindow(QWidget):
    """All calls that ring here, the own picture as the other side will see it, and the devices to answer with."""

    finished = Signal()

    def __init__(self, context: CallContext) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.CustomizeWindowHint
            | Qt.WindowType.WindowTitleHint | Qt.WindowType.WindowCloseButtonHint,
        )  # fmt: skip
        theme = context.theme
        self._context = context
        self._callers: dict[str, Caller] = {}
        self._previewing = False
        self._camera_fault: ErrorCode | None = None
        self.setProperty("stage", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.picture = PictureView(context.own, theme.stage.surface)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.picture.set_mirrored(True)
        self.picture.set_radius(RADIUS_PX)
        self.caption = Label(theme, "calls.incoming.no-camera", TypeRole.CAPTION, "muted", wrap=True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.devices = QPushButton()
        self.devices.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the words
        self.menu = DeviceMenu(context, KINDS, self)
        self.devices.setMenu(self.menu)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(3 * GRID_PX, 2 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        self._layout.setSpacing(2 * GRID_PX)
        for part in (self.picture, self.caption):
            self._layout.addWidget(part)
        self._layout.addWidget(self.devices, 0, Qt.AlignmentFlag.AlignHCenter)
        self._closer = QTimer(self)
        self._closer.setSingleShot(True)
        self._closer.timeout.connect(self.finished)
        self.picture.picture_came.connect(self._say)
        for key, do in (
            (DECLINE_KEY, lambda caller: caller.refuse()),
            (VOICE_KEY, lambda caller: caller.take(video=False)),
            (VIDEO_KEY, lambda caller: caller.take(video=True)),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(lambda do=do: self._for_first(do))
        theme.words.changed.connect(self._say)
        theme.changed.connect(self._resize)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # no answer is singled out before the keyboard comes
        self._say()
        self._resize()

    @property
    def ringing(self) -> tuple[str, ...]:
        """The calls that ring."""
        return tuple(self._callers)

    @property
    def telling(self) -> bool:
        """Whether it says what became of its last call, and will close by itself."""
        return self._closer.isActive()

    def show_calls(self, views: tuple[CallView, ...], *, preview: bool) -> None:
        """Show the calls that ring now; those not among them vanish. `preview`: the camera is free to be looked at."""
        self._closer.stop()
        for gone in set(self._callers) - {view.call for view in views}:
            self._drop(gone)
        for view in views:
            if view.call in self._callers:
                self._callers[view.call].show_call(view)
            else:
                caller = self._callers[view.call] = Caller(self._context, view, self)
                self._layout.insertWidget(len(self._callers) - 1, caller)
        self._set_previewing(preview and any(view.video for view in views))
        for place, caller in enumerate(self._callers.values()):
            caller.show_keys(place == 0)
        self._say()
        self.fit()

    def show_camera(self, code: ErrorCode | None) -> None:
        """The camera gives no pictures, and why; None: it does again."""
        self._camera_fault = code
        self.picture.setVisible(self._previewing and code is None)
        self._say()
        QTimer.singleShot(0, self, self.fit)

    def show_end(self, view: CallView) -> None:
        """Tell briefly that the last call was answered or declined elsewhere, then finish."""
        caller = self._callers.get(view.call)
        if caller is None:
            self.finished.emit()
            return
        for gone in set(self._callers) - {view.call}:
            self._drop(gone)
        self._set_previewing(False)
        self.devices.hide()
        caller.show_end(view)
        self._closer.start(TELLS_MS)
        QTimer.singleShot(0, self, self.fit)  # after the layouts have let go of what was hidden

    def appear(self) -> None:
        """Show it in the screen's upper right, without taking the keyboard."""
        self.fit()
        if not self.isVisible():
            screen: QRect = (self.screen() or QGuiApplication.primaryScreen()).availableGeometry()
            self.move(screen.right() - self.width() - 3 * GRID_PX, screen.top() + 4 * GRID_PX)
            self.show()
        self.raise_()

    def fit(self) -> None:
        """Be as high as what it shows."""
        self._layout.activate()
        self.resize(self.width(), self._layout.totalSizeHint().height())

    def stop(self) -> None:
        """Look at no camera any more."""
        self._set_previewing(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing it declines nothing and answers nothing: it only goes out of the way."""
        self._set_previewing(False)
        super().closeEvent(event)

    def _for_first(self, do: Callable[[Caller], None]) -> None:
        if self._callers:
            do(next(iter(self._callers.values())))

    def _drop(self, call: str) -> None:
        caller = self._callers.pop(call)
        self._layout.removeWidget(caller)
        caller.hide()
        caller.deleteLater()

    def _set_previewing(self, on: bool) -> None:
        self.picture.setVisible(on and self._camera_fault is None)
        self.caption.setVisible(on)
        if on != self._previewing:
            self._previewing = on
            self._context.post(Preview(on))
            self.picture.set_live(on)
            self.picture.clear()

    def _resize(self) -> None:
        theme = self._context.theme
        self.devices.setIcon(theme.icon("chevron-down", theme.stage.text, 16))
        self.setFixedWidth(self._context.theme.px(WIDTH_PX))
        self.picture.setFixedHeight(round(self._context.theme.px(WIDTH_PX - 6 * GRID_PX) * 9 / 16))
        self.fit()

    def _say(self) -> None:
        words = self._context.theme.words
        names = ", ".join(title(caller.view) for caller in self._callers.values())
        self.setWindowTitle(words("calls.incoming.window", name=names))
        self.setAccessibleName(self.windowTitle())
        self.picture.setAccessibleName(words("calls.own.name"))
        if self._camera_fault is not None:
            key = f"error.{self._camera_fault.value}"
            self.caption.show_text(words.sentences(key, f"{key}.next"))
        else:
            self.caption.say("calls.incoming.preview" if self.picture.has_picture else "calls.incoming.no-camera")
        self.devices.setText(words("calls.incoming.devices"))
        self.devices.setAccessibleName(words("calls.incoming.devices"))
