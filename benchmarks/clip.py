"""What the camera of a measured call shows and its microphone hears, the same bytes every time.

    python -m benchmarks.clip [calm|rough] CLIP.y4m [--size 1280x720] [--frames 150]
    python -m benchmarks.clip speech SPEECH.raw

Both clips show a person before a textured wall: the head moves and the mouth speaks. `calm` is a webcam that sways
slowly, in good light. `rough` is one held in the hand, in a dim room: shake, strong noise that is another in every
picture, coarser in the dark as a sensor's is, flicker of a lamp, and somebody walking by behind. Speech is espeak-ng's
voice, mono, 48 kHz, 16 bit, which has every sound of a language; it is not a person, so PESQ compares, no more.
"""

import argparse
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import soxr
from numpy.typing import NDArray

SPEECH_RATE_HZ = 48_000
SPEECH_BLOCK = 960
TEXT = (
    "Good morning, can you hear me well? The train to the coast leaves at seventeen minutes past nine. "
    "Six thick thistle sticks stood beside the old stone bridge. Please send the long report to both offices today. "
    "A large grey fox jumped quickly over the lazy brown dogs. We should meet her cousin near the fish market, "
    "shouldn't we? Yes, the weather there was pleasant, though rather windy. How many boxes of fresh apples were sold?"
)
FRAME_RATE_HZ = 30
_MARGIN = 80
_SEED = 20

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Look:
    """What makes a clip easy or hard to code."""

    noise: float
    """Standard deviation of the noise in the middle tones."""
    fresh_noise: bool
    """Other noise in every picture; else six that take turns."""
    shake_px: float
    sway_px: float
    light: float
    flicker: float
    passer_by: bool


LOOKS = {
    "calm": Look(3.0, False, 0.0, 20.0, 1.0, 0.0, False),
    "rough": Look(7.0, True, 5.0, 24.0, 0.6, 0.04, True),
}


class Scene:
    """Draws picture after picture."""

    def __init__(self, look: Look, width: int, height: int) -> None:
        self._look, self._width, self._height = look, width, height
        self._chance = np.random.default_rng(_SEED)
        self._scale = width / 1280
        self._wall = self._make_wall()
        self._grain = [self._noise() for _ in range(6)] if not look.fresh_noise else []
        self._shake = np.zeros(2)

    def _make_wall(self) -> Picture:
        """Plaster of three grains in soft colours, with pictures hung on it."""
        tall, wide = self._height + 2 * _MARGIN, self._width + 2 * _MARGIN
        wall = np.full((tall, wide, 3), (128, 134, 140), np.float32)
        for grain_px, depth in ((96, 30.0), (24, 26.0), (7, 42.0)):
            cells = self._chance.uniform(-1, 1, (tall // grain_px + 2, wide // grain_px + 2, 3)).astype(np.float32)
            wall += depth * cv2.resize(cells, (wide, tall), interpolation=cv2.INTER_CUBIC)
        for _ in range(5):
            x, y = int(self._chance.uniform(0, 0.9) * wide), int(self._chance.uniform(0, 0.6) * tall)
            corner = x + wide // 9, y + tall // 7
            colour = self._chance.uniform(30, 220, 3).tolist()
            cv2.rectangle(wall, (x, y), corner, colour, -1)
            cv2.rectangle(wall, (x, y), corner, (30, 40, 60), max(2, int(7 * self._scale)))
        return np.clip(wall, 0, 255).astype(np.uint8)

    def _noise(self) -> NDArray[np.int16]:
        grain = self._chance.standard_normal((self._height, self._width, 3), dtype=np.float32)
        return (grain * np.float32(self._look.noise)).astype(np.int16)

    def picture(self, number: int) -> Picture:
        """In I420, planes below one another."""
        look, width, height = self._look, self._width, self._height
        if look.shake_px:  # pulled back to the middle, so that it stays within the margin
            self._shake = 0.8 * self._shake + self._chance.normal(0, look.shake_px * 0.6, 2)
        sway = look.sway_px * np.array([np.sin(number / 42), 0.5 * np.sin(number / 27)])
        left, top = np.clip(np.rint(_MARGIN + sway + self._shake), 0, 2 * _MARGIN).astype(int)
        seen = self._wall[top : top + height, left : left + width].copy()
        if look.passer_by:
            self._walk_by(seen, number)
        self._person(seen, number, (int(left) - _MARGIN, int(top) - _MARGIN))
        light = look.light * (1 + look.flicker * np.sin(number * 2.1))
        lit = seen.astype(np.float32) * np.float32(light)
        grain = self._grain[number % 6] if self._grain else self._noise()
        darker = 1.3 - 0.5 * lit / 255 if look.fresh_noise else 1.0
        noisy = np.clip(lit + grain * darker, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(cv2.cvtColor(noisy, cv2.COLOR_BGR2YUV_I420), np.uint8)

    def _walk_by(self, seen: Picture, number: int) -> None:
        x = int((number * 9 * self._scale) % (self._width * 1.6) - self._width * 0.3)
        size = int(self._width * 0.07), int(self._height * 0.6)
        cv2.ellipse(seen, (x, int(self._height * 0.6)), size, 0, 0, 360, (70, 120, 60), -1)

    def _person(self, seen: Picture, number: int, moved: tuple[int, int]) -> None:
        """Head and shoulders, in units of a tenth of the picture's height, half as much moved as the wall."""
        unit = self._height / 10
        seconds = number / FRAME_RATE_HZ
        x = self._width / 2 + unit * np.sin(1.3 * seconds) - moved[0] / 2
        y = self._height / 2 + 0.3 * unit * np.sin(2.7 * seconds) - moved[1] / 2
        tilt = 5 * np.sin(1.8 * seconds)

        def oval(dx: float, dy: float, wide: float, tall: float, colour: tuple[int, int, int], turn: float) -> None:
            axes = int(wide * unit), int(max(0.05, tall) * unit)
            cv2.ellipse(seen, (int(x + dx * unit), int(y + dy * unit)), axes, turn, 0, 360, colour, -1, cv2.LINE_AA)

        oval(0, 6.0, 4.6, 3.4, (70, 52, 38), 0)
        for button in range(4):
            oval(0, 3.4 + 0.5 * button, 0.12, 0.12, (210, 200, 190), 0)
        oval(0, 2.3, 1.0, 1.5, (128, 158, 196), 0)
        oval(0, -0.3, 2.1, 2.7, (36, 46, 62), tilt)
        oval(0, 0.1, 1.8, 2.4, (142, 174, 214), tilt)
        shut = number % 90 < 5
        for side in (-0.75, 0.75):
            oval(side, -0.4, 0.34, 0.04 if shut else 0.2, (236, 236, 236), tilt)
            oval(side + 0.08 * np.sin(seconds), -0.4, 0.13, 0.04 if shut else 0.15, (60, 50, 30), tilt)
            oval(side, -0.85, 0.42, 0.08, (40, 50, 66), tilt)
        oval(0, 0.35, 0.2, 0.5, (126, 156, 198), tilt)
        oval(0, 1.35, 0.65, 0.08 + 0.32 * abs(np.sin(9 * seconds) * np.sin(2.1 * seconds)), (52, 48, 150), tilt)


def write_clip(path: Path, look: str = "calm", *, width: int = 1280, height: int = 720, frames: int = 150) -> Path:
    """Write a Y4M file; 207 MB at the usual size."""
    scene = Scene(LOOKS[look], width, height)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAME_RATE_HZ}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(frames):
            _write(file, scene.picture(number))
    return path


def _write(file: BinaryIO, picture: Picture) -> None:
    file.write(b"FRAME\n")
    file.write(picture.data)


def write_speech(path: Path) -> Path:
    """Let two of espeak-ng's voices read the text, one after the other; about a minute, whole blocks of 20 ms."""
    spoken = np.concatenate([_read_aloud(*voice) for voice in (("en-us", 150), ("en-gb+f3", 165))])
    spoken = spoken[: len(spoken) // SPEECH_BLOCK * SPEECH_BLOCK]
    path.write_bytes(spoken.astype("<i2").tobytes())
    return path


def _read_aloud(voice: str, words_a_minute: int) -> NDArray[np.float32]:
    command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdout", TEXT]
    told = subprocess.run(command, capture_output=True, check=True).stdout
    rate_hz = int.from_bytes(told[24:28], "little")
    samples = np.frombuffer(told[44:], "<i2").astype(np.float32)  # after the head of a WAV file
    at_rate = np.asarray(soxr.resample(samples, rate_hz, SPEECH_RATE_HZ), np.float32)
    return at_rate * np.float32(0.5 * 32768 / np.abs(at_rate).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=[*LOOKS, "speech"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--frames", type=int, default=150)
    read = parser.parse_args()
    if read.what == "speech":
        write_speech(read.path)
    else:
        width, height = map(int, read.size.split("x"))
        write_clip(read.path, read.what, width=width, height=height, frames=read.frames)


if __name__ == "__main__":
    main()
