"""Sequence numbers of one sender to growing integers, across wraps, restarts and another SSRC. Pure."""

import enum
from dataclasses import dataclass

HALF = 1 << 15
WHOLE = 1 << 16
MAX_STEP = 3000
"""A larger step, either way, is a sender that began anew (RFC 3550 appendix A.1: MAX_DROPOUT). The way back is as long:
repaired packets come late."""
FORMER_SILENT_S = 2.0
"""So long the SSRC before this one is not listened to, for its stragglers."""


class Arrival(enum.Enum):
    """What a packet is to the stream."""

    CONTINUES = enum.auto()
    BEGINS = enum.auto()
    """The first packet of a stream: nothing held before it belongs to it."""
    CONFIRMS = enum.auto()
    """As BEGINS, and the packet before this one, which seemed out of place, belongs to the new stream too."""
    FOREIGN = enum.auto()
    """Not of this stream, or not yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a packet stands; `number` is without meaning for FOREIGN ones."""

    arrival: Arrival
    number: int = 0


class PacketNumbers:
    """Follows one stream. Low 16 bits of a number are the sequence number; numbers never shrink over a restart."""

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._former: int | None = None
        self._changed_at_s = 0.0
        self._newest = 0
        self._suspect: int | None = None

    @property
    def newest(self) -> int:
        """The highest number so far."""
        return self._newest

    def place(self, ssrc: int, sequence: int, now_s: float, *, recovered: bool) -> Place:
        """Place a packet. A repaired one (`recovered`) never begins a stream."""
        if ssrc != self._ssrc:
            straggler = ssrc == self._former and now_s - self._changed_at_s < FORMER_SILENT_S
            if recovered or straggler:
                return Place(Arrival.FOREIGN)
            self._former, self._ssrc, self._changed_at_s = self._ssrc, ssrc, now_s
            return self._begin(sequence, Arrival.BEGINS)
        step = (sequence - self._newest + HALF) % WHOLE - HALF
        if abs(step) <= MAX_STEP:
            self._suspect = None if not recovered else self._suspect
            number = self._newest + step
            self._newest = max(self._newest, number)
            return Place(Arrival.CONTINUES, number)
        if recovered:
            return Place(Arrival.FOREIGN)
        if self._suspect is not None and sequence == (self._suspect + 1) % WHOLE:
            return self._begin(sequence, Arrival.CONFIRMS)
        self._suspect = sequence
        return Place(Arrival.FOREIGN)

    def _begin(self, sequence: int, arrival: Arrival) -> Place:
        self._suspect = None
        self._newest = (self._newest // WHOLE + 2) * WHOLE + sequence
        return Place(arrival, self._newest)
