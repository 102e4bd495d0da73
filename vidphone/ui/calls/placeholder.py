"""What stands on the stage where there is no picture: whom the call is with, why, and what can be done."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.parts import paint_ground
from vidphone.ui.calls.scene import Scene, Stage
from vidphone.ui.design.avatar import paint_avatar
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole

WIDTH_PX = 480
AVATAR_PX = 96
BREATH_S = 2.4
TICK_MS = 40
WAITING = {Stage.CALLING, Stage.RINGING, Stage.CONNECTING, Stage.RECONNECTING}


class BreathingAvatar(QWidget):
    """A person's sign, with rings going out from it while something is awaited."""

    def __init__(self, theme: Theme, size_px: int = AVATAR_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._size_px = theme, size_px
        self._name, self._phase, self._waiting = "", 0.0, False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._breathe)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def breathing(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def show_name(self, name: str, *, waiting: bool) -> None:
        """Stand for someone, moving while something is awaited."""
        self._name, self._waiting = name, waiting
        self._attend()
        self.update()

    def sizeHint(self) -> QSize:
        """The sign and room for its rings."""
        side = round(self._theme.px(self._size_px) * 1.5)
        return QSize(side, side)

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while seen."""
        self._attend()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        self._attend()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign and its rings."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._theme.px(self._size_px)
        centre = QRectF(self.rect()).center()
        if self._waiting:
            for ring in range(2):
                age = (self._phase + ring / 2) % 1.0 if self.breathing else 0.3 + 0.3 * ring
                radius = side / 2 * (1 + 0.46 * age)
                colour = QColor(self._theme.stage.accent)
                colour.setAlphaF(0.55 * math.cos(age * math.pi / 2))
                painter.setPen(QPen(colour, 2))
                painter.drawEllipse(centre, radius, radius)
        place = QRectF(0, 0, side, side)
        place.moveCenter(centre)
        paint_avatar(painter, place, self._name, self._theme, stage=True)

    def _breathe(self) -> None:
        self._phase = (self._phase + TICK_MS / 1000 / BREATH_S) % 1.0
        self.update()

    def _attend(self) -> None:
        if self._waiting and self.isVisible() and self._theme.duration_ms(1):
            self._timer.start()
        else:
            self._timer.stop()

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self._attend()


class Placeholder(QWidget):
    """Stands in the middle of the stage."""

    again_wanted = Signal()
    close_wanted = Signal()
    resume_wanted = Signal()
    test_wanted = Signal()
    """To find out what the network is fit for."""

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = self._theme = context.theme
        self.avatar = BreathingAvatar(theme)
        self.title = Label(theme, role=TypeRole.DISPLAY, wrap=True)
        self.status = Label(theme, role=TypeRole.LEAD, wrap=True)
        self.hint = Label(theme, tone="muted", wrap=True)
        self.cost = Label(theme, tone="muted", wrap=True)
        self.cost.hide()
        self.again = PushButton(theme, "calls.ended.again", "accent")
        self.close_button = PushButton(theme, "calls.ended.close")
        self.resume = PushButton(theme, "calls.do.resume", "accent")
        self.test = PushButton(theme, "network.open")
        self.resume.clicked.connect(self.resume_wanted)
        self.test.clicked.connect(self.test_wanted)
        self.again.clicked.connect(self.again_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        self.ways = (self.resume, self.again, self.test, self.close_button)
        self._grounded = False
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self.avatar, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.status, self.hint, self.cost):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        self._ways = QWidget()
        row = QHBoxLayout(self._ways)
        row.setContentsMargins(0, 2 * GRID_PX, 0, 0)
        row.setSpacing(2 * GRID_PX)
        row.addStretch(1)
        for button in self.ways:
            row.addWidget(button)
        row.addStretch(1)
        layout.addWidget(self._ways)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_scene(self, scene: Scene, sentence: str, *, upon_picture: bool, test: bool = False) -> None:
        """Say what is so; `sentence` is the line beneath the name. Upon a picture the person is seen already.

        `test`: the network may be why it ended, so that its test is offered.
        """
        self.avatar.setVisible(not upon_picture)
        self.title.setVisible(not upon_picture)
        self._set_grounded(upon_picture)
        ended = scene.stage is Stage.ENDED
        self.avatar.show_name(scene.title, waiting=scene.stage in WAITING)
        self.title.show_text(scene.title)
        self.show_status(sentence)
        self.hint.show_text(scene.hint)
        self.hint.setVisible(bool(scene.hint))
        self.resume.setVisible(scene.stage is Stage.HELD)
        self.again.setVisible(ended)
        self.test.setVisible(ended and test)
        self.close_button.setVisible(ended)
        self._ways.setVisible(ended or scene.stage is Stage.HELD)

    def show_status(self, sentence: str) -> None:
        """Another sentence, the seconds while reconnecting."""
        if self.status.plain != sentence:
            self.status.show_text(sentence)

    def show_cost(self, cost: str) -> None:
        """What the call has cost in the end."""
        self.cost.show_text(cost)
        self.cost.setVisible(bool(cost))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground beneath the words, upon a picture."""
        if self._grounded:
            paint_ground(self, self._theme)

    def _set_grounded(self, grounded: bool) -> None:
        if grounded != self._grounded:
            self._grounded = grounded
            room = 2 * GRID_PX if grounded else 0
            self._column.setContentsMargins(room, room, room, room)
            self.update()

    def _restyle(self) -> None:
        width = self._theme.px(WIDTH_PX)
        self.setFixedWidth(width)
        for label in (self.title, self.status, self.hint, self.cost):
            label.setFixedWidth(width - 4 * GRID_PX)  # known before it is shown: the window must not grow for a guess
