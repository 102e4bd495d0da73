"""Packets of one video stream to whole frames, in order, each as soon as it can be decoded. Pure.

A frame ends at its marker (RFC 6184 section 5.1, RFC 7741 section 4.1, RFC 9628 section 4.1, AV1 RTP section 4), or
where a packet of another RTP timestamp follows without a gap. A frame is decodable when every frame before it was
handed out, or when it is a key frame; a whole key frame behind a gap is handed out at once and what it overtook is
abandoned. Until then a gap is waited for: when the wait is worse than a key frame is for the caller to say, and a
repair that comes after the request is still of use.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vidphone.media.payload import Piece

MAX_PACKETS = 2048
MAX_FRAMES = 120
MAX_HELD_S = 3.0
"""What was held for so long is abandoned, whatever it waits for."""
MAX_KEYFRAMES = 16


class Verdict(enum.Enum):
    """What became of a packet."""

    TAKEN = enum.auto()
    DUPLICATE = enum.auto()
    LATE = enum.auto()
    """Its frame was handed out or abandoned."""


@dataclass(frozen=True, slots=True)
class BufferedPacket:
    """A packet as the buffer needs it; `piece` is None where it is padding only."""

    codec: str
    rtp_timestamp: int
    marker: bool
    piece: Piece | None
    at_s: float
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame as its encoder made it. Times are monotonic seconds."""

    codec: str
    data: bytes
    rtp_timestamp: int
    """32 bits, 90 kHz."""
    keyframe: bool
    packets: int
    first_at_s: float
    """When its first packet came."""
    complete_at_s: float
    """When its last packet came."""
    decodable_at_s: float
    """When it was whole and everything before it, too; grows from frame to frame."""
    repaired: bool
    """Whether it, or a frame it had to wait for, was repaired or came in disorder."""
    index: int
    """Counts the frames handed out."""


class VideoBuffer:
    """Holds what is not yet decodable. Packets are numbered by sequence numbers unwrapped to growing integers."""

    def __init__(self, assemble: Callable[[str, Sequence[Piece]], bytes]) -> None:
        """Frames are put together by `assemble(codec, pieces)`, which raises ValueError where they do not fit."""
        self._assemble = assemble
        self._held: dict[int, BufferedPacket] = {}
        self._keyframes: dict[int, int] = {}
        """First number of each key frame held, and up to where it was seen to be without a gap."""
        self._after: dict[int, int] = {}
        """By the number of the picture before: where a frame that is held begins."""
        self._picture: int | None = None
        """Of the frame handed out last, where its format counts pictures."""
        self._markers = 0
        self._next: int | None = None
        """First number of the next frame; None: it has to be a key frame."""
        self._end = 0
        """Up to where the next frame was seen to be without a gap."""
        self._floor = 0
        """Whatever is numbered below was handed out or abandoned."""
        self._newest = -1
        self._codec = ""
        self._index = 0
        self.stalled_since_s: float | None = None
        """Since when a frame waits for a missing packet, with no frame handed out."""
        self.keyframe_progress_s: float | None = None
        """When the last packet of a key frame that is arriving came; None where none is arriving."""
        self.abandoned_frames = 0
        """Frames, as far as their ends were seen, that were received and never handed out."""

    @property
    def synchronised(self) -> bool:
        """Whether a frame other than a key frame can come next."""
        return self._next is not None

    @property
    def blocked_at(self) -> int | None:
        """The missing packet that everything waits for."""
        return self._end if self.stalled_since_s is not None and self._next is not None else None

    @property
    def useful_from(self) -> int:
        """Packets below this number are of no use."""
        return min(self._keyframes, default=self._floor) if self._next is None else self._next

    @property
    def held_packets(self) -> int:
        """Packets held, padding included."""
        return len(self._held)

    def add(self, number: int, packet: BufferedPacket) -> Verdict:
        """Take a packet; `take` says what became decodable."""
        if number < self._floor:
            return Verdict.LATE
        if number in self._held:
            return Verdict.DUPLICATE
        self._held[number] = packet
        self._newest = max(self._newest, number)
        self._markers += packet.marker
        if packet.piece is not None and packet.piece.starts_frame and packet.piece.picture_before is not None:
            self._after[packet.piece.picture_before] = number
        if packet.piece is not None and packet.piece.keyframe:
            self._keyframes[number] = number
            if len(self._keyframes) > MAX_KEYFRAMES:
                del self._keyframes[min(self._keyframes)]
        return Verdict.TAKEN

    def take(self, now_s: float) -> list[EncodedFrame]:
        """The frames that became decodable, oldest first."""
        frames: list[EncodedFrame] = []
        while True:
            if (end := self._whole()) is not None:
                if (frame := self._hand_out(end, now_s)) is not None:
                    frames.append(frame)
                continue
            if not self._jump():
                break
        self._note_stall(now_s, progressed=bool(frames))
        self._keep_bounds(now_s)
        return frames

    def lose(self) -> None:
        """The decoder lost its references: only a key frame can come next."""
        self._next = self._picture = None
        self.stalled_since_s = None
        self._drop_before(min(self._keyframes, default=self._newest + 1))

    def clear(self) -> None:
        """Another stream begins."""
        self._keyframes.clear()
        self.lose()
        self._newest = -1

    def _whole(self) -> int | None:
        """One past the last packet of the next frame, where all of it is here."""
        if self._next is None:
            return None
        while (packet := self._held.get(self._next)) is not None and packet.piece is None:
            self._drop(self._next)
            self._next += 1
            self._floor = self._next
        self._pass_over()
        self._end, whole = self._follow(self._next, max(self._end, self._next))
        return self._end if whole else None

    def _pass_over(self) -> None:
        """Go on at the next picture where numbers before it are missing that were not of a picture: repair packets."""
        if self._next is None or self._picture is None or self._next in self._held:
            return
        if (first := self._after.get(self._picture, -1)) > self._next:
            self._next = self._floor = first
            for number in [held for held in self._held if held < first]:
                self._drop(number)

    def _follow(self, first: int, at: int) -> tuple[int, bool]:
        """Go on from `at` through the frame that begins at `first`: where its gap or its end is, and which it is."""
        if (beginning := self._held.get(first)) is None:
            return first, False
        if at > first and (last := self._held.get(at - 1)) is not None and last.marker and last.piece is not None:
            return at, True
        while (packet := self._held.get(at)) is not None:
            if packet.piece is not None:
                if packet.rtp_timestamp != beginning.rtp_timestamp or packet.codec != beginning.codec:
                    return at, True
                if packet.marker:
                    return at + 1, True
            at += 1
        return at, False

    def _jump(self) -> bool:
        """Go on at the first whole key frame behind a gap."""
        for first in sorted(self._keyframes):
            if self._next is not None and first <= self._next:
                continue
            self._keyframes[first], whole = self._follow(first, self._keyframes[first])
            if whole and (beginning := self._beginning(first)) is not None:
                self._next, self._end = beginning, self._keyframes[first]
                self._drop_before(beginning)
                return True
        return False

    def _beginning(self, number: int) -> int | None:
        """Where the frame of this packet begins, if that is certain."""
        packet = self._held[number]
        while packet.piece is None or not packet.piece.starts_frame:
            before = self._held.get(number - 1)
            if before is None:
                return None
            if before.marker or before.rtp_timestamp != packet.rtp_timestamp or before.codec != packet.codec:
                return number
            number, packet = number - 1, before
        return number

    def _hand_out(self, end: int, now_s: float) -> EncodedFrame | None:
        first = self._next if self._next is not None else end
        packets = [self._drop(number) for number in range(first, end)]
        self._next = self._end = self._floor = end
        self._keyframes = {number: at for number, at in self._keyframes.items() if number >= end}
        media = [(packet, packet.piece) for packet in packets if packet.piece is not None]
        keyframe = any(piece.keyframe for _, piece in media)
        codec = media[0][0].codec
        arrivals_s = [packet.at_s for packet, _ in media]
        try:
            if codec != self._codec and not keyframe:
                raise ValueError("another codec begins without a key frame")
            data = self._assemble(codec, [piece for _, piece in media])
        except ValueError:
            self.abandoned_frames += 1
            self.lose()
            return None
        self._codec, self._picture = codec, media[0][1].picture
        self._index += 1
        disordered = any(later < earlier for earlier, later in pairwise(arrivals_s))
        waited = self.stalled_since_s is not None
        repaired = waited or disordered or any(packet.recovered for packet, _ in media)
        return EncodedFrame(
            codec,
            data,
            media[0][0].rtp_timestamp,
            keyframe,
            len(media),
            min(arrivals_s),
            max(arrivals_s),
            now_s,
            repaired,
            self._index,
        )

    def _note_stall(self, now_s: float, *, progressed: bool) -> None:
        blocked = self._next is not None and self._end <= self._newest
        if not blocked:
            self.stalled_since_s = None
        elif progressed or self.stalled_since_s is None:
            self.stalled_since_s = now_s
        self.keyframe_progress_s = None
        for first, at in self._keyframes.items():
            if (last := self._held.get(max(at - 1, first))) is not None and (self._next is None or first >= self._next):
                self.keyframe_progress_s = max(self.keyframe_progress_s or 0.0, last.at_s)

    def _keep_bounds(self, now_s: float) -> None:
        while self._held and (
            len(self._held) > MAX_PACKETS
            or self._markers > MAX_FRAMES
            or now_s - next(iter(self._held.values())).at_s > MAX_HELD_S
        ):
            oldest = min(self._held)
            self._next = self._picture = None
            self.stalled_since_s = None
            self._drop_before(min((first for first in self._keyframes if first > oldest), default=self._newest + 1))

    def _drop(self, number: int) -> BufferedPacket:
        packet = self._held.pop(number)
        self._markers -= packet.marker
        before = packet.piece.picture_before if packet.piece is not None else None
        if before is not None and self._after.get(before) == number:
            del self._after[before]
        return packet

    def _drop_before(self, number: int) -> None:
        self._floor = max(self._floor, number)
        for held in [held for held in self._held if held < number]:
            packet = self._drop(held)
            self.abandoned_frames += packet.marker and packet.piece is not None
        self._keyframes = {first: at for first, at in self._keyframes.items() if first >= number}
