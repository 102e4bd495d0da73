"""A synthetic person to look at where there is no camera: drawn flat, moving gently, nobody in particular."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
_SHIFT = 4
_ONE = 1 << _SHIFT

Colour = tuple[int, int, int]
"""Blue, green, red, as OpenCV has it."""
Canvas = NDArray[np.uint8]


def _rgb(code: str) -> Colour:
    return int(code[4:6], 16), int(code[2:4], 16), int(code[0:2], 16)


@dataclass(frozen=True)
class Look:
    """What tells one person from another."""

    wall_top: Colour
    wall_bottom: Colour
    skin: Colour
    skin_shade: Colour
    hair: Colour
    hair_light: Colour
    jumper: Colour
    jumper_shade: Colour
    collar: Colour
    long_hair: bool
    glasses: bool
    pace: float
    """How fast this person moves, 1 being calm."""


LOOKS = (
    Look(
        wall_top=_rgb("dfe9ea"), wall_bottom=_rgb("b6cdd0"), skin=_rgb("f0c8a8"), skin_shade=_rgb("dfae8a"),
        hair=_rgb("3a2a26"), hair_light=_rgb("54403a"), jumper=_rgb("c8553d"), jumper_shade=_rgb("a84430"),
        collar=_rgb("f4ead9"), long_hair=True, glasses=False, pace=1.0,
    ),
    Look(
        wall_top=_rgb("efe6d8"), wall_bottom=_rgb("d8c3a5"), skin=_rgb("d9a27c"), skin_shade=_rgb("c28a64"),
        hair=_rgb("1f2430"), hair_light=_rgb("343b4a"), jumper=_rgb("2f5d73"), jumper_shade=_rgb("244a5c"),
        collar=_rgb("e8eef0"), long_hair=False, glasses=True, pace=0.86,
    ),
)  # fmt: skip


def look_of(name: str) -> Look:
    """The look of a name or number; numbers that follow one another look different."""
    return LOOKS[sum(name.encode()) % len(LOOKS)]


def _ellipse(
    canvas: Canvas,
    at: tuple[float, float],
    radii: tuple[float, float],
    colour: Colour,
    angles_deg: tuple[float, float, float] = (0.0, 0.0, 360.0),
    *,
    thickness: int = cv2.FILLED,
) -> None:
    """An ellipse placed to 1/16 of a pixel, so that slow movement does not step."""
    centre = (round(at[0] * _ONE), round(at[1] * _ONE))
    axes = (max(round(radii[0] * _ONE), 1), max(round(radii[1] * _ONE), 1))
    turn, start, end = angles_deg
    cv2.ellipse(canvas, centre, axes, turn, start, end, colour, thickness, cv2.LINE_AA, _SHIFT)


def _shape(canvas: Canvas, points: list[tuple[float, float]], colour: Colour) -> None:
    outline = np.round(np.array(points) * _ONE).astype(np.int32)
    cv2.fillPoly(canvas, [outline], colour, cv2.LINE_AA, _SHIFT)


def _room(look: Look) -> Canvas:
    """The wall behind: a soft fall of light, a window's glow, a shelf with a plant; out of focus."""
    fall = np.linspace(0, 1, HEIGHT)[:, None, None]
    wall = np.array(look.wall_top) * (1 - fall) + np.array(look.wall_bottom) * fall
    canvas = np.repeat(wall, WIDTH, axis=1).astype(np.uint8)
    lighter = tuple(min(255, c + 14) for c in look.wall_top)
    darker = tuple(int(c * 0.86) for c in look.wall_bottom)
    cv2.rectangle(canvas, (70, 30), (210, 200), lighter, cv2.FILLED)
    cv2.rectangle(canvas, (136, 30), (144, 200), darker, cv2.FILLED)
    cv2.rectangle(canvas, (470, 150), (620, 160), darker, cv2.FILLED)
    for x, y, tilt in ((522, 108, -35), (538, 96, 0), (556, 108, 35)):
        cv2.ellipse(canvas, (x, y), (10, 32), tilt, 0, 360, _rgb("8fae8b"), cv2.FILLED)
    cv2.rectangle(canvas, (524, 128), (554, 150), _rgb("c9a58b"), cv2.FILLED)
    for x, height, code in ((580, 44, "a9b8c4"), (592, 36, "c4a9a0"), (604, 48, "b5c0a8")):
        cv2.rectangle(canvas, (x, 150 - height), (x + 9, 150), _rgb(code), cv2.FILLED)
    soft = cv2.GaussianBlur(canvas, (0, 0), 7)
    across, down = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    light = 1 - 0.13 * np.clip(across**2 + down**2 - 0.3, 0, None)[..., None]
    return (soft * light).astype(np.uint8)


class Person:
    """Draws one look at any moment, in seconds; 640x360 BGR, the same array each time."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._room = _room(look)
        self._canvas: Canvas = np.empty_like(self._room)

    def draw(self, at_s: float) -> Canvas:
        """The person at a moment."""
        look, canvas = self._look, self._canvas
        np.copyto(canvas, self._room)
        t = at_s * look.pace
        sway = 7 * math.sin(t * 0.9) + 2.5 * math.sin(t * 2.3)
        breath = 1.6 * math.sin(t * 1.7)
        nod = 3.0 * math.sin(t * 1.31 + 0.6)
        x, y = 320 + sway, 158 + nod  # middle of the face
        body_x, body_y = 320 + sway * 0.45, 250 + breath
        if look.long_hair:
            _ellipse(canvas, (x, y + 22), (80, 112), look.hair)
        self._body(body_x, body_y, x)
        self._head(x, y, turn=sway * 0.55)
        self._face(x + sway * 0.55, y + nod * 0.3, t)
        return canvas

    def _body(self, x: float, y: float, head_x: float) -> None:
        look, canvas = self._look, self._canvas
        _shape(canvas, [(x - 178, 372), (x - 168, y + 62), (x - 128, y + 24), (x - 60, y + 2), (x + 60, y + 2),
                        (x + 128, y + 24), (x + 168, y + 62), (x + 178, 372)], look.jumper)  # fmt: skip
        _ellipse(canvas, (x - 128, y + 66), (44, 44), look.jumper)
        _ellipse(canvas, (x + 128, y + 66), (44, 44), look.jumper)
        _shape(canvas, [(x - 120, 372), (x - 112, y + 84), (x - 104, 372)], look.jumper_shade)
        _shape(canvas, [(x + 120, 372), (x + 112, y + 84), (x + 104, 372)], look.jumper_shade)
        _ellipse(canvas, (x, y + 8), (56, 26), look.collar)
        _shape(canvas, [(head_x - 29, y - 50), (head_x + 29, y - 50), (x + 35, y + 10), (x - 35, y + 10)],
               look.skin_shade)  # fmt: skip
        _ellipse(canvas, (x, y + 8), (36, 19), look.skin_shade)

    def _head(self, x: float, y: float, turn: float) -> None:
        look, canvas = self._look, self._canvas
        if not look.long_hair:
            _ellipse(canvas, (x, y - 24), (71, 78), look.hair)
        for side in (-1, 1):
            _ellipse(canvas, (x + side * 65 - turn * 0.3, y + 6), (11, 17), look.skin_shade)
        _ellipse(canvas, (x, y - 4), (64, 76), look.skin)
        _shape(canvas, [(x - 61, y + 16), (x + 61, y + 16), (x + 36, y + 74), (x + 14, y + 88), (x - 14, y + 88),
                        (x - 36, y + 74)], look.skin)  # fmt: skip
        _ellipse(canvas, (x, y + 78), (17, 10), look.skin)
        if look.long_hair:
            # A parting to one side: two locks over the forehead.
            _ellipse(canvas, (x - 34 + turn * 0.2, y - 58), (54, 32), look.hair, (-28, 0, 360))
            _ellipse(canvas, (x + 40 + turn * 0.2, y - 54), (44, 30), look.hair, (34, 0, 360))
            _ellipse(canvas, (x - 30 + turn * 0.2, y - 66), (36, 12), look.hair_light, (-26, 0, 360))
        else:
            _ellipse(canvas, (x + turn * 0.2, y - 66), (67, 36), look.hair, (0, 170, 370))
            _ellipse(canvas, (x + 8 + turn * 0.2, y - 62), (58, 26), look.hair, (-10, 0, 360))
            _ellipse(canvas, (x + 16 + turn * 0.2, y - 76), (40, 11), look.hair_light, (-8, 0, 360))

    def _face(self, x: float, y: float, t: float) -> None:
        look, canvas = self._look, self._canvas
        blush = tuple((3 * s + b) // 4 for s, b in zip(look.skin, _rgb("e06a5a"), strict=True))
        gaze = 2.2 * math.sin(t * 0.53) + 1.2 * math.sin(t * 1.1)
        beat = t % 3.7
        closed = max(0.0, 1 - abs(beat - 0.12) / 0.12)  # a blink of a quarter of a second
        for side in (-1, 1):
            eye = (x + side * 25, y - 2)
            _ellipse(canvas, (x + side * 36, y + 30), (13, 8), (blush[0], blush[1], blush[2]))
            _ellipse(canvas, eye, (11, max(8.5 * (1 - closed), 0.8)), (250, 250, 250))
            if closed < 0.6:
                _ellipse(canvas, (eye[0] + gaze, eye[1]), (5.4, 5.4 * (1 - closed)), look.hair_light)
                _ellipse(canvas, (eye[0] + gaze + 1.6, eye[1] - 1.8), (1.5, 1.5), (255, 255, 255))
            _ellipse(canvas, eye, (11.5, max(9.0 * (1 - closed), 1.2)), look.hair, (0, 185, 355), thickness=2)
            raised = 1.5 * math.sin(t * 0.77)
            _ellipse(canvas, (eye[0], y - 17 - raised), (14, 6), look.hair, (side * 5, 200, 340), thickness=3)
            if look.glasses:
                _ellipse(canvas, eye, (19, 17), _rgb("2b2f38"), thickness=2)
        if look.glasses:
            _ellipse(canvas, (x, y - 3), (7, 4), _rgb("2b2f38"), (0, 190, 350), thickness=2)
        _ellipse(canvas, (x + 1.5, y + 22), (6.5, 5), look.skin_shade, (0, 10, 170), thickness=3)
        self._mouth(x, y + 46, t)

    def _mouth(self, x: float, y: float, t: float) -> None:
        """Talks in phrases: open by the beat of syllables, at rest with a smile between them."""
        talking = max(0.0, min(1.0, 1.6 * math.sin(t * 0.7) + 0.9))
        syllable = 0.5 + 0.5 * math.sin(t * 11.0) * math.sin(t * 4.7 + 1.0)
        opening = 9.5 * talking * syllable
        width = 19 - 3.5 * talking * syllable
        if opening < 1.5:
            _ellipse(self._canvas, (x, y - 4), (19, 7.5), _rgb("a8473f"), (0, 20, 160), thickness=3)
            return
        _ellipse(self._canvas, (x, y), (width, opening), _rgb("7c2f2e"))
        _ellipse(self._canvas, (x, y - opening * 0.55), (width * 0.7, opening * 0.32), (245, 245, 245))
        _ellipse(self._canvas, (x, y + opening * 0.6), (width * 0.55, opening * 0.35), _rgb("c9665f"))
        _ellipse(self._canvas, (x, y), (width, opening), _rgb("a8473f"), thickness=2)
