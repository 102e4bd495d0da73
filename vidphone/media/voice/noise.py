"""The background of the other side's room: how loud it is, and more of it. Pure."""

import numpy as np

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

_SIZE = 960
_HOP = _SIZE // 2
_CEILING = 300.0
"""RMS (-41 dB of full scale) above which nothing counts as background."""
_SILENT = 3.0
"""RMS below which everything is quiet."""
_MARGIN = 2.0
_WINDOW_SAMPLES = 3 * SAMPLE_RATE_HZ
_SMOOTHING = 0.1


class Background:
    """Tracks the quietest level of the last seconds, and the spectrum at that level."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)
        self._window = np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE)
        self._spectrum = np.zeros(_SIZE // 2 + 1)
        self._lowest = self._lowest_before = _CEILING
        self._counted = 0
        self._waiting = np.zeros(0, np.int16)
        self._overlap = np.zeros(_HOP)
        self._made = np.zeros(0)

    def heard(self, samples: Samples) -> None:
        """Learn from sound that was received."""
        level = _rms(samples)
        self._lowest = min(self._lowest, level)
        self._counted += samples.size
        if self._counted >= _WINDOW_SAMPLES:
            self._lowest_before, self._lowest, self._counted = self._lowest, _CEILING, 0
        if not self.quiet(samples, level):
            self._waiting = self._waiting[:0]
            return
        self._waiting = np.concatenate((self._waiting, samples))
        if self._waiting.size >= _SIZE:
            power = np.square(np.abs(np.fft.rfft(self._waiting[-_SIZE:] * self._window)))
            self._spectrum += _SMOOTHING * (power - self._spectrum)
            self._waiting = self._waiting[:0]

    def quiet(self, samples: Samples, level: float | None = None) -> bool:
        """Whether there is no more than background in these samples."""
        level = _rms(samples) if level is None else level
        floor = min(self._lowest, self._lowest_before)
        return level <= max(_SILENT, min(_MARGIN * floor, _CEILING))

    def make(self, count: int) -> Samples:
        """More of it: noise of that spectrum."""
        while self._made.size < count:
            phases = np.exp(2j * np.pi * self._chance.random(self._spectrum.size))
            piece = np.fft.irfft(np.sqrt(self._spectrum) * phases, _SIZE) * self._window
            piece[:_HOP] += self._overlap
            self._made, self._overlap = np.concatenate((self._made, piece[:_HOP])), piece[_HOP:]
        taken, self._made = self._made[:count], self._made[count:]
        return np.clip(taken, -32768, 32767).astype(np.int16)


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.square(samples, dtype=np.float32).mean())) if samples.size else 0.0
