"""Frames are shown as soon as the line warrants."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.receive.playout import MAX_SMOOTHING_S, PAUSE_S, Playout

FRAME_S = 1 / 30
START = 4_294_900_000
"""The RTP timestamps wrap after 22 frames."""


def feed(playout: Playout, number: int, late_s: float, *, repaired: bool = False) -> float:
    """Seconds from the frame's earliest arrival to its being shown."""
    stamp = (START + 3000 * number) % (1 << 32)
    at_s = playout.show_at_s(stamp, 100 + number * FRAME_S + late_s, repaired=repaired)
    playout.shown(stamp, at_s)
    return at_s - 100 - number * FRAME_S


def test_without_jitter_frames_are_shown_as_they_come() -> None:
    playout = Playout()
    assert [feed(playout, number, 0.0) for number in range(300)] == pytest.approx([0.0] * 300, abs=1e-6)
    assert playout.delay_s == pytest.approx(0.0, abs=1e-6)


def test_jitter_is_evened_out_and_the_median_no_later_than_it_would_be() -> None:
    rng, playout = random.Random(2), Playout()
    late_s = [rng.uniform(0, 0.06) for _ in range(900)]
    shown_s = sorted(feed(playout, number, late) for number, late in enumerate(late_s))
    assert shown_s[450] <= sorted(late_s)[450] + 0.004
    assert shown_s[100] >= 0.02
    assert shown_s[-1] <= 0.094


def test_one_pause_costs_no_delay_and_recurring_ones_that_a_delay_can_hide_do() -> None:
    playout, late_s, shown_s = Playout(), 0.0, list[float]()
    for number in range(600):
        pauses = number == 100 or (number > 300 and number % 15 == 0)
        late_s = PAUSE_S + 0.01 if pauses else max(late_s - FRAME_S, 0.0)  # those behind it have waited for it
        shown_s.append(feed(playout, number, late_s, repaired=late_s > 0))
    assert shown_s[106:300] == pytest.approx([0.0] * 194, abs=1e-6)
    assert shown_s[599] == pytest.approx(0.01 + FRAME_S, abs=0.002)
    assert max(shown_s) == pytest.approx(PAUSE_S + 0.01, abs=1e-6)


def test_a_minimum_set_from_outside_holds_and_is_left_again() -> None:
    playout = Playout()
    playout.set_minimum_delay(0.12)
    assert [feed(playout, number, 0.0) for number in range(200)] == pytest.approx([0.12] * 200, abs=1e-6)
    assert playout.delay_s == pytest.approx(0.12, abs=0.001)
    playout.set_minimum_delay(0.0)
    assert feed(playout, 210, 0.0) == pytest.approx(0.0, abs=1e-6)


def test_a_sender_whose_timestamps_jump_is_followed() -> None:
    playout = Playout()
    feed(playout, 0, 0.0)
    assert feed(playout, 90_000, -2990.0) == pytest.approx(-2990.0)
    assert feed(playout, 90_001, -2990.0) == pytest.approx(-2990.0)


def test_a_longer_route_costs_no_more_than_its_delay() -> None:
    playout = Playout()
    for number in range(300):
        feed(playout, number, 0.0)
    shown_s = [feed(playout, number, 0.2) for number in range(300, 900)]
    assert shown_s[0] == pytest.approx(0.2)
    assert shown_s[-1] == pytest.approx(0.2, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1.0), st.booleans()), max_size=200))
def test_frames_are_never_shown_early_nor_out_of_order_nor_held_beyond_the_bound(
    arrivals: list[tuple[float, bool]],
) -> None:
    playout, last_s, decodable_s = Playout(), 0.0, 0.0
    for number, (late_s, repaired) in enumerate(arrivals):
        decodable_s = max(decodable_s, number * FRAME_S + late_s)
        shown_s = playout.show_at_s(3000 * number, decodable_s, repaired=repaired)
        assert shown_s >= max(last_s, decodable_s)
        assert shown_s - decodable_s <= MAX_SMOOTHING_S + 1e-6
        last_s = shown_s
