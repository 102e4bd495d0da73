"""What stands above a call: with whom, which way, how long, how safe, how good."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.parts import Scrim, SignalBars, StageButton
from vidphone.ui.calls.scene import Scene
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole


class Header(Scrim):
    """The head of the call's window."""

    code_wanted = Signal()
    statistics_wanted = Signal()
    small_picture_wanted = Signal()

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, from_top=True, parent=parent)
        theme = self._theme
        self.title = ElidedLabel(theme, TypeRole.TITLE, strong=True)
        self._way = QLabel()
        self.number = Label(theme, role=TypeRole.BODY, tone="muted")
        self.status = Label(theme, role=TypeRole.BODY)
        self.security = StageButton(theme, "shield", "calls.security.unknown", "quiet", shortcut="C")
        self.bars = SignalBars(theme)
        self.small = StageButton(theme, "picture-in-picture-2", "calls.do.small-picture", "quiet", shortcut="P")
        self.security.clicked.connect(self.code_wanted)
        self.bars.clicked.connect(self.statistics_wanted)
        self.small.clicked.connect(self.small_picture_wanted)
        second = QHBoxLayout()
        second.setSpacing(GRID_PX)
        for part in (self._way, self.number, self.status):
            second.addWidget(part)
        second.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(self.title)
        lines.addLayout(second)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX, 4 * GRID_PX)
        layout.setSpacing(GRID_PX)
        layout.addLayout(lines, 1)
        for button in (self.security, self.bars, self.small):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_scene(self, scene: Scene, *, titled: bool, sentence: str) -> None:
        """Say how the call stands, but for what the placeholder says already: the name, and its `sentence`."""
        theme = self._theme
        self.title.setVisible(titled)
        self.status.setVisible(titled or scene.status != sentence)
        self.title.show_text(scene.title)
        self.number.show_text(scene.number)
        self.number.setVisible(bool(scene.number))
        self.show_status(scene.status)
        icon, way = ("phone-incoming", "incoming") if scene.incoming else ("phone-outgoing", "outgoing")
        self._way.setPixmap(theme.pixmap(icon, theme.stage.muted, 16))
        self._way.setAccessibleName(theme.words(f"calls.direction.{way}"))
        self._way.setToolTip(self._way.accessibleName())
        if scene.secure:
            self.security.set_face("shield-check", "calls.security.secure")
        else:
            self.security.set_face("shield", "calls.security.unknown")
        self.security.setEnabled(scene.secure)

    def show_status(self, status: str) -> None:
        """The duration, or the state in words."""
        if self.status.plain != status:
            self.status.show_text(status)
