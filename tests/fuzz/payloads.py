"""Readers of video payloads, and of what encoders give to be cut into them."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tests.fuzz.target import Target, joined, parted
from vidphone.media.codec.priority import unchanged_priority
from vidphone.media.payload import DEPACKETIZERS, PACKETIZERS

ENCODERS = {
    "AV1": ("libsvtav1", {"preset": "12", "svtav1-params": "rtc=1:pred-struct=1:lp=1:rc=2:lookahead=0"}),
    "VP9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    "VP8": ("libvpx", {"deadline": "realtime", "cpu-used": "-8"}),
    "H264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "threads": "1"}),
}
LIMIT_BYTES = 300


@cache
def frames(codec: str) -> tuple[bytes, ...]:
    """A keyframe and two that depend on it, small enough to be worth breaking."""
    name, options = ENCODERS[codec]
    encoder = cast(VideoCodecContext, av.CodecContext.create(name, "w"))
    encoder.width, encoder.height, encoder.pix_fmt = 96, 64, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 30), Fraction(30)
    encoder.bit_rate, encoder.options = 200_000, options
    with unchanged_priority():
        encoder.open()
    noise = np.random.default_rng(1).integers(0, 60, (96, 96), np.uint8)
    found: list[bytes] = []
    for number in range(3):
        frame = VideoFrame.from_ndarray(np.roll(noise, 3 * number, 1) + np.uint8(100), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 30)
        found += map(bytes, encoder.encode(frame))
    return (*found, *map(bytes, encoder.encode(None)))


def payload_seeds(codec: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        packetizer = PACKETIZERS[codec]()
        cut = [
            packetizer.packetize(frame, keyframe=number == 0, limit_bytes=LIMIT_BYTES)
            for number, frame in enumerate(frames(codec))
        ]
        return [*map(joined, cut), *(joined([payload]) for payloads in cut[:2] for payload in payloads[:2])]

    return seeds


def frame_seeds(codec: str) -> Callable[[], list[bytes]]:
    return lambda: [b"\xc8" + frame for frame in frames(codec)]


def depacketize(codec: str) -> Callable[[bytes], None]:
    reader = DEPACKETIZERS[codec]()

    def run(data: bytes) -> None:
        pieces = []
        for payload in parted(data):
            try:
                pieces.append(reader.piece(payload))
            except ValueError:
                continue
        try:
            frame = reader.assemble(pieces)
        except ValueError:
            return
        assert len(frame) <= 4 * len(data) + 64

    return run


def packetize(codec: str) -> Callable[[bytes], None]:
    reader = DEPACKETIZERS[codec]()

    def run(data: bytes) -> None:
        limit_bytes = 64 + (data[0] if data else 0)
        try:
            payloads = PACKETIZERS[codec]().packetize(data[1:], keyframe=True, limit_bytes=limit_bytes)
        except ValueError:
            return
        assert payloads
        assert max(map(len, payloads)) <= limit_bytes
        with suppress(ValueError):  # a broken frame may be cut into what is refused
            reader.assemble([reader.piece(payload) for payload in payloads])

    return run


TARGETS = tuple(
    target
    for codec in ENCODERS
    for target in (
        Target(f"depacketize-{codec}", payload_seeds(codec), depacketize(codec)),
        Target(
            f"packetize-{codec}",
            frame_seeds(codec),
            packetize(codec),
        ),
    )
)
