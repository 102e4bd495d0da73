import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap
from aiortc.rtp import RtpPacket as ForeignPacket
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp import extensions
from vidphone.media.rtp.packet import RtpPacket, Unwrapper, is_rtcp

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence_number=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFF_FFFF),
    ssrc=st.integers(0, 0xFFFF_FFFF),
    payload=st.binary(max_size=40),
    marker=st.booleans(),
    extensions=st.dictionaries(st.integers(1, 255), st.binary(max_size=20), max_size=4)
    | st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=4),
    csrcs=st.lists(st.integers(0, 0xFFFF_FFFF), max_size=15).map(tuple),
    padding_bytes=st.integers(0, 255),
)


def head(first: int = 0x80) -> bytes:
    return bytes((first, 96)) + bytes(10)


@given(packets)
def test_what_is_written_reads_back(packet: RtpPacket) -> None:
    assert RtpPacket.parse(packet.serialize()) == packet


@given(st.binary(max_size=60) | st.builds(lambda first, rest: head(first) + rest, st.integers(128, 191), st.binary()))
def test_hostile_bytes_read_as_a_packet_or_raise_value_error(data: bytes) -> None:
    try:
        packet = RtpPacket.parse(data)
    except ValueError:
        return
    assert len(packet.payload) + packet.padding_bytes <= len(data) - 12
    assert RtpPacket.parse(packet.serialize()) == packet


@given(packets, st.data())
def test_a_packet_cut_anywhere_in_its_header_is_refused(packet: RtpPacket, data: st.DataObject) -> None:
    written = packet.serialize()
    header = len(written) - len(packet.payload) - packet.padding_bytes
    with pytest.raises(ValueError, match="RTP"):
        RtpPacket.parse(written[: data.draw(st.integers(0, header - 1))])


def test_the_one_byte_form_is_written_where_it_fits_and_else_the_two_byte_form() -> None:
    assert RtpPacket(96, 1, 2, 3, b"p", extensions={3: b"\1\2"}).serialize()[12:] == b"\xbe\xde\0\1\x31\1\2\0p"
    assert RtpPacket(96, 1, 2, 3, b"p", extensions={15: b"\1"}).serialize()[12:] == b"\x10\0\0\1\x0f\1\1\0p"
    assert RtpPacket(96, 1, 2, 3, b"p", extensions={3: b""}).serialize()[12:16] == b"\x10\0\0\1"


def test_padding_between_elements_is_passed_over_and_the_reserved_ids_end_the_reading() -> None:
    # RFC 8285 section 4.2: 0x00 pads; id 15, and id 0 with a length, stop
    between = head(0x90) + b"\xbe\xde\0\2" + b"\0\x10A\0\x21BC\0"
    assert RtpPacket.parse(between).extensions == {1: b"A", 2: b"BC"}
    for reserved in (0xF0, 0x01):
        stopped = head(0x90) + b"\xbe\xde\0\2" + bytes((0x10, 65, reserved, 9, 9, 0x20, 66, 0))
        assert RtpPacket.parse(stopped).extensions == {1: b"A"}


def test_extensions_of_another_profile_are_passed_over_and_application_bits_ignored() -> None:
    assert RtpPacket.parse(head(0x90) + b"\xab\xcd\0\1\x10A\0\0pay").extensions == {}
    assert RtpPacket.parse(head(0x90) + b"\x10\x07\0\1\x01\1A\0pay").extensions == {1: b"A"}


@pytest.mark.parametrize(
    "data",
    [
        head(0x40),
        head(0x81),
        head(0x90) + b"\xbe\xde\0",
        head(0x90) + b"\xbe\xde\0\2\x10A\0\0",
        head(0x90) + b"\xbe\xde\0\1\x13A\0\0",
        head(0x90) + b"\x10\0\0\1\0\0\0\1",
        head(0x90) + b"\x10\0\0\1\1\3AB",
        head(0xA0),
        head(0xA0) + b"\0",
        head(0xA0) + b"\1\3",
    ],
)
def test_damage_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="RTP"):
        RtpPacket.parse(data)


@pytest.mark.parametrize(
    "packet",
    [
        RtpPacket(128, 0, 0, 0, b""),
        RtpPacket(96, 65536, 0, 0, b""),
        RtpPacket(96, 0, -1, 0, b""),
        RtpPacket(96, 0, 0, 0, b"", csrcs=(0,) * 16),
        RtpPacket(96, 0, 0, 0, b"", padding_bytes=256),
        RtpPacket(96, 0, 0, 0, b"", padding_bytes=-1),
        RtpPacket(96, 0, 0, 0, b"", extensions={0: b"x"}),
        RtpPacket(96, 0, 0, 0, b"", extensions={1: bytes(256)}),
    ],
)
def test_a_field_out_of_range_is_not_written(packet: RtpPacket) -> None:
    with pytest.raises(ValueError, match="RTP"):
        packet.serialize()


@given(
    sequence=st.integers(0, 0xFFFF),
    transport=st.integers(0, 0xFFFF),
    mid=st.text("abc01", min_size=1, max_size=16),
    level=st.integers(-127, 0),
    payload=st.binary(max_size=30),
    padding=st.integers(0, 20),
)
def test_a_second_implementation_reads_and_writes_the_same(
    sequence: int, transport: int, mid: str, level: int, payload: bytes, padding: int
) -> None:
    ids = HeaderExtensionsMap()
    uris = {1: extensions.MID, 2: extensions.TRANSPORT_CC, 3: extensions.AUDIO_LEVEL, 4: extensions.ABS_SEND_TIME}
    ids.configure(
        RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=n, uri=u) for n, u in uris.items()])
    )
    ours = RtpPacket(111, sequence, 7, 8, payload, True, csrcs=(5,), padding_bytes=padding)
    ours.extensions[1] = extensions.pack_mid(mid)
    ours.extensions[2] = extensions.pack_transport_sequence(transport)
    ours.extensions[3] = extensions.pack_audio_level(level, True)
    ours.extensions[4] = extensions.pack_abs_send_time(1.5)

    theirs = ForeignPacket.parse(ours.serialize(), ids)

    assert (theirs.payload_type, theirs.sequence_number, theirs.timestamp, theirs.ssrc) == (111, sequence, 7, 8)
    assert (theirs.payload, theirs.marker, theirs.csrc, theirs.padding_size) == (payload, 1, [5], padding)
    assert theirs.extensions.mid == mid
    assert theirs.extensions.transport_sequence_number == transport
    assert theirs.extensions.audio_level == (True, -level)
    assert theirs.extensions.abs_send_time == 3 << 17
    assert sorted(RtpPacket.parse(theirs.serialize(ids)).extensions.items()) == sorted(ours.extensions.items())


def test_rtcp_is_told_from_rtp_by_its_packet_type() -> None:
    assert all(is_rtcp(bytes((0x80, kind))) for kind in range(192, 224))
    assert not any(is_rtcp(bytes((0x80, kind))) for kind in (0, 96, 127, 128, 191, 224, 255))
    assert not is_rtcp(b"\x80")


@given(st.sampled_from([8, 16, 24, 32]), st.data())
def test_a_wrapping_counter_is_unwrapped_through_reordering(bits: int, data: st.DataObject) -> None:
    half = 1 << bits - 1
    start = data.draw(st.integers(0, 2 * half - 1))
    unwrapper = Unwrapper(bits)
    assert unwrapper.unwrap(start) == start
    highest = start
    for step in data.draw(st.lists(st.integers(-half, half - 1), max_size=50)):
        value = highest + step
        assert unwrapper.unwrap(value % (2 * half)) == value
        highest = max(highest, value)
