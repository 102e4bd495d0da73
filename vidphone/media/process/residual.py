"""What the echo canceller leaves of an echo, taken down where nobody speaks on this side. Pure.

AEC3's filter spans 52 ms. Of a room's tail, of a speaker that distorts, and of sounds it has not met yet, it leaves
more than people can overhear. What is left is known by its level: it stays below the echo that was taken off just
before, in each band of the spectrum, while somebody who speaks rises above it in one band or another. So sound is taken
down only while it stays below in all of them, is let through from the first frame that rises, and then for a while.
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

FRAME_SAMPLES = SAMPLE_RATE_HZ // 100
DEPTH_DB = 12.0
"""At most so much is taken off; never so much that it sinks below the noise of the place."""
_OPEN_DB, _SHUT_DB = -2.0, -7.0
"""Against the echo, in the band that stands out most. In the worst of six rooms what is left stays below -8 dB nineteen
times in twenty; somebody who speaks as loud as the echo rises above 0 dB in one frame of five."""
_NEAR_DB = 2.0
"""No echo leaves so much: somebody speaks."""
_HOLD_FRAMES, _NEAR_HOLD_FRAMES = 10, 100
"""Open for 0.1 s where it may have been the echo, for 1 s, the pauses of speech, where somebody spoke."""
_TAKEN_OFF = 10 ** (-10 / 10)
"""A band of which the canceller leaves less than this held echo."""
_FADES = 10 ** (-6 / 100)
"""The echo remembered, a frame later: 60 dB in a second, as in the most resonant rooms that people call from."""
_FAR_LEAST = (32768 * 10 ** (-70 / 20)) ** 2
"""What was played, faded alike, that can have an echo. The canceller hands on 9 ms late: where nothing is played, the
beginning of a word looks as if it were taken off."""
_FLOOR_RISES = 10 ** (3 / 1000)
_ABOVE_FLOOR, _ECHO_ABOVE_FLOOR = 4.0, 10.0
_SMOOTHING = 0.1
_SHUTS_DB = 1.5
"""By frame; it opens within one."""
_OPENS_SAMPLES = SAMPLE_RATE_HZ // 500
_EDGES, _END = (1, 4, 8, 16, 32), 80
"""Bands from 100 Hz to 8 kHz, an octave each, in lines of the spectrum, which are 100 Hz apart."""
_LEAST = 1.0
"""The power of the last bit, or about: what divides by a power divides by this at least."""

_Power = NDArray[np.float64]


class ResidualEcho:
    """The gain behind an echo canceller. For one thread at a time."""

    def __init__(self) -> None:
        """Open, and no echo heard yet."""
        self._echo = np.zeros(len(_EDGES))
        self._smooth: _Power | None = None
        self._floor = np.zeros(len(_EDGES))
        self._far = 0.0
        self._hold = 0
        self._gain_db = 0.0

    def process(self, heard: Samples, far: Samples, cleaned: Samples) -> Samples:
        """`cleaned`, taken down where it is echo; as long, and no later.

        Args:
            heard: the microphone's sound, whole frames of 10 ms.
            far: the speaker's, as the echo canceller got it.
            cleaned: what the echo canceller made of the two.
        """
        left, frames = _power(cleaned), cleaned.reshape(-1, FRAME_SAMPLES)
        played = np.mean(np.square(far.reshape(frames.shape), dtype=float), axis=1)
        above_db = [self._above_db(*powers) for powers in zip(_power(heard), left, played, strict=True)]
        gains_db = [self._gain_db]
        for at, power in enumerate(left):
            gains_db.append(self._next_gain_db(max(above_db[at:]), float(power.sum())))
        if not any(gains_db):
            return cleaned
        gains = 10 ** (np.array(gains_db) / 20)
        shaped = [frame * _ramp(*pair) for frame, pair in zip(frames, pairwise(gains), strict=True)]
        rounded: Samples = np.round(np.concatenate(shaped)).astype(np.int16)
        return rounded

    def _above_db(self, heard: _Power, left: _Power, played: float) -> float:
        """How far the band that stands out most stands above the echo of lately; learns echo and noise."""
        self._far = max(self._far * _FADES, played)
        self._echo = self._echo * _FADES
        if self._far > _FAR_LEAST:
            self._echo = np.maximum(self._echo, np.where(left < heard * _TAKEN_OFF, heard - left, 0))
        if self._smooth is None:
            self._smooth = self._floor = left + _LEAST
        self._smooth = self._smooth + _SMOOTHING * (left - self._smooth)
        self._floor = np.minimum(self._floor * _FLOOR_RISES, self._smooth + _LEAST)
        outstanding = np.where(left > _ABOVE_FLOOR * self._floor, left / (self._echo + _LEAST), 0)
        return 10 * math.log10(outstanding.max() + 1e-9)

    def _next_gain_db(self, above_db: float, left: float) -> float:
        """The gain at the end of a frame; `above_db` is that of the frame or of one that came with it, the larger."""
        if above_db > _NEAR_DB:
            self._hold = _NEAR_HOLD_FRAMES
        elif above_db > _OPEN_DB:
            self._hold = max(self._hold, _HOLD_FRAMES)
        floor, wanted_db = float(self._floor.sum()), 0.0
        if self._hold:
            self._hold -= 1
        elif self._echo.sum() > _ECHO_ABOVE_FLOOR * floor:
            shut = min((_OPEN_DB - above_db) / (_OPEN_DB - _SHUT_DB), 1)
            to_floor_db = 10 * math.log10(floor / (left + _LEAST))
            wanted_db = min(max(-DEPTH_DB * shut, to_floor_db), 0)
        self._gain_db = max(wanted_db, self._gain_db - _SHUTS_DB)
        return self._gain_db


def _power(sound: Samples) -> _Power:
    """The power of each frame in each band."""
    lines = np.fft.rfft(sound.reshape(-1, FRAME_SAMPLES), axis=1)[:, :_END]
    bands: _Power = np.add.reduceat(lines.real**2 + lines.imag**2, _EDGES, axis=1)
    return bands * (2 / FRAME_SAMPLES**2)


def _ramp(begin: float, end: float) -> _Power:
    """From one gain to the next: slowly down, fast up."""
    ramp = np.linspace(begin, end, _OPENS_SAMPLES if end > begin else FRAME_SAMPLES)
    return np.concatenate((ramp, np.full(FRAME_SAMPLES - ramp.size, end)))
