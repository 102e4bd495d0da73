"""Decoders over PyAV: one thread, no delay, silent, and honest about what they can't show."""

import contextlib
from collections.abc import Callable

import av
import av.logging
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from vidphone.media.codec.picture import DecodeError, VideoDecoder

IMPLEMENTATIONS = {"AV1": ("libdav1d",), "H264": ("h264",), "VP9": ("vp9", "libvpx-vp9"), "VP8": ("vp8", "libvpx")}
"""By codec, best first."""
MAX_PIXELS = 8192 * 4352
"""What a level 6 stream may have; a larger picture is not decoded, for the memory it would take."""


class LibavDecoder:
    """One of libavcodec's decoders.

    Raises:
        DecodeError: this build has none for the codec.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        av.logging.set_level(None)  # a damaged picture is told by an exception, not on stderr
        self._codec = _open(name)
        self._started = False

    def decode(self, data: bytes) -> list[av.VideoFrame]:
        """As the protocol says; the first picture must be a keyframe."""
        if not data:
            raise DecodeError("nothing to decode")  # to libavcodec that is the end of the stream
        if not self._started and not is_keyframe(self.name, data):
            raise DecodeError("no keyframe yet")
        try:
            frames = self._codec.decode(av.Packet(data))
        except (av.FFmpegError, ValueError, MemoryError) as error:
            self._started = False
            with contextlib.suppress(av.FFmpegError):
                self._codec.flush_buffers()
            raise DecodeError(str(error)) from error
        if self.name == "AV1" and not frames:
            # a temporal unit always shows a picture; dav1d passes over what it doesn't know
            self._started = False
            raise DecodeError("no picture in it")
        if any(frame.is_corrupt or frame.width * frame.height > MAX_PIXELS for frame in frames):
            self._started = False
            raise DecodeError("damaged picture")
        self._started = self._started or bool(frames)
        return [frame if frame.format.name == "yuv420p" else frame.reformat(format="yuv420p") for frame in frames]

    def close(self) -> None:
        """As the protocol says."""
        self._started = False


def _open(name: str) -> VideoCodecContext:
    for implementation in IMPLEMENTATIONS.get(name, ()):
        try:
            codec = VideoCodecContext.create(implementation, "r")
        except (av.FFmpegError, ValueError):
            continue
        if not isinstance(codec, VideoCodecContext):
            continue
        codec.thread_count = 1
        codec.thread_type = "SLICE"  # threads by frame hold back as many pictures as there are threads
        codec.flags |= Flags.low_delay
        return codec
    raise DecodeError(f"no decoder for {name}")


def make_decoder(name: str) -> VideoDecoder:
    """A decoder of "AV1", "H264", "VP9" or "VP8".

    Raises:
        DecodeError: this build has none.
    """
    return LibavDecoder(name)


def available_decoders() -> tuple[str, ...]:
    """The codecs this build can show, best first."""
    return tuple(name for name, names in IMPLEMENTATIONS.items() if any(each in av.codecs_available for each in names))


def is_keyframe(name: str, data: bytes) -> bool:
    """Whether a decoder can begin at this picture; False for damage too."""
    return _KEYFRAME[name](data)


def _vp8(data: bytes) -> bool:
    """RFC 6386 section 9.1."""
    return len(data) >= 10 and not data[0] & 1 and data[3:6] == b"\x9d\x01\x2a"


def _vp9(data: bytes) -> bool:
    """VP9 bitstream specification section 6.2: frame_marker, profile, show_existing_frame, frame_type."""
    if len(data) < 4 or data[0] >> 6 != 2:
        return False
    profile = (data[0] >> 5 & 1) | (data[0] >> 3 & 2)
    show_existing, frame_type = (
        (data[0] >> 2 & 1, data[0] >> 1 & 1) if profile == 3 else (data[0] >> 3 & 1, data[0] >> 2 & 1)
    )
    return not show_existing and not frame_type


def _h264(data: bytes) -> bool:
    """RFC 6184: an IDR slice or a parameter set comes before any other slice."""
    at = data.find(b"\x00\x00\x01")
    while 0 <= at < len(data) - 3:
        kind = data[at + 3] & 0x1F
        if kind in (5, 7):
            return True
        if 1 <= kind <= 4:
            return False
        at = data.find(b"\x00\x00\x01", at + 3)
    return False


def _av1(data: bytes) -> bool:
    """AV1 section 5.3.1: a sequence header comes in the temporal unit of a keyframe, before its frame."""
    at = 0
    while at < len(data):
        kind, extended, sized = data[at] >> 3 & 15, data[at] >> 2 & 1, data[at] >> 1 & 1
        if kind == 1:
            return True
        if kind in (3, 6) or not sized:
            return False
        at += 1 + extended
        size = shift = 0
        while at < len(data) and shift < 35:
            size |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 0x80:
                break
        at += size
    return False


_KEYFRAME: dict[str, Callable[[bytes], bool]] = {"AV1": _av1, "H264": _h264, "VP9": _vp9, "VP8": _vp8}
