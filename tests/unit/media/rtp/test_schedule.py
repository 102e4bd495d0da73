from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.schedule import ReportSchedule

HEADERS_BYTES = 42


def reports(schedule: ReportSchedule, size_bytes: int, seconds: float) -> list[float]:
    sent, now_s = [], 0.0
    while now_s < seconds:
        assert schedule.due(now_s)
        schedule.sent(size_bytes, now_s, regular=True)
        sent.append(now_s)
        now_s = schedule.next_at(now_s)
    return sent


def test_the_first_report_is_due_at_once_and_then_about_one_a_second() -> None:
    schedule = ReportSchedule(Random(1).random)
    assert schedule.next_at(3.0) == 3.0
    sent = reports(schedule, 120, 600)
    assert len(sent) == pytest.approx(600, rel=0.05)
    assert all(0.5 <= later - sooner <= 1.5 for sooner, later in pairwise(sent))


def test_between_reports_none_is_due() -> None:
    schedule = ReportSchedule(lambda: 0.5)
    schedule.sent(100, 10.0, regular=True)
    assert not schedule.due(10.99)
    assert schedule.due(11.0)
    assert schedule.next_at(12.0) == 12.0


@given(st.integers(60, 1200), st.floats(30_000, 5_000_000))
def test_two_ends_together_stay_within_a_twentieth_of_the_rate_or_the_longest_interval(
    size_bytes: int, rate_bps: float
) -> None:
    schedule = ReportSchedule(lambda: 0.5, rate_bps)
    sent = reports(schedule, size_bytes, 2000)
    spent_bps = 2 * 8 * (size_bytes + HEADERS_BYTES) * (len(sent) - 301) / (sent[-1] - sent[300])
    assert spent_bps <= rate_bps * 0.0501 or schedule.interval_s == 5.0


def test_feedback_goes_at_once_until_the_share_is_spent_and_again_when_it_is_earned() -> None:
    schedule = ReportSchedule(lambda: 0.5, 800_000)  # 5000 bytes/s for RTCP
    went = 0
    while schedule.allows(58, 1.0):
        schedule.sent(58, 1.0, regular=False)
        went += 1
    assert went == 30
    assert not schedule.allows(58, 1.019)
    assert schedule.allows(58, 1.021)
    assert schedule.due(1.0)  # feedback is no report


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(20, 1200), st.booleans()), max_size=80))
def test_feedback_never_takes_more_than_its_share_and_the_first_credit(
    wishes: list[tuple[float, int, bool]],
) -> None:
    schedule = ReportSchedule(lambda: 0.5, 400_000)
    now_s, spent = 0.0, 0
    for after_s, size_bytes, regular in wishes:
        now_s += after_s
        if schedule.allows(size_bytes, now_s):
            schedule.sent(size_bytes, now_s, regular=regular)
            spent += size_bytes + HEADERS_BYTES
        assert spent <= 3000 + now_s * 2500 + 1e-6


def test_time_that_steps_back_earns_nothing() -> None:
    schedule = ReportSchedule(lambda: 0.5)
    for _ in range(10):
        schedule.sent(1200, 5.0, regular=False)
    assert not schedule.allows(10, 4.0)
    assert not schedule.allows(10, 5.0)
