"""How long to wait, out of when frames came."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.voice.delay_target import DelayTarget

MS = 48


def fed(offsets_ms: Sequence[float]) -> DelayTarget:
    target = DelayTarget()
    for offset_ms in offsets_ms:
        target.arrived(round(offset_ms * MS))
    return target


@given(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=200))
def test_a_target_is_one_of_what_was_seen_but_for_the_start(offsets: list[int]) -> None:
    target = DelayTarget()
    for offset in offsets:
        target.arrived(offset)
    assert min(offsets) <= target.target() <= max(*offsets, min(offsets) + 20 * MS)


def test_it_starts_at_twenty_milliseconds_and_goes_down_to_nothing() -> None:
    assert fed([100] * 5).target() == 120 * MS
    assert fed([100] * 60).target() == 100 * MS


def test_ten_milliseconds_of_jitter_count_at_once() -> None:
    assert fed([0] * 100 + [10]).target() == 10 * MS


def test_one_spike_is_let_pass_two_are_not() -> None:
    assert fed([0] * 300 + [25]).target() == 0
    assert fed([0] * 300 + [25, 25]).target() == 25 * MS


def test_copies_are_waited_for_where_loss_is_worth_it() -> None:
    chance = random.Random(1)
    rare = [20 if chance.random() < 0.005 else 0 for _ in range(600)]
    often = [20 if chance.random() < 0.05 else 0 for _ in range(600)]
    assert fed([*rare, *[0] * 70]).target() == 0
    assert fed([*often, *[0] * 70]).target() == 20 * MS


def test_what_was_bad_is_forgotten_in_seconds() -> None:
    target = fed([0] * 100 + [60] * 20)
    assert target.target() == 60 * MS
    targets = []
    for _ in range(1500):
        target.arrived(0)
        targets.append(target.target())
    assert targets[60] == 60 * MS
    assert targets[-1] == 0
