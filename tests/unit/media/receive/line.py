"""A sender, a line and the receiver's pure part, in virtual time. RTX answers what is asked for, once a round trip."""

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vidphone.media.payload import Piece
from vidphone.media.receive.stream import VideoStream
from vidphone.media.receive.video_buffer import EncodedFrame
from vidphone.media.rtp.packet import RtpPacket

CODEC = "TEST"
SSRC = 7
TICKS = 3000
FRAME_S = 1 / 30


class TestDepacketizer:
    """A payload is: 1 where it starts a frame, plus 2 of a key frame; the frame's number, 3 bytes; filling."""

    __test__ = False

    def piece(self, payload: bytes) -> Piece:
        if len(payload) < 4:
            raise ValueError("short")
        return Piece(payload[1:], bool(payload[0] & 1), payload[0] == 3)

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        if not pieces[0].starts_frame or len({piece.data[:3] for piece in pieces}) > 1:
            raise ValueError("not one frame")
        return pieces[0].data[:3]


def stream() -> VideoStream:
    return VideoStream({CODEC: TestDepacketizer, "OTHER": TestDepacketizer})


def frame_packets(
    number: int,
    first_sequence: int,
    count: int,
    *,
    keyframe: bool = False,
    ssrc: int = SSRC,
    timestamp: int | None = None,
) -> list[RtpPacket]:
    """The packets of one frame."""
    stamp = (number * TICKS if timestamp is None else timestamp) % (1 << 32)
    return [
        RtpPacket(
            96,
            (first_sequence + place) % (1 << 16),
            stamp,
            ssrc,
            bytes([(not place) * (1 + 2 * keyframe)]) + number.to_bytes(3, "big"),
            marker=place == count - 1,
        )
        for place in range(count)
    ]


@dataclass
class Line:
    """What a line does to a packet sent: seconds it takes, or None where it is lost. Called in order of sending."""

    delay_s: float = 0.05
    jitter_s: float = 0.0
    loss: float = 0.0
    burst: float = 1.0
    reorder: bool = False
    seed: int = 1
    lossy_from_s: float = 0.0
    lossy_until_s: float = 1e9
    _lost: bool = False
    _last_s: float = 0.0
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def arrival(self, now_s: float) -> float | None:
        """When what is sent now arrives. Losses come in runs of mean length `burst` (Gilbert)."""
        lossy = self.loss > 0 and self.lossy_from_s <= now_s < self.lossy_until_s
        go_on = 1 - 1 / self.burst
        begin = self.loss * (1 - go_on) / (1 - self.loss) if self.burst > 1 else self.loss
        chance = go_on if self._lost and self.burst > 1 else begin
        self._lost = lossy and self.rng.random() < chance
        if self._lost:
            return None
        at_s = now_s + self.delay_s + self.rng.uniform(-1, 1) * self.jitter_s
        if not self.reorder:
            at_s = max(at_s, self._last_s)
            self._last_s = at_s
        return at_s


@dataclass
class Outcome:
    """What a simulated call gave. Latency is from capture to the decoder."""

    latencies_s: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    shown_at_s: list[float] = field(default_factory=list)
    nacked: int = 0
    answers: int = 0
    keyframes_asked: list[float] = field(default_factory=list)
    most_held: int = 0
    sent_frames: int = 0

    def latency(self, quantile: float) -> float:
        return sorted(self.latencies_s)[int(quantile * (len(self.latencies_s) - 1))]


def run(
    line: Line,
    seconds: float,
    *,
    packets: Callable[[random.Random], int] = lambda _: 5,
    back: Line | None = None,
    receiver: VideoStream | None = None,
) -> Outcome:
    """Send 30 frames/s over the line for so long; each frame's packets 1 ms apart."""
    receiver = receiver or stream()
    back = back or Line(delay_s=line.delay_s)
    receiver.set_round_trip(line.delay_s + back.delay_s)
    out, order, events = Outcome(), itertools.count(), list[tuple[float, int, str, object]]()
    history: dict[int, RtpPacket] = {}
    sequence, keyframe_wanted, keyframe_at_s = 65_000, True, -1.0
    answered_at_s: dict[int, float] = {}

    def push(at_s: float, kind: str, what: object) -> None:
        heapq.heappush(events, (at_s, next(order), kind, what))

    def act(now_s: float) -> None:
        step = receiver.step(now_s)
        for frame in step.frames:
            note(frame, now_s)
        if step.nacks:
            out.nacked += len(step.nacks)
            if (at_s := back.arrival(now_s)) is not None:
                push(at_s, "nack", step.nacks)
        if step.keyframe:
            out.keyframes_asked.append(now_s)
            if (at_s := back.arrival(now_s)) is not None:
                push(at_s, "pli", None)
        out.most_held = max(out.most_held, receiver.held_packets)
        if (at := receiver.next_at_s) is not None:
            assert at > now_s
            push(at, "timer", None)

    def note(frame: EncodedFrame, now_s: float) -> None:
        number = int.from_bytes(frame.data, "big")
        out.numbers.append(number)
        out.shown_at_s.append(now_s)
        out.latencies_s.append(now_s - number * FRAME_S)
        receiver.playout.shown(frame.rtp_timestamp, now_s)

    for number in range(int(seconds * 30)):
        push(number * FRAME_S, "frame", number)
    while events:
        now_s, _, kind, what = heapq.heappop(events)
        if now_s > seconds + 5:
            break
        if kind == "frame":
            assert isinstance(what, int)
            out.sent_frames += 1
            keyframe, keyframe_wanted = keyframe_wanted, False
            count = packets(line.rng) * (6 if keyframe else 1)
            for place, packet in enumerate(frame_packets(what, sequence, count, keyframe=keyframe)):
                push(now_s + place / 1000, "send", packet)
            sequence += count
        elif kind == "send":
            assert isinstance(what, RtpPacket)
            history[what.sequence_number] = what
            if (at_s := line.arrival(now_s)) is not None:
                push(at_s, "packet", (what, False))
        elif kind == "nack":
            assert isinstance(what, Sequence)
            for asked in what:
                if asked not in history or now_s - answered_at_s.get(asked, -9.0) < 0.7 * (line.delay_s + back.delay_s):
                    continue
                out.answers += 1
                answered_at_s[asked] = now_s
                if (at_s := line.arrival(now_s)) is not None:
                    push(at_s, "packet", (history[asked], True))
        elif kind == "pli":
            if now_s - keyframe_at_s > 0.2:
                keyframe_wanted, keyframe_at_s = True, now_s
        elif kind == "packet":
            assert isinstance(what, tuple)
            receiver.packet(CODEC, what[0], now_s, recovered=what[1])
            act(now_s)
        elif receiver.next_at_s is not None and receiver.next_at_s <= now_s:
            act(now_s)
    return out
