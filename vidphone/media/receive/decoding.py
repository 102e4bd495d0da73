"""The decoder's thread: frames in order in, pictures in order out, never a growing queue between."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av

from vidphone.media.codec import DecodeError, VideoDecoder
from vidphone.media.plumbing import VideoBlock, VideoSink
from vidphone.media.receive.counters import DecoderCounters, FreezeMeter
from vidphone.media.receive.video_buffer import EncodedFrame

log = logging.getLogger(__name__)

MAX_WAITING_FRAMES = 128
"""More than a repair after a long wait sets free at once."""
MAX_WAITING_S = 0.7
"""A decoder that is so far behind never catches up: it goes on at the next key frame."""
CATCH_UP_TICKS = 13_500
"""150 ms at 90 kHz, the length of a pause that is seen as one. A frame that the newest one waiting has left so far
behind is decoded and not shown; nearer ones are, for they make up what is seen of the motion."""
WRAP = 1 << 32
JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that was handed out last."""

    rtp_timestamp: int
    at_s: float
    """Monotonic seconds."""
    decode_s: float


class DecoderThread:
    """Decodes on a thread of its own, which begins with the first frame."""

    def __init__(
        self,
        sink: VideoSink,
        make_decoder: Callable[[str], VideoDecoder],
        lost: Callable[[int], None],
    ) -> None:
        """`lost(index)` is called on the thread: frame `index` could not be decoded; the next to be is a key frame."""
        self._sink = sink
        self._make_decoder = make_decoder
        self._lost = lost
        self._changed = threading.Condition()
        self._waiting: deque[tuple[EncodedFrame, float]] = deque()
        self._running = True
        self._thread: threading.Thread | None = None
        self._needs_keyframe = True
        self._newest_timestamp = 0
        self.counters = DecoderCounters()
        self.freezes = FreezeMeter()
        self.shown: Shown | None = None

    def put(self, frames: Sequence[EncodedFrame], now_s: float) -> bool:
        """Hand frames over; returns at once.

        Returns:
            False where the decoder was too far behind: it skips to the next key frame it is given.
        """
        with self._changed:
            if not self._running:
                return True
            self._waiting.extend((frame, now_s) for frame in frames)
            behind = len(self._waiting) > MAX_WAITING_FRAMES or now_s - self._waiting[0][1] > MAX_WAITING_S
            kept = not behind or self._skip_ahead()
            self._newest_timestamp = frames[-1].rtp_timestamp
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="video decoder", daemon=True)
                self._thread.start()
            self._changed.notify()
        return kept

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._running = False
            self._waiting.clear()
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread's end, at most 5 s; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _skip_ahead(self) -> bool:
        """Go on at the last key frame that waits, past the first; without one, at the next to come."""
        last = max((place for place, (frame, _) in enumerate(self._waiting) if frame.keyframe), default=0)
        dropped = last or len(self._waiting)
        for _ in range(dropped):
            self._waiting.popleft()
        self.counters.frames_skipped += dropped
        self._needs_keyframe = True
        return last > 0

    def _take(self) -> EncodedFrame | None:
        with self._changed:
            while self._running and not self._waiting:
                self._changed.wait()
            if not self._running:
                return None
            frame = self._waiting.popleft()[0]
            if frame.keyframe:
                self._needs_keyframe = False
            return frame

    def _run(self) -> None:
        decoder: VideoDecoder | None = None
        try:
            while (frame := self._take()) is not None:
                if self._needs_keyframe:
                    self.counters.frames_skipped += 1
                    continue
                began_s = time.monotonic()
                try:
                    if decoder is None or frame.codec != self.counters.codec:
                        if decoder is not None:
                            decoder.close()
                            decoder = None
                        decoder = self._make_decoder(frame.codec)
                        self.counters.codec = frame.codec
                    pictures = decoder.decode(frame.data)
                except Exception as error:
                    if isinstance(error, DecodeError):
                        log.debug("a frame of %s could not be decoded", frame.codec)
                    else:  # the thread goes on, with a decoder that has not seen it
                        log.warning("the decoder of %s broke", frame.codec, exc_info=True)
                        decoder = None
                    self.counters.frames_skipped += 1
                    self._needs_keyframe = True
                    self._lost(frame.index)
                    continue
                self._hand_out(frame, pictures, began_s)
        finally:
            if decoder is not None:
                decoder.close()

    def _hand_out(self, frame: EncodedFrame, pictures: Sequence[av.VideoFrame], began_s: float) -> None:
        now_s = time.monotonic()
        counters = self.counters
        counters.total_decode_time_s += now_s - began_s
        counters.frames_decoded += len(pictures)
        counters.key_frames_decoded += frame.keyframe and bool(pictures)
        if not pictures:
            return
        counters.total_processing_delay_s += now_s - frame.first_at_s
        counters.frame_width, counters.frame_height = pictures[-1].width, pictures[-1].height
        left_behind = (self._newest_timestamp - frame.rtp_timestamp + WRAP // 2) % WRAP - WRAP // 2
        if left_behind > CATCH_UP_TICKS:
            counters.frames_skipped += 1
            return
        for picture in pictures:
            self._sink.video(VideoBlock(picture, frame.decodable_at_s, frame.rtp_timestamp))
        self.freezes.shown(now_s)
        self.shown = Shown(frame.rtp_timestamp, now_s, now_s - began_s)
