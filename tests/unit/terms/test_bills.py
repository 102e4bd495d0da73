"""Months, rent, due days and payments (clauses 5, 10 and 11)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.bills import (
    Allocation,
    OpenBill,
    Part,
    Period,
    allocate,
    bill_number,
    due_on,
    local_day,
    rent_days,
    rent_fen,
)
from vidphone.terms.calendar import Span

CHINA = ZoneInfo("Asia/Shanghai")
JULY, AUGUST = Period(2026, 7), Period(2026, 8)


@pytest.mark.parametrize(
    ("period", "last", "following"),
    [
        (Period(2026, 2), date(2026, 2, 28), Period(2026, 3)),
        (Period(2028, 2), date(2028, 2, 29), Period(2028, 3)),
        (Period(2100, 2), date(2100, 2, 28), Period(2100, 3)),
        (Period(2026, 4), date(2026, 4, 30), Period(2026, 5)),
        (Period(2026, 12), date(2026, 12, 31), Period(2027, 1)),
    ],
)
def test_a_period_is_a_calendar_month(period: Period, last: date, following: Period) -> None:
    assert (period.first.day, period.last, period.days) == (1, last, last.day)
    assert period.next() == following
    assert following.previous() == period
    assert period < following
    assert Period.named(period.name) == period == Period.of(last)


@pytest.mark.parametrize("name", ["2026-8", "2026-13", "202608", "2026-08-01", "", "2026-00", " 2026-08"])
def test_other_names_name_no_period(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.named(name)


def test_a_month_begins_at_midnight_of_the_provider() -> None:
    begin, end = AUGUST.bounds(CHINA)
    assert begin == datetime(2026, 7, 31, 16, tzinfo=ZoneInfo("UTC")).timestamp()
    assert (end - begin) == 31 * 86_400
    assert local_day(begin, CHINA) == date(2026, 8, 1)
    assert local_day(begin - 0.001, CHINA) == date(2026, 7, 31)
    assert Period.of(local_day(end - 0.001, CHINA)) == AUGUST


@pytest.mark.parametrize(
    ("begun", "ended", "withheld", "days"),
    [
        (date(2026, 1, 5), None, (), 31),
        (date(2026, 8, 1), None, (), 31),
        (date(2026, 8, 31), None, (), 1),
        (date(2026, 9, 1), None, (), 0),
        (date(2026, 1, 5), date(2026, 8, 10), (), 10),
        (date(2026, 1, 5), date(2026, 7, 31), (), 0),
        (date(2026, 8, 10), date(2026, 8, 10), (), 1),
        (date(2026, 1, 5), None, (Span(date(2026, 8, 16)),), 15),
        (date(2026, 1, 5), None, (Span(date(2026, 7, 16), date(2026, 8, 2)),), 29),
        (date(2026, 1, 5), None, (Span(date(2026, 6, 1)),), 0),
        (date(2026, 8, 10), date(2026, 8, 20), (Span(date(2026, 8, 1), date(2026, 8, 11)),), 9),
    ],
)
def test_rent_runs_while_there_is_service(
    begun: date, ended: date | None, withheld: tuple[Span, ...], days: int
) -> None:
    assert rent_days(AUGUST, begun, ended, withheld) == days


@pytest.mark.parametrize(
    ("period", "days", "fen"),
    [
        (AUGUST, 31, 2_900),
        (AUGUST, 0, 0),
        (AUGUST, 10, 935),  # 935.48
        (Period(2026, 2), 14, 1_450),
        (Period(2028, 2), 14, 1_400),
        (Period(2026, 4), 15, 1_450),
    ],
)
def test_part_of_a_month_costs_its_days(period: Period, days: int, fen: int) -> None:
    assert rent_fen(2_900, period, days) == fen


@pytest.mark.parametrize("days", [-1, 32])
def test_a_month_has_no_more_days(days: int) -> None:
    with pytest.raises(ValueError, match=str(days)):
        rent_fen(2_900, AUGUST, days)


def test_a_bill_is_named_by_month_and_customer_and_due_after_its_days() -> None:
    assert bill_number(AUGUST, "2001") == "202608-2001"
    assert bill_number(AUGUST, "2001", final=True) == "202608-2001-F"
    assert due_on(date(2026, 9, 1)) == date(2026, 9, 16)
    assert due_on(date(2028, 2, 20), 10) == date(2028, 3, 1)
    with pytest.raises(ValueError, match="0"):
        due_on(date(2026, 9, 1), 0)


OLD = OpenBill("202607-1", date(2026, 8, 16), 1_000, 50)
NEW = OpenBill("202608-1", date(2026, 9, 16), 2_000, 30)


@pytest.mark.parametrize(
    ("amount", "parts", "left"),
    [
        (0, (), 0),
        (400, (Part("202607-1", 400, 0),), 0),
        (1_020, (Part("202607-1", 1_000, 20),), 0),
        (1_050, (Part("202607-1", 1_000, 50),), 0),
        (1_051, (Part("202607-1", 1_000, 50), Part("202608-1", 1, 0)), 0),
        (3_080, (Part("202607-1", 1_000, 50), Part("202608-1", 2_000, 30)), 0),
        (5_000, (Part("202607-1", 1_000, 50), Part("202608-1", 2_000, 30)), 1_920),
    ],
)
def test_a_part_payment_goes_to_the_oldest_bill_first(amount: int, parts: tuple[Part, ...], left: int) -> None:
    allocation = allocate(amount, [NEW, OLD])
    assert (allocation.parts, allocation.left_fen) == (parts, left)


def test_credits_of_a_bill_pay_of_its_late_fees() -> None:
    bill = OpenBill("202609-1", date(2026, 10, 16), -500, 600)
    assert allocate(60, [bill]).parts == (Part("202609-1", 0, 60),)
    assert allocate(160, [bill]) == Allocation((Part("202609-1", 0, 100),), 60)


bills = st.builds(
    OpenBill,
    st.integers(1, 10**6).map(str),
    st.integers(0, 400).map(lambda days: date(2026, 1, 1) + timedelta(days)),
    st.integers(0, 50_000),
    st.integers(0, 5_000),
)
open_bills = st.lists(bills, max_size=6, unique_by=lambda bill: bill.number)


@given(st.integers(0, 200_000), open_bills)
def test_no_fen_is_lost_or_made_by_a_payment(amount: int, owed: list[OpenBill]) -> None:
    allocation = allocate(amount, owed)
    parts = {part.bill: part for part in allocation.parts}
    paid = {bill.number: parts.get(bill.number, Part(bill.number, 0, 0)) for bill in owed}
    assert len(parts) == len(allocation.parts)
    assert sum(part.principal_fen + part.late_fee_fen for part in allocation.parts) + allocation.left_fen == amount
    for bill in owed:
        assert 0 <= paid[bill.number].principal_fen <= bill.principal_fen
        assert 0 <= paid[bill.number].late_fee_fen <= bill.late_fee_fen
    settled = [
        (paid[bill.number].principal_fen, paid[bill.number].late_fee_fen) == (bill.principal_fen, bill.late_fee_fen)
        for bill in sorted(owed, key=lambda bill: (bill.due_on, bill.number))
    ]
    first_open = settled.index(False) if False in settled else len(owed)
    assert all(
        paid[bill.number] == Part(bill.number, 0, 0)
        for bill in sorted(owed, key=lambda bill: (bill.due_on, bill.number))[first_open + 1 :]
    )
    assert allocation.left_fen == 0 or all(settled)


@given(st.lists(st.integers(0, 30_000), max_size=5), open_bills)
def test_many_payments_pay_what_one_of_their_sum_pays_of_all(amounts: list[int], owed: list[OpenBill]) -> None:
    total = sum(bill.principal_fen + bill.late_fee_fen for bill in owed)
    left_open = {bill.number: bill for bill in owed}
    prepaid = 0
    for amount in amounts:
        allocation = allocate(amount + prepaid, left_open.values())
        for part in allocation.parts:
            bill = left_open[part.bill]
            rest = (bill.principal_fen - part.principal_fen, bill.late_fee_fen - part.late_fee_fen)
            left_open[part.bill] = OpenBill(bill.number, bill.due_on, *rest)
        prepaid = allocation.left_fen
    still = sum(bill.principal_fen + bill.late_fee_fen for bill in left_open.values())
    assert (still, prepaid) == (max(total - sum(amounts), 0), max(sum(amounts) - total, 0))


@pytest.mark.parametrize(
    ("amount", "bill"), [(-1, OLD), (1, OpenBill("1", OLD.due_on, -1)), (1, OpenBill("-1", OLD.due_on, 0, -1))]
)
def test_negative_sums_are_refused(amount: int, bill: OpenBill) -> None:
    with pytest.raises(ValueError, match="1"):
        allocate(amount, [bill])
