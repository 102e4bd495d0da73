"""Listening in on what is pulled."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock, Samples
from vidphone.media.taps import PullTap


class _Counting:
    """Samples that count up, with pauses where asked."""

    def __init__(self) -> None:
        self.given = 0
        self.paused = False

    def take(self, count: int) -> Samples | None:
        if self.paused:
            return None
        self.given += count
        return np.arange(self.given - count, self.given).astype(np.int16)


class _Ear:
    def __init__(self) -> None:
        self.blocks: list[AudioBlock] = []

    def audio(self, block: AudioBlock) -> None:
        self.blocks.append(block)


@given(st.lists(st.integers(1, 2500), min_size=1, max_size=30))
def test_the_listener_gets_what_is_heard_in_blocks(counts: list[int]) -> None:
    source, ear = _Counting(), _Ear()
    tap = PullTap(source, clock=lambda: 7.0)
    tap.also = ear
    heard = [tap.take(count) for count in counts]
    joined = np.concatenate([piece for piece in heard if piece is not None])
    assert all(block.samples.size == BLOCK_SAMPLES and block.made_at_s == 7.0 for block in ear.blocks)
    assert len(ear.blocks) == sum(counts) // BLOCK_SAMPLES
    if ear.blocks:
        whole = np.concatenate([block.samples for block in ear.blocks])
        assert (whole == joined[: whole.size]).all()


def test_each_block_bears_the_time_of_its_first_pull_and_none_spans_a_pause() -> None:
    source, ear, now = _Counting(), _Ear(), [0.0]
    tap = PullTap(source, clock=lambda: now[0])
    tap.also = ear
    for number in range(9):
        now[0] = number * 0.01
        source.paused = number in {3, 4}
        tap.take(480)
    assert [block.made_at_s for block in ear.blocks] == [0.0, 0.05, 0.07]
    assert [int(block.samples[0]) for block in ear.blocks] == [0, 1440, 2400]


def test_without_a_listener_nothing_is_kept() -> None:
    source, ear = _Counting(), _Ear()
    tap = PullTap(source)
    tap.take(480)
    tap.also = ear
    tap.take(480)
    assert not ear.blocks
