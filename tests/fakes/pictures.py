"""Pictures for tests of the screen: someone at a desk, drawn, as the engine would hand them over."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vidphone.media.slot import Picture, PictureSlot


def person(width: int = 1280, height: int = 720, phase: float = 0.0, *, warm: bool = True) -> NDArray[np.uint8]:
    """A head and shoulders before a window, BGRX; `phase` (0 to 1) sways it a little."""
    top, bottom = np.array([150, 168, 176]), np.array([92, 108, 124])
    if not warm:
        top, bottom = np.array([186, 170, 150]), np.array([120, 104, 90])
    ramp = np.linspace(0, 1, height)[:, None, None]
    image = np.broadcast_to(top * (1 - ramp) + bottom * ramp, (height, width, 3)).astype(np.uint8).copy()
    unit = height / 720
    x, y = int(width / 2 + 18 * unit * np.sin(2 * np.pi * phase)), int(330 * unit)

    def at(dx: float, dy: float) -> tuple[int, int]:
        return int(x + dx * unit), int(y + dy * unit)

    def size(*numbers: float) -> tuple[int, int]:
        return int(numbers[0] * unit), int(numbers[1] * unit)

    pane = (int(width * 0.70), int(60 * unit)), (int(width * 0.94), int(330 * unit))
    cv2.rectangle(image, *pane, (232, 226, 214), -1)
    cv2.line(
        image, (int(width * 0.82), pane[0][1]), (int(width * 0.82), pane[1][1]), (150, 150, 150), int(6 * unit) + 1
    )
    cv2.rectangle(image, (int(width * 0.05), int(210 * unit)), (int(width * 0.24), int(224 * unit)), (70, 92, 120), -1)
    for index, colour in enumerate(((80, 80, 170), (150, 120, 70), (90, 140, 90), (60, 110, 190), (140, 90, 130))):
        left = int(width * 0.06) + int(index * 34 * unit)
        cv2.rectangle(
            image, (left, int((110 + 9 * (index % 3)) * unit)), (left + int(26 * unit), int(210 * unit)), colour, -1
        )
    shirt, skin, hair = (
        ((120, 84, 46), (150, 182, 226), (38, 40, 52)) if warm else ((70, 70, 150), (160, 190, 232), (30, 30, 30))
    )
    cv2.ellipse(image, at(0, 400), size(300, 250), 0, 180, 360, shirt, -1, cv2.LINE_AA)
    cv2.rectangle(image, at(-300, 398), at(300, 640), shirt, -1)
    cv2.ellipse(image, at(0, -22), size(136, 168), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.rectangle(image, at(-52, 100), at(52, 200), tuple(int(c * 0.88) for c in skin), -1)
    cv2.ellipse(image, at(0, 196), size(52, 34), 0, 0, 180, tuple(int(c * 0.88) for c in skin), -1, cv2.LINE_AA)
    cv2.ellipse(image, at(0, 10), size(112, 144), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(image, at(0, -112), size(118, 62), 0, 180, 360, hair, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.ellipse(image, at(44 * side, -8), size(17, 9), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(image, at(44 * side, -8), int(8 * unit), (46, 52, 60), -1, cv2.LINE_AA)
        cv2.ellipse(image, at(44 * side, -34), size(24, 8), 0, 190, 350, hair, max(1, int(6 * unit)), cv2.LINE_AA)
    cv2.ellipse(image, at(0, 28), size(13, 18), 0, 20, 160, (118, 150, 196), max(1, int(4 * unit)), cv2.LINE_AA)
    cv2.ellipse(image, at(0, 66), size(40, 22), 0, 15, 165, (92, 96, 176), max(1, int(7 * unit)), cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), 1.1 * unit + 0.2).astype(np.uint8)
    noise = np.random.default_rng(7).integers(-4, 5, (height, width, 1))
    image = np.clip(image.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    return np.dstack([image, np.full((height, width), 255, np.uint8)])


def picture(pixels: NDArray[np.uint8]) -> Picture:
    """The array as the slot carries it, without a copy."""
    height, width = pixels.shape[:2]
    return Picture(
        width=width,
        height=height,
        stride=width * 4,
        pixels=np.ascontiguousarray(pixels).data.cast("B"),
        source_width=width,
        source_height=height,
    )


class Projector:
    """Stands for the engine's side of a slot: puts the picture, scaled into the box that the screen wants."""

    def __init__(self, slot: PictureSlot, pixels: NDArray[np.uint8]) -> None:
        self._slot, self._pixels = slot, pixels

    def show(self) -> bool:
        """Put one picture; False where nobody looks."""
        box_width, box_height = self._slot.wanted
        if not (box_width and box_height):
            return False
        height, width = self._pixels.shape[:2]
        scale = min(box_width / width, box_height / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        scaled = cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        shown = picture(scaled.astype(np.uint8))
        self._slot.put(
            Picture(shown.width, shown.height, shown.stride, shown.pixels, source_width=width, source_height=height)
        )
        return True


def colours(width: int, height: int, bgrx: tuple[int, int, int, int]) -> Picture:
    """A picture of one colour."""
    return picture(np.broadcast_to(np.array(bgrx, np.uint8), (height, width, 4)).copy())
