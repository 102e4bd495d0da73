"""Encoders and decoders of the three codecs, over PyAV. Each belongs to one thread at a time."""

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

VIDEO_CLOCK_HZ = 90_000
FRAME_RATE_HZ = 30
MIN_BITRATE = 250_000
START_BITRATE = 1_500_000
MAX_BITRATE = 2_500_000
"""At 1280x720: another megabit brings 1 dB on the measured clip."""
OPUS_BITRATE = 40_000
"""Full-band speech in mono (RFC 7587 section 3.1.1 names 28 to 40 kb/s)."""
VP8_REBUILD_STEP = 0.35
"""libvpx through PyAV takes a new rate only in a new encoder, so with a key frame: not for less than this."""


def clamp_bitrate(bits_per_s: int, width: int, height: int) -> int:
    """A rate that makes sense for a size."""
    ceiling = max(MIN_BITRATE, min(MAX_BITRATE, MAX_BITRATE * width * height // (1280 * 720) + MIN_BITRATE))
    return max(MIN_BITRATE, min(bits_per_s, ceiling))


class VideoEncoder(Protocol):
    """Makes one encoded picture of one picture."""

    def encode(self, frame: av.VideoFrame, bits_per_s: int, *, keyframe: bool) -> bytes:
        """Encode at about that rate; empty where the encoder dropped the picture."""


class H264Encoder:
    """libx264: Constrained Baseline, no delay; follows a new rate without a key frame because VBV is set."""

    def __init__(self) -> None:
        self._codec: VideoCodecContext | None = None
        self._count = 0

    def encode(self, frame: av.VideoFrame, bits_per_s: int, *, keyframe: bool) -> bytes:
        """As the protocol says."""
        codec = self._codec
        if codec is None or (codec.width, codec.height) != (frame.width, frame.height):
            codec = self._codec = self._open(frame.width, frame.height)
        rate = clamp_bitrate(bits_per_s, frame.width, frame.height)
        if rate != codec.bit_rate:
            codec.bit_rate = rate
        return _encode_one(codec, frame, self._next_pts(), keyframe)

    def _next_pts(self) -> int:
        self._count += 1
        return self._count

    def _open(self, width: int, height: int) -> VideoCodecContext:
        codec = VideoCodecContext.create("libx264", "w")
        _common(codec, width, height)
        codec.profile = "Baseline"
        codec.thread_count = 1
        codec.gop_size = 3000
        ceiling = clamp_bitrate(MAX_BITRATE, width, height)
        codec.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "forced-idr": "1",
            "maxrate": str(ceiling),
            "bufsize": str(ceiling // 2),
            "x264-params": "scenecut=0",
        }
        return codec


class Vp8Encoder:
    """libvpx in its real-time mode."""

    def __init__(self) -> None:
        self._codec: VideoCodecContext | None = None
        self._count = 0

    def encode(self, frame: av.VideoFrame, bits_per_s: int, *, keyframe: bool) -> bytes:
        """As the protocol says."""
        rate = clamp_bitrate(bits_per_s, frame.width, frame.height)
        codec = self._codec
        if (
            codec is None
            or (codec.width, codec.height) != (frame.width, frame.height)
            or abs(rate - (codec.bit_rate or 1)) > VP8_REBUILD_STEP * (codec.bit_rate or 1)
        ):
            codec = self._codec = self._open(frame.width, frame.height, rate)
        self._count += 1
        return _encode_one(codec, frame, self._count, keyframe)

    @staticmethod
    def _open(width: int, height: int, rate: int) -> VideoCodecContext:
        codec = VideoCodecContext.create("libvpx", "w")
        _common(codec, width, height)
        codec.bit_rate = rate
        codec.gop_size = 3000
        codec.qmin, codec.qmax = 2, 56
        codec.thread_count = 1  # with two it spins when the cores are busy: 247 ms a picture were seen
        codec.options = {
            "deadline": "realtime",
            "cpu-used": "-6",
            "lag-in-frames": "0",
            "minrate": str(rate),
            "maxrate": str(rate),
            "bufsize": str(rate),
            "undershoot-pct": "100",
            "overshoot-pct": "15",
            "static-thresh": "1",
        }
        return codec


def _common(codec: VideoCodecContext, width: int, height: int) -> None:
    codec.width, codec.height = width, height
    codec.pix_fmt = "yuv420p"
    codec.framerate = Fraction(FRAME_RATE_HZ)
    codec.time_base = Fraction(1, FRAME_RATE_HZ)
    codec.bit_rate = clamp_bitrate(START_BITRATE, width, height)


def _encode_one(codec: VideoCodecContext, frame: av.VideoFrame, pts: int, keyframe: bool) -> bytes:
    if frame.format.name != "yuv420p":
        frame = frame.reformat(format="yuv420p")
    frame.pts = pts
    frame.time_base = codec.time_base
    frame.pict_type = PictureType.I if keyframe else PictureType.NONE
    return b"".join(bytes(packet) for packet in codec.encode(frame))


ENCODERS: dict[str, Callable[[], VideoEncoder]] = {"H264": H264Encoder, "VP8": Vp8Encoder}
"""The video codecs spoken, best first. libx264 comes first: half the processor time of libvpx at the same rate."""


def video_decoder(codec: str) -> VideoCodecContext:
    """A decoder without delay; `codec` as in `ENCODERS`."""
    decoder = VideoCodecContext.create({"H264": "h264", "VP8": "libvpx"}[codec], "r")
    if not isinstance(decoder, VideoCodecContext):
        raise TypeError(codec)
    decoder.thread_type = "SLICE"  # threads by frame hold back as many frames as there are threads
    decoder.thread_count = 1
    decoder.flags |= Flags.low_delay
    return decoder


def is_keyframe(codec: str, data: bytes) -> bool:
    """Whether a decoder can begin here: RFC 6386 section 9.1; for H.264 a parameter set or an IDR slice comes first."""
    if codec == "VP8":
        return len(data) >= 6 and not data[0] & 1 and data[3:6] == b"\x9d\x01\x2a"
    start = 4 if data.startswith(b"\x00\x00\x00\x01") else 3 if data.startswith(b"\x00\x00\x01") else 0
    while start and start < len(data) and data[start] & 0x1F in (6, 9):  # delimiter and SEI may stand before
        found = data.find(b"\x00\x00\x01", start)
        start = found + 3 if found >= 0 else 0
    return bool(start) and start < len(data) and data[start] & 0x1F in (5, 7)


class OpusEncoder:
    """20 ms of mono sound to one packet."""

    def __init__(self) -> None:
        self._codec = AudioCodecContext.create("libopus", "w")
        self._codec.bit_rate = OPUS_BITRATE
        self._codec.format = "s16"
        self._codec.layout = "mono"
        self._codec.sample_rate = SAMPLE_RATE_HZ
        self._codec.time_base = Fraction(1, SAMPLE_RATE_HZ)
        self._codec.options = {"application": "voip", "frame_duration": "20", "fec": "1", "packet_loss": "5"}
        self._pts = 0

    def encode(self, samples: Samples) -> bytes:
        """Encode `BLOCK_SAMPLES` samples."""
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts = self._pts
        self._pts += len(samples)
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))


class OpusDecoder:
    """Packets to mono sound; what was lost fades out."""

    MAX_CONCEALED = 5
    """100 ms: after that silence is the honest answer."""

    def __init__(self) -> None:
        self._codec = AudioCodecContext.create("libopus", "r")
        self._codec.format = "s16"
        self._codec.layout = "mono"
        self._codec.sample_rate = SAMPLE_RATE_HZ
        self._last: Samples = np.zeros(BLOCK_SAMPLES, np.int16)

    def conceal(self, lost: int) -> list[Samples]:
        """Something for `lost` packets that did not come: the last block again, softer each time."""
        blocks = []
        for _ in range(min(lost, self.MAX_CONCEALED)):
            self._last = (self._last * np.linspace(0.8, 0.4, len(self._last))).astype(np.int16)
            blocks.append(self._last)
        return blocks

    def decode(self, data: bytes) -> Samples:
        """Decode one packet.

        Raises:
            av.FFmpegError: the packet is damaged.
        """
        parts = [frame.to_ndarray().reshape(-1) for frame in self._codec.decode(av.Packet(data))]
        if parts:
            self._last = np.concatenate(parts)
        return self._last if parts else np.zeros(0, np.int16)
