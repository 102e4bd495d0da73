"""Is the queue growing? Arrival-time filter of draft-ietf-rmcat-gcc-02 section 5, with libwebrtc's trend line. Pure."""

from collections import deque

from vidphone.media.rate.history import Arrival

BURST_S = 0.005
"""Packets sent within this time of the first are one group."""
WINDOW = 20
"""Groups the line is fitted through."""
_SMOOTHING = 0.9
_GAIN = 4.0
_COUNTED = 60
_THRESHOLD_S = (0.006, 0.0125, 0.6)
"""Least, first, most."""
_UP, _DOWN = 0.0087, 0.039
"""How fast the threshold follows the trend upward and downward, per millisecond (draft, section 5.4)."""
_LASTING_S = 0.01
_RESET_S = 2.0


class Trend:
    """Over-use by the slope of the one-way delay, with a threshold that adapts to jitter and to competing flows."""

    def __init__(self) -> None:
        self._threshold_s = _THRESHOLD_S[1]
        self._reset()

    def _reset(self) -> None:
        self._first_sent_s: float | None = None
        self._last_sent_s = self._last_arrival_s = 0.0
        self._before: tuple[float, float] | None = None
        self._points: deque[tuple[float, float]] = deque(maxlen=WINDOW)
        self._accumulated_s = self._smoothed_s = 0.0
        self._count = 0
        self._over_s = 0.0
        self._previous = 0.0
        self.overusing = False
        self.underusing = False

    def arrived(self, packet: Arrival) -> None:
        """Take one packet, in order of sending."""
        if self._first_sent_s is None:
            self._start(packet)
            return
        if packet.sent_s - self._last_sent_s > _RESET_S:
            self._reset()
            self._start(packet)
            return
        if packet.sent_s - self._first_sent_s > BURST_S:
            self._close()
            self._start(packet)
        else:
            self._last_sent_s = max(self._last_sent_s, packet.sent_s)
            self._last_arrival_s = max(self._last_arrival_s, packet.arrival_s)

    def _start(self, packet: Arrival) -> None:
        self._first_sent_s = self._last_sent_s = packet.sent_s
        self._last_arrival_s = packet.arrival_s

    def _close(self) -> None:
        group = (self._last_sent_s, self._last_arrival_s)
        if self._before is not None:
            sent_s, arrival_s = group[0] - self._before[0], group[1] - self._before[1]
            self._delta(arrival_s - sent_s, sent_s, group[1])
        self._before = group

    def _delta(self, delta_s: float, sent_s: float, arrival_s: float) -> None:
        self._count = min(self._count + 1, _COUNTED)
        self._accumulated_s += delta_s
        self._smoothed_s = _SMOOTHING * self._smoothed_s + (1 - _SMOOTHING) * self._accumulated_s
        self._points.append((arrival_s, self._smoothed_s))
        if len(self._points) < WINDOW:
            return
        slope = _slope(self._points)
        trend_s = slope * self._count * _GAIN / 1000
        if trend_s > self._threshold_s:
            self._over_s += sent_s
            self.overusing = self._over_s > _LASTING_S and slope >= self._previous
            self.underusing = False
        else:
            self._over_s = 0.0
            self.overusing = False
            self.underusing = trend_s < -self._threshold_s
        self._previous = slope
        excess_s = abs(trend_s) - self._threshold_s
        if excess_s < 0.015:
            rate = _DOWN if excess_s < 0 else _UP
            self._threshold_s += rate * excess_s * min(sent_s * 1000, 100.0)
            self._threshold_s = min(max(self._threshold_s, _THRESHOLD_S[0]), _THRESHOLD_S[2])


def _slope(points: deque[tuple[float, float]]) -> float:
    """Least squares, without unit (seconds of delay per second)."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    above = below = 0.0
    for x, y in points:
        above += (x - mean_x) * (y - mean_y)
        below += (x - mean_x) ** 2
    return above / below if below else 0.0
