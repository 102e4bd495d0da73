"""What a call's window is made of, and where it lies: the picture edge to edge, all else upon it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.calls.cards import LeaveCard, WaitingCard
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.controls import Controls
from vidphone.ui.calls.fade import Fading
from vidphone.ui.calls.header import Header
from vidphone.ui.calls.notices import Notices
from vidphone.ui.calls.own_picture import OwnPicture
from vidphone.ui.calls.panels import CodePanel, Keypad, Panel, ShortcutsPanel
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.calls.placeholder import Placeholder
from vidphone.ui.calls.snapping import MARGIN_PX
from vidphone.ui.calls.stats_panel import StatsPanel
from vidphone.ui.costs.barred_card import BarredCard
from vidphone.ui.costs.credit_line import CreditLine
from vidphone.ui.design.tokens import GRID_PX

SIZE = QSize(1280, 720)
"""The shape of most cameras' pictures, which then reach every edge uncut."""
VOICE_SIZE = QSize(800, 560)


class CallSurface(QWidget):
    """The parts of the window in their layers; `CallWindow` gives them life."""

    def __init__(self, context: CallContext) -> None:
        super().__init__()
        self._context = context
        self._own_wanted = False
        self.setProperty("stage", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.picture = PictureView(context.remote, context.theme.stage.background, self)
        self.placeholder = Placeholder(context)
        self.header = Header(context)
        self.controls = Controls(context)
        self.notices = Notices(context)
        self.credit = CreditLine(context.theme)
        self.barred = BarredCard(context.theme)
        self.waiting = WaitingCard(context)
        self.leave_card = LeaveCard(context)
        self.keypad = Keypad(context)
        self.code = CodePanel(context)
        self.stats = StatsPanel(context)
        self.shortcuts = ShortcutsPanel(context)
        self.panels: tuple[Panel, ...] = (self.keypad, self.code, self.stats, self.shortcuts)
        self._lay_out()
        self.own = OwnPicture(context, self)
        self.own.hide()
        self.fading = Fading(context.theme, (self.header, self.controls), context.now_s, self)
        self.fading.changed.connect(self._controls_moved)
        self._retrack()
        self.setFocus()  # no button is singled out before the keyboard comes
        self.resize(self._first_size(SIZE))

    @property
    def panel(self) -> Panel | None:
        """The panel that is open."""
        return next((panel for panel in self.panels if panel.isVisible()), None)

    def _lay_out(self) -> None:
        """Three layers in one cell: picture, placeholder, and what stands upon both."""
        self.overlay = QWidget()
        column = QVBoxLayout(self.overlay)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        credit = QHBoxLayout()
        credit.setContentsMargins(2 * GRID_PX, 0, 2 * GRID_PX, 0)
        credit.addWidget(self.credit)
        credit.addStretch(1)
        column.addLayout(credit)
        column.addWidget(self.notices)
        column.addWidget(self.waiting, 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, 0)
        middle.addStretch(1)
        for panel in self.panels:
            middle.addWidget(panel, 0, Qt.AlignmentFlag.AlignBottom)
            panel.hide()
        column.addLayout(middle, 1)
        column.addWidget(self.controls)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.picture, 0, 0)
        grid.addWidget(self.placeholder, 0, 0, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(self.overlay, 0, 0)
        grid.addWidget(self.barred, 0, 0, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(self.leave_card, 0, 0, Qt.AlignmentFlag.AlignCenter)

    def begin(self, *, video: bool) -> None:
        """Before it is shown first: as large as suits what there will be to see."""
        self.resize(self._first_size(SIZE if video else VOICE_SIZE))

    def _first_size(self, size: QSize) -> QSize:
        """Larger with larger text, as far as the screen goes, in the same shape."""
        wanted, available = size * self._context.theme.scale, self.screen().availableSize() * 0.9
        if wanted.boundedTo(available) != wanted:
            wanted = wanted.scaled(available, Qt.AspectRatioMode.KeepAspectRatio)
        return wanted.expandedTo(self.minimumSizeHint())

    def _retrack(self) -> None:
        """The pointer's motion is wanted from everything that lies upon the picture."""
        for part in (self, *self.findChildren(QWidget)):
            part.setMouseTracking(True)
            part.installEventFilter(self)

    def place_own(self) -> None:
        """Give the own picture the part of the stage that nothing covers, if there is room for it."""
        stage, panel = self.rect(), self.panel
        if self.fading.shown:
            stage.setTop(self.header.height() - GRID_PX)
        if panel is not None:
            stage.setRight(stage.right() - panel.width() - 2 * GRID_PX)
        # Beside the controls where it fits there: it then stays where it is when they come and go.
        beside = self.controls.ground.x() >= self.own.wanted_size().width() + 2 * MARGIN_PX
        if panel is not None or (self.fading.shown and not beside):
            stage.setBottom(stage.bottom() - self.controls.height() + GRID_PX)
        self.own.set_free(stage)
        room = stage.width() >= self.own.width() + 2 * MARGIN_PX
        self.own.setVisible(self._own_wanted and room)
        self.own.raise_()

    def _controls_moved(self, shown: bool) -> None:
        self.setCursor(Qt.CursorShape.ArrowCursor if shown else Qt.CursorShape.BlankCursor)
        if not shown and self._focus_in_controls():
            self.setFocus()
        self.place_own()

    def _focus_in_controls(self) -> bool:
        focused = self.focusWidget()
        return focused is not None and (self.header.isAncestorOf(focused) or self.controls.isAncestorOf(focused))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the own picture in its corner."""
        super().resizeEvent(event)
        self.place_own()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Motion anywhere in the window brings the controls back."""
        if event.type() in {QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress}:
            self.fading.stir()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The keyboard finds the controls even when they have faded."""
        self.fading.stir()
        return super().focusNextPrevChild(forward)
