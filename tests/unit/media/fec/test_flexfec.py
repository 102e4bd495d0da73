import pickle
from collections.abc import Callable, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vidphone.media.fec.flexfec import RepairDecoder, RepairEncoder
from vidphone.media.fec.header import RepairHeader, serialize
from vidphone.media.fec.masks import cover

SSRC = 0x1234ABCD


def rtp(
    number: int, body: bytes, *, first: int = 0x80, second: int = 96, timestamp: int = 0, ssrc: int = SSRC
) -> bytes:
    fixed = bytes((first, second)) + (number & 0xFFFF).to_bytes(2) + timestamp.to_bytes(4) + ssrc.to_bytes(4)
    return fixed + body


@st.composite
def blocks(draw: st.DrawFn, most: int = 16) -> list[bytes]:
    start = draw(st.integers(0, 0xFFFF))
    gaps = draw(st.lists(st.integers(1, 3), min_size=1, max_size=most))
    packets = []
    for gap in gaps:
        start += gap
        packets.append(
            rtp(
                start,
                draw(st.binary(max_size=60)),
                first=draw(st.sampled_from([0x80, 0x90, 0xA0, 0x83])),
                second=draw(st.integers(0, 255)),
                timestamp=draw(st.integers(0, 2**32 - 1)),
            )
        )
    return packets


def determined(lost: set[int], equations: Sequence[Sequence[int]]) -> set[int]:
    """Which of the lost the equations fix: those in which no two sets of lost packets that fit all equations differ."""
    order = sorted(lost)
    rows = [sum(1 << order.index(index) for index in covered if index in lost) for covered in equations]
    hidden = [change for change in range(1 << len(order)) if all((change & row).bit_count() % 2 == 0 for row in rows)]
    return {index for place, index in enumerate(order) if not any(change >> place & 1 for change in hidden)}


@settings(deadline=None)
@given(block=blocks(), count=st.integers(1, 6), data=st.data())
def test_all_that_the_packets_at_hand_determine_is_recovered_in_any_order(
    block: list[bytes], count: int, data: st.DataObject
) -> None:
    repairs = RepairEncoder().protect(block, count)
    lost = data.draw(st.sets(st.integers(0, len(block) - 1), max_size=8))
    kept = data.draw(st.sets(st.integers(0, count - 1)))
    arrivals = [(True, packet) for index, packet in enumerate(block) if index not in lost]
    arrivals += [(False, repairs[index]) for index in kept]
    decoder = RepairDecoder(SSRC)
    recovered: list[bytes] = []
    seen: set[bytes] = set()
    for is_media, packet in data.draw(st.permutations(arrivals)):
        if is_media:
            seen.add(packet)
        recovered += decoder.media(packet) if is_media else decoder.repair(packet)
    equations = [cover(len(block), count)[index] for index in kept]
    assert len(recovered) == len(set(recovered))
    assert set(recovered) <= set(block)
    assert set(recovered) | seen == {block[index] for index in determined(lost, equations)} | seen


@given(blocks())
def test_one_repair_packet_restores_any_one_loss_exactly(block: list[bytes]) -> None:
    (repair,) = RepairEncoder().protect(block, 1)
    for lost in range(len(block)):
        decoder = RepairDecoder(SSRC)
        recovered = [found for packet in block[:lost] + block[lost + 1 :] for found in decoder.media(packet)]
        recovered += decoder.repair(repair)
        assert recovered == [block[lost]]


def test_the_payload_is_laid_out_as_the_draft_says() -> None:
    one = rtp(0xFFFF, b"\x01\x02\x03", second=0xE0, timestamp=0x01020304)
    two = rtp(1, b"\x11", first=0x90, second=0x60, timestamp=0x01020300)
    (payload,) = RepairEncoder().protect([one, two], 1)
    assert (
        payload
        == (
            b"\x10\x80" + b"\x00\x02" + b"\x00\x00\x00\x04"  # extension bit, marker, lengths 3 and 1, timestamps
            b"\x01\x00\x00\x00\x12\x34\xab\xcd\xff\xff" + b"\xd0\x00"  # one SSRC; offsets 0 and 2, the mask ends here
            b"\x10\x02\x03"
        )
    )


@given(st.sets(st.integers(0, 108), min_size=1), st.integers(0, 0xFFFF))
def test_a_mask_of_any_length_is_read_as_written(offsets: set[int], base: int) -> None:
    header = serialize(b"\0" * 8, SSRC, base, offsets)
    assert len(header) == (20 if max(offsets) < 15 else 24 if max(offsets) < 46 else 32)
    assert RepairHeader.parse(header + b"rest") == RepairHeader(
        b"\0" * 8, SSRC, base, tuple(sorted(offsets)), len(header)
    )


def test_the_later_parts_of_a_mask_begin_at_15_and_46() -> None:
    assert serialize(b"\0" * 8, 0, 0, [0, 14])[18:] == b"\xc0\x01"
    assert serialize(b"\0" * 8, 0, 0, [15, 45])[18:] == b"\0\0" + b"\xc0\0\0\x01"
    assert serialize(b"\0" * 8, 0, 0, [46, 108])[18:] == bytes(6) + b"\xc0" + bytes(6) + b"\x01"


@given(st.binary(max_size=80), st.lists(st.binary(max_size=60), max_size=5))
def test_hostile_bytes_are_refused_or_harmless(payload: bytes, packets: list[bytes]) -> None:
    decoder = RepairDecoder(SSRC)
    mine = b"\0" * 8 + b"\1\0\0\0" + SSRC.to_bytes(4)
    taken: list[tuple[Callable[[bytes], list[bytes]], bytes]] = [
        *((decoder.repair, payload[:8] + mine[8:] + payload[8:]) for _ in range(2)),
        (decoder.repair, payload),
        *((decoder.media, rtp(number, packet)) for number, packet in enumerate(packets)),
        *((decoder.media, packet) for packet in packets),
    ]
    for take, data in taken:
        try:
            recovered = take(data)
        except ValueError:
            continue
        assert all(12 <= len(packet) <= 2060 and packet[8:12] == SSRC.to_bytes(4) for packet in recovered)


def test_a_length_that_the_data_does_not_bear_out_gives_no_packet() -> None:
    (repair,) = RepairEncoder().protect([rtp(5, b"abcdef")], 1)
    assert RepairDecoder(SSRC).repair(repair) == [rtp(5, b"abcdef")]
    assert RepairDecoder(SSRC).repair(repair[:2] + b"\0\x03" + repair[4:]) == []
    assert RepairDecoder(SSRC).repair(repair[:2] + b"\xff\xff" + repair[4:]) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda repair: repair[:19],
        lambda repair: b"\x80" + repair[1:],
        lambda repair: b"\x40" + repair[1:],
        lambda repair: repair[:8] + b"\x02" + repair[9:],
        lambda repair: repair[:12] + b"\0\0\0\1" + repair[16:],
        lambda repair: repair[:18] + b"\x80\0" + repair[20:],
        lambda repair: repair[:18] + b"\x40\0" + bytes(12),
        lambda repair: repair[:18] + b"\x40\0" + bytes(2),
        lambda repair: repair + bytes(2048),
    ],
    ids=[
        "short",
        "retransmission",
        "fixed-mask",
        "two-streams",
        "other-stream",
        "empty",
        "endless",
        "cut-mask",
        "long",
    ],
)
def test_forms_that_were_not_agreed_are_refused(damage: Callable[[bytes], bytes]) -> None:
    (repair,) = RepairEncoder().protect([rtp(5, b"abcdef")], 1)
    with pytest.raises(ValueError, match=r"repair packet"):
        RepairDecoder(SSRC).repair(damage(repair))


def test_what_is_older_than_the_history_is_forgotten() -> None:
    block = [rtp(number, bytes([number])) for number in range(4)]
    (repair,) = RepairEncoder().protect(block, 1)

    def late(by: int) -> list[bytes]:
        decoder = RepairDecoder(SSRC, history=200)
        for packet in block[1:]:
            decoder.media(packet)
        for number in range(4, by):
            decoder.media(rtp(number, b""))
        return decoder.repair(repair)

    assert late(200) == [block[0]]
    assert late(201) == []


@pytest.mark.parametrize("stray", [1001 - 600, 1001 - 1999])
def test_a_late_packet_does_no_harm(stray: int) -> None:
    block = [rtp(number, bytes([number % 256])) for number in (1000, 1001, 1002)]
    (repair,) = RepairEncoder().protect(block, 1)
    decoder = RepairDecoder(SSRC)
    for packet in (block[0], rtp(stray, b""), block[2]):
        decoder.media(packet)
    assert decoder.repair(repair) == [block[1]]


@pytest.mark.parametrize("start", [3, 20000, 40000, 65535])
def test_a_stream_that_starts_anew_is_protected_again(start: int) -> None:
    decoder = RepairDecoder(SSRC)
    for number in range(38000, 38100):
        decoder.media(rtp(number, b"before"))
    block = [rtp(start + index, bytes([index])) for index in range(3)]
    decoder.media(block[0])
    decoder.media(block[2])
    assert decoder.repair(RepairEncoder().protect(block, 1)[0]) == [block[1]]


@given(st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_the_decoder_does_not_grow(seed: int) -> None:
    decoder = RepairDecoder(SSRC)
    encoder = RepairEncoder()
    sizes = []
    for block in range(300):
        packets = [rtp(block * 12 + index, bytes([seed % 251, block % 256]) * 20) for index in range(12)]
        for index, packet in enumerate(packets):
            if index % 4 == block % 4:
                decoder.media(packet)
        for payload in encoder.protect(packets, 4):
            decoder.repair(payload)
        sizes.append(len(pickle.dumps(decoder)))
    assert max(sizes[200:]) <= max(sizes[60:120]) * 1.2
    assert max(sizes) < 512 * 100


@given(blocks(most=8), st.integers(0, 40))
def test_more_repair_packets_than_packets_are_still_of_use(block: list[bytes], count: int) -> None:
    repairs = RepairEncoder().protect(block, count)
    assert len(repairs) == count
    if count >= 2 * len(block):
        decoder = RepairDecoder(SSRC)
        assert {packet for repair in repairs for packet in decoder.repair(repair)} == set(block)


@given(st.integers(1, 48), st.integers(1, 48))
@settings(deadline=None)
def test_every_packet_is_covered_and_no_repair_packet_is_empty(packets: int, repairs: int) -> None:
    covers = cover(packets, repairs)
    assert len(covers) == repairs
    assert all(covered and list(covered) == sorted(set(covered)) for covered in covers)
    assert set().union(*covers) == set(range(packets))


@given(st.integers(3, 48), st.integers(2, 8))
@settings(deadline=None)
def test_two_losses_in_a_row_are_always_recovered(packets: int, repairs: int) -> None:
    for first in range(packets - 1):
        assert determined({first, first + 1}, cover(packets, repairs)) == {first, first + 1}


@given(blocks(most=6), st.integers(0, 5))
def test_blocks_that_cannot_be_protected_are_refused(block: list[bytes], at: int) -> None:
    assume(len(block) > 1)
    at %= len(block)
    encoder = RepairEncoder()
    other = [*block[:at], block[at][:8] + b"\0\0\0\0" + block[at][12:], *block[at + 1 :]]
    for bad, count in [([], 1), (other, 1), (block[::-1], 1), (block * 2, 1), (block, 49), ([b"short"], 1)]:
        with pytest.raises(ValueError, match=r"."):
            encoder.protect(bad, count)
    with pytest.raises(ValueError, match="wider"):
        encoder.protect([rtp(0, b""), rtp(109, b"")], 1)
