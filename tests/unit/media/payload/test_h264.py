from fractions import Fraction

import numpy as np
import pytest
from aiortc.codecs import depayload
from aiortc.codecs.h264 import H264Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.payload.h264 import H264Depacketizer, H264Packetizer

SPS, PPS, SEI, AUD, FILLER = b"\x67sps", b"\x68pps", b"\x06sei", b"\x09\xf0", b"\x0c\xff\xff\x80"
IDR, NEXT_IDR, SLICE, NEXT_SLICE = b"\x65\x88idr", b"\x65\x08idr", b"\x41\x9aslice", b"\x41\x1aslice"

# No zeros: neither start codes inside nor zeros at the end, both of which Annex B rules out.
UNITS = st.builds(
    lambda kind, body: bytes([kind]) + body,
    st.sampled_from([0x67, 0x68, 0x65, 0x41, 0x01, 0x06]),
    st.one_of(st.binary(min_size=1, max_size=30), st.integers(1, 1500).map(bytes)).map(
        lambda body: body.replace(b"\0", b"\x07")
    ),
)


def annex_b(*units: bytes) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def assembled(*payloads: bytes) -> bytes:
    depacketizer = H264Depacketizer()
    return depacketizer.assemble([depacketizer.piece(payload) for payload in payloads])


@given(
    units=st.lists(UNITS, min_size=1, max_size=8),
    codes=st.lists(st.sampled_from([b"\0\0\1", b"\0\0\0\1", b"\0\0\0\0\1"]), min_size=8, max_size=8),
    limit_bytes=st.integers(64, 500),
)
def test_any_units_come_back_and_aiortc_reads_them_too(
    units: list[bytes], codes: list[bytes], limit_bytes: int
) -> None:
    frame = b"".join(code + unit for code, unit in zip(codes, units, strict=False))
    payloads = H264Packetizer().packetize(frame, keyframe=True, limit_bytes=limit_bytes)
    assert max(map(len, payloads)) <= limit_bytes
    assert assembled(*payloads) == annex_b(*units)
    codec = RTCRtpCodecParameters(mimeType="video/H264", clockRate=90000, payloadType=99)
    assert b"".join(depayload(codec, payload) for payload in payloads) == annex_b(*units)


def test_what_aiortc_sends_is_read() -> None:
    encoder = H264Encoder()
    codec = RTCRtpCodecParameters(mimeType="video/H264", clockRate=90000, payloadType=99)
    noise = np.random.default_rng(3).integers(0, 255, (270, 320), np.uint8)
    for number in range(3):
        frame = VideoFrame.from_ndarray(np.roll(noise, number, 1), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 30)
        payloads, _ = encoder.encode(frame, force_keyframe=number == 2)
        pieces = [H264Depacketizer().piece(payload) for payload in payloads]
        assert pieces[0].starts_frame
        assert pieces[0].keyframe is (number != 1)
        assert H264Depacketizer().assemble(pieces) == b"".join(depayload(codec, payload) for payload in payloads)


def test_parameter_sets_travel_together_without_delimiter_and_filler() -> None:
    frame = annex_b(AUD, SPS, PPS, SEI, b"\x65" + bytes([1]) * 200, FILLER)
    first, *rest = H264Packetizer().packetize(frame, keyframe=True, limit_bytes=100)
    assert first == b"\x78\0\4" + SPS + b"\0\4" + PPS + b"\0\4" + SEI
    assert [payload[0] for payload in rest] == [0x7C] * 3
    assert [payload[1] for payload in rest] == [0x85, 0x05, 0x45]


@pytest.mark.parametrize(
    ("units", "starts", "keyframe"),
    [
        ([SPS], True, True),
        ([PPS], False, False),
        ([AUD], True, False),
        ([SEI], False, False),
        ([IDR], False, True),
        ([NEXT_IDR], False, True),
        ([SLICE], True, False),
        ([NEXT_SLICE], False, False),
        ([SPS, PPS, IDR], True, True),
        ([SEI, SLICE], True, False),
        ([PPS, IDR], False, True),
    ],
)
def test_the_start_of_a_frame_and_keyframes_are_told_from_the_units(
    units: list[bytes], starts: bool, keyframe: bool
) -> None:
    payload = units[0]
    if len(units) > 1:
        payload = b"\x78" + b"".join(len(unit).to_bytes(2) + unit for unit in units)
    piece = H264Depacketizer().piece(payload)
    assert (piece.starts_frame, piece.keyframe) == (starts, keyframe)
    if len(units) == 1 and units[0] in {IDR, SLICE, NEXT_SLICE}:
        header = units[0][0]
        start = H264Depacketizer().piece(bytes([header & 0x60 | 28, header & 31 | 0x80]) + units[0][1:])
        middle = H264Depacketizer().piece(bytes([header & 0x60 | 28, header & 31]) + units[0][1:])
        assert (start.starts_frame, start.keyframe) == (starts, keyframe)
        assert not middle.starts_frame
        assert not middle.keyframe


@pytest.mark.parametrize(
    "payloads",
    [
        [b""],
        [b"\x65"],
        [b"\x78"],
        [b"\x78\0"],
        [b"\x78\0\0"],
        [b"\x78\0\5ab"],
        [b"\x7c\x85"],
        [b"\x79ab"],
        [b"\x7dabc"],
        [b"\x60ab"],
        [b"\x7c\x05rest"],
        [b"\x7c\x85start"],
        [b"\x7c\x85start", b"\x7c\x85start"],
        [b"\x7c\x85start", b"\x7c\x41end"],
        [b"\x7c\x85start", SLICE],
        [],
    ],
)
def test_what_does_not_fit_together_is_refused(payloads: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"H\.264"):
        assembled(*payloads)


@pytest.mark.parametrize("frame", [b"\x65idr", b"x\0\0\1\x65idr", b"\0\0\1", annex_b(AUD, FILLER)])
def test_frames_without_units_are_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"H\.264"):
        H264Packetizer().packetize(frame, keyframe=False, limit_bytes=100)
