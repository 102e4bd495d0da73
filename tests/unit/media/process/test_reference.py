import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.process.reference import CAPACITY_MS, JUMP_MS, RESERVE_MS, FarReference

MS = SAMPLE_RATE_HZ // 1000
BLOCK = 20 * MS


def counting(start: int, count: int) -> Samples:
    """Samples that tell their own place; none of them is silence."""
    return (1 + np.arange(start, start + count) % 30_000).astype(np.int16)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2000)), max_size=60))
def test_what_comes_out_is_what_went_in_in_order_and_bounded(steps: list[tuple[bool, int]]) -> None:
    reference, put, last = FarReference(), 0, 0
    for putting, count in steps:
        if putting:
            reference.put(counting(put, count))
            put += count
        else:
            taken = reference.take(count)
            assert taken.size == count
            heard = taken[taken != 0].astype(int)
            if heard.size:
                assert (np.diff(heard) % 30_000 == 1).all()
                assert not taken[heard.size :].any()
                assert last <= heard[-1] or put >= 30_000
                last = int(heard[-1])
        assert 0 <= reference.level <= CAPACITY_MS * MS


def test_a_block_too_large_leaves_the_newest() -> None:
    reference = FarReference()
    reference.put(counting(0, CAPACITY_MS * MS + 100))
    assert reference.take(1)[0] == 101


def test_even_blocks_are_passed_on_without_a_change() -> None:
    reference = FarReference()
    for block in range(500):
        reference.put(counting(block * BLOCK, BLOCK))
        assert np.array_equal(reference.take(BLOCK), counting(block * BLOCK, BLOCK))


def test_bursts_of_the_speaker_are_smoothed_once_a_first_gap_has_made_room() -> None:
    reference = FarReference()
    silent = 0
    for block in range(300):
        if block % 3 == 2:  # three blocks at once, after two of the microphone's
            reference.put(counting(block * BLOCK, 3 * BLOCK))
        if (reference.take(BLOCK) == 0).any() and block > 10:
            silent += 1
    assert silent == 0


def test_what_a_standing_microphone_left_behind_is_jumped_over_soon() -> None:
    reference = FarReference()
    reference.put(counting(0, 300 * MS))
    for _ in range(20):
        reference.put(counting(0, BLOCK))
        reference.take(BLOCK)
    assert reference.level <= (RESERVE_MS + JUMP_MS) * MS


def test_a_speaker_that_runs_fast_never_gets_far_ahead() -> None:
    reference = FarReference()
    highest = 0
    for block in range(30_000):  # ten minutes, 300 parts in a million
        reference.put(counting(0, BLOCK + (1 if block % 4 else 0) - (block % 4 == 1) * 2))
        reference.take(BLOCK)
        highest = max(highest, reference.level)
    assert highest <= (RESERVE_MS + 8) * MS


def test_a_speaker_that_runs_slow_costs_little_silence() -> None:
    reference = FarReference()
    missing = 0
    for block in range(30_000):
        reference.put(counting(0, BLOCK - (block % 3 == 0)))
        missing += int((reference.take(BLOCK) == 0).sum())
    assert missing <= 10_000  # the samples that never came


def test_starting_drops_what_was_played_before() -> None:
    reference = FarReference()
    reference.put(counting(0, 100 * MS))
    reference.start(BLOCK)
    assert reference.take(1)[0] == 1 + 100 * MS - BLOCK
