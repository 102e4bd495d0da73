"""What leaves: two threads that encode, and the tracks that aiortc's senders pull the packets from.

A track that hands out encoded packets keeps aiortc from encoding itself: its own way goes through the loop's shared
executor, rebuilds encoders at every change of rate and computes sound levels in Python.
"""

import asyncio
import threading
import time
from collections import deque
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, VideoBlock
from vidphone.media.rtc.encoders import ENCODERS, START_BITRATE, VIDEO_CLOCK_HZ, OpusEncoder

MAX_WAITING_FRAMES = 3
"""Encoded pictures that the loop has not sent yet; the encoder pauses at that, so the freshest picture is next."""
MAX_WAITING_BLOCKS = 5
"""100 ms of sound; the oldest block is dropped."""
MICROPHONE_GRACE_S = 0.03
"""A block that is later than this is replaced by silence: the other end must go on hearing that we live."""
MAX_AHEAD_S = 0.06
RESTART_AFTER_S = 0.5
JOIN_S = 5.0
_SILENCE = np.zeros(BLOCK_SAMPLES, np.int16)


class PacketTrack(MediaStreamTrack):
    """Encoded packets from a thread to one of aiortc's senders."""

    def __init__(self, kind: str, limit: int) -> None:
        super().__init__()
        self.kind = kind
        self._engine_loop = asyncio.get_running_loop()
        self._packets: deque[av.Packet[Any]] = deque(maxlen=limit)
        self._arrived = asyncio.Event()
        self.pulled = threading.Event()
        """Set once the sender asks for packets, that is, once the transport is open."""

    @property
    def waiting(self) -> int:
        """Packets not yet taken."""
        return len(self._packets)

    def push(self, packet: "av.Packet[Any]") -> None:
        """Add a packet; called on the encoder's thread."""
        self._packets.append(packet)
        try:
            self._engine_loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the loop is closed: nobody sends any more
            return

    async def recv(self) -> "av.Packet[Any]":
        """The next packet, as aiortc's sender asks for it.

        Raises:
            MediaStreamError: the track was stopped.
        """
        self.pulled.set()
        while not self._packets:
            if self.readyState != "live":
                raise MediaStreamError
            self._arrived.clear()
            await self._arrived.wait()
        return self._packets.popleft()

    def stop(self) -> None:
        """End it; a waiting `recv` raises."""
        super().stop()
        self._arrived.set()


class VideoSendTrack:
    """A `VideoSink` whose latest picture is encoded whenever the sender is ready for one."""

    def __init__(self) -> None:
        self.track = PacketTrack("video", MAX_WAITING_FRAMES + 1)
        self.frames_encoded = 0
        self.width = self.height = 0
        self.codec = ""
        self._changed = threading.Condition()
        self._latest: VideoBlock | None = None
        self._keyframe = True
        self._bits_per_s = START_BITRATE
        self._running = False
        self._thread: threading.Thread | None = None

    def start(self, codec: str) -> None:
        """Encode with a codec of `ENCODERS` from now on."""
        self.codec = codec
        self._running = True
        self._thread = threading.Thread(target=self._run, name="video encoder", daemon=True)
        self._thread.start()

    def video(self, block: VideoBlock) -> None:
        """Take a picture; it replaces one that was not encoded yet."""
        with self._changed:
            self._latest = block
            self._changed.notify()

    def forget(self) -> None:
        """Drop a picture that waits: the camera was switched off."""
        with self._changed:
            self._latest = None

    def request_keyframe(self) -> None:
        """The other side cannot decode (PLI, RFC 4585 section 6.3.1)."""
        self._keyframe = True

    def set_bitrate(self, bits_per_s: int) -> None:
        """The receiver's estimate of what the way carries (REMB)."""
        self._bits_per_s = bits_per_s

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._running = False
            self._changed.notify()
        self.track.pulled.set()
        self.track.stop()

    def join(self) -> None:
        """Wait for the thread's end; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _take(self) -> VideoBlock | None:
        with self._changed:
            while self._running and (self._latest is None or self.track.waiting >= MAX_WAITING_FRAMES):
                # The sender's progress is not signalled; while it is behind, look again after a third of a frame.
                self._changed.wait(0.01 if self._latest is not None else None)
            block, self._latest = self._latest, None
            return block if self._running else None

    def _run(self) -> None:
        encoder = ENCODERS[self.codec]()
        self.track.pulled.wait()
        origin_s: float | None = None
        while (block := self._take()) is not None:
            if origin_s is None:
                origin_s = block.made_at_s
            keyframe, self._keyframe = self._keyframe, False
            data = encoder.encode(block.frame, self._bits_per_s, keyframe=keyframe)
            self.width, self.height = block.frame.width, block.frame.height
            if not data:
                self._keyframe |= keyframe
                continue
            self.frames_encoded += 1
            packet = av.Packet(data)
            packet.pts = round((block.made_at_s - origin_s) * VIDEO_CLOCK_HZ)
            packet.time_base = Fraction(1, VIDEO_CLOCK_HZ)
            self.track.push(packet)


class AudioSendTrack:
    """An `AudioSink` whose blocks are sent in real time, with silence where none come."""

    def __init__(self) -> None:
        self.track = PacketTrack("audio", MAX_WAITING_BLOCKS)
        self.frames_encoded = 0
        self._changed = threading.Condition()
        self._blocks: deque[AudioBlock] = deque(maxlen=MAX_WAITING_BLOCKS)
        self._running = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Send from now on: silence until sound comes."""
        self._running = True
        self._thread = threading.Thread(target=self._run, name="audio encoder", daemon=True)
        self._thread.start()

    def audio(self, block: AudioBlock) -> None:
        """Take 20 ms of sound."""
        with self._changed:
            self._blocks.append(block)
            self._changed.notify()

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._running = False
            self._changed.notify()
        self.track.pulled.set()
        self.track.stop()

    def join(self) -> None:
        """Wait for the thread's end; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _next_block(self, deadline_s: float) -> AudioBlock | None:
        with self._changed:
            while self._running and not self._blocks:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            return self._blocks.popleft() if self._blocks else None

    def _run(self) -> None:
        encoder = OpusEncoder()
        self.track.pulled.wait()
        with self._changed:
            self._blocks.clear()  # what was said before the line stood is late
        start_s, sent = time.monotonic(), 0
        while self._running:
            due_s = start_s + sent * BLOCK_S
            block = self._next_block(due_s + MICROPHONE_GRACE_S)
            now_s = time.monotonic()
            if block is not None and now_s < due_s - MAX_AHEAD_S:
                continue  # a burst after a pause that silence has filled already, or a device that runs fast
            if now_s > due_s + RESTART_AFTER_S:  # the machine slept; what was not sent then is not made up for
                skipped = int((now_s - due_s) / BLOCK_S)
                sent += skipped
            data = encoder.encode(_SILENCE if block is None else block.samples)
            packet = av.Packet(data)
            packet.pts = sent * BLOCK_SAMPLES
            packet.time_base = Fraction(1, SAMPLE_RATE_HZ)
            sent += 1
            self.frames_encoded += 1
            self.track.push(packet)
