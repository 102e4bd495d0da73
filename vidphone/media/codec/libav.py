"""Encoders over PyAV: of hardware, and where the codec libraries themselves can't be reached.

Some take a new rate while they run, others only in a new encoder, so with a keyframe: that is done for larger steps
and not often, and meanwhile pictures are left out where the encoder outruns the rate.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from vidphone.media.codec.decoders import is_keyframe
from vidphone.media.codec.picture import EncodedPicture, EncodeError
from vidphone.media.codec.priority import unchanged_priority
from vidphone.media.codec.quantizer import MAX_AHEAD_S

REBUILD_BELOW, REBUILD_ABOVE = 0.7, 1.6
"""A new encoder where the rate is now so many times that of the old one, and where a rebuild isn't too soon."""
REBUILD_PICTURES = 90
FAR_BELOW = 0.4
"""So far below, a new encoder is made at once."""
BUFFER_S = 0.15
NO_KEYFRAMES = 3000
"""Pictures between keyframes that nobody asked for."""
HARDWARE: Mapping[str, tuple[str, ...]] = {
    "H264": ("h264_videotoolbox", "h264_nvenc", "h264_qsv", "h264_amf", "h264_mf"),
    "AV1": ("av1_nvenc", "av1_qsv", "av1_amf"),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one of libavcodec's encoders is set up; `follows`: it takes a new rate while it runs."""

    implementation: str
    options: Mapping[str, str] = field(default_factory=dict)
    follows: bool = False
    pix_fmt: str = "yuv420p"


RECIPES = {
    "libx264": Recipe(
        "libx264",
        {"preset": "superfast", "tune": "zerolatency", "forced-idr": "1", "x264-params": "scenecut=0:qpmax=44"},
        follows=True,
    ),
    "libsvtav1": Recipe(
        "libsvtav1",
        {
            "preset": "10",
            "svtav1-params": "rtc=1:pred-struct=1:lp=1:rc=2:lookahead=0:hierarchical-levels=0:scd=0:buf-sz=300",
        },
    ),
    "libvpx": Recipe("libvpx", {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}),
    "libvpx-vp9": Recipe("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    "h264_nvenc": Recipe(
        "h264_nvenc",
        {"preset": "p4", "tune": "ull", "rc": "cbr", "zerolatency": "1", "delay": "0", "forced-idr": "1"},
        follows=True,
    ),
    "av1_nvenc": Recipe(
        "av1_nvenc",
        {"preset": "p4", "tune": "ull", "rc": "cbr", "zerolatency": "1", "delay": "0", "forced-idr": "1"},
        follows=True,
    ),
    "h264_qsv": Recipe(
        "h264_qsv", {"async_depth": "1", "low_delay_brc": "1", "forced_idr": "1"}, follows=True, pix_fmt="nv12"
    ),
    "av1_qsv": Recipe(
        "av1_qsv", {"async_depth": "1", "low_delay_brc": "1", "forced_idr": "1"}, follows=True, pix_fmt="nv12"
    ),
    "h264_amf": Recipe("h264_amf", {"usage": "ultralowlatency", "rc": "cbr", "forced_idr": "1"}, pix_fmt="nv12"),
    "av1_amf": Recipe("av1_amf", {"usage": "ultralowlatency", "rc": "cbr", "forced_idr": "1"}, pix_fmt="nv12"),
    "h264_mf": Recipe("h264_mf", {"rate_control": "cbr", "scenario": "video_conference"}, pix_fmt="nv12"),
    "h264_videotoolbox": Recipe("h264_videotoolbox", {"realtime": "1", "prio_speed": "1"}, pix_fmt="nv12"),
}


class LibavEncoder:
    """A `VideoEncoder` over one recipe."""

    def __init__(self, name: str, recipe: Recipe, *, fps: float, profile: str | None = None) -> None:
        self.name = name
        self.implementation = recipe.implementation
        self._recipe = recipe
        self._fps = fps
        self._profile = profile
        self._codec: VideoCodecContext | None = None
        self._opened_bps = 0
        self._since_open = 0
        self._count = 0
        self._ahead_bits = 0.0
        self._last_s: float | None = None

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        """As the protocol says."""
        began_s = time.perf_counter()
        elapsed_s = 1 / self._fps if now_s is None or self._last_s is None else max(0.0, now_s - self._last_s)
        self._last_s = now_s
        self._ahead_bits = max(self._ahead_bits - min(elapsed_s, 1.0) * bitrate_bps, 0.0)
        codec = self._codec_for(frame, bitrate_bps)
        if self._ahead_bits > MAX_AHEAD_S * bitrate_bps and not keyframe and self._since_open:
            return None
        self._count += 1
        self._since_open += 1
        frame = self._prepared(frame)
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        try:
            data = b"".join(bytes(packet) for packet in codec.encode(frame))
        except (av.FFmpegError, ValueError) as error:
            raise EncodeError(str(error)) from error
        if not data:
            raise EncodeError("the encoder holds pictures back")
        self._ahead_bits += 8 * len(data)
        is_key = is_keyframe(self.name, data)
        return EncodedPicture(data, is_key, frame.width, frame.height, time.perf_counter() - began_s)

    def close(self) -> None:
        """As the protocol says."""
        if self._codec is not None:
            with contextlib.suppress(av.FFmpegError):
                self._codec.encode(None)  # some wait for the end of the stream before they free what they hold
            self._codec = None

    def _prepared(self, frame: av.VideoFrame) -> av.VideoFrame:
        if frame.format.name != self._recipe.pix_fmt:
            frame = frame.reformat(format=self._recipe.pix_fmt)
        frame.pts = self._count
        frame.time_base = Fraction(1, max(1, round(self._fps)))
        return frame

    def _codec_for(self, frame: av.VideoFrame, bitrate_bps: int) -> VideoCodecContext:
        codec = self._codec
        ratio = bitrate_bps / max(self._opened_bps, 1)
        stale = codec is None or (codec.width, codec.height) != (frame.width, frame.height)
        if not stale and not self._recipe.follows:
            settled = self._since_open >= REBUILD_PICTURES
            stale = ratio < FAR_BELOW or (settled and not REBUILD_BELOW <= ratio <= REBUILD_ABOVE)
        if stale or codec is None:
            self.close()
            codec = self._codec = self._open(frame.width, frame.height, bitrate_bps)
        elif self._recipe.follows and codec.bit_rate != bitrate_bps:
            codec.bit_rate = bitrate_bps
        return codec

    def _open(self, width: int, height: int, bitrate_bps: int) -> VideoCodecContext:
        recipe = self._recipe
        try:
            codec: Any = VideoCodecContext.create(recipe.implementation, "w")
            codec.width, codec.height = width, height
            codec.pix_fmt = recipe.pix_fmt
            codec.framerate = Fraction(max(1, round(self._fps)))
            codec.time_base = 1 / codec.framerate
            codec.bit_rate = bitrate_bps
            codec.gop_size = NO_KEYFRAMES
            codec.max_b_frames = 0
            codec.thread_count = 1
            if self._profile is not None:
                codec.profile = self._profile
            # with the highest rate the same as the mean x264 carries each new rate into its buffer, else it doesn't
            rates = {"maxrate": str(bitrate_bps), "bufsize": str(int(bitrate_bps * BUFFER_S))}
            codec.options = {**rates, **recipe.options}
            with unchanged_priority():
                codec.open(strict=False)
        except (av.FFmpegError, ValueError, AttributeError, TypeError) as error:
            raise EncodeError(f"{recipe.implementation}: {error}") from error
        self._opened_bps = bitrate_bps
        self._since_open = 0
        return codec  # type: ignore[no-any-return]


def probe_hardware(candidates: Mapping[str, tuple[str, ...]] = HARDWARE) -> dict[str, str]:
    """Which encoders of hardware work here, by codec: each is made to encode pictures, which are looked at.

    Takes up to seconds; not for the engine's loop nor Qt's thread.
    """
    working: dict[str, str] = {}
    for name, implementations in candidates.items():
        for implementation in implementations:
            if implementation in av.codecs_available and _works(name, implementation):
                working[name] = implementation
                break
    return working


def _works(name: str, implementation: str) -> bool:
    encoder = LibavEncoder(name, RECIPES[implementation], fps=30)
    try:
        made = []
        for index in range(4):
            frame = av.VideoFrame(640, 360, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([40 * index + 40]) * plane.buffer_size)
            made.append(encoder.encode(frame, bitrate_bps=1_000_000, keyframe=index == 2))
        return all(made) and [each is not None and each.keyframe for each in made] == [True, False, True, False]
    except EncodeError:
        return False
    finally:
        encoder.close()
