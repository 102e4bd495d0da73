"""The small picture on top of everything, while the call's own window is not looked at."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.call.view import CallState, CallView
from vidphone.phone.commands import HangUp
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.costs import restart
from vidphone.ui.calls.parts import Scrim, StageButton
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.calls.placeholder import WAITING, BreathingAvatar
from vidphone.ui.calls.scene import Stage, next_change_s, scene
from vidphone.ui.calls.snapping import Corner, corner_place, nearest_corner
from vidphone.ui.costs.charges import next_second_s, small
from vidphone.ui.design.labels import ElidedLabel
from vidphone.ui.design.tokens import GRID_PX, TypeRole

SIZE = QSize(320, 180)
SMALL_AVATAR_PX = 48
BUTTON_PX = 40


class SmallPicture(QWidget):
    """A frameless window with the picture, the name, a way back and a way to end the call.

    It never takes the keyboard from where the person works.
    """

    return_wanted = Signal()

    def __init__(self, context: CallContext) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint,
        )
        theme = context.theme
        self._context = context
        self._view: CallView | None = None
        self._watching = False
        self._grasped: QPoint | None = None
        self.setProperty("stage", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.picture = PictureView(context.remote, theme.stage.background, self)
        self.avatar = BreathingAvatar(theme, SMALL_AVATAR_PX)
        self.title = ElidedLabel(theme, TypeRole.BODY, strong=True)
        self.status = ElidedLabel(theme, TypeRole.CAPTION)
        self.back = StageButton(theme, "maximize-2", "calls.do.return", shortcut="P", diameter_px=BUTTON_PX)
        self.hang_up = StageButton(
            theme, "phone-off", "calls.do.hang-up", "danger", shortcut="Ctrl+Shift+E", diameter_px=BUTTON_PX
        )
        self._lay_out()
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.refresh)
        self.back.clicked.connect(self.return_wanted)
        self.hang_up.clicked.connect(self._hang_up)
        self.picture.picture_came.connect(self.refresh)
        for key, do in (("P", self.return_wanted.emit), ("Ctrl+Shift+E", self._hang_up)):
            QShortcut(QKeySequence(key), self).activated.connect(do)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # no button is singled out before the keyboard comes
        theme.words.changed.connect(self.refresh)
        theme.changed.connect(self._resize)
        self._resize()

    def _lay_out(self) -> None:
        foot = Scrim(self._context.theme)
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 3 * GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.title)
        lines.addWidget(self.status)
        row.addLayout(lines, 1)
        row.addWidget(self.back)
        row.addWidget(self.hang_up)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.picture, 0, 0)
        grid.addWidget(self.avatar, 0, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(foot, 0, 0, Qt.AlignmentFlag.AlignBottom)

    def show_call(self, view: CallView) -> None:
        """Show a call, or what changed in it."""
        if self._view is None or self._view.call != view.call:
            self.picture.clear()
        self._view = view
        self.refresh()

    def set_watching(self, watching: bool) -> None:
        """Take pictures from the engine, or leave them to the large window."""
        self._watching = watching
        self.refresh()

    def refresh(self) -> None:
        """Show everything anew."""
        view = self._view
        if view is None:
            return
        now, theme = self._context.now_s(), self._context.theme
        shown = scene(view, now, theme.language)
        if shown.stage not in {Stage.PICTURE, Stage.RECONNECTING}:
            self.picture.clear()
        self.picture.set_live(self._watching and shown.stage in {Stage.PICTURE, Stage.RECONNECTING})
        self.picture.set_dimmed(shown.stage is Stage.RECONNECTING)
        self.picture.setAccessibleName(theme.words("calls.picture.name", name=shown.title))
        covered = shown.stage is Stage.PICTURE and self.picture.has_picture
        self.avatar.setVisible(not covered)
        self.avatar.show_name(shown.title, waiting=shown.stage in WAITING)
        self.title.show_text(shown.title)
        charge = None if view.state is CallState.ENDED else self._context.charge(view.call)
        told = (shown.status, small(charge, now, theme.language))
        self.status.show_text(" · ".join(part for part in told if part))
        self.hang_up.setEnabled(view.state is not CallState.ENDED)
        self.setWindowTitle(theme.words("calls.pip.window", name=shown.title))
        if self.isVisible():
            restart(self._clock, next_change_s(view, now), next_second_s(charge, now))
        else:
            self._clock.stop()

    def appear(self) -> None:
        """Show it in the screen's lower right, or where it was left."""
        if not self.isVisible():
            self._snap(Corner.BOTTOM_RIGHT)
            self.show()
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grasp it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grasped = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._grasped is not None:
            self.move(event.globalPosition().toPoint() - self._grasped)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop it: it goes to the nearest corner of the screen."""
        if self._grasped is not None:
            self._grasped = None
            self._snap(nearest_corner(self.frameGeometry(), self._screen()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the large window."""
        self.return_wanted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing it leads back to the call: it must not be lost from sight."""
        event.ignore()
        self.return_wanted.emit()

    def _screen(self) -> QRect:
        screen = self.screen() or QGuiApplication.primaryScreen()
        return screen.availableGeometry()

    def _snap(self, corner: Corner) -> None:
        self.move(corner_place(corner, self._screen(), self.size()))

    def _resize(self) -> None:
        self.setFixedSize(SIZE * self._context.theme.scale)

    def _hang_up(self) -> None:
        if self._view is not None:
            self._context.post(HangUp(self._view.call))
