from fractions import Fraction

import numpy as np
import pytest
from aiortc.codecs import depayload
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.payload.vp8 import Vp8Depacketizer, Vp8Packetizer

KEYFRAME_HEADER = b"\x10\0\0\x9d\x01\x2a\x40\x01\xb4\0"


@given(st.binary(min_size=1, max_size=3000), st.integers(64, 1200), st.integers(0, 0x7FFF))
def test_aiortc_reads_what_is_sent(frame: bytes, limit_bytes: int, picture_id: int) -> None:
    payloads = Vp8Packetizer(picture_id).packetize(frame, keyframe=False, limit_bytes=limit_bytes)
    read = [VpxPayloadDescriptor.parse(payload) for payload in payloads]
    assert b"".join(data for _, data in read) == frame
    assert [descriptor.partition_start for descriptor, _ in read] == [1] + [0] * (len(read) - 1)
    assert {(descriptor.picture_id, descriptor.partition_id) for descriptor, _ in read} == {(picture_id, 0)}
    sizes = [len(payload) for payload in payloads]
    assert max(sizes) <= limit_bytes
    assert max(sizes) - min(sizes) <= 1


def test_what_aiortc_sends_is_read() -> None:
    encoder = Vp8Encoder()
    codec = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90000, payloadType=97)
    noise = np.random.default_rng(3).integers(0, 255, (270, 320), np.uint8)
    for number in range(3):
        frame = VideoFrame.from_ndarray(np.roll(noise, number, 1), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 30)
        payloads, _ = encoder.encode(frame, force_keyframe=number == 2)
        pieces = [Vp8Depacketizer().piece(payload) for payload in payloads]
        assert [piece.starts_frame for piece in pieces] == [True] + [False] * (len(pieces) - 1)
        assert pieces[0].keyframe is (number != 1)
        assert Vp8Depacketizer().assemble(pieces) == b"".join(depayload(codec, payload) for payload in payloads)


def test_picture_ids_rise_by_one_and_wrap_at_15_bits() -> None:
    packetizer = Vp8Packetizer(0x7FFE)
    seen = [packetizer.packetize(b"f", keyframe=False, limit_bytes=100)[0][2:4] for _ in range(3)]
    assert seen == [b"\xff\xfe", b"\xff\xff", b"\x80\x00"]


@pytest.mark.parametrize(
    ("descriptor", "starts"),
    [
        (b"\x10", True),
        (b"\x00", False),
        (b"\x11", False),
        (b"\x30", True),
        (b"\x90\x00", True),
        (b"\x90\x80\x11", True),
        (b"\x90\x80\x91\x22", True),
        (b"\x90\xc0\x11\x05", True),
        (b"\x90\xe0\x91\x22\x05\x40", True),
        (b"\x90\x10\x1f", True),
        (b"\x80\xf0\x91\x22\x05\x5f", False),
    ],
)
def test_all_fields_of_the_descriptor_are_passed_over(descriptor: bytes, starts: bool) -> None:
    piece = Vp8Depacketizer().piece(descriptor + KEYFRAME_HEADER)
    assert piece.data == KEYFRAME_HEADER
    assert (piece.starts_frame, piece.keyframe) == (starts, starts)
    assert not Vp8Depacketizer().piece(descriptor + b"\x11").keyframe


@pytest.mark.parametrize(
    "payload", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x91", b"\x90\x40\x01", b"\x10" + KEYFRAME_HEADER[:9]]
)
def test_packets_cut_off_are_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="VP8"):
        Vp8Depacketizer().piece(payload)


@pytest.mark.parametrize(
    ("descriptor", "picture", "before"),
    [
        (b"\x10", None, None), (b"\x90\x20\x00", None, None), (b"\x90\x80\x05", 5, 4), (b"\x90\x80\x00", 0, 127),
        (b"\x90\x80\x81\x00", 256, 255), (b"\x90\x80\x80\x00", 0, 0x7FFF),
    ],
)  # fmt: skip
def test_the_picture_and_the_one_before_are_named(descriptor: bytes, picture: int | None, before: int | None) -> None:
    piece = Vp8Depacketizer().piece(descriptor + KEYFRAME_HEADER)
    assert (piece.picture, piece.picture_before) == (picture, before)
