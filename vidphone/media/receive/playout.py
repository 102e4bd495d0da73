"""When a frame is shown. Pure.

A frame is shown as soon as it is decodable, and held back only as far as the line warrants, by the larger of two delays
after the line's fastest frame:

- what half of the unrepaired frames take anyway: it evens out jitter and raises neither median nor tail of latency;
- what lets a repair arrive before the pause is seen as one, where such pauses recur.

Frames that come later than that are shown at once, so the tail of the latency never grows.
"""

from collections import deque

from vidphone.media.rtp.clock import VIDEO_CLOCK_HZ

WINDOW_S = 5.0
"""The fastest frame is looked for in this window and the one before: clocks drift apart by less than 1 ms in it."""
REMEMBERED_FRAMES = 90
MIN_FRAMES = 10
QUANTILE = 0.5
DEAD_BAND_S = 0.004
"""Unevenness below that is no matter to a screen of 60 Hz."""
MAX_SMOOTHING_S = 0.16
PAUSE_S = 0.14
"""A shorter time between two pictures is not seen as a standstill."""
PAUSE_FRAMES = 2.5
"""Nor is one that is shorter than so many of the sender's intervals."""
PAUSES_REMEMBERED_S = 15.0
PAUSE_COST_S = 0.07
"""So much delay of all pictures is worth one pause less in that time."""
RECURRING = 2
"""Pauses in that time from which on they are answered: a single one may be the last."""
MAX_PAUSES = 64
STEP_S = 0.012
"""The delay changes by no more than that with each picture: a leap would be a pause itself, or a picture left out."""
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
        self._pauses: deque[tuple[float, float]] = deque(maxlen=MAX_PAUSES)
        """When a pause ended, and the delay that would have hidden it."""
        self._last_decodable_s: float | None = None
        self._last_show_s = 0.0
        self._minimum_s = 0.0
        self.smoothing_s = 0.0
        """The delay, after the fastest frame, that the line warrants."""
        self.delay_s = 0.0
        """From a frame's earliest possible arrival (by the line's fastest frame) to its being shown, smoothed."""

    def set_minimum_delay(self, minimum_s: float) -> None:
        """Show nothing earlier than that after a frame's earliest possible arrival (lip-sync), at most 2 s."""
        self._minimum_s = min(max(minimum_s, 0.0), MAX_MINIMUM_S)

    def restart(self) -> None:
        """Another timeline begins: the sender began anew."""
        self._fastest_s = self._fastest_before_s = None
        self._lateness_s.clear()
        self._pauses.clear()

    def show_at_s(self, rtp_timestamp: int, decodable_at_s: float, *, repaired: bool) -> float:
        """When to show a frame; never before it is decodable, never before the frame asked for last.

        Args:
            rtp_timestamp: 32 bits, 90 kHz.
            decodable_at_s: monotonic seconds.
            repaired: its lateness says nothing of the line's jitter.
        """
        interval_s = self._advance(rtp_timestamp, decodable_at_s)
        offset_s = decodable_at_s - self._timeline_s
        if self._fastest_s is not None and abs(offset_s - self._baseline_s) > MAX_OFFSET_STEP_S:
            self.restart()
        if self._fastest_s is None or decodable_at_s - self._window_began_s > WINDOW_S:
            self._fastest_before_s, self._fastest_s = self._fastest_s, offset_s
            self._window_began_s = decodable_at_s
        self._fastest_s = min(self._fastest_s, offset_s)
        late_s = offset_s - self._baseline_s
        if not repaired:
            self._lateness_s.append(late_s)
        if self._last_decodable_s is not None:
            seen_s = max(PAUSE_S, PAUSE_FRAMES * interval_s)
            hidden_by_s = late_s + interval_s - seen_s
            if decodable_at_s - self._last_decodable_s > seen_s and 0 < hidden_by_s <= MAX_SMOOTHING_S:
                self._pauses.append((decodable_at_s, hidden_by_s))
        self._last_decodable_s = decodable_at_s
        wanted_s = min(max(self._against_jitter_s(), self._against_pauses_s(decodable_at_s), 0.0), MAX_SMOOTHING_S)
        self.smoothing_s += min(max(wanted_s - self.smoothing_s, -STEP_S), STEP_S)
        due_s = self._timeline_s + self._baseline_s + max(self.smoothing_s, self._minimum_s)
        self._last_show_s = max(due_s, decodable_at_s, self._last_show_s)
        return self._last_show_s

    def shown(self, rtp_timestamp: int, at_s: float) -> None:
        """Note when a frame was shown."""
        if self._last_timestamp is None:
            return
        behind = (rtp_timestamp - self._last_timestamp + WRAP // 2) % WRAP - WRAP // 2
        delay_s = at_s - (self._timeline_s + behind / VIDEO_CLOCK_HZ + self._baseline_s)
        if abs(delay_s) <= MAX_OFFSET_STEP_S:
            self.delay_s += (max(delay_s, 0.0) - self.delay_s) * SMOOTHING

    @property
    def _baseline_s(self) -> float:
        fastest_s = self._fastest_s or 0.0
        return fastest_s if self._fastest_before_s is None else min(fastest_s, self._fastest_before_s)

    def _advance(self, rtp_timestamp: int, decodable_at_s: float) -> float:
        """Move the timeline; seconds since the frame before, by the sender's clock."""
        step_s = 0.0
        if self._last_timestamp is None:
            self._last_show_s = decodable_at_s
        else:
            step_s = ((rtp_timestamp - self._last_timestamp + WRAP // 2) % WRAP - WRAP // 2) / VIDEO_CLOCK_HZ
            self._timeline_s += step_s
        self._last_timestamp = rtp_timestamp
        return step_s

    def _against_jitter_s(self) -> float:
        if len(self._lateness_s) < MIN_FRAMES:
            return 0.0
        return sorted(self._lateness_s)[int(QUANTILE * (len(self._lateness_s) - 1))] - DEAD_BAND_S

    def _against_pauses_s(self, now_s: float) -> float:
        while self._pauses and now_s - self._pauses[0][0] > PAUSES_REMEMBERED_S:
            self._pauses.popleft()
        if len(self._pauses) < RECURRING:
            return 0.0
        best_s, least_cost_s = 0.0, len(self._pauses) * PAUSE_COST_S
        for left, hidden_by_s in enumerate(sorted((by_s for _, by_s in self._pauses), reverse=True)):
            if (cost_s := hidden_by_s + left * PAUSE_COST_S) < least_cost_s:
                best_s, least_cost_s = hidden_by_s, cost_s
        return best_s
