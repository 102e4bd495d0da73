"""How a picture lies in its view: whole, or edge to edge. Pure; all sizes in device pixels."""

import math
from dataclasses import dataclass
from enum import Enum

MOST_CROPPED = 0.35
"""Share of a picture that `AUTO` may cut off to have it edge to edge: 4:3 in 16:9 loses 25 %; an upright phone's
picture would lose two thirds, and with it the head."""

NEARLY_PX = 3
"""A picture this close to its place is painted as it is: scaling it again would cost time and sharpness. The engine
rounds sizes to even numbers."""


class Framing(Enum):
    """Edge to edge, whole, or what suits the picture."""

    AUTO = "auto"
    FILL = "fill"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture is painted; it may reach beyond the view."""

    x: int
    y: int
    width: int
    height: int


def fills(width: int, height: int, view_width: int, view_height: int, framing: Framing) -> bool:
    """Whether a picture of that shape covers the whole view."""
    if framing is not Framing.AUTO:
        return framing is Framing.FILL
    if not (width and height and view_width and view_height):
        return True
    shapes = sorted((width / height, view_width / view_height))
    return 1 - shapes[0] / shapes[1] <= MOST_CROPPED


def wanted_box(width: int, height: int, view_width: int, view_height: int, framing: Framing) -> tuple[int, int]:
    """The box the engine is to fit its picture into, so that it needs no scaling when painted.

    `width` and `height` are those of the source; while they are not known the view's own size is asked for.
    """
    if not (width and height) or not fills(width, height, view_width, view_height, framing):
        return view_width, view_height
    scale = max(view_width / width, view_height / height)
    return math.ceil(width * scale), math.ceil(height * scale)


def place(width: int, height: int, view_width: int, view_height: int, framing: Framing) -> Place:
    """Where to paint a picture of that size, centred."""
    if not (width and height):
        return Place(0, 0, view_width, view_height)
    ratios = view_width / width, view_height / height
    scale = max(ratios) if fills(width, height, view_width, view_height, framing) else min(ratios)
    shown = round(width * scale), round(height * scale)
    if abs(shown[0] - width) <= NEARLY_PX and abs(shown[1] - height) <= NEARLY_PX:
        shown = width, height
    return Place((view_width - shown[0]) // 2, (view_height - shown[1]) // 2, *shown)
