"""ULPFEC as Chromium 156 sends it: three packets of VP8 and one that repairs them, from the wire, in hexadecimal."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.fec import ulpfec
from vidphone.media.fec.flexfec import RepairDecoder, RepairEncoder
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


@settings(deadline=None)
@given(
    gaps=st.lists(st.integers(1, 3), min_size=1, max_size=30), sizes=st.data(), count=st.integers(1, 4),
    start=st.integers(0, 0xFFFF),
)  # fmt: skip
def test_what_we_send_repairs_one_loss_of_each_block(
    gaps: list[int], sizes: st.DataObject, count: int, start: int
) -> None:
    numbers = [(start + sum(gaps[: at + 1])) & 0xFFFF for at in range(len(gaps))]
    packets = [
        RtpPacket(VP8, number, at // 3, 7, sizes.draw(st.binary(max_size=40)), marker=at % 3 == 2).serialize()
        for at, number in enumerate(numbers)
    ]
    encoder = RepairEncoder(ulpfec.write, ulpfec.MASK_SPAN)
    blocks = list(encoder.blocks(packets, 20))
    assert [packet for block in blocks for packet in block] == packets
    for block in blocks:
        lost = sizes.draw(st.sampled_from(block))
        decoder = RepairDecoder(7)
        found = [one for packet in block if packet != lost for one in decoder.media(packet)]
        for payload in encoder.protect(block, count):
            found += decoder.repair(payload, partial(ulpfec.read, ssrc=7))
        assert found == [lost]


def test_a_packet_comes_out_of_red_as_it_went_in() -> None:
    packet = RtpPacket(VP8, 5, 6, 7, b"data", marker=True, extensions={3: b"ab"})
    outer = ulpfec.into_red(packet, RED)
    assert (outer.payload_type, outer.sequence_number, outer.marker) == (RED, 5, True)
    assert ulpfec.out_of_red(outer) == packet


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
