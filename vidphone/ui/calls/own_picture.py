"""The own picture: sits in a corner, can be dragged or moved by arrow keys, enlarged and hidden."""

from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QPropertyAnimation, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.fade import KEYBOARD
from vidphone.ui.calls.parts import SMALL_PX, StageButton
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.calls.snapping import Corner, corner_place, kept_inside, nearest_corner, neighbour, own_picture_size
from vidphone.ui.design.tokens import MOVE_MS

RADIUS_PX = 12
ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}


class OwnPicture(QWidget):
    """The own picture over the stage; its parent tells it the free part of the stage by `set_free`."""

    hide_wanted = Signal()

    def __init__(self, context: CallContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self._theme = context.theme
        self._corner = Corner.BOTTOM_RIGHT
        self._free = QRect()
        self._enlarged = False
        self._grasped: QPoint | None = None
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.view = PictureView(context.own, self._theme.stage.surface, self)
        self.view.set_mirrored(True)
        self.view.set_radius(RADIUS_PX)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.view.shape_changed.connect(self._place)
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.view.picture_came.connect(self._sign.hide)
        self.view.picture_gone.connect(self._sign.show)
        self._size_button = StageButton(self._theme, "maximize-2", "calls.do.own-enlarge", diameter_px=SMALL_PX)
        self._hide_button = StageButton(self._theme, "x", "calls.do.own-hide", diameter_px=SMALL_PX, shortcut="S")
        self._buttons = QWidget(self)
        layout = QHBoxLayout(self._buttons)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        for button in (self._size_button, self._hide_button):
            layout.addWidget(button)
        self._buttons.hide()
        self._ring = FocusRing(self._theme.stage.accent, self)
        self._ring.hide()
        self._size_button.clicked.connect(lambda: self.set_enlarged(not self._enlarged))
        self._hide_button.clicked.connect(self.hide_wanted)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._theme.changed.connect(self._place)
        self._theme.words.changed.connect(self._say)
        self._say()

    @property
    def corner(self) -> Corner:
        """The corner it sits in."""
        return self._corner

    @property
    def enlarged(self) -> bool:
        """Whether it is shown large."""
        return self._enlarged

    def wanted_size(self) -> QSize:
        """How large it is to be on this stage."""
        return own_picture_size(self._stage.size(), self.view.aspect, enlarged=self._enlarged)

    def set_free(self, free: QRect) -> None:
        """The part of the stage it may use."""
        if free != self._free:
            self._free = free
            if self._grasped is None:
                self._place()

    def set_enlarged(self, enlarged: bool) -> None:
        """Large, or small again."""
        self._enlarged = enlarged
        self._place()
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep picture and buttons in place."""
        self.view.setGeometry(self.rect())
        self._ring.setGeometry(self.rect())
        self._sign.setGeometry(self.rect())
        self._buttons.adjustSize()
        self._buttons.move(self.width() - self._buttons.width(), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grasp it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._motion.stop()
            self._grasped = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._grasped is not None:
            wanted = self.mapToParent(event.position().toPoint()) - self._grasped
            self.move(kept_inside(wanted, self.size(), self._stage.rect()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop it: it goes to the nearest corner."""
        if self._grasped is not None:
            self._grasped = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self._corner = nearest_corner(self.geometry(), self._free)
            self._go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge or shrink it."""
        self.set_enlarged(not self._enlarged)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move it, Enter changes its size."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._corner = neighbour(self._corner, key)
            self._go()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.set_enlarged(not self._enlarged)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Its buttons show under the pointer."""
        if event.type() is QEvent.Type.Enter:
            self._buttons.show()
        elif event.type() is QEvent.Type.Leave:
            self._buttons.setVisible(self._focused_inside())
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its buttons show while the keyboard is here."""
        if event.reason() in KEYBOARD:
            self._buttons.show()
            self._ring.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """They go with the focus."""
        self._buttons.setVisible(self._focused_inside() or self.underMouse())
        self._ring.hide()

    def _focused_inside(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))

    def _place(self) -> None:
        self._sign.setPixmap(self._theme.pixmap("video", self._theme.stage.muted, 24))
        if self._free.isEmpty():
            return
        self.resize(self.wanted_size())
        self._motion.stop()
        self.move(corner_place(self._corner, self._free, self.size()))

    def _go(self) -> None:
        target = corner_place(self._corner, self._free, self.size())
        duration = self._theme.duration_ms(MOVE_MS)
        self._motion.stop()
        if not duration or not self.isVisible():
            self.move(target)
            return
        self._motion.setDuration(duration)
        self._motion.setEndValue(target)
        self._motion.start()

    def _say(self) -> None:
        words = self._theme.words
        self.setAccessibleName(words("calls.own.name"))
        self.setAccessibleDescription(words("calls.own.help"))
        if self._enlarged:
            self._size_button.set_face("minimize-2", "calls.do.own-shrink")
        else:
            self._size_button.set_face("maximize-2", "calls.do.own-enlarge")


class FocusRing(QWidget):
    """The ring around the own picture while the keyboard is on it."""

    def __init__(self, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor(colour)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colour, 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), RADIUS_PX, RADIUS_PX)
