import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.payload.av1 import Av1Depacketizer, Av1Packetizer

SEQUENCE_HEADER, DELIMITER, FRAME_HEADER, TILE_GROUP, METADATA, FRAME, TILE_LIST, PADDING = 1, 2, 3, 4, 5, 6, 8, 15


def leb128(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + leb128(value >> 7)


def obu(kind: int, body: bytes, *, sized: bool = True, extension: int | None = None) -> bytes:
    header = bytes([kind << 3 | (4 if extension is not None else 0) | (2 if sized else 0)])
    header += b"" if extension is None else bytes([extension])
    return header + (leb128(len(body)) if sized else b"") + body


def assembled(*payloads: bytes) -> bytes:
    depacketizer = Av1Depacketizer()
    return depacketizer.assemble([depacketizer.piece(payload) for payload in payloads])


KINDS = st.sampled_from([SEQUENCE_HEADER, FRAME_HEADER, TILE_GROUP, METADATA, FRAME, 7])
BODIES = st.one_of(st.binary(max_size=8), st.integers(0, 900).map(bytes))


@given(
    units=st.lists(st.tuples(KINDS, BODIES, st.none() | st.integers(0, 255)), min_size=1, max_size=9),
    limit_bytes=st.integers(64, 400),
    last_sized=st.booleans(),
)
def test_any_temporal_unit_comes_back_with_a_delimiter_and_sizes(
    units: list[tuple[int, bytes, int | None]], limit_bytes: int, last_sized: bool
) -> None:
    kept = [obu(kind, body, extension=extension) for kind, body, extension in units]
    last_kind, last_body, last_extension = units[-1]
    sent = [*kept[:-1], obu(last_kind, last_body, extension=last_extension, sized=last_sized)]
    noise = [obu(DELIMITER, b""), obu(PADDING, b"\0\0"), obu(TILE_LIST, b"x")]
    frame = b"".join([noise[0], *(part for unit in sent[:-1] for part in (unit, *noise[1:])), sent[-1]])
    payloads = Av1Packetizer().packetize(frame, keyframe=False, limit_bytes=limit_bytes)
    assert max(map(len, payloads)) <= limit_bytes
    assert assembled(*payloads) == b"\x12\x00" + b"".join(kept)


def test_a_new_sequence_is_marked_on_the_first_packet_where_its_header_leads() -> None:
    frame = obu(DELIMITER, b"") + obu(SEQUENCE_HEADER, b"s") + obu(FRAME, bytes(200))
    payloads = Av1Packetizer().packetize(frame, keyframe=True, limit_bytes=100)
    assert [payload[0] & 0x08 for payload in payloads] == [8, 0, 0]
    assert [payload[0] & 0xC0 for payload in payloads] == [0x40, 0xC0, 0x80]
    piece = Av1Depacketizer().piece(payloads[0])
    assert piece.starts_frame
    assert piece.keyframe
    (only,) = Av1Packetizer().packetize(obu(FRAME, b"f"), keyframe=True, limit_bytes=100)
    assert only[0] & 0x08 == 0
    assert not Av1Depacketizer().piece(only).keyframe


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        (b"\x10" + obu(FRAME, b"f", sized=False), True),
        (b"\x10" + obu(FRAME_HEADER, b"f", sized=False), True),
        (b"\x10" + obu(TILE_GROUP, b"t", sized=False), False),
        (b"\x10" + obu(METADATA, b"m", sized=False), False),
        (b"\x90rest", False),
        (b"\x10", False),
    ],
)
def test_only_the_header_of_a_frame_or_sequence_starts_one(payload: bytes, starts: bool) -> None:
    assert Av1Depacketizer().piece(payload).starts_frame is starts


def test_all_forms_of_packets_are_read() -> None:
    sequence, frame = obu(SEQUENCE_HEADER, b"seq", sized=False), obu(FRAME, b"frame", sized=False)
    whole = b"\x12\x00" + obu(SEQUENCE_HEADER, b"seq") + obu(FRAME, b"frame")
    counted = b"\x28" + leb128(len(sequence)) + sequence + frame
    uncounted = b"\x08" + leb128(len(sequence)) + sequence + leb128(len(frame)) + frame
    with_sizes = b"\x08\x05" + obu(SEQUENCE_HEADER, b"seq") + b"\x07" + obu(FRAME, b"frame")
    with_delimiter = b"\x38\x02\x12\x00" + leb128(len(sequence)) + sequence + frame
    assert {assembled(payload) for payload in (counted, uncounted, with_sizes, with_delimiter)} == {whole}
    assert assembled(b"\x68\x04" + sequence + frame[:2], b"\xd0", b"\xd0" + frame[2:3], b"\x90" + frame[3:]) == whole


@pytest.mark.parametrize(
    "payloads",
    [
        [b""],
        [b"\x20\x05ab"],
        [b"\x20\x80"],
        [b"\x30\x01a"],
        [b"\x00"],
        [b"\x00" + b"\x80" * 9],
        [b"\x88rest"],
        [b"\x90rest"],
        [b"\x50\x30f"],
        [b"\x50\x30f", b"\x10\x30g"],
        [b"\x10\x30f", b"\x90g"],
        [b"\x10"],
        [b"\x10\x34"],
        [b"\x10\x32\x05ab"],
        [b"\x10\x32\x01ab"],
        [],
    ],
)
def test_what_does_not_fit_together_is_refused(payloads: list[bytes]) -> None:
    with pytest.raises(ValueError, match="AV1"):
        assembled(*payloads)


@pytest.mark.parametrize("frame", [b"\x12\x00", b"\x32\x05ab", b"\x36", b"\x32" + b"\x80" * 9])
def test_frames_without_a_picture_or_cut_off_are_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match="AV1"):
        Av1Packetizer().packetize(frame, keyframe=False, limit_bytes=100)
