"""Cards upon a call that ask for a decision: another call waits; the window is about to be closed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.call.view import CallView, CallWaiting
from vidphone.phone.commands import Answer, Decline
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.scene import title
from vidphone.ui.design.avatar import Avatar
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole


class WaitingCard(QFrame):
    """Another call while one is on: hold and answer, end and answer, decline. It answers as that call asks:
    with video where this side's camera is on, with voice otherwise."""

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self._context = context
        self._view: CallView | None = None
        self._video = False
        self.setProperty("kind", "card")
        self.avatar = Avatar(theme, 48, stage=True)
        self.name = ElidedLabel(theme, TypeRole.LEAD, strong=True)
        self.what = Label(theme, "calls.waiting.title", TypeRole.CAPTION, "muted")
        self.hold = PushButton(theme, "calls.waiting.hold", "success")
        self.end = PushButton(theme, "calls.waiting.end")
        self.decline = PushButton(theme, "calls.waiting.decline", "danger")
        self.hold.clicked.connect(lambda: self._answer(CallWaiting.HOLD))
        self.end.clicked.connect(lambda: self._answer(CallWaiting.END))
        self.decline.clicked.connect(self._decline)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.what)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.avatar)
        head.addLayout(names, 1)
        ways = QHBoxLayout()
        ways.setSpacing(GRID_PX)
        for button in (self.decline, self.end, self.hold):
            ways.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addLayout(head)
        layout.addLayout(ways)
        self.hide()

    @property
    def view(self) -> CallView | None:
        """The call that waits."""
        return self._view

    def show_call(self, view: CallView | None, *, video: bool) -> None:
        """Ask about a call; None: nothing waits any more."""
        self._view, self._video = view, video
        self.setVisible(view is not None)
        if view is None:
            return
        self.avatar.show_name(title(view))
        self.name.show_text(f"{title(view)}  {view.peer_number}" if view.peer_name else view.peer_number)
        self.what.say("calls.incoming.video" if view.video else "calls.incoming.voice")

    def _answer(self, what_of_the_other: CallWaiting) -> None:
        if self._view is not None:
            self._context.post(Answer(self._view.video and self._video, self._view.call, what_of_the_other))

    def _decline(self) -> None:
        if self._view is not None:
            self._context.post(Decline(self._view.call))


class LeaveCard(QFrame):
    """Asks what is to become of the call when its window is closed."""

    keep_wanted = Signal()
    hang_up_wanted = Signal()
    stay_wanted = Signal()

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self.setProperty("kind", "card")
        self.keep = PushButton(theme, "calls.leave.keep", "accent")
        self.hang_up = PushButton(theme, "calls.leave.hang-up", "danger")
        self.stay = PushButton(theme, "calls.leave.stay")
        self.keep.clicked.connect(self.keep_wanted)
        self.hang_up.clicked.connect(self.hang_up_wanted)
        self.stay.clicked.connect(self.stay_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 2 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        layout.setSpacing(GRID_PX)
        layout.addWidget(Label(theme, "calls.leave.title", TypeRole.TITLE))
        layout.addWidget(Label(theme, "calls.leave.what", tone="muted"))
        layout.addSpacing(GRID_PX)
        ways = QHBoxLayout()
        ways.setSpacing(GRID_PX)
        for button in (self.stay, self.hang_up, self.keep):
            ways.addWidget(button)
        layout.addLayout(ways)
        self.hide()
