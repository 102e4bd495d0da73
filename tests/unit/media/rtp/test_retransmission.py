import pytest
from aiortc.rtp import RtpPacket as ForeignPacket
from aiortc.rtp import unwrap_rtx, wrap_rtx

from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.rtp.retransmission import unwrap, wrap

ORIGINAL = RtpPacket(96, 65535, 90_000, 11, b"picture", True, {1: b"0"}, (4,))


def test_a_retransmission_gives_the_original_back() -> None:
    again = wrap(ORIGINAL, 97, 12, 300)
    assert (again.payload_type, again.ssrc, again.sequence_number) == (97, 12, 300)
    assert unwrap(again, 96, 11) == ORIGINAL


def test_a_retransmission_has_extensions_of_its_own() -> None:
    again = wrap(ORIGINAL, 97, 12, 300)
    again.extensions[3] = b"\0\1"
    assert ORIGINAL.extensions == {1: b"0"}


def test_a_second_implementation_wraps_and_unwraps_the_same() -> None:
    plain = RtpPacket(96, 65535, 90_000, 11, b"picture", True)
    theirs = ForeignPacket.parse(plain.serialize())
    assert wrap_rtx(theirs, 97, 300, 12).serialize() == wrap(plain, 97, 12, 300).serialize()
    back = unwrap_rtx(ForeignPacket.parse(wrap(plain, 97, 12, 300).serialize()), 96, 11)
    assert back.serialize() == plain.serialize()


@pytest.mark.parametrize("payload", [b"", b"\1"])
def test_a_packet_of_padding_alone_carries_no_original(payload: bytes) -> None:
    with pytest.raises(ValueError, match="original"):
        unwrap(RtpPacket(97, 1, 2, 12, payload, padding_bytes=200), 96, 11)
