"""What stands above a call: with whom, which way, how long, at what cost, how safe, how good."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.parts import Ground, SignalBars, StageButton
from vidphone.ui.calls.scene import Scene
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole


class NameLine(ElidedLabel):
    """A name: as wide as it is, where there is room."""

    def show_text(self, text: str) -> None:
        """Show another name."""
        super().show_text(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The whole name."""
        metrics = QFontMetrics(self._theme.font(self._role, strong=self._strong))  # the style sheet has another
        return QSize(metrics.horizontalAdvance(self.plain) + GRID_PX, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """A few letters of it."""
        return QSize(min(self.sizeHint().width(), 12 * GRID_PX), self.minimumHeight())


class Header(QWidget):
    """The head of the call's window: who and how long at the left, how safe and how good at the right."""

    code_wanted = Signal()
    statistics_wanted = Signal()
    small_picture_wanted = Signal()

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = self._theme = context.theme
        self.title = NameLine(theme, TypeRole.TITLE, strong=True)
        self._way = QLabel()
        self.number = Label(theme, role=TypeRole.BODY, tone="muted")
        self.status = Label(theme, role=TypeRole.BODY)
        self.cost = Label(theme, role=TypeRole.BODY)
        self.security = StageButton(theme, "shield", "calls.security.unknown", "quiet", shortcut="C")
        self.bars = SignalBars(theme)
        self.small = StageButton(theme, "picture-in-picture-2", "calls.do.small-picture", "quiet", shortcut="P")
        self.security.clicked.connect(self.code_wanted)
        self.bars.clicked.connect(self.statistics_wanted)
        self.small.clicked.connect(self.small_picture_wanted)
        second = QHBoxLayout()
        second.setSpacing(GRID_PX)
        for part in (self._way, self.number, self.status, self.cost):
            second.addWidget(part)
        second.addStretch(1)
        self._titled = True
        self.cost.hide()
        names = self._names = Ground(theme)
        names.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        lines = QVBoxLayout(names)
        lines.setContentsMargins(3 * GRID_PX, GRID_PX, 3 * GRID_PX, GRID_PX)
        lines.setSpacing(2)
        lines.addWidget(self.title)
        lines.addLayout(second)
        buttons = Ground(theme)
        row = QHBoxLayout(buttons)
        row.setContentsMargins(GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX)
        for button in (self.security, self.bars, self.small):
            row.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX, GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(names, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(buttons, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_scene(self, scene: Scene, *, titled: bool, sentence: str) -> None:
        """Say how the call stands, but for what the placeholder says already: the name, and its `sentence`."""
        theme = self._theme
        self.title.setVisible(titled)
        self.status.setVisible(scene.status != sentence)
        self.title.show_text(scene.title)
        self.number.show_text(scene.number)
        self.number.setVisible(bool(scene.number))
        self.show_status(scene.status)
        self._titled = titled or bool(scene.number) or scene.status != sentence
        self._names.setVisible(self._titled or bool(self.cost.plain))
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

    def show_cost(self, cost: str) -> None:
        """What the call costs; nothing where somebody else pays for it."""
        if self.cost.plain == cost:
            return
        self.cost.show_text(cost)
        name = self._theme.words("ui.costs.call.name", cost=cost) if cost else ""
        self.cost.setAccessibleName(name)
        self.cost.setToolTip(name)
        self.cost.setVisible(bool(cost))
        self._names.setVisible(self._titled or bool(cost))
