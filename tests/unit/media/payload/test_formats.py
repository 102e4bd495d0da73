"""Real encoders and decoders, and properties that hold for every payload format."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import cast

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.codec.priority import unchanged_priority
from vidphone.media.payload import DEPACKETIZERS, PACKETIZERS

CODECS = ("AV1", "VP9", "VP8", "H264")
ENCODERS = {
    "AV1": ("libsvtav1", {"preset": "12", "svtav1-params": "rtc=1:pred-struct=1:lp=1:rc=2:lookahead=0"}),
    "VP9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    "VP8": ("libvpx", {"deadline": "realtime", "cpu-used": "-8"}),
    "H264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "threads": "1", "aud": "1"}),
}
DECODERS = {"AV1": "libdav1d", "VP9": "vp9", "VP8": "vp8", "H264": "h264"}
KEYFRAMES = (0, 5)


@cache
def encoded(codec: str, width: int = 320, height: int = 180) -> list[bytes]:
    """Nine frames with keyframes at 0 and 5, hard enough to fill several packets each."""
    name, options = ENCODERS[codec]
    encoder = cast(VideoCodecContext, av.CodecContext.create(name, "w"))
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 30), Fraction(30)
    encoder.bit_rate, encoder.gop_size = 2_000_000, 300
    encoder.options = options
    with unchanged_priority():
        encoder.open()
    noise = np.random.default_rng(1).integers(0, 60, (height * 3 // 2, width), np.uint8)
    frames: list[bytes] = []
    for number in range(9):
        frame = VideoFrame.from_ndarray(np.roll(noise, 3 * number, 1) + np.uint8(100), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 30)
        frame.pict_type = PictureType.I if number in KEYFRAMES else PictureType.NONE
        frames += map(bytes, encoder.encode(frame))
    return frames + [bytes(packet) for packet in encoder.encode(None)]


def decoded(codec: str, frames: Sequence[bytes]) -> list[bytes]:
    decoder = cast(VideoCodecContext, av.CodecContext.create(DECODERS[codec], "r"))
    pictures = [picture for frame in frames for picture in decoder.decode(av.Packet(frame))]
    return [picture.to_ndarray().tobytes() for picture in pictures + decoder.decode(None)]


@pytest.mark.parametrize("limit_bytes", [64, 1180, 60000])
@pytest.mark.parametrize("codec", CODECS)
def test_real_frames_come_through_bit_exactly(codec: str, limit_bytes: int) -> None:
    packetizer, depacketizer = PACKETIZERS[codec](), DEPACKETIZERS[codec]()
    frames = encoded(codec)
    received = []
    for number, frame in enumerate(frames):
        payloads = packetizer.packetize(frame, keyframe=number in KEYFRAMES, limit_bytes=limit_bytes)
        assert max(map(len, payloads)) <= limit_bytes
        pieces = [depacketizer.piece(payload) for payload in payloads]
        assert [piece.starts_frame for piece in pieces] == [True] + [False] * (len(pieces) - 1)
        assert pieces[0].keyframe == any(piece.keyframe for piece in pieces) == (number in KEYFRAMES)
        received.append(depacketizer.assemble(pieces))
    if codec != "H264":
        assert received == frames
    assert decoded(codec, received) == decoded(codec, frames)
    assert len(decoded(codec, received)) == len(frames)


@pytest.mark.parametrize("codec", CODECS)
def test_the_packets_of_a_frame_are_even_and_as_few_as_can_be(codec: str) -> None:
    packetizer = PACKETIZERS[codec]()
    for number, frame in enumerate(encoded(codec)):
        sizes = [len(payload) for payload in packetizer.packetize(frame, keyframe=False, limit_bytes=1180)]
        if codec == "H264" and number in KEYFRAMES:
            sizes = sizes[1:]  # the parameter sets
        assert max(sizes) - min(sizes) <= max(12, len(sizes))
        assert len(sizes) <= -(-len(frame) // 1174) or len(sizes) == 1


@pytest.mark.parametrize("codec", CODECS)
def test_a_frame_with_a_packet_missing_is_refused_or_shorter(codec: str) -> None:
    packetizer, depacketizer = PACKETIZERS[codec](), DEPACKETIZERS[codec]()
    frame = encoded(codec)[1]
    limit_bytes = len(frame) // 4 + 64
    payloads = packetizer.packetize(frame, keyframe=False, limit_bytes=limit_bytes)
    pieces = [depacketizer.piece(payload) for payload in payloads]
    whole = depacketizer.assemble(pieces)
    assert len(pieces) > 2
    with pytest.raises(ValueError, match=r"."):
        depacketizer.assemble(pieces[1:])
    with pytest.raises(ValueError, match=r"."):
        depacketizer.assemble([])
    for missing in range(1, len(pieces)):
        try:
            assert len(depacketizer.assemble(pieces[:missing] + pieces[missing + 1 :])) < len(whole)
        except ValueError:
            continue


@pytest.mark.parametrize("codec", CODECS)
@given(payloads=st.lists(st.binary(max_size=40), max_size=4))
def test_hostile_payloads_are_refused_or_harmless(codec: str, payloads: list[bytes]) -> None:
    depacketizer = DEPACKETIZERS[codec]()
    pieces = []
    for payload in payloads:
        try:
            pieces.append(depacketizer.piece(payload))
        except ValueError:
            continue
    try:
        assembled = depacketizer.assemble(pieces)
    except ValueError:
        return
    assert len(assembled) <= 8 * sum(map(len, payloads)) + 2


@pytest.mark.parametrize("codec", CODECS)
@settings(deadline=None, max_examples=50)
@given(at=st.integers(0, 2000), flip=st.integers(1, 255), data=st.data())
def test_a_damaged_stream_is_refused_or_harmless(codec: str, at: int, flip: int, data: st.DataObject) -> None:
    depacketizer = DEPACKETIZERS[codec]()
    frame = bytearray(encoded(codec)[0])
    frame[at % len(frame)] ^= flip
    try:
        payloads = PACKETIZERS[codec]().packetize(bytes(frame), keyframe=True, limit_bytes=300)
    except ValueError:
        return
    payloads = data.draw(st.permutations(payloads[:6]))
    for keep in (payloads, [payload[: at % 40] for payload in payloads]):
        try:
            depacketizer.assemble([depacketizer.piece(payload) for payload in keep])
        except ValueError:
            continue


@pytest.mark.parametrize("codec", CODECS)
def test_empty_frames_and_absurd_limits_are_refused(codec: str) -> None:
    for frame, limit_bytes in [(b"", 1000), (encoded(codec)[0], 63), (encoded(codec)[0], 70000)]:
        with pytest.raises(ValueError, match=r"."):
            PACKETIZERS[codec]().packetize(frame, keyframe=True, limit_bytes=limit_bytes)
