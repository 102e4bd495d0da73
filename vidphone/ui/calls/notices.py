"""The lines beneath a call's header: what is so for as long as it is so, and what changed, for four seconds."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.call.view import CallView
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.parts import SMALL_PX, Chip, LineLabel, StageButton
from vidphone.ui.calls.scene import Banner, Scene, title
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX

NOTICE_MS = 4000
"""How long a change is told."""
MOST_NOTICES = 3
"""Told at the same time: a machine may lack camera, microphone and speaker."""

_ICONS = {
    Banner.RECORDING: ("circle-dot", "danger_hover"),
    Banner.PEER_RECORDING: ("circle-dot", "on_warning_soft"),
    Banner.PEER_MUTED: ("mic-off", "text"),
    Banner.UNSEEN: ("triangle-alert", "on_warning_soft"),
}


class HeldCall(QFrame):
    """Another call, on hold: swap it in, or end it."""

    swap_wanted = Signal(str)
    end_wanted = Signal(str)

    def __init__(self, context: CallContext, view: CallView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name, theme = title(view), context.theme
        self.setProperty("kind", "chip")
        line = LineLabel(theme)
        line.say("calls.held.line", name=name)
        swap = PushButton(theme, "calls.held.swap")
        swap.say("calls.held.swap", name=name)
        end = StageButton(theme, "phone-off", "calls.do.hang-up", "danger", diameter_px=SMALL_PX)
        end.set_face("phone-off", "calls.held.end", name=name)
        swap.clicked.connect(lambda: self.swap_wanted.emit(view.call))
        end.clicked.connect(lambda: self.end_wanted.emit(view.call))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, 4, GRID_PX, 4)
        layout.setSpacing(GRID_PX)
        for part in (line, swap, end):
            layout.addWidget(part)


class PassingNotice(Chip):
    """What changed, for a while."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "info", parent=parent)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(NOTICE_MS)
        self.timer.timeout.connect(self.hide)


class Notices(QWidget):
    """The column of them."""

    swap_wanted = Signal(str)
    end_wanted = Signal(str)

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._held: list[HeldCall] = []
        self._held_shown: tuple[tuple[str, str], ...] = ()
        self.banners = {banner: Chip(context.theme, *_ICONS[banner]) for banner in Banner}
        self._passing = [PassingNotice(context.theme) for _ in range(MOST_NOTICES)]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * GRID_PX, 0, 2 * GRID_PX, GRID_PX)
        self._column.setSpacing(GRID_PX)
        for chip in (*self.banners.values(), *self._passing):
            self._column.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
            chip.hide()

    @property
    def notice(self) -> PassingNotice:
        """The one told last."""
        return self._passing[-1]

    def show_scene(self, scene: Scene) -> None:
        """Show what is so now."""
        for banner, chip in self.banners.items():
            chip.label.say(f"calls.banner.{banner.value}", name=scene.title)
            chip.setVisible(banner in scene.banners)

    def show_held(self, views: tuple[CallView, ...]) -> None:
        """Show the other calls."""
        shown = tuple((view.call, title(view)) for view in views)
        if shown == self._held_shown:
            return
        self._held_shown = shown
        for old in self._held:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._held = [HeldCall(self._context, view) for view in views]
        for line in self._held:
            self._column.insertWidget(0, line, 0, Qt.AlignmentFlag.AlignLeft)
            line.swap_wanted.connect(self.swap_wanted)
            line.end_wanted.connect(self.end_wanted)

    def tell(self, icon: str, key: str, **places: object) -> None:
        """Say for four seconds what changed."""
        self._free_one(self._context.theme.words(key, **places))
        self.notice.label.say(key, **places)
        self._show_notice(icon)

    def tell_text(self, icon: str, sentence: str) -> None:
        """The same with a sentence made elsewhere."""
        self._free_one(sentence)
        self.notice.label.show_text(sentence)
        self._show_notice(icon)

    def _free_one(self, sentence: str) -> None:
        """Make the last notice one that says this already, or says nothing, or is the oldest."""
        saying = [one for one in self._passing if not one.isHidden() and one.label.plain == sentence]
        silent = [one for one in self._passing if one.isHidden()]
        chosen = (saying or silent or self._passing)[0]
        self._passing.remove(chosen)
        self._passing.append(chosen)
        self._column.removeWidget(chosen)
        self._column.addWidget(chosen, 0, Qt.AlignmentFlag.AlignLeft)

    def _show_notice(self, icon: str) -> None:
        self.notice.set_icon(icon)
        self.notice.show()
        self.notice.timer.start()
        # Read out at once: the focus is elsewhere, and the words are gone in four seconds.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.notice.label.plain))
