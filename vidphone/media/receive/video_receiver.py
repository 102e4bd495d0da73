"""The receiver of one video stream, on the engine's loop, with a thread for its decoder."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from vidphone.media.codec import VideoDecoder, make_decoder
from vidphone.media.plumbing import VideoSink
from vidphone.media.receive.counters import DecoderCounters, StreamCounters
from vidphone.media.receive.decoding import DecoderThread, Shown
from vidphone.media.receive.stream import VideoStream
from vidphone.media.rtp.packet import RtpPacket

MAX_NUMBERS = 256
"""Of packets to ask for at once: 1 kB at most, as RFC 4585 section 6.2.1 writes them."""


class VideoReceiver:
    """Packets in, pictures handed to a sink, requests to the sender out.

    Everything but `join` belongs to the loop; the sink is called on the decoder's thread.
    """

    def __init__(
        self,
        sink: VideoSink,
        *,
        nack: Callable[[Sequence[int]], None],
        keyframe: Callable[[], None],
        loop: asyncio.AbstractEventLoop,
        make_decoder: Callable[[str], VideoDecoder] = make_decoder,
        stream: VideoStream | None = None,
    ) -> None:
        """Nothing runs before the first packet.

        Args:
            sink: takes the pictures, in order; `made_at_s` is when the frame was decodable here.
            nack: asks for packets by their sequence numbers (16 bits); called on the loop, from `packet` or a timer.
            keyframe: asks for a key frame; called as `nack` is.
            loop: whose clock the times given to `packet` follow.
            make_decoder: by codec name; may raise DecodeError.
            stream: for payload formats other than the product's.
        """
        self._nack = nack
        self._keyframe = keyframe
        self._loop = loop
        self._stream = stream or VideoStream()
        self._decoder = DecoderThread(sink, make_decoder, self._decoder_lost)
        self._shown: Shown | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._running = True
        self._now_s = 0.0

    def packet(self, codec: str, packet: RtpPacket, now_s: float, *, recovered: bool = False) -> None:
        """Take a packet of the media SSRC.

        Args:
            codec: "AV1", "VP9", "VP8" or "H264".
            packet: a repaired one as it was sent first: SSRC, number and payload type of the media. Padding is welcome.
            now_s: when it came.
            recovered: it came by retransmission or error correction.
        """
        if self._running:
            self._stream.packet(codec, packet, now_s, recovered=recovered)
            self._step(now_s)

    def set_round_trip(self, round_trip_s: float) -> None:
        """The line's round trip, as RTCP measures it."""
        self._stream.set_round_trip(round_trip_s)

    def set_minimum_delay(self, minimum_s: float) -> None:
        """Show no picture earlier than that after its earliest possible arrival (lip-sync); at most 2 s."""
        self._stream.playout.set_minimum_delay(minimum_s)

    @property
    def delay_s(self) -> float:
        """From a picture's earliest possible arrival (by the line's fastest) to its being shown, smoothed."""
        return self._stream.playout.delay_s

    @property
    def shown(self) -> Shown | None:
        """The picture handed out last, with its RTP timestamp: capture to screen, where the sender's clock is known."""
        return self._decoder.shown

    @property
    def stream_counters(self) -> StreamCounters:
        """Up to the decoder; live."""
        return self._stream.counters

    @property
    def decoder_counters(self) -> DecoderCounters:
        """From the decoder on; live."""
        return self._decoder.counters

    @property
    def frames_dropped(self) -> int:
        """W3C framesDropped: received, and not decoded or not shown."""
        return self._stream.abandoned_frames + self._decoder.counters.frames_skipped

    @property
    def freeze_count(self) -> int:
        """W3C freezeCount."""
        return self._decoder.freezes.freeze_count

    @property
    def total_freezes_duration_s(self) -> float:
        """W3C totalFreezesDuration."""
        return self._decoder.freezes.total_freezes_duration_s

    def stop(self) -> None:
        """Take and ask for nothing more; returns at once."""
        self._running = False
        self._cancel_timer()
        self._decoder.stop()

    def join(self) -> None:
        """Wait for the decoder's thread, at most 5 s; not on the loop."""
        self._decoder.join()

    def _step(self, now_s: float) -> None:
        self._now_s = now_s = max(now_s, self._now_s)  # a packet's arrival may lie before the timer that ran last
        shown = self._decoder.shown
        if shown is not None and shown is not self._shown:
            self._shown = shown
            self._stream.decoded(shown.decode_s)
            self._stream.playout.shown(shown.rtp_timestamp, shown.at_s)
        step = self._stream.step(now_s)
        if step.frames and not self._decoder.put(step.frames, now_s):
            self._stream.decoder_lost(step.frames[-1].index, now_s)
            self._loop.call_soon(self._tick)
        for first in range(0, len(step.nacks), MAX_NUMBERS):
            self._nack(step.nacks[first : first + MAX_NUMBERS])
        if step.keyframe:
            self._keyframe()
        self._set_timer()

    def _set_timer(self) -> None:
        at_s = self._stream.next_at_s
        if at_s is None or not self._running:
            self._cancel_timer()
        elif self._timer is None or at_s < self._timer.when():  # one that is early finds nothing due, and sets another
            self._cancel_timer()
            self._timer = self._loop.call_at(at_s, self._timed)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timed(self) -> None:
        self._timer = None
        self._tick()

    def _tick(self) -> None:
        if self._running:
            self._step(self._loop.time())

    def _decoder_lost(self, index: int) -> None:
        """On the decoder's thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to ask
            self._loop.call_soon_threadsafe(self._begin_anew, index)

    def _begin_anew(self, index: int) -> None:
        self._stream.decoder_lost(index, self._loop.time())
        self._tick()
