"""The picture of a call: paints the latest frame of a slot, scaled by the engine on its way here."""

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHideEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from vidphone.media.slot import Picture, PictureSlot
from vidphone.ui.calls.framing import Framing, fills, place, wanted_box

MOST_PER_S = 60.0
"""Looks at the slot a second, at most: cameras make 30 pictures a second."""

QUIET_AFTER = 40
"""Looks that found nothing new before the view looks `QUIET_PER_S` times a second only."""

QUIET_PER_S = 10.0

DIM = 0.75
"""How much of the last picture is taken back while the call reconnects: muted text keeps 4.5:1 on a white one."""


class PictureView(QWidget):
    """Shows what a slot holds.

    While live and visible it looks into the slot about as often as the display shows; otherwise no timer runs, and
    the slot is told that nobody looks. One slot has one live view: a picture is taken once.
    """

    picture_came = Signal()
    """The first picture after none."""

    picture_gone = Signal()
    """No picture any more."""

    shape_changed = Signal()
    """Pictures of another shape arrive: see `aspect`."""

    def __init__(self, slot: PictureSlot, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slot = slot
        self._ground = QColor(ground)
        self._picture: Picture | None = None
        self._image = QImage()
        self._live = False
        self._mirrored = False
        self._dimmed = False
        self._radius_px = 0
        self._framing = Framing.AUTO
        self._misses = 0
        self._tick = QTimer(self)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._look)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture to be seen."""
        return self._picture is not None

    @property
    def ticking(self) -> bool:
        """Whether it looks into the slot."""
        return self._tick.isActive()

    @property
    def aspect(self) -> float:
        """Width over height of the picture as shown; 16:9 while there is none."""
        width, height = self._source()
        return width / height if width and height else 16 / 9

    @property
    def filled(self) -> bool:
        """Whether the picture covers the view edge to edge."""
        return fills(*self._source(), *self._device_size(), self._framing)

    def set_live(self, live: bool) -> None:
        """Look for pictures, or keep what there is and let nobody convert any."""
        if live != self._live:
            self._live = live
            self._attend()

    def set_framing(self, framing: Framing) -> None:
        """Whole, edge to edge, or as suits the picture."""
        self._framing = framing
        self._want()
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Left and right as in a mirror: how people know themselves."""
        self._mirrored = mirrored
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Take the picture back behind a text."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def set_radius(self, radius_px: int) -> None:
        """Round the corners, showing what is beneath."""
        self._radius_px = radius_px
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, radius_px == 0)
        self.update()

    def clear(self) -> None:
        """Forget the picture: it must not be seen any more."""
        if self._picture is not None:
            self._image = QImage()
            self._picture = None
            self.update()
            self.picture_gone.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._attend()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._attend()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the engine the new size."""
        super().resizeEvent(event)
        self._want()

    def event(self, event: QEvent) -> bool:
        """Follow a move to a screen with other pixels."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._want()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, or the empty ground."""
        painter = QPainter(self)
        if self._radius_px:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ground if self._picture is None else self._brush(self._picture))
            painter.drawRoundedRect(QRectF(self.rect()), self._radius_px, self._radius_px)
            return
        if self._picture is None or not self.filled:
            painter.fillRect(event.rect(), self._ground)
        if self._picture is None:
            return
        device = self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / device, 1 / device)  # device pixels: a picture of the right size is copied, not scaled
        painter.setTransform(self._placing(self._picture), combine=True)
        if painter.combinedTransform().type() is not QTransform.TransformationType.TxTranslate:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(0, 0, self._image)
        painter.restore()
        if self._dimmed:
            veil = QColor(self._ground)
            veil.setAlphaF(DIM)
            painter.fillRect(event.rect(), veil)

    def _brush(self, picture: Picture) -> QBrush:
        brush = QBrush(self._image)
        device = self.devicePixelRatioF()
        brush.setTransform(self._placing(picture) * QTransform.fromScale(1 / device, 1 / device))
        return brush

    def _placing(self, picture: Picture) -> QTransform:
        """From the picture's pixels to the view's device pixels: turned, mirrored, scaled, moved, in that order."""
        turn = QTransform().rotate(picture.shown_rotation_deg)
        box = turn.mapRect(QRectF(0, 0, picture.width, picture.height))
        turn *= QTransform.fromTranslate(-box.left(), -box.top())
        width, height = round(box.width()), round(box.height())
        where = place(width, height, *self._device_size(), self._framing)
        if self._mirrored:
            turn *= QTransform(-1, 0, 0, 1, width, 0)
        if (where.width, where.height) != (width, height):
            turn *= QTransform.fromScale(where.width / width, where.height / height)
        return turn * QTransform.fromTranslate(where.x, where.y)

    def _source(self) -> tuple[int, int]:
        picture = self._picture
        if picture is None:
            return 0, 0
        size = (picture.source_width or picture.width, picture.source_height or picture.height)
        return (size[1], size[0]) if picture.shown_rotation_deg % 180 else size

    def _device_size(self) -> tuple[int, int]:
        device = self.devicePixelRatioF()
        return round(self.width() * device), round(self.height() * device)

    def _attend(self) -> None:
        if self._live and self.isVisible():
            screen = self.screen()
            per_s = min(MOST_PER_S, screen.refreshRate() or MOST_PER_S) if screen else MOST_PER_S
            if not self._tick.isActive():
                self._slot.take()  # left over from when nobody looked: of another call, perhaps
            self._misses = 0
            self._tick.start(round(1000 / per_s))
            self._want()
        elif self._tick.isActive():
            self._tick.stop()
            self._slot.want(0, 0)

    def _want(self) -> None:
        if self._tick.isActive():
            box = wanted_box(*self._source(), *self._device_size(), self._framing)
            turned = self._picture is not None and self._picture.shown_rotation_deg % 180
            self._slot.want(*(reversed(box) if turned else box))

    def _look(self) -> None:
        picture = self._slot.take()
        if picture is None:
            self._misses += 1
            if self._misses == QUIET_AFTER:
                self._tick.setInterval(round(1000 / QUIET_PER_S))
            return
        if self._misses >= QUIET_AFTER:
            self._attend()
        self._misses = 0
        first, shape = self._picture is None, self._source()
        self._picture = picture
        # No copy: the image looks into the slot's memory, which `_picture` keeps alive as long as the image.
        self._image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
        if self._source() != shape:
            self._want()
            self.shape_changed.emit()
        self.update()
        if first:
            self.picture_came.emit()
