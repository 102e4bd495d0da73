"""Sequence numbers across wraps, restarts and SSRCs."""

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.receive.sequence import FORMER_SILENT_S, MAX_STEP, Arrival, PacketNumbers


def place(
    numbers: PacketNumbers, sequence: int, ssrc: int = 1, now_s: float = 0.0, *, recovered: bool = False
) -> Arrival:
    return numbers.place(ssrc, sequence, now_s, recovered=recovered).arrival


@given(st.integers(0, 65_535), st.lists(st.integers(-MAX_STEP, MAX_STEP), max_size=200))
def test_numbers_keep_their_low_bits_and_follow_every_step(first: int, steps: list[int]) -> None:
    numbers = PacketNumbers()
    number = numbers.place(1, first, 0.0, recovered=False).number
    for step in steps:
        placed = numbers.place(1, (numbers.newest + step) % 65_536, 0.0, recovered=False)
        assert placed.arrival is Arrival.CONTINUES
        assert placed.number % 65_536 == (number + step) % 65_536
        number = max(number, placed.number)
        assert numbers.newest == number


def test_one_stray_packet_changes_nothing_and_two_in_a_row_begin_anew() -> None:
    numbers = PacketNumbers()
    assert place(numbers, 100) is Arrival.BEGINS
    assert place(numbers, 30_000) is Arrival.FOREIGN
    assert place(numbers, 101) is Arrival.CONTINUES
    assert place(numbers, 30_001) is Arrival.FOREIGN
    before = numbers.newest
    assert place(numbers, 30_002) is Arrival.CONFIRMS
    assert numbers.newest > before


def test_another_ssrc_begins_anew_and_stragglers_of_the_former_do_not_bring_it_back() -> None:
    numbers = PacketNumbers()
    place(numbers, 100, ssrc=1)
    assert place(numbers, 5, ssrc=2, now_s=1.0) is Arrival.BEGINS
    assert place(numbers, 101, ssrc=1, now_s=1.1) is Arrival.FOREIGN
    assert place(numbers, 6, ssrc=2, now_s=1.2) is Arrival.CONTINUES
    assert place(numbers, 102, ssrc=1, now_s=1.1 + FORMER_SILENT_S) is Arrival.BEGINS


def test_a_repaired_packet_never_begins_a_stream() -> None:
    numbers = PacketNumbers()
    assert place(numbers, 100, recovered=True) is Arrival.FOREIGN
    place(numbers, 100)
    assert place(numbers, 30_000, recovered=True) is Arrival.FOREIGN
    assert place(numbers, 30_001, recovered=True) is Arrival.FOREIGN
    assert place(numbers, 5, ssrc=2, recovered=True) is Arrival.FOREIGN
