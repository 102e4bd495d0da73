"""Where the own picture sits on the stage: always in a corner, wherever it was dropped.

Pure geometry in logical pixels, so that it can be tested without a window.
"""

from enum import Enum

from PySide6.QtCore import QPoint, QRect, QSize, Qt

MARGIN_PX = 16
"""Two steps of the 8-px grid between the own picture and the edge."""


class Corner(Enum):
    """A corner of the stage, as (right, bottom)."""

    TOP_LEFT = (False, False)
    TOP_RIGHT = (True, False)
    BOTTOM_LEFT = (False, True)
    BOTTOM_RIGHT = (True, True)

    @property
    def right(self) -> bool:
        """Whether it is one of the two at the right."""
        return self.value[0]

    @property
    def bottom(self) -> bool:
        """Whether it is one of the two at the bottom."""
        return self.value[1]


def corner_place(corner: Corner, free: QRect, item: QSize) -> QPoint:
    """Top left of `item` in that corner of `free`, the part of the stage that no bar covers.

    An item too large for the stage keeps its top left inside, so that it can still be grasped.
    """
    left, top = free.left() + MARGIN_PX, free.top() + MARGIN_PX
    x = free.left() + free.width() - MARGIN_PX - item.width() if corner.right else left
    y = free.top() + free.height() - MARGIN_PX - item.height() if corner.bottom else top
    return QPoint(max(x, free.left()), max(y, free.top()))


def nearest_corner(dropped: QRect, free: QRect) -> Corner:
    """The corner that an item dropped at `dropped` belongs to."""
    right = 2 * dropped.left() + dropped.width() > 2 * free.left() + free.width()
    bottom = 2 * dropped.top() + dropped.height() > 2 * free.top() + free.height()
    return Corner((right, bottom))


def neighbour(corner: Corner, key: Qt.Key) -> Corner:
    """The corner an arrow key leads to; the same one where there is none that way."""
    right, bottom = corner.value
    if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
        right = key == Qt.Key.Key_Right
    elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
        bottom = key == Qt.Key.Key_Down
    return Corner((right, bottom))


def kept_inside(place: QPoint, item: QSize, stage: QRect) -> QPoint:
    """`place` moved as little as needed for `item` to stay on the stage while it is dragged."""
    x = max(stage.left(), min(place.x(), stage.left() + stage.width() - item.width()))
    y = max(stage.top(), min(place.y(), stage.top() + stage.height() - item.height()))
    return QPoint(x, y)


def own_picture_size(stage: QSize, aspect: float, *, enlarged: bool) -> QSize:
    """How large the own picture is: a fifth of the stage's width, or two fifths, within sensible bounds.

    `aspect` is width over height of the camera's picture.
    """
    share, least, most = (0.4, 240, 640) if enlarged else (0.2, 144, 320)
    width = max(least, min(most, round(stage.width() * share)))
    height = round(width / aspect)
    tallest = max(96, round(stage.height() * (0.5 if enlarged else 0.3)))
    if height > tallest:
        height, width = tallest, round(tallest * aspect)
    return QSize(width, height)
