"""What the line itself carries, from how the bursts of media arrive. Pure.

Each picture leaves as a train of packets at the pacing rate. Where the train arrives no longer than it left, the line
carries at least that rate; where it arrives stretched, its arrival rate is what the line carries (packet-train
dispersion). No byte more is sent for it. Trains are gathered until jitter averages out.
"""

from vidphone.media.rate.history import Arrival

_PAIRS = 6
_MOST_TRAINS = 48
_UNSTRETCHED, _STRETCHED = 1.06, 1.12
_GRAIN_S = 0.0003
"""Arrival times come in steps of 250 microseconds (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""
_GROWTH = 1.3
_CLUMP_GAP_S = 0.0015
_CLUMPED = 0.4
"""Packets that arrive in less than this share of the time they left in did not come through a queue side by side."""
_BLURRED = 0.15
"""Share of trains with packets that arrive much closer together than they left."""
HEADROOM = 1.25
"""Burst rate over what the line carries: enough to see it grow, little enough to keep the queue short."""
MOST_BPS = 60e6


class Trains:
    """`burst_bps`: what a train may leave at; `line_bps`: what the line carries, None until a train was stretched."""

    def __init__(self, burst_bps: float) -> None:
        self.burst_bps = burst_bps
        self.line_bps: float | None = None
        self.stretched = False
        """The last trains arrived stretched: `line_bps` is of now."""
        self.jitter_s = 0.0
        """Mean change of the one-way delay from train to train."""
        self._clumped = 0.0
        self._clumps = False
        self._last: Arrival | None = None
        self._length = 0
        self._delay_before: float | None = None
        self._clear()

    def _clear(self) -> None:
        self._sent_s = self._arrived_s = 0.0
        self._bytes = self._pairs = self._trains = 0

    def arrived(self, packet: Arrival, pacing_bps: float) -> bool:
        """Take one packet in order of sending; True when `burst_bps` was decided anew."""
        last, self._last = self._last, packet
        if last is None:
            return False
        gap_s = packet.sent_s - last.sent_s
        if packet.number != last.number + 1 or gap_s > 1.5 * last.size_bytes * 8 / pacing_bps + 0.006:
            return self._close(packet, pacing_bps)
        lasting_s = min(packet.size_bytes * 8 / self.burst_bps, gap_s)
        self._clumps |= lasting_s > _CLUMP_GAP_S and packet.arrival_s - last.arrival_s < _CLUMPED * lasting_s
        self._length += 1
        self._sent_s += gap_s
        self._arrived_s += packet.arrival_s - last.arrival_s
        self._bytes += packet.size_bytes
        self._pairs += 1
        return False

    def _close(self, packet: Arrival, pacing_bps: float) -> bool:
        """A train ended; `packet` begins the next one."""
        if self._length:
            self._trains += 1
            self._clumped += 0.05 * (self._clumps - self._clumped)
        self._length, self._clumps = 0, False
        if self._delay_before is not None:
            change_s = min(abs(packet.delay_s - self._delay_before), 0.1)
            self.jitter_s += 0.05 * (change_s - self.jitter_s)
        self._delay_before = packet.delay_s
        if self._pairs < _PAIRS or self._trains < 3:
            return False
        sent_s = max(self._sent_s, self._bytes * 8 / pacing_bps)
        if sent_s < 4 * self.jitter_s * self._trains**0.5 and self._trains < _MOST_TRAINS:
            return False
        grain_s = _GRAIN_S * self._trains
        self.stretched = not self.blurred and self._arrived_s > _STRETCHED * sent_s + grain_s
        if self._arrived_s <= _UNSTRETCHED * sent_s + grain_s:
            if self._bytes * 8 / sent_s >= 0.8 * self.burst_bps:
                self.burst_bps = min(self.burst_bps * _GROWTH, MOST_BPS)
        elif self.stretched:
            line_bps = self._bytes * 8 / (self._arrived_s - grain_s)
            self.line_bps = line_bps
            self.burst_bps += 0.6 * (HEADROOM * line_bps - self.burst_bps)
        self._clear()
        return True

    @property
    def blurred(self) -> bool:
        """Packets arrive in clumps that no queue explains (within a train a queue only grows): trains tell little."""
        return self._clumped > _BLURRED

    @property
    def clumping(self) -> bool:
        """The same, at its first sign."""
        return self._clumped > _BLURRED / 3

    @property
    def noise_s(self) -> float:
        """How far jitter may stretch a train; 0 while it does not show."""
        return self.jitter_s if self.blurred else 0.0

    @property
    def carried_bps(self) -> float:
        """What trains show the line to carry at least."""
        return self.burst_bps / HEADROOM
