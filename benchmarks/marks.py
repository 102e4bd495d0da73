"""What the ends of a measured call share: marks drawn into pictures, the clip's file, and the records they write.

Two rows of 32 square cells over the top left corner of the luma, each a 1/80 of the picture's width, lowest bit first,
light for 1: row `MADE` says when the picture entered the pipeline (CLOCK_MONOTONIC, ms, 32 bits), row `NUMBER` which
one it is. A cell is 16 px at 1280x720 and 4 px at 320x180.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

MADE, NUMBER = 0, 1
BITS = 32
MODULO = 1 << BITS
CELLS_ACROSS = 80
MAX_AGE_MS = 20_000
_DARK, _LIGHT, _MIDDLE = 16, 235, 125
_MARK = b"FRAME\n"

FRAME = struct.Struct("<III")
"""frames.bin: width, height, number of a picture; its luma follows."""
SHOWN = struct.Struct("<dII")
"""shown.bin, one for every picture: when it was shown (CLOCK_MONOTONIC, ms), and its two marks."""
SOUND = struct.Struct("<dIII")
"""audio.bin: when a piece was handed to the player (ms), rate in Hz, channels, bytes; its 16-bit samples follow."""

Plane = NDArray[np.uint8]


def stamp(luma: Plane, row: int, value: int) -> None:
    """Draw 32 bits into a luma plane of at least 80 px width, in place."""
    cell = luma.shape[1] // CELLS_ACROSS
    bits = (value >> np.arange(BITS)) & 1
    levels = np.where(bits == 1, _LIGHT, _DARK).astype(np.uint8)
    luma[row * cell : (row + 1) * cell, : BITS * cell] = levels.repeat(cell)


def unstamp(luma: Plane, row: int) -> int:
    """Read a row of a picture of whatever size, at the middle of each cell."""
    cell = luma.shape[1] / CELLS_ACROSS
    middles = ((np.arange(BITS) + 0.5) * cell).astype(np.intp)
    light = luma[int((row + 0.5) * cell), middles] > _MIDDLE
    return sum(1 << int(bit) for bit in np.flatnonzero(light))


def age_ms(now_ms: float, made: int) -> int | None:
    """How old a picture is by its mark; None of a mark that cannot be right: it was coded too coarsely."""
    age = (int(now_ms) - made) % MODULO
    return age if age <= MAX_AGE_MS else None


@dataclass(frozen=True, slots=True)
class Clip:
    """A Y4M file, 4:2:0, 8 bit."""

    path: Path
    width: int
    height: int
    rate_hz: float
    count: int
    _first_at: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the head.

        Raises:
            ValueError: This is no Y4M file, or of other than 8-bit 4:2:0.
        """
        with path.open("rb") as file:
            words = file.readline().decode("ascii", "replace").split()
        if words[:1] != ["YUV4MPEG2"]:
            raise ValueError(f"{path} is no Y4M file")
        told = {word[0]: word[1:] for word in words[1:]}
        if not told.get("C", "420").startswith("420") or told.get("C", "420").startswith("420p"):
            raise ValueError(f"{path} is not 8-bit 4:2:0")
        width, height = int(told["W"]), int(told["H"])
        over, under = told.get("F", "30:1").split(":")
        first_at = sum(len(word) + 1 for word in words)
        count = (path.stat().st_size - first_at) // (len(_MARK) + width * height * 3 // 2)
        return cls(path, width, height, int(over) / int(under), count, first_at)

    def pictures(self) -> Iterator[Plane]:
        """All of them, planes below one another: (height * 3 / 2, width), writable."""
        with self.path.open("rb") as file:
            for number in range(self.count):
                yield self._read(file, number, self.height * 3 // 2)

    def luma(self, number: int) -> Plane:
        """The luma plane of a picture; after the last comes the first again."""
        with self.path.open("rb") as file:
            return self._read(file, number % self.count, self.height)

    def _read(self, file: BinaryIO, number: int, lines: int) -> Plane:
        file.seek(self._first_at + number * (len(_MARK) + self.width * self.height * 3 // 2) + len(_MARK))
        return np.fromfile(file, np.uint8, lines * self.width).reshape(lines, self.width)
