import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.fec.zeroing import zero_extensions
from vidphone.media.rtp.packet import RtpPacket


@given(
    extensions=st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=20), max_size=6),
    ids=st.sets(st.integers(1, 14)),
    csrcs=st.lists(st.integers(0, 2**32 - 1), max_size=3).map(tuple),
    payload=st.binary(max_size=20),
)
def test_only_the_values_named_become_zero(
    extensions: dict[int, bytes], ids: set[int], csrcs: tuple[int, ...], payload: bytes
) -> None:
    packet = RtpPacket(96, 7, 8, 9, payload, extensions=extensions, csrcs=csrcs)
    zeroed = zero_extensions(packet.serialize(), ids)
    assert len(zeroed) == len(packet.serialize())
    read = RtpPacket.parse(zeroed)
    assert read.extensions == {
        identity: bytes(len(value)) if identity in ids else value for identity, value in extensions.items()
    }
    assert (read.payload, read.csrcs, read.sequence_number) == (payload, csrcs, 7)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x90", b"\x91"]), st.sets(st.integers(0, 255)))
def test_hostile_bytes_are_refused_or_keep_their_length(data: bytes, first: bytes, ids: set[int]) -> None:
    try:
        assert len(zero_extensions(first + data, ids)) == len(first + data)
    except ValueError:
        return


@pytest.mark.parametrize(
    "extension",
    [
        bytes.fromhex("bede 0001"),
        bytes.fromhex("bede 0001 15000000"),
        bytes.fromhex("1000 0001 00000001"),
        bytes.fromhex("1000 0001 01040000"),
        bytes.fromhex("bede"),
    ],
)
def test_extensions_that_do_not_fit_are_refused(extension: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        zero_extensions(b"\x90" + bytes(11) + extension, [1])
