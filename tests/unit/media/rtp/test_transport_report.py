from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.rtcp import TransportFeedback, parse, serialize
from vidphone.media.rtp.transport_report import encoded_bytes, read_transport_feedback, status_chunks

TICKS_PER_S = 4000


def symbols_of(chunk: int) -> list[int]:
    """Section 3.1.3 and 3.1.4 of the draft, read bit by bit."""
    bits = f"{chunk:016b}"
    if bits[0] == "0":
        return [int(bits[1:3], 2)] * int(bits[3:], 2)
    if bits[1] == "0":
        return [int(bit) for bit in bits[2:]]
    return [int(bits[at : at + 2], 2) for at in range(2, 16, 2)]


def message(count: int, *words: int, base: int = 0, after: bytes = b"") -> bytes:
    body = (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + base.to_bytes(2, "big") + count.to_bytes(2, "big")
    return body + b"\0\0\x01\x05" + b"".join(word.to_bytes(2, "big") for word in words) + after


def test_the_run_and_the_vectors_that_the_draft_draws_are_read() -> None:
    run = read_transport_feedback(message(222, 0b0_00_0000011011101, 0b0_01_0000000000001, after=b"\x04"))[0]
    assert [arrival for _, arrival in run.packets] == [None] * 221 + [0.001]
    vector = read_transport_feedback(message(14, 0b1_0_01111100011100, after=bytes(8)))[0]
    arrived = [arrival is not None for _, arrival in vector.packets]
    assert arrived == [False] + [True] * 5 + [False] * 3 + [True] * 3 + [False] * 2
    with pytest.raises(ValueError, match="reserved"):
        read_transport_feedback(message(7, 0b1_1_00_11_01_01_01_00_00, after=bytes(4)))
    with pytest.raises(ValueError, match="reserved"):
        read_transport_feedback(message(24, 0b0_11_0000000011000))


def test_a_message_put_together_by_hand_reads_and_writes_the_same() -> None:
    feedback = TransportFeedback(
        0x01020304,
        0x05060708,
        65534,
        255,
        0xFFFFFF,
        (
            (65534, 0.06375),  # 255 ticks: the most that a small delta holds
            (65535, None),
            (0, 0.12775),  # 256 ticks on: the first that takes two bytes
            (1, 0.1275),  # one tick back
            (2, 0.1275),
            (3, 0.13),
        ),
    )
    data = bytes.fromhex(
        "afcd0007"  # version 2, padded, format 15; 205; seven words follow
        "01020304 05060708"
        "fffe 0006 ffffff ff"
        "d294"  # two-bit vector: 01 00 10 10 01 01, and one unused
        "ff 0100 ffff 00 0a"
        "000003"
    )
    assert serialize([feedback]) == data
    assert parse(data) == [feedback]


def test_zeros_after_the_last_delta_need_no_padding_flag() -> None:
    body = message(1, 0x2001, base=153, after=b"\x94\0")
    data = b"\x8f\xcd\0\x05" + body
    (read,) = parse(data)
    assert isinstance(read, TransportFeedback)
    assert read.packets == ((153, 0.037),)
    assert (read.reference_time, read.feedback_count) == (1, 5)


arrivals = st.lists(st.none() | st.integers(-300, 600), min_size=1, max_size=200)
runs = st.lists(
    st.tuples(st.none() | st.sampled_from([0, 5, 255, 256, -1, 0x7FFF, -0x8000]), st.integers(1, 40)), min_size=1
).map(lambda parts: [step for step, times in parts for _ in range(times)])


@given(arrivals | runs, st.integers(0, 0xFFFF), st.integers(0, 0xFF), st.integers(0, 0xFFFFFF))
def test_arrivals_read_back_to_the_tick(steps: list[int | None], base: int, count: int, reference: int) -> None:
    ticks = 0
    packets: list[tuple[int, float | None]] = []
    for index, step in enumerate(steps):
        if step is not None:
            ticks += step
        packets.append(((base + index) & 0xFFFF, None if step is None else ticks / TICKS_PER_S))
    feedback = TransportFeedback(1, 2, base, count, reference, tuple(packets))
    data = serialize([feedback])
    (read,) = parse(data)
    assert read == feedback
    size_bytes = encoded_bytes([arrival for _, arrival in packets])
    assert len(data) == size_bytes + -size_bytes % 4


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 30)), min_size=1))
def test_status_chunks_say_what_the_draft_means_and_none_could_be_spared(parts: list[tuple[int, int]]) -> None:
    symbols = bytes(symbol for symbol, times in parts for _ in range(times))
    chunks = status_chunks(symbols)
    said = [symbol for chunk in chunks for symbol in symbols_of(chunk)]
    assert bytes(said[: len(symbols)]) == symbols
    assert not any(said[len(symbols) :])
    assert len(chunks) <= -(-len(symbols) // 7)
    assert not any(first < 0x8000 and first >> 13 == second >> 13 for first, second in pairwise(chunks))


def test_a_run_longer_than_a_chunk_can_say_takes_two() -> None:
    assert status_chunks(bytes(10_000)) == [8191, 10_000 - 8191]


@pytest.mark.parametrize(
    "body",
    [
        message(1)[:-1],
        message(0),
        message(1),
        message(0xFFFF, *[0x1FFF] * 9),
        message(8192, 0x1FFF),
        message(1, 0x2001),
        message(1, 0x4001, after=b"\0"),
        message(14, 0xBFFF, after=bytes(13)),
    ],
)
def test_damage_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="transport feedback"):
        read_transport_feedback(body)


def test_messages_that_together_claim_more_packets_than_there_are_numbers_are_refused() -> None:
    claims = b"\x8f\xcd\0\x07" + message(0x8000, *[0x1FFF] * 4, 4, 0)
    assert len(parse(claims)) == 1
    with pytest.raises(ValueError, match="too many"):
        parse(claims * 2)


@given(st.integers(0, 0xFFFF), st.binary(max_size=60))
def test_hostile_bodies_are_read_or_refused(count: int, rest: bytes) -> None:
    try:
        (read,) = read_transport_feedback(message(count, after=rest))
    except ValueError:
        return
    assert len(read.packets) == count


@pytest.mark.parametrize(
    "packets",
    [(), ((5, 0.0), (7, 0.0)), ((6, 0.0),), ((5, 8.192),), ((5, 0.0), (6, 9.0)), ((5, 9.0),)],
)
def test_what_one_message_cannot_say_is_not_written(packets: tuple[tuple[int, float | None], ...]) -> None:
    with pytest.raises(ValueError, match="transport feedback"):
        serialize([TransportFeedback(1, 2, 5, 0, 0, packets)])
