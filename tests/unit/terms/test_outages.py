from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.bills import Period
from vidphone.terms.calendar import Span, days_within
from vidphone.terms.money import round_half_up
from vidphone.terms.outages import Interruption, Outage, credit_fen, excused_days, interruptions

CHINA = timezone(timedelta(hours=8))
LATER = datetime(2030, 1, 1, tzinfo=CHINA)
RENT = 3000


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CHINA)


def outage(began: str, ended: str | None, *, force_majeure: bool = False) -> Outage:
    return Outage(at(began), at(ended) if ended else None, force_majeure)


def credit(*outages: Outage, rent: Callable[[date], int] = lambda _: RENT, until: datetime = LATER) -> int:
    return sum(credit_fen(one, rent, CHINA) for one in interruptions(outages, until))


@pytest.mark.parametrize(
    ("began", "ended", "fen"),
    [
        ("2026-09-10T00:00", "2026-09-10T23:59:59.999999", 0),
        ("2026-09-10T00:00", "2026-09-11T00:00", 100),  # 24 h exactly: one of 30 days
        ("2026-09-10T13:30", "2026-09-11T13:29:59", 0),
        ("2026-09-10T13:30", "2026-09-11T13:30", 100),
        ("2026-09-10T00:00", "2026-09-11T12:00", 150),
        ("2026-09-10T00:00", "2026-09-11T00:07:12", 101),  # half a fen, rounded up
        ("2026-09-10T00:00", "2026-09-11T00:07:11", 100),
        ("2026-02-10T00:00", "2026-02-11T00:00", 107),  # a day of 28 is more
        ("2028-02-28T12:00", "2028-02-29T12:00", 103),  # of 29
        ("2026-09-30T12:00", "2026-10-01T12:00", 98),  # 50 of September, 48.4 of October: rounded once
        ("2026-09-01T00:00", "2026-10-01T00:00", 3000),
    ],
)
def test_a_day_without_a_break_earns_the_rent_of_its_time(began: str, ended: str, fen: int) -> None:
    assert credit(outage(began, ended)) == fen


@pytest.mark.parametrize(
    ("spells", "fen"),
    [
        ([("10T00:00", "10T13:00"), ("10T12:00", "11T00:00")], 100),  # overlapping
        ([("10T00:00", "10T12:00"), ("10T12:00", "11T00:00")], 100),  # without a gap
        ([("10T00:00", "10T12:00"), ("10T12:00:01", "11T00:00:01")], 0),  # a second of service between
        ([("10T00:00", "11T00:00"), ("10T06:00", "10T07:00")], 100),  # the same time is credited once
        ([("10T06:00", "10T07:00"), ("10T00:00", "11T00:00")], 100),
        ([("10T00:00", "11T00:00"), ("12T00:00", "13T00:00")], 200),
        ([("10T00:00", "10T00:00")], 0),
        ([("11T00:00", "10T00:00")], 0),
    ],
)
def test_outages_that_leave_no_break_are_one(spells: list[tuple[str, str]], fen: int) -> None:
    assert credit(*(outage(f"2026-09-{began}", f"2026-09-{ended}") for began, ended in spells)) == fen


@pytest.mark.parametrize(
    ("majeure", "fen"),
    [
        (("10T00:00", "12T00:00"), 0),
        (("10T00:00", "10T12:00"), 150),  # part of the break, but not of the credit
        (("10T12:00", "11T12:00"), 100),
        (("11T23:00", "12T00:00"), 196),
        (("09T12:00", "10T00:00"), 200),  # before it, without a gap
    ],
)
def test_force_majeure_earns_nothing_for_its_time(majeure: tuple[str, str], fen: int) -> None:
    marked = outage(f"2026-09-{majeure[0]}", f"2026-09-{majeure[1]}", force_majeure=True)
    assert credit(outage("2026-09-10T00:00", "2026-09-12T00:00"), marked) == fen


def test_an_outage_that_goes_on_counts_as_far_as_it_is_known() -> None:
    going_on = outage("2026-09-10T00:00", None)
    assert credit(going_on, until=at("2026-09-10T23:59:59")) == 0
    assert credit(going_on, until=at("2026-09-11T00:00")) == 100
    assert credit(going_on, until=at("2026-09-09T00:00")) == 0


def test_the_credit_is_of_the_rent_that_ran() -> None:
    def rent(day: date) -> int:
        return {9: 3000, 10: 6200}[day.month] if day != date(2026, 9, 30) else 0

    assert credit(outage("2026-09-29T00:00", "2026-10-02T00:00"), rent=rent) == 100 + 0 + 200


@pytest.mark.parametrize(
    ("began", "ended", "days"),
    [
        ("2026-09-10T23:59", "2026-09-11T00:00", [("10", "10")]),
        ("2026-09-10T23:59", "2026-09-11T00:00:01", [("10", "11")]),
        ("2026-09-10T00:00", "2026-09-13T00:00", [("10", "12")]),
    ],
)
def test_a_day_with_force_majeure_is_excused(began: str, ended: str, days: list[tuple[str, str]]) -> None:
    spans = tuple(Span(date(2026, 9, int(first)), date(2026, 9, int(last))) for first, last in days)
    assert excused_days([outage(began, ended, force_majeure=True)], LATER, CHINA) == spans
    assert excused_days([outage(began, ended)], LATER, CHINA) == ()


def test_excused_days_that_follow_on_each_other_are_one_span() -> None:
    marked = [
        outage("2026-09-10T01:00", "2026-09-10T02:00", force_majeure=True),
        outage("2026-09-10T03:00", "2026-09-11T02:00", force_majeure=True),
        outage("2026-09-14T03:00", "2026-09-14T04:00", force_majeure=True),
    ]
    assert excused_days(marked, LATER, CHINA) == (
        Span(date(2026, 9, 10), date(2026, 9, 11)),
        Span(date(2026, 9, 14), date(2026, 9, 14)),
    )


def test_hours_are_hours_where_clocks_are_turned() -> None:
    berlin = ZoneInfo("Europe/Berlin")  # 29 March 2026 has 23 hours there
    began, ended = datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
    (found,) = interruptions([Outage(began, ended)], LATER)
    assert not found.counts()
    longer = Interruption(began.astimezone(UTC), (ended + timedelta(hours=1)).astimezone(UTC))
    assert credit_fen(longer, lambda _: 3100, berlin) == 104


MOMENTS = st.integers(0, 24 * 60).map(lambda quarter: at("2026-09-01T00:00") + timedelta(minutes=15 * quarter))
OUTAGES = st.lists(st.builds(Outage, MOMENTS, st.none() | MOMENTS, st.booleans()), max_size=6)


@given(OUTAGES)
def test_interruptions_hold_what_outages_hold_and_are_apart(outages: list[Outage]) -> None:
    until = at("2026-09-20T00:00")
    found = interruptions(outages, until)
    for before, after in pairwise(found):
        assert before.ended < after.began
    for quarter in range(0, 19 * 96, 7):
        moment = at("2026-09-01T00:00") + timedelta(minutes=15 * quarter)
        out = [one for one in outages if one.began <= moment < (one.ended or until)]
        inside = [one for one in found if one.began <= moment < one.ended]
        assert len(inside) == bool(out)
        credited = any(b <= moment < e for one in inside for b, e in one.credited())
        assert credited == bool(inside and inside[0].counts() and not any(one.force_majeure for one in out))


@given(OUTAGES)
def test_no_credit_is_above_the_rent_of_its_days(outages: list[Outage]) -> None:
    until = at("2026-09-20T00:00")
    for one in interruptions(outages, until):
        first, last = one.began.astimezone(CHINA).date(), one.ended.astimezone(CHINA).date()
        most = round_half_up(RENT * days_within(first, last, [Span(first, last)]), Period(2026, 9).days)
        assert 0 <= credit_fen(one, lambda _: RENT, CHINA) <= most
