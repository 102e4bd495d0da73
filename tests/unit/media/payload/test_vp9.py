import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.payload.vp9 import Vp9Depacketizer, Vp9Packetizer, keyframe_size

# frame marker, profile 0, keyframe shown, sync code, BT.601, 1280 x 720
KEYFRAME = bytes([0x82, 0x49, 0x83, 0x42]) + (2 << 36 | 1279 << 20 | 719 << 4).to_bytes(5) + b"rest"
INTER = bytes([0x86, 0, 0, 0]) + b"rest"


def test_a_keyframe_says_its_size_in_the_scalability_structure() -> None:
    assert keyframe_size(KEYFRAME) == (1280, 720)
    (payload,) = Vp9Packetizer(5).packetize(KEYFRAME, keyframe=True, limit_bytes=100)
    assert payload == b"\x8e\x80\x05" + b"\x18\x05\x00\x02\xd0\x01\x14\x01" + KEYFRAME


def test_other_frames_are_marked_as_predicted_and_carry_no_structure() -> None:
    packetizer = Vp9Packetizer(0x7FFF)
    frame = INTER + bytes(150)
    payloads = packetizer.packetize(frame, keyframe=False, limit_bytes=64)
    assert [payload[:3] for payload in payloads] == [b"\xc8\xff\xff", b"\xc0\xff\xff", b"\xc4\xff\xff"]
    assert packetizer.packetize(frame, keyframe=False, limit_bytes=64)[0][1:3] == b"\x80\x00"


@given(st.binary(max_size=2000), st.integers(64, 1200), st.sampled_from([KEYFRAME, INTER]))
def test_packets_are_even_and_come_back(tail: bytes, limit_bytes: int, head: bytes) -> None:
    payloads = Vp9Packetizer().packetize(head + tail, keyframe=head is KEYFRAME, limit_bytes=limit_bytes)
    sizes = [len(payload) for payload in payloads]
    assert max(sizes) <= limit_bytes
    assert max(sizes) - min(sizes) <= 1
    pieces = [Vp9Depacketizer().piece(payload) for payload in payloads]
    assert [piece.starts_frame for piece in pieces] == [True] + [False] * (len(pieces) - 1)
    assert [piece.keyframe for piece in pieces] == [head is KEYFRAME] + [False] * (len(pieces) - 1)
    assert Vp9Depacketizer().assemble(pieces) == head + tail


@pytest.mark.parametrize(
    ("descriptor", "starts", "keyframe"),
    [
        (b"\x08", True, True),
        (b"\x00", False, False),
        (b"\x48", True, False),
        (b"\x88\x11", True, True),
        (b"\x88\x91\x22", True, True),
        (b"\xa8\x11\x00\x07", True, True),  # non-flexible: TL0PICIDX behind the layer indices
        (b"\xa8\x11\x02\x07", False, False),  # the second spatial layer
        (b"\xb8\x11\x00", True, True),  # flexible
        (b"\xf8\x11\x20\x02", True, False),
        (b"\xd8\x11\x03\x05\x06", True, False),  # flexible, three references
        (b"\x8a\x11\x00", True, True),  # scalability structures: bare, sizes of two layers, group of two frames
        (b"\x8a\x11\x30" + bytes(8), True, True),
        (b"\x8a\x11\x08\x02\x04\x01\x28\x01\x02", True, True),
    ],
)
def test_both_modes_and_all_fields_are_read(descriptor: bytes, starts: bool, keyframe: bool) -> None:
    piece = Vp9Depacketizer().piece(descriptor + KEYFRAME)
    assert piece.data == KEYFRAME
    assert (piece.starts_frame, piece.keyframe) == (starts, keyframe)
    assert not Vp9Depacketizer().piece(descriptor + INTER).keyframe


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x08",
        b"\x88",
        b"\x88\x91",
        b"\xa8\x11",
        b"\xa8\x11\x00",
        b"\xd8\x11\x03\x05",
        b"\xd8\x11\x03\x05\x07\x08data",
        b"\x0a",
        b"\x0a\x30\x00data",
        b"\x0a\x08",
        b"\x0a\x08\x02\x04",
    ],
)
def test_packets_cut_off_are_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="VP9"):
        Vp9Depacketizer().piece(payload)


def test_keyframes_of_all_profiles_are_known() -> None:
    def frame(bits: str) -> bytes:
        bits += format(1919, "016b") + format(1079, "016b")
        return int(bits.ljust(160, "0"), 2).to_bytes(20)

    sync = format(0x498342, "024b")
    assert keyframe_size(frame("10" + "00" + "0010" + sync + "0010")) == (1920, 1080)
    assert keyframe_size(frame("10" + "10" + "0010" + sync + "001" + "0110")) == (1920, 1080)
    assert keyframe_size(frame("10" + "10" + "0010" + sync + "111" + "0")) == (1920, 1080)
    assert keyframe_size(frame("10" + "01" + "0010" + sync + "1" + "0010")) == (1920, 1080)
    assert keyframe_size(frame("10" + "110" + "0010" + sync + "1" + "001" + "0110")) == (1920, 1080)
    assert keyframe_size(frame("10" + "00" + "1000" + sync + "0010")) is None  # shows an existing frame
    assert keyframe_size(frame("01" + "00" + "0010" + sync + "0010")) is None
    assert keyframe_size(KEYFRAME[:8]) is None


@pytest.mark.parametrize(
    ("descriptor", "picture", "before"),
    [
        (b"\x08", None, None), (b"\x88\x05", 5, 4), (b"\x88\x00", 0, 127), (b"\x88\x81\x00", 256, 255),
        (b"\x88\x80\x00", 0, 0x7FFF),
    ],
)  # fmt: skip
def test_the_picture_and_the_one_before_are_named(descriptor: bytes, picture: int | None, before: int | None) -> None:
    piece = Vp9Depacketizer().piece(descriptor + KEYFRAME)
    assert (piece.picture, piece.picture_before) == (picture, before)
