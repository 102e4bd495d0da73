"""The late fee: 0.3 % of what is overdue, for each day (clause 5); none for days of force majeure (clause 14)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.calendar import Span, days_within
from vidphone.terms.late_fee import Debt, Paid, late_fee_between, late_fee_fen

PERCENT = Decimal("0.3")
DUE = date(2026, 1, 15)


def after(days: int) -> date:
    return DUE + timedelta(days)


@pytest.mark.parametrize(
    ("debt", "until", "fen"),
    [
        (Debt(DUE, 10_000), after(-3), 0),
        (Debt(DUE, 10_000), DUE, 0),  # the due day itself is in time
        (Debt(DUE, 10_000), after(1), 30),
        (Debt(DUE, 10_000), after(10), 300),  # clause 5's own example: 100 yuan, ten days, 3 yuan
        (Debt(DUE, 10_000), date(2026, 3, 15), 59 * 30),  # over the end of a February of 28 days
        (Debt(date(2028, 1, 15), 10_000), date(2028, 3, 15), 60 * 30),  # and of one of 29
        (Debt(date(2028, 2, 29), 10_000), date(2028, 3, 1), 30),
        (Debt(date(2026, 12, 31), 10_000), date(2027, 1, 2), 60),
        (Debt(DUE, 166), after(1), 0),  # 0.498 fen
        (Debt(DUE, 167), after(1), 1),  # 0.501 fen
        (Debt(DUE, 500), after(1), 2),  # 1.5 fen: half up
        (Debt(DUE, 166), after(3), 1),  # 1.494 fen: rounded once, not each day
        (Debt(DUE, 10_000, (Paid(DUE, 10_000),)), after(9), 0),
        (Debt(DUE, 10_000, (Paid(after(1), 10_000),)), after(9), 30),  # paid on the first late day: one day
        (Debt(DUE, 10_000, (Paid(after(-5), 4_000),)), after(10), 180),
        (Debt(DUE, 10_000, (Paid(after(4), 5_000),)), after(10), 4 * 30 + 6 * 15),
        (Debt(DUE, 10_000, (Paid(after(4), 2_500), Paid(after(4), 2_500), Paid(after(6), 5_000))), after(99), 150),
        (Debt(DUE, 10_000, (Paid(after(11), 10_000),)), after(10), 300),  # a payment later than asked for
        (Debt(DUE, 0), after(10), 0),
    ],
)
def test_late_fee(debt: Debt, until: date, fen: int) -> None:
    assert late_fee_fen(debt, until, PERCENT) == fen


def test_the_operators_percentage_counts() -> None:
    assert late_fee_fen(Debt(DUE, 10_000), after(10), Decimal("0.05")) == 50
    assert late_fee_fen(Debt(DUE, 10_000), after(10), Decimal(0)) == 0


def test_days_of_force_majeure_bear_no_fee() -> None:
    spans = (Span(after(-2), after(2)), Span(after(2), after(3)), Span(after(8)))
    assert late_fee_fen(Debt(DUE, 10_000), after(10), PERCENT, spans) == 4 * 30
    assert late_fee_fen(Debt(DUE, 10_000, (Paid(after(5), 5_000),)), after(10), PERCENT, spans) == 2 * 30 + 2 * 15
    assert late_fee_fen(Debt(DUE, 10_000), after(10), PERCENT, iter(spans)) == 4 * 30


offsets = st.integers(-40, 140)
payments = st.lists(st.builds(lambda day, fen: Paid(after(day), fen), offsets, st.integers(1, 9_000)), max_size=5)
debts = st.builds(lambda fen, paid: Debt(DUE, fen, tuple(paid)), st.integers(0, 100_000), payments)
excuses = st.lists(
    st.builds(lambda day, days: Span(after(day), after(day + days)), offsets, st.integers(0, 30)), max_size=3
)


@given(debts, st.lists(offsets, min_size=2, max_size=8), excuses)
def test_the_fee_is_additive_over_days(debt: Debt, days: list[int], excused: list[Span]) -> None:
    ends = [after(day) for day in sorted(days)]
    lines = [late_fee_between(debt, begin, end, PERCENT, excused) for begin, end in pairwise(ends)]
    assert all(line >= 0 for line in lines)
    assert sum(lines) == late_fee_between(debt, ends[0], ends[-1], PERCENT, excused)


@given(debts, offsets, excuses)
def test_the_fee_is_that_of_reckoning_day_by_day(debt: Debt, days: int, excused: list[Span]) -> None:
    exact, day = Decimal(0), DUE + timedelta(1)
    while day <= after(days):
        if not any(day in span for span in excused):
            exact += debt.open_fen(day - timedelta(1)) * PERCENT / 100
        day += timedelta(1)
    assert abs(late_fee_fen(debt, after(days), PERCENT, excused) - exact) <= Decimal("0.5")


@given(excuses, offsets, offsets)
def test_days_in_overlapping_spans_count_once(spans: list[Span], first: int, last: int) -> None:
    days = [after(day) for day in range(first, last + 1)]
    assert days_within(after(first), after(last), spans) == sum(any(day in span for span in spans) for day in days)
