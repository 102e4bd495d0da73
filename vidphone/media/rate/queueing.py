"""The standing queue on the way there, from absolute one-way delays. Pure.

The one-way delay against its own least value over the last seconds is the queue; no synchronised clocks are needed.
A single delay says little under jitter, so each figure is the least of the last 50 ms, and what those figures vary by
in quiet times widens the threshold.
"""

from collections import deque
from collections.abc import Sequence

from vidphone.media.rate.history import Arrival

WINDOW_S = 0.05
_MOST_WINDOW_S = 0.15
LEAST_PACKETS = 4
BASELINE_S, HELD_S = 20.0, 90.0
_SLOT_S = 1.0
_THRESHOLD_S = 0.012
_MOST_S = 0.15
_SPREADS = 3.0
_PACKET_BYTES = 1200
_MOST_PACKET_S = 0.08
_BUSY_S = 0.6
_LATELY_S, _FELL, _STEADY = 0.1, 0.75, 0.92
"""Where much less came through lately than over the whole time, the line fell in between."""
_PEAK, _PEAK_LEAST_S = 0.85, 0.002


class QueueMonitor:
    """Standing queue, its threshold, and the rate at which the line drained while it was busy."""

    def __init__(self) -> None:
        self.queue_s = 0.0
        """Least queueing of the last 50 ms of arrivals."""
        self.spread_s = 0.0
        """What that figure varies by without our doing."""
        self.jitter_s = 0.0
        """Set from outside where packets are known to clump: what one-way delays vary by."""
        self._slots: deque[tuple[float, float]] = deque()
        self._recent: deque[tuple[float, float, int, int]] = deque()
        self.clumping = False
        """Set from outside: packets arrive closer together than any queue would let them."""
        self._last_low: float | None = None

    @property
    def baseline_s(self) -> float:
        """Least delay of the last seconds, clock offset included."""
        return min(low for _, low in self._slots) if self._slots else 0.0

    def threshold_s(self, rate_bps: float, spreads: float = _SPREADS) -> float:
        """A queue above this is none of the line's own moods, at about `rate_bps`."""
        packet_s = min(_PACKET_BYTES * 8 / max(rate_bps, 1.0), _MOST_PACKET_S)
        return min(_THRESHOLD_S + packet_s + spreads * self.spread_s + min(spreads, 1.0) * self.jitter_s, _MOST_S)

    def add(self, arrivals: Sequence[Arrival], *, quiet: bool, unseen_bytes: int = 0, hold: bool = False) -> None:
        """Take the packets of one feedback, in order of sending.

        Args:
            arrivals: at least one.
            quiet: nothing of ours fills the line.
            hold: others fill the line: do not take their queue for the line's own delay.
            unseen_bytes: what must have arrived before them without a feedback saying so.
        """
        for packet in arrivals:
            self._recent.append((packet.arrival_s, packet.delay_s, packet.size_bytes, unseen_bytes))
            unseen_bytes = 0
        latest_s = self._recent[-1][0]
        while len(self._recent) > 2 and self._recent[0][0] < latest_s - 2 * _BUSY_S:
            self._recent.popleft()
        window_s = min(WINDOW_S + 10 * max(self.spread_s, self.jitter_s), _MOST_WINDOW_S)
        low, count = self._recent[-1][1], 0
        for arrival_s, delay_s, _, _ in reversed(self._recent):
            if arrival_s < latest_s - window_s and count >= LEAST_PACKETS:
                break
            low, count = min(low, delay_s), count + 1
        self._note_baseline(latest_s, low, hold)
        self.queue_s = low - self.baseline_s
        if self._last_low is not None and quiet:
            change_s = min(abs(low - self._last_low), 4 * self.spread_s + 0.004)
            self.spread_s += 0.04 * (change_s - self.spread_s)
        self._last_low = low

    def mistaken(self) -> None:
        """A queue above the threshold went before slowing down could have had a part in it: it was jitter."""
        self.spread_s = min(1.25 * self.spread_s + 0.001, _MOST_S / _SPREADS)

    def _note_baseline(self, latest_s: float, low: float, hold: bool) -> None:
        if self._slots and latest_s - self._slots[-1][0] < _SLOT_S:
            self._slots[-1] = (self._slots[-1][0], min(self._slots[-1][1], low))
        else:
            self._slots.append((latest_s, low))
        while self._slots[0][0] < latest_s - (HELD_S if hold else BASELINE_S):
            self._slots.popleft()

    def busy(self) -> tuple[float | None, float | None]:
        """Since the queue last was empty, at most 0.6 s back: what arrived per second, and at what rate at best.

        While the queue is never empty, the line's own rate shows where three packets of ours arrive in a row; what
        arrives in all is less where others share the line. None: too little to tell.
        """
        floor_s = self.baseline_s + 0.004 + self.spread_s
        last_s = self._recent[-1][0]
        first_s, size, count = last_s, 0, 0
        later: tuple[float, int] | None = None
        latest: tuple[float, int] | None = None
        peaks: list[float] = []
        lately_bps = 0.0
        for arrival_s, delay_s, size_bytes, unseen_bytes in reversed(self._recent):
            first_s = arrival_s
            if delay_s < floor_s or last_s - arrival_s > _BUSY_S:
                break
            if latest is not None and later is not None and latest[0] - arrival_s > _PEAK_LEAST_S:
                peaks.append((later[1] + latest[1]) * 8 / (latest[0] - arrival_s))
            latest, later = later, (arrival_s, size_bytes)
            size, count = size + size_bytes + unseen_bytes, count + 1
            if not lately_bps and count > LEAST_PACKETS and last_s - arrival_s >= _LATELY_S:
                lately_bps = (size - size_bytes - unseen_bytes) * 8 / (last_s - arrival_s)
        if count < 4 or last_s - first_s < 0.03:
            return None, None
        rate_bps = size * 8 / (last_s - first_s)
        if 0 < lately_bps < _STEADY * rate_bps:
            return (lately_bps if lately_bps < _FELL * rate_bps else rate_bps), None
        peaks.sort()
        peak = peaks[int(_PEAK * len(peaks))] if len(peaks) >= 6 and not self.clumping else None
        return rate_bps, peak

    def delivered_bps(self, window_s: float = 0.5) -> float | None:
        """What arrived per second over the window; None before it is half filled."""
        if not self._recent:
            return None
        last_s = self._recent[-1][0]
        size, first_s = 0, last_s
        for arrival_s, _, size_bytes, unseen_bytes in reversed(self._recent):
            first_s = arrival_s
            if last_s - arrival_s >= window_s:
                break
            size += size_bytes + unseen_bytes
        return size * 8 / (last_s - first_s) if last_s - first_s >= window_s / 2 else None
