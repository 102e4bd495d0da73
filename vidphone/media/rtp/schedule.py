"""When RTCP is sent between two ends (RFC 3550 section 6.2, RFC 4585 section 3).

With two members there is nothing to share out: the interval is what 5 % of the rate pays for. RFC 4585 drops the floor
of five seconds; a second keeps the round trip and the clocks of lip-sync fresh. Feedback between two need not wait for
the interval (immediate mode, section 3.4) as long as the share pays for it.
"""

from collections.abc import Callable

_SHARE = 0.05
_INTERVAL_LEAST_S, _INTERVAL_MOST_S = 1.0, 5.0
_HEADERS_BYTES = 28 + 14
"""IPv4 and UDP, and what SRTCP adds at most with the usual ciphers."""
_SIZE_GAIN = 1 / 16
_FIRST_SIZE_BYTES = 120
_CREDIT_MOST_BYTES = 3000
"""Feedback that may go at once after a quiet time: two full datagrams."""
_LOWEST_RATE_BPS = 30_000.0


class ReportSchedule:
    """Times of regular reports, and the allowance of feedback that does not wait for them.

    `chance` gives a number from 0 to 1: intervals are spread over half to one and a half of their length, so that
    ends that began together do not stay in step.
    """

    def __init__(self, chance: Callable[[], float], session_bps: float = 1_000_000.0) -> None:
        self._chance = chance
        self._size_bytes = float(_FIRST_SIZE_BYTES + _HEADERS_BYTES)
        self._credit_bytes = float(_CREDIT_MOST_BYTES)
        self._credited_at_s: float | None = None
        self._next_s: float | None = None
        self._bytes_per_s = 0.0
        self.set_rate(session_bps)

    def set_rate(self, session_bps: float) -> None:
        """The rate of the media that this end sends or receives, whichever is lower; counts from the next report on."""
        self._bytes_per_s = max(session_bps, _LOWEST_RATE_BPS) * _SHARE / 8

    @property
    def interval_s(self) -> float:
        """Mean time between regular reports: two members, mean size over the share, 1 to 5 s."""
        return min(max(2 * self._size_bytes / self._bytes_per_s, _INTERVAL_LEAST_S), _INTERVAL_MOST_S)

    def due(self, now_s: float) -> bool:
        """Whether a regular report is to be sent now. The first is due at once, so that lip-sync need not wait."""
        return self._next_s is None or now_s >= self._next_s

    def next_at(self, now_s: float) -> float:
        """When the next regular report is due, `now_s` at the earliest."""
        return now_s if self._next_s is None else max(self._next_s, now_s)

    def allows(self, size_bytes: int, now_s: float) -> bool:
        """Whether feedback of this size may go now without waiting for a regular report."""
        self._earn(now_s)
        return size_bytes + _HEADERS_BYTES <= self._credit_bytes

    def sent(self, size_bytes: int, now_s: float, *, regular: bool) -> None:
        """An RTCP datagram was sent: a regular report, or feedback between two."""
        self._earn(now_s)
        size = size_bytes + _HEADERS_BYTES
        self._credit_bytes = max(self._credit_bytes - size, -_CREDIT_MOST_BYTES)
        if regular:
            self._size_bytes += (size - self._size_bytes) * _SIZE_GAIN
            self._next_s = now_s + self.interval_s * (0.5 + self._chance())

    def _earn(self, now_s: float) -> None:
        if self._credited_at_s is not None:
            earned = max(now_s - self._credited_at_s, 0.0) * self._bytes_per_s
            self._credit_bytes = min(self._credit_bytes + earned, _CREDIT_MOST_BYTES)
        self._credited_at_s = now_s if self._credited_at_s is None else max(now_s, self._credited_at_s)
