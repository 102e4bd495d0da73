"""The receiving side of sound: packets in on the loop, samples out to the player's thread."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.rtp.packet import RtpPacket, Unwrapper
from vidphone.media.voice.audio_buffer import AudioBuffer
from vidphone.media.voice.counters import AudioCounters
from vidphone.media.voice.frames import WaitingFrame
from vidphone.media.voice.opus import OpusDecoder, frame_samples, has_recovery
from vidphone.media.voice.red import Frame, unpack

MAX_WAITING_PACKETS = 100
"""2 s that no player asked for; then the oldest go."""
_MAX_GAPS = 6000
_TIMESTAMP_MASK = (1 << 32) - 1
_HALF = 1 << 31
_FULL_SCALE = 32_768.0


@dataclass(frozen=True, slots=True)
class Playing:
    """What the player was given last: the RTP timestamp (32 bits) of its first sample, and when, monotonic."""

    rtp_timestamp: int
    at_s: float


class AudioReceiver:
    """One remote stream of Opus, plain or as RED.

    `packet` never waits for the player: packets go through a bounded queue that `take` empties.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` has to be that of `packet`'s `now_s`.

        Raises:
            OpusUnavailable: there is no Opus library.
            OpusError: it makes no decoder.
        """
        self.counters = AudioCounters()
        self.playing: Playing | None = None
        self._clock = clock
        self._buffer = AudioBuffer(OpusDecoder(), self.counters)
        self._packets: deque[tuple[RtpPacket, float, bool]] = deque(maxlen=MAX_WAITING_PACKETS)
        self._pulling = threading.Lock()
        self._ssrc: int | None = None
        self._unwrapper = Unwrapper(32)
        self._gaps_s: deque[float] = deque(maxlen=_MAX_GAPS)
        self._fresh_at_s: float | None = None

    @property
    def delay_s(self) -> float:
        """How long sound waits from its arrival to the player, smoothed."""
        return self._buffer.delay_s

    def set_minimum_delay(self, seconds: float) -> None:
        """Let sound wait for that long at least: the picture is later. Any thread."""
        self._buffer.set_minimum_delay(seconds)

    def packet(self, packet: RtpPacket, now_s: float, red: bool = False) -> None:
        """Take a packet of Opus, or with `red` of redundant Opus. On the loop; what is damaged is counted, no more."""
        self.counters.packets_received += 1
        self.counters.bytes_received += len(packet.payload)
        if len(self._packets) == MAX_WAITING_PACKETS:
            self.counters.packets_discarded += 1
        self._packets.append((packet, now_s, red))

    def take(self, count: int) -> Samples | None:
        """The next `count` samples for the player; None before the first sound, and when none came for long."""
        with self._pulling:
            now_s = self._clock()
            while self._packets:
                self._insert(*self._packets.popleft())
            samples = self._buffer.take(count, now_s)
            counters = self.counters
            counters.total_samples_duration_s += count / SAMPLE_RATE_HZ
            if samples is None:
                self._fresh_at_s = self.playing = None
                return None
            counters.total_samples_received += count
            level = samples.astype(np.float32)
            counters.total_audio_energy += float(level @ level) / (_FULL_SCALE * _FULL_SCALE * SAMPLE_RATE_HZ)
            self._note(now_s)
            return samples

    def take_gap_p95_ms(self) -> float | None:
        """95th percentile of the time between two pulls that gave received sound, since the last call; any thread."""
        gaps_s = [self._gaps_s.popleft() for _ in range(len(self._gaps_s))]
        return float(np.percentile(gaps_s, 95)) * 1000 if gaps_s else None

    def _note(self, now_s: float) -> None:
        if self._buffer.fresh:
            if self._fresh_at_s is not None:
                self._gaps_s.append(now_s - self._fresh_at_s)
            self._fresh_at_s = now_s
        timestamp = self._buffer.given
        self.playing = None if timestamp is None else Playing(timestamp & _TIMESTAMP_MASK, now_s)

    def _insert(self, packet: RtpPacket, arrived_s: float, red: bool) -> None:
        if packet.ssrc != self._ssrc:
            self._ssrc = packet.ssrc
            self._unwrapper = Unwrapper(32)
            self._buffer.reset()
        own = Frame(packet.payload_type, packet.timestamp, packet.payload)
        try:
            frames = unpack(packet.payload, packet.timestamp) if red else [own]
        except ValueError:
            self.counters.packets_discarded += 1
            return
        timestamp = self._unwrapper.unwrap(packet.timestamp)
        # The packet's own frame first: an in-band recovery is worth less than a redundant copy of the same frame.
        for frame in reversed(frames):
            behind = (packet.timestamp - frame.rtp_timestamp) & _TIMESTAMP_MASK
            if frame.payload_type == frames[-1].payload_type and behind < _HALF:
                self._insert_frame(frame.payload, timestamp - behind, arrived_s, redundant=frame is not frames[-1])

    def _insert_frame(self, payload: bytes, timestamp: int, arrived_s: float, *, redundant: bool) -> None:
        try:
            length = frame_samples(payload)
        except ValueError:
            self.counters.packets_discarded += 1
            return
        self._buffer.insert(WaitingFrame(timestamp, length, payload, arrived_s, redundant=redundant))
        if not redundant and has_recovery(payload):
            self._buffer.insert(WaitingFrame(timestamp - length, length, payload, arrived_s, recovery=True))
