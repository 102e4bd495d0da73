"""The credit limit: nobody talks past it, and steps cost what the whole call costs (clause 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.credit import (
    QUOTA_S,
    WARNINGS_S,
    Position,
    Step,
    last_warning,
    lasting_s,
    next_step,
    next_warning_in,
    warning_due,
)
from vidphone.terms.tariff import Rate

FREE = Rate(True, None, 0, 0, 1)


def at_price(price: int, minimum: int = 0, increment: int = 1) -> Rate:
    return Rate(False, None, price, minimum, increment)


rates = st.builds(at_price, st.integers(1, 100_000), st.integers(0, 600), st.integers(1, 600))
amounts = st.integers(-1_000, 100_000)


@pytest.mark.parametrize(
    ("available", "rate", "seconds"),
    [
        (1_000, at_price(1_500, 0, 60), 66 * 60),  # ¥10.00 at ¥0.15 a minute
        (15, at_price(1_500, 0, 60), 60),
        (14, at_price(1_500, 0, 60), 0),
        (14, at_price(1_500, 0, 6), 54),  # 57 s are ¥0.1425, ¥0.14: of 6-second steps, nine
        (29, at_price(1_500, 60, 60), 60),
        (14, at_price(1_500, 57, 1), 57),
        (14, at_price(1_500, 58, 1), 0),
        (29, at_price(1_500, 60, 1), 117),  # 118 s would be ¥0.295, rounded up to ¥0.30
        (0, at_price(1, 0, 1), 0),
        (-5, at_price(1_500), 0),
        (0, at_price(0), None),
        (-5, FREE, None),
    ],
)
def test_how_long_credit_lasts(available: int, rate: Rate, seconds: int | None) -> None:
    assert lasting_s(available, rate) == seconds


@given(amounts, rates)
def test_credit_lasts_exactly_until_one_step_more_would_overdraw(available: int, rate: Rate) -> None:
    seconds = lasting_s(available, rate)
    assert seconds is not None
    assert rate.charge_fen(seconds) <= max(available, 0)
    assert rate.billed_s(seconds) == seconds
    if available > 0:
        assert rate.charge_fen(seconds + 1) > available


@given(amounts, rates, st.integers(0, QUOTA_S))
def test_steps_never_take_more_than_there_is_and_cost_what_the_call_costs(
    available: int, rate: Rate, unused: int
) -> None:
    """Property of clause 9: available is never below 0 after a grant, and nothing is lost to the rounding of steps."""
    granted, held, left = 0, 0, available
    for _ in range(40):
        step = next_step(left, granted, rate, max(granted - unused, 0))
        assert step.until_s >= granted
        assert 0 <= step.reserve_fen <= max(left, 0)
        granted, held, left = step.until_s, held + step.reserve_fen, left - step.reserve_fen
        assert held == rate.charge_fen(granted)
        assert rate.billed_s(granted) == granted
        if step.final:
            assert next_step(left, granted, rate, granted).until_s == granted
            told = lasting_s(available, rate)
            assert told is not None
            assert rate.charge_fen(granted) == rate.charge_fen(told)
            break


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 5_000), rates, rates)
def test_two_calls_at_once_cannot_overdraw(turns: list[bool], available: int, one: Rate, other: Rate) -> None:
    granted, left = {True: 0, False: 0}, available
    for turn in turns:
        step = next_step(left, granted[turn], one if turn else other, granted[turn])
        granted[turn], left = step.until_s, left - step.reserve_fen
        assert left >= 0
    assert left == available - one.charge_fen(granted[True]) - other.charge_fen(granted[False])


@given(st.integers(0, 10_000), rates)
def test_a_longer_call_never_costs_less(seconds: int, rate: Rate) -> None:
    assert rate.charge_fen(seconds) <= rate.charge_fen(seconds + 1)


@pytest.mark.parametrize(
    ("granted", "used", "rate", "step"),
    [
        (0, 0, at_price(1_500, 0, 60), Step(60, 15, final=False)),
        (60, 45, at_price(1_500, 0, 60), Step(120, 15, final=False)),
        (60, 45, at_price(1_500, 0, 1), Step(105, 11, final=False)),
        (0, 0, at_price(1_500, 0, 45), Step(90, 23, final=False)),
        (0, 0, at_price(1_500, 180, 60), Step(180, 45, final=False)),
        (180, 30, at_price(1_500, 180, 60), Step(180, 0, final=False)),
    ],
)
def test_quotas_are_whole_increments(granted: int, used: int, rate: Rate, step: Step) -> None:
    assert next_step(10_000, granted, rate, used) == step


def test_the_last_quota_is_short_and_says_so_and_a_payment_clears_it() -> None:
    rate = at_price(6_000, 0, 6)
    assert next_step(20, 0, rate, 0) == Step(18, 18, final=True)
    assert next_step(2, 18, rate, 18) == Step(18, 0, final=True)
    assert next_step(2 + 100, 18, rate, 18) == Step(78, 60, final=False)
    assert next_step(60, 0, rate, 0) == Step(60, 60, final=True)
    assert next_step(-7, 0, rate, 0) == Step(0, 0, final=True)


def test_with_the_last_fen_taken_no_second_is_given_that_would_round_to_nothing() -> None:
    """120 s are ¥0.0334, which takes the 3 fen there are; 125 s are ¥0.0348, and rounded to no more."""
    rate = at_price(167)
    assert lasting_s(3, rate) == 125
    assert next_step(3, 0, rate, 0, quota_s=120) == Step(120, 3, final=False)
    assert next_step(0, 120, rate, 105) == Step(120, 0, final=True)


def test_what_costs_nothing_is_never_the_last() -> None:
    for rate in (FREE, at_price(0)):
        assert next_step(-1_000, 60, rate, 60) == Step(120, 0, final=False)


def test_available_is_one_sum_over_all_that_is_owed_and_held() -> None:
    position = Position(limit_fen=5_000, prepaid_fen=200, unpaid_fen=900, unbilled_fen=300, reserved_fen=40)
    assert position.available_fen == 3_960
    assert Position(100, 0, 150, 0, 0).available_fen == -50


@pytest.mark.parametrize(
    ("remaining", "last", "warning"),
    [
        (61, None, None),
        (60, None, 60),
        (45, None, 60),  # begun with less: the quota is shorter than the threshold, the warning comes all the same
        (45, 60, None),
        (30, 60, 30),
        (25, None, 30),  # two passed between two looks: the more urgent
        (10, 60, 10),
        (0, 30, 10),
        (0, 10, None),
        (None, None, None),
    ],
)
def test_warnings(remaining: int | None, last: int | None, warning: int | None) -> None:
    assert warning_due(remaining, last) == warning


@given(st.integers(1, 400), st.integers(1, 200))
def test_no_warning_is_skipped_whatever_the_interval_of_looking(begin: int, interval: int) -> None:
    """A threshold at or above the interval was skipped elsewhere: the timer is the warnings' own."""
    given, last, now = [], None, 0
    while now <= begin:
        if (due := warning_due(begin - now, last)) is not None:
            given.append((begin - now, due))
            last = due
        ahead = next_warning_in(begin - now, last)
        if ahead is None:
            break
        assert ahead > 0
        now += ahead
    passed = [warning for warning in WARNINGS_S if warning < begin]
    late = [min(warning for warning in WARNINGS_S if warning >= begin)] if begin <= max(WARNINGS_S) else []
    assert given == [*((begin, warning) for warning in late), *((warning, warning) for warning in passed)]
    coarse: list[int] = []
    for remaining in [*range(begin, 0, -interval), 0]:
        if (due := warning_due(remaining, min(coarse, default=None))) is not None:
            coarse.append(due)
    assert coarse[-1] == min(WARNINGS_S)
    assert coarse == sorted(set(coarse), reverse=True)


@pytest.mark.parametrize(
    ("remaining", "last", "still"),
    [
        (3_000, 10, None),
        (45, 10, 60),
        (30, 10, 30),
        (25, 10, 30),
        (5, 10, 10),
        (20, 60, 60),
        (None, 10, None),
        (9, None, None),
    ],
)
def test_after_a_payment_the_warnings_ahead_come_again(
    remaining: int | None, last: int | None, still: int | None
) -> None:
    assert last_warning(remaining, last) == still
