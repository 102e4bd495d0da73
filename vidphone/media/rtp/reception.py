"""How one source is received, for report blocks (RFC 3550 sections 6.4.1, A.1, A.3, A.8), and round trips from them."""

from vidphone.media.rtp.ntp import compact
from vidphone.media.rtp.packet import Unwrapper
from vidphone.media.rtp.reports import ReportBlock

_DROPOUT_MOST = 3000
_MISORDER_MOST = 1000
"""RFC 3550 A.1: a number further off than these is a restart if the next one follows it, else a stray. The RFC takes
100 for the second, which video at 10 Mb/s passes in a tenth of a second."""
_JITTER_GAIN = 1 / 16
_TRANSIT_STEP_MOST_S = 5.0
"""A transit time that jumps by more is a new timestamp base, not jitter."""
_DELAY_UNITS = 65536
_LOST_MOST = (1 << 23) - 1
_TOLERATED_UNITS = 66
"""Clocks are read in steps: a round trip that comes out at most a millisecond below nought is nought."""


class ReceptionStatistics:
    """Counts of one SSRC. Packets recovered by retransmission or FEC are no part of it."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.packets_received = 0
        self.jitter_s = 0.0
        self._clock_rate = clock_rate
        self._unwrapper = Unwrapper(16)
        self._base: int | None = None
        self._highest = 0
        self._stray: int | None = None
        self._received_since_base = 0
        self._before: tuple[int, int] = (0, 0)
        """Packets expected and received at the report before."""
        self._lost_earlier = 0
        self._transit: tuple[int, float] | None = None
        """Timestamp and arrival of the packet that jitter was last taken from."""
        self._last_report = 0
        self._last_report_at_s = 0.0

    def received(self, sequence: int, rtp_timestamp: int, now_s: float) -> None:
        """A packet of the stream itself has arrived.

        Jitter is taken from the first packet of each timestamp: the rest of a picture is spread by the sender's pacer.
        """
        if not self._count(sequence):
            return
        before = self._transit
        if before is None:
            self._transit = rtp_timestamp, now_s
            return
        step = (rtp_timestamp - before[0]) & 0xFFFF_FFFF
        if step == 0 or step >= 1 << 31:
            return
        self._transit = rtp_timestamp, now_s
        deviation_s = abs(now_s - before[1] - step / self._clock_rate)
        if deviation_s < _TRANSIT_STEP_MOST_S:
            self.jitter_s += (deviation_s - self.jitter_s) * _JITTER_GAIN

    def _count(self, sequence: int) -> bool:
        """Whether the number belongs to the stream (RFC 3550 A.1, without probation: the SSRC was agreed on)."""
        if self._base is None:
            self._begin(sequence)
        else:
            ahead = ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
            if not -_MISORDER_MOST <= ahead < _DROPOUT_MOST:
                if sequence != self._stray:
                    self._stray = (sequence + 1) & 0xFFFF
                    return False
                self._lost_earlier = self.packets_lost
                self._begin(sequence)
            else:
                self._highest = max(self._highest, self._unwrapper.unwrap(sequence))
        self._stray = None
        self.packets_received += 1
        self._received_since_base += 1
        return True

    def _begin(self, sequence: int) -> None:
        self._unwrapper = Unwrapper(16)
        self._base = self._highest = self._unwrapper.unwrap(sequence)
        self._received_since_base = 0
        self._before = (0, 0)
        self._transit = None

    @property
    def packets_expected(self) -> int:
        """Packets from the first to the highest number, since the stream last began anew."""
        return 0 if self._base is None else self._highest - self._base + 1

    @property
    def packets_lost(self) -> int:
        """Expected less received; duplicates can make it negative."""
        return self._lost_earlier + self.packets_expected - self._received_since_base

    def sender_report(self, ntp: int, now_s: float) -> None:
        """The source's sender report with this 64-bit NTP timestamp has arrived."""
        self._last_report = compact(ntp)
        self._last_report_at_s = now_s

    def report(self, now_s: float) -> ReportBlock:
        """The report block for now. Its lost fraction counts from the call before this one."""
        expected, received = self.packets_expected, self._received_since_base
        expected_now = expected - self._before[0]
        lost_now = expected_now - (received - self._before[1])
        self._before = expected, received
        fraction = 0 if expected_now <= 0 or lost_now <= 0 else min((lost_now << 8) // expected_now, 255)
        delay = 0
        if self._last_report:
            delay = min(max(round((now_s - self._last_report_at_s) * _DELAY_UNITS), 0), 0xFFFF_FFFF)
        return ReportBlock(
            self.ssrc,
            fraction,
            min(max(self.packets_lost, -_LOST_MOST), _LOST_MOST),
            self._highest & 0xFFFF_FFFF,
            min(round(self.jitter_s * self._clock_rate), 0xFFFF_FFFF),
            self._last_report,
            delay,
        )


def round_trip_s(last_report: int, delay_since_last_report: int, now_ntp: int) -> float | None:
    """Seconds to the other end and back, from what it echoes in a report block or a DLRR block.

    `now_ntp` is this end's 64-bit NTP timestamp on arrival. None where the other end has had no report yet, or echoes
    what cannot be true.
    """
    if not last_report:
        return None
    units = (compact(now_ntp) - last_report - delay_since_last_report) & 0xFFFF_FFFF
    if units < 1 << 31:
        return units / _DELAY_UNITS
    return 0.0 if units >= (1 << 32) - _TOLERATED_UNITS else None
