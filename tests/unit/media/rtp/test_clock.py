import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.clock import SenderClock

BEGIN_S = 1_760_000_000.0


def test_nothing_is_known_before_the_first_report() -> None:
    assert SenderClock(90_000).capture_s(5) is None
    assert SenderClock(90_000).timestamp(BEGIN_S) is None


@given(st.integers(0, 0xFFFF_FFFF), st.sampled_from([48_000, 90_000]), st.floats(-3600, 3600))
def test_one_report_maps_timestamps_on_both_sides_of_it_through_the_wrap(
    reported: int, clock_rate: int, away_s: float
) -> None:
    clock = SenderClock(clock_rate)
    clock.report(BEGIN_S, reported)
    found_s = clock.capture_s((reported + round(away_s * clock_rate)) & 0xFFFF_FFFF)
    assert found_s == pytest.approx(BEGIN_S + away_s, abs=1e-4)
    stamped = clock.timestamp(BEGIN_S + away_s)
    assert stamped is not None
    assert (stamped - reported - round(away_s * clock_rate) + 1) & 0xFFFF_FFFF <= 2, "a time since 1970 has 0.2 us left"


def test_hours_of_reports_carry_the_mapping_over_many_wraps() -> None:
    clock = SenderClock(90_000)
    for second in range(0, 200_000, 5):
        clock.report(BEGIN_S + second, second * 90_000 & 0xFFFF_FFFF)
    assert clock.capture_s((200_000 * 90_000) & 0xFFFF_FFFF) == pytest.approx(BEGIN_S + 200_000, abs=1e-4)


def test_one_report_made_late_does_not_move_the_mapping() -> None:
    clock = SenderClock(48_000)
    for second in range(10):
        clock.report(BEGIN_S + second + (0.2 if second == 7 else 0.0), second * 48_000)
    assert clock.capture_s(480_000) == pytest.approx(BEGIN_S + 10, abs=1e-4)


def test_a_sound_card_that_is_off_is_followed_to_a_millisecond() -> None:
    clock = SenderClock(48_000)
    for second in range(300):
        clock.report(BEGIN_S + second, round(second * 48_000 * 1.0001))
    assert clock.capture_s(round(300 * 48_000 * 1.0001)) == pytest.approx(BEGIN_S + 300, abs=1e-3)


def test_old_and_repeated_reports_change_nothing() -> None:
    clock = SenderClock(48_000)
    clock.report(BEGIN_S + 1, 48_000)
    clock.report(BEGIN_S + 0.8, 99_000)
    clock.report(BEGIN_S + 1, 99_000)
    assert clock.capture_s(96_000) == pytest.approx(BEGIN_S + 2, abs=1e-4)


@pytest.mark.parametrize("step_s", [-3600.0, 40.0])
def test_a_clock_that_was_set_is_followed_at_once(step_s: float) -> None:
    clock = SenderClock(48_000)
    for second in range(5):
        clock.report(BEGIN_S + second, second * 48_000)
    clock.report(BEGIN_S + 5 + step_s, 5 * 48_000)
    assert clock.capture_s(6 * 48_000) == pytest.approx(BEGIN_S + 6 + step_s, abs=1e-4)


def test_a_new_timestamp_base_is_followed_at_once() -> None:
    clock = SenderClock(90_000)
    clock.report(BEGIN_S, 1000)
    clock.report(BEGIN_S + 1, 3_000_000_000)
    assert clock.capture_s(3_000_090_000) == pytest.approx(BEGIN_S + 2, abs=1e-4)
