"""What the speaker plays, kept until the microphone's sound of the same moment has come. Pure.

Speaker and microphone run on clocks and in blocks of their own, and an echo canceller takes both in step. So the
speaker's sound waits here. How much of it waits is read from the lowest level between two blocks of the microphone:
what stays above a reserve only delays the reference, and a reference later than its own echo is of no use.
"""

import numpy as np

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

_MS = SAMPLE_RATE_HZ // 1000
CAPACITY_MS = 500
RESERVE_MS = 12
"""Devices hold back at least 40 ms of sound between them, so that an echo always comes later than this."""
JUMP_MS = 40
"""So much too much is no drift: a device stood still for a while."""
_JUMP_WINDOW_MS, _DRIFT_WINDOW_MS = 200, 2000
_DRIFT_STEP_MS = 4
"""A block of the echo canceller, whose filter follows a shift of that size without losing the echo (AEC3)."""


class FarReference:
    """A bounded first-in first-out of the speaker's samples. Not locked."""

    def __init__(self) -> None:
        self._ring = np.zeros(CAPACITY_MS * _MS, np.int16)
        self._read = self.level = 0
        self._begin_windows()

    def put(self, samples: Samples) -> None:
        """Append what is played next; the oldest goes where there is no room."""
        samples = samples[-self._ring.size :]
        self._skip(max(self.level + samples.size - self._ring.size, 0))
        write = (self._read + self.level) % self._ring.size
        first = min(samples.size, self._ring.size - write)
        self._ring[write : write + first] = samples[:first]
        self._ring[: samples.size - first] = samples[first:]
        self.level += samples.size

    def take(self, count: int) -> Samples:
        """The next `count` samples; where there are fewer, those and silence."""
        there = min(count, self.level)
        first = min(there, self._ring.size - self._read)
        taken = np.zeros(count, np.int16)
        taken[:first] = self._ring[self._read : self._read + first]
        taken[first:there] = self._ring[: there - first]
        self._skip(there)
        self._watch(count)
        return taken

    def start(self, count: int) -> None:
        """Keep only the newest `count` samples: the microphone begins, and what was played before it is of no use."""
        self._skip(max(self.level - count, 0))
        self._begin_windows()

    def _skip(self, count: int) -> None:
        self._read = (self._read + count) % self._ring.size
        self.level -= count

    def _begin_windows(self) -> None:
        self._lowest_lately = self._lowest = self._ring.size
        self._lately = self._whole = 0

    def _watch(self, count: int) -> None:
        self._lowest_lately, self._lowest = min(self._lowest_lately, self.level), min(self._lowest, self.level)
        self._lately += count
        self._whole += count
        if self._lately >= _JUMP_WINDOW_MS * _MS:
            if self._lowest_lately > (RESERVE_MS + JUMP_MS) * _MS:
                self._skip(self._lowest_lately - RESERVE_MS * _MS)
                self._begin_windows()
            self._lately, self._lowest_lately = 0, self._ring.size
        if self._whole >= _DRIFT_WINDOW_MS * _MS:
            if self._lowest > RESERVE_MS * _MS:
                self._skip(_DRIFT_STEP_MS * _MS)
            self._whole, self._lowest = 0, self._ring.size
