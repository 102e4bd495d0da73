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
from vidphone.media.codec.hardware import HARDWARE_ENCODERS
from vidphone.media.plan import Codec
from vidphone.media.plumbing import VideoBlock

log = logging.getLogger(__name__)

FRAME_RATE_HZ = 30
UNSEEN_RATE_HZ = 10
"""While nobody looks. With fewer the other side would count each pause as a freeze."""
SPEED, FASTEST = 0, 2
"""Of the encoder: where bits are delay the best picture for them; where they abound the least processor time."""
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

    While the loop has not taken the last encoded picture, or says that the line is behind (`hold`), no other is
    encoded: the freshest one is next, and nothing grows old in a queue.
    """

    def __init__(
        self, codecs: Sequence[Codec], produced: Callable[[Produced], None], failed: Callable[[], None] = lambda: None
    ) -> None:
        """Nothing runs before `start`.

        Args:
            codecs: what the other side takes and this build can encode, best first, at least one.
            produced: takes what was encoded.
            failed: told once, on the loop, when no encoder works: no more pictures come.
        """
        self.frames_encoded = 0
        self.key_frames_encoded = 0
        self.frames_skipped = 0
        self.total_encode_time_s = 0.0
        self.width = self.height = 0
        self.captured_pixels = 0
        """Of the latest picture, before it was fitted to the line; 0 before the first."""
        self.implementation = ""
        self.codec = codecs[0]
        self._codecs = list(codecs)
        self._produced, self._failed = produced, failed
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._latest: VideoBlock | None = None
        self._speed = SPEED
        self._still = self._encodes_still = False
        self._held = self._on_way = False
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
        HARDWARE_ENCODERS.look()

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
            self.captured_pixels = block.frame.width * block.frame.height
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
        with self._changed:
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
        """The box in which the other side shows the picture, (0, 0) where nobody looks, None where it is not known;
        and how close its decoder is to its limit (0 to 1).
        """
        self._shown, self._decode_pressure = shown, decode_pressure

    def set_still(self, still: bool) -> None:
        """Whether pictures are of a screen: sharp at full size, and rather fewer of them, from the next one on."""
        self._still = still

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
            while self._running and (self._latest is None or self._held or self._on_way or not self._target_bps):
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
                if encoder is not None:
                    encoder = self._encode(encoder, frame, block)
                if encoder is None:
                    log.error("no video can be sent: every encoder failed")
                    self._tell(self._failed)
                    return
        except Exception:
            log.exception("no video can be sent")
            self._tell(self._failed)
        finally:
            if encoder is not None:
                encoder.close()

    def _fresh(self, encoder: VideoEncoder | None, frame: av.VideoFrame) -> VideoEncoder | None:
        """The encoder, or another one where a change of size, which costs a key frame anyway, is the time for it."""
        speed = FASTEST if self._target_bps > ABOUND_BPS else SPEED
        still = self._still
        if encoder is not None:
            same_size = (frame.width, frame.height) == (self.width, self.height)
            if still == self._encodes_still and (same_size or speed == self._speed):
                return encoder
            encoder.close()
        self._speed, self._encodes_still = speed, still
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
                    still=self._encodes_still,
                    hardware=None if self._encodes_still else HARDWARE_ENCODERS.found(),
                )
            except EncodeError:
                log.warning("no encoder of %s could be opened", codec.name)
                del self._codecs[0]
                continue
            self.codec = codec
            self._keyframe = True
            return encoder
        return None

    def _fit(self, block: VideoBlock) -> av.VideoFrame | None:
        """The picture at the size that fits the line, or None where it is one too many."""
        frame, shown, still = block.frame, self._shown, self._still
        level = self.codec.fmtp.get("profile-level-id", "") if self.codec.name == "H264" else ""
        wanted = self._adaptation.picture(
            width=frame.width, height=frame.height, target_bps=self._target_bps, codec=self.codec.name,
            fps=UNSEEN_RATE_HZ if shown == (0, 0) else FRAME_RATE_HZ, encode_s=self._encode_s, now_s=block.made_at_s,
            decode_pressure=self._decode_pressure, shown=shown, still=still, left_out=self._left_out,
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
        with self._changed:
            keyframe, self._keyframe = self._keyframe, False
        try:
            picture = encoder.encode(frame, bitrate_bps=self._target_bps, keyframe=keyframe, now_s=block.made_at_s)
        except Exception:  # whatever a library stumbles over, the next codec may not
            log.warning("the encoder of %s failed", self.codec.name, exc_info=True)
            encoder.close()
            del self._codecs[0]
            return self._open()
        self._left_out = picture is None
        if picture is None:
            if keyframe:
                self._keyframe = True
            self.frames_skipped += 1
            return encoder
        self._encode_s = picture.encode_s
        self.total_encode_time_s += picture.encode_s
        self.frames_encoded += 1
        self.key_frames_encoded += picture.keyframe
        self.width, self.height, self.implementation = picture.width, picture.height, encoder.implementation
        self._on_way = True
        self._tell(self._deliver, Produced(self.codec, picture, block.made_at_s))
        return encoder

    def _tell(self, what: Callable[..., None], *about: Produced) -> None:
        try:
            self._loop.call_soon_threadsafe(what, *about)
        except RuntimeError:  # the loop is closed: nobody sends any more
            self._running = False

    # On the loop.

    def _deliver(self, produced: Produced) -> None:
        try:
            self._produced(produced)
        finally:
            with self._changed:
                self._on_way = False
                if self._latest is not None:
                    self._changed.notify()
