"""Which moment of the sender's clock an RTP timestamp stands for.

A receiver learns it from sender reports. The sender keeps the same mapping from the times of capture, so that its
reports tell when a frame was captured and not when it was sent: lip-sync at the other end hangs on that.
"""

from collections import deque
from statistics import median_low

VIDEO_CLOCK_HZ = 90_000
"""RTP ticks a second of every video format (RFC 3551 section 5)."""
_REPORTS = 8
"""Reports kept. Their median rides over one that was made late; at one a second a sound card that is 100 ppm off shifts
it by less than half a millisecond."""
_JUMP_S = 0.5
"""An offset that differs by more is a new timestamp base or a clock that was set, and begins anew."""


class SenderClock:
    """The mapping of one stream. Times are in the sender's own base, so that two streams of it can be compared."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._offsets_s: deque[float] = deque(maxlen=_REPORTS)
        """Of each report: the sender's time at which the unwrapped timestamp was nought."""
        self._offset_s = 0.0
        self._reported_s = 0.0
        self._timestamp = 0
        """Of the last report, unwrapped."""

    def report(self, ntp_s: float, rtp_timestamp: int) -> None:
        """A sender report, or at the sender a frame captured: this timestamp stands for this time.

        One no newer than the last is left out, unless the clock was set back.
        """
        if self._offsets_s and 0.0 <= self._reported_s - ntp_s < _JUMP_S:
            return
        self._timestamp = self._unwrap(rtp_timestamp)
        self._reported_s = ntp_s
        offset_s = ntp_s - self._timestamp / self._clock_rate
        if self._offsets_s and abs(offset_s - self._offset_s) > _JUMP_S:
            self._offsets_s.clear()
        self._offsets_s.append(offset_s)
        self._offset_s = median_low(self._offsets_s)

    def capture_s(self, rtp_timestamp: int) -> float | None:
        """The sender's time for this timestamp; None before the first report."""
        if not self._offsets_s:
            return None
        return self._offset_s + self._unwrap(rtp_timestamp) / self._clock_rate

    def timestamp(self, ntp_s: float) -> int | None:
        """The timestamp (32 bits) that a frame captured at this time would bear; None before the first report."""
        if not self._offsets_s:
            return None
        return round((ntp_s - self._offset_s) * self._clock_rate) & 0xFFFF_FFFF

    def _unwrap(self, rtp_timestamp: int) -> int:
        """The count nearest to that of the last report: half the range is 6.6 hours at 90 kHz."""
        step = (rtp_timestamp - self._timestamp) & 0xFFFF_FFFF
        return self._timestamp + (step if step < 1 << 31 else step - (1 << 32))
