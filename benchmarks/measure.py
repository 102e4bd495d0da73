"""What a call was worth, from the records of its receiver: pictures, speech, and both against one another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import soxr
from numpy.typing import NDArray
from pesq import PesqError, pesq

from benchmarks import marks
from benchmarks.report import percentile

PLAYER_BUFFER_S = 0.04
"""What a sound card's queue holds; a piece that comes later than that leaves silence."""
RATE_HZ = 16_000
PIECE_S = 8.0
"""Long enough for PESQ to settle, short enough to show a bad stretch."""
SYNC_WINDOW_S, SYNC_STEP_S = 2.0, 1.0
MAX_DELAY_S = 2.5
LEAST_LIKENESS = 0.4
"""Below this a window of sound says nothing about its delay: pauses, or most of it lost."""
WORST_PESQ = 1.0
_MARKED_PART = 8

Sound = NDArray[np.float64]


# ------------------------------------------------------------------------------------------------ pictures


def psnr_db(seen: marks.Plane, made: marks.Plane) -> float:
    """Of the luma at the size it was made in, without the eighth at the top that bears the marks; at most 100 dB."""
    height, width = made.shape
    if seen.shape != made.shape:
        seen = np.asarray(cv2.resize(seen, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    below = height // _MARKED_PART
    difference = seen[below:].astype(np.float32) - made[below:].astype(np.float32)
    return 10 * math.log10(255**2 / max(float(np.mean(np.square(difference))), 255**2 / 1e10))


def picture_quality(frames: Path, clip: marks.Clip) -> dict[str, float] | None:
    """Mean and worst tenth of the pictures kept; None where none was."""
    values = []
    with frames.open("rb") as file:
        while len(head := file.read(marks.FRAME.size)) == marks.FRAME.size:
            width, height, number = marks.FRAME.unpack(head)
            luma = np.frombuffer(file.read(width * height), np.uint8).reshape(height, width)
            values.append(psnr_db(luma, clip.luma(number)))
    if not values:
        return None
    return {"mean": float(np.mean(values)), "p10": percentile(values, 0.1), "n": len(values)}


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture on the screen."""

    at_ms: float
    age_ms: int


def read_shown(path: Path) -> list[Shown]:
    """Every picture whose mark can be read."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = len(data) // marks.SHOWN.size * marks.SHOWN.size
    told = ((at_ms, marks.age_ms(at_ms, made)) for at_ms, made, _number in marks.SHOWN.iter_unpack(data[:whole]))
    return [Shown(at_ms, age_ms) for at_ms, age_ms in told if age_ms is not None]


# ------------------------------------------------------------------------------------------------ speech


@dataclass(frozen=True, slots=True)
class Heard:
    """What a player with a buffer of 40 ms played."""

    samples: Sound
    """At `RATE_HZ`."""
    starts_ms: float
    """CLOCK_MONOTONIC of the first sample."""

    def piece(self, at_ms: float, seconds: float) -> Sound | None:
        """What was played from a moment on; None where that is not all there."""
        first, count = round((at_ms - self.starts_ms) / 1000 * RATE_HZ), round(seconds * RATE_HZ)
        if first < 0 or first + count > len(self.samples):
            return None
        return self.samples[first : first + count]


def read_sound(path: Path) -> list[tuple[float, int, Sound]]:
    """What was handed to the player: when (ms), at which rate, mono samples."""
    pieces = []
    with path.open("rb") as file:
        while len(head := file.read(marks.SOUND.size)) == marks.SOUND.size:
            at_ms, rate_hz, channels, size = marks.SOUND.unpack(head)
            samples = np.frombuffer(file.read(size), "<i2").reshape(-1, max(1, channels)).mean(axis=1)
            pieces.append((at_ms, rate_hz, samples))
    return pieces


def play(pieces: Sequence[tuple[float, int, Sound]]) -> Heard | None:
    """Play pieces as a sound card does; None where there are none.

    Pieces at another rate than the last one's are silence that some peers begin with.
    """
    if not pieces:
        return None
    rate_hz = pieces[-1][1]
    pieces = [piece for piece in pieces if piece[1] == rate_hz]
    starts_ms = pieces[0][0]
    free_at = round(PLAYER_BUFFER_S * rate_hz)
    played = np.zeros(round((pieces[-1][0] - starts_ms) / 1000 * rate_hz) + rate_hz)
    for at_ms, _, samples in pieces:
        first = max(free_at, round((at_ms - starts_ms) / 1000 * rate_hz))
        fits = samples[: max(0, len(played) - first)]
        played[first : first + len(fits)] = fits
        free_at = first + len(samples)
    return Heard(np.asarray(soxr.resample(played, rate_hz, RATE_HZ), np.float64), starts_ms)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said, again and again."""

    samples: Sound
    """At `RATE_HZ`."""
    starts_ms: float

    @classmethod
    def read(cls, path: Path, rate_hz: int, starts_ms: float) -> "Spoken":
        """From raw mono samples of 16 bit."""
        samples = np.fromfile(path, "<i2").astype(np.float64)
        return cls(np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), np.float64), starts_ms)

    def said(self, at_ms: float, count: int) -> Sound:
        """Samples from a moment on."""
        first = round((at_ms - self.starts_ms) / 1000 * RATE_HZ)
        return self.samples[np.arange(first, first + count) % len(self.samples)]


def find_delay(heard: Sound, said: Sound) -> tuple[int, float]:
    """By how many samples `heard` lags, and how alike the two are there (0 to 1).

    `said` begins `len(said) - len(heard)` samples earlier than `heard`: the lag found lies between 0 and that.
    """
    room = len(said) - len(heard)
    size = 1 << (len(said) + len(heard)).bit_length()
    products = np.fft.irfft(np.fft.rfft(said, size) * np.conj(np.fft.rfft(heard, size)), size)[: room + 1]
    best = int(np.argmax(products))
    strength = float(np.linalg.norm(heard) * np.linalg.norm(said[best : best + len(heard)]))
    return room - best, float(products[best]) / strength if strength > 0 else 0.0


def delay_s(heard: Heard, spoken: Spoken, at_ms: float, seconds: float) -> tuple[float, float] | None:
    """From mouth to ear at a moment, player's buffer included, and how alike; None where it is not all there."""
    piece = heard.piece(at_ms, seconds)
    if piece is None:
        return None
    room = round(MAX_DELAY_S * RATE_HZ)
    lag, likeness = find_delay(piece, spoken.said(at_ms - MAX_DELAY_S * 1000, room + len(piece)))
    return lag / RATE_HZ, likeness


def speech_quality(heard: Heard, spoken: Spoken, from_ms: float, to_ms: float) -> list[dict[str, float]]:
    """Delay (ms) and wide-band PESQ of every `PIECE_S` seconds between two moments."""
    pieces = []
    at_ms = from_ms
    while at_ms + PIECE_S * 1000 <= to_ms:
        found, piece = delay_s(heard, spoken, at_ms, PIECE_S), heard.piece(at_ms, PIECE_S)
        if found is None or piece is None:
            break
        said = spoken.said(at_ms - found[0] * 1000, len(piece))
        pieces.append({"delay_ms": found[0] * 1000, "pesq": _pesq(said, piece), "likeness": found[1]})
        at_ms += PIECE_S * 1000
    return pieces


def _pesq(said: Sound, heard: Sound) -> float:
    try:
        return float(pesq(RATE_HZ, *(np.clip(each, -32768, 32767).astype(np.int16) for each in (said, heard)), "wb"))
    except PesqError:  # nothing that sounds like speech
        return WORST_PESQ


# ------------------------------------------------------------------------------------------------ both


def lip_sync_ms(shown: Sequence[Shown], heard: Heard, spoken: Spoken, from_ms: float, to_ms: float) -> list[float]:
    """By how much the picture is later than its sound, a value for every `SYNC_STEP_S`.

    The picture's delay is the median age of those shown in a window; the sound's is what its correlation with what
    was said gives, until it is handed to the player (its buffer taken off: the time from the graphics card to the
    eye, which is about as long, is not seen either). Both ages count from where the peer was given the medium, so
    nothing else is taken off. Windows without a picture, or without sound that can be told, are left out.
    """
    values = []
    at_ms = from_ms
    while at_ms + SYNC_WINDOW_S * 1000 <= to_ms:
        ages = [each.age_ms for each in shown if at_ms <= each.at_ms < at_ms + SYNC_WINDOW_S * 1000]
        found = delay_s(heard, spoken, at_ms, SYNC_WINDOW_S)
        if ages and found is not None and found[1] >= LEAST_LIKENESS:
            values.append(float(np.median(ages)) - (found[0] - PLAYER_BUFFER_S) * 1000)
        at_ms += SYNC_STEP_S * 1000
    return values
