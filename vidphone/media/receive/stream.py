"""One stream of video from its packets to frames that are due at the decoder. Pure: time is an argument.

Joins the order of packets, the requests for missing ones and for key frames, and the time of showing.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vidphone.media.payload import DEPACKETIZERS, Depacketizer, Piece
from vidphone.media.receive.counters import StreamCounters
from vidphone.media.receive.keyframe_requests import KeyframeRequests
from vidphone.media.receive.nack import COALESCE_S, NackGenerator
from vidphone.media.receive.playout import Playout
from vidphone.media.receive.sequence import Arrival, PacketNumbers
from vidphone.media.receive.tail import TailWatch
from vidphone.media.receive.video_buffer import BufferedPacket, EncodedFrame, Verdict, VideoBuffer
from vidphone.media.rtp.packet import RtpPacket

MAX_SCHEDULED_FRAMES = 150
"""Frames that wait for their time: more than the longest delay at 60 frames/s. Beyond it the oldest is due at once."""
DECODE_SMOOTHING = 1 / 8


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done now."""

    frames: Sequence[EncodedFrame]
    """To be decoded and shown, in this order."""
    nacks: Sequence[int]
    """Packets to ask for: sequence numbers of 16 bits."""
    keyframe: bool
    """Whether to ask for a key frame."""


class VideoStream:
    """Call `packet` for each packet, then `step`; and `step` again at `next_at_s`."""

    def __init__(self, depacketizers: Mapping[str, Callable[[], Depacketizer]] = DEPACKETIZERS) -> None:
        self._makers = depacketizers
        self._depacketizers: dict[str, Depacketizer] = {}
        self._numbers = PacketNumbers()
        self._nack = NackGenerator()
        self._buffer = VideoBuffer(self._assemble)
        self._requests = KeyframeRequests()
        self._tail = TailWatch()
        self._scheduled: deque[tuple[float, EncodedFrame]] = deque()
        self._suspect: tuple[str, RtpPacket, float] | None = None
        self._lost_since_s: float | None = None
        self._lost_patience_s = 0.0
        self._last_packet_s = 0.0
        self._last_keyframe_index = 0
        self._decode_s = 0.0
        self._expected_before = 0
        self._first = 0
        self._keyframe_at_s: float | None = None
        self.playout = Playout()
        self.counters = StreamCounters()

    @property
    def abandoned_frames(self) -> int:
        """Frames that were received, in part at least, and never given to the decoder."""
        return self._buffer.abandoned_frames

    @property
    def held_packets(self) -> int:
        """Packets in the buffer."""
        return self._buffer.held_packets

    def set_round_trip(self, round_trip_s: float) -> None:
        """The line's round trip, as RTCP measures it."""
        self._nack.set_round_trip(round_trip_s)
        self._requests.set_round_trip(round_trip_s)
        self._tail.set_round_trip(round_trip_s)

    def packet(self, codec: str, packet: RtpPacket, now_s: float, *, recovered: bool = False) -> None:
        """Take a packet of the media SSRC, `recovered` where it came by retransmission or error correction."""
        place = self._numbers.place(packet.ssrc, packet.sequence_number, now_s, recovered=recovered)
        if place.arrival is Arrival.FOREIGN:
            if not recovered:
                self._suspect = (codec, packet, now_s)
            return
        if place.arrival is not Arrival.CONTINUES:
            self._begin(place.number, now_s)
            if place.arrival is Arrival.CONFIRMS and self._suspect is not None:
                codec_before, before, at_s = self._suspect
                self._first -= 1
                self._insert(codec_before, before, place.number - 1, at_s, recovered=False)
        self._suspect = None
        self._insert(codec, packet, place.number, now_s, recovered=recovered)

    def step(self, now_s: float) -> Step:
        """What is due now."""
        for frame in self._buffer.take(now_s):
            self._count(frame)
            if frame.keyframe:
                self._last_keyframe_index = frame.index
            show_at_s = self.playout.show_at_s(frame.rtp_timestamp, frame.decodable_at_s, repaired=frame.repaired)
            self._scheduled.append((show_at_s, frame))
        self._nack.forget_before(self._buffer.useful_from)
        frames = []
        while self._scheduled and (
            self._scheduled[0][0] - self._decode_s <= now_s + COALESCE_S or len(self._scheduled) > MAX_SCHEDULED_FRAMES
        ):
            frame = self._scheduled.popleft()[1]
            self.counters.jitter_buffer_emitted_count += 1
            self.counters.jitter_buffer_delay_s += now_s - frame.first_at_s
            frames.append(frame)
        if (lost := self._tail.take_lost(now_s + COALESCE_S)) is not None:
            self._nack.presume_lost(lost, now_s)
        nacks = self._nack.due(now_s)
        self.counters.nack_count += bool(nacks)
        return Step(frames, [number & 0xFFFF for number in nacks], self._asks_for_keyframe(now_s))

    @property
    def next_at_s(self) -> float | None:
        """When to call `step` if no packet comes before."""
        at_s = math.inf if self._nack.next_at_s is None else self._nack.next_at_s
        if self._scheduled:
            at_s = min(at_s, self._scheduled[0][0] - self._decode_s)
        for other_s in (self._keyframe_at_s, self._tail.due_at_s):
            if other_s is not None:
                at_s = min(at_s, other_s)
        return None if at_s == math.inf else at_s

    def decoded(self, decode_s: float) -> None:
        """How long a frame took to decode: so much earlier the next ones are due."""
        self._decode_s += (decode_s - self._decode_s) * DECODE_SMOOTHING

    def decoder_lost(self, index: int, now_s: float) -> None:
        """The decoder could not go on at frame `index`; it begins again at the next key frame it is given."""
        if index < self._last_keyframe_index:
            return
        self._buffer.lose()
        self._scheduled.clear()
        self._lose(now_s)

    def _begin(self, number: int, now_s: float) -> None:
        if self._first:
            self._expected_before = self.counters.packets_expected
            self._buffer.clear()
            self._nack.clear()
            self.playout.restart()
        self._first = number
        self._lost_since_s, self._lost_patience_s = now_s, self._requests.start_patience_s

    def _insert(self, codec: str, packet: RtpPacket, number: int, now_s: float, *, recovered: bool) -> None:
        self._last_packet_s = now_s
        self.counters.packets_expected = self._expected_before + self._numbers.newest - self._first + 1
        was_missing = self._nack.received(number, now_s)
        self._tail.received(number, packet.timestamp, now_s, ends=packet.marker or not packet.payload)
        piece = self._piece(codec, packet)
        if piece is None and packet.payload:  # as the sender made it: another copy would be no better
            self.counters.packets_damaged += 1
            return
        held = BufferedPacket(codec, packet.timestamp, packet.marker, piece, now_s, recovered)
        verdict = self._buffer.add(number, held)
        if verdict is Verdict.DUPLICATE or (verdict is Verdict.LATE and not was_missing):
            self.counters.packets_duplicated += 1
            return
        self.counters.packets_discarded += verdict is Verdict.LATE
        if number == self._first and piece is not None and not piece.starts_frame:
            self._nack.presume_lost_before(number, now_s)
        if recovered:
            self.counters.packets_repaired += verdict is Verdict.TAKEN
        else:
            self.counters.packets_received += 1
            self.counters.bytes_received += len(packet.payload)

    def _piece(self, codec: str, packet: RtpPacket) -> Piece | None:
        if not packet.payload:
            return None
        if (depacketizer := self._depacketizers.get(codec)) is None:
            if (maker := self._makers.get(codec)) is None:
                return None
            depacketizer = self._depacketizers[codec] = maker()
        try:
            return depacketizer.piece(packet.payload)
        except ValueError:
            return None

    def _assemble(self, codec: str, pieces: Sequence[Piece]) -> bytes:
        return self._depacketizers[codec].assemble(pieces)

    def _count(self, frame: EncodedFrame) -> None:
        self.counters.frames_received += 1
        if frame.packets > 1:
            self.counters.frames_assembled_from_multiple_packets += 1
            self.counters.total_assembly_time_s += frame.complete_at_s - frame.first_at_s

    def _lose(self, now_s: float) -> None:
        self._lost_since_s, self._lost_patience_s = now_s, 0.0

    def _asks_for_keyframe(self, now_s: float) -> bool:
        buffer = self._buffer
        if buffer.synchronised:
            self._lost_since_s = None
        elif self._lost_since_s is None and self._last_packet_s:
            self._lose(now_s)
        since_s, patience_s = self._lost_since_s, self._lost_patience_s
        if since_s is None:
            since_s, patience_s = buffer.stalled_since_s, self._requests.stall_patience_s
            if buffer.blocked_at is not None and self._nack.gave_up(buffer.blocked_at):
                patience_s = 0.0
        if since_s is None:
            self._requests.satisfied()
            self._keyframe_at_s = None
            return False
        due_s = self._requests.due_at_s(since_s, patience_s, buffer.keyframe_progress_s, self._last_packet_s)
        self._keyframe_at_s = due_s
        if due_s > now_s + COALESCE_S:
            return False
        self._requests.asked(self._last_packet_s, now_s)
        self.counters.pli_count += 1
        self._keyframe_at_s = now_s + self._requests.interval_s
        return True
