"""Packets in, frames in order out. Pure: the only clock is the packets' own.

aiortc's buffer hands a picture out when the first packet of the next one has come (33 ms late) and can stand still for
a hundred pictures after one lost packet; here the marker ends a picture (RFC 6184 section 5.1, RFC 7741 section 4.1)
and what was not repaired in time is given up.
"""

from dataclasses import dataclass

VIDEO_PATIENCE_TICKS = 18_000
"""200 ms at 90 kHz: how long a missing packet may still come by retransmission."""
AUDIO_PATIENCE_PACKETS = 2
"""So many later packets may come before a missing one is given up: 40 ms."""
MAX_HELD_PACKETS = 2048
MAX_JUMP = 3000
"""A larger step in sequence numbers is a new stream, not a loss (RFC 3550 A.1: MAX_DROPOUT)."""


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One picture or one packet of sound as its encoder made it."""

    timestamp: int
    """RTP timestamp, 32 bits."""
    data: bytes
    lost_before: int
    """Packets that were given up right before this frame."""


def unwrap(value: int, near: int, bits: int) -> int:
    """The whole number next to `near` whose low `bits` are `value`."""
    size = 1 << bits
    return near + (value - near + size // 2) % size - size // 2


@dataclass(frozen=True, slots=True)
class _Held:
    timestamp: int
    marker: bool
    data: bytes


class VideoAssembler:
    """Pictures from packets."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._started = False
        self._next = 0
        self._newest = 0
        self._lost = 0

    def add(self, sequence: int, timestamp: int, marker: bool, data: bytes) -> list[EncodedFrame]:
        """Take a packet; what became complete by it, oldest first."""
        if not self._started:
            self._started = True
            self._next = self._newest = sequence
        number = unwrap(sequence, self._newest, 16)
        if abs(number - self._newest) > MAX_JUMP or len(self._held) >= MAX_HELD_PACKETS:
            self._held.clear()
            self._next = self._newest = number
            self._lost = max(self._lost, 1)
        if number < self._next:
            return []
        self._held[number] = _Held(timestamp, marker, data)
        self._newest = max(self._newest, number)
        frames = self._complete()
        while self._overdue():
            self._give_up()
            frames += self._complete()
        return frames

    def _complete(self) -> list[EncodedFrame]:
        frames = []
        while (end := self._end_of_frame()) is not None:
            parts = [self._held.pop(number) for number in range(self._next, end)]
            self._next = end
            if data := b"".join(part.data for part in parts):
                frames.append(EncodedFrame(parts[0].timestamp, data, self._lost))
                self._lost = 0
        return frames

    def _end_of_frame(self) -> int | None:
        """One past the last packet of the first picture, if all of it is here."""
        number = self._next
        if (first := self._held.get(number)) is None:
            return None
        packet: _Held | None = first
        while packet is not None and packet.timestamp == first.timestamp:
            number += 1
            if packet.marker:
                return number
            packet = self._held.get(number)
        return None if packet is None else number

    def _overdue(self) -> bool:
        if not self._held:
            return False
        oldest = self._held[min(self._held)].timestamp
        return unwrap(self._held[max(self._held)].timestamp, oldest, 32) - oldest > VIDEO_PATIENCE_TICKS

    def _give_up(self) -> None:
        """Go on behind the first gap."""
        number = self._next
        while number in self._held:
            del self._held[number]
            number += 1
        later = min(self._held, default=number)
        self._lost += later - number
        self._next = later


class AudioOrder:
    """Packets of sound in order, each as soon as it can be said that none is to come before it."""

    def __init__(self) -> None:
        self._held: dict[int, EncodedFrame] = {}
        self._started = False
        self._next = 0

    def add(self, sequence: int, timestamp: int, data: bytes) -> list[EncodedFrame]:
        """Take a packet; what can be played now, oldest first."""
        if not self._started:
            self._started = True
            self._next = sequence
        number = unwrap(sequence, self._next, 16)
        lost = 0
        if abs(number - self._next) > MAX_JUMP:
            self._held.clear()
            self._next = number
        if number < self._next:
            return []
        self._held[number] = EncodedFrame(timestamp, data, 0)
        if self._next not in self._held and len(self._held) > AUDIO_PATIENCE_PACKETS:
            first = min(self._held)
            lost, self._next = first - self._next, first
        frames = []
        while (frame := self._held.pop(self._next, None)) is not None:
            self._next += 1
            frames.append(EncodedFrame(frame.timestamp, frame.data, lost))
            lost = 0
        return frames
