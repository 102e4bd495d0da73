"""Packets sent and not yet spoken of by the receiver. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from vidphone.media.rate.model import PacketReport

KEPT_S = 10.0
KEPT_PACKETS = 30_000
_MOST_SKIPPED = 2000


@dataclass(slots=True)
class Sent:
    """One packet of ours on its way."""

    number: int
    size_bytes: int
    sent_s: float
    probe: int | None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet of ours that arrived."""

    number: int
    size_bytes: int
    sent_s: float
    arrival_s: float
    probe: int | None

    @property
    def delay_s(self) -> float:
        """One-way delay plus the unknown offset between the two clocks."""
        return self.arrival_s - self.sent_s


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one feedback said for the first time, in order of sending."""

    arrivals: list[Arrival]
    lost: list[Sent]
    found: int
    """Packets reported lost before that arrived after all."""
    skipped_bytes: int
    """Of packets whose feedback must have been lost, as a later one speaks of later packets."""


class History:
    """Bounded by time and count; a packet leaves it once it was reported received."""

    def __init__(self) -> None:
        self._packets: dict[int, Sent] = {}
        self._highest_reported = -1

    def add(self, packet: Sent) -> None:
        """Remember a packet; the oldest are forgotten."""
        self._packets[packet.number] = packet
        while self._packets:
            oldest = next(iter(self._packets.values()))
            if packet.sent_s - oldest.sent_s <= KEPT_S and len(self._packets) <= KEPT_PACKETS:
                break
            del self._packets[oldest.number]

    def report(self, reports: Sequence[PacketReport]) -> Outcome:
        """Match a feedback with what was sent. Unknown and repeated numbers are passed over."""
        arrivals: list[Arrival] = []
        lost: list[Sent] = []
        found = 0
        before = self._highest_reported
        for report in reports:
            packet = self._packets.get(report.number)
            if packet is None:
                continue
            self._highest_reported = max(self._highest_reported, report.number)
            if report.arrival_s is None:
                if not packet.lost:
                    packet.lost = True
                    lost.append(packet)
                continue
            found += packet.lost
            del self._packets[packet.number]
            arrivals.append(Arrival(packet.number, packet.size_bytes, packet.sent_s, report.arrival_s, packet.probe))
        arrivals.sort(key=lambda arrival: arrival.number)
        lost.sort(key=lambda packet: packet.number)
        skipped_bytes = 0
        if before >= 0 and (arrivals or lost):
            first = min([packet.number for packet in arrivals[:1]] + [packet.number for packet in lost[:1]])
            between = (self._packets.get(number) for number in range(max(before + 1, first - _MOST_SKIPPED), first))
            skipped_bytes = sum(packet.size_bytes for packet in between if packet is not None)
        return Outcome(arrivals, lost, found, skipped_bytes)

    def waiting_since_s(self) -> float | None:
        """When the oldest packet left that no feedback has reached yet, or None."""
        since_s = None
        for packet in reversed(self._packets.values()):
            if packet.number <= self._highest_reported:
                break
            since_s = packet.sent_s
        return since_s
