"""When a frame is shown. Pure.

A frame is shown as soon as it is decodable, and evened out only as far as that costs nothing: the delay after the
line's fastest frame that half of the unrepaired frames reach anyway. Frames that came earlier wait for it, later ones
are shown at once, so neither the median nor the tail of the latency grows with it.
"""

from collections import deque

CLOCK_HZ = 90_000
WINDOW_S = 5.0
"""The fastest frame is looked for in this window and the one before: clocks drift apart by less than 1 ms in it."""
REMEMBERED_FRAMES = 90
MIN_FRAMES = 10
QUANTILE = 0.5
DEAD_BAND_S = 0.004
"""Unevenness below that is no matter to a screen of 60 Hz."""
MAX_SMOOTHING_S = 0.1
MAX_MINIMUM_S = 2.0
MAX_OFFSET_STEP_S = 5.0
"""A frame that far off its time is of another timeline: the sender began anew."""
SMOOTHING = 1 / 16
WRAP = 1 << 32


class Playout:
    """Maps the RTP timestamps of one stream to the time of showing."""

    def __init__(self) -> None:
        self._last_timestamp: int | None = None
        self._timeline_s = 0.0
        self._window_began_s = 0.0
        self._fastest_s: float | None = None
        self._fastest_before_s: float | None = None
        self._lateness_s: deque[float] = deque(maxlen=REMEMBERED_FRAMES)
        self._last_show_s = 0.0
        self._minimum_s = 0.0
        self.smoothing_s = 0.0
        """The delay, after the fastest frame, that evens out jitter."""
        self.delay_s = 0.0
        """From a frame's earliest possible arrival (by the line's fastest frame) to its being shown, smoothed."""

    def set_minimum_delay(self, minimum_s: float) -> None:
        """Show nothing earlier than that after a frame's earliest possible arrival (lip-sync), at most 2 s."""
        self._minimum_s = min(max(minimum_s, 0.0), MAX_MINIMUM_S)

    def show_at_s(self, rtp_timestamp: int, decodable_at_s: float, *, repaired: bool) -> float:
        """When to show a frame; never before it is decodable, never before the frame asked for last.

        Args:
            rtp_timestamp: 32 bits, 90 kHz.
            decodable_at_s: monotonic seconds.
            repaired: its lateness says nothing of the line's jitter.
        """
        self._advance(rtp_timestamp, decodable_at_s)
        offset_s = decodable_at_s - self._timeline_s
        if self._fastest_s is not None and abs(offset_s - self._baseline_s) > MAX_OFFSET_STEP_S:
            self._fastest_s = self._fastest_before_s = None
            self._lateness_s.clear()
            self.smoothing_s = 0.0
        if self._fastest_s is None or decodable_at_s - self._window_began_s > WINDOW_S:
            self._fastest_before_s, self._fastest_s = self._fastest_s, offset_s
            self._window_began_s = decodable_at_s
        self._fastest_s = min(self._fastest_s, offset_s)
        if not repaired:
            self._lateness_s.append(offset_s - self._baseline_s)
            self._adapt()
        due_s = self._timeline_s + self._baseline_s + max(self.smoothing_s, self._minimum_s)
        self._last_show_s = max(due_s, decodable_at_s, self._last_show_s)
        return self._last_show_s

    def shown(self, rtp_timestamp: int, at_s: float) -> None:
        """Note when a frame was shown."""
        if self._last_timestamp is None:
            return
        behind = (rtp_timestamp - self._last_timestamp + WRAP // 2) % WRAP - WRAP // 2
        delay_s = at_s - (self._timeline_s + behind / CLOCK_HZ + self._baseline_s)
        if abs(delay_s) <= MAX_OFFSET_STEP_S:
            self.delay_s += (max(delay_s, 0.0) - self.delay_s) * SMOOTHING

    @property
    def _baseline_s(self) -> float:
        fastest_s = self._fastest_s or 0.0
        return fastest_s if self._fastest_before_s is None else min(fastest_s, self._fastest_before_s)

    def _advance(self, rtp_timestamp: int, decodable_at_s: float) -> None:
        if self._last_timestamp is None:
            self._timeline_s = 0.0
            self._last_show_s = decodable_at_s
        else:
            step = (rtp_timestamp - self._last_timestamp + WRAP // 2) % WRAP - WRAP // 2
            self._timeline_s += step / CLOCK_HZ
        self._last_timestamp = rtp_timestamp

    def _adapt(self) -> None:
        if len(self._lateness_s) >= MIN_FRAMES:
            late_s = sorted(self._lateness_s)[int(QUANTILE * (len(self._lateness_s) - 1))]
            self.smoothing_s = min(max(late_s - DEAD_BAND_S, 0.0), MAX_SMOOTHING_S)
