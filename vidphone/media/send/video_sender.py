"""Pictures to encoded ones, on a thread of their own: always the newest picture, at the size and pace that fit."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av
from av.video.reformatter import Interpolation, VideoReformatter

from vidphone.media.codec import EncodedPicture, EncodeError, VideoEncoder, make_encoder
from vidphone.media.codec.adaptation import Adaptation
from vidphone.media.codec.choose import h264_max_pixels
from vidphone.media.plan import Codec
from vidphone.media.plumbing import VideoBlock

log = logging.getLogger(__name__)

FRAME_RATE_HZ = 30
SPEED, FASTEST = 1, 2
"""Of the encoder: the best trade of bits, which are delay, and time, which is delay too; and where bits abound."""
ABOUND_BPS = 1_000_000
KEYFRAME_AGAIN_S = 0.3
"""Requests closer together than that are one request: a key frame takes as long to arrive."""
JOIN_S = 5.0
EARLY = 0.3
"""A picture that comes up to this share of an interval before its time is taken: cameras are not that even."""


@dataclass(frozen=True, slots=True)
class Produced:
    """An encoded picture on its way to the loop."""

    codec: Codec
    picture: EncodedPicture
    made_at_s: float


class VideoSender:
    """A `VideoSink` with an encoder behind it. Made on the loop, which `produced` is called on.

    While the loop has not taken the last encoded picture (`taken`), or says that the line is behind (`hold`), no other
    is encoded: the freshest one is next, and nothing grows old in a queue.
    """

    def __init__(self, codecs: Sequence[Codec], produced: Callable[[Produced], None]) -> None:
        """`codecs`: what the other side takes and this build can encode, best first, at least one."""
        self.frames_encoded = 0
        self.key_frames_encoded = 0
        self.frames_skipped = 0
        self.total_encode_time_s = 0.0
        self.width = self.height = 0
        self.implementation = ""
        self.codec = codecs[0]
        self._codecs = list(codecs)
        self._produced = produced
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._latest: VideoBlock | None = None
        self._speed = SPEED
        self._held = False
        self._running = False
        self._keyframe = True
        self._keyframe_at_s = -KEYFRAME_AGAIN_S
        self._target_bps = 0
        self._shown: tuple[int, int] | None = None
        self._decode_pressure = 0.0
        self._adaptation = Adaptation()
        self._reformatter = VideoReformatter()
        self._encode_s: float | None = None
        self._left_out = False
        self._due_s = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to encode what comes."""
        self._running = True
        self._thread = threading.Thread(target=self._run, name="video encoder", daemon=True)
        self._thread.start()

    def video(self, block: VideoBlock) -> None:
        """Take a picture, on any thread; it replaces one that was not encoded yet."""
        with self._changed:
            if self._latest is not None:
                self.frames_skipped += 1
            self._latest = block
            self._changed.notify()

    def forget(self) -> None:
        """Drop a picture that waits: the camera was switched off."""
        with self._changed:
            self._latest = None

    def hold(self, held: bool) -> None:
        """While the line is behind, encode nothing."""
        if held != self._held:
            with self._changed:
                self._held = held
                self._changed.notify()

    def request_keyframe(self, now_s: float) -> bool:
        """The other side cannot decode (RFC 4585 section 6.3.1). Whether this was not just asked for."""
        if now_s - self._keyframe_at_s < KEYFRAME_AGAIN_S:
            return False
        self._keyframe_at_s = now_s
        self._keyframe = True
        return True

    def set_target(self, bits_per_s: int) -> None:
        """What the line has for the picture from now on; 0: nothing is encoded."""
        if (bits_per_s == 0) != (self._target_bps == 0):
            with self._changed:
                self._target_bps = bits_per_s
                self._changed.notify()
        self._target_bps = bits_per_s

    def set_viewer(self, shown: tuple[int, int] | None, decode_pressure: float) -> None:
        """The size at which the other side shows the picture, and how close its decoder is to its limit (0 to 1)."""
        self._shown, self._decode_pressure = shown, decode_pressure

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._running = False
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread's end; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    # On the thread.

    def _take(self) -> VideoBlock | None:
        with self._changed:
            while self._running and (self._latest is None or self._held or not self._target_bps):
                self._changed.wait()
            block, self._latest = self._latest, None
            return block if self._running else None

    def _run(self) -> None:
        encoder: VideoEncoder | None = None
        try:
            while (block := self._take()) is not None:
                frame = self._fit(block)
                if frame is None:
                    continue
                encoder = self._fresh(encoder, frame)
                if encoder is None:
                    return
                encoder = self._encode(encoder, frame, block)
        finally:
            if encoder is not None:
                encoder.close()

    def _fresh(self, encoder: VideoEncoder | None, frame: av.VideoFrame) -> VideoEncoder | None:
        """The encoder, or another one where a change of size, which costs a key frame anyway, is the time for it."""
        if encoder is not None and (frame.width, frame.height) == (self.width, self.height):
            return encoder
        speed = FASTEST if self._target_bps > ABOUND_BPS else SPEED
        if encoder is not None and speed == self._speed:
            return encoder
        self._speed = speed
        if encoder is not None:
            encoder.close()
        return self._open()

    def _open(self) -> VideoEncoder | None:
        while self._codecs:
            codec = self._codecs[0]
            try:
                encoder = make_encoder(
                    codec.name,
                    fps=FRAME_RATE_HZ,
                    profile_level_id=codec.fmtp.get("profile-level-id"),
                    speed=self._speed,
                )
            except EncodeError:
                log.warning("no encoder of %s could be opened", codec.name)
                del self._codecs[0]
                continue
            self.codec = codec
            self._keyframe = True
            return encoder
        log.error("no video can be sent: every encoder failed")
        return None

    def _fit(self, block: VideoBlock) -> av.VideoFrame | None:
        """The picture at the size that fits the line, or None where it is one too many."""
        frame = block.frame
        level = self.codec.fmtp.get("profile-level-id", "") if self.codec.name == "H264" else ""
        wanted = self._adaptation.picture(
            width=frame.width, height=frame.height, fps=FRAME_RATE_HZ, target_bps=self._target_bps,
            codec=self.codec.name, encode_s=self._encode_s, now_s=block.made_at_s,
            decode_pressure=self._decode_pressure, shown=self._shown, left_out=self._left_out,
            max_pixels=h264_max_pixels(level),
        )  # fmt: skip
        interval_s = 1 / wanted.fps
        if block.made_at_s < self._due_s - EARLY * interval_s:
            self.frames_skipped += 1
            return None
        self._due_s = max(self._due_s + interval_s, block.made_at_s)
        if (wanted.width, wanted.height) == (frame.width, frame.height) and frame.format.name == "yuv420p":
            return frame
        return self._reformatter.reformat(
            frame, wanted.width, wanted.height, "yuv420p", interpolation=Interpolation.AREA
        )

    def _encode(self, encoder: VideoEncoder, frame: av.VideoFrame, block: VideoBlock) -> VideoEncoder | None:
        keyframe, self._keyframe = self._keyframe, False
        try:
            picture = encoder.encode(frame, bitrate_bps=self._target_bps, keyframe=keyframe, now_s=block.made_at_s)
        except EncodeError:
            log.warning("the encoder of %s failed", self.codec.name)
            encoder.close()
            del self._codecs[0]
            return self._open()
        self._left_out = picture is None
        if picture is None:
            self._keyframe |= keyframe
            self.frames_skipped += 1
            return encoder
        self._encode_s = picture.encode_s
        self.total_encode_time_s += picture.encode_s
        self.frames_encoded += 1
        self.key_frames_encoded += picture.keyframe
        self.width, self.height, self.implementation = picture.width, picture.height, encoder.implementation
        try:
            self._loop.call_soon_threadsafe(self._produced, Produced(self.codec, picture, block.made_at_s))
        except RuntimeError:  # the loop is closed: nobody sends any more
            self._running = False
        return encoder
