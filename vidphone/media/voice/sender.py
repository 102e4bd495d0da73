"""The sending side of sound: blocks from the microphone to packets, on a thread of its own."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, AudioBlock, Samples
from vidphone.media.voice.opus import OpusEncoder, OpusError
from vidphone.media.voice.red import MAX_REDUNDANCY, MAX_SPACING, RedPacker

_log = logging.getLogger(__name__)

START_BITRATE_BPS = 40_000
"""Full-band speech in mono (RFC 7587 section 3.1.1 names 28 to 40 kb/s)."""
MAX_WAITING_BLOCKS = 5
"""100 ms of sound; the oldest block is dropped. As many packets may wait for the loop."""
MICROPHONE_GRACE_S = 0.03
"""A block that is later than this is replaced by silence: the other end must go on hearing that we live."""
MAX_AHEAD_S = 0.06
RESTART_AFTER_S = 0.5
JOIN_S = 5.0
_SPURT_RMS = 150.0
"""Level (-47 dB of full scale) from which a block counts as speech for the marker bit."""
_SPURT_PAUSE = 25
_TIMESTAMP_MASK = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class EncodedAudio:
    """One packet's content. `rtp_timestamp` counts from 0 by 960 a block: the stream adds its random offset."""

    payload: bytes
    rtp_timestamp: int
    marker: bool
    """Whether speech begins here after a pause (RFC 3551 section 4.1)."""
    red: bool
    """Whether the payload is RFC 2198's."""
    made_at_s: float
    """When its first sample was made, monotonic."""
    level: float
    """Its RMS, full scale being 1: for RFC 6464."""


class AudioSender:
    """An `AudioSink` whose blocks are sent in real time, with silence where none come."""

    def __init__(
        self,
        send: Callable[[EncodedAudio], None],
        *,
        opus_payload_type: int,
        loop: asyncio.AbstractEventLoop,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`send` is called on the loop, at once after a block came; `opus_payload_type` is what RED names inside."""
        self.frames_encoded = 0
        self._send = send
        self._loop = loop
        self._clock = clock
        self._packer = RedPacker(opus_payload_type)
        self._changed = threading.Condition()
        self._blocks: deque[AudioBlock] = deque(maxlen=MAX_WAITING_BLOCKS)
        self._encoded: deque[EncodedAudio] = deque(maxlen=MAX_WAITING_BLOCKS)
        self._rate = (START_BITRATE_BPS, 0.0, 0, 1)
        self._ended = threading.Event()
        self._ended.set()
        self._thread: threading.Thread | None = None
        self._quiet_blocks = _SPURT_PAUSE

    def start(self) -> None:
        """Send from now on, as the transport is open: silence until sound comes.

        Raises:
            OpusUnavailable: there is no Opus library.
            OpusError: it makes no encoder.
        """
        encoder = OpusEncoder(self._rate[0])
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, args=(encoder,), name="audio encoder", daemon=True)
        self._thread.start()

    def audio(self, block: AudioBlock) -> None:
        """Take 20 ms of sound. Any thread; returns at once."""
        with self._changed:
            if not self._ended.is_set():
                self._blocks.append(block)
                self._changed.notify()

    def set_rate(self, opus_bps: int, loss_fraction: float = 0.0, redundancy: int = 0, spacing: int = 1) -> None:
        """How to send from the next block on. Any thread.

        Args:
            opus_bps: rate of one copy; the packet's is `1 + redundancy` times that.
            loss_fraction: share of packets that is lost, as the other side reports it.
            redundancy: how many earlier frames a packet holds again (RED); 0 where that was not agreed. Without it,
                loss is met by Opus's in-band FEC, which is coarser and has its share of the rate.
            spacing: how many packets lie between copies. Where loss comes in bursts, one copy three packets later is
                worth more than copies in each of the next three, at half the rate (PESQ 2.6 against 2.5 with 10 % of
                loss in bursts of 3 and 30 ms of jitter), and costs the other side 35 ms of delay.
        """
        redundancy, spacing = min(max(redundancy, 0), MAX_REDUNDANCY), min(max(spacing, 1), MAX_SPACING)
        self._rate = (opus_bps, loss_fraction, redundancy, spacing)

    def stop(self) -> None:
        """Ask the thread to end; returns at once, and nothing is sent any more once the loop is back at its work."""
        with self._changed:
            self._ended.set()
            self._blocks.clear()
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread's end; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _next_block(self, deadline_s: float) -> AudioBlock | None:
        with self._changed:
            while not self._ended.is_set() and not self._blocks:
                left_s = deadline_s - self._clock()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            return self._blocks.popleft() if self._blocks else None

    def _run(self, encoder: OpusEncoder) -> None:
        silence: Samples = np.zeros(BLOCK_SAMPLES, np.int16)
        start_s, sent = self._clock(), 0
        while not self._ended.is_set():
            due_s = start_s + sent * BLOCK_S
            block = self._next_block(due_s + MICROPHONE_GRACE_S)
            if self._ended.is_set():
                return
            now_s = self._clock()
            if block is not None and now_s < due_s - MAX_AHEAD_S:
                continue  # a burst after a pause that silence has filled already, or a device that runs fast
            if now_s > due_s + RESTART_AFTER_S:  # the machine slept; what was not sent then is not made up for
                sent += int((now_s - due_s) / BLOCK_S)
            self._encode(encoder, block or AudioBlock(silence, now_s - BLOCK_S), sent * BLOCK_SAMPLES)
            sent += 1

    def _encode(self, encoder: OpusEncoder, block: AudioBlock, position: int) -> None:
        bps, loss_fraction, redundancy, spacing = self._rate
        encoder.set_bitrate(bps)
        encoder.set_loss(loss_fraction)
        encoder.set_fec(not redundancy)
        timestamp = position & _TIMESTAMP_MASK
        try:
            frame = encoder.encode(block.samples)
        except (OpusError, ValueError):
            _log.warning("a block of sound could not be encoded")
            return
        # Packed also without redundancy, so that the first packet with it has what it needs.
        packed = self._packer.pack(frame, timestamp, redundancy, spacing)
        level = float(np.sqrt(np.square(block.samples, dtype=np.float32).mean()))
        marker = level >= _SPURT_RMS and self._quiet_blocks >= _SPURT_PAUSE
        self._quiet_blocks = 0 if level >= _SPURT_RMS else self._quiet_blocks + 1
        self.frames_encoded += 1
        payload = packed if redundancy else frame
        self._encoded.append(EncodedAudio(payload, timestamp, marker, redundancy > 0, block.made_at_s, level / 32_768))
        try:
            self._loop.call_soon_threadsafe(self._hand_over)
        except RuntimeError:  # the loop is closed: nobody sends any more
            self._ended.set()

    def _hand_over(self) -> None:
        while self._encoded and not self._ended.is_set():
            self._send(self._encoded.popleft())
