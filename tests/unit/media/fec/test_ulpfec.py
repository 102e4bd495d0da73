"""ULPFEC as Chromium 156 sends it: three packets of VP8 and one that repairs them, from the wire, in hexadecimal."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.fec import ulpfec
from vidphone.media.fec.flexfec import RepairDecoder
from vidphone.media.fec.zeroing import zero_extensions
from vidphone.media.rtp.packet import RtpPacket

WIRE = [bytes.fromhex(line) for line in (Path(__file__).parent / "chromium_156_ulpfec.hex").read_text().split()]
RED, VP8, ULPFEC = 118, 96, 120
CHANGING = {2, 4}
HEADER = bytes((0x00, 96)) + (1000).to_bytes(2) + bytes(4) + (20).to_bytes(2) + (20).to_bytes(2)


def inner(data: bytes) -> RtpPacket:
    return ulpfec.out_of_red(RtpPacket.parse(data))


def repair_packet(mask: bytes, *, first: int = 0, protected: int = 20, count: int = 20) -> bytes:
    return bytes((first, *HEADER[1:10])) + protected.to_bytes(2) + mask + bytes(count)


def test_what_is_inside_red_keeps_the_header_of_the_packet() -> None:
    outer, packet = RtpPacket.parse(WIRE[0]), inner(WIRE[0])
    assert (outer.payload_type, packet.payload_type) == (RED, VP8)
    assert packet.payload == outer.payload[1:]
    assert (packet.sequence_number, packet.timestamp, packet.extensions) == (
        outer.sequence_number, outer.timestamp, outer.extensions,
    )  # fmt: skip


@pytest.mark.parametrize("lost", range(3))
def test_each_lost_packet_is_recovered_bit_for_bit(lost: int) -> None:
    media = [zero_extensions(inner(data).serialize(), CHANGING) for data in WIRE[:3]]
    repair = inner(WIRE[3])
    assert repair.payload_type == ULPFEC
    decoder = RepairDecoder(repair.ssrc)
    for number, packet in enumerate(media):
        assert number == lost or decoder.media(packet) == []
    assert decoder.repair(repair.payload, partial(ulpfec.read, ssrc=repair.ssrc)) == [media[lost]]


@pytest.mark.parametrize("payload", [b"", b"\xe0", b"\xe0\x00\x00\x00\x01data"])
def test_red_of_no_packet_or_several_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="one packet"):
        ulpfec.out_of_red(RtpPacket(RED, 1, 2, 3, payload))


@given(st.sets(st.integers(0, 47), min_size=1))
def test_the_mask_names_packets_from_the_first_on(offsets: set[int]) -> None:
    long = max(offsets) > 15
    bits = 48 if long else 16
    mask = sum(1 << (bits - 1 - offset) for offset in offsets).to_bytes(bits // 8)
    payload = repair_packet(mask, first=0x40 if long else 0)
    header = ulpfec.read(payload, 7)
    assert (header.ssrc, header.base, header.offsets) == (7, 1000, tuple(sorted(offsets)))
    assert len(payload) - header.size_bytes == 20


@pytest.mark.parametrize(
    "payload",
    [
        repair_packet(b"\x80\x00")[:13],
        repair_packet(b"\x80\x00", first=0x40, count=0)[:16],
        repair_packet(b"\x80\x00", first=0x80),
        repair_packet(b"\x00\x00"),
        repair_packet(b"\x80\x00", protected=10),
        repair_packet(b"\x80\x00", protected=30),
    ],
)
def test_damage_and_what_is_never_sent_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="repair packet"):
        ulpfec.read(payload, 7)
